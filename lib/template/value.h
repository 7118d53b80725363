/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values that templates work with: sixteen bytes, tagged, immutable. What does not fit lies in a heap that dies as a whole when the
 * render has ended: nothing is counted, nothing is freed by itself, slices and parts of texts are views. What a template
 * can change (a namespace, a loop, a cycler) is an object (object.h).
 *
 * The kinds are Python's classes, and so are their printed forms, comparisons, arithmetic and methods.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/json.h>

#include "base/arena.h"

struct tmpl_vm;
struct tmpl_object;

enum tmpl_kind {
    TMPL_ABSENT,    /* an optional argument that was not given; no template ever sees it */
    TMPL_UNDEFINED, /* .undefined says what was looked for */
    TMPL_NONE,
    TMPL_BOOL,  /* .integer, 0 or 1 */
    TMPL_INT,   /* .integer */
    TMPL_BIG,   /* .big: an integer that needs more than 64 bits, never one that does not */
    TMPL_FLOAT, /* .number */
    TMPL_STRING, /* .text, .length bytes of UTF-8 (lone surrogates as three bytes), no NUL behind them */
    TMPL_BYTES,     /* .text, .length bytes */
    TMPL_LIST,      /* .items, .length */
    TMPL_TUPLE,     /* .items, .length */
    TMPL_DICT,      /* .dict, in the order of insertion */
    TMPL_SET,       /* .dict, only the keys count */
    TMPL_RANGE,     /* .range */
    TMPL_DATETIME,  /* .moment */
    TMPL_DATE,      /* .integer, days since 1970 */
    TMPL_TIME,      /* .moment: .local is microseconds since midnight */
    TMPL_TIMEDELTA, /* .integer, microseconds */
    TMPL_OBJECT,    /* .object */
};

enum {
    TMPL_ASCII = 1,  /* a string of ASCII alone: its characters are its bytes. Unset says nothing */
    TMPL_MARKUP = 2, /* a string that is safe HTML: what macros, call and set blocks make */
    TMPL_ELLIPSIS = 4, /* with TMPL_NONE: Python's `...`, which only native results can be */
};

struct tmpl_value {
    uint8_t kind;
    uint8_t flags;
    uint32_t length;
    union {
        int64_t integer;
        double number;
        const char *text;
        const struct tmpl_value *items;
        const struct tmpl_dict *dict;
        const struct tmpl_big *big;
        const struct tmpl_range *range;
        const struct tmpl_moment *moment;
        const struct tmpl_undefined *undefined;
        struct tmpl_object *object;
    };
};

_Static_assert(sizeof(struct tmpl_value) == 16, "a value is two words of 64 bits");

struct tmpl_range {
    int64_t start, stop, step; /* step is not 0 */
    int64_t count;
};

/**
 * What an undefined value stands for. The message is put together when somebody needs it (tmpl_undefined_text): "'x' is undefined",
 * "'dict object' has no attribute 'x'", "list object has no element 3", or @text as it is.
 */
struct tmpl_undefined {
    const char *text; /* the whole message, or NULL */
    const char *name; /* what was looked for, or NULL: then @index was */
    uint32_t name_length;
    bool unsafe; /* using it raises SecurityError instead of UndefinedError */
    bool
        quiet; /* of an inline if without else: printing it is allowed without a warning, in strict renders too; index is the line */
    struct tmpl_value owner; /* what it was looked for in; TMPL_ABSENT: among the variables */
    struct tmpl_value index; /* the element that was asked for, TMPL_ABSENT when an attribute was */
};

/** The memory of one render, or of what outlives it. */
struct tmpl_heap {
    struct arena arena;
    size_t limit; /* bytes; what may become large is asked for with tmpl_reserve (vm.h) first */
};

static inline void *tmpl_alloc(struct tmpl_heap *heap, size_t size)
{
    return arena_alloc(&heap->arena, size);
}

/* --- making ------------------------------------------------------------------------------------- */

#define TMPL_VALUE_NONE ((struct tmpl_value){ .kind = TMPL_NONE })

static inline struct tmpl_value tmpl_none(void)
{
    return TMPL_VALUE_NONE;
}

static inline struct tmpl_value tmpl_bool(bool truth)
{
    return (struct tmpl_value){ .kind = TMPL_BOOL, .integer = truth };
}

static inline struct tmpl_value tmpl_int(int64_t integer)
{
    return (struct tmpl_value){ .kind = TMPL_INT, .integer = integer };
}

static inline struct tmpl_value tmpl_float(double number)
{
    return (struct tmpl_value){ .kind = TMPL_FLOAT, .number = number };
}

static inline struct tmpl_value tmpl_timedelta(int64_t usec)
{
    return (struct tmpl_value){ .kind = TMPL_TIMEDELTA, .integer = usec };
}

static inline struct tmpl_value tmpl_date(int64_t days)
{
    return (struct tmpl_value){ .kind = TMPL_DATE, .integer = days };
}

/** A view of @length bytes, which must live as long as the value. */
static inline struct tmpl_value tmpl_string_view(const char *text, size_t length)
{
    return (struct tmpl_value){ .kind = TMPL_STRING, .length = (uint32_t)length, .text = text };
}

static inline struct tmpl_value tmpl_string_static(const char *text)
{
    return tmpl_string_view(text, strlen(text));
}

static inline struct tmpl_value tmpl_bytes_view(const void *data, size_t length)
{
    return (struct tmpl_value){ .kind = TMPL_BYTES, .length = (uint32_t)length, .text = data };
}

/** A view of @count values. */
static inline struct tmpl_value tmpl_list_view(const struct tmpl_value *items, size_t count)
{
    return (struct tmpl_value){ .kind = TMPL_LIST, .length = (uint32_t)count, .items = items };
}

static inline struct tmpl_value tmpl_tuple_view(const struct tmpl_value *items, size_t count)
{
    return (struct tmpl_value){ .kind = TMPL_TUPLE, .length = (uint32_t)count, .items = items };
}

static inline struct tmpl_value tmpl_object_value(struct tmpl_object *object)
{
    return (struct tmpl_value){ .kind = TMPL_OBJECT, .object = object };
}

/** Copies @length bytes into @heap; sets TMPL_ASCII when it applies. */
struct tmpl_value tmpl_string_copy(struct tmpl_heap *heap, const char *text, size_t length);
struct tmpl_value tmpl_bytes_copy(struct tmpl_heap *heap, const void *data, size_t length);
/** Copies what @buf holds. */
struct tmpl_value tmpl_string_of(struct tmpl_heap *heap, const struct hass_buf *buf);
/** An undefined variable @name, or the attribute @name of @owner (TMPL_ABSENT: none). @name must live as long. */
struct tmpl_value tmpl_undefined_name(struct tmpl_heap *heap, struct tmpl_value owner,
                                      const char *name, size_t length);
/** An undefined element @index of @owner. */
struct tmpl_value tmpl_undefined_index(struct tmpl_heap *heap, struct tmpl_value owner,
                                       struct tmpl_value index);
/** An undefined value with a message of its own; @unsafe ones raise SecurityError. */
struct tmpl_value tmpl_undefined_text(struct tmpl_heap *heap, const char *text, bool unsafe);
/** What stands in errors and warnings about an undefined value: "'x' is undefined". */
void tmpl_undefined_message(const struct tmpl_value *value, struct hass_buf *buf);

/** From JSON: integers stay integers, texts are borrowed from @json, which must live as long. */
struct tmpl_value tmpl_from_json(struct tmpl_heap *heap, const json_t *json);
/** To JSON, new: tuples and sets become lists, moments their ISO texts, keys texts; NULL for what has no form (and NaN). */
json_t *tmpl_to_json(const struct tmpl_value *value);
/** A deep copy into @heap, for a value that outlives its render. Objects by their type's copy, without one as their printed form. */
struct tmpl_value tmpl_copy(struct tmpl_heap *heap, struct tmpl_value value);

/* --- asking ------------------------------------------------------------------------------------- */

static inline bool tmpl_is_text(const struct tmpl_value *value, const char *text)
{
    return value->kind == TMPL_STRING && strlen(text) == value->length &&
           memcmp(value->text, text, value->length) == 0;
}

/** int, bool or big. */
static inline bool tmpl_is_integer(const struct tmpl_value *value)
{
    return value->kind >= TMPL_BOOL && value->kind <= TMPL_BIG;
}

/** int, bool, big or float. */
static inline bool tmpl_is_number(const struct tmpl_value *value)
{
    return value->kind >= TMPL_BOOL && value->kind <= TMPL_FLOAT;
}

/** Characters of a string, bytes of bytes, members of a container; -1 for what has no length. Never fails for these kinds. */
int64_t tmpl_length(const struct tmpl_value *value);
/** Python's name of the class: "str", "NoneType", "dict"; an object's by its type. */
const char *tmpl_class_name(const struct tmpl_value *value);
/** The name as Python's errors have it: with the module for dates ("datetime.timedelta"), the same for all else. */
const char *tmpl_class_path(const struct tmpl_value *value);

/* --- dicts and sets (dict.c) ---------------------------------------------------------------------- */

/** A class of dicts that differs by its name alone: the host's read-only maps. */
struct tmpl_class {
    const char *name;      /* "ReadOnlyDict", in "access to attribute 'update' of 'ReadOnlyDict'" */
    const char *qualified; /* with its module, in "'….ReadOnlyDict object' has no attribute 'x'" */
};

/** Keys are compared as Python does: 1, 1.0 and true are one key. */
struct tmpl_dict {
    uint32_t count;
    uint32_t capacity;
    struct tmpl_entry *entries;     /* in the order of insertion */
    const struct tmpl_class *class; /* of the dict, for messages; NULL: dict */
    uint32_t *slots;                /* a hash table of indexes; NULL while there are few */
    uint32_t mask;
};

struct tmpl_entry {
    struct tmpl_value key;
    struct tmpl_value value;
    uint64_t hash;
};

/** Empty, with room for @count. Mutable until it has become a value. */
struct tmpl_dict *tmpl_dict_new(struct tmpl_heap *heap, size_t count);
/** Inserts or replaces; returns -1 with a TypeError raised for an unhashable key, 1 when the key was there. */
int tmpl_dict_set(struct tmpl_vm *vm, struct tmpl_dict *dict, struct tmpl_value key,
                  struct tmpl_value value);
/** As tmpl_dict_set for a text key, which cannot fail and needs no machine. */
void tmpl_dict_set_text(struct tmpl_heap *heap, struct tmpl_dict *dict, const char *key,
                        size_t length, struct tmpl_value value);
/** NULL when it is not there, and for unhashable keys. */
const struct tmpl_value *tmpl_dict_get(const struct tmpl_dict *dict, const struct tmpl_value *key);
const struct tmpl_value *tmpl_dict_get_text(const struct tmpl_dict *dict, const char *key,
                                            size_t length);
static inline struct tmpl_value tmpl_dict_value(const struct tmpl_dict *dict)
{
    return (struct tmpl_value){ .kind = TMPL_DICT, .length = dict->count, .dict = dict };
}
static inline struct tmpl_value tmpl_set_value(const struct tmpl_dict *dict)
{
    return (struct tmpl_value){ .kind = TMPL_SET, .length = dict->count, .dict = dict };
}
/** Hashes as Python compares: equal values have equal hashes. False for lists, dicts, sets and objects without a hash. */
bool tmpl_hash(const struct tmpl_value *value, uint64_t *ret_hash);

/* --- integers beyond 64 bits (big.c) --------------------------------------------------------------- */

#define TMPL_BIG_BITS 131072 /* an integer that would be larger raises OverflowError */

struct tmpl_big {
    bool negative;
    uint32_t count;
    uint32_t limbs[]; /* least significant first, no leading zeros */
};
