/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain update: software that can be brought up to date. Services install, skip, clear_skipped.
 *
 * Configuration: a list of platforms (`update: [{platform: …}]`); the domain has no options of its own.
 */
#include "update.h"

#include <stdlib.h>
#include <string.h>

#include <hass/domain.h>
#include <hass/integration.h>

#include "version.h"
#include "websocket_api/websocket_api.h"

#define SCAN_INTERVAL   900.0 /* seconds; the model's for this domain */
#define SUMMARY_LENGTH  255   /* characters */
#define CONTINUATION(c) (((unsigned char)(c)&0xc0) == 0x80)

HASS_MANIFEST(.domain = "update", .name = "Update", .version = HASS_VERSION,
              .after_dependencies = HASS_LIST("websocket_api"));

struct data {
    char *skipped;   /* the version that its user does not want; or NULL */
    bool installing; /* for platforms that do not tell */
};

static void data_destroy(void *object)
{
    struct data *data = object;

    free(data->skipped);
}

static struct update_info info_of(struct hass_entity *entity)
{
    const struct update_ops *ops = hass_entity_domain_ops(entity);
    struct update_info info;

    HASS_READ(&info, ops->info(entity));
    return info;
}

static bool has_feature(const struct hass_entity *entity, enum update_feature feature)
{
    return hass_entity_description(entity)->supported_features & feature;
}

static bool is_equal(const char *a, const char *b)
{
    return a && b && !strcmp(a, b);
}

/* state and attributes */

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct data *data = hass_entity_async_domain_data(entity);
    struct update_info info = info_of(entity);
    bool newer;

    if (!info.installed_version || !info.latest_version)
        return HASS_NONE;
    if (is_equal(info.latest_version, data->skipped) ||
        is_equal(info.latest_version, info.installed_version))
        return hass_value_string(HASS_STATE_OFF);
    // What cannot be compared is another version, and so an update.
    bool known = version_is_newer(info.latest_version, info.installed_version, &newer);
    return hass_value_on_off(HASS_BOOL(!known || newer));
}

static HASS_CALLBACK bool in_progress(struct hass_entity *entity, const struct update_info *info)
{
    const struct data *data = hass_entity_async_domain_data(entity);

    return has_feature(entity, UPDATE_PROGRESS) ? info->in_progress : data->installing;
}

/* A skipped version is forgotten when it has been installed all the same, or there is another one. */
static HASS_CALLBACK void forget_skipped(struct hass_entity *entity, const struct update_info *info)
{
    struct data *data = hass_entity_async_domain_data(entity);

    if (!data->skipped || (is_equal(data->skipped, info->latest_version) &&
                           !is_equal(data->skipped, info->installed_version)))
        return;
    free(data->skipped);
    data->skipped = NULL;
}

static void set_summary(struct hass_attrs_writer *writer, const char *summary)
{
    autofree char *cut = summary ? strdup(summary) : NULL;
    size_t characters = 0, i = 0;

    for (; cut && cut[i]; i++) {
        if (!CONTINUATION(cut[i]) && characters++ == SUMMARY_LENGTH)
            cut[i--] = 0;
    }
    hass_attrs_set(writer, "release_summary", hass_value_string(cut));
}

static HASS_CALLBACK void state_attributes(struct hass_entity *entity,
                                           struct hass_attrs_writer *writer)
{
    const struct data *data = hass_entity_async_domain_data(entity);
    struct update_info info = info_of(entity);
    bool working = in_progress(entity, &info);

    forget_skipped(entity, &info);
    hass_attrs_set(writer, "auto_update", HASS_BOOL(info.auto_update));
    hass_attrs_set(writer, "display_precision", HASS_INT(info.display_precision));
    hass_attrs_set(writer, "installed_version", hass_value_string(info.installed_version));
    hass_attrs_set(writer, "in_progress", HASS_BOOL(working));
    hass_attrs_set(writer, "latest_version", hass_value_string(info.latest_version));
    set_summary(writer, info.release_summary);
    hass_attrs_set(writer, "release_url", hass_value_string(info.release_url));
    hass_attrs_set(writer, "skipped_version", hass_value_string(data->skipped));
    hass_attrs_set(writer, "title", hass_value_string(info.title));
    hass_attrs_set(writer, "update_percentage",
                   working && info.has_percentage ? HASS_DOUBLE(info.update_percentage)
                                                  : HASS_NONE);
}

static HASS_COROUTINE int added_to_hass(struct hass_entity *entity, struct hass_error *err)
{
    struct data *data = hass_entity_async_domain_data(entity);
    const struct hass_state *last = hass_entity_async_last_state(entity);
    struct hass_value skipped;

    if (last && hass_state_attr(last, "skipped_version", &skipped) &&
        skipped.type == HASS_VALUE_STRING)
        data->skipped = strdup(skipped.text.data);
    return 0;
}

static bool default_to_device_class_name(struct hass_entity *entity)
{
    return hass_entity_description(entity)->device_class != NULL;
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .state_attributes = state_attributes,
    .data_size = sizeof(struct data),
    .data_destroy = data_destroy,
    .async_added_to_hass = added_to_hass,
    .has_supported_features = true,
    .default_to_device_class_name = default_to_device_class_name,
    .restore = true,
};

/* services */

HASS_ENTITY_COMMAND(run_install, struct update_ops, install, struct update_install)

/* What speaks against installing. */
static HASS_CALLBACK int check_install(struct hass_entity *entity,
                                       const struct update_install *install, struct hass_error *err)
{
    const char *entity_id = hass_entity_async_entity_id(entity);
    struct update_info info = info_of(entity);

    if (!install->version &&
        (!info.latest_version || is_equal(info.installed_version, info.latest_version)))
        return hass_fail(err, HASS_E_GENERAL, "No update available for %s", entity_id);
    if (install->version && !has_feature(entity, UPDATE_SPECIFIC_VERSION))
        return hass_fail(err, HASS_E_GENERAL,
                         "Installing a specific version is not supported for %s", entity_id);
    if (install->backup && !has_feature(entity, UPDATE_BACKUP))
        return hass_fail(err, HASS_E_GENERAL, "Backup is not supported for %s", entity_id);
    if (in_progress(entity, &info))
        return hass_fail(err, HASS_E_GENERAL, "Update installation already in progress for %s",
                         entity_id);
    return 0;
}

static HASS_COROUTINE int install(struct hass_entity *entity, const struct hass_service_call *call,
                                  struct hass_error *err)
{
    const json_t *given = hass_service_call_data(call);
    const struct update_install what = {
        .size = sizeof(what),
        .version = hass_json_get_string(given, "version", NULL),
        .backup = hass_json_get_bool(given, "backup", false),
    };
    int r = check_install(entity, &what, err);

    if (r < 0)
        return r;
    struct data *data = hass_entity_async_domain_data(entity);
    data->installing = true;
    (void)hass_entity_async_write_ha_state(entity, NULL);
    r = run_install(entity, call, &what, err);
    data->installing = false;
    (void)hass_entity_async_write_ha_state(entity, NULL);
    return r;
}

static HASS_CALLBACK int set_skipped(struct hass_entity *entity, const char *version,
                                     struct hass_error *err)
{
    struct data *data = hass_entity_async_domain_data(entity);

    free(data->skipped);
    data->skipped = version ? strdup(version) : NULL;
    return hass_entity_async_write_ha_state(entity, err);
}

static HASS_COROUTINE int skip(struct hass_entity *entity, const struct hass_service_call *call,
                               struct hass_error *err)
{
    const char *entity_id = hass_entity_async_entity_id(entity);
    struct update_info info = info_of(entity);

    if (info.auto_update)
        return hass_fail(err, HASS_E_GENERAL, "Skipping update is not supported for %s", entity_id);
    if (!info.latest_version)
        return hass_fail(err, HASS_E_GENERAL, "Cannot skip an unknown version for %s", entity_id);
    if (is_equal(info.installed_version, info.latest_version))
        return hass_fail(err, HASS_E_GENERAL, "No update available to skip for %s", entity_id);
    return set_skipped(entity, info.latest_version, err);
}

static HASS_COROUTINE int clear_skipped(struct hass_entity *entity,
                                        const struct hass_service_call *call,
                                        struct hass_error *err)
{
    if (info_of(entity).auto_update)
        return hass_fail(err, HASS_E_GENERAL, "Clearing skipped update is not supported for %s",
                         hass_entity_async_entity_id(entity));
    return set_skipped(entity, NULL, err);
}

HASS_SCHEMA(install_schema,
            HASS_FIELD("version", &hass_type_string, .doc = "Which version; the latest if absent"),
            HASS_FIELD("backup", &hass_type_bool, .fallback = "false",
                       .doc = "Whether to make a backup first"));

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("install", "Installs an update", .schema = &install_schema,
                        .required_features = UPDATE_INSTALL, .async_handler = install),
    HASS_ENTITY_SERVICE("skip", "Marks the latest version as not wanted", .async_handler = skip),
    HASS_ENTITY_SERVICE("clear_skipped", "Wants the skipped version after all",
                        .async_handler = clear_skipped),
};

/* what clients ask */

static HASS_COROUTINE int release_notes(struct websocket_request *request, struct hass_buf *result,
                                        struct hass_error *err)
{
    const struct websocket_api *api = websocket_api_of(request);
    const char *id = hass_json_get_string(api->message(request), "entity_id", "");
    struct hass_component *component = hass_component_async_get(api->hass(request), "update");
    struct hass_entity *found = component ? hass_component_async_get_entity(component, id) : NULL;
    autounref(hass_entity) *entity = found ? hass_entity_ref(found) : NULL;
    autofree char *notes = NULL;

    if (!entity)
        return api->refuse(request, "not_found", "Entity not found");
    const struct update_ops *ops = hass_entity_domain_ops(entity);
    if (!has_feature(entity, UPDATE_RELEASE_NOTES) || !ops->async_release_notes)
        return api->refuse(request, "not_supported", "Entity does not support release notes");
    int r = ops->async_release_notes(entity, &notes, err);
    if (r >= 0 && notes)
        hass_json_write_string(notes, strlen(notes), result);
    return r;
}

HASS_SCHEMA(release_notes_schema, HASS_FIELD("entity_id", &hass_type_entity_id, .required = true,
                                             .doc = "Whose release notes"));

static HASS_CALLBACK int add_command(struct hass *hass, struct hass_error *err)
{
    static const struct websocket_command command = WEBSOCKET_COMMAND(
        "update/release_notes", release_notes, .schema = &release_notes_schema, .coroutine = true);
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");

    return api ? api->add_command(hass, &command, err) : 0;
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = "update",
        .scan_interval = SCAN_INTERVAL,
        .ops = &domain_ops,
    };
    struct hass_component *component;
    int r = hass_component_async_create(hass, &options, config, &component, err);

    if (r >= 0)
        r = add_command(hass, err);
    return r < 0 ? r : HASS_REGISTER_SERVICES(component, services, err);
}
