/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One state: immutable but for last_reported. A fresh context lives in the same block.
 */
#pragma once

#include <stdatomic.h>

#include <hass/list.h>
#include <hass/states.h>

#include "core/attrs.h"
#include "core/context.h"

/* An id, shared by the states that an entity goes through; and the entity's place in the machine. What finding looks at is
 * at the end, beside the id: with many entities each line of cache counts. */
struct entity_slot {
    struct hass_list link;        /* in states.all; under states.lock */
    struct hass_list domain_link; /* in domain->slots; under states.lock */
    struct states_domain *domain; /* NULL while it has no state */
    struct hass *hass;
    _Atomic uint32_t refs;
    uint32_t hash;
    const struct attrs *attrs; /* of `state`, to be fetched along with it */
    const struct hass_state
        *state; /* of the machine, a reference; NULL: only reserved, or gone. Under states.lock */
    uint8_t length; /* of id */
    uint8_t domain_length;
    char id[];
};

struct hass_state {
    _Atomic uint32_t refs;
    uint16_t length;                    /* of text */
    struct entity_slot *slot;           /* a reference */
    const struct attrs *attrs;          /* a reference */
    const struct hass_context *context; /* kept */
    int64_t last_changed;
    int64_t last_updated;
    _Atomic int64_t last_reported;
    struct state_text *_Atomic json; /* cached; NULL until asked for */
    char text[];
};

struct state_values {
    struct entity_slot *slot;
    const struct attrs *attrs; /* taken */
    const char *text;
    size_t length;
    int64_t last_changed;
    int64_t last_updated;
    const struct hass_context *context; /* NULL: a fresh one */
};

struct hass_state *state_new(const struct state_values *values);
/**
 * A state of no machine, from what hass_state_as_json gives. HASS_E_INVALID for what is no state.
 *
 * Owns: @ret_state is the caller's.
 */
int state_read(struct hass *hass, const json_t *json, const struct hass_state **ret_state,
               struct hass_error *err);
/** An id of its own, in no machine; a reference. */
struct entity_slot *entity_slot_new(struct hass *hass, const char *id, size_t length);
void entity_slot_unref(struct entity_slot *slot);
/** A time as it stands in JSON, with and without its quotes. */
json_t *state_time_as_json(int64_t time);
void state_write_time(int64_t time, struct hass_buf *buf);
/** Text in more than 255 characters is no state. */
bool state_text_fits(const char *text, size_t length);
