/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of the section `group:`, of things of any domain. What counts as on, and the words for it, differ by domain; where the
 * members' words differ it is on and off. Services set, remove and reload.
 *
 * Model: components.group
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hass/event_helpers.h>
#include <hass/log.h>
#include <hass/vec.h>

#include "group.h"

/* the section */

HASS_SCHEMA(group_schema, HASS_FIELD("name", &hass_type_string, .max = 255, .doc = "Shown name"),
            HASS_FIELD("entities", &hass_type_entity_id, .list = true, .min = 0, .max = 1000,
                       .nullable = true, .doc = "The members"),
            HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:lamps"),
            HASS_FIELD("all", &hass_type_bool, .doc = "On when all are, not when any is"));

/* A list of entity ids stands for a group of them. */
static int check_group(const struct hass_field *field, const json_t *value, json_t **ret_value,
                       struct hass_error *err)
{
    autojson *map = NULL;

    if (!json_is_object(value)) {
        autojson *ids = NULL;
        if (!json_is_null(value) && hass_type_entity_ids.check(field, value, &ids, err) < 0)
            return HASS_E_INVALID;
        if (ids && !json_is_array(ids))
            return hass_fail(err, HASS_E_INVALID, "expected entity ids, got '%s'",
                             json_string_value(ids));
        map = json_object();
        if (ids)
            json_object_set(map, "entities", ids);
        value = map;
    } else if (json_is_string(hass_json_get(value, "entities"))) {
        autojson *ids = NULL;
        if (hass_type_entity_ids.check(field, hass_json_get(value, "entities"), &ids, err) < 0)
            return hass_error_prefix(err, "entities");
        map = json_copy((json_t *)value);
        json_object_set(map, "entities", ids);
        value = map;
    }
    return hass_schema_check(&group_schema, value, ret_value, err);
}

static const struct hass_field_type type_group = {
    .size = sizeof(struct hass_field_type),
    .name = "a group",
    .check = check_group,
    .json_type = "object",
};
static const struct hass_field item = HASS_FIELD("", &type_group);
const struct hass_schema group_section_schema = {
    .size = sizeof(struct hass_schema),
    .keyed = &item,
};

/* what is on, by domain */

static const struct meaning {
    const char *domain;
    const char *on, *off;  /* the words of a group of them */
    const char *states[8]; /* that count as on, to NULL; empty: the word alone */
} meanings[] = {
    { "alarm_control_panel",
      "on",
      "off",
      { "armed_away", "armed_custom_bypass", "armed_home", "armed_night", "armed_vacation",
        "triggered" } },
    { "binary_sensor", "on", "off", { NULL } },
    { "climate", "on", "off", { "heat", "cool", "heat_cool", "auto", "dry", "fan_only", "on" } },
    { "cover", "open", "closed", { NULL } },
    { "device_tracker", "home", "not_home", { NULL } },
    { "fan", "on", "off", { NULL } },
    { "humidifier", "on", "off", { NULL } },
    { "light", "on", "off", { NULL } },
    { "lock", "unlocked", "locked", { "unlocked", "unlocking", "locking", "open", "opening" } },
    { "media_player", "on", "off", { "on", "paused", "playing", "idle" } },
    { "person", "home", "not_home", { NULL } },
    { "plant", "problem", "ok", { NULL } },
    { "remote", "on", "off", { NULL } },
    { "switch", "on", "off", { NULL } },
    { "vacuum", "on", "off", { "on", "cleaning", "returning", "error" } },
    { "valve", "open", "closed", { NULL } },
    { "water_heater",
      "on",
      "off",
      { "on", "eco", "electric", "performance", "high_demand", "heat_pump", "gas" } },
};
#define MEANING_COUNT (sizeof(meanings) / sizeof(meanings[0]))

/* Members whose states say nothing of the group's. */
static const char *const silent[] = { "air_quality", "sensor", "weather", NULL };

static const struct meaning *meaning_of(const char *domain)
{
    for (size_t i = 0; i < MEANING_COUNT; i++)
        if (strcmp(meanings[i].domain, domain) == 0)
            return &meanings[i];
    return NULL;
}

/* That of a word, for members of other domains: groups of groups have the words of theirs. */
static const struct meaning *meaning_of_word(const char *word)
{
    static const struct meaning plain = { NULL, "on", "off", { NULL } };

    if (strcmp(word, plain.on) == 0 || strcmp(word, plain.off) == 0)
        return &plain;
    for (size_t i = 0; i < MEANING_COUNT; i++)
        if (strcmp(meanings[i].on, word) == 0 || strcmp(meanings[i].off, word) == 0)
            return &meanings[i];
    return NULL;
}

static bool counts_as_on(const struct meaning *meaning, const char *state)
{
    if (!meaning->states[0] || !meaning->domain)
        return strcmp(state, meaning->on) == 0;
    for (size_t i = 0; i < 8 && meaning->states[i]; i++)
        if (strcmp(meaning->states[i], state) == 0)
            return true;
    return false;
}

/* the entity */

struct old_group {
    struct group group; /* first: it is the userdata of all groups */
    json_t *config;     /* what the section or a service says; the icon is lent from it */
    char *entity_id;
    int64_t order;
    bool made; /* by a service */
    struct hass_sub *sub;
    const char *state; /* NULL: unknown */
};

struct tally {
    size_t members, on, assumed;
    const char *on_word, *off_word; /* NULL: none yet */
};

static void count_member(const struct hass_state *state, struct tally *tally)
{
    const char *text = hass_state_state(state);
    struct hass_value assumed;
    char domain[65];

    hass_state_domain(state, domain);
    if (hass_words_find(silent, domain) >= 0)
        return;
    const struct meaning *own = meaning_of(domain);
    const struct meaning *meaning = own ? own : meaning_of_word(text);
    tally->members++;
    tally->assumed +=
        hass_state_attr(state, HASS_ATTR_ASSUMED_STATE, &assumed) && hass_value_is_true(assumed);
    if (!meaning)
        return;
    tally->on += own ? counts_as_on(own, text) : strcmp(meaning->on, text) == 0;
    if (tally->on_word && strcmp(tally->on_word, meaning->on) != 0) {
        tally->on_word = HASS_STATE_ON;
        tally->off_word = HASS_STATE_OFF;
    } else {
        tally->on_word = meaning->on;
        tally->off_word = meaning->off;
    }
}

static HASS_CALLBACK void update(struct hass_entity *entity)
{
    struct old_group *old = hass_entity_userdata(entity);
    struct tally tally = { 0 };
    const struct hass_state *state;

    for (size_t i = 0; group_next(entity, &i, &state);)
        count_member(state, &tally);
    bool on = old->group.all ? tally.on == tally.members : tally.on > 0;
    old->state = on ? tally.on_word : tally.off_word;
    old->group.description.assumed_state =
        tally.members && (old->group.all ? tally.assumed == tally.members : tally.assumed > 0);
}

static struct hass_value state(struct hass_entity *entity)
{
    const struct old_group *old = hass_entity_userdata(entity);

    return old->state ? hass_value_string(old->state) : HASS_NONE;
}

static void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const struct old_group *old = hass_entity_userdata(entity);

    hass_attrs_set_words(writer, HASS_ATTR_ENTITY_ID, (const char *const *)old->group.entity_ids);
    hass_attrs_set(writer, "order", HASS_INT(old->order));
    if (old->made)
        hass_attrs_set(writer, "auto", HASS_BOOL(true));
}

static HASS_CALLBACK int on_member(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    struct hass_entity *entity = userdata;

    update(entity);
    (void)hass_entity_async_set_context(entity, hass_event_context(event), NULL);
    return hass_entity_async_write_ha_state(entity, err);
}

static HASS_CALLBACK int follow(struct hass_entity *entity, struct hass_error *err)
{
    struct old_group *old = hass_entity_userdata(entity);
    int r = 0;

    old->sub = hass_sub_async_remove(old->sub);
    if (old->group.entity_ids[0])
        r = hass_async_track_state_change_event(
            hass_entity_hass(entity), (const char *const *)old->group.entity_ids,
            HASS_JOB_CALLBACK(on_member, entity), &old->sub, err);
    update(entity);
    return r;
}

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    return follow(entity, err);
}

static HASS_COROUTINE int removed(struct hass_entity *entity, struct hass_error *err)
{
    struct old_group *old = hass_entity_userdata(entity);

    old->sub = hass_sub_async_remove(old->sub);
    return 0;
}

static void destroy(struct hass_entity *entity)
{
    struct old_group *old = hass_entity_userdata(entity);

    group_fini(&old->group);
    json_decref(old->config);
    free(old->entity_id);
    free(old);
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.async_added_to_hass = added, .async_will_remove_from_hass = removed,
                    .state = state, .state_attributes = attributes, .destroy = destroy);

/* all of them */

struct old_list {
    HASS_VEC(struct hass_entity *) entities;
    int64_t next_order;
};

static HASS_CALLBACK struct old_list *list_of(struct hass *hass)
{
    return hass_async_get_data(hass, "group");
}

static void list_destroy(void *object)
{
    struct old_list *list = object;

    vec_foreach(&list->entities, entity)
        (void)hass_entity_unref(*entity);
    vec_fini(&list->entities);
    free(list);
}

static HASS_CALLBACK struct hass_entity *make(struct hass *hass, const char *object_id,
                                              const json_t *config, bool made)
{
    struct old_list *list = list_of(hass);
    struct old_group *old = calloc(1, sizeof(*old));

    old->config = hass_json_ref(config);
    old->made = made;
    old->order = list->next_order++;
    if (asprintf(&old->entity_id, "group.%s", object_id) < 0)
        old->entity_id = NULL;
    group_init(&old->group, config, object_id, hass_json_get_string(config, "icon", NULL));
    old->group.description.entity_id = old->entity_id;
    struct hass_entity *entity =
        hass_entity_new(hass, &ops, &old->group.description, NULL, NULL, old);
    vec_push(&list->entities, hass_entity_ref(entity));
    return entity;
}

static HASS_COROUTINE int add_all(struct hass *hass, const json_t *section, struct hass_error *err)
{
    autofree struct hass_entity **entities =
        calloc(json_object_size(section) + 1, sizeof(struct hass_entity *));
    size_t count = 0;
    const char *object_id;
    json_t *config;

    json_object_foreach((json_t *)section, object_id, config)
        entities[count++] = make(hass, object_id, config, false);
    return hass_component_async_add_entities(hass_component_async_get(hass, "group"), entities,
                                             count, err);
}

static HASS_COROUTINE int remove_at(struct old_list *list, size_t place, struct hass_error *err)
{
    struct hass_entity *entity = list->entities.data[place];

    vec_remove(&list->entities, place);
    int r = hass_entity_async_remove(entity, err);
    (void)hass_entity_unref(entity);
    return r;
}

/* The place of the entity with that object id, or the number of all. */
static HASS_CALLBACK size_t find(const struct old_list *list, const char *object_id)
{
    size_t i = 0;

    for (; i < list->entities.length; i++) {
        const char *entity_id = hass_entity_async_entity_id(list->entities.data[i]);
        if (entity_id && strcmp(entity_id + strlen("group."), object_id) == 0)
            break;
    }
    return i;
}

int group_old_reload(struct hass *hass, const json_t *config, struct hass_error *err)
{
    struct old_list *list = list_of(hass);
    autojson *fresh = json_copy((json_t *)config);
    int r = 0;

    for (size_t i = list->entities.length; i-- > 0 && r >= 0;) {
        struct old_group *old = hass_entity_userdata(list->entities.data[i]);
        const char *object_id = old->entity_id + strlen("group.");
        const json_t *now = hass_json_get(config, object_id);
        if (old->made)
            continue;
        if (now && hass_json_equal(now, old->config))
            json_object_del(fresh, object_id);
        else
            r = remove_at(list, i, err);
    }
    return r < 0 ? r : add_all(hass, fresh, err);
}

/* services */

static json_t *ids_of(const struct group *group)
{
    json_t *ids = json_array();

    for (char **id = group->entity_ids; *id; id++)
        json_array_append_new(ids, json_string(*id));
    return ids;
}

static bool contains(const json_t *ids, const json_t *id)
{
    size_t i;
    json_t *one;

    json_array_foreach((json_t *)ids, i, one)
        if (json_equal(one, (json_t *)id))
            return true;
    return false;
}

/* The members after a call of set, or NULL when it says nothing of them. */
static json_t *members_after(const struct group *group, const json_t *data)
{
    const json_t *more = hass_json_get(data, "add_entities");
    const json_t *less = hass_json_get(data, "remove_entities");
    json_t *ids, *id;
    size_t i;

    if (hass_json_get(data, "entities"))
        return hass_json_ref(hass_json_get(data, "entities"));
    if (!more && !less)
        return NULL;
    autojson *before = ids_of(group);
    ids = json_array();
    json_array_foreach(before, i, id)
        if (!contains(less, id))
            json_array_append(ids, id);
    json_array_foreach((json_t *)more, i, id)
        if (!contains(ids, id))
            json_array_append(ids, id);
    return ids;
}

/* What the group is made of from now on: as it was, with what the call says. */
static json_t *config_after(const struct old_group *old, const json_t *data)
{
    static const char *const keys[] = { "name", "icon", "all" };
    json_t *config = json_copy(old->config);
    autojson *ids = members_after(&old->group, data);

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (hass_json_get(data, keys[i]))
            json_object_set(config, keys[i], (json_t *)hass_json_get(data, keys[i]));
    if (ids)
        json_object_set(config, "entities", ids);
    return config;
}

static HASS_CALLBACK int change(struct hass_entity *entity, const json_t *data,
                                const struct hass_context *context, struct hass_error *err)
{
    struct old_group *old = hass_entity_userdata(entity);
    const char *object_id = old->entity_id + strlen("group.");
    json_t *config = config_after(old, data);

    group_fini(&old->group);
    json_decref(old->config);
    old->config = config;
    group_init(&old->group, config, object_id, hass_json_get_string(config, "icon", NULL));
    old->group.description.entity_id = old->entity_id;
    int r = follow(entity, err);
    (void)hass_entity_async_set_context(entity, context, NULL);
    return r < 0 ? r : hass_entity_async_write_ha_state(entity, err);
}

static HASS_COROUTINE int create(struct hass *hass, const json_t *data, struct hass_error *err)
{
    const json_t *ids = hass_json_get(data, "entities");
    autojson *config = json_copy((json_t *)data);

    json_object_del(config, "object_id");
    json_object_del(config, "add_entities");
    json_object_del(config, "remove_entities");
    ids = ids ? ids : hass_json_get(data, "add_entities");
    if (ids)
        json_object_set(config, "entities", (json_t *)ids);
    struct hass_entity *entity =
        make(hass, hass_json_get_string(data, "object_id", ""), config, true);
    return hass_component_async_add_entities(hass_component_async_get(hass, "group"), &entity, 1,
                                             err);
}

static HASS_COROUTINE int on_set(const struct hass_service_call *call, void *userdata,
                                 struct hass_error *err)
{
    struct hass *hass = hass_service_call_hass(call);
    const json_t *data = hass_service_call_data(call);
    struct old_list *list = list_of(hass);
    size_t place = find(list, hass_json_get_string(data, "object_id", ""));

    if (place == list->entities.length)
        return create(hass, data, err);
    return change(list->entities.data[place], data, hass_service_call_context(call), err);
}

static HASS_COROUTINE int on_remove(const struct hass_service_call *call, void *userdata,
                                    struct hass_error *err)
{
    struct old_list *list = list_of(hass_service_call_hass(call));
    const char *object_id = hass_json_get_string(hass_service_call_data(call), "object_id", "");
    size_t place = find(list, object_id);

    if (place < list->entities.length)
        return remove_at(list, place, err);
    hass_warning("group.%s is not there, so that it cannot be removed", object_id);
    return 0;
}

HASS_SCHEMA(set_schema,
            HASS_FIELD("object_id", &hass_type_slug, .required = true,
                       .doc = "What follows the dot in its id"),
            HASS_FIELD("name", &hass_type_string, .max = 255, .doc = "Shown name"),
            HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:lamps"),
            HASS_FIELD("all", &hass_type_bool, .doc = "On when all are, not when any is"),
            HASS_FIELD("entities", &hass_type_entity_id, .list = true, .min = 0, .max = 1000,
                       .exclusive = "entities", .doc = "The members"),
            HASS_FIELD("add_entities", &hass_type_entity_id, .list = true, .min = 0, .max = 1000,
                       .exclusive = "entities", .doc = "Members to be added"),
            HASS_FIELD("remove_entities", &hass_type_entity_id, .list = true, .min = 0, .max = 1000,
                       .exclusive = "entities", .doc = "Members to be left out"));
HASS_SCHEMA(remove_schema, HASS_FIELD("object_id", &hass_type_slug, .required = true,
                                      .doc = "What follows the dot in its id"));

static HASS_CALLBACK int add_services(struct hass *hass, struct hass_error *err)
{
    static const struct hass_service_options set = {
        .size = sizeof(set),
        .schema = &set_schema,
        .description = "Makes a group, or changes one",
    };
    static const struct hass_service_options remove = {
        .size = sizeof(remove),
        .schema = &remove_schema,
        .description = "Removes a group",
    };
    int r = hass_services_async_register(hass, "group", "set", &set,
                                         HASS_JOB_COROUTINE(on_set, NULL), err);

    return r < 0 ? r
                 : hass_services_async_register(hass, "group", "remove", &remove,
                                                HASS_JOB_COROUTINE(on_remove, NULL), err);
}

int group_old_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    static const struct hass_component_options options = { .size = sizeof(options),
                                                           .domain = "group" };
    struct hass_component *component;
    int r = hass_component_async_create(hass, &options, config, &component, err);

    if (r >= 0)
        r = hass_async_set_data(hass, "group", calloc(1, sizeof(struct old_list)), list_destroy,
                                err);
    if (r >= 0)
        r = add_all(hass, config, err);
    return r < 0 ? r : add_services(hass, err);
}
