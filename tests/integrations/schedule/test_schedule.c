/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of the week. Virtual time begins on Monday, 1 January 2024, 00:00 UTC. */
#include <string.h>

#include <hass/dt.h>

#include "support/items.h"

#define HOUR 3600.0

static HASS_CALLBACK void assert_next(struct hass *hass, const char *wanted)
{
    autojson *next = home_attribute(hass, "schedule.s", "next_event");

    if (wanted)
        ck_assert_str_eq(json_string_value(next), wanted);
    else
        ck_assert(json_is_null(next));
}

static HASS_CALLBACK void assert_shown(struct hass *hass, const char *state, const char *next)
{
    ck_assert_str_eq(home_state(hass, "schedule.s"), state);
    assert_next(hass, next);
}

START_TEST(it_is_on_during_its_blocks)
{
    hass__assert_loop();
    struct hass *hass = test_home("schedule:\n  s:\n    name: Work\n    monday:\n"
                                  "      - {from: '10:07', to: '24:00'}\n"
                                  "      - {from: '10:00:00', to: '10:05:00'}\n"
                                  "    tuesday: [{from: '00:00', to: '00:01'}]\n");

    assert_shown(hass, "off", "2024-01-01T10:00:00+00:00");
    items_check_attributes(hass, "schedule.s",
                           "{'editable':false,'next_event':'2024-01-01T10:00:00+00:00',"
                           "'friendly_name':'Work'}");
    test_advance(hass, 10 * HOUR - 0.1);
    assert_shown(hass, "off", "2024-01-01T10:00:00+00:00");
    test_advance(hass, 0.2);
    assert_shown(hass, "on", "2024-01-01T10:05:00+00:00");
    test_advance(hass, 300);
    assert_shown(hass, "off", "2024-01-01T10:07:00+00:00");
    test_advance(hass, 120);
    assert_shown(hass, "on", "2024-01-02T00:00:00+00:00");
    test_advance(hass, 14 * HOUR - 7 * 60);
    assert_shown(hass, "on", "2024-01-02T00:01:00+00:00");
    test_advance(hass, 60);
    assert_shown(hass, "off", "2024-01-08T10:00:00+00:00");
    test_advance(hass, 7 * 24 * HOUR);
    assert_shown(hass, "off", "2024-01-15T10:00:00+00:00");
}
END_TEST

START_TEST(without_blocks_nothing_comes)
{
    hass__assert_loop();
    struct hass *hass = test_home("schedule:\n  s:\n");

    assert_shown(hass, "off", NULL);
}
END_TEST

START_TEST(data_of_a_block_are_attributes_while_it_lasts)
{
    hass__assert_loop();
    struct hass *hass = test_home("schedule:\n  s:\n    monday:\n"
                                  "      - from: '01:00'\n        to: '02:00'\n"
                                  "        data: {temperature: 21.5, mode: eco, editable: 7}\n"
                                  "      - {from: '02:00', to: '03:00'}\n");

    test_advance(hass, HOUR + 1);
    items_check_attributes(hass, "schedule.s",
                           "{'temperature':21.5,'mode':'eco','editable':false,"
                           "'next_event':'2024-01-01T02:00:00+00:00'}");
    test_advance(hass, HOUR);
    items_check_attributes(hass, "schedule.s",
                           "{'editable':false,'next_event':'2024-01-01T03:00:00+00:00'}");
    ck_assert_str_eq(home_state(hass, "schedule.s"), "on");
}
END_TEST

#define BERLIN "homeassistant:\n  time_zone: Europe/Berlin\n"

/* From Saturday, 23:00 UTC, which is midnight in Berlin; seconds are counted from there. */
static const struct {
    int64_t start; /* microseconds UTC */
    const char *blocks;
    struct {
        double after;
        const char *state, *next;
    } steps[4];
} changes_of_time[] = {
    /* 31 March 2024: from 02:00 to 03:00. Begin and end within the gap are its end. */
    { INT64_C(1711839600000000),
      "{from: '02:30', to: '04:00'}",
      { { 0, "off", "2024-03-31T03:00:00+02:00" },
        { 2 * HOUR + 1, "on", "2024-03-31T04:00:00+02:00" },
        { HOUR, "off", "2024-04-07T02:30:00+02:00" } } },
    { INT64_C(1711839600000000),
      "{from: '01:00', to: '02:30'}",
      { { HOUR + 1, "on", "2024-03-31T03:00:00+02:00" },
        { HOUR, "off", "2024-04-07T01:00:00+02:00" } } },
    { INT64_C(1711839600000000),
      "{from: '02:10', to: '02:50'}",
      { { 0, "off", "2024-03-31T03:00:00+02:00" },
        { 2 * HOUR + 1, "off", "2024-04-07T02:10:00+02:00" } } },
    /* 27 October 2024: from 03:00 back to 02:00. Nothing happens twice. */
    { INT64_C(1729980000000000),
      "{from: '02:30', to: '04:00'}",
      { { 0, "off", "2024-10-27T02:30:00+02:00" },
        { 2.5 * HOUR + 1, "on", "2024-10-27T04:00:00+01:00" },
        { 2.4 * HOUR, "on", "2024-10-27T04:00:00+01:00" },
        { 0.1 * HOUR, "off", "2024-11-03T02:30:00+01:00" } } },
    { INT64_C(1729980000000000),
      "{from: '01:00', to: '02:30'}",
      { { HOUR + 1, "on", "2024-10-27T02:30:00+02:00" },
        { 1.5 * HOUR, "off", "2024-11-03T01:00:00+01:00" },
        { HOUR, "off", "2024-11-03T01:00:00+01:00" } } },
};

START_TEST(a_change_of_the_clock_is_kept_up_with)
{
    hass__assert_loop();
    autobuf yaml = HASS_BUF_INIT;

    hass_buf_printf(&yaml, BERLIN "schedule:\n  s:\n    sunday: [%s]\n",
                    changes_of_time[_i].blocks);
    struct hass *hass = test_home(yaml.data);
    hass = home_restart(hass,
                        (double)(changes_of_time[_i].start - hass_now(hass)) / HASS_USEC_PER_SEC);
    for (size_t i = 0; i < 4 && changes_of_time[_i].steps[i].state; i++) {
        test_advance(hass, changes_of_time[_i].steps[i].after);
        assert_shown(hass, changes_of_time[_i].steps[i].state, changes_of_time[_i].steps[i].next);
    }
}
END_TEST

START_TEST(a_home_that_moves_takes_the_times_along)
{
    hass__assert_loop();
    struct hass *hass = test_home("schedule:\n  s:\n    monday: [{from: '01:00', to: '02:00'}]\n");

    assert_shown(hass, "off", "2024-01-01T01:00:00+00:00");
    ck_assert_int_eq(
        hass_config_async_update(hass, test_json("{'time_zone':'Europe/Berlin'}"), NULL), 0);
    test_settle(hass);
    assert_shown(hass, "on", "2024-01-01T02:00:00+01:00");
}
END_TEST

START_TEST(a_reload_changes_it_at_once)
{
    hass__assert_loop();
    struct hass *hass = test_home("schedule:\n  s:\n    monday: [{from: '01:00', to: '02:00'}]\n");

    loader_configure("schedule:\n  s:\n    monday: [{from: '00:00', to: '00:30'}]\n");
    ck_assert_int_eq(home_call(hass, "schedule", "reload", "{}", NULL), 0);
    assert_shown(hass, "on", "2024-01-01T00:30:00+00:00");
    test_advance(hass, 1801);
    assert_shown(hass, "off", "2024-01-08T00:00:00+00:00");
}
END_TEST

static const struct {
    const char *fields, *said;
} refused[] = {
    { "{'name':'x','monday':[{'from':'10:00'}]}", "to" },
    { "{'name':'x','monday':[{'from':'10:00','to':'10:00'}]}",
      "from 10:00:00 is not before to 10:00:00" },
    { "{'name':'x','monday':[{'from':'24:00','to':'24:00'}]}", "from" },
    { "{'name':'x','monday':[{'from':'10:00','to':'24:00:01'}]}", "to" },
    { "{'name':'x','friday':[{'from':'10:00','to':'12:00'},{'from':'11:59:59','to':'13:00'}]}",
      "friday: the blocks from 10:00:00 and from 11:59:59 overlap" },
    { "{'name':'x','someday':[]}", "someday" },
    { "{'name':'x','monday':[{'from':'1:00','to':'2:00','data':7}]}", "data" },
};

START_TEST(a_wrong_item_is_refused)
{
    hass__assert_loop();
    items_check_refused("schedule", refused[_i].fields, refused[_i].said);
}
END_TEST

/* A schedule of @count blocks of a second on Monday. */
static void many(struct hass_buf *fields, int count)
{
    hass_buf_clear(fields);
    hass_buf_add_string(fields, "{'name':'x','monday':[");
    for (int i = 0; i < count; i++)
        hass_buf_printf(fields, "%s{'from':'00:%02d:%02d','to':'00:%02d:%02d'}", i ? "," : "",
                        i / 60, i % 60, (i + 1) / 60, (i + 1) % 60);
    hass_buf_add_string(fields, "]}");
}

START_TEST(a_day_has_a_hundred_blocks_and_no_more)
{
    hass__assert_loop();
    struct hass *hass = test_home("schedule:\n");
    autobuf fields = HASS_BUF_INIT;

    many(&fields, 100);
    autojson *item = items_change(hass, "schedule", NULL, fields.data, NULL);
    ck_assert_ptr_nonnull(item);
    many(&fields, 101);
    ck_assert_ptr_null(items_change(hass, "schedule", NULL, fields.data, NULL));
}
END_TEST

static HASS_COROUTINE int ask_week(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct hass_call_options options = { .size = sizeof(options),
                                               .blocking = true,
                                               .return_response = true };

    return hass_services_async_call(hass, "schedule", "get_schedule",
                                    test_json("{'entity_id':'schedule.s'}"), &options, userdata,
                                    err);
}

START_TEST(its_week_is_told)
{
    hass__assert_loop();
    struct hass *hass = test_home("schedule:\n  s:\n    monday:\n"
                                  "      - from: '01:00'\n        to: '24:00'\n"
                                  "        data: {temperature: 21.5}\n"
                                  "    friday:\n      - {from: '02:00', to: '03:00'}\n");
    json_t *week = NULL;

    ck_assert_int_eq(test_run_coroutine(hass, ask_week, &week), 0);
    ck_assert_json(week, "{'schedule.s':{'monday':[{'from':'01:00:00','to':'24:00:00','data':"
                         "{'temperature':21.5}}],'tuesday':[],'wednesday':[],'thursday':[],"
                         "'friday':[{'from':'02:00:00','to':'03:00:00'}],'saturday':[],"
                         "'sunday':[]}}");
    json_decref(week);
}
END_TEST

START_TEST(a_wrong_section_is_reported)
{
    hass__assert_loop();
    items_check_section("schedule",
                        "  bad:\n    monday: [{from: '1:00', to: '3:00'},"
                        " {from: '2:00', to: '4:00'}]\n",
                        "overlap");
}
END_TEST

START_TEST(an_item_made_at_run_time_is_there_after_a_restart)
{
    hass__assert_loop();
    struct hass *hass = items_check_restart(
        "schedule",
        "{'name':'S','monday':[{'from':'00:00:00','to':'24:00:00','data':{'level':3}}]}",
        "[{'id':'s','name':'S','monday':[{'from':'00:00:00','to':'24:00:00','data':{'level':3}}],"
        "'tuesday':[],'wednesday':[],'thursday':[],'friday':[],'saturday':[],'sunday':[]}]");

    assert_shown(hass, "on", "2024-01-02T00:00:00+00:00");
}
END_TEST

CASES_MAIN("schedule", ONCE(it_is_on_during_its_blocks), ONCE(its_week_is_told),
           ONCE(without_blocks_nothing_comes), ONCE(data_of_a_block_are_attributes_while_it_lasts),
           ROWS(a_change_of_the_clock_is_kept_up_with, changes_of_time),
           ONCE(a_home_that_moves_takes_the_times_along), ONCE(a_reload_changes_it_at_once),
           ROWS(a_wrong_item_is_refused, refused), ONCE(a_day_has_a_hundred_blocks_and_no_more),
           ONCE(a_wrong_section_is_reported),
           ONCE(an_item_made_at_run_time_is_there_after_a_restart))
