/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libyaml's events → json_t. Recursion is bounded by HASS_JSON_MAX_DEPTH. An anchor keeps the value, which its aliases
 * share, and what it would cost expanded: sharing makes an alias bomb cheap for us, but not for those who walk the value.
 */
#include <string.h>

#include <hass/cleanup.h>
#include <hass/json.h>

#include "base/mem.h"
#include "data/yaml_loader.h"
#include "data/yaml_scalar.h"

struct mark yaml_mark_at(const struct yaml_document *document, const yaml_mark_t *mark)
{
    return (struct mark){
        .source = document->source,
        .line = document->first_line + (uint32_t)mark->line + 1,
        .column = (uint32_t)mark->column + 1,
    };
}

static struct mark mark_of(const struct yaml_document *document, const yaml_event_t *event)
{
    return yaml_mark_at(document, &event->start_mark);
}

static bool opens(const yaml_event_t *event)
{
    return event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT;
}

static bool closes(const yaml_event_t *event)
{
    return event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT;
}

/* libyaml takes time in proportion to the depth for each bracket: nobody waits for the end of what nobody means. */
#define SKIPPED_DEPTH_MAX 1000

/* Passes over the value that begins with @event, which is consumed. Returns YAML_SKIPPED, or YAML_BROKEN. */
static enum yaml_result skip_value(struct yaml_document *document, yaml_event_t *event)
{
    size_t depth = opens(event);

    yaml_event_delete(event);
    while (depth > 0) {
        yaml_event_t next;
        if (depth > SKIPPED_DEPTH_MAX || !yaml_next_event(document, &next))
            return YAML_BROKEN;
        depth += opens(&next);
        depth -= closes(&next);
        yaml_event_delete(&next);
    }
    return YAML_SKIPPED;
}

/* anchors */

static void free_node(void *node)
{
    yaml_node_free(node);
    free(node);
}

/* What is anchored can be used from here on: not inside itself. */
static void set_anchor(struct yaml_document *document, const char *name,
                       const struct yaml_node *node)
{
    if (!name)
        return;
    document->loader->remarks++;
    if (!document->anchors)
        document->anchors = hass_strmap_create(free_node);
    struct yaml_node *copy = mem_memdup(node, sizeof(*node));
    json_incref(copy->value);
    hass_strmap_set(document->anchors, name, copy);
}

static const struct yaml_node *find_anchor(const struct yaml_document *document, const char *name)
{
    return document->anchors ? hass_strmap_get(document->anchors, name) : NULL;
}

static enum yaml_result fail_unknown_anchor(struct yaml_document *document, const char *name,
                                            struct mark mark)
{
    struct nearest nearest = { .word = name };
    const char *known;
    const struct yaml_node *node;

    if (document->anchors) {
        strmap_foreach(document->anchors, known, node)
            nearest_offer(&nearest, known);
    }
    autofree char *hint = nearest_hint(&nearest);
    return yaml_error(document->loader, mark, hint ? hint : "an anchor must stand before its use",
                      "unknown anchor '%s'", name);
}

static enum yaml_result build_alias(struct yaml_document *document, const char *name,
                                    struct mark mark, struct yaml_node *ret_node)
{
    struct yaml_loader *loader = document->loader;
    const struct yaml_node *anchor = find_anchor(document, name);

    loader->remarks++;
    if (!anchor)
        return fail_unknown_anchor(document, name, mark);
    loader->aliased += anchor->nodes;
    if (loader->aliased > YAML_MAX_ALIASED)
        return yaml_over_limit(loader, mark, "values that come from aliases", YAML_MAX_ALIASED);
    if (loader->depth + anchor->height > HASS_JSON_MAX_DEPTH)
        return yaml_error(loader, mark, NULL, "more than %d levels", HASS_JSON_MAX_DEPTH);
    *ret_node = *anchor;
    ret_node->value = json_incref(anchor->value);
    ret_node->mark = mark;
    return YAML_GOOD;
}

/* scalars */

static enum yaml_result build_scalar(struct yaml_document *document, const yaml_event_t *event,
                                     struct yaml_node *ret_node)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;

    *ret_node = (struct yaml_node){ .mark = mark_of(document, event), .nodes = 1 };
    if (memchr(text, 0, length))
        return yaml_error(document->loader, ret_node->mark, "remove the \\0",
                          "text with a NUL character");
    if (event->data.scalar.tag)
        return yaml_build_tagged(document, event, ret_node);
    ret_node->value = event->data.scalar.plain_implicit ? yaml_resolve_scalar(text, length)
                                                        : json_stringn(text, length);
    return YAML_GOOD;
}

/* lists */

/* Puts @node into @list or leaves it out; adds up what the list costs. */
static void add_item(struct yaml_loader *loader, struct yaml_node *list, struct yaml_node *node)
{
    yaml_marks_add_item(loader->marks, list->value, node->mark);
    json_array_append_new(list->value, node->value);
    list->nodes += node->nodes;
    if (list->height < node->height + 1)
        list->height = node->height + 1;
}

/* Notes an item of the outermost list; NULL: it was left out, and its text belongs to none. */
static void note_part(struct yaml_document *document, const struct yaml_node *item, uint32_t marks,
                      size_t remarks)
{
    const struct yaml_loader *loader = document->loader;

    if (!item) {
        document->outline = yaml_outline_destroy(document->outline);
        return;
    }
    vec_push(
        &document->outline->parts,
        ((struct yaml_part){
            .line = item->mark.line,
            .column = item->mark.column,
            .nodes = item->nodes,
            .height = item->height,
            // What could pass for nothing is not left to a stand-in, nor what the marks do not keep.
            .plain = loader->remarks == remarks &&
                     json_object_size(item->value) + json_array_size(item->value) > 0,
            .value = item->value,
            .marks = { marks, yaml_marks_now(loader->marks) },
        }));
}

static enum yaml_result build_list(struct yaml_document *document, struct yaml_node *list)
{
    struct yaml_loader *loader = document->loader;

    list->value = json_array();
    yaml_marks_set(loader->marks, list->value, list->mark);
    for (;;) {
        yaml_event_t event;
        struct yaml_node item;
        if (!yaml_next_event(document, &event))
            return YAML_BROKEN;
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            return YAML_GOOD;
        }
        uint32_t marks = yaml_marks_now(loader->marks);
        size_t remarks = loader->remarks;
        enum yaml_result result = yaml_build(document, &event, &item);
        if (result == YAML_BROKEN)
            return result;
        if (result == YAML_GOOD)
            add_item(loader, list, &item);
        if (document->outline && loader->depth == document->outermost + 1)
            note_part(document, result == YAML_GOOD ? &item : NULL, marks, remarks);
    }
}

/* maps */

/* A map while it grows. What `<<` brings waits until the end: the map's own keys win. */
struct map {
    struct yaml_document *document;
    struct yaml_node *node;
    json_t *merged; /* or NULL */
};

struct key {
    const char *text;   /* NULL: the member is left out */
    yaml_event_t event; /* lends the text */
    json_t *anchored;   /* or this */
    struct mark mark;
    bool merge;
};

static void key_fini(struct key *key)
{
    yaml_event_delete(&key->event);
    json_decref(key->anchored);
}

void yaml_set_member(struct yaml_loader *loader, json_t *object, const char *key,
                     struct mark key_mark, json_t *value, struct mark value_mark)
{
    if (json_object_get(object, key)) {
        struct mark first = yaml_marks_key(loader->marks, object, key);
        yaml_warning(loader, key_mark, "the last one counts; remove or rename one of them",
                     "duplicate key '%s', first in %s line %u", key,
                     first.source ? first.source->name : "?", first.line);
    }
    yaml_marks_set_member(loader->marks, object, key, key_mark, value_mark);
    json_object_set_new_nocheck(object, key, value);
}

static bool is_merge_key(const yaml_event_t *event)
{
    return event->data.scalar.plain_implicit && !event->data.scalar.tag &&
           strcmp((const char *)event->data.scalar.value, "<<") == 0;
}

static void set_key_anchor(struct yaml_document *document, const yaml_event_t *event,
                           struct mark mark)
{
    if (!event->data.scalar.anchor)
        return;
    struct yaml_node node = {
        .value = json_stringn((const char *)event->data.scalar.value, event->data.scalar.length),
        .mark = mark,
        .nodes = 1,
    };
    set_anchor(document, (const char *)event->data.scalar.anchor, &node);
    json_decref(node.value);
}

/* `*name : value`. The anchor may become another one before the value is read. */
static void take_key_of_alias(struct yaml_document *document, struct key *key)
{
    const char *name = (const char *)key->event.data.alias.anchor;
    const struct yaml_node *anchor = find_anchor(document, name);

    document->loader->remarks++;
    key->anchored = anchor ? json_incref(anchor->value) : NULL;
    key->text = json_string_value(key->anchored);
    if (!anchor)
        fail_unknown_anchor(document, name, key->mark);
    else if (!key->text)
        yaml_error(document->loader, key->mark, NULL, "'*%s' is no text and cannot be a key", name);
}

/* Keys are text as written: `on:` is "on", not true. Takes the event of @key. */
static enum yaml_result build_key(struct yaml_document *document, struct key *key)
{
    yaml_event_t *event = &key->event;

    key->mark = mark_of(document, event);
    if (opens(event)) {
        yaml_error(document->loader, key->mark, "put text that begins with '{' or '[' in quotes",
                   "a map or a list cannot be a key");
        enum yaml_result result = skip_value(document, event);
        *event = (yaml_event_t){ 0 };
        return result;
    }
    if (event->type == YAML_ALIAS_EVENT) {
        take_key_of_alias(document, key);
    } else if (memchr(event->data.scalar.value, 0, event->data.scalar.length)) {
        yaml_error(document->loader, key->mark, "remove the \\0", "a key with a NUL character");
    } else {
        key->text = (const char *)event->data.scalar.value;
        key->merge = is_merge_key(event);
        set_key_anchor(document, event, key->mark);
    }
    return key->text ? YAML_GOOD : YAML_SKIPPED;
}

/* Lays the members of @from over those of @to, with their places. */
static void lay_over(struct yaml_marks *marks, json_t *to, const json_t *from)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)from, key, value) {
        yaml_marks_set_member(marks, to, key, yaml_marks_key(marks, from, key),
                              yaml_marks_member(marks, from, key));
        json_object_set_nocheck(to, key, value);
    }
}

/* `<<: *map` or `<<: [*first, *second]`, where the first wins; of several `<<` the last. */
static void merge(struct map *map, struct mark mark, const json_t *value)
{
    struct yaml_loader *loader = map->document->loader;

    if (!map->merged)
        map->merged = json_object();
    if (json_is_object(value)) {
        lay_over(loader->marks, map->merged, value);
        return;
    }
    bool good = json_is_array(value);
    for (size_t i = json_array_size(value); i-- > 0;) {
        const json_t *item = json_array_get(value, i);
        if (json_is_object(item))
            lay_over(loader->marks, map->merged, item);
        else
            good = false;
    }
    if (!good)
        yaml_error(loader, mark, "merge maps: '<<: *name'", "'<<' wants a map or a list of maps");
}

/* Puts what was merged below the map's own members. */
static void finish_merge(struct map *map)
{
    if (!map->merged)
        return;
    struct yaml_marks *marks = map->document->loader->marks;
    lay_over(marks, map->merged, map->node->value);
    yaml_marks_set(marks, map->merged, map->node->mark);
    json_decref(map->node->value);
    map->node->value = map->merged;
}

/* Builds the value of @key and adds the member. Consumes @event. */
static enum yaml_result build_member(struct map *map, const struct key *key, yaml_event_t *event)
{
    struct yaml_document *document = map->document;
    struct yaml_marks *marks = document->loader->marks;

    // The place of nothing is where it is missing: behind the colon is no help, the key is.
    bool absent = event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 0;
    const struct yaml_marks *former = document->loader->former;
    if (key->merge) // what is merged is looked into
        document->loader->former = NULL;
    struct yaml_node value;
    enum yaml_result result = yaml_build(document, event, &value);
    document->loader->former = former;
    if (result == YAML_SKIPPED && !key->merge)
        yaml_marks_set_broken(marks, map->node->value, key->text, key->mark);
    if (result != YAML_GOOD)
        return result;
    map->node->nodes += value.nodes;
    size_t height = value.height + !key->merge;
    if (map->node->height < height)
        map->node->height = height;
    if (key->merge) {
        merge(map, value.mark, value.value);
        json_decref(value.value);
    } else {
        yaml_set_member(document->loader, map->node->value, key->text, key->mark, value.value,
                        absent ? key->mark : value.mark);
    }
    return YAML_GOOD;
}

/* A key, whose event has come, and its value. */
static enum yaml_result build_pair(struct map *map, struct key *key)
{
    struct yaml_document *document = map->document;
    yaml_event_t event;

    if (build_key(document, key) == YAML_BROKEN || !yaml_next_event(document, &event))
        return YAML_BROKEN;
    return key->text ? build_member(map, key, &event) : skip_value(document, &event);
}

static enum yaml_result build_members(struct map *map)
{
    for (;;) {
        struct key key = { 0 };
        if (!yaml_next_event(map->document, &key.event))
            return YAML_BROKEN;
        bool end = key.event.type == YAML_MAPPING_END_EVENT;
        enum yaml_result result = end ? YAML_GOOD : build_pair(map, &key);
        key_fini(&key);
        if (end || result == YAML_BROKEN)
            return result;
    }
}

static enum yaml_result build_map(struct yaml_document *document, struct yaml_node *node)
{
    struct map map = { .document = document, .node = node };

    node->value = json_object();
    node->height = 1;
    yaml_marks_set(document->loader->marks, node->value, node->mark);
    enum yaml_result result = build_members(&map);
    if (result == YAML_BROKEN)
        json_decref(map.merged);
    else
        finish_merge(&map);
    return result;
}

/* any value */

/* Of a file that is no list, with each dash in the first column, there is no outline. */
static void begin_outermost(struct yaml_document *document, const yaml_event_t *event)
{
    bool list = event->type == YAML_SEQUENCE_START_EVENT && !event->data.sequence_start.anchor &&
                event->data.sequence_start.style == YAML_BLOCK_SEQUENCE_STYLE &&
                event->start_mark.column == 0;

    if (!list)
        document->outline = yaml_outline_destroy(document->outline);
}

static enum yaml_result build_container(struct yaml_document *document, yaml_event_t *event,
                                        struct yaml_node *ret_node)
{
    struct yaml_loader *loader = document->loader;
    bool list = event->type == YAML_SEQUENCE_START_EVENT;
    const yaml_char_t *tag = list ? event->data.sequence_start.tag : event->data.mapping_start.tag;
    const yaml_char_t *anchor =
        list ? event->data.sequence_start.anchor : event->data.mapping_start.anchor;
    struct yaml_node node = { .mark = mark_of(document, event), .nodes = 1, .height = 1 };

    if (tag && strcmp((const char *)tag, list ? YAML_SEQ_TAG : YAML_MAP_TAG) != 0) {
        autofree char *shown = yaml_shown_tag((const char *)tag);
        yaml_error(loader, node.mark, NULL, "the tag '%s' does not go with a %s", shown,
                   list ? "list" : "map");
        return skip_value(document, event);
    }
    if (loader->depth == HASS_JSON_MAX_DEPTH) {
        yaml_error(loader, node.mark, NULL, "more than %d levels", HASS_JSON_MAX_DEPTH);
        return skip_value(document, event);
    }
    if (loader->depth == document->outermost)
        begin_outermost(document, event);
    loader->depth++;
    enum yaml_result result = list ? build_list(document, &node) : build_map(document, &node);
    loader->depth--;
    if (result == YAML_GOOD)
        set_anchor(document, (const char *)anchor, &node);
    else
        yaml_node_free(&node);
    yaml_event_delete(event);
    *ret_node = node;
    return result;
}

enum yaml_result yaml_build(struct yaml_document *document, yaml_event_t *event,
                            struct yaml_node *ret_node)
{
    struct yaml_loader *loader = document->loader;
    struct mark mark = mark_of(document, event);
    enum yaml_result result;

    if (++loader->nodes > YAML_MAX_NODES)
        result = yaml_over_limit(loader, mark, "values", YAML_MAX_NODES);
    else if (opens(event))
        return build_container(document, event, ret_node);
    else if (event->type == YAML_ALIAS_EVENT)
        result = build_alias(document, (const char *)event->data.alias.anchor, mark, ret_node);
    else
        result = build_scalar(document, event, ret_node);
    if (result == YAML_GOOD && event->type == YAML_SCALAR_EVENT)
        set_anchor(document, (const char *)event->data.scalar.anchor, ret_node);
    yaml_event_delete(event);
    return result;
}
