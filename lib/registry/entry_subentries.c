/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Subentries: parts of a config entry (the rooms of a heating, the devices of an account). The list is replaced as a whole
 * when one changes, so that readers on other threads see it before or after.
 */
#include <string.h>

#include <hass/cleanup.h>
#include <hass/schema.h>

#include "base/ulid.h"
#include "core/core.h"
#include "registry/entry.h"

HASS_SCHEMA(new_schema,
            HASS_FIELD("subentry_type", &hass_type_string, .required = true, .min = 1,
                       .max = ENTRY_MAX_TEXT),
            HASS_FIELD("title", &hass_type_string, .required = true, .max = ENTRY_MAX_TEXT),
            HASS_FIELD("unique_id", &hass_type_string, .min = 1, .max = ENTRY_MAX_TEXT,
                       .nullable = true),
            HASS_FIELD("data", &hass_type_map, .fallback = "{}"));
HASS_SCHEMA(changes_schema, HASS_FIELD("title", &hass_type_string, .max = ENTRY_MAX_TEXT),
            HASS_FIELD("unique_id", &hass_type_string, .min = 1, .max = ENTRY_MAX_TEXT,
                       .nullable = true),
            HASS_FIELD("data", &hass_type_map));

/* looking */

/* Its place, or the size of the list. */
static size_t place_of(const struct hass_entry *entry, const char *subentry_id)
{
    size_t i;
    const json_t *subentry;

    json_array_foreach(entry->subentries, i, subentry)
        if (!strcmp(hass_json_get_string(subentry, "subentry_id", ""), subentry_id))
            break;
    return i;
}

const json_t *hass_entry_async_subentries(const struct hass_entry *entry)
{
    VERIFY_LOOP_OR(entry->hass, "hass.entry.async_subentries", NULL);
    return entry->subentries;
}

const json_t *hass_entry_async_subentry(const struct hass_entry *entry, const char *subentry_id)
{
    VERIFY_LOOP_OR(entry->hass, "hass.entry.async_subentry", NULL);
    return json_array_get(entry->subentries, place_of(entry, subentry_id));
}

/* changing */

static int check_there(const struct hass_entry *entry, struct hass_error *err)
{
    return entry->removed
               ? hass_fail(err, HASS_E_NOT_FOUND, "config entry %s has been removed", entry->id)
               : 0;
}

static int find(const struct hass_entry *entry, const char *subentry_id, size_t *ret_place,
                struct hass_error *err)
{
    int r = check_there(entry, err);

    if (r < 0)
        return r;
    *ret_place = place_of(entry, subentry_id);
    if (*ret_place < json_array_size(entry->subentries))
        return 0;
    return hass_fail(err, HASS_E_NOT_FOUND, "config entry '%s' has no subentry %s", entry->title,
                     subentry_id);
}

/* What is given for the part at @place (the size of the list: a new one). */
static int check(const struct hass_entry *entry, size_t place, const json_t *given,
                 struct hass_error *err)
{
    const char *unique_id = hass_json_get_string(given, "unique_id", NULL);
    size_t i;
    const json_t *other;

    json_array_foreach(entry->subentries, i, other)
        if (unique_id && i != place &&
            !strcmp(hass_json_get_string(other, "unique_id", ""), unique_id))
            return hass_fail(err, HASS_E_EXISTS,
                             "another subentry of config entry '%s' has the unique id %s",
                             entry->title, unique_id);
    return entry_check_size(hass_json_get(given, "data"), "data of a part", err);
}

/* @list is taken. */
static HASS_CALLBACK void replace(struct hass_entry *entry, json_t *list)
{
    entry_set_json(entry, &entry->subentries, list);
    sub_list_deliver(entry->hass, &entry->update_listeners, entry->hass);
    entry_touch(entry);
}

static HASS_CALLBACK json_t *subentry_of(const struct hass_entry *entry, const json_t *given)
{
    struct ulid ulid;
    char id[ULID_TEXT];

    ulid_make(hass_now(entry->hass), &ulid);
    ulid_encode(&ulid, id);
    return json_pack("{s:O, s:s, s:O, s:O, s:s?}", "data", hass_json_get(given, "data"),
                     "subentry_id", id, "subentry_type", hass_json_get(given, "subentry_type"),
                     "title", hass_json_get(given, "title"), "unique_id",
                     hass_json_get_string(given, "unique_id", NULL));
}

int hass_entry_async_add_subentry(struct hass_entry *entry, json_t *subentry,
                                  const json_t **ret_subentry, struct hass_error *err)
{
    autojson *given = subentry;
    autojson *checked = NULL;

    VERIFY_LOOP(entry->hass, "hass.entry.async_add_subentry", err);
    size_t place = json_array_size(entry->subentries);
    int r = check_there(entry, err);
    if (r == 0)
        r = hass_schema_check(&new_schema, given, &checked, err);
    if (r == 0)
        r = check(entry, place, checked, err);
    if (r == 0 && place >= SUBENTRIES_MAX)
        r = hass_fail(err, HASS_E_LIMIT, "config entry '%s' has %d subentries already",
                      entry->title, SUBENTRIES_MAX);
    if (r < 0)
        return r;
    json_t *list = json_copy(entry->subentries);
    json_array_append_new(list, subentry_of(entry, checked));
    replace(entry, list);
    if (ret_subentry)
        *ret_subentry = json_array_get(entry->subentries, place);
    return 0;
}

int hass_entry_async_update_subentry(struct hass_entry *entry, const char *subentry_id,
                                     json_t *changes, struct hass_error *err)
{
    autojson *given = changes;
    autojson *checked = NULL;
    size_t place;

    VERIFY_LOOP(entry->hass, "hass.entry.async_update_subentry", err);
    int r = find(entry, subentry_id, &place, err);
    if (r == 0)
        r = hass_schema_check(&changes_schema, given, &checked, err);
    if (r == 0)
        r = check(entry, place, checked, err);
    if (r < 0)
        return r;
    const json_t *before = json_array_get(entry->subentries, place);
    autojson *after = json_copy((json_t *)before);
    json_object_update(after, checked);
    if (json_equal(after, before))
        return 0;
    json_t *list = json_copy(entry->subentries);
    json_array_set(list, place, after);
    replace(entry, list);
    return 1;
}

int hass_entry_async_remove_subentry(struct hass_entry *entry, const char *subentry_id,
                                     struct hass_error *err)
{
    size_t place;

    VERIFY_LOOP(entry->hass, "hass.entry.async_remove_subentry", err);
    int r = find(entry, subentry_id, &place, err);
    if (r < 0)
        return r;
    json_t *list = json_copy(entry->subentries);
    json_array_remove(list, place);
    entry_clear_subentry(entry, subentry_id);
    replace(entry, list);
    return 0;
}
