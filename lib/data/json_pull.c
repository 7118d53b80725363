/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A state machine over bytes. `want` says what may come next; objects and arrays are told apart by a bit a level. A token is
 * scanned on a copy of the state, which counts only when the token is there whole. Strings, the bulk of every file, are
 * passed over eight bytes at a time.
 */
#include "data/json_pull.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum want {
    WANT_VALUE,
    WANT_VALUE_OR_END, /* behind "[" */
    WANT_KEY,
    WANT_KEY_OR_END, /* behind "{" */
    WANT_COMMA_OR_END,
    WANT_NOTHING, /* the document is over */
};

#define FIRST_CAPACITY 64

/* buffer */

void json_pull_init(struct json_pull *pull, size_t limit)
{
    *pull = (struct json_pull){
        .limit = limit,
        .buffer = mem_alloc(FIRST_CAPACITY),
        .capacity = FIRST_CAPACITY,
    };
    pull->committed.at = pull->now.at = pull->end = pull->buffer;
}

void json_pull_fini(struct json_pull *pull)
{
    vec_fini(&pull->kept);
    free(pull->buffer);
    *pull = (struct json_pull){ 0 };
}

int json_pull_feed(struct json_pull *pull, const char *data, size_t size, struct hass_error *err)
{
    size_t held = (size_t)(pull->end - pull->committed.at);
    size_t read = (size_t)(pull->now.at - pull->committed.at);

    if (held > pull->limit)
        return hass_fail(err, HASS_E_LIMIT, "more than %zu bytes from byte %zu on", pull->limit,
                         json_pull_place(pull));
    memmove(pull->buffer, pull->committed.at, held);
    pull->before += (size_t)(pull->committed.at - pull->buffer);
    if (held + size > pull->capacity) {
        pull->capacity = held + size;
        pull->buffer = mem_realloc(pull->buffer, pull->capacity);
    }
    memcpy(pull->buffer + held, data, size);
    pull->committed.at = pull->buffer;
    pull->now.at = pull->buffer + read;
    pull->end = pull->buffer + held + size;
    return 0;
}

void json_pull_close(struct json_pull *pull)
{
    pull->closed = true;
}

size_t json_pull_place(const struct json_pull *pull)
{
    return pull->before + (size_t)(pull->now.at - pull->buffer);
}

/* errors */

static int fail(const struct json_pull *pull, const char *at, const char *what,
                struct hass_error *err)
{
    return hass_fail(err, HASS_E_PARSE, "byte %zu: %s", pull->before + (size_t)(at - pull->buffer),
                     what);
}

/* The text ends at a place where it must not. */
static int want_more(const struct json_pull *pull, struct hass_error *err)
{
    return pull->closed ? fail(pull, pull->end, "the text ends too early", err) : JSON_PULL_MORE;
}

/* strings */

#define ONES  UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

/* True when none of eight bytes is a control character, a quote, a backslash, or not ASCII. */
static bool are_plain(uint64_t eight)
{
    uint64_t quote = eight ^ ONES * '"', backslash = eight ^ ONES * '\\';

    return !((eight | (eight - ONES * 0x20) | (quote - ONES) | (backslash - ONES)) & HIGHS);
}

static const char *skip_plain(const char *at, const char *end)
{
    uint64_t eight;

    while (end - at >= (ptrdiff_t)sizeof(eight)) {
        memcpy(&eight, at, sizeof(eight));
        if (!are_plain(eight))
            break;
        at += sizeof(eight);
    }
    return at;
}

static int hex_digit(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    c = ascii_to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four digits behind "\u"; -1 when they are none. */
static int32_t read_hex(const char *digits)
{
    int32_t number = 0;

    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(digits[i]);
        if (digit < 0)
            return -1;
        number = number << 4 | digit;
    }
    return number;
}

enum {
    ESCAPE_BAD = -1,
    ESCAPE_CUT = 0,
};

/* The length of the escape at @at, a backslash: 2, 6, or 12 for a pair of surrogates. */
static int measure_escape(const char *at, const char *end)
{
    if (end - at < 2)
        return ESCAPE_CUT;
    if (at[1] != 'u')
        return at[1] && strchr("\"\\/bfnrt", at[1]) ? 2 : ESCAPE_BAD;
    if (end - at < 6)
        return ESCAPE_CUT;
    int32_t first = read_hex(at + 2);
    if (first < 0 || (first >= 0xdc00 && first <= 0xdfff))
        return ESCAPE_BAD;
    if (first < 0xd800 || first > 0xdfff)
        return 6;
    if (end - at < 12)
        return ESCAPE_CUT;
    int32_t second = at[6] == '\\' && at[7] == 'u' ? read_hex(at + 8) : -1;
    return second >= 0xdc00 && second <= 0xdfff ? 12 : ESCAPE_BAD;
}

/* Scans a string whose quote is at state->at. */
static int scan_string(const struct json_pull *pull, struct json_pull_state *state,
                       struct json_token *token, struct hass_error *err)
{
    char *text = state->at + 1;
    const char *at = text, *end = pull->end;
    bool ascii = true, escaped = false;

    while ((at = skip_plain(at, end)) < end && *at != '"') {
        if ((unsigned char)*at < 0x20)
            return fail(pull, at, "control character in a string", err);
        ascii = ascii && !(*at & 0x80);
        int size = *at == '\\' ? measure_escape(at, end) : 1;
        if (size == ESCAPE_BAD)
            return fail(pull, at, "bad escape", err);
        if (size == ESCAPE_CUT)
            return want_more(pull, err);
        escaped = escaped || *at == '\\';
        at += size;
    }
    if (at == end)
        return want_more(pull, err);
    size_t length = (size_t)(at - text);
    if (!ascii && !utf8_valid(text, length))
        return fail(pull, text, "a string that is not UTF-8", err);
    *token = (struct json_token){
        .type = JSON_PULL_STRING,
        .escaped = escaped,
        .text = text,
        .length = length,
    };
    state->at = text + length + 1;
    return JSON_PULL_STRING;
}

/* Appends the character of the escape at @from to @to. Returns the length of the escape; 0 for \u0000. */
static size_t resolve_escape(const char *from, char **to)
{
    static const char letters[] = "bfnrt", values[] = "\b\f\n\r\t";

    if (from[1] != 'u') {
        const char *letter = strchr(letters, from[1]);
        *(*to)++ = letter ? values[letter - letters] : from[1];
        return 2;
    }
    uint32_t c = (uint32_t)read_hex(from + 2);
    bool pair = c >= 0xd800 && c <= 0xdbff;
    if (pair)
        c = 0x10000 + ((c & 0x3ff) << 10) + ((uint32_t)read_hex(from + 8) & 0x3ff);
    char bytes[4];
    size_t size = utf8_encode(c, bytes);
    memcpy(*to, bytes, size);
    *to += size;
    return !c ? 0 : pair ? 12 : 6;
}

/* In place: an escape is longer than what it stands for. */
static void make_string(const struct json_token *kept)
{
    const char *from = kept->text, *end = kept->text + kept->length;
    char *to = kept->text;

    if (!kept->escaped) {
        kept->text[kept->length] = '\0';
        return;
    }
    while (from < end) {
        if (*from != '\\') {
            *to++ = *from++;
            continue;
        }
        size_t size = resolve_escape(from, &to);
        if (!size)
            break;
        from += size;
    }
    *to = '\0';
}

/* numbers and words */

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && ascii_is_digit(*at))
        at++;
    return at;
}

/* The end of the number at @at; NULL when it is none, @end when more of it may follow. */
static const char *measure_number(const char *at, const char *end)
{
    at += *at == '-';
    const char *whole = at;
    at = skip_digits(at, end);
    if (at == end)
        return end;
    if (at == whole || (*whole == '0' && at > whole + 1))
        return NULL;
    if (*at == '.') {
        const char *fraction = ++at;
        at = skip_digits(at, end);
        if (at == fraction && at < end)
            return NULL;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        at += at < end && (*at == '+' || *at == '-');
        const char *exponent = at;
        at = skip_digits(at, end);
        if (at == exponent && at < end)
            return NULL;
    }
    return at;
}

static int scan_number(const struct json_pull *pull, struct json_pull_state *state,
                       struct json_token *token, struct hass_error *err)
{
    const char *end = measure_number(state->at, pull->end);

    if (!end)
        return fail(pull, state->at, "bad number", err);
    // A document that is nothing but a number is of no use to us.
    if (end == pull->end)
        return want_more(pull, err);
    *token = (struct json_token){
        .type = JSON_PULL_NUMBER,
        .text = state->at,
        .length = (size_t)(end - state->at),
    };
    state->at += token->length;
    return JSON_PULL_NUMBER;
}

static int scan_word(const struct json_pull *pull, struct json_pull_state *state,
                     struct json_token *token, const char *word, enum json_pull_type type,
                     struct hass_error *err)
{
    size_t length = strlen(word), left = (size_t)(pull->end - state->at);

    if (memcmp(state->at, word, left < length ? left : length) != 0)
        return fail(pull, state->at, "expected a value", err);
    if (left < length)
        return want_more(pull, err);
    *token = (struct json_token){ .type = type, .text = state->at, .length = length };
    state->at += length;
    return (int)type;
}

/* structure */

static void skip_space(const struct json_pull *pull, struct json_pull_state *state)
{
    while (state->at < pull->end &&
           (*state->at == ' ' || *state->at == '\n' || *state->at == '\r' || *state->at == '\t'))
        state->at++;
}

static bool in_object(const struct json_pull_state *state)
{
    return state->depth && state->objects >> (state->depth - 1) & 1;
}

/* A value is over. */
static void value_ends(struct json_pull_state *state)
{
    state->want = state->depth ? WANT_COMMA_OR_END : WANT_NOTHING;
}

static int open_level(const struct json_pull *pull, struct json_pull_state *state,
                      struct json_token *token, struct hass_error *err)
{
    bool object = *state->at == '{';

    if (state->depth == HASS_JSON_MAX_DEPTH)
        return hass_fail(err, HASS_E_LIMIT, "byte %zu: more than %d levels",
                         pull->before + (size_t)(state->at - pull->buffer), HASS_JSON_MAX_DEPTH);
    *token = (struct json_token){
        .type = object ? JSON_PULL_OBJECT : JSON_PULL_ARRAY,
        .text = state->at++,
        .length = 1,
    };
    uint64_t bit = UINT64_C(1) << state->depth++;
    state->objects = object ? state->objects | bit : state->objects & ~bit;
    state->want = object ? WANT_KEY_OR_END : WANT_VALUE_OR_END;
    return (int)token->type;
}

static int close_level(struct json_pull_state *state, struct json_token *token)
{
    *token = (struct json_token){
        .type = in_object(state) ? JSON_PULL_OBJECT_END : JSON_PULL_ARRAY_END,
        .text = state->at++,
        .length = 1,
    };
    state->depth--;
    value_ends(state);
    return (int)token->type;
}

static int scan_scalar(const struct json_pull *pull, struct json_pull_state *state,
                       struct json_token *token, struct hass_error *err)
{
    int type;

    switch (*state->at) {
    case '"':
        type = scan_string(pull, state, token, err);
        break;
    case 't':
        type = scan_word(pull, state, token, "true", JSON_PULL_TRUE, err);
        break;
    case 'f':
        type = scan_word(pull, state, token, "false", JSON_PULL_FALSE, err);
        break;
    case 'n':
        type = scan_word(pull, state, token, "null", JSON_PULL_NULL, err);
        break;
    default:
        if (*state->at != '-' && !ascii_is_digit(*state->at))
            return fail(pull, state->at, "expected a value", err);
        type = scan_number(pull, state, token, err);
    }
    if (type > JSON_PULL_MORE)
        value_ends(state);
    return type;
}

static int scan_value(const struct json_pull *pull, struct json_pull_state *state,
                      struct json_token *token, struct hass_error *err)
{
    return *state->at == '{' || *state->at == '[' ? open_level(pull, state, token, err)
                                                  : scan_scalar(pull, state, token, err);
}

/* A key and its colon. */
static int scan_key(const struct json_pull *pull, struct json_pull_state *state,
                    struct json_token *token, struct hass_error *err)
{
    if (*state->at != '"')
        return fail(pull, state->at, "expected a key", err);
    int type = scan_string(pull, state, token, err);
    if (type <= JSON_PULL_MORE)
        return type;
    skip_space(pull, state);
    if (state->at == pull->end)
        return want_more(pull, err);
    if (*state->at++ != ':')
        return fail(pull, state->at - 1, "expected a colon", err);
    token->type = JSON_PULL_KEY;
    state->want = WANT_VALUE;
    return JSON_PULL_KEY;
}

/* At the end of an item or an opened level: passes over the comma. Returns 1 when there is an end instead. */
static int at_end(const struct json_pull *pull, struct json_pull_state *state,
                  struct hass_error *err)
{
    char close = in_object(state) ? '}' : ']';

    if (state->want != WANT_COMMA_OR_END)
        return *state->at == close &&
               (state->want == WANT_KEY_OR_END || state->want == WANT_VALUE_OR_END);
    if (*state->at == close)
        return 1;
    if (*state->at != ',')
        return fail(pull, state->at,
                    in_object(state) ? "expected a comma or }" : "expected a comma or ]", err);
    state->at++;
    state->want = in_object(state) ? WANT_KEY : WANT_VALUE;
    skip_space(pull, state);
    return 0;
}

static int scan(const struct json_pull *pull, struct json_pull_state *state,
                struct json_token *token, struct hass_error *err)
{
    skip_space(pull, state);
    if (state->want == WANT_NOTHING && state->at < pull->end)
        return fail(pull, state->at, "something behind the end", err);
    if (state->want == WANT_NOTHING && pull->closed) {
        *token = (struct json_token){ .type = JSON_PULL_END };
        return JSON_PULL_END;
    }
    if (state->at == pull->end)
        return want_more(pull, err);
    int end = at_end(pull, state, err);
    if (end < 0)
        return end;
    if (end)
        return close_level(state, token);
    if (state->at == pull->end)
        return want_more(pull, err);
    return state->want == WANT_KEY || state->want == WANT_KEY_OR_END
               ? scan_key(pull, state, token, err)
               : scan_value(pull, state, token, err);
}

/* reading */

int json_pull_next(struct json_pull *pull, struct json_token *ret_token, struct hass_error *err)
{
    struct json_pull_state state = pull->now;
    int type = scan(pull, &state, ret_token, err);

    if (type > JSON_PULL_MORE)
        pull->now = state;
    return type;
}

int json_pull_value(struct json_pull *pull, struct json_token *ret_token, struct hass_error *err)
{
    struct json_pull_state before = pull->now;
    struct json_token token;
    int first = json_pull_next(pull, ret_token, err), type = first;

    if (first == JSON_PULL_STRING) { // with its quotes
        ret_token->text--;
        ret_token->length += 2;
        ret_token->escaped = false;
    }
    if (first != JSON_PULL_OBJECT && first != JSON_PULL_ARRAY)
        return first;
    while (type > JSON_PULL_MORE && pull->now.depth > before.depth)
        type = json_pull_next(pull, &token, err);
    if (type <= JSON_PULL_MORE) {
        pull->now = before;
        return type;
    }
    ret_token->length = (size_t)(pull->now.at - ret_token->text);
    return first;
}

const char *json_pull_keep(struct json_pull *pull, const struct json_token *token)
{
    vec_push(&pull->kept, *token);
    return token->text;
}

void json_pull_commit(struct json_pull *pull)
{
    vec_foreach(&pull->kept, kept)
        make_string(kept);
    vec_clear(&pull->kept);
    pull->committed = pull->now;
}

void json_pull_rewind(struct json_pull *pull)
{
    vec_clear(&pull->kept);
    pull->now = pull->committed;
}
