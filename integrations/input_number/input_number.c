/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain input_number: numbers that exist in software only, from YAML or made at run time.
 *
 *     input_number:
 *       volume:
 *         name: Volume
 *         min: 0
 *         max: 30
 *         step: 0.5
 *         mode: slider        # or box
 *         unit_of_measurement: dB
 *
 * Services set_value, increment, decrement. Model: components.input_number
 */
#include <math.h>

#include <hass/collection.h>
#include <hass/integration.h>

#define LEAST_STEP 1e-9

static int check_range(const json_t *value, struct hass_error *err)
{
    double min = hass_json_get_number(value, "min", 0);
    double max = hass_json_get_number(value, "max", 0);
    double initial = hass_json_get_number(value, "initial", min);

    if (min >= max)
        return hass_fail(err, HASS_E_INVALID, "max %g is not greater than min %g", max, min);
    if (initial < min || initial > max)
        return hass_fail(err, HASS_E_INVALID, "initial %g is not from %g to %g", initial, min, max);
    return 0;
}

HASS_SCHEMA_WITH(item_schema, (.check = check_range),
                 HASS_FIELD("name", &hass_type_string, .min = 1, .max = 255, .doc = "Shown name"),
                 HASS_FIELD("min", &hass_type_number, .required = true, .doc = "The least value"),
                 HASS_FIELD("max", &hass_type_number, .required = true,
                            .doc = "The greatest value"),
                 HASS_FIELD("initial", &hass_type_number,
                            .doc = "Value at start; what it was before when absent"),
                 HASS_FIELD("step", &hass_type_number, .min = LEAST_STEP, .max = INFINITY,
                            .fallback = "1", .doc = "What increment and decrement change it by"),
                 HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:fire"),
                 HASS_FIELD("unit_of_measurement", &hass_type_string, .min = 0, .max = 64,
                            .doc = "Unit"),
                 HASS_FIELD("mode", &hass_type_enum, .words = HASS_WORDS("slider", "box"),
                            .fallback = "\"slider\"", .doc = "How it is shown"));
static const struct hass_field item = HASS_FIELD("", &hass_type_map, .schema = &item_schema);
static const struct hass_schema config_schema = {
    .size = sizeof(struct hass_schema),
    .keyed = &item,
};

HASS_MANIFEST(.domain = "input_number", .name = "Input number", .version = HASS_VERSION,
              .config = &config_schema);

struct values {
    double number;
    bool known; /* it has been added before: only its entity id has changed */
};

static double option(struct hass_entity *entity, const char *key)
{
    return hass_json_get_number(hass_item_of(entity)->config, key, 0);
}

static double clamped(struct hass_entity *entity, double number)
{
    return fmin(fmax(number, option(entity, "min")), option(entity, "max"));
}

/* What it was before, if that is within the range. */
static HASS_CALLBACK double last_number(struct hass_entity *entity)
{
    const struct hass_state *last = hass_entity_async_last_state(entity);
    const char *text = last ? hass_state_state(last) : "";
    char *end;
    double number = strtod(text, &end);

    return end != text && !*end && clamped(entity, number) == number ? number
                                                                     : option(entity, "min");
}

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    const json_t *initial = hass_json_get(hass_item_of(entity)->config, "initial");

    if (!values->known)
        values->number = initial ? json_number_value(initial) : last_number(entity);
    values->known = true;
    return 0;
}

static HASS_CALLBACK int changed(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->number = clamped(entity, values->number);
    return 0;
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return HASS_DOUBLE(values->number);
}

static void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    static const char *const keys[] = { "initial", "min", "max", "step", "mode" };
    const struct hass_item *own = hass_item_of(entity);

    hass_attrs_set(writer, HASS_ATTR_EDITABLE, HASS_BOOL(own->editable));
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        hass_attrs_set_json(writer, keys[i], hass_json_get(own->config, keys[i]));
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .async_added_to_hass = added,
                    .state = state, .state_attributes = attributes);

/* services */

static HASS_CALLBACK int set(struct hass_entity *entity, double number, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->number = number;
    return hass_entity_async_write_ha_state(entity, err);
}

static HASS_COROUTINE int set_value(struct hass_entity *entity,
                                    const struct hass_service_call *call, struct hass_error *err)
{
    double number = hass_json_get_number(hass_service_call_data(call), "value", 0);

    if (clamped(entity, number) != number)
        return hass_fail(err, HASS_E_SERVICE_VALIDATION, "Invalid value for %s: %g (range %g - %g)",
                         hass_entity_async_entity_id(entity), number, option(entity, "min"),
                         option(entity, "max"));
    return set(entity, number, err);
}

static HASS_COROUTINE int increment(struct hass_entity *entity,
                                    const struct hass_service_call *call, struct hass_error *err)
{
    const struct values *values = hass_entity_async_values(entity);

    return set(entity, clamped(entity, values->number + option(entity, "step")), err);
}

static HASS_COROUTINE int decrement(struct hass_entity *entity,
                                    const struct hass_service_call *call, struct hass_error *err)
{
    const struct values *values = hass_entity_async_values(entity);

    return set(entity, clamped(entity, values->number - option(entity, "step")), err);
}

HASS_SCHEMA(value_schema,
            HASS_FIELD("value", &hass_type_number, .required = true, .doc = "The new value"));

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("set_value", "Sets a value within the range", .schema = &value_schema,
                        .async_handler = set_value),
    HASS_ENTITY_SERVICE("increment", "Adds a step, up to the greatest value",
                        .async_handler = increment),
    HASS_ENTITY_SERVICE("decrement", "Takes a step away, down to the least value",
                        .async_handler = decrement),
};

static const struct hass_entity_description description = HASS_ENTITY_DESCRIPTION(.restore = true);
static const struct hass_collection_options collection =
    HASS_COLLECTION(.domain = "input_number", .schema = &item_schema, .ops = &ops,
                    .description = &description, .async_changed = changed,
                    HASS_COLLECTION_SERVICES(services));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_create(hass, &collection, config, err);
}

int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_reload(hass, "input_number", config, err);
}
