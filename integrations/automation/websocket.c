/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about automations. */
#include <hass/dt.h>

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

HASS_SCHEMA(why_schema, HASS_FIELD("entity_id", &hass_type_entity_id, .required = true,
                                   .doc = "What has changed"));
HASS_SCHEMA(why_not_schema,
            HASS_FIELD("entity_id", &hass_type_entity_id, .required = true,
                       .doc = "The automation"),
            HASS_FIELD("since", &hass_type_string, .doc = "ISO time; else all that is remembered"));

/* The chain of causes of what an entity is; see why.c. */
static HASS_COROUTINE int why(struct websocket_request *request, struct hass_buf *result,
                              struct hass_error *err)
{
    const struct websocket_api *api = websocket_api_of(request);
    struct hass *hass = api->hass(request);
    int r = hass_traces_async_load(hass, err);

    if (r < 0)
        return r;
    autojson *answer =
        why_explain(hass, hass_json_get_string(api->message(request), "entity_id", ""));
    if (!answer)
        return not_found(err);
    hass_json_write(answer, result);
    return 0;
}

static HASS_CALLBACK int why_not(struct websocket_request *request, struct hass_buf *result,
                                 struct hass_error *err)
{
    const json_t *message = websocket_api_of(request)->message(request);
    const char *text = hass_json_get_string(message, "since", NULL);
    struct automation *automation = asked_for(request);
    int64_t since = 0;

    if (!automation)
        return not_found(err);
    if (text && hass_dt_parse(text, NULL, &since, NULL) < 0)
        return hass_fail(err, HASS_E_INVALID,
                         "since: expected a time such as 2024-03-05T10:00:00+00:00, got '%s'",
                         text);
    autojson *answer = why_not_explain(automation, since);
    hass_json_write(answer, result);
    return 0;
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("hassd/why", why, .schema = &why_schema, .coroutine = true),
    WEBSOCKET_COMMAND("hassd/why_not", why_not, .schema = &why_not_schema),
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
