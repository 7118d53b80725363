/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Characters of template texts: UTF-8 in which lone surrogates stand as three bytes, as Python's strings can have them. A stray byte
 * counts as one character of its own value, so that nothing here fails.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hass/buf.h>

struct tmpl_value;

/** The character at @text, of which @length > 0 bytes are left; returns its bytes, 1 to 4. */
size_t char_decode(const char *text, size_t length, uint32_t *ret_char);
/** Writes @c, a surrogate too, and returns its bytes. */
size_t char_encode(uint32_t c, char bytes[4]);
void char_add(uint32_t c, struct hass_buf *buf);
/** The length of the character that ends before @text + @length, which is not empty; and the character. */
size_t char_decode_last(const char *text, size_t length, uint32_t *ret_char);

bool chars_are_ascii(const char *text, size_t length);
size_t chars_count(const char *text, size_t length);
/** The byte at which character number @index begins; @length when there are not so many. */
size_t chars_offset(const char *text, size_t length, size_t index);

/** Characters of a string value, by its flag where that tells. */
size_t string_count(const struct tmpl_value *string);
