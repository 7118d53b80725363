/* SPDX-License-Identifier: Apache-2.0 */
/* Sequences within sequences: choose, if, repeat, parallel, and where a false condition ends. */
#include <string.h>

#include "support/script.h"

#define REC(data) "{'action':'test.rec','data':" data "}"

static HASS_CALLBACK int run(const char *sequence, const char *variables)
{
    struct hass_script *script = script_make(sequence, HASS_SCRIPT_SINGLE);
    int r = script_run(script, variables, NULL, NULL);

    hass_script_async_destroy(script);
    return r;
}

START_TEST(the_first_option_that_is_true_is_taken)
{
    script_home();
    run("[{'choose':[{'conditions':'{{ a == 1 }}','sequence':[" REC(
            "{'n':1}") "]},{'conditions':['"
                       "{{ a > 1 }}','{{ a "
                       "< 5 "
                       "}}'],'sequence'"
                       ":" REC("{'n':2}") "},{'conditions':[],'sequence':[" REC(
                           "{'n':3}") "]}]}"
                                      "," REC("{'n':4}") "]",
        "{'a':2}");
    ck_assert_calls("0 rec {'n':2}; 0 rec {'n':4}");
}
END_TEST

START_TEST(without_a_true_option_the_default_is_taken)
{
    script_home();
    run("[{'choose':[{'conditions':'{{ false }}','sequence':[]}],'default':" REC(
            "{'n':1}") "},"
                       "{'choose':[{'conditions':'{{ false }}','sequence':[]}]},"
                       "{'choose':[],'default':[" REC("{'n':2}") "]}]",
        NULL);
    ck_assert_calls("0 rec {'n':1}; 0 rec {'n':2}");
}
END_TEST

START_TEST(if_has_then_and_else)
{
    script_home();
    run("[{'repeat':{'for_each':[true,false],'sequence':[{'if':'{{ repeat.item }}','then':" REC(
            "{'n':1}") ",'else':[" REC("{'n':2}") "]}]}}]",
        NULL);
    ck_assert_calls("0 rec {'n':1}; 0 rec {'n':2}");
}
END_TEST

START_TEST(a_condition_that_fails_is_not_true_and_warned_of)
{
    struct logs *logs = test_logs();

    script_home();
    run("[{'if':'{{ 1 / 0 }}','then':[],'else':[" REC("{'n':1}") "]}]", NULL);
    ck_assert_calls("0 rec {'n':1}");
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 1);
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_ERROR), 0);
}
END_TEST

START_TEST(a_false_condition_ends_its_own_sequence_only)
{
    script_home();
    ck_assert_int_eq(run("[{'sequence':['{{ false }}'," REC(
                             "{'n':1}") "]},"
                                        "{'repeat':{'count':2,'sequence':['{{ repeat.index == 2 "
                                        "}}'," REC("{'n':'{{ repeat.index }}'}") "]}}," REC(
                                            "{'n':3}") ",'{{ false }}'," REC("{'n':4}") "]",
                         NULL),
                     0);
    ck_assert_calls("0 rec {'n':2}; 0 rec {'n':3}");
}
END_TEST

START_TEST(a_counted_loop_knows_where_it_is)
{
    script_home();
    run("[{'repeat':{'count':'{{ 2 }}','sequence':" REC(
            "{'r':'{{ repeat }}'}") "}},"
                                    "{'repeat':{'count':0,'sequence':" REC(
                                        "{}") "}},"
                                              "{'repeat':{'count':'{{ -3 }}','sequence':" REC(
                                                  "{}") "}}]",
        NULL);
    ck_assert_calls("0 rec {'r':{'first':true,'index':1,'last':false}}; "
                    "0 rec {'r':{'first':false,'index':2,'last':true}}");
}
END_TEST

START_TEST(a_loop_over_items_has_them_one_by_one)
{
    script_home();
    run("[{'repeat':{'for_each':[1,{'a':'{{ 2 }}'},null],'sequence':" REC(
            "{'i':'{{ repeat.item | default(9) }}'}") "}}]",
        NULL);
    ck_assert_calls("0 rec {'i':1}; 0 rec {'i':{'a':2}}; 0 rec {'i':9}");
}
END_TEST

START_TEST(a_loop_over_what_is_no_list_aborts)
{
    script_home();
    ck_assert_int_eq(run("[{'repeat':{'for_each':'{{ {} }}','sequence':[]}}," REC("{}") "]", NULL),
                     0);
    ck_assert_int_eq(
        run("[{'repeat':{'count':'{{ \\'x\\' }}','sequence':[]}}," REC("{}") "]", NULL), 0);
    ck_assert_calls("");
}
END_TEST

START_TEST(while_is_tested_before_and_until_after)
{
    script_home();
    run("[{'repeat':{'while':'{{ repeat.index < 3 }}','sequence':" REC(
            "{'w':'{{ repeat.index }}'}") "}},"
                                          "{'repeat':{'until':'{{ repeat.index > 1 "
                                          "}}','sequence':" REC(
                                              "{'u':'{{ repeat.index }}'}") "}},"
                                                                            "{'repeat':{'while':'{{"
                                                                            " false "
                                                                            "}}','sequence':" REC(
                                                                                "{}") "}}]",
        NULL);
    ck_assert_calls("0 rec {'w':1}; 0 rec {'w':2}; 0 rec {'u':1}; 0 rec {'u':2}");
}
END_TEST

START_TEST(a_condition_that_fails_ends_while_and_until)
{
    script_home();
    run("[{'repeat':{'while':'{{ 1 / 0 }}','sequence':" REC(
            "{'w':1}") "}},"
                       "{'repeat':{'until':'{{ 1 / 0 }}','sequence':" REC("{'u':1}") "}}]",
        NULL);
    ck_assert_calls("0 rec {'u':1}");
}
END_TEST

START_TEST(a_nested_loop_hides_the_outer_one)
{
    script_home();
    run("[{'repeat':{'count':1,'sequence':[{'repeat':{'count':2,'sequence':[]}}," REC(
            "{'i':'{{ repeat.last }}'}") "]}}," REC("{'r':'{{ repeat is defined }}'}") "]",
        NULL);
    ck_assert_calls("0 rec {'i':true}; 0 rec {'r':false}");
}
END_TEST

START_TEST(a_loop_without_end_is_warned_of_and_ended)
{
    struct logs *logs = test_logs();

    script_home();
    ck_assert_int_eq(run("[{'repeat':{'while':'{{ true }}','sequence':[{'variables':{'n':'{{ "
                         "repeat.index }}'}}]}}," REC("{}") "]",
                         "{'n':0}"),
                     0);
    ck_assert_calls("");
    ck_assert_ptr_nonnull(logs_find(logs, "repeat->while has looped 5000 times"));
    ck_assert_ptr_nonnull(logs_find(logs, "repeat->while has looped 10000 times and is ended"));
}
END_TEST

START_TEST(exactly_as_many_iterations_as_allowed_are_good)
{
    script_home();
    run("[{'repeat':{'until':'{{ repeat.index == 10000 }}','sequence':[]}}," REC("{}") "]", NULL);
    ck_assert_calls("0 rec");
}
END_TEST

START_TEST(branches_run_beside_each_other_and_are_waited_for)
{
    script_home();
    run("[{'parallel':[[{'delay':2}," REC("{'n':1}") "],{'sequence':[{'delay':1}," REC(
            "{'n':2}") "]}," REC("{'n':3}") "]}," REC("{'n':4}") "]",
        NULL);
    ck_assert_calls("0 rec {'n':3}; 1 rec {'n':2}; 2 rec {'n':1}; 2 rec {'n':4}");
}
END_TEST

START_TEST(branches_that_end_at_once_do_not_wait)
{
    script_home();
    run("[{'parallel':[" REC("{'n':1}") "," REC("{'n':2}") ",['{{ false }}']]}," REC(
            "{'n':3}") ",{'parallel':[]}]",
        NULL);
    ck_assert_calls("0 rec {'n':1}; 0 rec {'n':2}; 0 rec {'n':3}");
}
END_TEST

START_TEST(the_error_of_the_first_branch_is_raised_when_all_have_ended)
{
    struct hass_error err = HASS_ERROR_INIT;

    script_home();
    struct hass_script *script =
        script_make("[{'parallel':[[{'delay':1},{'action':'test.boom'}],[{'action':'no.such'}],"
                    "[{'delay':3}," REC("{}") "]]}," REC("{'n':1}") "]",
                    HASS_SCRIPT_SINGLE);
    ck_assert_int_eq(script_run(script, NULL, NULL, &err), HASS_E_GENERAL);
    ck_assert_calls("1 boom; 3 rec");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(a_stop_in_a_branch_ends_the_run)
{
    script_home();
    autojson *response = NULL;
    struct hass_script *script = script_make(
        "[{'variables':{'r':{'a':1}}},{'parallel':[[{'stop':'','response_variable':'r'}],"
        "[{'delay':1}]]}," REC("{}") "]",
        HASS_SCRIPT_SINGLE);
    ck_assert_int_eq(script_run(script, NULL, &response, NULL), 0);
    ck_assert_json(response, "{'a':1}");
    ck_assert_calls("");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(branches_write_the_variables_of_the_run)
{
    script_home();
    run("[{'variables':{'a':0}},{'parallel':[[{'variables':{'a':1}},{'delay':1}," REC(
            "{'a':'{{ a }}'}") "],[{'delay':0.5},{'variables':{'a':2}}]]}]",
        NULL);
    ck_assert_calls("1 rec {'a':2}");
}
END_TEST

START_TEST(stopping_a_script_stops_its_branches)
{
    struct hass *hass = script_home();
    struct hass_script *script =
        script_make("[{'parallel':[[{'delay':9}," REC(
                        "{}") "],[{'action':'test.slow'}],[{'parallel':[[{'delay':9}]]}]]}]",
                    HASS_SCRIPT_SINGLE);

    script_start(script, NULL);
    test_advance(hass, 1);
    ck_assert_uint_eq(hass_script_async_current(script), 1);
    hass_script_async_stop(script);
    test_settle(hass);
    ck_assert_uint_eq(hass_script_async_current(script), 0);
    test_advance(hass, 20);
    ck_assert_calls("0 slow; 1 c");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(a_long_loop_lets_others_go_on)
{
    struct hass *hass = script_home();
    struct hass_script *script = script_make(
        "[{'repeat':{'count':3000,'sequence':[{'variables':{'a':1}}]}}," REC("{'long':1}") "]",
        HASS_SCRIPT_SINGLE);
    struct hass_script *other = script_make("[" REC("{'other':1}") "]", HASS_SCRIPT_SINGLE);

    script_start(script, NULL);
    script_start(other, NULL);
    test_settle(hass);
    ck_assert_calls("0 rec {'other':1}; 0 rec {'long':1}");
    hass_script_async_destroy(script);
    hass_script_async_destroy(other);
}
END_TEST

TEST_MAIN("script_flow", the_first_option_that_is_true_is_taken,
          without_a_true_option_the_default_is_taken, if_has_then_and_else,
          a_condition_that_fails_is_not_true_and_warned_of,
          a_false_condition_ends_its_own_sequence_only, a_counted_loop_knows_where_it_is,
          a_loop_over_items_has_them_one_by_one, a_loop_over_what_is_no_list_aborts,
          while_is_tested_before_and_until_after, a_condition_that_fails_ends_while_and_until,
          a_nested_loop_hides_the_outer_one, a_loop_without_end_is_warned_of_and_ended,
          exactly_as_many_iterations_as_allowed_are_good,
          branches_run_beside_each_other_and_are_waited_for, branches_that_end_at_once_do_not_wait,
          the_error_of_the_first_branch_is_raised_when_all_have_ended,
          a_stop_in_a_branch_ends_the_run, branches_write_the_variables_of_the_run,
          stopping_a_script_stops_its_branches, a_long_loop_lets_others_go_on)
