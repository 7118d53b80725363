/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain water_heater: what keeps water warm. The state is its operation.
 *
 * Configuration: a list of platforms (`water_heater: [{platform: …}]`); the domain has no options of its own.
 */
#include "water_heater.h"

#include <string.h>

#include <hass/domain.h>
#include <hass/integration.h>

#define SCAN_INTERVAL 60.0  /* seconds; the model's for this domain */
#define MIN_TEMP      110.0 /* °F */
#define MAX_TEMP      140.0

HASS_MANIFEST(.domain = "water_heater", .name = "Water heater", .version = HASS_VERSION);

/* state and attributes */

static struct water_heater_info info_of(struct hass_entity *entity)
{
    const struct water_heater_ops *ops = hass_entity_domain_ops(entity);
    struct water_heater_info info;

    HASS_READ(&info, ops->info(entity));
    return info;
}

static bool has(const struct hass_entity *entity, uint32_t feature)
{
    return hass_entity_description(entity)->supported_features & feature;
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    return hass_value_string(info_of(entity).operation);
}

/* A temperature as the home shows it. */
static struct hass_value shown(struct hass_entity *entity, const struct water_heater_info *info,
                               struct hass_value value)
{
    struct hass *hass = hass_entity_hass(entity);
    double precision = hass_home_fahrenheit(hass) ? 1 : 0.1;

    (void)hass_value_number(info->precision, &precision);
    return hass_display_temperature(hass, value, info->fahrenheit, precision);
}

/* A bound; the model's own is in °F whatever the device counts in. */
static struct hass_value bound(struct hass_entity *entity, const struct water_heater_info *info,
                               struct hass_value value, double fallback)
{
    struct water_heater_info other = *info;

    if (value.type != HASS_VALUE_NONE)
        return shown(entity, info, value);
    other.fahrenheit = true;
    return shown(entity, &other, HASS_DOUBLE(fallback));
}

static struct hass_value min_of(struct hass_entity *entity, const struct water_heater_info *info)
{
    return bound(entity, info, info->min_temp, MIN_TEMP);
}

static struct hass_value max_of(struct hass_entity *entity, const struct water_heater_info *info)
{
    return bound(entity, info, info->max_temp, MAX_TEMP);
}

static HASS_CALLBACK void capability_attributes(struct hass_entity *entity,
                                                struct hass_attrs_writer *writer)
{
    struct water_heater_info info = info_of(entity);

    hass_attrs_set(writer, "min_temp", min_of(entity, &info));
    hass_attrs_set(writer, "max_temp", max_of(entity, &info));
    if (has(entity, WATER_HEATER_OPERATION_MODE))
        hass_attrs_set_words(writer, "operation_list", info.operation_list);
}

static HASS_CALLBACK void state_attributes(struct hass_entity *entity,
                                           struct hass_attrs_writer *writer)
{
    struct water_heater_info info = info_of(entity);

    hass_attrs_set(writer, "current_temperature", shown(entity, &info, info.current_temperature));
    hass_attrs_set(writer, "temperature", shown(entity, &info, info.temperature));
    hass_attrs_set(writer, "target_temp_high", shown(entity, &info, info.target_temp_high));
    hass_attrs_set(writer, "target_temp_low", shown(entity, &info, info.target_temp_low));
    if (has(entity, WATER_HEATER_OPERATION_MODE))
        hass_attrs_set(writer, "operation_mode", hass_value_string(info.operation));
    if (has(entity, WATER_HEATER_AWAY_MODE))
        hass_attrs_set_string(writer, "away_mode", info.is_away ? HASS_STATE_ON : HASS_STATE_OFF);
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .capability_attributes = capability_attributes,
    .state_attributes = state_attributes,
};

/* services */

HASS_ENTITY_COMMAND(command, struct water_heater_ops, command, struct water_heater_command)

static HASS_COROUTINE int turn(struct hass_entity *entity, const struct hass_service_call *call,
                               enum water_heater_what what, struct hass_error *err)
{
    const struct water_heater_command told = { .size = sizeof(told), .what = what };

    return command(entity, call, &told, err);
}

static HASS_COROUTINE int turn_on(struct hass_entity *entity, const struct hass_service_call *call,
                                  struct hass_error *err)
{
    return turn(entity, call, WATER_HEATER_TURN_ON, err);
}

static HASS_COROUTINE int turn_off(struct hass_entity *entity, const struct hass_service_call *call,
                                   struct hass_error *err)
{
    return turn(entity, call, WATER_HEATER_TURN_OFF, err);
}

#define OPERATION(required_)                                                                       \
    HASS_FIELD("operation_mode", &hass_type_string, .required = (required_), .min = 1, .max = 255, \
               .doc = "One of operation_list")

HASS_SCHEMA(temperature_schema,
            HASS_FIELD("temperature", &hass_type_number, .required = true,
                       .doc = "In the home's unit"),
            OPERATION(false));
HASS_SCHEMA(operation_schema, OPERATION(true));
HASS_SCHEMA(away_schema,
            HASS_FIELD("away_mode", &hass_type_bool, .required = true, .doc = "Whether to save"));

static HASS_CALLBACK int check_operation(struct hass_entity *entity, const char *operation,
                                         struct hass_error *err)
{
    struct water_heater_info info = info_of(entity);

    if (!has(entity, WATER_HEATER_OPERATION_MODE) || !info.operation_list)
        return hass_fail_key(err, HASS_E_SERVICE_VALIDATION, "operation_list_not_defined",
                             "%s has no list of operations", hass_entity_async_entity_id(entity));
    int r = hass_validate_word(info.operation_list, operation, "operation_mode",
                               "not_valid_operation_mode", err);
    return r < 0 ? r : 0;
}

static HASS_COROUTINE int set_temperature(struct hass_entity *entity,
                                          const struct hass_service_call *call,
                                          struct hass_error *err)
{
    const json_t *data = hass_service_call_data(call);
    struct water_heater_info info = info_of(entity);
    double wanted = hass_json_get_number(data, "temperature", 0), min = 0, max = 0;
    const struct water_heater_command told = {
        .size = sizeof(told),
        .what = WATER_HEATER_SET_TEMPERATURE,
        .temperature = hass_thing_temperature(hass_entity_hass(entity), wanted, info.fahrenheit),
        .operation = hass_json_get_string(data, "operation_mode", NULL),
    };

    (void)hass_value_number(min_of(entity, &info), &min);
    (void)hass_value_number(max_of(entity, &info), &max);
    int r = hass_validate_range(wanted, min, max, "temperature", "temp_out_of_range", err);
    if (r >= 0 && told.operation)
        r = check_operation(entity, told.operation, err);
    return r < 0 ? r : command(entity, call, &told, err);
}

static HASS_COROUTINE int set_operation_mode(struct hass_entity *entity,
                                             const struct hass_service_call *call,
                                             struct hass_error *err)
{
    const struct water_heater_command told = {
        .size = sizeof(told),
        .what = WATER_HEATER_SET_OPERATION,
        .operation = hass_json_get_string(hass_service_call_data(call), "operation_mode", ""),
    };
    int r = check_operation(entity, told.operation, err);

    return r < 0 ? r : command(entity, call, &told, err);
}

static HASS_COROUTINE int set_away_mode(struct hass_entity *entity,
                                        const struct hass_service_call *call,
                                        struct hass_error *err)
{
    const struct water_heater_command told = {
        .size = sizeof(told),
        .what = WATER_HEATER_SET_AWAY,
        .away = hass_json_get_bool(hass_service_call_data(call), "away_mode", false),
    };

    return command(entity, call, &told, err);
}

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("turn_on", "Turns a water heater on",
                        .required_features = WATER_HEATER_ON_OFF, .async_handler = turn_on),
    HASS_ENTITY_SERVICE("turn_off", "Turns a water heater off",
                        .required_features = WATER_HEATER_ON_OFF, .async_handler = turn_off),
    HASS_ENTITY_SERVICE("set_temperature", "Sets how warm the water is to be",
                        .required_features = WATER_HEATER_TARGET_TEMPERATURE,
                        .schema = &temperature_schema, .async_handler = set_temperature),
    HASS_ENTITY_SERVICE("set_operation_mode", "Sets the operation",
                        .required_features = WATER_HEATER_OPERATION_MODE,
                        .schema = &operation_schema, .async_handler = set_operation_mode),
    HASS_ENTITY_SERVICE("set_away_mode", "Saves energy while nobody is there",
                        .required_features = WATER_HEATER_AWAY_MODE, .schema = &away_schema,
                        .async_handler = set_away_mode),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "water_heater",
                             .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);
}
