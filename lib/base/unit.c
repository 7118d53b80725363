/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conversion of units. A class is a table around one base unit; a unit says how its values come from the base's: scaled, raised
 * to a power, shifted, rounded, in this order. Two units of which one is the other's inverse (km/kWh and kWh/100km) meet in
 * the reciprocal.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_UNITS 32 /* of a class */

#include <hass/unit.h>

struct unit {
    const char *name; /* "": no unit */
    double scale;     /* of one base unit */
    double offset;
    double power; /* 0: 1 */
    bool whole;   /* there are only whole numbers */
    bool inverse; /* more of it is less of the base unit */
};

struct hass_unit_class {
    const char *name;
    const struct unit *units; /* ended by a NULL name */
};

#define MM_M   0.001
#define CM_M   0.01
#define KM_M   1000.0
#define IN_M   0.0254
#define FT_M   (IN_M * 12)
#define YD_M   (FT_M * 3)
#define MI_M   (YD_M * 1760)
#define NMI_M  1852.0
#define SQ(x)  ((x) * (x))
#define FT3_M3 (FT_M * FT_M * FT_M)
#define L_M3   0.001
#define ML_M3  (0.001 * L_M3)
#define GAL_M3 (231 * (IN_M * IN_M * IN_M))

#define HOUR 3600.0
#define DAY  86400.0

#define POUND_G 453.59237

#define WH_J   3600.0
#define WH_CAL (WH_J / 4.184)

#define GRAVITY         9.80665
#define MERCURY_DENSITY 13.5951
#define INH2O_PA        249.0889083333348

/* Of a gas at 20 °C and 101325 Pa. */
#define MOLAR_VOLUME  (8.31446261815324 * 293.15 / 101325)
#define MOLAR_GLUCOSE 180.16
#define MOLAR_CO      28.01
#define MOLAR_NO2     46.0055
#define MOLAR_NO      30.0061
#define MOLAR_O3      48.00
#define MOLAR_SO2     64.066

static const struct unit apparent_power[] = {
    { "VA", 1 }, { "mVA", 1000 }, { "kVA", 1 / 1e3 }, { 0 }
};

static const struct unit area[] = {
    { "m²", 1 },
    { "cm²", 1 / SQ(CM_M) },
    { "mm²", 1 / SQ(MM_M) },
    { "km²", 1 / SQ(KM_M) },
    { "in²", 1 / SQ(IN_M) },
    { "ft²", 1 / SQ(FT_M) },
    { "yd²", 1 / SQ(YD_M) },
    { "mi²", 1 / SQ(MI_M) },
    { "ac", 1 / (66 * 660 * SQ(FT_M)) },
    { "ha", 1 / 1e4 },
    { 0 },
};

static const struct unit blood_glucose_concentration[] = { { "mmol/L", 1 },
                                                           { "mg/dL", MOLAR_GLUCOSE / 10 },
                                                           { 0 } };

/* Parts of volume, and mass in a volume, of one gas. */
#define GAS(name, molar_mass)                                                                      \
    static const struct unit name[] = {                                                            \
        { "ppb", 1 },                                                                              \
        { "ppm", 1e-3 },                                                                           \
        { "mg/m³", (molar_mass) / MOLAR_VOLUME * 1e-6 },                                           \
        { "μg/m³", (molar_mass) / MOLAR_VOLUME * 1e-3 },                                           \
        { 0 },                                                                                     \
    }
GAS(carbon_monoxide, MOLAR_CO);
GAS(nitrogen_dioxide, MOLAR_NO2);
GAS(nitrogen_monoxide, MOLAR_NO);
GAS(ozone, MOLAR_O3);
GAS(sulphur_dioxide, MOLAR_SO2);

static const struct unit concentration[] = {
    { "g/m³", 1 }, { "mg/m³", 1e3 }, { "μg/m³", 1e6 }, { 0 }
};

static const struct unit conductivity[] = {
    { "μS/cm", 1 }, { "mS/cm", 1e-3 }, { "S/cm", 1e-6 }, { 0 }
};

static const struct unit data_rate[] = {
    { "bit/s", 1 },       { "kbit/s", 1 / 1e3 }, { "Mbit/s", 1 / 1e6 }, { "Gbit/s", 1 / 1e9 },
    { "B/s", 1 / 8.0 },   { "kB/s", 1 / 8e3 },   { "MB/s", 1 / 8e6 },   { "GB/s", 1 / 8e9 },
    { "KiB/s", 0x1p-13 }, { "MiB/s", 0x1p-23 },  { "GiB/s", 0x1p-33 },  { 0 },
};

static const struct unit distance[] = {
    { "m", 1 },           { "mm", 1 / MM_M },
    { "cm", 1 / CM_M },   { "km", 1 / KM_M },
    { "in", 1 / IN_M },   { "ft", 1 / FT_M },
    { "yd", 1 / YD_M },   { "mi", 1 / MI_M },
    { "nmi", 1 / NMI_M }, { 0 },
};

static const struct unit duration[] = {
    { "s", 1 },        { "μs", 1e6 },    { "ms", 1e3 },          { "min", 1 / 60.0 },
    { "h", 1 / HOUR }, { "d", 1 / DAY }, { "w", 1 / (7 * DAY) }, { 0 },
};

static const struct unit electric_current[] = { { "A", 1 }, { "mA", 1e3 }, { "μA", 1e6 }, { 0 } };

static const struct unit energy[] = {
    { "kWh", 1 },
    { "J", WH_J * 1e3 },
    { "kJ", WH_J },
    { "MJ", WH_J / 1e3 },
    { "GJ", WH_J / 1e6 },
    { "mWh", 1e6 },
    { "Wh", 1e3 },
    { "MWh", 1 / 1e3 },
    { "GWh", 1 / 1e6 },
    { "TWh", 1 / 1e9 },
    { "cal", WH_CAL * 1e3 },
    { "kcal", WH_CAL },
    { "Mcal", WH_CAL / 1e3 },
    { "Gcal", WH_CAL / 1e6 },
    { 0 },
};

static const struct unit energy_distance[] = {
    { "kWh/100km", 1 },
    { "Wh/km", 10 },
    { "mi/kWh", 100 * KM_M / MI_M, .inverse = true },
    { "km/kWh", 100, .inverse = true },
    { 0 },
};

static const struct unit frequency[] = { { "Hz", 1 },        { "mHz", 1e3 },     { "kHz", 1 / 1e3 },
                                         { "MHz", 1 / 1e6 }, { "GHz", 1 / 1e9 }, { 0 } };

static const struct unit information[] = {
    { "bit", 1 },        { "kbit", 1 / 1e3 },
    { "Mbit", 1 / 1e6 }, { "Gbit", 1 / 1e9 },
    { "B", 1 / 8.0 },    { "kB", 1 / 8e3 },
    { "MB", 1 / 8e6 },   { "GB", 1 / 8e9 },
    { "TB", 1 / 8e12 },  { "PB", 1 / 8e15 },
    { "EB", 1 / 8e18 },  { "ZB", 1 / 8e21 },
    { "YB", 1 / 8e24 },  { "KiB", 0x1p-13 },
    { "MiB", 0x1p-23 },  { "GiB", 0x1p-33 },
    { "TiB", 0x1p-43 },  { "PiB", 0x1p-53 },
    { "EiB", 0x1p-63 },  { "ZiB", 0x1p-73 },
    { "YiB", 0x1p-83 },  { 0 },
};

static const struct unit mass[] = {
    { "g", 1 },
    { "μg", 1e6 },
    { "mg", 1e3 },
    { "kg", 1 / 1e3 },
    { "oz", 1 / (POUND_G / 16) },
    { "lb", 1 / POUND_G },
    { "st", 1 / (POUND_G * 14) },
    { 0 },
};

static const struct unit power[] = {
    { "W", 1 },        { "mW", 1e3 },      { "kW", 1 / 1e3 },           { "MW", 1 / 1e6 },
    { "GW", 1 / 1e9 }, { "TW", 1 / 1e12 }, { "BTU/h", 1 / 0.29307107 }, { 0 },
};

static const struct unit pressure[] = {
    { "Pa", 1 },
    { "mPa", 1e3 },
    { "hPa", 1 / 1e2 },
    { "kPa", 1 / 1e3 },
    { "bar", 1 / 1e5 },
    { "cbar", 1 / 1e3 },
    { "mbar", 1 / 1e2 },
    { "inHg", 1 / (IN_M * 1000 * GRAVITY * MERCURY_DENSITY) },
    { "inH₂O", 1 / INH2O_PA },
    { "psi", 1 / 6894.757 },
    { "mmHg", 1 / (MM_M * 1000 * GRAVITY * MERCURY_DENSITY) },
    { 0 },
};

static const struct unit radon[] = { { "Bq/m³", 1 }, { "pCi/L", 1 / 37.0 }, { 0 } };

static const struct unit reactive_energy[] = { { "varh", 1 }, { "kvarh", 1 / 1e3 }, { 0 } };

static const struct unit reactive_power[] = {
    { "var", 1 }, { "mvar", 1e3 }, { "kvar", 1 / 1e3 }, { 0 }
};

static const struct unit speed[] = {
    { "m/s", 1 },
    { "in/d", DAY / IN_M },
    { "in/h", HOUR / IN_M },
    { "mm/d", DAY / MM_M },
    { "mm/h", HOUR / MM_M },
    { "ft/s", 1 / FT_M },
    { "in/s", 1 / IN_M },
    { "km/h", HOUR / KM_M },
    { "kn", HOUR / NMI_M },
    { "m/min", 60 },
    { "mm/s", 1 / MM_M },
    { "mph", HOUR / MI_M },
    { "Beaufort", 1 / 0.836, .power = 2 / 3.0, .whole = true },
    { 0 },
};

static const struct unit temperature[] = {
    { "°C", 1 }, { "°F", 1.8, .offset = 32 }, { "K", 1, .offset = 273.15 }, { 0 }
};

static const struct unit temperature_delta[] = { { "°C", 1 }, { "°F", 1.8 }, { "K", 1 }, { 0 } };

static const struct unit unitless[] = {
    { "", 1 }, { "%", 100 }, { "ppm", 1e6 }, { "ppb", 1e9 }, { 0 }
};

static const struct unit voltage[] = { { "V", 1 },        { "mV", 1e3 },     { "μV", 1e6 },
                                       { "kV", 1 / 1e3 }, { "MV", 1 / 1e6 }, { 0 } };

static const struct unit volume[] = {
    { "m³", 1 },
    { "L", 1 / L_M3 },
    { "mL", 1 / ML_M3 },
    { "gal", 1 / GAL_M3 },
    { "fl. oz.", 1 / (GAL_M3 / 128) },
    { "ft³", 1 / FT3_M3 },
    { "CCF", 1 / (100 * FT3_M3) },
    { "MCF", 1 / (1000 * FT3_M3) },
    { 0 },
};

static const struct unit volume_flow_rate[] = {
    { "m³/h", 1 },
    { "m³/min", 1 / 60.0 },
    { "m³/s", 1 / HOUR },
    { "ft³/min", 1 / (60 * FT3_M3) },
    { "L/h", 1 / L_M3 },
    { "L/min", 1 / (60 * L_M3) },
    { "L/s", 1 / (HOUR * L_M3) },
    { "gal/d", 24 / GAL_M3 },
    { "gal/h", 1 / GAL_M3 },
    { "gal/min", 1 / (60 * GAL_M3) },
    { "mL/s", 1 / (HOUR * ML_M3) },
    { 0 },
};

#define CLASS(name)                                                                                \
    {                                                                                              \
#        name, name                                                                                \
    }

static const struct hass_unit_class classes[] = {
    CLASS(apparent_power),
    CLASS(area),
    CLASS(blood_glucose_concentration),
    CLASS(carbon_monoxide),
    CLASS(concentration),
    CLASS(conductivity),
    CLASS(data_rate),
    CLASS(distance),
    CLASS(duration),
    CLASS(electric_current),
    CLASS(energy),
    CLASS(energy_distance),
    CLASS(frequency),
    CLASS(information),
    CLASS(mass),
    CLASS(nitrogen_dioxide),
    CLASS(nitrogen_monoxide),
    CLASS(ozone),
    CLASS(power),
    CLASS(pressure),
    CLASS(radon),
    CLASS(reactive_energy),
    CLASS(reactive_power),
    CLASS(speed),
    CLASS(sulphur_dioxide),
    CLASS(temperature),
    CLASS(temperature_delta),
    CLASS(unitless),
    CLASS(voltage),
    CLASS(volume),
    CLASS(volume_flow_rate),
};

/* names */

#define MICRO_SIGN "\xc2\xb5"
#define GREEK_MU   "\xce\xbc"

/* True at a micro sign or a Greek mu: both are two bytes. */
static bool is_micro(const char *text)
{
    return !strncmp(text, MICRO_SIGN, 2) || !strncmp(text, GREEK_MU, 2);
}

bool hass_unit_equal(const char *a, const char *b)
{
    a = a ? a : "";
    b = b ? b : "";
    while (*a) {
        if (is_micro(a) && is_micro(b)) {
            a += 2;
            b += 2;
        } else if (*a++ != *b++) {
            return false;
        }
    }
    return !*b;
}

const char *hass_unit_canonical(const char *unit, char text[HASS_UNIT_TEXT])
{
    const char *micro = unit ? strstr(unit, MICRO_SIGN) : NULL;
    size_t length = micro ? strlen(unit) : 0;

    if (!micro || length >= HASS_UNIT_TEXT)
        return unit;
    memcpy(text, unit, length + 1);
    memcpy(text + (micro - unit), GREEK_MU, 2);
    return text;
}

/* classes */

const struct hass_unit_class *hass_unit_class_get(const char *name)
{
    for (size_t i = 0; name && i < sizeof(classes) / sizeof(classes[0]); i++) {
        if (!strcmp(classes[i].name, name))
            return &classes[i];
    }
    return NULL;
}

const char *hass_unit_class_name(const struct hass_unit_class *units)
{
    return units->name;
}

static const struct unit *find_unit(const struct hass_unit_class *units, const char *name)
{
    for (const struct unit *unit = units->units; unit->name; unit++) {
        if (hass_unit_equal(unit->name, name))
            return unit;
    }
    return NULL;
}

bool hass_unit_class_has(const struct hass_unit_class *units, const char *unit)
{
    return find_unit(units, unit) != NULL;
}

bool hass_unit_class_next(const struct hass_unit_class *units, size_t *pos, const char **ret_unit)
{
    const struct unit *unit = &units->units[*pos];

    if (!unit->name)
        return false;
    (*pos)++;
    *ret_unit = unit->name;
    return true;
}

static int compare_names(const void *a, const void *b)
{
    const char *const *names[] = { a, b };

    return strcasecmp(**names[0] ? *names[0] : "None", **names[1] ? *names[1] : "None");
}

json_t *hass_unit_class_as_json(const struct hass_unit_class *units)
{
    const char *names[MAX_UNITS];
    json_t *list = json_array();
    size_t count = 0;

    for (size_t pos = 0; units && hass_unit_class_next(units, &pos, &names[count]);)
        count++;
    qsort(names, count, sizeof(names[0]), compare_names);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, *names[i] ? json_string(names[i]) : json_null());
    return list;
}

/* conversion */

static int find_pair(const struct hass_unit_class *units, const char *from, const char *to,
                     const struct unit *ret_pair[2], struct hass_error *err)
{
    const char *const names[] = { from, to };
    const struct unit *pair[2];

    for (size_t i = 0; i < 2; i++) {
        pair[i] = find_unit(units, names[i]);
        if (!pair[i])
            return hass_fail(err, HASS_E_INVALID, "%s is not a recognized %s unit",
                             names[i] ? names[i] : "None", units->name);
    }
    memcpy(ret_pair, pair, sizeof(pair));
    return 0;
}

static double to_base(const struct unit *unit, double value)
{
    if (unit->power)
        value = pow(value, 1 / unit->power);
    return value / unit->scale;
}

static double from_base(const struct unit *unit, double value)
{
    value *= unit->scale;
    return unit->power ? pow(value, unit->power) : value;
}

int hass_unit_convert(const struct hass_unit_class *units, double value, const char *from,
                      const char *to, double *ret_value, struct hass_error *err)
{
    const struct unit *pair[2];

    if (hass_unit_equal(from, to)) {
        *ret_value = value;
        return 0;
    }
    int r = find_pair(units, from, to, pair, err);
    if (r < 0)
        return r;
    double base = to_base(pair[0], value - pair[0]->offset);
    if (pair[0]->inverse != pair[1]->inverse)
        base = 1 / base;
    double converted = from_base(pair[1], base) + pair[1]->offset;
    if (pair[1]->whole)
        converted = rint(converted);
    if (!isfinite(converted))
        return hass_fail(err, HASS_E_INVALID, "%.15g %s cannot be converted to %s", value, from,
                         to);
    *ret_value = converted;
    return 0;
}

int hass_unit_ratio(const struct hass_unit_class *units, const char *from, const char *to,
                    double *ret_ratio, struct hass_error *err)
{
    const struct unit *pair[2];
    int r = find_pair(units, from, to, pair, err);

    if (r < 0)
        return r;
    double base = to_base(pair[1], 1);
    *ret_ratio = from_base(pair[0], pair[0]->inverse != pair[1]->inverse ? 1 / base : base);
    return 0;
}
