/* SPDX-License-Identifier: Apache-2.0 */
/* Removing devices of config entries: their integration (tests/plugins/entries.c) is asked. */
#include <errno.h>
#include <string.h>

#include <hass/device_registry.h>

#include "registry/entry.h"
#include "support/cases.h"
#include "support/loader_fixture.h"

static struct hass_error err = HASS_ERROR_INIT;
static char device_id[64];

/* A home with a device "Lamp" of entry "e1", whose integration is open. */
static struct hass *boot(const char *domain, const char *data)
    HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *boot(const char *domain, const char *data)
{
    loader_configure("thing:\nentries:\ngood:\n");
    struct hass *hass = loader_hass();
    const struct hass_device_info lamp =
        HASS_DEVICE_INFO(.identifiers = HASS_DEVICE_PAIRS({ "x", "y" }), .name = "Lamp");
    const struct hass_device *device = NULL;

    loader_boot(hass);
    for (int i = 1; i <= 2; i++) {
        autounref(hass_entry) *entry = entry_new(hass, domain, "user", i == 1 ? "e1" : "e2");
        entry_set_json(entry, &entry->data, test_json(data));
        ck_assert_int_eq(entries_async_add(entry, NULL), 0);
    }
    ck_assert_int_eq(hass_device_registry_async_get_or_create(hass, "e1", &lamp, &device, NULL), 0);
    snprintf(device_id, sizeof(device_id), "%s", device->id);
    return hass;
}

static HASS_COROUTINE int run_remove(struct hass *hass, void *userdata, struct hass_error *error)
{
    return hass_entry_async_remove_device(hass_entries_async_get(hass, userdata), device_id, error);
}

static HASS_CALLBACK int take_away(struct hass *hass, const char *entry_id)
{
    hass_error_clear(&err);
    return test_run_job(hass, HASS_JOB_COROUTINE(run_remove, (void *)entry_id), &err);
}

static HASS_CALLBACK bool is_there(struct hass *hass)
{
    return hass_device_registry_async_get(hass, device_id) != NULL;
}

START_TEST(a_device_that_its_integration_gives_up_goes)
{
    struct hass *hass = boot("entries", "{}");
    struct capture *seen = test_capture(hass, "entries_test");

    ck_assert_int_eq(take_away(hass, "e1"), 0);
    ck_assert(!is_there(hass));
    ck_assert_uint_eq(capture_count(seen), 1);
    ck_assert_str_eq(hass_json_get_string(hass_event_data(capture_event(seen, 0)), "what", ""),
                     "Lamp");
    ck_assert_int_eq(take_away(hass, "e1"), HASS_E_NOT_FOUND);
}
END_TEST

START_TEST(a_device_of_another_entry_stays_with_that)
{
    struct hass *hass = boot("entries", "{}");
    const struct hass_device *device = NULL;

    hass_device_registry_async_update(hass, device_id, test_json("{'add_config_entry_id': 'e2'}"),
                                      NULL, NULL);
    ck_assert_int_eq(take_away(hass, "e1"), 0);
    device = hass_device_registry_async_get(hass, device_id);
    ck_assert_ptr_nonnull(device);
    ck_assert_str_eq(device->config_entries[0], "e2");
    ck_assert_ptr_null(device->config_entries[1]);
    ck_assert_int_eq(take_away(hass, "e1"), HASS_E_NOT_FOUND);
}
END_TEST

/* What the integration says, and what comes of it. */
static const struct {
    const char *domain, *data;
    int code;
} refusals[] = {
    { "entries", "{'device': 'refuse'}", HASS_E_NOT_ALLOWED },
    { "entries", "{'device': 'not_ready'}", HASS_E_NOT_READY },
    { "entries", "{'device': 'silent'}", -EIO },
    { "entries", "{'device': 'hang'}", -ETIMEDOUT },
    { "good", "{}", HASS_E_UNSUPPORTED },
    { "nowhere", "{}", HASS_E_UNSUPPORTED },
};

START_TEST(a_device_that_its_integration_keeps_stays)
{
    struct hass *hass = boot(refusals[_i].domain, refusals[_i].data);

    ck_assert_int_eq(take_away(hass, "e1"), refusals[_i].code);
    ck_assert(is_there(hass));
}
END_TEST

START_TEST(an_entry_shows_whether_its_devices_can_be_removed)
{
    struct hass *hass = boot("entries", "{}");
    autojson *json = hass_entry_async_as_json(hass_entries_async_get(hass, "e1"));

    ck_assert(hass_json_get_bool(json, "supports_remove_device", false));
    autounref(hass_entry) *other = entry_new(hass, "good", "user", NULL);
    autojson *without = hass_entry_async_as_json(other);
    ck_assert(!hass_json_get_bool(without, "supports_remove_device", true));
}
END_TEST

CASES_MAIN("devices of config entries", ONCE(a_device_that_its_integration_gives_up_goes),
           ONCE(a_device_of_another_entry_stays_with_that),
           ROWS(a_device_that_its_integration_keeps_stays, refusals),
           ONCE(an_entry_shows_whether_its_devices_can_be_removed))
