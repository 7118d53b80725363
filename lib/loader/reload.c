/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Integrations that take their section while they run: the entry point async_reload, called in the integration's own scope
 * with a section that has passed its table, and the service `reload` that leads there.
 */
#include <hass/cleanup.h>
#include <hass/log.h>
#include <hass/services.h>

#include "base/error_text.h"
#include "base/mem.h"
#include "data/diagnostic.h"
#include "loader/loader.h"

bool reload_is_offered(const struct integration *integration)
{
    return integration->state == INTEGRATION_SET_UP && integration->plugin->async_reload;
}

struct reload_call {
    const struct plugin *plugin;
    json_t *config;
};

static void reload_call_destroy(void *object)
{
    struct reload_call *call = object;

    json_decref(call->config);
    free(call);
}

static HASS_COROUTINE int call_async_reload(struct hass *hass, void *userdata,
                                            struct hass_error *err)
{
    const struct reload_call *call = userdata;

    return call->plugin->async_reload(hass, call->config, err);
}

/* @config is taken. */
static HASS_COROUTINE int run(struct integration *integration, json_t *config,
                              struct hass_error *err)
{
    struct hass *hass = integration->loader->hass;
    struct reload_call *call = mem_alloc(sizeof(*call));

    *call = (struct reload_call){ .plugin = integration->plugin, .config = config };
    struct hass_job job = HASS_JOB_COROUTINE(call_async_reload, call, .name = "async_reload");
    autounref(hass_future) *done = NULL;
    int r = job_run(hass, integration_scope(integration), &job, hass, call, reload_call_destroy,
                    JOB_TRACKED, &done, err);
    return r < 0 ? r : hass_async_await(done, HASS_FOREVER, err);
}

/* A running home is not taken apart for a slip of the pen: with one wrong item nothing is changed at all. */
static int check(struct integration *integration, struct config_file *file, json_t **ret_config,
                 struct hass_error *err)
{
    struct diagnostics diagnostics = DIAGNOSTICS_INIT;
    autojson *config = NULL;
    int r = settings_check(file, integration->domain, &integration->plugin->manifest, &diagnostics,
                           &config, err);

    if (r == 0 && diagnostics.errors > 0)
        r = settings_refuse(&diagnostics, "its configuration", err);
    settings_log(&diagnostics);
    diagnostics_fini(&diagnostics);
    if (r == 0)
        *ret_config = steal(config);
    return r;
}

int reload_async_take(struct integration *integration, struct config_file *file,
                      struct hass_error *err)
{
    json_t *config = NULL;
    int r = check(integration, file, &config, err);

    if (r < 0)
        return r;
    integration->taking = file;
    r = run(integration, config, err);
    integration->taking = NULL;
    return r;
}

/* the service */

HASS_SCHEMA(no_data, HASS_FIELD("metadata", &hass_type_any, .doc = "Ignored"));

static HASS_COROUTINE int on_reload(const struct hass_service_call *call, void *userdata,
                                    struct hass_error *err)
{
    return hass_async_reload_section(hass_service_call_hass(call), hass_service_call_domain(call),
                                     err);
}

void reload_offer(struct integration *integration)
{
    static const struct hass_service_options options = {
        .size = sizeof(options),
        .schema = &no_data,
        .description = "Takes its section of the configuration as it is written now",
        .admin = true,
    };
    struct hass_error err = HASS_ERROR_INIT;

    if (!reload_is_offered(integration) ||
        hass_services_async_has(integration->loader->hass, integration->domain, "reload"))
        return; /* it has one of its own, which comes to hass_async_reload_section */
    struct scope *former = scope_enter(integration->scope);
    int r = hass_services_async_register(integration->loader->hass, integration->domain, "reload",
                                         &options, HASS_JOB_COROUTINE(on_reload, NULL), &err);
    scope_leave(former);
    if (r < 0)
        hass_warning("%s.reload is not offered: %s", integration->domain, error_text(&err, r));
}
