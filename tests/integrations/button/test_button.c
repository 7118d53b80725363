/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pressing: on the loop, on the pool, without either, and when it fails.
 */
#include <errno.h>

#include <hass/dt.h>

#include "button/button.h"
#include "support/cases.h"
#include "support/home.h"
#include "support/items.h"

struct values {
    int presses;
};

static HASS_COROUTINE int press_loop(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->presses++;
    return hass_async_sleep(hass_entity_hass(entity), 1, err);
}

static HASS_BLOCKING int press_pool(struct hass_worker *worker, struct hass_entity *entity,
                                    void *private_values, struct hass_error *err)
{
    struct values *values = private_values;

    values->presses++;
    return hass_on_loop(hass_entity_hass(entity)) ? -EDEADLK : 0;
}

static HASS_COROUTINE int press_in_vain(struct hass_entity *entity, struct hass_error *err)
{
    return hass_fail(err, -EIO, "it is stuck");
}

static HASS_CALLBACK void presses(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const struct values *values = hass_entity_async_values(entity);

    hass_attrs_set(writer, "presses", HASS_INT(values->presses));
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .extra_state_attributes = presses);
static const struct button_ops kinds[] = {
    BUTTON_OPS(.async_press = press_loop),
    BUTTON_OPS(.press = press_pool),
    BUTTON_OPS(.async_press = press_in_vain),
    BUTTON_OPS(.async_press = NULL),
};
static const struct hass_entity_description descriptions[] = {
    HASS_ENTITY_DESCRIPTION(.name = "Loop", .device_class = "restart"),
    HASS_ENTITY_DESCRIPTION(.name = "Pool"),
    HASS_ENTITY_DESCRIPTION(.name = "Stuck"),
    HASS_ENTITY_DESCRIPTION(.name = "Painted"),
};

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entities[4];

    for (size_t i = 0; i < 4; i++)
        entities[i] = hass_entity_new(hass, &ops, &descriptions[i], &kinds[i], NULL, NULL);
    return hass_component_async_add_entities(hass_component_async_get(hass, "button"), entities, 4,
                                             err);
}

static HASS_CALLBACK struct hass *home(void)
{
    struct hass *hass = test_home("button:\n");

    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    test_advance(hass, 90);
    return hass;
}

static const char *const good[] = { "button.loop", "button.pool" };

START_TEST(the_state_is_when_it_was_pressed)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_buf data = HASS_BUF_INIT;
    char now[HASS_DT_TEXT];

    ck_assert_str_eq(home_state(hass, good[_i]), "unknown");
    hass_dt_iso(hass_now(hass), NULL, now);
    hass_buf_printf(&data, "{'entity_id':'%s'}", good[_i]);
    ck_assert_int_eq(home_call(hass, "button", "press", hass_buf_string(&data), NULL), 0);
    hass_buf_fini(&data);
    ck_assert_str_eq(home_state(hass, good[_i]), now);
    hass_entity_async_write_ha_state(hass_async_get_entity(hass, good[_i]), NULL);
    autojson *seen = home_attribute(hass, good[_i], "presses");
    ck_assert_json(seen, "1");
}
END_TEST

START_TEST(a_press_that_fails_has_been_one)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(home_call(hass, "button", "press", "{'entity_id':'button.stuck'}", &err),
                     -EIO);
    ck_assert_str_eq(err.message, "it is stuck");
    ck_assert_str_ne(home_state(hass, "button.stuck"), "unknown");
}
END_TEST

START_TEST(one_that_cannot_be_pressed_says_so)
{
    hass__assert_loop();
    struct hass *hass = home();

    ck_assert_int_eq(home_call(hass, "button", "press", "{'entity_id':'button.painted'}", NULL),
                     HASS_E_UNSUPPORTED);
}
END_TEST

START_TEST(a_press_takes_no_further_data)
{
    hass__assert_loop();
    struct hass *hass = home();

    ck_assert_int_eq(
        home_call(hass, "button", "press", "{'entity_id':'button.loop','hard':true}", NULL),
        HASS_E_INVALID);
    ck_assert_str_eq(home_state(hass, "button.loop"), "unknown");
}
END_TEST

START_TEST(the_last_press_is_remembered)
{
    hass__assert_loop();
    struct hass *hass = home();

    ck_assert_int_eq(home_call(hass, "button", "press", "{'entity_id':'button.loop'}", NULL), 0);
    char *pressed = strdup(home_state(hass, "button.loop"));
    hass = home_restart(hass, 3600);
    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    ck_assert_str_eq(home_state(hass, "button.loop"), pressed);
    ck_assert_str_eq(home_state(hass, "button.pool"), "unknown");
    free(pressed);
}
END_TEST

CASES_MAIN("button", ROWS(the_state_is_when_it_was_pressed, good),
           ONCE(a_press_that_fails_has_been_one), ONCE(one_that_cannot_be_pressed_says_so),
           ONCE(a_press_takes_no_further_data), ONCE(the_last_press_is_remembered))
