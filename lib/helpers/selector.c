/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Selectors are for clients: what is checked is that the kind is one that they know, and of the options what makes them unusable.
 */
#include <string.h>

#include <hass/cleanup.h>
#include <hass/json.h>
#include <hass/schema.h>

#include "helpers/blueprint.h"

HASS_SCHEMA_WITH(number_schema, (.extra = true),
                 HASS_FIELD("min", &hass_type_number, .doc = "The least"),
                 HASS_FIELD("max", &hass_type_number, .doc = "The greatest"),
                 HASS_FIELD("step", &hass_type_any, .doc = "The distance of values"),
                 HASS_FIELD("mode", &hass_type_enum, .words = HASS_WORDS("box", "slider"),
                            .doc = "How it is shown"));
HASS_SCHEMA_WITH(select_schema, (.extra = true),
                 HASS_FIELD("options", &hass_type_any, .required = true, .doc = "What there is"));
HASS_SCHEMA_WITH(constant_schema, (.extra = true),
                 HASS_FIELD("value", &hass_type_any, .required = true, .doc = "The value"));
HASS_SCHEMA_WITH(any_schema, (.extra = true),
                 HASS_FIELD("multiple", &hass_type_bool, .doc = "Several may be chosen"));
HASS_SCHEMA_WITH(duration_schema, (.extra = true),
                 HASS_FIELD("enable_day", &hass_type_bool, .doc = "Days may be given"));

static const struct {
    const char *name;
    const struct hass_schema *schema;
} selectors[] = {
    { "action", NULL },
    { "addon", NULL },
    { "app", NULL },
    { "area", &any_schema },
    { "areas_display", NULL },
    { "assist_pipeline", NULL },
    { "attribute", NULL },
    { "automation_behavior", NULL },
    { "backup_location", NULL },
    { "boolean", NULL },
    { "button_toggle", &select_schema },
    { "choose", NULL },
    { "color_rgb", NULL },
    { "color_temp", NULL },
    { "condition", NULL },
    { "config_entry", NULL },
    { "constant", &constant_schema },
    { "conversation_agent", NULL },
    { "country", NULL },
    { "date", NULL },
    { "datetime", NULL },
    { "device", &any_schema },
    { "duration", &duration_schema },
    { "entity", &any_schema },
    { "entity_name", NULL },
    { "file", NULL },
    { "floor", &any_schema },
    { "icon", NULL },
    { "label", &any_schema },
    { "language", NULL },
    { "location", NULL },
    { "media", NULL },
    { "navigation", NULL },
    { "number", &number_schema },
    { "numeric_threshold", NULL },
    { "object", NULL },
    { "period", NULL },
    { "qr_code", NULL },
    { "select", &select_schema },
    { "selector", NULL },
    { "serial_port", NULL },
    { "state", NULL },
    { "statistic", NULL },
    { "stt", NULL },
    { "target", NULL },
    { "template", NULL },
    { "text", &any_schema },
    { "theme", NULL },
    { "time", NULL },
    { "timezone", NULL },
    { "trigger", NULL },
    { "tts", NULL },
    { "tts_voice", NULL },
    { "ui_action", NULL },
    { "ui_color", NULL },
    { "ui_state_content", NULL },
};
#define COUNT (sizeof(selectors) / sizeof(selectors[0]))

static int refuse(const char *name, struct hass_error *err)
{
    const char *words[COUNT + 1] = { NULL };

    for (size_t i = 0; i < COUNT; i++)
        words[i] = selectors[i].name;
    const char *near = hass_nearest_word(name, words);
    return hass_fail(err, HASS_E_INVALID, "unknown selector '%s'%s%s%s", name,
                     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

int selector_check(const json_t *selector, struct hass_error *err)
{
    const char *name = json_object_iter_key(json_object_iter((json_t *)selector));
    const json_t *options = name ? hass_json_get(selector, name) : NULL;
    autojson *checked = NULL;

    if (json_object_size(selector) != 1)
        return hass_fail(err, HASS_E_INVALID,
                         "expected a selector such as {number: {min: 0, max: 100}}");
    if (!json_is_null(options) && !json_is_object(options))
        return hass_fail(err, HASS_E_INVALID, "expected the options of selector '%s' as a map",
                         name);
    for (size_t i = 0; i < COUNT; i++) {
        if (strcmp(selectors[i].name, name) != 0)
            continue;
        if (!selectors[i].schema)
            return 0;
        autojson *none = json_object();
        return hass_schema_check(selectors[i].schema, json_is_object(options) ? options : none,
                                 &checked, err);
    }
    return refuse(name, err);
}
