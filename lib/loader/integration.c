/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of integrations, and finding and opening their files. A record is made when a domain is first named and lives
 * as long as the loader: tasks and platforms refer to it.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <hass/cleanup.h>
#include <hass/log.h>

#include "base/mem.h"
#include "data/diagnostic.h"
#include "entity/translation.h"
#include "loader/loader.h"
#include "loader/manifest.h"
#include "run/lastwords.h"
#include "run/task.h"

#define MAX_DEATHS 3

/* records */

struct integration *integration_find(const struct loader *loader, const char *domain)
{
    return hass_strmap_get(loader->integrations, domain);
}

struct integration *integration_get(struct loader *loader, const char *domain)
{
    struct integration *integration = integration_find(loader, domain);

    if (integration || !manifest_is_domain(domain))
        return integration;
    size_t length = strlen(domain);
    integration = mem_zalloc(sizeof(*integration) + length + 1);
    integration->loader = loader;
    integration->failure = (struct hass_error)HASS_ERROR_INIT;
    integration->platform_of = hass_strmap_create(NULL);
    vec_push(&integration->waits, NULL);
    memcpy(integration->domain, domain, length + 1);
    hass_strmap_set(loader->integrations, domain, integration);
    return integration;
}

bool integration_has_setup(const struct integration *integration)
{
    const struct plugin *plugin = integration->plugin;

    return plugin->async_setup || plugin->setup || plugin->async_setup_entry || plugin->setup_entry;
}

const char *integration_state_name(const struct integration *integration)
{
    switch (integration->state) {
    case INTEGRATION_IDLE:
        break;
    case INTEGRATION_SETTING_UP:
        return "setting up";
    case INTEGRATION_SET_UP:
        return "set up";
    case INTEGRATION_FAILED:
        return "failed";
    case INTEGRATION_CLOSING:
        return "closing";
    }
    return integration->scope ? "platforms only" : integration->plugin ? "opened" : "not opened";
}

struct scope *integration_scope(struct integration *integration)
{
    if (!integration->scope)
        integration->scope = scope_new(integration->loader->hass, integration->domain);
    return integration->scope;
}

void integration_async_close_scope(struct integration *integration)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct scope *scope = steal(integration->scope);

    if (!scope)
        return;
    if (scope_async_close(scope, integration->loader->limits.close, &err) < 0)
        hass_warning("%s did not let go of everything: %s", integration->domain, err.message);
    scope_unref(scope);
    platforms_forget(integration);
}

/* one task at a time */

int integration_begin(struct integration *integration, struct hass_job job, struct hass_task **slot,
                      struct hass_future **ret_future, struct hass_error *err)
{
    struct hass *hass = integration->loader->hass;

    if (!*slot) {
        struct hass_task *task = NULL;
        job.name = integration->domain;
        int r =
            task_start(hass, hass->runtime->root, &job, hass, NULL, NULL, JOB_TRACKED, &task, err);
        if (r < 0)
            return r;
        *ret_future = hass_future_ref(hass_task_future(task));
        /* Done when it has not suspended at all. */
        if (hass_future_done(*ret_future))
            hass_task_unref(task);
        else
            *slot = task;
        return 0;
    }
    *ret_future = hass_future_ref(hass_task_future(*slot));
    return 0;
}

void integration_end(struct hass_task **slot)
{
    *slot = hass_task_unref(*slot);
}

/* finding the file */

/* What goes to the pool and comes back; the waiter may be gone by then, so both hold it. */
struct look {
    _Atomic int refs;
    struct plugin_store *store;
    HASS_VEC(char *) folders;
    char *path; /* out */
    struct plugin *plugin;
    char domain[];
};

static void look_unref(void *object)
{
    struct look *look = object;

    if (--look->refs > 0)
        return;
    vec_foreach(&look->folders, folder)
        free(*folder);
    vec_fini(&look->folders);
    free(look->path);
    free(look);
}

static struct look *look_new(const struct integration *integration)
{
    const struct loader *loader = integration->loader;
    size_t length = strlen(integration->domain) + 1;
    struct look *look = mem_zalloc(sizeof(*look) + length);

    look->refs = 2; /* the pool's and ours */
    look->store = loader->store;
    memcpy(look->domain, integration->domain, length);
    vec_foreach(&loader->folders, folder)
        vec_push(&look->folders, mem_strdup(*folder));
    return look;
}

/* A word near @domain among the files of a folder. */
static void offer_files(const char *folder, struct nearest *nearest, struct hass_strmap *names)
{
    DIR *dir = opendir(folder);

    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        autofree char *name = plugin_domain_of_path(entry->d_name);
        if (!name || hass_strmap_get(names, name))
            continue;
        char *kept = steal(name);
        hass_strmap_set(names, kept, kept);
        nearest_offer(nearest, kept);
    }
    closedir(dir);
}

static int not_found(const struct look *look, struct hass_error *err)
{
    struct hass_strmap *names = hass_strmap_create(free);
    struct nearest nearest = { .word = look->domain };
    autobuf folders = HASS_BUF_INIT;

    vec_foreach(&look->folders, folder) {
        offer_files(*folder, &nearest, names);
        hass_buf_printf(&folders, "%s%s", folders.length ? ", " : "", *folder);
    }
    autofree char *hint = nearest_hint(&nearest);
    hass_fail(err, HASS_E_NOT_FOUND, "there is no integration '%s' (no %s.so in %s)%s%s",
              look->domain, look->domain, hass_buf_string(&folders), hint ? "; " : "",
              hint ? hint : "");
    hass_strmap_destroy(names);
    return HASS_E_NOT_FOUND;
}

/* The first folder that has the file wins. Says so when a dropped-in one hides another. */
static int find_path(struct look *look, struct hass_error *err)
{
    vec_foreach(&look->folders, folder) {
        autofree char *path = mem_printf("%s/%s.so", *folder, look->domain);
        if (access(path, F_OK) < 0)
            continue;
        if (!look->path)
            look->path = steal(path);
        else if (look->folders.data[0] &&
                 strncmp(look->path, look->folders.data[0], strlen(look->folders.data[0])) == 0)
            hass_info("%s: the dropped-in %s is used instead of %s", look->domain, look->path,
                      path);
    }
    return look->path ? 0 : not_found(look, err);
}

static HASS_BLOCKING int look_in_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct look *look = userdata;
    int r = find_path(look, err);

    return r < 0 ? r : plugin_open(look->store, look->domain, look->path, &look->plugin, err);
}

int integration_async_look(struct integration *integration, struct plugin **ret_plugin,
                           char **ret_path, struct hass_error *err)
{
    struct hass *hass = integration->loader->hass;
    struct look *look = look_new(integration);
    struct hass_job job = HASS_JOB_EXECUTOR(look_in_pool, look, .name = "open integration");
    autounref(hass_future) *done = NULL;
    int r =
        job_run(hass, hass->runtime->root, &job, hass, look, look_unref, JOB_TRACKED, &done, err);

    if (r >= 0)
        r = hass_async_await(done, HASS_FOREVER, err);
    if (r >= 0) {
        *ret_plugin = look->plugin;
        *ret_path = steal(look->path);
    } else if (r != -ECANCELED && look->path) {
        hass_error_prefix(err, "%s", look->path);
    }
    look_unref(look);
    return r;
}

int integration_check_deaths(const struct integration *integration, struct hass_error *err)
{
    const struct lastwords *lastwords = integration->loader->hass->runtime->lastwords;

    if (lastwords_deaths(lastwords, integration->domain) < MAX_DEATHS)
        return 0;
    return hass_fail(err, HASS_E_PLUGIN,
                     "it was at work each time the daemon died, %d times within ten minutes",
                     MAX_DEATHS);
}

/* opening it */

void integration_use(struct integration *integration, struct plugin *plugin, char *path)
{
    free(integration->path);
    integration->path = path;
    integration->plugin = plugin;
    translation_set(integration->loader->hass, integration->domain, hass_json_ref(plugin->strings),
                    hass_json_ref(plugin->local));
}

/* The result is in the record: whoever waits looks there. */
static HASS_COROUTINE int open_file(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct integration *integration = userdata;
    struct hass_error failure = HASS_ERROR_INIT;
    struct plugin *plugin;
    char *path;

    hass_error_clear(&integration->failure);
    int r = integration_check_deaths(integration, &failure);
    if (r == 0)
        r = integration_async_look(integration, &plugin, &path, &failure);
    if (r >= 0)
        integration_use(integration, plugin, path);
    else if (r != -ECANCELED)
        integration->failure = failure;
    integration_end(&integration->opening);
    return 0;
}

int integration_async_begin_open(struct integration *integration, struct hass_future **ret_future,
                                 struct hass_error *err)
{
    return integration_begin(integration, HASS_JOB_COROUTINE(open_file, integration),
                             &integration->opening, ret_future, err);
}

int integration_async_open(struct integration *integration, struct hass_error *err)
{
    if (!integration->plugin && (integration->opening || integration->failure.code == 0)) {
        autounref(hass_future) *opened = NULL;
        int r = integration_async_begin_open(integration, &opened, err);
        if (r >= 0)
            r = hass_async_await(opened, HASS_FOREVER, err);
        if (r < 0)
            return r;
    }
    if (integration->plugin)
        return 0;
    if (integration->failure.code == 0)
        return hass_fail(err, -ECANCELED, "opening %s was cancelled", integration->domain);
    return hass_error_copy(err, &integration->failure);
}
