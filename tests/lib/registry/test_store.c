/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stores: files, delays, loads, migration, what is wrong with a file.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hass/store.h>

#include "base/mem.h"
#include "registry/store.h"
#include "run/runtime.h"
#include "run/scope.h"
#include "support/test.h"

/* What a store's owner has. */
struct owner {
    struct hass_store *store;
    json_t *data;    /* loaded, or to be saved */
    unsigned asked;  /* for its data */
    int value;       /* its data */
    int migrated[2]; /* from this version */
    int result;
    struct hass_error err;
};

static json_t *give(void *userdata)
{
    struct owner *owner = userdata;

    owner->asked++;
    return json_pack("{s:i}", "value", owner->value);
}

static HASS_CALLBACK void open_store(struct hass *hass, struct owner *owner,
                                     const struct hass_store_options *given)
{
    struct hass_store_options options = *given;

    owner->err = (struct hass_error)HASS_ERROR_INIT;
    options.size = sizeof(options);
    options.key = options.key ? options.key : "test.thing";
    options.version = options.version ? options.version : 1;
    options.data = give;
    options.userdata = owner;
    ck_assert_int_eq(hass_store_async_create(hass, &options, &owner->store, &owner->err), 0);
}

static char *path_of(const char *name)
{
    return mem_printf("%s/.storage/%s", test_dir(), name);
}

static bool exists(const char *name)
{
    autofree char *path = path_of(name);

    return access(path, F_OK) == 0;
}

/* The value in the file, or -1 when there is no file. */
static int value_in_file(void)
{
    if (!exists("test.thing"))
        return -1;
    autofree char *path = path_of("test.thing");
    autofree char *text = test_read_file(path);
    autojson *envelope = NULL;

    ck_assert_int_eq(hass_json_parse(text, strlen(text), 1 << 20, &envelope, NULL), 0);
    return (int)hass_json_get_int(hass_json_get(envelope, "data"), "value", -2);
}

static HASS_COROUTINE int load(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct owner *owner = userdata;

    owner->err = (struct hass_error)HASS_ERROR_INIT;
    owner->result = hass_store_async_load(owner->store, &owner->data, &owner->err);
    return owner->result;
}

static HASS_COROUTINE int save(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct owner *owner = userdata;

    owner->result =
        hass_store_async_save(owner->store, json_pack("{s:i}", "value", owner->value), err);
    return owner->result;
}

static HASS_COROUTINE int stop(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_stop(hass, 0, false, err);
}

START_TEST(what_is_saved_is_in_the_models_envelope)
{
    struct hass *hass = test_hass();
    struct owner owner = { .value = 7 };

    open_store(hass, &owner, &(struct hass_store_options){ .version = 3, .minor_version = 2 });
    ck_assert_int_eq(test_run_coroutine(hass, save, &owner), 0);
    autofree char *path = path_of("test.thing");
    autofree char *text = test_read_file(path);
    ck_assert_str_eq(text, "{\n  \"version\": 3,\n  \"minor_version\": 2,\n"
                           "  \"key\": \"test.thing\",\n  \"data\": {\n    \"value\": 7\n  }\n}");
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0644);
    autofree char *folder = path_of("");
    ck_assert_int_eq(stat(folder, &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0700);
}
END_TEST

START_TEST(what_was_saved_is_loaded)
{
    struct hass *hass = test_hass();
    struct owner owner = { .value = 7 };

    open_store(hass, &owner, &(struct hass_store_options){ .private_file = true });
    ck_assert_int_eq(test_run_coroutine(hass, load, &owner), 0);
    ck_assert_ptr_null(owner.data);
    ck_assert_int_eq(test_run_coroutine(hass, save, &owner), 0);
    ck_assert_int_eq(test_run_coroutine(hass, load, &owner), 0);
    ck_assert_json(owner.data, "{'value': 7}");
    json_decref(owner.data);
    autofree char *path = path_of("test.thing");
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0600);
}
END_TEST

START_TEST(several_delayed_saves_make_one_write_at_the_time_of_the_last)
{
    struct hass *hass = test_hass();
    struct owner owner = { .value = 1 };

    open_store(hass, &owner, &(struct hass_store_options){ 0 });
    ck_assert_int_eq(hass_store_async_delay_save(owner.store, 10, NULL), 0);
    test_advance(hass, 6);
    owner.value = 2;
    ck_assert_int_eq(hass_store_async_delay_save(owner.store, 10, NULL), 0);
    test_advance(hass, 9.9);
    ck_assert_int_eq(value_in_file(), -1);
    test_advance(hass, 0.2);
    ck_assert_int_eq(value_in_file(), 2);
    ck_assert_uint_eq(owner.asked, 1);
}
END_TEST

START_TEST(an_earlier_delayed_save_comes_first)
{
    struct hass *hass = test_hass();
    struct owner owner = { .value = 1 };

    open_store(hass, &owner, &(struct hass_store_options){ 0 });
    ck_assert_int_eq(hass_store_async_delay_save(owner.store, 100, NULL), 0);
    ck_assert_int_eq(hass_store_async_delay_save(owner.store, 1, NULL), 0);
    test_advance(hass, 1.1);
    ck_assert_int_eq(value_in_file(), 1);
    test_advance(hass, 200);
    ck_assert_uint_eq(owner.asked, 1);
}
END_TEST

START_TEST(what_is_pending_is_written_by_the_final_write)
{
    struct hass *hass = test_hass();
    struct owner owner = { .value = 5 };

    test_start(hass);
    open_store(hass, &owner, &(struct hass_store_options){ 0 });
    ck_assert_int_eq(hass_store_async_delay_save(owner.store, 1000, NULL), 0);
    ck_assert_int_eq(test_run_coroutine(hass, stop, NULL), 0);
    ck_assert_int_eq(value_in_file(), 5);
    ck_assert_uint_eq(owner.asked, 1);
}
END_TEST

START_TEST(a_load_gives_what_is_pending)
{
    struct hass *hass = test_hass();
    struct owner owner = { .value = 5 };

    open_store(hass, &owner, &(struct hass_store_options){ 0 });
    ck_assert_int_eq(hass_store_async_delay_save(owner.store, 10, NULL), 0);
    ck_assert_int_eq(test_run_coroutine(hass, load, &owner), 0);
    ck_assert_json(owner.data, "{'value': 5}");
    json_decref(owner.data);
}
END_TEST

START_TEST(a_newer_file_is_refused_and_never_overwritten)
{
    static const char text[] =
        "{\"version\": 2, \"key\": \"test.thing\", \"data\": {\"value\": 3}}";
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();
    struct owner owner = { .value = 5 };

    test_file(".storage/test.thing", text);
    open_store(hass, &owner, &(struct hass_store_options){ 0 });
    ck_assert_int_eq(test_run_coroutine(hass, load, &owner), HASS_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(owner.err.message, "version 2, written by a newer release"));
    ck_assert_int_eq(test_run_coroutine(hass, save, &owner), HASS_E_UNSUPPORTED);
    ck_assert_int_eq(hass_store_async_delay_save(owner.store, 1, NULL), 0);
    test_advance(hass, 2);
    ck_assert_int_eq(value_in_file(), 3);
    ck_assert_ptr_nonnull(logs_find(logs, "test.thing is not saved"));
}
END_TEST

START_TEST(a_corrupt_file_is_set_aside)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();
    struct owner owner = { .value = 5 };

    test_file(".storage/test.thing", "{\"version\": 1, \"da");
    open_store(hass, &owner, &(struct hass_store_options){ 0 });
    ck_assert_int_eq(test_run_coroutine(hass, load, &owner), 0);
    ck_assert_ptr_null(owner.data);
    ck_assert(exists("test.thing.corrupt.2024-01-01T00:00:00+00:00"));
    ck_assert(!exists("test.thing"));
    ck_assert_ptr_nonnull(logs_find(logs, "was corrupt"));
}
END_TEST

START_TEST(a_file_that_nobody_has_read_is_not_overwritten_when_it_is_newer_or_corrupt)
{
    struct hass *hass = test_hass();
    struct owner owner = { .value = 5 };

    (void)test_logs();
    open_store(hass, &owner, &(struct hass_store_options){ 0 });
    test_file(".storage/test.thing", "{\"version\": 2, \"data\": {\"value\": 3}}");
    ck_assert_int_eq(test_run_coroutine(hass, save, &owner), HASS_E_UNSUPPORTED);
    ck_assert_int_eq(value_in_file(), 3);
    test_file(".storage/test.thing", "oh");
    ck_assert_int_eq(test_run_coroutine(hass, save, &owner), 0);
    ck_assert_int_eq(value_in_file(), 5);
    ck_assert(exists("test.thing.corrupt.2024-01-01T00:00:00+00:00"));
}
END_TEST

TEST_MAIN("stores", what_is_saved_is_in_the_models_envelope, what_was_saved_is_loaded,
          several_delayed_saves_make_one_write_at_the_time_of_the_last,
          an_earlier_delayed_save_comes_first, what_is_pending_is_written_by_the_final_write,
          a_load_gives_what_is_pending, a_newer_file_is_refused_and_never_overwritten,
          a_corrupt_file_is_set_aside,
          a_file_that_nobody_has_read_is_not_overwritten_when_it_is_newer_or_corrupt)
