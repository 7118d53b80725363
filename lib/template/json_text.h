/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON texts of template values, both ways, as the model's two libraries write and read them: orjson for to_json and from_json, Python's
 * own for tojson and for ASCII.
 */
#pragma once

#include "template/vm.h"

struct json_style {
    bool python; /* spaces behind separators, NaN, integers of any size */
    bool ascii;
    bool html; /* <, >, & and ' as \u003c … */
    bool sort;
    const char *indent; /* of one level, or NULL for one line */
};

/** Appends @value; raises TypeError for what has no form, with either library's words. */
int json_text_write(struct tmpl_vm *vm, const struct tmpl_value *value,
                    const struct json_style *style, struct hass_buf *buf);

/**
 * Reads one value, at most HASS_JSON_MAX_DEPTH levels. Texts may be views of @text, which must live as long as @heap.
 *
 * Returns: true, or false with what is wrong in @problem: "unexpected character: line 1 column 2 (char 1)".
 */
bool json_text_read(struct tmpl_heap *heap, const char *text, size_t length,
                    struct tmpl_value *ret_value, char problem[128]);
