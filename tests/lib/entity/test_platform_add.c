/* SPDX-License-Identifier: Apache-2.0 */
/* Adding entities: their ids, the checks, hooks, the first update, and all ways to call it. */
#include <hass/context.h>

#include "things.h"

static struct thing things[8];

/* Adds a thing with this name and returns its entity id. */
static HASS_CALLBACK const char *id_of(struct hass *hass, struct thing *thing, const char *name)
{
    add_thing(hass, thing, &plain_ops, name);
    return hass_entity_async_entity_id(thing->entity);
}

/* ids */

START_TEST(the_id_is_made_of_domain_and_name)
{
    struct hass *hass = test_hass();

    ck_assert_str_eq(id_of(hass, &things[0], "Küche Licht 2"), "sensor.kuche_licht_2");
    ck_assert_str_eq(id_of(hass, &things[1], NULL), "sensor.unnamed_device");
    ck_assert_uint_eq(things[0].added, 1);
}
END_TEST

START_TEST(taken_ids_get_a_number)
{
    struct hass *hass = test_hass();

    hass_states_async_set(hass, "sensor.a", "other", NULL, NULL, NULL);
    hass_states_async_reserve(hass, "sensor.a_2", NULL);
    ck_assert_str_eq(id_of(hass, &things[0], "A"), "sensor.a_3");
    ck_assert_str_eq(id_of(hass, &things[1], "A"), "sensor.a_4");
    ck_assert_str_eq(state_of(hass, "sensor.a"), "other");
}
END_TEST

START_TEST(long_ids_are_cut_to_255_characters_with_their_number)
{
    struct hass *hass = test_hass();
    char name[400];

    memset(name, 'a', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    ck_assert_uint_eq(strlen(id_of(hass, &things[0], name)), 255);
    const char *second = id_of(hass, &things[1], name);
    ck_assert_uint_eq(strlen(second), 255);
    ck_assert_str_eq(second + 253, "_2");
}
END_TEST

START_TEST(a_proposed_id_is_taken_as_it_is)
{
    struct hass *hass = test_hass();

    things[0].description.entity_id = "sensor.mine";
    ck_assert_str_eq(id_of(hass, &things[0], "A"), "sensor.mine");
}
END_TEST

START_TEST(a_proposed_id_that_is_taken_is_refused)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    hass_states_async_set(hass, "sensor.mine", "other", NULL, NULL, NULL);
    things[0].description.entity_id = "sensor.mine";
    ck_assert_int_eq(add_thing(hass, &things[0], &plain_ops, "A"), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "entity id already exists - ignoring: sensor.mine"));
    ck_assert_uint_eq(things[0].destroyed, 1);
    ck_assert_uint_eq(things[0].added, 0);
    ck_assert_str_eq(state_of(hass, "sensor.mine"), "other");
}
END_TEST

START_TEST(a_restored_state_waits_for_its_entity)
{
    struct hass *hass = test_hass();

    hass_states_async_set(hass, "sensor.mine", "unavailable", test_json("{'restored': true}"), NULL,
                          NULL);
    things[0].description.entity_id = "sensor.mine";
    ck_assert_str_eq(id_of(hass, &things[0], "A"), "sensor.mine");
    ck_assert_str_eq(state_of(hass, "sensor.mine"), "0");
}
END_TEST

START_TEST(an_invalid_id_is_refused_and_a_foreign_domain_is_said)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    things[0].description.entity_id = "sensor.Not Valid";
    add_thing(hass, &things[0], &plain_ops, "A");
    ck_assert_ptr_nonnull(logs_find(logs, "invalid entity id: sensor.Not Valid"));
    ck_assert_uint_eq(things[0].destroyed, 1);
    things[1].description.entity_id = "light.a";
    ck_assert_str_eq(id_of(hass, &things[1], "A"), "light.a");
    ck_assert_ptr_nonnull(logs_find(logs, "light.a to an entity of domain sensor"));
}
END_TEST

START_TEST(a_unique_id_is_taken_once)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    things[0].description.unique_id = things[1].description.unique_id = "u";
    id_of(hass, &things[0], "A");
    ck_assert_int_eq(add_thing(hass, &things[1], &plain_ops, "B"), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "u is already used by sensor.a - ignoring B"));
    ck_assert_str_eq(state_of(hass, "sensor.b"), "(none)");
    things[2].description.unique_id = "other";
    ck_assert_str_eq(id_of(hass, &things[2], "C"), "sensor.c");
}
END_TEST

START_TEST(without_a_name_the_unique_id_names_it)
{
    struct hass *hass = test_hass();

    things[0].description.unique_id = "U-1";
    ck_assert_str_eq(id_of(hass, &things[0], NULL), "sensor.sensor_u_1");
}
END_TEST

/* hooks and updates */

START_TEST(an_entity_whose_hook_fails_is_listed_without_a_state)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    things[0].result = HASS_E_GENERAL;
    ck_assert_int_eq(add_thing(hass, &things[0], &plain_ops, "A"), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "Error adding entity sensor.a for domain sensor with "
                                          "platform sensor: hook failed"));
    ck_assert_ptr_nonnull(hass_async_get_entity(hass, "sensor.a"));
    ck_assert_str_eq(state_of(hass, "sensor.a"), "(none)");
    ck_assert(!hass_states_async_available(hass, "sensor.a"));
}
END_TEST

static HASS_COROUTINE int remove_myself(struct hass_entity *entity, struct hass_error *err)
{
    return hass_entity_async_remove(entity, err);
}

START_TEST(an_entity_may_remove_itself_in_its_hook)
{
    struct hass *hass = test_hass();
    static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.async_added_to_hass = remove_myself);

    ck_assert_int_eq(add_thing(hass, &things[0], &ops, "A"), 0);
    ck_assert_ptr_null(hass_async_get_entity(hass, "sensor.a"));
    ck_assert_str_eq(state_of(hass, "sensor.a"), "(none)");
    ck_assert(hass_states_async_available(hass, "sensor.a"));
}
END_TEST

struct domain_data {
    int64_t marker;
    unsigned added_before;
};

static unsigned data_destroyed;

static HASS_COROUTINE int domain_added(struct hass_entity *entity, struct hass_error *err)
{
    struct domain_data *data = hass_entity_async_domain_data(entity);

    ck_assert_int_eq(data->marker, 0);
    data->marker = 42;
    data->added_before = thing_of(entity)->added;
    return 0;
}

static HASS_CALLBACK struct hass_value domain_state(struct hass_entity *entity)
{
    const struct domain_data *data = hass_entity_async_domain_data(entity);

    return HASS_INT(data->marker);
}

static void domain_data_destroy(void *data)
{
    data_destroyed += ((struct domain_data *)data)->marker == 42;
}

START_TEST(a_domain_keeps_data_for_each_entity_and_is_called_before_its_integration)
{
    static const struct hass_domain_ops domain = {
        .size = sizeof(domain),
        .state = domain_state,
        .data_size = sizeof(struct domain_data),
        .data_destroy = domain_data_destroy,
        .async_added_to_hass = domain_added,
    };
    struct hass *hass = test_hass();
    struct add add = { .component = component_with(hass, "sensor", &domain),
                       .entities = { thing_entity(hass, &things[0], &plain_ops, "A") },
                       .count = 1 };

    ck_assert_ptr_null(hass_entity_async_domain_data(things[0].entity));
    ck_assert_int_eq(test_run_coroutine(hass, add_entities, &add), 0);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "42");
    ck_assert_uint_eq(things[0].added, 1);
    const struct domain_data *data = hass_entity_async_domain_data(things[0].entity);
    ck_assert_uint_eq(data->added_before, 0);
    test_destroy(hass);
    ck_assert_uint_eq(data_destroyed, 1);
}
END_TEST

START_TEST(adding_an_entity_twice_is_refused)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    id_of(hass, &things[0], "A");
    struct add add = { .component = hass_component_async_get(hass, "sensor"),
                       .entities = { hass_entity_ref(things[0].entity) },
                       .count = 1 };
    ck_assert_int_eq(test_run_coroutine(hass, add_entities, &add), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "sensor.a has been added already"));
    ck_assert_uint_eq(things[0].added, 1);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "0");
}
END_TEST

START_TEST(one_that_fails_does_not_stop_the_others)
{
    struct hass *hass = test_hass();

    test_logs();
    things[0].description.entity_id = "bad";
    struct add add = { .component = component_with(hass, "sensor", NULL),
                       .entities = { thing_entity(hass, &things[0], &plain_ops, "A"),
                                     thing_entity(hass, &things[1], &plain_ops, "B") },
                       .count = 2 };
    ck_assert_int_eq(test_run_coroutine(hass, add_entities, &add), 0);
    ck_assert_str_eq(state_of(hass, "sensor.b"), "0");
}
END_TEST

START_TEST(update_before_add_writes_what_it_has_read)
{
    struct hass *hass = test_hass();
    struct capture *changes = test_capture(hass, HASS_EVENT_STATE_CHANGED);

    fake = (struct fake_loader){
        .things = things, .count = 2, .ops = &async_ops, .update_before_add = true
    };
    component_with_blink(hass, "[{'platform': 'blink'}]");
    ck_assert_str_eq(state_of(hass, "sensor.one"), "1");
    ck_assert_str_eq(state_of(hass, "sensor.two"), "1");
    ck_assert_uint_eq(capture_count(changes), 2);
}
END_TEST

START_TEST(a_first_update_that_fails_abandons_the_entity)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    things[0].result = HASS_E_GENERAL;
    fake = (struct fake_loader){
        .things = things, .count = 2, .ops = &pool_ops, .update_before_add = true
    };
    component_with_blink(hass, "[{'platform': 'blink'}]");
    ck_assert_ptr_nonnull(logs_find(logs, "Error adding entity One"));
    ck_assert_str_eq(state_of(hass, "sensor.one"), "(none)");
    ck_assert(hass_states_async_available(hass, "sensor.one"));
    ck_assert_str_eq(state_of(hass, "sensor.two"), "1");
}
END_TEST

START_TEST(the_namespace_of_an_entry_stands_before_the_name)
{
    struct hass *hass = test_hass();

    fake = (struct fake_loader){ .things = things, .count = 1, .ops = &plain_ops };
    component_with_blink(hass, "{'platform': 'blink', 'entity_namespace': 'Upstairs'}");
    ck_assert_str_eq(state_of(hass, "sensor.upstairs_one"), "0");
}
END_TEST

START_TEST(adding_that_takes_too_long_is_given_up_with_a_warning)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    things[0].takes = 600;
    fake = (struct fake_loader){
        .things = things, .count = 1, .ops = &async_ops, .update_before_add = true
    };
    component_with_blink(hass, "{'platform': 'blink'}");
    test_advance(hass, 499);
    ck_assert_ptr_null(logs_find(logs, "Timed out adding entities"));
    test_advance(hass, 1);
    ck_assert_ptr_nonnull(
        logs_find(logs, "Timed out adding entities for domain sensor with platform blink"));
    ck_assert_str_eq(state_of(hass, "sensor.one"), "(none)");
}
END_TEST

/* other ways */

static HASS_BLOCKING int add_in_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entities[] = { thing_entity(hass, &things[4], &plain_ops, "Pool") };
    int r = hass_platform_add_entities(fake.platform, entities, 1, false, err);

    return r < 0 ? r : things[4].added == 1 ? 0 : -1;
}

START_TEST(the_twin_adds_from_a_pool_thread_and_waits)
{
    struct hass *hass = test_hass();

    fake = (struct fake_loader){ .things = things, .ops = &plain_ops };
    component_with_blink(hass, "{'platform': 'blink'}");
    ck_assert_int_eq(test_on_pool(hass, add_in_pool, NULL), 0);
    ck_assert_str_eq(state_of(hass, "sensor.pool"), "0");
    ck_assert_str_eq(hass_platform_domain(fake.platform), "sensor");
    ck_assert_str_eq(hass_platform_name(fake.platform), "blink");
}
END_TEST

START_TEST(scheduled_adding_is_a_task)
{
    struct hass *hass = test_hass();

    fake = (struct fake_loader){ .things = things, .ops = &plain_ops };
    component_with_blink(hass, "{'platform': 'blink'}");
    struct hass_entity *entities[] = { thing_entity(hass, &things[0], &plain_ops, "A") };
    ck_assert_int_eq(
        hass_platform_async_schedule_add_entities(fake.platform, entities, 1, false, NULL), 0);
    test_settle(hass);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "0");
}
END_TEST

static int add_wrongly(struct hass *hass, void *userdata, struct hass_error *err)
    HASS__ANALYSIS(no_thread_safety_analysis)
{
    struct hass_entity *entities[] = { things[0].entity };
    int wrong =
        hass_platform_async_add_entities(fake.platform, entities, 1, false, NULL) == HASS_E_THREAD;

    return wrong + (hass_platform_async_schedule_add_entities(fake.platform, entities, 1, false,
                                                              NULL) == HASS_E_THREAD);
}

START_TEST(async_forms_are_refused_elsewhere_and_take_nothing)
{
    struct hass *hass = test_hass();

    test_logs();
    fake = (struct fake_loader){ .things = things, .ops = &plain_ops };
    component_with_blink(hass, "{'platform': 'blink'}");
    thing_entity(hass, &things[0], &plain_ops, "A");
    ck_assert_int_eq(test_on_pool(hass, add_wrongly, NULL), 2);
    ck_assert_uint_eq(things[0].destroyed, 0);
    hass_entity_unref(things[0].entity);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "(none)");
}
END_TEST

TEST_MAIN("platform_add", the_id_is_made_of_domain_and_name, taken_ids_get_a_number,
          long_ids_are_cut_to_255_characters_with_their_number, a_proposed_id_is_taken_as_it_is,
          a_proposed_id_that_is_taken_is_refused, a_restored_state_waits_for_its_entity,
          an_invalid_id_is_refused_and_a_foreign_domain_is_said, a_unique_id_is_taken_once,
          without_a_name_the_unique_id_names_it,
          an_entity_whose_hook_fails_is_listed_without_a_state,
          an_entity_may_remove_itself_in_its_hook, adding_an_entity_twice_is_refused,
          a_domain_keeps_data_for_each_entity_and_is_called_before_its_integration,
          one_that_fails_does_not_stop_the_others, update_before_add_writes_what_it_has_read,
          a_first_update_that_fails_abandons_the_entity,
          the_namespace_of_an_entry_stands_before_the_name,
          adding_that_takes_too_long_is_given_up_with_a_warning,
          the_twin_adds_from_a_pool_thread_and_waits, scheduled_adding_is_a_task,
          async_forms_are_refused_elsewhere_and_take_nothing)
