/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of things to do: counted, read, changed on the loop and on the pool, and what is refused.
 */
#include <string.h>

#include "support/client.h"
#include "support/home.h"
#include "todo/todo.h"

#define ALL_FEATURES                                                                               \
    (TODO_FEATURE_CREATE_ITEM | TODO_FEATURE_DELETE_ITEM | TODO_FEATURE_UPDATE_ITEM |              \
     TODO_FEATURE_DUE_DATE | TODO_FEATURE_DUE_DATETIME | TODO_FEATURE_DESCRIPTION)

/* A list with two items, and what was asked of it last. */
static const struct todo_item stock[] = {
    { .size = sizeof(struct todo_item), .uid = "1", .summary = "Milk", .due = "2024-02-01" },
    { .size = sizeof(struct todo_item), .uid = "2", .summary = "Bread", .completed = true },
};

static struct {
    char text[256];
    unsigned calls;
    bool on_loop;
} last;

static size_t items(struct hass_entity *entity, const struct todo_item **ret_items)
{
    *ret_items = stock;
    return 2;
}

static void remember(struct hass_entity *entity, const struct todo_item *item)
{
    last.calls++;
    last.on_loop = hass_on_loop(hass_entity_hass(entity));
    snprintf(last.text, sizeof(last.text), "%s|%s|%d|%s|%s", item->uid ? item->uid : "",
             item->summary, item->completed, item->due ? item->due : "",
             item->description ? item->description : "");
}

static HASS_COROUTINE int change(struct hass_entity *entity, const struct todo_item *item,
                                 struct hass_error *err)
{
    remember(entity, item);
    return 0;
}

static HASS_BLOCKING int change_on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                        const struct todo_item *item, void *values,
                                        struct hass_error *err)
{
    remember(entity, item);
    return 0;
}

static void remember_uids(const struct todo_uids *uids)
{
    last.calls++;
    last.text[0] = '\0';
    for (uint32_t i = 0; i < uids->count; i++)
        strcat(strcat(last.text, uids->uids[i]), ";");
}

static HASS_COROUTINE int take(struct hass_entity *entity, const struct todo_uids *uids,
                               struct hass_error *err)
{
    remember_uids(uids);
    return 0;
}

static HASS_BLOCKING int take_on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                      const struct todo_uids *uids, void *values,
                                      struct hass_error *err)
{
    remember_uids(uids);
    return 0;
}

static HASS_BLOCKING int move_on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                      const struct todo_move *move, void *values,
                                      struct hass_error *err)
{
    last.on_loop = hass_on_loop(hass_entity_hass(entity));
    snprintf(last.text, sizeof(last.text), "%s after %s", move->uid,
             move->previous_uid ? move->previous_uid : "nothing");
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS();
static const struct todo_ops loop_ops =
    TODO_OPS(.items = items, .async_create = change, .async_update = change, .async_remove = take);
static const struct todo_ops pool_ops =
    TODO_OPS(.items = items, .create = change_on_pool, .update = change_on_pool,
             .remove = take_on_pool, .move = move_on_pool);
static const struct todo_ops fixed_ops = TODO_OPS(.items = items);
static const struct hass_entity_description loop =
    HASS_ENTITY_DESCRIPTION(.name = "Loop", .supported_features = ALL_FEATURES,
                            .has_supported_features = true);
static const struct hass_entity_description pool =
    HASS_ENTITY_DESCRIPTION(.name = "Pool",
                            .supported_features = TODO_FEATURE_CREATE_ITEM |
                                                  TODO_FEATURE_UPDATE_ITEM |
                                                  TODO_FEATURE_DELETE_ITEM | TODO_FEATURE_MOVE_ITEM,
                            .has_supported_features = true);
static const struct hass_entity_description fixed = HASS_ENTITY_DESCRIPTION(.name = "Fixed");

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entities[] = {
        hass_entity_new(hass, &ops, &loop, &loop_ops, NULL, NULL),
        hass_entity_new(hass, &ops, &pool, &pool_ops, NULL, NULL),
        hass_entity_new(hass, &ops, &fixed, &fixed_ops, NULL, NULL),
    };

    return hass_component_async_add_entities(hass_component_async_get(hass, "todo"), entities, 3,
                                             err);
}

static HASS_CALLBACK struct hass *home(void)
{
    struct hass *hass = test_home("homeassistant:\n  time_zone: Europe/Berlin\ntodo:\n");

    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    return hass;
}

START_TEST(the_state_counts_what_is_open)
{
    hass__assert_loop();
    ck_assert_str_eq(home_state(home(), "todo.loop"), "1");
}
END_TEST

struct query {
    const char *data;
    json_t *response;
};

static HASS_COROUTINE int ask(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct query *query = userdata;
    const struct hass_call_options options = { .size = sizeof(options),
                                               .blocking = true,
                                               .return_response = true };

    return hass_services_async_call(hass, "todo", "get_items", test_json(query->data), &options,
                                    &query->response, err);
}

START_TEST(items_are_read_all_or_by_status)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct query all = { "{'entity_id':'todo.loop'}", NULL };
    struct query done = { "{'entity_id':'todo.loop','status':'completed'}", NULL };

    ck_assert_int_eq(test_run_coroutine(hass, ask, &all), 0);
    ck_assert_json(all.response,
                   "{'todo.loop':{'items':["
                   "{'uid':'1','summary':'Milk','status':'needs_action','due':'2024-02-01'},"
                   "{'uid':'2','summary':'Bread','status':'completed'}]}}");
    ck_assert_int_eq(test_run_coroutine(hass, ask, &done), 0);
    ck_assert_json(done.response,
                   "{'todo.loop':{'items':[{'uid':'2','summary':'Bread','status':'completed'}]}}");
    json_decref(all.response);
    json_decref(done.response);
}
END_TEST

static const struct {
    const char *service, *data, *wanted;
} changes[] = {
    { "add_item", "{'entity_id':'todo.loop','item':'Soap'}", "|Soap|0||" },
    { "add_item", "{'entity_id':'todo.pool','item':'Soap'}", "|Soap|0||" },
    { "add_item", "{'entity_id':'todo.loop','item':'Tax','due_date':'2024-5-31','description':'x'}",
      "|Tax|0|2024-05-31|x" },
    { "add_item", "{'entity_id':'todo.loop','item':'Call','due_datetime':'2024-07-01 08:00:00'}",
      "|Call|0|2024-07-01T08:00:00+02:00|" },
    { "add_item", "{'entity_id':'todo.loop','item':'Call','due_datetime':'2024-07-01T08:00:00Z'}",
      "|Call|0|2024-07-01T10:00:00+02:00|" },
    { "update_item", "{'entity_id':'todo.loop','item':'1','status':'completed'}",
      "1|Milk|1|2024-02-01|" },
    { "update_item", "{'entity_id':'todo.pool','item':'Bread','rename':'Rolls'}", "2|Rolls|1||" },
    { "update_item", "{'entity_id':'todo.loop','item':'Milk','due_date':null}", "1|Milk|0||" },
    { "update_item", "{'entity_id':'todo.loop','item':'Milk','due_datetime':null}", "1|Milk|0||" },
    { "remove_item", "{'entity_id':'todo.loop','item':['Bread','1']}", "2;1;" },
    { "remove_item", "{'entity_id':'todo.pool','item':'2'}", "2;" },
    { "remove_completed_items", "{'entity_id':'todo.pool'}", "2;" },
};

START_TEST(changes_reach_the_platform)
{
    hass__assert_loop();
    struct hass *hass = home();

    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        struct hass_error err = HASS_ERROR_INIT;
        ck_assert_msg(home_call(hass, "todo", changes[i].service, changes[i].data, &err) == 0,
                      "%s: %s", changes[i].data, err.message);
        ck_assert_str_eq(last.text, changes[i].wanted);
    }
}
END_TEST

START_TEST(the_pool_is_used_where_the_ops_say)
{
    hass__assert_loop();
    struct hass *hass = home();

    home_call(hass, "todo", "add_item", "{'entity_id':'todo.pool','item':'Soap'}", NULL);
    ck_assert(!last.on_loop);
    home_call(hass, "todo", "add_item", "{'entity_id':'todo.loop','item':'Soap'}", NULL);
    ck_assert(last.on_loop);
}
END_TEST

static const struct {
    const char *service, *data;
    int code;
    const char *message;
} refusals[] = {
    { "add_item", "{'entity_id':'todo.loop'}", HASS_E_INVALID, "item" },
    { "add_item", "{'entity_id':'todo.loop','item':''}", HASS_E_INVALID, "item" },
    { "add_item", "{'entity_id':'todo.loop','item':'a','due_date':'2024-02-30'}", HASS_E_INVALID,
      "a date such as" },
    { "add_item",
      "{'entity_id':'todo.loop','item':'a','due_date':'2024-02-01','due_datetime':'2024-02-01'}",
      HASS_E_INVALID, "due_date" },
    { "add_item", "{'entity_id':'todo.pool','item':'a','description':'b'}",
      HASS_E_SERVICE_VALIDATION, "the list does not keep description" },
    { "add_item", "{'entity_id':'todo.fixed','item':'a'}", HASS_E_UNSUPPORTED, "todo.fixed" },
    { "update_item", "{'entity_id':'todo.loop','item':'Milk'}", HASS_E_INVALID, "at least one of" },
    { "update_item", "{'entity_id':'todo.loop','item':'Beer','rename':'Wine'}",
      HASS_E_SERVICE_VALIDATION, "unable to find to-do item: Beer" },
    { "update_item", "{'entity_id':'todo.loop','item':'Milk','status':'half'}", HASS_E_INVALID,
      "needs_action" },
    { "remove_item", "{'entity_id':'todo.loop','item':['Milk','Beer']}", HASS_E_SERVICE_VALIDATION,
      "unable to find to-do item: Beer" },
    { "get_items", "{'entity_id':'todo.loop'}", HASS_E_SERVICE_VALIDATION, "response" },
};

START_TEST(an_item_is_moved_on_the_pool_where_the_ops_say)
{
    hass__assert_loop();
    struct client *client = client_open(home(), NULL, true);
    client_ask(client, "{'type':'todo/item/move','entity_id':'todo.pool','uid':'1'}");
    ck_assert_str_eq(last.text, "1 after nothing");
    ck_assert(!last.on_loop);
    client_ask(client, "{'type':'todo/item/move','entity_id':'todo.pool','uid':'1',"
                       "'previous_uid':'2'}");
    ck_assert_str_eq(last.text, "1 after 2");
    ck_assert_str_eq(client_error(client_ask(client, "{'type':'todo/item/move','entity_id':"
                                                     "'todo.loop','uid':'1'}")),
                     "not_supported");
}
END_TEST

START_TEST(what_is_wrong_is_refused_and_nothing_changes)
{
    hass__assert_loop();
    struct hass *hass = home();

    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        struct hass_error err = HASS_ERROR_INIT;
        ck_assert_int_eq(home_call(hass, "todo", refusals[i].service, refusals[i].data, &err),
                         refusals[i].code);
        ck_assert_msg(strstr(err.message, refusals[i].message), "%s: %s", refusals[i].data,
                      err.message);
    }
    ck_assert_uint_eq(last.calls, 0);
}
END_TEST

TEST_MAIN("todo", the_state_counts_what_is_open, an_item_is_moved_on_the_pool_where_the_ops_say,
          items_are_read_all_or_by_status, changes_reach_the_platform,
          the_pool_is_used_where_the_ops_say, what_is_wrong_is_refused_and_nothing_changes)
