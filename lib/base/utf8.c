/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict UTF-8 after table 3-7 of the Unicode standard. Validation skips eight ASCII bytes at a time.
 */
#include "utf8.h"

#include <string.h>

#include <hass/buf.h>

static bool is_continuation(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

size_t utf8_decode(const char *text, size_t length, uint32_t *ret_char)
{
    const unsigned char *s = (const unsigned char *)text;
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 }; // below: overlong
    size_t size = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

    if (size == 1) {
        *ret_char = s[0];
        return 1;
    }
    if (size == 0 || size > length || s[0] > 0xf4)
        return 0;
    uint32_t c = s[0] & (0xffu >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if (!is_continuation(s[i]))
            return 0;
        c = c << 6 | (s[i] & 0x3f);
    }
    if (c < smallest[size] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *ret_char = c;
    return size;
}

bool utf8_valid(const char *text, size_t length)
{
    size_t i = 0;

    while (i < length) {
        uint64_t eight;
        if (length - i >= sizeof(eight)) {
            memcpy(&eight, text + i, sizeof(eight));
            if (!(eight & UINT64_C(0x8080808080808080))) {
                i += sizeof(eight);
                continue;
            }
        }
        uint32_t c;
        size_t size = utf8_decode(text + i, length - i, &c);
        if (!size)
            return false;
        i += size;
    }
    return true;
}

size_t utf8_encode(uint32_t c, char bytes[4])
{
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        c = 0xfffd;
    if (c < 0x80) {
        bytes[0] = (char)c;
        return 1;
    }
    size_t size = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, c >>= 6)
        bytes[i] = (char)(0x80 | (c & 0x3f));
    bytes[0] = (char)(0xf00u >> size | c);
    return size;
}

size_t utf8_count(const char *text, size_t length)
{
    size_t count = 0;

    for (size_t i = 0; i < length; i++)
        count += !is_continuation((unsigned char)text[i]);
    return count;
}

size_t utf8_cut(const char *text, size_t length, size_t limit)
{
    if (length <= limit)
        return length;
    // Malformed text may have any number of continuation bytes in a row: a character has three at most.
    for (size_t back = 0; back <= 3 && back <= limit; back++)
        if (!is_continuation((unsigned char)text[limit - back]))
            return limit - back;
    return limit;
}

void ascii_lower(char *text)
{
    for (; *text; text++)
        *text = ascii_to_lower(*text);
}

void utf8_repair(const char *text, size_t length, struct hass_buf *buf)
{
    for (size_t at = 0, size; at < length; at += size) {
        uint32_t c;
        size = utf8_decode(text + at, length - at, &c);
        if (size && c)
            hass_buf_add(buf, text + at, size);
        else
            hass_buf_add(buf, "\xef\xbf\xbd", 3);
        size += !size;
    }
}
