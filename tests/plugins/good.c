/* SPDX-License-Identifier: Apache-2.0 */
/* A well-behaved integration: a service, a listener, a timer, data; all of it goes with its scope. */
#include <hass/integration.h>

HASS_SCHEMA(good_schema,
            HASS_FIELD("interval", &hass_type_duration, .min = 0.1, .max = 3600, .fallback = "1",
                       .doc = "Seconds between two ticks"),
            HASS_FIELD("mode", &hass_type_enum, .words = HASS_WORDS("slow", "fast"),
                       .fallback = "\"slow\"", .doc = "How"));

HASS_MANIFEST(.domain = "good", .name = "Good", .version = "1.0", .config = &good_schema);

struct good {
    struct hass *hass;
    int64_t pings;
};

static HASS_CALLBACK int on_ping(const struct hass_event *event, void *userdata,
                                 struct hass_error *err)
{
    struct good *good = userdata;

    good->pings++;
    return hass_states_async_set(good->hass, "good.pings", "seen",
                                 json_pack("{s:I}", "count", (json_int_t)good->pings), NULL, err);
}

static HASS_CALLBACK int on_call(const struct hass_service_call *call, void *userdata,
                                 struct hass_error *err)
{
    return hass_bus_async_fire(hass_service_call_hass(call), "good_called", NULL, NULL, err);
}

static HASS_CALLBACK int on_tick(const struct hass_tick *tick, void *userdata,
                                 struct hass_error *err)
{
    return hass_bus_async_fire(tick->hass, "good_ticked", NULL, NULL, err);
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    struct good *good = calloc(1, sizeof(*good));

    good->hass = hass;
    int r = hass_async_set_data(hass, "good", good, free, err);
    if (r == 0)
        r = hass_bus_async_listen(hass, "ping", NULL, HASS_JOB_CALLBACK(on_ping, good), NULL, err);
    if (r == 0)
        r = hass_services_async_register(hass, "good", "call", NULL,
                                         HASS_JOB_CALLBACK(on_call, good), err);
    if (r == 0)
        r = hass_async_call_at(hass, hass_monotonic(hass) + 3600 * INT64_C(1000000),
                               HASS_JOB_CALLBACK(on_tick, good), NULL, err);
    if (r == 0)
        r = hass_states_async_set(
            hass, "good.mode", hass_json_get_string(config, "mode", "?"),
            json_pack("{s:f}", "interval", hass_json_get_number(config, "interval", -1)), NULL,
            err);
    return r;
}
