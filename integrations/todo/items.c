/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items of a list. What a change says is copied into one block: the pool may work on it when the call has long been given up,
 * and the list it was taken from may have changed meanwhile.
 */
#include "items.h"

#include <stdlib.h>
#include <string.h>

#include <hass/domain.h>

static const struct todo_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

/* True when a table, which may be older than ours, has the member. */
#define HAS(entity, member)                                                                        \
    (offsetof(struct todo_ops, member) < ops_of(entity)->size && ops_of(entity)->member)

/* looking */

const struct todo_item *item_find(struct hass_entity *entity, const char *text)
{
    const struct todo_item *items, *named = NULL;
    size_t count = ops_of(entity)->items(entity, &items);

    for (size_t i = 0; i < count; i++) {
        if (items[i].uid && !strcmp(items[i].uid, text))
            return &items[i];
        if (!named && !strcmp(items[i].summary, text))
            named = &items[i];
    }
    return named;
}

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text)
        json_object_set_new(object, key, json_string(text));
}

static const char *status_of(const struct todo_item *item)
{
    return item->completed ? "completed" : "needs_action";
}

json_t *item_as_json(const struct todo_item *item)
{
    json_t *object = json_object();

    set_text(object, "summary", item->summary);
    set_text(object, "uid", item->uid);
    set_text(object, "status", status_of(item));
    set_text(object, "due", item->due);
    set_text(object, "description", item->description);
    return object;
}

static bool is_wanted(const struct todo_item *item, const json_t *statuses)
{
    size_t i;
    json_t *status;

    json_array_foreach(statuses, i, status) {
        if (!strcmp(json_string_value(status), status_of(item)))
            return true;
    }
    return !statuses;
}

json_t *items_as_json(struct hass_entity *entity, const json_t *statuses)
{
    const struct todo_item *items;
    size_t count = ops_of(entity)->items(entity, &items);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        if (is_wanted(&items[i], statuses))
            json_array_append_new(list, item_as_json(&items[i]));
    }
    return list;
}

/* copies in one block */

static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

/* Puts @text where *@room points, which moves on. NULL stays NULL. */
static const char *place(char **room, const char *text)
{
    if (!text)
        return NULL;
    char *copy = *room;
    *room = stpcpy(copy, text) + 1;
    return copy;
}

struct todo_item *item_copy(const struct todo_item *item)
{
    size_t texts = text_size(item->uid) + text_size(item->summary) + text_size(item->due) +
                   text_size(item->description);
    struct todo_item *copy = malloc(sizeof(*copy) + texts);
    char *room = (char *)(copy + 1);

    *copy = (struct todo_item){
        .size = sizeof(*copy),
        .uid = place(&room, item->uid),
        .summary = place(&room, item->summary),
        .completed = item->completed,
        .due = place(&room, item->due),
        .description = place(&room, item->description),
    };
    return copy;
}

struct todo_uids *uids_copy(const char *const *uids, uint32_t count)
{
    size_t texts = 0;

    for (uint32_t i = 0; i < count; i++)
        texts += text_size(uids[i]);
    struct todo_uids *copy = malloc(sizeof(*copy) + count * sizeof(char *) + texts);
    const char **list = (const char **)(copy + 1);
    char *room = (char *)(list + count);
    *copy = (struct todo_uids){ .size = sizeof(*copy), .count = count, .uids = list };
    for (uint32_t i = 0; i < count; i++)
        list[i] = place(&room, uids[i]);
    return copy;
}

struct todo_move *move_copy(const char *uid, const char *previous_uid)
{
    struct todo_move *copy = malloc(sizeof(*copy) + text_size(uid) + text_size(previous_uid));
    char *room = (char *)(copy + 1);

    *copy = (struct todo_move){
        .size = sizeof(*copy),
        .uid = place(&room, uid),
        .previous_uid = place(&room, previous_uid),
    };
    return copy;
}

/* changes */

/* Defines items_async_<member>: one of the pair of ops gets @change, which is freed when the last use has ended. */
#define CHANGE(member, type)                                                                       \
    static HASS_BLOCKING int member##_on_pool(struct hass_worker *worker,                          \
                                              struct hass_entity *entity, void *values, void *arg, \
                                              struct hass_error *err)                              \
    {                                                                                              \
        return ops_of(entity)->member(worker, entity, arg, values, err);                           \
    }                                                                                              \
    int items_async_##member(struct hass_entity *entity, struct type *change,                      \
                             struct hass_error *err)                                               \
    {                                                                                              \
        autofree struct type *owned = change;                                                      \
        int r;                                                                                     \
                                                                                                   \
        if (HAS(entity, async_##member))                                                           \
            r = ops_of(entity)->async_##member(entity, owned, err);                                \
        else if (HAS(entity, member))                                                              \
            r = hass_entity_async_work(entity, member##_on_pool, steal(owned), free, err);         \
        else                                                                                       \
            r = hass_fail(err, HASS_E_UNSUPPORTED, "%s cannot do that",                            \
                          hass_entity_async_entity_id(entity));                                    \
        return r < 0 ? r : hass_entity_async_write_ha_state(entity, err);                          \
    }

CHANGE(create, todo_item)
CHANGE(update, todo_item)
CHANGE(remove, todo_uids)
CHANGE(move, todo_move)
