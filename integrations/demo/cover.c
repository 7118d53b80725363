/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A blind that takes two seconds for its way: the command waits, and the state shows that it moves.
 */
#include "cover/cover.h"

#include <hass/task.h>

#include "parts.h"

#define WAY 2.0 /* seconds */

struct values {
    struct cover_state cover;
};

static HASS_CALLBACK const struct cover_state *state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return &values->cover;
}

static HASS_CALLBACK void show(struct hass_entity *entity, int64_t position, int64_t wanted)
{
    struct values *values = hass_entity_async_values(entity);

    values->cover = (struct cover_state){
        .size = sizeof(values->cover),
        .is_opening = wanted > position,
        .is_closing = wanted < position,
        .is_closed = HASS_BOOL(position == 0),
        .position = HASS_INT(position),
    };
}

static HASS_COROUTINE int command(struct hass_entity *entity, const struct cover_command *command,
                                  struct hass_error *err)
{
    int wanted = command->position;

    if (command->action != COVER_ACTION_SET_POSITION)
        wanted = command->action == COVER_ACTION_OPEN ? 100 : 0;
    show(entity, state(entity)->position.integer, wanted);
    int r = hass_entity_async_write_ha_state(entity, err);
    if (r >= 0)
        r = hass_async_sleep(hass_entity_hass(entity), WAY, err);
    show(entity, wanted, wanted);
    return r;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct cover_ops cover_ops = COVER_OPS(.state = state, .async_command = command);
static const struct hass_entity_description blind =
    HASS_ENTITY_DESCRIPTION(.name = "Kitchen Blind", .unique_id = "cover1",
                            .device_info = &demo_kitchen_blind, .device_class = "blind",
                            .supported_features = COVER_OPEN | COVER_CLOSE | COVER_SET_POSITION);

int demo_add_cover(struct hass_platform *platform, struct hass_error *err)
{
    const struct values half = {
        .cover = { .size = sizeof(half.cover),
                   .is_closed = HASS_BOOL(false),
                   .position = HASS_INT(50) },
    };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &blind, &cover_ops, &half, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
