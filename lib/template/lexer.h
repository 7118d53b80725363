/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cuts a template into tokens, one at a time and without copies: texts are views of the source. It knows three states: text between the tags,
 * the inside of `{{ }}` and of `{% %}`; comments and raw blocks never leave it. What can go wrong in it (a stray character, a bracket that
 * closes nothing) ends in a TMPL_T_ERROR token, which fits nowhere, with the error filled in: the first error wins.
 */
#pragma once

#include <stdarg.h>

#include "template/vm.h"

enum tmpl_token_type {
    TMPL_T_ERROR,
    TMPL_T_EOF,
    TMPL_T_DATA, /* text between the tags */
    TMPL_T_PRINT_BEGIN,
    TMPL_T_PRINT_END,
    TMPL_T_BLOCK_BEGIN,
    TMPL_T_BLOCK_END,
    TMPL_T_NAME, /* keywords too: @word tells which */
    TMPL_T_STRING,
    TMPL_T_INTEGER,
    TMPL_T_FLOAT,
    TMPL_T_ADD,
    TMPL_T_SUB,
    TMPL_T_MUL,
    TMPL_T_DIV,
    TMPL_T_FLOORDIV,
    TMPL_T_MOD,
    TMPL_T_POW,
    TMPL_T_TILDE,
    TMPL_T_EQ,
    TMPL_T_NE,
    TMPL_T_LT,
    TMPL_T_LE,
    TMPL_T_GT,
    TMPL_T_GE,
    TMPL_T_ASSIGN,
    TMPL_T_DOT,
    TMPL_T_COLON,
    TMPL_T_COMMA,
    TMPL_T_SEMICOLON,
    TMPL_T_PIPE,
    TMPL_T_LPAREN,
    TMPL_T_RPAREN,
    TMPL_T_LBRACKET,
    TMPL_T_RBRACKET,
    TMPL_T_LBRACE,
    TMPL_T_RBRACE,
};

/** Names that mean something inside expressions, where they stand in the right place; everywhere else they are names. */
enum tmpl_word {
    TMPL_W_NONE_OF_THESE,
    TMPL_W_AND,
    TMPL_W_OR,
    TMPL_W_NOT,
    TMPL_W_IN,
    TMPL_W_IS,
    TMPL_W_IF,
    TMPL_W_ELSE,
    TMPL_W_TRUE,
    TMPL_W_FALSE,
    TMPL_W_NONE,
};

struct tmpl_token {
    uint8_t type;
    uint8_t word;
    bool plain;       /* STRING, DATA: ASCII alone */
    bool escaped;     /* STRING, DATA: has backslashes or carriage returns */
    uint32_t at;      /* offset in the source */
    uint32_t length;  /* of @text */
    const char *text; /* in the source; of a STRING what is between the quotes */
};

enum tmpl_lexer_state { TMPL_IN_TEXT, TMPL_IN_PRINT, TMPL_IN_BLOCK };

struct tmpl_lexer {
    const char *source;
    const char *at;
    const char *end;
    struct tmpl_error *error;
    uint8_t state;
    bool failed;
    unsigned open;      /* brackets */
    uint32_t opened_at; /* where the present `{{` or `{%` began */
    struct {
        char closer;
        uint32_t at;
    } brackets[TMPL_MAX_NESTING];
};

/** Starts at the beginning of @source, which must stay; one newline at its end is left out. */
void tmpl_lexer_init(struct tmpl_lexer *lexer, const char *source, size_t length,
                     struct tmpl_error *error);
void tmpl_lexer_next(struct tmpl_lexer *lexer, struct tmpl_token *ret_token);

/** Bytes of the blank at @at, as Python's str.isspace() sees it; 0 when there is none. */
size_t tmpl_blank(const char *at, const char *end);
/** Bytes of the blank that ends at @at. */
size_t tmpl_blank_before(const char *start, const char *at);

/* --- literals (literal.c); false with the error of @lexer set ------------------------------------- */

/** The text of a STRING or DATA: escapes resolved, ends of lines as line feeds. */
bool tmpl_literal_string(struct tmpl_lexer *lexer, struct tmpl_heap *heap,
                         const struct tmpl_token *token, struct tmpl_value *ret_value);
void tmpl_literal_data(struct tmpl_heap *heap, const struct tmpl_token *token,
                       struct tmpl_value *ret_value);
bool tmpl_literal_integer(struct tmpl_lexer *lexer, struct tmpl_heap *heap,
                          const struct tmpl_token *token, struct tmpl_value *ret_value);
bool tmpl_literal_float(struct tmpl_lexer *lexer, const struct tmpl_token *token,
                        struct tmpl_value *ret_value);

/* --- errors (parse_error.c) --------------------------------------------------------------------- */

/** Fills the error of @lexer, unless there is one. @hint may be NULL. */
void tmpl_syntax_error(struct tmpl_lexer *lexer, enum tmpl_error_class class, uint32_t at,
                       const char *hint, const char *format, ...) HASS_PRINTF(5, 6);
void tmpl_syntax_error_v(struct tmpl_lexer *lexer, enum tmpl_error_class class, uint32_t at,
                         const char *hint, const char *format, va_list args) HASS_PRINTF(5, 0);
/** Line and column of a byte of @source, from 1; the column in characters. CR LF, CR and LF end lines. */
void tmpl_locate(const char *source, size_t length, uint32_t offset, uint32_t *ret_line,
                 uint32_t *ret_column);
/** "unexpected char '$' at 3", with a hint for what is known to be typed by mistake. */
void tmpl_unexpected_char(struct tmpl_lexer *lexer);
/** "unexpected '}'", with the bracket that is open. */
void tmpl_unexpected_bracket(struct tmpl_lexer *lexer);
