/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sun seen from the home: asking, and trackers of sunrise and sunset. The home may move: trackers compute their time
 * anew when the core's configuration changes.
 */
#include <hass/bus.h>
#include <hass/config.h>
#include <hass/dt.h>
#include <hass/loop.h>

#include "base/mem.h"
#include "helpers/sun.h"
#include "helpers/track_time.h"

#define USEC_PER_DAY (INT64_C(86400) * HASS_USEC_PER_SEC)

static struct sun_place place_of(struct hass *hass)
{
    struct hass_home home = { .size = sizeof(home) };

    hass_config_home(hass, &home);
    return (struct sun_place){
        .latitude = home.latitude,
        .longitude = home.longitude,
        .elevation = home.elevation,
    };
}

/* The home's date, as days since 1970. */
static int64_t local_day(struct hass *hass, int64_t time)
{
    struct hass_zone *zone = hass_config_zone(hass);
    struct hass_dt local = { .size = sizeof(local) };

    hass_dt_local(time, zone, &local);
    hass_zone_unref(zone);
    int64_t shifted = time + local.offset * HASS_USEC_PER_SEC;
    return shifted / USEC_PER_DAY - (shifted % USEC_PER_DAY < 0);
}

static const char *event_name(enum hass_sun_event event)
{
    static const char *const names[] = {
        [HASS_SUNRISE] = "sunrise",
        [HASS_SUNSET] = "sunset",
        [HASS_DAWN] = "dawn",
        [HASS_DUSK] = "dusk",
        [HASS_SOLAR_NOON] = "solar noon",
        [HASS_SOLAR_MIDNIGHT] = "solar midnight",
        [HASS_NAUTICAL_DAWN] = "nautical dawn",
        [HASS_NAUTICAL_DUSK] = "nautical dusk",
        [HASS_ASTRONOMICAL_DAWN] = "astronomical dawn",
        [HASS_ASTRONOMICAL_DUSK] = "astronomical dusk",
        [HASS_SUN_GETS_HIGH] = "sun 10 degrees high in the morning",
        [HASS_SUN_GETS_LOW] = "sun 10 degrees high in the evening",
    };

    return (size_t)event < sizeof(names) / sizeof(names[0]) ? names[event] : NULL;
}

int hass_sun_next(struct hass *hass, enum hass_sun_event event, int64_t after, double offset,
                  int64_t *ret_time, struct hass_error *err)
{
    struct sun_place place = place_of(hass);
    int64_t shift = (int64_t)(offset * HASS_USEC_PER_SEC);

    if (!event_name(event))
        return hass_fail(err, HASS_E_INVALID, "there is no event %u of the sun", event);
    if (!sun_next(&place, event, local_day(hass, after), after, shift, ret_time))
        return hass_fail(err, HASS_E_INVALID, "no %s within a year at latitude %g",
                         event_name(event), place.latitude);
    return 0;
}

bool sun_event_today(struct hass *hass, enum hass_sun_event event, int64_t now, int64_t *ret_time)
{
    struct sun_place place = place_of(hass);
    int64_t today = local_day(hass, now), time;

    if (!sun_event_of_day(&place, event, today, &time))
        return false;
    // Far from Greenwich the event of this UTC day may be that of a neighbour here.
    int64_t day = local_day(hass, time);
    if (day != today && !sun_event_of_day(&place, event, 2 * today - day, &time))
        return false;
    *ret_time = time;
    return true;
}

bool hass_sun_is_up(struct hass *hass, int64_t when)
{
    int64_t rising, setting;

    if (hass_sun_next(hass, HASS_SUNSET, when, 0, &setting, NULL) < 0 ||
        hass_sun_next(hass, HASS_SUNRISE, when, 0, &rising, NULL) < 0)
        return false;
    return setting < rising;
}

void hass_sun_position(struct hass *hass, int64_t when, double *ret_elevation, double *ret_azimuth)
{
    struct sun_place place = place_of(hass);

    sun_position(&place, when, ret_elevation, ret_azimuth);
}

/* trackers */

struct sun_tracker {
    struct time_tracker base;
    enum hass_sun_event event;
    double offset;
    struct hass_sub *moves; /* of core_config_updated */
};

static HASS_CALLBACK int next_event(struct time_tracker *tracker, int64_t now,
                                    struct hass_error *err)
{
    struct sun_tracker *self = list_entry(tracker, struct sun_tracker, base);

    return hass_sun_next(tracker->hass, self->event, now, self->offset, &tracker->due, err);
}

static void sun_tracker_fini(struct time_tracker *tracker)
{
    struct sun_tracker *self = list_entry(tracker, struct sun_tracker, base);

    hass__assert_loop();
    hass_sub_async_remove(self->moves);
}

static const struct time_kind sun_kind = {
    .next = next_event,
    .fini = sun_tracker_fini,
    .wall = true,
};

static HASS_CALLBACK int on_home_changed(const struct hass_event *event, void *userdata,
                                         struct hass_error *err)
{
    struct sun_tracker *self = userdata;

    time_tracker_rearm(&self->base, hass_now(self->base.hass));
    return 0;
}

static HASS_CALLBACK int track_sun(struct hass *hass, enum hass_sun_event event, double offset,
                                   struct hass_job job, struct hass_sub **ret_sub,
                                   struct hass_error *err)
{
    struct sun_tracker *self = mem_zalloc(sizeof(*self));

    self->base = (struct time_tracker){ .hass = hass, .kind = &sun_kind };
    self->event = event;
    self->offset = offset;
    int r = hass_bus_async_listen(hass, HASS_EVENT_CORE_CONFIG_UPDATE, NULL,
                                  HASS_JOB_CALLBACK(on_home_changed, self), &self->moves, err);
    if (r < 0) {
        free(self);
        job_destroy(&job);
        return r;
    }
    return time_tracker_start(&self->base, job, ret_sub, err);
}

int hass_async_track_sunrise(struct hass *hass, double offset, struct hass_job job,
                             struct hass_sub **ret_sub, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_track_sunrise", err);
    return track_sun(hass, HASS_SUNRISE, offset, job, ret_sub, err);
}

int hass_async_track_sunset(struct hass *hass, double offset, struct hass_job job,
                            struct hass_sub **ret_sub, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_track_sunset", err);
    return track_sun(hass, HASS_SUNSET, offset, job, ret_sub, err);
}
