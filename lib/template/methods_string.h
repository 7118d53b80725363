/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The methods of texts, by the files that have them, and what other files use of them.
 */
#pragma once

#include "template/vm.h"

/* methods_case.c */
tmpl_fn string_capitalize, string_casefold, string_lower, string_swapcase, string_title,
    string_upper;
tmpl_fn string_isalnum, string_isalpha, string_isascii, string_isdecimal, string_isdigit,
    string_isidentifier, string_islower, string_isnumeric, string_isprintable, string_isspace,
    string_istitle, string_isupper;
/* methods_find.c */
tmpl_fn string_count_method, string_endswith, string_find, string_index, string_partition,
    string_removeprefix, string_removesuffix, string_replace, string_rfind, string_rindex,
    string_rpartition, string_startswith;
/* methods_split.c */
tmpl_fn string_join, string_lstrip, string_rsplit, string_rstrip, string_split, string_splitlines,
    string_strip;
/* methods_pad.c */
tmpl_fn string_center, string_expandtabs, string_ljust, string_rjust, string_zfill;
/* codec.c */
tmpl_fn string_encode, bytes_decode;

/* format.c */
tmpl_fn string_format, string_format_map;

/** An optional argument: false when it was left out or is None. */
static inline bool is_given(const struct tmpl_value *argument)
{
    return argument->kind != TMPL_ABSENT && argument->kind != TMPL_NONE;
}

/** A part of @string, with its flags. */
static inline struct tmpl_value string_part(const struct tmpl_value *string, size_t from,
                                            size_t length)
{
    struct tmpl_value part = *string;

    part.text += from;
    part.length = (uint32_t)length;
    return part;
}

/** The class in messages about arguments, where Python says "None". */
static inline const char *argument_class(const struct tmpl_value *argument)
{
    return argument->kind == TMPL_NONE ? "None" : tmpl_class_path(argument);
}

/** TypeError "must be str, not int", of the kind that @self is, unless @argument is one. */
int want_same_kind(struct tmpl_vm *vm, const struct tmpl_value *self,
                   const struct tmpl_value *argument);
