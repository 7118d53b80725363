/* SPDX-License-Identifier: Apache-2.0 */
/* helpers/journal.h: what is written when, and to whom what was read belongs. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helpers/journal.h"
#include "support/cases.h"
#include "support/test.h"

#define FILE_OF(data)                                                                              \
    "{\"version\": 1, \"minor_version\": 1, \"key\": \"hassd.runs\", \"data\": " data "}"

static HASS_COROUTINE int load(struct hass *hass, void *userdata, struct hass_error *err)
{
    return journal_async_load(hass, err);
}

static HASS_COROUTINE int stop(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_stop(hass, 0, true, err);
}

static struct hass *loaded(const char *data) HASS__ANALYSIS(assert_capability(hass_loop));

static struct hass *loaded(const char *data)
{
    hass__assert_loop();
    struct hass *hass = test_hass();
    autofree char *text = NULL;

    if (data) {
        ck_assert_int_gt(asprintf(&text, FILE_OF("%s"), data), 0);
        test_file(".storage/hassd.runs", text);
    }
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    return hass;
}

static char *path_of_file(void)
{
    char *path;

    ck_assert_int_gt(asprintf(&path, "%s/.storage/hassd.runs", test_dir()), 0);
    return path;
}

/* The data in the file, owned by the caller; NULL: there is no file. */
static json_t *stored(void)
{
    autofree char *path = path_of_file();
    autojson *file = json_load_file(path, 0, NULL);

    return hass_json_ref(json_object_get(file, "data"));
}

/* Each write makes another file. */
static ino_t file_number(void)
{
    autofree char *path = path_of_file();
    struct stat info;

    return stat(path, &info) == 0 ? info.st_ino : 0;
}

/* A source whose entries are the test's: {key: value}. */
static void collect(struct hass *hass, json_t *section, void *userdata)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)*(json_t **)userdata, key, value)
        json_object_set_new(section, key, json_deep_copy(value));
}

/* writing */

START_TEST(what_sources_have_is_written_within_two_seconds)
{
    struct hass *hass = loaded(NULL);
    autojson *runs = test_json("{'a': {'x': 1}}"), *pending = test_json("{'b': [2]}");

    journal_add_source(hass, "runs", collect, &runs);
    journal_add_source(hass, "for", collect, &pending);
    journal_touch(hass);
    test_advance(hass, 1.5);
    journal_touch(hass);
    autojson *early = stored();
    ck_assert_ptr_null(early);
    test_advance(hass, 0.5);
    autojson *data = stored();
    ck_assert_json(data, "{'runs': {'a': {'x': 1}}, 'for': {'b': [2]}}");
}
END_TEST

START_TEST(nothing_is_written_while_nothing_changes)
{
    struct hass *hass = loaded(NULL);
    autojson *runs = test_json("{'a': 1}");

    journal_add_source(hass, "runs", collect, &runs);
    journal_touch(hass);
    test_advance(hass, 2);
    ino_t first = file_number();
    ck_assert_uint_ne(first, 0);
    journal_touch(hass); // but it is the same
    test_advance(hass, 3600);
    ck_assert_uint_eq(file_number(), first);
    json_object_set_new(runs, "a", json_integer(2));
    test_advance(hass, 3600); // nobody has said so
    ck_assert_uint_eq(file_number(), first);
    journal_touch(hass);
    test_advance(hass, 2);
    autojson *data = stored();
    ck_assert_json(data, "{'runs': {'a': 2}}");
}
END_TEST

START_TEST(a_source_is_added_once_and_gone_when_removed)
{
    struct hass *hass = loaded(NULL);
    autojson *runs = test_json("{'a': 1}"), *others = test_json("{'b': 2}");

    journal_add_source(hass, "runs", collect, &runs);
    journal_add_source(hass, "runs", collect, &runs);
    journal_add_source(hass, "runs", collect, &others);
    journal_remove_source(hass, "runs", collect, &runs);
    journal_remove_source(hass, "for", collect, &others); // is not there
    test_advance(hass, 2);
    autojson *data = stored();
    ck_assert_json(data, "{'runs': {'b': 2}}");
}
END_TEST

START_TEST(what_is_pending_is_written_at_the_end)
{
    struct hass *hass = loaded(NULL);
    autojson *runs = test_json("{'a': 1}");

    test_start(hass);
    journal_add_source(hass, "runs", collect, &runs);
    journal_touch(hass);
    ck_assert_int_eq(test_run_coroutine(hass, stop, NULL), 0);
    autojson *data = stored();
    ck_assert_json(data, "{'runs': {'a': 1}}");
}
END_TEST

START_TEST(nothing_is_written_before_it_was_read)
{
    struct hass *hass = test_hass();
    autojson *runs = test_json("{'a': 1}");

    test_file(".storage/hassd.runs", FILE_OF("{\"runs\": {\"b\": 2}}"));
    journal_add_source(hass, "runs", collect, &runs);
    journal_touch(hass);
    test_advance(hass, 3600);
    autojson *data = stored();
    ck_assert_json(data, "{'runs': {'b': 2}}");
}
END_TEST

START_TEST(what_could_not_be_written_is_written_later)
{
    struct hass *hass = loaded(NULL);
    autojson *runs = test_json("{'a': 1}");
    autofree char *path = path_of_file(), *inner = NULL;

    (void)test_logs();
    test_file(".storage/hassd.runs/full", ""); // no file can take the folder's place
    journal_add_source(hass, "runs", collect, &runs);
    journal_touch(hass);
    test_advance(hass, 3);
    ck_assert_int_gt(asprintf(&inner, "%s/full", path), 0);
    ck_assert_int_eq(unlink(inner), 0);
    ck_assert_int_eq(rmdir(path), 0);
    test_advance(hass, 1200);
    autojson *data = stored();
    ck_assert_json(data, "{'runs': {'a': 1}}");
}
END_TEST

/* claiming */

START_TEST(what_was_read_is_claimed_once)
{
    struct hass *hass = loaded("{\"runs\": {\"a\": {\"x\": 1}, \"b\": 2}}");

    ck_assert_json(journal_peek(hass, "runs", "a"), "{'x': 1}");
    autojson *claimed = journal_claim(hass, "runs", "a");
    ck_assert_json(claimed, "{'x': 1}");
    ck_assert_ptr_null(journal_claim(hass, "runs", "a"));
    ck_assert_ptr_null(journal_peek(hass, "runs", "a"));
    ck_assert_ptr_null(journal_claim(hass, "for", "b"));
    ck_assert_json(journal_peek(hass, "runs", "b"), "2");
}
END_TEST

START_TEST(what_nobody_has_claimed_is_written_again)
{
    struct hass *hass = loaded("{\"runs\": {\"a\": 1, \"b\": 2}, \"due\": {\"c\": 3}}");
    autojson *runs = test_json("{'d': 4}");

    journal_add_source(hass, "runs", collect, &runs);
    json_decref(journal_claim(hass, "runs", "a"));
    test_advance(hass, 2);
    autojson *data = stored();
    ck_assert_json(data, "{'runs': {'b': 2, 'd': 4}, 'due': {'c': 3}}");
}
END_TEST

START_TEST(what_is_claimed_and_kept_as_it_is_is_not_written)
{
    struct hass *hass = loaded("{\"runs\": {\"a\": 1, \"b\": 2}}");
    autojson *runs = json_object();
    ino_t first = file_number();

    journal_add_source(hass, "runs", collect, &runs);
    json_object_set_new(runs, "a", journal_claim(hass, "runs", "a"));
    test_advance(hass, 60);
    ck_assert_uint_eq(file_number(), first);
}
END_TEST

START_TEST(what_is_forgotten_is_gone_from_the_file)
{
    struct hass *hass = loaded("{\"runs\": {\"a\": 1}, \"for\": {\"b\": 2}}");

    journal_forget(hass, "runs", "a");
    journal_forget(hass, "runs", "nosuch");
    test_advance(hass, 2);
    autojson *data = stored();
    ck_assert_json(data, "{'for': {'b': 2}}");
}
END_TEST

START_TEST(unclaimed_entries_go_ten_minutes_after_the_start)
{
    struct hass *hass = loaded("{\"runs\": {\"a\": 1}}");

    test_advance(hass, 3600); // it is not up yet
    ck_assert_ptr_nonnull(journal_peek(hass, "runs", "a"));
    test_start(hass);
    test_advance(hass, 599);
    ck_assert_ptr_nonnull(journal_peek(hass, "runs", "a"));
    test_advance(hass, 1);
    ck_assert_ptr_null(journal_peek(hass, "runs", "a"));
    test_advance(hass, 2);
    autojson *data = stored();
    ck_assert_json(data, "{}");
}
END_TEST

static const char *const unreadable[] = {
    "[]",
    "5",
    "{\"runs\": 5, \"for\": [1], \"due\": null}",
};

START_TEST(what_is_no_journal_is_left_out)
{
    struct hass *hass = loaded(unreadable[_i]);
    autojson *runs = test_json("{'a': 1}");

    ck_assert_ptr_null(journal_claim(hass, "runs", "a"));
    journal_add_source(hass, "runs", collect, &runs);
    journal_touch(hass);
    test_advance(hass, 2);
    autojson *data = stored();
    ck_assert_json(data, "{'runs': {'a': 1}}");
}
END_TEST

START_TEST(one_of_a_newer_version_is_left_alone)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    autojson *runs = test_json("{'a': 1}");

    test_file(".storage/hassd.runs", "{\"version\": 9, \"minor_version\": 1, \"key\": "
                                     "\"hassd.runs\", \"data\": {\"runs\": {\"z\": 1}}}");
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "What waited when hassd ended is lost"));
    journal_add_source(hass, "runs", collect, &runs);
    journal_touch(hass);
    test_advance(hass, 60);
    autojson *data = stored();
    ck_assert_json(data, "{'runs': {'z': 1}}");
}
END_TEST

CASES_MAIN("journal", ONCE(what_sources_have_is_written_within_two_seconds),
           ONCE(nothing_is_written_while_nothing_changes),
           ONCE(a_source_is_added_once_and_gone_when_removed),
           ONCE(what_is_pending_is_written_at_the_end),
           ONCE(what_could_not_be_written_is_written_later),
           ONCE(nothing_is_written_before_it_was_read), ONCE(what_was_read_is_claimed_once),
           ONCE(what_nobody_has_claimed_is_written_again),
           ONCE(what_is_claimed_and_kept_as_it_is_is_not_written),
           ONCE(what_is_forgotten_is_gone_from_the_file),
           ONCE(unclaimed_entries_go_ten_minutes_after_the_start),
           ROWS(what_is_no_journal_is_left_out, unreadable),
           ONCE(one_of_a_newer_version_is_left_alone))
