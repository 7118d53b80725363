/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of locks and of buttons. Locked when all members are; jammed, moving or open when one is.
 */
#include "lock/lock.h"

#include <string.h>

#include "button/button.h"
#include "group.h"

struct lock_group {
    struct group group;
    struct lock_state state;
};

static HASS_CALLBACK size_t count(struct hass_entity *entity, const char *text)
{
    const struct hass_state *state;
    size_t number = 0;

    for (size_t i = 0; group_next(entity, &i, &state);)
        number += strcmp(hass_state_state(state), text) == 0;
    return number;
}

static HASS_CALLBACK void update(struct hass_entity *entity)
{
    struct lock_group *locks = hass_entity_userdata(entity);
    struct group_view view = group_look(entity);
    bool known = view.known > 0;

    locks->group.available = view.available > 0;
    locks->group.description.supported_features = LOCK_OPEN;
    locks->state = (struct lock_state){
        .size = sizeof(locks->state),
        .is_locked = known ? HASS_BOOL(count(entity, "locked") == view.members) : HASS_NONE,
        .is_jammed = known && count(entity, "jammed") > 0,
        .is_locking = known && count(entity, "locking") > 0,
        .is_unlocking = known && count(entity, "unlocking") > 0,
        .is_opening = known && count(entity, "opening") > 0,
        .is_open = known && count(entity, "open") > 0,
    };
}

static const struct lock_state *state(struct hass_entity *entity)
{
    const struct lock_group *locks = hass_entity_userdata(entity);

    return &locks->state;
}

static HASS_COROUTINE int tell(struct hass_entity *entity, const struct lock_command *command,
                               struct hass_error *err)
{
    static const char *const services[] = {
        [LOCK_ACTION_LOCK] = "lock",
        [LOCK_ACTION_UNLOCK] = "unlock",
        [LOCK_ACTION_OPEN] = "open",
    };
    json_t *data = *command->code ? json_pack("{s:s}", "code", command->code) : NULL;

    return group_tell(entity, services[command->action], data,
                      command->action == LOCK_ACTION_OPEN ? LOCK_OPEN : 0, err);
}

GROUP_SCHEMA(group_lock_schema, "Lock Group");
static const struct lock_ops lock_ops = LOCK_OPS(.state = state, .async_command = tell);
const struct group_kind group_lock = {
    .domain = "lock",
    .size = sizeof(struct lock_group),
    .ops = &lock_ops,
    .update = update,
};

/* buttons */

static HASS_CALLBACK void update_button(struct hass_entity *entity)
{
    struct group *group = hass_entity_userdata(entity);

    group->available = group_look(entity).available > 0;
}

static HASS_COROUTINE int press(struct hass_entity *entity, struct hass_error *err)
{
    return group_tell(entity, "press", NULL, 0, err);
}

GROUP_SCHEMA(group_button_schema, "Button Group");
static const struct button_ops button_ops = BUTTON_OPS(.async_press = press);
const struct group_kind group_button = {
    .domain = "button",
    .size = sizeof(struct group),
    .ops = &button_ops,
    .update = update_button,
};
