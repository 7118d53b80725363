/* SPDX-License-Identifier: Apache-2.0 */
/* What templates have to do with configuration and states: what is one, what a result means as a condition, rounded states. */
#include <string.h>

#include <hass/schema.h>
#include <hass/template.h>

#include "template/template.h"
#include "vectors/utilities.h"

static int is_template_string(const json_t *vector, const json_t *args, json_t **ret_value,
                              struct hass_error *err)
{
    const char *text = utility_text(args, "value");

    *ret_value = json_boolean(tmpl_is_template_text(text, strlen(text)));
    return 0;
}

/* A field of a table, and a text that compiles. */
static int check_template(const json_t *args, json_t **ret_value, struct hass_error *err)
{
    static const struct hass_field field = HASS_FIELD("value", &hass_type_template);
    const struct hass_schema schema = { .size = sizeof(schema), .count = 1, .fields = &field };
    autojson *checked = NULL;
    int r = hass_schema_check(&schema, args, &checked, err);

    if (r >= 0)
        r = hass_template_check(utility_text(checked, "value"), NULL, err);
    if (r >= 0)
        *ret_value = hass_json_ref(hass_json_get(checked, "value"));
    return r < 0 ? r : 0;
}

static int template_text(const json_t *vector, const json_t *args, json_t **ret_value,
                         struct hass_error *err)
{
    return check_template(args, ret_value, err);
}

static int dynamic_template(const json_t *vector, const json_t *args, json_t **ret_value,
                            struct hass_error *err)
{
    autojson *text = NULL;
    int r = check_template(args, &text, err);

    if (r < 0)
        return r;
    if (!tmpl_is_template_text(json_string_value(text), json_string_length(text)))
        return hass_fail(err, HASS_E_INVALID, "nothing in it needs rendering");
    *ret_value = steal(text);
    return 0;
}

static int template_boolean(const json_t *vector, const json_t *args, json_t **ret_value,
                            struct hass_error *err)
{
    *ret_value = json_boolean(hass_template_result_as_boolean(hass_json_get(args, "value")));
    return 0;
}

/* As a template shows it: a sensor with the case's state and display precision. */
static int rounded_state(const json_t *vector, const json_t *args, json_t **ret_value,
                         struct hass_error *err)
{
    hass__assert_loop();
    const char *state = utility_text(args, "state");
    json_t *expected = hass_json_ref(hass_json_get(vector, "expected"));
    autojson *template = json_pack(
        "{s:s, s:s, s:s, s:[{s:s, s:s}], s:{s:[{s:s, s:s, s:{s:{s:I}}}]}, s:{s:O}}", "id",
        "utilities", "template", "{{ states('sensor.x', rounded=true) }}", "now",
        "2024-01-15T12:30:45+00:00", "states", "entity_id", "sensor.x", "state", state,
        "registries", "entities", "entity_id", "sensor.x", "platform", "demo", "options", "sensor",
        "display_precision", (json_int_t)hass_json_get_int(args, "precision", 0), "expected",
        "text", expected);
    autobuf why = HASS_BUF_INIT;

    if (template_case(template, &why) == VERDICT_PASSED) {
        *ret_value = expected;
        return 0;
    }
    json_decref(expected);
    return hass_fail(err, HASS_E_INVALID, "%s", hass_buf_string(&why));
}

const struct utility template_utilities[] = {
    { "is_template_string", is_template_string }, { "cv.template", template_text },
    { "cv.dynamic_template", dynamic_template },  { "cv.template_boolean", template_boolean },
    { "rounded_state", rounded_state },           { NULL, NULL },
};
