/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Methods of the built-in kinds, one table a kind: call->args[0] is the value itself, so that the parameters begin with "self". Methods that
 * would change a value are named apart: the sandbox refuses them with a SecurityError.
 */
#pragma once

#include "template/object.h"

/** Undefined arguments are values like others, which most methods refuse by their class. */
#define METHOD (TMPL_GLOBAL | TMPL_UNDEFINED_OK)

extern const struct tmpl_functions tmpl_string_methods;
extern const struct tmpl_functions tmpl_bytes_methods;
extern const struct tmpl_functions tmpl_list_methods;
extern const struct tmpl_functions tmpl_tuple_methods;
extern const struct tmpl_functions tmpl_dict_methods;
extern const struct tmpl_functions tmpl_set_methods;
extern const struct tmpl_functions tmpl_int_methods;
extern const struct tmpl_functions tmpl_float_methods;
extern const struct tmpl_functions tmpl_range_methods;
extern const struct tmpl_functions tmpl_datetime_methods; /* moment_methods.c, from here on */
extern const struct tmpl_functions tmpl_date_methods;
extern const struct tmpl_functions tmpl_time_methods;
extern const struct tmpl_functions tmpl_timedelta_methods;

/** "append", "update", …: what the sandbox refuses on lists, dicts and sets. */
bool tmpl_is_mutator(enum tmpl_kind kind, const char *name, size_t length);
