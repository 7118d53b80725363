/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a user's beside the configuration: read, checked, and complained of with their places. */
#include <string.h>

#include <hass/yaml.h>

#include "support/test.h"

HASS_SCHEMA(case_schema, HASS_FIELD("name", &hass_type_string, .required = true),
            HASS_FIELD("level", &hass_type_int, .max = 10));
HASS_SCHEMA(file_schema, HASS_FIELD("cases", &hass_type_map, .schema = &case_schema, .list = true));

static struct hass_yaml *read_text(const char *text)
{
    return hass_yaml_read_text("mine.yaml", text, strlen(text));
}

static void check_report(const struct hass_yaml *yaml, const char *wanted)
{
    autobuf text = HASS_BUF_INIT;

    hass_yaml_report(yaml, &text);
    ck_assert_msg(strstr(hass_buf_string(&text), wanted), "no '%s' in\n%s", wanted,
                  hass_buf_string(&text));
}

START_TEST(a_checked_value_is_normalised)
{
    struct hass_yaml *yaml = read_text("cases:\n  - name: 5\n    level: '7'\n");
    autojson *checked = NULL;

    ck_assert_int_eq(hass_yaml_check(yaml, "", &file_schema, &checked), 0);
    ck_assert_json(checked, "{'cases': [{'name': '5', 'level': 7}]}");
    ck_assert_uint_eq(hass_yaml_errors(yaml), 0);
    ck_assert_uint_eq(hass_yaml_line(yaml, "cases->0->level"), 3);
    hass_yaml_destroy(yaml);
}
END_TEST

START_TEST(a_part_is_checked_with_its_own_places)
{
    struct hass_yaml *yaml = read_text("cases:\n  - name: a\n  - name: b\n    level: 11\n");
    autojson *checked = NULL;

    ck_assert_int_eq(hass_yaml_check(yaml, "cases->1", &case_schema, &checked), HASS_E_INVALID);
    check_report(yaml, "mine.yaml:4:12");
    check_report(yaml, "cases->1->level");
    ck_assert_uint_eq(hass_yaml_errors(yaml), 1);
    hass_yaml_destroy(yaml);
}
END_TEST

START_TEST(a_complaint_shows_the_line)
{
    struct hass_yaml *yaml = read_text("- a: 1\n- b: two\n");

    hass_yaml_complain(yaml, "1->b", "expected %d", 2);
    check_report(yaml, "mine.yaml:2:6: error: expected 2");
    check_report(yaml, "- b: two");
    autojson *all = hass_yaml_report_json(yaml);
    ck_assert_int_eq(hass_json_get_int(json_array_get(all, 0), "line", 0), 2);
    hass_yaml_destroy(yaml);
}
END_TEST

START_TEST(a_part_that_is_not_written_is_complained_of)
{
    struct hass_yaml *yaml = read_text("cases:\n");
    autojson *checked = NULL;

    ck_assert_int_eq(hass_yaml_check(yaml, "cases->3", &case_schema, &checked), HASS_E_INVALID);
    ck_assert_uint_eq(hass_yaml_errors(yaml), 1);
    hass_yaml_destroy(yaml);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_said_so)
{
    struct hass_yaml *yaml = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_yaml_read("/nowhere/x.yaml", &yaml, &err), HASS_E_NOT_FOUND);
    ck_assert_ptr_null(yaml);
    ck_assert_ptr_nonnull(strstr(err.message, "/nowhere/x.yaml"));
}
END_TEST

START_TEST(a_broken_file_is_null_with_a_report)
{
    struct hass_yaml *yaml = NULL;

    ck_assert_int_eq(hass_yaml_read(test_file("x.yaml", "a: [1,\n"), &yaml, NULL), 0);
    ck_assert_uint_ge(hass_yaml_errors(yaml), 1);
    check_report(yaml, "x.yaml:2:1: error");
    hass_yaml_destroy(yaml);
}
END_TEST

START_TEST(an_included_file_is_read_beside_it)
{
    struct hass_yaml *yaml = NULL;

    test_file("more.yaml", "- 1\n");
    ck_assert_int_eq(hass_yaml_read(test_file("x.yaml", "a: !include more.yaml\n"), &yaml, NULL),
                     0);
    ck_assert_json(hass_yaml_value(yaml), "{'a': [1]}");
    hass_yaml_destroy(yaml);
    ck_assert_ptr_null(hass_yaml_destroy(NULL));
}
END_TEST

TEST_MAIN("yaml files of a user's", a_checked_value_is_normalised,
          a_part_is_checked_with_its_own_places, a_complaint_shows_the_line,
          a_part_that_is_not_written_is_complained_of, a_file_that_is_not_there_is_said_so,
          a_broken_file_is_null_with_a_report, an_included_file_is_read_beside_it)
