/* SPDX-License-Identifier: Apache-2.0 */
/* The device registry: creating, merging, changing, removing, restoring. */
#include <string.h>

#include <hass/device_registry.h>
#include <hass/entity_registry.h>

#include "registry/device.h"
#include "registry/entities.h"
#include "registry/entry_lookup.h"
#include "support/cases.h"
#include "support/test.h"

#define ID(value)  HASS_DEVICE_PAIRS({ "demo", value })
#define MAC(value) HASS_DEVICE_PAIRS({ "mac", value })
#define INFO(...)  (&(const struct hass_device_info)HASS_DEVICE_INFO(__VA_ARGS__))

static HASS_CALLBACK const struct hass_device *make(struct hass *hass, const char *entry,
                                                    const struct hass_device_info *info)
{
    const struct hass_device *device = NULL;
    struct hass_error err = HASS_ERROR_INIT;
    int r = hass_device_registry_async_get_or_create(hass, entry, info, &device, &err);

    ck_assert_msg(r == 0, "%s", err.message);
    return device;
}

static HASS_CALLBACK const struct hass_device *update(struct hass *hass, const char *id,
                                                      const char *changes)
{
    const struct hass_device *device = NULL;
    struct hass_error err = HASS_ERROR_INIT;
    int r = hass_device_registry_async_update(hass, id, test_json(changes), &device, &err);

    ck_assert_msg(r == 0, "%s", err.message);
    return device;
}

/* The members of the last event that are told by anybody, with the device's id as D. */
static void check_event(const struct capture *seen, size_t index, const char *expected)
{
    autojson *data = json_copy((json_t *)hass_event_data(capture_event(seen, index)));

    json_object_del(data, "device_id");
    json_object_del(data, "device");
    ck_assert_json(data, expected);
}

static struct capture *capture_devices(struct hass *hass) HASS_CALLBACK;
static struct capture *capture_devices(struct hass *hass)
{
    return test_capture(hass, HASS_EVENT_DEVICE_REGISTRY_UPDATED);
}

START_TEST(a_device_is_created_found_and_updated)
{
    struct hass *hass = test_hass();
    struct capture *seen = capture_devices(hass);
    const struct hass_device *device =
        make(hass, "e1", INFO(.identifiers = ID("1"), .name = "Box", .model = "X"));
    autofree char *id = strdup(device->id);

    ck_assert_uint_eq(strlen(id), 32);
    ck_assert_str_eq(device->primary_config_entry, "e1");
    check_event(seen, 0, "{'action': 'create'}");
    make(hass, "e1", INFO(.identifiers = ID("1"), .name = "Box"));
    ck_assert_uint_eq(capture_count(seen), 1);
    device = make(hass, "e1", INFO(.identifiers = ID("1"), .name = "Box 2", .sw_version = "9"));
    ck_assert_str_eq(device->id, id);
    ck_assert_str_eq(device->model, "X");
    check_event(seen, 1, "{'action': 'update', 'changes': {'name': 'Box', 'sw_version': null}}");
}
END_TEST

START_TEST(identifiers_and_connections_join)
{
    struct hass *hass = test_hass();
    autofree char *id =
        strdup(make(hass, "e1", INFO(.connections = MAC("AA-BB-CC-DD-EE-FF"), .name = "A"))->id);
    struct capture *seen = capture_devices(hass);
    const struct hass_device *device = make(
        hass, "e2", INFO(.connections = MAC("aabbccddeeff"), .identifiers = ID("z"), .name = "B"));

    ck_assert_str_eq(device->id, id);
    check_event(seen, 0,
                "{'action': 'update', 'changes': {'config_entries': ['e1'], 'identifiers': [], "
                "'name': 'A'}}");
    device =
        make(hass, "e2", INFO(.identifiers = HASS_DEVICE_PAIRS({ "demo", "z" }, { "demo", "q" })));
    check_event(seen, 1, "{'action': 'update', 'changes': {'identifiers': [['demo', 'z']]}}");
    ck_assert_ptr_eq(hass_device_registry_async_find(hass, NULL, MAC("aa:bb:cc:dd:ee:ff")), device);
    ck_assert_ptr_eq(hass_device_registry_async_find(hass, ID("q"), NULL), device);
}
END_TEST

static const struct {
    const char *given, *kept;
} macs[] = {
    { "001122334455", "00:11:22:33:44:55" },
    { "00:11:22:AA:44:55", "00:11:22:aa:44:55" },
    { "00-11-22-33-44-55", "00:11:22:33:44:55" },
    { "0011.2233.44FF", "00:11:22:33:44:ff" },
    { "00:11:22:33:44", "00:11:22:33:44" },
    { "AB:CD", "AB:CD" },
    { "", "" },
    { "0011-2233-4455", "0011-2233-4455" },
};

START_TEST(a_mac_is_written_one_way)
{
    struct hass *hass = test_hass();
    const struct hass_device *device = make(hass, "e1", INFO(.connections = MAC(macs[_i].given)));

    ck_assert_str_eq(device->connections[0].second, macs[_i].kept);
}
END_TEST

START_TEST(a_device_without_identity_is_refused)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(
        hass_device_registry_async_get_or_create(hass, "e1", INFO(.name = "Nothing"), NULL, NULL),
        HASS_E_INVALID);
    ck_assert_uint_eq(hass_device_registry_async_count(hass), 0);
}
END_TEST

START_TEST(defaults_exclude_values_and_apply_once)
{
    struct hass *hass = test_hass();
    const struct hass_device *device =
        make(hass, "e1", INFO(.connections = MAC("001122334455"), .default_name = "Seen"));

    ck_assert_str_eq(device->name, "Seen");
    device = make(hass, "e1", INFO(.connections = MAC("001122334455"), .default_name = "Later"));
    ck_assert_str_eq(device->name, "Seen");
    ck_assert_int_eq(
        hass_device_registry_async_get_or_create(
            hass, "e1", INFO(.connections = MAC("001122334455"), .default_name = "A", .model = "M"),
            NULL, NULL),
        HASS_E_INVALID);
}
END_TEST

START_TEST(a_removed_hub_leaves_its_leaves)
{
    struct hass *hass = test_hass();
    autofree char *hub = strdup(make(hass, "e1", INFO(.identifiers = ID("hub")))->id);
    const struct hass_device *leaf =
        make(hass, "e1", INFO(.identifiers = ID("leaf"), .via_device = { "demo", "hub" }));
    autofree char *leaf_id = strdup(leaf->id);
    struct capture *seen = capture_devices(hass);

    ck_assert_str_eq(leaf->via_device_id, hub);
    ck_assert_int_eq(hass_device_registry_async_remove(hass, hub, NULL), 0);
    autojson *changes =
        json_pack("{s:s, s:{s:s}}", "action", "update", "changes", "via_device_id", hub);
    autojson *data = json_copy((json_t *)hass_event_data(capture_event(seen, 0)));
    json_object_del(data, "device_id");
    ck_assert(json_equal(data, changes));
    check_event(seen, 1, "{'action': 'remove'}");
    ck_assert_ptr_null(hass_device_registry_async_get(hass, leaf_id)->via_device_id);
}
END_TEST

START_TEST(a_device_goes_with_its_last_entry)
{
    struct hass *hass = test_hass();
    autofree char *id = strdup(make(hass, "e1", INFO(.identifiers = ID("a"), .name = "A"))->id);
    make(hass, "e2", INFO(.identifiers = ID("a")));
    struct capture *seen = capture_devices(hass);

    ck_assert_ptr_nonnull(update(hass, id, "{'remove_config_entry_id': 'e1'}"));
    check_event(seen, 0, "{'action': 'update', 'changes': {'config_entries': ['e1', 'e2']}}");
    ck_assert_ptr_null(update(hass, id, "{'remove_config_entry_id': 'e2'}"));
    check_event(seen, 1, "{'action': 'remove'}");
    ck_assert_ptr_null(hass_device_registry_async_get(hass, id));
}
END_TEST

START_TEST(a_removed_device_comes_back_as_its_user_left_it)
{
    struct hass *hass = test_hass();
    autofree char *id = strdup(make(hass, "e1", INFO(.identifiers = ID("a"), .name = "A"))->id);

    update(hass, id, "{'name_by_user': 'Mine', 'area_id': 'attic', 'labels': ['x', 'y']}");
    ck_assert_int_eq(hass_device_registry_async_remove(hass, id, NULL), 0);
    const struct hass_device *device = make(hass, "e1", INFO(.identifiers = ID("a")));
    ck_assert_str_eq(device->id, id);
    ck_assert_str_eq(device->name_by_user, "Mine");
    ck_assert_str_eq(device->area_id, "attic");
    ck_assert_str_eq(device->labels[1], "y");
    ck_assert_ptr_null(device->name);
}
END_TEST

START_TEST(what_is_another_devices_cannot_be_taken)
{
    struct hass *hass = test_hass();
    autofree char *a = strdup(make(hass, "e1", INFO(.identifiers = ID("a")))->id);
    make(hass, "e1", INFO(.identifiers = ID("b")));

    ck_assert_int_eq(hass_device_registry_async_update(
                         hass, a, test_json("{'merge_identifiers': [['demo', 'b']]}"), NULL, NULL),
                     HASS_E_EXISTS);
    ck_assert_int_eq(hass_device_registry_async_update(
                         hass, a,
                         test_json("{'merge_identifiers': [['demo', 'c']], 'new_identifiers': []}"),
                         NULL, NULL),
                     HASS_E_INVALID);
    ck_assert_int_eq(hass_device_registry_async_update(
                         hass, a, test_json("{'new_identifiers': []}"), NULL, NULL),
                     HASS_E_INVALID);
    const struct hass_device *device =
        update(hass, a, "{'new_identifiers': [], 'new_connections': [['mac', 'AABBCCDDEEFF']]}");
    ck_assert_str_eq(device->connections[0].second, "aa:bb:cc:dd:ee:ff");
    ck_assert_ptr_null(hass_device_registry_async_find(hass, ID("a"), NULL));
}
END_TEST

/* config entries */

static HASS_CALLBACK bool find_entry(struct hass *hass, const char *id,
                                     struct registry_entry *ret_entry)
{
    ret_entry->title = "Title";
    ret_entry->disabled = strcmp(id, "off") == 0;
    return strcmp(id, "gone") != 0;
}

START_TEST(an_unknown_config_entry_has_no_devices)
{
    struct hass *hass = test_hass();

    registry_set_entry_lookup(hass, find_entry);
    ck_assert_int_eq(hass_device_registry_async_get_or_create(
                         hass, "gone", INFO(.identifiers = ID("a")), NULL, NULL),
                     HASS_E_NOT_FOUND);
    ck_assert_ptr_null(make(hass, "e1", INFO(.identifiers = ID("a")))->name);
    ck_assert_str_eq(make(hass, "e1", INFO(.identifiers = ID("b"), .model = "M"))->name, "Title");
}
END_TEST

START_TEST(devices_of_entries_that_are_gone_are_cleaned_up)
{
    struct hass *hass = test_hass();
    const struct hass_device *device = NULL;
    autofree char *kept = strdup(make(hass, "e1", INFO(.identifiers = ID("a")))->id);
    make(hass, "gone", INFO(.identifiers = ID("a")));
    make(hass, "gone", INFO(.identifiers = ID("b")));

    registry_set_entry_lookup(hass, find_entry);
    devices_async_schedule_cleanup(hass);
    test_advance(hass, 9);
    devices_async_schedule_cleanup(hass);
    test_advance(hass, 9);
    ck_assert_uint_eq(hass_device_registry_async_count(hass), 2);
    test_advance(hass, 1);
    ck_assert_uint_eq(hass_device_registry_async_count(hass), 1);
    device = hass_device_registry_async_get(hass, kept);
    ck_assert_ptr_nonnull(device);
    ck_assert_ptr_null(device->config_entries[1]);
}
END_TEST

START_TEST(a_device_is_disabled_with_its_last_enabled_entry)
{
    struct hass *hass = test_hass();
    autofree char *id = strdup(make(hass, "e1", INFO(.identifiers = ID("a")))->id);
    make(hass, "off", INFO(.identifiers = ID("a")));
    autofree char *alone = strdup(make(hass, "off", INFO(.identifiers = ID("b")))->id);

    registry_set_entry_lookup(hass, find_entry);
    devices_async_entry_disabled(hass, "off", true);
    ck_assert_int_eq(hass_device_registry_async_get(hass, id)->disabled_by, HASS_DEVICE_ENABLED);
    ck_assert_int_eq(hass_device_registry_async_get(hass, alone)->disabled_by,
                     HASS_DEVICE_DISABLED_BY_CONFIG_ENTRY);
    make(hass, "e1", INFO(.identifiers = ID("b")));
    ck_assert_int_eq(hass_device_registry_async_get(hass, alone)->disabled_by, HASS_DEVICE_ENABLED);
}
END_TEST

/* walking */

START_TEST(devices_are_walked_by_area_label_and_entry)
{
    struct hass *hass = test_hass();
    autofree char *a = strdup(make(hass, "e1", INFO(.identifiers = ID("a")))->id);
    autofree char *b = strdup(make(hass, "e2", INFO(.identifiers = ID("b")))->id);
    const struct hass_device *device;
    size_t pos = 0, seen = 0;

    update(hass, a, "{'area_id': 'attic', 'labels': ['x']}");
    update(hass, b, "{'area_id': 'attic', 'labels': ['x', 'y']}");
    for (; hass_device_registry_async_next_of_area(hass, "attic", &pos, &device); seen++)
        update(hass, device->id, "{'name_by_user': 'In the attic'}");
    ck_assert_uint_eq(seen, 2);
    pos = 0;
    ck_assert(hass_device_registry_async_next_of_label(hass, "y", &pos, &device));
    ck_assert_str_eq(device->id, b);
    ck_assert(!hass_device_registry_async_next_of_label(hass, "y", &pos, &device));
    pos = 0;
    ck_assert(hass_device_registry_async_next_of_entry(hass, "e1", &pos, &device));
    ck_assert_str_eq(device->id, a);
    devices_async_clear_area(hass, "attic");
    devices_async_clear_label(hass, "x");
    pos = 0;
    ck_assert(!hass_device_registry_async_next_of_area(hass, "attic", &pos, &device));
    ck_assert(!hass_device_registry_async_next_of_label(hass, "x", &pos, &device));
    ck_assert_str_eq(hass_device_registry_async_get(hass, b)->labels[0], "y");
}
END_TEST

START_TEST(a_device_is_shown_to_clients)
{
    struct hass *hass = test_hass();
    const struct hass_device *device =
        make(hass, "ce1",
             INFO(.identifiers = ID("a"), .name = "Bulb", .sw_version = "1.2", .is_service = true));
    autojson *shown = hass_device_as_json(device);

    ck_assert_str_eq(hass_json_get_string(shown, "id", ""), device->id);
    json_object_del(shown, "id");
    ck_assert_json(
        shown, "{'area_id': null, 'config_entries': ['ce1'], 'config_entries_subentries': "
               "{'ce1': [null]}, 'configuration_url': null, 'connections': [], 'created_at': "
               "1704067200.0, 'disabled_by': null, 'entry_type': 'service', 'hw_version': null, "
               "'identifiers': [['demo', 'a']], 'labels': [], 'manufacturer': null, 'model': "
               "null, 'model_id': null, 'modified_at': 1704067200.0, 'name': 'Bulb', "
               "'name_by_user': null, 'primary_config_entry': 'ce1', 'serial_number': null, "
               "'sw_version': '1.2', 'via_device_id': null}");
}
END_TEST

/* bad input */

static const struct {
    const char *changes;
    int code;
} bad[] = {
    { "{'name': []}", HASS_E_INVALID },
    { "{'labels': [{}]}", HASS_E_INVALID },
    { "{'disabled_by': 'device'}", HASS_E_INVALID },
    { "{'configuration_url': 'ftp://x'}", HASS_E_INVALID },
    { "{'configuration_url': 'http://'}", HASS_E_INVALID },
    { "{'via_device_id': 'nobody'}", HASS_E_NOT_FOUND },
    { "{'merge_identifiers': [['a']]}", HASS_E_INVALID },
    { "{'merge_identifiers': 'a'}", HASS_E_INVALID },
    { "{'id': 'x'}", HASS_E_INVALID },
    { "[]", HASS_E_INVALID },
};

START_TEST(a_bad_change_changes_nothing)
{
    struct hass *hass = test_hass();
    const struct hass_device *device = make(hass, "e1", INFO(.identifiers = ID("a")));
    struct capture *seen = capture_devices(hass);

    ck_assert_int_eq(
        hass_device_registry_async_update(hass, device->id, test_json(bad[_i].changes), NULL, NULL),
        bad[_i].code);
    ck_assert_ptr_eq(hass_device_registry_async_get(hass, device->id), device);
    ck_assert_uint_eq(capture_count(seen), 0);
}
END_TEST

START_TEST(unknown_devices_are_refused)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(hass_device_registry_async_update(hass, "x", json_object(), NULL, NULL),
                     HASS_E_NOT_FOUND);
    ck_assert_int_eq(hass_device_registry_async_remove(hass, "", NULL), HASS_E_NOT_FOUND);
    ck_assert_int_eq(hass_device_registry_async_clear_config_entry(hass, "none", NULL), 0);
    ck_assert_ptr_null(hass_device_registry_async_get(hass, "\xff"));
}
END_TEST

START_TEST(texts_have_a_limit_and_are_utf8)
{
    struct hass *hass = test_hass();
    char text[ROW_MAX_TEXT + 2];

    memset(text, 'x', sizeof(text));
    text[ROW_MAX_TEXT + 1] = '\0';
    ck_assert_int_eq(hass_device_registry_async_get_or_create(
                         hass, "e1", INFO(.identifiers = ID("a"), .name = text), NULL, NULL),
                     HASS_E_TOO_LONG);
    ck_assert_int_eq(hass_device_registry_async_get_or_create(
                         hass, "e1", INFO(.identifiers = ID(text)), NULL, NULL),
                     HASS_E_TOO_LONG);
    ck_assert_int_eq(hass_device_registry_async_get_or_create(
                         hass, "e1", INFO(.identifiers = ID("a"), .name = "\xff"), NULL, NULL),
                     HASS_E_INVALID);
    ck_assert_uint_eq(hass_device_registry_async_count(hass), 0);
    text[ROW_MAX_TEXT] = '\0';
    make(hass, "e1", INFO(.identifiers = ID("a"), .name = text));
}
END_TEST

/* other threads */

static HASS_BLOCKING int use_from_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    autounref(hass_device) const *device = hass_device_registry_get(hass, userdata);

    ck_assert_str_eq(device->name, "Box");
    ck_assert_int_eq(
        hass_device_registry_update(hass, userdata, test_json("{'name_by_user': 'P'}"), err), 0);
    autounref(hass_device) const *changed = hass_device_registry_get(hass, userdata);
    ck_assert_str_eq(changed->name_by_user, "P");
    ck_assert_ptr_null(device->name_by_user);
    return hass_device_registry_remove(hass, userdata, err);
}

START_TEST(a_pool_thread_reads_and_changes_devices)
{
    struct hass *hass = test_hass();
    autofree char *id = strdup(make(hass, "e1", INFO(.identifiers = ID("a"), .name = "Box"))->id);

    ck_assert_int_eq(test_on_pool(hass, use_from_pool, id), 0);
    test_settle(hass);
    ck_assert_uint_eq(hass_device_registry_async_count(hass), 0);
}
END_TEST

CASES_MAIN("devices", ONCE(a_device_is_created_found_and_updated),
           ONCE(identifiers_and_connections_join), ROWS(a_mac_is_written_one_way, macs),
           ONCE(a_device_without_identity_is_refused), ONCE(defaults_exclude_values_and_apply_once),
           ONCE(a_removed_hub_leaves_its_leaves), ONCE(a_device_goes_with_its_last_entry),
           ONCE(a_removed_device_comes_back_as_its_user_left_it),
           ONCE(what_is_another_devices_cannot_be_taken),
           ONCE(an_unknown_config_entry_has_no_devices),
           ONCE(devices_of_entries_that_are_gone_are_cleaned_up),
           ONCE(a_device_is_disabled_with_its_last_enabled_entry),
           ONCE(devices_are_walked_by_area_label_and_entry), ONCE(a_device_is_shown_to_clients),
           ROWS(a_bad_change_changes_nothing, bad), ONCE(unknown_devices_are_refused),
           ONCE(texts_have_a_limit_and_are_utf8), ONCE(a_pool_thread_reads_and_changes_devices))
