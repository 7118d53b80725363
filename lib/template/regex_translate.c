/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grammar of Python's patterns, by recursive descent. Everything that is written is one atom of PCRE2, so that a repeat behind it binds as it
 * does in Python. Widths are computed because look-behind needs a fixed one.
 */
#include <stdio.h>

#include "template/regex_parser.h"

enum {
    MOST_REPEATS = 65535, /* that PCRE2 counts */
};

#define ENDLESS UINT32_MAX

/* --- problems ------------------------------------------------------------------------------------------ */

void regex_problem(char problem[REGEX_PROBLEM], const char *pattern, size_t length, const char *at,
                   const char *message)
{
    size_t position = chars_count(pattern, (size_t)(at - pattern)), line = 1;
    const char *line_start = pattern;

    for (const char *c = pattern; c < at; c++) {
        if (*c == '\n') {
            line++;
            line_start = c + 1;
        }
    }
    int written = snprintf(problem, REGEX_PROBLEM, "%.120s at position %zu", message, position);
    if (memchr(pattern, '\n', length))
        snprintf(problem + written, REGEX_PROBLEM - (size_t)written, " (line %zu, column %zu)",
                 line, chars_count(line_start, (size_t)(at - line_start)) + 1);
}

bool regex_fail(struct regex_parser *parser, const char *at, const char *message)
{
    regex_problem(parser->result->problem, parser->start, (size_t)(parser->end - parser->start), at,
                  message);
    return false;
}

/* @format has one %s for what stands at @from. */
bool regex_fail_text(struct regex_parser *parser, const char *at, const char *before,
                     const char *from, size_t length, const char *behind)
{
    char message[160];

    snprintf(message, sizeof(message), "%s%.*s%s", before, (int)(length < 60 ? length : 60), from,
             behind);
    return regex_fail(parser, at, message);
}

/* --- repeats ------------------------------------------------------------------------------------------- */

static uint32_t multiply(uint32_t a, uint32_t b)
{
    if (a == 0 || b == 0)
        return 0;
    if (a == ENDLESS || b == ENDLESS || (uint64_t)a * b >= ENDLESS)
        return ENDLESS;
    return a * b;
}

static uint32_t add(uint32_t a, uint32_t b)
{
    return a == ENDLESS || b == ENDLESS || (uint64_t)a + b >= ENDLESS ? ENDLESS : a + b;
}

static uint32_t take_count(struct regex_parser *parser)
{
    uint64_t count = 0;

    while (!at_end(parser) && ascii_is_digit(*parser->at)) {
        count = count * 10 + (uint64_t)(*parser->at++ - '0');
        count = count > ENDLESS ? ENDLESS : count;
    }
    return (uint32_t)count;
}

/* Behind "{": 1 and the bounds, 0 when it is a brace and no repeat, -1 on failure. */
static int take_bounds(struct regex_parser *parser, struct regex_width *ret_bounds)
{
    const char *from = parser->at, *digits;

    if (looking_at(parser, '}'))
        return 0;
    uint32_t least = take_count(parser), most = least;
    if (take(parser, ',')) {
        digits = parser->at;
        most = take_count(parser);
        most = parser->at == digits ? ENDLESS : most;
    }
    if (!take(parser, '}')) {
        parser->at = from;
        return 0;
    }
    if (least > MOST_REPEATS) {
        regex_fail(parser, from, "the repetition number is too large");
        return -1;
    }
    if (most < least) {
        regex_fail(parser, from, "min repeat greater than max repeat");
        return -1;
    }
    *ret_bounds = (struct regex_width){ least, most > MOST_REPEATS ? ENDLESS : most };
    return 1;
}

static void write_bounds(struct regex_parser *parser, struct regex_width bounds)
{
    if (bounds.least == 0 && bounds.most == ENDLESS)
        hass_buf_add_char(parser->out, '*');
    else if (bounds.least == 1 && bounds.most == ENDLESS)
        hass_buf_add_char(parser->out, '+');
    else if (bounds.least == 0 && bounds.most == 1)
        hass_buf_add_char(parser->out, '?');
    else if (bounds.most == ENDLESS)
        hass_buf_printf(parser->out, "{%u,}", bounds.least);
    else
        hass_buf_printf(parser->out, "{%u,%u}", bounds.least, bounds.most);
}

/* @sign has been taken. 1 when a repeat was written, 0 when it is a brace, -1 on failure. */
static int parse_repeat(struct regex_parser *parser, char sign, enum regex_last last,
                        struct regex_width *width)
{
    const char *from = parser->at - 1;
    struct regex_width bounds = { sign == '+', sign == '?' ? 1 : ENDLESS };
    int r = sign == '{' ? take_bounds(parser, &bounds) : 1;

    if (r <= 0)
        return r;
    if (last == REGEX_NOTHING || last == REGEX_ANCHOR || last == REGEX_REPEATED) {
        regex_fail(parser, from, last == REGEX_REPEATED ? "multiple repeat" : "nothing to repeat");
        return -1;
    }
    write_bounds(parser, bounds);
    if (take(parser, '?'))
        hass_buf_add_char(parser->out, '?');
    else if (take(parser, '+'))
        hass_buf_add_char(parser->out, '+');
    width->least = multiply(width->least, bounds.least);
    width->most = multiply(width->most, bounds.most);
    return 1;
}

/* --- sequences ----------------------------------------------------------------------------------------- */

/* "(?#…)": 1 when there was one, 0, or -1 on failure. */
static int skip_comment(struct regex_parser *parser)
{
    const char *from = parser->at;

    if (parser->end - from < 3 || memcmp(from, "(?#", 3) != 0)
        return 0;
    while (!at_end(parser) && *parser->at != ')')
        parser->at++;
    if (take(parser, ')'))
        return 1;
    regex_fail(parser, from, "missing ), unterminated comment");
    return -1;
}

/* In verbose patterns blanks and comments mean nothing. */
static bool skip_verbose(struct regex_parser *parser)
{
    if (!(parser->flags & REGEX_VERBOSE) || at_end(parser))
        return false;
    if (ascii_is_space(*parser->at)) {
        parser->at++;
        return true;
    }
    if (*parser->at != '#')
        return false;
    while (!at_end(parser) && *parser->at != '\n')
        parser->at++;
    return true;
}

/* One atom; a repeat is handled by the caller. */
static bool parse_atom(struct regex_parser *parser, bool first, enum regex_last *last,
                       struct regex_width *ret_width)
{
    const char *from = parser->at;
    uint32_t c = take_character(parser);

    *ret_width = (struct regex_width){ 1, 1 };
    if (c == '(') {
        if (take(parser, '?'))
            return regex_parse_extension(parser, from, first, last, ret_width);
        *last = REGEX_ATOM;
        return regex_parse_capture(parser, from, NULL, ret_width);
    }
    if (c == '\\')
        return regex_parse_escape(parser, last, ret_width);
    *last = REGEX_ATOM;
    switch (c) {
    case '[':
        return regex_parse_class(parser);
    case '.':
        hass_buf_add_char(parser->out, '.');
        return true;
    case '^':
    case '$':
        hass_buf_add_char(parser->out, (char)c);
        *last = REGEX_ANCHOR;
        *ret_width = (struct regex_width){ 0, 0 };
        return true;
    default:
        regex_write(parser, c);
        return true;
    }
}

static bool parse_sequence(struct regex_parser *parser, bool first, struct regex_width *ret_width)
{
    struct regex_width total = { 0, 0 }, width = { 0, 0 };
    enum regex_last last = REGEX_NOTHING;

    while (!at_end(parser) && *parser->at != '|' && *parser->at != ')') {
        if (skip_verbose(parser))
            continue;
        int r = skip_comment(parser);
        if (r < 0)
            return false;
        if (r > 0)
            continue;
        char sign = *parser->at;
        if (memchr("*+?{", sign, 4)) {
            parser->at++;
            r = parse_repeat(parser, sign, last, &width);
            if (r < 0)
                return false;
            if (r > 0) {
                last = REGEX_REPEATED;
                continue;
            }
            parser->at--; /* a brace */
        }
        enum regex_last next = last;
        struct regex_width of_next;
        if (!parse_atom(parser, first && last == REGEX_NOTHING, &next, &of_next))
            return false;
        if (next == REGEX_NOTHING)
            continue; /* flags */
        total = (struct regex_width){ add(total.least, width.least), add(total.most, width.most) };
        width = of_next;
        last = next;
    }
    *ret_width = (struct regex_width){ add(total.least, width.least), add(total.most, width.most) };
    return true;
}

bool regex_parse_alternatives(struct regex_parser *parser, bool top, struct regex_width *ret_width)
{
    struct regex_width width;

    if (!parse_sequence(parser, top, ret_width))
        return false;
    while (take(parser, '|')) {
        hass_buf_add_char(parser->out, '|');
        if (!parse_sequence(parser, false, &width))
            return false;
        ret_width->least = width.least < ret_width->least ? width.least : ret_width->least;
        ret_width->most = width.most > ret_width->most ? width.most : ret_width->most;
    }
    return true;
}

bool regex_translate(const char *pattern, size_t length, unsigned flags,
                     struct regex_translation *ret_translation)
{
    struct regex_parser parser = { .start = pattern,
                                   .at = pattern,
                                   .end = pattern + length,
                                   .out = &ret_translation->pattern,
                                   .result = ret_translation,
                                   .flags = flags };
    struct regex_width width;

    ret_translation->flags = flags;
    if (!regex_parse_alternatives(&parser, true, &width))
        return false;
    if (!at_end(&parser))
        return regex_fail(&parser, parser.at, "unbalanced parenthesis");
    if (parser.condition_group > ret_translation->groups)
        return regex_fail_text(&parser, parser.condition, "invalid group reference ",
                               parser.condition, strspn(parser.condition, "0123456789"), "");
    if (parser.varying)
        snprintf(ret_translation->problem, REGEX_PROBLEM,
                 "look-behind requires fixed-width pattern");
    return !parser.varying;
}
