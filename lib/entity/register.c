/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registering. An entity with a unique id has its id from the registry, which knows it from former times or makes it up; one
 * without has none that a registered one has.
 */
#include "entity/register.h"

#include <string.h>

#include <hass/buf.h>
#include <hass/const.h>
#include <hass/device_registry.h>
#include <hass/entity_registry.h>
#include <hass/entry.h>
#include <hass/log.h>
#include <hass/states.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/core.h"
#include "entity/entity.h"
#include "entity/layer.h"
#include "entity/name.h"
#include "entity/platform.h"
#include "registry/row.h"

#define DEFAULT_NAME "Unnamed Device"

/* texts of an integration, as the registry takes them */

struct texts {
    char *made[8];
    size_t count;
};

static void texts_fini(struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->made[i]);
}

/* Cut and repaired where it has to be: an entity is not refused for a strange name. */
static const char *fitting(struct texts *texts, const char *text)
{
    size_t length = text ? strlen(text) : 0;

    if (length <= ROW_MAX_TEXT && utf8_valid(text, length))
        return text;
    autobuf repaired = HASS_BUF_INIT;
    utf8_repair(text, length, &repaired);
    size_t end = utf8_cut(hass_buf_string(&repaired), repaired.length, ROW_MAX_TEXT);
    char *made = mem_strndup(hass_buf_string(&repaired), end);
    texts->made[texts->count++] = made;
    return made;
}

/* ids */

static bool is_of_domain(const char *entity_id, const char *domain)
{
    size_t length = strlen(domain);

    return strncmp(entity_id, domain, length) == 0 && entity_id[length] == '.';
}

static void warn_of_foreign_domain(const struct hass_platform *platform, const char *entity_id)
{
    if (!is_of_domain(entity_id, platform->domain))
        hass_warning("Integration %s gives entity id %s to an entity of domain %s", platform->name,
                     entity_id, platform->domain);
}

static const char *object_id_of(const char *entity_id)
{
    const char *dot = strchr(entity_id, '.');

    return dot ? dot + 1 : entity_id;
}

/* A state that was restored waits for its entity. */
static HASS_CALLBACK bool id_is_free(struct hass *hass, const char *entity_id)
{
    const struct hass_state *state = hass_states_async_get(hass, entity_id);
    struct hass_value restored;

    if (state && hass_state_attr(state, HASS_ATTR_RESTORED, &restored))
        return true;
    return hass_states_async_available(hass, entity_id);
}

static HASS_CALLBACK int check_id(const struct hass_platform *platform, const char *entity_id,
                                  struct hass_error *err)
{
    if (!hass_valid_entity_id(entity_id))
        return hass_fail(err, HASS_E_INVALID_ENTITY_ID, "invalid entity id: %s", entity_id);
    warn_of_foreign_domain(platform, entity_id);
    if (!id_is_free(platform->hass, entity_id))
        return hass_fail(err, HASS_E_EXISTS, "entity id already exists - ignoring: %s", entity_id);
    return 0;
}

/* A restored state keeps its place itself. */
static HASS_CALLBACK int reserve(struct hass *hass, const char *entity_id, struct hass_error *err)
{
    return hass_states_async_get(hass, entity_id) ? 0
                                                  : hass_states_async_reserve(hass, entity_id, err);
}

/* Without a unique id: the proposal, unless that is a registered entity's, or one made of it or of the name. */
static HASS_CALLBACK int choose_id(struct hass_entity *entity, const struct hass_platform *platform,
                                   struct hass_error *err)
{
    const char *proposed = ENTITY_DESC(entity, entity_id);

    if (proposed && !hass_entity_registry_async_get(entity->hass, proposed)) {
        entity->entity_id = mem_strdup(proposed);
        return 0;
    }
    autofree char *text = proposed ? mem_strdup(object_id_of(proposed))
                                   : entity_object_id(entity, platform, DEFAULT_NAME);
    entity->entity_id =
        hass_entity_registry_async_generate_id(entity->hass, platform->domain, text, err);
    return entity->entity_id ? 0 : HASS_E_INVALID_ENTITY_ID;
}

/* rows */

const struct hass_entity_entry *entity_find_row(const struct hass_entity *entity,
                                                const struct hass_platform *platform)
{
    const char *unique_id = ENTITY_DESC(entity, unique_id);

    return unique_id ? hass_entity_registry_async_find(entity->hass, platform->domain,
                                                       platform->name, unique_id)
                     : NULL;
}

static HASS_CALLBACK void set_device(struct hass_entity *entity, const char *device_id)
{
    const struct hass_device *former = entity->device;

    entity->device =
        device_id ? hass_device_ref(hass_device_registry_async_get(entity->hass, device_id)) : NULL;
    hass_device_unref(former);
}

void entity_set_row(struct hass_entity *entity, const struct hass_entity_entry *entry)
{
    const struct hass_entity_entry *former = entity->entry;

    entity->entry = entry ? hass_entity_entry_ref(entry) : NULL;
    entity->overridden = entry && (entry->disabled_by != HASS_ENTITY_ENABLED || entry->name ||
                                   entry->icon || entry->device_class);
    entity->known_class = entity_unknown_class;
    entity->known_features = entry ? entry->supported_features : 0;
    set_device(entity, entry ? entry->device_id : NULL);
    hass_entity_entry_unref(former);
}

static HASS_CALLBACK void forget(struct hass_entity *entity)
{
    entity_set_row(entity, NULL);
    free(steal(entity->entity_id));
}

static HASS_CALLBACK int find_device(struct hass_entity *entity,
                                     const struct hass_platform *platform, struct hass_error *err)
{
    const struct hass_device_info *given = ENTITY_DESC(entity, device_info);
    const struct hass_device *device = NULL;
    struct hass_device_info info;

    if (!given || !platform->source.entry)
        return 0;
    OPTIONS_READ(&info, given);
    if (!info.config_subentry_id)
        info.config_subentry_id = ENTITY_DESC(entity, config_subentry_id);
    int r = hass_device_registry_async_get_or_create(
        entity->hass, hass_entry_id(platform->source.entry), &info, &device, err);
    if (r < 0)
        return hass_error_prefix(err, "not adding an entity with invalid device info");
    entity->device = hass_device_ref(device);
    return 0;
}

/* What the entity says is all that there is: a class that it has no more is to go. */
static HASS_CALLBACK int make_row(struct hass_entity *entity, const struct hass_platform *platform,
                                  const struct hass_entity_entry **ret_entry,
                                  struct hass_error *err)
{
    __attribute__((cleanup(texts_fini))) struct texts texts = { 0 };
    const char *proposed = ENTITY_DESC(entity, entity_id);
    autofree char *object_id =
        proposed ? mem_strdup(object_id_of(proposed)) : entity_object_id(entity, platform, NULL);
    autofree char *capabilities = entity_capabilities(entity);

    if (proposed)
        warn_of_foreign_domain(platform, proposed);
    const struct hass_entity_entry_info info = HASS_ENTITY_ENTRY_INFO(
            .domain = platform->domain, .platform = platform->name,
            .unique_id = ENTITY_DESC(entity, unique_id),
            .suggested_object_id = fitting(&texts, object_id),
            .config_entry_id =
                platform->source.entry ? hass_entry_id(platform->source.entry) : NULL,
            .device_id = entity->device ? entity->device->id : NULL,
            .original_name = fitting(&texts, entity_name(entity)),
            .original_icon = fitting(&texts, ENTITY_DESC(entity, icon)),
            .original_device_class = fitting(&texts, entity_device_class(entity)),
            .translation_key = fitting(&texts, ENTITY_DESC(entity, translation_key)),
            .unit_of_measurement = fitting(&texts, entity_unit(entity)),
            .capabilities = capabilities,
            .disabled_by = ENTITY_DESC(entity, disabled_by_default)
                               ? HASS_ENTITY_DISABLED_BY_INTEGRATION
                               : HASS_ENTITY_ENABLED,
            .hidden_by = ENTITY_DESC(entity, hidden_by_default) ? HASS_ENTITY_HIDDEN_BY_INTEGRATION
                                                                : HASS_ENTITY_VISIBLE,
            .entity_category = ENTITY_DESC(entity, category), .has_entity_category = true,
            .has_entity_name = ENTITY_DESC(entity, has_entity_name), .has_has_entity_name = true,
            .supported_features = ENTITY_DESC(entity, supported_features),
            .has_supported_features = true, .replaces = true,
            .config_subentry_id = ENTITY_DESC(entity, config_subentry_id));
    return hass_entity_registry_async_get_or_create(entity->hass, &info, ret_entry, err);
}

/* An entity of a disabled device is disabled with it. */
static HASS_CALLBACK int follow_device(struct hass_entity *entity, struct hass_error *err)
{
    const struct hass_entity_entry *entry = entity->entry;

    if (!entity->device || entity->device->disabled_by == HASS_DEVICE_ENABLED ||
        entry->disabled_by != HASS_ENTITY_ENABLED)
        return 0;
    int r = hass_entity_registry_async_update(
        entity->hass, entry->id, json_pack("{s:s}", "disabled_by", "device"), &entry, err);
    if (r >= 0)
        entity_set_row(entity, entry);
    return r;
}

static HASS_CALLBACK int find_row(struct hass_entity *entity, const struct hass_platform *platform,
                                  struct hass_error *err)
{
    struct entity_layer *layer = entity_layer(entity->hass);
    const struct hass_entity_entry *entry = NULL;
    int r = find_device(entity, platform, err);

    layer->registering = true;
    if (r >= 0)
        r = make_row(entity, platform, &entry, err);
    layer->registering = false;
    if (r >= 0 && !entry)
        r = hass_fail(err, HASS_E_NOT_FOUND, "%s was removed while it was registered",
                      entity_label(entity));
    if (r < 0)
        return r;
    entity_set_row(entity, entry);
    r = follow_device(entity, err);
    if (r >= 0)
        entity->entity_id = mem_strdup(entity->entry->entity_id);
    return r;
}

/* checks */

static HASS_CALLBACK const struct hass_entity *find_unique_id(const struct hass_platform *platform,
                                                              const char *unique_id)
{
    list_foreach(&platform->component->platforms, struct hass_platform, other, link) {
        if (strcmp(other->name, platform->name))
            continue;
        const struct hass_entity *entity = hass_strmap_get(other->unique_ids, unique_id);
        if (entity)
            return entity;
    }
    return NULL;
}

static HASS_CALLBACK int check_unique_id(const struct hass_entity *entity,
                                         const struct hass_platform *platform,
                                         struct hass_error *err)
{
    const char *unique_id = ENTITY_DESC(entity, unique_id);
    const struct hass_entity *other = find_unique_id(platform, unique_id);
    const struct hass_entity_entry *row = entity_find_row(entity, platform);
    const char *taken = other ? other->entity_id : NULL;

    if (!taken && row && !id_is_free(entity->hass, row->entity_id))
        taken = row->entity_id;
    if (!taken)
        return 0;
    return hass_fail(err, HASS_E_EXISTS,
                     "platform %s does not generate unique ids: %s is already used by %s - "
                     "ignoring %s",
                     platform->name, unique_id, taken, entity_label(entity));
}

static HASS_CALLBACK int check_by_domain(struct hass_entity *entity, struct hass_error *err)
{
    int (*check)(struct hass_entity *, struct hass_error *) = DOMAIN_OP(entity, check);
    struct op_call call;

    if (!check)
        return 0;
    op_begin(entity->hass, &call, component_scope(entity->component), "check");
    int r = check(entity, err);
    op_end(entity->hass, &call);
    return r;
}

int entity_register(struct hass_entity *entity, struct hass_platform *platform,
                    struct hass_error *err)
{
    const char *unique_id = ENTITY_DESC(entity, unique_id);
    int r = check_by_domain(entity, err);

    forget(entity); /* what it was before its id has changed */
    if (r >= 0 && unique_id)
        r = check_unique_id(entity, platform, err);
    entity_find_name(entity, platform);
    if (r >= 0)
        r = unique_id ? find_row(entity, platform, err) : choose_id(entity, platform, err);
    if (r >= 0)
        r = check_id(platform, entity->entity_id, err);
    if (r >= 0 && entity->entry && entity->entry->disabled_by != HASS_ENTITY_ENABLED)
        r = REGISTER_DISABLED;
    if (r == 0)
        r = reserve(entity->hass, entity->entity_id, err);
    if (r != 0)
        forget(entity);
    return r;
}
