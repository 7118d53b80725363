/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When an entry that was not ready is tried again: later and later while the home runs, and not before it has started.
 */
#include <math.h>

#include <hass/bus.h>

#include "base/random.h"
#include "core/core.h"
#include "registry/entry.h"
#include "run/clock.h"

#define FIRST_WAIT 5.0 /* seconds; twice as long each time */
#define MAX_WAIT   600.0
#define MIN_JITTER 0.05 /* so that what failed together does not come back together */
#define MAX_JITTER 0.5

static double next_wait(const struct hass_entry *entry)
{
    double wait = ldexp(FIRST_WAIT, entry->tries < 16 ? (int)entry->tries : 16);
    double jitter = MIN_JITTER + (MAX_JITTER - MIN_JITTER) * (double)(random_u64() >> 11) * 0x1p-53;

    return (wait < MAX_WAIT ? wait : MAX_WAIT) + jitter;
}

void entry_cancel_retry(struct hass_entry *entry)
{
    entry->retry = hass_sub_async_remove(entry->retry);
}

static HASS_CALLBACK int try_again(struct hass_entry *entry, struct hass_error *err)
{
    entry_cancel_retry(entry);
    return hass_is_stopping(entry->hass) ? 0 : entry_async_try_again(entry, err);
}

static HASS_CALLBACK int on_timer(const struct hass_tick *tick, void *userdata,
                                  struct hass_error *err)
{
    return try_again(userdata, err);
}

static HASS_CALLBACK int on_started(const struct hass_event *event, void *userdata,
                                    struct hass_error *err)
{
    return try_again(userdata, err);
}

static void drop_reference(void *object)
{
    hass_entry_unref(object);
}

void entry_retry_later(struct hass_entry *entry)
{
    struct hass *hass = entry->hass;
    struct scope *former = scope_enter(hass->runtime->root);
    double wait = next_wait(entry);

    entry->tries++;
    entry_cancel_retry(entry);
    if (hass_core_state(hass) == HASS_RUNNING)
        (void)hass_async_call_at(hass, hass_monotonic(hass) + clock_from_seconds(wait),
                                 HASS_JOB_CALLBACK(on_timer, hass_entry_ref(entry),
                                                   .destroy = drop_reference,
                                                   .cancel_on_shutdown = true),
                                 &entry->retry, NULL);
    else
        (void)hass_bus_async_listen_once(hass, HASS_EVENT_STARTED,
                                         HASS_JOB_CALLBACK(on_started, hass_entry_ref(entry),
                                                           .destroy = drop_reference,
                                                           .cancel_on_shutdown = true),
                                         &entry->retry, NULL);
    scope_leave(former);
}
