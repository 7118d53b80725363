/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Python's tuples whose members have names: what isocalendar() and timetuple() return.
 */
#include "base/civil.h"
#include "moment_parts.h"

enum {
    MAX_MEMBERS = 9,
};

struct shape {
    const char *class;
    unsigned count;
    const char *names[MAX_MEMBERS];
};

struct record {
    struct tmpl_object head;
    const struct shape *shape;
    struct tmpl_value members[MAX_MEMBERS];
};

static const struct tmpl_type record_type;

static const struct shape iso_calendar = {
    "datetime.IsoCalendarDate",
    3,
    { "year", "week", "weekday" },
};

static const struct shape struct_time = {
    "time.struct_time",
    9,
    { "tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday",
      "tm_isdst" },
};

static struct tmpl_value record_new(struct tmpl_heap *heap, const struct shape *shape,
                                    const int64_t *numbers)
{
    struct record *record = tmpl_alloc(heap, sizeof(*record));

    record->head.type = &record_type;
    record->shape = shape;
    for (unsigned i = 0; i < shape->count; i++)
        record->members[i] = tmpl_int(numbers[i]);
    return tmpl_object_value(&record->head);
}

int64_t moment_iso_year_start(int64_t year)
{
    int64_t fourth = civil_to_days(year, 1, 4); // is always in the first week

    return fourth - civil_weekday(fourth);
}

void moment_iso_week(int64_t days, int64_t *ret_year, int *ret_week)
{
    int64_t year;
    int month, day;

    civil_from_days(days, &year, &month, &day);
    if (days >= moment_iso_year_start(year + 1))
        year++;
    else if (days < moment_iso_year_start(year))
        year--;
    *ret_year = year;
    *ret_week = (int)((days - moment_iso_year_start(year)) / 7) + 1;
}

struct tmpl_value moment_isocalendar(struct tmpl_heap *heap, int64_t days)
{
    int64_t year;
    int week;

    moment_iso_week(days, &year, &week);
    return record_new(heap, &iso_calendar, (int64_t[]){ year, week, civil_weekday(days) + 1 });
}

struct tmpl_value moment_timetuple(struct tmpl_heap *heap, int64_t local, int is_dst)
{
    struct hass_dt f = moment_fields(local);
    int64_t day = floor_div(local, USEC_PER_DAY) - civil_to_days(f.year, 1, 1) + 1;

    return record_new(
        heap, &struct_time,
        (int64_t[]){ f.year, f.month, f.day, f.hour, f.minute, f.second, f.weekday, day, is_dst });
}

/* the object */

static int record_repr(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    struct record *record = (struct record *)object;

    hass_buf_printf(buf, "%s(", record->shape->class);
    for (unsigned i = 0; i < record->shape->count; i++)
        hass_buf_printf(buf, "%s%s=%d", i ? ", " : "", record->shape->names[i],
                        (int)record->members[i].integer);
    hass_buf_add_char(buf, ')');
    return 0;
}

static int record_length(struct tmpl_vm *vm, struct tmpl_object *object, int64_t *ret_length)
{
    *ret_length = ((struct record *)object)->shape->count;
    return 0;
}

static int record_attr(struct tmpl_vm *vm, struct tmpl_object *object, const char *name,
                       size_t length, struct tmpl_value *ret_value)
{
    struct record *record = (struct record *)object;

    for (unsigned i = 0; i < record->shape->count; i++)
        if (strlen(record->shape->names[i]) == length &&
            memcmp(record->shape->names[i], name, length) == 0) {
            *ret_value = record->members[i];
            return 1;
        }
    return 0;
}

static int record_item(struct tmpl_vm *vm, struct tmpl_object *object, const struct tmpl_value *key,
                       struct tmpl_value *ret_value)
{
    struct record *record = (struct record *)object;
    int64_t count = record->shape->count;

    if (key->kind != TMPL_INT && key->kind != TMPL_BOOL)
        return 0;
    int64_t index = key->integer < 0 ? key->integer + count : key->integer;
    if (index < 0 || index >= count)
        return 0;
    *ret_value = record->members[index];
    return 1;
}

static int record_iterate(struct tmpl_vm *vm, struct tmpl_object *object,
                          const struct tmpl_value **ret_items, size_t *ret_count)
{
    struct record *record = (struct record *)object;

    *ret_items = record->members;
    *ret_count = record->shape->count;
    return 0;
}

static struct tmpl_value as_tuple(struct record *record)
{
    return tmpl_tuple_view(record->members, record->shape->count);
}

static const struct tmpl_value *plain(const struct tmpl_value *value, struct tmpl_value *tuple)
{
    if (value->kind != TMPL_OBJECT || value->object->type != &record_type)
        return value;
    *tuple = as_tuple((struct record *)value->object);
    return tuple;
}

static int record_equal(struct tmpl_vm *vm, struct tmpl_object *object,
                        const struct tmpl_value *other)
{
    struct tmpl_value mine = as_tuple((struct record *)object), theirs;

    return tmpl_equal(vm, &mine, plain(other, &theirs));
}

static int record_compare(struct tmpl_vm *vm, struct tmpl_object *object,
                          const struct tmpl_value *other, int *ret_order)
{
    struct tmpl_value mine = as_tuple((struct record *)object), theirs;

    return tmpl_order(vm, &mine, plain(other, &theirs), ret_order);
}

static struct tmpl_object *record_copy(struct tmpl_heap *heap, struct tmpl_object *object)
{
    struct record *copy = tmpl_alloc(heap, sizeof(*copy));

    *copy = *(struct record *)object;
    return &copy->head;
}

static bool record_hash(struct tmpl_object *object, uint64_t *ret_hash)
{
    struct tmpl_value tuple = as_tuple((struct record *)object);

    return tmpl_hash(&tuple, ret_hash);
}

static const struct tmpl_type record_type = {
    .name = "tuple",
    .repr = record_repr,
    .length = record_length,
    .attr = record_attr,
    .item = record_item,
    .iterate = record_iterate,
    .equal = record_equal,
    .compare = record_compare,
    .copy = record_copy,
    .hash = record_hash,
    .sequence = true,
};
