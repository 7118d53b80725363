/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows by tables of fields. A row is its count, the struct of values, the arrays of its lists, then the texts.
 */
#include "registry/row.h"

#include <string.h>

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
        layout->texts += text_size(row_text(field, draft));
        break;
    case ROW_TEXTS:
        texts = row_texts(field, draft);
        if (!*texts)
            break;
        for (layout->arrays += sizeof(*texts); *texts; texts++) {
            layout->arrays += sizeof(*texts);
            layout->texts += text_size(*texts);
        }
        break;
    case ROW_PAIRS:
    case ROW_TREE:
        pairs = row_pairs(field, draft);
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
        *ROW_MEMBER(const char *, field, values) = copy_text(row_text(field, draft), cursor);
        break;
    case ROW_TEXTS:
        *ROW_MEMBER(const char *const *, field, values) =
            copy_texts(row_texts(field, draft), cursor);
        break;
    case ROW_PAIRS:
    case ROW_TREE:
        *ROW_MEMBER(const struct hass_device_pair *, field, values) =
            copy_pairs(row_pairs(field, draft), cursor);
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
    *(uint32_t *)(void *)row->values = (uint32_t)type->public_size;
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

static bool is_filled(const char *text)
{
    return text && *text;
}

int row_check(const struct row_type *type, const void *draft, struct hass_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < type->count; i++) {
        const struct row_field *field = &type->fields[i];
        if (field->required && !is_filled(row_text(field, draft)))
            r = hass_fail(err, HASS_E_INVALID, "it has no %s", row_stored_key(field));
        else if (field->kind == ROW_TEXT)
            r = check_text(field, row_text(field, draft), ROW_MAX_TEXT, err);
        else if (field->kind == ROW_JSON)
            r = check_text(field, row_text(field, draft), ROW_MAX_JSON, err);
        else if (field->kind == ROW_TEXTS)
            r = check_texts(field, row_texts(field, draft), err);
        else if (field->kind == ROW_PAIRS || field->kind == ROW_TREE)
            r = check_pairs(field, row_pairs(field, draft), err);
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
    autojson *left = row_text_json(a), *right = row_text_json(b);
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
        return equal_texts(row_text(field, a), row_text(field, b));
    case ROW_JSON:
        return equal_json(row_text(field, a), row_text(field, b));
    case ROW_TEXTS:
        return equal_text_sets(row_texts(field, a), row_texts(field, b));
    case ROW_PAIRS:
    case ROW_TREE:
        return equal_pair_sets(row_pairs(field, a), row_pairs(field, b));
    case ROW_WORD:
    case ROW_NUMBER:
        return *ROW_MEMBER_CONST(uint32_t, field, a) == *ROW_MEMBER_CONST(uint32_t, field, b);
    case ROW_FLAG:
        return *ROW_MEMBER_CONST(bool, field, a) == *ROW_MEMBER_CONST(bool, field, b);
    case ROW_INT:
        return row_int(field, a) == row_int(field, b) &&
               row_has_int(field, a) == row_has_int(field, b);
    case ROW_TIME:
    case ROW_ISO:
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
