/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Units, as far as the recorded cases (tests/vectors) do not reach: later ones, inverse ones, bad ones.
 */
#include <math.h>
#include <string.h>

#include <check.h>

#include <hass/unit.h>

#include "support/cases.h"
#include "support/test.h"

static const struct {
    const char *units;
    double value;
    const char *from, *to;
    double expected;
} conversions[] = {
    { "temperature", 212, "°F", "K", 373.15 },
    { "temperature", 300, "K", "°F", 80.33 },
    { "temperature_delta", 9, "°F", "K", 5 },
    { "speed", 10, "m/s", "Beaufort", 5 },
    { "speed", 8, "Beaufort", "m/s", 18.91652061030252 },
    { "speed", 0, "m/s", "Beaufort", 0 },
    { "energy_distance", 20, "kWh/100km", "km/kWh", 5 },
    { "energy_distance", 5, "km/kWh", "kWh/100km", 20 },
    { "energy_distance", 5, "km/kWh", "mi/kWh", 3.106855961186669 },
    { "energy_distance", 200, "Wh/km", "kWh/100km", 20 },
    { "volume_flow_rate", 60, "L/min", "m³/h", 3.6 },
    { "area", 1, "ha", "m²", 10000 },
    { "duration", 1, "w", "d", 7 },
    { "frequency", 50, "Hz", "mHz", 50000 },
    { "carbon_monoxide", 1, "ppm", "ppb", 1000 },
    { "carbon_monoxide", 1, "ppm", "mg/m³", 1.1644092255004781 },
    { "blood_glucose_concentration", 1, "mmol/L", "mg/dL", 18.016 },
    { "radon", 37, "Bq/m³", "pCi/L", 1 },
    { "mass", 5, "\xc2\xb5g", "\xce\xbcg", 5 },
    { "mass", 5, "mg", "\xc2\xb5g", 5000 },
    { "unitless", 0.5, "", "%", 50 },
};

START_TEST(later_units_convert_too)
{
    double value = NAN;
    int r = hass_unit_convert(hass_unit_class_get(conversions[_i].units), conversions[_i].value,
                              conversions[_i].from, conversions[_i].to, &value, NULL);

    ck_assert_int_eq(r, 0);
    ck_assert_msg(fabs(value - conversions[_i].expected) < 1e-9 * fmax(1, fabs(value)), "%.17g",
                  value);
}
END_TEST

static const struct {
    const char *units;
    double value;
    const char *from, *to, *message;
} bad[] = {
    { "energy", 1, "kWh", "W", "W is not a recognized energy unit" },
    { "energy", 1, NULL, "kWh", "None is not a recognized energy unit" },
    { "energy_distance", 0, "km/kWh", "kWh/100km", "0 km/kWh cannot be converted to kWh/100km" },
    { "speed", -1, "m/s", "Beaufort", "-1 m/s cannot be converted to Beaufort" },
    { "mass", 1e308, "kg", "g", "1e+308 kg cannot be converted to g" },
};

START_TEST(what_cannot_be_converted_is_refused)
{
    struct hass_error err = HASS_ERROR_INIT;
    double value = 42;

    ck_assert_int_eq(hass_unit_convert(hass_unit_class_get(bad[_i].units), bad[_i].value,
                                       bad[_i].from, bad[_i].to, &value, &err),
                     HASS_E_INVALID);
    ck_assert_str_eq(err.message, bad[_i].message);
    ck_assert(value == 42);
}
END_TEST

static const char *const names[] = {
    "data_rate", "distance", "duration",    "energy",   "energy_distance", "mass",
    "pressure",  "radon",    "temperature", "unitless", "volume",          "volume_flow_rate",
};

START_TEST(every_unit_comes_back_from_every_other)
{
    const struct hass_unit_class *units = hass_unit_class_get(names[_i]);
    const char *from, *to;

    ck_assert_str_eq(hass_unit_class_name(units), names[_i]);
    for (size_t i = 0; hass_unit_class_next(units, &i, &from);) {
        for (size_t j = 0; hass_unit_class_next(units, &j, &to);) {
            double there = NAN, back = NAN;
            ck_assert_int_eq(hass_unit_convert(units, 12.5, from, to, &there, NULL), 0);
            ck_assert_int_eq(hass_unit_convert(units, there, to, from, &back, NULL), 0);
            ck_assert_msg(fabs(back - 12.5) < 1e-9, "%s, %s: %.17g", from, to, back);
        }
    }
}
END_TEST

START_TEST(every_quantity_is_found_and_its_units_convert)
{
    const struct hass_quantity *quantity;
    size_t count = 0;

    for (size_t pos = 0; hass_quantity_next(&pos, &quantity); count++) {
        const struct hass_unit_class *units = hass_unit_class_get(quantity->unit_class);
        ck_assert_ptr_eq(hass_quantity_get(quantity->device_class), quantity);
        ck_assert_msg(!quantity->unit_class || units, "%s", quantity->device_class);
        for (const char *const *unit = quantity->units; units && unit && *unit; unit++)
            ck_assert_msg(hass_unit_class_has(units, *unit), "%s: %s", quantity->device_class,
                          *unit);
    }
    ck_assert_uint_eq(count, 62);
    ck_assert_ptr_null(hass_quantity_get("happiness"));
    ck_assert_ptr_null(hass_quantity_get(NULL));
}
END_TEST

START_TEST(a_quantity_knows_its_units_and_state_classes)
{
    const struct hass_quantity *weight = hass_quantity_get("weight");

    ck_assert(hass_quantity_has_unit(weight, "\xc2\xb5g"));
    ck_assert(!hass_quantity_has_unit(weight, "t"));
    ck_assert(!hass_quantity_has_unit(weight, NULL));
    ck_assert(hass_quantity_has_unit(hass_quantity_get("power_factor"), NULL));
    ck_assert(hass_quantity_has_unit(hass_quantity_get("monetary"), "EUR"));
    ck_assert(hass_quantity_get("energy")->state_classes & hass_state_class_bit("total"));
    ck_assert(!(hass_quantity_get("energy")->state_classes & hass_state_class_bit("measurement")));
    ck_assert_uint_eq(hass_state_class_bit("sometimes"), 0);
    ck_assert_uint_eq(hass_state_class_bit(NULL), 0);
}
END_TEST

START_TEST(a_class_lists_its_units_in_order)
{
    json_t *energy = hass_unit_class_as_json(hass_unit_class_get("energy"));
    json_t *unitless = hass_unit_class_as_json(hass_unit_class_get("unitless"));
    json_t *none = hass_unit_class_as_json(NULL);

    ck_assert_json(energy, "['cal','Gcal','GJ','GWh','J','kcal','kJ','kWh','Mcal','MJ','mWh','MWh',"
                           "'TWh','Wh']");
    ck_assert_json(unitless, "['%',null,'ppb','ppm']");
    ck_assert_json(none, "[]");
    json_decref(energy);
    json_decref(unitless);
    json_decref(none);
}
END_TEST

START_TEST(the_micro_sign_becomes_the_greek_letter)
{
    char text[HASS_UNIT_TEXT];

    ck_assert_str_eq(hass_unit_canonical("\xc2\xb5g/m³", text), "\xce\xbcg/m³");
    ck_assert_str_eq(hass_unit_canonical("mg/m³", text), "mg/m³");
    ck_assert_ptr_null(hass_unit_canonical(NULL, text));
    ck_assert(!hass_unit_equal("\xc2\xb5", "\xc2\xb4"));
    ck_assert(hass_unit_equal(NULL, ""));
}
END_TEST

START_TEST(a_home_has_a_unit_for_each_measure)
{
    ck_assert_str_eq(hass_unit_system_unit("metric", "wind_speed"), "m/s");
    ck_assert_str_eq(hass_unit_system_unit("us_customary", "temperature"), "°F");
    ck_assert_ptr_null(hass_unit_system_unit("metric", "mood"));
    ck_assert_ptr_null(hass_unit_system_converted("metric", NULL, "mi"));
    ck_assert_ptr_null(hass_unit_system_converted("metric", "distance", NULL));
    ck_assert_str_eq(hass_unit_system_converted("us_customary", "volume", "mL"), "fl. oz.");
}
END_TEST

CASES_MAIN("unit", ROWS(later_units_convert_too, conversions),
           ROWS(what_cannot_be_converted_is_refused, bad),
           ROWS(every_unit_comes_back_from_every_other, names),
           ONCE(every_quantity_is_found_and_its_units_convert),
           ONCE(a_quantity_knows_its_units_and_state_classes),
           ONCE(a_class_lists_its_units_in_order), ONCE(the_micro_sign_becomes_the_greek_letter),
           ONCE(a_home_has_a_unit_for_each_measure))
