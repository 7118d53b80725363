/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only reader of clocks: monotonic and wall time, real or virtual, int64_t microseconds. Readable from any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct clock;

/** @start is the wall time at which a virtual clock begins. */
struct clock *clock_create(bool is_virtual, int64_t start);
struct clock *clock_destroy(struct clock *clock);
bool clock_is_virtual(const struct clock *clock);
/** Never goes back, never 0. */
int64_t clock_monotonic(const struct clock *clock);
/** The same as of the kernel's last tick: a few milliseconds behind at most, at a quarter of the price. */
int64_t clock_monotonic_coarse(const struct clock *clock);
/** Microseconds UTC. */
int64_t clock_wall(const struct clock *clock);
/** Likewise of the last tick. */
int64_t clock_wall_coarse(const struct clock *clock);
/** Monotonic time that passes in virtual mode, too: for what jobs really take. */
int64_t clock_real(void);
/** Virtual only: lets time pass up to @monotonic. */
void clock_advance_to(struct clock *clock, int64_t monotonic);
/** Virtual only: sets the wall clock; timers_clock_set tells the timers. */
void clock_set_wall(struct clock *clock, int64_t wall);
/** Rounds up, so that a wait is never too short; limited to a hundred years. */
int64_t clock_from_seconds(double seconds);
