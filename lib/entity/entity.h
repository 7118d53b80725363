/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of entity/ share about one entity. All on the loop thread, unless said otherwise.
 *
 * An entity is NEW until a platform takes it, ADDING while its hooks run, ADDED once it is listed, and REMOVED for ever
 * after: what is written then is ignored. Its ops run in the scope of the integration that made it (entity_enter).
 */
#pragma once

#include <stdatomic.h>

#include <hass/entity.h>
#include <hass/list.h>

#include "run/loop.h"

struct entity_layer;

enum entity_phase {
    ENTITY_NEW,
    ENTITY_ADDING,
    ENTITY_ADDED,
    ENTITY_REMOVED,
};

struct hass_entity {
    struct hass *hass;
    _Atomic uint32_t refs;
    _Atomic bool write_queued; /* by hass_entity_schedule_update_ha_state */
    bool available;
    bool updating;
    bool slow_reported; /* computing the state was slow, which is said once */
    enum entity_phase phase;
    const struct hass_entity_ops *ops; /* inert once its integration has gone */
    const struct hass_entity_description *description;
    const void *domain_ops;
    void *userdata;
    void (*destroy)(struct hass_entity *entity);
    struct scope *scope; /* counted */
    void *values;        /* published */
    void *domain_data;   /* of the domain, or NULL */
    void (*domain_data_destroy)(void *data);
    struct hass_platform *platform; /* while listed there */
    struct hass_list link;          /* in platform->entities */
    char *entity_id;
    struct hass_list hooks;      /* struct removal_hook, newest first */
    struct hass_future *removal; /* while it is being removed */
    const struct hass_context *context;
    int64_t context_set; /* monotonic */
};

/** A member of an ops table that may be shorter than ours, or NULL (a number: 0). */
#define OPS_MEMBER(ops, member)                                                                    \
    (offsetof(typeof(*(ops)), member) + sizeof((ops)->member) <= (ops)->size                       \
         ? (ops)->member                                                                           \
         : (typeof((ops)->member))0)
#define ENTITY_OP(entity, member) OPS_MEMBER((entity)->ops, member)
/** The same for members of the description, with their zero value. */
#define ENTITY_DESC(entity, member)                                                                \
    (offsetof(struct hass_entity_description, member) + sizeof((entity)->description->member) <=   \
             (entity)->description->size                                                           \
         ? (entity)->description->member                                                           \
         : (typeof((entity)->description->member)){ 0 })

/* Around a call of an op that never suspends: its scope is entered, and the coroutine it may run in is hidden. */
struct op_call {
    struct dispatch dispatch;
    struct co *co;
};
void op_begin(struct hass *hass, struct op_call *call, struct scope *scope, const char *name)
    HASS_CALLBACK;
void op_end(struct hass *hass, struct op_call *call) HASS_CALLBACK;

/** Its id, or its name, for messages. */
const char *entity_label(const struct hass_entity *entity);
/** True when update or async_update is there. */
bool entity_can_update(const struct hass_entity *entity);

/** Updates with the limits of the model; at once 0 while an update is under way. */
int entity_async_update(struct hass_entity *entity, struct hass_error *err) HASS_COROUTINE;
/** Updates and writes; errors are logged. For polls and after services. */
void entity_async_refresh(struct hass_entity *entity) HASS_COROUTINE;

/** From now on the integration is not called any more. */
void entity_make_inert(struct hass_entity *entity);
/** Removal without hooks and without suspending: its integration's scope closes. */
void entity_drop(struct hass_entity *entity) HASS_CALLBACK;
/** Runs the registered removal hooks, newest first. */
void entity_run_hooks(struct hass_entity *entity) HASS_CALLBACK;
