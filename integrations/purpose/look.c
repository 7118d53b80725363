/* SPDX-License-Identifier: Apache-2.0 */
/* Which entities a row is about, and what it looks at of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/const.h>
#include <hass/entity_registry.h>
#include <hass/platform.h>
#include <hass/states.h>

#include "purpose.h"

const struct purpose *purpose_find(purpose_at_fn *at, const char *name)
{
    const struct purpose *row;

    for (size_t i = 0; (row = at(i)); i++)
        if (strcmp(row->name, name) == 0)
            break;
    return row;
}

bool purpose_has_word(const char *words, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = words; at && *at; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (strncmp(at, word, length) == 0 && (!at[length] || at[length] == ' '))
            return true;
    }
    return false;
}

/* targets */

static const struct hass_field target_fields[] = {
    HASS_FIELD("entity_id", &hass_type_entity_id, .list = true, .doc = "Entities"),
    HASS_FIELD("device_id", &hass_type_string, .list = true, .doc = "Devices"),
    HASS_FIELD("area_id", &hass_type_string, .list = true, .doc = "Areas"),
    HASS_FIELD("floor_id", &hass_type_string, .list = true, .doc = "Floors"),
    HASS_FIELD("label_id", &hass_type_string, .list = true, .doc = "Labels"),
};

const struct hass_schema purpose_target_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(target_fields) / sizeof(target_fields[0]),
    .fields = target_fields,
};

static bool is_of_domain(const struct purpose *row, const char *entity_id)
{
    for (size_t i = 0; i < PURPOSE_SOURCES && row->of[i].domain; i++) {
        size_t length = strlen(row->of[i].domain);
        if (strncmp(entity_id, row->of[i].domain, length) == 0 && entity_id[length] == '.')
            return true;
    }
    return false;
}

static void add_id(const struct purpose *row, const char *entity_id, json_t *ids)
{
    if (!is_of_domain(row, entity_id))
        return;
    for (size_t i = 0; i < json_array_size(ids); i++) {
        if (strcmp(json_string_value(json_array_get(ids, i)), entity_id) == 0)
            return;
    }
    json_array_append_new(ids, json_string(entity_id));
}

/* Diagnostic entities are not reached by devices and areas; batteries are diagnostic. */
static HASS_CALLBACK void add_secondary(struct hass *hass, const struct purpose *row,
                                        const json_t *devices, json_t *ids)
{
    const struct hass_entity_entry *entry;

    for (size_t i = 0; i < json_array_size(devices); i++) {
        const char *device_id = json_string_value(json_array_get(devices, i));
        for (size_t pos = 0;
             hass_entity_registry_async_next_of_device(hass, device_id, &pos, &entry);) {
            if (!entry->disabled_by && !entry->hidden_by)
                add_id(row, entry->entity_id, ids);
        }
    }
}

json_t *purpose_targets(struct hass *hass, const struct purpose *row, const json_t *target)
{
    autojson *meant = hass_async_extract_from_target(hass, target, false);
    const json_t *found = json_object_get(meant, "referenced_entities");
    json_t *ids = json_array();

    for (size_t i = 0; i < json_array_size(found); i++)
        add_id(row, json_string_value(json_array_get(found, i)), ids);
    if (row->secondary)
        add_secondary(hass, row, json_object_get(meant, "referenced_devices"), ids);
    return ids;
}

/* states */

const struct purpose_source *purpose_source_of(const struct purpose *row,
                                               const struct hass_state *state)
{
    struct hass_value value;
    char domain[65];

    hass_state_domain(state, domain);
    for (size_t i = 0; i < PURPOSE_SOURCES && row->of[i].domain; i++) {
        const struct purpose_source *source = &row->of[i];
        if (strcmp(source->domain, domain) != 0)
            continue;
        if (!source->device_class ||
            (hass_state_attr(state, "device_class", &value) && value.type == HASS_VALUE_STRING &&
             strcmp(value.text.data, source->device_class) == 0))
            return source;
    }
    return NULL;
}

/* The value that counts; HASS_NONE: there is none. */
static struct hass_value value_of(const struct purpose_source *source,
                                  const struct hass_state *state)
{
    struct hass_value value = HASS_NONE, level;
    double number;

    if (!source->attribute)
        return hass_value_string(hass_state_state(state));
    if (!hass_state_attr(state, source->attribute, &value))
        value = HASS_NONE;
    if (!source->zero || !hass_state_attr(state, source->zero, &level) ||
        !hass_value_number(level, &number))
        return value;
    if (number == 0)
        return HASS_BOOL(true);
    return value.type == HASS_VALUE_NONE ? HASS_BOOL(false) : value;
}

bool purpose_is_valid(const struct purpose_source *source, const struct hass_state *state)
{
    const char *text = hass_state_state(state);

    return strcmp(text, HASS_STATE_UNKNOWN) != 0 && strcmp(text, HASS_STATE_UNAVAILABLE) != 0 &&
           value_of(source, state).type != HASS_VALUE_NONE;
}

static void write_value(struct hass_value value, struct hass_buf *buf)
{
    if (value.type == HASS_VALUE_BOOL)
        hass_buf_add_string(buf, value.boolean ? "true" : "false");
    else
        hass_value_write_text(value, buf);
}

static bool is_in_list(const json_t *list, const char *text)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (strcmp(json_string_value(json_array_get(list, i)), text) == 0)
            return true;
    }
    return false;
}

/* A list has one of those that the option names. */
static bool has_any(const struct purpose *row, const struct purpose_source *source,
                    const json_t *config, const struct hass_state *state)
{
    autojson *attributes = hass_state_attributes(state);
    const json_t *list = hass_json_get(attributes, source->attribute);
    bool found = false;

    for (size_t i = 0; i < json_array_size(list) && !found; i++)
        found = is_in_list(json_object_get(config, row->option),
                           json_string_value(json_array_get(list, i)) ?: "");
    return found;
}

bool purpose_is_reached(const struct purpose_source *source, const struct hass_state *state)
{
    struct hass_value value;
    autobuf text = HASS_BUF_INIT;

    if (!hass_state_attr(state, source->reached, &value) || value.type == HASS_VALUE_NONE)
        return false;
    write_value(value, &text);
    return strcmp(hass_buf_string(&text), hass_state_state(state)) == 0;
}

bool purpose_is_wanted(const struct purpose *row, const struct purpose_source *source,
                       const json_t *config, const struct hass_state *state)
{
    autobuf text = HASS_BUF_INIT;

    if (row->option && source->attribute)
        return has_any(row, source, config, state) != source->outside;
    write_value(value_of(source, state), &text);
    const char *value = hass_buf_string(&text);
    if (row->option)
        return is_in_list(json_object_get(config, row->option), value);
    if (source->states && source->states[0] == '!')
        return !purpose_has_word(source->states + 1, value);
    return purpose_has_word(source->states, value);
}

bool purpose_number(const struct purpose_source *source, const struct hass_state *state,
                    double *ret_number)
{
    struct hass_value value = value_of(source, state);
    double number;
    char *end;

    if (value.type == HASS_VALUE_STRING) {
        number = strtod(value.text.data, &end);
        if (end == value.text.data || *end)
            return false;
    } else if (!hass_value_number(value, &number)) {
        return false;
    }
    if (!isfinite(number))
        return false;
    *ret_number = source->scale ? number * source->scale : number;
    return true;
}

bool purpose_is_same(const struct purpose_source *source, const struct hass_state *a,
                     const struct hass_state *b)
{
    autobuf one = HASS_BUF_INIT, other = HASS_BUF_INIT;

    write_value(value_of(source, a), &one);
    write_value(value_of(source, b), &other);
    return strcmp(hass_buf_string(&one), hass_buf_string(&other)) == 0;
}
