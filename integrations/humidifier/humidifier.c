/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain humidifier: what makes the air wetter or drier.
 *
 * Configuration: a list of platforms (`humidifier: [{platform: …}]`); the domain has no options of its own.
 */
#include "humidifier.h"

#include <hass/domain.h>
#include <hass/integration.h>

#define SCAN_INTERVAL 60.0 /* seconds; the model's for this domain */
#define MAX_HUMIDITY  100.0

HASS_MANIFEST(.domain = "humidifier", .name = "Humidifier", .version = HASS_VERSION);

/* state and attributes */

static struct humidifier_info info_of(struct hass_entity *entity)
{
    const struct humidifier_ops *ops = hass_entity_domain_ops(entity);
    struct humidifier_info info;

    HASS_READ(&info, ops->info(entity));
    return info;
}

static bool has_modes(const struct hass_entity *entity)
{
    return hass_entity_description(entity)->supported_features & HUMIDIFIER_MODES;
}

static double max_of(const struct humidifier_info *info)
{
    double max = MAX_HUMIDITY;

    (void)hass_value_number(info->max_humidity, &max);
    return max;
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    return hass_value_on_off(info_of(entity).is_on);
}

static HASS_CALLBACK void capability_attributes(struct hass_entity *entity,
                                                struct hass_attrs_writer *writer)
{
    struct humidifier_info info = info_of(entity);

    hass_attrs_set(writer, "min_humidity", HASS_DOUBLE(info.min_humidity));
    hass_attrs_set(writer, "max_humidity", HASS_DOUBLE(max_of(&info)));
    if (info.target_humidity_step > 0)
        hass_attrs_set(writer, "target_humidity_step", HASS_DOUBLE(info.target_humidity_step));
    if (has_modes(entity))
        hass_attrs_set_words(writer, "available_modes", info.available_modes);
}

static const char *action_word(enum humidifier_action action)
{
    static const char *const words[] = {
        [HUMIDIFIER_HUMIDIFYING] = "humidifying",
        [HUMIDIFIER_DRYING] = "drying",
        [HUMIDIFIER_IDLE] = "idle",
        [HUMIDIFIER_OFF] = "off",
    };

    return (unsigned)action < sizeof(words) / sizeof(words[0]) ? words[action] : NULL;
}

static HASS_CALLBACK void state_attributes(struct hass_entity *entity,
                                           struct hass_attrs_writer *writer)
{
    struct humidifier_info info = info_of(entity);
    bool off = info.is_on.type == HASS_VALUE_BOOL && !info.is_on.boolean;
    const char *action = action_word(info.action);

    /* What is off does nothing, whatever its driver says. */
    if (action)
        hass_attrs_set_string(writer, "action", off ? "off" : action);
    if (info.current_humidity.type != HASS_VALUE_NONE)
        hass_attrs_set(writer, "current_humidity", info.current_humidity);
    if (info.humidity.type != HASS_VALUE_NONE)
        hass_attrs_set(writer, "humidity", info.humidity);
    if (has_modes(entity))
        hass_attrs_set(writer, "mode", hass_value_string(info.mode));
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .capability_attributes = capability_attributes,
    .state_attributes = state_attributes,
};

/* services */

HASS_ENTITY_COMMAND(command, struct humidifier_ops, command, struct humidifier_command)

static HASS_COROUTINE int turn(struct hass_entity *entity, const struct hass_service_call *call,
                               bool on, struct hass_error *err)
{
    const struct humidifier_command told = {
        .size = sizeof(told),
        .what = on ? HUMIDIFIER_TURN_ON : HUMIDIFIER_TURN_OFF,
    };

    return command(entity, call, &told, err);
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
    return turn(entity, call, !hass_value_is_true(info_of(entity).is_on), err);
}

HASS_SCHEMA(humidity_schema, HASS_FIELD("humidity", &hass_type_int, .required = true, .min = 0,
                                        .max = MAX_HUMIDITY, .doc = "Percent"));

/* The device's own bounds are for its driver to keep, as in the model. */
static HASS_COROUTINE int set_humidity(struct hass_entity *entity,
                                       const struct hass_service_call *call, struct hass_error *err)
{
    const struct humidifier_command told = {
        .size = sizeof(told),
        .what = HUMIDIFIER_SET_HUMIDITY,
        .humidity = (int)hass_json_get_int(hass_service_call_data(call), "humidity", 0),
    };

    return command(entity, call, &told, err);
}

HASS_SCHEMA(mode_schema, HASS_FIELD("mode", &hass_type_string, .required = true, .min = 1,
                                    .max = 255, .doc = "One of available_modes"));

static HASS_COROUTINE int set_mode(struct hass_entity *entity, const struct hass_service_call *call,
                                   struct hass_error *err)
{
    struct humidifier_info info = info_of(entity);
    const struct humidifier_command told = {
        .size = sizeof(told),
        .what = HUMIDIFIER_SET_MODE,
        .mode = hass_json_get_string(hass_service_call_data(call), "mode", ""),
    };
    int r = hass_validate_word(info.available_modes, told.mode, "mode", "not_valid_mode", err);

    return r < 0 ? r : command(entity, call, &told, err);
}

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("turn_on", "Turns a humidifier on", .async_handler = turn_on),
    HASS_ENTITY_SERVICE("turn_off", "Turns a humidifier off", .async_handler = turn_off),
    HASS_ENTITY_SERVICE("toggle", "Turns a humidifier on when it is off, and off when it is on",
                        .async_handler = toggle),
    HASS_ENTITY_SERVICE("set_humidity", "Sets how humid the air is to be",
                        .schema = &humidity_schema, .async_handler = set_humidity),
    HASS_ENTITY_SERVICE("set_mode", "Sets the mode", .required_features = HUMIDIFIER_MODES,
                        .schema = &mode_schema, .async_handler = set_mode),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "humidifier",
                             .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);
}
