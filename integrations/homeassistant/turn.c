/* SPDX-License-Identifier: Apache-2.0 */
/*
 * homeassistant.turn_on, turn_off and toggle: each domain among the targets gets one call of its own service; a domain
 * without that service is warned about, and the others go on.
 */
#include <string.h>

#include "homeassistant.h"

static const struct hass_field fields[] = {
    HASS_FIELD("entity_id", &hass_type_entity_ids, .required = true,
               .doc = "Entities of any domains"),
};
static const struct hass_schema turn_schema = {
    .size = sizeof(struct hass_schema),
    .count = 1,
    .fields = fields,
    .extra = true,
};

static void domain_of(const char *entity_id, char domain[HASS_MAX_DOMAIN + 1])
{
    size_t length = strcspn(entity_id, ".");

    if (length > HASS_MAX_DOMAIN)
        length = HASS_MAX_DOMAIN;
    memcpy(domain, entity_id, length);
    domain[length] = '\0';
}

/* {domain: [entity_id, …]}, a new object. */
static json_t *split(const json_t *ids)
{
    json_t *by_domain = json_object();
    char domain[HASS_MAX_DOMAIN + 1];
    size_t index;
    json_t *id;

    json_array_foreach((json_t *)ids, index, id) {
        domain_of(json_string_value(id), domain);
        if (!json_object_get(by_domain, domain))
            json_object_set_new(by_domain, domain, json_array());
        json_array_append(json_object_get(by_domain, domain), id);
    }
    return by_domain;
}

static HASS_COROUTINE int call_domain(const struct hass_service_call *call, const char *domain,
                                      json_t *ids, struct hass_error *err)
{
    struct hass *hass = hass_service_call_hass(call);
    const char *service = hass_service_call_service(call);
    const struct hass_call_options options = {
        .size = sizeof(options),
        .blocking = true,
        .context = hass_service_call_context(call),
    };

    if (!strcmp(domain, "homeassistant") || !hass_services_async_has(hass, domain, service)) {
        hass_warning("%s has no service %s; its entities are left alone", domain, service);
        return 0;
    }
    json_t *data = json_copy((json_t *)hass_service_call_data(call));
    json_object_set(data, "entity_id", ids);
    return hass_services_async_call(hass, domain, service, data, &options, NULL, err);
}

static HASS_COROUTINE int on_turn(const struct hass_service_call *call, void *userdata,
                                  struct hass_error *err)
{
    const json_t *ids = hass_json_get(hass_service_call_data(call), "entity_id");
    const char *domain;
    json_t *of_domain;
    int r = 0;

    if (json_is_string(ids))
        return hass_fail(err, HASS_E_INVALID, "entity_id: name the entities, '%s' is none here",
                         json_string_value(ids));
    autojson *by_domain = split(ids);
    json_object_foreach(by_domain, domain, of_domain) {
        struct hass_error own = HASS_ERROR_INIT;
        int one = call_domain(call, domain, of_domain, &own);
        if (one < 0 && r >= 0)
            r = hass_error_copy(err, &own);
    }
    return r;
}

int register_turn_services(struct hass *hass, struct hass_error *err)
{
    static const char *const services[][2] = {
        { "turn_on", "Turns entities of any domains on" },
        { "turn_off", "Turns entities of any domains off" },
        { "toggle", "Turns entities of any domains on or off" },
    };

    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        const struct hass_service_options options = {
            .size = sizeof(options),
            .schema = &turn_schema,
            .description = services[i][1],
        };
        int r = hass_services_async_register(hass, "homeassistant", services[i][0], &options,
                                             HASS_JOB_COROUTINE(on_turn, NULL), err);
        if (r < 0)
            return r;
    }
    return 0;
}
