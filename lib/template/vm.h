/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What functions, filters, tests and methods may ask of the machine that calls them. Every int is 0 or more when good; negative
 * says that an error has been raised in @vm, and is handed on at once.
 */
#pragma once

#include <hass/dt.h>
#include <hass/error.h>

#include "template/object.h"

/** Python's and Jinja's classes of errors; the names stand before messages: "UndefinedError: 'x' is undefined". */
enum tmpl_error_class {
    TMPL_TEMPLATE_ERROR,
    TMPL_SYNTAX_ERROR,    /* TemplateSyntaxError, while compiling */
    TMPL_ASSERTION_ERROR, /* TemplateAssertionError: an unknown filter or test, while compiling */
    TMPL_RUNTIME_ERROR,   /* TemplateRuntimeError: the same while rendering */
    TMPL_NOT_FOUND,       /* TemplateNotFound */
    TMPL_UNDEFINED_ERROR,
    TMPL_SECURITY_ERROR,
    TMPL_FILTER_ARGUMENT_ERROR,
    TMPL_TYPE_ERROR,
    TMPL_VALUE_ERROR,
    TMPL_ZERO_DIVISION_ERROR,
    TMPL_OVERFLOW_ERROR,
    TMPL_INDEX_ERROR,
    TMPL_KEY_ERROR,
    TMPL_ATTRIBUTE_ERROR,
    TMPL_UNICODE_ERROR,
    TMPL_REGEX_ERROR, /* re.error */
    TMPL_STRUCT_ERROR,
    TMPL_JSON_ERROR, /* JSONDecodeError */
    TMPL_RECURSION_ERROR,
    TMPL_LIMIT_ERROR, /* one of ours: steps, output, memory; the message names the limit */
};

#define TMPL_ERROR_TEXT 512

struct tmpl_error {
    enum tmpl_error_class class;
    uint32_t offset; /* in bytes, of @source: where it happened */
    uint32_t line;   /* from 1 */
    uint32_t column; /* from 1, in characters */
    bool undefined;  /* an undefined value's attribute or a call: the host logs that */
    char name[64];   /* of the imported template that it happened in, or "" */
    char message[TMPL_ERROR_TEXT]; /* one line, without the class */
    char hint[160];                /* what to write instead, or "" */
};

/** "TemplateSyntaxError", … */
const char *tmpl_error_class_name(enum tmpl_error_class class);
/** Jinja's own classes (TemplateError and those derived from it), which value templates catch; Python's pass through them. */
bool tmpl_error_is_template_error(enum tmpl_error_class class);

/** Limits of one render; 0 is the default. */
struct tmpl_limits {
    size_t steps;   /* instructions, and members that filters walk over; 10,000,000 */
    size_t output;  /* characters; 262,144 as in the model */
    size_t memory;  /* bytes; 64 MiB, an eighth of it at once */
    unsigned depth; /* macros and includes within each other; 200 */
    unsigned regex; /* PCRE2's match limit, of one match; 250,000 */
    int64_t usec;   /* wall time; 100,000. Asked for every few thousand steps by the host's ticks */
};

#define TMPL_MAX_RANGE   100000
#define TMPL_MAX_SOURCE  5242880 /* bytes of a template: the model's limit for importable ones */
#define TMPL_MAX_NESTING 200     /* of expressions and blocks in the source */

/** What a render needs of its surroundings; every member but @zone may be NULL. */
struct tmpl_host {
    int64_t (*now)(void *userdata);   /* microseconds UTC */
    int64_t (*ticks)(void *userdata); /* monotonic microseconds, for limits.usec */
    const struct hass_zone *zone;     /* the local one */
    /** An undefined value was used where that is allowed: @message as in tmpl_undefined_message. Errors are not logged here. */
    void (*warn)(void *userdata, const char *message);
    /** A warning of another kind, worded as it stands in the log ("Template warning: 'pack' unable to pack object …"). */
    void (*log)(void *userdata, const char *message);
    /** A template to import or include. Returns NULL when there is none; the result lives as long as the render. */
    const struct tmpl_template *(*load)(void *userdata, const char *name, size_t length,
                                        struct tmpl_error *ret_error);
    void (*looked_at_time)(void *userdata); /* now(), utcnow() … were called */
    void *userdata;                         /* also for the functions that the user has added */
};

/** The machine: reusable, one render at a time, one thread. The functions' part of it. */
struct tmpl_vm {
    struct tmpl_heap heap; /* dies with the render */
    struct tmpl_host host;
    struct tmpl_limits limits;
    bool strict;
    bool limited;
    bool autoescape;      /* what {% autoescape %} says where the function is called */
    size_t steps;         /* left */
    unsigned nesting;     /* of the containers that are being walked through (print.h) */
    const char *function; /* the name of the function that is being called, for messages */
    const struct tmpl_template
        *template; /* the one that is being rendered: its source is in messages */
    bool raised;   /* an error is set */
    struct tmpl_error error;
    struct tmpl_run *run;         /* the machine's own (vm.c) */
    struct tmpl_regexes *regexes; /* compiled patterns, kept from render to render; NULL at first */
};

/** Called by tmpl_vm_destroy (functions_regex.c). Takes NULL. */
struct tmpl_regexes *tmpl_regexes_destroy(struct tmpl_regexes *regexes);

/** Raises: fills vm->error unless one is set. Returns -1. */
int tmpl_raise(struct tmpl_vm *vm, enum tmpl_error_class class, const char *format, ...)
    HASS_PRINTF(3, 4);
/** Forgets the error that was raised: for functions that answer with a default instead. */
void tmpl_forgive(struct tmpl_vm *vm);
/** Raises UndefinedError (or SecurityError) for an undefined @value. */
int tmpl_raise_undefined(struct tmpl_vm *vm, const struct tmpl_value *value);
/** The same where the model logs it: an attribute was asked for, or it was called. Sets error.undefined. */
int tmpl_raise_logged(struct tmpl_vm *vm, const struct tmpl_value *value);
/**
 * To be called where an undefined value is used in a way that is allowed (printed, iterated, as truth, …): warns, or raises in a strict
 * render. Returns 0 for every other value.
 */
int tmpl_use(struct tmpl_vm *vm, const struct tmpl_value *value);
/** Before @bytes are taken from the heap at once: raises when the limit would be passed. */
int tmpl_reserve(struct tmpl_vm *vm, size_t bytes);
/** After what may have taken long: raises when the time is over. */
int tmpl_check_time(struct tmpl_vm *vm);
/** Work of @count units has been or will be done outside the dispatch loop: raises when the steps are used up. */
int tmpl_spend(struct tmpl_vm *vm, size_t count);

/* --- operations, as Python does them (ops.c, access.c, compare.c, print.c) ------------------------ */

enum tmpl_binary { TMPL_ADD, TMPL_SUB, TMPL_MUL, TMPL_DIV, TMPL_FLOORDIV, TMPL_MOD, TMPL_POW };
enum tmpl_compare { TMPL_EQ, TMPL_NE, TMPL_LT, TMPL_LE, TMPL_GT, TMPL_GE, TMPL_IN, TMPL_NOT_IN };

int tmpl_binary(struct tmpl_vm *vm, enum tmpl_binary op, const struct tmpl_value *left,
                const struct tmpl_value *right, struct tmpl_value *ret_value);
int tmpl_negate(struct tmpl_vm *vm, const struct tmpl_value *value, struct tmpl_value *ret_value);
int tmpl_plus(struct tmpl_vm *vm, const struct tmpl_value *value, struct tmpl_value *ret_value);
/** `left ~ right ~ …`: printed forms joined. */
int tmpl_concat(struct tmpl_vm *vm, const struct tmpl_value *values, size_t count,
                struct tmpl_value *ret_value);
/** Returns 1 or 0, or an error (ordering of what has none). */
int tmpl_compare(struct tmpl_vm *vm, enum tmpl_compare op, const struct tmpl_value *left,
                 const struct tmpl_value *right);
/** ==; 1 or 0, or an error for undefined values in a strict render. */
int tmpl_equal(struct tmpl_vm *vm, const struct tmpl_value *a, const struct tmpl_value *b);
/** Three-way order for sorting; raises TypeError for what has none ("'<' not supported between instances of 'int' and 'str'"). */
int tmpl_order(struct tmpl_vm *vm, const struct tmpl_value *a, const struct tmpl_value *b,
               int *ret_order);
/** Truth; 1 or 0, or an error. Undefined is false, with a warning. */
int tmpl_truth(struct tmpl_vm *vm, const struct tmpl_value *value);
/** Appends str(value); undefined prints nothing and warns. */
int tmpl_print(struct tmpl_vm *vm, const struct tmpl_value *value, struct hass_buf *buf);
/** Appends repr(value). */
int tmpl_repr(struct tmpl_vm *vm, const struct tmpl_value *value, struct hass_buf *buf);
/** str(value) as a value: strings as they are (markup stays markup). */
int tmpl_to_string(struct tmpl_vm *vm, const struct tmpl_value *value,
                   struct tmpl_value *ret_value);
/** `value.name`: attribute (method, field) first, then item; undefined when there is none. */
int tmpl_get_attr(struct tmpl_vm *vm, const struct tmpl_value *value, const char *name,
                  size_t length, struct tmpl_value *ret_value);
/** `value[key]`: item first, then attribute. */
int tmpl_get_item(struct tmpl_vm *vm, const struct tmpl_value *value, const struct tmpl_value *key,
                  struct tmpl_value *ret_value);
/** `value[start:stop:step]`; TMPL_NONE or TMPL_ABSENT where left out. */
int tmpl_get_slice(struct tmpl_vm *vm, const struct tmpl_value *value,
                   const struct tmpl_value *start, const struct tmpl_value *stop,
                   const struct tmpl_value *step, struct tmpl_value *ret_value);
/** All members of what can be iterated: strings by character, dicts by key. Undefined is empty, with a warning. */
int tmpl_iterate(struct tmpl_vm *vm, const struct tmpl_value *value,
                 const struct tmpl_value **ret_items, size_t *ret_count);
bool tmpl_is_iterable(const struct tmpl_value *value);
bool tmpl_is_callable(const struct tmpl_value *value);
/** len(value): raises TypeError where there is none; 0 for undefined. */
int tmpl_len(struct tmpl_vm *vm, const struct tmpl_value *value, int64_t *ret_length);
/** A method of a built-in kind ("split", "items", "isoformat") as a bound callable, 1; 0 when there is none. */
int tmpl_get_method(struct tmpl_vm *vm, const struct tmpl_value *value, const char *name,
                    size_t length, struct tmpl_value *ret_value);
/**
 * Calls a method of a built-in kind without making it a value, so that `x.split(',')` costs no object. Returns 1 when done, 0 when
 * @value has no such method, or an error.
 */
int tmpl_call_method(struct tmpl_vm *vm, const struct tmpl_value *value, const char *name,
                     size_t length, const struct tmpl_call *call, struct tmpl_value *ret_value);
/** Calls anything callable. */
int tmpl_call(struct tmpl_vm *vm, const struct tmpl_value *callee, const struct tmpl_call *call,
              struct tmpl_value *ret_value);
/** Calls a filter or test by its name (map, select, sort by filter, `is filter`): call->args[0] is the value. */
int tmpl_call_filter(struct tmpl_vm *vm, const struct tmpl_value *name,
                     const struct tmpl_call *call, struct tmpl_value *ret_value);
int tmpl_call_test(struct tmpl_vm *vm, const struct tmpl_value *name, const struct tmpl_call *call,
                   bool *ret_holds);
/**
 * The filter or test of that name, for calling it many times: @where is TMPL_FILTER or TMPL_TEST. NULL with Jinja's error raised when
 * there is none ("No filter named 'x'.") or it is refused in limited templates.
 */
const struct tmpl_function *tmpl_find_function(struct tmpl_vm *vm, unsigned where,
                                               const struct tmpl_value *name);
/** Binds @call to @function's parameters and calls it. */
int tmpl_call_function(struct tmpl_vm *vm, const struct tmpl_function *function,
                       const struct tmpl_call *call, struct tmpl_value *ret_value);

/* --- numbers and texts (number.c) ------------------------------------------------------------------ */

/** Appends repr(float): the shortest text that reads back, "1.0", "1e+16", "inf". */
void tmpl_print_float(double number, struct hass_buf *buf);
/** float(text) by Python's rules (blanks around, underscores, inf, nan). */
bool tmpl_parse_float(const char *text, size_t length, double *ret_number);
/** int(text, base); base 0 knows prefixes. Big when it must be. 1, 0 when it is none, or an error. */
int tmpl_parse_int(struct tmpl_vm *vm, const char *text, size_t length, int base,
                   struct tmpl_value *ret_value);
/** A number of any kind as double; raises OverflowError beyond. The caller has checked tmpl_is_number. */
int tmpl_to_double(struct tmpl_vm *vm, const struct tmpl_value *value, double *ret_number);
/** An argument that must be an integer: raises TypeError otherwise, OverflowError beyond 64 bits. */
int tmpl_to_int64(struct tmpl_vm *vm, const struct tmpl_value *value, int64_t *ret_integer);
/** An argument that must be a string; raises TypeError. */
int tmpl_want_string(struct tmpl_vm *vm, const struct tmpl_value *value, const char **ret_text,
                     size_t *ret_length);
/** An integer from a double that is one, of any size ("int(1e30)"); raises for inf and nan. */
int tmpl_int_of_double(struct tmpl_vm *vm, double number, struct tmpl_value *ret_value);
