/* SPDX-License-Identifier: Apache-2.0 */
/* The trigger `persistent_notification`. */
#include "support/home.h"
#include "support/triggers.h"

#define DOMAIN "persistent_notification"

START_TEST(it_fires_for_what_is_shown_and_taken_back)
{
    hass__assert_loop();
    struct hass *hass = test_home(NULL);
    struct fired *fired = triggers_attach(
        hass, "{'trigger': 'persistent_notification', 'update_type': ['added', 'removed']}");

    home_call(hass, DOMAIN, "create",
              "{'message': 'hello', 'title': 'T1', 'notification_id': 'n1'}", NULL);
    home_call(hass, DOMAIN, "create", "{'message': 'hello2', 'notification_id': 'n1'}", NULL);
    home_call(hass, DOMAIN, "dismiss", "{'notification_id': 'n1'}", NULL);
    ck_assert_uint_eq(fired_count(fired), 3);
    char *keys = fired_keys(fired, 0);
    ck_assert_str_eq(keys, "alias,id,idx,notification,platform,update_type");
    free(keys);
    ck_assert_str_eq(fired_text(fired, 0, "update_type"), "added");
    ck_assert_str_eq(fired_text(fired, 1, "update_type"), "added");
    ck_assert_str_eq(fired_text(fired, 2, "update_type"), "removed");
    ck_assert_json(fired_field(fired, 0, "notification"),
                   "{'notification_id': 'n1', 'title': 'T1', 'message': 'hello', 'created_at': "
                   "'2024-01-01T00:00:00+00:00'}");
}
END_TEST

START_TEST(it_may_wait_for_one_id_and_one_kind_of_change)
{
    hass__assert_loop();
    struct hass *hass = test_home(NULL);
    struct fired *fired =
        triggers_attach(hass, "{'trigger': 'persistent_notification', 'notification_id': 'n2', "
                              "'update_type': 'removed'}");

    home_call(hass, DOMAIN, "create", "{'message': 'a', 'notification_id': 'n1'}", NULL);
    home_call(hass, DOMAIN, "create", "{'message': 'b', 'notification_id': 'n2'}", NULL);
    home_call(hass, DOMAIN, "dismiss_all", "{}", NULL);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert_str_eq(fired_text(fired, 0, "notification.message"), "b");
}
END_TEST

TEST_MAIN("persistent_notification trigger", it_fires_for_what_is_shown_and_taken_back,
          it_may_wait_for_one_id_and_one_kind_of_change)
