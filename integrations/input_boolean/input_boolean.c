/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain input_boolean: switches that exist in software only, from YAML.
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

#include <hass/integration.h>

static const struct hass_field item_fields[] = {
    HASS_FIELD("name", &hass_type_string, .min = 1, .max = 255, .doc = "Shown name"),
    HASS_FIELD("initial", &hass_type_bool, .doc = "State at start; off when absent"),
    HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:fire"),
};
static const struct hass_schema item_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(item_fields) / sizeof(item_fields[0]),
    .fields = item_fields,
};
static const struct hass_field item =
    HASS_FIELD("", &hass_type_map, .schema = &item_schema, .nullable = true);
static const struct hass_schema config_schema = {
    .size = sizeof(struct hass_schema),
    .keyed = &item,
};

HASS_MANIFEST(.domain = "input_boolean", .name = "Input boolean", .version = HASS_VERSION,
              .config = &config_schema);

struct values {
    bool on;
};

/* What one switch was configured with; the description points into it. */
struct input {
    struct hass_entity_description description;
    char *entity_id, *name, *icon;
};

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return hass_value_string(values->on ? HASS_STATE_ON : HASS_STATE_OFF);
}

static void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    hass_attrs_set(writer, HASS_ATTR_EDITABLE, HASS_BOOL(false));
}

static void destroy(struct hass_entity *entity)
{
    struct input *input = hass_entity_userdata(entity);

    free(input->entity_id);
    free(input->name);
    free(input->icon);
    free(input);
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .state = state,
                    .state_attributes = attributes, .destroy = destroy);

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

static struct hass_entity *create_input(struct hass *hass, const char *key, const json_t *config)
{
    struct input *input = calloc(1, sizeof(*input));
    const struct values values = { .on = hass_json_get_bool(config, "initial", false) };
    autobuf entity_id = HASS_BUF_INIT;

    hass_buf_printf(&entity_id, "input_boolean.%s", key);
    input->entity_id = hass_buf_steal(&entity_id);
    input->name = copy(hass_json_get_string(config, "name", key));
    input->icon = copy(hass_json_get_string(config, "icon", NULL));
    input->description = (struct hass_entity_description)
        HASS_ENTITY_DESCRIPTION(.entity_id = input->entity_id, .name = input->name,
                                .icon = input->icon,
                                .unique_id = strchr(input->entity_id, '.') + 1);
    return hass_entity_new(hass, &ops, &input->description, NULL, &values, input);
}

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

static HASS_COROUTINE int add_inputs(struct hass_component *component, struct hass *hass,
                                     const json_t *config, struct hass_error *err)
{
    size_t count = 0;
    autofree struct hass_entity **entities =
        calloc(json_object_size(config) + 1, sizeof(struct hass_entity *));
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)config, key, value) {
        entities[count++] = create_input(hass, key, value);
    }
    return hass_component_async_add_entities(component, entities, count, err);
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = "input_boolean",
    };
    struct hass_component *component = NULL;
    int r = hass_component_async_create(hass, &options, NULL, &component, err);

    if (r >= 0)
        r = HASS_REGISTER_SERVICES(component, services, err);
    return r < 0 ? r : add_inputs(component, hass, config, err);
}
