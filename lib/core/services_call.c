/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calling services: the checks in the model's order, the call_service event, then the handler in the scope that registered
 * it. A coroutine handler is a task of that scope, so that closing it ends the call; whoever waits passes his own
 * cancellation on. Who intercepts calls sees each when it has passed the checks, and may take the handler's place.
 */
#include <string.h>

#include <hass/executor.h>
#include <hass/schema.h>
#include <hass/task.h>

#include "base/error_text.h"
#include "base/mem.h"
#include "core/core.h"
#include "run/task.h"

/* A call as it was asked for. */
struct request {
    const char *domain;
    const char *service;
    json_t *data; /* owned; NULL: {} */
    struct hass_call_options options;
    json_t *response; /* owned; of who intercepted it */
};

/* before the handler */

static int check_response(const struct service *service, const struct hass_call_options *options,
                          struct hass_error *err)
{
    if (options->return_response) {
        if (!options->blocking)
            return hass_fail_key(err, HASS_E_SERVICE_VALIDATION, "service_should_be_blocking",
                                 "a response of %s is only returned to a blocking call",
                                 service->title);
        if (service->supports_response == HASS_RESPONSE_NONE)
            return hass_fail_key(
                err, HASS_E_SERVICE_VALIDATION, "service_does_not_support_response",
                "%s does not return responses, but one was asked for", service->title);
    } else if (service->supports_response == HASS_RESPONSE_ONLY) {
        return hass_fail_key(err, HASS_E_SERVICE_VALIDATION, "service_lacks_response_request",
                             "%s does nothing but return a response, and none was asked for",
                             service->title);
    }
    return 0;
}

/* The target is merged over the data. */
static int merge_target(struct request *request, struct hass_error *err)
{
    if ((request->data && !json_is_object(request->data)) ||
        (request->options.target && !json_is_object(request->options.target)))
        return hass_fail(err, HASS_E_INVALID, "data and target of %s.%s are maps", request->domain,
                         request->service);
    if (!request->options.target || json_object_size(request->options.target) == 0)
        return 0;
    json_t *merged = request->data ? json_copy(request->data) : json_object();
    json_object_update(merged, request->options.target);
    json_decref(request->data);
    request->data = merged;
    return 0;
}

/* The data that the handler gets: validated, with defaults. */
static int check_schema(const struct service *service, const json_t *data, json_t **ret_checked,
                        struct hass_error *err)
{
    if (!service->schema) {
        *ret_checked = hass_json_ref(data);
        return 0;
    }
    struct hass_error problem = HASS_ERROR_INIT;
    int r = hass_schema_check(service->schema, data, ret_checked, &problem);
    if (r < 0) {
        hass_debug("invalid data for service call %s: %s", service->title, problem.message);
        hass_error_copy(err, &problem);
    }
    return r;
}

/* Asks who intercepts calls. Returns 1 when that one has dealt with it. */
static HASS_CALLBACK int ask_interceptor(struct hass *hass, struct request *request,
                                         const struct service *service, const json_t *raw,
                                         const struct hass_context *context, struct hass_error *err)
{
    const struct hass_intercepted_call call = {
        .size = sizeof(call),
        .domain = service ? service->domain : request->domain,
        .service = service ? service->name : request->service,
        .data = raw,
        .context = context,
        .exists = service != NULL,
        .return_response = request->options.return_response,
    };

    if (!hass->services.intercept)
        return 0;
    return hass->services.intercept(hass, &call, hass->services.intercept_userdata,
                                    &request->response, err);
}

static int fail_unknown(const struct request *request, struct hass_error *err)
{
    return hass_fail_key(err, HASS_E_SERVICE_NOT_FOUND, "service_not_found",
                         "service %s.%s not found", request->domain, request->service);
}

/* A service that nobody offers: only who intercepts calls can know it. */
static HASS_CALLBACK int begin_foreign(struct hass *hass, struct request *request,
                                       struct hass_error *err)
{
    if (!hass->services.intercept)
        return fail_unknown(request, err);
    int r = merge_target(request, err);
    if (r < 0)
        return r;
    const json_t *raw = request->data ? request->data : hass->empty;
    autounref(hass_context) const *context = request->options.context
                                                 ? hass_context_ref(request->options.context)
                                                 : context_fresh(hass_now(hass));
    r = ask_interceptor(hass, request, NULL, raw, context, err);
    if (r == 0)
        r = fail_unknown(request, err);
    if (r < 0)
        return r;
    r = bus_fire_call(hass, request->domain, request->service, raw, context, err);
    return r < 0 ? r : 1;
}

/* Everything up to the handler. Returns 0 with @ret_call, a reference, or 1 when there is nothing left to do. */
static HASS_CALLBACK int begin_call(struct hass *hass, struct request *request,
                                    struct hass_service_call **ret_call, struct hass_error *err)
{
    struct service *service = services_find(&hass->services, request->domain, request->service);
    json_t *checked = NULL;
    int r;

    if (!service)
        return begin_foreign(hass, request, err);
    r = check_response(service, &request->options, err);
    if (r == 0 && service->admin)
        r = permissions_check_admin(hass, request->options.context, service->title, err);
    if (r == 0)
        r = merge_target(request, err);
    if (r < 0)
        return r;

    const json_t *raw = request->data ? request->data : hass->empty;
    r = check_schema(service, raw, &checked, err);
    if (r < 0)
        return r;
    autounref(hass_context) const *context = request->options.context
                                                 ? hass_context_ref(request->options.context)
                                                 : context_fresh(hass_now(hass));
    struct hass_service_call *call =
        service_call_new(service, checked, context, request->options.return_response);
    r = ask_interceptor(hass, request, call->service, raw, context, err);
    bool dealt_with = r > 0;
    if (r >= 0)
        r = bus_fire_call(hass, call->service->domain, call->service->name, raw, context, err);
    if (r < 0 || dealt_with) {
        hass_service_call_unref(call);
        return r < 0 ? r : 1;
    }
    *ret_call = call;
    return 0;
}

static void end_request(struct request *request)
{
    json_decref(request->data);
    json_decref(request->options.target);
    json_decref(request->response);
}

/* the handler */

/* Nobody waits for this result. */
static void log_result(const struct hass_service_call *call, int r, const struct hass_error *err)
{
    const char *title = call->service->title;
    const char *text = error_text(err, r);

    if (r >= 0)
        return;
    if (r == -ECANCELED)
        hass_debug("service call %s was cancelled", title);
    else if (r == HASS_E_UNAUTHORIZED || r == HASS_E_UNKNOWN_USER)
        hass_warning("unauthorized service call %s: %s", title, text);
    else
        hass_error("error executing service %s: %s", title, text);
}

static int call_handler(const struct hass_service_call *call, struct hass_error *err)
{
    const struct hass_job *job = &call->service->job;

    return ((hass_service_fn *)job->fn)(call, job->userdata, err);
}

/* A job whose userdata is the call: runs the handler and logs its error. */
static int run_detached(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;
    int r = call_handler(userdata, &problem);

    log_result(userdata, r, &problem);
    return 0;
}

static void unref_call(void *call)
{
    hass_service_call_unref(call);
}

/* The handler's job as run in its scope; the subject is the call itself. */
static struct hass_job handler_job(const struct service *service)
{
    struct hass_job job = service->job;

    job.destroy = NULL; // the service owns the userdata, and the call the service
    job.name = service->title;
    return job;
}

/* Starts a handler that outlives this call; nobody waits. @call is taken. */
static HASS_CALLBACK int start_detached(struct hass *hass, struct hass_service_call *call,
                                        struct hass_error *err)
{
    struct service *service = call->service;
    struct hass_job job = {
        .kind = service->job.kind,
        .subject = HASS_SUBJECT_HASS,
        .fn = (void (*)(void))run_detached,
        .userdata = call,
        .symbol = service->job.symbol,
        .name = service->title,
    };

    return job_run(hass, service->scope, &job, hass, call, unref_call, JOB_TRACKED, NULL, err);
}

/* A callback handler, at once. */
static HASS_CALLBACK int run_callback(struct hass *hass, const struct hass_service_call *call,
                                      struct hass_error *err)
{
    struct hass_job job = handler_job(call->service);

    return job_run(hass, call->service->scope, &job, call, NULL, NULL, 0, NULL, err);
}

/* Runs the handler without waiting. @call is taken. */
static HASS_CALLBACK int run_without_waiting(struct hass *hass, struct hass_service_call *call,
                                             struct hass_error *err)
{
    if (call->service->job.kind != HASS_JOB_KIND_CALLBACK)
        return start_detached(hass, call, err);
    struct hass_error problem = HASS_ERROR_INIT;
    log_result(call, run_callback(hass, call, &problem), &problem);
    hass_service_call_unref(call);
    return 0;
}

static HASS_COROUTINE int await_coroutine(struct hass *hass, struct hass_service_call *call,
                                          struct hass_error *err)
{
    struct hass_job job = handler_job(call->service);
    autounref(hass_task) *task = NULL;
    int r = task_start(hass, call->service->scope, &job, call, (void *)hass_service_call_ref(call),
                       unref_call, JOB_TRACKED, &task, err);

    return r < 0 ? r : hass_async_await_task(task, HASS_FOREVER, err);
}

static HASS_COROUTINE int await_pool(struct hass *hass, struct hass_service_call *call,
                                     struct hass_error *err)
{
    struct hass_job job = handler_job(call->service);
    autounref(hass_future) *future = NULL;
    int r = job_run(hass, call->service->scope, &job, call, (void *)hass_service_call_ref(call),
                    unref_call, JOB_TRACKED, &future, err);

    return r < 0 ? r : hass_async_await(future, HASS_FOREVER, err);
}

static HASS_COROUTINE int run_and_wait(struct hass *hass, struct hass_service_call *call,
                                       struct hass_error *err)
{
    switch (call->service->job.kind) {
    case HASS_JOB_KIND_CALLBACK:
        return run_callback(hass, call, err);
    case HASS_JOB_KIND_COROUTINE:
        return await_coroutine(hass, call, err);
    default:
        return await_pool(hass, call, err);
    }
}

/* after the handler */

static int take_response(struct hass_service_call *call, json_t **ret_response,
                         struct hass_error *err)
{
    if (!call->return_response)
        return 0;
    json_t *response = service_call_response(call);
    if (!json_is_object(response))
        return hass_fail_key(err, HASS_E_GENERAL, "service_reponse_invalid",
                             "%s was to respond with a map, and did not", call->service->title);
    if (ret_response)
        *ret_response = json_incref(response);
    return 0;
}

/* entry points */

int hass_services_async_intercept(struct hass *hass, hass_intercept_fn *intercept, void *userdata,
                                  struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.services.async_intercept", err);
    struct services *services = &hass->services;
    if (intercept && services->intercept)
        return hass_fail(err, HASS_E_EXISTS, "somebody intercepts the calls of services already");
    services->intercept = intercept;
    services->intercept_userdata = userdata;
    return 0;
}

static HASS_COROUTINE int call_service(struct hass *hass, struct request *request,
                                       json_t **ret_response, struct hass_error *err)
{
    struct hass_service_call *call;
    int r = begin_call(hass, request, &call, err);

    if (r > 0 && request->options.return_response && ret_response)
        *ret_response = request->response ? steal(request->response) : json_object();
    if (r != 0)
        return r < 0 ? r : 0;
    if (!request->options.blocking)
        return run_without_waiting(hass, call, err);
    r = run_and_wait(hass, call, err);
    if (r >= 0)
        r = take_response(call, ret_response, err);
    hass_service_call_unref(call);
    return r < 0 ? r : 0;
}

/* Takes @data and the target of @options. */
static void request_init(struct request *request, const char *domain, const char *service,
                         json_t *data, const struct hass_call_options *options)
{
    *request = (struct request){ .domain = domain, .service = service, .data = data };
    OPTIONS_READ(&request->options, options);
}

int hass_services_async_call(struct hass *hass, const char *domain, const char *service,
                             json_t *data, const struct hass_call_options *options,
                             json_t **ret_response, struct hass_error *err)
{
    __attribute__((cleanup(end_request))) struct request request;

    request_init(&request, domain, service, data, options);
    VERIFY_COROUTINE(hass, "hass.services.async_call", err);
    return call_service(hass, &request, ret_response, err);
}

int services_call_start(struct hass *hass, const char *domain, const char *service, json_t *data,
                        const struct hass_call_options *options, struct services_started *started,
                        struct hass_error *err)
{
    __attribute__((cleanup(end_request))) struct request request;
    struct hass_service_call *call;

    request_init(&request, domain, service, data, options);
    request.options.blocking = true;
    int r = begin_call(hass, &request, &call, err);
    if (r > 0 && request.options.return_response)
        started->response = request.response ? steal(request.response) : json_object();
    if (r != 0)
        return r < 0 ? r : 0;
    struct hass_job job = handler_job(call->service);
    struct scope *scope = call->service->scope;
    started->call = call;
    if (job.kind == HASS_JOB_KIND_CALLBACK)
        return run_callback(hass, call, err);
    void *held = (void *)hass_service_call_ref(call);
    if (job.kind == HASS_JOB_KIND_EXECUTOR)
        return job_run(hass, scope, &job, call, held, unref_call, JOB_TRACKED, &started->future,
                       err);
    r = task_start(hass, scope, &job, call, held, unref_call, JOB_TRACKED, &started->task, err);
    if (r == 0)
        started->future = hass_future_ref(hass_task_future(started->task));
    return r;
}

int services_call_result(const struct services_started *started, json_t **ret_response,
                         struct hass_error *err)
{
    int r = started->future ? hass_future_result(started->future, err) : 0;

    if (r >= 0 && started->call)
        return take_response(started->call, ret_response, err);
    if (r >= 0 && started->response && ret_response)
        *ret_response = json_incref(started->response);
    return r < 0 ? r : 0;
}

bool services_call_cancel(struct services_started *started)
{
    if (!started->task)
        return false;
    (void)hass_task_async_cancel(started->task, NULL);
    return true;
}

void services_call_end(struct services_started *started)
{
    hass_future_unref(started->future);
    hass_task_unref(started->task);
    hass_service_call_unref(started->call);
    json_decref(started->response);
    *started = (struct services_started){ 0 };
}

int hass_services_async_call_later(struct hass *hass, const char *domain, const char *service,
                                   json_t *data, const struct hass_context *context,
                                   struct hass_error *err)
{
    __attribute__((cleanup(end_request))) struct request request;
    struct hass_service_call *call;

    request_init(&request, domain, service, data, NULL);
    request.options.context = context;
    VERIFY_LOOP(hass, "hass.services.async_call_later", err);
    int r = begin_call(hass, &request, &call, err);
    if (r != 0)
        return r < 0 ? r : 0;
    return run_without_waiting(hass, call, err);
}

/* A call from another thread, shared by the waiter and the coroutine: either may end first. */
struct remote_call {
    _Atomic uint32_t refs;
    char *domain;
    char *service;
    struct request request;
    json_t *response;
};

static void unref_remote(void *object)
{
    struct remote_call *remote = object;

    if (!count_drop(&remote->refs))
        return;
    hass_context_unref(remote->request.options.context);
    end_request(&remote->request);
    json_decref(remote->response);
    free(remote->domain);
    free(remote->service);
    free(remote);
}

static HASS_COROUTINE int run_remote(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct remote_call *remote = userdata;

    return call_service(hass, &remote->request, &remote->response, err);
}

/* Moves what @request owns. */
static struct remote_call *remote_new(struct request *request)
{
    struct remote_call *remote = mem_zalloc(sizeof(*remote));

    remote->refs = 2;
    remote->domain = mem_strdup(request->domain);
    remote->service = mem_strdup(request->service);
    remote->request = *request;
    remote->request.domain = remote->domain;
    remote->request.service = remote->service;
    hass_context_ref(remote->request.options.context);
    request->data = NULL;
    request->options.target = NULL;
    return remote;
}

int hass_services_call(struct hass *hass, const char *domain, const char *service, json_t *data,
                       const struct hass_call_options *options, json_t **ret_response,
                       struct hass_error *err)
{
    __attribute__((cleanup(end_request))) struct request request;

    request_init(&request, domain, service, data, options);
    VERIFY_NOT_LOOP(hass, "hass.services.call", err);
    autounref(hass_future) *future = NULL;
    struct remote_call *remote = remote_new(&request);
    int r = hass_run_coroutine_threadsafe(
        hass, HASS_JOB_COROUTINE(run_remote, remote, .destroy = unref_remote), &future, err);
    if (r == 0)
        r = hass_future_wait(future, HASS_FOREVER, err);
    if (r == 0 && ret_response)
        *ret_response = steal(remote->response);
    unref_remote(remote);
    return r;
}
