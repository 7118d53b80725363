/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sending messages: on the loop, on the pool, with and without a title, and when it fails.
 */
#include <errno.h>
#include <string.h>

#include "notify/notify.h"
#include "support/home.h"

static struct {
    char message[64];
    char title[64];
    bool titled;
    bool on_loop;
} last;

static void remember(struct hass_entity *entity, const struct notify_message *message)
{
    snprintf(last.message, sizeof(last.message), "%s", message->message);
    snprintf(last.title, sizeof(last.title), "%s", message->title ? message->title : "");
    last.titled = message->title;
    last.on_loop = hass_on_loop(hass_entity_hass(entity));
}

static HASS_COROUTINE int send_loop(struct hass_entity *entity,
                                    const struct notify_message *message, struct hass_error *err)
{
    remember(entity, message);
    return 0;
}

static HASS_BLOCKING int send_pool(struct hass_worker *worker, struct hass_entity *entity,
                                   const struct notify_message *message, void *values,
                                   struct hass_error *err)
{
    remember(entity, message);
    return 0;
}

static HASS_COROUTINE int send_in_vain(struct hass_entity *entity,
                                       const struct notify_message *message, struct hass_error *err)
{
    return hass_fail(err, -EIO, "the phone is off");
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS();
static const struct notify_ops loop_ops = NOTIFY_OPS(.async_send = send_loop);
static const struct notify_ops pool_ops = NOTIFY_OPS(.send = send_pool);
static const struct notify_ops broken_ops = NOTIFY_OPS(.async_send = send_in_vain);
static const struct notify_ops mute_ops = NOTIFY_OPS();
static const struct hass_entity_description loop =
    HASS_ENTITY_DESCRIPTION(.name = "Loop", .supported_features = NOTIFY_FEATURE_TITLE,
                            .has_supported_features = true);
static const struct hass_entity_description pool = HASS_ENTITY_DESCRIPTION(.name = "Pool");
static const struct hass_entity_description broken = HASS_ENTITY_DESCRIPTION(.name = "Broken");
static const struct hass_entity_description mute = HASS_ENTITY_DESCRIPTION(.name = "Mute");

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entities[] = {
        hass_entity_new(hass, &ops, &loop, &loop_ops, NULL, NULL),
        hass_entity_new(hass, &ops, &pool, &pool_ops, NULL, NULL),
        hass_entity_new(hass, &ops, &broken, &broken_ops, NULL, NULL),
        hass_entity_new(hass, &ops, &mute, &mute_ops, NULL, NULL),
    };

    return hass_component_async_add_entities(hass_component_async_get(hass, "notify"), entities, 4,
                                             err);
}

static HASS_CALLBACK struct hass *home(void)
{
    struct hass *hass = test_home("notify:\n");

    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    return hass;
}

START_TEST(the_state_is_when_the_last_message_was_sent)
{
    hass__assert_loop();
    struct hass *hass = home();

    ck_assert_str_eq(home_state(hass, "notify.loop"), "unknown");
    test_advance(hass, 3600);
    ck_assert_int_eq(home_call(hass, "notify", "send_message",
                               "{'entity_id':'notify.loop','message':'Hi','title':'Ada'}", NULL),
                     0);
    ck_assert_str_eq(home_state(hass, "notify.loop"), "2024-01-01T01:00:00+00:00");
    ck_assert_str_eq(last.message, "Hi");
    ck_assert_str_eq(last.title, "Ada");
    ck_assert(last.on_loop);
}
END_TEST

START_TEST(the_pool_gets_its_message_and_no_title_without_the_feature)
{
    hass__assert_loop();
    struct hass *hass = home();

    ck_assert_int_eq(home_call(hass, "notify", "send_message",
                               "{'entity_id':'notify.pool','message':'Hi','title':'Ada'}", NULL),
                     0);
    ck_assert_str_eq(last.message, "Hi");
    ck_assert(!last.titled);
    ck_assert(!last.on_loop);
}
END_TEST

START_TEST(a_failure_reaches_the_caller)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(home_call(hass, "notify", "send_message",
                               "{'entity_id':'notify.broken','message':'Hi'}", &err),
                     -EIO);
    ck_assert_str_eq(err.message, "the phone is off");
    ck_assert_int_eq(home_call(hass, "notify", "send_message",
                               "{'entity_id':'notify.mute','message':'Hi'}", NULL),
                     HASS_E_UNSUPPORTED);
}
END_TEST

START_TEST(a_message_is_needed_and_has_a_limit)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_buf data = HASS_BUF_INIT;

    ck_assert_int_eq(home_call(hass, "notify", "send_message", "{'entity_id':'notify.loop'}", NULL),
                     HASS_E_INVALID);
    hass_buf_add_string(&data, "{'entity_id':'notify.loop','message':'");
    for (size_t i = 0; i < 65536; i++)
        hass_buf_add_char(&data, 'x');
    size_t length = data.length;
    hass_buf_add_string(&data, "'}");
    ck_assert_int_eq(home_call(hass, "notify", "send_message", data.data, NULL), 0);
    data.length = length;
    hass_buf_add_string(&data, "x'}");
    ck_assert_int_eq(home_call(hass, "notify", "send_message", data.data, NULL), HASS_E_INVALID);
    hass_buf_fini(&data);
}
END_TEST

TEST_MAIN("notify", the_state_is_when_the_last_message_was_sent,
          the_pool_gets_its_message_and_no_title_without_the_feature, a_failure_reaches_the_caller,
          a_message_is_needed_and_has_a_limit)
