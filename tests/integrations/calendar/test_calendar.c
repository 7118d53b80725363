/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calendars: on while an event is on, the events of a period, and events that are added.
 */
#include <string.h>

#include "calendar/calendar.h"
#include "support/home.h"

#define HOUR  (INT64_C(3600) * 1000000)
#define START INT64_C(1704067200000000) /* 2024-01-01T00:00:00Z: the tests' now, 01:00 in Berlin */

static struct calendar_event stock[] = {
    { .size = sizeof(struct calendar_event),
      .start = START + HOUR,
      .end = START + 3 * HOUR,
      .summary = "Lunch",
      .location = "Kitchen" },
    { .size = sizeof(struct calendar_event),
      .all_day = true,
      .start = START + 23 * HOUR,
      .end = START + 47 * HOUR,
      .summary = "Holiday",
      .description = "All day" },
};
static const struct calendar_event *shown;
static char created[256];
static size_t flood;

static const struct calendar_event *event(struct hass_entity *entity)
{
    return shown;
}

static void tell(const struct calendar_period *period, struct calendar_list *list)
{
    for (size_t i = 0; i < 2; i++) {
        if (stock[i].start < period->end && stock[i].end > period->start)
            list->add(list, &stock[i]);
    }
    for (size_t i = 0; i < flood; i++)
        list->add(list, &stock[0]);
}

static HASS_COROUTINE int get_on_loop(struct hass_entity *entity,
                                      const struct calendar_period *period,
                                      struct calendar_list *list, struct hass_error *err)
{
    tell(period, list);
    return 0;
}

static HASS_BLOCKING int get_on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                     const struct calendar_period *period,
                                     struct calendar_list *list, struct hass_error *err)
{
    tell(period, list);
    return 0;
}

static HASS_COROUTINE int create(struct hass_entity *entity, const struct calendar_event *made,
                                 struct hass_error *err)
{
    snprintf(created, sizeof(created), "%s|%d|%lld|%lld|%s|%s", made->summary, made->all_day,
             (long long)((made->start - START) / HOUR), (long long)((made->end - START) / HOUR),
             made->description, made->location ? made->location : "-");
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS();
static const struct calendar_ops loop_ops =
    CALENDAR_OPS(.event = event, .async_get_events = get_on_loop, .async_create = create);
static const struct calendar_ops pool_ops = CALENDAR_OPS(.event = event, .get_events = get_on_pool);
static const struct calendar_ops mute_ops = CALENDAR_OPS(.event = event);
static const struct hass_entity_description loop =
    HASS_ENTITY_DESCRIPTION(.name = "Loop", .supported_features = CALENDAR_FEATURE_CREATE_EVENT,
                            .has_supported_features = true);
static const struct hass_entity_description pool = HASS_ENTITY_DESCRIPTION(.name = "Pool");
static const struct hass_entity_description mute = HASS_ENTITY_DESCRIPTION(.name = "Mute");

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entities[] = {
        hass_entity_new(hass, &ops, &loop, &loop_ops, NULL, NULL),
        hass_entity_new(hass, &ops, &pool, &pool_ops, NULL, NULL),
        hass_entity_new(hass, &ops, &mute, &mute_ops, NULL, NULL),
    };

    return hass_component_async_add_entities(hass_component_async_get(hass, "calendar"), entities,
                                             3, err);
}

static HASS_CALLBACK struct hass *home(void)
{
    struct hass *hass = test_home("homeassistant:\n  time_zone: Europe/Berlin\ncalendar:\n");

    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    return hass;
}

START_TEST(it_is_on_from_an_events_begin_to_its_end)
{
    hass__assert_loop();
    shown = &stock[0];
    struct hass *hass = home();

    ck_assert_str_eq(home_state(hass, "calendar.loop"), "off");
    test_advance(hass, 3599);
    ck_assert_str_eq(home_state(hass, "calendar.loop"), "off");
    test_advance(hass, 1);
    ck_assert_str_eq(home_state(hass, "calendar.loop"), "on");
    test_advance(hass, 7199);
    ck_assert_str_eq(home_state(hass, "calendar.loop"), "on");
    test_advance(hass, 1);
    ck_assert_str_eq(home_state(hass, "calendar.loop"), "off");
}
END_TEST

START_TEST(attributes_describe_the_event_in_local_time)
{
    hass__assert_loop();
    shown = &stock[0];
    struct hass *hass = home();
    const struct hass_state *state = hass_states_async_get(hass, "calendar.loop");
    autojson *attributes = hass_state_attributes(state);

    ck_assert_json(attributes,
                   "{'message':'Lunch','all_day':false,'start_time':'2024-01-01 02:00:00',"
                   "'end_time':'2024-01-01 04:00:00','location':'Kitchen','description':'',"
                   "'friendly_name':'Loop','supported_features':1}");
    shown = NULL;
    hass_entity_async_write_ha_state(hass_async_get_entity(hass, "calendar.loop"), NULL);
    autojson *none = home_attribute(hass, "calendar.loop", "message");
    ck_assert_ptr_null(none);
    ck_assert_str_eq(home_state(hass, "calendar.loop"), "off");
}
END_TEST

START_TEST(an_entity_that_goes_takes_its_timer_along)
{
    hass__assert_loop();
    shown = &stock[0];
    struct hass *hass = home();

    ck_assert_int_eq(loader_unload(hass, "calendar", NULL), 0);
    test_advance(hass, 7200);
    ck_assert_str_eq(home_state(hass, "calendar.loop"), "(none)");
}
END_TEST

struct query {
    const char *data;
    json_t *response;
};

static HASS_COROUTINE int ask(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct query *query = userdata;
    const struct hass_call_options options = { .size = sizeof(options),
                                               .blocking = true,
                                               .return_response = true };

    return hass_services_async_call(hass, "calendar", "get_events", test_json(query->data),
                                    &options, &query->response, err);
}

START_TEST(events_of_a_period_are_told)
{
    static const char *const entities[] = { "calendar.loop", "calendar.pool" };
    static const char both[] =
        "[{'start':'2024-01-01T02:00:00+01:00','end':'2024-01-01T04:00:00+01:00',"
        "'summary':'Lunch','location':'Kitchen'},"
        "{'start':'2024-01-02','end':'2024-01-03','summary':'Holiday','description':'All day'}]";
    hass__assert_loop();
    struct hass *hass = home();

    for (size_t i = 0; i < 2; i++) {
        char data[160];
        snprintf(data, sizeof(data), "{'entity_id':'%s','duration':'48:00:00'}", entities[i]);
        struct query query = { data, NULL };
        ck_assert_int_eq(test_run_coroutine(hass, ask, &query), 0);
        const json_t *events = hass_json_get(hass_json_get(query.response, entities[i]), "events");
        ck_assert_json(events, both);
        json_decref(query.response);
    }
    struct query later = { "{'entity_id':'calendar.loop','start_date_time':'2024-01-01 04:00:00',"
                           "'end_date_time':'2024-01-02 00:00:00'}",
                           NULL };
    ck_assert_int_eq(test_run_coroutine(hass, ask, &later), 0);
    ck_assert_json(later.response, "{'calendar.loop':{'events':[]}}");
    json_decref(later.response);
}
END_TEST

START_TEST(an_answer_has_a_limit)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct query query = { "{'entity_id':'calendar.pool','duration':60}", NULL };

    flood = 10001;
    struct logs *logs = test_logs();
    ck_assert_int_eq(test_run_coroutine(hass, ask, &query), 0);
    ck_assert_uint_eq(
        json_array_size(hass_json_get(hass_json_get(query.response, "calendar.pool"), "events")),
        10000);
    ck_assert_ptr_nonnull(logs_find(logs, "1 events of a period are not told"));
    json_decref(query.response);
}
END_TEST

static const struct {
    const char *data, *wanted;
} good[] = {
    { "'start_date':'2024-01-02','end_date':'2024-01-04'", "A|1|23|71||-" },
    { "'start_date_time':'2024-01-01 02:00:00','end_date_time':'2024-01-01 03:00:00',"
      "'description':'b','location':'c'",
      "A|0|1|2|b|c" },
    { "'start_date_time':'2024-01-01T02:00:00Z','end_date_time':'2024-01-01T03:00:00Z'",
      "A|0|2|3||-" },
    { "'in':{'days':0}", "A|1|-1|23||-" },
    { "'in':{'days':1}", "A|1|23|47||-" },
    { "'in':{'weeks':1}", "A|1|167|191||-" },
};

START_TEST(events_are_added)
{
    hass__assert_loop();
    struct hass *hass = home();

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct hass_error err = HASS_ERROR_INIT;
        char data[256];
        snprintf(data, sizeof(data), "{'entity_id':'calendar.loop','summary':'A',%s}",
                 good[i].data);
        ck_assert_msg(home_call(hass, "calendar", "create_event", data, &err) == 0, "%s: %s",
                      good[i].data, err.message);
        ck_assert_str_eq(created, good[i].wanted);
    }
}
END_TEST

static const struct {
    const char *data, *message;
} bad[] = {
    { "'entity_id':'calendar.loop','in':{'days':1}", "summary" },
    { "'entity_id':'calendar.loop','summary':'A'", "must contain" },
    { "'entity_id':'calendar.loop','summary':'A','start_date':'2024-01-02'", "needs end_date" },
    { "'entity_id':'calendar.loop','summary':'A','end_date':'2024-01-02'", "needs start_date" },
    { "'entity_id':'calendar.loop','summary':'A','in':{}", "in needs days or weeks" },
    { "'entity_id':'calendar.loop','summary':'A','in':{'days':1,'weeks':1}", "weeks" },
    { "'entity_id':'calendar.loop','summary':'A','in':{'days':1},'start_date':'2024-01-02'", "in" },
    { "'entity_id':'calendar.loop','summary':'A','start_date':'2024-01-02',"
      "'end_date':'2024-01-02'",
      "the end must lie after the start" },
    { "'entity_id':'calendar.loop','summary':'A','start_date':'soon','end_date':'2024-01-02'",
      "a date such as" },
    { "'entity_id':'calendar.pool','summary':'A','in':{'days':1}", "calendar.pool" },
};

START_TEST(what_makes_no_event_is_refused)
{
    hass__assert_loop();
    struct hass *hass = home();

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct hass_error err = HASS_ERROR_INIT;
        char data[256];
        snprintf(data, sizeof(data), "{%s}", bad[i].data);
        ck_assert_int_lt(home_call(hass, "calendar", "create_event", data, &err), 0);
        ck_assert_msg(strstr(err.message, bad[i].message), "%s: %s", bad[i].data, err.message);
    }
    ck_assert_str_eq(created, "");
}
END_TEST

START_TEST(a_period_without_an_end_and_one_that_runs_backwards_are_refused)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct query open = { "{'entity_id':'calendar.loop'}", NULL };
    struct query back = { "{'entity_id':'calendar.loop','end_date_time':'2023-01-01'}", NULL };
    struct query mute_one = { "{'entity_id':'calendar.mute','duration':60}", NULL };

    ck_assert_int_eq(test_run_coroutine(hass, ask, &open), HASS_E_INVALID);
    ck_assert_int_eq(test_run_coroutine(hass, ask, &back), HASS_E_SERVICE_VALIDATION);
    ck_assert_int_eq(test_run_coroutine(hass, ask, &mute_one), HASS_E_UNSUPPORTED);
}
END_TEST

TEST_MAIN("calendar", it_is_on_from_an_events_begin_to_its_end,
          attributes_describe_the_event_in_local_time, an_entity_that_goes_takes_its_timer_along,
          events_of_a_period_are_told, an_answer_has_a_limit, events_are_added,
          what_makes_no_event_is_refused,
          a_period_without_an_end_and_one_that_runs_backwards_are_refused)
