/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Editing by lines: the scanner's tokens say in which lines each item of the outermost list or map begins and ends. Comments and
 * empty lines between two items belong to neither. What stands in the file is never read as values, so tags do not matter.
 */
#include "data/yaml_edit.h"

#include <string.h>

#include <yaml.h>

#include <hass/cleanup.h>
#include <hass/json.h>
#include <hass/vec.h>

#include "base/mem.h"
#include "data/yaml_dump.h"
#include "data/yaml_load.h"

/* Lines from 0, the last one not included. */
struct extent {
    size_t first, end;
    char *id; /* or NULL */
};

struct outline {
    HASS_VEC(struct extent) items;
    size_t column; /* in which items begin */
    bool is_list, is_map;
    size_t flow_first,
        flow_end;        /* bytes? lines of an empty list or map in brackets; 0, 0: there is none */
    bool flow;           /* it is in brackets */
    bool flow_filled;    /* and not empty */
    size_t document_end; /* the line of a "..." or a second document; SIZE_MAX: none */
};

/* Reads tokens and keeps the outline. */
struct scanner {
    yaml_parser_t parser;
    struct outline *outline;
    const char *id_key;
    int depth;      /* of containers, blocks and brackets */
    bool wants_key; /* the next scalar is a key of depth 1 (map) or 2 (list) */
    bool wants_id;  /* the next scalar is the item's id */
};

static void outline_fini(struct outline *outline)
{
    vec_foreach(&outline->items, item)
        free(item->id);
    vec_fini(&outline->items);
}

static struct extent *last_item(struct outline *outline)
{
    return outline->items.length ? &outline->items.data[outline->items.length - 1] : NULL;
}

static void begin_item(struct outline *outline, const yaml_token_t *token)
{
    vec_push(&outline->items, ((struct extent){ .first = token->start_mark.line,
                                                .end = token->start_mark.line + 1 }));
    outline->column = token->start_mark.column;
}

/* Text of an item reaches to the end of the token's last line; the mark behind a block of text is at the begin of the next. */
static void extend_item(struct outline *outline, const yaml_token_t *token)
{
    struct extent *item = last_item(outline);
    size_t end = token->end_mark.line + (token->end_mark.column > 0);

    if (item && end > item->end)
        item->end = end;
}

static void take_scalar(struct scanner *scanner, const yaml_token_t *token)
{
    struct extent *item = last_item(scanner->outline);
    const char *text = (const char *)token->data.scalar.value;

    if (scanner->wants_id && item && !item->id)
        item->id = mem_strdup(text);
    scanner->wants_id = false;
    if (!scanner->wants_key)
        return;
    scanner->wants_key = false;
    if (scanner->outline->is_map && item && !item->id)
        item->id = mem_strdup(text);
    else if (scanner->outline->is_list)
        scanner->wants_id = strcmp(text, scanner->id_key) == 0;
}

static void open_container(struct scanner *scanner, const yaml_token_t *token)
{
    struct outline *outline = scanner->outline;

    if (++scanner->depth != 1)
        return;
    outline->is_list = token->type == YAML_BLOCK_SEQUENCE_START_TOKEN ||
                       token->type == YAML_FLOW_SEQUENCE_START_TOKEN;
    outline->is_map = !outline->is_list;
    outline->flow = token->type == YAML_FLOW_SEQUENCE_START_TOKEN ||
                    token->type == YAML_FLOW_MAPPING_START_TOKEN;
    outline->flow_first = token->start_mark.line;
}

static void close_container(struct scanner *scanner, const yaml_token_t *token)
{
    if (--scanner->depth == 0 && scanner->outline->flow)
        scanner->outline->flow_end = token->end_mark.line + 1;
    if (token->type != YAML_BLOCK_END_TOKEN)
        extend_item(scanner->outline, token);
}

static void take_key(struct scanner *scanner, const yaml_token_t *token)
{
    struct outline *outline = scanner->outline;

    scanner->wants_key = scanner->depth == (outline->is_map ? 1 : 2);
    scanner->wants_id = false;
    if (outline->is_map && scanner->depth == 1 && !outline->flow)
        begin_item(outline, token);
}

static void take_token(struct scanner *scanner, const yaml_token_t *token)
{
    struct outline *outline = scanner->outline;

    switch (token->type) {
    case YAML_BLOCK_SEQUENCE_START_TOKEN:
    case YAML_BLOCK_MAPPING_START_TOKEN:
    case YAML_FLOW_SEQUENCE_START_TOKEN:
    case YAML_FLOW_MAPPING_START_TOKEN:
        if (scanner->depth == 1 && outline->flow)
            outline->flow_filled = true;
        open_container(scanner, token);
        break;
    case YAML_BLOCK_END_TOKEN:
    case YAML_FLOW_SEQUENCE_END_TOKEN:
    case YAML_FLOW_MAPPING_END_TOKEN:
        close_container(scanner, token);
        break;
    case YAML_BLOCK_ENTRY_TOKEN:
        if (scanner->depth == 1 && outline->is_list)
            begin_item(outline, token);
        break;
    case YAML_KEY_TOKEN:
        take_key(scanner, token);
        break;
    case YAML_SCALAR_TOKEN:
        if (scanner->depth <= 1 && outline->flow)
            outline->flow_filled = true;
        take_scalar(scanner, token);
        extend_item(outline, token);
        break;
    case YAML_ALIAS_TOKEN:
    case YAML_ANCHOR_TOKEN:
    case YAML_TAG_TOKEN:
        extend_item(outline, token);
        break;
    case YAML_DOCUMENT_END_TOKEN:
        if (outline->document_end == SIZE_MAX)
            outline->document_end = token->start_mark.line;
        break;
    default:
        break;
    }
}

static int scan(const char *text, size_t size, const struct yaml_item *wanted,
                struct outline *outline, struct hass_error *err)
{
    struct scanner scanner = { .outline = outline, .id_key = wanted->id_key ? wanted->id_key : "" };
    bool over = false;
    int r = 0;

    yaml_parser_initialize(&scanner.parser);
    yaml_parser_set_input_string(&scanner.parser, (const unsigned char *)text, size);
    while (!over && r == 0) {
        yaml_token_t token;
        if (!yaml_parser_scan(&scanner.parser, &token)) {
            r = hass_fail(err, HASS_E_PARSE, "line %zu: %s", scanner.parser.problem_mark.line + 1,
                          scanner.parser.problem);
            break;
        }
        over = token.type == YAML_STREAM_END_TOKEN;
        take_token(&scanner, &token);
        yaml_token_delete(&token);
    }
    yaml_parser_delete(&scanner.parser);
    return r;
}

/* lines */

/* Where line @line begins, or the end of the text. */
static size_t offset_of(const char *text, size_t size, size_t line)
{
    size_t at = 0;

    for (; line > 0 && at < size; line--) {
        const char *end = memchr(text + at, '\n', size - at);
        at = end ? (size_t)(end - text) + 1 : size;
    }
    return at;
}

static void add_lines(const char *text, size_t size, size_t first, size_t end, struct hass_buf *buf)
{
    size_t from = offset_of(text, size, first), to = offset_of(text, size, end);

    hass_buf_add(buf, text + from, to - from);
}

/* The item as the file writes them: behind a dash or its key, as far to the right as the others. */
static void add_item(const struct yaml_item *item, size_t column, const json_t *value,
                     struct hass_buf *buf)
{
    autojson *outer = item->id_key ? json_pack("[O]", value) : json_pack("{s:O}", item->id, value);
    autobuf dumped = HASS_BUF_INIT;

    yaml_dump(outer, &dumped);
    const char *line = hass_buf_string(&dumped);
    while (*line) {
        size_t length = strcspn(line, "\n");
        for (size_t i = 0; i < column; i++)
            hass_buf_add_char(buf, ' ');
        hass_buf_add(buf, line, length);
        hass_buf_add_char(buf, '\n');
        line += length + (line[length] == '\n');
    }
}

static void end_line(struct hass_buf *buf)
{
    if (buf->length && buf->data[buf->length - 1] != '\n')
        hass_buf_add_char(buf, '\n');
}

/* Where an item ends, empty lines behind it left to the file: a block of text counts them as its own. */
static size_t end_of(const char *text, size_t size, const struct extent *item)
{
    size_t end = item->end;

    while (end > item->first + 1) {
        size_t from = offset_of(text, size, end - 1), to = offset_of(text, size, end);
        if (from == to || strspn(text + from, " \r\n") < to - from)
            break;
        end--;
    }
    return end;
}

/* editing */

static const struct extent *find_item(const struct outline *outline, const struct yaml_item *item)
{
    vec_foreach(&outline->items, extent) {
        if (extent->id && strcmp(extent->id, item->id) == 0)
            return extent;
    }
    return NULL;
}

static void replace(const char *text, size_t size, const struct outline *outline,
                    const struct yaml_item *item, const json_t *value, struct hass_buf *ret)
{
    const struct extent *found = find_item(outline, item);

    add_lines(text, size, 0, found->first, ret);
    if (value)
        add_item(item, outline->column, value, ret);
    add_lines(text, size, end_of(text, size, found), SIZE_MAX, ret);
}

/* Behind the last item, before what stands after it: comments at the end of the file may well be about something else. */
static void append(const char *text, size_t size, struct outline *outline,
                   const struct yaml_item *item, const json_t *value, struct hass_buf *ret)
{
    const struct extent *last = last_item(outline);
    size_t at = last            ? end_of(text, size, last)
                : outline->flow ? outline->flow_first
                                : outline->document_end;

    add_lines(text, size, 0, at, ret);
    end_line(ret);
    if (value)
        add_item(item, outline->column, value, ret);
    if (outline->flow && value) /* "[]" gives way */
        add_lines(text, size, outline->flow_end, SIZE_MAX, ret);
    else
        add_lines(text, size, at, SIZE_MAX, ret);
}

static int check_shape(const struct outline *outline, const struct yaml_item *item,
                       struct hass_error *err)
{
    bool wants_list = item->id_key != NULL;

    if (outline->flow_filled)
        return hass_fail(err, HASS_E_UNSUPPORTED,
                         "it is written in brackets: write one item a line to have it edited");
    if ((outline->is_list && !wants_list) || (outline->is_map && wants_list))
        return hass_fail(err, HASS_E_UNSUPPORTED, "expected a %s", wants_list ? "list" : "map");
    return 0;
}

int yaml_edit(const char *text, size_t size, const struct yaml_item *item, const json_t *value,
              struct hass_buf *ret, struct hass_error *err)
{
    struct outline outline = { .document_end = SIZE_MAX };
    int r = scan(text, size, item, &outline, err);

    if (r == 0)
        r = check_shape(&outline, item, err);
    if (r == 0) {
        r = find_item(&outline, item) != NULL;
        if (r == 1)
            replace(text, size, &outline, item, value, ret);
        else
            append(text, size, &outline, item, value, ret);
    }
    outline_fini(&outline);
    return r;
}
