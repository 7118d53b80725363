/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of states, attributes and value templates, and bounds that may be entities. Numbers are read as Python's float() does. */
#include "helpers/numeric_state.h"

#include <math.h>
#include <string.h>

#include <hass/buf.h>

#include "template/vm.h"

int numeric_state_init(struct numeric_state *numeric, struct hass *hass, const json_t *config,
                       struct hass_error *err)
{
    const char *text = hass_json_get_string(config, "value_template", NULL);

    *numeric = (struct numeric_state){
        .above = hass_json_get(config, "above"),
        .below = hass_json_get(config, "below"),
        .attribute = hass_json_get_string(config, "attribute", NULL),
    };
    return text ? hass_template_new(hass, text, &numeric->value, err) : 0;
}

void numeric_state_fini(struct numeric_state *numeric)
{
    numeric->value = hass_template_unref(numeric->value);
}

int numeric_state_check(const json_t *config, struct hass_error *err)
{
    const json_t *above = hass_json_get(config, "above"), *below = hass_json_get(config, "below");

    if (!above && !below)
        return hass_fail(err, HASS_E_INVALID, "'above' or 'below' is needed, or both");
    if (json_is_number(above) && json_is_number(below) &&
        json_number_value(above) > json_number_value(below))
        return hass_fail(err, HASS_E_INVALID,
                         "no number is above %.15g and below %.15g; use two triggers or conditions",
                         json_number_value(above), json_number_value(below));
    return 0;
}

/* numbers */

/* 1 with the number; 0: there is no value (yet). */
static int read_text(const char *text, size_t length, double *ret_number)
{
    if (strcmp(text, "unknown") == 0 || strcmp(text, "unavailable") == 0)
        return 0;
    return tmpl_parse_float(text, length, ret_number) ? 1 : HASS_E_INVALID;
}

static int read_value(struct hass_value value, double *ret_number)
{
    if (value.type == HASS_VALUE_NONE)
        return 0;
    if (value.type == HASS_VALUE_STRING)
        return read_text(value.text.data, value.text.length, ret_number);
    return hass_value_number(value, ret_number) ? 1 : HASS_E_INVALID;
}

static int read_json(const json_t *value, double *ret_number)
{
    if (json_is_null(value))
        return 0;
    if (json_is_string(value))
        return read_text(json_string_value(value), json_string_length(value), ret_number);
    if (!json_is_number(value) && !json_is_boolean(value))
        return HASS_E_INVALID;
    *ret_number = json_is_boolean(value) ? json_is_true(value) : json_number_value(value);
    return 1;
}

static int fail_number(const char *entity_id, const char *of, const char *text,
                       struct hass_error *err)
{
    return hass_fail(err, HASS_E_INVALID, "%s%s%s: '%s' is no number", entity_id, of ? " " : "",
                     of ? of : "", text);
}

static HASS_CALLBACK int render_number(const struct numeric_state *numeric, const char *entity_id,
                                       const struct hass_state *state,
                                       struct hass_template_variables *fields,
                                       struct hass_variables *scope, double *ret_number,
                                       struct hass_error *err)
{
    autounref(hass_template_variables) *own = NULL;
    autojson *result = NULL;

    if (!fields)
        fields = own = hass_template_variables_create();
    hass_template_variables_set_state(fields, "state", state);
    int r = hass_template_async_render(
        numeric->value, HASS_TEMPLATE_OPTIONS(.variables = fields, .scope = scope), &result, err);
    if (r < 0)
        return hass_error_prefix(err, "%s value_template", entity_id);
    r = read_json(result, ret_number);
    if (r >= 0)
        return r;
    autofree char *text = json_dumps(result, JSON_ENCODE_ANY);
    return fail_number(entity_id, "value_template", text ? text : "", err);
}

static HASS_CALLBACK int find_number(const struct numeric_state *numeric, const char *entity_id,
                                     const struct hass_state *state,
                                     struct hass_template_variables *fields,
                                     struct hass_variables *scope, double *ret_number,
                                     struct hass_error *err)
{
    struct hass_value value = HASS_NONE;

    if (numeric->value)
        return render_number(numeric, entity_id, state, fields, scope, ret_number, err);
    if (!numeric->attribute)
        value = hass_value_string(hass_state_state(state));
    else if (!hass_state_attr(state, numeric->attribute, &value))
        return 0;
    int r = read_value(value, ret_number);
    if (r >= 0)
        return r;
    autobuf text = HASS_BUF_INIT;
    hass_value_write_text(value, &text);
    return fail_number(entity_id, numeric->attribute, hass_buf_string(&text), err);
}

/* bounds */

/* 1 with the bound, 0: its entity has no value now. */
static HASS_CALLBACK int read_bound(struct hass *hass, const char *key, const json_t *bound,
                                    double *ret_number, struct hass_error *err)
{
    if (json_is_number(bound)) {
        *ret_number = json_number_value(bound);
        return 1;
    }
    const char *entity_id = json_string_value(bound);
    const struct hass_state *state = hass_states_async_get(hass, entity_id);
    if (!state)
        return hass_fail(err, HASS_E_INVALID, "%s: there is no entity %s", key, entity_id);
    const char *text = hass_state_state(state);
    int r = read_text(text, strlen(text), ret_number);
    return r < 0 ? fail_number(key, entity_id, text, err) : r;
}

int numeric_state_test(struct hass *hass, const struct numeric_state *numeric,
                       const char *entity_id, const struct hass_state *state,
                       struct hass_template_variables *fields, struct hass_variables *scope,
                       double *ret_number, struct hass_error *err)
{
    double number = NAN, bound = 0;

    if (ret_number)
        *ret_number = NAN;
    if (!state)
        return hass_fail(err, HASS_E_INVALID, "there is no entity %s", entity_id);
    int r = find_number(numeric, entity_id, state, fields, scope, &number, err);
    if (r <= 0)
        return r;
    if (ret_number)
        *ret_number = number;
    if (numeric->below) {
        r = read_bound(hass, "below", numeric->below, &bound, err);
        if (r <= 0 || number >= bound)
            return r < 0 ? r : 0;
    }
    if (numeric->above) {
        r = read_bound(hass, "above", numeric->above, &bound, err);
        if (r <= 0 || number <= bound)
            return r < 0 ? r : 0;
    }
    return 1;
}
