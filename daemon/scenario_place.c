/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An automation is found by its id or its alias, a script by its key. The steps' paths of traces have words in the singular and a number
 * where the file may have a single map.
 */
#include "scenario_place.h"

#include <stdio.h>
#include <string.h>

#include <hass/integration.h>
#include <hass/states.h>

static const char *text_attribute(const struct hass_state *state, const char *key)
{
    struct hass_value value;

    return state && hass_state_attr(state, key, &value) && value.type == HASS_VALUE_STRING
               ? value.text.data
               : NULL;
}

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* The item of the section, and the way to it. NULL: it is not there. */
static HASS_CALLBACK const json_t *find_item(struct hass *hass, const char *entity_id,
                                             char *ret_domain, size_t size, struct hass_buf *way)
{
    const struct hass_state *state = hass_states_async_get(hass, entity_id);
    const char *id = text_attribute(state, "id");
    const char *name = text_attribute(state, HASS_ATTR_FRIENDLY_NAME);

    snprintf(ret_domain, size, "%.*s", (int)strcspn(entity_id, "."), entity_id);
    const json_t *section = hass_async_config_section(hass, ret_domain);
    if (json_is_object(section) && strcmp(ret_domain, "script") == 0) {
        const char *key = entity_id + strlen("script.");
        hass_buf_add_string(way, key);
        return hass_json_get(section, key);
    }
    for (size_t i = 0; i < json_array_size(section); i++) {
        const json_t *item = json_array_get(section, i);
        const char *own_id = hass_json_get_string(item, "id", NULL);
        if (own_id ? !same(own_id, id) : !same(hass_json_get_string(item, "alias", NULL), name))
            continue;
        hass_buf_printf(way, "%zu", i);
        return item;
    }
    return NULL;
}

/* Follows one word of a path as far as the file has it. */
static const json_t *step(const json_t *value, const char *word, struct hass_buf *way)
{
    char plural[64];
    size_t index = strtoul(word, NULL, 10);

    snprintf(plural, sizeof(plural), "%.60ss", word);
    if (json_is_array(value)) {
        hass_buf_printf(way, "->%zu", index);
        return json_array_get(value, index);
    }
    if (word[0] >= '0' && word[0] <= '9')
        return value; /* a single map, or value, that stands for a list of one */
    const char *key = hass_json_get(value, word) ? word : plural;
    if (!hass_json_get(value, key))
        return NULL;
    hass_buf_printf(way, "->%s", key);
    return hass_json_get(value, key);
}

bool scenario_place(struct hass *hass, const char *entity_id, const char *path,
                    struct hass_buf *place)
{
    autobuf way = HASS_BUF_INIT;
    char domain[HASS_MAX_DOMAIN + 1];
    const json_t *value = find_item(hass, entity_id, domain, sizeof(domain), &way);
    autofree char *words = strdup(path);
    char *rest = NULL;

    if (!value)
        return false;
    for (char *word = strtok_r(words, "/", &rest); word && value; word = strtok_r(NULL, "/", &rest))
        value = step(value, word, &way);
    return hass_async_config_place(hass, domain, hass_buf_string(&way), place);
}
