/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain device_tracker fills in: `place` for what knows where it is on the map, `is_connected` for
 * what is seen by a router or over Bluetooth.
 *
 * Members run on the loop, read the published values and never suspend. Optional members are NULL.
 * Model: components.device_tracker
 */
#pragma once

#include <hass/entity.h>

enum device_tracker_source {
    DEVICE_TRACKER_GPS = 0,
    DEVICE_TRACKER_ROUTER,
    DEVICE_TRACKER_BLUETOOTH,
    DEVICE_TRACKER_BLUETOOTH_LE,
};

/** Degrees north and east, known to @accuracy metres. */
struct device_tracker_place {
    double latitude, longitude, accuracy;
};

struct device_tracker_ops {
    uint32_t size;
    enum device_tracker_source source_type;
    /** Where it is; false: not known. The zone around the place names the state. */
    bool (*place)(struct hass_entity *entity, struct device_tracker_place *ret_place);
    /** A name that the state has instead of the zone's; NULL: none. */
    const char *(*location_name)(struct hass_entity *entity);
    /** HASS_BOOL shows home or not_home, HASS_NONE "unknown". Instead of place. */
    struct hass_value (*is_connected)(struct hass_entity *entity);
    const char *(*ip_address)(struct hass_entity *entity);
    const char *(*mac_address)(struct hass_entity *entity);
    const char *(*hostname)(struct hass_entity *entity);
    /** HASS_INT percent, or HASS_NONE. */
    struct hass_value (*battery_level)(struct hass_entity *entity);
};

#define DEVICE_TRACKER_OPS(...)                                                                    \
    {                                                                                              \
        .size = sizeof(struct device_tracker_ops), __VA_ARGS__                                     \
    }
