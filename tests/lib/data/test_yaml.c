/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What golden folders cannot hold: limits at the limit and one beyond, special files, places found again, YAML written and
 * read back, and the diagnostics' own limits.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include <hass/buf.h>
#include <hass/json.h>

#include "base/mem.h"
#include "data/config_file.h"
#include "data/yaml_dump.h"
#include "data/yaml_load.h"

static char folder[] = "/tmp/hass-test-yaml-XXXXXX";
static struct yaml_marks *marks;
static struct diagnostics diagnostics;
static json_t *value;

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
    autofree char *command = mem_printf("rm -rf %s", folder);

    ck_assert_int_eq(system(command), 0);
}

static void set_up(void)
{
    marks = yaml_marks_new();
}

static void tear_down(void)
{
    json_decref(value);
    yaml_marks_unref(marks);
    diagnostics_fini(&diagnostics);
}

static char *path_of(const char *name)
{
    return mem_printf("%s/%s", folder, name);
}

static void write_file(const char *name, const char *text, size_t size)
{
    autofree char *path = path_of(name);
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, size, file), size);
    fclose(file);
}

static int load_file(const char *name)
{
    autofree char *path = path_of(name);

    return yaml_load_file(folder, path, NULL, marks, &diagnostics, &value);
}

static int load_buf(const struct hass_buf *buf)
{
    return yaml_load_text("text", hass_buf_string(buf), buf->length, marks, &diagnostics, &value);
}

static int load(const char *text)
{
    return yaml_load_text("text", text, strlen(text), marks, &diagnostics, &value);
}

static void repeat(struct hass_buf *buf, const char *text, size_t count)
{
    while (count--)
        hass_buf_add_string(buf, text);
}

/* The message of the only diagnostic. */
static const char *only_message(void)
{
    ck_assert_uint_eq(diagnostics.list.length, 1);
    return diagnostics.list.data[0].message;
}

/* limits */

START_TEST(a_file_may_have_four_mebibytes)
{
    autobuf buf = HASS_BUF_INIT;

    hass_buf_add_string(&buf, "a: 1\n#");
    repeat(&buf, "x", YAML_MAX_FILE - buf.length);
    write_file("large.yaml", buf.data, buf.length);
    ck_assert_int_eq(load_file("large.yaml"), 0);
    json_decref(steal(value));
    hass_buf_add_char(&buf, 'x');
    write_file("large.yaml", buf.data, buf.length);
    ck_assert_int_eq(load_file("large.yaml"), HASS_E_PARSE);
    ck_assert_str_eq(only_message(), "cannot read large.yaml: it is larger than 4 MiB");
}
END_TEST

START_TEST(a_million_values_may_be_loaded)
{
    autobuf buf = HASS_BUF_INIT;

    repeat(&buf, "- 1\n", YAML_MAX_NODES - 1);
    ck_assert_int_eq(load_buf(&buf), 0);
    ck_assert_uint_eq(json_array_size(value), YAML_MAX_NODES - 1);
    json_decref(steal(value));
    repeat(&buf, "- 1\n", 1);
    ck_assert_int_eq(load_buf(&buf), HASS_E_PARSE);
    ck_assert_str_eq(only_message(), "more than 1000000 values");
}
END_TEST

START_TEST(an_alias_bomb_is_disarmed)
{
    ck_assert_int_eq(load("a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
                          "b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
                          "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
                          "d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n"
                          "e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\n"
                          "f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]\n"),
                     HASS_E_PARSE);
    ck_assert_str_eq(only_message(), "more than 100000 values that come from aliases");
}
END_TEST

START_TEST(a_hundred_thousand_aliased_values_are_allowed)
{
    autobuf buf = HASS_BUF_INIT;

    hass_buf_add_string(&buf, "- &a [1, 2, &one 3]\n");
    repeat(&buf, "- *a\n", YAML_MAX_ALIASED / 4);
    ck_assert_int_eq(load_buf(&buf), 0);
    json_decref(steal(value));
    repeat(&buf, "- *one\n", 1);
    ck_assert_int_eq(load_buf(&buf), HASS_E_PARSE);
    ck_assert_str_eq(only_message(), "more than 100000 values that come from aliases");
}
END_TEST

START_TEST(aliases_are_counted_where_a_file_is_read_again)
{
    autobuf buf = HASS_BUF_INIT;

    hass_buf_add_string(&buf, "- &a [1, 2, 3]\n");
    repeat(&buf, "- *a\n", YAML_MAX_ALIASED / 4);
    hass_buf_add_string(&buf, "- [\n");
    ck_assert_int_eq(load_buf(&buf), 0);
    ck_assert_uint_eq(json_array_size(value), YAML_MAX_ALIASED / 4 + 1);
}
END_TEST

/* A chain of @count files, each including the next. */
static void write_chain(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        autofree char *name = mem_printf("%zu.yaml", i);
        autofree char *text =
            i + 1 < count ? mem_printf("!include %zu.yaml", i + 1) : mem_strdup("end");
        write_file(name, text, strlen(text));
    }
}

START_TEST(sixty_four_files_may_include_each_other)
{
    write_chain(YAML_MAX_INCLUDES);
    ck_assert_int_eq(load_file("0.yaml"), 0);
    ck_assert_str_eq(json_string_value(value), "end");
    json_decref(steal(value));
    write_chain(YAML_MAX_INCLUDES + 1);
    ck_assert_int_eq(load_file("0.yaml"), HASS_E_PARSE);
    ck_assert_str_eq(only_message(), "more than 64 files include each other");
}
END_TEST

START_TEST(a_long_line_of_brackets_is_no_burden)
{
    autobuf buf = HASS_BUF_INIT;

    hass_buf_add_string(&buf, "kept: 1\nbad: ");
    repeat(&buf, "[", 500000);
    ck_assert_int_eq(load_buf(&buf), 0);
    ck_assert_int_eq(hass_json_get_int(value, "kept", 0), 1);
}
END_TEST

START_TEST(a_map_of_many_duplicates_is_no_burden)
{
    autobuf buf = HASS_BUF_INIT;

    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 50000; i++)
            hass_buf_printf(&buf, "k%d: %d\n", i, round);
    }
    ck_assert_int_eq(load_buf(&buf), 0);
    ck_assert_uint_eq(json_object_size(value), 50000);
    ck_assert_uint_eq(diagnostics.warnings, 50000);
    ck_assert_uint_eq(diagnostics.list.length, DIAGNOSTICS_MAX);
}
END_TEST

START_TEST(a_folder_may_have_ten_thousand_files)
{
    autofree char *many = path_of("many");

    mkdir(many, 0700);
    for (size_t i = 0; i < 10000; i++) {
        autofree char *name = mem_printf("many/%zu.yaml", i);
        write_file(name, "1", 1);
    }
    write_file("many.yaml", "!include_dir_list many", 22);
    ck_assert_int_eq(load_file("many.yaml"), 0);
    ck_assert_uint_eq(json_array_size(value), 10000);
    json_decref(steal(value));
    write_file("many/more.yaml", "1", 1);
    ck_assert_int_eq(load_file("many.yaml"), HASS_E_PARSE);
    ck_assert_str_eq(only_message(), "more than 10000 files in a folder");
}
END_TEST

START_TEST(sixty_four_folders_may_lie_within_each_other)
{
    autobuf name = HASS_BUF_INIT;

    hass_buf_add_string(&name, "outer");
    for (size_t i = 0; i < 64; i++) {
        autofree char *path = path_of(hass_buf_string(&name));
        ck_assert_int_eq(mkdir(path, 0700), 0);
        hass_buf_add_string(&name, "/d");
    }
    autofree char *beyond = path_of(hass_buf_string(&name));
    hass_buf_add_string(&name, ".yaml");
    write_file(hass_buf_string(&name), "1", 1);
    write_file("nested.yaml", "!include_dir_list outer", 23);
    ck_assert_int_eq(load_file("nested.yaml"), 0);
    ck_assert_uint_eq(json_array_size(value), 1);
    json_decref(steal(value));
    ck_assert_int_eq(mkdir(beyond, 0700), 0);
    ck_assert_int_eq(load_file("nested.yaml"), HASS_E_PARSE);
    ck_assert_str_eq(only_message(), "more than 64 folders within each other");
}
END_TEST

START_TEST(a_number_has_128_characters_at_most)
{
    autobuf buf = HASS_BUF_INIT;

    hass_buf_add_string(&buf, "0.");
    repeat(&buf, "1", 126);
    ck_assert_int_eq(load_buf(&buf), 0);
    ck_assert(json_is_real(value));
    json_decref(steal(value));
    hass_buf_add_char(&buf, '1');
    ck_assert_int_eq(load_buf(&buf), 0);
    ck_assert(json_is_string(value));
}
END_TEST

/* Beyond, the file is read on as after a syntax error: what is around the value goes, too. */
START_TEST(a_thousand_levels_are_passed_over)
{
    for (int more = 0; more < 2; more++) {
        size_t levels = HASS_JSON_MAX_DEPTH - 2 + 1000 + (size_t)more; // within two maps
        autobuf buf = HASS_BUF_INIT;
        hass_buf_add_string(&buf, "a: {bad: ");
        repeat(&buf, "[", levels);
        repeat(&buf, "]", levels);
        hass_buf_add_string(&buf, ", near: 1}\nkept: 1\n");
        ck_assert_int_eq(load_buf(&buf), 0);
        ck_assert_int_eq(hass_json_get_int(hass_json_get(value, "a"), "near", 0), more ? 0 : 1);
        ck_assert_int_eq(hass_json_get_int(value, "kept", 0), 1);
        json_decref(steal(value));
    }
}
END_TEST

/* special files */

START_TEST(what_is_no_file_is_not_opened)
{
    autofree char *fifo = path_of("fifo.yaml");

    mkfifo(fifo, 0600);
    ck_assert_int_eq(load("a: 1"), 0);
    json_decref(steal(value));
    ck_assert_int_eq(load_file("fifo.yaml"), HASS_E_PARSE);
    ck_assert_str_eq(only_message(), "cannot read fifo.yaml: it is a FIFO, not a file");
    diagnostics_fini(&diagnostics);
    ck_assert_int_eq(yaml_load_file(folder, "/dev/zero", NULL, marks, &diagnostics, &value),
                     HASS_E_PARSE);
    ck_assert_str_eq(only_message(), "cannot read /dev/zero: it is a device, not a file");
}
END_TEST

START_TEST(files_that_say_they_are_empty_are_read)
{
    ck_assert_int_eq(yaml_load_file(folder, "/proc/self/comm", NULL, marks, &diagnostics, &value),
                     0);
    ck_assert(json_is_string(value));
}
END_TEST

START_TEST(a_text_can_include_no_files)
{
    ck_assert_int_eq(load("- !include x.yaml\n- !include_dir_list x\n- !secret x\n- kept"), 0);
    ck_assert_uint_eq(json_array_size(value), 1);
    ck_assert_uint_eq(diagnostics.errors, 3);
}
END_TEST

START_TEST(links_to_folders_are_not_followed)
{
    autofree char *sub = path_of("sub"), *loop = path_of("sub/loop");

    mkdir(sub, 0700);
    ck_assert_int_eq(symlink(sub, loop), 0);
    write_file("sub/a.yaml", "a", 1);
    write_file("links.yaml", "!include_dir_list sub", 21);
    ck_assert_int_eq(load_file("links.yaml"), 0);
    ck_assert_uint_eq(json_array_size(value), 1);
    ck_assert_uint_eq(diagnostics.list.length, 0);
}
END_TEST

START_TEST(a_folder_that_is_none_gives_an_empty_configuration)
{
    static const char *const names[] = { "nowhere", "file" };

    write_file("file", "x", 1);
    autofree char *dir = path_of(names[_i]);
    struct config_file *file = config_file_load(dir, NULL, NULL, NULL);
    ck_assert_uint_eq(json_object_size(file->sections), 0);
    ck_assert_uint_eq(file->diagnostics.errors, 1);
    config_file_destroy(file);
}
END_TEST

/* places */

static const char *place(const char *path)
{
    static char text[32];
    struct mark mark = yaml_marks_find(marks, value, path);

    snprintf(text, sizeof(text), "%u:%u", mark.line, mark.column);
    return text;
}

START_TEST(places_are_found_by_path)
{
    ck_assert_int_eq(load("a: 1\nb:\n  - x\n  - c-d: [yes, no]\n    e->f: 5\n"), 0);
    ck_assert_str_eq(place(""), "1:1");
    ck_assert_str_eq(place("a"), "1:4");
    ck_assert_str_eq(place("b"), "3:3");
    ck_assert_str_eq(place("b->0"), "3:5");
    ck_assert_str_eq(place("b->1"), "4:5");
    ck_assert_str_eq(place("b->1->c-d"), "4:10");
    ck_assert_str_eq(place("b->1->c-d->1"), "4:16");
    // What does not exist has the place of what is around it.
    ck_assert_str_eq(place("b->1->missing->x"), "4:5");
    ck_assert_str_eq(place("b->7"), "3:3");
}
END_TEST

START_TEST(places_of_large_maps_are_found)
{
    autobuf buf = HASS_BUF_INIT;

    for (int i = 0; i < 100; i++)
        hass_buf_printf(&buf, "key%d: %d\n", i, i);
    ck_assert_int_eq(load_buf(&buf), 0);
    ck_assert_str_eq(place("key0"), "1:7");
    ck_assert_str_eq(place("key99"), "100:8");
    ck_assert_uint_eq(yaml_marks_key(marks, value, "key57").column, 1);
    ck_assert_uint_eq(yaml_marks_key(marks, value, "key100").line, 0);
    json_t *copy = json_copy(value);
    yaml_marks_copy(marks, value, copy);
    ck_assert_uint_eq(yaml_marks_key(marks, copy, "key57").line, 58);
    json_decref(copy);
}
END_TEST

START_TEST(without_marks_nothing_is_known)
{
    autojson *json = json_object();

    ck_assert_ptr_null(yaml_marks_container(NULL, json).source);
    ck_assert_ptr_null(yaml_marks_container(marks, json).source);
    ck_assert(!yaml_marks_is_broken(NULL, json, "a"));
    ck_assert_ptr_null(yaml_marks_unref(NULL));
}
END_TEST

/* YAML written */

static const struct {
    const char *json, *yaml;
} dumps[] = {
    { "null", "null\n" },
    { "\"text\"", "text\n" },
    { "[]", "[]\n" },
    { "{\"a\":1,\"b\":[true,\"x y\",[1,2],{\"c\":null,\"d\":{}}]}",
      "a: 1\nb:\n  - true\n  - x y\n  -\n    - 1\n    - 2\n  - c: null\n    d: {}\n" },
    { "[\"on\",\"1\",\"\",\" x\",\"x \",\"a: b\",\"#\",\"null\",\"~\",\"1:30\",\"ä\",\"a\\nb\","
      "\"- x\",\"_a\",\"!x\"]",
      "- \"on\"\n- \"1\"\n- \"\"\n- \" x\"\n- \"x \"\n- \"a: b\"\n- \"#\"\n- \"null\"\n- \"~\"\n"
      "- \"1:30\"\n- \"ä\"\n- \"a\\nb\"\n- \"- x\"\n- _a\n- \"!x\"\n" },
    { "{\"<<\":{\"yes\":1.5},\"big\":1e+16,\"small\":1.5e-07,\"int\":-5,\"a b\":0.1}",
      "\"<<\":\n  \"yes\": 1.5\nbig: 1.0e+16\nsmall: 1.5e-07\nint: -5\na b: 0.1\n" },
};

START_TEST(yaml_is_written_so_that_it_reads_back)
{
    autojson *json = NULL;
    autobuf buf = HASS_BUF_INIT;

    ck_assert_int_eq(hass_json_parse(dumps[_i].json, strlen(dumps[_i].json), 9999, &json, NULL), 0);
    yaml_dump(json, &buf);
    ck_assert_str_eq(hass_buf_string(&buf), dumps[_i].yaml);
    ck_assert_int_eq(load_buf(&buf), 0);
    ck_assert(json_equal(json, value));
    ck_assert_uint_eq(diagnostics.list.length, 0);
}
END_TEST

START_TEST(deep_values_are_written_in_one_line_at_the_end)
{
    json_t *json = json_integer(1);

    for (int i = 0; i < 100; i++)
        json = json_pack("[o]", json);
    autobuf buf = HASS_BUF_INIT;
    yaml_dump(json, &buf);
    ck_assert_ptr_nonnull(strstr(hass_buf_string(&buf), "- [[[["));
    json_decref(json);
}
END_TEST

/* diagnostics */

static const struct {
    const char *word, *expected;
} words[] = {
    { "brigtness", "brightness" },
    { "brightnes", "brightness" },
    { "Brightness", "brightness" },
    { "fats", "fast" },
    { "colour-mode", "color_mode" },
    { "xyzzy", NULL },
    { "", NULL },
    { "f", NULL },
    { "fst", "fast" },
    { "a_word_that_is_much_too_long_to_be_compared", NULL },
};

START_TEST(the_nearest_word_is_found)
{
    struct nearest nearest = { .word = words[_i].word };

    nearest_offer(&nearest, "color_mode");
    nearest_offer(&nearest, "fast");
    nearest_offer(&nearest, "brightness");
    nearest_offer(&nearest, "x");
    ck_assert_pstr_eq(nearest.best, words[_i].expected);
}
END_TEST

START_TEST(words_of_forty_characters_are_compared)
{
    char word[42], candidate[42];

    for (size_t length = 40; length <= 41; length++) {
        memset(word, 'a', length);
        memset(candidate, 'a', length);
        word[length] = candidate[length] = '\0';
        candidate[0] = 'b';
        struct nearest nearest = { .word = word };
        nearest_offer(&nearest, candidate);
        ck_assert_pstr_eq(nearest.best, length == 40 ? candidate : NULL);
    }
}
END_TEST

START_TEST(a_diagnostic_has_a_form_for_programs)
{
    load("a: !nope x\n");
    autojson *got = diagnostics_as_json(&diagnostics);
    autobuf buf = HASS_BUF_INIT;
    hass_json_write(got, &buf);
    ck_assert_str_eq(hass_buf_string(&buf),
                     "[{\"severity\":\"error\",\"file\":\"text\",\"line\":1,\"column\":4,"
                     "\"path\":null,\"message\":\"unknown tag '!nope'\","
                     "\"hint\":\"put text that begins with '!' in quotes\"}]");
}
END_TEST

START_TEST(long_lines_are_cut_and_far_columns_not_shown)
{
    autobuf buf = HASS_BUF_INIT, text = HASS_BUF_INIT;

    hass_buf_add_string(&buf, "a: !nope x #");
    repeat(&buf, "ä", 1000);
    hass_buf_add_string(&buf, "\nb: [");
    repeat(&buf, "x, ", 200);
    hass_buf_add_string(&buf, "!nope x]\n");
    load_buf(&buf);
    ck_assert_uint_eq(diagnostics.list.length, 2);
    ck_assert_uint_lt(strlen(diagnostics.list.data[0].source_line), 170);
    ck_assert_ptr_null(diagnostics.list.data[1].source_line);
    diagnostics_format(&diagnostics, &text);
    ck_assert_ptr_nonnull(strstr(hass_buf_string(&text), "text:2:605: error: unknown tag"));
}
END_TEST

START_TEST(diagnostics_beyond_a_thousand_are_counted)
{
    struct diagnostic_about about = { .path = "x" };

    for (size_t i = 0; i < DIAGNOSTICS_MAX; i++)
        diagnostics_add(&diagnostics, DIAGNOSTIC_ERROR, &about, "number %zu", i);
    ck_assert_uint_eq(diagnostics.list.length, DIAGNOSTICS_MAX);
    for (size_t i = 0; i < 2; i++)
        diagnostics_add(&diagnostics, DIAGNOSTIC_ERROR, &about, "beyond %zu", i);
    ck_assert_uint_eq(diagnostics.list.length, DIAGNOSTICS_MAX);
    ck_assert_uint_eq(diagnostics.errors, DIAGNOSTICS_MAX + 2);
    autobuf text = HASS_BUF_INIT;
    diagnostics_format(&diagnostics, &text);
    ck_assert_ptr_nonnull(strstr(hass_buf_string(&text), "\n2 more are not shown\n"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("yaml");
    TCase *tcase = tcase_create("yaml");

    tcase_add_unchecked_fixture(tcase, make_folder, remove_folder);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_file_may_have_four_mebibytes);
    tcase_add_test(tcase, a_million_values_may_be_loaded);
    tcase_add_test(tcase, an_alias_bomb_is_disarmed);
    tcase_add_test(tcase, a_hundred_thousand_aliased_values_are_allowed);
    tcase_add_test(tcase, aliases_are_counted_where_a_file_is_read_again);
    tcase_add_test(tcase, sixty_four_files_may_include_each_other);
    tcase_add_test(tcase, a_folder_may_have_ten_thousand_files);
    tcase_add_test(tcase, sixty_four_folders_may_lie_within_each_other);
    tcase_add_test(tcase, a_number_has_128_characters_at_most);
    tcase_add_test(tcase, a_thousand_levels_are_passed_over);
    tcase_add_test(tcase, a_long_line_of_brackets_is_no_burden);
    tcase_add_test(tcase, a_map_of_many_duplicates_is_no_burden);
    tcase_add_test(tcase, what_is_no_file_is_not_opened);
    tcase_add_test(tcase, files_that_say_they_are_empty_are_read);
    tcase_add_test(tcase, a_text_can_include_no_files);
    tcase_add_test(tcase, links_to_folders_are_not_followed);
    tcase_add_loop_test(tcase, a_folder_that_is_none_gives_an_empty_configuration, 0, 2);
    tcase_add_test(tcase, places_are_found_by_path);
    tcase_add_test(tcase, places_of_large_maps_are_found);
    tcase_add_test(tcase, without_marks_nothing_is_known);
    tcase_add_loop_test(tcase, yaml_is_written_so_that_it_reads_back, 0,
                        sizeof(dumps) / sizeof(dumps[0]));
    tcase_add_test(tcase, deep_values_are_written_in_one_line_at_the_end);
    tcase_add_loop_test(tcase, the_nearest_word_is_found, 0, sizeof(words) / sizeof(words[0]));
    tcase_add_test(tcase, words_of_forty_characters_are_compared);
    tcase_add_test(tcase, a_diagnostic_has_a_form_for_programs);
    tcase_add_test(tcase, long_lines_are_cut_and_far_columns_not_shown);
    tcase_add_test(tcase, diagnostics_beyond_a_thousand_are_counted);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
