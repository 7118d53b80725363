/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands on areas, floors, labels and categories: answers in the model's shapes, events, and what is refused.
 */
#include <string.h>

#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"

static HASS_CALLBACK struct client *admin(void)
{
    return client_open(test_home("homeassistant:\n"), NULL, true);
}

static const char *message_of(const json_t *answer)
{
    return hass_json_get_string(hass_json_get(answer, "error"), "message", "");
}

/* The result of a command that succeeds. Lent until the next. */
static HASS_CALLBACK const json_t *ask(struct client *client, const char *message)
{
    const json_t *answer = client_ask(client, message);

    ck_assert_msg(hass_json_get_bool(answer, "success", false), "%s", message_of(answer));
    return hass_json_get(answer, "result");
}

/* A row without its times, which are checked to be there. */
static json_t *without_times(const json_t *row)
{
    json_t *copy = json_copy((json_t *)row);

    ck_assert(json_is_number(json_object_get(copy, "created_at")));
    ck_assert(json_is_number(json_object_get(copy, "modified_at")));
    json_object_del(copy, "created_at");
    json_object_del(copy, "modified_at");
    return copy;
}

static HASS_CALLBACK void assert_row(struct client *client, const char *message,
                                     const char *expected)
{
    autojson *row = without_times(ask(client, message));

    ck_assert_json(row, expected);
}

/* A list's rows as the texts at @key, with blanks between them. */
static HASS_CALLBACK void assert_list(struct client *client, const char *message, const char *key,
                                      const char *expected)
{
    const json_t *list = ask(client, message);
    autobuf text = HASS_BUF_INIT;

    for (size_t i = 0; i < json_array_size(list); i++)
        hass_buf_printf(&text, "%s%s", i ? " " : "",
                        hass_json_get_string(json_array_get(list, i), key, "?"));
    ck_assert_str_eq(hass_buf_string(&text), expected);
}

static HASS_CALLBACK void assert_refused(struct client *client, const char *message,
                                         const char *code)
{
    ck_assert_str_eq(client_error(client_ask(client, message)), code);
}

static void assert_event(struct capture *seen, size_t index, const char *expected)
{
    ck_assert_uint_eq(capture_count(seen), index + 1);
    ck_assert_json(hass_event_data(capture_event(seen, index)), expected);
}

START_TEST(an_area_is_made_changed_and_deleted)
{
    hass__assert_loop();
    struct client *client = admin();
    struct capture *seen = test_capture(client_hass(client), "area_registry_updated");

    assert_row(client, "{'type':'config/area_registry/create','name':'Kitchen','aliases':['Cook']}",
               "{'area_id':'kitchen','name':'Kitchen','aliases':['Cook'],'floor_id':null,"
               "'icon':null,'labels':[],'picture':null,'humidity_entity_id':null,"
               "'temperature_entity_id':null}");
    assert_event(seen, 0, "{'action':'create','area_id':'kitchen'}");
    assert_row(client,
               "{'type':'config/area_registry/update','area_id':'kitchen','name':'Galley',"
               "'icon':'mdi:stove','aliases':[]}",
               "{'area_id':'kitchen','name':'Galley','aliases':[],'floor_id':null,"
               "'icon':'mdi:stove','labels':[],'picture':null,'humidity_entity_id':null,"
               "'temperature_entity_id':null}");
    assert_event(seen, 1, "{'action':'update','area_id':'kitchen'}");
    assert_list(client, "{'type':'config/area_registry/list'}", "name", "Galley");
    ck_assert_json(ask(client, "{'type':'config/area_registry/delete','area_id':'kitchen'}"),
                   "'success'");
    assert_event(seen, 2, "{'action':'remove','area_id':'kitchen'}");
    assert_list(client, "{'type':'config/area_registry/list'}", "name", "");
}
END_TEST

START_TEST(areas_stand_on_floors_and_are_put_in_order)
{
    hass__assert_loop();
    struct client *client = admin();

    ask(client, "{'type':'config/floor_registry/create','name':'Ground','level':0}");
    ask(client, "{'type':'config/area_registry/create','name':'A','floor_id':'ground'}");
    ask(client, "{'type':'config/area_registry/create','name':'B'}");
    assert_list(client, "{'type':'config/area_registry/list'}", "floor_id", "ground ?");
    ask(client, "{'type':'config/area_registry/reorder','area_ids':['b','a']}");
    assert_list(client, "{'type':'config/area_registry/list'}", "area_id", "b a");
    ask(client, "{'type':'config/floor_registry/delete','floor_id':'ground'}");
    assert_list(client, "{'type':'config/area_registry/list'}", "floor_id", "? ?");
}
END_TEST

START_TEST(a_floor_is_made_changed_and_deleted)
{
    hass__assert_loop();
    struct client *client = admin();
    struct capture *seen = test_capture(client_hass(client), "floor_registry_updated");

    assert_row(client, "{'type':'config/floor_registry/create','name':'Upper floor','level':1}",
               "{'floor_id':'upper_floor','name':'Upper floor','aliases':[],'icon':null,"
               "'level':1}");
    assert_row(client,
               "{'type':'config/floor_registry/update','floor_id':'upper_floor','level':null}",
               "{'floor_id':'upper_floor','name':'Upper floor','aliases':[],'icon':null,"
               "'level':null}");
    ask(client, "{'type':'config/floor_registry/create','name':'Roof'}");
    ask(client, "{'type':'config/floor_registry/reorder','floor_ids':['roof','upper_floor']}");
    assert_list(client, "{'type':'config/floor_registry/list'}", "floor_id", "roof upper_floor");
    ck_assert_json(ask(client, "{'type':'config/floor_registry/delete','floor_id':'upper_floor'}"),
                   "null");
    assert_list(client, "{'type':'config/floor_registry/list'}", "floor_id", "roof");
    ck_assert_uint_ge(capture_count(seen), 4);
}
END_TEST

START_TEST(a_label_is_made_changed_and_deleted)
{
    hass__assert_loop();
    struct client *client = admin();
    struct capture *seen = test_capture(client_hass(client), "label_registry_updated");

    assert_row(client, "{'type':'config/label_registry/create','name':'Tall','color':'red'}",
               "{'label_id':'tall','name':'Tall','color':'red','icon':null,'description':null}");
    assert_event(seen, 0, "{'action':'create','label_id':'tall'}");
    assert_row(client,
               "{'type':'config/label_registry/update','label_id':'tall','description':'High'}",
               "{'label_id':'tall','name':'Tall','color':'red','icon':null,"
               "'description':'High'}");
    ask(client, "{'type':'config/label_registry/delete','label_id':'tall'}");
    assert_list(client, "{'type':'config/label_registry/list'}", "label_id", "");
}
END_TEST

START_TEST(a_category_belongs_to_its_scope)
{
    hass__assert_loop();
    struct client *client = admin();
    const json_t *category = ask(client, "{'type':'config/category_registry/create',"
                                         "'scope':'automation','name':'Night','icon':null}");
    autofree char *id = strdup(hass_json_get_string(category, "category_id", ""));
    autobuf message = HASS_BUF_INIT;

    ck_assert_uint_eq(strlen(id), 26);
    ck_assert_uint_eq(json_object_size(category), 5);
    assert_list(client, "{'type':'config/category_registry/list','scope':'automation'}", "name",
                "Night");
    assert_list(client, "{'type':'config/category_registry/list','scope':'helpers'}", "name", "");
    hass_buf_printf(&message,
                    "{'type':'config/category_registry/update','scope':'automation',"
                    "'category_id':'%s','name':'Day'}",
                    id);
    ask(client, hass_buf_string(&message));
    assert_list(client, "{'type':'config/category_registry/list','scope':'automation'}", "name",
                "Day");
    hass_buf_clear(&message);
    hass_buf_printf(&message,
                    "{'type':'config/category_registry/delete','scope':'automation',"
                    "'category_id':'%s'}",
                    id);
    ask(client, hass_buf_string(&message));
    assert_refused(client, hass_buf_string(&message), "invalid_info");
    assert_list(client, "{'type':'config/category_registry/list','scope':'automation'}", "name",
                "");
}
END_TEST

static const struct {
    const char *message, *code;
} refused[] = {
    { "{'type':'config/area_registry/create','name':'KITCHEN '}", "invalid_info" },
    { "{'type':'config/area_registry/create','name':''}", "invalid_format" },
    { "{'type':'config/area_registry/create'}", "invalid_format" },
    { "{'type':'config/area_registry/create','name':['x']}", "invalid_format" },
    { "{'type':'config/area_registry/create','name':'x','aliases':[[]]}", "invalid_format" },
    { "{'type':'config/area_registry/create','name':'x','colour':'red'}", "invalid_format" },
    { "{'type':'config/area_registry/update','area_id':'nope','name':'x'}", "invalid_info" },
    { "{'type':'config/area_registry/update','name':'x'}", "invalid_format" },
    { "{'type':'config/area_registry/update','area_id':'kitchen',"
      "'temperature_entity_id':'light.x'}",
      "invalid_info" },
    { "{'type':'config/area_registry/delete','area_id':'nope'}", "invalid_info" },
    { "{'type':'config/area_registry/delete'}", "invalid_format" },
    { "{'type':'config/area_registry/reorder','area_ids':['nope']}", "invalid_info" },
    { "{'type':'config/floor_registry/create','name':'x','level':'high'}", "invalid_format" },
    { "{'type':'config/floor_registry/delete','floor_id':'nope'}", "invalid_info" },
    { "{'type':'config/label_registry/update','label_id':'nope'}", "invalid_info" },
    { "{'type':'config/category_registry/list'}", "invalid_format" },
    { "{'type':'config/category_registry/create','name':'x'}", "invalid_format" },
};

START_TEST(what_is_wrong_is_refused_with_the_model_s_code)
{
    hass__assert_loop();
    struct client *client = admin();

    ask(client, "{'type':'config/area_registry/create','name':'Kitchen'}");
    assert_refused(client, refused[_i].message, refused[_i].code);
    assert_list(client, "{'type':'config/area_registry/list'}", "name", "Kitchen");
}
END_TEST

static const char *const for_administrators[] = {
    "{'type':'config/area_registry/create','name':'x'}",
    "{'type':'config/area_registry/update','area_id':'x'}",
    "{'type':'config/area_registry/delete','area_id':'x'}",
    "{'type':'config/area_registry/reorder','area_ids':[]}",
    "{'type':'config/floor_registry/create','name':'x'}",
    "{'type':'config/label_registry/delete','label_id':'x'}",
    "{'type':'config/category_registry/create','scope':'s','name':'x'}",
    "{'type':'config/device_registry/update','device_id':'x'}",
    "{'type':'config/entity_registry/update','entity_id':'x.y'}",
    "{'type':'config/entity_registry/remove','entity_id':'x.y'}",
    "{'type':'repairs/ignore_issue','domain':'x','issue_id':'y','ignore':true}",
    "{'type':'repairs/get_issue_data','domain':'x','issue_id':'y'}",
};

START_TEST(others_than_administrators_only_look)
{
    hass__assert_loop();
    struct client *client = client_open(test_home("homeassistant:\n"), "guest", false);

    assert_refused(client, for_administrators[_i], "unauthorized");
    assert_list(client, "{'type':'config/area_registry/list'}", "name", "");
}
END_TEST

CASES_MAIN("config: areas, floors, labels, categories", ONCE(an_area_is_made_changed_and_deleted),
           ONCE(areas_stand_on_floors_and_are_put_in_order),
           ONCE(a_floor_is_made_changed_and_deleted), ONCE(a_label_is_made_changed_and_deleted),
           ONCE(a_category_belongs_to_its_scope),
           ROWS(what_is_wrong_is_refused_with_the_model_s_code, refused),
           ROWS(others_than_administrators_only_look, for_administrators))
