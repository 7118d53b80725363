/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls: of anything that can be called, by value, by method or by name of a filter or test; and frames, which calls of a template's own
 * functions enter.
 */
#include <stdio.h>

#include "template/machine.h"
#include "template/methods.h"

/* --- frames ------------------------------------------------------------------------------------------ */

static int raise_depth(struct tmpl_vm *vm)
{
    return tmpl_raise(vm, TMPL_LIMIT_ERROR,
                      "macros and includes lie more than %u deep within each other: does one call "
                      "itself without an end?",
                      vm->limits.depth);
}

/* Slots, and whether the stack has room for what the function needs. */
static int set_up(struct tmpl_vm *vm, struct tmpl_frame *frame, struct tmpl_value *top)
{
    struct tmpl_run *run = vm->run;
    const struct tmpl_proto *proto = frame->proto;

    if ((size_t)(run->stack_end - top) < (size_t)proto->slots + proto->stack)
        return raise_depth(vm);
    frame->cells = NULL;
    frame->slots = top;
    if (proto->flags & TMPL_FN_CELLS) {
        size_t size = sizeof(*frame->cells) + proto->slots * sizeof(struct tmpl_value);
        if (tmpl_reserve(vm, size) < 0)
            return -1;
        frame->cells = tmpl_alloc(&vm->heap, size);
        frame->cells->up = frame->up;
        frame->slots = frame->cells->slots;
        memset(frame->slots, 0, proto->slots * sizeof(struct tmpl_value));
    } else {
        top += proto->slots;
    }
    run->top = top;
    frame->ip = frame->template->code + proto->entry;
    return run_step(vm, proto->end - proto->entry);
}

struct tmpl_frame *frame_enter(struct tmpl_vm *vm, const struct frame_entry *entry)
{
    struct tmpl_run *run = vm->run;

    if (run->frame_count == vm->limits.depth) {
        raise_depth(vm);
        return NULL;
    }
    struct tmpl_frame *frame = &run->frames[run->frame_count];
    *frame = (struct tmpl_frame){ .template = entry->template,
                                  .proto = entry->proto,
                                  .base = entry->base,
                                  .up = entry->up,
                                  .context = entry->context,
                                  .module = entry->template,
                                  .result = (uint8_t)entry->result,
                                  .mark = run->out->length };
    if (set_up(vm, frame, run->top) < 0)
        return NULL;
    run->frame_count++;
    if (entry->result != FRAME_PRINTS)
        run_capture(run);
    return frame;
}

int frame_go_to_parent(struct tmpl_vm *vm, struct tmpl_frame *frame)
{
    frame->template = frame->parent;
    frame->proto = &frame->template->protos[0];
    frame->parent = NULL;
    frame->up = NULL;
    return set_up(vm, frame, frame->base);
}

int frame_finish(struct tmpl_vm *vm, struct tmpl_frame *frame, struct tmpl_value *ret_value)
{
    struct tmpl_run *run = vm->run;
    struct tmpl_value *base = frame->base, *top = base;
    size_t length = frame->mark;
    unsigned captures = run->captures - (frame->result != FRAME_PRINTS);
    uint32_t count = run->frame_count - 1;
    bool autoescape = vm->autoescape;
    bool prints = frame->result == FRAME_PRINTS;

    frame->stop = true;
    int result = machine_run(vm);
    if (result < 0) {
        run->frame_count = count;
        run->out->length = length;
        run_release(vm, captures);
        vm->autoescape = autoescape;
    } else if (!prints) {
        *ret_value = *base;
    }
    run->top = top;
    return result;
}

/* --- template functions ---------------------------------------------------------------------------------- */

int call_enter(struct tmpl_vm *vm, const struct tmpl_value *callee, const struct tmpl_call *call,
               struct tmpl_value *base, struct tmpl_frame **ret_frame)
{
    const struct tmpl_type *type = callee->kind == TMPL_OBJECT ? callee->object->type : NULL;
    int result;

    if (type == &macro_type)
        result = macro_enter(vm, callee->object, call, base, ret_frame);
    else if (type == &for_type)
        result = for_enter(vm, (struct tmpl_loop *)callee->object, call, base, ret_frame);
    else if (type == &block_reference_type)
        result = block_reference_enter(vm, callee->object, call, base, ret_frame);
    else
        return 0;
    return result < 0 ? -1 : 1;
}

/* --- anything --------------------------------------------------------------------------------------------- */

static int raise_not_callable(struct tmpl_vm *vm, const struct tmpl_value *callee)
{
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "'%s' object is not callable", tmpl_class_name(callee));
}

int tmpl_call(struct tmpl_vm *vm, const struct tmpl_value *callee, const struct tmpl_call *call,
              struct tmpl_value *ret_value)
{
    struct tmpl_frame *frame;

    if (callee->kind == TMPL_UNDEFINED)
        return tmpl_raise_logged(vm, callee);
    if (callee->kind != TMPL_OBJECT)
        return raise_not_callable(vm, callee);
    int entered = call_enter(vm, callee, call, vm->run->top, &frame);
    if (entered)
        return entered < 0 ? -1 : frame_finish(vm, frame, ret_value);
    if (!callee->object->type->call)
        return raise_not_callable(vm, callee);
    return callee->object->type->call(vm, callee->object, call, ret_value);
}

/* --- methods ------------------------------------------------------------------------------------------------- */

struct bound_method {
    struct tmpl_object object;
    struct tmpl_value self;
    const struct env_function *function;
};

static int call_with_self(struct tmpl_vm *vm, const struct env_function *function,
                          const struct tmpl_value *self, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    struct tmpl_value few[TMPL_MAX_PARAMS], *args = few;
    struct tmpl_call with_self = *call;

    if (call->count >= TMPL_MAX_PARAMS)
        args = tmpl_alloc(&vm->heap, (call->count + 1) * sizeof(*args));
    args[0] = *self;
    if (call->count)
        memcpy(args + 1, call->args, call->count * sizeof(*args));
    with_self.args = args;
    with_self.count++;
    return env_call(vm, function, &with_self, ret_value);
}

static int call_bound(struct tmpl_vm *vm, struct tmpl_object *object, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    const struct bound_method *bound = (const struct bound_method *)object;

    return call_with_self(vm, bound->function, &bound->self, call, ret_value);
}

static int print_bound(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    const struct bound_method *bound = (const struct bound_method *)object;

    hass_buf_printf(buf, "<built-in method %s of %s object>", bound->function->function->name,
                    tmpl_class_name(&bound->self));
    return 0;
}

static const struct tmpl_type bound_method_type = {
    .name = "builtin_function_or_method",
    .repr = print_bound,
    .call = call_bound,
};

int tmpl_get_method(struct tmpl_vm *vm, const struct tmpl_value *value, const char *name,
                    size_t length, struct tmpl_value *ret_value)
{
    const struct env_function *function =
        env_find_method(vm->run->env, value->kind, name, length, tmpl_name_hash(name, length));

    if (!function)
        return 0;
    struct bound_method *bound = tmpl_alloc(&vm->heap, sizeof(*bound));
    *bound = (struct bound_method){ { &bound_method_type }, *value, function };
    *ret_value = tmpl_object_value(&bound->object);
    return 1;
}

int tmpl_call_method(struct tmpl_vm *vm, const struct tmpl_value *value, const char *name,
                     size_t length, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    const struct env_function *function =
        env_find_method(vm->run->env, value->kind, name, length, tmpl_name_hash(name, length));

    if (!function)
        return 0;
    return call_with_self(vm, function, value, call, ret_value) < 0 ? -1 : 1;
}

/* --- filters and tests by name ------------------------------------------------------------------------------------ */

int call_raise_unknown(struct tmpl_vm *vm, unsigned where, const char *name, size_t length,
                       const char *behind)
{
    const char *nearest = tmpl_env_nearest(vm->run->env, where, name, length);

    tmpl_raise(vm, TMPL_RUNTIME_ERROR, "No %s named '%.*s'%s.",
               where & TMPL_FILTER ? "filter" : "test", (int)length, name, behind);
    if (nearest)
        snprintf(vm->error.hint, sizeof(vm->error.hint), "did you mean '%s'?", nearest);
    return -1;
}

static const struct env_function *find_named(struct tmpl_vm *vm, unsigned where,
                                             const struct tmpl_value *name)
{
    const struct env_function *function = NULL;

    if (name->kind == TMPL_UNDEFINED) {
        tmpl_raise_undefined(vm, name);
        return NULL;
    }
    if (name->kind != TMPL_STRING) {
        tmpl_raise(vm, TMPL_RUNTIME_ERROR, "No %s named of class '%s'.",
                   where & TMPL_FILTER ? "filter" : "test", tmpl_class_name(name));
        return NULL;
    }
    function = env_find(vm->run->env, where, name->text, name->length);
    if (function && vm->limited && (function->function->where & TMPL_ABSENT_LIMITED))
        function = NULL;
    if (!function)
        call_raise_unknown(vm, where, name->text, name->length, "");
    return function;
}

const struct tmpl_function *tmpl_find_function(struct tmpl_vm *vm, unsigned where,
                                               const struct tmpl_value *name)
{
    const struct env_function *function = find_named(vm, where, name);

    if (!function)
        return NULL;
    if (vm->limited && (function->function->where & TMPL_NOT_LIMITED)) {
        env_refuse(vm, function->function);
        return NULL;
    }
    return function->function;
}

int tmpl_call_filter(struct tmpl_vm *vm, const struct tmpl_value *name,
                     const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    const struct env_function *function = find_named(vm, TMPL_FILTER, name);

    return function ? env_call(vm, function, call, ret_value) : -1;
}

int tmpl_call_test(struct tmpl_vm *vm, const struct tmpl_value *name, const struct tmpl_call *call,
                   bool *ret_holds)
{
    const struct env_function *function = find_named(vm, TMPL_TEST, name);
    struct tmpl_value value;

    if (!function || env_call(vm, function, call, &value) < 0)
        return -1;
    int holds = tmpl_truth(vm, &value);
    *ret_holds = holds > 0;
    return holds < 0 ? -1 : 0;
}

/* --- arguments that are put together ---------------------------------------------------------------------------------- */

static int add_star(struct tmpl_vm *vm, struct tmpl_call *call, const struct tmpl_value *star)
{
    const struct tmpl_value *items;
    size_t count;

    if (tmpl_iterate(vm, star, &items, &count) < 0)
        return -1;
    if (tmpl_reserve(vm, (call->count + count) * sizeof(*items)) < 0 || tmpl_spend(vm, count) < 0)
        return -1;
    struct tmpl_value *args = tmpl_alloc(&vm->heap, (call->count + count) * sizeof(*args));
    if (call->count)
        memcpy(args, call->args, call->count * sizeof(*args));
    if (count)
        memcpy(args + call->count, items, count * sizeof(*args));
    call->args = args;
    call->count += (unsigned)count;
    return 0;
}

static int add_starstar(struct tmpl_vm *vm, struct tmpl_call *call,
                        const struct tmpl_value *starstar)
{
    if (starstar->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, starstar);
    if (starstar->kind != TMPL_DICT)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "argument after ** must be a mapping, not %s",
                          tmpl_class_name(starstar));
    const struct tmpl_dict *dict = starstar->dict;
    unsigned count = call->named + dict->count;
    struct tmpl_value *names = tmpl_alloc(&vm->heap, 2 * count * sizeof(*names));
    struct tmpl_value *values = names + count;
    for (unsigned i = 0; i < call->named; i++) {
        names[i] = call->names[i];
        values[i] = call->values[i];
    }
    for (uint32_t i = 0; i < dict->count; i++) {
        const struct tmpl_value *key = &dict->entries[i].key;
        if (key->kind != TMPL_STRING)
            return tmpl_raise(vm, TMPL_TYPE_ERROR, "keywords must be strings");
        for (unsigned j = 0; j < call->named; j++)
            if (names[j].length == key->length &&
                memcmp(names[j].text, key->text, key->length) == 0)
                return tmpl_raise(vm, TMPL_TYPE_ERROR,
                                  "got multiple values for keyword argument '%.*s'",
                                  (int)key->length, key->text);
        names[call->named + i] = *key;
        values[call->named + i] = dict->entries[i].value;
    }
    call->names = names;
    call->values = values;
    call->named = count;
    return 0;
}

int call_prepare(struct tmpl_vm *vm, uint32_t operand, const struct tmpl_value *names,
                 const struct tmpl_value *top)
{
    bool star = operand & TMPL_STAR, starstar = operand & TMPL_STARSTAR;
    struct tmpl_call call = { .count = operand & 0xff,
                              .named = operand >> 8 & 0xff,
                              .names = names };
    unsigned cells = call.count + call.named + star + starstar;

    call.args = top - cells;
    call.values = call.args + call.count;
    if (star && add_star(vm, &call, top - 1 - starstar) < 0)
        return -1;
    if (starstar && add_starstar(vm, &call, top - 1) < 0)
        return -1;
    vm->run->prepared = call;
    vm->run->prepared_cells = cells;
    return 0;
}
