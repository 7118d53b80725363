/* SPDX-License-Identifier: Apache-2.0 */
/* References between texts: what they stand for, what is wrong with them, and the tool by which the build follows them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/text_keys.h"
#include "support/cases.h"
#include "support/test.h"

static const struct {
    const char *domain, *path, *text;
} library[] = {
    { "sensor", "name", "Sensor" },
    { "sensor", "more.name", "[%key:component::sensor::name%] and more" },
    { "sensor", "twice", "[%key:component::sensor::name%], [%key:common::on%]" },
    { "homeassistant", "common.on", "On" },
    { "round", "a", "[%key:component::round::b%]" },
    { "round", "b", "[%key:component::round::a%]" },
    { "self", "a", "[%key:component::self::a%]" },
    { "astray", "a", "[%key:component::sensor::nothing%]" },
};

static const char *find(void *userdata, const char *domain, const char *path)
{
    static char text[64];
    unsigned depth;

    for (size_t i = 0; i < sizeof(library) / sizeof(library[0]); i++)
        if (!strcmp(library[i].domain, domain) && !strcmp(library[i].path, path))
            return library[i].text;
    /* "deep", "3" refers to "2", and so on. */
    if (!strcmp(domain, "deep") && sscanf(path, "%u", &depth) == 1) {
        snprintf(text, sizeof(text), depth ? "[%%key:component::deep::%u%%]" : "bottom", depth - 1);
        return text;
    }
    return NULL;
}

static char *follow(const char *text, struct text_keys *keys)
{
    *keys = (struct text_keys){ .find = find };
    return text_keys_follow(keys, "own", "text", text);
}

static const char *const good[][2] = {
    { "", "" },
    { "plain", "plain" },
    { "[%key:component::sensor::name%]", "Sensor" },
    { "a [%key:component::sensor::name%] b", "a Sensor b" },
    { "[%key:component::sensor::more::name%]", "Sensor and more" },
    { "[%key:component::sensor::twice%]", "Sensor, On" },
    { "[%key:common::on%]", "On" },
    { "[%key:component::deep::15%]", "bottom" },
    { "[%key:component::sensor::name", "[%key:component::sensor::name" },
    { "100 % [key]", "100 % [key]" },
};

START_TEST(a_reference_stands_for_a_text)
{
    struct text_keys keys;
    autofree char *text = follow(good[_i][0], &keys);

    ck_assert_msg(text != NULL, "%s", keys.problem);
    ck_assert_str_eq(text, good[_i][1]);
}
END_TEST

static const char *const bad[][2] = {
    { "[%key:component::sensor::nothing%]", "nothing of sensor leads nowhere" },
    { "[%key:component::nobody::name%]", "name of nobody leads nowhere" },
    { "[%key:common::off%]", "common.off of homeassistant leads nowhere" },
    { "[%key:component::astray::a%]", "nothing of sensor leads nowhere" },
    { "[%key:component::round::a%]", "goes in a circle" },
    { "[%key:component::self::a%]", "goes in a circle" },
    { "[%key:component::own::text%]", "goes in a circle" },
    { "[%key:component::deep::16%]", "over more than 16 others" },
    { "[%key:%]", "is no reference" },
    { "[%key:component::sensor%]", "is no reference" },
    { "[%key:elsewhere::sensor::name%]", "is no reference" },
};

START_TEST(one_that_leads_nowhere_or_in_a_circle_says_so)
{
    struct text_keys keys;

    ck_assert_ptr_null(follow(bad[_i][0], &keys));
    ck_assert_msg(strstr(keys.problem, bad[_i][1]) != NULL, "%s", keys.problem);
}
END_TEST

/* Keys of so many characters. */
START_TEST(long_keys_are_no_reference)
{
    for (int length = 10; length < 2000; length += 300) {
        struct text_keys keys;
        autofree char *text = mem_printf("[%%key:component::%0*d::a%%]", length, 0);
        ck_assert_ptr_null(follow(text, &keys));
    }
}
END_TEST

static const char *huge(void *userdata, const char *domain, const char *path)
{
    return userdata;
}

START_TEST(a_text_has_64_kib_at_most)
{
    autofree char *most = mem_printf("%0*d", TEXT_KEYS_MAX_TEXT, 0);
    struct text_keys keys = { .find = huge, .userdata = most };
    autofree char *text = text_keys_follow(&keys, "own", "a", "[%key:component::x::y%]");

    ck_assert_ptr_nonnull(text);
    ck_assert_uint_eq(strlen(text), TEXT_KEYS_MAX_TEXT);
    ck_assert_ptr_null(text_keys_follow(&keys, "own", "a", "[%key:component::x::y%]+"));
    ck_assert_ptr_nonnull(strstr(keys.problem, "more than 65536 bytes"));
}
END_TEST

/* the tool */

/* Runs it over a file of test_dir(). Returns its result; what it says is in "said". */
static int run_tool(const char *file)
{
    autofree char *command =
        mem_printf("cd '%s' && " TEST_BUILD "/strings %s out 2>said", test_dir(), file);

    return system(command);
}

static char *read_file(const char *name)
{
    autofree char *path = mem_printf("%s/%s", test_dir(), name);

    return test_read_file(path);
}

START_TEST(the_build_follows_references_to_other_integrations)
{
    test_file("integrations/lamp/strings.json",
              "{\"name\": \"Lamp\", \"one\": \"[%key:component::bulb::name%] in a "
              "[%key:component::lamp::name%]\"}");
    test_file("integrations/bulb/strings.json", "{\"name\": \"Bulb\"}");
    ck_assert_int_eq(run_tool("integrations/lamp/strings.json"), 0);
    autofree char *text = read_file("out.json");
    ck_assert_str_eq(text, "{\"name\":\"Lamp\",\"one\":\"Bulb in a Lamp\"}");
    autofree char *dependencies = read_file("out.d");
    ck_assert_ptr_nonnull(strstr(dependencies, "out.o: integrations/lamp/strings.json "
                                               "integrations/bulb/strings.json"));
}
END_TEST

START_TEST(the_build_follows_those_of_a_translation_in_its_language)
{
    test_file("integrations/lamp/strings.json", "{\"name\": \"Lamp\", \"on\": \"On\"}");
    test_file("integrations/lamp/translations/de.json",
              "{\"name\": \"Lampe\", \"one\": \"[%key:component::lamp::name%] "
              "[%key:component::lamp::on%]\"}");
    ck_assert_int_eq(run_tool("integrations/lamp/translations/de.json"), 0);
    autofree char *text = read_file("out.json");
    ck_assert_str_eq(text, "{\"name\":\"Lampe\",\"one\":\"Lampe On\"}");
}
END_TEST

static const char *const wrong_files[][2] = {
    { "{\"a\": {\"b\": \"[%key:component::bulb::name%]\"}}",
      "integrations/lamp/strings.json: a.b: reference to name of bulb leads nowhere" },
    { "{\"a\": \"[%key:component::lamp::a%]\"}", "a: reference to a of lamp goes in a circle" },
    { "{\"a\": 1, \"a\": 2}", "integrations/lamp/strings.json:1:" },
    { "[]", "expected a map" },
    { "{", "integrations/lamp/strings.json:1:" },
};

START_TEST(the_build_ends_at_texts_that_are_wrong)
{
    test_file("integrations/lamp/strings.json", wrong_files[_i][0]);
    ck_assert_int_ne(run_tool("integrations/lamp/strings.json"), 0);
    autofree char *said = read_file("said");
    ck_assert_msg(strstr(said, wrong_files[_i][1]) != NULL, "%s", said);
}
END_TEST

CASES_MAIN("references between texts", ROWS(a_reference_stands_for_a_text, good),
           ROWS(one_that_leads_nowhere_or_in_a_circle_says_so, bad),
           ONCE(long_keys_are_no_reference), ONCE(a_text_has_64_kib_at_most),
           ONCE(the_build_follows_references_to_other_integrations),
           ONCE(the_build_follows_those_of_a_translation_in_its_language),
           ROWS(the_build_ends_at_texts_that_are_wrong, wrong_files))
