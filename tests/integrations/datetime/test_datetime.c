/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points in time that are set: on the loop, on the pool, and not at all.
 */
#include <errno.h>

#include "datetime/datetime.h"
#include "support/cases.h"
#include "support/home.h"

struct values {
    bool known;
    int64_t value;
};

static HASS_CALLBACK bool native_value(struct hass_entity *entity, int64_t *ret_value)
{
    const struct values *values = hass_entity_async_values(entity);

    *ret_value = values->value;
    return values->known;
}

static HASS_COROUTINE int set_loop(struct hass_entity *entity, int64_t value,
                                   struct hass_error *err)
{
    *(struct values *)hass_entity_async_values(entity) = (struct values){ true, value };
    return 0;
}

static HASS_BLOCKING int set_pool(struct hass_worker *worker, struct hass_entity *entity,
                                  int64_t value, void *values, struct hass_error *err)
{
    *(struct values *)values = (struct values){ true, value };
    return hass_on_loop(hass_entity_hass(entity)) ? -EDEADLK : 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct datetime_ops kinds[] = {
    DATETIME_OPS(.native_value = native_value, .async_set_value = set_loop),
    DATETIME_OPS(.native_value = native_value, .set_value = set_pool),
    DATETIME_OPS(.native_value = native_value),
};
static const struct hass_entity_description descriptions[] = {
    HASS_ENTITY_DESCRIPTION(.name = "Loop"),
    HASS_ENTITY_DESCRIPTION(.name = "Pool"),
    HASS_ENTITY_DESCRIPTION(.name = "Fixed"),
};

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entities[3];

    for (size_t i = 0; i < 3; i++)
        entities[i] = hass_entity_new(hass, &ops, &descriptions[i], &kinds[i], NULL, NULL);
    return hass_component_async_add_entities(hass_component_async_get(hass, "datetime"), entities,
                                             3, err);
}

static HASS_CALLBACK struct hass *home(void)
{
    struct hass *hass = test_home("homeassistant:\n  time_zone: Europe/Berlin\ndatetime:\n");

    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    return hass;
}

static HASS_CALLBACK int set_value(struct hass *hass, const char *entity_id, const char *value)
{
    struct hass_buf data = HASS_BUF_INIT;

    hass_buf_printf(&data, "{'entity_id':'%s','datetime':%s}", entity_id, value);
    int r = home_call(hass, "datetime", "set_value", hass_buf_string(&data), NULL);
    hass_buf_fini(&data);
    return r;
}

static const struct {
    const char *value, *shown;
} good[] = {
    { "'2024-03-05T10:00:00+01:00'", "2024-03-05T09:00:00+00:00" },
    { "'2024-03-05 10:00:00'", "2024-03-05T09:00:00+00:00" },
    { "'2024-07-05 10:00:00.75'", "2024-07-05T08:00:00+00:00" },
    { "'1969-12-31T23:59:58.5Z'", "1969-12-31T23:59:58+00:00" },
};

START_TEST(it_is_set_where_its_ops_say)
{
    static const char *const ids[] = { "datetime.loop", "datetime.pool" };
    hass__assert_loop();
    struct hass *hass = home();

    for (size_t i = 0; i < 2; i++) {
        ck_assert_str_eq(home_state(hass, ids[i]), "unknown");
        ck_assert_int_eq(set_value(hass, ids[i], good[_i].value), 0);
        ck_assert_str_eq(home_state(hass, ids[i]), good[_i].shown);
    }
}
END_TEST

static const char *const bad[] = { "'soon'", "7", "null", "'2024-02-30 10:00:00'" };

START_TEST(a_wrong_value_is_refused)
{
    hass__assert_loop();
    struct hass *hass = home();

    ck_assert_int_eq(set_value(hass, "datetime.loop", bad[_i]), HASS_E_INVALID);
    ck_assert_str_eq(home_state(hass, "datetime.loop"), "unknown");
}
END_TEST

START_TEST(one_that_cannot_be_set_says_so)
{
    hass__assert_loop();
    struct hass *hass = home();

    ck_assert_int_eq(set_value(hass, "datetime.fixed", good[0].value), HASS_E_UNSUPPORTED);
    ck_assert_int_eq(
        home_call(hass, "datetime", "set_value", "{'entity_id':'datetime.loop'}", NULL),
        HASS_E_INVALID);
}
END_TEST

CASES_MAIN("datetime", ROWS(it_is_set_where_its_ops_say, good), ROWS(a_wrong_value_is_refused, bad),
           ONCE(one_that_cannot_be_set_says_so))
