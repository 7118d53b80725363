/* SPDX-License-Identifier: Apache-2.0 */
/* Iterators of for, and the object `loop` of those that look at it. */

#include "template/machine.h"

/* --- iterators -------------------------------------------------------------------------------------------- */

int iterator_init(struct tmpl_vm *vm, const struct tmpl_value *iterable, struct tmpl_value *cells)
{
    const struct tmpl_value *items;
    struct tmpl_value value = *iterable;
    size_t count;

    if (value.kind != TMPL_RANGE && value.kind != TMPL_LIST && value.kind != TMPL_TUPLE) {
        if (tmpl_iterate(vm, &value, &items, &count) < 0)
            return -1;
        value = tmpl_list_view(items, count);
    }
    cells[0] = value;
    cells[1] = tmpl_int(0);
    return 0;
}

int iterator_unpack(struct tmpl_vm *vm, const struct tmpl_value *value, uint32_t count,
                    struct tmpl_value *ret_values)
{
    const struct tmpl_value *items = value->items;
    size_t length = value->length;

    if (value->kind != TMPL_UNDEFINED && !tmpl_is_iterable(value))
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "cannot unpack non-iterable %s object",
                          tmpl_class_name(value));
    if (value->kind != TMPL_LIST && value->kind != TMPL_TUPLE &&
        tmpl_iterate(vm, value, &items, &length) < 0)
        return -1;
    if (length > count)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "too many values to unpack (expected %u)", count);
    if (length < count)
        return tmpl_raise(vm, TMPL_VALUE_ERROR,
                          "not enough values to unpack (expected %u, got %zu)", count, length);
    for (uint32_t i = 0; i < count; i++)
        ret_values[count - 1 - i] = items[i];
    return 0;
}

/* --- loop ---------------------------------------------------------------------------------------------------- */

int for_create(struct tmpl_vm *vm, const struct tmpl_value *iterable,
               const struct tmpl_frame *frame, struct tmpl_value *ret_loop)
{
    struct tmpl_loop *loop = tmpl_alloc(&vm->heap, sizeof(*loop));
    struct tmpl_value cells[2];

    if (iterator_init(vm, iterable, cells) < 0)
        return -1;
    *loop = (struct tmpl_loop){
        .object = { &for_type },
        .members = cells[0],
        .count = cells[0].kind == TMPL_RANGE ? cells[0].range->count : cells[0].length,
        .index = -1,
    };
    if (frame) {
        loop->depth0 = frame->loop_depth;
        loop->template = frame->template;
        loop->proto = frame->proto;
        loop->up = frame->up;
        loop->context = frame->context;
    }
    *ret_loop = tmpl_object_value(&loop->object);
    return 0;
}

int for_enter(struct tmpl_vm *vm, struct tmpl_loop *loop, const struct tmpl_call *call,
              struct tmpl_value *base, struct tmpl_frame **ret_frame)
{
    struct frame_entry entry = { .template = loop->template,
                                 .proto = loop->proto,
                                 .context = loop->context,
                                 .up = loop->up,
                                 .base = base,
                                 .result = FRAME_TEXT };

    if (call->count + call->named != 1)
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "loop() takes 1 positional argument but %u were given",
                          call->count + call->named);
    if (!loop->proto)
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "The loop must have the 'recursive' marker to be called recursively.");
    struct tmpl_value iterable = call->count ? call->args[0] : call->values[0];
    struct tmpl_frame *frame = frame_enter(vm, &entry);
    if (!frame)
        return -1;
    frame->slots[0] = iterable;
    frame->loop_depth = loop->depth0 + 1;
    frame->markup = vm->autoescape;
    *ret_frame = frame;
    return 0;
}

/* --- its methods ------------------------------------------------------------------------------------------- */

struct loop_method {
    struct tmpl_object object;
    struct tmpl_loop *loop;
};

static int call_cycle(struct tmpl_vm *vm, struct tmpl_object *object, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    const struct tmpl_loop *loop = ((struct loop_method *)object)->loop;

    if (!call->count)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "no items for cycling given");
    *ret_value = call->args[(loop->index < 0 ? 0 : loop->index) % call->count];
    return 0;
}

static int is_changed(struct tmpl_vm *vm, const struct tmpl_loop *loop,
                      const struct tmpl_call *call)
{
    if (!loop->changed || loop->changed_count != call->count)
        return 1;
    for (unsigned i = 0; i < call->count; i++) {
        int equal = tmpl_equal(vm, &loop->changed[i], &call->args[i]);
        if (equal <= 0)
            return equal < 0 ? equal : 1;
    }
    return 0;
}

static int call_changed(struct tmpl_vm *vm, struct tmpl_object *object,
                        const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct tmpl_loop *loop = ((struct loop_method *)object)->loop;
    int changed = is_changed(vm, loop, call);

    if (changed < 0)
        return -1;
    if (changed) {
        struct tmpl_value *values = tmpl_alloc(&vm->heap, call->count * sizeof(*values));
        if (call->count)
            memcpy(values, call->args, call->count * sizeof(*values));
        loop->changed = values;
        loop->changed_count = call->count;
    }
    *ret_value = tmpl_bool(changed);
    return 0;
}

static const struct tmpl_type cycle_type = { .name = "method", .call = call_cycle };
static const struct tmpl_type changed_type = { .name = "method", .call = call_changed };

static struct tmpl_value bind_method(struct tmpl_vm *vm, struct tmpl_loop *loop,
                                     const struct tmpl_type *type)
{
    struct loop_method *method = tmpl_alloc(&vm->heap, sizeof(*method));

    *method = (struct loop_method){ { type }, loop };
    return tmpl_object_value(&method->object);
}

/* --- its attributes ------------------------------------------------------------------------------------------ */

static struct tmpl_value get_neighbour(struct tmpl_vm *vm, const struct tmpl_loop *loop,
                                       int64_t index)
{
    if (index < 0)
        return tmpl_undefined_text(&vm->heap, "there is no previous item", false);
    if (index >= loop->count)
        return tmpl_undefined_text(&vm->heap, "there is no next item", false);
    return for_member(loop, index);
}

enum loop_attr {
    INDEX,
    INDEX0,
    REVINDEX,
    REVINDEX0,
    FIRST,
    LAST,
    LENGTH,
    DEPTH,
    DEPTH0,
    PREVITEM,
    NEXTITEM,
    CYCLE,
    CHANGED,
    NO_ATTR,
};

static enum loop_attr find_attr(const char *name, size_t length)
{
    static const struct {
        uint8_t length;
        const char *name;
    } names[] = {
        [INDEX] = { 5, "index" },       [INDEX0] = { 6, "index0" },
        [REVINDEX] = { 8, "revindex" }, [REVINDEX0] = { 9, "revindex0" },
        [FIRST] = { 5, "first" },       [LAST] = { 4, "last" },
        [LENGTH] = { 6, "length" },     [DEPTH] = { 5, "depth" },
        [DEPTH0] = { 6, "depth0" },     [PREVITEM] = { 8, "previtem" },
        [NEXTITEM] = { 8, "nextitem" }, [CYCLE] = { 5, "cycle" },
        [CHANGED] = { 7, "changed" },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (names[i].length == length && memcmp(names[i].name, name, length) == 0)
            return (enum loop_attr)i;
    return NO_ATTR;
}

static int get_attr(struct tmpl_vm *vm, struct tmpl_object *object, const char *name, size_t length,
                    struct tmpl_value *ret_value)
{
    struct tmpl_loop *loop = (struct tmpl_loop *)object;
    int64_t index = loop->index;

    switch (find_attr(name, length)) {
    case INDEX:
        *ret_value = tmpl_int(index + 1);
        break;
    case INDEX0:
        *ret_value = tmpl_int(index);
        break;
    case REVINDEX:
        *ret_value = tmpl_int(loop->count - index);
        break;
    case REVINDEX0:
        *ret_value = tmpl_int(loop->count - index - 1);
        break;
    case FIRST:
        *ret_value = tmpl_bool(index == 0);
        break;
    case LAST:
        *ret_value = tmpl_bool(index + 1 == loop->count);
        break;
    case LENGTH:
        *ret_value = tmpl_int(loop->count);
        break;
    case DEPTH:
        *ret_value = tmpl_int((int64_t)loop->depth0 + 1);
        break;
    case DEPTH0:
        *ret_value = tmpl_int(loop->depth0);
        break;
    case PREVITEM:
        *ret_value = get_neighbour(vm, loop, index - 1);
        break;
    case NEXTITEM:
        *ret_value = get_neighbour(vm, loop, index + 1);
        break;
    case CYCLE:
        *ret_value = bind_method(vm, loop, &cycle_type);
        break;
    case CHANGED:
        *ret_value = bind_method(vm, loop, &changed_type);
        break;
    case NO_ATTR:
        return 0;
    }
    return 1;
}

static int repr(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    const struct tmpl_loop *loop = (const struct tmpl_loop *)object;

    hass_buf_printf(buf, "<LoopContext %lld/%lld>", (long long)loop->index + 1,
                    (long long)loop->count);
    return 0;
}

static int get_length(struct tmpl_vm *vm, struct tmpl_object *object, int64_t *ret_length)
{
    *ret_length = ((struct tmpl_loop *)object)->count;
    return 0;
}

static int call(struct tmpl_vm *vm, struct tmpl_object *object, const struct tmpl_call *arguments,
                struct tmpl_value *ret_value)
{
    struct tmpl_frame *frame;

    if (for_enter(vm, (struct tmpl_loop *)object, arguments, vm->run->top, &frame) < 0)
        return -1;
    return frame_finish(vm, frame, ret_value);
}

const struct tmpl_type for_type = {
    .name = "LoopContext",
    .qualified = "jinja2.runtime.LoopContext",
    .repr = repr,
    .attr = get_attr,
    .length = get_length,
    .call = call,
};
