/* SPDX-License-Identifier: Apache-2.0 */
/* Reading integers without a machine. */
#pragma once

#include "template/value.h"

/** As tmpl_parse_int: 1 and the integer, or 0. */
int number_parse_int(struct tmpl_heap *heap, const char *text, size_t length, int base,
                     struct tmpl_value *ret_value);
