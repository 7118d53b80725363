/* SPDX-License-Identifier: Apache-2.0 */
/* The event bus: who gets what, in which order, and what is refused. */
#include <errno.h>
#include <string.h>

#include <hass/buf.h>

#include "core/core.h"
#include "support/test.h"

/* What the listeners below write: one letter for each call, in order. */
static char trail[64];

static void note(char letter)
{
    size_t length = strlen(trail);

    ck_assert_uint_lt(length + 1, sizeof(trail));
    trail[length] = letter;
}

/* Userdata is a string; its first letter is noted. */
static HASS_CALLBACK int on_event(const struct hass_event *event, void *userdata,
                                  struct hass_error *err)
{
    note(*(const char *)userdata);
    return 0;
}

static HASS_CALLBACK int fails(const struct hass_event *event, void *userdata,
                               struct hass_error *err)
{
    note('f');
    return hass_fail(err, HASS_E_GENERAL, "on purpose");
}

static HASS_CALLBACK struct hass_sub *listen_as(struct hass *hass, const char *type,
                                                const char *letter)
{
    struct hass_sub *sub = NULL;

    ck_assert_int_eq(hass_bus_async_listen(hass, type, NULL,
                                           HASS_JOB_CALLBACK(on_event, TEXT(letter)), &sub, NULL),
                     0);
    return sub;
}

static HASS_CALLBACK void fire(struct hass *hass, const char *type)
{
    ck_assert_int_eq(hass_bus_async_fire(hass, type, NULL, NULL, NULL), 0);
}

START_TEST(an_event_reaches_its_listener)
{
    struct hass *hass = test_hass();
    struct capture *seen = test_capture(hass, "ping");

    ck_assert_int_eq(hass_bus_async_fire(hass, "ping", test_json("{'x': 1}"), NULL, NULL), 0);
    ck_assert_uint_eq(capture_count(seen), 1);
    ck_assert_json(hass_event_data(capture_event(seen, 0)), "{'x': 1}");
    ck_assert_str_eq(hass_event_type(capture_event(seen, 0)), "ping");
    ck_assert_int_eq(hass_event_origin(capture_event(seen, 0)), HASS_ORIGIN_LOCAL);
    ck_assert_int_eq(hass_event_time_fired(capture_event(seen, 0)), hass_now(hass));
    ck_assert_uint_eq(strlen(hass_context_id(hass_event_context(capture_event(seen, 0)))), 26);
}
END_TEST

START_TEST(an_event_without_data_has_an_empty_map)
{
    struct hass *hass = test_hass();
    struct capture *seen = test_capture(hass, "ping");

    fire(hass, "ping");
    ck_assert_json(hass_event_data(capture_event(seen, 0)), "{}");
}
END_TEST

START_TEST(data_that_is_no_map_is_refused)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(hass_bus_async_fire(hass, "ping", json_array(), NULL, NULL), HASS_E_INVALID);
}
END_TEST

START_TEST(exact_listeners_come_before_match_all_in_order_of_registration)
{
    struct hass *hass = test_hass();

    listen_as(hass, HASS_MATCH_ALL, "y");
    listen_as(hass, "k", "a");
    listen_as(hass, HASS_MATCH_ALL, "z");
    listen_as(hass, "k", "b");
    fire(hass, "k");
    ck_assert_str_eq(trail, "abyz");
}
END_TEST

START_TEST(types_are_told_apart_by_case)
{
    struct hass *hass = test_hass();

    listen_as(hass, "ping", "a");
    fire(hass, "Ping");
    ck_assert_str_eq(trail, "");
}
END_TEST

START_TEST(close_and_reports_never_reach_match_all)
{
    struct hass *hass = test_hass();

    listen_as(hass, HASS_MATCH_ALL, "a");
    fire(hass, HASS_EVENT_CLOSE);
    fire(hass, HASS_EVENT_STATE_REPORTED);
    ck_assert_str_eq(trail, "");
    listen_as(hass, HASS_EVENT_CLOSE, "c");
    fire(hass, HASS_EVENT_CLOSE);
    ck_assert_str_eq(trail, "c");
}
END_TEST

START_TEST(listening_to_reports_needs_a_filter)
{
    struct hass *hass = test_hass();
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_bus_async_listen(hass, HASS_EVENT_STATE_REPORTED, NULL,
                                           HASS_JOB_CALLBACK(on_event, TEXT("a")), NULL, &err),
                     HASS_E_GENERAL);
    ck_assert_ptr_nonnull(strstr(err.message, "needs a filter"));
}
END_TEST

START_TEST(a_failing_listener_is_logged_and_does_not_stop_the_others)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    hass_bus_async_listen(hass, "k", NULL, HASS_JOB_CALLBACK(fails, NULL), NULL, NULL);
    listen_as(hass, "k", "b");
    fire(hass, "k");
    ck_assert_str_eq(trail, "fb");
    ck_assert_ptr_nonnull(logs_find(logs, "on purpose"));
}
END_TEST

static HASS_CALLBACK bool is_den(const struct hass_event *event, void *userdata)
{
    return strcmp(hass_json_get_string(hass_event_data(event), "room", ""), "den") == 0;
}

START_TEST(a_filter_decides)
{
    struct hass *hass = test_hass();

    hass_bus_async_listen(hass, "k", is_den, HASS_JOB_CALLBACK(on_event, TEXT("a")), NULL, NULL);
    hass_bus_async_fire(hass, "k", test_json("{'room': 'den'}"), NULL, NULL);
    hass_bus_async_fire(hass, "k", test_json("{'room': 'hall'}"), NULL, NULL);
    fire(hass, "k");
    ck_assert_str_eq(trail, "a");
}
END_TEST

START_TEST(a_once_listener_runs_once)
{
    struct hass *hass = test_hass();
    struct hass_sub *sub;

    hass_bus_async_listen_once(hass, "k", HASS_JOB_CALLBACK(on_event, TEXT("a")), &sub, NULL);
    fire(hass, "k");
    fire(hass, "k");
    ck_assert_str_eq(trail, "a");
    ck_assert_ptr_null(hass_sub_async_remove(sub)); // harmless afterwards
}
END_TEST

/* Fires the same type again. */
static HASS_CALLBACK int fires_again(const struct hass_event *event, void *userdata,
                                     struct hass_error *err)
{
    note('n');
    return hass_bus_async_fire(hass_event_hass(event), hass_event_type(event), NULL, NULL, err);
}

START_TEST(a_once_listener_that_fires_again_runs_once)
{
    struct hass *hass = test_hass();

    hass_bus_async_listen_once(hass, "k", HASS_JOB_CALLBACK(fires_again, NULL), NULL, NULL);
    listen_as(hass, "k", "b");
    fire(hass, "k");
    ck_assert_str_eq(trail, "nbb");
}
END_TEST

static HASS_CALLBACK int removes(const struct hass_event *event, void *userdata,
                                 struct hass_error *err)
{
    struct hass_sub **sub = userdata;

    note('r');
    *sub = hass_sub_async_remove(*sub);
    return 0;
}

START_TEST(a_listener_may_remove_itself)
{
    struct hass *hass = test_hass();
    struct hass_sub *sub = NULL;

    hass_bus_async_listen(hass, "k", NULL, HASS_JOB_CALLBACK(removes, &sub), &sub, NULL);
    listen_as(hass, "k", "b");
    fire(hass, "k");
    fire(hass, "k");
    ck_assert_str_eq(trail, "rbb");
}
END_TEST

START_TEST(a_listener_removed_by_an_earlier_one_is_skipped)
{
    struct hass *hass = test_hass();
    struct hass_sub *victim = NULL;

    hass_bus_async_listen_once(hass, "k", HASS_JOB_CALLBACK(removes, &victim), NULL, NULL);
    victim = listen_as(hass, "k", "v");
    listen_as(hass, "k", "b");
    fire(hass, "k");
    ck_assert_str_eq(trail, "rb");
}
END_TEST

static HASS_CALLBACK int adds(const struct hass_event *event, void *userdata,
                              struct hass_error *err)
{
    note('+');
    return hass_bus_async_listen(hass_event_hass(event), "k", NULL,
                                 HASS_JOB_CALLBACK(on_event, TEXT("x")), NULL, err);
}

START_TEST(a_listener_added_during_delivery_gets_the_next_event)
{
    struct hass *hass = test_hass();

    hass_bus_async_listen_once(hass, "k", HASS_JOB_CALLBACK(adds, NULL), NULL, NULL);
    fire(hass, "k");
    ck_assert_str_eq(trail, "+");
    fire(hass, "k");
    ck_assert_str_eq(trail, "+x");
}
END_TEST

static HASS_CALLBACK int fires_inner(const struct hass_event *event, void *userdata,
                                     struct hass_error *err)
{
    note('(');
    int status = hass_bus_async_fire(hass_event_hass(event), "inner", NULL, NULL, err);
    note(')');
    return status;
}

START_TEST(an_event_fired_in_a_listener_waits_for_the_present_one)
{
    struct hass *hass = test_hass();

    hass_bus_async_listen(hass, "outer", NULL, HASS_JOB_CALLBACK(fires_inner, NULL), NULL, NULL);
    listen_as(hass, "outer", "o");
    listen_as(hass, "inner", "i");
    fire(hass, "outer");
    ck_assert_str_eq(trail, "()oi");
}
END_TEST

/* Fires @wanted events from one delivery; counts what was accepted. */
struct burst {
    int wanted, accepted, last;
};

static HASS_CALLBACK int fires_many(const struct hass_event *event, void *userdata,
                                    struct hass_error *err)
{
    struct burst *burst = userdata;

    for (int i = 0; i < burst->wanted; i++) {
        burst->last = hass_bus_async_fire(hass_event_hass(event), "drop", NULL, NULL, NULL);
        burst->accepted += burst->last == 0;
    }
    return 0;
}

START_TEST(ten_thousand_events_may_be_queued_and_not_one_more)
{
    struct hass *hass = test_hass();
    struct capture *drops = test_capture(hass, "drop");
    struct burst burst = { .wanted = 10000 };

    hass_bus_async_listen(hass, "burst", NULL, HASS_JOB_CALLBACK(fires_many, &burst), NULL, NULL);
    fire(hass, "burst");
    ck_assert_int_eq(burst.last, 0);
    ck_assert_uint_eq(capture_count(drops), 10000);

    capture_clear(drops);
    burst = (struct burst){ .wanted = 10000 + 1 };
    fire(hass, "burst");
    ck_assert_int_eq(burst.last, HASS_E_LIMIT);
    ck_assert_int_eq(burst.accepted, 10000);
    ck_assert_uint_eq(capture_count(drops), 10000); // what was queued is delivered
    fire(hass, "drop");
    ck_assert_uint_eq(capture_count(drops), 10000 + 1);
}
END_TEST

START_TEST(two_listeners_that_answer_each_other_come_to_an_end)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    struct capture *seen = test_capture(hass, "k");

    hass_bus_async_listen(
        hass, "k", NULL, HASS_JOB_CALLBACK(fires_many, &(struct burst){ .wanted = 1 }), NULL, NULL);
    struct burst echo = { .wanted = 1 };
    hass_bus_async_listen(hass, "drop", NULL, HASS_JOB_CALLBACK(fires_many, &echo), NULL, NULL);
    fire(hass, "k");
    ck_assert_uint_eq(capture_count(seen), 1);
    ck_assert_int_eq(echo.last, HASS_E_LIMIT);
    (void)logs;
}
END_TEST

START_TEST(a_type_has_sixty_four_characters_at_most)
{
    struct hass *hass = test_hass();
    struct hass_error err = HASS_ERROR_INIT;
    char type[64 + 2];

    memset(type, 'a', sizeof(type));
    type[64] = '\0';
    struct capture *seen = test_capture(hass, type);
    fire(hass, type);
    ck_assert_uint_eq(capture_count(seen), 1);

    type[64] = 'a';
    type[64 + 1] = '\0';
    ck_assert_int_eq(hass_bus_async_fire(hass, type, NULL, NULL, &err), HASS_E_TOO_LONG);
    ck_assert_int_eq(hass_bus_fire(hass, type, NULL, NULL, NULL), HASS_E_TOO_LONG);
    ck_assert_int_eq(
        hass_bus_async_listen(hass, type, NULL, HASS_JOB_CALLBACK(on_event, TEXT("a")), NULL, NULL),
        HASS_E_TOO_LONG);
}
END_TEST

START_TEST(listeners_are_counted_and_a_type_goes_with_its_last_one)
{
    struct hass *hass = test_hass();
    struct hass_sub *a = listen_as(hass, "k", "a");
    struct hass_sub *b = listen_as(hass, "k", "b");

    listen_as(hass, HASS_MATCH_ALL, "s");
    autojson *both = hass_bus_async_listeners(hass);
    ck_assert_json(both, "{'k': 2, '*': 1}");
    hass_sub_async_remove(a);
    hass_sub_async_remove(b);
    autojson *none = hass_bus_async_listeners(hass);
    ck_assert_json(none, "{'*': 1}");
    hass_bus_async_listen_once(hass, "k", HASS_JOB_CALLBACK(on_event, TEXT("c")), NULL, NULL);
    fire(hass, "k");
    autojson *after = hass_bus_async_listeners(hass);
    ck_assert_json(after, "{'*': 1}");
}
END_TEST

static HASS_COROUTINE int slow(const struct hass_event *event, void *userdata,
                               struct hass_error *err)
{
    note('1');
    int status = hass_async_sleep(hass_event_hass(event), 1, err);
    note(hass_json_get_int(hass_event_data(event), "n", 0) == 7 ? '2' : '?');
    return status;
}

START_TEST(a_coroutine_listener_starts_at_once_and_keeps_the_event)
{
    struct hass *hass = test_hass();

    hass_bus_async_listen(hass, "k", NULL, HASS_JOB_COROUTINE(slow, NULL), NULL, NULL);
    listen_as(hass, "k", "b");
    hass_bus_async_fire(hass, "k", test_json("{'n': 7}"), NULL, NULL);
    ck_assert_str_eq(trail, "1b");
    test_advance(hass, 1);
    ck_assert_str_eq(trail, "1b2");
}
END_TEST

static int on_pool(const struct hass_event *event, void *userdata, struct hass_error *err)
{
    *(int64_t *)userdata = hass_json_get_int(hass_event_data(event), "n", 0);
    return hass_on_loop(hass_event_hass(event)) ? HASS_E_GENERAL : 0;
}

START_TEST(an_executor_listener_runs_on_the_pool)
{
    struct hass *hass = test_hass();
    int64_t number = 0;

    hass_bus_async_listen(hass, "k", NULL, HASS_JOB_EXECUTOR(on_pool, &number), NULL, NULL);
    hass_bus_async_fire(hass, "k", test_json("{'n': 7}"), NULL, NULL);
    test_settle(hass);
    ck_assert_int_eq(number, 7);
}
END_TEST

static HASS_BLOCKING int use_from_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_sub *sub = NULL;
    int status =
        hass_bus_listen(hass, "k", NULL, HASS_JOB_CALLBACK(on_event, TEXT("p")), &sub, err);

    if (status < 0)
        return status;
    hass_bus_fire(hass, "k", json_object(), NULL, err);
    autojson *counts = hass_bus_listeners(hass); // queued behind the event
    ck_assert_int_eq(hass_json_get_int(counts, "k", 0), 1);
    hass_sub_remove(sub);
    hass_bus_fire(hass, "k", NULL, NULL, err);
    return hass_bus_listen_once(hass, "k", HASS_JOB_CALLBACK(on_event, TEXT("o")), NULL, err);
}

START_TEST(other_threads_fire_and_listen)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(test_on_pool(hass, use_from_pool, NULL), 0);
    ck_assert_str_eq(trail, "p");
    fire(hass, "k");
    fire(hass, "k");
    ck_assert_str_eq(trail, "po");
}
END_TEST

static int fire_wrongly(struct hass *hass, void *userdata, struct hass_error *err)
{
    hass__assert_loop(); // a lie, which the compiler would not let pass otherwise
    return hass_bus_async_fire(hass, "k", json_object(), NULL, err);
}

START_TEST(firing_from_another_thread_is_refused)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    struct capture *seen = test_capture(hass, "k");

    ck_assert_int_eq(test_on_pool(hass, fire_wrongly, NULL), HASS_E_THREAD);
    ck_assert_uint_eq(capture_count(seen), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "hass.bus.async_fire"));
}
END_TEST

static HASS_COROUTINE int wait_for_seven(struct hass *hass, void *userdata, struct hass_error *err)
{
    autounref(hass_event) const *event = NULL;
    int status = hass_bus_async_wait(hass, "k", is_den, NULL, 10, &event, err);

    *(int *)userdata = status;
    if (status == 0)
        ck_assert_str_eq(hass_event_type(event), "k");
    return status;
}

START_TEST(a_coroutine_waits_for_an_event)
{
    struct hass *hass = test_hass();
    int status = 1;

    hass_async_create_task(hass, HASS_JOB_COROUTINE(wait_for_seven, &status), NULL, NULL);
    hass_bus_async_fire(hass, "k", test_json("{'room': 'hall'}"), NULL, NULL);
    test_settle(hass);
    ck_assert_int_eq(status, 1);
    hass_bus_async_fire(hass, "k", test_json("{'room': 'den'}"), NULL, NULL);
    test_settle(hass);
    ck_assert_int_eq(status, 0);

    hass_async_create_task(hass, HASS_JOB_COROUTINE(wait_for_seven, &status), NULL, NULL);
    test_advance(hass, 10);
    ck_assert_int_eq(status, -ETIMEDOUT);
    autojson *counts = hass_bus_async_listeners(hass);
    ck_assert_json(counts, "{}");
}
END_TEST

START_TEST(an_event_is_written_as_json)
{
    struct hass *hass = test_hass();
    struct capture *seen = test_capture(hass, "k");
    autounref(hass_context) const *context = hass_context_new_id("abc", "u", "p");
    struct hass_buf buf = HASS_BUF_INIT;
    struct hass_fire_options options = {
        .size = sizeof(options),
        .origin = HASS_ORIGIN_REMOTE,
        .time_fired = INT64_C(1704067200000001),
        .context = context,
    };

    hass_bus_async_fire_with(hass, "k", test_json("{'a': [1]}"), &options, NULL);
    hass_event_write_json(capture_event(seen, 0), &buf);
    ck_assert_str_eq(hass_buf_string(&buf),
                     "{\"event_type\":\"k\",\"data\":{\"a\":[1]},\"origin\":\"REMOTE\","
                     "\"time_fired\":\"2024-01-01T00:00:00.000001+00:00\","
                     "\"context\":{\"id\":\"abc\",\"parent_id\":\"p\",\"user_id\":\"u\"}}");
    hass_buf_fini(&buf);
}
END_TEST

TEST_MAIN(
    "bus", an_event_reaches_its_listener, an_event_without_data_has_an_empty_map,
    data_that_is_no_map_is_refused, exact_listeners_come_before_match_all_in_order_of_registration,
    types_are_told_apart_by_case, close_and_reports_never_reach_match_all,
    listening_to_reports_needs_a_filter, a_failing_listener_is_logged_and_does_not_stop_the_others,
    a_filter_decides, a_once_listener_runs_once, a_once_listener_that_fires_again_runs_once,
    a_listener_may_remove_itself, a_listener_removed_by_an_earlier_one_is_skipped,
    a_listener_added_during_delivery_gets_the_next_event,
    an_event_fired_in_a_listener_waits_for_the_present_one,
    ten_thousand_events_may_be_queued_and_not_one_more,
    two_listeners_that_answer_each_other_come_to_an_end, a_type_has_sixty_four_characters_at_most,
    listeners_are_counted_and_a_type_goes_with_its_last_one,
    a_coroutine_listener_starts_at_once_and_keeps_the_event, an_executor_listener_runs_on_the_pool,
    other_threads_fire_and_listen, firing_from_another_thread_is_refused,
    a_coroutine_waits_for_an_event, an_event_is_written_as_json)
