/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of entity/ share about one entity. All on the loop thread, unless said otherwise.
 *
 * An entity is NEW until a platform takes it, ADDING while its hooks run, ADDED once it is listed, and REMOVED afterwards:
 * what is written then is ignored. When its entity id changes it is removed and added again. Its ops run in the scope of the
 * integration that made it (op_begin).
 */
#pragma once

#include <stdatomic.h>

#include <hass/entity.h>
#include <hass/list.h>

#include "entity/component.h"
#include "run/loop.h"

enum entity_phase {
    ENTITY_NEW,
    ENTITY_ADDING,
    ENTITY_ADDED,
    ENTITY_REMOVED,
};

struct hass_entity {
    /* What writing its state looks at comes first: with many entities each line of cache counts. */
    struct hass *hass;
    _Atomic uint32_t refs;
    _Atomic bool write_queued; /* by hass_entity_schedule_update_ha_state */
    bool available;
    bool updating;
    bool slow_reported;     /* computing the state was slow, which is said once */
    bool disabled_reported; /* likewise: it was written while disabled */
    bool syncing;           /* tells the registry of itself: it is not to be told in turn */
    bool unsyncable;        /* the registry refuses what it says */
    bool overridden;        /* its user has disabled it, or given it a name, an icon or a class */
    enum entity_phase phase;
    const struct hass_entity_ops *ops; /* inert once its integration has gone */
    const struct hass_entity_description *description;
    struct hass_component *component; /* its platform's, from when that takes it until it leaves */
    struct scope *scope;              /* counted */
    void *values;                     /* published */
    const void *domain_ops;
    void *userdata;
    char *entity_id;
    const struct hass_context *context;
    const struct hass_entity_entry *entry; /* a reference; NULL: not registered */
    const struct hass_device *device;      /* likewise */
    char *default_name;                    /* from strings.json; or NULL */
    char *full_name;                       /* device and name, as last asked for; or NULL */
    const char *known_class;               /* one that the registry has; or entity_unknown_class */
    uint32_t known_features;               /* likewise */
    uint32_t known_capabilities;           /* so many attributes at the front are those it has */

    unsigned turn; /* how often it was taken by a platform */
    void (*destroy)(struct hass_entity *entity);
    void *domain_data; /* of the domain, or NULL */
    void (*domain_data_destroy)(void *data);
    struct hass_platform *platform; /* while listed there */
    struct hass_list link;          /* in platform->entities */
    struct hass_list hooks;         /* struct removal_hook, newest first */
    struct hass_future *removal;    /* while it is being removed */
    int64_t context_set;            /* monotonic */
};

extern const char entity_unknown_class[];

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

/** A member of its domain's ops, or NULL. */
#define DOMAIN_OP(entity, member)                                                                  \
    ((entity)->component && component_ops((entity)->component)                                     \
         ? OPS_MEMBER(component_ops((entity)->component), member)                                  \
         : (typeof(component_ops((entity)->component)->member))0)

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

/* entity_state.c: what it says of itself, by its domain's ops or its description; or NULL. */
const char *entity_device_class(struct hass_entity *entity) HASS_CALLBACK;
const char *entity_unit(struct hass_entity *entity) HASS_CALLBACK;
/** Its capabilities as the text of a JSON object, owned by the caller; NULL: none. */
char *entity_capabilities(struct hass_entity *entity) HASS_CALLBACK;

/** Updates with the limits of the model; at once 0 while an update is under way. */
int entity_async_update(struct hass_entity *entity, struct hass_error *err) HASS_COROUTINE;
/** Updates and writes; errors are logged. For polls and after services. */
void entity_async_refresh(struct hass_entity *entity) HASS_COROUTINE;

/* entity_remove.c: what becomes of the state of a removed entity. */
enum removal {
    REMOVAL_LEAVES, /* a registered, enabled one leaves a placeholder */
    REMOVAL_ERASES,
};
/** hass_entity_async_remove; who comes second waits for the first, whatever its way. */
int entity_async_remove(struct hass_entity *entity, enum removal removal, struct hass_error *err)
    HASS_COROUTINE;

/** From now on the integration is not called any more. */
void entity_make_inert(struct hass_entity *entity);
/** Removal without hooks and without suspending: its integration's scope closes. */
void entity_drop(struct hass_entity *entity) HASS_CALLBACK;
/** Runs the registered removal hooks, newest first. */
void entity_run_hooks(struct hass_entity *entity) HASS_CALLBACK;
