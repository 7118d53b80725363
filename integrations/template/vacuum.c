/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template vacuum cleaners.
 */
#include "vacuum/vacuum.h"

#include <stdlib.h>

#include "parts.h"

TEMPLATE_SCHEMA(
    template_vacuum_schema, TEMPLATE_COMMON_FIELDS,
    TEMPLATE_FIELD("state", "cleaning, docked, idle, paused, returning or error"),
    TEMPLATE_FIELD("battery_level", "0 to 100"), TEMPLATE_FIELD("fan_speed", "One of fan_speeds"),
    HASS_FIELD("fan_speeds", &hass_type_string, .list = true, .doc = "Names of speeds"),
    HASS_FIELD("start", &template_type_actions, .required = true, .doc = "Starts to clean"),
    TEMPLATE_ACTIONS("pause", "Pauses"), TEMPLATE_ACTIONS("stop", "Stops"),
    TEMPLATE_ACTIONS("return_to_base", "Sends it to its dock"),
    TEMPLATE_ACTIONS("clean_spot", "Cleans where it is"),
    TEMPLATE_ACTIONS("locate", "Lets it make itself heard"),
    TEMPLATE_ACTIONS("set_fan_speed", "Gets fan_speed"),
    HASS_FIELD("optimistic", &hass_type_bool, .doc = "It does what it was told at once"));

static const struct template_rename renames[] = {
    { "battery_level_template", "battery_level" },
    { "fan_speed_template", "fan_speed" },
    { NULL, NULL },
};

struct cleaner {
    struct template_entity item;
    struct vacuum_info info;
    json_t *texts;
    const char **speeds;
};

/* In the order of enum vacuum_activity, from cleaning. */
static const char *const activities[] = { "cleaning",  "docked", "idle", "paused",
                                          "returning", "error",  NULL };

static HASS_CALLBACK void set_state(struct template_entity *item, const json_t *result)
{
    int place = template_word(result, activities);

    template_entity_judge(item, result);
    if (place < 0 && !template_is_unknown(result))
        template_entity_complain(item, "state", result,
                                 "cleaning, docked, idle, paused, returning or error");
    ((struct cleaner *)item)->info.activity = (enum vacuum_activity)(place + VACUUM_CLEANING);
}

static HASS_CALLBACK void set_battery(struct template_entity *item, const json_t *result)
{
    double level;

    ((struct cleaner *)item)->info.battery_level =
        template_number_within(item, "battery_level", result, 0, 100, &level) ? HASS_INT((int)level)
                                                                              : HASS_NONE;
}

static HASS_CALLBACK void set_fan_speed(struct template_entity *item, const json_t *result)
{
    struct cleaner *cleaner = (struct cleaner *)item;
    int place = template_word(result, (const char *const *)cleaner->speeds);

    if (place < 0 && !template_is_unknown(result))
        template_entity_complain(item, "fan_speed", result, "one of fan_speeds");
    cleaner->info.fan_speed = place < 0 ? NULL : cleaner->speeds[place];
}

static const struct template_option options[] = {
    { "state", set_state },
    { "battery_level", set_battery },
    { "fan_speed", set_fan_speed },
    { NULL, NULL },
};

static const struct vacuum_info *info(struct hass_entity *entity)
{
    const struct cleaner *cleaner = template_entity_of(entity);

    return &cleaner->info;
}

/* what it can be told: its action, the ability that this gives, and what it does then (unknown: what it did) */
static const struct {
    const char *action;
    uint32_t feature;
    enum vacuum_activity does;
} commands[] = {
    [VACUUM_DO_START] = { "start", VACUUM_START, VACUUM_CLEANING },
    [VACUUM_DO_PAUSE] = { "pause", VACUUM_PAUSE, VACUUM_PAUSED },
    [VACUUM_DO_STOP] = { "stop", VACUUM_STOP, VACUUM_IDLE },
    [VACUUM_DO_RETURN_HOME] = { "return_to_base", VACUUM_RETURN_HOME, VACUUM_RETURNING },
    [VACUUM_DO_CLEAN_SPOT] = { "clean_spot", VACUUM_CLEAN_SPOT, VACUUM_CLEANING },
    [VACUUM_DO_LOCATE] = { "locate", VACUUM_LOCATE, VACUUM_UNKNOWN },
    [VACUUM_DO_SET_FAN_SPEED] = { "set_fan_speed", VACUUM_FAN_SPEED, VACUUM_UNKNOWN },
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static HASS_COROUTINE int command(struct hass_entity *entity, const struct vacuum_command *command,
                                  struct hass_error *err)
{
    struct cleaner *cleaner = template_entity_of(entity);
    enum vacuum_action action = command->action;

    if (action >= COMMAND_COUNT)
        return hass_fail(err, HASS_E_UNSUPPORTED, "template vacuums have no action for this");
    json_t *variables =
        action == VACUUM_DO_SET_FAN_SPEED ? json_pack("{s:s}", "fan_speed", command->text) : NULL;
    int speed = action == VACUUM_DO_SET_FAN_SPEED
                    ? hass_words_find((const char *const *)cleaner->speeds, command->text)
                    : -1;
    int r = template_entity_async_act(&cleaner->item, commands[action].action, variables, err);

    if (r >= 0 && cleaner->item.optimistic && commands[action].does)
        cleaner->info.activity = commands[action].does;
    if (r >= 0 && speed >= 0 && !template_entity_has(&cleaner->item, "fan_speed"))
        cleaner->info.fan_speed = cleaner->speeds[speed];
    return r;
}

static const struct vacuum_ops ops = VACUUM_OPS(.info = info, .async_command = command);

static void init(struct template_entity *item)
{
    struct cleaner *cleaner = (struct cleaner *)item;

    template_texts(hass_json_get(item->config, "fan_speeds"), &cleaner->texts, &cleaner->speeds);
    cleaner->info = (struct vacuum_info){
        .size = sizeof(cleaner->info),
        .fan_speed_list = (const char *const *)cleaner->speeds,
    };
    item->description.supported_features =
        VACUUM_STATE | (template_entity_has(item, "battery_level") ? VACUUM_BATTERY : 0U);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (template_entity_has(item, commands[i].action))
            item->description.supported_features |= commands[i].feature;
}

static void fini(struct template_entity *item)
{
    struct cleaner *cleaner = (struct cleaner *)item;

    json_decref(cleaner->texts);
    free(cleaner->speeds);
}

const struct template_kind template_vacuum = {
    .domain = "vacuum",
    .default_name = "Template Vacuum",
    .size = sizeof(struct cleaner),
    .schema = &template_vacuum_schema,
    .options = options,
    .ops = &ops,
    .renames = renames,
    .init = init,
    .fini = fini,
    .assumes = true,
};
