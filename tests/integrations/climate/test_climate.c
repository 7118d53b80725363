/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Heating and cooling: what is shown in which unit, what a device is told, and what is refused.
 */
#include <hass/config.h>

#include "climate/climate.h"
#include "support/cases.h"
#include "support/fake.h"

static struct climate_state now;
static struct climate_capabilities can;

static const struct climate_state *state(struct hass_entity *entity)
{
    return &now;
}

static const struct climate_capabilities *capabilities(struct hass_entity *entity)
{
    return &can;
}

static void tell_number(const char *name, struct hass_value value)
{
    if (value.type == HASS_VALUE_DOUBLE)
        fake_tell("%s %g", name, value.number);
}

static HASS_COROUTINE int on_loop(struct hass_entity *entity, const struct climate_command *command,
                                  struct hass_error *err)
{
    static const char *const actions[] = { "mode",  "temperature", "humidity", "fan", "preset",
                                           "swing", "horizontal",  "on",       "off" };

    fake_tell("%s", actions[command->action]);
    if (command->mode)
        fake_tell("%s", command->mode);
    tell_number("to", command->temperature);
    tell_number("low", command->target_temp_low);
    tell_number("high", command->target_temp_high);
    if (command->action == CLIMATE_ACTION_SET_HUMIDITY)
        fake_tell("%d", command->humidity);
    return 0;
}

static const struct climate_ops ops =
    CLIMATE_OPS(.state = state, .capabilities = capabilities, .async_command = on_loop);

static const char *const hvac_modes[] = { "off", "heat", "auto", NULL };
static const char *const fans[] = { "low", "high", NULL };
static const char *const presets[] = { "none", "eco", NULL };
static const char *const swings[] = { "on", "off", NULL };

#define DEGREES(d)                                                                                 \
    {                                                                                              \
        .type = HASS_VALUE_DOUBLE, .number = (d)                                                   \
    }
#define LISTS                                                                                      \
    .hvac_modes = hvac_modes, .fan_modes = fans, .preset_modes = presets, .swing_modes = swings,   \
    .swing_horizontal_modes = swings
#define ALL 1023

static HASS_CALLBACK struct hass *home(struct climate_state start,
                                       struct climate_capabilities start_can, uint32_t features)
{
    now = start;
    now.size = sizeof(now);
    can = start_can;
    can.size = sizeof(can);
    fake.description.supported_features = features;
    return fake_home("climate", &ops);
}

/* Recorded from the model's own devices. */
static const struct {
    struct climate_state state;
    struct climate_capabilities can;
    uint32_t features;
    const char *shown, *attributes;
} shows[] = {
    { { .hvac_mode = NULL },
      { .hvac_modes = hvac_modes, .min_temp = 5, .max_temp = 30, .target_temp_step = 0.5 },
      1,
      "unknown",
      "{'current_temperature':null,'hvac_modes':['off','heat','auto'],'max_temp':30.0,"
      "'min_temp':5.0,'supported_features':1,'target_temp_step':0.5,'temperature':null}" },
    { { .hvac_mode = "heat",
        .temperature = DEGREES(21.5),
        .current_temperature = DEGREES(19.25),
        .hvac_action = "heating" },
      { .hvac_modes = hvac_modes },
      1,
      "heat",
      "{'current_temperature':19.2,'hvac_modes':['off','heat','auto'],'max_temp':35.0,"
      "'min_temp':7.0,'supported_features':1,'temperature':21.5,'hvac_action':'heating'}" },
    { { .hvac_mode = "auto",
        .target_temp_low = DEGREES(19.3),
        .target_temp_high = DEGREES(24.7),
        .current_temperature = DEGREES(20) },
      { .hvac_modes = hvac_modes, .precision = 0.5 },
      2,
      "auto",
      "{'current_temperature':20.0,'hvac_modes':['off','heat','auto'],'max_temp':35.0,"
      "'min_temp':7.0,'supported_features':2,'target_temp_low':19.5,'target_temp_high':24.5}" },
    { { .hvac_mode = "off", .humidity = DEGREES(55), .current_humidity = DEGREES(61.5) },
      { .hvac_modes = hvac_modes },
      4,
      "off",
      "{'current_humidity':61.5,'current_temperature':null,'humidity':55.0,"
      "'hvac_modes':['off','heat','auto'],'max_humidity':99.0,'max_temp':35.0,"
      "'min_humidity':30.0,'min_temp':7.0,'supported_features':4}" },
    { { .hvac_mode = "off", .fan_mode = "low", .preset_mode = "none", .swing_mode = "off" },
      { LISTS },
      8 | 16 | 32 | 512,
      "off",
      "{'current_temperature':null,'fan_mode':'low','fan_modes':['low','high'],"
      "'hvac_modes':['off','heat','auto'],'max_temp':35.0,'min_temp':7.0,'preset_mode':'none',"
      "'preset_modes':['none','eco'],'supported_features':568,'swing_mode':'off',"
      "'swing_modes':['on','off'],'swing_horizontal_mode':null,"
      "'swing_horizontal_modes':['on','off']}" },
    { { .hvac_mode = "heat", .temperature = DEGREES(70), .current_temperature = DEGREES(50) },
      { .fahrenheit = true },
      1,
      "heat",
      "{'current_temperature':10.0,'hvac_modes':[],'max_temp':35.0,'min_temp':7.0,"
      "'supported_features':1,'temperature':21.1}" },
};

START_TEST(it_shows_what_it_does)
{
    hass__assert_loop();
    struct hass *hass = home(shows[_i].state, shows[_i].can, shows[_i].features);

    ck_assert_str_eq(fake_state(hass), shows[_i].shown);
    fake_check_attributes(hass, shows[_i].attributes);
}
END_TEST

static HASS_CALLBACK void use_fahrenheit(struct hass *hass)
{
    ck_assert_int_eq(
        hass_config_async_update(hass, test_json("{'unit_system':'us_customary'}"), NULL), 0);
    test_settle(hass);
}

START_TEST(a_home_with_fahrenheit_sees_fahrenheit)
{
    hass__assert_loop();
    const struct climate_state start = { .hvac_mode = "heat", .temperature = DEGREES(21.3) };
    struct hass *hass = home(start, (struct climate_capabilities){ .hvac_modes = hvac_modes }, 1);

    use_fahrenheit(hass);
    ck_assert_int_eq(fake_call(hass, "set_temperature", "'temperature':77", NULL), 0);
    ck_assert_str_eq(fake.told, "temperature; to 25");
    fake_check_attributes(hass, "{'current_temperature':null,'hvac_modes':['off','heat','auto'],"
                                "'max_temp':95.0,'min_temp':45.0,'supported_features':1,"
                                "'temperature':70.0}");
    ck_assert_int_eq(fake_call(hass, "set_temperature", "'temperature':96", NULL),
                     HASS_E_SERVICE_VALIDATION);
}
END_TEST

#define REFUSED HASS_E_SERVICE_VALIDATION

static const struct {
    uint32_t features;
    const char *service, *data;
    int result;
    const char *told; /* or the key of the refusal */
} asked[] = {
    { ALL, "set_hvac_mode", "'hvac_mode':'heat'", 0, "mode; heat" },
    { ALL, "set_temperature", "'temperature':22", 0, "temperature; to 22" },
    { ALL, "set_temperature", "'temperature':'22.5','hvac_mode':'auto'", 0,
      "temperature; auto; to 22.5" },
    { ALL, "set_temperature", "'target_temp_low':20,'target_temp_high':24", 0,
      "temperature; low 20; high 24" },
    { ALL, "set_temperature", "'temperature':7", 0, "temperature; to 7" },
    { ALL, "set_temperature", "'temperature':35", 0, "temperature; to 35" },
    { ALL, "set_humidity", "'humidity':90", 0, "humidity; 90" },
    { ALL, "set_fan_mode", "'fan_mode':'high'", 0, "fan; high" },
    { ALL, "set_preset_mode", "'preset_mode':'eco'", 0, "preset; eco" },
    { ALL, "set_swing_mode", "'swing_mode':'on'", 0, "swing; on" },
    { ALL, "set_swing_horizontal_mode", "'swing_horizontal_mode':'on'", 0, "horizontal; on" },
    { ALL, "turn_on", "", 0, "mode; heat" },
    { ALL, "turn_off", "", 0, "mode; off" },
    { ALL, "toggle", "", 0, "mode; off" },
    { ALL, "set_hvac_mode", "'hvac_mode':'cool'", REFUSED, "not_valid_hvac_mode" },
    { ALL, "set_temperature", "'temperature':20,'hvac_mode':'cool'", REFUSED,
      "not_valid_hvac_mode" },
    { ALL, "set_temperature", "'temperature':6.9", REFUSED, "temp_out_of_range" },
    { ALL, "set_temperature", "'temperature':35.1", REFUSED, "temp_out_of_range" },
    { ALL, "set_temperature", "'target_temp_low':1,'target_temp_high':24", REFUSED,
      "temp_out_of_range" },
    { ALL, "set_temperature", "'target_temp_low':25,'target_temp_high':24", REFUSED,
      "low_temp_higher_than_high_temp" },
    { 2, "set_temperature", "'temperature':20", REFUSED,
      "missing_target_temperature_entity_feature" },
    { 1, "set_temperature", "'target_temp_low':20,'target_temp_high':24", REFUSED,
      "missing_target_temperature_range_entity_feature" },
    { ALL, "set_fan_mode", "'fan_mode':'x'", REFUSED, "not_valid_fan_mode" },
    { ALL, "set_preset_mode", "'preset_mode':'x'", REFUSED, "not_valid_preset_mode" },
    { ALL, "set_swing_mode", "'swing_mode':'x'", REFUSED, "not_valid_swing_mode" },
    { ALL, "set_swing_horizontal_mode", "'swing_horizontal_mode':'x'", REFUSED,
      "not_valid_horizontal_swing_mode" },
    { ALL, "set_hvac_mode", "'hvac_mode':'warm'", HASS_E_INVALID, "" },
    { ALL, "set_hvac_mode", "", HASS_E_INVALID, "" },
    { ALL, "set_temperature", "", HASS_E_INVALID, "" },
    { ALL, "set_temperature", "'temperature':'hot'", HASS_E_INVALID, "" },
    { ALL, "set_temperature", "'target_temp_low':20", HASS_E_INVALID, "" },
    { ALL, "set_temperature", "'target_temp_high':20,'temperature':20", HASS_E_INVALID, "" },
    { ALL, "set_humidity", "'humidity':101", HASS_E_INVALID, "" },
    { ALL, "set_fan_mode", "'preset_mode':'eco'", HASS_E_INVALID, "" },
    { ALL & ~3, "set_temperature", "'temperature':20", HASS_E_UNSUPPORTED,
      "service_not_supported" },
    { ALL & ~4, "set_humidity", "'humidity':50", HASS_E_UNSUPPORTED, "service_not_supported" },
    { ALL & ~8, "set_fan_mode", "'fan_mode':'low'", HASS_E_UNSUPPORTED, "service_not_supported" },
    { ALL & ~16, "set_preset_mode", "'preset_mode':'eco'", HASS_E_UNSUPPORTED,
      "service_not_supported" },
    { ALL & ~32, "set_swing_mode", "'swing_mode':'on'", HASS_E_UNSUPPORTED,
      "service_not_supported" },
    { ALL & ~512, "set_swing_horizontal_mode", "'swing_horizontal_mode':'on'", HASS_E_UNSUPPORTED,
      "service_not_supported" },
};

START_TEST(it_is_told_what_it_can)
{
    hass__assert_loop();
    struct hass *hass = home((struct climate_state){ .hvac_mode = "auto" },
                             (struct climate_capabilities){ LISTS }, asked[_i].features);
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(fake_call(hass, asked[_i].service, asked[_i].data, &err), asked[_i].result);
    ck_assert_str_eq(asked[_i].result < 0 ? err.key : fake.told, asked[_i].told);
    ck_assert(asked[_i].result == 0 || !*fake.told);
}
END_TEST

static const char *const cooling[] = { "cool", "heat_cool", NULL };
static const char *const drying[] = { "dry", NULL };

static const struct {
    const char *const *modes;
    bool has_power;
    const char *mode, *service;
    int result;
    const char *told;
} powers[] = {
    { cooling, false, "cool", "turn_on", 0, "mode; heat_cool" },
    { drying, false, "dry", "turn_on", HASS_E_UNSUPPORTED, "" },
    { cooling, false, "cool", "turn_off", HASS_E_UNSUPPORTED, "" },
    { drying, true, "dry", "turn_on", 0, "on" },
    { drying, true, "dry", "turn_off", 0, "off" },
    { drying, true, "off", "toggle", 0, "on" },
    { drying, true, NULL, "toggle", 0, "off" },
};

START_TEST(power_is_its_own_or_a_mode)
{
    hass__assert_loop();
    struct hass *hass = home((struct climate_state){ .hvac_mode = powers[_i].mode },
                             (struct climate_capabilities){ .hvac_modes = powers[_i].modes,
                                                            .has_power = powers[_i].has_power },
                             0);

    ck_assert_int_eq(fake_call(hass, powers[_i].service, "", NULL), powers[_i].result);
    ck_assert_str_eq(fake.told, powers[_i].told);
}
END_TEST

START_TEST(demo_has_one)
{
    hass__assert_loop();
    struct hass *hass = test_home("demo:\n");

    ck_assert_str_eq(home_state(hass, "climate.living_room"), "heat");
    ck_assert_int_eq(
        home_call(hass, "climate", "set_temperature",
                  "{'entity_id':'climate.living_room','temperature':19,'hvac_mode':'off'}", NULL),
        0);
    ck_assert_str_eq(home_state(hass, "climate.living_room"), "off");
    autojson *temperature = home_attribute(hass, "climate.living_room", "temperature");
    ck_assert(json_number_value(temperature) == 19);
}
END_TEST

CASES_MAIN("climate", ROWS(it_shows_what_it_does, shows),
           ONCE(a_home_with_fahrenheit_sees_fahrenheit), ROWS(it_is_told_what_it_can, asked),
           ROWS(power_is_its_own_or_a_mode, powers), ONCE(demo_has_one))
