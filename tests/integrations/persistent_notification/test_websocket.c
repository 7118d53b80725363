/* SPDX-License-Identifier: Apache-2.0 */
/* What clients are told of notifications: all of them on asking, and those that come and go. */
#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"

#define ONE                                                                                        \
    "{'notification_id':'one','title':null,'message':'First',"                                     \
    "'created_at':'2024-01-01T00:00:00+00:00'}"
#define TWO                                                                                        \
    "{'notification_id':'two','title':'T','message':'Second',"                                     \
    "'created_at':'2024-01-01T00:00:00+00:00'}"
#define CREATE_ONE "{'notification_id':'one','message':'First'}"
#define CREATE_TWO "{'notification_id':'two','message':'Second','title':'T'}"

static struct client *client;

static struct hass *home(void) HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *home(void)
{
    struct hass *hass = test_home(NULL);

    client = client_open(hass, "somebody", false);
    return hass;
}

static HASS_CALLBACK void call(struct hass *hass, const char *service, const char *data)
{
    ck_assert_int_eq(home_call(hass, "persistent_notification", service, data, NULL), 0);
}

static HASS_CALLBACK const json_t *result_of(const char *message)
{
    const json_t *answer = client_ask(client, message);

    ck_assert(hass_json_get_bool(answer, "success", false));
    return hass_json_get(answer, "result");
}

static HASS_CALLBACK const json_t *next_event(void)
{
    return hass_json_get(client_next(client), "event");
}

START_TEST(all_are_a_list_in_the_order_of_their_making)
{
    struct hass *hass = home();

    hass__assert_loop();
    ck_assert_json(result_of("{'type':'persistent_notification/get'}"), "[]");
    call(hass, "create", CREATE_TWO);
    call(hass, "create", CREATE_ONE);
    ck_assert_json(result_of("{'type':'persistent_notification/get'}"), "[" TWO "," ONE "]");
}
END_TEST

START_TEST(a_subscription_begins_with_nothing_where_nothing_is)
{
    home();
    hass__assert_loop();
    ck_assert_json(result_of("{'type':'persistent_notification/subscribe'}"), "null");
    ck_assert_json(next_event(), "{'type':'current','notifications':{}}");
    ck_assert_ptr_null(client_next(client));
}
END_TEST

START_TEST(a_subscriber_is_told_what_comes_and_goes)
{
    struct hass *hass = home();

    hass__assert_loop();
    call(hass, "create", CREATE_ONE);
    ck_assert_json(result_of("{'type':'persistent_notification/subscribe'}"), "null");
    ck_assert_json(next_event(), "{'type':'current','notifications':{'one':" ONE "}}");
    call(hass, "create", CREATE_TWO);
    ck_assert_json(next_event(), "{'type':'added','notifications':{'two':" TWO "}}");
    call(hass, "dismiss", "{'notification_id':'one'}");
    ck_assert_json(next_event(), "{'type':'removed','notifications':{'one':" ONE "}}");
    call(hass, "create", CREATE_ONE);
    ck_assert_json(next_event(), "{'type':'added','notifications':{'one':" ONE "}}");
    call(hass, "dismiss_all", "{}");
    ck_assert_json(next_event(),
                   "{'type':'removed','notifications':{'one':" ONE ",'two':" TWO "}}");
    ck_assert_ptr_null(client_next(client));
}
END_TEST

START_TEST(who_has_unsubscribed_is_told_nothing)
{
    struct hass *hass = home();

    hass__assert_loop();
    result_of("{'type':'persistent_notification/subscribe'}");
    ck_assert_ptr_nonnull(next_event());
    result_of("{'type':'unsubscribe_events','subscription':1}");
    call(hass, "create", CREATE_ONE);
    ck_assert_ptr_null(client_next(client));
}
END_TEST

START_TEST(it_may_be_unloaded_while_somebody_follows)
{
    struct hass *hass = home();

    hass__assert_loop();
    result_of("{'type':'persistent_notification/subscribe'}");
    ck_assert_ptr_nonnull(next_event());
    ck_assert_int_eq(loader_unload(hass, "persistent_notification", NULL), 0);
    ck_assert_str_eq(client_error(client_ask(client, "{'type':'persistent_notification/get'}")),
                     "unknown_command");
}
END_TEST

CASES_MAIN("persistent_notification: messages", ONCE(all_are_a_list_in_the_order_of_their_making),
           ONCE(a_subscription_begins_with_nothing_where_nothing_is),
           ONCE(a_subscriber_is_told_what_comes_and_goes),
           ONCE(who_has_unsubscribed_is_told_nothing),
           ONCE(it_may_be_unloaded_while_somebody_follows))
