/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the configuration again while everything runs: what is written differently now is set up anew, nothing else is
 * touched.
 */
#include <string.h>

#include <hass/cleanup.h>
#include <hass/log.h>

#include "loader/loader.h"
#include "loader/settings.h"

/* Domains that are written about differently now, or no longer. */
static json_t *changed_domains(const struct config_file *old, const struct config_file *new)
{
    json_t *changed = json_object();
    const char *domain;
    json_t *section;

    json_object_foreach(old->sections, domain, section)
        if (!settings_same(old, new, domain))
            json_object_set_new(changed, domain, json_true());
    json_object_foreach(new->sections, domain, section)
        if (!settings_same(old, new, domain))
            json_object_set_new(changed, domain, json_true());
    return changed;
}

static bool is_needed(const struct loader *loader, const char *domain)
{
    const char *name;
    const struct integration *other;

    strmap_foreach(loader->integrations, name, other) {
        const char *const *needed =
            other->scope && other->wanted ? other->plugin->manifest.dependencies : NULL;
        for (; needed && *needed; needed++)
            if (strcmp(*needed, domain) == 0)
                return true;
    }
    return false;
}

static HASS_COROUTINE void apply_change(struct loader *loader, const char *domain)
{
    struct integration *integration = integration_get(loader, domain);

    if (!integration) {
        problem_report(loader, domain, PROBLEM_SETTINGS, NULL,
                       "that is not the name of an integration");
        return;
    }
    integration->wanted =
        hass_json_get(loader->settings->sections, domain) != NULL || is_needed(loader, domain);
    problem_clear(loader, domain);
    if (integration->wanted && reload_is_offered(integration)) {
        struct hass_error err = HASS_ERROR_INIT;
        if (reload_async_take(integration, loader->settings, &err) < 0)
            problem_report(loader, domain, PROBLEM_SETTINGS, integration->path, err.message);
        return;
    }
    if (integration->failure.code != 0 && !integration->plugin)
        hass_error_clear(&integration->failure);
    (void)integration_async_change(integration,
                                   integration->wanted ? CHANGE_SECTION : CHANGE_UNLOAD, NULL);
}

static HASS_CALLBACK void apply_core(struct loader *loader, const struct config_file *old)
{
    struct hass_error err = HASS_ERROR_INIT;
    json_t *values = settings_core_values(loader->settings);

    if (hass_json_equal(old->core, loader->settings->core))
        json_decref(values);
    else if (hass_config_async_update(loader->hass, values, &err) < 0)
        hass_error("The section homeassistant is not used: %s", err.message);
}

static HASS_COROUTINE void apply(struct loader *loader, struct config_file *file)
{
    struct config_file *old = loader->settings;
    autojson *changed = changed_domains(old, file);
    const char *domain;
    json_t *unused;

    loader->settings = file;
    apply_core(loader, old);
    settings_log(&file->diagnostics);
    json_object_foreach(changed, domain, unused)
        apply_change(loader, domain);
    config_file_destroy(old);
    hass_info("The configuration has been read again: %zu sections have changed",
              json_object_size(changed));
}

/* What cannot be read is not taken for something that was removed. */
static HASS_COROUTINE int read_again(struct loader *loader, struct config_file **ret_file,
                                     struct hass_error *err)
{
    struct config_file *file;
    int r = loader_async_read_settings(loader, &file, err);

    if (r < 0)
        return r;
    if (file->diagnostics.errors == 0) {
        *ret_file = file;
        return 0;
    }
    settings_log(&file->diagnostics);
    r = settings_refuse(&file->diagnostics, "the configuration", err);
    config_file_destroy(file);
    return r;
}

static HASS_COROUTINE int reload_config(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct loader *loader = userdata;
    struct config_file *file = NULL;

    loader_notify(loader, "reloading", "reading the configuration again");
    int r = read_again(loader, &file, err);
    if (r == 0)
        apply(loader, file);
    loader_notify(loader, "ready", "running");
    return r;
}

int hass_async_reload_config(struct hass *hass, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.async_reload_config", err);
    struct hass_job job = HASS_JOB_COROUTINE(reload_config, loader_of(hass));
    autounref(hass_future) *done = NULL;
    int r = job_run(hass, hass->runtime->root, &job, hass, NULL, NULL, JOB_TRACKED, &done, err);
    return r < 0 ? r : hass_async_await(done, HASS_FOREVER, err);
}

/* one section */

/* What is read now is in use from here on, and tells where things stand; the other sections are still those that run. Takes @file. */
static HASS_CALLBACK void use_section(struct loader *loader, struct config_file *file,
                                      const char *domain)
{
    settings_follow(file, loader->settings, domain);
    config_file_destroy(loader->settings);
    loader->settings = file;
}

static int check_offer(const struct integration *integration, const char *domain,
                       struct hass_error *err)
{
    if (!integration || integration->state != INTEGRATION_SET_UP)
        return hass_fail(err, HASS_E_NOT_FOUND, "integration %s is not set up", domain);
    if (!reload_is_offered(integration))
        return hass_fail(err, HASS_E_UNSUPPORTED, "integration %s cannot reload its section",
                         domain);
    return 0;
}

int hass_async_reload_section(struct hass *hass, const char *domain, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.async_reload_section", err);
    struct loader *loader = loader_of(hass);
    struct integration *integration = integration_find(loader, domain);
    struct config_file *file = NULL;
    int r = check_offer(integration, domain, err);

    if (r == 0)
        r = read_again(loader, &file, err);
    if (r == 0) /* it may have gone meanwhile */
        r = check_offer(integration, domain, err);
    if (r == 0)
        r = reload_async_take(integration, file, err);
    if (r == 0)
        use_section(loader, file, domain);
    else
        config_file_destroy(file);
    return r;
}
