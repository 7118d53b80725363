/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stores: files, delays, loads, migration, what is wrong with a file.
 */
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hass/store.h>

#include "base/fs.h"
#include "base/mem.h"
#include "registry/store_file.h"
#include "run/runtime.h"
#include "run/scope.h"
#include "support/cases.h"
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

/* loading */

static _Atomic int reads, inside, most_inside, wanted_inside;

static int reads_begun(enum fs_call call)
{
    reads += call == FS_READ;
    return 0;
}

/* How many loads there are at once: each waits at its first call until the wanted number is there. */
static int gather(enum fs_call call)
{
    if (call != FS_STAT)
        return 0;
    int now = ++inside;
    for (int most = most_inside;
         now > most && !atomic_compare_exchange_weak(&most_inside, &most, now);)
        ;
    while (most_inside < wanted_inside)
        sched_yield();
    inside--;
    return 0;
}

static HASS_CALLBACK void start_load(struct hass *hass, struct owner *owner)
{
    owner->result = 1;
    ck_assert_int_eq(hass_async_create_task(hass, HASS_JOB_COROUTINE(load, owner), NULL, NULL), 0);
}

START_TEST(loads_at_the_same_time_share_one_reading)
{
    struct hass *hass = test_hass();
    struct owner owners[3] = { 0 };

    test_file(".storage/test.thing", "{\"version\": 1, \"data\": {\"value\": 3}}");
    open_store(hass, &owners[0], &(struct hass_store_options){ 0 });
    fs_set_fault(reads_begun);
    for (size_t i = 0; i < 3; i++) {
        owners[i].store = owners[0].store;
        start_load(hass, &owners[i]);
    }
    test_settle(hass);
    ck_assert_int_eq(reads, 1);
    json_object_set_new(owners[0].data, "value", json_integer(5)); // each has its own
    ck_assert_json(owners[1].data, "{'value': 3}");
    ck_assert_json(owners[2].data, "{'value': 3}");
    for (size_t i = 0; i < 3; i++)
        json_decref(owners[i].data);
    fs_set_fault(NULL);
}
END_TEST

START_TEST(six_files_are_read_at_once_and_no_more)
{
    struct hass *hass = test_hass();
    struct owner owners[20] = { 0 };

    wanted_inside = STORE_MAX_LOADS;
    for (size_t i = 0; i < 20; i++) {
        autofree char *key = mem_printf("test.n%zu", i);
        autofree char *name = mem_printf(".storage/%s", key);
        test_file(name, "{\"version\": 1, \"data\": 5}");
        open_store(hass, &owners[i], &(struct hass_store_options){ .key = key });
    }
    fs_set_fault(gather);
    for (size_t i = 0; i < 20; i++)
        start_load(hass, &owners[i]);
    test_settle(hass);
    for (size_t i = 0; i < 20; i++) {
        ck_assert_int_eq(owners[i].result, 0);
        json_decref(owners[i].data);
    }
    ck_assert_int_eq(most_inside, STORE_MAX_LOADS);
    fs_set_fault(NULL);
}
END_TEST

START_TEST(a_load_outlives_who_asked_first)
{
    struct hass *hass = test_hass();
    struct owner first = { 0 }, second = { 0 };
    struct hass_task *task;

    test_file(".storage/test.thing", "{\"version\": 1, \"data\": {\"value\": 3}}");
    open_store(hass, &first, &(struct hass_store_options){ 0 });
    second.store = first.store;
    ck_assert_int_eq(hass_async_create_task(hass, HASS_JOB_COROUTINE(load, &first), &task, NULL),
                     0);
    start_load(hass, &second);
    hass_task_async_cancel(task, NULL);
    hass_task_unref(task);
    test_settle(hass);
    ck_assert_int_eq(first.result, -ECANCELED);
    ck_assert_int_eq(second.result, 0);
    ck_assert_json(second.data, "{'value': 3}");
    json_decref(second.data);
}
END_TEST

/* migration */

static HASS_COROUTINE int migrate(struct hass *hass, int version, int minor_version, json_t *data,
                                  json_t **ret_data, void *userdata, struct hass_error *err)
{
    struct owner *owner = userdata;

    owner->migrated[0] = version;
    owner->migrated[1] = minor_version;
    int r = hass_async_sleep(hass, 1, err);
    if (r == 0 && hass_json_get(data, "bad"))
        r = hass_fail(err, HASS_E_INVALID, "that cannot be migrated");
    if (r < 0) {
        json_decref(data);
        return r;
    }
    json_object_set_new(data, "migrated", json_true());
    *ret_data = data;
    return 0;
}

static const struct {
    int version, minor_version; /* of the store */
    int max_readable;
    bool migrates;
    const char *file; /* ' for " */
    int result;
    bool called;
    const char *data;
} migrations[] = {
    { 2, 3, 0, true, "{'version': 2, 'minor_version': 3, 'data': {}}", 0, false, "{}" },
    { 2, 3, 0, true, "{'version': 1, 'data': {}}", 0, true, "{'migrated': true}" },
    { 2, 3, 0, true, "{'version': 2, 'minor_version': 2, 'data': {}}", 0, true,
      "{'migrated': true}" },
    { 2, 3, 0, true, "{'version': 2, 'minor_version': 4, 'data': {}}", 0, true,
      "{'migrated': true}" },
    { 2, 3, 0, true, "{'version': 1, 'data': {'bad': 1}}", HASS_E_INVALID, true, NULL },
    { 2, 3, 0, true, "{'version': 3, 'data': {}}", HASS_E_UNSUPPORTED, false, NULL },
    { 2, 3, 4, true, "{'version': 4, 'data': {}}", 0, true, "{'migrated': true}" },
    { 2, 3, 4, true, "{'version': 5, 'data': {}}", HASS_E_UNSUPPORTED, false, NULL },
    { 2, 3, 0, false, "{'version': 2, 'data': {}}", 0, false, "{}" },
    { 2, 3, 0, false, "{'version': 1, 'data': {}}", HASS_E_UNSUPPORTED, false, NULL },
};

START_TEST(other_versions_are_migrated_or_refused)
{
    struct hass *hass = test_hass();
    struct owner owner = { 0 };
    autojson *file = test_json(migrations[_i].file);
    autobuf text = HASS_BUF_INIT;

    hass_json_write(file, &text);
    test_file(".storage/test.thing", text.data);
    open_store(hass, &owner,
               &(struct hass_store_options){
                   .version = migrations[_i].version,
                   .minor_version = migrations[_i].minor_version,
                   .max_readable_version = migrations[_i].max_readable,
                   .async_migrate = migrations[_i].migrates ? migrate : NULL,
               });
    ck_assert_int_eq(test_run_coroutine(hass, load, &owner), migrations[_i].result);
    ck_assert_int_eq(owner.migrated[0] != 0, migrations[_i].called);
    if (migrations[_i].data)
        ck_assert_json(owner.data, migrations[_i].data);
    json_decref(owner.data);
    test_settle(hass);
    autofree char *path = path_of("test.thing");
    autofree char *now = test_read_file(path);
    ck_assert_int_eq(strcmp(now, text.data) != 0,
                     migrations[_i].result == 0 && migrations[_i].called);
}
END_TEST

/* life */

static HASS_COROUTINE int remove_file(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct owner *owner = userdata;

    return hass_store_async_remove(owner->store, err);
}

START_TEST(removing_forgets_what_is_pending_and_deletes_the_file)
{
    struct hass *hass = test_hass();
    struct owner owner = { .value = 1 };

    open_store(hass, &owner, &(struct hass_store_options){ 0 });
    ck_assert_int_eq(test_run_coroutine(hass, remove_file, &owner), 0);
    ck_assert_int_eq(test_run_coroutine(hass, save, &owner), 0);
    ck_assert_int_eq(hass_store_async_delay_save(owner.store, 5, NULL), 0);
    ck_assert_int_eq(test_run_coroutine(hass, remove_file, &owner), 0);
    ck_assert(!exists("test.thing"));
    test_advance(hass, 60);
    ck_assert(!exists("test.thing"));
}
END_TEST

START_TEST(a_destroyed_store_writes_what_was_pending)
{
    struct hass *hass = test_hass();
    struct owner owner = { .value = 4 }, next = { 0 };

    open_store(hass, &owner, &(struct hass_store_options){ 0 });
    ck_assert_int_eq(hass_store_async_delay_save(owner.store, 5, NULL), 0);
    ck_assert_ptr_null(hass_store_async_destroy(owner.store));
    owner.value = 9; // no longer asked for
    open_store(hass, &next, &(struct hass_store_options){ 0 });
    ck_assert_int_eq(test_run_coroutine(hass, load, &next), 0);
    ck_assert_json(next.data, "{'value': 4}");
    json_decref(next.data);
    ck_assert_int_eq(value_in_file(), 4);
}
END_TEST

static int never(enum fs_call call)
{
    return call == FS_SYNC ? -EIO : 0;
}

START_TEST(what_a_destroyed_store_could_not_write_is_tried_again)
{
    struct hass *hass = test_hass();
    struct owner owner = { .value = 4 }, next = { 0 };

    (void)test_logs();
    open_store(hass, &owner, &(struct hass_store_options){ 0 });
    fs_set_fault(never);
    ck_assert_int_eq(test_run_coroutine(hass, save, &owner), -EIO);
    ck_assert_ptr_null(hass_store_async_destroy(owner.store));
    open_store(hass, &next, &(struct hass_store_options){ 0 });
    ck_assert_int_eq(test_run_coroutine(hass, load, &next), 0);
    ck_assert_json(next.data, "{'value': 4}");
    json_decref(next.data);
    ck_assert_ptr_null(hass_store_async_destroy(next.store));
    fs_set_fault(NULL);
    test_advance(hass, 60);
    ck_assert_int_eq(value_in_file(), 4);
}
END_TEST

static HASS_COROUTINE int close_scope(struct hass *hass, void *userdata, struct hass_error *err)
{
    return scope_async_close(userdata, 10, err);
}

START_TEST(a_store_ends_with_its_integration)
{
    struct hass *hass = test_hass();
    struct scope *scope = scope_new(hass, "test");
    struct owner owner = { .value = 4 }, next = { 0 };
    struct scope *former = scope_enter(scope);

    open_store(hass, &owner, &(struct hass_store_options){ 0 });
    scope_leave(former);
    ck_assert_int_eq(hass_store_async_delay_save(owner.store, 5, NULL), 0);
    ck_assert_int_eq(test_run_coroutine(hass, close_scope, scope), 0);
    test_settle(hass);
    ck_assert_int_eq(value_in_file(), 4);
    ck_assert_int_eq(hass_store_async_delay_save(owner.store, 5, NULL), HASS_E_CLOSED);
    ck_assert_int_eq(test_run_coroutine(hass, save, &owner), HASS_E_CLOSED);
    ck_assert_int_eq(test_run_coroutine(hass, load, &owner), HASS_E_CLOSED);
    open_store(hass, &next, &(struct hass_store_options){ 0 });
    ck_assert_ptr_null(hass_store_async_destroy(owner.store));
    scope_unref(scope);
}
END_TEST

static const struct {
    const char *key;
    int version, minor_version;
    int result;
} given[] = {
    { "core.area_registry-2", 1, 0, 0 }, { NULL, 1, 0, HASS_E_INVALID },
    { "", 1, 0, HASS_E_INVALID },        { ".hidden", 1, 0, HASS_E_INVALID },
    { "..", 1, 0, HASS_E_INVALID },      { "a/b", 1, 0, HASS_E_INVALID },
    { "../a", 1, 0, HASS_E_INVALID },    { "a b", 1, 0, HASS_E_INVALID },
    { "a:b", 1, 0, HASS_E_INVALID },     { "ü", 1, 0, HASS_E_INVALID },
    { "a\n", 1, 0, HASS_E_INVALID },     { "a", 0, 0, HASS_E_INVALID },
    { "a", -1, 0, HASS_E_INVALID },      { "a", 1, -1, HASS_E_INVALID },
};

START_TEST(keys_and_versions_are_checked)
{
    struct hass *hass = test_hass();
    struct hass_store_options options = { .size = sizeof(options),
                                          .key = given[_i].key,
                                          .version = given[_i].version,
                                          .minor_version = given[_i].minor_version };
    struct hass_store *store;

    ck_assert_int_eq(hass_store_async_create(hass, &options, &store, NULL), given[_i].result);
}
END_TEST

START_TEST(a_key_has_128_characters_and_one_store)
{
    struct hass *hass = test_hass();
    struct owner owner = { .value = 1 };
    char key[130] = { 0 };
    struct hass_store_options options = { .size = sizeof(options), .key = key, .version = 1 };
    struct hass_store *store;

    memset(key, 'k', 128);
    open_store(hass, &owner, &options);
    ck_assert_int_eq(hass_store_async_create(hass, &options, &store, NULL), HASS_E_EXISTS);
    ck_assert_int_eq(test_run_coroutine(hass, save, &owner), 0);
    ck_assert(exists(key));
    key[128] = 'k';
    ck_assert_int_eq(hass_store_async_create(hass, &options, &store, NULL), HASS_E_INVALID);
}
END_TEST

START_TEST(a_read_only_store_never_writes)
{
    struct hass *hass = test_hass();
    struct owner owner = { .value = 1 };

    open_store(hass, &owner, &(struct hass_store_options){ .read_only = true });
    ck_assert_int_eq(test_run_coroutine(hass, save, &owner), 0);
    ck_assert_int_eq(hass_store_async_delay_save(owner.store, 0, NULL), 0);
    test_advance(hass, 10);
    ck_assert_int_eq(value_in_file(), -1);
}
END_TEST

START_TEST(who_always_changes_something_is_written_after_300_seconds)
{
    struct hass *hass = test_hass();
    struct owner owner = { 0 };

    open_store(hass, &owner, &(struct hass_store_options){ 0 });
    for (int i = 0; i < 40; i++) { // every 9 s, to be saved 10 s later
        owner.value = i;
        ck_assert_int_eq(hass_store_async_delay_save(owner.store, 10, NULL), 0);
        test_advance(hass, 9);
        if ((i + 1) * 9 < 300)
            ck_assert_int_eq(value_in_file(), -1);
    }
    ck_assert_int_eq(value_in_file(), 33); // the change at 297 s was the last before
    test_advance(hass, 20);
    owner.value = 77;
    ck_assert_int_eq(hass_store_async_delay_save(owner.store, 1000, NULL), 0);
    ck_assert_int_eq(hass_store_async_delay_save(owner.store, 1000, NULL), 0);
    test_advance(hass, 990);
    ck_assert_int_eq(value_in_file(), 39); // who wants to wait may
}
END_TEST

START_TEST(a_burst_of_changes_is_one_write)
{
    struct hass *hass = test_hass();
    struct owner owner = { 0 };

    test_start(hass);
    open_store(hass, &owner, &(struct hass_store_options){ 0 });
    for (int i = 0; i < 10000; i++)
        ck_assert_int_eq(hass_store_async_delay_save(owner.store, 10, NULL), 0);
    test_advance(hass, 100);
    ck_assert_uint_eq(owner.asked, 1);
}
END_TEST

/* around the stop */

static HASS_CALLBACK int save_late(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    struct owner *owner = userdata;

    owner->value++;
    return hass_store_async_delay_save(owner->store, 1000, err);
}

static HASS_COROUTINE int save_while_stopping(const struct hass_event *event, void *userdata,
                                              struct hass_error *err)
{
    struct owner *owner = userdata;

    owner->value = 50;
    ck_assert_int_eq(save(hass_event_hass(event), owner, err), 0);
    ck_assert_int_eq(value_in_file(), -1);
    return 0;
}

START_TEST(a_save_while_stopping_is_left_to_the_final_write)
{
    struct hass *hass = test_hass();
    struct owner owner = { 0 };

    test_start(hass);
    open_store(hass, &owner, &(struct hass_store_options){ 0 });
    ck_assert_int_eq(hass_bus_async_listen(hass, HASS_EVENT_STOP, NULL,
                                           HASS_JOB_COROUTINE(save_while_stopping, &owner), NULL,
                                           NULL),
                     0);
    ck_assert_int_eq(test_run_coroutine(hass, stop, NULL), 0);
    ck_assert_int_eq(value_in_file(), 50);
}
END_TEST

START_TEST(a_change_during_the_final_write_is_written_too)
{
    struct hass *hass = test_hass();
    struct owner owner = { .value = 1 };

    test_start(hass);
    open_store(hass, &owner, &(struct hass_store_options){ 0 });
    ck_assert_int_eq(hass_bus_async_listen(hass, HASS_EVENT_FINAL_WRITE, NULL,
                                           HASS_JOB_CALLBACK(save_late, &owner), NULL, NULL),
                     0);
    ck_assert_int_eq(hass_store_async_delay_save(owner.store, 1000, NULL), 0);
    ck_assert_int_eq(test_run_coroutine(hass, stop, NULL), 0);
    ck_assert_int_eq(value_in_file(), 2);
}
END_TEST

/* other threads */

static HASS_BLOCKING int use_twins(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct owner *owner = userdata;
    json_t *data = NULL;
    int r = hass_store_save(owner->store, test_json("{'value': 8}"), err);

    if (r == 0)
        r = hass_store_load(owner->store, &data, err);
    ck_assert_json(data, "{'value': 8}");
    json_decref(data);
    if (r == 0)
        r = hass_store_remove(owner->store, err);
    ck_assert_int_eq(value_in_file(), -1);
    return r < 0 ? r : hass_store_delay_save(owner->store, 5, err);
}

START_TEST(other_threads_wait_or_queue)
{
    struct hass *hass = test_hass();
    struct owner owner = { .value = 6 };

    open_store(hass, &owner, &(struct hass_store_options){ 0 });
    ck_assert_int_eq(test_on_pool(hass, use_twins, &owner), 0);
    test_advance(hass, 6);
    ck_assert_int_eq(value_in_file(), 6);
}
END_TEST

CASES_MAIN("stores", ONCE(what_is_saved_is_in_the_models_envelope), ONCE(what_was_saved_is_loaded),
           ONCE(several_delayed_saves_make_one_write_at_the_time_of_the_last),
           ONCE(an_earlier_delayed_save_comes_first),
           ONCE(what_is_pending_is_written_by_the_final_write), ONCE(a_load_gives_what_is_pending),
           ONCE(a_newer_file_is_refused_and_never_overwritten), ONCE(a_corrupt_file_is_set_aside),
           ONCE(a_file_that_nobody_has_read_is_not_overwritten_when_it_is_newer_or_corrupt),
           ONCE(loads_at_the_same_time_share_one_reading),
           ONCE(six_files_are_read_at_once_and_no_more), ONCE(a_load_outlives_who_asked_first),
           ROWS(other_versions_are_migrated_or_refused, migrations),
           ONCE(removing_forgets_what_is_pending_and_deletes_the_file),
           ONCE(a_destroyed_store_writes_what_was_pending),
           ONCE(what_a_destroyed_store_could_not_write_is_tried_again),
           ONCE(a_store_ends_with_its_integration), ROWS(keys_and_versions_are_checked, given),
           ONCE(a_key_has_128_characters_and_one_store), ONCE(a_read_only_store_never_writes),
           ONCE(who_always_changes_something_is_written_after_300_seconds),
           ONCE(a_burst_of_changes_is_one_write),
           ONCE(a_save_while_stopping_is_left_to_the_final_write),
           ONCE(a_change_during_the_final_write_is_written_too), ONCE(other_threads_wait_or_queue))
