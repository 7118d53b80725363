/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine's own files know of dicts and sets beside value.h.
 */
#pragma once

#include "template/vm.h"

/** TypeError "unhashable type: 'list'"; 0 when @key may be one. */
int dict_check_key(struct tmpl_vm *vm, const struct tmpl_value *key);
/** As tmpl_dict_set without a machine: -1 for an unhashable key, and nothing is raised. */
int dict_put(struct tmpl_heap *heap, struct tmpl_dict *dict, struct tmpl_value key,
             struct tmpl_value value);
/** A copy with room for @more. */
struct tmpl_dict *dict_copy(struct tmpl_heap *heap, const struct tmpl_dict *dict, size_t more);
/**
 * The members of a set in the order in which they print: numbers alone by size, as Python's small sets do; otherwise as they were
 * put in.
 */
const struct tmpl_value *set_items(struct tmpl_heap *heap, const struct tmpl_dict *set);
/** Equality that needs no machine and cannot fail: objects are asked without one, undefined values are equal. */
bool value_equal(const struct tmpl_value *a, const struct tmpl_value *b);
/** The members of @left that @right does not have. */
int set_difference(struct tmpl_vm *vm, const struct tmpl_dict *left, const struct tmpl_dict *right,
                   struct tmpl_value *ret_value);
/** True when every member of @set is in @other. */
bool set_is_subset(const struct tmpl_dict *set, const struct tmpl_dict *other);
