/* SPDX-License-Identifier: Apache-2.0 */
/* Distances on the ellipsoid, and the zones around a place. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <hass/const.h>
#include <hass/location.h>
#include <hass/states.h>
#include <hass/vec.h>

#include "helpers/helpers.h"

/* WGS84 */
#define EQUATOR       6378137.0 /* metres */
#define FLATTENING    (1 / 298.257223563)
#define POLE          (EQUATOR * (1 - FLATTENING))
#define MEAN          6371008.8
#define RADIANS       (M_PI / 180)
#define MAX_STEPS     200
#define STEP_ACCURACY 1e-12 /* radians: less than a hundredth of a millimetre */

/* The angles of one iteration, by the names of Vincenty's article. */
struct geodesic {
    double sin_u1, cos_u1, sin_u2, cos_u2;                   /* reduced latitudes */
    double sin_sigma, cos_sigma, sigma;                      /* the arc on the auxiliary sphere */
    double sin_alpha, cos_sq_alpha, cos_2sigma_m, c, lambda; /* azimuth at the equator */
};

static double square(double x)
{
    return x * x;
}

/* One step from lambda to the next; false: the places coincide. */
static bool iterate(struct geodesic *g, double longitude)
{
    double sin_lambda = sin(g->lambda), cos_lambda = cos(g->lambda);

    g->sin_sigma =
        hypot(g->cos_u2 * sin_lambda, g->cos_u1 * g->sin_u2 - g->sin_u1 * g->cos_u2 * cos_lambda);
    if (g->sin_sigma == 0)
        return false;
    g->cos_sigma = g->sin_u1 * g->sin_u2 + g->cos_u1 * g->cos_u2 * cos_lambda;
    g->sigma = atan2(g->sin_sigma, g->cos_sigma);
    g->sin_alpha = g->cos_u1 * g->cos_u2 * sin_lambda / g->sin_sigma;
    g->cos_sq_alpha = 1 - square(g->sin_alpha);
    /* Along the equator there is no midpoint to speak of. */
    g->cos_2sigma_m =
        g->cos_sq_alpha > 1e-15 ? g->cos_sigma - 2 * g->sin_u1 * g->sin_u2 / g->cos_sq_alpha : 0;
    g->c = FLATTENING / 16 * g->cos_sq_alpha * (4 + FLATTENING * (4 - 3 * g->cos_sq_alpha));
    g->lambda =
        longitude + (1 - g->c) * FLATTENING * g->sin_alpha *
                        (g->sigma + g->c * g->sin_sigma *
                                        (g->cos_2sigma_m +
                                         g->c * g->cos_sigma * (2 * square(g->cos_2sigma_m) - 1)));
    return true;
}

static double length_of(const struct geodesic *g)
{
    double u_sq = g->cos_sq_alpha * (square(EQUATOR) - square(POLE)) / square(POLE);
    double a = 1 + u_sq / 16384 * (4096 + u_sq * (-768 + u_sq * (320 - 175 * u_sq)));
    double b = u_sq / 1024 * (256 + u_sq * (-128 + u_sq * (74 - 47 * u_sq)));
    double m = g->cos_2sigma_m, m_sq = square(m);
    double delta = b * g->sin_sigma *
                   (m + b / 4 *
                            (g->cos_sigma * (2 * m_sq - 1) -
                             b / 6 * m * (4 * square(g->sin_sigma) - 3) * (4 * m_sq - 3)));

    return POLE * a * (g->sigma - delta);
}

static double on_a_sphere(double latitude, double other_latitude, double longitude)
{
    double half = square(sin((other_latitude - latitude) / 2)) +
                  cos(latitude) * cos(other_latitude) * square(sin(longitude / 2));

    return 2 * MEAN * asin(sqrt(fmin(half, 1)));
}

double hass_location_distance(double latitude, double longitude, double other_latitude,
                              double other_longitude)
{
    double between = remainder((other_longitude - longitude) * RADIANS, 2 * M_PI);
    double u1 = atan((1 - FLATTENING) * tan(latitude * RADIANS));
    double u2 = atan((1 - FLATTENING) * tan(other_latitude * RADIANS));
    struct geodesic g = {
        .sin_u1 = sin(u1),
        .cos_u1 = cos(u1),
        .sin_u2 = sin(u2),
        .cos_u2 = cos(u2),
        .lambda = between,
    };

    if (!isfinite(u1) || !isfinite(u2) || !isfinite(between))
        return NAN;
    for (int i = 0; i < MAX_STEPS; i++) {
        double former = g.lambda;
        if (!iterate(&g, between))
            return 0;
        if (fabs(g.lambda - former) < STEP_ACCURACY)
            return length_of(&g);
    }
    return on_a_sphere(latitude * RADIANS, other_latitude * RADIANS, between);
}

/* zones */

struct zone {
    double latitude, longitude, radius;
    bool passive;
};

static bool read_number(const struct hass_state *state, const char *key, double *ret_number)
{
    struct hass_value value;

    return hass_state_attr(state, key, &value) && hass_value_number(value, ret_number);
}

static bool read_zone(const struct hass_state *state, struct zone *zone)
{
    struct hass_value passive = HASS_NONE;

    if (!strcmp(hass_state_state(state), HASS_STATE_UNAVAILABLE))
        return false;
    (void)hass_state_attr(state, "passive", &passive);
    zone->passive = passive.type == HASS_VALUE_BOOL && passive.boolean;
    return read_number(state, "latitude", &zone->latitude) &&
           read_number(state, "longitude", &zone->longitude) &&
           read_number(state, "radius", &zone->radius);
}

bool hass_location_in_zone(const struct hass_state *state, double latitude, double longitude,
                           double accuracy)
{
    struct zone zone;

    return read_zone(state, &zone) &&
           hass_location_distance(latitude, longitude, zone.latitude, zone.longitude) - accuracy <
               zone.radius;
}

const struct hass_state *hass_location_async_zone(struct hass *hass, double latitude,
                                                  double longitude, double accuracy)
{
    VERIFY_LOOP_OR(hass, "hass.location.async_zone", NULL);
    struct hass_state_list all = { 0 };
    const struct hass_state *best = NULL;
    double best_radius = INFINITY, best_distance = INFINITY;

    (void)hass_states_async_all(hass, "zone", &all, NULL);
    for (size_t i = 0; i < all.count; i++) {
        struct zone zone;
        if (!read_zone(all.items[i], &zone) || zone.passive)
            continue;
        double distance =
            hass_location_distance(latitude, longitude, zone.latitude, zone.longitude);
        if (!(distance - accuracy < zone.radius) || zone.radius > best_radius ||
            (zone.radius == best_radius && distance >= best_distance))
            continue;
        best = all.items[i];
        best_radius = zone.radius;
        best_distance = distance;
    }
    /* The state machine holds it, too: the list's reference need not stay. */
    hass_state_list_fini(&all);
    return best;
}

/* A zone that contains a place. */
struct found {
    const char *entity_id;
    double radius, distance;
};

static int compare(const void *left, const void *right)
{
    const struct found *a = left, *b = right;

    if (a->radius != b->radius)
        return a->radius < b->radius ? -1 : 1;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    return strcmp(a->entity_id, b->entity_id);
}

json_t *hass_location_async_zones(struct hass *hass, double latitude, double longitude,
                                  double accuracy)
{
    VERIFY_LOOP_OR(hass, "hass.location.async_zones", NULL);
    struct hass_state_list all = { 0 };
    HASS_VEC(struct found) found = { 0 };
    json_t *ids = json_array();

    (void)hass_states_async_all(hass, "zone", &all, NULL);
    for (size_t i = 0; i < all.count; i++) {
        struct zone zone;
        if (!read_zone(all.items[i], &zone))
            continue;
        double distance =
            hass_location_distance(latitude, longitude, zone.latitude, zone.longitude);
        if (distance - accuracy < zone.radius)
            vec_push(&found,
                     ((struct found){ hass_state_entity_id(all.items[i]), zone.radius, distance }));
    }
    if (found.length)
        qsort(found.data, found.length, sizeof(*found.data), compare);
    vec_foreach(&found, item)
        json_array_append_new(ids, json_string(item->entity_id));
    vec_fini(&found);
    hass_state_list_fini(&all);
    return ids;
}
