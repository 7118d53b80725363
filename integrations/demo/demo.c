/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The living template: every part of the API in its simplest right use. Copy what you need.
 *
 *     demo:
 *       interval: 60
 *
 * demo.c           manifest, configuration, its entry, a timer, a signal, a listener, a service with a response, a pool job, data
 * flow.c           the dialogues: forms, a menu, an import, options, authenticating anew
 * devices.c        what the entities belong to
 * sensor.c         one entity that is pushed (a signal), one that is polled on the pool
 * binary_sensor.c  one that follows another entity (a tracker)
 * switch.c         two that are switched, on the loop and on the pool
 * button.c         one that is pressed: a signal to another entity
 * event.c          one that happens
 * thermometer.c    parts that its user adds to the entry, each with an entity
 * scene.c          one that calls services
 * update.c         one that takes its time
 * weather.c        one that answers
 * media_player.c   one with many commands
 *
 * select.c, text.c, number.c, date.c, time.c, datetime.c: values that are set.
 */
#include <math.h>
#include <string.h>

#include <hass/dt.h>

#include "parts.h"

/* Configuration is a table: it checks, fills in defaults, and documents. */
HASS_SCHEMA(demo_schema, HASS_FIELD(DEMO_INTERVAL, &hass_type_duration, .min = 1, .max = 86400,
                                    .fallback = "60", .doc = "Seconds between two readings"));

HASS_SCHEMA(greet_schema, HASS_FIELD("name", &hass_type_string, .min = 1, .max = 100,
                                     .fallback = "\"you\"", .doc = "Who is greeted"));

HASS_MANIFEST(.domain = "demo", .name = "Demo", .version = HASS_VERSION, .config = &demo_schema,
              .config_flow = &demo_config_flow, .options_flow = &demo_options_flow,
              .subentry_flows = HASS_SUBENTRY_FLOWS({ "thermometer", &demo_thermometer_flow }),
              .single_config_entry = true, .integration_type = "hub", .iot_class = "calculated");

#define DOMAIN(domain) #domain,
#define ADD(domain)    { #domain, demo_add_##domain },

/* In the order of the table that follows. */
static const char *const names[] = { DOMAINS(DOMAIN) NULL };
static const struct {
    const char *domain;
    int (*add)(struct hass_platform *platform, struct hass_error *err);
} domains[] = { DOMAINS(ADD) };
#define DOMAIN_COUNT (sizeof(domains) / sizeof(domains[0]))

/* What the integration knows. It is not in static variables: those would outlive a reload, and two homes would share them. */
struct demo {
    unsigned greetings;
};

/* A timer: the weather of a believable day, sent to whoever listens to the signal. */
static HASS_CALLBACK int on_interval(const struct hass_tick *tick, void *userdata,
                                     struct hass_error *err)
{
    double day = fmod((double)tick->now / HASS_USEC_PER_SEC, 86400) / 86400;
    double temperature = 15.6 - 4 * cos(2 * M_PI * (day - 0.1));

    return hass_async_dispatcher_send(tick->hass, DEMO_SIGNAL_WEATHER,
                                      json_real(round(temperature * 10) / 10), err);
}

/* A service with a response. */
static HASS_CALLBACK int on_greet(const struct hass_service_call *call, void *userdata,
                                  struct hass_error *err)
{
    struct demo *demo = userdata;
    const char *name = hass_json_get_string(hass_service_call_data(call), "name", "you");
    autobuf greeting = HASS_BUF_INIT;

    demo->greetings++;
    hass_buf_printf(&greeting, "Hello, %s", name);
    if (!hass_service_call_return_response(call))
        return 0;
    return hass_service_call_respond(call,
                                     json_pack("{s:s, s:i}", "greeting", hass_buf_string(&greeting),
                                               "count", (int)demo->greetings));
}

/* A listener that wants to block runs on the pool, and uses the functions without async_ there. */
static HASS_BLOCKING int on_demo_event(const struct hass_event *event, void *userdata,
                                       struct hass_error *err)
{
    struct hass *hass = hass_event_hass(event);

    hass_info("got a demo_ping");
    return hass_bus_fire(hass, "demo_pong", hass_json_ref(hass_event_data(event)),
                         hass_event_context(event), err);
}

static HASS_CALLBACK int start(struct hass *hass, struct demo *demo, struct hass_error *err)
{
    const struct hass_service_options greet = {
        .size = sizeof(greet),
        .schema = &greet_schema,
        .supports_response = HASS_RESPONSE_OPTIONAL,
        .description = "Says hello and counts how often",
    };
    int r = hass_services_async_register(hass, "demo", "greet", &greet,
                                         HASS_JOB_CALLBACK(on_greet, demo), err);

    if (r >= 0)
        r = hass_bus_async_listen(hass, "demo_ping", NULL, HASS_JOB_EXECUTOR(on_demo_event, NULL),
                                  NULL, err);
    return r;
}

/*
 * What is there once, whatever entries there are. The section of the configuration becomes an entry, the first time, by the
 * dialogue's step "import". Everything registered here belongs to this integration's scope and is removed with it: there is
 * nothing to undo in an async_unload.
 */
int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    struct demo *demo = calloc(1, sizeof(*demo));
    int r = hass_async_set_data(hass, "demo", demo, free, err);

    if (r >= 0)
        r = start(hass, demo, err);
    return r < 0 ? r
                 : hass_flows_async_discover(hass, "demo", "import", hass_json_ref(config), err);
}

/* an entry */

/* Its options, or its parts. */
static HASS_CALLBACK int on_change(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entry *entry = userdata;

    return hass_entries_async_schedule_reload(hass, hass_entry_id(entry), err);
}

/* What is registered here belongs to the entry's scope, and ends when the entry is unloaded: no async_unload_entry is needed. */
int async_setup_entry(struct hass *hass, struct hass_entry *entry, struct hass_error *err)
{
    const json_t *options = hass_entry_async_options(entry);
    int r = hass_entry_async_on_update(entry, HASS_JOB_CALLBACK(on_change, entry), NULL, err);

    if (r >= 0)
        r = hass_async_track_time_interval(hass, hass_json_get_number(options, DEMO_INTERVAL, 60),
                                           HASS_JOB_CALLBACK(on_interval, NULL), NULL, err);
    return r < 0 ? r : hass_entry_async_forward_setups(entry, names, err);
}

int async_setup_entry_platform(struct hass_platform *platform, struct hass_entry *entry,
                               struct hass_error *err)
{
    const char *domain = hass_platform_domain(platform);

    for (size_t i = 0; i < DOMAIN_COUNT; i++) {
        if (!strcmp(domain, domains[i].domain))
            return domains[i].add(platform, err);
    }
    return hass_fail(err, HASS_E_NOT_FOUND, "demo has nothing for domain %s", domain);
}
