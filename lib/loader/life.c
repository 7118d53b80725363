/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hass from hass_create to hass_destroy, as the daemon and tests see it.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hass/daemon.h>

#include "loader/entries.h"
#include "loader/loader.h"
#include "run/task.h"

/* making one */

static int check_folder(const char *path, struct hass_error *err)
{
    struct stat status;

    if (!path || !*path)
        return hass_fail(err, -EINVAL, "no configuration folder was named");
    if (stat(path, &status) < 0)
        return hass_fail_errno(err, errno, "cannot use the configuration folder %s", path);
    if (!S_ISDIR(status.st_mode))
        return hass_fail(err, -ENOTDIR, "the configuration folder %s is not a folder", path);
    if (access(path, R_OK | X_OK) < 0)
        return hass_fail_errno(err, errno, "cannot read the configuration folder %s", path);
    return 0;
}

int hass_create(const struct hass_options *given, struct hass **ret_hass, struct hass_error *err)
{
    struct hass_options options;
    struct hass *hass;

    OPTIONS_READ(&options, given);
    int r = check_folder(options.config_dir, err);
    if (r < 0)
        return r;
    const struct core_options core = {
        .config_dir = options.config_dir,
        .state_dir = options.state_dir,
        .debug = options.debug,
        .scratch = options.scratch,
        .runtime = {
            .virtual_time = options.virtual_time,
            .virtual_start = options.virtual_start,
            .watchdog = options.watchdog,
            .runtime_dir = options.runtime_dir ? options.runtime_dir
                           : options.state_dir ? options.state_dir
                                               : options.config_dir,
        },
    };
    r = core_create(&core, &hass, err);
    if (r < 0)
        return r;
    hass__assert_loop();
    loader_create(hass, &options);
    loader_entries_init(hass);
    kinds_init(hass);
    r = platforms_init(hass, err);
    if (r < 0) {
        core_destroy(hass);
        return r;
    }
    *ret_hass = hass;
    return 0;
}

int hass_destroy(struct hass *hass)
{
    return (int)core_destroy(hass);
}

/* running it */

int hass_run(struct hass *hass, struct hass_error *err)
{
    struct loader *loader = loader_of(hass);

    VERIFY_LOOP(hass, "hass.run", err);
    hass__assert_loop();
    if (hass_core_state(hass) != HASS_NOT_RUNNING || loader->bootstrap)
        return hass_fail(err, HASS_E_GENERAL, "this hass has been run before");
    if (!loader->stop_requested) {
        struct hass_job job = HASS_JOB_COROUTINE(loader_bootstrap, loader, .name = "bootstrap");
        int r = task_start(hass, hass->runtime->root, &job, hass, NULL, NULL, 0, NULL, err);
        if (r < 0)
            return r;
    }
    runtime_run(hass->runtime);
    return core_exit_code(hass);
}

/* stopping */

static HASS_COROUTINE int stop(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_stop(hass, (int)(intptr_t)userdata, true, err);
}

/* Set-ups are not waited for: they end with a cancelled wait, and their scopes are closed. */
static HASS_CALLBACK void give_up_start(struct loader *loader)
{
    const char *domain;
    struct integration *integration;

    (void)hass_task_async_cancel(loader->bootstrap, NULL);
    strmap_foreach(loader->integrations, domain, integration) {
        if (integration->opening)
            (void)hass_task_async_cancel(integration->opening, NULL);
        if (integration->setting_up)
            (void)hass_task_async_cancel(integration->setting_up, NULL);
    }
}

int hass_async_request_stop(struct hass *hass, int exit_code, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_request_stop", err);
    struct loader *loader = loader_of(hass);
    if (loader->stop_requested)
        return 0;
    loader->stop_requested = true;
    if (loader->bootstrap)
        give_up_start(loader);
    struct hass_job job = HASS_JOB_COROUTINE(stop, (void *)(intptr_t)exit_code);
    return task_start(hass, hass->runtime->root, &job, hass, NULL, NULL, 0, NULL, err);
}
