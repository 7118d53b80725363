/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files read again after a change: what comes out is what reading the whole gives, with the same places and the same remarks,
 * whatever the change; and what has not changed is the very same value.
 */
#include <stdio.h>
#include <stdlib.h>

#include <check.h>

#include <hass/buf.h>
#include <hass/json.h>

#include "base/mem.h"
#include "data/config_file.h"
#include "data/yaml_load.h"
#include "data/yaml_outline.h"

#define ROUNDS 1000
#define BLOCKS 12 /* of a text at most */

static char folder[] = "/tmp/hass-test-renew-XXXXXX";

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
    autofree char *command = mem_printf("rm -rf %s", folder);

    ck_assert_int_eq(system(command), 0);
}

static char *path_of(const char *name)
{
    return mem_printf("%s/%s", folder, name);
}

static void write_file(const char *name, const char *text)
{
    autofree char *path = path_of(name);
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    fclose(file);
}

/* What a file was read as. */
struct reading {
    int result;
    json_t *value;
    struct yaml_marks *marks;
    struct diagnostics diagnostics;
    size_t reused;
};

static size_t count_stand_ins(const struct yaml_marks *marks)
{
    size_t count = 0;

    for (size_t i = 0; yaml_marks_source_at(marks, i); i++) {
        const struct yaml_outline *outline = yaml_marks_source_at(marks, i)->outline;
        for (size_t j = 0; outline && j < outline->parts.length; j++)
            count += outline->parts.data[j].as != NULL;
    }
    return count;
}

static struct reading read_file(const char *name, const struct reading *former)
{
    autofree char *path = path_of(name);
    const struct yaml_marks *known = former ? former->marks : NULL;
    struct reading reading = { .marks = yaml_marks_new() };

    reading.result =
        yaml_load_file(folder, path, known, reading.marks, &reading.diagnostics, &reading.value);
    reading.reused = count_stand_ins(reading.marks);
    yaml_outline_settle(reading.marks, known, reading.value);
    return reading;
}

static void reading_fini(struct reading *reading)
{
    json_decref(reading->value);
    yaml_marks_unref(reading->marks);
    diagnostics_fini(&reading->diagnostics);
}

/* comparing */

static void compare_mark(struct mark a, struct mark b)
{
    ck_assert_int_eq(a.source != NULL, b.source != NULL);
    ck_assert_uint_eq(a.line, b.line);
    ck_assert_uint_eq(a.column, b.column);
}

static void compare_marks(const struct reading *a, const struct reading *b, const json_t *in_a,
                          const json_t *in_b)
{
    const char *key;
    json_t *member;

    compare_mark(yaml_marks_container(a->marks, in_a), yaml_marks_container(b->marks, in_b));
    json_object_foreach((json_t *)in_a, key, member) {
        compare_mark(yaml_marks_key(a->marks, in_a, key), yaml_marks_key(b->marks, in_b, key));
        compare_mark(yaml_marks_member(a->marks, in_a, key),
                     yaml_marks_member(b->marks, in_b, key));
        compare_marks(a, b, member, json_object_get(in_b, key));
    }
    for (size_t i = 0; i < json_array_size(in_a); i++) {
        compare_mark(yaml_marks_item(a->marks, in_a, i), yaml_marks_item(b->marks, in_b, i));
        compare_marks(a, b, json_array_get(in_a, i), json_array_get(in_b, i));
    }
}

static void compare(const struct reading *whole, const struct reading *renewed)
{
    autobuf expected = HASS_BUF_INIT, got = HASS_BUF_INIT;

    ck_assert_int_eq(whole->result, renewed->result);
    ck_assert_int_eq(json_equal(whole->value, renewed->value), whole->result == 0);
    diagnostics_format(&whole->diagnostics, &expected);
    diagnostics_format(&renewed->diagnostics, &got);
    ck_assert_str_eq(hass_buf_string(&expected), hass_buf_string(&got));
    compare_marks(whole, renewed, whole->value, renewed->value);
}

/* any change */

static const char *const blocks[] = {
    "- id: a\n  alias: One\n  triggers:\n    - {trigger: state, to: 'on'}\n",
    "- id: a\n  alias: One\n  triggers:\n    - {trigger: state, to: 'off'}\n",
    "- id: b # a remark\n  on: true\n\n# between two\n\n",
    "- text: |\n    - id: a\n    lines\n\n",
    "- text: |+\n    kept\n\n\n",
    "- folded: >-\n    more\n    of it\n",
    "- 'a quote\n   that goes on'\n",
    "- \"- id: \\\n  a\"\n",
    "-\n  below: its dash\n",
    "- # a remark\n  below: [1,\n    2]\n",
    "- - nested\n  - list\n- {}\n- []\n- ~\n-\n",
    "- plain words\n  that go on\n",
    "- &anchor {a: 1, b: 2}\n",
    "- &word one\n",
    "- &word two\n",
    "- twice: 1\n  twice: 2\n",
    "- !secret word\n",
    "- input: !input name\n",
    "- !!str 5\n",
    "- ümlaut: \xF0\x9F\x8F\xA0 ö\n",
    "- id: c\r\n  windows: yes\r\n",
    "-   far: away\n    to: the right\n",
    // from here on it matters where they stand
    "- <<: *anchor\n  c: 3\n",
    "- *anchor\n",
    "- {*word : of an anchor}\n",
    "- wrong: !nothing x\n",
    "- broken: [1, 2\n",
    "- a: b: c\n",
    "  indented: alone\n",
    "key: value\n",
    "---\n",
    "...\n",
    "-x\n",
    "- no end",
    "# only a remark\n",
    "- next line \xC2\x85 of another kind\n",
};

enum {
    ALL = sizeof(blocks) / sizeof(blocks[0]),
    GOOD = 22,
};

static uint64_t random_state;

static size_t any(size_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(random_state >> 33) % limit;
}

struct text {
    const char *blocks[BLOCKS];
    size_t count;
};

static const char *any_block(size_t among)
{
    return blocks[any(among)];
}

static void change(struct text *text)
{
    size_t at = any(text->count + 1);

    if (any(3) == 0 && text->count < BLOCKS) {
        memmove(&text->blocks[at + 1], &text->blocks[at], (text->count - at) * sizeof(char *));
        text->blocks[at] = any_block(GOOD);
        text->count++;
    } else if (at < text->count && any(3) == 0) {
        memmove(&text->blocks[at], &text->blocks[at + 1], (text->count - at - 1) * sizeof(char *));
        text->count--;
    } else if (at < text->count) {
        text->blocks[at] = any_block(GOOD);
    }
}

/* Another character, one less, or one more. */
static void spoil(struct hass_buf *buf)
{
    static const char signs[] = "-:# \n'\"[]{}&*!|>ax\r\t%.,?~";
    size_t at = buf->length ? any(buf->length) : 0;

    if (!buf->length)
        return;
    switch (any(3)) {
    case 0:
        buf->data[at] = signs[any(sizeof(signs) - 1)];
        break;
    case 1:
        memmove(buf->data + at, buf->data + at + 1, buf->length - at);
        buf->length--;
        break;
    default:
        hass_buf_add_char(buf, 0);
        memmove(buf->data + at + 1, buf->data + at, buf->length - 1 - at);
        buf->data[at] = signs[any(sizeof(signs) - 1)];
    }
}

START_TEST(whatever_changes_it_reads_as_the_whole_does)
{
    struct text text = { 0 };
    struct reading former = { .marks = yaml_marks_new() };
    size_t reused = 0;

    random_state = (uint64_t)_i + 1;
    write_file("secrets.yaml", "word: hidden\n");
    for (size_t round = 0; round < ROUNDS; round++) {
        autobuf buf = HASS_BUF_INIT;
        change(&text);
        size_t strange = any(4 * BLOCKS); // for once, and mostly nowhere
        for (size_t i = 0; i < text.count; i++)
            hass_buf_add_string(&buf, i == strange ? any_block(ALL) : text.blocks[i]);
        if (any(4) == 0)
            spoil(&buf);
        write_file("list.yaml", hass_buf_string(&buf));
        struct reading whole = read_file("list.yaml", NULL);
        struct reading renewed = read_file("list.yaml", &former);
        compare(&whole, &renewed);
        reused += renewed.reused;
        reading_fini(&whole);
        reading_fini(&former);
        former = renewed;
    }
    reading_fini(&former);
    ck_assert_uint_gt(reused, 2 * ROUNDS);
}
END_TEST

/* changes that look smaller than they are */

static const struct {
    const char *before, *after;
} changes[] = {
    { "- a\n- {n: 2}\n", "- a- {n: 2}\n" },
    { "- {n: 1}\n- {n: 2}\n", "- {n: 1}\n-{n: 2}\n" },
    { "- {n: 1}\n---\n- {n: 2}\n", "- {n: 1}\n---\n- {n: 2}\n" },
    { "- {n: 1}\n- {n: 2}\n", "- {n: 1}\n...\n- {n: 2}\n" },
    { "- {n: 1}\n- {n: 2}\n", "- {n: 1}\n- x: 'y\n- {n: 2}\n" },
    { "- {n: 1}\n- x: 'y'\n- {n: 2}\n", "- {n: 1}\n- x: |\n- {n: 2}\n" },
    { "- {n: 1}\n- {n: 2}\n", "- {n: 1}\n" },
    { "- {n: 1}\n- n: 2\n", "- {n: 1}\n- n: 2\n  m: 3\n" },
    { "- {n: 1}\n- {n: 2}\n", "# remark\n- {n: 1}\n- {n: 2}\n" },
    { "- {n: 1}\n- {n: 2}\n", "" },
    { "- {n: 1}\n- {n: 2}\n", "a: 1\n- {n: 2}\n" },
};

START_TEST(changes_in_between_are_seen)
{
    write_file("list.yaml", changes[_i].before);
    struct reading former = read_file("list.yaml", NULL);
    write_file("list.yaml", changes[_i].after);
    struct reading whole = read_file("list.yaml", NULL);
    struct reading renewed = read_file("list.yaml", &former);

    compare(&whole, &renewed);
    reading_fini(&whole);
    reading_fini(&former);
    reading_fini(&renewed);
}
END_TEST

/* what is used again */

START_TEST(items_that_stand_as_before_are_the_same_values)
{
    write_file("list.yaml", "- {n: 1}\n- {n: 2}\n- {n: 3}\n- {n: 4}\n");
    struct reading former = read_file("list.yaml", NULL);
    write_file("list.yaml", "- {n: 1}\n- {n: two}\n\n- {n: new}\n- {n: 3}\n- {n: 4}\n");
    struct reading now = read_file("list.yaml", &former);

    ck_assert_uint_eq(now.reused, 3);
    ck_assert_ptr_eq(json_array_get(now.value, 0), json_array_get(former.value, 0));
    ck_assert_ptr_ne(json_array_get(now.value, 1), json_array_get(former.value, 1));
    ck_assert_ptr_eq(json_array_get(now.value, 3), json_array_get(former.value, 2));
    ck_assert_ptr_eq(json_array_get(now.value, 4), json_array_get(former.value, 3));
    ck_assert_uint_eq(yaml_marks_item(now.marks, now.value, 4).line, 6);
    reading_fini(&former); // what is used again lives on
    ck_assert_int_eq(hass_json_get_int(json_array_get(now.value, 4), "n", 0), 4);
    reading_fini(&now);
}
END_TEST

START_TEST(what_stands_behind_a_name_is_read_again)
{
    write_file("secrets.yaml", "word: first\n");
    write_file("list.yaml", "- {w: !secret word}\n- {n: 1}\n");
    struct reading former = read_file("list.yaml", NULL);
    write_file("secrets.yaml", "word: second\n");
    struct reading now = read_file("list.yaml", &former);

    ck_assert_uint_eq(now.reused, 1);
    ck_assert_str_eq(hass_json_get_string(json_array_get(now.value, 0), "w", ""), "second");
    reading_fini(&former);
    reading_fini(&now);
}
END_TEST

START_TEST(remarks_come_each_time)
{
    write_file("list.yaml", "- {n: 1}\n- {n: 2, n: 3}\n");
    struct reading former = read_file("list.yaml", NULL);
    struct reading now = read_file("list.yaml", &former);

    ck_assert_uint_eq(now.reused, 1);
    ck_assert_uint_eq(now.diagnostics.warnings, 1);
    ck_assert_uint_eq(now.diagnostics.list.data[0].line, 2);
    reading_fini(&former);
    reading_fini(&now);
}
END_TEST

/* within a configuration */

static struct config_file *load(struct config_file *former)
{
    struct yaml_marks *known = former ? former->read : NULL;
    struct config_file *file = config_file_load(folder, NULL, NULL, known);

    config_file_settle(file, known);
    return file;
}

static void write_home(const char *items)
{
    write_file("configuration.yaml", "homeassistant: {auth_providers: !include list.yaml}\n"
                                     "light: !include list.yaml\n"
                                     "light more: !include list.yaml\n"
                                     "sensor:\n  - lights: !include list.yaml\n"
                                     "switch:\n  <<: !include list.yaml\n");
    write_file("list.yaml", items);
}

START_TEST(a_list_may_be_included_many_times)
{
    write_home("- {n: 1}\n- {m: 2}\n");
    struct config_file *former = load(NULL);
    write_home("- {n: 1}\n- {m: 3}\n");
    struct config_file *now = load(former), *whole = load(NULL);

    ck_assert(json_equal(now->sections, whole->sections));
    ck_assert(json_equal(now->core, whole->core));
    ck_assert_uint_eq(now->diagnostics.errors + now->diagnostics.warnings, 0);
    const json_t *lights = json_object_get(now->sections, "light");
    // The file as it was read first serves all.
    ck_assert_ptr_eq(json_array_get(lights, 0),
                     json_array_get(json_object_get(former->core, "auth_providers"), 0));
    ck_assert_uint_eq(yaml_marks_item(now->marks, lights, 3).line, 2);
    config_file_destroy(former);
    ck_assert(json_equal(now->sections, whole->sections));
    // Those that are there twice are found the next time, too.
    struct config_file *again = load(now);
    ck_assert(json_equal(again->sections, whole->sections));
    config_file_destroy(again);
    config_file_destroy(now);
    config_file_destroy(whole);
}
END_TEST

START_TEST(a_section_of_an_older_file_keeps_its_places)
{
    write_file("configuration.yaml", "light: [{n: 1}]\nsensor: [{n: 1}]\n");
    struct config_file *former = load(NULL);
    write_file("configuration.yaml", "\n\nlight: [{n: 2}]\nsensor: [{n: 2}]\n");
    struct config_file *now = load(former);
    const json_t *sections;

    config_file_keep(now, former, "light");
    config_file_destroy(former);
    const struct yaml_marks *marks = config_file_marks(now, "light", &sections);
    ck_assert_uint_eq(yaml_marks_find(marks, sections, "light->0").line, 1);
    ck_assert_int_eq(json_integer_value(json_object_get(
                         json_array_get(json_object_get(now->sections, "light"), 0), "n")),
                     1);
    marks = config_file_marks(now, "sensor", &sections);
    ck_assert_uint_eq(yaml_marks_find(marks, sections, "sensor->0").line, 4);
    config_file_destroy(now);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("yaml_renew");
    TCase *tcase = tcase_create("yaml_renew");

    tcase_add_unchecked_fixture(tcase, make_folder, remove_folder);
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, whatever_changes_it_reads_as_the_whole_does, 0, 2);
    tcase_add_loop_test(tcase, changes_in_between_are_seen, 0,
                        sizeof(changes) / sizeof(changes[0]));
    tcase_add_test(tcase, items_that_stand_as_before_are_the_same_values);
    tcase_add_test(tcase, what_stands_behind_a_name_is_read_again);
    tcase_add_test(tcase, remarks_come_each_time);
    tcase_add_test(tcase, a_list_may_be_included_many_times);
    tcase_add_test(tcase, a_section_of_an_older_file_keeps_its_places);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
