/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From nothing to running: the configuration, the core's section, the files of all integrations, then the stages. Nothing
 * that is wrong on the way keeps the daemon from running; it is reported and left out.
 */
#include <errno.h>

#include <hass/bus.h>
#include <hass/cleanup.h>
#include <hass/log.h>
#include <hass/loop.h>
#include <hass/template.h>

#include "base/mem.h"
#include "entity/restore.h"
#include "loader/loader.h"
#include "loader/settings.h"
#include "registry/entry_loader.h"
#include "registry/load.h"
#include "run/lastwords.h"
#include "run/task.h"

#define OPEN_LIMIT    1.0 /* seconds */
#define STAGE_LIMIT   300.0
#define STAGE_COOL    60.0
#define WRAP_UP_LIMIT 300.0

/* the configuration */

static HASS_COROUTINE int read_settings(struct loader *loader, struct hass_error *err)
{
    struct config_file *file;
    int r = loader_async_read_settings(loader, &file, err);

    if (r < 0)
        return r;
    config_file_destroy(loader->settings);
    loader->settings = file;
    autojson *values = settings_core_values(file);
    struct hass_error failure = HASS_ERROR_INIT;
    if (json_object_size(values) > 0 &&
        config_async_load(loader->hass, steal(values), "yaml", &failure) < 0)
        hass_error("The section homeassistant is not used: %s", failure.message);
    settings_log(&file->diagnostics);
    return 0;
}

/* stages */

struct stage {
    HASS_VEC(struct integration *) members;
    HASS_VEC(struct hass_future *) begun;
};

static HASS_CALLBACK void stage_add(struct stage *stage, struct integration *integration)
{
    struct hass_future *done;

    if (!integration || integration->state != INTEGRATION_IDLE)
        return;
    if (integration_async_begin_setup(integration, false, &done, NULL) < 0)
        return;
    vec_push(&stage->members, integration);
    vec_push(&stage->begun, done);
}

static void name_waiting(const struct stage *stage, double limit)
{
    autobuf names = HASS_BUF_INIT;

    for (size_t i = 0; i < stage->begun.length; i++)
        if (!hass_future_done(stage->begun.data[i]))
            hass_buf_printf(&names, "%s%s", names.length ? ", " : "",
                            stage->members.data[i]->domain);
    hass_warning("Setup timed out after %g seconds, waiting on: %s; moving forward", limit,
                 hass_buf_string(&names));
}

static HASS_COROUTINE int stage_wait(struct stage *stage, struct hass *hass, struct hass_error *err)
{
    struct hass_future *const *begun = stage->begun.data;
    size_t count = stage->begun.length;
    int r = count ? hass_async_wait_all(hass, begun, count, STAGE_LIMIT, err) : 0;

    if (r == -ETIMEDOUT) {
        name_waiting(stage, STAGE_LIMIT);
        hass_error_clear(err);
        r = hass_async_wait_all(hass, begun, count, STAGE_COOL, err);
    }
    if (r == -ETIMEDOUT) {
        hass_error_clear(err);
        r = 0;
    }
    vec_foreach(&stage->begun, done)
        hass_future_unref(*done);
    vec_fini(&stage->begun);
    vec_fini(&stage->members);
    return r;
}

/*
 * Set up without being asked for, in this order: the home's services, the way to reach them, what tells its people, and what
 * changes the home.
 */
static const char *const always[] = { "homeassistant", "websocket_api", "persistent_notification",
                                      "config", NULL };

/* The domains of config entries, as keys of an object owned by the caller. */
static HASS_CALLBACK json_t *wanted_entries(const struct loader *loader)
{
    json_t *domains = entries_async_domains(loader->hass);
    const char *domain;
    json_t *unused;
    void *next;

    json_object_foreach_safe(domains, next, domain, unused)
    {
        if (!loader_wants(loader, domain))
            json_object_del(domains, domain);
    }
    return domains;
}

/* One alone: what others rely on. */
static HASS_COROUTINE int set_up_first(struct loader *loader, const char *domain,
                                       struct hass_error *err)
{
    struct stage stage = { 0 };

    stage_add(&stage, integration_get(loader, domain));
    return stage_wait(&stage, loader->hass, err);
}

static HASS_COROUTINE int set_up_rest(struct loader *loader, struct hass_error *err)
{
    struct stage stage = { 0 };
    const char *domain;
    json_t *section;

    json_object_foreach(loader->settings->sections, domain, section)
        stage_add(&stage, integration_get(loader, domain));
    autojson *with_entries = wanted_entries(loader);
    json_object_foreach(with_entries, domain, section)
        stage_add(&stage, integration_get(loader, domain));
    return stage_wait(&stage, loader->hass, err);
}

static HASS_CALLBACK void mark_entries_wanted(struct loader *loader)
{
    autojson *with_entries = wanted_entries(loader);
    const char *domain;
    json_t *unused;

    json_object_foreach(with_entries, domain, unused) {
        struct integration *integration = integration_get(loader, domain);
        if (integration)
            integration->wanted = true;
    }
}

static HASS_CALLBACK void mark_wanted(struct loader *loader)
{
    const char *domain;
    json_t *section;

    json_object_foreach(loader->settings->sections, domain, section) {
        struct integration *integration = integration_get(loader, domain);
        if (integration)
            integration->wanted = true;
        else
            problem_report(loader, domain, PROBLEM_SETTINGS, NULL,
                           "that is not the name of an integration");
    }
    for (const char *const *name = always; *name; name++)
        if (loader_wants(loader, *name))
            integration_get(loader, *name)->wanted = true;
    mark_entries_wanted(loader);
}

static HASS_COROUTINE int run_stages(struct loader *loader, struct hass_error *err)
{
    autojson *names = settings_names(loader->settings);
    autojson *with_entries = wanted_entries(loader);

    for (const char *const *name = always; *name; name++)
        if (loader_wants(loader, *name))
            json_object_set_new(names, *name, json_true());
    json_object_update(names, with_entries);
    mark_wanted(loader);
    /* So that the order is known; one whose probe hangs does not hold up the others. */
    loader_async_open_all(loader, names, OPEN_LIMIT);
    if (loader->stop_requested)
        return hass_fail(err, -ECANCELED, "the start was cancelled");
    int r = 0;
    if (hass_json_get(loader->settings->sections, "logger"))
        r = set_up_first(loader, "logger", err);
    for (const char *const *name = always; r == 0 && *name; name++)
        if (loader_wants(loader, *name))
            r = set_up_first(loader, *name, err);
    return r < 0 ? r : set_up_rest(loader, err);
}

/* the end of it */

static HASS_COROUTINE int settle(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_block_till_done(hass, false, err);
}

/* Platforms are set up by tasks of their own; the start waits for them, within reason. */
static HASS_COROUTINE int wrap_up(struct hass *hass, struct hass_error *err)
{
    struct hass_job job = HASS_JOB_COROUTINE(settle, NULL, .name = "wrap up");
    autounref(hass_task) *task = NULL;
    int r = task_start(hass, hass->runtime->root, &job, hass, NULL, NULL, 0, &task, err);

    if (r < 0)
        return r;
    r = hass_async_await_task(task, WRAP_UP_LIMIT, err);
    if (r != -ETIMEDOUT)
        return r;
    hass_warning("Setup goes on without tasks that still run after %g seconds", WRAP_UP_LIMIT);
    (void)hass_task_async_cancel(task, NULL);
    hass_error_clear(err);
    return 0;
}

static HASS_CALLBACK int on_stop_event(const struct hass_event *event, void *userdata,
                                       struct hass_error *err)
{
    struct loader *loader = userdata;

    lastwords_set_phase(loader->hass->runtime->lastwords, LAST_STOPPING);
    hass_info("hassd is stopping");
    loader_notify(loader, "stopping", "stopping");
    return 0;
}

/* "homeassistant, sensor, …" in @names. Returns their number. */
static size_t name_running(const struct loader *loader, struct hass_buf *names)
{
    size_t running = 0;
    const char *domain;
    const struct integration *integration;

    strmap_foreach(loader->integrations, domain, integration) {
        if (integration->state != INTEGRATION_SET_UP && !integration->scope)
            continue;
        hass_buf_printf(names, "%s%s", running++ ? ", " : "", domain);
    }
    return running;
}

static HASS_CALLBACK void tell_ready(struct loader *loader)
{
    autobuf names = HASS_BUF_INIT;
    size_t running = name_running(loader, &names);
    size_t problems = hass_strmap_count(loader->problems);
    autofree char *text = problems ? mem_printf("%zu integrations, %zu problems", running, problems)
                                   : mem_printf("%zu integrations", running);
    double seconds = (double)(hass_monotonic(loader->hass) - loader->started) / 1e6;

    hass_info("hassd %s is ready after %.2f s: %s (%s)", HASS_VERSION, seconds, text,
              hass_buf_string(&names));
    loader_notify(loader, "ready", text);
}

static HASS_COROUTINE void load_entries(struct hass *hass)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (entries_async_load(hass, &err) < 0)
        hass_error("The config entries cannot be loaded: %s", err.message);
}

static HASS_COROUTINE int load_last_states(struct hass *hass, struct hass_error *err)
{
    struct hass_error failure = HASS_ERROR_INIT;
    int r = restore_async_load(hass, &failure);

    if (r == -ECANCELED)
        return hass_error_copy(err, &failure);
    if (r < 0)
        hass_error("The last states of entities cannot be loaded: %s", failure.message);
    return 0;
}

static HASS_COROUTINE int lead_up(struct loader *loader, struct hass_error *err)
{
    struct hass *hass = loader->hass;

    loader_notify(loader, "starting", "reading the configuration");
    int r = read_settings(loader, err);
    if (r == 0)
        r = hass_bus_async_listen_once(hass, HASS_EVENT_STOP,
                                       HASS_JOB_CALLBACK(on_stop_event, loader), NULL, err);
    if (r < 0)
        return r;
    r = registries_async_load(hass, err);
    if (r == 0)
        r = hass_template_async_load_custom(hass, err);
    if (r < 0)
        return r;
    r = loader_follow_language(loader, err);
    if (r < 0)
        return r;
    if (!hass->scratch)
        loader->watch = watch_create(loader);
    loader_notify(loader, "starting", "setting up integrations");
    load_entries(hass);
    r = load_last_states(hass, err);
    if (r == 0)
        r = run_stages(loader, err);
    if (r == 0)
        r = wrap_up(hass, err);
    if (r == 0)
        r = core_async_start(hass, err);
    if (r == 0 && hass_core_state(hass) == HASS_RUNNING) {
        lastwords_set_phase(hass->runtime->lastwords, LAST_RUNNING);
        tell_ready(loader);
    }
    return r;
}

int loader_bootstrap(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct loader *loader = userdata;
    struct hass_error failure = HASS_ERROR_INIT;

    /* Here rather than by who starts us: a stop may be asked for before we suspend for the first time. */
    loader->bootstrap = hass_task_ref(task_current());
    int r = lead_up(loader, &failure);
    integration_end(&loader->bootstrap);
    if (r < 0 && !loader->stop_requested) {
        hass_critical("The start has failed: %s", failure.message);
        return hass_async_request_stop(hass, 1, err);
    }
    return 0;
}
