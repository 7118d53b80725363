/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Golden files of the base tests: a JSON array, one case an element.
 */
#pragma once

#include <stdio.h>

#include <check.h>
#include <jansson.h>

static inline json_t *load_golden(const char *name)
{
    char path[512];
    json_error_t error;

    snprintf(path, sizeof(path), "%s/tests/golden/base/%s", TEST_SOURCE, name);
    json_t *cases = json_load_file(path, 0, &error);
    ck_assert_msg(json_is_array(cases), "%s:%d: %s", path, error.line, error.text);
    return cases;
}

/** Runs the suite of one case and gives the exit status. */
static inline int run_tcase(const char *name, TCase *tcase)
{
    Suite *suite = suite_create(name);

    tcase_set_timeout(tcase, 60); // for the sanitizers
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
