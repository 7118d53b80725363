/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a name means. Before code is written for a scope (the root, a macro, a loop's body, …) its statements are looked through in order,
 * without those of inner scopes: a name that is assigned is a variable of the scope, which begins with the outer variable's value, or
 * undefined, or (when it was read before, or is assigned in a branch alone) with the context's; a name that is only read is
 * the outer variable, or the context's.
 */
#include "template/compile.h"

void names_begin(struct compiler *compiler, struct scope *scope)
{
    *scope = (struct scope){ .outer = compiler->scope, .function = compiler->function };
    scope->last = &scope->symbols;
    compiler->scope = scope;
}

uint32_t names_new_slot(struct compiler *compiler, uint32_t name)
{
    struct function *function = compiler->function;

    vec_push(&function->slot_names, name);
    if (function->slot_names.length > TMPL_MAX_SMALL)
        compile_fail(compiler, TMPL_LIMIT_ERROR, "more than %d variables", TMPL_MAX_SMALL);
    return (uint32_t)function->slot_names.length - 1;
}

static struct symbol *define(struct compiler *compiler, uint32_t name, enum symbol_load load)
{
    struct scope *scope = compiler->scope;
    struct compiled_name *entry = &compiler->names.data[name];
    struct symbol *symbol = tmpl_alloc(&compiler->heap, sizeof(*symbol));

    *symbol = (struct symbol){ .outer = entry->symbol,
                               .scope = scope,
                               .name = name,
                               .slot = TMPL_NO_SLOT,
                               .load = (uint8_t)load };
    *scope->last = symbol;
    scope->last = &symbol->next;
    entry->symbol = symbol;
    return symbol;
}

static struct symbol *own_symbol(struct compiler *compiler, uint32_t name)
{
    struct symbol *symbol = compiler->names.data[name].symbol;

    return symbol && symbol->scope == compiler->scope ? symbol : NULL;
}

struct symbol *names_declare(struct compiler *compiler, uint32_t name)
{
    struct symbol *symbol = own_symbol(compiler, name);

    if (!symbol)
        symbol = define(compiler, name, LOAD_PARAMETER);
    symbol->load = LOAD_PARAMETER;
    symbol->stored = true;
    if (symbol->slot == TMPL_NO_SLOT)
        symbol->slot = names_new_slot(compiler, name);
    return symbol;
}

static void store(struct compiler *compiler, uint32_t name)
{
    struct symbol *symbol = own_symbol(compiler, name);

    if (!symbol) {
        enum symbol_load load = compiler->names.data[name].symbol ? LOAD_ALIAS
                                : compiler->scope->branches       ? LOAD_RESOLVE
                                                                  : LOAD_UNDEFINED;
        symbol = define(compiler, name, load);
    }
    symbol->stored = true;
}

static void read_name(struct compiler *compiler, uint32_t name)
{
    if (!compiler->names.data[name].symbol)
        define(compiler, name, LOAD_RESOLVE);
}

void names_declare_target(struct compiler *compiler, const struct tmpl_node *target)
{
    if (target->kind == TMPL_N_NAME)
        names_declare(compiler, code_intern_name(compiler, target));
    else if (target->kind == TMPL_N_TUPLE || target->kind == TMPL_N_LIST)
        for (const struct tmpl_node *node = target->list; node; node = node->next)
            names_declare_target(compiler, node);
}

static void store_target(struct compiler *compiler, const struct tmpl_node *target)
{
    if (target->kind == TMPL_N_NAME)
        store(compiler, code_intern_name(compiler, target));
    else if (target->kind == TMPL_N_NSREF)
        names_analyze(compiler, target);
    else
        for (const struct tmpl_node *node = target->list; node; node = node->next)
            store_target(compiler, node);
}

/* What an if assigns may be assigned or not. */
static void analyze_if(struct compiler *compiler, const struct tmpl_node *node)
{
    bool is_elif;

    do {
        is_elif = tmpl_elif(node) != NULL;
        names_analyze(compiler, node->a);
        compiler->scope->branches++;
        names_analyze_list(compiler, node->list);
        if (!is_elif)
            names_analyze_list(compiler, node->orelse);
        compiler->scope->branches--;
        node = node->orelse;
    } while (is_elif);
}

static void analyze_children(struct compiler *compiler, const struct tmpl_node *node)
{
    if (node->a)
        names_analyze(compiler, node->a);
    if (node->b)
        names_analyze(compiler, node->b);
    if (node->c)
        names_analyze(compiler, node->c);
    names_analyze_list(compiler, node->list);
}

void names_analyze(struct compiler *compiler, const struct tmpl_node *node)
{
    switch (node->kind) {
    case TMPL_N_CONST:
    case TMPL_N_BREAK:
    case TMPL_N_CONTINUE:
    case TMPL_N_BLOCK:
    case TMPL_N_AUTOESCAPE:
        break;
    case TMPL_N_NAME:
    case TMPL_N_NSREF:
        read_name(compiler, code_intern_name(compiler, node));
        break;
    case TMPL_N_IF:
        analyze_if(compiler, node);
        break;
    case TMPL_N_FOR:
        names_analyze(compiler, node->b);
        break;
    case TMPL_N_SET:
        names_analyze(compiler, node->b);
        store_target(compiler, node->a);
        break;
    case TMPL_N_SET_BLOCK:
        store_target(compiler, node->a);
        break;
    case TMPL_N_MACRO:
        store(compiler, code_intern_name(compiler, node));
        break;
    case TMPL_N_CALL_BLOCK:
    case TMPL_N_FILTER_BLOCK:
        names_analyze(compiler, node->a);
        break;
    case TMPL_N_WITH:
        for (const struct tmpl_node *pair = node->params; pair; pair = pair->next)
            names_analyze(compiler, pair->b);
        break;
    case TMPL_N_IMPORT:
        names_analyze(compiler, node->a);
        store(compiler, code_intern_name(compiler, node));
        break;
    case TMPL_N_FROM:
        names_analyze(compiler, node->a);
        for (const struct tmpl_node *name = node->params; name; name = name->next)
            store(compiler, name->name2 ? code_intern(compiler, name->name2, name->name2_length)
                                        : code_intern_name(compiler, name));
        break;
    default:
        analyze_children(compiler, node);
    }
}

void names_analyze_list(struct compiler *compiler, const struct tmpl_node *list)
{
    for (; list; list = list->next)
        names_analyze(compiler, list);
}

/* --- code ------------------------------------------------------------------------------------------ */

/* Marks the functions between the one whose slot is used and the present one, and says how far it is. */
static uint32_t functions_up(struct compiler *compiler, const struct function *target)
{
    struct function *function = compiler->function;
    uint32_t depth = 0;

    while (function != target) {
        function = function->outer;
        function->flags |= TMPL_FN_CELLS;
        depth++;
    }
    return depth;
}

static void load_symbol(struct compiler *compiler, const struct symbol *symbol, uint32_t name,
                        bool raw)
{
    if (!symbol || symbol->slot == TMPL_NO_SLOT)
        code_emit(compiler, raw ? TMPL_OP_CONTEXT_RAW : TMPL_OP_CONTEXT, name, 1);
    else if (symbol->scope->function == compiler->function)
        code_emit(compiler, raw ? TMPL_OP_LOAD_RAW : TMPL_OP_LOAD, symbol->slot, 1);
    else
        code_emit(compiler, raw ? TMPL_OP_LOAD_UP_RAW : TMPL_OP_LOAD_UP,
                  functions_up(compiler, symbol->scope->function) << 16 | symbol->slot, 1);
}

void names_load(struct compiler *compiler, uint32_t name)
{
    load_symbol(compiler, compiler->names.data[name].symbol, name, false);
}

void names_load_raw(struct compiler *compiler, uint32_t name)
{
    load_symbol(compiler, compiler->names.data[name].symbol, name, true);
}

bool names_find_slot(struct compiler *compiler, uint32_t name, uint32_t *ret_slot)
{
    const struct symbol *symbol = compiler->names.data[name].symbol;

    if (!symbol || symbol->slot == TMPL_NO_SLOT || symbol->scope->function != compiler->function)
        return false;
    *ret_slot = symbol->slot;
    return true;
}

void names_store(struct compiler *compiler, uint32_t name)
{
    code_emit(compiler, TMPL_OP_STORE, compiler->names.data[name].symbol->slot, -1);
}

void names_enter(struct compiler *compiler, struct scope *scope)
{
    for (struct symbol *symbol = scope->symbols; symbol; symbol = symbol->next) {
        if (symbol->load == LOAD_PARAMETER || (symbol->load == LOAD_RESOLVE && !symbol->stored))
            continue;
        symbol->slot = names_new_slot(compiler, symbol->name);
        if (symbol->load == LOAD_UNDEFINED) {
            code_emit(compiler, TMPL_OP_FORGET, symbol->slot, 0);
            continue;
        }
        load_symbol(compiler, symbol->outer, symbol->name, true);
        code_emit(compiler, TMPL_OP_STORE, symbol->slot, -1);
    }
}

void names_leave(struct compiler *compiler, struct scope *scope)
{
    for (struct symbol *symbol = scope->symbols; symbol; symbol = symbol->next)
        compiler->names.data[symbol->name].symbol = symbol->outer;
    compiler->scope = scope->outer;
}

void names_end(struct compiler *compiler, struct scope *scope)
{
    bool inside = scope->outer && scope->outer->function == scope->function;

    names_leave(compiler, scope);
    if (!inside || !(scope->function->flags & TMPL_FN_CELLS))
        return;
    for (struct symbol *symbol = scope->symbols; symbol; symbol = symbol->next)
        if (symbol->slot != TMPL_NO_SLOT)
            code_emit(compiler, TMPL_OP_FORGET, symbol->slot, 0);
}

void names_locals(struct compiler *compiler)
{
    uint32_t count = 0;
    HASS_VEC(uint32_t) names = { 0 };

    for (struct scope *scope = compiler->scope; scope; scope = scope->outer) {
        for (struct symbol *symbol = scope->symbols; symbol; symbol = symbol->next) {
            /* Inner variables hide outer ones. */
            if (!symbol->stored || compiler->names.data[symbol->name].symbol != symbol)
                continue;
            load_symbol(compiler, symbol, symbol->name, true);
            vec_push(&names, symbol->name);
            count++;
        }
    }
    code_emit(compiler, TMPL_OP_LOCALS, count, 1 - (int)count);
    vec_foreach(&names, name)
        code_word(compiler, *name);
    vec_fini(&names);
}

/* --- special names ------------------------------------------------------------------------------------- */

enum undeclared { NOT_SEEN, READ, DECLARED };

static enum undeclared look(const struct tmpl_node *node, const char *name, size_t length);
static enum undeclared look_list(const struct tmpl_node *list, const char *name, size_t length);

static enum undeclared look_target(const struct tmpl_node *target, const char *name, size_t length)
{
    if (target->kind == TMPL_N_NAME)
        return target->name_length == length && memcmp(target->name, name, length) == 0 ? DECLARED
                                                                                        : NOT_SEEN;
    for (const struct tmpl_node *node = target->list; node; node = node->next)
        if (look_target(node, name, length))
            return DECLARED;
    return NOT_SEEN;
}

/* The node and what is below it, but for an elif. */
static enum undeclared look_at(const struct tmpl_node *node, const char *name, size_t length)
{
    const struct tmpl_node *first[3] = { 0 };
    enum undeclared seen = NOT_SEEN;

    switch (node->kind) {
    case TMPL_N_CONST:
    case TMPL_N_BLOCK:
        return NOT_SEEN;
    case TMPL_N_NAME:
        return look_target(node, name, length) ? READ : NOT_SEEN;
    case TMPL_N_SET:
    case TMPL_N_SET_BLOCK:
    case TMPL_N_FOR:
        if ((seen = look_target(node->a, name, length)))
            return seen;
        first[0] = node->b;
        break;
    case TMPL_N_MACRO:
    case TMPL_N_CALL_BLOCK:
        for (const struct tmpl_node *param = node->params; param; param = param->next)
            if ((seen = look_target(param, name, length)) || (seen = look(param->a, name, length)))
                return seen;
        first[0] = node->kind == TMPL_N_CALL_BLOCK ? node->a : NULL;
        break;
    case TMPL_N_WITH:
        for (const struct tmpl_node *pair = node->params; pair; pair = pair->next)
            if ((seen = look_target(pair->a, name, length)))
                return seen;
        for (const struct tmpl_node *pair = node->params; pair; pair = pair->next)
            if ((seen = look(pair->b, name, length)))
                return seen;
        break;
    default:
        first[0] = node->a;
        first[1] = node->b;
    }
    first[2] = node->kind == TMPL_N_FOR ? NULL : node->c;
    for (size_t i = 0; i < 3; i++)
        if ((seen = look(first[i], name, length)))
            return seen;
    if ((seen = look_list(node->list, name, length)) ||
        (!tmpl_elif(node) && (seen = look_list(node->orelse, name, length))))
        return seen;
    return node->kind == TMPL_N_FOR ? look(node->c, name, length) : NOT_SEEN;
}

/* @node may be NULL. A chain of elif, which has no greatest length, is walked without recursion. */
static enum undeclared look(const struct tmpl_node *node, const char *name, size_t length)
{
    enum undeclared seen = NOT_SEEN;

    for (; node && !seen; node = tmpl_elif(node))
        seen = look_at(node, name, length);
    return seen;
}

static enum undeclared look_list(const struct tmpl_node *list, const char *name, size_t length)
{
    for (; list; list = list->next) {
        enum undeclared seen = look(list, name, length);
        if (seen)
            return seen;
    }
    return NOT_SEEN;
}

bool names_reads_undeclared(const struct tmpl_node *list, const char *name)
{
    return look_list(list, name, strlen(name)) == READ;
}
