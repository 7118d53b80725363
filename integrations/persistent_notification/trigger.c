/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trigger `persistent_notification`: a notification is shown or taken back.
 *
 *     trigger: persistent_notification
 *     notification_id: invalid_config
 *     update_type: [added, removed]
 *
 * Model: components.persistent_notification.trigger
 */
#include <string.h>

#include <hass/dispatcher.h>
#include <hass/dt.h>
#include <hass/trigger.h>

#include "parts.h"
#include "persistent_notification.h"

HASS_SCHEMA(schema, HASS_FIELD("notification_id", &hass_type_string, .doc = "Only this one"),
            HASS_FIELD("update_type", &hass_type_enum,
                       .words = HASS_WORDS("added", "removed", "current", "updated"), .list = true,
                       .doc = "Only what happens so"));

static bool is_wanted_type(const json_t *wanted, const char *type)
{
    for (size_t i = 0; i < json_array_size(wanted); i++) {
        if (strcmp(json_string_value(json_array_get(wanted, i)), type) == 0)
            return true;
    }
    return json_array_size(wanted) == 0;
}

static HASS_CALLBACK int fire(struct hass_trigger *trigger, const char *type,
                              const json_t *notification, struct hass_error *err)
{
    struct hass_template_variables *fields = hass_template_variables_create();
    const char *key, *created_at = hass_json_get_string(notification, "created_at", "");
    int64_t time = 0;
    json_t *value;

    hass_template_variables_set(fields, "trigger.update_type", json_string(type));
    json_object_foreach((json_t *)notification, key, value) {
        autobuf path = HASS_BUF_INIT;
        hass_buf_printf(&path, "trigger.notification.%s", key);
        hass_template_variables_set(fields, hass_buf_string(&path), hass_json_ref(value));
    }
    if (hass_dt_parse(created_at, NULL, &time, NULL) == 0)
        hass_template_variables_set_time(fields, "trigger.notification.created_at", time, NULL);
    return hass_trigger_async_fire(trigger, HASS_TRIGGER_FIRE(.fields = fields), err);
}

static HASS_CALLBACK int on_signal(const struct hass_signal *signal, void *userdata,
                                   struct hass_error *err)
{
    struct hass_trigger *trigger = userdata;
    const json_t *config = hass_trigger_config(trigger);
    const char *only = hass_json_get_string(config, "notification_id", NULL);
    const char *type = hass_json_get_string(signal->data, "update_type", "");
    const char *id;
    json_t *notification;
    int r = 0;

    if (!is_wanted_type(hass_json_get(config, "update_type"), type))
        return 0;
    json_object_foreach((json_t *)hass_json_get(signal->data, "notifications"), id, notification) {
        if (r >= 0 && (!only || strcmp(only, id) == 0))
            r = fire(trigger, type, notification, err);
    }
    return r;
}

static int attach(struct hass_trigger *trigger, struct hass_error *err)
{
    struct hass_sub *sub = NULL;

    hass__assert_loop();
    int r =
        hass_async_dispatcher_connect(hass_trigger_hass(trigger), PERSISTENT_NOTIFICATION_SIGNAL,
                                      HASS_JOB_CALLBACK(on_signal, trigger), &sub, err);
    hass_trigger_async_own(trigger, sub);
    return r;
}

const struct hass_trigger_kind notifications_trigger =
    HASS_TRIGGER_KIND(.name = "persistent_notification", .schema = &schema, .async_attach = attach);
