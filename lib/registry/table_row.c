/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row is made in two passes over its fields: one measures the texts, one copies them behind the public struct.
 */
#include "registry/table_row.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#include <hass/dt.h>

#include "base/mem.h"
#include "core/object.h"

struct row {
    _Atomic uint32_t refs;
    const struct table_layout *layout;
    json_t *extra; /* keys of the stored form that are not in the table; NULL: none */
    _Alignas(max_align_t) char value[]; /* the public struct, then what it points to */
};

static struct row *row_of(const void *value)
{
    return (struct row *)(void *)((char *)(uintptr_t)value - offsetof(struct row, value));
}

static const char *const no_texts[] = { NULL };

#define MEMBER(value, offset, type) (*(type *)(void *)((char *)(value) + (offset)))
#define MEMBER_OF(value, offset, type)                                                             \
    (*(const type *)(const void *)((const char *)(value) + (offset)))

#define fields_foreach(layout, field)                                                              \
    for (const struct table_field *field = (layout)->fields;                                       \
         field < (layout)->fields + (layout)->count; field++)

static const char *stored_key(const struct table_field *field)
{
    return field->stored ? field->stored : field->key;
}

/* measuring */

static bool is_texts(const json_t *value)
{
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!json_is_string(json_array_get(value, i)))
            return false;
    return json_is_array(value) && json_array_size(value) <= TABLE_MAX_TEXTS;
}

static int word_of(const struct table_field *field, const json_t *value)
{
    const char *text = json_string_value(value);

    for (int i = 0; text && field->words[i]; i++)
        if (strcmp(field->words[i], text) == 0)
            return i;
    return -1;
}

static bool is_good(const struct table_field *field, const json_t *value)
{
    int64_t time;

    switch (field->type) {
    case TABLE_TEXT:
        return json_is_string(value) && (!field->required || json_string_length(value) > 0);
    case TABLE_TEXTS:
        return is_texts(value);
    case TABLE_INT:
        return json_is_integer(value) && json_integer_value(value) >= INT32_MIN &&
               json_integer_value(value) <= INT32_MAX;
    case TABLE_BOOL:
        return json_is_boolean(value);
    case TABLE_WORD:
        return word_of(field, value) >= 0;
    case TABLE_TIME:
        return json_is_string(value) &&
               hass_dt_parse(json_string_value(value), NULL, &time, NULL) == 0;
    case TABLE_JSON:
        return true;
    }
    return false;
}

/* What the field is made of; NULL: its default. */
static const json_t *usable(const struct table_field *field, const json_t *stored,
                            struct hass_buf *problems)
{
    const json_t *value = hass_json_get(stored, stored_key(field));

    if (!value || json_is_null(value))
        return NULL;
    if (is_good(field, value))
        return value;
    if (problems)
        hass_buf_printf(problems, "%s%s", problems->length ? ", " : "", stored_key(field));
    return NULL;
}

static size_t room_for(const struct table_field *field, const json_t *value)
{
    size_t room = 0;

    if (field->type == TABLE_TEXT)
        return json_string_length(value) + 1;
    if (field->type != TABLE_TEXTS)
        return 0;
    for (size_t i = 0; i < json_array_size(value); i++)
        room += json_string_length(json_array_get(value, i)) + 1;
    return room + (json_array_size(value) + 1) * sizeof(char *);
}

/* filling */

/* Where the next text and the next list go. */
struct places {
    char *texts;
    const char **lists;
};

static const char *put_text(struct places *places, const json_t *value)
{
    size_t size = json_string_length(value) + 1;
    const char *text = memcpy(places->texts, json_string_value(value), size);

    places->texts += size;
    return text;
}

static bool is_listed(const char *const *list, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], text) == 0)
            return true;
    return false;
}

static const char *const *put_texts(struct places *places, const json_t *value)
{
    const char **list = places->lists;
    size_t count = 0;

    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);
        if (!is_listed(list, count, json_string_value(item)))
            list[count++] = put_text(places, item);
    }
    list[count] = NULL;
    places->lists += count + 1;
    return list;
}

static void fill(void *value, const struct table_field *field, const json_t *given,
                 struct places *places)
{
    switch (field->type) {
    case TABLE_TEXT:
        MEMBER(value, field->offset, const char *) = given ? put_text(places, given) : NULL;
        break;
    case TABLE_TEXTS:
        MEMBER(value, field->offset, const char *const *) =
            json_array_size(given) ? put_texts(places, given) : no_texts;
        break;
    case TABLE_INT:
        MEMBER(value, field->offset, int) = given ? (int)json_integer_value(given) : 0;
        MEMBER(value, field->has, bool) = given != NULL;
        break;
    case TABLE_BOOL:
        MEMBER(value, field->offset, bool) = json_is_true(given);
        break;
    case TABLE_WORD:
        MEMBER(value, field->offset, int) = given ? word_of(field, given) : 0;
        break;
    case TABLE_TIME:
        MEMBER(value, field->offset, int64_t) = 0;
        if (given)
            (void)hass_dt_parse(json_string_value(given), NULL,
                                &MEMBER(value, field->offset, int64_t), NULL);
        break;
    case TABLE_JSON:
        MEMBER(value, field->offset, const json_t *) = hass_json_ref(given);
        break;
    }
}

/* The keys of the stored form that are not in the table; NULL: none. */
static json_t *extra_of(const struct table_layout *layout, const json_t *stored)
{
    size_t known = 0;

    fields_foreach(layout, field) known += hass_json_get(stored, stored_key(field)) != NULL;
    if (known == json_object_size(stored))
        return NULL;
    json_t *extra = json_copy((json_t *)stored);
    fields_foreach(layout, field) json_object_del(extra, stored_key(field));
    return extra;
}

/* What each field is made of, in the order of the table. */
static int find_values(const struct table_layout *layout, const json_t *stored,
                       struct hass_buf *problems, const json_t *values[], struct hass_error *err)
{
    if (!json_is_object(stored))
        return hass_fail(err, HASS_E_INVALID, "it is no object");
    for (size_t i = 0; i < layout->count; i++) {
        const struct table_field *field = &layout->fields[i];
        values[i] = usable(field, stored, problems);
        if (field->required && !values[i])
            return hass_fail(err, HASS_E_INVALID, "it has no %s", stored_key(field));
    }
    return 0;
}

int table_row_new(const struct table_layout *layout, const json_t *stored,
                  struct hass_buf *problems, const void **ret_row, struct hass_error *err)
{
    const json_t *values[TABLE_MAX_FIELDS];
    size_t lists = 0, texts = 0;

    assert(layout->count <= TABLE_MAX_FIELDS);
    int r = find_values(layout, stored, problems, values, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < layout->count; i++) {
        if (values[i] && layout->fields[i].type == TABLE_TEXTS)
            lists += json_array_size(values[i]) + 1;
        if (values[i])
            texts += room_for(&layout->fields[i], values[i]);
    }
    size_t aligned = (layout->size + sizeof(char *) - 1) / sizeof(char *) * sizeof(char *);
    struct row *row = mem_zalloc(sizeof(*row) + aligned + texts);
    row->refs = 1;
    row->layout = layout;
    row->extra = extra_of(layout, stored);
    MEMBER(row->value, 0, uint32_t) = (uint32_t)layout->size;
    struct places places = {
        .lists = (const char **)(void *)(row->value + aligned),
        .texts = row->value + aligned + lists * sizeof(char *),
    };
    for (size_t i = 0; i < layout->count; i++)
        fill(row->value, &layout->fields[i], values[i], &places);
    *ret_row = row->value;
    return 0;
}

const void *table_row_ref(const void *row)
{
    if (row)
        count_take(&row_of(row)->refs);
    return row;
}

const void *table_row_unref(const void *value)
{
    struct row *row = value ? row_of(value) : NULL;

    if (!row || !count_drop(&row->refs))
        return NULL;
    fields_foreach(row->layout, field) if (field->type == TABLE_JSON)
        json_decref((json_t *)(uintptr_t)MEMBER(row->value, field->offset, const json_t *));
    json_decref(row->extra);
    free(row);
    return NULL;
}

/* showing */

static json_t *texts_as_json(const char *const *texts)
{
    json_t *list = json_array();

    for (; *texts; texts++)
        json_array_append_new(list, json_string(*texts));
    return list;
}

static json_t *time_as_json(int64_t time, enum table_form form)
{
    char text[HASS_DT_TEXT];

    if (form == TABLE_SHOWN)
        return json_real((double)time / HASS_USEC_PER_SEC);
    hass_dt_iso(time, NULL, text);
    return json_string(text);
}

static json_t *text_as_json(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *field_as_json(const void *value, const struct table_field *field,
                             enum table_form form)
{
    switch (field->type) {
    case TABLE_TEXT:
        return text_as_json(MEMBER_OF(value, field->offset, char *));
    case TABLE_TEXTS:
        return texts_as_json(MEMBER_OF(value, field->offset, char *const *));
    case TABLE_INT:
        return MEMBER_OF(value, field->has, bool)
                   ? json_integer(MEMBER_OF(value, field->offset, int))
                   : json_null();
    case TABLE_BOOL:
        return json_boolean(MEMBER_OF(value, field->offset, bool));
    case TABLE_WORD:
        return json_string(field->words[MEMBER_OF(value, field->offset, int)]);
    case TABLE_TIME:
        return time_as_json(MEMBER_OF(value, field->offset, int64_t), form);
    case TABLE_JSON:
        break;
    }
    const json_t *json = MEMBER_OF(value, field->offset, json_t *);
    /* A copy: rows are written on the pool, and a count must not change on two threads. */
    return json ? json_deep_copy(json) : json_null();
}

json_t *table_row_as_json(const void *value, enum table_form form)
{
    const struct row *row = row_of(value);
    json_t *json = json_object();

    fields_foreach(row->layout, field)
    {
        const char *key = form == TABLE_STORED ? stored_key(field) : field->key;
        if (form == TABLE_STORED || !field->hidden)
            json_object_set_new(json, key, field_as_json(value, field, form));
    }
    if (form == TABLE_STORED)
        json_object_update(json, row->extra);
    return json;
}

/* comparing */

static bool texts_differ(const char *const *a, const char *const *b)
{
    size_t of_a = 0, of_b = 0;

    while (b[of_b])
        of_b++;
    for (; a[of_a]; of_a++)
        if (!is_listed(b, of_b, a[of_a]))
            return true;
    return of_a != of_b; // no text is there twice
}

static bool field_differs(const void *a, const void *b, const struct table_field *field)
{
    if (field->type == TABLE_TIME)
        return false;
    if (field->type == TABLE_TEXTS)
        return texts_differ(MEMBER_OF(a, field->offset, char *const *),
                            MEMBER_OF(b, field->offset, char *const *));
    autojson *of_a = field_as_json(a, field, TABLE_STORED);
    autojson *of_b = field_as_json(b, field, TABLE_STORED);
    return !json_equal(of_a, of_b);
}

bool table_row_differs(const void *a, const void *b)
{
    fields_foreach(row_of(a)->layout, field) if (field_differs(a, b, field)) return true;
    return false;
}
