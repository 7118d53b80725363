/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Scopes of variables: what scripts, conditions and triggers hand to templates. A scope has names of its own and, around it, another scope;
 * inner names hide outer ones.
 *
 * A value is JSON, or what JSON has no form for (a state, a time, a duration) as templates see it; each form is made from the other when
 * somebody asks for it. Loop thread, counted.
 *
 * Model: script_variables.ScriptRunVariables (2025)
 */
#pragma once

#include <hass/cleanup.h>
#include <hass/dt.h>
#include <hass/json.h>
#include <hass/states.h>
#include <hass/template.h>
#include <hass/thread_safety.h>

struct hass_variables;

/** A scope inside of @parent, of which a reference is kept; NULL: it is the outermost. */
HASS_API struct hass_variables *hass_variables_new(struct hass_variables *parent);
/** Takes NULL, as hass_variables_unref does. */
HASS_API struct hass_variables *hass_variables_ref(struct hass_variables *variables);
HASS_API struct hass_variables *hass_variables_unref(struct hass_variables *variables);
HASS_DEFINE_CLEANUP(hass_variables, hass_variables_unref)

/** Sets a name of this scope. @value is taken; NULL is null. */
HASS_API void hass_variables_set(struct hass_variables *variables, const char *name, json_t *value);
/** Sets each member of @object, which is taken. */
HASS_API void hass_variables_set_all(struct hass_variables *variables, json_t *object);
/** Sets each variable of @more, which is taken and not changed any more: states, times and durations stay what they are. */
HASS_API void hass_variables_add(struct hass_variables *variables,
                                 struct hass_template_variables *more);
/**
 * Sets the name where it is defined, in this scope or the nearest around it; where it is nowhere, in the outermost. Taken. Frozen scopes
 * stay as they are: their names are hidden by one in the outermost scope that is not frozen.
 */
HASS_API void hass_variables_assign(struct hass_variables *variables, const char *name,
                                    json_t *value);
/** Keeps hass_variables_assign from changing this scope and those around it: several runs share them. */
HASS_API void hass_variables_freeze(struct hass_variables *variables);
/**
 * Sets `this`: the state as a map, as hass_state_as_json has it, but last_triggered is a time. NULL is null. The map is made when somebody
 * asks for it.
 */
HASS_API void hass_variables_set_this(struct hass_variables *variables,
                                      const struct hass_state *state);
/** Lends the JSON form of what the name means here, until it is set anew; NULL when it is nowhere. */
HASS_API const json_t *hass_variables_get(struct hass_variables *variables, const char *name);
/** Lends the text of a member of the map that the name means, until it is set anew, and makes no JSON for that; NULL when there is none. */
HASS_API const char *hass_variables_get_text(struct hass_variables *variables, const char *name,
                                             const char *member);
/**
 * Renders each member of @templates (any values; texts may be templates) in order, each seeing those before it, and sets it in this scope.
 * With @keep, names that are defined in this scope already are left as they are. HASS_E_TEMPLATE: "variables->x: …"; those before stay.
 */
HASS_API int hass_variables_async_render(struct hass_variables *variables, struct hass *hass,
                                         const json_t *templates, bool keep, bool limited,
                                         struct hass_error *err) HASS_CALLBACK;
/**
 * Everything that is visible here, owned by the caller; the values are shared and not to be changed.
 *
 * Shape: {name: value}, as hass_variables_get: states and contexts as their JSON, times as ISO texts, durations as
 *        {"__type": "<class 'datetime.timedelta'>", "total_seconds": n}.
 */
HASS_API json_t *hass_variables_as_json(struct hass_variables *variables);
/** The names of this scope alone, in a form from which hass_variables_restore gives states, times and durations back. Owned by the caller. */
HASS_API json_t *hass_variables_save(struct hass_variables *variables);
/** Sets what hass_variables_save has given, which is lent. Entries that cannot be read are left out. */
HASS_API void hass_variables_restore(struct hass_variables *variables, struct hass *hass,
                                     const json_t *saved);
