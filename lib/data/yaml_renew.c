/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is a list, read again: of the items that stand in it as before, those that are made of their text alone get a
 * stand-in; what is between them is parsed. Whatever is not as simple as that leads back to reading the whole.
 */
#include <string.h>

#include <hass/json.h>

#include "base/mem.h"
#include "data/yaml_loader.h"

struct renewal {
    struct yaml_document *document;
    struct yaml_node whole;
    size_t at; /* in the text, and the lines before it */
    uint32_t line;
};

static void add(struct renewal *renewal, json_t *value, struct mark mark, size_t nodes,
                size_t height)
{
    struct yaml_node *whole = &renewal->whole;

    yaml_marks_add_item(renewal->document->loader->marks, whole->value, mark);
    json_array_append_new(whole->value, value);
    whole->nodes += nodes;
    if (whole->height < height + 1)
        whole->height = height + 1;
}

static bool add_stand_in(struct renewal *renewal, const struct yaml_part *as, int64_t lines)
{
    struct yaml_document *document = renewal->document;
    struct yaml_loader *loader = document->loader;
    struct yaml_part part = *as;

    loader->nodes += as->nodes;
    if (loader->nodes > YAML_MAX_NODES || loader->depth + 1 + as->height > HASS_JSON_MAX_DEPTH)
        return false;
    part.line = (uint32_t)(as->line + lines);
    part.value = json_string("as before");
    part.as = as;
    vec_push(&document->outline->parts, part);
    struct mark mark = { .source = document->source, .line = part.line, .column = part.column };
    add(renewal, (json_t *)part.value, mark, as->nodes, as->height);
    return true;
}

/* Counts the lines up to @offset, which is not before the last one. */
static uint32_t line_at(struct renewal *renewal, size_t offset)
{
    const char *text = renewal->document->source->text, *end = text + offset;

    for (const char *at = text + renewal->at;
         at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
        renewal->line++;
    renewal->at = offset;
    return renewal->line;
}

/* Parses a piece of the text, which must be a list again. */
static bool add_parsed(struct renewal *renewal, size_t begin, size_t end)
{
    struct yaml_document *document = renewal->document;
    const struct yaml_marks *marks = document->loader->marks;
    uint32_t line = line_at(renewal, begin);
    struct yaml_node node;

    if (yaml_parse_part(document, document->source->text + begin, end - begin, line, &node) !=
        YAML_GOOD)
        return false;
    bool good = document->outline != NULL;
    for (size_t i = 0; good && i < json_array_size(node.value); i++)
        add(renewal, json_incref(json_array_get(node.value, i)),
            yaml_marks_item(marks, node.value, i), 0, node.height - 1);
    renewal->whole.nodes += node.nodes;
    yaml_node_free(&node);
    return good;
}

/* Parts @from to @to, which stand in the text as before, but for the place. */
static bool add_same(struct renewal *renewal, const struct source *former, size_t from, size_t to,
                     const struct yaml_change *moved)
{
    const struct yaml_part *parts = former->outline->parts.data;
    size_t count = former->outline->parts.length;

    for (size_t i = from; i < to; i++) {
        size_t end = i + 1 < count ? parts[i + 1].offset : former->size;
        bool good = parts[i].plain ? add_stand_in(renewal, &parts[i], moved->lines)
                                   : add_parsed(renewal, parts[i].offset + (size_t)moved->shift,
                                                end + (size_t)moved->shift);
        if (!good)
            return false;
    }
    return true;
}

static bool renew(struct renewal *renewal, const struct source *former,
                  const struct yaml_change *change)
{
    return add_same(renewal, former, 0, change->first, &(struct yaml_change){ 0 }) &&
           (change->begin == change->end || add_parsed(renewal, change->begin, change->end)) &&
           add_same(renewal, former, change->last, former->outline->parts.length, change);
}

bool yaml_renew(struct yaml_document *document, const struct source *former,
                struct yaml_node *ret_node)
{
    struct source *source = document->source;
    struct yaml_change change;
    struct renewal renewal = { .document = document };

    if (!yaml_outline_compare(former, source->text, source->size, &change))
        return false;
    document->outline = mem_zalloc(sizeof(*document->outline));
    renewal.whole = (struct yaml_node){
        .value = json_array(),
        .mark = { .source = source,
                  .line = line_at(&renewal, former->outline->parts.data[0].offset) + 1,
                  .column = 1 },
        .nodes = 1,
        .height = 1,
    };
    yaml_marks_set(document->loader->marks, renewal.whole.value, renewal.whole.mark);
    bool good = renew(&renewal, former, &change) &&
                yaml_outline_place(document->outline, source->text, source->size);
    if (good)
        *ret_node = renewal.whole;
    else
        yaml_node_free(&renewal.whole);
    return good;
}
