/* SPDX-License-Identifier: Apache-2.0 */
/* Automations as a home has them: set off, refused, turned on and off, reloaded, wrong. Virtual time begins on 1 January 2024, 00:00. */
#include <string.h>

#include <hass/issue_registry.h>
#include <hass/trace.h>

#include "support/client.h"
#include "support/items.h"

#define GO                                                                                         \
    "  - id: go\n    alias: Go\n    triggers: {trigger: event, event_type: go}\n"                  \
    "    actions: {event: done, event_data: {n: '{{ trigger.event.data.n }}'}}\n"

static HASS_CALLBACK void fire(struct hass *hass, const char *type, const char *data)
{
    ck_assert_int_eq(hass_bus_async_fire(hass, type, data ? test_json(data) : NULL, NULL, NULL), 0);
    test_settle(hass);
}

static HASS_CALLBACK void reload(struct hass *hass, const char *yaml, const char *data)
{
    struct hass_error err = HASS_ERROR_INIT;

    loader_configure(yaml);
    ck_assert_msg(home_call(hass, "automation", "reload", data, &err) == 0, "%s", err.message);
}

/* running */

START_TEST(a_trigger_runs_the_actions)
{
    hass__assert_loop();
    struct hass *hass = test_home("automation:\n" GO);
    struct capture *done = test_capture(hass, "done");
    struct capture *told = test_capture(hass, "automation_triggered");

    items_check_attributes(hass, "automation.go",
                           "{'id':'go','last_triggered':null,'mode':'single','current':0,"
                           "'friendly_name':'Go'}");
    test_advance(hass, 60);
    fire(hass, "go", "{'n':5}");
    ck_assert_uint_eq(capture_count(done), 1);
    ck_assert_json(hass_event_data(capture_event(done, 0)), "{'n':5}");
    const json_t *data = hass_event_data(capture_event(told, 0));
    ck_assert_str_eq(hass_json_get_string(data, "name", ""), "Go");
    ck_assert_str_eq(hass_json_get_string(data, "entity_id", ""), "automation.go");
    ck_assert_str_eq(hass_json_get_string(data, "source", ""), "event 'go'");
    autojson *last = home_attribute(hass, "automation.go", "last_triggered");
    ck_assert_str_eq(json_string_value(last), "2024-01-01T00:01:00+00:00");
}
END_TEST

static HASS_CALLBACK bool is_of_go(const struct hass_event *event, void *userdata)
{
    if (strcmp(hass_event_entity_id(event), "automation.go") == 0)
        ++*(unsigned *)userdata;
    return false;
}

static HASS_CALLBACK int ignore(const struct hass_event *event, void *userdata,
                                struct hass_error *err)
{
    return 0;
}

START_TEST(a_run_writes_the_entity_when_it_begins_and_when_it_ends)
{
    hass__assert_loop();
    struct hass *hass = test_home("automation:\n" GO);
    unsigned changed = 0, reported = 0;

    (void)hass_bus_async_listen(hass, HASS_EVENT_STATE_CHANGED, is_of_go,
                                HASS_JOB_CALLBACK(ignore, &changed), NULL, NULL);
    (void)hass_bus_async_listen(hass, HASS_EVENT_STATE_REPORTED, is_of_go,
                                HASS_JOB_CALLBACK(ignore, &reported), NULL, NULL);
    fire(hass, "go", "{'n':5}");
    ck_assert_uint_eq(changed, 2);
    ck_assert_uint_eq(reported, 0);
}
END_TEST

START_TEST(sections_of_several_names_are_one_list)
{
    hass__assert_loop();
    test_file("automations.yaml", GO);
    struct hass *hass = test_home("automation: !include automations.yaml\n"
                                  "automation one:\n  alias: One\n  trigger: []\n  action: []\n"
                                  "automation two:\n  - {trigger: [], action: []}\n"
                                  "homeassistant:\n  packages:\n    p:\n      automation:\n"
                                  "        alias: Packed\n        triggers: []\n"
                                  "        actions: []\n");

    ck_assert_str_eq(home_state(hass, "automation.go"), "on");
    ck_assert_str_eq(home_state(hass, "automation.one"), "on");
    ck_assert_str_eq(home_state(hass, "automation.packed"), "on");
    ck_assert_uint_eq(hass_states_async_count(hass, "automation"), 4);
}
END_TEST

START_TEST(variables_see_the_trigger_and_those_before_them)
{
    hass__assert_loop();
    struct hass *hass = test_home(
        "automation:\n  - alias: V\n    trigger_variables: {a: go, b: 1}\n"
        "    variables: {b: '{{ trigger.event.data.n }}', c: '{{ b + 1 }}'}\n"
        "    triggers: {trigger: event, event_type: '{{ a }}'}\n"
        "    actions: {event: done, event_data: {v: '{{ [a, b, c, this.entity_id] }}'}}\n");
    struct capture *done = test_capture(hass, "done");

    fire(hass, "go", "{'n':5}");
    ck_assert_uint_eq(capture_count(done), 1);
    ck_assert_json(hass_event_data(capture_event(done, 0)), "{'v':['go',5,6,'automation.v']}");
    ck_assert_int_eq(home_call(hass, "automation", "trigger",
                               "{'entity_id':'automation.v','variables':{'b':7}}", NULL),
                     0);
    ck_assert_json(hass_event_data(capture_event(done, 1)), "{'v':['go',7,8,'automation.v']}");
}
END_TEST

START_TEST(the_time_of_the_last_run_is_a_time_to_templates)
{
    hass__assert_loop();
    struct hass *hass =
        test_home("automation:\n  - alias: T\n    triggers: {trigger: event, event_type: go}\n"
                  "    conditions: '{{ this.attributes.last_triggered is none or "
                  "(now() - this.attributes.last_triggered).total_seconds() > 60 }}'\n"
                  "    actions: {event: done, event_data: {s: '{{ (now() - "
                  "state_attr(this.entity_id, \"last_triggered\")).total_seconds() | int }}'}}\n");
    struct capture *done = test_capture(hass, "done");

    fire(hass, "go", NULL);
    test_advance(hass, 30);
    fire(hass, "go", NULL);
    ck_assert_uint_eq(capture_count(done), 1);
    test_advance(hass, 31);
    fire(hass, "go", NULL);
    ck_assert_uint_eq(capture_count(done), 2);
}
END_TEST

/* why not */

START_TEST(what_refuses_a_run_is_remembered)
{
    hass__assert_loop();
    struct hass *hass =
        test_home("automation:\n  - alias: A\n    triggers: {trigger: event, event_type: go}\n"
                  "    conditions:\n      - or: ['{{ trigger.event.data.n > 1 }}']\n"
                  "    actions: [{delay: 10}]\n");
    struct client *client = client_open(hass, NULL, true);

    fire(hass, "go", "{'n':1}");
    fire(hass, "go", "{'n':2}");
    fire(hass, "go", "{'n':3}");
    const json_t *answer =
        client_ask(client, "{'type':'hassd/automation/attempts','entity_id':'automation.a'}");
    const json_t *attempts = hass_json_get(hass_json_get(answer, "result"), "attempts");
    ck_assert_uint_eq(json_array_size(attempts), 2);
    const json_t *first = json_array_get(attempts, 0), *second = json_array_get(attempts, 1);
    ck_assert_str_eq(hass_json_get_string(first, "reason", ""), "failed_conditions");
    ck_assert_str_eq(hass_json_get_string(first, "path", ""), "condition/0/conditions/0");
    ck_assert_str_eq(hass_json_get_string(first, "trigger", ""), "event 'go'");
    ck_assert_str_eq(hass_json_get_string(second, "reason", ""), "failed_single");
    ck_assert_json(hass_json_get(second, "details"), "{'mode':'single','current':1,'max':1}");
}
END_TEST

START_TEST(a_run_that_fails_is_remembered_and_an_action_that_is_not_there_is_an_issue)
{
    hass__assert_loop();
    struct hass *hass =
        test_home("automation:\n  - alias: A\n    triggers: {trigger: event, event_type: go}\n"
                  "    actions: [{action: no.such}]\n");
    struct client *client = client_open(hass, NULL, true);

    fire(hass, "go", NULL);
    const json_t *answer =
        client_ask(client, "{'type':'hassd/automation/attempts','entity_id':'automation.a'}");
    const json_t *attempts = hass_json_get(hass_json_get(answer, "result"), "attempts");
    ck_assert_uint_eq(json_array_size(attempts), 1);
    ck_assert_str_eq(hass_json_get_string(json_array_get(attempts, 0), "reason", ""), "error");
    ck_assert_ptr_nonnull(
        hass_issue_async_get(hass, "automation", "automation.a_service_not_found"));
}
END_TEST

START_TEST(no_more_than_twenty_attempts_are_remembered)
{
    hass__assert_loop();
    struct hass *hass =
        test_home("automation:\n  - alias: A\n    triggers: {trigger: event, event_type: go}\n"
                  "    conditions: '{{ false }}'\n    actions: []\n");
    struct client *client = client_open(hass, NULL, true);

    for (int i = 0; i < 21; i++) {
        fire(hass, "go", NULL);
        test_advance(hass, 1);
    }
    const json_t *answer =
        client_ask(client, "{'type':'hassd/automation/attempts','entity_id':'automation.a'}");
    const json_t *attempts = hass_json_get(hass_json_get(answer, "result"), "attempts");
    ck_assert_uint_eq(json_array_size(attempts), 20);
    ck_assert_str_eq(hass_json_get_string(json_array_get(attempts, 0), "time", ""),
                     "2024-01-01T00:00:01+00:00");
}
END_TEST

/* on and off */

START_TEST(whether_it_is_on_survives_a_restart)
{
    hass__assert_loop();
    struct hass *hass =
        test_home("automation:\n" GO "  - id: never\n    alias: Never\n    initial_state: false\n"
                  "    triggers: []\n    actions: []\n");

    fire(hass, "go", NULL);
    ck_assert_int_eq(
        home_call(hass, "automation", "turn_off", "{'entity_id':'automation.go'}", NULL), 0);
    ck_assert_int_eq(
        home_call(hass, "automation", "turn_on", "{'entity_id':'automation.never'}", NULL), 0);
    hass = home_restart(hass, 60);
    ck_assert_str_eq(home_state(hass, "automation.go"), "off");
    ck_assert_str_eq(home_state(hass, "automation.never"), "off");
    autojson *last = home_attribute(hass, "automation.go", "last_triggered");
    ck_assert_str_eq(json_string_value(last), "2024-01-01T00:00:00+00:00");
    struct capture *done = test_capture(hass, "done");
    fire(hass, "go", NULL);
    ck_assert_uint_eq(capture_count(done), 0);
}
END_TEST

START_TEST(turning_off_stops_the_actions_unless_told_otherwise)
{
    hass__assert_loop();
    struct hass *hass =
        test_home("automation:\n  - alias: A\n    triggers: {trigger: event, event_type: go}\n"
                  "    actions: [{delay: 10}, {event: done}]\n");
    struct capture *done = test_capture(hass, "done");

    fire(hass, "go", NULL);
    ck_assert_int_eq(
        home_call(hass, "automation", "turn_off", "{'entity_id':'automation.a'}", NULL), 0);
    test_advance(hass, 20);
    ck_assert_uint_eq(capture_count(done), 0);
    ck_assert_int_eq(home_call(hass, "automation", "turn_on", "{'entity_id':'automation.a'}", NULL),
                     0);
    fire(hass, "go", NULL);
    ck_assert_int_eq(home_call(hass, "automation", "turn_off",
                               "{'entity_id':'automation.a','stop_actions':false}", NULL),
                     0);
    test_advance(hass, 20);
    ck_assert_uint_eq(capture_count(done), 1);
}
END_TEST

/* what is wrong */

static const struct {
    const char *item, *place, *said;
} wrong[] = {
    { "  - alias: W\n    triggers: []\n    actions: []\n    triger: 1\n",
      ":5:5:", "unknown key 'triger'" },
    { "  - alias: W\n    triggers: []\n", ":2:5:", "required key 'actions' is missing" },
    { "  - alias: W\n    trigger: []\n    triggers: []\n    actions: []\n", ":3:5:", "exclude" },
    { "  - alias: W\n    mode: sometimes\n    triggers: []\n    actions: []\n",
      ":3:11:", "single" },
    { "  - alias: W\n    mode: queued\n    max: 1\n    triggers: []\n    actions: []\n",
      ":4:10:", "2" },
    { "  - alias: W\n    triggers:\n      - trigger: state\n        entity_id: nodomain\n"
      "    actions: []\n",
      ":5:20:", "entity" },
    { "  - alias: W\n    trigger:\n      platform: state\n      entity_id: a.b\n      too: x\n"
      "    action: []\n",
      ":6:7:", "unknown key 'too'" },
    { "  - alias: W\n    triggers: []\n    conditions:\n      - condition: state\n"
      "        entity_id: a.b\n        state: 5\n    actions: []\n",
      ":7:16:", "" },
    { "  - alias: W\n    triggers: []\n    actions:\n      - delay: 1\n      - delay: soon\n",
      ":6:16:", "" },
    { "  - alias: W\n    triggers: []\n    actions:\n      - choose:\n"
      "          - conditions: '{{ true }}'\n            sequence:\n"
      "              - event: x\n                event_data:\n                  a: '{{ 1 + }}'\n",
      ":10:30:", "TemplateSyntaxError" },
    { "  - alias: W\n    triggers: {trigger: nosuch}\n    actions: []\n", ":3:", "nosuch" },
};

START_TEST(an_item_that_is_wrong_is_unavailable_and_the_log_points_to_the_place)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    autobuf yaml = HASS_BUF_INIT;

    hass_buf_printf(&yaml, "automation:\n%s" GO, wrong[_i].item);
    struct hass *hass = test_home(yaml.data);
    const char *line = logs_find(logs, "automation 'W' is unavailable");
    ck_assert_ptr_nonnull(line);
    ck_assert_msg(strstr(line, wrong[_i].place) && strstr(line, wrong[_i].said), "%s\nwanted %s %s",
                  line, wrong[_i].place, wrong[_i].said);
    ck_assert_str_eq(home_state(hass, "automation.w"), "unavailable");
    ck_assert_str_eq(home_state(hass, "automation.go"), "on");
    items_check_attributes(hass, "automation.w", "{'friendly_name':'W'}");
}
END_TEST

START_TEST(checking_the_folder_points_to_the_same_place)
{
    hass__assert_loop();
    struct hass_options options = loader_options();
    static const char *const folders[] = { TEST_BUILD "/integrations", NULL };
    autojson *report = NULL;
    autobuf yaml = HASS_BUF_INIT, text = HASS_BUF_INIT;

    hass_buf_printf(&yaml, "automation:\n%s" GO, wrong[_i].item);
    loader_configure(yaml.data);
    options.plugin_dirs = folders;
    ck_assert_int_eq(hass_check_config(&options, &report, &text, NULL), 1);
    ck_assert_uint_eq(json_array_size(hass_json_get(report, "diagnostics")), 1);
    ck_assert_msg(strstr(hass_buf_string(&text), wrong[_i].place) &&
                      strstr(hass_buf_string(&text), "^"),
                  "%s", hass_buf_string(&text));
}
END_TEST

/* In each list each item, and after a part that is wrong the next one. */
static const char many_wrong[] = "automation:\n"
                                 "  - alias: W\n"
                                 "    triggers:\n"
                                 "      - {trigger: state}\n"
                                 "      - {trigger: state, entity_id: a.b}\n"
                                 "      - {trigger: time, at: '25:00'}\n"
                                 "    conditions: '{{ x + }}'\n"
                                 "    actions:\n"
                                 "      - delay: soon\n"
                                 "      - delay: 1\n"
                                 "      - if: []\n"
                                 "        then: {action: nodot}\n"
                                 "script:\n"
                                 "  s:\n"
                                 "    sequence:\n"
                                 "      - delay: soon\n"
                                 "      - [{delay: 1}, {delay: later}]\n";
static const struct {
    int line;
    const char *path;
} mistakes[] = {
    { 4, "automation->0->triggers->0" },
    { 6, "automation->0->triggers->2->at" },
    { 7, "automation->0->conditions->value_template" },
    { 9, "automation->0->actions->0->delay" },
    { 12, "automation->0->actions->2->then->action" },
    { 16, "script->s->sequence->0->delay" },
    { 17, "script->s->sequence->1->1->delay" },
};

START_TEST(all_that_is_wrong_with_an_item_is_told)
{
    hass__assert_loop();
    struct hass_options options = loader_options();
    static const char *const folders[] = { TEST_BUILD "/integrations", NULL };
    autojson *report = NULL;
    size_t count = sizeof(mistakes) / sizeof(mistakes[0]);

    loader_configure(many_wrong);
    options.plugin_dirs = folders;
    ck_assert_int_eq(hass_check_config(&options, &report, NULL, NULL), 1);
    const json_t *told = hass_json_get(report, "diagnostics");
    ck_assert_uint_eq(json_array_size(told), count);
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(told, i);
        ck_assert_int_eq(hass_json_get_int(one, "line", 0), mistakes[i].line);
        ck_assert_str_eq(hass_json_get_string(one, "path", ""), mistakes[i].path);
    }
}
END_TEST

START_TEST(all_that_is_wrong_is_logged_when_it_is_read)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass *hass = test_home(many_wrong);

    ck_assert_str_eq(home_state(hass, "automation.w"), "unavailable");
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        char place[40];
        snprintf(place, sizeof(place), "configuration.yaml:%d:", mistakes[i].line);
        ck_assert_msg(logs_find(logs, place) != NULL, "%s", place);
    }
}
END_TEST

START_TEST(what_is_wrong_is_an_issue_until_it_is_mended)
{
    hass__assert_loop();
    struct hass *hass = test_home("automation:\n  - id: w\n    alias: W\n    triggers: []\n");
    const char *id = "automation.w_validation_failed_schema";

    ck_assert_ptr_nonnull(hass_issue_async_get(hass, "automation", id));
    items_check_attributes(hass, "automation.w", "{'id':'w','friendly_name':'W'}");
    reload(hass, "automation:\n  - id: w\n    alias: W\n    triggers: []\n    actions: []\n", "{}");
    ck_assert_ptr_null(hass_issue_async_get(hass, "automation", id));
    ck_assert_str_eq(home_state(hass, "automation.w"), "on");
}
END_TEST

START_TEST(one_that_was_off_is_off_when_it_has_been_mended)
{
    hass__assert_loop();
    struct hass *hass = test_home("automation:\n" GO);

    ck_assert_int_eq(
        home_call(hass, "automation", "turn_off", "{'entity_id':'automation.go'}", NULL), 0);
    reload(hass, "automation:\n  - {id: go, alias: Go, triggers: []}\n", "{}");
    ck_assert_str_eq(home_state(hass, "automation.go"), "unavailable");
    reload(hass, "automation:\n" GO, "{}");
    ck_assert_str_eq(home_state(hass, "automation.go"), "off");
}
END_TEST

START_TEST(one_that_has_been_mended_knows_when_it_ran_last)
{
    hass__assert_loop();
    struct hass *hass = test_home("automation:\n" GO);

    hass_bus_async_fire(hass, "go", NULL, NULL, NULL);
    test_advance(hass, 60);
    reload(hass, "automation:\n  - {id: go, alias: Go, triggers: []}\n", "{}");
    reload(hass, "automation:\n" GO, "{}");
    autojson *last = home_attribute(hass, "automation.go", "last_triggered");
    ck_assert_str_eq(json_string_value(last), "2024-01-01T00:00:00+00:00");
}
END_TEST

START_TEST(an_id_that_is_no_text_leaves_the_item_out)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass *hass = test_home("automation:\n  - id: 5\n    alias: N\n    triggers: []\n"
                                  "    actions: []\n  - just text\n" GO);

    ck_assert_ptr_nonnull(logs_find(logs, "configuration.yaml:2:9"));
    ck_assert_ptr_nonnull(logs_find(logs, "configuration.yaml:6:5"));
    ck_assert_uint_eq(hass_states_async_count(hass, "automation"), 1);
}
END_TEST

/* reload */

#define KEEP                                                                                       \
    "  - alias: Keep\n    triggers: {trigger: event, event_type: go}\n"                            \
    "    actions: [{delay: 10}, {event: kept}]\n"

START_TEST(reload_leaves_what_is_unchanged_running)
{
    hass__assert_loop();
    struct hass *hass = test_home("automation:\n" KEEP GO);
    struct capture *kept = test_capture(hass, "kept");
    struct capture *reloaded = test_capture(hass, "automation_reloaded");

    fire(hass, "go", NULL);
    reload(hass, "automation:\n" KEEP "  - {id: go, alias: Other, triggers: [], actions: []}\n",
           "{}");
    ck_assert_uint_eq(capture_count(reloaded), 1);
    ck_assert_str_eq(home_state(hass, "automation.go"), "on");
    autojson *name = home_attribute(hass, "automation.go", "friendly_name");
    ck_assert_str_eq(json_string_value(name), "Other");
    test_advance(hass, 20);
    ck_assert_uint_eq(capture_count(kept), 1);
}
END_TEST

#define TWIN                                                                                       \
    "  - alias: Twin\n    triggers: {trigger: event, event_type: go}\n"                            \
    "    actions: [{delay: 10}, {event: kept}]\n"

START_TEST(reload_leaves_each_of_those_that_are_the_same_running)
{
    hass__assert_loop();
    struct hass *hass = test_home("automation:\n" TWIN GO TWIN TWIN);
    struct capture *kept = test_capture(hass, "kept");

    fire(hass, "go", NULL);
    reload(hass, "automation:\n" TWIN TWIN "  - {alias: New, triggers: [], actions: []}\n" TWIN,
           "{}");
    test_advance(hass, 20);
    ck_assert_uint_eq(capture_count(kept), 3);
    reload(hass, "automation:\n" TWIN TWIN, "{}");
    fire(hass, "go", NULL);
    test_advance(hass, 20);
    ck_assert_uint_eq(capture_count(kept), 5);
}
END_TEST

START_TEST(reload_of_one_leaves_the_others_as_they_are)
{
    hass__assert_loop();
    struct hass *hass = test_home("automation:\n" GO "  - {id: b, alias: B, triggers: [], "
                                  "actions: []}\n");

    reload(hass, "automation:\n  - {id: b, alias: New, triggers: [], actions: []}\n", "{'id':'b'}");
    ck_assert_str_eq(home_state(hass, "automation.go"), "on");
    autojson *name = home_attribute(hass, "automation.b", "friendly_name");
    ck_assert_str_eq(json_string_value(name), "New");
    reload(hass, "automation:\n", "{}");
    ck_assert_str_eq(home_state(hass, "automation.go"), "unavailable"); /* registered, not there */
}
END_TEST

static const struct {
    const char *key;
    bool good;
} bounds[] = {
    { "max: 2", true },
    { "max: 10000", true },
    { "max: 10001", false },
    { "trace: {stored_traces: 1000}", true },
    { "trace: {stored_traces: 1001}", false },
};

START_TEST(what_an_item_may_keep_has_bounds)
{
    hass__assert_loop();
    autofree char *yaml = NULL;

    ck_assert_int_gt(asprintf(&yaml,
                              "automation:\n  - alias: W\n    mode: queued\n    triggers: []\n"
                              "    actions: []\n    %s\n",
                              bounds[_i].key),
                     0);
    struct hass *hass = test_home(yaml);
    ck_assert_str_eq(home_state(hass, "automation.w"), bounds[_i].good ? "on" : "unavailable");
}
END_TEST

CASES_MAIN("automation", ONCE(a_trigger_runs_the_actions),
           ONCE(a_run_writes_the_entity_when_it_begins_and_when_it_ends),
           ONCE(sections_of_several_names_are_one_list),
           ONCE(variables_see_the_trigger_and_those_before_them),
           ONCE(the_time_of_the_last_run_is_a_time_to_templates),
           ONCE(what_refuses_a_run_is_remembered),
           ONCE(a_run_that_fails_is_remembered_and_an_action_that_is_not_there_is_an_issue),
           ONCE(no_more_than_twenty_attempts_are_remembered),
           ONCE(whether_it_is_on_survives_a_restart),
           ONCE(turning_off_stops_the_actions_unless_told_otherwise),
           ROWS(an_item_that_is_wrong_is_unavailable_and_the_log_points_to_the_place, wrong),
           ROWS(checking_the_folder_points_to_the_same_place, wrong),
           ROWS(what_an_item_may_keep_has_bounds, bounds),
           ONCE(all_that_is_wrong_with_an_item_is_told),
           ONCE(all_that_is_wrong_is_logged_when_it_is_read),
           ONCE(what_is_wrong_is_an_issue_until_it_is_mended),
           ONCE(one_that_was_off_is_off_when_it_has_been_mended),
           ONCE(an_id_that_is_no_text_leaves_the_item_out),
           ONCE(one_that_has_been_mended_knows_when_it_ran_last),
           ONCE(reload_leaves_what_is_unchanged_running),
           ONCE(reload_leaves_each_of_those_that_are_the_same_running),
           ONCE(reload_of_one_leaves_the_others_as_they_are))
