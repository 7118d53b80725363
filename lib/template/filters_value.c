/* SPDX-License-Identifier: Apache-2.0 */
/* Filters on single values: conversions with the model's rule of defaults, rounding, sizes. */
#include <math.h>
#include <stdio.h>

#include "base/random.h"
#include "base/utf8.h"
#include "template/builtins.h"

static int filter_default(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];
    bool falsy_too;

    if (read_flag(vm, &call->args[2], false, &falsy_too) < 0)
        return -1;
    int replace = value->kind == TMPL_UNDEFINED;
    if (!replace && falsy_too) {
        int truth = tmpl_truth(vm, value);
        if (truth < 0)
            return truth;
        replace = !truth;
    }
    if (replace)
        *ret_value = is_given(&call->args[1]) ? call->args[1] : tmpl_string_static("");
    else
        *ret_value = *value;
    return 0;
}

/* --- conversions ----------------------------------------------------------------------------------- */

static int function_float(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    double number;
    int r = read_float(vm, &call->args[0], &number);

    if (r < 0)
        return r;
    if (r == 0)
        return return_default(vm, "float", &call->args[0], &call->args[1], ret_value);
    *ret_value = tmpl_float(number);
    return 0;
}

/* int(float(value)): 1, 0 when it is no number, or OverflowError for the infinite ones. */
static int int_by_float(struct tmpl_vm *vm, const struct tmpl_value *value,
                        struct tmpl_value *ret_value)
{
    double number;
    int r = read_float(vm, value, &number);

    if (r <= 0)
        return r;
    if (isnan(number))
        return 0;
    if (fabs(number) < 9e18) {
        *ret_value = tmpl_int((int64_t)number);
        return 1;
    }
    return tmpl_int_of_double(vm, number, ret_value) < 0 ? -1 : 1;
}

static int read_base(struct tmpl_vm *vm, const struct tmpl_value *value, int *ret_base)
{
    int64_t base;

    if (read_integer(vm, value, 10, &base) < 0)
        return -1;
    *ret_base = base == 0 || (base >= 2 && base <= 36) ? (int)base : -1;
    return 0;
}

static int function_int(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];
    int base, r = 0;

    if (value->kind == TMPL_INT || value->kind == TMPL_BIG) {
        *ret_value = *value;
        return 0;
    }
    if (value->kind == TMPL_STRING || value->kind == TMPL_BYTES) {
        if (read_base(vm, &call->args[2], &base) < 0)
            return -1;
        if (base >= 0)
            r = tmpl_parse_int(vm, value->text, value->length, base, ret_value);
    }
    if (r == 0)
        r = int_by_float(vm, value, ret_value);
    if (r < 0)
        return r;
    return r ? 0 : return_default(vm, "int", value, &call->args[1], ret_value);
}

/* The words that mean a truth in configurations: 1, 0, or -1 for none of them. */
static int truth_word(const char *text, size_t length)
{
    static const char *const words[][6] = {
        { "0", "false", "no", "off", "disable", NULL },
        { "1", "true", "yes", "on", "enable", NULL },
    };
    char word[8];

    while (length && ascii_is_space(*text))
        text++, length--;
    while (length && ascii_is_space(text[length - 1]))
        length--;
    if (length == 0 || length >= sizeof(word))
        return -1;
    for (size_t i = 0; i < length; i++)
        word[i] = ascii_to_lower(text[i]);
    word[length] = '\0';
    for (int truth = 0; truth < 2; truth++)
        for (int i = 0; words[truth][i]; i++)
            if (strcmp(words[truth][i], word) == 0)
                return truth;
    return -1;
}

static int function_bool(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];
    int truth = -1;

    if (tmpl_is_number(value))
        truth = tmpl_truth(vm, value);
    else if (value->kind == TMPL_STRING)
        truth = truth_word(value->text, value->length);
    if (truth >= 0) {
        *ret_value = tmpl_bool(truth);
        return 0;
    }
    /* The model words a message for itself first, which is a use. */
    if (tmpl_use(vm, value) < 0)
        return -1;
    return return_default(vm, "bool", value, &call->args[1], ret_value);
}

int function_is_number(struct tmpl_vm *vm, const struct tmpl_call *call,
                       struct tmpl_value *ret_value)
{
    double number;
    int r = read_float(vm, &call->args[0], &number);

    if (r < 0)
        return r;
    *ret_value = tmpl_bool(r && isfinite(number));
    return 0;
}

static int filter_string(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    return read_text(vm, &call->args[0], ret_value);
}

/* --- rounding --------------------------------------------------------------------------------------- */

/* Digits left of the point fall away: exact, a half goes to the even neighbour. @places is 1 to 308. */
static double round_left(double number, int places)
{
    char digits[330];
    double magnitude = fabs(number), whole = floor(magnitude);
    int length = snprintf(digits, sizeof(digits), "%.0f", whole);

    if (places > length)
        return copysign(0.0, number);
    /* What is cut off, against a half: its first digit, then whether anything follows. */
    int keep = length - places;
    bool rest = magnitude != whole || strspn(digits + keep + 1, "0") != (size_t)places - 1;
    bool odd = keep > 0 && (digits[keep - 1] - '0') % 2;
    bool up = digits[keep] > '5' || (digits[keep] == '5' && (rest || odd));
    char text[340];
    snprintf(text, sizeof(text), "%.*se%d", keep > 0 ? keep : 1, keep > 0 ? digits : "0", places);
    double result = strtod(text, NULL);
    if (up) {
        snprintf(text, sizeof(text), "1e%d", places);
        result += strtod(text, NULL);
    }
    return copysign(result, number);
}

/*
 * The quotient of two integers that doubles hold is the double nearest to the decimal fraction, unless the product that was rounded came so near to
 * a half that its own error counts.
 */
static bool round_quickly(double number, int64_t places, double *ret_number)
{
    static const double powers[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9 };

    if (places < 0 || places > 9 || fabs(number) > 1e5)
        return false;
    double product = number * powers[places], whole = nearbyint(product);
    if (fabs(fabs(product - whole) - 0.5) < 1e-1)
        return false;
    *ret_number = copysign(whole / powers[places], number);
    return true;
}

/* round(number, places) as Python does it: right to the last bit. */
static double round_places(double number, int64_t places)
{
    char text[700];
    double rounded;

    if (round_quickly(number, places, &rounded))
        return rounded;
    if (!isfinite(number) || number == 0 || places > 323)
        return number;
    if (places < -308)
        return copysign(0.0, number);
    if (places < 0)
        return round_left(number, (int)-places);
    snprintf(text, sizeof(text), "%.*f", (int)places, number);
    return strtod(text, NULL);
}

static double round_by(const struct tmpl_value *method, double number, int64_t places)
{
    double multiplier = pow(10, (double)places);

    if (tmpl_is_text(method, "ceil"))
        return ceil(number * multiplier) / multiplier;
    if (tmpl_is_text(method, "floor"))
        return floor(number * multiplier) / multiplier;
    if (tmpl_is_text(method, "half"))
        return nearbyint(number * 2) / 2;
    return round_places(number, places);
}

/* "value ?precision ?method ?default" */
static int filter_round(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0], *precision = &call->args[1];
    int64_t places = 0;
    double number;
    int r = read_float(vm, value, &number);

    if (r < 0)
        return r;
    if (is_given(precision)) {
        if (precision->kind == TMPL_UNDEFINED)
            return tmpl_raise_undefined(vm, precision);
        if (precision->kind != TMPL_INT && precision->kind != TMPL_BOOL)
            r = 0;
        places = precision->integer;
    }
    if (r == 0 || (places == 0 && isnan(number)))
        return return_default(vm, "round", value, &call->args[3], ret_value);
    number = round_by(&call->args[2], number, places);
    if (places == 0)
        return tmpl_int_of_double(vm, number, ret_value);
    *ret_value = tmpl_float(number);
    return 0;
}

static int filter_abs(struct tmpl_vm *vm, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];

    switch (value->kind) {
    case TMPL_FLOAT:
        *ret_value = tmpl_float(fabs(value->number));
        return 0;
    case TMPL_BOOL:
        *ret_value = tmpl_int(value->integer);
        return 0;
    case TMPL_INT:
    case TMPL_TIMEDELTA:
        *ret_value = *value;
        return value->integer < 0 ? tmpl_negate(vm, value, ret_value) : 0;
    case TMPL_BIG:
        *ret_value = *value;
        return value->big->negative ? tmpl_negate(vm, value, ret_value) : 0;
    default:
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "bad operand type for abs(): '%s'",
                          value->kind == TMPL_UNDEFINED ? "Undefined" : tmpl_class_name(value));
    }
}

/* --- sizes and the like ---------------------------------------------------------------------------- */

static int filter_filesizeformat(struct tmpl_vm *vm, const struct tmpl_call *call,
                                 struct tmpl_value *ret_value)
{
    static const char *const units[2][8] = {
        { "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB" },
        { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB" },
    };
    autobuf text = HASS_BUF_INIT;
    bool binary;
    double bytes;
    int r = read_float(vm, &call->args[0], &bytes);

    if (r < 0 || read_flag(vm, &call->args[1], false, &binary) < 0)
        return -1;
    if (r == 0) {
        if (tmpl_print(vm, &call->args[0], &text) < 0)
            return -1;
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "could not convert string to float: '%s'",
                          hass_buf_string(&text));
    }
    double base = binary ? 1024 : 1000, unit = base;
    int i = 0;
    if (bytes == 1)
        hass_buf_add_string(&text, "1 Byte");
    else if (bytes < base)
        hass_buf_printf(&text, "%.0f Bytes", trunc(bytes) + 0.0);
    else {
        for (; i < 7 && bytes >= unit * base; i++)
            unit *= base;
        hass_buf_printf(&text, "%.1f %s", bytes / unit, units[binary][i]);
    }
    return return_buf(vm, &text, ret_value);
}

static int filter_random(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0], *items;
    size_t count;

    if (value->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, value);
    if (value->kind == TMPL_SET)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "'set' object is not subscriptable");
    if (read_items(vm, value, &items, &count) < 0)
        return -1;
    if (count == 0)
        return tmpl_raise(vm, TMPL_INDEX_ERROR, "Cannot choose from an empty sequence");
    *ret_value = items[random_u64() % count];
    return 0;
}

/* Attributes only, never items: methods of built-in kinds, attributes of objects, fields of moments. */
static int filter_attr(struct tmpl_vm *vm, const struct tmpl_call *call,
                       struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];
    struct tmpl_value name;

    if (read_text(vm, &call->args[1], &name) < 0)
        return -1;
    bool mapping =
        value->kind == TMPL_DICT && !(name.length && name.text[0] == '_'); // which is unsafe
    if (!mapping)
        return tmpl_get_attr(vm, value, name.text, name.length, ret_value);
    int r = tmpl_get_method(vm, value, name.text, name.length, ret_value);
    if (r == 0)
        *ret_value = tmpl_undefined_name(&vm->heap, *value, name.text, name.length);
    return r < 0 ? r : 0;
}

static const struct tmpl_function table[] = {
    { "default", filter_default, "value ?default_value ?boolean", AS_FILTER },
    { "d", filter_default, "value ?default_value ?boolean", AS_FILTER },
    { "float", function_float, "value ?default", AS_FILTER | AS_GLOBAL },
    { "int", function_int, "value ?default ?base", AS_FILTER | AS_GLOBAL },
    { "bool", function_bool, "value ?default", AS_FILTER | AS_GLOBAL },
    { "is_number", function_is_number, "value", AS_FILTER | AS_GLOBAL | AS_TEST },
    { "string", filter_string, "object", AS_FILTER },
    { "round", filter_round, "value ?precision ?method ?default", AS_FILTER },
    { "abs", filter_abs, "x", AS_FILTER },
    { "filesizeformat", filter_filesizeformat, "value ?binary", AS_FILTER },
    { "random", filter_random, "seq", AS_FILTER },
    { "attr", filter_attr, "obj name", AS_FILTER },
    { "tojson", filter_tojson, "value ?indent", AS_FILTER },
    { "pprint", filter_pprint, "value", AS_FILTER },
};

const struct tmpl_functions tmpl_value_filters = { table, sizeof(table) / sizeof(*table) };
