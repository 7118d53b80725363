/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations of the core's cases on registries. Rows are shown as the cases record them; devices are called dev1, dev2, …
 * in the order in which they appear.
 */
#include <stdio.h>
#include <string.h>

#include <hass/area_registry.h>
#include <hass/device_registry.h>
#include <hass/entity_registry.h>

#include "base/mem.h"
#include "registry/entry.h"
#include "support/test.h"
#include "vectors/vectors.h"

static const char *text_of(const json_t *step, const char *key)
{
    return hass_json_get_string(step, key, NULL);
}

/* The step without what says which row it is about, as changes of that row. */
static json_t *changes_of(const json_t *step, const char *subject)
{
    json_t *changes = json_copy((json_t *)step);

    json_object_del(changes, "op");
    json_object_del(changes, subject);
    return changes;
}

static void rename_key(json_t *object, const char *from, const char *to)
{
    json_t *value = json_incref(json_object_get(object, from));

    if (!value)
        return;
    json_object_del(object, from);
    json_object_set_new(object, to, value);
}

/* aliases of devices */

const char *device_alias(struct stage *stage, const char *id)
{
    char alias[16];

    if (!id)
        return NULL;
    if (!hass_json_get(stage->devices, id)) {
        snprintf(alias, sizeof(alias), "dev%zu", json_object_size(stage->devices) + 1);
        json_object_set_new(stage->devices, id, json_string(alias));
    }
    return hass_json_get_string(stage->devices, id, NULL);
}

/* The id behind an alias; what is none stays. */
static const char *device_id(const struct stage *stage, const char *alias)
{
    const char *id;
    json_t *known;

    json_object_foreach(stage->devices, id, known)
        if (alias && strcmp(json_string_value(known), alias) == 0)
            return id;
    return alias;
}

json_t *with_aliases(struct stage *stage, const json_t *value)
{
    const char *key;
    json_t *member, *copy;
    size_t i;

    if (json_is_string(value)) {
        const json_t *alias = hass_json_get(stage->devices, json_string_value(value));
        return hass_json_ref(alias ? alias : value);
    }
    if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach((json_t *)value, i, member)
            json_array_append_new(copy, with_aliases(stage, member));
        return copy;
    }
    if (!json_is_object(value))
        return hass_json_ref(value);
    copy = json_object();
    json_object_foreach((json_t *)value, key, member)
        json_object_set_new(copy, key, with_aliases(stage, member));
    return copy;
}

/* rows as they are recorded */

static json_t *pick(json_t *row, const char *const *keys)
{
    json_t *picked = json_object();

    for (; *keys; keys++) {
        json_t *value = json_object_get(row, *keys);
        json_object_set(picked, *keys, value ? value : json_null());
    }
    json_decref(row);
    return picked;
}

static json_t *area_record(const struct hass_area *area)
{
    static const char *const keys[] = { "aliases", "area_id", "name", "picture", NULL };

    return area ? pick(hass_area_as_json(area), keys) : json_null();
}

static json_t *device_record(struct stage *stage, const struct hass_device *device)
{
    static const char *const keys[] = { "area_id",    "connections", "disabled_by",  "entries",
                                        "entry_type", "id",          "identifiers",  "manufacturer",
                                        "model",      "name",        "name_by_user", "sw_version",
                                        "via",        NULL };

    if (!device)
        return json_null();
    (void)device_alias(stage, device->id);
    autojson *row = hass_device_as_json(device);
    rename_key(row, "config_entries", "entries");
    rename_key(row, "via_device_id", "via");
    return pick(with_aliases(stage, row), keys);
}

static json_t *entity_record(struct stage *stage, const struct hass_entity_entry *entry)
{
    static const char *const keys[] = { "aliases",       "area_id",
                                        "device",        "device_class",
                                        "disabled_by",   "entity_category",
                                        "entity_id",     "entry",
                                        "hidden_by",     "icon",
                                        "name",          "original_device_class",
                                        "original_name", "platform",
                                        "unique_id",     NULL };

    if (!entry)
        return json_null();
    autojson *row = hass_entity_entry_as_json(entry, true);
    rename_key(row, "config_entry_id", "entry");
    rename_key(row, "device_id", "device");
    return pick(with_aliases(stage, row), keys);
}

/* areas */

static HASS_CALLBACK int area_create(struct stage *stage, const json_t *step, json_t **ret_value,
                                     struct hass_error *err)
{
    const struct hass_area *area = NULL;
    int r = hass_area_registry_async_create(stage->hass, text_of(step, "name"),
                                            changes_of(step, "name"), &area, err);

    if (r >= 0)
        *ret_value = area_record(area);
    return r;
}

static HASS_CALLBACK int area_update(struct stage *stage, const json_t *step, json_t **ret_value,
                                     struct hass_error *err)
{
    const struct hass_area *area = NULL;
    int r = hass_area_registry_async_update(stage->hass, text_of(step, "area_id"),
                                            changes_of(step, "area_id"), &area, err);

    if (r >= 0)
        *ret_value = area_record(area);
    return r;
}

static HASS_CALLBACK int area_delete(struct stage *stage, const json_t *step, json_t **ret_value,
                                     struct hass_error *err)
{
    return hass_area_registry_async_delete(stage->hass, text_of(step, "area_id"), err);
}

static HASS_CALLBACK int area_by_name(struct stage *stage, const json_t *step, json_t **ret_value,
                                      struct hass_error *err)
{
    *ret_value = json_pack(
        "{s:o}", "area",
        area_record(hass_area_registry_async_get_by_name(stage->hass, text_of(step, "name"))));
    return 0;
}

static HASS_CALLBACK int area_list(struct stage *stage, const json_t *step, json_t **ret_value,
                                   struct hass_error *err)
{
    const struct hass_area *area;

    *ret_value = json_array();
    for (size_t pos = 0; hass_area_registry_async_next(stage->hass, &pos, &area);)
        json_array_append_new(*ret_value, area_record(area));
    return 0;
}

/* config entries */

static HASS_CALLBACK int entry_add(struct stage *stage, const json_t *step, json_t **ret_value,
                                   struct hass_error *err)
{
    autounref(hass_entry) *entry =
        entry_new(stage->hass, text_of(step, "domain"), "user", text_of(step, "id"));

    entry_set_text(&entry->title, text_of(step, "domain"));
    return entries_async_add(entry, err);
}

static HASS_CALLBACK int entry_clear(struct stage *stage, const json_t *step, json_t **ret_value,
                                     struct hass_error *err)
{
    int r = hass_device_registry_async_clear_config_entry(stage->hass, text_of(step, "id"), err);

    return r < 0 ? r
                 : hass_entity_registry_async_clear_config_entry(stage->hass, text_of(step, "id"),
                                                                 err);
}

/* devices */

static void read_pairs(const json_t *list, struct hass_device_pair pairs[DEVICE_PAIRS])
{
    for (size_t i = 0; i < json_array_size(list) && i < DEVICE_PAIRS - 1; i++) {
        const json_t *pair = json_array_get(list, i);
        pairs[i] = (struct hass_device_pair){ json_string_value(json_array_get(pair, 0)),
                                              json_string_value(json_array_get(pair, 1)) };
    }
}

void read_device_info(const json_t *fields, struct described_device *ret_device)
{
    const json_t *via = hass_json_get(fields, "via");

    *ret_device = (struct described_device){ 0 };
    read_pairs(hass_json_get(fields, "identifiers"), ret_device->identifiers);
    read_pairs(hass_json_get(fields, "connections"), ret_device->connections);
    ret_device->info = (struct hass_device_info)HASS_DEVICE_INFO(
            .identifiers = hass_json_get(fields, "identifiers") ? ret_device->identifiers : NULL,
            .connections = hass_json_get(fields, "connections") ? ret_device->connections : NULL,
            .name = text_of(fields, "name"), .manufacturer = text_of(fields, "manufacturer"),
            .model = text_of(fields, "model"), .sw_version = text_of(fields, "sw_version"),
            .default_name = text_of(fields, "default_name"),
            .default_manufacturer = text_of(fields, "default_manufacturer"),
            .default_model = text_of(fields, "default_model"),
            .suggested_area = text_of(fields, "suggested_area"),
            .via_device = { json_string_value(json_array_get(via, 0)),
                            json_string_value(json_array_get(via, 1)) });
}

static HASS_CALLBACK int device_get_or_create(struct stage *stage, const json_t *step,
                                              json_t **ret_value, struct hass_error *err)
{
    const struct hass_device *device = NULL;
    struct described_device described;

    read_device_info(step, &described);
    int r = hass_device_registry_async_get_or_create(stage->hass, text_of(step, "entry"),
                                                     &described.info, &device, err);
    if (r >= 0)
        *ret_value = device_record(stage, device);
    return r;
}

static HASS_CALLBACK int device_update(struct stage *stage, const json_t *step, json_t **ret_value,
                                       struct hass_error *err)
{
    const struct hass_device *device = NULL;
    json_t *changes = changes_of(step, "device");

    rename_key(changes, "add_entry", "add_config_entry_id");
    rename_key(changes, "remove_entry", "remove_config_entry_id");
    int r = hass_device_registry_async_update(
        stage->hass, device_id(stage, text_of(step, "device")), changes, &device, err);
    if (r >= 0)
        *ret_value = json_pack("{s:o}", "device", device_record(stage, device));
    return r;
}

static HASS_CALLBACK int device_remove(struct stage *stage, const json_t *step, json_t **ret_value,
                                       struct hass_error *err)
{
    return hass_device_registry_async_remove(stage->hass, device_id(stage, text_of(step, "device")),
                                             err);
}

static HASS_CALLBACK int device_get(struct stage *stage, const json_t *step, json_t **ret_value,
                                    struct hass_error *err)
{
    const struct hass_device *device =
        hass_device_registry_async_get(stage->hass, device_id(stage, text_of(step, "device")));

    *ret_value = json_pack("{s:o}", "device", device_record(stage, device));
    return 0;
}

static HASS_CALLBACK int device_find(struct stage *stage, const json_t *step, json_t **ret_value,
                                     struct hass_error *err)
{
    struct described_device described;

    read_device_info(step, &described);
    const struct hass_device *device = hass_device_registry_async_find(
        stage->hass, described.info.identifiers, described.info.connections);
    *ret_value = json_pack("{s:o}", "device", device_record(stage, device));
    return 0;
}

/* entities */

static int place_of(const char *const *words, const char *word)
{
    for (int i = 0; words[i]; i++)
        if (word && strcmp(words[i], word) == 0)
            return i;
    return 0;
}

enum hass_entity_category read_category(const char *word)
{
    static const char *const words[] = { "", "config", "diagnostic", NULL };

    return (enum hass_entity_category)place_of(words, word);
}

static HASS_CALLBACK int entity_get_or_create(struct stage *stage, const json_t *step,
                                              json_t **ret_value, struct hass_error *err)
{
    static const char *const disablers[] = { "",     "config_entry", "device",
                                             "hass", "integration",  "user",
                                             NULL };
    static const char *const hiders[] = { "", "integration", "user", NULL };
    const struct hass_entity_entry *entry = NULL;
    const struct hass_entity_entry_info info = HASS_ENTITY_ENTRY_INFO(
            .domain = text_of(step, "domain"), .platform = text_of(step, "platform"),
            .unique_id = text_of(step, "unique_id"),
            .suggested_object_id = text_of(step, "suggested_object_id"),
            .config_entry_id = text_of(step, "entry"),
            .device_id = device_id(stage, text_of(step, "device")),
            .original_name = text_of(step, "original_name"),
            .original_icon = text_of(step, "original_icon"),
            .original_device_class = text_of(step, "original_device_class"),
            .unit_of_measurement = text_of(step, "unit_of_measurement"),
            .disabled_by =
                (enum hass_entity_disabler)place_of(disablers, text_of(step, "disabled_by")),
            .hidden_by = (enum hass_entity_hider)place_of(hiders, text_of(step, "hidden_by")),
            .entity_category = read_category(text_of(step, "entity_category")),
            .has_entity_category = hass_json_get(step, "entity_category") != NULL);
    int r = hass_entity_registry_async_get_or_create(stage->hass, &info, &entry, err);

    if (r >= 0)
        *ret_value = entity_record(stage, entry);
    return r;
}

static HASS_CALLBACK int entity_update(struct stage *stage, const json_t *step, json_t **ret_value,
                                       struct hass_error *err)
{
    const struct hass_entity_entry *entry = NULL;
    json_t *changes = changes_of(step, "entity_id");

    rename_key(changes, "device", "device_id");
    int r = hass_entity_registry_async_update(stage->hass, text_of(step, "entity_id"), changes,
                                              &entry, err);
    if (r >= 0)
        *ret_value = entity_record(stage, entry);
    return r;
}

static HASS_CALLBACK int entity_remove(struct stage *stage, const json_t *step, json_t **ret_value,
                                       struct hass_error *err)
{
    return hass_entity_registry_async_remove(stage->hass, text_of(step, "entity_id"), err);
}

static HASS_CALLBACK int entity_get(struct stage *stage, const json_t *step, json_t **ret_value,
                                    struct hass_error *err)
{
    const struct hass_entity_entry *entry =
        hass_entity_registry_async_get(stage->hass, text_of(step, "entity_id"));

    *ret_value = json_pack("{s:o}", "entity", entity_record(stage, entry));
    return 0;
}

static HASS_CALLBACK int entity_find(struct stage *stage, const json_t *step, json_t **ret_value,
                                     struct hass_error *err)
{
    const struct hass_entity_entry *entry =
        hass_entity_registry_async_find(stage->hass, text_of(step, "domain"),
                                        text_of(step, "platform"), text_of(step, "unique_id"));

    *ret_value = json_pack("{s:s?}", "entity_id", entry ? entry->entity_id : NULL);
    return 0;
}

/* What else is to count as taken is reserved for the time being. */
static HASS_CALLBACK int entity_generate_id(struct stage *stage, const json_t *step,
                                            json_t **ret_value, struct hass_error *err)
{
    const json_t *known = hass_json_get(step, "known_object_ids");

    for (size_t i = 0; i < json_array_size(known); i++)
        (void)hass_states_async_reserve(stage->hass, json_string_value(json_array_get(known, i)),
                                        NULL);
    autofree char *id = hass_entity_registry_async_generate_id(
        stage->hass, text_of(step, "domain"), text_of(step, "suggested_object_id"), err);
    for (size_t i = 0; i < json_array_size(known); i++)
        (void)hass_states_async_remove(stage->hass, json_string_value(json_array_get(known, i)),
                                       NULL, NULL);
    *ret_value = id ? json_string(id) : json_null();
    return id ? 0 : HASS_E_INVALID;
}

const struct operation registry_operations[] = {
    { "area_create", area_create },
    { "area_update", area_update },
    { "area_delete", area_delete },
    { "area_by_name", area_by_name },
    { "area_list", area_list },
    { "entry_add", entry_add },
    { "entry_clear_registries", entry_clear },
    { "device_get_or_create", device_get_or_create },
    { "device_update", device_update },
    { "device_remove", device_remove },
    { "device_get", device_get },
    { "device_find", device_find },
    { "entity_get_or_create", entity_get_or_create },
    { "entity_update", entity_update },
    { "entity_remove", entity_remove },
    { "entity_get", entity_get },
    { "entity_find", entity_find },
    { "entity_generate_id", entity_generate_id },
    { NULL, NULL },
};
