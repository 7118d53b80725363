/* SPDX-License-Identifier: Apache-2.0 */
/* Other templates: imported as modules, included, extended. */
#include <stdio.h>

#include "template/machine.h"

struct module {
    struct tmpl_object object;
    const struct tmpl_template *template;
    const struct context *context;
    struct tmpl_value text;
};

/* --- loading ---------------------------------------------------------------------------------------------- */

/* NULL with the error in *ret_error, whose message is empty when there is no such template. */
static const struct tmpl_template *load(struct tmpl_vm *vm, const struct tmpl_value *name,
                                        struct tmpl_error *ret_error)
{
    *ret_error = (struct tmpl_error){ 0 };
    if (!vm->host.load)
        return NULL;
    return vm->host.load(vm->host.userdata, name->text, name->length, ret_error);
}

static int check_name(struct tmpl_vm *vm, const struct tmpl_value *name)
{
    if (name->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, name);
    if (name->kind != TMPL_STRING)
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "the name of a template must be a text, not of class '%s'",
                          tmpl_class_name(name));
    return 0;
}

static int raise_loaded(struct tmpl_vm *vm, const struct tmpl_error *error)
{
    tmpl_raise(vm, error->class, "%s", error->message);
    vm->error = *error;
    return -1;
}

static const struct tmpl_template *load_one(struct tmpl_vm *vm, const struct tmpl_value *name)
{
    struct tmpl_error error;

    if (check_name(vm, name) < 0)
        return NULL;
    const struct tmpl_template *template = load(vm, name, &error);
    if (!template && error.message[0])
        raise_loaded(vm, &error);
    else if (!template)
        tmpl_raise(vm, TMPL_NOT_FOUND, "%.*s", (int)name->length, name->text);
    return template;
}

static int raise_none_found(struct tmpl_vm *vm, const struct tmpl_value *names, size_t count)
{
    autobuf list = HASS_BUF_INIT;

    if (!count)
        return tmpl_raise(vm, TMPL_NOT_FOUND, "Tried to select from an empty list of templates");
    for (size_t i = 0; i < count; i++) {
        if (i)
            hass_buf_add_string(&list, ", ");
        hass_buf_add(&list, names[i].text, names[i].length);
    }
    return tmpl_raise(vm, TMPL_NOT_FOUND, "none of the templates given were found: %s",
                      hass_buf_string(&list));
}

/* The first one that is there: 1 with *ret_template, 0 when none is and that is allowed. */
static int select_template(struct tmpl_vm *vm, const struct tmpl_value *names, bool may_miss,
                           const struct tmpl_template **ret_template)
{
    const struct tmpl_value *items = names;
    struct tmpl_error error;
    size_t count = 1;

    if (names->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, names);
    if (names->kind != TMPL_STRING && tmpl_iterate(vm, names, &items, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (check_name(vm, &items[i]) < 0)
            return -1;
        if ((*ret_template = load(vm, &items[i], &error)))
            return 1;
        if (error.message[0])
            return raise_loaded(vm, &error);
    }
    if (may_miss)
        return 0;
    if (names->kind == TMPL_STRING)
        return tmpl_raise(vm, TMPL_NOT_FOUND, "%.*s", (int)names->length, names->text);
    return raise_none_found(vm, items, count);
}

static struct tmpl_frame *enter(struct tmpl_vm *vm, const struct tmpl_template *template,
                                struct context *context, struct tmpl_value *base,
                                enum frame_result result)
{
    struct frame_entry entry = { .template = template,
                                 .proto = &template->protos[0],
                                 .context = context,
                                 .base = base,
                                 .result = result };

    context_add_blocks(vm, context, template);
    return frame_enter(vm, &entry);
}

static struct context *make_context(struct tmpl_vm *vm, const struct tmpl_frame *from,
                                    struct context_layer *locals, bool with_context)
{
    return with_context ? context_derive(vm, from->context, locals)
                        : context_create(vm, false, NULL);
}

/* --- including and extending --------------------------------------------------------------------------------- */

int module_include(struct tmpl_vm *vm, const struct tmpl_frame *from,
                   const struct tmpl_value *names, struct context_layer *locals, unsigned flags,
                   struct tmpl_value *base, struct tmpl_frame **ret_frame)
{
    const struct tmpl_template *template;
    int found = select_template(vm, names, flags & TMPL_IGNORE_MISSING, &template);

    *ret_frame = NULL;
    if (found <= 0)
        return found;
    *ret_frame =
        enter(vm, template, make_context(vm, from, locals, !(flags & TMPL_WITHOUT_CONTEXT)), base,
              FRAME_PRINTS);
    return *ret_frame ? 0 : -1;
}

int module_extend(struct tmpl_vm *vm, struct tmpl_frame *frame, const struct tmpl_value *name)
{
    const struct tmpl_template *parent = load_one(vm, name);

    if (!parent)
        return -1;
    frame->parent = parent;
    context_add_blocks(vm, frame->context, parent);
    return 0;
}

/* --- importing --------------------------------------------------------------------------------------------- */

int module_import(struct tmpl_vm *vm, const struct tmpl_frame *from, const struct tmpl_value *name,
                  struct context_layer *locals, bool with_context, struct tmpl_value *base,
                  struct tmpl_frame **ret_frame)
{
    const struct tmpl_template *template = load_one(vm, name);

    *ret_frame = NULL;
    if (!template)
        return -1;
    for (const struct loaded_module *loaded = vm->run->modules; loaded && !with_context;
         loaded = loaded->next) {
        if (loaded->template == template) {
            *base = loaded->module;
            return 0;
        }
    }
    *ret_frame =
        enter(vm, template, make_context(vm, from, locals, with_context), base, FRAME_MODULE);
    return *ret_frame ? 0 : -1;
}

struct tmpl_value module_create(struct tmpl_vm *vm, const struct tmpl_frame *frame,
                                const struct tmpl_template *template, struct tmpl_value text)
{
    struct module *module = tmpl_alloc(&vm->heap, sizeof(*module));
    struct tmpl_value value = tmpl_object_value(&module->object);

    *module = (struct module){ { &module_type }, template, frame->context, text };
    /* Without a context it is the same for all who import it. */
    if (!frame->context->sees_render && !frame->context->layers) {
        struct loaded_module *loaded = tmpl_alloc(&vm->heap, sizeof(*loaded));
        *loaded = (struct loaded_module){ vm->run->modules, template, value };
        vm->run->modules = loaded;
    }
    return value;
}

struct tmpl_value module_member(struct tmpl_vm *vm, const struct tmpl_frame *frame,
                                const struct tmpl_value *value, const struct tmpl_name *name)
{
    const struct module *module = (const struct module *)value->object;
    const struct tmpl_value *member = context_exported(module->context, name->text, name->length);
    const struct tmpl_template *here = frame->template;
    autobuf text = HASS_BUF_INIT;
    uint32_t line, column;

    if (member)
        return *member;
    tmpl_locate(here->source, here->source_length,
                lines_find(here->lines, here->lines_length, (uint32_t)(frame->ip - here->code) - 1),
                &line, &column);
    hass_buf_printf(&text, "the template '%s' (imported on line %u",
                    module->template->name ? module->template->name : "", line);
    if (here->name)
        hass_buf_printf(&text, " in '%s'", here->name);
    hass_buf_printf(&text, ") does not export the requested name '%.*s'", (int)name->length,
                    name->text);
    return tmpl_undefined_text(&vm->heap, arena_strndup(&vm->heap.arena, text.data, text.length),
                               false);
}

static int get_attr(struct tmpl_vm *vm, struct tmpl_object *object, const char *name, size_t length,
                    struct tmpl_value *ret_value)
{
    const struct module *module = (const struct module *)object;
    const struct tmpl_value *member = context_exported(module->context, name, length);

    if (!member)
        return 0;
    *ret_value = *member;
    return 1;
}

static int print(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    const struct module *module = (const struct module *)object;

    hass_buf_add(buf, module->text.text, module->text.length);
    return 0;
}

static int repr(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    const struct module *module = (const struct module *)object;

    hass_buf_printf(buf, "<TemplateModule '%s'>",
                    module->template->name ? module->template->name : "");
    return 0;
}

const struct tmpl_type module_type = {
    .name = "TemplateModule",
    .qualified = "jinja2.environment.TemplateModule",
    .print = print,
    .repr = repr,
    .attr = get_attr,
};
