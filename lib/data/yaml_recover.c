/* SPDX-License-Identifier: Apache-2.0 */
/*
 * After a syntax error the file is cut where a line begins in the first column with a key, or with the dash of an item, and
 * each part is parsed on its own. What cannot be parsed is reported and left out; the parts around it are kept. Anchors go
 * on from part to part.
 */
#include <string.h>

#include "data/yaml_loader.h"

struct part {
    const char *text;
    size_t size;
    uint32_t first_line;
};

static const char *next_line(const char *line, const char *end)
{
    const char *newline = memchr(line, '\n', (size_t)(end - line));

    return newline ? newline + 1 : end;
}

static bool is_marker(const char *line, const char *end)
{
    return end - line >= 3 && (memcmp(line, "---", 3) == 0 || memcmp(line, "...", 3) == 0);
}

static bool is_item(const char *line, const char *end)
{
    return *line == '-' && (line + 1 == end || strchr(" \r\n", line[1]));
}

/* A line that can only begin something new, or, in a file that is a list, an item. */
static bool begins_part(const char *line, const char *end, bool list)
{
    if (is_item(line, end))
        return list;
    return !strchr(" \t\r\n#]}%", *line) && !is_marker(line, end);
}

/* A file is a list when its first line with anything on it is an item. */
static bool is_list(const char *text, const char *end)
{
    for (const char *line = text; line < end; line = next_line(line, end)) {
        if (is_item(line, end))
            return true;
        if (begins_part(line, end, false))
            return false;
    }
    return false;
}

/* Finds the part that begins at or behind @at; its text is NULL when there is none. */
static struct part find_part(const char *at, const char *end, uint32_t line_number, bool list)
{
    struct part part = { .first_line = line_number };

    while (at < end && !begins_part(at, end, list)) {
        at = next_line(at, end);
        part.first_line++;
    }
    if (at == end)
        return part;
    part.text = at;
    do
        at = next_line(at, end);
    while (at < end && !begins_part(at, end, list));
    part.size = (size_t)(at - part.text);
    return part;
}

static uint32_t count_lines(const struct part *part)
{
    const char *end = part->text + part->size;
    uint32_t count = 0;

    for (const char *line = part->text; line < end; line = next_line(line, end))
        count++;
    return count;
}

/* Adds the members or items of a part to the whole. */
static void add_part(struct yaml_loader *loader, struct yaml_node *whole,
                     const struct yaml_node *part)
{
    if (json_is_object(part->value) && json_is_object(whole->value)) {
        const char *key;
        json_t *value;
        json_object_foreach(part->value, key, value)
            yaml_set_member(loader, whole->value, key,
                            yaml_marks_key(loader->marks, part->value, key), json_incref(value),
                            yaml_marks_member(loader->marks, part->value, key));
    } else if (json_is_array(part->value) && json_is_array(whole->value)) {
        for (size_t i = 0; i < json_array_size(part->value); i++) {
            yaml_marks_add_item(loader->marks, whole->value,
                                yaml_marks_item(loader->marks, part->value, i));
            json_array_append(whole->value, json_array_get(part->value, i));
        }
    } else {
        yaml_error(loader, part->mark, NULL, "expected %s",
                   json_is_array(whole->value) ? "'- item'" : "'key: value'");
        return;
    }
    whole->nodes += part->nodes;
    if (whole->height < part->height)
        whole->height = part->height;
}

enum yaml_result yaml_recover(struct yaml_document *document, struct yaml_node *ret_node)
{
    struct yaml_loader *loader = document->loader;
    const struct source *source = document->source;
    const char *text = source->text, *end = text + source->size;

    if (source->size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3;
    bool list = is_list(text, end);
    struct mark start = { .source = source, .line = 1, .column = 1 };
    struct yaml_node whole = {
        .value = list ? json_array() : json_object(),
        .mark = start,
        .nodes = 1,
        .height = 1,
    };
    yaml_marks_set(loader->marks, whole.value, start);
    enum yaml_result result = YAML_GOOD;
    for (struct part part = find_part(text, end, 0, list); part.text;
         part = find_part(part.text + part.size, end, part.first_line + count_lines(&part), list)) {
        struct yaml_node node;
        result = yaml_parse_part(document, part.text, part.size, part.first_line, &node);
        if (loader->over_a_limit) {
            yaml_node_free(&whole);
            return YAML_BROKEN;
        }
        if (result != YAML_GOOD)
            continue;
        add_part(loader, &whole, &node);
        yaml_node_free(&node);
    }
    *ret_node = whole;
    return YAML_GOOD;
}
