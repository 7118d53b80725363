/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small state machine over the levels above the rows: each step takes one token, or one row, and what is cut by the end of
 * a piece is taken again with the next.
 */
#include "registry/row_document.h"

#include <string.h>

#include <hass/log.h>

#include "base/mem.h"
#include "registry/row_member.h"

#define REPORTED_PROBLEMS 20 /* each by itself; the others are counted */

struct row_document *row_document_create(const struct row_file_type *type)
{
    struct row_document *document = mem_zalloc(sizeof(*document));

    document->type = type;
    json_pull_init(&document->pull, ROW_MAX_BYTES);
    row_reader_init(&document->reader, type->format);
    return document;
}

void row_document_destroy(void *object)
{
    struct row_document *document = object;

    if (!document)
        return;
    for (enum row_list list = ROW_LIVE; list < ROW_LISTS; list++) {
        vec_foreach(&document->rows[list], row)
            row_unref(*row);
        vec_fini(&document->rows[list]);
    }
    hass_buf_fini(&document->rest);
    hass_buf_fini(&document->group);
    row_reader_fini(&document->reader);
    json_pull_fini(&document->pull);
    free(document);
}

/* telling */

void row_document_report(struct row_document *document, enum row_list list, size_t number,
                         const char *outcome, const char *why)
{
    const struct row_file_type *type = document->type;

    if (document->problems++ < REPORTED_PROBLEMS)
        hass_warning("%s: row %zu of %s %s: %s", type->key, number, type->lists[list], outcome,
                     why);
}

static int fail(const struct row_document *document, const char *wanted, struct hass_error *err)
{
    static const char *const places[] = {
        [BEFORE] = "the file", [BEFORE_DATA] = "data", [BEFORE_ROWS] = "a list of rows"
    };

    return hass_fail(err, HASS_E_PARSE, "byte %zu: %s is not %s", json_pull_place(&document->pull),
                     places[document->place], wanted);
}

/* steps */

static bool is_key(const struct json_token *token, const char *key)
{
    return strlen(key) == token->length && memcmp(key, token->text, token->length) == 0;
}

/* Opens what must be an object or list. */
static int enter(struct row_document *document, enum json_pull_type wanted, enum row_place inside,
                 struct hass_error *err)
{
    struct json_token token;
    int type = json_pull_next(&document->pull, &token, err);

    if (type > JSON_PULL_MORE && type != (int)wanted)
        return fail(document, wanted == JSON_PULL_OBJECT ? "an object" : "a list", err);
    if (type > JSON_PULL_MORE)
        document->place = inside;
    return type;
}

static int read_envelope(struct row_document *document, struct hass_error *err)
{
    struct json_token token;
    int type = json_pull_next(&document->pull, &token, err);

    if (type == JSON_PULL_KEY)
        document->place = is_key(&token, "data") ? BEFORE_DATA : IN_SKIPPED;
    return type;
}

static int skip(struct row_document *document, struct hass_error *err)
{
    struct json_token token;
    int type = json_pull_next(&document->pull, &token, err);

    if (type > JSON_PULL_MORE && document->pull.now.depth == 1)
        document->place = IN_ENVELOPE;
    return type;
}

static int keep_member(struct row_document *document, const struct json_token *key,
                       struct hass_error *err)
{
    struct hass_buf *rest = &document->rest;
    struct json_token value;
    int type = json_pull_value(&document->pull, &value, err);

    if (type <= JSON_PULL_MORE)
        return type;
    if (rest->length + key->length + value.length > ROW_MAX_BYTES)
        return hass_fail(err, HASS_E_LIMIT, "more than %d bytes beside the rows", ROW_MAX_BYTES);
    hass_buf_add_string(rest, ",\"");
    hass_buf_add(rest, key->text, key->length);
    hass_buf_add_string(rest, "\":");
    hass_buf_add(rest, value.text, value.length);
    return type;
}

static int read_data(struct row_document *document, struct hass_error *err)
{
    const char *const *lists = document->type->lists;
    struct json_token token;
    int type = json_pull_next(&document->pull, &token, err);

    document->has_data = true;
    if (type == JSON_PULL_OBJECT_END)
        document->place = IN_ENVELOPE;
    if (type != JSON_PULL_KEY)
        return type;
    for (enum row_list list = ROW_LIVE; list < ROW_LISTS; list++) {
        if (!lists[list] || !is_key(&token, lists[list]))
            continue;
        document->list = list;
        document->has_rows |= list == ROW_LIVE;
        document->place = BEFORE_ROWS;
        return type;
    }
    return keep_member(document, &token, err);
}

static int read_group(struct row_document *document, struct hass_error *err)
{
    struct json_token token;
    int type = json_pull_next(&document->pull, &token, err);

    if (type == JSON_PULL_OBJECT_END)
        document->place = IN_DATA;
    if (type != JSON_PULL_KEY)
        return type;
    const char *name = json_pull_keep(&document->pull, &token);
    json_pull_commit(&document->pull);
    hass_buf_clear(&document->group);
    hass_buf_add_string(&document->group, name);
    document->place = BEFORE_GROUP;
    return type;
}

/* What is not a list is passed over, and told as a row. */
static int enter_group(struct row_document *document, struct hass_error *err)
{
    struct json_pull_state before = document->pull.now;
    struct json_token token;
    int type = json_pull_next(&document->pull, &token, err);

    if (type == JSON_PULL_ARRAY)
        document->place = IN_ROWS;
    if (type <= JSON_PULL_MORE || type == JSON_PULL_ARRAY)
        return type;
    document->pull.now = before;
    type = json_pull_value(&document->pull, &token, err);
    if (type <= JSON_PULL_MORE)
        return type;
    row_document_report(document, document->list, document->rows[document->list].length,
                        "is left out", "it is not a list");
    vec_push(&document->rows[document->list], NULL);
    document->place = IN_GROUPS;
    return type;
}

/* What is wrong with the row that has been read, if anything is; @problem: why it is left out. */
static void tell(struct row_document *document, const struct hass_error *problem)
{
    const char *defaults = hass_buf_string(&document->reader.defaults);
    size_t number = document->rows[document->list].length;

    if (problem->code && *defaults) {
        autofree char *why = mem_printf("%s (%s)", problem->message, defaults);
        row_document_report(document, document->list, number, "is left out", why);
    } else if (problem->code) {
        row_document_report(document, document->list, number, "is left out", problem->message);
    } else if (*defaults) {
        row_document_report(document, document->list, number, "has defaults", defaults);
    }
}

/* Makes a row of what has been read; NULL when it is left out. */
static const void *make_row(struct row_document *document)
{
    const struct row_file_type *type = document->type;
    struct row_reader *reader = &document->reader;
    struct hass_error problem = HASS_ERROR_INIT;

    if (reader->rest.length)
        *row_rest(type->format->type, reader->draft) = reader->rest.data;
    if (type->group)
        *(const char **)(void *)((char *)reader->draft + type->group) =
            hass_buf_string(&document->group);
    if (reader->problem.code)
        problem = reader->problem;
    else if (!type->complete || type->complete(document->list, reader, &problem) == 0)
        (void)row_check(type->format->type, reader->draft, &problem);
    tell(document, &problem);
    return problem.code ? NULL : row_new(type->format->type, reader->draft);
}

static int read_row(struct row_document *document, struct hass_error *err)
{
    int r = row_read(&document->reader, &document->pull, err);

    if (r == JSON_PULL_ARRAY_END)
        document->place = document->type->group ? IN_GROUPS : IN_DATA;
    if (r != JSON_PULL_OBJECT)
        return r;
    json_pull_commit(&document->pull);
    const void *row = make_row(document);
    vec_push(&document->rows[document->list], row);
    return r;
}

/* One step; a step that is cut has changed nothing. JSON_PULL_END at the end of the document. */
static int step(struct row_document *document, struct hass_error *err)
{
    switch (document->place) {
    case BEFORE:
        return enter(document, JSON_PULL_OBJECT, IN_ENVELOPE, err);
    case IN_ENVELOPE:
        return read_envelope(document, err);
    case IN_SKIPPED:
        return skip(document, err);
    case BEFORE_DATA:
        return enter(document, JSON_PULL_OBJECT, IN_DATA, err);
    case IN_DATA:
        return read_data(document, err);
    case BEFORE_ROWS:
        return document->type->group ? enter(document, JSON_PULL_OBJECT, IN_GROUPS, err)
                                     : enter(document, JSON_PULL_ARRAY, IN_ROWS, err);
    case IN_GROUPS:
        return read_group(document, err);
    case BEFORE_GROUP:
        return enter_group(document, err);
    case IN_ROWS:
        return read_row(document, err);
    }
    return JSON_PULL_END;
}

static int read_on(struct row_document *document, struct hass_error *err)
{
    int type;

    while ((type = step(document, err)) > JSON_PULL_MORE && type != JSON_PULL_END)
        json_pull_commit(&document->pull);
    if (type == JSON_PULL_MORE)
        json_pull_rewind(&document->pull);
    return type;
}

/* the reader */

/* Rows say by what they have which minor version they are of. */
static int begin(int version, int minor_version, void *userdata, struct hass_error *err)
{
    return 0;
}

static int feed(const char *data, size_t size, void *userdata, struct hass_error *err)
{
    struct row_document *document = userdata;
    int r = json_pull_feed(&document->pull, data, size, err);

    if (r == 0)
        r = read_on(document, err);
    return r < 0 ? r : 0;
}

static int finish(void *userdata, struct hass_error *err)
{
    struct row_document *document = userdata;

    json_pull_close(&document->pull);
    int r = read_on(document, err);
    if (r < 0)
        return r;
    if (!document->has_data)
        return hass_fail(err, HASS_E_PARSE, "it has no data");
    if (!document->has_rows && document->problems++ == 0)
        hass_warning("%s: its data has no %s", document->type->key,
                     document->type->lists[ROW_LIVE]);
    return 0;
}

const struct store_reader row_document_reader = {
    .file = { .begin = begin, .feed = feed, .finish = finish },
    .release = row_document_destroy,
};
