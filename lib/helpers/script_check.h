/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kinds of actions, as they are checked: `script_schema` has their field tables, `script_check` walks through what is nested in them.
 *
 * A checked sequence is a list of maps, each with "alias"?, "enabled"? (true, false or a template), "continue_on_error"? and the keys of one
 * kind:
 *
 *     action            a name or template (also where `service` or `service_template` was written), data?, data_template?: map or template,
 *                       target?: map or template, entity_id?: list, "all" or "none", response_variable?, metadata?
 *     delay             seconds, a template, or a map with templates
 *     wait_template     template, timeout?: as delay, continue_on_timeout?: boolean
 *     wait_for_trigger  as hass_triggers_check gives it; timeout?, continue_on_timeout?
 *     condition         as hass_conditions_check gives it (also where a template, `and`, `or`, `not` or a list was written)
 *     event             name, event_data?, event_data_template?
 *     device_id         domain, type, … (any keys)
 *     scene             entity id
 *     repeat            {sequence, and one of count: number or template, for_each: list or template, while, until: conditions}
 *     choose            [{alias?, enabled?, conditions, sequence}], default?: sequence
 *     if                conditions; then, else?: sequences
 *     parallel          [{alias?, …, sequence}]: every branch has become a map with a sequence
 *     sequence          sequence
 *     variables         {name: value or template}
 *     stop              text or null; error?: boolean, or response_variable?
 *     set_conversation_response  template or null
 *
 * Conditions and sequences are lists wherever one alone may be written.
 */
#pragma once

#include <hass/script.h>

#include "data/schema_check.h"
#include "helpers/kind_search.h"

struct script_check {
    struct kind_search *search; /* for what stands in conditions and wait_for_trigger */
    struct hass_error *err;
    unsigned depth; /* of sequences within each other */
};

/** Checks what is nested in @value, which stands at @place. Returns it normalised, a new reference; NULL with the error set. */
typedef json_t *script_nested_fn(struct script_check *check, const json_t *value,
                                 const char *place);

json_t *script_check_sequence(struct script_check *check, const json_t *value, const char *place);
json_t *script_check_conditions(struct script_check *check, const json_t *value, const char *place);
json_t *script_check_triggers(struct script_check *check, const json_t *value, const char *place);
json_t *script_check_options(struct script_check *check, const json_t *value, const char *place);
json_t *script_check_branches(struct script_check *check, const json_t *value, const char *place);
json_t *script_check_target(struct script_check *check, const json_t *value, const char *place);
json_t *script_check_repeat(struct script_check *check, const json_t *value, const char *place);

/* A member that is more than its type says. */
struct script_member {
    const char *key;
    script_nested_fn *check;
};

struct script_kind {
    const char *key;     /* it is this kind when it has this key */
    const char *becomes; /* the key that it is called in checked steps; NULL: the same */
    const struct hass_schema *schema;    /* with the common keys; NULL: a condition */
    const struct script_member *members; /* the last one without a key; or NULL */
};

/** In the order in which they are tried; the last has no key. */
extern const struct script_kind script_kinds[];
/** The first kind whose key a step has; NULL: none. */
const struct script_kind *script_kind_of(const json_t *step);
/** An option of choose, what stands in repeat, and a target. */
extern const struct hass_schema script_option_schema, script_repeat_schema, script_target_schema;
extern const struct script_member script_option_members[], script_repeat_members[];
