/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Activating scenes: on the loop, on the pool, with a transition, without any means.
 */
#include <errno.h>

#include <hass/dt.h>

#include "scene/scene.h"
#include "support/cases.h"
#include "support/home.h"
#include "support/items.h"

struct values {
    bool activated, has_transition;
    double transition;
};

static HASS_COROUTINE int activate_loop(struct hass_entity *entity,
                                        const struct scene_activation *activation,
                                        struct hass_error *err)
{
    *(struct values *)hass_entity_async_values(entity) =
        (struct values){ true, activation->has_transition, activation->transition };
    return 0;
}

static HASS_BLOCKING int activate_pool(struct hass_worker *worker, struct hass_entity *entity,
                                       const struct scene_activation *activation, void *values,
                                       struct hass_error *err)
{
    *(struct values *)values =
        (struct values){ true, activation->has_transition, activation->transition };
    return hass_on_loop(hass_entity_hass(entity)) ? -EDEADLK : 0;
}

static HASS_CALLBACK void seen(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const struct values *values = hass_entity_async_values(entity);

    if (values->activated)
        hass_attrs_set(writer, "seen",
                       values->has_transition ? HASS_DOUBLE(values->transition) : HASS_NONE);
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .extra_state_attributes = seen);
static const struct scene_ops kinds[] = {
    SCENE_OPS(.async_activate = activate_loop),
    SCENE_OPS(.activate = activate_pool),
    SCENE_OPS(.activate = NULL),
};
static const struct hass_entity_description descriptions[] = {
    HASS_ENTITY_DESCRIPTION(.name = "Loop"),
    HASS_ENTITY_DESCRIPTION(.name = "Pool"),
    HASS_ENTITY_DESCRIPTION(.name = "None"),
};

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entities[3];

    for (size_t i = 0; i < 3; i++)
        entities[i] = hass_entity_new(hass, &ops, &descriptions[i], &kinds[i], NULL, NULL);
    return hass_component_async_add_entities(hass_component_async_get(hass, "scene"), entities, 3,
                                             err);
}

static HASS_CALLBACK struct hass *home(void)
{
    struct hass *hass = test_home("scene:\n");

    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    return hass;
}

static const struct {
    const char *entity_id, *data, *seen;
} good[] = {
    { "scene.loop", "{'entity_id':'scene.loop'}", "null" },
    { "scene.loop", "{'entity_id':'scene.loop','transition':2.5}", "2.5" },
    { "scene.loop", "{'entity_id':'scene.loop','transition':0}", "0" },
    { "scene.loop", "{'entity_id':'scene.loop','transition':6553}", "6553" },
    { "scene.pool", "{'entity_id':'scene.pool','transition':1}", "1" },
};

START_TEST(the_state_is_when_it_was_activated)
{
    hass__assert_loop();
    struct hass *hass = home();
    char now[HASS_DT_TEXT];

    ck_assert_str_eq(home_state(hass, good[_i].entity_id), "unknown");
    hass_dt_iso(hass_now(hass), NULL, now);
    ck_assert_int_eq(home_call(hass, "scene", "turn_on", good[_i].data, NULL), 0);
    ck_assert_str_eq(home_state(hass, good[_i].entity_id), now);
    autojson *transition = home_attribute(hass, good[_i].entity_id, "seen");
    ck_assert_json(transition, good[_i].seen);
}
END_TEST

static const struct {
    const char *data;
    int code;
} bad[] = {
    { "{'entity_id':'scene.loop','transition':-1}", HASS_E_INVALID },
    { "{'entity_id':'scene.loop','transition':6554}", HASS_E_INVALID },
    { "{'entity_id':'scene.loop','transition':'slowly'}", HASS_E_INVALID },
    { "{'entity_id':'scene.none'}", HASS_E_UNSUPPORTED },
};

START_TEST(a_wrong_call_is_refused)
{
    hass__assert_loop();
    struct hass *hass = home();

    ck_assert_int_eq(home_call(hass, "scene", "turn_on", bad[_i].data, NULL), bad[_i].code);
    ck_assert_str_eq(home_state(hass, "scene.loop"), "unknown");
}
END_TEST

START_TEST(the_last_activation_is_remembered)
{
    hass__assert_loop();
    struct hass *hass = home();

    ck_assert_int_eq(home_call(hass, "scene", "turn_on", "{'entity_id':'scene.loop'}", NULL), 0);
    char *activated = strdup(home_state(hass, "scene.loop"));
    hass = home_restart(hass, 3600);
    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    ck_assert_str_eq(home_state(hass, "scene.loop"), activated);
    ck_assert_str_eq(home_state(hass, "scene.pool"), "unknown");
    free(activated);
}
END_TEST

CASES_MAIN("scene", ROWS(the_state_is_when_it_was_activated, good),
           ROWS(a_wrong_call_is_refused, bad), ONCE(the_last_activation_is_remembered))
