/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain todo: lists of things to do. The state is the number of open items.
 *
 * Configuration: a list of platforms (`todo: [{platform: …}]`); the domain has no options of its own.
 *
 * todo.c       manifest, state, services
 * items.c      items, and how changes reach a platform
 * websocket.c  what clients ask beside services
 */
#include "todo.h"

#include <string.h>

#include <hass/domain.h>
#include <hass/dt.h>
#include <hass/integration.h>
#include <hass/vec.h>

#include "items.h"
#include "websocket.h"

#define MAX_SUMMARY     1024 /* characters */
#define MAX_DESCRIPTION 65536
#define MAX_ITEMS       1000 /* of one call */

HASS_MANIFEST(.domain = "todo", .name = "To-do list", .version = HASS_VERSION,
              .after_dependencies = HASS_LIST("websocket_api"));

/* state */

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct todo_ops *ops = hass_entity_domain_ops(entity);
    const struct todo_item *items;
    size_t count = ops->items(entity, &items);
    int64_t open = 0;

    for (size_t i = 0; i < count; i++)
        open += !items[i].completed;
    todo_tell_subscribers(entity);
    return HASS_INT(open);
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .data_size = sizeof(struct todo_watch),
};

/* what a list can keep of an item */

/* Fails when @data gives something that the list has no place for. */
static int check_fields(const struct hass_entity *entity, const json_t *data,
                        struct hass_error *err)
{
    static const struct {
        const char *key;
        uint32_t feature;
    } fields[] = {
        { "due_date", TODO_FEATURE_DUE_DATE },
        { "due_datetime", TODO_FEATURE_DUE_DATETIME },
        { "description", TODO_FEATURE_DESCRIPTION },
    };
    uint32_t features = hass_entity_description(entity)->supported_features;

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (hass_json_get(data, fields[i].key) && !(features & fields[i].feature))
            return hass_fail_key(err, HASS_E_SERVICE_VALIDATION, "update_field_not_supported",
                                 "the list does not keep %s", fields[i].key);
    }
    return 0;
}

/* The text of a key that may clear it by null; @former when the key is absent. */
static const char *given(const json_t *data, const char *key, const char *former)
{
    const json_t *value = hass_json_get(data, key);

    return value ? json_string_value(value) : former;
}

/* When it is due: a date, or a date and time in the home's zone, which is written into @text. */
static const char *due(struct hass *hass, const json_t *data, const char *former,
                       char text[HASS_DT_TEXT])
{
    const char *moment = given(data, "due_datetime", NULL);
    int64_t time;

    if (!moment)
        return hass_json_get(data, "due_datetime") ? NULL : given(data, "due_date", former);
    struct hass_zone *zone = hass_config_zone(hass);
    if (hass_dt_parse(moment, zone, &time, NULL) == 0)
        hass_dt_iso(time, zone, text);
    hass_zone_unref(zone);
    return text;
}

/* services */

HASS_SCHEMA(add_schema,
            HASS_FIELD("item", &hass_type_string, .required = true, .min = 1, .max = MAX_SUMMARY,
                       .doc = "What is to be done"),
            HASS_FIELD("due_date", &hass_type_date, .exclusive = "due", .doc = "By which day"),
            HASS_FIELD("due_datetime", &hass_type_datetime, .exclusive = "due", .doc = "By when"),
            HASS_FIELD("description", &hass_type_string, .max = MAX_DESCRIPTION,
                       .doc = "More about it"));

static HASS_COROUTINE int add_item(struct hass_entity *entity, const struct hass_service_call *call,
                                   struct hass_error *err)
{
    const json_t *data = hass_service_call_data(call);
    char text[HASS_DT_TEXT] = "";
    const struct todo_item item = {
        .size = sizeof(item),
        .summary = hass_json_get_string(data, "item", ""),
        .due = due(hass_entity_hass(entity), data, NULL, text),
        .description = given(data, "description", NULL),
    };
    int r = check_fields(entity, data, err);

    return r < 0 ? r : items_async_create(entity, item_copy(&item), err);
}

static int check_update(const json_t *data, struct hass_error *err)
{
    static const char *const keys[] = { "rename", "status", "due_date", "due_datetime",
                                        "description" };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (hass_json_get(data, keys[i]))
            return 0;
    }
    return hass_fail(err, HASS_E_INVALID,
                     "must contain at least one of rename, status, due_date, due_datetime, "
                     "description");
}

#define STATUSES HASS_WORDS("needs_action", "completed")

HASS_SCHEMA_WITH(update_schema, (.check = check_update),
                 HASS_FIELD("item", &hass_type_string, .required = true, .min = 1,
                            .max = MAX_SUMMARY, .doc = "The item's uid or text"),
                 HASS_FIELD("rename", &hass_type_string, .min = 1, .max = MAX_SUMMARY,
                            .doc = "Its new text"),
                 HASS_FIELD("status", &hass_type_enum, .words = STATUSES,
                            .doc = "Whether it is done"),
                 HASS_FIELD("due_date", &hass_type_date, .nullable = true, .exclusive = "due",
                            .doc = "By which day"),
                 HASS_FIELD("due_datetime", &hass_type_datetime, .nullable = true,
                            .exclusive = "due", .doc = "By when"),
                 HASS_FIELD("description", &hass_type_string, .nullable = true,
                            .max = MAX_DESCRIPTION, .doc = "More about it"));

static HASS_CALLBACK int find(struct hass_entity *entity, const char *text,
                              const struct todo_item **ret_item, struct hass_error *err)
{
    *ret_item = item_find(entity, text);
    return *ret_item ? 0
                     : hass_fail_key(err, HASS_E_SERVICE_VALIDATION, "item_not_found",
                                     "unable to find to-do item: %s", text);
}

static HASS_COROUTINE int update_item(struct hass_entity *entity,
                                      const struct hass_service_call *call, struct hass_error *err)
{
    const json_t *data = hass_service_call_data(call);
    const struct todo_item *former;
    char text[HASS_DT_TEXT] = "";
    int r = find(entity, hass_json_get_string(data, "item", ""), &former, err);

    if (r >= 0)
        r = check_fields(entity, data, err);
    if (r < 0)
        return r;
    const char *status = hass_json_get_string(data, "status", NULL);
    const struct todo_item item = {
        .size = sizeof(item),
        .uid = former->uid,
        .summary = hass_json_get_string(data, "rename", former->summary),
        .completed = status ? !strcmp(status, "completed") : former->completed,
        .due = due(hass_entity_hass(entity), data, former->due, text),
        .description = given(data, "description", former->description),
    };
    return items_async_update(entity, item_copy(&item), err);
}

static int check_remove(const json_t *data, struct hass_error *err)
{
    size_t count = json_array_size(hass_json_get(data, "item"));

    return count <= MAX_ITEMS ? 0
                              : hass_fail(err, HASS_E_INVALID, "expected at most %d items, got %zu",
                                          MAX_ITEMS, count);
}

HASS_SCHEMA_WITH(remove_schema, (.check = check_remove),
                 HASS_FIELD("item", &hass_type_string, .list = true, .required = true, .min = 1,
                            .max = MAX_SUMMARY,
                            .doc = "Uids or texts of what is taken from the list"));

/* Uids that are lent by an entity's items. */
struct uid_list {
    const char **data;
    size_t length, capacity;
};

static HASS_COROUTINE int remove_uids(struct hass_entity *entity, struct uid_list *list,
                                      struct hass_error *err)
{
    struct todo_uids *uids = uids_copy(list->data, (uint32_t)list->length);

    vec_fini(list);
    return items_async_remove(entity, uids, err);
}

static HASS_COROUTINE int remove_item(struct hass_entity *entity,
                                      const struct hass_service_call *call, struct hass_error *err)
{
    const json_t *wanted = hass_json_get(hass_service_call_data(call), "item");
    struct uid_list list = { 0 };
    const struct todo_item *item;
    size_t i;
    json_t *text;

    json_array_foreach(wanted, i, text) {
        int r = find(entity, json_string_value(text), &item, err);
        if (r < 0) {
            vec_fini(&list);
            return r;
        }
        vec_push(&list, item->uid);
    }
    return remove_uids(entity, &list, err);
}

static HASS_COROUTINE int remove_completed_items(struct hass_entity *entity,
                                                 const struct hass_service_call *call,
                                                 struct hass_error *err)
{
    const struct todo_ops *ops = hass_entity_domain_ops(entity);
    const struct todo_item *items;
    size_t count = ops->items(entity, &items);
    struct uid_list list = { 0 };

    for (size_t i = 0; i < count; i++) {
        if (items[i].completed)
            vec_push(&list, items[i].uid);
    }
    return list.length ? remove_uids(entity, &list, err) : 0;
}

HASS_SCHEMA(get_schema, HASS_FIELD("status", &hass_type_enum, .list = true, .words = STATUSES,
                                   .doc = "Only items of this status"));

static HASS_COROUTINE int get_items(struct hass_entity *entity,
                                    const struct hass_service_call *call, struct hass_error *err)
{
    const json_t *statuses = hass_json_get(hass_service_call_data(call), "status");

    return hass_service_call_respond(call,
                                     json_pack("{s:o}", "items", items_as_json(entity, statuses)));
}

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("add_item", "Adds an item", .schema = &add_schema,
                        .required_features = TODO_FEATURE_CREATE_ITEM, .async_handler = add_item),
    HASS_ENTITY_SERVICE("update_item", "Changes an item", .schema = &update_schema,
                        .required_features = TODO_FEATURE_UPDATE_ITEM,
                        .async_handler = update_item),
    HASS_ENTITY_SERVICE("remove_item", "Takes items from the list", .schema = &remove_schema,
                        .required_features = TODO_FEATURE_DELETE_ITEM,
                        .async_handler = remove_item),
    HASS_ENTITY_SERVICE("remove_completed_items", "Takes what is done from the list",
                        .required_features = TODO_FEATURE_DELETE_ITEM,
                        .async_handler = remove_completed_items),
    HASS_ENTITY_SERVICE("get_items", "Gets the items of a list", .schema = &get_schema,
                        .supports_response = HASS_RESPONSE_ONLY, .async_handler = get_items),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    int r = HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "todo", .ops = &domain_ops);

    return r < 0 ? r : todo_add_commands(hass, err);
}
