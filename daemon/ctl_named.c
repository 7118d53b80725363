/* SPDX-License-Identifier: Apache-2.0 */
/* Which thing of the home a word means: an entity id, or the name that people know. */
#include <string.h>

#include "ctl_registry.h"

static bool is_of(const char *entity_id, const char *const *domains)
{
    size_t length = strcspn(entity_id, ".");

    for (; domains && *domains; domains++)
        if (strlen(*domains) == length && strncmp(entity_id, *domains, length) == 0)
            return true;
    return !domains;
}

/* [{"entity_id", "name", "state", "id"}], owned by the caller. */
static json_t *rows_of(const json_t *states, const char *const *domains)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < json_array_size(states); i++) {
        const json_t *state = json_array_get(states, i);
        const json_t *attributes = hass_json_get(state, "attributes");
        if (is_of(hass_json_get_string(state, "entity_id", ""), domains))
            json_array_append_new(rows, json_pack("{s:O?, s:O?, s:O?, s:O?}", "entity_id",
                                                  hass_json_get(state, "entity_id"), "name",
                                                  hass_json_get(attributes, "friendly_name"),
                                                  "state", hass_json_get(state, "state"), "id",
                                                  hass_json_get(attributes, "id")));
    }
    return rows;
}

int ctl_find_state(const json_t *states, const char *const *domains, const char *what,
                   const char *word, json_t **ret_row, struct hass_error *err)
{
    const struct ctl_kind kind = { .what = what, .id = "entity_id", .names = { "name" } };
    autojson *rows = rows_of(states, domains);
    const json_t *row = NULL;
    int r = ctl_find(&kind, rows, word, &row, err);

    if (r >= 0)
        *ret_row = hass_json_ref(row);
    return r;
}

int ctl_ask_state(struct ctl *ctl, const char *const *domains, const char *what, const char *word,
                  json_t **ret_row, struct hass_error *err)
{
    autojson *states = NULL;
    int r = ctl_ask(ctl, "get_states", NULL, &states, err);

    return r < 0 ? r : ctl_find_state(states, domains, what, word, ret_row, err);
}

const char *const ctl_items[] = { "automation", "script", NULL };
