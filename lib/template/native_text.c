/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text and bytes literals of Python: prefixes, quotes of one or three, escapes. Texts without escapes are views of the source. Names of characters
 * (\N{…}) are not known: such a literal is none.
 */
#include "base/utf8.h"
#include "template/characters.h"
#include "template/native.h"

struct text {
    bool raw;
    bool bytes;
    char quote;
    size_t quotes; /* 1 or 3 */
};

/* Length of the prefix; sets what it says. False when no quote follows it. */
static bool read_prefix(const struct literal *in, struct text *text, size_t *ret_length)
{
    size_t length = 0;
    bool unicode = false;

    *text = (struct text){ 0 };
    for (; in->at + length < in->end; length++) {
        char c = ascii_to_lower(in->at[length]);
        if (c == '\'' || c == '"')
            break;
        bool known =
            (c == 'r' && !text->raw) || (c == 'b' && !text->bytes) || (c == 'u' && !length);
        if (!known || unicode)
            return false;
        text->raw |= c == 'r';
        text->bytes |= c == 'b';
        unicode |= c == 'u';
    }
    if (in->at + length == in->end)
        return false;
    text->quote = in->at[length];
    *ret_length = length;
    return true;
}

bool literal_is_text(const struct literal *in)
{
    struct text text;
    size_t length;

    return read_prefix(in, &text, &length);
}

static bool at_quotes(const struct literal *in, const struct text *text)
{
    if ((size_t)(in->end - in->at) < text->quotes)
        return false;
    for (size_t i = 0; i < text->quotes; i++) {
        if (in->at[i] != text->quote)
            return false;
    }
    return true;
}

/* Reads exactly @count digits. */
static bool read_hex(struct literal *in, size_t count, uint32_t *ret_number)
{
    uint32_t number = 0;

    if ((size_t)(in->end - in->at) < count)
        return false;
    for (; count; count--) {
        char c = ascii_to_lower(*in->at++);
        if (!ascii_is_digit(c) && (c < 'a' || c > 'f'))
            return false;
        number = number * 16 + (uint32_t)(ascii_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    *ret_number = number;
    return true;
}

static uint32_t read_octal(struct literal *in, char first)
{
    uint32_t number = (uint32_t)(first - '0');

    for (int i = 0; i < 2 && in->at < in->end && *in->at >= '0' && *in->at <= '7'; i++)
        number = number * 8 + (uint32_t)(*in->at++ - '0');
    return number;
}

static void add(const struct text *text, uint32_t c, struct hass_buf *buf)
{
    if (text->bytes)
        hass_buf_add_char(buf, (char)c);
    else
        char_add(c, buf);
}

/* The escape behind a backslash. */
static bool read_escape(struct literal *in, const struct text *text, struct hass_buf *buf)
{
    static const char letters[] = "\\'\"abfnrtv", meanings[] = "\\'\"\a\b\f\n\r\t\v";
    char c = *in->at++;
    const char *letter = c ? strchr(letters, c) : NULL;
    uint32_t number = 0;

    if (letter) {
        hass_buf_add_char(buf, meanings[letter - letters]);
    } else if (c == '\n' || c == '\r') {
        if (c == '\r' && in->at < in->end && *in->at == '\n')
            in->at++;
    } else if (c >= '0' && c <= '7') {
        add(text, read_octal(in, c), buf);
    } else if (c == 'x' || (!text->bytes && (c == 'u' || c == 'U'))) {
        if (!read_hex(in, c == 'x' ? 2 : c == 'u' ? 4 : 8, &number) || number > 0x10ffff)
            return false;
        add(text, number, buf);
    } else if (c == 'N' && !text->bytes) {
        return false;
    } else {
        hass_buf_add_char(buf, '\\');
        in->at--;
    }
    return true;
}

/* A character as it stands, or a backslash of a raw text with the one behind it. */
static void copy_plain(struct literal *in, const struct text *text, struct hass_buf *buf)
{
    if (text->raw && *in->at == '\\' && in->at + 1 < in->end)
        hass_buf_add_char(buf, *in->at++);
    hass_buf_add_char(buf, *in->at++);
}

/* The rest of a text, up to its quotes, into @buf. */
static bool read_rest(struct literal *in, const struct text *text, struct hass_buf *buf)
{
    while (!at_quotes(in, text)) {
        if (in->at == in->end || *in->at == '\0')
            return false;
        if (text->quotes == 1 && (*in->at == '\n' || *in->at == '\r'))
            return false;
        if (text->bytes && (unsigned char)*in->at >= 0x80)
            return false;
        if (*in->at != '\\' || text->raw) {
            copy_plain(in, text, buf);
            continue;
        }
        if (++in->at == in->end || !read_escape(in, text, buf))
            return false;
    }
    in->at += text->quotes;
    return true;
}

/* A text without anything to replace ends at its quote, which is looked for first. */
static bool read_view(struct literal *in, const struct text *text, struct tmpl_value *ret_value)
{
    const char *at = in->at;

    if (text->quotes != 1)
        return false;
    for (; at < in->end && *at != text->quote; at++) {
        if (*at == '\\' || *at == '\n' || *at == '\r' || *at == '\0' ||
            (text->bytes && (unsigned char)*at >= 0x80))
            return false;
    }
    if (at == in->end)
        return false;
    size_t length = (size_t)(at - in->at);
    *ret_value = text->bytes ? tmpl_bytes_view(in->at, length) : tmpl_string_view(in->at, length);
    if (!text->bytes && chars_are_ascii(in->at, length))
        ret_value->flags = TMPL_ASCII;
    in->at = at + 1;
    return true;
}

bool literal_text(struct literal *in, struct tmpl_value *ret_value)
{
    struct text text;
    size_t prefix;
    autobuf buf = HASS_BUF_INIT;

    if (!read_prefix(in, &text, &prefix))
        return false;
    in->at += prefix;
    text.quotes = 3;
    if (!at_quotes(in, &text))
        text.quotes = 1;
    in->at += text.quotes;
    if (read_view(in, &text, ret_value))
        return true;
    if (!read_rest(in, &text, &buf))
        return false;
    *ret_value = text.bytes ? tmpl_bytes_copy(in->heap, buf.data, buf.length)
                            : tmpl_string_of(in->heap, &buf);
    return true;
}
