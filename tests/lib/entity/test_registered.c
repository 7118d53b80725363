/* SPDX-License-Identifier: Apache-2.0 */
/* Entities that are registered: their rows, and how they follow what is changed there. */
#include <hass/context.h>
#include <hass/device_registry.h>
#include <hass/entity_registry.h>

#include "base/mem.h"
#include "registry/row.h"
#include "things.h"

static struct thing things[8];

/* Adds a thing with a unique id; its entity id, or NULL. */
static HASS_CALLBACK const char *add_as(struct hass *hass, struct thing *thing,
                                        const struct hass_entity_ops *ops, const char *unique_id,
                                        const char *name)
{
    thing->description.unique_id = unique_id;
    ck_assert_int_eq(add_thing(hass, thing, ops, name), 0);
    return thing->destroyed ? NULL : hass_entity_async_entity_id(thing->entity);
}

static HASS_CALLBACK const char *add(struct hass *hass, struct thing *thing, const char *unique_id,
                                     const char *name)
{
    return add_as(hass, thing, &plain_ops, unique_id, name);
}

static HASS_CALLBACK void change(struct hass *hass, const char *entity_id, const char *changes)
{
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_msg(
        hass_entity_registry_async_update(hass, entity_id, test_json(changes), NULL, &err) == 0,
        "%s", err.message);
    test_settle(hass);
}

static HASS_CALLBACK void take_away(struct hass *hass, struct thing *thing)
{
    ck_assert_int_eq(test_run_coroutine(hass, remove_entity_task, thing->entity), 0);
}

static HASS_CALLBACK json_t *attributes_of(struct hass *hass, const char *entity_id)
{
    const struct hass_state *state = hass_states_async_get(hass, entity_id);

    ck_assert_ptr_nonnull(state);
    return hass_state_attributes(state);
}

static HASS_CALLBACK void assert_text(struct hass *hass, const char *entity_id, const char *key,
                                      const char *wanted)
{
    autojson *attributes = attributes_of(hass, entity_id);
    const char *text = hass_json_get_string(attributes, key, NULL);

    ck_assert_msg(wanted ? text && !strcmp(text, wanted) : !text, "%s is %s", key, text);
}

/* rows */

static void write_words(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    hass_attrs_set(writer, "volume", HASS_INT(thing_of(entity)->jump ? 2 : 1));
}

static const struct hass_entity_ops capable_ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .state = thing_state,
                    .capability_attributes = write_words);

START_TEST(what_an_integration_says_stands_in_the_registry)
{
    struct hass *hass = test_hass();

    things[0].description = (struct hass_entity_description){
        .device_class = "power",
        .unit_of_measurement = "W",
        .icon = "mdi:x",
        .translation_key = "power",
        .supported_features = 5,
        .category = HASS_ENTITY_CATEGORY_DIAGNOSTIC,
        .hidden_by_default = true,
    };
    ck_assert_str_eq(add_as(hass, &things[0], &capable_ops, "u", "A"), "sensor.a");
    const struct hass_entity_entry *row = hass_entity_async_registry_entry(things[0].entity);
    ck_assert_str_eq(row->platform, "sensor");
    ck_assert_str_eq(row->original_name, "A");
    ck_assert_str_eq(row->original_device_class, "power");
    ck_assert_str_eq(row->original_icon, "mdi:x");
    ck_assert_str_eq(row->unit_of_measurement, "W");
    ck_assert_str_eq(row->translation_key, "power");
    ck_assert_str_eq(row->capabilities, "{\"volume\":1}");
    ck_assert_uint_eq(row->supported_features, 5);
    ck_assert_int_eq(row->entity_category, HASS_ENTITY_CATEGORY_DIAGNOSTIC);
    ck_assert_int_eq(row->hidden_by, HASS_ENTITY_HIDDEN_BY_INTEGRATION);
    ck_assert_ptr_null(hass_entity_async_device(things[0].entity));
}
END_TEST

START_TEST(without_a_unique_id_nothing_is_registered)
{
    struct hass *hass = test_hass();

    add(hass, &things[0], NULL, "A");
    ck_assert_ptr_null(hass_entity_async_registry_entry(things[0].entity));
    ck_assert_uint_eq(hass_entity_registry_async_count(hass), 0);
}
END_TEST

START_TEST(one_that_comes_back_has_its_id_whatever_it_is_called)
{
    struct hass *hass = test_hass();
    struct capture *changes = test_capture(hass, HASS_EVENT_ENTITY_REGISTRY_UPDATED);

    things[0].description.icon = "mdi:x";
    add(hass, &things[0], "u", "A");
    take_away(hass, &things[0]);
    ck_assert_str_eq(add(hass, &things[1], "u", "B"), "sensor.a");
    assert_text(hass, "sensor.a", "friendly_name", "B");
    ck_assert_uint_eq(capture_count(changes), 2);
    autojson *old =
        json_deep_copy(hass_json_get(hass_event_data(capture_event(changes, 1)), "changes"));
    ck_assert_json(old, "{'original_icon': 'mdi:x', 'original_name': 'A'}");
}
END_TEST

START_TEST(an_unregistered_one_does_not_take_a_registered_id)
{
    struct hass *hass = test_hass();

    add(hass, &things[0], "u", "A");
    take_away(hass, &things[0]);
    things[1].description.entity_id = "sensor.a";
    ck_assert_str_eq(add(hass, &things[1], NULL, "B"), "sensor.a_2");
    ck_assert_str_eq(add(hass, &things[2], NULL, "A"), "sensor.a_3");
}
END_TEST

START_TEST(a_proposed_id_is_a_suggestion_to_the_registry)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    things[0].description.entity_id = "sensor.Not Valid";
    ck_assert_str_eq(add(hass, &things[0], "u", "A"), "sensor.not_valid");
    things[1].description.entity_id = "light.b";
    ck_assert_str_eq(add(hass, &things[1], "v", "A"), "sensor.b");
    ck_assert_ptr_nonnull(logs_find(logs, "light.b to an entity of domain sensor"));
    things[2].description.suggested_object_id = "Better";
    ck_assert_str_eq(add(hass, &things[2], "w", "A"), "sensor.better");
}
END_TEST

START_TEST(one_whose_id_somebody_has_taken_meanwhile_is_refused_and_its_row_stays)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    add(hass, &things[0], "u", "A");
    change(hass, "sensor.a", "{'disabled_by': 'user'}");
    change(hass, "sensor.a", "{'disabled_by': null}");
    hass_states_async_set(hass, "sensor.a", "mine", NULL, NULL, NULL);
    ck_assert_ptr_null(add(hass, &things[1], "u", "B"));
    ck_assert_ptr_nonnull(logs_find(logs, "u is already used by sensor.a - ignoring B"));
    ck_assert_str_eq(hass_entity_registry_async_get(hass, "sensor.a")->original_name, "A");
    ck_assert_str_eq(state_of(hass, "sensor.a"), "mine");
}
END_TEST

START_TEST(strange_texts_are_registered_as_far_as_they_can_be)
{
    struct hass *hass = test_hass();
    char name[ROW_MAX_TEXT + 1000];

    memset(name, 'a', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    ck_assert_uint_eq(strlen(add(hass, &things[0], "u", name)), 255);
    ck_assert_uint_eq(strlen(hass_entity_async_registry_entry(things[0].entity)->original_name),
                      ROW_MAX_TEXT);
    things[1].description.icon = "mdi:\xff";
    ck_assert_ptr_nonnull(add(hass, &things[1], "v", "A\xc3"));
    const struct hass_entity_entry *row = hass_entity_async_registry_entry(things[1].entity);
    ck_assert_str_eq(row->original_name, "A\xef\xbf\xbd");
    ck_assert_str_eq(row->original_icon, "mdi:\xef\xbf\xbd");
}
END_TEST

START_TEST(a_strange_unique_id_is_refused)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    char long_id[ROW_MAX_TEXT + 2];

    memset(long_id, 'a', sizeof(long_id) - 1);
    long_id[sizeof(long_id) - 1] = '\0';
    ck_assert_ptr_null(add(hass, &things[0], "\xff", "A"));
    ck_assert_ptr_null(add(hass, &things[1], long_id, "B"));
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_ERROR), 2);
    ck_assert_uint_eq(hass_entity_registry_async_count(hass), 0);
    ck_assert_uint_eq(things[0].destroyed + things[1].destroyed, 2);
}
END_TEST

static int refuse(struct hass_entity *entity, struct hass_error *err)
{
    return hass_fail(err, HASS_E_INVALID, "not in this domain");
}

START_TEST(a_domain_refuses_what_it_does_not_take)
{
    static const struct hass_domain_ops ops = { .size = sizeof(ops), .check = refuse };
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    component_with(hass, "sensor", &ops);
    ck_assert_ptr_null(add(hass, &things[0], "u", "A"));
    ck_assert_ptr_nonnull(logs_find(logs, "not in this domain"));
    ck_assert_uint_eq(hass_entity_registry_async_count(hass), 0);
}
END_TEST

/* enabled and disabled */

START_TEST(one_that_is_disabled_by_default_is_registered_only)
{
    struct hass *hass = test_hass();

    things[0].description.disabled_by_default = true;
    ck_assert_ptr_null(add(hass, &things[0], "u", "A"));
    ck_assert_str_eq(state_of(hass, "sensor.a"), "(none)");
    ck_assert_uint_eq(things[0].added, 0);
    const struct hass_entity_entry *row = hass_entity_registry_async_get(hass, "sensor.a");
    ck_assert_int_eq(row->disabled_by, HASS_ENTITY_DISABLED_BY_INTEGRATION);
    change(hass, "sensor.a", "{'disabled_by': null}");
    ck_assert_str_eq(add(hass, &things[1], "u", "A"), "sensor.a");
    ck_assert_str_eq(state_of(hass, "sensor.a"), "0");
}
END_TEST

START_TEST(one_that_is_disabled_goes_with_its_state)
{
    struct hass *hass = test_hass();

    add(hass, &things[0], "u", "A");
    change(hass, "sensor.a", "{'disabled_by': 'user'}");
    ck_assert_str_eq(state_of(hass, "sensor.a"), "(none)");
    ck_assert_uint_eq(things[0].good_byes, 1);
    ck_assert_uint_eq(things[0].destroyed, 1);
    ck_assert_ptr_null(hass_async_get_entity(hass, "sensor.a"));
}
END_TEST

/* leaving */

START_TEST(one_that_leaves_has_a_placeholder)
{
    struct hass *hass = test_hass();

    things[0].description.device_class = "power";
    things[0].description.unit_of_measurement = "W";
    things[0].description.icon = "mdi:x";
    add_as(hass, &things[0], &capable_ops, "u", "A");
    take_away(hass, &things[0]);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "unavailable");
    autojson *attributes = attributes_of(hass, "sensor.a");
    ck_assert_json(attributes, "{'restored': true, 'volume': 1, 'device_class': 'power', "
                               "'unit_of_measurement': 'W', 'icon': 'mdi:x', "
                               "'friendly_name': 'A', 'supported_features': 0}");
}
END_TEST

START_TEST(one_whose_integration_goes_has_a_placeholder)
{
    struct hass *hass = test_hass();

    things[0].description.unique_id = "u";
    fake = (struct fake_loader){ .things = things, .count = 1, .ops = &plain_ops };
    component_with_blink(hass, "{'platform': 'blink'}");
    ck_assert_str_eq(state_of(hass, "sensor.one"), "0");
    ck_assert_int_eq(test_run_coroutine(hass, close_scope, fake.scope), 0);
    ck_assert_str_eq(state_of(hass, "sensor.one"), "unavailable");
    ck_assert_uint_eq(things[0].good_byes, 0);
}
END_TEST

START_TEST(one_whose_row_is_removed_goes_with_its_state)
{
    struct hass *hass = test_hass();

    add(hass, &things[0], "u", "A");
    ck_assert_int_eq(hass_entity_registry_async_remove(hass, "sensor.a", NULL), 0);
    test_settle(hass);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "(none)");
    ck_assert_uint_eq(things[0].good_byes, 1);
    ck_assert_uint_eq(things[0].destroyed, 1);
}
END_TEST

/* another id */

START_TEST(one_that_is_renamed_is_the_same_under_its_new_id)
{
    struct hass *hass = test_hass();
    add(hass, &things[0], "u", "A");
    struct capture *states = test_capture(hass, HASS_EVENT_STATE_CHANGED);

    change(hass, "sensor.a", "{'new_entity_id': 'sensor.b'}");
    ck_assert_ptr_eq(hass_async_get_entity(hass, "sensor.b"), things[0].entity);
    ck_assert_ptr_null(hass_async_get_entity(hass, "sensor.a"));
    ck_assert_str_eq(state_of(hass, "sensor.a"), "(none)");
    ck_assert_str_eq(state_of(hass, "sensor.b"), "0");
    ck_assert_uint_eq(things[0].added, 2);
    ck_assert_uint_eq(things[0].good_byes, 1);
    ck_assert_uint_eq(things[0].destroyed, 0);
    ck_assert_uint_eq(capture_count(states), 2);
    ck_assert_str_eq(
        hass_json_get_string(hass_event_data(capture_event(states, 0)), "entity_id", ""),
        "sensor.a");
}
END_TEST

static HASS_COROUTINE int slow_good_bye(struct hass_entity *entity, struct hass_error *err)
{
    thing_of(entity)->good_byes++;
    (void)hass_async_sleep(hass_entity_hass(entity), 1, NULL);
    return 0;
}

static HASS_COROUTINE int slow_added(struct hass_entity *entity, struct hass_error *err)
{
    thing_of(entity)->added++;
    (void)hass_async_sleep(hass_entity_hass(entity), 1, NULL);
    return 0;
}

static const struct hass_entity_ops slow_ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .state = thing_state,
                    .async_added_to_hass = thing_added,
                    .async_will_remove_from_hass = slow_good_bye, .destroy = thing_destroy);
static const struct hass_entity_ops slow_to_come_ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .state = thing_state,
                    .async_added_to_hass = slow_added,
                    .async_will_remove_from_hass = thing_good_bye, .destroy = thing_destroy);

START_TEST(one_that_is_renamed_twice_while_it_says_good_bye_has_the_last_id)
{
    struct hass *hass = test_hass();

    add_as(hass, &things[0], &slow_ops, "u", "A");
    change(hass, "sensor.a", "{'new_entity_id': 'sensor.b'}");
    change(hass, "sensor.b", "{'new_entity_id': 'sensor.c'}");
    test_advance(hass, 2);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "(none)");
    ck_assert_str_eq(state_of(hass, "sensor.b"), "(none)");
    ck_assert_str_eq(state_of(hass, "sensor.c"), "0");
    ck_assert_uint_eq(things[0].good_byes, 1);
    ck_assert_uint_eq(things[0].added, 2);
}
END_TEST

START_TEST(one_that_is_disabled_while_it_says_good_bye_does_not_come_back)
{
    struct hass *hass = test_hass();

    add_as(hass, &things[0], &slow_ops, "u", "A");
    change(hass, "sensor.a", "{'new_entity_id': 'sensor.b'}");
    change(hass, "sensor.b", "{'disabled_by': 'user'}");
    test_advance(hass, 2);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "(none)");
    ck_assert_str_eq(state_of(hass, "sensor.b"), "(none)");
    ck_assert_uint_eq(things[0].destroyed, 1);
}
END_TEST

START_TEST(one_whose_row_goes_while_it_says_good_bye_is_not_registered_again)
{
    struct hass *hass = test_hass();

    add_as(hass, &things[0], &slow_ops, "u", "A");
    change(hass, "sensor.a", "{'new_entity_id': 'sensor.b'}");
    ck_assert_int_eq(hass_entity_registry_async_remove(hass, "sensor.b", NULL), 0);
    test_advance(hass, 2);
    ck_assert_uint_eq(hass_entity_registry_async_count(hass), 0);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "(none)");
    ck_assert_uint_eq(things[0].destroyed, 1);
}
END_TEST

START_TEST(one_that_is_renamed_while_its_hook_runs_is_added_once_more)
{
    struct hass *hass = test_hass();
    struct add adding = { .component = component_with(hass, "sensor", NULL), .count = 1 };

    things[0].description.unique_id = "u";
    adding.entities[0] = thing_entity(hass, &things[0], &slow_to_come_ops, "A");
    ck_assert_int_eq(
        hass_async_create_task(hass, HASS_JOB_COROUTINE(add_entities, &adding), NULL, NULL), 0);
    test_settle(hass);
    ck_assert_uint_eq(things[0].added, 1);
    change(hass, "sensor.a", "{'new_entity_id': 'sensor.b'}");
    ck_assert_uint_eq(things[0].added, 2);
    ck_assert_str_eq(state_of(hass, "sensor.b"), "(none)");
    test_advance(hass, 2);
    ck_assert_str_eq(state_of(hass, "sensor.b"), "0");
    ck_assert_str_eq(state_of(hass, "sensor.a"), "(none)");
    ck_assert_uint_eq(things[0].states, 1);
}
END_TEST

START_TEST(one_that_is_removed_while_it_is_being_renamed_leaves_no_old_state)
{
    struct hass *hass = test_hass();

    add_as(hass, &things[0], &slow_ops, "u", "A");
    ck_assert_int_eq(
        hass_async_create_task(hass, HASS_JOB_COROUTINE(remove_entity_task, things[0].entity), NULL,
                               NULL),
        0);
    change(hass, "sensor.a", "{'new_entity_id': 'sensor.b'}");
    test_advance(hass, 2);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "(none)");
    ck_assert_str_eq(state_of(hass, "sensor.b"), "unavailable");
    ck_assert_uint_eq(things[0].added, 1);
}
END_TEST

/* what its user says */

START_TEST(what_its_user_says_comes_first)
{
    struct hass *hass = test_hass();

    things[0].description.device_class = "power";
    things[0].description.icon = "mdi:x";
    add(hass, &things[0], "u", "A");
    change(hass, "sensor.a", "{'name': 'Mine', 'icon': 'mdi:y', 'device_class': 'energy'}");
    assert_text(hass, "sensor.a", "friendly_name", "Mine");
    assert_text(hass, "sensor.a", "icon", "mdi:y");
    assert_text(hass, "sensor.a", "device_class", "energy");
    change(hass, "sensor.a", "{'name': null, 'icon': null, 'device_class': null}");
    assert_text(hass, "sensor.a", "friendly_name", "A");
    assert_text(hass, "sensor.a", "icon", "mdi:x");
    assert_text(hass, "sensor.a", "device_class", "power");
    ck_assert_uint_eq(things[0].added, 1);
}
END_TEST

static char told[64];

static void tell_integration(struct hass_entity *entity, const struct hass_entity_entry *old)
{
    hass__assert_loop();
    snprintf(told + strlen(told), sizeof(told) - strlen(told), "integration: %s > %s",
             old->area_id ? old->area_id : "", hass_entity_async_registry_entry(entity)->icon);
}

static void tell_domain(struct hass_entity *entity, const struct hass_entity_entry *old)
{
    snprintf(told, sizeof(told), "domain, ");
}

START_TEST(domain_and_integration_are_told_of_changes)
{
    static const struct hass_domain_ops domain = { .size = sizeof(domain),
                                                   .registry_entry_updated = tell_domain };
    static const struct hass_entity_ops ops =
        HASS_ENTITY_OPS(.values_size = sizeof(struct values), .state = thing_state,
                        .registry_entry_updated = tell_integration);
    struct hass *hass = test_hass();

    component_with(hass, "sensor", &domain);
    add_as(hass, &things[0], &ops, "u", "A");
    ck_assert_str_eq(told, "");
    change(hass, "sensor.a", "{'icon': 'mdi:y'}");
    ck_assert_str_eq(told, "domain, integration:  > mdi:y");
}
END_TEST

START_TEST(new_capabilities_reach_the_registry_once)
{
    struct hass *hass = test_hass();

    add_as(hass, &things[0], &capable_ops, "u", "A");
    struct capture *changes = test_capture(hass, HASS_EVENT_ENTITY_REGISTRY_UPDATED);
    things[0].jump = 1;
    things[0].description.supported_features = 4;
    things[0].description.device_class = "power";
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(hass_entity_async_write_ha_state(things[0].entity, NULL), 0);
    ck_assert_uint_eq(capture_count(changes), 1);
    const struct hass_entity_entry *row = hass_entity_async_registry_entry(things[0].entity);
    ck_assert_str_eq(row->capabilities, "{\"volume\":2}");
    ck_assert_str_eq(row->original_device_class, "power");
    ck_assert_uint_eq(row->supported_features, 4);
}
END_TEST

START_TEST(ten_thousand_are_added_and_found)
{
    enum { COUNT = 10000 };
    struct hass *hass = test_hass();
    struct thing *many = calloc(COUNT, sizeof(*many));
    struct hass_entity **entities = calloc(COUNT, sizeof(*entities));
    char(*ids)[16] = calloc(COUNT, sizeof(*ids));

    fake = (struct fake_loader){ .things = things, .ops = &plain_ops };
    component_with_blink(hass, "{'platform': 'blink'}");
    for (int i = 0; i < COUNT; i++) {
        snprintf(ids[i], sizeof(ids[i]), "u%d", i);
        many[i].description.unique_id = ids[i];
        entities[i] = thing_entity(hass, &many[i], &plain_ops, ids[i]);
    }
    ck_assert_int_eq(
        hass_platform_async_schedule_add_entities(fake.platform, entities, COUNT, false, NULL), 0);
    test_settle(hass);
    ck_assert_uint_eq(hass_states_async_count(hass, "sensor"), COUNT);
    ck_assert_uint_eq(hass_entity_registry_async_count(hass), COUNT);
    ck_assert_str_eq(state_of(hass, "sensor.u9999"), "0");
    test_destroy(hass);
    free(ids);
    free(entities);
    free(many);
}
END_TEST

/* other threads */

static HASS_BLOCKING int ask(struct hass *hass, void *userdata, struct hass_error *err)
{
    autounref(hass_entity_entry) const *row = hass_entity_registry_entry(things[0].entity);
    autounref(hass_device) const *device = hass_entity_device(things[0].entity);

    if (!row || strcmp(row->entity_id, "sensor.a") != 0 || device)
        return -1;
    return hass_entity_set_available(things[1].entity, false, err);
}

START_TEST(other_threads_have_their_twins)
{
    struct hass *hass = test_hass();

    add(hass, &things[0], "u", "A");
    add_as(hass, &things[1], &async_ops, NULL, "B");
    ck_assert_int_eq(test_on_pool(hass, ask, NULL), 0);
    test_settle(hass);
    ck_assert_str_eq(state_of(hass, "sensor.b"), "unavailable");
}
END_TEST

static HASS_BLOCKING int add_from_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entities[] = { thing_entity(hass, &things[0], &plain_ops, "A") };

    return hass_component_add_entities(userdata, entities, 1, err);
}

START_TEST(a_domain_adds_its_own_from_a_pool_thread)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(test_on_pool(hass, add_from_pool, component_with(hass, "sensor", NULL)), 0);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "0");
}
END_TEST

TEST_MAIN("registered", what_an_integration_says_stands_in_the_registry,
          without_a_unique_id_nothing_is_registered,
          one_that_comes_back_has_its_id_whatever_it_is_called,
          an_unregistered_one_does_not_take_a_registered_id,
          a_proposed_id_is_a_suggestion_to_the_registry,
          one_whose_id_somebody_has_taken_meanwhile_is_refused_and_its_row_stays,
          strange_texts_are_registered_as_far_as_they_can_be, a_strange_unique_id_is_refused,
          a_domain_refuses_what_it_does_not_take,
          one_that_is_disabled_by_default_is_registered_only,
          one_that_is_disabled_goes_with_its_state, one_that_leaves_has_a_placeholder,
          one_whose_integration_goes_has_a_placeholder,
          one_whose_row_is_removed_goes_with_its_state,
          one_that_is_renamed_is_the_same_under_its_new_id,
          one_that_is_renamed_twice_while_it_says_good_bye_has_the_last_id,
          one_that_is_disabled_while_it_says_good_bye_does_not_come_back,
          one_whose_row_goes_while_it_says_good_bye_is_not_registered_again,
          one_that_is_renamed_while_its_hook_runs_is_added_once_more,
          one_that_is_removed_while_it_is_being_renamed_leaves_no_old_state,
          what_its_user_says_comes_first, domain_and_integration_are_told_of_changes,
          new_capabilities_reach_the_registry_once, ten_thousand_are_added_and_found,
          other_threads_have_their_twins, a_domain_adds_its_own_from_a_pool_thread)
