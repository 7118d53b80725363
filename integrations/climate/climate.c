/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain climate: heating and cooling. Services for modes, temperatures, humidity, power.
 *
 * Configuration: a list of platforms (`climate: [{platform: …}]`); the domain has no options of its own.
 */
#include "climate.h"

#include <hass/integration.h>

#define SCAN_INTERVAL 60.0 /* seconds; the model's for this domain */

#define MIN_CELSIUS  7.0
#define MAX_CELSIUS  35.0
#define MIN_HUMIDITY 30.0
#define MAX_HUMIDITY 99.0

HASS_MANIFEST(.domain = "climate", .name = "Climate", .version = HASS_VERSION);

static const struct climate_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

static bool supports(const struct hass_entity *entity, uint32_t features)
{
    return hass_entity_description(entity)->supported_features & features;
}

static double in_unit(double celsius, bool fahrenheit)
{
    return fahrenheit ? celsius * 1.8 + 32 : celsius;
}

/* With defaults filled in. */
static void read_capabilities(struct hass_entity *entity, struct climate_capabilities *can)
{
    HASS_READ(can, ops_of(entity)->capabilities(entity));
    if (can->min_temp == 0 && can->max_temp == 0) {
        can->min_temp = in_unit(MIN_CELSIUS, can->fahrenheit);
        can->max_temp = in_unit(MAX_CELSIUS, can->fahrenheit);
    }
    if (can->precision == 0)
        can->precision = hass_home_fahrenheit(hass_entity_hass(entity)) ? 1 : 0.1;
    if (can->min_humidity == 0 && can->max_humidity == 0) {
        can->min_humidity = MIN_HUMIDITY;
        can->max_humidity = MAX_HUMIDITY;
    }
}

/* state and attributes */

static struct hass_value state(struct hass_entity *entity)
{
    struct climate_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    return hass_value_string(now.hvac_mode);
}

static struct hass_value shown(const struct hass_entity *entity,
                               const struct climate_capabilities *can,
                               struct hass_value temperature)
{
    return hass_display_temperature(hass_entity_hass(entity), temperature, can->fahrenheit,
                                    can->precision);
}

/* The modes of a device: each has a list and a present one, where the feature is there. */
enum { FAN, PRESET, SWING, SWING_HORIZONTAL, MODE_KINDS };
static const struct {
    uint32_t feature;
    const char *list_key, *key, *error_key;
} mode_kinds[MODE_KINDS] = {
    [FAN] = { CLIMATE_FAN_MODE, "fan_modes", "fan_mode", "not_valid_fan_mode" },
    [PRESET] = { CLIMATE_PRESET_MODE, "preset_modes", "preset_mode", "not_valid_preset_mode" },
    [SWING] = { CLIMATE_SWING_MODE, "swing_modes", "swing_mode", "not_valid_swing_mode" },
    [SWING_HORIZONTAL] = { CLIMATE_SWING_HORIZONTAL_MODE, "swing_horizontal_modes",
                           "swing_horizontal_mode", "not_valid_horizontal_swing_mode" },
};

static const char *const *modes_of(const struct climate_capabilities *can, size_t kind)
{
    const char *const *const lists[MODE_KINDS] = { can->fan_modes, can->preset_modes,
                                                   can->swing_modes, can->swing_horizontal_modes };

    return lists[kind];
}

static void capability_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    static const char *const none[] = { NULL };
    struct climate_capabilities can;

    read_capabilities(entity, &can);
    hass_attrs_set_words(writer, "hvac_modes", can.hvac_modes ? can.hvac_modes : none);
    hass_attrs_set(writer, "min_temp", shown(entity, &can, HASS_DOUBLE(can.min_temp)));
    hass_attrs_set(writer, "max_temp", shown(entity, &can, HASS_DOUBLE(can.max_temp)));
    if (can.target_temp_step > 0)
        hass_attrs_set(writer, "target_temp_step", HASS_DOUBLE(can.target_temp_step));
    if (supports(entity, CLIMATE_TARGET_HUMIDITY)) {
        hass_attrs_set(writer, "min_humidity", HASS_DOUBLE(can.min_humidity));
        hass_attrs_set(writer, "max_humidity", HASS_DOUBLE(can.max_humidity));
    }
    for (size_t kind = 0; kind < MODE_KINDS; kind++) {
        if (supports(entity, mode_kinds[kind].feature))
            hass_attrs_set_words(writer, mode_kinds[kind].list_key, modes_of(&can, kind));
    }
}

static void write_temperatures(struct hass_entity *entity, const struct climate_state *now,
                               struct hass_attrs_writer *writer)
{
    struct climate_capabilities can;

    read_capabilities(entity, &can);
    hass_attrs_set(writer, "current_temperature", shown(entity, &can, now->current_temperature));
    if (supports(entity, CLIMATE_TARGET_TEMPERATURE))
        hass_attrs_set(writer, "temperature", shown(entity, &can, now->temperature));
    if (supports(entity, CLIMATE_TARGET_TEMPERATURE_RANGE)) {
        hass_attrs_set(writer, "target_temp_high", shown(entity, &can, now->target_temp_high));
        hass_attrs_set(writer, "target_temp_low", shown(entity, &can, now->target_temp_low));
    }
}

static void state_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    struct climate_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    const char *const modes[MODE_KINDS] = { now.fan_mode, now.preset_mode, now.swing_mode,
                                            now.swing_horizontal_mode };
    write_temperatures(entity, &now, writer);
    if (now.current_humidity.type != HASS_VALUE_NONE)
        hass_attrs_set(writer, "current_humidity", now.current_humidity);
    if (supports(entity, CLIMATE_TARGET_HUMIDITY))
        hass_attrs_set(writer, "humidity", now.humidity);
    if (now.hvac_action)
        hass_attrs_set_string(writer, "hvac_action", now.hvac_action);
    for (size_t kind = 0; kind < MODE_KINDS; kind++) {
        if (supports(entity, mode_kinds[kind].feature))
            hass_attrs_set(writer, mode_kinds[kind].key, hass_value_string(modes[kind]));
    }
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .capability_attributes = capability_attributes,
    .state_attributes = state_attributes,
    .has_supported_features = true,
};

/* services */

HASS_ENTITY_COMMAND(carry_out, struct climate_ops, command, struct climate_command)

/* The entity's own text of a mode of @kind. */
static int find_mode(struct hass_entity *entity, size_t kind, const char *asked,
                     const char **ret_mode, struct hass_error *err)
{
    struct climate_capabilities can;

    read_capabilities(entity, &can);
    const char *const *modes = modes_of(&can, kind);
    int place =
        hass_validate_word(modes, asked, mode_kinds[kind].key, mode_kinds[kind].error_key, err);
    if (place >= 0)
        *ret_mode = modes[place];
    return place;
}

static int find_hvac_mode(const struct climate_capabilities *can, const char *asked,
                          const char **ret_mode, struct hass_error *err)
{
    int place = hass_validate_word(can->hvac_modes, asked, "hvac_mode", "not_valid_hvac_mode", err);

    if (place >= 0)
        *ret_mode = can->hvac_modes[place];
    return place;
}

static HASS_COROUTINE int set_hvac_mode(struct hass_entity *entity,
                                        const struct hass_service_call *call,
                                        struct hass_error *err)
{
    struct climate_command command = { .size = sizeof(command),
                                       .action = CLIMATE_ACTION_SET_HVAC_MODE };
    struct climate_capabilities can;

    read_capabilities(entity, &can);
    int r =
        find_hvac_mode(&can, hass_json_get_string(hass_service_call_data(call), "hvac_mode", ""),
                       &command.mode, err);
    return r < 0 ? r : carry_out(entity, call, &command, err);
}

/* set_fan_mode and its like: the kind is that of the one field. */
static HASS_COROUTINE int set_mode(struct hass_entity *entity, const struct hass_service_call *call,
                                   struct hass_error *err)
{
    const json_t *data = hass_service_call_data(call);
    struct climate_command command = { .size = sizeof(command) };
    size_t kind = 0;

    while (!hass_json_get(data, mode_kinds[kind].key))
        kind++;
    command.action = (enum climate_action)(CLIMATE_ACTION_SET_FAN_MODE + kind);
    int r = find_mode(entity, kind, hass_json_get_string(data, mode_kinds[kind].key, ""),
                      &command.mode, err);
    return r < 0 ? r : carry_out(entity, call, &command, err);
}

static HASS_COROUTINE int set_humidity(struct hass_entity *entity,
                                       const struct hass_service_call *call, struct hass_error *err)
{
    const struct climate_command command = {
        .size = sizeof(command),
        .action = CLIMATE_ACTION_SET_HUMIDITY,
        .humidity = (int)hass_json_get_int(hass_service_call_data(call), "humidity", 0),
    };

    return carry_out(entity, call, &command, err);
}

/* temperatures */

/* One that is asked for, in the unit of the device. Nothing is asked: HASS_NONE. */
static int read_temperature(struct hass_entity *entity, const struct climate_capabilities *can,
                            const json_t *asked, struct hass_value *ret_temperature,
                            struct hass_error *err)
{
    double wanted = json_number_value(asked), min = 0, max = 0;

    if (!asked)
        return 0;
    (void)hass_value_number(shown(entity, can, HASS_DOUBLE(can->min_temp)), &min);
    (void)hass_value_number(shown(entity, can, HASS_DOUBLE(can->max_temp)), &max);
    *ret_temperature =
        HASS_DOUBLE(hass_thing_temperature(hass_entity_hass(entity), wanted, can->fahrenheit));
    return hass_validate_range(wanted, min, max, "temperature", "temp_out_of_range", err);
}

/* One temperature and a range of two are different features. */
static HASS_CALLBACK int check_kind(struct hass_entity *entity, const json_t *data,
                                    struct hass_error *err)
{
    static const struct {
        const char *field, *key;
        uint32_t feature;
    } kinds[] = {
        { "temperature", "missing_target_temperature_entity_feature", CLIMATE_TARGET_TEMPERATURE },
        { "target_temp_low", "missing_target_temperature_range_entity_feature",
          CLIMATE_TARGET_TEMPERATURE_RANGE },
    };

    for (size_t i = 0; i < 2; i++) {
        if (hass_json_get(data, kinds[i].field) && !supports(entity, kinds[i].feature))
            return hass_fail_key(err, HASS_E_SERVICE_VALIDATION, kinds[i].key,
                                 "%s cannot be given %s", hass_entity_async_entity_id(entity),
                                 kinds[i].field);
    }
    return 0;
}

static HASS_CALLBACK int read_temperatures(struct hass_entity *entity, const json_t *data,
                                           struct climate_command *command, struct hass_error *err)
{
    const json_t *low = hass_json_get(data, "target_temp_low");
    const json_t *high = hass_json_get(data, "target_temp_high");
    const char *mode = hass_json_get_string(data, "hvac_mode", NULL);
    struct climate_capabilities can;
    int r = check_kind(entity, data, err);

    read_capabilities(entity, &can);
    if (r >= 0 && mode)
        r = find_hvac_mode(&can, mode, &command->mode, err);
    if (r >= 0)
        r = read_temperature(entity, &can, hass_json_get(data, "temperature"),
                             &command->temperature, err);
    if (r >= 0)
        r = read_temperature(entity, &can, low, &command->target_temp_low, err);
    if (r >= 0)
        r = read_temperature(entity, &can, high, &command->target_temp_high, err);
    if (r >= 0 && low && json_number_value(low) > json_number_value(high))
        return hass_fail_key(err, HASS_E_SERVICE_VALIDATION, "low_temp_higher_than_high_temp",
                             "target_temp_low is higher than target_temp_high");
    return r;
}

static HASS_COROUTINE int set_temperatures(struct hass_entity *entity,
                                           const struct hass_service_call *call,
                                           struct hass_error *err)
{
    struct climate_command command = { .size = sizeof(command),
                                       .action = CLIMATE_ACTION_SET_TEMPERATURE };
    int r = read_temperatures(entity, hass_service_call_data(call), &command, err);

    return r < 0 ? r : carry_out(entity, call, &command, err);
}

/* power */

/* The mode that stands for on or off on a device without power of its own, or NULL. */
static const char *mode_for(const struct climate_capabilities *can, bool on)
{
    static const char *const on_modes[] = { "heat_cool", "heat", "cool", NULL };
    static const char *const off_modes[] = { "off", NULL };

    for (const char *const *mode = on ? on_modes : off_modes; *mode; mode++) {
        int place = hass_words_find(can->hvac_modes, *mode);
        if (place >= 0)
            return can->hvac_modes[place];
    }
    return NULL;
}

static HASS_COROUTINE int turn(struct hass_entity *entity, const struct hass_service_call *call,
                               bool on, struct hass_error *err)
{
    struct climate_command command = {
        .size = sizeof(command),
        .action = on ? CLIMATE_ACTION_TURN_ON : CLIMATE_ACTION_TURN_OFF,
    };
    struct climate_capabilities can;

    read_capabilities(entity, &can);
    if (!can.has_power) {
        command.action = CLIMATE_ACTION_SET_HVAC_MODE;
        command.mode = mode_for(&can, on);
        if (!command.mode)
            return hass_entity_unsupported(entity, call, err);
    }
    return carry_out(entity, call, &command, err);
}

static HASS_COROUTINE int turn_on(struct hass_entity *entity, const struct hass_service_call *call,
                                  struct hass_error *err)
{
    return turn(entity, call, true, err);
}

static HASS_COROUTINE int turn_off(struct hass_entity *entity, const struct hass_service_call *call,
                                   struct hass_error *err)
{
    return turn(entity, call, false, err);
}

static HASS_COROUTINE int toggle(struct hass_entity *entity, const struct hass_service_call *call,
                                 struct hass_error *err)
{
    struct climate_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    return turn(entity, call, now.hvac_mode && !strcmp(now.hvac_mode, "off"), err);
}

/* tables */

#define HVAC_MODES HASS_WORDS("off", "heat", "cool", "heat_cool", "auto", "dry", "fan_only")
#define HVAC_MODE(...)                                                                             \
    HASS_FIELD("hvac_mode", &hass_type_enum, .words = HVAC_MODES, .doc = "One of hvac_modes",      \
               __VA_ARGS__)
#define MODE(key)              HASS_FIELD(key, &hass_type_string, .required = true, .doc = "One of its list")
#define TEMPERATURE(key, doc_) HASS_FIELD(key, &hass_type_number, .doc = (doc_))

static int check_temperatures(const json_t *value, struct hass_error *err)
{
    const json_t *low = hass_json_get(value, "target_temp_low");
    const json_t *high = hass_json_get(value, "target_temp_high");

    if (!low != !high)
        return hass_fail(err, HASS_E_INVALID, "target_temp_low and target_temp_high go together");
    if (!low && !hass_json_get(value, "temperature"))
        return hass_fail(err, HASS_E_INVALID,
                         "must contain temperature, or target_temp_low and target_temp_high");
    return 0;
}

HASS_SCHEMA(hvac_mode_schema, HVAC_MODE(.required = true));
HASS_SCHEMA_WITH(temperature_schema, (.check = check_temperatures),
                 TEMPERATURE("temperature", "What it is to become"),
                 TEMPERATURE("target_temp_high", "The upper limit of a range"),
                 TEMPERATURE("target_temp_low", "The lower limit of a range"),
                 HVAC_MODE(.required = false));
HASS_SCHEMA(humidity_schema,
            HASS_FIELD("humidity", &hass_type_int, .max = 100, .required = true, .doc = "Percent"));
HASS_SCHEMA(fan_schema, MODE("fan_mode"));
HASS_SCHEMA(preset_schema, MODE("preset_mode"));
HASS_SCHEMA(swing_schema, MODE("swing_mode"));
HASS_SCHEMA(swing_horizontal_schema, MODE("swing_horizontal_mode"));

#define SET_MODE(name_, description_, schema_, feature_)                                           \
    HASS_ENTITY_SERVICE(name_, description_, .schema = &(schema_),                                 \
                        .required_features = (feature_), .async_handler = set_mode)

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("set_hvac_mode", "Sets how heating or cooling works",
                        .schema = &hvac_mode_schema, .async_handler = set_hvac_mode),
    HASS_ENTITY_SERVICE("set_temperature", "Sets the temperature, or a range of it",
                        .schema = &temperature_schema,
                        .feature_sets = HASS_FEATURE_SETS(CLIMATE_TARGET_TEMPERATURE,
                                                          CLIMATE_TARGET_TEMPERATURE_RANGE),
                        .async_handler = set_temperatures),
    HASS_ENTITY_SERVICE("set_humidity", "Sets the humidity", .schema = &humidity_schema,
                        .required_features = CLIMATE_TARGET_HUMIDITY,
                        .async_handler = set_humidity),
    SET_MODE("set_fan_mode", "Sets how the fan runs", fan_schema, CLIMATE_FAN_MODE),
    SET_MODE("set_preset_mode", "Sets a preset", preset_schema, CLIMATE_PRESET_MODE),
    SET_MODE("set_swing_mode", "Sets how the air swings", swing_schema, CLIMATE_SWING_MODE),
    SET_MODE("set_swing_horizontal_mode", "Sets how the air swings to the sides",
             swing_horizontal_schema, CLIMATE_SWING_HORIZONTAL_MODE),
    HASS_ENTITY_SERVICE("turn_on", "Turns heating or cooling on", .async_handler = turn_on),
    HASS_ENTITY_SERVICE("turn_off", "Turns heating or cooling off", .async_handler = turn_off),
    HASS_ENTITY_SERVICE("toggle", "Turns on what is off, and off what is on",
                        .async_handler = toggle),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "climate",
                             .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);
}
