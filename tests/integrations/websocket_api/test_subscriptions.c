/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Subscriptions: events, compressed states and their filters, the use of the loop; their limit and their end.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/dt.h>
#include <hass/integration.h>

#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"
#include "websocket_api/websocket_api.h"

static HASS_CALLBACK struct client *admin(void)
{
    return client_open(test_home(NULL), NULL, true);
}

static HASS_CALLBACK void set(struct client *client, const char *entity_id, const char *state,
                              const char *attributes)
{
    struct hass_error err = HASS_ERROR_INIT;
    int r = hass_states_async_set(client_hass(client), entity_id, state, test_json(attributes),
                                  NULL, &err);

    ck_assert_msg(r == 0, "%s", err.message);
}

/* The event of a subscription, and nothing but an event. */
static HASS_CALLBACK const json_t *event_of(struct client *client, int64_t id)
{
    const json_t *message = client_next(client);

    ck_assert_msg(message != NULL, "no event arrived");
    ck_assert_str_eq(hass_json_get_string(message, "type", ""), "event");
    ck_assert_int_eq(hass_json_get_int(message, "id", 0), id);
    return hass_json_get(message, "event");
}

/* Subscribes and takes the result, which is null. */
static HASS_CALLBACK int64_t subscribe(struct client *client, const char *message)
{
    const json_t *answer = client_ask(client, message);

    ck_assert(hass_json_get_bool(answer, "success", false));
    ck_assert(json_is_null(hass_json_get(answer, "result")));
    return hass_json_get_int(answer, "id", 0);
}

static HASS_CALLBACK int64_t listeners_of(struct hass *hass, const char *type)
{
    autojson *listeners = hass_bus_async_listeners(hass);

    return hass_json_get_int(listeners, type, 0);
}

/* events */

START_TEST(events_arrive_in_full_and_in_order)
{
    hass__assert_loop();
    struct client *client = admin();
    int64_t id = subscribe(client, "{'type':'subscribe_events','event_type':'doorbell'}");

    hass_bus_async_fire(client_hass(client), "doorbell", test_json("{'n':1}"), NULL, NULL);
    hass_bus_async_fire(client_hass(client), "window", NULL, NULL, NULL);
    hass_bus_async_fire(client_hass(client), "doorbell", test_json("{'n':2}"), NULL, NULL);
    const json_t *event = event_of(client, id);
    ck_assert_str_eq(hass_json_get_string(event, "event_type", ""), "doorbell");
    ck_assert_json(hass_json_get(event, "data"), "{'n':1}");
    ck_assert_str_eq(hass_json_get_string(event, "origin", ""), "LOCAL");
    ck_assert_str_eq(hass_json_get_string(event, "time_fired", "") + 19, "+00:00");
    ck_assert_uint_eq(json_object_size(hass_json_get(event, "context")), 3);
    ck_assert_uint_eq(json_object_size(event), 5);
    ck_assert_json(hass_json_get(event_of(client, id), "data"), "{'n':2}");
    ck_assert_ptr_null(client_next(client));
}
END_TEST

START_TEST(state_changed_carries_both_states)
{
    hass__assert_loop();
    struct client *client = client_open(test_home(NULL), "user", false);
    int64_t id = subscribe(client, "{'type':'subscribe_events','event_type':'state_changed'}");

    set(client, "light.a", "on", "{}");
    const json_t *data = hass_json_get(event_of(client, id), "data");
    ck_assert_str_eq(hass_json_get_string(data, "entity_id", ""), "light.a");
    ck_assert(json_is_null(hass_json_get(data, "old_state")));
    ck_assert_str_eq(hass_json_get_string(hass_json_get(data, "new_state"), "state", ""), "on");
}
END_TEST

START_TEST(without_a_type_all_events_arrive)
{
    hass__assert_loop();
    struct client *client = admin();
    int64_t id = subscribe(client, "{'type':'subscribe_events'}");

    hass_bus_async_fire(client_hass(client), "any", NULL, NULL, NULL);
    ck_assert_str_eq(hass_json_get_string(event_of(client, id), "event_type", ""), "any");
}
END_TEST

START_TEST(an_ended_subscription_is_silent_and_cannot_end_twice)
{
    hass__assert_loop();
    struct client *client = admin();
    struct hass *hass = client_hass(client);
    int64_t before = listeners_of(hass, "x");

    subscribe(client, "{'type':'subscribe_events','event_type':'x'}");
    subscribe(client, "{'type':'subscribe_events','event_type':'x'}");
    ck_assert_int_eq(listeners_of(hass, "x"), before + 2);
    ck_assert_json(client_ask(client, "{'type':'unsubscribe_events','subscription':1}"),
                   "{'id':3,'type':'result','success':true,'result':null}");
    hass_bus_async_fire(hass, "x", NULL, NULL, NULL);
    event_of(client, 2);
    ck_assert_ptr_null(client_next(client));
    ck_assert_str_eq(
        client_error(client_ask(client, "{'type':'unsubscribe_events','subscription':1}")),
        "not_found");
}
END_TEST

START_TEST(subscriptions_end_with_the_connection)
{
    hass__assert_loop();
    struct client *client = admin();
    struct hass *hass = client_hass(client);
    int64_t before = listeners_of(hass, HASS_EVENT_STATE_CHANGED);

    subscribe(client, "{'type':'subscribe_events','event_type':'x'}");
    subscribe(client, "{'type':'subscribe_entities'}");
    event_of(client, 2);
    subscribe(client, "{'type':'hassd/top'}");
    client_close(client);
    ck_assert_int_eq(listeners_of(hass, "x"), 0);
    ck_assert_int_eq(listeners_of(hass, HASS_EVENT_STATE_CHANGED), before);
    hass_bus_async_fire(hass, "x", NULL, NULL, NULL);
    test_advance(hass, 5);
}
END_TEST

/* A transport that finds out while it sends that the client has gone, and says so at once. */
struct fickle {
    const struct websocket_api *api;
    struct websocket_connection *connection;
};

static int refuse_to_send(void *transport, const char *text, size_t length, struct hass_error *err)
{
    return hass_fail(err, HASS_E_CLOSED, "gone");
}

static void end_connection(void *transport)
{
    struct fickle *fickle = transport;

    fickle->api->closed(fickle->connection);
}

static HASS_CALLBACK void subscribe_and_go(struct hass *hass, const char *message)
{
    static const struct websocket_transport ops = {
        .size = sizeof(ops),
        .send = refuse_to_send,
        .close = end_connection,
    };
    const struct websocket_user user = { .name = "somebody", .admin = true };
    struct fickle fickle = { .api = hass_async_get_api(hass, "websocket_api") };

    fickle.connection = fickle.api->open(hass, &ops, &fickle, &user);
    ck_assert_int_eq(fickle.api->receive(fickle.connection, message, strlen(message), NULL), 0);
}

START_TEST(a_client_may_go_while_its_subscription_is_answered)
{
    hass__assert_loop();
    struct hass *hass = test_home(NULL);
    int64_t before = listeners_of(hass, HASS_EVENT_STATE_CHANGED);

    test_logs();
    subscribe_and_go(hass, "{\"id\":1,\"type\":\"subscribe_entities\"}");
    subscribe_and_go(hass, "{\"id\":1,\"type\":\"hassd/top\"}");
    ck_assert_int_eq(listeners_of(hass, HASS_EVENT_STATE_CHANGED), before);
}
END_TEST

static HASS_CALLBACK int on_x(const struct hass_event *event, void *userdata,
                              struct hass_error *err)
{
    return 0;
}

static struct hass *home;

/* A command of another integration that takes its time. */
static int subscribe_late(struct websocket_request *request, struct hass_buf *result,
                          struct hass_error *err)
{
    struct hass_sub *sub;

    hass__assert_coroutine();
    const struct websocket_api *api = hass_async_get_api(home, "websocket_api");
    ck_assert_int_eq(hass_async_sleep(home, 1, err), 0);
    ck_assert_int_eq(
        hass_bus_async_listen(home, "x", NULL, HASS_JOB_CALLBACK(on_x, NULL), &sub, err), 0);
    return api->subscribe(request, sub, err);
}

START_TEST(a_subscription_that_comes_after_its_client_has_gone_ends_at_once)
{
    static const struct websocket_command command = {
        .size = sizeof(command),
        .type = "test/late",
        .coroutine = true,
        .handler = subscribe_late,
    };

    hass__assert_loop();
    struct client *client = admin();
    home = client_hass(client);
    const struct websocket_api *api = hass_async_get_api(home, "websocket_api");

    ck_assert_int_eq(api->add_command(home, &command, NULL), 0);
    client_command(client, "{'type':'test/late'}");
    client_close(client);
    test_advance(home, 2);
    ck_assert_int_eq(listeners_of(home, "x"), 0);
}
END_TEST

START_TEST(a_client_hears_what_another_one_does)
{
    hass__assert_loop();
    struct hass *hass = test_home(NULL);
    struct client *one = client_open(hass, NULL, true);
    struct client *other = client_open(hass, "user", true);

    subscribe(one, "{'type':'subscribe_events','event_type':'x'}");
    client_ask(other, "{'type':'fire_event','event_type':'x'}");
    const json_t *context = hass_json_get(event_of(one, 1), "context");
    ck_assert_str_eq(hass_json_get_string(context, "user_id", ""), "user");
    ck_assert_ptr_null(client_next(other));
}
END_TEST

START_TEST(a_connection_has_at_most_1024_subscriptions)
{
    hass__assert_loop();
    struct client *client = admin();

    for (int i = 0; i < 1024; i++)
        subscribe(client, "{'type':'subscribe_events','event_type':'x'}");
    static const char *const one_more[] = { "{'type':'subscribe_events','event_type':'x'}",
                                            "{'type':'subscribe_entities'}",
                                            "{'type':'hassd/top'}" };
    for (size_t i = 0; i < 3; i++) {
        ck_assert_str_eq(client_error(client_ask(client, one_more[i])), "home_assistant_error");
        ck_assert_ptr_null(client_next(client));
    }
    ck_assert_int_eq(listeners_of(client_hass(client), "x"), 1024);
    client_ask(client, "{'type':'unsubscribe_events','subscription':500}");
    subscribe(client, "{'type':'subscribe_events','event_type':'x'}");
}
END_TEST

START_TEST(top_is_sent_at_once_and_every_second)
{
    hass__assert_loop();
    struct client *client = client_open(test_home(NULL), "user", false);
    int64_t id = subscribe(client, "{'type':'hassd/top'}");

    const json_t *rows = event_of(client, id);
    ck_assert_uint_gt(json_array_size(rows), 0);
    ck_assert_ptr_nonnull(hass_json_get(json_array_get(rows, 0), "domain"));
    ck_assert_ptr_null(client_next(client));
    test_advance(client_hass(client), 2);
    event_of(client, id);
    event_of(client, id);
    ck_assert_ptr_null(client_next(client));
}
END_TEST

/* compressed states */

START_TEST(without_entities_the_first_event_is_empty)
{
    hass__assert_loop();
    struct client *client = admin();

    ck_assert_json(event_of(client, subscribe(client, "{'type':'subscribe_entities'}")),
                   "{'a':{}}");
}
END_TEST

START_TEST(the_first_event_has_all_states)
{
    hass__assert_loop();
    struct client *client = admin();

    set(client, "light.a", "on", "{'brightness':7}");
    test_advance(client_hass(client), 1);
    set(client, "light.a", "on", "{'brightness':8}");
    const json_t *light = hass_json_get(
        hass_json_get(event_of(client, subscribe(client, "{'type':'subscribe_entities'}")), "a"),
        "light.a");
    ck_assert_str_eq(hass_json_get_string(light, "s", ""), "on");
    ck_assert_json(hass_json_get(light, "a"), "{'brightness':8}");
    ck_assert_uint_eq(strlen(hass_json_get_string(light, "c", "")), 26);
    ck_assert_double_eq_tol(
        hass_json_get_number(light, "lu", 0) - hass_json_get_number(light, "lc", 0), 1, 1e-5);
    ck_assert_uint_eq(json_object_size(light), 5);
}
END_TEST

/* Subscribed, the first event taken, with light.a "on" that has {"a": 1, "b": [1]}. */
static HASS_CALLBACK struct client *watching(void)
{
    struct client *client = admin();

    set(client, "light.a", "on", "{'a':1,'b':[1]}");
    subscribe(client, "{'type':'subscribe_entities'}");
    event_of(client, 1);
    test_advance(client_hass(client), 1);
    return client;
}

/* The parts of one change without what differs each time: the context and the times, which are checked. */
static HASS_CALLBACK json_t *change_of(struct client *client, const char *time_key)
{
    json_t *change =
        json_deep_copy(hass_json_get(hass_json_get(event_of(client, 1), "c"), "light.a"));
    json_t *additions = json_object_get(change, "+");
    double now = (double)hass_now(client_hass(client)) / HASS_USEC_PER_SEC;

    ck_assert_uint_eq(strlen(hass_json_get_string(additions, "c", "")), 26);
    ck_assert_double_eq_tol(hass_json_get_number(additions, time_key, 0), now, 1e-5);
    json_object_del(additions, "c");
    json_object_del(additions, time_key);
    return change;
}

START_TEST(a_changed_state_is_sent_with_last_changed)
{
    hass__assert_loop();
    struct client *client = watching();

    set(client, "light.a", "off", "{'a':1,'b':[1]}");
    autojson *change = change_of(client, "lc");
    ck_assert_json(change, "{'+':{'s':'off'}}");
}
END_TEST

START_TEST(changed_attributes_are_sent_with_last_updated)
{
    hass__assert_loop();
    struct client *client = watching();

    set(client, "light.a", "on", "{'a':2,'b':[1],'c':'new'}");
    autojson *change = change_of(client, "lu");
    ck_assert_json(change, "{'+':{'a':{'a':2,'c':'new'}}}");
}
END_TEST

START_TEST(removed_attributes_are_named)
{
    hass__assert_loop();
    struct client *client = watching();

    set(client, "light.a", "off", "{}");
    autojson *change = change_of(client, "lc");
    ck_assert_json(change, "{'+':{'s':'off'},'-':{'a':['a','b']}}");
}
END_TEST

START_TEST(attributes_of_every_type_are_compared)
{
    hass__assert_loop();
    struct client *client = watching();

    set(client, "light.a", "on", "{'a':null,'b':[1],'t':true,'f':1.5,'m':{'x':1},'s':'\\u00e4'}");
    autojson *first = change_of(client, "lu");
    ck_assert_json(first, "{'+':{'a':{'a':null,'t':true,'f':1.5,'m':{'x':1},'s':'ä'}}}");
    set(client, "light.a", "on", "{'a':null,'b':[1],'t':false,'f':1.5,'m':{'x':2},'s':'\\u00e4'}");
    autojson *second = change_of(client, "lu");
    ck_assert_json(second, "{'+':{'a':{'t':false,'m':{'x':2}}}}");
}
END_TEST

START_TEST(new_and_removed_entities_are_told)
{
    hass__assert_loop();
    struct client *client = watching();

    set(client, "light.b", "on", "{}");
    const json_t *added = hass_json_get(hass_json_get(event_of(client, 1), "a"), "light.b");
    ck_assert_str_eq(hass_json_get_string(added, "s", ""), "on");
    ck_assert_ptr_null(hass_json_get(added, "lu"));
    hass_states_async_remove(client_hass(client), "light.b", NULL, NULL);
    ck_assert_json(event_of(client, 1), "{'r':['light.b']}");
    set(client, "light.a", "on", "{'a':1,'b':[1]}");
    ck_assert_ptr_null(client_next(client));
}
END_TEST

static HASS_CALLBACK const json_t *context_after(struct client *client, const char *state,
                                                 const struct hass_context *context)
{
    const struct hass_set_options options = { .size = sizeof(options), .context = context };

    hass_states_async_set(client_hass(client), "light.a", state, NULL, &options, NULL);
    const json_t *change = hass_json_get(hass_json_get(event_of(client, 1), "c"), "light.a");
    return hass_json_get(hass_json_get(change, "+"), "c");
}

START_TEST(a_context_is_sent_as_what_differs)
{
    hass__assert_loop();
    struct client *client = watching();
    autounref(hass_context) const *user = hass_context_new_id("U1", "ann", NULL);
    autounref(hass_context) const *again = hass_context_new_id("U2", "ann", NULL);
    autounref(hass_context) const *child = hass_context_new_id("U3", "ann", "U2");
    autounref(hass_context) const *bare = hass_context_new_id("U4", NULL, NULL);

    ck_assert_json(context_after(client, "1", user), "{'id':'U1','user_id':'ann'}");
    ck_assert_json(context_after(client, "2", again), "'U2'");
    ck_assert_json(context_after(client, "3", child), "{'id':'U3','parent_id':'U2'}");
    ck_assert_json(context_after(client, "4", bare), "{'id':'U4','parent_id':null,'user_id':null}");
    ck_assert_ptr_null(context_after(client, "5", bare));
}
END_TEST

START_TEST(a_full_state_with_a_user_has_the_whole_context)
{
    hass__assert_loop();
    struct client *client = admin();
    autounref(hass_context) const *user = hass_context_new_id("U1", "ann", NULL);
    const struct hass_set_options options = { .size = sizeof(options), .context = user };

    subscribe(client, "{'type':'subscribe_entities'}");
    event_of(client, 1);
    hass_states_async_set(client_hass(client), "light.a", "on", NULL, &options, NULL);
    const json_t *added = hass_json_get(hass_json_get(event_of(client, 1), "a"), "light.a");
    ck_assert_json(hass_json_get(added, "c"), "{'id':'U1','parent_id':null,'user_id':'ann'}");
}
END_TEST

/* filters */

/* Of light.a, light.b, switch.a, sensor.outside_1 and sensor.outside_22, which pass? */
static const struct {
    const char *filter, *passing;
} filters[] = {
    { "'entity_ids':['light.a','sensor.none']", "light.a" },
    { "'entity_ids':'switch.a'", "switch.a" },
    { "'entity_ids':[]", "light.a light.b switch.a sensor.outside_1 sensor.outside_22" },
    { "'include':{}", "light.a light.b switch.a sensor.outside_1 sensor.outside_22" },
    { "'include':{'domains':['light']}", "light.a light.b" },
    { "'include':{'domains':'ligh'}", "" },
    { "'include':{'entity_ids':['light.b'],'domains':['switch']}", "light.b switch.a" },
    { "'include':{'entity_globs':['*.a']}", "light.a switch.a" },
    { "'include':{'entity_globs':['sensor.*_?']}", "sensor.outside_1" },
    { "'include':{'entity_globs':['*o*_2*2']}", "sensor.outside_22" },
    { "'include':{'entity_globs':['sensor.[o]*','***']}",
      "light.a light.b switch.a sensor.outside_1 sensor.outside_22" },
    { "'exclude':{'domains':['sensor','light']}", "switch.a" },
    { "'exclude':{'entity_ids':['light.a']}",
      "light.b switch.a sensor.outside_1 sensor.outside_22" },
    { "'exclude':{'entity_globs':['*_*']}", "light.a light.b switch.a" },
    { "'include':{'domains':['light']},'exclude':{'entity_ids':['light.a']}", "light.b" },
    { "'include':{'domains':['light']},'exclude':{'entity_globs':['*.a']}", "light.b" },
    { "'include':{'entity_ids':['light.a']},'exclude':{'domains':['light']}",
      "light.a switch.a sensor.outside_1 sensor.outside_22" },
    { "'include':{'entity_ids':['light.a']},'exclude':{'entity_ids':['light.a']}", "light.a" },
    { "'include':{'entity_globs':['*side*']},'exclude':{'entity_globs':['*22']}",
      "sensor.outside_1 sensor.outside_22" },
    { "'entity_ids':['light.a','switch.a'],'exclude':{'domains':['light']}", "switch.a" },
};

START_TEST(filters_choose_among_entities)
{
    static const char *const all[] = { "light.a", "light.b", "switch.a", "sensor.outside_1",
                                       "sensor.outside_22" };

    hass__assert_loop();
    struct client *client = admin();
    struct hass_buf message = HASS_BUF_INIT, passed = HASS_BUF_INIT, changed = HASS_BUF_INIT;

    for (size_t i = 0; i < 5; i++)
        set(client, all[i], "on", "{}");
    hass_buf_printf(&message, "{'type':'subscribe_entities',%s}", filters[_i].filter);
    subscribe(client, hass_buf_string(&message));
    const json_t *states = hass_json_get(event_of(client, 1), "a");
    for (size_t i = 0; i < 5; i++)
        if (hass_json_get(states, all[i]))
            hass_buf_printf(&passed, "%s%s", passed.length ? " " : "", all[i]);
    ck_assert_str_eq(hass_buf_string(&passed), filters[_i].passing);
    for (size_t i = 0; i < 5; i++)
        set(client, all[i], "off", "{}");
    for (const json_t *next; (next = client_next(client));)
        hass_buf_printf(&changed, "%s%s", changed.length ? " " : "",
                        json_object_iter_key(json_object_iter(
                            (json_t *)hass_json_get(hass_json_get(next, "event"), "c"))));
    ck_assert_str_eq(hass_buf_string(&changed), filters[_i].passing);
    hass_buf_fini(&message);
    hass_buf_fini(&passed);
    hass_buf_fini(&changed);
}
END_TEST

START_TEST(a_pattern_of_many_stars_takes_no_time)
{
    hass__assert_loop();
    struct client *client = admin();
    char id[256] = "sensor.";

    memset(id + 7, 'a', 240);
    set(client, id, "on", "{}");
    subscribe(client, "{'type':'subscribe_entities','include':{'entity_globs':"
                      "['*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b']}}");
    ck_assert_json(event_of(client, 1), "{'a':{}}");
}
END_TEST

CASES_MAIN(
    "websocket_api subscriptions", ONCE(events_arrive_in_full_and_in_order),
    ONCE(state_changed_carries_both_states), ONCE(without_a_type_all_events_arrive),
    ONCE(an_ended_subscription_is_silent_and_cannot_end_twice),
    ONCE(subscriptions_end_with_the_connection),
    ONCE(a_client_may_go_while_its_subscription_is_answered),
    ONCE(a_subscription_that_comes_after_its_client_has_gone_ends_at_once),
    ONCE(a_client_hears_what_another_one_does), ONCE(a_connection_has_at_most_1024_subscriptions),
    ONCE(top_is_sent_at_once_and_every_second), ONCE(without_entities_the_first_event_is_empty),
    ONCE(the_first_event_has_all_states), ONCE(a_changed_state_is_sent_with_last_changed),
    ONCE(changed_attributes_are_sent_with_last_updated), ONCE(removed_attributes_are_named),
    ONCE(attributes_of_every_type_are_compared), ONCE(new_and_removed_entities_are_told),
    ONCE(a_context_is_sent_as_what_differs), ONCE(a_full_state_with_a_user_has_the_whole_context),
    ONCE(a_pattern_of_many_stars_takes_no_time), ROWS(filters_choose_among_entities, filters))
