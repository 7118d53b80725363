/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filling texts and bytes up to a width, in characters.
 */
#include "template/characters.h"
#include "template/methods_string.h"
#include "template/ops.h"

/* Bytes that fill, before and behind; @ret_value is the result. */
static int pad(struct tmpl_vm *vm, const struct tmpl_value *text, const struct tmpl_value *fill,
               int64_t left, int64_t right, struct tmpl_value *ret_value)
{
    struct tmpl_value before, behind;

    if (left + right <= 0) {
        *ret_value = *text;
        return 0;
    }
    if (sequence_repeat(vm, fill, left, &before) < 0 ||
        sequence_repeat(vm, fill, right, &behind) < 0 ||
        sequence_join(vm, &before, text, ret_value) < 0)
        return -1;
    return sequence_join(vm, ret_value, &behind, ret_value);
}

/* The arguments width and fillchar of center, ljust, rjust. */
static int take_width(struct tmpl_vm *vm, const struct tmpl_call *call, int64_t *ret_missing,
                      struct tmpl_value *fill)
{
    const struct tmpl_value *text = &call->args[0];
    int64_t width;

    *fill = text->kind == TMPL_BYTES ? tmpl_bytes_view(" ", 1) : tmpl_string_static(" ");
    if (text->kind == TMPL_STRING)
        fill->flags = TMPL_ASCII;
    if (tmpl_to_int64(vm, &call->args[1], &width) < 0)
        return -1;
    if (call->args[2].kind != TMPL_ABSENT) {
        *fill = call->args[2];
        if (fill->kind != text->kind)
            return tmpl_raise(vm, TMPL_TYPE_ERROR,
                              "The fill character must be a unicode character, not %s",
                              tmpl_class_path(fill));
        if (tmpl_length(fill) != 1)
            return tmpl_raise(vm, TMPL_TYPE_ERROR,
                              "The fill character must be exactly one character long");
    }
    int64_t length = tmpl_length(text);
    *ret_missing = width > length ? width - length : 0;
    return 0;
}

int string_center(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct tmpl_value fill;
    int64_t missing;

    if (take_width(vm, call, &missing, &fill) < 0)
        return -1;
    /* Python puts the odd one before the text when the width is odd, too. */
    int64_t left = missing / 2 + (missing & 1 & (tmpl_length(&call->args[0]) + missing));
    return pad(vm, &call->args[0], &fill, left, missing - left, ret_value);
}

int string_ljust(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct tmpl_value fill;
    int64_t missing;

    if (take_width(vm, call, &missing, &fill) < 0)
        return -1;
    return pad(vm, &call->args[0], &fill, 0, missing, ret_value);
}

int string_rjust(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct tmpl_value fill;
    int64_t missing;

    if (take_width(vm, call, &missing, &fill) < 0)
        return -1;
    return pad(vm, &call->args[0], &fill, missing, 0, ret_value);
}

int string_zfill(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    const struct tmpl_value *text = &call->args[0];
    struct tmpl_value zero = *text, zeros;
    int64_t width;

    if (tmpl_to_int64(vm, &call->args[1], &width) < 0)
        return -1;
    zero.text = "0";
    zero.length = 1;
    zero.flags |= text->kind == TMPL_STRING ? TMPL_ASCII : 0;
    if (sequence_repeat(vm, &zero, width - tmpl_length(text), &zeros) < 0)
        return -1;
    bool sign = text->length && (*text->text == '-' || *text->text == '+');
    struct tmpl_value first = string_part(text, 0, sign);
    struct tmpl_value rest = string_part(text, sign, text->length - sign);
    if (sequence_join(vm, &zeros, &rest, ret_value) < 0)
        return -1;
    return sequence_join(vm, &first, ret_value, ret_value);
}

int string_expandtabs(struct tmpl_vm *vm, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    const struct tmpl_value *text = &call->args[0];
    int64_t size = 8, column = 0;
    autobuf buf = HASS_BUF_INIT;
    uint32_t c;

    if (call->args[1].kind != TMPL_ABSENT && tmpl_to_int64(vm, &call->args[1], &size) < 0)
        return -1;
    for (size_t at = 0, bytes; at < text->length; at += bytes) {
        bytes = char_decode(text->text + at, text->length - at, &c);
        if (c != '\t') {
            hass_buf_add(&buf, text->text + at, bytes);
            column = c == '\n' || c == '\r' ? 0 : column + 1;
            continue;
        }
        int64_t blanks = size > 0 ? size - column % size : 0;
        if (tmpl_reserve(vm, buf.length + (size_t)blanks) < 0)
            return -1;
        column += blanks;
        while (blanks--)
            hass_buf_add_char(&buf, ' ');
    }
    *ret_value = text->kind == TMPL_BYTES ? tmpl_bytes_copy(&vm->heap, buf.data, buf.length)
                                          : tmpl_string_of(&vm->heap, &buf);
    return 0;
}
