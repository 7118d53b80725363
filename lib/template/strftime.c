/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directives as a table: a letter, which modifiers it may have, and how it is made. The C library's own function is not used: it looks at
 * the system's zone with every call.
 */
#include "strftime.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/utf8.h"
#include "template/moment_parts.h"

enum {
    MAX_WIDTH = 65536,
    // Python gives up, with an empty text, where the result is larger than this.
    ALWAYS_ALLOWED = 1024,
    GROWTH = 256,
};

const char *const strftime_weekdays[7] = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
};

const char *const strftime_months[12] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December",
};

/* One directive of a format, "%-5d". */
struct spec {
    char pad; /* '-', '_', '0', or 0 */
    bool upper;
    bool lower;
    bool swap;
    size_t width;
    char modifier; /* 'E', 'O' or 0 */
};

static void put(const struct spec *spec, const char *text, size_t length, struct hass_buf *buf)
{
    for (size_t i = length; i < spec->width; i++)
        hass_buf_add_char(buf, spec->pad == '0' ? '0' : ' ');
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (spec->lower)
            c = ascii_to_lower(c);
        else if (spec->upper && ascii_is_lower(c))
            c = (char)(c - ('a' - 'A'));
        hass_buf_add_char(buf, c);
    }
}

static void put_number(struct spec spec, size_t digits, int64_t number, struct hass_buf *buf)
{
    char text[24];
    size_t length = (size_t)snprintf(text, sizeof(text), "%" PRId64, number);
    size_t wanted = digits > spec.width ? digits : spec.width;
    size_t missing = wanted > length && spec.pad != '-' ? wanted - length : 0;

    if (!missing) {
        put(&spec, text, length, buf);
    } else if (spec.pad == '_') {
        for (size_t i = 0; i < missing; i++)
            hass_buf_add_char(buf, ' ');
        hass_buf_add(buf, text, length);
    } else {
        bool negative = number < 0;
        if (negative)
            hass_buf_add_char(buf, '-');
        for (size_t i = 0; i < missing; i++)
            hass_buf_add_char(buf, '0');
        hass_buf_add(buf, text + negative, length - negative);
    }
}

/* numbers */

static int day_of_year(const struct hass_dt *f)
{
    return (int)(civil_to_days(f->year, f->month, f->day) - civil_to_days(f->year, 1, 1));
}

/* Weeks that begin on @first (0 = Monday); the days before the first one are week 0. */
static int week_from(const struct hass_dt *f, int first)
{
    return (day_of_year(f) + 7 - (f->weekday - first + 7) % 7) / 7;
}

static int64_t iso_week(const struct hass_dt *f, int64_t *ret_year)
{
    int week;

    moment_iso_week(civil_to_days(f->year, f->month, f->day), ret_year, &week);
    return week;
}

static int64_t number_of(char letter, const struct strftime_moment *moment)
{
    const struct hass_dt *f = &moment->fields;
    int64_t iso_year, week;

    switch (letter) {
    case 'C':
        return f->year / 100;
    case 'd':
    case 'e':
        return f->day;
    case 'g':
    case 'G':
        iso_week(f, &iso_year);
        return letter == 'G' ? iso_year : iso_year % 100;
    case 'H':
    case 'k':
        return f->hour;
    case 'I':
    case 'l':
        return (f->hour + 11) % 12 + 1;
    case 'j':
        return day_of_year(f) + 1;
    case 'm':
        return f->month;
    case 'M':
        return f->minute;
    case 's':
        return moment->epoch;
    case 'S':
        return f->second;
    case 'u':
        return f->weekday + 1;
    case 'U':
        return week_from(f, 6);
    case 'V':
        week = iso_week(f, &iso_year);
        return week;
    case 'w':
        return (f->weekday + 1) % 7;
    case 'W':
        return week_from(f, 0);
    case 'y':
        return f->year % 100;
    default: // 'Y'
        return f->year;
    }
}

/* texts */

static void put_text(char letter, struct spec *spec, const struct strftime_moment *moment,
                     struct hass_buf *buf)
{
    const struct hass_dt *f = &moment->fields;
    const char *text = letter == 'A' || letter == 'a'   ? strftime_weekdays[f->weekday]
                       : letter == 'Z'                  ? moment->zone
                       : letter == 'p' || letter == 'P' ? (f->hour < 12 ? "AM" : "PM")
                                                        : strftime_months[f->month - 1];
    size_t length = letter == 'a' || letter == 'b' || letter == 'h' ? 3 : strlen(text);

    spec->lower = letter == 'P' || (spec->swap && (letter == 'p' || letter == 'Z'));
    spec->upper |= spec->swap && !spec->lower;
    put(spec, text, length, buf);
}

/* "+0100"; with flags or a width the sign and the number are filled up one by one, as glibc does. */
static void put_offset(const struct spec *spec, const struct strftime_moment *moment,
                       struct hass_buf *buf)
{
    int offset = moment->fields.offset;
    int minutes = (offset < 0 ? -offset : offset) / 60;

    if (!moment->has_offset) {
        put(spec, "", 0, buf);
    } else if (!spec->pad && !spec->width) {
        moment_print_offset(offset, "", buf);
    } else {
        put(spec, offset < 0 ? "-" : "+", 1, buf);
        put_number(*spec, 4, minutes / 60 * 100 + minutes % 60, buf);
    }
}

/* A number that is filled up like a text. */
static void put_plain(const struct spec *spec, int64_t number, struct hass_buf *buf)
{
    char text[24];
    int length = snprintf(text, sizeof(text), "%" PRId64, number);

    put(spec, text, (size_t)length, buf);
}

/* directives */

enum kind { NUMBER, SPACED, PLAIN, TEXT, OFFSET, FRACTION, FORMAT, LITERAL };

struct directive {
    char letter;
    enum kind kind;
    const char *modifiers;
    unsigned digits;  /* NUMBER, SPACED */
    const char *text; /* FORMAT, LITERAL */
};

static const struct directive directives[] = {
    { 'a', TEXT, "" },
    { 'A', TEXT, "" },
    { 'b', TEXT, "O" },
    { 'B', TEXT, "O" },
    { 'c', FORMAT, "E", 0, "%a %b %e %H:%M:%S %Y" },
    { 'C', NUMBER, "EO", 1 },
    { 'd', NUMBER, "O", 2 },
    { 'D', FORMAT, "", 0, "%m/%d/%y" },
    { 'e', SPACED, "O", 2 },
    { 'f', FRACTION, "" },
    { 'F', FORMAT, "", 0, "%Y-%m-%d" },
    { 'g', NUMBER, "O", 2 },
    { 'G', NUMBER, "O", 1 },
    { 'h', TEXT, "O" },
    { 'H', NUMBER, "O", 2 },
    { 'I', NUMBER, "O", 2 },
    { 'j', NUMBER, "O", 3 },
    { 'k', SPACED, "O", 2 },
    { 'l', SPACED, "O", 2 },
    { 'm', NUMBER, "O", 2 },
    { 'M', NUMBER, "O", 2 },
    { 'n', LITERAL, "EO", 0, "\n" },
    { 'p', TEXT, "EO" },
    { 'P', TEXT, "EO" },
    { 'r', FORMAT, "EO", 0, "%I:%M:%S %p" },
    { 'R', FORMAT, "EO", 0, "%H:%M" },
    { 's', PLAIN, "EO" },
    { 'S', NUMBER, "O", 2 },
    { 't', LITERAL, "EO", 0, "\t" },
    { 'T', FORMAT, "EO", 0, "%H:%M:%S" },
    { 'u', NUMBER, "EO", 1 },
    { 'U', NUMBER, "O", 2 },
    { 'V', NUMBER, "O", 2 },
    { 'w', NUMBER, "O", 1 },
    { 'W', NUMBER, "O", 2 },
    { 'x', FORMAT, "E", 0, "%m/%d/%y" },
    { 'X', FORMAT, "E", 0, "%H:%M:%S" },
    { 'y', NUMBER, "EO", 2 },
    { 'Y', NUMBER, "E", 1 },
    { 'z', OFFSET, "EO" },
    { 'Z', TEXT, "EO" },
    { '%', LITERAL, "EO", 0, "%" },
};

static const struct directive *find_directive(char letter, char modifier)
{
    for (size_t i = 0; i < sizeof(directives) / sizeof(*directives); i++)
        if (directives[i].letter == letter)
            return !modifier || strchr(directives[i].modifiers, modifier) ? &directives[i] : NULL;
    return NULL;
}

static void print_format(const struct strftime_moment *moment, const char *format, size_t length,
                         struct hass_buf *buf);

static void put_format(struct spec *spec, const struct strftime_moment *moment, const char *format,
                       struct hass_buf *buf)
{
    autobuf text = HASS_BUF_INIT;

    print_format(moment, format, strlen(format), &text);
    put(spec, hass_buf_string(&text), text.length, buf);
}

static void put_directive(const struct directive *directive, struct spec *spec,
                          const struct strftime_moment *moment, struct hass_buf *buf)
{
    switch (directive->kind) {
    case SPACED:
        if (spec->pad != '0' && spec->pad != '-')
            spec->pad = '_';
        put_number(*spec, directive->digits, number_of(directive->letter, moment), buf);
        break;
    case NUMBER:
        put_number(*spec, directive->digits, number_of(directive->letter, moment), buf);
        break;
    case PLAIN:
        put_plain(spec, number_of(directive->letter, moment), buf);
        break;
    case TEXT:
        put_text(directive->letter, spec, moment, buf);
        break;
    case OFFSET:
        put_offset(spec, moment, buf);
        break;
    case FRACTION:
        hass_buf_printf(buf, "%06d", moment->fields.microsecond);
        break;
    case FORMAT:
        put_format(spec, moment, directive->text, buf);
        break;
    case LITERAL:
        put(spec, directive->text, strlen(directive->text), buf);
        break;
    }
}

/* Reads flags, width and modifier behind the percent sign. Returns what is behind them. */
static const char *read_spec(const char *at, const char *end, struct spec *ret_spec)
{
    *ret_spec = (struct spec){ 0 };
    for (; at < end && *at && strchr("_-0^#", *at); at++) {
        if (*at == '^')
            ret_spec->upper = true;
        else if (*at == '#')
            ret_spec->swap = true;
        else
            ret_spec->pad = *at;
    }
    for (; at < end && ascii_is_digit(*at); at++)
        if (ret_spec->width < MAX_WIDTH)
            ret_spec->width = ret_spec->width * 10 + (size_t)(*at - '0');
    if (at < end && (*at == 'E' || *at == 'O'))
        ret_spec->modifier = *at++;
    return at;
}

static void print_format(const struct strftime_moment *moment, const char *format, size_t length,
                         struct hass_buf *buf)
{
    const char *at = format, *end = format + length;

    while (at < end) {
        const char *percent = memchr(at, '%', (size_t)(end - at));
        hass_buf_add(buf, at, (size_t)((percent ? percent : end) - at));
        if (!percent)
            return;
        struct spec spec;
        at = read_spec(percent + 1, end, &spec);
        const struct directive *directive = at < end ? find_directive(*at, spec.modifier) : NULL;
        bool plain = at == percent + 1;
        if (at < end)
            at++;
        if (directive && (directive->kind != FRACTION || plain))
            put_directive(directive, &spec, moment, buf);
        else
            put(&spec, percent, (size_t)(at - percent), buf);
    }
}

void strftime_print(const struct strftime_moment *moment, const char *format, size_t length,
                    struct hass_buf *buf)
{
    size_t before = buf->length;
    size_t limit = length * GROWTH > ALWAYS_ALLOWED ? length * GROWTH : ALWAYS_ALLOWED;

    print_format(moment, format, length, buf);
    if (buf->length - before > limit) {
        buf->length = before;
        buf->data[before] = '\0';
    }
}
