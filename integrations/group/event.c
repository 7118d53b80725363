/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of events: what happens to one member happens to the group.
 */
#include "event/event.h"

#include <stdlib.h>
#include <string.h>

#include "group.h"

struct event_group {
    struct group group;
    json_t *types; /* of all members, each once */
    const char **words;
};

static void forget(struct event_group *events)
{
    json_decref(events->types);
    free(events->words);
}

/* The types of the members, in their order. */
static HASS_CALLBACK json_t *types_of(struct hass_entity *entity)
{
    json_t *types = json_object(), *type;
    const struct hass_state *state;
    size_t j;

    for (size_t i = 0; group_next(entity, &i, &state);) {
        autojson *attributes = hass_state_attributes(state);
        json_array_foreach((json_t *)hass_json_get(attributes, "event_types"), j, type)
            if (json_is_string(type))
                json_object_set_new(types, json_string_value(type), json_true());
    }
    return types;
}

static HASS_CALLBACK void update(struct hass_entity *entity)
{
    struct event_group *events = hass_entity_userdata(entity);
    const char *type;
    json_t *unused;
    size_t count = 0;

    forget(events);
    events->group.available = group_look(entity).available > 0;
    events->types = types_of(entity);
    events->words = calloc(json_object_size(events->types) + 1, sizeof(*events->words));
    json_object_foreach(events->types, type, unused)
        events->words[count++] = type;
}

static bool is_time(const struct hass_state *state)
{
    return state && strcmp(hass_state_state(state), HASS_STATE_UNAVAILABLE) != 0 &&
           strcmp(hass_state_state(state), HASS_STATE_UNKNOWN) != 0;
}

/* A member's first event after it was unknown may be one of before a restart, and does not count; so the model has it. */
static HASS_CALLBACK void changed(struct hass_entity *entity, const struct hass_event *event)
{
    static const char *const own[] = { "event_type", "event_types", HASS_ATTR_DEVICE_CLASS,
                                       HASS_ATTR_FRIENDLY_NAME };
    const struct hass_state *before, *after;

    if (!hass_event_states(event, &before, &after) || !is_time(before) || !is_time(after) ||
        strcmp(hass_state_state(before), hass_state_state(after)) == 0)
        return;
    autojson *attributes = hass_state_attributes(after);
    autojson *type = hass_json_ref(hass_json_get(attributes, "event_type"));
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        json_object_del(attributes, own[i]);
    if (json_is_string(type))
        (void)event_async_trigger(entity, json_string_value(type), steal(attributes), NULL);
}

static const char *const *event_types(struct hass_entity *entity)
{
    const struct event_group *events = hass_entity_userdata(entity);

    return events->words;
}

static void init(struct group *group, const json_t *config)
{
    ((struct event_group *)group)->words = calloc(1, sizeof(const char *));
}

static void fini(struct group *group)
{
    forget((struct event_group *)group);
}

GROUP_SCHEMA(group_event_schema, "Event Group");
static const struct event_ops ops = EVENT_OPS(.event_types = event_types);
const struct group_kind group_event = {
    .domain = "event",
    .size = sizeof(struct event_group),
    .ops = &ops,
    .update = update,
    .changed = changed,
    .init = init,
    .fini = fini,
};
