/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects: values with behaviour of their own. The engine's (namespaces, loops, macros, modules, bound methods, …) and its user's
 * (hass: states, domains, state objects) are the same thing: a head that points to a type.
 */
#pragma once

#include "template/value.h"

/** What is called with: positional arguments, then named ones. */
struct tmpl_call {
    const struct tmpl_value *args;
    unsigned count;
    unsigned named;
    const struct tmpl_value *names;  /* @named strings */
    const struct tmpl_value *values; /* @named values */
};

/**
 * A type of objects; every member but the name may be NULL: then the engine does what Python does for an object without it. Functions
 * that return int return 0, or a negative number with an error raised in @vm.
 */
struct tmpl_type {
    /** Python's class name, as in "unhashable type: 'TemplateState'". */
    const char *name;
    /** With its module, as undefined values name it: "'….TemplateState object' has no attribute 'x'"; NULL: the name alone. */
    const char *qualified;
    /** Appends str(object); NULL: as repr. */
    int (*print)(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf);
    /** Appends repr(object); NULL: "<name object>". */
    int (*repr)(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf);
    bool (*truth)(struct tmpl_vm *vm, struct tmpl_object *object);
    int (*length)(struct tmpl_vm *vm, struct tmpl_object *object, int64_t *ret_length);
    /** Returns 1 and the value, 0 when there is no such attribute, or an error. The text's bytes live as long as the render. */
    int (*attr)(struct tmpl_vm *vm, struct tmpl_object *object, const char *name, size_t length,
                struct tmpl_value *ret_value);
    /** The same for `object[key]`. */
    int (*item)(struct tmpl_vm *vm, struct tmpl_object *object, const struct tmpl_value *key,
                struct tmpl_value *ret_value);
    /** All members at once: a view or fresh array of values. */
    int (*iterate)(struct tmpl_vm *vm, struct tmpl_object *object,
                   const struct tmpl_value **ret_items, size_t *ret_count);
    int (*call)(struct tmpl_vm *vm, struct tmpl_object *object, const struct tmpl_call *call,
                struct tmpl_value *ret_value);
    /** Returns 1 when equal, 0 when not. NULL: equal when the same object. */
    int (*equal)(struct tmpl_vm *vm, struct tmpl_object *object, const struct tmpl_value *other);
    /** Three-way, for ordering (versions). Returns 0 and the sign, or an error. NULL: not ordered. */
    int (*compare)(struct tmpl_vm *vm, struct tmpl_object *object, const struct tmpl_value *other,
                   int *ret_order);
    /** Assigns `object.name`, for namespaces. NULL: not assignable. */
    int (*assign)(struct tmpl_vm *vm, struct tmpl_object *object, const char *name, size_t length,
                  struct tmpl_value value);
    /** A copy that lives in @heap, for values that outlive their render. */
    struct tmpl_object *(*copy)(struct tmpl_heap *heap, struct tmpl_object *object);
    bool (*hash)(struct tmpl_object *object, uint64_t *ret_hash);
    bool
        item_first; /* `x.name` asks item before attr, as the model's states and state objects do */
    bool any_name;  /* attributes with a leading underscore are safe as well: those of namespaces */
    bool mapping;   /* passes the tests mapping, sequence, iterable */
    bool sequence;
};

/** First member of every object. */
struct tmpl_object {
    const struct tmpl_type *type;
};

/* --- functions --------------------------------------------------------------------------------- */

enum {
    TMPL_GLOBAL = 1, /* a function */
    TMPL_FILTER = 2, /* `value | name(…)`: the value is the first argument */
    TMPL_TEST = 4,   /* `value is name(…)` */
    /* Flags beside them */
    TMPL_NOT_LIMITED =
        8, /* refused in limited templates: "Use of 'x' is not supported in limited templates" */
    TMPL_ABSENT_LIMITED = 16, /* not there in limited templates: "No filter named 'x' found." */
    TMPL_UNDEFINED_OK =
        32, /* takes undefined values as they are: without it, they are refused before the call */
};

typedef int tmpl_fn(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value);

/**
 * A function, filter or test. @params is how it is called: names by blanks, those behind `?` are optional, `*` stands for further
 * positional and `**` for any named arguments: "value ?default", "value format ? local default", "*", "value * **". The binder
 * puts arguments in the order of the names (TMPL_ABSENT where one was not given) and raises Python's TypeError for what
 * does not fit; further positional ones follow at call->args[number of names], named ones of `**` stay in names/values.
 */
struct tmpl_function {
    const char *name;
    tmpl_fn *fn;
    const char *params;
    unsigned where; /* TMPL_GLOBAL | … with flags */
};

/** What the tables of one file look like: the environment takes as many as there are. */
struct tmpl_functions {
    const struct tmpl_function *table;
    size_t count;
};
