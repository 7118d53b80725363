/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables that integrations offer each other by name. A slot is a member of the scope that offered it and goes with it.
 */
#include <string.h>

#include "base/mem.h"
#include "loader/loader.h"
#include "run/scope.h"

#define MAX_NAME 128

struct api_slot {
    struct scope_member member;
    struct loader *loader;
    const void *table;
    char name[];
};

static HASS_CALLBACK void slot_remove(struct api_slot *slot)
{
    scope_remove(&slot->member);
    hass_strmap_steal(slot->loader->slots, slot->name);
    free(slot);
}

static HASS_CALLBACK void close_slot(struct scope_member *member)
{
    slot_remove((struct api_slot *)member);
}

void api_slots_fini(struct loader *loader)
{
    const char *name;
    struct api_slot *slot;

    strmap_foreach(loader->slots, name, slot)
        slot_remove(slot);
}

int hass_async_provide_api(struct hass *hass, const char *name, const void *table,
                           struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_provide_api", err);
    struct loader *loader = loader_of(hass);
    struct scope *scope = scope_of_caller(hass);
    size_t length = strnlen(name, MAX_NAME);
    if (length == 0 || length == MAX_NAME)
        return hass_fail(err, HASS_E_INVALID, "the name of an API has 1 to %d characters",
                         MAX_NAME - 1);
    int r = scope_check_open(scope, err);
    if (r < 0)
        return r;
    const struct api_slot *old = hass_strmap_get(loader->slots, name);
    if (old)
        return hass_fail(err, HASS_E_EXISTS, "API %s is provided by %s already", name,
                         scope_name(old->member.scope));
    struct api_slot *slot = mem_zalloc(sizeof(*slot) + length + 1);
    slot->loader = loader;
    slot->table = table;
    slot->member.close = close_slot;
    memcpy(slot->name, name, length + 1);
    scope_add(scope, &slot->member);
    hass_strmap_set(loader->slots, name, slot);
    return 0;
}

const void *hass_async_get_api(struct hass *hass, const char *name)
{
    VERIFY_LOOP_OR(hass, "hass.async_get_api", NULL);
    const struct api_slot *slot = hass_strmap_get(loader_of(hass)->slots, name);
    return slot ? slot->table : NULL;
}
