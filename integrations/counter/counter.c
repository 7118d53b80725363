/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain counter: whole numbers that are counted up and down, from YAML or made at run time.
 *
 *     counter:
 *       coffee:
 *         name: Cups of coffee
 *         initial: 0
 *         step: 1
 *         minimum: 0
 *         maximum: 8
 *         restore: true
 *
 * Services increment, decrement, reset, set_value. Model: components.counter
 */
#include <hass/collection.h>
#include <hass/integration.h>

/* Sums of a count and a step stay far from where whole numbers end, and doubles show them exactly. */
#define LIMIT 9007199254740992.0

static int check_bounds(const json_t *value, struct hass_error *err)
{
    const json_t *minimum = hass_json_get(value, "minimum");
    const json_t *maximum = hass_json_get(value, "maximum");

    if (json_is_integer(minimum) && json_is_integer(maximum) &&
        json_integer_value(minimum) > json_integer_value(maximum))
        return hass_fail(err, HASS_E_INVALID, "minimum %lld is greater than maximum %lld",
                         (long long)json_integer_value(minimum),
                         (long long)json_integer_value(maximum));
    return 0;
}

HASS_SCHEMA_WITH(item_schema, (.check = check_bounds),
                 HASS_FIELD("name", &hass_type_string, .min = 1, .max = 255, .doc = "Shown name"),
                 HASS_FIELD("initial", &hass_type_int, .min = 0, .max = LIMIT, .fallback = "0",
                            .doc = "The count at first, and after a reset"),
                 HASS_FIELD("step", &hass_type_int, .min = 0, .max = LIMIT, .fallback = "1",
                            .doc = "What increment and decrement change it by"),
                 HASS_FIELD("minimum", &hass_type_int, .min = -LIMIT, .max = LIMIT,
                            .nullable = true, .doc = "The least count"),
                 HASS_FIELD("maximum", &hass_type_int, .min = -LIMIT, .max = LIMIT,
                            .nullable = true, .doc = "The greatest count"),
                 HASS_FIELD("restore", &hass_type_bool, .fallback = "true",
                            .doc = "Go on counting after a restart"),
                 HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:fire"));
static const struct hass_field item = HASS_FIELD("", &hass_type_map, .schema = &item_schema);
static const struct hass_schema config_schema = {
    .size = sizeof(struct hass_schema),
    .keyed = &item,
};

HASS_MANIFEST(.domain = "counter", .name = "Counter", .version = HASS_VERSION,
              .config = &config_schema);

struct values {
    int64_t count;
    bool known; /* it has been added before: only its entity id has changed */
};

static int64_t option(struct hass_entity *entity, const char *key, int64_t fallback)
{
    return hass_json_get_int(hass_item_of(entity)->config, key, fallback);
}

static int64_t clamped(struct hass_entity *entity, int64_t count)
{
    int64_t minimum = option(entity, "minimum", -(int64_t)LIMIT);
    int64_t maximum = option(entity, "maximum", (int64_t)LIMIT);

    return count < minimum ? minimum : count > maximum ? maximum : count;
}

static HASS_CALLBACK int64_t first_count(struct hass_entity *entity)
{
    const struct hass_state *last = hass_entity_async_last_state(entity);
    const char *text = last ? hass_state_state(last) : "";
    char *end;
    long long count = strtoll(text, &end, 10);

    if (!hass_json_get_bool(hass_item_of(entity)->config, "restore", true) || end == text || *end)
        return option(entity, "initial", 0);
    return clamped(entity, count);
}

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    if (!values->known)
        values->count = first_count(entity);
    values->known = true;
    return 0;
}

static HASS_CALLBACK int changed(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->count = clamped(entity, values->count);
    return 0;
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return HASS_INT(values->count);
}

static void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    static const char *const keys[] = { "initial", "step", "minimum", "maximum" };
    const struct hass_item *own = hass_item_of(entity);

    hass_attrs_set(writer, HASS_ATTR_EDITABLE, HASS_BOOL(own->editable));
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const json_t *value = hass_json_get(own->config, keys[i]);
        if (json_is_integer(value))
            hass_attrs_set_json(writer, keys[i], value);
    }
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .async_added_to_hass = added,
                    .state = state, .state_attributes = attributes);

/* services */

static HASS_CALLBACK int set(struct hass_entity *entity, int64_t count, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->count = clamped(entity, count);
    return hass_entity_async_write_ha_state(entity, err);
}

static HASS_COROUTINE int increment(struct hass_entity *entity,
                                    const struct hass_service_call *call, struct hass_error *err)
{
    const struct values *values = hass_entity_async_values(entity);

    return set(entity, values->count + option(entity, "step", 1), err);
}

static HASS_COROUTINE int decrement(struct hass_entity *entity,
                                    const struct hass_service_call *call, struct hass_error *err)
{
    const struct values *values = hass_entity_async_values(entity);

    return set(entity, values->count - option(entity, "step", 1), err);
}

static HASS_COROUTINE int reset(struct hass_entity *entity, const struct hass_service_call *call,
                                struct hass_error *err)
{
    return set(entity, option(entity, "initial", 0), err);
}

static HASS_COROUTINE int set_value(struct hass_entity *entity,
                                    const struct hass_service_call *call, struct hass_error *err)
{
    int64_t count = hass_json_get_int(hass_service_call_data(call), "value", 0);
    int64_t nearest = clamped(entity, count);

    if (count > nearest)
        return hass_fail(err, HASS_E_SERVICE_VALIDATION,
                         "Value %lld for %s exceeding the maximum value of %lld", (long long)count,
                         hass_entity_async_entity_id(entity), (long long)nearest);
    if (count < nearest)
        return hass_fail(err, HASS_E_SERVICE_VALIDATION,
                         "Value %lld for %s exceeding the minimum value of %lld", (long long)count,
                         hass_entity_async_entity_id(entity), (long long)nearest);
    return set(entity, count, err);
}

HASS_SCHEMA(value_schema, HASS_FIELD("value", &hass_type_int, .required = true, .min = -LIMIT,
                                     .max = LIMIT, .doc = "The new count"));

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("increment", "Counts a step up", .async_handler = increment),
    HASS_ENTITY_SERVICE("decrement", "Counts a step down", .async_handler = decrement),
    HASS_ENTITY_SERVICE("reset", "Begins again at the initial count", .async_handler = reset),
    HASS_ENTITY_SERVICE("set_value", "Sets the count", .schema = &value_schema,
                        .async_handler = set_value),
};

static const struct hass_entity_description description = HASS_ENTITY_DESCRIPTION(.restore = true);
static const struct hass_collection_options collection =
    HASS_COLLECTION(.domain = "counter", .schema = &item_schema, .ops = &ops,
                    .description = &description, .async_changed = changed,
                    HASS_COLLECTION_SERVICES(services));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_create(hass, &collection, config, err);
}

int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_reload(hass, "counter", config, err);
}
