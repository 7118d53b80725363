/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time. A virtual clock is two numbers: monotonic time, moved by the loop and by tests, and its distance to wall time.
 * Both are atomic, since any thread may ask for the time.
 */
#include "run/clock.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"

#define USEC_PER_SEC INT64_C(1000000)
#define LONGEST      (USEC_PER_SEC * 100 * 366 * 86400)

struct clock {
    bool is_virtual;
    _Atomic int64_t monotonic;
    _Atomic int64_t offset; /* wall - monotonic */
};

static int64_t read_clock(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return now.tv_sec * USEC_PER_SEC + now.tv_nsec / 1000;
}

struct clock *clock_create(bool is_virtual, int64_t start)
{
    struct clock *clock = mem_zalloc(sizeof(*clock));

    clock->is_virtual = is_virtual;
    clock->monotonic = USEC_PER_SEC;
    clock->offset = start - USEC_PER_SEC;
    return clock;
}

struct clock *clock_destroy(struct clock *clock)
{
    free(clock);
    return NULL;
}

bool clock_is_virtual(const struct clock *clock)
{
    return clock->is_virtual;
}

int64_t clock_monotonic(const struct clock *clock)
{
    return clock->is_virtual ? clock->monotonic : read_clock(CLOCK_MONOTONIC);
}

int64_t clock_monotonic_coarse(const struct clock *clock)
{
    return clock->is_virtual ? clock->monotonic : read_clock(CLOCK_MONOTONIC_COARSE);
}

int64_t clock_wall(const struct clock *clock)
{
    return clock->is_virtual ? clock->monotonic + clock->offset : read_clock(CLOCK_REALTIME);
}

int64_t clock_wall_coarse(const struct clock *clock)
{
    return clock->is_virtual ? clock_wall(clock) : read_clock(CLOCK_REALTIME_COARSE);
}

int64_t clock_real(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

void clock_advance_to(struct clock *clock, int64_t monotonic)
{
    if (clock->is_virtual && monotonic > clock->monotonic)
        clock->monotonic = monotonic;
}

void clock_set_wall(struct clock *clock, int64_t wall)
{
    clock->offset = wall - clock->monotonic;
}

int64_t clock_from_seconds(double seconds)
{
    if (!(seconds > 0))
        return 0;
    if (seconds >= (double)(LONGEST / USEC_PER_SEC))
        return LONGEST;
    return (int64_t)ceil(seconds * (double)USEC_PER_SEC);
}
