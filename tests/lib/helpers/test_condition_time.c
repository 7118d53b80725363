/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions about the clock and the sun. */
#include <stdio.h>

#include <hass/config.h>
#include <hass/dt.h>

#include "support/cases.h"
#include "support/conditions.h"

/* A home at @time (ISO), its clock included. */
static HASS_CALLBACK struct hass *home_at(const char *time, const char *config)
{
    struct hass_error err = HASS_ERROR_INIT;
    int64_t start = 0;

    ck_assert_int_eq(hass_dt_parse(time, NULL, &start, &err), 0);
    struct hass *hass = test_hass_at(start);
    ck_assert_int_eq(hass_config_async_update(hass, test_json(config), &err), 0);
    test_set(hass, "input_datetime.time", "10:10:00",
             "{'hour':10,'minute':10,'second':0,'has_time':true}");
    test_set(hass, "input_datetime.date", "2020-01-01", "{'year':2020,'has_date':true}");
    test_set(hass, "sensor.stamp", "2020-01-01T09:30:00+00:00", "{'device_class':'timestamp'}");
    test_set(hass, "sensor.no_stamp", "2020-01-01T09:30:00+00:00", NULL);
    test_set(hass, "sensor.gone", "unavailable", "{'device_class':'timestamp'}");
    test_set(hass, "time.wake", "10:10:00", NULL);
    return hass;
}

#define PARIS "{'time_zone':'Europe/Paris'}" /* an hour ahead */

static const struct {
    const char *now, *condition;
    int answer;
} times[] = {
    { "2024-03-05T07:29:59.999999Z", "'after':'08:30:00','before':'09:00'", 0 },
    { "2024-03-05T07:30:00Z", "'after':'08:30:00','before':'09:00'", 1 },
    { "2024-03-05T07:59:59.5Z", "'after':'08:30:00','before':'09:00'", 1 },
    { "2024-03-05T08:00:00Z", "'after':'08:30:00','before':'09:00'", 0 },
    /* round midnight */
    { "2024-03-05T20:00:00Z", "'after':'22:00','before':'06:00'", 0 },
    { "2024-03-05T21:00:00Z", "'after':'22:00','before':'06:00'", 1 },
    { "2024-03-05T04:59:59Z", "'after':'22:00','before':'06:00'", 1 },
    { "2024-03-05T05:00:00Z", "'after':'22:00','before':'06:00'", 0 },
    { "2024-03-05T05:00:00Z", "'after':'06:00','before':'06:00'", 1 },
    { "2024-03-05T12:00:00Z", "'after':'06:00','before':'06:00'", 1 },
    /* one bound */
    { "2024-03-05T09:29:59Z", "'after':'10:30:00'", 0 },
    { "2024-03-05T22:59:59.5Z", "'after':'10:30:00'", 1 },
    { "2024-03-05T09:29:59Z", "'before':'10:30:00'", 1 },
    { "2024-03-05T09:30:00Z", "'before':'10:30:00'", 0 },
    /* weekdays: it is Friday until 23:00Z */
    { "2024-03-08T22:59:59Z", "'weekday':'fri'", 1 },
    { "2024-03-08T23:00:00Z", "'weekday':['sat','sun']", 1 },
    { "2024-03-08T23:00:00Z", "'weekday':['fri']", 0 },
    { "2024-03-08T23:00:00Z", "'weekday':['sat'],'after':'08:00'", 0 },
    /* entities */
    { "2024-03-05T09:10:00Z", "'after':'input_datetime.time'", 1 },
    { "2024-03-05T09:09:59Z", "'after':'input_datetime.time'", 0 },
    { "2024-03-05T22:59:58Z", "'before':'input_datetime.date'", 1 },
    { "2024-03-05T22:59:59Z", "'before':'input_datetime.date'", 0 },
    { "2024-03-05T09:30:00Z", "'after':'sensor.stamp'", 1 },
    { "2024-03-05T09:29:59Z", "'after':'sensor.stamp'", 0 },
    { "2024-03-05T09:30:00Z", "'after':'sensor.no_stamp'", 0 },
    { "2024-03-05T09:30:00Z", "'after':'sensor.gone'", 0 },
    { "2024-03-05T09:30:00Z", "'after':'sensor.none'", HASS_E_CONDITION },
    { "2024-03-05T09:10:00Z", "'after':'time.wake'", 1 },
    { "2024-03-05T09:09:59Z", "'after':'time.wake'", 0 },
};

START_TEST(the_clock_on_the_wall_is_looked_at)
{
    hass__assert_loop();
    char text[128];

    snprintf(text, sizeof(text), "{'condition':'time',%s}", times[_i].condition);
    ck_assert_int_eq(test_conditions(home_at(times[_i].now, PARIS), text, NULL, NULL),
                     times[_i].answer);
}
END_TEST

/* At 52.1 N, 5.2 E on 2024-06-10 the sun rises at about 03:18Z and sets at about 19:57Z. */
#define DE_BILT  "{'latitude':52.1,'longitude':5.2,'elevation':10,'time_zone':'UTC'}"
#define DAY      "'after':'sunrise','before':'sunset'"
#define NIGHT    "'after':'sunset','before':'sunrise'"
/* There the sun of that day rises at 15:49Z and sets at 05:13Z of the next. */
#define HONOLULU "{'latitude':21.3,'longitude':-157.86,'time_zone':'Pacific/Honolulu'}"
#define SVALBARD "{'latitude':78.2,'longitude':15.6,'time_zone':'UTC'}"

static const struct {
    const char *home, *now, *condition;
    int answer;
} suns[] = {
    { DE_BILT, "2024-06-10T00:31:00Z", DAY, 0 },
    { DE_BILT, "2024-06-10T12:30:00Z", DAY, 1 },
    { DE_BILT, "2024-06-10T22:43:20Z", DAY, 0 },
    { DE_BILT, "2024-06-10T00:31:00Z", NIGHT, 1 },
    { DE_BILT, "2024-06-10T12:30:00Z", NIGHT, 0 },
    { DE_BILT, "2024-06-10T22:43:20Z", NIGHT, 1 },
    { DE_BILT, "2024-06-10T00:31:00Z", "'after':'sunset'", 0 },
    { DE_BILT, "2024-06-10T22:43:20Z", "'after':'sunset'", 1 },
    { DE_BILT, "2024-06-10T00:31:00Z", "'before':'sunrise','before_offset':'-01:00:00'", 1 },
    { DE_BILT, "2024-06-10T03:00:00Z", "'before':'sunrise','before_offset':'-01:00:00'", 0 },
    { DE_BILT, "2024-06-10T04:00:00Z", "'before':'sunrise','before_offset':3600", 1 },
    { DE_BILT, "2024-06-10T19:00:00Z", "'after':'sunset','after_offset':{'hours':-1}", 1 },
    { DE_BILT, "2024-06-10T18:30:00Z", "'after':'sunset','after_offset':{'hours':-1}", 0 },
    { HONOLULU, "2024-06-10T20:00:00Z", DAY, 1 },
    { HONOLULU, "2024-06-11T04:30:00Z", DAY, 1 }, /* still the 10th there */
    { HONOLULU, "2024-06-11T05:30:00Z", DAY, 0 },
    { HONOLULU, "2024-06-11T05:30:00Z", "'after':'sunset'", 1 },
    { SVALBARD, "2024-06-10T12:00:00Z", DAY, 0 }, /* it neither rises nor sets */
    { SVALBARD, "2024-06-10T12:00:00Z", NIGHT, 0 },
};

START_TEST(the_sun_of_today_is_looked_at)
{
    hass__assert_loop();
    char text[128];

    snprintf(text, sizeof(text), "{'condition':'sun',%s}", suns[_i].condition);
    ck_assert_int_eq(test_conditions(home_at(suns[_i].now, suns[_i].home), text, NULL, NULL),
                     suns[_i].answer);
}
END_TEST

CASES_MAIN("condition_time", ROWS(the_clock_on_the_wall_is_looked_at, times),
           ROWS(the_sun_of_today_is_looked_at, suns))
