/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What groups of all kinds share: their members, and when they are looked at again. Private.
 */
#pragma once

#include <hass/domain.h>
#include <hass/integration.h>

/* The head of each kind's userdata. */
struct group {
    struct hass_entity_description description; /* points into this struct */
    char *name, *unique_id;
    char **entity_ids; /* NULL-terminated */
    bool all;          /* on when all are on, not when any is */
    void (*update)(struct hass_entity *entity);
};

extern const struct hass_schema group_section_schema;
int group_old_setup(struct hass *hass, const json_t *config, struct hass_error *err) HASS_COROUTINE;
int group_old_reload(struct hass *hass, const json_t *config, struct hass_error *err)
    HASS_COROUTINE;

extern const struct hass_schema group_light_schema;
int group_add_light(struct hass_platform *platform, const json_t *config, struct hass_error *err)
    HASS_COROUTINE;

/* Reads entities, name, unique_id and all. */
void group_init(struct group *group, const json_t *config, const char *default_name,
                const char *icon);
void group_fini(struct group *group);
/* Calls group->update now and whenever a member changes; the state is written then. An async_added_to_hass. */
int group_async_follow(struct hass_entity *entity, struct hass_error *err) HASS_COROUTINE;

/* The members as they are. */
struct group_view {
    size_t members; /* that have a state */
    size_t known;   /* neither unknown nor unavailable */
    size_t available, on;
};
struct group_view group_look(struct hass_entity *entity) HASS_CALLBACK;
/* What the group shows by the model's rule: HASS_NONE while too little is known. */
struct hass_value group_is_on(const struct group *group, const struct group_view *view);

/* Walks the members' states: `for (size_t i = 0; group_next(entity, &i, &state);)`; those without a state are left out. */
bool group_next(struct hass_entity *entity, size_t *place, const struct hass_state **ret_state)
    HASS_CALLBACK;
bool group_is_state_on(const struct hass_state *state);
