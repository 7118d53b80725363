/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this integration share. Private.
 *
 * script.c     the section, reload, services, commands
 * item.c       an item of the section: what is written becomes what runs, or a reason why not
 * entity.c     its entity, and its runs
 */
#pragma once

#include <string.h>

#include <hass/domain.h>
#include <hass/hass.h>
#include <hass/integration.h>
#include <hass/script.h>
#include <hass/vec.h>

#define DOMAIN "script"

/* What is written about a script, prepared. */
struct item {
    char *object_id;
    json_t *raw;        /* as it is written */
    json_t *shown;      /* a blueprint's holes filled: what runs */
    json_t *config;     /* checked; NULL: it is invalid */
    const char *status; /* "failed_schema", "failed_blueprint"; NULL: it is good */
    char *failure;      /* why it is invalid */
    json_t *wrong; /* all that is, with the ways to it, where `failure` is the first; or NULL */
    char *name;    /* alias, or the object id */
};

struct script {
    struct hass *hass;
    struct item item;
    struct hass_entity_description description; /* points into item */
    char *entity_id;                            /* proposed */
    struct hass_script_settings settings;
    struct hass_entity *entity; /* lent: it owns this */
    struct hass_script *script; /* NULL: it is invalid, or not added yet */
    bool removed;
    bool has_service;
    int64_t last_triggered; /* microseconds UTC; 0: never */
};

struct scripts {
    HASS_VEC(struct script *) list; /* of entities that are there */
    struct hass_component *component;
    struct hass_mutex *reloading;
    const char *only; /* while one is reloaded: its object id; NULL: all are */
};

struct scripts *scripts_of(struct hass *hass) HASS_CALLBACK;
/* Lends the script of an object id or an entity id, or NULL. */
struct script *script_find(struct hass *hass, const char *object_id) HASS_CALLBACK;
struct script *script_find_entity(struct hass *hass, const char *entity_id) HASS_CALLBACK;

/* item.c */

/* The keys of an item, for documentation. */
extern const struct hass_schema script_schema;
/*
 * Prepares what is written; reads a blueprint. @raw is lent. Returns 0, also for one that is invalid; HASS_E_INVALID with @err when not
 * even an entity can be made of it; -ECANCELED.
 */
int item_async_prepare(struct hass *hass, const char *object_id, const json_t *raw, bool offline,
                       struct item *ret_item, struct hass_error *err) HASS_COROUTINE;
void item_fini(struct item *item);

/* entity.c */

/* @item is taken. */
struct hass_entity *script_entity_create(struct hass *hass, struct item *item) HASS_CALLBACK;
static inline struct script *script_of(struct hass_entity *entity)
{
    return hass_entity_userdata(entity);
}
/* Runs it to its end. @variables is lent, {name: value} or NULL. As hass_script_async_run. */
int script_async_run(struct script *script, const json_t *variables,
                     const struct hass_context *context, json_t **ret_response,
                     struct hass_error *err) HASS_COROUTINE;
/* Begins a run. */
int script_async_start(struct script *script, const json_t *variables,
                       const struct hass_context *context, struct hass_error *err) HASS_CALLBACK;

/* service.c */

/* script.<object id>. */
int service_add(struct script *script, struct hass_error *err) HASS_CALLBACK;
void service_remove(struct script *script) HASS_CALLBACK;
