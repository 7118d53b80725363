/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking up texts by a path of keys. They are frozen but for one thing: a text that refers to another (text_keys.h) is what
 * that says once somebody has looked. A replaced integration, or another language, brings new ones.
 */
#include "entity/translation.h"

#include <string.h>

#include <hass/entity_registry.h>
#include <hass/log.h>
#include <hass/strmap.h>
#include <hass/vec.h>

#include "base/mem.h"
#include "data/text_keys.h"
#include "entity/entity.h"
#include "entity/layer.h"
#include "entity/name.h"

static const json_t *member_at(const json_t *strings, const char *key)
{
    while (strings && *key) {
        size_t length = strcspn(key, ".");
        strings = json_object_getn(strings, key, length);
        key += length + (key[length] == '.');
    }
    return strings;
}

static const json_t *find_in(const struct hass_strmap *by_domain, const char *domain,
                             const char *key)
{
    const json_t *text = member_at(hass_strmap_get(by_domain, domain), key);

    return json_is_string(text) ? text : NULL;
}

static const char *find_local(void *userdata, const char *domain, const char *key)
{
    const struct entity_layer *layer = userdata;

    return json_string_value(find_in(layer->local, domain, key)
                                 ?: find_in(layer->english, domain, key));
}

static const char *find_english(void *userdata, const char *domain, const char *key)
{
    const struct entity_layer *layer = userdata;

    return json_string_value(find_in(layer->english, domain, key));
}

/*
 * Those of our own files are followed when they are built. An English text has English ones in it, since ids are made of it.
 * What leads nowhere now may lead somewhere later.
 */
static const char *followed(struct text_keys *keys, const char *domain, const char *key,
                            const json_t *text)
{
    if (!text_keys_has(json_string_value(text)))
        return json_string_value(text);
    autofree char *result = text_keys_follow(keys, domain, key, json_string_value(text));
    if (!result) {
        hass_warning("The text %s of %s is no use: %s", key, domain, keys->problem);
        return NULL;
    }
    (void)json_string_set((json_t *)text, result);
    return json_string_value(text);
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
    struct entity_layer *layer = entity_layer(hass);
    const json_t *local = language == LANGUAGE_HOME ? find_in(layer->local, domain, key) : NULL;
    const json_t *english = find_in(layer->english, domain, key);
    struct text_keys keys = { .find = local ? find_local : find_english, .userdata = layer };

    return local || english ? followed(&keys, domain, key, local ? local : english) : NULL;
}

const char *hass_async_translation(struct hass *hass, const char *domain, const char *key)
{
    VERIFY_LOOP_OR(hass, "hass.async_translation", NULL);
    return translation_find(hass, domain, LANGUAGE_HOME, key);
}

/* another language */

static HASS_CALLBACK void rename_entity(struct hass_entity *entity)
{
    if (entity->phase != ENTITY_ADDED || !entity->platform)
        return;
    autofree char *former = steal(entity->default_name);
    entity_find_name(entity, entity->platform);
    const char *name = entity_name(entity);
    if (former && entity->default_name ? !strcmp(former, entity->default_name)
                                       : !former && !entity->default_name)
        return;
    if (entity->entry)
        (void)hass_entity_registry_async_update(entity->hass, entity->entry->id,
                                                json_pack("{s:s?}", "original_name", name), NULL,
                                                NULL);
    struct scope *scope = scope_enter(entity->scope);
    (void)hass_entity_async_write_ha_state(entity, NULL);
    scope_leave(scope);
}

/* A reference each: who hears of the first change may remove the next entity. */
void translations_async_changed(struct hass *hass)
{
    HASS_VEC(struct hass_entity *) all = { 0 };
    const char *id;
    struct hass_entity *entity;

    strmap_foreach(entity_layer(hass)->entities, id, entity)
        vec_push(&all, hass_entity_ref(entity));
    vec_foreach(&all, item) {
        rename_entity(*item);
        hass_entity_unref(*item);
    }
    vec_fini(&all);
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
