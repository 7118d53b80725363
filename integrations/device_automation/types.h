/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be said about devices: for each domain of entities the types of its triggers, conditions and actions, and which trigger or
 * condition of the core each stands for.
 */
#pragma once

#include <hass/condition.h>
#include <hass/entity_registry.h>
#include <hass/hass.h>
#include <hass/trigger.h>

enum device_what {
    DEVICE_TRIGGER,
    DEVICE_CONDITION,
    DEVICE_ACTION,
};

/** What a type of trigger or condition stands for. */
enum device_how {
    DEVICE_STATE,  /* the state is, or becomes, one of @words; without words: what the fields say */
    DEVICE_NOT,    /* the state is not @words */
    DEVICE_NUMBER, /* the state, or @attribute, is within bounds */
    DEVICE_CHOICE, /* the state, or @attribute, is what the field @words says */
    DEVICE_ZONE,   /* the event @words (enter, leave) of a zone */
    DEVICE_SERVICE, /* an action: the library knows its service */
};

struct device_type {
    const char *domain;
    const char *type; /* "turned_on" */
    enum device_how how;
    const char *words;     /* separated by blanks; or NULL */
    const char *attribute; /* or NULL */
    const char *fields;    /* that people may fill in, separated by blanks; or NULL */
    uint32_t features;     /* of which the entity must support one; 0: none is needed */
};

/** A type by name; binary sensors and sensors have those of all their classes. NULL: there is none. */
const struct device_type *device_type_find(enum device_what what, const char *domain,
                                           const char *type);
/** True when @domain has any. */
bool device_type_has_domain(enum device_what what, const char *domain);

/** Calls @fn for each type that an entity has. */
typedef void device_type_fn(const struct device_type *type, void *userdata);
void device_types_of(struct hass *hass, const struct hass_entity_entry *entry,
                     enum device_what what, device_type_fn *fn, void *userdata) HASS_CALLBACK;

/* classes.c: types of sensors depend on their device class */

const struct device_type *device_class_find(enum device_what what, const char *domain,
                                            const char *type);
void device_class_types(struct hass *hass, const struct hass_entity_entry *entry,
                        enum device_what what, device_type_fn *fn, void *userdata) HASS_CALLBACK;

/* map.c: the kinds `device` */

extern const struct hass_condition_kind device_condition;
extern const struct hass_trigger_kind device_trigger;

/* list.c: the commands */

int device_commands_add(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
