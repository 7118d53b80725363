/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain input_boolean: switches that exist in software only, from YAML or made at run time.
 *
 *     input_boolean:
 *       busy:
 *         name: Busy
 *         icon: mdi:fire
 *         initial: false
 *
 * Services turn_on, turn_off, toggle. Model: components.input_boolean
 */
#include <string.h>

#include <hass/collection.h>
#include <hass/integration.h>

HASS_SCHEMA(item_schema,
            HASS_FIELD("name", &hass_type_string, .min = 1, .max = 255, .doc = "Shown name"),
            HASS_FIELD("initial", &hass_type_bool,
                       .doc = "State at start; what it was before when absent"),
            HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:fire"));
static const struct hass_field item = HASS_FIELD("", &hass_type_map, .schema = &item_schema);
static const struct hass_schema config_schema = {
    .size = sizeof(struct hass_schema),
    .keyed = &item,
};

HASS_MANIFEST(.domain = "input_boolean", .name = "Input boolean", .version = HASS_VERSION,
              .config = &config_schema);

struct values {
    bool on;
    bool known; /* it has been added before: only its entity id has changed */
};

static HASS_CALLBACK bool was_on(struct hass_entity *entity)
{
    const struct hass_state *last = hass_entity_async_last_state(entity);

    return last && strcmp(hass_state_state(last), HASS_STATE_ON) == 0;
}

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    const json_t *initial = hass_json_get(hass_item_of(entity)->config, "initial");
    struct values *values = hass_entity_async_values(entity);

    if (!values->known)
        values->on = initial ? json_is_true(initial) : was_on(entity);
    values->known = true;
    return 0;
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return hass_value_string(values->on ? HASS_STATE_ON : HASS_STATE_OFF);
}

static void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    hass_attrs_set(writer, HASS_ATTR_EDITABLE, HASS_BOOL(hass_item_of(entity)->editable));
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .async_added_to_hass = added,
                    .state = state, .state_attributes = attributes);

static HASS_CALLBACK int turn(struct hass_entity *entity, bool on, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->on = on;
    return hass_entity_async_write_ha_state(entity, err);
}

static HASS_COROUTINE int turn_on(struct hass_entity *entity, const struct hass_service_call *call,
                                  struct hass_error *err)
{
    return turn(entity, true, err);
}

static HASS_COROUTINE int turn_off(struct hass_entity *entity, const struct hass_service_call *call,
                                   struct hass_error *err)
{
    return turn(entity, false, err);
}

static HASS_COROUTINE int toggle(struct hass_entity *entity, const struct hass_service_call *call,
                                 struct hass_error *err)
{
    const struct values *values = hass_entity_async_values(entity);

    return turn(entity, !values->on, err);
}

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("turn_on", "Turns an input boolean on", .async_handler = turn_on),
    HASS_ENTITY_SERVICE("turn_off", "Turns an input boolean off", .async_handler = turn_off),
    HASS_ENTITY_SERVICE("toggle", "Turns an input boolean on when it is off, and off when it is on",
                        .async_handler = toggle),
};

static const struct hass_entity_description description = HASS_ENTITY_DESCRIPTION(.restore = true);
static const struct hass_collection_options collection =
    HASS_COLLECTION(.domain = "input_boolean", .schema = &item_schema, .ops = &ops,
                    .description = &description, HASS_COLLECTION_SERVICES(services));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_create(hass, &collection, config, err);
}

int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_reload(hass, "input_boolean", config, err);
}
