/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locks: what they show, what they are told, and the formats of codes.
 */
#include "lock/lock.h"
#include "support/cases.h"
#include "support/fake.h"

static struct lock_state now;

static const struct lock_state *state(struct hass_entity *entity)
{
    return &now;
}

static HASS_COROUTINE int on_loop(struct hass_entity *entity, const struct lock_command *command,
                                  struct hass_error *err)
{
    static const char *const actions[] = { "lock", "unlock", "open" };

    fake_tell("%s %s", actions[command->action], *command->code ? command->code : "-");
    return 0;
}

static const struct lock_ops ops = LOCK_OPS(.state = state, .async_command = on_loop);

static HASS_CALLBACK struct hass *home(struct lock_state start, uint32_t features)
{
    now = start;
    now.size = sizeof(now);
    fake.description.supported_features = features;
    return fake_home("lock", &ops);
}

#define TRUTH(b)                                                                                   \
    {                                                                                              \
        .type = HASS_VALUE_BOOL, .boolean = (b)                                                    \
    }

static const struct {
    struct lock_state state;
    const char *shown, *attributes;
} shows[] = {
    { { .is_locked = { 0 } }, "unknown", "{'supported_features':0}" },
    { { .is_locked = TRUTH(true) }, "locked", "{'supported_features':0}" },
    { { .is_locked = TRUTH(false) }, "unlocked", "{'supported_features':0}" },
    { { .is_locked = TRUTH(false), .is_locking = true }, "locking", "{'supported_features':0}" },
    { { .is_locked = TRUTH(true), .is_unlocking = true }, "unlocking", "{'supported_features':0}" },
    { { .is_locked = TRUTH(true), .is_locking = true, .is_jammed = true },
      "jammed",
      "{'supported_features':0}" },
    { { .is_locked = TRUTH(false), .is_opening = true }, "opening", "{'supported_features':0}" },
    { { .is_locked = TRUTH(false), .is_open = true }, "open", "{'supported_features':0}" },
    { { .changed_by = "Ada", .code_format = "^\\d{4}$" },
      "unknown",
      "{'changed_by':'Ada','code_format':'^\\\\d{4}$','supported_features':0}" },
};

START_TEST(it_shows_how_it_is)
{
    hass__assert_loop();
    struct hass *hass = home(shows[_i].state, 0);

    ck_assert_str_eq(fake_state(hass), shows[_i].shown);
    fake_check_attributes(hass, shows[_i].attributes);
}
END_TEST

#define REFUSED HASS_E_SERVICE_VALIDATION

static const struct {
    const char *format;
    uint32_t features;
    const char *service, *data;
    int result;
    const char *told;
} asked[] = {
    { NULL, 0, "lock", "", 0, "lock -" },
    { NULL, 0, "unlock", "'code':'12'", 0, "unlock 12" },
    { NULL, LOCK_OPEN, "open", "", 0, "open -" },
    { NULL, 0, "open", "", HASS_E_UNSUPPORTED, "" },
    { NULL, 0, "lock", "'pin':'12'", HASS_E_INVALID, "" },
    { NULL, 0, "lock", "'code':['12']", HASS_E_INVALID, "" },
    { "^\\d{4}$", 0, "unlock", "'code':1234", 0, "unlock 1234" },
    { "^\\d{4}$", 0, "unlock", "'code':'123'", REFUSED, "" },
    { "^\\d{4}$", 0, "lock", "'code':'12345'", REFUSED, "" },
    { "^\\d{4}$", LOCK_OPEN, "open", "", REFUSED, "" },
    { "^\\d*$", 0, "lock", "", 0, "lock -" },
};

START_TEST(it_is_told_what_it_can)
{
    hass__assert_loop();
    struct hass *hass =
        home((struct lock_state){ .code_format = asked[_i].format }, asked[_i].features);

    ck_assert_int_eq(fake_call(hass, asked[_i].service, asked[_i].data, NULL), asked[_i].result);
    ck_assert_str_eq(fake.told, asked[_i].told);
}
END_TEST

START_TEST(a_wrong_code_has_the_model_s_key_and_is_not_shown)
{
    hass__assert_loop();
    struct hass *hass = home((struct lock_state){ .code_format = "^\\d{4}$" }, 0);
    struct hass_error err = HASS_ERROR_INIT;

    fake_call(hass, "lock", "'code':'secret'", &err);
    ck_assert_str_eq(err.key, "add_default_code");
    ck_assert_str_eq(err.message, "the code for lock.fake does not match pattern ^\\d{4}$");
}
END_TEST

static const struct {
    const char *format, *code;
    bool good;
} formats[] = {
    { "", "anything", true },
    { "^", "", true },
    { "$", "", true },
    { "$", "1", false },
    { "12", "123", true }, /* from the beginning, not to the end */
    { "12", "312", false },
    { "\\d{4}", "12345", true },
    { "\\d{4,}$", "12345", true },
    { "\\d{4,}$", "123", false },
    { "\\d{2,4}$", "12345", false },
    { "[a-f0-9]+$", "beef09", true },
    { "[a-f0-9]+$", "beeg", false },
    { "[^a-f]+$", "xyz", true },
    { "[^a-f]+$", "xyza", false },
    { "[]x]+$", "]x]", true },
    { "[\\d-]+$", "12-34", true },
    { "\\w+\\s\\W$", "a_1 !", true },
    { "\\D\\S$", "a1", true },
    { "\\D\\S$", "1a", false },
    { "a?b*c$", "c", true },
    { "a?b*c$", "abbbc", true },
    { "a?b*c$", "aabc", false },
    { "a\\.b$", "a.b", true },
    { "a\\.b$", "axb", false },
    { ".{3}$", "äb", true }, /* bytes */
    { "a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b$",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
    { "a{99999999999}$", "aaa", false },
    /* what is not understood is the lock's to check */
    { "(12)+", "x", true },
    { "1|2", "x", true },
    { "[12", "x", true },
    { "1{", "1", true },
    { "1{x}", "1", true },
    { "\\", "x", true },
    { "\\b1", "x", true },
    { "1**", "1", true },
    { "1$2", "1", true },
};

START_TEST(codes_have_a_format)
{
    hass__assert_loop();
    autobuf data = HASS_BUF_INIT;
    struct hass *hass = home((struct lock_state){ .code_format = formats[_i].format }, 0);

    hass_buf_printf(&data, "'code':'%s'", formats[_i].code);
    ck_assert_int_eq(fake_call(hass, "lock", hass_buf_string(&data), NULL),
                     formats[_i].good ? 0 : REFUSED);
}
END_TEST

START_TEST(a_code_is_64_bytes_at_most)
{
    hass__assert_loop();
    autobuf data = HASS_BUF_INIT;
    struct hass *hass = home((struct lock_state){ .code_format = "1*$" }, 0);

    hass_buf_printf(&data, "'code':'%064d'", 0);
    memset(strstr(hass_buf_string(&data), "00"), '1', 64);
    ck_assert_int_eq(fake_call(hass, "lock", hass_buf_string(&data), NULL), 0);
    hass_buf_fini(&data);
    data = (struct hass_buf)HASS_BUF_INIT;
    hass_buf_printf(&data, "'code':'%065d'", 0);
    ck_assert_int_eq(fake_call(hass, "lock", hass_buf_string(&data), NULL), HASS_E_INVALID);
    hass_buf_fini(&data);
    data = (struct hass_buf)HASS_BUF_INIT;
    hass_buf_printf(&data, "'code':'%063d\xc3\xa9'", 0); /* 64 characters */
    ck_assert_int_eq(fake_call(hass, "lock", hass_buf_string(&data), NULL), REFUSED);
}
END_TEST

START_TEST(its_user_may_have_set_a_code)
{
    hass__assert_loop();
    fake.description.unique_id = "lock";
    struct hass *hass = home((struct lock_state){ .code_format = "^\\d{4}$" }, 0);
    json_t *changes = test_json("{'options':{'lock':{'default_code':'1234'}}}");

    ck_assert_int_eq(hass_entity_registry_async_update(hass, "lock.fake", changes, NULL, NULL), 0);
    test_settle(hass);
    ck_assert_int_eq(fake_call(hass, "lock", "", NULL), 0);
    ck_assert_int_eq(fake_call(hass, "unlock", "'code':'5678'", NULL), 0);
    ck_assert_str_eq(fake.told, "lock 1234; unlock 5678");
}
END_TEST

START_TEST(the_lock_of_demo_turns)
{
    hass__assert_loop();
    struct hass *hass = test_home("demo:\n");

    ck_assert_str_eq(home_state(hass, "lock.front_door"), "locked");
    ck_assert_int_eq(home_call(hass, "lock", "unlock", "{'entity_id':'lock.front_door'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "lock.front_door"), "unlocked");
}
END_TEST

CASES_MAIN("lock", ROWS(it_shows_how_it_is, shows), ROWS(it_is_told_what_it_can, asked),
           ONCE(a_wrong_code_has_the_model_s_key_and_is_not_shown),
           ROWS(codes_have_a_format, formats), ONCE(a_code_is_64_bytes_at_most),
           ONCE(its_user_may_have_set_a_code), ONCE(the_lock_of_demo_turns))
