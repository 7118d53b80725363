/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Humidifiers: what they show, as recorded, and what they are told.
 */
#include <string.h>

#include "humidifier/humidifier.h"
#include "support/home.h"

struct values {
    struct humidifier_info info;
};

static const char *const modes[] = { "normal", "boost", NULL };
static unsigned told;

static HASS_CALLBACK const struct humidifier_info *info(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return &values->info;
}

static void obey(struct values *values, const struct humidifier_command *command)
{
    told++;
    if (command->what == HUMIDIFIER_SET_HUMIDITY)
        values->info.humidity = HASS_INT(command->humidity);
    else if (command->what == HUMIDIFIER_SET_MODE)
        values->info.mode = strcmp(command->mode, "boost") ? "normal" : "boost";
    else
        values->info.is_on = HASS_BOOL(command->what == HUMIDIFIER_TURN_ON);
}

static HASS_COROUTINE int on_loop(struct hass_entity *entity,
                                  const struct humidifier_command *command, struct hass_error *err)
{
    obey(hass_entity_async_values(entity), command);
    return 0;
}

static HASS_BLOCKING int on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                 const struct humidifier_command *command, void *values,
                                 struct hass_error *err)
{
    obey(values, command);
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct humidifier_ops loop_ops =
    HUMIDIFIER_OPS(.info = info, .async_command = on_loop);
static const struct humidifier_ops pool_ops = HUMIDIFIER_OPS(.info = info, .command = on_pool);
static const struct hass_entity_description loop =
    HASS_ENTITY_DESCRIPTION(.name = "H", .device_class = "humidifier",
                            .supported_features = HUMIDIFIER_MODES, .has_supported_features = true);
static const struct hass_entity_description pool =
    HASS_ENTITY_DESCRIPTION(.name = "D", .device_class = "dehumidifier",
                            .has_supported_features = true);

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct values full = { { .size = sizeof(full.info),
                                   .available_modes = modes,
                                   .min_humidity = 30,
                                   .max_humidity = HASS_INT(70) } };
    const struct values poor = { { .size = sizeof(poor.info) } };
    struct hass_entity *entities[] = {
        hass_entity_new(hass, &ops, &loop, &loop_ops, &full, NULL),
        hass_entity_new(hass, &ops, &pool, &pool_ops, &poor, NULL),
    };

    return hass_component_async_add_entities(hass_component_async_get(hass, "humidifier"), entities,
                                             2, err);
}

static HASS_CALLBACK struct hass *home(void)
{
    struct hass *hass = test_home("humidifier:\n");

    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    return hass;
}

START_TEST(it_shows_what_was_recorded)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_entity *entity = hass_async_get_entity(hass, "humidifier.h");
    struct values *values = hass_entity_async_values(entity);
    autojson *first = hass_state_attributes(hass_states_async_get(hass, "humidifier.h"));
    autojson *poor = hass_state_attributes(hass_states_async_get(hass, "humidifier.d"));

    ck_assert_str_eq(home_state(hass, "humidifier.h"), "unknown");
    ck_assert_json(first, "{'available_modes':['normal','boost'],'device_class':'humidifier',"
                          "'friendly_name':'H','max_humidity':70,'min_humidity':30,'mode':null,"
                          "'supported_features':1}");
    ck_assert_json(poor, "{'device_class':'dehumidifier','friendly_name':'D','max_humidity':100,"
                         "'min_humidity':0,'supported_features':0}");
    values->info.is_on = HASS_BOOL(true);
    values->info.mode = "boost";
    values->info.current_humidity = HASS_INT(51);
    values->info.action = HUMIDIFIER_HUMIDIFYING;
    values->info.target_humidity_step = 5;
    hass_entity_async_write_ha_state(entity, NULL);
    autojson *later = hass_state_attributes(hass_states_async_get(hass, "humidifier.h"));
    ck_assert_str_eq(home_state(hass, "humidifier.h"), "on");
    ck_assert_json(later, "{'action':'humidifying','available_modes':['normal','boost'],"
                          "'current_humidity':51,'device_class':'humidifier','friendly_name':'H',"
                          "'max_humidity':70,'min_humidity':30,'mode':'boost',"
                          "'supported_features':1,'target_humidity_step':5}");
    values->info.is_on = HASS_BOOL(false);
    hass_entity_async_write_ha_state(entity, NULL);
    autojson *action = home_attribute(hass, "humidifier.h", "action");
    ck_assert_str_eq(json_string_value(action), "off");
}
END_TEST

START_TEST(it_does_as_it_is_told)
{
    hass__assert_loop();
    struct hass *hass = home();

    home_call(hass, "humidifier", "turn_on", "{'entity_id':'all'}", NULL);
    ck_assert_str_eq(home_state(hass, "humidifier.h"), "on");
    ck_assert_str_eq(home_state(hass, "humidifier.d"), "on");
    home_call(hass, "humidifier", "toggle", "{'entity_id':'humidifier.d'}", NULL);
    ck_assert_str_eq(home_state(hass, "humidifier.d"), "off");
    home_call(hass, "humidifier", "turn_off", "{'entity_id':'humidifier.h'}", NULL);
    ck_assert_str_eq(home_state(hass, "humidifier.h"), "off");
    home_call(hass, "humidifier", "set_humidity", "{'entity_id':'humidifier.h','humidity':50}",
              NULL);
    home_call(hass, "humidifier", "set_mode", "{'entity_id':'humidifier.h','mode':'boost'}", NULL);
    autojson *humidity = home_attribute(hass, "humidifier.h", "humidity");
    autojson *mode = home_attribute(hass, "humidifier.h", "mode");
    ck_assert_json(humidity, "50");
    ck_assert_str_eq(json_string_value(mode), "boost");
}
END_TEST

static const struct {
    const char *service, *data;
    int code;
    const char *key;
} refused[] = {
    { "set_humidity", "{'entity_id':'humidifier.h','humidity':101}", HASS_E_INVALID, "" },
    { "set_humidity", "{'entity_id':'humidifier.h','humidity':-1}", HASS_E_INVALID, "" },
    { "set_humidity", "{'entity_id':'humidifier.h'}", HASS_E_INVALID, "" },
    { "set_mode", "{'entity_id':'humidifier.h','mode':'party'}", HASS_E_SERVICE_VALIDATION,
      "not_valid_mode" },
    { "set_mode", "{'entity_id':'humidifier.d','mode':'boost'}", HASS_E_UNSUPPORTED, NULL },
};

START_TEST(what_is_wrong_is_refused)
{
    hass__assert_loop();
    struct hass *hass = home();

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct hass_error err = HASS_ERROR_INIT;
        ck_assert_int_eq(home_call(hass, "humidifier", refused[i].service, refused[i].data, &err),
                         refused[i].code);
        if (refused[i].key)
            ck_assert_str_eq(err.key, refused[i].key);
    }
    ck_assert_uint_eq(told, 0);
}
END_TEST

TEST_MAIN("humidifier", it_shows_what_was_recorded, it_does_as_it_is_told, what_is_wrong_is_refused)
