/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mowers: what they do, and what they are told, on the loop and on the pool.
 */
#include "lawn_mower/lawn_mower.h"
#include "support/home.h"

struct values {
    enum lawn_mower_activity activity;
};

static HASS_CALLBACK enum lawn_mower_activity activity(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return values->activity;
}

static void obey(struct values *values, enum lawn_mower_command command)
{
    static const enum lawn_mower_activity after[] = {
        [LAWN_MOWER_DO_START] = LAWN_MOWER_MOWING,
        [LAWN_MOWER_DO_PAUSE] = LAWN_MOWER_PAUSED,
        [LAWN_MOWER_DO_DOCK] = LAWN_MOWER_RETURNING,
    };

    values->activity = after[command];
}

static HASS_COROUTINE int on_loop(struct hass_entity *entity, enum lawn_mower_command command,
                                  struct hass_error *err)
{
    obey(hass_entity_async_values(entity), command);
    return 0;
}

static HASS_BLOCKING int on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                 enum lawn_mower_command command, void *values,
                                 struct hass_error *err)
{
    obey(values, command);
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct lawn_mower_ops loop_ops =
    LAWN_MOWER_OPS(.activity = activity, .async_command = on_loop);
static const struct lawn_mower_ops pool_ops =
    LAWN_MOWER_OPS(.activity = activity, .command = on_pool);
static const struct hass_entity_description loop =
    HASS_ENTITY_DESCRIPTION(.name = "Loop", .supported_features = 7,
                            .has_supported_features = true);
static const struct hass_entity_description pool =
    HASS_ENTITY_DESCRIPTION(.name = "Pool",
                            .supported_features = LAWN_MOWER_START_MOWING | LAWN_MOWER_PAUSE,
                            .has_supported_features = true);

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entities[] = {
        hass_entity_new(hass, &ops, &loop, &loop_ops, NULL, NULL),
        hass_entity_new(hass, &ops, &pool, &pool_ops, NULL, NULL),
    };

    return hass_component_async_add_entities(hass_component_async_get(hass, "lawn_mower"), entities,
                                             2, err);
}

static HASS_CALLBACK struct hass *home(void)
{
    struct hass *hass = test_home("lawn_mower:\n");

    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    return hass;
}

START_TEST(every_activity_has_its_word)
{
    static const char *const words[] = { "unknown", "error",     "paused", "mowing",
                                         "docked",  "returning", "unknown" };
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_entity *entity = hass_async_get_entity(hass, "lawn_mower.loop");
    struct values *values = hass_entity_async_values(entity);

    for (unsigned i = 0; i < 7; i++) {
        values->activity = i;
        ck_assert_int_eq(hass_entity_async_write_ha_state(entity, NULL), 0);
        ck_assert_str_eq(home_state(hass, "lawn_mower.loop"), words[i]);
    }
}
END_TEST

static const struct {
    const char *service, *entity_id, *state;
} commands[] = {
    { "start_mowing", "lawn_mower.loop", "mowing" },
    { "pause", "lawn_mower.loop", "paused" },
    { "dock", "lawn_mower.loop", "returning" },
    { "start_mowing", "lawn_mower.pool", "mowing" },
    { "pause", "lawn_mower.pool", "paused" },
};

START_TEST(it_does_as_it_is_told)
{
    hass__assert_loop();
    struct hass *hass = home();

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        char data[64];
        snprintf(data, sizeof(data), "{'entity_id':'%s'}", commands[i].entity_id);
        ck_assert_int_eq(home_call(hass, "lawn_mower", commands[i].service, data, NULL), 0);
        ck_assert_str_eq(home_state(hass, commands[i].entity_id), commands[i].state);
    }
}
END_TEST

START_TEST(what_it_cannot_do_is_refused)
{
    hass__assert_loop();
    struct hass *hass = home();

    ck_assert_int_eq(home_call(hass, "lawn_mower", "dock", "{'entity_id':'lawn_mower.pool'}", NULL),
                     HASS_E_UNSUPPORTED);
    ck_assert_int_eq(home_call(hass, "lawn_mower", "dock", "{}", NULL), HASS_E_INVALID);
}
END_TEST

TEST_MAIN("lawn_mower", every_activity_has_its_word, it_does_as_it_is_told,
          what_it_cannot_do_is_refused)
