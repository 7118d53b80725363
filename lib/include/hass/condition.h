/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Conditions: they answer yes, no, nothing (disabled) or fail, at once and without a trace on the house. Kinds are tables, as those of triggers.
 *
 * Checked configuration: {"condition": kind, "alias"?: text, "enabled"?: bool or template, …the kind's own keys, normalised}; shorthand
 * forms (a template text, {and: …}, {or: …}, {not: …}, {condition: […]}) have become the long ones.
 *
 * Model: helpers.condition
 */
#pragma once

#include <hass/kinds.h>
#include <hass/schema.h>
#include <hass/variables.h>

struct hass_condition;  /* one, compiled */
struct hass_conditions; /* a list of them */
struct hass_trace;

/**
 * Checks a list of conditions as people write it, also a single one, and normalises it to a list.
 *
 * Context: any thread. As hass_triggers_check.
 */
HASS_API int hass_conditions_check(struct hass *hass, const json_t *value, json_t **ret_config,
                                   struct hass_error *err);
/** The same for who can wait, as hass_triggers_async_check. */
HASS_API int hass_conditions_async_check(struct hass *hass, const json_t *value,
                                         enum hass_kinds kinds, json_t **ret_config,
                                         struct hass_error *err) HASS_COROUTINE;
/** Compiles a checked list. Belongs to the caller. */
HASS_API int hass_conditions_async_create(struct hass *hass, const json_t *config,
                                          struct hass_conditions **ret_conditions,
                                          struct hass_error *err) HASS_CALLBACK;
HASS_API struct hass_conditions *hass_conditions_destroy(struct hass_conditions *conditions);
HASS_API size_t hass_conditions_count(const struct hass_conditions *conditions);

/** What becomes of a list in which conditions fail. */
enum hass_conditions_rule {
    HASS_CONDITIONS_ALL, /* automations: false as soon as one is false; else false, with a warning each, if one failed */
    HASS_CONDITIONS_FIRST, /* lists in scripts: the first that is false or fails (with a warning) ends it: false */
    HASS_CONDITIONS_RAISE, /* as FIRST, but a failing one is the error returned, and nothing is logged */
    HASS_CONDITIONS_STEP, /* as FIRST, of the one condition that is a step of a sequence: @path is that of the step, which has been begun and gets
                             its details ("action/0"); what is within it has "<path>/conditions/0" */
};
/**
 * Tests all. An empty list is true.
 *
 * @trace gets each as a step at "<path>/<index>"; NULL with @path NULL: none. @name begins warnings ("automation.hall").
 * Returns: 1 or 0; HASS_E_CONDITION by HASS_CONDITIONS_RAISE.
 */
HASS_API int hass_conditions_async_test(struct hass_conditions *conditions,
                                        enum hass_conditions_rule rule,
                                        struct hass_variables *variables, struct hass_trace *trace,
                                        const char *path, const char *name, struct hass_error *err)
    HASS_CALLBACK;

/* for kinds */

struct hass_condition_kind {
    uint32_t size;
    const char *name;
    const struct hass_schema *schema; /* of its own keys */
    /** A check beyond the schema, or NULL; @config is checked and has its name as "condition". Any thread. */
    int (*check)(const json_t *config, struct hass_error *err);
    /** Compiles what it needs (templates) once; or NULL. Loop. */
    int (*async_prepare)(struct hass *hass, const json_t *config, void **ret_data,
                         struct hass_error *err);
    hass_destroy_fn *destroy; /* of that data */
    /**
     * It stands for another condition: gives that, as people write it, owned by the caller, and is tested as that is. Instead of async_test
     * and the two above; or NULL. Loop.
     */
    int (*async_map)(struct hass *hass, const json_t *config, json_t **ret_config,
                     struct hass_error *err);
    /**
     * 1, 0, or an error. @trace (may be NULL) takes details: hass_trace_async_detail(trace, "state", …). Loop, never suspends.
     */
    int (*async_test)(struct hass *hass, const json_t *config, void *data,
                      struct hass_variables *variables, struct hass_trace *trace,
                      struct hass_error *err);
};
#define HASS_CONDITION_KIND(...)                                                                   \
    {                                                                                              \
        .size = sizeof(struct hass_condition_kind), __VA_ARGS__                                    \
    }
/** Adds a kind; it belongs to the current scope. HASS_E_EXISTS. */
HASS_API int hass_condition_async_register(struct hass *hass,
                                           const struct hass_condition_kind *kind,
                                           struct hass_error *err) HASS_CALLBACK;
