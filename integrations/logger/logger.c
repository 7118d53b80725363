/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The integration logger: which lines are written, by integration, changeable at run time.
 *
 *     logger:
 *       default: info
 *       logs:
 *         command_line: debug
 *
 * Names are integration domains; the model's long names ("homeassistant.components.light", "custom_components.light") mean
 * the same. Services set_default_level, set_level. Fires logging_changed. Model: components.logger
 */
#include <string.h>

#include <hass/integration.h>

/* As an enum, but in any case: people write INFO as the model's log does. */
static int check_level(const struct hass_field *field, const json_t *value, json_t **ret_value,
                       struct hass_error *err)
{
    const char *name = json_string_value(value);

    if (!name || hass_log_level_from_name(name) < 0)
        return hass_fail(err, HASS_E_INVALID,
                         "expected a level: debug, info, warning, error or critical%s%s%s",
                         name ? ", got '" : "", name ? name : "", name ? "'" : "");
    *ret_value = hass_json_ref(value);
    return 0;
}

static const struct hass_field_type level_type = {
    .size = sizeof(struct hass_field_type),
    .name = "level",
    .check = check_level,
    .json_type = "string",
};

#define LEVELS HASS_WORDS("debug", "info", "warning", "error", "critical")

static const struct hass_field level_item =
    HASS_FIELD("", &level_type, .words = LEVELS, .doc = "A level");

HASS_SCHEMA(logger_schema,
            HASS_FIELD("default", &level_type, .words = LEVELS, .fallback = "\"debug\"",
                       .doc = "Level of everything that is not named in logs"),
            HASS_FIELD("logs", &hass_type_map, .item = &level_item,
                       .doc = "Levels by integration"));

HASS_SCHEMA(default_level_schema, HASS_FIELD("level", &level_type, .words = LEVELS,
                                             .required = true, .doc = "The level"));

static const struct hass_schema set_level_schema = {
    .size = sizeof(struct hass_schema),
    .extra = true,
};

HASS_MANIFEST(.domain = "logger", .name = "Logger", .version = HASS_VERSION,
              .config = &logger_schema);

/* "homeassistant.components.light.hue" and "light" are the same logger here: one for each integration. */
static void set_level(const char *logger, const char *level)
{
    static const char *const prefixes[] = { "homeassistant.components.", "custom_components." };
    char domain[HASS_MAX_DOMAIN + 1];
    const char *name = logger;

    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
        if (!strncmp(logger, prefixes[i], strlen(prefixes[i])))
            name = logger + strlen(prefixes[i]);
    size_t length = name == logger ? strlen(name) : strcspn(name, ".");
    if (length >= sizeof(domain))
        return;
    memcpy(domain, name, length);
    domain[length] = '\0';
    hass_log_set_level(strcmp(domain, "homeassistant.core") ? domain : "core",
                       hass_log_level_from_name(level));
}

static void set_levels(const json_t *by_name)
{
    const char *name;
    json_t *level;

    json_object_foreach((json_t *)by_name, name, level) {
        set_level(name, json_string_value(level));
    }
}

static HASS_CALLBACK int on_set_default_level(const struct hass_service_call *call, void *userdata,
                                              struct hass_error *err)
{
    const char *level = hass_json_get_string(hass_service_call_data(call), "level", "");

    hass_log_set_level(NULL, hass_log_level_from_name(level));
    return hass_bus_async_fire(hass_service_call_hass(call), HASS_EVENT_LOGGING_CHANGED, NULL,
                               hass_service_call_context(call), err);
}

static HASS_CALLBACK int on_set_level(const struct hass_service_call *call, void *userdata,
                                      struct hass_error *err)
{
    const json_t *data = hass_service_call_data(call);
    const char *name;
    json_t *level;

    json_object_foreach((json_t *)data, name, level) {
        if (!json_is_string(level) || hass_log_level_from_name(json_string_value(level)) < 0)
            return hass_fail(err, HASS_E_INVALID,
                             "%s: expected a level such as debug, info, warning, error or "
                             "critical",
                             name);
    }
    set_levels(data);
    return hass_bus_async_fire(hass_service_call_hass(call), HASS_EVENT_LOGGING_CHANGED, NULL,
                               hass_service_call_context(call), err);
}

static const struct hass_service_options default_level_options = {
    .size = sizeof(struct hass_service_options),
    .schema = &default_level_schema,
    .description = "Sets the level of all integrations that have none of their own",
    .admin = true,
};
static const struct hass_service_options set_level_options = {
    .size = sizeof(struct hass_service_options),
    .schema = &set_level_schema,
    .description = "Sets levels by integration: light: debug",
    .admin = true,
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const char *level = hass_json_get_string(config, "default", "debug");

    hass_log_reset_levels();
    hass_log_set_level(NULL, hass_log_level_from_name(level));
    set_levels(hass_json_get(config, "logs"));
    int r =
        hass_services_async_register(hass, "logger", "set_default_level", &default_level_options,
                                     HASS_JOB_CALLBACK(on_set_default_level, NULL), err);
    if (r < 0)
        return r;
    return hass_services_async_register(hass, "logger", "set_level", &set_level_options,
                                        HASS_JOB_CALLBACK(on_set_level, NULL), err);
}
