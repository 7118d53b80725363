/* SPDX-License-Identifier: Apache-2.0 */
/* Components: what becomes of the entries, finding entities, platforms that are asked for, and the domain's end. */
#include "things.h"

static struct thing things[4];

START_TEST(a_component_is_found_by_its_domain_and_there_is_one)
{
    struct hass *hass = test_hass();
    struct hass_component *component = component_with(hass, "sensor", NULL);

    ck_assert_ptr_eq(hass_component_async_get(hass, "sensor"), component);
    ck_assert_ptr_null(hass_component_async_get(hass, "light"));
    struct make again = { .domain = "sensor" };
    ck_assert_int_eq(test_run_coroutine(hass, make_component, &again), HASS_E_EXISTS);
}
END_TEST

START_TEST(entities_are_found_in_their_component_only)
{
    struct hass *hass = test_hass();
    struct hass_component *lights = component_with(hass, "light", NULL);

    add_thing(hass, &things[0], &plain_ops, "A");
    struct hass_component *sensors = hass_component_async_get(hass, "sensor");
    ck_assert_ptr_eq(hass_component_async_get_entity(sensors, "sensor.a"), things[0].entity);
    ck_assert_ptr_null(hass_component_async_get_entity(lights, "sensor.a"));
    ck_assert_ptr_eq(hass_async_get_entity(hass, "sensor.a"), things[0].entity);
    ck_assert_ptr_null(hass_async_get_entity(hass, "sensor.b"));
}
END_TEST

START_TEST(each_entry_with_a_platform_is_set_up)
{
    struct hass *hass = test_hass();

    fake.ops = &plain_ops;
    component_with_blink(hass, "[{'platform': 'blink'}, {'name': 'mine'}, {'platform': 'blink'}, "
                               "null, 'text', {'platform': 7}]");
    ck_assert_uint_eq(fake.prepared, 2);
    ck_assert_uint_eq(fake.set_up, 2);
}
END_TEST

START_TEST(a_single_entry_and_none_are_fine)
{
    struct hass *hass = test_hass();

    fake.ops = &plain_ops;
    component_with_blink(hass, "{'platform': 'blink'}");
    component_with(hass, "light", NULL);
    ck_assert_uint_eq(fake.set_up, 1);
}
END_TEST

START_TEST(platforms_are_set_up_at_once_and_nobody_waits)
{
    struct hass *hass = test_hass();

    fake.ops = &plain_ops;
    fake.setup_takes = 5;
    int64_t began = hass_monotonic(hass);
    component_with_blink(hass, "[{'platform': 'blink'}, {'platform': 'blink'}]");
    ck_assert_int_eq(hass_monotonic(hass), began);
    ck_assert_uint_eq(fake.set_up, 2);
}
END_TEST

START_TEST(without_a_loader_entries_are_logged)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    struct make make = { .domain = "sensor", .config = "{'platform': 'blink'}" };

    ck_assert_int_eq(test_run_coroutine(hass, make_component, &make), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "nobody loads platform blink.sensor"));
}
END_TEST

/* platforms that integrations ask for */

START_TEST(a_loaded_platform_sets_its_domain_up_first)
{
    struct hass *hass = test_hass();

    use_fake_loader(hass);
    fake.things = things;
    fake.count = 1;
    fake.ops = &plain_ops;
    ck_assert_int_eq(hass_async_load_platform(hass, "sensor", "blink", test_json("{'x': 1}"), NULL),
                     0);
    test_settle(hass);
    ck_assert_uint_eq(fake.domains, 1);
    ck_assert_uint_eq(fake.set_up, 1);
    ck_assert_str_eq(state_of(hass, "sensor.one"), "0");
}
END_TEST

static HASS_BLOCKING int load_in_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_load_platform(hass, "sensor", "blink", json_object(), err);
}

START_TEST(the_twin_loads_from_any_thread_into_a_component_that_exists)
{
    struct hass *hass = test_hass();

    use_fake_loader(hass);
    fake.ops = &plain_ops;
    component_with(hass, "sensor", NULL);
    ck_assert_int_eq(test_on_pool(hass, load_in_pool, NULL), 0);
    test_settle(hass);
    ck_assert_uint_eq(fake.domains, 0);
    ck_assert_uint_eq(fake.set_up, 1);
}
END_TEST

static HASS_CALLBACK int make_in(struct hass *hass, struct scope *scope)
{
    struct make make = { .domain = "sensor", .scope = scope };
    int r = test_run_coroutine(hass, make_component, &make);

    test_settle(hass);
    return r;
}

START_TEST(a_request_lasts_as_long_as_the_integration_that_asked)
{
    struct hass *hass = test_hass();

    use_fake_loader(hass);
    fake.ops = &plain_ops;
    struct scope *asking = scope_new(hass, "asking"), *domain = scope_new(hass, "sensor");
    ck_assert_int_eq(make_in(hass, domain), 0);
    struct scope *former = scope_enter(asking);
    hass_async_load_platform(hass, "sensor", "blink", json_object(), NULL);
    test_settle(hass);
    scope_leave(former);
    ck_assert_uint_eq(fake.set_up, 1);

    test_run_coroutine(hass, close_scope, domain);
    ck_assert_uint_eq(fake.released, 1);
    ck_assert_int_eq(make_in(hass, NULL), 0); /* the domain is back, and finds the request */
    ck_assert_uint_eq(fake.set_up, 2);
    test_run_coroutine(hass, close_scope, asking);
    scope_unref(asking);
    scope_unref(domain);
}
END_TEST

/* the end of a domain */

START_TEST(a_domain_takes_all_platforms_along)
{
    struct hass *hass = test_hass();
    struct scope *domain = scope_new(hass, "sensor");
    struct make make = { .domain = "sensor", .config = "{'platform': 'blink'}", .scope = domain };

    fake = (struct fake_loader){ .things = things, .count = 2, .ops = &plain_ops };
    use_fake_loader(hass);
    ck_assert_int_eq(test_run_coroutine(hass, make_component, &make), 0);
    test_settle(hass);
    add_thing(hass, &things[2], &plain_ops, "Own");
    ck_assert_int_eq(test_run_coroutine(hass, close_scope, domain), 0);
    ck_assert_ptr_null(hass_component_async_get(hass, "sensor"));
    ck_assert_str_eq(state_of(hass, "sensor.one"), "(none)");
    ck_assert_uint_eq(things[0].destroyed + things[1].destroyed + things[2].destroyed, 3);
    ck_assert_uint_eq(fake.released, 1);
    scope_unref(domain);
}
END_TEST

START_TEST(rounds_of_coming_and_going_leave_nothing)
{
    struct hass *hass = test_hass();

    use_fake_loader(hass);
    scope_unref(fake.scope);
    fake = (struct fake_loader){ .things = things, .count = 2, .ops = &pool_ops };
    component_with(hass, "sensor", NULL);
    for (int i = 0; i < 50; i++) {
        char name[] = "blink";
        fake.scope = scope_new(hass, name);
        struct scope *former = scope_enter(fake.scope);
        hass_async_load_platform(hass, "sensor", name, json_object(), NULL);
        test_settle(hass);
        scope_leave(former);
        ck_assert_str_eq(state_of(hass, "sensor.two"), "0");
        ck_assert_int_eq(test_run_coroutine(hass, close_scope, fake.scope), 0);
        ck_assert_str_eq(state_of(hass, "sensor.two"), "(none)");
        scope_unref(fake.scope);
    }
    ck_assert_uint_eq(things[0].destroyed, 50);
    ck_assert_uint_eq(fake.released, 50);
}
END_TEST

TEST_MAIN("component", a_component_is_found_by_its_domain_and_there_is_one,
          entities_are_found_in_their_component_only, each_entry_with_a_platform_is_set_up,
          a_single_entry_and_none_are_fine, platforms_are_set_up_at_once_and_nobody_waits,
          without_a_loader_entries_are_logged, a_loaded_platform_sets_its_domain_up_first,
          the_twin_loads_from_any_thread_into_a_component_that_exists,
          a_request_lasts_as_long_as_the_integration_that_asked, a_domain_takes_all_platforms_along,
          rounds_of_coming_and_going_leave_nothing)
