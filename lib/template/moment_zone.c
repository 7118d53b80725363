/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zones of moments as objects: what Python's tzinfo shows of zoneinfo.ZoneInfo and datetime.timezone.
 */
#include "moment_parts.h"

/* Python's tzinfo: a moment of which only the zone counts. */
struct zone_object {
    struct tmpl_object head;
    struct tmpl_moment moment;
};

static const struct tmpl_type zone_type;

static const struct tmpl_moment *moment_of(const struct tmpl_object *object)
{
    return &((const struct zone_object *)object)->moment;
}

static struct tmpl_object *zone_new(struct tmpl_heap *heap, const struct tmpl_moment *moment)
{
    struct zone_object *object = tmpl_alloc(heap, sizeof(*object));

    *object = (struct zone_object){
        .head.type = &zone_type,
        .moment = { .zone = moment->zone,
                    .fixed = moment->fixed,
                    .utc = moment->utc,
                    .offset = moment->offset },
    };
    return &object->head;
}

struct tmpl_value moment_zone(struct tmpl_heap *heap, const struct tmpl_moment *moment)
{
    return tmpl_moment_is_naive(moment) ? tmpl_none() : tmpl_object_value(zone_new(heap, moment));
}

int moment_set_zone(struct tmpl_vm *vm, const struct tmpl_value *value, struct tmpl_moment *moment)
{
    struct tmpl_moment zone = { 0 };

    if (value->kind == TMPL_OBJECT && value->object->type == &zone_type)
        zone = *moment_of(value->object);
    else if (value->kind != TMPL_NONE)
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "tzinfo argument must be None or of a tzinfo subclass, not type '%s'",
                          moment_class(value));
    moment->zone = zone.zone;
    moment->fixed = zone.fixed;
    moment->utc = zone.utc;
    moment->offset = zone.offset;
    return 0;
}

/* "UTC", "UTC+05:30". */
static void print_fixed(int offset, struct hass_buf *buf)
{
    hass_buf_add_string(buf, "UTC");
    if (offset)
        moment_print_offset(offset, ":", buf);
}

static void print_zone(const struct tmpl_moment *moment, struct hass_buf *buf)
{
    if (moment->zone)
        hass_buf_add_string(buf, hass_zone_name(moment->zone));
    else
        print_fixed(moment->offset, buf);
}

void moment_repr_zone(const struct tmpl_moment *moment, struct hass_buf *buf)
{
    if (moment->zone) {
        hass_buf_printf(buf, "zoneinfo.ZoneInfo(key='%s')", hass_zone_name(moment->zone));
    } else if (!moment->offset) {
        hass_buf_add_string(buf, "datetime.timezone.utc");
    } else {
        hass_buf_add_string(buf, "datetime.timezone(");
        moment_repr_timedelta(moment->offset * HASS_USEC_PER_SEC, buf);
        hass_buf_add_char(buf, ')');
    }
}

struct tmpl_value moment_zone_name(struct tmpl_heap *heap, const struct tmpl_moment *moment)
{
    autobuf text = HASS_BUF_INIT;

    if (moment->zone)
        return tmpl_string_static(moment_span(moment->zone, moment->local, moment->fold).name);
    if (!moment->fixed)
        return tmpl_none();
    print_fixed(moment->offset, &text);
    return tmpl_string_of(heap, &text);
}

struct tmpl_value moment_saving(const struct tmpl_moment *moment)
{
    if (!moment->zone)
        return tmpl_none();
    struct zone_span span = moment_span(moment->zone, moment->local, moment->fold);
    return tmpl_timedelta(span.saving * HASS_USEC_PER_SEC);
}

/* the object */

static int zone_print(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    print_zone(moment_of(object), buf);
    return 0;
}

static int zone_repr(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    moment_repr_zone(moment_of(object), buf);
    return 0;
}

static int zone_attr(struct tmpl_vm *vm, struct tmpl_object *object, const char *name,
                     size_t length, struct tmpl_value *ret_value)
{
    const struct tmpl_moment *moment = moment_of(object);

    if (!moment->zone || length != 3 || memcmp(name, "key", 3) != 0)
        return 0;
    *ret_value = tmpl_string_static(hass_zone_name(moment->zone));
    return 1;
}

static int zone_equal(struct tmpl_vm *vm, struct tmpl_object *object,
                      const struct tmpl_value *other)
{
    if (other->kind != TMPL_OBJECT || other->object->type != &zone_type)
        return 0;
    const struct tmpl_moment *a = moment_of(object), *b = moment_of(other->object);
    if (a->zone && b->zone)
        return strcmp(hass_zone_name(a->zone), hass_zone_name(b->zone)) == 0;
    return !a->zone && !b->zone && a->offset == b->offset;
}

static struct tmpl_object *zone_copy(struct tmpl_heap *heap, struct tmpl_object *object)
{
    return zone_new(heap, moment_of(object));
}

static bool zone_hash(struct tmpl_object *object, uint64_t *ret_hash)
{
    const struct tmpl_moment *moment = moment_of(object);
    const char *name = moment->zone ? hass_zone_name(moment->zone) : "";

    *ret_hash = (uint64_t)moment->offset + UINT64_C(0x9e3779b97f4a7c15);
    for (; *name; name++)
        *ret_hash = *ret_hash * 31 + (unsigned char)*name;
    return true;
}

static const struct tmpl_type zone_type = {
    .name = "tzinfo",
    .qualified = "datetime.tzinfo",
    .print = zone_print,
    .repr = zone_repr,
    .attr = zone_attr,
    .equal = zone_equal,
    .copy = zone_copy,
    .hash = zone_hash,
};
