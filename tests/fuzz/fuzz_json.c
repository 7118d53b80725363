/* SPDX-License-Identifier: Apache-2.0 *
 * Covers: lib/data/json_parse.c lib/data/json_write.c lib/data/json_rows.c
 * Covers: lib/data/json_pull.c lib/data/yaml_dump.c
 */
/*
 * The JSON parser, the readers of rows and of tokens, and both writers: what is written reads back as the same value, as JSON
 * and as YAML.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/json.h>

#include "data/json_pull.h"
#include "data/json_rows.h"
#include "data/yaml_dump.h"
#include "data/yaml_load.h"
#include "fuzz.h"

static void expect_same(const json_t *json, const struct hass_buf *buf)
{
    autojson *again = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    if (hass_json_parse(buf->data, buf->length, SIZE_MAX, &again, &err) < 0)
        abort();
    if (!json_equal(json, again))
        abort();
}

static void check_json(const json_t *json)
{
    autobuf plain = HASS_BUF_INIT, pretty = HASS_BUF_INIT;

    hass_json_write(json, &plain);
    expect_same(json, &plain);
    hass_json_write_pretty(json, &pretty);
    expect_same(json, &pretty);
}

static void check_yaml(const json_t *json)
{
    struct diagnostics diagnostics = DIAGNOSTICS_INIT;
    struct yaml_marks *marks = yaml_marks_new();
    autojson *again = NULL;
    autobuf buf = HASS_BUF_INIT;

    yaml_dump(json, &buf);
    if (yaml_load_text("text", buf.data, buf.length, marks, &diagnostics, &again) < 0)
        abort();
    if (diagnostics.list.length > 0 || !json_equal(json, again))
        abort();
    yaml_marks_unref(marks);
    diagnostics_fini(&diagnostics);
}

static int take_row(json_t *row, void *userdata, struct hass_error *err)
{
    size_t *count = userdata;

    json_decref(row);
    return ++*count > 50 ? hass_fail(err, HASS_E_LIMIT, "enough") : 0;
}

/* @json: what the parser made of the same text, or NULL. */
static void check_rows(const char *text, size_t size, const json_t *json)
{
    static const char *const path[] = { "data", "rows", NULL };
    struct hass_error err = HASS_ERROR_INIT;
    size_t count = 0;
    struct json_rows *rows = json_rows_create(path, 4096, take_row, &count);
    autojson *rest = NULL;
    int r = json_rows_feed(rows, text, size / 2, &err);

    if (r >= 0)
        r = json_rows_feed(rows, text + size / 2, size - size / 2, &err);
    if (r >= 0)
        r = json_rows_finish(rows, &rest, &err);
    json_rows_destroy(rows);
    if (r < 0 && err.code == 0)
        abort();
    // A good document is read to its end, unless it is larger than what was allowed for.
    if (json && r < 0 && r != HASS_E_LIMIT)
        abort();
}

/* Reads all tokens in pieces of @piece bytes. Returns the last type, or the error. */
static int pull_tokens(const char *text, size_t size, size_t piece, size_t *ret_count)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct json_pull pull;
    struct json_token token;
    size_t fed = 0;
    int type;

    json_pull_init(&pull, 1 << 16);
    while ((type = json_pull_next(&pull, &token, &err)) >= 0 && type != JSON_PULL_END) {
        if (type != JSON_PULL_MORE) {
            if (type == JSON_PULL_KEY || type == JSON_PULL_STRING)
                json_pull_keep(&pull, &token);
            json_pull_commit(&pull);
            ++*ret_count;
            continue;
        }
        size_t more = size - fed < piece ? size - fed : piece;
        if ((type = json_pull_feed(&pull, text + fed, more, &err)) < 0)
            break;
        if ((fed += more) == size)
            json_pull_close(&pull);
    }
    json_pull_fini(&pull);
    return type;
}

/* The pieces make no difference, and what the parser takes is taken; but for a bare number, which no file of ours is. */
static void check_pull(const char *text, size_t size, const json_t *json)
{
    size_t whole = 0, parts = 0;
    int r = pull_tokens(text, size, size + 1, &whole);

    if (r != pull_tokens(text, size, 3, &parts) || whole != parts)
        abort();
    if (json && !json_is_number(json) && r != JSON_PULL_END)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    autojson *json = NULL;
    struct hass_error err = HASS_ERROR_INIT;
    int r = hass_json_parse((const char *)data, size, 1 << 16, &json, &err);

    if (r < 0 && err.code == 0)
        abort();
    if (r >= 0) {
        check_json(json);
        check_yaml(json);
    }
    check_rows((const char *)data, size, json);
    check_pull((const char *)data, size, json);
    return 0;
}
