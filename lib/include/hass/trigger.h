/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Triggers. A kind of trigger is a table that anybody may add: an integration registers its own (zone, mqtt, webhook) beside the built-in
 * ones. Who has a list of triggers (an automation, wait_for_trigger, a template entity) checks it once, attaches it, and is called with
 * the variable `trigger` whenever one fires.
 *
 * Checked configuration is what all kinds and owners see: a flat list, each item
 * {"trigger": kind, "id"?: text, "alias"?: text, "enabled"?: bool or template, "variables"?: {}, …the kind's own keys, normalised}.
 *
 * Model: helpers.trigger
 */
#pragma once

#include <hass/bus.h>
#include <hass/schema.h>
#include <hass/variables.h>

struct hass_trigger;
struct hass_triggers;

/* for those who have triggers */

/**
 * Checks a list as people write it (one or many, nested `triggers`, `trigger` or `platform`, `options`) and normalises it.
 *
 * Context: any thread.
 * Returns: 0 with @ret_config owned by the caller; HASS_E_INVALID with the place below @value first: "1->entity_id: expected …". @hass may be
 *          NULL, when only the file is looked at: kinds that are not built in are then taken as they are.
 */
HASS_API int hass_triggers_check(struct hass *hass, const json_t *value, json_t **ret_config,
                                 struct hass_error *err);

/**
 * A trigger has fired. @variables is a new scope inside of that given to attach, which the callee may keep and add to: `trigger`, and
 * the trigger's own variables. @context: of what caused it, or NULL for time. Loop, never suspends.
 */
typedef int hass_triggered_fn(struct hass *hass, struct hass_variables *variables,
                              const struct hass_context *context, void *userdata,
                              struct hass_error *err);
/** One has nearly fired, and @reason says what was missing. @index: in the checked list. */
typedef void hass_trigger_nearly_fn(struct hass *hass, size_t index, const char *reason,
                                    void *userdata);

struct hass_triggers_options {
    uint32_t size;
    const json_t *config;             /* checked; a reference is kept */
    struct hass_variables *variables; /* `this`, trigger_variables; a reference is kept; or NULL */
    const char *name;                 /* for the log: "automation.hall_light" */
    const char *
        journal; /* what keeps `for:` and missed times over a restart: the owner's key, unique; NULL: nothing does */
    bool
        at_start; /* hassd is starting, it is no reload and no turning on: `homeassistant: start` fires */
    bool run_missed; /* a time that passed while hassd was down fires once now */
    hass_triggered_fn *fired;
    hass_trigger_nearly_fn *nearly; /* or NULL */
    void *userdata;
};
#define HASS_TRIGGERS_OPTIONS(...)                                                                 \
    (&(const struct hass_triggers_options){ .size = sizeof(struct hass_triggers_options),          \
                                            __VA_ARGS__ })
/**
 * Attaches all that are enabled, in order. One that cannot be is logged, and the others work.
 *
 * Returns: how many are attached, with @ret_triggers, which belongs to the caller.
 */
HASS_API int hass_triggers_async_attach(struct hass *hass,
                                        const struct hass_triggers_options *options,
                                        struct hass_triggers **ret_triggers, struct hass_error *err)
    HASS_CALLBACK;
/** Ends all, their pending `for:`, too. Safe while one fires. Takes NULL, returns NULL. */
HASS_API struct hass_triggers *hass_triggers_async_detach(struct hass_triggers *triggers)
    HASS_CALLBACK;
/** What is pending: [{"index", "key", "due": microseconds UTC}], owned by the caller. */
HASS_API json_t *hass_triggers_async_pending(const struct hass_triggers *triggers) HASS_CALLBACK;

/* for kinds */

struct hass_trigger_kind {
    uint32_t size;
    const char *name; /* "state", "zone" */
    const struct hass_schema
        *schema; /* of its own keys; id, alias, enabled, variables are common */
    /** A check beyond the schema, or NULL; @config is checked. Any thread. */
    int (*check)(const json_t *config, struct hass_error *err);
    /** Begins to listen. Registrations are handed to hass_trigger_async_own. Loop, never suspends. */
    int (*async_attach)(struct hass_trigger *trigger, struct hass_error *err);
    /**
     * After a restart: does what was armed under @key (before it went down, with @variables) still hold? 1: it goes on; 0: it does not;
     * -EAGAIN: cannot be told yet, ask again when the entity @key changes. NULL: nothing of this kind goes on. Loop.
     */
    int (*async_resume)(struct hass_trigger *trigger, const char *key,
                        struct hass_variables *variables);
};
#define HASS_TRIGGER_KIND(...)                                                                     \
    {                                                                                              \
        .size = sizeof(struct hass_trigger_kind), __VA_ARGS__                                      \
    }
/** Adds a kind; it belongs to the current scope. HASS_E_EXISTS. */
HASS_API int hass_trigger_async_register(struct hass *hass, const struct hass_trigger_kind *kind,
                                         struct hass_error *err) HASS_CALLBACK;

HASS_API struct hass *hass_trigger_hass(const struct hass_trigger *trigger);
/** The checked configuration, lent for the trigger's life. */
HASS_API const json_t *hass_trigger_config(const struct hass_trigger *trigger);
/** `this` and trigger_variables, for templates that are rendered when it is attached (limited). */
HASS_API struct hass_variables *hass_trigger_variables(const struct hass_trigger *trigger);
HASS_API bool hass_trigger_at_start(const struct hass_trigger *trigger);
/** Data of the kind, destroyed with the trigger. */
HASS_API void hass_trigger_set_data(struct hass_trigger *trigger, void *data,
                                    hass_destroy_fn *destroy);
HASS_API void *hass_trigger_data(const struct hass_trigger *trigger);
/** A registration that ends with the trigger; NULL is nothing. */
HASS_API void hass_trigger_async_own(struct hass_trigger *trigger, struct hass_sub *sub)
    HASS_CALLBACK;

/** What a kind says when it fires. */
struct hass_trigger_fire {
    uint32_t size;
    struct hass_template_variables *
        fields; /* "trigger.entity_id", …; taken. id, idx, alias, platform, description are added */
    const char *description;            /* "state of light.kitchen"; or NULL */
    const struct hass_context *context; /* of what caused it; NULL: time */
};
#define HASS_TRIGGER_FIRE(...)                                                                     \
    (&(const struct hass_trigger_fire){ .size = sizeof(struct hass_trigger_fire), __VA_ARGS__ })
HASS_API int hass_trigger_async_fire(struct hass_trigger *trigger,
                                     const struct hass_trigger_fire *fire, struct hass_error *err)
    HASS_CALLBACK;
/**
 * Fires when @seconds have passed, unless hass_trigger_async_disarm comes first: `for:`. @key (an entity id) tells apart what is pending;
 * arming anew replaces. Journaled where the owner wants that. 0 seconds fires at once.
 */
HASS_API int hass_trigger_async_arm(struct hass_trigger *trigger, const char *key, double seconds,
                                    const struct hass_trigger_fire *fire, struct hass_error *err)
    HASS_CALLBACK;
/** @reason (printf, or NULL): why it did not last, for hass_trigger_async_nearly. True when something was pending. */
HASS_API bool hass_trigger_async_disarm(struct hass_trigger *trigger, const char *key,
                                        const char *reason, ...) HASS_PRINTF(3, 4) HASS_CALLBACK;
HASS_API bool hass_trigger_async_armed(const struct hass_trigger *trigger, const char *key)
    HASS_CALLBACK;
/**
 * Renders `for:` of the configuration (absent: 0): a duration, a template, a map of templates. @fields are seen as `trigger`.
 * HASS_E_INVALID for what is no positive duration.
 */
HASS_API int hass_trigger_async_period(struct hass_trigger *trigger,
                                       const struct hass_template_variables *fields,
                                       double *ret_seconds, struct hass_error *err) HASS_CALLBACK;
/** It has nearly fired: kept for who asks why it did not. */
HASS_API void hass_trigger_async_nearly(struct hass_trigger *trigger, const char *reason, ...)
    HASS_PRINTF(2, 3) HASS_CALLBACK;
