/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps that act: calls of services, events, and what they leave in variables and responses. A call is made without a coroutine: when its
 * handler waits, the run waits for the handler's future.
 */
#include <string.h>

#include <hass/entity_registry.h>
#include <hass/services.h>

#include "base/mem.h"
#include "core/core.h"
#include "helpers/script.h"

/* what a call is made with */

struct request {
    const char *domain;
    const char *service;
    char name[160];
    json_t *data;
    json_t *target; /* or NULL */
};

static void request_fini(struct request *request)
{
    json_decref(request->data);
    json_decref(request->target);
}

/* Errors of the call's own templates are ordinary ones: a script may go on regardless. */
static int rendering_failed(const char *what, int r, const struct hass_error *problem,
                            struct hass_error *err)
{
    return hass_fail(err, r == HASS_E_TEMPLATE ? HASS_E_GENERAL : r, "%s: %s", what,
                     problem->message);
}

static HASS_CALLBACK int read_name(const struct script_step *step, struct hass_variables *variables,
                                   struct request *request, struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;
    autojson *rendered = NULL;
    const json_t *name = script_value_constant(step->call.name);

    if (!name) {
        int r = script_value_render(step->call.name, variables, &rendered, &problem);
        if (r < 0)
            return rendering_failed("the name of the action", r, &problem, err);
        name = rendered;
    }
    const char *text = json_is_string(name) ? json_string_value(name) : "";
    const char *dot = strchr(text, '.');
    if (!dot || dot == text || !dot[1] || strchr(dot + 1, '.') ||
        strlen(text) >= sizeof(request->name))
        return hass_fail(err, HASS_E_GENERAL, "the action is to be like light.turn_on, not '%.80s'",
                         text);
    for (size_t i = 0, end = strlen(text); i <= end; i++)
        request->name[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
    request->name[dot - text] = '\0';
    request->domain = request->name;
    request->service = request->name + (dot - text) + 1;
    return 0;
}

static bool is_registry_id(const char *text)
{
    return strlen(text) == 32 && strspn(text, "0123456789abcdef") == 32;
}

/* The editor names entities by the id of their row. Takes and gives a reference. */
static HASS_CALLBACK json_t *without_registry_ids(struct hass *hass, const json_t *value)
{
    if (json_is_string(value)) {
        const char *text = json_string_value(value);
        const struct hass_entity_entry *row =
            is_registry_id(text) ? hass_entity_registry_async_get(hass, text) : NULL;
        return row ? json_string(row->entity_id) : hass_json_ref(value);
    }
    if (!json_is_array(value))
        return hass_json_ref(value);
    json_t *list = json_array();
    json_t *item;
    size_t i;
    json_array_foreach((json_t *)value, i, item)
        json_array_append_new(list, without_registry_ids(hass, item));
    return list;
}

bool script_target_has_registry_ids(const json_t *target)
{
    const json_t *value = json_object_get(target, "entity_id");
    const json_t *item;
    size_t i;

    if (json_is_string(value))
        return is_registry_id(json_string_value(value));
    json_array_foreach((json_t *)value, i, item) {
        if (json_is_string(item) && is_registry_id(json_string_value(item)))
            return true;
    }
    return false;
}

int script_normalise_target(struct hass *hass, json_t *target, struct hass_error *err)
{
    static const struct hass_field field = HASS_FIELD("entity_id", &hass_type_entity_ids);
    struct hass_error problem = HASS_ERROR_INIT;
    const json_t *given = json_object_get(target, "entity_id");
    json_t *ids = NULL;

    if (!given)
        return 0;
    autojson *value = without_registry_ids(hass, given);
    int r = hass_type_entity_ids.check(&field, value, &ids, &problem);
    if (r < 0)
        return hass_fail(err, HASS_E_GENERAL, "the target: entity_id: %s", problem.message);
    json_object_set_new(target, "entity_id", ids);
    return 0;
}

static HASS_CALLBACK int read_target(struct hass *hass, const struct script_step *step,
                                     struct hass_variables *variables, struct request *request,
                                     struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;

    if (step->call.fixed_target) {
        request->target = json_incref(step->call.fixed_target);
        return 0;
    }
    request->target = json_object();
    int r = script_value_render_map(step->call.target, variables, request->target, &problem);
    if (r < 0)
        return rendering_failed("the target", r, &problem, err);
    if (step->call.entity_id)
        json_object_set(request->target, "entity_id", step->call.entity_id);
    return script_normalise_target(hass, request->target, err);
}

static HASS_CALLBACK int read_data(const struct script_step *step, struct hass_variables *variables,
                                   struct request *request, struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;

    if (step->call.fixed_data) {
        request->data = json_incref(step->call.fixed_data);
        return 0;
    }
    request->data = json_object();
    int r = script_value_render_map(step->call.data, variables, request->data, &problem);
    if (r == 0)
        r = script_value_render_map(step->call.data_template, variables, request->data, &problem);
    return r < 0 ? rendering_failed("the data", r, &problem, err) : 0;
}

static HASS_CALLBACK int prepare(struct hass *hass, const struct script_step *step,
                                 struct hass_variables *variables, struct request *request,
                                 struct hass_error *err)
{
    int r = read_name(step, variables, request, err);

    if (r == 0)
        r = read_target(hass, step, variables, request, err);
    if (r == 0)
        r = read_data(step, variables, request, err);
    return r;
}

/* A service that only answers needs somewhere to put the answer, and one that never does cannot be asked. */
static HASS_CALLBACK int check_response(struct hass *hass, const struct script_step *step,
                                        const struct request *request, struct hass_error *err)
{
    const struct service *service =
        services_find(&hass->services, request->domain, request->service);

    if (!service)
        return 0; // the call itself says so
    enum hass_supports_response supports = service->supports_response;
    if (supports == HASS_RESPONSE_ONLY && !step->call.response)
        return hass_fail(err, HASS_E_INVALID,
                         "%s.%s does nothing but answer: give it a response_variable",
                         request->domain, request->service);
    if (supports == HASS_RESPONSE_NONE && step->call.response)
        return hass_fail(err, HASS_E_INVALID,
                         "%s.%s does not answer: take its response_variable out", request->domain,
                         request->service);
    return 0;
}

static bool runs_script(const struct request *request)
{
    return strcmp(request->domain, "script") == 0 ||
           strcmp(request->domain, "python_script") == 0 ||
           (strcmp(request->domain, "automation") == 0 && strcmp(request->service, "trigger") == 0);
}

static HASS_CALLBACK void trace_call(struct hass_script_run *run, const struct request *request)
{
    if (!run->trace)
        return;
    json_t *params = json_object(); // not packed: it is done for each call
    json_object_set_new(params, "domain", json_string(request->domain));
    json_object_set_new(params, "service", json_string(request->service));
    json_object_set(params, "service_data", request->data);
    json_object_set(params, "target", request->target);
    script_detail(run, run->top->step, "params", params);
    script_detail(run, run->top->step, "running_script", json_boolean(runs_script(request)));
}

/* the call */

void script_call_destroy(struct script_call *call)
{
    if (!call)
        return;
    future_remove_waiter(&call->waiter);
    list_remove(&call->link);
    services_call_end(&call->started);
    free(call->service);
    free(call);
}

static void handler_ended(struct future_waiter *waiter)
{
    hass__assert_loop();
    script_wake(list_entry(waiter, struct script_call, waiter)->run, SCRIPT_CALLING);
}

static struct script_call *call_new(struct hass_script_run *run, const struct request *request)
{
    struct script_call *call = mem_zalloc(sizeof(*call));

    call->run = run;
    list_init(&call->link);
    list_init(&call->waiter.link);
    call->waiter.done = handler_ended;
    if (strcmp(request->domain, "script") == 0) {
        call->service = mem_strdup(request->service);
        list_append(&run->script->all->calls, &call->link);
    }
    return call;
}

static HASS_CALLBACK enum script_flow take_result(struct hass_script_run *run,
                                                  struct script_call *call, struct hass_error *err)
{
    const struct script_step *step = script_step_of(run->top);
    json_t *response = NULL;
    int r = services_call_result(&call->started, &response, err);

    script_call_destroy(call);
    if (r == -ECANCELED)
        return SCRIPT_CANCELS; // with the integration that it is of
    if (r < 0) {
        hass_fail(err, r, "%s", hass_error_name(r));
        return SCRIPT_FAILS;
    }
    if (step->call.response)
        hass_variables_assign(run->top->variables, step->call.response,
                              response ? response : json_object());
    else
        json_decref(response);
    return SCRIPT_NEXT;
}

static HASS_CALLBACK enum script_flow call_service(struct hass_script_run *run,
                                                   const struct script_step *step,
                                                   struct request *request, struct hass_error *err)
{
    struct script_call *call = call_new(run, request);
    const struct hass_call_options options = {
        .size = sizeof(options),
        .blocking = true,
        .return_response = step->call.response != NULL,
        .context = run->context,
        .target = step->call.fixed ? NULL : steal(request->target),
    };
    json_t *data = step->call.fixed ? json_incref(step->call.fixed) : steal(request->data);
    struct script_hass *all = run->script->all;
    const struct hass_script_run *outer = all->calling;

    all->calling = run;
    int r = services_call_start(run->script->hass, request->domain, request->service, data,
                                &options, &call->started, err);
    all->calling = outer;
    if (r < 0) {
        hass_fail(err, r, "%s", hass_error_name(r));
        script_call_destroy(call);
        return r == -ECANCELED ? SCRIPT_CANCELS : SCRIPT_FAILS;
    }
    if (!call->started.future || !future_add_waiter(call->started.future, &call->waiter))
        return take_result(run, call, err);
    run->call = call;
    run->wait = SCRIPT_CALLING;
    script_changed(run->script);
    return SCRIPT_WAITS;
}

enum script_flow script_step_call(struct hass_script_run *run, struct script_step *step,
                                  struct hass_error *err)
{
    __attribute__((cleanup(request_fini))) struct request request = { 0 };
    struct hass *hass = run->script->hass;

    script_log_step(run, step, 0);
    int r = prepare(hass, step, run->top->variables, &request, err);
    if (r == 0)
        r = check_response(hass, step, &request, err);
    if (r < 0)
        return SCRIPT_FAILS;
    trace_call(run, &request);
    return call_service(run, step, &request, err);
}

enum script_flow script_call_ended(struct hass_script_run *run, struct hass_error *err)
{
    return take_result(run, steal(run->call), err);
}

void script_call_stop(struct hass_script_run *run)
{
    if (services_call_cancel(&run->call->started))
        return; // it ends with its handler
    timer_cancel(&run->timer);
    script_call_destroy(steal(run->call));
    script_go(run, SCRIPT_CANCELS, NULL);
}

/* events */

/* What renders is sent, though some of it does not. */
static HASS_CALLBACK void add_event_data(struct hass_script_run *run,
                                         const struct script_value *value, json_t *data)
{
    struct hass_error problem = HASS_ERROR_INIT;

    if (script_value_render_map(value, run->top->variables, data, &problem) < 0)
        script_log(run->script, HASS_LOG_ERROR, "step %u (event): the data: %s",
                   run->top->index + 1, problem.message);
}

enum script_flow script_step_event(struct hass_script_run *run, struct script_step *step,
                                   struct hass_error *err)
{
    autojson *type = NULL;
    autojson *data = json_object();

    if (script_value_render(step->event.type, run->top->variables, &type, err) < 0)
        return SCRIPT_FAILS;
    if (!json_is_string(type)) {
        hass_fail(err, HASS_E_INVALID, "the event is to be a text");
        return SCRIPT_FAILS;
    }
    script_log_step(run, step, 0);
    add_event_data(run, step->event.data, data);
    add_event_data(run, step->event.data_template, data);
    script_detail(run, run->top->step, "event", json_incref(type));
    script_detail(run, run->top->step, "event_data", json_deep_copy(data));
    int r = hass_bus_async_fire(run->script->hass, json_string_value(type), steal(data),
                                run->context, err);
    return r < 0 ? SCRIPT_FAILS : SCRIPT_NEXT;
}

/* variables and responses */

enum script_flow script_step_variables(struct hass_script_run *run, struct script_step *step,
                                       struct hass_error *err)
{
    script_log_step(run, step, 0);
    for (uint32_t i = 0; i < step->variables.count; i++) {
        json_t *value = NULL;
        if (script_value_render(step->variables.values[i], run->top->variables, &value, err) < 0) {
            hass_error_prefix(err, "variables->%s", step->variables.names[i]);
            return SCRIPT_FAILS;
        }
        hass_variables_assign(run->top->variables, step->variables.names[i], value);
    }
    return SCRIPT_NEXT;
}

static HASS_CALLBACK enum script_flow stop_with_response(struct hass_script_run *run,
                                                         const char *name)
{
    const json_t *value = hass_variables_get(run->top->variables, name);

    if (!value) {
        autofree char *message = mem_printf("the response variable '%s' is not defined", name);
        return script_abort(run, message);
    }
    run->response = hass_json_ref(value);
    return SCRIPT_STOPS;
}

enum script_flow script_step_stop(struct hass_script_run *run, struct script_step *step,
                                  struct hass_error *err)
{
    const json_t *text = hass_json_get(step->config, "stop");

    script_detail(run, run->top->step, "stop", hass_json_ref(text));
    script_detail(run, run->top->step, "error", json_boolean(step->stop.error));
    const char *reason = json_is_string(text) ? json_string_value(text) : "";
    if (step->stop.error)
        return script_abort(run, reason);
    script_log(run->script, HASS_LOG_DEBUG, "stops: %s", reason);
    return step->stop.response ? stop_with_response(run, step->stop.response) : SCRIPT_STOPS;
}

enum script_flow script_step_response(struct hass_script_run *run, struct script_step *step,
                                      struct hass_error *err)
{
    autojson *text = NULL;

    script_log_step(run, step, 0);
    if (step->response &&
        hass_template_async_render(
            step->response,
            HASS_TEMPLATE_OPTIONS(.scope = run->top->variables, .parse = HASS_TEMPLATE_TEXT), &text,
            err) < 0)
        return SCRIPT_FAILS;
    script_detail(run, run->top->step, "conversation_response",
                  text ? json_incref(text) : json_null());
    return SCRIPT_NEXT;
}
