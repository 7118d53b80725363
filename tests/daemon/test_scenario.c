/* SPDX-License-Identifier: Apache-2.0 */
/* The logic of a home on virtual time, without its devices. */
#include <dirent.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <hass/states.h>

#include "daemon/scenario.h"
#include "support/test.h"

static struct scratch scratch;
static struct hass_buf seen_text;
static struct hass_buf states_text;
static const char *asked_states[4];

static void open_home(const char *yaml)
{
    static const char *plugin_dirs[] = { TEST_BUILD "/integrations", NULL };
    struct args args = { .config_dir = test_dir() };
    struct hass_error err = HASS_ERROR_INIT;

    test_file("configuration.yaml", yaml);
    ck_assert_msg(scratch_open(&args, true, &scratch, &err) == 0, "%s", err.message);
    scratch.options.plugin_dirs = plugin_dirs;
}

/* A line for each call, run, stop, event and message; changes are the devices' own. */
static void note(struct hass *hass, const struct scenario_seen *seen, void *userdata)
{
    static const char *const kinds[] = { "change", "event", "run", "stop", "call", "log" };
    autobuf data = HASS_BUF_INIT;

    if (seen->kind == SEEN_CHANGE)
        return;
    if (seen->data && (seen->kind == SEEN_CALL || seen->kind == SEEN_EVENT))
        hass_json_write(seen->data, &data);
    hass_buf_printf(&seen_text, "%s%s %s%s%s%s%s%s\n", seen->asked ? "asked " : "",
                    kinds[seen->kind], seen->name ? seen->name : "", data.length ? " " : "",
                    hass_buf_string(&data), seen->text ? " | " : "", seen->text ? seen->text : "",
                    seen->run && seen->kind == SEEN_CALL ? " *" : "");
}

static HASS_CALLBACK void look(struct hass *hass, void *userdata)
{
    for (size_t i = 0; i < 4 && asked_states[i]; i++) {
        const struct hass_state *state = hass_states_async_get(hass, asked_states[i]);
        hass_buf_printf(&states_text, "%s%s", i ? " " : "", state ? hass_state_state(state) : "-");
    }
}

static const char *states_path; /* of the home that runs; or NULL */

static int run(const char *given_json, const char *list_json, const char *responses_json)
{
    struct scenario_span span = { 0 };
    struct scenario_items given = { 0 }, items = { 0 };
    autobuf report = HASS_BUF_INIT;
    struct hass_error err = HASS_ERROR_INIT;
    autojson *given_value = test_json(given_json);
    autojson *list = test_json(list_json);
    autojson *responses = responses_json ? test_json(responses_json) : NULL;

    ck_assert_int_eq(scratch_zone(&scratch, &span.zone, &err), 0);
    ck_assert_int_eq(hass_dt_parse("2024-06-03T12:00:00", span.zone, &span.from, NULL), 0);
    span.to = span.from + 3600 * HASS_USEC_PER_SEC;
    struct scenario_reader reader = {
        .report = &report, .span = &span, .base = span.from, .name = "test"
    };
    scenario_read_given(&reader, "", given_value, &given);
    scenario_read_list(&reader, "", list, &items);
    if (states_path)
        ck_assert_int_eq(scenario_read_states_file(states_path, &span, &given, &report, &err), 0);
    ck_assert_int_eq(scratch_move(&scratch, &given, span.from, &err), 0);
    ck_assert_str_eq(hass_buf_string(&report), "");
    const struct scenario scenario = {
        .options = scratch.options,
        .from = span.from,
        .to = span.to,
        .given = &given,
        .items = &items,
        .responses = responses,
        .seen = note,
        .ended = look,
    };
    int r = scenario_run(&scenario, &err);
    ck_assert_msg(r == 0, "%s", err.message);
    scenario_items_fini(&given);
    scenario_items_fini(&items);
    hass_zone_unref(span.zone);
    return r;
}

static void expect(const char *wanted)
{
    ck_assert_str_eq(hass_buf_string(&seen_text), wanted);
}

static void expect_states(const char *wanted)
{
    ck_assert_str_eq(hass_buf_string(&states_text), wanted);
}

static void close_home(void)
{
    scratch_close(&scratch);
    hass_buf_fini(&seen_text);
    hass_buf_fini(&states_text);
}

#define HALL                                                                                       \
    "automation:\n"                                                                                \
    "  - alias: Hall\n"                                                                            \
    "    triggers: {trigger: state, entity_id: binary_sensor.hall, to: 'on'}\n"                    \
    "    conditions: {condition: state, entity_id: sun.sun, state: below_horizon}\n"               \
    "    actions:\n"                                                                               \
    "      - {action: light.turn_on, target: {entity_id: light.hall}}\n"                           \
    "      - delay: '00:10:00'\n"                                                                  \
    "      - {action: light.turn_off, target: {entity_id: light.hall}}\n"

START_TEST(what_an_automation_calls_is_seen_and_assumed_to_work)
{
    open_home(HALL);
    asked_states[0] = "light.hall";
    run("{'sun.sun': 'below_horizon', 'binary_sensor.hall': 'off'}",
        "[{'after': 60, 'binary_sensor.hall': 'on'}]", NULL);
    expect("run automation.hall | state of binary_sensor.hall\n"
           "call light.turn_on {\"entity_id\":[\"light.hall\"]} *\n"
           "call light.turn_off {\"entity_id\":[\"light.hall\"]} *\n");
    expect_states("off");
    close_home();
}
END_TEST

START_TEST(what_kept_an_automation_from_running_is_seen)
{
    open_home(HALL);
    run("{'sun.sun': 'above_horizon', 'binary_sensor.hall': 'off'}",
        "[{'binary_sensor.hall': 'on'}]", NULL);
    expect("stop automation.hall | failed_conditions\n");
    close_home();
}
END_TEST

START_TEST(what_is_given_sets_nothing_off)
{
    open_home(HALL);
    run("{'sun.sun': 'below_horizon', 'binary_sensor.hall': 'on'}", "[]", NULL);
    expect("");
    close_home();
}
END_TEST

START_TEST(the_sun_is_where_the_scenario_says)
{
    open_home("homeassistant: {latitude: 52, longitude: 13}\nsun:\n" HALL);
    asked_states[0] = "sun.sun";
    run("{'sun.sun': 'below_horizon', 'binary_sensor.hall': 'off'}",
        "[{'after': 1800, 'binary_sensor.hall': 'on'}]", NULL);
    expect_states("below_horizon");
    ck_assert_ptr_nonnull(strstr(hass_buf_string(&seen_text), "call light.turn_on"));
    close_home();
}
END_TEST

START_TEST(helpers_go_on_from_what_is_given)
{
    open_home("input_boolean:\n  guests:\n"
              "input_number:\n  level: {min: 0, max: 10}\n"
              "input_datetime:\n  wake: {has_time: true}\n"
              "timer:\n  tea: {duration: '00:03:00'}\n"
              "automation:\n"
              "  - alias: Tea\n"
              "    triggers: {trigger: event, event_type: timer.finished}\n"
              "    actions: {action: input_boolean.toggle, target: {entity_id: "
              "input_boolean.guests}}\n");
    asked_states[0] = "input_boolean.guests";
    asked_states[1] = "input_number.level";
    asked_states[2] = "input_datetime.wake";
    asked_states[3] = "timer.tea";
    run("{'input_boolean.guests': 'on', 'input_number.level': '4', 'input_datetime.wake': "
        "'07:15:00'}",
        "[{'after': 5, 'timer.tea': 'active'}]", NULL);
    expect_states("off 4.0 07:15:00 idle");
    expect("run automation.tea | event 'timer.finished'\n"
           "call input_boolean.toggle {\"entity_id\":[\"input_boolean.guests\"]} *\n");
    close_home();
}
END_TEST

START_TEST(a_call_of_the_scenario_is_told_as_asked)
{
    open_home(HALL);
    asked_states[0] = "light.x";
    run("{}", "[{'action': 'light.turn_on', 'target': {'entity_id': 'light.x'}}]", NULL);
    expect("asked call light.turn_on {\"entity_id\":\"light.x\"}\n");
    expect_states("on");
    close_home();
}
END_TEST

START_TEST(a_mistake_in_a_services_name_is_one_here_too)
{
    open_home("script:\n  a:\n    sequence: [{action: script.b}]\n");
    run("{}", "[{'action': 'script.a'}]", NULL);
    ck_assert_ptr_nonnull(strstr(hass_buf_string(&seen_text), "service_not_found")
                              ?: strstr(hass_buf_string(&seen_text), "script.b not found"));
    close_home();
}
END_TEST

START_TEST(a_template_entity_gets_its_part_of_a_call)
{
    open_home("template:\n"
              "  - switch:\n"
              "      - name: Fan\n"
              "        state: \"{{ is_state('switch.motor', 'on') }}\"\n"
              "        turn_on: {action: switch.turn_on, target: {entity_id: switch.motor}}\n"
              "        turn_off: {action: switch.turn_off, target: {entity_id: switch.motor}}\n");
    asked_states[0] = "switch.fan";
    asked_states[1] = "switch.motor";
    asked_states[2] = "switch.other";
    run("{'switch.motor': 'off'}",
        "[{'after': 70, 'action': 'switch.turn_on', 'target': {'entity_id': ['switch.fan', "
        "'switch.other']}}]",
        NULL);
    expect_states("on on on");
    close_home();
}
END_TEST

START_TEST(turning_on_things_of_all_kinds_is_one_call)
{
    open_home("input_boolean:\n  guests:\n");
    asked_states[0] = "input_boolean.guests";
    asked_states[1] = "light.x";
    run("{}",
        "[{'action': 'homeassistant.turn_on', 'target': {'entity_id': ['input_boolean.guests', "
        "'light.x']}}]",
        NULL);
    expect("asked call homeassistant.turn_on "
           "{\"entity_id\":[\"input_boolean.guests\",\"light.x\"]}\n");
    expect_states("on on");
    close_home();
}
END_TEST

START_TEST(nothing_restarts_or_reloads)
{
    open_home(HALL);
    run("{}",
        "[{'action': 'homeassistant.restart'}, {'action': 'homeassistant.reload_all'},"
        " {'action': 'automation.reload'}, {'after': 60, 'event': 'still_here'}]",
        NULL);
    expect("asked call homeassistant.restart {}\n"
           "asked call homeassistant.reload_all {}\n"
           "asked call automation.reload {}\n"
           "asked event still_here\n");
    close_home();
}
END_TEST

START_TEST(a_service_answers_what_the_scenario_says)
{
    open_home("script:\n"
              "  ask:\n"
              "    sequence:\n"
              "      - {action: weather.get_forecasts, response_variable: answer}\n"
              "      - {event: heard, event_data: {rain: \"{{ answer.rain }}\"}}\n");
    run("{}", "[{'action': 'script.ask'}]", "{'weather.get_forecasts': {'rain': 5}}");
    ck_assert_ptr_nonnull(strstr(hass_buf_string(&seen_text), "event heard {\"rain\":5}"));
    close_home();
}
END_TEST

START_TEST(time_passes_up_to_the_end)
{
    open_home("automation:\n"
              "  - alias: Early\n"
              "    triggers: {trigger: time, at: '12:00:00'}\n"
              "    actions: [{event: early}]\n"
              "  - alias: Last\n"
              "    triggers: {trigger: time, at: '13:00:00'}\n"
              "    actions: [{event: last}]\n"
              "  - alias: Late\n"
              "    triggers: {trigger: time, at: '13:00:01'}\n"
              "    actions: [{event: late}]\n");
    run("{}", "[]", NULL);
    expect("run automation.early | time\nevent early {}\n"
           "run automation.last | time\nevent last {}\n");
    close_home();
}
END_TEST

START_TEST(several_run_one_after_the_other)
{
    open_home(HALL);
    for (int i = 0; i < 3; i++) {
        hass_buf_clear(&seen_text);
        run("{'sun.sun': 'above_horizon', 'binary_sensor.hall': 'off'}",
            "[{'binary_sensor.hall': 'on'}]", NULL);
        expect("stop automation.hall | failed_conditions\n");
    }
    close_home();
}
END_TEST

START_TEST(helpers_made_at_run_time_are_there_and_nothing_is_written)
{
    autofree char *before = NULL;
    const char *stored = "{\"version\": 1, \"minor_version\": 1, \"key\": \"input_boolean\", "
                         "\"data\": {\"items\": [{\"id\": \"away\", \"name\": \"Away\"}]}}";

    test_file(".storage/input_boolean", stored);
    open_home("input_boolean:\n");
    before = strdup(scratch.folder);
    asked_states[0] = "input_boolean.away";
    run("{'input_boolean.away': 'on'}", "[{'after': 3500, 'event': 'x'}]", NULL);
    expect_states("on");
    close_home();
    ck_assert_int_ne(access(before, F_OK), 0);
    autofree char *path = NULL;
    ck_assert_int_gt(asprintf(&path, "%s/.storage/input_boolean", test_dir()), 0);
    autofree char *after = test_read_file(path);
    ck_assert_str_eq(after, stored);
    autofree char *socket = NULL;
    ck_assert_int_gt(asprintf(&socket, "%s/.hassd.sock", test_dir()), 0);
    ck_assert_int_ne(access(socket, F_OK), 0);
}
END_TEST

/* the home that runs hands its states over, at noon */

#define NOW "'last_changed': '2026-01-01T10:00:00+00:00'"

static void at_home(const char *json)
{
    autojson *states = test_json(json);
    autobuf text = HASS_BUF_INIT;

    hass_json_write(states, &text);
    states_path = test_file("states.json", hass_buf_string(&text));
}

START_TEST(devices_begin_as_they_are_at_home)
{
    open_home(
        "automation:\n"
        "  - alias: Long on\n"
        "    triggers: {trigger: event, event_type: ask}\n"
        "    conditions: {condition: state, entity_id: light.a, state: 'on', for: '01:00:00'}\n"
        "    actions: [{event: long}]\n");
    at_home("[{'entity_id': 'light.a', 'state': 'on', 'last_changed': '2026-01-01T08:00:00+00:00'},"
            " {'entity_id': 'sensor.b', 'state': '7', " NOW "}]");
    asked_states[0] = "light.a";
    asked_states[1] = "sensor.b";
    run("{}", "[{'event': 'ask'}]", NULL);
    expect_states("on 7");
    ck_assert_ptr_nonnull(strstr(hass_buf_string(&seen_text), "event long"));
    close_home();
}
END_TEST

START_TEST(what_a_home_computes_itself_is_not_handed_over)
{
    open_home("homeassistant: {latitude: 52, longitude: 13}\n"
              "sun:\n"
              "template:\n"
              "  - sensor:\n"
              "      - {name: Twice, state: \"{{ states('sensor.b') | int(0) * 2 }}\"}\n"
              "person:\n"
              "  - {id: ada, name: Ada, device_trackers: [device_tracker.phone]}\n");
    at_home("[{'entity_id': 'sun.sun', 'state': 'below_horizon', " NOW "},"
            " {'entity_id': 'sensor.twice', 'state': '99', " NOW "},"
            " {'entity_id': 'sensor.b', 'state': '4', " NOW "},"
            " {'entity_id': 'person.ada', 'state': 'work', " NOW "},"
            " {'entity_id': 'device_tracker.phone', 'state': 'home', 'attributes': {'source_type': "
            "'router'}, " NOW "}]");
    asked_states[0] = "sun.sun";
    asked_states[1] = "sensor.twice";
    asked_states[2] = "person.ada";
    run("{}", "[{'after': 60, 'device_tracker.phone': 'not_home'}]", NULL);
    expect_states("above_horizon 8 not_home");
    close_home();
}
END_TEST

START_TEST(helpers_and_automations_begin_as_they_are_at_home)
{
    open_home("input_boolean:\n  guests: {initial: false}\n"
              "input_button:\n  bell:\n"
              "automation:\n"
              "  - alias: Bell\n"
              "    triggers: {trigger: state, entity_id: input_button.bell}\n"
              "    actions: [{event: rang}]\n"
              "  - alias: Quiet\n"
              "    triggers: {trigger: event, event_type: ask}\n"
              "    actions: [{event: answer}]\n");
    at_home("[{'entity_id': 'input_boolean.guests', 'state': 'on', " NOW "},"
            " {'entity_id': 'input_button.bell', 'state': '2026-01-01T09:00:00+00:00', " NOW "},"
            " {'entity_id': 'automation.quiet', 'state': 'off', " NOW "}]");
    asked_states[0] = "input_boolean.guests";
    asked_states[1] = "input_button.bell";
    run("{}", "[{'event': 'ask'}]", NULL);
    expect_states("on 2026-01-01T09:00:00+00:00");
    expect("asked event ask\n");
    close_home();
}
END_TEST

START_TEST(a_button_can_be_pressed_though_its_state_was_handed_over)
{
    open_home("input_button:\n  bell:\n"
              "automation:\n"
              "  - alias: Bell\n"
              "    triggers: {trigger: state, entity_id: input_button.bell}\n"
              "    actions: [{event: rang}]\n");
    at_home("[{'entity_id': 'input_button.bell', 'state': '2026-01-01T09:00:00+00:00', " NOW "}]");
    run("{}",
        "[{'after': 5, 'action': 'input_button.press', 'target': {'entity_id': "
        "'input_button.bell'}}]",
        NULL);
    ck_assert_ptr_nonnull(strstr(hass_buf_string(&seen_text), "event rang"));
    close_home();
}
END_TEST

START_TEST(timers_have_left_what_they_have_left_at_home)
{
    open_home("timer:\n"
              "  tea: {duration: '00:30:00'}\n"
              "  egg: {duration: '00:30:00'}\n"
              "  old: {duration: '00:30:00'}\n"
              "automation:\n"
              "  - alias: Done\n"
              "    triggers: {trigger: event, event_type: timer.finished}\n"
              "    actions: [{event: done, event_data: {at: \"{{ now().strftime('%H:%M') }} {{ "
              "trigger.event.data.entity_id }}\"}}]\n");
    at_home("[{'entity_id': 'timer.tea', 'state': 'active', 'attributes': {'duration': '0:30:00', "
            "'finishes_at': '2026-01-01T10:05:00+00:00'}, " NOW "},"
            " {'entity_id': 'timer.egg', 'state': 'paused', 'attributes': {'duration': '0:30:00', "
            "'remaining': '0:10:00'}, " NOW "},"
            " {'entity_id': 'timer.old', 'state': 'active', 'attributes': {'duration': '0:30:00', "
            "'finishes_at': '2026-01-01T09:00:00+00:00'}, " NOW "}]");
    asked_states[0] = "timer.tea";
    asked_states[1] = "timer.egg";
    asked_states[2] = "timer.old";
    run("{}", "[{'after': 1200, 'action': 'timer.start', 'target': {'entity_id': 'timer.egg'}}]",
        NULL);
    expect_states("idle idle idle");
    expect("run automation.done | event 'timer.finished'\n"
           "event done {\"at\":\"12:05 timer.tea\"}\n"
           "asked call timer.start {\"entity_id\":\"timer.egg\"}\n"
           "run automation.done | event 'timer.finished'\n"
           "event done {\"at\":\"12:30 timer.egg\"}\n");
    close_home();
}
END_TEST

#define COOLED                                                                                     \
    "automation:\n"                                                                                \
    "  - id: cooled\n"                                                                             \
    "    alias: Cooled\n"                                                                          \
    "    triggers: {trigger: event, event_type: ask}\n"                                            \
    "    conditions: \"{{ now() - this.attributes.last_triggered > timedelta(hours=1) }}\"\n"      \
    "    actions: [{event: answer}]\n"

START_TEST(an_automation_has_run_as_long_ago_as_at_home)
{
    open_home(COOLED);
    at_home("[{'entity_id': 'automation.cooled', 'state': 'on', 'attributes': {'id': 'cooled', "
            "'last_triggered': '2026-01-01T09:30:00+00:00'}, " NOW "}]");
    run("{}", "[{'event': 'ask'}, {'after': 1860, 'event': 'ask'}]", NULL);
    expect("asked event ask\n"
           "stop automation.cooled | failed_conditions\n"
           "asked event ask\n"
           "run automation.cooled | event 'ask'\n"
           "event answer {}\n");
    close_home();
}
END_TEST

/* What is kept of it is older, or newer, than the beginning by years. */
START_TEST(what_was_kept_of_an_automation_is_moved_to_the_beginning)
{
    test_file(
        ".storage/core.restore_state",
        "{\"version\": 1, \"minor_version\": 1, \"key\": \"core.restore_state\", \"data\": ["
        "{\"state\": {\"entity_id\": \"automation.cooled\", \"state\": \"on\", \"attributes\": "
        "{\"last_triggered\": \"2026-01-01T09:30:00+00:00\"}, \"context\": {\"id\": \"x\"}, "
        "\"last_changed\": \"2026-01-01T09:30:00+00:00\", \"last_updated\": "
        "\"2026-01-01T09:30:00+00:00\"}, \"extra_data\": null, \"last_seen\": "
        "\"2026-01-01T10:00:00+00:00\"}]}");
    open_home(COOLED);
    run("{}", "[{'event': 'ask'}, {'after': 1860, 'event': 'ask'}]", NULL);
    ck_assert_ptr_nonnull(strstr(hass_buf_string(&seen_text), "stop automation.cooled"));
    ck_assert_ptr_nonnull(strstr(hass_buf_string(&seen_text), "event answer"));
    close_home();
}
END_TEST

START_TEST(what_is_no_longer_in_the_configuration_is_not_handed_over)
{
    open_home("automation: []\n");
    at_home("[{'entity_id': 'automation.old', 'state': 'on', " NOW "},"
            " {'entity_id': 'input_boolean.old', 'state': 'on', " NOW "},"
            " {'entity_id': 'scene.of_a_lamp', 'state': 'unknown', " NOW "}]");
    asked_states[0] = "automation.old";
    asked_states[1] = "input_boolean.old";
    asked_states[2] = "scene.of_a_lamp";
    run("{}", "[]", NULL);
    expect_states("- - unknown");
    close_home();
}
END_TEST

/* As the daemon that runs on the same folder has it. */
static int listen_in_home(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s/.hassd.sock", test_dir());
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(listen(fd, 1), 0);
    return fd;
}

START_TEST(a_daemon_that_runs_on_the_same_folder_is_not_in_the_way)
{
    open_home(HALL);
    autoclose int fd = listen_in_home();
    run("{'sun.sun': 'below_horizon', 'binary_sensor.hall': 'off'}",
        "[{'after': 3300, 'binary_sensor.hall': 'on'}]", NULL);
    expect("run automation.hall | state of binary_sensor.hall\n"
           "call light.turn_on {\"entity_id\":[\"light.hall\"]} *\n");
    ck_assert_int_ge(fd, 0);
    close_home();
}
END_TEST

TEST_MAIN("scenarios", what_an_automation_calls_is_seen_and_assumed_to_work,
          what_kept_an_automation_from_running_is_seen, what_is_given_sets_nothing_off,
          the_sun_is_where_the_scenario_says, helpers_go_on_from_what_is_given,
          a_call_of_the_scenario_is_told_as_asked, a_mistake_in_a_services_name_is_one_here_too,
          a_template_entity_gets_its_part_of_a_call, turning_on_things_of_all_kinds_is_one_call,
          nothing_restarts_or_reloads, a_service_answers_what_the_scenario_says,
          time_passes_up_to_the_end, several_run_one_after_the_other,
          helpers_made_at_run_time_are_there_and_nothing_is_written,
          devices_begin_as_they_are_at_home, what_a_home_computes_itself_is_not_handed_over,
          helpers_and_automations_begin_as_they_are_at_home,
          a_button_can_be_pressed_though_its_state_was_handed_over,
          timers_have_left_what_they_have_left_at_home,
          an_automation_has_run_as_long_ago_as_at_home,
          what_was_kept_of_an_automation_is_moved_to_the_beginning,
          what_is_no_longer_in_the_configuration_is_not_handed_over,
          a_daemon_that_runs_on_the_same_folder_is_not_in_the_way)
