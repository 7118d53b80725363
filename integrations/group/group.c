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
 * light.c   groups of lamps
 */
#include "group.h"

#include <string.h>

#include <hass/event_helpers.h>

HASS_MANIFEST(.domain = "group", .name = "Group", .version = HASS_VERSION,
              .config = &group_section_schema,
              .platforms = HASS_PLATFORMS({ "light", &group_light_schema }));

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
    group->all = hass_json_get_bool(config, "all", false);
    group->entity_ids = calloc(count + 1, sizeof(*group->entity_ids));
    for (size_t i = 0; i < count; i++)
        group->entity_ids[i] = strdup(json_string_value(json_array_get(entities, i)));
    group->description =
        (struct hass_entity_description)HASS_ENTITY_DESCRIPTION(.name = group->name,
                                                                .unique_id = group->unique_id,
                                                                .icon = icon);
}

void group_fini(struct group *group)
{
    for (char **id = group->entity_ids; *id; id++)
        free(*id);
    free(group->entity_ids);
    free(group->name);
    free(group->unique_id);
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

static HASS_CALLBACK int on_member(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    struct hass_entity *entity = userdata;
    const struct group *group = hass_entity_userdata(entity);

    group->update(entity);
    (void)hass_entity_async_set_context(entity, hass_event_context(event), NULL);
    return hass_entity_async_write_ha_state(entity, err);
}

int group_async_follow(struct hass_entity *entity, struct hass_error *err)
{
    const struct group *group = hass_entity_userdata(entity);
    struct hass_sub *sub = NULL;
    int r = hass_async_track_state_change_event(hass_entity_hass(entity),
                                                (const char *const *)group->entity_ids,
                                                HASS_JOB_CALLBACK(on_member, entity), &sub, err);

    group->update(entity);
    return r < 0 ? r : hass_entity_async_remove_later(entity, sub, err);
}

/* entry points */

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return group_old_setup(hass, config, err);
}

int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return group_old_reload(hass, config, err);
}

int async_setup_platform(struct hass_platform *platform, const json_t *config,
                         struct hass_error *err)
{
    return group_add_light(platform, config, err);
}
