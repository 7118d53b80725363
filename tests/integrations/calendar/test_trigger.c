/* SPDX-License-Identifier: Apache-2.0 */
/* The trigger `calendar`. */
#include "calendar/calendar.h"
#include "support/home.h"
#include "support/triggers.h"

#define MINUTE (INT64_C(60) * 1000000)
#define START  INT64_C(1704067200000000) /* 2024-01-01T00:00:00Z: the tests' now, 01:00 in Berlin */

static struct calendar_event stock[] = {
    { .size = sizeof(struct calendar_event),
      .start = START + 10 * MINUTE,
      .end = START + 20 * MINUTE,
      .summary = "Tea",
      .location = "Kitchen",
      .uid = "u1" },
    { .size = sizeof(struct calendar_event),
      .start = START + 10 * MINUTE,
      .end = START + 100 * MINUTE,
      .summary = "Lunch" },
    { .size = sizeof(struct calendar_event),
      .all_day = true,
      .start = START + 23 * 60 * MINUTE,
      .end = START + 47 * 60 * MINUTE,
      .summary = "Holiday" },
};
static unsigned asked;

static const struct calendar_event *event(struct hass_entity *entity)
{
    return NULL;
}

static HASS_COROUTINE int get_events(struct hass_entity *entity,
                                     const struct calendar_period *period,
                                     struct calendar_list *list, struct hass_error *err)
{
    asked++;
    (void)hass_async_sleep(hass_entity_hass(entity), 1, NULL); // it is asked over the network
    for (size_t i = 0; i < 3; i++) {
        if (stock[i].start < period->end && stock[i].end > period->start)
            list->add(list, &stock[i]);
    }
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS();
static const struct calendar_ops calendar_ops =
    CALENDAR_OPS(.event = event, .async_get_events = get_events);
static const struct hass_entity_description school = HASS_ENTITY_DESCRIPTION(.name = "School");

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entity = hass_entity_new(hass, &ops, &school, &calendar_ops, NULL, NULL);

    return hass_component_async_add_entities(hass_component_async_get(hass, "calendar"), &entity, 1,
                                             err);
}

static HASS_CALLBACK struct hass *home(void)
{
    struct hass *hass = test_home("homeassistant:\n  time_zone: Europe/Berlin\ncalendar:\n");

    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    asked = 0;
    return hass;
}

START_TEST(each_event_fires_when_it_begins)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct fired *fired =
        triggers_attach(hass, "{'trigger': 'calendar', 'entity_id': 'calendar.school'}");

    test_advance(hass, 599);
    ck_assert_uint_eq(fired_count(fired), 0);
    test_advance(hass, 1);
    ck_assert_uint_eq(fired_count(fired), 2);
    char *keys = fired_keys(fired, 0);
    ck_assert_str_eq(keys, "alias,calendar_event,event,id,idx,offset,platform");
    free(keys);
    ck_assert_json(fired_field(fired, 0, "calendar_event"),
                   "{'start': '2024-01-01T01:10:00+01:00', 'end': '2024-01-01T01:20:00+01:00', "
                   "'summary': 'Tea', 'location': 'Kitchen', 'uid': 'u1', 'all_day': false}");
    ck_assert_str_eq(fired_text(fired, 1, "calendar_event.summary"), "Lunch");
    test_advance(hass, 23 * 3600);
    ck_assert_uint_eq(fired_count(fired), 3);
    ck_assert(fired_at(fired, 2) == 23 * 3600);
    ck_assert_str_eq(fired_text(fired, 2, "calendar_event.start"), "2024-01-02");
}
END_TEST

START_TEST(or_when_it_ends_with_an_offset)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct fired *fired = triggers_attach(
        hass, "{'trigger': 'calendar', 'entity_id': 'calendar.school', 'event': 'end', 'offset': "
              "'-00:05'}");

    test_advance(hass, 3 * 3600);
    ck_assert_uint_eq(fired_count(fired), 2);
    ck_assert(fired_at(fired, 0) == 15 * 60);
    ck_assert(fired_at(fired, 1) == 95 * 60);
    ck_assert_str_eq(fired_text(fired, 0, "event"), "end");
    ck_assert(json_number_value(fired_field(fired, 0, "offset.total_seconds")) == -300);
}
END_TEST

START_TEST(it_asks_every_fifteen_minutes_until_it_is_detached)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct fired *fired =
        triggers_attach(hass, "{'trigger': 'calendar', 'entity_id': 'calendar.school'}");

    ck_assert_uint_eq(asked, 1);
    test_advance(hass, 901);
    ck_assert_uint_eq(asked, 2);
    test_advance(hass, 899);
    ck_assert_uint_eq(asked, 3);
    triggers_detach(fired); // while it is being asked
    test_advance(hass, 3600);
    ck_assert_uint_eq(asked, 3);
    ck_assert_uint_eq(fired_count(fired), 2);
}
END_TEST

START_TEST(a_calendar_that_is_not_there_is_logged)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass *hass = home();

    (void)triggers_attach(hass, "{'trigger': 'calendar', 'entity_id': 'calendar.none'}");
    ck_assert_ptr_nonnull(logs_find(
        logs,
        "test.owner: trigger 1 (calendar) does not work: there is no calendar calendar.none"));
}
END_TEST

TEST_MAIN("calendar trigger", each_event_fires_when_it_begins, or_when_it_ends_with_an_offset,
          it_asks_every_fifteen_minutes_until_it_is_detached,
          a_calendar_that_is_not_there_is_logged)
