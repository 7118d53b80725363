/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map('replace', 'a', 'b'), selectattr('state', 'eq', 'on'): the same call again and again. The function is looked up once and the arguments
 * are put into their places once; what the places cannot take is left to the machine's binder, which words the errors.
 */
#include "template/builtins.h"

enum { MAX_PLACES = 12 };

struct place {
    const char *name;
    size_t length;
};

/* The names of a parameter list without stars. Returns how many, @ret_needed of them not optional, or -1. */
static int parse_places(const char *params, struct place places[MAX_PLACES], int *ret_needed)
{
    int count = 0;

    *ret_needed = -1;
    while (*params) {
        size_t length = strcspn(params, " ");
        if (*params == '*' || count == MAX_PLACES)
            return -1;
        if (length == 1 && *params == '?')
            *ret_needed = count;
        else if (*params == '?') {
            if (*ret_needed < 0)
                *ret_needed = count;
            places[count++] = (struct place){ params + 1, length - 1 };
        } else if (length) {
            places[count++] = (struct place){ params, length };
        }
        params += length;
        params += strspn(params, " ");
    }
    if (*ret_needed < 0)
        *ret_needed = count;
    return count;
}

static int find_place(const struct place *places, int count, const struct tmpl_value *name)
{
    for (int i = 0; i < count; i++)
        if (places[i].length == name->length &&
            memcmp(places[i].name, name->text, name->length) == 0)
            return i;
    return -1;
}

/* Puts the arguments where the function reads them. False when only the binder can, or can say why not. */
static bool bind(struct tmpl_vm *vm, struct repeat *repeat, const struct tmpl_call *rest)
{
    struct place places[MAX_PLACES];
    int needed;
    int count = parse_places(repeat->function->params, places, &needed);

    if (count < 1 || rest->count + 1 > (unsigned)count)
        return false;
    struct tmpl_value *args = tmpl_alloc(&vm->heap, (size_t)count * sizeof(*args));
    for (int i = 0; i < count; i++)
        args[i] = (struct tmpl_value){ .kind = TMPL_ABSENT };
    for (unsigned i = 0; i < rest->count; i++)
        args[i + 1] = rest->args[i];
    for (unsigned i = 0; i < rest->named; i++) {
        int at = find_place(places, count, &rest->names[i]);
        if (at < 1 || args[at].kind != TMPL_ABSENT)
            return false;
        args[at] = rest->values[i];
    }
    for (int i = 1; i < needed; i++)
        if (args[i].kind == TMPL_ABSENT)
            return false;
    repeat->call = (struct tmpl_call){ .args = args, .count = (unsigned)count };
    repeat->first = args;
    return true;
}

int repeat_init(struct tmpl_vm *vm, struct repeat *repeat, unsigned where,
                const struct tmpl_value *name, const struct tmpl_call *rest)
{
    *repeat = (struct repeat){ .function = tmpl_find_function(vm, where, name) };
    if (!repeat->function)
        return -1;
    repeat->bound = (repeat->function->where & TMPL_UNDEFINED_OK) && bind(vm, repeat, rest);
    if (repeat->bound)
        return 0;
    struct tmpl_value *args = new_items(vm, rest->count + 1);
    if (!args)
        return -1;
    if (rest->count)
        memcpy(args + 1, rest->args, rest->count * sizeof(*args));
    repeat->call = *rest;
    repeat->call.args = args;
    repeat->call.count = rest->count + 1;
    repeat->first = args;
    return 0;
}
