/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of sensors: one number made of the members': the least, the sum, and so on. Unit, device class and state class are the
 * members' where those agree; units of one class are converted to that of the first member.
 */
#include "sensor/sensor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <hass/unit.h>

#include "group.h"

enum calculation { MIN, MAX, MEAN, MEDIAN, LAST, RANGE, SUM, STDEV, PRODUCT };

static const char *const calculations[] = { "min",   "max", "mean",  "median",  "last",
                                            "range", "sum", "stdev", "product", NULL };

struct sensor_group {
    struct group group;
    enum calculation calculation;
    bool ignore_non_numeric;
    char *unit, *state_class; /* what the configuration says, or NULL */
    char *member_unit, *member_class, *member_state_class; /* what the members agree on, or NULL */
    struct hass_value value;
    const char *named; /* the member whose value it is, lent from entity_ids; or NULL */
};

/* the members' values */

struct reading {
    double value;
    const char *entity_id;
    int64_t updated;
};

struct readings {
    struct reading *items;
    size_t count, members, words; /* words: members that are there and are no numbers */
    size_t known;                 /* neither unknown nor unavailable */
};

static bool number_of(const struct hass_state *state, double *ret_number)
{
    const char *text = hass_state_state(state);
    char *end;

    *ret_number = strtod(text, &end);
    return *text && !*end && isfinite(*ret_number);
}

static const char *text_attribute(const struct hass_state *state, const char *key)
{
    struct hass_value value;

    return hass_state_attr(state, key, &value) && value.type == HASS_VALUE_STRING ? value.text.data
                                                                                  : NULL;
}

static HASS_CALLBACK void add_reading(const struct sensor_group *sensors,
                                      const struct hass_state *state, struct readings *readings)
{
    const struct hass_quantity *quantity =
        sensors->member_class ? hass_quantity_get(sensors->member_class) : NULL;
    const char *unit = text_attribute(state, HASS_ATTR_UNIT_OF_MEASUREMENT);
    const struct hass_unit_class *units =
        quantity && quantity->unit_class ? hass_unit_class_get(quantity->unit_class) : NULL;
    double value;

    if (!number_of(state, &value)) {
        readings->words++;
        return;
    }
    if (units && unit && sensors->member_unit)
        (void)hass_unit_convert(units, value, unit, sensors->member_unit, &value, NULL);
    readings->items[readings->count++] =
        (struct reading){ value, hass_state_entity_id(state), hass_state_last_updated(state) };
}

static HASS_CALLBACK struct readings read_all(struct hass_entity *entity)
{
    const struct sensor_group *sensors = hass_entity_userdata(entity);
    const struct hass_state *state;
    struct readings readings = { 0 };
    size_t size = 0;

    while (sensors->group.entity_ids[size])
        size++;
    readings.items = calloc(size + 1, sizeof(*readings.items));
    for (size_t i = 0; group_next(entity, &i, &state);) {
        const char *text = hass_state_state(state);
        readings.members++;
        readings.known +=
            strcmp(text, HASS_STATE_UNKNOWN) != 0 && strcmp(text, HASS_STATE_UNAVAILABLE) != 0;
        add_reading(sensors, state, &readings);
    }
    return readings;
}

/* what they agree on */

/* The attribute if all members that are there have the same; owned by the caller. */
static HASS_CALLBACK char *agreed(struct hass_entity *entity, const char *key)
{
    const struct hass_state *state;
    const char *first = NULL;

    for (size_t i = 0; group_next(entity, &i, &state);) {
        const char *own = text_attribute(state, key);
        if (!own || (first && strcmp(first, own) != 0))
            return NULL;
        first = own;
    }
    return first ? strdup(first) : NULL;
}

/* The first member's unit, when those of all can be converted to it. */
static HASS_CALLBACK char *convertible_unit(struct hass_entity *entity, const char *device_class)
{
    const struct hass_quantity *quantity = device_class ? hass_quantity_get(device_class) : NULL;
    const struct hass_unit_class *units =
        quantity && quantity->unit_class ? hass_unit_class_get(quantity->unit_class) : NULL;
    const struct hass_state *state;
    const char *first = NULL;

    for (size_t i = 0; units && group_next(entity, &i, &state);) {
        const char *own = text_attribute(state, HASS_ATTR_UNIT_OF_MEASUREMENT);
        if (!own || !hass_unit_class_has(units, own))
            return NULL;
        first = first ? first : own;
    }
    return first ? strdup(first) : NULL;
}

static void replace(char **text, char *by)
{
    free(*text);
    *text = by;
}

static HASS_CALLBACK void agree(struct hass_entity *entity)
{
    struct sensor_group *sensors = hass_entity_userdata(entity);
    struct hass_entity_description *description = &sensors->group.description;

    replace(&sensors->member_class, sensors->group.device_class
                                        ? strdup(sensors->group.device_class)
                                        : agreed(entity, HASS_ATTR_DEVICE_CLASS));
    replace(&sensors->member_state_class, agreed(entity, HASS_ATTR_STATE_CLASS));
    if (sensors->unit)
        replace(&sensors->member_unit, strdup(sensors->unit));
    else
        replace(&sensors->member_unit, agreed(entity, HASS_ATTR_UNIT_OF_MEASUREMENT));
    if (!sensors->member_unit)
        replace(&sensors->member_unit, convertible_unit(entity, sensors->member_class));
    description->device_class = sensors->member_class;
    description->unit_of_measurement = sensors->member_unit;
}

/* calculations */

static int compare(const void *a, const void *b)
{
    double x = ((const struct reading *)a)->value, y = ((const struct reading *)b)->value;

    return x < y ? -1 : x > y;
}

static const struct reading *extreme(const struct readings *readings, enum calculation which)
{
    const struct reading *best = &readings->items[0];

    for (size_t i = 1; i < readings->count; i++) {
        const struct reading *one = &readings->items[i];
        if ((which == MIN && one->value < best->value) ||
            (which == MAX && one->value > best->value) ||
            (which == LAST && one->updated > best->updated))
            best = one;
    }
    return best;
}

static double sum(const struct readings *readings)
{
    double all = 0;

    for (size_t i = 0; i < readings->count; i++)
        all += readings->items[i].value;
    return all;
}

static double median(struct readings *readings)
{
    size_t middle = readings->count / 2;

    qsort(readings->items, readings->count, sizeof(*readings->items), compare);
    if (readings->count % 2)
        return readings->items[middle].value;
    return (readings->items[middle - 1].value + readings->items[middle].value) / 2;
}

/* Of a sample; NAN for one value. */
static double deviation(const struct readings *readings)
{
    double mean = sum(readings) / (double)readings->count, squares = 0;

    if (readings->count < 2)
        return NAN;
    for (size_t i = 0; i < readings->count; i++)
        squares += (readings->items[i].value - mean) * (readings->items[i].value - mean);
    return sqrt(squares / (double)(readings->count - 1));
}

static double product(const struct readings *readings)
{
    double all = 1;

    for (size_t i = 0; i < readings->count; i++)
        all *= readings->items[i].value;
    return all;
}

static double calculate(struct readings *readings, enum calculation calculation)
{
    switch (calculation) {
    case MEAN:
        return sum(readings) / (double)readings->count;
    case MEDIAN:
        return median(readings);
    case RANGE:
        return extreme(readings, MAX)->value - extreme(readings, MIN)->value;
    case SUM:
        return sum(readings);
    case STDEV:
        return deviation(readings);
    case PRODUCT:
        return product(readings);
    default:
        return extreme(readings, calculation)->value;
    }
}

/* The id as the group has it, which outlives the state. */
static const char *own_id(const struct group *group, const char *entity_id)
{
    for (char **id = group->entity_ids; *id; id++)
        if (strcmp(*id, entity_id) == 0)
            return *id;
    return NULL;
}

static HASS_CALLBACK void update(struct hass_entity *entity)
{
    struct sensor_group *sensors = hass_entity_userdata(entity);

    agree(entity);
    struct readings readings = read_all(entity);
    bool valid = sensors->ignore_non_numeric
                     ? readings.count > 0
                     : readings.count > 0 && readings.count == readings.members &&
                           readings.known == readings.members;
    sensors->group.available = readings.count > 0;
    sensors->value = HASS_NONE;
    sensors->named = NULL;
    if (valid) {
        if (sensors->calculation == MIN || sensors->calculation == MAX ||
            sensors->calculation == LAST)
            sensors->named =
                own_id(&sensors->group, extreme(&readings, sensors->calculation)->entity_id);
        double value = calculate(&readings, sensors->calculation);
        if (isfinite(value))
            sensors->value = HASS_DOUBLE(value);
    }
    free(readings.items);
}

/* the entity */

static struct hass_value native_value(struct hass_entity *entity)
{
    const struct sensor_group *sensors = hass_entity_userdata(entity);

    return sensors->value;
}

static const char *state_class(struct hass_entity *entity)
{
    const struct sensor_group *sensors = hass_entity_userdata(entity);

    return sensors->state_class ? sensors->state_class : sensors->member_state_class;
}

static void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const struct sensor_group *sensors = hass_entity_userdata(entity);
    static const char *const keys[] = {
        [MIN] = "min_entity_id", [MAX] = "max_entity_id", [LAST] = "last_entity_id"
    };

    if (sensors->named)
        hass_attrs_set(writer, keys[sensors->calculation], hass_value_string(sensors->named));
}

static char *copy_of(const json_t *config, const char *key)
{
    const char *text = hass_json_get_string(config, key, NULL);

    return text ? strdup(text) : NULL;
}

static void init(struct group *group, const json_t *config)
{
    struct sensor_group *sensors = (struct sensor_group *)group;
    int place = hass_words_find(calculations, hass_json_get_string(config, "type", ""));

    sensors->calculation = place < 0 ? MEAN : (enum calculation)place;
    sensors->ignore_non_numeric = hass_json_get_bool(config, "ignore_non_numeric", false);
    sensors->unit = copy_of(config, HASS_ATTR_UNIT_OF_MEASUREMENT);
    sensors->state_class = copy_of(config, HASS_ATTR_STATE_CLASS);
    if (*group->name)
        return;
    free(group->name);
    if (asprintf(&group->name, "%s sensor", calculations[sensors->calculation]) < 0)
        group->name = NULL;
    else
        group->name[0] = (char)(group->name[0] - 'a' + 'A');
    group->description.name = group->name;
}

static void fini(struct group *group)
{
    struct sensor_group *sensors = (struct sensor_group *)group;

    free(sensors->unit);
    free(sensors->state_class);
    free(sensors->member_unit);
    free(sensors->member_class);
    free(sensors->member_state_class);
}

GROUP_SCHEMA(
    group_sensor_schema, "",
    HASS_FIELD("type", &hass_type_enum, .words = calculations, .required = true,
               .doc = "What is made of the members' values"),
    HASS_FIELD("ignore_non_numeric", &hass_type_bool,
               .doc = "Members that have no number do not count"),
    HASS_FIELD("unit_of_measurement", &hass_type_string, .doc = "Unit, if not theirs"),
    HASS_FIELD("device_class", &hass_type_string, .doc = "What is measured, if not theirs"),
    HASS_FIELD("state_class", &hass_type_enum,
               .words = HASS_WORDS("measurement", "measurement_angle", "total", "total_increasing"),
               .doc = "For statistics, if not theirs"));
static const struct sensor_ops ops =
    SENSOR_OPS(.native_value = native_value, .state_class_of = state_class);
const struct group_kind group_sensor = {
    .domain = "sensor",
    .size = sizeof(struct sensor_group),
    .ops = &ops,
    .update = update,
    .init = init,
    .fini = fini,
    .attributes = attributes,
};
