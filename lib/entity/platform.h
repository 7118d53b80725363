/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A platform: the entities that one integration adds to one domain, from one entry of the configuration.
 *
 * platform_new lists it with its component; platform_setup.c has the integration set it up; platform_add.c takes entities;
 * platform_poll.c updates them; platform_close (its integration or its domain goes) or platform_async_remove end it.
 */
#pragma once

#include <hass/list.h>
#include <hass/platform.h>
#include <hass/strmap.h>
#include <hass/task.h>

#include "entity/component.h"
#include "entity/platform_loader.h"
#include "run/scope.h"

struct hass_platform {
    struct hass *hass;
    _Atomic unsigned refs;            /* the component's, and of tasks and calls that use it */
    bool closed;                      /* takes no more entities */
    bool polling;                     /* a poll is under way */
    bool limit_known;                 /* how many update at once has been decided */
    struct hass_component *component; /* counted */
    struct hass_list link;            /* in component->platforms */
    struct platform_source source;    /* scope NULL: the domain's own entities */
    struct scope *scope;              /* the integration's, counted */
    struct scope_member member;
    struct hass_list entities;
    size_t count;
    struct hass_strmap *unique_ids; /* unique id → entity */
    double scan_interval;
    struct hass_semaphore *updates; /* NULL: unlimited */
    size_t limit;                   /* of updates; 0: none */
    struct hass_sub *poll_timer;
    struct hass_sub *retry; /* timer, or listener for the start */
    unsigned tries;
    char *domain;
    char *name;
    json_t *entry; /* of the section or the request that it was made from; NULL: the domain's own */
};

/** @source is taken, also what it holds; NULL for the domain's own. Lent: the component's until it is closed. */
struct hass_platform *platform_new(struct hass_component *component, const char *name,
                                   const struct platform_source *source) HASS_CALLBACK;
struct hass_platform *platform_ref(struct hass_platform *platform);
void platform_unref(struct hass_platform *platform);
static inline struct hass_component *platform_component(const struct hass_platform *platform)
{
    return platform ? platform->component : NULL;
}

/** Ends it at once, without hooks. */
void platform_close(struct hass_platform *platform) HASS_CALLBACK;
/** Removes all entities with their hooks, then closes it. */
int platform_async_remove(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;

/** Lists an entity; the reference is the platform's. */
void platform_list(struct hass_platform *platform, struct hass_entity *entity) HASS_CALLBACK;
/** Takes it off, with the reference. */
void platform_unlist(struct hass_entity *entity) HASS_CALLBACK;
void platform_entities(struct hass_platform *platform, struct entity_list *list) HASS_CALLBACK;

/** Waits for a place among the entities that update at once. */
int platform_async_acquire(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
void platform_release(struct hass_platform *platform) HASS_CALLBACK;

/* platform_setup.c: sets it up within the limits; failures are logged, "not ready" is tried again later. */
int platform_async_setup(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
/* platform_add.c */
int platform_async_add(struct hass_platform *platform, struct hass_entity *const entities[],
                       size_t count, bool update_before_add, struct hass_error *err) HASS_COROUTINE;
/** One that was removed because its id has changed. */
int platform_async_add_again(struct hass_platform *platform, struct hass_entity *entity,
                             struct hass_error *err) HASS_COROUTINE;
/* platform_poll.c */
void platform_decide_limit(struct hass_platform *platform, const struct hass_entity *first)
    HASS_CALLBACK;
void platform_start_polling(struct hass_platform *platform) HASS_CALLBACK;
void platform_stop_polling(struct hass_platform *platform) HASS_CALLBACK;
