/* SPDX-License-Identifier: Apache-2.0 */
/* Macros, and the bodies of call blocks, which are macros without a name. */
#include <stdio.h>

#include "template/machine.h"

struct macro {
    struct tmpl_object object;
    const struct tmpl_template *template;
    const struct tmpl_proto *proto;
    struct tmpl_cells *up;
    struct context *context;
};

struct tmpl_value macro_create(struct tmpl_vm *vm, const struct tmpl_frame *frame,
                               const struct tmpl_proto *proto)
{
    struct macro *macro = tmpl_alloc(&vm->heap, sizeof(*macro));

    *macro = (struct macro){ .object = { &macro_type },
                             .template = frame->template,
                             .proto = proto,
                             .up = frame->cells,
                             .context = frame->context };
    return tmpl_object_value(&macro->object);
}

static const struct tmpl_name *param_name(const struct macro *macro, unsigned param)
{
    const struct tmpl_template *template = macro->template;

    return &template->names[template->slot_names[macro->proto->slot_names + param]];
}

/* "'f'", or None, as messages have it. */
static const char *quote_name(const struct macro *macro, char *buffer, size_t size)
{
    if (!(macro->proto->flags & TMPL_FN_NAMED))
        return "None";
    const struct tmpl_name *name = &macro->template->names[macro->proto->name];
    snprintf(buffer, size, "'%.*s'", (int)name->length, name->text);
    return buffer;
}

/* --- arguments ---------------------------------------------------------------------------------------- */

static bool is_name(const struct tmpl_value *value, const char *text, size_t length)
{
    return value->length == length && memcmp(value->text, text, length) == 0;
}

/* Which of the named arguments it is; the number of them when it is none. */
static unsigned find_named(const struct tmpl_call *call, const char *text, size_t length)
{
    unsigned i = 0;

    while (i < call->named && !is_name(&call->names[i], text, length))
        i++;
    return i;
}

static int raise_left(struct tmpl_vm *vm, const struct macro *macro, const struct tmpl_value *name)
{
    char buffer[128];

    if (is_name(name, "caller", 6))
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "macro %s was invoked with two values for the special caller argument. "
                          "This is most likely a bug.",
                          quote_name(macro, buffer, sizeof(buffer)));
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "macro %s takes no keyword argument '%.*s'",
                      quote_name(macro, buffer, sizeof(buffer)), (int)name->length, name->text);
}

/* Named arguments that no parameter has taken. */
static int bind_left(struct tmpl_vm *vm, const struct macro *macro, const struct tmpl_call *call,
                     const bool *taken, struct tmpl_value *ret_kwargs)
{
    bool wanted = macro->proto->flags & TMPL_FN_KWARGS;
    struct tmpl_dict *dict = wanted ? tmpl_dict_new(&vm->heap, call->named) : NULL;
    const struct tmpl_value *left = NULL;

    for (unsigned i = 0; i < call->named; i++) {
        if (taken[i])
            continue;
        /* The caller is what is told of first. */
        if (!left || is_name(&call->names[i], "caller", 6))
            left = &call->names[i];
        if (wanted)
            tmpl_dict_set_text(&vm->heap, dict, call->names[i].text, call->names[i].length,
                               call->values[i]);
    }
    if (wanted)
        *ret_kwargs = tmpl_dict_value(dict);
    return left && !wanted ? raise_left(vm, macro, left) : 0;
}

static void bind_params(const struct macro *macro, const struct tmpl_call *call, bool *taken,
                        struct tmpl_value *slots)
{
    for (unsigned i = 0; i < macro->proto->params; i++) {
        if (i < call->count) {
            slots[i] = call->args[i];
            continue;
        }
        const struct tmpl_name *name = param_name(macro, i);
        unsigned named = find_named(call, name->text, name->length);
        slots[i] =
            named < call->named ? call->values[named] : (struct tmpl_value){ .kind = TMPL_ABSENT };
        if (named < call->named)
            taken[named] = true;
    }
}

static struct tmpl_value bind_caller(struct tmpl_vm *vm, const struct tmpl_call *call, bool *taken)
{
    unsigned named = find_named(call, "caller", 6);

    if (named == call->named)
        return tmpl_undefined_text(&vm->heap, "No caller defined", false);
    taken[named] = true;
    return call->values[named];
}

static int bind(struct tmpl_vm *vm, const struct macro *macro, const struct tmpl_call *call,
                struct tmpl_value *slots)
{
    const struct tmpl_proto *proto = macro->proto;
    bool few[TMPL_MAX_PARAMS] = { 0 }, *taken = few;
    struct tmpl_value kwargs;
    unsigned slot = proto->params;
    char buffer[128];

    if (call->named > TMPL_MAX_PARAMS) {
        taken = tmpl_alloc(&vm->heap, call->named);
        memset(taken, 0, call->named);
    }
    bind_params(macro, call, taken, slots);
    if (proto->flags & TMPL_FN_CALLER)
        slots[slot++] = bind_caller(vm, call, taken);
    if (bind_left(vm, macro, call, taken, &kwargs) < 0)
        return -1;
    if (proto->flags & TMPL_FN_KWARGS)
        slots[slot++] = kwargs;
    unsigned rest = call->count > proto->params ? call->count - proto->params : 0;
    if (proto->flags & TMPL_FN_VARARGS) {
        struct tmpl_value *items = tmpl_alloc(&vm->heap, rest * sizeof(*items));
        if (rest)
            memcpy(items, call->args + proto->params, rest * sizeof(*items));
        slots[slot++] = tmpl_tuple_view(items, rest);
    } else if (rest) {
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "macro %s takes not more than %u argument(s)",
                          quote_name(macro, buffer, sizeof(buffer)), proto->params);
    }
    return 0;
}

int macro_enter(struct tmpl_vm *vm, struct tmpl_object *object, const struct tmpl_call *call,
                struct tmpl_value *base, struct tmpl_frame **ret_frame)
{
    const struct macro *macro = (const struct macro *)object;
    struct frame_entry entry = { .template = macro->template,
                                 .proto = macro->proto,
                                 .context = macro->context,
                                 .up = macro->up,
                                 .base = base,
                                 .result = FRAME_TEXT };
    struct tmpl_frame *frame = frame_enter(vm, &entry);

    if (!frame)
        return -1;
    frame->markup = vm->autoescape;
    *ret_frame = frame;
    if (bind(vm, macro, call, frame->slots) < 0) {
        vm->run->frame_count--;
        run_release(vm, vm->run->captures - 1);
        return -1;
    }
    return 0;
}

/* --- attributes ------------------------------------------------------------------------------------------ */

static struct tmpl_value get_arguments(struct tmpl_vm *vm, const struct macro *macro)
{
    unsigned count = macro->proto->params;
    struct tmpl_value *names = tmpl_alloc(&vm->heap, count * sizeof(*names));

    for (unsigned i = 0; i < count; i++) {
        const struct tmpl_name *name = param_name(macro, i);
        names[i] = tmpl_string_view(name->text, name->length);
    }
    return tmpl_tuple_view(names, count);
}

static struct tmpl_value get_name(const struct macro *macro)
{
    if (!(macro->proto->flags & TMPL_FN_NAMED))
        return TMPL_VALUE_NONE;
    const struct tmpl_name *name = &macro->template->names[macro->proto->name];
    return tmpl_string_view(name->text, name->length);
}

/* What a macro of the model has for itself: it is there, so that whoever reads it is refused. */
static bool is_private(const struct tmpl_value *name)
{
    static const char *const names[] = { "_func", "_environment", "_argument_count",
                                         "_default_autoescape" };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (tmpl_is_text(name, names[i]))
            return true;
    return false;
}

static int get_attr(struct tmpl_vm *vm, struct tmpl_object *object, const char *name, size_t length,
                    struct tmpl_value *ret_value)
{
    static const struct {
        const char *name;
        uint8_t flag;
    } flags[] = {
        { "catch_kwargs", TMPL_FN_KWARGS },
        { "catch_varargs", TMPL_FN_VARARGS },
        { "caller", TMPL_FN_READS_CALLER },
        { "explicit_caller", TMPL_FN_OWN_CALLER },
    };
    static const char *const hidden[] = { "_argument_count", "_default_autoescape", "_environment",
                                          "_func" };
    const struct macro *macro = (const struct macro *)object;
    struct tmpl_value wanted = tmpl_string_view(name, length);

    if (length && *name == '_') {
        *ret_value = tmpl_none();
        return is_private(&wanted);
    }
    if (tmpl_is_text(&wanted, "name")) {
        *ret_value = get_name(macro);
        return 1;
    }
    if (tmpl_is_text(&wanted, "arguments")) {
        *ret_value = get_arguments(vm, macro);
        return 1;
    }
    for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
        if (tmpl_is_text(&wanted, flags[i].name)) {
            *ret_value = tmpl_bool(macro->proto->flags & flags[i].flag);
            return 1;
        }
    }
    /* Nobody gets at these, but messages tell them from what is not there. */
    for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++) {
        if (tmpl_is_text(&wanted, hidden[i])) {
            *ret_value = TMPL_VALUE_NONE;
            return 1;
        }
    }
    return 0;
}

static int repr(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    const struct macro *macro = (const struct macro *)object;
    char buffer[128];

    if (macro->proto->flags & TMPL_FN_NAMED)
        hass_buf_printf(buf, "<Macro %s>", quote_name(macro, buffer, sizeof(buffer)));
    else
        hass_buf_add_string(buf, "<Macro anonymous>");
    return 0;
}

static int call(struct tmpl_vm *vm, struct tmpl_object *object, const struct tmpl_call *arguments,
                struct tmpl_value *ret_value)
{
    struct tmpl_frame *frame;

    if (macro_enter(vm, object, arguments, vm->run->top, &frame) < 0)
        return -1;
    return frame_finish(vm, frame, ret_value);
}

const struct tmpl_type macro_type = {
    .name = "Macro",
    .qualified = "jinja2.runtime.Macro",
    .repr = repr,
    .attr = get_attr,
    .call = call,
};
