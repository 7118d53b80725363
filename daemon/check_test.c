/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassd check --test FILE`: each case is a scenario in a home of its own. What it called is compared with what was wanted; where they
 * differ both are shown, and below them all that happened instead.
 */
#include "check_test.h"

#include <stdio.h>
#include <string.h>

#include "case.h"

struct testing {
    const struct args *args;
    struct hass_yaml *yaml;
    struct scratch scratch;
    struct hass_zone *zone;
    json_t *results; /* with --json */
    size_t passed, failed;
};

/* telling */

static void print_indented(const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        printf("   %.*s\n", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void tell(struct testing *testing, const struct automation_case *test)
{
    bool passed = json_array_size(test->failures) == 0;
    size_t i;
    json_t *failure;

    *(passed ? &testing->passed : &testing->failed) += 1;
    if (testing->args->json) {
        json_array_append_new(testing->results,
                              json_pack("{s:s, s:i, s:b, s:O, s:s}", "name", test->name, "line",
                                        (int)test->line, "passed", passed, "failures",
                                        test->failures, "timeline", passed ? "" : test->happened));
        return;
    }
    if (passed)
        return;
    printf("%s:%u: failed: %s\n", testing->args->test_file, test->line, test->name);
    json_array_foreach(test->failures, i, failure)
        print_indented(json_string_value(failure));
    printf("   what happened:\n");
    print_indented(test->happened);
    putchar('\n');
}

static int end(const struct testing *testing)
{
    if (testing->args->json) {
        autobuf text = HASS_BUF_INIT;
        autojson *all = json_pack("{s:I, s:I, s:O}", "passed", (json_int_t)testing->passed,
                                  "failed", (json_int_t)testing->failed, "cases", testing->results);
        hass_json_write_pretty(all, &text);
        puts(hass_buf_string(&text));
    } else {
        printf("%zu passed, %zu failed\n", testing->passed, testing->failed);
    }
    return fflush(stdout) == 0 && testing->failed == 0 ? 0 : 1;
}

/* running */

static int run_cases(struct testing *testing, struct automation_cases *cases,
                     struct hass_error *err)
{
    vec_foreach(&cases->list, test) {
        int r = case_run(test, &testing->scratch, err);
        if (r < 0) {
            hass_error_prefix(err, "%s:%u: %s", testing->args->test_file, test->line, test->name);
            return r;
        }
        tell(testing, test);
    }
    return 0;
}

static int run_file(struct testing *testing, struct hass_error *err)
{
    struct automation_cases cases = { 0 };
    autobuf report = HASS_BUF_INIT;
    int r = hass_yaml_read(testing->args->test_file, &testing->yaml, err);

    if (r < 0)
        return r;
    if (hass_yaml_errors(testing->yaml) == 0)
        cases_read(testing->yaml, testing->zone, &cases);
    hass_yaml_report(testing->yaml, &report);
    fputs(hass_buf_string(&report), stderr);
    if (hass_yaml_errors(testing->yaml) > 0)
        r = hass_fail(err, HASS_E_INVALID, "%s cannot be used", testing->args->test_file);
    else
        r = run_cases(testing, &cases, err);
    cases_fini(&cases);
    return r;
}

static int test(struct testing *testing, struct hass_error *err)
{
    int r = scratch_open(testing->args, false, &testing->scratch, err);

    if (r < 0)
        return r;
    r = scratch_zone(&testing->scratch, &testing->zone, err);
    if (r == 0)
        r = run_file(testing, err);
    scratch_close(&testing->scratch);
    return r;
}

int check_test_command(const struct args *args)
{
    struct testing testing = { .args = args, .results = json_array() };
    struct hass_error err = HASS_ERROR_INIT;
    int r = test(&testing, &err);
    int code = r < 0 ? 1 : end(&testing);

    hass_yaml_destroy(testing.yaml);
    hass_zone_unref(testing.zone);
    json_decref(testing.results);
    if (r < 0) {
        fflush(stdout);
        fprintf(stderr, "hassd: %s\n", err.message);
    }
    return code;
}
