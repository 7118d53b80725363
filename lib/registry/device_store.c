/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core.device_registry: versions 1.1 to 1.13 are read, 1.12 is written, the last in which a device has several config entries.
 * What later versions keep of that (composite_device_id …) is among the members that we do not know.
 */
#include <string.h>

#include "registry/device.h"
#include "registry/row_file.h"

/* What only files have. */
struct device_input {
    struct device_values values;
    const char *config_entry_id; /* 1.13: the only one */
    const char *config_subentry_id;
};

static const struct row_field further[] = {
    { .key = "config_entry_id",
      .kind = ROW_TEXT,
      .offset = offsetof(struct device_input, config_entry_id) },
    { .key = "config_subentry_id",
      .kind = ROW_TEXT,
      .offset = offsetof(struct device_input, config_subentry_id) },
    { .key = "hub_device_id", // before 1.2
      .kind = ROW_TEXT,
      .offset = offsetof(struct device_input, values.device.via_device_id) },
};

static const struct row_format format = {
    .type = &device_type,
    .uses = DEVICE_STORED | DEVICE_STORED_LATE,
    .further = further,
    .further_count = sizeof(further) / sizeof(*further),
    .size = sizeof(struct device_input),
};

static void fill_lists(struct device_input *input)
{
    struct hass_device *device = &input->values.device;

    if (!device->config_entries)
        device->config_entries = row_no_texts;
    if (!device->identifiers)
        device->identifiers = row_no_pairs;
    if (!device->connections)
        device->connections = row_no_pairs;
    if (!device->labels)
        device->labels = row_no_texts;
    if (!input->values.subentries)
        input->values.subentries = row_no_pairs;
}

/* Config entries and their subentries are to agree, whichever the file has. */
static void fill_entries(struct device_input *input, struct arena *arena)
{
    struct hass_device *device = &input->values.device;
    const struct hass_device_pair **subentries = &input->values.subentries;
    const char *only = input->config_entry_id, *sub = input->config_subentry_id;

    if (only && !row_has_text(device->config_entries, only)) {
        device->config_entries = row_with_text(device->config_entries, only, arena);
        *subentries =
            row_join_pairs(*subentries, HASS_DEVICE_PAIRS({ only, sub ? sub : "" }), arena);
    }
    for (const struct hass_device_pair *pair = *subentries; pair->first; pair++)
        device->config_entries = row_with_text(device->config_entries, pair->first, arena);
    for (const char *const *entry = device->config_entries; *entry; entry++) {
        const struct hass_device_pair *pair = *subentries;
        while (pair->first && strcmp(pair->first, *entry) != 0)
            pair++;
        if (!pair->first)
            *subentries = row_join_pairs(*subentries, HASS_DEVICE_PAIRS({ *entry, "" }), arena);
    }
}

static int complete(enum row_list list, struct row_reader *reader, struct hass_error *err)
{
    struct device_input *input = reader->draft;
    struct hass_device *device = &input->values.device;

    fill_lists(input);
    fill_entries(input, &reader->arena);
    device->connections = device_normalise_connections(device->connections, &reader->arena);
    if (list == ROW_REMOVED && !row_reader_saw(reader, "disabled_by"))
        input->values.disabled_by_undefined = true;
    if (!device->id || !*device->id)
        return hass_fail(err, HASS_E_INVALID, "it has no id");
    if (!device->identifiers->first && !device->connections->first)
        return hass_fail(err, HASS_E_INVALID, "device %s has neither identifiers nor connections",
                         device->id);
    return 0;
}

static int add(void *registry, enum row_list list, const void *row, struct hass_error *err)
{
    struct devices *devices = registry;
    const struct device_values *values = row;

    if (list == ROW_REMOVED) {
        removed_devices_add(devices, values);
        return 0;
    }
    if (!devices_find_id(devices, values->device.id)) {
        devices_add(devices, values);
        return 0;
    }
    int r = hass_fail(err, HASS_E_EXISTS, "device %s is there twice", values->device.id);
    row_unref(row);
    return r;
}

static const void *next(void *registry, enum row_list list, size_t *pos)
{
    const struct devices *devices = registry;
    const struct device_item *item =
        group_next(list == ROW_LIVE ? &devices->live.all : &devices->removed.all, pos);

    return item ? item->row : NULL;
}

static void clear(void *registry)
{
    devices_clear(registry);
}

static const struct row_file_type file_type = {
    .key = "core.device_registry",
    .minor_version = 12,
    .format = &format,
    .lists = { [ROW_LIVE] = "devices", [ROW_REMOVED] = "deleted_devices" },
    .uses = { [ROW_LIVE] = DEVICE_STORED, [ROW_REMOVED] = DEVICE_STORED_LATE },
    .complete = complete,
    .add = add,
    .next = next,
    .clear = clear,
};

int devices_async_load(struct hass *hass, struct hass_error *err)
{
    struct devices *devices = devices_of(hass);

    return row_file_async_load(hass, &file_type, devices, &devices->file, err);
}
