/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments, defaults and results of the engine's functions. */
#include "template/builtins.h"

#include "template/template.h"

int read_text_or(struct tmpl_vm *vm, const struct tmpl_value *value, const char *fallback,
                 struct tmpl_value *ret_text)
{
    if (!is_given(value)) {
        *ret_text = tmpl_string_static(fallback);
        return 0;
    }
    return read_text(vm, value, ret_text);
}

int read_flag(struct tmpl_vm *vm, const struct tmpl_value *value, bool fallback, bool *ret_flag)
{
    int truth = is_given(value) ? tmpl_truth(vm, value) : fallback;

    if (truth < 0)
        return truth;
    *ret_flag = truth;
    return 0;
}

int read_integer(struct tmpl_vm *vm, const struct tmpl_value *value, int64_t fallback,
                 int64_t *ret_integer)
{
    if (is_given(value))
        return tmpl_to_int64(vm, value, ret_integer);
    *ret_integer = fallback;
    return 0;
}

int read_named(struct tmpl_vm *vm, const struct tmpl_call *call, const char *function,
               const char *name, struct tmpl_value *ret_value)
{
    *ret_value = (struct tmpl_value){ .kind = TMPL_ABSENT };
    for (unsigned i = 0; i < call->named; i++) {
        if (!tmpl_is_text(&call->names[i], name))
            return tmpl_raise(vm, TMPL_TYPE_ERROR, "%s() got an unexpected keyword argument '%.*s'",
                              function, (int)call->names[i].length, call->names[i].text);
        *ret_value = call->values[i];
    }
    return 0;
}

int read_items(struct tmpl_vm *vm, const struct tmpl_value *value,
               const struct tmpl_value **ret_items, size_t *ret_count)
{
    int r = tmpl_iterate(vm, value, ret_items, ret_count);

    return r < 0 ? r : tmpl_spend(vm, *ret_count);
}

int read_float(struct tmpl_vm *vm, const struct tmpl_value *value, double *ret_number)
{
    switch (value->kind) {
    case TMPL_FLOAT:
        *ret_number = value->number;
        return 1;
    case TMPL_BOOL:
    case TMPL_INT:
        *ret_number = (double)value->integer;
        return 1;
    case TMPL_BIG:
        return tmpl_to_double(vm, value, ret_number) < 0 ? -1 : 1;
    case TMPL_STRING:
    case TMPL_BYTES:
        return tmpl_parse_float(value->text, value->length, ret_number);
    case TMPL_UNDEFINED:
        return tmpl_raise_undefined(vm, value);
    default:
        return 0;
    }
}

struct tmpl_value *new_items(struct tmpl_vm *vm, size_t count)
{
    size_t size = count * sizeof(struct tmpl_value);

    if (count > UINT32_MAX / sizeof(struct tmpl_value)) {
        tmpl_raise(vm, TMPL_LIMIT_ERROR, "a list of %zu members exceeds the limit of memory",
                   count);
        return NULL;
    }
    return tmpl_reserve(vm, size) < 0 ? NULL : tmpl_alloc(&vm->heap, size);
}

int return_buf(struct tmpl_vm *vm, const struct hass_buf *buf, struct tmpl_value *ret_value)
{
    if (tmpl_reserve(vm, buf->length) < 0)
        return -1;
    *ret_value = tmpl_string_of(&vm->heap, buf);
    return 0;
}

int return_html(struct tmpl_vm *vm, const struct hass_buf *buf, struct tmpl_value *ret_value)
{
    int r = return_buf(vm, buf, ret_value);

    if (r == 0 && vm->autoescape)
        ret_value->flags |= TMPL_MARKUP;
    return r;
}

int return_default(struct tmpl_vm *vm, const char *name, const struct tmpl_value *input,
                   const struct tmpl_value *fallback, struct tmpl_value *ret_value)
{
    autobuf printed = HASS_BUF_INIT;

    if (is_given(fallback)) {
        *ret_value = *fallback;
        return 0;
    }
    if (tmpl_print(vm, input, &printed) < 0)
        return -1;
    return tmpl_raise(vm, TMPL_VALUE_ERROR,
                      "Template error: %s got invalid input '%s' when rendering template '%s' but "
                      "no default was specified",
                      name, hass_buf_string(&printed),
                      vm->template ? tmpl_source(vm->template) : "");
}

int raise_not_iterable(struct tmpl_vm *vm, const struct tmpl_value *value)
{
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "'%s' object is not iterable", tmpl_class_name(value));
}

const char *c_string(struct tmpl_vm *vm, const struct tmpl_value *text)
{
    return arena_strndup(&vm->heap.arena, text->text, text->length);
}
