/* SPDX-License-Identifier: Apache-2.0 */
/* One of a few words. */
#include <string.h>

#include "support/items.h"

#define YAML                                                                                       \
    "input_select:\n"                                                                              \
    "  s:\n    options: [a, b, c]\n    initial: b\n"                                               \
    "  plain:\n    name: Plain\n    options: [x, 7]\n"

START_TEST(items_begin_with_an_option)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    ck_assert_str_eq(home_state(hass, "input_select.s"), "b");
    items_check_attributes(hass, "input_select.s", "{'options':['a','b','c'],'editable':false}");
    ck_assert_str_eq(home_state(hass, "input_select.plain"), "x");
    items_check_attributes(hass, "input_select.plain",
                           "{'options':['x','7'],'editable':false,'friendly_name':'Plain'}");
}
END_TEST

#define S "'entity_id':'input_select.s'"

static const struct item_call calls[] = {
    { "select_option", "{" S ",'option':'c'}", "c", 0 },
    { "select_option", "{" S ",'option':'zz'}", "b", HASS_E_SERVICE_VALIDATION },
    { "select_option", "{" S "}", "b", HASS_E_INVALID },
    { "select_next", "{" S "}", "c", 0 },
    { "select_previous", "{" S ",'cycle':false}", "a", 0 },
    { "select_first", "{" S "}", "a", 0 },
    { "select_last", "{" S "}", "c", 0 },
    { "set_options", "{" S ",'options':['q','b']}", "b", 0 },
    { "set_options", "{" S ",'options':['q','r']}", "q", 0 },
    { "set_options", "{" S ",'options':'only'}", "only", 0 },
    { "set_options", "{" S ",'options':[]}", "b", HASS_E_INVALID },
    { "set_options", "{" S ",'options':['q','q']}", "b", HASS_E_INVALID },
    { "set_options", "{" S ",'options':['']}", "b", HASS_E_INVALID },
};

START_TEST(services_select_and_replace)
{
    hass__assert_loop();
    test_logs();
    items_check_call(YAML, "input_select.s", &calls[_i]);
}
END_TEST

START_TEST(selecting_goes_round_unless_told_not_to)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);
    static const struct {
        const char *service, *data, *state;
    } steps[] = {
        { "select_last", "{" S "}", "c" },
        { "select_next", "{" S ",'cycle':false}", "c" },
        { "select_next", "{" S "}", "a" },
        { "select_previous", "{" S ",'cycle':false}", "a" },
        { "select_previous", "{" S ",'cycle':true}", "c" },
    };

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        home_call(hass, "input_select", steps[i].service, steps[i].data, NULL);
        ck_assert_str_eq(home_state(hass, "input_select.s"), steps[i].state);
    }
}
END_TEST

START_TEST(a_reload_keeps_the_option_if_it_is_still_there)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    loader_configure("input_select:\n  s:\n    options: [x, b]\n  plain:\n    options: [y, z]\n");
    ck_assert_int_eq(home_call(hass, "input_select", "reload", "{}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "input_select.s"), "b");
    ck_assert_str_eq(home_state(hass, "input_select.plain"), "y");
}
END_TEST

static const struct {
    const char *fields, *said;
} refused[] = {
    { "{'name':'x'}", "options" },
    { "{'name':'x','options':[]}", "at least one" },
    { "{'name':'x','options':['a','b','a']}", "'a' is there twice" },
    { "{'name':'x','options':['a'],'initial':'b'}", "'b' is not one of the options" },
    { "{'name':'x','options':[['a']]}", "expected text" },
    { "{'name':'x','options':[{}]}", "expected text" },
};

START_TEST(a_wrong_item_is_refused)
{
    hass__assert_loop();
    items_check_refused("input_select", refused[_i].fields, refused[_i].said);
}
END_TEST

START_TEST(an_option_may_be_as_long_as_a_state)
{
    hass__assert_loop();
    struct hass *hass = test_home("input_select:\n");
    autobuf fields = HASS_BUF_INIT;

    hass_buf_printf(&fields, "{'name':'x','options':['%0255d']}", 0);
    autojson *item = items_change(hass, "input_select", NULL, fields.data, NULL);
    ck_assert_ptr_nonnull(item);
    ck_assert_uint_eq(strlen(home_state(hass, "input_select.x")), 255);
    hass_buf_clear(&fields);
    hass_buf_printf(&fields, "{'name':'x','options':['%0256d']}", 0);
    ck_assert_ptr_null(items_change(hass, "input_select", NULL, fields.data, NULL));
}
END_TEST

START_TEST(a_wrong_section_is_reported)
{
    hass__assert_loop();
    items_check_section("input_select", "  bad:\n    options: [a, a]\n", "is there twice");
}
END_TEST

START_TEST(an_item_made_at_run_time_is_there_after_a_restart)
{
    hass__assert_loop();
    struct hass *hass =
        items_check_restart("input_select", "{'name':'Far','options':['a','b'],'initial':'b'}",
                            "[{'id':'far','name':'Far','options':['a','b'],'initial':'b'}]");

    ck_assert_str_eq(home_state(hass, "input_select.far"), "b");
}
END_TEST

static const struct item_call before[] = {
    { "select_option", "{'entity_id':'input_select.plain','option':'7'}", "7", 0 },
    { "set_options", "{'entity_id':'input_select.plain','options':'gone'}", "x", 0 },
};

START_TEST(over_a_restart_it_is_as_it_was_unless_it_is_told_otherwise)
{
    hass__assert_loop();
    items_check_restored(YAML, "input_select.plain", &before[_i]);
}
END_TEST

CASES_MAIN("input_select", ONCE(items_begin_with_an_option),
           ROWS(services_select_and_replace, calls), ONCE(selecting_goes_round_unless_told_not_to),
           ONCE(a_reload_keeps_the_option_if_it_is_still_there),
           ROWS(a_wrong_item_is_refused, refused), ONCE(an_option_may_be_as_long_as_a_state),
           ONCE(a_wrong_section_is_reported),
           ONCE(an_item_made_at_run_time_is_there_after_a_restart),
           ROWS(over_a_restart_it_is_as_it_was_unless_it_is_told_otherwise, before))
