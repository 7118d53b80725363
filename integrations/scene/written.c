/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenes that are written down in the section, and those that the service create makes. Their rows in the entity registry are of the
 * platform homeassistant, as the model's are, so that a home that has moved here finds them: that integration lends its platform.
 *
 * Model: components.homeassistant.scene
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hass/domain.h>
#include <hass/log.h>
#include <hass/vec.h>

#include "parts.h"
#include "scene.h"

static const struct hass_field fields[] = {
    HASS_FIELD("id", &hass_type_string, .min = 1, .max = 255, .doc = "Identity; editors make one"),
    HASS_FIELD("name", &hass_type_string, .required = true, .min = 1, .max = 255,
               .doc = "What it is called"),
    HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:lamp"),
    HASS_FIELD("entities", &scene_type_states, .required = true,
               .doc = "Entities, each with its state or a map of state and attributes"),
    HASS_FIELD("metadata", &hass_type_any, .doc = "What editors keep for themselves"),
};
const struct hass_schema scene_section_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(fields) / sizeof(fields[0]),
    .fields = fields,
    .list = true,
};

struct written {
    struct hass_entity_description description; /* points into config */
    json_t *config;                             /* an item of the section */
    char *entity_id; /* proposal of one that a service has made; or NULL */
};

struct written_list {
    struct hass_platform *platform; /* homeassistant's; NULL until it is there */
    HASS_VEC(struct hass_entity *) entities;
    json_t *waiting; /* items until then */
};

static HASS_CALLBACK struct written_list *list_of(struct hass *hass)
{
    return hass_async_get_data(hass, "scene");
}

static void list_destroy(void *object)
{
    struct written_list *list = object;

    vec_foreach(&list->entities, entity)
        (void)hass_entity_unref(*entity);
    vec_fini(&list->entities);
    json_decref(list->waiting);
    free(list);
}

/* the entity */

static HASS_COROUTINE int activate(struct hass_entity *entity,
                                   const struct scene_activation *activation,
                                   struct hass_error *err)
{
    const struct written *written = hass_entity_userdata(entity);
    autojson *states = hass_json_ref(hass_json_get(written->config, "entities"));
    autojson *transition = activation->has_transition ? json_real(activation->transition) : NULL;

    return scene_async_reproduce(hass_entity_hass(entity), states, transition,
                                 hass_entity_async_context(entity), err);
}

static HASS_CALLBACK void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const struct written *written = hass_entity_userdata(entity);
    const char *id = hass_json_get_string(written->config, "id", NULL), *entity_id;
    autojson *ids = json_array();
    json_t *state;

    json_object_foreach((json_t *)hass_json_get(written->config, "entities"), entity_id, state)
        json_array_append_new(ids, json_string(entity_id));
    hass_attrs_set_json(writer, HASS_ATTR_ENTITY_ID, ids);
    if (id)
        hass_attrs_set(writer, "id", hass_value_string(id));
}

static void destroy(struct hass_entity *entity)
{
    struct written *written = hass_entity_userdata(entity);

    json_decref(written->config);
    free(written->entity_id);
    free(written);
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.extra_state_attributes = attributes, .destroy = destroy);
static const struct scene_ops scene = SCENE_OPS(.async_activate = activate);

static HASS_CALLBACK struct hass_entity *make(struct hass *hass, const json_t *config,
                                              const char *made_id)
{
    struct written *written = calloc(1, sizeof(*written));

    written->config = hass_json_ref(config);
    if (made_id && asprintf(&written->entity_id, "scene.%s", made_id) < 0)
        written->entity_id = NULL;
    written->description = (struct hass_entity_description)
        HASS_ENTITY_DESCRIPTION(.name = hass_json_get_string(config, "name", NULL),
                                .unique_id = hass_json_get_string(config, "id", NULL),
                                .icon = hass_json_get_string(config, "icon", NULL),
                                .entity_id = written->entity_id);
    return hass_entity_new(hass, &ops, &written->description, &scene, NULL, written);
}

static HASS_COROUTINE int add(struct hass *hass, const json_t *items, const char *made_id,
                              struct hass_error *err)
{
    struct written_list *list = list_of(hass);
    size_t count = json_array_size(items);
    autofree struct hass_entity **entities = calloc(count + 1, sizeof(struct hass_entity *));

    for (size_t i = 0; i < count; i++) {
        entities[i] = make(hass, json_array_get(items, i), made_id);
        vec_push(&list->entities, hass_entity_ref(entities[i]));
    }
    return hass_platform_async_add_entities(list->platform, entities, count, false, err);
}

/* the section */

/* Its own items; those of platforms are none of ours. */
static json_t *items_of(const json_t *section)
{
    json_t *items = json_array(), *item;
    size_t i;

    json_array_foreach((json_t *)section, i, item)
        if (!hass_json_get(item, "platform"))
            json_array_append(items, item);
    return items;
}

/* homeassistant has been asked for its platform: what the section has, and what is written below it. */
static HASS_COROUTINE int platform_is_there(struct hass_platform *platform, const json_t *config,
                                            struct hass_error *err)
{
    struct hass *hass = hass_platform_hass(platform);
    struct written_list *list = list_of(hass);
    const json_t *states = hass_json_get(config, "states");
    autojson *more = NULL;

    if (!list)
        return hass_fail(err, HASS_E_NOT_READY, "the domain scene is not set up");
    if (states && hass_schema_check(&scene_section_schema, states, &more, err) < 0)
        return hass_error_prefix(err, "states");
    list->platform = platform;
    if (more)
        json_array_extend(list->waiting, more);
    autojson *items = list->waiting;
    list->waiting = json_array();
    return add(hass, items, NULL, err);
}

static const struct scene_written_api api = {
    .size = sizeof(api),
    .async_setup_platform = platform_is_there,
};

int scene_written_setup(struct hass *hass, const json_t *section, struct hass_error *err)
{
    struct written_list *list = calloc(1, sizeof(*list));

    list->waiting = items_of(section);
    int r = hass_async_set_data(hass, "scene", list, list_destroy, err);
    if (r >= 0)
        r = hass_async_provide_api(hass, SCENE_WRITTEN_API, &api, err);
    if (r >= 0)
        r = hass_async_load_platform(hass, "scene", "homeassistant",
                                     json_pack("{s:s}", "platform", "homeassistant"), err);
    return r;
}

static const json_t *config_of(struct hass_entity *entity)
{
    const struct written *written = hass_entity_userdata(entity);

    return written->config;
}

static bool is_made(struct hass_entity *entity)
{
    const struct written *written = hass_entity_userdata(entity);

    return written->entity_id != NULL;
}

/* The place of an equal item in @items, or their number. */
static size_t find_item(const json_t *items, const json_t *item)
{
    size_t i = 0;

    while (i < json_array_size(items) && !hass_json_equal(json_array_get(items, i), item))
        i++;
    return i;
}

static HASS_COROUTINE int remove_at(struct written_list *list, size_t place, struct hass_error *err)
{
    struct hass_entity *entity = list->entities.data[place];

    vec_remove(&list->entities, place);
    int r = hass_entity_async_remove(entity, err);
    (void)hass_entity_unref(entity);
    return r;
}

/* Scenes that are still written so stay as they are, with the time of their last activation. */
int scene_written_reload(struct hass *hass, const json_t *section, struct hass_error *err)
{
    struct written_list *list = list_of(hass);
    autojson *items = items_of(section);
    int r = 0;

    for (size_t i = list->entities.length; i-- > 0 && r >= 0;) {
        struct hass_entity *entity = list->entities.data[i];
        size_t place = find_item(items, config_of(entity));
        if (is_made(entity))
            continue;
        if (place < json_array_size(items))
            json_array_remove(items, place);
        else
            r = remove_at(list, i, err);
    }
    if (r >= 0 && list->platform)
        r = add(hass, items, NULL, err);
    else if (r >= 0)
        r = json_array_extend(list->waiting, items);
    return r < 0 ? r : hass_bus_async_fire(hass, "scene_reloaded", NULL, NULL, err);
}

/* services */

static HASS_COROUTINE int on_apply(const struct hass_service_call *call, void *userdata,
                                   struct hass_error *err)
{
    const json_t *data = hass_service_call_data(call);

    return scene_async_reproduce(hass_service_call_hass(call), hass_json_get(data, "entities"),
                                 hass_json_get(data, "transition"), hass_service_call_context(call),
                                 err);
}

static HASS_CALLBACK void add_snapshot(struct hass *hass, const json_t *ids, json_t *states)
{
    size_t i;
    json_t *id;

    json_array_foreach((json_t *)ids, i, id) {
        const char *entity_id = json_string_value(id);
        const struct hass_state *state = hass_states_async_get(hass, entity_id);
        if (state)
            json_object_set_new(states, entity_id,
                                json_pack("{s:s, s:o}", "state", hass_state_state(state),
                                          "attributes", hass_state_attributes(state)));
        else
            hass_warning("%s is not there, so that its state cannot become part of a scene",
                         entity_id);
    }
}

static int check_create(const json_t *data, struct hass_error *err)
{
    const json_t *entities = hass_json_get(data, "entities");
    const json_t *ids = hass_json_get(data, "snapshot_entities");
    size_t i;
    json_t *id;

    if (!entities && !ids)
        return hass_fail(err, HASS_E_INVALID, "expected entities, snapshot_entities or both");
    json_array_foreach((json_t *)ids, i, id)
        if (hass_json_get(entities, json_string_value(id)))
            return hass_fail(err, HASS_E_INVALID,
                             "%s is among entities and among snapshot_entities",
                             json_string_value(id));
    return 0;
}

/* Makes room for one of that name. False when somebody has written one down. */
static HASS_COROUTINE bool make_room(struct hass *hass, const char *entity_id,
                                     struct hass_error *err)
{
    struct written_list *list = list_of(hass);

    for (size_t i = 0; i < list->entities.length; i++) {
        struct hass_entity *entity = list->entities.data[i];
        const char *own = hass_entity_async_entity_id(entity);
        if (own && strcmp(own, entity_id) == 0)
            return is_made(entity) && remove_at(list, i, err) >= 0;
    }
    return true;
}

static HASS_COROUTINE int on_create(const struct hass_service_call *call, void *userdata,
                                    struct hass_error *err)
{
    struct hass *hass = hass_service_call_hass(call);
    const json_t *data = hass_service_call_data(call), *given = hass_json_get(data, "entities");
    const char *id = hass_json_get_string(data, "scene_id", "");
    autojson *states = given ? json_copy((json_t *)given) : json_object();
    char entity_id[128];

    add_snapshot(hass, hass_json_get(data, "snapshot_entities"), states);
    if (!json_object_size(states)) {
        hass_warning("scene %s is not made, since nothing would be in it", id);
        return 0;
    }
    if (!list_of(hass)->platform)
        return hass_fail(err, HASS_E_NOT_READY, "scenes are not set up yet");
    snprintf(entity_id, sizeof(entity_id), "scene.%s", id);
    if (!make_room(hass, entity_id, err)) {
        hass_warning("%s is not made, since it is written in the configuration", entity_id);
        return 0;
    }
    autojson *items = json_pack("[{s:s, s:O}]", "name", id, "entities", states);
    return add(hass, items, id, err);
}

int scene_written_delete(struct hass_entity *entity, const struct hass_service_call *call,
                         struct hass_error *err)
{
    struct written_list *list = list_of(hass_entity_hass(entity));

    for (size_t i = 0; i < list->entities.length; i++)
        if (list->entities.data[i] == entity && is_made(entity))
            return remove_at(list, i, err);
    return hass_fail_key(err, HASS_E_SERVICE_VALIDATION, "entity_not_dynamically_created",
                         "%s was not made by scene.create", hass_entity_async_entity_id(entity));
}

HASS_SCHEMA(apply_schema,
            HASS_FIELD("entities", &scene_type_states, .required = true,
                       .doc = "Entities, each with its state or a map of state and attributes"),
            HASS_FIELD("transition", &hass_type_number, .min = 0, .max = SCENE_MAX_TRANSITION,
                       .doc = "Seconds it takes to reach the states"));
HASS_SCHEMA_WITH(create_schema, (.check = check_create),
                 HASS_FIELD("scene_id", &hass_type_slug, .required = true, .max = 64,
                            .doc = "What follows the dot in its id"),
                 HASS_FIELD("entities", &scene_type_states, .doc = "Entities and their states"),
                 HASS_FIELD("snapshot_entities", &hass_type_entity_id, .list = true, .max = 1000,
                            .doc = "Entities whose states are taken as they are"));

int scene_written_services(struct hass *hass, struct hass_error *err)
{
    static const struct hass_service_options apply = {
        .size = sizeof(apply),
        .schema = &apply_schema,
        .description = "Brings entities into states",
    };
    static const struct hass_service_options create = {
        .size = sizeof(create),
        .schema = &create_schema,
        .description = "Makes a scene that lasts until the next start",
    };
    int r = hass_services_async_register(hass, "scene", "apply", &apply,
                                         HASS_JOB_COROUTINE(on_apply, NULL), err);

    return r < 0 ? r
                 : hass_services_async_register(hass, "scene", "create", &create,
                                                HASS_JOB_COROUTINE(on_create, NULL), err);
}
