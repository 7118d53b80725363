/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions: each leaves one value on the stack. */
#include <stdio.h>

#include "template/compile.h"

/* --- constants ---------------------------------------------------------------------------------- */

static bool fold(struct compiler *compiler, const struct tmpl_node *node,
                 struct tmpl_value *ret_value);

static bool fold_list(struct compiler *compiler, const struct tmpl_node *node,
                      struct tmpl_value *ret_value)
{
    size_t count = 0;

    for (const struct tmpl_node *item = node->list; item; item = item->next, count++)
        if (item->kind != TMPL_N_CONST && item->kind != TMPL_N_LIST && item->kind != TMPL_N_TUPLE &&
            item->kind != TMPL_N_NEG)
            return false;
    struct tmpl_value *items = tmpl_alloc(&compiler->heap, count * sizeof(*items));
    count = 0;
    for (const struct tmpl_node *item = node->list; item; item = item->next)
        if (!fold(compiler, item, &items[count++]))
            return false;
    *ret_value =
        node->kind == TMPL_N_LIST ? tmpl_list_view(items, count) : tmpl_tuple_view(items, count);
    return true;
}

static bool fold(struct compiler *compiler, const struct tmpl_node *node,
                 struct tmpl_value *ret_value)
{
    switch (node->kind) {
    case TMPL_N_CONST:
        *ret_value = node->value;
        return true;
    case TMPL_N_LIST:
    case TMPL_N_TUPLE:
        return fold_list(compiler, node, ret_value);
    case TMPL_N_NEG:
        if (node->a->kind != TMPL_N_CONST)
            return false;
        *ret_value = node->a->value;
        if (ret_value->kind == TMPL_INT)
            ret_value->integer = -ret_value->integer;
        else if (ret_value->kind == TMPL_FLOAT)
            ret_value->number = -ret_value->number;
        else
            return false;
        return true;
    default:
        return false;
    }
}

/* --- arguments -------------------------------------------------------------------------------------- */

struct arguments {
    uint32_t count; /* positional ones, the value of a filter among them */
    uint32_t named;
    uint32_t cells;
    uint32_t names; /* constants */
    uint32_t flags;
};

static void check_repeated(struct compiler *compiler, const struct arguments *arguments,
                           const struct tmpl_node *node)
{
    for (uint32_t i = 0; i < arguments->named; i++) {
        const struct tmpl_value *name = &compiler->constants.data[arguments->names + i];
        if (name->length == node->name_length && memcmp(name->text, node->name, name->length) == 0)
            compile_fail(compiler, TMPL_SYNTAX_ERROR, "keyword argument repeated: %.*s",
                         (int)name->length, name->text);
    }
}

/* Values first: the names must stand in a row, which values with constants of their own would disturb. */
static void compile_named(struct compiler *compiler, const struct tmpl_node *list,
                          struct arguments *arguments, const struct tmpl_value *caller,
                          uint32_t caller_slot)
{
    for (const struct tmpl_node *node = list; node; node = node->next)
        if (node->kind == TMPL_N_KEYWORD)
            compile_expression(compiler, node->a);
    arguments->names = (uint32_t)compiler->constants.length;
    for (const struct tmpl_node *node = list; node; node = node->next) {
        if (node->kind != TMPL_N_KEYWORD)
            continue;
        struct tmpl_value name = tmpl_string_view(node->name, node->name_length);
        compiler->at = node->at;
        check_repeated(compiler, arguments, node);
        vec_push(&compiler->constants, name);
        arguments->named++;
    }
    if (caller) {
        code_emit(compiler, TMPL_OP_LOAD_RAW, caller_slot, 1);
        vec_push(&compiler->constants, *caller);
        arguments->named++;
    }
}

static void compile_arguments(struct compiler *compiler, const struct tmpl_node *list,
                              struct arguments *arguments, const struct tmpl_value *caller,
                              uint32_t caller_slot)
{
    const struct tmpl_node *star = NULL, *starstar = NULL;

    for (const struct tmpl_node *node = list; node; node = node->next) {
        if (node->kind == TMPL_N_STAR) {
            star = node;
        } else if (node->kind == TMPL_N_STARSTAR) {
            starstar = node;
        } else if (node->kind != TMPL_N_KEYWORD) {
            compile_expression(compiler, node);
            arguments->count++;
        }
    }
    compile_named(compiler, list, arguments, caller, caller_slot);
    if (star) {
        compile_expression(compiler, star->a);
        arguments->flags |= TMPL_STAR;
    }
    if (starstar) {
        compile_expression(compiler, starstar->a);
        arguments->flags |= TMPL_STARSTAR;
    }
    arguments->cells = arguments->count + arguments->named + (star != NULL) + (starstar != NULL);
    if (arguments->count > TMPL_MAX_ARGS || arguments->named > TMPL_MAX_ARGS)
        compile_fail(compiler, TMPL_SYNTAX_ERROR, "more than %d arguments", TMPL_MAX_ARGS);
}

/* The count for the instruction of a call, behind ARGS where that is needed. */
static uint32_t emit_arguments(struct compiler *compiler, const struct arguments *arguments)
{
    if (!arguments->named && !arguments->flags)
        return arguments->count;
    code_emit(compiler, TMPL_OP_ARGS, arguments->count | arguments->named << 8 | arguments->flags,
              0);
    code_word(compiler, arguments->names);
    return TMPL_ARGS_PREPARED;
}

/* --- calls ------------------------------------------------------------------------------------------- */

static void compile_method(struct compiler *compiler, const struct tmpl_node *node, uint32_t name)
{
    struct arguments arguments = { 0 };

    compile_expression(compiler, node->a->a);
    compile_arguments(compiler, node->list, &arguments, NULL, 0);
    compiler->at = node->a->at;
    code_reserve(compiler, TMPL_MAX_PARAMS);
    code_emit(compiler, TMPL_OP_METHOD, name << 8 | arguments.count, -(int)arguments.count);
}

static bool is_plain(const struct tmpl_node *arguments)
{
    for (const struct tmpl_node *node = arguments; node; node = node->next)
        if (node->kind == TMPL_N_KEYWORD || node->kind == TMPL_N_STAR ||
            node->kind == TMPL_N_STARSTAR)
            return false;
    return true;
}

void compile_call(struct compiler *compiler, const struct tmpl_node *node,
                  const struct tmpl_value *caller, uint32_t caller_slot)
{
    struct arguments arguments = { 0 };

    if (node->a->kind == TMPL_N_ATTR && !caller && is_plain(node->list)) {
        uint32_t name = code_intern(compiler, node->a->name, node->a->name_length);
        if (name <= TMPL_MAX_SMALL) {
            compile_method(compiler, node, name);
            return;
        }
    }
    compile_expression(compiler, node->a);
    compile_arguments(compiler, node->list, &arguments, caller, caller_slot);
    compiler->at = node->at;
    uint32_t count = emit_arguments(compiler, &arguments);
    code_reserve(compiler, TMPL_MAX_PARAMS);
    code_emit(compiler, TMPL_OP_CALL, count, -(int)arguments.cells);
}

static void fail_unknown(struct compiler *compiler, const struct tmpl_node *node, unsigned where)
{
    bool failed = compiler->failed;
    const char *nearest = tmpl_env_nearest(compiler->env, where, node->name, node->name_length);

    compile_fail(compiler, TMPL_ASSERTION_ERROR, "No %s named '%.*s'.",
                 where & TMPL_FILTER ? "filter" : "test", (int)node->name_length, node->name);
    if (!failed && nearest)
        snprintf(compiler->error->hint, sizeof(compiler->error->hint), "did you mean '%s'?",
                 nearest);
}

/* The value is on the stack. */
static void compile_named_function(struct compiler *compiler, const struct tmpl_node *node,
                                   unsigned where)
{
    const struct env_function *function =
        env_find(compiler->env, where, node->name, node->name_length);
    struct arguments arguments = { .count = 1 };
    bool is_filter = where & TMPL_FILTER;

    compile_arguments(compiler, node->list, &arguments, NULL, 0);
    compiler->at = node->at;
    if (!function) {
        if (!compiler->soft)
            fail_unknown(compiler, node, where);
        code_emit(compiler, TMPL_OP_DROP, arguments.cells - 1, 1 - (int)arguments.cells);
        code_emit(compiler, is_filter ? TMPL_OP_NO_FILTER : TMPL_OP_NO_TEST,
                  code_intern(compiler, node->name, node->name_length), 0);
        return;
    }
    uint32_t count = emit_arguments(compiler, &arguments);
    uint32_t place = code_add_function(compiler, function);
    if (place > TMPL_MAX_SMALL)
        compile_fail(compiler, TMPL_LIMIT_ERROR, "the template is too large");
    code_reserve(compiler, TMPL_MAX_PARAMS);
    code_emit(compiler, is_filter ? TMPL_OP_FILTER : TMPL_OP_TEST, place << 8 | count,
              1 - (int)arguments.cells);
}

void compile_filters(struct compiler *compiler, const struct tmpl_node *node)
{
    if (node->a)
        compile_expression(compiler, node->a);
    compile_named_function(compiler, node, node->kind == TMPL_N_TEST ? TMPL_TEST : TMPL_FILTER);
}

/* --- operators ------------------------------------------------------------------------------------- */

static void compile_logic(struct compiler *compiler, const struct tmpl_node *node, enum tmpl_op op)
{
    compile_expression(compiler, node->a);
    compiler->at = node->at;
    uint32_t jump = code_jump(compiler, op, -1);
    compile_expression(compiler, node->b);
    code_patch(compiler, jump);
}

/* a < b < c: b is evaluated once, c only when a < b. */
static void compile_compare(struct compiler *compiler, const struct tmpl_node *node)
{
    struct jumps outs = { 0 };
    const struct tmpl_node *operand = node->list;

    compile_expression(compiler, node->a);
    for (; operand->next; operand = operand->next) {
        compile_expression(compiler, operand->a);
        compiler->at = operand->at;
        code_emit(compiler, TMPL_OP_COMPARE_KEEP, operand->op, 0);
        vec_push(&outs.sites, code_jump(compiler, TMPL_OP_AND, -1));
    }
    compile_expression(compiler, operand->a);
    compiler->at = operand->at;
    code_emit(compiler, TMPL_OP_COMPARE, operand->op, -1);
    if (!outs.sites.length)
        return;
    uint32_t end = code_jump(compiler, TMPL_OP_JUMP, 0);
    vec_foreach(&outs.sites, site)
        code_patch(compiler, *site);
    compiler->function->depth++;
    code_emit(compiler, TMPL_OP_NIP, 0, -1);
    code_patch(compiler, end);
    vec_fini(&outs.sites);
}

static void emit_no_else(struct compiler *compiler)
{
    uint32_t line, column;

    tmpl_locate(compiler->source, compiler->source_length, compiler->at, &line, &column);
    code_emit(compiler, TMPL_OP_NO_ELSE, line, 1);
}

static void compile_cond(struct compiler *compiler, const struct tmpl_node *node)
{
    bool soft = compiler->soft;

    compiler->soft = true;
    compile_expression(compiler, node->a);
    compiler->at = node->at;
    uint32_t otherwise = code_jump(compiler, TMPL_OP_JUMP_FALSE, -1);
    compile_expression(compiler, node->b);
    uint32_t end = code_jump(compiler, TMPL_OP_JUMP, -1);
    code_patch(compiler, otherwise);
    compiler->at = node->at;
    if (node->c)
        compile_expression(compiler, node->c);
    else
        emit_no_else(compiler);
    code_patch(compiler, end);
    compiler->soft = soft;
}

static void compile_members(struct compiler *compiler, const struct tmpl_node *node,
                            enum tmpl_op op, uint32_t extra)
{
    uint32_t count = 0;

    for (const struct tmpl_node *member = node->list; member; member = member->next) {
        compile_expression(compiler, member);
        count += member->kind == TMPL_N_PAIR ? 2 : 1;
    }
    compiler->at = node->at;
    if (count > TMPL_MAX_SMALL)
        compile_fail(compiler, TMPL_LIMIT_ERROR, "more than %d members", TMPL_MAX_SMALL);
    code_emit(compiler, op, count | extra << 16, 1 - (int)count);
}

static void compile_slice(struct compiler *compiler, const struct tmpl_node *node)
{
    const struct tmpl_node *parts[] = { node->b->a, node->b->b, node->b->c };

    compile_expression(compiler, node->a);
    for (size_t i = 0; i < 3; i++) {
        if (parts[i])
            compile_expression(compiler, parts[i]);
        else
            code_emit(compiler, TMPL_OP_NONE, 0, 1);
    }
    compiler->at = node->at;
    code_emit(compiler, TMPL_OP_SLICE, 0, -3);
}

static void compile_unary(struct compiler *compiler, const struct tmpl_node *node, enum tmpl_op op)
{
    compile_expression(compiler, node->a);
    compiler->at = node->at;
    code_emit(compiler, op, 0, 0);
}

/* A negative number is a constant. */
static void compile_negative(struct compiler *compiler, const struct tmpl_node *node)
{
    struct tmpl_value value;

    if (fold(compiler, node, &value))
        code_constant(compiler, &value);
    else
        compile_unary(compiler, node, TMPL_OP_NEGATE);
}

/* A list of constants is one, too. */
static void compile_list(struct compiler *compiler, const struct tmpl_node *node)
{
    struct tmpl_value value;

    if (fold_list(compiler, node, &value))
        code_constant(compiler, &value);
    else
        compile_members(compiler, node, node->kind == TMPL_N_LIST ? TMPL_OP_LIST : TMPL_OP_TUPLE,
                        0);
}

/* Both operands, then what is done with them. */
static void compile_binary(struct compiler *compiler, const struct tmpl_node *node, enum tmpl_op op)
{
    compile_expression(compiler, node->a);
    compile_expression(compiler, node->b);
    compiler->at = node->at;
    code_emit(compiler, op, 0, -1);
}

void compile_expression(struct compiler *compiler, const struct tmpl_node *node)
{
    compiler->at = node->at;
    switch (node->kind) {
    case TMPL_N_NAME:
        names_load(compiler, code_intern(compiler, node->name, node->name_length));
        break;
    case TMPL_N_CONST:
        code_constant(compiler, &node->value);
        break;
    case TMPL_N_LIST:
    case TMPL_N_TUPLE:
        compile_list(compiler, node);
        break;
    case TMPL_N_DICT:
        compile_members(compiler, node, TMPL_OP_DICT, 0);
        break;
    case TMPL_N_PAIR:
        compile_expression(compiler, node->a);
        compile_expression(compiler, node->b);
        break;
    case TMPL_N_ATTR:
        compile_expression(compiler, node->a);
        compiler->at = node->at;
        code_emit(compiler, TMPL_OP_ATTR, code_intern(compiler, node->name, node->name_length), 0);
        break;
    case TMPL_N_ITEM:
        if (node->b->kind == TMPL_N_SLICE)
            compile_slice(compiler, node);
        else
            compile_binary(compiler, node, TMPL_OP_ITEM);
        break;
    case TMPL_N_CALL:
        compile_call(compiler, node, NULL, 0);
        break;
    case TMPL_N_FILTER:
    case TMPL_N_TEST:
        compile_filters(compiler, node);
        break;
    case TMPL_N_NOT:
        compile_unary(compiler, node, TMPL_OP_NOT);
        break;
    case TMPL_N_NEG:
        compile_negative(compiler, node);
        break;
    case TMPL_N_POS:
        compile_unary(compiler, node, TMPL_OP_PLUS);
        break;
    case TMPL_N_BINARY:
        compile_binary(compiler, node, (enum tmpl_op)(TMPL_OP_ADD + node->op));
        break;
    case TMPL_N_AND:
        compile_logic(compiler, node, TMPL_OP_AND);
        break;
    case TMPL_N_OR:
        compile_logic(compiler, node, TMPL_OP_OR);
        break;
    case TMPL_N_CONCAT:
        compile_members(compiler, node, TMPL_OP_CONCAT, compiler->escape);
        break;
    case TMPL_N_COMPARE:
        compile_compare(compiler, node);
        break;
    case TMPL_N_COND:
        compile_cond(compiler, node);
        break;
    default:
        compile_fail(compiler, TMPL_SYNTAX_ERROR, "an expression was expected here");
        code_emit(compiler, TMPL_OP_NONE, 0, 1);
    }
}
