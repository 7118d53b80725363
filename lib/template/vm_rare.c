/* SPDX-License-Identifier: Apache-2.0 */
/* The rare parts of instructions. */
#include "template/vm_rare.h"

#include <stdio.h>

#include "template/builtins.h"

int vm_print_escaped(struct tmpl_vm *vm, const struct tmpl_value *value, struct hass_buf *out)
{
    struct tmpl_value text;

    if (tmpl_to_string(vm, value, &text) < 0)
        return -1;
    if (text.flags & TMPL_MARKUP)
        hass_buf_add(out, text.text, text.length);
    else
        escape_html(text.text, text.length, out);
    return 0;
}

/* Within an autoescape block one part that is markup makes the whole markup, and the others are escaped. */
int vm_concat(struct tmpl_vm *vm, const struct tmpl_value *values, uint32_t operand,
              struct tmpl_value *ret_value)
{
    uint32_t count = operand & TMPL_MAX_SMALL, escape = operand >> 16;
    bool markup = false;

    for (uint32_t i = 0; i < count && escape; i++)
        markup |= values[i].kind == TMPL_STRING && (values[i].flags & TMPL_MARKUP);
    if (!markup || !vm_escapes(vm, escape))
        return tmpl_concat(vm, values, count, ret_value);
    autobuf text = HASS_BUF_INIT;
    for (uint32_t i = 0; i < count; i++)
        if (vm_print_escaped(vm, &values[i], &text) < 0)
            return -1;
    if (tmpl_reserve(vm, text.length) < 0)
        return -1;
    *ret_value = tmpl_string_of(&vm->heap, &text);
    ret_value->flags |= TMPL_MARKUP;
    return 0;
}

struct tmpl_value vm_undefined(struct tmpl_vm *vm, const struct tmpl_name *name)
{
    return tmpl_undefined_name(&vm->heap, (struct tmpl_value){ .kind = TMPL_ABSENT }, name->text,
                               name->length);
}

struct tmpl_value vm_undefined_slot(struct tmpl_vm *vm, const struct tmpl_frame *frame,
                                    uint32_t slot)
{
    const struct tmpl_template *template = frame->template;

    return vm_undefined(vm,
                        &template->names[template->slot_names[frame->proto->slot_names + slot]]);
}

/* The name of an outer function's variable is found by the function that has it. */
struct tmpl_value vm_undefined_up(struct tmpl_vm *vm, const struct tmpl_frame *frame,
                                  uint32_t depth, uint32_t slot)
{
    const struct tmpl_template *template = frame->template;
    const struct tmpl_proto *proto = frame->proto;

    while (depth--) {
        const struct tmpl_proto *outer = NULL;
        /* The innermost function whose code is around it. */
        for (uint32_t i = 0; i < template->proto_count; i++) {
            const struct tmpl_proto *other = &template->protos[i];
            if (other != proto && other->entry <= proto->entry && proto->end <= other->end &&
                (!outer || other->entry >= outer->entry))
                outer = other;
        }
        proto = outer;
    }
    return vm_undefined(vm, &template->names[template->slot_names[proto->slot_names + slot]]);
}

struct tmpl_value vm_undefined_param(struct tmpl_vm *vm, const struct tmpl_frame *frame,
                                     uint32_t slot)
{
    const struct tmpl_template *template = frame->template;
    const struct tmpl_name *name =
        &template->names[template->slot_names[frame->proto->slot_names + slot]];
    autobuf text = HASS_BUF_INIT;

    hass_buf_printf(&text, "parameter '%.*s' was not provided", (int)name->length, name->text);
    return tmpl_undefined_text(&vm->heap, arena_strndup(&vm->heap.arena, text.data, text.length),
                               false);
}

struct tmpl_value vm_no_else(struct tmpl_vm *vm, uint32_t line)
{
    struct tmpl_undefined *undefined = tmpl_alloc(&vm->heap, sizeof(*undefined));

    *undefined = (struct tmpl_undefined){ .quiet = true, .index = tmpl_int(line) };
    return (struct tmpl_value){ .kind = TMPL_UNDEFINED, .undefined = undefined };
}

int vm_make_dict(struct tmpl_vm *vm, const struct tmpl_value *values, uint32_t count,
                 struct tmpl_value *ret_value)
{
    struct tmpl_dict *dict = tmpl_dict_new(&vm->heap, count / 2);

    for (uint32_t i = 0; i < count; i += 2)
        if (tmpl_dict_set(vm, dict, values[i], values[i + 1]) < 0)
            return -1;
    *ret_value = tmpl_dict_value(dict);
    return 0;
}

const struct tmpl_value *vm_copy_values(struct tmpl_vm *vm, const struct tmpl_value *values,
                                        uint32_t count)
{
    struct tmpl_value *copy = tmpl_alloc(&vm->heap, count * sizeof(*copy));

    if (count)
        memcpy(copy, values, count * sizeof(*copy));
    return copy;
}

struct context_layer *vm_make_layer(struct tmpl_vm *vm, const struct tmpl_frame *frame,
                                    const struct tmpl_value *values, const uint32_t *names,
                                    uint32_t count)
{
    struct context_layer *layer =
        tmpl_alloc(&vm->heap, sizeof(*layer) + count * sizeof(layer->variables[0]));

    *layer = (struct context_layer){ 0 };
    for (uint32_t i = 0; i < count; i++) {
        const struct tmpl_name *name = frame_name(frame, names[i]);
        if (values[i].kind != TMPL_ABSENT)
            layer->variables[layer->count++] = (struct context_variable){ .text = name->text,
                                                                          .length = name->length,
                                                                          .value = values[i] };
    }
    return layer;
}

struct context *vm_block_context(struct tmpl_vm *vm, const struct tmpl_frame *frame,
                                 struct context_layer *locals)
{
    struct context *context = context_derive(vm, frame->context, locals);

    context->blocks = frame->context->blocks;
    return context;
}

struct tmpl_value vm_collector_create(struct tmpl_vm *vm)
{
    struct vm_collector *collector = tmpl_alloc(&vm->heap, sizeof(*collector));

    *collector = (struct vm_collector){ 0 };
    return tmpl_object_value(&collector->object);
}

int vm_collect(struct tmpl_vm *vm, struct tmpl_object *object, const struct tmpl_value *item)
{
    struct vm_collector *collector = (struct vm_collector *)object;

    if (collector->count == collector->capacity) {
        uint32_t capacity = collector->capacity ? collector->capacity * 2 : 16;
        if (tmpl_reserve(vm, capacity * sizeof(*item)) < 0)
            return -1;
        struct tmpl_value *items = tmpl_alloc(&vm->heap, capacity * sizeof(*items));
        if (collector->count)
            memcpy(items, collector->items, collector->count * sizeof(*items));
        collector->items = items;
        collector->capacity = capacity;
    }
    collector->items[collector->count++] = *item;
    return 0;
}

void vm_locate(struct tmpl_vm *vm, const struct tmpl_frame *frame, const uint32_t *ip)
{
    const struct tmpl_template *template = frame->template;
    struct tmpl_error *error = &vm->error;

    if (error->line)
        return;
    error->offset =
        lines_find(template->lines, template->lines_length, (uint32_t)(ip - template->code) - 1);
    tmpl_locate(template->source, template->source_length, error->offset, &error->line,
                &error->column);
    if (template->name)
        snprintf(error->name, sizeof(error->name), "%s", template->name);
}
