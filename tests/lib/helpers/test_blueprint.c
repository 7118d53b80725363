/* SPDX-License-Identifier: Apache-2.0 */
/* Blueprints: what their files may say, and what becomes of their holes. */
#include <string.h>

#include <hass/blueprint.h>

#include "support/cases.h"
#include "support/test.h"

#define HEAD "blueprint:\n  name: B\n  domain: automation\n"
#define BODY "triggers: !input t\nactions:\n  - delay: !input d\n  - !input a\n"
#define GOOD                                                                                       \
    HEAD "  input:\n    t:\n    d: {name: D, default: 5, selector: {number: {min: 0, max: 9}}}\n"  \
         "    more:\n      name: More\n      collapsed: true\n      input:\n        a:\n"          \
         "          default: [1]\n" BODY

static int parse(const char *text, struct hass_blueprint **ret, struct hass_error *err)
{
    return hass_blueprint_parse("automation", "x.yaml", text, strlen(text), ret, err);
}

static const struct {
    const char *input, *body; /* or what is said */
    bool good;
} fillings[] = {
    { "{'t':{'trigger':'x'},'d':1,'a':{'event':'e'}}",
      "{'triggers':{'trigger':'x'},'actions':[{'delay':1},{'event':'e'}]}", true },
    { "{'t':[]}", "{'triggers':[],'actions':[{'delay':5},[1]]}", true },
    { "{'t':null,'unknown':1}", "{'triggers':null,'actions':[{'delay':5},[1]]}", true },
    { "{'d':1}", "missing input 't'", false },
};

START_TEST(holes_are_filled_with_what_is_given_or_their_default)
{
    autounref(hass_blueprint) *blueprint = NULL;
    autojson *input = test_json(fillings[_i].input), *body = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_msg(parse(GOOD, &blueprint, &err) == 0, "%s", err.message);
    int r = hass_blueprint_substitute(blueprint, input, &body, &err);
    if (fillings[_i].good) {
        ck_assert_int_eq(r, 0);
        ck_assert_json(body, fillings[_i].body);
    } else {
        ck_assert_int_eq(r, HASS_E_INVALID);
        ck_assert_str_eq(err.message, fillings[_i].body);
    }
}
END_TEST

static const struct {
    const char *text, *said;
} refused[] = {
    { "a: 1\n", "blueprint" },
    { "- a\n", "blueprint" },
    { "blueprint:\n  domain: automation\n", "name" },
    { "blueprint:\n  name: B\n", "domain" },
    { "blueprint:\n  name: B\n  domain: script\n", "it is for script, not for automation" },
    { HEAD "  inputs: {}\n", "did you mean 'input'" },
    { HEAD "a: !input b\n", "!input b: no input of this name is declared" },
    { HEAD "a: [{b: !input c}]\n", "!input c" },
    { HEAD "  input: {a: {selector: {nmber: {}}}}\n", "did you mean 'number'" },
    { HEAD "  input: {a: {selector: {number: 5}}}\n", "as a map" },
    { HEAD "  input: {a: {selector: {number: {}, text: {}}}}\n", "expected a selector" },
    { HEAD "  input: {a: {selector: {select: {}}}}\n", "options" },
    { HEAD "  input: {a: {defaut: 1}}\n", "did you mean 'default'" },
    { HEAD "  input: {a: , s: {input: {a: }}}\n", "two inputs are called 'a'" },
    { HEAD "  homeassistant: {min_version: '2030.1.0'}\n", "2030.1.0" },
    { HEAD "  homeassistant: {min_version: 2024}\n", "release" },
    { HEAD "a: [\n", "x.yaml:5:" },
    { HEAD "a: !secret b\n", "x.yaml:4:" },
};

START_TEST(what_is_wrong_is_said)
{
    struct hass_blueprint *blueprint = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_lt(parse(refused[_i].text, &blueprint, &err), 0);
    ck_assert_ptr_null(blueprint);
    ck_assert_msg(strstr(err.message, refused[_i].said) != NULL, "%s\nwanted %s", err.message,
                  refused[_i].said);
}
END_TEST

START_TEST(the_newest_release_that_is_known_is_good)
{
    struct hass_blueprint *blueprint = NULL;

    ck_assert_int_eq(parse(HEAD "  homeassistant: {min_version: '2026.7.0'}\n", &blueprint, NULL),
                     0);
    ck_assert_str_eq(hass_blueprint_domain(blueprint), "automation");
    ck_assert_json(hass_blueprint_metadata(blueprint),
                   "{'name':'B','domain':'automation','homeassistant':{'min_version':'2026.7.0'},"
                   "'input':{}}");
    hass_blueprint_unref(blueprint);
    ck_assert_int_lt(parse(HEAD "  homeassistant: {min_version: '2026.8.0'}\n", &blueprint, NULL),
                     0);
}
END_TEST

static const struct {
    const char *path;
    bool good;
} paths[] = {
    { "a.yaml", true },          { "some one/a-b.yaml", true }, { "a.yml", false },
    { ".yaml", false },          { "../a.yaml", false },        { "a/../b.yaml", false },
    { "/a.yaml", false },        { "a//b.yaml", false },        { "", false },
    { ".hidden/a.yaml", false },
};

START_TEST(a_path_stays_below_the_folder)
{
    ck_assert_int_eq(hass_blueprint_valid_path(paths[_i].path), paths[_i].good);
}
END_TEST

START_TEST(a_path_has_at_most_255_characters)
{
    char path[257];

    for (size_t length = 255; length <= 256; length++) {
        memset(path, 'a', length);
        path[100] = '/';
        memcpy(path + length - 5, ".yaml", 6);
        ck_assert_int_eq(hass_blueprint_valid_path(path), length == 255);
    }
}
END_TEST

CASES_MAIN("blueprint", ROWS(holes_are_filled_with_what_is_given_or_their_default, fillings),
           ROWS(what_is_wrong_is_said, refused), ONCE(the_newest_release_that_is_known_is_good),
           ROWS(a_path_stays_below_the_folder, paths), ONCE(a_path_has_at_most_255_characters))
