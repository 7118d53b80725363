/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of the small registries: immutable, counted, each one block that holds a public struct and its texts. A table of
 * fields says where in the struct each key of the JSON is; making a row, showing it and storing it all go by that table.
 *
 * A row keeps keys that are not in the table, so that what another release has written is not lost. Devices and entities, of
 * which a home has many, have rows that cost less (row.h).
 */
#pragma once

#include <hass/buf.h>
#include <hass/error.h>
#include <hass/json.h>

#define TABLE_MAX_TEXTS  1000
#define TABLE_MAX_FIELDS 16

enum table_type {
    TABLE_TEXT,  /* const char *, or NULL */
    TABLE_TEXTS, /* const char *const *, NULL-terminated, never NULL: a set in its order */
    TABLE_INT,   /* int, and a bool that says there is one */
    TABLE_BOOL,
    TABLE_WORD, /* an enum: the place of the text in @words */
    TABLE_TIME, /* int64_t microseconds; stored as ISO text, shown as seconds */
    TABLE_JSON, /* const json_t *, or NULL */
};

struct table_field {
    const char *key;
    const char *stored; /* the key in files, when it is another one */
    enum table_type type;
    size_t offset;            /* in the public struct */
    size_t has;               /* TABLE_INT: of the bool */
    const char *const *words; /* TABLE_WORD, NULL-terminated */
    bool required;            /* a text that is not empty */
    bool hidden;              /* clients do not see it */
};

/* One field that has the name of its member. */
#define TABLE_FIELD(owner, type_, member, ...)                                                     \
    {                                                                                              \
        .key = #member, .type = (type_), .offset = offsetof(struct owner, member), __VA_ARGS__     \
    }

/* The fields of one public struct, whose first member is its size. */
struct table_layout {
    const struct table_field *fields;
    size_t count;
    size_t size; /* of the public struct */
};

#define TABLE_LAYOUT(owner, fields_)                                                               \
    {                                                                                              \
        .fields = (fields_), .count = sizeof(fields_) / sizeof((fields_)[0]),                      \
        .size = sizeof(struct owner)                                                               \
    }

enum table_form {
    TABLE_STORED,
    TABLE_SHOWN,
};

/**
 * Makes a row of its stored form. A field of the wrong type gets its default, and its name is appended to @problems (may be
 * NULL); absent ones get it silently.
 *
 * Returns: 0 with one reference in @ret_row, a pointer to the public struct; HASS_E_INVALID when a required one is missing.
 */
int table_row_new(const struct table_layout *layout, const json_t *stored,
                  struct hass_buf *problems, const void **ret_row, struct hass_error *err);
const void *table_row_ref(const void *row);
/** Any thread. Takes NULL, returns NULL. */
const void *table_row_unref(const void *row);
/** Owned by the caller; any thread. */
json_t *table_row_as_json(const void *row, enum table_form form);
/** True when they differ in a field that is no time; lists are sets. */
bool table_row_differs(const void *a, const void *b);
