/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table: by domain and service, the state that follows, and which attributes take their value from which data. The first row that
 * fits counts. What people are told of it stands in hassd(8).
 */
#include "scenario_effects.h"

#include <stdio.h>
#include <string.h>

#include <hass/dt.h>
#include <hass/states.h>

struct effect {
    const char *domain; /* "*": any */
    const char *service;
    /** "": it stays; "a/b": the other one; "=key": of the data; "@now", "@position", "@percentage": see state_after; else as it is. */
    const char *state;
    /** Words: "a": of the data, if it is there; "a<key": likewise under another name; "a:5": a number. */
    const char *attributes;
};

static const struct effect effects[] = {
    { "cover", "open_cover", "open", "current_position:100" },
    { "cover", "close_cover", "closed", "current_position:0" },
    { "cover", "set_cover_position", "@position", "current_position<position" },
    { "cover", "toggle", "open/closed", "" },
    { "cover", "set_cover_tilt_position", "", "current_tilt_position<tilt_position" },
    { "cover", "open_cover_tilt", "", "current_tilt_position:100" },
    { "cover", "close_cover_tilt", "", "current_tilt_position:0" },
    { "valve", "open_valve", "open", "current_position:100" },
    { "valve", "close_valve", "closed", "current_position:0" },
    { "valve", "set_valve_position", "@position", "current_position<position" },
    { "valve", "toggle", "open/closed", "" },
    { "lock", "lock", "locked", "" },
    { "lock", "unlock", "unlocked", "" },
    { "lock", "open", "open", "" },
    { "climate", "set_temperature", "=hvac_mode", "temperature target_temp_high target_temp_low" },
    { "climate", "set_hvac_mode", "=hvac_mode", "" },
    { "climate", "set_preset_mode", "", "preset_mode" },
    { "climate", "set_fan_mode", "", "fan_mode" },
    { "climate", "set_swing_mode", "", "swing_mode" },
    { "climate", "set_humidity", "", "humidity" },
    { "climate", "turn_on", "heat", "" },
    { "water_heater", "set_temperature", "=operation_mode", "temperature" },
    { "water_heater", "set_operation_mode", "=operation_mode", "" },
    { "water_heater", "set_away_mode", "", "away_mode" },
    { "humidifier", "set_humidity", "", "humidity" },
    { "humidifier", "set_mode", "", "mode" },
    { "light", "turn_on", "on", "brightness color_temp_kelvin rgb_color effect" },
    { "light", "toggle", "on/off", "brightness" },
    { "fan", "turn_on", "on", "percentage preset_mode" },
    { "fan", "turn_off", "off", "percentage:0" },
    { "fan", "set_percentage", "@percentage", "percentage" },
    { "fan", "set_preset_mode", "on", "preset_mode" },
    { "fan", "oscillate", "", "oscillating" },
    { "fan", "set_direction", "", "direction" },
    { "media_player", "turn_on", "idle", "" },
    { "media_player", "media_play", "playing", "" },
    { "media_player", "play_media", "playing", "media_content_id media_content_type" },
    { "media_player", "media_pause", "paused", "" },
    { "media_player", "media_stop", "idle", "" },
    { "media_player", "media_play_pause", "playing/paused", "" },
    { "media_player", "toggle", "idle/off", "" },
    { "media_player", "volume_set", "", "volume_level" },
    { "media_player", "volume_mute", "", "is_volume_muted" },
    { "media_player", "select_source", "", "source" },
    { "vacuum", "start", "cleaning", "" },
    { "vacuum", "turn_on", "cleaning", "" },
    { "vacuum", "pause", "paused", "" },
    { "vacuum", "stop", "idle", "" },
    { "vacuum", "turn_off", "docked", "" },
    { "vacuum", "return_to_base", "docked", "" },
    { "lawn_mower", "start_mowing", "mowing", "" },
    { "lawn_mower", "pause", "paused", "" },
    { "lawn_mower", "dock", "docked", "" },
    { "alarm_control_panel", "alarm_arm_home", "armed_home", "" },
    { "alarm_control_panel", "alarm_arm_away", "armed_away", "" },
    { "alarm_control_panel", "alarm_arm_night", "armed_night", "" },
    { "alarm_control_panel", "alarm_arm_vacation", "armed_vacation", "" },
    { "alarm_control_panel", "alarm_arm_custom_bypass", "armed_custom_bypass", "" },
    { "alarm_control_panel", "alarm_disarm", "disarmed", "" },
    { "alarm_control_panel", "alarm_trigger", "triggered", "" },
    { "date", "set_value", "=date", "" },
    { "time", "set_value", "=time", "" },
    { "datetime", "set_value", "=datetime", "" },
    { "button", "press", "@now", "" },
    { "scene", "turn_on", "@now", "" },
    { "*", "set_value", "=value", "" },
    { "*", "select_option", "=option", "" },
    { "*", "turn_on", "on", "" },
    { "*", "turn_off", "off", "" },
    { "*", "toggle", "on/off", "" },
};

static bool fits(const char *wanted, const char *name, size_t length)
{
    return strcmp(wanted, "*") == 0 ||
           (strncmp(wanted, name, length) == 0 && wanted[length] == '\0');
}

static const struct effect *find(const char *entity_id, const char *service)
{
    size_t domain = strcspn(entity_id, ".");

    for (size_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++)
        if (fits(effects[i].domain, entity_id, domain) &&
            fits(effects[i].service, service, strlen(service)))
            return &effects[i];
    return NULL;
}

/* The brightness of data, 0..255, from any of its keys; NULL when there is none. */
static json_t *brightness_of(const json_t *data)
{
    const json_t *percent = hass_json_get(data, "brightness_pct");

    if (!json_is_number(percent))
        return hass_json_ref(hass_json_get(data, "brightness"));
    return json_integer((json_int_t)(json_number_value(percent) * 255 / 100 + 0.5));
}

/* Sets what one word of the table says. */
static void set_attribute(json_t *attributes, char *word, const json_t *data)
{
    char *mark = word + strcspn(word, "<:");
    bool is_number = *mark == ':';
    const char *key = *mark ? mark + 1 : word;
    json_t *value;

    *mark = *mark ? '\0' : *mark;
    if (is_number)
        value = json_integer(strtol(key, NULL, 10));
    else if (strcmp(key, "brightness") == 0)
        value = brightness_of(data);
    else
        value = hass_json_ref(hass_json_get(data, key));
    if (value)
        json_object_set_new(attributes, word, value);
}

static json_t *attributes_after(const struct effect *effect, const struct hass_state *state,
                                const json_t *data)
{
    json_t *attributes = state ? hass_state_attributes(state) : json_object();
    char words[128], *rest = NULL;

    snprintf(words, sizeof(words), "%s", effect->attributes);
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        set_attribute(attributes, word, data);
    json_object_del(attributes, HASS_ATTR_RESTORED);
    return attributes;
}

/* @pair is "on/off": the one of both that @now is not. */
static void toggle(const char *pair, const char *now, struct hass_buf *text)
{
    size_t length = strcspn(pair, "/");

    if (strncmp(pair, now, length) == 0 && now[length] == '\0')
        hass_buf_add_string(text, pair + length + 1);
    else
        hass_buf_add(text, pair, length);
}

static void add_value(const json_t *value, struct hass_buf *text)
{
    if (json_is_string(value))
        hass_buf_add_string(text, json_string_value(value));
    else if (json_is_real(value) || json_is_integer(value))
        hass_json_write(value, text);
}

/* Appends the state that follows; nothing: it stays. */
static HASS_CALLBACK void state_after(struct hass *hass, const struct effect *effect,
                                      const char *now, const json_t *data, struct hass_buf *text)
{
    const char *word = effect->state;
    char time[HASS_DT_TEXT];

    if (word[0] == '=') {
        add_value(hass_json_get(data, word + 1), text);
    } else if (strchr(word, '/')) {
        toggle(word, now, text);
    } else if (strcmp(word, "@now") == 0) {
        hass_dt_iso(hass_now(hass), NULL, time);
        hass_buf_add_string(text, time);
    } else if (strcmp(word, "@position") == 0) {
        hass_buf_add_string(text,
                            hass_json_get_number(data, "position", 0) > 0 ? "open" : "closed");
    } else if (strcmp(word, "@percentage") == 0) {
        hass_buf_add_string(text, hass_json_get_number(data, "percentage", 0) > 0 ? "on" : "off");
    } else {
        hass_buf_add_string(text, word);
    }
}

void scenario_assume(struct hass *hass, const char *entity_id, const char *service,
                     const json_t *data, const struct hass_context *context)
{
    const struct effect *effect = find(entity_id, service);
    const struct hass_state *state = hass_states_async_get(hass, entity_id);
    const char *now = state ? hass_state_state(state) : HASS_STATE_UNKNOWN;
    const struct hass_set_options options = { .size = sizeof(options), .context = context };
    autobuf text = HASS_BUF_INIT;

    if (!effect || !hass_valid_entity_id(entity_id))
        return;
    state_after(hass, effect, now, data, &text);
    (void)hass_states_async_set(hass, entity_id, text.length ? hass_buf_string(&text) : now,
                                attributes_after(effect, state, data), &options, NULL);
}
