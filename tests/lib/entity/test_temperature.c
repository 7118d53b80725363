/* SPDX-License-Identifier: Apache-2.0 */
/* Temperatures between the unit of a thing and the home's. */
#include <math.h>

#include <hass/domain.h>

#include "support/test.h"

static const struct {
    bool us, fahrenheit;
    double value, precision, shown;
} rows[] = {
    { false, false, 21.456, 0.1, 21.5 }, { false, false, 21.3, 0.5, 21.5 },
    { false, false, 21.5, 1, 22 },       { false, false, 0.35, 0.1, 0.3 },
    { false, false, 20.5, 1, 20 },       { false, true, 110, 0.1, 43.3 },
    { false, true, 140, 0.1, 60 },       { true, false, 21, 1, 70 },
    { true, true, 70.4, 1, 70 },         { false, false, -17.7777, 0.1, -17.8 },
};

START_TEST(a_temperature_is_shown_in_the_homes_unit)
{
    struct hass *hass = test_hass();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        double shown = 0;
        hass_config_async_update(
            hass, json_pack("{s:s}", "unit_system", rows[i].us ? "us_customary" : "metric"), NULL);
        struct hass_value value = hass_display_temperature(hass, HASS_DOUBLE(rows[i].value),
                                                           rows[i].fahrenheit, rows[i].precision);
        ck_assert(hass_value_number(value, &shown));
        ck_assert_double_eq_tol(shown, rows[i].shown, 1e-9);
        ck_assert_int_eq(value.type, rows[i].precision == 1 ? HASS_VALUE_INT : HASS_VALUE_DOUBLE);
    }
}
END_TEST

START_TEST(what_is_no_number_is_null)
{
    struct hass *hass = test_hass();
    const struct hass_value none[] = { HASS_NONE, HASS_BOOL(true), HASS_DOUBLE(NAN),
                                       HASS_DOUBLE(INFINITY), hass_value_string("hot") };

    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        ck_assert_int_eq(hass_display_temperature(hass, none[i], false, 1).type, HASS_VALUE_NONE);
}
END_TEST

START_TEST(a_thing_is_told_in_its_own_unit)
{
    struct hass *hass = test_hass();

    ck_assert_double_eq_tol(hass_thing_temperature(hass, 50, false), 50, 1e-9);
    ck_assert_double_eq_tol(hass_thing_temperature(hass, 50, true), 122, 1e-9);
    hass_config_async_update(hass, json_pack("{s:s}", "unit_system", "us_customary"), NULL);
    ck_assert(hass_home_fahrenheit(hass));
    ck_assert_double_eq_tol(hass_thing_temperature(hass, 122, false), 50, 1e-9);
}
END_TEST

TEST_MAIN("temperature", a_temperature_is_shown_in_the_homes_unit, what_is_no_number_is_null,
          a_thing_is_told_in_its_own_unit)
