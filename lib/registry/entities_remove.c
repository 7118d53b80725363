/* SPDX-License-Identifier: Apache-2.0 */
/* Removing registered entities, and what follows when devices, areas, labels, categories and config entries go. */
#include <string.h>

#include <hass/json.h>
#include <hass/loop.h>
#include <hass/vec.h>

#include "registry/device.h"
#include "registry/entities.h"
#include "registry/operation.h"

#define autodraft __attribute__((cleanup(entity_draft_fini))) struct entity_draft

/* many entities at once */

/* Entities to go over while they change: references to their rows. */
struct entity_list {
    HASS_VEC(const struct hass_entity_entry *) entries;
};

static void list_fini(struct entity_list *list)
{
    vec_foreach(&list->entries, entry)
        hass_entity_entry_unref(*entry);
    vec_fini(&list->entries);
}

#define autolist __attribute__((cleanup(list_fini))) struct entity_list

static struct entity_list list_of(const struct group *group)
{
    struct entity_list list = { 0 };
    const struct entity_item *item;

    for (size_t pos = 0; (item = group_next(group, &pos));)
        vec_push(&list.entries, hass_entity_entry_ref(&item->row->entry));
    return list;
}

/* removing */

/* What is kept of a removed entity. */
static struct entity_values remains(const struct hass_entity_entry *entry)
{
    return (struct entity_values){
        .entry = {
            .size = sizeof(*entry),
            .entity_id = entry->entity_id,
            .id = entry->id,
            .unique_id = entry->unique_id,
            .platform = entry->platform,
            .domain = entry->domain,
            .aliases = entry->aliases,
            .labels = entry->labels,
            .config_entry_id = entry->config_entry_id,
            .config_subentry_id = entry->config_subentry_id,
            .area_id = entry->area_id,
            .name = entry->name,
            .icon = entry->icon,
            .device_class = entry->device_class,
            .options = entry->options,
            .categories = entry->categories,
            .disabled_by = entry->disabled_by,
            .hidden_by = entry->hidden_by,
            .created_at = entry->created_at,
        },
    };
}

void entity_remove(struct entities *entities, struct entity_item *item)
{
    autounref(hass_entity_entry) const *entry = hass_entity_entry_ref(&item->row->entry);
    struct entity_values kept = remains(entry);
    const struct entity_key key = { entry->domain, entry->platform, entry->unique_id };
    struct entity_item *former = removed_entities_find(entities, &key);

    kept.entry.modified_at = hass_now(entities->hass);
    if (!entry->config_entry_id)
        kept.orphaned = kept.entry.modified_at;
    entities_drop(entities, item);
    if (former)
        removed_entities_drop(entities, former);
    removed_entities_add(entities, row_new(&entity_type, &kept));
    operation_announce(entities->hass, HASS_EVENT_ENTITY_REGISTRY_UPDATED,
                       json_pack("{ss, ss}", "action", "remove", "entity_id", entry->entity_id));
    if (entry->device_id)
        devices_async_schedule_cleanup(entities->hass);
    entities_changed(entities);
}

int hass_entity_registry_async_remove(struct hass *hass, const char *entity_id,
                                      struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.entity_registry.async_remove", err);
    struct entities *entities = entities_of(hass);
    struct entity_item *item = entities_find_any_id(entities, entity_id);
    int r = bus_check_room(hass, err);

    if (r < 0)
        return r;
    if (!item)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no registered entity %s", entity_id);
    operation_begin(hass);
    entity_remove(entities, item);
    operation_end(hass);
    return 0;
}

static bool is_same(const char *owner, const char *wanted)
{
    return owner && strcmp(owner, wanted) == 0;
}

/* @entry_id: only those of this config entry, @subentry_id: of this part of it; NULL: all. */
static HASS_CALLBACK void remove_group(struct entities *entities, const struct group *group,
                                       const char *entry_id, const char *subentry_id)
{
    autolist list = list_of(group);

    vec_foreach(&list.entries, entry)
        if ((!entry_id || is_same((*entry)->config_entry_id, entry_id)) &&
            (!subentry_id || is_same((*entry)->config_subentry_id, subentry_id)))
            entity_remove(entities, entities_find_entity_id(entities, (*entry)->entity_id));
}

/* devices */

void entities_device_removed(struct hass *hass, const char *device_id)
{
    struct entities *entities = entities_of(hass);

    remove_group(entities, groups_get(&entities->devices, device_id), NULL, NULL);
}

void entities_device_lost_entry(struct hass *hass, const char *device_id, const char *entry_id)
{
    struct entities *entities = entities_of(hass);

    remove_group(entities, groups_get(&entities->devices, device_id), entry_id, NULL);
}

static HASS_CALLBACK void set_disabled(struct entities *entities, const char *entity_id,
                                       enum hass_entity_disabler disabled_by)
{
    struct entity_item *item = entities_find_entity_id(entities, entity_id);
    autodraft draft;

    entity_draft_begin(&draft, item->row);
    draft.values.entry.disabled_by = disabled_by;
    entity_commit(entities, item, &draft);
}

/* Those of @group that @by has disabled are enabled, or the enabled ones disabled by it. */
static HASS_CALLBACK void follow(struct entities *entities, const struct group *group,
                                 enum hass_entity_disabler by, bool disabled)
{
    autolist list = list_of(group);

    vec_foreach(&list.entries, entry) {
        if (!disabled && (*entry)->disabled_by == by)
            set_disabled(entities, (*entry)->entity_id, HASS_ENTITY_ENABLED);
        else if (disabled && (*entry)->disabled_by == HASS_ENTITY_ENABLED)
            set_disabled(entities, (*entry)->entity_id, by);
    }
}

void entities_device_disabled(struct hass *hass, const struct hass_device *device)
{
    struct entities *entities = entities_of(hass);

    if (device->disabled_by == HASS_DEVICE_DISABLED_BY_CONFIG_ENTRY)
        return; // entities_async_entry_disabled does it
    follow(entities, groups_get(&entities->devices, device->id), HASS_ENTITY_DISABLED_BY_DEVICE,
           device->disabled_by != HASS_DEVICE_ENABLED);
}

/* config entries */

void entities_async_entry_disabled(struct hass *hass, const char *entry_id, bool disabled)
{
    struct entities *entities = entities_of(hass);

    operation_begin(hass);
    follow(entities, groups_get(&entities->entries, entry_id), HASS_ENTITY_DISABLED_BY_CONFIG_ENTRY,
           disabled);
    operation_end(hass);
}

/* The 30 days of a removed entity begin when its config entry goes, or its part of it (NULL: all parts). */
static HASS_CALLBACK void orphan(struct entities *entities, const char *entry_id,
                                 const char *subentry_id)
{
    struct entity_item *item;

    for (size_t pos = 0; (item = group_next(&entities->removed, &pos));) {
        const struct hass_entity_entry *entry = &item->row->entry;
        if (!is_same(entry->config_entry_id, entry_id) ||
            (subentry_id && !is_same(entry->config_subentry_id, subentry_id)))
            continue;
        autodraft draft;
        entity_draft_begin(&draft, item->row);
        draft.values.entry.config_entry_id = NULL;
        draft.values.entry.config_subentry_id = NULL;
        draft.values.orphaned = hass_now(entities->hass);
        removed_entities_replace(entities, item, &draft.values);
        entities_changed(entities);
    }
}

int hass_entity_registry_async_clear_config_entry(struct hass *hass, const char *entry_id,
                                                  struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.entity_registry.async_clear_config_entry", err);
    struct entities *entities = entities_of(hass);
    int r = bus_check_room(hass, err);

    if (r < 0)
        return r;
    operation_begin(hass);
    remove_group(entities, groups_get(&entities->entries, entry_id), NULL, NULL);
    orphan(entities, entry_id, NULL);
    operation_end(hass);
    return 0;
}

void entities_async_clear_subentry(struct hass *hass, const char *entry_id, const char *subentry_id)
{
    struct entities *entities = entities_of(hass);

    operation_begin(hass);
    remove_group(entities, groups_get(&entities->entries, entry_id), NULL, subentry_id);
    orphan(entities, entry_id, subentry_id);
    operation_end(hass);
}

/* areas, labels, categories */

/* What is to go from an entity: one of these. */
struct cleared {
    const char *area_id;
    const char *label_id;
    const char *scope, *category_id;
};

/* The categories without @cleared's, in @arena; NULL when they do not have it. */
static const char *without_category(const char *categories, const struct cleared *cleared,
                                    struct arena *arena)
{
    json_t *scopes = NULL;
    autobuf text = HASS_BUF_INIT;

    if (!strstr(categories, cleared->category_id) ||
        hass_json_parse(categories, strlen(categories), SIZE_MAX, &scopes, NULL) < 0)
        return NULL;
    autojson *owned = scopes;
    if (strcmp(hass_json_get_string(scopes, cleared->scope, ""), cleared->category_id) != 0)
        return NULL;
    json_object_del(owned, cleared->scope);
    hass_json_write(owned, &text);
    return arena_strndup(arena, hass_buf_string(&text), text.length);
}

/* True when there was something to clear. */
static bool clear_draft(struct entity_draft *draft, const struct cleared *cleared)
{
    struct hass_entity_entry *entry = &draft->values.entry;

    if (cleared->area_id) {
        if (!entry->area_id || strcmp(entry->area_id, cleared->area_id) != 0)
            return false;
        entry->area_id = NULL;
        return true;
    }
    if (cleared->label_id) {
        if (!row_has_text(entry->labels, cleared->label_id))
            return false;
        entry->labels = row_without_text(entry->labels, cleared->label_id, &draft->arena);
        return true;
    }
    const char *categories = without_category(entry->categories, cleared, &draft->arena);
    if (categories)
        entry->categories = categories;
    return categories;
}

static HASS_CALLBACK void clear(struct hass *hass, const struct group *group,
                                const struct cleared *cleared)
{
    struct entities *entities = entities_of(hass);
    autolist list = list_of(group);
    struct entity_item *item;

    operation_begin(hass);
    vec_foreach(&list.entries, entry) {
        item = entities_find_entity_id(entities, (*entry)->entity_id);
        autodraft draft;
        entity_draft_begin(&draft, item->row);
        if (clear_draft(&draft, cleared))
            entity_commit(entities, item, &draft);
    }
    for (size_t pos = 0; (item = group_next(&entities->removed, &pos));) {
        autodraft draft;
        entity_draft_begin(&draft, item->row);
        if (!clear_draft(&draft, cleared))
            continue;
        removed_entities_replace(entities, item, &draft.values);
        entities_changed(entities);
    }
    operation_end(hass);
}

void entities_async_clear_area(struct hass *hass, const char *area_id)
{
    clear(hass, groups_get(&entities_of(hass)->areas, area_id),
          &(struct cleared){ .area_id = area_id });
}

void entities_async_clear_label(struct hass *hass, const char *label_id)
{
    clear(hass, groups_get(&entities_of(hass)->labels, label_id),
          &(struct cleared){ .label_id = label_id });
}

void entities_async_clear_category(struct hass *hass, const char *scope, const char *category_id)
{
    clear(hass, &entities_of(hass)->live,
          &(struct cleared){ .scope = scope, .category_id = category_id });
}
