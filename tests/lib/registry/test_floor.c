/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Floors: what they have beside what all small registries have (test_area.c).
 */
#include <stdlib.h>
#include <string.h>

#include <hass/floor_registry.h>

#include "base/mem.h"
#include "registry/floor.h"
#include "support/cases.h"
#include "support/test.h"

static HASS_COROUTINE int load(struct hass *hass, void *userdata, struct hass_error *err)
{
    return floors_async_load(hass, err);
}

static HASS_CALLBACK void check_floor(struct hass *hass, const char *floor_id, const char *expected)
{
    const struct hass_floor *floor = hass_floor_registry_async_get(hass, floor_id);

    ck_assert_ptr_nonnull(floor);
    autojson *json = hass_floor_as_json(floor);
    ck_assert_json(json, expected);
}

START_TEST(a_floor_may_have_a_level)
{
    struct hass *hass = test_hass();
    const struct hass_floor *floor;

    ck_assert_int_eq(hass_floor_registry_async_create(hass, "Ground",
                                                      test_json("{'level': 0, 'aliases': ['EG']}"),
                                                      &floor, NULL),
                     0);
    ck_assert(floor->has_level);
    check_floor(hass, "ground",
                "{'floor_id': 'ground', 'name': 'Ground', 'aliases': ['EG'], 'icon': null,"
                " 'level': 0, 'created_at': 1704067200.0, 'modified_at': 1704067200.0}");
    ck_assert_int_eq(hass_floor_registry_async_update(hass, "ground", test_json("{'level': null}"),
                                                      &floor, NULL),
                     0);
    ck_assert(!floor->has_level);
    check_floor(hass, "ground",
                "{'floor_id': 'ground', 'name': 'Ground', 'aliases': ['EG'], 'icon': null,"
                " 'level': null, 'created_at': 1704067200.0, 'modified_at': 1704067200.0}");
}
END_TEST

START_TEST(an_update_without_change_is_not_told)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(
        hass_floor_registry_async_create(hass, "Ground", test_json("{'level': 0}"), NULL, NULL), 0);
    struct capture *seen = test_capture(hass, "floor_registry_updated");
    test_advance(hass, 3);
    ck_assert_int_eq(hass_floor_registry_async_update(
                         hass, "ground", test_json("{'level': 0, 'name': 'Ground'}"), NULL, NULL),
                     0);
    ck_assert_uint_eq(capture_count(seen), 0);
    ck_assert_int_eq(
        hass_floor_registry_async_update(hass, "ground", test_json("{'level': 1}"), NULL, NULL), 0);
    ck_assert_uint_eq(capture_count(seen), 1);
    ck_assert_json(hass_event_data(capture_event(seen, 0)),
                   "{'action': 'update', 'floor_id': 'ground'}");
}
END_TEST

static const struct {
    const char *fields;
    int result;
} levels[] = {
    { "{'level': 1000}", 0 },
    { "{'level': -1000}", 0 },
    { "{'level': 1001}", HASS_E_INVALID },
    { "{'level': -1001}", HASS_E_INVALID },
    { "{'level': 'high'}", HASS_E_INVALID },
};

START_TEST(levels_are_numbers_up_to_1000)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(
        hass_floor_registry_async_create(hass, "A", test_json(levels[_i].fields), NULL, NULL),
        levels[_i].result);
}
END_TEST

static const struct {
    const char *text, *shown;
} files[] = {
    { "{\"version\": 1, \"minor_version\": 1, \"data\": {\"floors\": [{\"aliases\": [\"x\"],"
      " \"floor_id\": \"f\", \"icon\": null, \"level\": -1, \"name\": \"F\"}]}}",
      "{'floor_id': 'f', 'name': 'F', 'aliases': ['x'], 'icon': null, 'level': -1,"
      " 'created_at': 0.0, 'modified_at': 0.0}" },
    { "{\"version\": 1, \"minor_version\": 2, \"data\": {\"floors\": [{\"aliases\": [],"
      " \"created_at\": \"2024-07-01T00:00:00+00:00\", \"floor_id\": \"f\", \"icon\": \"mdi:x\","
      " \"level\": null, \"modified_at\": \"2024-07-02T00:00:00+00:00\", \"name\": \"F\"}]}}",
      "{'floor_id': 'f', 'name': 'F', 'aliases': [], 'icon': 'mdi:x', 'level': null,"
      " 'created_at': 1719792000.0, 'modified_at': 1719878400.0}" },
};

START_TEST(files_of_all_versions_are_read)
{
    struct hass *hass = test_hass();

    test_file(".storage/core.floor_registry", files[_i].text);
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    check_floor(hass, "f", files[_i].shown);
}
END_TEST

/* What a file has as a level, and whether that is one. */
static const struct {
    const char *level;
    bool good;
} stored[] = {
    { "-2147483648", true },  { "2147483647", true }, { "2147483648", false },
    { "-2147483649", false }, { "1.5", false },       { "\"1\"", false },
};

START_TEST(levels_in_files_are_whole_numbers)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();
    autofree char *text =
        mem_printf("{\"version\": 1, \"data\": {\"floors\": [{\"floor_id\": \"f\","
                   " \"name\": \"F\", \"level\": %s}]}}",
                   stored[_i].level);

    test_file(".storage/core.floor_registry", text);
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    const struct hass_floor *floor = hass_floor_registry_async_get(hass, "f");
    ck_assert_int_eq(floor->has_level, stored[_i].good);
    ck_assert_int_eq(floor->level, stored[_i].good ? atoi(stored[_i].level) : 0);
    ck_assert_uint_eq(logs_matching(logs, "level is not a whole number"), !stored[_i].good);
}
END_TEST

static HASS_BLOCKING int use_twins(struct hass *hass, void *userdata, struct hass_error *err)
{
    int r = hass_floor_registry_create(hass, "A", NULL, err);

    if (r == 0)
        r = hass_floor_registry_update(hass, "a", test_json("{'level': 2}"), err);
    const autounref(hass_floor) *floor = hass_floor_registry_get(hass, "a");
    ck_assert_int_eq(floor->level, 2);
    return r < 0 ? r : hass_floor_registry_delete(hass, "a", err);
}

START_TEST(other_threads_queue_changes_and_get_references)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(test_on_pool(hass, use_twins, NULL), 0);
    test_settle(hass);
    ck_assert_ptr_null(hass_floor_registry_async_get(hass, "a"));
}
END_TEST

CASES_MAIN("floors", ONCE(a_floor_may_have_a_level), ONCE(an_update_without_change_is_not_told),
           ROWS(levels_are_numbers_up_to_1000, levels),
           ROWS(levels_in_files_are_whole_numbers, stored),
           ROWS(files_of_all_versions_are_read, files),
           ONCE(other_threads_queue_changes_and_get_references))
