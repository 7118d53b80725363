/* SPDX-License-Identifier: Apache-2.0 */
/* The lookup of config entries. */
#include "registry/entry_lookup.h"

#include "base/mem.h"
#include "registry/layer.h"

struct entry_lookup {
    registry_entry_fn *find;
};

void registry_set_entry_lookup(struct hass *hass, registry_entry_fn *lookup)
{
    struct entry_lookup *kept = registry_get(hass, REGISTRY_ENTRY_LOOKUP);

    if (!kept) {
        kept = mem_zalloc(sizeof(*kept));
        registry_set(hass, REGISTRY_ENTRY_LOOKUP, kept, free);
    }
    kept->find = lookup;
}

bool registry_find_entry(struct hass *hass, const char *entry_id, struct registry_entry *ret_entry)
{
    const struct entry_lookup *kept = registry_get(hass, REGISTRY_ENTRY_LOOKUP);

    *ret_entry = (struct registry_entry){ .title = "" };
    return kept && kept->find ? kept->find(hass, entry_id, ret_entry) : true;
}
