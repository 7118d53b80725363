/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls from the wrong thread, as an author does who has not read the page: set-up on the pool calls async_ functions, and a
 * callback on the loop waits.
 */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "strays", .name = "Strays", .version = "1.0");

static __attribute__((noinline)) HASS_BLOCKING void fire_from_the_pool(struct hass *hass)
    HASS__ANALYSIS(no_thread_safety_analysis);
static void fire_from_the_pool(struct hass *hass)
{
    for (int i = 0; i < 3; i++)
        hass_bus_async_fire(hass, "stray", NULL, NULL, NULL);
}

static HASS_CALLBACK int wait_on_the_loop(struct hass *hass, void *userdata, struct hass_error *err)
    HASS__ANALYSIS(no_thread_safety_analysis);
static int wait_on_the_loop(struct hass *hass, void *userdata, struct hass_error *err)
{
    hass_states_set(hass, "stray.one", "on", NULL, NULL, NULL);
    return 0;
}

static HASS_CALLBACK int suspend_in_a_callback(struct hass *hass, void *userdata,
                                               struct hass_error *err)
    HASS__ANALYSIS(no_thread_safety_analysis);
static int suspend_in_a_callback(struct hass *hass, void *userdata, struct hass_error *err)
{
    hass_async_sleep(hass, 1, NULL);
    return 0;
}

int setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    fire_from_the_pool(hass);
    int r = hass_add_job(hass, HASS_JOB_CALLBACK(wait_on_the_loop, NULL), err);
    return r < 0 ? r : hass_add_job(hass, HASS_JOB_CALLBACK(suspend_in_a_callback, NULL), err);
}
