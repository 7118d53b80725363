/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slugs and entity ids, against recorded results of the model.
 */
#include <string.h>

#include <hass/buf.h>
#include <hass/states.h>

#include "base/mem.h"
#include "golden.h"

START_TEST(slugs_are_those_of_the_model)
{
    json_t *cases = load_golden("slugs.json");
    size_t i;
    json_t *one;

    ck_assert_uint_gt(json_array_size(cases), 50);
    json_array_foreach(cases, i, one) {
        autobuf slug = HASS_BUF_INIT;
        const char *text = json_string_value(json_array_get(one, 0));
        hass_slugify(text, json_string_value(json_array_get(one, 1)), &slug);
        ck_assert_msg(strcmp(hass_buf_string(&slug), json_string_value(json_array_get(one, 2))) ==
                          0,
                      "\"%s\" gave \"%s\"", text, hass_buf_string(&slug));
    }
    json_decref(cases);
}
END_TEST

START_TEST(a_slug_is_appended)
{
    autobuf slug = HASS_BUF_INIT;

    hass_buf_add_string(&slug, "light.");
    hass_slugify("Living Room", "_", &slug);
    ck_assert_str_eq(hass_buf_string(&slug), "light.living_room");
}
END_TEST

START_TEST(no_text_gives_no_slug)
{
    autobuf slug = HASS_BUF_INIT;

    hass_slugify(NULL, "_", &slug);
    ck_assert_str_eq(hass_buf_string(&slug), "");
}
END_TEST

START_TEST(malformed_utf8_parts_words)
{
    autobuf slug = HASS_BUF_INIT;

    hass_slugify("a\xff\xe4\xbd"
                 "b\xc3",
                 "_", &slug);
    ck_assert_str_eq(hass_buf_string(&slug), "a_b");
}
END_TEST

START_TEST(every_character_leaves_only_slug_characters)
{
    for (unsigned c = 1; c < 0x11000; c++) {
        autobuf slug = HASS_BUF_INIT;
        char text[8] = { 0 };
        if (c >= 0xd800 && c < 0xe000)
            continue;
        if (c < 0x80)
            text[0] = (char)c;
        else if (c < 0x800)
            memcpy(text, (char[]){ (char)(0xc0 | c >> 6), (char)(0x80 | (c & 63)) }, 2);
        else if (c < 0x10000)
            memcpy(text,
                   (char[]){ (char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 63)),
                             (char)(0x80 | (c & 63)) },
                   3);
        else
            memcpy(text,
                   (char[]){ (char)(0xf0 | c >> 18), (char)(0x80 | (c >> 12 & 63)),
                             (char)(0x80 | (c >> 6 & 63)), (char)(0x80 | (c & 63)) },
                   4);
        hass_slugify(text, "_", &slug);
        ck_assert_msg(slug.length > 0 &&
                          strspn(slug.data, "abcdefghijklmnopqrstuvwxyz0123456789_") == slug.length,
                      "U+%04X gave \"%s\"", c, hass_buf_string(&slug));
    }
}
END_TEST

START_TEST(entity_ids_follow_the_rule)
{
    json_t *cases = load_golden("entity_ids.json");
    size_t i;
    json_t *one;

    json_array_foreach(cases, i, one) {
        const char *id = json_string_value(json_array_get(one, 0));
        ck_assert_msg(hass_valid_entity_id(id) == json_is_true(json_array_get(one, 1)), "\"%s\"",
                      id);
    }
    json_decref(cases);
}
END_TEST

START_TEST(entity_ids_have_a_greatest_length)
{
    char id[300];

    memset(id, 'a', sizeof(id));
    id[64] = '.';
    id[255] = '\0';
    ck_assert(hass_valid_entity_id(id));
    id[255] = 'a';
    id[256] = '\0';
    ck_assert(!hass_valid_entity_id(id));
    memset(id, 'a', sizeof(id));
    id[65] = '.';
    id[100] = '\0';
    ck_assert(!hass_valid_entity_id(id));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("slug");

    tcase_add_test(tcase, slugs_are_those_of_the_model);
    tcase_add_test(tcase, a_slug_is_appended);
    tcase_add_test(tcase, no_text_gives_no_slug);
    tcase_add_test(tcase, malformed_utf8_parts_words);
    tcase_add_test(tcase, every_character_leaves_only_slug_characters);
    tcase_add_test(tcase, entity_ids_follow_the_rule);
    tcase_add_test(tcase, entity_ids_have_a_greatest_length);
    return run_tcase("slug", tcase);
}
