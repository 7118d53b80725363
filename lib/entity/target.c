/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Labels lead to entities, devices and areas, floors to areas, areas to devices and entities, devices to entities, each step
 * by an index of the registries: the time depends on what is found, not on the size of the home. Only groups of the domain
 * `group` are expanded.
 */
#include "entity/target.h"

#include <string.h>

#include <hass/area_registry.h>
#include <hass/const.h>
#include <hass/device_registry.h>
#include <hass/entity_registry.h>
#include <hass/floor_registry.h>
#include <hass/label_registry.h>
#include <hass/log.h>
#include <hass/platform.h>
#include <hass/states.h>

#include "run/runtime.h"

#define GROUP_PREFIX "group."
#define MAX_GROUP    (1 << 20) /* bytes of the list of a group's members */

const char *const target_keys[TARGET_KINDS] = {
    [TARGET_ENTITIES] = HASS_ATTR_ENTITY_ID,
    [TARGET_DEVICES] = "device_id",
    [TARGET_AREAS] = "area_id",
    [TARGET_FLOORS] = "floor_id",
    [TARGET_LABELS] = "label_id",
};

/* sets */

bool target_note(struct hass_strmap **set, const char *id)
{
    if (!*set)
        *set = hass_strmap_create(NULL);
    else if (hass_strmap_get(*set, id))
        return false;
    hass_strmap_set(*set, id, *set);
    return true;
}

static bool has(const struct hass_strmap *set, const char *id)
{
    return set && hass_strmap_get(set, id);
}

/** Walks the ids of a set that may be NULL. */
#define set_foreach(set, id)                                                                       \
    for (size_t pos__ = 0; (set) && hass_strmap_next((set), &pos__, &(id), &(void *){ NULL });)

void target_fini(struct target *target)
{
    hass_strmap_destroy(target->named);
    hass_strmap_destroy(target->noted);
    vec_fini(&target->indirect);
    hass_strmap_destroy(target->devices);
    hass_strmap_destroy(target->areas);
    for (size_t i = 0; i < TARGET_KINDS; i++)
        hass_strmap_destroy(target->missing[i]);
}

/* ids as they are given */

static int check_ids(const struct hass_field *field, const json_t *value, json_t **ret_value,
                     struct hass_error *err)
{
    autojson *list = json_array();

    if (json_is_string(value) && strcmp(json_string_value(value), "none") == 0) {
        *ret_value = hass_json_ref(value);
        return 0;
    }
    size_t count = json_is_array(value) ? json_array_size(value) : 1;
    for (size_t i = 0; i < count; i++) {
        json_t *id;
        int r = hass_type_string.check(
            field, json_is_array(value) ? json_array_get(value, i) : value, &id, err);
        if (r < 0)
            return r;
        json_array_append_new(list, id);
    }
    *ret_value = steal(list);
    return 0;
}

const struct hass_field_type target_type_ids = {
    .size = sizeof(struct hass_field_type),
    .name = "id, list of ids, or none",
    .check = check_ids,
};

/* The list at @key; nothing for "none". */
static const json_t *ids_of(const json_t *data, enum target_kind kind)
{
    const json_t *ids = hass_json_get(data, target_keys[kind]);

    return json_is_array(ids) ? ids : NULL;
}

static const char *id_at(const json_t *ids, size_t i)
{
    return json_string_value(json_array_get(ids, i));
}

/* named entities and groups */

/* Members of a group as a list; NULL when @entity_id is no group that exists. */
static HASS_CALLBACK json_t *group_members(struct hass *hass, const char *entity_id)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct hass_value members;
    json_t *list = NULL;

    if (strncmp(entity_id, GROUP_PREFIX, strlen(GROUP_PREFIX)) != 0)
        return NULL;
    const struct hass_state *state = hass_states_async_get(hass, entity_id);
    if (!state || !hass_state_attr(state, HASS_ATTR_ENTITY_ID, &members) ||
        members.type != HASS_VALUE_JSON)
        return NULL;
    if (hass_json_parse(members.text.data, members.text.length, MAX_GROUP, &list, &err) < 0)
        hass_warning("%s is not expanded: %s", entity_id, err.message);
    return list;
}

static void append_all(json_t *to, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (json_is_string(json_array_get(list, i)))
            json_array_append(to, json_array_get(list, i));
    }
}

/* What groups add goes to the end of the row that is being walked; a group counts once, so that cycles end. */
static HASS_CALLBACK void expand_groups_of(struct hass *hass, const json_t *ids,
                                           struct target *target)
{
    struct hass_strmap *seen = NULL;
    autojson *row = json_array();

    append_all(row, ids);
    for (size_t i = 0; i < json_array_size(row); i++) {
        if (!target_note(&seen, id_at(row, i)))
            continue;
        autojson *members = group_members(hass, id_at(row, i));
        if (members)
            append_all(row, members);
        else
            target_note(&target->named, id_at(row, i));
    }
    hass_strmap_destroy(seen);
}

static HASS_CALLBACK void take_named(struct hass *hass, const json_t *data, bool expand_groups,
                                     struct target *target)
{
    const json_t *ids = hass_json_get(data, HASS_ATTR_ENTITY_ID);
    const char *word = json_string_value(ids);

    if (word) {
        target->all = strcmp(word, "all") == 0;
        if (!target->all && strcmp(word, "none") != 0)
            target_note(&target->named, word);
    } else if (expand_groups) {
        expand_groups_of(hass, ids, target);
    } else {
        for (size_t i = 0; i < json_array_size(ids); i++)
            target_note(&target->named, id_at(ids, i));
    }
}

/* by the registries */

/*
 * An entity that is hidden, disabled, or there for settings and diagnosis must be named. @once: nothing that comes later leads
 * to it, so that it need not be remembered.
 */
static void take_indirect(struct target *target, const struct hass_entity_entry *entry, bool once)
{
    if (entry->hidden_by != HASS_ENTITY_VISIBLE || entry->disabled_by != HASS_ENTITY_ENABLED ||
        entry->entity_category != HASS_ENTITY_CATEGORY_NONE || has(target->named, entry->entity_id))
        return;
    if (once ? !has(target->noted, entry->entity_id)
             : target_note(&target->noted, entry->entity_id))
        vec_push(&target->indirect, entry->entity_id);
}

static bool has_label(const struct hass_area *area, const char *label)
{
    const char *const *labels = area->labels;

    while (*labels && strcmp(*labels, label) != 0)
        labels++;
    return *labels != NULL;
}

static HASS_CALLBACK void take_label(struct hass *hass, const char *label, struct target *target)
{
    const struct hass_entity_entry *entry;
    const struct hass_device *device;
    const struct hass_area *area;

    for (size_t pos = 0; hass_entity_registry_async_next_of_label(hass, label, &pos, &entry);)
        take_indirect(target, entry, false);
    for (size_t pos = 0; hass_device_registry_async_next_of_label(hass, label, &pos, &device);)
        target_note(&target->devices, device->id);
    for (size_t pos = 0; hass_area_registry_async_next(hass, &pos, &area);) {
        if (has_label(area, label))
            target_note(&target->areas, area->area_id);
    }
}

static HASS_CALLBACK void take_floor(struct hass *hass, const char *floor, struct target *target)
{
    const struct hass_area *area;

    for (size_t pos = 0; hass_area_registry_async_next(hass, &pos, &area);) {
        if (area->floor_id && strcmp(area->floor_id, floor) == 0)
            target_note(&target->areas, area->area_id);
    }
}

static HASS_CALLBACK void take_device(struct hass *hass, const char *device, struct target *target)
{
    const struct hass_entity_entry *entry;

    for (size_t pos = 0; hass_entity_registry_async_next_of_device(hass, device, &pos, &entry);)
        take_indirect(target, entry, false);
}

/* What belongs to an area belongs to no other. */
static HASS_CALLBACK void take_device_of_area(struct hass *hass, const char *device,
                                              struct target *target)
{
    const struct hass_entity_entry *entry;

    for (size_t pos = 0; hass_entity_registry_async_next_of_device(hass, device, &pos, &entry);) {
        if (!entry->area_id)
            take_indirect(target, entry, true);
    }
}

static HASS_CALLBACK void take_area(struct hass *hass, const char *area, struct target *target)
{
    const struct hass_entity_entry *entry;
    const struct hass_device *device;

    for (size_t pos = 0; hass_entity_registry_async_next_of_area(hass, area, &pos, &entry);)
        take_indirect(target, entry, true);
    for (size_t pos = 0; hass_device_registry_async_next_of_area(hass, area, &pos, &device);) {
        target_note(&target->devices, device->id);
        take_device_of_area(hass, device->id, target);
    }
}

static HASS_CALLBACK bool exists(struct hass *hass, enum target_kind kind, const char *id)
{
    switch (kind) {
    case TARGET_DEVICES:
        return hass_device_registry_async_get(hass, id);
    case TARGET_AREAS:
        return hass_area_registry_async_get(hass, id);
    case TARGET_FLOORS:
        return hass_floor_registry_async_get(hass, id);
    default:
        return hass_label_registry_async_get(hass, id);
    }
}

/* Where the ids of a kind lead to first. */
static HASS_CALLBACK void take(struct hass *hass, enum target_kind kind, const char *id,
                               struct target *target)
{
    if (!exists(hass, kind, id))
        target_note(&target->missing[kind], id);
    else if (kind == TARGET_LABELS)
        take_label(hass, id, target);
    else if (kind == TARGET_FLOORS)
        take_floor(hass, id, target);
    else
        target_note(kind == TARGET_AREAS ? &target->areas : &target->devices, id);
}

void target_resolve(struct hass *hass, const json_t *data, bool expand_groups,
                    struct target *ret_target)
{
    static const enum target_kind order[] = { TARGET_LABELS, TARGET_FLOORS, TARGET_AREAS,
                                              TARGET_DEVICES };
    const char *id;

    *ret_target = (struct target){ 0 };
    take_named(hass, data, expand_groups, ret_target);
    for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
        const json_t *ids = ids_of(data, order[i]);
        for (size_t k = 0; k < json_array_size(ids); k++)
            take(hass, order[i], id_at(ids, k), ret_target);
    }
    set_foreach(ret_target->devices, id) take_device(hass, id, ret_target);
    set_foreach(ret_target->areas, id) take_area(hass, id, ret_target);
}

/* what came of it */

static const char *const kind_names[TARGET_KINDS] = {
    [TARGET_ENTITIES] = "entities", [TARGET_DEVICES] = "devices", [TARGET_AREAS] = "areas",
    [TARGET_FLOORS] = "floors",     [TARGET_LABELS] = "labels",
};

static void list_missing(const char *what, const struct hass_strmap *ids, struct hass_buf *buf)
{
    const char *before = buf->length ? "; " : "";
    const char *id;

    set_foreach(ids, id)
    {
        hass_buf_printf(buf, "%s%s %s", before, what, id);
        before = ",";
        what = "";
    }
}

void target_list_missing(const struct target *target, struct hass_buf *buf)
{
    for (size_t kind = 0; kind < TARGET_KINDS; kind++)
        list_missing(kind_names[kind], target->missing[kind], buf);
}

static json_t *ids_as_json(const struct hass_strmap *set)
{
    json_t *list = json_array();
    const char *id;

    set_foreach(set, id) json_array_append_new(list, json_string(id));
    return list;
}

json_t *hass_async_extract_from_target(struct hass *hass, const json_t *target_data,
                                       bool expand_groups)
{
    VERIFY_LOOP_OR(hass, "hass.async_extract_from_target", NULL);
    struct target target;
    json_t *result = json_object();

    target_resolve(hass, target_data, expand_groups, &target);
    json_t *entities = ids_as_json(target.named);
    vec_foreach(&target.indirect, id)
        json_array_append_new(entities, json_string(*id));
    json_object_set_new(result, "referenced_entities", entities);
    json_object_set_new(result, "referenced_devices", ids_as_json(target.devices));
    json_object_set_new(result, "referenced_areas", ids_as_json(target.areas));
    json_object_set_new(result, "missing_devices", ids_as_json(target.missing[TARGET_DEVICES]));
    json_object_set_new(result, "missing_areas", ids_as_json(target.missing[TARGET_AREAS]));
    json_object_set_new(result, "missing_floors", ids_as_json(target.missing[TARGET_FLOORS]));
    json_object_set_new(result, "missing_labels", ids_as_json(target.missing[TARGET_LABELS]));
    target_fini(&target);
    return result;
}
