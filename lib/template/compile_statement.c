/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements: each leaves the stack as it was. Between them stand on it only the cells of loops (and texts that are being captured), so
 * that break and continue know what to take down.
 */
#include "template/compile.h"

struct surroundings compile_inside(struct compiler *compiler)
{
    struct surroundings outside = { compiler->toplevel, compiler->rootlevel, compiler->soft,
                                    compiler->checks_output };

    compiler->toplevel = compiler->rootlevel = compiler->soft = false;
    return outside;
}

void compile_outside(struct compiler *compiler, struct surroundings outside)
{
    compiler->toplevel = outside.toplevel;
    compiler->rootlevel = outside.rootlevel;
    compiler->soft = outside.soft;
    compiler->checks_output = outside.checks_output;
}

/* --- output ----------------------------------------------------------------------------------------- */

static void compile_printed(struct compiler *compiler, const struct tmpl_node *node)
{
    uint32_t slot;

    compiler->at = node->at;
    if (node->kind == TMPL_N_CONST && (node->flags & TMPL_DATA)) {
        if (node->value.length)
            code_emit(compiler, TMPL_OP_TEXT, code_add_constant(compiler, &node->value), 0);
        return;
    }
    if (node->kind == TMPL_N_NAME && compiler->escape == TMPL_ESCAPE_NO &&
        names_find_slot(compiler, code_intern_name(compiler, node), &slot)) {
        code_emit(compiler, TMPL_OP_PRINT_SLOT, slot, 0);
        return;
    }
    compile_expression(compiler, node);
    compiler->at = node->at;
    code_emit(compiler, TMPL_OP_PRINT, compiler->escape, -1);
}

static void compile_output(struct compiler *compiler, const struct tmpl_node *node)
{
    uint32_t jump = 0;

    if (compiler->checks_output && compiler->known_extends)
        return;
    if (compiler->checks_output)
        jump = code_jump(compiler, TMPL_OP_EXTENDED, 0);
    for (const struct tmpl_node *part = node->list; part; part = part->next)
        compile_printed(compiler, part);
    if (compiler->checks_output)
        code_patch(compiler, jump);
}

/* --- assignments ------------------------------------------------------------------------------------- */

/* Variables of the top level are seen by blocks, included and importing templates. */
static void share(struct compiler *compiler, uint32_t name, enum tmpl_op op)
{
    if (!compiler->toplevel || !compiler->shares)
        return;
    names_load_raw(compiler, name);
    code_emit(compiler, op, name, -1);
}

static void store_name(struct compiler *compiler, uint32_t name)
{
    names_store(compiler, name);
    share(compiler, name, TMPL_OP_EXPORT);
}

void compile_target(struct compiler *compiler, const struct tmpl_node *target)
{
    uint32_t count = 0;

    compiler->at = target->at;
    if (target->kind == TMPL_N_NAME) {
        store_name(compiler, code_intern_name(compiler, target));
        return;
    }
    if (target->kind != TMPL_N_TUPLE && target->kind != TMPL_N_LIST) {
        compile_fail(compiler, TMPL_SYNTAX_ERROR, "can't assign to this");
        return;
    }
    for (const struct tmpl_node *node = target->list; node; node = node->next)
        count++;
    code_emit(compiler, TMPL_OP_UNPACK, count, (int)count - 1);
    for (const struct tmpl_node *node = target->list; node; node = node->next)
        compile_target(compiler, node);
}

/* -> the namespace that a target names. */
static void load_namespace(struct compiler *compiler, const struct tmpl_node *target)
{
    compiler->at = target->at;
    names_load_raw(compiler, code_intern_name(compiler, target));
    code_emit(compiler, TMPL_OP_NAMESPACE, 0, 0);
}

static void set_attribute(struct compiler *compiler, const struct tmpl_node *target)
{
    code_emit(compiler, TMPL_OP_SET_ATTR,
              code_intern(compiler, target->name2, target->name2_length), -2);
}

static void compile_set(struct compiler *compiler, const struct tmpl_node *node)
{
    if (node->a->kind == TMPL_N_NSREF) {
        load_namespace(compiler, node->a);
        compile_expression(compiler, node->b);
        set_attribute(compiler, node->a);
        return;
    }
    compile_expression(compiler, node->b);
    compile_target(compiler, node->a);
}

static void begin_capture(struct compiler *compiler, struct unwind *unwind)
{
    *unwind = (struct unwind){ compiler->function->unwind, TMPL_OP_CAPTURED };
    compiler->function->unwind = unwind;
    code_emit(compiler, TMPL_OP_CAPTURE, 0, 1);
}

static void end_capture(struct compiler *compiler, struct unwind *unwind, enum tmpl_escape escape)
{
    compiler->function->unwind = unwind->outer;
    code_emit(compiler, TMPL_OP_CAPTURED, escape, 0);
}

static void compile_set_block(struct compiler *compiler, const struct tmpl_node *node)
{
    bool to_namespace = node->a->kind == TMPL_N_NSREF;
    struct unwind unwind;
    struct scope scope;

    if (to_namespace)
        load_namespace(compiler, node->a);
    struct surroundings outside = compile_inside(compiler);
    compiler->checks_output = false;
    names_begin(compiler, &scope);
    names_analyze_list(compiler, node->list);
    if (node->b)
        names_analyze(compiler, node->b);
    names_enter(compiler, &scope);
    begin_capture(compiler, &unwind);
    compile_body(compiler, node->list);
    end_capture(compiler, &unwind, TMPL_ESCAPE_AS_SET);
    if (node->b)
        compile_filters(compiler, node->b);
    names_end(compiler, &scope);
    compile_outside(compiler, outside);
    if (to_namespace)
        set_attribute(compiler, node->a);
    else
        compile_target(compiler, node->a);
}

/* --- conditions --------------------------------------------------------------------------------------- */

static void compile_if(struct compiler *compiler, const struct tmpl_node *node)
{
    struct jumps ends = { 0 };
    bool soft = compiler->soft, rootlevel = compiler->rootlevel, is_elif;

    compiler->soft = true;
    compiler->rootlevel = false;
    do {
        is_elif = tmpl_elif(node) != NULL;
        compile_expression(compiler, node->a);
        compiler->at = node->at;
        uint32_t otherwise = code_jump(compiler, TMPL_OP_JUMP_FALSE, -1);
        compile_body(compiler, node->list);
        if (node->orelse)
            vec_push(&ends.sites, code_jump(compiler, TMPL_OP_JUMP, 0));
        code_patch(compiler, otherwise);
        if (!is_elif)
            compile_body(compiler, node->orelse);
        node = node->orelse;
    } while (is_elif);
    vec_foreach(&ends.sites, site)
        code_patch(compiler, *site);
    vec_fini(&ends.sites);
    compiler->soft = soft;
    compiler->rootlevel = rootlevel;
}

/* --- other blocks -------------------------------------------------------------------------------------------- */

static void compile_filter_block(struct compiler *compiler, const struct tmpl_node *node)
{
    struct surroundings outside = compile_inside(compiler);
    struct unwind unwind;
    struct scope scope;

    names_begin(compiler, &scope);
    names_analyze_list(compiler, node->list);
    names_analyze(compiler, node->a);
    names_enter(compiler, &scope);
    begin_capture(compiler, &unwind);
    compile_body(compiler, node->list);
    end_capture(compiler, &unwind, compiler->escape);
    compile_filters(compiler, node->a);
    compiler->at = node->at;
    code_emit(compiler, TMPL_OP_PRINT, TMPL_ESCAPE_NO, -1);
    names_end(compiler, &scope);
    compile_outside(compiler, outside);
}

/* The last one is on top of the stack. */
static void store_in_reverse(struct compiler *compiler, const struct tmpl_node *pair)
{
    size_t count = 0;

    for (const struct tmpl_node *node = pair; node; node = node->next)
        count++;
    const struct tmpl_node **targets = tmpl_alloc(&compiler->heap, count * sizeof(*targets));
    for (size_t i = 0; i < count; i++, pair = pair->next)
        targets[i] = pair->a;
    while (count)
        compile_target(compiler, targets[--count]);
}

/* The values do not see the variables. */
static void compile_with(struct compiler *compiler, const struct tmpl_node *node)
{
    struct surroundings outside;
    struct scope scope;

    for (const struct tmpl_node *pair = node->params; pair; pair = pair->next)
        compile_expression(compiler, pair->b);
    outside = compile_inside(compiler);
    names_begin(compiler, &scope);
    for (const struct tmpl_node *pair = node->params; pair; pair = pair->next)
        names_declare_target(compiler, pair->a);
    names_analyze_list(compiler, node->list);
    store_in_reverse(compiler, node->params);
    names_enter(compiler, &scope);
    compile_body(compiler, node->list);
    names_end(compiler, &scope);
    compile_outside(compiler, outside);
}

static void compile_autoescape(struct compiler *compiler, const struct tmpl_node *node)
{
    struct surroundings outside = compile_inside(compiler);
    struct unwind unwind = { compiler->function->unwind, TMPL_OP_AUTOESCAPE_END };
    enum tmpl_escape escape = compiler->escape;
    struct scope scope;

    names_begin(compiler, &scope);
    names_analyze(compiler, node->a);
    names_analyze_list(compiler, node->list);
    names_enter(compiler, &scope);
    compile_expression(compiler, node->a);
    compiler->at = node->at;
    code_emit(compiler, TMPL_OP_AUTOESCAPE, 0, 0);
    if (node->a->kind == TMPL_N_CONST && node->a->value.kind == TMPL_BOOL)
        compiler->escape = node->a->value.integer ? TMPL_ESCAPE_YES : TMPL_ESCAPE_NO;
    else
        compiler->escape = TMPL_ESCAPE_AS_SET;
    compiler->function->unwind = &unwind;
    compile_body(compiler, node->list);
    compiler->function->unwind = unwind.outer;
    code_emit(compiler, TMPL_OP_AUTOESCAPE_END, 0, -1);
    compiler->escape = escape;
    names_end(compiler, &scope);
    compile_outside(compiler, outside);
}

/* --- other templates ------------------------------------------------------------------------------------------ */

static void compile_include(struct compiler *compiler, const struct tmpl_node *node)
{
    bool with_context = !(node->flags & TMPL_WITHOUT_CONTEXT);

    compile_expression(compiler, node->a);
    compiler->at = node->at;
    if (with_context)
        names_locals(compiler);
    code_emit(compiler, TMPL_OP_INCLUDE, node->flags & (TMPL_WITHOUT_CONTEXT | TMPL_IGNORE_MISSING),
              with_context ? -2 : -1);
}

/* -> the module. */
static void compile_module(struct compiler *compiler, const struct tmpl_node *node)
{
    bool with_context = node->flags & TMPL_WITH_CONTEXT;

    compile_expression(compiler, node->a);
    compiler->at = node->at;
    if (with_context)
        names_locals(compiler);
    code_emit(compiler, TMPL_OP_IMPORT, node->flags & TMPL_WITH_CONTEXT, with_context ? -1 : 0);
}

static void compile_import(struct compiler *compiler, const struct tmpl_node *node)
{
    uint32_t name = code_intern_name(compiler, node);

    compile_module(compiler, node);
    names_store(compiler, name);
    share(compiler, name, TMPL_OP_SHARE);
}

static void compile_from(struct compiler *compiler, const struct tmpl_node *node)
{
    compile_module(compiler, node);
    for (const struct tmpl_node *item = node->params; item; item = item->next) {
        uint32_t alias = item->name2 ? code_intern(compiler, item->name2, item->name2_length)
                                     : code_intern_name(compiler, item);
        code_emit(compiler, TMPL_OP_IMPORTED, code_intern_name(compiler, item), 1);
        names_store(compiler, alias);
        share(compiler, alias, TMPL_OP_SHARE);
    }
    code_emit(compiler, TMPL_OP_DROP, 1, -1);
}

static void compile_extends(struct compiler *compiler, const struct tmpl_node *node)
{
    compiler->at = node->at;
    if (!compiler->toplevel)
        compile_fail(compiler, TMPL_ASSERTION_ERROR,
                     "cannot use extend from a non top-level scope");
    if (compiler->extends)
        code_emit(compiler, TMPL_OP_EXTENDS_AGAIN, 0, 0);
    compile_expression(compiler, node->a);
    compiler->at = node->at;
    code_emit(compiler, TMPL_OP_EXTENDS, 0, -1);
    compiler->known_extends |= compiler->rootlevel;
    compiler->extends++;
}

static void compile_block(struct compiler *compiler, const struct tmpl_node *node)
{
    struct waiting_block *waiting = tmpl_alloc(&compiler->heap, sizeof(*waiting));
    bool checks = compiler->toplevel && compiler->extends;
    uint32_t flags = (node->flags & TMPL_SCOPED ? TMPL_BLOCK_SCOPED : 0) |
                     (node->flags & TMPL_REQUIRED ? TMPL_BLOCK_REQUIRED : 0);
    uint32_t jump = 0, name = code_intern_name(compiler, node);

    *waiting = (struct waiting_block){ .node = node };
    *compiler->last_waiting = waiting;
    compiler->last_waiting = &waiting->next;
    if (name >= TMPL_BLOCK_REQUIRED)
        compile_fail(compiler, TMPL_LIMIT_ERROR, "the template is too large");
    if (compiler->toplevel && compiler->known_extends)
        return;
    compiler->at = node->at;
    if (checks)
        jump = code_jump(compiler, TMPL_OP_EXTENDED, 0);
    if (node->flags & TMPL_SCOPED)
        names_locals(compiler);
    code_emit(compiler, TMPL_OP_BLOCK, name | flags, node->flags & TMPL_SCOPED ? -1 : 0);
    if (checks)
        code_patch(compiler, jump);
}

static void declare_special(struct compiler *compiler, const struct tmpl_node *list,
                            const char *name, enum tmpl_op op)
{
    if (!names_reads_undeclared(list, name))
        return;
    code_emit(compiler, op, 0, 1);
    code_emit(compiler, TMPL_OP_STORE,
              names_declare(compiler, code_intern(compiler, name, strlen(name)))->slot, -1);
}

void compile_special_self(struct compiler *compiler, const struct tmpl_node *list)
{
    declare_special(compiler, list, "self", TMPL_OP_SELF);
}

void compile_blocks(struct compiler *compiler)
{
    struct function outer = { 0 };

    compiler->function = &outer;
    for (struct waiting_block *block = compiler->waiting; block; block = block->next) {
        const struct tmpl_node *node = block->node;
        struct function function;
        struct scope scope;
        uint32_t jump = code_begin(compiler, &function);
        compile_inside(compiler);
        compiler->checks_output = false;
        compiler->escape = TMPL_ESCAPE_NO;
        names_begin(compiler, &scope);
        compile_special_self(compiler, node->list);
        declare_special(compiler, node->list, "super", TMPL_OP_SUPER);
        names_analyze_list(compiler, node->list);
        names_enter(compiler, &scope);
        compile_body(compiler, node->list);
        names_end(compiler, &scope);
        uint32_t proto = code_end(compiler, &function, jump, (struct tmpl_proto){ 0 });
        vec_push(&compiler->blocks,
                 ((struct tmpl_block){ code_intern_name(compiler, node), proto }));
    }
    vec_fini(&outer.slot_names);
}

/* --- statements -------------------------------------------------------------------------------------------------- */

static void compile_statement(struct compiler *compiler, const struct tmpl_node *node)
{
    compiler->at = node->at;
    switch (node->kind) {
    case TMPL_N_OUTPUT:
        compile_output(compiler, node);
        break;
    case TMPL_N_IF:
        compile_if(compiler, node);
        break;
    case TMPL_N_FOR:
        compile_for(compiler, node);
        break;
    case TMPL_N_SET:
        compile_set(compiler, node);
        break;
    case TMPL_N_SET_BLOCK:
        compile_set_block(compiler, node);
        break;
    case TMPL_N_MACRO:
        compile_macro_value(compiler, node);
        store_name(compiler, code_intern_name(compiler, node));
        break;
    case TMPL_N_CALL_BLOCK:
        compile_call_block(compiler, node);
        break;
    case TMPL_N_FILTER_BLOCK:
        compile_filter_block(compiler, node);
        break;
    case TMPL_N_WITH:
        compile_with(compiler, node);
        break;
    case TMPL_N_BREAK:
    case TMPL_N_CONTINUE:
        compile_jump_out(compiler, node);
        break;
    case TMPL_N_DO:
        compile_expression(compiler, node->a);
        code_emit(compiler, TMPL_OP_DROP, 1, -1);
        break;
    case TMPL_N_INCLUDE:
        compile_include(compiler, node);
        break;
    case TMPL_N_IMPORT:
        compile_import(compiler, node);
        break;
    case TMPL_N_FROM:
        compile_from(compiler, node);
        break;
    case TMPL_N_EXTENDS:
        compile_extends(compiler, node);
        break;
    case TMPL_N_BLOCK:
        compile_block(compiler, node);
        break;
    case TMPL_N_AUTOESCAPE:
        compile_autoescape(compiler, node);
        break;
    default:
        compile_fail(compiler, TMPL_SYNTAX_ERROR, "a statement was expected here");
    }
}

void compile_body(struct compiler *compiler, const struct tmpl_node *list)
{
    for (; list; list = list->next)
        compile_statement(compiler, list);
}
