/* SPDX-License-Identifier: Apache-2.0 */
/* A runtime with nothing above it, for the tests of run/. */
#pragma once

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <check.h>

#include "run/clock.h"
#include "run/loop.h"
#include "run/runtime.h"
#include "run/scope.h"

/* Userdata that is a literal. */
#define TEXT(literal) ((void *)(literal))

struct hass {
    struct runtime *runtime;
};

/* The test's thread is the loop thread from then on. */
static inline struct hass *start_with(const struct runtime_options *options)
    HASS__ANALYSIS(assert_capability(hass_loop));
static inline struct hass *start_with(const struct runtime_options *options)
{
    struct hass *hass = calloc(1, sizeof(*hass));
    struct runtime *runtime = NULL;

    ck_assert_int_eq(runtime_create(hass, options, &runtime, NULL), 0);
    return hass;
}

/** With virtual time. */
static inline struct hass *start(void) HASS__ANALYSIS(assert_capability(hass_loop));
static inline struct hass *start(void)
{
    return start_with(&(struct runtime_options){ .virtual_time = true });
}

static inline void finish(struct hass *hass)
{
    ck_assert_uint_eq(runtime_destroy(hass->runtime), 0);
    free(hass);
}

/** For loop_run_until: one turn. */
static inline bool never(void *userdata)
{
    return false;
}

/** Moves virtual time although something is outstanding. */
static inline void test_jump(struct hass *hass, double seconds)
{
    struct clock *clock = hass->runtime->clock;

    clock_advance_to(clock, clock_monotonic(clock) + clock_from_seconds(seconds));
}
