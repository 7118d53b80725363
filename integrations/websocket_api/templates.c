/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_template: a template's result, and each new one; and hassd/template/explain, our own, which tells all about a template.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/template.h>

#include "connection.h"

/* render_template */

HASS_SCHEMA(
    render_schema, HASS_FIELD("template", &hass_type_string, .required = true, .doc = "Its text"),
    HASS_FIELD("entity_ids", &hass_type_entity_ids, .doc = "Not used any more"),
    HASS_FIELD("variables", &hass_type_map, .nullable = true, .doc = "What it finds"),
    HASS_FIELD("timeout", &hass_type_number, .nullable = true,
               .doc = "Answer with an error when it fails at once, or takes so many seconds"),
    HASS_FIELD("strict", &hass_type_bool, .fallback = "false",
               .doc = "An undefined variable is an error"),
    HASS_FIELD("report_errors", &hass_type_bool, .fallback = "false",
               .doc = "Send errors and warnings, too"));

/* One subscription; owned by the job. */
struct view {
    struct websocket_connection *connection;
    int64_t id;
    struct hass_sub *sub;
    struct hass_template_variables *variables;
    bool report_errors;
    bool quiet; /* nothing may be sent before the answer */
};

static void view_destroy(void *object)
{
    struct view *view = object;

    hass_template_variables_destroy(view->variables);
    connection_unref(view->connection);
    free(view);
}

static HASS_CALLBACK void send(struct view *view, json_t *event)
{
    autobuf text = HASS_BUF_INIT;

    hass_json_write(event, &text);
    json_decref(event);
    connection_send_event(view->connection, view->id, text.data, text.length);
}

static HASS_CALLBACK void send_error(struct view *view, enum hass_log_level level,
                                     const char *message)
{
    send(view, json_pack("{s:s, s:s}", "error", message, "level", hass_log_level_name(level)));
}

static void on_log(enum hass_log_level level, const char *message, void *userdata)
{
    struct view *view = userdata;

    hass__assert_loop();
    if (view->report_errors && !view->quiet)
        send_error(view, level, message);
}

static HASS_CALLBACK int on_result(const struct hass_template_updates *updates, void *userdata,
                                   struct hass_error *err)
{
    struct view *view = userdata;
    const struct hass_template_update *update = &updates->updates[0];

    if (!update->error)
        send(view, json_pack("{s:O, s:o}", "result", update->result, "listeners",
                             hass_track_template_async_listeners(view->sub)));
    else if (view->report_errors)
        send_error(view, HASS_LOG_ERROR, update->error);
    return 0;
}

static struct hass_template_variables *variables_of(const json_t *message)
{
    struct hass_template_variables *variables = hass_template_variables_create();
    const json_t *given = hass_json_get(message, "variables");

    if (json_is_object(given))
        hass_template_variables_set_all(variables, hass_json_ref(given));
    return variables;
}

/* With a timeout a template that fails at once is answered with its error. No render takes longer than a tenth of a second. */
static HASS_CALLBACK int try_first(const struct view *view, const json_t *message,
                                   struct hass_template *template, struct hass_error *err)
{
    const struct hass_template_options options = {
        .size = sizeof(options),
        .variables = view->variables,
        .strict = hass_json_get_bool(message, "strict", false),
        .log = on_log,
        .log_userdata = (void *)view,
    };
    autojson *result = NULL;

    if (!json_is_number(hass_json_get(message, "timeout")))
        return 0;
    return hass_template_async_render(template, &options, &result, err);
}

static HASS_CALLBACK int start_view(struct websocket_request *request, struct view *view,
                                    struct hass_template *template, struct hass_error *err)
{
    const struct hass_track_template one = { .template = template, .variables = view->variables };
    const struct hass_track_templates what = {
        .size = sizeof(what),
        .templates = &one,
        .count = 1,
        .strict = hass_json_get_bool(request->message, "strict", false),
        .log = on_log,
        .log_userdata = view,
    };
    struct hass_sub *sub;
    int r = hass_async_track_template_result(
        request->connection->hass, &what,
        HASS_JOB_CALLBACK(on_result, view, .destroy = view_destroy), &sub, err);

    if (r < 0)
        return r;
    view->sub = sub;
    r = request_subscribe(request, sub, err);
    if (r < 0)
        return r;
    request_answer(request, "null");
    /* Sending may have found out that the client has gone, which has freed @view. */
    if (request->connection->closed)
        return 0;
    view->quiet = false;
    return hass_track_template_async_refresh(sub, err);
}

static HASS_CALLBACK int render_template(struct websocket_request *request, struct hass_buf *result,
                                         struct hass_error *err)
{
    struct websocket_connection *connection = request->connection;
    const json_t *message = request->message;
    struct hass_error failure = HASS_ERROR_INIT;
    autounref(hass_template) *template = NULL;

    if (hass_template_new(connection->hass, hass_json_get_string(message, "template", ""),
                          &template, &failure) < 0)
        return request_refuse(request, "template_error", failure.message);
    struct view *view = calloc(1, sizeof(*view));
    *view = (struct view){
        .connection = connection_ref(connection),
        .id = request->id,
        .variables = variables_of(message),
        .report_errors = hass_json_get_bool(message, "report_errors", false),
        .quiet = true,
    };
    if (try_first(view, message, template, &failure) < 0) {
        view_destroy(view);
        return request_refuse(request, "template_error", failure.message);
    }
    return start_view(request, view, template, err);
}

/* hassd/template/explain */

HASS_SCHEMA(explain_schema,
            HASS_FIELD("template", &hass_type_string, .required = true, .doc = "Its text"),
            HASS_FIELD("variables", &hass_type_map, .nullable = true, .doc = "What it finds"),
            HASS_FIELD("strict", &hass_type_bool, .fallback = "false",
                       .doc = "An undefined variable is an error"));

static HASS_CALLBACK int explain(struct websocket_request *request, struct hass_buf *result,
                                 struct hass_error *err)
{
    const json_t *message = request->message;
    struct hass_template_variables *variables = variables_of(message);
    const struct hass_template_options options = {
        .size = sizeof(options),
        .variables = variables,
        .strict = hass_json_get_bool(message, "strict", false),
    };
    autojson *answer = hass_template_async_explain(
        request->connection->hass, hass_json_get_string(message, "template", ""), &options);

    hass_template_variables_destroy(variables);
    hass_json_write(answer, result);
    return 0;
}

static const struct websocket_command template_commands[] = {
    WEBSOCKET_COMMAND("render_template", render_template, .schema = &render_schema),
    WEBSOCKET_COMMAND("hassd/template/explain", explain, .schema = &explain_schema),
};

int templates_register(struct hass *hass, struct hass_error *err)
{
    for (size_t i = 0; i < sizeof(template_commands) / sizeof(template_commands[0]); i++) {
        int r = commands_add(hass, &template_commands[i], err);
        if (r < 0)
            return r;
    }
    return 0;
}
