/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a suite of plain tests and tests over tables, each in a process of its own. */
#include "support/cases.h"

#include <stdlib.h>

#define SECONDS_PER_TEST 60

int test_main_cases(const char *name, const struct test_case cases[], size_t count)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);

    tcase_set_timeout(tcase, SECONDS_PER_TEST);
    for (size_t i = 0; i < count; i++) {
        if (cases[i].rows)
            tcase_add_loop_test(tcase, cases[i].test, 0, (int)cases[i].rows);
        else
            tcase_add_test(tcase, cases[i].test);
    }
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
