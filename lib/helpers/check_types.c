/* SPDX-License-Identifier: Apache-2.0 */
/* Types of the field tables of triggers, conditions and actions, and their rendering when they are used. */
#include "helpers/check_types.h"

#include <string.h>

#include <hass/domain.h>
#include <hass/dt.h>
#include <hass/entity_registry.h>
#include <hass/states.h>

#include "base/duration.h"
#include "base/utf8.h"
#include "core/core.h"
#include "data/schema_check.h"
#include "data/schema_text.h"

/* texts */

static int check_text(const struct hass_field *field, const json_t *value, json_t **ret_value,
                      struct hass_error *err)
{
    char text[SCHEMA_VALUE_TEXT];

    if (json_is_string(value)) {
        *ret_value = hass_json_ref(value);
        return 0;
    }
    if (json_is_boolean(value))
        return hass_fail(err, HASS_E_INVALID, "expected text, got %s; put it in quotes: \"%s\"",
                         json_is_true(value) ? "true" : "false",
                         json_is_true(value) ? "on" : "off");
    schema_describe_value(value, text);
    if (json_is_number(value))
        return hass_fail(err, HASS_E_INVALID, "expected text, got %s; put it in quotes: \"%s\"",
                         text, text);
    return schema_fail("text", value, err);
}

const struct hass_field_type check_type_text = {
    .size = sizeof(struct hass_field_type),
    .name = "text",
    .check = check_text,
    .json_type = "string",
    .selector = "text",
};

/* entities */

static bool is_registry_id(const char *text, size_t length)
{
    return length == 32 && strspn(text, "0123456789abcdef") >= length;
}

/* Adds the id in the @length bytes at @text; false when there is none. */
static bool add_entity(const char *text, size_t length, json_t *ids)
{
    char id[256];

    while (length > 0 && ascii_is_space(text[length - 1]))
        length--;
    for (; length > 0 && ascii_is_space(*text); length--)
        text++;
    if (length >= sizeof(id))
        return false;
    memcpy(id, text, length);
    id[length] = 0;
    ascii_lower(id);
    if (strlen(id) != length || (!hass_valid_entity_id(id) && !is_registry_id(id, length)))
        return false;
    json_array_append_new(ids, json_stringn(id, length));
    return true;
}

static bool add_entities(const json_t *value, json_t *ids)
{
    const char *text = json_string_value(value);

    while (text) {
        size_t length = strcspn(text, ",");
        if (!add_entity(text, length, ids))
            return false;
        text = text[length] ? text + length + 1 : NULL;
    }
    return json_is_string(value);
}

static int check_entities(const struct hass_field *field, const json_t *value, json_t **ret_value,
                          struct hass_error *err)
{
    static const char wanted[] = "an entity id such as light.kitchen, or a list of them";
    autojson *ids = json_array();
    json_t *item;
    size_t i;

    if (!json_is_array(value) && !add_entities(value, ids))
        return schema_fail(wanted, value, err);
    json_array_foreach((json_t *)value, i, item) {
        if (!add_entities(item, ids))
            return schema_fail(wanted, item, err);
    }
    if (json_array_size(ids) == 0)
        return hass_fail(err, HASS_E_INVALID, "expected %s, got an empty list", wanted);
    *ret_value = steal(ids);
    return 0;
}

const struct hass_field_type check_type_entities = {
    .size = sizeof(struct hass_field_type),
    .name = "entity ids",
    .check = check_entities,
    .selector = "entity",
};

const char *check_entity_id(struct hass *hass, const char *id)
{
    if (strchr(id, '.'))
        return id;
    const struct hass_entity_entry *entry = hass_entity_registry_async_get(hass, id);
    return entry ? entry->entity_id : NULL;
}

/* numbers that an entity may hold */

static int check_bound(const struct hass_field *field, const json_t *value, json_t **ret_value,
                       struct hass_error *err)
{
    const struct hass_field number = { .size = sizeof(number), .type = &hass_type_number };
    autojson *ids = json_array();

    if (hass_type_number.check(&number, value, ret_value, NULL) == 0)
        return 0;
    const char *text = json_string_value(value);
    if (!text || !add_entity(text, strlen(text), ids))
        return schema_fail("a number or an entity id such as input_number.limit", value, err);
    *ret_value = hass_json_ref(json_array_get(ids, 0));
    return 0;
}

const struct hass_field_type check_type_bound = {
    .size = sizeof(struct hass_field_type),
    .name = "a number or an entity id",
    .check = check_bound,
    .selector = "number",
};

/* periods */

static bool has_template(const json_t *value)
{
    const char *key;
    json_t *member;

    if (json_is_string(value))
        return hass_is_template_string(json_string_value(value));
    json_object_foreach((json_t *)value, key, member) {
        if (has_template(member))
            return true;
    }
    return false;
}

/* 0 when there is none. */
static int fail_unit(const json_t *value, struct hass_error *err)
{
    static const char *const units[] = {
        "days", "hours", "minutes", "seconds", "milliseconds", NULL
    };
    const char *key;
    json_t *member;

    json_object_foreach((json_t *)value, key, member) {
        struct nearest nearest = { .word = key };
        if (hass_words_find(units, key) >= 0)
            continue;
        for (size_t i = 0; units[i]; i++)
            nearest_offer(&nearest, units[i]);
        autofree char *hint = nearest_hint(&nearest);
        return hass_fail(err, HASS_E_INVALID, "unknown key '%s'; %s", key,
                         hint ? hint
                              : "known keys are days, hours, minutes, seconds, milliseconds");
    }
    return 0;
}

static int read_period(const json_t *value, double *ret_seconds, struct hass_error *err)
{
    char text[SCHEMA_VALUE_TEXT];
    int64_t usec;

    if (json_is_object(value) && fail_unit(value, err) < 0)
        return HASS_E_INVALID;
    if (duration_from_json(value, &usec, NULL) < 0 || usec < 0)
        return hass_fail(err, HASS_E_INVALID,
                         "expected a duration of 0 or more such as 90, \"00:01:30\" or "
                         "{minutes: 1, seconds: 30}, got %s",
                         schema_describe_value(value, text));
    *ret_seconds = (double)usec / HASS_USEC_PER_SEC;
    return 0;
}

static int check_period(const struct hass_field *field, const json_t *value, json_t **ret_value,
                        struct hass_error *err)
{
    double seconds = 0;

    if (has_template(value))
        return hass_type_template_complex.check(field, value, ret_value, err);
    int r = read_period(value, &seconds, err);
    if (r == 0)
        *ret_value = json_real(seconds);
    return r;
}

const struct hass_field_type check_type_period = {
    .size = sizeof(struct hass_field_type),
    .name = "a duration or a template",
    .check = check_period,
    .selector = "duration",
};

int check_period_async_render(struct hass *hass, const json_t *period,
                              const struct hass_template_options *options, double *ret_seconds,
                              struct hass_error *err)
{
    autojson *rendered = NULL;

    if (!period || json_is_number(period)) {
        *ret_seconds = json_number_value(period);
        return 0;
    }
    int r = hass_template_async_render_complex(hass, period, options, &rendered, err);
    return r < 0 ? r : read_period(rendered, ret_seconds, err);
}

/* enabled */

static int check_enabled(const struct hass_field *field, const json_t *value, json_t **ret_value,
                         struct hass_error *err)
{
    if (json_is_string(value) && hass_is_template_string(json_string_value(value)))
        return hass_type_template.check(field, value, ret_value, err);
    return hass_type_bool.check(field, value, ret_value, err);
}

const struct hass_field_type check_type_enabled = {
    .size = sizeof(struct hass_field_type),
    .name = "true, false or a template",
    .check = check_enabled,
    .selector = "boolean",
};

int check_enabled_async_render(struct hass *hass, const json_t *enabled, struct hass_error *err)
{
    autounref(hass_template) *template = NULL;
    autojson *result = NULL;

    if (!json_is_string(enabled))
        return !json_is_false(enabled);
    int r = hass_template_new(hass, json_string_value(enabled), &template, err);
    if (r == 0)
        r = hass_template_async_render(template, HASS_TEMPLATE_OPTIONS(.limited = true), &result,
                                       err);
    return r < 0 ? r : hass_template_result_as_boolean(result);
}
