/* SPDX-License-Identifier: Apache-2.0 */
/* What runs write into traces: the paths of their steps, what those did, and how it ended. */
#include <string.h>

#include "support/script.h"

#define REC(data) "{'action':'test.rec','data':" data "}"

/* Runs the sequence with a trace; the long form of that, owned by the caller. */
static HASS__ANALYSIS(assert_capability(hass_loop)) json_t *trace_of(const char *sequence)
{
    struct hass *hass = script_home();
    autounref(hass_context) const *context = hass_context_new(hass, NULL, NULL);
    autounref(hass_trace) *trace =
        hass_trace_async_new(hass, HASS_TRACE_OPTIONS(.domain = "script", .item_id = "s",
                                                      .context = context, .stored = 5));
    struct hass_script *script = script_make(sequence, HASS_SCRIPT_SINGLE);

    hass_script_async_start(script, HASS_SCRIPT_START(.context = context, .trace = trace), NULL);
    test_advance(hass, 30);
    ck_assert_uint_eq(hass_script_async_current(script), 0);
    hass_script_async_destroy(script);
    return hass_traces_async_get(hass, "script", "s", hass_trace_run_id(trace));
}

/* "path result; …" of all steps in order; ' stands for ". To be freed. */
static char *steps_of(const json_t *trace)
{
    struct hass_buf text = HASS_BUF_INIT;
    const char *path;
    json_t *records;
    json_t *record;
    size_t i;

    json_object_foreach((json_t *)hass_json_get(trace, "trace"), path, records) {
        json_array_foreach(records, i, record) {
            const json_t *result = hass_json_get(record, "result");
            hass_buf_printf(&text, "%s%s", text.length ? "; " : "", path);
            if (json_object_size(result)) {
                hass_buf_add_char(&text, ' ');
                hass_json_write(result, &text);
            }
        }
    }
    for (size_t c = 0; c < text.length; c++)
        text.data[c] = text.data[c] == '"' ? '\'' : text.data[c];
    return hass_buf_steal(&text);
}

static HASS__ANALYSIS(assert_capability(hass_loop)) void check(const char *sequence,
                                                               const char *expected,
                                                               const char *outcome)
{
    autojson *trace = trace_of(sequence);
    autofree char *steps = steps_of(trace);

    ck_assert_str_eq(steps, expected);
    ck_assert_str_eq(hass_json_get_string(trace, "script_execution", ""), outcome);
}

START_TEST(a_call_tells_what_it_was_made_with)
{
    check("[{'action':'test.rec','data':{'a':'{{ 1 }}'},'target':{'entity_id':'light.x'}}]",
          "sequence/0 {'params':{'domain':'test','service':'rec','service_data':{'a':1},'target':{"
          "'entity_id':['light.x']}},'running_script':false}",
          "finished");
}
END_TEST

START_TEST(choose_tells_its_choice_and_what_it_tested)
{
    check("[{'choose':[{'conditions':'{{ false }}','sequence':[]},{'conditions':[],'sequence':["
          "{'delay':1}]}]},{'choose':[],'default':[]}]",
          "sequence/0 {'choice':1}; sequence/0/choose/0 {'result':false}; "
          "sequence/0/choose/0/conditions/0 {'entities':[],'result':false}; "
          "sequence/0/choose/1 {'result':true}; "
          "sequence/0/choose/1/sequence/0 {'delay':1.0,'done':true}; "
          "sequence/1 {'choice':'default'}",
          "finished");
}
END_TEST

START_TEST(a_condition_that_is_a_step_has_its_result_in_it)
{
    check("[{'condition':'state','entity_id':'light.x','state':'on'}]",
          "sequence/0 {'result':false}; sequence/0/entity_id/0", "aborted");
}
END_TEST

START_TEST(loops_and_branches_have_paths)
{
    check("[{'repeat':{'count':2,'sequence':[{'event':'a'}]}},{'parallel':[{'event':'b'}]},"
          "{'sequence':{'event':'c'}},{'if':[],'then':[{'stop':'x'}]}]",
          "sequence/0; sequence/0/repeat/sequence/0 {'event':'a','event_data':{}}; "
          "sequence/0/repeat/sequence/0 {'event':'a','event_data':{}}; "
          "sequence/1; sequence/1/parallel/0/sequence/0 {'event':'b','event_data':{}}; "
          "sequence/2; sequence/2/sequence/0 {'event':'c','event_data':{}}; "
          "sequence/3 {'choice':'then'}; sequence/3/if {'result':true}; "
          "sequence/3/then/0 {'stop':'x','error':false}",
          "finished");
}
END_TEST

START_TEST(a_wait_tells_what_was_left)
{
    check("[{'wait_template':'{{ false }}','timeout':2,'continue_on_timeout':false}]",
          "sequence/0 {'wait':{'completed':false,'remaining':0.0},'timeout':true}", "aborted");
}
END_TEST

START_TEST(a_wait_tells_what_has_ended_it)
{
    autojson *trace = trace_of("[{'parallel':[{'wait_for_trigger':{'trigger':'event',"
                               "'event_type':'e','id':'bell'}},{'event':'e'}]}]");
    const json_t *steps =
        hass_json_get(hass_json_get(trace, "trace"), "sequence/0/parallel/0/sequence/0");
    const json_t *wait = hass_json_get(hass_json_get(json_array_get(steps, 0), "result"), "wait");

    ck_assert(json_is_true(hass_json_get(wait, "completed")));
    ck_assert_str_eq(hass_json_get_string(hass_json_get(wait, "trigger"), "id", ""), "bell");
}
END_TEST

START_TEST(disabled_steps_are_seen)
{
    check("[{'stop':'x','enabled':false}]", "sequence/0 {'enabled':false}", "finished");
}
END_TEST

START_TEST(an_error_is_in_its_step_in_those_around_and_in_the_trace)
{
    autojson *trace = trace_of("[{'sequence':[{'action':'test.boom'}]}]");
    const json_t *steps = hass_json_get(trace, "trace");
    const char *const paths[] = { "sequence/0", "sequence/0/sequence/0" };

    for (size_t i = 0; i < 2; i++)
        ck_assert_str_eq(
            hass_json_get_string(json_array_get(hass_json_get(steps, paths[i]), 0), "error", ""),
            "the device did not answer");
    ck_assert_str_eq(hass_json_get_string(trace, "error", ""), "the device did not answer");
    ck_assert_str_eq(hass_json_get_string(trace, "script_execution", ""), "error");
}
END_TEST

TEST_MAIN("script_trace", a_call_tells_what_it_was_made_with,
          choose_tells_its_choice_and_what_it_tested,
          a_condition_that_is_a_step_has_its_result_in_it, loops_and_branches_have_paths,
          a_wait_tells_what_was_left, a_wait_tells_what_has_ended_it, disabled_steps_are_seen,
          an_error_is_in_its_step_in_those_around_and_in_the_trace)
