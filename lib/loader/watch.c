/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sees integration files arrive and change, by inotify on the folders that are searched. A file counts when it has been
 * closed or renamed into place and then left alone for 300 ms.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <hass/cleanup.h>
#include <hass/log.h>
#include <hass/loop.h>

#include "base/mem.h"
#include "loader/loader.h"
#include "run/clock.h"
#include "run/timer.h"

#define QUIET 300000 /* microseconds */

struct watch {
    struct loader *loader;
    struct hass_sub *sub;
    struct hass_strmap *pending; /* struct pending by domain */
    int fd;
    int config_folder; /* watched while it has no folder integrations; -1 otherwise */
};

struct pending {
    struct timer timer;
    struct watch *watch;
    char domain[];
};

static void pending_destroy(void *object)
{
    struct pending *pending = object;

    hass__assert_loop();
    timer_cancel(&pending->timer);
    free(pending);
}

/* a file has changed */

static HASS_COROUTINE int replace(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct integration *integration = userdata;
    struct hass_error failure = HASS_ERROR_INIT;
    bool running = integration->scope != NULL;

    if (integration_async_change(integration, CHANGE_FILE, &failure) == 0)
        return 0;
    /* A set-up has told its failure itself. */
    if (running && integration->scope)
        hass_error("%s runs on as it was: its changed file cannot be used: %s", integration->domain,
                   failure.message);
    else if (!running && integration->state != INTEGRATION_FAILED)
        problem_report(integration->loader, integration->domain, PROBLEM_OPENING, integration->path,
                       failure.message);
    return 0;
}

/* Only what somebody has named is loaded. */
static HASS_CALLBACK bool is_named(struct loader *loader, const char *domain)
{
    const struct integration *integration = integration_find(loader, domain);

    return (integration && (integration->wanted || integration->scope)) ||
           settings_names_platform(loader->settings, domain);
}

static HASS_CALLBACK void settled(struct timer *timer)
{
    struct pending *pending = (struct pending *)timer;
    struct loader *loader = pending->watch->loader;
    struct hass *hass = loader->hass;
    struct hass_error err = HASS_ERROR_INIT;

    if (is_named(loader, pending->domain) && !hass_is_stopping(hass)) {
        struct integration *integration = integration_get(loader, pending->domain);
        struct hass_job job = HASS_JOB_COROUTINE(replace, integration, .name = "changed file");
        if (job_run(hass, hass->runtime->root, &job, hass, NULL, NULL, JOB_TRACKED, NULL, &err) < 0)
            hass_warning("%s: its file has changed: %s", pending->domain, err.message);
    }
    hass_strmap_remove(pending->watch->pending, pending->domain);
}

static HASS_CALLBACK void file_changed(struct watch *watch, const char *name)
{
    struct runtime *runtime = watch->loader->hass->runtime;
    autofree char *domain = plugin_domain_of_path(name);

    if (!domain)
        return;
    struct pending *pending = hass_strmap_get(watch->pending, domain);
    if (!pending) {
        size_t size = strlen(domain) + 1;
        pending = mem_zalloc(sizeof(*pending) + size);
        timer_init(&pending->timer, settled);
        pending->watch = watch;
        memcpy(pending->domain, domain, size);
        hass_strmap_set(watch->pending, domain, pending);
    }
    timer_set(runtime->timers, &pending->timer, clock_monotonic(runtime->clock) + QUIET);
}

/* the folders */

static void watch_folder(struct watch *watch, const char *folder)
{
    const uint32_t mask = IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR;
    struct hass_error err = HASS_ERROR_INIT;

    if (inotify_add_watch(watch->fd, folder, mask) >= 0 || errno == ENOENT || errno == ENOTDIR)
        return;
    hass_fail_errno(&err, errno, "changed integration files in %s are not seen", folder);
    hass_warning("%s", err.message);
}

/* The folder for dropped-in files may come later than we: until then its parent is watched for it. */
static void watch_for_folder(struct watch *watch, const char *folder)
{
    if (access(folder, F_OK) == 0)
        return;
    watch->config_folder = inotify_add_watch(watch->fd, hass_config_dir(watch->loader->hass),
                                             IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
}

static HASS_CALLBACK void folder_came(struct watch *watch)
{
    (void)inotify_rm_watch(watch->fd, watch->config_folder);
    watch->config_folder = -1;
    watch_folder(watch, watch->loader->folders.data[0]);
    /* Files may have come before we looked. */
    const char *domain;
    struct integration *integration;
    strmap_foreach(watch->loader->integrations, domain, integration) {
        autofree char *name = mem_printf("%s.so", domain);
        autofree char *path = mem_printf("%s/%s", watch->loader->folders.data[0], name);
        if (access(path, F_OK) == 0)
            file_changed(watch, name);
    }
}

static HASS_CALLBACK void on_event(struct watch *watch, const struct inotify_event *event)
{
    if (event->len == 0)
        return;
    if (event->wd != watch->config_folder)
        file_changed(watch, event->name);
    else if (strcmp(event->name, "integrations") == 0)
        folder_came(watch);
}

static HASS_CALLBACK int on_readable(const struct hass_fd_ready *ready, void *userdata,
                                     struct hass_error *err)
{
    union {
        struct inotify_event event;
        char bytes[2 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
    } buffer;
    ssize_t size;
    while ((size = read(ready->fd, &buffer, sizeof(buffer))) > 0) {
        const struct inotify_event *event;
        for (char *at = buffer.bytes; at < buffer.bytes + size; at += sizeof(*event) + event->len) {
            event = (const struct inotify_event *)(void *)at;
            on_event(userdata, event);
        }
    }
    return 0;
}

struct watch *watch_create(struct loader *loader)
{
    struct hass_error err = HASS_ERROR_INIT;
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

    if (fd < 0) {
        hass_fail_errno(&err, errno, "changed integration files are not seen");
        hass_warning("%s", err.message);
        return NULL;
    }
    struct watch *watch = mem_zalloc(sizeof(*watch));
    *watch = (struct watch){
        .loader = loader,
        .pending = hass_strmap_create(pending_destroy),
        .fd = fd,
        .config_folder = -1,
    };
    vec_foreach(&loader->folders, folder)
        watch_folder(watch, *folder);
    watch_for_folder(watch, loader->folders.data[0]);
    if (hass_async_watch_fd(loader->hass, fd, HASS_FD_READ, HASS_JOB_CALLBACK(on_readable, watch),
                            &watch->sub, &err) == 0)
        return watch;
    hass_warning("Changed integration files are not seen: %s", err.message);
    return watch_destroy(watch);
}

struct watch *watch_destroy(struct watch *watch)
{
    if (!watch)
        return NULL;
    hass_sub_async_remove(watch->sub);
    hass_strmap_destroy(watch->pending);
    close(watch->fd);
    free(watch);
    return NULL;
}
