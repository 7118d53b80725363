/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Subentries: parts of a config entry (the rooms of a heating, the devices of an account) that a file has brought along.
 */
#include <string.h>

#include <hass/cleanup.h>

#include "core/core.h"
#include "registry/entry.h"

static json_t *find(json_t *subentries, const char *subentry_id, size_t *ret_index)
{
    size_t i;
    json_t *subentry;

    json_array_foreach(subentries, i, subentry) {
        if (strcmp(hass_json_get_string(subentry, "subentry_id", ""), subentry_id))
            continue;
        *ret_index = i;
        return subentry;
    }
    return NULL;
}

static int not_found(const struct hass_entry *entry, const char *subentry_id,
                     struct hass_error *err)
{
    return hass_fail(err, HASS_E_NOT_FOUND, "config entry '%s' has no subentry %s", entry->title,
                     subentry_id);
}

static json_t *member(const json_t *subentry, const char *key)
{
    const json_t *value = hass_json_get(subentry, key);

    return value ? hass_json_ref(value) : json_null();
}

json_t *hass_entry_async_subentries(const struct hass_entry *entry)
{
    VERIFY_LOOP_OR(entry->hass, "hass.entry.async_subentries", NULL);
    json_t *list = json_array();
    size_t i;
    json_t *subentry;
    json_array_foreach(entry->subentries, i, subentry)
        json_array_append_new(
            list, json_pack("{s:o, s:o, s:o, s:o}", "subentry_id", member(subentry, "subentry_id"),
                            "subentry_type", member(subentry, "subentry_type"), "title",
                            member(subentry, "title"), "unique_id", member(subentry, "unique_id")));
    return list;
}

int hass_entry_async_rename_subentry(struct hass_entry *entry, const char *subentry_id,
                                     const char *title, struct hass_error *err)
{
    VERIFY_LOOP(entry->hass, "hass.entry.async_rename_subentry", err);
    size_t index;
    json_t *changed = json_deep_copy(entry->subentries);
    json_t *subentry = find(changed, subentry_id, &index);
    if (!subentry || !strcmp(hass_json_get_string(subentry, "title", ""), title)) {
        json_decref(changed);
        return subentry ? 0 : not_found(entry, subentry_id, err);
    }
    json_object_set_new(subentry, "title", json_string(title));
    entry_set_json(entry, &entry->subentries, changed);
    sub_list_deliver(entry->hass, &entry->update_listeners, entry->hass);
    entry_touch(entry);
    return 1;
}

int hass_entry_async_remove_subentry(struct hass_entry *entry, const char *subentry_id,
                                     struct hass_error *err)
{
    VERIFY_LOOP(entry->hass, "hass.entry.async_remove_subentry", err);
    size_t index;
    if (!find(entry->subentries, subentry_id, &index))
        return not_found(entry, subentry_id, err);
    json_t *changed = json_copy(entry->subentries);
    json_array_remove(changed, index);
    entry_set_json(entry, &entry->subentries, changed);
    entry_clear_subentry(entry, subentry_id);
    sub_list_deliver(entry->hass, &entry->update_listeners, entry->hass);
    entry_touch(entry);
    return 0;
}
