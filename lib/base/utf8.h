/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8: strict (no surrogates, no overlong forms, at most U+10FFFF), by length, so NUL bytes are characters too.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** True when all @length bytes are well-formed. */
bool utf8_valid(const char *text, size_t length);

/**
 * Decodes the character at @text, of which @length > 0 bytes are left. Returns how many bytes it takes, or 0 when it is
 * malformed or cut off.
 */
size_t utf8_decode(const char *text, size_t length, uint32_t *ret_char);

/** Writes @c in 1 to 4 bytes and returns how many; a surrogate or a value beyond U+10FFFF becomes U+FFFD. */
size_t utf8_encode(uint32_t c, char bytes[4]);

/** Number of characters of well-formed text; each stray byte of malformed text counts as at most one. */
size_t utf8_count(const char *text, size_t length);

/** The greatest length ≤ @limit at which cutting @text does not split a character. */
size_t utf8_cut(const char *text, size_t length, size_t limit);

struct hass_buf;
/** Appends @text with U+FFFD for each stray byte and for NUL. */
void utf8_repair(const char *text, size_t length, struct hass_buf *buf);

/** Lower-cases A-Z in place and leaves all other bytes alone. */
void ascii_lower(char *text);

static inline bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool ascii_is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static inline bool ascii_is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static inline bool ascii_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline char ascii_to_lower(char c)
{
    return ascii_is_upper(c) ? (char)(c + ('a' - 'A')) : c;
}
