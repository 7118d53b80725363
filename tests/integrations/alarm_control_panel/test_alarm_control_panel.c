/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alarm systems: what they show, and what they are told.
 */
#include "alarm_control_panel/alarm_control_panel.h"
#include "support/cases.h"
#include "support/fake.h"

static struct alarm_state now;

static const struct alarm_state *state(struct hass_entity *entity)
{
    return &now;
}

static const char *const actions[] = { "disarm",   "home",   "away",   "night",
                                       "vacation", "bypass", "trigger" };

static HASS_COROUTINE int on_loop(struct hass_entity *entity, const struct alarm_command *command,
                                  struct hass_error *err)
{
    fake_tell("%s %s", actions[command->action], command->code ? command->code : "-");
    return 0;
}

/* The code belongs to the call, which lives until the pool has done with it. */
static HASS_BLOCKING int on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                 const struct alarm_command *command, void *values,
                                 struct hass_error *err)
{
    fake_tell("pool %s %s", actions[command->action], command->code);
    return 0;
}

static const struct alarm_ops ops = ALARM_OPS(.state = state, .async_command = on_loop);
static const struct alarm_ops pool_ops = ALARM_OPS(.state = state, .command = on_pool);

static HASS_CALLBACK struct hass *home(struct alarm_state start, uint32_t features)
{
    now = start;
    now.size = sizeof(now);
    fake.description.supported_features = features;
    return fake_home("alarm_control_panel", &ops);
}

static const struct {
    struct alarm_state state;
    const char *shown, *attributes;
} shows[] = {
    { { .code_arm_required = true },
      "unknown",
      "{'code_format':null,'changed_by':null,'code_arm_required':true,'supported_features':63}" },
    { { .state = "armed_away", .code_format = "number", .changed_by = "Ada" },
      "armed_away",
      "{'code_format':'number','changed_by':'Ada','code_arm_required':false,"
      "'supported_features':63}" },
};

START_TEST(it_shows_how_it_is)
{
    hass__assert_loop();
    struct hass *hass = home(shows[_i].state, 63);

    ck_assert_str_eq(fake_state(hass), shows[_i].shown);
    fake_check_attributes(hass, shows[_i].attributes);
}
END_TEST

#define REFUSED HASS_E_SERVICE_VALIDATION

static const struct {
    const char *format;
    bool required;
    uint32_t features;
    const char *service, *data;
    int result;
    const char *told;
} asked[] = {
    { NULL, true, 0, "alarm_disarm", "", 0, "disarm -" },
    { NULL, true, ALARM_ARM_HOME, "alarm_arm_home", "", 0, "home -" },
    { NULL, true, ALARM_ARM_AWAY, "alarm_arm_away", "'code':1234", 0, "away 1234" },
    { NULL, true, ALARM_ARM_NIGHT, "alarm_arm_night", "", 0, "night -" },
    { NULL, true, ALARM_ARM_VACATION, "alarm_arm_vacation", "", 0, "vacation -" },
    { NULL, true, ALARM_ARM_CUSTOM_BYPASS, "alarm_arm_custom_bypass", "", 0, "bypass -" },
    { NULL, true, ALARM_TRIGGER, "alarm_trigger", "", 0, "trigger -" },
    { "number", true, 63, "alarm_arm_home", "'code':'1'", 0, "home 1" },
    { "number", false, 63, "alarm_arm_home", "", 0, "home -" },
    { "number", true, 63, "alarm_disarm", "", 0, "disarm -" },
    { "number", true, 63, "alarm_trigger", "", 0, "trigger -" },
    { "number", true, 63, "alarm_arm_home", "", REFUSED, "" },
    { "text", true, 63, "alarm_arm_vacation", "'code':''", REFUSED, "" },
    { NULL, false, 63 & ~ALARM_ARM_HOME, "alarm_arm_home", "", HASS_E_UNSUPPORTED, "" },
    { NULL, false, 63 & ~ALARM_ARM_AWAY, "alarm_arm_away", "", HASS_E_UNSUPPORTED, "" },
    { NULL, false, 63 & ~ALARM_ARM_NIGHT, "alarm_arm_night", "", HASS_E_UNSUPPORTED, "" },
    { NULL, false, 63 & ~ALARM_ARM_VACATION, "alarm_arm_vacation", "", HASS_E_UNSUPPORTED, "" },
    { NULL, false, 63 & ~ALARM_ARM_CUSTOM_BYPASS, "alarm_arm_custom_bypass", "", HASS_E_UNSUPPORTED,
      "" },
    { NULL, false, 63 & ~ALARM_TRIGGER, "alarm_trigger", "", HASS_E_UNSUPPORTED, "" },
    { NULL, false, 63, "alarm_disarm", "'code':{}", HASS_E_INVALID, "" },
    { NULL, false, 63, "alarm_disarm", "'pin':1", HASS_E_INVALID, "" },
};

START_TEST(it_is_told_what_it_can)
{
    hass__assert_loop();
    const struct alarm_state start = { .code_format = asked[_i].format,
                                       .code_arm_required = asked[_i].required };
    struct hass *hass = home(start, asked[_i].features);

    ck_assert_int_eq(fake_call(hass, asked[_i].service, asked[_i].data, NULL), asked[_i].result);
    ck_assert_str_eq(fake.told, asked[_i].told);
}
END_TEST

START_TEST(a_missing_code_has_the_model_s_key)
{
    hass__assert_loop();
    struct hass *hass =
        home((struct alarm_state){ .code_format = "number", .code_arm_required = true }, 63);
    struct hass_error err = HASS_ERROR_INIT;

    fake_call(hass, "alarm_arm_away", "", &err);
    ck_assert_str_eq(err.key, "code_arm_required");
}
END_TEST

START_TEST(the_pool_can_do_it_too)
{
    hass__assert_loop();
    now.size = sizeof(now);
    struct hass *hass = fake_home("alarm_control_panel", &pool_ops);

    ck_assert_int_eq(fake_call(hass, "alarm_disarm", "'code':'0000'", NULL), 0);
    ck_assert_str_eq(fake.told, "pool disarm 0000");
}
END_TEST

/* Calls of a system that wants codes, "1234" being its user's for calls without, and what it is told. */
static const char *const by_default[][3] = {
    { "alarm_disarm", "", "disarm 1234" },
    { "alarm_arm_home", "", "home 1234" },
    { "alarm_arm_away", "'code':''", "away 1234" },
    { "alarm_arm_night", "'code':'5678'", "night 5678" },
    { "alarm_trigger", "", "trigger -" },
};

START_TEST(its_user_may_have_set_a_code)
{
    hass__assert_loop();
    fake.description.unique_id = "alarm";
    struct hass *hass =
        home((struct alarm_state){ .code_format = "number", .code_arm_required = true }, 63);
    json_t *changes = test_json("{'options':{'alarm_control_panel':{'default_code':'1234'}}}");

    ck_assert_int_eq(
        hass_entity_registry_async_update(hass, "alarm_control_panel.fake", changes, NULL, NULL),
        0);
    test_settle(hass);
    ck_assert_int_eq(fake_call(hass, by_default[_i][0], by_default[_i][1], NULL), 0);
    ck_assert_str_eq(fake.told, by_default[_i][2]);
}
END_TEST

/* A code of so many characters of four bytes. */
static HASS_CALLBACK int disarm_with(struct hass *hass, int characters)
{
    autobuf data = HASS_BUF_INIT;

    hass_buf_add_string(&data, "'code':'");
    for (int i = 0; i < characters; i++)
        hass_buf_add_string(&data, "\xf0\x9f\x94\x92");
    hass_buf_add_char(&data, '\'');
    return fake_call(hass, "alarm_disarm", hass_buf_string(&data), NULL);
}

START_TEST(a_code_has_255_characters_at_most)
{
    hass__assert_loop();
    struct hass *hass = home((struct alarm_state){ .code_format = "text" }, 63);

    ck_assert_int_eq(disarm_with(hass, 255), 0);
    ck_assert_int_eq(disarm_with(hass, 256), HASS_E_INVALID);
}
END_TEST

START_TEST(the_alarm_of_demo_knows_its_code)
{
    hass__assert_loop();
    struct hass *hass = test_home("demo:\n");

    ck_assert_int_eq(home_call(hass, "alarm_control_panel", "alarm_arm_home",
                               "{'entity_id':'alarm_control_panel.house','code':'1234'}", NULL),
                     0);
    ck_assert_str_eq(home_state(hass, "alarm_control_panel.house"), "armed_home");
    ck_assert_int_lt(home_call(hass, "alarm_control_panel", "alarm_disarm",
                               "{'entity_id':'alarm_control_panel.house','code':'1'}", NULL),
                     0);
    ck_assert_str_eq(home_state(hass, "alarm_control_panel.house"), "armed_home");
}
END_TEST

CASES_MAIN("alarm_control_panel", ROWS(it_shows_how_it_is, shows),
           ROWS(its_user_may_have_set_a_code, by_default), ONCE(a_code_has_255_characters_at_most),
           ROWS(it_is_told_what_it_can, asked), ONCE(a_missing_code_has_the_model_s_key),
           ONCE(the_pool_can_do_it_too), ONCE(the_alarm_of_demo_knows_its_code))
