/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What integrations add to the built-in triggers and conditions: constant tables by name. Written on the loop, looked up from any thread, since
 * configuration is checked on pool threads. A kind belongs to the scope that registered it and goes with that; who has looked it up keeps
 * its table, which is never unmapped, and the scope, in which its functions run.
 */
#pragma once

#include <hass/error.h>
#include <hass/thread_safety.h>
#include <hass/vec.h>

#include "run/scope.h"

struct kinds;

struct kinds *kinds_create(void);
void kinds_destroy(struct kinds *kinds);
/** Adds @table to the current scope. @what is "condition" or "trigger". HASS_E_EXISTS, HASS_E_CLOSED. */
int kinds_add(struct hass *hass, struct kinds *kinds, const char *what, const char *name,
              const void *table, struct hass_error *err) HASS_CALLBACK;
/** Has @changed called on the loop when a kind has come, or (@gone) is about to be forgotten. One watcher, for the life of @kinds. */
typedef void kinds_changed_fn(struct hass *hass, const char *name, bool gone);
void kinds_watch(struct kinds *kinds, struct hass *hass, kinds_changed_fn *changed);
/** The table, or NULL; @ret_scope (or NULL) gets a reference to its scope. @kinds may be NULL: nobody has added any. Any thread. */
const void *kinds_find(struct kinds *kinds, const char *name, struct scope **ret_scope);
/** Those of a hass from any thread: NULL while it has none, or for a NULL @hass. */
struct kinds *kinds_of_conditions(const struct hass *hass);
struct kinds *kinds_of_triggers(const struct hass *hass);

struct kind_names {
    char **data;
    size_t length, capacity;
};
/** Copies of all names, in the order in which they were added; kind_names_fini frees them. Any thread. */
void kinds_names(struct kinds *kinds, struct kind_names *names);
void kind_names_fini(struct kind_names *names);
