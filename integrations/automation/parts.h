/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this integration share. Private.
 *
 * automation.c  the section, reload, services
 * item.c        an item of the section: what is written becomes what runs, or a reason why not
 * same.c        what runs already as it is written
 * entity.c      its entity
 * run.c         what happens when a trigger fires
 * attempts.c    runs that came to nothing, for who asks why
 * past.c        what has been done
 * place.c       where steps stand in the files
 * why.c         why a thing is as it is
 * why_not.c     why an automation has not run
 * websocket.c   commands
 */
#pragma once

#include <string.h>

#include <hass/condition.h>
#include <hass/dt.h>
#include <hass/hass.h>
#include <hass/integration.h>
#include <hass/script.h>
#include <hass/trigger.h>
#include <hass/vec.h>

#define DOMAIN "automation"

/* What is written about an automation, prepared. */
struct item {
    size_t index;       /* in the section */
    json_t *raw;        /* as it is written */
    json_t *shown;      /* in the newer spelling, a blueprint's holes filled: what runs */
    json_t *config;     /* checked; NULL: it is invalid, or has become what runs */
    const char *status; /* "failed_triggers", …; NULL: it is good */
    char *failure;      /* why it is invalid */
    json_t *wrong;  /* all that is, with the ways to it, where `failure` is the first; or NULL */
    char *name;     /* alias, or "automation 3" */
    const char *id; /* lent by raw; or NULL */
    const char *description; /* likewise; "" */
};

/* Why a run came to nothing. */
struct attempt {
    int64_t time;
    char *trigger;   /* its description, or NULL */
    char *reason;    /* "failed_conditions", "failed_single", "error", …: as a trace has it */
    char *path;      /* of the step that stopped it, or NULL */
    json_t *details; /* of that step, or NULL */
    char *run_id;    /* of its trace, or NULL */
};

#define MAX_ATTEMPTS 20

struct automation {
    struct hass *hass;
    struct item item;
    struct hass_entity_description description; /* points into item */
    struct hass_entity *entity;                 /* lent: it owns this */
    char *key;                                  /* of its runs in the journal: id or entity id */
    json_t *variables;         /* trigger_variables, then variables over them; or NULL */
    json_t *labels;            /* of run.c: what its runs are known by; or NULL */
    json_t *trigger_variables; /* or NULL */
    json_t *trigger_config;    /* checked */
    struct hass_script_settings settings;
    bool run_missed;
    struct hass_conditions *conditions;
    struct hass_script *script;     /* NULL: it is invalid, or not added yet */
    struct hass_triggers *triggers; /* NULL: none are attached */
    bool enabled;
    bool removed; /* from the home: what still comes from its runs is not its own any more */
    int64_t last_triggered; /* microseconds UTC; 0: never */
    char last_triggered_text[HASS_DT_TEXT];
    HASS_VEC(struct attempt) attempts; /* oldest first */
};

struct automations {
    HASS_VEC(struct automation *) list; /* of entities that are there */
    struct hass_component *component;
    bool attached_at_start;
    struct hass_mutex *reloading;
    const char *only;                          /* while one is reloaded: its id; NULL: all are */
    const struct hass_context *reload_context; /* of the call that reloads; or NULL */
};

struct automations *automations_of(struct hass *hass) HASS_CALLBACK;
/* Lends the automation of an entity id, or NULL. */
struct automation *automation_find(struct hass *hass, const char *entity_id) HASS_CALLBACK;

/* A section may be one automation instead of a list. */
static inline size_t section_count(const json_t *section)
{
    return json_is_array(section) ? json_array_size(section) : json_object_size(section) > 0;
}
static inline const json_t *section_item(const json_t *section, size_t index)
{
    return json_is_array(section) ? json_array_get(section, index) : section;
}
/* @only: the id of the only one that is looked at, or NULL. */
static inline bool section_wants(const json_t *raw, const char *only)
{
    return !only || strcmp(hass_json_get_string(raw, "id", ""), only) == 0;
}

/* same.c */

/* For each of the section the entity that runs it already, a reference, or NULL: those need not be looked at any further. */
struct hass_entity **same_find(const struct automations *all, const json_t *section) HASS_CALLBACK;
/* Tells in @kept, by the place in the list, which automations those are, and frees them. They stand mostly in the order of the section. */
void same_keep(const struct automations *all, struct hass_entity **same, size_t count, bool *kept)
    HASS_CALLBACK;

/* item.c */

/* The keys of an item, for documentation. */
extern const struct hass_schema automation_schema;
/*
 * Prepares what is written at @index; reads a blueprint. @raw is lent. Returns 0, also for one that is invalid; HASS_E_INVALID with
 * @err when not even an entity can be made of it; -ECANCELED.
 */
int item_async_prepare(struct hass *hass, const json_t *raw, size_t index, bool offline,
                       struct item *ret_item, struct hass_error *err) HASS_COROUTINE;
void item_fini(struct item *item);

/* entity.c */

/* @item is taken. */
struct hass_entity *automation_entity_create(struct hass *hass, struct item *item) HASS_CALLBACK;
static inline struct automation *automation_of(struct hass_entity *entity)
{
    return hass_entity_userdata(entity);
}
/* Attaches its triggers; @at_start: hassd is starting. */
int automation_attach(struct automation *automation, bool at_start, struct hass_error *err)
    HASS_CALLBACK;
int automation_enable(struct automation *automation, struct hass_error *err) HASS_CALLBACK;
int automation_disable(struct automation *automation, bool stop_actions, struct hass_error *err)
    HASS_CALLBACK;

/* run.c */

/* A hass_triggered_fn. */
int automation_fired(struct hass *hass, struct hass_variables *variables,
                     const struct hass_context *context, void *userdata, struct hass_error *err)
    HASS_CALLBACK;
/* automation.trigger: waits for the run. @variables is lent. */
int automation_async_trigger(struct automation *automation, const json_t *variables,
                             bool skip_condition, const struct hass_context *context,
                             struct hass_error *err) HASS_COROUTINE;
/* The trace of a run that goes on after a restart. */
struct hass_trace *automation_resumed(struct hass_script *script, struct hass_variables *variables,
                                      const struct hass_context *context, int64_t since,
                                      void *userdata) HASS_CALLBACK;
void automation_set_last_triggered(struct automation *automation, int64_t time);
/* Lends the entity's state; NULL while there is none. */
const struct hass_state *automation_state(struct automation *automation) HASS_CALLBACK;

/* attempts.c */

/* Remembers one; @details is taken. @trace may be NULL. */
void attempts_add(struct automation *automation, const char *trigger, const char *reason,
                  const char *path, json_t *details, const struct hass_trace *trace) HASS_CALLBACK;
/* That nearly was one. */
void attempts_nearly(struct hass *hass, size_t index, const char *reason, void *userdata)
    HASS_CALLBACK;
void attempts_fini(struct automation *automation);
/* [{"time", "trigger", "reason", "path", "details", "run_id"}], oldest first, owned by the caller. */
json_t *attempts_as_json(const struct automation *automation) HASS_CALLBACK;

/* place.c */

/* "automations.yaml:12" of a step's path below @root of @domain's section, owned by the caller; null when that is not known. */
json_t *place_of_step(struct hass *hass, const char *domain, const char *root, const char *step)
    HASS_CALLBACK;
/* The same of an automation; @step NULL: as a whole. */
json_t *place_in_automation(const struct automation *automation, const char *step) HASS_CALLBACK;

/* why.c */

/* The chain of causes of a state, owned by the caller; NULL: there is no such state. */
json_t *why_explain(struct hass *hass, const char *entity_id) HASS_CALLBACK;

/* why_not.c */

/* What has stopped it since @since (microseconds UTC), and what would now; owned by the caller. */
json_t *why_not_explain(struct automation *automation, int64_t since) HASS_CALLBACK;

/* websocket.c */

int websocket_add(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
