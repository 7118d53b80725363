/* SPDX-License-Identifier: Apache-2.0 */
/* Placeholders, so that dashboards and automations know what there will be, or what is missing. */
#include "entity/placeholder.h"

#include <string.h>

#include <hass/bus.h>
#include <hass/const.h>
#include <hass/json.h>
#include <hass/log.h>
#include <hass/states.h>
#include <hass/task.h>
#include <hass/vec.h>

#include "entity/name.h"

/* So many states are written before others have their turn: each is an event that waits while the start is being told. */
#define AT_ONCE 1000

static void set_text(struct hass_attrs_writer *writer, const char *key, const char *text,
                     const char *otherwise)
{
    if (text || otherwise)
        hass_attrs_set_string(writer, key, text ? text : otherwise);
}

struct placeholder {
    struct hass *hass;
    const struct hass_entity_entry *entry;
};

static void write_attributes(struct hass_attrs_writer *writer, const void *userdata)
{
    const struct placeholder *placeholder = userdata;
    const struct hass_entity_entry *entry = placeholder->entry;
    const char *text = entry->capabilities;
    autojson *capabilities = NULL;

    hass__assert_loop();
    autofree char *name = registered_name(placeholder->hass, entry);
    hass_attrs_set(writer, HASS_ATTR_RESTORED, HASS_BOOL(true));
    if (text && hass_json_parse(text, strlen(text), SIZE_MAX, &capabilities, NULL) == 0)
        hass_attrs_set_all(writer, capabilities);
    set_text(writer, HASS_ATTR_UNIT_OF_MEASUREMENT, entry->unit_of_measurement, NULL);
    set_text(writer, HASS_ATTR_DEVICE_CLASS, entry->device_class, entry->original_device_class);
    set_text(writer, HASS_ATTR_ICON, entry->icon, entry->original_icon);
    set_text(writer, HASS_ATTR_FRIENDLY_NAME, name, NULL);
    hass_attrs_set(writer, HASS_ATTR_SUPPORTED_FEATURES, HASS_INT(entry->supported_features));
}

int placeholder_write(struct hass *hass, const struct hass_entity_entry *entry,
                      const struct hass_context *context, struct hass_error *err)
{
    const struct placeholder placeholder = { .hass = hass, .entry = entry };
    const struct hass_set_options options = { .size = sizeof(options), .context = context };

    return hass_states_async_write(hass, entry->entity_id, HASS_STATE_UNAVAILABLE, write_attributes,
                                   &placeholder, &options, err);
}

bool is_placeholder(const struct hass_state *state)
{
    struct hass_value restored;

    return state && hass_state_attr(state, HASS_ATTR_RESTORED, &restored);
}

void placeholder_remove(struct hass *hass, const char *entity_id,
                        const struct hass_context *context)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (is_placeholder(hass_states_async_get(hass, entity_id)) &&
        hass_states_async_remove(hass, entity_id, context, &err) < 0)
        hass_error("Error removing the state of %s: %s", entity_id, err.message);
}

/* all of them */

static void unref_row(const struct hass_entity_entry **entry)
{
    hass_entity_entry_unref(*entry);
}

struct rows {
    const struct hass_entity_entry **data;
    size_t length, capacity;
};

static void rows_fini(struct rows *rows)
{
    vec_foreach(rows, entry)
        unref_row(entry);
    vec_fini(rows);
}

static HASS_CALLBACK bool is_missing(struct hass *hass, const struct hass_entity_entry *entry)
{
    return entry->disabled_by == HASS_ENTITY_ENABLED &&
           !hass_states_async_get(hass, entry->entity_id);
}

static HASS_CALLBACK void collect_missing(struct hass *hass, struct rows *rows)
{
    const struct hass_entity_entry *entry;

    for (size_t pos = 0; hass_entity_registry_async_next(hass, &pos, &entry);)
        if (is_missing(hass, entry))
            vec_push(rows, hass_entity_entry_ref(entry));
}

/* It may have changed while others had their turn. */
static HASS_CALLBACK int write_missing(struct hass *hass, const struct hass_entity_entry *collected,
                                       struct hass_error *err)
{
    const struct hass_entity_entry *entry = hass_entity_registry_async_get(hass, collected->id);

    return entry && is_missing(hass, entry) ? placeholder_write(hass, entry, NULL, err) : 0;
}

int placeholders_async_write(const struct hass_event *event, void *userdata, struct hass_error *err)
{
    __attribute__((cleanup(rows_fini))) struct rows rows = { 0 };
    struct hass *hass = hass_event_hass(event);
    int r = 0;

    collect_missing(hass, &rows);
    for (size_t i = 0; i < rows.length && r >= 0; i++) {
        if (i > 0 && i % AT_ONCE == 0)
            r = hass_async_sleep(hass, 0, err);
        if (r >= 0)
            r = write_missing(hass, rows.data[i], err);
    }
    return r;
}
