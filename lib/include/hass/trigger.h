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
#include <hass/kinds.h>
#include <hass/schema.h>
#include <hass/variables.h>

struct hass_trigger;
struct hass_trigger_change;
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
/** The same for who can wait: kinds that are not registered are looked for among the installed integrations, which is done as @kinds says. */
HASS_API int hass_triggers_async_check(struct hass *hass, const json_t *value,
                                       enum hass_kinds kinds, json_t **ret_config,
                                       struct hass_error *err) HASS_COROUTINE;

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
    /** A check beyond the schema, or NULL; @config is checked. The message may begin with a key of it: "to: expected …". Any thread. */
    int (*check)(const json_t *config, struct hass_error *err);
    /** Begins to listen. Registrations are handed to hass_trigger_async_own. Loop, never suspends. */
    int (*async_attach)(struct hass_trigger *trigger, struct hass_error *err);
    /**
     * Of kinds that use hass_trigger_async_change: adds to @fields what `trigger` has beside entity_id, from_state, to_state and for, and
     * appends the description. Loop. With add_fields, @fields is none of its business.
     */
    void (*async_describe)(struct hass_trigger *trigger, const struct hass_trigger_change *change,
                           struct hass_template_variables *fields, struct hass_buf *description);
    /**
     * Does what is pending still hold, now that the state is @now (NULL: it has gone)? Asked by hass_trigger_async_recheck, and after a
     * restart, then also with @pending as it was written down before. NULL: it does not survive a restart. Loop.
     */
    bool (*async_holds)(struct hass_trigger *trigger, const struct hass_trigger_change *pending,
                        const struct hass_state *now);
    /**
     * It stands for another trigger: gives that, as people write it, owned by the caller, and is that, but for what all triggers have
     * (id, alias, …) and trigger.platform. Instead of async_attach; or NULL. Loop.
     */
    int (*async_map)(struct hass *hass, const json_t *config, json_t **ret_config,
                     struct hass_error *err);
    /**
     * Of kinds that use hass_trigger_async_change and whose fields follow from @config alone: adds them instead of async_describe, when
     * somebody looks at `trigger`, by then the trigger may be gone. A run that nobody looks into costs less. Loop, never suspends.
     */
    void (*add_fields)(const json_t *config, struct hass_template_variables *fields);
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
/** Ends one of them now. Takes NULL. */
HASS_API void hass_trigger_async_disown(struct hass_trigger *trigger, struct hass_sub *sub)
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
/** A change of an entity that fires, at once or when it has lasted. References are kept while it is pending; it takes little memory. */
struct hass_trigger_change {
    uint32_t size;
    const char *key;                    /* tells apart what is pending; NULL: the entity's id */
    const char *entity_id;              /* or NULL: time */
    const struct hass_state *from, *to; /* or NULL */
    const struct hass_context *context; /* of what caused it; or NULL */
    double seconds;                     /* `for:`; 0: it fires at once */
};
#define HASS_TRIGGER_CHANGE(...)                                                                   \
    (&(const struct hass_trigger_change){ .size = sizeof(struct hass_trigger_change), __VA_ARGS__ })
/**
 * Fires when @change->seconds have passed, unless it is ended before. What is pending under the same key goes on beside it, as in the
 * model. It is journaled where the owner wants that. HASS_E_LIMIT beyond 1,000 of one trigger and key.
 */
HASS_API int hass_trigger_async_change(struct hass_trigger *trigger,
                                       const struct hass_trigger_change *change,
                                       struct hass_error *err) HASS_CALLBACK;
/** Ends what is pending under @key and does not hold any more (async_holds); that is told as nearly. Returns how many. */
HASS_API size_t hass_trigger_async_recheck(struct hass_trigger *trigger, const char *key,
                                           const struct hass_state *now) HASS_CALLBACK;
/** Ends what is pending under @key (NULL: all), telling @reason, unless NULL, as nearly. Returns how many. */
HASS_API size_t hass_trigger_async_disarm(struct hass_trigger *trigger, const char *key,
                                          const char *reason) HASS_CALLBACK;
/** How many are pending under @key; NULL: under any. */
HASS_API size_t hass_trigger_async_armed(const struct hass_trigger *trigger, const char *key)
    HASS_CALLBACK;
/**
 * Renders `for:` of the configuration (absent: 0): a duration, a template, a map of templates. @fields are seen as `trigger`.
 * HASS_E_INVALID for what is no positive duration.
 */
HASS_API int hass_trigger_async_period(struct hass_trigger *trigger,
                                       const struct hass_template_variables *fields,
                                       double *ret_seconds, struct hass_error *err) HASS_CALLBACK;
/** True when `for:` must be rendered: only then hass_trigger_async_period looks at its @fields. */
HASS_API bool hass_trigger_period_is_template(const struct hass_trigger *trigger);
/** It has nearly fired: kept for who asks why it did not. */
HASS_API void hass_trigger_async_nearly(struct hass_trigger *trigger, const char *reason, ...)
    HASS_PRINTF(2, 3) HASS_CALLBACK;
