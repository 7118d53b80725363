/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands trace/debug/…: breakpoints, for as long as somebody listens. When the last one who does has gone, and be it because the
 * connection broke, breakpoints are cleared and what stands goes on: no run stands that nobody sees.
 */
#include <stdlib.h>

#include <hass/dispatcher.h>
#include <hass/script.h>

#include "parts.h"

#define MAX_ID   255
#define MAX_NODE 1024

#define ITEM                                                                                       \
    HASS_FIELD("domain", &hass_type_enum, .words = HASS_WORDS("automation", "script"),             \
               .required = true, .doc = "What kind of item"),                                      \
        HASS_FIELD("item_id", &hass_type_string, .required = true, .min = 1, .max = MAX_ID,        \
                   .doc = "The id of an automation, the object id of a script")
#define NODE                                                                                       \
    HASS_FIELD("node", &hass_type_string, .required = true, .min = 1, .max = MAX_NODE,             \
               .doc = "The path of a step (action/0), or *: each step"),                           \
        HASS_FIELD("run_id", &hass_type_string, .min = 1, .max = MAX_ID,                           \
                   .doc = "Which run; any when absent")

HASS_SCHEMA(breakpoint_schema, ITEM, NODE);
HASS_SCHEMA(item_schema, ITEM);
HASS_SCHEMA(run_schema, ITEM,
            HASS_FIELD("run_id", &hass_type_string, .required = true, .min = 1, .max = MAX_ID,
                       .doc = "Which run"));

/* who listens */

/* The data of the integration. */
struct audience {
    size_t count;
};

struct listener {
    struct hass *hass;
    const struct websocket_api *api;
    struct websocket_connection *connection;
    int64_t id;
};

static HASS_CALLBACK struct audience *audience(struct hass *hass)
{
    return hass_async_get_data(hass, "trace");
}

static HASS_CALLBACK int on_hit(const struct hass_signal *signal, void *userdata,
                                struct hass_error *err)
{
    const struct listener *listener = userdata;
    autobuf text = HASS_BUF_INIT;

    hass_json_write(signal->data, &text);
    listener->api->send_event(listener->connection, listener->id, hass_buf_string(&text),
                              text.length);
    return 0;
}

static void listener_destroy(void *object)
{
    struct listener *listener = object;

    hass__assert_loop();
    struct audience *all = audience(listener->hass);
    if (all && --all->count == 0)
        hass_script_breakpoints_async_clear(listener->hass);
    free(listener);
}

static HASS_CALLBACK int subscribe(struct websocket_request *request, struct hass_buf *result,
                                   struct hass_error *err)
{
    const struct websocket_api *api = websocket_api_of(request);
    struct hass *hass = api->hass(request);
    struct listener *listener = malloc(sizeof(*listener));
    struct hass_sub *sub;

    *listener = (struct listener){ hass, api, api->connection(request), api->id(request) };
    audience(hass)->count++;
    int r = hass_async_dispatcher_connect(
        hass, HASS_SCRIPT_BREAKPOINT_HIT,
        HASS_JOB_CALLBACK(on_hit, listener, .destroy = listener_destroy), &sub, err);
    return r < 0 ? r : api->subscribe(request, sub, err);
}

/* breakpoints */

static HASS_CALLBACK int set(struct websocket_request *request, struct hass_buf *result,
                             struct hass_error *err)
{
    struct hass *hass = websocket_api_of(request)->hass(request);

    if (!audience(hass)->count)
        return hass_fail(err, HASS_E_GENERAL,
                         "Nobody listens to breakpoints: send trace/debug/breakpoint/subscribe "
                         "before");
    return hass_script_breakpoint_async_set(hass, asked(request, "domain"),
                                            asked(request, "item_id"), asked(request, "run_id"),
                                            asked(request, "node"), err);
}

static HASS_CALLBACK int clear(struct websocket_request *request, struct hass_buf *result,
                               struct hass_error *err)
{
    hass_script_breakpoint_async_clear(websocket_api_of(request)->hass(request),
                                       asked(request, "domain"), asked(request, "item_id"),
                                       asked(request, "run_id"), asked(request, "node"));
    return 0;
}

static HASS_CALLBACK int list(struct websocket_request *request, struct hass_buf *result,
                              struct hass_error *err)
{
    autojson *all = hass_script_breakpoints_async_list(websocket_api_of(request)->hass(request));

    hass_json_write(all, result);
    return 0;
}

/* steps */

static HASS_CALLBACK int list_steps(struct websocket_request *request, struct hass_buf *result,
                                    struct hass_error *err)
{
    const char *domain = asked(request, "domain"), *item_id = asked(request, "item_id");
    autojson *steps =
        hass_script_steps_async_list(websocket_api_of(request)->hass(request), domain, item_id);

    if (!steps)
        return hass_fail(err, HASS_E_NOT_FOUND, "No %s %s has steps", domain, item_id);
    hass_json_write(steps, result);
    return 0;
}

/* runs */

/* Of a run that has ended meanwhile, or never was, the model says nothing. */
static HASS_CALLBACK int go(struct websocket_request *request, enum hass_script_debug how)
{
    (void)hass_script_runs_async_debug(websocket_api_of(request)->hass(request),
                                       asked(request, "domain"), asked(request, "item_id"),
                                       asked(request, "run_id"), how, NULL);
    return 0;
}

static HASS_CALLBACK int step(struct websocket_request *request, struct hass_buf *result,
                              struct hass_error *err)
{
    return go(request, HASS_SCRIPT_DEBUG_STEP);
}

static HASS_CALLBACK int go_on(struct websocket_request *request, struct hass_buf *result,
                               struct hass_error *err)
{
    return go(request, HASS_SCRIPT_DEBUG_CONTINUE);
}

static HASS_CALLBACK int stop(struct websocket_request *request, struct hass_buf *result,
                              struct hass_error *err)
{
    return go(request, HASS_SCRIPT_DEBUG_STOP);
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("trace/debug/breakpoint/subscribe", subscribe, .admin = true),
    WEBSOCKET_COMMAND("trace/debug/breakpoint/set", set, .schema = &breakpoint_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("trace/debug/breakpoint/clear", clear, .schema = &breakpoint_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("trace/debug/breakpoint/list", list, .admin = true),
    WEBSOCKET_COMMAND("hassd/debug/steps", list_steps, .schema = &item_schema, .admin = true),
    WEBSOCKET_COMMAND("trace/debug/step", step, .schema = &run_schema, .admin = true),
    WEBSOCKET_COMMAND("trace/debug/continue", go_on, .schema = &run_schema, .admin = true),
    WEBSOCKET_COMMAND("trace/debug/stop", stop, .schema = &run_schema, .admin = true),
};

int debug_add_commands(struct hass *hass, struct hass_error *err)
{
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");
    int r = hass_async_set_data(hass, "trace", calloc(1, sizeof(struct audience)), free, err);

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]) && r >= 0; i++)
        r = api->add_command(hass, &commands[i], err);
    return r;
}
