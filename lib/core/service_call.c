/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Service calls: what a handler is given.
 */
#include "base/mem.h"
#include "core/core.h"

static struct hass_service_call *inner(const struct hass_service_call *call)
{
    return (struct hass_service_call *)call;
}

struct hass_service_call *service_call_new(struct service *service, json_t *data,
                                           const struct hass_context *context, bool return_response)
{
    struct hass_service_call *call = mem_alloc(sizeof(*call));

    *call = (struct hass_service_call){
        .refs = 1,
        .return_response = return_response,
        .hass = service->hass,
        .service = service_ref(service),
        .data = data,
        .context = hass_context_ref(context),
    };
    return call;
}

struct hass_service_call *service_call_part(const struct hass_service_call *call)
{
    return service_call_new(call->service, json_incref(call->data), call->context,
                            call->return_response);
}

/* Runs on the loop thread, by object_free. */
static HASS_CALLBACK void destroy_call(struct hass_service_call *call)
{
    json_decref(call->data);
    json_decref(service_call_response(call));
    hass_context_unref(call->context);
    service_unref(call->service);
    free(call);
}

static void destroy(void *object)
{
    hass__assert_loop();
    destroy_call(object);
}

const struct hass_service_call *hass_service_call_ref(const struct hass_service_call *call)
{
    if (call)
        count_take(&inner(call)->refs);
    return call;
}

const struct hass_service_call *hass_service_call_unref(const struct hass_service_call *call)
{
    if (call && count_drop(&inner(call)->refs))
        object_free(call->hass, inner(call), destroy);
    return NULL;
}

static void *hold(const void *subject)
{
    return inner(hass_service_call_ref(subject));
}

static void release(void *held)
{
    hass_service_call_unref(held);
}

const struct subject_ops service_call_subject_ops = { .hold = hold, .release = release };

struct hass *hass_service_call_hass(const struct hass_service_call *call)
{
    return call->hass;
}

const char *hass_service_call_domain(const struct hass_service_call *call)
{
    return call->service->domain;
}

const char *hass_service_call_service(const struct hass_service_call *call)
{
    return call->service->name;
}

const json_t *hass_service_call_data(const struct hass_service_call *call)
{
    return call->data;
}

const struct hass_context *hass_service_call_context(const struct hass_service_call *call)
{
    return call->context;
}

bool hass_service_call_return_response(const struct hass_service_call *call)
{
    return call->return_response;
}

json_t *service_call_response(const struct hass_service_call *call)
{
    return atomic_load_explicit(&call->response, memory_order_acquire);
}

int hass_service_call_respond(const struct hass_service_call *call, json_t *response)
{
    json_t *none = NULL;

    if (response &&
        atomic_compare_exchange_strong_explicit(&inner(call)->response, &none, response,
                                                memory_order_acq_rel, memory_order_relaxed))
        return 0;
    json_decref(response);
    return response ? HASS_E_EXISTS : HASS_E_INVALID;
}
