/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading: a small state machine over the levels above the rows. Writing: an array of references to rows is taken on the loop
 * and written as text on a pool thread.
 */
#include "registry/row_file.h"

#include <string.h>

#include <hass/log.h>

#include "base/mem.h"
#include "core/core.h"
#include "registry/row_member.h"

enum {
    MAX_ROW = 1 << 20,      /* bytes of a row, and of what is unknown beside the lists */
    BYTES_OF_A_ROW = 1400,  /* a guess: room for the text is taken at once */
    REPORTED_PROBLEMS = 20, /* each by itself; the others are counted */
};

struct row_file {
    const struct row_file_type *type;
    void *registry;
    struct hass_store *store;
    struct hass_buf rest; /* unknown members of "data" */
};

/* reading */

enum place {
    BEFORE,      /* the document */
    IN_ENVELOPE, /* between its members */
    IN_SKIPPED,  /* in a member of the envelope that is not "data" */
    BEFORE_DATA,
    IN_DATA,
    BEFORE_ROWS,
    IN_ROWS,
};

struct reading {
    struct row_file *file;
    struct json_pull pull;
    struct row_reader row;
    enum place place;
    enum row_list list;
    size_t number; /* of the row, from 0 */
    size_t problems;
    bool has_data;
};

static const char *const places[] = {
    [BEFORE] = "the file", [BEFORE_DATA] = "data", [BEFORE_ROWS] = "a list of rows"
};

static int fail(const struct reading *reading, const char *wanted, struct hass_error *err)
{
    return hass_fail(err, HASS_E_PARSE, "byte %zu: %s is not %s", json_pull_place(&reading->pull),
                     places[reading->place], wanted);
}

static bool is_key(const struct json_token *token, const char *key)
{
    return strlen(key) == token->length && memcmp(key, token->text, token->length) == 0;
}

/* Opens what must be an object or list. */
static int enter(struct reading *reading, enum json_pull_type wanted, enum place inside,
                 struct hass_error *err)
{
    struct json_token token;
    int type = json_pull_next(&reading->pull, &token, err);

    if (type > JSON_PULL_MORE && type != (int)wanted)
        return fail(reading, wanted == JSON_PULL_OBJECT ? "an object" : "a list", err);
    if (type > JSON_PULL_MORE)
        reading->place = inside;
    return type;
}

static int read_envelope(struct reading *reading, struct hass_error *err)
{
    struct json_token token;
    int type = json_pull_next(&reading->pull, &token, err);

    if (type == JSON_PULL_KEY)
        reading->place = is_key(&token, "data") ? BEFORE_DATA : IN_SKIPPED;
    return type;
}

static int skip(struct reading *reading, struct hass_error *err)
{
    struct json_token token;
    int type = json_pull_next(&reading->pull, &token, err);

    if (type > JSON_PULL_MORE && reading->pull.now.depth == 1)
        reading->place = IN_ENVELOPE;
    return type;
}

static int keep_member(struct reading *reading, const struct json_token *key,
                       struct hass_error *err)
{
    struct hass_buf *rest = &reading->file->rest;
    struct json_token value;
    int type = json_pull_value(&reading->pull, &value, err);

    if (type <= JSON_PULL_MORE)
        return type;
    if (rest->length + key->length + value.length > MAX_ROW)
        return hass_fail(err, HASS_E_LIMIT, "more than %d bytes beside the rows", MAX_ROW);
    hass_buf_add_string(rest, ",\"");
    hass_buf_add(rest, key->text, key->length);
    hass_buf_add_string(rest, "\":");
    hass_buf_add(rest, value.text, value.length);
    return type;
}

static int read_data(struct reading *reading, struct hass_error *err)
{
    const char *const *lists = reading->file->type->lists;
    struct json_token token;
    int type = json_pull_next(&reading->pull, &token, err);

    reading->has_data = true;
    if (type == JSON_PULL_OBJECT_END)
        reading->place = IN_ENVELOPE;
    if (type != JSON_PULL_KEY)
        return type;
    for (enum row_list list = ROW_LIVE; list < ROW_LISTS; list++) {
        if (!is_key(&token, lists[list]))
            continue;
        reading->list = list;
        reading->number = 0;
        reading->place = BEFORE_ROWS;
        return type;
    }
    return keep_member(reading, &token, err);
}

static void report(struct reading *reading, const struct hass_error *problem)
{
    const struct row_file_type *type = reading->file->type;

    if (reading->problems++ < REPORTED_PROBLEMS)
        hass_warning("%s: row %zu of %s is left out: %s", type->key, reading->number,
                     type->lists[reading->list], problem->message);
}

static int read_row(struct reading *reading, struct hass_error *err)
{
    const struct row_file_type *type = reading->file->type;
    struct row_reader *row = &reading->row;
    struct hass_error problem = HASS_ERROR_INIT;
    int r = row_read(row, &reading->pull, err);

    if (r == JSON_PULL_ARRAY_END)
        reading->place = IN_DATA;
    if (r != JSON_PULL_OBJECT)
        return r;
    json_pull_commit(&reading->pull);
    if (row->rest.length)
        *(const char **)(void *)((char *)row->draft + type->rest_offset) = row->rest.data;
    if (row->problem.code)
        report(reading, &row->problem);
    else if (type->add(reading->file->registry, reading->list, row, &problem) < 0)
        report(reading, &problem);
    reading->number++;
    return r;
}

/* One step; a step that is cut has changed nothing. JSON_PULL_END at the end of the document. */
static int step(struct reading *reading, struct hass_error *err)
{
    switch (reading->place) {
    case BEFORE:
        return enter(reading, JSON_PULL_OBJECT, IN_ENVELOPE, err);
    case IN_ENVELOPE:
        return read_envelope(reading, err);
    case IN_SKIPPED:
        return skip(reading, err);
    case BEFORE_DATA:
        return enter(reading, JSON_PULL_OBJECT, IN_DATA, err);
    case IN_DATA:
        return read_data(reading, err);
    case BEFORE_ROWS:
        return enter(reading, JSON_PULL_ARRAY, IN_ROWS, err);
    case IN_ROWS:
        return read_row(reading, err);
    }
    return JSON_PULL_END;
}

static int read_on(struct reading *reading, struct hass_error *err)
{
    int type;

    while ((type = step(reading, err)) > JSON_PULL_MORE && type != JSON_PULL_END)
        json_pull_commit(&reading->pull);
    if (type == JSON_PULL_MORE)
        json_pull_rewind(&reading->pull);
    return type;
}

static int feed(const char *data, size_t size, void *userdata, struct hass_error *err)
{
    struct reading *reading = userdata;
    int r = json_pull_feed(&reading->pull, data, size, err);

    if (r == 0)
        r = read_on(reading, err);
    return r < 0 ? r : 0;
}

static int finish(void *userdata, struct hass_error *err)
{
    struct reading *reading = userdata;

    json_pull_close(&reading->pull);
    int r = read_on(reading, err);
    if (r < 0)
        return r;
    return reading->has_data ? 0 : hass_fail(err, HASS_E_PARSE, "it has no data");
}

/* Rows say by what they have which minor version they are of. */
static int begin(int version, int minor_version, void *userdata, struct hass_error *err)
{
    return 0;
}

static const struct disk_reader file_reader = { .begin = begin, .feed = feed, .finish = finish };

static HASS_CALLBACK int read_file(struct row_file *file, struct hass_error *err)
{
    struct reading reading = { .file = file };
    bool found = false;

    json_pull_init(&reading.pull, MAX_ROW);
    row_reader_init(&reading.row, file->type->format);
    int r = store_async_read(file->store, &file_reader, &reading, &found, err);
    if (r < 0 || !found) {
        file->type->clear(file->registry);
        hass_buf_clear(&file->rest);
    } else if (reading.problems) {
        hass_error("%s: %zu rows are left out; the file is kept as a copy when it is written",
                   file->type->key, reading.problems);
        store_async_keep_copy(file->store);
    }
    row_reader_fini(&reading.row);
    json_pull_fini(&reading.pull);
    return r;
}

/* writing */

struct snapshot {
    const struct row_file_type *type;
    char *rest;
    size_t counts[ROW_LISTS];
    HASS_VEC(const void *) rows; /* references, list after list */
};

static void *take_snapshot(void *userdata)
{
    const struct row_file *file = userdata;
    struct snapshot *snapshot = mem_zalloc(sizeof(*snapshot));
    const void *row;

    snapshot->type = file->type;
    snapshot->rest = mem_strdup(hass_buf_string(&file->rest));
    for (enum row_list list = ROW_LIVE; list < ROW_LISTS; list++) {
        for (size_t pos = 0; (row = file->type->next(file->registry, list, &pos));) {
            vec_push(&snapshot->rows, row_ref(row));
            snapshot->counts[list]++;
        }
    }
    return snapshot;
}

static void release_snapshot(void *object)
{
    struct snapshot *snapshot = object;

    vec_foreach(&snapshot->rows, row)
        row_unref(*row);
    vec_fini(&snapshot->rows);
    free(snapshot->rest);
    free(snapshot);
}

static void write_row(const struct row_file_type *type, enum row_list list, const void *row,
                      struct hass_buf *buf)
{
    const char *rest = *(const char *const *)(const void *)((const char *)row + type->rest_offset);

    hass_buf_add_char(buf, '{');
    row_write(type->format->type, type->uses[list], row, buf);
    if (rest) {
        hass_buf_add_char(buf, ',');
        hass_buf_add_string(buf, rest);
    }
    hass_buf_add_char(buf, '}');
}

static void write_snapshot(const void *object, struct hass_buf *buf)
{
    const struct snapshot *snapshot = object;
    const void **row = snapshot->rows.data;

    hass_buf_reserve(buf, snapshot->rows.length * BYTES_OF_A_ROW);
    for (enum row_list list = ROW_LIVE; list < ROW_LISTS; list++) {
        hass_buf_printf(buf, "%c\"%s\":[", list == ROW_LIVE ? '{' : ',',
                        snapshot->type->lists[list]);
        for (size_t i = 0; i < snapshot->counts[list]; i++) {
            hass_buf_add_string(buf, i ? ",\n" : "\n");
            write_row(snapshot->type, list, *row++, buf);
        }
        hass_buf_add_char(buf, ']');
    }
    hass_buf_add_string(buf, snapshot->rest);
    hass_buf_add_char(buf, '}');
}

static const struct store_writer file_writer = {
    .snapshot = take_snapshot,
    .write = write_snapshot,
    .release = release_snapshot,
};

/* files */

int row_file_async_open(struct hass *hass, const struct row_file_type *type, void *registry,
                        struct row_file **ret_file, struct hass_error *err)
{
    struct row_file *file = mem_zalloc(sizeof(*file));
    const struct hass_store_options options = {
        .size = sizeof(options),
        .key = type->key,
        .version = 1,
        .minor_version = type->minor_version,
        .userdata = file,
    };

    file->type = type;
    file->registry = registry;
    int r = store_async_create(hass, &options, &file_writer, &file->store, err);
    if (r == 0)
        r = read_file(file, err);
    if (r < 0) {
        row_file_async_close(file);
        return r;
    }
    *ret_file = file;
    return 0;
}

struct row_file *row_file_async_close(struct row_file *file)
{
    if (!file)
        return NULL;
    hass_store_async_destroy(file->store);
    hass_buf_fini(&file->rest);
    free(file);
    return NULL;
}

void row_file_async_save(struct row_file *file)
{
    if (file)
        store_async_save_registry(file->store);
}
