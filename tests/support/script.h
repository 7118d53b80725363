/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of scripts: services that write down what they are called with, and a script that is made of JSON in which ' stands for ".
 *
 *     test.rec    only writes
 *     test.slow   takes 4 seconds; "c" is written when it is cancelled
 *     test.boom   fails as a device does
 *     test.bug    fails as a program does
 *     test.ask    answers {"answer": 42}
 */
#pragma once

#include <hass/script.h>

#include "support/test.h"

#define RECORDED 16

/* What the services were called with, as JSON; index from 0. */
struct recorded {
    size_t count;
    struct {
        double at; /* seconds since the fixture was made */
        char *service;
        json_t *data;
        const struct hass_context *context;
    } calls[RECORDED];
};

/** The hass of the test, RUNNING, with the services; what an earlier one recorded is forgotten. */
struct hass *script_home(void) HASS__ANALYSIS(assert_capability(hass_loop));
extern struct recorded recorded;

/** A script named "test" of the checked @sequence; fails the test when it is refused. */
struct hass_script *script_make(const char *sequence, enum hass_script_mode mode) HASS_CALLBACK;
struct hass_script *script_make_with(const char *sequence, struct hass_script_options options)
    HASS_CALLBACK;
/** Starts it with variables (JSON, or NULL) and without waiting. */
void script_start(struct hass_script *script, const char *variables) HASS_CALLBACK;
/** Runs it to its end; time passes. */
int script_run(struct hass_script *script, const char *variables, json_t **ret_response,
               struct hass_error *err) HASS_CALLBACK;

/** Fails the test unless test.rec and its kin were called with this and nothing else: "1 rec {'n': 1}; 3 rec {}", "c" is a cancellation. */
#define ck_assert_calls(expected) script_assert_calls((expected), __FILE__, __LINE__)
void script_assert_calls(const char *expected, const char *file, int line);
