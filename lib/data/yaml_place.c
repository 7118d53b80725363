/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a place in a text to that in the YAML scalar it was read from. Indentation and folding change blanks alone: both are walked through
 * together by the characters that are none. Quotes need their escapes read besides.
 */
#include <string.h>

#include "base/utf8.h"
#include "data/yaml_marks.h"

/* A walk through the file. */
struct walk {
    const char *at, *end;
    uint32_t line, column;
    char quote; /* or 0 */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void step(struct walk *walk)
{
    uint32_t c;
    size_t size = utf8_decode(walk->at, (size_t)(walk->end - walk->at), &c);

    if (*walk->at == '\n') {
        walk->line++;
        walk->column = 1;
    } else {
        walk->column++;
    }
    walk->at += size ? size : 1;
}

static void skip_blanks(struct walk *walk)
{
    while (walk->at < walk->end && is_blank(*walk->at))
        step(walk);
}

static void skip_line(struct walk *walk)
{
    while (walk->at < walk->end && *walk->at != '\n')
        step(walk);
}

/* To the first character of the content: behind an anchor, a quote, or the line of a block's indicator. */
static void enter(struct walk *walk)
{
    while (walk->at < walk->end && *walk->at == '&') {
        while (walk->at < walk->end && !is_blank(*walk->at))
            step(walk);
        skip_blanks(walk);
    }
    if (walk->at == walk->end)
        return;
    if (*walk->at == '|' || *walk->at == '>') {
        skip_line(walk);
    } else if (*walk->at == '\'' || *walk->at == '"') {
        walk->quote = *walk->at;
        step(walk);
    }
}

/* Passes escapes that read as blanks. The next character is @c, or the start of its escape. */
static bool reaches(struct walk *walk, char c)
{
    for (skip_blanks(walk); walk->at + 1 < walk->end && walk->quote == '"' && *walk->at == '\\' &&
                            strchr(" nrt\t\r\n", walk->at[1]);
         skip_blanks(walk)) {
        step(walk);
        step(walk);
    }
    if (walk->at >= walk->end)
        return false;
    if (walk->quote == '"' && *walk->at == '\\')
        return walk->at + 1 < walk->end && walk->at[1] == c;
    if (walk->quote == '\'' && *walk->at == '\'')
        return c == '\'' && walk->at + 1 < walk->end && walk->at[1] == c;
    return *walk->at == c;
}

static void pass(struct walk *walk)
{
    if ((walk->quote == '"' && *walk->at == '\\') || (walk->quote == '\'' && *walk->at == '\''))
        step(walk);
    step(walk);
}

static const char *find_place(const char *text, uint32_t line, uint32_t column)
{
    for (; line > 1; line--) {
        const char *end = strchr(text, '\n');
        if (!end)
            break;
        text = end + 1;
    }
    while (column > 1 && *text) {
        uint32_t c;
        size_t size = utf8_decode(text, strlen(text), &c);
        text += size ? size : 1;
        column--;
    }
    return text;
}

static bool begin(const struct mark *scalar, struct walk *walk)
{
    size_t length;
    const char *line =
        scalar->source && scalar->line ? source_line(scalar->source, scalar->line, &length) : NULL;

    if (!line)
        return false;
    *walk = (struct walk){
        .at = line,
        .end = scalar->source->text + scalar->source->size,
        .line = scalar->line,
        .column = 1,
    };
    while (walk->at < walk->end && walk->column < scalar->column && *walk->at != '\n')
        step(walk);
    enter(walk);
    return true;
}

struct mark yaml_mark_within(struct mark scalar, const char *text, uint32_t line, uint32_t column)
{
    struct mark mark = scalar;
    const char *place = find_place(text, line, column);
    struct walk walk;

    if (!begin(&scalar, &walk))
        return scalar;
    for (; text < place; text++) {
        if (is_blank(*text) || ((unsigned char)*text & 0xc0) == 0x80)
            continue;
        if (!reaches(&walk, *text))
            return scalar;
        pass(&walk);
    }
    if (*text && !is_blank(*text) && !reaches(&walk, *text))
        return scalar;
    mark.line = walk.line;
    mark.column = walk.column;
    return mark;
}
