/* SPDX-License-Identifier: Apache-2.0 */
/* What the dispatch loop does itself because it is quick: copying, printing, arithmetic and comparison of plain values. */
#pragma once

#include "template/vm_rare.h"

#define unlikely(x) __builtin_expect(!!(x), 0)
#define likely(x)   __builtin_expect(!!(x), 1)

/*
 * Copies a value word by word: a load of both words at once would have to wait for the two stores that have just written them.
 */
static inline void move(struct tmpl_value *to, const struct tmpl_value *from)
{
    uint64_t words[2];

    memcpy(words, from, sizeof(words));
    __asm__("" : "+r"(words[0]), "+r"(words[1]));
    memcpy(to, words, sizeof(words));
}

/* --- printing --------------------------------------------------------------------------------------------- */

/* hass_buf_add without a call, where there is room. */
static inline void append(struct hass_buf *out, const char *text, size_t length)
{
    if (unlikely(length >= out->capacity - out->length)) {
        hass_buf_add(out, text, length);
        return;
    }
    memcpy(out->data + out->length, text, length);
    out->length += length;
    out->data[out->length] = '\0';
}

enum { INT_DIGITS = 24 };

static inline void print_large(int64_t integer, struct hass_buf *out)
{
    char digits[INT_DIGITS], *at = digits + sizeof(digits);
    uint64_t rest = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;

    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (integer < 0)
        *--at = '-';
    append(out, at, (size_t)(digits + sizeof(digits) - at));
}

/* Counters are small. */
static inline void print_int(int64_t integer, struct hass_buf *out)
{
    if (unlikely((uint64_t)integer >= 1000 || out->capacity - out->length <= 4)) {
        print_large(integer, out);
        return;
    }
    unsigned small = (unsigned)integer;
    char *at = out->data + out->length;
    if (small >= 100)
        *at++ = (char)('0' + small / 100);
    if (small >= 10)
        *at++ = (char)('0' + small / 10 % 10);
    *at++ = (char)('0' + small % 10);
    *at = '\0';
    out->length = (size_t)(at - out->data);
}

static inline int print(struct tmpl_vm *vm, const struct tmpl_value *value)
{
    struct tmpl_run *run = vm->run;
    int result = 0;

    switch (value->kind) {
    case TMPL_STRING:
        append(run->out, value->text, value->length);
        break;
    case TMPL_INT:
        print_int(value->integer, run->out);
        break;
    default:
        result = tmpl_print(vm, value, run->out);
    }
    if (unlikely(run->out->length > run->out_limit) && result >= 0)
        result = run_check_output(vm);
    return result;
}

static inline int print_as(struct tmpl_vm *vm, const struct tmpl_value *value, uint32_t escape)
{
    struct tmpl_run *run = vm->run;

    if (likely(!escape) || !vm_escapes(vm, escape))
        return print(vm, value);
    if (vm_print_escaped(vm, value, run->out) < 0)
        return -1;
    return run->out->length > run->out_limit ? run_check_output(vm) : 0;
}

/* --- values ----------------------------------------------------------------------------------------------- */

static inline int is_true(struct tmpl_vm *vm, const struct tmpl_value *value)
{
    return value->kind == TMPL_BOOL ? (int)value->integer : tmpl_truth(vm, value);
}

static inline int compare(struct tmpl_vm *vm, enum tmpl_compare op, const struct tmpl_value *left,
                          const struct tmpl_value *right)
{
    if (left->kind == TMPL_INT && right->kind == TMPL_INT) {
        switch (op) {
        case TMPL_EQ:
            return left->integer == right->integer;
        case TMPL_NE:
            return left->integer != right->integer;
        case TMPL_LT:
            return left->integer < right->integer;
        case TMPL_LE:
            return left->integer <= right->integer;
        case TMPL_GT:
            return left->integer > right->integer;
        case TMPL_GE:
            return left->integer >= right->integer;
        default:
            break;
        }
    }
    if (op <= TMPL_NE && left->kind == TMPL_STRING && right->kind == TMPL_STRING)
        return (left->length == right->length &&
                memcmp(left->text, right->text, left->length) == 0) == (op == TMPL_EQ);
    return tmpl_compare(vm, op, left, right);
}

static inline bool arithmetic(enum tmpl_op op, const struct tmpl_value *left,
                              const struct tmpl_value *right, struct tmpl_value *ret_value)
{
    double a, b;

    if (left->kind == TMPL_INT && right->kind == TMPL_INT) {
        int64_t result;
        bool overflows =
            op == TMPL_OP_ADD   ? __builtin_add_overflow(left->integer, right->integer, &result)
            : op == TMPL_OP_SUB ? __builtin_sub_overflow(left->integer, right->integer, &result)
                                : __builtin_mul_overflow(left->integer, right->integer, &result);
        *ret_value = tmpl_int(result);
        return !overflows;
    }
    if (left->kind == TMPL_FLOAT && right->kind == TMPL_FLOAT)
        a = left->number, b = right->number;
    else if (left->kind == TMPL_FLOAT && right->kind == TMPL_INT)
        a = left->number, b = (double)right->integer;
    else if (left->kind == TMPL_INT && right->kind == TMPL_FLOAT)
        a = (double)left->integer, b = right->number;
    else
        return false;
    *ret_value = tmpl_float(op == TMPL_OP_ADD ? a + b : op == TMPL_OP_SUB ? a - b : a * b);
    return true;
}
