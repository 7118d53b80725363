/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about automations. */
#include "parts.h"
#include "websocket_api/websocket_api.h"

HASS_SCHEMA(entity_schema, HASS_FIELD("entity_id", &hass_type_entity_id, .required = true,
                                      .doc = "The automation"));

static HASS_CALLBACK struct automation *asked_for(struct websocket_request *request)
{
    const struct websocket_api *api = websocket_api_of(request);
    const char *entity_id = hass_json_get_string(api->message(request), "entity_id", "");

    return automation_find(api->hass(request), entity_id);
}

static HASS_CALLBACK int not_found(struct hass_error *err)
{
    return hass_fail(err, HASS_E_NOT_FOUND, "Entity not found");
}

/* {"config": what runs} */
static HASS_CALLBACK int config(struct websocket_request *request, struct hass_buf *result,
                                struct hass_error *err)
{
    const struct automation *automation = asked_for(request);

    if (!automation)
        return not_found(err);
    autojson *answer = json_pack("{s:O}", "config", automation->item.shown);
    hass_json_write(answer, result);
    return 0;
}

/* {"attempts": …, "pending": …}: why it has not run, and what it waits for. */
static HASS_CALLBACK int attempts(struct websocket_request *request, struct hass_buf *result,
                                  struct hass_error *err)
{
    const struct automation *automation = asked_for(request);

    if (!automation)
        return not_found(err);
    json_t *pending =
        automation->triggers ? hass_triggers_async_pending(automation->triggers) : json_array();
    autojson *answer = json_pack("{s:o, s:o, s:s?}", "attempts", attempts_as_json(automation),
                                 "pending", pending, "failure", automation->item.failure);
    hass_json_write(answer, result);
    return 0;
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("automation/config", config, .schema = &entity_schema),
    WEBSOCKET_COMMAND("hassd/automation/attempts", attempts, .schema = &entity_schema),
};

int websocket_add(struct hass *hass, struct hass_error *err)
{
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");
    int r = api ? 0 : hass_fail(err, HASS_E_NOT_READY, "websocket_api is not set up");

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]) && r >= 0; i++)
        r = api->add_command(hass, &commands[i], err);
    return r;
}
