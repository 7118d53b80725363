/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups: entities that stand for several others.
 *
 *     group:
 *       downstairs:
 *         name: Downstairs
 *         entities: [light.sofa, switch.fan]
 *       upstairs: light.bed, light.desk
 *     light:
 *       - platform: group
 *         name: Living room
 *         entities: [light.sofa, light.shelf]
 *         all: false
 *
 * group.c   members, and the entry points
 * old.c     groups of the section
 * light.c   groups of lamps, and so on: a file a domain, or two where they are alike
 */
#include "group.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <hass/event_helpers.h>

#define KIND(domain) &group_##domain,
static const struct group_kind *const kinds[] = { GROUP_KINDS(KIND) };
#define PLATFORM(domain) { #domain, &group_##domain##_schema },
static const struct hass_platform_schema platforms[] = {
    GROUP_KINDS(PLATFORM){ "notify", &group_notify_schema },
    { NULL, NULL },
};

HASS_MANIFEST(.domain = "group", .name = "Group", .version = HASS_VERSION,
              .config = &group_section_schema, .platforms = platforms);

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

void group_init(struct group *group, const json_t *config, const char *default_name,
                const char *icon)
{
    const json_t *entities = hass_json_get(config, "entities");
    size_t count = json_array_size(entities);

    group->name = copy(hass_json_get_string(config, "name", default_name));
    group->unique_id = copy(hass_json_get_string(config, "unique_id", NULL));
    group->device_class = copy(hass_json_get_string(config, "device_class", NULL));
    group->all = hass_json_get_bool(config, "all", false);
    group->entity_ids = calloc(count + 1, sizeof(*group->entity_ids));
    for (size_t i = 0; i < count; i++)
        group->entity_ids[i] = strdup(json_string_value(json_array_get(entities, i)));
    group->description =
        (struct hass_entity_description)HASS_ENTITY_DESCRIPTION(.name = group->name,
                                                                .unique_id = group->unique_id,
                                                                .device_class = group->device_class,
                                                                .icon = icon);
}

void group_fini(struct group *group)
{
    for (char **id = group->entity_ids; *id; id++)
        free(*id);
    free(group->entity_ids);
    free(group->name);
    free(group->unique_id);
    free(group->device_class);
}

/* members */

bool group_next(struct hass_entity *entity, size_t *place, const struct hass_state **ret_state)
{
    const struct group *group = hass_entity_userdata(entity);
    struct hass *hass = hass_entity_hass(entity);
    const struct hass_state *state = NULL;

    while (!state && group->entity_ids[*place])
        state = hass_states_async_get(hass, group->entity_ids[(*place)++]);
    *ret_state = state;
    return state != NULL;
}

bool group_is_state_on(const struct hass_state *state)
{
    return !strcmp(hass_state_state(state), HASS_STATE_ON);
}

struct group_view group_look(struct hass_entity *entity)
{
    struct group_view view = { 0 };
    const struct hass_state *state;

    for (size_t i = 0; group_next(entity, &i, &state);) {
        bool unavailable = !strcmp(hass_state_state(state), HASS_STATE_UNAVAILABLE);
        view.members++;
        view.available += !unavailable;
        view.known += !unavailable && strcmp(hass_state_state(state), HASS_STATE_UNKNOWN) != 0;
        view.on += group_is_state_on(state);
    }
    return view;
}

struct hass_value group_is_on(const struct group *group, const struct group_view *view)
{
    bool known = group->all ? view->known == view->members : view->known > 0;

    if (!known)
        return HASS_NONE;
    return HASS_BOOL(group->all ? view->on == view->members : view->on > 0);
}

bool group_has_feature(const struct hass_state *state, uint32_t features)
{
    struct hass_value own;

    return hass_state_attr(state, HASS_ATTR_SUPPORTED_FEATURES, &own) &&
           own.type == HASS_VALUE_INT && (own.integer & features) != 0;
}

double group_attribute(const struct hass_state *state, const char *key)
{
    struct hass_value value;
    double number;

    return hass_state_attr(state, key, &value) && hass_value_number(value, &number) ? number : NAN;
}

struct hass_value group_mean(struct hass_entity *entity, const char *key, uint32_t features)
{
    const struct hass_state *state;
    double sum = 0;
    size_t count = 0;

    for (size_t i = 0; group_next(entity, &i, &state);) {
        double number = group_attribute(state, key);
        if (isnan(number) || !group_has_feature(state, features))
            continue;
        sum += number;
        count++;
    }
    return count ? HASS_INT((int64_t)(sum / (double)count)) : HASS_NONE;
}

int group_tell(struct hass_entity *entity, const char *service, json_t *data, uint32_t features,
               struct hass_error *err)
{
    const struct group *group = hass_entity_userdata(entity);
    const struct hass_call_options options = {
        .size = sizeof(options),
        .blocking = true,
        .context = hass_entity_async_context(entity),
    };
    autojson *all = data ? data : json_object();
    json_t *ids = json_array();

    for (char **id = group->entity_ids; *id; id++) {
        const struct hass_state *state = hass_states_async_get(hass_entity_hass(entity), *id);
        if (!features || (state && group_has_feature(state, features)))
            json_array_append_new(ids, json_string(*id));
    }
    json_object_set_new(all, HASS_ATTR_ENTITY_ID, ids);
    if (!json_array_size(ids))
        return 0;
    return hass_services_async_call(hass_entity_hass(entity), group->kind->domain, service,
                                    steal(all), &options, NULL, err);
}

/* the entity */

static HASS_CALLBACK int on_member(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    struct hass_entity *entity = userdata;
    const struct group *group = hass_entity_userdata(entity);

    group->kind->update(entity);
    (void)hass_entity_async_set_context(entity, hass_event_context(event), NULL);
    if (group->kind->changed)
        group->kind->changed(entity, event);
    return hass_entity_async_write_ha_state(entity, err);
}

static HASS_COROUTINE int follow(struct hass_entity *entity, struct hass_error *err)
{
    const struct group *group = hass_entity_userdata(entity);
    struct hass_sub *sub = NULL;
    int r = hass_async_track_state_change_event(hass_entity_hass(entity),
                                                (const char *const *)group->entity_ids,
                                                HASS_JOB_CALLBACK(on_member, entity), &sub, err);

    group->kind->update(entity);
    return r < 0 ? r : hass_entity_async_remove_later(entity, sub, err);
}

static bool available(struct hass_entity *entity)
{
    const struct group *group = hass_entity_userdata(entity);

    return group->available;
}

static void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const struct group *group = hass_entity_userdata(entity);

    hass_attrs_set_words(writer, HASS_ATTR_ENTITY_ID, (const char *const *)group->entity_ids);
    if (group->kind->attributes)
        group->kind->attributes(entity, writer);
}

static void destroy(struct hass_entity *entity)
{
    struct group *group = hass_entity_userdata(entity);

    if (group->kind->fini)
        group->kind->fini(group);
    group_fini(group);
    free(group);
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.async_added_to_hass = follow, .available = available,
                    .extra_state_attributes = attributes, .destroy = destroy);

/* entry points */

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return group_old_setup(hass, config, err);
}

int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return group_old_reload(hass, config, err);
}

static const struct group_kind *kind_of(const char *domain)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i]->domain, domain) == 0)
            return kinds[i];
    return NULL;
}

int async_setup_platform(struct hass_platform *platform, const json_t *config,
                         struct hass_error *err)
{
    const struct group_kind *kind = kind_of(hass_platform_domain(platform));

    if (!kind)
        return group_add_notify(hass_platform_hass(platform), config, err);
    struct group *group = calloc(1, kind->size);
    group->kind = kind;
    group_init(group, config, NULL, kind->icon);
    if (kind->init)
        kind->init(group, config);
    struct hass_entity *entity = hass_entity_new(hass_platform_hass(platform), &ops,
                                                 &group->description, kind->ops, NULL, group);
    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
