/* SPDX-License-Identifier: Apache-2.0 */
/* The model's functions on kinds and on functions: typeof, iif, is_defined, version, apply, as_function. */
#include "template/builtins.h"

static int function_typeof(struct tmpl_vm *vm, const struct tmpl_call *call,
                           struct tmpl_value *ret_value)
{
    *ret_value = tmpl_string_static(tmpl_class_name(&call->args[0]));
    return 0;
}

/* "value ?if_true ?if_false ?if_none" */
static int function_iif(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];

    if (value->kind == TMPL_NONE && is_given(&call->args[3])) {
        *ret_value = call->args[3];
        return 0;
    }
    int truth = tmpl_truth(vm, value);
    if (truth < 0)
        return truth;
    const struct tmpl_value *chosen = &call->args[truth ? 1 : 2];
    *ret_value = is_given(chosen) ? *chosen : tmpl_bool(truth);
    return 0;
}

static int filter_is_defined(struct tmpl_vm *vm, const struct tmpl_call *call,
                             struct tmpl_value *ret_value)
{
    if (call->args[0].kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, &call->args[0]);
    *ret_value = call->args[0];
    return 0;
}

/* --- functions as values ------------------------------------------------------------------------------ */

/* "value fn * **": fn(value, …). */
static int function_apply(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    struct tmpl_value *args = new_items(vm, call->count - 1);
    struct tmpl_call inner = *call;

    if (!args)
        return -1;
    args[0] = call->args[0];
    if (call->count > 2)
        memcpy(args + 1, call->args + 2, (call->count - 2) * sizeof(*args));
    inner.args = args;
    inner.count = call->count - 1;
    return tmpl_call(vm, &call->args[1], &inner, ret_value);
}

static int test_apply(struct tmpl_vm *vm, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    struct tmpl_value result;

    if (function_apply(vm, call, &result) < 0)
        return -1;
    int truth = tmpl_truth(vm, &result);
    if (truth < 0)
        return truth;
    *ret_value = tmpl_bool(truth);
    return 0;
}

/* What a macro calls as returns(value). */
struct collector {
    struct tmpl_object object;
    struct tmpl_value value;
};

static int call_collector(struct tmpl_vm *vm, struct tmpl_object *object,
                          const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct collector *collector = (struct collector *)object;

    if (call->count + call->named != 1)
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "returns() takes 1 positional argument but %u were given",
                          call->count + call->named);
    collector->value = call->count ? call->args[0] : call->values[0];
    *ret_value = collector->value;
    return 0;
}

static const struct tmpl_type collector_type = { .name = "function", .call = call_collector };

/* A macro as a function: its result is what it handed to returns(). */
struct wrapper {
    struct tmpl_object object;
    struct tmpl_value macro;
};

static int call_wrapper(struct tmpl_vm *vm, struct tmpl_object *object,
                        const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct wrapper *wrapper = (struct wrapper *)object;
    struct collector *collector = tmpl_alloc(&vm->heap, sizeof(*collector));
    struct tmpl_value *names = new_items(vm, call->named + 1);
    struct tmpl_value *values = new_items(vm, call->named + 1), text;
    struct tmpl_call inner = *call;

    if (!names || !values)
        return -1;
    *collector = (struct collector){ { &collector_type }, tmpl_none() };
    if (call->named) {
        memcpy(names, call->names, call->named * sizeof(*names));
        memcpy(values, call->values, call->named * sizeof(*values));
    }
    names[call->named] = tmpl_string_static("returns");
    values[call->named] = tmpl_object_value(&collector->object);
    inner.names = names;
    inner.values = values;
    inner.named++;
    if (tmpl_call(vm, &wrapper->macro, &inner, &text) < 0)
        return -1;
    *ret_value = collector->value;
    return 0;
}

static const struct tmpl_type wrapper_type = { .name = "function", .call = call_wrapper };

static int function_as_function(struct tmpl_vm *vm, const struct tmpl_call *call,
                                struct tmpl_value *ret_value)
{
    struct wrapper *wrapper = tmpl_alloc(&vm->heap, sizeof(*wrapper));

    if (call->args[0].kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, &call->args[0]);
    *wrapper = (struct wrapper){ { &wrapper_type }, call->args[0] };
    *ret_value = tmpl_object_value(&wrapper->object);
    return 0;
}

static const struct tmpl_function table[] = {
    { "typeof", function_typeof, "value", AS_GLOBAL | AS_FILTER },
    { "iif", function_iif, "value ?if_true ?if_false ?if_none", AS_GLOBAL | AS_FILTER },
    { "is_defined", filter_is_defined, "value", AS_FILTER },
    { "version", function_version, "value", AS_GLOBAL | AS_FILTER },
    { "apply", function_apply, "value fn * **", AS_GLOBAL | AS_FILTER },
    { "apply", test_apply, "value fn * **", AS_TEST },
    { "as_function", function_as_function, "macro", AS_GLOBAL | AS_FILTER },
};

const struct tmpl_functions tmpl_type_functions = { table, sizeof(table) / sizeof(*table) };
