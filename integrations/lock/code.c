/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Formats are the regular expressions that people write for codes: characters, \d \w \s and their opposites, classes in
 * brackets, each repeated by * + ? or {2,4}; no groups. They come from devices, so they are matched in bounded time: the places
 * of the code that the part of the format so far can reach are a set, and each piece leads from one set to the next.
 */
#include "code.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* One character of a set, so many times. */
struct piece {
    uint64_t set[4]; /* of bytes */
    unsigned min, max;
};

static void add_byte(struct piece *piece, unsigned char byte)
{
    piece->set[byte / 64] |= UINT64_C(1) << byte % 64;
}

static bool has_byte(const struct piece *piece, unsigned char byte)
{
    return piece->set[byte / 64] >> byte % 64 & 1;
}

static void invert(struct piece *piece)
{
    for (size_t i = 0; i < 4; i++)
        piece->set[i] = ~piece->set[i];
}

static bool is_word(int c)
{
    return c < 128 && (isalnum(c) || c == '_');
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_space(int c)
{
    return c < 128 && isspace(c);
}

/* Adds what \d, \S or \. mean. False when it is something else. */
static bool add_escape(struct piece *piece, char letter)
{
    bool (*is)(int) = NULL;

    if (strchr("dD", letter))
        is = is_digit;
    else if (strchr("wW", letter))
        is = is_word;
    else if (strchr("sS", letter))
        is = is_space;
    else if (!isalnum((unsigned char)letter))
        add_byte(piece, (unsigned char)letter);
    else
        return false;
    for (int c = 0; is && c < 256; c++) {
        if (is(c) == (islower((unsigned char)letter) != 0))
            add_byte(piece, (unsigned char)c);
    }
    return true;
}

/* The rest of a class behind its bracket. False when it is not understood. */
static bool read_class(const char **text, struct piece *piece)
{
    const char *at = *text;
    bool inverse = *at == '^';

    at += inverse;
    for (bool first = true; *at && (*at != ']' || first); first = false) {
        unsigned char low = (unsigned char)*at++;
        if (low == '\\') {
            if (!*at || !add_escape(piece, *at++))
                return false;
            continue;
        }
        unsigned char high = low;
        if (at[0] == '-' && at[1] && at[1] != ']') {
            high = (unsigned char)at[1];
            at += 2;
        }
        for (unsigned c = low; c <= high; c++)
            add_byte(piece, (unsigned char)c);
    }
    if (*at != ']')
        return false;
    if (inverse)
        invert(piece);
    *text = at + 1;
    return true;
}

static bool read_set(const char **text, struct piece *piece)
{
    char c = *(*text)++;

    *piece = (struct piece){ .min = 1, .max = 1 };
    switch (c) {
    case '[':
        return read_class(text, piece);
    case '\\':
        return **text && add_escape(piece, *(*text)++);
    case '.':
        invert(piece);
        return true;
    default:
        add_byte(piece, (unsigned char)c);
        return !strchr("^$()|*+?{", c);
    }
}

/* {2}, {2,} or {2,4} behind its brace. */
static bool read_braces(const char **text, struct piece *piece)
{
    char *end;

    if (!is_digit((unsigned char)**text))
        return false;
    unsigned long min = strtoul(*text, &end, 10), max = min;
    if (*end == ',') {
        const char *number = end + 1;
        max = LOCK_CODE_MAX;
        end++;
        if (is_digit((unsigned char)*number))
            max = strtoul(number, &end, 10);
    }
    piece->min = min < LOCK_CODE_MAX + 1 ? (unsigned)min : LOCK_CODE_MAX + 1;
    piece->max = max < LOCK_CODE_MAX ? (unsigned)max : LOCK_CODE_MAX;
    *text = end + 1;
    return *end == '}';
}

static bool read_repeat(const char **text, struct piece *piece)
{
    switch (**text) {
    case '*':
        piece->min = 0;
        piece->max = LOCK_CODE_MAX;
        break;
    case '+':
        piece->max = LOCK_CODE_MAX;
        break;
    case '?':
        piece->min = 0;
        break;
    case '{':
        (*text)++;
        return read_braces(text, piece);
    default:
        return true;
    }
    (*text)++;
    return true;
}

/* From the places that are reached to those behind @piece. */
static void advance(bool reached[LOCK_CODE_MAX + 1], const struct piece *piece, const char *code,
                    size_t length)
{
    bool next[LOCK_CODE_MAX + 1] = { false };

    for (size_t start = 0; start <= length; start++) {
        if (!reached[start])
            continue;
        size_t end = start;
        for (unsigned times = 0; times <= piece->max; times++) {
            if (times >= piece->min)
                next[end] = true;
            if (end == length || !has_byte(piece, (unsigned char)code[end]))
                break;
            end++;
        }
    }
    memcpy(reached, next, sizeof(next));
}

bool code_matches(const char *format, const char *code)
{
    bool reached[LOCK_CODE_MAX + 1] = { true };
    size_t length = strlen(code);
    const char *text = format + (*format == '^');

    if (length > LOCK_CODE_MAX)
        return false;
    while (*text && strcmp(text, "$") != 0) {
        struct piece piece;
        if (!read_set(&text, &piece) || !read_repeat(&text, &piece))
            return true;
        advance(reached, &piece, code, length);
    }
    if (*text)
        return reached[length];
    return memchr(reached, true, length + 1) != NULL;
}
