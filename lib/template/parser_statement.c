/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One function a tag, found by a table. Each is called with the tag's name as the present token and stops before the `%}` that ends it, or
 * ends its end tag. The tags that wait for their end lie on the C stack, so that messages can tell what is open since where.
 */
#include "parser.h"

#define MAX_PARAMETERS 255
#define MAX_BLOCKS     1000

static bool is_same(const char *a, size_t a_length, const char *b, size_t b_length)
{
    return a_length == b_length && memcmp(a, b, a_length) == 0;
}

/* The statements from `%}` to the tag that ends them, whose name is the present token then. */
static bool parse_block(struct tmpl_parser *parser, enum tmpl_stop stop, struct tmpl_node *parent,
                        struct tmpl_node **ret_body)
{
    tmpl_skip(parser, TMPL_T_COLON);
    if (!tmpl_expect(parser, TMPL_T_BLOCK_END) || !tmpl_enter(parser))
        return false;
    parser->open->stop = stop;
    bool good = tmpl_parse_body(parser, stop, parent, ret_body);
    tmpl_leave(parser);
    return good;
}

/* The same, and passes the name of the end tag. */
static bool parse_whole_block(struct tmpl_parser *parser, enum tmpl_stop stop,
                              struct tmpl_node *parent, struct tmpl_node **ret_body)
{
    if (!parse_block(parser, stop, parent, ret_body))
        return false;
    tmpl_next(parser);
    return true;
}

/* A block that is a function of its own: loops around it end at its border. */
static bool parse_function_block(struct tmpl_parser *parser, enum tmpl_stop stop,
                                 struct tmpl_node *parent)
{
    unsigned loops = parser->loops;

    parser->loops = 0;
    bool good = parse_whole_block(parser, stop, parent, &parent->list);
    parser->loops = loops;
    return good;
}

/* The node of the tag at hand, and passes its name. */
static struct tmpl_node *begin(struct tmpl_parser *parser, enum tmpl_node_kind kind)
{
    struct tmpl_node *node = tmpl_node(parser, kind);

    tmpl_next(parser);
    return node;
}

/* Sets *ret_child and adopts it. */
static bool take(struct tmpl_parser *parser, struct tmpl_node *node, struct tmpl_node **ret_child,
                 struct tmpl_node *child)
{
    *ret_child = child;
    return child && tmpl_adopt(parser, node, child);
}

/* --- what is assigned to -------------------------------------------------------------------------- */

static bool can_assign(const struct tmpl_node *target)
{
    if (target->kind == TMPL_N_NAME || target->kind == TMPL_N_NSREF)
        return true;
    if (target->kind != TMPL_N_TUPLE)
        return false;
    for (const struct tmpl_node *member = target->list; member; member = member->next)
        if (!can_assign(member))
            return false;
    return true;
}

static bool names_loop(const struct tmpl_node *target)
{
    if (target->kind == TMPL_N_NAME)
        return is_same(target->name, target->name_length, "loop", 4);
    if (target->kind != TMPL_N_TUPLE)
        return false;
    for (const struct tmpl_node *member = target->list; member; member = member->next)
        if (names_loop(member))
            return true;
    return false;
}

/* A name or a tuple of names. */
static struct tmpl_node *parse_target(struct tmpl_parser *parser)
{
    struct tmpl_node *target = tmpl_parse_tuple(parser, TMPL_TUPLE_TARGET);

    if (target && !can_assign(target))
        return tmpl_fail_assign(parser, target);
    return target;
}

/* The same where a template sets it, which `loop` cannot be inside of a loop. */
static struct tmpl_node *parse_variable(struct tmpl_parser *parser)
{
    struct tmpl_node *target = parse_target(parser);

    if (target && parser->fors && names_loop(target)) {
        tmpl_syntax_error(&parser->lexer, TMPL_ASSERTION_ERROR, target->at,
                          "loop is the loop itself here: choose another name",
                          "Can't assign to special loop variable in for-loop target");
        return NULL;
    }
    return target;
}

/* A name that is not one of the constants. */
static struct tmpl_node *parse_plain_name(struct tmpl_parser *parser, enum tmpl_node_kind kind)
{
    enum tmpl_word word = parser->token.word;
    struct tmpl_node *node = tmpl_named_node(parser, kind);

    if (node && (word == TMPL_W_TRUE || word == TMPL_W_FALSE || word == TMPL_W_NONE))
        return tmpl_fail(parser, node->at, NULL, "can't assign to 'name'");
    return node;
}

/* `namespace.attribute`. */
static struct tmpl_node *parse_reference(struct tmpl_parser *parser)
{
    struct tmpl_node *node = tmpl_named_node(parser, TMPL_N_NSREF);

    tmpl_next(parser);
    node->name2 = parser->token.text;
    node->name2_length = parser->token.length;
    return tmpl_expect(parser, TMPL_T_NAME) ? node : NULL;
}

/* --- control -------------------------------------------------------------------------------------- */

/* The branches of an `if` from its test on; returns 1 when an elif follows. */
static int parse_branch(struct tmpl_parser *parser, struct tmpl_node *node)
{
    if (!take(parser, node, &node->a, tmpl_parse_tuple(parser, TMPL_TUPLE_NO_IF)) ||
        !parse_block(parser, TMPL_STOP_IF, node, &node->list))
        return -1;
    if (tmpl_at_name(parser, "elif"))
        return 1;
    bool has_else = tmpl_at_word(parser, TMPL_W_ELSE);
    tmpl_next(parser);
    if (has_else && !parse_whole_block(parser, TMPL_STOP_ELSE, node, &node->orelse))
        return -1;
    return 0;
}

static struct tmpl_node *parse_if(struct tmpl_parser *parser)
{
    struct tmpl_node *first = begin(parser, TMPL_N_IF);
    struct tmpl_node *node = first;
    int r;

    do {
        r = parse_branch(parser, node);
        if (node->height > first->height)
            first->height = node->height;
        if (r > 0)
            node = node->orelse = begin(parser, TMPL_N_IF);
    } while (r > 0);
    return r < 0 ? NULL : first;
}

static bool parse_for_head(struct tmpl_parser *parser, struct tmpl_node *node)
{
    if (!take(parser, node, &node->a, parse_variable(parser)) || !tmpl_expect_name(parser, "in") ||
        !take(parser, node, &node->b, tmpl_parse_tuple(parser, TMPL_TUPLE_NO_IF)))
        return false;
    if (tmpl_skip_name(parser, "if") &&
        !take(parser, node, &node->c, tmpl_parse_expression(parser)))
        return false;
    if (tmpl_skip_name(parser, "recursive"))
        node->flags = TMPL_RECURSIVE;
    return true;
}

static struct tmpl_node *parse_for(struct tmpl_parser *parser)
{
    struct tmpl_node *node = begin(parser, TMPL_N_FOR);

    parser->fors++;
    if (!parse_for_head(parser, node))
        return NULL;
    parser->loops++;
    if (!parse_block(parser, TMPL_STOP_FOR, node, &node->list))
        return NULL;
    parser->loops--;
    bool has_else = tmpl_at_word(parser, TMPL_W_ELSE);
    tmpl_next(parser);
    if (has_else && !parse_whole_block(parser, TMPL_STOP_FOR_ELSE, node, &node->orelse))
        return NULL;
    parser->fors--;
    return node;
}

static struct tmpl_node *parse_jump(struct tmpl_parser *parser, enum tmpl_node_kind kind,
                                    const char *message)
{
    if (!parser->loops)
        return tmpl_fail(parser, parser->token.at, "it works between {% for %} and {% endfor %}",
                         "%s", message);
    return begin(parser, kind);
}

static struct tmpl_node *parse_break(struct tmpl_parser *parser)
{
    return parse_jump(parser, TMPL_N_BREAK, "'break' outside loop");
}

static struct tmpl_node *parse_continue(struct tmpl_parser *parser)
{
    return parse_jump(parser, TMPL_N_CONTINUE, "'continue' not properly in loop");
}

static struct tmpl_node *parse_do(struct tmpl_parser *parser)
{
    struct tmpl_node *node = begin(parser, TMPL_N_DO);

    return take(parser, node, &node->a, tmpl_parse_tuple(parser, 0)) ? node : NULL;
}

static struct tmpl_node *parse_print_tag(struct tmpl_parser *parser)
{
    struct tmpl_node *node = begin(parser, TMPL_N_OUTPUT);
    struct tmpl_node **end = &node->list;

    while (!tmpl_at(parser, TMPL_T_BLOCK_END)) {
        if (node->list && !tmpl_expect(parser, TMPL_T_COMMA))
            return NULL;
        if (!take(parser, node, end, tmpl_parse_expression(parser)))
            return NULL;
        end = &(*end)->next;
    }
    return node;
}

/* --- variables ------------------------------------------------------------------------------------ */

/* `{% set x | upper %}…{% endset %}`, from behind the target. */
static bool parse_set_block(struct tmpl_parser *parser, struct tmpl_node *node)
{
    node->kind = TMPL_N_SET_BLOCK;
    if (tmpl_skip(parser, TMPL_T_PIPE) &&
        !take(parser, node, &node->b, tmpl_parse_filters(parser, NULL, true)))
        return false;
    return parse_whole_block(parser, TMPL_STOP_SET, node, &node->list);
}

static struct tmpl_node *parse_set(struct tmpl_parser *parser)
{
    struct tmpl_node *node = begin(parser, TMPL_N_SET);
    bool reference = tmpl_at(parser, TMPL_T_NAME) && tmpl_look(parser)->type == TMPL_T_DOT;
    bool good;

    good =
        take(parser, node, &node->a, reference ? parse_reference(parser) : parse_variable(parser));
    if (!good)
        return NULL;
    good = tmpl_skip(parser, TMPL_T_ASSIGN)
               ? take(parser, node, &node->b, tmpl_parse_tuple(parser, 0))
               : parse_set_block(parser, node);
    return good ? node : NULL;
}

static struct tmpl_node *parse_with(struct tmpl_parser *parser)
{
    struct tmpl_node *node = begin(parser, TMPL_N_WITH);
    struct tmpl_node **end = &node->params;

    while (!tmpl_at(parser, TMPL_T_BLOCK_END)) {
        if (node->params && !tmpl_expect(parser, TMPL_T_COMMA))
            return NULL;
        struct tmpl_node *pair = tmpl_node(parser, TMPL_N_PAIR);
        if (!take(parser, pair, &pair->a, parse_target(parser)) ||
            !tmpl_expect(parser, TMPL_T_ASSIGN) ||
            !take(parser, pair, &pair->b, tmpl_parse_expression(parser)) ||
            !take(parser, node, end, pair))
            return NULL;
        end = &pair->next;
    }
    return parse_whole_block(parser, TMPL_STOP_WITH, node, &node->list) ? node : NULL;
}

/* --- macros and filters --------------------------------------------------------------------------- */

static bool is_repeated(const struct tmpl_node *list, const struct tmpl_node *node)
{
    for (; list; list = list->next)
        if (is_same(list->name, list->name_length, node->name, node->name_length))
            return true;
    return false;
}

/* One parameter; *@defaults tells whether one before it has a default. */
static struct tmpl_node *parse_parameter(struct tmpl_parser *parser, struct tmpl_node *macro,
                                         bool *defaults)
{
    struct tmpl_node *node = parse_plain_name(parser, TMPL_N_NAME);

    if (!node)
        return NULL;
    if (is_repeated(macro->params, node))
        return tmpl_fail(parser, node->at, NULL, "duplicate argument '%.*s' in function definition",
                         (int)node->name_length, node->name);
    if (tmpl_skip(parser, TMPL_T_ASSIGN)) {
        *defaults = true;
        return take(parser, node, &node->a, tmpl_parse_expression(parser)) ? node : NULL;
    }
    if (*defaults)
        return tmpl_fail(parser, node->at, "put those without a default first",
                         "non-default argument follows default argument");
    return node;
}

static bool parse_parameters(struct tmpl_parser *parser, struct tmpl_node *macro)
{
    struct tmpl_node **end = &macro->params;
    bool defaults = false;

    if (!tmpl_expect(parser, TMPL_T_LPAREN))
        return false;
    for (unsigned count = 0; !tmpl_at(parser, TMPL_T_RPAREN); count++) {
        if (count == MAX_PARAMETERS)
            return tmpl_fail(parser, parser->token.at, "take a dict or list",
                             "more than %d parameters", MAX_PARAMETERS);
        if (count && !tmpl_expect(parser, TMPL_T_COMMA))
            return false;
        if (!take(parser, macro, end, parse_parameter(parser, macro, &defaults)))
            return false;
        end = &(*end)->next;
    }
    tmpl_next(parser);
    return true;
}

static struct tmpl_node *parse_macro(struct tmpl_parser *parser)
{
    uint32_t at = parser->token.at;

    tmpl_next(parser);
    struct tmpl_node *node = parse_plain_name(parser, TMPL_N_MACRO);
    if (!node || !parse_parameters(parser, node))
        return NULL;
    node->at = at;
    return parse_function_block(parser, TMPL_STOP_MACRO, node) ? node : NULL;
}

static struct tmpl_node *parse_call_block(struct tmpl_parser *parser)
{
    struct tmpl_node *node = begin(parser, TMPL_N_CALL_BLOCK);

    if (tmpl_at(parser, TMPL_T_LPAREN) && !parse_parameters(parser, node))
        return NULL;
    if (!take(parser, node, &node->a, tmpl_parse_expression(parser)))
        return NULL;
    if (node->a->kind != TMPL_N_CALL)
        return tmpl_fail(parser, node->at, "call a macro: {% call name() %}", "expected call");
    return parse_function_block(parser, TMPL_STOP_CALL, node) ? node : NULL;
}

static struct tmpl_node *parse_filter_block(struct tmpl_parser *parser)
{
    struct tmpl_node *node = begin(parser, TMPL_N_FILTER_BLOCK);

    return take(parser, node, &node->a, tmpl_parse_filters(parser, NULL, true)) &&
                   parse_whole_block(parser, TMPL_STOP_FILTER, node, &node->list)
               ? node
               : NULL;
}

static struct tmpl_node *parse_autoescape(struct tmpl_parser *parser)
{
    struct tmpl_node *node = begin(parser, TMPL_N_AUTOESCAPE);

    return take(parser, node, &node->a, tmpl_parse_expression(parser)) &&
                   parse_whole_block(parser, TMPL_STOP_AUTOESCAPE, node, &node->list)
               ? node
               : NULL;
}

/* --- other templates ------------------------------------------------------------------------------ */

/* `with context`, `without context`: whether it was there. */
static bool parse_context(struct tmpl_parser *parser, bool *ret_with)
{
    bool with = tmpl_at_name(parser, "with");

    if (!with && !tmpl_at_name(parser, "without"))
        return false;
    if (!tmpl_token_is(tmpl_look(parser), "context"))
        return false;
    tmpl_next(parser);
    tmpl_next(parser);
    *ret_with = with;
    return true;
}

static struct tmpl_node *parse_include(struct tmpl_parser *parser)
{
    struct tmpl_node *node = begin(parser, TMPL_N_INCLUDE);
    bool with = true;

    if (!take(parser, node, &node->a, tmpl_parse_expression(parser)))
        return NULL;
    if (tmpl_at_name(parser, "ignore") && tmpl_token_is(tmpl_look(parser), "missing")) {
        node->flags = TMPL_IGNORE_MISSING;
        tmpl_next(parser);
        tmpl_next(parser);
    }
    parse_context(parser, &with);
    node->flags |= with ? 0 : TMPL_WITHOUT_CONTEXT;
    return node;
}

static struct tmpl_node *parse_import(struct tmpl_parser *parser)
{
    struct tmpl_node *node = begin(parser, TMPL_N_IMPORT);
    bool with = false;

    if (!take(parser, node, &node->a, tmpl_parse_expression(parser)) ||
        !tmpl_expect_name(parser, "as"))
        return NULL;
    struct tmpl_node *name = parse_plain_name(parser, TMPL_N_NAME);
    if (!name)
        return NULL;
    node->name = name->name;
    node->name_length = name->name_length;
    parse_context(parser, &with);
    node->flags = with ? TMPL_WITH_CONTEXT : 0;
    return node;
}

/* `name as alias`. */
static struct tmpl_node *parse_imported_name(struct tmpl_parser *parser)
{
    struct tmpl_node *node = parse_plain_name(parser, TMPL_N_NAME);

    if (node && *node->name == '_') {
        tmpl_syntax_error(&parser->lexer, TMPL_ASSERTION_ERROR, node->at, NULL,
                          "names starting with an underline can not be imported");
        return NULL;
    }
    if (!node || !tmpl_skip_name(parser, "as"))
        return node;
    struct tmpl_node *alias = parse_plain_name(parser, TMPL_N_NAME);
    if (!alias)
        return NULL;
    node->name2 = alias->name;
    node->name2_length = alias->name_length;
    return node;
}

static bool parse_imported_names(struct tmpl_parser *parser, struct tmpl_node *node, bool *ret_with)
{
    struct tmpl_node **end = &node->params;

    for (;;) {
        if (node->params && !tmpl_expect(parser, TMPL_T_COMMA))
            return false;
        if (!tmpl_at(parser, TMPL_T_NAME))
            return tmpl_expect(parser, TMPL_T_NAME);
        if (parse_context(parser, ret_with))
            return true;
        if (!take(parser, node, end, parse_imported_name(parser)))
            return false;
        end = &(*end)->next;
        if (parse_context(parser, ret_with) || !tmpl_at(parser, TMPL_T_COMMA))
            return true;
    }
}

static struct tmpl_node *parse_from(struct tmpl_parser *parser)
{
    struct tmpl_node *node = begin(parser, TMPL_N_FROM);
    bool with = false;

    if (!take(parser, node, &node->a, tmpl_parse_expression(parser)) ||
        !tmpl_expect_name(parser, "import") || !parse_imported_names(parser, node, &with))
        return NULL;
    node->flags = with ? TMPL_WITH_CONTEXT : 0;
    return node;
}

static struct tmpl_node *parse_extends(struct tmpl_parser *parser)
{
    struct tmpl_node *node = begin(parser, TMPL_N_EXTENDS);

    return take(parser, node, &node->a, tmpl_parse_expression(parser)) ? node : NULL;
}

/* Notes a block's name, which no other may have. */
static bool add_block(struct tmpl_parser *parser, const struct tmpl_node *node)
{
    unsigned count = 0;

    for (struct tmpl_block_name *other = parser->blocks; other; other = other->next, count++) {
        if (!is_same(other->name, other->length, node->name, node->name_length))
            continue;
        tmpl_syntax_error(&parser->lexer, TMPL_ASSERTION_ERROR, node->at, NULL,
                          "block '%.*s' defined twice", (int)node->name_length, node->name);
        return false;
    }
    if (count == MAX_BLOCKS)
        return tmpl_fail(parser, node->at, NULL, "more than %d blocks", MAX_BLOCKS);
    struct tmpl_block_name *block = tmpl_alloc(parser->heap, sizeof(*block));
    *block = (struct tmpl_block_name){ parser->blocks, node->name, node->name_length };
    parser->blocks = block;
    return true;
}

static bool is_blank(const struct tmpl_value *text)
{
    const char *at = text->text;
    const char *end = at + text->length;
    size_t size;

    while ((size = tmpl_blank(at, end)) != 0)
        at += size;
    return at == end;
}

/* A required block has nothing in it but blanks and comments. */
static bool check_required(struct tmpl_parser *parser, const struct tmpl_node *block)
{
    for (const struct tmpl_node *node = block->list; node; node = node->next) {
        bool good = node->kind == TMPL_N_OUTPUT;
        for (const struct tmpl_node *part = node->list; good && part; part = part->next)
            good = part->flags & TMPL_DATA && is_blank(&part->value);
        if (!good)
            return tmpl_fail(parser, node->at, NULL,
                             "Required blocks can only contain comments or whitespace");
    }
    return true;
}

static struct tmpl_node *parse_named_block(struct tmpl_parser *parser)
{
    uint32_t at = parser->token.at;

    tmpl_next(parser);
    struct tmpl_node *node = tmpl_named_node(parser, TMPL_N_BLOCK);
    if (!node)
        return NULL;
    node->at = at;
    if (tmpl_at(parser, TMPL_T_SUB))
        return tmpl_fail(parser, parser->token.at, NULL,
                         "Block names in Jinja have to be valid Python identifiers and may not "
                         "contain hyphens, use an underscore instead.");
    if (tmpl_skip_name(parser, "scoped"))
        node->flags |= TMPL_SCOPED;
    if (tmpl_skip_name(parser, "required"))
        node->flags |= TMPL_REQUIRED;
    if (!add_block(parser, node) || !parse_function_block(parser, TMPL_STOP_BLOCK, node) ||
        (node->flags & TMPL_REQUIRED && !check_required(parser, node)))
        return NULL;
    if (tmpl_at(parser, TMPL_T_NAME) &&
        is_same(parser->token.text, parser->token.length, node->name, node->name_length))
        tmpl_next(parser);
    return node;
}

/* --- the table ------------------------------------------------------------------------------------ */

struct tag {
    const char *name;
    struct tmpl_node *(*parse)(struct tmpl_parser *parser);
};

static const struct tag tags[] = {
    { "if", parse_if },
    { "set", parse_set },
    { "for", parse_for },
    { "macro", parse_macro },
    { "from", parse_from },
    { "import", parse_import },
    { "do", parse_do },
    { "break", parse_break },
    { "continue", parse_continue },
    { "with", parse_with },
    { "filter", parse_filter_block },
    { "call", parse_call_block },
    { "include", parse_include },
    { "block", parse_named_block },
    { "extends", parse_extends },
    { "autoescape", parse_autoescape },
    { "print", parse_print_tag },
};

struct tmpl_node *tmpl_parse_statement(struct tmpl_parser *parser)
{
    const struct tag *tag = tags;
    const struct tag *end = tags + sizeof(tags) / sizeof(tags[0]);

    while (tag < end && !tmpl_at_name(parser, tag->name))
        tag++;
    if (tag == end)
        return tmpl_fail_tag(parser);
    struct tmpl_open_block open = {
        .outer = parser->open,
        .name = tag->name,
        .name_length = (uint32_t)strlen(tag->name),
        .at = parser->token.at,
    };
    parser->open = &open;
    struct tmpl_node *node = tag->parse(parser);
    parser->open = open.outer;
    return node;
}
