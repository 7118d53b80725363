/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The platforms of a config entry: made in the domain it is forwarded to, set up by the integration in the entry's scope.
 */
#include <hass/cleanup.h>
#include <hass/executor.h>

#include "base/mem.h"
#include "entity/platform_loader.h"
#include "loader/entries.h"
#include "loader/loader.h"
#include "registry/entry_loader.h"

/* the entry point */

/* For the pool, where it can outlive the waiter. */
struct platform_call {
    const struct plugin *plugin;
    struct hass_platform
        *platform;            /* lives as long as this runs: the task of its set-up holds it */
    struct hass_entry *entry; /* counted */
};

static void free_call(void *object)
{
    struct platform_call *call = object;

    hass_entry_unref(call->entry);
    free(call);
}

static HASS_BLOCKING int call_setup(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct platform_call *call = userdata;

    return call->plugin->setup_entry_platform(call->platform, call->entry, err);
}

int loader_set_up_entry_platform(struct hass_platform *platform,
                                 const struct platform_source *source, struct hass_error *err)
{
    const struct integration *integration = source->loader_data;
    const struct plugin *plugin = integration->plugin;

    if (plugin->async_setup_entry_platform)
        return plugin->async_setup_entry_platform(platform, source->entry, err);
    struct platform_call *call = mem_alloc(sizeof(*call));
    *call = (struct platform_call){ plugin, platform, hass_entry_ref(source->entry) };
    return hass_async_run_in_executor(
        hass_platform_hass(platform),
        HASS_JOB_EXECUTOR(call_setup, call, .destroy = free_call, .name = "setup_entry_platform"),
        err);
}

/* making them */

static HASS_COROUTINE int set_up_domain(struct loader *loader, const char *domain,
                                        struct hass_component **ret_component,
                                        struct hass_error *err)
{
    struct integration *integration = integration_get(loader, domain);

    if (!integration)
        return hass_fail(err, HASS_E_INVALID, "'%s' is not the name of an integration", domain);
    int r = integration_async_setup(integration, false, err);
    if (r < 0)
        return hass_error_prefix(err, "domain %s cannot be set up", domain);
    *ret_component = hass_component_async_get(loader->hass, domain);
    return *ret_component ? 0 : hass_fail(err, HASS_E_INVALID, "%s has no entities", domain);
}

int loader_forward_entry(struct hass_entry *entry, const char *domain, struct hass_error *err)
{
    struct loader *loader = loader_of(hass_entry_hass(entry));
    struct integration *integration = integration_find(loader, hass_entry_domain(entry));
    const struct plugin *plugin = integration->plugin;
    struct hass_component *component;

    if (!plugin->async_setup_entry_platform && !plugin->setup_entry_platform)
        return hass_fail(err, HASS_E_UNSUPPORTED,
                         "integration %s has no platforms for config entries", integration->domain);
    int r = set_up_domain(loader, domain, &component, err);
    struct scope *scope = entry_scope(entry);
    if (r == 0 && !scope)
        r = hass_fail(err, HASS_E_CLOSED, "config entry %s is being unloaded",
                      hass_entry_id(entry));
    if (r < 0)
        return r;
    const struct platform_source source = {
        .scope = scope_ref(scope),
        .scan_interval = plugin->manifest.scan_interval,
        .parallel_updates = plugin->manifest.parallel_updates,
        .loader_data = integration,
        .entry = hass_entry_ref(entry),
    };
    hass_strmap_set(integration->platform_of, domain, integration);
    return component_async_set_up_platform(component, integration->domain, &source, err);
}

int loader_remove_entry_platforms(struct hass_entry *entry, struct hass_error *err)
{
    return components_async_remove_entry_platforms(hass_entry_hass(entry), entry, err);
}
