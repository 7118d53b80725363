/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain vacuum: what cleans the floor by itself.
 *
 * Configuration: a list of platforms (`vacuum: [{platform: …}]`); the domain has no options of its own.
 */
#include "vacuum.h"

#include <math.h>

#include <hass/domain.h>
#include <hass/integration.h>

#define SCAN_INTERVAL 20.0 /* seconds; the model's for this domain */
#define MAX_COMMAND   1024 /* characters */

HASS_MANIFEST(.domain = "vacuum", .name = "Vacuum", .version = HASS_VERSION);

/* state and attributes */

static struct vacuum_info info_of(struct hass_entity *entity)
{
    const struct vacuum_ops *ops = hass_entity_domain_ops(entity);
    struct vacuum_info info;

    HASS_READ(&info, ops->info(entity));
    return info;
}

static bool has(const struct hass_entity *entity, uint32_t feature)
{
    return hass_entity_description(entity)->supported_features & feature;
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    static const char *const words[] = {
        [VACUUM_CLEANING] = "cleaning", [VACUUM_DOCKED] = "docked",       [VACUUM_IDLE] = "idle",
        [VACUUM_PAUSED] = "paused",     [VACUUM_RETURNING] = "returning", [VACUUM_ERROR] = "error",
    };
    unsigned activity = info_of(entity).activity;

    return activity < sizeof(words) / sizeof(words[0]) ? hass_value_string(words[activity])
                                                       : HASS_NONE;
}

static HASS_CALLBACK void capability_attributes(struct hass_entity *entity,
                                                struct hass_attrs_writer *writer)
{
    if (has(entity, VACUUM_FAN_SPEED))
        hass_attrs_set_words(writer, "fan_speed_list", info_of(entity).fan_speed_list);
}

/* How full the battery is, in steps of ten, or of twenty while it is charged. Model: helpers.icon.icon_for_battery_level */
static void set_battery_icon(struct hass_attrs_writer *writer, struct hass_value level,
                             bool charging)
{
    autobuf icon = HASS_BUF_INIT;
    double percent;

    hass_buf_add_string(&icon, "mdi:battery");
    if (!hass_value_number(level, &percent))
        hass_buf_add_string(&icon, "-unknown");
    else if (charging && percent > 10)
        hass_buf_printf(&icon, "-charging-%d", (int)rint(percent / 20 - 0.01) * 20);
    else if (charging)
        hass_buf_add_string(&icon, "-outline");
    else if (percent <= 5)
        hass_buf_add_string(&icon, "-alert");
    else if (percent < 95)
        hass_buf_printf(&icon, "-%d", (int)rint(percent / 10 - 0.01) * 10);
    hass_attrs_set_string(writer, "battery_icon", hass_buf_string(&icon));
}

static HASS_CALLBACK void state_attributes(struct hass_entity *entity,
                                           struct hass_attrs_writer *writer)
{
    struct vacuum_info info = info_of(entity);

    if (has(entity, VACUUM_BATTERY)) {
        hass_attrs_set(writer, "battery_level", info.battery_level);
        set_battery_icon(writer, info.battery_level, info.activity == VACUUM_DOCKED);
    }
    if (has(entity, VACUUM_FAN_SPEED))
        hass_attrs_set(writer, "fan_speed", hass_value_string(info.fan_speed));
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .capability_attributes = capability_attributes,
    .state_attributes = state_attributes,
};

/* services */

HASS_ENTITY_COMMAND(command_by_ops, struct vacuum_ops, command, struct vacuum_command)

static HASS_COROUTINE int command(struct hass_entity *entity, const struct hass_service_call *call,
                                  enum vacuum_action action, const char *text, const json_t *params,
                                  struct hass_error *err)
{
    const struct vacuum_command told = {
        .size = sizeof(told),
        .action = action,
        .text = text,
        .params = params,
    };

    return command_by_ops(entity, call, &told, err);
}

/* A service that says no more than its name. */
#define PLAIN(name, action)                                                                        \
    static HASS_COROUTINE int name(struct hass_entity *entity,                                     \
                                   const struct hass_service_call *call, struct hass_error *err)   \
    {                                                                                              \
        return command(entity, call, action, NULL, NULL, err);                                     \
    }

PLAIN(start, VACUUM_DO_START)
PLAIN(pause_cleaning, VACUUM_DO_PAUSE)
PLAIN(stop, VACUUM_DO_STOP)
PLAIN(return_to_base, VACUUM_DO_RETURN_HOME)
PLAIN(clean_spot, VACUUM_DO_CLEAN_SPOT)
PLAIN(locate, VACUUM_DO_LOCATE)

HASS_SCHEMA(fan_speed_schema, HASS_FIELD("fan_speed", &hass_type_string, .required = true, .min = 1,
                                         .max = 255, .doc = "One of the cleaner's speeds"));

/* Which speeds there are is the device's to know: as in the model, an unknown one is for its driver to refuse. */
static HASS_COROUTINE int set_fan_speed(struct hass_entity *entity,
                                        const struct hass_service_call *call,
                                        struct hass_error *err)
{
    const char *speed = hass_json_get_string(hass_service_call_data(call), "fan_speed", "");

    return command(entity, call, VACUUM_DO_SET_FAN_SPEED, speed, NULL, err);
}

HASS_SCHEMA(send_schema,
            HASS_FIELD("command", &hass_type_string, .required = true, .min = 1, .max = MAX_COMMAND,
                       .doc = "A word that the cleaner understands"),
            HASS_FIELD("params", &hass_type_any, .doc = "A map or a list for it"));

static HASS_COROUTINE int send_command(struct hass_entity *entity,
                                       const struct hass_service_call *call, struct hass_error *err)
{
    const json_t *data = hass_service_call_data(call);
    const json_t *params = hass_json_get(data, "params");

    if (params && !json_is_object(params) && !json_is_array(params))
        return hass_fail(err, HASS_E_SERVICE_VALIDATION, "params is a map or a list");
    return command(entity, call, VACUUM_DO_SEND, hass_json_get_string(data, "command", ""), params,
                   err);
}

HASS_SCHEMA(area_schema,
            HASS_FIELD("cleaning_area_id", &hass_type_string, .list = true, .required = true,
                       .min = 1, .max = 1000, .doc = "Areas that are cleaned"));

static HASS_COROUTINE int clean_area(struct hass_entity *entity,
                                     const struct hass_service_call *call, struct hass_error *err)
{
    const json_t *areas = hass_json_get(hass_service_call_data(call), "cleaning_area_id");

    return command(entity, call, VACUUM_DO_CLEAN_AREA, NULL, areas, err);
}

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("start", "Starts or goes on with cleaning",
                        .required_features = VACUUM_START, .async_handler = start),
    HASS_ENTITY_SERVICE("pause", "Pauses cleaning", .required_features = VACUUM_PAUSE,
                        .async_handler = pause_cleaning),
    HASS_ENTITY_SERVICE("stop", "Ends cleaning", .required_features = VACUUM_STOP,
                        .async_handler = stop),
    HASS_ENTITY_SERVICE("return_to_base", "Sends the cleaner home",
                        .required_features = VACUUM_RETURN_HOME, .async_handler = return_to_base),
    HASS_ENTITY_SERVICE("clean_spot", "Cleans where the cleaner stands",
                        .required_features = VACUUM_CLEAN_SPOT, .async_handler = clean_spot),
    HASS_ENTITY_SERVICE("locate", "Makes the cleaner show where it is",
                        .required_features = VACUUM_LOCATE, .async_handler = locate),
    HASS_ENTITY_SERVICE("set_fan_speed", "Sets how strongly it sucks",
                        .required_features = VACUUM_FAN_SPEED, .schema = &fan_speed_schema,
                        .async_handler = set_fan_speed),
    HASS_ENTITY_SERVICE("send_command", "Sends a command of the device's own",
                        .required_features = VACUUM_SEND_COMMAND, .schema = &send_schema,
                        .async_handler = send_command),
    HASS_ENTITY_SERVICE("clean_area", "Cleans areas of the home",
                        .required_features = VACUUM_CLEAN_AREA, .schema = &area_schema,
                        .async_handler = clean_area),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "vacuum",
                             .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);
}
