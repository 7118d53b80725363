/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Days that are set: on the loop, on the pool, and not at all.
 */
#include "date/date.h"
#include "support/cases.h"
#include "support/fake.h"

static bool known;
static struct hass_dt now;

static HASS_CALLBACK bool native_value(struct hass_entity *entity, struct hass_dt *ret_value)
{
    *ret_value = now;
    return known;
}

static HASS_COROUTINE int set_loop(struct hass_entity *entity, const struct hass_dt *value,
                                   struct hass_error *err)
{
    known = true;
    now = *value;
    fake_tell("loop");
    return 0;
}

static HASS_BLOCKING int set_pool(struct hass_worker *worker, struct hass_entity *entity,
                                  const struct hass_dt *value, void *values, struct hass_error *err)
{
    known = true;
    now = *value;
    fake_tell(hass_on_loop(hass_entity_hass(entity)) ? "loop" : "pool");
    return 0;
}

static const struct date_ops on_loop =
    DATE_OPS(.native_value = native_value, .async_set_value = set_loop);
static const struct date_ops on_pool =
    DATE_OPS(.native_value = native_value, .set_value = set_pool);
static const struct date_ops fixed = DATE_OPS(.native_value = native_value);

/* What is set, and what is shown. */
static const char *const good[][2] = {
    { "'date':'2024-02-29'", "2024-02-29" },
    { "'date':'1999-12-31'", "1999-12-31" },
};

START_TEST(it_is_set_where_its_ops_say)
{
    hass__assert_loop();
    bool pool = _i % 2;
    struct hass *hass = fake_home("date", pool ? &on_pool : &on_loop);

    ck_assert_str_eq(fake_state(hass), "unknown");
    ck_assert_int_eq(fake_call(hass, "set_value", good[_i / 2][0], NULL), 0);
    ck_assert_str_eq(fake_state(hass), good[_i / 2][1]);
    ck_assert_str_eq(fake.told, pool ? "pool" : "loop");
}
END_TEST

static const char *const bad[] = { "'date':'2023-02-29'",
                                   "'date':'tomorrow'",
                                   "'date':7",
                                   "'date':null",
                                   "'date':'2024-01-31T10:00:00'",
                                   "" };

START_TEST(a_wrong_value_is_refused)
{
    hass__assert_loop();
    struct hass *hass = fake_home("date", &on_loop);

    ck_assert_int_eq(fake_call(hass, "set_value", bad[_i], NULL), HASS_E_INVALID);
    ck_assert_str_eq(fake_state(hass), "unknown");
    ck_assert_str_eq(fake.told, "");
}
END_TEST

START_TEST(one_that_cannot_be_set_says_so)
{
    hass__assert_loop();

    ck_assert_int_eq(fake_call(fake_home("date", &fixed), "set_value", good[0][0], NULL),
                     HASS_E_UNSUPPORTED);
}
END_TEST

CASES_MAIN("date", { it_is_set_where_its_ops_say, 2 * sizeof(good) / sizeof(good[0]) },
           ROWS(a_wrong_value_is_refused, bad), ONCE(one_that_cannot_be_set_says_so))
