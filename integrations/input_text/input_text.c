/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain input_text: texts that exist in software only, from YAML or made at run time.
 *
 *     input_text:
 *       note:
 *         name: Note
 *         min: 0
 *         max: 100
 *         pattern: "[a-z]*"   # for those who show it; nothing is refused here
 *         mode: text          # or password
 *
 * Service set_value. Model: components.input_text
 */
#include <string.h>

#include <hass/collection.h>
#include <hass/integration.h>

static size_t characters(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += (*text & 0xc0) != 0x80; /* continuation bytes of UTF-8 are not counted */
    return count;
}

static bool fits(const json_t *config, const char *text)
{
    int64_t count = (int64_t)characters(text);

    return count >= hass_json_get_int(config, "min", 0) &&
           count <= hass_json_get_int(config, "max", 0);
}

static int check_length(const json_t *value, struct hass_error *err)
{
    int64_t min = hass_json_get_int(value, "min", 0), max = hass_json_get_int(value, "max", 0);
    const char *initial = hass_json_get_string(value, "initial", NULL);

    if (min > max)
        return hass_fail(err, HASS_E_INVALID, "max %d is less than min %d", (int)max, (int)min);
    if (initial && !fits(value, initial))
        return hass_fail(err, HASS_E_INVALID, "initial has %zu characters, not %d to %d",
                         characters(initial), (int)min, (int)max);
    return 0;
}

HASS_SCHEMA_WITH(item_schema, (.check = check_length),
                 HASS_FIELD("name", &hass_type_string, .min = 1, .max = 255, .doc = "Shown name"),
                 HASS_FIELD("min", &hass_type_int, .min = 0, .max = HASS_MAX_STATE, .fallback = "0",
                            .doc = "The least number of characters"),
                 HASS_FIELD("max", &hass_type_int, .min = 1, .max = HASS_MAX_STATE,
                            .fallback = "100", .doc = "The greatest number of characters"),
                 HASS_FIELD("initial", &hass_type_string,
                            .doc = "Text at start; what it was before when absent"),
                 HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:fire"),
                 HASS_FIELD("unit_of_measurement", &hass_type_string, .min = 0, .max = 64,
                            .doc = "Unit"),
                 HASS_FIELD("pattern", &hass_type_string, .min = 0, .max = 1000,
                            .doc = "Regular expression, for those who show it"),
                 HASS_FIELD("mode", &hass_type_enum, .words = HASS_WORDS("text", "password"),
                            .fallback = "\"text\"", .doc = "How it is shown"));
static const struct hass_field item = HASS_FIELD("", &hass_type_map, .schema = &item_schema);
static const struct hass_schema config_schema = {
    .size = sizeof(struct hass_schema),
    .keyed = &item,
};

HASS_MANIFEST(.domain = "input_text", .name = "Input text", .version = HASS_VERSION,
              .config = &config_schema);

struct values {
    char *text; /* NULL: unknown */
    bool known; /* it has been added before: only its entity id has changed */
};

static void set_text(struct values *values, const char *text)
{
    free(values->text);
    values->text = text ? strdup(text) : NULL;
}

/* What it was before, if that has the right length. */
static HASS_CALLBACK const char *last_text(struct hass_entity *entity)
{
    const struct hass_state *last = hass_entity_async_last_state(entity);
    const char *text = last ? hass_state_state(last) : HASS_STATE_UNKNOWN;

    return strcmp(text, HASS_STATE_UNKNOWN) != 0 && fits(hass_item_of(entity)->config, text) ? text
                                                                                             : NULL;
}

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    const char *initial = hass_json_get_string(hass_item_of(entity)->config, "initial", NULL);

    if (!values->known)
        set_text(values, initial ? initial : last_text(entity));
    values->known = true;
    return 0;
}

static HASS_CALLBACK void destroy(struct hass_entity *entity)
{
    struct values *values = hass_entity_async_values(entity);

    free(values->text);
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return hass_value_string(values->text);
}

static void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    static const char *const keys[] = { "min", "max", "pattern", "mode" };
    const struct hass_item *own = hass_item_of(entity);

    hass_attrs_set(writer, HASS_ATTR_EDITABLE, HASS_BOOL(own->editable));
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        hass_attrs_set_json(writer, keys[i], hass_json_get(own->config, keys[i]));
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .async_added_to_hass = added,
                    .state = state, .state_attributes = attributes, .destroy = destroy);

/* The model warns where one would expect an error: automations rely on going on. */
static HASS_COROUTINE int set_value(struct hass_entity *entity,
                                    const struct hass_service_call *call, struct hass_error *err)
{
    const json_t *config = hass_item_of(entity)->config;
    const char *text = hass_json_get_string(hass_service_call_data(call), "value", "");

    if (!fits(config, text)) {
        hass_warning("Invalid value for %s: %zu characters (length range %d - %d)",
                     hass_entity_async_entity_id(entity), characters(text),
                     (int)hass_json_get_int(config, "min", 0),
                     (int)hass_json_get_int(config, "max", 0));
        return 0;
    }
    set_text(hass_entity_async_values(entity), text);
    return hass_entity_async_write_ha_state(entity, err);
}

HASS_SCHEMA(value_schema,
            HASS_FIELD("value", &hass_type_string, .required = true, .doc = "The new text"));

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("set_value", "Sets a text of the right length", .schema = &value_schema,
                        .async_handler = set_value),
};

static const struct hass_entity_description description = HASS_ENTITY_DESCRIPTION(.restore = true);
static const struct hass_collection_options collection =
    HASS_COLLECTION(.domain = "input_text", .schema = &item_schema, .ops = &ops,
                    .description = &description, HASS_COLLECTION_SERVICES(services));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_create(hass, &collection, config, err);
}

int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_reload(hass, "input_text", config, err);
}
