/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the editor of automations asks: is this valid, when does this trigger fire, what does this condition say, run these actions.
 * Nothing of it needs an automation to be there.
 */
#include <errno.h>
#include <stdlib.h>

#include <hass/condition.h>
#include <hass/event_helpers.h>
#include <hass/script.h>
#include <hass/trigger.h>

#include "connection.h"

/* validate_config */

typedef int part_check_fn(struct hass *hass, const json_t *value, enum hass_kinds kinds,
                          json_t **ret_config, struct hass_error *err);

static const struct {
    const char *key;
    part_check_fn *check;
} parts[] = {
    { "triggers", hass_triggers_async_check },    { "conditions", hass_conditions_async_check },
    { "actions", hass_script_async_check },       { "trigger", hass_triggers_async_check },
    { "condition", hass_conditions_async_check }, { "action", hass_script_async_check },
};

#define PART(key) HASS_FIELD(key, &hass_type_any, .doc = "To be checked")
HASS_SCHEMA(validate_schema, PART("triggers"), PART("conditions"), PART("actions"), PART("trigger"),
            PART("condition"), PART("action"));

static HASS_COROUTINE int validate_config(struct websocket_request *request,
                                          struct hass_buf *result, struct hass_error *err)
{
    autojson *answer = json_object();

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        const json_t *part = hass_json_get(request->message, parts[i].key);
        struct hass_error own = HASS_ERROR_INIT;
        autojson *checked = NULL;
        if (!part)
            continue;
        int r = parts[i].check(request->connection->hass, part, HASS_KINDS_OPEN, &checked, &own);
        bool valid = r >= 0;
        if (r == -ECANCELED)
            return hass_error_copy(err, &own);
        json_object_set_new(
            answer, parts[i].key,
            json_pack("{s:b, s:s?}", "valid", valid, "error", valid ? NULL : own.message));
    }
    hass_json_write(answer, result);
    return 0;
}

/* subscriptions */

/* One subscription; owned by its job. */
struct watch {
    struct websocket_connection *connection;
    int64_t id;
    struct hass_variables *variables;
    struct hass_triggers *triggers;
    struct hass_conditions *conditions;
    int last; /* what was said of the condition; -2: nothing yet */
};

static void watch_destroy(void *object)
{
    struct watch *watch = object;

    hass__assert_loop();
    hass_triggers_async_detach(watch->triggers);
    hass_conditions_destroy(watch->conditions);
    hass_variables_unref(watch->variables);
    connection_unref(watch->connection);
    free(watch);
}

static HASS_CALLBACK struct watch *watch_new(struct websocket_request *request)
{
    struct watch *watch = calloc(1, sizeof(*watch));
    const json_t *variables = hass_json_get(request->message, "variables");

    watch->connection = connection_ref(request->connection);
    watch->id = request->id;
    watch->last = -2;
    watch->variables = hass_variables_new(NULL);
    if (json_is_object(variables))
        hass_variables_set_all(watch->variables, json_copy((json_t *)variables));
    return watch;
}

static HASS_CALLBACK void send(const struct watch *watch, json_t *event)
{
    autobuf text = HASS_BUF_INIT;

    hass_json_write(event, &text);
    json_decref(event);
    connection_send_event(watch->connection, watch->id, hass_buf_string(&text), text.length);
}

/* subscribe_trigger */

HASS_SCHEMA(trigger_schema,
            HASS_FIELD("trigger", &hass_type_any, .required = true,
                       .doc = "One trigger, or a list"),
            HASS_FIELD("variables", &hass_type_map, .nullable = true,
                       .doc = "Names for what templates use"));

static HASS_CALLBACK int on_fired(struct hass *hass, struct hass_variables *variables,
                                  const struct hass_context *context, void *userdata,
                                  struct hass_error *err)
{
    send(userdata, json_pack("{s:o, s:o}", "variables", hass_variables_as_json(variables),
                             "context", context ? hass_context_as_json(context) : json_null()));
    return 0;
}

static HASS_CALLBACK int on_nothing(const struct hass_signal *signal, void *userdata,
                                    struct hass_error *err)
{
    return 0;
}

static HASS_COROUTINE int subscribe_trigger(struct websocket_request *request,
                                            struct hass_buf *result, struct hass_error *err)
{
    struct hass *hass = request->connection->hass;
    autojson *checked = NULL;
    struct hass_sub *sub;
    int r = hass_triggers_async_check(hass, hass_json_get(request->message, "trigger"),
                                      HASS_KINDS_SET_UP, &checked, err);

    if (r < 0)
        return r;
    struct watch *watch = watch_new(request);
    r = hass_triggers_async_attach(
        hass,
        HASS_TRIGGERS_OPTIONS(.config = checked, .variables = watch->variables,
                              .name = "subscribe_trigger", .fired = on_fired, .userdata = watch),
        &watch->triggers, err);
    if (r < 0) {
        watch_destroy(watch);
        return r;
    }
    /* A signal that nobody sends: what counts is its end. */
    r = hass_async_dispatcher_connect(
        hass, "websocket_api.subscribe_trigger",
        HASS_JOB_CALLBACK(on_nothing, watch, .destroy = watch_destroy), &sub, err);
    if (r >= 0)
        r = request_subscribe(request, sub, err);
    return r;
}

/* conditions */

HASS_SCHEMA(condition_schema,
            HASS_FIELD("condition", &hass_type_any, .required = true,
                       .doc = "One condition, or a list"),
            HASS_FIELD("variables", &hass_type_map, .nullable = true,
                       .doc = "Names for what templates use"));

static HASS_COROUTINE int create_conditions(struct websocket_request *request,
                                            struct hass_conditions **ret_conditions,
                                            struct hass_error *err)
{
    struct hass *hass = request->connection->hass;
    autojson *checked = NULL;
    int r = hass_conditions_async_check(hass, hass_json_get(request->message, "condition"),
                                        HASS_KINDS_SET_UP, &checked, err);

    return r < 0 ? r : hass_conditions_async_create(hass, checked, ret_conditions, err);
}

static HASS_CALLBACK int test(const struct watch *watch, struct hass_error *err)
{
    return hass_conditions_async_test(watch->conditions, HASS_CONDITIONS_RAISE, watch->variables,
                                      NULL, NULL, "test_condition", err);
}

static HASS_COROUTINE int test_condition(struct websocket_request *request, struct hass_buf *result,
                                         struct hass_error *err)
{
    struct watch *watch = watch_new(request);
    int r = create_conditions(request, &watch->conditions, err);

    if (r >= 0)
        r = test(watch, err);
    watch_destroy(watch);
    if (r >= 0)
        hass_buf_printf(result, "{\"result\":%s}", r ? "true" : "false");
    return r < 0 ? r : 0;
}

/* Says what is new about the condition. */
static HASS_CALLBACK void look(struct watch *watch)
{
    struct hass_error err = HASS_ERROR_INIT;
    int r = test(watch, &err);
    int now = r < 0 ? -1 : r;

    if (now == watch->last)
        return;
    watch->last = now;
    send(watch,
         now < 0 ? json_pack("{s:s}", "error", err.message) : json_pack("{s:b}", "result", now));
}

static HASS_CALLBACK int on_second(const struct hass_tick *tick, void *userdata,
                                   struct hass_error *err)
{
    look(userdata);
    return 0;
}

static HASS_COROUTINE int subscribe_condition(struct websocket_request *request,
                                              struct hass_buf *result, struct hass_error *err)
{
    struct watch *watch = watch_new(request);
    struct hass_sub *sub;
    int r = create_conditions(request, &watch->conditions, err);

    if (r < 0) {
        watch_destroy(watch);
        return r;
    }
    r = hass_async_track_time_interval(
        request->connection->hass, 1, HASS_JOB_CALLBACK(on_second, watch, .destroy = watch_destroy),
        &sub, err);
    if (r >= 0)
        r = request_subscribe(request, sub, err);
    if (r < 0)
        return r;
    request_answer(request, "null");
    look(watch);
    return 0;
}

/* execute_script */

HASS_SCHEMA(execute_schema,
            HASS_FIELD("sequence", &hass_type_any, .required = true,
                       .doc = "One action, or a list"),
            HASS_FIELD("variables", &hass_type_map, .nullable = true,
                       .doc = "Names for what templates use"));

static HASS_COROUTINE int run(struct websocket_request *request, const json_t *sequence,
                              const struct hass_context *context, json_t **ret_response,
                              struct hass_error *err)
{
    const json_t *variables = hass_json_get(request->message, "variables");
    autounref(hass_variables) *scope = hass_variables_new(NULL);
    struct hass_script *script = NULL;
    int r = hass_script_async_create(
        request->connection->hass,
        HASS_SCRIPT_OPTIONS(.domain = "websocket_api", .name = "execute_script", .root = "sequence",
                            .sequence = sequence, .mode = HASS_SCRIPT_PARALLEL),
        &script, err);

    if (r < 0)
        return r;
    if (json_is_object(variables))
        hass_variables_set_all(scope, json_copy((json_t *)variables));
    r = hass_script_async_run(script, HASS_SCRIPT_START(.variables = scope, .context = context),
                              ret_response, err);
    hass_script_async_destroy(script);
    return r;
}

static HASS_COROUTINE int execute_script(struct websocket_request *request, struct hass_buf *result,
                                         struct hass_error *err)
{
    autounref(hass_context) const *context = request_context(request);
    autojson *checked = NULL, *response = NULL;
    int r = hass_script_async_check(request->connection->hass,
                                    hass_json_get(request->message, "sequence"), HASS_KINDS_SET_UP,
                                    &checked, err);

    if (r >= 0)
        r = run(request, checked, context, &response, err);
    if (r < 0)
        return r;
    autojson *answer =
        json_pack("{s:o, s:O?}", "context", hass_context_as_json(context), "response", response);
    hass_json_write(answer, result);
    return 0;
}

/* runs, as hassctl shows and stops them */

HASS_SCHEMA(stop_schema,
            HASS_FIELD("run_id", &hass_type_string, .required = true, .doc = "Which run"));

static HASS_CALLBACK int list_runs(struct websocket_request *request, struct hass_buf *result,
                                   struct hass_error *err)
{
    autojson *runs = hass_script_runs_async_list(request->connection->hass);

    hass_json_write(runs, result);
    return 0;
}

static HASS_CALLBACK int stop_run(struct websocket_request *request, struct hass_buf *result,
                                  struct hass_error *err)
{
    return hass_script_runs_async_stop(request->connection->hass,
                                       hass_json_get_string(request->message, "run_id", ""), err);
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("validate_config", validate_config, .schema = &validate_schema,
                      .coroutine = true),
    WEBSOCKET_COMMAND("subscribe_trigger", subscribe_trigger, .schema = &trigger_schema,
                      .admin = true, .coroutine = true),
    WEBSOCKET_COMMAND("subscribe_condition", subscribe_condition, .schema = &condition_schema,
                      .admin = true, .coroutine = true),
    WEBSOCKET_COMMAND("test_condition", test_condition, .schema = &condition_schema, .admin = true,
                      .coroutine = true),
    WEBSOCKET_COMMAND("execute_script", execute_script, .schema = &execute_schema, .admin = true,
                      .coroutine = true),
    WEBSOCKET_COMMAND("hassd/runs/list", list_runs),
    WEBSOCKET_COMMAND("hassd/runs/stop", stop_run, .schema = &stop_schema, .admin = true),
};

int automations_register(struct hass *hass, struct hass_error *err)
{
    int r = 0;

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]) && r >= 0; i++)
        r = commands_add(hass, &commands[i], err);
    return r;
}
