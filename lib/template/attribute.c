/* SPDX-License-Identifier: Apache-2.0 */
/* Attribute paths of map, selectattr, sort, groupby, …: split once, items before attributes at every step. */
#include "base/utf8.h"
#include "template/builtins.h"

static struct tmpl_value make_part(const char *text, size_t length)
{
    int64_t index = 0;

    for (size_t i = 0; i < length; i++) {
        if (!ascii_is_digit(text[i]) || length > 18)
            return tmpl_string_view(text, length);
        index = index * 10 + (text[i] - '0');
    }
    return length ? tmpl_int(index) : tmpl_string_view(text, length);
}

static size_t count_parts(const struct tmpl_value *path)
{
    size_t count = 1;

    for (uint32_t i = 0; i < path->length; i++)
        count += path->text[i] == '.';
    return count;
}

static int split(struct tmpl_vm *vm, struct attribute *attribute, const struct tmpl_value *path)
{
    const char *at = path->text, *end = at + path->length;

    attribute->parts = new_items(vm, count_parts(path));
    if (!attribute->parts)
        return -1;
    for (;;) {
        const char *dot = path->length ? memchr(at, '.', (size_t)(end - at)) : NULL;
        size_t length = dot ? (size_t)(dot - at) : (size_t)(end - at);
        attribute->parts[attribute->count++] = make_part(at, length);
        if (!dot)
            return 0;
        at = dot + 1;
    }
}

int attribute_init(struct tmpl_vm *vm, struct attribute *attribute, const struct tmpl_value *path)
{
    *attribute = (struct attribute){ 0 };
    if (!is_set(path))
        return path->kind == TMPL_UNDEFINED ? tmpl_use(vm, path) : 0;
    if (path->kind == TMPL_STRING)
        return split(vm, attribute, path);
    attribute->parts = new_items(vm, 1);
    if (!attribute->parts)
        return -1;
    attribute->parts[0] = *path;
    attribute->count = 1;
    return 0;
}

int fold_case(struct tmpl_vm *vm, struct tmpl_value *value)
{
    if (value->kind != TMPL_STRING)
        return 0;
    bool changes = false;
    for (uint32_t i = 0; i < value->length; i++) {
        if ((unsigned char)value->text[i] >= 0x80) {
            struct tmpl_call call = { .args = NULL };
            int r = tmpl_call_method(vm, value, "lower", 5, &call, value);
            return r < 0 ? r : 0;
        }
        changes |= ascii_is_upper(value->text[i]);
    }
    if (!changes)
        return 0;
    char *text = tmpl_alloc(&vm->heap, value->length);
    for (uint32_t i = 0; i < value->length; i++)
        text[i] = ascii_to_lower(value->text[i]);
    value->text = text;
    return 0;
}

/* One step. What most steps are, a key of a dict, is found without asking what else the value could have. */
static int get_part(struct tmpl_vm *vm, const struct tmpl_value *value,
                    const struct tmpl_value *part, struct tmpl_value *ret_value)
{
    if (value->kind == TMPL_DICT && part->kind == TMPL_STRING) {
        const struct tmpl_value *found = tmpl_dict_get_text(value->dict, part->text, part->length);
        if (found) {
            *ret_value = *found;
            return 0;
        }
    }
    return tmpl_get_item(vm, value, part, ret_value);
}

int attribute_get(struct tmpl_vm *vm, const struct attribute *attribute,
                  const struct tmpl_value *value, struct tmpl_value *ret_value)
{
    struct tmpl_value at = *value;

    for (size_t i = 0; i < attribute->count; i++) {
        struct tmpl_value next;
        if (get_part(vm, &at, &attribute->parts[i], &next) < 0)
            return -1;
        at = next;
        if (at.kind == TMPL_UNDEFINED && is_given(&attribute->fallback))
            at = attribute->fallback;
    }
    *ret_value = at;
    return attribute->fold ? fold_case(vm, ret_value) : 0;
}
