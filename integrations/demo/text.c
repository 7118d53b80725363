/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sign on a door: a text with limits.
 */
#include "text/text.h"

#include <stdio.h>

#include "parts.h"

#define SIGN_LENGTH 32

struct values {
    char text[4 * SIGN_LENGTH + 1]; /* a character has up to four bytes */
};

static HASS_CALLBACK const char *native_value(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return values->text;
}

static const struct text_limits *limits(struct hass_entity *entity)
{
    static const struct text_limits sign = TEXT_LIMITS(.min = 1, .max = SIGN_LENGTH);

    return &sign;
}

static HASS_COROUTINE int set_value(struct hass_entity *entity, const char *value,
                                    struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    snprintf(values->text, sizeof(values->text), "%s", value);
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct text_ops text =
    TEXT_OPS(.native_value = native_value, .limits = limits, .async_set_value = set_value);
static const struct hass_entity_description sign =
    HASS_ENTITY_DESCRIPTION(.name = "Door Sign", .unique_id = "text_1",
                            .device_info = &demo_display, .icon = "mdi:sign-text");

int demo_add_text(struct hass_platform *platform, struct hass_error *err)
{
    const struct values welcome = { "Welcome" };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &sign, &text, &welcome, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
