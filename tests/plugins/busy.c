/* SPDX-License-Identifier: Apache-2.0 */
/* Is never idle: a pool job, a coroutine, a listener and a timer that begin again whenever they end. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "busy", .name = "Busy", .version = "1.0");

struct busy {
    struct hass *hass;
    struct hass_sub *sub;
};

static HASS_BLOCKING int work(struct hass *hass, void *userdata, struct hass_error *err)
{
    for (int i = 0; i < 3; i++) {
        int r = hass_states_set(hass, "busy.pool", i % 2 ? "odd" : "even", NULL, NULL, err);
        if (r < 0)
            return r;
    }
    return 0;
}

static HASS_COROUTINE int toil(struct hass *hass, void *userdata, struct hass_error *err)
{
    for (;;) {
        int r = hass_async_run_in_executor(hass, HASS_JOB_EXECUTOR(work, NULL), err);
        if (r == 0)
            r = hass_async_sleep(hass, 0, err);
        if (r < 0)
            return r;
    }
}

static HASS_CALLBACK int on_change(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    struct busy *busy = userdata;
    const struct hass_state *old, *new;

    if (!hass_event_states(event, &old, &new) || !new)
        return 0;
    return hass_bus_async_fire(busy->hass, "busy_seen", NULL, NULL, err);
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    struct busy *busy = calloc(1, sizeof(*busy));

    busy->hass = hass;
    int r = hass_async_set_data(hass, "busy", busy, free, err);
    if (r == 0)
        r = hass_bus_async_listen(hass, HASS_EVENT_STATE_CHANGED, NULL,
                                  HASS_JOB_CALLBACK(on_change, busy), &busy->sub, err);
    for (int i = 0; i < 3 && r == 0; i++)
        r = hass_async_create_background_task(hass, HASS_JOB_COROUTINE(toil, busy), NULL, err);
    return r;
}

int async_unload(struct hass *hass, struct hass_error *err)
{
    return hass_bus_async_fire(hass, "busy_unloads", NULL, NULL, err);
}
