/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cleaner that takes a moment to come home: its command sleeps on the pool, as a driver waits for a device.
 */
#include "vacuum/vacuum.h"

#include <string.h>

#include "parts.h"

#define WAY_HOME 1.5 /* seconds */

static const char *const speeds[] = { "quiet", "normal", "strong", NULL };

struct values {
    struct vacuum_info info;
};

static HASS_CALLBACK const struct vacuum_info *info(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return &values->info;
}

static int set_speed(struct vacuum_info *now, const char *speed, struct hass_error *err)
{
    for (size_t i = 0; speeds[i]; i++) {
        if (!strcmp(speeds[i], speed)) {
            now->fan_speed = speeds[i];
            return 0;
        }
    }
    return hass_fail(err, HASS_E_SERVICE_VALIDATION, "there is no speed %s", speed);
}

static HASS_BLOCKING int command(struct hass_worker *worker, struct hass_entity *entity,
                                 const struct vacuum_command *told, void *private_values,
                                 struct hass_error *err)
{
    struct vacuum_info *now = &((struct values *)private_values)->info;

    switch (told->action) {
    case VACUUM_DO_START:
        now->activity = VACUUM_CLEANING;
        return 0;
    case VACUUM_DO_PAUSE:
        now->activity = VACUUM_PAUSED;
        return 0;
    case VACUUM_DO_RETURN_HOME:
        now->activity = VACUUM_DOCKED;
        return hass_worker_sleep(worker, WAY_HOME);
    case VACUUM_DO_SET_FAN_SPEED:
        return set_speed(now, told->text, err);
    default:
        return hass_fail(err, HASS_E_UNSUPPORTED, "this cleaner cannot do that");
    }
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct vacuum_ops vacuum = VACUUM_OPS(.info = info, .command = command);
static const struct hass_entity_description ground_floor =
    HASS_ENTITY_DESCRIPTION(.name = "Ground Floor Vacuum", .unique_id = "vacuum_1",
                            .device_info = &demo_vacuum, .has_supported_features = true,
                            .supported_features = VACUUM_START | VACUUM_PAUSE | VACUUM_RETURN_HOME |
                                                  VACUUM_FAN_SPEED);

int demo_add_vacuum(struct hass_platform *platform, struct hass_error *err)
{
    const struct values docked = { { .size = sizeof(docked.info),
                                     .activity = VACUUM_DOCKED,
                                     .fan_speed = "normal",
                                     .fan_speed_list = speeds } };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &ground_floor, &vacuum, &docked, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
