/* SPDX-License-Identifier: Apache-2.0 */
/* The model's functions on collections: sets out of lists, flatten, combine, shuffle, merge_response, natural_sort. */
#include "base/random.h"
#include "base/utf8.h"
#include "template/builtins.h"

enum { MAX_LEVELS = 64 }; /* of lists in lists and dicts in dicts */

static int want_list(struct tmpl_vm *vm, const char *name, const struct tmpl_value *value)
{
    if (value->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, value);
    if (value->kind == TMPL_STRING || !tmpl_is_iterable(value))
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "%s expected a list, got %s", name,
                          tmpl_class_name(value));
    return 0;
}

/* --- as sets ----------------------------------------------------------------------------------------- */

static struct tmpl_dict *to_set(struct tmpl_vm *vm, const struct tmpl_value *value)
{
    const struct tmpl_value *items;
    size_t count;

    if (read_items(vm, value, &items, &count) < 0 ||
        tmpl_reserve(vm, count * sizeof(struct tmpl_entry)) < 0)
        return NULL;
    struct tmpl_dict *set = tmpl_dict_new(&vm->heap, count);
    for (size_t i = 0; i < count; i++)
        if (tmpl_dict_set(vm, set, items[i], tmpl_none()) < 0)
            return NULL;
    return set;
}

/* Appends the members of @set that are in @other, or are not. */
static size_t pick(const struct tmpl_dict *set, const struct tmpl_dict *other, bool in,
                   struct tmpl_value *to)
{
    size_t count = 0;

    for (uint32_t i = 0; i < set->count; i++)
        if ((tmpl_dict_get(other, &set->entries[i].key) != NULL) == in)
            to[count++] = set->entries[i].key;
    return count;
}

/* Which members of the first are wanted, and of the second those that the first has not? */
struct set_rule {
    const char *name;
    bool common;
    bool only_first;
    bool only_second;
};

static int by_sets(struct tmpl_vm *vm, const struct tmpl_call *call, struct set_rule rule,
                   struct tmpl_value *ret_value)
{
    const struct tmpl_value *first = &call->args[0], *second = &call->args[1];

    if (want_list(vm, rule.name, first) < 0 || want_list(vm, rule.name, second) < 0)
        return -1;
    struct tmpl_dict *a = to_set(vm, first), *b = a ? to_set(vm, second) : NULL;
    struct tmpl_value *items = b ? new_items(vm, (size_t)a->count + b->count) : NULL;
    size_t count = 0;
    if (!items)
        return -1;
    if (rule.common && rule.only_first)
        for (uint32_t i = 0; i < a->count; i++)
            items[count++] = a->entries[i].key;
    else
        count = pick(a, b, rule.common, items);
    if (rule.only_second)
        count += pick(b, a, false, items + count);
    *ret_value = tmpl_list_view(items, count);
    return 0;
}

static int function_intersect(struct tmpl_vm *vm, const struct tmpl_call *call,
                              struct tmpl_value *ret_value)
{
    return by_sets(vm, call, (struct set_rule){ "intersect", true, false, false }, ret_value);
}

static int function_difference(struct tmpl_vm *vm, const struct tmpl_call *call,
                               struct tmpl_value *ret_value)
{
    return by_sets(vm, call, (struct set_rule){ "difference", false, true, false }, ret_value);
}

static int function_union(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    return by_sets(vm, call, (struct set_rule){ "union", true, true, true }, ret_value);
}

static int function_symmetric_difference(struct tmpl_vm *vm, const struct tmpl_call *call,
                                         struct tmpl_value *ret_value)
{
    return by_sets(vm, call, (struct set_rule){ "symmetric_difference", false, true, true },
                   ret_value);
}

/* --- flatten ----------------------------------------------------------------------------------------- */

/* The members of lists in lists, in order: counted when @to is NULL. */
static int flatten_into(struct tmpl_vm *vm, const struct tmpl_value *value, int64_t levels,
                        unsigned depth, struct tmpl_value *to, size_t *count)
{
    const struct tmpl_value *items;
    size_t length;

    if (depth > MAX_LEVELS)
        return tmpl_raise(vm, TMPL_RECURSION_ERROR, "flatten: more than %d lists in each other",
                          MAX_LEVELS);
    if (read_items(vm, value, &items, &length) < 0)
        return -1;
    for (size_t i = 0; i < length; i++) {
        bool deeper = levels > 0 && items[i].kind != TMPL_STRING && tmpl_is_iterable(&items[i]);
        if (deeper && flatten_into(vm, &items[i], levels - 1, depth + 1, to, count) < 0)
            return -1;
        if (!deeper && to)
            to[*count] = items[i];
        *count += !deeper;
    }
    return 0;
}

/* "value ?levels" */
static int function_flatten(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    int64_t levels = INT64_MAX;
    size_t count = 0, again = 0;

    if (want_list(vm, "flatten", &call->args[0]) < 0)
        return -1;
    if (is_set(&call->args[1]) && tmpl_to_int64(vm, &call->args[1], &levels) < 0)
        return -1;
    if (flatten_into(vm, &call->args[0], levels, 1, NULL, &count) < 0)
        return -1;
    struct tmpl_value *items = new_items(vm, count);
    if (!items || flatten_into(vm, &call->args[0], levels, 1, items, &again) < 0)
        return -1;
    *ret_value = tmpl_list_view(items, count);
    return 0;
}

/* --- combine ----------------------------------------------------------------------------------------- */

static int combine_dict(struct tmpl_vm *vm, struct tmpl_dict *result, const struct tmpl_dict *with,
                        bool recursive, unsigned depth)
{
    if (depth > MAX_LEVELS)
        return tmpl_raise(vm, TMPL_RECURSION_ERROR, "combine: more than %d dicts in each other",
                          MAX_LEVELS);
    if (tmpl_spend(vm, with->count) < 0 ||
        tmpl_reserve(vm, with->count * sizeof(struct tmpl_entry)) < 0)
        return -1;
    for (uint32_t i = 0; i < with->count; i++) {
        const struct tmpl_entry *entry = &with->entries[i];
        const struct tmpl_value *before = recursive ? tmpl_dict_get(result, &entry->key) : NULL;
        struct tmpl_value value = entry->value;
        if (before && before->kind == TMPL_DICT && value.kind == TMPL_DICT) {
            struct tmpl_dict *inner = tmpl_dict_new(&vm->heap, before->dict->count);
            if (combine_dict(vm, inner, before->dict, true, depth + 1) < 0 ||
                combine_dict(vm, inner, value.dict, true, depth + 1) < 0)
                return -1;
            value = tmpl_dict_value(inner);
        }
        if (tmpl_dict_set(vm, result, entry->key, value) < 0)
            return -1;
    }
    return 0;
}

static int function_combine(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    struct tmpl_value option;
    bool recursive;

    if (read_named(vm, call, "combine", "recursive", &option) < 0 ||
        read_flag(vm, &option, false, &recursive) < 0)
        return -1;
    if (call->count == 0)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "combine expected at least 1 argument, got 0");
    struct tmpl_dict *result = tmpl_dict_new(&vm->heap, 0);
    for (unsigned i = 0; i < call->count; i++) {
        const struct tmpl_value *dict = &call->args[i];
        if (dict->kind == TMPL_UNDEFINED)
            return tmpl_raise_undefined(vm, dict);
        if (dict->kind != TMPL_DICT)
            return tmpl_raise(vm, TMPL_TYPE_ERROR, "combine expected a dict, got %s",
                              tmpl_class_name(dict));
        if (combine_dict(vm, result, dict->dict, recursive, 1) < 0)
            return -1;
    }
    *ret_value = tmpl_dict_value(result);
    return 0;
}

/* --- shuffle ----------------------------------------------------------------------------------------- */

/* A list (and a seed), or two values and more. */
static int function_shuffle(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    const struct tmpl_value *items = call->args;
    struct seeded_random random;
    struct tmpl_value seed;
    size_t count = call->count;

    if (read_named(vm, call, "shuffle", "seed", &seed) < 0)
        return -1;
    if (count == 0)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "shuffle expected at least 1 argument, got 0");
    if (items->kind != TMPL_STRING && tmpl_is_iterable(items)) {
        if (count > 1 && !is_set(&seed))
            seed = call->args[1];
        if (read_items(vm, items, &items, &count) < 0)
            return -1;
    } else if (count == 1) {
        return raise_not_iterable(vm, items);
    }
    struct tmpl_value *shuffled = new_items(vm, count);
    int seeded = is_set(&seed) ? tmpl_truth(vm, &seed) : 0;
    if (!shuffled || seeded < 0 || (seeded && seeded_random_init(vm, &random, &seed) < 0))
        return -1;
    if (count)
        memcpy(shuffled, items, count * sizeof(*items));
    for (size_t i = count; i-- > 1;) {
        size_t with =
            seeded ? seeded_random_below(&random, (uint32_t)(i + 1)) : random_u64() % (i + 1);
        struct tmpl_value swap = shuffled[i];
        shuffled[i] = shuffled[with];
        shuffled[with] = swap;
    }
    *ret_value = tmpl_list_view(shuffled, count);
    return 0;
}

/* --- merge_response ------------------------------------------------------------------------------------ */

static int add_origin(struct tmpl_vm *vm, const struct tmpl_dict *dict,
                      const struct tmpl_value *entity_id, const struct tmpl_value *value_key,
                      struct tmpl_value *ret_value)
{
    static const char name[] = "entity_id";
    struct tmpl_dict *copy;

    if (tmpl_dict_get_text(dict, name, sizeof(name) - 1))
        return tmpl_raise(vm, TMPL_VALUE_ERROR,
                          "Response dictionary already contains key 'entity_id'");
    if (tmpl_reserve(vm, (dict->count + 2) * sizeof(struct tmpl_entry)) < 0 ||
        tmpl_spend(vm, dict->count) < 0)
        return -1;
    copy = tmpl_dict_new(&vm->heap, dict->count + 2);
    for (uint32_t i = 0; i < dict->count; i++)
        if (tmpl_dict_set(vm, copy, dict->entries[i].key, dict->entries[i].value) < 0)
            return -1;
    tmpl_dict_set_text(&vm->heap, copy, name, sizeof(name) - 1, *entity_id);
    if (value_key)
        tmpl_dict_set_text(&vm->heap, copy, "value_key", 9, *value_key);
    *ret_value = tmpl_dict_value(copy);
    return 0;
}

/* The members of a response that is one list: a forecast, a calendar's events. NULL when it is something else. */
static const struct tmpl_entry *single_list(const struct tmpl_dict *response)
{
    if (response->count != 1 || response->entries[0].value.kind != TMPL_LIST)
        return NULL;
    return &response->entries[0];
}

static int merge_entity(struct tmpl_vm *vm, const struct tmpl_entry *entity, struct tmpl_value *to,
                        size_t *count)
{
    const struct tmpl_entry *list = single_list(entity->value.dict);

    if (!list)
        return add_origin(vm, entity->value.dict, &entity->key, NULL, &to[(*count)++]);
    for (uint32_t i = 0; i < list->value.length; i++) {
        const struct tmpl_value *item = &list->value.items[i];
        to[*count] = *item;
        if (item->kind == TMPL_DICT &&
            add_origin(vm, item->dict, &entity->key, &list->key, &to[*count]) < 0)
            return -1;
        (*count)++;
    }
    return 0;
}

static int function_merge_response(struct tmpl_vm *vm, const struct tmpl_call *call,
                                   struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];
    size_t room = 0, count = 0;

    if (value->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, value);
    if (value->kind != TMPL_DICT)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "Response is not a dictionary");
    for (uint32_t i = 0; i < value->dict->count; i++) {
        const struct tmpl_value *response = &value->dict->entries[i].value;
        if (response->kind != TMPL_DICT)
            return tmpl_raise(vm, TMPL_TYPE_ERROR, "Response is not a dictionary");
        const struct tmpl_entry *list = single_list(response->dict);
        room += list ? list->value.length : 1;
    }
    struct tmpl_value *items = new_items(vm, room);
    if (!items || tmpl_spend(vm, room) < 0)
        return -1;
    for (uint32_t i = 0; i < value->dict->count; i++)
        if (merge_entity(vm, &value->dict->entries[i], items, &count) < 0)
            return -1;
    *ret_value = tmpl_list_view(items, count);
    return 0;
}

/* --- natural_sort ------------------------------------------------------------------------------------- */

/* "room 10" as ["room ", 10]: runs of digits compare as numbers. Every second part is a text, so that all lists compare. */
static int natural_key(struct tmpl_vm *vm, const struct tmpl_value *value,
                       struct tmpl_value *ret_key)
{
    struct tmpl_value text;
    size_t parts = 1, count = 0, at = 0;

    if (read_text(vm, value, &text) < 0 || fold_case(vm, &text) < 0)
        return -1;
    for (uint32_t i = 0; i < text.length; i++)
        parts += 2 * ascii_is_digit(text.text[i]);
    struct tmpl_value *items = new_items(vm, parts);
    if (!items)
        return -1;
    for (;;) {
        size_t from = at;
        while (at < text.length && !ascii_is_digit(text.text[at]))
            at++;
        items[count++] = tmpl_string_view(text.text + from, at - from);
        if (at == text.length)
            break;
        for (from = at; at < text.length && ascii_is_digit(text.text[at]);)
            at++;
        if (tmpl_parse_int(vm, text.text + from, at - from, 10, &items[count++]) < 0)
            return -1;
    }
    *ret_key = tmpl_list_view(items, count);
    return 0;
}

/* "value ?key ?alg ?reverse": the key is an attribute path or a function. */
static int function_natural_sort(struct tmpl_vm *vm, const struct tmpl_call *call,
                                 struct tmpl_value *ret_value)
{
    const struct tmpl_value *items, *by = &call->args[1];
    struct attribute attribute = { 0 };
    bool reverse, calls = tmpl_is_callable(by);
    size_t count;

    if (want_list(vm, "natural_sort", &call->args[0]) < 0 ||
        read_flag(vm, &call->args[3], false, &reverse) < 0 ||
        (!calls && attribute_init(vm, &attribute, by) < 0) ||
        read_items(vm, &call->args[0], &items, &count) < 0 ||
        tmpl_reserve(vm, count * sizeof(struct keyed)) < 0)
        return -1;
    struct keyed *keyed = tmpl_alloc(&vm->heap, count * sizeof(*keyed));
    struct tmpl_value *sorted = new_items(vm, count), key;
    for (size_t i = 0; sorted && i < count; i++) {
        struct tmpl_call one = { .args = &items[i], .count = 1 };
        keyed[i].value = items[i];
        if ((calls ? tmpl_call(vm, by, &one, &key)
                   : attribute_get(vm, &attribute, &items[i], &key)) < 0 ||
            natural_key(vm, &key, &keyed[i].key) < 0)
            return -1;
    }
    if (!sorted || sort_keyed(vm, keyed, count, reverse ? SORT_REVERSE : 0) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        sorted[i] = keyed[i].value;
    *ret_value = tmpl_list_view(sorted, count);
    return 0;
}

static const struct tmpl_function table[] = {
    { "intersect", function_intersect, "value other", AS_GLOBAL | AS_FILTER },
    { "difference", function_difference, "value other", AS_GLOBAL | AS_FILTER },
    { "union", function_union, "value other", AS_GLOBAL | AS_FILTER },
    { "symmetric_difference", function_symmetric_difference, "value other", AS_GLOBAL | AS_FILTER },
    { "flatten", function_flatten, "value ?levels", AS_GLOBAL | AS_FILTER },
    { "combine", function_combine, "* **", AS_GLOBAL | AS_FILTER },
    { "shuffle", function_shuffle, "* **", AS_GLOBAL | AS_FILTER },
    { "merge_response", function_merge_response, "value", AS_GLOBAL | AS_FILTER },
    { "natural_sort", function_natural_sort, "value ?key ?alg ?reverse", AS_GLOBAL | AS_FILTER },
};

const struct tmpl_functions tmpl_collection_functions = { table, sizeof(table) / sizeof(*table) };
