/* SPDX-License-Identifier: Apache-2.0 *
 * Covers: lib/data/json_parse.c lib/data/json_write.c lib/data/json_rows.c lib/data/yaml_dump.c
 */
/*
 * The JSON parser, the row reader and both writers: what is written reads back as the same value, as JSON and as YAML.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/json.h>

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
    struct yaml_marks *marks = yaml_marks_create();
    autojson *again = NULL;
    autobuf buf = HASS_BUF_INIT;

    yaml_dump(json, &buf);
    if (yaml_load_text("text", buf.data, buf.length, marks, &diagnostics, &again) < 0)
        abort();
    if (diagnostics.list.length > 0 || !json_equal(json, again))
        abort();
    yaml_marks_destroy(marks);
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
    return 0;
}
