/* SPDX-License-Identifier: Apache-2.0 */
/* Named blocks: those of a template hide those of the same name in what it extends; `super` and `self` reach them. */
#include <stdio.h>

#include "template/machine.h"

struct block_reference {
    struct tmpl_object object;
    struct context *context;
    struct context_block *block;
    uint32_t version;
};

struct self {
    struct tmpl_object object;
    struct context *context;
    const struct tmpl_template *template;
};

static struct tmpl_frame *enter(struct tmpl_vm *vm, struct context_block *block, uint32_t version,
                                struct context *context, struct tmpl_value *base,
                                enum frame_result result)
{
    struct frame_entry entry = { .template = block->versions[version].template,
                                 .proto = block->versions[version].proto,
                                 .context = context,
                                 .base = base,
                                 .result = result };
    struct tmpl_frame *frame = frame_enter(vm, &entry);

    if (!frame)
        return NULL;
    frame->block = block;
    frame->version = version;
    return frame;
}

int block_enter(struct tmpl_vm *vm, const struct tmpl_frame *from, const struct tmpl_name *name,
                uint32_t flags, struct context *context, struct tmpl_value *base,
                struct tmpl_frame **ret_frame)
{
    struct context_block *block = context_find_block(from->context, name->text, name->length);

    if ((flags & TMPL_BLOCK_REQUIRED) && block->count <= 1)
        return tmpl_raise(vm, TMPL_RUNTIME_ERROR, "Required block '%.*s' not found",
                          (int)name->length, name->text);
    *ret_frame = enter(vm, block, 0, context, base, FRAME_PRINTS);
    return *ret_frame ? 0 : -1;
}

/* --- super ---------------------------------------------------------------------------------------------- */

static struct tmpl_value refer(struct tmpl_vm *vm, struct context *context,
                               struct context_block *block, uint32_t version)
{
    if (version >= block->count) {
        autobuf text = HASS_BUF_INIT;
        hass_buf_printf(&text, "there is no parent block called '%.*s'.", (int)block->length,
                        block->text);
        return tmpl_undefined_text(&vm->heap,
                                   arena_strndup(&vm->heap.arena, text.data, text.length), false);
    }
    struct block_reference *reference = tmpl_alloc(&vm->heap, sizeof(*reference));
    *reference = (struct block_reference){ { &block_reference_type }, context, block, version };
    return tmpl_object_value(&reference->object);
}

struct tmpl_value block_super(struct tmpl_vm *vm, const struct tmpl_frame *frame)
{
    return refer(vm, frame->context, frame->block, frame->version + 1);
}

int block_reference_enter(struct tmpl_vm *vm, struct tmpl_object *object,
                          const struct tmpl_call *call, struct tmpl_value *base,
                          struct tmpl_frame **ret_frame)
{
    const struct block_reference *reference = (const struct block_reference *)object;

    if (call->count + call->named)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "a block takes no arguments but %u were given",
                          call->count + call->named);
    *ret_frame =
        enter(vm, reference->block, reference->version, reference->context, base, FRAME_TEXT);
    if (!*ret_frame)
        return -1;
    (*ret_frame)->markup = vm->autoescape;
    return 0;
}

static int call_reference(struct tmpl_vm *vm, struct tmpl_object *object,
                          const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct tmpl_frame *frame;

    if (block_reference_enter(vm, object, call, vm->run->top, &frame) < 0)
        return -1;
    return frame_finish(vm, frame, ret_value);
}

static int reference_attr(struct tmpl_vm *vm, struct tmpl_object *object, const char *name,
                          size_t length, struct tmpl_value *ret_value)
{
    const struct block_reference *reference = (const struct block_reference *)object;

    if (length != 5 || memcmp(name, "super", 5) != 0)
        return 0;
    *ret_value = refer(vm, reference->context, reference->block, reference->version + 1);
    return 1;
}

const struct tmpl_type block_reference_type = {
    .name = "BlockReference",
    .qualified = "jinja2.runtime.BlockReference",
    .attr = reference_attr,
    .call = call_reference,
};

/* --- self ------------------------------------------------------------------------------------------------- */

struct tmpl_value block_self(struct tmpl_vm *vm, const struct tmpl_frame *frame)
{
    struct self *self = tmpl_alloc(&vm->heap, sizeof(*self));

    *self = (struct self){ { &self_type }, frame->context, frame->template };
    return tmpl_object_value(&self->object);
}

static int self_attr(struct tmpl_vm *vm, struct tmpl_object *object, const char *name,
                     size_t length, struct tmpl_value *ret_value)
{
    const struct self *self = (const struct self *)object;
    struct context_block *block = context_find_block(self->context, name, length);

    if (!block)
        return 0;
    *ret_value = refer(vm, self->context, block, 0);
    return 1;
}

static int print_self(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    const struct self *self = (const struct self *)object;

    if (self->template->name)
        hass_buf_printf(buf, "<TemplateReference '%s'>", self->template->name);
    else
        hass_buf_add_string(buf, "<TemplateReference None>");
    return 0;
}

const struct tmpl_type self_type = {
    .name = "TemplateReference",
    .qualified = "jinja2.runtime.TemplateReference",
    .repr = print_self,
    .attr = self_attr,
};
