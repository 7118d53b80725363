/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain input_button: buttons that exist in software only, from YAML or made at run time. Their state is when they were
 * last pressed.
 *
 *     input_button:
 *       bell:
 *         name: Bell
 *
 * Service press. Model: components.input_button
 */
#include <string.h>

#include <hass/collection.h>
#include <hass/dt.h>
#include <hass/integration.h>
#include <hass/loop.h>

HASS_SCHEMA(item_schema,
            HASS_FIELD("name", &hass_type_string, .min = 1, .max = 255, .doc = "Shown name"),
            HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:fire"));
static const struct hass_field item = HASS_FIELD("", &hass_type_map, .schema = &item_schema);
static const struct hass_schema config_schema = {
    .size = sizeof(struct hass_schema),
    .keyed = &item,
};

HASS_MANIFEST(.domain = "input_button", .name = "Input button", .version = HASS_VERSION,
              .config = &config_schema);

struct values {
    char pressed[HASS_DT_TEXT]; /* "": never */
};

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    const struct hass_state *last = hass_entity_async_last_state(entity);
    int64_t time;

    if (last && !*values->pressed && hass_dt_parse(hass_state_state(last), NULL, &time, NULL) == 0)
        hass_dt_iso(time, NULL, values->pressed);
    return 0;
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return hass_value_string(values->pressed[0] ? values->pressed : NULL);
}

static void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    hass_attrs_set(writer, HASS_ATTR_EDITABLE, HASS_BOOL(hass_item_of(entity)->editable));
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .async_added_to_hass = added,
                    .state = state, .state_attributes = attributes);

static HASS_COROUTINE int press(struct hass_entity *entity, const struct hass_service_call *call,
                                struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    hass_dt_iso(hass_now(hass_entity_hass(entity)), NULL, values->pressed);
    return hass_entity_async_write_ha_state(entity, err);
}

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("press", "Presses a button", .async_handler = press),
};

static const struct hass_entity_description description = HASS_ENTITY_DESCRIPTION(.restore = true);
static const struct hass_collection_options collection =
    HASS_COLLECTION(.domain = "input_button", .schema = &item_schema, .ops = &ops,
                    .description = &description, HASS_COLLECTION_SERVICES(services));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_create(hass, &collection, config, err);
}

int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_reload(hass, "input_button", config, err);
}
