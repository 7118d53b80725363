/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser's parts among themselves. parser.c has the tokens, nodes and the text between the tags; parser_statement.c one function a tag;
 * parser_expression.c what stands in them; parse_error.c the messages. Every function that returns a node returns NULL when the error
 * of the lexer is set; nothing is undone, the heap goes.
 */
#pragma once

#include "template/ast.h"
#include "template/lexer.h"

/* What ends the statements of a block. */
enum tmpl_stop {
    TMPL_STOP_NOT,  /* the end of the template */
    TMPL_STOP_IF,   /* elif, else, endif */
    TMPL_STOP_ELSE, /* endif: behind an else */
    TMPL_STOP_FOR,  /* endfor, else */
    TMPL_STOP_FOR_ELSE,
    TMPL_STOP_MACRO,
    TMPL_STOP_CALL,
    TMPL_STOP_FILTER,
    TMPL_STOP_SET,
    TMPL_STOP_WITH,
    TMPL_STOP_AUTOESCAPE,
    TMPL_STOP_BLOCK,
};

/** The names that end it, by blanks, in the order of Jinja's messages. */
extern const char *const tmpl_stop_names[];

/* A tag that waits for its end, on the stack of who parses it. */
struct tmpl_open_block {
    struct tmpl_open_block *outer;
    const char *name;
    uint32_t name_length;
    uint32_t at;
    enum tmpl_stop stop; /* TMPL_STOP_NOT while its body has not begun */
};

struct tmpl_block_name {
    struct tmpl_block_name *next;
    const char *name;
    uint32_t length;
};

struct tmpl_parser {
    struct tmpl_lexer lexer;
    struct tmpl_heap *heap;
    struct tmpl_token token; /* the present one */
    struct tmpl_token ahead; /* the one behind it, when has_ahead */
    bool has_ahead;
    uint8_t depth; /* of nested expressions and blocks */
    unsigned
        loops; /* around the present statement, within its macro: break and continue are allowed */
    unsigned fors; /* around it, macros between or not: `loop` cannot be assigned */
    struct tmpl_open_block *open;
    struct tmpl_block_name *blocks;
};

/* --- tokens (parser.c) --------------------------------------------------------------------------- */

void tmpl_next(struct tmpl_parser *parser);
const struct tmpl_token *tmpl_look(struct tmpl_parser *parser);

static inline bool tmpl_at(const struct tmpl_parser *parser, enum tmpl_token_type type)
{
    return parser->token.type == type;
}

static inline bool tmpl_at_word(const struct tmpl_parser *parser, enum tmpl_word word)
{
    return parser->token.word == word;
}

bool tmpl_token_is(const struct tmpl_token *token, const char *name);
/** The same for several, with blanks between them. */
bool tmpl_token_is_one(const struct tmpl_token *token, const char *names);

static inline bool tmpl_at_name(const struct tmpl_parser *parser, const char *name)
{
    return tmpl_token_is(&parser->token, name);
}

static inline bool tmpl_skip(struct tmpl_parser *parser, enum tmpl_token_type type)
{
    if (parser->token.type != type)
        return false;
    tmpl_next(parser);
    return true;
}

bool tmpl_skip_name(struct tmpl_parser *parser, const char *name);
/** Passes a token of @type, or fails: "expected token ')', got 'name'". */
bool tmpl_expect(struct tmpl_parser *parser, enum tmpl_token_type type);
bool tmpl_expect_name(struct tmpl_parser *parser, const char *name);

/* --- nodes (parser.c) ------------------------------------------------------------------------------ */

/** All members NULL, at the present token. */
struct tmpl_node *tmpl_node(struct tmpl_parser *parser, enum tmpl_node_kind kind);
struct tmpl_node *tmpl_node_at(struct tmpl_parser *parser, enum tmpl_node_kind kind, uint32_t at);
/** A node called as the present NAME, which is passed. */
struct tmpl_node *tmpl_named_node(struct tmpl_parser *parser, enum tmpl_node_kind kind);
/**
 * Notes that @child, which may be NULL, is below @parent. Fails when the tree becomes higher than whoever walks it by recursion can
 * stand.
 */
bool tmpl_adopt(struct tmpl_parser *parser, struct tmpl_node *parent,
                const struct tmpl_node *child);
/** Fails at TMPL_MAX_NESTING; else goes one deeper until tmpl_leave. */
bool tmpl_enter(struct tmpl_parser *parser);

static inline void tmpl_leave(struct tmpl_parser *parser)
{
    parser->depth--;
}

/** Text, output and statements up to the tag of @stop, whose name is the present token. */
bool tmpl_parse_body(struct tmpl_parser *parser, enum tmpl_stop stop, struct tmpl_node *parent,
                     struct tmpl_node **ret_body);

/* --- expressions (parser_expression.c) -------------------------------------------------------------- */

struct tmpl_node *tmpl_parse_expression(struct tmpl_parser *parser);
/** An expression without an inline if. */
struct tmpl_node *tmpl_parse_or(struct tmpl_parser *parser);
struct tmpl_node *tmpl_parse_primary(struct tmpl_parser *parser);

enum {
    TMPL_TUPLE_TARGET = 1, /* only names, literals and parentheses */
    TMPL_TUPLE_NO_IF = 2,
    TMPL_TUPLE_IN_PARENTHESES = 4, /* may be empty */
};

/** One expression, or several with commas as a TUPLE. */
struct tmpl_node *tmpl_parse_tuple(struct tmpl_parser *parser, unsigned flags);
/** `name(…) | name(…)` behind a value (NULL: the first one is not written) and its '|', @inline_first: without one. */
struct tmpl_node *tmpl_parse_filters(struct tmpl_parser *parser, struct tmpl_node *value,
                                     bool inline_first);

/* --- statements (parser_statement.c) ---------------------------------------------------------------- */

/** The statement whose tag's name is the present token, up to its `%}`. */
struct tmpl_node *tmpl_parse_statement(struct tmpl_parser *parser);

/* --- errors (parse_error.c); all of them return NULL ------------------------------------------------- */

void *tmpl_fail(struct tmpl_parser *parser, uint32_t at, const char *hint, const char *format, ...)
    HASS_PRINTF(4, 5);
/** "expected token 'x', got 'y'"; @wanted as it is described. */
void *tmpl_fail_expected(struct tmpl_parser *parser, const char *wanted);
/** "unexpected 'x'", where an operand was wanted. */
void *tmpl_fail_unexpected(struct tmpl_parser *parser);
/** "Encountered unknown tag 'x'. …", or "Unexpected end of template. …". */
void *tmpl_fail_tag(struct tmpl_parser *parser);
/** "can't assign to 'const'". */
void *tmpl_fail_assign(struct tmpl_parser *parser, const struct tmpl_node *target);
/** A token as messages name it: "end of print statement", "integer", ")", a name. Returns @buffer. */
const char *tmpl_describe(const struct tmpl_token *token, char *buffer, size_t size);
const char *tmpl_describe_type(enum tmpl_token_type type);
