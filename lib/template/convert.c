/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values that come from JSON, become JSON, or move to another heap.
 */
#include <math.h>

#include "template/big.h"
#include "template/characters.h"
#include "template/dict.h"
#include "template/moment.h"
#include "template/object.h"
#include "template/print.h"

/* --- JSON ------------------------------------------------------------------------------------------------ */

static struct tmpl_value from_json(struct tmpl_heap *heap, const json_t *json, unsigned depth);

static struct tmpl_value list_from_json(struct tmpl_heap *heap, const json_t *array, unsigned depth)
{
    size_t count = json_array_size(array);
    struct tmpl_value *items = tmpl_alloc(heap, count * sizeof(*items));

    for (size_t i = 0; i < count; i++)
        items[i] = from_json(heap, json_array_get(array, i), depth + 1);
    return tmpl_list_view(items, count);
}

static struct tmpl_value dict_from_json(struct tmpl_heap *heap, const json_t *object,
                                        unsigned depth)
{
    struct tmpl_dict *dict = tmpl_dict_new(heap, json_object_size(object));

    for (void *at = json_object_iter((json_t *)object); at;
         at = json_object_iter_next((json_t *)object, at)) {
        const char *key = json_object_iter_key(at);
        tmpl_dict_set_text(heap, dict, key, strlen(key),
                           from_json(heap, json_object_iter_value(at), depth + 1));
    }
    return tmpl_dict_value(dict);
}

static struct tmpl_value from_json(struct tmpl_heap *heap, const json_t *json, unsigned depth)
{
    switch (depth < VALUE_MAX_DEPTH && json ? json_typeof(json) : JSON_NULL) {
    case JSON_OBJECT:
        return dict_from_json(heap, json, depth);
    case JSON_ARRAY:
        return list_from_json(heap, json, depth);
    case JSON_STRING:
        return tmpl_string_view(json_string_value(json), json_string_length(json));
    case JSON_INTEGER:
        return tmpl_int(json_integer_value(json));
    case JSON_REAL:
        return tmpl_float(json_real_value(json));
    case JSON_TRUE:
    case JSON_FALSE:
        return tmpl_bool(json_is_true(json));
    default:
        return tmpl_none();
    }
}

struct tmpl_value tmpl_from_json(struct tmpl_heap *heap, const json_t *json)
{
    return from_json(heap, json, 0);
}

static json_t *to_json(const struct tmpl_value *value, unsigned depth);

/* Appends @item, taken; frees the array when there is none. */
static json_t *append_json(json_t *array, json_t *item)
{
    if (array && item && json_array_append_new(array, item) == 0)
        return array;
    json_decref(array);
    return NULL;
}

static json_t *items_to_json(const struct tmpl_value *items, size_t count, unsigned depth)
{
    json_t *array = json_array();

    for (size_t i = 0; array && i < count; i++)
        array = append_json(array, to_json(&items[i], depth + 1));
    return array;
}

static json_t *set_to_json(const struct tmpl_dict *set, unsigned depth)
{
    struct tmpl_heap heap = { 0 };
    json_t *array = items_to_json(set_items(&heap, set), set->count, depth);

    arena_fini(&heap.arena);
    return array;
}

static json_t *range_to_json(const struct tmpl_range *range)
{
    json_t *array = json_array();

    for (int64_t i = 0; array && i < range->count; i++)
        array = append_json(array, json_integer(range->start + i * range->step));
    return array;
}

/* Keys as orjson has them: true is "true", none "null". */
static void print_key(const struct tmpl_value *key, struct hass_buf *buf)
{
    if (key->kind == TMPL_BOOL)
        hass_buf_add_string(buf, key->integer ? "true" : "false");
    else if (key->kind == TMPL_NONE)
        hass_buf_add_string(buf, "null");
    else
        (void)tmpl_print(NULL, key, buf);
}

static json_t *dict_to_json(const struct tmpl_dict *dict, unsigned depth)
{
    json_t *object = json_object();

    for (uint32_t i = 0; object && i < dict->count; i++) {
        autobuf key = HASS_BUF_INIT;
        json_t *value = to_json(&dict->entries[i].value, depth + 1);
        print_key(&dict->entries[i].key, &key);
        if (value && json_object_set_new(object, hass_buf_string(&key), value) == 0)
            continue;
        json_decref(object);
        object = NULL;
    }
    return object;
}

static json_t *date_to_json(const struct tmpl_value *value)
{
    autobuf text = HASS_BUF_INIT;

    tmpl_date_print(value, &text);
    char *blank = value->kind == TMPL_DATETIME ? memchr(text.data, ' ', text.length) : NULL;
    if (blank)
        *blank = 'T';
    return json_stringn(text.data, text.length);
}

static json_t *text_to_json(const struct tmpl_value *value)
{
    return value->length ? json_stringn(value->text, value->length) : json_string("");
}

static json_t *to_json(const struct tmpl_value *value, unsigned depth)
{
    if (depth == VALUE_MAX_DEPTH)
        return NULL;
    switch (value->kind) {
    case TMPL_NONE:
        return value->flags & TMPL_ELLIPSIS ? NULL : json_null();
    case TMPL_BOOL:
        return json_boolean(value->integer);
    case TMPL_INT:
        return json_integer(value->integer);
    case TMPL_FLOAT:
        return isfinite(value->number) ? json_real(value->number) : NULL;
    case TMPL_STRING:
        return text_to_json(value);
    case TMPL_LIST:
    case TMPL_TUPLE:
        return items_to_json(value->items, value->length, depth);
    case TMPL_DICT:
        return dict_to_json(value->dict, depth);
    case TMPL_SET:
        return set_to_json(value->dict, depth);
    case TMPL_RANGE:
        return range_to_json(value->range);
    case TMPL_DATETIME:
    case TMPL_DATE:
    case TMPL_TIME:
    case TMPL_TIMEDELTA:
        return date_to_json(value);
    default:
        return NULL;
    }
}

json_t *tmpl_to_json(const struct tmpl_value *value)
{
    return to_json(value, 0);
}

/* --- another heap ------------------------------------------------------------------------------------------ */

static struct tmpl_value copy(struct tmpl_heap *heap, struct tmpl_value value, unsigned depth);

static const struct tmpl_value *copy_items(struct tmpl_heap *heap, const struct tmpl_value *items,
                                           size_t count, unsigned depth)
{
    struct tmpl_value *copies = tmpl_alloc(heap, count * sizeof(*copies));

    for (size_t i = 0; i < count; i++)
        copies[i] = copy(heap, items[i], depth + 1);
    return copies;
}

/* Keys that are equal stay so when they are copied, and their hashes with them, unless objects are among them. */
static const struct tmpl_dict *copy_dict(struct tmpl_heap *heap, const struct tmpl_dict *dict,
                                         unsigned depth)
{
    struct tmpl_dict *result = dict_copy(heap, dict, 0);

    for (uint32_t i = 0; i < result->count; i++) {
        result->entries[i].key = copy(heap, result->entries[i].key, depth + 1);
        result->entries[i].value = copy(heap, result->entries[i].value, depth + 1);
    }
    return result;
}

static struct tmpl_value copy_text(struct tmpl_heap *heap, struct tmpl_value value)
{
    value.text = arena_strndup(&heap->arena, value.length ? value.text : "", value.length);
    return value;
}

static struct tmpl_value copy_big(struct tmpl_heap *heap, const struct tmpl_big *big)
{
    return big_value(heap, big->negative, big->limbs, big->count);
}

static struct tmpl_value copy_range(struct tmpl_heap *heap, struct tmpl_value value)
{
    struct tmpl_range *range = tmpl_alloc(heap, sizeof(*range));

    *range = *value.range;
    value.range = range;
    return value;
}

static struct tmpl_value copy_undefined(struct tmpl_heap *heap, const struct tmpl_value *value)
{
    autobuf message = HASS_BUF_INIT;

    tmpl_undefined_message(value, &message);
    return tmpl_undefined_text(heap, arena_strndup(&heap->arena, message.data, message.length),
                               value->undefined->unsafe);
}

static struct tmpl_value copy_object(struct tmpl_heap *heap, struct tmpl_object *object)
{
    if (object->type->copy)
        return tmpl_object_value(object->type->copy(heap, object));
    struct tmpl_value value = tmpl_object_value(object);
    autobuf text = HASS_BUF_INIT;
    (void)tmpl_print(NULL, &value, &text);
    return tmpl_string_of(heap, &text);
}

static struct tmpl_value copy(struct tmpl_heap *heap, struct tmpl_value value, unsigned depth)
{
    if (depth == VALUE_MAX_DEPTH)
        return tmpl_none();
    switch (value.kind) {
    case TMPL_UNDEFINED:
        return copy_undefined(heap, &value);
    case TMPL_BIG:
        return copy_big(heap, value.big);
    case TMPL_STRING:
    case TMPL_BYTES:
        return copy_text(heap, value);
    case TMPL_LIST:
    case TMPL_TUPLE:
        value.items = copy_items(heap, value.items, value.length, depth);
        return value;
    case TMPL_DICT:
    case TMPL_SET:
        value.dict = copy_dict(heap, value.dict, depth);
        return value;
    case TMPL_RANGE:
        return copy_range(heap, value);
    case TMPL_DATETIME:
    case TMPL_DATE:
    case TMPL_TIME:
    case TMPL_TIMEDELTA:
        return tmpl_date_copy(heap, &value);
    case TMPL_OBJECT:
        return copy_object(heap, value.object);
    default:
        return value;
    }
}

struct tmpl_value tmpl_copy(struct tmpl_heap *heap, struct tmpl_value value)
{
    return copy(heap, value, 0);
}
