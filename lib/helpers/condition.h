/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of conditions share: `condition_check.c` turns what people write into checked lists, `condition.c` compiles and tests those,
 * and each further file has built-in kinds.
 */
#pragma once

#include <hass/condition.h>
#include <hass/states.h>
#include <hass/trace.h>

#include "helpers/check_types.h"
#include "helpers/kind_search.h"
#include "run/runtime.h"

/* Kinds that have conditions themselves. */
enum condition_container {
    CONDITION_SINGLE,
    CONDITION_AND,
    CONDITION_OR,
    CONDITION_NOT,
};

/* in condition_….c; those of containers have a table for their fields, and no functions */
extern const struct hass_condition_kind condition_state, condition_numeric_state,
    condition_template, condition_trigger, condition_time, condition_sun;

/** A kind by name; @ret_scope (or NULL) gets a reference to the scope of one that is not built in, or NULL. Any thread. */
const struct hass_condition_kind *condition_find_kind(const struct hass *hass, const char *name,
                                                      struct scope **ret_scope);
/** As hass_conditions_check, for a check of what conditions are in. */
int conditions_check(struct kind_search *search, const json_t *value, json_t **ret_config,
                     struct hass_error *err);
enum condition_container condition_container_of(const struct hass_condition_kind *kind);

/** Begins a step below that of the condition that is being tested: "entity_id", 1 → "condition/0/entity_id/1". NULL without a trace. */
struct hass_trace_step *condition_async_step(struct hass *hass, const char *name, size_t index)
    HASS_CALLBACK;
/** Ends it: sets its result (1, 0) or error. Returns @r. */
int condition_async_end_step(struct hass *hass, struct hass_trace_step *step, int r,
                             const struct hass_error *err) HASS_CALLBACK;

/**
 * Tests each entity of the field "entity_id", in a step of its own. All must be true, or, with @any, one; the first false one of all ends it.
 *
 * @test gets the state, never NULL. Errors are told together unless one was false.
 */
typedef int condition_entity_fn(struct hass *hass, const struct hass_state *state,
                                const json_t *config, void *data, struct hass_variables *variables,
                                struct hass_trace *trace, struct hass_error *err);
int condition_async_test_entities(struct hass *hass, const json_t *config, void *data, bool any,
                                  condition_entity_fn *test, struct hass_variables *variables,
                                  struct hass_trace *trace, struct hass_error *err) HASS_CALLBACK;
/** An attribute as JSON, owned by the caller. */
json_t *condition_value_as_json(struct hass_value value);
