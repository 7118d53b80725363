/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a state's number between two bounds? Trigger and condition `numeric_state` share the answer.
 *
 * Model: helpers.condition.async_numeric_state
 */
#pragma once

#include <hass/states.h>
#include <hass/template.h>

struct numeric_state {
    const json_t *above, *below; /* numbers or entity ids; lent, NULL: none */
    const char *attribute;       /* instead of the state; lent, or NULL */
    struct hass_template *value; /* gives the number instead; or NULL */
};

/** Reads and compiles a checked configuration, which must live as long. HASS_E_TEMPLATE. */
int numeric_state_init(struct numeric_state *numeric, struct hass *hass, const json_t *config,
                       struct hass_error *err);
void numeric_state_fini(struct numeric_state *numeric);
/** Two numbers as bounds must leave something between them; at least one bound must be there. Any thread. */
int numeric_state_check(const json_t *config, struct hass_error *err);
/**
 * Tests @state of @entity_id (NULL: there is none). @fields (or NULL) and @scope (or NULL) are what value_template sees beside `state`;
 * `state` is added to @fields. @ret_number, unless NULL, gets the number, NAN when there is none.
 *
 * Returns: 1, 0 (unknown and unavailable, too), or an error: no such entity, no number, a bound that is none.
 */
int numeric_state_test(struct hass *hass, const struct numeric_state *numeric,
                       const char *entity_id, const struct hass_state *state,
                       struct hass_template_variables *fields, struct hass_variables *scope,
                       double *ret_number, struct hass_error *err) HASS_CALLBACK;
