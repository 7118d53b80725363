/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members, lengths and truth of values. Lists and tuples are their own members; those of all else are put into the heap.
 */
#include "template/characters.h"
#include "template/dict.h"
#include "template/object.h"

static struct tmpl_value *reserve_items(struct tmpl_vm *vm, size_t count)
{
    size_t size = count * sizeof(struct tmpl_value);

    if (tmpl_reserve(vm, size) < 0)
        return NULL;
    return tmpl_alloc(&vm->heap, size);
}

static int iterate_string(struct tmpl_vm *vm, const struct tmpl_value *string,
                          const struct tmpl_value **ret_items, size_t *ret_count)
{
    size_t count = string_count(string), offset = 0;
    struct tmpl_value *items = reserve_items(vm, count);

    if (!items)
        return -1;
    for (size_t i = 0; i < count; i++) {
        uint32_t c;
        size_t size = char_decode(string->text + offset, string->length - offset, &c);
        items[i] = tmpl_string_view(string->text + offset, size);
        items[i].flags = c < 128 ? TMPL_ASCII : 0;
        offset += size;
    }
    *ret_items = items;
    *ret_count = count;
    return 0;
}

static int iterate_bytes(struct tmpl_vm *vm, const struct tmpl_value *bytes,
                         const struct tmpl_value **ret_items, size_t *ret_count)
{
    struct tmpl_value *items = reserve_items(vm, bytes->length);

    if (!items)
        return -1;
    for (uint32_t i = 0; i < bytes->length; i++)
        items[i] = tmpl_int((unsigned char)bytes->text[i]);
    *ret_items = items;
    *ret_count = bytes->length;
    return 0;
}

static int iterate_dict(struct tmpl_vm *vm, const struct tmpl_dict *dict,
                        const struct tmpl_value **ret_items, size_t *ret_count)
{
    struct tmpl_value *items = reserve_items(vm, dict->count);

    if (!items)
        return -1;
    for (uint32_t i = 0; i < dict->count; i++)
        items[i] = dict->entries[i].key;
    *ret_items = items;
    *ret_count = dict->count;
    return 0;
}

static int iterate_range(struct tmpl_vm *vm, const struct tmpl_range *range,
                         const struct tmpl_value **ret_items, size_t *ret_count)
{
    struct tmpl_value *items = reserve_items(vm, (size_t)range->count);

    if (!items)
        return -1;
    for (int64_t i = 0; i < range->count; i++)
        items[i] = tmpl_int(range->start + i * range->step);
    *ret_items = items;
    *ret_count = (size_t)range->count;
    return 0;
}

static int iterate_object(struct tmpl_vm *vm, const struct tmpl_value *value,
                          const struct tmpl_value **ret_items, size_t *ret_count)
{
    struct tmpl_object *object = value->object;

    if (object->type->iterate)
        return object->type->iterate(vm, object, ret_items, ret_count);
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "'%s' object is not iterable", tmpl_class_path(value));
}

int tmpl_iterate(struct tmpl_vm *vm, const struct tmpl_value *value,
                 const struct tmpl_value **ret_items, size_t *ret_count)
{
    switch (value->kind) {
    case TMPL_LIST:
    case TMPL_TUPLE:
        *ret_items = value->items;
        *ret_count = value->length;
        return 0;
    case TMPL_UNDEFINED:
        *ret_items = NULL;
        *ret_count = 0;
        return tmpl_use(vm, value);
    case TMPL_STRING:
        return iterate_string(vm, value, ret_items, ret_count);
    case TMPL_BYTES:
        return iterate_bytes(vm, value, ret_items, ret_count);
    case TMPL_DICT:
        return iterate_dict(vm, value->dict, ret_items, ret_count);
    case TMPL_SET:
        if (tmpl_reserve(vm, value->dict->count * sizeof(**ret_items)) < 0)
            return -1;
        *ret_items = set_items(&vm->heap, value->dict);
        *ret_count = value->dict->count;
        return 0;
    case TMPL_RANGE:
        return iterate_range(vm, value->range, ret_items, ret_count);
    case TMPL_OBJECT:
        return iterate_object(vm, value, ret_items, ret_count);
    default:
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "'%s' object is not iterable",
                          tmpl_class_path(value));
    }
}

bool tmpl_is_iterable(const struct tmpl_value *value)
{
    if (value->kind == TMPL_OBJECT)
        return value->object->type->iterate != NULL;
    return value->kind == TMPL_UNDEFINED ||
           (value->kind >= TMPL_STRING && value->kind <= TMPL_RANGE);
}

bool tmpl_is_callable(const struct tmpl_value *value)
{
    /* Jinja's undefined values have a __call__, which raises. */
    if (value->kind == TMPL_OBJECT)
        return value->object->type->call != NULL;
    return value->kind == TMPL_UNDEFINED;
}

int tmpl_len(struct tmpl_vm *vm, const struct tmpl_value *value, int64_t *ret_length)
{
    if (value->kind == TMPL_UNDEFINED) {
        *ret_length = 0;
        return vm->strict ? tmpl_raise_undefined(vm, value) : 0;
    }
    if (value->kind == TMPL_OBJECT && value->object->type->length)
        return value->object->type->length(vm, value->object, ret_length);
    *ret_length = tmpl_length(value);
    if (*ret_length >= 0)
        return 0;
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "object of type '%s' has no len()",
                      tmpl_class_path(value));
}

static int truth_of_object(struct tmpl_vm *vm, struct tmpl_object *object)
{
    int64_t length = 1;

    if (object->type->truth)
        return object->type->truth(vm, object);
    if (object->type->length && object->type->length(vm, object, &length) < 0)
        return -1;
    return length != 0;
}

int tmpl_truth(struct tmpl_vm *vm, const struct tmpl_value *value)
{
    switch (value->kind) {
    case TMPL_BOOL:
    case TMPL_INT:
    case TMPL_TIMEDELTA:
        return value->integer != 0;
    case TMPL_FLOAT:
        return value->number != 0;
    case TMPL_STRING:
    case TMPL_BYTES:
    case TMPL_LIST:
    case TMPL_TUPLE:
        return value->length != 0;
    case TMPL_DICT:
    case TMPL_SET:
        return value->dict->count != 0;
    case TMPL_RANGE:
        return value->range->count != 0;
    case TMPL_UNDEFINED:
        return tmpl_use(vm, value);
    case TMPL_NONE:
        return value->flags & TMPL_ELLIPSIS ? 1 : 0;
    case TMPL_ABSENT:
        return 0;
    case TMPL_OBJECT:
        return truth_of_object(vm, value->object);
    default:
        return 1;
    }
}
