/* SPDX-License-Identifier: Apache-2.0 */
/* Triggers that say what they are for. */
#include <stdio.h>
#include <string.h>

#include <hass/area_registry.h>
#include <hass/entity_registry.h>
#include <hass/trigger.h>

#include "support/cases.h"
#include "support/client.h"
#include "support/conditions.h"
#include "support/home.h"

struct fired {
    size_t count;
    char entity_id[64];
};

static HASS_CALLBACK int on_fired(struct hass *hass, struct hass_variables *variables,
                                  const struct hass_context *context, void *userdata,
                                  struct hass_error *err)
{
    struct fired *fired = userdata;
    const json_t *trigger = hass_variables_get(variables, "trigger");

    fired->count++;
    snprintf(fired->entity_id, sizeof(fired->entity_id), "%s",
             hass_json_get_string(trigger, "entity_id", ""));
    return 0;
}

static HASS_CALLBACK json_t *check(struct hass *hass, const char *text, struct hass_error *err)
{
    autojson *given = test_json(text);
    json_t *checked = NULL;

    hass_triggers_check(hass, given, &checked, err);
    return checked;
}

static HASS_CALLBACK struct hass_triggers *attach(struct hass *hass, const char *text,
                                                  struct fired *fired)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct hass_triggers *attached = NULL;
    autojson *checked = check(hass, text, &err);

    ck_assert_msg(checked != NULL, "%s", err.message);
    ck_assert_int_eq(
        hass_triggers_async_attach(
            hass, HASS_TRIGGERS_OPTIONS(.config = checked, .fired = on_fired, .userdata = fired),
            &attached, &err),
        1);
    return attached;
}

#define OF(kind, entities, options)                                                                \
    "{'trigger':'" kind "','target':{'entity_id':" entities "},'options':{" options "}}"

/* One entity whose state changes once. */
static const struct {
    const char *trigger, *from, *from_attributes, *to, *to_attributes;
    size_t count;
} changes[] = {
    { OF("light.turned_on", "'light.a'", ""), "off", NULL, "on", NULL, 1 },
    { OF("light.turned_on", "'light.a'", ""), "on", NULL, "off", NULL, 0 },
    { OF("light.turned_on", "'light.a'", ""), "on", NULL, "on", "{'x':1}", 0 },
    { OF("light.turned_on", "'light.a'", ""), "unavailable", NULL, "on", NULL, 0 },
    { OF("light.turned_on", "'light.a'", ""), "unknown", NULL, "on", NULL, 0 },
    { OF("light.turned_on", "'switch.a'", ""), "off", NULL, "on", NULL, 0 },
    { OF("door.opened", "'binary_sensor.a'", ""), "off", "{'device_class':'door'}", "on",
      "{'device_class':'door'}", 1 },
    { OF("door.opened", "'binary_sensor.a'", ""), "off", "{'device_class':'window'}", "on",
      "{'device_class':'window'}", 0 },
    { OF("door.opened", "'cover.a'", ""), "closed", "{'device_class':'door'}", "open",
      "{'device_class':'door'}", 1 },
    { OF("climate.turned_on", "'climate.a'", ""), "off", NULL, "heat", NULL, 1 },
    { OF("climate.turned_on", "'climate.a'", ""), "cool", NULL, "heat", NULL, 0 },
    { OF("climate.started_heating", "'climate.a'", ""), "heat", "{'hvac_action':'idle'}", "heat",
      "{'hvac_action':'heating'}", 1 },
    { OF("climate.hvac_mode_changed", "'climate.a'", "'hvac_mode':['heat','auto']"), "off", NULL,
      "auto", NULL, 1 },
    { OF("climate.hvac_mode_changed", "'climate.a'", "'hvac_mode':'heat'"), "off", NULL, "auto",
      NULL, 0 },
    { OF("media_player.muted", "'media_player.a'", ""), "on", "{'is_volume_muted':false}", "on",
      "{'is_volume_muted':true}", 1 },
    { OF("media_player.stopped_playing", "'media_player.a'", ""), "playing", NULL, "idle", NULL,
      1 },
    { OF("media_player.stopped_playing", "'media_player.a'", ""), "on", NULL, "idle", NULL, 0 },
    { OF("person.left_home", "'person.a'", ""), "home", NULL, "work", NULL, 1 },
    { OF("person.left_home", "'person.a'", ""), "school", NULL, "work", NULL, 0 },
    { OF("button.pressed", "'button.a'", ""), "unknown", NULL, "2024-01-01T00:00:00+00:00", NULL,
      1 },
    { OF("button.pressed", "'button.a'", ""), "unavailable", NULL, "2024-01-01T00:00:00+00:00",
      NULL, 0 },
    { OF("event.received", "'event.a'", "'event_type':'double'"), "2024-01-01T00:00:00+00:00",
      "{'event_type':'single'}", "2024-01-01T00:00:01+00:00", "{'event_type':'double'}", 1 },
    { OF("event.received", "'event.a'", "'event_type':'double'"), "2024-01-01T00:00:00+00:00",
      "{'event_type':'double'}", "2024-01-01T00:00:01+00:00", "{'event_type':'single'}", 0 },
    { OF("text.changed", "'input_text.a'", ""), "x", NULL, "y", NULL, 1 },
    { OF("counter.incremented", "'counter.a'", ""), "9", NULL, "10", NULL, 1 },
    { OF("counter.decremented", "'counter.a'", ""), "9", NULL, "10", NULL, 0 },
    { OF("counter.maximum_reached", "'counter.a'", ""), "9", NULL, "10", "{'maximum':10}", 1 },
    { OF("counter.maximum_reached", "'counter.a'", ""), "9", NULL, "10", "{'maximum':11}", 0 },
    { OF("counter.maximum_reached", "'counter.a'", ""), "9", NULL, "10", "{'maximum':null}", 0 },
    { OF("counter.maximum_reached", "'counter.a'", ""), "10", NULL, "10", "{'maximum':10}", 0 },
    { OF("counter.minimum_reached", "'counter.a'", ""), "1", NULL, "0", "{'minimum':0}", 1 },
    { OF("counter.minimum_reached", "'counter.a'", ""), "unknown", NULL, "0", "{'minimum':0}", 0 },
    { OF("counter.reset", "'counter.a'", ""), "9", NULL, "5", "{'initial':5}", 1 },
    { OF("timer.finished", "'timer.a'", ""), "active", "{'last_transition':'started'}", "idle",
      "{'last_transition':'finished'}", 1 },
    { OF("timer.finished", "'timer.a'", ""), "active", "{'last_transition':'started'}", "idle",
      "{'last_transition':'cancelled'}", 0 },
    { OF("timer.started", "'timer.a'", ""), "idle", NULL, "active", "{'last_transition':'started'}",
      1 },
    { OF("zone.entered", "'device_tracker.a'", "'zone':['zone.x','zone.home']"), "x",
      "{'in_zones':['zone.y']}", "home", "{'in_zones':['zone.y','zone.home']}", 1 },
    { OF("zone.entered", "'device_tracker.a'", "'zone':'zone.x'"), "x", "{'in_zones':[]}", "home",
      "{'in_zones':['zone.home']}", 0 },
    { OF("zone.left", "'device_tracker.a'", "'zone':'zone.home'"), "home",
      "{'in_zones':['zone.home']}", "not_home", "{'in_zones':[]}", 1 },
    { OF("zone.left", "'device_tracker.a'", "'zone':'zone.home'"), "x", "{'in_zones':['zone.x']}",
      "not_home", "{'in_zones':[]}", 0 },
    { OF("media_player.muted", "'media_player.a'", ""), "on", "{'volume_level':0.5}", "on",
      "{'volume_level':0}", 1 },
    { OF("media_player.unmuted", "'media_player.a'", ""), "on", "{'volume_level':0}", "on",
      "{'volume_level':0.5,'is_volume_muted':true}", 0 },
    { OF("battery.low", "'binary_sensor.a'", ""), "off", "{'device_class':'battery'}", "on",
      "{'device_class':'battery'}", 1 },
    { OF("water_heater.operation_mode_changed", "'water_heater.a'", "'operation_mode':'eco'"),
      "off", NULL, "eco", NULL, 1 },
    { OF("assist_satellite.listening", "'assist_satellite.a'", ""), "idle", NULL, "listening", NULL,
      1 },
    { OF("humidity.changed", "'sensor.a'", ""), "40", "{'device_class':'humidity'}", "41",
      "{'device_class':'humidity'}", 1 },
    { OF("humidity.changed", "'sensor.a'", "'threshold':{'type':'above','value':41}"), "40",
      "{'device_class':'humidity'}", "41", "{'device_class':'humidity'}", 0 },
    { OF("humidity.crossed_threshold", "'sensor.a'", "'threshold':{'type':'above','value':40}"),
      "40", "{'device_class':'humidity'}", "41", "{'device_class':'humidity'}", 1 },
    { OF("humidity.crossed_threshold", "'sensor.a'", "'threshold':{'type':'above','value':40}"),
      "41", "{'device_class':'humidity'}", "42", "{'device_class':'humidity'}", 0 },
    { OF("humidity.crossed_threshold", "'sensor.a'",
         "'threshold':{'type':'between','value_min':41,'value_max':45}"),
      "40", "{'device_class':'humidity'}", "41", "{'device_class':'humidity'}", 1 },
    { OF("humidity.crossed_threshold", "'sensor.a'",
         "'threshold':{'type':'outside','value_min':10,'value_max':40}"),
      "40", "{'device_class':'humidity'}", "41", "{'device_class':'humidity'}", 1 },
    { OF("humidity.crossed_threshold", "'sensor.a'",
         "'threshold':{'type':'above','value':{'entity':'sensor.limit'}}"),
      "19", "{'device_class':'humidity'}", "21", "{'device_class':'humidity'}", 1 },
    { OF("humidity.crossed_threshold", "'sensor.a'",
         "'threshold':{'type':'above','value':'sensor.none'}"),
      "19", "{'device_class':'humidity'}", "21", "{'device_class':'humidity'}", 0 },
    { OF("temperature.crossed_threshold", "'sensor.a'",
         "'threshold':{'type':'above','value':{'number':68,'unit_of_measurement':'°F'}}"),
      "19", "{'device_class':'temperature','unit_of_measurement':'°C'}", "21",
      "{'device_class':'temperature','unit_of_measurement':'°C'}", 1 },
    { OF("light.brightness_crossed_threshold", "'light.a'",
         "'threshold':{'type':'above','value':50}"),
      "on", "{'brightness':100}", "on", "{'brightness':140}", 1 },
};

START_TEST(a_change_fires_what_it_is_for)
{
    hass__assert_loop();
    struct hass *hass = test_home("purpose:\n");
    struct fired fired = { 0 };
    autojson *given = test_json(changes[_i].trigger);
    const char *id =
        json_string_value(json_object_get(json_object_get(given, "target"), "entity_id"));

    test_set(hass, "sensor.limit", "20", NULL);
    test_set(hass, id, changes[_i].from, changes[_i].from_attributes);
    struct hass_triggers *attached = attach(hass, changes[_i].trigger, &fired);
    test_set(hass, id, changes[_i].to, changes[_i].to_attributes);
    ck_assert_uint_eq(fired.count, changes[_i].count);
    hass_triggers_async_detach(attached);
}
END_TEST

/* behavior and for */

#define LIGHTS(options) OF("light.turned_on", "['light.a','light.b','light.c']", options)

static HASS_CALLBACK struct hass *lights(void)
{
    struct hass *hass = test_home("purpose:\n");

    test_set(hass, "light.a", "off", NULL);
    test_set(hass, "light.b", "off", NULL);
    test_set(hass, "light.c", "unavailable", NULL);
    return hass;
}

static const struct {
    const char *options;
    size_t first, second; /* fired after a, after b */
} behaviors[] = {
    { "", 1, 2 },
    { "'behavior':'any'", 1, 2 },
    { "'behavior':'first'", 1, 1 },
    { "'behavior':'all'", 0, 1 },
    { "'behavior':'last'", 0, 1 },
};

START_TEST(each_the_first_or_all_of_them)
{
    hass__assert_loop();
    struct hass *hass = lights();
    struct fired fired = { 0 };
    char text[200];

    snprintf(text, sizeof(text), LIGHTS("%s"), behaviors[_i].options);
    struct hass_triggers *attached = attach(hass, text, &fired);
    test_set(hass, "light.a", "on", NULL);
    ck_assert_uint_eq(fired.count, behaviors[_i].first);
    test_set(hass, "light.b", "on", NULL);
    ck_assert_uint_eq(fired.count, behaviors[_i].second);
    hass_triggers_async_detach(attached);
}
END_TEST

START_TEST(for_is_counted_for_each_entity)
{
    hass__assert_loop();
    struct hass *hass = lights();
    struct fired fired = { 0 };
    struct hass_triggers *attached = attach(hass, LIGHTS("'for':'00:00:10'"), &fired);

    test_set(hass, "light.a", "on", NULL);
    test_advance(hass, 5);
    test_set(hass, "light.b", "on", NULL);
    test_set(hass, "light.a", "on", "{'brightness':3}");
    test_advance(hass, 5);
    ck_assert_uint_eq(fired.count, 1);
    ck_assert_str_eq(fired.entity_id, "light.a");
    test_set(hass, "light.b", "unavailable", NULL);
    test_advance(hass, 20);
    ck_assert_uint_eq(fired.count, 1);
    hass_triggers_async_detach(attached);
}
END_TEST

START_TEST(for_of_all_ends_when_one_goes_back)
{
    hass__assert_loop();
    struct hass *hass = lights();
    struct fired fired = { 0 };
    struct hass_triggers *attached = attach(hass, LIGHTS("'for':10,'behavior':'all'"), &fired);

    test_set(hass, "light.a", "on", NULL);
    test_set(hass, "light.b", "on", NULL);
    test_advance(hass, 5);
    test_set(hass, "light.a", "off", NULL);
    test_advance(hass, 10);
    ck_assert_uint_eq(fired.count, 0);
    test_set(hass, "light.a", "on", NULL);
    test_advance(hass, 10);
    ck_assert_uint_eq(fired.count, 1);
    ck_assert_str_eq(fired.entity_id, "light.a");
    hass_triggers_async_detach(attached);
}
END_TEST

/* targets */

/* An entity of the registry, "off". */
static HASS_CALLBACK void register_light(struct hass *hass, const char *entity_id, bool diagnostic)
{
    struct hass_entity_entry_info info =
        HASS_ENTITY_ENTRY_INFO(.domain = "light", .platform = "test", .unique_id = entity_id,
                               .entity_id = entity_id, .has_entity_category = true,
                               .entity_category = diagnostic ? HASS_ENTITY_CATEGORY_DIAGNOSTIC
                                                             : HASS_ENTITY_CATEGORY_NONE);

    ck_assert_int_eq(hass_entity_registry_async_get_or_create(hass, &info, NULL, NULL), 0);
    test_set(hass, entity_id, "off", NULL);
}

static HASS_CALLBACK void put_into(struct hass *hass, const char *entity_id, const char *area_id)
{
    ck_assert_int_eq(hass_entity_registry_async_update(
                         hass, entity_id, json_pack("{ss}", "area_id", area_id), NULL, NULL),
                     0);
    test_settle(hass);
}

START_TEST(an_area_is_what_is_in_it_at_the_time)
{
    hass__assert_loop();
    struct hass *hass = test_home("purpose:\n");
    struct fired fired = { 0 };

    ck_assert_int_eq(hass_area_registry_async_create(hass, "Hall", NULL, NULL, NULL), 0);
    register_light(hass, "light.a", false);
    register_light(hass, "light.b", false);
    register_light(hass, "light.c", true);
    put_into(hass, "light.a", "hall");
    put_into(hass, "light.c", "hall");
    struct hass_triggers *attached =
        attach(hass, "{'trigger':'light.turned_on','target':{'area_id':'hall'}}", &fired);
    test_set(hass, "light.a", "on", NULL);
    test_set(hass, "light.b", "on", NULL);
    test_set(hass, "light.c", "on", NULL);
    ck_assert_uint_eq(fired.count, 1);
    put_into(hass, "light.b", "hall");
    test_set(hass, "light.b", "off", NULL);
    test_set(hass, "light.b", "on", NULL);
    ck_assert_uint_eq(fired.count, 2);
    ck_assert_str_eq(fired.entity_id, "light.b");
    hass_triggers_async_detach(attached);
}
END_TEST

/* mistakes */

static const struct {
    const char *trigger, *message;
} refused[] = {
    { "{'trigger':'light.turned_on'}", "required key 'target' is missing" },
    { OF("light.turned_on", "'x'", ""), "target->entity_id: expected an entity id" },
    { OF("light.turned_on", "'light.a'", "'behavior':'some'"), "behavior: expected one of" },
    { OF("light.turned_on", "'light.a'", "'for':-1"), "for: expected a duration" },
    { OF("humidity.crossed_threshold", "'sensor.a'", ""), "required key 'threshold' is missing" },
    { OF("humidity.changed", "'sensor.a'", "'threshold':{'type':'over'}"),
      "threshold: expected a threshold such as" },
    { OF("humidity.changed", "'sensor.a'", "'threshold':{'type':'above'}"),
      "threshold: a threshold of type above needs value" },
    { OF("humidity.changed", "'sensor.a'", "'threshold':{'type':'between','value_min':1}"),
      "threshold: a threshold of type between needs value_min and value_max" },
    { OF("climate.hvac_mode_changed", "'climate.a'", ""), "required key 'hvac_mode' is missing" },
    { OF("light.turned_upside_down", "'light.a'", ""), "trigger: " },
};

START_TEST(mistakes_are_told)
{
    hass__assert_loop();
    struct hass_error err = HASS_ERROR_INIT;
    struct hass *hass = test_home("purpose:\n");

    ck_assert_ptr_null(check(hass, refused[_i].trigger, &err));
    ck_assert_msg(strncmp(err.message, refused[_i].message, strlen(refused[_i].message)) == 0,
                  "'%s' does not begin with '%s'", err.message, refused[_i].message);
}
END_TEST

/* for the editor */

START_TEST(the_editor_is_told_of_all)
{
    hass__assert_loop();
    struct client *client = client_open(test_home("purpose:\n"), NULL, true);
    const json_t *answer = client_ask(client, "{'type':'trigger_platforms/subscribe'}");

    ck_assert(hass_json_get_bool(answer, "success", false));
    const json_t *all = hass_json_get(client_next(client), "event");
    ck_assert_uint_gt(json_object_size(all), 100);
    ck_assert_json(hass_json_get(all, "battery.level_crossed_threshold"),
                   "{'target':{'entity':[{'domain':['sensor'],'device_class':['battery']}],"
                   "'primary_entities_only':false},'fields':{"
                   "'behavior':{'required':true,'default':'each','selector':{'automation_behavior':"
                   "{'mode':'trigger'}}},'for':{'required':true,'default':'00:00:00','selector':"
                   "{'duration':{}}},'threshold':{'required':true,'selector':{'numeric_threshold':"
                   "{'mode':'crossed'}}}}}");
}
END_TEST

CASES_MAIN("purpose_triggers", ROWS(a_change_fires_what_it_is_for, changes),
           ROWS(each_the_first_or_all_of_them, behaviors), ONCE(for_is_counted_for_each_entity),
           ONCE(for_of_all_ends_when_one_goes_back), ONCE(an_area_is_what_is_in_it_at_the_time),
           ROWS(mistakes_are_told, refused), ONCE(the_editor_is_told_of_all))
