/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Case of texts, and the questions that are asked of all their characters. ASCII is changed byte by byte; the rest goes through the tables, where
 * a character may become three, and the sigma at the end of a word another one.
 */
#include <hass/buf.h>

#include "base/casefold.h"
#include "base/utf8.h"
#include "template/characters.h"
#include "template/methods_string.h"
#include "template/unicode.h"

#define CAPITAL_SIGMA 0x3a3
#define FINAL_SIGMA   0x3c2
#define SMALL_SIGMA   0x3c3

static bool is_cased(uint32_t c)
{
    return unicode_is(c, UNICODE_UPPER) || unicode_is(c, UNICODE_LOWER) ||
           unicode_is(c, UNICODE_TITLE);
}

/* --- mapping ----------------------------------------------------------------------------------------------- */

/* True when the letters of a word are before @text + @at and none behind it, marks left out. */
static bool ends_word(const struct tmpl_value *text, size_t at, size_t size)
{
    uint32_t c = 0;

    while (at) {
        at -= char_decode_last(text->text, at, &c);
        if (!unicode_is(c, UNICODE_IGNORABLE))
            break;
    }
    if (!is_cased(c))
        return false;
    const char *behind = text->text + size, *end = text->text + text->length;
    while (behind < end) {
        behind += char_decode(behind, (size_t)(end - behind), &c);
        if (!unicode_is(c, UNICODE_IGNORABLE))
            return !is_cased(c);
    }
    return true;
}

static void add_mapped(const struct tmpl_value *text, size_t at, size_t size, uint32_t c,
                       enum unicode_case how, struct hass_buf *buf)
{
    uint32_t mapped[3];

    if (c == CAPITAL_SIGMA && how == UNICODE_TO_LOWER) {
        char_add(ends_word(text, at, at + size) ? FINAL_SIGMA : SMALL_SIGMA, buf);
        return;
    }
    unsigned count = unicode_map(c, how, mapped);
    for (unsigned i = 0; i < count; i++)
        char_add(mapped[i], buf);
}

/* How a character is mapped, by its place: @previous is the one before it, 0 at the beginning. */
typedef enum unicode_case choose_fn(uint32_t c, uint32_t previous);

static enum unicode_case to_lower(uint32_t c, uint32_t previous)
{
    (void)c;
    (void)previous;
    return UNICODE_TO_LOWER;
}

static enum unicode_case to_upper(uint32_t c, uint32_t previous)
{
    (void)c;
    (void)previous;
    return UNICODE_TO_UPPER;
}

static enum unicode_case to_capitalized(uint32_t c, uint32_t previous)
{
    (void)c;
    return previous ? UNICODE_TO_LOWER : UNICODE_TO_TITLE;
}

static enum unicode_case to_title(uint32_t c, uint32_t previous)
{
    (void)c;
    return previous && is_cased(previous) ? UNICODE_TO_LOWER : UNICODE_TO_TITLE;
}

static enum unicode_case to_swapped(uint32_t c, uint32_t previous)
{
    (void)previous;
    if (unicode_is(c, UNICODE_TITLE))
        return UNICODE_TO_TITLE; /* it stays what it is */
    return unicode_is(c, UNICODE_UPPER) ? UNICODE_TO_LOWER : UNICODE_TO_UPPER;
}

static int map_ascii(struct tmpl_vm *vm, const struct tmpl_value *text, choose_fn *choose,
                     struct tmpl_value *ret_value)
{
    if (tmpl_reserve(vm, text->length) < 0)
        return -1;
    char *mapped = tmpl_alloc(&vm->heap, text->length);
    for (uint32_t i = 0; i < text->length; i++) {
        char c = text->text[i];
        /* A NUL before a letter is no beginning. */
        unsigned char previous = i ? (unsigned char)text->text[i - 1] : 0;
        enum unicode_case how = choose((unsigned char)c, i && !previous ? ' ' : previous);
        if (how == UNICODE_TO_LOWER)
            mapped[i] = ascii_to_lower(c);
        else
            mapped[i] = ascii_is_lower(c) ? (char)(c - ('a' - 'A')) : c;
    }
    *ret_value = tmpl_string_view(mapped, text->length);
    ret_value->flags = TMPL_ASCII;
    return 0;
}

static int map_text(struct tmpl_vm *vm, const struct tmpl_value *text, choose_fn *choose,
                    struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    uint32_t previous = 0, c;
    size_t size;

    if (chars_are_ascii(text->text, text->length))
        return map_ascii(vm, text, choose, ret_value);
    if (tmpl_reserve(vm, (size_t)text->length * 3) < 0)
        return -1;
    for (size_t at = 0; at < text->length; at += size, previous = c ? c : ' ') {
        size = char_decode(text->text + at, text->length - at, &c);
        add_mapped(text, at, size, c, choose(c, previous), &buf);
    }
    *ret_value = tmpl_string_of(&vm->heap, &buf);
    return 0;
}

int string_lower(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return map_text(vm, &call->args[0], to_lower, ret_value);
}

int string_upper(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return map_text(vm, &call->args[0], to_upper, ret_value);
}

int string_capitalize(struct tmpl_vm *vm, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    return map_text(vm, &call->args[0], to_capitalized, ret_value);
}

int string_title(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return map_text(vm, &call->args[0], to_title, ret_value);
}

int string_swapcase(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return map_text(vm, &call->args[0], to_swapped, ret_value);
}

int string_casefold(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    const struct tmpl_value *text = &call->args[0];
    autobuf buf = HASS_BUF_INIT;
    size_t length;

    if (chars_are_ascii(text->text, text->length))
        return map_ascii(vm, text, to_lower, ret_value);
    if (tmpl_reserve(vm, (size_t)text->length * 3) < 0)
        return -1;
    for (size_t at = 0; at <= text->length; at += length + 1) { /* from NUL to NUL */
        autobuf piece = HASS_BUF_INIT;
        length = strnlen(text->text + at, text->length - at);
        hass_buf_add(&piece, text->text + at, length);
        if (at)
            hass_buf_add_char(&buf, '\0');
        casefold(hass_buf_string(&piece), &buf);
    }
    *ret_value = tmpl_string_of(&vm->heap, &buf);
    return 0;
}

/* --- questions --------------------------------------------------------------------------------------------- */

/* What str.isX() asks: all characters have one of these properties, and there is one. */
static int ask_all(const struct tmpl_value *text, bool (*holds)(uint32_t c),
                   struct tmpl_value *ret_value)
{
    uint32_t c;
    bool all = text->length > 0;

    for (size_t at = 0; all && at < text->length;) {
        at += char_decode(text->text + at, text->length - at, &c);
        all = holds(c);
    }
    *ret_value = tmpl_bool(all);
    return 0;
}

static bool is_alnum(uint32_t c)
{
    return unicode_is(c, UNICODE_ALPHA) || unicode_is(c, UNICODE_NUMERIC);
}

static bool is_alpha(uint32_t c)
{
    return unicode_is(c, UNICODE_ALPHA);
}

static bool is_decimal(uint32_t c)
{
    return unicode_is(c, UNICODE_DECIMAL);
}

static bool is_digit(uint32_t c)
{
    return unicode_is(c, UNICODE_DIGIT);
}

static bool is_numeric(uint32_t c)
{
    return unicode_is(c, UNICODE_NUMERIC);
}

static bool is_space(uint32_t c)
{
    return unicode_is(c, UNICODE_SPACE);
}

static bool is_name(uint32_t c)
{
    return c == '_' || unicode_is(c, UNICODE_ALPHA) || unicode_is(c, UNICODE_DECIMAL);
}

int string_isalnum(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    (void)vm;
    return ask_all(&call->args[0], is_alnum, ret_value);
}

int string_isalpha(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    (void)vm;
    return ask_all(&call->args[0], is_alpha, ret_value);
}

int string_isdecimal(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    (void)vm;
    return ask_all(&call->args[0], is_decimal, ret_value);
}

int string_isdigit(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    (void)vm;
    return ask_all(&call->args[0], is_digit, ret_value);
}

int string_isnumeric(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    (void)vm;
    return ask_all(&call->args[0], is_numeric, ret_value);
}

int string_isspace(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    (void)vm;
    return ask_all(&call->args[0], is_space, ret_value);
}

int string_isidentifier(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    const struct tmpl_value *text = &call->args[0];
    uint32_t first = 0;

    (void)vm;
    if (text->length)
        (void)char_decode(text->text, text->length, &first);
    if (unicode_is(first, UNICODE_DECIMAL)) {
        *ret_value = tmpl_bool(false);
        return 0;
    }
    return ask_all(text, is_name, ret_value);
}

int string_isascii(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    (void)vm;
    *ret_value = tmpl_bool(chars_are_ascii(call->args[0].text, call->args[0].length));
    return 0;
}

static bool is_printable(uint32_t c)
{
    return unicode_is(c, UNICODE_PRINTABLE);
}

int string_isprintable(struct tmpl_vm *vm, const struct tmpl_call *call,
                       struct tmpl_value *ret_value)
{
    (void)vm;
    (void)ask_all(&call->args[0], is_printable, ret_value);
    *ret_value = tmpl_bool(ret_value->integer || !call->args[0].length);
    return 0;
}

/* All cased characters are of the wanted case, and there is one. */
static int ask_case(const struct tmpl_value *text, enum unicode_property wanted,
                    struct tmpl_value *ret_value)
{
    bool any = false, all = true;
    uint32_t c;

    for (size_t at = 0; all && at < text->length;) {
        at += char_decode(text->text + at, text->length - at, &c);
        bool is = unicode_is(c, wanted);
        any |= is;
        all = is || !is_cased(c);
    }
    *ret_value = tmpl_bool(any && all);
    return 0;
}

int string_islower(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    (void)vm;
    return ask_case(&call->args[0], UNICODE_LOWER, ret_value);
}

int string_isupper(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    (void)vm;
    return ask_case(&call->args[0], UNICODE_UPPER, ret_value);
}

/* Capitals where words begin, small letters behind them. */
int string_istitle(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    const struct tmpl_value *text = &call->args[0];
    bool inside = false, any = false, good = true;
    uint32_t c;

    (void)vm;
    for (size_t at = 0; good && at < text->length;) {
        at += char_decode(text->text + at, text->length - at, &c);
        bool begins = unicode_is(c, UNICODE_UPPER) || unicode_is(c, UNICODE_TITLE);
        bool continues = !begins && unicode_is(c, UNICODE_LOWER);
        good = begins ? !inside : !continues || inside;
        inside = begins || continues;
        any |= inside;
    }
    *ret_value = tmpl_bool(any && good);
    return 0;
}
