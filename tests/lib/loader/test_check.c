/* SPDX-License-Identifier: Apache-2.0 */
/* Checking a configuration without setting anything up. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "support/loader_fixture.h"

static struct hass_error err = HASS_ERROR_INIT;

/* The diagnostics as "line severity message|…"; @ret_code: what the check returned. */
static char *check(const char *yaml, int *ret_code)
{
    struct hass_options options = loader_options();
    autobuf lines = HASS_BUF_INIT;
    autobuf text = HASS_BUF_INIT;
    autojson *report = NULL;
    size_t i;
    json_t *row;

    loader_configure(yaml);
    *ret_code = hass_check_config(&options, &report, &text, &err);
    ck_assert_msg(*ret_code >= 0, "%s", err.message);
    ck_assert_int_eq(hass_json_get_bool(report, "valid", false), *ret_code == 0);
    json_array_foreach(json_object_get(report, "diagnostics"), i, row)
        hass_buf_printf(&lines, "%d %s %s|", (int)hass_json_get_int(row, "line", 0),
                        hass_json_get_string(row, "severity", "?"),
                        hass_json_get_string(row, "message", "?"));
    ck_assert_int_eq(json_array_size(json_object_get(report, "diagnostics")) > 0, text.length > 0);
    return hass_buf_steal(&lines);
}

/* Fails the test unless the report has @code and, for other than "", @part. */
static void expect(const char *yaml, int code, const char *part)
{
    int actual;
    autofree char *lines = check(yaml, &actual);

    ck_assert_msg(actual == code, "%d instead of %d: %s", actual, code, lines);
    if (*part)
        ck_assert_msg(strstr(lines, part) != NULL, "'%s' lacks '%s'", lines, part);
}

START_TEST(a_valid_configuration_is_valid_and_nothing_is_set_up)
{
    expect("good:\n  mode: fast\nthing:\n  - platform: thing_maker\n    name: A\nfails:\n", 0, "");
    struct hass_options options = loader_options();
    autojson *report = NULL;
    ck_assert_int_eq(hass_check_config(&options, &report, NULL, &err), 0);
}
END_TEST

START_TEST(all_errors_are_found_with_their_places)
{
    int code;
    autofree char *lines = check("good:\n"
                                 "  mode: fsat\n"
                                 "  interval: never\n"
                                 "thing:\n"
                                 "  - platform: thing_maker\n"
                                 "    size: 99\n"
                                 "  - platform: good\n"
                                 "homeassistant:\n"
                                 "  elevation: high\n",
                                 &code);

    ck_assert_int_eq(code, 1);
    const char *const parts[] = { "2 error ", "3 error ", "6 error ",
                                  "7 error integration good has no platforms", "9 error " };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        ck_assert_msg(strstr(lines, parts[i]) != NULL, "'%s' lacks '%s'", lines, parts[i]);
}
END_TEST

START_TEST(unknown_names_are_errors_with_the_nearest)
{
    expect("goood:\n", 1, "1 error there is no integration 'goood'");
    expect("thing:\n  - platform: maker\n", 1, "2 error there is no integration 'maker'");
}
END_TEST

START_TEST(an_item_without_its_platform_is_an_error_at_its_place)
{
    expect("thing:\n  - platform: thing_maker\n    name: A\n  - platfrom: thing_maker\n", 1,
           "4 error required key 'platform' is missing");
}
END_TEST

START_TEST(unusable_files_and_missing_dependencies_are_errors)
{
    expect("both:\n", 1, "both async_setup and setup");
    expect("needs_nowhere:\n", 1, "it needs nowhere: there is no integration 'nowhere'");
    expect("cycle_a:\n", 1, "cycle_a -> cycle_b -> cycle_a");
    expect("thing_maker:\n", 1, "it has no set-up of its own");
}
END_TEST

START_TEST(broken_yaml_is_an_error)
{
    expect("good: [\n", 1, " error ");
}
END_TEST

START_TEST(the_state_folder_is_left_alone)
{
    int code;

    free(check("good:\n", &code));
    DIR *dir = opendir(test_dir());
    size_t files = 0;
    while (readdir(dir))
        files++;
    closedir(dir);
    ck_assert_uint_eq(files, 3); /* ., .., configuration.yaml */
}
END_TEST

static HASS_COROUTINE int check_here(struct hass *hass, void *userdata, struct hass_error *error)
{
    return hass_async_check_config(hass, userdata, error);
}

START_TEST(a_running_hass_checks_its_folder)
{
    loader_configure("good:\n");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    autojson *report = NULL;
    ck_assert_int_eq(test_run_coroutine(hass, check_here, &report), 0);
    autojson *second = NULL;
    loader_configure("good:\n  mode: wrong\n");
    ck_assert_int_eq(test_run_coroutine(hass, check_here, &second), 1);
    ck_assert(!hass_json_get_bool(second, "valid", true));
    ck_assert(hass_component_loaded(hass, "good"));
}
END_TEST

TEST_MAIN("check", a_valid_configuration_is_valid_and_nothing_is_set_up,
          all_errors_are_found_with_their_places, unknown_names_are_errors_with_the_nearest,
          an_item_without_its_platform_is_an_error_at_its_place,
          unusable_files_and_missing_dependencies_are_errors, broken_yaml_is_an_error,
          the_state_folder_is_left_alone, a_running_hass_checks_its_folder)
