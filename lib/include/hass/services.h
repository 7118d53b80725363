/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Services (actions). A call is immutable, counted, readable from any thread.
 *
 * Model: core.ServiceRegistry, core.ServiceCall
 */
#pragma once

#include <hass/cleanup.h>
#include <hass/job.h>

enum hass_supports_response {
    HASS_RESPONSE_NONE = 0,
    HASS_RESPONSE_OPTIONAL = 1,
    HASS_RESPONSE_ONLY = 2,
};

struct hass_service_options {
    uint32_t size;
    const struct hass_schema *schema; /* of the data; NULL: any map */
    enum hass_supports_response supports_response;
    const char *description; /* one sentence; shown by get_services */
    bool admin;              /* only administrators, and calls without a user */
    const char *name;        /* shown by get_services; NULL: made of the service's */
    const json_t *
        fields; /* {field: {"name", "selector", …}}, shown as they are instead of the schema's; copied; or NULL */
};

HASS_API const struct hass_service_call *
hass_service_call_ref(const struct hass_service_call *call);
HASS_API const struct hass_service_call *
hass_service_call_unref(const struct hass_service_call *call);
HASS_API struct hass *hass_service_call_hass(const struct hass_service_call *call);
HASS_API const char *hass_service_call_domain(const struct hass_service_call *call);
HASS_API const char *hass_service_call_service(const struct hass_service_call *call);
/** Lends the data, validated, defaults filled in. */
HASS_API const json_t *hass_service_call_data(const struct hass_service_call *call);
HASS_API const struct hass_context *hass_service_call_context(const struct hass_service_call *call);
/** True when the caller wants hass_service_call_respond. */
HASS_API bool hass_service_call_return_response(const struct hass_service_call *call);
/** Sets the response, an object, taken. Once, from the handler, on its thread. */
HASS_API int hass_service_call_respond(const struct hass_service_call *call, json_t *response);

HASS_DEFINE_CONST_CLEANUP(hass_service_call, hass_service_call_unref)

/**
 * Registers a service, replacing an earlier one; fires service_registered.
 *
 * Context: loop thread, never suspends.
 * Model:   core.ServiceRegistry.async_register
 */
HASS_API int hass_services_async_register(struct hass *hass, const char *domain,
                                          const char *service,
                                          const struct hass_service_options *options,
                                          struct hass_job job, struct hass_error *err)
    HASS_CALLBACK;
/** Queues the registration, from any thread. */
HASS_API int hass_services_register(struct hass *hass, const char *domain, const char *service,
                                    const struct hass_service_options *options, struct hass_job job,
                                    struct hass_error *err);
/** Fires service_removed; unknown is a warning and HASS_E_NOT_FOUND. */
HASS_API int hass_services_async_remove(struct hass *hass, const char *domain, const char *service,
                                        struct hass_error *err) HASS_CALLBACK;
HASS_API int hass_services_remove(struct hass *hass, const char *domain, const char *service,
                                  struct hass_error *err);
HASS_API bool hass_services_async_has(struct hass *hass, const char *domain, const char *service)
    HASS_CALLBACK;
HASS_API bool hass_services_has(struct hass *hass, const char *domain, const char *service);
HASS_API enum hass_supports_response
hass_services_async_supports_response(struct hass *hass, const char *domain, const char *service)
    HASS_CALLBACK;
/** True when the service exists and only administrators may call it. */
HASS_API bool hass_services_async_is_admin(struct hass *hass, const char *domain,
                                           const char *service) HASS_CALLBACK;
/** Shape: {domain: {service: {"name","description","fields": {…},"target"?,"response"?: {"optional": bool}}}}, owned by the caller. */
HASS_API json_t *hass_services_async_describe(struct hass *hass) HASS_CALLBACK;
HASS_API json_t *hass_services_describe(struct hass *hass) HASS_BLOCKING;

struct hass_call_options {
    uint32_t size;
    bool
        blocking; /* wait for the handler and get its error; implied by @return_response being checked as in the model */
    bool return_response;
    const struct hass_context *context;
    json_t *target; /* taken; merged over the data; or NULL */
};

/**
 * Calls a service.
 *
 * Context: coroutine; suspends only when blocking.
 * Owns:    @data, an object, taken; NULL is {}.
 * Returns: 0 with @ret_response (may be NULL) owned by the caller; HASS_E_SERVICE_NOT_FOUND, HASS_E_SERVICE_VALIDATION,
 *          HASS_E_INVALID (schema), or the handler's error.
 * Model:   core.ServiceRegistry.async_call
 */
HASS_API int hass_services_async_call(struct hass *hass, const char *domain, const char *service,
                                      json_t *data, const struct hass_call_options *options,
                                      json_t **ret_response, struct hass_error *err) HASS_COROUTINE;
/** Calls without waiting, for callbacks: validates and fires call_service at once, then runs the handler as a tracked task. */
HASS_API int hass_services_async_call_later(struct hass *hass, const char *domain,
                                            const char *service, json_t *data,
                                            const struct hass_context *context,
                                            struct hass_error *err) HASS_CALLBACK;
/** A call that is about to be made; lent for the callback. */
struct hass_intercepted_call {
    uint32_t size;
    const char *domain;
    const char *service;
    const json_t *data;                 /* an object; the target is merged in */
    const struct hass_context *context; /* never NULL */
    bool exists;                        /* such a service is registered, and takes this data */
    bool return_response;
};
/**
 * Sees each call before call_service is fired and its handler runs, also calls of services that do not exist. Loop, never suspends.
 *
 * Returns: 0: it goes on; 1: it is dealt with, its handler does not run, and who waits gets @ret_response (an object, taken; untouched:
 *          {}); an error: the call fails with it.
 */
typedef int hass_intercept_fn(struct hass *hass, const struct hass_intercepted_call *call,
                              void *userdata, json_t **ret_response, struct hass_error *err);
/**
 * From now on @intercept sees all calls; NULL: nobody does. For homes in which nothing real is to happen: simulations and tests.
 *
 * Returns: 0, or HASS_E_EXISTS when another one does already.
 */
HASS_API int hass_services_async_intercept(struct hass *hass, hass_intercept_fn *intercept,
                                           void *userdata, struct hass_error *err) HASS_CALLBACK;
/** Twin of hass_services_async_call for other threads. */
HASS_API int hass_services_call(struct hass *hass, const char *domain, const char *service,
                                json_t *data, const struct hass_call_options *options,
                                json_t **ret_response, struct hass_error *err) HASS_BLOCKING;
