/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack and unpack: one value to bytes and back by Python's struct formats. What does not fit gives none and a warning, as in the model.
 */
#include <endian.h>
#include <math.h>
#include <stdio.h>

#include "base/utf8.h"
#include "template/builtins.h"

/* --- formats ------------------------------------------------------------------------------------------ */

/* Sizes with '<', '>', '=' and '!'; and with '@' or nothing, where things are aligned to their size. */
static const struct code {
    char name;
    unsigned char standard; /* 0: native only */
    unsigned char native;
    char
        kind; /* i: signed, u: unsigned, f: float, ?: bool, c: one byte, s: bytes, p: bytes with length, x: nothing */
} codes[] = {
    { 'x', 1, 1, 'x' },
    { 'c', 1, 1, 'c' },
    { 'b', 1, 1, 'i' },
    { 'B', 1, 1, 'u' },
    { '?', 1, 1, '?' },
    { 'h', 2, sizeof(short), 'i' },
    { 'H', 2, sizeof(short), 'u' },
    { 'i', 4, sizeof(int), 'i' },
    { 'I', 4, sizeof(int), 'u' },
    { 'l', 4, sizeof(long), 'i' },
    { 'L', 4, sizeof(long), 'u' },
    { 'q', 8, sizeof(long long), 'i' },
    { 'Q', 8, sizeof(long long), 'u' },
    { 'n', 0, sizeof(size_t), 'i' },
    { 'N', 0, sizeof(size_t), 'u' },
    { 'e', 2, 2, 'f' },
    { 'f', 4, 4, 'f' },
    { 'd', 8, 8, 'f' },
    { 's', 1, 1, 's' },
    { 'p', 1, 1, 'p' },
    { 'P', 0, sizeof(void *), 'u' },
};

enum { MAX_PACKED = 65536 }; /* bytes of one format */

/* What a format says: its size, how many values it has, and where the first of them lies. */
struct layout {
    bool big_endian;
    size_t size;
    size_t values;
    const struct code *first;
    size_t first_at;
    size_t first_size;
};

static const struct code *find_code(char name)
{
    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
        if (codes[i].name == name)
            return &codes[i];
    return NULL;
}

static bool add_code(struct layout *layout, const struct code *code, size_t count, bool native)
{
    size_t size = native ? code->native : code->standard;
    bool whole = code->kind == 's' || code->kind == 'p';

    if (native && size > 1)
        layout->size = (layout->size + size - 1) / size * size;
    if (!layout->first && code->kind != 'x' && (count || whole)) {
        layout->first = code;
        layout->first_at = layout->size;
        layout->first_size = whole ? count : size;
    }
    if (code->kind != 'x')
        layout->values += whole ? 1 : count;
    layout->size += count * size;
    return size > 0 && layout->size <= MAX_PACKED;
}

/* False when Python would not know the format, or when it is larger than anybody needs. */
static bool parse_format(const struct tmpl_value *format, struct layout *layout)
{
    const char *at = format->text, *end = at + format->length;
    bool native = true;

    *layout = (struct layout){ .big_endian = BYTE_ORDER == BIG_ENDIAN };
    if (at < end && memchr("@=<>!", *at, 5)) {
        native = *at == '@';
        if (*at == '<')
            layout->big_endian = false;
        if (*at == '>' || *at == '!')
            layout->big_endian = true;
        at++;
    }
    while (at < end) {
        size_t count = 1;
        if (ascii_is_space(*at)) {
            at++;
            continue;
        }
        if (ascii_is_digit(*at))
            for (count = 0; at < end && ascii_is_digit(*at) && count <= MAX_PACKED; at++)
                count = count * 10 + (size_t)(*at - '0');
        const struct code *code = at < end ? find_code(*at++) : NULL;
        if (!code || count > MAX_PACKED || !add_code(layout, code, count, native))
            return false;
    }
    return true;
}

/* --- bytes -------------------------------------------------------------------------------------------- */

static void put_number(uint64_t number, size_t size, bool big_endian, unsigned char *to)
{
    for (size_t i = 0; i < size; i++)
        to[big_endian ? size - 1 - i : i] = (unsigned char)(number >> 8 * i);
}

static uint64_t get_number(const unsigned char *from, size_t size, bool big_endian)
{
    uint64_t number = 0;

    for (size_t i = 0; i < size; i++)
        number = number << 8 | from[big_endian ? i : size - 1 - i];
    return number;
}

/* Rounds to the nearest of 16 bits, ties to even; false when it is too large. */
static bool to_half(double number, uint16_t *ret_bits)
{
    uint16_t sign = signbit(number) ? 0x8000 : 0;
    int exponent;

    if (isnan(number) || isinf(number) || number == 0) {
        *ret_bits = (uint16_t)(sign | (isnan(number) ? 0x7e00 : isinf(number) ? 0x7c00 : 0));
        return true;
    }
    double fraction = frexp(fabs(number), &exponent); /* 0.5 … 1 */
    exponent = exponent < -13 ? -13 : exponent;
    fraction = nearbyint(ldexp(fabs(number), 11 - exponent)); /* in units of the last bit */
    if (fraction >= 2048) {
        fraction /= 2;
        exponent++;
    }
    if (exponent > 16)
        return false;
    unsigned bits = (unsigned)fraction;
    *ret_bits = (uint16_t)(sign | (bits < 1024 ? bits : ((unsigned)(exponent + 13) << 10) + bits));
    return true;
}

static double from_half(uint16_t bits)
{
    int exponent = bits >> 10 & 31;
    double fraction = bits & 1023, size;

    if (exponent == 31)
        size = fraction != 0 ? NAN : INFINITY;
    else if (exponent == 0)
        size = ldexp(fraction, -24);
    else
        size = ldexp(fraction + 1024, exponent - 25);
    return bits & 0x8000 ? -size : size;
}

/* --- packing ------------------------------------------------------------------------------------------ */

static int pack_float(struct tmpl_vm *vm, const struct layout *layout,
                      const struct tmpl_value *value, unsigned char *to)
{
    double number;
    uint16_t half;
    uint32_t single_bits;
    uint64_t bits;

    if (!tmpl_is_number(value))
        return 0;
    if (tmpl_to_double(vm, value, &number) < 0)
        return -1;
    float single = (float)number;
    memcpy(&single_bits, &single, sizeof(single));
    memcpy(&bits, &number, sizeof(number));
    bool small = layout->first_size == 2   ? to_half(number, &half)
                 : layout->first_size == 4 ? isfinite(single) || !isfinite(number)
                                           : true;
    if (!small)
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "float too large to pack with %c format",
                          layout->first->name);
    bits = layout->first_size == 2 ? half : layout->first_size == 4 ? single_bits : bits;
    put_number(bits, layout->first_size, layout->big_endian, to);
    return 1;
}

static bool pack_integer(const struct layout *layout, const struct tmpl_value *value,
                         unsigned char *to)
{
    unsigned bits = (unsigned)layout->first_size * 8;
    bool is_signed = layout->first->kind == 'i', negative = false;
    uint64_t size;

    if (value->kind == TMPL_BIG) {
        if (is_signed || value->big->negative || value->big->count > 2)
            return false;
        size = value->big->limbs[0] | (uint64_t)value->big->limbs[1] << 32;
    } else if (tmpl_is_integer(value)) {
        negative = value->integer < 0;
        size = (uint64_t)value->integer;
    } else {
        return false;
    }
    uint64_t most = UINT64_MAX >> (64 - bits + is_signed);
    if (negative ? !is_signed || ~size > most : size > most)
        return false;
    put_number(size, layout->first_size, layout->big_endian, to);
    return true;
}

static bool pack_bytes(const struct layout *layout, const struct tmpl_value *value,
                       unsigned char *to)
{
    char kind = layout->first->kind;
    size_t room = layout->first_size, length = value->length;

    if (value->kind != TMPL_BYTES || (kind == 'c' && length != 1))
        return false;
    if (kind == 'p') {
        if (room == 0)
            return true;
        room--;
        length = length < room ? length : room;
        *to++ = (unsigned char)(length < 255 ? length : 255);
    }
    if (length)
        memcpy(to, value->text, length < room ? length : room);
    return true;
}

/* 1, 0 when the value does not suit the format, or an error. */
static int pack_value(struct tmpl_vm *vm, const struct layout *layout,
                      const struct tmpl_value *value, unsigned char *to)
{
    int truth;

    to += layout->first_at;
    switch (layout->first->kind) {
    case 'f':
        return pack_float(vm, layout, value, to);
    case '?':
        truth = tmpl_truth(vm, value);
        *to = (unsigned char)(truth > 0);
        return truth < 0 ? truth : 1;
    case 'i':
    case 'u':
        return pack_integer(layout, value, to);
    default:
        return pack_bytes(layout, value, to);
    }
}

/* The warning is logged, the answer is none. */
static int give_up(struct tmpl_vm *vm, const struct hass_buf *warning, struct tmpl_value *ret_value)
{
    if (vm->host.log)
        vm->host.log(vm->host.userdata, hass_buf_string(warning));
    *ret_value = tmpl_none();
    return 0;
}

#define MORE_INFORMATION " see https://docs.python.org/3/library/struct.html for more information"

/* "value format_string" */
int function_pack(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    autobuf printed = HASS_BUF_INIT, warning = HASS_BUF_INIT;
    const struct tmpl_value *value = &call->args[0];
    struct tmpl_value format;
    struct layout layout;
    int r = 0;

    if (read_text(vm, &call->args[1], &format) < 0)
        return -1;
    if (parse_format(&format, &layout) && layout.values == 1) {
        unsigned char *bytes = tmpl_alloc(&vm->heap, layout.size);
        memset(bytes, 0, layout.size);
        r = pack_value(vm, &layout, value, bytes);
        *ret_value = tmpl_bytes_view(bytes, layout.size);
    }
    if (r)
        return r < 0 ? r : 0;
    if (tmpl_print(vm, value, &printed) < 0)
        return -1;
    hass_buf_printf(&warning,
                    "Template warning: 'pack' unable to pack object '%s' with type '%s' and "
                    "format_string '%.*s'" MORE_INFORMATION,
                    hass_buf_string(&printed), tmpl_class_name(value), (int)format.length,
                    format.text);
    return give_up(vm, &warning, ret_value);
}

/* --- unpacking ---------------------------------------------------------------------------------------- */

static struct tmpl_value unpack_integer(struct tmpl_vm *vm, const struct layout *layout,
                                        uint64_t number)
{
    unsigned unused = 64 - (unsigned)layout->first_size * 8;

    if (layout->first->kind == 'i')
        return tmpl_int((int64_t)(number << unused) >> unused);
    if (number <= INT64_MAX)
        return tmpl_int((int64_t)number);
    struct tmpl_big *big = tmpl_alloc(&vm->heap, sizeof(*big) + 2 * sizeof(uint32_t));
    big->negative = false;
    big->count = 2;
    big->limbs[0] = (uint32_t)number;
    big->limbs[1] = (uint32_t)(number >> 32);
    return (struct tmpl_value){ .kind = TMPL_BIG, .big = big };
}

static double unpack_float(size_t size, uint64_t bits)
{
    uint32_t single_bits = (uint32_t)bits;
    float single;
    double number;

    memcpy(&single, &single_bits, sizeof(single));
    memcpy(&number, &bits, sizeof(number));
    return size == 2 ? from_half((uint16_t)bits) : size == 4 ? (double)single : number;
}

static struct tmpl_value unpack_value(struct tmpl_vm *vm, const struct layout *layout,
                                      const char *from)
{
    const unsigned char *at = (const unsigned char *)from + layout->first_at;
    size_t size = layout->first_size;
    uint64_t number = size <= 8 ? get_number(at, size, layout->big_endian) : 0;

    switch (layout->first->kind) {
    case 'f':
        return tmpl_float(unpack_float(size, number));
    case '?':
        return tmpl_bool(number);
    case 'i':
    case 'u':
        return unpack_integer(vm, layout, number);
    case 'p':
        if (size == 0)
            return tmpl_bytes_view("", 0);
        return tmpl_bytes_view(at + 1, *at < size - 1 ? *at : size - 1);
    default:
        return tmpl_bytes_view(at, size);
    }
}

/* "value format_string ?offset" */
int function_unpack(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    autobuf printed = HASS_BUF_INIT, warning = HASS_BUF_INIT;
    const struct tmpl_value *value = &call->args[0];
    struct tmpl_value format;
    struct layout layout;
    int64_t offset;

    if (read_text(vm, &call->args[1], &format) < 0 ||
        read_integer(vm, &call->args[2], 0, &offset) < 0)
        return -1;
    if (value->kind != TMPL_BYTES)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "a bytes-like object is required, not '%s'",
                          tmpl_class_name(value));
    int64_t from = offset < 0 ? offset + value->length : offset;
    if (parse_format(&format, &layout) && from >= 0 && from <= value->length &&
        layout.size <= value->length - (uint64_t)from) {
        if (!layout.first)
            return tmpl_raise(vm, TMPL_INDEX_ERROR, "tuple index out of range");
        *ret_value = unpack_value(vm, &layout, value->text + from);
        return 0;
    }
    if (tmpl_print(vm, value, &printed) < 0)
        return -1;
    hass_buf_printf(&warning,
                    "Template warning: 'unpack' unable to unpack object '%s' with format_string "
                    "'%.*s' and offset %lld" MORE_INFORMATION,
                    hass_buf_string(&printed), (int)format.length, format.text, (long long)offset);
    return give_up(vm, &warning, ret_value);
}
