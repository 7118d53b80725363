/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dispatch loop. Values that are on the way stand on the stack below @sp; what is cheap is done here (integers, floats, texts, plain
 * lists and ranges), everything else by the functions of vm.h. Functions of templates that are called from templates do not take C's stack:
 * their frames are pushed and the loop goes on with them.
 */
#include "template/methods.h"
#include "template/vm_quick.h"

/* --- names ------------------------------------------------------------------------------------------------ */

static struct tmpl_value find_name(struct tmpl_vm *vm, const struct tmpl_frame *frame,
                                   const struct tmpl_name *name)
{
    struct tmpl_value value = context_find(vm, frame->context, name->text, name->length);

    if (value.kind == TMPL_ABSENT && name->global)
        value = env_global_value(name->global, vm->limited);
    return value;
}

/* --- calls of functions in C ------------------------------------------------------------------------------- */

static int check_defined(struct tmpl_vm *vm, const struct tmpl_call *call)
{
    for (unsigned i = 0; i < call->count; i++)
        if (call->args[i].kind == TMPL_UNDEFINED)
            return tmpl_raise_undefined(vm, &call->args[i]);
    return 0;
}

/* Arguments that stand on the stack, above which there is room, are completed in place. */
static inline int call_native(struct tmpl_vm *vm, const struct env_function *entry,
                              struct tmpl_value *args, unsigned count, struct tmpl_value *ret_value)
{
    const struct tmpl_function *function = entry->function;
    struct tmpl_call call = { .args = args, .count = count };

    if (unlikely(!signature_fits(&entry->signature, &call)) ||
        unlikely(vm->limited && (function->where & (TMPL_NOT_LIMITED | TMPL_ABSENT_LIMITED))))
        return env_call(vm, entry, &call, ret_value);
    if (entry->refuses_undefined && check_defined(vm, &call) < 0)
        return -1;
    for (; call.count < entry->signature.count; call.count++)
        args[call.count].kind = TMPL_ABSENT;
    vm->run->top = args + call.count;
    vm->function = function->name;
    return function->fn(vm, &call, ret_value);
}

/* A method of a built-in kind, or what the attribute of that name is: then *ret_callee has to be called. */
static int call_method(struct tmpl_vm *vm, const struct tmpl_name *name, struct tmpl_value *args,
                       unsigned count, struct tmpl_value *ret_value, struct tmpl_value *ret_callee)
{
    const struct tmpl_value *self = &args[0];

    ret_callee->kind = TMPL_ABSENT;
    if (self->kind != TMPL_OBJECT && self->kind != TMPL_UNDEFINED && name->text[0] != '_') {
        const struct env_function *method =
            env_find_method(vm->run->env, self->kind, name->text, name->length, name->hash);
        if (method && !tmpl_is_mutator(self->kind, name->text, name->length))
            return call_native(vm, method, args, count, ret_value);
    }
    return tmpl_get_attr(vm, self, name->text, name->length, ret_callee);
}

static int call_named(struct tmpl_vm *vm, const struct tmpl_frame *frame, uint32_t operand,
                      unsigned where, struct tmpl_value *sp, unsigned *ret_cells,
                      struct tmpl_value *ret_value)
{
    const struct env_function *entry = frame->template->functions[operand >> 8];
    unsigned count = operand & 0xff;

    if (unlikely(vm->limited && (entry->function->where & TMPL_ABSENT_LIMITED)))
        return call_raise_unknown(vm, where, entry->function->name, strlen(entry->function->name),
                                  " found");
    if (count == TMPL_ARGS_PREPARED) {
        *ret_cells = vm->run->prepared_cells;
        return env_call(vm, entry, &vm->run->prepared, ret_value);
    }
    *ret_cells = count;
    return call_native(vm, entry, sp - count, count, ret_value);
}

/* --- the loop -------------------------------------------------------------------------------------------------- */

#define OP(name) label_##name:
#define DISPATCH()                                                                                 \
    do {                                                                                           \
        instruction = *ip++;                                                                       \
        operand = instruction >> 8;                                                                \
        goto *labels[instruction & 0xff];                                                          \
    } while (0)
#define TRY(call)                                                                                  \
    do {                                                                                           \
        if (unlikely((call) < 0))                                                                  \
            goto fail;                                                                             \
    } while (0)
/* Before C is called that may call templates, or look for the place. */
#define SAVE()       (run->top = sp)
#define PUSH(made)   (*sp++ = (made))
/* A value that C has made. */
#define PUSH_VALUE() move(sp++, &value)
#define SET_TOP()    move(&sp[-1], &value)

int machine_run(struct tmpl_vm *vm)
{
    static const void *const labels[] = {
#define X(name, words) &&label_##name,
        TMPL_OPS(X)
#undef X
    };
    struct tmpl_run *run = vm->run;
    struct tmpl_frame *frame = &run->frames[run->frame_count - 1], *entered;
    const struct tmpl_template *template;
    struct tmpl_value *sp, *slots, value, callee;
    const uint32_t *ip;
    uint32_t instruction, operand;
    unsigned cells;
    int truth;

    if (run->nesting == MAX_NESTING) {
        tmpl_raise(vm, TMPL_LIMIT_ERROR,
                   "functions and macros lie more than %d deep within each other: does one call "
                   "itself without an end?",
                   MAX_NESTING);
        return -1;
    }
    run->nesting++;

enter:
    template = frame->template;
    slots = frame->slots;
    ip = frame->ip;
    sp = run->top;
    DISPATCH();

    /* --- values --- */
    OP(TEXT)
    {
        const struct tmpl_value *text = &template->constants[operand];
        append(run->out, text->text, text->length);
        if (unlikely(run->out->length > run->out_limit))
            TRY(run_check_output(vm));
        DISPATCH();
    }
    OP(CONST)
    PUSH(template->constants[operand]);
    DISPATCH();
    OP(INT)
    PUSH(tmpl_int((int32_t)(operand << 8) >> 8));
    DISPATCH();
    OP(NONE)
    PUSH(TMPL_VALUE_NONE);
    DISPATCH();
    OP(BOOL)
    PUSH(tmpl_bool(operand));
    DISPATCH();
    OP(NO_ELSE)
    PUSH(vm_no_else(vm, operand));
    DISPATCH();

    /* --- variables --- */
    OP(LOAD)
    if (likely(slots[operand].kind != TMPL_ABSENT))
        move(sp++, &slots[operand]);
    else
        PUSH(vm_undefined_slot(vm, frame, operand));
    DISPATCH();
    OP(LOAD_RAW)
    move(sp++, &slots[operand]);
    DISPATCH();
    OP(LOAD_UP)
    OP(LOAD_UP_RAW)
    {
        const struct tmpl_cells *up = frame->up;
        for (uint32_t depth = operand >> 16; depth > 1; depth--)
            up = up->up;
        value = up->slots[operand & TMPL_MAX_SMALL];
        if (value.kind == TMPL_ABSENT && (instruction & 0xff) == TMPL_OP_LOAD_UP)
            value = vm_undefined_up(vm, frame, operand >> 16, operand & TMPL_MAX_SMALL);
        PUSH_VALUE();
        DISPATCH();
    }
    OP(STORE)
    move(&slots[operand], --sp);
    DISPATCH();
    OP(FORGET)
    slots[operand].kind = TMPL_ABSENT;
    DISPATCH();
    OP(CONTEXT)
    value = find_name(vm, frame, &template->names[operand]);
    PUSH(value.kind != TMPL_ABSENT ? value : vm_undefined(vm, &template->names[operand]));
    DISPATCH();
    OP(CONTEXT_RAW)
    PUSH(find_name(vm, frame, &template->names[operand]));
    DISPATCH();
    OP(EXPORT)
    OP(SHARE)
    context_set(vm, frame->context, &template->names[operand], *--sp,
                (instruction & 0xff) == TMPL_OP_EXPORT);
    DISPATCH();

    /* --- parts of values --- */
    OP(ATTR)
    {
        const struct tmpl_name *name = &template->names[operand];
        SAVE();
        TRY(tmpl_get_attr(vm, &sp[-1], name->text, name->length, &value));
        SET_TOP();
        DISPATCH();
    }
    OP(ITEM)
    SAVE();
    TRY(tmpl_get_item(vm, &sp[-2], &sp[-1], &value));
    sp--;
    SET_TOP();
    DISPATCH();
    OP(SLICE)
    SAVE();
    TRY(tmpl_get_slice(vm, &sp[-4], &sp[-3], &sp[-2], &sp[-1], &value));
    sp -= 3;
    SET_TOP();
    DISPATCH();

    /* --- calls --- */
    OP(ARGS)
    SAVE();
    TRY(call_prepare(vm, operand, &template->constants[*ip++], sp));
    DISPATCH();
    OP(CALL)
    {
        struct tmpl_call call = { .args = sp - operand, .count = operand };
        cells = operand;
        if (operand == TMPL_ARGS_PREPARED) {
            call = run->prepared;
            cells = run->prepared_cells;
        }
        struct tmpl_value *base = sp - cells - 1;
        if (likely(base->kind == TMPL_OBJECT && base->object->type == &env_function_type &&
                   operand != TMPL_ARGS_PREPARED)) {
            TRY(call_native(vm, (const struct env_function *)base->object, sp - cells, cells,
                            &value));
        } else {
            frame->ip = ip;
            SAVE();
            int entering = call_enter(vm, base, &call, base, &entered);
            TRY(entering);
            if (entering)
                goto entered;
            TRY(tmpl_call(vm, base, &call, &value));
        }
        sp = base;
        PUSH_VALUE();
        DISPATCH();
    }
    OP(METHOD)
    {
        cells = operand & 0xff;
        struct tmpl_value *base = sp - cells - 1;
        SAVE();
        TRY(call_method(vm, &template->names[operand >> 8], base, cells + 1, &value, &callee));
        if (callee.kind != TMPL_ABSENT) {
            struct tmpl_call call = { .args = base + 1, .count = cells };
            frame->ip = ip;
            SAVE();
            int entering = call_enter(vm, &callee, &call, base, &entered);
            TRY(entering);
            if (entering)
                goto entered;
            TRY(tmpl_call(vm, &callee, &call, &value));
        }
        sp = base;
        PUSH_VALUE();
        DISPATCH();
    }
    OP(FILTER)
    SAVE();
    TRY(call_named(vm, frame, operand, TMPL_FILTER, sp, &cells, &value));
    sp -= cells;
    PUSH_VALUE();
    DISPATCH();
    OP(TEST)
    SAVE();
    TRY(call_named(vm, frame, operand, TMPL_TEST, sp, &cells, &value));
    TRY(truth = is_true(vm, &value));
    sp -= cells;
    PUSH(tmpl_bool(truth));
    DISPATCH();
    OP(NO_FILTER)
    OP(NO_TEST)
    call_raise_unknown(vm, (instruction & 0xff) == TMPL_OP_NO_FILTER ? TMPL_FILTER : TMPL_TEST,
                       template->names[operand].text, template->names[operand].length, " found");
    goto fail;

    /* --- operators --- */
    OP(ADD)
    OP(SUB)
    OP(MUL)
    if (!arithmetic((enum tmpl_op)(instruction & 0xff), &sp[-2], &sp[-1], &value)) {
        SAVE();
        TRY(tmpl_binary(vm, (enum tmpl_binary)((instruction & 0xff) - TMPL_OP_ADD), &sp[-2],
                        &sp[-1], &value));
    }
    sp--;
    SET_TOP();
    DISPATCH();
    OP(DIV)
    OP(FLOORDIV)
    OP(MOD)
    OP(POW)
    SAVE();
    TRY(tmpl_binary(vm, (enum tmpl_binary)((instruction & 0xff) - TMPL_OP_ADD), &sp[-2], &sp[-1],
                    &value));
    sp--;
    SET_TOP();
    DISPATCH();
    OP(NEGATE)
    SAVE();
    TRY(tmpl_negate(vm, &sp[-1], &value));
    SET_TOP();
    DISPATCH();
    OP(PLUS)
    SAVE();
    TRY(tmpl_plus(vm, &sp[-1], &value));
    SET_TOP();
    DISPATCH();
    OP(NOT)
    SAVE();
    TRY(truth = is_true(vm, &sp[-1]));
    sp[-1] = tmpl_bool(!truth);
    DISPATCH();
    OP(CONCAT)
    SAVE();
    cells = operand & TMPL_MAX_SMALL;
    TRY(vm_concat(vm, sp - cells, operand, &value));
    sp -= cells;
    PUSH_VALUE();
    DISPATCH();
    OP(COMPARE)
    SAVE();
    TRY(truth = compare(vm, (enum tmpl_compare)operand, &sp[-2], &sp[-1]));
    sp--;
    sp[-1] = tmpl_bool(truth);
    DISPATCH();
    OP(COMPARE_KEEP)
    SAVE();
    TRY(truth = compare(vm, (enum tmpl_compare)operand, &sp[-2], &sp[-1]));
    move(&sp[-2], &sp[-1]);
    sp[-1] = tmpl_bool(truth);
    DISPATCH();
    OP(NIP)
    sp--;
    move(&sp[-1], sp);
    DISPATCH();
    OP(DUP)
    move(sp, &sp[-1]);
    sp++;
    DISPATCH();
    OP(DROP)
    sp -= operand;
    DISPATCH();
    OP(LIST)
    value = tmpl_list_view(vm_copy_values(vm, sp - operand, operand), operand);
    sp -= operand;
    PUSH_VALUE();
    DISPATCH();
    OP(TUPLE)
    value = tmpl_tuple_view(vm_copy_values(vm, sp - operand, operand), operand);
    sp -= operand;
    PUSH_VALUE();
    DISPATCH();
    OP(DICT)
    SAVE();
    TRY(vm_make_dict(vm, sp - operand, operand, &value));
    sp -= operand;
    PUSH_VALUE();
    DISPATCH();

    /* --- jumps --- */
    OP(JUMP)
    ip += operand;
    DISPATCH();
    OP(JUMP_FALSE)
    SAVE();
    TRY(truth = is_true(vm, &sp[-1]));
    sp--;
    if (!truth)
        ip += operand;
    DISPATCH();
    OP(JUMP_TRUE)
    SAVE();
    TRY(truth = is_true(vm, &sp[-1]));
    sp--;
    if (truth)
        ip += operand;
    DISPATCH();
    OP(AND)
    OP(OR)
    SAVE();
    TRY(truth = is_true(vm, &sp[-1]));
    if (truth == ((instruction & 0xff) == TMPL_OP_OR))
        ip += operand;
    else
        sp--;
    DISPATCH();

    /* --- printing --- */
    OP(PRINT)
    SAVE();
    TRY(print_as(vm, &sp[-1], operand));
    sp--;
    DISPATCH();
    OP(PRINT_SLOT)
    SAVE();
    if (slots[operand].kind != TMPL_ABSENT) {
        TRY(print(vm, &slots[operand]));
    } else {
        value = vm_undefined_slot(vm, frame, operand);
        TRY(print(vm, &value));
    }
    DISPATCH();
    OP(CAPTURE)
    PUSH(tmpl_int((int64_t)run->out->length));
    run_capture(run);
    DISPATCH();
    OP(CAPTURED)
    TRY(run_captured(vm, (size_t)sp[-1].integer, vm_escapes(vm, operand), &value));
    SET_TOP();
    DISPATCH();
    OP(AUTOESCAPE)
    SAVE();
    TRY(truth = is_true(vm, &sp[-1]));
    sp[-1] = tmpl_bool(vm->autoescape);
    vm->autoescape = truth;
    DISPATCH();
    OP(AUTOESCAPE_END)
    vm->autoescape = (--sp)->integer;
    DISPATCH();

    /* --- loops --- */
    OP(ITERATE)
    SAVE();
    callee = *--sp;
    TRY(iterator_init(vm, &callee, sp));
    sp += 2;
    DISPATCH();
    OP(NEXT)
    {
        const int64_t index = sp[-1].integer;
        struct tmpl_value *to = &slots[*ip];
        if (sp[-2].kind == TMPL_RANGE) {
            const struct tmpl_range *range = sp[-2].range;
            if (index == range->count)
                goto exhausted;
            *to = tmpl_int(range->start + index * range->step);
        } else {
            if (index == sp[-2].length)
                goto exhausted;
            *to = sp[-2].items[index];
        }
        sp[-1].integer = index + 1;
        ip++;
        goto next;
    }
    OP(NEXT_PUSH)
    {
        const int64_t index = sp[-1].integer;
        if (sp[-2].kind == TMPL_RANGE) {
            const struct tmpl_range *range = sp[-2].range;
            if (index == range->count)
                DISPATCH();
            PUSH(tmpl_int(range->start + index * range->step));
        } else {
            if (index == sp[-2].length)
                DISPATCH();
            *sp = sp[-2].items[index];
            sp++;
        }
        sp[-2].integer = index + 1;
    }
next:
    ip -= operand;
    run->slice -= operand;
    if (unlikely(run->slice < 0)) {
        SAVE();
        TRY(run_check(vm));
    }
    DISPATCH();
exhausted:
    ip++;
    DISPATCH();
    OP(LOOP)
    SAVE();
    TRY(for_create(vm, &sp[-1], operand & TMPL_LOOP_RECURSIVE ? frame : NULL, &value));
    SET_TOP();
    DISPATCH();
    OP(LOOP_NEXT)
    {
        struct tmpl_loop *loop = (struct tmpl_loop *)sp[-1].object;
        if (loop->index + 1 == loop->count)
            goto exhausted;
        slots[*ip++] = for_member(loop, ++loop->index);
        goto next;
    }
    OP(LOOP_PUSH)
    {
        struct tmpl_loop *loop = (struct tmpl_loop *)sp[-1].object;
        if (loop->index + 1 == loop->count)
            DISPATCH();
        PUSH(for_member(loop, ++loop->index));
        goto next;
    }
    OP(COLLECT)
    *sp = sp[-1];
    sp[-1] = vm_collector_create(vm);
    sp++;
    DISPATCH();
    OP(APPEND_IF)
    SAVE();
    TRY(truth = is_true(vm, &sp[-1]));
    if (truth)
        TRY(vm_collect(vm, sp[-5].object, &sp[-2]));
    sp -= 2;
    DISPATCH();
    OP(COLLECTED)
    {
        const struct vm_collector *collector = (const struct vm_collector *)sp[-1].object;
        sp[-1] = tmpl_list_view(collector->items, collector->count);
        DISPATCH();
    }
    OP(LAPPED)
    sp[-(int)operand] = tmpl_bool(false);
    DISPATCH();
    OP(UNPACK)
    SAVE();
    callee = *--sp;
    TRY(iterator_unpack(vm, &callee, operand, sp));
    sp += operand;
    DISPATCH();
    OP(CALL_LOOP)
    {
        struct frame_entry entry = { .template = template,
                                     .proto = &template->protos[operand],
                                     .context = frame->context,
                                     .up = frame->cells,
                                     .base = sp - 1,
                                     .result = FRAME_TEXT };
        frame->ip = ip;
        SAVE();
        if (!(entered = frame_enter(vm, &entry)))
            goto fail;
        entered->slots[0] = sp[-1];
        goto entered;
    }

    /* --- macros and namespaces --- */
    OP(MACRO)
    PUSH(macro_create(vm, frame, &template->protos[operand]));
    DISPATCH();
    OP(GIVEN)
    PUSH(tmpl_bool(slots[operand].kind != TMPL_ABSENT));
    DISPATCH();
    OP(NOT_GIVEN)
    if (slots[operand].kind == TMPL_ABSENT)
        slots[operand] = vm_undefined_param(vm, frame, operand);
    DISPATCH();
    OP(NAMESPACE)
    if (sp[-1].kind != TMPL_OBJECT || !sp[-1].object->type->assign) {
        tmpl_raise(vm, TMPL_RUNTIME_ERROR, "cannot assign attribute on non-namespace object");
        goto fail;
    }
    DISPATCH();
    OP(SET_ATTR)
    {
        const struct tmpl_name *name = &template->names[operand];
        TRY(sp[-2].object->type->assign(vm, sp[-2].object, name->text, name->length, sp[-1]));
        sp -= 2;
        DISPATCH();
    }

    /* --- other templates, blocks --- */
    OP(LOCALS)
    value = (struct tmpl_value){
        .kind = TMPL_NONE, .text = (const char *)vm_make_layer(vm, frame, sp - operand, ip, operand)
    };
    ip += operand;
    sp -= operand;
    PUSH_VALUE();
    DISPATCH();
    OP(IMPORT)
    OP(INCLUDE)
    {
        bool import = (instruction & 0xff) == TMPL_OP_IMPORT;
        bool with_context =
            import ? operand & TMPL_WITH_CONTEXT : !(operand & TMPL_WITHOUT_CONTEXT);
        struct context_layer *locals = NULL;
        if (with_context)
            locals = (struct context_layer *)(--sp)->text;
        callee = *--sp;
        frame->ip = ip;
        run->top = sp + 1;
        TRY(import ? module_import(vm, frame, &callee, locals, with_context, sp, &entered)
                   : module_include(vm, frame, &callee, locals, operand, sp, &entered));
        if (entered)
            goto entered;
        sp += import;
        DISPATCH();
    }
    OP(IMPORTED)
    frame->ip = ip;
    value = module_member(vm, frame, &sp[-1], &template->names[operand]);
    PUSH_VALUE();
    DISPATCH();
    OP(EXTENDS)
    SAVE();
    TRY(module_extend(vm, frame, &sp[-1]));
    sp--;
    DISPATCH();
    OP(EXTENDED)
    if (frame->parent)
        ip += operand;
    DISPATCH();
    OP(EXTENDS_AGAIN)
    if (frame->parent) {
        tmpl_raise(vm, TMPL_RUNTIME_ERROR, "extended multiple times");
        goto fail;
    }
    DISPATCH();
    OP(BLOCK)
    {
        struct context *context = frame->context;
        if (operand & TMPL_BLOCK_SCOPED)
            context = vm_block_context(vm, frame, (struct context_layer *)(--sp)->text);
        frame->ip = ip;
        SAVE();
        TRY(block_enter(vm, frame, &template->names[operand & (TMPL_BLOCK_REQUIRED - 1)], operand,
                        context, sp, &entered));
        goto entered;
    }
    OP(SELF)
    PUSH(block_self(vm, frame));
    DISPATCH();
    OP(SUPER)
    PUSH(block_super(vm, frame));
    DISPATCH();

    OP(RETURN)
    if (frame->parent) {
        TRY(frame_go_to_parent(vm, frame));
        goto enter;
    }
    sp = frame->base;
    if (frame->result != FRAME_PRINTS) {
        TRY(run_captured(vm, frame->mark, frame->markup, &value));
        PUSH(frame->result == FRAME_MODULE ? module_create(vm, frame, frame->module, value)
                                           : value);
    }
    run->frame_count--;
    run->top = sp;
    if (frame->stop) {
        run->nesting--;
        return 0;
    }
    frame--;
    goto enter;

entered:
    frame = entered;
    goto enter;

fail:
    vm_locate(vm, frame, ip);
    run->nesting--;
    return -1;
}
