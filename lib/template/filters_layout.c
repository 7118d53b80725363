/* SPDX-License-Identifier: Apache-2.0 */
/* Filters that lay text out by characters and lines: truncate, indent, wordwrap. */
#include "base/utf8.h"
#include "template/builtins.h"

/* The bytes of the first @count characters. */
static size_t first_characters(const struct tmpl_value *text, int64_t count)
{
    size_t at = 0;

    if (text->flags & TMPL_ASCII)
        return count < text->length ? (size_t)(count > 0 ? count : 0) : text->length;
    for (; at < text->length && count > 0; count--) {
        at++;
        while (at < text->length && ((unsigned char)text->text[at] & 0xc0) == 0x80)
            at++;
    }
    return at;
}

/* Text alone can be split into lines. */
static int want_text(struct tmpl_vm *vm, const struct tmpl_value *value,
                     struct tmpl_value *ret_text)
{
    *ret_text = *value;
    if (value->kind == TMPL_STRING)
        return 0;
    if (value->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, value);
    return tmpl_raise(vm, TMPL_ATTRIBUTE_ERROR, "'%s' object has no attribute 'splitlines'",
                      tmpl_class_name(value));
}

/* --- truncate ---------------------------------------------------------------------------------------- */

/* A value that is no text has a length, too: it stays as it is where that is short enough. Returns 1 then. */
static int keep_short(struct tmpl_vm *vm, const struct tmpl_value *value, int64_t limit)
{
    int64_t length;

    if (value->kind == TMPL_STRING || value->kind == TMPL_UNDEFINED)
        return 0;
    if (tmpl_len(vm, value, &length) < 0)
        return -1;
    return length <= limit ? 1
                           : tmpl_raise(vm, TMPL_TYPE_ERROR, "'%s' object cannot be truncated",
                                        tmpl_class_name(value));
}

/* "s ?length ?killwords ?end ?leeway" */
int filter_truncate(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    struct tmpl_value text, end;
    int64_t limit, leeway;
    bool cut_words, undefined = call->args[0].kind == TMPL_UNDEFINED; // shorter than any limit

    if ((!undefined && read_text(vm, &call->args[0], &text) < 0) ||
        read_integer(vm, &call->args[1], 255, &limit) < 0 ||
        read_flag(vm, &call->args[2], false, &cut_words) < 0 ||
        read_text_or(vm, &call->args[3], "...", &end) < 0 ||
        (call->args[4].kind == TMPL_NONE ? (leeway = 5, 0)
                                         : read_integer(vm, &call->args[4], 5, &leeway)) < 0)
        return -1;
    int64_t end_length = tmpl_length(&end);
    if (limit < end_length)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "expected length >= %lld, got %lld",
                          (long long)end_length, (long long)limit);
    if (leeway < 0)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "expected leeway >= 0, got %lld",
                          (long long)leeway);
    *ret_value = call->args[0];
    if (undefined)
        return 0;
    int kept_whole = keep_short(vm, &call->args[0], limit + leeway);
    if (kept_whole)
        return kept_whole < 0 ? -1 : 0;
    *ret_value = text;
    if (tmpl_length(&text) - leeway <= limit)
        return 0;
    size_t kept = first_characters(&text, limit - end_length);
    if (!cut_words) {
        const char *blank = memrchr(text.text, ' ', kept);
        kept = blank ? (size_t)(blank - text.text) : kept;
    }
    hass_buf_add(&buf, text.text, kept);
    hass_buf_add(&buf, end.text, end.length);
    return return_buf(vm, &buf, ret_value);
}

/* --- lines ------------------------------------------------------------------------------------------- */

/* The lines of @text by Python's rules. */
static int split_lines(struct tmpl_vm *vm, const struct tmpl_value *text,
                       const struct tmpl_value **ret_lines, size_t *ret_count)
{
    struct tmpl_call none = { .args = NULL };
    struct tmpl_value lines;

    if (tmpl_call_method(vm, text, "splitlines", 10, &none, &lines) < 0)
        return -1;
    return read_items(vm, &lines, ret_lines, ret_count);
}

/* A string as it is, or as many blanks. */
static int read_indentation(struct tmpl_vm *vm, const struct tmpl_value *value,
                            struct tmpl_value *ret_text)
{
    int64_t width;

    if (value->kind == TMPL_STRING) {
        *ret_text = *value;
        return 0;
    }
    if (read_integer(vm, value, 4, &width) < 0)
        return -1;
    width = width > 0 ? width : 0;
    if (width > 1000000 || tmpl_reserve(vm, (size_t)width) < 0)
        return tmpl_raise(vm, TMPL_LIMIT_ERROR, "an indentation of %lld exceeds 1000000",
                          (long long)width);
    char *blanks = tmpl_alloc(&vm->heap, (size_t)width);
    memset(blanks, ' ', (size_t)width);
    *ret_text = tmpl_string_view(blanks, (size_t)width);
    return 0;
}

/* "s ?width ?first ?blank" */
int filter_indent(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    struct tmpl_value text, indentation = tmpl_string_static("");
    const struct tmpl_value *lines;
    bool first, blank;
    size_t count;

    if (want_text(vm, &call->args[0], &text) < 0 ||
        read_indentation(vm, &call->args[1], &indentation) < 0 ||
        read_flag(vm, &call->args[2], false, &first) < 0 ||
        read_flag(vm, &call->args[3], false, &blank) < 0)
        return -1;
    /* With a newline behind it, so that one at its end begins a line. */
    hass_buf_add(&buf, text.text, text.length);
    hass_buf_add_char(&buf, '\n');
    struct tmpl_value ended = tmpl_string_of(&vm->heap, &buf);
    if (split_lines(vm, &ended, &lines, &count) < 0)
        return -1;
    hass_buf_clear(&buf);
    for (size_t i = 0; i < count; i++) {
        if (i)
            hass_buf_add_char(&buf, '\n');
        if (i ? blank || lines[i].length : first)
            hass_buf_add(&buf, indentation.text, indentation.length);
        hass_buf_add(&buf, lines[i].text, lines[i].length);
        if (tmpl_reserve(vm, buf.length) < 0)
            return -1;
    }
    if (return_buf(vm, &buf, ret_value) < 0)
        return -1;
    ret_value->flags |= text.flags & TMPL_MARKUP;
    return 0;
}

/* --- wordwrap: as Python's textwrap breaks lines ------------------------------------------------------- */

struct wrap {
    const uint32_t *characters; /* of one line */
    size_t count;
    size_t width;
    bool break_long;
    bool break_hyphens;
    const struct tmpl_value *newline;
    struct hass_buf *buf;
    bool begun; /* something has been written of this line of the text */
};

static bool is_blank(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_letter(uint32_t c)
{
    if (c < 0x80)
        return ascii_is_lower((char)c) || ascii_is_upper((char)c) || c == '_';
    return c >= 0x2070 || (c < 0x2000 && c >= 0xc0) || c == 0xaa || c == 0xb5 || c == 0xba;
}

static bool is_word(uint32_t c)
{
    return is_letter(c) || (c >= '0' && c <= '9');
}

/* What may stand before a dash that joins two parts of a sentence. */
static bool is_word_end(uint32_t c)
{
    return is_word(c) || (c < 0x80 && strchr("!\"'&.,?", (int)c) && c);
}

static uint32_t character(const struct wrap *wrap, size_t at)
{
    return at < wrap->count ? wrap->characters[at] : 0;
}

/* Two hyphens or more at @at, and a word behind them: returns where they end, else 0. */
static size_t dash_end(const struct wrap *wrap, size_t at)
{
    size_t end = at;

    while (character(wrap, end) == '-')
        end++;
    return end >= at + 2 && is_word(character(wrap, end)) ? end : 0;
}

/* May a line end behind the hyphen at @at of the word that begins at @from? */
static bool breaks_at_hyphen(const struct wrap *wrap, size_t from, size_t at)
{
    const uint32_t *c = wrap->characters + at;

    if (*c != '-' || at == from)
        return false;
    bool two_letters = at >= 2 && is_letter(c[-1]) && is_letter(c[-2]);
    bool letter_hyphen = at >= 3 && is_letter(c[-3]) && c[-2] == '-' && is_word_end(c[-1]);
    if (!two_letters && !letter_hyphen)
        return false;
    size_t next = at + 1;
    if (!is_letter(character(wrap, next)))
        return false;
    next += character(wrap, next + 1) == '-' ? 2 : 1;
    return is_letter(character(wrap, next));
}

/* Where the piece that begins at @at ends: blanks, a dash, or (part of) a word. */
static size_t piece_end(const struct wrap *wrap, size_t at)
{
    const uint32_t *c = wrap->characters;
    size_t end = at;

    if (is_blank(c[at])) {
        while (end < wrap->count && is_blank(c[end]))
            end++;
        return end;
    }
    if (wrap->break_hyphens && at > 0 && is_word_end(c[at - 1]) && dash_end(wrap, at))
        return dash_end(wrap, at);
    for (end = at + 1; end < wrap->count && !is_blank(c[end]); end++) {
        if (!wrap->break_hyphens)
            continue;
        if (breaks_at_hyphen(wrap, at, end))
            return end + 1;
        if (is_word_end(c[end - 1]) && dash_end(wrap, end))
            return end;
    }
    return end;
}

static void put_line(struct wrap *wrap, size_t from, size_t to)
{
    char bytes[4];

    if (wrap->begun)
        hass_buf_add(wrap->buf, wrap->newline->text, wrap->newline->length);
    wrap->begun = true;
    for (size_t i = from; i < to; i++) {
        uint32_t c = wrap->characters[i];
        hass_buf_add(wrap->buf, bytes, utf8_encode(c, bytes));
    }
}

/* How much of a piece that no line can hold goes on this one, of which @left characters are free. */
static size_t cut_piece(const struct wrap *wrap, size_t at, size_t left)
{
    bool other = false;
    size_t cut = left;

    for (size_t i = 0; wrap->break_hyphens && i < left; i++) {
        if (wrap->characters[at + i] == '-' && other)
            cut = i + 1;
        other |= wrap->characters[at + i] != '-';
    }
    return cut;
}

/* One line of the text. */
static void wrap_line(struct wrap *wrap)
{
    size_t at = 0, piece = 0; /* @piece: the end of what is left of a piece, or 0 */

    while (at < wrap->count) {
        size_t from, length = 0;
        piece = piece ? piece : piece_end(wrap, at);
        if (wrap->begun && is_blank(wrap->characters[at])) {
            at = piece;
            piece = 0;
            if (at == wrap->count)
                break;
        }
        from = at;
        size_t kept = at; /* without the blanks at its end */
        while (at < wrap->count) {
            piece = piece ? piece : piece_end(wrap, at);
            size_t size = piece - at;
            if (length + size > wrap->width)
                break;
            if (!is_blank(wrap->characters[at]))
                kept = piece;
            length += size;
            at = piece;
            piece = 0;
        }
        if (at < wrap->count && piece && piece - at > wrap->width) {
            bool blank = is_blank(wrap->characters[at]); // then what is cut is not kept
            if (wrap->break_long)
                at += cut_piece(wrap, at, wrap->width - length);
            else if (length == 0)
                at = piece;
            if (!blank && (wrap->break_long || length == 0))
                kept = at; // blanks before the cut stay, as in the model
            piece = at == piece ? 0 : piece;
        }
        if (kept > from)
            put_line(wrap, from, kept);
    }
}

static int decode_line(struct tmpl_vm *vm, const struct tmpl_value *line, struct wrap *wrap)
{
    if (tmpl_reserve(vm, line->length * sizeof(uint32_t)) < 0 || tmpl_spend(vm, line->length) < 0)
        return -1;
    uint32_t *characters = tmpl_alloc(&vm->heap, line->length * sizeof(uint32_t));
    size_t count = 0;
    for (size_t at = 0, size; at < line->length; at += size) {
        size = utf8_decode(line->text + at, line->length - at, &characters[count]);
        if (!size)
            characters[count] = 0xfffd;
        size = size ? size : 1;
        count++;
    }
    wrap->characters = characters;
    wrap->count = count;
    return 0;
}

/* "s ?width ?break_long_words ?wrapstring ?break_on_hyphens" */
int filter_wordwrap(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    struct tmpl_value text, newline = tmpl_string_static("\n");
    const struct tmpl_value *lines;
    struct wrap wrap = { .newline = &newline, .buf = &buf };
    int64_t width;
    size_t count;

    if (want_text(vm, &call->args[0], &text) < 0 ||
        read_integer(vm, &call->args[1], 79, &width) < 0 ||
        read_flag(vm, &call->args[2], true, &wrap.break_long) < 0 ||
        read_flag(vm, &call->args[4], true, &wrap.break_hyphens) < 0 ||
        split_lines(vm, &text, &lines, &count) < 0)
        return -1;
    if (is_set(&call->args[3]) && read_text(vm, &call->args[3], &newline) < 0)
        return -1;
    if (width <= 0 && count)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "invalid width %lld (must be > 0)",
                          (long long)width);
    wrap.width = (size_t)width;
    for (size_t i = 0; i < count; i++) {
        if (decode_line(vm, &lines[i], &wrap) < 0)
            return -1;
        if (i)
            hass_buf_add(&buf, newline.text, newline.length);
        wrap.begun = false;
        wrap_line(&wrap);
        if (tmpl_reserve(vm, buf.length) < 0)
            return -1;
    }
    return return_buf(vm, &buf, ret_value);
}
