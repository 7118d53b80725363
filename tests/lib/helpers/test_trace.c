/* SPDX-License-Identifier: Apache-2.0 */
/* <hass/trace.h>: what a trace tells, which traces are kept, and what of them survives a restart. */
#include <stdio.h>

#include <hass/context.h>
#include <hass/trace.h>

#include "support/cases.h"
#include "support/test.h"

#define DAY "2024-01-01T00:00:"

static struct hass_trace *begin(struct hass *hass, const char *domain, const char *item_id)
{
    hass__assert_loop();
    return hass_trace_async_new(
        hass, HASS_TRACE_OPTIONS(.domain = domain, .item_id = item_id, .stored = 5));
}

/* The long form of a trace, owned by the caller. */
static json_t *look(struct hass *hass, const struct hass_trace *trace, const char *domain,
                    const char *item_id)
{
    hass__assert_loop();
    return hass_traces_async_get(hass, domain, item_id, hass_trace_run_id(trace));
}

/* Runs that end in one way; the error is "e<number>" where it is one. */
static void run(struct hass *hass, const char *item_id, const char *how, const char *error)
{
    hass__assert_loop();
    autounref(hass_trace) *trace = begin(hass, "script", item_id);

    hass_trace_async_finish(trace, how, error);
}

/* what a trace tells */

START_TEST(a_trace_tells_its_steps_in_the_viewers_form)
{
    struct hass *hass = test_hass();
    autojson *config = test_json("{'alias': 'Hall'}");
    autounref(hass_context) const *context = hass_context_new_id("ctx", NULL, "parent");
    autounref(hass_variables) *variables = hass_variables_new(NULL);
    autounref(hass_trace) *trace = hass_trace_async_new(
        hass, HASS_TRACE_OPTIONS(.domain = "automation", .item_id = "1", .config = config,
                                 .context = context, .stored = 5));

    hass_variables_set(variables, "a", json_integer(1));
    hass_trace_async_set_trigger(trace, "state of light.a");
    hass_trace_async_step(trace, "trigger/0", variables);
    test_advance(hass, 1.5);
    struct hass_trace_step *step = hass_trace_async_step(trace, "action/0", variables);
    hass_trace_async_detail(trace, step, "delay", json_real(2.5));
    hass_trace_async_detail(trace, NULL, "done", json_true());
    hass_trace_async_child(trace, step, "script", "other", "abc");
    hass_trace_async_step_error(trace, step, "it broke");
    hass_trace_async_finish(trace, "error", "it broke");

    autojson *told = look(hass, trace, "automation", "1");
    ck_assert_uint_eq(strlen(hass_trace_run_id(trace)), 32);
    ck_assert_str_eq(hass_json_get_string(told, "run_id", ""), hass_trace_run_id(trace));
    json_object_del(told, "run_id");
    ck_assert_json(told,
                   "{'last_step': 'action/0', 'state': 'stopped', 'script_execution': 'error', "
                   "'timestamp': {'start': '" DAY "00+00:00', 'finish': '" DAY "01.500000+00:00'}, "
                   "'domain': 'automation', 'item_id': '1', 'error': 'it broke', "
                   "'trigger': 'state of light.a', 'config': {'alias': 'Hall'}, "
                   "'blueprint_inputs': null, "
                   "'context': {'id': 'ctx', 'parent_id': 'parent', 'user_id': null}, "
                   "'trace': {'trigger/0': [{'path': 'trigger/0', 'timestamp': '" DAY "00+00:00', "
                   "'changed_variables': {'a': 1}}], "
                   "'action/0': [{'path': 'action/0', 'timestamp': '" DAY "01.500000+00:00', "
                   "'child_id': {'domain': 'script', 'item_id': 'other', 'run_id': 'abc'}, "
                   "'error': 'it broke', 'result': {'delay': 2.5, 'done': true}}]}}");
}
END_TEST

START_TEST(a_running_trace_is_told_in_short)
{
    struct hass *hass = test_hass();
    hass_trace_unref(begin(hass, "script", "s"));
    autojson *list = hass_traces_async_list(hass, "script", "s");

    ck_assert_uint_eq(json_array_size(list), 1);
    json_object_del(json_array_get(list, 0), "run_id");
    ck_assert_json(json_array_get(list, 0),
                   "{'last_step': null, 'state': 'running', 'script_execution': null, "
                   "'timestamp': {'start': '" DAY "00+00:00', 'finish': null}, "
                   "'domain': 'script', 'item_id': 's'}");
}
END_TEST

START_TEST(a_trace_without_an_item_is_none)
{
    struct hass *hass = test_hass();

    ck_assert_ptr_null(begin(hass, "automation", NULL));
    ck_assert_ptr_null(
        hass_trace_async_new(hass, HASS_TRACE_OPTIONS(.domain = "script", .item_id = "s")));
    ck_assert_ptr_null(hass_trace_async_step(NULL, "a/0", NULL));
    hass_trace_async_detail(NULL, NULL, "x", json_true());
    hass_trace_async_step_error(NULL, NULL, "x");
    hass_trace_async_child(NULL, NULL, "x", "y", "z");
    hass_trace_async_finish(NULL, "finished", NULL);
    ck_assert_ptr_null(hass_trace_run_id(NULL));
    ck_assert_ptr_null(hass_trace_unref(hass_trace_ref(NULL)));
}
END_TEST

START_TEST(details_before_the_first_step_are_dropped)
{
    struct hass *hass = test_hass();
    autounref(hass_trace) *trace = begin(hass, "script", "s");

    hass_trace_async_detail(trace, NULL, "x", json_true());
    hass_trace_async_step_error(trace, NULL, "x");
    hass_trace_async_child(trace, NULL, "x", "y", "z");
    autojson *told = look(hass, trace, "script", "s");
    ck_assert_json(hass_json_get(told, "trace"), "{}");
}
END_TEST

/* "changed_variables" of the step number @index of @path; NULL: none. */
static const json_t *changed(const json_t *told, const char *path, size_t index)
{
    return hass_json_get(json_array_get(hass_json_get(hass_json_get(told, "trace"), path), index),
                         "changed_variables");
}

START_TEST(a_step_tells_the_variables_that_differ_from_the_last_steps)
{
    struct hass *hass = test_hass();
    autounref(hass_trace) *trace = begin(hass, "script", "s");
    autounref(hass_variables) *outer = hass_variables_new(NULL);
    struct hass_variables *inner = hass_variables_new(outer);

    hass_variables_set_all(outer, test_json("{'a': 1, 'b': 2}"));
    hass_trace_async_step(trace, "s/0", outer);
    hass_trace_async_step(trace, "s/1", outer);
    hass_variables_set(outer, "a", json_integer(1)); // the same again
    hass_variables_set(outer, "b", json_integer(3));
    hass_trace_async_step(trace, "s/2", outer);
    hass_variables_set(inner, "a", json_string("hides"));
    hass_variables_set(outer, "a", json_integer(9));
    hass_trace_async_step(trace, "s/3", inner);
    hass_trace_async_step(trace, "s/4", NULL);
    hass_variables_unref(inner);
    hass_trace_async_step(trace, "s/5", outer);
    hass_variables_set(outer, "b", json_string("later"));

    autojson *told = look(hass, trace, "script", "s");
    ck_assert_json(changed(told, "s/0", 0), "{'a': 1, 'b': 2}");
    ck_assert_ptr_null(changed(told, "s/1", 0));
    ck_assert_json(changed(told, "s/2", 0), "{'b': 3}");
    ck_assert_json(changed(told, "s/3", 0), "{'a': 'hides'}");
    ck_assert_ptr_null(changed(told, "s/4", 0));
    ck_assert_json(changed(told, "s/5", 0), "{'a': 9}");
}
END_TEST

START_TEST(a_scope_made_anew_counts_as_another_one)
{
    struct hass *hass = test_hass();
    autounref(hass_trace) *trace = begin(hass, "script", "s");
    autounref(hass_variables) *outer = hass_variables_new(NULL);

    for (int i = 0; i < 3; i++) {
        struct hass_variables *inner = hass_variables_new(outer);
        hass_variables_set(inner, "index", json_integer(i));
        hass_trace_async_step(trace, "s/0", inner);
        hass_variables_unref(inner);
    }
    autojson *told = look(hass, trace, "script", "s");
    ck_assert_json(changed(told, "s/0", 2), "{'index': 2}");
}
END_TEST

START_TEST(twenty_steps_of_a_path_are_kept)
{
    struct hass *hass = test_hass();
    autounref(hass_trace) *trace = begin(hass, "script", "s");

    for (int i = 0; i < 25; i++) {
        hass_trace_async_step(trace, "s/0/repeat/sequence/0", NULL);
        hass_trace_async_detail(trace, NULL, "i", json_integer(i));
        if (i == 19) {
            autojson *told = look(hass, trace, "script", "s");
            ck_assert_uint_eq(json_array_size(hass_json_get(hass_json_get(told, "trace"),
                                                            "s/0/repeat/sequence/0")),
                              20);
        }
    }
    autojson *told = look(hass, trace, "script", "s");
    const json_t *list = hass_json_get(hass_json_get(told, "trace"), "s/0/repeat/sequence/0");
    ck_assert_uint_eq(json_array_size(list), 20);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(
            hass_json_get_int(hass_json_get(json_array_get(list, (size_t)i), "result"), "i", -1),
            i + 5);
}
END_TEST

START_TEST(a_trace_ends_once)
{
    struct hass *hass = test_hass();
    autounref(hass_trace) *trace = begin(hass, "script", "s");

    hass_trace_async_finish(trace, "finished", NULL);
    hass_trace_async_finish(trace, "error", "late");
    autojson *told = look(hass, trace, "script", "s");
    ck_assert_str_eq(hass_json_get_string(told, "script_execution", ""), "finished");
    ck_assert_ptr_null(hass_json_get(told, "error"));
}
END_TEST

/* which are kept */

static size_t kept(struct hass *hass, const char *item_id)
{
    hass__assert_loop();
    autojson *list = hass_traces_async_list(hass, "script", item_id);

    return json_array_size(list);
}

START_TEST(the_last_five_that_did_not_fail_are_kept)
{
    struct hass *hass = test_hass();

    for (int i = 0; i < 5; i++)
        run(hass, "s", i % 2 ? "finished" : "failed_conditions", NULL);
    ck_assert_uint_eq(kept(hass, "s"), 5);
    run(hass, "s", "aborted", NULL);
    ck_assert_uint_eq(kept(hass, "s"), 5);
    autojson *list = hass_traces_async_list(hass, "script", "s");
    ck_assert_str_eq(hass_json_get_string(json_array_get(list, 4), "script_execution", ""),
                     "aborted");
    ck_assert_str_eq(hass_json_get_string(json_array_get(list, 0), "script_execution", ""),
                     "finished");
}
END_TEST

START_TEST(failed_ones_are_kept_beyond_those_up_to_twenty)
{
    struct hass *hass = test_hass();
    char error[8];

    for (int i = 0; i < 21; i++) {
        snprintf(error, sizeof(error), "e%d", i);
        run(hass, "s", "error", error);
        if (i == 19)
            ck_assert_uint_eq(kept(hass, "s"), 20);
    }
    ck_assert_uint_eq(kept(hass, "s"), 20);
    for (int i = 0; i < 7; i++)
        run(hass, "s", "finished", NULL);
    autojson *list = hass_traces_async_list(hass, "script", "s");
    ck_assert_uint_eq(json_array_size(list), 25);
    ck_assert_str_eq(hass_json_get_string(json_array_get(list, 0), "error", ""), "e1");
    ck_assert_str_eq(hass_json_get_string(json_array_get(list, 19), "error", ""), "e20");
}
END_TEST

START_TEST(one_that_others_pushed_out_is_kept_again_when_it_fails)
{
    struct hass *hass = test_hass();
    autounref(hass_trace) *slow = begin(hass, "script", "s");

    test_advance(hass, 1);
    for (int i = 0; i < 5; i++)
        run(hass, "s", "finished", NULL);
    autojson *gone = look(hass, slow, "script", "s");
    ck_assert_ptr_null(gone);
    hass_trace_async_finish(slow, "error", "at last");
    autojson *list = hass_traces_async_list(hass, "script", "s");
    ck_assert_uint_eq(json_array_size(list), 6);
    ck_assert_str_eq(hass_json_get_string(json_array_get(list, 0), "error", ""), "at last");
}
END_TEST

START_TEST(lists_are_of_all_of_a_domain_or_of_an_item)
{
    struct hass *hass = test_hass();
    hass_trace_unref(begin(hass, "automation", "s"));
    run(hass, "s", "finished", NULL);
    run(hass, "t", "finished", NULL);
    autojson *all = hass_traces_async_list(hass, NULL, NULL);
    autojson *scripts = hass_traces_async_list(hass, "script", NULL);
    autojson *one = hass_traces_async_list(hass, "script", "t");
    autojson *none = hass_traces_async_list(hass, "script", "nosuch");
    ck_assert_uint_eq(json_array_size(all), 3);
    ck_assert_uint_eq(json_array_size(scripts), 2);
    ck_assert_uint_eq(json_array_size(one), 1);
    ck_assert_uint_eq(json_array_size(none), 0);
}
END_TEST

START_TEST(contexts_lead_to_runs)
{
    struct hass *hass = test_hass();
    autounref(hass_context) const *context = hass_context_new_id("ctx", NULL, NULL);
    autounref(hass_trace) *trace =
        hass_trace_async_new(hass, HASS_TRACE_OPTIONS(.domain = "script", .item_id = "s",
                                                      .context = context, .stored = 1));
    autojson *contexts = hass_traces_async_contexts(hass, "script", NULL);

    run(hass, "s", "finished", NULL); // without a context
    ck_assert_uint_eq(json_object_size(contexts), 1);
    const json_t *row = hass_json_get(contexts, "ctx");
    ck_assert_str_eq(hass_json_get_string(row, "run_id", ""), hass_trace_run_id(trace));
    ck_assert_str_eq(hass_json_get_string(row, "domain", ""), "script");
    ck_assert_str_eq(hass_json_get_string(row, "item_id", ""), "s");
}
END_TEST

START_TEST(traces_of_an_item_that_has_gone_are_forgotten)
{
    struct hass *hass = test_hass();

    run(hass, "s", "finished", NULL);
    hass_traces_async_forget(hass, "script", "nosuch");
    ck_assert_uint_eq(kept(hass, "s"), 1);
    hass_traces_async_forget(hass, "script", "s");
    ck_assert_uint_eq(kept(hass, "s"), 0);
}
END_TEST

/* restarts */

static HASS_COROUTINE int load(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_traces_async_load(hass, err);
}

static HASS_COROUTINE int stop(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_stop(hass, 0, true, err);
}

#define SAVED(data)                                                                                \
    "{\"version\": 1, \"minor_version\": 1, \"key\": \"trace.saved_traces\", \"data\": " data "}"

START_TEST(stored_traces_are_told_as_they_were)
{
    struct hass *hass = test_hass();

    test_file(".storage/trace.saved_traces",
              SAVED("{\"script.s\": [{\"short_dict\": {\"last_step\": \"x\", \"run_id\": \"r\", "
                    "\"state\": \"stopped\", \"script_execution\": \"finished\", \"timestamp\": "
                    "{\"start\": \"2023-01-01T00:00:00+00:00\", \"finish\": null}, \"domain\": "
                    "\"script\", \"item_id\": \"s\"}, \"extended_dict\": {\"run_id\": \"r\", "
                    "\"domain\": \"script\", \"item_id\": \"s\", \"whatever\": 5, \"context\": "
                    "{\"id\": \"c\", \"parent_id\": null, \"user_id\": null}}}]}"));
    run(hass, "s", "finished", NULL);
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    autojson *list = hass_traces_async_list(hass, "script", "s");
    ck_assert_uint_eq(json_array_size(list), 2);
    ck_assert_str_eq(hass_json_get_string(json_array_get(list, 0), "run_id", ""), "r");
    autojson *one = hass_traces_async_get(hass, "script", "s", "r");
    ck_assert_int_eq(hass_json_get_int(one, "whatever", 0), 5);
    autojson *contexts = hass_traces_async_contexts(hass, NULL, NULL);
    ck_assert_ptr_nonnull(hass_json_get(contexts, "c"));
}
END_TEST

static const char *const unreadable[] = {
    "[]",
    "{\"script.s\": 5}",
    "{\"script.s\": [5, {}, {\"short_dict\": {}}, {\"extended_dict\": {}}]}",
    "{\"script.s\": [{\"short_dict\": {}, \"extended_dict\": {\"run_id\": \"r\"}}]}",
    ("{\"script.s\": [{\"short_dict\": {}, \"extended_dict\": {\"domain\": \"script\", "
     "\"item_id\": \"s\", \"run_id\": \"0123456789012345678901234567890123\"}}]}"),
};

START_TEST(what_is_no_trace_is_left_out)
{
    struct hass *hass = test_hass();
    autofree char *text = NULL;

    ck_assert_int_gt(asprintf(&text, SAVED("%s"), unreadable[_i]), 0);
    test_file(".storage/trace.saved_traces", text);
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    ck_assert_uint_eq(kept(hass, NULL), 0);
}
END_TEST

static json_t *stored(void)
{
    autofree char *path = NULL;
    ck_assert_int_gt(asprintf(&path, "%s/.storage/trace.saved_traces", test_dir()), 0);
    json_t *file = json_load_file(path, 0, NULL);
    json_t *data = json_incref(json_object_get(file, "data"));

    json_decref(file);
    return data;
}

START_TEST(traces_are_stored_at_the_end_and_running_ones_have_ended_then)
{
    struct hass *hass = test_hass();

    test_start(hass);
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    autounref(hass_trace) *running = begin(hass, "script", "s");
    hass_trace_async_step(running, "s/0", NULL);
    run(hass, "s", "finished", NULL);
    ck_assert_int_eq(test_run_coroutine(hass, stop, NULL), 0);
    test_destroy(hass);

    hass = test_hass_at(INT64_C(1717236000000000));
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    autojson *list = hass_traces_async_list(hass, "script", "s");
    ck_assert_uint_eq(json_array_size(list), 2);
    ck_assert_str_eq(hass_json_get_string(json_array_get(list, 0), "state", ""), "stopped");
    ck_assert_str_eq(hass_json_get_string(json_array_get(list, 0), "script_execution", ""),
                     "cancelled");
    ck_assert_str_eq(hass_json_get_string(json_array_get(list, 0), "last_step", ""), "s/0");
    ck_assert_str_eq(hass_json_get_string(json_array_get(list, 1), "script_execution", ""),
                     "finished");
}
END_TEST

START_TEST(a_failure_is_stored_soon_and_success_now_and_then)
{
    struct hass *hass = test_hass();

    test_start(hass);
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    run(hass, "s", "finished", NULL);
    test_advance(hass, 3600);
    autojson *early = stored();
    ck_assert_ptr_null(early);
    run(hass, "s", "error", "it broke");
    run(hass, "s", "finished", NULL);
    test_advance(hass, 301);
    autojson *soon = stored();
    ck_assert_uint_eq(json_array_size(hass_json_get(soon, "script.s")), 3);
    run(hass, "s", "finished", NULL);
    test_advance(hass, 3600);
    autojson *same = stored();
    ck_assert_uint_eq(json_array_size(hass_json_get(same, "script.s")), 3);
    test_advance(hass, 21600);
    autojson *late = stored();
    ck_assert_uint_eq(json_array_size(hass_json_get(late, "script.s")), 4);
}
END_TEST

CASES_MAIN("trace", ONCE(a_trace_tells_its_steps_in_the_viewers_form),
           ONCE(a_running_trace_is_told_in_short), ONCE(a_trace_without_an_item_is_none),
           ONCE(details_before_the_first_step_are_dropped),
           ONCE(a_step_tells_the_variables_that_differ_from_the_last_steps),
           ONCE(a_scope_made_anew_counts_as_another_one), ONCE(twenty_steps_of_a_path_are_kept),
           ONCE(a_trace_ends_once), ONCE(the_last_five_that_did_not_fail_are_kept),
           ONCE(failed_ones_are_kept_beyond_those_up_to_twenty),
           ONCE(one_that_others_pushed_out_is_kept_again_when_it_fails),
           ONCE(lists_are_of_all_of_a_domain_or_of_an_item), ONCE(contexts_lead_to_runs),
           ONCE(traces_of_an_item_that_has_gone_are_forgotten),
           ONCE(stored_traces_are_told_as_they_were),
           ROWS(what_is_no_trace_is_left_out, unreadable),
           ONCE(traces_are_stored_at_the_end_and_running_ones_have_ended_then),
           ONCE(a_failure_is_stored_soon_and_success_now_and_then))
