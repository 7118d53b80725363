/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Places on earth: how far apart, and in which zone.
 *
 * A zone is known by its state: attributes latitude, longitude, radius (metres), passive.
 * Model: util.location, components.zone
 */
#pragma once

#include <hass/json.h>
#include <hass/thread_safety.h>
#include <hass/types.h>

/**
 * Metres between two places, in degrees, on the WGS84 ellipsoid; good to a millimetre. NAN when a number is not finite.
 *
 * Context: any thread.
 * Source:  T. Vincenty, Direct and Inverse Solutions of Geodesics on the Ellipsoid (1975); nearly opposite places, for
 *          which it does not converge, are measured on a sphere.
 */
HASS_API double hass_location_distance(double latitude, double longitude, double other_latitude,
                                       double other_longitude);

/** True when a place known to @accuracy metres is in the zone, its edge included in doubt. Any thread. */
HASS_API bool hass_location_in_zone(const struct hass_state *zone, double latitude,
                                    double longitude, double accuracy);

/**
 * The zone that gives a place its name: of those that are not passive and contain it the smallest, of equal ones the nearest.
 * Lent, or NULL.
 *
 * Model: zone.async_active_zone; up to 2025 the nearest centre won, so that a small zone inside of a large one was hidden
 *        near the centre of the large one.
 */
HASS_API const struct hass_state *hass_location_async_zone(struct hass *hass, double latitude,
                                                           double longitude, double accuracy)
    HASS_CALLBACK;
/** The ids of all zones that contain a place, passive ones too, the smallest first, of equal ones the nearest; owned by the caller. */
HASS_API json_t *hass_location_async_zones(struct hass *hass, double latitude, double longitude,
                                           double accuracy) HASS_CALLBACK;
