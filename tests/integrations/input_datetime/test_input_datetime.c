/* SPDX-License-Identifier: Apache-2.0 */
/* Dates and times that exist in software only. The home is in Berlin, on 1 January 2024, 01:00. */
#include "support/items.h"

#define YAML                                                                                       \
    "homeassistant:\n  time_zone: Europe/Berlin\n"                                                 \
    "input_datetime:\n"                                                                            \
    "  both:\n    has_date: true\n    has_time: true\n    initial: '2024-07-01 12:30:00'\n"        \
    "  date:\n    has_date: true\n    initial: '2024-07-01'\n"                                     \
    "  time:\n    name: Time\n    has_time: true\n    initial: '07:30'\n"                          \
    "  today:\n    has_date: true\n    has_time: true\n"

START_TEST(items_show_what_they_have)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    ck_assert_str_eq(home_state(hass, "input_datetime.both"), "2024-07-01 12:30:00");
    items_check_attributes(hass, "input_datetime.both",
                           "{'has_date':true,'has_time':true,'editable':false,'year':2024,"
                           "'month':7,'day':1,'hour':12,'minute':30,'second':0,"
                           "'timestamp':1719829800.0}");
    ck_assert_str_eq(home_state(hass, "input_datetime.date"), "2024-07-01");
    items_check_attributes(hass, "input_datetime.date",
                           "{'has_date':true,'has_time':false,'editable':false,'year':2024,"
                           "'month':7,'day':1,'timestamp':1719784800.0}");
    ck_assert_str_eq(home_state(hass, "input_datetime.time"), "07:30:00");
    items_check_attributes(hass, "input_datetime.time",
                           "{'has_date':false,'has_time':true,'editable':false,'hour':7,"
                           "'minute':30,'second':0,'timestamp':27000,'friendly_name':'Time'}");
    ck_assert_str_eq(home_state(hass, "input_datetime.today"), "2024-01-01 00:00:00");
}
END_TEST

#define BOTH "'entity_id':'input_datetime.both'"

static const struct item_call calls[] = {
    { "set_datetime", "{" BOTH ",'date':'2025-02-03'}", "2025-02-03 12:30:00", 0 },
    { "set_datetime", "{" BOTH ",'time':'5:06'}", "2024-07-01 05:06:00", 0 },
    { "set_datetime", "{" BOTH ",'date':'2025-02-03','time':'05:06:07'}", "2025-02-03 05:06:07",
      0 },
    { "set_datetime", "{" BOTH ",'datetime':'2025-02-03 05:06:07'}", "2025-02-03 05:06:07", 0 },
    { "set_datetime", "{" BOTH ",'datetime':'2025-02-03T05:06:07+09:00'}", "2025-02-03 05:06:07",
      0 },
    { "set_datetime", "{" BOTH ",'timestamp':1719829860}", "2024-07-01 12:31:00", 0 },
    { "set_datetime", "{" BOTH "}", "2024-07-01 12:30:00", HASS_E_INVALID },
    { "set_datetime", "{" BOTH ",'date':'2025-02-30'}", "2024-07-01 12:30:00", HASS_E_INVALID },
    { "set_datetime", "{" BOTH ",'time':'25:00'}", "2024-07-01 12:30:00", HASS_E_INVALID },
    { "set_datetime", "{" BOTH ",'time':'05:00','timestamp':1}", "2024-07-01 12:30:00",
      HASS_E_INVALID },
    { "set_datetime", "{" BOTH ",'timestamp':1e300}", "2024-07-01 12:30:00", HASS_E_INVALID },
    { "set_datetime", "{'entity_id':'input_datetime.time','date':'2025-02-03'}",
      "2024-07-01 12:30:00", HASS_E_SERVICE_VALIDATION },
};

START_TEST(set_datetime_sets_what_it_is_given)
{
    hass__assert_loop();
    items_check_call(YAML, "input_datetime.both", &calls[_i]);
}
END_TEST

START_TEST(a_date_or_a_time_takes_its_part_of_both)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    ck_assert_int_eq(home_call(hass, "input_datetime", "set_datetime",
                               "{'entity_id':'all','datetime':'2025-02-03 05:06:07'}", NULL),
                     0);
    ck_assert_str_eq(home_state(hass, "input_datetime.date"), "2025-02-03");
    ck_assert_str_eq(home_state(hass, "input_datetime.time"), "05:06:07");
}
END_TEST

static const struct {
    const char *fields, *said;
} refused[] = {
    { "{'name':'x'}", "has_date or has_time must be true" },
    { "{'name':'x','has_date':true,'initial':'noon'}", "initial" },
    { "{'name':'x','has_time':true,'initial':'2024-01-31'}", "initial" },
    { "{'name':'x','has_date':true,'has_time':true,'initial':'07:30:00'}", "initial" },
    { "{'name':'x','has_date':'maybe'}", "has_date" },
};

START_TEST(a_wrong_item_is_refused)
{
    hass__assert_loop();
    items_check_refused("input_datetime", refused[_i].fields, refused[_i].said);
}
END_TEST

START_TEST(a_wrong_section_is_reported)
{
    hass__assert_loop();
    items_check_section("input_datetime", "  bad:\n", "has_date or has_time must be true");
}
END_TEST

START_TEST(an_item_made_at_run_time_is_there_after_a_restart)
{
    hass__assert_loop();
    struct hass *hass = items_check_restart(
        "input_datetime", "{'name':'Far','has_time':true,'initial':'06:00:00'}",
        "[{'id':'far','name':'Far','has_time':true,'has_date':false,'initial':'06:00:00'}]");

    ck_assert_str_eq(home_state(hass, "input_datetime.far"), "06:00:00");
}
END_TEST

static const struct item_call before[] = {
    { "set_datetime", "{'entity_id':'input_datetime.today','datetime':'2025-02-03 05:06:07'}",
      "2025-02-03 05:06:07", 0 },
    { "set_datetime", "{'entity_id':'input_datetime.both','time':'05:06:07'}",
      "2024-01-01 00:00:00", 0 },
};

START_TEST(over_a_restart_it_is_as_it_was_unless_it_is_told_otherwise)
{
    hass__assert_loop();
    items_check_restored(YAML, "input_datetime.today", &before[_i]);
}
END_TEST

CASES_MAIN("input_datetime", ONCE(items_show_what_they_have),
           ROWS(set_datetime_sets_what_it_is_given, calls),
           ONCE(a_date_or_a_time_takes_its_part_of_both), ROWS(a_wrong_item_is_refused, refused),
           ONCE(a_wrong_section_is_reported),
           ONCE(an_item_made_at_run_time_is_there_after_a_restart),
           ROWS(over_a_restart_it_is_as_it_was_unless_it_is_told_otherwise, before))
