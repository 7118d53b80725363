/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts and their limits, whoever writes them.
 */
#include <errno.h>
#include <string.h>

#include "support/cases.h"
#include "support/home.h"
#include "text/text.h"

struct values {
    bool known;
    char text[600];
};

static HASS_CALLBACK const char *native_value(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return values->known ? values->text : NULL;
}

static void set(struct values *values, const char *text)
{
    values->known = true;
    snprintf(values->text, sizeof(values->text), "%s", text);
}

static HASS_COROUTINE int set_loop(struct hass_entity *entity, const char *value,
                                   struct hass_error *err)
{
    set(hass_entity_async_values(entity), value);
    return 0;
}

static HASS_BLOCKING int set_pool(struct hass_worker *worker, struct hass_entity *entity,
                                  const char *value, void *values, struct hass_error *err)
{
    set(values, value);
    return hass_on_loop(hass_entity_hass(entity)) ? -EDEADLK : 0;
}

static const struct text_limits *code_limits(struct hass_entity *entity)
{
    static const struct text_limits limits =
        TEXT_LIMITS(.min = 2, .max = 6, .pattern = "[a-z]+\\d*$", .password = true);

    return &limits;
}

static const struct text_limits *odd_limits(struct hass_entity *entity)
{
    static const struct text_limits limits = TEXT_LIMITS(.max = 1000, .pattern = "[");

    return &limits;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct text_ops kinds[] = {
    TEXT_OPS(.native_value = native_value, .async_set_value = set_loop),
    TEXT_OPS(.native_value = native_value, .set_value = set_pool, .limits = code_limits),
    TEXT_OPS(.native_value = native_value),
    TEXT_OPS(.native_value = native_value, .async_set_value = set_loop, .limits = odd_limits),
};
static const struct hass_entity_description descriptions[] = {
    HASS_ENTITY_DESCRIPTION(.name = "Note"),
    HASS_ENTITY_DESCRIPTION(.name = "Code"),
    HASS_ENTITY_DESCRIPTION(.name = "Plate"),
    HASS_ENTITY_DESCRIPTION(.name = "Odd"),
};

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entities[4];

    for (size_t i = 0; i < 4; i++)
        entities[i] = hass_entity_new(hass, &ops, &descriptions[i], &kinds[i], NULL, NULL);
    return hass_component_async_add_entities(hass_component_async_get(hass, "text"), entities, 4,
                                             err);
}

static HASS_CALLBACK struct hass *home(void)
{
    struct hass *hass = test_home("text:\n");

    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    return hass;
}

static HASS_CALLBACK int set_value(struct hass *hass, const char *entity_id, const char *value,
                                   struct hass_error *err)
{
    struct hass_buf data = HASS_BUF_INIT;

    hass_buf_printf(&data, "{'entity_id':'%s','value':'%s'}", entity_id, value);
    int r = home_call(hass, "text", "set_value", hass_buf_string(&data), err);
    hass_buf_fini(&data);
    return r;
}

/* The device itself has another text now. */
static HASS_CALLBACK void receive(struct hass *hass, const char *entity_id, const char *text)
{
    struct hass_entity *entity = hass_async_get_entity(hass, entity_id);

    set(hass_entity_async_values(entity), text);
    ck_assert_int_eq(hass_entity_async_write_ha_state(entity, NULL), 0);
}

START_TEST(limits_are_attributes)
{
    hass__assert_loop();
    struct hass *hass = home();
    autojson *note = hass_state_attributes(hass_states_async_get(hass, "text.note"));
    autojson *code = hass_state_attributes(hass_states_async_get(hass, "text.code"));

    ck_assert_str_eq(home_state(hass, "text.note"), "unknown");
    ck_assert_json(note, "{'mode':'text','min':0,'max':255,'pattern':null,"
                         "'friendly_name':'Note'}");
    ck_assert_json(code, "{'mode':'password','min':2,'max':6,'pattern':'[a-z]+\\\\d*$',"
                         "'friendly_name':'Code'}");
}
END_TEST

static const struct {
    const char *entity_id, *value;
} good[] = {
    { "text.note", "hello" },  { "text.note", "" },        { "text.code", "ab" },
    { "text.code", "abc123" }, { "text.odd", "anything" },
};

START_TEST(a_good_text_is_set)
{
    hass__assert_loop();
    struct hass *hass = home();

    ck_assert_int_eq(set_value(hass, good[_i].entity_id, good[_i].value, NULL), 0);
    ck_assert_str_eq(home_state(hass, good[_i].entity_id), good[_i].value);
}
END_TEST

static const struct {
    const char *entity_id, *value, *problem;
} bad[] = {
    { "text.code", "x", "Value x for text.code is too short (minimum length 2)" },
    { "text.code", "abcdefg", "Value abcdefg for text.code is too long (maximum length 6)" },
    { "text.code", "äöüäöüä", "Value äöüäöüä for text.code is too long (maximum length 6)" },
    { "text.code", "12", "Value 12 for text.code doesn't match pattern [a-z]+\\d*$" },
    { "text.code", "1ab", "Value 1ab for text.code doesn't match pattern [a-z]+\\d*$" },
};

START_TEST(a_bad_text_is_refused)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(set_value(hass, "text.code", "abc", NULL), 0);
    ck_assert_int_eq(set_value(hass, bad[_i].entity_id, bad[_i].value, &err),
                     HASS_E_SERVICE_VALIDATION);
    ck_assert_str_eq(err.message, bad[_i].problem);
    ck_assert_str_eq(home_state(hass, "text.code"), "abc");
}
END_TEST

START_TEST(a_bad_text_of_the_device_is_logged_and_not_shown)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct logs *logs = test_logs();

    receive(hass, "text.code", bad[_i].value);
    ck_assert_str_eq(home_state(hass, "text.code"), "unknown");
    receive(hass, "text.code", "abc");
    receive(hass, "text.code", bad[_i].value);
    ck_assert_str_eq(home_state(hass, "text.code"), "abc");
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_ERROR), 2);
    ck_assert_ptr_nonnull(logs_find(logs, strstr(bad[_i].problem, " is ")
                                              ? strstr(bad[_i].problem, " is ")
                                              : "doesn't match pattern"));
}
END_TEST

START_TEST(no_text_is_longer_than_a_state)
{
    hass__assert_loop();
    struct hass *hass = home();
    char text[257];

    memset(text, 'a', 256);
    text[256] = 0;
    ck_assert_int_eq(set_value(hass, "text.odd", text, NULL), HASS_E_SERVICE_VALIDATION);
    text[255] = 0;
    ck_assert_int_eq(set_value(hass, "text.odd", text, NULL), 0);
    ck_assert_str_eq(home_state(hass, "text.odd"), text);
}
END_TEST

START_TEST(one_that_cannot_be_set_says_so)
{
    hass__assert_loop();
    struct hass *hass = home();

    ck_assert_int_eq(set_value(hass, "text.plate", "x", NULL), HASS_E_UNSUPPORTED);
    ck_assert_int_eq(home_call(hass, "text", "set_value", "{'entity_id':'text.note'}", NULL),
                     HASS_E_INVALID);
}
END_TEST

CASES_MAIN("text", ONCE(limits_are_attributes), ROWS(a_good_text_is_set, good),
           ROWS(a_bad_text_is_refused, bad),
           ROWS(a_bad_text_of_the_device_is_logged_and_not_shown, bad),
           ONCE(no_text_is_longer_than_a_state), ONCE(one_that_cannot_be_set_says_so))
