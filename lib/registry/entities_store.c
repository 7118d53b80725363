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

static int complete(enum row_list list, struct row_reader *reader, struct hass_error *err)
{
    struct entity_values *values = reader->draft;
    struct hass_entity_entry *entry = &values->entry;

    if (!entry->entity_id || !hass_valid_entity_id(entry->entity_id))
        return hass_fail(err, HASS_E_INVALID, "'%.80s' is no entity id",
                         entry->entity_id ? entry->entity_id : "");
    if (!entry->platform || !entry->unique_id)
        return hass_fail(err, HASS_E_INVALID, "%s has no platform or unique id", entry->entity_id);
    if (list == ROW_REMOVED) {
        values->disabled_by_undefined |= !row_reader_saw(reader, "disabled_by");
        values->hidden_by_undefined |= !row_reader_saw(reader, "hidden_by");
        values->options_undefined |= !entry->options;
    }
    fill(entry, &reader->arena);
    return 0;
}

static int check_unique(const struct entities *entities, enum row_list list,
                        const struct hass_entity_entry *entry, struct hass_error *err)
{
    const struct entity_key key = { entry->domain, entry->platform, entry->unique_id };

    if (list == ROW_LIVE && entities_find_entity_id(entities, entry->entity_id))
        return hass_fail(err, HASS_E_EXISTS, "entity %s is there twice", entry->entity_id);
    if (list == ROW_LIVE ? entities_find_key(entities, &key)
                         : removed_entities_find(entities, &key))
        return hass_fail(err, HASS_E_EXISTS, "unique id %s of %s is there twice", key.unique_id,
                         entry->entity_id);
    return 0;
}

static int add(void *registry, enum row_list list, const void *row, struct hass_error *err)
{
    const struct entity_values *values = row;
    int r = check_unique(registry, list, &values->entry, err);

    if (r < 0)
        row_unref(row);
    else if (list == ROW_LIVE)
        entities_add(registry, values);
    else
        removed_entities_add(registry, values);
    return r;
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
    .complete = complete,
    .add = add,
    .next = next,
    .clear = clear,
};

int entities_async_load(struct hass *hass, struct hass_error *err)
{
    struct entities *entities = entities_of(hass);

    return row_file_async_load(hass, &file_type, entities, &entities->file, err);
}
