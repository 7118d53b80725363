/* SPDX-License-Identifier: Apache-2.0 */
/* Registered kinds of triggers and conditions, by name, under a lock that is held for a look-up. */
#include "helpers/kinds.h"

#include <hass/strmap.h>

#include "base/mem.h"
#include "core/core.h"
#include "core/lock.h"
#include "helpers/helpers.h"

struct kinds {
    struct lock lock;
    struct hass_strmap *by_name; /* struct kind, owned by their scopes */
    kinds_changed_fn *changed;   /* of the loop; or NULL */
    struct hass *hass;           /* for it */
};

struct kind {
    struct scope_member member;
    struct kinds *kinds; /* NULL: the hass has gone first */
    const void *table;
    char *name;
};

struct kinds *kinds_create(void)
{
    struct kinds *kinds = mem_zalloc(sizeof(*kinds));

    kinds->by_name = hass_strmap_create(NULL);
    return kinds;
}

void kinds_destroy(struct kinds *kinds)
{
    struct kind *kind;
    const char *name;

    strmap_foreach(kinds->by_name, name, kind)
        kind->kinds = NULL;
    hass_strmap_destroy(kinds->by_name);
    free(kinds);
}

static void scope_closes(struct scope_member *member)
{
    struct kind *kind = list_entry(member, struct kind, member);

    hass__assert_loop();
    if (kind->kinds && kind->kinds->changed)
        kind->kinds->changed(kind->kinds->hass, kind->name, true);
    if (kind->kinds) {
        lock_take(&kind->kinds->lock);
        hass_strmap_remove(kind->kinds->by_name, kind->name);
        lock_drop(&kind->kinds->lock);
    }
    scope_remove(member);
    free(kind->name);
    free(kind);
}

int kinds_add(struct hass *hass, struct kinds *kinds, const char *what, const char *name,
              const void *table, struct hass_error *err)
{
    struct scope *scope = scope_of_caller(hass);
    int r = scope_check_open(scope, err);

    if (r < 0)
        return r;
    if (hass_strmap_get(kinds->by_name, name))
        return hass_fail(err, HASS_E_EXISTS, "the %s '%s' exists already", what, name);
    struct kind *kind = mem_zalloc(sizeof(*kind));
    *kind = (struct kind){
        .member.close = scope_closes,
        .kinds = kinds,
        .table = table,
        .name = mem_strdup(name),
    };
    lock_take(&kinds->lock);
    hass_strmap_set(kinds->by_name, name, kind);
    lock_drop(&kinds->lock);
    scope_add(scope, &kind->member);
    if (kinds->changed)
        kinds->changed(hass, name, false);
    return 0;
}

void kinds_watch(struct kinds *kinds, struct hass *hass, kinds_changed_fn *changed)
{
    kinds->changed = changed;
    kinds->hass = hass;
}

const void *kinds_find(struct kinds *kinds, const char *name, struct scope **ret_scope)
{
    const void *table = NULL;

    if (!kinds)
        return NULL;
    lock_take(&kinds->lock);
    const struct kind *kind = hass_strmap_get(kinds->by_name, name);
    if (kind) {
        table = kind->table;
        if (ret_scope)
            *ret_scope = scope_ref(kind->member.scope);
    }
    lock_drop(&kinds->lock);
    return table;
}

struct kinds *kinds_of_conditions(const struct hass *hass)
{
    const struct helpers *helpers = hass ? hass_layer_get(hass, HASS_LAYER_HELPERS) : NULL;

    return helpers ? helpers->condition_kinds : NULL;
}

struct kinds *kinds_of_triggers(const struct hass *hass)
{
    const struct helpers *helpers = hass ? hass_layer_get(hass, HASS_LAYER_HELPERS) : NULL;

    return helpers ? helpers->trigger_kinds : NULL;
}

void kinds_names(struct kinds *kinds, struct kind_names *names)
{
    struct kind *kind;
    const char *name;

    if (!kinds)
        return;
    lock_take(&kinds->lock);
    strmap_foreach(kinds->by_name, name, kind)
        vec_push(names, mem_strdup(name));
    lock_drop(&kinds->lock);
}

void kind_names_fini(struct kind_names *names)
{
    vec_foreach(names, name)
        free(*name);
    vec_fini(names);
}
