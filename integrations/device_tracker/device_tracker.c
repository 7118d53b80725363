/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain device_tracker: where phones and cars are, and whether something is connected at home. It only shows: the state is
 * home, not_home, or the name of the zone.
 *
 * Configuration: a list of platforms (`device_tracker: [{platform: …}]`); the domain has no options of its own.
 */
#include "device_tracker.h"

#include <string.h>

#include <hass/integration.h>
#include <hass/location.h>

#define SCAN_INTERVAL 12.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "device_tracker", .name = "Device tracker", .version = HASS_VERSION,
              .dependencies = HASS_LIST("zone"));

static const char *const sources[] = { "gps", "router", "bluetooth", "bluetooth_le" };

static const struct device_tracker_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

static struct hass_value home_or_not(bool home)
{
    return hass_value_string(home ? "home" : "not_home");
}

static HASS_CALLBACK struct hass_value name_of_zone(const struct hass_state *zone)
{
    struct hass_value name;

    if (!zone)
        return home_or_not(false);
    if (!strcmp(hass_state_entity_id(zone), "zone.home"))
        return home_or_not(true);
    if (hass_state_attr(zone, HASS_ATTR_FRIENDLY_NAME, &name) && name.type == HASS_VALUE_STRING)
        return name;
    return hass_value_string(hass_state_object_id(zone));
}

static HASS_CALLBACK bool place_of(struct hass_entity *entity, struct device_tracker_place *place)
{
    const struct device_tracker_ops *ops = ops_of(entity);

    return ops->place && ops->place(entity, place);
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct device_tracker_ops *ops = ops_of(entity);
    const char *name = ops->location_name ? ops->location_name(entity) : NULL;
    struct device_tracker_place place = { 0 };

    if (name)
        return hass_value_string(name);
    if (ops->is_connected) {
        struct hass_value connected = ops->is_connected(entity);
        return connected.type == HASS_VALUE_BOOL ? home_or_not(connected.boolean) : HASS_NONE;
    }
    if (!place_of(entity, &place))
        return HASS_NONE;
    return name_of_zone(hass_location_async_zone(hass_entity_hass(entity), place.latitude,
                                                 place.longitude, place.accuracy));
}

static void set_text(struct hass_attrs_writer *writer, const char *key, struct hass_entity *entity,
                     const char *(*get)(struct hass_entity *entity))
{
    const char *text = get ? get(entity) : NULL;

    if (text)
        hass_attrs_set_string(writer, key, text);
}

static HASS_CALLBACK void capabilities(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    hass_attrs_set_string(writer, "tracking_type",
                          ops_of(entity)->is_connected ? "connection" : "location");
}

/* All zones around it, or none. */
static HASS_CALLBACK void set_zones(struct hass_entity *entity, struct hass_attrs_writer *writer,
                                    const struct device_tracker_place *place)
{
    autojson *zones = place ? hass_location_async_zones(hass_entity_hass(entity), place->latitude,
                                                        place->longitude, place->accuracy)
                            : json_array();

    hass_attrs_set_json(writer, "in_zones", zones);
}

static HASS_CALLBACK void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const struct device_tracker_ops *ops = ops_of(entity);
    struct hass_value battery = ops->battery_level ? ops->battery_level(entity) : HASS_NONE;
    struct device_tracker_place place = { 0 };

    hass_attrs_set_string(writer, "source_type", sources[ops->source_type]);
    if (battery.type != HASS_VALUE_NONE)
        hass_attrs_set(writer, "battery_level", battery);
    if (place_of(entity, &place)) {
        hass_attrs_set(writer, "latitude", HASS_DOUBLE(place.latitude));
        hass_attrs_set(writer, "longitude", HASS_DOUBLE(place.longitude));
        hass_attrs_set(writer, "gps_accuracy", HASS_DOUBLE(place.accuracy));
        set_zones(entity, writer, &place);
    } else if (!ops->is_connected) {
        set_zones(entity, writer, NULL);
    }
    set_text(writer, "ip", entity, ops->ip_address);
    set_text(writer, "mac", entity, ops->mac_address);
    set_text(writer, "host_name", entity, ops->hostname);
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .capability_attributes = capabilities,
    .state_attributes = attributes,
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = "device_tracker",
        .scan_interval = SCAN_INTERVAL,
        .ops = &domain_ops,
    };

    return hass_component_async_create(hass, &options, config, NULL, err);
}
