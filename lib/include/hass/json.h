/* SPDX-License-Identifier: Apache-2.0 */
/**
 * json_t without losing const, and the one door for foreign JSON.
 *
 * `const json_t *` borrows; a `json_t *` argument is taken, also on failure. What the core has taken is frozen.
 */
#pragma once

#include <hass/cleanup.h>
#include <hass/error.h>

/** Lends a member, or NULL when @object is NULL, no object, or lacks it. */
HASS_API const json_t *hass_json_get(const json_t *object, const char *key);
/** Lends a string member's text, or @fallback. */
HASS_API const char *hass_json_get_string(const json_t *object, const char *key,
                                          const char *fallback);
HASS_API int64_t hass_json_get_int(const json_t *object, const char *key, int64_t fallback);
HASS_API double hass_json_get_number(const json_t *object, const char *key, double fallback);
HASS_API bool hass_json_get_bool(const json_t *object, const char *key, bool fallback);

/** A reference to a frozen value; contents are shared, not copied. Takes NULL. */
static inline json_t *hass_json_ref(const json_t *json)
{
    return json_incref((json_t *)json);
}

/** Deep equality as the model has it: 1 == 1.0 == true, order of keys free. */
HASS_API bool hass_json_equal(const json_t *a, const json_t *b);

#define HASS_JSON_MAX_DEPTH 64

/**
 * Parses UTF-8 JSON: one value, no rest, at most HASS_JSON_MAX_DEPTH levels.
 *
 * Returns: 0 with @ret_json owned by the caller; HASS_E_LIMIT beyond @limit bytes or too deep; HASS_E_PARSE with line and column.
 */
HASS_API int hass_json_parse(const char *text, size_t size, size_t limit, json_t **ret_json,
                             struct hass_error *err);

/** A member of an object or an item of an array, as it stands in a text, and lent from it. */
struct hass_json_piece {
    const char *key; /* between its quotes, not terminated; NULL: an item */
    size_t key_length;
    const char *text; /* of the value, not terminated */
    size_t length;
};
/** An error ends the walk. */
typedef int hass_json_each_fn(const struct hass_json_piece *piece, void *userdata,
                              struct hass_error *err);
/**
 * Calls @each for every member or item of the outermost level of a text that is too large for a tree. What is inside of them is checked,
 * not built.
 *
 * Returns: 0; HASS_E_PARSE with the place in bytes, also for a text that is neither object nor array; HASS_E_LIMIT; or what @each
 *          returned. Pieces before a mistake have been given by then.
 */
HASS_API int hass_json_each(const char *text, size_t size, hass_json_each_fn *each, void *userdata,
                            struct hass_error *err);

struct hass_buf;
/** Appends compact JSON to @buf. Non-finite numbers become null. */
HASS_API void hass_json_write(const json_t *json, struct hass_buf *buf);
/** Appends JSON indented by two spaces. */
HASS_API void hass_json_write_pretty(const json_t *json, struct hass_buf *buf);
/** Appends @length bytes of UTF-8 as a quoted JSON string. */
HASS_API void hass_json_write_string(const char *text, size_t length, struct hass_buf *buf);
/** Appends the shortest text that reads back as @number. */
HASS_API void hass_json_write_number(double number, struct hass_buf *buf);
