/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody sees all calls of services, and takes their handlers' place. */
#include <string.h>

#include <hass/schema.h>

#include "core/core.h"
#include "support/test.h"

/* What the interceptor saw, and what it says. */
struct spy {
    int calls;
    char service[140];
    json_t *data;
    char context[HASS_MAX_CONTEXT_ID + 1];
    bool exists, return_response;
    int result;
    const char *response; /* JSON, or NULL */
};

static void spy_fini(struct spy *spy)
{
    json_decref(spy->data);
}

#define autospy __attribute__((cleanup(spy_fini))) struct spy

static HASS_CALLBACK int look(struct hass *hass, const struct hass_intercepted_call *call,
                              void *userdata, json_t **ret_response, struct hass_error *err)
{
    struct spy *spy = userdata;

    spy->calls++;
    snprintf(spy->service, sizeof(spy->service), "%s.%s", call->domain, call->service);
    json_decref(spy->data);
    spy->data = hass_json_ref(call->data);
    snprintf(spy->context, sizeof(spy->context), "%s", hass_context_id(call->context));
    spy->exists = call->exists;
    spy->return_response = call->return_response;
    if (spy->response)
        *ret_response = test_json(spy->response);
    return spy->result < 0 ? hass_fail(err, spy->result, "on purpose") : spy->result;
}

static HASS_CALLBACK int handle(const struct hass_service_call *call, void *userdata,
                                struct hass_error *err)
{
    ++*(int *)userdata;
    return 0;
}

HASS_SCHEMA(level_schema, HASS_FIELD("level", &hass_type_int, .max = 10));

static HASS__ANALYSIS(assert_capability(hass_loop)) struct hass *home(struct spy *spy, int *handled)
{
    struct hass *hass = test_hass();
    const struct hass_service_options options = { .size = sizeof(options),
                                                  .schema = &level_schema };

    ck_assert_int_eq(hass_services_async_register(hass, "t", "s", &options,
                                                  HASS_JOB_CALLBACK(handle, handled), NULL),
                     0);
    ck_assert_int_eq(hass_services_async_intercept(hass, look, spy, NULL), 0);
    return hass;
}

/* A blocking call with a response. */
struct attempt {
    const char *service;
    json_t *response;
    struct hass_error err;
    int status;
};

static HASS_COROUTINE int run_attempt(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct attempt *attempt = userdata;
    const struct hass_call_options options = {
        .size = sizeof(options),
        .blocking = true,
        .return_response = true,
        .target = test_json("{'entity_id': 'x.y'}"),
    };

    attempt->err = (struct hass_error)HASS_ERROR_INIT;
    attempt->status = hass_services_async_call(hass, "far", attempt->service, NULL, &options,
                                               &attempt->response, &attempt->err);
    return 0;
}

START_TEST(a_call_that_is_dealt_with_has_no_handler_and_is_told_nevertheless)
{
    int handled = 0;
    autospy spy = { .result = 1 };
    struct hass *hass = home(&spy, &handled);
    struct capture *told = test_capture(hass, HASS_EVENT_CALL_SERVICE);

    ck_assert_int_eq(
        hass_services_async_call_later(hass, "t", "s", test_json("{'level': 3}"), NULL, NULL), 0);
    test_settle(hass);
    ck_assert_int_eq(handled, 0);
    ck_assert_int_eq(spy.calls, 1);
    ck_assert_str_eq(spy.service, "t.s");
    ck_assert(spy.exists);
    ck_assert_json(spy.data, "{'level': 3}");
    ck_assert_uint_eq(capture_count(told), 1);
    ck_assert_str_eq(hass_context_id(hass_event_context(capture_event(told, 0))), spy.context);
}
END_TEST

START_TEST(a_call_that_goes_on_reaches_its_handler)
{
    int handled = 0;
    autospy spy = { .result = 0 };
    struct hass *hass = home(&spy, &handled);

    ck_assert_int_eq(hass_services_async_call_later(hass, "t", "s", NULL, NULL, NULL), 0);
    test_settle(hass);
    ck_assert_int_eq(handled, 1);
    ck_assert_int_eq(spy.calls, 1);
}
END_TEST

START_TEST(a_call_with_bad_data_is_refused_unseen)
{
    int handled = 0;
    autospy spy = { .result = 1 };
    struct hass *hass = home(&spy, &handled);

    ck_assert_int_eq(
        hass_services_async_call_later(hass, "t", "s", test_json("{'level': 11}"), NULL, NULL),
        HASS_E_INVALID);
    ck_assert_int_eq(spy.calls, 0);
}
END_TEST

START_TEST(the_interceptors_error_is_the_calls)
{
    int handled = 0;
    autospy spy = { .result = HASS_E_GENERAL };
    struct hass *hass = home(&spy, &handled);
    struct capture *told = test_capture(hass, HASS_EVENT_CALL_SERVICE);
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_services_async_call_later(hass, "t", "s", NULL, NULL, &err),
                     HASS_E_GENERAL);
    ck_assert_str_eq(err.message, "on purpose");
    ck_assert_int_eq(handled, 0);
    ck_assert_uint_eq(capture_count(told), 0);
}
END_TEST

START_TEST(a_service_that_nobody_offers_is_seen_and_may_answer)
{
    int handled = 0;
    autospy spy = { .result = 1, .response = "{'v': 5}" };
    struct hass *hass = home(&spy, &handled);
    struct attempt attempt = { .service = "away" };

    test_run_coroutine(hass, run_attempt, &attempt);
    ck_assert_int_eq(attempt.status, 0);
    ck_assert(!spy.exists);
    ck_assert(spy.return_response);
    ck_assert_json(spy.data, "{'entity_id': 'x.y'}");
    ck_assert_json(attempt.response, "{'v': 5}");
    json_decref(attempt.response);
    spy.response = NULL;
    attempt.response = NULL;
    test_run_coroutine(hass, run_attempt, &attempt);
    ck_assert_json(attempt.response, "{}");
    json_decref(attempt.response);
}
END_TEST

START_TEST(a_service_that_nobody_offers_and_nobody_takes_is_not_found)
{
    int handled = 0;
    autospy spy = { .result = 0 };
    struct hass *hass = home(&spy, &handled);
    struct attempt attempt = { .service = "away" };

    test_run_coroutine(hass, run_attempt, &attempt);
    ck_assert_int_eq(attempt.status, HASS_E_SERVICE_NOT_FOUND);
    ck_assert_int_eq(spy.calls, 1);
}
END_TEST

START_TEST(one_alone_may_intercept_until_it_ends)
{
    int handled = 0;
    autospy spy = { .result = 1 };
    struct hass *hass = home(&spy, &handled);

    ck_assert_int_eq(hass_services_async_intercept(hass, look, &spy, NULL), HASS_E_EXISTS);
    ck_assert_int_eq(hass_services_async_intercept(hass, NULL, NULL, NULL), 0);
    ck_assert_int_eq(hass_services_async_call_later(hass, "t", "s", NULL, NULL, NULL), 0);
    test_settle(hass);
    ck_assert_int_eq(spy.calls, 0);
    ck_assert_int_eq(handled, 1);
    ck_assert_int_eq(hass_services_async_call_later(hass, "far", "s", NULL, NULL, NULL),
                     HASS_E_SERVICE_NOT_FOUND);
}
END_TEST

TEST_MAIN("intercepted services", a_call_that_is_dealt_with_has_no_handler_and_is_told_nevertheless,
          a_call_that_goes_on_reaches_its_handler, a_call_with_bad_data_is_refused_unseen,
          the_interceptors_error_is_the_calls, a_service_that_nobody_offers_is_seen_and_may_answer,
          a_service_that_nobody_offers_and_nobody_takes_is_not_found,
          one_alone_may_intercept_until_it_ends)
