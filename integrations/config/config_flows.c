/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of config_entries/flow, config_entries/options/flow, config_entries/subentries/flow and repairs/issues/fix:
 * beginning dialogues, going on with them, ending them, and following those that began by themselves. What the frontend does
 * over REST are messages here, with the same answers.
 */
#include <string.h>

#include <hass/integration.h>

#include "commands.h"

HASS_SCHEMA(begin_schema,
            HASS_FIELD("handler", &hass_type_string, .required = true,
                       .doc = "The integration; of options: the entry's id"),
            HASS_FIELD("show_advanced_options", &hass_type_bool, .fallback = "false",
                       .doc = "For users who know more"),
            HASS_FIELD("entry_id", &hass_type_string, .doc = "Reconfigures this entry"),
            HASS_FIELD("issue_id", &hass_type_string, .doc = "Mends this issue"));
HASS_SCHEMA(subentry_schema,
            HASS_FIELD("handler", &hass_type_string, .list = true, .required = true,
                       .doc = "The entry's id and the type of the part"),
            HASS_FIELD("show_advanced_options", &hass_type_bool, .fallback = "false",
                       .doc = "For users who know more"),
            HASS_FIELD("subentry_id", &hass_type_string, .doc = "Reconfigures this part"));
HASS_SCHEMA(flow_schema,
            HASS_FIELD("flow_id", &hass_type_string, .required = true, .doc = "Which dialogue"));
HASS_SCHEMA(configure_schema,
            HASS_FIELD("flow_id", &hass_type_string, .required = true, .doc = "Which dialogue"),
            HASS_FIELD("user_input", &hass_type_map, .doc = "What was entered"));
HASS_SCHEMA(handlers_schema,
            HASS_FIELD("type_filter", &hass_type_string, .list = true,
                       .doc = "Types of integrations: device, hub, service, helper, …"));
HASS_SCHEMA(ignore_schema,
            HASS_FIELD("flow_id", &hass_type_string, .required = true, .doc = "Which dialogue"),
            HASS_FIELD("title", &hass_type_string, .required = true, .max = 255,
                       .doc = "What it is called among the ignored"));

/* A command's userdata says which kind of flow it is for. */
static const enum hass_flow_kind config_kind = HASS_FLOW_CONFIG, options_kind = HASS_FLOW_OPTIONS,
                                 repair_kind = HASS_FLOW_REPAIR, subentry_kind = HASS_FLOW_SUBENTRY;

static HASS_CALLBACK enum hass_flow_kind kind_of(const struct websocket_request *request)
{
    const enum hass_flow_kind *kind = websocket_api_of(request)->command(request)->userdata;

    return *kind;
}

/* leading */

/* @step is taken. */
static HASS_CALLBACK int answer(struct websocket_request *request, int r, json_t *step,
                                const struct hass_error *problem, struct hass_buf *result,
                                struct hass_error *err)
{
    const struct websocket_api *api = websocket_api_of(request);

    if (r >= 0) {
        commands_answer(step, result); /* of refused input: {"errors": {field: text}} */
        return 0;
    }
    if (r == HASS_E_NOT_FOUND)
        return api->refuse(request, "not_found", problem->message);
    if (r == HASS_E_UNSUPPORTED || r == HASS_E_LIMIT)
        return api->refuse(request, "invalid_info", problem->message);
    return hass_error_copy(err, problem);
}

static HASS_COROUTINE int begin(struct websocket_request *request, struct hass_buf *result,
                                struct hass_error *err)
{
    const json_t *message = commands_message(request);
    const char *entry_id = hass_json_get_string(message, "entry_id", NULL);
    struct hass_error problem = HASS_ERROR_INIT;
    json_t *step = NULL;
    json_t *context = json_pack("{s:s, s:b}", "source", entry_id ? "reconfigure" : "user",
                                "show_advanced_options",
                                (int)hass_json_get_bool(message, "show_advanced_options", false));

    const char *issue_id = hass_json_get_string(message, "issue_id", NULL);

    if (entry_id)
        json_object_set_new(context, "entry_id", json_string(entry_id));
    if (issue_id)
        json_object_set_new(context, "issue_id", json_string(issue_id));
    int r =
        hass_flows_async_init(commands_hass(request), kind_of(request),
                              commands_text(request, "handler"), context, NULL, &step, &problem);
    return answer(request, r, step, &problem, result, err);
}

static HASS_COROUTINE int begin_subentry(struct websocket_request *request, struct hass_buf *result,
                                         struct hass_error *err)
{
    const json_t *message = commands_message(request);
    const json_t *handler = hass_json_get(message, "handler");
    const char *subentry_id = hass_json_get_string(message, "subentry_id", NULL);
    struct hass_error problem = HASS_ERROR_INIT;
    json_t *step = NULL;

    if (json_array_size(handler) != 2)
        return websocket_api_of(request)->refuse(
            request, "invalid_format", "expected handler to be an entry's id and a type of part");
    json_t *context =
        json_pack("{s:s, s:O, s:b, s:s*}", "source", subentry_id ? "reconfigure" : "user",
                  "subentry_type", json_array_get(handler, 1), "show_advanced_options",
                  (int)hass_json_get_bool(message, "show_advanced_options", false), "subentry_id",
                  subentry_id);
    int r = hass_flows_async_init(commands_hass(request), HASS_FLOW_SUBENTRY,
                                  json_string_value(json_array_get(handler, 0)), context, NULL,
                                  &step, &problem);
    return answer(request, r, step, &problem, result, err);
}

static HASS_COROUTINE int go_on(struct websocket_request *request, struct hass_buf *result,
                                struct hass_error *err)
{
    const json_t *input = hass_json_get(commands_message(request), "user_input");
    struct hass_error problem = HASS_ERROR_INIT;
    json_t *step = NULL;
    int r = hass_flows_async_configure(commands_hass(request), kind_of(request),
                                       commands_text(request, "flow_id"),
                                       input ? hass_json_ref(input) : NULL, &step, &problem);

    return answer(request, r, step, &problem, result, err);
}

static HASS_CALLBACK int end(struct websocket_request *request, struct hass_buf *result,
                             struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;

    if (hass_flows_async_abort(commands_hass(request), kind_of(request),
                               commands_text(request, "flow_id"), &problem) < 0)
        return websocket_api_of(request)->refuse(request, "not_found", "Invalid flow specified");
    commands_answer(json_pack("{s:s}", "message", "Flow aborted"), result);
    return 0;
}

static HASS_COROUTINE int ignore(struct websocket_request *request, struct hass_buf *result,
                                 struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;
    int r = hass_flows_async_ignore(commands_hass(request), commands_text(request, "flow_id"),
                                    commands_text(request, "title"), &problem);

    if (r == HASS_E_NOT_FOUND || r == HASS_E_INVALID)
        return websocket_api_of(request)->refuse(
            request, r == HASS_E_INVALID ? "no_unique_id" : "not_found", problem.message);
    return r < 0 ? hass_error_copy(err, &problem) : 0;
}

/* following */

/* Who began a dialogue sees it already. */
static bool began_by_itself(const json_t *flow)
{
    const char *source = hass_json_get_string(hass_json_get(flow, "context"), "source", "");

    return strcmp(source, "user") && strcmp(source, "reconfigure");
}

static HASS_CALLBACK json_t *shown(struct hass *hass)
{
    autojson *all = hass_flows_async_progress(hass, HASS_FLOW_CONFIG);
    json_t *list = json_array();
    size_t i;
    json_t *flow;

    json_array_foreach(all, i, flow)
        if (began_by_itself(flow))
            json_array_append(list, flow);
    return list;
}

/* what there is to begin with */

static HASS_COROUTINE int flow_handlers(struct websocket_request *request, struct hass_buf *result,
                                        struct hass_error *err)
{
    json_t *domains = NULL;
    int r = hass_async_flow_handlers(commands_hass(request),
                                     hass_json_get(commands_message(request), "type_filter"),
                                     &domains, err);

    if (r >= 0)
        commands_answer(domains, result);
    return r;
}

static HASS_CALLBACK int progress(struct websocket_request *request, struct hass_buf *result,
                                  struct hass_error *err)
{
    commands_answer(shown(commands_hass(request)), result);
    return 0;
}

struct follower {
    const struct websocket_api *api;
    struct websocket_connection *connection;
    int64_t id;
};

/* @event is taken. */
static HASS_CALLBACK void send(const struct follower *follower, json_t *event)
{
    autobuf text = HASS_BUF_INIT;

    hass_json_write(event, &text);
    json_decref(event);
    follower->api->send_event(follower->connection, follower->id, hass_buf_string(&text),
                              text.length);
}

static HASS_CALLBACK int on_flow_changed(const struct hass_signal *signal, void *userdata,
                                         struct hass_error *err)
{
    if (began_by_itself(hass_json_get(signal->data, "flow")))
        send(userdata, json_pack("[O]", signal->data));
    return 0;
}

static HASS_CALLBACK json_t *first_event(struct hass *hass)
{
    autojson *flows = shown(hass);
    json_t *list = json_array();
    size_t i;
    json_t *flow;

    json_array_foreach(flows, i, flow)
        json_array_append_new(list,
                              json_pack("{s:n, s:s, s:O}", "type", "flow_id",
                                        hass_json_get_string(flow, "flow_id", ""), "flow", flow));
    return list;
}

static HASS_CALLBACK int subscribe(struct websocket_request *request, struct hass_buf *result,
                                   struct hass_error *err)
{
    const struct websocket_api *api = websocket_api_of(request);
    struct hass *hass = commands_hass(request);
    struct follower *follower = calloc(1, sizeof(*follower));
    struct hass_sub *sub;

    *follower = (struct follower){ api, api->connection(request), api->id(request) };
    int r = hass_async_dispatcher_connect(
        hass, "config_flow_changed", HASS_JOB_CALLBACK(on_flow_changed, follower, .destroy = free),
        &sub, err);
    if (r >= 0)
        r = api->subscribe(request, sub, err);
    if (r < 0)
        return r;
    api->answer(request, "null");
    send(follower, first_event(hass));
    return 0;
}

#define FLOW_COMMANDS(prefix, kind, init, init_schema)                                             \
    WEBSOCKET_COMMAND(prefix "/init", init, .schema = &(init_schema), .admin = true,               \
                      .coroutine = true, .userdata = (void *)&(kind)),                             \
        WEBSOCKET_COMMAND(prefix "/configure", go_on, .schema = &configure_schema, .admin = true,  \
                          .coroutine = true, .userdata = (void *)&(kind)),                         \
        WEBSOCKET_COMMAND(prefix "/delete", end, .schema = &flow_schema, .admin = true,            \
                          .userdata = (void *)&(kind))

static const struct websocket_command commands[] = {
    FLOW_COMMANDS("config_entries/flow", config_kind, begin, begin_schema),
    FLOW_COMMANDS("config_entries/options/flow", options_kind, begin, begin_schema),
    FLOW_COMMANDS("config_entries/subentries/flow", subentry_kind, begin_subentry, subentry_schema),
    FLOW_COMMANDS("repairs/issues/fix", repair_kind, begin, begin_schema),
    WEBSOCKET_COMMAND("config_entries/flow_handlers", flow_handlers, .schema = &handlers_schema,
                      .admin = true, .coroutine = true),
    WEBSOCKET_COMMAND("config_entries/flow/progress", progress, .admin = true),
    WEBSOCKET_COMMAND("config_entries/flow/subscribe", subscribe, .admin = true),
    WEBSOCKET_COMMAND("config_entries/ignore_flow", ignore, .schema = &ignore_schema, .admin = true,
                      .coroutine = true),
};

int config_flows_add(struct hass *hass, struct hass_error *err)
{
    return COMMANDS_ADD(hass, commands, err);
}
