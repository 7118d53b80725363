/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces: attributes in an array of their own, which are few. */
#include "template/namespace.h"

#include "template/print.h"

struct member {
    const char *text;
    uint32_t length;
    struct tmpl_value value;
};

struct namespace
{
    struct tmpl_object object;
    struct member *members;
    uint32_t count;
    uint32_t capacity;
};

static const struct tmpl_type namespace_type;

static struct member *find(struct namespace *namespace, const char *name, size_t length)
{
    for (uint32_t i = 0; i < namespace->count; i++)
        if (namespace->members[i].length == length &&
            memcmp(namespace->members[i].text, name, length) == 0)
            return &namespace->members[i];
    return NULL;
}

static int set(struct tmpl_vm *vm, struct namespace *namespace, const char *name, size_t length,
               struct tmpl_value value)
{
    struct member *member = find(namespace, name, length);

    if (!member) {
        if (namespace->count == namespace->capacity) {
            uint32_t capacity = namespace->capacity ? namespace->capacity * 2 : 4;
            if (tmpl_reserve(vm, capacity * sizeof(*member)) < 0)
                return -1;
            struct member *more = tmpl_alloc(&vm->heap, capacity * sizeof(*more));
            if (namespace->count)
                memcpy(more, namespace->members, namespace->count * sizeof(*more));
            namespace->members = more;
            namespace->capacity = capacity;
        }
        member = &namespace->members[namespace->count++];
        *member = (struct member){ .text = name, .length = (uint32_t)length };
    }
    member->value = value;
    return 0;
}

static int get_attr(struct tmpl_vm *vm, struct tmpl_object *object, const char *name, size_t length,
                    struct tmpl_value *ret_value)
{
    const struct member *member = find((struct namespace *)object, name, length);

    if (!member)
        return 0;
    *ret_value = member->value;
    return 1;
}

static int assign(struct tmpl_vm *vm, struct tmpl_object *object, const char *name, size_t length,
                  struct tmpl_value value)
{
    return set(vm, (struct namespace *)object, name, length, value);
}

static int repr(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    struct namespace *namespace = (struct namespace *)object;
    int result = 0;

    /* A namespace may contain itself. */
    if (nest_enter(vm) < 0)
        return -1;
    hass_buf_add_string(buf, "<Namespace {");
    for (uint32_t i = 0; i < namespace->count && result >= 0; i++) {
        struct tmpl_value name =
            tmpl_string_view(namespace->members[i].text, namespace->members[i].length);
        if (i)
            hass_buf_add_string(buf, ", ");
        result = tmpl_repr(vm, &name, buf);
        hass_buf_add_string(buf, ": ");
        if (result >= 0)
            result = tmpl_repr(vm, &namespace->members[i].value, buf);
    }
    hass_buf_add_string(buf, "}>");
    nest_leave(vm);
    return result;
}

static const struct tmpl_type namespace_type = {
    .name = "Namespace",
    .qualified = "jinja2.utils.Namespace",
    .repr = repr,
    .attr = get_attr,
    .assign = assign,
    .any_name = true,
};

static int set_pair(struct tmpl_vm *vm, struct namespace *namespace, const struct tmpl_value *name,
                    const struct tmpl_value *value)
{
    if (name->kind != TMPL_STRING)
        return 0;
    return set(vm, namespace, name->text, name->length, *value);
}

static int set_all(struct tmpl_vm *vm, struct namespace *namespace, const struct tmpl_value *from)
{
    const struct tmpl_value *items;
    size_t count;

    if (from->kind == TMPL_DICT) {
        for (uint32_t i = 0; i < from->dict->count; i++)
            if (set_pair(vm, namespace, &from->dict->entries[i].key,
                         &from->dict->entries[i].value) < 0)
                return -1;
        return 0;
    }
    if (tmpl_iterate(vm, from, &items, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct tmpl_value *pair;
        size_t length;
        if (tmpl_iterate(vm, &items[i], &pair, &length) < 0)
            return -1;
        if (length != 2)
            return tmpl_raise(vm, TMPL_VALUE_ERROR,
                              "dictionary update sequence element #%zu has length %zu; 2 is "
                              "required",
                              i, length);
        if (set_pair(vm, namespace, &pair[0], &pair[1]) < 0)
            return -1;
    }
    return 0;
}

int tmpl_namespace_create(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    struct namespace *namespace = tmpl_alloc(&vm->heap, sizeof(*namespace));

    *namespace = (struct namespace){ .object = { &namespace_type } };
    if (call->count > 1)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "dict expected at most 1 argument, got %u",
                          call->count);
    if (call->count == 1 && set_all(vm, namespace, &call->args[0]) < 0)
        return -1;
    for (unsigned i = 0; i < call->named; i++)
        if (set_pair(vm, namespace, &call->names[i], &call->values[i]) < 0)
            return -1;
    *ret_value = tmpl_object_value(&namespace->object);
    return 0;
}
