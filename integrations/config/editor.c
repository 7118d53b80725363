/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Editing automations, scripts and scenes one at a time, in their files; the rest of a file stays as its people have written it. What
 * clients know as GET, POST and DELETE of /api/config/<domain>/config/<id> are the messages hassd/config/item/{get,save,delete}, to which
 * `http` leads them.
 *
 * Model: components.config.view
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <hass/config_file.h>
#include <hass/entity_registry.h>
#include <hass/hass.h>
#include <hass/integration.h>
#include <hass/trace.h>

#include "commands.h"
#include "config.h"

/* Whose items, and where they are kept. */
static const struct kept {
    const char *domain, *file;
    const char *id_key; /* of an item of a list; NULL: the file is a map */
} all_kept[] = {
    { "automation", "automations.yaml", "id" },
    { "script", "scripts.yaml", NULL },
    { "scene", "scenes.yaml", "id" },
};

#define DOMAINS HASS_WORDS("automation", "script", "scene")
#define ITEM                                                                                       \
    HASS_FIELD("domain", &hass_type_enum, .words = DOMAINS, .required = true,                      \
               .doc = "What kind of item"),                                                        \
        HASS_FIELD("item_id", &hass_type_string, .required = true, .min = 1, .max = 200,           \
                   .doc = "Which one")
HASS_SCHEMA(item_schema, ITEM);
HASS_SCHEMA(save_schema, ITEM,
            HASS_FIELD("config", &hass_type_map, .required = true, .doc = "All that it says"));

static const struct kept *kept_of(const char *domain)
{
    for (size_t i = 0; i < sizeof(all_kept) / sizeof(all_kept[0]); i++)
        if (strcmp(all_kept[i].domain, domain) == 0)
            return &all_kept[i];
    return NULL;
}

/* reading */

/* The item of a file's value, or NULL. Lent. */
static const json_t *find_item(const json_t *value, const struct kept *kept, const char *id)
{
    size_t index;
    json_t *item;

    if (!kept->id_key)
        return hass_json_get(value, id);
    json_array_foreach((json_t *)value, index, item)
        if (strcmp(hass_json_get_string(item, kept->id_key, ""), id) == 0)
            return item;
    return NULL;
}

static HASS_COROUTINE int get_item(struct websocket_request *request, struct hass_buf *result,
                                   struct hass_error *err)
{
    const struct kept *kept = kept_of(commands_text(request, "domain"));
    autojson *value = NULL;
    int r = hass_config_file_async_read(commands_hass(request), kept->file, &value, err);

    if (r < 0)
        return r;
    const json_t *item = find_item(value, kept, commands_text(request, "item_id"));
    if (!item)
        return hass_fail(err, HASS_E_NOT_FOUND, "Resource not found");
    commands_answer(hass_json_ref(item), result);
    return 0;
}

/* writing */

/* The item as it is written: what says which it is stands first. */
static json_t *written(const struct kept *kept, const char *id, const json_t *config)
{
    json_t *item = json_object();

    if (kept->id_key)
        json_object_set_new(item, kept->id_key, json_string(id));
    json_object_update_missing(item, (json_t *)config);
    return item;
}

static HASS_COROUTINE int check(struct hass *hass, const struct kept *kept, const json_t *item,
                                struct hass_error *err)
{
    autofree char *name = NULL;

    if (asprintf(&name, "%s.editor", kept->domain) < 0)
        abort();
    const struct hass_config_editor *editor = hass_async_get_api(hass, name);
    if (!editor)
        return hass_fail(err, HASS_E_NOT_FOUND,
                         "integration %s is not set up: add `%s: !include %s` to the configuration",
                         kept->domain, kept->domain, kept->file);
    return editor->async_check ? editor->async_check(hass, item, err) : 0;
}

/* Scenes are all taken anew: there is nothing that runs. */
static HASS_COROUTINE int reload(struct hass *hass, const struct kept *kept, const char *id,
                                 struct hass_error *err)
{
    bool one = strcmp(kept->domain, "scene") != 0;
    const struct hass_call_options options = { .size = sizeof(options), .blocking = true };

    return hass_services_async_call(hass, kept->domain, "reload",
                                    one ? json_pack("{s:s}", "id", id) : json_object(), &options,
                                    NULL, err);
}

static HASS_COROUTINE int save(struct hass *hass, const struct kept *kept, const char *id,
                               json_t *item, struct hass_error *err)
{
    autojson *owned = item;
    int r = check(hass, kept, owned, err);

    if (r >= 0)
        r = hass_config_file_async_edit(
            hass, HASS_CONFIG_ITEM(.file = kept->file, .id_key = kept->id_key, .id = id),
            steal(owned), err);
    return r < 0 ? r : reload(hass, kept, id, err);
}

static HASS_COROUTINE int save_item(struct websocket_request *request, struct hass_buf *result,
                                    struct hass_error *err)
{
    const struct kept *kept = kept_of(commands_text(request, "domain"));
    const char *id = commands_text(request, "item_id");
    const json_t *config = hass_json_get(commands_message(request), "config");
    int r = save(commands_hass(request), kept, id, written(kept, id, config), err);

    if (r >= 0)
        hass_buf_add_string(result, "{\"result\":\"ok\"}");
    return r;
}

/* What is known of an item by its id goes with it. */
static HASS_CALLBACK void forget(struct hass *hass, const struct kept *kept, const char *id)
{
    const char *platform = strcmp(kept->domain, "scene") == 0 ? "homeassistant" : kept->domain;
    const struct hass_entity_entry *entry =
        hass_entity_registry_async_find(hass, kept->domain, platform, id);

    if (entry)
        (void)hass_entity_registry_async_remove(hass, entry->entity_id, NULL);
    hass_traces_async_forget(hass, kept->domain, id);
}

static HASS_COROUTINE int delete_item(struct websocket_request *request, struct hass_buf *result,
                                      struct hass_error *err)
{
    struct hass *hass = commands_hass(request);
    const struct kept *kept = kept_of(commands_text(request, "domain"));
    const char *id = commands_text(request, "item_id");
    int r = hass_config_file_async_edit(
        hass, HASS_CONFIG_ITEM(.file = kept->file, .id_key = kept->id_key, .id = id), NULL, err);

    if (r == 0)
        return hass_fail(err, HASS_E_NOT_FOUND, "Resource not found");
    if (r >= 0)
        r = reload(hass, kept, id, err);
    if (r < 0)
        return r;
    forget(hass, kept, id);
    hass_buf_add_string(result, "{\"result\":\"ok\"}");
    return 0;
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("hassd/config/item/get", get_item, .schema = &item_schema, .admin = true,
                      .coroutine = true),
    WEBSOCKET_COMMAND("hassd/config/item/save", save_item, .schema = &save_schema, .admin = true,
                      .coroutine = true),
    WEBSOCKET_COMMAND("hassd/config/item/delete", delete_item, .schema = &item_schema,
                      .admin = true, .coroutine = true),
};

int editor_add(struct hass *hass, struct hass_error *err)
{
    return COMMANDS_ADD(hass, commands, err);
}
