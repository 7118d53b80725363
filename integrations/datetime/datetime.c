/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain datetime: points in time that are set. Service set_value.
 *
 * Configuration: a list of platforms (`datetime: [{platform: …}]`); the domain has no options of its own.
 */
#include "datetime.h"

#include <hass/config.h>
#include <hass/domain.h>
#include <hass/dt.h>
#include <hass/integration.h>

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "datetime", .name = "Date/Time", .version = HASS_VERSION);

struct data {
    char text[HASS_DT_TEXT]; /* of the state being written */
};

static const struct datetime_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    struct data *data = hass_entity_async_domain_data(entity);
    int64_t value = 0;

    if (!ops_of(entity)->native_value(entity, &value))
        return HASS_NONE;
    hass_dt_iso(hass_dt_second(value), NULL, data->text);
    return hass_value_string(data->text);
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .data_size = sizeof(struct data),
};

/* service */

HASS_ENTITY_OP(set, struct datetime_ops, set_value, int64_t)

static HASS_COROUTINE int set_value(struct hass_entity *entity,
                                    const struct hass_service_call *call, struct hass_error *err)
{
    const char *text = hass_json_get_string(hass_service_call_data(call), "datetime", "");
    struct hass_zone *zone = hass_config_zone(hass_entity_hass(entity));
    int64_t value;
    int r = hass_dt_parse(text, zone, &value, err);

    hass_zone_unref(zone);
    return r < 0 ? r : set(entity, call, value, err);
}

HASS_SCHEMA(set_value_schema,
            HASS_FIELD("datetime", &hass_type_datetime, .required = true,
                       .doc = "The new date and time; without an offset it is the home's"));

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("set_value", "Sets a date and time", .schema = &set_value_schema,
                        .async_handler = set_value),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "datetime",
                             .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);
}
