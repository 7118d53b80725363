/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a struct of values, by their field. Lists are never NULL. */
#pragma once

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

/* 0 when there is none. */
static inline int row_int(const struct row_field *field, const void *values)
{
    return *ROW_MEMBER_CONST(int, field, values);
}

static inline bool row_has_int(const struct row_field *field, const void *values)
{
    return *(const bool *)(const void *)((const char *)values + field->has);
}

static inline void row_set_int(const struct row_field *field, void *values, bool has, int value)
{
    *(bool *)(void *)((char *)values + field->has) = has;
    *ROW_MEMBER(int, field, values) = has ? value : 0;
}

static inline const char *row_stored_key(const struct row_field *field)
{
    return field->stored ? field->stored : field->key;
}

/* Unknown members of the row's file; or NULL. */
static inline const char **row_rest(const struct row_type *type, const void *values)
{
    return (const char **)(void *)((char *)(uintptr_t)values + type->rest);
}
