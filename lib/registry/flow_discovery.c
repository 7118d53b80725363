/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flows that begin by themselves: for what was found, what the configuration says (import), and entries whose integration
 * cannot authenticate. What is found waits for the start, and then for its turn.
 */
#include "registry/flow_discovery.h"

#include <errno.h>
#include <string.h>

#include <hass/bus.h>
#include <hass/list.h>
#include <hass/services.h>

#include "base/error_text.h"
#include "base/mem.h"
#include "core/core.h"
#include "run/clock.h"

#define NEWS_DELAY      1.0 /* seconds */
#define NOTIFICATIONS   "persistent_notification"
#define NOTIFICATION_ID "config_entry_discovery"

static const char *const discovery_sources[] = {
    "bluetooth", "dhcp", "discovery", "hardware", "hassio",   "homekit", "integration_discovery",
    "mqtt",      "ssdp", "system",    "usb",      "zeroconf",
};

bool flow_source_is_discovery(const char *source)
{
    for (size_t i = 0; i < sizeof(discovery_sources) / sizeof(discovery_sources[0]); i++)
        if (!strcmp(source, discovery_sources[i]))
            return true;
    return false;
}

/* the queue */

struct discovery {
    struct hass_list link;
    struct hass *hass;
    char *domain;
    json_t *context;
    json_t *data;
};

struct discoveries {
    struct hass_list waiting;
    size_t count, running;
    struct hass_sub *started; /* listener, while the home has not started */
    struct hass_sub *news;    /* timer */
    bool notified;            /* its user sees a notification */
};

static void free_discovery(void *object)
{
    struct discovery *discovery = object;

    free(discovery->domain);
    json_decref(discovery->context);
    json_decref(discovery->data);
    free(discovery);
}

static void discoveries_destroy(void *object)
{
    struct discoveries *all = object;

    list_foreach(&all->waiting, struct discovery, discovery, link)
        free_discovery(discovery);
    free(all);
}

static HASS_CALLBACK struct discoveries *discoveries_of(struct hass *hass)
{
    struct discoveries *all = registry_get(hass, REGISTRY_DISCOVERIES);

    if (!all) {
        all = mem_zalloc(sizeof(*all));
        list_init(&all->waiting);
        registry_set(hass, REGISTRY_DISCOVERIES, all, discoveries_destroy);
    }
    return all;
}

static struct discovery *discovery_new(struct hass *hass, const char *domain, json_t *context,
                                       json_t *data)
{
    struct discovery *discovery = mem_alloc(sizeof(*discovery));

    *discovery = (struct discovery){
        .hass = hass,
        .domain = mem_strdup(domain),
        .context = context,
        .data = data,
    };
    return discovery;
}

/* What comes of it is the user's to see, or nobody's. */
static HASS_COROUTINE void begin(struct discovery *discovery)
{
    struct hass_error err = HASS_ERROR_INIT;
    autojson *result = NULL;
    int r = hass_flows_async_init(discovery->hass, HASS_FLOW_CONFIG, discovery->domain,
                                  steal(discovery->context), steal(discovery->data), &result, &err);

    if (r < 0 && r != -ECANCELED)
        hass_warning("No dialogue of %s was begun: %s", discovery->domain, error_text(&err, r));
}

/* Who asks goes on first: an integration's set-up, which the new entry will wait for. */
static HASS_COROUTINE int begin_alone(struct hass *hass, void *userdata, struct hass_error *err)
{
    int r = hass_async_sleep(hass, 0, err);

    if (r >= 0)
        begin(userdata);
    return 0;
}

static HASS_CALLBACK int begin_now(struct discovery *discovery, struct hass_error *err)
{
    struct hass *hass = discovery->hass;
    struct hass_job job = HASS_JOB_COROUTINE(begin_alone, discovery, .name = "begin a flow");

    return job_run(hass, hass->runtime->root, &job, hass, discovery, free_discovery, JOB_TRACKED,
                   NULL, err);
}

static HASS_COROUTINE int work_off(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct discoveries *all = userdata;
    struct discovery *discovery;

    while ((discovery = list_first(&all->waiting, struct discovery, link)) != NULL) {
        list_remove(&discovery->link);
        all->count--;
        begin(discovery);
        free_discovery(discovery);
    }
    all->running--;
    return 0;
}

static HASS_CALLBACK void start_workers(struct hass *hass)
{
    struct discoveries *all = discoveries_of(hass);

    while (all->running < FLOW_DISCOVERIES_ONCE && all->running < all->count) {
        struct hass_job job = HASS_JOB_COROUTINE(work_off, all, .name = "discovered devices");
        all->running++;
        if (job_run(hass, hass->runtime->root, &job, hass, NULL, NULL, JOB_BACKGROUND, NULL, NULL) <
            0) {
            all->running--;
            return;
        }
    }
}

static HASS_CALLBACK int on_started(const struct hass_event *event, void *userdata,
                                    struct hass_error *err)
{
    struct hass *hass = hass_event_hass(event);
    struct discoveries *all = discoveries_of(hass);

    all->started = hass_sub_async_remove(all->started);
    start_workers(hass);
    return 0;
}

static HASS_CALLBACK int enqueue(struct discovery *discovery, struct hass_error *err)
{
    struct hass *hass = discovery->hass;
    struct discoveries *all = discoveries_of(hass);

    if (all->count >= FLOW_DISCOVERIES_MAX) {
        free_discovery(discovery);
        return hass_fail(err, HASS_E_LIMIT, "%d discovered devices wait for their turn",
                         FLOW_DISCOVERIES_MAX);
    }
    list_append(&all->waiting, &discovery->link);
    all->count++;
    if (hass_core_state(hass) == HASS_RUNNING) {
        start_workers(hass);
    } else if (!all->started) {
        struct scope *former = scope_enter(hass->runtime->root);
        (void)hass_bus_async_listen_once(
            hass, HASS_EVENT_STARTED,
            HASS_JOB_CALLBACK(on_started, NULL, .cancel_on_shutdown = true), &all->started, NULL);
        scope_leave(former);
    }
    return 0;
}

int hass_flows_async_discover(struct hass *hass, const char *domain, const char *source,
                              json_t *data, struct hass_error *err)
{
    autojson *given = data;

    VERIFY_LOOP(hass, "hass.flows.async_discover", err);
    struct discovery *discovery =
        discovery_new(hass, domain, json_pack("{s:s}", "source", source), steal(given));
    return flow_source_is_discovery(source) ? enqueue(discovery, err) : begin_now(discovery, err);
}

/* the news */

static HASS_CALLBACK bool is_any_in_progress(struct hass *hass)
{
    const char *id;
    const struct hass_flow *flow;

    strmap_foreach(flows_of(hass), id, flow)
        if (flow->kind == HASS_FLOW_CONFIG && flow_source_is_discovery(flow_source(flow)))
            return true;
    return false;
}

/* A home without notifications shows what was found in its settings only. @data is taken. */
static HASS_CALLBACK bool call_notification(struct hass *hass, const char *service, json_t *data)
{
    if (hass_services_async_has(hass, NOTIFICATIONS, service))
        return hass_services_async_call_later(hass, NOTIFICATIONS, service, data, NULL, NULL) == 0;
    json_decref(data);
    return false;
}

static HASS_CALLBACK void notify(struct hass *hass)
{
    discoveries_of(hass)->notified = call_notification(
        hass, "create",
        json_pack("{s:s, s:s, s:s}", "title", "New devices", "message",
                  "Something was found that can be added: [have a look](/config/integrations).",
                  "notification_id", NOTIFICATION_ID));
}

void flow_discovery_ended(struct hass *hass)
{
    struct discoveries *all = discoveries_of(hass);

    if (!all->notified || is_any_in_progress(hass))
        return;
    all->notified = false;
    (void)call_notification(hass, "dismiss",
                            json_pack("{s:s}", "notification_id", NOTIFICATION_ID));
}

static HASS_CALLBACK int on_news(const struct hass_tick *tick, void *userdata,
                                 struct hass_error *err)
{
    struct discoveries *all = userdata;

    all->news = hass_sub_async_remove(all->news);
    if (is_any_in_progress(tick->hass))
        notify(tick->hass);
    return hass_bus_async_fire(tick->hass, "config_entry_discovered", NULL, NULL, err);
}

void flow_discovery_tell(struct hass *hass)
{
    struct discoveries *all = discoveries_of(hass);

    if (all->news)
        return;
    struct scope *former = scope_enter(hass->runtime->root);
    (void)hass_async_call_at(hass, hass_monotonic(hass) + clock_from_seconds(NEWS_DELAY),
                             HASS_JOB_CALLBACK(on_news, all, .cancel_on_shutdown = true),
                             &all->news, NULL);
    scope_leave(former);
}

/* reauth */

int hass_entry_async_start_reauth(struct hass_entry *entry, struct hass_error *err)
{
    VERIFY_LOOP(entry->hass, "hass.entry.async_start_reauth", err);
    json_t *context = json_pack("{s:s, s:s, s:{s:s}}", "source", "reauth", "entry_id", entry->id,
                                "title_placeholders", "name", entry->title);
    if (entry->unique_id)
        json_object_set_new(context, "unique_id", json_string(entry->unique_id));
    return begin_now(
        discovery_new(entry->hass, entry->domain, context, json_deep_copy(entry->data)), err);
}

/* from other threads */

struct discover_call {
    char *domain, *source;
    json_t *data;
};

static void free_discover(void *object)
{
    struct discover_call *call = object;

    free(call->domain);
    free(call->source);
    json_decref(call->data);
    free(call);
}

static HASS_CALLBACK int discover_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct discover_call *call = arg;

    return hass_flows_async_discover(hass, call->domain, call->source, steal(call->data), err);
}

int hass_flows_discover(struct hass *hass, const char *domain, const char *source, json_t *data,
                        struct hass_error *err)
{
    struct discover_call *call = mem_alloc(sizeof(*call));

    *call = (struct discover_call){ mem_strdup(domain), mem_strdup(source), data };
    return runtime_post(hass, "hass.flows.discover", discover_on_loop, call, free_discover, err);
}

static void drop_entry(void *object)
{
    hass_entry_unref(object);
}

static HASS_CALLBACK int reauth_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    return hass_entry_async_start_reauth(arg, err);
}

int hass_entry_start_reauth(struct hass_entry *entry, struct hass_error *err)
{
    return runtime_post(entry->hass, "hass.entry.start_reauth", reauth_on_loop,
                        hass_entry_ref(entry), drop_entry, err);
}
