/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows by tables of fields. A row is its count, the struct of values, the arrays of its lists, then the texts.
 */
#include "registry/row.h"

#include <string.h>

#include <hass/buf.h>
#include <hass/dt.h>
#include <hass/json.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/object.h"
#include "registry/row_member.h"

struct row {
    _Atomic uint32_t refs;
    _Alignas(max_align_t) char values[];
};

const char *const row_no_texts[1] = { NULL };
const struct hass_device_pair row_no_pairs[1] = { { NULL, NULL } };

/* members of a struct of values */

static const char *text_of(const struct row_field *field, const void *values)
{
    return *ROW_MEMBER_CONST(const char *, field, values);
}

static const char *const *texts_of(const struct row_field *field, const void *values)
{
    const char *const *texts = *ROW_MEMBER_CONST(const char *const *, field, values);

    return texts ? texts : row_no_texts;
}

static const struct hass_device_pair *pairs_of(const struct row_field *field, const void *values)
{
    const struct hass_device_pair *pairs =
        *ROW_MEMBER_CONST(const struct hass_device_pair *, field, values);

    return pairs ? pairs : row_no_pairs;
}

static const char *word_of(const struct row_field *field, const void *values)
{
    return field->words[*ROW_MEMBER_CONST(unsigned, field, values)];
}

/* making rows */

struct layout {
    size_t arrays; /* bytes of the lists, */
    size_t texts;  /* and of the texts */
};

static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

static void measure(const struct row_field *field, const void *draft, struct layout *layout)
{
    const struct hass_device_pair *pairs;
    const char *const *texts;

    switch (field->kind) {
    case ROW_TEXT:
    case ROW_JSON:
        layout->texts += text_size(text_of(field, draft));
        break;
    case ROW_TEXTS:
        texts = texts_of(field, draft);
        if (!*texts)
            break;
        for (layout->arrays += sizeof(*texts); *texts; texts++) {
            layout->arrays += sizeof(*texts);
            layout->texts += text_size(*texts);
        }
        break;
    case ROW_PAIRS:
    case ROW_TREE:
        pairs = pairs_of(field, draft);
        if (!pairs->first)
            break;
        for (layout->arrays += sizeof(*pairs); pairs->first; pairs++) {
            layout->arrays += sizeof(*pairs);
            layout->texts += text_size(pairs->first) + text_size(pairs->second);
        }
        break;
    default:
        break;
    }
}

/* Where the next array and the next text go. */
struct cursor {
    char *array;
    char *text;
};

static const char *copy_text(const char *text, struct cursor *cursor)
{
    if (!text)
        return NULL;
    size_t size = text_size(text);
    char *copy = memcpy(cursor->text, text, size);
    cursor->text += size;
    return copy;
}

static const char *const *copy_texts(const char *const *texts, struct cursor *cursor)
{
    if (!*texts)
        return row_no_texts;
    const char **copy = (const char **)(void *)cursor->array;
    size_t count = 0;
    for (; texts[count]; count++)
        copy[count] = copy_text(texts[count], cursor);
    copy[count++] = NULL;
    cursor->array += count * sizeof(*copy);
    return copy;
}

static const struct hass_device_pair *copy_pairs(const struct hass_device_pair *pairs,
                                                 struct cursor *cursor)
{
    if (!pairs->first)
        return row_no_pairs;
    struct hass_device_pair *copy = (struct hass_device_pair *)(void *)cursor->array;
    size_t count = 0;
    for (; pairs[count].first; count++)
        copy[count] = (struct hass_device_pair){ copy_text(pairs[count].first, cursor),
                                                 copy_text(pairs[count].second, cursor) };
    copy[count++] = (struct hass_device_pair){ NULL, NULL };
    cursor->array += count * sizeof(*copy);
    return copy;
}

static void copy_field(const struct row_field *field, const void *draft, void *values,
                       struct cursor *cursor)
{
    switch (field->kind) {
    case ROW_TEXT:
    case ROW_JSON:
        *ROW_MEMBER(const char *, field, values) = copy_text(text_of(field, draft), cursor);
        break;
    case ROW_TEXTS:
        *ROW_MEMBER(const char *const *, field, values) =
            copy_texts(texts_of(field, draft), cursor);
        break;
    case ROW_PAIRS:
    case ROW_TREE:
        *ROW_MEMBER(const struct hass_device_pair *, field, values) =
            copy_pairs(pairs_of(field, draft), cursor);
        break;
    default:
        break; // copied with the struct
    }
}

void *row_new(const struct row_type *type, const void *draft)
{
    struct layout layout = { 0 };

    for (size_t i = 0; i < type->count; i++)
        measure(&type->fields[i], draft, &layout);
    struct row *row = mem_alloc(sizeof(*row) + type->size + layout.arrays + layout.texts);
    struct cursor cursor = {
        .array = row->values + type->size,
        .text = row->values + type->size + layout.arrays,
    };
    row->refs = 1;
    memcpy(row->values, draft, type->size);
    for (size_t i = 0; i < type->count; i++)
        copy_field(&type->fields[i], draft, row->values, &cursor);
    return row->values;
}

static struct row *row_of(const void *values)
{
    return (struct row *)(void *)((char *)values - offsetof(struct row, values));
}

const void *row_ref(const void *row)
{
    if (row)
        count_take(&row_of(row)->refs);
    return row;
}

const void *row_unref(const void *row)
{
    if (row && count_drop(&row_of(row)->refs))
        free(row_of(row));
    return NULL;
}

/* checking */

static int check_text(const struct row_field *field, const char *text, size_t limit,
                      struct hass_error *err)
{
    size_t length = text ? strlen(text) : 0;

    if (length > limit)
        return hass_fail(err, HASS_E_TOO_LONG, "%s has %zu bytes, the limit is %zu", field->key,
                         length, limit);
    if (text && !utf8_valid(text, length))
        return hass_fail(err, HASS_E_INVALID, "%s is not UTF-8", field->key);
    return 0;
}

static int check_count(const struct row_field *field, size_t count, struct hass_error *err)
{
    if (count <= ROW_MAX_ITEMS)
        return 0;
    return hass_fail(err, HASS_E_LIMIT, "%s has %zu items, the limit is %d", field->key, count,
                     ROW_MAX_ITEMS);
}

static int check_texts(const struct row_field *field, const char *const *texts,
                       struct hass_error *err)
{
    int r = check_count(field, row_count_texts(texts), err);

    for (; r == 0 && *texts; texts++)
        r = check_text(field, *texts, ROW_MAX_TEXT, err);
    return r;
}

static int check_pairs(const struct row_field *field, const struct hass_device_pair *pairs,
                       struct hass_error *err)
{
    int r = check_count(field, row_count_pairs(pairs), err);

    for (; r == 0 && pairs->first; pairs++) {
        r = check_text(field, pairs->first, ROW_MAX_TEXT, err);
        if (r == 0)
            r = check_text(field, pairs->second, ROW_MAX_TEXT, err);
    }
    return r;
}

int row_check(const struct row_type *type, const void *draft, struct hass_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < type->count; i++) {
        const struct row_field *field = &type->fields[i];
        if (field->kind == ROW_TEXT)
            r = check_text(field, text_of(field, draft), ROW_MAX_TEXT, err);
        else if (field->kind == ROW_JSON)
            r = check_text(field, text_of(field, draft), ROW_MAX_JSON, err);
        else if (field->kind == ROW_TEXTS)
            r = check_texts(field, texts_of(field, draft), err);
        else if (field->kind == ROW_PAIRS || field->kind == ROW_TREE)
            r = check_pairs(field, pairs_of(field, draft), err);
    }
    return r;
}

/* comparing */

const struct row_field *row_find_field(const struct row_type *type, const char *key)
{
    for (size_t i = 0; i < type->count; i++)
        if (strcmp(type->fields[i].key, key) == 0)
            return &type->fields[i];
    return NULL;
}

static json_t *parse(const char *text)
{
    json_t *json = NULL;

    if (!text || hass_json_parse(text, strlen(text), SIZE_MAX, &json, NULL) < 0)
        return json_null();
    return json;
}

static bool equal_texts(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool equal_json(const char *a, const char *b)
{
    if (equal_texts(a, b))
        return true;
    if (!a || !b)
        return false;
    autojson *left = parse(a), *right = parse(b);
    return hass_json_equal(left, right);
}

static bool equal_text_sets(const char *const *a, const char *const *b)
{
    if (row_count_texts(a) != row_count_texts(b))
        return false;
    for (; *a; a++)
        if (!row_has_text(b, *a))
            return false;
    return true;
}

static bool equal_pair_sets(const struct hass_device_pair *a, const struct hass_device_pair *b)
{
    if (row_count_pairs(a) != row_count_pairs(b))
        return false;
    for (; a->first; a++)
        if (!row_has_pair(b, *a))
            return false;
    return true;
}

bool row_field_equal(const struct row_field *field, const void *a, const void *b)
{
    switch (field->kind) {
    case ROW_TEXT:
        return equal_texts(text_of(field, a), text_of(field, b));
    case ROW_JSON:
        return equal_json(text_of(field, a), text_of(field, b));
    case ROW_TEXTS:
        return equal_text_sets(texts_of(field, a), texts_of(field, b));
    case ROW_PAIRS:
    case ROW_TREE:
        return equal_pair_sets(pairs_of(field, a), pairs_of(field, b));
    case ROW_WORD:
    case ROW_NUMBER:
        return *ROW_MEMBER_CONST(uint32_t, field, a) == *ROW_MEMBER_CONST(uint32_t, field, b);
    case ROW_FLAG:
        return *ROW_MEMBER_CONST(bool, field, a) == *ROW_MEMBER_CONST(bool, field, b);
    case ROW_TIME:
    case ROW_SECONDS:
        return *ROW_MEMBER_CONST(int64_t, field, a) == *ROW_MEMBER_CONST(int64_t, field, b);
    case ROW_IGNORED:
        return true;
    }
    return false;
}

bool row_differs(const struct row_type *type, uint32_t except, const void *old, const void *new)
{
    for (size_t i = 0; i < type->count; i++) {
        const struct row_field *field = &type->fields[i];
        if (!(field->uses & except) && !row_field_equal(field, old, new))
            return true;
    }
    return false;
}

/* JSON */

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

static json_t *field_json(const struct row_field *field, const void *row)
{
    switch (field->kind) {
    case ROW_TEXT:
        return text_json(text_of(field, row));
    case ROW_JSON:
        return parse(text_of(field, row));
    case ROW_TEXTS:
        return texts_json(texts_of(field, row));
    case ROW_PAIRS:
        return pairs_json(pairs_of(field, row));
    case ROW_WORD:
        return text_json(word_of(field, row));
    case ROW_FLAG:
        return json_boolean(*ROW_MEMBER_CONST(bool, field, row));
    case ROW_NUMBER:
        return json_integer(*ROW_MEMBER_CONST(uint32_t, field, row));
    case ROW_TREE:
        return tree_json(pairs_of(field, row));
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
        write_text(text_of(field, row), buf);
        break;
    case ROW_JSON:
        hass_buf_add_string(buf, text_of(field, row) ? text_of(field, row) : "null");
        break;
    case ROW_TEXTS:
        write_texts(texts_of(field, row), buf);
        break;
    case ROW_PAIRS:
        write_pairs(pairs_of(field, row), buf);
        break;
    case ROW_WORD:
        write_text(word_of(field, row), buf);
        break;
    case ROW_FLAG:
        hass_buf_add_string(buf, *ROW_MEMBER_CONST(bool, field, row) ? "true" : "false");
        break;
    case ROW_NUMBER:
        hass_buf_printf(buf, "%u", *ROW_MEMBER_CONST(uint32_t, field, row));
        break;
    case ROW_TIME:
        hass_dt_iso(*ROW_MEMBER_CONST(int64_t, field, row), NULL, time);
        write_text(time, buf);
        break;
    case ROW_TREE:
        write_tree(pairs_of(field, row), buf);
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
        write_text(field->key, buf);
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

static const char *json_to_text(const json_t *value, struct arena *arena)
{
    autobuf text = HASS_BUF_INIT;

    if (json_is_null(value))
        return NULL;
    hass_json_write(value, &text);
    return arena_strndup(arena, hass_buf_string(&text), text.length);
}

static unsigned word_from_text(const struct row_field *field, const char *text)
{
    for (unsigned i = 1; text && field->words[i]; i++)
        if (strcmp(field->words[i], text) == 0)
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
        *ROW_MEMBER(const char *, field, draft) = json_to_text(value, arena);
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
    default:
        break; // not set from outside
    }
}

/* lists */

size_t row_count_texts(const char *const *texts)
{
    size_t count = 0;

    while (texts[count])
        count++;
    return count;
}

size_t row_count_pairs(const struct hass_device_pair *pairs)
{
    size_t count = 0;

    while (pairs[count].first)
        count++;
    return count;
}

bool row_has_text(const char *const *texts, const char *text)
{
    for (; *texts; texts++)
        if (strcmp(*texts, text) == 0)
            return true;
    return false;
}

bool row_has_pair(const struct hass_device_pair *pairs, struct hass_device_pair pair)
{
    for (; pairs->first; pairs++)
        if (strcmp(pairs->first, pair.first) == 0 && strcmp(pairs->second, pair.second) == 0)
            return true;
    return false;
}

const char *const *row_with_text(const char *const *texts, const char *text, struct arena *arena)
{
    size_t count = row_count_texts(texts);

    if (row_has_text(texts, text))
        return texts;
    const char **more = arena_alloc(arena, (count + 2) * sizeof(*more));
    memcpy(more, texts, count * sizeof(*more));
    more[count] = text;
    more[count + 1] = NULL;
    return more;
}

const char *const *row_without_text(const char *const *texts, const char *text, struct arena *arena)
{
    const char **fewer = arena_alloc(arena, (row_count_texts(texts) + 1) * sizeof(*fewer));
    size_t count = 0;

    for (; *texts; texts++)
        if (strcmp(*texts, text) != 0)
            fewer[count++] = *texts;
    fewer[count] = NULL;
    return fewer;
}

const struct hass_device_pair *row_join_pairs(const struct hass_device_pair *a,
                                              const struct hass_device_pair *b, struct arena *arena)
{
    a = a ? a : row_no_pairs;
    b = b ? b : row_no_pairs;
    size_t count = row_count_pairs(a);
    struct hass_device_pair *all =
        arena_alloc(arena, (count + row_count_pairs(b) + 1) * sizeof(*all));
    memcpy(all, a, (count + 1) * sizeof(*all));
    for (; b->first; b++) {
        if (row_has_pair(all, *b))
            continue;
        all[count++] = *b;
        all[count] = (struct hass_device_pair){ NULL, NULL };
    }
    return all;
}

const struct hass_device_pair *row_common_pairs(const struct hass_device_pair *a,
                                                const struct hass_device_pair *b,
                                                struct arena *arena)
{
    struct hass_device_pair *common = arena_alloc(arena, (row_count_pairs(a) + 1) * sizeof(*a));
    size_t count = 0;

    for (; a->first; a++)
        if (row_has_pair(b, *a))
            common[count++] = *a;
    common[count] = (struct hass_device_pair){ NULL, NULL };
    return common;
}
