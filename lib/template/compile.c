/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a template while it is compiled, and how they are put together: code, constants, names, functions and places grow in
 * arrays of their own and are copied into one block at the end, together with the texts that do not stand in the source as they are.
 */
#include "template/compile.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

void compile_fail(struct compiler *compiler, enum tmpl_error_class class, const char *format, ...)
{
    struct tmpl_error *error = compiler->error;
    va_list args;

    if (compiler->failed)
        return;
    compiler->failed = true;
    error->class = class;
    error->offset = compiler->at;
    va_start(args, format);
    vsnprintf(error->message, sizeof(error->message), format, args);
    va_end(args);
}

/* --- code ------------------------------------------------------------------------------------------ */

void code_emit(struct compiler *compiler, enum tmpl_op op, uint32_t operand, int effect)
{
    struct function *function = compiler->function;

    if (operand > TMPL_MAX_OPERAND)
        compile_fail(compiler, TMPL_LIMIT_ERROR, "the template is too large");
    lines_add(&compiler->lines, &compiler->writer, (uint32_t)compiler->code.length, compiler->at);
    vec_push(&compiler->code, operand << 8 | op);
    function->depth += (uint32_t)effect;
    if (effect > 0)
        code_reserve(compiler, 0);
}

void code_reserve(struct compiler *compiler, uint32_t cells)
{
    struct function *function = compiler->function;

    if (function->depth + cells > function->deepest)
        function->deepest = function->depth + cells;
}

void code_word(struct compiler *compiler, uint32_t word)
{
    vec_push(&compiler->code, word);
}

uint32_t code_jump(struct compiler *compiler, enum tmpl_op op, int effect)
{
    code_emit(compiler, op, 0, effect);
    return (uint32_t)compiler->code.length - 1;
}

/* A jump's operand is the distance from the instruction behind it. */
void code_patch(struct compiler *compiler, uint32_t site)
{
    uint32_t distance = (uint32_t)compiler->code.length - site - 1;

    if (distance > TMPL_MAX_OPERAND)
        compile_fail(compiler, TMPL_LIMIT_ERROR, "the template is too large");
    compiler->code.data[site] |= distance << 8;
}

uint32_t code_begin(struct compiler *compiler, struct function *function)
{
    uint32_t jump = code_jump(compiler, TMPL_OP_JUMP, 0);

    *function = (struct function){ .outer = compiler->function };
    compiler->function = function;
    return jump;
}

static struct tmpl_proto finish_function(struct compiler *compiler, struct function *function,
                                         struct tmpl_proto proto)
{
    code_emit(compiler, TMPL_OP_RETURN, 0, 0);
    compiler->function = function->outer;
    proto.end = (uint32_t)compiler->code.length;
    proto.slots = (uint16_t)function->slot_names.length;
    proto.slot_names = (uint32_t)compiler->slot_names.length;
    proto.flags |= function->flags;
    if (function->deepest > TMPL_MAX_SMALL)
        compile_fail(compiler, TMPL_LIMIT_ERROR, "an expression needs more than %d values",
                     TMPL_MAX_SMALL);
    proto.stack = (uint16_t)function->deepest;
    vec_foreach(&function->slot_names, name)
        vec_push(&compiler->slot_names, *name);
    vec_fini(&function->slot_names);
    return proto;
}

uint32_t code_end(struct compiler *compiler, struct function *function, uint32_t jump,
                  struct tmpl_proto proto)
{
    proto.entry = jump + 1;
    vec_push(&compiler->protos, finish_function(compiler, function, proto));
    code_patch(compiler, jump);
    if (compiler->protos.length > TMPL_MAX_SMALL)
        compile_fail(compiler, TMPL_LIMIT_ERROR, "more than %d macros", TMPL_MAX_SMALL);
    return (uint32_t)compiler->protos.length - 1;
}

/* --- constants -------------------------------------------------------------------------------------- */

enum { COMPARED_CONSTANTS = 24 };

static bool is_same_constant(const struct tmpl_value *a, const struct tmpl_value *b)
{
    if (a->kind != b->kind || a->flags != b->flags || a->length != b->length)
        return false;
    if (a->kind == TMPL_STRING)
        return memcmp(a->text, b->text, a->length) == 0;
    return (a->kind == TMPL_INT || a->kind == TMPL_FLOAT) && a->integer == b->integer;
}

uint32_t code_add_constant(struct compiler *compiler, const struct tmpl_value *value)
{
    size_t count = compiler->constants.length;

    for (size_t i = count > COMPARED_CONSTANTS ? count - COMPARED_CONSTANTS : 0; i < count; i++)
        if (is_same_constant(&compiler->constants.data[i], value))
            return (uint32_t)i;
    vec_push(&compiler->constants, *value);
    return (uint32_t)count;
}

void code_constant(struct compiler *compiler, const struct tmpl_value *value)
{
    const int64_t largest = TMPL_MAX_OPERAND >> 1;

    if (value->kind == TMPL_INT && value->integer <= largest && value->integer >= -largest)
        code_emit(compiler, TMPL_OP_INT, (uint32_t)value->integer & TMPL_MAX_OPERAND, 1);
    else if (value->kind == TMPL_NONE && !value->flags)
        code_emit(compiler, TMPL_OP_NONE, 0, 1);
    else if (value->kind == TMPL_BOOL)
        code_emit(compiler, TMPL_OP_BOOL, (uint32_t)value->integer, 1);
    else
        code_emit(compiler, TMPL_OP_CONST, code_add_constant(compiler, value), 1);
}

uint32_t code_add_function(struct compiler *compiler, const struct env_function *function)
{
    size_t count = compiler->functions.length;

    for (size_t i = 0; i < count; i++)
        if (compiler->functions.data[i] == function)
            return (uint32_t)i;
    vec_push(&compiler->functions, function);
    return (uint32_t)count;
}

/* --- names -------------------------------------------------------------------------------------------- */

static void grow_name_table(struct compiler *compiler)
{
    uint32_t size = compiler->name_table ? (compiler->name_mask + 1) * 2 : 32;

    compiler->name_table = tmpl_alloc(&compiler->heap, size * sizeof(*compiler->name_table));
    memset(compiler->name_table, 0, size * sizeof(*compiler->name_table));
    compiler->name_mask = size - 1;
    for (uint32_t i = 0; i < compiler->names.length; i++) {
        uint32_t at = compiler->names.data[i].name.hash & compiler->name_mask;
        while (compiler->name_table[at])
            at = (at + 1) & compiler->name_mask;
        compiler->name_table[at] = i + 1;
    }
}

uint32_t code_intern(struct compiler *compiler, const char *text, size_t length)
{
    uint32_t hash = tmpl_name_hash(text, length);
    uint32_t at;

    if (!compiler->name_table || compiler->names.length * 2 > compiler->name_mask)
        grow_name_table(compiler);
    for (at = hash & compiler->name_mask; compiler->name_table[at];
         at = (at + 1) & compiler->name_mask) {
        const struct tmpl_name *name = &compiler->names.data[compiler->name_table[at] - 1].name;
        if (name->hash == hash && name->length == length && memcmp(name->text, text, length) == 0)
            return compiler->name_table[at] - 1;
    }
    struct compiled_name entry = { .name = { .text = text,
                                             .length = (uint32_t)length,
                                             .hash = hash,
                                             .global =
                                                 env_find_global(compiler->env, text, length) } };
    vec_push(&compiler->names, entry);
    compiler->name_table[at] = (uint32_t)compiler->names.length;
    return (uint32_t)compiler->names.length - 1;
}

/* --- putting together ------------------------------------------------------------------------------------ */

struct layout {
    struct tmpl_template *template; /* NULL while the size is counted */
    size_t used;
};

static void *place(struct layout *layout, const void *data, size_t size)
{
    size_t at = layout->used;

    layout->used += (size + 7) & ~(size_t)7;
    if (!layout->template)
        return NULL;
    return size ? memcpy((char *)layout->template + at, data, size) : (char *)layout->template + at;
}

static const char *place_text(struct compiler *compiler, struct layout *layout, const char *text,
                              size_t length)
{
    if (text >= compiler->source && text <= compiler->source + compiler->source_length)
        return text;
    return place(layout, text, length);
}

static struct tmpl_value place_value(struct compiler *compiler, struct layout *layout,
                                     struct tmpl_value value)
{
    if (value.kind == TMPL_STRING || value.kind == TMPL_BYTES) {
        value.text = place_text(compiler, layout, value.text, value.length);
    } else if (value.kind == TMPL_BIG) {
        value.big = place(layout, value.big,
                          sizeof(*value.big) + value.big->count * sizeof(value.big->limbs[0]));
    } else if (value.kind == TMPL_LIST || value.kind == TMPL_TUPLE) {
        struct tmpl_value *items = place(layout, value.items, value.length * sizeof(*items));
        for (uint32_t i = 0; i < value.length; i++) {
            struct tmpl_value item = place_value(compiler, layout, value.items[i]);
            if (items)
                items[i] = item;
        }
        value.items = items;
    }
    return value;
}

static void place_parts(struct compiler *compiler, struct layout *layout)
{
    struct tmpl_template ignored, *template = layout->template ? layout->template : &ignored;
#define PLACE(vec)                                                                                 \
    place(layout, compiler->vec.data, compiler->vec.length * sizeof(*compiler->vec.data))

    struct tmpl_value *constants = PLACE(constants);
    struct tmpl_name *names =
        place(layout, compiler->names.data, compiler->names.length * sizeof(*names));
    template->constants = constants;
    template->names = names;
    template->functions = PLACE(functions);
    template->protos = PLACE(protos);
    template->blocks = PLACE(blocks);
    template->code = PLACE(code);
    template->slot_names = PLACE(slot_names);
    template->lines = place(layout, compiler->lines.data, compiler->lines.length);
#undef PLACE
    for (size_t i = 0; i < compiler->constants.length; i++) {
        struct tmpl_value value = place_value(compiler, layout, compiler->constants.data[i]);
        if (constants)
            constants[i] = value;
    }
    for (size_t i = 0; i < compiler->names.length; i++) {
        struct tmpl_name name = compiler->names.data[i].name;
        name.text = place_text(compiler, layout, name.text, name.length);
        if (names)
            names[i] = name;
    }
    if (compiler->name)
        template->name = place(layout, compiler->name, strlen(compiler->name) + 1);
}

static struct tmpl_template *put_together(struct compiler *compiler)
{
    struct layout layout = { .used = sizeof(struct tmpl_template) };

    place_parts(compiler, &layout);
    layout.template = mem_alloc(layout.used);
    *layout.template = (struct tmpl_template){
        .size = (uint32_t)layout.used,
        .env = compiler->env,
        .source = (char *)compiler->source,
        .source_length = (uint32_t)compiler->source_length,
        .code_length = (uint32_t)compiler->code.length,
        .lines_length = (uint32_t)compiler->lines.length,
        .proto_count = (uint16_t)compiler->protos.length,
        .block_count = (uint16_t)compiler->blocks.length,
        .name_count = (uint32_t)compiler->names.length,
        .constant_count = (uint32_t)compiler->constants.length,
    };
    atomic_init(&layout.template->refs, 1);
    layout.used = sizeof(struct tmpl_template);
    place_parts(compiler, &layout);
    return layout.template;
}

/* --- compiling ------------------------------------------------------------------------------------------- */

bool compile_any(const struct tmpl_node *list, node_test *test)
{
    for (; list; list = list->next) {
        if (test(list))
            return true;
        /* Expressions have no statements within them, and constants no lists. */
        const struct tmpl_node *node = list->kind > TMPL_N_OUTPUT ? list : NULL;
        for (; node; node = tmpl_elif(node))
            if (compile_any(node->list, test) ||
                (!tmpl_elif(node) && compile_any(node->orelse, test)))
                return true;
    }
    return false;
}

/* Lets others see what the top level has set. */
static bool shares(const struct tmpl_node *node)
{
    return node->kind == TMPL_N_BLOCK || node->kind == TMPL_N_EXTENDS ||
           node->kind == TMPL_N_INCLUDE ||
           ((node->kind == TMPL_N_IMPORT || node->kind == TMPL_N_FROM) &&
            (node->flags & TMPL_WITH_CONTEXT));
}

static bool extends(const struct tmpl_node *node)
{
    return node->kind == TMPL_N_EXTENDS;
}

static void compile_root(struct compiler *compiler, const struct tmpl_node *root)
{
    struct function function = { 0 };
    struct scope scope;

    compiler->function = &function;
    compiler->toplevel = compiler->rootlevel = true;
    compiler->shares = compiler->name || compile_any(root->list, shares);
    compiler->checks_output = compile_any(root->list, extends);
    /* The root is the first function, and ends before the blocks begin. */
    vec_push(&compiler->protos, (struct tmpl_proto){ 0 });
    names_begin(compiler, &scope);
    compile_special_self(compiler, root->list);
    names_analyze_list(compiler, root->list);
    names_enter(compiler, &scope);
    compile_body(compiler, root->list);
    names_end(compiler, &scope);
    compiler->protos.data[0] = finish_function(compiler, &function, (struct tmpl_proto){ 0 });
}

static void compiler_fini(struct compiler *compiler)
{
    hass_buf_fini(&compiler->lines);
    vec_fini(&compiler->code);
    vec_fini(&compiler->constants);
    vec_fini(&compiler->names);
    vec_fini(&compiler->functions);
    vec_fini(&compiler->protos);
    vec_fini(&compiler->blocks);
    vec_fini(&compiler->slot_names);
    arena_fini(&compiler->heap.arena);
}

static struct tmpl_template *compile_source(const struct tmpl_env *env, char *source, size_t length,
                                            const char *name, struct tmpl_error *error)
{
    struct compiler compiler = {
        .env = env, .name = name, .source = source, .source_length = length, .error = error
    };
    struct tmpl_template *template = NULL;

    compiler.last_waiting = &compiler.waiting;
    const struct tmpl_node *root = tmpl_parse(&compiler.heap, source, length, error);
    if (root) {
        compile_root(&compiler, root);
        compile_blocks(&compiler);
        if (!compiler.failed)
            template = put_together(&compiler);
    }
    if (!template) {
        snprintf(error->name, sizeof(error->name), "%s", name ? name : "");
        tmpl_locate(source, length, error->offset, &error->line, &error->column);
    }
    compiler_fini(&compiler);
    return template;
}

struct tmpl_template *tmpl_compile(const struct tmpl_env *env, const char *source, size_t length,
                                   const char *name, struct tmpl_error *ret_error)
{
    struct tmpl_error ignored, *error = ret_error ? ret_error : &ignored;
    const char *end = source + length;
    size_t blank;

    *error = (struct tmpl_error){ 0 };
    if (length > TMPL_MAX_SOURCE) {
        error->class = TMPL_LIMIT_ERROR;
        snprintf(error->message, sizeof(error->message),
                 "the template has %zu bytes: at most %d are allowed", length, TMPL_MAX_SOURCE);
        return NULL;
    }
    /* An importable template keeps its blanks. */
    while (!name && (blank = tmpl_blank(source, end)))
        source += blank;
    while (!name && (blank = tmpl_blank_before(source, end)))
        end -= blank;
    length = (size_t)(end - source);
    char *copy = mem_alloc(length + 1);
    memcpy(copy, source, length);
    copy[length] = '\0';
    struct tmpl_template *template = compile_source(env, copy, length, name, error);
    if (!template)
        free(copy);
    return template;
}
