/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment from inside: what the compiler resolves names to, and how calls are bound to the parameters of functions written in C.
 */
#pragma once

#include "template/env.h"
#include "template/vm.h"

#define TMPL_MAX_PARAMS 16

/** tmpl_function.params, read once. */
struct signature {
    uint8_t positional; /* names that a positional argument can be given for */
    uint8_t required;
    uint8_t count; /* of names: those behind '*' can only be given by name */
    bool rest;     /* '*' */
    bool named;    /* '**' */
};

/** A function of the environment, which is a value, too. */
struct env_function {
    struct tmpl_object object;
    const struct tmpl_function *function;
    const struct tmpl_env *env;
    struct signature signature;
    bool
        refuses_undefined; /* undefined arguments are errors: no method, and not TMPL_UNDEFINED_OK */
};

/** What a name means that is no variable. */
struct env_global {
    const struct env_function *function; /* or NULL */
    struct tmpl_value
        value; /* instead of the function, unless the render is limited; TMPL_ABSENT: none */
};

extern const struct tmpl_type env_function_type;

const struct env_function *env_find(const struct tmpl_env *env, unsigned where, const char *name,
                                    size_t length);
const struct env_global *env_find_global(const struct tmpl_env *env, const char *name,
                                         size_t length);
/** The method of a built-in kind, or NULL; @hash is tmpl_name_hash's. */
const struct env_function *env_find_method(const struct tmpl_env *env, enum tmpl_kind kind,
                                           const char *name, size_t length, uint32_t hash);

/** A global as a render sees it; TMPL_ABSENT when it is not there. */
static inline struct tmpl_value env_global_value(const struct env_global *global, bool limited)
{
    const struct env_function *function = global->function;

    if (limited && function && (function->function->where & TMPL_ABSENT_LIMITED))
        function = NULL;
    if (global->value.kind != TMPL_ABSENT &&
        !(limited && function && (function->function->where & TMPL_NOT_LIMITED)))
        return global->value;
    if (!function)
        return (struct tmpl_value){ .kind = TMPL_ABSENT };
    return tmpl_object_value((struct tmpl_object *)&function->object);
}

/* --- binding (bind.c) --------------------------------------------------------------------------- */

void signature_read(struct signature *signature, const char *params);
/** @call with its arguments in the places that @function's parameters name; raises Python's TypeErrors. Arrays are taken from the heap. */
int signature_bind(struct tmpl_vm *vm, const struct tmpl_function *function,
                   const struct signature *signature, const struct tmpl_call *call,
                   struct tmpl_call *ret_bound);
/** True when the arguments of @call are where they belong already, but for absent ones at their end. */
static inline bool signature_fits(const struct signature *signature, const struct tmpl_call *call)
{
    return call->named == 0 && call->count >= signature->required &&
           (call->count <= signature->positional ||
            (signature->rest && signature->count == signature->positional));
}
/** Binds and calls; refuses what limited templates may not use. */
int env_call(struct tmpl_vm *vm, const struct env_function *function, const struct tmpl_call *call,
             struct tmpl_value *ret_value);
/** Raises "Use of 'x' is not supported in limited templates". */
int env_refuse(struct tmpl_vm *vm, const struct tmpl_function *function);
