/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of large registries are read on the pool: what the loop does meanwhile, and what becomes of a reading that nobody
 * waits for any more.
 */
#include <errno.h>
#include <string.h>

#include <hass/device_registry.h>

#include "base/mem.h"
#include "registry/device.h"
#include "support/test.h"

#define FILE_NAME ".storage/core.device_registry"

enum { MANY = 7000 };

static HASS_COROUTINE int load(struct hass *hass, void *userdata, struct hass_error *err)
{
    return devices_async_load(hass, err);
}

/* Begins to read, and does not wait. */
static HASS_CALLBACK struct hass_task *begin(struct hass *hass)
{
    struct hass_task *task = NULL;

    ck_assert_int_eq(hass_async_create_task(hass, HASS_JOB_COROUTINE(load, NULL), &task, NULL), 0);
    return task;
}

static void write_devices(int count)
{
    autobuf text = HASS_BUF_INIT;

    hass_buf_add_string(&text, "{\"version\":1,\"data\":{\"devices\":[");
    for (int i = 0; i < count; i++)
        hass_buf_printf(&text, "%s{\"id\":\"d%d\",\"identifiers\":[[\"a\",\"%d\"]]}", i ? "," : "",
                        i, i);
    hass_buf_add_string(&text, "],\"deleted_devices\":[]}}");
    test_file(FILE_NAME, hass_buf_string(&text));
}

static char *file_text(void)
{
    autofree char *path = mem_printf("%s/" FILE_NAME, test_dir());

    return test_read_file(path);
}

static HASS_CALLBACK void make_device(struct hass *hass)
{
    const struct hass_device_info info =
        HASS_DEVICE_INFO(.identifiers = HASS_DEVICE_PAIRS({ "demo", "new" }));

    ck_assert_int_eq(hass_device_registry_async_get_or_create(hass, "e1", &info, NULL, NULL), 0);
}

START_TEST(the_loop_goes_on_while_a_file_is_read)
{
    struct hass *hass = test_hass();

    write_devices(1);
    hass_task_unref(begin(hass));
    ck_assert_uint_eq(hass_device_registry_async_count(hass), 0);
    test_settle(hass);
    ck_assert_uint_eq(hass_device_registry_async_count(hass), 1);
}
END_TEST

/* How many turns of the loop saw some devices, but not all. */
struct watch {
    unsigned turns;
};

static HASS_CALLBACK int look(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct watch *watch = userdata;
    size_t count = hass_device_registry_async_count(hass);

    watch->turns += count > 0 && count < MANY;
    if (count == MANY)
        return 0;
    return hass_async_add_job(hass, HASS_JOB_CALLBACK(look, watch), err);
}

START_TEST(many_rows_are_put_into_a_registry_some_at_a_time)
{
    struct hass *hass = test_hass();
    struct watch watch = { 0 };

    write_devices(MANY);
    hass_task_unref(begin(hass));
    hass_async_add_job(hass, HASS_JOB_CALLBACK(look, &watch), NULL);
    test_settle(hass);
    ck_assert_uint_eq(hass_device_registry_async_count(hass), MANY);
    ck_assert_uint_ge(watch.turns, 3);
}
END_TEST

START_TEST(what_changes_while_a_file_is_read_is_saved_with_what_it_had)
{
    struct hass *hass = test_hass();

    write_devices(2);
    hass_task_unref(begin(hass));
    make_device(hass);
    test_settle(hass);
    ck_assert_uint_eq(hass_device_registry_async_count(hass), 3);
    test_advance(hass, 200);
    autofree char *text = file_text();
    ck_assert_ptr_nonnull(strstr(text, "\"d0\""));
    ck_assert_ptr_nonnull(strstr(text, "\"d1\""));
    ck_assert_ptr_nonnull(strstr(text, "\"demo\""));
}
END_TEST

START_TEST(a_reading_that_is_cancelled_leaves_an_empty_registry_that_is_not_saved)
{
    struct hass *hass = test_hass();

    write_devices(2);
    autofree char *before = file_text();
    autounref(hass_task) *task = begin(hass);
    hass_task_async_cancel(task, NULL);
    test_settle(hass);
    ck_assert_int_eq(hass_future_result(hass_task_future(task), NULL), -ECANCELED);
    ck_assert_uint_eq(hass_device_registry_async_count(hass), 0);
    make_device(hass);
    test_advance(hass, 200);
    autofree char *after = file_text();
    ck_assert_str_eq(after, before);
}
END_TEST

static HASS_CALLBACK int cancel_when_some_are_there(struct hass *hass, void *userdata,
                                                    struct hass_error *err)
{
    if (hass_device_registry_async_count(hass) == 0)
        return hass_async_add_job(hass, HASS_JOB_CALLBACK(cancel_when_some_are_there, userdata),
                                  err);
    hass_task_async_cancel(userdata, NULL);
    return 0;
}

START_TEST(rows_that_were_put_in_before_the_reading_was_cancelled_go)
{
    struct hass *hass = test_hass();

    write_devices(MANY);
    autofree char *before = file_text();
    autounref(hass_task) *task = begin(hass);
    hass_async_add_job(hass, HASS_JOB_CALLBACK(cancel_when_some_are_there, task), NULL);
    test_settle(hass);
    ck_assert_int_eq(hass_future_result(hass_task_future(task), NULL), -ECANCELED);
    ck_assert_uint_eq(hass_device_registry_async_count(hass), 0);
    test_advance(hass, 200);
    autofree char *after = file_text();
    ck_assert_str_eq(after, before);
}
END_TEST

START_TEST(a_home_may_end_while_a_file_is_read)
{
    struct hass *hass = test_hass();

    write_devices(MANY);
    hass_task_unref(begin(hass));
    test_destroy(hass);
}
END_TEST

TEST_MAIN("reading registries on the pool", the_loop_goes_on_while_a_file_is_read,
          many_rows_are_put_into_a_registry_some_at_a_time,
          what_changes_while_a_file_is_read_is_saved_with_what_it_had,
          a_reading_that_is_cancelled_leaves_an_empty_registry_that_is_not_saved,
          rows_that_were_put_in_before_the_reading_was_cancelled_go,
          a_home_may_end_while_a_file_is_read)
