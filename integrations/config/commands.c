/* SPDX-License-Identifier: Apache-2.0 */
/* Adding tables of commands, and answers that several registries give alike. */
#include "commands.h"

#include <hass/integration.h>

int commands_add(struct hass *hass, const struct websocket_command *commands, size_t count,
                 struct hass_error *err)
{
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");
    int r = api ? 0 : hass_fail(err, HASS_E_NOT_READY, "websocket_api is not set up");

    for (size_t i = 0; i < count && r >= 0; i++)
        r = api->add_command(hass, &commands[i], err);
    return r;
}

struct hass *commands_hass(const struct websocket_request *request)
{
    return websocket_api_of(request)->hass(request);
}

const json_t *commands_message(const struct websocket_request *request)
{
    return websocket_api_of(request)->message(request);
}

const char *commands_text(const struct websocket_request *request, const char *key)
{
    return hass_json_get_string(commands_message(request), key, "");
}

json_t *commands_changes(const struct websocket_request *request, const char *key)
{
    json_t *changes = json_copy((json_t *)commands_message(request));

    json_object_del(changes, key);
    return changes;
}

int commands_refuse(struct websocket_request *request, const struct hass_error *problem)
{
    return websocket_api_of(request)->refuse(request, "invalid_info", problem->message);
}

void commands_answer(json_t *json, struct hass_buf *result)
{
    hass_json_write(json, result);
    json_decref(json);
}
