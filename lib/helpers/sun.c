/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sun's position by the low-precision equations of NOAA: a minute for the events, a tenth of a degree for the angles.
 * Rise and set are found by computing the hour angle twice: for midnight of the day, then for the time found.
 */
#include "helpers/sun.h"

#include <math.h>

#include <hass/dt.h>

#define USEC_PER_DAY    (INT64_C(86400) * HASS_USEC_PER_SEC)
#define MINUTES_PER_DAY 1440.0
#define UNIX_JULIAN_DAY 2440587.5 /* 1970-01-01T00:00Z */
#define EARTH_RADIUS    6356900.0 /* metres, at the poles */
#define SUN_RADIUS      (32.0 / 60.0 / 2.0)
#define MAX_LATITUDE    89.8 /* nearer to the poles the hour angle is not defined */
#define SEARCH_DAYS     367

enum direction {
    RISING = 1,
    SETTING = -1,
};

static double radians(double degrees)
{
    return degrees * (M_PI / 180.0);
}

static double degrees(double radians)
{
    return radians * (180.0 / M_PI);
}

static double limit(double value, double low, double high)
{
    return fmin(fmax(value, low), high);
}

/* Julian centuries since J2000 of a number of days since 1970. */
static double centuries(double days)
{
    return (days + UNIX_JULIAN_DAY - 2451545.0) / 36525.0;
}

/* What both the direction and the time of the sun follow from. */
struct orbit {
    double declination;      /* degrees */
    double equation_of_time; /* minutes the sundial is ahead of the clock */
};

static double mean_obliquity(double t)
{
    double seconds = 21.448 - t * (46.815 + t * (0.00059 - t * 0.001813));

    return 23.0 + (26.0 + seconds / 60.0) / 60.0;
}

static double equation_of_center(double t, double anomaly)
{
    return sin(anomaly) * (1.914602 - t * (0.004817 + 0.000014 * t)) +
           sin(2.0 * anomaly) * (0.019993 - 0.000101 * t) + sin(3.0 * anomaly) * 0.000289;
}

static double equation_of_time(double t, double longitude, double anomaly, double obliquity)
{
    double eccentricity = 0.016708634 - t * (0.000042037 + 0.0000001267 * t);
    double y = tan(obliquity / 2.0) * tan(obliquity / 2.0);
    double angle = y * sin(2.0 * longitude) - 2.0 * eccentricity * sin(anomaly) +
                   4.0 * eccentricity * y * sin(anomaly) * cos(2.0 * longitude) -
                   0.5 * y * y * sin(4.0 * longitude) -
                   1.25 * eccentricity * eccentricity * sin(2.0 * anomaly);

    return 4.0 * degrees(angle);
}

static struct orbit orbit_at(double days)
{
    double t = centuries(days);
    double longitude = fmod(280.46646 + t * (36000.76983 + 0.0003032 * t), 360.0);
    double anomaly = radians(357.52911 + t * (35999.05029 - 0.0001537 * t));
    double node = radians(125.04 - 1934.136 * t);
    double apparent = longitude + equation_of_center(t, anomaly) - 0.00569 - 0.00478 * sin(node);
    double obliquity = radians(mean_obliquity(t) + 0.00256 * cos(node));

    return (struct orbit){
        .declination = degrees(asin(sin(obliquity) * sin(radians(apparent)))),
        .equation_of_time = equation_of_time(t, radians(longitude), anomaly, obliquity),
    };
}

/* How much the air lifts something that stands @zenith degrees from straight up. */
static double refraction(double zenith)
{
    double height = 90.0 - zenith;

    if (height >= 85.0)
        return 0.0;
    double tangent = tan(radians(height));
    double seconds;
    if (height > 5.0)
        seconds = 58.1 / tangent - 0.07 / pow(tangent, 3) + 0.000086 / pow(tangent, 5);
    else if (height > -0.575)
        seconds =
            1735.0 + height * (-518.2 + height * (103.4 + height * (-12.79 + height * 0.711)));
    else
        seconds = -20.774 / tangent;
    return seconds / 3600.0;
}

/* How many degrees below the horizontal the horizon lies, seen from @elevation metres. */
static double horizon_dip(double elevation)
{
    if (elevation <= 0.0)
        return 0.0;
    return degrees(acos(EARTH_RADIUS / (EARTH_RADIUS + elevation)));
}

/* Degrees before (positive) noon at which the sun stands at @zenith; NAN when it does not that day. */
static double hour_angle(double latitude, double declination, double zenith)
{
    double lat = radians(latitude);
    double dec = radians(declination);

    return degrees(acos((cos(radians(zenith)) - sin(lat) * sin(dec)) / (cos(lat) * cos(dec))));
}

static int64_t time_of_minutes(int64_t day, double minutes)
{
    return day * USEC_PER_DAY + (int64_t)floor(minutes * 60.0) * HASS_USEC_PER_SEC;
}

/*
 * When the sun passes @zenith; computed for @day, but the result may fall on a neighbour. Two passes: the sun's place at
 * midnight gives a first time, its place at that time the answer. The model's first pass takes refraction with the wrong
 * sign, which shows only where it finds no time at all: polar seasons begin and end on the model's days.
 */
static bool transit(const struct sun_place *place, int64_t day, double zenith,
                    enum direction direction, int64_t *ret_time)
{
    double latitude = limit(place->latitude, -MAX_LATITUDE, MAX_LATITUDE);
    double lowered = zenith + horizon_dip(place->elevation);
    double minutes = 0.0;

    for (int pass = 0; pass < 2; pass++) {
        struct orbit orbit = orbit_at((double)day + minutes / MINUTES_PER_DAY);
        double lifted = pass == 0 ? -refraction(lowered) : refraction(lowered);
        double angle = hour_angle(latitude, orbit.declination, lowered + lifted);
        if (isnan(angle))
            return false;
        minutes = 720.0 - 4.0 * (place->longitude + direction * angle) - orbit.equation_of_time;
    }
    *ret_time = time_of_minutes(day, minutes);
    return true;
}

static int64_t day_of(int64_t time)
{
    int64_t day = time / USEC_PER_DAY;

    return time % USEC_PER_DAY < 0 ? day - 1 : day;
}

static int64_t noon(const struct sun_place *place, int64_t day)
{
    double minutes = 720.0 - 4.0 * place->longitude - orbit_at((double)day).equation_of_time;

    return time_of_minutes(day, minutes);
}

static int64_t midnight(const struct sun_place *place, int64_t day)
{
    struct orbit orbit = orbit_at((double)day + 0.5 - place->longitude / 360.0);

    return time_of_minutes(day, -4.0 * place->longitude - orbit.equation_of_time);
}

/* Events that are the passing of an angle; those without a direction are not. */
static const struct {
    double zenith;
    enum direction direction;
} transits[] = {
    [HASS_SUNRISE] = { 90.0 + SUN_RADIUS, RISING },
    [HASS_SUNSET] = { 90.0 + SUN_RADIUS, SETTING },
    [HASS_DAWN] = { 90.0 + 6.0, RISING },
    [HASS_DUSK] = { 90.0 + 6.0, SETTING },
    [HASS_NAUTICAL_DAWN] = { 90.0 + 12.0, RISING },
    [HASS_NAUTICAL_DUSK] = { 90.0 + 12.0, SETTING },
    [HASS_ASTRONOMICAL_DAWN] = { 90.0 + 18.0, RISING },
    [HASS_ASTRONOMICAL_DUSK] = { 90.0 + 18.0, SETTING },
    [HASS_SUN_GETS_HIGH] = { 90.0 - 10.0, RISING },
    [HASS_SUN_GETS_LOW] = { 90.0 - 10.0, SETTING },
};

bool sun_event_of_day(const struct sun_place *place, enum hass_sun_event event, int64_t day,
                      int64_t *ret_time)
{
    if ((size_t)event >= sizeof(transits) / sizeof(transits[0]))
        return false;
    if (transits[event].direction)
        return transit(place, day, transits[event].zenith, transits[event].direction, ret_time);
    *ret_time = event == HASS_SOLAR_NOON ? noon(place, day) : midnight(place, day);
    return true;
}

bool sun_next(const struct sun_place *place, enum hass_sun_event event, int64_t day, int64_t after,
              int64_t offset, int64_t *ret_time)
{
    for (int64_t d = day - 1; d < day + SEARCH_DAYS; d++) {
        int64_t time;
        if (sun_event_of_day(place, event, d, &time) && time + offset > after) {
            *ret_time = time + offset;
            return true;
        }
    }
    return false;
}

/* Direction from north over east of a sun at @zenith, before noon when @hour is negative. */
static double azimuth_of(double latitude, double declination, double zenith, double hour)
{
    double scale = cos(radians(latitude)) * sin(radians(zenith));

    if (fabs(scale) <= 0.001) /* straight above or below: every direction is as good */
        return latitude > 0.0 ? 180.0 : 0.0;
    double cosine =
        (sin(radians(latitude)) * cos(radians(zenith)) - sin(radians(declination))) / scale;
    double from_south = degrees(acos(limit(cosine, -1.0, 1.0)));
    return hour > 0.0 ? 180.0 + from_south : 180.0 - from_south;
}

void sun_position(const struct sun_place *place, int64_t time, double *ret_elevation,
                  double *ret_azimuth)
{
    double latitude = limit(place->latitude, -MAX_LATITUDE, MAX_LATITUDE);
    struct orbit orbit = orbit_at((double)time / USEC_PER_DAY);
    double clock = (double)(time - day_of(time) * USEC_PER_DAY) / (60.0 * HASS_USEC_PER_SEC);
    double minutes = fmod(clock + orbit.equation_of_time + 4.0 * place->longitude + MINUTES_PER_DAY,
                          MINUTES_PER_DAY);
    double hour = minutes / 4.0 - 180.0;

    double lat = radians(latitude);
    double dec = radians(orbit.declination);
    double cosine = cos(lat) * cos(dec) * cos(radians(hour)) + sin(lat) * sin(dec);
    double zenith = degrees(acos(limit(cosine, -1.0, 1.0)));
    *ret_azimuth = azimuth_of(latitude, orbit.declination, zenith, hour);
    *ret_elevation = 90.0 - (zenith - refraction(zenith));
}
