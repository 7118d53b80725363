/* SPDX-License-Identifier: Apache-2.0 */
/* What instructions do that is rare or takes long: the dispatch loop stays readable, and its compiler's registers free. */
#pragma once

#include "template/machine.h"

/** enum tmpl_escape, as it is at present. */
static inline bool vm_escapes(const struct tmpl_vm *vm, uint32_t escape)
{
    return escape == TMPL_ESCAPE_YES || (escape == TMPL_ESCAPE_AS_SET && vm->autoescape);
}
int vm_print_escaped(struct tmpl_vm *vm, const struct tmpl_value *value, struct hass_buf *out);
int vm_concat(struct tmpl_vm *vm, const struct tmpl_value *values, uint32_t operand,
              struct tmpl_value *ret_value);

/* Undefined values: of a name, a slot, an outer function's slot, a parameter, an inline if. */
struct tmpl_value vm_undefined(struct tmpl_vm *vm, const struct tmpl_name *name);
struct tmpl_value vm_undefined_slot(struct tmpl_vm *vm, const struct tmpl_frame *frame,
                                    uint32_t slot);
struct tmpl_value vm_undefined_up(struct tmpl_vm *vm, const struct tmpl_frame *frame,
                                  uint32_t depth, uint32_t slot);
struct tmpl_value vm_undefined_param(struct tmpl_vm *vm, const struct tmpl_frame *frame,
                                     uint32_t slot);
struct tmpl_value vm_no_else(struct tmpl_vm *vm, uint32_t line);

int vm_make_dict(struct tmpl_vm *vm, const struct tmpl_value *values, uint32_t count,
                 struct tmpl_value *ret_value);
const struct tmpl_value *vm_copy_values(struct tmpl_vm *vm, const struct tmpl_value *values,
                                        uint32_t count);
struct context_layer *vm_make_layer(struct tmpl_vm *vm, const struct tmpl_frame *frame,
                                    const struct tmpl_value *values, const uint32_t *names,
                                    uint32_t count);
/** The context of a scoped block. */
struct context *vm_block_context(struct tmpl_vm *vm, const struct tmpl_frame *frame,
                                 struct context_layer *locals);

/** What COLLECT puts together, below an iterator. */
struct vm_collector {
    struct tmpl_object object;
    struct tmpl_value *items;
    uint32_t count, capacity;
};
struct tmpl_value vm_collector_create(struct tmpl_vm *vm);
int vm_collect(struct tmpl_vm *vm, struct tmpl_object *object, const struct tmpl_value *item);

/** Says where in the source an error has happened, unless that was further in. */
void vm_locate(struct tmpl_vm *vm, const struct tmpl_frame *frame, const uint32_t *ip);
