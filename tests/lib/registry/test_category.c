/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Categories: names and ids within scopes, and their file.
 */
#include <string.h>

#include <hass/category_registry.h>

#include "base/mem.h"
#include "base/ulid.h"
#include "registry/category.h"
#include "support/cases.h"
#include "support/test.h"

static HASS_COROUTINE int load(struct hass *hass, void *userdata, struct hass_error *err)
{
    return categories_async_load(hass, err);
}

static HASS_CALLBACK const struct hass_category *create(struct hass *hass, const char *scope,
                                                        const char *name)
{
    const struct hass_category *category = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    hass_category_registry_async_create(hass, scope, name, test_json("{'icon': 'mdi:x'}"),
                                        &category, &err);
    ck_assert_msg(category, "%s", err.message);
    return category;
}

START_TEST(a_category_has_a_ulid)
{
    struct hass *hass = test_hass();
    struct capture *seen = test_capture(hass, "category_registry_updated");
    const struct hass_category *category = create(hass, "automation", "Light");
    struct ulid ulid;

    ck_assert(ulid_decode(category->category_id, &ulid));
    autojson *json = hass_category_as_json(category);
    autojson *expected = json_pack("{s:s, s:s, s:s, s:f, s:f}", "category_id",
                                   category->category_id, "name", "Light", "icon", "mdi:x",
                                   "created_at", 1704067200.0, "modified_at", 1704067200.0);
    ck_assert(hass_json_equal(json, expected));
    autojson *data = json_pack("{s:s, s:s, s:s}", "action", "create", "scope", "automation",
                               "category_id", category->category_id);
    ck_assert(hass_json_equal(hass_event_data(capture_event(seen, 0)), data));
}
END_TEST

START_TEST(names_are_of_a_scope_and_case_does_not_count)
{
    struct hass *hass = test_hass();

    create(hass, "automation", "Light");
    ck_assert_int_eq(
        hass_category_registry_async_create(hass, "automation", "LIGHT", NULL, NULL, NULL),
        HASS_E_EXISTS);
    create(hass, "automation", "L ight"); // blanks do
    create(hass, "script", "Light");
    ck_assert_ptr_nonnull(hass_category_registry_async_get_by_name(hass, "script", "light"));
    ck_assert_ptr_null(hass_category_registry_async_get_by_name(hass, "scene", "light"));
}
END_TEST

START_TEST(an_id_is_known_in_its_scope_only)
{
    struct hass *hass = test_hass();
    const struct hass_category *category = create(hass, "automation", "Light");
    autofree char *id = mem_strdup(category->category_id);

    ck_assert_ptr_eq(hass_category_registry_async_get(hass, "automation", id), category);
    ck_assert_ptr_null(hass_category_registry_async_get(hass, "script", id));
    ck_assert_int_eq(
        hass_category_registry_async_update(hass, "script", id, test_json("{}"), NULL, NULL),
        HASS_E_NOT_FOUND);
    ck_assert_int_eq(hass_category_registry_async_delete(hass, "script", id, NULL),
                     HASS_E_NOT_FOUND);
    ck_assert_int_eq(hass_category_registry_async_update(hass, "automation", id,
                                                         test_json("{'name': 'Dark'}"), NULL, NULL),
                     0);
    ck_assert_int_eq(hass_category_registry_async_delete(hass, "automation", id, NULL), 0);
}
END_TEST

START_TEST(scopes_are_texts)
{
    static const char *const scopes[] = { "", "\xff", "a\x1f_" };
    struct hass *hass = test_hass();
    char scope[257] = { 0 };

    for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++)
        ck_assert_int_eq(
            hass_category_registry_async_create(hass, scopes[i], "A", NULL, NULL, NULL),
            HASS_E_INVALID);
    memset(scope, 's', 255);
    create(hass, scope, "A");
    scope[255] = 's';
    ck_assert_int_eq(hass_category_registry_async_create(hass, scope, "A", NULL, NULL, NULL),
                     HASS_E_INVALID);
}
END_TEST

static json_t *file_content(void)
{
    autofree char *path = mem_printf("%s/.storage/core.category_registry", test_dir());
    autofree char *text = test_read_file(path);
    json_t *json = NULL;

    ck_assert_int_eq(hass_json_parse(text, strlen(text), 1 << 20, &json, NULL), 0);
    return json;
}

START_TEST(the_file_has_a_list_for_each_scope)
{
    static const char rows[] =
        "{'version': 1, 'minor_version': %d, 'key': 'core.category_registry', 'data': {"
        "'categories': {'automation': [{'category_id': 'A', 'icon': null, 'name': 'One'%s},"
        " {'category_id': 'B', 'icon': 'mdi:x', 'name': 'Two'%s}],"
        " 'script': [{'category_id': 'A', 'icon': null, 'name': 'One'%s}]}}}";
    static const char times[] = ", 'created_at': '1970-01-01T00:00:00+00:00',"
                                " 'modified_at': '1970-01-01T00:00:00+00:00'";
    struct hass *hass = test_hass();
    autofree char *first = mem_printf(rows, 1, "", "", "");
    autofree char *second = mem_printf(rows, 2, times, times, times);
    autojson *file = test_json(first);
    autobuf text = HASS_BUF_INIT;

    hass_json_write(file, &text);
    test_file(".storage/core.category_registry", text.data);
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    ck_assert_str_eq(hass_category_registry_async_get(hass, "script", "A")->scope, "script");
    ck_assert_str_eq(hass_category_registry_async_get(hass, "automation", "B")->icon, "mdi:x");
    const struct hass_category *added = create(hass, "scene", "Three");
    autofree char *id = mem_strdup(added->category_id);
    ck_assert_int_eq(hass_category_registry_async_delete(hass, "scene", id, NULL), 0);
    test_advance(hass, 181);
    autojson *content = file_content();
    ck_assert_json(content, second);
}
END_TEST

static const char *const damaged[] = {
    "{\"version\": 1, \"data\": {\"categories\": []}}",
    "{\"version\": 1, \"data\": {\"categories\": {\"a\": 5, \"b\": [7, {\"name\": \"x\"}]}}}",
    "{\"version\": 1, \"data\": {\"categories\": {\"a\": 5}}}",
    "{\"version\": 1, \"data\": {}}",
};

START_TEST(what_is_wrong_in_the_file_is_left_out)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();
    const struct hass_category *category;
    size_t pos = 0;

    test_file(".storage/core.category_registry", damaged[_i]);
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    ck_assert(!hass_category_registry_async_next(hass, &pos, &category));
    ck_assert_uint_gt(logs_count(logs, HASS_LOG_WARNING) + logs_count(logs, HASS_LOG_ERROR), 0);
}
END_TEST

static HASS_BLOCKING int use_twins(struct hass *hass, void *userdata, struct hass_error *err)
{
    const char *id = userdata;
    int r = hass_category_registry_update(hass, "script", id, test_json("{'name': 'B'}"), err);
    const autounref(hass_category) *category = hass_category_registry_get(hass, "script", id);

    ck_assert_str_eq(category->name, "B");
    if (r == 0)
        r = hass_category_registry_create(hass, "scene", "C", NULL, err);
    return r < 0 ? r : hass_category_registry_delete(hass, "script", id, err);
}

START_TEST(other_threads_queue_changes_and_get_references)
{
    struct hass *hass = test_hass();
    autofree char *id = mem_strdup(create(hass, "script", "A")->category_id);

    ck_assert_int_eq(test_on_pool(hass, use_twins, id), 0);
    test_settle(hass);
    ck_assert_ptr_null(hass_category_registry_async_get(hass, "script", id));
    ck_assert_ptr_nonnull(hass_category_registry_async_get_by_name(hass, "scene", "c"));
}
END_TEST

CASES_MAIN("categories", ONCE(a_category_has_a_ulid),
           ONCE(names_are_of_a_scope_and_case_does_not_count),
           ONCE(an_id_is_known_in_its_scope_only), ONCE(scopes_are_texts),
           ONCE(the_file_has_a_list_for_each_scope),
           ROWS(what_is_wrong_in_the_file_is_left_out, damaged),
           ONCE(other_threads_queue_changes_and_get_references))
