/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stores when things go wrong: the process killed at every system call of a save, each call failing once, files damaged in
 * every way.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <hass/store.h>

#include "base/fs.h"
#include "base/mem.h"
#include "core/core.h"
#include "registry/store.h"
#include "support/cases.h"
#include "support/test.h"

/* faults */

/* Which call fails, counted from 1, and how: -errno, or the bytes that one may move. */
static _Atomic int fault_at, fault_how, fault_count;

static int fail_once(enum fs_call call)
{
    if (++fault_count != fault_at)
        return 0;
    return fault_how < 0 || call == FS_READ || call == FS_WRITE ? fault_how : 0;
}

static int kill_at(enum fs_call call)
{
    if (++fault_count == fault_at)
        kill(getpid(), SIGKILL);
    return 0;
}

static void set_fault(fs_fault_fn *fault, int at, int how)
{
    fault_at = at;
    fault_how = how;
    fault_count = 0;
    fs_set_fault(fault);
}

/* stores */

struct owner {
    struct hass_store *store;
    int value;
    json_t *data;
    void *reading; /* what is read in pieces, owned */
    struct hass_error err;
};

static json_t *give(void *userdata)
{
    const struct owner *owner = userdata;

    return json_pack("{s:i}", "value", owner->value);
}

static HASS_CALLBACK void open_store(struct hass *hass, struct owner *owner)
{
    const struct hass_store_options options = {
        .size = sizeof(options),
        .key = "test.thing",
        .version = 1,
        .data = give,
        .userdata = owner,
    };

    ck_assert_int_eq(hass_store_async_create(hass, &options, &owner->store, NULL), 0);
}

static HASS_COROUTINE int save(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct owner *owner = userdata;

    return hass_store_async_save(owner->store, give(owner), err);
}

static HASS_COROUTINE int load(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct owner *owner = userdata;

    owner->data = NULL;
    owner->err = (struct hass_error)HASS_ERROR_INIT;
    return hass_store_async_load(owner->store, &owner->data, &owner->err);
}

static char *path_of(const char *name)
{
    return mem_printf("%s/.storage/%s", test_dir(), name);
}

/* The value in the file; -1: there is none; -2: it is not whole. */
static int value_in_file(void)
{
    autofree char *path = path_of("test.thing");
    autojson *envelope = NULL;

    if (access(path, F_OK) != 0)
        return -1;
    autofree char *text = test_read_file(path);
    if (hass_json_parse(text, strlen(text), 1 << 20, &envelope, NULL) < 0)
        return -2;
    return (int)hass_json_get_int(hass_json_get(envelope, "data"), "value", -2);
}

/* Files in .storage whose name contains @text. */
static unsigned files_with(const char *text)
{
    autofree char *path = path_of("");
    DIR *folder = opendir(path);
    const struct dirent *entry;
    unsigned count = 0;

    while (folder && (entry = readdir(folder)))
        count += strstr(entry->d_name, text) != NULL;
    if (folder)
        closedir(folder);
    return count;
}

/* killed */

/* Saves 1, 2, 3 and tells by @told of each that was acknowledged; killed at system call @at. */
static void save_in_child(const char *folder, int at, int told)
{
    const struct core_options options = { .config_dir = folder, .runtime.virtual_time = true };
    struct owner owner = { 0 };
    struct hass *hass;

    if (core_create(&options, &hass, NULL) < 0)
        _exit(1);
    hass__assert_loop();
    open_store(hass, &owner);
    set_fault(kill_at, at, 0);
    for (owner.value = 1; owner.value <= 3; owner.value++)
        if (test_run_coroutine(hass, save, &owner) != 0 || write(told, "", 1) != 1)
            _exit(1);
    _exit(0);
}

/* True when the child was killed; @ret_acknowledged: how many saves it was told are durable. */
static bool run_child(int at, int *ret_acknowledged)
{
    const char *folder = test_dir(); // the parent's
    int told[2], status;
    char byte;

    ck_assert_int_eq(pipe(told), 0);
    pid_t child = fork();
    if (child == 0) {
        close(told[0]);
        save_in_child(folder, at, told[1]);
    }
    close(told[1]);
    for (*ret_acknowledged = 0; read(told[0], &byte, 1) == 1;)
        ++*ret_acknowledged;
    close(told[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

START_TEST(a_kill_at_any_system_call_loses_nothing_acknowledged)
{
    autofree char *path = path_of("test.thing");
    int at = 1, acknowledged = 0;

    for (bool killed = true; killed; at++) {
        (void)unlink(path);
        killed = run_child(at, &acknowledged);
        int value = value_in_file();
        if (value == -1)
            value = 0;
        ck_assert_msg(value == acknowledged || value == acknowledged + 1,
                      "killed at call %d: %d saves were acknowledged, the file has %d", at,
                      acknowledged, value);
    }
    ck_assert_int_eq(acknowledged, 3);
    ck_assert_int_gt(at, 24);
}
END_TEST

START_TEST(what_a_killed_process_left_is_cleaned_up)
{
    int acknowledged;

    for (int at = 1; files_with(".tmp") == 0 && at < 100; at++)
        ck_assert(run_child(at, &acknowledged));
    struct hass *hass = test_hass();
    struct owner owner = { 0 };
    open_store(hass, &owner);
    ck_assert_int_eq(test_run_coroutine(hass, load, &owner), 0);
    ck_assert_uint_eq(files_with(".tmp"), 0);
}
END_TEST

/* failing once */

static const int failures[] = { -ENOSPC, -EROFS, -EIO, -EDQUOT, -EINTR, 1 };

/* Call @at of a save fails. Returns false when the save has no such call. */
static HASS_CALLBACK bool survive(struct hass *hass, struct owner *owner, int at, int how)
{
    struct logs *logs = test_logs();
    int before = owner->value++;

    logs_clear(logs);
    set_fault(fail_once, at, how);
    int r = test_run_coroutine(hass, save, owner);
    bool failed = fault_count >= at;
    int now = value_in_file();
    ck_assert_msg(now == owner->value || (r < 0 && now == before), "call %d: %d after %d", at, now,
                  before);
    ck_assert_uint_eq(logs_matching(logs, "is not saved"), r < 0);
    if (how == -EINTR || how > 0)
        ck_assert_int_eq(r, 0);
    test_advance(hass, 6);
    ck_assert_int_eq(value_in_file(), owner->value);
    ck_assert_uint_eq(logs_matching(logs, "is not saved"), r < 0);
    ck_assert_uint_eq(files_with(".tmp"), 0);
    return failed;
}

START_TEST(a_call_that_fails_once_is_survived)
{
    struct hass *hass = test_hass();
    struct owner owner = { .value = 1 };
    int at = 1;

    open_store(hass, &owner);
    ck_assert_int_eq(test_run_coroutine(hass, save, &owner), 0);
    while (survive(hass, &owner, at, failures[_i]))
        at++;
    ck_assert_int_gt(at, 8);
    fs_set_fault(NULL);
}
END_TEST

static int no_space(enum fs_call call)
{
    fault_count += call == FS_WRITE;
    return call == FS_WRITE ? -ENOSPC : 0;
}

START_TEST(a_full_disk_is_reported_once_and_tried_again_less_and_less_often)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();
    struct owner owner = { .value = 1 };

    open_store(hass, &owner);
    ck_assert_int_eq(test_run_coroutine(hass, save, &owner), 0);
    set_fault(no_space, 0, 0);
    owner.value = 2;
    ck_assert_int_eq(hass_store_async_delay_save(owner.store, 10, NULL), 0);
    test_advance(hass, 3600);
    ck_assert_int_eq(value_in_file(), 1);
    // At 10 s, after pauses of 5, 10, … 320 s, then every 600 s; likewise the issue about it.
    ck_assert_int_eq(fault_count, 2 * (1 + 7 + 4));
    ck_assert_uint_eq(logs_matching(logs, "test.thing is not saved"), 1);
    ck_assert_int_eq(test_run_coroutine(hass, load, &owner), 0);
    ck_assert_json(owner.data, "{'value': 2}");
    json_decref(owner.data);
    owner.value = 3;
    fs_set_fault(NULL);
    test_advance(hass, 600);
    ck_assert_int_eq(value_in_file(), 3);
}
END_TEST

static HASS_COROUTINE int stop(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_stop(hass, 0, false, err);
}

START_TEST(what_the_final_write_cannot_save_is_told)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();
    struct owner owner = { .value = 1 };

    test_start(hass);
    open_store(hass, &owner);
    set_fault(no_space, 0, 0);
    ck_assert_int_eq(hass_store_async_delay_save(owner.store, 10, NULL), 0);
    ck_assert_int_eq(test_run_coroutine(hass, stop, NULL), 0);
    ck_assert_int_eq(value_in_file(), -1);
    ck_assert_ptr_nonnull(logs_find(logs, "The last changes of test.thing are lost"));
    fs_set_fault(NULL);
}
END_TEST

/* damaged files */

static const char whole[] = "{\n  \"version\": 1,\n  \"minor_version\": 1,\n"
                            "  \"key\": \"test.thing\",\n  \"data\": {\n    \"value\": 7\n  }\n}";

static void write_file(const char *text, size_t size)
{
    autofree char *path = path_of("test.thing");
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, size, file), size);
    fclose(file);
}

START_TEST(a_file_cut_anywhere_is_set_aside)
{
    struct hass *hass = test_hass();
    struct owner owner = { 0 };

    (void)test_logs();
    test_file(".storage/other", "");
    open_store(hass, &owner);
    for (size_t size = 0; size < strlen(whole); size++) {
        write_file(whole, size);
        ck_assert_int_eq(test_run_coroutine(hass, load, &owner), 0);
        ck_assert_ptr_null(owner.data);
        ck_assert_int_eq(value_in_file(), -1);
        ck_assert_uint_eq(files_with("test.thing.corrupt."), 1);
    }
    write_file(whole, strlen(whole));
    ck_assert_int_eq(test_run_coroutine(hass, load, &owner), 0);
    ck_assert_json(owner.data, "{'value': 7}");
    json_decref(owner.data);
}
END_TEST

#define DEEP_16 "[[[[[[[[[[[[[[[["
#define DEEP_64 DEEP_16 DEEP_16 DEEP_16 DEEP_16
#define ENDS_16 "]]]]]]]]]]]]]]]]"
#define ENDS_64 ENDS_16 ENDS_16 ENDS_16 ENDS_16

static const struct {
    const char *text;
    int result;
    bool corrupt;
    const char *data; /* what is loaded; NULL: nothing */
} contents[] = {
    { "{}", 0, false, NULL },
    { " { } ", 0, false, NULL },
    { "{'version': 1, 'data': {}}", 0, false, "{}" },
    { "{'data': [1], 'minor_version': 1, 'version': 1}", 0, false, "[1]" },
    { "{'version': 1, 'minor_version': 9, 'data': 5}", 0, false, "5" },
    { "{'version': 1, 'data': null}", 0, false, "null" },
    { "{'version': 2, 'data': {}}", HASS_E_UNSUPPORTED, false, NULL },
    { "{'data': {}, 'key': {'version': 1}, 'version': 99}", HASS_E_UNSUPPORTED, false, NULL },
    { "", 0, true, NULL },
    { "[]", 0, true, NULL },
    { "null", 0, true, NULL },
    { "7", 0, true, NULL },
    { "{'version': 1}", 0, true, NULL },
    { "{'data': {}}", 0, true, NULL },
    { "{'version': '1', 'data': {}}", 0, true, NULL },
    { "{'version': 1.5, 'data': {}}", 0, true, NULL },
    { "{'version': 0, 'data': {}}", 0, true, NULL },
    { "{'version': -1, 'data': {}}", 0, true, NULL },
    { "{'version': 99999999999, 'data': {}}", 0, true, NULL },
    { "{'version': null, 'data': {}}", 0, true, NULL },
    { "{'version': 1, 'minor_version': 'x', 'data': {}}", 0, true, NULL },
    { "{'version': 1, 'minor_version': 0, 'data': {}}", 0, true, NULL },
    { "{'version': 1, 'data': {}} {}", 0, true, NULL },
    { "{'version': 1, 'data': '\xff\xfe'}", 0, true, NULL },
    { "{'version': 1, 'data': '\xed\xa0\x80'}", 0, true, NULL },
    { "{'version': 1, 'data': " DEEP_64 ENDS_64 "}", 0, true, NULL },
};

static char *with_quotes(const char *text)
{
    char *copy = mem_strdup(text);

    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

static void check_file_kept(bool kept)
{
    autofree char *path = path_of("test.thing");

    ck_assert_int_eq(access(path, F_OK) == 0, kept);
    ck_assert_uint_eq(files_with("test.thing.corrupt."), !kept);
}

START_TEST(what_is_no_envelope_is_set_aside)
{
    struct hass *hass = test_hass();
    struct owner owner = { 0 };
    autofree char *text = with_quotes(contents[_i].text);

    (void)test_logs();
    test_file(".storage/test.thing", text);
    open_store(hass, &owner);
    ck_assert_int_eq(test_run_coroutine(hass, load, &owner), contents[_i].result);
    if (contents[_i].data)
        ck_assert_json(owner.data, contents[_i].data);
    else
        ck_assert_ptr_null(owner.data);
    json_decref(owner.data);
    check_file_kept(!contents[_i].corrupt);
}
END_TEST

/* reading in pieces */

/* Collects the document and parses it at its end. */
struct reading {
    struct hass_buf text;
    int version, minor_version;
};

static int begin(int version, int minor_version, void *userdata, struct hass_error *err)
{
    struct reading *reading = userdata;

    reading->version = version;
    reading->minor_version = minor_version;
    return 0;
}

static int feed(const char *data, size_t size, void *userdata, struct hass_error *err)
{
    struct reading *reading = userdata;

    hass_buf_add(&reading->text, data, size);
    return 0;
}

static int finish(void *userdata, struct hass_error *err)
{
    struct reading *reading = userdata;
    autojson *document = NULL;
    int r = hass_json_parse(hass_buf_string(&reading->text), reading->text.length, SIZE_MAX,
                            &document, err);

    if (r < 0 || hass_json_get(document, "data"))
        return r;
    return hass_fail(err, HASS_E_PARSE, "no data");
}

static void release(void *userdata)
{
    struct reading *reading = userdata;

    hass_buf_fini(&reading->text);
    free(reading);
}

static const struct store_reader collector = { { begin, feed, finish }, release };

/* Into owner->reading; NULL when nothing was found. */
static HASS_COROUTINE int read_in_pieces(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct owner *owner = userdata;
    struct reading *reading = mem_zalloc(sizeof(*reading));

    return store_async_read(owner->store, &collector, reading, &owner->reading, err);
}

START_TEST(a_file_read_in_pieces_is_treated_alike)
{
    struct hass *hass = test_hass();
    struct owner owner = { 0 };
    autofree char *text = with_quotes(contents[_i].text);

    (void)test_logs();
    test_file(".storage/test.thing", text);
    open_store(hass, &owner);
    ck_assert_int_eq(test_run_coroutine(hass, read_in_pieces, &owner), contents[_i].result);
    ck_assert_int_eq(owner.reading != NULL, contents[_i].data != NULL);
    check_file_kept(!contents[_i].corrupt);
    if (owner.reading)
        release(owner.reading);
}
END_TEST

START_TEST(the_versions_are_known_first_wherever_they_stand)
{
    struct hass *hass = test_hass();
    struct owner owner = { 0 };
    autobuf text = HASS_BUF_INIT;

    hass_buf_add_string(&text, "{\"data\": [\"version\", \"minor_version\"");
    for (int i = 0; i < 100000; i++)
        hass_buf_add_string(&text, ", {\"version\": 7}");
    hass_buf_add_string(&text, "], \"minor_version\": 4, \"version\": 1}");
    test_file(".storage/test.thing", text.data);
    open_store(hass, &owner);
    ck_assert_int_eq(test_run_coroutine(hass, read_in_pieces, &owner), 0);
    const struct reading *reading = owner.reading;
    ck_assert_ptr_nonnull(reading);
    ck_assert_int_eq(reading->version, 1);
    ck_assert_int_eq(reading->minor_version, 4);
    ck_assert_uint_eq(reading->text.length, text.length);
    release(owner.reading);
}
END_TEST

CASES_MAIN("stores and faults", ONCE(a_kill_at_any_system_call_loses_nothing_acknowledged),
           ONCE(what_a_killed_process_left_is_cleaned_up),
           ROWS(a_call_that_fails_once_is_survived, failures),
           ONCE(a_full_disk_is_reported_once_and_tried_again_less_and_less_often),
           ONCE(what_the_final_write_cannot_save_is_told), ONCE(a_file_cut_anywhere_is_set_aside),
           ROWS(what_is_no_envelope_is_set_aside, contents),
           ROWS(a_file_read_in_pieces_is_treated_alike, contents),
           ONCE(the_versions_are_known_first_wherever_they_stand))
