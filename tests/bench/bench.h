/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measuring hot paths: the median of several runs, as one JSON line each on stdout:
 *
 *     {"name": "bus.async_fire", "value": 92.1, "unit": "ns", "floor": 31.0, "ratio": 2.97}
 *
 * `floor` is the least that the same work could cost here, measured in the same run; `ratio` says how many times the floor
 * the value is. Times are CPU time of the calling thread, unless a bench says otherwise: other load then matters less.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** Does the work @count times. */
typedef void bench_fn(void *context, size_t count);

/** Nanoseconds of CPU time one round of @fn takes: the median of seven runs of some 20 ms. */
double bench_cpu(bench_fn *fn, void *context);
/** The same by the clock on the wall. */
double bench_wall(bench_fn *fn, void *context);
/** Nanoseconds of CPU time of one call `fn(context, count)`, divided by @count: the median of @runs, nothing calibrated. */
double bench_fixed(bench_fn *fn, void *context, size_t count, size_t runs);

void bench_report(const char *name, double value, const char *unit, double floor);

/** Keeps the compiler from leaving out what makes @value. */
static inline void bench_use(const void *value)
{
    __asm__ volatile("" : : "r"(value) : "memory");
}

/** A cheap sequence that visits things out of order: fixed seed, so that runs compare. */
uint32_t bench_random(uint64_t *state);
