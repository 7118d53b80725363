/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as JSON: for clients and events as values, for files as text; and members set from JSON. */
#include <string.h>

#include <hass/buf.h>
#include <hass/dt.h>
#include <hass/json.h>

#include "registry/row_member.h"

static json_t *texts_json(const char *const *texts)
{
    json_t *list = json_array();

    for (; *texts; texts++)
        json_array_append_new(list, json_string(*texts));
    return list;
}

static json_t *pairs_json(const struct hass_device_pair *pairs)
{
    json_t *list = json_array();

    for (; pairs->first; pairs++)
        json_array_append_new(list, json_pack("[ss]", pairs->first, pairs->second));
    return list;
}

/* Shape: {first: [second, …], …}, null for "" */
static json_t *tree_json(const struct hass_device_pair *pairs)
{
    json_t *tree = json_object();

    for (; pairs->first; pairs++) {
        json_t *branch = json_object_get(tree, pairs->first);
        if (!branch) {
            branch = json_array();
            json_object_set_new(tree, pairs->first, branch);
        }
        json_array_append_new(branch, *pairs->second ? json_string(pairs->second) : json_null());
    }
    return tree;
}

static json_t *text_json(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *iso_json(int64_t time)
{
    char text[HASS_DT_TEXT];

    hass_dt_iso(time, NULL, text);
    return json_string(text);
}

json_t *row_text_json(const char *text)
{
    json_t *json = NULL;

    if (!text || hass_json_parse(text, strlen(text), SIZE_MAX, &json, NULL) < 0)
        return json_null();
    return json;
}

static json_t *field_json(const struct row_field *field, const void *row)
{
    switch (field->kind) {
    case ROW_TEXT:
        return text_json(row_text(field, row));
    case ROW_JSON:
        return row_text_json(row_text(field, row));
    case ROW_TEXTS:
        return texts_json(row_texts(field, row));
    case ROW_PAIRS:
        return pairs_json(row_pairs(field, row));
    case ROW_WORD:
        return text_json(row_word(field, row));
    case ROW_FLAG:
        return json_boolean(*ROW_MEMBER_CONST(bool, field, row));
    case ROW_NUMBER:
        return json_integer(*ROW_MEMBER_CONST(uint32_t, field, row));
    case ROW_INT:
        return row_has_int(field, row) ? json_integer(row_int(field, row)) : json_null();
    case ROW_TREE:
        return tree_json(row_pairs(field, row));
    case ROW_ISO:
        return iso_json(*ROW_MEMBER_CONST(int64_t, field, row));
    case ROW_TIME:
    case ROW_SECONDS:
        return json_real((double)*ROW_MEMBER_CONST(int64_t, field, row) / HASS_USEC_PER_SEC);
    case ROW_IGNORED:
        break;
    }
    return json_null();
}

json_t *row_changes(const struct row_type *type, uint32_t uses, const void *old, const void *new)
{
    json_t *changes = NULL;

    for (size_t i = 0; i < type->count; i++) {
        const struct row_field *field = &type->fields[i];
        if (!(field->uses & uses) || row_field_equal(field, old, new))
            continue;
        if (!changes)
            changes = json_object();
        json_object_set_new(changes, field->key, field_json(field, old));
    }
    return changes;
}

void row_add_json(const struct row_type *type, uint32_t uses, const void *row, json_t *object)
{
    for (size_t i = 0; i < type->count; i++)
        if (type->fields[i].uses & uses)
            json_object_set_new(object, type->fields[i].key, field_json(&type->fields[i], row));
}

static void write_text(const char *text, struct hass_buf *buf)
{
    if (text)
        hass_json_write_string(text, strlen(text), buf);
    else
        hass_buf_add_string(buf, "null");
}

static void write_texts(const char *const *texts, struct hass_buf *buf)
{
    hass_buf_add_char(buf, '[');
    for (size_t i = 0; texts[i]; i++) {
        if (i)
            hass_buf_add_char(buf, ',');
        write_text(texts[i], buf);
    }
    hass_buf_add_char(buf, ']');
}

static void write_pairs(const struct hass_device_pair *pairs, struct hass_buf *buf)
{
    hass_buf_add_char(buf, '[');
    for (size_t i = 0; pairs[i].first; i++) {
        hass_buf_add_string(buf, i ? ",[" : "[");
        write_text(pairs[i].first, buf);
        hass_buf_add_char(buf, ',');
        write_text(pairs[i].second, buf);
        hass_buf_add_char(buf, ']');
    }
    hass_buf_add_char(buf, ']');
}

static void write_tree(const struct hass_device_pair *pairs, struct hass_buf *buf)
{
    autojson *tree = tree_json(pairs);

    hass_json_write(tree, buf);
}

static void write_seconds(int64_t time, struct hass_buf *buf)
{
    if (time)
        hass_json_write_number((double)time / HASS_USEC_PER_SEC, buf);
    else
        hass_buf_add_string(buf, "null");
}

static void write_field(const struct row_field *field, const void *row, struct hass_buf *buf)
{
    char time[HASS_DT_TEXT];

    switch (field->kind) {
    case ROW_TEXT:
        write_text(row_text(field, row), buf);
        break;
    case ROW_JSON:
        hass_buf_add_string(buf, row_text(field, row) ? row_text(field, row) : "null");
        break;
    case ROW_TEXTS:
        write_texts(row_texts(field, row), buf);
        break;
    case ROW_PAIRS:
        write_pairs(row_pairs(field, row), buf);
        break;
    case ROW_WORD:
        write_text(row_word(field, row), buf);
        break;
    case ROW_FLAG:
        hass_buf_add_string(buf, *ROW_MEMBER_CONST(bool, field, row) ? "true" : "false");
        break;
    case ROW_NUMBER:
        hass_buf_printf(buf, "%u", *ROW_MEMBER_CONST(uint32_t, field, row));
        break;
    case ROW_INT:
        if (row_has_int(field, row))
            hass_buf_printf(buf, "%d", row_int(field, row));
        else
            hass_buf_add_string(buf, "null");
        break;
    case ROW_TIME:
    case ROW_ISO:
        hass_dt_iso(*ROW_MEMBER_CONST(int64_t, field, row), NULL, time);
        write_text(time, buf);
        break;
    case ROW_TREE:
        write_tree(row_pairs(field, row), buf);
        break;
    case ROW_SECONDS:
        write_seconds(*ROW_MEMBER_CONST(int64_t, field, row), buf);
        break;
    case ROW_IGNORED:
        break;
    }
}

void row_write(const struct row_type *type, uint32_t uses, const void *row, struct hass_buf *buf)
{
    bool first = true;

    for (size_t i = 0; i < type->count; i++) {
        const struct row_field *field = &type->fields[i];
        if (!(field->uses & uses))
            continue;
        if (!first)
            hass_buf_add_char(buf, ',');
        first = false;
        write_text(row_stored_key(field), buf);
        hass_buf_add_char(buf, ':');
        write_field(field, row, buf);
    }
}

/* setting */

static const char *const *texts_from_json(const json_t *list, struct arena *arena)
{
    const char **texts = arena_alloc(arena, (json_array_size(list) + 1) * sizeof(*texts));
    size_t count = 0, i;
    json_t *item;

    texts[0] = NULL;
    json_array_foreach((json_t *)list, i, item) {
        const char *text = json_string_value(item);
        if (!text || row_has_text(texts, text))
            continue;
        texts[count++] = text;
        texts[count] = NULL;
    }
    return texts;
}

const struct hass_device_pair *row_pairs_from_json(const json_t *list, struct arena *arena)
{
    struct hass_device_pair *pairs =
        arena_alloc(arena, (json_array_size(list) + 1) * sizeof(*pairs));
    size_t count = 0, i;
    json_t *item;

    pairs[0] = (struct hass_device_pair){ NULL, NULL };
    json_array_foreach((json_t *)list, i, item) {
        struct hass_device_pair pair = { json_string_value(json_array_get(item, 0)),
                                         json_string_value(json_array_get(item, 1)) };
        if (!pair.first || !pair.second || row_has_pair(pairs, pair))
            continue;
        pairs[count++] = pair;
        pairs[count] = (struct hass_device_pair){ NULL, NULL };
    }
    return pairs;
}

const char *row_json_text(const json_t *value, struct arena *arena)
{
    autobuf text = HASS_BUF_INIT;

    if (!value || json_is_null(value))
        return NULL;
    hass_json_write(value, &text);
    return arena_strndup(arena, hass_buf_string(&text), text.length);
}

static unsigned word_from_text(const struct row_field *field, const char *text)
{
    for (unsigned i = 0; text && (i == 0 || field->words[i]); i++)
        if (field->words[i] && strcmp(field->words[i], text) == 0)
            return i;
    return 0;
}

void row_field_set(const struct row_field *field, void *draft, const json_t *value,
                   struct arena *arena)
{
    switch (field->kind) {
    case ROW_TEXT:
        *ROW_MEMBER(const char *, field, draft) = json_string_value(value);
        break;
    case ROW_JSON:
        *ROW_MEMBER(const char *, field, draft) = row_json_text(value, arena);
        break;
    case ROW_TEXTS:
        *ROW_MEMBER(const char *const *, field, draft) = texts_from_json(value, arena);
        break;
    case ROW_PAIRS:
        *ROW_MEMBER(const struct hass_device_pair *, field, draft) =
            row_pairs_from_json(value, arena);
        break;
    case ROW_WORD:
        *ROW_MEMBER(unsigned, field, draft) = word_from_text(field, json_string_value(value));
        break;
    case ROW_FLAG:
        *ROW_MEMBER(bool, field, draft) = json_is_true(value);
        break;
    case ROW_NUMBER:
        *ROW_MEMBER(uint32_t, field, draft) = (uint32_t)json_integer_value(value);
        break;
    case ROW_INT:
        row_set_int(field, draft, json_is_integer(value), (int)json_integer_value(value));
        break;
    default:
        break; // not set from outside
    }
}
