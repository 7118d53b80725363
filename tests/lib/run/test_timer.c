/* SPDX-License-Identifier: Apache-2.0 */
/* Timers: order, changes inside callbacks, both clocks, and call_at. */
#include <string.h>
#include <unistd.h>

#include <hass/loop.h>
#include <hass/task.h>

#include "run/clock.h"
#include "run/timer.h"
#include "tests/lib/run/fixture.h"
#include "tests/support/test.h"

static char trace[64];

struct named {
    struct timer timer;
    char name;
    struct hass *hass;
    struct named *other;
    unsigned again;
};

static void note(struct timer *timer)
{
    struct named *named = list_entry(timer, struct named, timer);
    size_t length = strlen(trace);

    ck_assert_uint_lt(length, sizeof(trace) - 1);
    trace[length] = named->name;
}

static void cancel_both(struct timer *timer)
{
    struct named *named = list_entry(timer, struct named, timer);

    note(timer);
    hass__assert_loop();
    timer_cancel(timer);
    timer_cancel(&named->other->timer);
}

static void set_again(struct timer *timer)
{
    struct named *named = list_entry(timer, struct named, timer);

    note(timer);
    hass__assert_loop();
    if (named->again && named->again--)
        timer_set(named->hass->runtime->timers, timer, 0);
}

static struct named named_timer(struct hass *hass, char name, void (*fire)(struct timer *))
{
    struct named named = { .name = name, .hass = hass };

    timer_init(&named.timer, fire);
    return named;
}

START_TEST(equal_times_fire_in_order_of_setting)
{
    struct hass *hass = start();
    struct timers *timers = hass->runtime->timers;
    struct named a = named_timer(hass, 'a', note), b = named_timer(hass, 'b', note),
                 c = named_timer(hass, 'c', note);
    int64_t now = hass_monotonic(hass);

    hass__assert_loop();
    timer_set(timers, &c.timer, now + 2000000);
    timer_set(timers, &a.timer, now + 1000000);
    timer_set(timers, &b.timer, now + 1000000);
    runtime_advance(hass->runtime, 0.999999);
    ck_assert_str_eq(trace, "");
    runtime_advance(hass->runtime, 5);
    ck_assert_str_eq(trace, "abc");
    finish(hass);
}
END_TEST

START_TEST(a_timer_may_cancel_itself_and_others_while_it_fires)
{
    struct hass *hass = start();
    struct timers *timers = hass->runtime->timers;
    struct named a = named_timer(hass, 'a', cancel_both), b = named_timer(hass, 'b', note);

    hass__assert_loop();
    a.other = &b;
    timer_set(timers, &a.timer, 0);
    timer_set(timers, &b.timer, 0);
    runtime_advance(hass->runtime, 1);
    ck_assert_str_eq(trace, "a");
    ck_assert(!timer_is_set(&a.timer) && !timer_is_set(&b.timer));
    finish(hass);
}
END_TEST

START_TEST(a_timer_set_into_the_past_lets_others_run)
{
    struct hass *hass = start();
    struct timers *timers = hass->runtime->timers;
    struct named a = named_timer(hass, 'a', set_again), b = named_timer(hass, 'b', note);

    hass__assert_loop();
    a.again = 2;
    timer_set(timers, &a.timer, 0);
    timer_set(timers, &b.timer, 0);
    runtime_settle(hass->runtime);
    ck_assert_str_eq(trace, "abaa");
    finish(hass);
}
END_TEST

START_TEST(setting_again_moves_a_timer)
{
    struct hass *hass = start();
    struct timers *timers = hass->runtime->timers;
    struct named a = named_timer(hass, 'a', note), b = named_timer(hass, 'b', note);
    int64_t now = hass_monotonic(hass);

    hass__assert_loop();
    timer_set(timers, &a.timer, now + 1000000);
    timer_set(timers, &b.timer, now + 2000000);
    timer_set(timers, &a.timer, now + 3000000);
    runtime_advance(hass->runtime, 10);
    ck_assert_str_eq(trace, "ba");
    finish(hass);
}
END_TEST

START_TEST(a_wall_clock_timer_follows_the_clock)
{
    struct hass *hass = start();
    struct runtime *runtime = hass->runtime;
    struct named wall = named_timer(hass, 'w', note), mono = named_timer(hass, 'm', note);
    int64_t now = hass_now(hass);

    hass__assert_loop();
    timer_set_wall(runtime->timers, &wall.timer, now + 3600000000);
    timer_set(runtime->timers, &mono.timer, hass_monotonic(hass) + 3600000000);
    clock_set_wall(runtime->clock, now + 3599000000);
    timers_clock_set(runtime->timers);
    runtime_advance(runtime, 0.5);
    ck_assert_str_eq(trace, "");
    runtime_advance(runtime, 0.5);
    ck_assert_str_eq(trace, "w");
    runtime_advance(runtime, 3600);
    ck_assert_str_eq(trace, "wm");
    finish(hass);
}
END_TEST

struct watch {
    struct clock_watcher watcher;
    char name;
    struct timers *timers;
    struct timer *timer; /* set anew, into the past */
    bool ends;
};

static void note_set(struct clock_watcher *watcher)
{
    struct watch *watch = list_entry(watcher, struct watch, watcher);

    hass__assert_loop();
    trace[strlen(trace)] = watch->name;
    if (watch->timer)
        timer_set_wall(watch->timers, watch->timer, 1);
    if (watch->ends)
        clock_watcher_remove(&watch->watcher);
}

START_TEST(who_watches_the_clock_hears_that_it_is_set_before_timers_fire)
{
    struct hass *hass = start();
    struct runtime *runtime = hass->runtime;
    struct named wall = named_timer(hass, 'w', note);
    struct watch a = { .watcher = { .clock_set = note_set }, .name = 'a', .ends = true };
    struct watch b = { .watcher = { .clock_set = note_set },
                       .name = 'b',
                       .timers = runtime->timers,
                       .timer = &wall.timer };
    struct watch never = { .name = 'n' };

    hass__assert_loop();
    timers_watch_clock(runtime->timers, &a.watcher);
    timers_watch_clock(runtime->timers, &b.watcher);
    timers_clock_set(runtime->timers);
    ck_assert_str_eq(trace, "ab");
    runtime_advance(runtime, 1);
    ck_assert_str_eq(trace, "abw");
    timers_clock_set(runtime->timers);
    clock_watcher_remove(&b.watcher);
    clock_watcher_remove(&b.watcher);
    clock_watcher_remove(&never.watcher);
    timers_clock_set(runtime->timers);
    ck_assert_str_eq(trace, "abwb");
    timer_cancel(&wall.timer);
    finish(hass);
}
END_TEST

#define MANY 5000

struct many {
    struct timer timer;
    struct hass *hass;
    int64_t *last;
    unsigned *count;
};

static void check_order(struct timer *timer)
{
    struct many *many = list_entry(timer, struct many, timer);

    ck_assert_int_ge(timer->when, *many->last);
    ck_assert_int_eq(timer->when, hass_monotonic(many->hass));
    *many->last = timer->when;
    ++*many->count;
}

START_TEST(many_timers_fire_in_order_each_at_its_time)
{
    struct hass *hass = start();
    struct many *many = calloc(MANY, sizeof(*many));
    int64_t now = hass_monotonic(hass), last = 0;
    unsigned count = 0, cancelled = 0;
    uint32_t seed = 1;

    hass__assert_loop();
    for (unsigned i = 0; i < MANY; i++) {
        seed = seed * 1664525 + 1013904223;
        many[i] = (struct many){ .hass = hass, .last = &last, .count = &count };
        timer_init(&many[i].timer, check_order);
        timer_set(hass->runtime->timers, &many[i].timer, now + 1 + seed % 1000000);
    }
    for (unsigned i = 0; i < MANY; i += 3, cancelled++)
        timer_cancel(&many[i].timer);
    runtime_advance(hass->runtime, 2);
    ck_assert_uint_eq(count + cancelled, MANY);
    free(many);
    finish(hass);
}
END_TEST

/* call_at */

static unsigned destroyed;

static void count_destroyed(void *userdata)
{
    destroyed++;
}

static struct hass_sub *handle;

static HASS_CALLBACK int tick(const struct hass_tick *tick, void *userdata, struct hass_error *err)
{
    strcat(trace, "t");
    ck_assert_int_eq(tick->now, hass_now(tick->hass));
    ck_assert_int_eq(tick->scheduled, tick->now);
    if (userdata)
        handle = hass_sub_async_remove(handle);
    return 0;
}

START_TEST(a_call_at_may_be_removed_before_inside_and_after)
{
    struct hass *hass = start();
    int64_t when = hass_monotonic(hass) + 1000000;
    struct hass_sub *removed, *kept;

    hass__assert_loop();
    hass_async_call_at(hass, when, HASS_JOB_CALLBACK(tick, NULL, .destroy = count_destroyed),
                       &removed, NULL);
    hass_async_call_at(hass, when, HASS_JOB_CALLBACK(tick, TEXT("x"), .destroy = count_destroyed),
                       &handle, NULL);
    hass_async_call_at(hass, when, HASS_JOB_CALLBACK(tick, NULL, .destroy = count_destroyed), &kept,
                       NULL);
    hass_async_call_at(hass, when, HASS_JOB_CALLBACK(tick, NULL, .destroy = count_destroyed), NULL,
                       NULL);
    hass_sub_async_remove(removed);
    ck_assert_uint_eq(destroyed, 1);
    runtime_advance(hass->runtime, 1);
    ck_assert_str_eq(trace, "ttt");
    ck_assert_uint_eq(destroyed, 4);
    hass_sub_async_remove(kept);
    ck_assert_uint_eq(destroyed, 4);
    finish(hass);
}
END_TEST

static HASS_COROUTINE int tick_coroutine(const struct hass_tick *tick, void *userdata,
                                         struct hass_error *err)
{
    int64_t now = tick->now;

    hass_async_sleep(tick->hass, 1, err);
    ck_assert_int_eq(tick->now, now);
    strcat(trace, "c");
    return 0;
}

START_TEST(a_coroutine_keeps_its_tick)
{
    struct hass *hass = start();

    hass__assert_loop();
    hass_async_call_at(
        hass, 0, HASS_JOB_COROUTINE(tick_coroutine, NULL, .destroy = count_destroyed), NULL, NULL);
    runtime_settle(hass->runtime);
    ck_assert_uint_eq(destroyed, 0);
    runtime_advance(hass->runtime, 1);
    ck_assert_str_eq(trace, "c");
    ck_assert_uint_eq(destroyed, 1);
    finish(hass);
}
END_TEST

static HASS_CALLBACK int readable(const struct hass_fd_ready *ready, void *userdata,
                                  struct hass_error *err)
{
    char byte;

    ck_assert_uint_eq(ready->events, HASS_FD_READ);
    ck_assert_int_eq(read(ready->fd, &byte, 1), 1);
    strcat(trace, "r");
    return 0;
}

START_TEST(a_watched_descriptor_calls_until_it_is_removed)
{
    struct hass *hass = start();
    struct hass_sub *sub = NULL;
    int ends[2];

    hass__assert_loop();
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(hass_async_watch_fd(hass, ends[0], HASS_FD_READ,
                                         HASS_JOB_CALLBACK(readable, NULL), &sub, NULL),
                     0);
    ck_assert_int_eq(write(ends[1], "abc", 3), 3);
    runtime_settle(hass->runtime);
    ck_assert_str_eq(trace, "rrr");
    hass_sub_async_remove(sub);
    ck_assert_int_eq(write(ends[1], "d", 1), 1);
    runtime_settle(hass->runtime);
    ck_assert_str_eq(trace, "rrr");
    close(ends[0]);
    close(ends[1]);
    finish(hass);
}
END_TEST

TEST_MAIN("timer", equal_times_fire_in_order_of_setting,
          a_timer_may_cancel_itself_and_others_while_it_fires,
          a_timer_set_into_the_past_lets_others_run, setting_again_moves_a_timer,
          a_wall_clock_timer_follows_the_clock,
          who_watches_the_clock_hears_that_it_is_set_before_timers_fire,
          many_timers_fire_in_order_each_at_its_time,
          a_call_at_may_be_removed_before_inside_and_after, a_coroutine_keeps_its_tick,
          a_watched_descriptor_calls_until_it_is_removed)
