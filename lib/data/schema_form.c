/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A field table as the form of a dialogue, in the words of the frontend: plain types where it knows them, else a selector.
 */
#include <math.h>
#include <string.h>

#include <hass/cleanup.h>
#include <hass/schema.h>

#include "data/schema_check.h"

static json_t *number(double value)
{
    bool whole = value == floor(value) && fabs(value) < 1e15;

    return whole ? json_integer((json_int_t)value) : json_real(value);
}

static void add_bounds(const struct hass_field *field, const char *lower, const char *upper,
                       json_t *json)
{
    if ((field->min == 0 && field->max == 0) || !schema_bounds_item(field))
        return;
    if (isfinite(field->min))
        json_object_set_new(json, lower, number(field->min));
    if (isfinite(field->max) && field->max >= field->min)
        json_object_set_new(json, upper, number(field->max));
}

/* [[value, label], …] of the words of the table, or of @choices {value: label}. */
static json_t *options_of(const struct hass_field *field, const json_t *choices)
{
    json_t *options = json_array();
    const char *value;
    json_t *label;

    json_object_foreach((json_t *)choices, value, label)
        json_array_append_new(options, json_pack("[s, O]", value, label));
    for (const char *const *word = field->words; !choices && word && *word; word++)
        json_array_append_new(options, json_pack("[s, s]", *word, *word));
    return options;
}

static void add_options(const struct hass_field *field, const json_t *choices, json_t *json)
{
    autojson *options = options_of(field, choices);
    size_t i;
    json_t *option;

    if (!field->list) {
        json_object_set_new(json, "type", json_string("select"));
        json_object_set_new(json, "options", steal(options));
        return;
    }
    json_t *map = json_object();
    json_array_foreach(options, i, option)
        json_object_set(map, json_string_value(json_array_get(option, 0)),
                        json_array_get(option, 1));
    json_object_set_new(json, "type", json_string("multi_select"));
    json_object_set_new(json, "options", map);
}

static const char *plain_type(const struct hass_field *field)
{
    if (field->type == &hass_type_bool)
        return "boolean";
    if (field->type == &hass_type_int)
        return "integer";
    if (field->type == &hass_type_number)
        return "float";
    return field->type == &hass_type_string ? "string" : NULL;
}

static void add_selector(const struct hass_field *field, json_t *json)
{
    const char *name = field->type->selector ? field->type->selector : "object";
    json_t *options = json_object();

    if (field->secret)
        json_object_set_new(options, "type", json_string("password"));
    if (field->list)
        json_object_set_new(options, "multiple", json_true());
    if (!strcmp(name, "number"))
        add_bounds(field, "min", "max", options);
    json_object_set_new(json, "selector", json_pack("{s:o}", name, options));
}

static void add_type(const struct hass_field *field, const json_t *suggested, const json_t *choices,
                     json_t *json)
{
    const char *type = field->list || field->secret ? NULL : plain_type(field);

    if (field->words || choices) {
        add_options(field, choices, json);
    } else if (field->type == &hass_type_map && field->schema && !field->list) {
        json_object_set_new(json, "type", json_string("expandable"));
        json_object_set_new(json, "expanded", json_boolean(field->required));
        json_object_set_new(json, "schema", hass_schema_as_form(field->schema, suggested, NULL));
    } else if (type) {
        bool text = field->type == &hass_type_string;
        json_object_set_new(json, "type", json_string(type));
        add_bounds(field, text ? "lengthMin" : "valueMin", text ? "lengthMax" : "valueMax", json);
    } else {
        add_selector(field, json);
    }
}

static void add_values(const struct hass_field *field, const json_t *suggested, json_t *json)
{
    json_t *fallback = NULL;

    if (field->fallback &&
        hass_json_parse(field->fallback, strlen(field->fallback), SIZE_MAX, &fallback, NULL) >= 0)
        json_object_set_new(json, "default", fallback);
    /* Secrets are never shown. */
    if (suggested && !field->secret && field->type != &hass_type_map)
        json_object_set_new(json, "description", json_pack("{s:O}", "suggested_value", suggested));
}

json_t *hass_schema_as_form(const struct hass_schema *original, const json_t *suggested,
                            const json_t *choices)
{
    json_t *list = json_array();

    if (!original)
        return list;
    struct hass_schema schema = schema_copy(original);
    for (uint32_t i = 0; i < schema.count; i++) {
        struct hass_field field = schema_field_at(&schema, i);
        const json_t *value = hass_json_get(suggested, field.key);
        json_t *json = json_object();
        json_object_set_new(json, "name", json_string(field.key));
        json_object_set_new(json, "required", json_boolean(field.required));
        if (!field.required)
            json_object_set_new(json, "optional", json_true());
        add_type(&field, value, hass_json_get(choices, field.key), json);
        add_values(&field, value, json);
        json_array_append_new(list, json);
    }
    return list;
}
