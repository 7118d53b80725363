/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The native value of a rendered text: what Python's literal_eval makes of it, under the model's rules for numbers and texts. A parser that
 * goes down by levels; whatever it does not know makes the whole a text, so that it has no errors to report.
 */
#include "template/native.h"

#include "base/utf8.h"
#include "template/big.h"
#include "template/characters.h"
#include "template/dict.h"
#include "template/number.h"
#include "template/ops.h"
#include "template/template.h"

enum {
    MAX_BRACKETS = 100, /* within each other */
    FIRST_ITEMS = 8,
};

/* What a sign or a sum may stand before. */
enum form { OTHER, NUMBER, SIGNED_NUMBER };

struct item {
    struct tmpl_value value;
    enum form form;
    bool imaginary; /* value is a float that counts multiples of i */
};

static bool parse_value(struct literal *in, struct tmpl_value *ret_value);
static bool parse_primary(struct literal *in, struct item *item);

/* --- blanks and words -------------------------------------------------------------------------------------- */

static bool is_newline(char c)
{
    return c == '\n' || c == '\r';
}

static void skip_comment(struct literal *in)
{
    while (in->at < in->end && !is_newline(*in->at))
        in->at++;
}

/* Blanks, comments and continued lines; newlines where brackets are open. */
static void skip_blanks(struct literal *in)
{
    while (in->at < in->end) {
        char c = *in->at;
        if (c == ' ' || c == '\t' || c == '\f' || (in->depth && is_newline(c)))
            in->at++;
        else if (c == '\\' && in->at + 1 < in->end && is_newline(in->at[1]))
            in->at += 2;
        else if (c == '#')
            skip_comment(in);
        else
            return;
    }
}

static char peek(struct literal *in)
{
    skip_blanks(in);
    return in->at < in->end ? *in->at : '\0';
}

static bool take(struct literal *in, char c)
{
    if (peek(in) != c)
        return false;
    in->at++;
    return true;
}

static bool is_word(char c)
{
    return ascii_is_digit(c) || ascii_is_lower(ascii_to_lower(c)) || c == '_' ||
           (unsigned char)c >= 0x80;
}

static bool take_word(struct literal *in, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(in->end - in->at) < length || memcmp(in->at, word, length) != 0)
        return false;
    if (in->at + length < in->end && is_word(in->at[length]))
        return false;
    in->at += length;
    return true;
}

static bool open_bracket(struct literal *in)
{
    in->at++;
    return ++in->depth <= MAX_BRACKETS;
}

/* A closing bracket is the last thing that is read with newlines as blanks. */
static bool close_bracket(struct literal *in, char bracket)
{
    if (!take(in, bracket))
        return false;
    in->depth--;
    return true;
}

/* --- numbers ----------------------------------------------------------------------------------------------- */

static bool has_radix(const char *text, size_t length)
{
    return length > 1 && text[0] == '0' && text[1] && strchr("xXoObB", text[1]);
}

static size_t number_length(const struct literal *in)
{
    size_t length = 0, left = (size_t)(in->end - in->at);
    bool radix = has_radix(in->at, left);

    for (; length < left; length++) {
        char c = in->at[length];
        bool sign =
            (c == '+' || c == '-') && !radix && length && ascii_to_lower(in->at[length - 1]) == 'e';
        if (!sign && c != '.' && !is_word(c))
            break;
    }
    return length;
}

static bool has_point_or_exponent(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '.' || ascii_to_lower(text[i]) == 'e')
            return true;
    }
    return false;
}

static bool parse_number(struct literal *in, struct item *item)
{
    const char *text = in->at;
    size_t length = number_length(in);
    bool radix = has_radix(text, length);
    double number;

    in->at += length;
    item->form = NUMBER;
    item->imaginary = !radix && ascii_to_lower(text[length - 1]) == 'j';
    length -= item->imaginary;
    if (!chars_are_ascii(text, length))
        return false;
    if (!item->imaginary && (radix || !has_point_or_exponent(text, length)))
        return number_parse_int(in->heap, text, length, 0, &item->value) == 1;
    if (!length || !tmpl_parse_float(text, length, &number))
        return false;
    item->value = tmpl_float(number);
    return true;
}

static struct tmpl_value negated(struct tmpl_heap *heap, struct tmpl_value value)
{
    if (value.kind == TMPL_BIG)
        return big_value(heap, !value.big->negative, value.big->limbs, value.big->count);
    if (value.kind == TMPL_FLOAT)
        return tmpl_float(-value.number);
    return tmpl_int(-value.integer);
}

/* An imaginary number, alone or behind a real one. */
static bool make_complex(struct literal *in, const struct item *real, const struct item *imaginary,
                         bool minus, struct tmpl_value *ret_value)
{
    double im = imaginary->value.number, re = imaginary->form == SIGNED_NUMBER && im < 0 ? -0.0 : 0;
    uint32_t store[2];

    if (real && real->value.kind == TMPL_FLOAT)
        re = real->value.number;
    else if (real && !big_to_double(big_view_of(&real->value, store), &re))
        return false;
    *ret_value = complex_value(in->heap, re, minus ? -im : im);
    return true;
}

/* `-1`, `-(1)`; not `--1`. */
static bool parse_signed(struct literal *in, struct item *item)
{
    char sign = peek(in);

    if (sign != '-' && sign != '+')
        return parse_primary(in, item);
    in->at++;
    if (!parse_primary(in, item) || item->form != NUMBER)
        return false;
    item->form = SIGNED_NUMBER;
    if (sign == '-')
        item->value = negated(in->heap, item->value);
    return true;
}

/* `1+2j`, or what there is without the sum; an imaginary number alone stays one, so that a sign may stand before its parentheses. */
static bool parse_item(struct literal *in, struct item *item)
{
    struct item imaginary = { 0 };

    if (!parse_signed(in, item))
        return false;
    char sign = peek(in);
    if (sign != '+' && sign != '-')
        return true;
    in->at++;
    if (item->form == OTHER || item->imaginary || !parse_primary(in, &imaginary))
        return false;
    if (imaginary.form != NUMBER || !imaginary.imaginary ||
        !make_complex(in, item, &imaginary, sign == '-', &item->value))
        return false;
    item->form = OTHER;
    return true;
}

static bool finish_item(struct literal *in, const struct item *item, struct tmpl_value *ret_value)
{
    if (item->imaginary)
        return make_complex(in, NULL, item, false, ret_value);
    *ret_value = item->value;
    return true;
}

/* A member of a container: `1`, `-1`, `1+2j`, a text, a container. */
static bool parse_value(struct literal *in, struct tmpl_value *ret_value)
{
    struct item item = { 0 };

    return parse_item(in, &item) && finish_item(in, &item, ret_value);
}

/* --- containers -------------------------------------------------------------------------------------------- */

struct items {
    struct tmpl_value *data;
    size_t count, capacity;
};

static void append(struct tmpl_heap *heap, struct items *items, struct tmpl_value value)
{
    if (items->count == items->capacity) {
        size_t capacity = items->capacity ? items->capacity * 2 : FIRST_ITEMS;
        struct tmpl_value *data = tmpl_alloc(heap, capacity * sizeof(*data));
        if (items->count)
            memcpy(data, items->data, items->count * sizeof(*data));
        items->data = data;
        items->capacity = capacity;
    }
    items->data[items->count++] = value;
}

/* Further members up to @end, which is not taken; @comma: one is before them. */
static bool parse_members(struct literal *in, char end, bool comma, struct items *items)
{
    struct tmpl_value value;

    while (comma && peek(in) != end) {
        if (!parse_value(in, &value))
            return false;
        append(in->heap, items, value);
        comma = take(in, ',');
    }
    return true;
}

static bool parse_list(struct literal *in, struct tmpl_value *ret_value)
{
    struct items items = { 0 };

    if (!open_bracket(in) || !parse_members(in, ']', true, &items) || !close_bracket(in, ']'))
        return false;
    *ret_value = tmpl_list_view(items.data, items.count);
    return true;
}

/* A tuple, or what stands in parentheses, which stays a number if it is one. */
static bool parse_parentheses(struct literal *in, struct item *item)
{
    struct items items = { 0 };
    struct tmpl_value value;

    if (!open_bracket(in))
        return false;
    if (peek(in) != ')') {
        if (!parse_item(in, item))
            return false;
        if (!take(in, ','))
            return close_bracket(in, ')');
        if (!finish_item(in, item, &value))
            return false;
        append(in->heap, &items, value);
    }
    if (!parse_members(in, ')', items.count > 0, &items) || !close_bracket(in, ')'))
        return false;
    *item = (struct item){ .value = tmpl_tuple_view(items.data, items.count) };
    return true;
}

static bool parse_pair(struct literal *in, struct tmpl_dict *dict, struct tmpl_value key)
{
    struct tmpl_value value;

    return take(in, ':') && parse_value(in, &value) && dict_put(in->heap, dict, key, value) >= 0;
}

/* A dict or set whose bracket is open; the first colon decides. */
static bool parse_braces(struct literal *in, struct tmpl_value *ret_value)
{
    struct tmpl_dict *dict = tmpl_dict_new(in->heap, 0);
    struct tmpl_value key;
    bool pairs = true, first = true;

    if (!open_bracket(in))
        return false;
    for (; peek(in) != '}'; first = false) {
        if (!parse_value(in, &key))
            return false;
        if (first)
            pairs = peek(in) == ':';
        if (pairs ? !parse_pair(in, dict, key) : dict_put(in->heap, dict, key, key) < 0)
            return false;
        if (!take(in, ','))
            break;
    }
    *ret_value = pairs ? tmpl_dict_value(dict) : tmpl_set_value(dict);
    return close_bracket(in, '}');
}

/* --- all --------------------------------------------------------------------------------------------------- */

/* A text, and those that follow it, joined. */
static bool parse_texts(struct literal *in, struct tmpl_value *ret_value)
{
    struct tmpl_value text;

    if (!literal_text(in, ret_value))
        return false;
    for (skip_blanks(in); literal_is_text(in); skip_blanks(in)) {
        if (!literal_text(in, &text) || text.kind != ret_value->kind)
            return false;
        autobuf joined = HASS_BUF_INIT;
        hass_buf_reserve(&joined, (size_t)ret_value->length + text.length);
        hass_buf_add(&joined, ret_value->text, ret_value->length);
        hass_buf_add(&joined, text.text, text.length);
        *ret_value = text.kind == TMPL_BYTES ? tmpl_bytes_copy(in->heap, joined.data, joined.length)
                                             : tmpl_string_of(in->heap, &joined);
    }
    return true;
}

static bool parse_word(struct literal *in, struct tmpl_value *ret_value)
{
    if (take_word(in, "True"))
        *ret_value = tmpl_bool(true);
    else if (take_word(in, "False"))
        *ret_value = tmpl_bool(false);
    else if (take_word(in, "None"))
        *ret_value = tmpl_none();
    else if (take_word(in, "set") && peek(in) == '(' && open_bracket(in) && close_bracket(in, ')'))
        *ret_value = tmpl_set_value(tmpl_dict_new(in->heap, 0));
    else
        return false;
    return true;
}

static bool parse_primary(struct literal *in, struct item *item)
{
    char c = peek(in);

    if (c == '(')
        return parse_parentheses(in, item);
    if (c == '[')
        return parse_list(in, &item->value);
    if (c == '{')
        return parse_braces(in, &item->value);
    if (in->end - in->at >= 3 && memcmp(in->at, "...", 3) == 0) {
        in->at += 3;
        item->value = (struct tmpl_value){ .kind = TMPL_NONE, .flags = TMPL_ELLIPSIS };
        return true;
    }
    if (ascii_is_digit(c) || c == '.')
        return parse_number(in, item);
    return literal_is_text(in) ? parse_texts(in, &item->value) : parse_word(in, &item->value);
}

/* The whole text: a member, or members with commas between them. */
static bool parse_all(struct literal *in, struct tmpl_value *ret_value)
{
    struct items items = { 0 };
    struct tmpl_value value;
    bool comma = false;

    if (!parse_value(in, &value))
        return false;
    append(in->heap, &items, value);
    while (take(in, ',')) {
        comma = true;
        skip_blanks(in);
        if (in->at == in->end || is_newline(*in->at))
            break;
        if (!parse_value(in, &value))
            return false;
        append(in->heap, &items, value);
    }
    in->depth++; /* what may follow are newlines and comments */
    skip_blanks(in);
    *ret_value = comma ? tmpl_tuple_view(items.data, items.count) : value;
    return in->at == in->end;
}

/* A sign, digits, a point, digits; no zero before another digit. */
static bool is_plain_number(const char *text, size_t length)
{
    size_t i = length && (*text == '-' || *text == '+');

    if (i + 1 < length && text[i] == '0' && ascii_is_digit(text[i + 1]))
        return false;
    while (i < length && ascii_is_digit(text[i]))
        i++;
    if (i < length && text[i] == '.')
        i++;
    while (i < length && ascii_is_digit(text[i]))
        i++;
    return i == length;
}

/* What most results are: words, or nothing that a literal can begin with. */
static bool may_be_literal(const char *text, size_t length)
{
    static const char first[] = "0123456789.+-([{'\"TFNsbBrRuU\\#";

    return length && *text && strchr(first, *text);
}

struct tmpl_value tmpl_native(struct tmpl_heap *heap, const char *text, size_t length)
{
    struct tmpl_value itself = tmpl_string_view(text, length), value;
    struct literal in = { .heap = heap, .at = text, .end = text + length };

    if (!may_be_literal(text, length) || !parse_all(&in, &value))
        return itself;
    if (value.kind == TMPL_STRING || value.kind == TMPL_OBJECT)
        return itself;
    bool number = value.kind == TMPL_INT || value.kind == TMPL_BIG || value.kind == TMPL_FLOAT;
    return number && !is_plain_number(text, length) ? itself : value;
}
