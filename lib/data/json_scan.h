/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Follows JSON byte by byte, just far enough to know strings from structure and how deep it is. Shared by the parser's
 * guard and the row reader.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct json_scan {
    size_t depth; /* open brackets */
    bool in_string;
    bool escaped; /* the byte before was a backslash inside a string */
};

#define JSON_SCAN_INIT                                                                             \
    {                                                                                              \
        0                                                                                          \
    }

static inline void json_scan_byte(struct json_scan *scan, char c)
{
    if (scan->in_string) {
        if (scan->escaped)
            scan->escaped = false;
        else if (c == '\\')
            scan->escaped = true;
        else if (c == '"')
            scan->in_string = false;
        return;
    }
    if (c == '"')
        scan->in_string = true;
    else if (c == '[' || c == '{')
        scan->depth++;
    else if ((c == ']' || c == '}') && scan->depth > 0)
        scan->depth--;
}
