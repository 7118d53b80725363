/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The syntax tree between parser and compiler. It lies in the parser's arena. A list is nodes chained by @next. What the members mean
 * depends on the kind, as the table says; those that are not named are NULL.
 */
#pragma once

#include "template/vm.h"

enum tmpl_node_kind {
    /* expressions                    a            b            c            list          name        op */
    TMPL_N_CONST, /* value */
    TMPL_N_NAME, /*                                                                  variable          */
    TMPL_N_LIST, /*                                                    members                         */
    TMPL_N_TUPLE, /*                                                    members                         */
    TMPL_N_DICT, /*                                                    PAIRs                           */
    TMPL_N_PAIR, /*              key          value                                                    */
    TMPL_N_ATTR, /*              object                                              attribute         */
    TMPL_N_ITEM, /*              object       index or SLICE                                           */
    TMPL_N_SLICE, /*              start|NULL   stop|NULL    step|NULL                                   */
    TMPL_N_CALL, /*              callee                                arguments                       */
    TMPL_N_FILTER, /*              value|NULL¹                           arguments     filter            */
    TMPL_N_TEST, /*              value                                 arguments     test              */
    TMPL_N_KEYWORD, /*              value                                               argument          */
    TMPL_N_STAR, /*              value: *args in arguments                                             */
    TMPL_N_STARSTAR, /*              value: **kwargs in arguments                                          */
    TMPL_N_NOT, /*              operand                                                               */
    TMPL_N_NEG, /*              operand                                                               */
    TMPL_N_POS, /*              operand                                                               */
    TMPL_N_BINARY, /*              left         right                                              tmpl_binary */
    TMPL_N_AND, /*              left         right                                                    */
    TMPL_N_OR, /*              left         right                                                    */
    TMPL_N_CONCAT, /*                                                    operands of ~                   */
    TMPL_N_COMPARE, /*              first                                 OPERANDs                        */
    TMPL_N_OPERAND, /*              value                                                           tmpl_compare */
    TMPL_N_COND, /*              test         then         else|NULL                                   */
    TMPL_N_NSREF, /* only as a target: namespace.attribute               list: none;  namespace, name2 = attribute */
    /* statements                      a            b            c            list          name   */
    TMPL_N_OUTPUT, /*                                                    expressions; CONST strings with TMPL_DATA are text */
    TMPL_N_IF, /*              test                                  body; orelse: else, or one IF for elif² */
    TMPL_N_FOR, /*              target       iterable     filter|NULL body; orelse; TMPL_RECURSIVE     */
    TMPL_N_SET, /*              target       value                                                    */
    TMPL_N_SET_BLOCK, /*              target       FILTER|NULL¹             body                            */
    TMPL_N_MACRO, /* params: NAMEs, each with its default in a or NULL; body: list;   macro             */
    TMPL_N_CALL_BLOCK, /* params as MACRO;  a: CALL                          body                            */
    TMPL_N_FILTER_BLOCK, /*            FILTER¹                               body                            */
    TMPL_N_WITH, /* params: PAIRs of target (a) and value (b)          body                            */
    TMPL_N_BREAK,
    TMPL_N_CONTINUE,
    TMPL_N_DO, /*              expression                                                            */
    TMPL_N_INCLUDE, /*              template name; TMPL_WITHOUT_CONTEXT, TMPL_IGNORE_MISSING              */
    TMPL_N_IMPORT, /*              template name                                       as;  TMPL_WITH_CONTEXT */
    TMPL_N_FROM, /*              template name     params: NAMEs, name2 = alias or NULL; TMPL_WITH_CONTEXT */
    TMPL_N_EXTENDS, /*              template name                                                         */
    TMPL_N_BLOCK, /*                                                    body          block; TMPL_SCOPED, TMPL_REQUIRED */
    TMPL_N_AUTOESCAPE, /*              expression                            body                            */
    TMPL_N_TEMPLATE, /*                                                    body: the root                  */
    /* ² which may have thousands of brothers: a chain to be walked in a loop, it does not count for the height */
    /* ¹ the innermost filter of a chain has no value: the block's text is put there */
};

enum {
    TMPL_DATA = 1,            /* CONST: text between the tags */
    TMPL_RECURSIVE = 2,       /* FOR */
    TMPL_WITH_CONTEXT = 4,    /* IMPORT, FROM */
    TMPL_WITHOUT_CONTEXT = 8, /* INCLUDE */
    TMPL_IGNORE_MISSING = 16, /* INCLUDE */
    TMPL_SCOPED = 32,
    TMPL_REQUIRED = 64,
    TMPL_PARENTHESES = 128, /* TUPLE: written with them */
};

struct tmpl_node {
    uint8_t kind;
    uint8_t op;
    uint8_t flags;
    uint8_t height; /* of the tree below, at most 250: whoever walks it may do so by recursion */
    uint32_t at;    /* offset in the source, for line and column */
    uint32_t name_length;
    uint32_t name2_length;
    const char *name; /* in the source or the arena, not terminated */
    const char *name2;
    struct tmpl_node *next;
    union {
        struct tmpl_value value;
        struct {
            struct tmpl_node *a;
            struct tmpl_node *b;
            struct tmpl_node *c;
            struct tmpl_node *list;
            struct tmpl_node *orelse;
            struct tmpl_node *params;
        };
    };
};

/** The `elif` of an IF, NULL when it has none. An `else` with nothing but an `if` in it is one too. */
static inline const struct tmpl_node *tmpl_elif(const struct tmpl_node *node)
{
    const struct tmpl_node *elif = node->kind == TMPL_N_IF ? node->orelse : NULL;

    return elif && elif->kind == TMPL_N_IF && !elif->next ? elif : NULL;
}

/**
 * Parses @source (views into it stay in the tree). Returns the root in @heap, or NULL with @error set: Jinja's messages ("unexpected '}'",
 * "Encountered unknown tag 'endfor'. …"), the offset of the token, and a hint where one helps. Unknown filters and tests are the
 * compiler's to find.
 */
struct tmpl_node *tmpl_parse(struct tmpl_heap *heap, const char *source, size_t length,
                             struct tmpl_error *error);
