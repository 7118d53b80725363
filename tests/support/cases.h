/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A main for suites in which tests run over tables: `CASES_MAIN("suite", ONCE(a_test), ROWS(another, table))`; the row is
 * table[_i].
 */
#pragma once

#include <stddef.h>

#include <check.h>

struct test_case {
    const TTest *test;
    size_t rows; /* 0: once */
};

int test_main_cases(const char *name, const struct test_case cases[], size_t count);

#define ONCE(test)                                                                                 \
    {                                                                                              \
        (test), 0                                                                                  \
    }
#define ROWS(test, table)                                                                          \
    {                                                                                              \
        (test), sizeof(table) / sizeof((table)[0])                                                 \
    }
#define CASES_MAIN(name, ...)                                                                      \
    int main(void)                                                                                 \
    {                                                                                              \
        const struct test_case cases[] = { __VA_ARGS__ };                                          \
        return test_main_cases((name), cases, sizeof(cases) / sizeof(cases[0]));                   \
    }
