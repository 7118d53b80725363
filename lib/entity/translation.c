/* SPDX-License-Identifier: Apache-2.0 */
/* Looking up texts by a path of keys. They are frozen; a replaced integration brings new ones. */
#include "entity/translation.h"

#include <string.h>

#include <hass/strmap.h>

#include "base/mem.h"
#include "entity/layer.h"

static const json_t *member_at(const json_t *strings, const char *key)
{
    while (strings && *key) {
        size_t length = strcspn(key, ".");
        strings = json_object_getn(strings, key, length);
        key += length + (key[length] == '.');
    }
    return strings;
}

static const char *find_in(const struct hass_strmap *by_domain, const char *domain, const char *key)
{
    return json_string_value(member_at(hass_strmap_get(by_domain, domain), key));
}

static void put(struct hass_strmap *by_domain, const char *domain, json_t *strings)
{
    if (strings)
        hass_strmap_set(by_domain, domain, strings);
    else
        hass_strmap_remove(by_domain, domain);
}

void translation_set(struct hass *hass, const char *domain, json_t *english, json_t *local)
{
    struct entity_layer *layer = entity_layer(hass);

    put(layer->english, domain, english);
    put(layer->local, domain, local);
}

const char *translation_find(struct hass *hass, const char *domain, enum language language,
                             const char *key)
{
    const struct entity_layer *layer = entity_layer(hass);
    const char *text = language == LANGUAGE_HOME ? find_in(layer->local, domain, key) : NULL;

    return text ? text : find_in(layer->english, domain, key);
}

const char *hass_async_translation(struct hass *hass, const char *domain, const char *key)
{
    VERIFY_LOOP_OR(hass, "hass.async_translation", NULL);
    return translation_find(hass, domain, LANGUAGE_HOME, key);
}

/* the twin */

struct lookup {
    const char *domain;
    const char *key;
    char *text; /* out */
};

static HASS_CALLBACK int look_up_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct lookup *lookup = arg;
    const char *text = hass_async_translation(hass, lookup->domain, lookup->key);

    lookup->text = text ? mem_strdup(text) : NULL;
    return 0;
}

char *hass_translation(struct hass *hass, const char *domain, const char *key)
{
    struct lookup lookup = { .domain = domain, .key = key };

    (void)runtime_call(hass, "hass.translation", look_up_on_loop, &lookup, NULL);
    return lookup.text;
}
