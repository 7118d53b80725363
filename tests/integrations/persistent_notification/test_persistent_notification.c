/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notifications: by services, by the API of other integrations, by what the daemon finds; what a signal says of them, and how many
 * there may be.
 */
#include <string.h>

#include <hass/dispatcher.h>
#include <hass/flow.h>

#include "persistent_notification/persistent_notification.h"
#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"

#define DOMAIN "persistent_notification"

static struct hass *hass;
static json_t *told; /* the data of every signal */

static HASS_CALLBACK int on_signal(const struct hass_signal *signal, void *userdata,
                                   struct hass_error *err)
{
    json_array_append_new(told, json_deep_copy(signal->data));
    return 0;
}

static void home(void) HASS__ANALYSIS(assert_capability(hass_loop));
static void home(void)
{
    hass = test_home(NULL);
    told = json_array();
    ck_assert_int_eq(hass_async_dispatcher_connect(hass, PERSISTENT_NOTIFICATION_SIGNAL,
                                                   HASS_JOB_CALLBACK(on_signal, NULL), NULL, NULL),
                     0);
}

static HASS_CALLBACK int create(const char *data)
{
    return home_call(hass, DOMAIN, "create", data, NULL);
}

static HASS_CALLBACK int dismiss(const char *id)
{
    char data[64];

    snprintf(data, sizeof(data), "{'notification_id':'%s'}", id);
    return home_call(hass, DOMAIN, "dismiss", data, NULL);
}

static HASS_CALLBACK const struct persistent_notification_api *api(void)
{
    return hass_async_get_api(hass, DOMAIN);
}

/* What is shown, [notification]; lent until the next call. */
static HASS_CALLBACK const json_t *shown(void)
{
    static struct client *client;

    if (!client)
        client = client_open(hass, NULL, false);
    return hass_json_get(client_ask(client, "{'type':'persistent_notification/get'}"), "result");
}

static HASS_CALLBACK const char *of_shown(size_t i, const char *key)
{
    return hass_json_get_string(json_array_get(shown(), i), key, "(none)");
}

#define LEAK                                                                                       \
    "{'notification_id':'leak','title':'Water','message':'The cellar is wet.',"                    \
    "'created_at':'2024-01-01T00:00:00+00:00'}"

/* services and signals */

START_TEST(every_home_has_it_without_a_section)
{
    home();
    hass__assert_loop();
    ck_assert(hass_component_loaded(hass, DOMAIN));
    ck_assert_json(shown(), "[]");
}
END_TEST

START_TEST(a_notification_is_shown_and_told)
{
    home();
    hass__assert_loop();
    ck_assert_int_eq(create("{'message':'The cellar is wet.','title':'Water',"
                            "'notification_id':'leak'}"),
                     0);
    ck_assert_json(shown(), "[" LEAK "]");
    ck_assert_json(told, "[{'update_type':'added','notifications':{'leak':" LEAK "}}]");
}
END_TEST

START_TEST(it_is_a_notifier_too)
{
    home();
    hass__assert_loop();
    ck_assert_int_eq(home_call(hass, "notify", DOMAIN,
                               "{'message':'The cellar is wet.','title':'Water','target':'all',"
                               "'data':{'notification_id':'leak','actions':[{'action':'x'}]}}",
                               NULL),
                     0);
    ck_assert_json(shown(), "[" LEAK "]");
    ck_assert_int_eq(home_call(hass, "notify", DOMAIN, "{'message':'Dry','data':null}", NULL), 0);
    ck_assert_uint_eq(json_array_size(shown()), 2);
    ck_assert_int_eq(home_call(hass, "notify", DOMAIN, "{'title':'Water'}", NULL), HASS_E_INVALID);
}
END_TEST

START_TEST(a_title_is_not_needed_and_an_id_is_made_up)
{
    home();
    hass__assert_loop();
    ck_assert_int_eq(create("{'message':'One'}"), 0);
    ck_assert_int_eq(create("{'message':2}"), 0);
    ck_assert_uint_eq(json_array_size(shown()), 2);
    autojson *id = json_string(of_shown(0, "notification_id"));
    ck_assert_uint_eq(json_string_length(id), 32);
    ck_assert_uint_eq(strspn(json_string_value(id), "0123456789abcdef"), 32);
    ck_assert_str_ne(of_shown(1, "notification_id"), json_string_value(id));
    ck_assert_str_eq(of_shown(1, "message"), "2");
    ck_assert(json_is_null(hass_json_get(json_array_get(shown(), 0), "title")));
}
END_TEST

START_TEST(one_of_the_same_id_takes_its_place_and_is_told_as_added)
{
    home();
    hass__assert_loop();
    create("{'message':'Damp','title':'Water','notification_id':'leak'}");
    create("{'message':'Other'}");
    test_advance(hass, 90);
    ck_assert_int_eq(create("{'message':'Wet','notification_id':'leak'}"), 0);
    ck_assert_uint_eq(json_array_size(shown()), 2);
    ck_assert_json(json_array_get(shown(), 0),
                   "{'notification_id':'leak','title':null,'message':'Wet',"
                   "'created_at':'2024-01-01T00:01:30+00:00'}");
    ck_assert_uint_eq(json_array_size(told), 3);
    ck_assert_str_eq(hass_json_get_string(json_array_get(told, 2), "update_type", ""), "added");
}
END_TEST

START_TEST(what_is_dismissed_is_told_as_it_was)
{
    home();
    hass__assert_loop();
    create("{'message':'The cellar is wet.','title':'Water','notification_id':'leak'}");
    create("{'message':'Stays','notification_id':'other'}");
    json_array_clear(told);
    ck_assert_int_eq(dismiss("leak"), 0);
    ck_assert_json(told, "[{'update_type':'removed','notifications':{'leak':" LEAK "}}]");
    ck_assert_uint_eq(json_array_size(shown()), 1);
    ck_assert_str_eq(of_shown(0, "notification_id"), "other");
    /* Once more: there is nothing to tell. */
    ck_assert_int_eq(dismiss("leak"), 0);
    ck_assert_uint_eq(json_array_size(told), 1);
}
END_TEST

START_TEST(all_are_dismissed_by_one_signal)
{
    home();
    hass__assert_loop();
    create("{'message':'One','notification_id':'1'}");
    create("{'message':'Two','notification_id':'2'}");
    json_array_clear(told);
    ck_assert_int_eq(home_call(hass, DOMAIN, "dismiss_all", "{}", NULL), 0);
    ck_assert_json(shown(), "[]");
    ck_assert_uint_eq(json_array_size(told), 1);
    const json_t *signal = json_array_get(told, 0);
    ck_assert_str_eq(hass_json_get_string(signal, "update_type", ""), "removed");
    ck_assert_uint_eq(json_object_size(hass_json_get(signal, "notifications")), 2);
}
END_TEST

static const char *const refused[][2] = {
    { "create", "{}" },
    { "create", "{'title':'No message','notification_id':'1'}" },
    { "create", "{'message':null}" },
    { "create", "{'message':['a','b']}" },
    { "create", "{'message':'x','title':{}}" },
    { "create", "{'message':'x','notification_id':null}" },
    { "create", "{'message':'x','unknown':1}" },
    { "dismiss", "{}" },
    { "dismiss", "{'notification_id':[]}" },
};

START_TEST(what_is_wrong_is_refused)
{
    home();
    hass__assert_loop();
    ck_assert_int_eq(home_call(hass, DOMAIN, refused[_i][0], refused[_i][1], NULL), HASS_E_INVALID);
    ck_assert_json(shown(), "[]");
    ck_assert_json(told, "[]");
}
END_TEST

/* other integrations */

START_TEST(other_integrations_show_and_dismiss_by_functions)
{
    home();
    hass__assert_loop();
    ck_assert_int_eq(api()->create(hass, "The cellar is wet.", "Water", "leak", NULL), 0);
    ck_assert_json(shown(), "[" LEAK "]");
    ck_assert_int_eq(api()->create(hass, "Plain", NULL, NULL, NULL), 0);
    ck_assert_uint_eq(json_array_size(shown()), 2);
    ck_assert_int_eq(api()->dismiss(hass, "leak", NULL), 0);
    ck_assert_int_eq(api()->dismiss(hass, "unknown", NULL), 0);
    ck_assert_uint_eq(json_array_size(shown()), 1);
    ck_assert_str_eq(of_shown(0, "message"), "Plain");
    ck_assert_uint_eq(json_array_size(told), 3);
}
END_TEST

START_TEST(they_are_held_to_the_same_rules)
{
    struct hass_error err = HASS_ERROR_INIT;
    char title[1026];

    home();
    hass__assert_loop();
    memset(title, 'x', sizeof(title));
    title[1025] = '\0';
    ck_assert_int_eq(api()->create(hass, "x", title, NULL, &err), HASS_E_INVALID);
    hass_error_clear(&err);
    ck_assert_int_eq(api()->create(hass, NULL, NULL, NULL, &err), HASS_E_INVALID);
    hass_error_clear(&err);
    ck_assert_int_eq(api()->create(hass, "\xff", NULL, NULL, &err), HASS_E_INVALID);
    ck_assert_ptr_nonnull(strstr(err.message, "UTF-8"));
    ck_assert_json(shown(), "[]");
}
END_TEST

/* limits */

static const struct {
    const char *data; /* with the text for %s */
    size_t limit;
} texts[] = {
    { "{'message':'%s'}", 65536 },
    { "{'message':'x','title':'%s'}", 1024 },
    { "{'message':'x','notification_id':'%s'}", 255 },
};

static HASS_CALLBACK int create_with(size_t row, size_t length)
{
    const char *data = texts[row].data, *place = strstr(data, "%s");
    autobuf text = HASS_BUF_INIT;

    hass_buf_add(&text, data, (size_t)(place - data));
    for (size_t i = 0; i < length; i++)
        hass_buf_add_char(&text, 'x');
    hass_buf_add_string(&text, place + strlen("%s"));
    return create(hass_buf_string(&text));
}

START_TEST(a_text_may_be_as_long_as_its_limit)
{
    home();
    hass__assert_loop();
    ck_assert_int_eq(create_with(_i, texts[_i].limit), 0);
    ck_assert_int_eq(create_with(_i, texts[_i].limit + 1), HASS_E_INVALID);
    ck_assert_uint_eq(json_array_size(shown()), 1);
}
END_TEST

START_TEST(five_hundred_are_shown_and_one_more_is_refused)
{
    struct hass_error err = HASS_ERROR_INIT;
    char id[8];

    home();
    hass__assert_loop();
    for (int i = 0; i < 500; i++) {
        snprintf(id, sizeof(id), "n%d", i);
        ck_assert_int_eq(api()->create(hass, "x", NULL, id, NULL), 0);
    }
    ck_assert_int_eq(api()->create(hass, "x", NULL, "beyond", &err), HASS_E_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.message, "500 notifications"));
    ck_assert_uint_eq(json_array_size(told), 500);
    /* One in the place of another is not one more; and there is room again where one goes. */
    ck_assert_int_eq(api()->create(hass, "y", NULL, "n7", NULL), 0);
    ck_assert_int_eq(dismiss("n3"), 0);
    ck_assert_int_eq(api()->create(hass, "x", NULL, "beyond", NULL), 0);
    ck_assert_uint_eq(json_array_size(shown()), 500);
}
END_TEST

/* A notification whose texts have @bytes in all. */
static HASS_CALLBACK int create_of(char id, size_t bytes, struct hass_error *err)
{
    static char message[65537];
    const char name[] = { id, '\0' };

    memset(message, 'x', bytes - 1);
    message[bytes - 1] = '\0';
    return api()->create(hass, message, NULL, name, err);
}

START_TEST(their_texts_have_four_mebibytes_together)
{
    struct hass_error err = HASS_ERROR_INIT;

    home();
    hass__assert_loop();
    for (int i = 0; i < 64; i++)
        ck_assert_int_eq(create_of((char)('0' + i), 65536, NULL), 0);
    ck_assert_int_eq(create_of('~', 2, &err), HASS_E_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.message, "4194304 bytes"));
    hass_error_clear(&err);
    ck_assert_int_eq(create_of('0', 65537, &err), HASS_E_LIMIT);
    /* What takes a place, or leaves one, gives its bytes back. */
    ck_assert_int_eq(create_of('0', 65534, NULL), 0);
    ck_assert_int_eq(create_of('~', 2, NULL), 0);
    ck_assert_int_eq(dismiss("1"), 0);
    ck_assert_int_eq(create_of('1', 65536, NULL), 0);
    ck_assert_int_eq(home_call(hass, DOMAIN, "dismiss_all", "{}", NULL), 0);
    for (int i = 0; i < 64; i++)
        ck_assert_int_eq(create_of((char)('0' + i), 65536, NULL), 0);
}
END_TEST

/* what the daemon finds */

static HASS_COROUTINE int find(struct hass *home_of, void *userdata, struct hass_error *err)
{
    json_t **ret_flow = userdata;

    return hass_flows_async_init(home_of, HASS_FLOW_CONFIG, "flows",
                                 json_pack("{s:s}", "source", "zeroconf"),
                                 json_pack("{s:s}", "serial", "s1"), ret_flow, err);
}

START_TEST(what_was_found_is_shown_until_nothing_is_left_of_it)
{
    autojson *flow = NULL;

    loader_drop("flows", "flows");
    home();
    hass__assert_loop();
    ck_assert_int_eq(test_run_coroutine(hass, find, &flow), 0);
    ck_assert_json(shown(), "[]");
    test_advance(hass, 2);
    ck_assert_uint_eq(json_array_size(shown()), 1);
    ck_assert_str_eq(of_shown(0, "notification_id"), "config_entry_discovery");
    ck_assert_str_eq(of_shown(0, "title"), "New devices");
    ck_assert_int_eq(hass_flows_async_abort(hass, HASS_FLOW_CONFIG,
                                            hass_json_get_string(flow, "flow_id", ""), NULL),
                     0);
    test_settle(hass);
    ck_assert_json(shown(), "[]");
}
END_TEST

CASES_MAIN("persistent_notification", ONCE(every_home_has_it_without_a_section),
           ONCE(a_notification_is_shown_and_told), ONCE(it_is_a_notifier_too),
           ONCE(a_title_is_not_needed_and_an_id_is_made_up),
           ONCE(one_of_the_same_id_takes_its_place_and_is_told_as_added),
           ONCE(what_is_dismissed_is_told_as_it_was), ONCE(all_are_dismissed_by_one_signal),
           ROWS(what_is_wrong_is_refused, refused),
           ONCE(other_integrations_show_and_dismiss_by_functions),
           ONCE(they_are_held_to_the_same_rules), ROWS(a_text_may_be_as_long_as_its_limit, texts),
           ONCE(five_hundred_are_shown_and_one_more_is_refused),
           ONCE(their_texts_have_four_mebibytes_together),
           ONCE(what_was_found_is_shown_until_nothing_is_left_of_it))
