/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device actions, as the editor of automations writes them, are calls of services: which ones is a table.
 */
#include <string.h>

#include "helpers/check_types.h"
#include "helpers/script.h"

struct device_action {
    const char *domain; /* NULL: of any */
    const char *type;
    const char *service;
    const char *data; /* JSON that the call has, too; or NULL */
    const char *keys; /* those of the action that it takes along, with blanks around; or NULL */
};

static const struct device_action actions[] = {
    { "light", "brightness_increase", "turn_on", "{\"brightness_step_pct\": 10}" },
    { "light", "brightness_decrease", "turn_on", "{\"brightness_step_pct\": -10}" },
    { "light", "flash", "turn_on", "{\"flash\": \"short\"}", " flash " },
    { "light", "turn_on", "turn_on", NULL, " brightness_pct flash " },
    { "cover", "open", "open_cover" },
    { "cover", "close", "close_cover" },
    { "cover", "stop", "stop_cover" },
    { "cover", "open_tilt", "open_cover_tilt" },
    { "cover", "close_tilt", "close_cover_tilt" },
    { "cover", "set_position", "set_cover_position", NULL, " position " },
    { "cover", "set_tilt_position", "set_cover_tilt_position", NULL, " position " },
    { "lock", "lock", "lock" },
    { "lock", "unlock", "unlock" },
    { "lock", "open", "open" },
    { "button", "press", "press" },
    { "vacuum", "clean", "start" },
    { "vacuum", "dock", "return_to_base" },
    { "climate", "set_hvac_mode", "set_hvac_mode", NULL, " hvac_mode " },
    { "climate", "set_preset_mode", "set_preset_mode", NULL, " preset_mode " },
    { "humidifier", "set_humidity", "set_humidity", NULL, " humidity " },
    { "humidifier", "set_mode", "set_mode", NULL, " mode " },
    { "number", "set_value", "set_value", NULL, " value " },
    { "select", "select_option", "select_option", NULL, " option " },
    { "select", "select_first", "select_first" },
    { "select", "select_last", "select_last" },
    { "select", "select_next", "select_next", NULL, " cycle " },
    { "select", "select_previous", "select_previous", NULL, " cycle " },
    { "text", "set_value", "set_value", NULL, " value " },
    { "water_heater", "turn_on", "turn_on" },
    { "alarm_control_panel", "arm_away", "alarm_arm_away", NULL, " code " },
    { "alarm_control_panel", "arm_home", "alarm_arm_home", NULL, " code " },
    { "alarm_control_panel", "arm_night", "alarm_arm_night", NULL, " code " },
    { "alarm_control_panel", "arm_vacation", "alarm_arm_vacation", NULL, " code " },
    { "alarm_control_panel", "disarm", "alarm_disarm", NULL, " code " },
    { "alarm_control_panel", "trigger", "alarm_trigger", NULL, " code " },
    { NULL, "turn_on", "turn_on" },
    { NULL, "turn_off", "turn_off" },
    { NULL, "toggle", "toggle" },
};

static bool takes_along(const struct device_action *action, const char *key)
{
    char padded[80];

    if (!action->keys || strlen(key) > sizeof(padded) - 3)
        return false;
    snprintf(padded, sizeof(padded), " %s ", key);
    return strstr(action->keys, padded) != NULL;
}

/* The entity, which the editor names by its id in the registry, or all of the device. */
static HASS_CALLBACK json_t *target_of(struct hass *hass, const json_t *config)
{
    const char *given = hass_json_get_string(config, "entity_id", NULL);
    const char *entity_id = given ? check_entity_id(hass, given) : NULL;

    if (entity_id || given)
        return json_pack("{s:s}", "entity_id", entity_id ? entity_id : given);
    return json_pack("{s:O}", "device_id", hass_json_get(config, "device_id"));
}

static HASS_CALLBACK json_t *call_of(struct hass *hass, const struct device_action *action,
                                     const char *domain, const json_t *config)
{
    json_t *data = action->data ? json_loads(action->data, 0, NULL) : json_object();
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)config, key, value) {
        if (takes_along(action, key))
            json_object_set(data,
                            strcmp(key, "position") == 0 && strstr(action->service, "tilt")
                                ? "tilt_position"
                                : key,
                            value);
    }
    return json_pack("{s:o, s:o, s:o}", "action", json_sprintf("%s.%s", domain, action->service),
                     "data", data, "target", target_of(hass, config));
}

json_t *script_device_call(struct hass *hass, const json_t *config)
{
    const char *domain = hass_json_get_string(config, "domain", "");
    const char *type = hass_json_get_string(config, "type", "");

    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        const struct device_action *action = &actions[i];
        if ((!action->domain || strcmp(action->domain, domain) == 0) &&
            strcmp(action->type, type) == 0)
            return call_of(hass, action, domain, config);
    }
    return NULL;
}
