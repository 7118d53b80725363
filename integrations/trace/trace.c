/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The integration trace: what clients ask of traces, and (debug.c) of runs that stand at breakpoints. It has no section; what keeps traces is
 * <hass/trace.h>. Model: components.trace
 */
#include <hass/trace.h>

#include "parts.h"

HASS_MANIFEST(.domain = "trace", .name = "Trace", .version = HASS_VERSION,
              .dependencies = HASS_LIST("websocket_api"), .integration_type = "system");

#define ITEM(required_)                                                                            \
    HASS_FIELD("domain", &hass_type_enum, .words = HASS_WORDS("automation", "script"),             \
               .required = (required_), .doc = "What kind of item"),                               \
        HASS_FIELD("item_id", &hass_type_string, .required = (required_),                          \
                   .doc = "The id of an automation, the object id of a script")

HASS_SCHEMA(get_schema, ITEM(true),
            HASS_FIELD("run_id", &hass_type_string, .required = true, .doc = "Which run"));
HASS_SCHEMA(list_schema,
            HASS_FIELD("domain", &hass_type_enum, .words = HASS_WORDS("automation", "script"),
                       .required = true, .doc = "What kind of item"),
            HASS_FIELD("item_id", &hass_type_string, .doc = "NULL: all of the domain"));
HASS_SCHEMA(contexts_schema, ITEM(false));

static HASS_COROUTINE int load(struct websocket_request *request, struct hass_error *err)
{
    return hass_traces_async_load(websocket_api_of(request)->hass(request), err);
}

static HASS_CALLBACK void answer(json_t *json, struct hass_buf *result)
{
    hass_json_write(json, result);
    json_decref(json);
}

static HASS_COROUTINE int get(struct websocket_request *request, struct hass_buf *result,
                              struct hass_error *err)
{
    int r = load(request, err);

    if (r < 0)
        return r;
    json_t *trace =
        hass_traces_async_get(websocket_api_of(request)->hass(request), asked(request, "domain"),
                              asked(request, "item_id"), asked(request, "run_id"));
    if (!trace)
        return hass_fail(err, HASS_E_NOT_FOUND, "The trace could not be found");
    answer(trace, result);
    return 0;
}

static HASS_COROUTINE int list(struct websocket_request *request, struct hass_buf *result,
                               struct hass_error *err)
{
    int r = load(request, err);

    if (r >= 0)
        answer(hass_traces_async_list(websocket_api_of(request)->hass(request),
                                      asked(request, "domain"), asked(request, "item_id")),
               result);
    return r;
}

static HASS_COROUTINE int contexts(struct websocket_request *request, struct hass_buf *result,
                                   struct hass_error *err)
{
    int r = load(request, err);

    if (r >= 0)
        answer(hass_traces_async_contexts(websocket_api_of(request)->hass(request),
                                          asked(request, "domain"), asked(request, "item_id")),
               result);
    return r;
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("trace/get", get, .schema = &get_schema, .admin = true, .coroutine = true),
    WEBSOCKET_COMMAND("trace/list", list, .schema = &list_schema, .admin = true, .coroutine = true),
    WEBSOCKET_COMMAND("trace/contexts", contexts, .schema = &contexts_schema, .admin = true,
                      .coroutine = true),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");
    int r = debug_add_commands(hass, err);

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]) && r >= 0; i++)
        r = api->add_command(hass, &commands[i], err);
    return r;
}
