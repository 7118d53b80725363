/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template fans: on or off, speed, preset, oscillation, direction; each a template, or what it was last told.
 */
#include "fan/fan.h"

#include <stdlib.h>

#include "parts.h"

TEMPLATE_SCHEMA(template_fan_schema, TEMPLATE_COMMON_FIELDS, TEMPLATE_FIELD("state", "True is on"),
                TEMPLATE_FIELD("percentage", "Speed, 0 to 100"),
                TEMPLATE_FIELD("preset_mode", "One of preset_modes"),
                TEMPLATE_FIELD("oscillating", "True while it turns to and fro"),
                TEMPLATE_FIELD("direction", "forward or reverse"),
                HASS_FIELD("turn_on", &template_type_actions, .required = true,
                           .doc = "Gets percentage and preset_mode where they were said"),
                HASS_FIELD("turn_off", &template_type_actions, .required = true,
                           .doc = "Turns off"),
                TEMPLATE_ACTIONS("set_percentage", "Gets percentage"),
                TEMPLATE_ACTIONS("set_preset_mode", "Gets preset_mode"),
                TEMPLATE_ACTIONS("set_oscillating", "Gets oscillating"),
                TEMPLATE_ACTIONS("set_direction", "Gets direction"),
                HASS_FIELD("speed_count", &hass_type_int, .min = 1, .max = 1000, .fallback = "100",
                           .doc = "How many speeds there are"),
                HASS_FIELD("preset_modes", &hass_type_string, .list = true, .doc = "Names"),
                HASS_FIELD("optimistic", &hass_type_bool,
                           .doc = "It is on or off as told at once"));

static const struct template_rename renames[] = {
    { "percentage_template", "percentage" },
    { "preset_mode_template", "preset_mode" },
    { "oscillating_template", "oscillating" },
    { "direction_template", "direction" },
    { NULL, NULL },
};

struct template_fan {
    struct template_entity item;
    struct fan_state state;
    struct fan_capabilities can;
    json_t *texts;
    const char **presets;
};

static HASS_CALLBACK void set_state(struct template_entity *item, const json_t *result)
{
    template_entity_judge(item, result);
    ((struct template_fan *)item)->state.is_on = template_truth(result);
}

static HASS_CALLBACK void set_percentage(struct template_entity *item, const json_t *result)
{
    double percentage;

    ((struct template_fan *)item)->state.percentage =
        template_number_within(item, "percentage", result, 0, 100, &percentage)
            ? HASS_INT((int)percentage)
            : HASS_NONE;
}

static HASS_CALLBACK void set_preset_mode(struct template_entity *item, const json_t *result)
{
    struct template_fan *fan = (struct template_fan *)item;
    int place = fan->presets ? template_word(result, (const char *const *)fan->presets) : -1;

    if (place < 0 && !template_is_unknown(result))
        template_entity_complain(item, "preset_mode", result, "one of preset_modes");
    fan->state.preset_mode = place < 0 ? NULL : fan->presets[place];
}

static HASS_CALLBACK void set_oscillating(struct template_entity *item, const json_t *result)
{
    ((struct template_fan *)item)->state.oscillating = template_truth(result);
}

static const char *const directions[] = { "forward", "reverse", NULL };

static HASS_CALLBACK void set_direction(struct template_entity *item, const json_t *result)
{
    int place = template_word(result, directions);

    if (place < 0 && !template_is_unknown(result))
        template_entity_complain(item, "direction", result, "forward or reverse");
    ((struct template_fan *)item)->state.direction = place < 0 ? NULL : directions[place];
}

static const struct template_option options[] = {
    { "state", set_state },
    { "percentage", set_percentage },
    { "preset_mode", set_preset_mode },
    { "oscillating", set_oscillating },
    { "direction", set_direction },
    { NULL, NULL },
};

static const struct fan_state *state(struct hass_entity *entity)
{
    const struct template_fan *fan = template_entity_of(entity);

    return &fan->state;
}

static const struct fan_capabilities *capabilities(struct hass_entity *entity)
{
    const struct template_fan *fan = template_entity_of(entity);

    return &fan->can;
}

/* what it is told */

static HASS_CALLBACK void assume_on(struct template_fan *fan, bool on)
{
    if (fan->item.optimistic)
        fan->state.is_on = HASS_BOOL(on);
}

static HASS_COROUTINE int use_percentage(struct template_fan *fan, int percentage,
                                         struct hass_error *err)
{
    int r = template_entity_async_act(&fan->item, "set_percentage",
                                      json_pack("{s:i}", "percentage", percentage), err);

    if (r >= 0 && !template_entity_has(&fan->item, "percentage"))
        fan->state.percentage = HASS_INT(percentage);
    if (r >= 0)
        assume_on(fan, percentage != 0);
    return r;
}

static HASS_COROUTINE int use_preset(struct template_fan *fan, const char *preset,
                                     struct hass_error *err)
{
    int place = hass_words_find((const char *const *)fan->presets, preset);
    int r = template_entity_async_act(&fan->item, "set_preset_mode",
                                      json_pack("{s:s}", "preset_mode", preset), err);

    if (r >= 0 && place >= 0 && !template_entity_has(&fan->item, "preset_mode"))
        fan->state.preset_mode = fan->presets[place];
    if (r >= 0)
        assume_on(fan, true);
    return r;
}

static HASS_COROUTINE int turn_on(struct template_fan *fan, const struct fan_command *command,
                                  struct hass_error *err)
{
    bool speed = command->percentage.type == HASS_VALUE_INT;
    int percentage = speed ? (int)command->percentage.integer : 0;
    json_t *variables = json_object();

    json_object_set_new(variables, "percentage", speed ? json_integer(percentage) : json_null());
    json_object_set_new(variables, "preset_mode",
                        command->preset_mode ? json_string(command->preset_mode) : json_null());
    int r = template_entity_async_act(&fan->item, "turn_on", variables, err);
    if (r >= 0)
        assume_on(fan, true);
    if (r >= 0 && command->preset_mode)
        return use_preset(fan, command->preset_mode, err);
    return r >= 0 && speed ? use_percentage(fan, percentage, err) : r;
}

static HASS_COROUTINE int turn_off(struct template_fan *fan, struct hass_error *err)
{
    int r = template_entity_async_act(&fan->item, "turn_off", NULL, err);

    if (r >= 0)
        assume_on(fan, false);
    return r;
}

static HASS_COROUTINE int oscillate(struct template_fan *fan, bool on, struct hass_error *err)
{
    int r = template_entity_async_act(&fan->item, "set_oscillating",
                                      json_pack("{s:b}", "oscillating", on), err);

    if (r >= 0 && !template_entity_has(&fan->item, "oscillating"))
        fan->state.oscillating = HASS_BOOL(on);
    return r;
}

static HASS_COROUTINE int turn_round(struct template_fan *fan, const char *direction,
                                     struct hass_error *err)
{
    int place = hass_words_find(directions, direction);
    int r = template_entity_async_act(&fan->item, "set_direction",
                                      json_pack("{s:s}", "direction", direction), err);

    if (r >= 0 && place >= 0 && !template_entity_has(&fan->item, "direction"))
        fan->state.direction = directions[place];
    return r;
}

static HASS_COROUTINE int command(struct hass_entity *entity, const struct fan_command *command,
                                  struct hass_error *err)
{
    struct template_fan *fan = template_entity_of(entity);

    switch (command->action) {
    case FAN_ACTION_TURN_ON:
        return turn_on(fan, command, err);
    case FAN_ACTION_TURN_OFF:
        return turn_off(fan, err);
    case FAN_ACTION_SET_PERCENTAGE:
        return use_percentage(fan, (int)command->percentage.integer, err);
    case FAN_ACTION_SET_PRESET_MODE:
        return use_preset(fan, command->preset_mode, err);
    case FAN_ACTION_OSCILLATE:
        return oscillate(fan, command->oscillating, err);
    case FAN_ACTION_SET_DIRECTION:
        return turn_round(fan, command->direction, err);
    }
    return hass_fail(err, HASS_E_UNSUPPORTED, "unknown command %d", (int)command->action);
}

static const struct fan_ops ops =
    FAN_OPS(.state = state, .capabilities = capabilities, .async_command = command);

/* actions that give it abilities */
static const struct {
    const char *action;
    uint32_t feature;
} abilities[] = {
    { "turn_on", FAN_TURN_ON },           { "turn_off", FAN_TURN_OFF },
    { "set_percentage", FAN_SET_SPEED },  { "set_preset_mode", FAN_PRESET_MODE },
    { "set_oscillating", FAN_OSCILLATE }, { "set_direction", FAN_DIRECTION },
};

static void init(struct template_entity *item)
{
    struct template_fan *fan = (struct template_fan *)item;
    const json_t *presets = hass_json_get(item->config, "preset_modes");

    template_texts(presets, &fan->texts, &fan->presets);
    fan->state.size = sizeof(fan->state);
    fan->can = (struct fan_capabilities){
        .size = sizeof(fan->can),
        .speed_count = (unsigned)hass_json_get_int(item->config, "speed_count", 100),
        .preset_modes = presets ? (const char *const *)fan->presets : NULL,
    };
    for (size_t i = 0; i < sizeof(abilities) / sizeof(abilities[0]); i++)
        if (template_entity_has(item, abilities[i].action))
            item->description.supported_features |= abilities[i].feature;
}

static void fini(struct template_entity *item)
{
    struct template_fan *fan = (struct template_fan *)item;

    json_decref(fan->texts);
    free(fan->presets);
}

static void restored(struct template_entity *item, const char *state)
{
    if (!template_entity_has(item, "state"))
        ((struct template_fan *)item)->state.is_on = HASS_BOOL(strcmp(state, HASS_STATE_ON) == 0);
}

const struct template_kind template_fan = {
    .domain = "fan",
    .default_name = "Template Fan",
    .size = sizeof(struct template_fan),
    .schema = &template_fan_schema,
    .options = options,
    .ops = &ops,
    .renames = renames,
    .init = init,
    .fini = fini,
    .restored = restored,
    .assumes = true,
    .restore = true,
};
