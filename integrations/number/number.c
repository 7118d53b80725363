/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain number: numbers that are set. Service set_value.
 *
 * Configuration: a list of platforms (`number: [{platform: …}]`); the domain has no options of its own.
 * The integration thinks in its native unit, people in the unit that is shown: the one its user has chosen, else the home's for
 * temperatures. Values and limits
 * are converted to as many digits behind the point as they had, limits outwards.
 */
#include "number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <hass/config.h>
#include <hass/domain.h>
#include <hass/integration.h>
#include <hass/unit.h>

#include "websocket_api/websocket_api.h"

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */

#define DEFAULT_MAX  100.0
#define DEFAULT_STEP 1.0

HASS_MANIFEST(.domain = "number", .name = "Number", .version = HASS_VERSION,
              .after_dependencies = HASS_LIST("websocket_api"));

struct data {
    const struct hass_unit_class *units; /* of the device class; or NULL */
    char native_unit[HASS_UNIT_TEXT];    /* where the micro sign had to be replaced */
    char *chosen_unit;                   /* its user's; or NULL */
};

static const struct number_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

static struct number_limits limits_of(struct hass_entity *entity)
{
    const struct number_ops *ops = ops_of(entity);
    struct number_limits limits;

    HASS_READ(&limits, ops->limits ? ops->limits(entity) : NULL);
    if (limits.min == 0 && limits.max == 0)
        limits.max = DEFAULT_MAX;
    return limits;
}

/* units */

static HASS_CALLBACK const char *native_unit(struct hass_entity *entity)
{
    struct data *data = hass_entity_async_domain_data(entity);

    return hass_unit_canonical(hass_entity_description(entity)->unit_of_measurement,
                               data->native_unit);
}

static HASS_CALLBACK const char *shown_unit(struct hass_entity *entity)
{
    const struct data *data = hass_entity_async_domain_data(entity);
    const char *device_class = hass_entity_description(entity)->device_class;
    const char *native = native_unit(entity);
    struct hass_home home = { .size = sizeof(home) };

    if (data->chosen_unit)
        return data->chosen_unit;
    if (!device_class || strcmp(device_class, "temperature") != 0 ||
        (!hass_unit_equal(native, "°C") && !hass_unit_equal(native, "°F")))
        return native;
    hass_config_home(hass_entity_hass(entity), &home);
    return hass_unit_system_unit(home.unit_system, "temperature");
}

/* How many digits @number has behind the point, as it is written. */
static int digits_of(double number)
{
    autobuf text = HASS_BUF_INIT;

    hass_json_write_number(number, &text);
    const char *point = strchr(hass_buf_string(&text), '.');
    return point && !strchr(point, 'e') ? (int)strspn(point + 1, "0123456789") : 0;
}

typedef double round_fn(double number);

/* @number in the unit that is shown, with @digits behind the point. */
static HASS_CALLBACK double convert_rounded(struct hass_entity *entity, double number, int digits,
                                            round_fn *round_it)
{
    const struct data *data = hass_entity_async_domain_data(entity);
    const char *native = native_unit(entity), *shown = shown_unit(entity);
    double converted;

    if (!data->units || hass_unit_equal(native, shown) ||
        hass_unit_convert(data->units, number, native, shown, &converted, NULL) < 0)
        return number;
    double scale = pow(10, digits);
    // What is a hair beside a digit because of binary fractions is that digit.
    double scaled = converted * scale, nearest = rint(scaled);
    return (fabs(scaled - nearest) < 1e-9 * fmax(1, fabs(scaled)) ? nearest : round_it(scaled)) /
           scale;
}

/* A limit in the unit that is shown, with the digits it had. */
static HASS_CALLBACK double to_shown(struct hass_entity *entity, double limit, round_fn *round_it)
{
    return convert_rounded(entity, limit, digits_of(limit), round_it);
}

static HASS_CALLBACK int to_native(struct hass_entity *entity, double number, double *ret_number,
                                   struct hass_error *err)
{
    const struct data *data = hass_entity_async_domain_data(entity);
    const char *native = native_unit(entity), *shown = shown_unit(entity);

    if (!data->units || hass_unit_equal(native, shown)) {
        *ret_number = number;
        return 0;
    }
    return hass_unit_convert(data->units, number, shown, native, ret_number, err);
}

/* state and attributes */

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    struct hass_value value = ops_of(entity)->native_value(entity);
    double number;

    if (!hass_value_number(value, &number) || !isfinite(number))
        return HASS_NONE;
    int digits = value.type == HASS_VALUE_INT ? 0 : digits_of(number);
    double shown = convert_rounded(entity, number, digits, rint);
    return shown == number ? value : HASS_DOUBLE(shown);
}

static double step_of(const struct number_limits *limits, double min, double max)
{
    double range = fabs(max - min), step = DEFAULT_STEP;

    if (limits->step > 0)
        return limits->step;
    while (range > 0 && range <= step)
        step /= 10;
    return step;
}

static HASS_CALLBACK void capability_attributes(struct hass_entity *entity,
                                                struct hass_attrs_writer *writer)
{
    static const char *const modes[] = { "auto", "box", "slider" };
    struct number_limits limits = limits_of(entity);
    double min = to_shown(entity, limits.min, floor), max = to_shown(entity, limits.max, ceil);

    hass_attrs_set(writer, "min", HASS_DOUBLE(min));
    hass_attrs_set(writer, "max", HASS_DOUBLE(max));
    hass_attrs_set(writer, "step", HASS_DOUBLE(step_of(&limits, min, max)));
    hass_attrs_set_string(writer, "mode", modes[limits.mode]);
}

/* Reads which unit its user has chosen in the entity registry. */
static HASS_CALLBACK void read_registry(struct hass_entity *entity)
{
    struct data *data = hass_entity_async_domain_data(entity);
    autojson *options = hass_entity_registry_options(entity, "number");
    const char *unit = hass_json_get_string(options, "unit_of_measurement", NULL);

    free(data->chosen_unit);
    data->chosen_unit = NULL;
    if (unit && data->units && hass_unit_class_has(data->units, unit) &&
        hass_unit_class_has(data->units, native_unit(entity)))
        data->chosen_unit = strdup(unit);
}

static HASS_COROUTINE int added_to_hass(struct hass_entity *entity, struct hass_error *err)
{
    struct data *data = hass_entity_async_domain_data(entity);
    const struct hass_quantity *quantity =
        hass_quantity_get(hass_entity_description(entity)->device_class);

    data->units = quantity ? hass_unit_class_get(quantity->unit_class) : NULL;
    read_registry(entity);
    return 0;
}

static HASS_CALLBACK void registry_entry_updated(struct hass_entity *entity,
                                                 const struct hass_entity_entry *old)
{
    read_registry(entity);
}

static void data_destroy(void *object)
{
    struct data *data = object;

    free(data->chosen_unit);
}

static bool default_to_device_class_name(struct hass_entity *entity)
{
    return hass_entity_description(entity)->device_class != NULL;
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .capability_attributes = capability_attributes,
    .unit_of_measurement = shown_unit,
    .data_size = sizeof(struct data),
    .data_destroy = data_destroy,
    .async_added_to_hass = added_to_hass,
    .registry_entry_updated = registry_entry_updated,
    .default_to_device_class_name = default_to_device_class_name,
};

/* service */

HASS_ENTITY_OP(set, struct number_ops, set_native_value, double)

static HASS_COROUTINE int set_value(struct hass_entity *entity,
                                    const struct hass_service_call *call, struct hass_error *err)
{
    double value = hass_json_get_number(hass_service_call_data(call), "value", 0);
    struct number_limits limits = limits_of(entity);
    double min = to_shown(entity, limits.min, floor), max = to_shown(entity, limits.max, ceil);

    if (value < min || value > max)
        return hass_fail_key(err, HASS_E_SERVICE_VALIDATION, "out_of_range",
                             "Value %.15g for %s is outside valid range %.15g - %.15g", value,
                             hass_entity_async_entity_id(entity), min, max);
    int r = to_native(entity, value, &value, err);
    // The shown limits are rounded outwards.
    return r < 0 ? r : set(entity, call, fmin(fmax(value, limits.min), limits.max), err);
}

HASS_SCHEMA(set_value_schema,
            HASS_FIELD("value", &hass_type_number, .required = true, .doc = "The new number"));

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("set_value", "Sets a number", .schema = &set_value_schema,
                        .async_handler = set_value),
};

/* what clients ask */

static HASS_CALLBACK int list_units(struct websocket_request *request, struct hass_buf *result,
                                    struct hass_error *err)
{
    const json_t *message = websocket_api_of(request)->message(request);
    const struct hass_quantity *quantity =
        hass_quantity_get(hass_json_get_string(message, "device_class", ""));
    const char *units = quantity ? quantity->unit_class : NULL;
    autojson *answer =
        json_pack("{s:o}", "units", hass_unit_class_as_json(hass_unit_class_get(units)));

    hass_json_write(answer, result);
    return 0;
}

HASS_SCHEMA(units_schema, HASS_FIELD("device_class", &hass_type_string, .required = true,
                                     .doc = "What is measured"));

static HASS_CALLBACK int add_command(struct hass *hass, struct hass_error *err)
{
    static const struct websocket_command command = WEBSOCKET_COMMAND(
        "number/device_class_convertible_units", list_units, .schema = &units_schema);
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");

    return api ? api->add_command(hass, &command, err) : 0;
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = "number",
        .scan_interval = SCAN_INTERVAL,
        .ops = &domain_ops,
    };
    struct hass_component *component;
    int r = hass_component_async_create(hass, &options, config, &component, err);

    if (r >= 0)
        r = add_command(hass, err);
    return r < 0 ? r : HASS_REGISTER_SERVICES(component, services, err);
}
