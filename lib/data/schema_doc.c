/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What else a field table is good for: a JSON Schema for editors, and the fields of get_services for user interfaces.
 */
#include <math.h>
#include <string.h>

#include <hass/cleanup.h>
#include <hass/schema.h>

#include "data/schema_check.h"

static json_t *schema_as_json(const struct hass_schema *schema);

/* A whole bound as an integer: editors show "255", not "255.0". */
static json_t *number(double value)
{
    bool whole = value == floor(value) && fabs(value) < 1e15;

    return whole ? json_integer((json_int_t)value) : json_real(value);
}

static bool has_lower(const struct hass_field *field)
{
    return (field->min != 0 || field->max != 0) && isfinite(field->min);
}

static bool has_upper(const struct hass_field *field)
{
    return (field->min != 0 || field->max != 0) && field->max >= field->min && isfinite(field->max);
}

static json_t *words(const struct hass_field *field)
{
    json_t *list = json_array();

    for (const char *const *word = field->words; word && *word; word++)
        json_array_append_new(list, json_string(*word));
    return list;
}

static void add_bounds(const struct hass_field *field, const char *lower, const char *upper,
                       json_t *json)
{
    if (has_lower(field))
        json_object_set_new(json, lower, number(field->min));
    if (has_upper(field))
        json_object_set_new(json, upper, number(field->max));
}

static json_t *field_as_json(const struct hass_field *field);

/* The schema of one value of the field, lists aside. */
static json_t *value_as_json(const struct hass_field *field)
{
    if (field->type == &hass_type_map && field->schema)
        return schema_as_json(field->schema);
    json_t *json = json_object();
    const char *type = field->type->json_type;
    if (type)
        json_object_set_new(json, "type", json_string(type));
    if (field->type == &hass_type_map && field->item) {
        struct hass_field item = schema_field(field->item);
        json_object_set_new(json, "additionalProperties", field_as_json(&item));
    }
    if (field->words)
        json_object_set_new(json, "enum", words(field));
    if (type && schema_bounds_item(field)) {
        bool text = field->type == &hass_type_string;
        add_bounds(field, text ? "minLength" : "minimum", text ? "maxLength" : "maximum", json);
    }
    return json;
}

/* {"anyOf": [@first, @second]}; takes both. */
static json_t *any_of(json_t *first, json_t *second)
{
    json_t *list = json_array(), *json = json_object();

    json_array_append_new(list, first);
    json_array_append_new(list, second);
    json_object_set_new(json, "anyOf", list);
    return json;
}

/* One value or a list of them; takes @item. */
static json_t *list_of(json_t *item, const struct hass_field *field)
{
    json_t *list = json_object();

    json_object_set_new(list, "type", json_string("array"));
    json_object_set(list, "items", item);
    if (field && !schema_bounds_item(field))
        add_bounds(field, "minItems", "maxItems", list);
    return any_of(item, list);
}

static void add_default(const struct hass_field *field, json_t *json)
{
    json_t *fallback = NULL;

    if (field->fallback &&
        hass_json_parse(field->fallback, strlen(field->fallback), SIZE_MAX, &fallback, NULL) >= 0)
        json_object_set_new(json, "default", fallback);
}

static json_t *field_as_json(const struct hass_field *field)
{
    json_t *json = value_as_json(field);

    if (field->list)
        json = list_of(json, field);
    if (field->nullable) {
        json_t *null = json_object();
        json_object_set_new(null, "type", json_string("null"));
        json = any_of(json, null);
    }
    if (field->doc)
        json_object_set_new(json, "description", json_string(field->doc));
    add_default(field, json);
    if (field->deprecated)
        json_object_set_new(json, "deprecated", json_true());
    if (field->secret)
        json_object_set_new(json, "writeOnly", json_true());
    return json;
}

static json_t *fields_as_json(const struct hass_schema *schema)
{
    json_t *json = json_object(), *properties = json_object(), *required = json_array();

    for (uint32_t i = 0; i < schema->count; i++) {
        struct hass_field field = schema_field_at(schema, i);
        json_object_set_new(properties, field.key, field_as_json(&field));
        if (field.required && !field.fallback)
            json_array_append_new(required, json_string(field.key));
    }
    json_object_set_new(json, "type", json_string("object"));
    json_object_set_new(json, "properties", properties);
    if (json_array_size(required) > 0)
        json_object_set(json, "required", required);
    json_decref(required);
    json_object_set_new(json, "additionalProperties", json_boolean(schema->extra));
    return json;
}

static json_t *schema_as_json(const struct hass_schema *original)
{
    struct hass_schema schema = schema_copy(original);
    json_t *json;

    if (schema.keyed) {
        struct hass_field value = schema_field(schema.keyed);
        json = json_object();
        json_object_set_new(json, "type", json_string("object"));
        json_object_set_new(json, "additionalProperties", field_as_json(&value));
    } else {
        json = fields_as_json(&schema);
    }
    return schema.list ? list_of(json, NULL) : json;
}

json_t *hass_schema_as_json_schema(const struct hass_schema *schema)
{
    json_t *json = json_object();

    json_object_set_new(json, "$schema",
                        json_string("https://json-schema.org/draft/2020-12/schema"));
    autojson *body = schema_as_json(schema);
    json_object_update(json, body);
    return json;
}

/* The frontend's selector: {"number": {"min": 0, "max": 255}}. */
static json_t *selector(const struct hass_field *field)
{
    json_t *options = json_object();

    if (strcmp(field->type->selector, "number") == 0)
        add_bounds(field, "min", "max", options);
    if (field->words)
        json_object_set_new(options, "options", words(field));
    if (field->list && field->type != &hass_type_any)
        json_object_set_new(options, "multiple", json_true());
    json_t *json = json_object();
    json_object_set_new(json, field->type->selector, options);
    return json;
}

json_t *hass_schema_describe(const struct hass_schema *original)
{
    struct hass_schema schema = schema_copy(original);
    json_t *fields = json_object();

    for (uint32_t i = 0; i < schema.count; i++) {
        struct hass_field field = schema_field_at(&schema, i);
        json_t *json = json_object();
        if (field.doc)
            json_object_set_new(json, "description", json_string(field.doc));
        if (field.required)
            json_object_set_new(json, "required", json_true());
        add_default(&field, json);
        if (field.type->selector)
            json_object_set_new(json, "selector", selector(&field));
        json_object_set_new(fields, field.key, json);
    }
    return fields;
}
