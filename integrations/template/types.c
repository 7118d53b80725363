/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types of options, and what entities read from results: numbers, words, truth, lists of texts.
 */
#include <math.h>
#include <stdlib.h>
#include <strings.h>

#include <hass/buf.h>
#include <hass/condition.h>
#include <hass/script.h>
#include <hass/trigger.h>

#include "parts.h"

static int check_template(const struct hass_field *field, const json_t *value, json_t **ret_value,
                          struct hass_error *err)
{
    return hass_type_template.check(field, value, ret_value, err);
}

static bool locate(const char *text, struct hass_text_problem *ret_problem)
{
    return hass_type_template.locate(text, ret_problem);
}

const struct hass_field_type template_type_template = {
    .size = sizeof(struct hass_field_type),
    .name = "a template",
    .check = check_template,
    .json_type = "string",
    .selector = "template",
    .locate = locate,
};
const struct hass_field template_attribute = HASS_FIELD("", &template_type_template);

static int check_delay(const struct hass_field *field, const json_t *value, json_t **ret_value,
                       struct hass_error *err)
{
    if (json_is_string(value) && hass_is_template_string(json_string_value(value)))
        return check_template(field, value, ret_value, err);
    return hass_type_duration.check(field, value, ret_value, err);
}

const struct hass_field_type template_type_delay = {
    .size = sizeof(struct hass_field_type),
    .name = "a duration or a template of one",
    .check = check_delay,
    .locate = locate,
};

/* Kinds of integrations are checked when the triggers are attached: here nothing is set up yet. */
#define LIST_TYPE(name_, words, selector_, check_)                                                 \
    static int check_##name_(const struct hass_field *field, const json_t *value,                  \
                             json_t **ret_value, struct hass_error *err)                           \
    {                                                                                              \
        return check_(NULL, value, ret_value, err);                                                \
    }                                                                                              \
    const struct hass_field_type template_type_##name_ = {                                         \
        .size = sizeof(struct hass_field_type),                                                    \
        .name = words,                                                                             \
        .check = check_##name_,                                                                    \
        .selector = selector_,                                                                     \
        .locate = locate,                                                                          \
    }

LIST_TYPE(actions, "actions", "action", hass_script_check);
LIST_TYPE(conditions, "conditions", "condition", hass_conditions_check);
LIST_TYPE(triggers, "triggers", "trigger", hass_triggers_check);

/* results */

bool template_as_number(const json_t *result, double *ret_number)
{
    char *end;

    if (json_is_number(result)) {
        *ret_number = json_number_value(result);
        return true;
    }
    if (!json_is_string(result) || !*json_string_value(result))
        return false;
    double number = strtod(json_string_value(result), &end);
    if (*end || !isfinite(number))
        return false;
    *ret_number = number;
    return true;
}

bool template_is_unknown(const json_t *result)
{
    static const char *const words[] = { "", "none", HASS_STATE_UNKNOWN, HASS_STATE_UNAVAILABLE,
                                         NULL };

    return !result || json_is_null(result) ||
           (json_is_string(result) && template_word(result, words) >= 0);
}

bool template_number_within(const struct template_entity *item, const char *key,
                            const json_t *result, double min, double max, double *ret_number)
{
    char wanted[80];
    double number;

    if (template_is_unknown(result))
        return false;
    if (template_as_number(result, &number) && number >= min && number <= max) {
        *ret_number = number;
        return true;
    }
    snprintf(wanted, sizeof(wanted), "a number from %g to %g", min, max);
    template_entity_complain(item, key, result, wanted);
    return false;
}

struct hass_value template_value(const json_t *result)
{
    if (json_is_string(result))
        return hass_value_string(json_string_value(result));
    if (json_is_boolean(result))
        return HASS_BOOL(json_is_true(result));
    if (json_is_integer(result))
        return HASS_INT(json_integer_value(result));
    return json_is_real(result) ? HASS_DOUBLE(json_real_value(result)) : HASS_NONE;
}

int template_word(const json_t *result, const char *const *words)
{
    const char *text = json_is_boolean(result) ? (json_is_true(result) ? "true" : "false")
                                               : json_string_value(result);

    for (int i = 0; text && words[i]; i++)
        if (strcasecmp(words[i], text) == 0)
            return i;
    return -1;
}

struct hass_value template_truth(const json_t *result)
{
    return template_is_unknown(result) ? HASS_NONE
                                       : HASS_BOOL(hass_template_result_as_boolean(result));
}

void template_texts(const json_t *result, json_t **texts, const char ***list)
{
    size_t count = json_array_size(result), index;
    const char **fresh = calloc(count + 1, sizeof(*fresh));
    json_t *kept = json_array(), *text;

    json_array_foreach((json_t *)result, index, text) {
        autobuf buf = HASS_BUF_INIT;
        hass_value_write_text(template_value(text), &buf);
        json_array_append_new(kept, json_string(hass_buf_string(&buf)));
        fresh[index] = json_string_value(json_array_get(kept, index));
    }
    free(*list);
    json_decref(*texts);
    *list = fresh;
    *texts = kept;
}
