/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts: ids, and how long an origin is remembered. */
#include <pthread.h>
#include <string.h>

#include "support/test.h"

START_TEST(a_context_has_a_ulid_of_its_own)
{
    struct hass *hass = test_hass();
    autounref(hass_context) const *a = hass_context_new(hass, NULL, NULL);
    autounref(hass_context) const *b = hass_context_new(hass, "user", "parent");

    ck_assert_uint_eq(strlen(hass_context_id(a)), 26);
    ck_assert_str_ne(hass_context_id(a), hass_context_id(b));
    ck_assert_ptr_null(hass_context_user_id(a));
    ck_assert_str_eq(hass_context_user_id(b), "user");
    ck_assert_str_eq(hass_context_parent_id(b), "parent");
    ck_assert_int_eq(strncmp(hass_context_id(a), "01HK153X00", 10), 0); // the time is the hass's
}
END_TEST

START_TEST(contexts_are_equal_by_id_alone)
{
    autounref(hass_context) const *a = hass_context_new_id("x", NULL, NULL);
    autounref(hass_context) const *b = hass_context_new_id("x", "user", NULL);
    autounref(hass_context) const *c = hass_context_new_id("y", NULL, NULL);

    ck_assert(hass_context_equal(a, b));
    ck_assert(!hass_context_equal(a, c));
    autojson *json = hass_context_as_json(b);
    ck_assert_json(json, "{'id': 'x', 'parent_id': null, 'user_id': 'user'}");
}
END_TEST

START_TEST(ids_have_36_characters_at_most)
{
    char id[36 + 2];

    memset(id, 'i', sizeof(id));
    id[36] = '\0';
    autounref(hass_context) const *longest = hass_context_new_id(id, id, id);
    ck_assert_str_eq(hass_context_parent_id(longest), id);
    id[36] = 'i';
    id[36 + 1] = '\0';
    ck_assert_ptr_null(hass_context_new_id(id, NULL, NULL));
    ck_assert_ptr_null(hass_context_new_id("x", id, NULL));
    ck_assert_ptr_null(hass_context_new_id("x", NULL, id));
}
END_TEST

static HASS_CALLBACK int notes_origin(const struct hass_event *event, void *userdata,
                                      struct hass_error *err)
{
    const struct hass_event **origin = userdata;

    hass_event_unref(*origin);
    *origin = hass_context_origin_event(hass_event_context(event));
    return 0;
}

START_TEST(the_first_event_is_the_origin_of_those_that_follow)
{
    struct hass *hass = test_hass();
    autounref(hass_context) const *context = hass_context_new(hass, NULL, NULL);
    const struct hass_event *origin = NULL;

    hass_bus_async_listen(hass, HASS_MATCH_ALL, NULL, HASS_JOB_CALLBACK(notes_origin, &origin),
                          NULL, NULL);
    ck_assert_ptr_null(hass_context_origin_event(context));
    hass_bus_async_fire(hass, "first", NULL, context, NULL);
    ck_assert_str_eq(hass_event_type(origin), "first");
    hass_bus_async_fire(hass, "second", NULL, context, NULL);
    ck_assert_str_eq(hass_event_type(origin), "first");
    hass_event_unref(origin);
    autounref(hass_event) const *kept = hass_context_origin_event(context);
    ck_assert_str_eq(hass_event_type(kept), "first"); // as long as somebody acts under it
}
END_TEST

START_TEST(an_event_without_listeners_is_no_origin)
{
    struct hass *hass = test_hass();
    autounref(hass_context) const *context = hass_context_new(hass, NULL, NULL);

    hass_bus_async_fire(hass, "unheard", NULL, context, NULL);
    ck_assert_ptr_null(hass_context_origin_event(context));
}
END_TEST

START_TEST(a_state_does_not_keep_its_origin_alive)
{
    struct hass *hass = test_hass();
    const struct hass_event *origin = NULL;

    hass_bus_async_listen(hass, HASS_EVENT_STATE_CHANGED, NULL,
                          HASS_JOB_CALLBACK(notes_origin, &origin), NULL, NULL);
    hass_states_async_set(hass, "sensor.a", "1", NULL, NULL, NULL);
    const struct hass_context *context =
        hass_state_context(hass_states_async_get(hass, "sensor.a"));
    autounref(hass_event) const *held = hass_context_origin_event(context);
    ck_assert_ptr_eq(held, origin); // the listener has kept it
    held = hass_event_unref(held);
    origin = hass_event_unref(origin);
    ck_assert_ptr_null(hass_context_origin_event(context)); // chains end here
}
END_TEST

START_TEST(a_context_outlives_its_state)
{
    struct hass *hass = test_hass();

    hass_states_async_set(hass, "sensor.a", "1", NULL, NULL, NULL);
    autounref(hass_context) const *context =
        hass_context_ref(hass_state_context(hass_states_async_get(hass, "sensor.a")));
    hass_states_async_remove(hass, "sensor.a", NULL, NULL);
    ck_assert_uint_eq(strlen(hass_context_id(context)), 26);
}
END_TEST

static void *read_id(void *arg)
{
    const struct hass_context *context = arg;

    ck_assert_uint_eq(strlen(hass_context_id(context)), 26);
    hass_context_unref(context);
    return NULL;
}

START_TEST(several_threads_may_ask_for_the_id_first)
{
    struct hass *hass = test_hass();

    for (int round = 0; round < 200; round++) {
        pthread_t threads[3];
        autounref(hass_context) const *context = hass_context_new(hass, NULL, NULL);
        for (int i = 0; i < 3; i++)
            pthread_create(&threads[i], NULL, read_id, (void *)hass_context_ref(context));
        for (int i = 0; i < 3; i++)
            pthread_join(threads[i], NULL);
    }
}
END_TEST

TEST_MAIN("context", a_context_has_a_ulid_of_its_own, contexts_are_equal_by_id_alone,
          ids_have_36_characters_at_most, the_first_event_is_the_origin_of_those_that_follow,
          an_event_without_listeners_is_no_origin, a_state_does_not_keep_its_origin_alive,
          a_context_outlives_its_state, several_threads_may_ask_for_the_id_first)
