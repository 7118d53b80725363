/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loader of a hass: its layer, made by hass_create, and what belongs to no other part.
 */
#include "loader/loader.h"

#include <hass/cleanup.h>
#include <hass/log.h>
#include <hass/loop.h>

#include "base/mem.h"

struct loader *loader_of(const struct hass *hass)
{
    return hass_layer_get(hass, HASS_LAYER_LOADER);
}

static void integration_destroy(void *object)
{
    struct integration *integration = object;

    scope_unref(integration->scope);
    hass_task_unref(integration->opening);
    hass_task_unref(integration->setting_up);
    hass_strmap_destroy(integration->platform_of);
    vec_fini(&integration->waits);
    free(integration->path);
    free(integration);
}

static void loader_destroy(void *object)
{
    struct loader *loader = object;

    hass__assert_loop();
    watch_destroy(loader->watch);
    api_slots_fini(loader);
    hass_strmap_destroy(loader->slots);
    hass_strmap_destroy(loader->only);
    hass_strmap_destroy(loader->integrations);
    hass_strmap_destroy(loader->problems);
    hass_mutex_destroy(loader->changes);
    hass_task_unref(loader->bootstrap);
    config_file_destroy(loader->settings);
    plugin_store_destroy(loader->store);
    vec_foreach(&loader->folders, folder)
        free(*folder);
    vec_fini(&loader->folders);
    free(loader);
}

static struct hass_strmap *keys_of(const char *const *names)
{
    struct hass_strmap *keys = names ? hass_strmap_create(NULL) : NULL;

    for (; names && *names; names++)
        hass_strmap_set(keys, *names, keys);
    return keys;
}

bool loader_wants(const struct loader *loader, const char *domain)
{
    return !loader->only || hass_strmap_get(loader->only, domain);
}

struct loader *loader_create(struct hass *hass, const struct hass_options *options)
{
    struct loader *loader = mem_zalloc(sizeof(*loader));
    autofree char *copies = mem_printf("%s/loaded", hass_config_state_dir(hass));

    loader->hass = hass;
    loader->limits = (struct loader_limits){ .setup_warning = 10, .setup = 300, .close = 10 };
    loader->store = plugin_store_create(hass, copies, options->probe_program);
    loader->integrations = hass_strmap_create(integration_destroy);
    loader->problems = hass_strmap_create(problem_destroy);
    loader->slots = hass_strmap_create(NULL);
    loader->only = keys_of(options->only);
    loader->settings = settings_empty();
    loader->changes = hass_mutex_create(hass);
    loader->started = hass_monotonic(hass);
    vec_push(&loader->folders, hass_config_path(hass, "integrations"));
    for (const char *const *folder = options->plugin_dirs; folder && *folder; folder++)
        vec_push(&loader->folders, mem_strdup(*folder));
    hass_layer_set(hass, HASS_LAYER_LOADER, loader, loader_destroy);
    return loader;
}

void hass_set_notify(struct hass *hass, hass_notify_fn *notify, void *userdata)
{
    struct loader *loader = loader_of(hass);

    loader->notify = notify;
    loader->notify_userdata = userdata;
}

void loader_notify(struct loader *loader, const char *phase, const char *text)
{
    if (loader->notify)
        loader->notify(phase, text, loader->notify_userdata);
}

/* the configuration */

/* Both the pool and the waiter hold it: reading may outlive a waiter that was cancelled. */
struct reading {
    _Atomic int refs;
    struct config_file *file;
    struct yaml_marks *former; /* of the files in use; or NULL */
    char *folder;
};

static void reading_unref(void *object)
{
    struct reading *reading = object;

    if (--reading->refs > 0)
        return;
    config_file_destroy(reading->file);
    yaml_marks_unref(reading->former);
    free(reading->folder);
    free(reading);
}

/* Files are read before integrations are opened: of these it cannot be told by the shape how their sections come together. */
static enum package_kind package_kind(const char *domain, void *userdata)
{
    static const struct {
        const char *domain;
        enum package_kind kind;
    } known[] = {
        { "automation", PACKAGE_LIST },
        { "scene", PACKAGE_LIST },
        { "template", PACKAGE_LIST },
        { "script", PACKAGE_MAP },
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(known[i].domain, domain) == 0)
            return known[i].kind;
    return PACKAGE_BY_SHAPE;
}

static HASS_BLOCKING int read_folder(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct reading *reading = userdata;

    reading->file = config_file_load(reading->folder, package_kind, NULL, reading->former);
    return 0;
}

int loader_async_read_settings(struct loader *loader, struct config_file **ret_file,
                               struct hass_error *err)
{
    struct hass *hass = loader->hass;
    struct reading *reading = mem_zalloc(sizeof(*reading));

    reading->refs = 2;
    reading->folder = mem_strdup(hass_config_dir(hass));
    reading->former = loader->settings->read ? yaml_marks_ref(loader->settings->read) : NULL;
    struct hass_job job = HASS_JOB_EXECUTOR(read_folder, reading, .name = "read configuration");
    autounref(hass_future) *done = NULL;
    int r = job_run(hass, hass->runtime->root, &job, hass, reading, reading_unref, JOB_TRACKED,
                    &done, err);
    if (r >= 0)
        r = hass_async_await(done, HASS_FOREVER, err);
    if (r >= 0) {
        config_file_settle(reading->file, reading->former);
        *ret_file = steal(reading->file);
    }
    if (r >= 0 && loader->only)
        settings_keep(*ret_file, loader->only);
    reading_unref(reading);
    return r;
}

/* opening many */

/* In the order in which they were named first; the queue grows while it is walked. */
struct opening {
    struct loader *loader;
    struct hass_strmap *seen;
    HASS_VEC(struct integration *) queue;
};

static HASS_CALLBACK void begin_open(struct opening *all, const char *domain)
{
    struct integration *integration = integration_get(all->loader, domain);
    struct hass_future *opened = NULL;

    if (!integration || hass_strmap_get(all->seen, domain))
        return;
    hass_strmap_set(all->seen, domain, integration);
    vec_push(&all->queue, integration);
    if (integration->plugin || integration->failure.code != 0)
        return;
    (void)integration_async_begin_open(integration, &opened, NULL);
    hass_future_unref(opened);
}

/* Until @deadline on the monotonic clock, or 0: for ever. */
static HASS_COROUTINE void wait_open(struct integration *integration, int64_t deadline)
{
    if (!integration->opening)
        return;
    autounref(hass_future) *opened = hass_future_ref(hass_task_future(integration->opening));
    double left = (double)(deadline - hass_monotonic(integration->loader->hass)) / 1e6;
    (void)hass_async_await(opened, deadline == 0 ? HASS_FOREVER : left > 0 ? left : 0, NULL);
}

void loader_async_open_all(struct loader *loader, const json_t *domains, double limit)
{
    struct opening all = { .loader = loader, .seen = hass_strmap_create(NULL) };
    int64_t deadline = limit < 0 ? 0 : hass_monotonic(loader->hass) + (int64_t)(limit * 1e6);
    const char *domain;
    json_t *unused;

    json_object_foreach((json_t *)domains, domain, unused)
        begin_open(&all, domain);
    for (size_t i = 0; i < all.queue.length; i++) {
        const struct integration *integration = all.queue.data[i];
        wait_open(all.queue.data[i], deadline);
        if (!integration->plugin)
            continue;
        const char *const *dependency = integration->plugin->manifest.dependencies;
        for (; *dependency; dependency++)
            begin_open(&all, *dependency);
    }
    vec_fini(&all.queue);
    hass_strmap_destroy(all.seen);
}
