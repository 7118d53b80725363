/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core.entity_registry: versions 1.1 to 1.22 are read, 1.19 is written, the last one all of whose members we understand; what
 * later ones add is derived from them when such a release reads the file (aliases_v2), or kept as it is.
 */
#include <string.h>

#include "registry/entities.h"
#include "registry/id.h"
#include "registry/row_file.h"

static const struct row_field further[] = {
    { .key = "aliases_v2", .kind = ROW_IGNORED },
};

static const struct row_format format = {
    .type = &entity_type,
    .uses = ENTITY_STORED | ENTITY_STORED_LATE,
    .further = further,
    .further_count = sizeof(further) / sizeof(*further),
    .size = sizeof(struct entity_values),
};

static void fill(struct hass_entity_entry *entry, struct arena *arena)
{
    entry->size = sizeof(*entry);
    entry->domain = arena_strndup(arena, entry->entity_id, strcspn(entry->entity_id, "."));
    if (!entry->aliases)
        entry->aliases = row_no_texts;
    if (!entry->labels)
        entry->labels = row_no_texts;
    if (!entry->options)
        entry->options = "{}";
    if (!entry->categories)
        entry->categories = "{}";
    if (!entry->id || !*entry->id) // the first versions had none
        entry->id = registry_make_id(arena);
}

static int check(const struct entities *entities, enum row_list list,
                 const struct entity_values *values, struct hass_error *err)
{
    const struct hass_entity_entry *entry = &values->entry;
    const struct entity_key key = { entry->domain, entry->platform, entry->unique_id };

    if (list == ROW_LIVE && entities_find_entity_id(entities, entry->entity_id))
        return hass_fail(err, HASS_E_EXISTS, "entity %s is there twice", entry->entity_id);
    if (list == ROW_LIVE ? entities_find_key(entities, &key)
                         : removed_entities_find(entities, &key))
        return hass_fail(err, HASS_E_EXISTS, "unique id %s of %s is there twice", key.unique_id,
                         entry->entity_id);
    return row_check(&entity_type, values, err);
}

static int add(void *registry, enum row_list list, struct row_reader *reader,
               struct hass_error *err)
{
    struct entities *entities = registry;
    struct entity_values *values = reader->draft;
    struct hass_entity_entry *entry = &values->entry;

    if (!entry->entity_id || !hass_valid_entity_id(entry->entity_id))
        return hass_fail(err, HASS_E_INVALID, "'%.80s' is no entity id",
                         entry->entity_id ? entry->entity_id : "");
    if (!entry->platform || !entry->unique_id)
        return hass_fail(err, HASS_E_INVALID, "%s has no platform or unique id", entry->entity_id);
    bool options = entry->options;
    fill(entry, &reader->arena);
    int r = check(entities, list, values, err);
    if (r < 0)
        return r;
    if (list == ROW_LIVE) {
        entities_add(entities, values);
        return 0;
    }
    values->disabled_by_undefined |= !row_reader_saw(reader, "disabled_by");
    values->hidden_by_undefined |= !row_reader_saw(reader, "hidden_by");
    values->options_undefined |= !options;
    removed_entities_add(entities, values);
    return 0;
}

static const void *next(void *registry, enum row_list list, size_t *pos)
{
    const struct entities *entities = registry;
    const struct entity_item *item =
        group_next(list == ROW_LIVE ? &entities->live : &entities->removed, pos);

    return item ? item->row : NULL;
}

static void clear(void *registry)
{
    entities_clear(registry);
}

static const struct row_file_type file_type = {
    .key = "core.entity_registry",
    .minor_version = 19,
    .format = &format,
    .lists = { [ROW_LIVE] = "entities", [ROW_REMOVED] = "deleted_entities" },
    .uses = { [ROW_LIVE] = ENTITY_STORED, [ROW_REMOVED] = ENTITY_STORED_LATE },
    .rest_offset = offsetof(struct entity_values, rest),
    .add = add,
    .next = next,
    .clear = clear,
};

int entities_async_load(struct hass *hass, struct hass_error *err)
{
    struct entities *entities = entities_of(hass);

    return row_file_async_open(hass, &file_type, entities, &entities->file, err);
}
