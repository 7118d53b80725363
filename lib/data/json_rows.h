/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reads a large JSON document whose bulk is one array, a row at a time: in memory are one row and what stands around it.
 *
 *     rows = json_rows_create((const char *const[]){ "data", "entities", NULL }, 1 << 20, add_entity, registry);
 *     while (… read …)
 *         json_rows_feed(rows, bytes, size, err);
 *     json_rows_finish(rows, &rest, err);   // {"version": 1, "data": {"entities": [], "deleted": […]}}
 */
#pragma once

#include <hass/json.h>

struct json_rows;

/** Gets a row, taken. A failure ends the reading. */
typedef int json_row_fn(json_t *row, void *userdata, struct hass_error *err);

/**
 * @path: the keys that lead to the array, NULL-terminated, at least one; kept until the end. @limit: bytes of one row, and of
 * all that is around the rows.
 */
struct json_rows *json_rows_create(const char *const *path, size_t limit, json_row_fn *row,
                                   void *userdata);
struct json_rows *json_rows_destroy(struct json_rows *rows);

/** Takes the next bytes. HASS_E_PARSE or HASS_E_LIMIT, naming the row, or what the row function returned; then no more. */
int json_rows_feed(struct json_rows *rows, const char *data, size_t size, struct hass_error *err);

/** Ends the document. Returns 0 with @ret_rest, owned by the caller: the document, the array of rows being empty. */
int json_rows_finish(struct json_rows *rows, json_t **ret_rest, struct hass_error *err);
