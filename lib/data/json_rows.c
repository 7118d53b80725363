/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scanner that knows strings and brackets finds the array and where its items end; the parser proper sees whole items. The
 * rest is collected without the items and parsed at the end, so that every byte goes through the parser once.
 */
#include "data/json_rows.h"

#include <assert.h>
#include <string.h>

#include <hass/buf.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/json_scan.h"

/* Longer keys cannot be part of a path. */
#define KEY_MAX 64

struct json_rows {
    const char *const *path;
    json_row_fn *row_fn;
    void *userdata;
    size_t limit;
    struct json_scan scan;
    size_t matched;        /* steps of the path that lead to where we are */
    char key[KEY_MAX + 1]; /* the last string of the object that the path has led to */
    size_t key_length;
    bool armed;      /* behind "key": of the next step of the path */
    size_t in_array; /* depth of the array of rows while inside; 0: outside */
    size_t count;    /* rows that have been handed out */
    struct hass_buf row, rest;
};

struct json_rows *json_rows_create(const char *const *path, size_t limit, json_row_fn *row,
                                   void *userdata)
{
    struct json_rows *rows = mem_zalloc(sizeof(*rows));

    rows->path = path;
    rows->limit = limit;
    for (const char *const *key = path; *key; key++)
        assert(strlen(*key) <= KEY_MAX);
    rows->row_fn = row;
    rows->userdata = userdata;
    return rows;
}

struct json_rows *json_rows_destroy(struct json_rows *rows)
{
    if (!rows)
        return NULL;
    hass_buf_fini(&rows->row);
    hass_buf_fini(&rows->rest);
    free(rows);
    return NULL;
}

static bool is_blank(const struct hass_buf *buf)
{
    for (size_t i = 0; i < buf->length; i++) {
        if (!ascii_is_space(buf->data[i]))
            return false;
    }
    return true;
}

/* Parses and hands out the row that has been collected. */
static int finish_row(struct json_rows *rows, bool last, struct hass_error *err)
{
    if (last && rows->count == 0 && is_blank(&rows->row))
        return 0;
    json_t *row = NULL;
    int r = hass_json_parse(hass_buf_string(&rows->row), rows->row.length, rows->limit, &row, err);
    if (r >= 0)
        r = rows->row_fn(row, rows->userdata, err);
    if (r < 0) {
        hass_error_prefix(err, "row %zu", rows->count);
        return r;
    }
    rows->count++;
    hass_buf_clear(&rows->row);
    return 0;
}

static int add_byte(struct json_rows *rows, struct hass_buf *buf, char c, struct hass_error *err)
{
    if (buf->length == rows->limit)
        return hass_fail(err, HASS_E_LIMIT, "more than %zu bytes in %s", rows->limit,
                         buf == &rows->row ? "one row" : "what is around the rows");
    hass_buf_add_char(buf, c);
    return 0;
}

static int feed_row(struct json_rows *rows, char c, struct hass_error *err)
{
    bool ends = rows->scan.depth < rows->in_array;
    bool parts = !rows->scan.in_string && rows->scan.depth == rows->in_array && c == ',';

    if (!ends && !parts)
        return add_byte(rows, &rows->row, c, err);
    int r = finish_row(rows, ends, err);
    if (r >= 0 && ends) {
        rows->in_array = 0;
        r = add_byte(rows, &rows->rest, c, err);
    }
    return r;
}

/* A value of the object that the path has led to begins with @c. */
static void follow_path(struct json_rows *rows, char c)
{
    bool last = rows->path[rows->matched + 1] == NULL;

    if (last && c == '[')
        rows->in_array = rows->scan.depth;
    else if (!last && c == '{')
        rows->matched++;
    rows->armed = false;
}

/* Keeps track of where the path is; @was_string: the byte before belonged to a string. */
static void track_path(struct json_rows *rows, char c, bool was_string)
{
    const struct json_scan *scan = &rows->scan;

    if (rows->armed && !ascii_is_space(c)) {
        follow_path(rows, c);
        return;
    }
    if (rows->matched > 0 && scan->depth <= rows->matched)
        rows->matched--;
    if (scan->depth != rows->matched + 1)
        return;
    if (scan->in_string && !was_string) {
        rows->key_length = 0;
    } else if (scan->in_string) {
        if (rows->key_length <= KEY_MAX)
            rows->key[rows->key_length++] = c;
    } else if (c == ':') {
        const char *wanted = rows->path[rows->matched];
        rows->armed =
            strlen(wanted) == rows->key_length && memcmp(wanted, rows->key, rows->key_length) == 0;
    }
}

int json_rows_feed(struct json_rows *rows, const char *data, size_t size, struct hass_error *err)
{
    for (size_t i = 0; i < size; i++) {
        bool was_string = rows->scan.in_string, in_row = rows->in_array != 0;
        json_scan_byte(&rows->scan, data[i]);
        if (!in_row)
            track_path(rows, data[i], was_string);
        int r = in_row ? feed_row(rows, data[i], err) : add_byte(rows, &rows->rest, data[i], err);
        if (r < 0)
            return r;
    }
    return 0;
}

int json_rows_finish(struct json_rows *rows, json_t **ret_rest, struct hass_error *err)
{
    if (rows->in_array)
        return hass_fail(err, HASS_E_PARSE, "the text ends within row %zu", rows->count);
    return hass_json_parse(hass_buf_string(&rows->rest), rows->rest.length, rows->limit, ret_rest,
                           err);
}
