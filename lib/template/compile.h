/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiler from inside: it walks the tree once and writes code. compile.c has the parts that are written to and puts the template
 * together; names.c says what a name means where; compile_expression.c, compile_statement.c, compile_loop.c and compile_macro.c walk the tree.
 *
 * An error is noted in the compiler and the walk goes on: what was written is thrown away at the end.
 */
#pragma once

#include <hass/vec.h>

#include "template/ast.h"
#include "template/code.h"
#include "template/lexer.h"

enum symbol_load {
    LOAD_PARAMETER, /* set by whoever enters the scope */
    LOAD_RESOLVE,   /* from the context */
    LOAD_ALIAS,     /* begins with the value of the outer variable */
    LOAD_UNDEFINED, /* begins undefined */
};

/** A name within a scope. */
struct symbol {
    struct symbol *outer; /* of the same name, visible again when the scope ends */
    struct symbol *next;  /* of the scope, in order */
    struct scope *scope;
    uint32_t name;
    uint32_t slot; /* TMPL_NO_SLOT: looked up in the context wherever it stands */
    uint8_t load;
    bool stored;
};

struct scope {
    struct scope *outer;
    struct function *function;
    struct symbol *symbols, **last;
    unsigned branches; /* of ifs that the analysis is within */
};

/** What must be undone on the way out of a loop. */
struct unwind {
    struct unwind *outer;
    enum tmpl_op op;
};

struct jumps {
    HASS_VEC(uint32_t) sites;
};

struct loop_labels {
    struct loop_labels *outer;
    struct unwind *unwind; /* outside of the loop's body */
    struct jumps breaks, continues;
};

/** A function that is being compiled. */
struct function {
    struct function *outer;
    HASS_VEC(uint32_t) slot_names;
    uint32_t depth, deepest; /* of the stack */
    struct loop_labels *loop;
    struct unwind *unwind;
    uint8_t flags;
};

struct compiled_name {
    struct tmpl_name name;
    struct symbol *symbol; /* the innermost one that is visible */
};

struct waiting_block {
    struct waiting_block *next;
    const struct tmpl_node *node;
};

struct compiler {
    const struct tmpl_env *env;
    const char *name; /* of the template, or NULL */
    const char *source;
    size_t source_length;
    struct tmpl_heap heap; /* dies with the compiler */
    struct tmpl_error *error;
    bool failed;
    struct function *function;
    struct scope *scope;
    struct hass_buf lines;
    struct line_writer writer;
    uint32_t at; /* of the node that code is written for */
    HASS_VEC(uint32_t) code;
    HASS_VEC(struct tmpl_value) constants;
    HASS_VEC(struct compiled_name) names;
    HASS_VEC(const struct env_function *) functions;
    HASS_VEC(struct tmpl_proto) protos;
    HASS_VEC(struct tmpl_block) blocks;
    HASS_VEC(uint32_t) slot_names;
    uint32_t *name_table; /* indexes of names, plus 1 */
    uint32_t name_mask;
    struct waiting_block *waiting, **last_waiting;
    enum tmpl_escape escape; /* what {% autoescape %} says here */
    unsigned extends;        /* seen so far */
    bool known_extends;      /* surely executed: nothing of the top level is printed from here on */
    bool checks_output;      /* what is printed here depends on whether there is a parent */
    bool toplevel;
    bool rootlevel;
    bool soft;   /* within a condition: unknown filters are errors when they are reached */
    bool shares; /* what the top level sets is seen by other templates or blocks */
};

/* --- writing (compile.c) -------------------------------------------------------------------------- */

/** Notes an error at the present node, unless there is one. */
void compile_fail(struct compiler *compiler, enum tmpl_error_class class, const char *format, ...)
    HASS_PRINTF(3, 4);
/** Writes an instruction that adds @effect cells to the stack. */
void code_emit(struct compiler *compiler, enum tmpl_op op, uint32_t operand, int effect);
void code_word(struct compiler *compiler, uint32_t word);
/** Room on the stack for @cells that an instruction needs for itself. */
void code_reserve(struct compiler *compiler, uint32_t cells);
/** Writes a jump forward; to be given to code_patch. */
uint32_t code_jump(struct compiler *compiler, enum tmpl_op op, int effect);
void code_patch(struct compiler *compiler, uint32_t site);
void code_constant(struct compiler *compiler, const struct tmpl_value *value);
uint32_t code_add_constant(struct compiler *compiler, const struct tmpl_value *value);
uint32_t code_add_function(struct compiler *compiler, const struct env_function *function);
uint32_t code_intern(struct compiler *compiler, const char *text, size_t length);
static inline uint32_t code_intern_name(struct compiler *compiler, const struct tmpl_node *node)
{
    return code_intern(compiler, node->name, node->name_length);
}
/** Begins a function, whose code is jumped over; returns the jump. */
uint32_t code_begin(struct compiler *compiler, struct function *function);
/** Ends it with RETURN; returns its number. */
uint32_t code_end(struct compiler *compiler, struct function *function, uint32_t jump,
                  struct tmpl_proto proto);

/* --- scopes (names.c) ------------------------------------------------------------------------------- */

void names_begin(struct compiler *compiler, struct scope *scope);
/** Gives slots to its variables and writes how they begin. */
void names_enter(struct compiler *compiler, struct scope *scope);
/** Its names are not visible any more. */
void names_leave(struct compiler *compiler, struct scope *scope);
/** The same; and its variables are absent behind it, where inner functions may see them. */
void names_end(struct compiler *compiler, struct scope *scope);

void names_analyze_list(struct compiler *compiler, const struct tmpl_node *list);
void names_analyze(struct compiler *compiler, const struct tmpl_node *node);
/** Names of a target as parameters of the scope, with slots. */
void names_declare_target(struct compiler *compiler, const struct tmpl_node *target);
struct symbol *names_declare(struct compiler *compiler, uint32_t name);
/** True when @name is read in @list before anything there gives it another meaning. */
bool names_reads_undeclared(const struct tmpl_node *list, const char *name);

/** -> the variable. */
void names_load(struct compiler *compiler, uint32_t name);
/** -> the variable, absent when it is. */
void names_load_raw(struct compiler *compiler, uint32_t name);
/** The slot of a variable of the present function; false when it is none. */
bool names_find_slot(struct compiler *compiler, uint32_t name, uint32_t *ret_slot);
/** A slot that no name refers to. */
uint32_t names_new_slot(struct compiler *compiler, uint32_t name);
/** value ->. */
void names_store(struct compiler *compiler, uint32_t name);
/** -> what is stored in the scopes around, for templates that are run with this context. */
void names_locals(struct compiler *compiler);

/* --- the tree (compile_expression.c, compile_statement.c, compile_loop.c, compile_macro.c) ------------------------------------------------ */

void compile_expression(struct compiler *compiler, const struct tmpl_node *node);
/** A chain of filters, whose innermost one takes what is on the stack. */
void compile_filters(struct compiler *compiler, const struct tmpl_node *node);
/** A call with a macro as the argument "caller", which lies in a slot. */
void compile_call(struct compiler *compiler, const struct tmpl_node *node,
                  const struct tmpl_value *caller_name, uint32_t caller_slot);
void compile_body(struct compiler *compiler, const struct tmpl_node *list);

/** What is different in an inner scope. */
struct surroundings {
    bool toplevel, rootlevel, soft, checks_output;
};
struct surroundings compile_inside(struct compiler *compiler);
void compile_outside(struct compiler *compiler, struct surroundings outside);
/** value ->, to a name or to a tuple of names. */
void compile_target(struct compiler *compiler, const struct tmpl_node *target);
void compile_for(struct compiler *compiler, const struct tmpl_node *node);
/** break and continue. */
void compile_jump_out(struct compiler *compiler, const struct tmpl_node *node);
/** -> a macro, or the body of a call block as one. */
void compile_macro_value(struct compiler *compiler, const struct tmpl_node *node);
void compile_call_block(struct compiler *compiler, const struct tmpl_node *node);

typedef bool node_test(const struct tmpl_node *node);
/** Whether a statement in @list or within one there passes @test. */
bool compile_any(const struct tmpl_node *list, node_test *test);
/** `self`, where the statements of @list read it. */
void compile_special_self(struct compiler *compiler, const struct tmpl_node *list);
/** The blocks that statements have left waiting. */
void compile_blocks(struct compiler *compiler);
