/* SPDX-License-Identifier: Apache-2.0 */
/* The pull reader of JSON: what it takes, what it refuses, and that it does not matter where a piece ends. */
#include <string.h>

#include <hass/buf.h>

#include "data/json_pull.h"
#include "support/cases.h"
#include "support/test.h"

#define LIMIT 4096

static const char marks[] = "?.{}[]ksntfz";

/* Reads @text in pieces of @piece bytes, committing each token. Gives the tokens as text: "{k<a>[n<1>]}". */
static int read_tokens(const char *text, size_t size, size_t piece, struct hass_buf *tokens,
                       struct hass_error *err)
{
    struct json_pull pull;
    struct json_token token;
    size_t fed = 0;
    int type;

    json_pull_init(&pull, LIMIT);
    while ((type = json_pull_next(&pull, &token, err)) >= JSON_PULL_MORE && type != JSON_PULL_END) {
        if (type == JSON_PULL_MORE) {
            json_pull_rewind(&pull);
            size_t more = size - fed < piece ? size - fed : piece;
            type = json_pull_feed(&pull, text + fed, more, err);
            fed += more;
            if (fed == size)
                json_pull_close(&pull);
            if (type < 0)
                break;
            continue;
        }
        bool text_token = type == JSON_PULL_KEY || type == JSON_PULL_STRING;
        const char *kept = text_token ? json_pull_keep(&pull, &token) : NULL;
        hass_buf_add_char(tokens, marks[type]);
        if (type == JSON_PULL_NUMBER)
            hass_buf_printf(tokens, "<%.*s>", (int)token.length, token.text);
        json_pull_commit(&pull);
        if (kept)
            hass_buf_printf(tokens, "<%s>", kept);
    }
    json_pull_fini(&pull);
    return type;
}

static const struct {
    const char *text, *tokens;
} good[] = {
    { "{}", "{}" },
    { "[]", "[]" },
    { " [ ] ", "[]" },
    { "{\"a\":[1,-2.5e+3,0]}", "{k<a>[n<1>n<-2.5e+3>n<0>]}" },
    { "[true,false,null]", "[tfz]" },
    { "{\"a\" : {\"b\" :\"c\"} ,\"d\":[[]]}", "{k<a>{k<b>s<c>}k<d>[[]]}" },
    { "\"x\"", "s<x>" },
    { "[\"\"]", "[s<>]" },
    { "[\"a\\\"b\\\\c\\/d\\n\\t\\b\\f\\r\"]", "[s<a\"b\\c/d\n\t\b\f\r>]" },
    { "[\"\\u00e4\\u20ac\\ud83d\\ude00x\"]", "[s<ä€😀x>]" },
    { "[\"äöü and more plain text than eight bytes\"]",
      "[s<äöü and more plain text than eight bytes>]" },
    { "[\"cut\\u0000here\"]", "[s<cut>]" },
    { "{\"\\u006bey\":0}", "{k<key>n<0>}" },
    { "[1 ,\r\n\t2]", "[n<1>n<2>]" },
};

START_TEST(documents_are_read_whatever_the_pieces)
{
    const char *text = good[_i].text;
    struct hass_error err = HASS_ERROR_INIT;

    for (size_t piece = 1; piece <= strlen(text); piece++) {
        autobuf tokens = HASS_BUF_INIT;
        int r = read_tokens(text, strlen(text), piece, &tokens, &err);
        ck_assert_msg(r == JSON_PULL_END, "pieces of %zu: %s", piece, err.message);
        ck_assert_str_eq(hass_buf_string(&tokens), good[_i].tokens);
    }
}
END_TEST

static const char *const bad[] = {
    "",
    "{",
    "[1",
    "[1,]",
    "[,1]",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{a:1}",
    "[1 2]",
    "[\"a\"",
    "[\"a",
    "[\"\\x\"]",
    "[\"\\u12\"]",
    "[\"\\ud800\"]",
    "[\"\\udc00\"]",
    "[\"\\ud800\\u0041\"]",
    "[\"\x01\"]",
    "[\"\xff\"]",
    "[\"\xc3\"]",
    "[01]",
    "[-]",
    "[1.]",
    "[1e]",
    "[.5]",
    "[+1]",
    "[tru]",
    "[nul",
    "[truex]",
    "[] x",
    "[]]",
    "{]",
    "[}",
    "1",
    "[NaN]",
    "[\"a\":1]",
    "{\"a\" 1}",
    "{1:2}",
};

START_TEST(malformed_documents_are_refused_whatever_the_pieces)
{
    const char *text = bad[_i];

    for (size_t piece = 1; piece <= strlen(text) + 1; piece++) {
        struct hass_error err = HASS_ERROR_INIT;
        autobuf tokens = HASS_BUF_INIT;
        ck_assert_int_eq(read_tokens(text, strlen(text), piece, &tokens, &err), HASS_E_PARSE);
        ck_assert_str_ne(err.message, "");
    }
}
END_TEST

START_TEST(the_place_of_an_error_is_told)
{
    struct hass_error err = HASS_ERROR_INIT;
    autobuf tokens = HASS_BUF_INIT;

    ck_assert_int_eq(read_tokens("[1, 2, x]", 9, 2, &tokens, &err), HASS_E_PARSE);
    ck_assert_str_eq(err.message, "byte 7: expected a value");
}
END_TEST

static int read_depth(size_t depth)
{
    autobuf text = HASS_BUF_INIT, tokens = HASS_BUF_INIT;

    for (size_t i = 0; i < depth; i++)
        hass_buf_add_string(&text, i % 2 ? "{\"a\":" : "[");
    hass_buf_add_string(&text, "0");
    for (size_t i = depth; i-- > 0;)
        hass_buf_add_char(&text, i % 2 ? '}' : ']');
    return read_tokens(text.data, text.length, 7, &tokens, NULL);
}

START_TEST(sixty_four_levels_are_good_and_one_more_is_not)
{
    ck_assert_int_eq(read_depth(HASS_JSON_MAX_DEPTH), JSON_PULL_END);
    ck_assert_int_eq(read_depth(HASS_JSON_MAX_DEPTH + 1), HASS_E_LIMIT);
    ck_assert_int_eq(read_depth(10000), HASS_E_LIMIT);
}
END_TEST

static int read_long(size_t length)
{
    autobuf text = HASS_BUF_INIT, tokens = HASS_BUF_INIT;

    hass_buf_add_char(&text, '"');
    for (size_t i = 0; i < length; i++)
        hass_buf_add_char(&text, 'x');
    hass_buf_add_char(&text, '"');
    return read_tokens(text.data, text.length, 1, &tokens, NULL);
}

START_TEST(what_is_not_committed_has_a_limit)
{
    ck_assert_int_eq(read_long(LIMIT - 1), JSON_PULL_END);
    ck_assert_int_eq(read_long(LIMIT), HASS_E_LIMIT);
}
END_TEST

START_TEST(a_value_is_passed_over_and_kept_as_text)
{
    static const char text[] = "[{\"a\":[1,{\"b\":\"\\n\"}]},\"s\",7,[]]";
    static const char *const values[] = { "{\"a\":[1,{\"b\":\"\\n\"}]}", "\"s\"", "7", "[]" };
    struct json_pull pull;
    struct json_token token;
    const char *kept[4];

    json_pull_init(&pull, LIMIT);
    json_pull_feed(&pull, text, sizeof(text) - 1, NULL);
    json_pull_close(&pull);
    ck_assert_int_eq(json_pull_next(&pull, &token, NULL), JSON_PULL_ARRAY);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_gt(json_pull_value(&pull, &token, NULL), JSON_PULL_END);
        kept[i] = json_pull_keep(&pull, &token);
    }
    ck_assert_int_eq(json_pull_value(&pull, &token, NULL), JSON_PULL_ARRAY_END);
    json_pull_commit(&pull);
    for (size_t i = 0; i < 4; i++)
        ck_assert_str_eq(kept[i], values[i]);
    ck_assert_int_eq(json_pull_next(&pull, &token, NULL), JSON_PULL_END);
    json_pull_fini(&pull);
}
END_TEST

START_TEST(a_value_that_is_cut_is_read_again)
{
    struct json_pull pull;
    struct json_token token;

    json_pull_init(&pull, LIMIT);
    json_pull_feed(&pull, "[[1,", 4, NULL);
    ck_assert_int_eq(json_pull_next(&pull, &token, NULL), JSON_PULL_ARRAY);
    json_pull_commit(&pull);
    ck_assert_int_eq(json_pull_value(&pull, &token, NULL), JSON_PULL_MORE);
    json_pull_feed(&pull, "2]]", 3, NULL);
    ck_assert_int_eq(json_pull_value(&pull, &token, NULL), JSON_PULL_ARRAY);
    ck_assert(token.length == 5 && memcmp(token.text, "[1,2]", 5) == 0);
    json_pull_fini(&pull);
}
END_TEST

/* "key=value;" of each piece; a value of "stop" ends the walk. */
static int note_piece(const struct hass_json_piece *piece, void *userdata, struct hass_error *err)
{
    hass_buf_printf(userdata, "%.*s=%.*s;", (int)piece->key_length, piece->key ? piece->key : "",
                    (int)piece->length, piece->text);
    return piece->length == 6 && memcmp(piece->text, "\"stop\"", 6) == 0 ? -5 : 0;
}

static const struct {
    const char *text;
    int result;
    const char *pieces;
} walks[] = {
    { "[1, \"a\", {\"b\": [2]}, null]", 0, "=1;=\"a\";={\"b\": [2]};=null;" },
    { "{\"a\": 1, \"b\": {\"c\": 2}}", 0, "a=1;b={\"c\": 2};" },
    { " [] ", 0, "" },
    { "{}", 0, "" },
    { "[1, \"stop\", 2]", -5, "=1;=\"stop\";" },
    { "5", HASS_E_PARSE, "" },
    { "", HASS_E_PARSE, "" },
    { "[1, 2", HASS_E_PARSE, "=1;" },
    { "[1, {\"a\" 5}]", HASS_E_PARSE, "=1;" },
    { "[1] 2", HASS_E_PARSE, "=1;" },
    { "{\"a\": }", HASS_E_PARSE, "" },
    { "[1}", HASS_E_PARSE, "=1;" },
};

START_TEST(the_outermost_level_is_walked)
{
    autobuf pieces = HASS_BUF_INIT;
    struct hass_error problem = HASS_ERROR_INIT;

    ck_assert_int_eq(
        hass_json_each(walks[_i].text, strlen(walks[_i].text), note_piece, &pieces, &problem),
        walks[_i].result);
    ck_assert_str_eq(hass_buf_string(&pieces), walks[_i].pieces);
}
END_TEST

CASES_MAIN("pull reader of JSON", ROWS(documents_are_read_whatever_the_pieces, good),
           ROWS(malformed_documents_are_refused_whatever_the_pieces, bad),
           ONCE(the_place_of_an_error_is_told),
           ONCE(sixty_four_levels_are_good_and_one_more_is_not),
           ONCE(what_is_not_committed_has_a_limit), ONCE(a_value_is_passed_over_and_kept_as_text),
           ONCE(a_value_that_is_cut_is_read_again), ROWS(the_outermost_level_is_walked, walks))
