/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stores whose files are as large as they may be, and one byte larger.
 */
#include <string.h>
#include <unistd.h>

#include <hass/store.h>

#include "base/mem.h"
#include "registry/store_file.h"
#include "support/cases.h"
#include "support/test.h"

struct owner {
    struct hass_store *store;
    json_t *data;   /* loaded */
    unsigned asked; /* released readers */
};

static json_t *give(void *userdata)
{
    return json_null();
}

static HASS_CALLBACK void open_store(struct hass *hass, struct owner *owner)
{
    struct hass_store_options options = {
        .size = sizeof(options),
        .key = "test.thing",
        .version = 1,
        .data = give,
    };

    ck_assert_int_eq(hass_store_async_create(hass, &options, &owner->store, NULL), 0);
}

static bool is_there(void)
{
    autofree char *path = mem_printf("%s/.storage/test.thing", test_dir());

    return access(path, F_OK) == 0;
}

static HASS_COROUTINE int load(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct owner *owner = userdata;

    return hass_store_async_load(owner->store, &owner->data, err);
}

/* A valid file of @size bytes: blanks fill it up. */
static void write_large(size_t size)
{
    static const char head[] = "{\"version\": 1, \"minor_version\": 1, \"data\": 5";
    autofree char *path = mem_printf("%s/.storage/test.thing", test_dir());
    autofree char *blanks = mem_alloc(size);

    test_file(".storage/test.thing", "");
    memset(blanks, ' ', size);
    memcpy(blanks, head, strlen(head));
    blanks[size - 1] = '}';
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(blanks, 1, size, file), size);
    fclose(file);
}

START_TEST(a_file_has_64_mebibytes_and_no_more)
{
    struct hass *hass = test_hass();
    struct owner owner = { 0 };

    open_store(hass, &owner);
    write_large(STORE_MAX_BYTES);
    ck_assert_int_eq(test_run_coroutine(hass, load, &owner), 0);
    ck_assert_json(owner.data, "5");
    owner.data = (json_decref(owner.data), NULL);
    write_large(STORE_MAX_BYTES + 1);
    ck_assert_int_eq(test_run_coroutine(hass, load, &owner), HASS_E_LIMIT);
    ck_assert(is_there());
}
END_TEST

static int begin(int version, int minor_version, void *userdata, struct hass_error *err)
{
    return 0;
}

static int feed(const char *data, size_t size, void *userdata, struct hass_error *err)
{
    return hass_fail(err, HASS_E_PARSE, "enough");
}

static int finish(void *userdata, struct hass_error *err)
{
    return 0;
}

static void release(void *userdata)
{
    unsigned *released = userdata;

    ++*released;
}

static HASS_COROUTINE int read_in_pieces(struct hass *hass, void *userdata, struct hass_error *err)
{
    static const struct store_reader reader = { { begin, feed, finish }, release };
    struct owner *owner = userdata;
    void *read = NULL;
    int r = store_async_read(owner->store, &reader, &owner->asked, &read, err);

    ck_assert_ptr_null(read);
    return r;
}

START_TEST(a_file_read_in_pieces_has_1024_mebibytes_and_no_more)
{
    struct hass *hass = test_hass();
    struct owner owner = { 0 };
    autofree char *path = mem_printf("%s/.storage/test.thing", test_dir());

    (void)test_logs();
    test_file(".storage/test.thing", "{\"version\": 1, \"minor_version\": 1, \"data\": 5");
    open_store(hass, &owner);
    ck_assert_int_eq(truncate(path, (off_t)STORE_MAX_STREAM + 1), 0);
    ck_assert_int_eq(test_run_coroutine(hass, read_in_pieces, &owner), HASS_E_LIMIT);
    ck_assert(is_there());
    ck_assert_int_eq(truncate(path, STORE_MAX_STREAM), 0);
    ck_assert_int_eq(test_run_coroutine(hass, read_in_pieces, &owner), 0);
    ck_assert(!is_there());
    ck_assert_uint_eq(owner.asked, 2);
}
END_TEST

CASES_MAIN("large stores", ONCE(a_file_has_64_mebibytes_and_no_more),
           ONCE(a_file_read_in_pieces_has_1024_mebibytes_and_no_more))
