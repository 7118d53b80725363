/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients ask of sensors: which device classes are numbers, and which units one converts to.
 */
#include "parts.h"
#include "websocket_api/websocket_api.h"

static HASS_CALLBACK int list_classes(struct websocket_request *request, struct hass_buf *result,
                                      struct hass_error *err)
{
    const struct hass_quantity *quantity;
    json_t *list = json_array();

    for (size_t pos = 0; hass_quantity_next(&pos, &quantity);) {
        if (!quantity->text)
            json_array_append_new(list, json_string(quantity->device_class));
    }
    autojson *answer = json_pack("{s:o}", "numeric_device_classes", list);
    hass_json_write(answer, result);
    return 0;
}

static HASS_CALLBACK int list_units(struct websocket_request *request, struct hass_buf *result,
                                    struct hass_error *err)
{
    const json_t *message = websocket_api_of(request)->message(request);
    const struct hass_quantity *quantity =
        hass_quantity_get(hass_json_get_string(message, "device_class", ""));
    const char *units = quantity ? quantity->unit_class : NULL;
    autojson *answer =
        json_pack("{s:o}", "units", hass_unit_class_as_json(hass_unit_class_get(units)));

    hass_json_write(answer, result);
    return 0;
}

HASS_SCHEMA(units_schema, HASS_FIELD("device_class", &hass_type_string, .required = true,
                                     .doc = "What is measured"));

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("sensor/numeric_device_classes", list_classes),
    WEBSOCKET_COMMAND("sensor/device_class_convertible_units", list_units, .schema = &units_schema),
};

int sensor_add_commands(struct hass *hass, struct hass_error *err)
{
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");
    int r = 0;

    for (size_t i = 0; api && r >= 0 && i < sizeof(commands) / sizeof(commands[0]); i++)
        r = api->add_command(hass, &commands[i], err);
    return r;
}
