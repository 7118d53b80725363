/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Syntax trees of templates as S-expressions, for tests of the parser.
 */
#pragma once

#include <hass/buf.h>

#include "template/ast.h"

/** Appends the members of the list that begins with @node, by blanks: `(output "a" x) (set y 1)`. */
void template_tree_print(const struct tmpl_node *node, struct hass_buf *buf);
/** Parses @source and appends its tree; on failure "class: message". Returns 0 or -1. @ret_error may be NULL. */
int template_tree(const char *source, size_t length, struct hass_buf *buf,
                  struct tmpl_error *ret_error);
