/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The integration homeassistant: services over the whole home. It is always set up and has no configuration of its own (the
 * section `homeassistant:` is the core's).
 *
 * turn_on, turn_off, toggle  split their targets by domain (turn.c)
 * update_entity              polls entities now
 * check_config               validates the configuration and tells what is wrong
 * reload_core_config, reload_all, reload_integration, reload_config_entry, reload_custom_templates
 * set_location, stop, restart
 *
 * Model: components.homeassistant
 */
#include <string.h>

#include <hass/daemon.h>
#include <hass/integration.h>
#include <hass/template.h>

#include "turn.h"

HASS_SCHEMA(scene_schema,
            HASS_FIELD("states", &hass_type_any, .doc = "Scenes, as in the section scene"));

HASS_MANIFEST(.domain = "homeassistant", .name = "Home Assistant core", .version = HASS_VERSION,
              .critical = true, .platforms = HASS_PLATFORMS({ "scene", &scene_schema }));

HASS_SCHEMA(no_data, HASS_FIELD("metadata", &hass_type_any, .doc = "Ignored"));

HASS_SCHEMA(update_schema, HASS_FIELD("entity_id", &hass_type_entity_ids, .required = true,
                                      .doc = "Entities to poll now"));

HASS_SCHEMA(integration_schema,
            HASS_FIELD("domain", &hass_type_slug, .required = true,
                       .doc = "The integration to replace by the newest file of its name"));

HASS_SCHEMA(location_schema,
            HASS_FIELD("latitude", &hass_type_number, .min = -90, .max = 90, .required = true,
                       .doc = "Degrees north"),
            HASS_FIELD("longitude", &hass_type_number, .min = -180, .max = 180, .required = true,
                       .doc = "Degrees east"),
            HASS_FIELD("elevation", &hass_type_int, .doc = "Metres above the sea"));

static HASS_CALLBACK int on_stop(const struct hass_service_call *call, void *userdata,
                                 struct hass_error *err)
{
    return hass_stop(hass_service_call_hass(call), 0, err);
}

/* Fails with the first error of the configuration, if there is one. */
static HASS_COROUTINE int check(struct hass *hass, struct hass_error *err)
{
    autojson *report = NULL;
    const char *message = "the configuration is not valid";
    size_t index;
    json_t *diagnostic;
    int r = hass_async_check_config(hass, &report, err);

    if (r <= 0)
        return r;
    json_array_foreach((json_t *)hass_json_get(report, "diagnostics"), index, diagnostic) {
        if (strcmp(hass_json_get_string(diagnostic, "severity", ""), "error"))
            continue;
        return hass_fail(err, HASS_E_INVALID, "%s:%d: %s",
                         hass_json_get_string(diagnostic, "file", "configuration.yaml"),
                         (int)hass_json_get_int(diagnostic, "line", 0),
                         hass_json_get_string(diagnostic, "message", message));
    }
    return hass_fail(err, HASS_E_INVALID, "%s", message);
}

static HASS_COROUTINE int on_check_config(const struct hass_service_call *call, void *userdata,
                                          struct hass_error *err)
{
    return check(hass_service_call_hass(call), err);
}

static HASS_COROUTINE int on_restart(const struct hass_service_call *call, void *userdata,
                                     struct hass_error *err)
{
    struct hass *hass = hass_service_call_hass(call);

    if (check(hass, err) < 0)
        return hass_error_prefix(err,
                                 "not restarted, because the daemon would not come back whole");
    return hass_stop(hass, HASS_EXIT_RESTART, err);
}

static HASS_COROUTINE int on_reload(const struct hass_service_call *call, void *userdata,
                                    struct hass_error *err)
{
    struct hass *hass = hass_service_call_hass(call);

    if (check(hass, err) < 0)
        return hass_error_prefix(err, "not reloaded");
    return hass_async_reload_config(hass, err);
}

static HASS_COROUTINE int on_reload_integration(const struct hass_service_call *call,
                                                void *userdata, struct hass_error *err)
{
    const char *domain = hass_json_get_string(hass_service_call_data(call), "domain", "");

    if (!strcmp(domain, "homeassistant"))
        return hass_fail(err, HASS_E_INVALID,
                         "homeassistant cannot replace itself while it runs this service; restart "
                         "the daemon");
    return hass_async_reload_component(hass_service_call_hass(call), domain, err);
}

static HASS_COROUTINE int on_reload_templates(const struct hass_service_call *call, void *userdata,
                                              struct hass_error *err)
{
    return hass_template_async_load_custom(hass_service_call_hass(call), err);
}

static HASS_CALLBACK int on_set_location(const struct hass_service_call *call, void *userdata,
                                         struct hass_error *err)
{
    return hass_config_async_update(hass_service_call_hass(call),
                                    hass_json_ref(hass_service_call_data(call)), err);
}

static HASS_COROUTINE int update_entity(struct hass *hass, const char *entity_id,
                                        struct hass_error *err)
{
    struct hass_entity *lent = hass_async_get_entity(hass, entity_id);

    if (!lent) {
        hass_warning("update_entity: there is no entity %s", entity_id);
        return 0;
    }
    autounref(hass_entity) *entity = hass_entity_ref(lent);
    return hass_entity_async_update_ha_state(entity, true, err);
}

static HASS_COROUTINE int on_update_entity(const struct hass_service_call *call, void *userdata,
                                           struct hass_error *err)
{
    const json_t *ids = hass_json_get(hass_service_call_data(call), "entity_id");
    size_t index;
    json_t *id;

    if (json_is_string(ids))
        return hass_fail(err, HASS_E_INVALID,
                         "entity_id: name the entities to update, '%s' is none",
                         json_string_value(ids));
    json_array_foreach((json_t *)ids, index, id) {
        int r = update_entity(hass_service_call_hass(call), json_string_value(id), err);
        if (r < 0)
            return r;
    }
    return 0;
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct {
        const char *name;
        const struct hass_schema *schema;
        bool admin;
        const char *description;
        struct hass_job job;
    } services[] = {
        { "stop", &no_data, true, "Stops the daemon", HASS_JOB_CALLBACK(on_stop, NULL) },
        { "restart", &no_data, true, "Checks the configuration and restarts the daemon",
          HASS_JOB_COROUTINE(on_restart, NULL) },
        { "check_config", &no_data, true, "Checks the configuration",
          HASS_JOB_COROUTINE(on_check_config, NULL) },
        { "reload_core_config", &no_data, true, "Reads the section homeassistant again",
          HASS_JOB_COROUTINE(on_reload, NULL) },
        { "reload_all", &no_data, true,
          "Reads the configuration again and sets up anew what has changed",
          HASS_JOB_COROUTINE(on_reload, NULL) },
        { "reload_integration", &integration_schema, true,
          "Replaces one integration while everything else runs on",
          HASS_JOB_COROUTINE(on_reload_integration, NULL) },
        { "reload_custom_templates", &no_data, true, "Reads the files of custom_templates again",
          HASS_JOB_COROUTINE(on_reload_templates, NULL) },
        { "reload_config_entry", reload_entry_schema, true, "Reloads config entries",
          HASS_JOB_COROUTINE(reload_entry, NULL) },
        { "set_location", &location_schema, true, "Moves the home",
          HASS_JOB_CALLBACK(on_set_location, NULL) },
        { "update_entity", &update_schema, false, "Polls entities now",
          HASS_JOB_COROUTINE(on_update_entity, NULL) },
    };

    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        const struct hass_service_options options = {
            .size = sizeof(options),
            .schema = services[i].schema,
            .description = services[i].description,
            .admin = services[i].admin,
        };
        int r = hass_services_async_register(hass, "homeassistant", services[i].name, &options,
                                             services[i].job, err);
        if (r < 0)
            return r;
    }
    return register_turn_services(hass, err);
}
