/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `x.name`, `x[key]` and `x[a:b:c]`: attributes and items in Jinja's order, and what its sandbox refuses of the built-in kinds. What is not
 * there is undefined; a name that may not be seen is undefined, too, and using it is a SecurityError.
 */
#include "template/characters.h"
#include "template/dict.h"
#include "template/methods.h"
#include "template/moment.h"
#include "template/object.h"
#include "template/vm.h"

/* --- attributes ---------------------------------------------------------------------------------------- */

static bool named(const char *name, size_t length, const char *wanted)
{
    return strlen(wanted) == length && memcmp(name, wanted, length) == 0;
}

static int number_field(const struct tmpl_value *value, const char *name, size_t length,
                        struct tmpl_value *ret_value)
{
    bool real = named(name, length, "real");

    if (value->kind == TMPL_FLOAT) {
        if (!real && !named(name, length, "imag"))
            return 0;
        *ret_value = real ? *value : tmpl_float(0);
        return 1;
    }
    if (real || named(name, length, "numerator")) {
        *ret_value = value->kind == TMPL_BOOL ? tmpl_int(value->integer) : *value;
        return 1;
    }
    if (named(name, length, "imag"))
        *ret_value = tmpl_int(0);
    else if (named(name, length, "denominator"))
        *ret_value = tmpl_int(1);
    else
        return 0;
    return 1;
}

static int range_field(const struct tmpl_range *range, const char *name, size_t length,
                       struct tmpl_value *ret_value)
{
    if (named(name, length, "start"))
        *ret_value = tmpl_int(range->start);
    else if (named(name, length, "stop"))
        *ret_value = tmpl_int(range->stop);
    else if (named(name, length, "step"))
        *ret_value = tmpl_int(range->step);
    else
        return 0;
    return 1;
}

static int field(struct tmpl_vm *vm, const struct tmpl_value *value, const char *name,
                 size_t length, struct tmpl_value *ret_value)
{
    switch (value->kind) {
    case TMPL_BOOL:
    case TMPL_INT:
    case TMPL_BIG:
    case TMPL_FLOAT:
        return number_field(value, name, length, ret_value);
    case TMPL_RANGE:
        return range_field(value->range, name, length, ret_value);
    case TMPL_DATETIME:
    case TMPL_DATE:
    case TMPL_TIME:
    case TMPL_TIMEDELTA:
        return tmpl_date_field(vm, value, name, length, ret_value);
    default:
        return 0;
    }
}

static int unsafe(struct tmpl_vm *vm, const struct tmpl_value *value, const char *name,
                  size_t length, struct tmpl_value *ret_value)
{
    autobuf text = HASS_BUF_INIT;

    hass_buf_add_string(&text, "access to attribute '");
    hass_buf_add(&text, name, length);
    hass_buf_printf(&text, "' of '%s' object is unsafe.", tmpl_class_name(value));
    char *copy = arena_strndup(&vm->heap.arena, text.data, text.length);
    *ret_value = tmpl_undefined_text(&vm->heap, copy, true);
    return 1;
}

/* "__class__": every Python object has such attributes. */
static bool is_internal(const char *name, size_t length)
{
    return length > 4 && memcmp(name, "__", 2) == 0 && memcmp(name + length - 2, "__", 2) == 0;
}

/* An attribute that is there: 1, a refused one included; 0 when there is none, or an error. */
static int attribute(struct tmpl_vm *vm, const struct tmpl_value *value, const char *name,
                     size_t length, struct tmpl_value *ret_value)
{
    int found;

    if (value->kind == TMPL_OBJECT) {
        struct tmpl_object *object = value->object;
        found = object->type->attr ? object->type->attr(vm, object, name, length, ret_value) : 0;
        if (found == 1 && *name == '_' && !object->type->any_name)
            return unsafe(vm, value, name, length, ret_value);
    } else {
        found = field(vm, value, name, length, ret_value);
        if (!found)
            found = tmpl_get_method(vm, value, name, length, ret_value);
        if (!found && tmpl_is_mutator(value->kind, name, length))
            return unsafe(vm, value, name, length, ret_value);
    }
    if (!found && length && is_internal(name, length))
        return unsafe(vm, value, name, length, ret_value);
    return found;
}

/* --- items --------------------------------------------------------------------------------------------- */

/* An index that counts from the end when it is negative; false when it is no index or beyond. */
static bool take_index(const struct tmpl_value *key, int64_t length, int64_t *ret_index)
{
    if (key->kind != TMPL_INT && key->kind != TMPL_BOOL)
        return false;
    int64_t index = key->integer < 0 ? key->integer + length : key->integer;
    *ret_index = index;
    return index >= 0 && index < length;
}

static int string_item(const struct tmpl_value *string, const struct tmpl_value *key,
                       struct tmpl_value *ret_value)
{
    int64_t index;
    uint32_t c;

    if (key->kind != TMPL_INT && key->kind != TMPL_BOOL)
        return 0;
    if (string->flags & TMPL_ASCII) {
        if (!take_index(key, string->length, &index))
            return 0;
        *ret_value = tmpl_string_view(string->text + index, 1);
        ret_value->flags = TMPL_ASCII;
        return 1;
    }
    if (!take_index(key, (int64_t)string_count(string), &index))
        return 0;
    size_t offset = chars_offset(string->text, string->length, (size_t)index);
    size_t size = char_decode(string->text + offset, string->length - offset, &c);
    *ret_value = tmpl_string_view(string->text + offset, size);
    return 1;
}

static int dict_item(const struct tmpl_dict *dict, const struct tmpl_value *key,
                     struct tmpl_value *ret_value)
{
    const struct tmpl_value *found = tmpl_dict_get(dict, key);

    if (!found)
        return 0;
    *ret_value = *found;
    return 1;
}

static int object_item(struct tmpl_vm *vm, struct tmpl_object *object, const struct tmpl_value *key,
                       struct tmpl_value *ret_value)
{
    return object->type->item ? object->type->item(vm, object, key, ret_value) : 0;
}

/* 1 and the item, 0 when there is none, or an error. */
static int item(struct tmpl_vm *vm, const struct tmpl_value *value, const struct tmpl_value *key,
                struct tmpl_value *ret_value)
{
    int64_t index;

    switch (value->kind) {
    case TMPL_LIST:
    case TMPL_TUPLE:
        if (!take_index(key, value->length, &index))
            return 0;
        *ret_value = value->items[index];
        return 1;
    case TMPL_DICT:
        return dict_item(value->dict, key, ret_value);
    case TMPL_STRING:
        return string_item(value, key, ret_value);
    case TMPL_BYTES:
        if (!take_index(key, value->length, &index))
            return 0;
        *ret_value = tmpl_int((unsigned char)value->text[index]);
        return 1;
    case TMPL_RANGE:
        if (!take_index(key, value->range->count, &index))
            return 0;
        *ret_value = tmpl_int(value->range->start + index * value->range->step);
        return 1;
    case TMPL_OBJECT:
        return object_item(vm, value->object, key, ret_value);
    default:
        return 0;
    }
}

static bool item_first(const struct tmpl_value *value)
{
    return value->kind == TMPL_OBJECT && value->object->type->item_first;
}

/* The item of that name, of what can have one. */
static int named_item(struct tmpl_vm *vm, const struct tmpl_value *value, const char *name,
                      size_t length, struct tmpl_value *ret_value)
{
    if (value->kind == TMPL_DICT) {
        const struct tmpl_value *found = tmpl_dict_get_text(value->dict, name, length);
        if (found)
            *ret_value = *found;
        return found != NULL;
    }
    if (value->kind != TMPL_OBJECT)
        return 0;
    struct tmpl_value key = tmpl_string_view(name, length);
    return object_item(vm, value->object, &key, ret_value);
}

/* Most keys of dicts share no first letter with a method, so that these need not be looked through. */
static bool may_be_dict_method(const char *name, size_t length)
{
    return length && memchr("_cfgikpsuv", *name, 10);
}

int tmpl_get_attr(struct tmpl_vm *vm, const struct tmpl_value *value, const char *name,
                  size_t length, struct tmpl_value *ret_value)
{
    int found = 0;

    if (value->kind == TMPL_UNDEFINED)
        return length > 1 && name[0] == '_' && name[1] == '_' ? tmpl_raise_undefined(vm, value)
                                                              : tmpl_raise_logged(vm, value);
    if (item_first(value)) {
        found = named_item(vm, value, name, length, ret_value);
        if (!found)
            found = attribute(vm, value, name, length, ret_value);
    } else {
        if (value->kind != TMPL_DICT || may_be_dict_method(name, length))
            found = attribute(vm, value, name, length, ret_value);
        if (!found)
            found = named_item(vm, value, name, length, ret_value);
    }
    if (!found)
        *ret_value = tmpl_undefined_name(&vm->heap, *value, name, length);
    return found < 0 ? found : 0;
}

int tmpl_get_item(struct tmpl_vm *vm, const struct tmpl_value *value, const struct tmpl_value *key,
                  struct tmpl_value *ret_value)
{
    if (value->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, value);
    int found = item(vm, value, key, ret_value);
    if (!found && key->kind == TMPL_STRING)
        found = attribute(vm, value, key->text, key->length, ret_value);
    if (!found)
        *ret_value = tmpl_undefined_index(&vm->heap, *value, *key);
    return found < 0 ? found : 0;
}

/* --- slices -------------------------------------------------------------------------------------------- */

struct slice {
    int64_t start, stop, step, count;
};

static bool is_left_out(const struct tmpl_value *bound)
{
    return !bound || bound->kind == TMPL_ABSENT ||
           (bound->kind == TMPL_NONE && !(bound->flags & TMPL_ELLIPSIS));
}

/* A bound as it is written; very large ones become the ends of 64 bits. False for what is no integer. */
static bool take_bound(const struct tmpl_value *bound, int64_t absent, int64_t *ret_bound)
{
    if (is_left_out(bound))
        *ret_bound = absent;
    else if (bound->kind == TMPL_INT || bound->kind == TMPL_BOOL)
        *ret_bound = bound->integer;
    else if (bound->kind == TMPL_BIG)
        *ret_bound = bound->big->negative ? INT64_MIN : INT64_MAX;
    else
        return false;
    return true;
}

/* Into the members: from 0, or -1 when going backwards, to @length. */
static int64_t clamp_bound(int64_t bound, int64_t length, bool backwards)
{
    int64_t least = backwards ? -1 : 0, most = backwards ? length - 1 : length;

    if (bound < 0)
        bound = bound < -length ? least : bound + length;
    return bound < least ? least : bound > most ? most : bound;
}

/* 1; 0 when a bound is no integer; or an error. */
static int resolve(struct tmpl_vm *vm, const struct tmpl_value *start,
                   const struct tmpl_value *stop, const struct tmpl_value *step, int64_t length,
                   struct slice *slice)
{
    if (!take_bound(step, 1, &slice->step))
        return 0;
    if (slice->step == 0)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "slice step cannot be zero");
    bool backwards = slice->step < 0;
    if (slice->step < -INT64_MAX)
        slice->step = -INT64_MAX;
    if (!take_bound(start, backwards ? INT64_MAX : 0, &slice->start) ||
        !take_bound(stop, backwards ? INT64_MIN : INT64_MAX, &slice->stop))
        return 0;
    slice->start = clamp_bound(slice->start, length, backwards);
    slice->stop = clamp_bound(slice->stop, length, backwards);
    int64_t distance = backwards ? slice->start - slice->stop : slice->stop - slice->start;
    int64_t stride = backwards ? -slice->step : slice->step;
    slice->count = distance > 0 ? (distance - 1) / stride + 1 : 0;
    return 1;
}

static int slice_items(struct tmpl_vm *vm, const struct tmpl_value *value,
                       const struct slice *slice, struct tmpl_value *ret_value)
{
    struct tmpl_value result = *value;

    result.length = (uint32_t)slice->count;
    if (slice->step == 1) {
        result.items = value->items + slice->start;
        *ret_value = result;
        return 0;
    }
    size_t size = (size_t)slice->count * sizeof(*value->items);
    if (tmpl_reserve(vm, size) < 0)
        return -1;
    struct tmpl_value *items = tmpl_alloc(&vm->heap, size);
    for (int64_t i = 0; i < slice->count; i++)
        items[i] = value->items[slice->start + i * slice->step];
    result.items = items;
    *ret_value = result;
    return 0;
}

/* Bytes, and texts of ASCII. */
static int slice_bytes(struct tmpl_vm *vm, const struct tmpl_value *value,
                       const struct slice *slice, struct tmpl_value *ret_value)
{
    struct tmpl_value result = *value;

    result.length = (uint32_t)slice->count;
    if (slice->step == 1) {
        result.text = value->text + slice->start;
        *ret_value = result;
        return 0;
    }
    if (tmpl_reserve(vm, (size_t)slice->count) < 0)
        return -1;
    char *data = tmpl_alloc(&vm->heap, (size_t)slice->count);
    for (int64_t i = 0; i < slice->count; i++)
        data[i] = value->text[slice->start + i * slice->step];
    result.text = data;
    *ret_value = result;
    return 0;
}

static int slice_characters(struct tmpl_vm *vm, const struct tmpl_value *string,
                            const struct slice *slice, struct tmpl_value *ret_value)
{
    const struct tmpl_value *characters;
    size_t count, at = 0;

    if (slice->step == 1) {
        size_t from = chars_offset(string->text, string->length, (size_t)slice->start);
        size_t size =
            chars_offset(string->text + from, string->length - from, (size_t)slice->count);
        *ret_value = tmpl_string_view(string->text + from, size);
        return 0;
    }
    if (tmpl_iterate(vm, string, &characters, &count) < 0 || tmpl_reserve(vm, string->length) < 0)
        return -1;
    char *data = tmpl_alloc(&vm->heap, string->length);
    for (int64_t i = 0; i < slice->count; i++) {
        const struct tmpl_value *c = &characters[slice->start + i * slice->step];
        memcpy(data + at, c->text, c->length);
        at += c->length;
    }
    *ret_value = tmpl_string_view(data, at);
    return 0;
}

static int slice_range(struct tmpl_vm *vm, const struct tmpl_range *range,
                       const struct slice *slice, struct tmpl_value *ret_value)
{
    struct tmpl_range *part = tmpl_alloc(&vm->heap, sizeof(*part));
    int64_t step;

    if (__builtin_mul_overflow(range->step, slice->step, &step))
        step = slice->step < 0 ? -INT64_MAX : INT64_MAX;
    *part = (struct tmpl_range){
        .start = range->start + slice->start * range->step,
        .stop = range->start + slice->stop * range->step,
        .step = step,
        .count = slice->count,
    };
    *ret_value = (struct tmpl_value){ .kind = TMPL_RANGE, .range = part };
    return 0;
}

/* Slices ask the value itself, so that Python's error comes instead of an undefined value. */
static int raise_slice(struct tmpl_vm *vm, const struct tmpl_value *value, bool sliced)
{
    if (sliced)
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "slice indices must be integers or None or have an __index__ method");
    if (value->kind == TMPL_DICT)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "unhashable type: 'slice'");
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "'%s' object is not subscriptable",
                      tmpl_class_name(value));
}

int tmpl_get_slice(struct tmpl_vm *vm, const struct tmpl_value *value,
                   const struct tmpl_value *start, const struct tmpl_value *stop,
                   const struct tmpl_value *step, struct tmpl_value *ret_value)
{
    struct slice slice;

    if (value->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, value);
    bool sliced =
        (value->kind >= TMPL_STRING && value->kind <= TMPL_TUPLE) || value->kind == TMPL_RANGE;
    int good = sliced ? resolve(vm, start, stop, step, tmpl_length(value), &slice) : 0;
    if (good < 0)
        return good;
    if (!good)
        return raise_slice(vm, value, sliced);
    switch (value->kind) {
    case TMPL_LIST:
    case TMPL_TUPLE:
        return slice_items(vm, value, &slice, ret_value);
    case TMPL_RANGE:
        return slice_range(vm, value->range, &slice, ret_value);
    case TMPL_BYTES:
        return slice_bytes(vm, value, &slice, ret_value);
    default:
        return value->flags & TMPL_ASCII ? slice_bytes(vm, value, &slice, ret_value)
                                         : slice_characters(vm, value, &slice, ret_value);
    }
}
