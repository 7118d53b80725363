/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grammar of Python's patterns, by recursive descent. Everything that is written is one atom of PCRE2, so that a repeat behind it binds as it
 * does in Python. Widths are computed because look-behind needs a fixed one.
 */
#include <stdio.h>

#include "base/utf8.h"
#include "template/characters.h"
#include "template/regex.h"

enum {
    MAX_DEPTH = 100,
    MOST_REPEATS = 65535, /* that PCRE2 counts */
};

#define ENDLESS UINT32_MAX

struct width {
    uint32_t least, most;
};

/* What stands before a repeat. */
enum last { NOTHING, ANCHOR, REPEATED, ATOM };

struct parser {
    const char *start, *at, *end;
    struct hass_buf *out;
    struct regex_translation *result;
    unsigned flags; /* where the parser stands */
    unsigned depth;
    bool varying; /* a look-behind of no fixed width, which is told when all else is well */
    const char *condition; /* that names the highest group, and that group */
    unsigned condition_group;
    bool open[REGEX_MAX_GROUPS + 1];
    struct width widths[REGEX_MAX_GROUPS + 1];
};

static bool parse_alternatives(struct parser *parser, bool top, struct width *ret_width);

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

static bool fail(struct parser *parser, const char *at, const char *message)
{
    regex_problem(parser->result->problem, parser->start, (size_t)(parser->end - parser->start), at,
                  message);
    return false;
}

/* @format has one %s for what stands at @from. */
static bool fail_text(struct parser *parser, const char *at, const char *before, const char *from,
                      size_t length, const char *behind)
{
    char message[160];

    snprintf(message, sizeof(message), "%s%.*s%s", before, (int)(length < 60 ? length : 60), from,
             behind);
    return fail(parser, at, message);
}

/* --- reading ------------------------------------------------------------------------------------------- */

static bool at_end(const struct parser *parser)
{
    return parser->at >= parser->end;
}

static bool looking_at(const struct parser *parser, char c)
{
    return parser->at < parser->end && *parser->at == c;
}

static bool take(struct parser *parser, char c)
{
    if (!looking_at(parser, c))
        return false;
    parser->at++;
    return true;
}

static uint32_t take_character(struct parser *parser)
{
    uint32_t c;

    parser->at += char_decode(parser->at, (size_t)(parser->end - parser->at), &c);
    return c;
}

static bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

static bool is_ascii_letter(uint32_t c)
{
    return c < 0x80 && (ascii_is_lower((char)c) || ascii_is_upper((char)c));
}

/* --- writing ------------------------------------------------------------------------------------------- */

static void write_character(struct parser *parser, uint32_t c)
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

static bool is_ascii(const struct parser *parser)
{
    return parser->flags & REGEX_ASCII;
}

static void write_class(struct parser *parser, char letter)
{
    if (letter == 'S' && !is_ascii(parser))
        hass_buf_add_string(parser->out, "[^\\s\\x{1c}-\\x{1f}]");
    else
        hass_buf_printf(parser->out, "[%s]", class_members(letter, is_ascii(parser)));
}

static void write_word_boundary(struct parser *parser, bool negated)
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
static bool take_hex(struct parser *parser, const char *from, size_t digits, uint32_t *ret_char)
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
        return fail_text(parser, from, "incomplete escape ", from, length, "");
    if (c > 0x10ffff)
        return fail_text(parser, from, "bad escape ", from, length, "");
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
static int take_escape(struct parser *parser, const char *from, uint32_t *ret_char)
{
    if (at_end(parser)) {
        fail(parser, from, "bad escape (end of pattern)");
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
        fail(parser, from, looking_at(parser, '{') ? "undefined character name" : "missing {");
        return -1;
    }
    if (ascii_is_digit(letter) || is_ascii_letter((unsigned char)letter)) {
        parser->at++;
        return 0;
    }
    *ret_char = take_character(parser);
    return 1;
}

static bool fail_escape(struct parser *parser, const char *from)
{
    fail_text(parser, from, "bad escape ", from, (size_t)(parser->at - from), "");
    return false;
}

/* Octal digits, at most @more of them, behind the first. */
static uint32_t take_octal(struct parser *parser, int more)
{
    uint32_t c = (uint32_t)(parser->at[-1] - '0');

    while (more-- > 0 && !at_end(parser) && is_octal(*parser->at))
        c = c * 8 + (uint32_t)(*parser->at++ - '0');
    return c;
}

static bool fail_octal(struct parser *parser, const char *from)
{
    return fail_text(parser, from, "octal escape value ", from, (size_t)(parser->at - from),
                     " outside of range 0-0o377");
}

static bool write_reference(struct parser *parser, unsigned group, const char *at,
                            struct width *ret_width)
{
    if (group > parser->result->groups) {
        char message[64];
        snprintf(message, sizeof(message), "invalid group reference %u", group);
        return fail(parser, at, message);
    }
    if (parser->open[group])
        return fail(parser, at, "cannot refer to an open group");
    hass_buf_printf(parser->out, "\\g{%u}", group);
    *ret_width = parser->widths[group];
    return true;
}

/* \0, \012, \1 … \99 outside of classes; parser->at is behind the first digit. */
static bool parse_number_escape(struct parser *parser, const char *from, struct width *ret_width)
{
    const char *digits = parser->at - 1;

    if (*digits == '0') {
        write_character(parser, take_octal(parser, 2));
        return true;
    }
    if (parser->end - digits >= 3 && is_octal(digits[0]) && is_octal(digits[1]) &&
        is_octal(digits[2])) {
        uint32_t c = take_octal(parser, 2);
        if (c > 0377)
            return fail_octal(parser, from);
        write_character(parser, c);
        return true;
    }
    unsigned group = (unsigned)(*digits - '0');
    if (!at_end(parser) && ascii_is_digit(*parser->at))
        group = group * 10 + (unsigned)(*parser->at++ - '0');
    return write_reference(parser, group, from + 1, ret_width);
}

/* An escape outside of a class. */
static bool parse_escape(struct parser *parser, enum last *ret_last, struct width *ret_width)
{
    const char *from = parser->at - 1;
    uint32_t c;
    int r = take_escape(parser, from, &c);

    if (r < 0)
        return false;
    *ret_last = ATOM;
    if (r > 0) {
        write_character(parser, c);
        return true;
    }
    char letter = parser->at[-1];
    if (ascii_is_digit(letter))
        return parse_number_escape(parser, from, ret_width);
    if (class_members(letter, false)) {
        write_class(parser, letter);
        return true;
    }
    *ret_last = ANCHOR;
    *ret_width = (struct width){ 0, 0 };
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

static bool take_member(struct parser *parser, struct member *member)
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

static void write_member(struct parser *parser, const struct member *member)
{
    if (member->letter)
        hass_buf_add_string(parser->out, class_members(member->letter, is_ascii(parser)));
    else
        write_character(parser, member->c);
}

static bool parse_range(struct parser *parser, const struct member *first,
                        const struct member *last)
{
    if (first->letter || last->letter || first->c > last->c)
        return fail_text(parser, first->from, "bad character range ", first->from,
                         (size_t)(last->from + last->length - first->from), "");
    write_member(parser, first);
    hass_buf_add_char(parser->out, '-');
    write_member(parser, last);
    return true;
}

/* Behind the opening bracket. */
static bool parse_class(struct parser *parser)
{
    static const char unterminated[] = "unterminated character set";
    const char *from = parser->at - 1;
    bool any = false;

    hass_buf_add_string(parser->out, take(parser, '^') ? "[^" : "[");
    for (;; any = true) {
        struct member first, last;
        if (at_end(parser))
            return fail(parser, from, unterminated);
        if (any && take(parser, ']'))
            break;
        if (!take_member(parser, &first))
            return false;
        if (!take(parser, '-')) {
            write_member(parser, &first);
            continue;
        }
        if (at_end(parser))
            return fail(parser, from, unterminated);
        if (take(parser, ']')) {
            write_member(parser, &first);
            write_character(parser, '-');
            break;
        }
        if (!take_member(parser, &last) || !parse_range(parser, &first, &last))
            return false;
    }
    hass_buf_add_char(parser->out, ']');
    return true;
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

static uint32_t take_count(struct parser *parser)
{
    uint64_t count = 0;

    while (!at_end(parser) && ascii_is_digit(*parser->at)) {
        count = count * 10 + (uint64_t)(*parser->at++ - '0');
        count = count > ENDLESS ? ENDLESS : count;
    }
    return (uint32_t)count;
}

/* Behind "{": 1 and the bounds, 0 when it is a brace and no repeat, -1 on failure. */
static int take_bounds(struct parser *parser, struct width *ret_bounds)
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
        fail(parser, from, "the repetition number is too large");
        return -1;
    }
    if (most < least) {
        fail(parser, from, "min repeat greater than max repeat");
        return -1;
    }
    *ret_bounds = (struct width){ least, most > MOST_REPEATS ? ENDLESS : most };
    return 1;
}

static void write_bounds(struct parser *parser, struct width bounds)
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
static int parse_repeat(struct parser *parser, char sign, enum last last, struct width *width)
{
    const char *from = parser->at - 1;
    struct width bounds = { sign == '+', sign == '?' ? 1 : ENDLESS };
    int r = sign == '{' ? take_bounds(parser, &bounds) : 1;

    if (r <= 0)
        return r;
    if (last == NOTHING || last == ANCHOR || last == REPEATED) {
        fail(parser, from, last == REPEATED ? "multiple repeat" : "nothing to repeat");
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

/* --- groups -------------------------------------------------------------------------------------------- */

struct name {
    const char *text;
    size_t length;
};

static bool take_name(struct parser *parser, char end, struct name *name)
{
    const char *from = parser->at;

    while (!at_end(parser) && *parser->at != end)
        parser->at++;
    *name = (struct name){ from, (size_t)(parser->at - from) };
    if (at_end(parser)) {
        char message[40] = "missing group name";
        if (name->length)
            snprintf(message, sizeof(message), "missing %c, unterminated name", end);
        return fail(parser, from, message);
    }
    parser->at++;
    return name->length > 0 || fail(parser, from, "missing group name");
}

static bool is_identifier(const struct name *name)
{
    for (size_t i = 0; i < name->length; i++) {
        char c = name->text[i];
        if (!is_ascii_letter((unsigned char)c) && c != '_' && (unsigned char)c < 0x80 &&
            !(i && ascii_is_digit(c)))
            return false;
    }
    return true;
}

static bool want_identifier(struct parser *parser, const struct name *name)
{
    return is_identifier(name) || fail_text(parser, name->text, "bad character in group name '",
                                            name->text, name->length, "'");
}

static unsigned find_group(const struct parser *parser, const struct name *name)
{
    const struct regex_translation *result = parser->result;

    for (unsigned i = 0; i < result->name_count; i++)
        if (result->names[i].length == name->length &&
            memcmp(result->names[i].text, name->text, name->length) == 0)
            return result->names[i].group;
    return 0;
}

/* Behind the opening of a group: what is in it, and the closing. @from is its "(". */
static bool parse_inside(struct parser *parser, const char *from, struct width *ret_width)
{
    if (++parser->depth > MAX_DEPTH)
        return fail(parser, from, "more than 100 groups in each other");
    if (!parse_alternatives(parser, false, ret_width))
        return false;
    parser->depth--;
    if (!take(parser, ')'))
        return fail(parser, from, "missing ), unterminated subpattern");
    hass_buf_add_char(parser->out, ')');
    return true;
}

/* The same, in which flags may be turned on and off. */
static bool parse_scoped(struct parser *parser, const char *from, const char *opening,
                         unsigned flags, struct width *ret_width)
{
    unsigned before = parser->flags;

    hass_buf_add_string(parser->out, opening);
    parser->flags = flags;
    bool ok = parse_inside(parser, from, ret_width);
    parser->flags = before;
    return ok;
}

static bool parse_capture(struct parser *parser, const char *from, const struct name *name,
                          struct width *ret_width)
{
    struct regex_translation *result = parser->result;
    unsigned group = result->groups + 1, was = name ? find_group(parser, name) : 0;

    if (group > REGEX_MAX_GROUPS)
        return fail(parser, from, "more than 255 groups");
    if (was) {
        char behind[60];
        snprintf(behind, sizeof(behind), "' as group %u; was group %u", group, was);
        return fail_text(parser, name->text, "redefinition of group name '", name->text,
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
static bool parse_named(struct parser *parser, const char *from, struct width *ret_width)
{
    struct name name;

    if (take(parser, '<'))
        return take_name(parser, '>', &name) && want_identifier(parser, &name) &&
               parse_capture(parser, from, &name, ret_width);
    if (take(parser, '=')) {
        if (!take_name(parser, ')', &name) || !want_identifier(parser, &name))
            return false;
        unsigned group = find_group(parser, &name);
        if (!group)
            return fail_text(parser, name.text, "unknown group name '", name.text, name.length,
                             "'");
        return write_reference(parser, group, name.text, ret_width);
    }
    if (at_end(parser))
        return fail(parser, parser->at, "unexpected end of pattern");
    const char *extension = parser->at - 2;
    take_character(parser);
    return fail_text(parser, extension, "unknown extension ", extension,
                     (size_t)(parser->at - extension), "");
}

/* Behind "(?=", "(?!", "(?<=" or "(?<!". */
static bool parse_look(struct parser *parser, const char *from, bool behind, char sign,
                       struct width *ret_width)
{
    char opening[5];
    struct width width;

    snprintf(opening, sizeof(opening), "(?%s%c", behind ? "<" : "", sign);
    if (!parse_scoped(parser, from, opening, parser->flags, &width))
        return false;
    parser->varying |= behind && width.least != width.most;
    *ret_width = (struct width){ 0, 0 };
    return true;
}

/* Behind "(?(": a group's number or name, then one or two alternatives. */
static bool parse_conditional(struct parser *parser, const char *from, struct width *ret_width)
{
    struct name name;
    unsigned group = 0;
    size_t bars = 0;

    if (!take_name(parser, ')', &name))
        return false;
    if (ascii_is_digit(name.text[0])) {
        for (size_t i = 0; i < name.length; i++) {
            if (!ascii_is_digit(name.text[i]) || i > 3)
                return fail_text(parser, name.text, "bad character in group name '", name.text,
                                 name.length, "'");
            group = group * 10 + (unsigned)(name.text[i] - '0');
        }
        if (group == 0)
            return fail(parser, name.text, "bad group number");
        if (group > parser->condition_group) {
            parser->condition_group = group;
            parser->condition = name.text;
        }
    } else {
        if (!want_identifier(parser, &name))
            return false;
        group = find_group(parser, &name);
        if (!group)
            return fail_text(parser, name.text, "unknown group name '", name.text, name.length,
                             "'");
    }
    char opening[16];
    snprintf(opening, sizeof(opening), "(?(%u)", group);
    size_t before = parser->out->length + strlen(opening);
    if (!parse_scoped(parser, from, opening, parser->flags, ret_width))
        return false;
    /* Without a second alternative it may be empty. */
    size_t level = 0;
    bool set = false;
    for (size_t i = before; i + 1 < parser->out->length; i++) {
        char c = parser->out->data[i];
        if (c == '\\')
            i++;
        else if (set || c == '[')
            set = c != ']';
        else if (c == '(' || c == ')')
            level += c == '(' ? 1 : (size_t)-1;
        else
            bars += c == '|' && level == 0;
    }
    if (bars > 1)
        return fail(parser, parser->at - 1, "conditional backref with more than two branches");
    if (bars == 0)
        ret_width->least = 0;
    return true;
}

static unsigned flag_of(uint32_t c)
{
    static const char letters[] = "imsxau";
    const char *found = c && c < 0x80 ? strchr(letters, (int)c) : NULL;

    return found ? 1U << (found - letters) : 0;
}

static bool take_flag(struct parser *parser, const char *missing, unsigned *ret_flag)
{
    const char *from = parser->at;

    if (at_end(parser))
        return fail(parser, from, missing);
    uint32_t c = take_character(parser);
    if (c == 'L')
        return fail(parser, parser->at, "bad inline flags: cannot use 'L' flag with a str pattern");
    *ret_flag = flag_of(c);
    return *ret_flag || fail(parser, from, is_ascii_letter(c) ? "unknown flag" : missing);
}

/* Behind "(?": "i)", "im-s:". @ret_global when it ends with ")". */
static bool take_flags(struct parser *parser, unsigned *ret_on, unsigned *ret_off, bool *ret_global)
{
    unsigned flag, types = REGEX_ASCII | REGEX_UNICODE;

    *ret_on = *ret_off = 0;
    *ret_global = false;
    while (!looking_at(parser, '-') && !looking_at(parser, ':') && !looking_at(parser, ')')) {
        if (!take_flag(parser, "missing -, : or )", &flag))
            return false;
        *ret_on |= flag;
        if ((*ret_on & types) == types)
            return fail(parser, parser->at,
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
            return fail(parser, parser->at,
                        "bad inline flags: cannot turn off flags 'a', 'u' and 'L'");
        *ret_off |= flag;
    } while (!take(parser, ':'));
    return !(*ret_on & *ret_off) ||
           fail(parser, parser->at - 1, "bad inline flags: flag turned on and off");
}

/* Flags for all of the pattern stand at its beginning only; they become options. */
static bool parse_flags(struct parser *parser, const char *from, bool first, enum last *last,
                        struct width *ret_width)
{
    unsigned on, off;
    bool global;
    char opening[24] = "(?";

    if (!take_flags(parser, &on, &off, &global))
        return false;
    if (global) {
        if (!first)
            return fail(parser, from, "global flags not at the start of the expression");
        parser->flags |= on;
        parser->result->flags |= on;
        *last = NOTHING;
        *ret_width = (struct width){ 0, 0 };
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

/* "(?#…)": 1 when there was one, 0, or -1 on failure. */
static int skip_comment(struct parser *parser)
{
    const char *from = parser->at;

    if (parser->end - from < 3 || memcmp(from, "(?#", 3) != 0)
        return 0;
    while (!at_end(parser) && *parser->at != ')')
        parser->at++;
    if (take(parser, ')'))
        return 1;
    fail(parser, from, "missing ), unterminated comment");
    return -1;
}

/* Behind "(?". */
static bool parse_extension(struct parser *parser, const char *from, bool first, enum last *last,
                            struct width *ret_width)
{
    *last = ATOM;
    if (at_end(parser))
        return fail(parser, parser->at, "unexpected end of pattern");
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
            return fail(parser, parser->at, "unexpected end of pattern");
        if (take(parser, '=') || take(parser, '!'))
            return parse_look(parser, from, true, parser->at[-1], ret_width);
        take_character(parser);
        return fail_text(parser, from + 1, "unknown extension ", from + 1,
                         (size_t)(parser->at - from) - 1, "");
    default:
        parser->at--;
        if (looking_at(parser, '-') || looking_at(parser, 'L') ||
            flag_of((unsigned char)*parser->at))
            return parse_flags(parser, from, first, last, ret_width);
        take_character(parser);
        return fail_text(parser, from + 1, "unknown extension ", from + 1,
                         (size_t)(parser->at - from) - 1, "");
    }
}

/* --- sequences ----------------------------------------------------------------------------------------- */

/* In verbose patterns blanks and comments mean nothing. */
static bool skip_verbose(struct parser *parser)
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
static bool parse_atom(struct parser *parser, bool first, enum last *last, struct width *ret_width)
{
    const char *from = parser->at;
    uint32_t c = take_character(parser);

    *ret_width = (struct width){ 1, 1 };
    if (c == '(') {
        if (take(parser, '?'))
            return parse_extension(parser, from, first, last, ret_width);
        *last = ATOM;
        return parse_capture(parser, from, NULL, ret_width);
    }
    if (c == '\\')
        return parse_escape(parser, last, ret_width);
    *last = ATOM;
    switch (c) {
    case '[':
        return parse_class(parser);
    case '.':
        hass_buf_add_char(parser->out, '.');
        return true;
    case '^':
    case '$':
        hass_buf_add_char(parser->out, (char)c);
        *last = ANCHOR;
        *ret_width = (struct width){ 0, 0 };
        return true;
    default:
        write_character(parser, c);
        return true;
    }
}

static bool parse_sequence(struct parser *parser, bool first, struct width *ret_width)
{
    struct width total = { 0, 0 }, width = { 0, 0 };
    enum last last = NOTHING;

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
                last = REPEATED;
                continue;
            }
            parser->at--; /* a brace */
        }
        enum last next = last;
        struct width of_next;
        if (!parse_atom(parser, first && last == NOTHING, &next, &of_next))
            return false;
        if (next == NOTHING)
            continue; /* flags */
        total = (struct width){ add(total.least, width.least), add(total.most, width.most) };
        width = of_next;
        last = next;
    }
    *ret_width = (struct width){ add(total.least, width.least), add(total.most, width.most) };
    return true;
}

static bool parse_alternatives(struct parser *parser, bool top, struct width *ret_width)
{
    struct width width;

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
    struct parser parser = { .start = pattern,
                             .at = pattern,
                             .end = pattern + length,
                             .out = &ret_translation->pattern,
                             .result = ret_translation,
                             .flags = flags };
    struct width width;

    ret_translation->flags = flags;
    if (!parse_alternatives(&parser, true, &width))
        return false;
    if (!at_end(&parser))
        return fail(&parser, parser.at, "unbalanced parenthesis");
    if (parser.condition_group > ret_translation->groups)
        return fail_text(&parser, parser.condition, "invalid group reference ", parser.condition,
                         strspn(parser.condition, "0123456789"), "");
    if (parser.varying)
        snprintf(ret_translation->problem, REGEX_PROBLEM,
                 "look-behind requires fixed-width pattern");
    return !parser.varying;
}
