/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issues: raised, changed, dismissed, kept; and those that stores raise.
 */
#include <errno.h>
#include <string.h>

#include <hass/issue_registry.h>
#include <hass/store.h>

#include "base/fs.h"
#include "base/mem.h"
#include "registry/issue.h"
#include "registry/row.h"
#include "support/cases.h"
#include "support/test.h"

#define OPTIONS(...)                                                                               \
    (&(const struct hass_issue_options){ .size = sizeof(struct hass_issue_options), __VA_ARGS__ })

static HASS_COROUTINE int load(struct hass *hass, void *userdata, struct hass_error *err)
{
    return issues_async_load(hass, err);
}

static HASS_CALLBACK void raise(struct hass *hass, const char *issue_id,
                                const struct hass_issue_options *options)
{
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_msg(hass_issue_async_create(hass, "test", issue_id, options, &err) == 0, "%s",
                  err.message);
}

static HASS_CALLBACK void check_issue(struct hass *hass, const char *issue_id, const char *expected)
{
    const struct hass_issue *issue = hass_issue_async_get(hass, "test", issue_id);

    ck_assert_ptr_nonnull(issue);
    autojson *json = hass_issue_as_json(issue);
    ck_assert_json(json, expected);
}

static json_t *file_content(void)
{
    autofree char *path = mem_printf("%s/.storage/repairs.issue_registry", test_dir());
    autofree char *text = test_read_file(path);
    json_t *json = NULL;

    ck_assert_int_eq(hass_json_parse(text, strlen(text), 1 << 20, &json, NULL), 0);
    return json;
}

START_TEST(an_issue_says_what_it_was_raised_with)
{
    struct hass *hass = test_hass();
    struct capture *seen = test_capture(hass, "repairs_issue_registry_updated");

    raise(hass, "old",
          OPTIONS(.severity = HASS_ISSUE_ERROR, .is_fixable = true, .translation_key = "old_thing",
                  .translation_placeholders = test_json("{'name': 'x'}"),
                  .breaks_in_ha_version = "2026.5.0", .issue_domain = "other",
                  .learn_more_url = "https://example.org", .data = test_json("{'n': 5}")));
    check_issue(
        hass, "old",
        "{'domain': 'test', 'issue_id': 'old', 'issue_domain': 'other', 'severity': 'error',"
        " 'is_fixable': true, 'breaks_in_ha_version': '2026.5.0',"
        " 'created': '2024-01-01T00:00:00+00:00', 'dismissed_version': null,"
        " 'ignored': false, 'learn_more_url': 'https://example.org',"
        " 'translation_key': 'old_thing', 'translation_placeholders': {'name': 'x'}}");
    ck_assert_str_eq(hass_issue_async_get(hass, "test", "old")->data, "{\"n\":5}");
    ck_assert_uint_eq(capture_count(seen), 1);
    ck_assert_json(hass_event_data(capture_event(seen, 0)),
                   "{'action': 'create', 'domain': 'test', 'issue_id': 'old'}");
}
END_TEST

START_TEST(raising_it_again_is_told_only_on_a_difference)
{
    struct hass *hass = test_hass();

    raise(hass, "old", OPTIONS(.data = test_json("{'n': 5}")));
    struct capture *seen = test_capture(hass, "repairs_issue_registry_updated");
    test_advance(hass, 5);
    raise(hass, "old", OPTIONS(.data = test_json("{'n': 5}")));
    ck_assert_uint_eq(capture_count(seen), 0);
    raise(hass, "old", OPTIONS(.severity = HASS_ISSUE_CRITICAL));
    ck_assert_uint_eq(capture_count(seen), 1);
    ck_assert_json(hass_event_data(capture_event(seen, 0)),
                   "{'action': 'update', 'domain': 'test', 'issue_id': 'old'}");
    ck_assert_int_eq(hass_issue_async_get(hass, "test", "old")->created, hass_now(hass) - 5000000);
    ck_assert_ptr_null(hass_issue_async_get(hass, "test", "old")->data);
}
END_TEST

START_TEST(what_is_dismissed_stays_dismissed)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(hass_issue_async_ignore(hass, "test", "old", true, NULL), HASS_E_NOT_FOUND);
    raise(hass, "old", OPTIONS(0));
    struct capture *seen = test_capture(hass, "repairs_issue_registry_updated");
    ck_assert_int_eq(hass_issue_async_ignore(hass, "test", "old", true, NULL), 0);
    ck_assert_int_eq(hass_issue_async_ignore(hass, "test", "old", true, NULL), 0);
    ck_assert_uint_eq(capture_count(seen), 1);
    raise(hass, "old", OPTIONS(.is_fixable = true));
    ck_assert_str_eq(hass_issue_async_get(hass, "test", "old")->dismissed_version,
                     HASS_MODEL_VERSION);
    ck_assert_int_eq(hass_issue_async_ignore(hass, "test", "old", false, NULL), 0);
    ck_assert_ptr_null(hass_issue_async_get(hass, "test", "old")->dismissed_version);
}
END_TEST

START_TEST(deleting_what_is_unknown_is_no_error)
{
    struct hass *hass = test_hass();
    struct capture *seen = test_capture(hass, "repairs_issue_registry_updated");

    ck_assert_int_eq(hass_issue_async_delete(hass, "test", "old", NULL), 0);
    raise(hass, "old", OPTIONS(0));
    ck_assert_int_eq(hass_issue_async_delete(hass, "other", "old", NULL), 0);
    ck_assert_int_eq(hass_issue_async_delete(hass, "test", "old", NULL), 0);
    ck_assert_ptr_null(hass_issue_async_get(hass, "test", "old"));
    ck_assert_uint_eq(capture_count(seen), 2);
}
END_TEST

static char long_text[300];

static const struct {
    const char *domain, *issue_id;
    struct hass_issue_options options;
} refused[] = {
#define GIVEN(...)                                                                                 \
    {                                                                                              \
        .size = sizeof(struct hass_issue_options), __VA_ARGS__                                     \
    }
    { "", "a", GIVEN(0) },
    { "test", "", GIVEN(0) },
    { "test", long_text, GIVEN(0) },
    { "\xff", "a", GIVEN(0) },
    { "test",
      "a\x1f"
      "b",
      GIVEN(0) },
    { "test", "a", GIVEN(.breaks_in_ha_version = "soon") },
    { "test", "a", GIVEN(.breaks_in_ha_version = "2026") },
    { "test", "a", GIVEN(.breaks_in_ha_version = "2026.5.x") },
    { "test", "a", GIVEN(.breaks_in_ha_version = "1.2.3") },
    { "test", "a", GIVEN(.severity = 3) },
    { "test", "a", GIVEN(.translation_key = long_text) },
    { "test", "a", GIVEN(.learn_more_url = "") },
#undef GIVEN
};

START_TEST(bad_issues_are_refused)
{
    struct hass *hass = test_hass();
    struct hass_issue_options options = refused[_i].options;

    memset(long_text, 'x', 256);
    options.data = test_json("{}");
    ck_assert_int_eq(
        hass_issue_async_create(hass, refused[_i].domain, refused[_i].issue_id, &options, NULL),
        HASS_E_INVALID);
}
END_TEST

START_TEST(placeholders_are_texts)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(
        hass_issue_async_create(hass, "test", "a",
                                OPTIONS(.translation_placeholders = test_json("{'n': 5}")), NULL),
        HASS_E_INVALID);
    ck_assert_int_eq(hass_issue_async_create(hass, "test", "a",
                                             OPTIONS(.translation_placeholders = test_json("[]")),
                                             NULL),
                     HASS_E_INVALID);
    memset(long_text, 'x', 255);
    raise(hass, long_text, OPTIONS(.breaks_in_ha_version = "2026.12.0b3"));
}
END_TEST

START_TEST(data_is_an_object_of_256_kibibytes_and_no_more)
{
    struct hass *hass = test_hass();
    autofree char *text = mem_zalloc(ROW_MAX_JSON);

    ck_assert_int_eq(
        hass_issue_async_create(hass, "test", "a", OPTIONS(.data = test_json("[]")), NULL),
        HASS_E_INVALID);
    memset(text, 'x', ROW_MAX_JSON - 8); // and {"n":""}
    raise(hass, "a", OPTIONS(.data = json_pack("{s:s}", "n", text)));
    text[ROW_MAX_JSON - 8] = 'x';
    ck_assert_int_eq(hass_issue_async_create(hass, "test", "b",
                                             OPTIONS(.data = json_pack("{s:s}", "n", text)), NULL),
                     HASS_E_TOO_LONG);
}
END_TEST

/* the file */

START_TEST(only_persistent_issues_are_kept_whole)
{
    struct hass *hass = test_hass();

    raise(hass, "kept", OPTIONS(.is_persistent = true, .severity = HASS_ISSUE_CRITICAL));
    raise(hass, "stub", OPTIONS(.severity = HASS_ISSUE_CRITICAL));
    ck_assert_int_eq(hass_issue_async_ignore(hass, "test", "stub", true, NULL), 0);
    test_advance(hass, 181);
    autojson *content = file_content();
    ck_assert_json(
        content,
        "{'version': 1, 'minor_version': 2, 'key': 'repairs.issue_registry', 'data': {'issues': ["
        "{'breaks_in_ha_version': null, 'created': '2024-01-01T00:00:00+00:00', 'data': null,"
        " 'dismissed_version': null, 'domain': 'test', 'is_fixable': false, 'is_persistent': true,"
        " 'issue_domain': null, 'issue_id': 'kept', 'learn_more_url': null, 'severity': 'critical',"
        " 'translation_key': 'kept', 'translation_placeholders': null},"
        "{'created': '2024-01-01T00:00:00+00:00', 'dismissed_version': '" HASS_MODEL_VERSION "',"
        " 'domain': 'test', 'is_persistent': false, 'issue_id': 'stub'}]}}");
}
END_TEST

START_TEST(stubs_are_inactive_until_the_issue_is_raised_again)
{
    struct hass *hass = test_hass();

    test_file(".storage/repairs.issue_registry",
              "{\"version\": 1, \"minor_version\": 1, \"data\": {\"issues\": ["
              "{\"created\": \"2023-05-01T00:00:00+00:00\", \"dismissed_version\": \"2023.5.0\","
              " \"domain\": \"test\", \"issue_id\": \"old\"}]}}");
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    ck_assert(!hass_issue_async_get(hass, "test", "old")->active);
    raise(hass, "old", OPTIONS(0));
    const struct hass_issue *issue = hass_issue_async_get(hass, "test", "old");
    ck_assert(issue->active);
    ck_assert_str_eq(issue->dismissed_version, "2023.5.0");
    ck_assert_int_lt(issue->created, hass_now(hass));
}
END_TEST

START_TEST(what_was_raised_before_the_file_was_read_stays)
{
    struct hass *hass = test_hass();

    test_file(".storage/repairs.issue_registry",
              "{\"version\": 1, \"minor_version\": 2, \"data\": {\"issues\": ["
              "{\"created\": \"2023-05-01T00:00:00+00:00\", \"dismissed_version\": \"2023.5.0\","
              " \"domain\": \"test\", \"issue_id\": \"early\", \"is_persistent\": false}]}}");
    raise(hass, "early", OPTIONS(.severity = HASS_ISSUE_ERROR));
    raise(hass, "other", OPTIONS(0));
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    const struct hass_issue *issue = hass_issue_async_get(hass, "test", "early");
    ck_assert(issue->active);
    ck_assert_int_eq(issue->severity, HASS_ISSUE_ERROR);
    ck_assert_str_eq(issue->dismissed_version, "2023.5.0");
    ck_assert(hass_issue_async_get(hass, "test", "other")->active);
    test_advance(hass, 181);
    autojson *content = file_content();
    ck_assert_json(hass_json_get(hass_json_get(content, "data"), "issues"),
                   "[{'created': '2023-05-01T00:00:00+00:00', 'dismissed_version': '2023.5.0',"
                   " 'domain': 'test', 'is_persistent': false, 'issue_id': 'early'},"
                   "{'created': '2024-01-01T00:00:00+00:00', 'dismissed_version': null,"
                   " 'domain': 'test', 'is_persistent': false, 'issue_id': 'other'}]");
}
END_TEST

START_TEST(keys_of_other_releases_are_kept)
{
    struct hass *hass = test_hass();

    test_file(".storage/repairs.issue_registry",
              "{\"version\": 1, \"minor_version\": 2, \"data\": {\"issues\": ["
              "{\"created\": \"2023-05-01T00:00:00+00:00\", \"domain\": \"test\","
              " \"issue_id\": \"old\", \"is_persistent\": true, \"of_2030\": [1]}]}}");
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    raise(hass, "old", OPTIONS(.is_persistent = true, .is_fixable = true));
    test_advance(hass, 181);
    autojson *content = file_content();
    const json_t *row = json_array_get(hass_json_get(hass_json_get(content, "data"), "issues"), 0);
    ck_assert(hass_json_get_bool(row, "is_fixable", false));
    ck_assert_json(hass_json_get(row, "of_2030"), "[1]");
}
END_TEST

/* those of stores */

struct owner {
    struct hass_store *store;
    json_t *data;
};

static HASS_CALLBACK void open_store(struct hass *hass, struct owner *owner)
{
    const struct hass_store_options options = { .size = sizeof(options),
                                                .key = "test.thing",
                                                .version = 1 };

    ck_assert_int_eq(hass_store_async_create(hass, &options, &owner->store, NULL), 0);
}

static HASS_COROUTINE int load_store(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct owner *owner = userdata;

    return hass_store_async_load(owner->store, &owner->data, err);
}

static HASS_COROUTINE int save_store(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct owner *owner = userdata;

    return hass_store_async_save(owner->store, json_object(), err);
}

START_TEST(a_corrupt_file_is_an_issue_that_lasts)
{
    struct hass *hass = test_hass();
    struct owner owner = { 0 };

    (void)test_logs();
    test_file(".storage/test.thing", "oh no");
    open_store(hass, &owner);
    ck_assert_int_eq(test_run_coroutine(hass, load_store, &owner), 0);
    const struct hass_issue *issue = hass_issue_async_get(
        hass, "homeassistant", "storage_corruption_test.thing_2024-01-01T00:00:00+00:00");
    ck_assert_ptr_nonnull(issue);
    ck_assert(issue->is_persistent && issue->is_fixable);
    ck_assert_int_eq(issue->severity, HASS_ISSUE_CRITICAL);
    ck_assert_str_eq(issue->translation_key, "storage_corruption");
    ck_assert_ptr_nonnull(
        strstr(issue->translation_placeholders, "\"storage_key\":\"test.thing\""));
}
END_TEST

static int no_space(enum fs_call call)
{
    return call == FS_WRITE ? -ENOSPC : 0;
}

START_TEST(a_failed_write_is_an_issue_until_it_succeeds)
{
    struct hass *hass = test_hass();
    struct owner owner = { 0 };

    (void)test_logs();
    open_store(hass, &owner);
    fs_set_fault(no_space);
    ck_assert_int_eq(test_run_coroutine(hass, save_store, &owner), -ENOSPC);
    test_advance(hass, 30);
    ck_assert_ptr_nonnull(
        hass_issue_async_get(hass, "homeassistant", "storage_failure_test.thing"));
    fs_set_fault(NULL);
    test_advance(hass, 60);
    ck_assert_ptr_null(hass_issue_async_get(hass, "homeassistant", "storage_failure_test.thing"));
}
END_TEST

START_TEST(a_newer_file_is_an_issue)
{
    struct hass *hass = test_hass();
    struct owner owner = { 0 };

    test_file(".storage/test.thing", "{\"version\": 2, \"data\": {}}");
    open_store(hass, &owner);
    ck_assert_int_eq(test_run_coroutine(hass, load_store, &owner), HASS_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(hass_issue_async_get(hass, "homeassistant", "storage_newer_test.thing"));
}
END_TEST

START_TEST(a_corrupt_file_of_issues_is_an_issue_itself)
{
    struct hass *hass = test_hass();

    (void)test_logs();
    test_file(".storage/repairs.issue_registry", "[");
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    ck_assert_ptr_nonnull(hass_issue_async_get(
        hass, "homeassistant",
        "storage_corruption_repairs.issue_registry_2024-01-01T00:00:00+00:00"));
    test_advance(hass, 181);
    autojson *content = file_content();
    ck_assert_uint_eq(json_array_size(hass_json_get(hass_json_get(content, "data"), "issues")), 1);
}
END_TEST

/* other threads */

static HASS_BLOCKING int use_twins(struct hass *hass, void *userdata, struct hass_error *err)
{
    int r = hass_issue_create(hass, "test", "one", OPTIONS(.data = test_json("{'n': 1}")), err);

    if (r == 0)
        r = hass_issue_create(hass, "test", "two", OPTIONS(0), err);
    if (r == 0)
        r = hass_issue_ignore(hass, "test", "one", true, err);
    if (r == 0)
        r = hass_issue_delete(hass, "test", "two", err);
    return r;
}

START_TEST(other_threads_queue)
{
    struct hass *hass = test_hass();
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(test_on_pool(hass, use_twins, NULL), 0);
    test_settle(hass);
    ck_assert_ptr_nonnull(hass_issue_async_get(hass, "test", "one")->dismissed_version);
    ck_assert_ptr_null(hass_issue_async_get(hass, "test", "two"));
    ck_assert_int_eq(hass_issue_create(hass, "", "", NULL, &err), HASS_E_INVALID);
}
END_TEST

CASES_MAIN("issues", ONCE(an_issue_says_what_it_was_raised_with),
           ONCE(raising_it_again_is_told_only_on_a_difference),
           ONCE(what_is_dismissed_stays_dismissed), ONCE(deleting_what_is_unknown_is_no_error),
           ROWS(bad_issues_are_refused, refused), ONCE(placeholders_are_texts),
           ONCE(only_persistent_issues_are_kept_whole),
           ONCE(stubs_are_inactive_until_the_issue_is_raised_again),
           ONCE(what_was_raised_before_the_file_was_read_stays),
           ONCE(keys_of_other_releases_are_kept),
           ONCE(data_is_an_object_of_256_kibibytes_and_no_more),
           ONCE(a_corrupt_file_is_an_issue_that_lasts),
           ONCE(a_failed_write_is_an_issue_until_it_succeeds), ONCE(a_newer_file_is_an_issue),
           ONCE(a_corrupt_file_of_issues_is_an_issue_itself), ONCE(other_threads_queue))
