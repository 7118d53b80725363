/* SPDX-License-Identifier: Apache-2.0 */
/* Signals: who gets them, in which order, and what becomes of a target. */
#include <string.h>

#include "run/runtime.h"
#include "support/test.h"

struct seen {
    unsigned calls;
    char order[16];
    json_t *last;
    struct hass_sub *remove; /* inside the call */
};

static HASS_CALLBACK int on_signal(const struct hass_signal *signal, void *userdata,
                                   struct hass_error *err)
{
    struct seen *seen = userdata;

    seen->calls++;
    json_decref(seen->last);
    seen->last = hass_json_ref(signal->data);
    seen->remove = hass_sub_async_remove(seen->remove);
    return 0;
}

static char order[16];

static HASS_CALLBACK int note(const struct hass_signal *signal, void *userdata,
                              struct hass_error *err)
{
    strcat(order, userdata);
    return 0;
}

static HASS_CALLBACK int always_fails(const struct hass_signal *signal, void *userdata,
                                      struct hass_error *err)
{
    return hass_fail(err, HASS_E_GENERAL, "target is broken");
}

static HASS_COROUTINE int slow(const struct hass_signal *signal, void *userdata,
                               struct hass_error *err)
{
    struct seen *seen = userdata;
    int r = hass_async_sleep(signal->hass, 1, err);

    seen->calls++;
    json_decref(seen->last);
    seen->last = json_pack("[s, O]", signal->name, signal->data);
    return r;
}

static void count_free(void *object)
{
    (*(unsigned *)object)++;
}

static HASS_CALLBACK int ignore(const struct hass_signal *signal, void *userdata,
                                struct hass_error *err)
{
    return 0;
}

START_TEST(targets_run_in_order_of_connection_with_the_data)
{
    struct hass *hass = test_hass();
    struct seen seen = { 0 };

    hass_async_dispatcher_connect(hass, "s", HASS_JOB_CALLBACK(note, (char *)"a"), NULL, NULL);
    hass_async_dispatcher_connect(hass, "s", HASS_JOB_CALLBACK(note, (char *)"b"), NULL, NULL);
    hass_async_dispatcher_connect(hass, "s", HASS_JOB_CALLBACK(on_signal, &seen), NULL, NULL);
    ck_assert_int_eq(hass_async_dispatcher_send(hass, "s", test_json("{'x': 1}"), NULL), 0);
    ck_assert_str_eq(order, "ab");
    ck_assert_json(seen.last, "{'x': 1}");
    json_decref(seen.last);
}
END_TEST

START_TEST(no_data_is_null_and_no_target_is_fine)
{
    struct hass *hass = test_hass();
    struct seen seen = { 0 };

    ck_assert_int_eq(hass_async_dispatcher_send(hass, "nobody", test_json("[1]"), NULL), 0);
    hass_async_dispatcher_connect(hass, "s", HASS_JOB_CALLBACK(on_signal, &seen), NULL, NULL);
    hass_async_dispatcher_send(hass, "s", NULL, NULL);
    ck_assert(json_is_null(seen.last));
    json_decref(seen.last);
}
END_TEST

START_TEST(the_same_target_twice_is_one_connection)
{
    struct hass *hass = test_hass();
    struct seen seen = { 0 };
    struct hass_sub *first = NULL, *second = NULL;

    hass_async_dispatcher_connect(hass, "s", HASS_JOB_CALLBACK(on_signal, &seen), &first, NULL);
    hass_async_dispatcher_connect(hass, "s", HASS_JOB_CALLBACK(on_signal, &seen), &second, NULL);
    hass_async_dispatcher_send(hass, "s", NULL, NULL);
    ck_assert_uint_eq(seen.calls, 1);
    hass_sub_async_remove(second);
    hass_async_dispatcher_send(hass, "s", NULL, NULL);
    ck_assert_uint_eq(seen.calls, 1);
    hass_sub_async_remove(first);
    json_decref(seen.last);
}
END_TEST

START_TEST(the_userdata_of_a_target_connected_twice_is_freed_once)
{
    struct hass *hass = test_hass();
    unsigned freed = 0;
    struct hass_sub *first = NULL, *second = NULL;

    hass_async_dispatcher_connect(
        hass, "s", HASS_JOB_CALLBACK(ignore, &freed, .destroy = count_free), &first, NULL);
    hass_async_dispatcher_connect(
        hass, "s", HASS_JOB_CALLBACK(ignore, &freed, .destroy = count_free), &second, NULL);
    hass_sub_async_remove(first);
    hass_sub_async_remove(second);
    ck_assert_uint_eq(freed, 1);
}
END_TEST

START_TEST(a_target_with_other_userdata_is_another_one)
{
    struct hass *hass = test_hass();
    struct seen a = { 0 }, b = { 0 };

    hass_async_dispatcher_connect(hass, "s", HASS_JOB_CALLBACK(on_signal, &a), NULL, NULL);
    hass_async_dispatcher_connect(hass, "s", HASS_JOB_CALLBACK(on_signal, &b), NULL, NULL);
    hass_async_dispatcher_send(hass, "s", NULL, NULL);
    ck_assert_uint_eq(a.calls + b.calls, 2);
    json_decref(a.last);
    json_decref(b.last);
}
END_TEST

START_TEST(an_error_is_logged_and_the_next_target_runs)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    struct seen seen = { 0 };

    hass_async_dispatcher_connect(hass, "s", HASS_JOB_CALLBACK(always_fails, NULL), NULL, NULL);
    hass_async_dispatcher_connect(hass, "s", HASS_JOB_CALLBACK(on_signal, &seen), NULL, NULL);
    ck_assert_int_eq(hass_async_dispatcher_send(hass, "s", NULL, NULL), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "target is broken"));
    ck_assert_uint_eq(seen.calls, 1);
    json_decref(seen.last);
}
END_TEST

START_TEST(the_last_target_may_disconnect_itself_while_it_runs)
{
    struct hass *hass = test_hass();
    struct seen seen = { 0 };

    hass_async_dispatcher_connect(hass, "s", HASS_JOB_CALLBACK(on_signal, &seen), &seen.remove,
                                  NULL);
    hass_async_dispatcher_send(hass, "s", NULL, NULL);
    hass_async_dispatcher_send(hass, "s", NULL, NULL);
    ck_assert_uint_eq(seen.calls, 1);
    json_decref(seen.last);
}
END_TEST

START_TEST(a_coroutine_keeps_the_signal)
{
    struct hass *hass = test_hass();
    struct seen seen = { 0 };
    char name[] = "s";

    hass_async_dispatcher_connect(hass, "s", HASS_JOB_COROUTINE(slow, &seen), NULL, NULL);
    hass_async_dispatcher_send(hass, name, test_json("{'x': 1}"), NULL);
    name[0] = '?';
    test_advance(hass, 2);
    ck_assert_uint_eq(seen.calls, 1);
    ck_assert_json(seen.last, "['s', {'x': 1}]");
    json_decref(seen.last);
}
END_TEST

static HASS_CALLBACK int plain(struct hass *hass, void *userdata, struct hass_error *err)
{
    return 0;
}

START_TEST(a_job_for_another_subject_is_refused)
{
    struct hass *hass = test_hass();
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(
        hass_async_dispatcher_connect(hass, "s", HASS_JOB_CALLBACK(plain, NULL), NULL, &err),
        HASS_E_INVALID);
    ck_assert_int_eq(hass_async_dispatcher_send(hass, "s", NULL, NULL), 0);
}
END_TEST

static HASS_BLOCKING int from_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct seen *seen = userdata;
    struct hass_sub *sub = NULL;
    int r = hass_dispatcher_connect(hass, "s", HASS_JOB_CALLBACK(on_signal, seen), &sub, err);

    if (!r)
        r = hass_dispatcher_send(hass, "s", json_integer(1), err);
    if (!r)
        r = hass_block_till_done(hass, false, err);
    hass_sub_remove(sub);
    return r < 0 ? r : hass_dispatcher_send(hass, "s", json_integer(2), err);
}

START_TEST(twins_work_from_a_pool_thread)
{
    struct hass *hass = test_hass();
    struct seen seen = { 0 };

    ck_assert_int_eq(test_on_pool(hass, from_pool, &seen), 0);
    test_settle(hass);
    ck_assert_uint_eq(seen.calls, 1);
    ck_assert_int_eq(json_integer_value(seen.last), 1);
    json_decref(seen.last);
}
END_TEST

static int send_wrongly(struct hass *hass, void *userdata, struct hass_error *err)
    HASS__ANALYSIS(no_thread_safety_analysis)
{
    int r = hass_async_dispatcher_send(hass, "s", NULL, err);

    return r == HASS_E_THREAD ? hass_async_dispatcher_connect(
                                    hass, "s", HASS_JOB_CALLBACK(note, (char *)"x"), NULL, NULL)
                              : 0;
}

START_TEST(async_forms_are_refused_elsewhere)
{
    struct hass *hass = test_hass();

    test_logs();
    hass_async_dispatcher_connect(hass, "s", HASS_JOB_CALLBACK(note, (char *)"n"), NULL, NULL);
    ck_assert_int_eq(test_on_pool(hass, send_wrongly, NULL), HASS_E_THREAD);
    ck_assert_str_eq(order, "");
}
END_TEST

TEST_MAIN("dispatcher", targets_run_in_order_of_connection_with_the_data,
          no_data_is_null_and_no_target_is_fine, the_same_target_twice_is_one_connection,
          the_userdata_of_a_target_connected_twice_is_freed_once,
          a_target_with_other_userdata_is_another_one, an_error_is_logged_and_the_next_target_runs,
          the_last_target_may_disconnect_itself_while_it_runs, a_coroutine_keeps_the_signal,
          a_job_for_another_subject_is_refused, twins_work_from_a_pool_thread,
          async_forms_are_refused_elsewhere)
