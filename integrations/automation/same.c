/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which automations run already what a section says: a reload leaves them as they are, and does not even check them again. They are found
 * by alias, and compared as they are written.
 */
#include <stdint.h>
#include <stdlib.h>

#include <hass/strmap.h>

#include "parts.h"

/* Is it only by the text that one can tell what it means? A blueprint may have changed, a device may have gone. */
static bool stands_alone(const json_t *value)
{
    const char *key;
    json_t *member;
    size_t index;

    json_object_foreach((json_t *)value, key, member)
        if (strcmp(key, "device_id") == 0 || strcmp(key, "use_blueprint") == 0 ||
            !stands_alone(member))
            return false;
    json_array_foreach((json_t *)value, index, member)
        if (!stands_alone(member))
            return false;
    return true;
}

static const char *alias_of(const json_t *raw)
{
    return hass_json_get_string(raw, "alias", "");
}

/* Automations by alias: those of one alias are a chain. */
struct by_alias {
    struct hass_strmap *first; /* indexes from 1 */
    uintptr_t *next;           /* of each, that of the next one, or 0 */
};

static HASS_CALLBACK struct by_alias by_alias_make(const struct automations *all)
{
    struct by_alias map = {
        .first = hass_strmap_create(NULL),
        .next = calloc(all->list.length + 1, sizeof(uintptr_t)),
    };

    for (size_t i = all->list.length; i > 0; i--) {
        const char *alias = alias_of(all->list.data[i - 1]->item.raw);
        map.next[i - 1] = (uintptr_t)hass_strmap_get(map.first, alias);
        hass_strmap_set(map.first, alias, (void *)i);
    }
    return map;
}

/* The automation that runs @raw already; each is found once, since it leaves its chain. */
static HASS_CALLBACK const struct automation *
find_running(const struct automations *all, struct by_alias *map, const json_t *raw, size_t index)
{
    const char *alias = alias_of(raw);
    uintptr_t at = (uintptr_t)hass_strmap_get(map->first, alias), before = 0;

    for (; at; before = at, at = map->next[at - 1]) {
        const struct item *item = &all->list.data[at - 1]->item;
        if (item->failure || (!*alias && item->index != index) || !hass_json_equal(item->raw, raw))
            continue;
        if (before)
            map->next[before - 1] = map->next[at - 1];
        else
            hass_strmap_set(map->first, alias, (void *)map->next[at - 1]);
        return all->list.data[at - 1];
    }
    return NULL;
}

struct hass_entity **same_find(const struct automations *all, const json_t *section)
{
    size_t count = section_count(section);
    struct hass_entity **same = calloc(count + 1, sizeof(*same));
    struct by_alias map = by_alias_make(all);

    for (size_t i = 0; i < count; i++) {
        const json_t *raw = section_item(section, i);
        const struct automation *running =
            section_wants(raw, all->only) ? find_running(all, &map, raw, i) : NULL;
        if (running && stands_alone(raw))
            same[i] = hass_entity_ref(running->entity);
    }
    hass_strmap_destroy(map.first);
    free(map.next);
    return same;
}

void same_keep(const struct automations *all, struct hass_entity **same, size_t count, bool *kept)
{
    size_t at = 0;

    for (size_t i = 0; i < count; i++) {
        size_t tries = same[i] ? all->list.length : 0;
        for (; tries && all->list.data[at % all->list.length]->entity != same[i]; tries--)
            at++;
        if (tries)
            kept[at % all->list.length] = true;
        hass_entity_unref(same[i]);
    }
    free(same);
}
