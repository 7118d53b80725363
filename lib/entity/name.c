/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names. A description may change while its entity lives (it is the integration's userdata), and so may the device's name: what
 * is put together of both is kept, and compared with its parts before it is used again.
 */
#include "entity/name.h"

#include <string.h>

#include <hass/buf.h>
#include <hass/device_registry.h>
#include <hass/entity_registry.h>
#include <hass/json.h>

#include "base/mem.h"
#include "entity/entity.h"
#include "entity/platform.h"
#include "entity/translation.h"

/* from strings.json */

/* The text for the placeholder whose name is at @name, or NULL. */
static const char *find_placeholder(const char *const *placeholders, const char *name,
                                    size_t length)
{
    for (; placeholders && placeholders[0] && placeholders[1]; placeholders += 2)
        if (strlen(placeholders[0]) == length && memcmp(placeholders[0], name, length) == 0)
            return placeholders[1];
    return NULL;
}

/* "{zone} temperature": what nobody has a text for stays as it is. */
static char *fill_in(const char *text, const char *const *placeholders)
{
    autobuf filled = HASS_BUF_INIT;

    while (*text) {
        size_t plain = strcspn(text, "{");
        size_t length = text[plain] ? strcspn(text + plain, "}") : 0;
        hass_buf_add(&filled, text, plain);
        text += plain;
        if (!*text)
            break;
        const char *value =
            text[length] ? find_placeholder(placeholders, text + 1, length - 1) : NULL;
        if (value)
            hass_buf_add_string(&filled, value);
        else
            hass_buf_add(&filled, text, 1);
        text += value ? length + 1 : 1;
    }
    return mem_strdup(hass_buf_string(&filled));
}

static HASS_CALLBACK bool has_class_name(struct hass_entity *entity)
{
    bool (*has_it)(struct hass_entity *) = DOMAIN_OP(entity, default_to_device_class_name);
    struct op_call call;

    if (!has_it)
        return false;
    op_begin(entity->hass, &call, component_scope(entity->component), "name");
    bool result = has_it(entity);
    op_end(entity->hass, &call);
    return result;
}

static HASS_CALLBACK char *find_default_name(struct hass_entity *entity,
                                             const struct hass_platform *platform,
                                             enum language language)
{
    const char *key = ENTITY_DESC(entity, translation_key);
    const char *text = NULL;

    if (ENTITY_DESC(entity, name) || !ENTITY_DESC(entity, has_entity_name))
        return NULL;
    if (key) {
        autofree char *path = mem_printf("entity.%s.%s.name", platform->domain, key);
        text = translation_find(entity->hass, platform->name, language, path);
    }
    if (text)
        return fill_in(text, ENTITY_DESC(entity, translation_placeholders));
    if (has_class_name(entity)) {
        const char *device_class = entity_device_class(entity);
        autofree char *path =
            mem_printf("entity_component.%s.name", device_class ? device_class : "_");
        text = translation_find(entity->hass, platform->domain, language, path);
    }
    return text ? mem_strdup(text) : NULL;
}

void entity_find_name(struct hass_entity *entity, const struct hass_platform *platform)
{
    free(entity->default_name);
    entity->default_name = find_default_name(entity, platform, LANGUAGE_HOME);
}

/* names */

/* "" says that there is none. */
static const char *own_name(const struct hass_entity *entity, const char *otherwise)
{
    const char *name = ENTITY_DESC(entity, name);

    if (!name)
        name = otherwise;
    return name && *name ? name : NULL;
}

const char *entity_name(const struct hass_entity *entity)
{
    return own_name(entity, entity->default_name);
}

static const char *device_name(const struct hass_device *device)
{
    return device->name_by_user ? device->name_by_user : device->name;
}

static bool is_made_of(const char *full_name, const char *first, const char *second)
{
    size_t length = strlen(first);

    return full_name && strncmp(full_name, first, length) == 0 && full_name[length] == ' ' &&
           strcmp(full_name + length + 1, second) == 0;
}

const char *entity_friendly_name(struct hass_entity *entity)
{
    const char *name = entity_name(entity);

    if (entity->entry && entity->entry->name)
        return entity->entry->name;
    if (!entity->device || !ENTITY_DESC(entity, has_entity_name))
        return name;
    const char *device = device_name(entity->device);
    if (!name || !device)
        return name ? name : device;
    if (!is_made_of(entity->full_name, device, name)) {
        free(entity->full_name);
        entity->full_name = mem_printf("%s %s", device, name);
    }
    return entity->full_name;
}

/* ids */

/* A device without a name is "None" in ids, as it is in the model. */
static char *with_device(const struct hass_entity *entity, const char *name)
{
    const char *device = device_name(entity->device);

    if (!name)
        return device ? mem_strdup(device) : NULL;
    return mem_printf("%s %s", device ? device : "None", name);
}

/* English, whatever the home speaks: ids are written into configurations that are shared. */
static HASS_CALLBACK char *id_text(struct hass_entity *entity, const struct hass_platform *platform)
{
    const char *suggested = ENTITY_DESC(entity, suggested_object_id);
    autofree char *english = find_default_name(entity, platform, LANGUAGE_ENGLISH);
    const char *name = own_name(entity, english);

    if (suggested)
        return mem_strdup(suggested);
    if (entity->device && ENTITY_DESC(entity, has_entity_name))
        return with_device(entity, name);
    return name ? mem_strdup(name) : NULL;
}

char *entity_object_id(struct hass_entity *entity, const struct hass_platform *platform,
                       const char *otherwise)
{
    const char *space = hass_json_get_string(platform->source.config, "entity_namespace", NULL);
    autofree char *text = id_text(entity, platform);

    if (!text && otherwise)
        text = mem_strdup(otherwise);
    return space && text ? mem_printf("%s %s", space, text) : steal(text);
}

/* of those that are not there */

char *registered_name(struct hass *hass, const struct hass_entity_entry *entry)
{
    const char *name = entry->name ? entry->name : entry->original_name;
    const struct hass_device *device = !entry->name && entry->has_entity_name && entry->device_id
                                           ? hass_device_registry_async_get(hass, entry->device_id)
                                           : NULL;
    const char *first = device ? device_name(device) : NULL;

    if (first && name)
        return mem_printf("%s %s", first, name);
    if (!name)
        name = first;
    return name ? mem_strdup(name) : NULL;
}
