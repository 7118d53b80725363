/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service registry: domain, service, handler. A service is counted by the calls under way, and ends with the scope that
 * registered it.
 */
#pragma once

#include <hass/services.h>
#include <hass/strmap.h>

#include "core/lock.h"
#include "run/scope.h"

struct service {
    struct scope_member member; /* of `scope`, until it is removed */
    struct scope *scope;        /* that registered it, where its handler runs; a reference */
    struct hass *hass;
    uint32_t refs; /* loop thread */
    struct hass_job job;
    const struct hass_schema *schema;
    enum hass_supports_response supports_response;
    bool admin;
    char *description; /* or NULL */
    char *shown_name;  /* or NULL */
    json_t *fields;    /* instead of the schema's; or NULL */
    char *domain;
    char *name;
    char *title; /* "domain.name", for tasks and logs */
};

struct hass_service_call {
    _Atomic uint32_t refs;
    bool return_response;
    struct hass *hass;
    struct service *service; /* a reference */
    json_t *data;
    const struct hass_context *context; /* a live reference */
    json_t *_Atomic response;
};

struct services {
    struct hass_strmap
        *domains; /* of struct hass_strmap of struct service; under lock for other threads */
    struct lock lock;
    hass_intercept_fn *intercept; /* or NULL */
    void *intercept_userdata;
};

void services_init(struct hass *hass);
void services_fini(struct hass *hass) HASS_CALLBACK;

/** Exact, then in lower case. Loop thread, or with the lock held. */
struct service *services_find(const struct services *services, const char *domain,
                              const char *name);
struct service *service_ref(struct service *service) HASS_CALLBACK;
void service_unref(struct service *service) HASS_CALLBACK;

/** @data is taken. One reference is the caller's. */
struct hass_service_call *service_call_new(struct service *service, json_t *data,
                                           const struct hass_context *context, bool return_response)
    HASS_CALLBACK;
/** The same call with a response of its own: for one of several that answer together. */
struct hass_service_call *service_call_part(const struct hass_service_call *call) HASS_CALLBACK;
/** Lends what the handler responded, or NULL. */
json_t *service_call_response(const struct hass_service_call *call);
extern const struct subject_ops service_call_subject_ops;

/* A blocking call without a coroutine (services_call.c). */
struct services_started {
    struct hass_service_call *call; /* NULL: somebody has taken the handler's place */
    json_t *response;               /* that one's */
    struct hass_task *task;         /* of a handler that is a coroutine */
    struct hass_future *future;     /* done when the handler has ended; NULL: it has */
};

/**
 * Begins a blocking call and returns when its handler has ended or waits for the first time. @data and the target are taken.
 *
 * Returns: 0; what hass_services_async_call returns before the handler, or the error of a handler that is a callback. In each case
 *          services_call_end follows; @started begins zeroed.
 */
int services_call_start(struct hass *hass, const char *domain, const char *service, json_t *data,
                        const struct hass_call_options *options, struct services_started *started,
                        struct hass_error *err) HASS_CALLBACK;
/** What a blocking call returns; -EINPROGRESS while the future is not done. */
int services_call_result(const struct services_started *started, json_t **ret_response,
                         struct hass_error *err) HASS_CALLBACK;
/** Asks the handler to end. False when it cannot be asked: it is abandoned by services_call_end. */
bool services_call_cancel(struct services_started *started) HASS_CALLBACK;
void services_call_end(struct services_started *started) HASS_CALLBACK;
