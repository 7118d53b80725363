/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messages of lexer and parser, worded as Jinja words them since people search for them, and the hints, which are ours: what somebody
 * who writes templates twice a year most likely meant.
 */
#include <stdio.h>

#include <hass/schema.h>

#include "base/utf8.h"
#include "parser.h"
#include "template/unicode.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void tmpl_locate(const char *source, size_t length, uint32_t offset, uint32_t *ret_line,
                 uint32_t *ret_column)
{
    const char *start = source;
    const char *stop = source + (offset < length ? offset : length);
    uint32_t line = 1;

    for (const char *at = source; at < stop; at++) {
        bool ends = *at == '\n' || (*at == '\r' && !(at + 1 < source + length && at[1] == '\n'));
        if (!ends)
            continue;
        line++;
        start = at + 1;
    }
    *ret_line = line;
    *ret_column = (uint32_t)utf8_count(start, (size_t)(stop - start)) + 1;
}

static uint32_t line_of(const struct tmpl_lexer *lexer, uint32_t at)
{
    uint32_t line, column;

    tmpl_locate(lexer->source, (size_t)(lexer->end - lexer->source), at, &line, &column);
    return line;
}

void tmpl_syntax_error_v(struct tmpl_lexer *lexer, enum tmpl_error_class class, uint32_t at,
                         const char *hint, const char *format, va_list args)
{
    struct tmpl_error *error = lexer->error;

    if (error->message[0])
        return;
    error->class = class;
    error->offset = at;
    error->name[0] = 0;
    tmpl_locate(lexer->source, (size_t)(lexer->end - lexer->source), at, &error->line,
                &error->column);
    vsnprintf(error->message, sizeof(error->message), format, args);
    snprintf(error->hint, sizeof(error->hint), "%s", hint ? hint : "");
}

void tmpl_syntax_error(struct tmpl_lexer *lexer, enum tmpl_error_class class, uint32_t at,
                       const char *hint, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    tmpl_syntax_error_v(lexer, class, at, hint, format, args);
    va_end(args);
}

void *tmpl_fail(struct tmpl_parser *parser, uint32_t at, const char *hint, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    tmpl_syntax_error_v(&parser->lexer, TMPL_SYNTAX_ERROR, at, hint, format, args);
    va_end(args);
    return NULL;
}

/* --- of the lexer --------------------------------------------------------------------------------- */

static const struct {
    uint32_t c;
    const char *hint;
} character_hints[] = {
    { '&', "write and" },
    { '!', "write not, or != for unequal" },
    { '?', "write: a if condition else b" },
    { '$', "variables are written by their names alone" },
    { '@', "variables are written by their names alone" },
    { '#', "a comment is {# … #} outside of {{ }} and {% %}" },
    { '^', "write ** for a power, bitwise_xor for bits" },
    { '`', "texts are written between ' or \"" },
    { '\\', "a backslash belongs inside a text: 'a\\nb'" },
    { '\'', "the text that begins here has no closing quote" },
    { '"', "the text that begins here has no closing quote" },
    { 0xb4, "texts are written between ' or \"" },
    { 0x2018, "this is a typographic quote: write ' or \"" },
    { 0x2019, "this is a typographic quote: write ' or \"" },
    { 0x201a, "this is a typographic quote: write ' or \"" },
    { 0x201c, "this is a typographic quote: write ' or \"" },
    { 0x201d, "this is a typographic quote: write ' or \"" },
    { 0x201e, "this is a typographic quote: write ' or \"" },
    { 0x2013, "this is a dash: write - for minus" },
    { 0x2212, "this is a typographic minus: write -" },
    { 0xd7, "write * to multiply" },
    { 0xf7, "write / to divide" },
    { 0x200b, "this is an invisible character: delete it" },
    { 0x200e, "this is an invisible character: delete it" },
    { 0xfeff, "this is an invisible character: delete it" },
    { 0x2260, "write !=" },
    { 0x2264, "write <=" },
    { 0x2265, "write >=" },
};

/* repr() of one character. */
static void describe_char(uint32_t c, char *buffer, size_t size)
{
    char text[5] = "";
    const char *format = c < 0x100 ? "'\\x%02x'" : c < 0x10000 ? "'\\u%04x'" : "'\\U%08x'";

    if (c == '\'' || c == '\\') {
        snprintf(buffer, size, c == '\'' ? "\"'\"" : "'\\\\'");
    } else if (unicode_is(c, UNICODE_PRINTABLE)) {
        utf8_encode(c, text);
        snprintf(buffer, size, "'%s'", text);
    } else {
        snprintf(buffer, size, format, (unsigned)c);
    }
}

/* Where a byte is in characters, from 0, with ends of lines as one. */
static size_t position_of(const struct tmpl_lexer *lexer, const char *at)
{
    size_t position = utf8_count(lexer->source, (size_t)(at - lexer->source));

    for (const char *c = lexer->source; c < at; c++)
        position -= *c == '\r' && c + 1 < lexer->end && c[1] == '\n';
    return position;
}

void tmpl_unexpected_char(struct tmpl_lexer *lexer)
{
    uint32_t c = 0xfffd;
    char text[16];
    const char *hint = NULL;

    utf8_decode(lexer->at, (size_t)(lexer->end - lexer->at), &c);
    describe_char(c, text, sizeof(text));
    for (size_t i = 0; i < COUNT(character_hints); i++)
        if (character_hints[i].c == c)
            hint = character_hints[i].hint;
    tmpl_syntax_error(lexer, TMPL_SYNTAX_ERROR, (uint32_t)(lexer->at - lexer->source), hint,
                      "unexpected char %s at %zu", text, position_of(lexer, lexer->at));
}

static const char *closer_hint(const struct tmpl_lexer *lexer, char c)
{
    if (c != '}')
        return c == ')' ? "there is no ( that it closes" : "there is no [ that it closes";
    return lexer->state == TMPL_IN_PRINT ? "what begins with {{ ends with }}"
                                         : "what begins with {% ends with %}";
}

void tmpl_unexpected_bracket(struct tmpl_lexer *lexer)
{
    uint32_t at = (uint32_t)(lexer->at - lexer->source);
    char c = *lexer->at;
    char hint[80];

    if (!lexer->open) {
        tmpl_syntax_error(lexer, TMPL_SYNTAX_ERROR, at, closer_hint(lexer, c), "unexpected '%c'",
                          c);
        return;
    }
    uint32_t opened = lexer->brackets[lexer->open - 1].at;
    char wanted = lexer->brackets[lexer->open - 1].closer;
    uint32_t line, column;
    tmpl_locate(lexer->source, (size_t)(lexer->end - lexer->source), opened, &line, &column);
    snprintf(hint, sizeof(hint), "the %c of line %u, column %u is not closed yet",
             lexer->source[opened], line, column);
    tmpl_syntax_error(lexer, TMPL_SYNTAX_ERROR, at, hint, "unexpected '%c', expected '%c'", c,
                      wanted);
}

/* --- tokens --------------------------------------------------------------------------------------- */

const char *tmpl_describe_type(enum tmpl_token_type type)
{
    static const char *const names[] = {
        [TMPL_T_ERROR] = "error",
        [TMPL_T_EOF] = "end of template",
        [TMPL_T_DATA] = "template data / text",
        [TMPL_T_PRINT_BEGIN] = "begin of print statement",
        [TMPL_T_PRINT_END] = "end of print statement",
        [TMPL_T_BLOCK_BEGIN] = "begin of statement block",
        [TMPL_T_BLOCK_END] = "end of statement block",
        [TMPL_T_NAME] = "name",
        [TMPL_T_STRING] = "string",
        [TMPL_T_INTEGER] = "integer",
        [TMPL_T_FLOAT] = "float",
        [TMPL_T_ADD] = "+",
        [TMPL_T_SUB] = "-",
        [TMPL_T_MUL] = "*",
        [TMPL_T_DIV] = "/",
        [TMPL_T_FLOORDIV] = "//",
        [TMPL_T_MOD] = "%",
        [TMPL_T_POW] = "**",
        [TMPL_T_TILDE] = "~",
        [TMPL_T_EQ] = "==",
        [TMPL_T_NE] = "!=",
        [TMPL_T_LT] = "<",
        [TMPL_T_LE] = "<=",
        [TMPL_T_GT] = ">",
        [TMPL_T_GE] = ">=",
        [TMPL_T_ASSIGN] = "=",
        [TMPL_T_DOT] = ".",
        [TMPL_T_COLON] = ":",
        [TMPL_T_COMMA] = ",",
        [TMPL_T_SEMICOLON] = ";",
        [TMPL_T_PIPE] = "|",
        [TMPL_T_LPAREN] = "(",
        [TMPL_T_RPAREN] = ")",
        [TMPL_T_LBRACKET] = "[",
        [TMPL_T_RBRACKET] = "]",
        [TMPL_T_LBRACE] = "{",
        [TMPL_T_RBRACE] = "}",
    };

    return names[type];
}

const char *tmpl_describe(const struct tmpl_token *token, char *buffer, size_t size)
{
    if (token->type != TMPL_T_NAME)
        return tmpl_describe_type(token->type);
    size_t length = utf8_cut(token->text, token->length, size - 1);
    memcpy(buffer, token->text, length);
    buffer[length] = 0;
    return buffer;
}

/* --- hints for a token in the wrong place ------------------------------------------------------------ */

/* The word or sign before the present token is @text. */
static bool is_behind(const struct tmpl_parser *parser, const char *text)
{
    const char *at = parser->lexer.source + parser->token.at;
    size_t length = strlen(text);
    size_t size;

    while ((size = tmpl_blank_before(parser->lexer.source, at)) != 0)
        at -= size;
    return (size_t)(at - parser->lexer.source) >= length && memcmp(at - length, text, length) == 0;
}

/* `{{` inside of a tag, which reads as a dict in a dict. */
static bool has_braces(const struct tmpl_parser *parser)
{
    const struct tmpl_lexer *lexer = &parser->lexer;
    const char *start = lexer->source + lexer->opened_at + 2;
    const char *stop = lexer->source + parser->token.at;

    return stop > start && memmem(start, (size_t)(stop - start), "{{", 2) != NULL;
}

static bool is_value(const struct tmpl_token *token)
{
    return token->type >= TMPL_T_NAME && token->type <= TMPL_T_FLOAT;
}

static bool is_in_tag(const struct tmpl_parser *parser, const char *name)
{
    return parser->open && strcmp(parser->open->name, name) == 0;
}

static const char quote_hint[] = "a quote ends a text: inside of \" write ', inside of ' write \"";

/* A name that follows a text without a blank, as in "say "hello"". */
static bool is_behind_quote(const struct tmpl_parser *parser)
{
    const char *at = parser->lexer.source + parser->token.at;

    return parser->token.type == TMPL_T_NAME && at > parser->lexer.source &&
           (at[-1] == '"' || at[-1] == '\'');
}

static const char *hint_for_end(const struct tmpl_parser *parser)
{
    const struct tmpl_token *got = &parser->token;

    if (tmpl_at_word(parser, TMPL_W_IF) && is_behind(parser, "else"))
        return "write elif instead of else if";
    if (tmpl_at_word(parser, TMPL_W_IF))
        return "put an inline if into parentheses here: (a if b else c)";
    if (got->type == TMPL_T_ASSIGN)
        return "write == to compare, or {% set name = value %} to assign";
    if (got->type == TMPL_T_EQ && is_in_tag(parser, "set"))
        return "write = to assign";
    if (is_in_tag(parser, "set") && !is_value(got) && got->type != TMPL_T_LBRACE)
        return "a variable, several, or one attribute of a namespace can be set, once in a tag";
    if (got->type == TMPL_T_LBRACKET || got->type == TMPL_T_DOT)
        return "put what it belongs to into parentheses: (value | filter)[0]";
    if (got->type == TMPL_T_LBRACE)
        return "inside of a tag there is no further {{ }} or {% %}";
    if (is_value(got))
        return is_behind_quote(parser) ? quote_hint
                                       : "an operator is missing before it; ~ joins texts";
    return NULL;
}

/* What helps where a name or sign was wanted. */
static const struct {
    const char *wanted;
    const char *hint;
} wanted_hints[] = {
    { "in", "write: for name in list" },
    { ":", "a dict is written {'key': value}" },
    { "as", "write: import 'file' as name" },
    { "import", "write: from 'file' import name" },
};

static const char *name_hint(const struct tmpl_parser *parser)
{
    const struct tmpl_token *got = &parser->token;

    if (got->type == TMPL_T_PIPE)
        return "write or instead of ||";
    if (got->type >= TMPL_T_EQ && got->type <= TMPL_T_GE)
        return "comparisons need no is";
    if (is_behind(parser, "|"))
        return "the name of a filter is missing behind |";
    return got->type == TMPL_T_STRING ? "names are written without quotes" : NULL;
}

static const char *comma_hint(const struct tmpl_parser *parser)
{
    if (tmpl_at(parser, TMPL_T_ASSIGN))
        return "write == to compare";
    if (!is_value(&parser->token))
        return NULL;
    return is_behind_quote(parser) ? quote_hint : "a comma or an operator is missing before it";
}

static const char *expected_hint(const struct tmpl_parser *parser, const char *wanted)
{
    if (strncmp(wanted, "end of ", 7) == 0)
        return hint_for_end(parser);
    if (strcmp(wanted, "name") == 0)
        return name_hint(parser);
    if (strcmp(wanted, ",") == 0)
        return comma_hint(parser);
    if (strcmp(wanted, ":") == 0 && has_braces(parser))
        return "inside of a tag there is no further {{ }}: write the expression itself";
    for (size_t i = 0; i < COUNT(wanted_hints); i++)
        if (strcmp(wanted, wanted_hints[i].wanted) == 0)
            return wanted_hints[i].hint;
    return NULL;
}

/* Nothing is left, where @wanted should close the tag. */
static void *fail_at_end(struct tmpl_parser *parser, const char *wanted)
{
    const struct tmpl_lexer *lexer = &parser->lexer;
    const char *opener = lexer->source + lexer->opened_at;
    char hint[120];

    if (lexer->open)
        snprintf(hint, sizeof(hint), "the %c of line %u is not closed",
                 lexer->source[lexer->brackets[lexer->open - 1].at],
                 line_of(lexer, lexer->brackets[lexer->open - 1].at));
    else
        snprintf(hint, sizeof(hint), "the %.2s of line %u is not closed: add %s", opener,
                 line_of(lexer, lexer->opened_at), opener[1] == '{' ? "}}" : "%}");
    return tmpl_fail(parser, parser->token.at, hint, "unexpected end of template, expected '%s'.",
                     wanted);
}

void *tmpl_fail_expected(struct tmpl_parser *parser, const char *wanted)
{
    char got[64];

    if (tmpl_at(parser, TMPL_T_EOF))
        return fail_at_end(parser, wanted);
    return tmpl_fail(parser, parser->token.at, expected_hint(parser, wanted),
                     "expected token '%s', got '%s'", wanted,
                     tmpl_describe(&parser->token, got, sizeof(got)));
}

static const char *unexpected_hint(const struct tmpl_parser *parser)
{
    switch (parser->token.type) {
    case TMPL_T_ASSIGN:
        return "write == to compare";
    case TMPL_T_GT:
        return is_behind(parser, "-") ? "write x.y or x['y'] for a part of x" : NULL;
    case TMPL_T_PRINT_END:
    case TMPL_T_BLOCK_END:
        return "a value is missing before the end of the tag";
    case TMPL_T_MOD:
        return "what begins with {{ ends with }}";
    case TMPL_T_DOT:
        return "a number needs a digit before its point: 0.5";
    default:
        return NULL;
    }
}

void *tmpl_fail_unexpected(struct tmpl_parser *parser)
{
    char got[64];

    return tmpl_fail(parser, parser->token.at, unexpected_hint(parser), "unexpected '%s'",
                     tmpl_describe(&parser->token, got, sizeof(got)));
}

void *tmpl_fail_assign(struct tmpl_parser *parser, const struct tmpl_node *target)
{
    static const char *const binaries[] = { "add", "sub", "mul", "div", "floordiv", "mod", "pow" };
    static const char *const kinds[] = {
        [TMPL_N_CONST] = "const",     [TMPL_N_LIST] = "list",     [TMPL_N_TUPLE] = "tuple",
        [TMPL_N_DICT] = "dict",       [TMPL_N_ATTR] = "getattr",  [TMPL_N_ITEM] = "getitem",
        [TMPL_N_CALL] = "call",       [TMPL_N_FILTER] = "filter", [TMPL_N_TEST] = "test",
        [TMPL_N_NOT] = "not",         [TMPL_N_NEG] = "neg",       [TMPL_N_POS] = "pos",
        [TMPL_N_AND] = "and",         [TMPL_N_OR] = "or",         [TMPL_N_CONCAT] = "concat",
        [TMPL_N_COMPARE] = "compare", [TMPL_N_COND] = "condexpr",
    };

    return tmpl_fail(parser, target->at, "what is assigned to is a name", "can't assign to '%s'",
                     target->kind == TMPL_N_BINARY ? binaries[target->op] : kinds[target->kind]);
}

/* --- tags ----------------------------------------------------------------------------------------- */

static const char *const tag_names[] = {
    "if",       "elif",     "else",    "endif",   "for",        "endfor",        "set",  "endset",
    "macro",    "endmacro", "call",    "endcall", "filter",     "endfilter",     "with", "endwith",
    "from",     "import",   "include", "extends", "block",      "endblock",      "do",   "break",
    "continue", "raw",      "endraw",  "print",   "autoescape", "endautoescape", NULL,
};

/* The innermost tag whose body is being parsed. */
static const struct tmpl_open_block *open_body(const struct tmpl_parser *parser)
{
    const struct tmpl_open_block *open = parser->open;

    while (open && open->stop == TMPL_STOP_NOT)
        open = open->outer;
    return open;
}

/* An end that a tag further out waits for. */
static bool is_nesting_mistake(const struct tmpl_parser *parser)
{
    for (const struct tmpl_open_block *open = parser->open; open; open = open->outer)
        if (tmpl_token_is_one(&parser->token, tmpl_stop_names[open->stop]))
            return true;
    return false;
}

/* "'elif' or 'else' or 'endif'". */
static void list_names(const char *names, char *text, size_t size)
{
    size_t used = 0;

    while (*names && used < size) {
        int length = (int)strcspn(names, " ");
        used += (size_t)snprintf(text + used, size - used, "%s'%.*s'", used ? " or " : "", length,
                                 names);
        names += length;
        names += *names == ' ';
    }
}

/* The tag that closes the body of @open, without the branches. */
static const char *end_tag(const struct tmpl_open_block *open)
{
    const char *names = tmpl_stop_names[open->stop];

    return strncmp(names, "endfor", 6) == 0 ? "endfor" : strstr(names, "end");
}

static void hint_for_tag(const struct tmpl_parser *parser, char *hint, size_t size)
{
    const struct tmpl_open_block *open = open_body(parser);
    char name[32];
    const char *known;

    tmpl_describe(&parser->token, name, sizeof(name));
    known = hass_nearest_word(name, tag_names);
    if (tmpl_token_is_one(&parser->token, "elseif elsif elsif elseIf ElseIf elif_"))
        snprintf(hint, size, "write elif");
    else if (tmpl_token_is_one(&parser->token, "end End END") && open)
        snprintf(hint, size, "write {%% %s %%}", end_tag(open));
    else if (known && strcmp(known, name) != 0)
        snprintf(hint, size, "did you mean '%s'?", known);
    else if (known && strcmp(known, "raw") == 0)
        snprintf(hint, size, "write {%% raw %%} with nothing else in it");
    else if (known && open)
        snprintf(hint, size, "the '%s' of line %u is still open: {%% %s %%} closes it", open->name,
                 line_of(&parser->lexer, open->at), end_tag(open));
    else if (known && strncmp(name, "end", 3) == 0)
        snprintf(hint, size, "there is no open '%s' that it closes", name + 3);
    else if (known)
        snprintf(hint, size, "there is no open 'if' or 'for' that it belongs to");
}

void *tmpl_fail_tag(struct tmpl_parser *parser)
{
    const struct tmpl_open_block *open = open_body(parser);
    bool at_end = tmpl_at(parser, TMPL_T_EOF);
    char name[64];
    char names[64] = "";
    char hint[160] = "";
    char first[120];
    char last[200] = "";

    snprintf(first, sizeof(first),
             at_end ? "Unexpected end of template." : "Encountered unknown tag '%s'.",
             tmpl_describe(&parser->token, name, sizeof(name)));
    if (!at_end)
        hint_for_tag(parser, hint, sizeof(hint));
    else if (open)
        snprintf(hint, sizeof(hint), "the '%s' of line %u is never closed: add {%% %s %%}%s",
                 open->name, line_of(&parser->lexer, open->at), end_tag(open),
                 open->stop == TMPL_STOP_SET ? ", or = and a value" : "");
    if (open) {
        list_names(tmpl_stop_names[open->stop], names, sizeof(names));
        snprintf(last, sizeof(last),
                 !at_end && is_nesting_mistake(parser)
                     ? " You probably made a nesting mistake. Jinja is expecting this tag, but "
                       "currently looking for %s."
                     : " Jinja was looking for the following tags: %s.",
                 names);
    }
    tmpl_fail(parser, parser->token.at, hint, "%s%s%s%s%s", first, last,
              parser->open ? " The innermost block that needs to be closed is '" : "",
              parser->open ? parser->open->name : "", parser->open ? "'." : "");
    return NULL;
}
