/* SPDX-License-Identifier: Apache-2.0 */
/* The state machine: what is stored, when, and what is fired. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <hass/buf.h>

#include "core/core.h"
#include "support/test.h"

#define START  INT64_C(1704067200000000) /* of virtual time */
#define SECOND INT64_C(1000000)

static HASS_CALLBACK void set(struct hass *hass, const char *id, const char *state,
                              const char *attributes)
{
    struct hass_error err = HASS_ERROR_INIT;
    json_t *object = attributes ? test_json(attributes) : NULL;

    ck_assert_msg(hass_states_async_set(hass, id, state, object, NULL, &err) == 0, "%s",
                  err.message);
}

static HASS_CALLBACK const struct hass_state *get(struct hass *hass, const char *id)
{
    const struct hass_state *state = hass_states_async_get(hass, id);

    ck_assert_ptr_nonnull(state);
    return state;
}

START_TEST(a_new_state_fires_with_no_old_one)
{
    struct hass *hass = test_hass();
    struct capture *seen = test_capture(hass, HASS_EVENT_STATE_CHANGED);
    const struct hass_state *old, *new;

    set(hass, "light.kitchen", "on", "{'brightness': 3}");
    ck_assert_uint_eq(capture_count(seen), 1);
    ck_assert(hass_event_states(capture_event(seen, 0), &old, &new));
    ck_assert_ptr_null(old);
    ck_assert_ptr_eq(new, get(hass, "light.kitchen"));
    ck_assert_str_eq(hass_event_entity_id(capture_event(seen, 0)), "light.kitchen");
    ck_assert_str_eq(hass_state_state(new), "on");
    ck_assert_str_eq(hass_state_object_id(new), "kitchen");
    ck_assert_int_eq(hass_state_last_changed(new), START);
}
END_TEST

START_TEST(the_same_again_is_only_reported)
{
    struct hass *hass = test_hass();
    struct capture *changed = test_capture(hass, HASS_EVENT_STATE_CHANGED);
    struct capture *reported = test_capture(hass, HASS_EVENT_STATE_REPORTED);

    set(hass, "sensor.a", "1", "{'u': 'W'}");
    const struct hass_state *first = get(hass, "sensor.a");
    test_advance(hass, 2);
    set(hass, "sensor.a", "1", "{'u': 'W'}");
    ck_assert_ptr_eq(get(hass, "sensor.a"), first); // the same object, edited in place
    ck_assert_int_eq(hass_state_last_changed(first), START);
    ck_assert_int_eq(hass_state_last_updated(first), START);
    ck_assert_int_eq(hass_state_last_reported(first), START + 2 * SECOND);
    ck_assert_uint_eq(capture_count(changed), 1);
    ck_assert_uint_eq(capture_count(reported), 1);
    const json_t *data = hass_event_data(capture_event(reported, 0));
    ck_assert_str_eq(hass_json_get_string(data, "old_last_reported", ""),
                     "2024-01-01T00:00:00+00:00");
    ck_assert_str_eq(hass_json_get_string(data, "last_reported", ""), "2024-01-01T00:00:02+00:00");
    ck_assert_ptr_null(hass_json_get(data, "old_state"));
    ck_assert_ptr_nonnull(hass_json_get(data, "new_state"));
}
END_TEST

START_TEST(other_attributes_keep_last_changed)
{
    struct hass *hass = test_hass();

    set(hass, "sensor.a", "1", NULL);
    test_advance(hass, 2);
    set(hass, "sensor.a", "1", "{'u': 'W'}");
    ck_assert_int_eq(hass_state_last_changed(get(hass, "sensor.a")), START);
    ck_assert_int_eq(hass_state_last_updated(get(hass, "sensor.a")), START + 2 * SECOND);
    test_advance(hass, 1);
    set(hass, "sensor.a", "2", "{'u': 'W'}");
    ck_assert_int_eq(hass_state_last_changed(get(hass, "sensor.a")), START + 3 * SECOND);
}
END_TEST

START_TEST(equal_attributes_are_shared_whatever_their_order_and_notation)
{
    struct hass *hass = test_hass();

    set(hass, "sensor.a", "1", "{'n': 1, 'l': [1, {'x': 2, 'y': 3}], 'b': true}");
    autounref(hass_state) const *first = hass_state_ref(get(hass, "sensor.a"));
    set(hass, "sensor.a", "1", "{'b': 1, 'l': [1.0, {'y': 3, 'x': 2}], 'n': 1.0}");
    ck_assert_ptr_eq(get(hass, "sensor.a"), first);
    set(hass, "sensor.a", "2", "{'b': 1, 'l': [1.0, {'y': 3, 'x': 2}], 'n': 1.0}");
    ck_assert_ptr_eq(get(hass, "sensor.a")->attrs, first->attrs);
}
END_TEST

START_TEST(forcing_makes_a_new_state_of_the_same)
{
    struct hass *hass = test_hass();
    struct capture *seen = test_capture(hass, HASS_EVENT_STATE_CHANGED);
    struct hass_set_options force = { .size = sizeof(force), .force_update = true };

    set(hass, "sensor.a", "1", NULL);
    test_advance(hass, 2);
    hass_states_async_set(hass, "sensor.a", "1", NULL, &force, NULL);
    ck_assert_uint_eq(capture_count(seen), 2);
    ck_assert_int_eq(hass_state_last_changed(get(hass, "sensor.a")), START + 2 * SECOND);
}
END_TEST

static const char *const bad_ids[] = {
    "nodot", "sensor.bad-name", "sensor._x", "sensor.x_", "sensor.a__b", "a.b.c",      "a.",   ".b",
    "",      "sensör.a",        "a b.c",     "_a.b",      "a_.b",        "sensor.a\n", "a..b",
};

START_TEST(a_bad_id_is_refused)
{
    struct hass *hass = test_hass();

    for (size_t i = 0; i < sizeof(bad_ids) / sizeof(*bad_ids); i++)
        ck_assert_msg(hass_states_async_set(hass, bad_ids[i], "1", NULL, NULL, NULL) ==
                          HASS_E_INVALID_ENTITY_ID,
                      "%s", bad_ids[i]);
    ck_assert_uint_eq(hass_states_async_count(hass, NULL), 0);
}
END_TEST

/* "<domain of @domain a's>.<object id, so that all is @length long>", to be freed. */
static char *long_id(size_t domain, size_t length)
{
    char *id = malloc(length + 1);

    memset(id, 'a', length);
    id[domain] = '.';
    id[length] = '\0';
    return id;
}

START_TEST(ids_have_their_limits)
{
    struct hass *hass = test_hass();
    autofree char *longest = long_id(64, 255);
    autofree char *too_long = long_id(64, 255 + 1);
    autofree char *domain_too_long = long_id(64 + 1, 255);
    char domain[65];

    set(hass, longest, "1", NULL);
    hass_state_domain(get(hass, longest), domain);
    ck_assert_uint_eq(strlen(domain), 64);
    ck_assert_int_eq(hass_states_async_set(hass, too_long, "1", NULL, NULL, NULL),
                     HASS_E_INVALID_ENTITY_ID);
    ck_assert_int_eq(hass_states_async_set(hass, domain_too_long, "1", NULL, NULL, NULL),
                     HASS_E_INVALID_ENTITY_ID);
    ck_assert_ptr_null(hass_states_async_get(hass, too_long));
}
END_TEST

START_TEST(a_state_has_255_characters_at_most)
{
    struct hass *hass = test_hass();
    struct capture *seen = test_capture(hass, HASS_EVENT_STATE_CHANGED);
    struct hass_buf text = HASS_BUF_INIT;

    for (int i = 0; i < 255; i++)
        hass_buf_add_string(&text, "ü");
    set(hass, "sensor.a", text.data, NULL);
    hass_buf_add_char(&text, 'x');
    ck_assert_int_eq(hass_states_async_set(hass, "sensor.a", text.data, NULL, NULL, NULL),
                     HASS_E_INVALID_STATE);
    ck_assert_uint_eq(strlen(hass_state_state(get(hass, "sensor.a"))), 2 * 255);
    ck_assert_uint_eq(capture_count(seen), 1);
    hass_buf_fini(&text);
}
END_TEST

START_TEST(text_that_is_not_utf8_never_gets_in)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(hass_states_async_set(hass, "sensor.a", "\xff", NULL, NULL, NULL),
                     HASS_E_INVALID_STATE);
    ck_assert_ptr_null(hass_states_async_get(hass, "sensor.a"));
}
END_TEST

START_TEST(ids_are_lower_cased)
{
    struct hass *hass = test_hass();

    set(hass, "LIGHT.Kitchen", "on", NULL);
    ck_assert_str_eq(hass_state_entity_id(get(hass, "light.kitchen")), "light.kitchen");
    ck_assert_ptr_eq(get(hass, "Light.KITCHEN"), get(hass, "light.kitchen"));
    ck_assert(!hass_states_async_available(hass, "LIGHT.KITCHEN"));
    ck_assert(hass_states_is_state(hass, "light.kitchen", "on"));
    ck_assert(!hass_states_is_state(hass, "light.kitchen", "ON"));
    ck_assert_int_eq(hass_states_async_remove(hass, "LIGHT.kitchen", NULL, NULL), 1);
}
END_TEST

START_TEST(removing_fires_without_a_new_state)
{
    struct hass *hass = test_hass();
    const struct hass_state *old, *new;

    set(hass, "light.a", "on", NULL);
    struct capture *seen = test_capture(hass, HASS_EVENT_STATE_CHANGED);
    ck_assert_int_eq(hass_states_async_remove(hass, "light.a", NULL, NULL), 1);
    ck_assert_int_eq(hass_states_async_remove(hass, "light.a", NULL, NULL), 0);
    ck_assert_uint_eq(capture_count(seen), 1);
    hass_event_states(capture_event(seen, 0), &old, &new);
    ck_assert_str_eq(hass_state_state(old), "on");
    ck_assert_ptr_null(new);
    ck_assert_uint_eq(hass_states_async_count(hass, NULL), 0);
}
END_TEST

START_TEST(a_reservation_takes_the_id_without_a_state)
{
    struct hass *hass = test_hass();
    struct capture *seen = test_capture(hass, HASS_EVENT_STATE_CHANGED);

    ck_assert_int_eq(hass_states_async_reserve(hass, "light.r", NULL), 0);
    ck_assert(!hass_states_async_available(hass, "light.r"));
    ck_assert_int_eq(hass_states_async_reserve(hass, "light.r", NULL), HASS_E_EXISTS);
    ck_assert_ptr_null(hass_states_async_get(hass, "light.r"));
    ck_assert_uint_eq(hass_states_async_count(hass, NULL), 0);
    set(hass, "light.r", "on", NULL);
    ck_assert_int_eq(hass_states_async_reserve(hass, "light.r", NULL), HASS_E_EXISTS);
    hass_states_async_remove(hass, "light.r", NULL, NULL);
    ck_assert(hass_states_async_available(hass, "light.r"));

    hass_states_async_reserve(hass, "light.r", NULL);
    capture_clear(seen);
    ck_assert_int_eq(hass_states_async_remove(hass, "light.r", NULL, NULL), 0);
    ck_assert(hass_states_async_available(hass, "light.r"));
    ck_assert_uint_eq(capture_count(seen), 0);
}
END_TEST

static void check_list(struct hass_state_list *list, const char *expected)
{
    struct hass_buf ids = HASS_BUF_INIT;

    for (size_t i = 0; i < list->count; i++) {
        hass_buf_add_string(&ids, i ? " " : "");
        hass_buf_add_string(&ids, hass_state_entity_id(list->items[i]));
    }
    ck_assert_str_eq(hass_buf_string(&ids), expected);
    hass_buf_fini(&ids);
    hass_state_list_fini(list);
}

START_TEST(states_are_listed_in_order_of_creation)
{
    struct hass *hass = test_hass();
    struct hass_state_list list;

    set(hass, "sensor.b", "1", NULL);
    set(hass, "light.a", "1", NULL);
    set(hass, "sensor.a", "1", NULL);
    set(hass, "sensor.b", "2", NULL);
    hass_states_async_all(hass, NULL, &list, NULL);
    check_list(&list, "sensor.b light.a sensor.a");
    hass_states_all(hass, "SENSOR", &list, NULL);
    check_list(&list, "sensor.b sensor.a");
    hass_states_async_all(hass, "switch", &list, NULL);
    check_list(&list, "");
    ck_assert_uint_eq(hass_states_async_count(hass, "sensor"), 2);
    hass_states_async_remove(hass, "sensor.b", NULL, NULL);
    hass_states_async_remove(hass, "sensor.a", NULL, NULL);
    ck_assert_uint_eq(hass_states_count(hass, "sensor"), 0);
    ck_assert_uint_eq(hass_states_count(hass, NULL), 1);
}
END_TEST

START_TEST(many_entities_come_and_go)
{
    enum { COUNT = 5000 };
    struct hass *hass = test_hass();
    char id[32];

    for (int i = 0; i < COUNT; i++) {
        snprintf(id, sizeof(id), "sensor.n%d", i);
        set(hass, id, id + 8, NULL);
    }
    for (int i = 0; i < COUNT; i += 3) {
        snprintf(id, sizeof(id), "sensor.n%d", i);
        ck_assert_int_eq(hass_states_async_remove(hass, id, NULL, NULL), 1);
    }
    for (int i = 0; i < COUNT; i++) {
        snprintf(id, sizeof(id), "sensor.n%d", i);
        const struct hass_state *state = hass_states_async_get(hass, id);
        if (i % 3 == 0)
            ck_assert_ptr_null(state);
        else
            ck_assert_str_eq(hass_state_state(state), id + 8);
    }
}
END_TEST

static HASS_CALLBACK int copies(const struct hass_event *event, void *userdata,
                                struct hass_error *err)
{
    struct hass *hass = hass_event_hass(event);

    // The table has changed already when the event arrives.
    ck_assert_ptr_nonnull(hass_states_async_get(hass, hass_event_entity_id(event)));
    return hass_states_async_set(hass, "sensor.copy", "done", NULL, NULL, err);
}

START_TEST(a_listener_may_set_states)
{
    struct hass *hass = test_hass();

    hass_bus_async_listen(hass, HASS_EVENT_STATE_CHANGED, NULL, HASS_JOB_CALLBACK(copies, NULL),
                          NULL, NULL);
    struct capture *seen = test_capture(hass, HASS_EVENT_STATE_CHANGED);
    set(hass, "sensor.a", "1", NULL);
    ck_assert_uint_eq(capture_count(seen), 2);
    ck_assert_str_eq(hass_event_entity_id(capture_event(seen, 0)), "sensor.a");
    ck_assert_str_eq(hass_event_entity_id(capture_event(seen, 1)), "sensor.copy");
}
END_TEST

START_TEST(the_data_of_a_change_has_both_states)
{
    struct hass *hass = test_hass();
    autounref(hass_context) const *context = hass_context_new_id("ctx", NULL, NULL);
    struct hass_set_options options = { .size = sizeof(options), .context = context };

    hass_states_async_set(hass, "sensor.a", "1", NULL, &options, NULL);
    struct capture *seen = test_capture(hass, HASS_EVENT_STATE_CHANGED);
    hass_states_async_set(hass, "sensor.a", "2", test_json("{'l': [1, 2], 'x': null}"), &options,
                          NULL);
    const char *expected =
        "{'entity_id': 'sensor.a',"
        "'old_state': {'entity_id': 'sensor.a', 'state': '1', 'attributes': {},"
        "'last_changed': '2024-01-01T00:00:00+00:00', 'last_reported': '2024-01-01T00:00:00+00:00',"
        "'last_updated': '2024-01-01T00:00:00+00:00',"
        "'context': {'id': 'ctx', 'parent_id': null, 'user_id': null}},"
        "'new_state': {'entity_id': 'sensor.a', 'state': '2', 'attributes': {'l': [1, 2], 'x': "
        "null},"
        "'last_changed': '2024-01-01T00:00:00+00:00', 'last_reported': '2024-01-01T00:00:00+00:00',"
        "'last_updated': '2024-01-01T00:00:00+00:00',"
        "'context': {'id': 'ctx', 'parent_id': null, 'user_id': null}}}";
    ck_assert_json(hass_event_data(capture_event(seen, 0)), expected);

    // As text, from the states' caches, it is the same.
    struct hass_buf buf = HASS_BUF_INIT;
    hass_event_write_json(capture_event(seen, 0), &buf);
    autojson *written = NULL;
    ck_assert_int_eq(hass_json_parse(buf.data, buf.length, SIZE_MAX, &written, NULL), 0);
    ck_assert_json(hass_json_get(written, "data"), expected);
    hass_buf_fini(&buf);
}
END_TEST

static void check_text(const struct hass_state *state, const char *last_reported)
{
    struct hass_buf buf = HASS_BUF_INIT;
    autojson *written = NULL;

    hass_state_write_json(state, &buf);
    ck_assert_int_eq(hass_json_parse(buf.data, buf.length, SIZE_MAX, &written, NULL), 0);
    autojson *built = hass_state_as_json(state);
    ck_assert(hass_json_equal(built, written));
    ck_assert_str_eq(hass_json_get_string(written, "last_reported", ""), last_reported);
    hass_buf_fini(&buf);
}

START_TEST(the_cached_text_follows_last_reported)
{
    struct hass *hass = test_hass();

    set(hass, "sensor.a", "ein \"Zitat\"\n", "{'friendly_name': 'Ä', 'f': 0.1, 'i': -3}");
    check_text(get(hass, "sensor.a"), "2024-01-01T00:00:00+00:00");
    test_advance(hass, 1.5);
    set(hass, "sensor.a", "ein \"Zitat\"\n", "{'friendly_name': 'Ä', 'f': 0.1, 'i': -3}");
    check_text(get(hass, "sensor.a"), "2024-01-01T00:00:01.500000+00:00");
}
END_TEST

START_TEST(the_compressed_form_leaves_out_what_is_known)
{
    struct hass *hass = test_hass();
    autounref(hass_context) const *plain = hass_context_new_id("c1", NULL, NULL);
    autounref(hass_context) const *full = hass_context_new_id("c2", "u", NULL);
    struct hass_set_options options = { .size = sizeof(options), .context = plain };
    struct hass_buf buf = HASS_BUF_INIT;

    hass_states_async_set(hass, "sensor.a", "1", NULL, &options, NULL);
    hass_state_write_compressed(get(hass, "sensor.a"), &buf);
    autojson *first = test_json(buf.data);
    ck_assert_json(first, "{'s': '1', 'a': {}, 'c': 'c1', 'lc': 1704067200.0}");
    test_advance(hass, 0.5);
    options.context = full;
    hass_states_async_set(hass, "sensor.a", "1", test_json("{'k': true}"), &options, NULL);
    hass_buf_clear(&buf);
    hass_state_write_compressed(get(hass, "sensor.a"), &buf);
    autojson *second = test_json(buf.data);
    ck_assert_json(second, "{'s': '1', 'a': {'k': true}, 'lc': 1704067200.0, 'lu': 1704067200.5,"
                           "'c': {'id': 'c2', 'parent_id': null, 'user_id': 'u'}}");
    hass_buf_fini(&buf);
}
END_TEST

START_TEST(a_name_is_given_or_made_from_the_id)
{
    struct hass *hass = test_hass();
    struct hass_buf buf = HASS_BUF_INIT;

    set(hass, "sensor.living_room_temp", "1", NULL);
    hass_state_name(get(hass, "sensor.living_room_temp"), &buf);
    set(hass, "sensor.living_room_temp", "1", "{'friendly_name': ' LR'}");
    hass_state_name(get(hass, "sensor.living_room_temp"), &buf);
    ck_assert_str_eq(buf.data, "living room temp LR");
    hass_buf_fini(&buf);
}
END_TEST

static HASS_CALLBACK int refuses(const struct hass_event *event, void *userdata,
                                 struct hass_error *err)
{
    struct hass *hass = hass_event_hass(event);

    for (int i = 0; i < 10000; i++)
        ck_assert_int_eq(hass_bus_async_fire(hass, "fill", NULL, NULL, NULL), 0);
    ck_assert_int_eq(hass_states_async_set(hass, "sensor.late", "1", NULL, NULL, err),
                     HASS_E_LIMIT);
    ck_assert_ptr_null(hass_states_async_get(hass, "sensor.late"));
    ck_assert_int_eq(hass_states_async_remove(hass, "sensor.early", NULL, NULL), HASS_E_LIMIT);
    ck_assert_ptr_nonnull(hass_states_async_get(hass, "sensor.early"));
    *(bool *)userdata = true;
    return 0;
}

START_TEST(a_change_that_cannot_be_told_is_not_made)
{
    struct hass *hass = test_hass();
    bool ran = false;

    test_logs();
    test_capture(hass, "fill");
    set(hass, "sensor.early", "1", NULL);
    hass_bus_async_listen(hass, "go", NULL, HASS_JOB_CALLBACK(refuses, &ran), NULL, NULL);
    hass_bus_async_fire(hass, "go", NULL, NULL, NULL);
    ck_assert(ran);
}
END_TEST

/* other threads */

static HASS_BLOCKING int use_from_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    ck_assert_int_eq(hass_states_set(hass, "sensor.p", "1", test_json("{'a': 1}"), NULL, err), 0);
    autounref(hass_state) const *state = hass_states_get(hass, "SENSOR.P");
    ck_assert_str_eq(hass_state_state(state), "1");
    ck_assert(hass_states_is_state(hass, "sensor.p", "1"));
    ck_assert_int_eq(hass_states_set(hass, "bad", "1", NULL, NULL, NULL), HASS_E_INVALID_ENTITY_ID);
    ck_assert_int_eq(hass_states_remove(hass, "sensor.p", NULL, err), 1);
    ck_assert_ptr_null(hass_states_get(hass, "sensor.p"));
    return hass_states_remove(hass, "sensor.p", NULL, err);
}

START_TEST(other_threads_set_and_read)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(test_on_pool(hass, use_from_pool, NULL), 0);
}
END_TEST

static int misuse(struct hass *hass, void *userdata, struct hass_error *err)
{
    hass__assert_loop();
    ck_assert_int_eq(hass_states_async_set(hass, "sensor.a", "2", json_object(), NULL, NULL),
                     HASS_E_THREAD);
    ck_assert_int_eq(hass_states_async_remove(hass, "sensor.a", NULL, NULL), HASS_E_THREAD);
    ck_assert_int_eq(hass_states_async_reserve(hass, "sensor.b", NULL), HASS_E_THREAD);
    ck_assert_ptr_null(hass_states_async_get(hass, "sensor.a"));
    ck_assert(!hass_states_async_available(hass, "sensor.b"));
    return 0;
}

START_TEST(wrong_threads_are_refused_and_change_nothing)
{
    struct hass *hass = test_hass();

    test_logs();
    set(hass, "sensor.a", "1", NULL);
    ck_assert_int_eq(test_on_pool(hass, misuse, NULL), 0);
    ck_assert_str_eq(hass_state_state(get(hass, "sensor.a")), "1");
    ck_assert(hass_states_async_available(hass, "sensor.b"));
}
END_TEST

struct reader {
    struct hass *hass;
    _Atomic bool stop;
    _Atomic unsigned long found;
};

/* Reads everything there is about states that the loop replaces, removes and reports meanwhile. */
static void *read_states(void *arg)
{
    struct reader *reader = arg;
    struct hass_value value;

    while (!reader->stop) {
        struct hass_state_list list;
        hass_states_all(reader->hass, "sensor", &list, NULL);
        for (size_t i = 0; i < list.count; i++) {
            struct hass_buf buf = HASS_BUF_INIT;
            hass_state_write_json(list.items[i], &buf);
            ck_assert(hass_state_attr(list.items[i], "number", &value));
            ck_assert_uint_eq(strlen(hass_context_id(hass_state_context(list.items[i]))), 26);
            hass_buf_fini(&buf);
        }
        hass_state_list_fini(&list);
        autounref(hass_state) const *one = hass_states_get(reader->hass, "sensor.n7");
        reader->found += one != NULL;
    }
    return NULL;
}

START_TEST(other_threads_read_while_the_loop_writes)
{
    enum { READERS = 3, ROUNDS = 4000, ENTITIES = 40 };
    struct hass *hass = test_hass();
    struct reader reader = { .hass = hass };
    pthread_t threads[READERS];
    char id[32];

    for (int i = 0; i < READERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, read_states, &reader), 0);
    for (int i = 0; i < ROUNDS; i++) {
        snprintf(id, sizeof(id), "sensor.n%d", i % ENTITIES);
        set(hass, id, i & 64 ? "on" : "off", "{'number': 1}");
        if (i % 17 == 0)
            hass_states_async_remove(hass, id, NULL, NULL);
        if (i % 100 == 0)
            test_settle(hass); // what readers let go of last is freed here
    }
    reader.stop = true;
    for (int i = 0; i < READERS; i++)
        pthread_join(threads[i], NULL);
    test_settle(hass);
}
END_TEST

START_TEST(who_holds_an_entity_alone_changes_it)
{
    struct hass *hass = test_hass();
    const struct hass_set_options hold = { .size = sizeof(hold), .hold = true };
    struct capture *seen = test_capture(hass, HASS_EVENT_STATE_CHANGED);

    ck_assert_int_eq(hass_states_async_set(hass, "sun.Sun", "above_horizon", NULL, &hold, NULL), 0);
    set(hass, "sun.sun", "below_horizon", NULL);
    set(hass, "sun.moon", "full", NULL);
    ck_assert_str_eq(hass_state_state(hass_states_async_get(hass, "sun.sun")), "above_horizon");
    ck_assert_str_eq(hass_state_state(hass_states_async_get(hass, "sun.moon")), "full");
    ck_assert_int_eq(hass_states_async_set(hass, "sun.sun", "noon", NULL, &hold, NULL), 0);
    ck_assert_str_eq(hass_state_state(hass_states_async_get(hass, "sun.sun")), "noon");
    ck_assert_uint_eq(capture_count(seen), 3);
}
END_TEST

TEST_MAIN("states", who_holds_an_entity_alone_changes_it, a_new_state_fires_with_no_old_one,
          the_same_again_is_only_reported, other_attributes_keep_last_changed,
          equal_attributes_are_shared_whatever_their_order_and_notation,
          forcing_makes_a_new_state_of_the_same, a_bad_id_is_refused, ids_have_their_limits,
          a_state_has_255_characters_at_most, text_that_is_not_utf8_never_gets_in,
          ids_are_lower_cased, removing_fires_without_a_new_state,
          a_reservation_takes_the_id_without_a_state, states_are_listed_in_order_of_creation,
          many_entities_come_and_go, a_listener_may_set_states,
          the_data_of_a_change_has_both_states, the_cached_text_follows_last_reported,
          the_compressed_form_leaves_out_what_is_known, a_name_is_given_or_made_from_the_id,
          a_change_that_cannot_be_told_is_not_made, other_threads_set_and_read,
          wrong_threads_are_refused_and_change_nothing, other_threads_read_while_the_loop_writes)
