/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entity registry. entity_row is what an entry consists of; entities keeps them and their indexes and finds them;
 * entities_update creates and changes; entities_remove removes and cascades; entities_store loads and saves.
 *
 * An item is an entity's place in the registry; its row is replaced when it changes. Removed entities are items of a set of
 * their own until they expire.
 */
#pragma once

#include <hass/entity_registry.h>

#include "core/core.h"
#include "registry/index.h"
#include "registry/row_file.h"

/* Where a field of an entity's row appears. */
enum entity_field_use {
    ENTITY_LISTED = 1,       /* to clients, */
    ENTITY_EXTENDED = 2,     /* and to those who ask for one entity */
    ENTITY_CHANGE = 4,       /* among the changes of an event */
    ENTITY_SETTABLE = 8,     /* from @changes, under its own key */
    ENTITY_STORED = 16,      /* in files, */
    ENTITY_STORED_LATE = 32, /* of removed entities */
    ENTITY_STAMP = 64,       /* is no difference */
};

struct entity_values {
    struct hass_entity_entry entry;
    const char *
        rest; /* members of the file's row that we do not know, as members of a JSON object; or NULL */
    int64_t orphaned; /* of a removed entity: when its config entry went, microseconds UTC; or 0 */
    /* Of a removed entity: nobody noted these. */
    bool disabled_by_undefined, hidden_by_undefined, options_undefined;
};

extern const struct row_type entity_type;

/* An entry being made or changed; zero-initialised is empty. */
struct entity_draft {
    struct entity_values values;
    const struct entity_values *base; /* what it began with, a reference; or NULL */
    struct arena arena;
};

struct entity_item {
    const struct entity_values *row; /* first: see access_next */
    struct group_member all, device, area, entry;
    struct memberships labels;
};

struct entities {
    struct hass *hass;
    struct group live, removed; /* struct entity_item; a removed one is in no other group */
    struct index by_entity_id, by_id, by_unique_id;
    struct index removed_by_unique_id;
    struct groups devices, areas, labels, entries;
    struct row_file *file; /* NULL until it has been loaded */
};

/* What an entity is told by: (domain, platform, unique id). */
struct entity_key {
    const char *domain, *platform, *unique_id;
};

/** The registry of @hass, made at first use. */
struct entities *entities_of(struct hass *hass) HASS_CALLBACK;

/**
 * Reads the file and saves changes from now on. During bootstrap, after the devices, before anything else uses the registry. A
 * failure is that of a file that cannot be read: then nothing is saved.
 */
int entities_async_load(struct hass *hass, struct hass_error *err) HASS_COROUTINE;
/** Forgets all entities. */
void entities_clear(struct entities *entities);

/** A new item in the indexes; the reference to @row is taken. */
struct entity_item *entities_add(struct entities *entities, const struct entity_values *row);
/** Gives @item a new row and its place in all indexes. */
void entities_replace(struct entities *entities, struct entity_item *item,
                      const struct entity_values *draft);
/** Takes @item out and frees it. */
void entities_drop(struct entities *entities, struct entity_item *item);
void removed_entities_add(struct entities *entities, const struct entity_values *row);
void removed_entities_replace(struct entities *entities, struct entity_item *item,
                              const struct entity_values *draft);
void removed_entities_drop(struct entities *entities, struct entity_item *item);

struct entity_item *entities_find_entity_id(const struct entities *entities, const char *entity_id);
/** By entity id or registry id. */
struct entity_item *entities_find_any_id(const struct entities *entities, const char *id);
struct entity_item *entities_find_key(const struct entities *entities,
                                      const struct entity_key *key);
struct entity_item *removed_entities_find(const struct entities *entities,
                                          const struct entity_key *key);

/** Begins @draft with the values of @row. */
void entity_draft_begin(struct entity_draft *draft, const struct entity_values *row);
void entity_draft_fini(struct entity_draft *draft);

/* Between operation_begin and operation_end. */

/** Finishes a change of @item: compares, stores, announces. */
void entity_commit(struct entities *entities, struct entity_item *item, struct entity_draft *draft)
    HASS_CALLBACK;
void entity_remove(struct entities *entities, struct entity_item *item) HASS_CALLBACK;

/** Something is to be saved. */
static inline HASS_CALLBACK void entities_changed(struct entities *entities)
{
    row_file_async_save(entities->file);
}

/* For the device registry, between operation_begin and operation_end. */

/** A device is gone, and so are its entities. */
void entities_device_removed(struct hass *hass, const char *device_id) HASS_CALLBACK;
/** A device belongs to a config entry no more: that entry's entities on it go. */
void entities_device_lost_entry(struct hass *hass, const char *device_id, const char *entry_id)
    HASS_CALLBACK;
/** A device has been disabled or enabled: its entities follow, unless its config entry's own handler does it. */
void entities_device_disabled(struct hass *hass, const struct hass_device *device) HASS_CALLBACK;

/* For other registries. */

/** Areas, labels and categories are deleted: no entity has them any more, nor does a removed one. */
void entities_async_clear_subentry(struct hass *hass, const char *entry_id, const char *subentry_id)
    HASS_CALLBACK;
void entities_async_clear_area(struct hass *hass, const char *area_id) HASS_CALLBACK;
void entities_async_clear_label(struct hass *hass, const char *label_id) HASS_CALLBACK;
void entities_async_clear_category(struct hass *hass, const char *scope, const char *category_id)
    HASS_CALLBACK;
/** A config entry has been disabled or enabled: its entities follow. */
void entities_async_entry_disabled(struct hass *hass, const char *entry_id, bool disabled)
    HASS_CALLBACK;
