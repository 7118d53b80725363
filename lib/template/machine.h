/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine from inside. A frame is the activation of a function of a template; its slots and what its expressions need lie on one stack of
 * values, the slots of functions with inner functions in the heap (cells), because macros see the variables around them as they are
 * when they are called. Names that are no variables of a template are looked up in its context.
 *
 * vm.c has the dispatch loop; call.c enters functions; macro.c, loop.c, module.c, block.c what their names say; run.c renders.
 */
#pragma once

#include "template/ast.h"
#include "template/code.h"
#include "template/lexer.h"

struct tmpl_cells {
    struct tmpl_cells *up;
    struct tmpl_value slots[];
};

/* --- contexts (context.c) ------------------------------------------------------------------------ */

struct context_variable {
    const char *text;
    uint32_t length;
    bool exported;
    struct tmpl_value value;
};

/** Variables that were handed over; never changed. */
struct context_layer {
    const struct context_layer *next;
    uint32_t count;
    struct context_variable variables[];
};

/** A block of a template and of those that it extends: the most derived first. */
struct context_block {
    struct context_block *next;
    const char *text;
    uint32_t length;
    uint32_t count;
    uint32_t capacity;
    struct block_version *versions;
};

struct block_version {
    const struct tmpl_template *template;
    const struct tmpl_proto *proto;
};

struct context {
    struct context_variable *variables; /* what the top level has set */
    uint32_t count;
    uint32_t capacity;
    bool sees_render; /* the render's variables, behind the layers */
    const struct context_layer *layers;
    struct context_block *blocks;
};

struct context *context_create(struct tmpl_vm *vm, bool sees_render,
                               const struct context_layer *layers);
/** One that sees all that @outer sees now, and @locals (may be NULL) before it. */
struct context *context_derive(struct tmpl_vm *vm, const struct context *outer,
                               struct context_layer *locals);
/** A variable, or TMPL_ABSENT: globals are not looked for. */
struct tmpl_value context_find(struct tmpl_vm *vm, const struct context *context, const char *text,
                               uint32_t length);
void context_set(struct tmpl_vm *vm, struct context *context, const struct tmpl_name *name,
                 struct tmpl_value value, bool exported);
const struct tmpl_value *context_exported(const struct context *context, const char *text,
                                          size_t length);
/** Puts the blocks of @template behind those that are there. */
void context_add_blocks(struct tmpl_vm *vm, struct context *context,
                        const struct tmpl_template *template);
struct context_block *context_find_block(const struct context *context, const char *text,
                                         size_t length);

/* --- frames --------------------------------------------------------------------------------------- */

enum frame_result {
    FRAME_TEXT,   /* what it has printed, as a string */
    FRAME_PRINTS, /* nothing: it prints where it was entered */
    FRAME_MODULE, /* a module */
};

struct tmpl_frame {
    const struct tmpl_template *template;
    const struct tmpl_proto *proto;
    const uint32_t *ip;      /* of the next instruction, while it waits for another frame */
    struct tmpl_value *base; /* where its result goes; the stack above is its own */
    struct tmpl_value *slots;
    struct tmpl_cells *cells; /* its own, or NULL */
    struct tmpl_cells *up;    /* of the function around it */
    struct context *context;
    const struct tmpl_template *parent; /* what it extends, until it goes on there */
    const struct tmpl_template *module; /* what is imported */
    struct context_block *block;        /* which it runs, and which version */
    uint32_t version;
    uint32_t loop_depth; /* of a recursive loop */
    size_t mark;         /* where its text begins */
    uint8_t result;
    bool stop;   /* entered from C: the dispatch loop ends with it */
    bool markup; /* its text is markup */
};

struct loaded_module {
    struct loaded_module *next;
    const struct tmpl_template *template;
    struct tmpl_value module;
};

struct tmpl_run {
    const struct tmpl_render *how;
    struct hass_buf *out;
    size_t start;     /* of this render's text in out */
    size_t out_limit; /* bytes in out from which on run_check_output has to look */
    size_t counted, counted_characters;
    size_t how_memory; /* limit of texts that are being put together */
    unsigned captures; /* texts that are being put together on top of it */
    int64_t slice;     /* steps until run_check */
    int64_t slice_size;
    int64_t deadline;
    const struct tmpl_env *env;
    struct tmpl_frame *frames;
    uint32_t frame_count;
    uint32_t frame_capacity;
    unsigned nesting; /* of dispatch loops */
    struct tmpl_value *stack;
    struct tmpl_value *stack_end;
    struct tmpl_value *top;    /* first free cell, while C is called */
    struct tmpl_call prepared; /* by ARGS */
    unsigned prepared_cells;
    struct loaded_module *modules;
};

enum {
    STACK_CELLS = 16384,
    SLICE = 4096,
    MAX_NESTING = 24, /* of dispatch loops, each of which takes C's stack */
};

/** The text of an instruction's name. */
static inline const struct tmpl_name *frame_name(const struct tmpl_frame *frame, uint32_t name)
{
    return &frame->template->names[name];
}

/* --- running (vm.c, call.c) -------------------------------------------------------------------------- */

/** Runs until the newest frame, whose stop is set, has returned. Returns 0 with its result at its base, or -1. */
int machine_run(struct tmpl_vm *vm);

struct frame_entry {
    const struct tmpl_template *template;
    const struct tmpl_proto *proto;
    struct context *context;
    struct tmpl_cells *up;
    struct tmpl_value *base;
    enum frame_result result;
};
/** Pushes a frame above run->top; raises at the limits. Its slots are not set. */
struct tmpl_frame *frame_enter(struct tmpl_vm *vm, const struct frame_entry *entry);
/** Goes on with the root of the template that the frame's one extends. */
int frame_go_to_parent(struct tmpl_vm *vm, struct tmpl_frame *frame);
/** Runs the newest frame to its end, from C. */
int frame_finish(struct tmpl_vm *vm, struct tmpl_frame *frame, struct tmpl_value *ret_value);
/** 1 for callees that are functions of templates: *ret_frame has been entered. 0 for others; -1 with an error raised. */
int call_enter(struct tmpl_vm *vm, const struct tmpl_value *callee, const struct tmpl_call *call,
               struct tmpl_value *base, struct tmpl_frame **ret_frame);
/** ARGS: puts a call together from the cells on top of the stack. */
int call_prepare(struct tmpl_vm *vm, uint32_t operand, const struct tmpl_value *names,
                 const struct tmpl_value *top);
/** Raises "No filter named 'x'." with a hint. */
int call_raise_unknown(struct tmpl_vm *vm, unsigned where, const char *name, size_t length,
                       const char *behind);

/* --- limits (run.c) --------------------------------------------------------------------------------- */

/** The slice of steps is used up: asks for steps, time and memory. */
int run_check(struct tmpl_vm *vm);
/** More was printed than out_limit. */
int run_check_output(struct tmpl_vm *vm);
void run_capture(struct tmpl_run *run);
/** Only @captures of the texts are still being put together: without any, the limit of output holds again. */
void run_release(struct tmpl_vm *vm, unsigned captures);
/** The text that was printed from @mark on, as a value. */
int run_captured(struct tmpl_vm *vm, size_t mark, bool markup, struct tmpl_value *ret_value);

static inline int run_step(struct tmpl_vm *vm, int64_t steps)
{
    vm->run->slice -= steps;
    return vm->run->slice < 0 ? run_check(vm) : 0;
}

/* --- macros (macro.c) --------------------------------------------------------------------------------- */

extern const struct tmpl_type macro_type;

struct tmpl_value macro_create(struct tmpl_vm *vm, const struct tmpl_frame *frame,
                               const struct tmpl_proto *proto);
/** Enters a macro's body with the arguments of @call. */
int macro_enter(struct tmpl_vm *vm, struct tmpl_object *macro, const struct tmpl_call *call,
                struct tmpl_value *base, struct tmpl_frame **ret_frame);

/* --- loops (loop.c) ---------------------------------------------------------------------------------- */

extern const struct tmpl_type for_type;

/** `loop`. */
struct tmpl_loop {
    struct tmpl_object object;
    struct tmpl_value members; /* a list or range */
    int64_t count;
    int64_t index; /* -1 before the first round */
    uint32_t depth0;
    uint32_t changed_count; /* of what `changed` was called with last */
    const struct tmpl_value *changed;
    const struct tmpl_template *template; /* of a recursive loop's function, else NULL */
    const struct tmpl_proto *proto;
    struct tmpl_cells *up;
    struct context *context;
};

/** @frame is that of the recursive loop's function, or NULL. */
int for_create(struct tmpl_vm *vm, const struct tmpl_value *iterable,
               const struct tmpl_frame *frame, struct tmpl_value *ret_loop);
static inline struct tmpl_value for_member(const struct tmpl_loop *loop, int64_t index)
{
    if (loop->members.kind == TMPL_RANGE)
        return tmpl_int(loop->members.range->start + index * loop->members.range->step);
    return loop->members.items[index];
}
int for_enter(struct tmpl_vm *vm, struct tmpl_loop *loop, const struct tmpl_call *call,
              struct tmpl_value *base, struct tmpl_frame **ret_frame);
/** Sets up an iterator: two cells, what is iterated over and where it is. */
int iterator_init(struct tmpl_vm *vm, const struct tmpl_value *iterable, struct tmpl_value *cells);
/** Puts @count members of @value in reverse order into @ret_values. */
int iterator_unpack(struct tmpl_vm *vm, const struct tmpl_value *value, uint32_t count,
                    struct tmpl_value *ret_values);

/* --- modules and blocks (module.c, block.c) --------------------------------------------------------------- */

extern const struct tmpl_type module_type, self_type, block_reference_type;

/** Enters an imported template; when it has been imported before, *ret_frame is NULL and the module in @base. */
int module_import(struct tmpl_vm *vm, const struct tmpl_frame *from, const struct tmpl_value *name,
                  struct context_layer *locals, bool with_context, struct tmpl_value *base,
                  struct tmpl_frame **ret_frame);
struct tmpl_value module_create(struct tmpl_vm *vm, const struct tmpl_frame *frame,
                                const struct tmpl_template *template, struct tmpl_value text);
struct tmpl_value module_member(struct tmpl_vm *vm, const struct tmpl_frame *frame,
                                const struct tmpl_value *module, const struct tmpl_name *name);
/** Enters an included template; *ret_frame is NULL when there is none and that does not matter. */
int module_include(struct tmpl_vm *vm, const struct tmpl_frame *from,
                   const struct tmpl_value *names, struct context_layer *locals, unsigned flags,
                   struct tmpl_value *base, struct tmpl_frame **ret_frame);
int module_extend(struct tmpl_vm *vm, struct tmpl_frame *frame, const struct tmpl_value *name);

int block_enter(struct tmpl_vm *vm, const struct tmpl_frame *from, const struct tmpl_name *name,
                uint32_t flags, struct context *context, struct tmpl_value *base,
                struct tmpl_frame **ret_frame);
struct tmpl_value block_self(struct tmpl_vm *vm, const struct tmpl_frame *frame);
struct tmpl_value block_super(struct tmpl_vm *vm, const struct tmpl_frame *frame);
int block_reference_enter(struct tmpl_vm *vm, struct tmpl_object *reference,
                          const struct tmpl_call *call, struct tmpl_value *base,
                          struct tmpl_frame **ret_frame);
