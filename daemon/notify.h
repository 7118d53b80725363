/* SPDX-License-Identifier: Apache-2.0 */
/* What the service manager is told: phases of life, status text, and that the loop is alive. */
#pragma once

#include <hass/daemon.h>

struct notify {
    int64_t feed_interval; /* microseconds; 0: nobody wants to be fed */
};

/**
 * Passes the phases of @hass on to systemd, and feeds its watchdog from the loop when it asks for that. Before hass_run;
 * @notify must outlive it.
 */
int notify_async_start(struct notify *notify, struct hass *hass, struct hass_error *err)
    HASS_CALLBACK;
