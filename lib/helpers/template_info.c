/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a render looked at: three sets of names and some flags. Most templates look at a handful of entities: up to a few
 * names are compared one by one, more through a table of hashes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strmap_hash.h"
#include "helpers/template_hass.h"

enum {
    FEW = 8,
    FIRST_SLOTS = 32,
};

static void clear_names(struct template_names *names)
{
    vec_clear(&names->items);
    if (names->slots)
        memset(names->slots, 0, (names->mask + 1) * sizeof(*names->slots));
}

static void fini_names(struct template_names *names)
{
    vec_fini(&names->items);
    free(steal(names->slots));
    names->mask = 0;
}

void template_info_clear(struct template_info *info)
{
    arena_clear(&info->arena);
    clear_names(&info->entities);
    clear_names(&info->domains);
    clear_names(&info->lifecycles);
    info->all_states = info->all_lifecycles = info->has_time = false;
    info->is_static = info->failed = false;
}

void template_info_fini(struct template_info *info)
{
    fini_names(&info->entities);
    fini_names(&info->domains);
    fini_names(&info->lifecycles);
    arena_fini(&info->arena);
}

static bool is_name(const struct template_name *name, const char *text, size_t length,
                    uint32_t hash)
{
    return name->hash == hash && name->length == length && memcmp(name->text, text, length) == 0;
}

uint32_t template_names_find(const struct template_names *names, const char *text, size_t length,
                             uint32_t hash)
{
    if (!names->slots) {
        for (uint32_t i = 0; i < names->items.length; i++)
            if (is_name(&names->items.data[i], text, length, hash))
                return i + 1;
        return 0;
    }
    for (uint32_t i = hash & names->mask; names->slots[i]; i = (i + 1) & names->mask)
        if (is_name(&names->items.data[names->slots[i] - 1], text, length, hash))
            return names->slots[i];
    return 0;
}

bool template_names_has(const struct template_names *names, const char *text, size_t length,
                        uint32_t hash)
{
    return template_names_find(names, text, length, hash) != 0;
}

static void put_slot(struct template_names *names, uint32_t number)
{
    uint32_t i = names->items.data[number - 1].hash & names->mask;

    while (names->slots[i])
        i = (i + 1) & names->mask;
    names->slots[i] = number;
}

/* A table for all names there are, at most half full. */
static void make_slots(struct template_names *names)
{
    uint32_t size = names->slots ? (names->mask + 1) * 2 : FIRST_SLOTS;

    free(names->slots);
    names->slots = mem_calloc(size, sizeof(*names->slots));
    names->mask = size - 1;
    for (uint32_t i = 1; i <= names->items.length; i++)
        put_slot(names, i);
}

void template_names_add(struct template_names *names, struct arena *arena, const char *text,
                        size_t length, uint32_t hash)
{
    if (template_names_has(names, text, length, hash))
        return;
    vec_push(&names->items, ((struct template_name){
                                .hash = hash,
                                .length = (uint32_t)length,
                                .text = arena_strndup(arena, text, length),
                            }));
    size_t count = names->items.length;
    if (names->slots && count * 2 <= names->mask)
        put_slot(names, (uint32_t)count);
    else if (names->slots || count > FEW)
        make_slots(names);
}

static bool same_names(const struct template_names *a, const struct template_names *b)
{
    if (a->items.length != b->items.length)
        return false;
    vec_foreach(&a->items, name) {
        if (!template_names_has(b, name->text, name->length, name->hash))
            return false;
    }
    return true;
}

bool template_info_same(const struct template_info *a, const struct template_info *b)
{
    return a->all_states == b->all_states && a->all_lifecycles == b->all_lifecycles &&
           a->has_time == b->has_time && a->failed == b->failed &&
           same_names(&a->entities, &b->entities) && same_names(&a->domains, &b->domains) &&
           same_names(&a->lifecycles, &b->lifecycles);
}

double template_info_rate_limit(const struct template_info *info)
{
    if (info->failed || info->all_states)
        return 60;
    return info->domains.items.length || info->lifecycles.items.length ? 1 : 0;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct template_name *)a)->text, ((const struct template_name *)b)->text);
}

static json_t *names_as_json(const struct template_names *names)
{
    size_t count = names->items.length, size = count * sizeof(struct template_name);
    autofree struct template_name *sorted = count ? mem_memdup(names->items.data, size) : NULL;
    json_t *list = json_array();

    if (count)
        qsort(sorted, count, sizeof(*sorted), compare_names);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(sorted[i].text));
    return list;
}

json_t *template_info_as_json(const struct template_info *info)
{
    double limit = template_info_rate_limit(info);

    return json_pack("{s:o, s:o, s:o, s:b, s:b, s:b, s:b, s:o}", "entities",
                     names_as_json(&info->entities), "domains", names_as_json(&info->domains),
                     "domains_lifecycle", names_as_json(&info->lifecycles), "all_states",
                     info->all_states, "all_states_lifecycle", info->all_lifecycles, "has_time",
                     info->has_time, "is_static", info->is_static, "rate_limit",
                     limit > 0 ? json_real(limit) : json_null());
}

bool template_info_concerns(const struct template_info *info, const char *entity_id, bool appears)
{
    size_t length = strlen(entity_id), domain = strcspn(entity_id, ".");

    if (info->all_states || (appears && info->all_lifecycles) ||
        template_names_has(&info->entities, entity_id, length, strmap_hash(entity_id, length)))
        return true;
    if (!info->domains.items.length && !(appears && info->lifecycles.items.length))
        return false;
    uint32_t hash = strmap_hash(entity_id, domain);
    return template_names_has(&info->domains, entity_id, domain, hash) ||
           (appears && template_names_has(&info->lifecycles, entity_id, domain, hash));
}
