/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads JSON token by token, without building anything: for files that are too large for a tree.
 *
 * The text arrives in pieces. Where it ends in the middle of something, json_pull_next says JSON_PULL_MORE; the reader goes
 * back to where it last committed (json_pull_rewind), feeds the next piece, and reads that part again. Strings are lent where
 * they lie: json_pull_keep remembers one, json_pull_commit puts its NUL behind it and resolves its escapes, in place.
 *
 *     while ((type = json_pull_next(pull, &token, err)) > JSON_PULL_MORE) …
 *
 * Accepts what RFC 8259 does, in UTF-8, at most HASS_JSON_MAX_DEPTH levels deep; a string ends at a \u0000.
 */
#pragma once

#include <hass/json.h>
#include <hass/vec.h>

enum json_pull_type {
    JSON_PULL_MORE = 0, /* nothing is left of what was fed */
    JSON_PULL_END,      /* of the document */
    JSON_PULL_OBJECT,
    JSON_PULL_OBJECT_END,
    JSON_PULL_ARRAY,
    JSON_PULL_ARRAY_END,
    JSON_PULL_KEY,
    JSON_PULL_STRING,
    JSON_PULL_NUMBER, /* as text */
    JSON_PULL_TRUE,
    JSON_PULL_FALSE,
    JSON_PULL_NULL,
};

/* Lent until the next json_pull_feed. */
struct json_token {
    enum json_pull_type type;
    bool escaped;
    char *text; /* of a key, string or number, not terminated; of a value, all of it */
    size_t length;
};

/* Where the reader stands; copied to go back. */
struct json_pull_state {
    char *at;
    uint64_t objects; /* a bit for each level: an object, not an array */
    unsigned depth;
    unsigned want; /* enum want of json_pull.c */
};

struct json_pull {
    struct json_pull_state now, committed;
    char *buffer; /* from `committed` on, and what is behind it */
    char *end;
    size_t capacity;
    size_t limit;
    size_t before; /* bytes that have left the buffer */
    bool closed;   /* nothing more will be fed */
    HASS_VEC(struct json_token) kept;
};

/** @limit: the most bytes that may lie between two commits. */
void json_pull_init(struct json_pull *pull, size_t limit);
void json_pull_fini(struct json_pull *pull);

/** Appends the next piece. HASS_E_LIMIT when more than the limit has not been committed. */
int json_pull_feed(struct json_pull *pull, const char *data, size_t size, struct hass_error *err);
/** All has been fed: what is missing now is an error. */
void json_pull_close(struct json_pull *pull);

/** The next token. Returns its type, or HASS_E_PARSE, HASS_E_LIMIT with the place in bytes. */
int json_pull_next(struct json_pull *pull, struct json_token *ret_token, struct hass_error *err);
/**
 * The next value, or end of an array, whole: what is inside is checked and passed over. Returns the type of its first token,
 * with the text of all of it; else as json_pull_next.
 */
int json_pull_value(struct json_pull *pull, struct json_token *ret_token, struct hass_error *err);

/** Where @token's text will be a string after the commit. A whole value must be inside of something that ends before. */
const char *json_pull_keep(struct json_pull *pull, const struct json_token *token);
/** Makes the strings, which last until the next piece is fed. There is no way back. */
void json_pull_commit(struct json_pull *pull);
/** Back to the last commit. */
void json_pull_rewind(struct json_pull *pull);
/** The number of the next byte, from 0. */
size_t json_pull_place(const struct json_pull *pull);
