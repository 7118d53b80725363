/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain notify: entities that carry a message to somebody. The state is when the last message was sent.
 *
 * Configuration: a list of platforms (`notify: [{platform: …}]`); the domain has no options of its own.
 */
#include "notify.h"

#include <hass/domain.h>
#include <hass/dt.h>
#include <hass/integration.h>

#define MAX_MESSAGE 65536 /* characters */
#define MAX_TITLE   1024

HASS_MANIFEST(.domain = "notify", .name = "Notifications", .version = HASS_VERSION);

/* What the domain keeps for each entity. */
struct notifier {
    char last_notified[HASS_DT_TEXT]; /* "": never */
};

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct notifier *notifier = hass_entity_async_domain_data(entity);

    return notifier->last_notified[0] ? hass_value_string(notifier->last_notified) : HASS_NONE;
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .data_size = sizeof(struct notifier),
};

HASS_SCHEMA(message_schema,
            HASS_FIELD("message", &hass_type_string, .required = true, .max = MAX_MESSAGE,
                       .doc = "What is said"),
            HASS_FIELD("title", &hass_type_string, .max = MAX_TITLE,
                       .doc = "A heading, where the notifier has any"));

HASS_ENTITY_COMMAND(send_by_ops, struct notify_ops, send, struct notify_message)

/* The time is that of the attempt, as in the model: it is written before the message leaves. */
static HASS_COROUTINE int send_message(struct hass_entity *entity,
                                       const struct hass_service_call *call, struct hass_error *err)
{
    struct notifier *notifier = hass_entity_async_domain_data(entity);
    const json_t *data = hass_service_call_data(call);
    bool titled = hass_entity_description(entity)->supported_features & NOTIFY_FEATURE_TITLE;
    const struct notify_message message = {
        .size = sizeof(message),
        .message = hass_json_get_string(data, "message", ""),
        .title = titled ? hass_json_get_string(data, "title", NULL) : NULL,
    };

    hass_dt_iso(hass_now(hass_entity_hass(entity)), NULL, notifier->last_notified);
    int r = hass_entity_async_write_ha_state(entity, err);
    return r < 0 ? r : send_by_ops(entity, call, &message, err);
}

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("send_message", "Sends a message", .schema = &message_schema,
                        .async_handler = send_message),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = "notify",
        .ops = &domain_ops,
    };
    struct hass_component *component;
    int r = hass_component_async_create(hass, &options, config, &component, err);

    return r < 0 ? r
                 : hass_component_async_register_services(
                       component, services, sizeof(services) / sizeof(services[0]), err);
}
