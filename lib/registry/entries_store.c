/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of the config entries, core.config_entries 1.5. Files of older minor versions lack members, which then have their
 * defaults; members that we do not know are kept, and so is a row that cannot be used, for somebody who can.
 */
#include <string.h>

#include <hass/cleanup.h>
#include <hass/dt.h>
#include <hass/issue_registry.h>
#include <hass/schema.h>
#include <hass/store.h>

#include "base/mem.h"
#include "core/core.h"
#include "registry/entry.h"
#include "registry/entry_lookup.h"
#include "registry/store.h"

#define SAVE_DELAY 1.0 /* seconds */

/* writing */

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *time_as_json(int64_t time)
{
    char text[HASS_DT_TEXT];

    hass_dt_iso(time, NULL, text);
    return json_string(text);
}

static json_t *row_of_entry(const struct hass_entry *entry)
{
    json_t *row = json_object();

    json_object_set_new(row, "created_at", time_as_json(entry->created_at));
    json_object_set_new(row, "data", hass_json_ref(entry->data));
    json_object_set_new(row, "disabled_by", text_or_null(entry->disabled_by ? "user" : NULL));
    json_object_set_new(row, "discovery_keys", hass_json_ref(entry->discovery_keys));
    json_object_set_new(row, "domain", json_string(entry->domain));
    json_object_set_new(row, "entry_id", json_string(entry->id));
    json_object_set_new(row, "minor_version", json_integer(entry->minor_version));
    json_object_set_new(row, "modified_at", time_as_json(entry->modified_at));
    json_object_set_new(row, "options", hass_json_ref(entry->options));
    json_object_set_new(row, "pref_disable_new_entities",
                        json_boolean(entry->pref_disable_new_entities));
    json_object_set_new(row, "pref_disable_polling", json_boolean(entry->pref_disable_polling));
    json_object_set_new(row, "source", json_string(entry->source));
    json_object_set_new(row, "subentries", hass_json_ref(entry->subentries));
    json_object_set_new(row, "title", json_string(entry->title));
    json_object_set_new(row, "unique_id", text_or_null(entry->unique_id));
    json_object_set_new(row, "version", json_integer(entry->version));
    json_object_update_missing(row, entry->unknown);
    return row;
}

static json_t *data_of_entries(void *userdata)
{
    const struct entries *entries = userdata;
    json_t *rows = json_array();
    json_t *data = json_pack("{s:o}", "entries", rows);
    const char *id;
    const struct hass_entry *entry;

    strmap_foreach(entries->by_id, id, entry)
        json_array_append_new(rows, row_of_entry(entry));
    json_array_extend(rows, entries->unusable);
    json_object_update_missing(data, entries->unknown);
    return data;
}

void entries_save(struct entries *entries)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (entries->store && hass_store_async_delay_save(entries->store, SAVE_DELAY, &err) < 0)
        hass_error("The config entries are not saved: %s", err.message);
}

/* reading */

HASS_SCHEMA_WITH(
    row_schema, (.extra = true),
    HASS_FIELD("entry_id", &hass_type_string, .required = true, .min = 1, .max = ENTRY_MAX_TEXT),
    HASS_FIELD("domain", &hass_type_string, .required = true, .min = 1, .max = HASS_MAX_DOMAIN),
    HASS_FIELD("title", &hass_type_string, .fallback = "\"\""),
    HASS_FIELD("source", &hass_type_string, .fallback = "\"user\""),
    HASS_FIELD("unique_id", &hass_type_string, .nullable = true),
    HASS_FIELD("version", &hass_type_int, .min = 1, .max = INT32_MAX, .fallback = "1"),
    HASS_FIELD("minor_version", &hass_type_int, .min = 1, .max = INT32_MAX, .fallback = "1"),
    HASS_FIELD("data", &hass_type_map, .fallback = "{}"),
    HASS_FIELD("options", &hass_type_map, .fallback = "{}"),
    HASS_FIELD("discovery_keys", &hass_type_map, .fallback = "{}"),
    HASS_FIELD("subentries", &hass_type_map, .list = true, .fallback = "[]"),
    HASS_FIELD("pref_disable_new_entities", &hass_type_bool, .nullable = true),
    HASS_FIELD("pref_disable_polling", &hass_type_bool, .nullable = true),
    HASS_FIELD("disabled_by", &hass_type_string, .nullable = true),
    HASS_FIELD("created_at", &hass_type_string), HASS_FIELD("modified_at", &hass_type_string));

static int64_t read_time(const json_t *row, const char *key)
{
    const char *text = hass_json_get_string(row, key, NULL);
    int64_t time = 0; /* before 1.3 nobody knew */

    if (text)
        (void)hass_dt_parse(text, NULL, &time, NULL);
    return time;
}

/* Before 1.1 had them, the preferences were in a map of their own. */
static bool read_preference(const json_t *row, const char *key, const char *old_key)
{
    const json_t *old = hass_json_get(row, "system_options");

    return hass_json_get_bool(row, key, hass_json_get_bool(old, old_key, false));
}

static json_t *unknown_members(const json_t *row)
{
    json_t *unknown = json_copy((json_t *)row);

    for (uint32_t i = 0; i < row_schema.count; i++)
        json_object_del(unknown, row_schema.fields[i].key);
    return unknown;
}

static HASS_CALLBACK struct hass_entry *entry_of_row(struct hass *hass, const json_t *row)
{
    struct hass_entry *entry = entry_new(hass, hass_json_get_string(row, "domain", ""),
                                         hass_json_get_string(row, "source", ""),
                                         hass_json_get_string(row, "entry_id", ""));

    entry_set_text(&entry->title, hass_json_get_string(row, "title", ""));
    entry_set_text(&entry->unique_id, hass_json_get_string(row, "unique_id", NULL));
    entry->version = (int)hass_json_get_int(row, "version", 1);
    entry->minor_version = (int)hass_json_get_int(row, "minor_version", 1);
    entry_set_json(entry, &entry->data, hass_json_ref(hass_json_get(row, "data")));
    entry_set_json(entry, &entry->options, hass_json_ref(hass_json_get(row, "options")));
    entry_set_json(entry, &entry->discovery_keys,
                   hass_json_ref(hass_json_get(row, "discovery_keys")));
    entry_set_json(entry, &entry->subentries, hass_json_ref(hass_json_get(row, "subentries")));
    entry->unknown = unknown_members(row);
    entry->pref_disable_new_entities =
        read_preference(row, "pref_disable_new_entities", "disable_new_entities");
    entry->pref_disable_polling = read_preference(row, "pref_disable_polling", "disable_polling");
    if (hass_json_get_string(row, "disabled_by", NULL))
        entry->disabled_by = HASS_ENTRY_DISABLED_BY_USER;
    entry->created_at = read_time(row, "created_at");
    entry->modified_at = read_time(row, "modified_at");
    return entry;
}

/* The model lets them be, too, and has its user choose. */
static HASS_CALLBACK void report_collision(const struct hass_entry *entry)
{
    autofree char *id =
        mem_printf("config_entry_unique_id_collision_%s_%s", entry->domain, entry->id);
    const struct hass_issue_options options = {
        .size = sizeof(options),
        .severity = HASS_ISSUE_ERROR,
        .translation_key = "config_entry_unique_id_collision",
        .translation_placeholders = json_pack("{s:s, s:s, s:s}", "domain", entry->domain, "title",
                                              entry->title, "unique_id", entry->unique_id),
        .issue_domain = entry->domain,
    };

    hass_warning("Config entry '%s' of %s has the unique id of another: %s", entry->title,
                 entry->domain, entry->unique_id);
    (void)hass_issue_async_create(entry->hass, "homeassistant", id, &options, NULL);
}

static HASS_CALLBACK int take_row(struct entries *entries, const json_t *row,
                                  struct hass_error *err)
{
    autojson *checked = NULL;
    int r = hass_schema_check(&row_schema, row, &checked, err);

    if (r < 0)
        return r;
    const char *id = hass_json_get_string(checked, "entry_id", "");
    if (hass_strmap_get(entries->by_id, id))
        return hass_fail(err, HASS_E_EXISTS, "there is another entry %s", id);
    struct hass_entry *entry = entry_of_row(entries->hass, checked);
    if (entry->unique_id && entries_find_unique_id(entry->hass, entry->domain, entry->unique_id))
        report_collision(entry);
    hass_strmap_set(entries->by_id, entry->id, entry);
    return 0;
}

static HASS_CALLBACK void take_rows(struct entries *entries, const json_t *data)
{
    const json_t *rows = hass_json_get(data, "entries");

    for (size_t i = 0; i < json_array_size(rows); i++) {
        struct hass_error err = HASS_ERROR_INIT;
        json_t *row = json_array_get(rows, i);
        if (take_row(entries, row, &err) >= 0)
            continue;
        hass_error("Config entry %zu of the file cannot be used and is left as it is: %s", i,
                   err.message);
        json_array_append(entries->unusable, row);
    }
    entries->unknown = json_copy((json_t *)data);
    json_object_del(entries->unknown, "entries");
}

int entries_async_load(struct hass *hass, struct hass_error *err)
{
    struct entries *entries = entries_of(hass);
    const struct hass_store_options options = {
        .size = sizeof(options),
        .key = "core.config_entries",
        .version = 1,
        .minor_version = 5,
        .userdata = entries,
        .data = data_of_entries,
    };
    autojson *data = NULL;
    int r = store_async_create(hass, &options, NULL, &entries->store, err);

    if (r >= 0)
        r = hass_store_async_load(entries->store, &data, err);
    if (r < 0) {
        /* What could not be read is not written over, and nothing that belongs to an entry is taken for an orphan. */
        entries->store = hass_store_async_destroy(entries->store);
        registry_set_entry_lookup(hass, NULL);
        return r;
    }
    take_rows(entries, data);
    entries_join_registries(entries);
    return 0;
}
