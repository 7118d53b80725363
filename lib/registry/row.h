/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of all registries: immutable, counted, one allocation each, freed on any thread. A row is a struct of values, which
 * begins with the public struct, and whose texts lie behind it. A table of fields says what the struct holds and serves
 * copying, comparing, JSON and storage alike.
 *
 * A draft is such a struct whose members point anywhere; row_new copies what they point to.
 *
 * The cast: `row` makes and compares rows, `row_json` shows and writes them, `row_read` reads one, `row_document` a file of
 * them, `row_file` loads and saves that, `row_list` has what is done with lists.
 */
#pragma once

#include <stdatomic.h>

#include <hass/device_registry.h>

#include "base/arena.h"

enum {
    ROW_MAX_TEXT = 8192,       /* bytes of a text, */
    ROW_MAX_JSON = 256 * 1024, /* of JSON kept as text, */
    ROW_MAX_ITEMS = 1000,      /* and items of a list */
};

enum row_kind {
    ROW_TEXT,    /* const char *, or NULL */
    ROW_TEXTS,   /* const char *const *, NULL-terminated, never NULL: a set in its order */
    ROW_PAIRS,   /* const struct hass_device_pair *, ended by a NULL, never NULL: likewise */
    ROW_TREE,    /* as ROW_PAIRS; JSON is {first: [second, …]}, null for "" */
    ROW_JSON,    /* const char *: text of a JSON object, or NULL */
    ROW_WORD,    /* an enum; .words, of which the first may be NULL: null */
    ROW_FLAG,    /* bool */
    ROW_NUMBER,  /* uint32_t */
    ROW_INT,     /* int, or null: a bool at .has says there is one */
    ROW_TIME,    /* int64_t, microseconds UTC; ISO text in files, seconds to clients */
    ROW_ISO,     /* the same; ISO text to clients, too */
    ROW_SECONDS, /* the same; seconds in files, null for 0 */
    ROW_IGNORED, /* nothing: a member of files that is not wanted */
};

struct row_field {
    const char *key;
    const char *stored; /* the key in files, when it is another one */
    enum row_kind kind;
    uint32_t uses;            /* bits of the registry's own: where the field appears */
    size_t offset;            /* in the struct of values */
    size_t has;               /* ROW_INT: of the bool */
    const char *const *words; /* ROW_WORD: by value; NULL behind the first ends them */
    bool required;            /* a text that is not empty */
};

struct row_type {
    const struct row_field *fields;
    size_t count;
    size_t size;        /* of the struct of values, */
    size_t public_size; /* and of the public struct that it begins with, which says so itself */
    size_t
        rest; /* where it has the members of a file's row that we do not know: text, each with a comma before it but
                           the first; or NULL */
};

/* A field of struct @owner. */
#define ROW_FIELD(owner, key_, member, kind_, uses_, ...)                                          \
    {                                                                                              \
        .key = (key_), .kind = (kind_), .uses = (uses_), .offset = offsetof(struct owner, member), \
        __VA_ARGS__                                                                                \
    }

/* The type of struct @owner, whose members are @public_ and `rest`; the last field is ROW_REST. */
#define ROW_TYPE(owner, public_, fields_)                                                          \
    {                                                                                              \
        .fields = (fields_), .count = sizeof(fields_) / sizeof((fields_)[0]),                      \
        .size = sizeof(struct owner), .public_size = sizeof(((struct owner *)NULL)->public_),      \
        .rest = offsetof(struct owner, rest)                                                       \
    }
#define ROW_REST(owner) ROW_FIELD(owner, "", rest, ROW_JSON, 0)

extern const char *const row_no_texts[1];
extern const struct hass_device_pair row_no_pairs[1];

/** Copies @draft, lists of which may be NULL. */
void *row_new(const struct row_type *type, const void *draft);
const void *row_ref(const void *row);
/** Takes NULL, returns NULL. */
const void *row_unref(const void *row);

/** Refuses texts that are too long, not UTF-8, or missing. */
int row_check(const struct row_type *type, const void *draft, struct hass_error *err);

const struct row_field *row_find_field(const struct row_type *type, const char *key);
bool row_field_equal(const struct row_field *field, const void *a, const void *b);
/** The old values of fields of @uses that differ. Shape: {key: value}, owned by the caller; NULL when none does. */
json_t *row_changes(const struct row_type *type, uint32_t uses, const void *old, const void *new);
/** True when any field differs but those of @except. */
bool row_differs(const struct row_type *type, uint32_t except, const void *old, const void *new);
/** Adds the fields of @uses to @object as clients get them: times are seconds. */
void row_add_json(const struct row_type *type, uint32_t uses, const void *row, json_t *object);
/** Appends the fields of @uses as members of a JSON object, separated by commas, as files have them: times are ISO. */
void row_write(const struct row_type *type, uint32_t uses, const void *row, struct hass_buf *buf);

/** Sets a member from JSON that a schema has checked; lists and JSON are copied into @arena, texts are borrowed. */
void row_field_set(const struct row_field *field, void *draft, const json_t *value,
                   struct arena *arena);
/** @value as the text that ROW_JSON keeps, in @arena; NULL for NULL and null. */
const char *row_json_text(const json_t *value, struct arena *arena);
/** The value of such a text, owned by the caller; null for NULL. */
json_t *row_text_json(const char *text);

/** Pairs of [[str, str]] that a schema has checked, without what is there twice. */
const struct hass_device_pair *row_pairs_from_json(const json_t *list, struct arena *arena);

/* lists */

size_t row_count_texts(const char *const *texts);
size_t row_count_pairs(const struct hass_device_pair *pairs);
bool row_has_text(const char *const *texts, const char *text);
bool row_has_pair(const struct hass_device_pair *pairs, struct hass_device_pair pair);
/** @texts and @text, unless it is there; or without it. */
const char *const *row_with_text(const char *const *texts, const char *text, struct arena *arena);
const char *const *row_without_text(const char *const *texts, const char *text,
                                    struct arena *arena);
/** All of @a, then what only @b has; either may be NULL. */
const struct hass_device_pair *row_join_pairs(const struct hass_device_pair *a,
                                              const struct hass_device_pair *b,
                                              struct arena *arena);
/** What both have, as in @a. */
const struct hass_device_pair *row_common_pairs(const struct hass_device_pair *a,
                                                const struct hass_device_pair *b,
                                                struct arena *arena);
