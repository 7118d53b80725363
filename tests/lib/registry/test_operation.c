/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an operation on the registries tells, when, how often and in which order.
 */
#include <string.h>

#include <hass/buf.h>

#include "registry/operation.h"
#include "support/test.h"

/* Everything that has been heard, "a b c". */
static struct hass_buf heard;

static HASS_CALLBACK int hear(const struct hass_event *event, void *userdata,
                              struct hass_error *err)
{
    hass_buf_printf(&heard, "%s%s", heard.length ? " " : "",
                    hass_json_get_string(hass_event_data(event), "what", "?"));
    return 0;
}

static HASS_CALLBACK void announce(struct hass *hass, const char *what)
{
    operation_announce(hass, "test_told", json_pack("{s:s}", "what", what));
}

static struct hass *listening(void) HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *listening(void)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(
        hass_bus_async_listen(hass, "test_told", NULL, HASS_JOB_CALLBACK(hear, NULL), NULL, NULL),
        0);
    return hass;
}

START_TEST(nothing_is_told_before_the_outermost_operation_ends)
{
    struct hass *hass = listening();

    operation_begin(hass);
    announce(hass, "outer");
    operation_begin(hass);
    operation_begin(hass);
    announce(hass, "inner");
    operation_end(hass);
    ck_assert_str_eq(hass_buf_string(&heard), "");
    operation_end(hass);
    ck_assert_str_eq(hass_buf_string(&heard), "");
    operation_end(hass);
    ck_assert_str_eq(hass_buf_string(&heard), "outer inner");
}
END_TEST

START_TEST(what_is_announced_is_told_once_and_in_order)
{
    struct hass *hass = listening();

    operation_begin(hass);
    announce(hass, "1");
    operation_begin(hass);
    announce(hass, "2");
    operation_end(hass);
    announce(hass, "3");
    operation_begin(hass);
    announce(hass, "4");
    operation_end(hass);
    operation_end(hass);
    ck_assert_str_eq(hass_buf_string(&heard), "1 2 3 4");
    operation_begin(hass);
    operation_end(hass);
    ck_assert_str_eq(hass_buf_string(&heard), "1 2 3 4");
    operation_begin(hass);
    announce(hass, "5");
    operation_end(hass);
    ck_assert_str_eq(hass_buf_string(&heard), "1 2 3 4 5");
}
END_TEST

/* Has an operation of its own, nested, when it hears the first one of another. */
static HASS_CALLBACK int answer(const struct hass_event *event, void *userdata,
                                struct hass_error *err)
{
    struct hass *hass = hass_event_hass(event);

    if (strcmp(hass_json_get_string(hass_event_data(event), "what", ""), "question") != 0)
        return 0;
    operation_begin(hass);
    announce(hass, "answer");
    operation_begin(hass);
    announce(hass, "reason");
    operation_end(hass);
    operation_end(hass);
    return 0;
}

START_TEST(an_operation_of_a_listener_is_told_once_and_after_what_it_heard)
{
    struct hass *hass = listening();

    ck_assert_int_eq(
        hass_bus_async_listen(hass, "test_told", NULL, HASS_JOB_CALLBACK(answer, NULL), NULL, NULL),
        0);
    operation_begin(hass);
    announce(hass, "question");
    announce(hass, "remark");
    operation_end(hass);
    test_settle(hass);
    ck_assert_str_eq(hass_buf_string(&heard), "question answer reason remark");
}
END_TEST

START_TEST(operations_of_a_listener_count_for_themselves)
{
    struct hass *hass = listening();

    ck_assert_int_eq(
        hass_bus_async_listen(hass, "test_told", NULL, HASS_JOB_CALLBACK(answer, NULL), NULL, NULL),
        0);
    for (int i = 0; i < 2; i++) {
        hass_buf_clear(&heard);
        operation_begin(hass);
        announce(hass, "question");
        operation_end(hass);
        test_settle(hass);
        ck_assert_str_eq(hass_buf_string(&heard), "question answer reason");
    }
    hass_buf_fini(&heard);
}
END_TEST

TEST_MAIN("operations", nothing_is_told_before_the_outermost_operation_ends,
          what_is_announced_is_told_once_and_in_order,
          an_operation_of_a_listener_is_told_once_and_after_what_it_heard,
          operations_of_a_listener_count_for_themselves)
