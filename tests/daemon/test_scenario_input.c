/* SPDX-License-Identifier: Apache-2.0 */
/* What happens in a scenario, as people write it and as histories record it. */
#include <string.h>

#include "daemon/scenario_input.h"
#include "support/cases.h"
#include "support/test.h"

static struct hass_zone *berlin(void)
{
    struct hass_zone *zone = NULL;

    ck_assert_int_eq(hass_zone_new("Europe/Berlin", &zone, NULL), 0);
    return zone;
}

/* times */

static const struct time_case {
    const char *value; /* JSON in which ' stands for " */
    const char *base;
    const char *wanted; /* in Berlin; NULL: refused */
} times[] = {
    { "'07:30'", "2024-06-03T00:00:00", "2024-06-03T07:30:00+02:00" },
    { "'07:30:15'", "2024-06-03T07:30:15", "2024-06-03T07:30:15+02:00" },
    { "'07:30'", "2024-06-03T07:30:01", "2024-06-04T07:30:00+02:00" },
    /* There is no 02:30 on the day of the change: the first one is the next day's. */
    { "'02:30'", "2024-03-31T00:00:00", "2024-04-01T02:30:00+02:00" },
    { "'2024-06-01'", "2024-06-03T00:00:00", "2024-06-01T00:00:00+02:00" },
    { "'2024-06-01 07:30'", "2024-06-03T00:00:00", "2024-06-01T07:30:00+02:00" },
    { "'2024-06-01T07:30:00+00:00'", "2024-06-03T00:00:00", "2024-06-01T09:30:00+02:00" },
    { "'+00:10'", "2024-06-03T07:00:00", "2024-06-03T07:10:00+02:00" },
    { "'+90'", "2024-06-03T07:00:00", "2024-06-03T07:01:30+02:00" },
    { "27000", "2024-06-03T00:00:00", NULL },
    { "'24:00'", "2024-06-03T00:00:00", NULL },
    { "'07:60'", "2024-06-03T00:00:00", NULL },
    { "'07:30 '", "2024-06-03T00:00:00", NULL },
    { "'noon'", "2024-06-03T00:00:00", NULL },
    { "null", "2024-06-03T00:00:00", NULL },
    { "'+x'", "2024-06-03T00:00:00", NULL },
};

START_TEST(a_time_is_read)
{
    const struct time_case *row = &times[_i];
    struct hass_zone *zone = berlin();
    struct hass_error err = HASS_ERROR_INIT;
    char wrapped[80], text[HASS_DT_TEXT];
    int64_t base, time;

    snprintf(wrapped, sizeof(wrapped), "[%s]", row->value);
    autojson *value = test_json(wrapped);
    ck_assert_int_eq(hass_dt_parse(row->base, zone, &base, NULL), 0);
    int r = scenario_time(json_array_get(value, 0), zone, base, &time, &err);
    ck_assert_int_eq(r, row->wanted ? 0 : HASS_E_INVALID);
    if (row->wanted) {
        hass_dt_iso(time, zone, text);
        ck_assert_str_eq(text, row->wanted);
    }
    hass_zone_unref(zone);
}
END_TEST

/* written lists */

static struct scenario_span span;
static struct scenario_items given, items;
static struct hass_buf report;

static void begin(void)
{
    span.zone = berlin();
    ck_assert_int_eq(hass_dt_parse("2024-06-03T00:00:00", span.zone, &span.from, NULL), 0);
    span.to = span.from + 86400 * HASS_USEC_PER_SEC;
}

static void end(void)
{
    hass_zone_unref(span.zone);
    scenario_items_fini(&given);
    scenario_items_fini(&items);
    hass_buf_fini(&report);
}

static int read_text(const char *name, const char *text)
{
    struct hass_error err = HASS_ERROR_INIT;

    begin();
    return scenario_read_file(test_file(name, text), &span, &given, &items, &report, &err);
}

/* Seconds after the beginning. */
static double at(size_t index)
{
    return (double)(items.list.data[index].at - span.from) / 1e6;
}

START_TEST(a_written_day_has_states_events_and_calls)
{
    ck_assert_int_eq(read_text("day.yaml", "- at: \"06:30\"\n"
                                           "  binary_sensor.hall: on\n"
                                           "  sensor.lux: 4.5\n"
                                           "- after: \"00:01:00\"\n"
                                           "  entity_id: light.hall\n"
                                           "  state: \"on\"\n"
                                           "  attributes: {brightness: 3}\n"
                                           "- at: \"+08:00\"\n"
                                           "  event: doorbell\n"
                                           "  data: {door: front}\n"
                                           "- action: light.turn_on\n"
                                           "  target: {entity_id: light.hall}\n"),
                     0);
    ck_assert_uint_eq(items.list.length, 5);
    ck_assert_str_eq(items.list.data[0].name, "binary_sensor.hall");
    ck_assert_str_eq(items.list.data[0].state, "on");
    ck_assert_str_eq(items.list.data[1].state, "4.5");
    ck_assert_double_eq(at(1), 6.5 * 3600);
    ck_assert_double_eq(at(2), 6.5 * 3600 + 60);
    ck_assert_json(items.list.data[2].data, "{'brightness': 3}");
    ck_assert_int_eq(items.list.data[3].kind, SCENARIO_EVENT);
    ck_assert_double_eq(at(3), 8.0 * 3600);
    ck_assert_json(items.list.data[3].data, "{'door': 'front'}");
    ck_assert_int_eq(items.list.data[4].kind, SCENARIO_ACTION);
    ck_assert_double_eq(at(4), 8.0 * 3600);
    ck_assert_uint_eq(items.list.data[4].line, 11);
    end();
}
END_TEST

START_TEST(the_same_list_may_be_json)
{
    ck_assert_int_eq(read_text("day.json", " [ {\"at\": \"06:30\", \"light.hall\": \"on\"} ]"), 0);
    ck_assert_uint_eq(items.list.length, 1);
    ck_assert_double_eq(at(0), 6.5 * 3600);
    end();
}
END_TEST

static const struct {
    const char *text, *place, *words;
} wrong[] = {
    { "- at: 7\n  light.x: on\n", ":1:7:", "put it in quotes" },
    { "- at: \"7\"\n  light.x: on\n", ":1:7:", "expected a time" },
    { "- at: \"07:00\"\n  after: 5\n  light.x: on\n", ":2:10:", "not both" },
    { "- after: -5\n  light.x: on\n", ":1:10:", "not negative" },
    { "- light.x: [on]\n", ":1:12:", "state of light.x as a text" },
    { "- light.X y: on\n", ":1:14:", "is not an entity id" },
    { "- evnt: x\n", ":1:9:", "did you mean 'event'" },
    { "- event: x\n  dta: {}\n", ":2:8:", "did you mean 'data'" },
    { "- event: x\n  data: 5\n", ":2:9:", "expected a map" },
    { "- action: light\n", ":1:11:", "such as light.turn_on" },
    { "- {}\n", ":1:3:", "expected an entity" },
    { "- 5\n", ":1:3:", "expected a map" },
    { "a: 5\n", ":1:1:", "expected a list" },
    { "- entity_id: light.x\n", ":1:3:", "the state of light.x is missing" },
    { "- light.x: {stat: on}\n", ":1:19:", "did you mean 'state'" },
    { "- at: \"2024-06-03 07:00\"\n  light.x: on\n- at: \"2024-06-03 06:00\"\n  light.x: on\n",
      ":3:7:", "before the item above" },
    { "- a: [\n", ":2:1:", "" },
};

START_TEST(a_mistake_is_told_with_its_place)
{
    ck_assert_int_eq(read_text("day.yaml", wrong[_i].text), HASS_E_INVALID);
    ck_assert_msg(strstr(hass_buf_string(&report), wrong[_i].place) &&
                      strstr(hass_buf_string(&report), wrong[_i].words),
                  "not %s and '%s' in\n%s", wrong[_i].place, wrong[_i].words,
                  hass_buf_string(&report));
    end();
}
END_TEST

START_TEST(a_state_that_is_given_may_be_old)
{
    begin();
    struct hass_yaml *yaml = hass_yaml_read_text("x", "{}", 2);
    struct scenario_reader reader = { .yaml = yaml, .span = &span };
    autojson *value = test_json("{'light.x': {'state': 'on', 'for': '00:10:00'}, 'light.y': true}");

    scenario_read_given(&reader, "", value, &given);
    ck_assert_uint_eq(hass_yaml_errors(yaml), 0);
    ck_assert_int_eq(given.list.data[0].at, span.from - 600 * HASS_USEC_PER_SEC);
    ck_assert_int_eq(given.list.data[1].at, span.from);
    ck_assert_str_eq(given.list.data[1].state, "on");
    hass_yaml_destroy(yaml);
    end();
}
END_TEST

/* histories */

#define ROW(state, time)                                                                           \
    "{\"state\": \"" state "\", \"last_changed\": \"2024-06-0" time ":00+02:00\"}"
#define FULL_ROW(id, state, time)                                                                  \
    "{\"entity_id\": \"" id "\", \"state\": \"" state                                              \
    "\", \"attributes\": {\"a\": 1}, \"last_changed\": \"2024-06-0" time ":00+02:00\"}"

START_TEST(a_history_is_sorted_and_what_was_before_is_given)
{
    ck_assert_int_eq(
        read_text("history.json",
                  "[[" FULL_ROW("light.a", "off", "1T10:00") "," ROW("on", "3T08:00") "," ROW(
                      "off", "3T09:00") "," ROW("on", "5T00:00") "],"
                                                                 "[" FULL_ROW("light.b", "on",
                                                                              "3T08:30") "]]"),
        0);
    ck_assert_uint_eq(given.list.length, 1);
    ck_assert_str_eq(given.list.data[0].name, "light.a");
    ck_assert_str_eq(given.list.data[0].state, "off");
    ck_assert_uint_eq(items.list.length, 3);
    ck_assert_str_eq(items.list.data[1].name, "light.b");
    ck_assert_str_eq(items.list.data[2].state, "off");
    ck_assert_json(items.list.data[2].data, "{'a': 1}");
    ck_assert(items.list.data[2].recorded);
    end();
}
END_TEST

START_TEST(a_row_that_is_no_state_is_told)
{
    ck_assert_int_eq(read_text("history.json", "[[{\"state\": \"on\"}]]"), HASS_E_INVALID);
    ck_assert_ptr_nonnull(strstr(hass_buf_string(&report), "history.json:1: error: "));
    ck_assert_ptr_nonnull(strstr(hass_buf_string(&report), "at: 0->0"));
    end();
}
END_TEST

START_TEST(broken_json_is_told_with_its_line)
{
    struct hass_error err = HASS_ERROR_INIT;

    begin();
    ck_assert_int_eq(scenario_read_file(test_file("history.json", "[[\n{]]"), &span, &given, &items,
                                        &report, &err),
                     HASS_E_PARSE);
    ck_assert_ptr_nonnull(strstr(err.message, "line 2"));
    end();
}
END_TEST

START_TEST(a_history_has_a_size)
{
    struct hass_error err = HASS_ERROR_INIT;
    const char *path = test_file("history.json", "[[");

    begin();
    ck_assert_int_eq(truncate(path, (off_t)SCENARIO_MAX_HISTORY + 1), 0);
    ck_assert_int_eq(scenario_read_file(path, &span, &given, &items, &report, &err), HASS_E_LIMIT);
    end();
}
END_TEST

static const int around_limit[] = { 0, 1 }; /* one of them is beyond */

/* @row again and again, so often, between @before and @after. */
static const char *repeated(const char *before, const char *row, size_t count, const char *after)
{
    autobuf text = HASS_BUF_INIT;

    hass_buf_add_string(&text, before);
    for (size_t i = 0; i < count; i++)
        hass_buf_printf(&text, "%s%s", i ? "," : "", row);
    hass_buf_add_string(&text, after);
    return test_file("many.json", hass_buf_string(&text));
}

START_TEST(changes_of_a_history_are_counted)
{
    static const char first[] = "{\"entity_id\":\"a.b\",\"state\":\"\",\"last_changed\":"
                                "\"2024-06-03T01:00\"},";
    static const char row[] = "{\"state\":\"\",\"last_changed\":\"2024-06-03T01:00\"}";
    struct hass_error err = HASS_ERROR_INIT;
    size_t count = SCENARIO_MAX_ITEMS - 1 + (size_t)around_limit[_i];
    autobuf before = HASS_BUF_INIT;

    begin();
    hass_buf_printf(&before, "[[%s", first);
    const char *path = repeated(hass_buf_string(&before), row, count, "]]");
    ck_assert_int_eq(scenario_read_file(path, &span, &given, &items, &report, &err),
                     _i ? HASS_E_LIMIT : 0);
    end();
}
END_TEST

/* the states of a home */

static int read_states(const char *text)
{
    struct hass_error err = HASS_ERROR_INIT;

    return scenario_read_states_file(test_file("states", text), &span, &given, &report, &err);
}

#define STATE(id, state, more) "{\"entity_id\": \"" id "\", \"state\": \"" state "\"" more "}"
#define CHANGED(time)          ", \"last_changed\": \"2026-01-01T" time "+00:00\""

static const struct scenario_item *find_given(const char *entity_id)
{
    vec_foreach(&given.list, item)
        if (strcmp(item->name, entity_id) == 0)
            return item;
    ck_abort_msg("%s is not given", entity_id);
}

START_TEST(states_of_a_home_are_as_old_as_they_were_in_it)
{
    begin();
    ck_assert_int_eq(
        read_states(
            "[" STATE("light.a", "on", CHANGED("10:00:00") ", \"attributes\": {\"brightness\": 5}") ",\n" STATE(
                "sensor.b", "7",
                CHANGED("09:00:00") ", \"last_updated\": "
                                    "\"2026-01-01T11:00:00+00:00\"") "," STATE("sensor.c", "8",
                                                                               "") "]"),
        0);
    ck_assert_int_eq(find_given("light.a")->at, span.from - 3600 * HASS_USEC_PER_SEC);
    ck_assert_int_eq(find_given("sensor.b")->at, span.from - 7200 * HASS_USEC_PER_SEC);
    ck_assert_int_eq(find_given("sensor.c")->at, span.from);
    ck_assert_json(find_given("light.a")->data, "{'brightness': 5}");
    ck_assert(find_given("light.a")->present);
    ck_assert_ptr_null(find_given("sensor.c")->data);
    end();
}
END_TEST

START_TEST(a_timer_of_a_home_has_as_much_left)
{
    begin();
    ck_assert_int_eq(
        read_states("[" STATE("timer.tea", "active",
                              CHANGED("10:00:00") ", \"attributes\": {\"finishes_at\": "
                                                  "\"2026-01-01T10:03:00+00:00\"}") "]"),
        0);
    ck_assert_json(find_given("timer.tea")->data, "{'finishes_at': '2024-06-02T22:03:00+00:00'}");
    end();
}
END_TEST

START_TEST(a_history_says_more_than_the_states_of_a_home)
{
    begin();
    scenario_items_add(&given, &(struct scenario_item){ .name = "light.a", .state = "off" }, NULL,
                       NULL);
    ck_assert_int_eq(read_states("[" STATE("light.a", "on", "") "," STATE("light.b", "on", "") "]"),
                     0);
    ck_assert_uint_eq(given.list.length, 2);
    ck_assert_str_eq(find_given("light.a")->state, "off");
    end();
}
END_TEST

START_TEST(states_may_be_written_by_hand)
{
    begin();
    ck_assert_int_eq(read_states("light.a: on\nsensor.b: {state: 7, for: 60}\n"), 0);
    ck_assert_str_eq(find_given("light.a")->state, "on");
    ck_assert_int_eq(find_given("sensor.b")->at, span.from - 60 * HASS_USEC_PER_SEC);
    ck_assert(!find_given("light.a")->present);
    end();
}
END_TEST

static const struct {
    const char *text;
    int code;
    const char *words; /* in the report or the error */
} wrong_states[] = {
    { "[\n  {\"entity_id\": \"light.x\", \"state\": \"on\"},\n  {\"entity_id\": \"light\", "
      "\"state\": "
      "\"on\"}\n]",
      HASS_E_INVALID,
      "states:3: error: expected a state with entity_id and state, got {\"entity_id" },
    { "[5]", HASS_E_INVALID, "states:1: error: expected a state with entity_id and state, got 5" },
    { "[{\"state\": \"on\"}]", HASS_E_INVALID, "at: 0" },
    { "[{\"entity_id\": \"light.x\"}]", HASS_E_INVALID, "at: 0" },
    { "[{\"entity_id\": \"light.x\", \"state\": 5}]", HASS_E_INVALID, "at: 0" },
    { "[[]]", HASS_E_INVALID, "at: 0" },
    { "[\n{\"entity_id\": \"light.x\", ", HASS_E_PARSE, "line 2" },
    { "light: on\n", HASS_E_INVALID, "states:1:8: error: 'light' is not an entity id" },
    { "- light.x\n", HASS_E_INVALID, "expected a map of entities and their states" },
    { "{", HASS_E_INVALID, "states:" },
};

START_TEST(a_mistake_in_states_is_told_with_its_place)
{
    struct hass_error err = HASS_ERROR_INIT;
    const char *path = test_file("states", wrong_states[_i].text);

    begin();
    ck_assert_int_eq(scenario_read_states_file(path, &span, &given, &report, &err),
                     wrong_states[_i].code);
    ck_assert_msg(strstr(hass_buf_string(&report), wrong_states[_i].words) ||
                      strstr(err.message, wrong_states[_i].words),
                  "no '%s' in\n%s%s", wrong_states[_i].words, hass_buf_string(&report),
                  err.message);
    ck_assert_uint_eq(given.list.length, 0);
    end();
}
END_TEST

START_TEST(states_are_counted)
{
    struct hass_error err = HASS_ERROR_INIT;

    begin();
    const char *path = repeated("[", "{\"entity_id\":\"a.b\",\"state\":\"\"}",
                                SCENARIO_MAX_ITEMS + (size_t)_i, "]");
    ck_assert_int_eq(scenario_read_states_file(path, &span, &given, &report, &err),
                     _i ? HASS_E_LIMIT : 0);
    end();
}
END_TEST

START_TEST(states_have_a_size)
{
    struct hass_error err = HASS_ERROR_INIT;
    const char *path = test_file("states", "[");

    begin();
    ck_assert_int_eq(truncate(path, (off_t)SCENARIO_MAX_HISTORY), 0);
    ck_assert_int_eq(scenario_read_states_file(path, &span, &given, &report, &err), HASS_E_PARSE);
    ck_assert_int_eq(truncate(path, (off_t)SCENARIO_MAX_HISTORY + 1), 0);
    err = (struct hass_error)HASS_ERROR_INIT;
    ck_assert_int_eq(scenario_read_states_file(path, &span, &given, &report, &err), HASS_E_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.message, "leave out entities"));
    end();
}
END_TEST

START_TEST(equal_times_stay_in_order)
{
    static const char *const names[] = { "a.1", "a.2", "a.3", "a.4" };

    for (size_t i = 0; i < 4; i++)
        scenario_items_add(&items, &(struct scenario_item){ .name = names[i], .at = i < 2 ? 5 : 1 },
                           NULL, NULL);
    scenario_items_sort(&items);
    ck_assert_str_eq(items.list.data[0].name, "a.3");
    ck_assert_str_eq(items.list.data[1].name, "a.4");
    ck_assert_str_eq(items.list.data[2].name, "a.1");
    ck_assert_str_eq(items.list.data[3].name, "a.2");
    scenario_items_fini(&items);
}
END_TEST

CASES_MAIN("what happens in a scenario", ROWS(a_time_is_read, times),
           ONCE(a_written_day_has_states_events_and_calls), ONCE(the_same_list_may_be_json),
           ROWS(a_mistake_is_told_with_its_place, wrong), ONCE(a_state_that_is_given_may_be_old),
           ONCE(a_history_is_sorted_and_what_was_before_is_given),
           ONCE(a_row_that_is_no_state_is_told), ONCE(broken_json_is_told_with_its_line),
           ONCE(a_history_has_a_size), ROWS(changes_of_a_history_are_counted, around_limit),
           ONCE(states_of_a_home_are_as_old_as_they_were_in_it),
           ONCE(a_timer_of_a_home_has_as_much_left),
           ONCE(a_history_says_more_than_the_states_of_a_home), ONCE(states_may_be_written_by_hand),
           ROWS(a_mistake_in_states_is_told_with_its_place, wrong_states),
           ROWS(states_are_counted, around_limit), ONCE(states_have_a_size),
           ONCE(equal_times_stay_in_order))
