/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks with triggers: when their entities are rendered, with what, and what a reload and a restart leave of them. */
#include <hass/entity_registry.h>

#include "base/mem.h"
#include "calls.h"

static HASS_CALLBACK void fire(struct hass *hass, const char *type, const char *data)
{
    ck_assert_int_eq(hass_bus_async_fire(hass, type, test_json(data), NULL, NULL), 0);
    test_settle(hass);
}

static HASS_CALLBACK void assert_attribute(struct hass *hass, const char *entity_id,
                                           const char *key, const char *expected)
{
    autojson *value = home_attribute(hass, entity_id, key);

    ck_assert_json(value, expected);
}

START_TEST(entities_are_rendered_when_a_trigger_fires_and_not_before)
{
    hass__assert_loop();
    struct hass *hass =
        home("template:\n"
             "  - triggers: {trigger: event, event_type: measured}\n"
             "    unique_id: block\n"
             "    sensor:\n"
             "      - name: Power\n"
             "        unique_id: power\n"
             "        state: \"{{ trigger.event.data.watts }}\"\n"
             "        attributes: {other: \"{{ states('sensor.other') }}\"}\n"
             "    binary_sensor: {name: Much, state: \"{{ trigger.event.data.watts > 100 }}\"}\n");

    ck_assert_str_eq(home_state(hass, "sensor.power"), "unknown");
    set(hass, "sensor.other", "1");
    ck_assert_str_eq(home_state(hass, "sensor.power"), "unknown");
    fire(hass, "measured", "{'watts': 250}");
    ck_assert_str_eq(home_state(hass, "sensor.power"), "250");
    ck_assert_str_eq(home_state(hass, "binary_sensor.much"), "on");
    assert_attribute(hass, "sensor.power", "other", "1");
    set(hass, "sensor.other", "2");
    assert_attribute(hass, "sensor.power", "other", "1");
    const struct hass_entity_entry *row = hass_entity_registry_async_get(hass, "sensor.power");
    ck_assert_ptr_nonnull(row);
    ck_assert_str_eq(row->unique_id, "block-power");
}
END_TEST

START_TEST(conditions_variables_and_actions_come_first)
{
    hass__assert_loop();
    struct hass *hass =
        home("template:\n"
             "  - trigger: {platform: event, event_type: go}\n"
             "    variables: {twice: \"{{ trigger.event.data.n * 2 }}\"}\n"
             "    condition: \"{{ twice > 4 }}\"\n"
             "    action:\n"
             "      - variables: {thrice: \"{{ twice / 2 * 3 }}\"}\n"
             "      - " REC(
                 "act", ", n: '{{ thrice }}'") "\n"
                                               "    sensor: {name: S, state: \"{{ thrice }}\"}\n");

    fire(hass, "go", "{'n': 2}");
    ck_assert_str_eq(home_state(hass, "sensor.s"), "unknown");
    fire(hass, "go", "{'n': 3}");
    ck_assert_str_eq(home_state(hass, "sensor.s"), "9.0");
    ck_assert_json(calls, "[{'name': 'act', 'n': 9.0}]");
}
END_TEST

START_TEST(one_that_fails_is_unavailable_until_the_next_time)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass *hass = home("template:\n"
                             "  - triggers: {trigger: event, event_type: go}\n"
                             "    sensor:\n"
                             "      - {name: Bad, state: \"{{ 6 / trigger.event.data.n }}\"}\n"
                             "      - {name: Good, state: \"{{ trigger.event.data.n }}\"}\n");

    fire(hass, "go", "{'n': 0}");
    ck_assert_str_eq(home_state(hass, "sensor.bad"), "unavailable");
    ck_assert_str_eq(home_state(hass, "sensor.good"), "0");
    ck_assert_ptr_nonnull(logs_find(logs, "sensor.bad: the template of 'state' failed"));
    fire(hass, "go", "{'n': 2}");
    ck_assert_str_eq(home_state(hass, "sensor.bad"), "3.0");
}
END_TEST

START_TEST(this_is_what_it_was_and_the_context_is_that_of_the_trigger)
{
    hass__assert_loop();
    struct hass *hass =
        home("template:\n"
             "  - triggers: {trigger: state, entity_id: sensor.a}\n"
             "    sensor: {name: Changes, state: \"{{ this.state | int(0) + 1 }}\"}\n");

    set(hass, "sensor.a", "1");
    set(hass, "sensor.a", "2");
    ck_assert_str_eq(home_state(hass, "sensor.changes"), "2");
    ck_assert(hass_context_equal(hass_state_context(hass_states_async_get(hass, "sensor.changes")),
                                 hass_state_context(hass_states_async_get(hass, "sensor.a"))));
}
END_TEST

START_TEST(it_is_off_by_itself_after_auto_off)
{
    hass__assert_loop();
    struct hass *hass = home("template:\n"
                             "  - triggers: {trigger: event, event_type: go}\n"
                             "    binary_sensor: {name: Seen, state: true, auto_off: 5}\n");

    fire(hass, "go", "{}");
    ck_assert_str_eq(home_state(hass, "binary_sensor.seen"), "on");
    test_advance(hass, 4);
    fire(hass, "go", "{}");
    test_advance(hass, 4);
    ck_assert_str_eq(home_state(hass, "binary_sensor.seen"), "on");
    test_advance(hass, 2);
    ck_assert_str_eq(home_state(hass, "binary_sensor.seen"), "off");
}
END_TEST

START_TEST(it_is_after_a_restart_what_it_was)
{
    hass__assert_loop();
    test_file(".storage/core.restore_state",
              "{\"version\":1,\"minor_version\":1,\"key\":\"core.restore_state\",\"data\":[{"
              "\"state\":{\"entity_id\":\"sensor.s\",\"state\":\"7\",\"attributes\":{\"of\":\"x\"},"
              "\"last_changed\":\"2024-01-01T00:00:00+00:00\","
              "\"last_updated\":\"2024-01-01T00:00:00+00:00\",\"context\":{"
              "\"id\":\"01HK1000000000000000000000\",\"parent_id\":null,\"user_id\":null}},"
              "\"extra_data\":null,\"last_seen\":\"2024-01-01T00:00:00+00:00\"}]}");
    struct hass *hass = home("template:\n"
                             "  - triggers: {trigger: event, event_type: go}\n"
                             "    sensor:\n"
                             "      name: S\n"
                             "      state: 1\n"
                             "      attributes: {of: y}\n");

    ck_assert_str_eq(home_state(hass, "sensor.s"), "7");
    assert_attribute(hass, "sensor.s", "of", "'x'");
    fire(hass, "go", "{}");
    ck_assert_str_eq(home_state(hass, "sensor.s"), "1");
    assert_attribute(hass, "sensor.s", "of", "'y'");
}
END_TEST

START_TEST(a_trigger_of_the_start_fires_when_the_home_starts)
{
    hass__assert_loop();
    struct hass *hass = home("template:\n"
                             "  - triggers: {trigger: homeassistant, event: start}\n"
                             "    sensor: {name: S, state: \"{{ trigger.event }}\"}\n");

    ck_assert_str_eq(home_state(hass, "sensor.s"), "start");
}
END_TEST

#define BLOCK(type, state)                                                                         \
    "  - triggers: {trigger: event, event_type: " type "}\n"                                       \
    "    actions: " REC(type, "") "\n"                                                             \
                                  "    sensor: {name: " type ", state: " state "}\n"

START_TEST(a_reload_leaves_blocks_that_have_not_changed)
{
    hass__assert_loop();
    struct hass *hass =
        home("template:\n" BLOCK("same", "1") BLOCK("other", "1") BLOCK("gone", "1"));

    fire(hass, "same", "{}");
    fire(hass, "other", "{}");
    test_file("configuration.yaml", "template:\n" BLOCK("same", "1") BLOCK("other", "2"));
    ck_assert_int_eq(home_call(hass, "template", "reload", "{}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "sensor.same"), "1");
    ck_assert_str_eq(home_state(hass, "sensor.gone"), "(none)");
    fire(hass, "gone", "{}");
    fire(hass, "other", "{}");
    ck_assert_str_eq(home_state(hass, "sensor.other"), "2");
    ck_assert_str_eq(home_state(hass, "sensor.gone"), "(none)");
    ck_assert_json(calls, "[{'name':'same'},{'name':'other'},{'name':'other'}]");
}
END_TEST

/* blocks that are refused, and what is said */
static const struct {
    const char *keys, *said;
} refused[] = {
    { "triggers: [{trigger: nonsense_event}]", "nonsense_event" },
    { "triggers: [{trigger: event}]", "event_type" },
    { "triggers: [{trigger: event, event_type: a}]\n    trigger: [{platform: event, event_type: "
      "a}]",
      "trigger" },
    { "triggers: [{trigger: event, event_type: a}]\n    actions: [{nothing: 1}]",
      "says what it does" },
    { "triggers: [{trigger: event, event_type: a}]\n    conditions: \"{{ 1 + }}\"",
      "TemplateSyntaxError" },
    { "actions: [{delay: 1}]", "is for blocks with triggers" },
    { "variables: {a: 1}", "is for blocks with triggers" },
};

START_TEST(a_bad_block_is_named_and_the_others_go_on)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    autofree char *yaml = mem_printf("template:\n  - sensor: {name: Bad, state: 1}\n    %s\n"
                                     "  - sensor: {name: Good, state: 1}\n",
                                     refused[_i].keys);
    struct hass *hass = home(yaml);

    ck_assert_str_eq(home_state(hass, "sensor.good"), "1");
    ck_assert_str_ne(home_state(hass, "sensor.bad"), "1");
    ck_assert_ptr_nonnull(logs_find(logs, refused[_i].said));
}
END_TEST

CASES_MAIN("template blocks with triggers",
           ONCE(entities_are_rendered_when_a_trigger_fires_and_not_before),
           ONCE(conditions_variables_and_actions_come_first),
           ONCE(one_that_fails_is_unavailable_until_the_next_time),
           ONCE(this_is_what_it_was_and_the_context_is_that_of_the_trigger),
           ONCE(it_is_off_by_itself_after_auto_off), ONCE(it_is_after_a_restart_what_it_was),
           ONCE(a_trigger_of_the_start_fires_when_the_home_starts),
           ONCE(a_reload_leaves_blocks_that_have_not_changed),
           ROWS(a_bad_block_is_named_and_the_others_go_on, refused))
