/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How entity/ gets at platforms: opens the integration that a `platform:` names, sets it up if it has a set-up of its own,
 * checks the entry, and runs the platform's entry point in the integration's scope.
 */
#include <errno.h>

#include <hass/cleanup.h>
#include <hass/executor.h>

#include "base/mem.h"
#include "entity/platform_loader.h"
#include "loader/entries.h"
#include "loader/loader.h"
#include "loader/manifest.h"

static HASS_COROUTINE int setup_domain(struct hass *hass, const char *domain,
                                       struct hass_error *err)
{
    struct integration *integration = integration_get(loader_of(hass), domain);

    if (!integration)
        return hass_fail(err, HASS_E_INVALID, "'%s' is not the name of an integration", domain);
    return integration_async_setup(integration, false, err);
}

int platform_check(const struct integration *integration, const char *domain,
                   struct hass_error *err)
{
    const struct plugin *plugin = integration->plugin;
    const struct hass_schema *schema;

    if (!plugin->async_setup_platform && !plugin->setup_platform)
        return hass_fail(err, HASS_E_UNSUPPORTED, "integration %s has no platforms",
                         integration->domain);
    if (!manifest_find_platform(&plugin->manifest, domain, &schema))
        return hass_fail(err, HASS_E_UNSUPPORTED, "integration %s has no platform for %s",
                         integration->domain, domain);
    return 0;
}

/* A platform is part of its integration, which is therefore set up first, if it can be. */
static HASS_COROUTINE int set_up_owner(struct integration *integration, const char *domain,
                                       struct hass_error *err)
{
    if (integration->state == INTEGRATION_CLOSING)
        return hass_fail(err, HASS_E_CLOSED, "%s is being unloaded", integration->domain);
    /* Its set-up may itself be what waits for us. */
    if (integration->state == INTEGRATION_SETTING_UP || integration->state == INTEGRATION_SET_UP)
        return 0;
    if (integration_has_setup(integration))
        return integration_async_setup(integration, false, err);
    return setup_async_dependencies(integration, domain, err);
}

static int check_entry(struct integration *integration, const char *domain, const json_t *config,
                       json_t **ret_checked, struct hass_error *err)
{
    struct diagnostics diagnostics = DIAGNOSTICS_INIT;
    int r = settings_check_platform(integration->loader->settings, domain, config,
                                    &integration->plugin->manifest, &diagnostics, ret_checked, err);

    settings_log(&diagnostics);
    diagnostics_fini(&diagnostics);
    return r;
}

static HASS_COROUTINE int prepare(struct hass *hass, const char *domain, const char *name,
                                  const json_t *config, struct platform_source *ret_source,
                                  struct hass_error *err)
{
    struct loader *loader = loader_of(hass);
    struct integration *integration = integration_get(loader, name);
    json_t *checked = NULL;

    if (!integration)
        return hass_fail(err, HASS_E_INVALID, "'%s' is not the name of an integration", name);
    int r = integration_async_open(integration, err);
    if (r == 0)
        r = platform_check(integration, domain, err);
    if (r == 0)
        r = set_up_owner(integration, domain, err);
    if (r == 0)
        r = check_entry(integration, domain, config, &checked, err);
    if (r < 0)
        return r;
    *ret_source = (struct platform_source){
        .scope = scope_ref(integration_scope(integration)),
        .config = checked,
        .scan_interval = integration->plugin->manifest.scan_interval,
        .parallel_updates = integration->plugin->manifest.parallel_updates,
        .loader_data = integration,
    };
    hass_strmap_set(integration->platform_of, domain, integration);
    return 0;
}

/* the entry point */

/* For the pool, where it can outlive the waiter. */
struct platform_call {
    const struct plugin *plugin;
    struct hass_platform *platform;
    json_t *config;
};

static void free_call(void *object)
{
    struct platform_call *call = object;

    json_decref(call->config);
    free(call);
}

static HASS_BLOCKING int call_setup_platform(struct hass *hass, void *userdata,
                                             struct hass_error *err)
{
    const struct platform_call *call = userdata;

    return call->plugin->setup_platform(call->platform, call->config, err);
}

static HASS_COROUTINE int call_in_pool(const struct plugin *plugin, struct hass_platform *platform,
                                       const json_t *config, struct hass_error *err)
{
    struct platform_call *call = mem_alloc(sizeof(*call));

    *call = (struct platform_call){ plugin, platform, hass_json_ref(config) };
    return hass_async_run_in_executor(hass_platform_hass(platform),
                                      HASS_JOB_EXECUTOR(call_setup_platform, call,
                                                        .destroy = free_call,
                                                        .name = "setup_platform"),
                                      err);
}

static HASS_COROUTINE int call_entry_point(struct hass_platform *platform,
                                           const struct platform_source *source,
                                           struct hass_error *err)
{
    struct integration *integration = source->loader_data;
    const struct plugin *plugin = integration->plugin;
    int r;

    if (source->entry)
        r = loader_set_up_entry_platform(platform, source, err);
    else if (plugin->async_setup_platform)
        r = plugin->async_setup_platform(platform, source->config, err);
    else
        r = call_in_pool(plugin, platform, source->config, err);
    if (r >= 0)
        platform_add_name(integration, hass_platform_domain(platform));
    return r;
}

static HASS_CALLBACK void release(struct platform_source *source)
{
    source->scope = scope_unref(source->scope);
    source->entry = hass_entry_unref(source->entry);
    json_decref(steal(source->config));
}

/* names */

/* "sensor.systemmonitor" counts as a component, too. */
void platform_add_name(struct integration *integration, const char *domain)
{
    autofree char *name = mem_printf("%s.%s", domain, integration->domain);

    if (hass_strmap_get(integration->platform_of, domain))
        config_async_add_component(integration->loader->hass, name);
}

void platforms_forget(struct integration *integration)
{
    const char *domain;
    void *unused;

    strmap_foreach(integration->platform_of, domain, unused) {
        autofree char *name = mem_printf("%s.%s", domain, integration->domain);
        config_async_remove_component(integration->loader->hass, name);
    }
    hass_strmap_clear(integration->platform_of);
}

int platforms_init(struct hass *hass, struct hass_error *err)
{
    static const struct platform_loader table = {
        .setup_domain = setup_domain,
        .prepare = prepare,
        .setup = call_entry_point,
        .release = release,
    };

    return platform_loader_set(hass, &table, err);
}
