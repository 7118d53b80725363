/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How entities of each domain are brought into a state: a word that leads to a service, a value that is set, or steps of their own.
 *
 * Model: components.*.reproduce_state
 */
#include <stdlib.h>
#include <string.h>

#include <hass/const.h>
#include <hass/task.h>

#include "parts.h"

struct word {
    const char *state, *service;
};

struct scene_way {
    const char *domain;
    const struct word
        *words; /* states that are allowed, to NULL; NULL: all but unknown and unavailable */
    const char *value_service, *value_key; /* a value is set; or NULL */
    scene_step_fn *go;                     /* what is done beyond; NULL: the word's service */
};

static bool is_shown(const struct scene_step *step)
{
    return strcmp(step->shown, step->state) == 0;
}

static const char *service_of(const struct word *words, const char *state)
{
    for (; words && words->state; words++)
        if (strcmp(words->state, state) == 0)
            return words->service;
    return NULL;
}

/* Attributes that a service of their own sets. */
struct setter {
    const char *service;
    const char *keys[4];
};

/* Tells each of @setters that has something wanted; with @differing only where something is not as it is wanted. */
static HASS_COROUTINE int set_attributes(struct scene_step *step, const struct setter *setters,
                                         bool differing, struct hass_error *err)
{
    int r = 0;

    for (; setters->service && r >= 0; setters++) {
        bool wanted = false;
        for (size_t i = 0; i < 3 && setters->keys[i]; i++)
            wanted |= scene_wanted(step, setters->keys[i]) &&
                      !(differing && scene_is_right(step, setters->keys[i]));
        if (wanted)
            r = scene_tell_wanted(step, setters->service, setters->keys, err);
    }
    return r;
}

/* words */

static const struct word switched[] = { { "on", "turn_on" },
                                        { "off", "turn_off" },
                                        { NULL, NULL } };
static const struct word alarms[] = {
    { "armed_away", "alarm_arm_away" },
    { "armed_custom_bypass", "alarm_arm_custom_bypass" },
    { "armed_home", "alarm_arm_home" },
    { "armed_night", "alarm_arm_night" },
    { "armed_vacation", "alarm_arm_vacation" },
    { "disarmed", "alarm_disarm" },
    { "triggered", "alarm_trigger" },
    { NULL, NULL },
};
static const struct word locks[] = {
    { "locked", "lock" },     { "locking", "lock" },
    { "unlocked", "unlock" }, { "unlocking", "unlock" },
    { "open", "open" },       { "opening", "open" },
    { NULL, NULL },
};
static const struct word valves[] = { { "open", "open_valve" },
                                      { "closed", "close_valve" },
                                      { NULL, NULL } };
static const struct word covers[] = {
    { "open", "open_cover" },
    { "opening", "open_cover" },
    { "closed", "close_cover" },
    { "closing", "close_cover" },
    { NULL, NULL },
};
static const struct word vacuums[] = {
    { "on", "turn_on" },
    { "off", "turn_off" },
    { "cleaning", "start" },
    { "docked", "return_to_base" },
    { "returning", "return_to_base" },
    { "idle", "stop" },
    { "paused", "pause" },
    { NULL, NULL },
};
static const struct word timers[] = {
    { "active", "start" },
    { "paused", "pause" },
    { "idle", "cancel" },
    { NULL, NULL },
};
static const struct word players[] = {
    { "on", "turn_on" },           { "off", "turn_off" },
    { "playing", "media_play" },   { "idle", "media_stop" },
    { "paused", "media_pause" },   { "standby", "turn_off" },
    { "buffering", "media_play" }, { NULL, NULL },
};

/* domains with steps of their own */

static HASS_COROUTINE int go_climate(struct scene_step *step, struct hass_error *err)
{
    static const struct setter setters[] = {
        { "set_temperature", { "temperature", "target_temp_high", "target_temp_low" } },
        { "set_preset_mode", { "preset_mode" } },
        { "set_swing_mode", { "swing_mode" } },
        { "set_fan_mode", { "fan_mode" } },
        { "set_humidity", { "humidity" } },
        { NULL, { NULL } },
    };
    int r = scene_tell(step, "set_hvac_mode", json_pack("{s:s}", "hvac_mode", step->state), err);

    return r < 0 ? r : set_attributes(step, setters, false, err);
}

static HASS_COROUTINE int go_tilt(struct scene_step *step, struct hass_error *err)
{
    const json_t *wanted = scene_wanted(step, "current_tilt_position");

    if (!wanted || !hass_json_get(step->has, "current_tilt_position") ||
        scene_is_right(step, "current_tilt_position"))
        return 0;
    if (json_number_value(wanted) == 100)
        return scene_tell(step, "open_cover_tilt", NULL, err);
    if (json_number_value(wanted) == 0)
        return scene_tell(step, "close_cover_tilt", NULL, err);
    return scene_tell(step, "set_cover_tilt_position", json_pack("{s:O}", "tilt_position", wanted),
                      err);
}

static HASS_COROUTINE int go_cover(struct scene_step *step, struct hass_error *err)
{
    const json_t *position = scene_wanted(step, "current_position");
    const char *service = service_of(covers, step->state);
    json_t *data = NULL;
    int r = 0;

    if (strcmp(service, "open_cover") == 0 && position &&
        hass_json_get(step->has, "current_position")) {
        service = "set_cover_position";
        data = json_pack("{s:O}", "position", position);
    }
    if (is_shown(step) && scene_is_right(step, "current_position"))
        json_decref(data);
    else
        r = scene_tell(step, service, data, err);
    return r < 0 ? r : go_tilt(step, err);
}

static HASS_COROUTINE int go_fan(struct scene_step *step, struct hass_error *err)
{
    static const char *const speeds[] = { "percentage", "preset_mode", NULL };
    static const struct setter running[] = {
        { "set_preset_mode", { "preset_mode" } },
        { "set_percentage", { "percentage" } },
        { NULL, { NULL } },
    };
    static const struct setter others[] = {
        { "oscillate", { "oscillating" } },
        { "set_direction", { "direction" } },
        { NULL, { NULL } },
    };
    int r;

    if (strcmp(step->state, HASS_STATE_OFF) == 0)
        return is_shown(step) ? 0 : scene_tell(step, "turn_off", NULL, err);
    if (!is_shown(step))
        r = scene_tell_wanted(step, "turn_on", speeds, err);
    else
        r = set_attributes(step, running + (scene_wanted(step, "preset_mode") ? 0 : 1), true, err);
    return r < 0 ? r : set_attributes(step, others, true, err);
}

static HASS_COROUTINE int go_humidifier(struct scene_step *step, struct hass_error *err)
{
    static const struct setter setters[] = {
        { "set_mode", { "mode" } },
        { "set_humidity", { "humidity" } },
        { NULL, { NULL } },
    };
    int r = is_shown(step) ? 0 : scene_tell(step, service_of(switched, step->state), NULL, err);

    if (r < 0 || strcmp(step->state, HASS_STATE_OFF) == 0)
        return r;
    return set_attributes(step, setters, true, err);
}

static HASS_COROUTINE int go_input_datetime(struct scene_step *step, struct hass_error *err)
{
    bool date = strchr(step->state, '-') != NULL, time = strchr(step->state, ':') != NULL;
    const char *key = date && time ? "datetime" : date ? "date" : "time";

    if (is_shown(step))
        return 0;
    return scene_tell(step, "set_datetime", json_pack("{s:s}", key, step->state), err);
}

static HASS_COROUTINE int go_input_select(struct scene_step *step, struct hass_error *err)
{
    static const struct setter setters[] = { { "set_options", { "options" } }, { NULL, { NULL } } };
    int r = set_attributes(step, setters, true, err);

    if (r < 0 || is_shown(step))
        return r;
    return scene_tell(step, "select_option", json_pack("{s:s}", "option", step->state), err);
}

static HASS_COROUTINE int go_timer(struct scene_step *step, struct hass_error *err)
{
    static const char *const keys[] = { "duration", NULL };

    if (is_shown(step) && scene_is_right(step, "duration"))
        return 0;
    if (strcmp(step->state, "active") == 0)
        return scene_tell_wanted(step, "start", keys, err);
    return scene_tell(step, service_of(timers, step->state), NULL, err);
}

static HASS_COROUTINE int go_vacuum(struct scene_step *step, struct hass_error *err)
{
    static const struct setter setters[] = { { "set_fan_speed", { "fan_speed" } },
                                             { NULL, { NULL } } };
    int r = is_shown(step) ? 0 : scene_tell(step, service_of(vacuums, step->state), NULL, err);

    return r < 0 ? r : set_attributes(step, setters, true, err);
}

static HASS_COROUTINE int go_water_heater(struct scene_step *step, struct hass_error *err)
{
    static const struct setter setters[] = {
        { "set_temperature", { "temperature" } },
        { "set_away_mode", { "away_mode" } },
        { NULL, { NULL } },
    };
    const char *service = service_of(switched, step->state);
    int r = 0;

    if (!is_shown(step) && service)
        r = scene_tell(step, service, NULL, err);
    else if (!is_shown(step))
        r = scene_tell(step, "set_operation_mode",
                       json_pack("{s:s}", "operation_mode", step->state), err);
    return r < 0 ? r : set_attributes(step, setters, true, err);
}

/* A player that is off is turned on before it is told more. */
static HASS_COROUTINE int go_media_player(struct scene_step *step, struct hass_error *err)
{
    static const struct setter setters[] = {
        { "volume_set", { "volume_level" } },
        { "volume_mute", { "is_volume_muted" } },
        { "select_source", { "source" } },
        { "select_sound_mode", { "sound_mode" } },
        { NULL, { NULL } },
    };
    static const char *const media[] = { "media_content_type", "media_content_id", "enqueue",
                                         NULL };
    const char *service = service_of(players, step->state);
    bool playing = strcmp(step->shown, "playing") == 0;
    bool off = strcmp(step->shown, HASS_STATE_OFF) == 0;
    int r = 0;

    if (strcmp(service, "turn_off") == 0)
        return is_shown(step) ? 0 : scene_tell(step, service, NULL, err);
    if (off)
        r = scene_tell(step, "turn_on", NULL, err);
    if (r >= 0)
        r = set_attributes(step, setters, false, err);
    if (r >= 0 && scene_wanted(step, media[0]) && scene_wanted(step, media[1])) {
        r = scene_tell_wanted(step, "play_media", media, err);
        playing = true;
    }
    bool wants_play = strcmp(service, "media_play") == 0;
    if (r < 0 || strcmp(service, "turn_on") == 0 || is_shown(step) || (wants_play && playing))
        return r;
    return scene_tell(step, service, NULL, err);
}

/* The members of a group are told what the group shall be. */
static HASS_COROUTINE int go_group(struct scene_step *step, struct hass_error *err)
{
    const json_t *members = hass_json_get(step->has, HASS_ATTR_ENTITY_ID);
    autojson *states = json_object();
    size_t i;
    json_t *member;

    json_array_foreach((json_t *)members, i, member)
        if (json_is_string(member))
            json_object_set_new(
                states, json_string_value(member),
                json_pack("{s:s, s:O}", "state", step->state, "attributes", step->attributes));
    return scene_async_reproduce(step->hass, states, step->transition, step->context, err);
}

/* the table */

static const struct scene_way ways[] = {
    { .domain = "alarm_control_panel", .words = alarms },
    { .domain = "automation", .words = switched },
    { .domain = "climate", .go = go_climate },
    { .domain = "counter", .value_service = "set_value", .value_key = "value" },
    { .domain = "cover", .words = covers, .go = go_cover },
    { .domain = "fan", .words = switched, .go = go_fan },
    { .domain = "group", .go = go_group },
    { .domain = "humidifier", .words = switched, .go = go_humidifier },
    { .domain = "input_boolean", .words = switched },
    { .domain = "input_datetime", .go = go_input_datetime },
    { .domain = "input_number", .value_service = "set_value", .value_key = "value" },
    { .domain = "input_select", .go = go_input_select },
    { .domain = "input_text", .value_service = "set_value", .value_key = "value" },
    { .domain = "light", .words = switched, .go = scene_light },
    { .domain = "lock", .words = locks },
    { .domain = "media_player", .words = players, .go = go_media_player },
    { .domain = "number", .value_service = "set_value", .value_key = "value" },
    { .domain = "remote", .words = switched },
    { .domain = "select", .value_service = "select_option", .value_key = "option" },
    { .domain = "switch", .words = switched },
    { .domain = "text", .value_service = "set_value", .value_key = "value" },
    { .domain = "timer", .words = timers, .go = go_timer },
    { .domain = "vacuum", .words = vacuums, .go = go_vacuum },
    { .domain = "valve", .words = valves },
    { .domain = "water_heater", .go = go_water_heater },
};

const struct scene_way *scene_way_get(const char *domain)
{
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
        if (strcmp(ways[i].domain, domain) == 0)
            return &ways[i];
    return NULL;
}

bool scene_way_allows(const struct scene_way *way, const struct scene_step *step)
{
    if (way->words)
        return service_of(way->words, step->state) != NULL;
    return strcmp(step->state, HASS_STATE_UNKNOWN) != 0 &&
           strcmp(step->state, HASS_STATE_UNAVAILABLE) != 0;
}

int scene_way_go(const struct scene_way *way, struct scene_step *step, struct hass_error *err)
{
    if (way->go)
        return way->go(step, err);
    if (is_shown(step))
        return 0;
    if (way->value_service)
        return scene_tell(step, way->value_service, json_pack("{s:s}", way->value_key, step->state),
                          err);
    return scene_tell(step, service_of(way->words, step->state), NULL, err);
}
