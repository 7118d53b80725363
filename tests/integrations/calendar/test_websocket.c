/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients ask of calendars, with the demo's: the events of a period, what becomes of them, and changing them.
 */
#include <string.h>

#include "calendar/calendar.h"
#include "support/cases.h"
#include "support/client.h"
#include "support/fake.h"
#include "support/home.h"

#define FAMILY "'entity_id':'calendar.family'"
#define DINNER                                                                                     \
    "{'start':'2024-01-01T01:30:00+01:00','end':'2024-01-01T03:30:00+01:00','summary':'Dinner "    \
    "with "                                                                                        \
    "Ada','location':'Dining room','uid':'1'}"

static struct client *client;

static struct hass *home(void) HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *home(void)
{
    struct hass *hass = test_home("homeassistant:\n  time_zone: Europe/Berlin\ndemo:\n");

    client = client_open(hass, NULL, false);
    return hass;
}

static HASS_CALLBACK void ask(const char *message)
{
    const json_t *answer = client_ask(client, message);

    ck_assert_msg(hass_json_get_bool(answer, "success", false), "%s",
                  hass_json_get_string(hass_json_get(answer, "error"), "message", ""));
    ck_assert_json(hass_json_get(answer, "result"), "null");
}

static HASS_CALLBACK const json_t *next_event(void)
{
    return hass_json_get(client_next(client), "event");
}

/* The events of the first week of 2024. */
static HASS_CALLBACK void subscribe(void)
{
    ask("{'type':'calendar/event/subscribe'," FAMILY
        ",'start':'2024-01-01T00:00:00+01:00','end':'2024-01-08T00:00:00+01:00'}");
}

START_TEST(a_subscriber_is_told_of_the_events_of_a_period)
{
    struct hass *hass = home();

    hass__assert_loop();
    subscribe();
    ck_assert_json(next_event(), "{'events':[" DINNER "]}");
    home_call(hass, "homeassistant", "update_entity", "{" FAMILY "}", NULL);
    ck_assert_ptr_null(client_next(client));
    /* What lies outside is no news. */
    home_call(hass, "calendar", "create_event",
              "{" FAMILY ",'summary':'Later','start_date':'2024-02-01','end_date':'2024-02-02'}",
              NULL);
    ck_assert_ptr_null(client_next(client));
    home_call(hass, "calendar", "create_event",
              "{" FAMILY ",'summary':'Soon','start_date':'2024-01-02','end_date':'2024-01-03'}",
              NULL);
    ck_assert_json(next_event(), "{'events':[" DINNER ",{'start':'2024-01-02','end':'2024-01-03',"
                                 "'summary':'Soon','description':'','uid':'3'}]}");
    ask("{'type':'unsubscribe_events','subscription':1}");
    home_call(hass, "calendar", "create_event",
              "{" FAMILY ",'summary':'More','start_date':'2024-01-02','end_date':'2024-01-03'}",
              NULL);
    ck_assert_ptr_null(client_next(client));
}
END_TEST

START_TEST(an_event_is_added_changed_and_removed)
{
    hass__assert_loop();
    home();
    subscribe();
    ck_assert_ptr_nonnull(next_event());
    client_command(client, "{'type':'calendar/event/delete'," FAMILY ",'uid':'1'}");
    ck_assert_json(next_event(), "{'events':[]}");
    ck_assert(hass_json_get_bool(client_next(client), "success", false));
    client_command(client,
                   "{'type':'calendar/event/create'," FAMILY ",'event':{'summary':'Holiday',"
                   "'dtstart':'2024-01-03','dtend':'2024-01-05','description':null}}");
    ck_assert_json(next_event(), "{'events':[{'start':'2024-01-03','end':'2024-01-05',"
                                 "'summary':'Holiday','uid':'2'}]}");
    ck_assert_ptr_nonnull(client_next(client));
    client_command(client,
                   "{'type':'calendar/event/update'," FAMILY ",'uid':'2','recurrence_id':null,"
                   "'recurrence_range':'','event':{'summary':'Walk','location':'Wood',"
                   "'start':'2024-01-04T10:00:00','end':'2024-01-04T11:00:00Z'}}");
    ck_assert_json(next_event(),
                   "{'events':[{'start':'2024-01-04T10:00:00+01:00','end':"
                   "'2024-01-04T12:00:00+01:00','summary':'Walk','location':'Wood','uid':'2'}]}");
}
END_TEST

/* on the pool */

static const struct calendar_event *no_event(struct hass_entity *entity)
{
    return NULL;
}

static HASS_BLOCKING int tell(const char *what, const struct hass_entity *entity,
                              const struct calendar_change *change)
{
    fake_tell("%s%s %s %s%s %s", hass_on_loop(hass_entity_hass(entity)) ? "loop " : "", what,
              change->uid, change->recurrence_id ? change->recurrence_id : "all",
              change->this_and_future ? " and future" : "",
              change->event ? change->event->summary : "nothing");
    return 0;
}

static HASS_BLOCKING int update_on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                        const struct calendar_change *change, void *values,
                                        struct hass_error *err)
{
    return tell("update", entity, change);
}

static HASS_BLOCKING int remove_on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                        const struct calendar_change *change, void *values,
                                        struct hass_error *err)
{
    return tell("remove", entity, change);
}

static const struct calendar_ops pool_ops =
    CALENDAR_OPS(.event = no_event, .update = update_on_pool, .remove = remove_on_pool);

/* What is sent, and what the platform is told. */
static const char *const told[][2] = {
    { "update','uid':'7','event':{'summary':'Walk','dtstart':'2024-01-04','dtend':'2024-01-05'}",
      "update 7 all Walk" },
    { "update','uid':'7','recurrence_id':'20240104','recurrence_range':'THISANDFUTURE','event':{"
      "'summary':'Walk','dtstart':'2024-01-04','dtend':'2024-01-05'}",
      "update 7 20240104 and future Walk" },
    { "delete','uid':'7'", "remove 7 all nothing" },
    { "delete','uid':'7','recurrence_id':'20240104'", "remove 7 20240104 nothing" },
};

START_TEST(a_change_reaches_the_platform_on_the_pool)
{
    char message[300];

    hass__assert_loop();
    fake.description.has_supported_features = true;
    fake.description.supported_features =
        CALENDAR_FEATURE_UPDATE_EVENT | CALENDAR_FEATURE_DELETE_EVENT;
    client = client_open(fake_home("calendar", &pool_ops), NULL, false);
    snprintf(message, sizeof(message), "{'type':'calendar/event/%s,'entity_id':'calendar.fake'}",
             told[_i][0]);
    ask(message);
    ck_assert_str_eq(fake.told, told[_i][1]);
}
END_TEST

/* What a calendar needs for each. */
static const char *const unsupported[] = {
    "create','event':{'summary':'Walk','dtstart':'2024-01-04','dtend':'2024-01-05'}",
    "update','uid':'7','event':{'summary':'Walk','dtstart':'2024-01-04','dtend':'2024-01-05'}",
    "delete','uid':'7'",
};

START_TEST(what_a_calendar_cannot_is_refused)
{
    char message[300];

    hass__assert_loop();
    fake.description.has_supported_features = true;
    fake.description.supported_features =
        (CALENDAR_FEATURE_CREATE_EVENT | CALENDAR_FEATURE_UPDATE_EVENT |
         CALENDAR_FEATURE_DELETE_EVENT) &
        ~(uint32_t[]){ CALENDAR_FEATURE_CREATE_EVENT, CALENDAR_FEATURE_UPDATE_EVENT,
                       CALENDAR_FEATURE_DELETE_EVENT }[_i];
    client = client_open(fake_home("calendar", &pool_ops), NULL, false);
    snprintf(message, sizeof(message), "{'type':'calendar/event/%s,'entity_id':'calendar.fake'}",
             unsupported[_i]);
    ck_assert_str_eq(client_error(client_ask(client, message)), "not_supported");
    ck_assert_str_eq(fake.told, "");
}
END_TEST

#define WALK "'summary':'Walk','dtstart':'2024-01-04','dtend':'2024-01-05'"

static const char *const refused[][2] = {
    { "create','entity_id':'calendar.none','event':{" WALK "}}", "not_found" },
    { "create','entity_id':'light.bed_light','event':{" WALK "}}", "not_found" },
    { "create'," FAMILY "}", "invalid_format" },
    { "create'," FAMILY ",'event':{'summary':'Walk'}}", "invalid_format" },
    { "create'," FAMILY ",'event':{'dtstart':'2024-01-04','dtend':'2024-01-05'}}",
      "invalid_format" },
    { "create'," FAMILY ",'event':{" WALK ",'colour':'red'}}", "invalid_format" },
    { "create'," FAMILY ",'event':{'summary':'x','dtstart':'2024-01-04','dtend':'2024-01-04'}}",
      "invalid_format" },
    { "create'," FAMILY
      ",'event':{'summary':'x','dtstart':'2024-01-04','dtend':'2024-01-04T12:00:00'}}",
      "invalid_format" },
    { "create'," FAMILY ",'event':{'summary':'x','dtstart':'soon','dtend':'later'}}",
      "invalid_format" },
    { "update'," FAMILY ",'event':{" WALK "}}", "invalid_format" },
    { "update'," FAMILY ",'uid':'9','event':{" WALK "}}", "failed" },
    { "delete'," FAMILY "}", "invalid_format" },
    { "delete'," FAMILY ",'uid':'9'}", "failed" },
    { "subscribe'," FAMILY "}", "invalid_format" },
    { "subscribe'," FAMILY ",'start':'2024-01-04T00:00:00','end':'2024-01-04T00:00:00'}",
      "invalid_format" },
    { "subscribe','entity_id':'calendar.none','start':'2024-01-04T00:00:00','end':"
      "'2024-01-05T00:00:00'}",
      "not_found" },
};

START_TEST(what_is_wrong_is_refused)
{
    char message[300];

    home();
    hass__assert_loop();
    snprintf(message, sizeof(message), "{'type':'calendar/event/%s", refused[_i][0]);
    ck_assert_str_eq(client_error(client_ask(client, message)), refused[_i][1]);
}
END_TEST

CASES_MAIN("calendar: messages", ONCE(a_subscriber_is_told_of_the_events_of_a_period),
           ONCE(an_event_is_added_changed_and_removed),
           ROWS(a_change_reaches_the_platform_on_the_pool, told),
           ROWS(what_a_calendar_cannot_is_refused, unsupported),
           ROWS(what_is_wrong_is_refused, refused))
