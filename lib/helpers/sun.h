/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the sun is and when it rises: pure functions of a place and a time. Angles are degrees, times microseconds UTC,
 * days are counted from 1970-01-01.
 *
 * Source: NOAA solar equations (Meeus, Astronomical Algorithms), in the form and with the constants the model uses.
 */
#pragma once

#include <hass/event_helpers.h>

struct sun_place {
    double latitude;  /* north positive */
    double longitude; /* east positive */
    double elevation; /* metres above what surrounds it: one sees further round the earth */
};

/** The event of one UTC day, or of a neighbour far from Greenwich. False when the sun does not do it that day. */
bool sun_event_of_day(const struct sun_place *place, enum hass_sun_event event, int64_t day,
                      int64_t *ret_time);
/**
 * The first event plus @offset microseconds that lies after @after, searched from the day before @day, the local date of
 * @after. False where there is none within a year.
 */
bool sun_next(const struct sun_place *place, enum hass_sun_event event, int64_t day, int64_t after,
              int64_t offset, int64_t *ret_time);
/** Height over the horizon with refraction, and direction from north over east. */
void sun_position(const struct sun_place *place, int64_t time, double *ret_elevation,
                  double *ret_azimuth);
/** The event of the home's date at @now. False when the sun does not do it that day. Any thread. track_sun.c */
bool sun_event_today(struct hass *hass, enum hass_sun_event event, int64_t now, int64_t *ret_time);
