/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Labels: what they have beside what all small registries have (test_area.c).
 */
#include <string.h>

#include <hass/label_registry.h>

#include "base/mem.h"
#include "registry/label.h"
#include "support/cases.h"
#include "support/test.h"

static HASS_COROUTINE int load(struct hass *hass, void *userdata, struct hass_error *err)
{
    return labels_async_load(hass, err);
}

static HASS_CALLBACK void check_label(struct hass *hass, const char *label_id, const char *expected)
{
    const struct hass_label *label = hass_label_registry_async_get(hass, label_id);

    ck_assert_ptr_nonnull(label);
    autojson *json = hass_label_as_json(label);
    ck_assert_json(json, expected);
}

START_TEST(a_label_has_colour_icon_and_description)
{
    struct hass *hass = test_hass();
    struct capture *seen = test_capture(hass, "label_registry_updated");

    ck_assert_int_eq(
        hass_label_registry_async_create(
            hass, "To Do", test_json("{'color': 'red', 'description': 'later'}"), NULL, NULL),
        0);
    check_label(
        hass, "to_do",
        "{'label_id': 'to_do', 'name': 'To Do', 'color': 'red', 'icon': null,"
        " 'description': 'later', 'created_at': 1704067200.0, 'modified_at': 1704067200.0}");
    ck_assert_json(hass_event_data(capture_event(seen, 0)),
                   "{'action': 'create', 'label_id': 'to_do'}");
    ck_assert_int_eq(hass_label_registry_async_delete(hass, "to_do", NULL), 0);
    ck_assert_json(hass_event_data(capture_event(seen, 1)),
                   "{'action': 'remove', 'label_id': 'to_do'}");
}
END_TEST

START_TEST(descriptions_have_2048_characters_and_no_more)
{
    struct hass *hass = test_hass();
    char text[2050] = { 0 };

    memset(text, 'x', 2048);
    ck_assert_int_eq(hass_label_registry_async_create(
                         hass, "A", json_pack("{s:s}", "description", text), NULL, NULL),
                     0);
    text[2048] = 'x';
    ck_assert_int_eq(hass_label_registry_async_create(
                         hass, "B", json_pack("{s:s}", "description", text), NULL, NULL),
                     HASS_E_INVALID);
}
END_TEST

static const struct {
    const char *text, *shown;
} files[] = {
    { "{\"version\": 1, \"minor_version\": 1, \"data\": {\"labels\": [{\"color\": \"red\","
      " \"description\": null, \"icon\": null, \"label_id\": \"l\", \"name\": \"L\"}]}}",
      "{'label_id': 'l', 'name': 'L', 'color': 'red', 'icon': null, 'description': null,"
      " 'created_at': 0.0, 'modified_at': 0.0}" },
    { "{\"version\": 1, \"minor_version\": 2, \"data\": {\"labels\": [{\"color\": null,"
      " \"created_at\": \"2024-07-01T00:00:00+00:00\", \"description\": \"d\", \"icon\": \"mdi:x\","
      " \"label_id\": \"l\", \"modified_at\": \"2024-07-02T00:00:00+00:00\", \"name\": \"L\"}]}}",
      "{'label_id': 'l', 'name': 'L', 'color': null, 'icon': 'mdi:x', 'description': 'd',"
      " 'created_at': 1719792000.0, 'modified_at': 1719878400.0}" },
};

START_TEST(files_of_all_versions_are_read)
{
    struct hass *hass = test_hass();

    test_file(".storage/core.label_registry", files[_i].text);
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    check_label(hass, "l", files[_i].shown);
}
END_TEST

static HASS_BLOCKING int use_twins(struct hass *hass, void *userdata, struct hass_error *err)
{
    int r = hass_label_registry_create(hass, "A", NULL, err);

    if (r == 0)
        r = hass_label_registry_update(hass, "a", test_json("{'color': 'blue'}"), err);
    const autounref(hass_label) *label = hass_label_registry_get(hass, "a");
    ck_assert_str_eq(label->color, "blue");
    return r < 0 ? r : hass_label_registry_delete(hass, "a", err);
}

START_TEST(other_threads_queue_changes_and_get_references)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(test_on_pool(hass, use_twins, NULL), 0);
    test_settle(hass);
    ck_assert_ptr_null(hass_label_registry_async_get(hass, "a"));
}
END_TEST

CASES_MAIN("labels", ONCE(a_label_has_colour_icon_and_description),
           ONCE(descriptions_have_2048_characters_and_no_more),
           ROWS(files_of_all_versions_are_read, files),
           ONCE(other_threads_queue_changes_and_get_references))
