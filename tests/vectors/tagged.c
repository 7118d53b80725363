/* SPDX-License-Identifier: Apache-2.0 */
/* Tagged JSON to values, values to tagged JSON, and comparing two of them. */
#include "vectors/tagged.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <hass/dt.h>

#include "base/civil.h"
#include "helpers/template_hass.h"
#include "support/test.h"
#include "template/moment.h"

#define USEC_PER_DAY  (SECONDS_PER_DAY * HASS_USEC_PER_SEC)
#define PLAIN_INTEGER (INT64_C(1) << 53) /* larger ones are tagged */
#define MAX_ZONES     64

/* reading */

/* Zones live as long as the values that refer to them: as long as the program. */
static const struct hass_zone *zone_named(const char *name)
{
    static struct hass_zone *zones[MAX_ZONES];

    for (size_t i = 0; i < MAX_ZONES; i++) {
        if (!zones[i])
            test_require(hass_zone_new(name, &zones[i], NULL) == 0, "there is no zone %s", name);
        if (strcmp(hass_zone_name(zones[i]), name) == 0)
            return zones[i];
    }
    test_fail(__FILE__, __LINE__, "more than %d zones", MAX_ZONES);
}

static int64_t read_fraction(const char **text)
{
    int64_t usec = 0, unit = HASS_USEC_PER_SEC;

    if (**text != '.')
        return 0;
    for ((*text)++; **text >= '0' && **text <= '9'; (*text)++) {
        unit /= 10;
        usec += (**text - '0') * unit;
    }
    return usec;
}

/* Microseconds since midnight of "HH:MM:SS[.ffffff]"; @ret_rest is what follows. */
static int64_t read_clock(const char *text, const char **ret_rest)
{
    int hour, minute, second, length = 0;

    test_require(sscanf(text, "%2d:%2d:%2d%n", &hour, &minute, &second, &length) == 3,
                 "%s is no time of day", text);
    text += length;
    int64_t usec = ((hour * 60 + minute) * 60 + second) * HASS_USEC_PER_SEC;
    usec += read_fraction(&text);
    *ret_rest = text;
    return usec;
}

static int64_t read_days(const char *text, const char **ret_rest)
{
    int year, month, day, length = 0;

    test_require(sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &length) == 3, "%s is no date",
                 text);
    *ret_rest = text + length;
    return civil_to_days(year, month, day);
}

static int read_offset(const char *text)
{
    int hour, minute;

    test_require(sscanf(text + 1, "%2d:%2d", &hour, &minute) == 2, "%s is no offset", text);
    return (*text == '-' ? -1 : 1) * (hour * 60 + minute) * 60;
}

static struct tmpl_value moment_value(struct tmpl_heap *heap, enum tmpl_kind kind,
                                      const struct tmpl_moment *moment)
{
    struct tmpl_moment *copy = tmpl_alloc(heap, sizeof(*copy));

    *copy = *moment;
    return (struct tmpl_value){ .kind = kind, .moment = copy };
}

/* What a tag stands for; @json is its value, in @object. */
typedef struct tmpl_value tag_fn(const struct tagged_reader *reader, const json_t *json,
                                 const json_t *object);

static struct tmpl_value read_datetime(const struct tagged_reader *reader, const json_t *json,
                                       const json_t *object)
{
    const char *zone = hass_json_get_string(object, "zone", NULL), *rest;
    struct tmpl_heap *heap = &reader->vm->heap;
    int64_t days = read_days(json_string_value(json), &rest);
    int64_t local = days * USEC_PER_DAY + read_clock(rest + 1, &rest);

    if (!*rest)
        return tmpl_moment_naive(heap, local);
    int offset = read_offset(rest);
    if (zone)
        return tmpl_moment_in(heap, local - offset * HASS_USEC_PER_SEC, zone_named(zone));
    return moment_value(heap, TMPL_DATETIME,
                        &(struct tmpl_moment){
                            .local = local, .offset = offset, .fixed = true, .utc = offset == 0 });
}

static struct tmpl_value read_date(const struct tagged_reader *reader, const json_t *json,
                                   const json_t *object)
{
    const char *rest;

    return tmpl_date(read_days(json_string_value(json), &rest));
}

static struct tmpl_value read_time(const struct tagged_reader *reader, const json_t *json,
                                   const json_t *object)
{
    const char *rest;
    int64_t local = read_clock(json_string_value(json), &rest);

    return moment_value(&reader->vm->heap, TMPL_TIME, &(struct tmpl_moment){ .local = local });
}

static struct tmpl_value read_timedelta(const struct tagged_reader *reader, const json_t *json,
                                        const json_t *object)
{
    return tmpl_timedelta(json_integer_value(json_array_get(json, 0)) * USEC_PER_DAY +
                          json_integer_value(json_array_get(json, 1)) * HASS_USEC_PER_SEC +
                          json_integer_value(json_array_get(json, 2)));
}

static struct tmpl_value read_bytes(const struct tagged_reader *reader, const json_t *json,
                                    const json_t *object)
{
    const char *hex = json_string_value(json);
    size_t length = strlen(hex) / 2;
    unsigned char *bytes = tmpl_alloc(&reader->vm->heap, length + 1);

    for (size_t i = 0; i < length; i++) {
        unsigned byte;
        test_require(sscanf(hex + 2 * i, "%2x", &byte) == 1, "%s are no bytes", hex);
        bytes[i] = (unsigned char)byte;
    }
    return tmpl_bytes_view(bytes, length);
}

/* UTF-8, of three bytes for lone surrogates, too. */
static size_t put_codepoint(char *to, unsigned code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        to[0] = (char)(0xc0 | code >> 6);
        to[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        to[0] = (char)(0xe0 | code >> 12);
        to[1] = (char)(0x80 | (code >> 6 & 0x3f));
        to[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | code >> 18);
    to[1] = (char)(0x80 | (code >> 12 & 0x3f));
    to[2] = (char)(0x80 | (code >> 6 & 0x3f));
    to[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

static struct tmpl_value read_codepoints(const struct tagged_reader *reader, const json_t *json,
                                         const json_t *object)
{
    size_t count = json_array_size(json), length = 0;
    char *text = tmpl_alloc(&reader->vm->heap, 4 * count + 1);

    for (size_t i = 0; i < count; i++)
        length +=
            put_codepoint(text + length, (unsigned)json_integer_value(json_array_get(json, i)));
    return tmpl_string_view(text, length);
}

static const struct tmpl_value *read_items(const struct tagged_reader *reader, const json_t *list)
{
    size_t count = json_array_size(list);
    struct tmpl_value *items = tmpl_alloc(&reader->vm->heap, (count + 1) * sizeof(*items));

    for (size_t i = 0; i < count; i++)
        items[i] = tagged_read(reader, json_array_get(list, i));
    return items;
}

static struct tmpl_value read_tuple(const struct tagged_reader *reader, const json_t *json,
                                    const json_t *object)
{
    return tmpl_tuple_view(read_items(reader, json), json_array_size(json));
}

static struct tmpl_value read_set(const struct tagged_reader *reader, const json_t *json,
                                  const json_t *object)
{
    struct tmpl_dict *set = tmpl_dict_new(&reader->vm->heap, json_array_size(json));

    for (size_t i = 0; i < json_array_size(json); i++)
        test_require(tmpl_dict_set(reader->vm, set, tagged_read(reader, json_array_get(json, i)),
                                   tmpl_none()) >= 0,
                     "a set has a member that cannot be one");
    return tmpl_set_value(set);
}

static struct tmpl_value read_dict(const struct tagged_reader *reader, const json_t *json,
                                   const json_t *object)
{
    struct tmpl_dict *dict = tmpl_dict_new(&reader->vm->heap, json_array_size(json));
    const json_t *pair = json_array_get(json, 0);

    /* Where bytes are the whole value the generator has escaped its own tag. */
    if (json_array_size(json) == 1 && json_is_string(json_array_get(pair, 0)) &&
        strcmp(json_string_value(json_array_get(pair, 0)), "$bytes") == 0)
        return read_bytes(reader, json_array_get(pair, 1), object);
    for (size_t i = 0; i < json_array_size(json); i++) {
        pair = json_array_get(json, i);
        test_require(tmpl_dict_set(reader->vm, dict, tagged_read(reader, json_array_get(pair, 0)),
                                   tagged_read(reader, json_array_get(pair, 1))) >= 0,
                     "a map has a key that cannot be one");
    }
    return tmpl_dict_value(dict);
}

static struct tmpl_value read_int(const struct tagged_reader *reader, const json_t *json,
                                  const json_t *object)
{
    const char *text = json_string_value(json);
    struct tmpl_value value;

    test_require(tmpl_parse_int(reader->vm, text, strlen(text), 10, &value) == 1,
                 "%s is no integer", text);
    return value;
}

static struct tmpl_value read_float(const struct tagged_reader *reader, const json_t *json,
                                    const json_t *object)
{
    const char *text = json_string_value(json);

    return tmpl_float(strcmp(text, "nan") == 0 ? NAN : *text == '-' ? -INFINITY : INFINITY);
}

static struct tmpl_value read_state(const struct tagged_reader *reader, const json_t *json,
                                    const json_t *object)
{
    struct tmpl_value value;

    test_require(reader->state && reader->state(reader->vm, json, reader->userdata, &value) == 0,
                 "a state that is none");
    return value;
}

static struct tmpl_value read_ellipsis(const struct tagged_reader *reader, const json_t *json,
                                       const json_t *object)
{
    return (struct tmpl_value){ .kind = TMPL_NONE, .flags = TMPL_ELLIPSIS };
}

static const struct {
    const char *tag;
    tag_fn *read;
} tags[] = {
    { "int", read_int },
    { "float", read_float },
    { "dict", read_dict },
    { "tuple", read_tuple },
    { "set", read_set },
    { "bytes", read_bytes },
    { "codepoints", read_codepoints },
    { "datetime", read_datetime },
    { "date", read_date },
    { "time", read_time },
    { "timedelta", read_timedelta },
    { "state", read_state },
    { "ellipsis", read_ellipsis },
};

static struct tmpl_value read_tag(const struct tagged_reader *reader, const char *tag,
                                  const json_t *json, const json_t *object)
{
    for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
        if (strcmp(tags[i].tag, tag) == 0)
            return tags[i].read(reader, json, object);
    test_fail(__FILE__, __LINE__, "a tag that is not known: $%s", tag);
}

/* The tag of `{"$tag": …}`, without its sign, or NULL. */
static const char *tag_of(const json_t *object, const json_t **ret_value)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value) {
        if (*key == '$') {
            *ret_value = value;
            return key + 1;
        }
    }
    return NULL;
}

static struct tmpl_value read_object(const struct tagged_reader *reader, const json_t *object)
{
    struct tmpl_heap *heap = &reader->vm->heap;
    const char *key;
    json_t *member;
    const json_t *value;
    const char *tag = tag_of(object, &value);

    if (tag)
        return read_tag(reader, tag, value, object);
    struct tmpl_dict *dict = tmpl_dict_new(heap, json_object_size(object));
    json_object_foreach((json_t *)object, key, member)
        tmpl_dict_set_text(heap, dict, key, strlen(key), tagged_read(reader, member));
    return tmpl_dict_value(dict);
}

struct tmpl_value tagged_read(const struct tagged_reader *reader, const json_t *json)
{
    switch (json ? json_typeof(json) : JSON_NULL) {
    case JSON_OBJECT:
        return read_object(reader, json);
    case JSON_ARRAY:
        return tmpl_list_view(read_items(reader, json), json_array_size(json));
    case JSON_STRING:
        return tmpl_string_copy(&reader->vm->heap, json_string_value(json),
                                json_string_length(json));
    case JSON_INTEGER:
        return tmpl_int(json_integer_value(json));
    case JSON_REAL:
        return tmpl_float(json_real_value(json));
    case JSON_TRUE:
    case JSON_FALSE:
        return tmpl_bool(json_is_true(json));
    default:
        return tmpl_none();
    }
}

/* writing */

static json_t *tagged(const char *tag, json_t *value)
{
    return json_pack("{s:o}", tag, value);
}

static json_t *write_text(const struct tmpl_value *value)
{
    json_t *plain = json_stringn(value->text, value->length);

    if (plain)
        return plain;
    json_t *codes = json_array(); // not UTF-8: it has lone surrogates
    for (uint32_t i = 0; i < value->length;) {
        unsigned char first = (unsigned char)value->text[i++];
        unsigned code = first < 0xc0 ? first : first < 0xe0 ? first & 0x1f : first & 0x0f;
        while (i < value->length && ((unsigned char)value->text[i] & 0xc0) == 0x80)
            code = code << 6 | ((unsigned char)value->text[i++] & 0x3f);
        json_array_append_new(codes, json_integer(code));
    }
    return tagged("$codepoints", codes);
}

static json_t *write_bytes(const struct tmpl_value *value)
{
    autobuf buf = HASS_BUF_INIT;

    for (uint32_t i = 0; i < value->length; i++)
        hass_buf_printf(&buf, "%02x", (unsigned char)value->text[i]);
    return tagged("$bytes", json_string(hass_buf_string(&buf)));
}

static json_t *write_items(const struct tmpl_value *value)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < value->length; i++)
        json_array_append_new(list, tagged_write(&value->items[i]));
    return list;
}

static bool keys_are_texts(const struct tmpl_dict *dict)
{
    for (uint32_t i = 0; i < dict->count; i++)
        if (dict->entries[i].key.kind != TMPL_STRING ||
            (dict->entries[i].key.length && dict->entries[i].key.text[0] == '$'))
            return false;
    return true;
}

static json_t *write_dict(const struct tmpl_dict *dict)
{
    bool plain = keys_are_texts(dict);
    json_t *object = plain ? json_object() : json_array();

    for (uint32_t i = 0; i < dict->count; i++) {
        const struct tmpl_entry *entry = &dict->entries[i];
        if (plain)
            json_object_setn_new(object, entry->key.text, entry->key.length,
                                 tagged_write(&entry->value));
        else
            json_array_append_new(
                object, json_pack("[oo]", tagged_write(&entry->key), tagged_write(&entry->value)));
    }
    return plain ? object : tagged("$dict", object);
}

static json_t *write_set(const struct tmpl_dict *set)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < set->count; i++)
        json_array_append_new(list, tagged_write(&set->entries[i].key));
    return tagged("$set", list);
}

static json_t *write_range(const struct tmpl_range *range)
{
    return tagged("$range", json_pack("[III]", (json_int_t)range->start, (json_int_t)range->stop,
                                      (json_int_t)range->step));
}

/* A moment as isoformat() writes it. */
static json_t *write_moment(const struct tmpl_value *value)
{
    static const char *const names[] = {
        [TMPL_DATETIME] = "$datetime", [TMPL_DATE] = "$date", [TMPL_TIME] = "$time"
    };
    autobuf buf = HASS_BUF_INIT;

    tmpl_date_print(value, &buf);
    if (value->kind == TMPL_DATETIME && buf.length > 10)
        buf.data[10] = 'T';
    return tagged(names[value->kind], json_string(hass_buf_string(&buf)));
}

static json_t *write_timedelta(int64_t usec)
{
    int64_t rest = floor_mod(usec, USEC_PER_DAY);

    return tagged("$timedelta", json_pack("[III]", (json_int_t)floor_div(usec, USEC_PER_DAY),
                                          (json_int_t)(rest / HASS_USEC_PER_SEC),
                                          (json_int_t)(rest % HASS_USEC_PER_SEC)));
}

static json_t *write_large(const struct tmpl_value *value)
{
    struct tmpl_vm *vm = template_values_create();
    autobuf buf = HASS_BUF_INIT;

    (void)tmpl_print(vm, value, &buf);
    tmpl_vm_destroy(vm);
    return tagged("$int", json_string(hass_buf_string(&buf)));
}

static json_t *write_float(double number)
{
    if (isfinite(number))
        return json_real(number);
    return tagged("$float", json_string(isnan(number) ? "nan" : number < 0 ? "-inf" : "inf"));
}

json_t *tagged_write(const struct tmpl_value *value)
{
    switch (value->kind) {
    case TMPL_NONE:
        return value->flags & TMPL_ELLIPSIS ? tagged("$ellipsis", json_true()) : json_null();
    case TMPL_BOOL:
        return json_boolean(value->integer);
    case TMPL_INT:
        if (value->integer >= -PLAIN_INTEGER && value->integer <= PLAIN_INTEGER)
            return json_integer(value->integer);
        return write_large(value);
    case TMPL_BIG:
        return write_large(value);
    case TMPL_FLOAT:
        return write_float(value->number);
    case TMPL_STRING:
        return write_text(value);
    case TMPL_BYTES:
        return write_bytes(value);
    case TMPL_LIST:
        return write_items(value);
    case TMPL_TUPLE:
        return tagged("$tuple", write_items(value));
    case TMPL_DICT:
        return write_dict(value->dict);
    case TMPL_SET:
        return write_set(value->dict);
    case TMPL_RANGE:
        return write_range(value->range);
    case TMPL_DATETIME:
    case TMPL_DATE:
    case TMPL_TIME:
        return write_moment(value);
    case TMPL_TIMEDELTA:
        return write_timedelta(value->integer);
    default:
        return tagged("$object", json_string(tmpl_class_name(value)));
    }
}

/* comparing */

static bool near(double a, double b, const struct tagged_tolerance *tolerance)
{
    double scale = tolerance->relative ? fmax(1, fabs(a)) : 1;

    return fabs(a - b) <= tolerance->number * scale;
}

static bool equal_numbers(const json_t *a, const json_t *b,
                          const struct tagged_tolerance *tolerance)
{
    if (tolerance->number > 0)
        return near(json_number_value(a), json_number_value(b), tolerance);
    if (json_is_integer(a))
        return json_is_integer(b) && json_integer_value(a) == json_integer_value(b);
    return json_is_real(b) && json_real_value(a) == json_real_value(b) &&
           signbit(json_real_value(a)) == signbit(json_real_value(b));
}

static bool equal_lists(const json_t *a, const json_t *b, const struct tagged_tolerance *tolerance)
{
    if (json_array_size(a) != json_array_size(b))
        return false;
    for (size_t i = 0; i < json_array_size(a); i++)
        if (!tagged_equal(json_array_get(a, i), json_array_get(b, i), tolerance))
            return false;
    return true;
}

static bool has_member(const json_t *list, const json_t *wanted)
{
    static const struct tagged_tolerance none = { 0 };

    for (size_t i = 0; i < json_array_size(list); i++)
        if (tagged_equal(json_array_get(list, i), wanted, &none))
            return true;
    return false;
}

static bool equal_sets(const json_t *a, const json_t *b)
{
    if (json_array_size(a) != json_array_size(b))
        return false;
    for (size_t i = 0; i < json_array_size(a); i++)
        if (!has_member(b, json_array_get(a, i)))
            return false;
    return true;
}

static bool equal_objects(const json_t *a, const json_t *b,
                          const struct tagged_tolerance *tolerance)
{
    const json_t *a_set = hass_json_get(a, "$set"), *b_set = hass_json_get(b, "$set");
    const char *key;
    json_t *value;

    if (a_set && b_set)
        return equal_sets(a_set, b_set);
    if (json_object_size(a) != json_object_size(b))
        return false;
    json_object_foreach((json_t *)a, key, value) {
        const json_t *other = hass_json_get(b, key);
        if (!other || !tagged_equal(value, other, tolerance))
            return false;
    }
    return true;
}

bool tagged_equal(const json_t *expected, const json_t *got,
                  const struct tagged_tolerance *tolerance)
{
    if (json_is_number(expected) && json_is_number(got))
        return equal_numbers(expected, got, tolerance);
    if (json_typeof(expected) != json_typeof(got))
        return false;
    if (json_is_array(expected))
        return equal_lists(expected, got, tolerance);
    if (json_is_object(expected))
        return equal_objects(expected, got, tolerance);
    return json_equal(expected, got);
}
