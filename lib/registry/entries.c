/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of config entries, and changing what is stored of one.
 */
#include <string.h>

#include <hass/buf.h>
#include <hass/schema.h>
#include <hass/store.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "registry/entry.h"
#include "registry/entry_lookup.h"

/* the table */

static void drop_entry(void *object)
{
    hass_entry_unref(object);
}

static void entries_destroy(void *object)
{
    struct entries *entries = object;

    hass__assert_loop();
    hass_strmap_destroy(entries->by_id);
    hass_store_async_destroy(entries->store);
    json_decref(entries->unusable);
    json_decref(entries->to_reload);
    json_decref(entries->unknown);
    free(entries);
}

/* What the registries of devices and entities ask. */
static HASS_CALLBACK bool look_up(struct hass *hass, const char *entry_id,
                                  struct registry_entry *ret_entry)
{
    const struct hass_entry *entry = hass_strmap_get(entries_of(hass)->by_id, entry_id);

    if (!entry)
        return false;
    *ret_entry = (struct registry_entry){
        .title = entry->title,
        .disabled = entry->disabled_by != HASS_ENTRY_ENABLED,
        .pref_disable_new_entities = entry->pref_disable_new_entities,
    };
    return true;
}

struct entries *entries_of(struct hass *hass)
{
    struct entries *entries = registry_get(hass, REGISTRY_ENTRIES);

    if (!entries) {
        entries = mem_zalloc(sizeof(*entries));
        entries->hass = hass;
        entries->by_id = hass_strmap_create(drop_entry);
        entries->unusable = json_array();
        entries->to_reload = json_object();
        registry_set(hass, REGISTRY_ENTRIES, entries, entries_destroy);
        registry_set_entry_lookup(hass, look_up);
    }
    return entries;
}

void entry_loader_set(struct hass *hass, const struct entry_loader *loader)
{
    entries_of(hass)->loader = loader;
}

struct hass_entry *hass_entries_async_get(struct hass *hass, const char *entry_id)
{
    VERIFY_LOOP_OR(hass, "hass.entries.async_get", NULL);
    return hass_strmap_get(entries_of(hass)->by_id, entry_id);
}

bool hass_entries_async_next(struct hass *hass, size_t *pos, struct hass_entry **ret_entry)
{
    VERIFY_LOOP_OR(hass, "hass.entries.async_next", false);
    const char *id;
    return hass_strmap_next(entries_of(hass)->by_id, pos, &id, (void **)ret_entry);
}

int entries_async_find(struct hass *hass, const char *entry_id, struct hass_entry **ret_entry,
                       struct hass_error *err)
{
    struct hass_entry *entry = hass_strmap_get(entries_of(hass)->by_id, entry_id);

    if (!entry)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no config entry %s", entry_id);
    *ret_entry = hass_entry_ref(entry);
    return 0;
}

struct hass_entry *entries_find_unique_id(struct hass *hass, const char *domain,
                                          const char *unique_id)
{
    const char *id;
    struct hass_entry *entry;

    strmap_foreach(entries_of(hass)->by_id, id, entry)
        if (entry->unique_id && !strcmp(entry->domain, domain) &&
            !strcmp(entry->unique_id, unique_id))
            return entry;
    return NULL;
}

struct hass_entry **entries_of_domain(struct hass *hass, const char *domain)
{
    HASS_VEC(struct hass_entry *) row = { 0 };
    const char *id;
    struct hass_entry *entry;

    strmap_foreach(entries_of(hass)->by_id, id, entry)
        if (!strcmp(entry->domain, domain))
            vec_push(&row, hass_entry_ref(entry));
    vec_push(&row, NULL);
    return row.data;
}

void entries_row_free(struct hass_entry **row)
{
    for (struct hass_entry **entry = row; *entry; entry++)
        hass_entry_unref(*entry);
    free(row);
}

json_t *entries_async_domains(struct hass *hass)
{
    json_t *domains = json_object();
    const char *id;
    struct hass_entry *entry;

    strmap_foreach(entries_of(hass)->by_id, id, entry)
        if (!entry->disabled_by && strcmp(entry->source, "ignore"))
            json_object_set_new(domains, entry->domain, json_true());
    return domains;
}

int entries_async_add(struct hass_entry *entry, struct hass_error *err)
{
    struct entries *entries = entries_of(entry->hass);

    if (hass_strmap_count(entries->by_id) >= ENTRIES_MAX)
        return hass_fail(err, HASS_E_LIMIT, "there are %d config entries already", ENTRIES_MAX);
    if (hass_strmap_get(entries->by_id, entry->id))
        return hass_fail(err, HASS_E_EXISTS, "there is a config entry %s already", entry->id);
    hass_strmap_set(entries->by_id, entry->id, hass_entry_ref(entry));
    entries_save(entries);
    entry_tell(entry, "added");
    return 0;
}

void entries_delist(struct hass_entry *entry)
{
    struct entries *entries = entries_of(entry->hass);

    entry->removed = true;
    hass_strmap_remove(entries->by_id, entry->id);
    entries_save(entries);
}

/* changes */

void entry_tell(struct hass_entry *entry, const char *change)
{
    const struct entry_loader *loader = entries_of(entry->hass)->loader;

    if (loader)
        loader->changed(entry, change);
}

void entry_touch(struct hass_entry *entry)
{
    entry->modified_at = hass_now(entry->hass);
    entries_save(entries_of(entry->hass));
    entry_tell(entry, "updated");
}

HASS_SCHEMA(changes_schema, HASS_FIELD("title", &hass_type_string, .max = ENTRY_MAX_TEXT),
            HASS_FIELD("unique_id", &hass_type_string, .min = 1, .max = ENTRY_MAX_TEXT,
                       .nullable = true),
            HASS_FIELD("data", &hass_type_map), HASS_FIELD("options", &hass_type_map),
            HASS_FIELD("version", &hass_type_int, .min = 1, .max = INT32_MAX),
            HASS_FIELD("minor_version", &hass_type_int, .min = 1, .max = INT32_MAX),
            HASS_FIELD("pref_disable_new_entities", &hass_type_bool),
            HASS_FIELD("pref_disable_polling", &hass_type_bool),
            HASS_FIELD("discovery_keys", &hass_type_map));

int entry_check_size(const json_t *value, const char *what, struct hass_error *err)
{
    autobuf text = HASS_BUF_INIT;

    if (!value)
        return 0;
    hass_json_write(value, &text);
    if (text.length <= ENTRY_DATA_MAX)
        return 0;
    return hass_fail(err, HASS_E_LIMIT, "%s of a config entry are %zu bytes, %d are the limit",
                     what, text.length, ENTRY_DATA_MAX);
}

static HASS_CALLBACK int check_changes(const struct hass_entry *entry, const json_t *changes,
                                       struct hass_error *err)
{
    const char *unique_id = hass_json_get_string(changes, "unique_id", NULL);
    int r = entry_check_size(hass_json_get(changes, "data"), "data", err);

    if (r == 0)
        r = entry_check_size(hass_json_get(changes, "options"), "options", err);
    if (r < 0 || !unique_id)
        return r;
    const struct hass_entry *other = entries_find_unique_id(entry->hass, entry->domain, unique_id);
    if (other && other != entry)
        return hass_fail(err, HASS_E_EXISTS, "another config entry of %s has the unique id %s",
                         entry->domain, unique_id);
    return 0;
}

static bool change_text(const json_t *changes, const char *key, char **member)
{
    const json_t *value = hass_json_get(changes, key);
    const char *text = json_string_value(value);

    if (!value || (text && *member ? !strcmp(text, *member) : text == *member))
        return false;
    entry_set_text(member, text);
    return true;
}

static HASS_CALLBACK bool change_json(struct hass_entry *entry, const json_t *changes,
                                      const char *key, json_t **member)
{
    const json_t *value = hass_json_get(changes, key);

    if (!value || json_equal(value, *member))
        return false;
    entry_set_json(entry, member, hass_json_ref(value));
    return true;
}

static bool change_int(const json_t *changes, const char *key, int *member)
{
    int value = (int)hass_json_get_int(changes, key, *member);
    bool changed = value != *member;

    *member = value;
    return changed;
}

static bool change_bool(const json_t *changes, const char *key, bool *member)
{
    bool value = hass_json_get_bool(changes, key, *member);
    bool changed = value != *member;

    *member = value;
    return changed;
}

static HASS_CALLBACK bool apply(struct hass_entry *entry, const json_t *changes)
{
    bool changed = change_text(changes, "title", &entry->title);

    changed |= change_text(changes, "unique_id", &entry->unique_id);
    changed |= change_json(entry, changes, "data", &entry->data);
    changed |= change_json(entry, changes, "options", &entry->options);
    changed |= change_json(entry, changes, "discovery_keys", &entry->discovery_keys);
    changed |= change_int(changes, "version", &entry->version);
    changed |= change_int(changes, "minor_version", &entry->minor_version);
    changed |= change_bool(changes, "pref_disable_new_entities", &entry->pref_disable_new_entities);
    changed |= change_bool(changes, "pref_disable_polling", &entry->pref_disable_polling);
    return changed;
}

int hass_entry_async_update(struct hass_entry *entry, json_t *changes, struct hass_error *err)
{
    autojson *given = changes;
    autojson *checked = NULL;

    VERIFY_LOOP(entry->hass, "hass.entry.async_update", err);
    if (entry->removed)
        return hass_fail(err, HASS_E_NOT_FOUND, "config entry %s has been removed", entry->id);
    int r = hass_schema_check(&changes_schema, given, &checked, err);
    if (r == 0)
        r = check_changes(entry, checked, err);
    if (r < 0 || !apply(entry, checked))
        return r;
    sub_list_deliver(entry->hass, &entry->update_listeners, entry->hass);
    entry_touch(entry);
    return 1;
}
