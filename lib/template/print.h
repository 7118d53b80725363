/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine's own files know of printing, and of walking nested values. tmpl_print and tmpl_repr may be called without a machine: objects
 * print by their type's name then, and nothing fails.
 */
#pragma once

#include "template/vm.h"

#define VALUE_MAX_DEPTH                                                                            \
    200 /* of containers within each other, when they are printed, compared or copied */

/** repr of a text: quotes, escapes. */
void print_quoted(const char *text, size_t length, struct hass_buf *buf);
void print_bytes(const char *data, size_t length, struct hass_buf *buf);
void print_int(int64_t integer, struct hass_buf *buf);
/** ascii(): as repr, and escapes what is not ASCII. */
int print_ascii(struct tmpl_vm *vm, const struct tmpl_value *value, struct hass_buf *buf);

/** To be called around the walk through the members of a container: RecursionError when there are too many within each other. */
int nest_enter(struct tmpl_vm *vm);
static inline void nest_leave(struct tmpl_vm *vm)
{
    if (vm)
        vm->nesting--;
}
