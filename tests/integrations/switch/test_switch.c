/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Switching: on the loop, on the pool, without either, and when it fails.
 */
#include <errno.h>
#include <string.h>

#include "support/cases.h"
#include "support/home.h"
#include "switch/switch.h"

struct values {
    bool known, on;
};

static HASS_CALLBACK struct hass_value is_on(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return values->known ? HASS_BOOL(values->on) : HASS_NONE;
}

static HASS_COROUTINE int turn_on_loop(struct hass_entity *entity, bool on, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    int r = hass_async_sleep(hass_entity_hass(entity), 1, err);

    *values = (struct values){ .known = true, .on = on };
    return r;
}

static HASS_BLOCKING int turn_on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                      bool on, void *values, struct hass_error *err)
{
    *(struct values *)values = (struct values){ .known = true, .on = on };
    return hass_on_loop(hass_entity_hass(entity)) ? -EDEADLK : 0;
}

static HASS_BLOCKING int turn_in_vain(struct hass_worker *worker, struct hass_entity *entity,
                                      bool on, void *values, struct hass_error *err)
{
    *(struct values *)values = (struct values){ .known = true, .on = on };
    return hass_fail(err, -EIO, "the relay is stuck");
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct switch_ops loop_ops = SWITCH_OPS(.is_on = is_on, .async_turn = turn_on_loop);
static const struct switch_ops pool_ops = SWITCH_OPS(.is_on = is_on, .turn = turn_on_pool);
static const struct switch_ops broken_ops = SWITCH_OPS(.is_on = is_on, .turn = turn_in_vain);
static const struct switch_ops fixed_ops = SWITCH_OPS(.is_on = is_on);
static const struct hass_entity_description loop = HASS_ENTITY_DESCRIPTION(.name = "Loop");
static const struct hass_entity_description pool = HASS_ENTITY_DESCRIPTION(.name = "Pool");
static const struct hass_entity_description broken = HASS_ENTITY_DESCRIPTION(.name = "Broken");
static const struct hass_entity_description fixed = HASS_ENTITY_DESCRIPTION(.name = "Fixed");

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct values off = { .known = true };
    struct hass_entity *entities[] = {
        hass_entity_new(hass, &ops, &loop, &loop_ops, NULL, NULL),
        hass_entity_new(hass, &ops, &pool, &pool_ops, &off, NULL),
        hass_entity_new(hass, &ops, &broken, &broken_ops, &off, NULL),
        hass_entity_new(hass, &ops, &fixed, &fixed_ops, &off, NULL),
    };

    return hass_component_async_add_entities(hass_component_async_get(hass, "switch"), entities, 4,
                                             err);
}

static HASS_CALLBACK struct hass *home(void)
{
    struct hass *hass = test_home("switch:\n");

    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    return hass;
}

START_TEST(what_is_not_known_is_unknown)
{
    hass__assert_loop();
    struct hass *hass = home();

    ck_assert_str_eq(home_state(hass, "switch.loop"), "unknown");
    ck_assert_str_eq(home_state(hass, "switch.pool"), "off");
}
END_TEST

static const struct {
    const char *service, *entity_id, *state;
} calls[] = {
    { "turn_on", "switch.loop", "on" }, { "turn_off", "switch.loop", "off" },
    { "toggle", "switch.loop", "on" }, /* from unknown */
    { "turn_on", "switch.pool", "on" }, { "turn_off", "switch.pool", "off" },
    { "toggle", "switch.pool", "on" },
};

START_TEST(it_is_switched_where_its_ops_say)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_buf data = HASS_BUF_INIT;

    hass_buf_printf(&data, "{'entity_id':'%s'}", calls[_i].entity_id);
    ck_assert_int_eq(home_call(hass, "switch", calls[_i].service, hass_buf_string(&data), NULL), 0);
    ck_assert_str_eq(home_state(hass, calls[_i].entity_id), calls[_i].state);
    if (!strcmp(calls[_i].service, "toggle")) {
        ck_assert_int_eq(home_call(hass, "switch", "toggle", hass_buf_string(&data), NULL), 0);
        ck_assert_str_eq(home_state(hass, calls[_i].entity_id), "off");
    }
    hass_buf_fini(&data);
}
END_TEST

START_TEST(a_failure_reaches_the_caller_and_changes_nothing)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(home_call(hass, "switch", "turn_on", "{'entity_id':'switch.broken'}", &err),
                     -EIO);
    ck_assert_str_eq(err.message, "the relay is stuck");
    ck_assert_str_eq(home_state(hass, "switch.broken"), "off");
}
END_TEST

START_TEST(one_that_cannot_be_switched_says_so)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(home_call(hass, "switch", "turn_on", "{'entity_id':'switch.fixed'}", &err),
                     HASS_E_UNSUPPORTED);
    ck_assert_str_eq(err.message, "entity switch.fixed does not support action switch.turn_on");
}
END_TEST

START_TEST(several_are_switched_although_one_fails)
{
    hass__assert_loop();
    struct hass *hass = home();

    ck_assert_int_lt(home_call(hass, "switch", "turn_on", "{'entity_id':'all'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "switch.loop"), "on");
    ck_assert_str_eq(home_state(hass, "switch.pool"), "on");
}
END_TEST

START_TEST(the_state_has_the_context_of_the_call)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct capture *calls_seen = test_capture(hass, HASS_EVENT_CALL_SERVICE);

    home_call(hass, "switch", "turn_on", "{'entity_id':'switch.pool'}", NULL);
    ck_assert(hass_context_equal(hass_event_context(capture_event(calls_seen, 0)),
                                 hass_state_context(hass_states_async_get(hass, "switch.pool"))));
}
END_TEST

START_TEST(the_slow_switch_of_demo_takes_its_time_on_the_pool)
{
    struct hass *hass = test_home("demo:\n");
    int64_t before = hass_monotonic(hass);

    ck_assert_int_eq(home_call(hass, "switch", "turn_on", "{'entity_id':'switch.ac'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "switch.ac"), "on");
    ck_assert_int_ge(hass_monotonic(hass) - before, 200000);
}
END_TEST

CASES_MAIN("switch", ONCE(what_is_not_known_is_unknown),
           ROWS(it_is_switched_where_its_ops_say, calls),
           ONCE(a_failure_reaches_the_caller_and_changes_nothing),
           ONCE(one_that_cannot_be_switched_says_so), ONCE(several_are_switched_although_one_fails),
           ONCE(the_state_has_the_context_of_the_call),
           ONCE(the_slow_switch_of_demo_takes_its_time_on_the_pool))
