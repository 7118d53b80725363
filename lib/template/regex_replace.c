/* SPDX-License-Identifier: Apache-2.0 */
/* Replacements of regex_replace: texts and references to groups, by Python's rules. */
#include <stdio.h>

#include "base/utf8.h"
#include "template/builtins.h"
#include "template/characters.h"
#include "template/regex.h"

struct parser {
    struct tmpl_vm *vm;
    const char *start, *at, *end;
    unsigned groups;
    const struct regex_names *names;
    struct regex_piece *pieces;
    size_t count;
};

static int fail(struct parser *parser, const char *at, const char *message)
{
    char problem[REGEX_PROBLEM];

    regex_problem(problem, parser->start, (size_t)(parser->end - parser->start), at, message);
    return tmpl_raise(parser->vm, TMPL_REGEX_ERROR, "%s", problem);
}

static void add_text(struct parser *parser, const char *text, size_t length)
{
    if (length)
        parser->pieces[parser->count++] =
            (struct regex_piece){ -1, tmpl_string_view(text, length) };
}

static void add_character(struct parser *parser, uint32_t c)
{
    char *bytes = tmpl_alloc(&parser->vm->heap, 4);

    add_text(parser, bytes, char_encode(c, bytes));
}

static int add_group(struct parser *parser, unsigned group, const char *at)
{
    char message[64];

    if (group > parser->groups) {
        snprintf(message, sizeof(message), "invalid group reference %u", group);
        return fail(parser, at, message);
    }
    parser->pieces[parser->count++] = (struct regex_piece){ .group = (int)group };
    return 0;
}

/* Behind "\g". */
static int add_named_group(struct parser *parser)
{
    char message[100];

    if (parser->at == parser->end || *parser->at != '<')
        return fail(parser, parser->at, "missing <");
    const char *name = ++parser->at;
    const char *end = memchr(name, '>', (size_t)(parser->end - name));
    size_t length = (size_t)((end ? end : parser->end) - name), digits = 0;
    if (!end && length)
        return fail(parser, name, "missing >, unterminated name");
    if (length == 0)
        return fail(parser, name, "missing group name");
    parser->at = end + 1;
    while (digits < length && ascii_is_digit(name[digits]))
        digits++;
    if (digits == length)
        return add_group(parser, length > 6 ? 999999 : (unsigned)strtoul(name, NULL, 10), name);
    for (unsigned i = 0; i < parser->names->count; i++)
        if (parser->names->list[i].length == length &&
            memcmp(parser->names->list[i].text, name, length) == 0)
            return add_group(parser, parser->names->list[i].group, name);
    if (digits > 0) {
        snprintf(message, sizeof(message), "bad character in group name '%.*s'", (int)length, name);
        return fail(parser, name, message);
    }
    return tmpl_raise(parser->vm, TMPL_INDEX_ERROR, "unknown group name '%.*s'", (int)length, name);
}

static bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

/* Behind a backslash, at a digit: octal, or a group of one or two digits. */
static int add_number(struct parser *parser, const char *from)
{
    const char *at = parser->at;
    size_t left = (size_t)(parser->end - at), digits = 1;
    uint32_t number = (uint32_t)(*at - '0');
    bool octal = *at == '0' || (left >= 3 && is_octal(at[0]) && is_octal(at[1]) && is_octal(at[2]));

    if (octal) {
        for (; digits < 3 && digits < left && is_octal(at[digits]); digits++)
            number = number * 8 + (uint32_t)(at[digits] - '0');
    } else if (left > 1 && ascii_is_digit(at[1])) {
        number = number * 10 + (uint32_t)(at[1] - '0');
        digits = 2;
    }
    parser->at += digits;
    if (!octal)
        return add_group(parser, number, from + 1);
    if (number > 0377) {
        char message[80];
        snprintf(message, sizeof(message), "octal escape value %.*s outside of range 0-0o377",
                 (int)(digits + 1), from);
        return fail(parser, from, message);
    }
    add_character(parser, number);
    return 0;
}

/* Behind a backslash. */
static int add_escape(struct parser *parser)
{
    static const char letters[] = "abfnrtv\\", meanings[] = "\a\b\f\n\r\t\v\\";
    const char *from = parser->at - 1;

    if (parser->at == parser->end)
        return fail(parser, from, "bad escape (end of pattern)");
    char c = *parser->at;
    const char *found = c ? strchr(letters, c) : NULL;
    if (ascii_is_digit(c))
        return add_number(parser, from);
    parser->at++;
    if (c == 'g')
        return add_named_group(parser);
    if (found) {
        add_text(parser, &meanings[found - letters], 1);
        return 0;
    }
    if (ascii_is_lower(c) || ascii_is_upper(c)) {
        char message[] = "bad escape \\?";
        message[sizeof(message) - 2] = c;
        return fail(parser, from, message);
    }
    add_text(parser, from, 2); /* as it is; the rest of a longer character follows as text */
    return 0;
}

int regex_parse_replacement(struct tmpl_vm *vm, const struct tmpl_value *text, unsigned groups,
                            const struct regex_names *names, struct regex_piece **ret_pieces,
                            size_t *ret_count)
{
    const char *end = text->text + text->length;
    struct parser parser = { .vm = vm,
                             .start = text->text,
                             .at = text->text,
                             .end = end,
                             .groups = groups,
                             .names = names };
    size_t most = 1;

    for (uint32_t i = 0; i < text->length; i++)
        most += 2 * (text->text[i] == '\\');
    if (tmpl_reserve(vm, most * sizeof(*parser.pieces)) < 0)
        return -1;
    parser.pieces = tmpl_alloc(&vm->heap, most * sizeof(*parser.pieces));
    while (parser.at < end) {
        const char *escape = memchr(parser.at, '\\', (size_t)(end - parser.at));
        const char *until = escape ? escape : end;
        add_text(&parser, parser.at, (size_t)(until - parser.at));
        parser.at = until + (escape != NULL);
        if (escape && add_escape(&parser) < 0)
            return -1;
    }
    *ret_pieces = parser.pieces;
    *ret_count = parser.count;
    return 0;
}
