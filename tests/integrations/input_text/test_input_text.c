/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that exist in software only. */
#include <string.h>

#include "support/items.h"

#define YAML                                                                                       \
    "input_text:\n"                                                                                \
    "  t:\n    initial: abc\n    min: 2\n    max: 5\n    pattern: '[a-z]*'\n"                      \
    "  plain:\n    name: Plain\n    mode: password\n"

START_TEST(items_have_a_text_or_none)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    ck_assert_str_eq(home_state(hass, "input_text.t"), "abc");
    items_check_attributes(hass, "input_text.t",
                           "{'editable':false,'min':2,'max':5,'pattern':'[a-z]*','mode':'text'}");
    ck_assert_str_eq(home_state(hass, "input_text.plain"), "unknown");
    items_check_attributes(hass, "input_text.plain",
                           "{'editable':false,'min':0,'max':100,'pattern':null,"
                           "'mode':'password','friendly_name':'Plain'}");
}
END_TEST

#define T "'entity_id':'input_text.t'"

static const struct item_call calls[] = {
    { "set_value", "{" T ",'value':'ok'}", "ok", 0 },
    { "set_value", "{" T ",'value':'A1'}", "A1", 0 },
    { "set_value", "{" T ",'value':'ÄÖÜßé'}", "ÄÖÜßé", 0 },
    { "set_value", "{" T ",'value':'toolong'}", "abc", 0 },
    { "set_value", "{" T ",'value':'x'}", "abc", 0 },
    { "set_value", "{" T ",'value':123}", "123", 0 },
    { "set_value", "{" T ",'value':{}}", "abc", HASS_E_INVALID },
    { "set_value", "{" T "}", "abc", HASS_E_INVALID },
};

START_TEST(a_text_of_the_right_length_is_set)
{
    hass__assert_loop();
    test_logs();
    items_check_call(YAML, "input_text.t", &calls[_i]);
}
END_TEST

static const struct {
    const char *fields, *said;
} refused[] = {
    { "{'name':'x','min':5,'max':4}", "max 4 is less than min 5" },
    { "{'name':'x','max':256}", "max" },
    { "{'name':'x','max':2,'initial':'abc'}", "initial has 3 characters, not 0 to 2" },
    { "{'name':'x','mode':'secret'}", "mode" },
};

START_TEST(a_wrong_item_is_refused)
{
    hass__assert_loop();
    items_check_refused("input_text", refused[_i].fields, refused[_i].said);
}
END_TEST

START_TEST(a_text_may_be_as_long_as_a_state)
{
    hass__assert_loop();
    test_logs();
    struct hass *hass = test_home("input_text:\n  t:\n    max: 255\n");
    autobuf data = HASS_BUF_INIT;

    hass_buf_printf(&data, "{" T ",'value':'%0255d'}", 0);
    ck_assert_int_eq(home_call(hass, "input_text", "set_value", data.data, NULL), 0);
    ck_assert_uint_eq(strlen(home_state(hass, "input_text.t")), 255);
    hass_buf_clear(&data);
    hass_buf_printf(&data, "{" T ",'value':'%0256d'}", 1);
    ck_assert_int_eq(home_call(hass, "input_text", "set_value", data.data, NULL), 0);
    ck_assert_uint_eq(strlen(home_state(hass, "input_text.t")), 255);
}
END_TEST

START_TEST(a_wrong_section_is_reported)
{
    hass__assert_loop();
    items_check_section("input_text", "  bad:\n    min: 9\n    max: 8\n",
                        "max 8 is less than min 9");
}
END_TEST

START_TEST(an_item_made_at_run_time_is_there_after_a_restart)
{
    hass__assert_loop();
    struct hass *hass = items_check_restart(
        "input_text", "{'name':'Far','initial':'hm'}",
        "[{'id':'far','name':'Far','initial':'hm','min':0,'max':100,'mode':'text'}]");

    ck_assert_str_eq(home_state(hass, "input_text.far"), "hm");
}
END_TEST

static const struct item_call before[] = {
    { "set_value", "{'entity_id':'input_text.plain','value':'hello'}", "hello", 0 },
    { "set_value", "{'entity_id':'input_text.t','value':'hello'}", "unknown", 0 },
};

START_TEST(over_a_restart_it_is_as_it_was_unless_it_is_told_otherwise)
{
    hass__assert_loop();
    items_check_restored(YAML, "input_text.plain", &before[_i]);
}
END_TEST

CASES_MAIN("input_text", ONCE(items_have_a_text_or_none),
           ROWS(a_text_of_the_right_length_is_set, calls), ROWS(a_wrong_item_is_refused, refused),
           ONCE(a_text_may_be_as_long_as_a_state), ONCE(a_wrong_section_is_reported),
           ONCE(an_item_made_at_run_time_is_there_after_a_restart),
           ROWS(over_a_restart_it_is_as_it_was_unless_it_is_told_otherwise, before))
