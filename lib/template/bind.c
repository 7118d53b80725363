/* SPDX-License-Identifier: Apache-2.0 */
/* The binder: puts the arguments of a call where a function's parameters are, and words Python's errors for what does not fit. */
#include "template/environment.h"
#include "template/template.h"

enum { MARK_OPTIONAL = '?' };

/* Reads the next name or star of a parameter list; NULL at its end. */
static const char *next_word(const char **at, size_t *ret_length, bool *optional)
{
    const char *word = *at;

    for (; *word == ' ' || *word == MARK_OPTIONAL; word++)
        *optional |= *word == MARK_OPTIONAL;
    *ret_length = strcspn(word, " ?");
    *at = word + *ret_length;
    return *ret_length ? word : NULL;
}

void signature_read(struct signature *signature, const char *params)
{
    bool optional = false;
    size_t length;

    *signature = (struct signature){ 0 };
    for (const char *word; (word = next_word(&params, &length, &optional));) {
        if (word[0] == '*' && length > 1 && word[1] == '*') {
            signature->named = true;
        } else if (word[0] == '*') {
            signature->rest = true;
        } else {
            signature->count++;
            if (!signature->rest)
                signature->positional++;
            if (!optional)
                signature->required++;
        }
    }
}

/* The place of a parameter by its name; @signature->count when there is none. */
static unsigned find_param(const struct tmpl_function *function, const struct signature *signature,
                           const struct tmpl_value *name)
{
    const char *params = function->params;
    bool optional = false;
    unsigned place = 0;
    size_t length;

    for (const char *word; (word = next_word(&params, &length, &optional));) {
        if (word[0] == '*')
            continue;
        if (length == name->length && memcmp(word, name->text, length) == 0)
            return place;
        place++;
    }
    return signature->count;
}

static int raise_too_many(struct tmpl_vm *vm, const struct tmpl_function *function,
                          const struct signature *signature, unsigned count)
{
    const char *verb = count == 1 ? "was" : "were";
    unsigned least =
        signature->required < signature->positional ? signature->required : signature->positional;

    if (least < signature->positional)
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "%s() takes from %u to %u positional arguments but %u %s given",
                          function->name, least, signature->positional, count, verb);
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "%s() takes %u positional argument%s but %u %s given",
                      function->name, signature->positional, signature->positional == 1 ? "" : "s",
                      count, verb);
}

static int raise_missing(struct tmpl_vm *vm, const struct tmpl_function *function, unsigned place)
{
    const char *params = function->params;
    bool optional = false;
    size_t length = 0;
    const char *word;

    while ((word = next_word(&params, &length, &optional))) {
        if (word[0] != '*' && place-- == 0)
            break;
    }
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "%s() missing 1 required positional argument: '%.*s'",
                      function->name, (int)length, word);
}

static int bind_named(struct tmpl_vm *vm, const struct tmpl_function *function,
                      const struct signature *signature, const struct tmpl_call *call,
                      struct tmpl_value *args, struct tmpl_call *bound)
{
    struct tmpl_value *left = NULL;

    for (unsigned i = 0; i < call->named; i++) {
        const struct tmpl_value *name = &call->names[i];
        unsigned place = find_param(function, signature, name);
        if (place < signature->count) {
            if (args[place].kind != TMPL_ABSENT)
                return tmpl_raise(vm, TMPL_TYPE_ERROR,
                                  "%s() got multiple values for argument '%.*s'", function->name,
                                  (int)name->length, name->text);
            args[place] = call->values[i];
            continue;
        }
        if (!signature->named)
            return tmpl_raise(vm, TMPL_TYPE_ERROR, "%s() got an unexpected keyword argument '%.*s'",
                              function->name, (int)name->length, name->text);
        if (!left) {
            left = tmpl_alloc(&vm->heap, 2 * call->named * sizeof(*left));
            bound->names = left;
            bound->values = left + call->named;
        }
        left[bound->named] = *name;
        left[call->named + bound->named++] = call->values[i];
    }
    return 0;
}

int signature_bind(struct tmpl_vm *vm, const struct tmpl_function *function,
                   const struct signature *signature, const struct tmpl_call *call,
                   struct tmpl_call *ret_bound)
{
    unsigned placed = call->count < signature->positional ? call->count : signature->positional;
    unsigned rest = call->count - placed;

    if (rest && !signature->rest)
        return raise_too_many(vm, function, signature, call->count);
    struct tmpl_value *args =
        tmpl_alloc(&vm->heap, (signature->count + rest) * sizeof(struct tmpl_value));
    memset(args, 0, signature->count * sizeof(*args));
    if (placed)
        memcpy(args, call->args, placed * sizeof(*args));
    if (rest)
        memcpy(args + signature->count, call->args + placed, rest * sizeof(*args));
    *ret_bound = (struct tmpl_call){ .args = args, .count = signature->count + rest };
    if (call->named && bind_named(vm, function, signature, call, args, ret_bound) < 0)
        return -1;
    for (unsigned i = 0; i < signature->required; i++)
        if (args[i].kind == TMPL_ABSENT)
            return raise_missing(vm, function, i);
    return 0;
}

int env_refuse(struct tmpl_vm *vm, const struct tmpl_function *function)
{
    return tmpl_raise(vm, TMPL_TEMPLATE_ERROR, "Use of '%s' is not supported in limited templates",
                      function->name);
}

static int check_defined(struct tmpl_vm *vm, const struct tmpl_call *call)
{
    for (unsigned i = 0; i < call->count; i++)
        if (call->args[i].kind == TMPL_UNDEFINED)
            return tmpl_raise_undefined(vm, &call->args[i]);
    for (unsigned i = 0; i < call->named; i++)
        if (call->values[i].kind == TMPL_UNDEFINED)
            return tmpl_raise_undefined(vm, &call->values[i]);
    return 0;
}

static int bind_and_call(struct tmpl_vm *vm, const struct tmpl_function *function,
                         const struct signature *signature, bool refuses_undefined,
                         const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct tmpl_value args[TMPL_MAX_PARAMS];
    struct tmpl_call bound;
    const char *outer = vm->function;

    if (vm->limited && (function->where & TMPL_NOT_LIMITED))
        return env_refuse(vm, function);
    if (refuses_undefined && check_defined(vm, call) < 0)
        return -1;
    if (!signature_fits(signature, call)) {
        if (signature_bind(vm, function, signature, call, &bound) < 0)
            return -1;
        call = &bound;
    } else if (call->count < signature->count) {
        memset(args, 0, signature->count * sizeof(*args));
        if (call->count)
            memcpy(args, call->args, call->count * sizeof(*args));
        bound = (struct tmpl_call){ .args = args, .count = signature->count };
        call = &bound;
    }
    vm->function = function->name;
    int result = function->fn(vm, call, ret_value);
    vm->function = outer;
    return result;
}

int env_call(struct tmpl_vm *vm, const struct env_function *function, const struct tmpl_call *call,
             struct tmpl_value *ret_value)
{
    return bind_and_call(vm, function->function, &function->signature, function->refuses_undefined,
                         call, ret_value);
}

int tmpl_call_function(struct tmpl_vm *vm, const struct tmpl_function *function,
                       const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct signature signature;

    signature_read(&signature, function->params);
    return bind_and_call(vm, function, &signature, !(function->where & TMPL_UNDEFINED_OK), call,
                         ret_value);
}
