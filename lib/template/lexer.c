/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three states of the lexer. Text ends at the next `{{`, `{%` or `{#`; inside the tags one table says what a byte begins. Blanks
 * are Unicode's, as Python's are: a no-break space copied from a web page separates words like any other.
 */
#include "lexer.h"

#include "base/utf8.h"
#include "template/unicode.h"

enum class {
    C_OTHER,
    C_BLANK,
    C_NAME,
    C_DIGIT,
    C_QUOTE,
    C_OPERATOR,
    C_OPEN,
    C_CLOSE,
    C_WIDE, /* the first byte of a character beyond ASCII */
};

static const uint8_t classes[256] = {
    ['\t' ... '\r'] = C_BLANK,
    [0x1c ... 0x1f] = C_BLANK,
    [' '] = C_BLANK,
    ['a' ... 'z'] = C_NAME,
    ['A' ... 'Z'] = C_NAME,
    ['_'] = C_NAME,
    ['0' ... '9'] = C_DIGIT,
    ['"'] = C_QUOTE,
    ['\''] = C_QUOTE,
    ['+'] = C_OPERATOR,
    ['-'] = C_OPERATOR,
    ['*'] = C_OPERATOR,
    ['/'] = C_OPERATOR,
    ['%'] = C_OPERATOR,
    ['~'] = C_OPERATOR,
    ['='] = C_OPERATOR,
    ['!'] = C_OPERATOR,
    ['<'] = C_OPERATOR,
    ['>'] = C_OPERATOR,
    ['.'] = C_OPERATOR,
    [':'] = C_OPERATOR,
    [','] = C_OPERATOR,
    [';'] = C_OPERATOR,
    ['|'] = C_OPERATOR,
    ['('] = C_OPEN,
    ['['] = C_OPEN,
    ['{'] = C_OPEN,
    [')'] = C_CLOSE,
    [']'] = C_CLOSE,
    ['}'] = C_CLOSE,
    [0x80 ... 0xff] = C_WIDE,
};

struct span {
    uint32_t first;
    uint32_t last;
};

static bool is_in(const struct span *spans, size_t count, uint32_t c)
{
    for (size_t i = 0; i < count; i++)
        if (c >= spans[i].first && c <= spans[i].last)
            return true;
    return false;
}

/*
 * Whether a character beyond ASCII may be in a name: letters, numerals and the marks on letters, but none of the punctuation and pictures
 * that Unicode counts as ignorable as well.
 */
static bool is_wide_letter(uint32_t c)
{
    static const struct span others[] = {
        { 0x80, 0xb8 },     { 0x2000, 0x206f },   { 0xfe10, 0xfe19 },
        { 0xfe50, 0xffff }, { 0x1f000, 0x1ffff }, { 0xe0000, 0xe007f },
    };

    return unicode_is(c, UNICODE_ALPHA) || unicode_is(c, UNICODE_NUMERIC) ||
           (unicode_is(c, UNICODE_IGNORABLE) &&
            !is_in(others, sizeof(others) / sizeof(others[0]), c));
}

/* Numerals count for the extent of a name, but those that are no digits it cannot have, and it begins with a letter. */
static bool is_misplaced(uint32_t c, bool first)
{
    return !unicode_is(c, UNICODE_ALPHA) &&
           (first || (unicode_is(c, UNICODE_NUMERIC) && !unicode_is(c, UNICODE_DECIMAL)));
}

size_t tmpl_blank(const char *at, const char *end)
{
    uint32_t c;

    if (at >= end)
        return 0;
    if (!((unsigned char)*at & 0x80))
        return classes[(unsigned char)*at] == C_BLANK;
    size_t size = utf8_decode(at, (size_t)(end - at), &c);
    return size && unicode_is(c, UNICODE_SPACE) ? size : 0;
}

size_t tmpl_blank_before(const char *start, const char *at)
{
    const char *first = at;

    if (at == start)
        return 0;
    do
        first--;
    while (first > start && ((unsigned char)*first & 0xc0) == 0x80);
    return tmpl_blank(first, at) == (size_t)(at - first) ? (size_t)(at - first) : 0;
}

static const char *skip_blanks(const char *at, const char *end)
{
    size_t size;

    while ((size = tmpl_blank(at, end)) != 0)
        at += size;
    return at;
}

static const char *skip_blanks_back(const char *start, const char *at)
{
    size_t size;

    while ((size = tmpl_blank_before(start, at)) != 0)
        at -= size;
    return at;
}

void tmpl_lexer_init(struct tmpl_lexer *lexer, const char *source, size_t length,
                     struct tmpl_error *error)
{
    const char *end = source + length;

    if (end > source && end[-1] == '\n')
        end -= end - source > 1 && end[-2] == '\r' ? 2 : 1;
    else if (end > source && end[-1] == '\r')
        end--;
    lexer->source = source;
    lexer->at = source;
    lexer->end = end;
    lexer->error = error;
    lexer->state = TMPL_IN_TEXT;
    lexer->failed = false;
    lexer->open = 0;
    lexer->opened_at = 0;
}

static uint32_t offset_of(const struct tmpl_lexer *lexer, const char *at)
{
    return (uint32_t)(at - lexer->source);
}

static void set_token(struct tmpl_lexer *lexer, struct tmpl_token *token, enum tmpl_token_type type,
                      const char *text, const char *end)
{
    token->type = (uint8_t)type;
    token->word = TMPL_W_NONE_OF_THESE;
    token->at = offset_of(lexer, text);
    token->text = text;
    token->length = (uint32_t)(end - text);
}

static void set_error(struct tmpl_lexer *lexer, struct tmpl_token *token, const char *at)
{
    set_token(lexer, token, TMPL_T_ERROR, at, at);
    lexer->failed = true;
    lexer->at = lexer->end;
}

/* --- text --------------------------------------------------------------------------------------- */

static bool begins(const char *at, const char *end, const char *text, size_t length)
{
    return (size_t)(end - at) >= length && memcmp(at, text, length) == 0;
}

/* The next `{{`, `{%` or `{#`, or the end. */
static const char *find_opener(const char *at, const char *end)
{
    while (at < end && (at = memchr(at, '{', (size_t)(end - at)))) {
        if (end - at > 1 && (at[1] == '{' || at[1] == '%' || at[1] == '#'))
            return at;
        at++;
    }
    return end;
}

/* The sign behind a delimiter: '-', '+' or 0. */
static char sign_at(const char *at, const char *end)
{
    return at < end && (*at == '-' || *at == '+') ? *at : 0;
}

/*
 * Passes a tag that consists of @word alone, which begins with `{%` at @at: "{%- raw -%}". Returns what is behind it, NULL when it
 * is something else. @plus: whether `+%}` closes it.
 */
static const char *pass_word_tag(const char *at, const char *end, const char *word, bool plus)
{
    size_t length = strlen(word);

    at += 2;
    at += sign_at(at, end) != 0;
    at = skip_blanks(at, end);
    if (!begins(at, end, word, length))
        return NULL;
    at = skip_blanks(at + length, end);
    if (begins(at, end, "-%}", 3))
        return skip_blanks(at + 3, end);
    if (plus && begins(at, end, "+%}", 3))
        return at + 3;
    return begins(at, end, "%}", 2) ? at + 2 : NULL;
}

/* The text from @start to @end without the blanks that the sign of the tag there takes away. */
static void set_data(struct tmpl_lexer *lexer, struct tmpl_token *token, const char *start,
                     const char *end)
{
    const char *stop = end;

    if (end < lexer->end && sign_at(end + 2, lexer->end) == '-')
        stop = skip_blanks_back(start, end);
    set_token(lexer, token, TMPL_T_DATA, start, stop);
    token->plain = false;
    token->escaped = memchr(start, '\r', (size_t)(stop - start)) != NULL;
}

/* Passes the comment at lexer->at. */
static bool pass_comment(struct tmpl_lexer *lexer, struct tmpl_token *token)
{
    const char *start = lexer->at + 2 + (sign_at(lexer->at + 2, lexer->end) != 0);
    const char *close =
        start < lexer->end ? memmem(start, (size_t)(lexer->end - start), "#}", 2) : NULL;

    if (start >= lexer->end) { // Jinja lets a source end where a comment begins
        lexer->at = lexer->end;
        return true;
    }
    if (!close) {
        tmpl_syntax_error(lexer, TMPL_SYNTAX_ERROR, offset_of(lexer, lexer->at),
                          "the comment that begins here is never closed: add #}",
                          "Missing end of comment tag");
        set_error(lexer, token, lexer->at);
        return false;
    }
    lexer->at = close + 2;
    if (close > start && close[-1] == '-')
        lexer->at = skip_blanks(lexer->at, lexer->end);
    return true;
}

/* The text of a raw block that begins at @start, behind its tag. */
static void lex_raw(struct tmpl_lexer *lexer, struct tmpl_token *token, const char *start)
{
    const char *close = start;

    if (start == lexer->end) { // likewise where a raw block begins
        set_data(lexer, token, start, start);
        lexer->at = start;
        return;
    }
    while (close < lexer->end &&
           (close = memmem(close, (size_t)(lexer->end - close), "{%", 2)) != NULL) {
        const char *behind = pass_word_tag(close, lexer->end, "endraw", true);
        if (behind) {
            set_data(lexer, token, start, close);
            lexer->at = behind;
            return;
        }
        close++;
    }
    tmpl_syntax_error(lexer, TMPL_SYNTAX_ERROR, offset_of(lexer, lexer->at),
                      "the raw block that begins here is never closed: add {% endraw %}",
                      "Missing end of raw directive");
    set_error(lexer, token, lexer->at);
}

/* The tag at lexer->at begins: a token, or none for comments. */
static bool lex_opener(struct tmpl_lexer *lexer, struct tmpl_token *token)
{
    const char *at = lexer->at;
    const char *raw;

    if (at[1] == '#')
        return !pass_comment(lexer, token);
    if (at[1] == '%' && (raw = pass_word_tag(at, lexer->end, "raw", false)) != NULL) {
        lex_raw(lexer, token, raw);
        return true;
    }
    set_token(lexer, token, at[1] == '{' ? TMPL_T_PRINT_BEGIN : TMPL_T_BLOCK_BEGIN, at, at + 2);
    lexer->state = at[1] == '{' ? TMPL_IN_PRINT : TMPL_IN_BLOCK;
    lexer->opened_at = token->at;
    lexer->at = at + 2 + (sign_at(at + 2, lexer->end) != 0);
    return true;
}

static void lex_text(struct tmpl_lexer *lexer, struct tmpl_token *token)
{
    while (lexer->at < lexer->end) {
        const char *opener = find_opener(lexer->at, lexer->end);
        if (opener > lexer->at) {
            set_data(lexer, token, lexer->at, opener);
            lexer->at = opener;
            if (token->length)
                return;
        }
        if (lexer->at < lexer->end && lex_opener(lexer, token)) {
            if (token->type != TMPL_T_DATA || token->length)
                return;
        }
    }
    set_token(lexer, token, lexer->failed ? TMPL_T_ERROR : TMPL_T_EOF, lexer->end, lexer->end);
}

/* --- inside the tags ------------------------------------------------------------------------------ */

/* The end of the tag, if it is here: behind it, else NULL. Only looked for outside of brackets: `{{ {'a': {}} }}`. */
static const char *pass_closer(struct tmpl_lexer *lexer, const char *at)
{
    const char *closer = lexer->state == TMPL_IN_PRINT ? "}}" : "%}";
    char sign = sign_at(at, lexer->end);

    if (sign == '+' && lexer->state == TMPL_IN_PRINT)
        return NULL;
    if (!begins(at + (sign != 0), lexer->end, closer, 2))
        return NULL;
    at += (sign != 0) + 2;
    return sign == '-' ? skip_blanks(at, lexer->end) : at;
}

static bool lex_closer(struct tmpl_lexer *lexer, struct tmpl_token *token)
{
    const char *at = lexer->at;
    const char *behind = pass_closer(lexer, at);

    if (!behind)
        return false;
    set_token(lexer, token, lexer->state == TMPL_IN_PRINT ? TMPL_T_PRINT_END : TMPL_T_BLOCK_END, at,
              at + 2);
    lexer->state = TMPL_IN_TEXT;
    lexer->at = behind;
    return true;
}

static void unexpected_char(struct tmpl_lexer *lexer, struct tmpl_token *token)
{
    tmpl_unexpected_char(lexer);
    set_error(lexer, token, lexer->at);
}

static void lex_open(struct tmpl_lexer *lexer, struct tmpl_token *token)
{
    const char *at = lexer->at;
    char c = *at;

    if (lexer->open == TMPL_MAX_NESTING) {
        tmpl_syntax_error(lexer, TMPL_LIMIT_ERROR, offset_of(lexer, at), NULL,
                          "more than %d brackets within each other", TMPL_MAX_NESTING);
        set_error(lexer, token, at);
        return;
    }
    lexer->brackets[lexer->open].closer = c == '(' ? ')' : c == '[' ? ']' : '}';
    lexer->brackets[lexer->open++].at = offset_of(lexer, at);
    set_token(lexer, token,
              c == '('   ? TMPL_T_LPAREN
              : c == '[' ? TMPL_T_LBRACKET
                         : TMPL_T_LBRACE,
              at, at + 1);
    lexer->at = at + 1;
}

static void lex_close(struct tmpl_lexer *lexer, struct tmpl_token *token)
{
    const char *at = lexer->at;
    char c = *at;

    if (!lexer->open && lex_closer(lexer, token))
        return;
    if (!lexer->open || lexer->brackets[lexer->open - 1].closer != c) {
        tmpl_unexpected_bracket(lexer);
        set_error(lexer, token, at);
        return;
    }
    lexer->open--;
    set_token(lexer, token,
              c == ')'   ? TMPL_T_RPAREN
              : c == ']' ? TMPL_T_RBRACKET
                         : TMPL_T_RBRACE,
              at, at + 1);
    lexer->at = at + 1;
}

/* The operator at @at; the longer one of two that begin alike. */
static enum tmpl_token_type operator_at(const char *at, const char *end, size_t *ret_length)
{
    char next = end - at > 1 ? at[1] : 0;

    *ret_length = 1;
    if (next == '=' && memchr("=!<>", *at, 4)) {
        *ret_length = 2;
        return *at == '=' ? TMPL_T_EQ : *at == '!' ? TMPL_T_NE : *at == '<' ? TMPL_T_LE : TMPL_T_GE;
    }
    if (next == *at && (next == '*' || next == '/')) {
        *ret_length = 2;
        return next == '*' ? TMPL_T_POW : TMPL_T_FLOORDIV;
    }
    switch (*at) {
    case '+':
        return TMPL_T_ADD;
    case '-':
        return TMPL_T_SUB;
    case '*':
        return TMPL_T_MUL;
    case '/':
        return TMPL_T_DIV;
    case '%':
        return TMPL_T_MOD;
    case '~':
        return TMPL_T_TILDE;
    case '=':
        return TMPL_T_ASSIGN;
    case '<':
        return TMPL_T_LT;
    case '>':
        return TMPL_T_GT;
    case '.':
        return TMPL_T_DOT;
    case ':':
        return TMPL_T_COLON;
    case ',':
        return TMPL_T_COMMA;
    case ';':
        return TMPL_T_SEMICOLON;
    case '|':
        return TMPL_T_PIPE;
    default:
        return TMPL_T_ERROR; // a lone '!'
    }
}

static void lex_operator(struct tmpl_lexer *lexer, struct tmpl_token *token)
{
    const char *at = lexer->at;
    size_t length;

    if (!lexer->open && (*at == '-' || *at == '%' || *at == '+') && lex_closer(lexer, token))
        return;
    enum tmpl_token_type type = operator_at(at, lexer->end, &length);
    if (type == TMPL_T_ERROR) {
        unexpected_char(lexer, token);
        return;
    }
    set_token(lexer, token, type, at, at + length);
    lexer->at = at + length;
}

static enum tmpl_word word_of(const char *text, size_t length)
{
    static const struct {
        char text[6];
        uint8_t length;
        uint8_t word;
    } words[] = {
        { "and", 3, TMPL_W_AND },   { "or", 2, TMPL_W_OR },     { "not", 3, TMPL_W_NOT },
        { "in", 2, TMPL_W_IN },     { "is", 2, TMPL_W_IS },     { "if", 2, TMPL_W_IF },
        { "else", 4, TMPL_W_ELSE }, { "true", 4, TMPL_W_TRUE }, { "false", 5, TMPL_W_FALSE },
        { "none", 4, TMPL_W_NONE }, { "True", 4, TMPL_W_TRUE }, { "False", 5, TMPL_W_FALSE },
        { "None", 4, TMPL_W_NONE },
    };

    if (length < 2 || length > 5)
        return TMPL_W_NONE_OF_THESE;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (words[i].text[0] == text[0] && words[i].length == length &&
            memcmp(words[i].text, text, length) == 0)
            return words[i].word;
    return TMPL_W_NONE_OF_THESE;
}

/* The end of the name that begins at @start; sets *@strange when it has characters that names cannot have. */
static const char *name_end(const char *start, const char *end, bool *strange)
{
    const char *at = start;

    while (at < end) {
        uint8_t class = classes[(unsigned char)*at];
        uint32_t c;
        if (class == C_NAME || class == C_DIGIT) {
            at++;
        } else if (class == C_WIDE) {
            size_t size = utf8_decode(at, (size_t)(end - at), &c);
            if (!size || !is_wide_letter(c))
                break;
            *strange |= is_misplaced(c, at == start);
            at += size;
        } else {
            break;
        }
    }
    return at;
}

static void lex_name(struct tmpl_lexer *lexer, struct tmpl_token *token)
{
    const char *at = lexer->at;
    bool strange = false;
    const char *end = name_end(at, lexer->end, &strange);

    if (end == at) {
        unexpected_char(lexer, token);
        return;
    }
    if (strange) {
        tmpl_syntax_error(lexer, TMPL_SYNTAX_ERROR, offset_of(lexer, at),
                          "write ** for powers, digits for numbers",
                          "Invalid character in identifier");
        set_error(lexer, token, at);
        return;
    }
    set_token(lexer, token, TMPL_T_NAME, at, end);
    token->word = (uint8_t)word_of(at, token->length);
    lexer->at = end;
}

static bool is_digit_of(char c, int base)
{
    if (base == 16)
        return ascii_is_digit(c) || (ascii_to_lower(c) >= 'a' && ascii_to_lower(c) <= 'f');
    return c >= '0' && c < '0' + base;
}

/* Digits with single underscores between them: "1_000". */
static const char *pass_digits(const char *at, const char *end, int base)
{
    while (at < end && (is_digit_of(*at, base) ||
                        (*at == '_' && end - at > 1 && is_digit_of(at[1], base) && at[-1] != '_')))
        at++;
    return at;
}

/* What makes the digits that end at @at a float: fraction, exponent or both. Returns the end, @at when there is nothing. */
static const char *pass_fraction(const char *at, const char *end)
{
    const char *behind = at;

    if (end - behind > 1 && *behind == '.' && ascii_is_digit(behind[1]))
        behind = pass_digits(behind + 1, end, 10);
    if (behind == end || ascii_to_lower(*behind) != 'e')
        return behind;
    const char *digits = behind + 1 + (sign_at(behind + 1, end) != 0);
    return digits < end && ascii_is_digit(*digits) ? pass_digits(digits, end, 10) : behind;
}

/* "0x1f": behind it, or NULL. */
static const char *pass_radix(const char *at, const char *end)
{
    if (end - at < 3 || *at != '0')
        return NULL;
    char letter = ascii_to_lower(at[1]);
    int base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
    if (!base)
        return NULL;
    const char *behind = pass_digits(at + 2, end, base);
    return behind > at + 2 ? behind : NULL;
}

static void lex_number(struct tmpl_lexer *lexer, struct tmpl_token *token)
{
    const char *at = lexer->at;
    const char *end = lexer->end;
    bool behind_dot = at > lexer->source && at[-1] == '.';
    const char *digits = pass_digits(at, end, 10);
    const char *behind = behind_dot ? digits : pass_fraction(digits, end);

    if (behind > digits) {
        set_token(lexer, token, TMPL_T_FLOAT, at, behind);
        lexer->at = behind;
        return;
    }
    behind = pass_radix(at, end);
    if (!behind && *at == '0') // 007 is two tokens, as nobody knows what it means
        behind = pass_digits(at, digits, 1);
    set_token(lexer, token, TMPL_T_INTEGER, at, behind ? behind : digits);
    lexer->at = behind ? behind : digits;
}

static void lex_string(struct tmpl_lexer *lexer, struct tmpl_token *token)
{
    const char *at = lexer->at + 1;
    char quote = *lexer->at;
    unsigned char seen = 0;
    bool escaped = false;

    while (at < lexer->end && *at != quote) {
        if (*at == '\\' && lexer->end - at > 1) {
            escaped = true;
            at++;
        } else if (*at == '\r') {
            escaped = true;
        }
        seen |= (unsigned char)*at++;
    }
    if (at >= lexer->end) {
        unexpected_char(lexer, token);
        return;
    }
    set_token(lexer, token, TMPL_T_STRING, lexer->at + 1, at);
    token->at--;
    token->plain = seen < 0x80;
    token->escaped = escaped;
    lexer->at = at + 1;
}

static void lex_code(struct tmpl_lexer *lexer, struct tmpl_token *token)
{
    lexer->at = skip_blanks(lexer->at, lexer->end);
    if (lexer->at == lexer->end) {
        set_token(lexer, token, lexer->failed ? TMPL_T_ERROR : TMPL_T_EOF, lexer->end, lexer->end);
        return;
    }
    switch ((enum class)classes[(unsigned char)*lexer->at]) {
    case C_NAME:
    case C_WIDE:
        lex_name(lexer, token);
        break;
    case C_DIGIT:
        lex_number(lexer, token);
        break;
    case C_QUOTE:
        lex_string(lexer, token);
        break;
    case C_OPERATOR:
        lex_operator(lexer, token);
        break;
    case C_OPEN:
        lex_open(lexer, token);
        break;
    case C_CLOSE:
        lex_close(lexer, token);
        break;
    case C_OTHER:
    case C_BLANK:
        unexpected_char(lexer, token);
        break;
    }
}

void tmpl_lexer_next(struct tmpl_lexer *lexer, struct tmpl_token *ret_token)
{
    if (lexer->state == TMPL_IN_TEXT)
        lex_text(lexer, ret_token);
    else
        lex_code(lexer, ret_token);
}
