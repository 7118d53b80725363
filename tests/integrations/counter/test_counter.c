/* SPDX-License-Identifier: Apache-2.0 */
/* Whole numbers that are counted up and down. */
#include "support/items.h"

#define YAML                                                                                       \
    "counter:\n"                                                                                   \
    "  c:\n    initial: 5\n    step: 3\n    minimum: 0\n    maximum: 10\n"                         \
    "  plain:\n    name: Plain\n"

START_TEST(counters_begin_with_their_initial_count)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    ck_assert_str_eq(home_state(hass, "counter.c"), "5");
    items_check_attributes(hass, "counter.c",
                           "{'editable':false,'initial':5,'step':3,'minimum':0,'maximum':10}");
    ck_assert_str_eq(home_state(hass, "counter.plain"), "0");
    items_check_attributes(hass, "counter.plain",
                           "{'editable':false,'initial':0,'step':1,'friendly_name':'Plain'}");
}
END_TEST

#define C "'entity_id':'counter.c'"

static const struct item_call calls[] = {
    { "increment", "{" C "}", "8", 0 },
    { "decrement", "{" C "}", "2", 0 },
    { "set_value", "{" C ",'value':10}", "10", 0 },
    { "set_value", "{" C ",'value':11}", "5", HASS_E_SERVICE_VALIDATION },
    { "set_value", "{" C ",'value':-1}", "5", HASS_E_SERVICE_VALIDATION },
    { "set_value", "{" C ",'value':'many'}", "5", HASS_E_INVALID },
    { "set_value", "{" C ",'value':1e300}", "5", HASS_E_INVALID },
    { "set_value", "{" C "}", "5", HASS_E_INVALID },
    { "reset", "{'entity_id':'all'}", "5", 0 },
};

START_TEST(services_count)
{
    hass__assert_loop();
    items_check_call(YAML, "counter.c", &calls[_i]);
}
END_TEST

START_TEST(counting_ends_at_the_bounds)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);
    static const struct {
        const char *service, *state;
    } steps[] = {
        { "increment", "8" }, { "increment", "10" }, { "decrement", "7" }, { "decrement", "4" },
        { "decrement", "1" }, { "decrement", "0" },  { "reset", "5" },
    };

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        home_call(hass, "counter", steps[i].service, "{" C "}", NULL);
        ck_assert_str_eq(home_state(hass, "counter.c"), steps[i].state);
    }
}
END_TEST

START_TEST(a_reload_keeps_the_count_within_new_bounds)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    home_call(hass, "counter", "increment", "{'entity_id':'all'}", NULL);
    loader_configure("counter:\n  c:\n    maximum: 7\n  plain:\n    name: Same\n");
    ck_assert_int_eq(home_call(hass, "counter", "reload", "{}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "counter.c"), "7");
    ck_assert_str_eq(home_state(hass, "counter.plain"), "1");
}
END_TEST

static const struct {
    const char *fields, *said;
} refused[] = {
    { "{'name':'x','initial':-1}", "initial" },
    { "{'name':'x','step':-1}", "step" },
    { "{'name':'x','minimum':3,'maximum':2}", "minimum 3 is greater than maximum 2" },
    { "{'name':'x','initial':9007199254740994}", "initial" },
};

START_TEST(a_wrong_item_is_refused)
{
    hass__assert_loop();
    items_check_refused("counter", refused[_i].fields, refused[_i].said);
}
END_TEST

START_TEST(counts_end_where_doubles_end_to_be_exact)
{
    hass__assert_loop();
    struct hass *hass = test_home("counter:\n  c:\n    initial: 9007199254740992\n");

    ck_assert_int_eq(home_call(hass, "counter", "increment", "{" C "}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "counter.c"), "9007199254740992");
    ck_assert_int_eq(home_call(hass, "counter", "decrement", "{" C "}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "counter.c"), "9007199254740991");
}
END_TEST

START_TEST(a_wrong_section_is_reported)
{
    hass__assert_loop();
    items_check_section("counter", "  bad:\n    step: fast\n", "step");
}
END_TEST

START_TEST(an_item_made_at_run_time_is_there_after_a_restart)
{
    hass__assert_loop();
    struct hass *hass = items_check_restart("counter", "{'name':'Far','initial':3,'maximum':null}",
                                            "[{'id':'far','name':'Far','initial':3,'step':1,"
                                            "'maximum':null,'restore':true}]");

    ck_assert_str_eq(home_state(hass, "counter.far"), "3");
}
END_TEST

START_TEST(a_counter_may_begin_anew_at_each_start)
{
    hass__assert_loop();
    static const struct item_call call = { "increment", "{'entity_id':'all'}", "4", 0 };

    items_check_restored("counter:\n  c:\n    initial: 4\n    restore: false\n", "counter.c",
                         &call);
}
END_TEST

static const struct item_call before[] = {
    { "increment", "{'entity_id':'counter.c'}", "8", 0 },
    { "set_value", "{'entity_id':'counter.c','value':0}", "0", 0 },
};

START_TEST(over_a_restart_it_is_as_it_was_unless_it_is_told_otherwise)
{
    hass__assert_loop();
    items_check_restored(YAML, "counter.c", &before[_i]);
}
END_TEST

CASES_MAIN("counter", ONCE(counters_begin_with_their_initial_count), ROWS(services_count, calls),
           ONCE(counting_ends_at_the_bounds), ONCE(a_reload_keeps_the_count_within_new_bounds),
           ROWS(a_wrong_item_is_refused, refused), ONCE(a_counter_may_begin_anew_at_each_start),
           ONCE(counts_end_where_doubles_end_to_be_exact), ONCE(a_wrong_section_is_reported),
           ONCE(an_item_made_at_run_time_is_there_after_a_restart),
           ROWS(over_a_restart_it_is_as_it_was_unless_it_is_told_otherwise, before))
