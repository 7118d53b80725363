/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plain types of <hass/schema.h>: text, numbers, booleans, words, maps. They accept what the modelled system's
 * validators accept, quirks included, because people's files rely on them: 7.9 is the whole number 7, True is the text
 * "True", " 8 " is 8.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <hass/buf.h>
#include <hass/dt.h>
#include <hass/schema.h>

#include "base/duration.h"
#include "base/utf8.h"
#include "data/json_write.h"
#include "data/schema_check.h"
#include "data/schema_text.h"

int schema_fail(const char *wanted, const json_t *value, struct hass_error *err)
{
    char text[SCHEMA_VALUE_TEXT];

    return hass_fail(err, HASS_E_INVALID, "expected %s, got %s", wanted,
                     schema_describe_value(value, text));
}

const char *schema_scalar_text(const json_t *value, char buffer[SCHEMA_SCALAR_TEXT])
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return json_string_value(value);
    case JSON_INTEGER:
        snprintf(buffer, SCHEMA_SCALAR_TEXT, "%lld", (long long)json_integer_value(value));
        return buffer;
    case JSON_REAL:
        json_format_number(json_real_value(value), buffer);
        return buffer;
    case JSON_TRUE:
        return "True";
    case JSON_FALSE:
        return "False";
    default:
        return NULL;
    }
}

/* Bounds that no header declares: both zero. @max below @min: no upper bound. */
static bool is_unbounded(const struct hass_field *field)
{
    return field->min == 0 && field->max == 0;
}

static int check_bounds(const struct hass_field *field, double number, const char *what,
                        struct hass_error *err)
{
    if (is_unbounded(field))
        return 0;
    bool upper = field->max >= field->min && isfinite(field->max);
    if (number >= field->min && (!upper || number <= field->max))
        return 0;
    if (!upper)
        return hass_fail(err, HASS_E_INVALID, "expected %s of at least %g, got %.15g", what,
                         field->min, number);
    if (!isfinite(field->min))
        return hass_fail(err, HASS_E_INVALID, "expected %s of at most %g, got %.15g", what,
                         field->max, number);
    return hass_fail(err, HASS_E_INVALID, "expected %s from %g to %g, got %.15g", what, field->min,
                     field->max, number);
}

/* any, text */

static int check_any(const struct hass_field *field, const json_t *value, json_t **ret_value,
                     struct hass_error *err)
{
    *ret_value = hass_json_ref(value);
    return 0;
}

const struct hass_field_type hass_type_any = {
    .size = sizeof(struct hass_field_type),
    .name = "any value",
    .check = check_any,
    .selector = "object",
};

static int check_text_length(const struct hass_field *field, const char *text, size_t length,
                             struct hass_error *err)
{
    size_t characters = utf8_count(text, length);

    if (is_unbounded(field) || ((double)characters >= field->min &&
                                (field->max < field->min || (double)characters <= field->max)))
        return 0;
    if (field->max < field->min)
        return hass_fail(err, HASS_E_INVALID, "expected text of at least %g characters, got %zu",
                         field->min, characters);
    return hass_fail(err, HASS_E_INVALID, "expected text of %g to %g characters, got %zu",
                     field->min, field->max, characters);
}

static int check_string(const struct hass_field *field, const json_t *value, json_t **ret_value,
                        struct hass_error *err)
{
    char buffer[SCHEMA_SCALAR_TEXT];
    const char *text = schema_scalar_text(value, buffer);

    if (!text)
        return schema_fail("text", value, err);
    size_t length = json_is_string(value) ? json_string_length(value) : strlen(text);
    int r = check_text_length(field, text, length, err);
    if (r < 0)
        return r;
    *ret_value = json_is_string(value) ? hass_json_ref(value) : json_stringn(text, length);
    return 0;
}

const struct hass_field_type hass_type_string = {
    .size = sizeof(struct hass_field_type),
    .name = "text",
    .check = check_string,
    .json_type = "string",
    .selector = "text",
};

/* numbers */

static const char *skip_space(const char *text)
{
    while (ascii_is_space(*text))
        text++;
    return text;
}

/* Reads a whole decimal number with nothing but blanks around it. */
static bool read_int(const char *text, int64_t *ret_number)
{
    char *end;

    text = skip_space(text);
    const char *digits = text + (*text == '-' || *text == '+');
    if (!ascii_is_digit(*digits))
        return false;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (errno || *skip_space(end))
        return false;
    *ret_number = number;
    return true;
}

static bool read_number(const char *text, double *ret_number)
{
    char *end;

    text = skip_space(text);
    // strtod knows more than people mean: hexadecimal, infinity.
    if (!*text || text[strspn(text, "0123456789+-.eE \t\r\n\f\v")])
        return false;
    double number = strtod(text, &end);
    if (end == text || *skip_space(end) || !isfinite(number))
        return false;
    *ret_number = number;
    return true;
}

static int check_int(const struct hass_field *field, const json_t *value, json_t **ret_value,
                     struct hass_error *err)
{
    int64_t number;

    if (json_is_integer(value))
        number = json_integer_value(value);
    else if (json_is_boolean(value))
        number = json_is_true(value);
    else if (json_is_real(value) && fabs(json_real_value(value)) < 0x1p63)
        number = (int64_t)json_real_value(value);
    else if (!json_is_string(value) || !read_int(json_string_value(value), &number))
        return schema_fail("a whole number", value, err);
    int r = check_bounds(field, (double)number, "a whole number", err);
    if (r < 0)
        return r;
    *ret_value = json_is_integer(value) ? hass_json_ref(value) : json_integer(number);
    return 0;
}

const struct hass_field_type hass_type_int = {
    .size = sizeof(struct hass_field_type),
    .name = "a whole number",
    .check = check_int,
    .json_type = "integer",
    .selector = "number",
};

static int check_number(const struct hass_field *field, const json_t *value, json_t **ret_value,
                        struct hass_error *err)
{
    double number;

    if (json_is_number(value))
        number = json_number_value(value);
    else if (json_is_boolean(value))
        number = json_is_true(value);
    else if (!json_is_string(value) || !read_number(json_string_value(value), &number))
        return schema_fail("a number", value, err);
    int r = check_bounds(field, number, "a number", err);
    if (r < 0)
        return r;
    *ret_value = json_is_real(value) ? hass_json_ref(value) : json_real(number);
    return 0;
}

const struct hass_field_type hass_type_number = {
    .size = sizeof(struct hass_field_type),
    .name = "a number",
    .check = check_number,
    .json_type = "number",
    .selector = "number",
};

static int check_duration(const struct hass_field *field, const json_t *value, json_t **ret_value,
                          struct hass_error *err)
{
    int64_t usec;

    if (duration_from_json(value, &usec, NULL) < 0)
        return schema_fail("a duration such as 90, 00:01:30 or {minutes: 1, seconds: 30}", value,
                           err);
    double seconds = (double)usec / HASS_USEC_PER_SEC;
    int r = check_bounds(field, seconds, "a duration in seconds", err);
    if (r < 0)
        return r;
    *ret_value = json_real(seconds);
    return 0;
}

const struct hass_field_type hass_type_duration = {
    .size = sizeof(struct hass_field_type),
    .name = "a duration",
    .check = check_duration,
    .selector = "duration",
};

/* words */

static const char *trimmed(const char *text, char *buffer, size_t size)
{
    text = skip_space(text);
    size_t length = strlen(text);
    while (length > 0 && ascii_is_space(text[length - 1]))
        length--;
    if (length >= size)
        return NULL;
    memcpy(buffer, text, length);
    buffer[length] = 0;
    return buffer;
}

static bool is_word(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (strcasecmp(text, *words) == 0)
            return true;
    }
    return false;
}

static int check_bool(const struct hass_field *field, const json_t *value, json_t **ret_value,
                      struct hass_error *err)
{
    static const char *const good[] = { "1", "true", "yes", "on", "enable", NULL };
    static const char *const bad[] = { "0", "false", "no", "off", "disable", NULL };
    char buffer[16];
    const char *text =
        json_is_string(value) ? trimmed(json_string_value(value), buffer, sizeof(buffer)) : NULL;

    if (json_is_boolean(value))
        *ret_value = hass_json_ref(value);
    else if (json_is_number(value))
        *ret_value = json_boolean(json_number_value(value) != 0);
    else if (text && is_word(text, good))
        *ret_value = json_true();
    else if (text && is_word(text, bad))
        *ret_value = json_false();
    else
        return schema_fail("true or false", value, err);
    return 0;
}

const struct hass_field_type hass_type_bool = {
    .size = sizeof(struct hass_field_type),
    .name = "true or false",
    .check = check_bool,
    .json_type = "boolean",
    .selector = "boolean",
};

static int fail_words(const struct hass_field *field, const json_t *value, struct hass_error *err)
{
    autobuf wanted = HASS_BUF_INIT;

    hass_buf_add_string(&wanted, "one of ");
    for (const char *const *word = field->words; *word; word++)
        hass_buf_printf(&wanted, "%s%s", word == field->words ? "" : ", ", *word);
    return schema_fail(hass_buf_string(&wanted), value, err);
}

static int check_enum(const struct hass_field *field, const json_t *value, json_t **ret_value,
                      struct hass_error *err)
{
    char buffer[SCHEMA_SCALAR_TEXT];
    const char *text = json_is_boolean(value) ? NULL : schema_scalar_text(value, buffer);

    for (const char *const *word = field->words; text && *word; word++) {
        if (strcmp(text, *word) == 0) {
            *ret_value = json_is_string(value) ? hass_json_ref(value) : json_string(text);
            return 0;
        }
    }
    return fail_words(field, value, err);
}

const struct hass_field_type hass_type_enum = {
    .size = sizeof(struct hass_field_type),
    .name = "one of a few words",
    .check = check_enum,
    .json_type = "string",
    .selector = "select",
};

/* maps */

/* Only for those who ask the type itself: the engine looks into maps on its own, for the sake of paths. */
static int check_map(const struct hass_field *field, const json_t *value, json_t **ret_value,
                     struct hass_error *err)
{
    if (field->schema)
        return hass_schema_check(field->schema, value, ret_value, err);
    if (!json_is_object(value))
        return schema_fail("a map", value, err);
    *ret_value = hass_json_ref(value);
    return 0;
}

const struct hass_field_type hass_type_map = {
    .size = sizeof(struct hass_field_type),
    .name = "a map",
    .check = check_map,
    .json_type = "object",
    .selector = "object",
};
