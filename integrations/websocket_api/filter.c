/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model's rules of precedence: a named entity beats a pattern, a pattern beats a domain, and taking in beats leaving out
 * at the same rank. Patterns are matched in time proportional to both texts, because any client may send them.
 */
#include "filter.h"

#include <string.h>

static const struct hass_field fields[] = {
    HASS_FIELD("entity_ids", &hass_type_string, .list = true, .doc = "Named entities"),
    HASS_FIELD("domains", &hass_type_string, .list = true, .doc = "Whole domains"),
    HASS_FIELD("entity_globs", &hass_type_string, .list = true, .doc = "Patterns with * and ?"),
};
const struct hass_schema filter_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(fields) / sizeof(fields[0]),
    .fields = fields,
};

/* On a mismatch only the last star takes one character more: earlier ones need never be tried again. */
static bool glob_matches(const char *glob, const char *text)
{
    const char *star = NULL, *resume = NULL;

    while (*text) {
        if (*glob == '*') {
            star = glob++;
            resume = text;
        } else if (*glob == '?' || *glob == *text) {
            glob++;
            text++;
        } else if (star) {
            glob = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    return !glob[strspn(glob, "*")];
}

static bool any_glob(const json_t *filter, const char *entity_id)
{
    size_t index;
    json_t *glob;

    json_array_foreach((json_t *)hass_json_get(filter, "entity_globs"), index, glob)
        if (glob_matches(json_string_value(glob), entity_id))
            return true;
    return false;
}

/* True when the list @key of @filter has the first @length bytes of @text. */
static bool names(const json_t *filter, const char *key, const char *text, size_t length)
{
    size_t index;
    json_t *item;

    json_array_foreach((json_t *)hass_json_get(filter, key), index, item)
        if (json_string_length(item) == length && !memcmp(json_string_value(item), text, length))
            return true;
    return false;
}

static bool has(const json_t *filter, const char *key)
{
    return json_array_size(hass_json_get(filter, key)) > 0;
}

bool filter_passes(const json_t *include, const json_t *exclude, const char *entity_id)
{
    const size_t id = strlen(entity_id), domain = strcspn(entity_id, ".");
    const bool classes_in = has(include, "domains") || has(include, "entity_globs");
    const bool classes_out = has(exclude, "domains") || has(exclude, "entity_globs");

    if (names(include, "entity_ids", entity_id, id))
        return true;
    if (names(exclude, "entity_ids", entity_id, id))
        return false;
    if (any_glob(include, entity_id))
        return true;
    if (any_glob(exclude, entity_id))
        return false;
    if (names(include, "domains", entity_id, domain))
        return true;
    if (names(exclude, "domains", entity_id, domain))
        return false;
    return !classes_in && (classes_out || !has(include, "entity_ids"));
}
