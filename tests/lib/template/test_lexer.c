/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens: where each begins and ends. What they mean is the parser's to test.
 */
#include <stdlib.h>

#include <hass/buf.h>

#include "support/cases.h"
#include "template/parser.h"

static void print_token(const struct tmpl_token *token, struct hass_buf *buf)
{
    static const char *const marked[] = {
        [TMPL_T_DATA] = "data",    [TMPL_T_STRING] = "string",  [TMPL_T_INTEGER] = "int",
        [TMPL_T_FLOAT] = "float",  [TMPL_T_NAME] = "",          [TMPL_T_PRINT_BEGIN] = "{{",
        [TMPL_T_PRINT_END] = "}}", [TMPL_T_BLOCK_BEGIN] = "{%", [TMPL_T_BLOCK_END] = "%}",
        [TMPL_T_EOF] = "end",
    };
    bool has_text =
        token->type == TMPL_T_DATA || (token->type >= TMPL_T_NAME && token->type <= TMPL_T_FLOAT);

    hass_buf_add_string(buf, buf->length ? " " : "");
    if (token->type > TMPL_T_FLOAT || !marked[token->type])
        hass_buf_add_string(buf, tmpl_describe_type(token->type));
    else
        hass_buf_add_string(buf, marked[token->type]);
    if (has_text)
        hass_buf_printf(buf, token->type == TMPL_T_NAME ? "%.*s" : "<%.*s>", (int)token->length,
                        token->text);
}

/* All tokens of @source, by blanks, up to "end" or "error". */
static void read_tokens(const char *source, size_t length, struct tmpl_error *error,
                        struct hass_buf *buf)
{
    struct tmpl_lexer lexer;
    struct tmpl_token token;

    error->message[0] = 0;
    tmpl_lexer_init(&lexer, source, length, error);
    do {
        tmpl_lexer_next(&lexer, &token);
        print_token(&token, buf);
    } while (token.type > TMPL_T_EOF);
}

static const struct {
    const char *source;
    const char *tokens;
} rows[] = {
    { "", "end" },
    { "a", "data<a> end" },
    { "\n", "end" },
    { "a\n\n", "data<a\n> end" },
    { "a { } % # b", "data<a { } % # b> end" },
    { "{", "data<{> end" },
    { "{{", "{{ end" },
    { "{%", "{% end" },
    { "{{-", "{{ end" },
    { "a{{b}}c", "data<a> {{ b }} data<c> end" },
    { "a {{- b -}} c", "data<a> {{ b }} data<c> end" },
    { "a {{+ b }} c", "data<a > {{ b }} data< c> end" },
    { "a {%- b -%} c", "data<a> {% b %} data<c> end" },
    { "a {%+ b +%} c", "data<a > {% b %} data< c> end" },
    { " {{- b -}} ", "{{ b }} end" },
    { "a{#b#}c", "data<a> data<c> end" },
    { "a {#- b -#} c", "data<a> data<c> end" },
    { "{# {{ a }} {% b %} #}", "end" },
    { "{#}#}a", "data<a> end" },
    { "{#-#}a", "data<a> end" },
    { "{#--#} a", "data<a> end" },
    { "{% raw %}{{ a }}{% endraw %}", "data<{{ a }}> end" },
    { "a {%- raw -%} b {%- endraw -%} c", "data<a> data<b> data<c> end" },
    { "{%raw%}{%endraw%}a", "data<a> end" },
    { "{% raw %}{% endraw x %}{% endraw %}", "data<{% endraw x %}> end" },
    { "{% raw +%}", "{% raw %} end" },
    { "{% rawer %}", "{% rawer %} end" },
    { "{{ + - * / // % ** ~ }}", "{{ + - * / // % ** ~ }} end" },
    { "{{ == != < <= > >= = }}", "{{ == != < <= > >= = }} end" },
    { "{{ . : , ; | ( ) [ ] { } }}", "{{ . : , ; | ( ) [ ] { } }} end" },
    { "{{ *** /// <== }}", "{{ ** * // / <= = }} end" },
    { "{{ {{}} }}", "{{ { { } } }} end" },
    { "{{ {'a': {}}}}", "{{ { string<a> : { } } }} end" },
    { "{% (a %} b) %}", "{% ( a % error" },
    { "{% a % b %}", "{% a % b %} end" },
    { "{{ a -}} b", "{{ a }} data<b> end" },
    { "{{ a - }}", "{{ a - }} end" },
    { "{{ (a -}} b) }}", "{{ ( a - error" },
    { "{{ 1 12 1_000 0 00 0_0 }}", "{{ int<1> int<12> int<1_000> int<0> int<00> int<0_0> }} end" },
    { "{{ 007 1__0 1_ }}", "{{ int<00> int<7> int<1> __0 int<1> _ }} end" },
    { "{{ 0x1F 0X_f 0o17 0b1_0 }}", "{{ int<0x1F> int<0X_f> int<0o17> int<0b1_0> }} end" },
    { "{{ 0x 0b2 0o8 0xg }}", "{{ int<0> x int<0> b2 int<0> o8 int<0> xg }} end" },
    { "{{ 1.5 1e3 1E-3 1.5e+2 1_0.2_5 007.5 }}",
      "{{ float<1.5> float<1e3> float<1E-3> float<1.5e+2> float<1_0.2_5> float<007.5> }} end" },
    { "{{ 1. .5 1.e5 1e 1e+ }}", "{{ int<1> . . int<5> int<1> . e5 int<1> e int<1> e + }} end" },
    { "{{ a.1.5 }}", "{{ a . int<1> . int<5> }} end" },
    { "{{ 5abc }}", "{{ int<5> abc }} end" },
    { "{{ a1 _ _b C é日本 }}", "{{ a1 _ _b C é日本 }} end" },
    { "{{ 'a' \"b\" '' }}", "{{ string<a> string<b> string<> }} end" },
    { "{{ 'a\\'b' \"\\\\\" }}", "{{ string<a\\'b> string<\\\\> }} end" },
    { "{{ '}}' }}", "{{ string<}}> }} end" },
    { "{{\ta\v\f\r\nb\x1f}}", "{{ a b }} end" },
    { "{{\u00a0a\u2003\u3000}}", "{{ a }} end" },
    { "a\u00a0{{- 1 -}}\u2009b", "data<a> {{ int<1> }} data<b> end" },
};

START_TEST(tokens_begin_and_end_where_jinjas_do)
{
    struct tmpl_error error;
    autobuf buf = HASS_BUF_INIT;

    read_tokens(rows[_i].source, strlen(rows[_i].source), &error, &buf);
    ck_assert_str_eq(hass_buf_string(&buf), rows[_i].tokens);
}
END_TEST

static const char *const broken[] = {
    "{# a",  "{# a #",  "{% raw %} {% endraw",
    "{{ 'a", "{{ \"",   "{{ '\\'",
    "{{ $",  "{{ !",    "{{ ]",
    "{{ (]", "{{ }",    "{{ “",
    "{{ ²",  "{{ \x01",
};

START_TEST(an_error_is_told_once_and_for_all)
{
    size_t length = strlen(broken[_i]);
    struct tmpl_error error = { 0 };
    struct tmpl_lexer lexer;
    struct tmpl_token token;

    tmpl_lexer_init(&lexer, broken[_i], length, &error);
    do
        tmpl_lexer_next(&lexer, &token);
    while (token.type > TMPL_T_EOF);
    ck_assert_int_eq(token.type, TMPL_T_ERROR);
    ck_assert_str_ne(error.message, "");
    for (size_t i = 0; i < 3; i++) {
        tmpl_lexer_next(&lexer, &token);
        ck_assert_int_eq(token.type, TMPL_T_ERROR);
    }
}
END_TEST

/* Reads a copy of the first @length bytes in memory of exactly that size, where the sanitizer sees each byte too many. */
static void read_cut(const char *source, size_t length)
{
    struct tmpl_error error;
    autobuf buf = HASS_BUF_INIT;
    char *copy = malloc(length ? length : 1);

    memcpy(copy, source, length);
    read_tokens(copy, length, &error, &buf);
    free(copy);
}

START_TEST(a_template_may_be_cut_anywhere)
{
    for (size_t length = 0; length <= strlen(rows[_i].source); length++)
        read_cut(rows[_i].source, length);
}
END_TEST

static const struct {
    const char *text;
    size_t size;
} blanks[] = {
    { " ", 1 },      { "\t", 1 },     { "\n", 1 },     { "\x1c", 1 },   { "\xc2\x85", 2 },
    { "\u00a0", 2 }, { "\u1680", 3 }, { "\u200a", 3 }, { "\u2028", 3 }, { "\u3000", 3 },
    { "a", 0 },      { "\u200b", 0 }, { "é", 0 },      { "\x08", 0 },   { "", 0 },
};

START_TEST(blanks_are_those_of_unicode)
{
    const char *text = blanks[_i].text;
    const char *end = text + strlen(text);

    ck_assert_uint_eq(tmpl_blank(text, end), blanks[_i].size);
    ck_assert_uint_eq(tmpl_blank_before(text, end), blanks[_i].size);
}
END_TEST

START_TEST(places_are_lines_and_characters)
{
    static const char source[] = "ab\ncd\r\nef\rg€h\n";
    static const uint32_t places[][3] = {
        { 0, 1, 1 },  { 2, 1, 3 },  { 3, 2, 1 },  { 7, 3, 1 },  { 10, 4, 1 },
        { 14, 4, 3 }, { 15, 4, 4 }, { 16, 5, 1 }, { 99, 5, 1 },
    };

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        uint32_t line, column;
        tmpl_locate(source, strlen(source), places[i][0], &line, &column);
        ck_assert_uint_eq(line, places[i][1]);
        ck_assert_uint_eq(column, places[i][2]);
    }
}
END_TEST

CASES_MAIN("lexer of templates", ROWS(tokens_begin_and_end_where_jinjas_do, rows),
           ROWS(an_error_is_told_once_and_for_all, broken),
           ROWS(a_template_may_be_cut_anywhere, rows), ROWS(blanks_are_those_of_unicode, blanks),
           ONCE(places_are_lines_and_characters))
