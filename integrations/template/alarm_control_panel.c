/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template alarm panels.
 */
#include "alarm_control_panel/alarm_control_panel.h"

#include "parts.h"

TEMPLATE_SCHEMA(template_alarm_control_panel_schema, TEMPLATE_COMMON_FIELDS,
                TEMPLATE_FIELD("state", "disarmed, armed_away, pending, triggered, …"),
                TEMPLATE_ACTIONS("disarm", "Disarms; gets code"),
                TEMPLATE_ACTIONS("arm_home", "Arms, gets code"),
                TEMPLATE_ACTIONS("arm_away", "Arms, gets code"),
                TEMPLATE_ACTIONS("arm_night", "Arms, gets code"),
                TEMPLATE_ACTIONS("arm_vacation", "Arms, gets code"),
                TEMPLATE_ACTIONS("arm_custom_bypass", "Arms, gets code"),
                TEMPLATE_ACTIONS("trigger", "Sets the alarm off; gets code"),
                HASS_FIELD("code_arm_required", &hass_type_bool, .fallback = "true",
                           .doc = "A code is needed for arming, too"),
                HASS_FIELD("code_format", &hass_type_enum,
                           .words = HASS_WORDS("number", "text", "no_code"),
                           .fallback = "\"number\"", .doc = "What codes are"),
                HASS_FIELD("optimistic", &hass_type_bool, .doc = "It is what it was told at once"));

struct panel {
    struct template_entity item;
    struct alarm_state state;
};

static const char *const states[] = {
    "disarmed",       "armed_home",          "armed_away", "armed_night",
    "armed_vacation", "armed_custom_bypass", "pending",    "arming",
    "disarming",      "triggered",           NULL,
};

static void show(struct panel *panel, int place)
{
    panel->state.state = place < 0 ? NULL : states[place];
}

static HASS_CALLBACK void set_state(struct template_entity *item, const json_t *result)
{
    int place = template_word(result, states);

    template_entity_judge(item, result);
    if (place < 0 && !template_is_unknown(result))
        template_entity_complain(item, "state", result,
                                 "a state of alarm panels, such as disarmed or armed_away");
    show((struct panel *)item, place);
}

static const struct template_option options[] = {
    { "state", set_state },
    { NULL, NULL },
};

static const struct alarm_state *state(struct hass_entity *entity)
{
    const struct panel *panel = template_entity_of(entity);

    return &panel->state;
}

static const struct {
    const char *action, *becomes;
    uint32_t feature;
} commands[] = {
    [ALARM_ACTION_DISARM] = { "disarm", "disarmed", 0 },
    [ALARM_ACTION_ARM_HOME] = { "arm_home", "armed_home", ALARM_ARM_HOME },
    [ALARM_ACTION_ARM_AWAY] = { "arm_away", "armed_away", ALARM_ARM_AWAY },
    [ALARM_ACTION_ARM_NIGHT] = { "arm_night", "armed_night", ALARM_ARM_NIGHT },
    [ALARM_ACTION_ARM_VACATION] = { "arm_vacation", "armed_vacation", ALARM_ARM_VACATION },
    [ALARM_ACTION_ARM_CUSTOM_BYPASS] = { "arm_custom_bypass", "armed_custom_bypass",
                                         ALARM_ARM_CUSTOM_BYPASS },
    [ALARM_ACTION_TRIGGER] = { "trigger", "triggered", ALARM_TRIGGER },
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static HASS_COROUTINE int command(struct hass_entity *entity, const struct alarm_command *command,
                                  struct hass_error *err)
{
    struct panel *panel = template_entity_of(entity);
    enum alarm_action action = command->action;
    json_t *code = command->code ? json_string(command->code) : json_null();
    int r = template_entity_async_act(&panel->item, commands[action].action,
                                      json_pack("{s:o}", "code", code), err);

    if (r >= 0 && panel->item.optimistic)
        show(panel, hass_words_find(states, commands[action].becomes));
    return r;
}

static const struct alarm_ops ops = ALARM_OPS(.state = state, .async_command = command);

static void init(struct template_entity *item)
{
    struct panel *panel = (struct panel *)item;
    const char *format = hass_json_get_string(item->config, "code_format", "number");

    panel->state = (struct alarm_state){
        .size = sizeof(panel->state),
        .code_format = strcmp(format, "no_code") == 0 ? NULL : format,
        .code_arm_required = hass_json_get_bool(item->config, "code_arm_required", true),
    };
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (template_entity_has(item, commands[i].action))
            item->description.supported_features |= commands[i].feature;
}

static void restored(struct template_entity *item, const char *state)
{
    if (!template_entity_has(item, "state"))
        show((struct panel *)item, hass_words_find(states, state));
}

const struct template_kind template_alarm_control_panel = {
    .domain = "alarm_control_panel",
    .default_name = "Template Alarm Control Panel",
    .size = sizeof(struct panel),
    .schema = &template_alarm_control_panel_schema,
    .options = options,
    .ops = &ops,
    .init = init,
    .restored = restored,
    .assumes = true,
    .restore = true,
};
