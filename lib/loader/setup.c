/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Setting up: one task for each integration, in the root scope; whoever asks meanwhile waits for that task. It opens the
 * file, waits for the dependencies, checks the configuration, and then runs the entry point as a task or pool job of the
 * integration's own scope, which is closed again when that fails or takes too long.
 */
#include <errno.h>
#include <string.h>

#include <hass/bus.h>
#include <hass/cleanup.h>
#include <hass/log.h>

#include "base/error_text.h"
#include "base/mem.h"
#include "loader/loader.h"
#include "loader/manifest.h"
#include "loader/resolve.h"
#include "registry/entry_loader.h"

/* who waits for whom */

static const char *const *waits_of(const char *domain, void *userdata)
{
    const struct integration *integration = integration_find(userdata, domain);

    return integration ? integration->waits.data : NULL;
}

static void add_wait(struct integration *integration, const char *domain)
{
    integration->waits.data[integration->waits.length - 1] = domain;
    vec_push(&integration->waits, NULL);
}

static void remove_wait(struct integration *integration, const char *domain)
{
    for (size_t i = 0; i + 1 < integration->waits.length; i++) {
        if (strcmp(integration->waits.data[i], domain) == 0) {
            vec_remove(&integration->waits, i);
            return;
        }
    }
}

/* Two that wait for each other would wait for ever: sees whether waiting for @other closes such a circle. */
static int begin_wait(struct integration *integration, struct integration *other,
                      struct hass_error *err)
{
    add_wait(integration, other->domain);
    autofree char *path =
        resolve_path(integration->domain, integration->domain, waits_of, integration->loader);
    if (!path)
        return 0;
    remove_wait(integration, other->domain);
    return hass_fail(err, HASS_E_DEPENDENCY, "its dependencies go in a circle: %s", path);
}

static const char *const *dependencies_of(const char *domain, void *userdata)
{
    const struct integration *integration = integration_find(userdata, domain);

    return integration && integration->plugin ? integration->plugin->manifest.dependencies : NULL;
}

char *setup_find_cycle(struct integration *integration)
{
    return resolve_path(integration->domain, integration->domain, dependencies_of,
                        integration->loader);
}

/* dependencies */

/* Set-ups that have been begun and are waited for. */
struct begun {
    struct integration *other;
    struct hass_future *done;
};

static int refuse(const struct integration *other, const struct hass_error *why,
                  struct hass_error *err)
{
    return hass_fail(err, HASS_E_DEPENDENCY, "it needs %s, which is not set up: %s", other->domain,
                     why->message);
}

static HASS_CALLBACK int begin(struct integration *integration, struct begun *begun,
                               struct hass_error *err)
{
    struct hass_error failure = HASS_ERROR_INIT;
    int r = begin_wait(integration, begun->other, err);

    if (r < 0)
        return r;
    if (integration_async_begin_setup(begun->other, false, &begun->done, &failure) == 0)
        return 0;
    remove_wait(integration, begun->other->domain);
    return refuse(begun->other, &failure, err);
}

static HASS_COROUTINE int finish(const struct begun *begun, struct hass_error *err)
{
    struct hass_error failure = HASS_ERROR_INIT;
    int r = hass_async_await(begun->done, HASS_FOREVER, err);

    if (r < 0)
        return r;
    return integration_setup_result(begun->other, &failure) < 0
               ? refuse(begun->other, &failure, err)
               : 0;
}

/*
 * Begins all but @except, giving way after each since a set-up may begin with a new thread, then waits for all. With @must one
 * that fails is an error, otherwise it is only waited for.
 */
static HASS_COROUTINE int set_up_all(struct integration *integration, const char *const *domains,
                                     const char *except, bool must, struct hass_error *err)
{
    HASS_VEC(struct begun) all = { 0 };
    int result = 0;

    for (; *domains && result == 0; domains++) {
        struct begun begun = { .other = integration_get(integration->loader, *domains) };
        if (begun.other->state == INTEGRATION_SET_UP || (!must && !begun.other->wanted) ||
            (except && strcmp(*domains, except) == 0))
            continue;
        begun.other->wanted = true;
        int r = begin(integration, &begun, must ? err : NULL);
        if (r == 0)
            vec_push(&all, begun);
        else if (must)
            result = r;
        if (result == 0)
            result = hass_async_sleep(integration->loader->hass, 0, err);
    }
    vec_foreach(&all, begun) {
        /* A wait is cancelled once only: the next would wait on. */
        int r = result == -ECANCELED ? 0 : finish(begun, must && result == 0 ? err : NULL);
        if (r < 0 && result == 0 && (must || r == -ECANCELED))
            result = r;
        remove_wait(integration, begun->other->domain);
        hass_future_unref(begun->done);
    }
    vec_fini(&all);
    return result;
}

int setup_async_dependencies(struct integration *integration, const char *except,
                             struct hass_error *err)
{
    const struct hass_manifest *manifest = &integration->plugin->manifest;
    autofree char *cycle = setup_find_cycle(integration);

    if (cycle)
        return hass_fail(err, HASS_E_DEPENDENCY, "its dependencies go in a circle: %s", cycle);
    int r = set_up_all(integration, manifest->dependencies, except, true, err);
    return r < 0 ? r : set_up_all(integration, manifest->after_dependencies, except, false, err);
}

/* the entry point */

/* What the entry point gets; it can outlive us when it hangs in the pool. */
struct setup_call {
    const struct plugin *plugin;
    json_t *config;
};

static void free_call(void *object)
{
    struct setup_call *call = object;

    json_decref(call->config);
    free(call);
}

static HASS_COROUTINE int call_async_setup(struct hass *hass, void *userdata,
                                           struct hass_error *err)
{
    const struct setup_call *call = userdata;

    return call->plugin->async_setup(hass, call->config, err);
}

static HASS_BLOCKING int call_setup(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct setup_call *call = userdata;

    return call->plugin->setup(hass, call->config, err);
}

static HASS_COROUTINE int await_setup(struct integration *integration, struct hass_future *done,
                                      struct hass_error *err)
{
    const struct loader_limits *limits = &integration->loader->limits;
    struct hass_error failure = HASS_ERROR_INIT;
    int r = hass_async_await(done, limits->setup_warning, &failure);

    if (r == -ETIMEDOUT && !hass_future_done(done)) {
        hass_warning("Setup of %s is taking over %g seconds", integration->domain,
                     limits->setup_warning);
        hass_error_clear(&failure);
        r = hass_async_await(done, limits->setup - limits->setup_warning, &failure);
    }
    if (r == -ETIMEDOUT && !hass_future_done(done))
        return hass_fail(err, -ETIMEDOUT,
                         "its set-up did not end within %g s: it has been given up", limits->setup);
    if (r < 0)
        return hass_fail(err, r, "its set-up failed: %s", error_text(&failure, r));
    return 0;
}

/* @config is taken. */
static HASS_COROUTINE int run_entry_point(struct integration *integration, json_t *config,
                                          struct hass_error *err)
{
    struct hass *hass = integration->loader->hass;

    if (!integration->plugin->async_setup && !integration->plugin->setup) {
        json_decref(config);
        (void)integration_scope(integration); /* for its config entries, which are all it has */
        return 0;
    }
    struct setup_call *call = mem_alloc(sizeof(*call));
    *call = (struct setup_call){ .plugin = integration->plugin, .config = config };
    struct hass_job job = call->plugin->setup ? HASS_JOB_EXECUTOR(call_setup, call)
                                              : HASS_JOB_COROUTINE(call_async_setup, call);
    job.name = call->plugin->setup ? "setup" : "async_setup";
    autounref(hass_future) *done = NULL;
    int r = job_run(hass, integration_scope(integration), &job, hass, call, free_call, JOB_TRACKED,
                    &done, err);
    return r < 0 ? r : await_setup(integration, done, err);
}

static int check_settings(struct integration *integration, json_t **ret_config,
                          struct hass_error *err)
{
    struct diagnostics diagnostics = DIAGNOSTICS_INIT;
    int r = settings_check(integration->loader->settings, integration->domain,
                           &integration->plugin->manifest, &diagnostics, ret_config, err);

    settings_log(&diagnostics);
    diagnostics_fini(&diagnostics);
    return r;
}

/* the steps */

static HASS_COROUTINE int take_steps(struct integration *integration, enum problem_stage *stage,
                                     struct hass_error *err)
{
    json_t *config = NULL;

    *stage = PROBLEM_OPENING;
    int r = integration_async_open(integration, err);
    if (r < 0 && integration_check_deaths(integration, NULL) < 0)
        *stage = PROBLEM_LEFT_OUT;
    if (r < 0)
        return r;
    *stage = PROBLEM_SETUP;
    if (!integration_has_setup(integration))
        return hass_fail(err, HASS_E_UNSUPPORTED,
                         "it has no set-up of its own: name it as a platform, such as `sensor: "
                         "[{platform: %s}]`",
                         integration->domain);
    r = setup_async_dependencies(integration, NULL, err);
    if (r < 0)
        return r;
    *stage = PROBLEM_SETTINGS;
    r = check_settings(integration, &config, err);
    if (r < 0)
        return r;
    *stage = PROBLEM_SETUP;
    r = run_entry_point(integration, config, err);
    return r < 0 ? r : kinds_async_register(integration, err);
}

static HASS_CALLBACK void succeed(struct integration *integration)
{
    struct loader *loader = integration->loader;

    integration->state = INTEGRATION_SET_UP;
    integration->sequence = ++loader->sequence;
    problem_clear(loader, integration->domain);
    config_async_add_component(loader->hass, integration->domain);
    reload_offer(integration);
    (void)hass_bus_async_fire(loader->hass, HASS_EVENT_COMPONENT_LOADED,
                              json_pack("{s:s}", "component", integration->domain), NULL, NULL);
}

static HASS_COROUTINE void give_up(struct integration *integration, enum problem_stage stage,
                                   const struct hass_error *failure)
{
    bool cancelled = failure->code == -ECANCELED;

    integration_async_close_scope(integration);
    integration->state = cancelled ? INTEGRATION_IDLE : INTEGRATION_FAILED;
    if (cancelled)
        return;
    integration->failure = *failure;
    entries_async_fail_domain(integration->loader->hass, integration->domain, failure);
    problem_report(integration->loader, integration->domain, stage, integration->path,
                   failure->message);
}

/* The result is in the record: whoever waits looks there. */
static HASS_COROUTINE int set_up(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct integration *integration = userdata;
    struct hass_error failure = HASS_ERROR_INIT;
    enum problem_stage stage;
    int r = take_steps(integration, &stage, &failure);

    if (r == 0) {
        succeed(integration);
        entries_async_setup_domain(hass, integration->domain);
    } else {
        give_up(integration, stage, &failure);
    }
    integration_end(&integration->setting_up);
    return 0;
}

int integration_setup_result(const struct integration *integration, struct hass_error *err)
{
    if (integration->state == INTEGRATION_SET_UP)
        return 0;
    if (integration->failure.code != 0)
        return hass_error_copy(err, &integration->failure);
    return hass_fail(err, -ECANCELED, "the set-up of %s was cancelled", integration->domain);
}

int integration_async_begin_setup(struct integration *integration, bool again,
                                  struct hass_future **ret_future, struct hass_error *err)
{
    if (integration->state == INTEGRATION_FAILED && !again)
        return hass_error_copy(err, &integration->failure);
    if (integration->state == INTEGRATION_CLOSING)
        return hass_fail(err, HASS_E_CLOSED, "%s is being unloaded", integration->domain);
    if (integration->state == INTEGRATION_SET_UP) {
        *ret_future = hass_future_new(integration->loader->hass);
        return hass_future_set(*ret_future, 0, NULL, NULL, NULL);
    }
    if (!integration->setting_up) {
        integration->state = INTEGRATION_SETTING_UP;
        /* A file that could not be opened is not tried again for each who needs it. */
        if (again)
            hass_error_clear(&integration->failure);
    }
    int r = integration_begin(integration, HASS_JOB_COROUTINE(set_up, integration),
                              &integration->setting_up, ret_future, err);
    if (r < 0)
        integration->state = INTEGRATION_IDLE;
    return r;
}

int integration_async_setup(struct integration *integration, bool again, struct hass_error *err)
{
    autounref(hass_future) *done = NULL;
    int r = integration_async_begin_setup(integration, again, &done, err);

    if (r == 0)
        r = hass_async_await(done, HASS_FOREVER, err);
    return r < 0 ? r : integration_setup_result(integration, err);
}

/* for integrations */

/* The integration whose set-up calls us, or NULL. */
static HASS_CALLBACK struct integration *setting_up_now(struct loader *loader)
{
    struct integration *integration = integration_find(loader, scope_name(scope_current()));
    bool setting_up = integration && integration->state == INTEGRATION_SETTING_UP &&
                      integration->scope == scope_current();

    return setting_up ? integration : NULL;
}

int hass_async_setup_component(struct hass *hass, const char *domain, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.async_setup_component", err);
    struct loader *loader = loader_of(hass);
    struct integration *integration = integration_get(loader, domain);
    if (!integration)
        return hass_fail(err, HASS_E_INVALID, "'%s' is not the name of an integration", domain);
    struct integration *caller = setting_up_now(loader);
    if (caller && integration->state != INTEGRATION_SET_UP) {
        int r = begin_wait(caller, integration, err);
        if (r < 0)
            return r;
    }
    integration->wanted = true;
    int r = integration_async_setup(integration, true, err);
    if (caller)
        remove_wait(caller, domain);
    return r;
}

static HASS_COROUTINE int set_up_named(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_setup_component(hass, userdata, err);
}

int hass_setup_component(struct hass *hass, const char *domain, struct hass_error *err)
{
    VERIFY_NOT_LOOP(hass, "hass.setup_component", err);
    autounref(hass_future) *done = NULL;
    int r = hass_run_coroutine_threadsafe(
        hass, HASS_JOB_COROUTINE(set_up_named, mem_strdup(domain), .destroy = free), &done, err);
    return r < 0 ? r : hass_future_wait(done, HASS_FOREVER, err);
}

bool hass_component_loaded(struct hass *hass, const char *domain)
{
    return config_has_component(hass, domain);
}
