/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of the section `group:`: what they show of members of each domain, how they are written, reloaded, and made by services.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/cases.h"
#include "support/home.h"

static HASS_CALLBACK void set(struct hass *hass, const char *entity_id, const char *state)
{
    if (state)
        ck_assert_int_eq(hass_states_async_set(hass, entity_id, state, NULL, NULL, NULL), 0);
}

/* Two members and the group's state; NULL: the member is not there. */
static const struct {
    const char *id_a, *a, *id_b, *b, *any, *all;
} states[] = {
    { "light.a", "on", "light.b", "off", "on", "off" },
    { "light.a", "off", "switch.b", "off", "off", "off" },
    { "light.a", "on", "switch.b", "on", "on", "on" },
    { "light.a", "unavailable", "light.b", "off", "off", "off" },
    { "light.a", "on", "light.b", NULL, "on", "on" },
    { "light.a", NULL, "light.b", NULL, "unknown", "unknown" },
    { "light.a", "on", "sensor.b", "5", "on", "on" },
    { "sensor.a", "5", "weather.b", "sunny", "unknown", "unknown" },
    { "person.a", "home", "device_tracker.b", "work", "home", "not_home" },
    { "person.a", "work", "person.b", "not_home", "not_home", "not_home" },
    { "cover.a", "open", "cover.b", "closed", "open", "closed" },
    { "lock.a", "locked", "lock.b", "locking", "unlocked", "locked" },
    { "lock.a", "locked", "lock.b", "locked", "locked", "locked" },
    { "alarm_control_panel.a", "armed_away", "alarm_control_panel.b", "disarmed", "on", "off" },
    { "climate.a", "heat_cool", "climate.b", "off", "on", "off" },
    { "media_player.a", "idle", "media_player.b", "standby", "on", "off" },
    { "vacuum.a", "returning", "vacuum.b", "docked", "on", "off" },
    { "water_heater.a", "eco", "water_heater.b", "off", "on", "off" },
    { "plant.a", "problem", "plant.b", "ok", "problem", "ok" },
    { "person.a", "home", "light.b", "off", "on", "off" },
    { "group.a", "home", "group.b", "not_home", "home", "not_home" },
    { "group.a", "home", "light.b", "off", "on", "off" },
    { "input_select.a", "blue", "input_select.b", "red", "unknown", "unknown" },
};

START_TEST(it_shows_the_words_of_its_members)
{
    hass__assert_loop();
    autofree char *yaml = NULL;

    ck_assert_int_gt(asprintf(&yaml,
                              "group:\n  any: [%s, %s]\n  all: {all: true, entities: [%s, %s]}\n",
                              states[_i].id_a, states[_i].id_b, states[_i].id_a, states[_i].id_b),
                     0);
    struct hass *hass = test_home(yaml);
    set(hass, states[_i].id_a, states[_i].a);
    set(hass, states[_i].id_b, states[_i].b);
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "group.any"), states[_i].any);
    ck_assert_str_eq(home_state(hass, "group.all"), states[_i].all);
}
END_TEST

static const struct {
    const char *yaml, *members;
} writings[] = {
    { "group:\n  x: light.a, light.b\n", "['light.a', 'light.b']" },
    { "group:\n  x: [light.a, LIGHT.B]\n", "['light.a', 'light.b']" },
    { "group:\n  x:\n    entities: light.a, light.b\n", "['light.a', 'light.b']" },
    { "group:\n  x:\n    entities:\n      - light.a\n", "['light.a']" },
    { "group:\n  x:\n    entities:\n", "[]" },
    { "group:\n  x:\n", "[]" },
    { "group:\n  x: {name: X}\n", "[]" },
};

START_TEST(it_can_be_written_in_many_ways)
{
    hass__assert_loop();
    struct hass *hass = test_home(writings[_i].yaml);
    autojson *members = home_attribute(hass, "group.x", "entity_id");

    ck_assert_json(members, writings[_i].members);
}
END_TEST

static const char *const wrong[] = {
    "group:\n  x: {entities: [kitchen]}\n",
    "group:\n  x: kitchen\n",
    "group:\n  x: all\n",
    "group:\n  x: {entities: [light.a], al: true}\n",
    "group:\n  x: {entities: [light.a], all: maybe}\n",
};

START_TEST(a_wrong_group_is_told_and_left_out)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass *hass = test_home(wrong[_i]);

    ck_assert_str_eq(home_state(hass, "group.x"), "(none)");
    ck_assert_uint_ge(logs_count(logs, HASS_LOG_ERROR), 1);
}
END_TEST

START_TEST(it_follows_its_members)
{
    hass__assert_loop();
    struct hass *hass = test_home("group:\n  x: [light.a]\n");

    set(hass, "light.a", "on");
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "group.x"), "on");
    hass_states_async_remove(hass, "light.a", NULL, NULL);
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "group.x"), "unknown");
}
END_TEST

START_TEST(what_it_has_others_assume_is_shown)
{
    hass__assert_loop();
    struct hass *hass = test_home("group:\n  x: [light.a, light.b]\n");

    hass_states_async_set(hass, "light.a", "on", test_json("{'assumed_state': true}"), NULL, NULL);
    set(hass, "light.b", "on");
    test_settle(hass);
    autojson *assumed = home_attribute(hass, "group.x", "assumed_state");
    ck_assert_json(assumed, "true");
}
END_TEST

START_TEST(reloading_keeps_what_is_the_same_or_made)
{
    hass__assert_loop();
    struct hass *hass =
        test_home("group:\n  same: [light.a]\n  gone: [light.a]\n  more: [light.a]\n");

    home_call(hass, "group", "set", "{'object_id': 'made', 'entities': ['light.a']}", NULL);
    loader_configure("group:\n  same: [light.a]\n  more: [light.a, light.b]\n  new: [light.b]\n");
    ck_assert_int_eq(home_call(hass, "group", "reload", "{}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "group.gone"), "(none)");
    ck_assert_str_ne(home_state(hass, "group.new"), "(none)");
    ck_assert_str_ne(home_state(hass, "group.made"), "(none)");
    autojson *more = home_attribute(hass, "group.more", "entity_id");
    autojson *order = home_attribute(hass, "group.same", "order");
    ck_assert_json(more, "['light.a', 'light.b']");
    ck_assert_json(order, "0");
}
END_TEST

START_TEST(a_service_makes_changes_and_removes_one)
{
    hass__assert_loop();
    static const struct {
        const char *data, *members;
    } calls[] = {
        { "{'object_id': 'x', 'entities': ['light.a'], 'name': 'X'}", "['light.a']" },
        { "{'object_id': 'x', 'add_entities': ['light.a', 'light.b']}", "['light.a', 'light.b']" },
        { "{'object_id': 'x', 'remove_entities': ['light.a']}", "['light.b']" },
        { "{'object_id': 'x', 'icon': 'mdi:lamp', 'all': true}", "['light.b']" },
        { "{'object_id': 'x', 'entities': ['light.c', 'light.d']}", "['light.c', 'light.d']" },
    };
    struct hass *hass = test_home("group:\n");

    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        ck_assert_int_eq(home_call(hass, "group", "set", calls[i].data, NULL), 0);
        autojson *members = home_attribute(hass, "group.x", "entity_id");
        ck_assert_json(members, calls[i].members);
    }
    autojson *name = home_attribute(hass, "group.x", "friendly_name");
    autojson *icon = home_attribute(hass, "group.x", "icon");
    autojson *made = home_attribute(hass, "group.x", "auto");
    ck_assert_json(name, "'X'");
    ck_assert_json(icon, "'mdi:lamp'");
    ck_assert_json(made, "true");
    set(hass, "light.d", "on");
    set(hass, "light.c", "off");
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "group.x"), "off");
    ck_assert_int_eq(home_call(hass, "group", "remove", "{'object_id': 'x'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "group.x"), "(none)");
}
END_TEST

static const struct {
    const char *service, *data;
} refused[] = {
    { "set", "{}" },
    { "set", "{'object_id': 'x', 'entities': ['light.a'], 'add_entities': ['light.b']}" },
    { "set", "{'object_id': 'x', 'entities': ['kitchen']}" },
    { "set", "{'object_id': 'not a slug', 'entities': ['light.a']}" },
    { "remove", "{}" },
};

START_TEST(a_wrong_call_is_refused)
{
    hass__assert_loop();
    struct hass *hass = test_home("group:\n");

    ck_assert_int_eq(home_call(hass, "group", refused[_i].service, refused[_i].data, NULL),
                     HASS_E_INVALID);
}
END_TEST

START_TEST(one_that_is_not_there_cannot_be_removed)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass *hass = test_home("group:\n");

    ck_assert_int_eq(home_call(hass, "group", "remove", "{'object_id': 'x'}", NULL), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "group.x is not there"));
}
END_TEST

static const size_t counts[] = { 1000, 1001 };

START_TEST(a_group_has_at_most_1000_members)
{
    hass__assert_loop();
    struct hass *hass = test_home("group:\n");
    autobuf data = HASS_BUF_INIT;

    hass_buf_add_string(&data, "{'object_id': 'x', 'entities': [");
    for (size_t i = 0; i < counts[_i]; i++)
        hass_buf_printf(&data, "%s'light.l%zu'", i ? "," : "", i);
    hass_buf_add_string(&data, "]}");
    ck_assert_int_eq(home_call(hass, "group", "set", hass_buf_string(&data), NULL),
                     counts[_i] > 1000 ? HASS_E_INVALID : 0);
    autojson *members = home_attribute(hass, "group.x", "entity_id");
    ck_assert_uint_eq(json_array_size(members), counts[_i] > 1000 ? 0 : 1000);
}
END_TEST

CASES_MAIN("groups of the section", ROWS(it_shows_the_words_of_its_members, states),
           ROWS(it_can_be_written_in_many_ways, writings),
           ROWS(a_wrong_group_is_told_and_left_out, wrong), ONCE(it_follows_its_members),
           ONCE(what_it_has_others_assume_is_shown), ONCE(reloading_keeps_what_is_the_same_or_made),
           ONCE(a_service_makes_changes_and_removes_one), ROWS(a_wrong_call_is_refused, refused),
           ONCE(one_that_is_not_there_cannot_be_removed),
           ROWS(a_group_has_at_most_1000_members, counts))
