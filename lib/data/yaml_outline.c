/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A part begins at its dash in the first column and ends where the next one begins. Up to there the parser has seen the same, and
 * the next dash ends whatever is open: hence two texts that have parts in common at the beginning, or at the end, have the same
 * items there, provided that what is between them is a list by itself.
 */
#include "data/yaml_outline.h"

#include <string.h>

#include "base/mem.h"

struct yaml_outline *yaml_outline_destroy(struct yaml_outline *outline)
{
    if (outline)
        vec_fini(&outline->parts);
    free(outline);
    return NULL;
}

/* lines */

static const char *next_line(const char *line, const char *end)
{
    const char *newline = memchr(line, '\n', (size_t)(end - line));

    return newline ? newline + 1 : end;
}

static int64_t count_lines(const char *text, size_t size)
{
    const char *end = text + size;
    int64_t count = 0;

    for (const char *at = text; at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
        count++;
    return count;
}

bool yaml_outline_is_counted(const char *text, size_t size, size_t lines)
{
    bool open = size && text[size - 1] != '\n';

    return (int64_t)lines == count_lines(text, size) + open;
}

/* Documents that end or begin: then what is behind is no part of the list. */
static bool has_marker(const char *text, const char *end)
{
    for (const char *line = text; line < end; line = next_line(line, end))
        if (end - line >= 3 && (memcmp(line, "---", 3) == 0 || memcmp(line, "...", 3) == 0))
            return true;
    return false;
}

bool yaml_outline_place(struct yaml_outline *outline, const char *text, size_t size)
{
    const char *end = text + size, *dash = NULL;
    size_t found = 0;
    uint32_t number = 1;

    for (const char *line = text; line < end; line = next_line(line, end), number++) {
        if (*line == '-')
            dash = line;
        if (found == outline->parts.length || outline->parts.data[found].line != number)
            continue;
        if (!dash) // of two items in one line, or none
            return false;
        outline->parts.data[found++].offset = (size_t)(dash - text);
        dash = NULL;
    }
    return found > 0 && found == outline->parts.length;
}

/* comparing */

#define BLOCK 4096

static size_t common_prefix(const char *a, const char *b, size_t size)
{
    size_t at = 0;

    while (at + BLOCK <= size && memcmp(a + at, b + at, BLOCK) == 0)
        at += BLOCK;
    while (at < size && a[at] == b[at])
        at++;
    return at;
}

/* Of texts that end at @a and @b. */
static size_t common_suffix(const char *a, const char *b, size_t size)
{
    size_t length = 0;

    while (length + BLOCK <= size && memcmp(a - length - BLOCK, b - length - BLOCK, BLOCK) == 0)
        length += BLOCK;
    while (length < size && a[-1 - (ptrdiff_t)length] == b[-1 - (ptrdiff_t)length])
        length++;
    return length;
}

/* A dash and the blank behind it are enough to end what is before. */
#define DASH 2

/* How many parts at the beginning are as before. */
static size_t count_first(const struct yaml_outline *outline, size_t prefix)
{
    size_t count = 0;

    while (count + 1 < outline->parts.length &&
           outline->parts.data[count + 1].offset + DASH <= prefix)
        count++;
    return count;
}

/* The first of the parts at the end that are as before. */
static size_t find_last(const struct yaml_outline *outline, size_t first, size_t size,
                        size_t suffix)
{
    size_t last = outline->parts.length;

    while (last > first && size - outline->parts.data[last - 1].offset <= suffix)
        last--;
    return last;
}

bool yaml_outline_compare(const struct source *before, const char *text, size_t size,
                          struct yaml_change *ret_change)
{
    const struct yaml_outline *outline = before->outline;
    size_t least = size < before->size ? size : before->size, count = outline->parts.length;
    size_t prefix = common_prefix(before->text, text, least);
    size_t suffix = common_suffix(before->text + before->size, text + size, least - prefix);
    bool same = prefix == size && size == before->size;

    if (prefix < outline->parts.data[0].offset + DASH)
        return false;
    size_t first = same ? count : count_first(outline, prefix);
    size_t last = find_last(outline, first, before->size, suffix);
    size_t begin = first < count ? outline->parts.data[first].offset : size;
    size_t end_before = last < count ? outline->parts.data[last].offset : before->size;
    size_t end = last < count ? end_before + size - before->size : size;
    if ((first == 0 && last == count) || has_marker(text + begin, text + end))
        return false;
    *ret_change = (struct yaml_change){
        .first = first,
        .last = last,
        .begin = begin,
        .end = end,
        .shift = (ptrdiff_t)(end - end_before),
        .lines = count_lines(text + begin, end - begin) -
                 count_lines(before->text + begin, end_before - begin),
    };
    return true;
}

/* settling */

struct stand_in {
    const json_t *value;
    const json_t *meant;
    struct yaml_part *part;
};

struct settling {
    HASS_VEC(struct stand_in) list;
    HASS_VEC(struct yaml_marks_move) moves;
};

static void note_stand_ins(struct settling *settling, const struct source *source)
{
    size_t count = source->outline ? source->outline->parts.length : 0;

    for (size_t i = 0; i < count; i++) {
        struct yaml_part *part = &source->outline->parts.data[i];
        if (!part->as)
            continue;
        const struct yaml_marks_move move = {
            .range = part->as->marks,
            .source = source,
            .lines = (int64_t)part->line - part->as->line,
        };
        vec_push(&settling->moves, move);
        vec_push(&settling->list, ((struct stand_in){ part->value, part->as->value, part }));
    }
}

static void settle_parts(const struct settling *settling)
{
    for (size_t i = 0; i < settling->list.length; i++) {
        struct yaml_part *part = settling->list.data[i].part;
        part->marks = settling->moves.data[i].range;
        part->value = settling->list.data[i].meant;
        part->as = NULL;
    }
}

static int by_address(const void *a, const void *b)
{
    uintptr_t left = (uintptr_t)((const struct stand_in *)a)->value;
    uintptr_t right = (uintptr_t)((const struct stand_in *)b)->value;

    return (left > right) - (left < right);
}

static const struct stand_in *find_stand_in(const struct settling *settling, const json_t *value)
{
    const struct stand_in wanted = { .value = value };

    return json_is_string(value) ? bsearch(&wanted, settling->list.data, settling->list.length,
                                           sizeof(wanted), by_address)
                                 : NULL;
}

static void replace(const struct settling *settling, json_t *value)
{
    const char *key;
    json_t *member;
    size_t index;

    json_object_foreach(value, key, member)
        replace(settling, member);
    json_array_foreach(value, index, member) {
        const struct stand_in *found = find_stand_in(settling, member);
        if (found)
            json_array_set(value, index, (json_t *)found->meant);
        else
            replace(settling, member);
    }
}

void yaml_outline_settle(struct yaml_marks *marks, const struct yaml_marks *former, json_t *value)
{
    struct settling settling = { 0 };
    const struct source *source;

    for (uint32_t i = 0; (source = yaml_marks_source_at(marks, i)); i++)
        note_stand_ins(&settling, source);
    if (settling.list.length) {
        yaml_marks_take(marks, former, settling.moves.data, settling.moves.length);
        settle_parts(&settling);
        qsort(settling.list.data, settling.list.length, sizeof(struct stand_in), by_address);
        replace(&settling, value);
    }
    vec_fini(&settling.list);
    vec_fini(&settling.moves);
}
