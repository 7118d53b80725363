/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations of the core's cases on the registries of areas, devices and entities. Ids of devices are shown as dev1,
 * dev2, … in the order in which they were made; config entries are those that a case adds.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/area_registry.h>
#include <hass/device_registry.h>
#include <hass/entity_registry.h>
#include <hass/strmap.h>
#include <hass/vec.h>

#include "base/mem.h"
#include "registry/entry.h"
#include "support/test.h"
#include "vectors/vectors.h"

static const char *text_of(const json_t *step, const char *key)
{
    return hass_json_get_string(step, key, NULL);
}

/* names and sets */

/* The name by which cases know a device; null for none. */
static json_t *device_name(struct stage *stage, const json_t *id)
{
    const char *text = json_string_value(id);

    if (!text)
        return json_null();
    char *name = hass_strmap_get(stage->devices, text);
    if (!name) {
        name = mem_printf("dev%zu", hass_strmap_count(stage->devices) + 1);
        hass_strmap_set(stage->devices, text, name);
    }
    return json_string(name);
}

/* The id of the device that a step names. */
static const char *device_id(const struct stage *stage, const json_t *step)
{
    const char *wanted = hass_json_get_string(step, "device", "");
    const char *id, *name;

    strmap_foreach(stage->devices, id, name) {
        if (strcmp(name, wanted) == 0)
            return id;
    }
    return wanted;
}

static int compare_texts(const void *a, const void *b)
{
    autofree char *left = json_dumps(*(json_t *const *)a, JSON_ENCODE_ANY);
    autofree char *right = json_dumps(*(json_t *const *)b, JSON_ENCODE_ANY);

    return strcmp(left, right);
}

/* A set in the order of its texts; anything else as it is. */
static json_t *as_set(const json_t *value)
{
    HASS_VEC(json_t *) items = { 0 };
    json_t *set = json_array();

    if (!json_is_array(value)) {
        json_decref(set);
        return hass_json_ref(value);
    }
    for (size_t i = 0; i < json_array_size(value); i++)
        vec_push(&items, json_array_get(value, i));
    if (items.length)
        qsort(items.data, items.length, sizeof(json_t *), compare_texts);
    for (size_t i = 0; i < items.length; i++)
        json_array_append(set, items.data[i]);
    vec_fini(&items);
    return set;
}

static json_t *plain_changes(struct stage *stage, const json_t *changes)
{
    json_t *plain = json_object();
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)changes, key, value) {
        bool device = strcmp(key, "via_device_id") == 0 || strcmp(key, "device_id") == 0;
        json_object_set_new(plain, key, device ? device_name(stage, value) : as_set(value));
    }
    return plain;
}

json_t *registry_event_data(struct stage *stage, const char *type, const json_t *data)
{
    json_t *plain = json_copy((json_t *)data);
    const json_t *changes = hass_json_get(data, "changes");

    if (strcmp(type, "device_registry_updated") == 0) {
        json_object_set_new(plain, "device_id",
                            device_name(stage, hass_json_get(data, "device_id")));
        json_object_del(plain, "device"); // the row that was removed: later releases
    }
    if (changes)
        json_object_set_new(plain, "changes", plain_changes(stage, changes));
    return plain;
}

/* What a case shows of a row: its names for members of the row as clients get it. */
struct shown {
    const char *name;
    const char *member;
};

static json_t *show(struct stage *stage, json_t *row, const struct shown *members)
{
    json_t *record = json_object();

    for (; members->name; members++) {
        const json_t *value = hass_json_get(row, members->member);
        bool device = strstr(members->member, "device_id") || strcmp(members->name, "id") == 0;
        json_object_set_new(record, members->name,
                            device ? device_name(stage, value) : as_set(value));
    }
    json_decref(row);
    return record;
}

/* areas */

static json_t *area_record(struct stage *stage, const struct hass_area *area)
{
    static const struct shown members[] = { { "area_id", "area_id" },
                                            { "name", "name" },
                                            { "aliases", "aliases" },
                                            { "picture", "picture" },
                                            { NULL, NULL } };

    return area ? show(stage, hass_area_as_json(area), members) : json_null();
}

/* The members of a step that a registry knows by the same name, and some by another. */
static json_t *changes_of(const json_t *step, const struct shown *members)
{
    json_t *changes = json_object();

    for (; members->name; members++) {
        if (hass_json_get(step, members->name))
            json_object_set(changes, members->member, (json_t *)hass_json_get(step, members->name));
    }
    return changes;
}

static const struct shown area_fields[] = { { "aliases", "aliases" },
                                            { "picture", "picture" },
                                            { NULL, NULL } };

static HASS_CALLBACK int area_create(struct stage *stage, const json_t *step, json_t **ret_value,
                                     struct hass_error *err)
{
    const struct hass_area *area;
    int r = hass_area_registry_async_create(stage->hass, text_of(step, "name"),
                                            changes_of(step, area_fields), &area, err);

    if (r == 0)
        *ret_value = area_record(stage, area);
    return r;
}

static HASS_CALLBACK int area_update(struct stage *stage, const json_t *step, json_t **ret_value,
                                     struct hass_error *err)
{
    json_t *changes = changes_of(step, area_fields);
    const struct hass_area *area;

    if (text_of(step, "name"))
        json_object_set_new(changes, "name", json_string(text_of(step, "name")));
    int r =
        hass_area_registry_async_update(stage->hass, text_of(step, "area_id"), changes, &area, err);
    if (r == 0)
        *ret_value = area_record(stage, area);
    return r;
}

static HASS_CALLBACK int area_delete(struct stage *stage, const json_t *step, json_t **ret_value,
                                     struct hass_error *err)
{
    return hass_area_registry_async_delete(stage->hass, text_of(step, "area_id"), err);
}

static HASS_CALLBACK int area_by_name(struct stage *stage, const json_t *step, json_t **ret_value,
                                      struct hass_error *err)
{
    *ret_value = json_pack("{s:o}", "area",
                           area_record(stage, hass_area_registry_async_get_by_name(
                                                  stage->hass, text_of(step, "name"))));
    return 0;
}

static HASS_CALLBACK int area_list(struct stage *stage, const json_t *step, json_t **ret_value,
                                   struct hass_error *err)
{
    const struct hass_area *area;

    *ret_value = json_array();
    for (size_t pos = 0; hass_area_registry_async_next(stage->hass, &pos, &area);)
        json_array_append_new(*ret_value, area_record(stage, area));
    return 0;
}

/* config entries */

static HASS_CALLBACK int entry_add(struct stage *stage, const json_t *step, json_t **ret_value,
                                   struct hass_error *err)
{
    autounref(hass_entry) *entry =
        entry_new(stage->hass, text_of(step, "domain"), "user", text_of(step, "id"));

    entry_set_text(&entry->title, text_of(step, "domain"));
    return entries_async_add(entry, err);
}

static HASS_CALLBACK int clear_registries(struct stage *stage, const json_t *step,
                                          json_t **ret_value, struct hass_error *err)
{
    int r = hass_device_registry_async_clear_config_entry(stage->hass, text_of(step, "id"), err);

    return r < 0 ? r
                 : hass_entity_registry_async_clear_config_entry(stage->hass, text_of(step, "id"),
                                                                 err);
}

/* devices */

static json_t *device_record(struct stage *stage, const struct hass_device *device)
{
    static const struct shown members[] = { { "id", "id" },
                                            { "entries", "config_entries" },
                                            { "identifiers", "identifiers" },
                                            { "connections", "connections" },
                                            { "name", "name" },
                                            { "name_by_user", "name_by_user" },
                                            { "manufacturer", "manufacturer" },
                                            { "model", "model" },
                                            { "sw_version", "sw_version" },
                                            { "entry_type", "entry_type" },
                                            { "area_id", "area_id" },
                                            { "disabled_by", "disabled_by" },
                                            { "via", "via_device_id" },
                                            { NULL, NULL } };

    return device ? show(stage, hass_device_as_json(device), members) : json_null();
}

static struct hass_device_pair pair_of(const json_t *pair)
{
    return (struct hass_device_pair){ json_string_value(json_array_get(pair, 0)),
                                      json_string_value(json_array_get(pair, 1)) };
}

/* Appends the pairs of a list, ended; nothing when there is no list. */
#define FILL_PAIRS(to, list)                                                                       \
    ({                                                                                             \
        for (size_t i_ = 0; i_ < json_array_size(list); i_++)                                      \
            vec_push((to), pair_of(json_array_get((list), i_)));                                   \
        if (list)                                                                                  \
            vec_push((to), ((struct hass_device_pair){ NULL, NULL }));                             \
        (to)->data;                                                                                \
    })

void device_words_fill(struct device_words *words, const json_t *step)
{
    const json_t *identifiers = hass_json_get(step, "identifiers");
    const json_t *connections = hass_json_get(step, "connections");

    *words = (struct device_words){ 0 };
    words->info = (struct hass_device_info)
        HASS_DEVICE_INFO(.identifiers = FILL_PAIRS(&words->identifiers, identifiers),
                         .connections = FILL_PAIRS(&words->connections, connections),
                         .name = text_of(step, "name"),
                         .manufacturer = text_of(step, "manufacturer"),
                         .model = text_of(step, "model"), .sw_version = text_of(step, "sw_version"),
                         .default_name = text_of(step, "default_name"),
                         .default_manufacturer = text_of(step, "default_manufacturer"),
                         .default_model = text_of(step, "default_model"),
                         .suggested_area = text_of(step, "suggested_area"),
                         .via_device = pair_of(hass_json_get(step, "via")));
}

void device_words_fini(struct device_words *words)
{
    vec_fini(&words->identifiers);
    vec_fini(&words->connections);
}

/* What a step clears by null: an integration says that by an update. */
static HASS_CALLBACK int clear_members(struct stage *stage, const json_t *step,
                                       const struct hass_device **device, struct hass_error *err)
{
    static const char *const members[] = { "name", "manufacturer", "model", "sw_version" };
    json_t *changes = json_object();

    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
        if (json_is_null(hass_json_get(step, members[i])))
            json_object_set_new(changes, members[i], json_null());
    }
    if (json_object_size(changes))
        return hass_device_registry_async_update(stage->hass, (*device)->id, changes, device, err);
    json_decref(changes);
    return 0;
}

static HASS_CALLBACK int device_get_or_create(struct stage *stage, const json_t *step,
                                              json_t **ret_value, struct hass_error *err)
{
    const struct hass_device *device = NULL;
    struct device_words words;

    device_words_fill(&words, step);
    int r = hass_device_registry_async_get_or_create(stage->hass, text_of(step, "entry"),
                                                     &words.info, &device, err);
    device_words_fini(&words);
    if (r == 0)
        r = clear_members(stage, step, &device, err);
    if (r == 0)
        *ret_value = device_record(stage, device);
    return r;
}

static HASS_CALLBACK int device_update(struct stage *stage, const json_t *step, json_t **ret_value,
                                       struct hass_error *err)
{
    static const struct shown fields[] = { { "name_by_user", "name_by_user" },
                                           { "area_id", "area_id" },
                                           { "disabled_by", "disabled_by" },
                                           { "add_entry", "add_config_entry_id" },
                                           { "remove_entry", "remove_config_entry_id" },
                                           { "merge_identifiers", "merge_identifiers" },
                                           { "new_identifiers", "new_identifiers" },
                                           { NULL, NULL } };
    const struct hass_device *device;
    int r = hass_device_registry_async_update(stage->hass, device_id(stage, step),
                                              changes_of(step, fields), &device, err);

    if (r == 0)
        *ret_value = json_pack("{s:o}", "device", device_record(stage, device));
    return r;
}

static HASS_CALLBACK int device_remove(struct stage *stage, const json_t *step, json_t **ret_value,
                                       struct hass_error *err)
{
    return hass_device_registry_async_remove(stage->hass, device_id(stage, step), err);
}

static HASS_CALLBACK int device_get(struct stage *stage, const json_t *step, json_t **ret_value,
                                    struct hass_error *err)
{
    const struct hass_device *device =
        hass_device_registry_async_get(stage->hass, device_id(stage, step));

    *ret_value = json_pack("{s:o}", "device", device_record(stage, device));
    return 0;
}

static HASS_CALLBACK int device_find(struct stage *stage, const json_t *step, json_t **ret_value,
                                     struct hass_error *err)
{
    struct device_words words;

    device_words_fill(&words, step);
    const struct hass_device *device = hass_device_registry_async_find(
        stage->hass, words.info.identifiers, words.info.connections);
    *ret_value = json_pack("{s:o}", "device", device_record(stage, device));
    device_words_fini(&words);
    return 0;
}

/* entities */

static json_t *entity_record(struct stage *stage, const struct hass_entity_entry *entry)
{
    static const struct shown members[] = { { "entity_id", "entity_id" },
                                            { "unique_id", "unique_id" },
                                            { "platform", "platform" },
                                            { "entry", "config_entry_id" },
                                            { "device", "device_id" },
                                            { "area_id", "area_id" },
                                            { "aliases", "aliases" },
                                            { "name", "name" },
                                            { "icon", "icon" },
                                            { "device_class", "device_class" },
                                            { "original_name", "original_name" },
                                            { "original_device_class", "original_device_class" },
                                            { "disabled_by", "disabled_by" },
                                            { "hidden_by", "hidden_by" },
                                            { "entity_category", "entity_category" },
                                            { NULL, NULL } };

    return entry ? show(stage, hass_entity_entry_as_json(entry, true), members) : json_null();
}

/* The place of a step's word in a list, counted from 1; 0 when it is absent. */
static unsigned word_of(const json_t *step, const char *key, const char *const words[])
{
    const char *word = text_of(step, key);

    for (unsigned i = 0; word && words[i]; i++) {
        if (strcmp(word, words[i]) == 0)
            return i + 1;
    }
    return 0;
}

static HASS_CALLBACK int entity_get_or_create(struct stage *stage, const json_t *step,
                                              json_t **ret_value, struct hass_error *err)
{
    static const char *const disablers[] = { "config_entry", "device", "hass",
                                             "integration",  "user",   NULL };
    static const char *const hiders[] = { "integration", "user", NULL };
    static const char *const categories[] = { "config", "diagnostic", NULL };
    const struct hass_entity_entry *entry;
    struct hass_entity_entry_info info =
        HASS_ENTITY_ENTRY_INFO(.domain = text_of(step, "domain"),
                               .platform = text_of(step, "platform"),
                               .unique_id = text_of(step, "unique_id"),
                               .suggested_object_id = text_of(step, "suggested_object_id"),
                               .config_entry_id = text_of(step, "entry"),
                               .device_id = text_of(step, "device") ? device_id(stage, step) : NULL,
                               .original_name = text_of(step, "original_name"),
                               .original_icon = text_of(step, "original_icon"),
                               .original_device_class = text_of(step, "original_device_class"),
                               .unit_of_measurement = text_of(step, "unit_of_measurement"),
                               .disabled_by = word_of(step, "disabled_by", disablers),
                               .hidden_by = word_of(step, "hidden_by", hiders),
                               .entity_category = word_of(step, "entity_category", categories),
                               .has_entity_category = text_of(step, "entity_category") != NULL);
    int r = hass_entity_registry_async_get_or_create(stage->hass, &info, &entry, err);

    if (r == 0)
        *ret_value = entity_record(stage, entry);
    return r;
}

static HASS_CALLBACK int entity_update(struct stage *stage, const json_t *step, json_t **ret_value,
                                       struct hass_error *err)
{
    static const struct shown fields[] = { { "new_entity_id", "new_entity_id" },
                                           { "new_unique_id", "new_unique_id" },
                                           { "name", "name" },
                                           { "icon", "icon" },
                                           { "area_id", "area_id" },
                                           { "device_class", "device_class" },
                                           { "aliases", "aliases" },
                                           { "disabled_by", "disabled_by" },
                                           { "hidden_by", "hidden_by" },
                                           { NULL, NULL } };
    const struct hass_entity_entry *entry;
    int r = hass_entity_registry_async_update(stage->hass, text_of(step, "entity_id"),
                                              changes_of(step, fields), &entry, err);

    if (r == 0)
        *ret_value = entity_record(stage, entry);
    return r;
}

static HASS_CALLBACK int entity_remove(struct stage *stage, const json_t *step, json_t **ret_value,
                                       struct hass_error *err)
{
    return hass_entity_registry_async_remove(stage->hass, text_of(step, "entity_id"), err);
}

static HASS_CALLBACK int entity_get(struct stage *stage, const json_t *step, json_t **ret_value,
                                    struct hass_error *err)
{
    const struct hass_entity_entry *entry =
        hass_entity_registry_async_get(stage->hass, text_of(step, "entity_id"));

    *ret_value = json_pack("{s:o}", "entity", entity_record(stage, entry));
    return 0;
}

static HASS_CALLBACK int entity_find(struct stage *stage, const json_t *step, json_t **ret_value,
                                     struct hass_error *err)
{
    const struct hass_entity_entry *entry =
        hass_entity_registry_async_find(stage->hass, text_of(step, "domain"),
                                        text_of(step, "platform"), text_of(step, "unique_id"));

    *ret_value = json_pack("{s:s?}", "entity_id", entry ? entry->entity_id : NULL);
    return 0;
}

/* Ids that the case wants to be taken are reserved. */
static HASS_CALLBACK int entity_generate_id(struct stage *stage, const json_t *step,
                                            json_t **ret_value, struct hass_error *err)
{
    const json_t *known = hass_json_get(step, "known_object_ids");

    for (size_t i = 0; i < json_array_size(known); i++)
        (void)hass_states_async_reserve(stage->hass, json_string_value(json_array_get(known, i)),
                                        NULL);
    autofree char *id = hass_entity_registry_async_generate_id(
        stage->hass, text_of(step, "domain"), text_of(step, "suggested_object_id"), err);
    *ret_value = id ? json_string(id) : NULL;
    return id ? 0 : HASS_E_INVALID;
}

const struct operation registry_operations[] = {
    { "area_create", area_create },
    { "area_update", area_update },
    { "area_delete", area_delete },
    { "area_by_name", area_by_name },
    { "area_list", area_list },
    { "entry_add", entry_add },
    { "entry_clear_registries", clear_registries },
    { "device_get_or_create", device_get_or_create },
    { "device_update", device_update },
    { "device_remove", device_remove },
    { "device_get", device_get },
    { "device_find", device_find },
    { "entity_get_or_create", entity_get_or_create },
    { "entity_update", entity_update },
    { "entity_remove", entity_remove },
    { "entity_get", entity_get },
    { "entity_find", entity_find },
    { "entity_generate_id", entity_generate_id },
    { NULL, NULL },
};
