/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain input_select: one of a few words, from YAML or made at run time.
 *
 *     input_select:
 *       mode:
 *         name: Mode
 *         options: [home, away, holiday]
 *         initial: home
 *
 * Services select_option, select_next, select_previous, select_first, select_last, set_options.
 * Model: components.input_select
 */
#include <string.h>

#include <hass/collection.h>
#include <hass/integration.h>

static size_t find(const json_t *options, const char *option)
{
    size_t i = 0;

    while (i < json_array_size(options) &&
           strcmp(json_string_value(json_array_get(options, i)), option) != 0)
        i++;
    return i;
}

static bool has(const json_t *options, const char *option)
{
    return find(options, option) < json_array_size(options);
}

static int check_unique(const json_t *options, struct hass_error *err)
{
    size_t i;
    json_t *option;

    if (json_array_size(options) == 0)
        return hass_fail(err, HASS_E_INVALID, "options: at least one is needed");
    json_array_foreach((json_t *)options, i, option)
        if (find(options, json_string_value(option)) < i)
            return hass_fail(err, HASS_E_INVALID, "options: '%s' is there twice",
                             json_string_value(option));
    return 0;
}

static int check_options(const json_t *value, struct hass_error *err)
{
    const json_t *options = hass_json_get(value, "options");
    const char *initial = hass_json_get_string(value, "initial", NULL);
    int r = check_unique(options, err);

    if (r == 0 && initial && !has(options, initial))
        r = hass_fail(err, HASS_E_INVALID, "initial '%s' is not one of the options", initial);
    return r;
}

HASS_SCHEMA_WITH(item_schema, (.check = check_options),
                 HASS_FIELD("name", &hass_type_string, .min = 1, .max = 255, .doc = "Shown name"),
                 HASS_FIELD("options", &hass_type_string, .list = true, .required = true, .min = 1,
                            .max = HASS_MAX_STATE, .doc = "What it may be"),
                 HASS_FIELD("initial", &hass_type_string,
                            .doc = "Option at start; what it was before when absent"),
                 HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:fire"));
static const struct hass_field item = HASS_FIELD("", &hass_type_map, .schema = &item_schema);
static const struct hass_schema config_schema = {
    .size = sizeof(struct hass_schema),
    .keyed = &item,
};

HASS_MANIFEST(.domain = "input_select", .name = "Input select", .version = HASS_VERSION,
              .config = &config_schema);

struct values {
    json_t *options; /* of the item, or those that a service has set; a reference */
    size_t current;
};

/* Keeps the option that is selected, if it is still there. */
static void use_options(struct values *values, const json_t *options)
{
    const char *current = json_string_value(json_array_get(values->options, values->current));
    size_t place = current ? find(options, current) : 0;
    json_t *former = values->options;

    values->options = hass_json_ref(options);
    values->current = place < json_array_size(options) ? place : 0;
    json_decref(former);
}

/* When only its entity id has changed there are options already. */
static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    const json_t *config = hass_item_of(entity)->config;
    const struct hass_state *last = hass_entity_async_last_state(entity);
    const char *option =
        hass_json_get_string(config, "initial", last ? hass_state_state(last) : "");

    if (values->options)
        return 0;
    use_options(values, hass_json_get(config, "options"));
    if (has(values->options, option))
        values->current = find(values->options, option);
    return 0;
}

static HASS_CALLBACK int changed(struct hass_entity *entity, struct hass_error *err)
{
    use_options(hass_entity_async_values(entity),
                hass_json_get(hass_item_of(entity)->config, "options"));
    return 0;
}

static HASS_CALLBACK void destroy(struct hass_entity *entity)
{
    struct values *values = hass_entity_async_values(entity);

    json_decref(values->options);
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return hass_value_string(json_string_value(json_array_get(values->options, values->current)));
}

static HASS_CALLBACK void capabilities(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const struct values *values = hass_entity_async_values(entity);

    hass_attrs_set_json(writer, "options", values->options);
}

static void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    hass_attrs_set(writer, HASS_ATTR_EDITABLE, HASS_BOOL(hass_item_of(entity)->editable));
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .async_added_to_hass = added,
                    .state = state, .capability_attributes = capabilities,
                    .state_attributes = attributes, .destroy = destroy);

/* services */

static HASS_CALLBACK int select_place(struct hass_entity *entity, size_t place,
                                      struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->current = place;
    return hass_entity_async_write_ha_state(entity, err);
}

static void join(const json_t *options, struct hass_buf *buf)
{
    size_t i;
    json_t *option;

    json_array_foreach((json_t *)options, i, option)
        hass_buf_printf(buf, "%s%s", i ? ", " : "", json_string_value(option));
}

static HASS_COROUTINE int select_option(struct hass_entity *entity,
                                        const struct hass_service_call *call,
                                        struct hass_error *err)
{
    const struct values *values = hass_entity_async_values(entity);
    const char *option = hass_json_get_string(hass_service_call_data(call), "option", "");
    autobuf possible = HASS_BUF_INIT;

    if (has(values->options, option))
        return select_place(entity, find(values->options, option), err);
    join(values->options, &possible);
    return hass_fail_key(err, HASS_E_SERVICE_VALIDATION, "not_valid_option",
                         "Invalid option: %s (possible options: %s)", option,
                         hass_buf_string(&possible));
}

static HASS_COROUTINE int select_next(struct hass_entity *entity,
                                      const struct hass_service_call *call, struct hass_error *err)
{
    const struct values *values = hass_entity_async_values(entity);
    bool cycle = hass_json_get_bool(hass_service_call_data(call), "cycle", true);
    size_t last = json_array_size(values->options) - 1;

    if (values->current < last)
        return select_place(entity, values->current + 1, err);
    return select_place(entity, cycle ? 0 : last, err);
}

static HASS_COROUTINE int select_previous(struct hass_entity *entity,
                                          const struct hass_service_call *call,
                                          struct hass_error *err)
{
    const struct values *values = hass_entity_async_values(entity);
    bool cycle = hass_json_get_bool(hass_service_call_data(call), "cycle", true);

    if (values->current > 0)
        return select_place(entity, values->current - 1, err);
    return select_place(entity, cycle ? json_array_size(values->options) - 1 : 0, err);
}

static HASS_COROUTINE int select_first(struct hass_entity *entity,
                                       const struct hass_service_call *call, struct hass_error *err)
{
    return select_place(entity, 0, err);
}

static HASS_COROUTINE int select_last(struct hass_entity *entity,
                                      const struct hass_service_call *call, struct hass_error *err)
{
    const struct values *values = hass_entity_async_values(entity);

    return select_place(entity, json_array_size(values->options) - 1, err);
}

/* Until the next start or reload. */
static HASS_COROUTINE int set_options(struct hass_entity *entity,
                                      const struct hass_service_call *call, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    const json_t *options = hass_json_get(hass_service_call_data(call), "options");
    const struct hass_value current = state(entity);

    if (!has(options, current.text.data))
        hass_warning("%s: '%s' is none of the new options; the first one is selected",
                     hass_entity_async_entity_id(entity), current.text.data);
    use_options(values, options);
    return hass_entity_async_write_ha_state(entity, err);
}

static int check_new_options(const json_t *value, struct hass_error *err)
{
    return check_unique(hass_json_get(value, "options"), err);
}

HASS_SCHEMA(option_schema, HASS_FIELD("option", &hass_type_string, .required = true,
                                      .doc = "The option to select"));
HASS_SCHEMA(cycle_schema, HASS_FIELD("cycle", &hass_type_bool, .fallback = "true",
                                     .doc = "Begin again at the other end"));
HASS_SCHEMA_WITH(options_schema, (.check = check_new_options),
                 HASS_FIELD("options", &hass_type_string, .list = true, .required = true, .min = 1,
                            .max = HASS_MAX_STATE, .doc = "What it may be until the next start"));

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("select_option", "Selects an option", .schema = &option_schema,
                        .async_handler = select_option),
    HASS_ENTITY_SERVICE("select_next", "Selects the next option", .schema = &cycle_schema,
                        .async_handler = select_next),
    HASS_ENTITY_SERVICE("select_previous", "Selects the option before", .schema = &cycle_schema,
                        .async_handler = select_previous),
    HASS_ENTITY_SERVICE("select_first", "Selects the first option", .async_handler = select_first),
    HASS_ENTITY_SERVICE("select_last", "Selects the last option", .async_handler = select_last),
    HASS_ENTITY_SERVICE("set_options", "Replaces the options", .schema = &options_schema,
                        .async_handler = set_options),
};

static const struct hass_entity_description description = HASS_ENTITY_DESCRIPTION(.restore = true);
static const struct hass_collection_options collection =
    HASS_COLLECTION(.domain = "input_select", .schema = &item_schema, .ops = &ops,
                    .description = &description, .async_changed = changed,
                    HASS_COLLECTION_SERVICES(services), .minor_version = 2);

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_create(hass, &collection, config, err);
}

int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_reload(hass, "input_select", config, err);
}
