/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The harness: calibrate, run seven times, take the median.
 */
#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    RUNS = 7,
    TARGET_NS = 20 * 1000 * 1000,
};

static double now(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static double run_once(clockid_t clock, bench_fn *fn, void *context, size_t count)
{
    double begin = now(clock);

    fn(context, count);
    return now(clock) - begin;
}

static double median(clockid_t clock, bench_fn *fn, void *context, size_t count, size_t runs)
{
    double *times = malloc(runs * sizeof(*times));

    for (size_t i = 0; i < runs; i++)
        times[i] = run_once(clock, fn, context, count) / (double)count;
    qsort(times, runs, sizeof(*times), by_value);
    double middle = times[runs / 2];
    free(times);
    return middle;
}

static double calibrated(clockid_t clock, bench_fn *fn, void *context)
{
    size_t count = 1;

    while (run_once(clock, fn, context, count) < TARGET_NS)
        count *= 2;
    return median(clock, fn, context, count, RUNS);
}

double bench_cpu(bench_fn *fn, void *context)
{
    return calibrated(CLOCK_THREAD_CPUTIME_ID, fn, context);
}

double bench_wall(bench_fn *fn, void *context)
{
    return calibrated(CLOCK_MONOTONIC, fn, context);
}

double bench_fixed(bench_fn *fn, void *context, size_t count, size_t runs)
{
    return median(CLOCK_THREAD_CPUTIME_ID, fn, context, count, runs);
}

void bench_report(const char *name, double value, const char *unit, double floor)
{
    printf(
        "{\"name\": \"%s\", \"value\": %.4g, \"unit\": \"%s\", \"floor\": %.4g, \"ratio\": %.3g}\n",
        name, value, unit, floor, floor > 0 ? value / floor : 0);
    fflush(stdout);
}

uint32_t bench_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}
