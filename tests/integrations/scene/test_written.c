/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenes that are written down or made by a service: what is called to bring entities of each domain into a state, and which
 * scenes there are.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/dt.h>
#include <hass/entity_registry.h>

#include "support/cases.h"
#include "support/home.h"
#include "support/items.h"

static struct hass_buf told = HASS_BUF_INIT;

/* Calls of services that are not there are seen in their events. */
static HASS_CALLBACK int on_call(const struct hass_service_call *call, void *userdata,
                                 struct hass_error *err)
{
    if (userdata)
        return hass_fail(err, HASS_E_GENERAL, "out of order");
    hass_buf_printf(&told, "%s%s ", told.length ? "; " : "", hass_service_call_service(call));
    json_t *data = json_copy((json_t *)hass_service_call_data(call));
    json_object_del(data, "entity_id");
    hass_json_write(data, &told);
    json_decref(data);
    return 0;
}

static HASS_CALLBACK void offer(struct hass *hass, const char *domain, const char *services,
                                bool broken)
{
    char *copy = strdup(services), *rest = copy, *name;

    while ((name = strsep(&rest, " ")))
        ck_assert_int_eq(
            hass_services_async_register(hass, domain, name, NULL,
                                         HASS_JOB_CALLBACK(on_call, broken ? hass : NULL), NULL),
            0);
    free(copy);
}

#define HEATING                                                                                    \
    "set_hvac_mode set_temperature set_preset_mode set_swing_mode set_fan_mode set_humidity"
#define COVER                                                                                      \
    "open_cover close_cover set_cover_position open_cover_tilt close_cover_tilt "                  \
    "set_cover_tilt_position"
#define PLAYER                                                                                     \
    "turn_on turn_off volume_set volume_mute select_source select_sound_mode play_media "          \
    "media_play media_pause media_stop"

/* What an entity is, what it shall be, and what it is told. */
static const struct {
    const char *domain, *services, *state, *attributes, *wanted, *told;
} lacks[] = {
    { "switch", "turn_on turn_off", "off", "{}", "'on'", "turn_on {}" },
    { "switch", "turn_on turn_off", "on", "{}", "'on'", "" },
    { "switch", "turn_on turn_off", "on", "{}", "false", "turn_off {}" },
    { "switch", "turn_on turn_off", "on", "{}", "'open'", "" },
    { "switch", "turn_on turn_off", "on", "{}", "'unavailable'", "" },
    { "remote", "turn_on turn_off", "unavailable", "{}", "'off'", "turn_off {}" },
    { "automation", "turn_on turn_off", "on", "{}", "'off'", "turn_off {}" },
    { "input_boolean", "turn_on turn_off", "off", "{}", "true", "turn_on {}" },
    { "alarm_control_panel", "alarm_arm_home alarm_disarm", "disarmed", "{}", "'armed_home'",
      "alarm_arm_home {}" },
    { "lock", "lock unlock open", "unlocked", "{}", "'locked'", "lock {}" },
    { "valve", "open_valve close_valve", "open", "{}", "'closed'", "close_valve {}" },
    { "input_number", "set_value", "4.0", "{}", "'5'", "set_value {\"value\":\"5\"}" },
    { "input_number", "set_value", "5.0", "{}", "'5.0'", "" },
    { "input_number", "set_value", "5.0", "{}", "'unknown'", "" },
    { "number", "set_value", "4", "{}", "'5'", "set_value {\"value\":\"5\"}" },
    { "counter", "set_value", "4", "{}", "'5'", "set_value {\"value\":\"5\"}" },
    { "input_text", "set_value", "a", "{}", "'b'", "set_value {\"value\":\"b\"}" },
    { "text", "set_value", "a", "{}", "'b'", "set_value {\"value\":\"b\"}" },
    { "select", "select_option", "a", "{}", "'b'", "select_option {\"option\":\"b\"}" },
    { "input_select", "select_option set_options", "a", "{'options': ['a', 'b']}",
      "{'state': 'c', 'options': ['c']}",
      "set_options {\"options\":[\"c\"]}; select_option {\"option\":\"c\"}" },
    { "input_datetime", "set_datetime", "07:00:00", "{}", "'08:00:00'",
      "set_datetime {\"time\":\"08:00:00\"}" },
    { "input_datetime", "set_datetime", "2024-01-01", "{}", "'2024-01-02'",
      "set_datetime {\"date\":\"2024-01-02\"}" },
    { "input_datetime", "set_datetime", "2024-01-01 07:00:00", "{}", "'2024-01-02 07:00:00'",
      "set_datetime {\"datetime\":\"2024-01-02 07:00:00\"}" },
    { "climate", HEATING, "off", "{}", "{'state': 'heat', 'temperature': 21, 'fan_mode': null}",
      "set_hvac_mode {\"hvac_mode\":\"heat\"}; set_temperature {\"temperature\":21}" },
    { "climate", HEATING, "heat", "{}",
      "{'state': 'auto', 'target_temp_low': 19, 'target_temp_high': 23, 'preset_mode': 'eco'}",
      "set_hvac_mode {\"hvac_mode\":\"auto\"}; set_temperature {\"target_temp_high\":23,"
      "\"target_temp_low\":19}; set_preset_mode {\"preset_mode\":\"eco\"}" },
    { "cover", COVER, "closed", "{}", "'open'", "open_cover {}" },
    { "cover", COVER, "closed", "{}", "{'state': 'open', 'current_position': 40}",
      "open_cover {}" },
    { "cover", COVER, "open", "{'current_position': 90}",
      "{'state': 'open', 'current_position': 40}", "set_cover_position {\"position\":40}" },
    { "cover", COVER, "open", "{'current_position': 40}",
      "{'state': 'open', 'current_position': 40}", "" },
    { "cover", COVER, "open", "{'current_position': 40}", "'closed'", "close_cover {}" },
    { "cover", COVER, "open", "{'current_tilt_position': 0}",
      "{'state': 'open', 'current_tilt_position': 30}",
      "set_cover_tilt_position {\"tilt_position\":30}" },
    { "cover", COVER, "open", "{'current_tilt_position': 0}",
      "{'state': 'open', 'current_tilt_position': 100}", "open_cover_tilt {}" },
    { "cover", COVER, "open", "{'current_tilt_position': 30}",
      "{'state': 'open', 'current_tilt_position': 0}", "close_cover_tilt {}" },
    { "fan", "turn_on turn_off set_percentage set_preset_mode oscillate set_direction", "off", "{}",
      "{'state': 'on', 'percentage': 33, 'oscillating': true}",
      "turn_on {\"percentage\":33}; oscillate {\"oscillating\":true}" },
    { "fan", "turn_on turn_off set_percentage set_preset_mode oscillate set_direction", "on",
      "{'percentage': 66, 'direction': 'forward'}",
      "{'state': 'on', 'percentage': 33, 'direction': 'forward'}",
      "set_percentage {\"percentage\":33}" },
    { "fan", "turn_on turn_off set_percentage set_preset_mode oscillate set_direction", "on", "{}",
      "'off'", "turn_off {}" },
    { "humidifier", "turn_on turn_off set_mode set_humidity", "off", "{'humidity': 40}",
      "{'state': 'on', 'humidity': 50}", "turn_on {}; set_humidity {\"humidity\":50}" },
    { "humidifier", "turn_on turn_off set_mode set_humidity", "on", "{'humidity': 40}",
      "{'state': 'off', 'humidity': 50}", "turn_off {}" },
    { "timer", "start pause cancel", "idle", "{'duration': '0:01:00'}",
      "{'state': 'active', 'duration': '0:02:00'}", "start {\"duration\":\"0:02:00\"}" },
    { "timer", "start pause cancel", "active", "{}", "'idle'", "cancel {}" },
    { "vacuum", "start return_to_base set_fan_speed", "docked", "{'fan_speed': 'low'}",
      "{'state': 'cleaning', 'fan_speed': 'high'}",
      "start {}; set_fan_speed {\"fan_speed\":\"high\"}" },
    { "water_heater", "turn_on turn_off set_operation_mode set_temperature", "off", "{}",
      "{'state': 'eco', 'temperature': 50}",
      "set_operation_mode {\"operation_mode\":\"eco\"}; set_temperature {\"temperature\":50}" },
    { "media_player", PLAYER, "off", "{}", "{'state': 'playing', 'volume_level': 0.4}",
      "turn_on {}; volume_set {\"volume_level\":0.4}; media_play {}" },
    { "media_player", PLAYER, "playing", "{}", "'paused'", "media_pause {}" },
    { "media_player", PLAYER, "playing", "{}", "'off'", "turn_off {}" },
    { "media_player", PLAYER, "paused", "{}",
      "{'state': 'playing', 'media_content_type': 'music', 'media_content_id': 'x'}",
      "play_media {\"media_content_type\":\"music\",\"media_content_id\":\"x\"}" },
    { "light", "turn_on turn_off", "off", "{}", "'on'", "turn_on {}" },
    { "light", "turn_on turn_off", "on", "{'brightness': 50}", "{'state': 'on', 'brightness': 50}",
      "" },
    { "light", "turn_on turn_off", "on", "{'brightness': 50}",
      "{'state': 'on', 'brightness': 51, 'effect': 'rain'}",
      "turn_on {\"brightness\":51,\"effect\":\"rain\"}" },
    { "light", "turn_on turn_off", "off", "{}",
      "{'state': 'on', 'hs_color': [1, 2], 'rgb_color': [1, 2, 3]}",
      "turn_on {\"hs_color\":[1,2]}" },
    { "light", "turn_on turn_off", "off", "{}",
      "{'state': 'on', 'color_mode': 'rgb', 'hs_color': [1, 2], 'rgb_color': [1, 2, 3]}",
      "turn_on {\"rgb_color\":[1,2,3]}" },
    { "light", "turn_on turn_off", "off", "{}",
      "{'state': 'on', 'color_mode': 'color_temp', 'color_temp_kelvin': 2700, 'color_temp': 370}",
      "turn_on {\"color_temp_kelvin\":2700}" },
    { "light", "turn_on turn_off", "off", "{}",
      "{'state': 'on', 'color_mode': 'white', 'brightness': 7}",
      "turn_on {\"brightness\":7,\"white\":7}" },
    { "light", "turn_on turn_off", "off", "{}", "{'state': 'on', 'color_mode': 'rgb'}", "" },
    { "light", "turn_on turn_off", "on", "{'brightness': 5}", "'off'", "turn_off {}" },
    { "vibrator", "turn_on", "off", "{}", "'on'", "" },
};

static HASS_CALLBACK int apply(struct hass *hass, const char *entity_id, const char *wanted,
                               const char *more, struct hass_error *err)
{
    autofree char *data = NULL;

    ck_assert_int_gt(asprintf(&data, "{'entities': {'%s': %s}%s}", entity_id, wanted, more), 0);
    return home_call(hass, "scene", "apply", data, err);
}

START_TEST(entities_are_told_what_they_lack)
{
    hass__assert_loop();
    struct hass *hass = test_home("scene:\n");
    autofree char *entity_id = NULL;

    ck_assert_int_gt(asprintf(&entity_id, "%s.x", lacks[_i].domain), 0);
    offer(hass, lacks[_i].domain, lacks[_i].services, false);
    hass_states_async_set(hass, entity_id, lacks[_i].state, test_json(lacks[_i].attributes), NULL,
                          NULL);
    ck_assert_int_eq(apply(hass, entity_id, lacks[_i].wanted, "", NULL), 0);
    ck_assert_str_eq(hass_buf_string(&told), lacks[_i].told);
    hass_buf_fini(&told);
}
END_TEST

START_TEST(lamps_get_the_transition)
{
    hass__assert_loop();
    struct hass *hass = test_home("scene:\n");

    offer(hass, "light", "turn_on turn_off", false);
    hass_states_async_set(hass, "light.x", "on", NULL, NULL, NULL);
    ck_assert_int_eq(apply(hass, "light.x", "'off'", ", 'transition': 3", NULL), 0);
    ck_assert_str_eq(hass_buf_string(&told), "turn_off {\"transition\":3.0}");
    hass_buf_fini(&told);
}
END_TEST

START_TEST(members_of_a_group_are_told)
{
    hass__assert_loop();
    struct hass *hass = test_home("scene:\n");

    offer(hass, "light", "turn_on turn_off", false);
    hass_states_async_set(hass, "light.a", "off", NULL, NULL, NULL);
    hass_states_async_set(hass, "light.b", "on", NULL, NULL, NULL);
    hass_states_async_set(hass, "group.x", "on", test_json("{'entity_id': ['light.a', 'light.b']}"),
                          NULL, NULL);
    ck_assert_int_eq(apply(hass, "group.x", "'on'", "", NULL), 0);
    ck_assert_str_eq(hass_buf_string(&told), "turn_on {}");
    hass_buf_fini(&told);
}
END_TEST

START_TEST(one_that_fails_does_not_stop_the_others)
{
    hass__assert_loop();
    struct hass_error err = HASS_ERROR_INIT;
    struct hass *hass = test_home("scene:\n");

    offer(hass, "light", "turn_on turn_off", true);
    offer(hass, "switch", "turn_on turn_off", false);
    hass_states_async_set(hass, "light.x", "off", NULL, NULL, NULL);
    hass_states_async_set(hass, "switch.x", "off", NULL, NULL, NULL);
    ck_assert_int_eq(
        home_call(hass, "scene", "apply",
                  "{'entities': {'light.x': 'on', 'sensor.none': 'on', 'switch.x': 'on'}}", &err),
        HASS_E_GENERAL);
    ck_assert_str_eq(err.message, "light.x: out of order");
    ck_assert_str_eq(hass_buf_string(&told), "turn_on {}");
    hass_buf_fini(&told);
}
END_TEST

/* which scenes there are */

#define TWO                                                                                        \
    "input_boolean:\n  a:\n  b:\n"                                                                 \
    "scene:\n"                                                                                     \
    "  - name: Evening\n    id: s1\n    icon: mdi:lamp\n    entities:\n      input_boolean.a: "    \
    "on\n"                                                                                         \
    "      input_boolean.b: 'off'\n"                                                               \
    "  - name: Morning\n    entities: {input_boolean.a: 'off'}\n"

START_TEST(scenes_of_the_section_are_entities)
{
    hass__assert_loop();
    struct hass *hass = test_home(TWO);
    autojson *members = home_attribute(hass, "scene.evening", "entity_id");
    autojson *id = home_attribute(hass, "scene.evening", "id");

    ck_assert_json(members, "['input_boolean.a', 'input_boolean.b']");
    ck_assert_json(id, "'s1'");
    ck_assert_str_eq(home_state(hass, "scene.morning"), "unknown");
    ck_assert_int_eq(home_call(hass, "scene", "turn_on", "{'entity_id': 'scene.evening'}", NULL),
                     0);
    ck_assert_str_eq(home_state(hass, "input_boolean.a"), "on");
}
END_TEST

START_TEST(their_rows_are_of_the_models_platform)
{
    hass__assert_loop();
    struct hass *hass = test_home(TWO);
    const struct hass_entity_entry *row = hass_entity_registry_async_get(hass, "scene.evening");

    ck_assert_ptr_nonnull(row);
    ck_assert_str_eq(row->platform, "homeassistant");
    ck_assert_str_eq(row->unique_id, "s1");
}
END_TEST

START_TEST(scenes_of_the_platform_are_entities_too)
{
    hass__assert_loop();
    struct hass *hass = test_home("scene:\n  - platform: homeassistant\n    states:\n"
                                  "      - name: Deep\n        entities: {light.x: 'on'}\n");

    ck_assert_str_eq(home_state(hass, "scene.deep"), "unknown");
}
END_TEST

static const char *const wrong[] = {
    "scene:\n  - name: Bad\n",
    "scene:\n  - entities: {light.x: 'on'}\n",
    "scene:\n  - name: Bad\n    entities: {light.x: 5}\n",
    "scene:\n  - name: Bad\n    entities: {light.x: {brightness: 5}}\n",
    "scene:\n  - name: Bad\n    entities: {kitchen: 'on'}\n",
    "scene:\n  - name: Bad\n    entities: [light.x]\n",
    "scene:\n  - name: Bad\n    entities: {light.x: 'on'}\n    colour: red\n",
};

START_TEST(a_wrong_scene_is_told_and_left_out)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass *hass = test_home(wrong[_i]);

    ck_assert_str_eq(home_state(hass, "scene.bad"), "(none)");
    ck_assert_uint_ge(logs_count(logs, HASS_LOG_ERROR), 1);
}
END_TEST

START_TEST(the_time_of_activation_outlasts_a_restart)
{
    hass__assert_loop();
    struct hass *hass = test_home(TWO);

    ck_assert_int_eq(home_call(hass, "scene", "turn_on", "{'entity_id': 'scene.evening'}", NULL),
                     0);
    autofree char *before = strdup(home_state(hass, "scene.evening"));
    ck_assert_str_ne(before, "unknown");
    hass = home_restart(hass, 60);
    ck_assert_str_eq(home_state(hass, "scene.evening"), before);
}
END_TEST

START_TEST(reloading_keeps_what_is_the_same)
{
    hass__assert_loop();
    struct hass *hass = test_home(TWO);
    struct capture *seen = test_capture(hass, "scene_reloaded");

    ck_assert_int_eq(home_call(hass, "scene", "turn_on", "{'entity_id': 'scene.morning'}", NULL),
                     0);
    autofree char *before = strdup(home_state(hass, "scene.morning"));
    loader_configure("input_boolean:\n  a:\n  b:\nscene:\n  - name: Night\n    entities: "
                     "{input_boolean.a: 'off'}\n"
                     "  - name: Morning\n    entities: {input_boolean.a: 'off'}\n");
    ck_assert_int_eq(home_call(hass, "scene", "reload", "{}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "scene.morning"), before);
    ck_assert_str_eq(home_state(hass, "scene.night"), "unknown");
    ck_assert_str_eq(home_state(hass, "scene.evening"), "unavailable"); // it is registered
    ck_assert_uint_eq(capture_count(seen), 1);
}
END_TEST

/* scenes that services make */

START_TEST(a_snapshot_brings_back_what_was)
{
    hass__assert_loop();
    struct hass *hass = test_home("scene:\ninput_boolean:\n  a:\n");

    ck_assert_int_eq(
        home_call(hass, "input_boolean", "turn_on", "{'entity_id': 'input_boolean.a'}", NULL), 0);
    ck_assert_int_eq(home_call(hass, "scene", "create",
                               "{'scene_id': 'before', 'snapshot_entities': 'input_boolean.a'}",
                               NULL),
                     0);
    ck_assert_int_eq(
        home_call(hass, "input_boolean", "turn_off", "{'entity_id': 'input_boolean.a'}", NULL), 0);
    ck_assert_int_eq(home_call(hass, "scene", "turn_on", "{'entity_id': 'scene.before'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "input_boolean.a"), "on");
}
END_TEST

START_TEST(creating_again_replaces)
{
    hass__assert_loop();
    struct hass *hass = test_home("scene:\n");

    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(home_call(hass, "scene", "create",
                                   i ? "{'scene_id': 'x', 'entities': {'light.b': 'on'}}"
                                     : "{'scene_id': 'x', 'entities': {'light.a': 'on'}}",
                                   NULL),
                         0);
    autojson *members = home_attribute(hass, "scene.x", "entity_id");
    ck_assert_json(members, "['light.b']");
    ck_assert_str_eq(home_state(hass, "scene.x_2"), "(none)");
}
END_TEST

START_TEST(what_is_written_is_not_replaced_or_deleted)
{
    hass__assert_loop();
    struct hass *hass = test_home(TWO);

    ck_assert_int_eq(home_call(hass, "scene", "create",
                               "{'scene_id': 'morning', 'entities': {'light.b': 'on'}}", NULL),
                     0);
    autojson *members = home_attribute(hass, "scene.morning", "entity_id");
    ck_assert_json(members, "['input_boolean.a']");
    ck_assert_int_eq(home_call(hass, "scene", "delete", "{'entity_id': 'scene.morning'}", NULL),
                     HASS_E_SERVICE_VALIDATION);
    ck_assert_str_eq(home_state(hass, "scene.morning"), "unknown");
}
END_TEST

START_TEST(what_was_created_can_be_deleted)
{
    hass__assert_loop();
    struct hass *hass = test_home("scene:\n");

    ck_assert_int_eq(home_call(hass, "scene", "create",
                               "{'scene_id': 'x', 'entities': {'light.b': 'on'}}", NULL),
                     0);
    ck_assert_str_eq(home_state(hass, "scene.x"), "unknown");
    ck_assert_int_eq(home_call(hass, "scene", "delete", "{'entity_id': 'scene.x'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "scene.x"), "(none)");
}
END_TEST

static const struct {
    const char *service, *data;
} refused[] = {
    { "create", "{'scene_id': 'x'}" },
    { "create", "{'entities': {'light.b': 'on'}}" },
    { "create", "{'scene_id': 'not a slug', 'entities': {'light.b': 'on'}}" },
    { "create",
      "{'scene_id': 'x', 'entities': {'light.b': 'on'}, 'snapshot_entities': ['light.b']}" },
    { "apply", "{}" },
    { "apply", "{'entities': {'light.b': 5}}" },
    { "apply", "{'entities': {'light.b': 'on'}, 'transition': 6554}" },
    { "apply", "{'entities': {'light.b': 'on'}, 'transition': -1}" },
};

START_TEST(a_wrong_call_is_refused)
{
    hass__assert_loop();
    struct hass *hass = test_home("scene:\n");

    ck_assert_int_eq(home_call(hass, "scene", refused[_i].service, refused[_i].data, NULL),
                     HASS_E_INVALID);
}
END_TEST

static const size_t counts[] = { 1000, 1001 };

START_TEST(a_snapshot_is_of_at_most_1000_entities)
{
    hass__assert_loop();
    struct hass *hass = test_home("scene:\n");
    autobuf data = HASS_BUF_INIT;

    hass_buf_add_string(&data, "{'scene_id': 'x', 'snapshot_entities': [");
    for (size_t i = 0; i < counts[_i]; i++)
        hass_buf_printf(&data, "%s'light.l%zu'", i ? "," : "", i);
    hass_buf_add_string(&data, "]}");
    ck_assert_int_eq(home_call(hass, "scene", "create", hass_buf_string(&data), NULL),
                     counts[_i] > 1000 ? HASS_E_INVALID : 0);
}
END_TEST

START_TEST(nothing_is_no_scene)
{
    hass__assert_loop();
    struct hass *hass = test_home("scene:\n");

    ck_assert_int_eq(home_call(hass, "scene", "create",
                               "{'scene_id': 'x', 'snapshot_entities': ['light.none']}", NULL),
                     0);
    ck_assert_str_eq(home_state(hass, "scene.x"), "(none)");
}
END_TEST

CASES_MAIN("written scenes", ROWS(entities_are_told_what_they_lack, lacks),
           ONCE(lamps_get_the_transition), ONCE(members_of_a_group_are_told),
           ONCE(one_that_fails_does_not_stop_the_others), ONCE(scenes_of_the_section_are_entities),
           ONCE(their_rows_are_of_the_models_platform),
           ONCE(scenes_of_the_platform_are_entities_too),
           ROWS(a_wrong_scene_is_told_and_left_out, wrong),
           ONCE(the_time_of_activation_outlasts_a_restart), ONCE(reloading_keeps_what_is_the_same),
           ONCE(a_snapshot_brings_back_what_was), ONCE(creating_again_replaces),
           ONCE(what_is_written_is_not_replaced_or_deleted), ONCE(what_was_created_can_be_deleted),
           ROWS(a_wrong_call_is_refused, refused),
           ROWS(a_snapshot_is_of_at_most_1000_entities, counts), ONCE(nothing_is_no_scene))
