/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients ask of lists, with the demo's: items, what becomes of them, and moving one.
 */
#include <string.h>

#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"

#define MILK  "{'uid':'1','summary':'Milk','status':'needs_action'}"
#define BREAD "{'uid':'2','summary':'Bread','status':'completed'}"
#define BULBS                                                                                      \
    "{'uid':'3','summary':'Light bulbs','status':'needs_action','description':'E27, warm'}"
#define LIST "'entity_id':'todo.shopping_list'"

static struct client *client;

static struct hass *home(void) HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *home(void)
{
    struct hass *hass = test_home("demo:\n");

    client = client_open(hass, NULL, false);
    return hass;
}

static HASS_CALLBACK const json_t *ask(const char *message)
{
    const json_t *answer = client_ask(client, message);

    ck_assert_msg(hass_json_get_bool(answer, "success", false), "%s",
                  hass_json_get_string(hass_json_get(answer, "error"), "message", ""));
    return hass_json_get(answer, "result");
}

static HASS_CALLBACK const json_t *next_event(void)
{
    return hass_json_get(client_next(client), "event");
}

START_TEST(the_items_of_a_list_are_told)
{
    home();
    hass__assert_loop();
    ck_assert_json(ask("{'type':'todo/item/list'," LIST "}"),
                   "{'items':[" MILK "," BREAD "," BULBS "]}");
}
END_TEST

START_TEST(a_subscriber_is_told_of_each_change)
{
    struct hass *hass = home();

    hass__assert_loop();
    ck_assert_json(ask("{'type':'todo/item/subscribe'," LIST "}"), "null");
    ck_assert_json(next_event(), "{'items':[" MILK "," BREAD "," BULBS "]}");
    home_call(hass, "todo", "remove_completed_items", "{" LIST "}", NULL);
    ck_assert_json(next_event(), "{'items':[" MILK "," BULBS "]}");
    /* One that leaves the state as it is. */
    home_call(hass, "todo", "update_item", "{" LIST ",'item':'1','rename':'Oat milk'}", NULL);
    ck_assert_str_eq(hass_json_get_string(json_array_get(hass_json_get(next_event(), "items"), 0),
                                          "summary", ""),
                     "Oat milk");
    /* What changes nothing is not told, nor is anything to who has unsubscribed. */
    home_call(hass, "homeassistant", "update_entity", "{" LIST "}", NULL);
    ck_assert_ptr_null(client_next(client));
    ask("{'type':'unsubscribe_events','subscription':1}");
    home_call(hass, "todo", "remove_item", "{" LIST ",'item':'1'}", NULL);
    ck_assert_ptr_null(client_next(client));
}
END_TEST

START_TEST(a_list_may_go_while_it_is_watched)
{
    struct hass *hass = home();

    hass__assert_loop();
    ask("{'type':'todo/item/subscribe'," LIST "}");
    ck_assert_ptr_nonnull(next_event());
    ck_assert_int_eq(loader_unload(hass, "demo", NULL), 0);
    ck_assert_str_eq(client_error(client_ask(client, "{'type':'todo/item/list'," LIST "}")),
                     "not_found");
}
END_TEST

/* What is moved, and the uids afterwards. */
static const char *const moves[][2] = {
    { "'uid':'3'", "312" },
    { "'uid':'3','previous_uid':null", "312" },
    { "'uid':'3','previous_uid':'1'", "132" },
    { "'uid':'1','previous_uid':'3'", "231" },
    { "'uid':'1','previous_uid':'2'", "213" },
    { "'uid':'2','previous_uid':'2'", "123" },
};

START_TEST(an_item_is_moved)
{
    char message[200], order[8] = "";
    size_t i;
    json_t *item;

    home();
    hass__assert_loop();
    snprintf(message, sizeof(message), "{'type':'todo/item/move'," LIST ",%s}", moves[_i][0]);
    ck_assert_json(ask(message), "null");
    const json_t *items = hass_json_get(ask("{'type':'todo/item/list'," LIST "}"), "items");
    json_array_foreach(items, i, item)
        strcat(order, hass_json_get_string(item, "uid", "?"));
    ck_assert_str_eq(order, moves[_i][1]);
}
END_TEST

static const char *const refused[][2] = {
    { "{'type':'todo/item/list','entity_id':'todo.none'}", "not_found" },
    { "{'type':'todo/item/list'}", "invalid_format" },
    { "{'type':'todo/item/list','entity_id':'light.bed_light'}", "not_found" },
    { "{'type':'todo/item/subscribe','entity_id':'todo.none'}", "invalid_entity_id" },
    { "{'type':'todo/item/move','entity_id':'todo.none','uid':'1'}", "not_found" },
    { "{'type':'todo/item/move'," LIST "}", "invalid_format" },
    { "{'type':'todo/item/move'," LIST ",'uid':'9'}", "failed" },
    { "{'type':'todo/item/move'," LIST ",'uid':'1','previous_uid':'9'}", "failed" },
};

START_TEST(what_is_wrong_is_refused)
{
    home();
    hass__assert_loop();
    ck_assert_str_eq(client_error(client_ask(client, refused[_i][0])), refused[_i][1]);
}
END_TEST

CASES_MAIN("todo: messages", ONCE(the_items_of_a_list_are_told),
           ONCE(a_subscriber_is_told_of_each_change), ONCE(a_list_may_go_while_it_is_watched),
           ROWS(an_item_is_moved, moves), ROWS(what_is_wrong_is_refused, refused))
