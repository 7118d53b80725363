/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiled templates. An instruction has 32 bits, an op in the lower eight and an operand above; some are followed by words of their own.
 * Expressions work on a stack of values, variables are slots of a function's frame. The functions of a template (its root, macros, bodies
 * of call blocks, recursive loops, blocks) lie in one run of code, nested ones inside the outer ones' code and jumped over.
 *
 * Everything that a template consists of but its source is one block of memory.
 */
#pragma once

#include <stdatomic.h>

#include "template/environment.h"
#include "template/template.h"

/* name, words that follow, what it does (stack before -> after) */
#define TMPL_OPS(X)                                                                                \
    X(TEXT, 0)           /* prints constant                                                  */    \
    X(CONST, 0)          /* -> constant                                                      */    \
    X(INT, 0)            /* -> operand, signed                                               */    \
    X(NONE, 0)           /* -> none                                                          */    \
    X(BOOL, 0)           /* -> operand                                                       */    \
    X(NO_ELSE, 0)        /* -> what an inline if without else is: its line                   */    \
    X(LOAD, 0)           /* -> slot, undefined when it is absent                             */    \
    X(LOAD_RAW, 0)       /* -> slot                                                          */    \
    X(LOAD_UP, 0)        /* -> slot of an outer function: depth and slot                     */    \
    X(LOAD_UP_RAW, 0)    /*                                                                  */    \
    X(STORE, 0)          /* value ->                                                         */    \
    X(FORGET, 0)         /* makes a slot absent                                              */    \
    X(CONTEXT, 0)        /* -> variable or global by name                                    */    \
    X(CONTEXT_RAW, 0)    /*                                                                  */    \
    X(EXPORT, 0)         /* value -> ; into the context, by name, for others to import       */    \
    X(SHARE, 0)          /* value -> ; into the context, not for importing                   */    \
    X(ATTR, 0)           /* value -> value.name                                              */    \
    X(ITEM, 0)           /* value key -> value[key]                                          */    \
    X(SLICE, 0)          /* value start stop step -> value                                   */    \
    X(ARGS, 1)           /* prepares a call with named arguments or stars; names             */    \
    X(CALL, 0)           /* callee arguments -> value                                        */    \
    X(METHOD, 0)         /* value arguments -> value: name and count                         */    \
    X(FILTER, 0)         /* arguments -> value: function and count                           */    \
    X(TEST, 0)           /* arguments -> bool                                                */    \
    X(NO_FILTER, 0)      /* raises, by name                                                  */    \
    X(NO_TEST, 0)        /*                                                                  */    \
    X(ADD, 0)            /* left right -> value, in the order of tmpl_binary                 */    \
    X(SUB, 0)            /*                                                                  */    \
    X(MUL, 0)            /*                                                                  */    \
    X(DIV, 0)            /*                                                                  */    \
    X(FLOORDIV, 0)       /*                                                                  */    \
    X(MOD, 0)            /*                                                                  */    \
    X(POW, 0)            /*                                                                  */    \
    X(NEGATE, 0)         /* value -> value                                                   */    \
    X(PLUS, 0)           /*                                                                  */    \
    X(NOT, 0)            /*                                                                  */    \
    X(CONCAT, 0)         /* values -> string: count, and how to escape                       */    \
    X(COMPARE, 0)        /* left right -> bool                                               */    \
    X(COMPARE_KEEP, 0)   /* left right -> right bool                                         */    \
    X(NIP, 0)            /* a b -> b                                                         */    \
    X(DUP, 0)            /* a -> a a                                                         */    \
    X(DROP, 0)           /* operand values ->                                                */    \
    X(LIST, 0)           /* values -> list                                                   */    \
    X(TUPLE, 0)          /*                                                                  */    \
    X(DICT, 0)           /* keys and values -> dict                                          */    \
    X(JUMP, 0)           /*                                                                  */    \
    X(JUMP_FALSE, 0)     /* value ->                                                         */    \
    X(JUMP_TRUE, 0)      /*                                                                  */    \
    X(AND, 0)            /* value -> value and jumps when it is false, value -> when true    */    \
    X(OR, 0)             /*                                                                  */    \
    X(PRINT, 0)          /* value ->; the operand says how to escape                         */    \
    X(PRINT_SLOT, 0)     /* LOAD and PRINT                                                   */    \
    X(ITERATE, 0)        /* iterable -> iterator (two cells)                                 */    \
    X(NEXT, 1)           /* iterator -> iterator, and back: next member to slot              */    \
    X(NEXT_PUSH, 0)      /* iterator -> iterator member                                      */    \
    X(LOOP, 0)           /* iterable -> loop                                                 */    \
    X(LOOP_NEXT, 1)      /* as NEXT                                                          */    \
    X(LOOP_PUSH, 0)      /* as NEXT_PUSH                                                     */    \
    X(COLLECT, 0)        /* iterable -> collector iterable                                   */    \
    X(APPEND_IF, 0)      /* collector iterator member bool -> collector iterator             */    \
    X(COLLECTED, 0)      /* collector -> list                                                */    \
    X(LAPPED, 0)         /* a round was completed: makes a cell false, by depth              */    \
    X(UNPACK, 0)         /* value -> its members, the first on top                           */    \
    X(CAPTURE, 0)        /* -> mark                                                          */    \
    X(CAPTURED, 0)       /* mark -> string; operand: what makes it markup                    */    \
    X(AUTOESCAPE, 0)     /* value -> former                                                  */    \
    X(AUTOESCAPE_END, 0) /* former ->                                                       */     \
    X(MACRO, 0)          /* -> macro                                                         */    \
    X(GIVEN, 0)          /* -> is the slot present                                           */    \
    X(NOT_GIVEN, 0)      /* makes the slot of a parameter undefined when absent              */    \
    X(CALL_LOOP, 0)      /* iterable -> string                                               */    \
    X(NAMESPACE, 0)      /* refuses what is no namespace                                     */    \
    X(SET_ATTR, 0)       /* namespace value ->                                               */    \
    X(LOCALS, 0)         /* values -> layer: count, names in words                           */    \
    X(IMPORT, 0)         /* name [layer] -> module                                           */    \
    X(IMPORTED, 0)       /* module -> module member                                          */    \
    X(INCLUDE, 0)        /* name [layer] ->                                                  */    \
    X(EXTENDS, 0)        /* name ->                                                          */    \
    X(EXTENDED, 0)       /* jumps when there is a parent                                     */    \
    X(EXTENDS_AGAIN, 0)  /* raises when there is a parent                                    */    \
    X(BLOCK, 0)          /* [layer] -> ; runs a block                                        */    \
    X(SELF, 0)           /* -> self                                                          */    \
    X(SUPER, 0)          /* -> super                                                         */    \
    X(RETURN, 0)         /*                                                                  */

enum tmpl_op {
#define X(name, words) TMPL_OP_##name,
    TMPL_OPS(X)
#undef X
};

/* Which text a printed or joined value becomes. */
enum tmpl_escape { TMPL_ESCAPE_NO, TMPL_ESCAPE_YES, TMPL_ESCAPE_AS_SET };

enum {
    TMPL_OPERAND_BITS = 24,
    TMPL_MAX_OPERAND = (1 << TMPL_OPERAND_BITS) - 1,
    TMPL_MAX_SMALL = 0xffff,   /* beside a count: slots, functions, names of methods */
    TMPL_ARGS_PREPARED = 0xff, /* instead of a count: what ARGS has prepared */
    TMPL_MAX_ARGS = 0xfe,
    TMPL_STAR = 1 << 20, /* ARGS: also *list, **dict */
    TMPL_STARSTAR = 1 << 21,
    TMPL_NO_SLOT = 0xffffff,
    TMPL_LOOP_RECURSIVE = 1 << 23, /* LOOP */
    TMPL_BLOCK_SCOPED = 1 << 23,   /* BLOCK */
    TMPL_BLOCK_REQUIRED = 1 << 22,
};

enum {
    TMPL_FN_CALLER =
        1, /* has slots for what was not declared: caller, kwargs, varargs, in this order */
    TMPL_FN_KWARGS = 2,
    TMPL_FN_VARARGS = 4,
    TMPL_FN_OWN_CALLER = 8, /* declares a parameter caller itself */
    TMPL_FN_CELLS = 16,     /* its slots lie in the heap, since inner functions see them */
    TMPL_FN_NAMED = 32,
    TMPL_FN_READS_CALLER = 64,
};

/** A function of a template. */
struct tmpl_proto {
    uint32_t entry; /* into the code */
    uint32_t end;
    uint32_t name;       /* TMPL_FN_NAMED: of the macro */
    uint32_t slot_names; /* into the template's */
    uint16_t slots;
    uint16_t stack; /* cells that its expressions need at most */
    uint8_t params; /* declared ones, in the first slots */
    uint8_t flags;
};

struct tmpl_name {
    const char *text;
    uint32_t length;
    uint32_t hash; /* of tmpl_name_hash */
    const struct env_global *global;
};

struct tmpl_block {
    uint32_t name;
    uint32_t proto;
};

struct tmpl_template {
    atomic_uint refs;
    uint32_t size; /* of this block */
    const struct tmpl_env *env;
    char *source; /* a block of its own */
    const char *name;
    uint32_t source_length;
    uint32_t code_length;
    uint32_t lines_length;
    uint16_t proto_count; /* the first one is the root */
    uint16_t block_count;
    uint32_t name_count;
    uint32_t constant_count;
    const struct tmpl_value *constants;
    const struct tmpl_name *names;
    const struct env_function *const *functions;
    const struct tmpl_proto *protos;
    const struct tmpl_block *blocks;
    const uint32_t *code;
    const uint32_t *slot_names; /* names, for messages */
    const uint8_t *lines;       /* places in the source, see lines.c */
};

static inline uint32_t tmpl_name_hash(const char *text, size_t length)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)text[i]) * 16777619u;
    return hash;
}

/* --- the table of places (lines.c) --------------------------------------------------------------- */

struct line_writer {
    uint32_t code;
    uint32_t at;
};

/** Notes that the code from @code on comes from the source at @at. */
void lines_add(struct hass_buf *lines, struct line_writer *writer, uint32_t code, uint32_t at);
/** The place in the source of the instruction at @code. */
uint32_t lines_find(const uint8_t *lines, size_t length, uint32_t code);
