/* SPDX-License-Identifier: Apache-2.0 */
/* An entity: its values, its context, its hooks, its end. */
#include "things.h"

static char order[16];

static HASS_CALLBACK int note(struct hass *hass, void *userdata, struct hass_error *err)
{
    strcat(order, userdata);
    return 0;
}

static HASS_COROUTINE int remove_entity(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_entity_async_remove(userdata, err);
}

START_TEST(values_are_copied_or_zero)
{
    struct hass *hass = test_hass();
    struct hass_entity_description description = HASS_ENTITY_DESCRIPTION(.name = "A");
    struct values given = { .number = 7 };
    static struct thing a, b;
    autounref(hass_entity) *with =
        hass_entity_new(hass, &async_ops, &description, "ops", &given, &a);
    autounref(hass_entity) *without =
        hass_entity_new(hass, &async_ops, &description, NULL, NULL, &b);

    given.number = 8;
    ck_assert_int_eq(((struct values *)hass_entity_async_values(with))->number, 7);
    ck_assert_int_eq(((struct values *)hass_entity_async_values(without))->number, 0);
    ck_assert_str_eq(hass_entity_domain_ops(with), "ops");
    ck_assert_ptr_eq(hass_entity_description(with), &description);
    ck_assert_ptr_null(hass_entity_async_entity_id(with));
}
END_TEST

START_TEST(members_beyond_the_size_of_an_older_table_are_absent)
{
    struct hass *hass = test_hass();
    struct hass_entity_ops old = async_ops;

    old.size = offsetof(struct hass_entity_ops, async_added_to_hass);
    old.async_added_to_hass = (void *)1;
    old.state = (void *)1;
    old.destroy = (void *)1;
    static struct thing thing;
    ck_assert_int_eq(add_thing(hass, &thing, &old, "A"), 0);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "unknown");
    test_destroy(hass);
}
END_TEST

START_TEST(destroy_runs_once_with_the_last_reference)
{
    struct hass *hass = test_hass();
    static struct thing thing;
    struct hass_entity *entity = thing_entity(hass, &thing, &plain_ops, "A");

    hass_entity_ref(entity);
    ck_assert_ptr_null(hass_entity_unref(entity));
    ck_assert_uint_eq(thing.destroyed, 0);
    hass_entity_unref(entity);
    ck_assert_uint_eq(thing.destroyed, 1);
    ck_assert_ptr_null(hass_entity_unref(NULL));
}
END_TEST

static HASS_BLOCKING int drop_in_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct thing *thing = userdata;

    hass_entity_unref(thing_entity(hass, thing, &plain_ops, "A"));
    return 0;
}

START_TEST(the_last_reference_may_be_dropped_elsewhere)
{
    struct hass *hass = test_hass();
    static struct thing thing;

    ck_assert_int_eq(test_on_pool(hass, drop_in_pool, &thing), 0);
    test_settle(hass);
    ck_assert_uint_eq(thing.destroyed, 1);
}
END_TEST

static void note_thread(struct hass_entity *entity)
{
    *(bool *)hass_entity_userdata(entity) = hass_on_loop(hass_entity_hass(entity));
}

struct late {
    struct scope *scope;
    bool destroyed_on_loop;
};

/* A thread of an integration that has been closed can post nothing any more. */
static HASS_BLOCKING int drop_after_the_end(struct hass *hass, void *userdata,
                                            struct hass_error *err)
{
    static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.destroy = note_thread);
    static const struct hass_entity_description description = HASS_ENTITY_DESCRIPTION(.name = "A");
    struct late *late = userdata;
    struct scope *former = scope_enter(late->scope);

    hass_entity_unref(
        hass_entity_new(hass, &ops, &description, NULL, NULL, &late->destroyed_on_loop));
    scope_leave(former);
    return 0;
}

START_TEST(a_reference_dropped_after_the_end_is_dropped_on_the_loop)
{
    struct hass *hass = test_hass();
    struct late late = { .scope = scope_new(hass, "blink") };

    scope_set_closed(late.scope);
    ck_assert_int_eq(test_on_pool(hass, drop_after_the_end, &late), 0);
    test_settle(hass);
    ck_assert(late.destroyed_on_loop);
    scope_unref(late.scope);
}
END_TEST

/* removal */

START_TEST(removal_runs_hooks_newest_first_then_the_last_word_then_the_state_goes)
{
    struct hass *hass = test_hass();
    static struct thing thing;
    char a[] = "a", b[] = "b";

    add_thing(hass, &thing, &plain_ops, "A");
    hass_entity_async_on_remove(thing.entity, HASS_JOB_CALLBACK(note, a), NULL);
    hass_entity_async_on_remove(thing.entity, HASS_JOB_CALLBACK(note, b), NULL);
    ck_assert_int_eq(test_run_coroutine(hass, remove_entity, thing.entity), 0);
    ck_assert_str_eq(order, "ba");
    ck_assert_uint_eq(thing.good_byes, 1);
    ck_assert_uint_eq(thing.destroyed, 1);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "(none)");
    ck_assert(hass_states_async_available(hass, "sensor.a"));
    ck_assert_ptr_null(hass_async_get_entity(hass, "sensor.a"));
}
END_TEST

START_TEST(writes_after_removal_are_ignored)
{
    struct hass *hass = test_hass();
    static struct thing thing;

    add_thing(hass, &thing, &plain_ops, "A");
    autounref(hass_entity) *entity = hass_entity_ref(thing.entity);
    test_run_coroutine(hass, remove_entity, entity);
    ck_assert_int_eq(hass_entity_async_write_ha_state(entity, NULL), 0);
    ck_assert_int_eq(hass_entity_schedule_update_ha_state(entity, true, NULL), 0);
    test_settle(hass);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "(none)");
    ck_assert_int_eq(test_run_coroutine(hass, remove_entity, entity), 0);
    ck_assert_uint_eq(thing.good_byes, 1);
}
END_TEST

static HASS_COROUTINE int slow_good_bye(struct hass_entity *entity, struct hass_error *err)
{
    thing_of(entity)->good_byes++;
    return hass_async_sleep(hass_entity_hass(entity), 5, err);
}

static HASS_COROUTINE int remove_and_note(struct hass *hass, void *userdata, struct hass_error *err)
{
    int r = hass_entity_async_remove(userdata, err);

    strcat(order, "x");
    return r;
}

START_TEST(who_removes_at_the_same_time_waits_for_the_same_end)
{
    struct hass *hass = test_hass();
    static const struct hass_entity_ops ops =
        HASS_ENTITY_OPS(.async_will_remove_from_hass = slow_good_bye);
    static struct thing thing;

    add_thing(hass, &thing, &ops, "A");
    autounref(hass_entity) *entity = hass_entity_ref(thing.entity);
    for (int i = 0; i < 2; i++)
        hass_async_create_task(hass, HASS_JOB_COROUTINE(remove_and_note, entity), NULL, NULL);
    test_advance(hass, 4);
    ck_assert_str_eq(order, "");
    test_advance(hass, 1);
    ck_assert_str_eq(order, "xx");
    ck_assert_uint_eq(thing.good_byes, 1);
}
END_TEST

static HASS_CALLBACK int count_event(const struct hass_event *event, void *userdata,
                                     struct hass_error *err)
{
    (*(unsigned *)userdata)++;
    return 0;
}

START_TEST(registrations_end_with_the_entity)
{
    struct hass *hass = test_hass();
    static struct thing thing;
    unsigned events = 0;
    struct hass_sub *sub = NULL;

    add_thing(hass, &thing, &plain_ops, "A");
    hass_bus_async_listen(hass, "x", NULL, HASS_JOB_CALLBACK(count_event, &events), &sub, NULL);
    hass_entity_async_remove_later(thing.entity, sub, NULL);
    test_run_coroutine(hass, remove_entity, thing.entity);
    hass_bus_async_fire(hass, "x", NULL, NULL, NULL);
    ck_assert_uint_eq(events, 0);
}
END_TEST

static HASS_CALLBACK int always_fails(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_fail(err, HASS_E_GENERAL, "hook is broken");
}

START_TEST(a_failing_hook_is_logged_and_the_rest_goes_on)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    static struct thing thing;
    char a[] = "a";

    add_thing(hass, &thing, &plain_ops, "A");
    hass_entity_async_on_remove(thing.entity, HASS_JOB_CALLBACK(note, a), NULL);
    hass_entity_async_on_remove(thing.entity, HASS_JOB_CALLBACK(always_fails, NULL), NULL);
    test_run_coroutine(hass, remove_entity, thing.entity);
    ck_assert_ptr_nonnull(logs_find(logs, "hook is broken"));
    ck_assert_str_eq(order, "a");
}
END_TEST

START_TEST(a_hook_must_be_a_plain_job)
{
    struct hass *hass = test_hass();
    static struct thing thing;
    unsigned events = 0;

    add_thing(hass, &thing, &plain_ops, "A");
    struct hass_job job = HASS_JOB_CALLBACK(count_event, &events);
    ck_assert_int_eq(hass_entity_async_on_remove(thing.entity, job, NULL), HASS_E_INVALID);
}
END_TEST

static HASS_BLOCKING int remove_in_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_entity_remove(userdata, err);
}

START_TEST(the_twin_removes_from_a_pool_thread)
{
    struct hass *hass = test_hass();
    static struct thing thing;

    add_thing(hass, &thing, &plain_ops, "A");
    ck_assert_int_eq(test_on_pool(hass, remove_in_pool, thing.entity), 0);
    ck_assert_uint_eq(thing.good_byes, 1);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "(none)");
}
END_TEST

/* context */

static HASS_CALLBACK bool has_context(struct hass *hass, const struct hass_context *context)
{
    return hass_context_equal(hass_state_context(hass_states_async_get(hass, "sensor.a")), context);
}

START_TEST(a_context_is_used_for_five_seconds)
{
    struct hass *hass = test_hass();
    static struct thing thing;
    autounref(hass_context) const *context = hass_context_new(hass, NULL, NULL);

    add_thing(hass, &thing, &plain_ops, "A");
    struct values *values = hass_entity_async_values(thing.entity);
    hass_entity_async_set_context(thing.entity, context, NULL);
    test_advance(hass, 5);
    values->number = 1;
    hass_entity_async_write_ha_state(thing.entity, NULL);
    ck_assert(has_context(hass, context));
    test_advance(hass, 0.001);
    values->number = 2;
    hass_entity_async_write_ha_state(thing.entity, NULL);
    ck_assert(!has_context(hass, context));
}
END_TEST

/* threads */

static int use_wrongly(struct hass *hass, void *userdata, struct hass_error *err)
    HASS__ANALYSIS(no_thread_safety_analysis)
{
    struct hass_entity *entity = userdata;
    struct hass_job job = HASS_JOB_CALLBACK(always_fails, NULL);
    int wrong = 0;

    wrong += hass_entity_async_values(entity) == NULL;
    wrong += hass_entity_async_entity_id(entity) == NULL;
    wrong += !hass_entity_async_available(entity);
    wrong += hass_entity_async_set_available(entity, false, NULL) == HASS_E_THREAD;
    wrong += hass_entity_async_set_context(entity, NULL, NULL) == HASS_E_THREAD;
    wrong += hass_entity_async_on_remove(entity, job, NULL) == HASS_E_THREAD;
    wrong += hass_entity_async_remove_later(entity, NULL, NULL) == HASS_E_THREAD;
    wrong += hass_entity_async_write_ha_state(entity, NULL) == HASS_E_THREAD;
    wrong += hass_entity_async_schedule_update_ha_state(entity, true, NULL) == HASS_E_THREAD;
    wrong += hass_entity_async_update_ha_state(entity, true, NULL) == HASS_E_THREAD;
    wrong += hass_entity_async_remove(entity, NULL) == HASS_E_THREAD;
    wrong += hass_entity_async_work(entity, NULL, NULL, NULL, NULL) == HASS_E_THREAD;
    wrong += hass_async_get_entity(hass, "sensor.a") == NULL;
    wrong += hass_component_async_get(hass, "sensor") == NULL;
    return wrong;
}

START_TEST(async_forms_are_refused_elsewhere_and_change_nothing)
{
    struct hass *hass = test_hass();

    test_logs();
    static struct thing thing;
    add_thing(hass, &thing, &async_ops, "A");
    struct capture *seen = test_capture(hass, HASS_MATCH_ALL);
    ck_assert_int_eq(test_on_pool(hass, use_wrongly, thing.entity), 14);
    test_settle(hass);
    ck_assert_uint_eq(capture_count(seen), 0);
    ck_assert_uint_eq(thing.updates, 0);
    ck_assert(hass_entity_async_available(thing.entity));
    test_destroy(hass);
}
END_TEST

START_TEST(coroutines_are_refused_outside_of_one)
{
    struct hass *hass = test_hass();

    test_logs();
    static struct thing thing;
    add_thing(hass, &thing, &async_ops, "A");
    hass__assert_coroutine();
    ck_assert_int_eq(hass_entity_async_remove(thing.entity, NULL), HASS_E_NOT_COROUTINE);
    ck_assert_int_eq(hass_entity_async_update_ha_state(thing.entity, true, NULL),
                     HASS_E_NOT_COROUTINE);
    ck_assert_uint_eq(thing.updates, 0);
    test_destroy(hass);
}
END_TEST

TEST_MAIN("entity", values_are_copied_or_zero, members_beyond_the_size_of_an_older_table_are_absent,
          destroy_runs_once_with_the_last_reference, the_last_reference_may_be_dropped_elsewhere,
          a_reference_dropped_after_the_end_is_dropped_on_the_loop,
          removal_runs_hooks_newest_first_then_the_last_word_then_the_state_goes,
          writes_after_removal_are_ignored, who_removes_at_the_same_time_waits_for_the_same_end,
          registrations_end_with_the_entity, a_failing_hook_is_logged_and_the_rest_goes_on,
          a_hook_must_be_a_plain_job, the_twin_removes_from_a_pool_thread,
          a_context_is_used_for_five_seconds, async_forms_are_refused_elsewhere_and_change_nothing,
          coroutines_are_refused_outside_of_one)
