/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device registry. device_row is what a device consists of; device keeps them and their indexes and finds them;
 * device_update creates and changes; device_remove removes, cascades and cleans up; device_store loads and saves.
 *
 * An item is a device's place in the registry; its row is replaced when it changes. Removed devices are items of a set of
 * their own until they expire.
 */
#pragma once

#include "core/core.h"
#include "registry/index.h"
#include "registry/row_file.h"

/* Where a field of a device's row appears. */
enum device_field_use {
    DEVICE_SHOWN = 1,        /* to clients */
    DEVICE_CHANGE = 2,       /* among the changes of an event */
    DEVICE_SETTABLE = 4,     /* from @changes, under its own key */
    DEVICE_STORED = 8,       /* in files, */
    DEVICE_STORED_LATE = 16, /* of removed devices */
    DEVICE_STAMP = 32,       /* is no difference */
};

struct device_values {
    struct hass_device device;
    const struct hass_device_pair
        *subentries; /* (config entry, subentry); an entry alone is not listed */
    const char *
        rest; /* members of the file's row that we do not know, as members of a JSON object; or NULL */
    int64_t
        orphaned; /* of a removed device: when its last config entry went, microseconds UTC; or 0 */
    bool disabled_by_undefined; /* of a removed device: nobody noted disabled_by */
};

extern const struct row_type device_type;

/* A device being made or changed; zero-initialised is empty. */
struct device_draft {
    struct device_values values;
    const struct device_values *base; /* what it began with, a reference; or NULL */
    struct arena arena;               /* of lists */
};

struct device_item {
    const struct device_values *row; /* first: see access_next */
    struct group_member all, area, via;
    struct memberships labels, entries;
};

struct device_set {
    struct group all;
    struct index by_id, identifiers, connections;
};

struct devices {
    struct hass *hass;
    struct device_set live,
        removed; /* struct device_item; a removed one is in no group but `all` */
    struct groups areas, labels, entries, vias;
    struct hass_sub *cleanup, *expiry; /* timers; or NULL */
    struct row_file *file;             /* NULL until it has been loaded */
};

/** The registry of @hass, made at first use. */
struct devices *devices_of(struct hass *hass) HASS_CALLBACK;

/**
 * Reads the file and saves changes from now on. During bootstrap, before anything else uses the registry. A failure is that of
 * a file that cannot be read: then nothing is saved.
 */
int devices_async_load(struct hass *hass, struct hass_error *err) HASS_COROUTINE;
/** Forgets all devices. */
void devices_clear(struct devices *devices);

/** A new item in the set and indexes; the reference to @row is taken. */
struct device_item *devices_add(struct devices *devices, const struct device_values *row);
/** Gives @item a new row and its place in all indexes. */
void devices_replace(struct devices *devices, struct device_item *item,
                     const struct device_values *draft);
/** Takes @item out and frees it. */
void devices_drop(struct devices *devices, struct device_item *item);
void removed_devices_add(struct devices *devices, const struct device_values *row);
void removed_devices_replace(struct devices *devices, struct device_item *item,
                             const struct device_values *draft);
void removed_devices_drop(struct devices *devices, struct device_item *item);

struct device_item *devices_find_id(const struct devices *devices, const char *id);
/** By any of @identifiers, then any of @connections. */
struct device_item *device_set_find(const struct device_set *set,
                                    const struct hass_device_pair *identifiers,
                                    const struct hass_device_pair *connections);

/** @mac as six pairs in lower case parted by colons, in @arena when it has to be changed. */
const char *device_normalise_mac(const char *mac, struct arena *arena);
/** Macs normalised, without what is there twice; @pairs may be NULL. */
const struct hass_device_pair *device_normalise_connections(const struct hass_device_pair *pairs,
                                                            struct arena *arena);
int device_check_url(const char *url, struct hass_error *err);

/** Begins @draft with the values of @row. */
void device_draft_begin(struct device_draft *draft, const struct device_values *row);
void device_draft_fini(struct device_draft *draft);
/** Takes @entry_id from the draft, which need not have it. */
void device_draft_remove_entry(struct device_draft *draft, const char *entry_id);
/** Takes a part of an entry ("": the entry without a part) from the draft, and the entry with its last. */
void device_draft_remove_subentry(struct device_draft *draft, const char *entry_id,
                                  const char *subentry_id);

/* Between operation_begin and operation_end. */

/** Finishes a change of @item: compares, stores, announces, tells the entities. */
void device_commit(struct devices *devices, struct device_item *item, struct device_draft *draft)
    HASS_CALLBACK;
void device_remove(struct devices *devices, struct device_item *item) HASS_CALLBACK;

/** Something is to be saved. */
static inline HASS_CALLBACK void devices_changed(struct devices *devices)
{
    row_file_async_save(devices->file);
}

/* For other registries. */

/** Areas are deleted, labels too: no device has them any more, nor does a removed one. */
void devices_async_clear_area(struct hass *hass, const char *area_id) HASS_CALLBACK;
void devices_async_clear_label(struct hass *hass, const char *label_id) HASS_CALLBACK;
/** A part of a config entry is deleted: it is taken from all devices; those left without an entry are removed. */
void devices_async_clear_subentry(struct hass *hass, const char *entry_id, const char *subentry_id)
    HASS_CALLBACK;
/** A config entry has been disabled or enabled: its devices follow. */
void devices_async_entry_disabled(struct hass *hass, const char *entry_id, bool disabled)
    HASS_CALLBACK;
/** Devices without entities and without a live config entry go 10 s after the last call. */
void devices_async_schedule_cleanup(struct hass *hass) HASS_CALLBACK;
