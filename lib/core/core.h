/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What core/ offers the layers above, and struct hass itself.
 *
 * The cast: `bus` delivers events (`event`), `states` is the state machine over packed states (`state`, `attrs`),
 * `services` the registry of actions (`service_call`), `config` what the home is; `context` says who caused something,
 * `permissions` what he may;
 * `lifecycle` starts, `stop` stops. core_create makes a hass whose loop is the calling thread; core_async_start and
 * hass_async_stop lead it through its life; core_destroy ends it.
 */
#pragma once

#include <stdatomic.h>

#include <hass/hass.h>

#include "core/bus.h"
#include "core/config.h"
#include "core/object.h"
#include "core/permissions.h"
#include "core/services.h"
#include "core/states.h"
#include "run/runtime.h"

/* Layers above core/ that keep their own state in a hass, in the order in which they are built; destroyed in reverse. */
enum hass_layer {
    HASS_LAYER_REGISTRY,
    HASS_LAYER_ENTITY,
    HASS_LAYER_HELPERS,
    HASS_LAYER_LOADER,
    HASS_LAYER_COUNT,
};

struct hass {
    struct runtime *runtime; /* first: run/ finds it there */
    _Atomic enum hass_core_state state;
    int exit_code;
    struct graveyard graveyard;
    struct bus bus;
    struct states states;
    struct services services;
    struct config config;
    const struct permissions *permissions; /* or NULL: no user is known */
    struct hass_strmap *data;              /* of hass_async_set_data */
    struct sub_list shutdown_jobs;
    struct sub_list startup_jobs;
    struct {
        void *_Atomic data; /* written once on the loop, read by any thread */
        hass_destroy_fn *destroy;
    } layers[HASS_LAYER_COUNT];
    json_t *empty; /* {}, frozen: what an event or a call without data has */
    bool scratch;  /* no state is written; constant */
    bool stopping; /* a stop is under way */
};

struct core_options {
    const char *config_dir; /* copied; NULL: "" */
    const char *state_dir;  /* copied; NULL: config_dir */
    bool debug;
    bool scratch;
    struct runtime_options runtime;
};

/** Makes a hass in state NOT_RUNNING; the calling thread becomes its loop thread. */
int core_create(const struct core_options *options, struct hass **ret_hass, struct hass_error *err);
/** Ends what still runs, then the layers in reverse order, then the core. Returns the number of threads left running. */
size_t core_destroy(struct hass *hass);

/**
 * Leads from NOT_RUNNING to RUNNING: STARTING, homeassistant_start, at most 15 s for what is tracked, startup jobs,
 * homeassistant_started. Returns 0 also when somebody stopped it meanwhile.
 */
int core_async_start(struct hass *hass, struct hass_error *err) HASS_COROUTINE;
/** Runs a plain job after every listener of homeassistant_start and before homeassistant_started. */
int core_async_add_startup_job(struct hass *hass, struct hass_job job, struct hass_sub **ret_sub,
                               struct hass_error *err) HASS_CALLBACK;
void core_set_state(struct hass *hass, enum hass_core_state state) HASS_CALLBACK;
/** What the run is to return; valid once STOPPED. */
static inline int core_exit_code(const struct hass *hass)
{
    return hass->exit_code;
}

/** Puts a layer's own state into @hass; @destroy runs in core_destroy, on the loop thread, while run/ still works. */
static inline void hass_layer_set(struct hass *hass, enum hass_layer layer, void *data,
                                  hass_destroy_fn *destroy)
{
    hass->layers[layer].data = data;
    hass->layers[layer].destroy = destroy;
}

static inline void *hass_layer_get(const struct hass *hass, enum hass_layer layer)
{
    return hass->layers[layer].data;
}

/** A caller's options struct, of an older or newer header. */
#define OPTIONS_READ(to, from) HASS_READ(to, from)
