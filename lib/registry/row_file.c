/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loading: the rows that the pool has made are put into the registry, some at a time, so that the loop gives way. Writing: an
 * array of references to rows is taken on the loop and written as text on the pool. Until a file has been read whole, and when
 * it cannot be, nothing is written: half a registry must not replace it.
 */
#include "registry/row_file.h"

#include <string.h>

#include <hass/log.h>
#include <hass/task.h>

#include "base/mem.h"
#include "core/core.h"
#include "registry/row_document.h"
#include "registry/row_member.h"

enum {
    BYTES_OF_A_ROW = 1400, /* a guess: room for the text is taken at once */
    ROWS_AT_ONCE = 2000,   /* that are put into a registry before others have their turn */
};

struct row_file {
    struct hass *hass;
    const struct row_file_type *type;
    void *registry;
    struct hass_store *store;
    struct hass_buf rest; /* unknown members of "data" */
    bool held;            /* it is being read, or cannot be: nothing is written */
    bool changed;         /* meanwhile */
};

/* loading */

static HASS_CALLBACK void put_row(struct row_file *file, struct row_document *document,
                                  enum row_list list, size_t number)
{
    const void *row = steal(document->rows[list].data[number]);
    struct hass_error problem = HASS_ERROR_INIT;

    if (row && file->type->add(file->registry, list, row, &problem) < 0)
        row_document_report(document, list, number, "is left out", problem.message);
}

static HASS_COROUTINE int put_rows(struct row_file *file, struct row_document *document,
                                   struct hass_error *err)
{
    int r = 0;

    for (enum row_list list = ROW_LIVE; list < ROW_LISTS; list++) {
        for (size_t i = 0; r == 0 && i < document->rows[list].length; i++) {
            put_row(file, document, list, i);
            if (i % ROWS_AT_ONCE == ROWS_AT_ONCE - 1)
                r = hass_async_sleep(file->hass, 0, err);
        }
    }
    return r;
}

static HASS_COROUTINE int put_document(struct row_file *file, struct row_document *document,
                                       struct hass_error *err)
{
    int r = put_rows(file, document, err);

    if (r < 0) {
        file->type->clear(file->registry);
        return r;
    }
    file->rest = document->rest;
    document->rest = (struct hass_buf)HASS_BUF_INIT;
    if (!document->problems)
        return 0;
    hass_error("%s: rows with problems: %zu; the file is kept as a copy when it is next written",
               file->type->key, document->problems);
    store_async_keep_copy(file->store);
    return 0;
}

static HASS_COROUTINE int read_document(struct row_file *file, struct hass_error *err)
{
    void *document = NULL;
    int r = store_async_read(file->store, &row_document_reader, row_document_create(file->type),
                             &document, err);

    if (r == 0 && document)
        r = put_document(file, document, err);
    row_document_destroy(document);
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
    struct row_file *file = userdata;
    const void *row;

    if (file->held) {
        file->changed = true;
        return NULL;
    }
    struct snapshot *snapshot = mem_zalloc(sizeof(*snapshot));
    snapshot->type = file->type;
    snapshot->rest = mem_strdup(hass_buf_string(&file->rest));
    for (enum row_list list = ROW_LIVE; list < ROW_LISTS && file->type->lists[list]; list++) {
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
    const char *rest = *row_rest(type->format->type, row);

    hass_buf_add_char(buf, '{');
    row_write(type->format->type, type->uses_of ? type->uses_of(row) : type->uses[list], row, buf);
    if (rest) {
        hass_buf_add_char(buf, ',');
        hass_buf_add_string(buf, rest);
    }
    hass_buf_add_char(buf, '}');
}

static void free_text(void *object)
{
    hass_buf_fini(object);
    free(object);
}

/* Groups are in the order in which their first rows are. */
static void write_groups(const struct row_file_type *type, const void *const *rows, size_t count,
                         struct hass_buf *buf)
{
    struct hass_strmap *groups = hass_strmap_create(free_text);
    const char *name;
    struct hass_buf *text;

    for (size_t i = 0; i < count; i++) {
        name = *(const char *const *)(const void *)((const char *)rows[i] + type->group);
        text = hass_strmap_get(groups, name);
        if (!text) {
            text = mem_zalloc(sizeof(*text));
            hass_strmap_set(groups, name, text);
        }
        hass_buf_add_string(text, text->length ? ",\n" : "\n");
        write_row(type, ROW_LIVE, rows[i], text);
    }
    size_t before = buf->length;
    strmap_foreach(groups, name, text) {
        hass_buf_add_string(buf, buf->length > before ? ",\n" : "\n");
        hass_json_write_string(name, strlen(name), buf);
        hass_buf_add_string(buf, ":[");
        hass_buf_add(buf, text->data, text->length);
        hass_buf_add_char(buf, ']');
    }
    hass_strmap_destroy(groups);
}

static void write_list(const struct row_file_type *type, enum row_list list,
                       const void *const *rows, size_t count, struct hass_buf *buf)
{
    for (size_t i = 0; i < count; i++) {
        hass_buf_add_string(buf, i ? ",\n" : "\n");
        write_row(type, list, rows[i], buf);
    }
}

static void write_snapshot(const void *object, struct hass_buf *buf)
{
    const struct snapshot *snapshot = object;
    const struct row_file_type *type = snapshot->type;
    const void *const *rows = (const void *const *)snapshot->rows.data;

    hass_buf_reserve(buf, snapshot->rows.length * BYTES_OF_A_ROW);
    for (enum row_list list = ROW_LIVE; list < ROW_LISTS && type->lists[list]; list++) {
        hass_buf_printf(buf, "%c\"%s\":%c", list == ROW_LIVE ? '{' : ',', type->lists[list],
                        type->group ? '{' : '[');
        if (type->group)
            write_groups(type, rows, snapshot->counts[list], buf);
        else
            write_list(type, list, rows, snapshot->counts[list], buf);
        hass_buf_add_char(buf, type->group ? '}' : ']');
        if (snapshot->counts[list]) // where there are none there is no array
            rows += snapshot->counts[list];
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

    file->hass = hass;
    file->type = type;
    file->registry = registry;
    int r = store_async_create(hass, &options, &file_writer, &file->store, err);
    if (r < 0)
        free(file);
    else
        *ret_file = file;
    return r;
}

int row_file_async_read(struct row_file *file, struct hass_error *err)
{
    file->held = true;
    int r = read_document(file, err);
    if (r < 0)
        return r;
    file->held = false;
    if (file->changed)
        row_file_async_save(file);
    return 0;
}

int row_file_async_load(struct hass *hass, const struct row_file_type *type, void *registry,
                        struct row_file **ret_file, struct hass_error *err)
{
    int r = row_file_async_open(hass, type, registry, ret_file, err);

    return r < 0 ? r : row_file_async_read(*ret_file, err);
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
    if (file && file->held)
        file->changed = true;
    else if (file)
        store_async_save_registry(file->store);
}
