/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables: every column as wide as its widest text; when that is too wide for the terminal, the widest column that may be cut
 * loses characters until it fits, and when none may be cut further, columns at the right are left out. Works on UTF-8 by itself, because the C locale would not.
 */
#include "ctl_table.h"

#include <stdlib.h>
#include <string.h>

#include <hass/cleanup.h>
#include <hass/vec.h>

#define GAP       2  /* blanks between columns */
#define MIN_WIDTH 14 /* a column is not cut further than this: what it says must stay readable */
#define BOLD      "\033[1m"
#define PLAIN     "\033[0m"

struct table {
    const struct table_column *columns;
    size_t count;
    HASS_VEC(char *) cells;
};

/* text on a terminal */

/* Decodes one character; a damaged byte counts as one. Returns its length in bytes. */
static size_t decode(const char *text, uint32_t *ret_code)
{
    const unsigned char *byte = (const unsigned char *)text;
    size_t length = byte[0] < 0x80 ? 1 : byte[0] < 0xe0 ? 2 : byte[0] < 0xf0 ? 3 : 4;
    uint32_t code = length == 1 ? byte[0] : byte[0] & (0xffu >> (length + 1));

    for (size_t i = 1; i < length; i++) {
        if ((byte[i] & 0xc0) != 0x80) {
            *ret_code = 0xfffd;
            return 1;
        }
        code = code << 6 | (byte[i] & 0x3fu);
    }
    *ret_code = byte[0] >= 0x80 && byte[0] < 0xc0 ? 0xfffd : code;
    return byte[0] >= 0x80 && byte[0] < 0xc0 ? 1 : length;
}

static bool in_range(uint32_t code, uint32_t first, uint32_t last)
{
    return code >= first && code <= last;
}

/* 0 for combining marks, 2 for East Asian wide characters and pictures, else 1. */
static size_t code_width(uint32_t code)
{
    if (in_range(code, 0x300, 0x36f) || in_range(code, 0x200b, 0x200f) ||
        in_range(code, 0xfe00, 0xfe0f))
        return 0;
    if (in_range(code, 0x1100, 0x115f) || in_range(code, 0x2e80, 0xa4cf) ||
        in_range(code, 0xac00, 0xd7a3) || in_range(code, 0xf900, 0xfaff) ||
        in_range(code, 0xfe30, 0xfe6f) || in_range(code, 0xff00, 0xff60) ||
        in_range(code, 0x1f300, 0x1faff) || in_range(code, 0x20000, 0x3fffd))
        return 2;
    return 1;
}

static bool is_control(uint32_t code)
{
    return code < 0x20 || in_range(code, 0x7f, 0x9f);
}

size_t text_width(const char *text)
{
    size_t width = 0;
    uint32_t code;

    while (*text) {
        text += decode(text, &code);
        width += code_width(code);
    }
    return width;
}

size_t text_print(const char *text, size_t width, FILE *out)
{
    bool cut = width > 0 && text_width(text) > width;
    size_t limit = cut ? width - 1 : SIZE_MAX;
    size_t used = 0;
    uint32_t code;

    while (*text) {
        size_t length = decode(text, &code);
        if (used + code_width(code) > limit)
            break;
        if (is_control(code) || code == 0xfffd)
            fputc('?', out);
        else
            fwrite(text, 1, length, out);
        used += code_width(code);
        text += length;
    }
    if (cut) {
        fputs("…", out);
        used++;
    }
    return used;
}

/* tables */

struct table *table_create(const struct table_column *columns, size_t count)
{
    struct table *table = calloc(1, sizeof(*table));

    if (!table)
        abort();
    table->columns = columns;
    table->count = count;
    return table;
}

struct table *table_destroy(struct table *table)
{
    if (!table)
        return NULL;
    vec_foreach(&table->cells, cell)
        free(*cell);
    vec_fini(&table->cells);
    free(table);
    return NULL;
}

void table_add(struct table *table, const char *const *cells)
{
    for (size_t i = 0; i < table->count; i++) {
        char *copy = strdup(cells[i] ? cells[i] : "");
        if (!copy)
            abort();
        vec_push(&table->cells, copy);
    }
}

static size_t total_width(const size_t *widths, size_t count)
{
    size_t total = (count - 1) * GAP;

    for (size_t i = 0; i < count; i++)
        total += widths[i];
    return total;
}

static void measure(const struct table *table, size_t *widths)
{
    for (size_t i = 0; i < table->count; i++)
        widths[i] = text_width(table->columns[i].title);
    for (size_t i = 0; i < table->cells.length; i++) {
        size_t width = text_width(table->cells.data[i]);
        size_t *column = &widths[i % table->count];
        *column = width > *column ? width : *column;
    }
}

/* The widest column that may still be cut, or NULL. */
static size_t *widest(const struct table *table, size_t *widths)
{
    size_t *found = NULL;

    for (size_t i = 0; i < table->count; i++) {
        if (!(table->columns[i].flags & TABLE_KEEP) && widths[i] > MIN_WIDTH &&
            (!found || widths[i] > *found))
            found = &widths[i];
    }
    return found;
}

/* Makes columns narrower; returns how many of them are shown. */
static size_t fit(const struct table *table, size_t *widths, size_t width)
{
    size_t shown = table->count;
    size_t *column;

    while (total_width(widths, shown) > width && (column = widest(table, widths)))
        (*column)--;
    while (total_width(widths, shown) > width && shown > 1)
        shown--;
    if (shown == 1 && widths[0] > width)
        widths[0] = width;
    return shown;
}

static void pad(size_t count, FILE *out)
{
    while (count-- > 0)
        fputc(' ', out);
}

static void print_cell(const struct table_column *column, const char *text, size_t width, bool last,
                       FILE *out)
{
    size_t full = text_width(text);
    size_t blanks = full < width ? width - full : 0;
    bool right = column->flags & TABLE_RIGHT;

    if (right)
        pad(blanks, out);
    text_print(text, width, out);
    if (!last)
        pad((right ? 0 : blanks) + GAP, out);
}

static void print_rows(const struct table *table, const size_t *widths, size_t shown, FILE *out)
{
    for (size_t row = 0; row < table->cells.length; row += table->count) {
        for (size_t i = 0; i < shown; i++)
            print_cell(&table->columns[i], table->cells.data[row + i], widths[i], i + 1 == shown,
                       out);
        fputc('\n', out);
    }
}

void table_print(const struct table *table, size_t width, bool color, FILE *out)
{
    autofree size_t *widths = calloc(table->count, sizeof(*widths));
    size_t shown;

    if (!widths)
        abort();
    measure(table, widths);
    shown = width > 0 ? fit(table, widths, width) : table->count;
    fputs(color ? BOLD : "", out);
    for (size_t i = 0; i < shown; i++)
        print_cell(&table->columns[i], table->columns[i].title, widths[i], i + 1 == shown, out);
    fputs(color ? PLAIN "\n" : "\n", out);
    print_rows(table, widths, shown, out);
}
