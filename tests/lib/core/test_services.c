/* SPDX-License-Identifier: Apache-2.0 */
/* Services: registering, calling, responding, and every way to get it wrong. */
#include <errno.h>
#include <string.h>

#include <hass/schema.h>

#include "core/core.h"
#include "run/scope.h"
#include "support/test.h"

/* What handlers saw. */
struct seen {
    int calls;
    json_t *data;
    bool return_response;
    bool on_loop;
};

static void drop_seen(struct seen *seen)
{
    json_decref(seen->data);
}

#define autoseen __attribute__((cleanup(drop_seen))) struct seen

static void keep(struct seen *seen, const struct hass_service_call *call)
{
    seen->calls++;
    json_decref(seen->data);
    seen->data = hass_json_ref(hass_service_call_data(call));
    seen->return_response = hass_service_call_return_response(call);
    seen->on_loop = hass_on_loop(hass_service_call_hass(call));
}

static HASS_CALLBACK int handle(const struct hass_service_call *call, void *userdata,
                                struct hass_error *err)
{
    keep(userdata, call);
    if (hass_service_call_return_response(call))
        return hass_service_call_respond(call, test_json("{'v': 1}"));
    return 0;
}

static HASS_CALLBACK int responds_with_a_list(const struct hass_service_call *call, void *userdata,
                                              struct hass_error *err)
{
    return hass_service_call_respond(call, json_array());
}

static HASS_CALLBACK int fails(const struct hass_service_call *call, void *userdata,
                               struct hass_error *err)
{
    return hass_fail(err, *(int *)userdata, "on purpose");
}

static HASS_COROUTINE int sleeps(const struct hass_service_call *call, void *userdata,
                                 struct hass_error *err)
{
    int status = hass_async_sleep(hass_service_call_hass(call), 5, err);

    if (status == 0)
        keep(userdata, call);
    return status;
}

static HASS_BLOCKING int works(const struct hass_service_call *call, void *userdata,
                               struct hass_error *err)
{
    keep(userdata, call);
    return hass_service_call_respond(call, test_json("{'v': 2}"));
}

/* A call to make in a coroutine. */
struct attempt {
    const char *service; /* of domain t */
    const char *data;    /* or NULL */
    const char *target;
    bool not_blocking, return_response;
    struct hass_error err;
    json_t *response;
    int status;
};

static HASS_COROUTINE int run_attempt(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct attempt *attempt = userdata;
    struct hass_call_options options = {
        .size = sizeof(options),
        .blocking = !attempt->not_blocking,
        .return_response = attempt->return_response,
        .target = attempt->target ? test_json(attempt->target) : NULL,
    };

    attempt->err = (struct hass_error)HASS_ERROR_INIT;
    attempt->status = hass_services_async_call(hass, "t", attempt->service,
                                               attempt->data ? test_json(attempt->data) : NULL,
                                               &options, &attempt->response, &attempt->err);
    return 0;
}

static HASS_CALLBACK int call(struct hass *hass, struct attempt *attempt)
{
    test_run_coroutine(hass, run_attempt, attempt);
    return attempt->status;
}

static HASS_CALLBACK void add(struct hass *hass, const char *name,
                              enum hass_supports_response response, struct hass_job job)
{
    struct hass_service_options options = { .size = sizeof(options),
                                            .supports_response = response };

    ck_assert_int_eq(hass_services_async_register(hass, "t", name, &options, job, NULL), 0);
}

START_TEST(registering_and_removing_fire_events)
{
    struct hass *hass = test_hass();
    struct capture *added = test_capture(hass, HASS_EVENT_SERVICE_REGISTERED);
    struct capture *removed = test_capture(hass, HASS_EVENT_SERVICE_REMOVED);
    struct logs *logs = test_logs();
    autoseen seen = { 0 };

    ck_assert_int_eq(hass_services_async_register(hass, "Light", "Turn_ON", NULL,
                                                  HASS_JOB_CALLBACK(handle, &seen), NULL),
                     0);
    ck_assert_json(hass_event_data(capture_event(added, 0)),
                   "{'domain': 'light', 'service': 'turn_on'}");
    ck_assert(hass_services_async_has(hass, "LIGHT", "turn_on"));
    ck_assert(hass_services_has(hass, "light", "Turn_on"));
    ck_assert_int_eq(hass_services_async_remove(hass, "light", "TURN_on", NULL), 0);
    ck_assert_uint_eq(capture_count(removed), 1);
    ck_assert(!hass_services_async_has(hass, "light", "turn_on"));
    ck_assert_int_eq(hass_services_async_remove(hass, "light", "turn_on", NULL), HASS_E_NOT_FOUND);
    ck_assert_uint_eq(capture_count(removed), 1);
    ck_assert_ptr_nonnull(logs_find(logs, "unknown service light.turn_on"));
}
END_TEST

START_TEST(domain_and_name_have_64_characters_at_most)
{
    struct hass *hass = test_hass();
    struct hass_error err = HASS_ERROR_INIT;
    autoseen seen = { 0 };
    char name[64 + 2];

    memset(name, 'a', sizeof(name) - 1);
    name[64 + 1] = '\0';
    struct hass_job job = HASS_JOB_CALLBACK(handle, &seen);
    ck_assert_int_eq(hass_services_async_register(hass, "t", name, NULL, job, &err),
                     HASS_E_INVALID);
    ck_assert_ptr_nonnull(strstr(err.message, "the name of a service has 1 to 64 characters"));
    ck_assert_int_eq(hass_services_async_register(hass, name, "s", NULL, job, NULL),
                     HASS_E_INVALID);
    name[64] = '\0';
    ck_assert_int_eq(hass_services_async_register(hass, name, name, NULL, job, NULL), 0);
    ck_assert(hass_services_async_has(hass, name, name));
}
END_TEST

static void count_destroy(void *userdata)
{
    ++*(int *)userdata;
}

static HASS_CALLBACK int counts(const struct hass_service_call *service_call, void *userdata,
                                struct hass_error *err)
{
    return 0;
}

START_TEST(registering_again_replaces_and_frees_the_former)
{
    struct hass *hass = test_hass();
    int destroyed = 0;
    autoseen seen = { 0 };

    add(hass, "s", HASS_RESPONSE_NONE,
        HASS_JOB_CALLBACK(counts, &destroyed, .destroy = count_destroy));
    add(hass, "s", HASS_RESPONSE_NONE, HASS_JOB_CALLBACK(handle, &seen));
    ck_assert_int_eq(destroyed, 1);
    ck_assert_int_eq(call(hass, &(struct attempt){ .service = "S" }), 0);
    ck_assert_int_eq(seen.calls, 1);
}
END_TEST

START_TEST(a_call_fires_its_raw_data_and_hands_over_the_checked)
{
    HASS_SCHEMA(schema, HASS_FIELD("n", &hass_type_int, .required = true),
                HASS_FIELD("m", &hass_type_string, .fallback = "\"dd\""));
    struct hass *hass = test_hass();
    struct capture *calls = test_capture(hass, HASS_EVENT_CALL_SERVICE);
    struct hass_service_options options = { .size = sizeof(options), .schema = &schema };
    autoseen seen = { 0 };

    hass_services_async_register(hass, "t", "s", &options, HASS_JOB_CALLBACK(handle, &seen), NULL);
    ck_assert_int_eq(call(hass, &(struct attempt){ .service = "s", .data = "{'n': '7'}" }), 0);
    ck_assert_json(hass_event_data(capture_event(calls, 0)),
                   "{'domain': 't', 'service': 's', 'service_data': {'n': '7'}}");
    ck_assert_json(seen.data, "{'n': 7, 'm': 'dd'}");

    ck_assert_int_eq(call(hass, &(struct attempt){ .service = "s" }), HASS_E_INVALID);
    ck_assert_int_eq(call(hass, &(struct attempt){ .service = "s", .data = "{'n': 1, 'z': 2}" }),
                     HASS_E_INVALID);
    ck_assert_int_eq(call(hass, &(struct attempt){ .service = "s", .data = "[]" }), HASS_E_INVALID);
    ck_assert_uint_eq(capture_count(calls), 1); // what is wrong is not fired
    ck_assert_int_eq(seen.calls, 1);
}
END_TEST

START_TEST(a_target_is_merged_over_the_data)
{
    struct hass *hass = test_hass();
    autoseen seen = { 0 };

    add(hass, "s", HASS_RESPONSE_NONE, HASS_JOB_CALLBACK(handle, &seen));
    call(hass, &(struct attempt){ .service = "s",
                                  .data = "{'entity_id': 'a.b', 'x': 1}",
                                  .target = "{'entity_id': 'c.d', 'area_id': 'k'}" });
    ck_assert_json(seen.data, "{'entity_id': 'c.d', 'area_id': 'k', 'x': 1}");
    call(hass, &(struct attempt){ .service = "s", .target = "{'entity_id': ['a.b']}" });
    ck_assert_json(seen.data, "{'entity_id': ['a.b']}");
    call(hass, &(struct attempt){ .service = "s", .target = "{}" });
    ck_assert_json(seen.data, "{}");
}
END_TEST

START_TEST(an_unknown_service_is_not_found)
{
    struct hass *hass = test_hass();
    struct attempt attempt = { .service = "none" };

    ck_assert_int_eq(call(hass, &attempt), HASS_E_SERVICE_NOT_FOUND);
    ck_assert_str_eq(attempt.err.key, "service_not_found");
    ck_assert_ptr_nonnull(strstr(attempt.err.message, "t.none"));
}
END_TEST

static const struct {
    struct attempt attempt;
    int status;
    const char *key;
} response_rules[] = {
    { { .service = "optional", .return_response = true }, 0, "" },
    { { .service = "optional" }, 0, "" },
    { { .service = "only", .return_response = true }, 0, "" },
    { { .service = "only" }, HASS_E_SERVICE_VALIDATION, "service_lacks_response_request" },
    { { .service = "only", .not_blocking = true },
      HASS_E_SERVICE_VALIDATION,
      "service_lacks_response_request" },
    { { .service = "none", .return_response = true },
      HASS_E_SERVICE_VALIDATION,
      "service_does_not_support_response" },
    { { .service = "optional", .return_response = true, .not_blocking = true },
      HASS_E_SERVICE_VALIDATION,
      "service_should_be_blocking" },
    { { .service = "list", .return_response = true }, HASS_E_GENERAL, "service_reponse_invalid" },
    { { .service = "silent", .return_response = true }, HASS_E_GENERAL, "service_reponse_invalid" },
};

START_TEST(responses_follow_the_rules)
{
    struct hass *hass = test_hass();
    autoseen seen = { 0 };

    add(hass, "optional", HASS_RESPONSE_OPTIONAL, HASS_JOB_CALLBACK(handle, &seen));
    add(hass, "only", HASS_RESPONSE_ONLY, HASS_JOB_CALLBACK(handle, &seen));
    add(hass, "none", HASS_RESPONSE_NONE, HASS_JOB_CALLBACK(handle, &seen));
    add(hass, "list", HASS_RESPONSE_ONLY, HASS_JOB_CALLBACK(responds_with_a_list, NULL));
    add(hass, "silent", HASS_RESPONSE_ONLY, HASS_JOB_CALLBACK(counts, NULL));
    ck_assert_int_eq(hass_services_async_supports_response(hass, "t", "only"), HASS_RESPONSE_ONLY);
    for (size_t i = 0; i < sizeof(response_rules) / sizeof(*response_rules); i++) {
        struct attempt attempt = response_rules[i].attempt;
        ck_assert_int_eq(call(hass, &attempt), response_rules[i].status);
        ck_assert_str_eq(attempt.err.key, response_rules[i].key);
        ck_assert_int_eq(attempt.response != NULL, attempt.return_response && attempt.status == 0);
        json_decref(attempt.response);
    }
}
END_TEST

START_TEST(a_blocking_call_waits_for_a_coroutine)
{
    struct hass *hass = test_hass();
    autoseen seen = { 0 };
    int64_t begin = hass_monotonic(hass);

    add(hass, "s", HASS_RESPONSE_NONE, HASS_JOB_COROUTINE(sleeps, &seen));
    ck_assert_int_eq(call(hass, &(struct attempt){ .service = "s", .data = "{'a': 1}" }), 0);
    ck_assert_int_eq(hass_monotonic(hass) - begin, 5000000);
    ck_assert_json(seen.data, "{'a': 1}");
}
END_TEST

START_TEST(a_call_without_waiting_goes_on_by_itself)
{
    struct hass *hass = test_hass();
    autoseen seen = { 0 };
    int64_t begin = hass_monotonic(hass);

    add(hass, "s", HASS_RESPONSE_NONE, HASS_JOB_COROUTINE(sleeps, &seen));
    ck_assert_int_eq(call(hass, &(struct attempt){ .service = "s", .not_blocking = true }), 0);
    ck_assert_int_eq(hass_monotonic(hass), begin);
    ck_assert_int_eq(seen.calls, 0);
    test_advance(hass, 5);
    ck_assert_int_eq(seen.calls, 1);
}
END_TEST

START_TEST(a_pool_handler_runs_on_the_pool_and_responds)
{
    struct hass *hass = test_hass();
    autoseen seen = { .on_loop = true };
    struct attempt attempt = { .service = "s", .return_response = true };

    add(hass, "s", HASS_RESPONSE_ONLY, HASS_JOB_EXECUTOR(works, &seen));
    ck_assert_int_eq(call(hass, &attempt), 0);
    ck_assert(!seen.on_loop);
    ck_assert_json(attempt.response, "{'v': 2}");
    json_decref(attempt.response);
}
END_TEST

START_TEST(errors_reach_the_one_who_waits)
{
    struct hass *hass = test_hass();
    int code = HASS_E_UNSUPPORTED;
    struct attempt attempt = { .service = "s" };

    add(hass, "s", HASS_RESPONSE_NONE, HASS_JOB_CALLBACK(fails, &code));
    ck_assert_int_eq(call(hass, &attempt), HASS_E_UNSUPPORTED);
    ck_assert_str_eq(attempt.err.message, "on purpose");
}
END_TEST

START_TEST(errors_that_nobody_waits_for_are_logged)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    int code = HASS_E_GENERAL;
    struct attempt attempt = { .service = "s", .not_blocking = true };

    add(hass, "s", HASS_RESPONSE_NONE, HASS_JOB_CALLBACK(fails, &code));
    ck_assert_int_eq(call(hass, &attempt), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "ERROR"));
    logs_clear(logs);
    code = HASS_E_UNAUTHORIZED;
    ck_assert_int_eq(call(hass, &attempt), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "WARNING"));
    code = HASS_E_UNKNOWN_USER;
    ck_assert_int_eq(call(hass, &attempt), 0);
    ck_assert_ptr_null(logs_find(logs, "ERROR"));
}
END_TEST

START_TEST(a_callback_may_call_without_waiting)
{
    struct hass *hass = test_hass();
    autoseen seen = { 0 };

    add(hass, "s", HASS_RESPONSE_NONE, HASS_JOB_CALLBACK(handle, &seen));
    ck_assert_int_eq(
        hass_services_async_call_later(hass, "t", "s", test_json("{'a': 2}"), NULL, NULL), 0);
    test_settle(hass);
    ck_assert_json(seen.data, "{'a': 2}");
    ck_assert_int_eq(hass_services_async_call_later(hass, "t", "no", json_object(), NULL, NULL),
                     HASS_E_SERVICE_NOT_FOUND);
}
END_TEST

static enum user_standing standing_by_name(struct hass *hass, const char *user_id)
{
    if (strcmp(user_id, "admin") == 0)
        return USER_ADMIN;
    return strcmp(user_id, "guest") == 0 ? USER_LIMITED : USER_UNKNOWN;
}

static HASS_CALLBACK int call_as(struct hass *hass, const char *user_id, struct hass_error *err)
{
    autounref(hass_context) const *context = hass_context_new(hass, user_id, NULL);

    return hass_services_async_call_later(hass, "t", "s", NULL, context, err);
}

START_TEST(services_for_administrators_refuse_others)
{
    static const struct permissions users = { .standing = standing_by_name };
    struct hass *hass = test_hass();
    struct hass_service_options options = { .size = sizeof(options), .admin = true };
    struct hass_error err = HASS_ERROR_INIT;
    autoseen seen = { 0 };

    permissions_set(hass, &users);
    hass_services_async_register(hass, "t", "s", &options, HASS_JOB_CALLBACK(handle, &seen), NULL);
    ck_assert_int_eq(call_as(hass, "guest", &err), HASS_E_UNAUTHORIZED);
    ck_assert_str_eq(err.message, "t.s is for administrators");
    hass_error_clear(&err);
    ck_assert_int_eq(call_as(hass, "stranger", &err), HASS_E_UNKNOWN_USER);
    ck_assert_str_eq(err.message, "user stranger is not known");
    ck_assert_int_eq(seen.calls, 0);
    ck_assert_int_eq(call_as(hass, "admin", NULL), 0);
    ck_assert_int_eq(call_as(hass, NULL, NULL), 0);
    ck_assert_int_eq(hass_services_async_call_later(hass, "t", "s", NULL, NULL, NULL), 0);
    ck_assert_int_eq(seen.calls, 3);
}
END_TEST

START_TEST(nobody_is_a_known_user_before_there_are_users)
{
    struct hass *hass = test_hass();
    struct hass_service_options options = { .size = sizeof(options), .admin = true };
    autoseen seen = { 0 };

    hass_services_async_register(hass, "t", "s", &options, HASS_JOB_CALLBACK(handle, &seen), NULL);
    ck_assert_int_eq(call_as(hass, "admin", NULL), HASS_E_UNKNOWN_USER);
    ck_assert_int_eq(call_as(hass, NULL, NULL), 0);
    ck_assert_int_eq(seen.calls, 1);
}
END_TEST

START_TEST(the_description_is_what_clients_expect)
{
    HASS_SCHEMA(schema, HASS_FIELD("entity_id", &hass_type_entity_ids, .required = true),
                HASS_FIELD("level", &hass_type_int, .doc = "How much"));
    struct hass *hass = test_hass();
    struct hass_service_options options = {
        .size = sizeof(options),
        .schema = &schema,
        .description = "Turns it on",
        .supports_response = HASS_RESPONSE_OPTIONAL,
    };

    hass_services_async_register(hass, "t", "turn_on", &options, HASS_JOB_CALLBACK(counts, NULL),
                                 NULL);
    autojson *all = hass_services_async_describe(hass);
    const json_t *service = hass_json_get(hass_json_get(all, "t"), "turn_on");
    ck_assert_str_eq(hass_json_get_string(service, "name", ""), "Turn on");
    ck_assert_str_eq(hass_json_get_string(service, "description", ""), "Turns it on");
    ck_assert_json(hass_json_get(service, "response"), "{'optional': true}");
    ck_assert_json(hass_json_get(service, "target"), "{'entity': [{}]}");
    ck_assert_ptr_nonnull(hass_json_get(hass_json_get(service, "fields"), "level"));
    ck_assert_ptr_null(hass_json_get(hass_json_get(service, "fields"), "entity_id"));
}
END_TEST

START_TEST(a_name_and_fields_that_are_given_win_over_the_schemas)
{
    HASS_SCHEMA(schema, HASS_FIELD("level", &hass_type_int, .doc = "How much"));
    struct hass *hass = test_hass();
    autojson *fields = test_json("{'who': {'name': 'Who', 'selector': {'text': null}}}");
    struct hass_service_options options = {
        .size = sizeof(options),
        .schema = &schema,
        .name = "Greet!",
        .fields = fields,
    };

    hass_services_async_register(hass, "t", "greet", &options, HASS_JOB_CALLBACK(counts, NULL),
                                 NULL);
    json_object_clear(fields); // it has a copy
    autojson *all = hass_services_async_describe(hass);
    ck_assert_json(hass_json_get(hass_json_get(all, "t"), "greet"),
                   "{'name': 'Greet!', 'description': '', 'fields': {'who': {'name': 'Who', "
                   "'selector': {'text': null}}}}");
}
END_TEST

/* other threads */

static HASS_BLOCKING int use_from_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    autojson *fields = test_json("{'a': {'name': 'A'}}");
    struct hass_service_options options = { .size = sizeof(options),
                                            .supports_response = HASS_RESPONSE_OPTIONAL,
                                            .name = "S!",
                                            .fields = fields };
    struct hass_call_options ask = { .size = sizeof(ask),
                                     .blocking = true,
                                     .return_response = true };
    json_t *response = NULL;
    int status =
        hass_services_register(hass, "t", "s", &options, HASS_JOB_CALLBACK(handle, userdata), err);

    if (status < 0)
        return status;
    status = hass_services_call(hass, "t", "s", test_json("{'a': 1}"), &ask, &response, err);
    ck_assert_json(response, "{'v': 1}");
    json_decref(response);
    ck_assert(hass_services_has(hass, "t", "s"));
    autojson *all = hass_services_describe(hass);
    ck_assert_json(hass_json_get(hass_json_get(all, "t"), "s"),
                   "{'name': 'S!', 'description': '', 'fields': {'a': {'name': 'A'}}, "
                   "'response': {'optional': true}}");
    ck_assert_int_eq(hass_services_call(hass, "t", "no", NULL, NULL, NULL, NULL),
                     HASS_E_SERVICE_NOT_FOUND);
    hass_services_remove(hass, "t", "s", NULL);
    return status;
}

START_TEST(other_threads_register_and_call)
{
    struct hass *hass = test_hass();
    autoseen seen = { 0 };

    ck_assert_int_eq(test_on_pool(hass, use_from_pool, &seen), 0);
    test_settle(hass);
    ck_assert_int_eq(seen.calls, 1);
    ck_assert(!hass_services_async_has(hass, "t", "s"));
}
END_TEST

/* scopes */

static HASS_COROUTINE int close_scope(struct hass *hass, void *userdata, struct hass_error *err)
{
    return scope_async_close(userdata, 10, err);
}

START_TEST(a_service_ends_with_the_scope_that_registered_it)
{
    struct hass *hass = test_hass();
    struct scope *scope = scope_new(hass, "blink");
    struct capture *removed = test_capture(hass, HASS_EVENT_SERVICE_REMOVED);
    int destroyed = 0;

    struct scope *former = scope_enter(scope);
    add(hass, "s", HASS_RESPONSE_NONE,
        HASS_JOB_CALLBACK(counts, &destroyed, .destroy = count_destroy));
    hass_async_set_data(hass, "blink", &destroyed, count_destroy, NULL);
    scope_leave(former);
    ck_assert_ptr_eq(hass_async_get_data(hass, "blink"), &destroyed);
    ck_assert_int_eq(test_run_coroutine(hass, close_scope, scope), 0);
    ck_assert(!hass_services_async_has(hass, "t", "s"));
    ck_assert_uint_eq(capture_count(removed), 1);
    ck_assert_int_eq(destroyed, 2);
    ck_assert_ptr_null(hass_async_get_data(hass, "blink"));
    scope_unref(scope);
}
END_TEST

static void note_scope(void *userdata)
{
    *(const char **)userdata = scope_name(scope_current());
}

START_TEST(what_an_integration_gave_is_destroyed_in_its_scope)
{
    struct hass *hass = test_hass();
    struct scope *scope = scope_new(hass, "blink");
    const char *of_service = NULL, *of_data = NULL;

    struct scope *former = scope_enter(scope);
    add(hass, "s", HASS_RESPONSE_NONE,
        HASS_JOB_CALLBACK(counts, &of_service, .destroy = note_scope));
    hass_async_set_data(hass, "blink", &of_data, note_scope, NULL);
    scope_leave(former);
    hass_services_async_remove(hass, "t", "s", NULL);
    hass_async_set_data(hass, "blink", NULL, NULL, NULL);
    ck_assert_str_eq(of_service, "blink");
    ck_assert_str_eq(of_data, "blink");
    scope_unref(scope);
}
END_TEST

START_TEST(data_is_taken_also_by_an_integration_that_closes)
{
    struct hass *hass = test_hass();
    struct scope *scope = scope_new(hass, "blink");
    int destroyed = 0;

    scope_end(scope);
    struct scope *former = scope_enter(scope);
    ck_assert_int_eq(hass_async_set_data(hass, "blink", &destroyed, count_destroy, NULL),
                     HASS_E_CLOSED);
    scope_leave(former);
    ck_assert_int_eq(destroyed, 1);
    scope_unref(scope);
}
END_TEST

/* Not marked: the mistake that the compiler would find. */
static int call_and_wait(struct hass *hass, json_t *data, struct hass_error *err)
    HASS__ANALYSIS(no_thread_safety_analysis)
{
    return hass_services_call(hass, "t", "s", data, NULL, NULL, err);
}

START_TEST(a_waiting_call_is_refused_on_the_loop_and_takes_its_data)
{
    struct hass *hass = test_hass();
    struct hass_error err = HASS_ERROR_INIT;
    struct logs *logs = test_logs();
    autojson *data = json_object();

    ck_assert_int_eq(call_and_wait(hass, json_incref(data), &err), HASS_E_WOULD_DEADLOCK);
    ck_assert_uint_eq(data->refcount, 1);
    ck_assert_ptr_nonnull(strstr(err.message, "hass.services.call"));
    ck_assert_ptr_nonnull(logs_find(logs, "hass_services_async_call"));
}
END_TEST

TEST_MAIN("services", registering_and_removing_fire_events,
          domain_and_name_have_64_characters_at_most,
          registering_again_replaces_and_frees_the_former,
          a_call_fires_its_raw_data_and_hands_over_the_checked, a_target_is_merged_over_the_data,
          an_unknown_service_is_not_found, responses_follow_the_rules,
          a_blocking_call_waits_for_a_coroutine, a_call_without_waiting_goes_on_by_itself,
          a_pool_handler_runs_on_the_pool_and_responds, errors_reach_the_one_who_waits,
          errors_that_nobody_waits_for_are_logged, a_callback_may_call_without_waiting,
          services_for_administrators_refuse_others, nobody_is_a_known_user_before_there_are_users,
          the_description_is_what_clients_expect,
          a_name_and_fields_that_are_given_win_over_the_schemas, other_threads_register_and_call,
          a_waiting_call_is_refused_on_the_loop_and_takes_its_data,
          a_service_ends_with_the_scope_that_registered_it,
          what_an_integration_gave_is_destroyed_in_its_scope,
          data_is_taken_also_by_an_integration_that_closes)
