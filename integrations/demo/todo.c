/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A shopping list. What an entity knows and cannot put into a plain struct is its userdata, which it frees itself.
 */
#include "todo/todo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hass/vec.h>

#include "parts.h"

struct list {
    HASS_VEC(struct todo_item) items; /* their texts are the list's */
    unsigned last_uid;
};

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

static void free_texts(const struct todo_item *item)
{
    free((char *)item->uid);
    free((char *)item->summary);
    free((char *)item->due);
    free((char *)item->description);
}

static struct todo_item own(const struct todo_item *item, const char *uid)
{
    return (struct todo_item){
        .size = sizeof(struct todo_item),
        .uid = copy(uid),
        .summary = copy(item->summary),
        .completed = item->completed,
        .due = copy(item->due),
        .description = copy(item->description),
    };
}

static void append(struct list *list, const struct todo_item *item)
{
    char uid[16];

    snprintf(uid, sizeof(uid), "%u", ++list->last_uid);
    vec_push(&list->items, own(item, uid));
}

static size_t place_of(const struct list *list, const char *uid)
{
    size_t i = 0;

    while (i < list->items.length && strcmp(list->items.data[i].uid, uid) != 0)
        i++;
    return i;
}

static size_t items(struct hass_entity *entity, const struct todo_item **ret_items)
{
    const struct list *list = hass_entity_userdata(entity);

    *ret_items = list->items.data;
    return list->items.length;
}

static HASS_COROUTINE int create(struct hass_entity *entity, const struct todo_item *item,
                                 struct hass_error *err)
{
    append(hass_entity_userdata(entity), item);
    return 0;
}

static HASS_COROUTINE int update(struct hass_entity *entity, const struct todo_item *item,
                                 struct hass_error *err)
{
    struct list *list = hass_entity_userdata(entity);
    size_t place = place_of(list, item->uid);

    if (place == list->items.length)
        return hass_fail(err, HASS_E_NOT_FOUND, "item %s has gone", item->uid);
    free_texts(&list->items.data[place]);
    list->items.data[place] = own(item, item->uid);
    return 0;
}

static HASS_COROUTINE int take(struct hass_entity *entity, const struct todo_uids *uids,
                               struct hass_error *err)
{
    struct list *list = hass_entity_userdata(entity);

    for (uint32_t i = 0; i < uids->count; i++) {
        size_t place = place_of(list, uids->uids[i]);
        if (place == list->items.length)
            continue;
        free_texts(&list->items.data[place]);
        vec_remove(&list->items, place);
    }
    return 0;
}

static HASS_COROUTINE int move(struct hass_entity *entity, const struct todo_move *move,
                               struct hass_error *err)
{
    struct list *list = hass_entity_userdata(entity);
    const char *previous = move->previous_uid;
    size_t from = place_of(list, move->uid);

    if (from == list->items.length || (previous && place_of(list, previous) == list->items.length))
        return hass_fail(err, HASS_E_NOT_FOUND, "item %s or that before it has gone", move->uid);
    if (previous && !strcmp(previous, move->uid))
        return 0;
    struct todo_item item = list->items.data[from];
    vec_remove(&list->items, from);
    size_t to = previous ? place_of(list, previous) + 1 : 0;
    vec_push(&list->items, item);
    for (size_t i = list->items.length - 1; i > to; i--)
        list->items.data[i] = list->items.data[i - 1];
    list->items.data[to] = item;
    return 0;
}

static void destroy(struct hass_entity *entity)
{
    struct list *list = hass_entity_userdata(entity);

    vec_foreach(&list->items, item)
        free_texts(item);
    vec_fini(&list->items);
    free(list);
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.destroy = destroy);
static const struct todo_ops shopping =
    TODO_OPS(.items = items, .async_create = create, .async_update = update, .async_remove = take,
             .async_move = move);
static const struct hass_entity_description shopping_list =
    HASS_ENTITY_DESCRIPTION(.name = "Shopping List", .unique_id = "todo_1",
                            .device_info = &demo_family, .has_supported_features = true,
                            .supported_features =
                                TODO_FEATURE_CREATE_ITEM | TODO_FEATURE_DELETE_ITEM |
                                TODO_FEATURE_UPDATE_ITEM | TODO_FEATURE_MOVE_ITEM |
                                TODO_FEATURE_DUE_DATE | TODO_FEATURE_DUE_DATETIME |
                                TODO_FEATURE_DESCRIPTION);

int demo_add_todo(struct hass_platform *platform, struct hass_error *err)
{
    static const struct todo_item start[] = {
        { .size = sizeof(struct todo_item), .summary = "Milk" },
        { .size = sizeof(struct todo_item), .summary = "Bread", .completed = true },
        { .size = sizeof(struct todo_item), .summary = "Light bulbs", .description = "E27, warm" },
    };
    struct list *list = calloc(1, sizeof(*list));

    for (size_t i = 0; i < sizeof(start) / sizeof(start[0]); i++)
        append(list, &start[i]);
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &shopping_list, &shopping, NULL, list);
    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
