/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What hassctl info and hassctl top show.
 */
#include <sys/stat.h>
#include <unistd.h>

#include <hass/const.h>
#include <hass/loop.h>

#include "base/mem.h"
#include "loader/loader.h"
#include "run/scope.h"

/* Counters of all scopes with the same name: one that closes may live on while another is open. */
struct usage {
    const char *domain;
    uint64_t jobs, pool_jobs, loop_usec, pool_usec, worst_usec, errors, refused;
};

static void add_scope(struct scope *scope, void *userdata)
{
    const struct scope_counters *from = scope_counters(scope);
    struct hass_strmap *all = userdata;
    struct usage *usage = hass_strmap_get(all, scope_name(scope));

    if (!usage) {
        usage = mem_zalloc(sizeof(*usage));
        hass_strmap_set(all, scope_name(scope), usage);
    }
    usage->jobs += from->jobs;
    usage->pool_jobs += from->pool_jobs;
    usage->loop_usec += from->loop_usec;
    usage->pool_usec += from->pool_usec;
    usage->errors += from->errors;
    usage->refused += from->refused;
    if (from->worst_usec > usage->worst_usec)
        usage->worst_usec = from->worst_usec;
}

static json_t *usage_as_json(const char *domain, const struct usage *usage)
{
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "domain", domain, "jobs",
                     (json_int_t)usage->jobs, "pool_jobs", (json_int_t)usage->pool_jobs,
                     "loop_usec", (json_int_t)usage->loop_usec, "pool_usec",
                     (json_int_t)usage->pool_usec, "worst_usec", (json_int_t)usage->worst_usec,
                     "errors", (json_int_t)usage->errors, "refused", (json_int_t)usage->refused);
}

json_t *hass_async_top(struct hass *hass)
{
    VERIFY_LOOP_OR(hass, "hass.async_top", NULL);
    struct hass_strmap *all = hass_strmap_create(free);
    json_t *list = json_array();
    const char *domain;
    const struct usage *usage;
    scope_foreach(hass, add_scope, all);
    strmap_foreach(all, domain, usage)
        json_array_append_new(list, usage_as_json(domain, usage));
    hass_strmap_destroy(all);
    return list;
}

static json_t *integration_as_json(const struct integration *integration, struct hass_strmap *all)
{
    const struct plugin *plugin = integration->plugin;
    const struct usage none = { 0 };
    const struct usage *usage = hass_strmap_get(all, integration->domain);
    json_t *row = usage_as_json(integration->domain, usage ? usage : &none);

    json_object_set_new(row, "name", plugin ? json_string(plugin->manifest.name) : json_null());
    json_object_set_new(row, "version",
                        plugin ? json_string(plugin->manifest.version) : json_null());
    json_object_set_new(row, "file",
                        integration->path ? json_string(integration->path) : json_null());
    json_object_set_new(row, "state", json_string(integration_state_name(integration)));
    return row;
}

static json_t *integrations_as_json(struct loader *loader)
{
    struct hass_strmap *all = hass_strmap_create(free);
    json_t *list = json_array();
    const char *domain;
    const struct integration *integration;

    scope_foreach(loader->hass, add_scope, all);
    /* Records of names that nobody wants any more are not shown. */
    strmap_foreach(loader->integrations, domain, integration)
        if (integration->wanted || integration->plugin)
            json_array_append_new(list, integration_as_json(integration, all));
    hass_strmap_destroy(all);
    return list;
}

/* Each thread is a folder, and a folder is a link to its parent. */
static json_int_t count_threads(void)
{
    struct stat status;

    return stat("/proc/self/task", &status) == 0 ? (json_int_t)status.st_nlink - 2 : 0;
}

json_t *hass_async_info(struct hass *hass)
{
    VERIFY_LOOP_OR(hass, "hass.async_info", NULL);
    struct loader *loader = loader_of(hass);
    return json_pack("{s:s, s:s, s:i, s:f, s:s, s:s, s:s, s:I, s:I, s:o, s:o}", "version",
                     HASS_VERSION, "model_version", HASS_MODEL_VERSION, "pid", (int)getpid(),
                     "uptime", (double)(hass_monotonic(hass) - loader->started) / 1e6, "state",
                     hass_core_state_name(hass_core_state(hass)), "config_dir",
                     hass_config_dir(hass), "state_dir", hass_config_state_dir(hass), "threads",
                     count_threads(), "mapped_files", (json_int_t)plugin_store_count(loader->store),
                     "integrations", integrations_as_json(loader), "problems",
                     problems_as_json(loader));
}
