/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Targets: what "entity_id", "device_id", "area_id", "floor_id" and "label_id" mean together. What was named is kept apart
 * from what follows from it by the registries: only the former causes errors.
 *
 * Model: helpers.service, helpers.target
 */
#pragma once

#include <hass/buf.h>
#include <hass/schema.h>
#include <hass/strmap.h>
#include <hass/thread_safety.h>
#include <hass/vec.h>

enum target_kind {
    TARGET_ENTITIES,
    TARGET_DEVICES,
    TARGET_AREAS,
    TARGET_FLOORS,
    TARGET_LABELS,
    TARGET_KINDS,
};

/** Sets of ids in the order found; NULL: none. Ids that are lent are so until the caller suspends. */
struct target {
    bool all;                            /* entity_id "all": of whatever set the caller has */
    struct hass_strmap *named;           /* entities that were listed, groups expanded */
    HASS_VEC(const char *) indirect;     /* others that it reaches, each once; lent */
    struct hass_strmap *noted;           /* those of them that another way may lead to */
    struct hass_strmap *devices, *areas; /* that it reaches */
    struct hass_strmap
        *missing[TARGET_KINDS]; /* ids that no registry knows; entities: by the caller */
};

/** The keys of a target, by kind. */
extern const char *const target_keys[TARGET_KINDS];
/** One id, a list of them, or the word "none", which is kept. For all keys but entity_id. */
extern const struct hass_field_type target_type_ids;

/** Finds what @data's keys mean: values as hass_type_entity_ids and target_type_ids give them, or absent. */
void target_resolve(struct hass *hass, const json_t *data, bool expand_groups,
                    struct target *ret_target) HASS_CALLBACK;
void target_fini(struct target *target);
/** Adds to the ids of a set, which may be NULL; false when it was there. */
bool target_note(struct hass_strmap **set, const char *id);
/** Appends "entities light.x, light.y; areas cellar", or nothing when nothing is missing. */
void target_list_missing(const struct target *target, struct hass_buf *buf);
