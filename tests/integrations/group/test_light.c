/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of lamps: what they show of their members, and that they pass on what they are told.
 */
#include <string.h>

#include "support/cases.h"
#include "support/home.h"

static const char any[] = "light:\n"
                          "  - platform: group\n"
                          "    name: Both\n"
                          "    entities: [light.a, light.b]\n";
static const char all[] = "light:\n"
                          "  - platform: group\n"
                          "    name: Both\n"
                          "    entities: [light.a, light.b]\n"
                          "    all: true\n";

static HASS_CALLBACK void set(struct hass *hass, const char *entity_id, const char *state,
                              const char *attributes)
{
    if (!state)
        return;
    ck_assert_int_eq(hass_states_async_set(hass, entity_id, state,
                                           test_json(attributes ? attributes : "{}"), NULL, NULL),
                     0);
}

static HASS_CALLBACK struct hass *home(const char *yaml, const char *a, const char *a_attributes,
                                       const char *b, const char *b_attributes)
{
    struct hass *hass = test_home(yaml);

    set(hass, "light.a", a, a_attributes);
    set(hass, "light.b", b, b_attributes);
    test_settle(hass);
    return hass;
}

static const struct {
    const char *yaml, *a, *b, *shown;
} states[] = {
    { any, "on", "off", "on" },
    { any, "off", "off", "off" },
    { any, "on", "unavailable", "on" },
    { any, "off", "unknown", "off" },
    { any, "unknown", "unknown", "unknown" },
    { any, "unknown", "unavailable", "unknown" },
    { any, "unavailable", "unavailable", "unavailable" },
    { any, "on", NULL, "on" },
    { any, NULL, NULL, "unavailable" },
    { all, "on", "on", "on" },
    { all, "on", "off", "off" },
    { all, "on", "unknown", "unknown" },
    { all, "off", "unavailable", "unknown" },
    { all, "on", NULL, "on" },
};

START_TEST(it_is_on_when_any_or_all_are)
{
    hass__assert_loop();
    struct hass *hass = home(states[_i].yaml, states[_i].a, NULL, states[_i].b, NULL);

    ck_assert_str_eq(home_state(hass, "light.both"), states[_i].shown);
}
END_TEST

#define HS(brightness, hue, saturation)                                                            \
    "{'supported_color_modes':['hs'],'color_mode':'hs','brightness':" brightness                   \
    ",'hs_color':[" hue "," saturation "]}"
#define KELVIN(brightness, kelvin)                                                                 \
    "{'supported_color_modes':['color_temp'],'color_mode':'color_temp','brightness':" brightness   \
    ",'color_temp_kelvin':" kelvin                                                                 \
    ",'min_color_temp_kelvin':2200,'max_color_temp_kelvin':5000,'supported_features':32}"

static const struct {
    const char *a, *a_attributes, *b, *b_attributes, *key, *value;
} means[] = {
    { "on", HS("100", "30", "50"), "on", HS("201", "50", "70"), "brightness", "150" },
    { "on", HS("100", "30", "50"), "off", HS("null", "0", "0"), "brightness", "100" },
    { "on", HS("100", "30", "50"), "on", HS("200", "50", "70"), "hs_color", "[40.0,60.0]" },
    { "on", HS("100", "350", "100"), "on", HS("1", "20", "100"), "hs_color", "[5.0,100.0]" },
    { "on", KELVIN("9", "3000"), "on", KELVIN("9", "4000"), "color_temp_kelvin", "3500" },
    { "on", KELVIN("9", "3000"), "on", HS("9", "0", "0"), "supported_color_modes",
      "['color_temp','hs']" },
    { "on", KELVIN("9", "3000"), "on", HS("9", "0", "0"), "supported_features", "32" },
    { "on", KELVIN("9", "3000"), "off", NULL, "max_color_temp_kelvin", "5000" },
    { "on", "{'supported_color_modes':['onoff'],'color_mode':'onoff'}", "on", HS("7", "9", "9"),
      "color_mode", "'hs'" },
    { "on", "{'supported_color_modes':['onoff'],'color_mode':'onoff'}", "off", NULL, "color_mode",
      "'onoff'" },
    { "on", "{'supported_color_modes':['white','hs']}", "on", KELVIN("9", "3000"),
      "supported_color_modes", "['color_temp','hs']" },
    { "on", "{'supported_features':4,'effect_list':['b','a'],'effect':'b'}", "on",
      "{'effect_list':['c']}", "effect_list", "['a','b','c']" },
    { "on", "{'supported_features':4,'effect_list':['b','a'],'effect':'b'}", "on", NULL, "effect",
      "'b'" },
    { "on", NULL, "off", NULL, "entity_id", "['light.a','light.b']" },
    { "on", NULL, "off", NULL, "icon", "'mdi:lightbulb-group'" },
    /* nonsense of members */
    { "on", "{'supported_color_modes':['hs'],'color_mode':'hs','hs_color':['x']}", "off", NULL,
      "brightness", "null" },
    { "on", "{'supported_color_modes':[7,'infrared'],'effect_list':[7],'color_mode':7}", "off",
      NULL, "supported_color_modes", "['onoff']" },
};

START_TEST(it_shows_the_mean_of_those_that_are_on)
{
    hass__assert_loop();
    struct hass *hass =
        home(any, means[_i].a, means[_i].a_attributes, means[_i].b, means[_i].b_attributes);
    autojson *shown = home_attribute(hass, "light.both", means[_i].key);

    ck_assert_ptr_nonnull(shown);
    ck_assert_json(shown, means[_i].value);
}
END_TEST

START_TEST(it_follows_its_members)
{
    hass__assert_loop();
    struct hass *hass = home(any, "off", NULL, "off", NULL);

    set(hass, "light.b", "on", NULL);
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "light.both"), "on");
    hass_states_async_remove(hass, "light.a", NULL, NULL);
    hass_states_async_remove(hass, "light.b", NULL, NULL);
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "light.both"), "unavailable");
}
END_TEST

/* The second call is the group's own, to its members, in the context of the first. */
START_TEST(it_passes_on_what_it_is_told)
{
    hass__assert_loop();
    struct hass *hass = home(any, "on", HS("1", "2", "3"), "on", KELVIN("9", "3000"));
    struct capture *calls = test_capture(hass, HASS_EVENT_CALL_SERVICE);

    ck_assert_int_eq(home_call(hass, "light", "turn_on",
                               "{'entity_id':'light.both','brightness':5,'hs_color':[240,100],"
                               "'transition':2}",
                               NULL),
                     0);
    ck_assert_uint_eq(capture_count(calls), 2);
    const json_t *data = hass_event_data(capture_event(calls, 1));
    ck_assert_json(hass_json_get(data, "service_data"),
                   "{'entity_id':['light.a','light.b'],'brightness':5,'hs_color':[240.0,100.0],"
                   "'transition':2.0}");
    ck_assert(hass_context_equal(hass_event_context(capture_event(calls, 0)),
                                 hass_event_context(capture_event(calls, 1))));
}
END_TEST

START_TEST(real_lamps_are_turned_off)
{
    hass__assert_loop();
    struct hass *hass = test_home("demo:\n"
                                  "light:\n"
                                  "  - platform: group\n"
                                  "    name: Both\n"
                                  "    entities: [light.kitchen_table]\n");

    ck_assert_str_eq(home_state(hass, "light.both"), "on");
    ck_assert_int_eq(home_call(hass, "light", "toggle", "{'entity_id':'light.both'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "light.kitchen_table"), "off");
    ck_assert_str_eq(home_state(hass, "light.both"), "off");
}
END_TEST

static const char *const bad[] = {
    "light:\n  - platform: group\n",
    "light:\n  - platform: group\n    entities: []\n",
    "light:\n  - platform: group\n    entities: [kitchen]\n",
    "light:\n  - platform: group\n    entities: [light.a]\n    most: true\n",
};

START_TEST(a_wrong_entry_makes_no_group)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass *hass = test_home(bad[_i]);

    ck_assert_uint_eq(hass_states_async_count(hass, "light"), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "light->0"));
}
END_TEST

CASES_MAIN("groups of lamps", ROWS(it_is_on_when_any_or_all_are, states),
           ROWS(it_shows_the_mean_of_those_that_are_on, means), ONCE(it_follows_its_members),
           ONCE(it_passes_on_what_it_is_told), ONCE(real_lamps_are_turned_off),
           ROWS(a_wrong_entry_makes_no_group, bad))
