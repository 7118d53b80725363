/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain time: times of day that are set. Service set_value.
 *
 * Configuration: a list of platforms (`time: [{platform: …}]`); the domain has no options of its own.
 */
#include "time.h"

#include <stdio.h>

#include <hass/domain.h>
#include <hass/integration.h>

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "time", .name = "Time", .version = HASS_VERSION);

struct data {
    char text[HASS_DT_TEXT]; /* of the state being written */
};

static const struct time_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    struct data *data = hass_entity_async_domain_data(entity);
    struct hass_dt value = { .size = sizeof(value) };

    if (!ops_of(entity)->native_value(entity, &value))
        return HASS_NONE;
    snprintf(data->text, sizeof(data->text), "%02d:%02d:%02d", value.hour, value.minute,
             value.second);
    return hass_value_string(data->text);
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .data_size = sizeof(struct data),
};

/* service */

HASS_ENTITY_COMMAND(set, struct time_ops, set_value, struct hass_dt)

static HASS_COROUTINE int set_value(struct hass_entity *entity,
                                    const struct hass_service_call *call, struct hass_error *err)
{
    const char *text = hass_json_get_string(hass_service_call_data(call), "time", "");
    struct hass_dt value = { .size = sizeof(value) };

    if (sscanf(text, "%d:%d:%d", &value.hour, &value.minute, &value.second) != 3)
        return hass_fail(err, HASS_E_INVALID, "%s is not a time", text);
    return set(entity, call, &value, err);
}

HASS_SCHEMA(set_value_schema,
            HASS_FIELD("time", &hass_type_time, .required = true, .doc = "The new time"));

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("set_value", "Sets a time", .schema = &set_value_schema,
                        .async_handler = set_value),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "time",
                             .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);
}
