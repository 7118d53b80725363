/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of scene share: states that are wanted, how they are brought about, and the scenes that are written down. Private.
 *
 * Wanted states, once checked: {entity id: {"state": text, "attributes": {}}}.
 */
#pragma once

#include <hass/integration.h>

/* reproduce.c */

/* A map of entity ids to a state, or to a map with state and attributes. */
extern const struct hass_field_type scene_type_states;
/**
 * Brings entities into the wanted states, all at once, by their domains' services; what is right already is left alone.
 *
 * Returns: 0; the first error when all have ended. An entity that is not there, or of which that cannot be wanted, is a line in the log.
 */
int scene_async_reproduce(struct hass *hass, const json_t *states, const json_t *transition,
                          const struct hass_context *context, struct hass_error *err)
    HASS_COROUTINE;

/* One entity on its way. */
struct scene_step {
    struct hass *hass;
    char *entity_id;
    const char *state;        /* wanted */
    const json_t *attributes; /* wanted */
    const char *shown;        /* the state as it is */
    json_t *has;              /* the attributes as they are */
    const json_t *transition; /* or NULL */
    const struct hass_context *context;
};
/* The wanted attribute; NULL when there is none or it is null. */
const json_t *scene_wanted(const struct scene_step *step, const char *key);
/* True when an attribute is as it is wanted, which it is without one on either side. */
bool scene_is_right(const struct scene_step *step, const char *key);
/* Calls a service of the entity's domain. @data is taken, or NULL. */
int scene_tell(struct scene_step *step, const char *service, json_t *data, struct hass_error *err)
    HASS_COROUTINE;
/* The same with those of @keys (to NULL) that are wanted. */
int scene_tell_wanted(struct scene_step *step, const char *service, const char *const *keys,
                      struct hass_error *err) HASS_COROUTINE;

typedef int scene_step_fn(struct scene_step *step, struct hass_error *err);

/* domains.c */

/* How entities of a domain are brought into a state; NULL when that is not known. */
struct scene_way;
const struct scene_way *scene_way_get(const char *domain);
/* False for a state that no entity of the domain can be brought into. */
bool scene_way_allows(const struct scene_way *way, const struct scene_step *step);
int scene_way_go(const struct scene_way *way, struct scene_step *step, struct hass_error *err)
    HASS_COROUTINE;

/* light.c */

int scene_light(struct scene_step *step, struct hass_error *err) HASS_COROUTINE;

/* written.c: scenes of the section, and those that services make */

extern const struct hass_schema scene_section_schema;
int scene_written_setup(struct hass *hass, const json_t *section, struct hass_error *err)
    HASS_COROUTINE;
int scene_written_reload(struct hass *hass, const json_t *section, struct hass_error *err)
    HASS_COROUTINE;
int scene_written_services(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
int scene_written_delete(struct hass_entity *entity, const struct hass_service_call *call,
                         struct hass_error *err) HASS_COROUTINE;
