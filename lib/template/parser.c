/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame of the parser: the present token and the one ahead, nodes, and the text between the tags. One pass, one token ahead in the
 * few places that need it; all memory is of the heap.
 */
#include "parser.h"

#include "base/utf8.h"

#define MAX_HEIGHT 250

const char *const tmpl_stop_names[] = {
    [TMPL_STOP_NOT] = "",
    [TMPL_STOP_IF] = "elif else endif",
    [TMPL_STOP_ELSE] = "endif",
    [TMPL_STOP_FOR] = "endfor else",
    [TMPL_STOP_FOR_ELSE] = "endfor",
    [TMPL_STOP_MACRO] = "endmacro",
    [TMPL_STOP_CALL] = "endcall",
    [TMPL_STOP_FILTER] = "endfilter",
    [TMPL_STOP_SET] = "endset",
    [TMPL_STOP_WITH] = "endwith",
    [TMPL_STOP_AUTOESCAPE] = "endautoescape",
    [TMPL_STOP_BLOCK] = "endblock",
};

/* --- tokens ------------------------------------------------------------------------------------- */

void tmpl_next(struct tmpl_parser *parser)
{
    if (parser->has_ahead) {
        parser->token = parser->ahead;
        parser->has_ahead = false;
        return;
    }
    tmpl_lexer_next(&parser->lexer, &parser->token);
}

const struct tmpl_token *tmpl_look(struct tmpl_parser *parser)
{
    if (!parser->has_ahead) {
        tmpl_lexer_next(&parser->lexer, &parser->ahead);
        parser->has_ahead = true;
    }
    return &parser->ahead;
}

bool tmpl_token_is(const struct tmpl_token *token, const char *name)
{
    return token->type == TMPL_T_NAME && strlen(name) == token->length &&
           memcmp(token->text, name, token->length) == 0;
}

bool tmpl_token_is_one(const struct tmpl_token *token, const char *names)
{
    while (token->type == TMPL_T_NAME && *names) {
        size_t length = strcspn(names, " ");
        if (length == token->length && memcmp(names, token->text, length) == 0)
            return true;
        names += length;
        names += *names == ' ';
    }
    return false;
}

bool tmpl_skip_name(struct tmpl_parser *parser, const char *name)
{
    if (!tmpl_at_name(parser, name))
        return false;
    tmpl_next(parser);
    return true;
}

bool tmpl_expect(struct tmpl_parser *parser, enum tmpl_token_type type)
{
    if (parser->token.type != type)
        return tmpl_fail_expected(parser, tmpl_describe_type(type));
    tmpl_next(parser);
    return true;
}

bool tmpl_expect_name(struct tmpl_parser *parser, const char *name)
{
    return tmpl_skip_name(parser, name) || tmpl_fail_expected(parser, name);
}

/* --- nodes -------------------------------------------------------------------------------------- */

struct tmpl_node *tmpl_node_at(struct tmpl_parser *parser, enum tmpl_node_kind kind, uint32_t at)
{
    struct tmpl_node *node = tmpl_alloc(parser->heap, sizeof(*node));

    *node = (struct tmpl_node){ .kind = (uint8_t)kind, .at = at };
    return node;
}

struct tmpl_node *tmpl_node(struct tmpl_parser *parser, enum tmpl_node_kind kind)
{
    return tmpl_node_at(parser, kind, parser->token.at);
}

struct tmpl_node *tmpl_named_node(struct tmpl_parser *parser, enum tmpl_node_kind kind)
{
    if (!tmpl_at(parser, TMPL_T_NAME))
        return tmpl_fail_expected(parser, tmpl_describe_type(TMPL_T_NAME));
    struct tmpl_node *node = tmpl_node(parser, kind);
    node->name = parser->token.text;
    node->name_length = parser->token.length;
    tmpl_next(parser);
    return node;
}

bool tmpl_adopt(struct tmpl_parser *parser, struct tmpl_node *parent, const struct tmpl_node *child)
{
    if (!child || child->height < parent->height)
        return true;
    if (child->height >= MAX_HEIGHT) {
        tmpl_syntax_error(
            &parser->lexer, TMPL_LIMIT_ERROR, parent->at, "set a variable to a part of it first",
            "the expression is too long: more than %d operations build on each other", MAX_HEIGHT);
        return false;
    }
    parent->height = child->height + 1;
    return true;
}

bool tmpl_enter(struct tmpl_parser *parser)
{
    if (parser->depth == TMPL_MAX_NESTING) {
        tmpl_syntax_error(&parser->lexer, TMPL_LIMIT_ERROR, parser->token.at,
                          "move the inner part into a macro or a variable",
                          "expressions and blocks are nested more than %d deep", TMPL_MAX_NESTING);
        return false;
    }
    parser->depth++;
    return true;
}

/* --- the text between the tags ---------------------------------------------------------------------- */

/* Where the list of statements is added to, and the output that is being collected. */
struct body {
    struct tmpl_node *parent;
    struct tmpl_node **end;
    struct tmpl_node *output;
    struct tmpl_node **output_end;
};

static bool add_statement(struct tmpl_parser *parser, struct body *body, struct tmpl_node *node)
{
    if (body->output && !tmpl_adopt(parser, body->parent, body->output))
        return false;
    body->output = NULL;
    if (!node)
        return true;
    *body->end = node;
    body->end = &node->next;
    return tmpl_adopt(parser, body->parent, node);
}

static bool add_output(struct tmpl_parser *parser, struct body *body, struct tmpl_node *node)
{
    if (!body->output) {
        body->output = tmpl_node_at(parser, TMPL_N_OUTPUT, node->at);
        body->output_end = &body->output->list;
        *body->end = body->output;
        body->end = &body->output->next;
    }
    *body->output_end = node;
    body->output_end = &node->next;
    return tmpl_adopt(parser, body->output, node);
}

static bool parse_data(struct tmpl_parser *parser, struct body *body)
{
    struct tmpl_node *node = tmpl_node(parser, TMPL_N_CONST);

    node->flags = TMPL_DATA;
    tmpl_literal_data(parser->heap, &parser->token, &node->value);
    tmpl_next(parser);
    return add_output(parser, body, node);
}

static bool parse_print(struct tmpl_parser *parser, struct body *body)
{
    tmpl_next(parser);
    struct tmpl_node *node = tmpl_parse_tuple(parser, 0);

    return node && add_output(parser, body, node) && tmpl_expect(parser, TMPL_T_PRINT_END);
}

/* A tag: returns 1 when it is the end of the body. */
static int parse_tag(struct tmpl_parser *parser, struct body *body, enum tmpl_stop stop)
{
    tmpl_next(parser);
    if (!tmpl_at(parser, TMPL_T_NAME)) {
        tmpl_fail(parser, parser->token.at, NULL, "tag name expected");
        return -1;
    }
    if (tmpl_token_is_one(&parser->token, tmpl_stop_names[stop]))
        return 1;
    struct tmpl_node *node = tmpl_parse_statement(parser);
    if (!node || !add_statement(parser, body, node) || !tmpl_expect(parser, TMPL_T_BLOCK_END))
        return -1;
    return 0;
}

bool tmpl_parse_body(struct tmpl_parser *parser, enum tmpl_stop stop, struct tmpl_node *parent,
                     struct tmpl_node **ret_body)
{
    struct body body = { .parent = parent, .end = ret_body };
    int r = 0;

    while (r == 0) {
        switch (parser->token.type) {
        case TMPL_T_DATA:
            r = parse_data(parser, &body) ? 0 : -1;
            break;
        case TMPL_T_PRINT_BEGIN:
            r = parse_print(parser, &body) ? 0 : -1;
            break;
        case TMPL_T_BLOCK_BEGIN:
            r = parse_tag(parser, &body, stop);
            break;
        case TMPL_T_EOF:
            if (stop != TMPL_STOP_NOT)
                return tmpl_fail_tag(parser);
            r = 1;
            break;
        default:
            return false; // an error of the lexer
        }
    }
    return r > 0 && add_statement(parser, &body, NULL);
}

static bool check_source(struct tmpl_parser *parser, size_t length)
{
    if (length > TMPL_MAX_SOURCE) {
        tmpl_syntax_error(&parser->lexer, TMPL_LIMIT_ERROR, 0, NULL,
                          "the template has %zu bytes, more than %d", length, TMPL_MAX_SOURCE);
        return false;
    }
    if (!utf8_valid(parser->lexer.source, length)) {
        tmpl_syntax_error(&parser->lexer, TMPL_SYNTAX_ERROR, 0, "save the file as UTF-8",
                          "the template is not valid UTF-8");
        return false;
    }
    return true;
}

struct tmpl_node *tmpl_parse(struct tmpl_heap *heap, const char *source, size_t length,
                             struct tmpl_error *error)
{
    struct tmpl_parser parser;

    parser.heap = heap;
    parser.has_ahead = false;
    parser.depth = 0;
    parser.loops = 0;
    parser.fors = 0;
    parser.open = NULL;
    parser.blocks = NULL;
    error->message[0] = 0;
    tmpl_lexer_init(&parser.lexer, source, length, error);
    if (!check_source(&parser, length))
        return NULL;
    struct tmpl_node *root = tmpl_node_at(&parser, TMPL_N_TEMPLATE, 0);
    tmpl_next(&parser);
    return tmpl_parse_body(&parser, TMPL_STOP_NOT, root, &root->list) ? root : NULL;
}
