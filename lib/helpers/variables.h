/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What helpers/ knows of scopes beside <hass/variables.h>.
 */
#pragma once

#include <hass/variables.h>

#include "template/value.h"

/* What a value is made of when somebody looks at it. */
struct variable_source {
    /* The set whose first entry it is. */
    struct hass_template_variables *(*make)(const struct variable_source *source);
    /* The text of a member, without making all of it; lives as long as the source. NULL: it is to be looked for in what is made. */
    const char *(*text)(const struct variable_source *source, const char *member);
    void (*destroy)(struct variable_source *source);
};

/*
 * A name and what it means: as JSON, as a template sees it, or both, each made from the other when somebody asks; `this` is a state until
 * then, and `trigger` may be a source. It does not change: setting a name anew gives it another one.
 */
struct variable_value {
    unsigned refs;
    json_t *json;                        /* NULL: nobody has asked for it */
    struct tmpl_value value;             /* TMPL_ABSENT: nobody has asked for it */
    struct hass_template_variables *set; /* that the value is of; NULL: it was made from the JSON */
    struct tmpl_heap heap;               /* of a value that was made */
    const struct hass_state *state; /* of which neither form has been made, a reference; or NULL */
    struct variable_source *source; /* owned; or NULL */
    size_t length;                  /* of the name */
    char name[];
};

/** For tmpl_render.find: @scope is the struct hass_variables. */
bool variables_find(void *scope, const char *name, size_t length, struct tmpl_value *ret_value);
struct variable_value *variable_value_ref(struct variable_value *value);
void variable_value_unref(struct variable_value *value);
/** Sets a name of this scope to what @source, which is taken, makes. */
void variables_set_source(struct hass_variables *variables, const char *name,
                          struct variable_source *source);
/** Makes the template's form of a state or a source. To be called before @value and @set are looked at. */
void variable_value_settle(struct variable_value *value);
/** Lends its JSON form. */
const json_t *variable_value_json(struct variable_value *value);

/** How often names have been set, here and in the scopes around: it grows with each time. */
uint64_t variables_changes(const struct hass_variables *variables);
/** The scope around, or NULL. Lent. */
struct hass_variables *variables_parent(const struct hass_variables *variables);
/** The variables of this scope alone, each with the next @pos, from 0; NULL: that was the last. */
struct variable_value *variables_next(const struct hass_variables *variables, size_t *pos);
/** The JSON of a value, with states, contexts, times and durations in the form of hass_variables_get. A new reference, never NULL. */
json_t *variables_value_as_json(const struct tmpl_value *value);
