/* SPDX-License-Identifier: Apache-2.0 */
/* The triggers `zone` and `geo_location`. */
#include "support/home.h"
#include "support/triggers.h"

#define YAML "zone:\n  - {name: Office, latitude: 50.0, longitude: 4.0, radius: 100}\n"

static HASS_CALLBACK void phone(struct hass *hass, const char *attributes)
{
    set_state(hass, "device_tracker.phone", "x", attributes);
}

START_TEST(who_comes_into_a_zone_enters_it)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);
    phone(hass, "{'latitude': 50.1, 'longitude': 4.0}");
    struct fired *fired = triggers_attach(
        hass, "{'trigger': 'zone', 'entity_id': 'device_tracker.phone', 'zone': 'zone.office'}");

    phone(hass, "{'latitude': 50.01, 'longitude': 4.0}");
    ck_assert_uint_eq(fired_count(fired), 0);
    phone(hass, "{'latitude': 50.0005, 'longitude': 4.0}");
    phone(hass, "{'latitude': 50.0, 'longitude': 4.0}");
    phone(hass, "{'latitude': 51.5, 'longitude': 4.0}");
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert_str_eq(fired_nearly(fired, 0), "device_tracker.phone has left zone.office");
    phone(hass, "{'latitude': 50.001, 'longitude': 4.001, 'gps_accuracy': 40}");
    ck_assert_uint_eq(fired_count(fired), 2);
    char *keys = fired_keys(fired, 0);
    ck_assert_str_eq(keys, "alias,description,entity_id,event,from_state,id,idx,platform,to_state,"
                           "zone");
    free(keys);
    ck_assert_str_eq(fired_text(fired, 0, "event"), "enter");
    ck_assert_str_eq(fired_text(fired, 0, "zone.entity_id"), "zone.office");
    ck_assert_str_eq(fired_text(fired, 0, "description"), "device_tracker.phone entering Office");
}
END_TEST

START_TEST(who_goes_out_of_it_leaves)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);
    struct fired *fired = triggers_attach(hass, "{'trigger': 'zone', 'entity_id': "
                                                "'device_tracker.phone', 'zone': 'zone.office', "
                                                "'event': 'leave'}");

    phone(hass, "{'latitude': 50.0, 'longitude': 4.0}");
    phone(hass, "{'latitude': 50.1, 'longitude': 4.0}");
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert_str_eq(fired_text(fired, 0, "description"), "device_tracker.phone leaving Office");
}
END_TEST

START_TEST(states_without_a_place_do_not_count)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);
    struct fired *enter = triggers_attach(
        hass, "{'trigger': 'zone', 'entity_id': 'device_tracker.phone', 'zone': 'zone.office'}");
    struct fired *leave = triggers_attach(hass, "{'trigger': 'zone', 'entity_id': "
                                                "'device_tracker.phone', 'zone': 'zone.office', "
                                                "'event': 'leave'}");

    phone(hass, "{'latitude': 50.0, 'longitude': 4.0}"); // the first one: it was nowhere
    ck_assert_uint_eq(fired_count(enter), 1);
    phone(hass, "{}");
    phone(hass, "{'latitude': 50.0, 'longitude': 4.0}");
    phone(hass, "{'latitude': '50.0', 'longitude': 4.0}");
    hass_states_async_remove(hass, "device_tracker.phone", NULL, NULL);
    ck_assert_uint_eq(fired_count(enter), 1);
    ck_assert_uint_eq(fired_count(leave), 0);
}
END_TEST

START_TEST(a_zone_that_is_not_there_is_warned_of)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass *hass = test_home(YAML);
    struct fired *fired = triggers_attach(
        hass, "{'trigger': 'zone', 'entity_id': 'device_tracker.phone', 'zone': 'zone.gone'}");

    phone(hass, "{'latitude': 50.0, 'longitude': 4.0}");
    ck_assert_uint_eq(fired_count(fired), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "waits for the zone zone.gone, which there is not"));
}
END_TEST

START_TEST(entities_of_a_feed_enter_when_they_appear_and_leave_when_they_go)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);
    struct fired *enter =
        triggers_attach(hass, "{'trigger': 'geo_location', 'source': 'Fires', 'zone': "
                              "'zone.office', 'event': 'enter'}");
    struct fired *leave =
        triggers_attach(hass, "{'trigger': 'geo_location', 'source': 'fires', 'zone': "
                              "'zone.office', 'event': 'leave'}");

    set_state(hass, "geo_location.a", "5",
              "{'latitude': 50.0, 'longitude': 4.0, 'source': 'fires'}");
    set_state(hass, "geo_location.b", "5",
              "{'latitude': 50.0, 'longitude': 4.0, 'source': 'quakes'}");
    set_state(hass, "sensor.a", "5", "{'latitude': 50.0, 'longitude': 4.0, 'source': 'fires'}");
    ck_assert_uint_eq(fired_count(enter), 1);
    ck_assert_str_eq(fired_text(enter, 0, "entity_id"), "geo_location.a");
    ck_assert_str_eq(fired_text(enter, 0, "source"), "Fires");
    ck_assert_str_eq(fired_text(enter, 0, "description"), "geo_location - Fires");
    hass_states_async_remove(hass, "geo_location.a", NULL, NULL);
    ck_assert_uint_eq(fired_count(leave), 1);
}
END_TEST

TEST_MAIN("zone triggers", who_comes_into_a_zone_enters_it, who_goes_out_of_it_leaves,
          states_without_a_place_do_not_count, a_zone_that_is_not_there_is_warned_of,
          entities_of_a_feed_enter_when_they_appear_and_leave_when_they_go)
