/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unloading and replacing, one change at a time. What depends on the integration is closed before it and set up again after
 * it. A new file is opened before anything is closed: when it cannot be used, what runs goes on running.
 */
#include <errno.h>
#include <string.h>

#include <hass/cleanup.h>
#include <hass/log.h>

#include "base/error_text.h"
#include "base/mem.h"
#include "entity/platform_loader.h"
#include "loader/loader.h"
#include "registry/entry_loader.h"
#include "run/lastwords.h"

/* what is to be closed, in that order */

struct closing {
    struct integration *integration;
    bool was_set_up;
};

struct plan {
    HASS_VEC(struct closing) order;
    HASS_VEC(const struct integration *) seen;
};

static void plan_fini(struct plan *plan)
{
    vec_fini(&plan->order);
    vec_fini(&plan->seen);
}

static bool depends_on(const struct integration *integration, const struct integration *other)
{
    if (!integration->scope)
        return false;
    if (hass_strmap_get(integration->platform_of, other->domain))
        return true;
    const char *const *dependency = integration->plugin->manifest.dependencies;
    for (; *dependency; dependency++)
        if (strcmp(*dependency, other->domain) == 0)
            return true;
    return false;
}

static bool is_seen(const struct plan *plan, const struct integration *integration)
{
    vec_foreach(&plan->seen, seen)
        if (*seen == integration)
            return true;
    return false;
}

/* Depth first: @integration comes after all that depend on it. */
static void plan_add(struct plan *plan, struct integration *integration)
{
    if (is_seen(plan, integration))
        return;
    vec_push(&plan->seen, integration);
    const char *domain;
    struct integration *other;
    strmap_foreach(integration->loader->integrations, domain, other)
        if (depends_on(other, integration))
            plan_add(plan, other);
    struct closing closing = {
        .integration = integration,
        .was_set_up = integration->state == INTEGRATION_SET_UP,
    };
    vec_push(&plan->order, closing);
}

/* closing one */

static HASS_COROUTINE int call_async_unload(struct hass *hass, void *userdata,
                                            struct hass_error *err)
{
    const struct plugin *plugin = userdata;

    return plugin->async_unload(hass, err);
}

/* Before its scope is closed, and no longer than closing may take; what comes of it, the scope is closed afterwards. */
static HASS_COROUTINE void run_before_close(struct integration *integration, struct scope *scope,
                                            struct hass_job job)
{
    struct hass *hass = integration->loader->hass;
    struct hass_error err = HASS_ERROR_INIT;
    autounref(hass_future) *done = NULL;
    int r = job_run(hass, scope, &job, hass, NULL, NULL, JOB_TRACKED, &done, &err);

    if (r >= 0)
        r = hass_async_await(done, integration->loader->limits.close, &err);
    if (r < 0)
        hass_warning("Unloading %s, %s: %s", integration->domain, job.name, error_text(&err, r));
}

static HASS_COROUTINE int remove_entities(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct integration *integration = userdata;

    return components_async_remove_platforms(hass, integration->domain, err);
}

static HASS_COROUTINE void close_one(struct integration *integration)
{
    struct hass *hass = integration->loader->hass;
    bool was_set_up = integration->state == INTEGRATION_SET_UP;

    integration->state = INTEGRATION_CLOSING;
    config_async_remove_component(hass, integration->domain);
    entries_async_unload_domain(hass, integration->domain);
    /* Entities first: what they say good-bye with is still there. */
    if (integration->scope)
        run_before_close(
            integration, hass->runtime->root,
            HASS_JOB_COROUTINE(remove_entities, integration, .name = "removal of its entities"));
    if (was_set_up && integration->plugin->async_unload)
        run_before_close(
            integration, integration->scope,
            HASS_JOB_COROUTINE(call_async_unload, integration->plugin, .name = "async_unload"));
    integration_async_close_scope(integration);
    integration->state = INTEGRATION_IDLE;
    hass_error_clear(&integration->failure);
}

/* setting up again */

/* Its set-up reports its own failure, so that those which depend on it fail with a reason. */
static HASS_COROUTINE int open_one(const struct closing *closing, struct hass_error *err)
{
    struct integration *integration = closing->integration;
    int r = closing->was_set_up ? integration_async_setup(integration, true, err) : 0;

    if (r >= 0)
        r = components_async_restore_platforms(integration->loader->hass, integration->domain, err);
    return r;
}

/* Those that failed for want of another get another chance now. */
static HASS_COROUTINE void retry_dependants(struct loader *loader)
{
    const char *domain;
    struct integration *integration;
    HASS_VEC(struct integration *) again = { 0 };

    strmap_foreach(loader->integrations, domain, integration)
        if (integration->wanted && integration->state == INTEGRATION_FAILED &&
            integration->failure.code == HASS_E_DEPENDENCY)
            vec_push(&again, integration);
    vec_foreach(&again, failed)
        (void)integration_async_setup(*failed, true, NULL);
    vec_fini(&again);
}

/* one change */

/* Opens the file as it is now. 1: it has changed, 0: it is what runs. */
static HASS_COROUTINE int take_file(struct integration *integration, struct plugin **ret_plugin,
                                    char **ret_path, struct hass_error *err)
{
    if (integration->opening) {
        autounref(hass_future) *opened = hass_future_ref(hass_task_future(integration->opening));
        (void)hass_async_await(opened, HASS_FOREVER, NULL);
    }
    lastwords_forget_deaths(integration->loader->hass->runtime->lastwords, integration->domain);
    int r = integration_async_look(integration, ret_plugin, ret_path, err);
    return r < 0 ? r : *ret_plugin != integration->plugin;
}

static bool is_wanted_now(const struct integration *integration)
{
    return integration->wanted && !integration->scope &&
           (!integration->plugin || integration_has_setup(integration));
}

/* In reverse order: what others depend on first. The error is that of @integration itself. */
static HASS_COROUTINE void open_again(struct integration *integration, struct plan *plan,
                                      struct hass_error *err)
{
    struct closing *first = &plan->order.data[plan->order.length - 1];

    first->was_set_up = first->was_set_up || is_wanted_now(integration);
    (void)open_one(first, err);
    for (size_t i = plan->order.length - 1; i-- > 0;)
        (void)open_one(&plan->order.data[i], NULL);
    retry_dependants(integration->loader);
}

static HASS_COROUTINE int carry_out(struct integration *integration, enum change change,
                                    struct hass_error *err)
{
    struct plugin *plugin = NULL;
    autofree char *path = NULL;
    bool look = change == CHANGE_RELOAD || change == CHANGE_FILE;
    int r = look ? take_file(integration, &plugin, &path, err) : 0;

    if (r < 0 || (change == CHANGE_FILE && r == 0 && integration->scope))
        return r;
    struct plan plan = { 0 };
    plan_add(&plan, integration);
    vec_foreach(&plan.order, closing)
        close_one(closing->integration);
    if (look) {
        if (integration->plugin && integration->plugin != plugin)
            hass_info("%s: %s replaces %s", integration->domain, path, integration->path);
        integration_use(integration, plugin, steal(path));
        integration->wanted = integration->wanted || change == CHANGE_RELOAD;
    }
    if (change != CHANGE_UNLOAD)
        open_again(integration, &plan, err);
    plan_fini(&plan);
    return err->code;
}

struct change_call {
    struct integration *integration;
    enum change change;
};

/* A set-up that hangs must not keep its own remedy waiting. */
static HASS_COROUTINE void end_setup(struct integration *integration)
{
    if (!integration->setting_up)
        return;
    autounref(hass_task) *task = hass_task_ref(integration->setting_up);
    (void)hass_task_async_cancel(task, NULL);
    (void)hass_async_await(hass_task_future(task), HASS_FOREVER, NULL);
}

static HASS_COROUTINE int change_in_turn(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct change_call call = *(struct change_call *)userdata;
    struct hass_mutex *changes = call.integration->loader->changes;
    struct hass_error failure = HASS_ERROR_INIT;
    int r = hass_mutex_async_lock(changes, err);

    if (r < 0)
        return r;
    end_setup(call.integration);
    r = carry_out(call.integration, call.change, &failure);
    hass_mutex_async_unlock(changes);
    hass_error_copy(err, &failure);
    return r;
}

int integration_async_change(struct integration *integration, enum change change,
                             struct hass_error *err)
{
    struct hass *hass = integration->loader->hass;
    struct change_call *call = mem_alloc(sizeof(*call));

    *call = (struct change_call){ integration, change };
    struct hass_job job = HASS_JOB_COROUTINE(change_in_turn, call, .name = "change integration");
    autounref(hass_future) *done = NULL;
    int r = job_run(hass, hass->runtime->root, &job, hass, call, free, JOB_TRACKED, &done, err);
    return r < 0 ? r : hass_async_await(done, HASS_FOREVER, err);
}

/* for integrations */

static HASS_COROUTINE int change_named(struct hass *hass, const char *domain, enum change change,
                                       struct hass_error *err)
{
    struct integration *integration = integration_find(loader_of(hass), domain);

    if (!integration && change == CHANGE_RELOAD)
        integration = integration_get(loader_of(hass), domain);
    if (!integration || (change == CHANGE_UNLOAD && !integration->scope))
        return hass_fail(err, HASS_E_NOT_FOUND, "integration %s is not loaded", domain);
    return integration_async_change(integration, change, err);
}

int hass_async_unload_component(struct hass *hass, const char *domain, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.async_unload_component", err);
    return change_named(hass, domain, CHANGE_UNLOAD, err);
}

int hass_async_reload_component(struct hass *hass, const char *domain, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.async_reload_component", err);
    return change_named(hass, domain, CHANGE_RELOAD, err);
}
