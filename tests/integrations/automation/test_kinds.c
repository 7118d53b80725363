/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kinds of triggers and conditions that integrations give: whoever uses one has the integration set up; a check of the folder opens its file
 * and knows the kind as well.
 */
#include <string.h>

#include "base/mem.h"
#include "support/cases.h"
#include "support/home.h"

#define HOME "homeassistant: {latitude: 50.0, longitude: 4.0, radius: 100}\n"
#define GOES "{trigger: zone, entity_id: device_tracker.phone, zone: zone.home}"
#define IS   "{condition: zone, entity_id: device_tracker.phone, zone: zone.home}"

static HASS_CALLBACK void phone(struct hass *hass, double latitude)
{
    json_t *attributes = json_pack("{s:f, s:f}", "latitude", latitude, "longitude", 4.0);

    ck_assert_int_eq(
        hass_states_async_set(hass, "device_tracker.phone", "x", attributes, NULL, NULL), 0);
    test_settle(hass);
}

START_TEST(a_template_block_sets_up_who_gives_its_trigger)
{
    hass__assert_loop();
    struct hass *hass = test_home(HOME "template:\n"
                                       "  - triggers: " GOES "\n"
                                       "    sensor: {name: S, state: '{{ trigger.event }}'}\n");

    ck_assert(hass_component_loaded(hass, "zone"));
    phone(hass, 51);
    phone(hass, 50);
    ck_assert_str_eq(home_state(hass, "sensor.s"), "enter");
}
END_TEST

START_TEST(a_template_block_sets_up_who_gives_its_condition)
{
    hass__assert_loop();
    struct hass *hass = test_home(HOME "template:\n"
                                       "  - triggers: {trigger: event, event_type: go}\n"
                                       "    conditions: " IS "\n"
                                       "    sensor: {name: S, state: '{{ 1 }}'}\n");

    phone(hass, 51);
    ck_assert_int_eq(hass_bus_async_fire(hass, "go", NULL, NULL, NULL), 0);
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "sensor.s"), "unknown");
    phone(hass, 50);
    ck_assert_int_eq(hass_bus_async_fire(hass, "go", NULL, NULL, NULL), 0);
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "sensor.s"), "1");
}
END_TEST

START_TEST(the_sun_needs_nobody)
{
    hass__assert_loop();
    struct hass *hass = test_home(HOME "template:\n"
                                       "  - triggers: {trigger: sun, event: sunset}\n"
                                       "    conditions: {condition: sun, after: sunset}\n"
                                       "    sensor: {name: S, state: '{{ trigger.event }}'}\n");

    test_advance(hass, 86400);
    ck_assert(!hass_component_loaded(hass, "sun"));
    ck_assert_str_eq(home_state(hass, "sensor.s"), "sunset");
}
END_TEST

START_TEST(an_entity_of_a_template_sets_up_what_its_actions_use)
{
    hass__assert_loop();
    struct hass *hass =
        test_home(HOME "template:\n"
                       "  - button:\n"
                       "      - name: B\n"
                       "        press: [" IS ", {event: pressed}]\n"
                       "switch:\n"
                       "  - platform: template\n"
                       "    switches:\n"
                       "      s: {value_template: '{{ 1 }}', turn_on: [], turn_off: " IS "}\n");
    struct capture *seen = test_capture(hass, "pressed");

    ck_assert(hass_component_loaded(hass, "zone"));
    phone(hass, 51);
    ck_assert_int_eq(home_call(hass, "button", "press", "{'entity_id': 'button.b'}", NULL), 0);
    ck_assert_uint_eq(capture_count(seen), 0);
    phone(hass, 50);
    ck_assert_int_eq(home_call(hass, "button", "press", "{'entity_id': 'button.b'}", NULL), 0);
    ck_assert_uint_eq(capture_count(seen), 1);
}
END_TEST

START_TEST(a_script_sets_up_who_gives_what_it_waits_for)
{
    hass__assert_loop();
    struct hass *hass = test_home(HOME "script:\n"
                                       "  s:\n"
                                       "    sequence:\n"
                                       "      - choose:\n"
                                       "          - conditions: []\n"
                                       "            sequence:\n"
                                       "              - wait_for_trigger: " GOES "\n"
                                       "              - event: arrived\n");
    struct capture *seen = test_capture(hass, "arrived");

    ck_assert(hass_component_loaded(hass, "zone"));
    phone(hass, 51);
    ck_assert_int_eq(home_call(hass, "script", "turn_on", "{'entity_id': 'script.s'}", NULL), 0);
    ck_assert_uint_eq(capture_count(seen), 0);
    phone(hass, 50);
    ck_assert_uint_eq(capture_count(seen), 1);
}
END_TEST

/* Each is `automation`s, with what the log and a check of the folder say, and what must not be set up. */
static const struct {
    const char *item, *said, *nearest;
} wrong[] = {
    { "triggers: {trigger: zoen}", ":3:25: error: there is no trigger 'zoen'", "'zone'" },
    { "triggers: {trigger: lihgt.turned_on}", ":3:25: error: there is no trigger 'lihgt.turned_on'",
      "'light.turned_on'" },
    { "triggers: {trigger: light.truned_on}", ":3:25: error: there is no trigger 'light.truned_on'",
      "'light.turned_on'" },
    { "triggers: {trigger: stat}", ":3:25: error: there is no trigger 'stat'", "'state'" },
    { "triggers: {trigger: qwertz}", ":3:25: error: there is no trigger 'qwertz'", NULL },
    { "triggers: {trigger: light}", ":3:25: error: there is no trigger 'light'", NULL },
    { "triggers: {trigger: ../zone}", ":3:25: error: there is no trigger '../zone'", NULL },
    { "conditions: {condition: zoen}", ":3:29: error: unknown condition 'zoen'", "'zone'" },
    { "conditions: {condition: calendar}", ":3:29: error: unknown condition 'calendar'", NULL },
    { "triggers: {trigger: zone, entity_id: a.b, zone: home}", ":3:53: error: expected ", NULL },
    { "conditions: {condition: zone, entity_id: a.b, zone: home}", ":3:57: error: expected ",
      NULL },
};

static char *yaml_of(const char *item)
{
    return mem_printf("automation:\n  - alias: W\n    %s\n%s    actions: []\n", item,
                      strncmp(item, "triggers", 8) == 0 ? "" : "    triggers: []\n");
}

/* What a check of the folder says, owned by the caller. */
static char *check_folder(const char *yaml, int expected)
{
    static const char *const folders[] = { TEST_BUILD "/integrations", NULL };
    struct hass_options options = loader_options();
    autojson *report = NULL;
    autobuf text = HASS_BUF_INIT;

    loader_configure(yaml);
    options.plugin_dirs = folders;
    int r = hass_check_config(&options, &report, &text, NULL);
    ck_assert_msg(r == expected, "%d: %s", r, hass_buf_string(&text));
    return hass_buf_steal(&text);
}

START_TEST(a_kind_that_nobody_gives_is_said_with_the_nearest_one)
{
    autofree char *yaml = yaml_of(wrong[_i].item);
    autofree char *text = check_folder(yaml, 1);

    ck_assert_msg(strstr(text, wrong[_i].said) != NULL, "%s\nwanted %s", text, wrong[_i].said);
    ck_assert_msg(!wrong[_i].nearest || strstr(text, wrong[_i].nearest), "%s", text);
}
END_TEST

START_TEST(a_running_home_says_the_same_and_sets_nobody_up)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    autofree char *yaml = yaml_of(wrong[_i].item);
    const char *said = strstr(wrong[_i].said, "error: ") + strlen("error: ");
    struct hass *hass = test_home(yaml);

    const char *line = logs_find(logs, "automation 'W' is unavailable");
    ck_assert_ptr_nonnull(line);
    ck_assert_msg(strstr(line, said) != NULL, "%s\nwanted %s", line, said);
    ck_assert_msg(!wrong[_i].nearest || strstr(line, wrong[_i].nearest), "%s", line);
    ck_assert(!hass_component_loaded(hass, "light"));
    ck_assert(!hass_component_loaded(hass, "calendar"));
    /* That of a good name is: what is wrong is another key. */
    ck_assert(hass_component_loaded(hass, "zone") == (strncmp(said, "expected ", 9) == 0));
}
END_TEST

START_TEST(who_gives_it_but_is_not_set_up_is_said_with_the_reason)
{
    hass__assert_loop();
    struct logs *logs = test_logs();

    (void)test_home("zone: 5\n"
                    "automation: {alias: W, triggers: " GOES ", actions: []}\n");
    const char *line = logs_find(logs, "there is no trigger 'zone': zone, which gives it, is not");
    ck_assert_ptr_nonnull(line);
    ck_assert_msg(strstr(line, "its configuration is wrong"), "%s", line);
}
END_TEST

START_TEST(a_check_knows_kinds_and_sets_nobody_up)
{
    autofree char *text =
        check_folder("automation:\n"
                     "  - {alias: W, triggers: [" GOES ", {trigger: light.turned_on, target: "
                     "{entity_id: light.a}}], conditions: [" IS "], actions: {wait_for_trigger: "
                     "{trigger: persistent_notification, update_type: added}}}\n"
                     "template:\n"
                     "  - {triggers: {trigger: geo_location, source: s, zone: "
                     "zone.home, event: enter}, sensor: "
                     "{name: S, state: 1}}\n",
                     0);

    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(a_check_of_a_running_home_sets_nobody_up)
{
    hass__assert_loop();
    struct hass *hass = test_home("");

    loader_configure("script: {s: {sequence: {wait_for_trigger: " GOES "}}}\n");
    ck_assert_int_eq(home_call(hass, "homeassistant", "check_config", "{}", NULL), 0);
    ck_assert(!hass_component_loaded(hass, "zone"));
}
END_TEST

START_TEST(blocks_of_templates_are_checked_likewise)
{
    autofree char *text = check_folder("template:\n"
                                       "  - sensor: {name: A, state: 1}\n"
                                       "  - trigger:\n"
                                       "      - platform: zone\n"
                                       "        entity_id: a.b\n"
                                       "        zone: home\n"
                                       "    sensor: {name: S, state: 1}\n"
                                       "  - triggers: {trigger: event, event_type: e}\n"
                                       "    action:\n"
                                       "      - wait_for_trigger: {trigger: zoen}\n"
                                       "    sensor: {name: S, state: 1}\n",
                                       1);

    ck_assert_msg(strstr(text, ":6:15: error: "), "%s", text);
    ck_assert_msg(strstr(text, ":10:37: error: there is no trigger 'zoen'"), "%s", text);
}
END_TEST

START_TEST(a_block_that_cannot_be_set_up_is_said_with_its_place)
{
    hass__assert_loop();
    struct logs *logs = test_logs();

    (void)test_home("template:\n"
                    "  - sensor: {name: A, state: 1, icn: x}\n"
                    "  - triggers: {trigger: event, event_type: e}\n"
                    "    conditions:\n"
                    "      - condition: zoen\n"
                    "    sensor: {name: S, state: 1}\n");
    const char *line = logs_find(logs, "unknown condition 'zoen'");
    ck_assert_ptr_nonnull(line);
    ck_assert_msg(strstr(line, ":5:20: ") && strstr(line, "did you mean 'zone'?") &&
                      strstr(line, "the entities of this block stay as they are"),
                  "%s", line);
}
END_TEST

CASES_MAIN("kinds of integrations", ONCE(a_template_block_sets_up_who_gives_its_trigger),
           ONCE(a_template_block_sets_up_who_gives_its_condition), ONCE(the_sun_needs_nobody),
           ONCE(an_entity_of_a_template_sets_up_what_its_actions_use),
           ONCE(a_script_sets_up_who_gives_what_it_waits_for),
           ROWS(a_kind_that_nobody_gives_is_said_with_the_nearest_one, wrong),
           ROWS(a_running_home_says_the_same_and_sets_nobody_up, wrong),
           ONCE(who_gives_it_but_is_not_set_up_is_said_with_the_reason),
           ONCE(a_check_knows_kinds_and_sets_nobody_up),
           ONCE(a_check_of_a_running_home_sets_nobody_up),
           ONCE(blocks_of_templates_are_checked_likewise),
           ONCE(a_block_that_cannot_be_set_up_is_said_with_its_place))
