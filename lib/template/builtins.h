/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine's filters, tests and functions have in common: reading arguments, the rule of defaults, building lists; and the functions
 * that stand in one file and in the table of another. All of them take undefined values as they are and decide for themselves.
 */
#pragma once

#include <hass/buf.h>

#include "template/vm.h"

/* Where a function stands in tables: undefined values are its own business. */
#define AS_GLOBAL (TMPL_GLOBAL | TMPL_UNDEFINED_OK)
#define AS_FILTER (TMPL_FILTER | TMPL_UNDEFINED_OK)
#define AS_TEST   (TMPL_TEST | TMPL_UNDEFINED_OK)

/* --- arguments ---------------------------------------------------------------------------------- */

static inline bool is_given(const struct tmpl_value *value)
{
    return value->kind != TMPL_ABSENT;
}

/** Given, and not none: what most of Jinja's optional arguments ask. */
static inline bool is_set(const struct tmpl_value *value)
{
    return value->kind > TMPL_NONE;
}

/** The printed form of any value; strings as they are. */
static inline int read_text(struct tmpl_vm *vm, const struct tmpl_value *value,
                            struct tmpl_value *ret_text)
{
    if (value->kind == TMPL_STRING) {
        *ret_text = *value;
        return 0;
    }
    return tmpl_to_string(vm, value, ret_text);
}
/** The same, where leaving it out means @fallback. */
int read_text_or(struct tmpl_vm *vm, const struct tmpl_value *value, const char *fallback,
                 struct tmpl_value *ret_text);
/** An optional flag: any value's truth. */
int read_flag(struct tmpl_vm *vm, const struct tmpl_value *value, bool fallback, bool *ret_flag);
/** An optional integer. */
int read_integer(struct tmpl_vm *vm, const struct tmpl_value *value, int64_t fallback,
                 int64_t *ret_integer);
/** The one argument that a function "* **" knows by name; any other raises TypeError. TMPL_ABSENT when it was not given. */
int read_named(struct tmpl_vm *vm, const struct tmpl_call *call, const char *function,
               const char *name, struct tmpl_value *ret_value);
/** All members of a value that can be iterated; each costs a step. */
int read_items(struct tmpl_vm *vm, const struct tmpl_value *value,
               const struct tmpl_value **ret_items, size_t *ret_count);
/** What float(value) makes of it: 1, 0 where Python raises ValueError or TypeError, or an error (undefined, too large). */
int read_float(struct tmpl_vm *vm, const struct tmpl_value *value, double *ret_number);

/* --- results ------------------------------------------------------------------------------------ */

/** Room for @count values; NULL when the limit of memory was passed, which has been raised. */
struct tmpl_value *new_items(struct tmpl_vm *vm, size_t count);
/** Copies @buf into the render's heap as a string. */
int return_buf(struct tmpl_vm *vm, const struct hass_buf *buf, struct tmpl_value *ret_value);
/** The same for HTML: within an autoescape block it is safe. */
int return_html(struct tmpl_vm *vm, const struct hass_buf *buf, struct tmpl_value *ret_value);
/** The model's answer to bad input: @fallback when given, else "Template error: NAME got invalid input 'VALUE' when …". */
int return_default(struct tmpl_vm *vm, const char *name, const struct tmpl_value *input,
                   const struct tmpl_value *fallback, struct tmpl_value *ret_value);

/** "'int' object is not iterable". */
int raise_not_iterable(struct tmpl_vm *vm, const struct tmpl_value *value);

/** A copy of @text that ends with NUL, in the render's heap. */
const char *c_string(struct tmpl_vm *vm, const struct tmpl_value *text);

/* --- one function, many values (repeat.c) ---------------------------------------------------------- */

/** A call of one filter or test that is prepared once: only its first argument changes. */
struct repeat {
    const struct tmpl_function *function;
    struct tmpl_call call;
    struct tmpl_value *first; /* where the value goes */
    bool bound;               /* the arguments stand where the function wants them */
};

/** Prepares a call of the filter or test (@where) named by @name, with the arguments of @rest behind the value. */
int repeat_init(struct tmpl_vm *vm, struct repeat *repeat, unsigned where,
                const struct tmpl_value *name, const struct tmpl_call *rest);
static inline int repeat_call(struct tmpl_vm *vm, struct repeat *repeat, struct tmpl_value value,
                              struct tmpl_value *ret_value)
{
    *repeat->first = value;
    if (repeat->bound)
        return repeat->function->fn(vm, &repeat->call, ret_value);
    return tmpl_call_function(vm, repeat->function, &repeat->call, ret_value);
}

/* --- attribute paths (attribute.c) --------------------------------------------------------------- */

/** "attributes.foo", "a.0.b", 1: how to get at a part of a value. Prepared once, used for many. */
struct attribute {
    struct tmpl_value *parts; /* strings and integers */
    size_t count;
    struct tmpl_value fallback; /* instead of an undefined part; TMPL_ABSENT: none */
    bool fold;                  /* strings are lower-cased */
};

/** @path none or absent: the value itself. */
int attribute_init(struct tmpl_vm *vm, struct attribute *attribute, const struct tmpl_value *path);
int attribute_get(struct tmpl_vm *vm, const struct attribute *attribute,
                  const struct tmpl_value *value, struct tmpl_value *ret_value);
/** Lower-cases a string; other values stay as they are. */
int fold_case(struct tmpl_vm *vm, struct tmpl_value *value);

/* --- order (order.c) ------------------------------------------------------------------------------ */

/** A value and what it is ordered by. */
struct keyed {
    struct tmpl_value key;
    struct tmpl_value value;
};
enum {
    SORT_REVERSE = 1,
    SORT_EQUAL_FIRST =
        2, /* keys that are equal need no order: as members of lists, two dicts for instance */
    SORT_BY_CLASS = 4, /* what has no order goes by the names of its classes: None, int, str */
};
/** Sorts stably by the keys; equal ones keep their order in reverse too. */
int sort_keyed(struct tmpl_vm *vm, struct keyed *items, size_t count, unsigned how);
/** Sorts strings, numbers … in place. */
int sort_values(struct tmpl_vm *vm, struct tmpl_value *items, size_t count);

tmpl_fn filter_sort, filter_groupby, filter_dictsort, filter_unique, filter_min, filter_max;
/** min and max over @items (filters_order.c): @sign is -1 for the least. */
int find_extreme(struct tmpl_vm *vm, const struct tmpl_value *items, size_t count, int sign,
                 const struct tmpl_value *case_sensitive, const struct tmpl_value *path,
                 struct tmpl_value *ret_value);

/** `dict` as a value, which is a class (globals.c). */
extern const struct tmpl_object dict_class;

/* --- elsewhere ------------------------------------------------------------------------------------ */

tmpl_fn filter_tojson;                                   /* json_text.c */
tmpl_fn filter_pprint;                                   /* pprint.c */
tmpl_fn filter_urlize;                                   /* urlize.c */
tmpl_fn filter_wordwrap, filter_truncate, filter_indent; /* filters_layout.c */
tmpl_fn filter_urlencode, function_urlencode;            /* url.c */
tmpl_fn function_pack, function_unpack;                  /* pack.c */
tmpl_fn function_is_number;
tmpl_fn function_version; /* version.c */
bool is_version(const struct tmpl_value *value);
tmpl_fn function_bitwise_and, function_bitwise_or, function_bitwise_xor; /* bitwise.c */
/** Python's generator of random numbers, so that a seed gives the same order (seeded_random.c). */
struct seeded_random {
    uint32_t state[624];
    unsigned at;
};
int seeded_random_init(struct tmpl_vm *vm, struct seeded_random *random,
                       const struct tmpl_value *seed);
uint32_t seeded_random_below(struct seeded_random *random, uint32_t bound);
/** Does the beginning of @text match a pattern of ours? 1, 0, or an error (functions_regex.c). */
int regex_matches(struct tmpl_vm *vm, const char *pattern, const struct tmpl_value *text);
/** Appends text with <>&"' as character references. */
void escape_html(const char *text, size_t length, struct hass_buf *buf);
