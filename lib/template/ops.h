/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine's own files know of operators beside vm.h.
 */
#pragma once

#include "template/vm.h"

/** The members of both, one behind the other; of the left one's kind. */
int sequence_join(struct tmpl_vm *vm, const struct tmpl_value *left, const struct tmpl_value *right,
                  struct tmpl_value *ret_value);
/** @sequence @times over; none for less than one. */
int sequence_repeat(struct tmpl_vm *vm, const struct tmpl_value *sequence, int64_t times,
                    struct tmpl_value *ret_value);
/** `text % args` (format_printf.c). */
int format_percent(struct tmpl_vm *vm, const struct tmpl_value *format,
                   const struct tmpl_value *args, struct tmpl_value *ret_value);
/** A complex number, which only a root of a negative number is. It prints, and is equal to itself. */
struct tmpl_value complex_value(struct tmpl_heap *heap, double re, double im);
