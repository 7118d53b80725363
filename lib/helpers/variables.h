/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What helpers/ knows of scopes beside <hass/variables.h>.
 */
#pragma once

#include <hass/variables.h>

#include "template/value.h"

/* A name with what it means: as JSON, as a template sees it, or both, each made from the other when somebody asks. */
struct variable {
    char *name;
    size_t length;
    json_t *json;                        /* NULL: nobody has asked for it */
    struct tmpl_value value;             /* TMPL_ABSENT: nobody has asked for it */
    struct hass_template_variables *set; /* that the value is of; NULL: it was made from the JSON */
    struct tmpl_heap heap;               /* of a value that was made */
};

/** For tmpl_render.find: @scope is the struct hass_variables. */
bool variables_find(void *scope, const char *name, size_t length, struct tmpl_value *ret_value);
/** The variables of this scope alone, each with the next @pos, from 0; NULL: that was the last. */
struct variable *variables_next(struct hass_variables *variables, size_t *pos);
/** The JSON of a value, with states, contexts, times and durations in the form of hass_variables_get. A new reference, never NULL. */
json_t *variables_value_as_json(const struct tmpl_value *value);
