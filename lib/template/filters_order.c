/* SPDX-License-Identifier: Apache-2.0 */
/* Filters that compare members with each other: sort, dictsort, groupby, unique, min, max. */
#include "template/builtins.h"

/* --- sort ---------------------------------------------------------------------------------------------- */

/* A sort by several attributes ("a,b") compares the tuples of their values. */
struct sort_key {
    struct attribute *attributes;
    size_t count;
};

static int sort_key_init(struct tmpl_vm *vm, struct sort_key *key, const struct tmpl_value *path,
                         bool fold)
{
    struct tmpl_value part = *path;
    size_t count = 1;

    for (uint32_t i = 0; path->kind == TMPL_STRING && i < path->length; i++)
        count += path->text[i] == ',';
    if (tmpl_reserve(vm, count * sizeof(struct attribute)) < 0)
        return -1;
    key->attributes = tmpl_alloc(&vm->heap, count * sizeof(struct attribute));
    key->count = count;
    for (size_t i = 0; i < count; i++) {
        if (count > 1) {
            const char *comma = memchr(part.text, ',', part.length);
            uint32_t left = part.length;
            part.length = comma ? (uint32_t)(comma - part.text) : left;
            if (attribute_init(vm, &key->attributes[i], &part) < 0)
                return -1;
            part.text += part.length + 1;
            part.length = comma ? left - part.length - 1 : 0;
        } else if (attribute_init(vm, &key->attributes[i], path) < 0) {
            return -1;
        }
        key->attributes[i].fold = fold;
    }
    return 0;
}

static int sort_key_get(struct tmpl_vm *vm, const struct sort_key *key,
                        const struct tmpl_value *value, struct tmpl_value *ret_key)
{
    if (key->count == 1)
        return attribute_get(vm, &key->attributes[0], value, ret_key);
    struct tmpl_value *parts = new_items(vm, key->count);
    if (!parts)
        return -1;
    for (size_t i = 0; i < key->count; i++)
        if (attribute_get(vm, &key->attributes[i], value, &parts[i]) < 0)
            return -1;
    *ret_key = tmpl_list_view(parts, key->count);
    return 0;
}

static struct keyed *new_keyed(struct tmpl_vm *vm, size_t count)
{
    if (tmpl_reserve(vm, count * sizeof(struct keyed)) < 0)
        return NULL;
    return tmpl_alloc(&vm->heap, count * sizeof(struct keyed));
}

static int return_values(struct tmpl_vm *vm, const struct keyed *keyed, size_t count,
                         struct tmpl_value *ret_value)
{
    struct tmpl_value *items = new_items(vm, count);

    if (!items)
        return -1;
    for (size_t i = 0; i < count; i++)
        items[i] = keyed[i].value;
    *ret_value = tmpl_list_view(items, count);
    return 0;
}

/* "value ?reverse ?case_sensitive ?attribute" */
int filter_sort(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    const struct tmpl_value *items;
    struct sort_key key;
    bool reverse, exact;
    size_t count;

    if (read_flag(vm, &call->args[1], false, &reverse) < 0 ||
        read_flag(vm, &call->args[2], false, &exact) < 0 ||
        sort_key_init(vm, &key, &call->args[3], !exact) < 0 ||
        read_items(vm, &call->args[0], &items, &count) < 0)
        return -1;
    struct keyed *keyed = new_keyed(vm, count);
    if (!keyed)
        return -1;
    for (size_t i = 0; i < count; i++) {
        keyed[i].value = items[i];
        if (sort_key_get(vm, &key, &items[i], &keyed[i].key) < 0)
            return -1;
    }
    if (sort_keyed(vm, keyed, count, SORT_EQUAL_FIRST | (reverse ? SORT_REVERSE : 0)) < 0)
        return -1;
    return return_values(vm, keyed, count, ret_value);
}

/* "value ?case_sensitive ?by ?reverse" */
int filter_dictsort(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    const struct tmpl_value *by = &call->args[2], *pairs, *items;
    struct tmpl_call none = { .args = NULL };
    struct tmpl_value list;
    bool exact, reverse;
    size_t count, length;

    if (is_given(by) && !tmpl_is_text(by, "key") && !tmpl_is_text(by, "value"))
        return tmpl_raise(vm, TMPL_FILTER_ARGUMENT_ERROR,
                          "You can only sort by either \"key\" or \"value\"");
    if (read_flag(vm, &call->args[1], false, &exact) < 0 ||
        read_flag(vm, &call->args[3], false, &reverse) < 0)
        return -1;
    if (call->args[0].kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, &call->args[0]);
    int r = tmpl_call_method(vm, &call->args[0], "items", 5, &none, &list);
    if (r == 0)
        return tmpl_raise(vm, TMPL_ATTRIBUTE_ERROR, "'%s' object has no attribute 'items'",
                          tmpl_class_name(&call->args[0]));
    if (r < 0 || read_items(vm, &list, &pairs, &count) < 0)
        return -1;
    struct keyed *keyed = new_keyed(vm, count);
    if (!keyed)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (tmpl_iterate(vm, &pairs[i], &items, &length) < 0)
            return -1;
        keyed[i] = (struct keyed){ items[tmpl_is_text(by, "value")], pairs[i] };
        if (!exact && fold_case(vm, &keyed[i].key) < 0)
            return -1;
    }
    if (sort_keyed(vm, keyed, count, reverse ? SORT_REVERSE : 0) < 0)
        return -1;
    return return_values(vm, keyed, count, ret_value);
}

/* --- groupby ------------------------------------------------------------------------------------------- */

/* A tuple of two with names: (grouper, list). */
struct group {
    struct tmpl_object object;
    struct tmpl_value members[2];
};

static const struct group *to_group(const struct tmpl_object *object)
{
    return (const struct group *)object;
}

static struct tmpl_value group_tuple(const struct tmpl_object *object)
{
    return tmpl_tuple_view(to_group(object)->members, 2);
}

static int group_print(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    struct tmpl_value tuple = group_tuple(object);

    return tmpl_repr(vm, &tuple, buf);
}

static int group_length(struct tmpl_vm *vm, struct tmpl_object *object, int64_t *ret_length)
{
    *ret_length = 2;
    return 0;
}

static int group_attr(struct tmpl_vm *vm, struct tmpl_object *object, const char *name,
                      size_t length, struct tmpl_value *ret_value)
{
    struct tmpl_value tuple = group_tuple(object), wanted = tmpl_string_view(name, length);

    if (tmpl_is_text(&wanted, "grouper"))
        *ret_value = to_group(object)->members[0];
    else if (tmpl_is_text(&wanted, "list"))
        *ret_value = to_group(object)->members[1];
    else
        return tmpl_get_method(vm, &tuple, name, length, ret_value);
    return 1;
}

static int group_item(struct tmpl_vm *vm, struct tmpl_object *object, const struct tmpl_value *key,
                      struct tmpl_value *ret_value)
{
    if (key->kind != TMPL_INT && key->kind != TMPL_BOOL)
        return 0;
    int64_t index = key->integer < 0 ? key->integer + 2 : key->integer;
    if (index < 0 || index > 1)
        return 0;
    *ret_value = to_group(object)->members[index];
    return 1;
}

static int group_iterate(struct tmpl_vm *vm, struct tmpl_object *object,
                         const struct tmpl_value **ret_items, size_t *ret_count)
{
    *ret_items = to_group(object)->members;
    *ret_count = 2;
    return 0;
}

static struct tmpl_value as_tuple(const struct tmpl_value *value, const struct tmpl_object *like)
{
    if (value->kind == TMPL_OBJECT && value->object->type == like->type)
        return group_tuple(value->object);
    return *value;
}

static int group_equal(struct tmpl_vm *vm, struct tmpl_object *object,
                       const struct tmpl_value *other)
{
    struct tmpl_value left = group_tuple(object), right = as_tuple(other, object);

    return tmpl_equal(vm, &left, &right);
}

static int group_compare(struct tmpl_vm *vm, struct tmpl_object *object,
                         const struct tmpl_value *other, int *ret_order)
{
    struct tmpl_value left = group_tuple(object), right = as_tuple(other, object);

    return tmpl_order(vm, &left, &right, ret_order);
}

static struct tmpl_object *group_copy(struct tmpl_heap *heap, struct tmpl_object *object)
{
    struct group *copy = tmpl_alloc(heap, sizeof(*copy));

    copy->object = *object;
    copy->members[0] = tmpl_copy(heap, to_group(object)->members[0]);
    copy->members[1] = tmpl_copy(heap, to_group(object)->members[1]);
    return &copy->object;
}

static const struct tmpl_type group_type = {
    .name = "_GroupTuple",
    .print = group_print,
    .repr = group_print,
    .length = group_length,
    .attr = group_attr,
    .item = group_item,
    .iterate = group_iterate,
    .equal = group_equal,
    .compare = group_compare,
    .copy = group_copy,
    .sequence = true,
};

static struct tmpl_value make_group(struct tmpl_vm *vm, struct tmpl_value grouper,
                                    const struct tmpl_value *items, size_t count)
{
    struct group *group = tmpl_alloc(&vm->heap, sizeof(*group));

    *group = (struct group){ { &group_type }, { grouper, tmpl_list_view(items, count) } };
    return tmpl_object_value(&group->object);
}

/* Groups of neighbours with equal keys, in @keyed; their members are views of @items. */
static int collect_groups(struct tmpl_vm *vm, const struct keyed *keyed, size_t count,
                          const struct attribute *shown, struct tmpl_value *ret_value)
{
    struct tmpl_value *items = new_items(vm, count), *groups = new_items(vm, count);
    size_t found = 0, next;

    if (!items || !groups || tmpl_reserve(vm, count * sizeof(struct group)) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        items[i] = keyed[i].value;
    for (size_t at = 0; at < count; at = next) {
        struct tmpl_value grouper;
        int equal = 1;
        for (next = at + 1; next < count && equal; next += equal) {
            equal = tmpl_equal(vm, &keyed[at].key, &keyed[next].key);
            if (equal < 0)
                return -1;
        }
        /* As it is written, not folded. */
        if (attribute_get(vm, shown, &items[at], &grouper) < 0)
            return -1;
        groups[found++] = make_group(vm, grouper, items + at, next - at);
    }
    *ret_value = tmpl_list_view(groups, found);
    return 0;
}

/* "value attribute ?default ?case_sensitive" */
int filter_groupby(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    const struct tmpl_value *items;
    struct attribute attribute;
    bool exact;
    size_t count;

    if (read_flag(vm, &call->args[3], false, &exact) < 0 ||
        attribute_init(vm, &attribute, &call->args[1]) < 0 ||
        read_items(vm, &call->args[0], &items, &count) < 0)
        return -1;
    if (is_set(&call->args[2]))
        attribute.fallback = call->args[2];
    struct keyed *keyed = new_keyed(vm, count);
    if (!keyed)
        return -1;
    attribute.fold = !exact;
    for (size_t i = 0; i < count; i++) {
        keyed[i].value = items[i];
        if (attribute_get(vm, &attribute, &items[i], &keyed[i].key) < 0)
            return -1;
    }
    attribute.fold = false;
    if (sort_keyed(vm, keyed, count, 0) < 0)
        return -1;
    return collect_groups(vm, keyed, count, &attribute, ret_value);
}

/* --- unique, min, max ---------------------------------------------------------------------------------- */

/* "value ?case_sensitive ?attribute" */
int filter_unique(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    const struct tmpl_value *items;
    struct attribute attribute;
    bool exact;
    size_t count, kept = 0;

    if (read_flag(vm, &call->args[1], false, &exact) < 0 ||
        attribute_init(vm, &attribute, &call->args[2]) < 0 ||
        read_items(vm, &call->args[0], &items, &count) < 0)
        return -1;
    attribute.fold = !exact;
    struct tmpl_value *unique = new_items(vm, count);
    if (!unique || tmpl_reserve(vm, count * sizeof(struct tmpl_entry)) < 0)
        return -1;
    struct tmpl_dict *seen = tmpl_dict_new(&vm->heap, count);
    for (size_t i = 0; i < count; i++) {
        struct tmpl_value key;
        if (attribute_get(vm, &attribute, &items[i], &key) < 0)
            return -1;
        int r = tmpl_dict_set(vm, seen, key, tmpl_none());
        if (r < 0)
            return r;
        if (r == 0)
            unique[kept++] = items[i];
    }
    *ret_value = tmpl_list_view(unique, kept);
    return 0;
}

int find_extreme(struct tmpl_vm *vm, const struct tmpl_value *items, size_t count, int sign,
                 const struct tmpl_value *case_sensitive, const struct tmpl_value *path,
                 struct tmpl_value *ret_value)
{
    struct attribute attribute;
    struct tmpl_value best, key;
    size_t found = 0;
    bool exact;

    if (read_flag(vm, case_sensitive, false, &exact) < 0 ||
        attribute_init(vm, &attribute, path) < 0)
        return -1;
    attribute.fold = !exact;
    if (count == 0) {
        *ret_value =
            tmpl_undefined_text(&vm->heap, "No aggregated item, sequence was empty.", false);
        return 0;
    }
    if (attribute_get(vm, &attribute, &items[0], &best) < 0)
        return -1;
    for (size_t i = 1; i < count; i++) {
        if (attribute_get(vm, &attribute, &items[i], &key) < 0)
            return -1;
        int r = tmpl_compare(vm, sign < 0 ? TMPL_LT : TMPL_GT, &key, &best);
        if (r < 0)
            return r;
        if (r) {
            best = key;
            found = i;
        }
    }
    *ret_value = items[found];
    return 0;
}

static int extreme(struct tmpl_vm *vm, const struct tmpl_call *call, int sign,
                   struct tmpl_value *ret_value)
{
    const struct tmpl_value *items;
    size_t count;

    if (read_items(vm, &call->args[0], &items, &count) < 0)
        return -1;
    return find_extreme(vm, items, count, sign, &call->args[1], &call->args[2], ret_value);
}

int filter_min(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return extreme(vm, call, -1, ret_value);
}

int filter_max(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return extreme(vm, call, 1, ret_value);
}
