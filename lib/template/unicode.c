/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables in the order of characters, searched by halves; ASCII goes without them.
 */
#include "template/unicode.h"

#include <stddef.h>

#include "template/unicode_tables.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The first row of @table whose last character is not before @c; rows begin with their first and last. */
static const void *search(const void *table, size_t count, size_t size, uint32_t c)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct range *range = (const void *)((const char *)table + middle * size);
        if (range->last < c)
            low = middle + 1;
        else
            high = middle;
    }
    const struct range *found = (const void *)((const char *)table + low * size);
    return low < count && found->first <= c ? found : NULL;
}

#define SEARCH(table, c) search((table), COUNT(table), sizeof((table)[0]), (c))

static bool stepped(const struct steps *steps, uint32_t c)
{
    return steps && (c - steps->first) % steps->step == 0;
}

static bool is_upper(uint32_t c)
{
    return c < 128 ? c >= 'A' && c <= 'Z' : stepped(SEARCH(upper, c), c);
}

static bool is_lower(uint32_t c)
{
    return c < 128 ? c >= 'a' && c <= 'z' : stepped(SEARCH(lower, c), c);
}

int unicode_decimal(uint32_t c)
{
    size_t low = 0, high = COUNT(zeros);

    if (c < 128)
        return c >= '0' && c <= '9' ? (int)(c - '0') : -1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (zeros[middle] > c)
            high = middle;
        else
            low = middle + 1;
    }
    return low && c - zeros[low - 1] < 10 ? (int)(c - zeros[low - 1]) : -1;
}

bool unicode_is(uint32_t c, enum unicode_property property)
{
    switch (property) {
    case UNICODE_ALPHA:
        return c < 128 ? is_upper(c) || is_lower(c) : SEARCH(alpha, c) != NULL;
    case UNICODE_DECIMAL:
        return unicode_decimal(c) >= 0;
    case UNICODE_DIGIT:
        return unicode_decimal(c) >= 0 || SEARCH(digits, c);
    case UNICODE_NUMERIC:
        return unicode_decimal(c) >= 0 || SEARCH(digits, c) || SEARCH(numerics, c);
    case UNICODE_UPPER:
        return is_upper(c);
    case UNICODE_LOWER:
        return is_lower(c);
    case UNICODE_TITLE:
        return SEARCH(title, c) != NULL;
    case UNICODE_SPACE:
        return c < 128 ? c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f)
                       : SEARCH(space, c) != NULL;
    case UNICODE_PRINTABLE:
        return c < 127 ? c >= ' ' : !SEARCH(unprintable, c);
    case UNICODE_IGNORABLE:
        return SEARCH(ignorable, c) != NULL;
    }
    return false;
}

static const struct many *find_many(const struct many *table, size_t count, uint32_t c)
{
    for (size_t low = 0, high = count; low < high;) {
        size_t middle = (low + high) / 2;
        if (table[middle].from == c)
            return &table[middle];
        if (table[middle].from < c)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static unsigned copy_many(const struct many *row, uint32_t mapped[3])
{
    unsigned count = 0;

    while (count < 3 && row->to[count]) {
        mapped[count] = row->to[count];
        count++;
    }
    return count;
}

static uint32_t shifted(const struct shift *shift, uint32_t c)
{
    if (!shift || (c - shift->first) % shift->step)
        return c;
    return (uint32_t)((int64_t)c + shift->delta);
}

static unsigned map_ascii(uint32_t c, enum unicode_case how, uint32_t mapped[3])
{
    if (how == UNICODE_TO_LOWER)
        mapped[0] = is_upper(c) ? c + ('a' - 'A') : c;
    else
        mapped[0] = is_lower(c) ? c - ('a' - 'A') : c;
    return 1;
}

unsigned unicode_map(uint32_t c, enum unicode_case how, uint32_t mapped[3])
{
    const struct many *row = NULL;

    if (c < 128)
        return map_ascii(c, how, mapped);
    if (how == UNICODE_TO_LOWER) {
        mapped[0] = c == 0x130 ? 'i' : shifted(SEARCH(to_lower, c), c);
        mapped[1] = 0x307;
        return c == 0x130 ? 2 : 1;
    }
    if (how == UNICODE_TO_TITLE) {
        const struct shift *special = SEARCH(to_title, c);
        row = find_many(title_many, COUNT(title_many), c);
        if (special && !row) {
            mapped[0] = shifted(special, c);
            return 1;
        }
    }
    if (!row)
        row = find_many(upper_many, COUNT(upper_many), c);
    if (row)
        return copy_many(row, mapped);
    mapped[0] = shifted(SEARCH(to_upper, c), c);
    return 1;
}
