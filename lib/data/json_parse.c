/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one door for foreign JSON. Nesting is counted over the bytes before jansson, which recurses, sees them: a deep text
 * would overflow a coroutine's stack. Grammar, UTF-8 and numbers are jansson's business.
 */
#include <hass/error.h>
#include <hass/json.h>

#include "data/json_scan.h"

/* Finds nesting beyond the limit. Brackets in strings do not count; malformed text is left to the parser. */
static bool is_too_deep(const char *text, size_t size)
{
    struct json_scan scan = JSON_SCAN_INIT;

    for (size_t i = 0; i < size; i++) {
        json_scan_byte(&scan, text[i]);
        if (scan.depth > HASS_JSON_MAX_DEPTH)
            return true;
    }
    return false;
}

int hass_json_parse(const char *text, size_t size, size_t limit, json_t **ret_json,
                    struct hass_error *err)
{
    if (size > limit)
        return hass_fail(err, HASS_E_LIMIT, "%zu bytes of JSON, the limit is %zu", size, limit);
    if (is_too_deep(text, size))
        return hass_fail(err, HASS_E_LIMIT, "more than %d levels of JSON", HASS_JSON_MAX_DEPTH);
    json_error_t problem;
    json_t *json = json_loadb(text, size, JSON_DECODE_ANY, &problem);
    if (!json)
        return hass_fail(err, HASS_E_PARSE, "line %d, column %d: %s", problem.line, problem.column,
                         problem.text);
    *ret_json = json;
    return 0;
}
