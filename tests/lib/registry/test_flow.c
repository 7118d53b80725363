/* SPDX-License-Identifier: Apache-2.0 */
/* Dialogues, with an integration (tests/plugins/flows.c) that has them of every kind. */
#include <errno.h>
#include <string.h>

#include <hass/issue_registry.h>

#include "base/mem.h"
#include "registry/flow.h"
#include "support/cases.h"
#include "support/loader_fixture.h"

static struct hass_error err = HASS_ERROR_INIT;

static struct hass *boot(void) HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *boot(void)
{
    loader_configure("homeassistant:\n");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    return hass;
}

/* One call of the manager, run as a coroutine to its end. */
struct talk {
    enum hass_flow_kind kind;
    const char *handler; /* or flow id */
    json_t *context, *input, *result;
};

static HASS_COROUTINE int run_init(struct hass *hass, void *userdata, struct hass_error *error)
{
    struct talk *talk = userdata;

    return hass_flows_async_init(hass, talk->kind, talk->handler, talk->context, talk->input,
                                 &talk->result, error);
}

static HASS_COROUTINE int run_configure(struct hass *hass, void *userdata, struct hass_error *error)
{
    struct talk *talk = userdata;

    return hass_flows_async_configure(hass, talk->kind, talk->handler, talk->input, &talk->result,
                                      error);
}

static json_t *last; /* of the last call; lent until the next */
static char flow_id[64];
static int code;

static HASS_CALLBACK json_t *note(int r, struct talk *talk)
{
    code = r;
    json_decref(last);
    last = talk->result;
    const char *id = hass_json_get_string(last, "flow_id", NULL);
    if (id)
        snprintf(flow_id, sizeof(flow_id), "%s", id);
    return last;
}

/* Begins a flow from @source with @data (' for ", NULL: none). Lends the step. */
static HASS_CALLBACK json_t *begin_kind(struct hass *hass, enum hass_flow_kind kind,
                                        const char *handler, const char *context, const char *data)
{
    struct talk talk = { kind, handler, context ? test_json(context) : NULL,
                         data ? test_json(data) : NULL, NULL };

    hass_error_clear(&err);
    return note(test_run_job(hass, HASS_JOB_COROUTINE(run_init, &talk), &err), &talk);
}

static HASS_CALLBACK json_t *begin(struct hass *hass, const char *source, const char *data)
{
    autofree char *context = mem_printf("{'source': '%s'}", source);

    return begin_kind(hass, HASS_FLOW_CONFIG, "flows", context, data);
}

static HASS_CALLBACK json_t *go_on_with(struct hass *hass, enum hass_flow_kind kind, const char *id,
                                        const char *input)
{
    struct talk talk = { kind, id, NULL, input ? test_json(input) : NULL, NULL };

    hass_error_clear(&err);
    return note(test_run_job(hass, HASS_JOB_COROUTINE(run_configure, &talk), &err), &talk);
}

static HASS_CALLBACK json_t *go_on(struct hass *hass, const char *input)
{
    autofree char *id = mem_strdup(flow_id);

    return go_on_with(hass, HASS_FLOW_CONFIG, id, input);
}

static const char *type(void)
{
    return hass_json_get_string(last, "type", "(none)");
}

static const char *reason(void)
{
    return hass_json_get_string(last, "reason", "(none)");
}

static HASS_CALLBACK size_t in_progress(struct hass *hass)
{
    autojson *list = hass_flows_async_progress(hass, HASS_FLOW_CONFIG);

    return json_array_size(list);
}

static HASS_CALLBACK struct hass_entry *first_entry(struct hass *hass)
{
    struct hass_entry *entry = NULL;
    size_t pos = 0;

    return hass_entries_async_next(hass, &pos, &entry) ? entry : NULL;
}

START_TEST(a_form_is_shown_filled_in_and_makes_an_entry)
{
    struct hass *hass = boot();

    begin(hass, "user", NULL);
    json_object_del(last, "flow_id");
    ck_assert_json(
        last,
        "{'type': 'form', 'handler': 'flows', 'step_id': 'user', 'errors': null, "
        "'description_placeholders': null, 'last_step': false, 'preview': null, 'data_schema': ["
        "{'name': 'name', 'type': 'string', 'required': true, 'lengthMin': 1, 'lengthMax': 20}, "
        "{'name': 'count', 'type': 'integer', 'required': false, 'optional': true, 'valueMin': 1, "
        "'valueMax': 9, 'default': 3}, {'name': 'kind', 'type': 'select', 'required': false, "
        "'optional': true, 'options': [['hub', 'hub'], ['menu', 'menu'], ['silent', 'silent'], "
        "['hang', 'hang'], ['external', 'external'], ['progress', 'progress'], ['pick', 'pick'], "
        "['fail', 'fail'], ['unknown', 'unknown'], ['slow', 'slow']]}]}");
    ck_assert_uint_eq(in_progress(hass), 1);
    go_on(hass, "{'name': 'Ada'}");
    ck_assert_int_eq(code, 0);
    ck_assert_str_eq(type(), "create_entry");
    ck_assert_str_eq(hass_json_get_string(last, "title", ""), "Ada");
    ck_assert_json(hass_json_get(last, "options"), "{'interval': 5}");
    ck_assert_str_eq(hass_json_get_string(hass_json_get(last, "result"), "state", ""), "loaded");
    ck_assert_ptr_null(hass_json_get(last, "data"));
    struct hass_entry *entry = first_entry(hass);
    ck_assert_json(hass_entry_async_data(entry), "{'name': 'Ada', 'count': 3}");
    ck_assert_int_eq(hass_entry_async_version(entry, NULL), 4);
    ck_assert_str_eq(hass_entry_source(entry), "user");
    ck_assert_uint_eq(in_progress(hass), 0);
}
END_TEST

START_TEST(a_finished_flow_is_unknown)
{
    struct hass *hass = boot();

    begin(hass, "user", NULL);
    go_on(hass, "{'name': 'Ada'}");
    ck_assert_ptr_null(go_on(hass, "{'name': 'Ada'}"));
    ck_assert_int_eq(code, HASS_E_NOT_FOUND);
    ck_assert_ptr_null(go_on(hass, NULL));
    ck_assert_int_eq(hass_flows_async_abort(hass, HASS_FLOW_CONFIG, flow_id, NULL),
                     HASS_E_NOT_FOUND);
    ck_assert_ptr_null(hass_flows_async_get(hass, HASS_FLOW_CONFIG, flow_id));
}
END_TEST

/* Two answers at the same time, and what becomes of them. */
struct twice {
    const char *kind; /* of the step: "slow" suspends */
    int results[2];
};

static HASS_COROUTINE int finish_twice(struct hass *hass, void *userdata, struct hass_error *error)
{
    struct twice *twice = userdata;
    int *results = twice->results;
    struct talk talks[2] = {
        { HASS_FLOW_CONFIG, flow_id, NULL, json_pack("{ssss}", "name", "Ada", "kind", twice->kind),
          NULL },
        { HASS_FLOW_CONFIG, flow_id, NULL, json_pack("{ssss}", "name", "Bob", "kind", twice->kind),
          NULL },
    };
    struct hass_task *tasks[2] = { NULL, NULL };

    for (int i = 0; i < 2; i++)
        hass_async_create_task(hass, HASS_JOB_COROUTINE(run_configure, &talks[i]), &tasks[i], NULL);
    for (int i = 0; i < 2; i++) {
        results[i] = hass_async_await(hass_task_future(tasks[i]), HASS_FOREVER, NULL);
        hass_task_unref(tasks[i]);
        json_decref(talks[i].result);
    }
    return 0;
}

static const char *const finishing[] = { "hub", "slow" };

START_TEST(finishing_twice_at_once_makes_one_entry)
{
    struct hass *hass = boot();
    struct twice twice = { .kind = finishing[_i] };

    begin(hass, "user", NULL);
    test_run_coroutine(hass, finish_twice, &twice);
    ck_assert_int_eq(twice.results[0], 0);
    ck_assert_int_eq(twice.results[1], HASS_E_NOT_FOUND);
    ck_assert_uint_eq(hass_strmap_count(entries_of(hass)->by_id), 1);
    ck_assert_str_eq(hass_entry_async_title(first_entry(hass)), "Ada");
}
END_TEST

static HASS_COROUTINE int abort_in_a_step(struct hass *hass, void *userdata,
                                          struct hass_error *error)
{
    int *result = userdata;
    struct talk talk = { HASS_FLOW_CONFIG, flow_id, NULL,
                         test_json("{'name': 'Ada', 'kind': 'slow'}"), NULL };
    struct hass_task *task = NULL;
    int r = hass_async_create_task(hass, HASS_JOB_COROUTINE(run_configure, &talk), &task, error);

    if (r == 0)
        r = hass_flows_async_abort(hass, HASS_FLOW_CONFIG, flow_id, error);
    *result = hass_async_await(hass_task_future(task), HASS_FOREVER, NULL);
    hass_task_unref(task);
    json_decref(talk.result);
    return r;
}

START_TEST(a_flow_that_is_ended_while_its_step_runs_makes_no_entry)
{
    struct hass *hass = boot();
    int result = 0;

    begin(hass, "user", NULL);
    ck_assert_int_eq(test_run_coroutine(hass, abort_in_a_step, &result), 0);
    ck_assert_int_eq(result, HASS_E_NOT_FOUND);
    ck_assert_ptr_null(first_entry(hass));
}
END_TEST

/* Input that a form refuses, and the fields that it is about. */
static const struct {
    const char *input, *fields;
} wrong[] = {
    { "{}", "name" },
    { "{'name': ''}", "name" },
    { "{'name': 'much longer than twenty'}", "name" },
    { "{'name': 'Ada', 'count': 0}", "count" },
    { "{'name': 'Ada', 'count': 'many'}", "count" },
    { "{'name': [], 'count': 10, 'kind': 'x'}", "name, count, kind" },
    { "{'name': 'Ada', 'colour': 'red'}", "colour" },
    { "5", "base" },
    { "[]", "base" },
    { "null", "base" },
};

START_TEST(wrong_input_is_refused_field_by_field_and_the_step_not_entered)
{
    struct hass *hass = boot();
    char fields[100] = "";
    const char *field;
    json_t *text;

    begin(hass, "user", NULL);
    go_on(hass, wrong[_i].input);
    ck_assert_int_eq(code, 1);
    json_object_foreach(json_object_get(last, "errors"), field, text) {
        snprintf(fields + strlen(fields), sizeof(fields) - strlen(fields), "%s%s",
                 *fields ? ", " : "", field);
        ck_assert(json_is_string(text));
    }
    ck_assert_str_eq(fields, wrong[_i].fields);
    go_on(hass, "{'name': 'Ada'}");
    ck_assert_str_eq(type(), "create_entry");
}
END_TEST

START_TEST(a_step_shows_its_form_again_with_what_is_wrong)
{
    struct hass *hass = boot();

    begin(hass, "user", NULL);
    go_on(hass, "{'name': 'Ada', 'kind': 'fail'}");
    ck_assert_str_eq(type(), "form");
    ck_assert_json(hass_json_get(last, "errors"), "{'base': 'cannot_connect'}");
    ck_assert_json(
        hass_json_get(json_array_get(hass_json_get(last, "data_schema"), 0), "description"),
        "{'suggested_value': 'Ada'}");
    /* Who looks again sees the same. */
    autojson *shown = json_deep_copy(last);
    go_on(hass, NULL);
    ck_assert(json_equal(last, shown));
}
END_TEST

START_TEST(a_menu_leads_to_one_of_its_steps)
{
    struct hass *hass = boot();

    begin(hass, "user", NULL);
    go_on(hass, "{'name': 'Ada', 'kind': 'menu'}");
    ck_assert_str_eq(type(), "menu");
    ck_assert_json(hass_json_get(last, "menu_options"), "['pick', 'end']");
    go_on(hass, "{'next_step_id': 'user'}");
    ck_assert_int_eq(code, 1);
    go_on(hass, "{}");
    ck_assert_int_eq(code, 1);
    go_on(hass, "{'next_step_id': 'pick'}");
    ck_assert_str_eq(type(), "form");
    ck_assert_json(hass_json_get(last, "data_schema"),
                   "[{'name': 'device', 'required': true, 'type': 'select', 'options': "
                   "[['a1', 'Lamp'], ['b2', 'Plug']]}]");
    go_on(hass, "{'device': 'c3'}");
    ck_assert_int_eq(code, 1);
    ck_assert_ptr_nonnull(hass_json_get(hass_json_get(last, "errors"), "device"));
    go_on(hass, "{'device': 'b2'}");
    ck_assert_str_eq(type(), "create_entry");
}
END_TEST

START_TEST(an_external_step_waits_for_somebody_else)
{
    struct hass *hass = boot();
    struct capture *seen = test_capture(hass, "data_entry_flow_progressed");

    begin(hass, "user", NULL);
    go_on(hass, "{'name': 'Ada', 'kind': 'external'}");
    ck_assert_str_eq(type(), "external");
    ck_assert_str_eq(hass_json_get_string(last, "url", ""), "https://example.org/auth");
    go_on(hass, "{'wrong': true}");
    ck_assert_int_eq(code, HASS_E_INVALID);
    ck_assert_uint_eq(capture_count(seen), 0);
    go_on(hass, "{'code': '123'}");
    ck_assert_str_eq(type(), "external_done");
    ck_assert_uint_eq(capture_count(seen), 1);
    ck_assert_str_eq(hass_json_get_string(hass_event_data(capture_event(seen, 0)), "flow_id", ""),
                     flow_id);
    go_on(hass, NULL);
    ck_assert_str_eq(type(), "create_entry");
}
END_TEST

START_TEST(a_progress_goes_on_when_its_job_has_ended)
{
    struct hass *hass = boot();
    struct capture *seen = test_capture(hass, "data_entry_flow_progressed");
    struct capture *updates = test_capture(hass, "data_entry_flow_progress_update");

    begin(hass, "user", NULL);
    go_on(hass, "{'name': 'Ada', 'kind': 'progress'}");
    ck_assert_str_eq(type(), "progress");
    ck_assert_str_eq(hass_json_get_string(last, "progress_action", ""), "search");
    ck_assert_uint_eq(capture_count(updates), 1);
    go_on(hass, NULL);
    ck_assert_str_eq(type(), "progress");
    test_advance(hass, 9);
    ck_assert_uint_eq(capture_count(seen), 0);
    test_advance(hass, 2);
    ck_assert_uint_eq(capture_count(seen), 1);
    go_on(hass, NULL);
    ck_assert_str_eq(reason(), "nothing_found");
    ck_assert_uint_eq(in_progress(hass), 0);
}
END_TEST

START_TEST(a_flow_that_is_ended_while_its_job_runs_is_forgotten)
{
    struct hass *hass = boot();
    struct capture *freed = test_capture(hass, "flows_freed");

    begin(hass, "user", NULL);
    go_on(hass, "{'name': 'Ada', 'kind': 'progress'}");
    ck_assert_int_eq(hass_flows_async_abort(hass, HASS_FLOW_CONFIG, flow_id, NULL), 0);
    test_advance(hass, 20);
    ck_assert_uint_eq(in_progress(hass), 0);
    ck_assert_uint_eq(capture_count(freed), 1);
}
END_TEST

/* What a step does wrong: the flow stays where it was. */
static const struct {
    const char *input;
    int code;
} bad_steps[] = {
    { "{'name': 'Ada', 'kind': 'silent'}", HASS_E_INVALID },
    { "{'name': 'Ada', 'kind': 'unknown'}", HASS_E_INVALID },
    { "{'name': 'Ada', 'kind': 'hang'}", -ETIMEDOUT },
};

START_TEST(a_step_that_fails_leaves_the_flow_where_it_was)
{
    struct hass *hass = boot();

    begin(hass, "user", NULL);
    go_on(hass, bad_steps[_i].input);
    ck_assert_int_eq(code, bad_steps[_i].code);
    go_on(hass, NULL);
    ck_assert_str_eq(type(), "form");
    go_on(hass, "{'name': 'Ada'}");
    ck_assert_str_eq(type(), "create_entry");
}
END_TEST

START_TEST(what_cannot_begin_says_why)
{
    struct hass *hass = boot();

    begin_kind(hass, HASS_FLOW_CONFIG, "nowhere", NULL, NULL);
    ck_assert_int_eq(code, HASS_E_NOT_FOUND);
    begin_kind(hass, HASS_FLOW_CONFIG, "no/name", NULL, NULL);
    ck_assert_int_eq(code, HASS_E_NOT_FOUND);
    begin_kind(hass, HASS_FLOW_CONFIG, "good", NULL, NULL);
    ck_assert_int_eq(code, HASS_E_NOT_FOUND);
    begin(hass, "dhcp", NULL);
    ck_assert_int_eq(code, HASS_E_UNSUPPORTED);
    begin_kind(hass, HASS_FLOW_CONFIG, "flows", "{}", NULL);
    ck_assert_int_eq(code, HASS_E_INVALID);
    begin(hass, "reauth", NULL);
    ck_assert_int_eq(code, HASS_E_INVALID);
    begin_kind(hass, HASS_FLOW_OPTIONS, "unknown", NULL, NULL);
    ck_assert_int_eq(code, HASS_E_NOT_FOUND);
    begin_kind(hass, HASS_FLOW_REPAIR, "flows", "{'source': 'user', 'issue_id': 'x'}", NULL);
    ck_assert_int_eq(code, HASS_E_NOT_FOUND);
    ck_assert_uint_eq(in_progress(hass), 0);
    begin(hass, "user", NULL);
    go_on_with(hass, HASS_FLOW_OPTIONS, flow_id, NULL);
    ck_assert_int_eq(code, HASS_E_NOT_FOUND);
}
END_TEST

START_TEST(dialogues_are_limited_and_abandoned_ones_forgotten)
{
    struct hass *hass = boot();

    for (int i = 0; i < FLOWS_MAX_OF_HANDLER; i++)
        begin(hass, "user", NULL);
    ck_assert_int_eq(code, 0);
    begin(hass, "user", NULL);
    ck_assert_int_eq(code, HASS_E_LIMIT);
    test_advance(hass, FLOW_IDLE_LIMIT - 60);
    ck_assert_uint_eq(in_progress(hass), FLOWS_MAX_OF_HANDLER);
    go_on(hass, NULL); /* the last is still in use */
    test_advance(hass, 120);
    ck_assert_uint_eq(in_progress(hass), 1);
    go_on(hass, "{'name': 'Ada'}");
    ck_assert_str_eq(type(), "create_entry");
}
END_TEST

START_TEST(five_hundred_flows_are_in_progress_at_most)
{
    struct hass *hass = boot();

    for (int i = 0; i < FLOWS_MAX / FLOWS_MAX_OF_HANDLER; i++) {
        autofree char *data = mem_printf("{'serial': 's%d'}", i);
        begin(hass, "import", data);
    }
    struct hass_entry *entry;
    for (size_t pos = 0; hass_entries_async_next(hass, &pos, &entry);)
        for (int i = 0; i < FLOWS_MAX_OF_HANDLER; i++)
            begin_kind(hass, HASS_FLOW_OPTIONS, hass_entry_id(entry), NULL, NULL);
    ck_assert_int_eq(code, 0);
    ck_assert_uint_eq(hass_strmap_count(flows_of(hass)), FLOWS_MAX);
    begin(hass, "user", NULL);
    ck_assert_int_eq(code, HASS_E_LIMIT);
}
END_TEST

START_TEST(options_are_replaced)
{
    struct hass *hass = boot();

    begin(hass, "user", NULL);
    go_on(hass, "{'name': 'Ada'}");
    struct hass_entry *entry = first_entry(hass);
    autojson *json = hass_entry_async_as_json(entry);
    ck_assert(hass_json_get_bool(json, "supports_options", false));
    begin_kind(hass, HASS_FLOW_OPTIONS, hass_entry_id(entry), NULL, NULL);
    ck_assert_str_eq(type(), "form");
    ck_assert_json(hass_json_get(last, "data_schema"),
                   "[{'name': 'interval', 'type': 'float', 'required': false, 'optional': true, "
                   "'valueMin': 1, 'valueMax': 60, 'default': 5, 'description': "
                   "{'suggested_value': 5}}]");
    autofree char *id = mem_strdup(flow_id);
    go_on_with(hass, HASS_FLOW_OPTIONS, id, "{'interval': 7}");
    ck_assert_str_eq(type(), "create_entry");
    ck_assert_json(hass_entry_async_options(entry), "{'interval': 7}");
}
END_TEST

START_TEST(one_that_cannot_authenticate_asks_its_user)
{
    struct hass *hass = boot();

    begin(hass, "import", "{'serial': 's1', 'setup': 'auth'}");
    struct hass_entry *entry = first_entry(hass);
    ck_assert_int_eq(hass_entry_async_state(entry), HASS_ENTRY_SETUP_ERROR);
    test_settle(hass);
    autojson *list = hass_flows_async_progress(hass, HASS_FLOW_CONFIG);
    ck_assert_uint_eq(json_array_size(list), 1);
    const json_t *flow = json_array_get(list, 0);
    ck_assert_str_eq(hass_json_get_string(flow, "step_id", ""), "reauth_confirm");
    ck_assert_str_eq(hass_json_get_string(hass_json_get(flow, "context"), "entry_id", ""),
                     hass_entry_id(entry));
    ck_assert_int_eq(hass_entry_async_start_reauth(entry, NULL), 0); /* one is enough */
    test_settle(hass);
    ck_assert_uint_eq(in_progress(hass), 1);
    go_on_with(hass, HASS_FLOW_CONFIG, hass_json_get_string(flow, "flow_id", ""),
               "{'password': 'better'}");
    ck_assert_str_eq(reason(), "reauth_successful");
    test_settle(hass);
    ck_assert_int_eq(hass_entry_async_state(entry), HASS_ENTRY_LOADED);
}
END_TEST

START_TEST(what_is_set_up_already_is_not_set_up_again_but_updated)
{
    struct hass *hass = boot();

    begin(hass, "import", "{'serial': 's1', 'host': 'old', 'setup': 'not_ready'}");
    struct hass_entry *entry = first_entry(hass);
    ck_assert_int_eq(hass_entry_async_state(entry), HASS_ENTRY_SETUP_RETRY);
    begin(hass, "zeroconf", "{'serial': 's1', 'host': 'new'}");
    ck_assert_str_eq(reason(), "already_configured");
    ck_assert_str_eq(hass_json_get_string(hass_entry_async_data(entry), "host", ""), "new");
    ck_assert_uint_eq(hass_strmap_count(entries_of(hass)->by_id), 1);
}
END_TEST

START_TEST(the_same_thing_is_in_progress_once)
{
    struct hass *hass = boot();
    struct capture *news = test_capture(hass, "config_entry_discovered");

    begin(hass, "zeroconf", "{'serial': 's1'}");
    ck_assert_str_eq(type(), "form");
    begin(hass, "zeroconf", "{'serial': 's1'}");
    ck_assert_str_eq(reason(), "already_in_progress");
    begin(hass, "zeroconf", "{'serial': 's2'}");
    ck_assert_uint_eq(in_progress(hass), 2);
    /* Without a unique id there is one of the integration. */
    begin(hass, "zeroconf", "{}");
    begin(hass, "zeroconf", "{}");
    ck_assert_uint_eq(in_progress(hass), 3);
    ck_assert_uint_eq(capture_count(news), 0);
    test_advance(hass, 1.1);
    ck_assert_uint_eq(capture_count(news), 1);
}
END_TEST

/* "create", "dismiss": the notifications that a home is shown. */
static HASS_CALLBACK int on_notification(const struct hass_service_call *call, void *userdata,
                                         struct hass_error *error)
{
    return hass_bus_async_fire(
        hass_service_call_hass(call), "notified",
        json_pack("{s:s, s:O}", "service", hass_service_call_service(call), "id",
                  hass_json_get(hass_service_call_data(call), "notification_id")),
        NULL, error);
}

static HASS_CALLBACK const char *notified(struct capture *seen, size_t i)
{
    const json_t *data = hass_event_data(capture_event(seen, i));

    ck_assert_str_eq(hass_json_get_string(data, "id", ""), "config_entry_discovery");
    return hass_json_get_string(data, "service", "");
}

START_TEST(what_is_found_is_notified_until_nothing_is_left_of_it)
{
    struct hass *hass = boot();
    struct capture *seen = test_capture(hass, "notified");
    static const char *const services[] = { "create", "dismiss" };

    for (size_t i = 0; i < 2; i++)
        hass_services_async_register(hass, "persistent_notification", services[i], NULL,
                                     HASS_JOB_CALLBACK(on_notification, NULL), NULL);
    begin(hass, "user", NULL);
    test_advance(hass, 2);
    ck_assert_uint_eq(capture_count(seen), 0);
    begin(hass, "zeroconf", "{'serial': 's1'}");
    autofree char *first = mem_strdup(flow_id);
    begin(hass, "zeroconf", "{'serial': 's2'}");
    test_advance(hass, 2);
    ck_assert_uint_eq(capture_count(seen), 1);
    ck_assert_str_eq(notified(seen, 0), "create");
    hass_flows_async_abort(hass, HASS_FLOW_CONFIG, first, NULL);
    test_settle(hass);
    ck_assert_uint_eq(capture_count(seen), 1);
    hass_flows_async_abort(hass, HASS_FLOW_CONFIG, flow_id, NULL);
    test_settle(hass);
    ck_assert_uint_eq(capture_count(seen), 2);
    ck_assert_str_eq(notified(seen, 1), "dismiss");
    /* What is over before it is told is not told. */
    begin(hass, "zeroconf", "{'serial': 's3'}");
    hass_flows_async_abort(hass, HASS_FLOW_CONFIG, flow_id, NULL);
    test_advance(hass, 2);
    ck_assert_uint_eq(capture_count(seen), 2);
}
END_TEST

static HASS_COROUTINE int ignore(struct hass *hass, void *userdata, struct hass_error *error)
{
    return hass_flows_async_ignore(hass, userdata, "Not mine", error);
}

START_TEST(what_is_ignored_is_not_shown_again)
{
    struct hass *hass = boot();

    begin(hass, "zeroconf", "{'serial': 's1'}");
    ck_assert_int_eq(test_run_job(hass, HASS_JOB_COROUTINE(ignore, flow_id), NULL), 0);
    ck_assert_uint_eq(in_progress(hass), 0);
    struct hass_entry *entry = first_entry(hass);
    ck_assert_str_eq(hass_entry_source(entry), "ignore");
    ck_assert_str_eq(hass_entry_async_title(entry), "Not mine");
    ck_assert_int_eq(hass_entry_async_state(entry), HASS_ENTRY_NOT_LOADED);
    begin(hass, "zeroconf", "{'serial': 's1'}");
    ck_assert_str_eq(reason(), "already_configured");
    ck_assert_int_eq(test_run_job(hass, HASS_JOB_COROUTINE(ignore, "unknown"), NULL),
                     HASS_E_NOT_FOUND);
}
END_TEST

START_TEST(what_is_found_waits_for_the_start)
{
    loader_configure("homeassistant:\n");
    struct hass *hass = loader_hass();

    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(
            hass_flows_async_discover(hass, "flows", "zeroconf",
                                      json_pack("{s:o}", "serial", json_sprintf("s%d", i)), NULL),
            0);
    test_settle(hass);
    ck_assert_uint_eq(in_progress(hass), 0);
    loader_boot(hass);
    test_settle(hass);
    ck_assert_uint_eq(in_progress(hass), 5);
    ck_assert_int_eq(hass_flows_async_discover(hass, "nowhere", "dhcp", NULL, NULL), 0);
    test_settle(hass);
    ck_assert_uint_eq(in_progress(hass), 5);
}
END_TEST

START_TEST(a_thousand_discoveries_wait_at_most)
{
    struct hass *hass = loader_hass();

    for (int i = 0; i < FLOW_DISCOVERIES_MAX; i++)
        ck_assert_int_eq(hass_flows_async_discover(hass, "flows", "dhcp", NULL, NULL), 0);
    ck_assert_int_eq(hass_flows_async_discover(hass, "flows", "dhcp", NULL, NULL), HASS_E_LIMIT);
}
END_TEST

static HASS_CALLBACK void raise_issue(struct hass *hass, const char *id, bool fixable)
{
    const struct hass_issue_options options = {
        .size = sizeof(options),
        .is_fixable = fixable,
        .translation_key = id,
    };

    ck_assert_int_eq(hass_issue_async_create(hass, "flows", id, &options, NULL), 0);
}

START_TEST(an_issue_is_mended_by_dialogue)
{
    struct hass *hass = boot();

    raise_issue(hass, "leak", true);
    raise_issue(hass, "age", false);
    begin_kind(hass, HASS_FLOW_REPAIR, "flows", "{'source': 'user', 'issue_id': 'age'}", NULL);
    ck_assert_int_eq(code, HASS_E_UNSUPPORTED);
    begin_kind(hass, HASS_FLOW_REPAIR, "flows", "{'source': 'user', 'issue_id': 'leak'}", NULL);
    ck_assert_str_eq(hass_json_get_string(last, "step_id", ""), "confirm");
    ck_assert_ptr_nonnull(hass_issue_async_get(hass, "flows", "leak"));
    autofree char *id = mem_strdup(flow_id);
    go_on_with(hass, HASS_FLOW_REPAIR, id, "{}");
    ck_assert_str_eq(type(), "create_entry");
    ck_assert_ptr_null(hass_issue_async_get(hass, "flows", "leak"));
    ck_assert_uint_eq(hass_strmap_count(entries_of(hass)->by_id), 0);
}
END_TEST

START_TEST(who_must_authenticate_is_an_issue_until_it_is_done)
{
    struct hass *hass = boot();

    begin(hass, "import", "{'serial': 's1', 'setup': 'auth'}");
    test_settle(hass);
    autofree char *issue =
        mem_printf("config_entry_reauth_flows_%s", hass_entry_id(first_entry(hass)));
    ck_assert_ptr_nonnull(hass_issue_async_get(hass, "homeassistant", issue));
    autojson *list = hass_flows_async_progress(hass, HASS_FLOW_CONFIG);
    go_on_with(hass, HASS_FLOW_CONFIG, hass_json_get_string(json_array_get(list, 0), "flow_id", ""),
               "{'password': 'better'}");
    ck_assert_ptr_null(hass_issue_async_get(hass, "homeassistant", issue));
}
END_TEST

START_TEST(dialogues_end_with_their_integration)
{
    struct hass *hass = boot();

    begin(hass, "user", NULL);
    ck_assert_int_eq(loader_reload(hass, "flows", NULL), 0);
    ck_assert_uint_eq(in_progress(hass), 0);
    go_on(hass, "{'name': 'Ada'}");
    ck_assert_int_eq(code, HASS_E_NOT_FOUND);
}
END_TEST

CASES_MAIN("flow", ONCE(a_form_is_shown_filled_in_and_makes_an_entry),
           ONCE(a_finished_flow_is_unknown),
           ROWS(finishing_twice_at_once_makes_one_entry, finishing),
           ONCE(a_flow_that_is_ended_while_its_step_runs_makes_no_entry),
           ROWS(wrong_input_is_refused_field_by_field_and_the_step_not_entered, wrong),
           ONCE(a_step_shows_its_form_again_with_what_is_wrong),
           ONCE(a_menu_leads_to_one_of_its_steps), ONCE(an_external_step_waits_for_somebody_else),
           ONCE(a_progress_goes_on_when_its_job_has_ended),
           ONCE(a_flow_that_is_ended_while_its_job_runs_is_forgotten),
           ROWS(a_step_that_fails_leaves_the_flow_where_it_was, bad_steps),
           ONCE(what_cannot_begin_says_why),
           ONCE(dialogues_are_limited_and_abandoned_ones_forgotten),
           ONCE(five_hundred_flows_are_in_progress_at_most), ONCE(options_are_replaced),
           ONCE(one_that_cannot_authenticate_asks_its_user),
           ONCE(what_is_set_up_already_is_not_set_up_again_but_updated),
           ONCE(the_same_thing_is_in_progress_once),
           ONCE(what_is_found_is_notified_until_nothing_is_left_of_it),
           ONCE(what_is_ignored_is_not_shown_again), ONCE(what_is_found_waits_for_the_start),
           ONCE(a_thousand_discoveries_wait_at_most), ONCE(an_issue_is_mended_by_dialogue),
           ONCE(who_must_authenticate_is_an_issue_until_it_is_done),
           ONCE(dialogues_end_with_their_integration))
