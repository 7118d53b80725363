/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions, by precedence climbing: one loop takes every operator that binds at least as tightly as it was asked for, so that a
 * nested expression costs few stack frames. Signs bind tighter than powers, powers go from left to right, and filters and tests apply after
 * a sign: that is Jinja, not arithmetic.
 */
#include "parser.h"

enum level {
    L_NOTHING,
    L_OR,
    L_AND,
    L_NOT,
    L_COMPARE,
    L_ADD,
    L_CONCAT,
    L_MUL,
    L_POW,
    L_SIGN,
};

struct operation {
    uint8_t level;
    uint8_t kind;
    uint8_t op;
};

static const struct operation operations[] = {
    [TMPL_T_ADD] = { L_ADD, TMPL_N_BINARY, TMPL_ADD },
    [TMPL_T_SUB] = { L_ADD, TMPL_N_BINARY, TMPL_SUB },
    [TMPL_T_MUL] = { L_MUL, TMPL_N_BINARY, TMPL_MUL },
    [TMPL_T_DIV] = { L_MUL, TMPL_N_BINARY, TMPL_DIV },
    [TMPL_T_FLOORDIV] = { L_MUL, TMPL_N_BINARY, TMPL_FLOORDIV },
    [TMPL_T_MOD] = { L_MUL, TMPL_N_BINARY, TMPL_MOD },
    [TMPL_T_POW] = { L_POW, TMPL_N_BINARY, TMPL_POW },
    [TMPL_T_TILDE] = { L_CONCAT, TMPL_N_CONCAT, 0 },
    [TMPL_T_EQ] = { L_COMPARE, TMPL_N_COMPARE, TMPL_EQ },
    [TMPL_T_NE] = { L_COMPARE, TMPL_N_COMPARE, TMPL_NE },
    [TMPL_T_LT] = { L_COMPARE, TMPL_N_COMPARE, TMPL_LT },
    [TMPL_T_LE] = { L_COMPARE, TMPL_N_COMPARE, TMPL_LE },
    [TMPL_T_GT] = { L_COMPARE, TMPL_N_COMPARE, TMPL_GT },
    [TMPL_T_GE] = { L_COMPARE, TMPL_N_COMPARE, TMPL_GE },
    [TMPL_T_RBRACE] = { L_NOTHING, 0, 0 },
};

static const struct operation words[] = {
    [TMPL_W_AND] = { L_AND, TMPL_N_AND, 0 },
    [TMPL_W_OR] = { L_OR, TMPL_N_OR, 0 },
    [TMPL_W_NOT] = { L_COMPARE, TMPL_N_COMPARE, TMPL_NOT_IN }, // only before `in`
    [TMPL_W_IN] = { L_COMPARE, TMPL_N_COMPARE, TMPL_IN },
    [TMPL_W_NONE] = { L_NOTHING, 0, 0 },
};

static struct tmpl_node *parse_level(struct tmpl_parser *parser, enum level least);

static const struct operation *operation_here(struct tmpl_parser *parser)
{
    static const struct operation none = { L_NOTHING, 0, 0 };
    const struct tmpl_token *token = &parser->token;

    if (token->type != TMPL_T_NAME)
        return &operations[token->type];
    if (token->word == TMPL_W_NOT && tmpl_look(parser)->word != TMPL_W_IN)
        return &none;
    return &words[token->word];
}

/* --- literals and names --------------------------------------------------------------------------- */

static struct tmpl_node *parse_name(struct tmpl_parser *parser)
{
    enum tmpl_word word = parser->token.word;

    if (word != TMPL_W_TRUE && word != TMPL_W_FALSE && word != TMPL_W_NONE)
        return tmpl_named_node(parser, TMPL_N_NAME);
    struct tmpl_node *node = tmpl_node(parser, TMPL_N_CONST);
    node->value = word == TMPL_W_NONE ? tmpl_none() : tmpl_bool(word == TMPL_W_TRUE);
    tmpl_next(parser);
    return node;
}

static struct tmpl_node *parse_number(struct tmpl_parser *parser)
{
    struct tmpl_node *node = tmpl_node(parser, TMPL_N_CONST);
    bool good =
        tmpl_at(parser, TMPL_T_INTEGER)
            ? tmpl_literal_integer(&parser->lexer, parser->heap, &parser->token, &node->value)
            : tmpl_literal_float(&parser->lexer, &parser->token, &node->value);

    if (!good)
        return NULL;
    tmpl_next(parser);
    return node;
}

static struct tmpl_value join(struct tmpl_parser *parser, const struct tmpl_node *parts,
                              size_t length)
{
    char *text = tmpl_alloc(parser->heap, length + 1);
    size_t at = 0;

    for (; parts; parts = parts->next) {
        memcpy(text + at, parts->value.text, parts->value.length);
        at += parts->value.length;
    }
    return tmpl_string_view(text, length);
}

/* Strings side by side are one. */
static struct tmpl_node *parse_string(struct tmpl_parser *parser)
{
    struct tmpl_node *first = tmpl_node(parser, TMPL_N_CONST);
    struct tmpl_node *last = first;
    size_t length = 0;

    for (;;) {
        if (!tmpl_literal_string(&parser->lexer, parser->heap, &parser->token, &last->value))
            return NULL;
        length += last->value.length;
        tmpl_next(parser);
        if (!tmpl_at(parser, TMPL_T_STRING))
            break;
        last->next = tmpl_node(parser, TMPL_N_CONST);
        last = last->next;
    }
    if (last != first)
        first->value = join(parser, first, length);
    first->next = NULL;
    return first;
}

/* Adds @node to the list that ends at *@end, below @parent. */
static bool append(struct tmpl_parser *parser, struct tmpl_node *parent, struct tmpl_node ***end,
                   struct tmpl_node *node)
{
    if (!node || !tmpl_adopt(parser, parent, node))
        return false;
    **end = node;
    *end = &node->next;
    return true;
}

static struct tmpl_node *parse_list(struct tmpl_parser *parser)
{
    struct tmpl_node *list = tmpl_node(parser, TMPL_N_LIST);
    struct tmpl_node **end = &list->list;

    tmpl_next(parser);
    while (!tmpl_at(parser, TMPL_T_RBRACKET)) {
        if (list->list && !tmpl_expect(parser, TMPL_T_COMMA))
            return NULL;
        if (tmpl_at(parser, TMPL_T_RBRACKET) && list->list)
            break;
        if (!append(parser, list, &end, tmpl_parse_expression(parser)))
            return NULL;
    }
    tmpl_next(parser);
    return list;
}

static struct tmpl_node *parse_pair(struct tmpl_parser *parser)
{
    struct tmpl_node *pair = tmpl_node(parser, TMPL_N_PAIR);

    pair->a = tmpl_parse_expression(parser);
    if (!pair->a || !tmpl_expect(parser, TMPL_T_COLON))
        return NULL;
    pair->b = tmpl_parse_expression(parser);
    return pair->b && tmpl_adopt(parser, pair, pair->a) && tmpl_adopt(parser, pair, pair->b) ? pair
                                                                                             : NULL;
}

static struct tmpl_node *parse_dict(struct tmpl_parser *parser)
{
    struct tmpl_node *dict = tmpl_node(parser, TMPL_N_DICT);
    struct tmpl_node **end = &dict->list;

    tmpl_next(parser);
    while (!tmpl_at(parser, TMPL_T_RBRACE)) {
        if (dict->list && !tmpl_expect(parser, TMPL_T_COMMA))
            return NULL;
        if (tmpl_at(parser, TMPL_T_RBRACE) && dict->list)
            break;
        if (!append(parser, dict, &end, parse_pair(parser)))
            return NULL;
    }
    tmpl_next(parser);
    return dict;
}

static struct tmpl_node *parse_parentheses(struct tmpl_parser *parser)
{
    tmpl_next(parser);
    struct tmpl_node *node = tmpl_parse_tuple(parser, TMPL_TUPLE_IN_PARENTHESES);

    return node && tmpl_expect(parser, TMPL_T_RPAREN) ? node : NULL;
}

struct tmpl_node *tmpl_parse_primary(struct tmpl_parser *parser)
{
    switch (parser->token.type) {
    case TMPL_T_NAME:
        return parse_name(parser);
    case TMPL_T_STRING:
        return parse_string(parser);
    case TMPL_T_INTEGER:
    case TMPL_T_FLOAT:
        return parse_number(parser);
    case TMPL_T_LPAREN:
        return parse_parentheses(parser);
    case TMPL_T_LBRACKET:
        return parse_list(parser);
    case TMPL_T_LBRACE:
        return parse_dict(parser);
    default:
        return tmpl_fail_unexpected(parser);
    }
}

/* --- behind a value ------------------------------------------------------------------------------- */

static struct tmpl_node *parse_attribute(struct tmpl_parser *parser, struct tmpl_node *object)
{
    struct tmpl_node *node;

    tmpl_next(parser);
    if (tmpl_at(parser, TMPL_T_NAME)) {
        node = tmpl_named_node(parser, TMPL_N_ATTR);
    } else if (tmpl_at(parser, TMPL_T_INTEGER)) {
        node = tmpl_node(parser, TMPL_N_ITEM);
        node->b = parse_number(parser);
        if (!node->b)
            return NULL;
    } else {
        uint32_t at = parser->token.at;
        tmpl_next(parser); // what is wrong with the next token comes first
        return tmpl_fail(parser, at, "the name of a part, or a digit, belongs behind the dot",
                         "expected name or number");
    }
    node->a = object;
    return tmpl_adopt(parser, node, object) ? node : NULL;
}

static bool at_end_of_subscript(const struct tmpl_parser *parser)
{
    return tmpl_at(parser, TMPL_T_RBRACKET) || tmpl_at(parser, TMPL_T_COMMA);
}

/* A bound of a slice: NULL in *ret_node when it is left out, which it is where @left_out. */
static bool parse_bound(struct tmpl_parser *parser, struct tmpl_node *slice, bool left_out,
                        struct tmpl_node **ret_node)
{
    if (left_out)
        return true;
    *ret_node = tmpl_parse_expression(parser);
    return *ret_node && tmpl_adopt(parser, slice, *ret_node);
}

/* `start:stop:step`, with @start parsed already and the first colon at hand. */
static struct tmpl_node *parse_slice(struct tmpl_parser *parser, struct tmpl_node *start)
{
    struct tmpl_node *slice = tmpl_node(parser, TMPL_N_SLICE);

    slice->a = start;
    tmpl_next(parser);
    bool left_out = tmpl_at(parser, TMPL_T_COLON) || at_end_of_subscript(parser);
    if (!tmpl_adopt(parser, slice, start) || !parse_bound(parser, slice, left_out, &slice->b))
        return NULL;
    if (tmpl_skip(parser, TMPL_T_COLON) &&
        !parse_bound(parser, slice, at_end_of_subscript(parser), &slice->c))
        return NULL;
    return slice;
}

static struct tmpl_node *parse_index(struct tmpl_parser *parser)
{
    struct tmpl_node *node = NULL;

    if (!tmpl_at(parser, TMPL_T_COLON)) {
        node = tmpl_parse_expression(parser);
        if (!node || !tmpl_at(parser, TMPL_T_COLON))
            return node;
    }
    return parse_slice(parser, node);
}

/* `object[…]`: one index, or a tuple of them. */
static struct tmpl_node *parse_item(struct tmpl_parser *parser, struct tmpl_node *object)
{
    struct tmpl_node *node = tmpl_node(parser, TMPL_N_ITEM);
    struct tmpl_node *tuple = tmpl_node(parser, TMPL_N_TUPLE);
    struct tmpl_node **end = &tuple->list;

    tmpl_next(parser);
    while (!tmpl_at(parser, TMPL_T_RBRACKET)) {
        if (tuple->list && !tmpl_expect(parser, TMPL_T_COMMA))
            return NULL;
        if (!append(parser, tuple, &end, parse_index(parser)))
            return NULL;
    }
    tmpl_next(parser);
    node->a = object;
    node->b = tuple->list && !tuple->list->next ? tuple->list : tuple;
    return tmpl_adopt(parser, node, object) && tmpl_adopt(parser, node, node->b) ? node : NULL;
}

#define MAX_ARGUMENTS 255

/* What was seen so far of a call's arguments: each kind closes the door on others. */
struct arguments {
    struct tmpl_node *call;
    struct tmpl_node **end;
    unsigned count;
    bool keywords;
    bool star;
    bool star_star;
};

static struct tmpl_node *parse_wrapped(struct tmpl_parser *parser, struct tmpl_node *wrapper)
{
    wrapper->a = tmpl_parse_expression(parser);
    return wrapper->a && tmpl_adopt(parser, wrapper, wrapper->a) ? wrapper : NULL;
}

static struct tmpl_node *parse_keyword(struct tmpl_parser *parser, struct arguments *arguments)
{
    struct tmpl_node *node = tmpl_named_node(parser, TMPL_N_KEYWORD);

    for (struct tmpl_node *other = arguments->call->list; other; other = other->next)
        if (other->kind == TMPL_N_KEYWORD && other->name_length == node->name_length &&
            memcmp(other->name, node->name, node->name_length) == 0)
            return tmpl_fail(parser, node->at, NULL, "keyword argument repeated: %.*s",
                             (int)node->name_length, node->name);
    arguments->keywords = true;
    tmpl_next(parser);
    return parse_wrapped(parser, node);
}

static struct tmpl_node *parse_argument(struct tmpl_parser *parser, struct arguments *arguments)
{
    bool star = tmpl_at(parser, TMPL_T_MUL);
    bool star_star = tmpl_at(parser, TMPL_T_POW);
    bool keyword = tmpl_at(parser, TMPL_T_NAME) && tmpl_look(parser)->type == TMPL_T_ASSIGN;
    bool fits = !arguments->star_star &&
                (keyword || star_star || (!arguments->star && (star || !arguments->keywords)));

    if (!fits)
        return tmpl_fail(parser, parser->token.at,
                         "positional arguments stand before name=value, * and **",
                         "invalid syntax for function call expression");
    if (++arguments->count > MAX_ARGUMENTS)
        return tmpl_fail(parser, parser->token.at, "put them into a list or dict",
                         "more than %d arguments", MAX_ARGUMENTS);
    if (keyword)
        return parse_keyword(parser, arguments);
    if (!star && !star_star)
        return tmpl_parse_expression(parser);
    arguments->star |= star;
    arguments->star_star |= star_star;
    struct tmpl_node *node = tmpl_node(parser, star ? TMPL_N_STAR : TMPL_N_STARSTAR);
    tmpl_next(parser);
    return parse_wrapped(parser, node);
}

/* `(…)` into the list of @call, which is a CALL, FILTER or TEST. */
static bool parse_arguments(struct tmpl_parser *parser, struct tmpl_node *call)
{
    struct arguments arguments = { .call = call, .end = &call->list };

    tmpl_next(parser);
    while (!tmpl_at(parser, TMPL_T_RPAREN)) {
        if (arguments.count && !tmpl_expect(parser, TMPL_T_COMMA))
            return false;
        if (arguments.count && tmpl_at(parser, TMPL_T_RPAREN))
            break;
        if (!append(parser, call, &arguments.end, parse_argument(parser, &arguments)))
            return false;
    }
    tmpl_next(parser);
    return true;
}

static struct tmpl_node *parse_call(struct tmpl_parser *parser, struct tmpl_node *callee)
{
    struct tmpl_node *node = tmpl_node(parser, TMPL_N_CALL);

    node->a = callee;
    return tmpl_adopt(parser, node, callee) && parse_arguments(parser, node) ? node : NULL;
}

/* Dots are part of the names of filters and tests. */
static struct tmpl_node *parse_dotted_name(struct tmpl_parser *parser, enum tmpl_node_kind kind)
{
    struct tmpl_node *node = tmpl_named_node(parser, kind);

    while (node && tmpl_skip(parser, TMPL_T_DOT)) {
        if (!tmpl_at(parser, TMPL_T_NAME))
            return tmpl_fail_expected(parser, tmpl_describe_type(TMPL_T_NAME));
        size_t length = node->name_length + 1 + parser->token.length;
        char *name = tmpl_alloc(parser->heap, length);
        memcpy(name, node->name, node->name_length);
        name[node->name_length] = '.';
        memcpy(name + node->name_length + 1, parser->token.text, parser->token.length);
        node->name = name;
        node->name_length = (uint32_t)length;
        tmpl_next(parser);
    }
    return node;
}

struct tmpl_node *tmpl_parse_filters(struct tmpl_parser *parser, struct tmpl_node *value,
                                     bool inline_first)
{
    while (inline_first || tmpl_at(parser, TMPL_T_PIPE)) {
        if (!inline_first)
            tmpl_next(parser);
        struct tmpl_node *node = parse_dotted_name(parser, TMPL_N_FILTER);
        if (!node)
            return NULL;
        node->a = value;
        if (!tmpl_adopt(parser, node, value) ||
            (tmpl_at(parser, TMPL_T_LPAREN) && !parse_arguments(parser, node)))
            return NULL;
        value = node;
        inline_first = false;
    }
    return value;
}

static struct tmpl_node *parse_postfix(struct tmpl_parser *parser, struct tmpl_node *node)
{
    while (node) {
        if (tmpl_at(parser, TMPL_T_DOT))
            node = parse_attribute(parser, node);
        else if (tmpl_at(parser, TMPL_T_LBRACKET))
            node = parse_item(parser, node);
        else if (tmpl_at(parser, TMPL_T_LPAREN))
            node = parse_call(parser, node);
        else
            break;
    }
    return node;
}

/* The one argument that a test may have without parentheses: `is divisibleby 3`. */
static bool parse_bare_argument(struct tmpl_parser *parser, struct tmpl_node *test)
{
    if (tmpl_at_word(parser, TMPL_W_IS))
        return tmpl_fail(parser, parser->token.at, "join them with and: x is a and x is b",
                         "You cannot chain multiple tests with is");
    test->list = tmpl_parse_primary(parser);
    if (test->list)
        test->list = parse_postfix(parser, test->list);
    return test->list && tmpl_adopt(parser, test, test->list);
}

static bool at_bare_argument(const struct tmpl_parser *parser)
{
    switch (parser->token.type) {
    case TMPL_T_NAME:
        return parser->token.word != TMPL_W_ELSE && parser->token.word != TMPL_W_OR &&
               parser->token.word != TMPL_W_AND;
    case TMPL_T_STRING:
    case TMPL_T_INTEGER:
    case TMPL_T_FLOAT:
    case TMPL_T_LBRACKET:
    case TMPL_T_LBRACE:
        return true;
    default:
        return false;
    }
}

static struct tmpl_node *parse_test(struct tmpl_parser *parser, struct tmpl_node *value)
{
    tmpl_next(parser);
    uint32_t at = parser->token.at;
    bool negated = tmpl_at_word(parser, TMPL_W_NOT);
    if (negated)
        tmpl_next(parser);
    struct tmpl_node *test = parse_dotted_name(parser, TMPL_N_TEST);
    if (!test)
        return NULL;
    test->a = value;
    bool good = tmpl_adopt(parser, test, value);
    if (good && tmpl_at(parser, TMPL_T_LPAREN))
        good = parse_arguments(parser, test);
    else if (good && at_bare_argument(parser))
        good = parse_bare_argument(parser, test);
    if (!good || !negated)
        return good ? test : NULL;
    struct tmpl_node *node = tmpl_node_at(parser, TMPL_N_NOT, at);
    node->a = test;
    return tmpl_adopt(parser, node, test) ? node : NULL;
}

/* Filters and tests, and calls of what they give. */
static struct tmpl_node *parse_filtered(struct tmpl_parser *parser, struct tmpl_node *node)
{
    while (node) {
        if (tmpl_at(parser, TMPL_T_PIPE))
            node = tmpl_parse_filters(parser, node, false);
        else if (tmpl_at_word(parser, TMPL_W_IS))
            node = parse_test(parser, node);
        else if (tmpl_at(parser, TMPL_T_LPAREN))
            node = parse_call(parser, node);
        else
            break;
    }
    return node;
}

/* --- operators ------------------------------------------------------------------------------------ */

/* The operand of a sign or of `not`, which is one deeper. */
static struct tmpl_node *parse_prefixed(struct tmpl_parser *parser, enum tmpl_node_kind kind,
                                        struct tmpl_node *(*operand)(struct tmpl_parser *))
{
    struct tmpl_node *node = tmpl_node(parser, kind);

    if (!tmpl_enter(parser))
        return NULL;
    tmpl_next(parser);
    node->a = operand(parser);
    tmpl_leave(parser);
    return node->a && tmpl_adopt(parser, node, node->a) ? node : NULL;
}

/* A value with its sign, calls, attributes and items, but without filters: they come after the sign. */
static struct tmpl_node *parse_signed(struct tmpl_parser *parser)
{
    struct tmpl_node *node;

    if (tmpl_at(parser, TMPL_T_SUB))
        node = parse_prefixed(parser, TMPL_N_NEG, parse_signed);
    else if (tmpl_at(parser, TMPL_T_ADD))
        node = parse_prefixed(parser, TMPL_N_POS, parse_signed);
    else
        node = tmpl_parse_primary(parser);
    return parse_postfix(parser, node);
}

static struct tmpl_node *parse_negation(struct tmpl_parser *parser)
{
    return parse_level(parser, L_NOT);
}

/* `a < b <= c` is one node. */
static struct tmpl_node *parse_compare(struct tmpl_parser *parser, struct tmpl_node *first)
{
    struct tmpl_node *node = tmpl_node(parser, TMPL_N_COMPARE);
    struct tmpl_node **end = &node->list;
    const struct operation *operation;

    node->a = first;
    if (!tmpl_adopt(parser, node, first))
        return NULL;
    while ((operation = operation_here(parser))->level == L_COMPARE) {
        struct tmpl_node *operand = tmpl_node(parser, TMPL_N_OPERAND);
        operand->op = operation->op;
        tmpl_next(parser);
        if (operand->op == TMPL_NOT_IN)
            tmpl_next(parser);
        operand->a = parse_level(parser, L_ADD);
        if (!operand->a || !tmpl_adopt(parser, operand, operand->a) ||
            !append(parser, node, &end, operand))
            return NULL;
    }
    return node;
}

/* `a ~ b ~ c` is one node. */
static struct tmpl_node *parse_concat(struct tmpl_parser *parser, struct tmpl_node *first)
{
    struct tmpl_node *node = tmpl_node(parser, TMPL_N_CONCAT);
    struct tmpl_node **end = &node->list;

    if (!append(parser, node, &end, first))
        return NULL;
    while (tmpl_skip(parser, TMPL_T_TILDE))
        if (!append(parser, node, &end, parse_level(parser, L_MUL)))
            return NULL;
    return node;
}

static struct tmpl_node *parse_binary(struct tmpl_parser *parser, struct tmpl_node *left,
                                      const struct operation *operation)
{
    struct tmpl_node *node = tmpl_node(parser, operation->kind);

    node->op = operation->op;
    node->a = left;
    tmpl_next(parser);
    node->b = parse_level(parser, operation->level + 1);
    return node->b && tmpl_adopt(parser, node, left) && tmpl_adopt(parser, node, node->b) ? node
                                                                                          : NULL;
}

/* Everything whose operators bind at least as tightly as @least. */
static struct tmpl_node *parse_level(struct tmpl_parser *parser, enum level least)
{
    struct tmpl_node *node;

    if (least <= L_NOT && tmpl_at_word(parser, TMPL_W_NOT))
        node = parse_prefixed(parser, TMPL_N_NOT, parse_negation);
    else
        node = parse_filtered(parser, parse_signed(parser));
    while (node) {
        const struct operation *operation = operation_here(parser);
        if (operation->level < least || operation->level == L_NOTHING)
            break;
        if (operation->level == L_COMPARE)
            node = parse_compare(parser, node);
        else if (operation->level == L_CONCAT)
            node = parse_concat(parser, node);
        else
            node = parse_binary(parser, node, operation);
    }
    return node;
}

struct tmpl_node *tmpl_parse_or(struct tmpl_parser *parser)
{
    return parse_level(parser, L_OR);
}

/* `then if test else …`, with @then parsed already. */
static struct tmpl_node *parse_condition(struct tmpl_parser *parser, struct tmpl_node *then)
{
    struct tmpl_node *node = tmpl_node(parser, TMPL_N_COND);

    tmpl_next(parser);
    node->b = then;
    node->a = parse_level(parser, L_OR);
    if (!node->a)
        return NULL;
    if (tmpl_at_word(parser, TMPL_W_ELSE)) {
        tmpl_next(parser);
        node->c = tmpl_parse_expression(parser);
        if (!node->c)
            return NULL;
    }
    return tmpl_adopt(parser, node, node->a) && tmpl_adopt(parser, node, node->b) &&
                   tmpl_adopt(parser, node, node->c)
               ? node
               : NULL;
}

struct tmpl_node *tmpl_parse_expression(struct tmpl_parser *parser)
{
    if (!tmpl_enter(parser))
        return NULL;
    struct tmpl_node *node = parse_level(parser, L_OR);
    while (node && tmpl_at_word(parser, TMPL_W_IF))
        node = parse_condition(parser, node);
    tmpl_leave(parser);
    return node;
}

static bool at_end_of_tuple(const struct tmpl_parser *parser)
{
    return tmpl_at(parser, TMPL_T_PRINT_END) || tmpl_at(parser, TMPL_T_BLOCK_END) ||
           tmpl_at(parser, TMPL_T_RPAREN);
}

static struct tmpl_node *parse_member(struct tmpl_parser *parser, unsigned flags)
{
    if (flags & TMPL_TUPLE_TARGET)
        return tmpl_parse_primary(parser);
    return flags & TMPL_TUPLE_NO_IF ? tmpl_parse_or(parser) : tmpl_parse_expression(parser);
}

static struct tmpl_node *fail_empty(struct tmpl_parser *parser)
{
    char text[64];

    return tmpl_fail(parser, parser->token.at, "write a value, or leave the tag out",
                     "Expected an expression, got '%s'",
                     tmpl_describe(&parser->token, text, sizeof(text)));
}

struct tmpl_node *tmpl_parse_tuple(struct tmpl_parser *parser, unsigned flags)
{
    uint32_t at = parser->token.at;

    if (at_end_of_tuple(parser)) {
        if (!(flags & TMPL_TUPLE_IN_PARENTHESES))
            return fail_empty(parser);
        struct tmpl_node *empty = tmpl_node_at(parser, TMPL_N_TUPLE, at);
        empty->flags = TMPL_PARENTHESES;
        return empty;
    }
    struct tmpl_node *node = parse_member(parser, flags);
    if (!node || !tmpl_at(parser, TMPL_T_COMMA))
        return node;
    struct tmpl_node *tuple = tmpl_node_at(parser, TMPL_N_TUPLE, at);
    struct tmpl_node **tail = &tuple->list;
    tuple->flags = flags & TMPL_TUPLE_IN_PARENTHESES ? TMPL_PARENTHESES : 0;
    if (!append(parser, tuple, &tail, node))
        return NULL;
    while (tmpl_skip(parser, TMPL_T_COMMA) && !at_end_of_tuple(parser))
        if (!append(parser, tuple, &tail, parse_member(parser, flags)))
            return NULL;
    return tuple;
}
