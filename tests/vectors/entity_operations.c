/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations of the core's cases on live entities: an integration adds one, writes it, takes it away. An entity's
 * description and values are those of its step.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/entity.h>
#include <hass/entry.h>
#include <hass/platform.h>
#include <hass/strmap.h>

#include "base/mem.h"
#include "entity/platform.h"
#include "run/runtime.h"
#include "support/test.h"
#include "vectors/vectors.h"

struct live_entity {
    struct hass_entity *entity; /* a reference */
    struct hass_entity_description description;
    struct device_words device;
    json_t *fields; /* of the step that added it, changed by writes */
};

static const char *field_text(const struct live_entity *live, const char *key)
{
    return hass_json_get_string(live->fields, key, NULL);
}

static bool field_bool(const struct live_entity *live, const char *key, bool fallback)
{
    return hass_json_get_bool(live->fields, key, fallback);
}

static enum hass_entity_category category_of(const char *word)
{
    if (!word)
        return HASS_ENTITY_CATEGORY_NONE;
    return strcmp(word, "config") == 0 ? HASS_ENTITY_CATEGORY_CONFIG
                                       : HASS_ENTITY_CATEGORY_DIAGNOSTIC;
}

/* The description's texts live in the fields. */
static void describe(struct live_entity *live)
{
    const json_t *features = hass_json_get(live->fields, "supported_features");

    live->description = (struct hass_entity_description){
        .size = sizeof(live->description),
        .name = field_text(live, "name"),
        .unique_id = field_text(live, "unique_id"),
        .device_info = hass_json_get(live->fields, "device") ? &live->device.info : NULL,
        .category = category_of(field_text(live, "entity_category")),
        .disabled_by_default = !field_bool(live, "entity_registry_enabled_default", true),
        .hidden_by_default = !field_bool(live, "entity_registry_visible_default", true),
        .entity_id = field_text(live, "entity_id"),
        .device_class = field_text(live, "device_class"),
        .unit_of_measurement = field_text(live, "unit_of_measurement"),
        .icon = field_text(live, "icon"),
        .entity_picture = field_text(live, "entity_picture"),
        .supported_features = (uint32_t)hass_json_get_int(live->fields, "supported_features", 0),
        .has_supported_features = features && !json_is_null(features),
        .has_entity_name = field_bool(live, "has_entity_name", false),
        .assumed_state = field_bool(live, "assumed_state", false),
        .force_update = field_bool(live, "force_update", false),
    };
}

static struct live_entity *live_of(struct hass_entity *entity)
{
    return hass_entity_userdata(entity);
}

static bool is_available(struct hass_entity *entity)
{
    return hass_json_get_bool(live_of(entity)->fields, "available", true);
}

static struct hass_value state_of(struct hass_entity *entity)
{
    const json_t *state = hass_json_get(live_of(entity)->fields, "state");

    if (json_is_boolean(state))
        return HASS_BOOL(json_is_true(state));
    if (json_is_integer(state))
        return HASS_INT(json_integer_value(state));
    if (json_is_real(state))
        return HASS_DOUBLE(json_real_value(state));
    return hass_value_string(json_string_value(state));
}

static void write_capabilities(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    hass_attrs_set_all(writer, hass_json_get(live_of(entity)->fields, "capability_attributes"));
}

static void write_extra(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    hass_attrs_set_all(writer, hass_json_get(live_of(entity)->fields, "extra_state_attributes"));
}

static const struct hass_entity_ops live_ops =
    HASS_ENTITY_OPS(.available = is_available, .state = state_of,
                    .capability_attributes = write_capabilities,
                    .extra_state_attributes = write_extra);

/* platforms */

static void release_source(struct platform_source *source)
{
    hass_entry_unref(source->entry);
    scope_unref(source->scope);
}

/* Platforms are made here: nothing is loaded. */
static const struct platform_loader loader = { .release = release_source };

/* The platform of an integration in a domain, for a config entry or (NULL) none. */
static HASS_CALLBACK struct hass_platform *
platform_of(struct stage *stage, struct hass_component *component, const json_t *fields)
{
    const char *name = hass_json_get_string(fields, "platform", "test");
    const char *entry_id = hass_json_get_string(fields, "entry", NULL);
    autofree char *key = mem_printf("%s %s %s", component->domain, name, entry_id ? entry_id : "");
    struct hass_platform *platform = hass_strmap_get(stage->platforms, key);

    if (platform)
        return platform;
    struct platform_source source = {
        .scope = scope_ref(runtime_of(stage->hass)->root),
        .entry = entry_id ? hass_entry_ref(hass_entries_async_get(stage->hass, entry_id)) : NULL,
    };
    platform_loader_set(stage->hass, &loader, NULL);
    platform = platform_new(component, name, &source);
    hass_strmap_set(stage->platforms, key, platform);
    return platform;
}

/* adding */

struct addition {
    struct stage *stage;
    const char *domain;
    struct live_entity *live;
};

static HASS_COROUTINE int run_addition(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct addition *addition = userdata;
    struct hass_component *component = hass_component_async_get(hass, addition->domain);
    struct hass_component_options options = { .size = sizeof(options), .domain = addition->domain };
    int status = 0;

    if (!component)
        status = hass_component_async_create(hass, &options, NULL, &component, err);
    if (status < 0)
        return status;
    return platform_async_add(platform_of(addition->stage, component, addition->live->fields),
                              (struct hass_entity *[]){ hass_entity_ref(addition->live->entity) },
                              1, false, err);
}

/* Adds an entity of @fields; its id, or NULL when it was refused, is lent. */
static HASS_CALLBACK const char *add_live(struct stage *stage, const char *handle,
                                          const char *domain, const json_t *fields)
{
    struct live_entity *live = mem_zalloc(sizeof(*live));
    struct addition addition = { .stage = stage, .domain = domain, .live = live };

    live->fields = json_deep_copy(fields);
    device_words_fill(&live->device, hass_json_get(live->fields, "device"));
    describe(live);
    live->entity = hass_entity_new(stage->hass, &live_ops, &live->description, NULL, NULL, live);
    hass_strmap_set(stage->entities, handle, live);
    test_run_coroutine(stage->hass, run_addition, &addition);
    return hass_entity_async_entity_id(live->entity);
}

static HASS_CALLBACK int entity_add(struct stage *stage, const json_t *step, json_t **ret_value,
                                    struct hass_error *err)
{
    const char *id = add_live(stage, hass_json_get_string(step, "id", ""),
                              hass_json_get_string(step, "domain", ""), step);

    *ret_value = json_pack("{s:s?}", "entity_id", id);
    return 0;
}

/* Ids are made unique where entities get theirs: what exists is reserved, in a domain of this step's own. */
static HASS_CALLBACK int ensure_unique(struct stage *stage, const json_t *step, json_t **ret_value,
                                       struct hass_error *err)
{
    const json_t *existing = hass_json_get(step, "existing");
    autofree char *domain = mem_printf("unique%zu", hass_strmap_count(stage->entities));
    autojson *fields = json_pack("{s:O}", "name", hass_json_get(step, "text"));

    for (size_t i = 0; i < json_array_size(existing); i++) {
        autofree char *taken =
            mem_printf("%s.%s", domain, json_string_value(json_array_get(existing, i)));
        int status = hass_states_async_reserve(stage->hass, taken, err);
        if (status < 0)
            return status;
    }
    const char *id = add_live(stage, domain, domain, fields);
    json_array_clear(stage->events); // of the state that showed it
    *ret_value = id ? json_string(id + strlen(domain) + 1) : json_null();
    return 0;
}

/* writing and removing */

static HASS_CALLBACK struct live_entity *find(struct stage *stage, const json_t *step)
{
    return hass_strmap_get(stage->entities, hass_json_get_string(step, "id", ""));
}

static HASS_CALLBACK int entity_write(struct stage *stage, const json_t *step, json_t **ret_value,
                                      struct hass_error *err)
{
    static const char *const changeable[] = { "state", "available", "extra_state_attributes",
                                              "name", "icon" };
    struct live_entity *live = find(stage, step);

    if (!live)
        return hass_fail(err, HASS_E_NOT_FOUND, "no such entity");
    for (size_t i = 0; i < sizeof(changeable) / sizeof(*changeable); i++)
        if (hass_json_get(step, changeable[i]))
            json_object_set(live->fields, changeable[i],
                            (json_t *)hass_json_get(step, changeable[i]));
    describe(live);
    return hass_entity_async_write_ha_state(live->entity, err);
}

static HASS_COROUTINE int run_removal(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_entity_async_remove(userdata, err);
}

static HASS_CALLBACK int entity_live_remove(struct stage *stage, const json_t *step,
                                            json_t **ret_value, struct hass_error *err)
{
    struct live_entity *live = find(stage, step);

    if (!live)
        return hass_fail(err, HASS_E_NOT_FOUND, "no such entity");
    return test_run_coroutine(stage->hass, run_removal, live->entity);
}

void entities_fini(struct stage *stage)
{
    const char *handle;
    struct live_entity *live;

    strmap_foreach(stage->entities, handle, live) {
        test_run_coroutine(stage->hass, run_removal, live->entity);
        hass_entity_unref(live->entity);
        device_words_fini(&live->device);
        json_decref(live->fields);
        free(live);
    }
    stage->entities = hass_strmap_destroy(stage->entities);
}

const struct operation entity_operations[] = {
    { "entity_add", entity_add },
    { "entity_write", entity_write },
    { "entity_live_remove", entity_live_remove },
    { "ensure_unique", ensure_unique },
    { NULL, NULL },
};
