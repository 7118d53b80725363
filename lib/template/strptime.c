/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Python reads by a regular expression with one alternative after the other, so "%d%m" finds the 1st of November in "111". Here a directive
 * tries its longest form first and gives way to shorter ones while what follows does not match. No directive stands twice, so that
 * depth is bounded. What has been read is put together into a date afterwards.
 */
#include "strptime.h"

#include <string.h>

#include "base/civil.h"
#include "base/utf8.h"
#include "template/moment_parts.h"
#include "template/strftime.h"

enum {
    NOT_READ = -1,
    DEFAULT_YEAR = 1900,
};

/* What each directive has read, by its letter. Of several that say the same the last in the format counts. */
struct reading {
    int values[128];
    size_t places[128]; /* in the format */
    bool has_offset;
    int offset;
    int64_t used; /* bytes of the text that the format has matched */
};

struct reader {
    const char *end;        /* of the text */
    const char *format_end; /* of the format that is being matched */
    struct reading reading;
};

/* Numbers: how many digits at most, and what they may be; the shortest form has @min. */
struct number {
    char letter;
    unsigned char min, max;
    int low, high;
};

static const struct number numbers[] = {
    { 'd', 1, 2, 1, 31 }, { 'f', 1, 6, 0, 999999 }, { 'G', 4, 4, 0, 9999 }, { 'H', 1, 2, 0, 23 },
    { 'I', 1, 2, 1, 12 }, { 'j', 1, 3, 1, 366 },    { 'm', 1, 2, 1, 12 },   { 'M', 1, 2, 0, 59 },
    { 'S', 1, 2, 0, 61 }, { 'u', 1, 1, 1, 7 },      { 'U', 1, 2, 0, 53 },   { 'V', 1, 2, 0, 53 },
    { 'w', 1, 1, 0, 6 },  { 'W', 1, 2, 0, 53 },     { 'y', 2, 2, 0, 99 },   { 'Y', 4, 4, 0, 9999 },
};

static const struct number *find_number(char letter)
{
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        if (numbers[i].letter == letter)
            return &numbers[i];
    return NULL;
}

static bool match(struct reader *reader, const char *format, const char *at);

/* The @length digits at @at as a number in range, or NOT_READ. */
static int digits_at(const struct reader *reader, const char *at, unsigned length, int low,
                     int high)
{
    int value = 0;

    if (reader->end - at < (ptrdiff_t)length)
        return NOT_READ;
    for (unsigned i = 0; i < length; i++) {
        if (!ascii_is_digit(at[i]))
            return NOT_READ;
        value = value * 10 + (at[i] - '0');
    }
    return value >= low && value <= high ? value : NOT_READ;
}

static bool match_number(struct reader *reader, const struct number *number, const char *format,
                         const char *at)
{
    int *value = &reader->reading.values[(int)number->letter];

    for (unsigned length = number->max; length >= number->min; length--) {
        // "00" is no week of %V, though "0" is one that is refused later.
        int low = number->letter == 'V' && length == 2 ? 1 : number->low;
        *value = digits_at(reader, at, length, low, number->high);
        if (*value == NOT_READ)
            continue;
        if (number->letter == 'f') // a fraction: ".5" is 500000
            for (unsigned i = length; i < 6; i++)
                *value *= 10;
        if (match(reader, format, at + length))
            return true;
    }
    // A day may stand behind a blank instead of a zero.
    if (number->letter == 'd' && at < reader->end && *at == ' ') {
        *value = digits_at(reader, at + 1, 1, 1, 9);
        if (*value != NOT_READ && match(reader, format, at + 2))
            return true;
    }
    *value = NOT_READ;
    return false;
}

static bool starts_with(const struct reader *reader, const char *at, const char *word,
                        size_t length)
{
    if (reader->end - at < (ptrdiff_t)length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (ascii_to_lower(at[i]) != ascii_to_lower(word[i]))
            return false;
    return true;
}

/* One of @count words; @cut: their first three letters. */
static bool match_word(struct reader *reader, char letter, const char *const *words, size_t count,
                       bool cut, const char *format, const char *at)
{
    int *value = &reader->reading.values[(int)letter];

    for (size_t i = 0; i < count; i++) {
        size_t length = cut ? 3 : strlen(words[i]);
        if (!starts_with(reader, at, words[i], length))
            continue;
        *value = (int)i;
        if (match(reader, format, at + length))
            return true;
    }
    *value = NOT_READ;
    return false;
}

/* "+HHMM", with seconds and their fraction if there are any, with or without colons. Returns where it ends. */
static const char *read_offset(const struct reader *reader, const char *at, bool with_seconds,
                               int *ret_offset)
{
    int sign = *at == '-' ? -1 : 1;
    int hour = digits_at(reader, at + 1, 2, 0, 99), minute, second = 0;

    if (hour == NOT_READ)
        return NULL;
    at += 3;
    bool colon = at < reader->end && *at == ':';
    at += colon;
    minute = digits_at(reader, at, 2, 0, 59);
    if (minute == NOT_READ)
        return NULL;
    at += 2;
    if (with_seconds) {
        bool second_colon = at < reader->end && *at == ':';
        second = digits_at(reader, at + second_colon, 2, 0, 59);
        if (second == NOT_READ || second_colon != colon)
            return NULL;
        at += 2 + second_colon;
    }
    *ret_offset = sign * (hour * 3600 + minute * 60 + second);
    return at;
}

/* Digits of a second's fraction behind @at, which no offset of ours keeps. */
static size_t fraction_at(const struct reader *reader, const char *at)
{
    size_t count = 0;

    if (at >= reader->end || *at != '.')
        return 0;
    while (count < 6 && at + 1 + count < reader->end && ascii_is_digit(at[1 + count]))
        count++;
    return count ? count + 1 : 0;
}

static bool match_offset(struct reader *reader, const char *format, const char *at)
{
    struct reading *reading = &reader->reading;

    reading->has_offset = true;
    reading->offset = 0;
    if (at < reader->end && *at == 'Z')
        return match(reader, format, at + 1);
    if (at >= reader->end || (*at != '+' && *at != '-'))
        return false;
    for (int with_seconds = 1; with_seconds >= 0; with_seconds--) {
        const char *behind = read_offset(reader, at, with_seconds, &reading->offset);
        size_t fraction = behind && with_seconds ? fraction_at(reader, behind) : 0;
        if (behind && ((fraction && match(reader, format, behind + fraction)) ||
                       match(reader, format, behind)))
            return true;
    }
    return false;
}

static bool match_directive(struct reader *reader, char letter, const char *format, const char *at)
{
    static const char *const halves[] = { "am", "pm" };
    static const char *const zones[] = { "utc", "gmt" };
    const struct number *number = find_number(letter);

    if (number)
        return match_number(reader, number, format, at);
    switch (letter) {
    case 'a':
    case 'A':
        return match_word(reader, letter, strftime_weekdays, 7, letter == 'a', format, at);
    case 'b':
    case 'B':
        return match_word(reader, letter, strftime_months, 12, letter == 'b', format, at);
    case 'p':
        return match_word(reader, letter, halves, 2, false, format, at);
    case 'Z':
        return match_word(reader, letter, zones, 2, false, format, at);
    case 'z':
        return match_offset(reader, format, at);
    default: // '%'
        return at < reader->end && *at == '%' && match(reader, format, at + 1);
    }
}

/* Matches the rest of the format at @at. */
static bool match(struct reader *reader, const char *format, const char *at)
{
    for (; format < reader->format_end; format++) {
        if (*format == '%')
            return match_directive(reader, format[1], format + 2, at);
        if (at >= reader->end)
            return false;
        if (ascii_is_space(*format)) {
            if (!ascii_is_space(*at))
                return false;
            while (format + 1 < reader->format_end && ascii_is_space(format[1]))
                format++;
            while (at < reader->end && ascii_is_space(*at))
                at++;
        } else if (ascii_to_lower(*format) != ascii_to_lower(*at++)) {
            return false;
        }
    }
    reader->reading.used = reader->end - at;
    return true;
}

/* formats */

/* Writes %c, %x and %X out. */
static int expand(struct tmpl_vm *vm, const char *format, size_t length, struct hass_buf *buf)
{
    for (size_t i = 0; i < length; i++) {
        if (format[i] != '%') {
            hass_buf_add_char(buf, format[i]);
            continue;
        }
        if (++i == length)
            return tmpl_raise(vm, TMPL_VALUE_ERROR, "stray %% in format '%.*s'", (int)length,
                              format);
        const char *long_form = format[i] == 'c'   ? "%a %b %d %H:%M:%S %Y"
                                : format[i] == 'x' ? "%m/%d/%y"
                                : format[i] == 'X' ? "%H:%M:%S"
                                                   : NULL;
        if (!long_form && (!format[i] || !strchr("aAbBdfGHIjmMpSuUVwWyYzZ%", format[i])))
            return tmpl_raise(vm, TMPL_VALUE_ERROR, "'%.*s' is a bad directive in format '%.*s'",
                              (int)utf8_cut(format + i, length - i, 4), format + i, (int)length,
                              format);
        char single[] = { '%', format[i], '\0' };
        hass_buf_add_string(buf, long_form ? long_form : single);
    }
    return 0;
}

/* Notes where each directive stands, which may be once. */
static int find_places(struct tmpl_vm *vm, const struct hass_buf *format, struct reading *reading)
{
    for (size_t i = 0; i < format->length; i++) {
        if (format->data[i] != '%')
            continue;
        char letter = format->data[++i];
        if (letter == '%')
            continue;
        if (reading->places[(int)letter])
            return tmpl_raise(vm, TMPL_REGEX_ERROR, "redefinition of group name '%c'", letter);
        reading->places[(int)letter] = i;
    }
    return 0;
}

/* putting together */

/* Which of @letters was read last, or 0. */
static char last_of(const struct reading *reading, const char *letters)
{
    char last = 0;

    for (; *letters; letters++)
        if (reading->values[(int)*letters] != NOT_READ &&
            (!last || reading->places[(int)*letters] > reading->places[(int)last]))
            last = *letters;
    return last;
}

static int value_or(const struct reading *reading, char letter, int otherwise)
{
    int value = reading->values[(int)letter];

    return value != NOT_READ ? value : otherwise;
}

/* 0 = Monday. */
static int weekday_of(const struct reading *reading)
{
    char letter = last_of(reading, "aAuw");
    int value = reading->values[(int)letter];

    switch (letter) {
    case 0:
        return NOT_READ;
    case 'u':
        return value - 1;
    case 'w':
        return (value + 6) % 7;
    default:
        return value;
    }
}

/* Hours to twelve are those before noon where nothing says which. */
static int hour_of(const struct reading *reading)
{
    if (last_of(reading, "HI") != 'I')
        return value_or(reading, 'H', 0);
    return reading->values['I'] % 12 + (reading->values['p'] == 1 ? 12 : 0);
}

static int year_of(const struct reading *reading)
{
    int year = reading->values['y'];

    return last_of(reading, "yY") != 'y' ? reading->values['Y'] : year + (year <= 68 ? 2000 : 1900);
}

/* Names count from 0. */
static int month_of(const struct reading *reading)
{
    char letter = last_of(reading, "mbB");

    return !letter ? 1 : reading->values[(int)letter] + (letter != 'm');
}

/* The day of a week that is counted from the first Sunday (%U) or Monday (%W) of a year. */
static int64_t day_in_week(int year, int week, int weekday, bool monday_first)
{
    int64_t new_year = civil_to_days(year, 1, 1);
    int shift = monday_first ? 0 : 1;
    int first = (civil_weekday(new_year) + shift) % 7;
    int day = (weekday + shift) % 7;

    return new_year - first + day + (first ? week : week - 1) * INT64_C(7);
}

/* As Python 3.11, which takes a 53rd week of any year. */
static int64_t iso_day(const struct reading *reading, int weekday)
{
    int64_t start = moment_iso_year_start(reading->values['G']);

    return start + (reading->values['V'] - 1) * INT64_C(7) + weekday;
}

static int check_iso(struct tmpl_vm *vm, const struct reading *reading, int weekday)
{
    bool iso_year = reading->values['G'] != NOT_READ && year_of(reading) == NOT_READ;
    bool iso_week = reading->values['V'] != NOT_READ;

    if (iso_year && (!iso_week || weekday == NOT_READ))
        return tmpl_raise(vm, TMPL_VALUE_ERROR,
                          "ISO year directive '%%G' needs the ISO week directive '%%V' and a "
                          "weekday directive ('%%A', '%%a', '%%w', or '%%u')");
    if (iso_year && reading->values['j'] != NOT_READ)
        return tmpl_raise(vm, TMPL_VALUE_ERROR,
                          "Day of the year directive '%%j' is not compatible with ISO year "
                          "directive '%%G'. Use '%%Y' instead.");
    if (!iso_year && iso_week && !last_of(reading, "UW"))
        return tmpl_raise(
            vm, TMPL_VALUE_ERROR,
            "ISO week directive '%%V' needs the ISO year directive '%%G' and no '%%Y'");
    return 0;
}

/* The date, as days since 1970; that of year, month and day unless a day of the year or of a week was read. */
static int date_of(struct tmpl_vm *vm, const struct reading *reading, int64_t *ret_days)
{
    int weekday = weekday_of(reading), year = year_of(reading);
    char week = last_of(reading, "UW");
    int64_t local;

    if (check_iso(vm, reading, weekday) < 0)
        return -1;
    struct hass_dt fields = {
        .year = year == NOT_READ ? DEFAULT_YEAR : year,
        .month = month_of(reading),
        .day = value_or(reading, 'd', 1),
    };
    if (reading->values['j'] != NOT_READ && fields.year > 0)
        *ret_days = civil_to_days(fields.year, 1, reading->values['j']);
    else if (week && weekday != NOT_READ && fields.year > 0)
        *ret_days = day_in_week(fields.year, reading->values[(int)week], weekday, week == 'W');
    else if (year == NOT_READ && reading->values['G'] != NOT_READ)
        *ret_days = iso_day(reading, weekday);
    else if (moment_from_fields(vm, &fields, &local) < 0)
        return -1;
    else
        *ret_days = floor_div(local, USEC_PER_DAY);
    return 0;
}

static int finish(struct tmpl_vm *vm, const struct reading *reading, struct tmpl_moment *ret_moment)
{
    int64_t days = 0, local;

    if (date_of(vm, reading, &days) < 0)
        return -1;
    struct hass_dt fields = moment_fields(days * USEC_PER_DAY);
    fields.hour = hour_of(reading);
    fields.minute = value_or(reading, 'M', 0);
    fields.second = value_or(reading, 'S', 0);
    fields.microsecond = value_or(reading, 'f', 0);
    if (moment_from_fields(vm, &fields, &local) < 0)
        return -1;
    if (reading->offset <= -SECONDS_PER_DAY || reading->offset >= SECONDS_PER_DAY)
        return tmpl_raise(vm, TMPL_VALUE_ERROR,
                          "offset must be a timedelta strictly between -24 and 24 hours");
    *ret_moment = (struct tmpl_moment){
        .local = local,
        .fixed = reading->has_offset,
        .utc = reading->has_offset && !reading->offset,
        .offset = reading->offset,
    };
    return 0;
}

int tmpl_strptime(struct tmpl_vm *vm, const char *text, size_t text_length, const char *format,
                  size_t format_length, struct tmpl_moment *ret_moment)
{
    autobuf expanded = HASS_BUF_INIT;
    struct reader reader = { .end = text + text_length };

    if (expand(vm, format, format_length, &expanded) < 0 ||
        find_places(vm, &expanded, &reader.reading) < 0)
        return -1;
    for (size_t i = 0; i < sizeof(reader.reading.values) / sizeof(*reader.reading.values); i++)
        reader.reading.values[i] = NOT_READ;
    const char *start = hass_buf_string(&expanded);
    reader.format_end = start + expanded.length;
    if (!match(&reader, start, text))
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "time data '%.*s' does not match format '%.*s'",
                          (int)text_length, text, (int)format_length, format);
    if (reader.reading.used)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "unconverted data remains: %.*s",
                          (int)reader.reading.used, reader.end - reader.reading.used);
    return finish(vm, &reader.reading, ret_moment);
}
