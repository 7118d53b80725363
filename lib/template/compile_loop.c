/* SPDX-License-Identifier: Apache-2.0 */
/*
 * for, break and continue. A plain loop has an iterator of two cells on the stack; one that looks at `loop` has that object there; below it
 * lies, when there is an else, a cell that says whether no round was completed.
 */
#include "template/compile.h"

/* Writes a jump back to @target, which is where the next member is dealt with. */
static void emit_back(struct compiler *compiler, enum tmpl_op op, uint32_t target, uint32_t slot)
{
    bool has_word = op == TMPL_OP_NEXT || op == TMPL_OP_LOOP_NEXT;

    code_emit(compiler, op, (uint32_t)compiler->code.length + 1 + has_word - target, 0);
    if (has_word)
        code_word(compiler, slot);
}

/* A member goes straight to its variable, or on the stack when it is taken apart. Returns where the body begins. */
static uint32_t begin_round(struct compiler *compiler, const struct tmpl_node *target)
{
    uint32_t begin = (uint32_t)compiler->code.length;

    if (target->kind != TMPL_N_NAME) {
        compiler->function->depth++;
        code_reserve(compiler, 0);
        compile_target(compiler, target);
    }
    return begin;
}

static void end_round(struct compiler *compiler, const struct tmpl_node *target, bool extended,
                      uint32_t begin, uint32_t slot)
{
    compiler->at = target->at;
    if (target->kind == TMPL_N_NAME)
        emit_back(compiler, extended ? TMPL_OP_LOOP_NEXT : TMPL_OP_NEXT, begin, slot);
    else
        emit_back(compiler, extended ? TMPL_OP_LOOP_PUSH : TMPL_OP_NEXT_PUSH, begin, 0);
}

static uint32_t target_slot(struct compiler *compiler, const struct tmpl_node *target)
{
    uint32_t slot = TMPL_NO_SLOT;

    if (target->kind == TMPL_N_NAME)
        names_find_slot(compiler, code_intern_name(compiler, target), &slot);
    return slot;
}

/*
 * A loop that looks at `loop` has to know how many members there are: those that its condition lets pass are put into a list before.
 * The iterable is on the stack.
 */
static void compile_collect(struct compiler *compiler, const struct tmpl_node *node)
{
    struct surroundings outside = compile_inside(compiler);
    struct scope scope;

    names_begin(compiler, &scope);
    names_declare_target(compiler, node->a);
    names_analyze(compiler, node->c);
    code_emit(compiler, TMPL_OP_COLLECT, 0, 1);
    code_emit(compiler, TMPL_OP_ITERATE, 0, 1);
    uint32_t start = code_jump(compiler, TMPL_OP_JUMP, 0);
    uint32_t begin = (uint32_t)compiler->code.length;
    compiler->function->depth++;
    code_emit(compiler, TMPL_OP_DUP, 0, 1);
    names_enter(compiler, &scope);
    compile_target(compiler, node->a);
    compile_expression(compiler, node->c);
    compiler->at = node->c->at;
    code_emit(compiler, TMPL_OP_APPEND_IF, 0, -2);
    code_patch(compiler, start);
    emit_back(compiler, TMPL_OP_NEXT_PUSH, begin, 0);
    code_emit(compiler, TMPL_OP_DROP, 2, -2);
    code_emit(compiler, TMPL_OP_COLLECTED, 0, 0);
    names_end(compiler, &scope);
    compile_outside(compiler, outside);
}

/* The condition of a plain loop is asked member by member; its variables are the condition's own. Returns the jump past the body. */
static uint32_t compile_condition(struct compiler *compiler, const struct tmpl_node *node,
                                  struct scope *scope, uint32_t *begin, uint32_t *slot)
{
    names_begin(compiler, scope);
    names_declare_target(compiler, node->a);
    names_analyze(compiler, node->c);
    *slot = target_slot(compiler, node->a);
    *begin = begin_round(compiler, node->a);
    names_enter(compiler, scope);
    compile_expression(compiler, node->c);
    compiler->at = node->c->at;
    return code_jump(compiler, TMPL_OP_JUMP_FALSE, -1);
}

/* Hands the target's variables from the condition's scope to the body's, which is the present one. */
static void take_over(struct compiler *compiler, const struct scope *condition)
{
    for (struct symbol *symbol = condition->symbols; symbol; symbol = symbol->next) {
        if (symbol->load != LOAD_PARAMETER)
            continue;
        code_emit(compiler, TMPL_OP_LOAD_RAW, symbol->slot, 1);
        names_store(compiler, symbol->name);
    }
}

static void compile_rounds(struct compiler *compiler, const struct tmpl_node *node, bool extended)
{
    struct loop_labels labels = { .outer = compiler->function->loop,
                                  .unwind = compiler->function->unwind };
    bool filters = node->c && !extended;
    uint32_t begin = 0, slot = 0, past = 0;
    struct scope condition, scope;

    if (extended) {
        names_begin(compiler, &scope);
        code_emit(compiler, TMPL_OP_DUP, 0, 1);
        code_emit(compiler, TMPL_OP_STORE,
                  names_declare(compiler, code_intern(compiler, "loop", 4))->slot, -1);
    }
    uint32_t start = code_jump(compiler, TMPL_OP_JUMP, 0);
    if (filters) {
        past = compile_condition(compiler, node, &condition, &begin, &slot);
        names_leave(compiler, &condition);
    }
    if (!extended)
        names_begin(compiler, &scope);
    names_declare_target(compiler, node->a);
    names_analyze_list(compiler, node->list);
    if (filters) {
        take_over(compiler, &condition);
    } else {
        slot = target_slot(compiler, node->a);
        begin = begin_round(compiler, node->a);
    }
    names_enter(compiler, &scope);
    compiler->function->loop = &labels;
    compile_body(compiler, node->list);
    compiler->function->loop = labels.outer;
    if (node->orelse)
        code_emit(compiler, TMPL_OP_LAPPED, extended ? 2 : 3, 0);
    code_patch(compiler, start);
    if (filters)
        code_patch(compiler, past);
    vec_foreach(&labels.continues.sites, site)
        code_patch(compiler, *site);
    end_round(compiler, node->a, extended, begin, slot);
    vec_foreach(&labels.breaks.sites, site)
        code_patch(compiler, *site);
    vec_fini(&labels.continues.sites);
    vec_fini(&labels.breaks.sites);
    names_end(compiler, &scope);
}

/* The iterable is on the stack, above the cell of a loop with else. */
static void compile_loop(struct compiler *compiler, const struct tmpl_node *node, bool extended)
{
    struct surroundings outside = compile_inside(compiler);

    if (extended && node->c)
        compile_collect(compiler, node);
    compiler->at = node->b->at;
    if (extended)
        code_emit(compiler, TMPL_OP_LOOP, node->flags & TMPL_RECURSIVE ? TMPL_LOOP_RECURSIVE : 0,
                  0);
    else
        code_emit(compiler, TMPL_OP_ITERATE, 0, 1);
    compile_rounds(compiler, node, extended);
    code_emit(compiler, TMPL_OP_DROP, extended ? 1 : 2, extended ? -1 : -2);
    compile_outside(compiler, outside);
}

static void compile_for_else(struct compiler *compiler, const struct tmpl_node *node)
{
    struct surroundings outside;
    struct scope scope;

    if (!node->orelse)
        return;
    uint32_t end = code_jump(compiler, TMPL_OP_JUMP_FALSE, -1);
    outside = compile_inside(compiler);
    names_begin(compiler, &scope);
    names_analyze_list(compiler, node->orelse);
    names_enter(compiler, &scope);
    compile_body(compiler, node->orelse);
    names_end(compiler, &scope);
    compile_outside(compiler, outside);
    code_patch(compiler, end);
}

/* A recursive loop is a function of its iterable that returns the text. */
static void compile_recursive(struct compiler *compiler, const struct tmpl_node *node)
{
    struct surroundings outside = compile_inside(compiler);
    struct function function;
    struct scope scope;
    uint32_t jump = code_begin(compiler, &function);

    names_begin(compiler, &scope);
    compiler->checks_output = false;
    uint32_t slot = names_new_slot(compiler, code_intern(compiler, "loop", 4));
    if (node->orelse)
        code_emit(compiler, TMPL_OP_BOOL, 1, 1);
    code_emit(compiler, TMPL_OP_LOAD_RAW, slot, 1);
    compile_loop(compiler, node, true);
    compile_for_else(compiler, node);
    names_end(compiler, &scope);
    uint32_t proto = code_end(compiler, &function, jump, (struct tmpl_proto){ 0 });
    compile_outside(compiler, outside);
    compile_expression(compiler, node->b);
    compiler->at = node->at;
    code_emit(compiler, TMPL_OP_CALL_LOOP, proto, 0);
    code_emit(compiler, TMPL_OP_PRINT, TMPL_ESCAPE_NO, -1);
}

static bool is_scoped_block(const struct tmpl_node *node)
{
    return node->kind == TMPL_N_BLOCK && (node->flags & TMPL_SCOPED);
}

void compile_for(struct compiler *compiler, const struct tmpl_node *node)
{
    if (node->flags & TMPL_RECURSIVE) {
        compile_recursive(compiler, node);
        return;
    }
    if (node->orelse)
        code_emit(compiler, TMPL_OP_BOOL, 1, 1);
    compile_expression(compiler, node->b);
    compile_loop(compiler, node,
                 names_reads_undeclared(node->list, "loop") ||
                     compile_any(node->list, is_scoped_block));
    compile_for_else(compiler, node);
}

/* Takes down what was begun within the loop's body and jumps. The parser has seen to it that there is a loop. */
void compile_jump_out(struct compiler *compiler, const struct tmpl_node *node)
{
    struct loop_labels *loop = compiler->function->loop;
    uint32_t depth = compiler->function->depth;

    for (struct unwind *unwind = compiler->function->unwind; unwind != loop->unwind;
         unwind = unwind->outer) {
        code_emit(compiler, unwind->op, 0, unwind->op == TMPL_OP_CAPTURED ? 0 : -1);
        if (unwind->op == TMPL_OP_CAPTURED)
            code_emit(compiler, TMPL_OP_DROP, 1, -1);
    }
    uint32_t jump = code_jump(compiler, TMPL_OP_JUMP, 0);
    if (node->kind == TMPL_N_BREAK)
        vec_push(&loop->breaks.sites, jump);
    else
        vec_push(&loop->continues.sites, jump);
    compiler->function->depth = depth;
}
