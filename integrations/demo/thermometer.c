/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of the entry that its user adds: thermometers, each warmer or colder than the weather by so much. The dialogue that
 * makes and changes one, and its sensor, whose description is in its userdata.
 */
#include <string.h>

#include "parts.h"
#include "sensor/sensor.h"

HASS_SCHEMA(thermometer_schema,
            HASS_FIELD("name", &hass_type_string, .required = true, .min = 1, .max = 40,
                       .doc = "What it is called"),
            HASS_FIELD("offset", &hass_type_number, .min = -50, .max = 50, .fallback = "0",
                       .doc = "Degrees warmer than the weather"));

/* the dialogue */

static HASS_COROUTINE int step_user(struct hass_flow *flow, const json_t *input,
                                    struct hass_error *err)
{
    const char *name = hass_json_get_string(input, "name", "");

    if (!input)
        return hass_flow_async_show_form(flow, "user", NULL, err);
    /* One of each name: a part's unique id tells it from the entry's others. */
    int r = hass_flow_async_set_unique_id(flow, name, err);
    if (r >= 0)
        r = hass_flow_async_abort_if_configured(flow, NULL, err);
    return r < 0 ? r : hass_flow_async_create_entry(flow, name, hass_json_ref(input), NULL, err);
}

static HASS_COROUTINE int step_reconfigure(struct hass_flow *flow, const json_t *input,
                                           struct hass_error *err)
{
    const json_t *data = hass_json_get(hass_flow_async_subentry(flow), "data");

    if (!input)
        return hass_flow_async_show_form(flow, "reconfigure",
                                         HASS_FLOW_FORM(.suggested = json_deep_copy(data)), err);
    return hass_flow_async_update_and_abort(flow, hass_json_ref(input), err);
}

const struct hass_flow_handler demo_thermometer_flow =
    HASS_FLOW_HANDLER(.steps = HASS_FLOW_STEPS(
                          HASS_FLOW_STEP("user", step_user, .schema = &thermometer_schema),
                          HASS_FLOW_STEP("reconfigure", step_reconfigure,
                                         .schema = &thermometer_schema)));

/* the sensor */

/* What the description lends must live as long as the entity: it is the entity's. */
struct thermometer {
    struct hass_entity_description description;
    char *name, *subentry_id;
    double offset;
};

struct reading {
    double temperature;
};

static HASS_CALLBACK struct hass_value temperature(struct hass_entity *entity)
{
    const struct reading *reading = hass_entity_async_values(entity);

    return HASS_DOUBLE(reading->temperature);
}

static HASS_CALLBACK int on_weather(const struct hass_signal *signal, void *userdata,
                                    struct hass_error *err)
{
    struct hass_entity *entity = userdata;
    const struct thermometer *thermometer = hass_entity_userdata(entity);
    struct reading *reading = hass_entity_async_values(entity);

    reading->temperature = json_number_value(signal->data) + thermometer->offset;
    return hass_entity_async_write_ha_state(entity, err);
}

static HASS_COROUTINE int subscribe(struct hass_entity *entity, struct hass_error *err)
{
    struct hass_sub *sub;
    int r = hass_async_dispatcher_connect(hass_entity_hass(entity), DEMO_SIGNAL_WEATHER,
                                          HASS_JOB_CALLBACK(on_weather, entity), &sub, err);

    return r < 0 ? r : hass_entity_async_remove_later(entity, sub, err);
}

static void destroy(struct hass_entity *entity)
{
    struct thermometer *thermometer = hass_entity_userdata(entity);

    free(thermometer->name);
    free(thermometer->subentry_id);
    free(thermometer);
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct reading), .async_added_to_hass = subscribe,
                    .destroy = destroy);
static const struct sensor_ops sensor =
    SENSOR_OPS(.native_value = temperature, .state_class = "measurement");

struct hass_entity *demo_new_thermometer(struct hass *hass, const json_t *subentry, double now)
{
    struct thermometer *thermometer = calloc(1, sizeof(*thermometer));
    const json_t *data = hass_json_get(subentry, "data");

    *thermometer = (struct thermometer){
        .name = strdup(hass_json_get_string(subentry, "title", "")),
        .subentry_id = strdup(hass_json_get_string(subentry, "subentry_id", "")),
        .offset = hass_json_get_number(data, "offset", 0),
    };
    /* Its entity goes with the part that it names. */
    thermometer->description = (struct hass_entity_description)
        HASS_ENTITY_DESCRIPTION(.name = thermometer->name, .unique_id = thermometer->subentry_id,
                                .config_subentry_id = thermometer->subentry_id,
                                .device_class = "temperature", .unit_of_measurement = "°C");
    const struct reading first = { .temperature = now + thermometer->offset };
    return hass_entity_new(hass, &ops, &thermometer->description, &sensor, &first, thermometer);
}
