/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a struct of values by their field. */
#pragma once

#include "registry/row.h"

#define ROW_MEMBER(type, field, values) ((type *)(void *)((char *)(values) + (field)->offset))
#define ROW_MEMBER_CONST(type, field, values)                                                      \
    ((type const *)(const void *)((const char *)(values) + (field)->offset))
