/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tagged JSON: how recorded cases write values that JSON has no form for (README.md, "Values").
 */
#pragma once

#include <hass/json.h>

#include "template/template.h"

/** Makes the value of `{"$state": {…}}`; it lives in @vm's heap. Returns 0, or -1 for what is no state. */
typedef int tagged_state_fn(struct tmpl_vm *vm, const json_t *state, void *userdata,
                            struct tmpl_value *ret_value);

/** Values are made in the heap of @vm (template_values_create), which must not render meanwhile. */
struct tagged_reader {
    struct tmpl_vm *vm;
    tagged_state_fn *state; /* NULL: states are refused */
    void *userdata;
};

/** The value of @json, whose texts are lent. What is no value ends the program. */
struct tmpl_value tagged_read(const struct tagged_reader *reader, const json_t *json);
/** The other way. Objects become their class: {"$object": "TemplateState"}. */
json_t *tagged_write(const struct tmpl_value *value);

/** How far numbers may be apart; zero: they are the same number of the same type. */
struct tagged_tolerance {
    double number;
    bool relative; /* beyond 1 */
};

/** Equal as Python's `type(a) is type(b) and a == b`, in depth; sets in any order, NaN equals itself. */
bool tagged_equal(const json_t *expected, const json_t *got,
                  const struct tagged_tolerance *tolerance);
