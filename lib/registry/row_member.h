/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a struct of values, by their field. Lists are never NULL. */
#pragma once

#include <string.h>

#include <hass/json.h>

#include "registry/row.h"

#define ROW_MEMBER(type, field, values) ((type *)(void *)((char *)(values) + (field)->offset))
#define ROW_MEMBER_CONST(type, field, values)                                                      \
    ((type const *)(const void *)((const char *)(values) + (field)->offset))

static inline const char *row_text(const struct row_field *field, const void *values)
{
    return *ROW_MEMBER_CONST(const char *, field, values);
}

static inline const char *const *row_texts(const struct row_field *field, const void *values)
{
    const char *const *texts = *ROW_MEMBER_CONST(const char *const *, field, values);

    return texts ? texts : row_no_texts;
}

static inline const struct hass_device_pair *row_pairs(const struct row_field *field,
                                                       const void *values)
{
    const struct hass_device_pair *pairs =
        *ROW_MEMBER_CONST(const struct hass_device_pair *, field, values);

    return pairs ? pairs : row_no_pairs;
}

static inline const char *row_word(const struct row_field *field, const void *values)
{
    return field->words[*ROW_MEMBER_CONST(unsigned, field, values)];
}

/* JSON kept as text; null for NULL. Owned by the caller. */
static inline json_t *row_parse(const char *text)
{
    json_t *json = NULL;

    if (!text || hass_json_parse(text, strlen(text), SIZE_MAX, &json, NULL) < 0)
        return json_null();
    return json;
}
