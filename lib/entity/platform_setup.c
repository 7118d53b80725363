/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Having an integration set its platform up: a warning when it is slow, a limit after which start-up goes on without it
 * (it goes on, too), and another try when it says that it is not ready yet.
 */
#include <errno.h>

#include <hass/hass.h>

#include "base/error_text.h"
#include "base/mem.h"
#include "entity/layer.h"
#include "entity/platform.h"
#include "run/clock.h"

#define SLOW_SETUP   10.0 /* seconds */
#define SETUP_LIMIT  60.0
#define RETRY_DELAY  30.0 /* times the number of tries, */
#define RETRY_FACTOR 6    /* but not more than so often */

static HASS_CALLBACK int start_setup_task(struct hass_platform *platform,
                                          struct hass_task **ret_task, struct hass_error *err);

static void unref_platform(void *object)
{
    platform_unref(object);
}

/* trying again */

static HASS_CALLBACK int try_again(struct hass_platform *platform, struct hass_error *err)
{
    platform->retry = hass_sub_async_remove(platform->retry);
    return start_setup_task(platform, NULL, err);
}

static HASS_CALLBACK int on_retry_timer(const struct hass_tick *tick, void *userdata,
                                        struct hass_error *err)
{
    return try_again(userdata, err);
}

static HASS_CALLBACK int on_started(const struct hass_event *event, void *userdata,
                                    struct hass_error *err)
{
    return try_again(userdata, err);
}

/* Before everything is up it is not worth trying. */
static HASS_CALLBACK void wait_for_next_try(struct hass_platform *platform, double delay)
{
    struct hass *hass = platform->hass;
    struct scope *former = scope_enter(platform->scope);

    if (hass_core_state(hass) == HASS_RUNNING)
        (void)hass_async_call_at(
            hass, hass_monotonic(hass) + clock_from_seconds(delay),
            HASS_JOB_CALLBACK(on_retry_timer, platform, .cancel_on_shutdown = true),
            &platform->retry, NULL);
    else
        (void)hass_bus_async_listen_once(
            hass, HASS_EVENT_STARTED,
            HASS_JOB_CALLBACK(on_started, platform, .cancel_on_shutdown = true), &platform->retry,
            NULL);
    scope_leave(former);
}

static HASS_CALLBACK void not_ready(struct hass_platform *platform, const struct hass_error *err)
{
    enum hass_log_level level = platform->tries == 0 ? HASS_LOG_WARNING : HASS_LOG_DEBUG;

    platform->tries++;
    unsigned factor = platform->tries < RETRY_FACTOR ? platform->tries : RETRY_FACTOR;
    double delay = RETRY_DELAY * factor;
    hass_entity_log(level, NULL,
                    "Platform %s for %s not ready yet: %s; trying again in the background in %g "
                    "seconds",
                    platform->name, platform->domain, err->code ? err->message : "no reason given",
                    delay);
    wait_for_next_try(platform, delay);
}

/* one try */

/* Runs in the integration's scope; what comes of it is told here, where it is known also after the limit. */
static HASS_COROUTINE int setup_task(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_platform *platform = userdata;
    const struct platform_loader *loader = entity_layer(hass)->loader;
    struct hass_error own = HASS_ERROR_INIT;
    int r = loader->setup(platform, &platform->source, &own);

    if (platform->closed)
        return 0;
    if (r == HASS_E_NOT_READY)
        not_ready(platform, &own);
    else if (r < 0)
        hass_error("Error while setting up %s platform for %s: %s", platform->name,
                   platform->domain, error_text(&own, r));
    else
        platform->tries = 0;
    return 0;
}

static HASS_CALLBACK int start_setup_task(struct hass_platform *platform,
                                          struct hass_task **ret_task, struct hass_error *err)
{
    struct scope *former = scope_enter(platform->scope);
    struct hass_job job =
        HASS_JOB_COROUTINE(setup_task, platform_ref(platform), .destroy = unref_platform);
    int r = hass_async_create_task(platform->hass, job, ret_task, err);

    scope_leave(former);
    return r;
}

static HASS_CALLBACK int warn_slow_setup(const struct hass_tick *tick, void *userdata,
                                         struct hass_error *err)
{
    const struct hass_platform *platform = userdata;

    hass_warning("Setup of %s platform %s is taking over %g seconds", platform->domain,
                 platform->name, SLOW_SETUP);
    return 0;
}

int platform_async_setup(struct hass_platform *platform, struct hass_error *err)
{
    struct hass *hass = platform->hass;
    struct hass_sub *slow = NULL;
    autounref(hass_task) *task = NULL;

    hass_info("Setting up %s.%s", platform->name, platform->domain);
    platform_ref(platform);
    (void)hass_async_call_at(hass, hass_monotonic(hass) + clock_from_seconds(SLOW_SETUP),
                             HASS_JOB_CALLBACK(warn_slow_setup, platform), &slow, NULL);
    int r = start_setup_task(platform, &task, err);
    if (r >= 0)
        r = hass_async_await(hass_task_future(task), SETUP_LIMIT, err);
    if (r == -ETIMEDOUT)
        hass_error("Setup of platform %s for %s is taking longer than %g seconds. Startup will "
                   "proceed without waiting any longer.",
                   platform->name, platform->domain, SETUP_LIMIT);
    hass_sub_async_remove(slow);
    platform_unref(platform);
    return r;
}
