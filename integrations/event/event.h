/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain event fills in, and how it says that something has happened: event_async_trigger.
 *
 * Model: components.event
 */
#pragma once

#include <hass/entity.h>
#include <hass/integration.h>

struct event_ops {
    uint32_t size;
    /** What can happen, NULL-terminated; the same for the entity's life. */
    const char *const *(*event_types)(struct hass_entity *entity);
};

#define EVENT_OPS(...)                                                                             \
    {                                                                                              \
        .size = sizeof(struct event_ops), __VA_ARGS__                                              \
    }

/** Offered as the API "event" for as long as the domain is set up. */
struct event_api {
    uint32_t size;
    int (*async_trigger)(struct hass_entity *entity, const char *event_type, json_t *attributes,
                         struct hass_error *err);
};

/**
 * Something has happened: the state becomes this moment, the attributes event_type and @attributes.
 *
 * Shape:   @attributes: any object, taken; NULL is {}.
 * Returns: 0; HASS_E_INVALID for a type that the entity does not have; HASS_E_NOT_FOUND when the domain is not set up.
 * Model:   EventEntity._trigger_event, with the write that follows it
 */
static inline HASS_CALLBACK int event_async_trigger(struct hass_entity *entity,
                                                    const char *event_type, json_t *attributes,
                                                    struct hass_error *err)
{
    const struct event_api *api = hass_async_get_api(hass_entity_hass(entity), "event");

    if (api)
        return api->async_trigger(entity, event_type, attributes, err);
    json_decref(attributes);
    return hass_fail(err, HASS_E_NOT_FOUND, "the domain event is not set up");
}
