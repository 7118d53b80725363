/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of config_entries: listing, following, changing, disabling, reloading and removing them. Reloading and removing,
 * which the frontend asks for over REST, are messages here, too.
 */
#include <string.h>

#include <hass/integration.h>

#include "commands.h"

HASS_SCHEMA(filter_schema,
            HASS_FIELD("type_filter", &hass_type_string, .list = true,
                       .doc = "Types of integrations: device, hub, service, helper, …"),
            HASS_FIELD("domain", &hass_type_string, .doc = "Of this integration only"));
HASS_SCHEMA(entry_schema,
            HASS_FIELD("entry_id", &hass_type_string, .required = true, .doc = "Which entry"));
HASS_SCHEMA(update_schema,
            HASS_FIELD("entry_id", &hass_type_string, .required = true, .doc = "Which entry"),
            HASS_FIELD("title", &hass_type_string, .min = 1, .max = 255,
                       .doc = "What it is called"),
            HASS_FIELD("pref_disable_new_entities", &hass_type_bool,
                       .doc = "New entities are disabled at first"),
            HASS_FIELD("pref_disable_polling", &hass_type_bool, .doc = "Nothing is polled"));
HASS_SCHEMA(disable_schema,
            HASS_FIELD("entry_id", &hass_type_string, .required = true, .doc = "Which entry"),
            HASS_FIELD("disabled_by", &hass_type_enum, .words = HASS_WORDS("user"),
                       .required = true, .nullable = true, .doc = "user, or null to enable it"));
HASS_SCHEMA(subentry_schema,
            HASS_FIELD("entry_id", &hass_type_string, .required = true, .doc = "Which entry"),
            HASS_FIELD("subentry_id", &hass_type_string, .required = true, .doc = "Which part"));
HASS_SCHEMA(subentry_update_schema,
            HASS_FIELD("entry_id", &hass_type_string, .required = true, .doc = "Which entry"),
            HASS_FIELD("subentry_id", &hass_type_string, .required = true, .doc = "Which part"),
            HASS_FIELD("title", &hass_type_string, .min = 1, .max = 255,
                       .doc = "What it is called"));

/* which entries are meant */

/* The type of an integration is in its manifest; one that is not there counts as a hub, the model's default. */
static HASS_CALLBACK bool is_meant(struct hass *hass, const struct hass_entry *entry,
                                   const json_t *message)
{
    const json_t *types = hass_json_get(message, "type_filter");
    const char *domain = hass_json_get_string(message, "domain", NULL);

    if (domain && strcmp(domain, hass_entry_domain(entry)))
        return false;
    const char *type = hass_async_integration_type(hass, hass_entry_domain(entry));
    for (size_t i = 0; i < json_array_size(types); i++)
        if (!strcmp(json_string_value(json_array_get(types, i)), type))
            return true;
    return json_array_size(types) == 0;
}

static HASS_CALLBACK struct hass_entry *find(struct websocket_request *request)
{
    struct hass_entry *entry =
        hass_entries_async_get(commands_hass(request), commands_text(request, "entry_id"));

    if (!entry)
        (void)websocket_api_of(request)->refuse(request, "not_found", "Config entry not found");
    return entry;
}

/* looking */

static HASS_CALLBACK int get_entries(struct websocket_request *request, struct hass_buf *result,
                                     struct hass_error *err)
{
    struct hass *hass = commands_hass(request);
    struct hass_entry *entry;
    json_t *list = json_array();

    for (size_t pos = 0; hass_entries_async_next(hass, &pos, &entry);)
        if (is_meant(hass, entry, commands_message(request)))
            json_array_append_new(list, hass_entry_async_as_json(entry));
    commands_answer(list, result);
    return 0;
}

static HASS_CALLBACK int get_single(struct websocket_request *request, struct hass_buf *result,
                                    struct hass_error *err)
{
    const struct hass_entry *entry = find(request);

    if (entry)
        commands_answer(json_pack("{s:o}", "config_entry", hass_entry_async_as_json(entry)),
                        result);
    return 0;
}

/* following */

struct follower {
    const struct websocket_api *api;
    struct websocket_connection *connection;
    int64_t id;
    json_t *message;
};

static void free_follower(void *object)
{
    struct follower *follower = object;

    json_decref(follower->message);
    free(follower);
}

/* @event is taken. */
static HASS_CALLBACK void send(const struct follower *follower, json_t *event)
{
    autobuf text = HASS_BUF_INIT;

    hass_json_write(event, &text);
    json_decref(event);
    follower->api->send_event(follower->connection, follower->id, hass_buf_string(&text),
                              text.length);
}

static HASS_CALLBACK bool type_is_meant(const struct hass_signal *signal, const json_t *message)
{
    const json_t *entry = hass_json_get(signal->data, "entry");
    const json_t *types = hass_json_get(message, "type_filter");
    const char *type =
        hass_async_integration_type(signal->hass, hass_json_get_string(entry, "domain", ""));

    for (size_t i = 0; i < json_array_size(types); i++)
        if (!strcmp(json_string_value(json_array_get(types, i)), type))
            return true;
    return json_array_size(types) == 0;
}

static HASS_CALLBACK int on_entry_changed(const struct hass_signal *signal, void *userdata,
                                          struct hass_error *err)
{
    const struct follower *follower = userdata;

    if (type_is_meant(signal, follower->message))
        send(follower, json_pack("[O]", signal->data));
    return 0;
}

static HASS_CALLBACK json_t *all_entries(struct hass *hass, const json_t *message)
{
    json_t *list = json_array();
    struct hass_entry *entry;

    for (size_t pos = 0; hass_entries_async_next(hass, &pos, &entry);)
        if (is_meant(hass, entry, message))
            json_array_append_new(
                list, json_pack("{s:n, s:o}", "type", "entry", hass_entry_async_as_json(entry)));
    return list;
}

static HASS_CALLBACK struct follower *follower_new(struct websocket_request *request)
{
    const struct websocket_api *api = websocket_api_of(request);
    struct follower *follower = calloc(1, sizeof(*follower));

    *follower = (struct follower){
        .api = api,
        .connection = api->connection(request),
        .id = api->id(request),
        .message = hass_json_ref(commands_message(request)),
    };
    return follower;
}

static HASS_CALLBACK int subscribe(struct websocket_request *request, struct hass_buf *result,
                                   struct hass_error *err)
{
    const struct websocket_api *api = websocket_api_of(request);
    struct hass *hass = commands_hass(request);
    struct follower *follower = follower_new(request);
    struct hass_sub *sub;
    int r = hass_async_dispatcher_connect(
        hass, "config_entry_changed",
        HASS_JOB_CALLBACK(on_entry_changed, follower, .destroy = free_follower), &sub, err);

    if (r >= 0)
        r = api->subscribe(request, sub, err);
    if (r < 0)
        return r;
    api->answer(request, "null");
    send(follower, all_entries(hass, commands_message(request)));
    return 0;
}

/* changing */

static HASS_CALLBACK int update(struct websocket_request *request, struct hass_buf *result,
                                struct hass_error *err)
{
    struct hass_entry *entry = find(request);
    struct hass_error problem = HASS_ERROR_INIT;

    if (!entry)
        return 0;
    const json_t *polling = hass_json_get(commands_message(request), "pref_disable_polling");
    json_t *changes = commands_changes(request, "entry_id");
    json_object_del(changes, "id");
    json_object_del(changes, "type");
    int r = hass_entry_async_update(entry, changes, &problem);
    if (r < 0)
        return commands_refuse(request, &problem);
    /* Its platforms decide about polling when they are set up. */
    if (r == 1 && polling)
        (void)hass_entries_async_schedule_reload(commands_hass(request), hass_entry_id(entry),
                                                 NULL);
    commands_answer(json_pack("{s:o, s:b}", "config_entry", hass_entry_async_as_json(entry),
                              "require_restart", 0),
                    result);
    return 0;
}

static void answer_restart(bool restart, struct hass_buf *result)
{
    hass_buf_printf(result, "{\"require_restart\":%s}", restart ? "true" : "false");
}

static HASS_COROUTINE int disable(struct websocket_request *request, struct hass_buf *result,
                                  struct hass_error *err)
{
    bool by_user = hass_json_get_string(commands_message(request), "disabled_by", NULL) != NULL;

    if (!find(request))
        return 0;
    int r = hass_entries_async_set_disabled_by(
        commands_hass(request), commands_text(request, "entry_id"),
        by_user ? HASS_ENTRY_DISABLED_BY_USER : HASS_ENTRY_ENABLED, err);
    if (r < 0)
        return r;
    answer_restart(r == 1, result);
    return 0;
}

static HASS_COROUTINE int reload(struct websocket_request *request, struct hass_buf *result,
                                 struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;

    if (!find(request))
        return 0;
    int r = hass_entries_async_reload(commands_hass(request), commands_text(request, "entry_id"),
                                      &problem);
    if (r == HASS_E_NOT_ALLOWED)
        return websocket_api_of(request)->refuse(request, "not_allowed",
                                                 "Entry cannot be reloaded");
    answer_restart(false, result); /* what its set-up came to is in its state */
    return 0;
}

static HASS_COROUTINE int take_away(struct websocket_request *request, struct hass_buf *result,
                                    struct hass_error *err)
{
    if (!find(request))
        return 0;
    int r =
        hass_entries_async_remove(commands_hass(request), commands_text(request, "entry_id"), err);
    if (r < 0)
        return r;
    answer_restart(r == 1, result);
    return 0;
}

/* parts */

/* Their data is their integration's. */
static HASS_CALLBACK json_t *shown_subentries(const struct hass_entry *entry)
{
    json_t *list = json_deep_copy(hass_entry_async_subentries(entry));
    size_t i;
    json_t *subentry;

    json_array_foreach(list, i, subentry)
        json_object_del(subentry, "data");
    return list;
}

static HASS_CALLBACK int list_subentries(struct websocket_request *request, struct hass_buf *result,
                                         struct hass_error *err)
{
    const struct hass_entry *entry = find(request);

    if (entry)
        commands_answer(shown_subentries(entry), result);
    return 0;
}

static HASS_CALLBACK int refuse_subentry(struct websocket_request *request)
{
    return websocket_api_of(request)->refuse(request, "not_found", "Config subentry not found");
}

static HASS_CALLBACK int update_subentry(struct websocket_request *request, struct hass_buf *result,
                                         struct hass_error *err)
{
    struct hass_entry *entry = find(request);
    const json_t *title = hass_json_get(commands_message(request), "title");

    if (!entry)
        return 0;
    json_t *changes = title ? json_pack("{s:O}", "title", title) : json_object();
    if (hass_entry_async_update_subentry(entry, commands_text(request, "subentry_id"), changes,
                                         NULL) < 0)
        return refuse_subentry(request);
    return 0;
}

static HASS_CALLBACK int delete_subentry(struct websocket_request *request, struct hass_buf *result,
                                         struct hass_error *err)
{
    struct hass_entry *entry = find(request);

    if (entry &&
        hass_entry_async_remove_subentry(entry, commands_text(request, "subentry_id"), NULL) < 0)
        return refuse_subentry(request);
    return 0;
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("config_entries/get", get_entries, .schema = &filter_schema),
    WEBSOCKET_COMMAND("config_entries/get_single", get_single, .schema = &entry_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("config_entries/subscribe", subscribe, .schema = &filter_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("config_entries/update", update, .schema = &update_schema, .admin = true),
    WEBSOCKET_COMMAND("config_entries/disable", disable, .schema = &disable_schema, .admin = true,
                      .coroutine = true),
    WEBSOCKET_COMMAND("config_entries/reload", reload, .schema = &entry_schema, .admin = true,
                      .coroutine = true),
    WEBSOCKET_COMMAND("config_entries/remove", take_away, .schema = &entry_schema, .admin = true,
                      .coroutine = true),
    WEBSOCKET_COMMAND("config_entries/subentries/list", list_subentries, .schema = &entry_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("config_entries/subentries/update", update_subentry,
                      .schema = &subentry_update_schema, .admin = true),
    WEBSOCKET_COMMAND("config_entries/subentries/delete", delete_subentry,
                      .schema = &subentry_schema, .admin = true),
};

int config_entries_add(struct hass *hass, struct hass_error *err)
{
    return COMMANDS_ADD(hass, commands, err);
}
