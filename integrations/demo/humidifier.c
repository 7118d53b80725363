/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A dehumidifier in the cellar.
 */
#include "humidifier/humidifier.h"

#include <hass/domain.h>

#include "parts.h"

static const char *const modes[] = { "auto", "quiet", "boost", NULL };

struct values {
    struct humidifier_info info;
};

static HASS_CALLBACK const struct humidifier_info *info(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return &values->info;
}

/* What is set has been checked: a mode is one of ours, and a command's text only lent. */
static HASS_COROUTINE int command(struct hass_entity *entity, const struct humidifier_command *told,
                                  struct hass_error *err)
{
    struct humidifier_info *now = &((struct values *)hass_entity_async_values(entity))->info;

    switch (told->what) {
    case HUMIDIFIER_TURN_ON:
    case HUMIDIFIER_TURN_OFF:
        now->is_on = HASS_BOOL(told->what == HUMIDIFIER_TURN_ON);
        now->action = told->what == HUMIDIFIER_TURN_ON ? HUMIDIFIER_DRYING : HUMIDIFIER_OFF;
        break;
    case HUMIDIFIER_SET_HUMIDITY:
        now->humidity = HASS_INT(told->humidity);
        break;
    case HUMIDIFIER_SET_MODE:
        now->mode = modes[hass_words_find(modes, told->mode)];
        break;
    }
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct humidifier_ops humidifier =
    HUMIDIFIER_OPS(.info = info, .async_command = command);
static const struct hass_entity_description cellar =
    HASS_ENTITY_DESCRIPTION(.name = "Cellar Dehumidifier", .unique_id = "humidifier_1",
                            .device_info = &demo_dehumidifier, .device_class = "dehumidifier",
                            .has_supported_features = true, .supported_features = HUMIDIFIER_MODES);

int demo_add_humidifier(struct hass_platform *platform, struct hass_error *err)
{
    const struct values drying = { { .size = sizeof(drying.info),
                                     .is_on = HASS_BOOL(true),
                                     .humidity = HASS_INT(55),
                                     .current_humidity = HASS_INT(63),
                                     .action = HUMIDIFIER_DRYING,
                                     .mode = "auto",
                                     .available_modes = modes,
                                     .min_humidity = 35,
                                     .max_humidity = HASS_INT(80) } };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &cellar, &humidifier, &drying, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
