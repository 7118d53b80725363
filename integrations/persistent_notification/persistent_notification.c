/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The integration persistent_notification: what the household is told on the page of every frontend, until it is dismissed. It
 * is always set up, has no section, and keeps its notifications in memory only: they end with the daemon.
 *
 * create       message*, title, notification_id
 * dismiss      notification_id*
 * dismiss_all
 * notify.persistent_notification  message*, title, data.notification_id: as other notifiers are called
 *
 * persistent_notification.c  the notifications, services, the API of other integrations
 * trigger.c                  the trigger of automations
 * websocket.c                what clients ask
 *
 * Model: components.persistent_notification
 */
#include "persistent_notification.h"

#include <stdlib.h>
#include <string.h>

#include <hass/access_token.h>
#include <hass/dispatcher.h>
#include <hass/dt.h>
#include <hass/integration.h>

#include "parts.h"

#define DOMAIN      "persistent_notification"
#define MAX_SHOWN   500       /* notifications */
#define MAX_BYTES   (4 << 20) /* of all their texts */
#define MAX_MESSAGE 65536     /* characters */
#define MAX_TITLE   1024
#define MAX_ID      255
#define ID_DIGITS   32 /* of one that is made up */

HASS_MANIFEST(.domain = DOMAIN, .name = "Persistent Notification", .version = HASS_VERSION,
              .after_dependencies = HASS_LIST("websocket_api"), .integration_type = "system",
              .critical = true, .triggers = HASS_TRIGGERS(&notifications_trigger));

#define ID_FIELD(...) HASS_FIELD("notification_id", &hass_type_string, .max = MAX_ID, __VA_ARGS__)

HASS_SCHEMA(create_schema,
            HASS_FIELD("message", &hass_type_string, .required = true, .max = MAX_MESSAGE,
                       .doc = "What is told, as Markdown"),
            HASS_FIELD("title", &hass_type_string, .max = MAX_TITLE, .doc = "What stands above it"),
            ID_FIELD(.doc = "Takes the place of the notification of this id"));
HASS_SCHEMA(notify_schema,
            HASS_FIELD("message", &hass_type_string, .required = true, .max = MAX_MESSAGE,
                       .doc = "What is told, as Markdown"),
            HASS_FIELD("title", &hass_type_string, .max = MAX_TITLE, .doc = "What stands above it"),
            HASS_FIELD("target", &hass_type_any, .doc = "Passed over: everybody is told"),
            HASS_FIELD("data", &hass_type_any,
                       .doc = "`notification_id`; the rest is for other notifiers"));
HASS_SCHEMA(dismiss_schema, ID_FIELD(.required = true, .doc = "Which one"));

/* the notifications */

struct notifications {
    json_t *by_id;
    size_t bytes; /* of their texts */
};

static void notifications_destroy(void *object)
{
    struct notifications *all = object;

    json_decref(all->by_id);
    free(all);
}

static HASS_CALLBACK struct notifications *notifications_of(struct hass *hass)
{
    return hass_async_get_data(hass, DOMAIN);
}

json_t *notifications_async_get(struct hass *hass)
{
    return notifications_of(hass)->by_id;
}

static size_t bytes_of(const json_t *notification)
{
    static const char *const texts[] = { "message", "title", "notification_id" };
    size_t bytes = 0;

    for (size_t i = 0; notification && i < sizeof(texts) / sizeof(texts[0]); i++)
        bytes += json_string_length(hass_json_get(notification, texts[i]));
    return bytes;
}

/* @concerned is taken. */
static HASS_CALLBACK int tell(struct hass *hass, const char *update_type, json_t *concerned,
                              struct hass_error *err)
{
    return hass_async_dispatcher_send(
        hass, PERSISTENT_NOTIFICATION_SIGNAL,
        json_pack("{s:s, s:o}", "update_type", update_type, "notifications", concerned), err);
}

/* Of what create_schema has passed. Owned by the caller. */
static json_t *make(struct hass *hass, const json_t *data, const char *id)
{
    char created_at[HASS_DT_TEXT];

    hass_dt_iso(hass_now(hass), NULL, created_at);
    return json_pack("{s:s, s:s?, s:s, s:s}", "notification_id", id, "title",
                     hass_json_get_string(data, "title", NULL), "message",
                     hass_json_get_string(data, "message", ""), "created_at", created_at);
}

/* Puts it in the place of @former (NULL: there is none), unless that would be too much. */
static HASS_CALLBACK int keep(struct notifications *all, const char *id, json_t *notification,
                              const json_t *former, struct hass_error *err)
{
    size_t bytes = all->bytes - bytes_of(former) + bytes_of(notification);

    if (!former && json_object_size(all->by_id) >= MAX_SHOWN)
        return hass_fail(err, HASS_E_LIMIT, "%d notifications are shown already; dismiss some",
                         MAX_SHOWN);
    if (bytes > MAX_BYTES)
        return hass_fail(err, HASS_E_LIMIT,
                         "all notifications together may have %d bytes, with this one they have "
                         "%zu; dismiss some",
                         MAX_BYTES, bytes);
    json_object_set(all->by_id, id, notification);
    all->bytes = bytes;
    return 0;
}

static HASS_CALLBACK int show(struct hass *hass, const json_t *data, struct hass_error *err)
{
    struct notifications *all = notifications_of(hass);
    struct hass_access_tokens made_up = { "", "" };
    const char *id = hass_json_get_string(data, "notification_id", NULL);

    if (!id) {
        hass_access_tokens_renew(&made_up);
        made_up.current[ID_DIGITS] = '\0';
        id = made_up.current;
    }
    autojson *notification = make(hass, data, id);
    int r = keep(all, id, notification, json_object_get(all->by_id, id), err);
    return r < 0 ? r : tell(hass, "added", json_pack("{s:O}", id, notification), err);
}

static HASS_CALLBACK int dismiss(struct hass *hass, const char *id, struct hass_error *err)
{
    struct notifications *all = notifications_of(hass);
    autojson *notification = json_incref(json_object_get(all->by_id, id));

    if (!notification)
        return 0;
    json_object_del(all->by_id, id);
    all->bytes -= bytes_of(notification);
    return tell(hass, "removed", json_pack("{s:O}", id, notification), err);
}

static HASS_CALLBACK int dismiss_all(struct hass *hass, struct hass_error *err)
{
    struct notifications *all = notifications_of(hass);
    json_t *former = all->by_id;

    all->by_id = json_object();
    all->bytes = 0;
    return tell(hass, "removed", former, err);
}

/* services */

static HASS_CALLBACK int on_create(const struct hass_service_call *call, void *userdata,
                                   struct hass_error *err)
{
    return show(hass_service_call_hass(call), hass_service_call_data(call), err);
}

/* What is for phones (actions, images) has no place here, and no complaint. */
static HASS_CALLBACK int on_notify(const struct hass_service_call *call, void *userdata,
                                   struct hass_error *err)
{
    const json_t *given = hass_service_call_data(call);
    const json_t *id = hass_json_get(hass_json_get(given, "data"), "notification_id");
    autojson *data = json_copy((json_t *)given), *checked = NULL;

    json_object_del(data, "target");
    json_object_del(data, "data");
    if (id)
        json_object_set(data, "notification_id", (json_t *)id);
    int r = hass_schema_check(&create_schema, data, &checked, err);
    return r < 0 ? r : show(hass_service_call_hass(call), checked, err);
}

static HASS_CALLBACK int on_dismiss(const struct hass_service_call *call, void *userdata,
                                    struct hass_error *err)
{
    const json_t *data = hass_service_call_data(call);

    return dismiss(hass_service_call_hass(call), hass_json_get_string(data, "notification_id", ""),
                   err);
}

static HASS_CALLBACK int on_dismiss_all(const struct hass_service_call *call, void *userdata,
                                        struct hass_error *err)
{
    return dismiss_all(hass_service_call_hass(call), err);
}

static HASS_CALLBACK int register_services(struct hass *hass, struct hass_error *err)
{
    const struct {
        const char *domain, *name;
        const struct hass_schema *schema;
        const char *description;
        struct hass_job job;
    } services[] = {
        { "notify", DOMAIN, &notify_schema, "Shows a notification",
          HASS_JOB_CALLBACK(on_notify, NULL) },
        { DOMAIN, "create", &create_schema, "Shows a notification",
          HASS_JOB_CALLBACK(on_create, NULL) },
        { DOMAIN, "dismiss", &dismiss_schema, "Takes a notification back",
          HASS_JOB_CALLBACK(on_dismiss, NULL) },
        { DOMAIN, "dismiss_all", NULL, "Takes all notifications back",
          HASS_JOB_CALLBACK(on_dismiss_all, NULL) },
    };
    int r = 0;

    for (size_t i = 0; r >= 0 && i < sizeof(services) / sizeof(services[0]); i++) {
        const struct hass_service_options options = {
            .size = sizeof(options),
            .schema = services[i].schema,
            .description = services[i].description,
        };
        r = hass_services_async_register(hass, services[i].domain, services[i].name, &options,
                                         services[i].job, err);
    }
    return r;
}

/* other integrations */

/* Held to the service's table. */
static HASS_CALLBACK int api_create(struct hass *hass, const char *message, const char *title,
                                    const char *notification_id, struct hass_error *err)
{
    autojson *data = json_pack("{s:s, s:s*, s:s*}", "message", message, "title", title,
                               "notification_id", notification_id);
    autojson *checked = NULL;

    if (!data)
        return hass_fail(err, HASS_E_INVALID,
                         "a notification has a message, and its texts are UTF-8");
    int r = hass_schema_check(&create_schema, data, &checked, err);
    return r < 0 ? r : show(hass, checked, err);
}

static const struct persistent_notification_api api = {
    .size = sizeof(api),
    .create = api_create,
    .dismiss = dismiss,
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    struct notifications *all = calloc(1, sizeof(*all));

    all->by_id = json_object();
    int r = hass_async_set_data(hass, DOMAIN, all, notifications_destroy, err);
    if (r >= 0)
        r = register_services(hass, err);
    if (r >= 0)
        r = hass_async_provide_api(hass, DOMAIN, &api, err);
    return r < 0 ? r : notifications_add_commands(hass, err);
}
