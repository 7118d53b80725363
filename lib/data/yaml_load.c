/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame of a load: reading a file, guarding against cycles and limits, running libyaml over it, and turning what goes
 * wrong into diagnostics with a remedy.
 */
#include "data/yaml_load.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <hass/cleanup.h>

#include "base/mem.h"
#include "data/yaml_file.h"
#include "data/yaml_loader.h"

struct yaml_node *yaml_node_free(struct yaml_node *node)
{
    json_decref(node->value);
    node->value = NULL;
    return NULL;
}

/* reporting */

static void HASS_PRINTF(5, 0)
    report(struct yaml_loader *loader, enum diagnostic_severity severity, struct mark mark,
           const char *hint, const char *format, va_list args)
{
    char message[512];

    vsnprintf(message, sizeof(message), format, args);
    struct diagnostic_about about = { .mark = mark, .hint = hint };
    loader->remarks++;
    diagnostics_add(loader->diagnostics, severity, &about, "%s", message);
}

enum yaml_result yaml_error(struct yaml_loader *loader, struct mark mark, const char *hint,
                            const char *format, ...)
{
    va_list args;

    va_start(args, format);
    report(loader, DIAGNOSTIC_ERROR, mark, hint, format, args);
    va_end(args);
    return YAML_SKIPPED;
}

void yaml_warning(struct yaml_loader *loader, struct mark mark, const char *hint,
                  const char *format, ...)
{
    va_list args;

    va_start(args, format);
    report(loader, DIAGNOSTIC_WARNING, mark, hint, format, args);
    va_end(args);
}

enum yaml_result yaml_over_limit(struct yaml_loader *loader, struct mark mark, const char *what,
                                 size_t limit)
{
    if (!loader->over_a_limit)
        yaml_error(loader, mark, NULL, "more than %zu %s", limit, what);
    loader->over_a_limit = true;
    return YAML_BROKEN;
}

/* What people do to get libyaml's messages, and what helps. */
static const struct {
    const char *problem, *hint;
} remedies[] = {
    { "mapping values are not allowed",
      "check the indentation; text with ': ' in it must be in quotes" },
    { "did not find expected key",
      "check the indentation: the keys of one map stand in one column" },
    { "did not find expected '-' indicator",
      "check the indentation: the items of one list stand in one column" },
    { "block sequence entries are not allowed", "put the list on lines of its own, below its key" },
    { "could not find expected ':'", "write 'key: value', with a blank behind the colon" },
    { "did not find expected node content", "a '[' or '{' before this is not closed" },
    { "found unexpected end of stream", "a quote or a bracket is not closed" },
    { "did not find expected ',' or", "a comma is missing, or a bracket is not closed" },
    { "found unknown escape character", "use single quotes, or double the backslash" },
    { "did not find URI escaped octet", "put text that begins with '!' in quotes" },
    { "did not find expected alphabetic", "put text that begins with '*' or '&' in quotes" },
};

/* A quote stands right before the place: of a text that goes on behind what looks like its end. */
static bool is_behind_quote(const struct yaml_document *document, const yaml_parser_t *parser)
{
    struct mark mark = yaml_mark_at(document, &parser->problem_mark);
    size_t length, at = 0;
    const char *line = source_line(document->source, mark.line, &length);

    for (uint32_t column = 1; line && column < mark.column && at < length; column++)
        do {
            at++;
        } while (at < length && (line[at] & 0xc0) == 0x80); // columns are characters
    return at > 0 && at < length && strchr("\"'", line[at - 1]) != NULL;
}

static const char *remedy_for(const struct yaml_document *document, const yaml_parser_t *parser)
{
    if (strstr(parser->problem, "cannot start any token")) {
        struct mark mark = yaml_mark_at(document, &parser->problem_mark);
        size_t length;
        const char *line = source_line(document->source, mark.line, &length);
        bool tab = line && mark.column <= length && line[mark.column - 1] == '\t';
        return tab ? "indent with blanks, not with tabs"
                   : "put text that begins with this character in quotes";
    }
    if (strstr(parser->problem, "did not find expected") && is_behind_quote(document, parser))
        return "a text in quotes ends at the next quote of that kind: within it use the other kind";
    for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++) {
        if (strstr(parser->problem, remedies[i].problem))
            return remedies[i].hint;
    }
    return NULL;
}

static void report_syntax(struct yaml_document *document)
{
    const yaml_parser_t *parser = &document->parser;
    const char *hint = remedy_for(document, parser);
    struct mark mark = yaml_mark_at(document, &parser->problem_mark);

    if (!parser->context) {
        yaml_error(document->loader, mark, hint, "%s", parser->problem);
        return;
    }
    struct mark context = yaml_mark_at(document, &parser->context_mark);
    // Where the text ends is no help; where the quote was opened is.
    if (strstr(parser->problem, "unexpected end of stream"))
        mark = context;
    if (mark.line == context.line)
        yaml_error(document->loader, mark, hint, "%s, %s", parser->problem, parser->context);
    else
        yaml_error(document->loader, mark, hint, "%s, %s that begins in line %u", parser->problem,
                   parser->context, context.line);
}

/* parsing */

bool yaml_next_event(struct yaml_document *document, yaml_event_t *ret_event)
{
    if (yaml_parser_parse(&document->parser, ret_event))
        return true;
    report_syntax(document);
    return false;
}

/* Passes over one event that carries nothing. Returns its type, or YAML_NO_EVENT after a syntax error. */
static yaml_event_type_t pass_event(struct yaml_document *document, struct mark *ret_mark)
{
    yaml_event_t event;

    if (!yaml_next_event(document, &event))
        return YAML_NO_EVENT;
    *ret_mark = yaml_mark_at(document, &event.start_mark);
    yaml_event_type_t type = event.type;
    yaml_event_delete(&event);
    return type;
}

/* Stream start, document, stream end. More documents are an error, but the first one is good. */
static enum yaml_result parse_stream(struct yaml_document *document, struct yaml_node *ret_node)
{
    struct mark mark;
    yaml_event_type_t type = pass_event(document, &mark);

    if (type != YAML_NO_EVENT)
        type = pass_event(document, &mark);
    if (type == YAML_STREAM_END_EVENT) {
        *ret_node = (struct yaml_node){ .value = json_null(), .mark = mark, .nodes = 1 };
        return YAML_GOOD;
    }
    yaml_event_t event;
    if (type == YAML_NO_EVENT || !yaml_next_event(document, &event))
        return YAML_BROKEN;
    enum yaml_result result = yaml_build(document, &event, ret_node);
    if (result == YAML_BROKEN)
        return result;
    type = pass_event(document, &mark);
    if (type != YAML_NO_EVENT)
        type = pass_event(document, &mark);
    if (type == YAML_DOCUMENT_START_EVENT)
        yaml_error(document->loader, mark, "remove the '---'",
                   "only the first document of a file is read");
    if (type != YAML_NO_EVENT)
        return result;
    if (result == YAML_GOOD)
        yaml_node_free(ret_node);
    return YAML_BROKEN;
}

enum yaml_result yaml_parse_part(struct yaml_document *document, const char *text, size_t size,
                                 uint32_t first_line, struct yaml_node *ret_node)
{
    if (!yaml_parser_initialize(&document->parser))
        mem_out_of_memory(sizeof(document->parser));
    yaml_parser_set_encoding(&document->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&document->parser, (const unsigned char *)text, size);
    document->first_line = first_line;
    document->outermost = document->loader->depth;
    enum yaml_result result = parse_stream(document, ret_node);
    document->loader->depth = document->outermost;
    if (!yaml_outline_is_counted(text, size, document->parser.mark.line))
        document->outline = yaml_outline_destroy(document->outline);
    yaml_parser_delete(&document->parser);
    return result;
}

/* What a try has reported and counted, to be taken back. */
struct
try {
    struct diagnostics_checkpoint diagnostics;
    size_t nodes, aliased;
};

static struct try begin_try(const struct yaml_loader *loader)
{
    return (struct try){
        .diagnostics = diagnostics_checkpoint(loader->diagnostics),
        .nodes = loader->nodes,
        .aliased = loader->aliased,
    };
}

static void take_back(struct yaml_document *document, const struct try *try)
{
    struct yaml_loader *loader = document->loader;

    diagnostics_return_to(loader->diagnostics, &try->diagnostics);
    loader->nodes = try->nodes;
    loader->aliased = try->aliased;
    document->anchors = hass_strmap_destroy(document->anchors);
    document->outline = yaml_outline_destroy(document->outline);
}

/* Reads only what has changed since it was read before. */
static bool renew(struct yaml_document *document, struct yaml_node *ret_node)
{
    const struct yaml_loader *loader = document->loader;
    const struct source *source = document->source;
    const struct source *former = yaml_marks_find_source(loader->former, source->name);
    struct try try = begin_try(loader);

    if (!former || !former->outline || source->secret)
        return false;
    if (yaml_renew(document, former, ret_node))
        return true;
    take_back(document, &try);
    return false;
}

/* Parses a source whole; after a syntax error, all that it reported gives way to what is said about the parts. */
static enum yaml_result parse_whole(struct yaml_document *document, struct yaml_node *ret_node)
{
    const struct yaml_loader *loader = document->loader;
    const struct source *source = document->source;
    struct try try = begin_try(loader);

    document->outline = mem_zalloc(sizeof(*document->outline));
    enum yaml_result result = yaml_parse_part(document, source->text, source->size, 0, ret_node);
    if (result == YAML_BROKEN && !loader->over_a_limit) {
        take_back(document, &try);
        result = yaml_recover(document, ret_node);
    }
    bool good = result == YAML_GOOD && document->outline &&
                yaml_outline_place(document->outline, source->text, source->size);
    if (!good)
        document->outline = yaml_outline_destroy(document->outline);
    return result;
}

static enum yaml_result parse_source(struct yaml_document *document, struct yaml_node *ret_node)
{
    struct yaml_loader *loader = document->loader;
    struct source *source = document->source;
    struct yaml_text_problem problem = yaml_clean_text(source->text, source->size);
    enum yaml_result result = YAML_GOOD;

    if (problem.message) {
        struct mark mark = { .source = source, .line = problem.line, .column = problem.column };
        yaml_error(loader, mark, problem.hint, "%s", problem.message);
    }
    if (problem.fatal)
        return YAML_SKIPPED;
    if (!renew(document, ret_node))
        result = parse_whole(document, ret_node);
    source->outline = steal(document->outline);
    document->anchors = hass_strmap_destroy(document->anchors);
    return result;
}

/* files */

const char *yaml_shown_name(const struct yaml_loader *loader, const char *path)
{
    size_t length = strlen(loader->root_dir);
    bool inside = strncmp(path, loader->root_dir, length) == 0 && path[length] == '/';

    return inside ? path + length + 1 : path;
}

static const char *remedy_for_file(int code)
{
    switch (code) {
    case -ENOENT:
        return "create it, or correct the path, which is relative to the file that includes it";
    case -EACCES:
        return "let the user that the daemon runs as read it";
    case HASS_E_LIMIT:
        return "split it, and include the parts";
    default:
        return NULL;
    }
}

/* Finds @status among the files that are being read; then reports the way round. */
static bool is_cycle(struct yaml_loader *loader, const struct yaml_document *parent,
                     const struct stat *status, struct mark mark)
{
    const struct yaml_document *same = parent;

    while (same && (same->device != status->st_dev || same->inode != status->st_ino))
        same = same->parent;
    if (!same)
        return false;
    autofree char *way = mem_strdup(same->source->name);
    for (const struct yaml_document *file = parent; file != same; file = file->parent) {
        autofree char *rest = way;
        way = mem_printf("%s → %s", file->source->name, rest);
    }
    yaml_error(loader, mark, "remove one of these !include", "the file includes itself: %s → %s",
               same->source->name, way);
    return true;
}

enum yaml_result yaml_loader_read(struct yaml_loader *loader, struct yaml_document *parent,
                                  const char *path, struct mark mark, struct yaml_node *ret_node)
{
    const char *name = yaml_shown_name(loader, path);
    struct stat status;
    struct hass_error err = HASS_ERROR_INIT;
    char *text;
    size_t size;

    if (yaml_read_file(path, YAML_MAX_FILE, &text, &size, &status, &err) < 0)
        return yaml_error(loader, mark, remedy_for_file(err.code), "cannot read %s: %s", name,
                          err.message);
    struct source *source = yaml_marks_add_source(loader->marks, mem_strdup(name), text, size);
    source->secret = loader->in_secrets;
    if (is_cycle(loader, parent, &status, mark))
        return YAML_SKIPPED;
    if (loader->files == YAML_MAX_INCLUDES)
        return yaml_error(loader, mark, NULL, "more than %d files include each other",
                          YAML_MAX_INCLUDES);
    struct yaml_document document = {
        .loader = loader,
        .parent = parent,
        .source = source,
        .path = path,
        .device = status.st_dev,
        .inode = status.st_ino,
    };
    loader->files++;
    enum yaml_result result = parse_source(&document, ret_node);
    loader->files--;
    // A file that is lost does not break the one that includes it, unless nothing more may be read at all.
    return result == YAML_BROKEN && !loader->over_a_limit ? YAML_SKIPPED : result;
}

static void free_secrets(void *secrets)
{
    json_decref(secrets);
}

static int finish(struct yaml_loader *loader, enum yaml_result result, struct yaml_node *node,
                  json_t **ret_value)
{
    hass_strmap_destroy(loader->secrets);
    if (result != YAML_GOOD)
        return HASS_E_PARSE;
    // A scalar has no container that would know its place.
    yaml_marks_set(loader->marks, node->value, node->mark);
    *ret_value = node->value;
    return 0;
}

int yaml_load_file(const char *root_dir, const char *path, const struct yaml_marks *former,
                   struct yaml_marks *marks, struct diagnostics *diagnostics, json_t **ret_value)
{
    struct yaml_loader loader = {
        .root_dir = root_dir,
        .marks = marks,
        .diagnostics = diagnostics,
        .former = former,
        .secrets = hass_strmap_create(free_secrets),
    };
    struct yaml_node node;
    enum yaml_result result = yaml_loader_read(&loader, NULL, path, (struct mark){ 0 }, &node);

    return finish(&loader, result, &node, ret_value);
}

int yaml_load_text(const char *name, const char *text, size_t size, struct yaml_marks *marks,
                   struct diagnostics *diagnostics, json_t **ret_value)
{
    struct yaml_loader loader = { .marks = marks, .diagnostics = diagnostics };
    char *copy = mem_alloc(size + 1);

    memcpy(copy, text, size);
    copy[size] = 0;
    struct yaml_document document = {
        .loader = &loader,
        .source = yaml_marks_add_source(marks, mem_strdup(name), copy, size),
    };
    struct yaml_node node;
    return finish(&loader, parse_source(&document, &node), &node, ret_value);
}
