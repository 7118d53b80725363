/* SPDX-License-Identifier: Apache-2.0 */
/* Creating and changing registered entities: a draft is made of the present row and of what is given, and committed. */
#include <stdio.h>
#include <string.h>

#include <hass/json.h>
#include <hass/loop.h>
#include <hass/schema.h>

#include "base/mem.h"
#include "registry/device.h"
#include "registry/entities.h"
#include "registry/entry_lookup.h"
#include "registry/id.h"
#include "registry/operation.h"

/* drafts */

void entity_draft_begin(struct entity_draft *draft, const struct entity_values *row)
{
    *draft = (struct entity_draft){ .values = *row, .base = row_ref(row) };
}

void entity_draft_fini(struct entity_draft *draft)
{
    draft->base = row_unref(draft->base);
    arena_fini(&draft->arena);
}

#define autodraft __attribute__((cleanup(entity_draft_fini))) struct entity_draft

/* committing */

static HASS_CALLBACK void announce_update(struct hass *hass, const struct hass_entity_entry *old,
                                          const struct hass_entity_entry *new, json_t *changes)
{
    json_t *data = json_pack("{ss, ss, so}", "action", "update", "entity_id", new->entity_id,
                             "changes", changes);

    if (strcmp(old->entity_id, new->entity_id) != 0)
        json_object_set_new(data, "old_entity_id", json_string(old->entity_id));
    operation_announce(hass, HASS_EVENT_ENTITY_REGISTRY_UPDATED, data);
}

void entity_commit(struct entities *entities, struct entity_item *item, struct entity_draft *draft)
{
    autounref(hass_entity_entry) const *old = hass_entity_entry_ref(&item->row->entry);

    if (!row_differs(&entity_type, ENTITY_STAMP, old, &draft->values))
        return;
    draft->values.entry.modified_at = hass_now(entities->hass);
    entities_replace(entities, item, &draft->values);
    entities_changed(entities);
    json_t *changes = row_changes(&entity_type, ENTITY_CHANGE, old, item->row);
    if (!changes)
        return;
    if (json_object_get(changes, "device_id"))
        devices_async_schedule_cleanup(entities->hass);
    announce_update(entities->hass, old, &item->row->entry, changes);
}

/* The end of an operation that gives a row: what has become of it once the listeners have run. */
static HASS_CALLBACK void end_with(struct entities *entities, const struct hass_entity_entry *entry,
                                   const struct hass_entity_entry **ret_entry)
{
    autounref(hass_entity_entry) const *kept = hass_entity_entry_ref(entry);

    operation_end(entities->hass);
    const struct entity_item *item = kept ? entities_find_any_id(entities, kept->id) : NULL;
    if (ret_entry)
        *ret_entry = item ? &item->row->entry : NULL;
}

/* entity ids */

static HASS_CALLBACK bool is_free(struct entities *entities, const char *entity_id)
{
    return !entities_find_entity_id(entities, entity_id) &&
           hass_states_async_available(entities->hass, entity_id);
}

/* @base, then @base_2, @base_3 …, each cut to the longest id there may be. */
static HASS_CALLBACK char *first_free_id(struct entities *entities, const char *base)
{
    char *id = mem_strndup(base, HASS_MAX_ENTITY_ID);

    for (unsigned attempt = 2; !is_free(entities, id); attempt++) {
        char suffix[16];
        int length = snprintf(suffix, sizeof(suffix), "_%u", attempt);
        free(id);
        id = mem_printf("%.*s%s", HASS_MAX_ENTITY_ID - length, base, suffix);
    }
    return id;
}

static HASS_CALLBACK int generate_id(struct entities *entities, const char *domain,
                                     const char *suggested, char **ret_id, struct hass_error *err)
{
    autobuf base = HASS_BUF_INIT;

    if (strlen(domain) > HASS_MAX_DOMAIN)
        return hass_fail(err, HASS_E_TOO_LONG, "domain %.80s has more than %d characters", domain,
                         HASS_MAX_DOMAIN);
    hass_buf_printf(&base, "%s.", domain);
    hass_slugify(suggested, "_", &base);
    autofree char *id = first_free_id(entities, hass_buf_string(&base));
    if (!hass_valid_entity_id(id))
        return hass_fail(err, HASS_E_INVALID, "'%.80s' and '%.80s' give no entity id", domain,
                         suggested);
    *ret_id = steal(id);
    return 0;
}

char *hass_entity_registry_async_generate_id(struct hass *hass, const char *domain,
                                             const char *suggested, struct hass_error *err)
{
    VERIFY_LOOP_OR(hass, "hass.entity_registry.async_generate_id", NULL);
    char *id = NULL;

    (void)generate_id(entities_of(hass), domain, suggested, &id, err);
    return id;
}

/* get or create */

struct making {
    struct entities *entities;
    struct hass_entity_entry_info info;
    struct entity_key key;
    struct registry_entry entry;      /* of info.config_entry_id, if there is one */
    const struct hass_device *device; /* lent; or NULL */
};

static bool is_object(const char *text)
{
    json_t *json = NULL;

    if (hass_json_parse(text, strlen(text), ROW_MAX_JSON, &json, NULL) < 0)
        return false;
    bool object = json_is_object(json);
    json_decref(json);
    return object;
}

static HASS_CALLBACK int check_info(struct making *making, struct hass_error *err)
{
    const struct hass_entity_entry_info *info = &making->info;
    struct hass *hass = making->entities->hass;

    if (!info->domain || !info->platform || !info->unique_id || !*info->domain || !*info->platform)
        return hass_fail(err, HASS_E_INVALID, "an entity needs a domain, platform and unique id");
    if (info->config_entry_id && !registry_find_entry(hass, info->config_entry_id, &making->entry))
        return hass_fail(err, HASS_E_INVALID, "there is no config entry %s", info->config_entry_id);
    if (info->device_id) {
        const struct device_item *item = devices_find_id(devices_of(hass), info->device_id);
        if (!item)
            return hass_fail(err, HASS_E_INVALID, "there is no device %s", info->device_id);
        making->device = &item->row->device;
    }
    if (info->capabilities && !is_object(info->capabilities))
        return hass_fail(err, HASS_E_INVALID, "capabilities are no JSON object");
    return 0;
}

static void set_text(const char **member, const char *value)
{
    if (value)
        *member = value;
}

static void replace_text(const char **member, const char *value)
{
    *member = value;
}

/* What the integration may have had and has no more. */
static void apply_said(const struct hass_entity_entry_info *said, struct hass_entity_entry *entry)
{
    void (*set)(const char **, const char *) = said->replaces ? replace_text : set_text;

    set(&entry->device_id, said->device_id);
    set(&entry->original_name, said->original_name);
    set(&entry->original_icon, said->original_icon);
    set(&entry->original_device_class, said->original_device_class);
    set(&entry->translation_key, said->translation_key);
    set(&entry->unit_of_measurement, said->unit_of_measurement);
    set(&entry->capabilities, said->capabilities);
}

static void apply_info(const struct making *making, struct hass_entity_entry *entry)
{
    const struct hass_entity_entry_info *info = &making->info;

    apply_said(info, entry);
    set_text(&entry->config_entry_id, info->config_entry_id);
    if (info->config_entry_id)
        entry->config_subentry_id = info->config_subentry_id;
    set_text(&entry->suggested_object_id, info->suggested_object_id);
    if (info->has_entity_category)
        entry->entity_category = info->entity_category;
    if (info->has_has_entity_name)
        entry->has_entity_name = info->has_entity_name;
    if (info->has_supported_features)
        entry->supported_features = info->supported_features;
}

/* An entity that has never been seen. */
static HASS_CALLBACK void begin_new(const struct making *making, struct entity_draft *draft)
{
    enum hass_entity_disabler disabled_by = making->info.disabled_by;

    if (disabled_by == HASS_ENTITY_ENABLED && making->entry.pref_disable_new_entities)
        disabled_by = HASS_ENTITY_DISABLED_BY_INTEGRATION;
    draft->values.entry = (struct hass_entity_entry){
        .size = sizeof(draft->values.entry),
        .id = registry_make_id(&draft->arena),
        .aliases = row_no_texts,
        .labels = row_no_texts,
        .options = "{}",
        .categories = "{}",
        .disabled_by = disabled_by,
        .hidden_by = making->info.hidden_by,
        .created_at = hass_now(making->entities->hass),
    };
}

/* What disabled a removed entity may have been enabled since, or the other way round. */
static enum hass_entity_disabler restored_disabler(const struct making *making,
                                                   enum hass_entity_disabler by)
{
    bool device_disabled = making->device && making->device->disabled_by != HASS_DEVICE_ENABLED;

    if (by == HASS_ENTITY_DISABLED_BY_CONFIG_ENTRY && !making->entry.disabled)
        by = HASS_ENTITY_ENABLED;
    if (by == HASS_ENTITY_DISABLED_BY_DEVICE && !device_disabled)
        by = HASS_ENTITY_ENABLED;
    if (by == HASS_ENTITY_ENABLED && making->entry.disabled)
        by = HASS_ENTITY_DISABLED_BY_CONFIG_ENTRY;
    if (by == HASS_ENTITY_ENABLED && device_disabled)
        by = HASS_ENTITY_DISABLED_BY_DEVICE;
    return by;
}

/* An entity that had been removed: what its integration said of it is said anew. */
static void begin_restored(const struct making *making, struct entity_draft *draft,
                           const struct entity_values *removed)
{
    struct hass_entity_entry *entry = &draft->values.entry;

    entity_draft_begin(draft, removed);
    entry->disabled_by = removed->disabled_by_undefined
                             ? making->info.disabled_by
                             : restored_disabler(making, removed->entry.disabled_by);
    if (removed->hidden_by_undefined)
        entry->hidden_by = making->info.hidden_by;
    if (removed->options_undefined)
        entry->options = "{}";
    entry->config_entry_id = NULL;
    entry->config_subentry_id = NULL;
    draft->values.orphaned = 0;
    draft->values.disabled_by_undefined = false;
    draft->values.hidden_by_undefined = false;
    draft->values.options_undefined = false;
}

static HASS_CALLBACK bool may_be_called(const struct making *making, const char *entity_id)
{
    size_t length = strlen(making->key.domain);

    return entity_id && hass_valid_entity_id(entity_id) &&
           strncmp(entity_id, making->key.domain, length) == 0 && entity_id[length] == '.' &&
           is_free(making->entities, entity_id);
}

static HASS_CALLBACK int choose_id(const struct making *making, struct entity_draft *draft,
                                   struct hass_error *err)
{
    struct hass_entity_entry *entry = &draft->values.entry;
    const char *suggested = making->info.suggested_object_id;
    autofree char *fallback = mem_printf("%s_%s", making->key.platform, making->key.unique_id);

    if (may_be_called(making, entry->entity_id)) // that of a removed entity
        return 0;
    if (may_be_called(making, making->info.entity_id)) {
        entry->entity_id = making->info.entity_id;
        return 0;
    }
    autofree char *id = NULL;
    int r = generate_id(making->entities, making->key.domain,
                        suggested && *suggested ? suggested : fallback, &id, err);
    if (r == 0)
        entry->entity_id = arena_strndup(&draft->arena, id, strlen(id));
    return r;
}

static HASS_CALLBACK int make(const struct making *making,
                              const struct hass_entity_entry **ret_entry, struct hass_error *err)
{
    struct entities *entities = making->entities;
    struct entity_item *removed = removed_entities_find(entities, &making->key);
    autodraft draft = { 0 };
    struct hass_entity_entry *entry = &draft.values.entry;

    if (removed)
        begin_restored(making, &draft, removed->row);
    else
        begin_new(making, &draft);
    entry->domain = making->key.domain;
    entry->platform = making->key.platform;
    entry->unique_id = making->key.unique_id;
    entry->modified_at = hass_now(entities->hass);
    apply_info(making, entry);
    int r = choose_id(making, &draft, err);
    if (r == 0)
        r = row_check(&entity_type, &draft.values, err);
    if (r < 0)
        return r;
    if (removed)
        removed_entities_drop(entities, removed);
    *ret_entry = &entities_add(entities, row_new(&entity_type, &draft.values))->row->entry;
    operation_announce(
        entities->hass, HASS_EVENT_ENTITY_REGISTRY_UPDATED,
        json_pack("{ss, ss}", "action", "create", "entity_id", (*ret_entry)->entity_id));
    entities_changed(entities);
    return 0;
}

static HASS_CALLBACK int get_or_make(const struct making *making,
                                     const struct hass_entity_entry **ret_entry,
                                     struct hass_error *err)
{
    struct entity_item *item = entities_find_key(making->entities, &making->key);

    if (!item)
        return make(making, ret_entry, err);
    autodraft draft;
    entity_draft_begin(&draft, item->row);
    apply_info(making, &draft.values.entry);
    int r = row_check(&entity_type, &draft.values, err);
    if (r < 0)
        return r;
    entity_commit(making->entities, item, &draft);
    *ret_entry = &item->row->entry;
    return 0;
}

int hass_entity_registry_async_get_or_create(struct hass *hass,
                                             const struct hass_entity_entry_info *info,
                                             const struct hass_entity_entry **ret_entry,
                                             struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.entity_registry.async_get_or_create", err);
    struct making making = { .entities = entities_of(hass) };
    const struct hass_entity_entry *entry = NULL;

    OPTIONS_READ(&making.info, info);
    making.key =
        (struct entity_key){ making.info.domain, making.info.platform, making.info.unique_id };
    int r = bus_check_room(hass, err);
    if (r == 0)
        r = check_info(&making, err);
    if (r < 0)
        return r;
    operation_begin(hass);
    r = get_or_make(&making, &entry, err);
    end_with(making.entities, entry, r == 0 ? ret_entry : NULL);
    return r;
}

/* update */

struct update {
    struct entities *entities;
    struct entity_item *item;
    const json_t *changes;
    struct entity_draft draft;
};

static HASS_CALLBACK int change_entity_id(struct update *update, struct hass_error *err)
{
    const char *new = hass_json_get_string(update->changes, "new_entity_id", NULL);
    struct hass_entity_entry *entry = &update->draft.values.entry;
    size_t domain = strlen(entry->domain);

    if (!new || strcmp(new, entry->entity_id) == 0)
        return 0;
    if (!hass_valid_entity_id(new))
        return hass_fail(err, HASS_E_INVALID, "'%.80s' is no entity id", new);
    if (strncmp(new, entry->domain, domain) != 0 || new[domain] != '.')
        return hass_fail(err, HASS_E_INVALID, "new entity id %s is not of domain %s", new,
                         entry->domain);
    if (!is_free(update->entities, new))
        return hass_fail(err, HASS_E_EXISTS, "entity id %s is taken", new);
    entry->entity_id = new;
    return 0;
}

/* The unique id, and the platform, which is a part of what the entity is told by. */
static int change_unique_id(struct update *update, struct hass_error *err)
{
    const char *new = hass_json_get_string(update->changes, "new_unique_id", NULL);
    struct hass_entity_entry *entry = &update->draft.values.entry;
    const struct hass_entity_entry *old = &update->item->row->entry;

    if (new &&strcmp(new, old->unique_id) != 0) {
        entry->unique_id = new;
        entry->previous_unique_id = old->unique_id;
    }
    const struct entity_key key = { entry->domain, entry->platform, entry->unique_id };
    const struct entity_item *other = entities_find_key(update->entities, &key);
    if (other && other != update->item)
        return hass_fail(err, HASS_E_EXISTS, "unique id %s is that of %s", key.unique_id,
                         other->row->entry.entity_id);
    return 0;
}

/* @text {key: value} with the keys of @changes set, or taken away where they are null. */
static const char *merge_json(const char *text, const json_t *changes, struct arena *arena)
{
    json_t *merged = NULL;
    autobuf buf = HASS_BUF_INIT;
    const char *key;
    json_t *value;

    if (!changes)
        return text;
    if (hass_json_parse(text, strlen(text), ROW_MAX_JSON, &merged, NULL) < 0)
        merged = json_object();
    json_object_foreach((json_t *)changes, key, value) {
        if (json_is_null(value))
            json_object_del(merged, key);
        else
            json_object_set(merged, key, value);
    }
    hass_json_write(merged, &buf);
    json_decref(merged);
    return arena_strndup(arena, hass_buf_string(&buf), buf.length);
}

static HASS_CALLBACK int check_links(const struct update *update, struct hass_error *err)
{
    struct hass *hass = update->entities->hass;
    const char *device_id = hass_json_get_string(update->changes, "device_id", NULL);
    const char *entry_id = hass_json_get_string(update->changes, "config_entry_id", NULL);
    struct registry_entry entry;

    if (device_id && !devices_find_id(devices_of(hass), device_id))
        return hass_fail(err, HASS_E_INVALID, "there is no device %s", device_id);
    if (entry_id && !registry_find_entry(hass, entry_id, &entry))
        return hass_fail(err, HASS_E_INVALID, "there is no config entry %s", entry_id);
    return 0;
}

static void set_plain_fields(struct update *update)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)update->changes, key, value) {
        const struct row_field *field = row_find_field(&entity_type, key);
        if (field && field->uses & ENTITY_SETTABLE)
            row_field_set(field, &update->draft.values, value, &update->draft.arena);
    }
}

static HASS_CALLBACK int apply_changes(struct update *update, struct hass_error *err)
{
    struct entity_draft *draft = &update->draft;
    struct hass_entity_entry *entry = &draft->values.entry;

    set_plain_fields(update);
    if (json_object_get(update->changes, "config_entry_id"))
        entry->config_subentry_id = NULL;
    entry->categories =
        merge_json(entry->categories, hass_json_get(update->changes, "categories"), &draft->arena);
    entry->options =
        merge_json(entry->options, hass_json_get(update->changes, "options"), &draft->arena);
    int r = check_links(update, err);
    if (r == 0)
        r = change_entity_id(update, err);
    if (r == 0)
        r = change_unique_id(update, err);
    if (r == 0)
        r = row_check(&entity_type, &draft->values, err);
    return r;
}

int hass_entity_registry_async_update(struct hass *hass, const char *entity_id, json_t *changes,
                                      const struct hass_entity_entry **ret_entry,
                                      struct hass_error *err)
{
    autojson *taken = changes, *checked = NULL;

    VERIFY_LOOP(hass, "hass.entity_registry.async_update", err);
    struct update update = { .entities = entities_of(hass) };
    const struct hass_entity_entry *entry = NULL;
    int r = bus_check_room(hass, err);
    if (r == 0)
        r = hass_schema_check(&hass_entity_entry_changes, taken ? taken : hass->empty, &checked,
                              err);
    if (r < 0)
        return r;
    update.changes = checked;
    update.item = entities_find_any_id(update.entities, entity_id);
    if (!update.item)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no registered entity %s", entity_id);
    operation_begin(hass);
    entity_draft_begin(&update.draft, update.item->row);
    r = apply_changes(&update, err);
    if (r == 0) {
        entity_commit(update.entities, update.item, &update.draft);
        entry = &update.item->row->entry;
    }
    end_with(update.entities, entry, r == 0 ? ret_entry : NULL);
    entity_draft_fini(&update.draft);
    return r;
}
