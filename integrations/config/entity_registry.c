/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of config/entity_registry: what is known of entities by their unique ids, and what their user sets.
 */
#include <ctype.h>
#include <string.h>

#include <hass/device_registry.h>
#include <hass/entity_registry.h>
#include <hass/hass.h>

#include "commands.h"
#include "entity_json.h"

#define RELOAD_DELAY 30 /* seconds after an entity was enabled until its config entry is reloaded */

#define ID_FIELD                                                                                   \
    HASS_FIELD("entity_id", &hass_type_string, .required = true, .doc = "Entity id or registry id")

static const struct hass_field category_value =
    HASS_FIELD("", &hass_type_string, .nullable = true, .doc = "Id of a category, or null");

static int check_options(const json_t *value, struct hass_error *err)
{
    if (!hass_json_get(value, "options_domain") == !hass_json_get(value, "options"))
        return 0;
    return hass_fail(err, HASS_E_INVALID, "options and options_domain belong together");
}

HASS_SCHEMA(id_schema, ID_FIELD);
HASS_SCHEMA(ids_schema, HASS_FIELD("entity_ids", &hass_type_string, .list = true, .required = true,
                                   .doc = "Entity ids"));
HASS_SCHEMA_WITH(
    update_schema, (.check = check_options), ID_FIELD,
    HASS_FIELD("aliases", &hass_type_string, .list = true, .doc = "Other names for it"),
    HASS_FIELD("area_id", &hass_type_string, .nullable = true, .doc = "Where it is"),
    HASS_FIELD("categories", &hass_type_map, .item = &category_value, .doc = "{scope: category}"),
    HASS_FIELD("device_class", &hass_type_string, .nullable = true, .doc = "What it is shown as"),
    HASS_FIELD("disabled_by", &hass_type_enum, .words = HASS_WORDS("user"), .nullable = true,
               .doc = "user, or null to enable it"),
    HASS_FIELD("hidden_by", &hass_type_enum, .words = HASS_WORDS("user"), .nullable = true,
               .doc = "user, or null to show it"),
    HASS_FIELD("icon", &hass_type_string, .nullable = true, .doc = "As mdi:home"),
    HASS_FIELD("labels", &hass_type_string, .list = true, .doc = "Ids of labels"),
    HASS_FIELD("name", &hass_type_string, .nullable = true, .doc = "Its name"),
    HASS_FIELD("new_entity_id", &hass_type_string, .doc = "Its id from now on"),
    HASS_FIELD("options_domain", &hass_type_string, .doc = "Whose options"),
    HASS_FIELD("options", &hass_type_map, .nullable = true, .doc = "All options of that domain"));

/* asking */

static HASS_CALLBACK int list_entities(struct websocket_request *request, struct hass_buf *result,
                                       struct hass_error *err)
{
    struct hass *hass = commands_hass(request);
    const struct hass_entity_entry *entry;

    hass_buf_add_char(result, '[');
    for (size_t pos = 0; hass_entity_registry_async_next(hass, &pos, &entry);) {
        if (result->length > 1)
            hass_buf_add_char(result, ',');
        entity_json_write(entry, false, result);
    }
    hass_buf_add_char(result, ']');
    return 0;
}

static HASS_CALLBACK int list_for_display(struct websocket_request *request,
                                          struct hass_buf *result, struct hass_error *err)
{
    struct hass *hass = commands_hass(request);
    const struct hass_entity_entry *entry;
    const char *separator = "";

    hass_buf_add_string(result, "{\"entity_categories\":{\"0\":\"config\",\"1\":\"diagnostic\"},"
                                "\"entities\":[");
    for (size_t pos = 0; hass_entity_registry_async_next(hass, &pos, &entry);) {
        if (entry->disabled_by != HASS_ENTITY_ENABLED)
            continue;
        hass_buf_add_string(result, separator);
        separator = ",";
        entity_json_write_display(entry, result);
    }
    hass_buf_add_string(result, "]}");
    return 0;
}

static int fail_unknown(struct hass_error *err)
{
    return hass_fail(err, HASS_E_NOT_FOUND, "Entity not found");
}

static HASS_CALLBACK int get_entity(struct websocket_request *request, struct hass_buf *result,
                                    struct hass_error *err)
{
    const struct hass_entity_entry *entry =
        hass_entity_registry_async_get(commands_hass(request), commands_text(request, "entity_id"));

    if (!entry)
        return fail_unknown(err);
    entity_json_write(entry, true, result);
    return 0;
}

typedef void write_fn(struct hass *hass, const struct hass_entity_entry *entry,
                      struct hass_buf *buf);

/* {id: what @write says of it, or null}, for the ids of the message. */
static HASS_CALLBACK int write_each(struct websocket_request *request, write_fn *write,
                                    struct hass_buf *result)
{
    struct hass *hass = commands_hass(request);
    const json_t *ids = hass_json_get(commands_message(request), "entity_ids");

    hass_buf_add_char(result, '{');
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *id = json_string_value(json_array_get(ids, i));
        const struct hass_entity_entry *entry = hass_entity_registry_async_get(hass, id);
        if (i)
            hass_buf_add_char(result, ',');
        hass_json_write_string(id, strlen(id), result);
        hass_buf_add_char(result, ':');
        if (entry)
            write(hass, entry, result);
        else
            hass_buf_add_string(result, "null");
    }
    hass_buf_add_char(result, '}');
    return 0;
}

static void write_extended(struct hass *hass, const struct hass_entity_entry *entry,
                           struct hass_buf *buf)
{
    entity_json_write(entry, true, buf);
}

static HASS_CALLBACK int get_entries(struct websocket_request *request, struct hass_buf *result,
                                     struct hass_error *err)
{
    return write_each(request, write_extended, result);
}

/* ids as they would be made today */

/* What an id is made of: the integration's suggestion, else the names of device and entity, else the unique id. */
static HASS_CALLBACK void
write_object_name(struct hass *hass, const struct hass_entity_entry *entry, struct hass_buf *buf)
{
    const struct hass_device *device =
        entry->device_id ? hass_device_registry_async_get(hass, entry->device_id) : NULL;
    const char *name = entry->original_name;

    if (entry->suggested_object_id) {
        hass_buf_add_string(buf, entry->suggested_object_id);
        return;
    }
    if (device && entry->has_entity_name)
        hass_buf_add_string(buf, device->name_by_user ? device->name_by_user
                                                      : (device->name ? device->name : ""));
    if (name)
        hass_buf_printf(buf, "%s%s", buf->length ? " " : "", name);
    if (!buf->length)
        hass_buf_printf(buf, "%s %s", entry->platform, entry->unique_id);
}

/* Its own id is taken by itself only: the one without a number, or one with. */
static bool is_numbered(const char *entity_id, const char *base)
{
    size_t length = strlen(base);
    const char *number = entity_id + length + 1;

    if (strncmp(entity_id, base, length) != 0 || entity_id[length] != '_' || !*number)
        return false;
    return strspn(number, "0123456789") == strlen(number);
}

static void write_automatic_id(struct hass *hass, const struct hass_entity_entry *entry,
                               struct hass_buf *buf)
{
    hass__assert_loop();
    autobuf name = HASS_BUF_INIT;
    autobuf base = HASS_BUF_INIT;
    const char *id = entry->entity_id;
    autofree char *made = NULL;

    write_object_name(hass, entry, &name);
    hass_buf_printf(&base, "%s.", entry->domain);
    hass_slugify(hass_buf_string(&name), "_", &base);
    if (strcmp(id, hass_buf_string(&base)) != 0) {
        made = hass_entity_registry_async_generate_id(hass, entry->domain, hass_buf_string(&name),
                                                      NULL);
        if (made &&
            !(strcmp(made, hass_buf_string(&base)) != 0 && is_numbered(id, hass_buf_string(&base))))
            id = made;
    }
    hass_json_write_string(id, strlen(id), buf);
}

static HASS_CALLBACK int get_automatic_entity_ids(struct websocket_request *request,
                                                  struct hass_buf *result, struct hass_error *err)
{
    return write_each(request, write_automatic_id, result);
}

/* changing */

/* What cannot be done though the registry could: a reason, or NULL. */
static HASS_CALLBACK const char *refusal(const struct websocket_request *request,
                                         const struct hass_entity_entry *entry)
{
    struct hass *hass = commands_hass(request);
    const json_t *message = commands_message(request);
    const char *new_id = hass_json_get_string(message, "new_entity_id", entry->entity_id);
    const struct hass_device *device =
        entry->device_id ? hass_device_registry_async_get(hass, entry->device_id) : NULL;

    if (strcmp(new_id, entry->entity_id) != 0 && hass_states_async_get(hass, new_id))
        return "Entity with this ID is already registered";
    if (json_is_null(hass_json_get(message, "disabled_by")) && device &&
        device->disabled_by != HASS_DEVICE_ENABLED)
        return "Device is disabled";
    return NULL;
}

/* The registry's changes: options stand below their domain there. */
static HASS_CALLBACK json_t *entity_changes(const struct websocket_request *request)
{
    json_t *changes = commands_changes(request, "entity_id");
    const char *domain = hass_json_get_string(changes, "options_domain", NULL);

    if (domain) {
        json_t *options = json_pack("{s:O}", domain, hass_json_get(changes, "options"));
        json_object_set_new(changes, "options", options);
        json_object_del(changes, "options_domain");
    }
    return changes;
}

/* An entity that was enabled appears when its config entry is reloaded, or after a restart when it has none. */
static HASS_CALLBACK void write_updated(const struct websocket_request *request,
                                        const struct hass_entity_entry *entry, bool was_disabled,
                                        struct hass_buf *result)
{
    hass_buf_add_string(result, "{\"entity_entry\":");
    entity_json_write(entry, true, result);
    if (was_disabled && entry->disabled_by == HASS_ENTITY_ENABLED) {
        if (entry->config_entry_id)
            hass_buf_printf(result, ",\"reload_delay\":%d", RELOAD_DELAY);
        else
            hass_buf_add_string(result, ",\"require_restart\":true");
    }
    hass_buf_add_char(result, '}');
}

static HASS_CALLBACK int update_entity(struct websocket_request *request, struct hass_buf *result,
                                       struct hass_error *err)
{
    struct hass *hass = commands_hass(request);
    const char *entity_id = commands_text(request, "entity_id");
    const struct hass_entity_entry *entry = hass_entity_registry_async_get(hass, entity_id);
    struct hass_error problem = HASS_ERROR_INIT;

    if (!entry)
        return fail_unknown(err);
    const char *reason = refusal(request, entry);
    if (reason)
        return websocket_api_of(request)->refuse(request, "invalid_info", reason);
    bool was_disabled = entry->disabled_by != HASS_ENTITY_ENABLED;
    if (hass_entity_registry_async_update(hass, entity_id, entity_changes(request), &entry,
                                          &problem) < 0)
        return commands_refuse(request, &problem);
    write_updated(request, entry, was_disabled, result);
    return 0;
}

static HASS_CALLBACK int remove_entity(struct websocket_request *request, struct hass_buf *result,
                                       struct hass_error *err)
{
    struct hass *hass = commands_hass(request);
    const struct hass_entity_entry *entry =
        hass_entity_registry_async_get(hass, commands_text(request, "entity_id"));

    return entry ? hass_entity_registry_async_remove(hass, entry->entity_id, err)
                 : fail_unknown(err);
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("config/entity_registry/list", list_entities),
    WEBSOCKET_COMMAND("config/entity_registry/list_for_display", list_for_display),
    WEBSOCKET_COMMAND("config/entity_registry/get", get_entity, .schema = &id_schema),
    WEBSOCKET_COMMAND("config/entity_registry/get_entries", get_entries, .schema = &ids_schema),
    WEBSOCKET_COMMAND("config/entity_registry/get_automatic_entity_ids", get_automatic_entity_ids,
                      .schema = &ids_schema, .admin = true),
    WEBSOCKET_COMMAND("config/entity_registry/update", update_entity, .schema = &update_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("config/entity_registry/remove", remove_entity, .schema = &id_schema,
                      .admin = true),
};

int entity_registry_add(struct hass *hass, struct hass_error *err)
{
    return COMMANDS_ADD(hass, commands, err);
}
