/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain alarm_control_panel. Services to disarm, to arm in five ways, and to trigger, each with a code.
 *
 * Configuration: a list of platforms (`alarm_control_panel: [{platform: …}]`); the domain has no options of its own.
 */
#include "alarm_control_panel.h"

#include <stdio.h>
#include <stdlib.h>

#include <hass/integration.h>

#define SCAN_INTERVAL   30.0 /* seconds; the model's for this domain */
#define CODE_CHARACTERS 255

HASS_MANIFEST(.domain = "alarm_control_panel", .name = "Alarm control panel",
              .version = HASS_VERSION);

static const struct alarm_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

static struct hass_value state(struct hass_entity *entity)
{
    struct alarm_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    return hass_value_string(now.state);
}

static void state_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    struct alarm_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    hass_attrs_set(writer, "code_format", hass_value_string(now.code_format));
    hass_attrs_set(writer, "changed_by", hass_value_string(now.changed_by));
    hass_attrs_set(writer, "code_arm_required", HASS_BOOL(now.code_arm_required));
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .state_attributes = state_attributes,
    .has_supported_features = true,
};

/* A command with its code in one block: the pool may work on it when the call has long been given up. */
struct order {
    struct alarm_command command;
    char code[CODE_CHARACTERS * 4 + 1];
};

static struct order *order_new(enum alarm_action action, const char *code)
{
    struct order *order = calloc(1, sizeof(*order));

    snprintf(order->code, sizeof(order->code), "%s", code);
    order->command = (struct alarm_command){
        .size = sizeof(order->command),
        .action = action,
        .code = *order->code ? order->code : NULL,
    };
    return order;
}

static HASS_BLOCKING int command_on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                         void *values, void *arg, struct hass_error *err)
{
    const struct order *order = arg;

    return ops_of(entity)->command(worker, entity, &order->command, values, err);
}

/* @order is taken. */
static HASS_COROUTINE int carry_out(struct hass_entity *entity,
                                    const struct hass_service_call *call, struct order *order,
                                    struct hass_error *err)
{
    autofree struct order *owned = order;
    int r;

    if (ops_of(entity)->async_command)
        r = ops_of(entity)->async_command(entity, &owned->command, err);
    else if (ops_of(entity)->command)
        r = hass_entity_async_work(entity, command_on_pool, steal(owned), free, err);
    else
        r = hass_entity_unsupported(entity, call, err);
    return r < 0 ? r : hass_entity_async_write_ha_state(entity, err);
}

/* The rows are in the order of enum alarm_action. */
#define SERVICE_COUNT (ALARM_ACTION_TRIGGER + 1)
static const struct hass_entity_service_row services[SERVICE_COUNT];

static bool is_arming(enum alarm_action action)
{
    return action != ALARM_ACTION_DISARM && action != ALARM_ACTION_TRIGGER;
}

/* The code of a call, else the one that its user has set for arming and disarming without. */
static HASS_CALLBACK struct order *read_order(struct hass_entity *entity,
                                              const struct hass_service_call *call)
{
    enum alarm_action action = (enum alarm_action)hass_service_place(services, call);
    const char *code = hass_json_get_string(hass_service_call_data(call), "code", "");
    autojson *options = hass_entity_registry_options(entity, "alarm_control_panel");

    if (!*code && action != ALARM_ACTION_TRIGGER)
        code = hass_json_get_string(options, "default_code", "");
    return order_new(action, code);
}

static HASS_COROUTINE int act(struct hass_entity *entity, const struct hass_service_call *call,
                              struct hass_error *err)
{
    autofree struct order *order = read_order(entity, call);
    struct alarm_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    if (is_arming(order->command.action) && now.code_format && now.code_arm_required &&
        !order->command.code)
        return hass_fail_key(err, HASS_E_SERVICE_VALIDATION, "code_arm_required",
                             "arming requires a code but none was given for %s",
                             hass_entity_async_entity_id(entity));
    return carry_out(entity, call, steal(order), err);
}

HASS_SCHEMA(code_schema, HASS_FIELD("code", &hass_type_string, .max = CODE_CHARACTERS,
                                    .secret = true, .doc = "In the format of code_format"));

#define ALARM_SERVICE(name_, description_, features_)                                              \
    HASS_ENTITY_SERVICE(name_, description_, .schema = &code_schema,                               \
                        .required_features = (features_), .async_handler = act)

static const struct hass_entity_service_row services[SERVICE_COUNT] = {
    [ALARM_ACTION_DISARM] = ALARM_SERVICE("alarm_disarm", "Disarms the alarm", 0),
    [ALARM_ACTION_ARM_HOME] =
        ALARM_SERVICE("alarm_arm_home", "Arms the alarm, people stay at home", ALARM_ARM_HOME),
    [ALARM_ACTION_ARM_AWAY] =
        ALARM_SERVICE("alarm_arm_away", "Arms the alarm, people leave", ALARM_ARM_AWAY),
    [ALARM_ACTION_ARM_NIGHT] =
        ALARM_SERVICE("alarm_arm_night", "Arms the alarm for the night", ALARM_ARM_NIGHT),
    [ALARM_ACTION_ARM_VACATION] =
        ALARM_SERVICE("alarm_arm_vacation", "Arms the alarm for a vacation", ALARM_ARM_VACATION),
    [ALARM_ACTION_ARM_CUSTOM_BYPASS] =
        ALARM_SERVICE("alarm_arm_custom_bypass", "Arms the alarm without some of its sensors",
                      ALARM_ARM_CUSTOM_BYPASS),
    [ALARM_ACTION_TRIGGER] = ALARM_SERVICE("alarm_trigger", "Triggers the alarm", ALARM_TRIGGER),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "alarm_control_panel",
                             .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);
}
