/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sd_notify. Without a service manager all of this does nothing. The watchdog is fed by a timer of the loop and by nothing
 * else: a loop that is held is a loop that does not feed.
 */
#include "notify.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include <systemd/sd-daemon.h>

/* systemd compares it with its own reading of this clock. */
static uint64_t monotonic_usec(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void on_phase(const char *phase, const char *text, void *userdata)
{
    if (strcmp(phase, "ready") == 0)
        sd_notifyf(0, "READY=1\nSTATUS=%s", text);
    else if (strcmp(phase, "reloading") == 0)
        sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64 "\nSTATUS=%s", monotonic_usec(), text);
    else if (strcmp(phase, "stopping") == 0)
        sd_notifyf(0, "STOPPING=1\nSTATUS=%s", text);
    else
        sd_notifyf(0, "STATUS=%s", text);
}

static HASS_CALLBACK int feed(const struct hass_tick *tick, void *userdata, struct hass_error *err);

static HASS_CALLBACK int feed_later(struct notify *notify, struct hass *hass,
                                    struct hass_error *err)
{
    return hass_async_call_at(hass, hass_monotonic(hass) + notify->feed_interval,
                              HASS_JOB_CALLBACK(feed, notify, .name = "systemd watchdog"), NULL,
                              err);
}

static HASS_CALLBACK int feed(const struct hass_tick *tick, void *userdata, struct hass_error *err)
{
    sd_notify(0, "WATCHDOG=1");
    return feed_later(userdata, tick->hass, err);
}

int notify_async_start(struct notify *notify, struct hass *hass, struct hass_error *err)
{
    uint64_t limit;

    *notify = (struct notify){ 0 };
    hass_set_notify(hass, on_phase, NULL);
    if (sd_watchdog_enabled(0, &limit) <= 0)
        return 0;
    notify->feed_interval = (int64_t)(limit / 2);
    return feed_later(notify, hass, err);
}
