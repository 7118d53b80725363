/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces: the one kind of value that a template can change, `{% set ns.x = 1 %}`. */
#pragma once

#include "template/object.h"

/** The function `namespace(mapping or pairs, name=value, …)`: parameters "* **". */
tmpl_fn tmpl_namespace_create;
