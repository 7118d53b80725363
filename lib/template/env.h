/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An environment: the functions, filters and tests that templates are compiled against. The engine's own are always there; its user adds
 * tables and values. Changed only before the first template is compiled; read by any thread from then on.
 */
#pragma once

#include "template/object.h"

struct tmpl_env;

/** With all of the engine's functions. */
struct tmpl_env *tmpl_env_create(void);
struct tmpl_env *tmpl_env_destroy(struct tmpl_env *env);
/** Adds a table; a later one of the same name and kind replaces the earlier. */
void tmpl_env_add(struct tmpl_env *env, const struct tmpl_functions *functions);
/** A global that is a value ("states" is an object); it lives as long as the environment. */
void tmpl_env_set_global(struct tmpl_env *env, const char *name, struct tmpl_value value);
/** One of TMPL_GLOBAL, TMPL_FILTER, TMPL_TEST; NULL when there is none. */
const struct tmpl_function *tmpl_env_find(const struct tmpl_env *env, unsigned where,
                                          const char *name, size_t length);
/** A global of any kind as a value: 1, or 0 when there is none. */
int tmpl_env_global(const struct tmpl_env *env, const char *name, size_t length,
                    struct tmpl_value *ret_value);
/** The nearest known name, for "did you mean"; NULL when none is near. */
const char *tmpl_env_nearest(const struct tmpl_env *env, unsigned where, const char *name,
                             size_t length);

/* The engine's tables, one a file. */
extern const struct tmpl_functions
    tmpl_text_filters; /* filters_text.c: lower, replace, truncate, … */
extern const struct tmpl_functions
    tmpl_sequence_filters; /* filters_sequence.c: map, select, sort, … */
extern const struct tmpl_functions
    tmpl_value_filters; /* filters_value.c: default, int, float, round, … */
extern const struct tmpl_functions tmpl_tests;          /* tests.c */
extern const struct tmpl_functions tmpl_globals;        /* globals.c: range, dict, namespace, … */
extern const struct tmpl_functions tmpl_math_functions; /* functions_math.c */
extern const struct tmpl_functions
    tmpl_type_functions; /* functions_type.c: typeof, iif, version, apply, … */
extern const struct tmpl_functions tmpl_regex_functions; /* functions_regex.c */
extern const struct tmpl_functions
    tmpl_codec_functions; /* functions_codec.c: JSON, base64, hashes, struct, slugify */
extern const struct tmpl_functions
    tmpl_collection_functions; /* functions_collection.c: flatten, union, combine, … */
extern const struct tmpl_functions tmpl_date_functions; /* functions_date.c */
