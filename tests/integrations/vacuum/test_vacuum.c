/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cleaners: what they show, and what they are told, on the loop and on the pool.
 */
#include "support/home.h"
#include "vacuum/vacuum.h"

struct values {
    struct vacuum_info info;
};

static struct {
    enum vacuum_action action;
    char text[64];
    char params[128];
    unsigned commands;
} last;

static const char *const speeds[] = { "min", "max", NULL };

static HASS_CALLBACK const struct vacuum_info *info(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return &values->info;
}

static void remember(const struct vacuum_command *command)
{
    autobuf params = HASS_BUF_INIT;

    if (command->params)
        hass_json_write(command->params, &params);
    last.commands++;
    last.action = command->action;
    snprintf(last.text, sizeof(last.text), "%s", command->text ? command->text : "");
    snprintf(last.params, sizeof(last.params), "%s", hass_buf_string(&params));
}

static HASS_COROUTINE int on_loop(struct hass_entity *entity, const struct vacuum_command *command,
                                  struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    remember(command);
    if (command->action == VACUUM_DO_START)
        values->info.activity = VACUUM_CLEANING;
    return 0;
}

static HASS_BLOCKING int on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                 const struct vacuum_command *command, void *private_values,
                                 struct hass_error *err)
{
    struct values *values = private_values;

    remember(command);
    values->info.activity = VACUUM_RETURNING;
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct vacuum_ops loop_ops = VACUUM_OPS(.info = info, .async_command = on_loop);
static const struct vacuum_ops pool_ops = VACUUM_OPS(.info = info, .command = on_pool);
static const struct hass_entity_description loop =
    HASS_ENTITY_DESCRIPTION(.name = "Loop", .has_supported_features = true,
                            .supported_features =
                                VACUUM_START | VACUUM_PAUSE | VACUUM_STOP | VACUUM_RETURN_HOME |
                                VACUUM_FAN_SPEED | VACUUM_BATTERY | VACUUM_SEND_COMMAND |
                                VACUUM_LOCATE | VACUUM_CLEAN_SPOT | VACUUM_CLEAN_AREA);
static const struct hass_entity_description pool =
    HASS_ENTITY_DESCRIPTION(.name = "Pool", .has_supported_features = true,
                            .supported_features = VACUUM_RETURN_HOME);

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct values start = { { .size = sizeof(start.info),
                                    .activity = VACUUM_IDLE,
                                    .fan_speed = "max",
                                    .fan_speed_list = speeds,
                                    .battery_level = HASS_INT(77) } };
    struct hass_entity *entities[] = {
        hass_entity_new(hass, &ops, &loop, &loop_ops, &start, NULL),
        hass_entity_new(hass, &ops, &pool, &pool_ops, &start, NULL),
    };

    return hass_component_async_add_entities(hass_component_async_get(hass, "vacuum"), entities, 2,
                                             err);
}

static HASS_CALLBACK struct hass *home(void)
{
    struct hass *hass = test_home("vacuum:\n");

    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    return hass;
}

START_TEST(it_shows_what_its_features_say)
{
    hass__assert_loop();
    struct hass *hass = home();
    autojson *full = hass_state_attributes(hass_states_async_get(hass, "vacuum.loop"));
    autojson *poor = hass_state_attributes(hass_states_async_get(hass, "vacuum.pool"));

    ck_assert_str_eq(home_state(hass, "vacuum.loop"), "idle");
    ck_assert_json(full, "{'fan_speed_list':['min','max'],'battery_level':77,"
                         "'battery_icon':'mdi:battery-80','fan_speed':'max',"
                         "'friendly_name':'Loop','supported_features':26492}");
    ck_assert_json(poor, "{'friendly_name':'Pool','supported_features':16}");
}
END_TEST

/* As recorded, and the edges between. */
static const struct {
    int level; /* -1: unknown */
    enum vacuum_activity activity;
    const char *icon, *state;
} icons[] = {
    { -1, VACUUM_UNKNOWN, "mdi:battery-unknown", "unknown" },
    { 77, VACUUM_CLEANING, "mdi:battery-80", "cleaning" },
    { 70, VACUUM_PAUSED, "mdi:battery-70", "paused" },
    { 70, VACUUM_DOCKED, "mdi:battery-charging-60", "docked" },
    { 10, VACUUM_DOCKED, "mdi:battery-outline", "docked" },
    { 5, VACUUM_ERROR, "mdi:battery-alert", "error" },
    { 6, VACUUM_RETURNING, "mdi:battery-10", "returning" },
    { 95, VACUUM_IDLE, "mdi:battery", "idle" },
};

START_TEST(states_have_words_and_batteries_icons)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_entity *entity = hass_async_get_entity(hass, "vacuum.loop");
    struct values *values = hass_entity_async_values(entity);

    for (size_t i = 0; i < sizeof(icons) / sizeof(icons[0]); i++) {
        values->info.activity = icons[i].activity;
        values->info.battery_level = icons[i].level < 0 ? HASS_NONE : HASS_INT(icons[i].level);
        hass_entity_async_write_ha_state(entity, NULL);
        autojson *icon = home_attribute(hass, "vacuum.loop", "battery_icon");
        ck_assert_str_eq(json_string_value(icon), icons[i].icon);
        ck_assert_str_eq(home_state(hass, "vacuum.loop"), icons[i].state);
    }
}
END_TEST

static const struct {
    const char *service, *data;
    enum vacuum_action action;
    const char *text, *params;
} told[] = {
    { "start", "", VACUUM_DO_START, "", "" },
    { "pause", "", VACUUM_DO_PAUSE, "", "" },
    { "stop", "", VACUUM_DO_STOP, "", "" },
    { "return_to_base", "", VACUUM_DO_RETURN_HOME, "", "" },
    { "clean_spot", "", VACUUM_DO_CLEAN_SPOT, "", "" },
    { "locate", "", VACUUM_DO_LOCATE, "", "" },
    { "set_fan_speed", ",'fan_speed':'min'", VACUUM_DO_SET_FAN_SPEED, "min", "" },
    { "send_command", ",'command':'spin','params':{'k':1}", VACUUM_DO_SEND, "spin", "{\"k\":1}" },
    { "send_command", ",'command':'zap'", VACUUM_DO_SEND, "zap", "" },
    { "clean_area", ",'cleaning_area_id':['hall','kitchen']", VACUUM_DO_CLEAN_AREA, "",
      "[\"hall\",\"kitchen\"]" },
};

START_TEST(it_is_told_with_what_belongs_to_it)
{
    hass__assert_loop();
    struct hass *hass = home();

    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        char data[128];
        snprintf(data, sizeof(data), "{'entity_id':'vacuum.loop'%s}", told[i].data);
        ck_assert_int_eq(home_call(hass, "vacuum", told[i].service, data, NULL), 0);
        ck_assert_int_eq(last.action, told[i].action);
        ck_assert_str_eq(last.text, told[i].text);
        ck_assert_str_eq(last.params, told[i].params);
    }
    ck_assert_str_eq(home_state(hass, "vacuum.loop"), "cleaning");
    ck_assert_int_eq(
        home_call(hass, "vacuum", "return_to_base", "{'entity_id':'vacuum.pool'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "vacuum.pool"), "returning");
}
END_TEST

static const struct {
    const char *service, *data;
    int code;
} refused[] = {
    { "start", "{'entity_id':'vacuum.pool'}", HASS_E_UNSUPPORTED },
    { "clean_area", "{'entity_id':'vacuum.pool','cleaning_area_id':'hall'}", HASS_E_UNSUPPORTED },
    { "set_fan_speed", "{'entity_id':'vacuum.loop'}", HASS_E_INVALID },
    { "send_command", "{'entity_id':'vacuum.loop'}", HASS_E_INVALID },
    { "send_command", "{'entity_id':'vacuum.loop','command':'a','params':5}",
      HASS_E_SERVICE_VALIDATION },
    { "clean_area", "{'entity_id':'vacuum.loop'}", HASS_E_INVALID },
};

START_TEST(what_is_wrong_or_cannot_be_is_refused)
{
    hass__assert_loop();
    struct hass *hass = home();

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        ck_assert_int_eq(home_call(hass, "vacuum", refused[i].service, refused[i].data, NULL),
                         refused[i].code);
    ck_assert_uint_eq(last.commands, 0);
}
END_TEST

TEST_MAIN("vacuum", it_shows_what_its_features_say, states_have_words_and_batteries_icons,
          it_is_told_with_what_belongs_to_it, what_is_wrong_or_cannot_be_is_refused)
