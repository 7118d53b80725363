/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of patterns: captures, names, look-around, conditions, flags. */
#include <stdio.h>

#include "template/regex_parser.h"

enum {
    MAX_DEPTH = 100,
};

/* --- groups -------------------------------------------------------------------------------------------- */

static bool take_name(struct regex_parser *parser, char end, struct regex_name *name)
{
    const char *from = parser->at;

    while (!at_end(parser) && *parser->at != end)
        parser->at++;
    *name = (struct regex_name){ .text = from, .length = (size_t)(parser->at - from) };
    if (at_end(parser)) {
        char message[40] = "missing group name";
        if (name->length)
            snprintf(message, sizeof(message), "missing %c, unterminated name", end);
        return regex_fail(parser, from, message);
    }
    parser->at++;
    return name->length > 0 || regex_fail(parser, from, "missing group name");
}

static bool is_identifier(const struct regex_name *name)
{
    for (size_t i = 0; i < name->length; i++) {
        char c = name->text[i];
        if (!is_ascii_letter((unsigned char)c) && c != '_' && (unsigned char)c < 0x80 &&
            !(i && ascii_is_digit(c)))
            return false;
    }
    return true;
}

static bool fail_name(struct regex_parser *parser, const struct regex_name *name)
{
    return regex_fail_text(parser, name->text, "bad character in group name '", name->text,
                           name->length, "'");
}

static bool fail_unknown(struct regex_parser *parser, const struct regex_name *name)
{
    return regex_fail_text(parser, name->text, "unknown group name '", name->text, name->length,
                           "'");
}

static bool want_identifier(struct regex_parser *parser, const struct regex_name *name)
{
    return is_identifier(name) || fail_name(parser, name);
}

static unsigned find_group(const struct regex_parser *parser, const struct regex_name *name)
{
    const struct regex_translation *result = parser->result;

    for (unsigned i = 0; i < result->name_count; i++)
        if (result->names[i].length == name->length &&
            memcmp(result->names[i].text, name->text, name->length) == 0)
            return result->names[i].group;
    return 0;
}

/* Behind the opening of a group: what is in it, and the closing. @from is its "(". */
static bool parse_inside(struct regex_parser *parser, const char *from,
                         struct regex_width *ret_width)
{
    if (++parser->depth > MAX_DEPTH)
        return regex_fail(parser, from, "more than 100 groups in each other");
    if (!regex_parse_alternatives(parser, false, ret_width))
        return false;
    parser->depth--;
    if (!take(parser, ')'))
        return regex_fail(parser, from, "missing ), unterminated subpattern");
    hass_buf_add_char(parser->out, ')');
    return true;
}

/* The same, in which flags may be turned on and off. */
static bool parse_scoped(struct regex_parser *parser, const char *from, const char *opening,
                         unsigned flags, struct regex_width *ret_width)
{
    unsigned before = parser->flags;

    hass_buf_add_string(parser->out, opening);
    parser->flags = flags;
    bool ok = parse_inside(parser, from, ret_width);
    parser->flags = before;
    return ok;
}

bool regex_parse_capture(struct regex_parser *parser, const char *from,
                         const struct regex_name *name, struct regex_width *ret_width)
{
    struct regex_translation *result = parser->result;
    unsigned group = result->groups + 1, was = name ? find_group(parser, name) : 0;

    if (group > REGEX_MAX_GROUPS)
        return regex_fail(parser, from, "more than 255 groups");
    if (was) {
        char behind[60];
        snprintf(behind, sizeof(behind), "' as group %u; was group %u", group, was);
        return regex_fail_text(parser, name->text, "redefinition of group name '", name->text,
                               name->length, behind);
    }
    result->groups = group;
    if (name)
        result->names[result->name_count++] =
            (struct regex_name){ name->text, name->length, group };
    parser->open[group] = true;
    if (!parse_scoped(parser, from, "(", parser->flags, ret_width))
        return false;
    parser->open[group] = false;
    parser->widths[group] = *ret_width;
    return true;
}

/* Behind "(?P". */
static bool parse_named(struct regex_parser *parser, const char *from,
                        struct regex_width *ret_width)
{
    struct regex_name name;

    if (take(parser, '<'))
        return take_name(parser, '>', &name) && want_identifier(parser, &name) &&
               regex_parse_capture(parser, from, &name, ret_width);
    if (take(parser, '=')) {
        if (!take_name(parser, ')', &name) || !want_identifier(parser, &name))
            return false;
        unsigned group = find_group(parser, &name);
        if (!group)
            return regex_fail_text(parser, name.text, "unknown group name '", name.text,
                                   name.length, "'");
        return regex_write_reference(parser, group, name.text, ret_width);
    }
    if (at_end(parser))
        return regex_fail(parser, parser->at, "unexpected end of pattern");
    const char *extension = parser->at - 2;
    take_character(parser);
    return regex_fail_text(parser, extension, "unknown extension ", extension,
                           (size_t)(parser->at - extension), "");
}

/* Behind "(?=", "(?!", "(?<=" or "(?<!". */
static bool parse_look(struct regex_parser *parser, const char *from, bool behind, char sign,
                       struct regex_width *ret_width)
{
    char opening[5];
    struct regex_width width;

    snprintf(opening, sizeof(opening), "(?%s%c", behind ? "<" : "", sign);
    if (!parse_scoped(parser, from, opening, parser->flags, &width))
        return false;
    parser->varying |= behind && width.least != width.most;
    *ret_width = (struct regex_width){ 0, 0 };
    return true;
}

/* The group that a condition names; a number may be that of a group which comes later. */
static bool condition_group(struct regex_parser *parser, const struct regex_name *name,
                            unsigned *ret_group)
{
    unsigned group = 0;

    if (!ascii_is_digit(name->text[0])) {
        *ret_group = want_identifier(parser, name) ? find_group(parser, name) : 0;
        return *ret_group || (!parser->result->problem[0] && fail_unknown(parser, name));
    }
    for (size_t i = 0; i < name->length; i++) {
        if (!ascii_is_digit(name->text[i]) || i > 3)
            return fail_name(parser, name);
        group = group * 10 + (unsigned)(name->text[i] - '0');
    }
    if (group == 0)
        return regex_fail(parser, name->text, "bad group number");
    if (group > parser->condition_group) {
        parser->condition_group = group;
        parser->condition = name->text;
    }
    *ret_group = group;
    return true;
}

/* Counts the bars between alternatives of what has been written from @from on, without its closing. */
static size_t count_bars(const struct hass_buf *out, size_t from)
{
    size_t level = 0, bars = 0;
    bool set = false;

    for (size_t i = from; i + 1 < out->length; i++) {
        char c = out->data[i];
        if (c == '\\')
            i++;
        else if (set || c == '[')
            set = c != ']';
        else if (c == '(' || c == ')')
            level += c == '(' ? 1 : (size_t)-1;
        else
            bars += c == '|' && level == 0;
    }
    return bars;
}

/* Behind "(?(": a group's number or name, then one or two alternatives. */
static bool parse_conditional(struct regex_parser *parser, const char *from,
                              struct regex_width *ret_width)
{
    struct regex_name name;
    char opening[16];
    unsigned group = 0;

    if (!take_name(parser, ')', &name) || !condition_group(parser, &name, &group))
        return false;
    snprintf(opening, sizeof(opening), "(?(%u)", group);
    size_t before = parser->out->length + strlen(opening);
    if (!parse_scoped(parser, from, opening, parser->flags, ret_width))
        return false;
    size_t bars = count_bars(parser->out, before);
    if (bars > 1)
        return regex_fail(parser, parser->at - 1,
                          "conditional backref with more than two branches");
    if (bars == 0)
        ret_width->least = 0; /* without a second alternative it may be empty */
    return true;
}

static unsigned flag_of(uint32_t c)
{
    static const char letters[] = "imsxau";
    const char *found = c && c < 0x80 ? strchr(letters, (int)c) : NULL;

    return found ? 1U << (found - letters) : 0;
}

static bool take_flag(struct regex_parser *parser, const char *missing, unsigned *ret_flag)
{
    const char *from = parser->at;

    if (at_end(parser))
        return regex_fail(parser, from, missing);
    uint32_t c = take_character(parser);
    if (c == 'L')
        return regex_fail(parser, parser->at,
                          "bad inline flags: cannot use 'L' flag with a str pattern");
    *ret_flag = flag_of(c);
    return *ret_flag || regex_fail(parser, from, is_ascii_letter(c) ? "unknown flag" : missing);
}

/* Behind "(?": "i)", "im-s:". @ret_global when it ends with ")". */
static bool take_flags(struct regex_parser *parser, unsigned *ret_on, unsigned *ret_off,
                       bool *ret_global)
{
    unsigned flag, types = REGEX_ASCII | REGEX_UNICODE;

    *ret_on = *ret_off = 0;
    *ret_global = false;
    while (!looking_at(parser, '-') && !looking_at(parser, ':') && !looking_at(parser, ')')) {
        if (!take_flag(parser, "missing -, : or )", &flag))
            return false;
        *ret_on |= flag;
        if ((*ret_on & types) == types)
            return regex_fail(parser, parser->at,
                              "bad inline flags: flags 'a', 'u' and 'L' are incompatible");
    }
    *ret_global = take(parser, ')');
    if (*ret_global || take(parser, ':'))
        return true;
    parser->at++;
    do {
        if (!take_flag(parser, *ret_off ? "missing :" : "missing flag", &flag))
            return false;
        if (flag & types)
            return regex_fail(parser, parser->at,
                              "bad inline flags: cannot turn off flags 'a', 'u' and 'L'");
        *ret_off |= flag;
    } while (!take(parser, ':'));
    return !(*ret_on & *ret_off) ||
           regex_fail(parser, parser->at - 1, "bad inline flags: flag turned on and off");
}

/* Flags for all of the pattern stand at its beginning only; they become options. */
static bool parse_flags(struct regex_parser *parser, const char *from, bool first,
                        enum regex_last *last, struct regex_width *ret_width)
{
    unsigned on, off;
    bool global;
    char opening[24] = "(?";

    if (!take_flags(parser, &on, &off, &global))
        return false;
    if (global) {
        if (!first)
            return regex_fail(parser, from, "global flags not at the start of the expression");
        parser->flags |= on;
        parser->result->flags |= on;
        *last = REGEX_NOTHING;
        *ret_width = (struct regex_width){ 0, 0 };
        return true;
    }
    char *to = opening + 2;
    for (unsigned i = 0; i < 3; i++)
        if (on & 1U << i)
            *to++ = "ims"[i];
    if (off & 7)
        *to++ = '-';
    for (unsigned i = 0; i < 3; i++)
        if (off & 1U << i)
            *to++ = "ims"[i];
    *to = ':';
    unsigned flags = (parser->flags | on) & ~off;
    if (on & REGEX_UNICODE)
        flags &= ~(unsigned)REGEX_ASCII;
    return parse_scoped(parser, from, opening, flags, ret_width);
}

/* Behind "(?". */
bool regex_parse_extension(struct regex_parser *parser, const char *from, bool first,
                           enum regex_last *last, struct regex_width *ret_width)
{
    *last = REGEX_ATOM;
    if (at_end(parser))
        return regex_fail(parser, parser->at, "unexpected end of pattern");
    switch (*parser->at++) {
    case 'P':
        return parse_named(parser, from, ret_width);
    case ':':
        return parse_scoped(parser, from, "(?:", parser->flags, ret_width);
    case '>':
        return parse_scoped(parser, from, "(?>", parser->flags, ret_width);
    case '(':
        return parse_conditional(parser, from, ret_width);
    case '=':
    case '!':
        return parse_look(parser, from, false, parser->at[-1], ret_width);
    case '<':
        if (at_end(parser))
            return regex_fail(parser, parser->at, "unexpected end of pattern");
        if (take(parser, '=') || take(parser, '!'))
            return parse_look(parser, from, true, parser->at[-1], ret_width);
        take_character(parser);
        return regex_fail_text(parser, from + 1, "unknown extension ", from + 1,
                               (size_t)(parser->at - from) - 1, "");
    default:
        parser->at--;
        if (looking_at(parser, '-') || looking_at(parser, 'L') ||
            flag_of((unsigned char)*parser->at))
            return parse_flags(parser, from, first, last, ret_width);
        take_character(parser);
        return regex_fail_text(parser, from + 1, "unknown extension ", from + 1,
                               (size_t)(parser->at - from) - 1, "");
    }
}
