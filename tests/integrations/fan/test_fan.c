/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fans: what they show, what they are told, and steps of speed.
 */
#include "fan/fan.h"
#include "support/cases.h"
#include "support/fake.h"

static struct fan_state now;
static struct fan_capabilities can = { .size = sizeof(can) };

static const struct fan_state *state(struct hass_entity *entity)
{
    return &now;
}

static const struct fan_capabilities *capabilities(struct hass_entity *entity)
{
    return &can;
}

static HASS_COROUTINE int on_loop(struct hass_entity *entity, const struct fan_command *command,
                                  struct hass_error *err)
{
    static const char *const actions[] = { "on",     "off",       "percentage",
                                           "preset", "oscillate", "direction" };

    fake_tell("%s", actions[command->action]);
    if (command->percentage.type == HASS_VALUE_INT)
        fake_tell("%d", (int)command->percentage.integer);
    if (command->preset_mode)
        fake_tell("%s", command->preset_mode);
    if (command->action == FAN_ACTION_OSCILLATE)
        fake_tell("%s", command->oscillating ? "yes" : "no");
    if (command->action == FAN_ACTION_SET_DIRECTION)
        fake_tell("%s", command->direction);
    return 0;
}

static const struct fan_ops ops =
    FAN_OPS(.state = state, .capabilities = capabilities, .async_command = on_loop);

static const char *const presets[] = { "auto", "sleep", NULL };

#define WHOLE(i)                                                                                   \
    {                                                                                              \
        .type = HASS_VALUE_INT, .integer = (i)                                                     \
    }
#define TRUTH(b)                                                                                   \
    {                                                                                              \
        .type = HASS_VALUE_BOOL, .boolean = (b)                                                    \
    }
#define ALL 15

static HASS_CALLBACK struct hass *home(struct fan_state start, uint32_t features,
                                       unsigned speed_count)
{
    now = start;
    now.size = sizeof(now);
    can.speed_count = speed_count;
    can.preset_modes = features & FAN_PRESET_MODE ? presets : NULL;
    fake.description.supported_features = features;
    return fake_home("fan", &ops);
}

static const struct {
    struct fan_state state;
    uint32_t features;
    unsigned speed_count;
    const char *shown, *attributes;
} shows[] = {
    { { .is_on = TRUTH(true), .oscillating = TRUTH(false) },
      ALL,
      0,
      "on",
      "{'direction':null,'oscillating':false,'percentage':null,'percentage_step':1.0,"
      "'preset_mode':null,'preset_modes':['auto','sleep'],'supported_features':15}" },
    { { .is_on = TRUTH(false),
        .percentage = WHOLE(50),
        .preset_mode = "auto",
        .oscillating = TRUTH(true),
        .direction = "reverse" },
      ALL,
      0,
      "off",
      "{'direction':'reverse','oscillating':true,'percentage':50,'percentage_step':1.0,"
      "'preset_mode':'auto','preset_modes':['auto','sleep'],'supported_features':15}" },
    { { .percentage = WHOLE(33) },
      FAN_SET_SPEED,
      3,
      "unknown",
      "{'percentage':33,'percentage_step':33.333333333333336,'preset_mode':null,"
      "'preset_modes':[],'supported_features':1}" },
    { { .percentage = WHOLE(33) }, 0, 3, "unknown", "{'supported_features':0}" },
};

START_TEST(it_shows_how_it_runs)
{
    hass__assert_loop();
    struct hass *hass = home(shows[_i].state, shows[_i].features, shows[_i].speed_count);

    ck_assert_str_eq(fake_state(hass), shows[_i].shown);
    fake_check_attributes(hass, shows[_i].attributes);
}
END_TEST

#define REFUSED HASS_E_SERVICE_VALIDATION

static const struct {
    uint32_t features;
    const char *service, *data;
    int result;
    const char *told;
} asked[] = {
    { ALL, "turn_on", "", 0, "on" },
    { ALL, "turn_on", "'percentage':30,'preset_mode':'sleep'", 0, "on; 30; sleep" },
    { ALL, "turn_off", "", 0, "off" },
    { ALL, "set_percentage", "'percentage':0", 0, "percentage; 0" },
    { ALL, "set_preset_mode", "'preset_mode':'auto'", 0, "preset; auto" },
    { ALL, "oscillate", "'oscillating':true", 0, "oscillate; yes" },
    { ALL, "oscillate", "'oscillating':'off'", 0, "oscillate; no" },
    { ALL, "set_direction", "'direction':'reverse'", 0, "direction; reverse" },
    { ALL, "turn_on", "'preset_mode':'nope'", REFUSED, "" },
    { ALL, "set_preset_mode", "'preset_mode':'nope'", REFUSED, "" },
    { FAN_SET_SPEED, "set_preset_mode", "'preset_mode':'auto'", REFUSED, "" },
    { ALL, "turn_on", "'percentage':101", HASS_E_INVALID, "" },
    { ALL, "turn_off", "'percentage':1", HASS_E_INVALID, "" },
    { ALL, "set_percentage", "", HASS_E_INVALID, "" },
    { ALL, "oscillate", "'oscillating':'perhaps'", HASS_E_INVALID, "" },
    { ALL, "set_direction", "'direction':'sideways'", HASS_E_INVALID, "" },
    { ALL, "increase_speed", "'percentage_step':101", HASS_E_INVALID, "" },
    { ALL & ~FAN_SET_SPEED, "set_percentage", "'percentage':1", HASS_E_UNSUPPORTED, "" },
    { ALL & ~FAN_SET_SPEED, "increase_speed", "", HASS_E_UNSUPPORTED, "" },
    { ALL & ~FAN_SET_SPEED, "decrease_speed", "", HASS_E_UNSUPPORTED, "" },
    { FAN_DIRECTION, "set_preset_mode", "'preset_mode':'auto'", HASS_E_UNSUPPORTED, "" },
    { ALL & ~FAN_OSCILLATE, "oscillate", "'oscillating':true", HASS_E_UNSUPPORTED, "" },
    { ALL & ~FAN_DIRECTION, "set_direction", "'direction':'forward'", HASS_E_UNSUPPORTED, "" },
};

START_TEST(it_is_told_what_it_can)
{
    hass__assert_loop();
    struct hass *hass = home((struct fan_state){ 0 }, asked[_i].features, 0);

    ck_assert_int_eq(fake_call(hass, asked[_i].service, asked[_i].data, NULL), asked[_i].result);
    ck_assert_str_eq(fake.told, asked[_i].told);
}
END_TEST

START_TEST(a_preset_that_it_lacks_has_the_model_s_key)
{
    hass__assert_loop();
    struct hass *hass = home((struct fan_state){ 0 }, ALL, 0);
    struct hass_error err = HASS_ERROR_INIT;

    fake_call(hass, "set_preset_mode", "'preset_mode':'nope'", &err);
    ck_assert_str_eq(err.key, "not_valid_preset_mode");
    ck_assert_str_eq(err.message, "preset_mode 'nope' is not one of auto, sleep");
}
END_TEST

static const struct {
    struct hass_value percentage;
    unsigned speed_count;
    const char *service, *data, *told;
} steps[] = {
    { WHOLE(0), 3, "increase_speed", "", "percentage; 33" },
    { WHOLE(33), 3, "increase_speed", "", "percentage; 66" },
    { WHOLE(100), 3, "increase_speed", "", "percentage; 100" },
    { WHOLE(66), 3, "decrease_speed", "", "percentage; 33" },
    { WHOLE(33), 3, "decrease_speed", "", "percentage; 0" },
    { WHOLE(0), 3, "decrease_speed", "", "percentage; 0" },
    { { .type = HASS_VALUE_NONE }, 3, "increase_speed", "", "percentage; 33" },
    { WHOLE(50), 0, "increase_speed", "", "percentage; 51" },
    { WHOLE(50), 3, "increase_speed", "'percentage_step':20", "percentage; 70" },
    { WHOLE(50), 3, "decrease_speed", "'percentage_step':60", "percentage; 0" },
};

START_TEST(speed_goes_up_and_down)
{
    hass__assert_loop();
    struct hass *hass =
        home((struct fan_state){ .percentage = steps[_i].percentage }, ALL, steps[_i].speed_count);

    ck_assert_int_eq(fake_call(hass, steps[_i].service, steps[_i].data, NULL), 0);
    ck_assert_str_eq(fake.told, steps[_i].told);
}
END_TEST

static const struct {
    struct hass_value is_on;
    const char *told;
} toggles[] = {
    { TRUTH(true), "off" },
    { TRUTH(false), "on" },
    { { .type = HASS_VALUE_NONE }, "on" },
};

START_TEST(it_is_toggled)
{
    hass__assert_loop();
    struct hass *hass = home((struct fan_state){ .is_on = toggles[_i].is_on }, ALL, 0);

    ck_assert_int_eq(fake_call(hass, "toggle", "", NULL), 0);
    ck_assert_str_eq(fake.told, toggles[_i].told);
}
END_TEST

START_TEST(demo_has_one)
{
    hass__assert_loop();
    struct hass *hass = test_home("demo:\n");

    ck_assert_int_eq(home_call(hass, "fan", "set_percentage",
                               "{'entity_id':'fan.bedroom_ceiling','percentage':66}", NULL),
                     0);
    ck_assert_str_eq(home_state(hass, "fan.bedroom_ceiling"), "on");
    ck_assert_int_eq(
        home_call(hass, "fan", "turn_off", "{'entity_id':'fan.bedroom_ceiling'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "fan.bedroom_ceiling"), "off");
}
END_TEST

CASES_MAIN("fan", ROWS(it_shows_how_it_runs, shows), ROWS(it_is_told_what_it_can, asked),
           ONCE(a_preset_that_it_lacks_has_the_model_s_key), ROWS(speed_goes_up_and_down, steps),
           ROWS(it_is_toggled, toggles), ONCE(demo_has_one))
