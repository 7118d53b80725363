/* SPDX-License-Identifier: Apache-2.0 */
/* Jinja's tests and the model's: `value is name(…)`. */
#include "template/builtins.h"

static int answer(struct tmpl_value *ret_value, int truth)
{
    if (truth < 0)
        return truth;
    *ret_value = tmpl_bool(truth);
    return 0;
}

/* --- kinds ------------------------------------------------------------------------------------------ */

#define KIND_TEST(name, condition)                                                                 \
    static int test_##name(struct tmpl_vm *vm, const struct tmpl_call *call,                       \
                           struct tmpl_value *ret_value)                                           \
    {                                                                                              \
        const struct tmpl_value *value = &call->args[0];                                           \
        return answer(ret_value, (condition));                                                     \
    }

KIND_TEST(defined, value->kind != TMPL_UNDEFINED)
KIND_TEST(undefined, value->kind == TMPL_UNDEFINED)
KIND_TEST(none, value->kind == TMPL_NONE && !(value->flags & TMPL_ELLIPSIS))
KIND_TEST(boolean, value->kind == TMPL_BOOL)
KIND_TEST(true, value->kind == TMPL_BOOL && value->integer)
KIND_TEST(false, value->kind == TMPL_BOOL && !value->integer)
KIND_TEST(integer, value->kind == TMPL_INT || value->kind == TMPL_BIG)
KIND_TEST(float, value->kind == TMPL_FLOAT)
KIND_TEST(number, tmpl_is_number(value))
KIND_TEST(string, value->kind == TMPL_STRING)
KIND_TEST(string_like, value->kind == TMPL_STRING || value->kind == TMPL_BYTES)
KIND_TEST(list, value->kind == TMPL_LIST)
KIND_TEST(tuple, value->kind == TMPL_TUPLE)
KIND_TEST(set, value->kind == TMPL_SET)
KIND_TEST(datetime, value->kind == TMPL_DATETIME)
KIND_TEST(escaped, value->kind == TMPL_STRING && (value->flags & TMPL_MARKUP))
KIND_TEST(mapping,
          value->kind == TMPL_DICT || (value->kind == TMPL_OBJECT && value->object->type->mapping))
KIND_TEST(callable, value->kind == TMPL_UNDEFINED || tmpl_is_callable(value))

static int test_iterable(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    if (tmpl_use(vm, &call->args[0]) < 0)
        return -1;
    return answer(ret_value,
                  call->args[0].kind == TMPL_UNDEFINED || tmpl_is_iterable(&call->args[0]));
}

/* What has a length and can be indexed. */
static int test_sequence(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];

    switch (value->kind) {
    case TMPL_STRING:
    case TMPL_BYTES:
    case TMPL_LIST:
    case TMPL_TUPLE:
    case TMPL_DICT:
    case TMPL_RANGE:
        return answer(ret_value, true);
    case TMPL_UNDEFINED:
        if (vm->strict && tmpl_use(vm, value) < 0)
            return -1;
        return answer(ret_value, true);
    case TMPL_OBJECT:
        return answer(ret_value, value->object->type->sequence || value->object->type->mapping);
    default:
        return answer(ret_value, false);
    }
}

/* The same object: small values are one when they are equal and of one kind. */
static int test_sameas(struct tmpl_vm *vm, const struct tmpl_call *call,
                       struct tmpl_value *ret_value)
{
    const struct tmpl_value *a = &call->args[0], *b = &call->args[1];

    if (a->kind != b->kind)
        return answer(ret_value, false);
    switch (a->kind) {
    case TMPL_NONE:
        return answer(ret_value, (a->flags & TMPL_ELLIPSIS) == (b->flags & TMPL_ELLIPSIS));
    case TMPL_BOOL:
    case TMPL_INT:
        return answer(ret_value, a->integer == b->integer);
    case TMPL_STRING:
    case TMPL_BYTES:
        return answer(ret_value,
                      a->length == b->length && memcmp(a->text, b->text, a->length) == 0);
    case TMPL_FLOAT:
        return answer(ret_value, memcmp(&a->number, &b->number, sizeof(double)) == 0);
    default:
        return answer(ret_value, a->object == b->object && a->length == b->length);
    }
}

/* --- comparison ------------------------------------------------------------------------------------- */

#define COMPARE_TEST(name, op)                                                                     \
    static int test_##name(struct tmpl_vm *vm, const struct tmpl_call *call,                       \
                           struct tmpl_value *ret_value)                                           \
    {                                                                                              \
        return answer(ret_value, tmpl_compare(vm, op, &call->args[0], &call->args[1]));            \
    }

COMPARE_TEST(ne, TMPL_NE)
COMPARE_TEST(lt, TMPL_LT)
COMPARE_TEST(le, TMPL_LE)
COMPARE_TEST(gt, TMPL_GT)
COMPARE_TEST(ge, TMPL_GE)
COMPARE_TEST(in, TMPL_IN)

/* selectattr('state', 'eq', 'on') asks this a hundred times: two strings are compared at once. */
static int test_eq(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    const struct tmpl_value *a = &call->args[0], *b = &call->args[1];

    if (a->kind == TMPL_STRING && b->kind == TMPL_STRING)
        return answer(ret_value,
                      a->length == b->length && memcmp(a->text, b->text, a->length) == 0);
    return answer(ret_value, tmpl_compare(vm, TMPL_EQ, a, b));
}

static int function_contains(struct tmpl_vm *vm, const struct tmpl_call *call,
                             struct tmpl_value *ret_value)
{
    return answer(ret_value, tmpl_compare(vm, TMPL_IN, &call->args[1], &call->args[0]));
}

/* --- numbers ---------------------------------------------------------------------------------------- */

static int remainder_is(struct tmpl_vm *vm, const struct tmpl_value *value,
                        const struct tmpl_value *by, int64_t wanted, struct tmpl_value *ret_value)
{
    struct tmpl_value rest, expected = tmpl_int(wanted);

    if (tmpl_binary(vm, TMPL_MOD, value, by, &rest) < 0)
        return -1;
    return answer(ret_value, tmpl_equal(vm, &rest, &expected));
}

static int test_even(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct tmpl_value two = tmpl_int(2);

    return remainder_is(vm, &call->args[0], &two, 0, ret_value);
}

static int test_odd(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct tmpl_value two = tmpl_int(2);

    return remainder_is(vm, &call->args[0], &two, 1, ret_value);
}

static int test_divisibleby(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    return remainder_is(vm, &call->args[0], &call->args[1], 0, ret_value);
}

/* --- names and letters ------------------------------------------------------------------------------ */

static int has_case(struct tmpl_vm *vm, const struct tmpl_value *value, const char *method,
                    struct tmpl_value *ret_value)
{
    struct tmpl_call none = { .args = NULL };
    struct tmpl_value text;

    if (read_text(vm, value, &text) < 0)
        return -1;
    return tmpl_call_method(vm, &text, method, strlen(method), &none, ret_value) < 0 ? -1 : 0;
}

static int test_lower(struct tmpl_vm *vm, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    return has_case(vm, &call->args[0], "islower", ret_value);
}

static int test_upper(struct tmpl_vm *vm, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    return has_case(vm, &call->args[0], "isupper", ret_value);
}

static int is_known(struct tmpl_vm *vm, unsigned where, const struct tmpl_value *name,
                    struct tmpl_value *ret_value)
{
    bool known = name->kind == TMPL_STRING && tmpl_find_function(vm, where, name);

    if (!known)
        tmpl_forgive(vm);
    return answer(ret_value, known);
}

static int test_filter(struct tmpl_vm *vm, const struct tmpl_call *call,
                       struct tmpl_value *ret_value)
{
    return is_known(vm, TMPL_FILTER, &call->args[0], ret_value);
}

static int test_test(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return is_known(vm, TMPL_TEST, &call->args[0], ret_value);
}

static const struct tmpl_function table[] = {
    { "boolean", test_boolean, "value", AS_TEST },
    { "callable", test_callable, "obj", AS_TEST },
    { "defined", test_defined, "value", AS_TEST },
    { "undefined", test_undefined, "value", AS_TEST },
    { "none", test_none, "value", AS_TEST },
    { "true", test_true, "value", AS_TEST },
    { "false", test_false, "value", AS_TEST },
    { "integer", test_integer, "value", AS_TEST },
    { "float", test_float, "value", AS_TEST },
    { "number", test_number, "value", AS_TEST },
    { "string", test_string, "value", AS_TEST },
    { "string_like", test_string_like, "value", AS_TEST },
    { "mapping", test_mapping, "value", AS_TEST },
    { "sequence", test_sequence, "value", AS_TEST },
    { "iterable", test_iterable, "value", AS_TEST },
    { "list", test_list, "value", AS_TEST },
    { "tuple", test_tuple, "value", AS_TEST },
    { "set", test_set, "value", AS_TEST },
    { "datetime", test_datetime, "value", AS_TEST },
    { "escaped", test_escaped, "value", AS_TEST },
    { "sameas", test_sameas, "value other", AS_TEST },
    { "eq", test_eq, "a b", AS_TEST },
    { "equalto", test_eq, "a b", AS_TEST },
    { "==", test_eq, "a b", AS_TEST },
    { "ne", test_ne, "a b", AS_TEST },
    { "!=", test_ne, "a b", AS_TEST },
    { "lt", test_lt, "a b", AS_TEST },
    { "lessthan", test_lt, "a b", AS_TEST },
    { "<", test_lt, "a b", AS_TEST },
    { "le", test_le, "a b", AS_TEST },
    { "<=", test_le, "a b", AS_TEST },
    { "gt", test_gt, "a b", AS_TEST },
    { "greaterthan", test_gt, "a b", AS_TEST },
    { ">", test_gt, "a b", AS_TEST },
    { "ge", test_ge, "a b", AS_TEST },
    { ">=", test_ge, "a b", AS_TEST },
    { "in", test_in, "value seq", AS_TEST },
    { "contains", function_contains, "seq value", AS_TEST | AS_FILTER },
    { "even", test_even, "value", AS_TEST },
    { "odd", test_odd, "value", AS_TEST },
    { "divisibleby", test_divisibleby, "value num", AS_TEST },
    { "lower", test_lower, "value", AS_TEST },
    { "upper", test_upper, "value", AS_TEST },
    { "filter", test_filter, "value", AS_TEST },
    { "test", test_test, "value", AS_TEST },
};

const struct tmpl_functions tmpl_tests = { table, sizeof(table) / sizeof(*table) };
