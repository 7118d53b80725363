/* SPDX-License-Identifier: Apache-2.0 */
/* Field tables as forms, in the words of the frontend. */
#include <math.h>

#include <hass/schema.h>

#include "support/test.h"

HASS_SCHEMA(inner_schema, HASS_FIELD("depth", &hass_type_int, .fallback = "1"));
HASS_SCHEMA(form_schema, HASS_FIELD("flag", &hass_type_bool, .fallback = "true"),
            HASS_FIELD("half", &hass_type_number, .min = 0.5, .max = 2.5, .required = true),
            HASS_FIELD("open", &hass_type_int, .min = 1, .max = INFINITY),
            HASS_FIELD("password", &hass_type_string, .required = true, .secret = true),
            HASS_FIELD("lamp", &hass_type_entity_id), HASS_FIELD("wait", &hass_type_duration),
            HASS_FIELD("days", &hass_type_enum, .list = true, .words = HASS_WORDS("mon", "tue")),
            HASS_FIELD("names", &hass_type_string, .list = true),
            HASS_FIELD("more", &hass_type_map, .schema = &inner_schema));

START_TEST(each_type_has_its_word)
{
    autojson *form = hass_schema_as_form(&form_schema, NULL, NULL);

    ck_assert_json(
        form,
        "[{'name': 'flag', 'required': false, 'optional': true, 'type': 'boolean', 'default': "
        "true}, {'name': 'half', 'required': true, 'type': 'float', 'valueMin': 0.5, 'valueMax': "
        "2.5}, {'name': 'open', 'required': false, 'optional': true, 'type': 'integer', "
        "'valueMin': 1}, {'name': 'password', 'required': true, 'selector': {'text': {'type': "
        "'password'}}}, {'name': 'lamp', 'required': false, 'optional': true, 'selector': "
        "{'entity': {}}}, {'name': 'wait', 'required': false, 'optional': true, 'selector': "
        "{'duration': {}}}, {'name': 'days', 'required': false, 'optional': true, 'type': "
        "'multi_select', 'options': {'mon': 'mon', 'tue': 'tue'}}, {'name': 'names', 'required': "
        "false, 'optional': true, 'selector': {'text': {'multiple': true}}}, {'name': 'more', "
        "'required': false, 'optional': true, 'type': 'expandable', 'expanded': false, 'schema': "
        "[{'name': 'depth', 'required': false, 'optional': true, 'type': 'integer', 'default': "
        "1}]}]");
}
END_TEST

START_TEST(fields_begin_with_what_is_suggested_but_secrets_do_not)
{
    autojson *suggested =
        test_json("{'flag': false, 'password': 'x', 'more': {'depth': 4}, 'other': 1}");
    autojson *form = hass_schema_as_form(&form_schema, suggested, NULL);
    const json_t *inner = json_array_get(hass_json_get(json_array_get(form, 8), "schema"), 0);

    ck_assert_json(hass_json_get(json_array_get(form, 0), "description"),
                   "{'suggested_value': false}");
    ck_assert_ptr_null(hass_json_get(json_array_get(form, 3), "description"));
    ck_assert_json(hass_json_get(inner, "description"), "{'suggested_value': 4}");
}
END_TEST

START_TEST(choices_take_the_place_of_words)
{
    autojson *choices = test_json("{'days': {'wed': 'Wednesday'}, 'lamp': {'light.a': 'A'}}");
    autojson *form = hass_schema_as_form(&form_schema, NULL, choices);

    ck_assert_json(hass_json_get(json_array_get(form, 6), "options"), "{'wed': 'Wednesday'}");
    ck_assert_json(hass_json_get(json_array_get(form, 4), "options"), "[['light.a', 'A']]");
}
END_TEST

START_TEST(a_form_may_have_no_fields)
{
    autojson *form = hass_schema_as_form(NULL, NULL, NULL);

    ck_assert_json(form, "[]");
}
END_TEST

TEST_MAIN("schema_form", each_type_has_its_word,
          fields_begin_with_what_is_suggested_but_secrets_do_not, choices_take_the_place_of_words,
          a_form_may_have_no_fields)
