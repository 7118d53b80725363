/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contexts: what names mean that are no variables of a template's own functions. Each template that is rendered, imported or included has
 * one; layers below it never change, so that a macro sees what was there when its template was imported.
 */
#include "template/machine.h"

struct context *context_create(struct tmpl_vm *vm, bool sees_render,
                               const struct context_layer *layers)
{
    struct context *context = tmpl_alloc(&vm->heap, sizeof(*context));

    *context = (struct context){ .sees_render = sees_render, .layers = layers };
    return context;
}

/* A layer of what the top level of @context has set so far. */
static const struct context_layer *freeze(struct tmpl_vm *vm, const struct context *context)
{
    size_t size = context->count * sizeof(*context->variables);
    struct context_layer *layer;

    if (!context->count)
        return context->layers;
    layer = tmpl_alloc(&vm->heap, sizeof(*layer) + size);
    layer->next = context->layers;
    layer->count = context->count;
    memcpy(layer->variables, context->variables, size);
    return layer;
}

struct context *context_derive(struct tmpl_vm *vm, const struct context *outer,
                               struct context_layer *locals)
{
    const struct context_layer *layers = freeze(vm, outer);

    if (locals) {
        locals->next = layers;
        layers = locals;
    }
    return context_create(vm, outer->sees_render, layers);
}

static const struct context_variable *find(const struct context_variable *variables, uint32_t count,
                                           const char *text, size_t length)
{
    for (uint32_t i = 0; i < count; i++)
        if (variables[i].length == length && memcmp(variables[i].text, text, length) == 0)
            return &variables[i];
    return NULL;
}

static struct tmpl_value find_in_render(const struct tmpl_render *how, const char *text,
                                        uint32_t length)
{
    for (size_t i = 0; i < how->variable_count; i++) {
        const char *name = how->variables[i].name;
        if (strncmp(name, text, length) == 0 && !name[length])
            return how->variables[i].value;
    }
    if (how->more) {
        const struct tmpl_value *value = tmpl_dict_get_text(how->more, text, length);
        if (value)
            return *value;
    }
    struct tmpl_value found = { .kind = TMPL_ABSENT };
    if (how->find)
        (void)how->find(how->find_userdata, text, length, &found);
    return found;
}

struct tmpl_value context_find(struct tmpl_vm *vm, const struct context *context, const char *text,
                               uint32_t length)
{
    const struct context_variable *variable =
        find(context->variables, context->count, text, length);

    for (const struct context_layer *layer = context->layers; layer && !variable;
         layer = layer->next)
        variable = find(layer->variables, layer->count, text, length);
    if (variable)
        return variable->value;
    if (context->sees_render)
        return find_in_render(vm->run->how, text, length);
    return (struct tmpl_value){ .kind = TMPL_ABSENT };
}

void context_set(struct tmpl_vm *vm, struct context *context, const struct tmpl_name *name,
                 struct tmpl_value value, bool exported)
{
    struct context_variable *variable = (struct context_variable *)find(
        context->variables, context->count, name->text, name->length);

    if (!variable) {
        if (context->count == context->capacity) {
            uint32_t capacity = context->capacity ? context->capacity * 2 : 8;
            struct context_variable *more = tmpl_alloc(&vm->heap, capacity * sizeof(*more));
            if (context->count)
                memcpy(more, context->variables, context->count * sizeof(*more));
            context->variables = more;
            context->capacity = capacity;
        }
        variable = &context->variables[context->count++];
    }
    *variable = (struct context_variable){ .text = name->text,
                                           .length = name->length,
                                           .value = value,
                                           .exported = exported && name->text[0] != '_' };
}

const struct tmpl_value *context_exported(const struct context *context, const char *text,
                                          size_t length)
{
    const struct context_variable *variable =
        find(context->variables, context->count, text, length);

    return variable && variable->exported ? &variable->value : NULL;
}

/* --- blocks ----------------------------------------------------------------------------------------- */

struct context_block *context_find_block(const struct context *context, const char *text,
                                         size_t length)
{
    for (struct context_block *block = context->blocks; block; block = block->next)
        if (block->length == length && memcmp(block->text, text, length) == 0)
            return block;
    return NULL;
}

static void add_version(struct tmpl_vm *vm, struct context_block *block,
                        struct block_version version)
{
    if (block->count == block->capacity) {
        block->capacity = block->capacity ? block->capacity * 2 : 2;
        struct block_version *more = tmpl_alloc(&vm->heap, block->capacity * sizeof(*more));
        if (block->count)
            memcpy(more, block->versions, block->count * sizeof(*more));
        block->versions = more;
    }
    block->versions[block->count++] = version;
}

void context_add_blocks(struct tmpl_vm *vm, struct context *context,
                        const struct tmpl_template *template)
{
    for (uint32_t i = 0; i < template->block_count; i++) {
        const struct tmpl_name *name = &template->names[template->blocks[i].name];
        struct context_block *block = context_find_block(context, name->text, name->length);
        if (!block) {
            block = tmpl_alloc(&vm->heap, sizeof(*block));
            *block = (struct context_block){ .next = context->blocks,
                                             .text = name->text,
                                             .length = name->length };
            context->blocks = block;
        }
        add_version(
            vm, block,
            (struct block_version){ template, &template->protos[template->blocks[i].proto] });
    }
}
