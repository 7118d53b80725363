/* SPDX-License-Identifier: Apache-2.0 */
/* The model's mathematics. Bad input raises, unless a default is given; what that means differs by function as in the model. */
#include <math.h>

#include "template/builtins.h"

/* --- one number -------------------------------------------------------------------------------------- */

/* Python refuses what is outside of a function's domain. */
static bool apply_math(double (*fn)(double), double number, double *ret_result)
{
    *ret_result = fn(number);
    return !isnan(*ret_result) || isnan(number);
}

static int by_math(struct tmpl_vm *vm, const struct tmpl_call *call, const char *name,
                   double (*fn)(double), struct tmpl_value *ret_value)
{
    double number;
    int r = read_float(vm, &call->args[0], &number);

    if (r < 0)
        return r;
    if (r == 0 || !apply_math(fn, number, &number))
        return return_default(vm, name, &call->args[0], &call->args[1], ret_value);
    *ret_value = tmpl_float(number);
    return 0;
}

#define MATH_FUNCTION(name)                                                                        \
    static int function_##name(struct tmpl_vm *vm, const struct tmpl_call *call,                   \
                               struct tmpl_value *ret_value)                                       \
    {                                                                                              \
        return by_math(vm, call, #name, name, ret_value);                                          \
    }

MATH_FUNCTION(sin)
MATH_FUNCTION(cos)
MATH_FUNCTION(tan)
MATH_FUNCTION(asin)
MATH_FUNCTION(acos)
MATH_FUNCTION(atan)
MATH_FUNCTION(sqrt)

/* --- two numbers ------------------------------------------------------------------------------------- */

/* "value ?base ?default" */
static int function_log(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    const struct tmpl_value *fallback = &call->args[2];
    double number, base = M_E;
    int r = is_given(&call->args[1]) ? read_float(vm, &call->args[1], &base) : 1;

    if (r < 0)
        return r;
    if (r == 0)
        return return_default(vm, "log", &call->args[1], fallback, ret_value);
    r = read_float(vm, &call->args[0], &number);
    if (r < 0)
        return r;
    if (r == 0 || number <= 0 || base <= 0)
        return return_default(vm, "log", &call->args[0], fallback, ret_value);
    if (base == 1)
        return tmpl_raise(vm, TMPL_ZERO_DIVISION_ERROR, "float division by zero");
    *ret_value = tmpl_float(log(number) / log(base));
    return 0;
}

/* "y x default", or "[y, x] default". */
static int function_atan2(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    const struct tmpl_value *args = call->args;
    unsigned count = call->count;
    struct tmpl_value input = tmpl_tuple_view(args, count), fallback;
    double y, x;

    if (read_named(vm, call, "atan2", "default", &fallback) < 0)
        return -1;
    if (count >= 1 && count <= 2 && (args[0].kind == TMPL_LIST || args[0].kind == TMPL_TUPLE)) {
        fallback = count == 2 && !is_given(&fallback) ? args[1] : fallback;
        input = args[0];
    } else if (count == 3 && !is_given(&fallback)) {
        fallback = args[2];
    }
    if (input.length < 2)
        return tmpl_raise(vm, TMPL_INDEX_ERROR, "%s index out of range",
                          input.kind == TMPL_LIST ? "list" : "tuple");
    int r = read_float(vm, &input.items[0], &y);
    if (r > 0)
        r = read_float(vm, &input.items[1], &x);
    if (r < 0)
        return r;
    if (r == 0)
        return return_default(vm, "atan2", &input, &fallback, ret_value);
    *ret_value = tmpl_float(atan2(y, x));
    return 0;
}

/* float(value) * amount, float(value) + amount: the amount is a number already. */
static int combine_amount(struct tmpl_vm *vm, const struct tmpl_call *call, const char *name,
                          enum tmpl_binary op, struct tmpl_value *ret_value)
{
    const struct tmpl_value *amount = &call->args[1];
    double number;
    int r = read_float(vm, &call->args[0], &number);

    if (r < 0)
        return r;
    if (amount->kind == TMPL_UNDEFINED && r)
        return tmpl_raise_undefined(vm, amount);
    if (r == 0 || !tmpl_is_number(amount))
        return return_default(vm, name, &call->args[0], &call->args[2], ret_value);
    struct tmpl_value left = tmpl_float(number);
    return tmpl_binary(vm, op, &left, amount, ret_value);
}

static int filter_multiply(struct tmpl_vm *vm, const struct tmpl_call *call,
                           struct tmpl_value *ret_value)
{
    return combine_amount(vm, call, "multiply", TMPL_MUL, ret_value);
}

static int filter_add(struct tmpl_vm *vm, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    return combine_amount(vm, call, "add", TMPL_ADD, ret_value);
}

/* --- statistics -------------------------------------------------------------------------------------- */

/* Arguments of average and its kin: an iterable (and a default), or two numbers and more. */
struct sample {
    const struct tmpl_value *items;
    size_t count;
    struct tmpl_value fallback;
    struct tmpl_value input; /* all positional arguments, for the message */
};

static int read_sample(struct tmpl_vm *vm, const struct tmpl_call *call, const char *name,
                       struct sample *sample)
{
    const struct tmpl_value *args = call->args;
    unsigned count = call->count;

    *sample = (struct sample){ args, count, .input = tmpl_tuple_view(args, count) };
    if (read_named(vm, call, name, "default", &sample->fallback) < 0)
        return -1;
    if (count == 0)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "%s expected at least 1 argument, got 0", name);
    if (args[0].kind == TMPL_UNDEFINED || tmpl_is_iterable(&args[0])) {
        if (count > 1 && !is_given(&sample->fallback))
            sample->fallback = args[1];
        return read_items(vm, &args[0], &sample->items, &sample->count);
    }
    if (count == 1)
        return raise_not_iterable(vm, &args[0]);
    return tmpl_spend(vm, count);
}

/* An exact sum of doubles: partial sums that do not overlap, largest last. */
struct exact_sum {
    double parts[64]; /* more than doubles can need */
    unsigned count;
};

static void add_exactly(struct exact_sum *sum, double x)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < sum->count; i++) {
        double y = sum->parts[i];
        if (fabs(x) < fabs(y)) {
            double swap = x;
            x = y;
            y = swap;
        }
        double high = x + y, low = y - (high - x);
        if (low != 0)
            sum->parts[kept++] = low;
        x = high;
    }
    sum->parts[kept] = x;
    sum->count = kept + 1;
}

/* Rounds to nearest; a half goes by what lies beneath it. */
static double round_sum(const struct exact_sum *sum)
{
    unsigned i = sum->count;
    double high = 0, low = 0;

    if (i == 0)
        return 0;
    high = sum->parts[--i];
    while (i > 0) {
        double x = high, y = sum->parts[--i];
        high = x + y;
        low = y - (high - x);
        if (low != 0)
            break;
    }
    if (i > 0 && ((low < 0 && sum->parts[i - 1] < 0) || (low > 0 && sum->parts[i - 1] > 0))) {
        double y = low * 2, x = high + y;
        if (y == x - high)
            high = x;
    }
    return high;
}

static int function_average(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    struct exact_sum sum = { .count = 0 };
    struct sample sample;
    double special = 0; /* of infinities and NaNs */

    if (read_sample(vm, call, "average", &sample) < 0)
        return -1;
    for (size_t i = 0; i < sample.count; i++) {
        double number;
        if (sample.items[i].kind == TMPL_UNDEFINED)
            return tmpl_raise_undefined(vm, &sample.items[i]);
        if (!tmpl_is_number(&sample.items[i]))
            return return_default(vm, "average", &sample.input, &sample.fallback, ret_value);
        if (tmpl_to_double(vm, &sample.items[i], &number) < 0)
            return -1;
        if (isfinite(number))
            add_exactly(&sum, number);
        else
            special += number;
    }
    if (sample.count == 0)
        return return_default(vm, "average", &sample.input, &sample.fallback, ret_value);
    for (unsigned i = 0; i < sum.count; i++)
        if (!isfinite(sum.parts[i]))
            return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "intermediate overflow in fsum");
    double total = special == 0 && !isnan(special) ? round_sum(&sum) : special;
    *ret_value = tmpl_float(total / (double)sample.count);
    return 0;
}

/* After an operation has failed: a TypeError is answered by the default, everything else stays. */
static int forgive_type_error(struct tmpl_vm *vm, const char *name, const struct sample *sample,
                              struct tmpl_value *ret_value)
{
    if (vm->error.class != TMPL_TYPE_ERROR)
        return -1;
    tmpl_forgive(vm);
    return return_default(vm, name, &sample->input, &sample->fallback, ret_value);
}

static int function_median(struct tmpl_vm *vm, const struct tmpl_call *call,
                           struct tmpl_value *ret_value)
{
    struct tmpl_value sum, two = tmpl_int(2);
    struct sample sample;

    if (read_sample(vm, call, "median", &sample) < 0)
        return -1;
    if (sample.count == 0)
        return return_default(vm, "median", &sample.input, &sample.fallback, ret_value);
    struct tmpl_value *sorted = new_items(vm, sample.count);
    if (!sorted)
        return -1;
    memcpy(sorted, sample.items, sample.count * sizeof(*sorted));
    if (sort_values(vm, sorted, sample.count) < 0)
        return forgive_type_error(vm, "median", &sample, ret_value);
    size_t middle = sample.count / 2;
    *ret_value = sorted[middle];
    if (sample.count % 2)
        return 0;
    if (tmpl_binary(vm, TMPL_ADD, &sorted[middle - 1], &sorted[middle], &sum) < 0 ||
        tmpl_binary(vm, TMPL_DIV, &sum, &two, ret_value) < 0)
        return forgive_type_error(vm, "median", &sample, ret_value);
    return 0;
}

/* The most frequent one; of several the one that came first. */
static int function_statistical_mode(struct tmpl_vm *vm, const struct tmpl_call *call,
                                     struct tmpl_value *ret_value)
{
    static const char name[] = "statistical_mode";
    struct sample sample;
    int64_t most = 0;

    if (read_sample(vm, call, name, &sample) < 0)
        return -1;
    if (sample.count == 0)
        return return_default(vm, name, &sample.input, &sample.fallback, ret_value);
    if (tmpl_reserve(vm, sample.count * sizeof(struct tmpl_entry)) < 0)
        return -1;
    struct tmpl_dict *counts = tmpl_dict_new(&vm->heap, sample.count);
    for (size_t i = 0; i < sample.count; i++) {
        const struct tmpl_value *before = tmpl_dict_get(counts, &sample.items[i]);
        struct tmpl_value count = tmpl_int(before ? before->integer + 1 : 1);
        if (tmpl_dict_set(vm, counts, sample.items[i], count) < 0)
            return forgive_type_error(vm, name, &sample, ret_value);
    }
    for (uint32_t i = 0; i < counts->count; i++) {
        if (counts->entries[i].value.integer > most) {
            most = counts->entries[i].value.integer;
            *ret_value = counts->entries[i].key;
        }
    }
    return 0;
}

/* min(3, 1, 2), max([…], attribute='a'). */
static int extreme(struct tmpl_vm *vm, const struct tmpl_call *call, const char *name, int sign,
                   struct tmpl_value *ret_value)
{
    static const char *const names[] = { "case_sensitive", "attribute" };
    struct tmpl_value options[2] = { { .kind = TMPL_ABSENT }, { .kind = TMPL_ABSENT } };
    const struct tmpl_value *items = call->args;
    size_t count = call->count;

    for (unsigned i = 0; i < call->named; i++) {
        bool second = tmpl_is_text(&call->names[i], names[1]);
        if (!second && !tmpl_is_text(&call->names[i], names[0]))
            return tmpl_raise(vm, TMPL_TYPE_ERROR,
                              "do_%s() got an unexpected keyword argument '%.*s'", name,
                              (int)call->names[i].length, call->names[i].text);
        options[second] = call->values[i];
    }
    if (count == 0)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "%s expected at least 1 argument, got 0", name);
    if (count == 1) {
        if (items->kind != TMPL_UNDEFINED && !tmpl_is_iterable(items))
            return raise_not_iterable(vm, items);
        if (read_items(vm, items, &items, &count) < 0)
            return -1;
    }
    return find_extreme(vm, items, count, sign, &options[0], &options[1], ret_value);
}

static int function_min(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    return extreme(vm, call, "min", -1, ret_value);
}

static int function_max(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    return extreme(vm, call, "max", 1, ret_value);
}

/* --- bounds ------------------------------------------------------------------------------------------ */

enum { MOST_BOUNDS = 5 };

/* The first @count arguments as numbers. */
static int read_bounds(struct tmpl_vm *vm, const struct tmpl_call *call, const char *name,
                       unsigned count, double numbers[MOST_BOUNDS])
{
    for (unsigned i = 0; i < count; i++) {
        int r = read_float(vm, &call->args[i], &numbers[i]);
        if (r < 0)
            return r;
        if (r == 0) {
            autobuf printed = HASS_BUF_INIT;
            if (tmpl_repr(vm, &call->args[i], &printed) < 0)
                return -1;
            return tmpl_raise(vm, TMPL_VALUE_ERROR, "%s requires numeric arguments, got %s", name,
                              hass_buf_string(&printed));
        }
    }
    return 0;
}

static double clamp(double number, double least, double most)
{
    double upper = number < most ? number : most;

    return upper > least ? upper : least;
}

/* Python's remainder: it has the sign of the divisor. */
static double floor_mod(double number, double by)
{
    double rest = fmod(number, by);

    if (rest == 0)
        return copysign(0.0, by);
    return (rest < 0) != (by < 0) ? rest + by : rest;
}

static double wrap(double number, double least, double most)
{
    return most == least ? least : floor_mod(number - least, most - least) + least;
}

/* To and fro between the bounds. */
static double mirror(double number, double least, double most)
{
    double size = most - least, offset = number - least, period = floor(offset / size);
    double position = offset - period * size;

    if (floor_mod(period, 2) != 0)
        position = size - position;
    return least + position;
}

static int function_clamp(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    double numbers[MOST_BOUNDS];

    if (read_bounds(vm, call, "clamp", 3, numbers) < 0)
        return -1;
    *ret_value = tmpl_float(clamp(numbers[0], numbers[1], numbers[2]));
    return 0;
}

static int function_wrap(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    double numbers[MOST_BOUNDS];

    if (read_bounds(vm, call, "wrap", 3, numbers) < 0)
        return -1;
    *ret_value = tmpl_float(wrap(numbers[0], numbers[1], numbers[2]));
    return 0;
}

/* "value in_min in_max out_min out_max ?steps ?edges" */
static int function_remap(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    const struct tmpl_value *edges = &call->args[6];
    double numbers[MOST_BOUNDS];
    int64_t steps;

    if (read_bounds(vm, call, "remap", 5, numbers) < 0 ||
        read_integer(vm, &call->args[5], 0, &steps) < 0)
        return -1;
    double value = numbers[0], least = numbers[1], most = numbers[2];
    if (least == most)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "remap: in_min=%g must not equal in_max=%g", least,
                          most);
    if (tmpl_is_text(edges, "clamp"))
        value = clamp(value, fmin(least, most), fmax(least, most));
    else if (tmpl_is_text(edges, "wrap"))
        value = wrap(value, least, most);
    else if (tmpl_is_text(edges, "mirror"))
        value = mirror(value, least, most);
    double part = (value - least) / (most - least);
    if (steps > 0)
        part = nearbyint(part * (double)steps) / (double)steps;
    bool same = steps <= 0 && least == numbers[3] && most == numbers[4];
    *ret_value = tmpl_float(same ? value : numbers[3] + part * (numbers[4] - numbers[3]));
    return 0;
}

static const struct tmpl_function table[] = {
    { "sin", function_sin, "value ?default", AS_GLOBAL | AS_FILTER },
    { "cos", function_cos, "value ?default", AS_GLOBAL | AS_FILTER },
    { "tan", function_tan, "value ?default", AS_GLOBAL | AS_FILTER },
    { "asin", function_asin, "value ?default", AS_GLOBAL | AS_FILTER },
    { "acos", function_acos, "value ?default", AS_GLOBAL | AS_FILTER },
    { "atan", function_atan, "value ?default", AS_GLOBAL | AS_FILTER },
    { "sqrt", function_sqrt, "value ?default", AS_GLOBAL | AS_FILTER },
    { "log", function_log, "value ?base ?default", AS_GLOBAL | AS_FILTER },
    { "atan2", function_atan2, "* **", AS_GLOBAL | AS_FILTER },
    { "multiply", filter_multiply, "value amount ?default", AS_FILTER },
    { "add", filter_add, "value amount ?default", AS_FILTER },
    { "average", function_average, "* **", AS_GLOBAL | AS_FILTER },
    { "median", function_median, "* **", AS_GLOBAL | AS_FILTER },
    { "statistical_mode", function_statistical_mode, "* **", AS_GLOBAL | AS_FILTER },
    { "min", function_min, "* **", AS_GLOBAL },
    { "max", function_max, "* **", AS_GLOBAL },
    { "bitwise_and", function_bitwise_and, "first_value second_value", AS_GLOBAL | AS_FILTER },
    { "bitwise_or", function_bitwise_or, "first_value second_value", AS_GLOBAL | AS_FILTER },
    { "bitwise_xor", function_bitwise_xor, "first_value second_value", AS_GLOBAL | AS_FILTER },
    { "clamp", function_clamp, "value min_value max_value", AS_GLOBAL | AS_FILTER },
    { "wrap", function_wrap, "value min_value max_value", AS_GLOBAL | AS_FILTER },
    { "remap", function_remap, "value in_min in_max out_min out_max ?steps ?edges",
      AS_GLOBAL | AS_FILTER },
};

const struct tmpl_functions tmpl_math_functions = { table, sizeof(table) / sizeof(*table) };
