/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoding and counting characters. Counting goes by the bytes that begin one, eight bytes at a time while they are ASCII.
 */
#include "template/characters.h"

#include <string.h>

#include "template/value.h"

static bool continues(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* How many bytes the first byte announces; 0 for one that begins nothing. */
static size_t announced(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t char_decode(const char *text, size_t length, uint32_t *ret_char)
{
    unsigned char first = (unsigned char)text[0];
    size_t size = announced(first);

    *ret_char = first;
    if (size < 2)
        return 1;
    uint32_t c = first & (0x7fu >> size);
    if (size > length)
        return 1;
    for (size_t i = 1; i < size; i++) {
        if (!continues(text[i]))
            return 1;
        c = c << 6 | ((unsigned char)text[i] & 0x3f);
    }
    if (c > 0x10ffff || (size == 3 && c < 0x800) || (size == 4 && c < 0x10000))
        return 1;
    *ret_char = c;
    return size;
}

size_t char_encode(uint32_t c, char bytes[4])
{
    if (c < 0x80) {
        bytes[0] = (char)c;
        return 1;
    }
    size_t size = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = size; --i; c >>= 6)
        bytes[i] = (char)(0x80 | (c & 0x3f));
    bytes[0] = (char)((0xf00u >> size) | c);
    return size;
}

void char_add(uint32_t c, struct hass_buf *buf)
{
    char bytes[4];

    hass_buf_add(buf, bytes, char_encode(c, bytes));
}

size_t char_decode_last(const char *text, size_t length, uint32_t *ret_char)
{
    size_t size = 1;

    while (size < 4 && size < length && continues(text[length - size]))
        size++;
    if (char_decode(text + length - size, size, ret_char) == size)
        return size;
    *ret_char = (unsigned char)text[length - 1];
    return 1;
}

bool chars_are_ascii(const char *text, size_t length)
{
    uint64_t word;

    for (; length >= sizeof(word); text += sizeof(word), length -= sizeof(word)) {
        memcpy(&word, text, sizeof(word));
        if (word & UINT64_C(0x8080808080808080))
            return false;
    }
    for (; length; text++, length--) {
        if ((unsigned char)*text >= 0x80)
            return false;
    }
    return true;
}

size_t chars_count(const char *text, size_t length)
{
    size_t count = 0;
    uint32_t c;

    while (length) {
        if (length >= 8 && chars_are_ascii(text, 8)) {
            text += 8;
            length -= 8;
            count += 8;
            continue;
        }
        size_t size = char_decode(text, length, &c);
        text += size;
        length -= size;
        count++;
    }
    return count;
}

size_t chars_offset(const char *text, size_t length, size_t index)
{
    size_t offset = 0;
    uint32_t c;

    while (index && offset < length) {
        if (index >= 8 && length - offset >= 8 && chars_are_ascii(text + offset, 8)) {
            offset += 8;
            index -= 8;
            continue;
        }
        offset += char_decode(text + offset, length - offset, &c);
        index--;
    }
    return offset;
}

size_t string_count(const struct tmpl_value *string)
{
    return string->flags & TMPL_ASCII ? string->length : chars_count(string->text, string->length);
}
