/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of collections share. A collection is its component's and ends with that; `collection.c` makes it and reads
 * sections, `collection_item.c` turns items into entities, `collection_store.c` keeps those made at run time. One change at
 * a time (lock), in the component's scope; items outlive the collection while their entity is in use.
 */
#pragma once

#include <hass/collection.h>
#include <hass/store.h>
#include <hass/task.h>

#include "entity/component.h"
#include "run/scope.h"

#define COLLECTION_MAX_ITEMS 10000 /* made at run time, of one collection */

struct collection {
    struct hass *hass;
    unsigned refs; /* the component's, and of coroutines that change it */
    bool closed;
    struct scope_member member;
    struct hass_component *component; /* counted */
    struct hass_collection_options options;
    struct hass_mutex *lock;
    struct hass_strmap *items; /* struct collection_item by id */
    size_t stored;             /* how many of them were made at run time */
    struct hass_store *store;  /* NULL: it cannot be used */
    struct hass_error failure; /* why not */
    json_t *rest;              /* rows of the file that are no items: kept as they are */
};

struct collection_item {
    struct hass_item item; /* first: the userdata of its entity */
    unsigned refs;         /* the collection's and its entity's */
    struct hass_entity_description description;
    char *id;
    char *entity_id; /* proposal, or NULL */
    json_t *config;
    json_t *stored;             /* as it is shown, with its id; NULL: from the section */
    struct hass_entity *entity; /* counted, or NULL */
    void (*destroy)(struct hass_entity *entity); /* the domain's */
};

/** A change under way: who leaves it has let the next one in. */
struct collection_change {
    struct collection *collection;
    struct scope *former;
};

/** Lends the collection of a domain, or NULL. */
struct collection *collection_find(struct hass *hass, const char *domain) HASS_CALLBACK;
void collection_unref(struct collection *collection);
/** Waits for its turn; HASS_E_NOT_FOUND without a collection, HASS_E_CLOSED when it goes meanwhile. */
int collection_async_begin(struct hass *hass, const char *domain, struct collection_change *change,
                           struct hass_error *err) HASS_COROUTINE;
void collection_async_end(struct collection_change *change) HASS_CALLBACK;

/* collection_item.c */

struct collection_items {
    struct collection_item **data;
    size_t length, capacity;
};

/** Makes an item and lists it, its entity named by @id or by its name; @config and @stored (or NULL) are taken. Lent. */
struct collection_item *collection_add_item(struct collection *collection, const char *id,
                                            bool named_by_id, json_t *config, json_t *stored)
    HASS_CALLBACK;
void collection_item_unref(void *item);
/** Adds the entities of @items. */
int collection_async_add_entities(struct collection *collection,
                                  const struct collection_items *items, struct hass_error *err)
    HASS_COROUTINE;
/** Gives an item other content, taken, and shows it. */
int collection_item_change(struct collection *collection, struct collection_item *item,
                           json_t *config, json_t *stored, struct hass_error *err) HASS_CALLBACK;
/** Takes an item off the list and removes its entity. */
int collection_async_remove_item(struct collection *collection, const char *id,
                                 struct hass_error *err) HASS_COROUTINE;

/* collection_store.c */

/** Opens the store and lists its items; what is wrong is logged. */
int collection_async_load(struct collection *collection, struct hass_error *err) HASS_COROUTINE;
