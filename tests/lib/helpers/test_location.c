/* SPDX-License-Identifier: Apache-2.0 */
/* Distances on the ellipsoid, and which zone gives a place its name. */
#include <math.h>

#include <hass/location.h>

#include "support/cases.h"
#include "support/test.h"

static const struct {
    double from[2], to[2], metres;
} distances[] = {
    { { 0, 0 }, { 0, 0 }, 0 },
    { { 52.3731, 4.8922 }, { 52.3731, 4.8922 }, 0 },
    { { 0, 0 }, { 0, 1 }, 111319.491 },
    { { 0, 0 }, { 1, 0 }, 110574.389 },
    { { 90, 0 }, { -90, 0 }, 20003931.459 },
    { { 90, 10 }, { 90, 120 }, 0 },
    { { 0, 179.9 }, { 0, -179.9 }, 22263.898 },
    { { 48.864716, 2.349014 }, { 40.730610, -73.935242 }, 5846393.0 },
    /* Vincenty's own: Flinders Peak to Buninyong. */
    { { -37.951033417, 144.424867889 }, { -37.652821139, 143.926495528 }, 54972.271 },
};

START_TEST(distances_are_those_of_the_ellipsoid)
{
    const double *from = distances[_i].from, *to = distances[_i].to;
    double wanted = distances[_i].metres, near = wanted == 5846393.0 ? 5 : 0.01;

    ck_assert_double_eq_tol(hass_location_distance(from[0], from[1], to[0], to[1]), wanted, near);
    ck_assert_double_eq_tol(hass_location_distance(to[0], to[1], from[0], from[1]), wanted, near);
}
END_TEST

START_TEST(nearly_opposite_places_have_a_distance)
{
    ck_assert_double_eq_tol(hass_location_distance(0, 0, 0.1, 179.9), 19994000, 25000);
    ck_assert_double_eq_tol(hass_location_distance(0, 0, 0, 180), 20003931, 25000);
}
END_TEST

START_TEST(what_is_no_number_has_no_distance)
{
    ck_assert_double_nan(hass_location_distance(NAN, 0, 0, 0));
    ck_assert_double_nan(hass_location_distance(0, INFINITY, 0, 0));
}
END_TEST

static HASS_CALLBACK void add_zone(struct hass *hass, const char *entity_id, const char *attributes)
{
    ck_assert_int_eq(hass_states_async_set(hass, entity_id, "0", test_json(attributes), NULL, NULL),
                     0);
}

static HASS_CALLBACK struct hass *town(void)
{
    struct hass *hass = test_hass();

    add_zone(hass, "zone.town", "{'latitude':52.0,'longitude':5.0,'radius':5000}");
    add_zone(hass, "zone.school",
             "{'latitude':52.01,'longitude':5.0,'radius':100,'passive':false}");
    add_zone(hass, "zone.gym", "{'latitude':52.0105,'longitude':5.0,'radius':100.0}");
    add_zone(hass, "zone.speed_trap",
             "{'latitude':52.0,'longitude':5.0,'radius':10,'passive':true}");
    add_zone(hass, "zone.nowhere", "{'latitude':null,'longitude':5.0,'radius':1}");
    ck_assert_int_eq(hass_states_async_set(hass, "zone.broken", "unavailable",
                                           test_json("{'latitude':52,'longitude':5,'radius':1}"),
                                           NULL, NULL),
                     0);
    return hass;
}

static const struct {
    double latitude, longitude, accuracy;
    const char *zone;
} places[] = {
    { 52.0, 5.0, 0, "zone.town" },    /* the passive and the broken one name nothing */
    { 52.01, 5.0, 0, "zone.school" }, /* the smallest, though the town contains it */
    { 52.0104, 5.0, 0, "zone.gym" },  /* of equal ones the nearest */
    { 52.1, 5.0, 0, NULL },           /* outside of all */
    { 52.1, 5.0, 6200, "zone.town" }, /* perhaps inside */
    { 52.0115, 5.0, 0, "zone.town" }, /* just outside of the gym */
    { 52.0115, 5.0, 20, "zone.gym" }, /* as good as inside */
    { 91, NAN, 0, NULL },
};

START_TEST(the_smallest_zone_around_a_place_names_it)
{
    hass__assert_loop();
    struct hass *hass = town();
    const struct hass_state *zone = hass_location_async_zone(
        hass, places[_i].latitude, places[_i].longitude, places[_i].accuracy);

    if (places[_i].zone)
        ck_assert_str_eq(hass_state_entity_id(zone), places[_i].zone);
    else
        ck_assert_ptr_null(zone);
}
END_TEST

START_TEST(a_place_is_in_a_zone_whether_that_is_passive_or_not)
{
    hass__assert_loop();
    struct hass *hass = town();

    ck_assert(hass_location_in_zone(hass_states_async_get(hass, "zone.speed_trap"), 52.0, 5.0, 0));
    ck_assert(!hass_location_in_zone(hass_states_async_get(hass, "zone.speed_trap"), 52.1, 5.0, 0));
    ck_assert(!hass_location_in_zone(hass_states_async_get(hass, "zone.broken"), 52.0, 5.0, 0));
    ck_assert(!hass_location_in_zone(hass_states_async_get(hass, "zone.nowhere"), 52.0, 5.0, 0));
}
END_TEST

CASES_MAIN("location", ROWS(distances_are_those_of_the_ellipsoid, distances),
           ONCE(nearly_opposite_places_have_a_distance), ONCE(what_is_no_number_has_no_distance),
           ROWS(the_smallest_zone_around_a_place_names_it, places),
           ONCE(a_place_is_in_a_zone_whether_that_is_passive_or_not))
