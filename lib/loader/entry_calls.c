/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How registry/ gets at integrations: opens them for config entries and flows, and calls the entry points of an entry.
 */
#include <errno.h>

#include <hass/cleanup.h>
#include <hass/dispatcher.h>
#include <hass/executor.h>

#include "base/mem.h"
#include "loader/entries.h"
#include "loader/loader.h"
#include "registry/entry_loader.h"

#define SIGNAL_CHANGED      "config_entry_changed"
#define SIGNAL_FLOW_CHANGED "config_flow_changed"
#define DEVICE_LIMIT        300.0 /* seconds until an integration has said whether a device may go */

static struct integration *integration_of_entry(const struct hass_entry *entry)
{
    return integration_find(loader_of(hass_entry_hass(entry)), hass_entry_domain(entry));
}

/* An entry that is set up has an integration whose file is open. */
static const struct plugin *plugin_of_entry(const struct hass_entry *entry)
{
    return integration_of_entry(entry)->plugin;
}

/* opening */

static HASS_CALLBACK const struct hass_manifest *manifest(struct hass *hass, const char *domain)
{
    const struct integration *integration = integration_find(loader_of(hass), domain);

    return integration && integration->plugin ? &integration->plugin->manifest : NULL;
}

static HASS_CALLBACK struct scope *scope(struct hass *hass, const char *domain)
{
    return integration_scope(integration_get(loader_of(hass), domain));
}

static int get_named(struct hass *hass, const char *domain, struct integration **ret_integration,
                     struct hass_error *err)
{
    hass__assert_loop();
    struct integration *integration = integration_get(loader_of(hass), domain);

    if (!integration)
        return hass_fail(err, HASS_E_NOT_FOUND, "'%s' is not the name of an integration", domain);
    *ret_integration = integration;
    return 0;
}

static HASS_COROUTINE int open_integration(struct hass *hass, const char *domain,
                                           const struct hass_manifest **ret_manifest,
                                           struct hass_error *err)
{
    struct integration *integration = NULL;
    int r = get_named(hass, domain, &integration, err);

    if (r == 0)
        r = integration_async_open(integration, err);
    if (r == 0 && integration->state == INTEGRATION_CLOSING)
        r = hass_fail(err, HASS_E_CLOSED, "%s is being unloaded", domain);
    if (r == 0 && integration->state == INTEGRATION_IDLE)
        r = setup_async_dependencies(integration, NULL, err);
    if (r < 0)
        return r;
    *ret_manifest = &integration->plugin->manifest;
    return 0;
}

static HASS_COROUTINE int prepare(struct hass *hass, const char *domain, struct hass_error *err)
{
    struct integration *integration = NULL;
    int r = get_named(hass, domain, &integration, err);

    if (r < 0)
        return r;
    integration->wanted = true;
    return integration_async_setup(integration, true, err);
}

const char *hass_async_integration_type(struct hass *hass, const char *domain)
{
    VERIFY_LOOP_OR(hass, "hass.async_integration_type", NULL);
    const struct hass_manifest *known = manifest(hass, domain);
    return known && known->integration_type ? known->integration_type : "hub";
}

/* the entry points */

/* For the pool, where it can outlive the waiter. */
struct entry_call {
    const struct plugin *plugin;
    struct hass_entry *entry; /* counted */
};

static void free_call(void *object)
{
    struct entry_call *call = object;

    hass_entry_unref(call->entry);
    free(call);
}

static HASS_BLOCKING int call_setup_entry(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct entry_call *call = userdata;

    return call->plugin->setup_entry(hass, call->entry, err);
}

static HASS_COROUTINE int set_up(struct hass_entry *entry, struct hass_error *err)
{
    struct hass *hass = hass_entry_hass(entry);
    const struct plugin *plugin = plugin_of_entry(entry);

    if (plugin->async_setup_entry)
        return plugin->async_setup_entry(hass, entry, err);
    if (!plugin->setup_entry)
        return hass_fail(err, HASS_E_UNSUPPORTED, "integration %s has no config entries",
                         hass_entry_domain(entry));
    struct entry_call *call = mem_alloc(sizeof(*call));
    *call = (struct entry_call){ plugin, hass_entry_ref(entry) };
    return hass_async_run_in_executor(
        hass,
        HASS_JOB_EXECUTOR(call_setup_entry, call, .destroy = free_call, .name = "setup_entry"),
        err);
}

static HASS_COROUTINE int unload(struct hass_entry *entry, struct hass_error *err)
{
    const struct plugin *plugin = plugin_of_entry(entry);

    return plugin->async_unload_entry
               ? plugin->async_unload_entry(hass_entry_hass(entry), entry, err)
               : 0;
}

static HASS_COROUTINE int migrate(struct hass_entry *entry, struct hass_error *err)
{
    const struct plugin *plugin = plugin_of_entry(entry);

    if (!plugin->async_migrate_entry)
        return 1;
    int r = plugin->async_migrate_entry(hass_entry_hass(entry), entry, err);
    return r < 0 ? r : 0;
}

static HASS_COROUTINE int call_remove(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct entry_call *call = userdata;

    return call->plugin->async_remove_entry(hass, call->entry, err);
}

/* What was never opened has nothing to remove. */
static HASS_COROUTINE int remove_entry(struct hass_entry *entry, struct hass_error *err)
{
    struct hass *hass = hass_entry_hass(entry);
    struct integration *integration = integration_of_entry(entry);

    if (!integration || !integration->plugin || !integration->plugin->async_remove_entry)
        return 0;
    struct entry_call *call = mem_alloc(sizeof(*call));
    *call = (struct entry_call){ integration->plugin, hass_entry_ref(entry) };
    struct hass_job job = HASS_JOB_COROUTINE(call_remove, call, .name = "async_remove_entry");
    autounref(hass_future) *done = NULL;
    int r = job_run(hass, integration_scope(integration), &job, hass, call, free_call, JOB_TRACKED,
                    &done, err);
    return r < 0 ? r : hass_async_await(done, HASS_FOREVER, err);
}

/* removing devices */

static bool can_remove_device(const struct hass_entry *entry)
{
    const struct integration *integration = integration_of_entry(entry);

    return integration && integration->plugin &&
           integration->plugin->async_remove_config_entry_device;
}

struct device_call {
    const struct plugin *plugin;
    struct hass_entry *entry;         /* counted */
    const struct hass_device *device; /* counted */
};

static void free_device_call(void *object)
{
    struct device_call *call = object;

    hass_device_unref(call->device);
    hass_entry_unref(call->entry);
    free(call);
}

static HASS_COROUTINE int call_remove_device(struct hass *hass, void *userdata,
                                             struct hass_error *err)
{
    const struct device_call *call = userdata;

    return call->plugin->async_remove_config_entry_device(hass, call->entry, call->device, err);
}

static HASS_COROUTINE int remove_device(struct hass_entry *entry, const struct hass_device *device,
                                        struct hass_error *err)
{
    struct hass *hass = hass_entry_hass(entry);
    struct integration *integration = integration_of_entry(entry);

    if (!can_remove_device(entry))
        return hass_fail(err, HASS_E_UNSUPPORTED, "integration %s does not have devices removed",
                         hass_entry_domain(entry));
    struct device_call *call = mem_alloc(sizeof(*call));
    *call =
        (struct device_call){ integration->plugin, hass_entry_ref(entry), hass_device_ref(device) };
    struct hass_job job =
        HASS_JOB_COROUTINE(call_remove_device, call, .name = "async_remove_config_entry_device");
    autounref(hass_future) *done = NULL;
    int r = job_run(hass, integration_scope(integration), &job, hass, call, free_device_call,
                    JOB_TRACKED, &done, err);
    return r < 0 ? r : hass_async_await(done, DEVICE_LIMIT, err);
}

/* news */

static HASS_CALLBACK void changed(struct hass_entry *entry, const char *change)
{
    (void)hass_async_dispatcher_send(
        hass_entry_hass(entry), SIGNAL_CHANGED,
        json_pack("{s:s, s:o}", "type", change, "entry", hass_entry_async_as_json(entry)), NULL);
}

static HASS_CALLBACK void flow_changed(struct hass *hass, json_t *change)
{
    (void)hass_async_dispatcher_send(hass, SIGNAL_FLOW_CHANGED, change, NULL);
}

void loader_entries_init(struct hass *hass)
{
    static const struct entry_loader table = {
        .manifest = manifest,
        .scope = scope,
        .open = open_integration,
        .prepare = prepare,
        .setup = set_up,
        .unload = unload,
        .migrate = migrate,
        .remove = remove_entry,
        .can_remove_device = can_remove_device,
        .remove_device = remove_device,
        .forward = loader_forward_entry,
        .remove_platforms = loader_remove_entry_platforms,
        .changed = changed,
        .flow_changed = flow_changed,
    };

    entry_loader_set(hass, &table);
}
