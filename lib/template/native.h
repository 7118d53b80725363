/* SPDX-License-Identifier: Apache-2.0 */
/* What native.c and native_text.c share: where a Python literal has been read to. */
#pragma once

#include "template/value.h"

struct literal {
    struct tmpl_heap *heap;
    const char *at;
    const char *end;
    unsigned depth; /* of open brackets */
};

/** True when a text or bytes literal begins here: a quote, or a prefix and a quote. */
bool literal_is_text(const struct literal *in);
/** Reads one, its prefix included; false when it is none. */
bool literal_text(struct literal *in, struct tmpl_value *ret_value);
