/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the parser of patterns share: regex_translate.c (sequences, repeats), regex_class.c (escapes, classes),
 * regex_group.c (groups, flags).
 */
#pragma once

#include "base/utf8.h"
#include "template/characters.h"
#include "template/regex.h"

struct regex_width {
    uint32_t least, most;
};

/* What stands before a repeat. */
enum regex_last { REGEX_NOTHING, REGEX_ANCHOR, REGEX_REPEATED, REGEX_ATOM };

struct regex_parser {
    const char *start, *at, *end;
    struct hass_buf *out;
    struct regex_translation *result;
    unsigned flags; /* where the parser stands */
    unsigned depth;
    bool varying; /* a look-behind of no fixed width, which is told when all else is well */
    const char *condition; /* that names the highest group, and that group */
    unsigned condition_group;
    bool open[REGEX_MAX_GROUPS + 1];
    struct regex_width widths[REGEX_MAX_GROUPS + 1];
};

/** Sets the problem. Return false. */
bool regex_fail(struct regex_parser *parser, const char *at, const char *message);
/** With @length bytes at @from between @before and @behind. */
bool regex_fail_text(struct regex_parser *parser, const char *at, const char *before,
                     const char *from, size_t length, const char *behind);
/** Appends @c so that it means itself. */
void regex_write(struct regex_parser *parser, uint32_t c);
bool regex_write_reference(struct regex_parser *parser, unsigned group, const char *at,
                           struct regex_width *ret_width);
/** Behind a backslash, outside of a class. */
bool regex_parse_escape(struct regex_parser *parser, enum regex_last *ret_last,
                        struct regex_width *ret_width);
/** Behind "[". */
bool regex_parse_class(struct regex_parser *parser);
/** Behind "(" or "(?P<name>"; @from is the "(". */
bool regex_parse_capture(struct regex_parser *parser, const char *from,
                         const struct regex_name *name, struct regex_width *ret_width);
/** Behind "(?". */
bool regex_parse_extension(struct regex_parser *parser, const char *from, bool first,
                           enum regex_last *last, struct regex_width *ret_width);
/** Up to the end or a ")". @top: flags may stand here. */
bool regex_parse_alternatives(struct regex_parser *parser, bool top, struct regex_width *ret_width);

static inline bool at_end(const struct regex_parser *parser)
{
    return parser->at >= parser->end;
}

static inline bool looking_at(const struct regex_parser *parser, char c)
{
    return parser->at < parser->end && *parser->at == c;
}

static inline bool take(struct regex_parser *parser, char c)
{
    if (!looking_at(parser, c))
        return false;
    parser->at++;
    return true;
}

static inline uint32_t take_character(struct regex_parser *parser)
{
    uint32_t c;

    parser->at += char_decode(parser->at, (size_t)(parser->end - parser->at), &c);
    return c;
}

static inline bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

static inline bool is_ascii_letter(uint32_t c)
{
    return c < 0x80 && (ascii_is_lower((char)c) || ascii_is_upper((char)c));
}
