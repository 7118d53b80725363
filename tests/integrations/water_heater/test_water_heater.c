/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Water heaters: what they show, as recorded, in which unit, and what they are told.
 */
#include <string.h>

#include "support/home.h"
#include "water_heater/water_heater.h"

struct values {
    struct water_heater_info info;
};

static const char *const operations[] = { "off", "eco", "performance", NULL };
static unsigned told;
static double temperature_told;

static HASS_CALLBACK const struct water_heater_info *info(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return &values->info;
}

/* The word of ours that is the same: a command's is lent. */
static const char *own_word(const char *word)
{
    for (size_t i = 0; operations[i]; i++) {
        if (!strcmp(operations[i], word))
            return operations[i];
    }
    return NULL;
}

static void obey(struct values *values, const struct water_heater_command *command)
{
    told++;
    if (command->operation)
        values->info.operation = own_word(command->operation);
    switch (command->what) {
    case WATER_HEATER_SET_TEMPERATURE:
        values->info.temperature = HASS_DOUBLE(command->temperature);
        temperature_told = command->temperature;
        break;
    case WATER_HEATER_TURN_ON:
    case WATER_HEATER_TURN_OFF:
        values->info.operation = command->what == WATER_HEATER_TURN_ON ? "eco" : "off";
        break;
    case WATER_HEATER_SET_AWAY:
        values->info.is_away = command->away;
        break;
    case WATER_HEATER_SET_OPERATION:
        break;
    }
}

static HASS_COROUTINE int on_loop(struct hass_entity *entity,
                                  const struct water_heater_command *command,
                                  struct hass_error *err)
{
    obey(hass_entity_async_values(entity), command);
    return 0;
}

static HASS_BLOCKING int on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                 const struct water_heater_command *command, void *values,
                                 struct hass_error *err)
{
    obey(values, command);
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct water_heater_ops loop_ops =
    WATER_HEATER_OPS(.info = info, .async_command = on_loop);
static const struct water_heater_ops pool_ops = WATER_HEATER_OPS(.info = info, .command = on_pool);
static const struct hass_entity_description loop =
    HASS_ENTITY_DESCRIPTION(.name = "W", .has_supported_features = true,
                            .supported_features = WATER_HEATER_TARGET_TEMPERATURE |
                                                  WATER_HEATER_OPERATION_MODE |
                                                  WATER_HEATER_ON_OFF);
static const struct hass_entity_description pool =
    HASS_ENTITY_DESCRIPTION(.name = "F", .has_supported_features = true,
                            .supported_features =
                                WATER_HEATER_TARGET_TEMPERATURE | WATER_HEATER_AWAY_MODE);

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct values celsius = { { .size = sizeof(celsius.info),
                                      .operation_list = operations } };
    const struct values fahrenheit = { { .size = sizeof(fahrenheit.info),
                                         .fahrenheit = true,
                                         .temperature = HASS_INT(122),
                                         .max_temp = HASS_INT(160) } };
    struct hass_entity *entities[] = {
        hass_entity_new(hass, &ops, &loop, &loop_ops, &celsius, NULL),
        hass_entity_new(hass, &ops, &pool, &pool_ops, &fahrenheit, NULL),
    };

    return hass_component_async_add_entities(hass_component_async_get(hass, "water_heater"),
                                             entities, 2, err);
}

static HASS_CALLBACK struct hass *home(void)
{
    struct hass *hass = test_home("water_heater:\n");

    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    return hass;
}

START_TEST(it_shows_what_was_recorded)
{
    hass__assert_loop();
    struct hass *hass = home();
    autojson *first = hass_state_attributes(hass_states_async_get(hass, "water_heater.w"));
    autojson *other = hass_state_attributes(hass_states_async_get(hass, "water_heater.f"));

    ck_assert_str_eq(home_state(hass, "water_heater.w"), "unknown");
    ck_assert_json(first, "{'current_temperature':null,'friendly_name':'W','max_temp':60.0,"
                          "'min_temp':43.3,'operation_list':['off','eco','performance'],"
                          "'operation_mode':null,'supported_features':11,'target_temp_high':null,"
                          "'target_temp_low':null,'temperature':null}");
    ck_assert_json(other, "{'current_temperature':null,'friendly_name':'F','max_temp':71.1,"
                          "'min_temp':43.3,'away_mode':'off','supported_features':5,"
                          "'target_temp_high':null,'target_temp_low':null,'temperature':50.0}");
}
END_TEST

static const struct {
    const char *service, *data, *state;
} calls[] = {
    { "set_temperature", "'temperature':50,'operation_mode':'performance'", "performance" },
    { "set_operation_mode", "'operation_mode':'eco'", "eco" },
    { "turn_off", "'entity_id':'water_heater.w'", "off" },
    { "turn_on", "'entity_id':'water_heater.w'", "eco" },
};

START_TEST(it_does_as_it_is_told)
{
    hass__assert_loop();
    struct hass *hass = home();

    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        char data[128];
        snprintf(data, sizeof(data), "{'entity_id':'water_heater.w',%s}", calls[i].data);
        ck_assert_int_eq(home_call(hass, "water_heater", calls[i].service, data, NULL), 0);
        ck_assert_str_eq(home_state(hass, "water_heater.w"), calls[i].state);
    }
    autojson *temperature = home_attribute(hass, "water_heater.w", "temperature");
    ck_assert_json(temperature, "50");
    home_call(hass, "water_heater", "set_away_mode",
              "{'entity_id':'water_heater.f','away_mode':true}", NULL);
    autojson *away = home_attribute(hass, "water_heater.f", "away_mode");
    ck_assert_str_eq(json_string_value(away), "on");
}
END_TEST

START_TEST(a_heater_is_told_in_its_own_unit)
{
    hass__assert_loop();
    struct hass *hass = home();

    ck_assert_int_eq(home_call(hass, "water_heater", "set_temperature",
                               "{'entity_id':'water_heater.f','temperature':60}", NULL),
                     0);
    ck_assert_double_eq_tol(temperature_told, 140, 1e-9);
}
END_TEST

static const struct {
    const char *service, *data;
    int code;
    const char *key;
} refused[] = {
    { "set_temperature", "{'entity_id':'water_heater.w','temperature':61}",
      HASS_E_SERVICE_VALIDATION, "temp_out_of_range" },
    { "set_temperature", "{'entity_id':'water_heater.w','temperature':43}",
      HASS_E_SERVICE_VALIDATION, "temp_out_of_range" },
    { "set_temperature", "{'entity_id':'water_heater.w'}", HASS_E_INVALID, "" },
    { "set_temperature", "{'entity_id':'water_heater.w','temperature':50,'operation_mode':'boost'}",
      HASS_E_SERVICE_VALIDATION, "not_valid_operation_mode" },
    { "set_operation_mode", "{'entity_id':'water_heater.w','operation_mode':'boost'}",
      HASS_E_SERVICE_VALIDATION, "not_valid_operation_mode" },
    { "set_operation_mode", "{'entity_id':'water_heater.f','operation_mode':'eco'}",
      HASS_E_UNSUPPORTED, NULL },
    { "set_away_mode", "{'entity_id':'water_heater.w','away_mode':true}", HASS_E_UNSUPPORTED,
      NULL },
    { "turn_on", "{'entity_id':'water_heater.f'}", HASS_E_UNSUPPORTED, NULL },
};

START_TEST(what_is_wrong_is_refused)
{
    hass__assert_loop();
    struct hass *hass = home();

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct hass_error err = HASS_ERROR_INIT;
        ck_assert_int_eq(home_call(hass, "water_heater", refused[i].service, refused[i].data, &err),
                         refused[i].code);
        if (refused[i].key)
            ck_assert_str_eq(err.key, refused[i].key);
    }
    ck_assert_uint_eq(told, 0);
}
END_TEST

TEST_MAIN("water_heater", it_shows_what_was_recorded, it_does_as_it_is_told,
          a_heater_is_told_in_its_own_unit, what_is_wrong_is_refused)
