/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points in time that are set: on the loop, on the pool, and not at all.
 */
#include "datetime/datetime.h"
#include "support/cases.h"
#include "support/fake.h"

static bool known;
static int64_t now;

static HASS_CALLBACK bool native_value(struct hass_entity *entity, int64_t *ret_value)
{
    *ret_value = now;
    return known;
}

static HASS_COROUTINE int set_loop(struct hass_entity *entity, int64_t value,
                                   struct hass_error *err)
{
    known = true;
    now = value;
    fake_tell("loop");
    return 0;
}

static HASS_BLOCKING int set_pool(struct hass_worker *worker, struct hass_entity *entity,
                                  int64_t value, void *values, struct hass_error *err)
{
    known = true;
    now = value;
    fake_tell(hass_on_loop(hass_entity_hass(entity)) ? "loop" : "pool");
    return 0;
}

static const struct datetime_ops on_loop =
    DATETIME_OPS(.native_value = native_value, .async_set_value = set_loop);
static const struct datetime_ops on_pool =
    DATETIME_OPS(.native_value = native_value, .set_value = set_pool);
static const struct datetime_ops fixed = DATETIME_OPS(.native_value = native_value);

/* What is set, and what is shown. */
static const char *const good[][2] = {
    { "'datetime':'2024-03-05T10:00:00+01:00'", "2024-03-05T09:00:00+00:00" },
    { "'datetime':'2024-03-05 10:00:00'", "2024-03-05T09:00:00+00:00" },
    { "'datetime':'2024-07-05 10:00:00.75'", "2024-07-05T08:00:00+00:00" },
    { "'datetime':'1969-12-31T23:59:58.5Z'", "1969-12-31T23:59:58+00:00" },
};

/* A home in Berlin. */
static HASS_CALLBACK struct hass *berlin(const char *domain, const struct datetime_ops *ops)
{
    struct hass *hass = fake_home(domain, ops);

    ck_assert_int_eq(
        hass_config_async_update(hass, json_pack("{s:s}", "time_zone", "Europe/Berlin"), NULL), 0);
    return hass;
}

START_TEST(it_is_set_where_its_ops_say)
{
    hass__assert_loop();
    bool pool = _i % 2;
    struct hass *hass = berlin("datetime", pool ? &on_pool : &on_loop);

    ck_assert_str_eq(fake_state(hass), "unknown");
    ck_assert_int_eq(fake_call(hass, "set_value", good[_i / 2][0], NULL), 0);
    ck_assert_str_eq(fake_state(hass), good[_i / 2][1]);
    ck_assert_str_eq(fake.told, pool ? "pool" : "loop");
}
END_TEST

static const char *const bad[] = { "'datetime':'soon'", "'datetime':7", "'datetime':null",
                                   "'datetime':'2024-02-30 10:00:00'", "" };

START_TEST(a_wrong_value_is_refused)
{
    hass__assert_loop();
    struct hass *hass = berlin("datetime", &on_loop);

    ck_assert_int_eq(fake_call(hass, "set_value", bad[_i], NULL), HASS_E_INVALID);
    ck_assert_str_eq(fake_state(hass), "unknown");
    ck_assert_str_eq(fake.told, "");
}
END_TEST

START_TEST(one_that_cannot_be_set_says_so)
{
    hass__assert_loop();

    ck_assert_int_eq(fake_call(berlin("datetime", &fixed), "set_value", good[0][0], NULL),
                     HASS_E_UNSUPPORTED);
}
END_TEST

CASES_MAIN("datetime", { it_is_set_where_its_ops_say, 2 * sizeof(good) / sizeof(good[0]) },
           ROWS(a_wrong_value_is_refused, bad), ONCE(one_that_cannot_be_set_says_so))
