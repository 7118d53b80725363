/* SPDX-License-Identifier: Apache-2.0 */
/* Escapes and classes of patterns: \d, \x41, [a-z]. Every character is written so that it means itself. */
#include <stdio.h>

#include "template/regex_parser.h"

/* --- writing ------------------------------------------------------------------------------------------- */

void regex_write(struct regex_parser *parser, uint32_t c)
{
    bool plain = is_ascii_letter(c) || (c < 0x80 && ascii_is_digit((char)c)) || c == '_' ||
                 (c >= 0x80 && !(c >= 0xd800 && c < 0xe000));

    if (plain)
        char_add(c, parser->out);
    else
        hass_buf_printf(parser->out, "\\x{%x}", c);
}

/* What a class letter means inside of brackets. */
static const char *class_members(char letter, bool ascii)
{
    static const struct {
        char letter;
        const char *unicode, *ascii;
    } classes[] = {
        { 'd', "\\d", "0-9" },
        { 'D', "\\D", "\\x{0}-\\x{2f}\\x{3a}-\\x{10ffff}" },
        { 's', "\\s\\x{1c}-\\x{1f}", "\\x{9}-\\x{d}\\x{20}" },
        { 'S', "\\S", "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{10ffff}" },
        { 'w', "\\w", "A-Za-z0-9_" },
        { 'W', "\\W", "\\x{0}-\\x{2f}\\x{3a}-\\x{40}\\x{5b}-\\x{5e}\\x{60}\\x{7b}-\\x{10ffff}" },
    };

    for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
        if (classes[i].letter == letter)
            return ascii ? classes[i].ascii : classes[i].unicode;
    return NULL;
}

static bool is_ascii(const struct regex_parser *parser)
{
    return parser->flags & REGEX_ASCII;
}

static void write_class(struct regex_parser *parser, char letter)
{
    if (letter == 'S' && !is_ascii(parser))
        hass_buf_add_string(parser->out, "[^\\s\\x{1c}-\\x{1f}]");
    else
        hass_buf_printf(parser->out, "[%s]", class_members(letter, is_ascii(parser)));
}

static void write_word_boundary(struct regex_parser *parser, bool negated)
{
    static const char word[] = "[A-Za-z0-9_]";

    if (!is_ascii(parser))
        hass_buf_add_string(parser->out, negated ? "\\B" : "\\b");
    else if (negated)
        hass_buf_printf(parser->out, "(?:(?<=%s)(?=%s)|(?<!%s)(?!%s))", word, word, word, word);
    else
        hass_buf_printf(parser->out, "(?:(?<=%s)(?!%s)|(?<!%s)(?=%s))", word, word, word, word);
}

/* --- escapes ------------------------------------------------------------------------------------------- */

/* \x, \u, \U with exactly @digits hexadecimal ones; parser->at is behind the letter. */
static bool take_hex(struct regex_parser *parser, const char *from, size_t digits,
                     uint32_t *ret_char)
{
    const char *first = parser->at;
    uint32_t c = 0;

    while (!at_end(parser) && (size_t)(parser->at - first) < digits) {
        char digit = ascii_to_lower(*parser->at);
        if (!ascii_is_digit(digit) && (digit < 'a' || digit > 'f'))
            break;
        c = c << 4 | (uint32_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
        parser->at++;
    }
    size_t length = (size_t)(parser->at - from);
    if ((size_t)(parser->at - first) < digits)
        return regex_fail_text(parser, from, "incomplete escape ", from, length, "");
    if (c > 0x10ffff)
        return regex_fail_text(parser, from, "bad escape ", from, length, "");
    *ret_char = c;
    return true;
}

static int simple_escape(char letter)
{
    static const char letters[] = "afnrtv\\", meanings[] = "\a\f\n\r\t\v\\";
    const char *found = letter ? strchr(letters, letter) : NULL;

    return found ? meanings[found - letters] : -1;
}

/*
 * The character that an escape stands for, inside of a class and outside alike: 1; 0 when the letter means something else, with the parser
 * behind it; -1 on failure. @from is the backslash, parser->at behind it.
 */
static int take_escape(struct regex_parser *parser, const char *from, uint32_t *ret_char)
{
    if (at_end(parser)) {
        regex_fail(parser, from, "bad escape (end of pattern)");
        return -1;
    }
    char letter = *parser->at;
    int simple = simple_escape(letter);
    size_t hex = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
    if (simple >= 0 || hex) {
        parser->at++;
        *ret_char = (uint32_t)simple;
        return !hex || take_hex(parser, from, hex, ret_char) ? 1 : -1;
    }
    if (letter == 'N') {
        parser->at++;
        regex_fail(parser, from,
                   looking_at(parser, '{') ? "undefined character name" : "missing {");
        return -1;
    }
    if (ascii_is_digit(letter) || is_ascii_letter((unsigned char)letter)) {
        parser->at++;
        return 0;
    }
    *ret_char = take_character(parser);
    return 1;
}

static bool fail_escape(struct regex_parser *parser, const char *from)
{
    regex_fail_text(parser, from, "bad escape ", from, (size_t)(parser->at - from), "");
    return false;
}

/* Octal digits, at most @more of them, behind the first. */
static uint32_t take_octal(struct regex_parser *parser, int more)
{
    uint32_t c = (uint32_t)(parser->at[-1] - '0');

    while (more-- > 0 && !at_end(parser) && is_octal(*parser->at))
        c = c * 8 + (uint32_t)(*parser->at++ - '0');
    return c;
}

static bool fail_octal(struct regex_parser *parser, const char *from)
{
    return regex_fail_text(parser, from, "octal escape value ", from, (size_t)(parser->at - from),
                           " outside of range 0-0o377");
}

bool regex_write_reference(struct regex_parser *parser, unsigned group, const char *at,
                           struct regex_width *ret_width)
{
    if (parser->open[group])
        return regex_fail(parser, at, "cannot refer to an open group");
    hass_buf_printf(parser->out, "\\g{%u}", group);
    *ret_width = parser->widths[group];
    return true;
}

/* \0, \012, \1 … \99 outside of classes; parser->at is behind the first digit. */
static bool parse_number_escape(struct regex_parser *parser, const char *from,
                                struct regex_width *ret_width)
{
    const char *digits = parser->at - 1;

    if (*digits == '0') {
        regex_write(parser, take_octal(parser, 2));
        return true;
    }
    if (parser->end - digits >= 3 && is_octal(digits[0]) && is_octal(digits[1]) &&
        is_octal(digits[2])) {
        uint32_t c = take_octal(parser, 2);
        if (c > 0377)
            return fail_octal(parser, from);
        regex_write(parser, c);
        return true;
    }
    unsigned group = (unsigned)(*digits - '0');
    if (!at_end(parser) && ascii_is_digit(*parser->at))
        group = group * 10 + (unsigned)(*parser->at++ - '0');
    if (group > parser->result->groups)
        return regex_fail_text(parser, digits, "invalid group reference ", digits,
                               (size_t)(parser->at - digits), "");
    return regex_write_reference(parser, group, from, ret_width);
}

/* An escape outside of a class. */
bool regex_parse_escape(struct regex_parser *parser, enum regex_last *ret_last,
                        struct regex_width *ret_width)
{
    const char *from = parser->at - 1;
    uint32_t c;
    int r = take_escape(parser, from, &c);

    if (r < 0)
        return false;
    *ret_last = REGEX_ATOM;
    if (r > 0) {
        regex_write(parser, c);
        return true;
    }
    char letter = parser->at[-1];
    if (ascii_is_digit(letter))
        return parse_number_escape(parser, from, ret_width);
    if (class_members(letter, false)) {
        write_class(parser, letter);
        return true;
    }
    *ret_last = REGEX_ANCHOR;
    *ret_width = (struct regex_width){ 0, 0 };
    switch (letter) {
    case 'A':
        hass_buf_add_string(parser->out, "\\A");
        return true;
    case 'Z':
        hass_buf_add_string(parser->out, "\\z");
        return true;
    case 'b':
    case 'B':
        write_word_boundary(parser, letter == 'B');
        return true;
    default:
        return fail_escape(parser, from);
    }
}

/* --- classes: [a-z\d] ---------------------------------------------------------------------------------- */

/* One end of a range: a character, or a letter of a class of its own. */
struct member {
    const char *from;
    size_t length;
    uint32_t c;
    char letter; /* '\0': @c */
};

static bool take_member(struct regex_parser *parser, struct member *member)
{
    const char *from = parser->at;
    uint32_t c = take_character(parser);
    int r = 1;

    *member = (struct member){ .from = from, .c = c };
    if (c == '\\') {
        r = take_escape(parser, from, &member->c);
        if (r < 0)
            return false;
    }
    char letter = parser->at[-1];
    if (r == 0 && is_octal(letter)) {
        member->c = take_octal(parser, 2);
        if (member->c > 0377)
            return fail_octal(parser, from);
    } else if (r == 0 && letter == 'b') {
        member->c = '\b';
    } else if (r == 0) {
        if (!class_members(letter, false))
            return fail_escape(parser, from);
        member->letter = letter;
    }
    member->length = (size_t)(parser->at - from);
    return true;
}

static void write_member(struct regex_parser *parser, const struct member *member)
{
    if (member->letter)
        hass_buf_add_string(parser->out, class_members(member->letter, is_ascii(parser)));
    else
        regex_write(parser, member->c);
}

static bool parse_range(struct regex_parser *parser, const struct member *first,
                        const struct member *last)
{
    if (first->letter || last->letter || first->c > last->c)
        return regex_fail_text(parser, first->from, "bad character range ", first->from,
                               (size_t)(last->from + last->length - first->from), "");
    write_member(parser, first);
    hass_buf_add_char(parser->out, '-');
    write_member(parser, last);
    return true;
}

/* Behind the opening bracket. */
bool regex_parse_class(struct regex_parser *parser)
{
    static const char unterminated[] = "unterminated character set";
    const char *from = parser->at - 1;
    bool any = false;

    hass_buf_add_string(parser->out, take(parser, '^') ? "[^" : "[");
    for (;; any = true) {
        struct member first, last;
        if (at_end(parser))
            return regex_fail(parser, from, unterminated);
        if (any && take(parser, ']'))
            break;
        if (!take_member(parser, &first))
            return false;
        if (!take(parser, '-')) {
            write_member(parser, &first);
            continue;
        }
        if (at_end(parser))
            return regex_fail(parser, from, unterminated);
        if (take(parser, ']')) {
            write_member(parser, &first);
            regex_write(parser, '-');
            break;
        }
        if (!take_member(parser, &last) || !parse_range(parser, &first, &last))
            return false;
    }
    hass_buf_add_char(parser->out, ']');
    return true;
}
