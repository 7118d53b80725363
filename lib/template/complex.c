/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Complex numbers: what `(-8) ** (1/3)` is. They print and compare; nothing calculates with them.
 */
#include <math.h>

#include "template/object.h"
#include "template/ops.h"

struct complex_object {
    struct tmpl_object object;
    double re, im;
};

/* One part: "2" rather than "2.0", as Python prints them. */
static void print_part(double part, struct hass_buf *buf)
{
    tmpl_print_float(part, buf);
    if (buf->length > 2 && memcmp(buf->data + buf->length - 2, ".0", 2) == 0)
        buf->length -= 2;
}

static int complex_repr(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    const struct complex_object *number = (struct complex_object *)object;

    (void)vm;
    if (number->re == 0 && !signbit(number->re)) {
        print_part(number->im, buf);
        hass_buf_add_char(buf, 'j');
        return 0;
    }
    hass_buf_add_char(buf, '(');
    print_part(number->re, buf);
    if (!signbit(number->im) || isnan(number->im))
        hass_buf_add_char(buf, '+');
    print_part(number->im, buf);
    hass_buf_add_string(buf, "j)");
    return 0;
}

static bool complex_truth(struct tmpl_vm *vm, struct tmpl_object *object)
{
    const struct complex_object *number = (struct complex_object *)object;

    (void)vm;
    return number->re != 0 || number->im != 0;
}

static int complex_attr(struct tmpl_vm *vm, struct tmpl_object *object, const char *name,
                        size_t length, struct tmpl_value *ret_value)
{
    const struct complex_object *number = (struct complex_object *)object;

    (void)vm;
    if (length != 4 || (memcmp(name, "real", 4) != 0 && memcmp(name, "imag", 4) != 0))
        return 0;
    *ret_value = tmpl_float(*name == 'r' ? number->re : number->im);
    return 1;
}

static struct tmpl_object *complex_copy(struct tmpl_heap *heap, struct tmpl_object *object)
{
    const struct complex_object *number = (struct complex_object *)object;

    return complex_value(heap, number->re, number->im).object;
}

static int complex_equal(struct tmpl_vm *vm, struct tmpl_object *object,
                         const struct tmpl_value *other)
{
    const struct complex_object *a = (struct complex_object *)object;
    const struct complex_object *b = (struct complex_object *)other->object;

    (void)vm;
    if (other->kind != TMPL_OBJECT || b->object.type != a->object.type)
        return 0;
    return a->re == b->re && a->im == b->im;
}

static bool complex_hash(struct tmpl_object *object, uint64_t *ret_hash)
{
    const struct complex_object *number = (struct complex_object *)object;
    uint64_t re, im;
    struct tmpl_value parts[2] = { tmpl_float(number->re), tmpl_float(number->im) };

    (void)tmpl_hash(&parts[0], &re);
    (void)tmpl_hash(&parts[1], &im);
    *ret_hash = re + 31 * im;
    return true;
}

static const struct tmpl_type complex_type = {
    .name = "complex",
    .repr = complex_repr,
    .truth = complex_truth,
    .attr = complex_attr,
    .equal = complex_equal,
    .copy = complex_copy,
    .hash = complex_hash,
};

struct tmpl_value complex_value(struct tmpl_heap *heap, double re, double im)
{
    struct complex_object *number = tmpl_alloc(heap, sizeof(*number));

    *number = (struct complex_object){ { &complex_type }, re, im };
    return tmpl_object_value(&number->object);
}
