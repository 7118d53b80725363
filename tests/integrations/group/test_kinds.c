/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of one domain's entities: what they show of their members, by tables, and what they pass on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hass/buf.h>

#include "support/cases.h"
#include "support/home.h"

static HASS_CALLBACK void set(struct hass *hass, const char *entity_id, const char *state,
                              const char *attributes)
{
    if (state)
        ck_assert_int_eq(hass_states_async_set(hass, entity_id, state,
                                               test_json(attributes ? attributes : "{}"), NULL,
                                               NULL),
                         0);
}

/* A home with the group <domain>.g of the two members x.a and x.b, or of members of other domains in @more. */
static HASS_CALLBACK struct hass *home(const char *domain, const char *more)
{
    autofree char *yaml = NULL;

    ck_assert_int_gt(asprintf(&yaml,
                              "%s:\n  - platform: group\n    name: G\n"
                              "    entities: [%s.a, %s.b]\n%s",
                              domain, domain, domain, more),
                     0);
    return test_home(yaml);
}

#define ALL           "    all: true\n"
#define TYPE(type)    "    type: " type "\n"
#define NUMBERS(type) TYPE(type) "    ignore_non_numeric: true\n"

/* The members' states and attributes; the group's state and some of its attributes. */
static const struct {
    const char *domain, *more, *a, *a_attributes, *b, *b_attributes, *state, *attributes;
} shown[] = {
    { "switch", "", "on", NULL, "off", NULL, "on", "{}" },
    { "switch", "", "unknown", NULL, "off", NULL, "off", "{}" },
    { "switch", "", "unavailable", NULL, "unavailable", NULL, "unavailable", "{}" },
    { "switch", "", NULL, NULL, NULL, NULL, "unavailable", "{}" },
    { "switch", ALL, "on", NULL, "off", NULL, "off", "{}" },
    { "switch", ALL, "on", NULL, "unknown", NULL, "unknown", "{}" },
    { "binary_sensor", "    device_class: motion\n", "on", NULL, "off", NULL, "on",
      "{'device_class': 'motion', 'entity_id': ['binary_sensor.a', 'binary_sensor.b']}" },
    { "binary_sensor", ALL, "on", NULL, "on", NULL, "on", "{}" },
    { "cover", "", "open", "{'supported_features': 15, 'current_position': 100}", "closed",
      "{'supported_features': 3}", "open", "{'current_position': 100, 'supported_features': 15}" },
    { "cover", "", "open", "{'supported_features': 15, 'current_position': 75}", "open",
      "{'supported_features': 143, 'current_position': 30, 'current_tilt_position': 9}", "open",
      "{'current_position': 52, 'supported_features': 143, 'current_tilt_position': 9}" },
    { "cover", "", "closed", NULL, "closed", NULL, "closed", "{}" },
    { "cover", "", "closed", NULL, "opening", NULL, "opening", "{}" },
    { "cover", "", "closing", NULL, "open", NULL, "closing", "{}" },
    { "cover", "", "unknown", NULL, "unavailable", NULL, "unknown", "{}" },
    { "cover", "", "unavailable", NULL, NULL, NULL, "unavailable", "{}" },
    { "valve", "", "open", "{'supported_features': 7, 'current_position': 40}", "open",
      "{'supported_features': 7, 'current_position': 61}", "open",
      "{'current_position': 50, 'supported_features': 7}" },
    { "valve", "", "closed", NULL, "closed", NULL, "closed", "{}" },
    { "fan", "", "on", "{'supported_features': 1, 'percentage': 33, 'percentage_step': 33.333333}",
      "off",
      "{'supported_features': 3, 'percentage': 66, 'percentage_step': 33.333333,"
      " 'oscillating': true}",
      "on", "{'percentage': 49, 'oscillating': true, 'supported_features': 51}" },
    { "fan", "", "off", "{'supported_features': 4, 'direction': 'reverse'}", "off", NULL, "off",
      "{'direction': 'reverse', 'supported_features': 52}" },
    { "fan", "", "unknown", NULL, "unknown", NULL, "unknown", "{}" },
    { "lock", "", "locked", NULL, "unlocked", NULL, "unlocked", "{'supported_features': 1}" },
    { "lock", "", "locked", NULL, "locked", NULL, "locked", "{}" },
    { "lock", "", "locked", NULL, "jammed", NULL, "jammed", "{}" },
    { "lock", "", "locked", NULL, "locking", NULL, "locking", "{}" },
    { "lock", "", "unknown", NULL, "unavailable", NULL, "unknown", "{}" },
    { "media_player", "", "playing", "{'supported_features': 2097151}", "playing", NULL, "playing",
      "{}" },
    { "media_player", "", "playing", NULL, "off", NULL, "on", "{}" },
    { "media_player", "", "unavailable", NULL, "off", NULL, "off", "{}" },
    { "media_player", "", "unknown", NULL, "unavailable", NULL, "unknown", "{}" },
    { "sensor", TYPE("min"), "3", NULL, "4.5", NULL, "3.0", "{'min_entity_id': 'sensor.a'}" },
    { "sensor", TYPE("max"), "3", NULL, "4.5", NULL, "4.5", "{'max_entity_id': 'sensor.b'}" },
    { "sensor", TYPE("last"), "3", NULL, "4.5", NULL, "4.5", "{'last_entity_id': 'sensor.b'}" },
    { "sensor", TYPE("mean"), "3", NULL, "4", NULL, "3.5", "{}" },
    { "sensor", TYPE("median"), "3", NULL, "4", NULL, "3.5", "{}" },
    { "sensor", TYPE("range"), "3", NULL, "5", NULL, "2.0", "{}" },
    { "sensor", TYPE("sum"), "3", NULL, "5", NULL, "8.0", "{}" },
    { "sensor", TYPE("product"), "3", NULL, "5", NULL, "15.0", "{}" },
    { "sensor", TYPE("stdev"), "1", NULL, "3", NULL, "1.4142135623731", "{}" },
    { "sensor", TYPE("sum"), "3", NULL, "word", NULL, "unknown", "{}" },
    { "sensor", TYPE("sum"), "word", NULL, "unknown", NULL, "unavailable", "{}" },
    { "sensor", NUMBERS("sum"), "3", NULL, "word", NULL, "3.0", "{}" },
    { "sensor", NUMBERS("stdev"), "3", NULL, "word", NULL, "unknown", "{}" },
    { "sensor", TYPE("sum"), "3",
      "{'unit_of_measurement': 'W', 'device_class': 'power', 'state_class': 'measurement'}", "5",
      "{'unit_of_measurement': 'W', 'device_class': 'power', 'state_class': 'measurement'}", "8.0",
      "{'unit_of_measurement': 'W', 'device_class': 'power', 'state_class': 'measurement'}" },
    { "sensor", TYPE("sum"), "3", "{'unit_of_measurement': 'W', 'device_class': 'power'}", "5",
      "{'unit_of_measurement': 'kW', 'device_class': 'power'}", "5003.0",
      "{'unit_of_measurement': 'W'}" },
    { "sensor", TYPE("sum"), "3", "{'unit_of_measurement': 'apples'}", "5",
      "{'unit_of_measurement': 'pears'}", "8.0", "{'unit_of_measurement': null}" },
    { "sensor", TYPE("sum") "    unit_of_measurement: fruit\n", "3",
      "{'unit_of_measurement': 'apples'}", "5", NULL, "8.0", "{'unit_of_measurement': 'fruit'}" },
    { "button", "", "unknown", NULL, "unavailable", NULL, "unknown", "{}" },
    { "button", "", "unavailable", NULL, NULL, NULL, "unavailable", "{}" },
    { "event", "", "unknown", "{'event_types': ['ring', 'press']}", "unknown",
      "{'event_types': ['press', 'hold']}", "unknown",
      "{'event_types': ['ring', 'press', 'hold']}" },
};

START_TEST(it_shows_what_its_members_are)
{
    hass__assert_loop();
    struct hass *hass = home(shown[_i].domain, shown[_i].more);
    autofree char *a = NULL, *b = NULL, *group = NULL;
    autojson *wanted = test_json(shown[_i].attributes);
    const char *key;
    json_t *value;

    ck_assert_int_gt(asprintf(&a, "%s.a", shown[_i].domain), 0);
    ck_assert_int_gt(asprintf(&b, "%s.b", shown[_i].domain), 0);
    ck_assert_int_gt(asprintf(&group, "%s.g", shown[_i].domain), 0);
    set(hass, a, shown[_i].a, shown[_i].a_attributes);
    test_advance(hass, 1);
    set(hass, b, shown[_i].b, shown[_i].b_attributes);
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, group), shown[_i].state);
    json_object_foreach(wanted, key, value) {
        autojson *got = home_attribute(hass, group, key);
        ck_assert_msg(json_is_null(value) ? !got || json_is_null(got)
                                          : got && hass_json_equal(got, value),
                      "%s is otherwise", key);
    }
}
END_TEST

/* what it passes on */

static struct hass_buf told = HASS_BUF_INIT;

static HASS_CALLBACK int on_call(const struct hass_event *event, void *userdata,
                                 struct hass_error *err)
{
    const json_t *data = hass_json_get(hass_event_data(event), "service_data");
    autojson *ids = hass_json_ref(hass_json_get(data, "entity_id"));

    if (!json_is_array(ids)) // the call to the group itself
        return 0;
    hass_buf_printf(&told, "%s%s ", told.length ? "; " : "",
                    hass_json_get_string(hass_event_data(event), "service", ""));
    hass_json_write(data, &told);
    return 0;
}

static const struct {
    const char *domain, *more, *features, *service, *data, *told;
} passed[] = {
    { "switch", "", "{}", "turn_on", "", "turn_on {\"entity_id\":[\"switch.a\",\"switch.b\"]}" },
    { "switch", "", "{}", "turn_off", "", "turn_off {\"entity_id\":[\"switch.a\",\"switch.b\"]}" },
    { "cover", "", "{'supported_features': 15}", "set_cover_position", ",'position':30",
      "set_cover_position {\"position\":30,\"entity_id\":[\"cover.a\"]}" },
    { "cover", "", "{'supported_features': 3}", "open_cover", "",
      "open_cover {\"entity_id\":[\"cover.a\"]}" },
    { "cover", "", "{'supported_features': 11}", "stop_cover", "",
      "stop_cover {\"entity_id\":[\"cover.a\"]}" },
    { "cover", "", "{'supported_features': 240}", "close_cover_tilt", "",
      "close_cover_tilt {\"entity_id\":[\"cover.a\"]}" },
    { "valve", "", "{'supported_features': 3}", "close_valve", "",
      "close_valve {\"entity_id\":[\"valve.a\"]}" },
    { "valve", "", "{'supported_features': 7, 'current_position': 1}", "set_valve_position",
      ",'position':30", "set_valve_position {\"position\":30,\"entity_id\":[\"valve.a\"]}" },
    { "fan", "", "{}", "turn_on", "", "turn_on {\"entity_id\":[\"fan.a\",\"fan.b\"]}" },
    { "fan", "", "{'supported_features': 1}", "set_percentage", ",'percentage':40",
      "set_percentage {\"percentage\":40,\"entity_id\":[\"fan.a\"]}" },
    { "fan", "", "{'supported_features': 2}", "oscillate", ",'oscillating':true",
      "oscillate {\"oscillating\":true,\"entity_id\":[\"fan.a\"]}" },
    { "fan", "", "{'supported_features': 4}", "set_direction", ",'direction':'reverse'",
      "set_direction {\"direction\":\"reverse\",\"entity_id\":[\"fan.a\"]}" },
    { "lock", "", "{}", "lock", "", "lock {\"entity_id\":[\"lock.a\",\"lock.b\"]}" },
    { "lock", "", "{'supported_features': 1}", "open", "", "open {\"entity_id\":[\"lock.a\"]}" },
    { "media_player", "", "{'supported_features': 2097151}", "media_pause", "",
      "media_pause {\"entity_id\":[\"media_player.a\"]}" },
    { "media_player", "", "{'supported_features': 4}", "volume_set", ",'volume_level':0.5",
      "volume_set {\"volume_level\":0.5,\"entity_id\":[\"media_player.a\"]}" },
    { "media_player", "", "{'supported_features': 8}", "volume_mute", ",'is_volume_muted':true",
      "volume_mute {\"is_volume_muted\":true,\"entity_id\":[\"media_player.a\"]}" },
    { "media_player", "", "{'supported_features': 1049088}", "play_media",
      ",'media_content_id':'x','media_content_type':'music','announce':true",
      "play_media {\"media_content_id\":\"x\",\"media_content_type\":\"music\",\"announce\":true,"
      "\"entity_id\":[\"media_player.a\"]}" },
    { "button", "", "{}", "press", "", "press {\"entity_id\":[\"button.a\",\"button.b\"]}" },
};

START_TEST(it_passes_on_what_it_is_told)
{
    hass__assert_loop();
    struct hass *hass = home(passed[_i].domain, passed[_i].more);
    autofree char *a = NULL, *b = NULL, *data = NULL;

    ck_assert_int_gt(asprintf(&a, "%s.a", passed[_i].domain), 0);
    ck_assert_int_gt(asprintf(&b, "%s.b", passed[_i].domain), 0);
    ck_assert_int_gt(asprintf(&data, "{'entity_id': '%s.g'%s}", passed[_i].domain, passed[_i].data),
                     0);
    set(hass, a, "on", passed[_i].features);
    set(hass, b, "on", "{}");
    test_settle(hass);
    hass_bus_async_listen(hass, HASS_EVENT_CALL_SERVICE, NULL, HASS_JOB_CALLBACK(on_call, NULL),
                          NULL, NULL);
    ck_assert_int_eq(home_call(hass, passed[_i].domain, passed[_i].service, data, NULL), 0);
    ck_assert_str_eq(hass_buf_string(&told), passed[_i].told);
    hass_buf_fini(&told);
}
END_TEST

START_TEST(what_happens_to_a_member_happens_to_the_group)
{
    hass__assert_loop();
    struct hass *hass = home("event", "");

    set(hass, "event.a", "2024-01-01T00:00:00.000+00:00",
        "{'event_types': ['ring'], 'event_type': 'ring'}");
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "event.g"), "unknown"); // it was not there before
    set(hass, "event.a", "2024-01-01T00:00:01.000+00:00",
        "{'event_types': ['ring'], 'event_type': 'ring', 'button': 3, 'friendly_name': 'A'}");
    test_settle(hass);
    autojson *type = home_attribute(hass, "event.g", "event_type");
    autojson *button = home_attribute(hass, "event.g", "button");
    autojson *name = home_attribute(hass, "event.g", "friendly_name");
    ck_assert_json(type, "'ring'");
    ck_assert_json(button, "3");
    ck_assert_json(name, "'G'");
    ck_assert_str_ne(home_state(hass, "event.g"), "unknown");
}
END_TEST

START_TEST(a_group_of_sensors_is_called_after_what_it_calculates)
{
    hass__assert_loop();
    struct hass *hass = test_home("sensor:\n  - platform: group\n    type: mean\n"
                                  "    entities: [sensor.a, number.b, input_number.c]\n");

    set(hass, "sensor.a", "1", NULL);
    set(hass, "number.b", "2", NULL);
    set(hass, "input_number.c", "6", NULL);
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "sensor.mean_sensor"), "3.0");
}
END_TEST

/* notify */

static HASS_CALLBACK int on_message(const struct hass_service_call *call, void *userdata,
                                    struct hass_error *err)
{
    hass_buf_printf(&told, "%s%s ", told.length ? "; " : "", hass_service_call_service(call));
    hass_json_write(hass_service_call_data(call), &told);
    return userdata ? hass_fail(err, HASS_E_GENERAL, "no paper") : 0;
}

START_TEST(a_group_of_notifiers_passes_messages_on)
{
    hass__assert_loop();
    struct hass_error err = HASS_ERROR_INIT;
    struct hass *hass = test_home("notify:\n  - platform: group\n    name: The Family\n"
                                  "    services:\n"
                                  "      - action: printer\n"
                                  "      - service: phone\n"
                                  "        data: {title: Home, data: {ttl: 0, tag: x}}\n");

    hass_services_async_register(hass, "notify", "printer", NULL,
                                 HASS_JOB_CALLBACK(on_message, hass), NULL);
    hass_services_async_register(hass, "notify", "phone", NULL, HASS_JOB_CALLBACK(on_message, NULL),
                                 NULL);
    ck_assert_int_eq(
        home_call(hass, "notify", "the_family", "{'message': 'Hi', 'data': {'tag': 'y'}}", &err),
        HASS_E_GENERAL);
    ck_assert_str_eq(err.message, "no paper");
    ck_assert_str_eq(hass_buf_string(&told),
                     "printer {\"message\":\"Hi\",\"data\":{\"tag\":\"y\"}}; phone {\"message\":"
                     "\"Hi\",\"data\":{\"tag\":\"y\",\"ttl\":0},\"title\":\"Home\"}");
    hass_buf_fini(&told);
}
END_TEST

static const char *const wrong[] = {
    "sensor:\n  - platform: group\n    name: G\n    entities: [sensor.a]\n",
    "sensor:\n  - platform: group\n    name: G\n    entities: [sensor.a]\n    type: most\n",
    "switch:\n  - platform: group\n    name: G\n",
    "switch:\n  - platform: group\n    name: G\n    entities: []\n",
    "cover:\n  - platform: group\n    name: G\n    entities: [cover.a]\n    all: true\n",
    "notify:\n  - platform: group\n    name: G\n",
    "notify:\n  - platform: group\n    name: G\n    services: [{data: {}}]\n",
    "notify:\n  - platform: group\n    services: [{action: x}]\n",
};

START_TEST(a_wrong_entry_makes_no_group)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass *hass = test_home(wrong[_i]);

    ck_assert_uint_ge(logs_count(logs, HASS_LOG_ERROR), 1);
    ck_assert_str_eq(home_state(hass, "sensor.g"), "(none)");
    ck_assert_str_eq(home_state(hass, "switch.g"), "(none)");
    ck_assert_str_eq(home_state(hass, "cover.g"), "(none)");
    ck_assert(!hass_services_async_has(hass, "notify", "g"));
}
END_TEST

CASES_MAIN("groups of a domain", ROWS(it_shows_what_its_members_are, shown),
           ROWS(it_passes_on_what_it_is_told, passed),
           ONCE(what_happens_to_a_member_happens_to_the_group),
           ONCE(a_group_of_sensors_is_called_after_what_it_calculates),
           ONCE(a_group_of_notifiers_passes_messages_on), ROWS(a_wrong_entry_makes_no_group, wrong))
