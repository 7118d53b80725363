/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checking a configuration folder without setting anything up: every file that it needs is opened, every section and every
 * platform's entry is checked. For `hassd check` in a hass of its own whose state lies in a temporary folder, so that a
 * running daemon's is left alone; for a running hass with what it has opened already.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <hass/cleanup.h>

#include "base/mem.h"
#include "loader/loader.h"
#include "loader/settings.h"
#include "run/task.h"

/* what is checked */

/* The integration when its file is open; otherwise the name is complained of. */
static HASS_CALLBACK struct integration *opened(struct loader *loader, struct config_file *file,
                                                const char *domain, const json_t *entry,
                                                const char *name)
{
    struct integration *integration = integration_get(loader, name);

    if (!integration)
        settings_complain(file, domain, entry, "that is not the name of an integration");
    else if (!integration->plugin)
        settings_complain(file, domain, entry, integration->failure.message);
    return integration && integration->plugin ? integration : NULL;
}

static HASS_CALLBACK void check_dependencies(struct config_file *file,
                                             struct integration *integration)
{
    autofree char *cycle = setup_find_cycle(integration);

    if (cycle) {
        autofree char *message = mem_printf("its dependencies go in a circle: %s", cycle);
        settings_complain(file, integration->domain, NULL, message);
        return;
    }
    const char *const *dependency = integration->plugin->manifest.dependencies;
    for (; *dependency; dependency++) {
        const struct integration *other = integration_find(integration->loader, *dependency);
        if (other && other->plugin)
            continue;
        autofree char *message =
            mem_printf("it needs %s: %s", *dependency, other ? other->failure.message : "");
        settings_complain(file, integration->domain, NULL, message);
    }
}

static HASS_CALLBACK void check_platform(struct loader *loader, struct config_file *file,
                                         const char *domain, const json_t *entry)
{
    struct hass_error err = HASS_ERROR_INIT;
    autojson *config = NULL;
    const char *name = hass_json_get_string(entry, "platform", "");
    const struct integration *integration = opened(loader, file, domain, entry, name);

    if (!integration)
        return;
    if (platform_check(integration, domain, &err) < 0)
        settings_complain(file, domain, entry, err.message);
    else
        (void)settings_check_platform(file, domain, entry, &integration->plugin->manifest,
                                      &file->diagnostics, &config, NULL);
}

/* What an integration says itself of its section. */
static HASS_COROUTINE void ask_integration(struct integration *integration,
                                           struct config_file *file)
{
    const struct hass_manifest *manifest = &integration->plugin->manifest;
    const json_t *section = settings_section(file, integration->domain);
    struct hass_config_report report = { file, integration->domain, &file->diagnostics };
    struct hass_error err = HASS_ERROR_INIT;

    if (!section)
        return;
    if (manifest->async_check_config &&
        manifest->async_check_config(integration->loader->hass, section, &report, &err) < 0)
        settings_complain(file, integration->domain, NULL, err.message);
    if (manifest->async_check_beyond &&
        manifest->async_check_beyond(integration->loader->hass, section, &report, &err) < 0)
        settings_complain(file, integration->domain, NULL, err.message);
}

static HASS_COROUTINE void check_section(struct loader *loader, struct config_file *file,
                                         const char *domain, const json_t *section)
{
    autojson *config = NULL;
    const json_t *entry;
    size_t pos = 0;
    struct integration *integration = opened(loader, file, domain, NULL, domain);

    if (integration) {
        check_dependencies(file, integration);
        (void)settings_check(file, domain, &integration->plugin->manifest, &file->diagnostics,
                             &config, NULL);
        ask_integration(integration, file);
        if (!integration_has_setup(integration))
            settings_complain(file, domain, NULL,
                              "it has no set-up of its own: name it as a platform of a domain");
    }
    if (integration && integration->plugin->manifest.async_check_config)
        return; /* its items are its own */
    while ((entry = settings_next_platform(section, &pos)))
        check_platform(loader, file, domain, entry);
}

static HASS_COROUTINE void check_file(struct loader *loader, struct config_file *file)
{
    autojson *names = settings_names(file);
    const char *domain;
    json_t *section;

    json_decref(settings_core_values(file));
    loader_async_open_all(loader, names, HASS_FOREVER);
    json_object_foreach(file->sections, domain, section)
        check_section(loader, file, domain, section);
}

/* Returns 0 or 1, or an error when it could not be checked. @text may be NULL. */
static HASS_COROUTINE int check(struct loader *loader, json_t **ret_report, struct hass_buf *text,
                                struct hass_error *err)
{
    struct config_file *file;
    int r = loader_async_read_settings(loader, &file, err);

    if (r < 0)
        return r;
    check_file(loader, file);
    bool valid = file->diagnostics.errors == 0;
    if (text)
        diagnostics_format(&file->diagnostics, text);
    *ret_report = json_pack("{s:b, s:o}", "valid", valid, "diagnostics",
                            diagnostics_as_json(&file->diagnostics));
    config_file_destroy(file);
    return valid ? 0 : 1;
}

int hass_async_check_config(struct hass *hass, json_t **ret_report, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.async_check_config", err);
    return check(loader_of(hass), ret_report, NULL, err);
}

/* a hass for the check */

struct check_run {
    json_t **ret_report;
    struct hass_buf *text;
    struct hass_error *err;
    int result;
};

static HASS_COROUTINE int check_and_quit(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct check_run *run = userdata;

    run->result = check(loader_of(hass), run->ret_report, run->text, run->err);
    runtime_quit(hass->runtime);
    return 0;
}

static int run_check(const struct hass_options *options, struct check_run *run)
{
    struct hass *hass;
    int r = hass_create(options, &hass, run->err);

    if (r < 0)
        return r;
    hass__assert_loop();
    struct hass_job job = HASS_JOB_COROUTINE(check_and_quit, run, .name = "check configuration");
    r = task_start(hass, hass->runtime->root, &job, hass, NULL, NULL, 0, NULL, run->err);
    if (r >= 0) {
        runtime_run(hass->runtime);
        r = run->result;
    }
    hass_destroy(hass);
    return r;
}

/* The folders of the check: one level of folders with files. */
static void remove_folder(const char *path, int depth)
{
    DIR *dir = opendir(path);

    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlinkat(dirfd(dir), entry->d_name, 0) < 0 && depth > 0) {
            autofree char *below = mem_printf("%s/%s", path, entry->d_name);
            remove_folder(below, depth - 1);
        }
    }
    closedir(dir);
    (void)rmdir(path);
}

int hass_check_config(const struct hass_options *given, json_t **ret_report, struct hass_buf *text,
                      struct hass_error *err)
{
    struct hass_options options;
    struct check_run run = { .ret_report = ret_report, .text = text, .err = err };
    const char *temporary = getenv("TMPDIR");
    autofree char *folder =
        mem_printf("%s/hassd-check-XXXXXX", temporary && *temporary ? temporary : "/tmp");

    OPTIONS_READ(&options, given);
    if (!mkdtemp(folder))
        return hass_fail_errno(err, errno, "cannot make a temporary folder %s", folder);
    options.size = sizeof(options);
    options.state_dir = folder;
    options.runtime_dir = NULL;
    options.watchdog = false;
    int r = run_check(&options, &run);
    remove_folder(folder, 2);
    return r;
}
