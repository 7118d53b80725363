/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two 4-ary heaps, one a clock, ordered by time and then by arming. The loop fires what is due each turn and arms one
 * libevent event before it waits, so that setting and cancelling a timer never enters libevent. A timerfd that the kernel
 * cancels when the wall clock is set exists from the first wall-clock timer or watcher on.
 */
#include "run/timer.h"

#include <errno.h>
#include <limits.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/mem.h"
#include "run/clock.h"
#include "run/loop.h"

#define FANOUT       4
#define USEC_PER_SEC 1000000

/* The key stands beside the pointer: sifting does not touch the timers. */
struct slot {
    int64_t when;
    uint64_t sequence;
    struct timer *timer;
};

struct heap {
    struct slot *slots;
    uint32_t count;
    uint32_t capacity;
};

struct timers {
    struct runtime *runtime;
    struct event *wake;
    struct event *clock_set; /* real time only; NULL before the first wall-clock timer or watcher */
    struct hass_list watchers; /* struct clock_watcher */
    struct heap monotonic;
    struct heap wall;
    uint64_t sequence;
    int64_t armed; /* what @wake waits for; INT64_MAX: nothing */
};

/* the heap */

static bool before(const struct slot *a, const struct slot *b)
{
    return a->when != b->when ? a->when < b->when : a->sequence < b->sequence;
}

static void put(struct heap *heap, uint32_t place, struct slot slot)
{
    heap->slots[place] = slot;
    slot.timer->place = place;
}

static void sift_up(struct heap *heap, uint32_t place, struct slot slot)
{
    while (place > 0) {
        uint32_t parent = (place - 1) / FANOUT;
        if (!before(&slot, &heap->slots[parent]))
            break;
        put(heap, place, heap->slots[parent]);
        place = parent;
    }
    put(heap, place, slot);
}

static void sift_down(struct heap *heap, uint32_t place, struct slot slot)
{
    for (;;) {
        uint32_t first = place * FANOUT + 1;
        if (first >= heap->count)
            break;
        uint32_t last = first + FANOUT < heap->count ? first + FANOUT : heap->count;
        uint32_t least = first;
        for (uint32_t child = first + 1; child < last; child++) {
            if (before(&heap->slots[child], &heap->slots[least]))
                least = child;
        }
        if (!before(&heap->slots[least], &slot))
            break;
        put(heap, place, heap->slots[least]);
        place = least;
    }
    put(heap, place, slot);
}

static void heap_add(struct heap *heap, struct slot slot)
{
    if (heap->count == heap->capacity) {
        heap->capacity = heap->capacity ? heap->capacity * 2 : 16;
        heap->slots = mem_realloc(heap->slots, heap->capacity * sizeof(*heap->slots));
    }
    sift_up(heap, heap->count++, slot);
}

static void heap_remove(struct heap *heap, uint32_t place)
{
    struct slot moved = heap->slots[--heap->count];

    if (place == heap->count)
        return;
    if (place > 0 && before(&moved, &heap->slots[(place - 1) / FANOUT]))
        sift_up(heap, place, moved);
    else
        sift_down(heap, place, moved);
}

/* setting and cancelling */

static HASS_CALLBACK void add(struct timers *timers, struct timer *timer, int64_t when, bool wall)
{
    timer_cancel(timer);
    timer->timers = timers;
    timer->when = when;
    timer->wall = wall;
    timer->sequence = timers->sequence++;
    heap_add(wall ? &timers->wall : &timers->monotonic,
             (struct slot){ .when = when, .sequence = timer->sequence, .timer = timer });
}

void timer_set(struct timers *timers, struct timer *timer, int64_t when)
{
    add(timers, timer, when, false);
}

void timer_cancel(struct timer *timer)
{
    struct timers *timers = timer->timers;

    if (!timers)
        return;
    timer->timers = NULL;
    heap_remove(timer->wall ? &timers->wall : &timers->monotonic, timer->place);
}

/* firing */

/* Timers set by those that fire wait for the next turn, so that one that sets itself into the past starves nobody. */
static HASS_CALLBACK size_t fire_due(struct heap *heap, int64_t now, uint64_t limit)
{
    size_t fired = 0;

    while (heap->count && heap->slots[0].when <= now && heap->slots[0].sequence < limit) {
        struct timer *timer = heap->slots[0].timer;
        timer_cancel(timer);
        timer->fire(timer);
        fired++;
    }
    return fired;
}

size_t timers_run(struct timers *timers)
{
    struct clock *clock = timers->runtime->clock;
    uint64_t limit = timers->sequence;
    size_t fired = 0;

    if (timers->monotonic.count)
        fired += fire_due(&timers->monotonic, clock_monotonic(clock), limit);
    if (timers->wall.count)
        fired += fire_due(&timers->wall, clock_wall(clock), limit);
    return fired;
}

int64_t timers_next(const struct timers *timers)
{
    const struct clock *clock = timers->runtime->clock;
    int64_t next = timers->monotonic.count ? timers->monotonic.slots[0].when : INT64_MAX;

    if (timers->wall.count) {
        int64_t left = timers->wall.slots[0].when - clock_wall(clock);
        int64_t at = clock_monotonic(clock) + left;
        if (at < next)
            next = at;
    }
    return next;
}

/* waking the loop */

/* The turn that follows fires what is due; here only the wait has ended. */
static void woken(evutil_socket_t fd, short events, void *arg)
{
    struct timers *timers = arg;

    timers->armed = INT64_MAX;
}

void timers_arm(struct timers *timers)
{
    int64_t next = timers_next(timers);

    if (clock_is_virtual(timers->runtime->clock))
        return;
    /* An event that comes too early costs one empty turn; taking it away each time a timer is cancelled costs more. */
    if (next >= timers->armed)
        return;
    int64_t left = next - clock_monotonic(timers->runtime->clock);
    if (left < 0)
        left = 0;
    struct timeval wait = { .tv_sec = left / USEC_PER_SEC, .tv_usec = left % USEC_PER_SEC };
    event_add(timers->wake, &wait);
    timers->armed = next;
}

/* the wall clock is set */

void timers_clock_set(struct timers *timers)
{
    /* The heap is ordered by wall time, which has not changed; only the wait for its first timer has. */
    timers->armed = INT64_MAX;
    list_foreach(&timers->watchers, struct clock_watcher, watcher, link)
        watcher->clock_set(watcher);
}

static int arm_clock_set(int fd)
{
    struct itimerspec far = { .it_value = { .tv_sec = INT_MAX } };

    return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far, NULL);
}

static void clock_was_set(evutil_socket_t fd, short events, void *arg)
{
    struct timers *timers = arg;
    uint64_t expirations;

    if (read(fd, &expirations, sizeof(expirations)) < 0 && errno != ECANCELED)
        return;
    (void)arm_clock_set(fd);
    hass__assert_loop();
    timers_clock_set(timers);
}

/* Without a timerfd (a sandbox may forbid it) wall-clock timers are late after the clock is set, nothing worse. */
static void watch_clock(struct timers *timers)
{
    int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);

    if (fd < 0)
        return;
    if (arm_clock_set(fd) < 0) {
        close(fd);
        return;
    }
    timers->clock_set = event_new(loop_base(timers->runtime->loop), fd, EV_READ | EV_PERSIST,
                                  clock_was_set, timers);
    event_add(timers->clock_set, NULL);
}

static HASS_CALLBACK void need_watch(struct timers *timers)
{
    if (!timers->clock_set && !clock_is_virtual(timers->runtime->clock))
        watch_clock(timers);
}

void timer_set_wall(struct timers *timers, struct timer *timer, int64_t when)
{
    need_watch(timers);
    add(timers, timer, when, true);
}

void timers_watch_clock(struct timers *timers, struct clock_watcher *watcher)
{
    need_watch(timers);
    list_append(&timers->watchers, &watcher->link);
}

void clock_watcher_remove(struct clock_watcher *watcher)
{
    if (watcher->link.next)
        list_remove(&watcher->link);
}

/* life */

struct timers *timers_create(struct runtime *runtime, struct hass_error *err)
{
    struct timers *timers = mem_zalloc(sizeof(*timers));

    timers->runtime = runtime;
    list_init(&timers->watchers);
    timers->armed = INT64_MAX;
    timers->wake = event_new(loop_base(runtime->loop), -1, 0, woken, timers);
    return timers;
}

struct timers *timers_destroy(struct timers *timers)
{
    if (!timers)
        return NULL;
    event_free(timers->wake);
    if (timers->clock_set) {
        int fd = event_get_fd(timers->clock_set);
        event_free(timers->clock_set);
        close(fd);
    }
    free(timers->monotonic.slots);
    free(timers->wall.slots);
    free(timers);
    return NULL;
}
