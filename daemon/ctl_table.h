/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that fit the terminal. Texts come from outside: control characters in them are made visible, never obeyed. */
#pragma once

#include <stdio.h>

#include <hass/types.h>

enum table_column_flags {
    TABLE_RIGHT = 1, /* aligned right */
    TABLE_KEEP = 2,  /* never cut; others give way */
};

struct table_column {
    const char *title;
    unsigned flags;
};

struct table;

/** @columns must outlive the table. */
struct table *table_create(const struct table_column *columns, size_t count);
struct table *table_destroy(struct table *table);
/** Appends a row of @count texts, copied; NULL is empty. */
void table_add(struct table *table, const char *const *cells);
/** Prints titles and rows, at most @width columns wide (0: no limit), titles in bold with @color. */
void table_print(const struct table *table, size_t width, bool color, FILE *out);

/** Columns that @text takes on a terminal. */
size_t text_width(const char *text);
/** Prints @text without control characters, cut to @width columns (0: no limit) with an ellipsis. Returns the columns used. */
size_t text_print(const char *text, size_t width, FILE *out);
