/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine of tests that call operations without a template.
 */
#pragma once

#include "template/template.h"

/** One a test, with the limits of a render; never destroyed: the test's process ends. */
static inline struct tmpl_vm *machine(void)
{
    static struct tmpl_vm *vm;

    if (!vm) {
        vm = tmpl_vm_create();
        vm->limits = (struct tmpl_limits){ .steps = 10000000, .memory = 64 << 20 };
        vm->steps = vm->limits.steps;
    }
    return vm;
}
