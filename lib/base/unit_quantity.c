/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the device classes of sensors and numbers measure: units, converter, state classes. And what the unit systems of homes
 * make of them.
 */
#include <string.h>

#include <hass/unit.h>

#define M 1U
#define A 2U
#define T 4U
#define I 8U

#define UNITS(...) ((const char *const[]){ __VA_ARGS__, NULL })

#define PERCENT        UNITS("%")
#define NO_UNIT        UNITS("")
#define MICROGRAMS     UNITS("μg/m³")
#define GAS_IN_AIR     UNITS("μg/m³", "ppb", "ppm")
#define PRESSURE_UNITS "Pa", "hPa", "kPa", "bar", "cbar", "mbar", "mmHg", "inHg", "inH₂O", "psi"
#define ENERGY                                                                                     \
    UNITS("Wh", "kWh", "MWh", "MJ", "GJ", "mWh", "GWh", "TWh", "J", "kJ", "cal", "kcal", "Mcal",   \
          "Gcal")
#define VOLUME      UNITS("L", "mL", "gal", "fl. oz.", "m³", "ft³", "CCF", "MCF")
#define WIND_SPEEDS "m/s", "km/h", "mph", "kn", "ft/s", "Beaufort"

#define QUANTITY(name, ...)                                                                        \
    {                                                                                              \
        .size = sizeof(struct hass_quantity), .device_class = (name), __VA_ARGS__                  \
    }
#define NUMERIC(name, units_, unit_class_, state_classes_)                                         \
    QUANTITY(name, .units = (units_), .unit_class = (unit_class_),                                 \
             .state_classes = (state_classes_))
#define TEXTUAL(name) QUANTITY(name, .units = NO_UNIT, .text = true)

static const struct hass_quantity quantities[] = {
    NUMERIC("absolute_humidity", UNITS("g/m³", "mg/m³"), "concentration", M),
    NUMERIC("apparent_power", UNITS("mVA", "VA", "kVA"), "apparent_power", M),
    NUMERIC("aqi", NO_UNIT, NULL, M),
    NUMERIC("area", UNITS("mm²", "cm²", "m²", "km²", "in²", "ft²", "yd²", "mi²", "ac", "ha"),
            "area", M),
    NUMERIC("atmospheric_pressure", UNITS(PRESSURE_UNITS), "pressure", M),
    NUMERIC("battery", PERCENT, NULL, M),
    NUMERIC("blood_glucose_concentration", UNITS("mg/dL", "mmol/L"), "blood_glucose_concentration",
            M),
    NUMERIC("carbon_dioxide", UNITS("ppm"), NULL, M),
    NUMERIC("carbon_monoxide", UNITS("ppm", "ppb", "μg/m³", "mg/m³"), "carbon_monoxide", M),
    NUMERIC("conductivity", UNITS("S/cm", "mS/cm", "μS/cm"), "conductivity", M),
    NUMERIC("current", UNITS("A", "mA", "μA"), "electric_current", M),
    NUMERIC("data_rate",
            UNITS("bit/s", "kbit/s", "Mbit/s", "Gbit/s", "B/s", "kB/s", "MB/s", "GB/s", "KiB/s",
                  "MiB/s", "GiB/s"),
            "data_rate", M),
    NUMERIC("data_size",
            UNITS("bit", "kbit", "Mbit", "Gbit", "B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB",
                  "YB", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"),
            "information", M | T | I),
    TEXTUAL("date"),
    NUMERIC("distance", UNITS("mm", "cm", "m", "km", "in", "ft", "yd", "mi", "nmi"), "distance",
            M | T | I),
    NUMERIC("duration", UNITS("d", "h", "min", "s", "ms", "μs"), "duration", M | T | I),
    NUMERIC("energy", ENERGY, "energy", T | I),
    NUMERIC("energy_distance", UNITS("kWh/100km", "Wh/km", "mi/kWh", "km/kWh"), "energy_distance",
            M),
    NUMERIC("energy_storage", ENERGY, "energy", M),
    TEXTUAL("enum"),
    NUMERIC("frequency", UNITS("mHz", "Hz", "kHz", "MHz", "GHz"), "frequency", M),
    NUMERIC("gas", UNITS("m³", "ft³", "CCF", "L", "MCF"), "volume", T | I),
    NUMERIC("humidity", PERCENT, NULL, M),
    NUMERIC("illuminance", UNITS("lx"), NULL, M),
    NUMERIC("irradiance", UNITS("W/m²", "BTU/(h⋅ft²)"), NULL, M),
    NUMERIC("moisture", PERCENT, NULL, M),
    NUMERIC("monetary", NULL, NULL, T),
    NUMERIC("nitrogen_dioxide", GAS_IN_AIR, "nitrogen_dioxide", M),
    NUMERIC("nitrogen_monoxide", UNITS("μg/m³", "ppb"), "nitrogen_monoxide", M),
    NUMERIC("nitrous_oxide", MICROGRAMS, NULL, M),
    NUMERIC("ozone", GAS_IN_AIR, "ozone", M),
    NUMERIC("ph", NO_UNIT, NULL, M),
    NUMERIC("pm1", MICROGRAMS, NULL, M),
    NUMERIC("pm10", MICROGRAMS, NULL, M),
    NUMERIC("pm25", MICROGRAMS, NULL, M),
    NUMERIC("pm4", MICROGRAMS, NULL, M),
    NUMERIC("power", UNITS("W", "kW", "mW", "MW", "GW", "TW"), "power", M),
    NUMERIC("power_factor", UNITS("%", ""), "unitless", M),
    NUMERIC("precipitation", UNITS("mm", "cm", "in"), "distance", M | T | I),
    NUMERIC("precipitation_intensity", UNITS("mm/h", "mm/d", "in/h", "in/d"), "speed", M),
    NUMERIC("pressure", UNITS(PRESSURE_UNITS, "mPa"), "pressure", M),
    NUMERIC("radon", UNITS("Bq/m³", "pCi/L"), "radon", M),
    NUMERIC("reactive_energy", UNITS("varh", "kvarh"), "reactive_energy", T | I),
    NUMERIC("reactive_power", UNITS("var", "mvar", "kvar"), "reactive_power", M),
    NUMERIC("signal_strength", UNITS("dB", "dBm"), NULL, M),
    NUMERIC("sound_pressure", UNITS("dB", "dBA"), NULL, M),
    NUMERIC("speed", UNITS(WIND_SPEEDS, "mm/d", "mm/h", "in/d", "in/h", "in/s", "mm/s", "m/min"),
            "speed", M),
    NUMERIC("sulphur_dioxide", UNITS("μg/m³", "ppb"), "sulphur_dioxide", M),
    NUMERIC("temperature", UNITS("°C", "°F", "K"), "temperature", M),
    NUMERIC("temperature_delta", UNITS("°C", "°F", "K"), "temperature_delta", M),
    TEXTUAL("timestamp"),
    TEXTUAL("uptime"),
    NUMERIC("volatile_organic_compounds", UNITS("μg/m³", "mg/m³"), "concentration", M),
    NUMERIC("volatile_organic_compounds_parts", UNITS("ppb", "ppm"), "unitless", M),
    NUMERIC("voltage", UNITS("V", "mV", "μV", "kV", "MV"), "voltage", M),
    NUMERIC("volume", VOLUME, "volume", T | I),
    NUMERIC("volume_flow_rate",
            UNITS("m³/h", "m³/min", "m³/s", "ft³/min", "L/h", "L/min", "L/s", "gal/d", "gal/h",
                  "gal/min", "mL/s"),
            "volume_flow_rate", M),
    NUMERIC("volume_storage", VOLUME, "volume", M),
    NUMERIC("water", UNITS("L", "gal", "m³", "ft³", "CCF", "MCF"), "volume", T | I),
    NUMERIC("weight", UNITS("μg", "mg", "g", "kg", "oz", "lb", "st"), "mass", M | T | I),
    NUMERIC("wind_direction", UNITS("°"), NULL, M | A),
    NUMERIC("wind_speed", UNITS(WIND_SPEEDS), "speed", M),
};
#define QUANTITIES (sizeof(quantities) / sizeof(quantities[0]))

const struct hass_quantity *hass_quantity_get(const char *device_class)
{
    size_t low = 0, high = device_class ? QUANTITIES : 0; /* the table is in order */

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(device_class, quantities[middle].device_class);
        if (order == 0)
            return &quantities[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

bool hass_quantity_next(size_t *pos, const struct hass_quantity **ret_quantity)
{
    if (*pos >= QUANTITIES)
        return false;
    *ret_quantity = &quantities[(*pos)++];
    return true;
}

bool hass_quantity_has_unit(const struct hass_quantity *quantity, const char *unit)
{
    if (!quantity->units)
        return true;
    for (const char *const *good = quantity->units; *good; good++) {
        if (hass_unit_equal(*good, unit))
            return true;
    }
    return false;
}

uint32_t hass_state_class_bit(const char *state_class)
{
    static const char *const names[] = { "measurement", "measurement_angle", "total",
                                         "total_increasing" };

    for (uint32_t i = 0; state_class && i < sizeof(names) / sizeof(names[0]); i++) {
        if (!strcmp(names[i], state_class))
            return 1U << i;
    }
    return 0;
}

/* unit systems */

enum { METRIC, US_CUSTOMARY, SYSTEMS };

static int system_index(const char *system)
{
    return system && !strcmp(system, "us_customary") ? US_CUSTOMARY : METRIC;
}

/* Which units a home does not like for a class, and what it shows instead. */
struct preference {
    const char *device_class;
    const char *const *units; /* NULL-terminated */
    const char *shown;
};

static const struct preference metric[] = {
    { "area", UNITS("ft²", "yd²"), "m²" },
    { "area", UNITS("in²"), "cm²" },
    { "area", UNITS("mi²"), "km²" },
    { "area", UNITS("ac"), "ha" },
    { "distance", UNITS("ft", "yd"), "m" },
    { "distance", UNITS("in"), "mm" },
    { "distance", UNITS("mi"), "km" },
    { "gas", UNITS("CCF", "ft³", "MCF"), "m³" },
    { "precipitation", UNITS("in"), "mm" },
    { "precipitation_intensity", UNITS("in/d"), "mm/d" },
    { "precipitation_intensity", UNITS("in/h"), "mm/h" },
    { "atmospheric_pressure",
      UNITS("Pa", "kPa", "bar", "cbar", "mbar", "mmHg", "inHg", "inH₂O", "psi"), "hPa" },
    { "pressure", UNITS("psi"), "kPa" },
    { "pressure", UNITS("inHg"), "hPa" },
    { "speed", UNITS("ft/s", "mph"), "km/h" },
    { "speed", UNITS("in/d"), "mm/d" },
    { "speed", UNITS("in/h"), "mm/h" },
    { "speed", UNITS("in/s"), "mm/s" },
    { "volume", UNITS("CCF", "ft³", "MCF"), "m³" },
    { "volume", UNITS("fl. oz."), "mL" },
    { "volume", UNITS("gal"), "L" },
    { "water", UNITS("CCF", "ft³", "MCF"), "m³" },
    { "water", UNITS("gal"), "L" },
    { "wind_speed", UNITS("ft/s", "mph", "m/s"), "km/h" },
    { 0 },
};

static const struct preference us_customary[] = {
    { "area", UNITS("m²"), "ft²" },
    { "area", UNITS("cm²", "mm²"), "in²" },
    { "area", UNITS("km²"), "mi²" },
    { "area", UNITS("ha"), "ac" },
    { "distance", UNITS("cm", "mm"), "in" },
    { "distance", UNITS("km"), "mi" },
    { "distance", UNITS("m"), "ft" },
    { "gas", UNITS("m³"), "ft³" },
    { "precipitation", UNITS("cm", "mm"), "in" },
    { "precipitation_intensity", UNITS("mm/d"), "in/d" },
    { "precipitation_intensity", UNITS("mm/h"), "in/h" },
    { "atmospheric_pressure",
      UNITS("Pa", "hPa", "kPa", "bar", "cbar", "mbar", "mmHg", "inH₂O", "psi"), "inHg" },
    { "pressure", UNITS("Pa", "hPa", "kPa", "bar", "cbar", "mbar", "mmHg", "mPa", "inH₂O"), "psi" },
    { "speed", UNITS("m/s", "km/h"), "mph" },
    { "speed", UNITS("mm/d"), "in/d" },
    { "speed", UNITS("mm/h"), "in/h" },
    { "speed", UNITS("mm/s"), "in/s" },
    { "volume", UNITS("m³"), "ft³" },
    { "volume", UNITS("L"), "gal" },
    { "volume", UNITS("mL"), "fl. oz." },
    { "water", UNITS("m³"), "ft³" },
    { "water", UNITS("L"), "gal" },
    { "wind_speed", UNITS("ft/s", "km/h", "m/s"), "mph" },
    { 0 },
};

static const struct preference *const preferences[SYSTEMS] = { metric, us_customary };

const char *hass_unit_system_converted(const char *system, const char *device_class,
                                       const char *unit)
{
    const struct preference *row = preferences[system_index(system)];

    for (; device_class && unit && row->device_class; row++) {
        if (strcmp(row->device_class, device_class) != 0)
            continue;
        for (const char *const *other = row->units; *other; other++) {
            if (hass_unit_equal(*other, unit))
                return row->shown;
        }
    }
    return NULL;
}

const char *hass_unit_system_unit(const char *system, const char *measure)
{
    static const struct {
        const char *measure, *unit[SYSTEMS];
    } measures[] = {
        { "accumulated_precipitation", { "mm", "in" } },
        { "area", { "m²", "ft²" } },
        { "length", { "km", "mi" } },
        { "mass", { "g", "lb" } },
        { "pressure", { "Pa", "psi" } },
        { "temperature", { "°C", "°F" } },
        { "volume", { "L", "gal" } },
        { "wind_speed", { "m/s", "mph" } },
    };

    for (size_t i = 0; i < sizeof(measures) / sizeof(measures[0]); i++) {
        if (!strcmp(measures[i].measure, measure))
            return measures[i].unit[system_index(system)];
    }
    return NULL;
}
