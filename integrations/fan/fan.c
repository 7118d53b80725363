/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain fan. Services to turn it on and off, and for speed, presets, oscillation and direction.
 *
 * Configuration: a list of platforms (`fan: [{platform: …}]`); the domain has no options of its own.
 */
#include "fan.h"

#include <math.h>

#include <hass/color.h>
#include <hass/integration.h>

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */
#define SPEED_COUNT   100

HASS_MANIFEST(.domain = "fan", .name = "Fan", .version = HASS_VERSION);

static const struct fan_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

static bool supports(const struct hass_entity *entity, uint32_t features)
{
    return hass_entity_description(entity)->supported_features & features;
}

static void read_capabilities(struct hass_entity *entity, struct fan_capabilities *can)
{
    const struct fan_ops *ops = ops_of(entity);

    HASS_READ(can, ops->capabilities ? ops->capabilities(entity) : NULL);
    if (!can->speed_count)
        can->speed_count = SPEED_COUNT;
}

/* state and attributes */

static struct hass_value state(struct hass_entity *entity)
{
    struct fan_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    return hass_value_on_off(now.is_on);
}

static void capability_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    static const char *const none[] = { NULL };
    struct fan_capabilities can;

    read_capabilities(entity, &can);
    if (supports(entity, FAN_SET_SPEED | FAN_PRESET_MODE))
        hass_attrs_set_words(writer, "preset_modes", can.preset_modes ? can.preset_modes : none);
}

static void state_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    struct fan_capabilities can;
    struct fan_state now;

    read_capabilities(entity, &can);
    HASS_READ(&now, ops_of(entity)->state(entity));
    if (supports(entity, FAN_DIRECTION))
        hass_attrs_set(writer, "direction", hass_value_string(now.direction));
    if (supports(entity, FAN_OSCILLATE))
        hass_attrs_set(writer, "oscillating", now.oscillating);
    if (supports(entity, FAN_SET_SPEED)) {
        hass_attrs_set(writer, "percentage", now.percentage);
        hass_attrs_set(writer, "percentage_step", HASS_DOUBLE(100.0 / can.speed_count));
    }
    if (supports(entity, FAN_SET_SPEED | FAN_PRESET_MODE))
        hass_attrs_set(writer, "preset_mode", hass_value_string(now.preset_mode));
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .capability_attributes = capability_attributes,
    .state_attributes = state_attributes,
    .has_supported_features = true,
};

/* services */

HASS_ENTITY_COMMAND(carry_out, struct fan_ops, command, struct fan_command)

/* The rows are in the order of enum fan_action; the others follow. */
#define SERVICE_COUNT (FAN_ACTION_SET_DIRECTION + 4)
static const struct hass_entity_service_row services[SERVICE_COUNT];

/* The entity's own text of a preset, which outlives the call. */
static HASS_CALLBACK int find_preset(struct hass_entity *entity, const char *asked,
                                     const char **ret_preset, struct hass_error *err)
{
    struct fan_capabilities can;

    read_capabilities(entity, &can);
    int place =
        hass_validate_word(can.preset_modes, asked, "preset_mode", "not_valid_preset_mode", err);
    if (place >= 0)
        *ret_preset = can.preset_modes[place];
    return place;
}

static HASS_COROUTINE int act_on(struct hass_entity *entity, const struct hass_service_call *call,
                                 enum fan_action action, struct hass_error *err)
{
    const json_t *data = hass_service_call_data(call);
    const char *preset = hass_json_get_string(data, "preset_mode", NULL);
    const char *direction = hass_json_get_string(data, "direction", "forward");
    struct fan_command command = {
        .size = sizeof(command),
        .action = action,
        .oscillating = hass_json_get_bool(data, "oscillating", false),
        .direction = strcmp(direction, "reverse") ? "forward" : "reverse",
    };
    int r = preset ? find_preset(entity, preset, &command.preset_mode, err) : 0;

    if (hass_json_get(data, "percentage"))
        command.percentage = HASS_INT(hass_json_get_int(data, "percentage", 0));
    return r < 0 ? r : carry_out(entity, call, &command, err);
}

static HASS_COROUTINE int act(struct hass_entity *entity, const struct hass_service_call *call,
                              struct hass_error *err)
{
    return act_on(entity, call, (enum fan_action)hass_service_place(services, call), err);
}

static HASS_COROUTINE int toggle(struct hass_entity *entity, const struct hass_service_call *call,
                                 struct hass_error *err)
{
    struct fan_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    return act_on(entity, call,
                  hass_value_is_true(now.is_on) ? FAN_ACTION_TURN_OFF : FAN_ACTION_TURN_ON, err);
}

/* The next speed up (@by 1) or down (-1), or so many percent. */
static HASS_CALLBACK int other_percentage(struct hass_entity *entity, const json_t *data, int by)
{
    const json_t *step = hass_json_get(data, "percentage_step");
    struct fan_capabilities can;
    struct fan_state now;
    double percentage = 0;

    read_capabilities(entity, &can);
    HASS_READ(&now, ops_of(entity)->state(entity));
    (void)hass_value_number(now.percentage, &percentage);
    if (step) {
        percentage += by * json_number_value(step);
    } else {
        const struct hass_scale speeds = { 1, can.speed_count };
        double speed = ceil(hass_scale_from_percentage(speeds, percentage));
        percentage = hass_scale_to_percentage(speeds, speed + by);
    }
    return (int)fmin(100, fmax(0, percentage));
}

static HASS_COROUTINE int change_speed(struct hass_entity *entity,
                                       const struct hass_service_call *call, struct hass_error *err)
{
    bool up = !strcmp(hass_service_call_service(call), "increase_speed");
    int percentage = other_percentage(entity, hass_service_call_data(call), up ? 1 : -1);
    const struct fan_command command = {
        .size = sizeof(command),
        .action = FAN_ACTION_SET_PERCENTAGE,
        .percentage = HASS_INT(percentage),
    };

    return carry_out(entity, call, &command, err);
}

#define PERCENTAGE(...)                                                                            \
    HASS_FIELD("percentage", &hass_type_int, .max = 100, .doc = "Speed; 0 is off", __VA_ARGS__)
#define PRESET(...)                                                                                \
    HASS_FIELD("preset_mode", &hass_type_string, .doc = "One of preset_modes", __VA_ARGS__)

HASS_SCHEMA(turn_on_schema, PERCENTAGE(.required = false), PRESET(.required = false));
HASS_SCHEMA(percentage_schema, PERCENTAGE(.required = true));
HASS_SCHEMA(preset_schema, PRESET(.required = true));
HASS_SCHEMA(oscillate_schema, HASS_FIELD("oscillating", &hass_type_bool, .required = true,
                                         .doc = "Whether it turns to and fro"));
HASS_SCHEMA(direction_schema,
            HASS_FIELD("direction", &hass_type_enum, .words = HASS_WORDS("forward", "reverse"),
                       .required = true, .doc = "Which way it turns"));
HASS_SCHEMA(step_schema, HASS_FIELD("percentage_step", &hass_type_int, .max = 100,
                                    .doc = "Percent; one speed when absent"));

static const struct hass_entity_service_row services[SERVICE_COUNT] = {
    [FAN_ACTION_TURN_ON] = HASS_ENTITY_SERVICE("turn_on", "Turns fans on",
                                               .schema = &turn_on_schema, .async_handler = act),
    [FAN_ACTION_TURN_OFF] = HASS_ENTITY_SERVICE("turn_off", "Turns fans off", .async_handler = act),
    [FAN_ACTION_SET_PERCENTAGE] = HASS_ENTITY_SERVICE(
        "set_percentage", "Sets the speed of fans", .schema = &percentage_schema,
        .required_features = FAN_SET_SPEED, .async_handler = act),
    [FAN_ACTION_SET_PRESET_MODE] = HASS_ENTITY_SERVICE(
        "set_preset_mode", "Sets a preset of fans", .schema = &preset_schema,
        .feature_sets = HASS_FEATURE_SETS(FAN_SET_SPEED, FAN_PRESET_MODE), .async_handler = act),
    [FAN_ACTION_OSCILLATE] = HASS_ENTITY_SERVICE(
        "oscillate", "Makes fans turn to and fro, or not", .schema = &oscillate_schema,
        .required_features = FAN_OSCILLATE, .async_handler = act),
    [FAN_ACTION_SET_DIRECTION] = HASS_ENTITY_SERVICE(
        "set_direction", "Sets which way fans turn", .schema = &direction_schema,
        .required_features = FAN_DIRECTION, .async_handler = act),
    HASS_ENTITY_SERVICE("toggle", "Turns fans on that are off, and off that are on",
                        .async_handler = toggle),
    HASS_ENTITY_SERVICE("increase_speed", "Makes fans faster", .schema = &step_schema,
                        .required_features = FAN_SET_SPEED, .async_handler = change_speed),
    HASS_ENTITY_SERVICE("decrease_speed", "Makes fans slower", .schema = &step_schema,
                        .required_features = FAN_SET_SPEED, .async_handler = change_speed),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "fan",
                             .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);
}
