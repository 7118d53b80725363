/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A phone on the map and a tablet in the home's network: the domain turns what they say into home, not_home, or a zone.
 */
#include "device_tracker/device_tracker.h"

#include <hass/config.h>

#include "parts.h"

/* A place that is published with its accuracy; here it is the home's own. */
static HASS_CALLBACK bool place(struct hass_entity *entity, struct device_tracker_place *ret_place)
{
    *ret_place = *(const struct device_tracker_place *)hass_entity_async_values(entity);
    return true;
}

static struct hass_value is_connected(struct hass_entity *entity)
{
    return HASS_BOOL(true);
}

static const char *mac_address(struct hass_entity *entity)
{
    return "02:00:00:00:00:01";
}

static const struct hass_entity_ops phone_entity =
    HASS_ENTITY_OPS(.values_size = sizeof(struct device_tracker_place));
static const struct hass_entity_ops tablet_entity = HASS_ENTITY_OPS();
static const struct device_tracker_ops phone = DEVICE_TRACKER_OPS(.place = place);
static const struct device_tracker_ops tablet =
    DEVICE_TRACKER_OPS(.source_type = DEVICE_TRACKER_ROUTER, .is_connected = is_connected,
                       .mac_address = mac_address);
static const struct hass_entity_description phone_description =
    HASS_ENTITY_DESCRIPTION(.name = "Phone", .unique_id = "device_tracker_1",
                            .device_info = &demo_phone);
static const struct hass_entity_description tablet_description =
    HASS_ENTITY_DESCRIPTION(.name = "Tablet", .unique_id = "device_tracker_2",
                            .device_info = &demo_tablet);

int demo_add_device_tracker(struct hass_platform *platform, struct hass_error *err)
{
    struct hass *hass = hass_platform_hass(platform);
    struct hass_home home = { .size = sizeof(home) };

    hass_config_home(hass, &home);
    const struct device_tracker_place here = { home.latitude, home.longitude, 20 };
    struct hass_entity *entities[] = {
        hass_entity_new(hass, &phone_entity, &phone_description, &phone, &here, NULL),
        hass_entity_new(hass, &tablet_entity, &tablet_description, &tablet, NULL, NULL),
    };

    return hass_platform_async_add_entities(platform, entities, 2, false, err);
}
