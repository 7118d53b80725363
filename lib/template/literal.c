/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tokens of literals stand for. Escapes are those of Python's unicode-escape codec, which is more than householders use and less
 * forgiving than they think: "\d" stays as it is, "\x4" is an error. Integers of any size are made here, without a machine.
 */
#include <stdio.h>

#include "base/utf8.h"
#include "lexer.h"

#define MAX_DIGITS 4300 /* of a decimal integer, as in Python */

/* As utf8_encode, but surrogates, which Python's texts may hold, are written in three bytes too. */
static size_t encode(uint32_t c, char *out)
{
    if (c < 0xd800 || c > 0xdfff)
        return utf8_encode(c, out);
    out[0] = (char)(0xe0 | c >> 12);
    out[1] = (char)(0x80 | (c >> 6 & 0x3f));
    out[2] = (char)(0x80 | (c & 0x3f));
    return 3;
}

static int digit_value(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    c = ascii_to_lower(c);
    return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

struct escape {
    struct tmpl_lexer *lexer;
    const char *at; /* behind the backslash */
    const char *end;
    char *out;
};

static bool escape_error(struct escape *escape, const char *message, const char *hint)
{
    tmpl_syntax_error(escape->lexer, TMPL_SYNTAX_ERROR,
                      (uint32_t)(escape->at - 1 - escape->lexer->source), hint, "%s", message);
    return false;
}

/* "\x41": exactly @count digits. */
static bool escape_hex(struct escape *escape, unsigned count, const char *form)
{
    char message[64];
    uint32_t c = 0;

    for (unsigned i = 1; i <= count; i++) {
        int digit = escape->end - escape->at > i ? digit_value(escape->at[i]) : 99;
        if (digit > 15) {
            snprintf(message, sizeof(message), "truncated \\%s escape", form);
            return escape_error(escape, message, "write \\\\ for a backslash that is meant as one");
        }
        c = c << 4 | (uint32_t)digit;
    }
    if (c > 0x10ffff)
        return escape_error(escape, "illegal Unicode character", NULL);
    escape->at += 1 + count;
    escape->out += encode(c, escape->out);
    return true;
}

/* "\101": up to three digits. */
static bool escape_octal(struct escape *escape)
{
    uint32_t c = 0;

    for (unsigned i = 0; i < 3 && escape->at < escape->end && digit_value(*escape->at) < 8; i++)
        c = c << 3 | (uint32_t)digit_value(*escape->at++);
    escape->out += encode(c, escape->out);
    return true;
}

/* A character beyond ASCII behind a backslash: the codec sees its escaped form, so that "\é" is the text "\xe9". */
static bool escape_wide(struct escape *escape)
{
    uint32_t c = 0xfffd;
    char text[16];
    size_t size = utf8_decode(escape->at, (size_t)(escape->end - escape->at), &c);
    int length = snprintf(text, sizeof(text),
                          c < 0x100     ? "\\x%02x"
                          : c < 0x10000 ? "\\u%04x"
                                        : "\\U%08x",
                          c);

    memcpy(escape->out, text, (size_t)length);
    escape->out += length;
    escape->at += size ? size : 1;
    return true;
}

/* "\N{DEGREE SIGN}": well-formed ones are refused too, for want of Unicode's names. */
static bool escape_name(struct escape *escape)
{
    const char *at = escape->at + 1;

    if (at == escape->end || *at != '{' || !memchr(at, '}', (size_t)(escape->end - at)) ||
        at[1] == '}')
        return escape_error(escape, "malformed \\N character escape",
                            "write the character itself, or \\\\ for a backslash");
    return escape_error(escape, "unknown Unicode character name",
                        "names of characters are not known here: write the character itself");
}

static bool escape_one(struct escape *escape)
{
    static const char plain[256] = {
        ['\\'] = '\\', ['\''] = '\'', ['"'] = '"',  ['a'] = '\a', ['b'] = '\b',
        ['f'] = '\f',  ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t', ['v'] = '\v',
    };
    unsigned char c = (unsigned char)*escape->at;

    if (plain[c]) {
        *escape->out++ = plain[c];
        escape->at++;
        return true;
    }
    switch (c) {
    case '\r': // an end of line that is no part of the text
        escape->at += escape->end - escape->at > 1 && escape->at[1] == '\n' ? 2 : 1;
        return true;
    case '\n':
        escape->at++;
        return true;
    case 'x':
        return escape_hex(escape, 2, "xXX");
    case 'u':
        return escape_hex(escape, 4, "uXXXX");
    case 'U':
        return escape_hex(escape, 8, "UXXXXXXXX");
    case 'N':
        return escape_name(escape);
    case '0' ... '7':
        return escape_octal(escape);
    default:
        break;
    }
    if (c >= 0x80)
        return escape_wide(escape);
    *escape->out++ = '\\';
    *escape->out++ = *escape->at++;
    return true;
}

bool tmpl_literal_string(struct tmpl_lexer *lexer, struct tmpl_heap *heap,
                         const struct tmpl_token *token, struct tmpl_value *ret_value)
{
    const char *text = token->text;
    const char *end = text + token->length;

    if (!token->escaped) {
        *ret_value = tmpl_string_view(text, token->length);
        ret_value->flags = token->plain ? TMPL_ASCII : 0;
        return true;
    }
    // The longest growth is that of "\é", three bytes that become four, and "\€": four become six.
    char *copy = tmpl_alloc(heap, (size_t)token->length * 3 + 1);
    struct escape escape = { .lexer = lexer, .end = end, .out = copy };
    while (text < end) {
        if (*text == '\\' && end - text > 1) {
            escape.at = text + 1;
            if (!escape_one(&escape))
                return false;
            text = escape.at;
        } else if (*text == '\r') {
            text += end - text > 1 && text[1] == '\n' ? 2 : 1;
            *escape.out++ = '\n';
        } else {
            *escape.out++ = *text++;
        }
    }
    *ret_value = tmpl_string_view(copy, (size_t)(escape.out - copy));
    return true;
}

void tmpl_literal_data(struct tmpl_heap *heap, const struct tmpl_token *token,
                       struct tmpl_value *ret_value)
{
    const char *text = token->text;
    const char *end = text + token->length;

    if (!token->escaped) {
        *ret_value = tmpl_string_view(text, token->length);
        return;
    }
    char *copy = tmpl_alloc(heap, token->length);
    char *out = copy;
    for (; text < end; text++) {
        if (*text == '\r' && end - text > 1 && text[1] == '\n')
            continue;
        *out++ = *text == '\r' ? '\n' : *text;
    }
    *ret_value = tmpl_string_view(copy, (size_t)(out - copy));
}

/* An integer beyond 64 bits. */
static void make_big(struct tmpl_heap *heap, const char *digits, const char *end, int base,
                     struct tmpl_value *ret_value)
{
    static const uint8_t bits_of[] = { [2] = 1, [8] = 3, [10] = 4, [16] = 4 };
    size_t limbs = (size_t)(end - digits) * bits_of[base] / 32 + 1;
    struct tmpl_big *big = tmpl_alloc(heap, sizeof(*big) + limbs * sizeof(big->limbs[0]));

    *big = (struct tmpl_big){ 0 };
    for (; digits < end; digits++) {
        if (*digits == '_')
            continue;
        uint64_t carry = (uint64_t)digit_value(*digits);
        for (uint32_t i = 0; i < big->count; i++) {
            carry += (uint64_t)big->limbs[i] * (unsigned)base;
            big->limbs[i] = (uint32_t)carry;
            carry >>= 32;
        }
        if (carry)
            big->limbs[big->count++] = (uint32_t)carry;
    }
    *ret_value = (struct tmpl_value){ .kind = TMPL_BIG, .big = big };
}

static bool is_too_long(struct tmpl_lexer *lexer, const struct tmpl_token *token,
                        const char *digits, int base)
{
    size_t count = 0;

    for (const char *at = digits; at < token->text + token->length; at++)
        count += *at != '_';
    if (base == 10 ? count <= MAX_DIGITS : count * 4 <= TMPL_BIG_BITS)
        return false;
    tmpl_syntax_error(lexer, TMPL_SYNTAX_ERROR, token->at, NULL,
                      "Exceeds the limit (%d digits) for integer string conversion: value has "
                      "%zu digits",
                      base == 10 ? MAX_DIGITS : TMPL_BIG_BITS / 4, count);
    return true;
}

bool tmpl_literal_integer(struct tmpl_lexer *lexer, struct tmpl_heap *heap,
                          const struct tmpl_token *token, struct tmpl_value *ret_value)
{
    const char *at = token->text;
    const char *end = at + token->length;
    char letter = token->length > 2 ? ascii_to_lower(at[1]) : 0;
    int base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
    const char *digits = base == 10 ? at : at + 2;
    int64_t value = 0;

    for (at = digits; at < end; at++) {
        if (*at == '_')
            continue;
        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit_value(*at), &value))
            break;
    }
    *ret_value = tmpl_int(value);
    if (at == end)
        return true;
    if (is_too_long(lexer, token, digits, base))
        return false;
    make_big(heap, digits, end, base, ret_value);
    return true;
}

bool tmpl_literal_float(struct tmpl_lexer *lexer, const struct tmpl_token *token,
                        struct tmpl_value *ret_value)
{
    double number;

    if (!tmpl_parse_float(token->text, token->length, &number)) {
        tmpl_syntax_error(lexer, TMPL_SYNTAX_ERROR, token->at, NULL, "invalid number");
        return false;
    }
    *ret_value = tmpl_float(number);
    return true;
}
