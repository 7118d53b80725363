/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events: what happened, when, and with which attributes.
 */
#include <string.h>

#include "event/event.h"
#include "support/cases.h"
#include "support/home.h"
#include "support/items.h"

static const char *const *event_types(struct hass_entity *entity)
{
    static const char *const types[] = { "press", "hold", NULL };

    return types;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = 0);
static const struct event_ops remote = EVENT_OPS(.event_types = event_types);
static const struct hass_entity_description description =
    HASS_ENTITY_DESCRIPTION(.name = "Remote", .device_class = "button");

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entity = hass_entity_new(hass, &ops, &description, &remote, NULL, NULL);

    return hass_component_async_add_entities(hass_component_async_get(hass, "event"), &entity, 1,
                                             err);
}

static HASS_CALLBACK struct hass *home(void)
{
    struct hass *hass = test_home("event:\n");

    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    test_advance(hass, 1.5);
    return hass;
}

static HASS_CALLBACK json_t *attributes(struct hass *hass)
{
    return hass_state_attributes(hass_states_async_get(hass, "event.remote"));
}

START_TEST(nothing_has_happened_at_first)
{
    hass__assert_loop();
    struct hass *hass = home();
    autojson *all = attributes(hass);

    ck_assert_str_eq(home_state(hass, "event.remote"), "unknown");
    ck_assert_json(all, "{'event_types':['press','hold'],'event_type':null,"
                        "'device_class':'button','friendly_name':'Remote'}");
}
END_TEST

START_TEST(the_last_event_is_shown_with_its_time_and_attributes)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_entity *entity = hass_async_get_entity(hass, "event.remote");

    ck_assert_int_eq(event_async_trigger(entity, "press", test_json("{'times':2}"), NULL), 0);
    ck_assert_str_eq(home_state(hass, "event.remote"), "2024-01-01T00:00:01.500+00:00");
    autojson *first = attributes(hass);
    ck_assert_json(first, "{'event_types':['press','hold'],'event_type':'press','times':2,"
                          "'device_class':'button','friendly_name':'Remote'}");
    test_advance(hass, 0.5);
    ck_assert_int_eq(event_async_trigger(entity, "hold", NULL, NULL), 0);
    ck_assert_str_eq(home_state(hass, "event.remote"), "2024-01-01T00:00:02.000+00:00");
    autojson *second = attributes(hass);
    ck_assert_json(second, "{'event_types':['press','hold'],'event_type':'hold',"
                           "'device_class':'button','friendly_name':'Remote'}");
}
END_TEST

START_TEST(the_same_event_again_is_a_change)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_entity *entity = hass_async_get_entity(hass, "event.remote");

    event_async_trigger(entity, "press", NULL, NULL);
    struct capture *changes = test_capture(hass, HASS_EVENT_STATE_CHANGED);
    test_advance(hass, 0.25);
    event_async_trigger(entity, "press", NULL, NULL);
    ck_assert_uint_eq(capture_count(changes), 1);
}
END_TEST

START_TEST(what_cannot_happen_is_refused)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_entity *entity = hass_async_get_entity(hass, "event.remote");
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(event_async_trigger(entity, "throw", test_json("{}"), &err), HASS_E_INVALID);
    ck_assert_str_eq(err.message, "invalid event type throw for event.remote");
    ck_assert_str_eq(home_state(hass, "event.remote"), "unknown");
}
END_TEST

START_TEST(without_the_domain_nothing_happens)
{
    hass__assert_loop();
    struct hass *hass = test_home("");
    struct hass_entity *entity = hass_entity_new(hass, &ops, &description, &remote, NULL, NULL);

    ck_assert_int_eq(event_async_trigger(entity, "press", test_json("{}"), NULL), HASS_E_NOT_FOUND);
    hass_entity_unref(entity);
}
END_TEST

START_TEST(an_entity_that_is_nowhere_has_no_events)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_entity *entity = hass_entity_new(hass, &ops, &description, &remote, NULL, NULL);

    ck_assert_int_eq(event_async_trigger(entity, "press", NULL, NULL), HASS_E_NO_ENTITY_ID);
    hass_entity_unref(entity);
}
END_TEST

START_TEST(the_last_event_is_remembered)
{
    hass__assert_loop();
    struct hass *hass = home();

    event_async_trigger(hass_async_get_entity(hass, "event.remote"), "press",
                        test_json("{'times':2}"), NULL);
    hass = home_restart(hass, 3600);
    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    ck_assert_str_eq(home_state(hass, "event.remote"), "2024-01-01T00:00:01.500+00:00");
    autojson *all = attributes(hass);
    ck_assert_json(all, "{'event_types':['press','hold'],'event_type':'press','times':2,"
                        "'device_class':'button','friendly_name':'Remote'}");
}
END_TEST

START_TEST(nothing_is_remembered_of_what_has_not_happened)
{
    hass__assert_loop();
    struct hass *hass = home_restart(home(), 3600);

    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    ck_assert_str_eq(home_state(hass, "event.remote"), "unknown");
}
END_TEST

CASES_MAIN("event", ONCE(nothing_has_happened_at_first),
           ONCE(the_last_event_is_shown_with_its_time_and_attributes),
           ONCE(the_same_event_again_is_a_change), ONCE(what_cannot_happen_is_refused),
           ONCE(without_the_domain_nothing_happens), ONCE(an_entity_that_is_nowhere_has_no_events),
           ONCE(the_last_event_is_remembered), ONCE(nothing_is_remembered_of_what_has_not_happened))
