/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands device_automation/{trigger,condition,action}/{list,capabilities}: what the editor offers for a device, and which fields it
 * shows for one of those.
 */
#include <string.h>

#include <hass/buf.h>
#include <hass/device_registry.h>
#include <hass/integration.h>
#include <hass/states.h>

#include "types.h"
#include "websocket_api/websocket_api.h"

static const char *const words[] = { "trigger", "condition", "action" };

static enum device_what what_of(const struct websocket_request *request)
{
    const struct websocket_command *command = websocket_api_of(request)->command(request);

    return *(const enum device_what *)command->userdata;
}

static void answer(json_t *json, struct hass_buf *result)
{
    hass_json_write(json, result);
    json_decref(json);
}

/* lists */

struct listing {
    const struct hass_entity_entry *entry;
    enum device_what what;
    json_t *list;
};

static void add_type(const struct device_type *type, void *userdata)
{
    const struct listing *listing = userdata;
    const struct hass_entity_entry *entry = listing->entry;
    bool secondary = entry->entity_category || entry->hidden_by;
    json_t *one = json_object();

    if (listing->what == DEVICE_TRIGGER)
        json_object_set_new(one, "platform", json_string("device"));
    else if (listing->what == DEVICE_CONDITION)
        json_object_set_new(one, "condition", json_string("device"));
    json_object_set_new(one, "device_id", json_string(entry->device_id));
    json_object_set_new(one, "domain", json_string(entry->domain));
    json_object_set_new(one, "entity_id", json_string(entry->id));
    json_object_set_new(one, "type", json_string(type->type));
    json_object_set_new(one, "metadata", json_pack("{sb}", "secondary", secondary));
    json_array_append_new(listing->list, one);
}

static HASS_CALLBACK int list(struct websocket_request *request, struct hass_buf *result,
                              struct hass_error *err)
{
    const struct websocket_api *api = websocket_api_of(request);
    struct hass *hass = api->hass(request);
    const char *device_id = hass_json_get_string(api->message(request), "device_id", "");
    struct listing listing = { .what = what_of(request) };

    if (!hass_device_registry_async_get(hass, device_id))
        return api->refuse(request, "not_found", "Device not found");
    listing.list = json_array();
    for (size_t pos = 0;
         hass_entity_registry_async_next_of_device(hass, device_id, &pos, &listing.entry);) {
        if (!listing.entry->disabled_by)
            device_types_of(hass, listing.entry, listing.what, add_type, &listing);
    }
    answer(listing.list, result);
    return 0;
}

/* capabilities */

/* How a field is shown. */
static const struct field {
    const char *name;    /* in our tables */
    const char *key;     /* in what is configured */
    const char *shape;   /* JSON members beside the name */
    const char *options; /* the entity's attribute that lists them; or NULL */
    bool unit;           /* shows that of the entity */
} fields[] = {
    { "above", "above", "\"optional\":true,\"type\":\"float\"", .unit = true },
    { "below", "below", "\"optional\":true,\"type\":\"float\"", .unit = true },
    { "for", "for", "\"optional\":true,\"type\":\"positive_time_period_dict\"" },
    { "from_option", "from", "\"optional\":true,\"type\":\"select\"", "options" },
    { "to_option", "to", "\"optional\":true,\"type\":\"select\"", "options" },
    { "to_mode", "to", "\"required\":true,\"type\":\"select\"", "hvac_modes" },
    { "option", "option", "\"required\":true,\"type\":\"select\"", "options" },
    { "hvac_mode", "hvac_mode", "\"required\":true,\"type\":\"select\"", "hvac_modes" },
    { "preset_mode", "preset_mode", "\"required\":true,\"type\":\"select\"", "preset_modes" },
    { "mode", "mode", "\"required\":true,\"type\":\"select\"", "available_modes" },
    { "zone", "zone", "\"required\":true,\"selector\":{\"entity\":{\"domain\":\"zone\"}}" },
    { "position", "position",
      "\"optional\":true,\"default\":0,\"type\":\"integer\",\"valueMin\":0,\"valueMax\":100" },
    { "humidity", "humidity", "\"required\":true,\"type\":\"integer\"" },
    { "code", "code", "\"optional\":true,\"type\":\"string\"" },
    { "cycle", "cycle", "\"optional\":true,\"default\":true,\"type\":\"boolean\"" },
    { "value", "value", "\"required\":true,\"type\":\"float\"" },
    { "text", "value", "\"required\":true,\"type\":\"string\"" },
};

/* [[option, option], …] of the entity's attribute. */
static json_t *options_of(const struct hass_state *state, const char *attribute)
{
    autojson *attributes = state ? hass_state_attributes(state) : NULL;
    const json_t *given = hass_json_get(attributes, attribute);
    json_t *options = json_array();

    for (size_t i = 0; i < json_array_size(given); i++) {
        json_t *option = json_array_get(given, i);
        json_array_append_new(options, json_pack("[OO]", option, option));
    }
    return options;
}

static void add_unit(json_t *shown, const struct hass_state *state)
{
    struct hass_value value;

    if (state && hass_state_attr(state, "unit_of_measurement", &value) &&
        value.type == HASS_VALUE_STRING)
        json_object_set_new(shown, "description", json_pack("{ss}", "suffix", value.text.data));
}

static void show(const struct field *field, const struct hass_state *state, json_t *extra)
{
    json_t *shown = NULL;
    autobuf text = HASS_BUF_INIT;

    hass_buf_printf(&text, "{\"name\":\"%s\",%s}", field->key, field->shape);
    hass_json_parse(hass_buf_string(&text), text.length, SIZE_MAX, &shown, NULL);
    if (field->options)
        json_object_set_new(shown, "options", options_of(state, field->options));
    if (field->unit)
        add_unit(shown, state);
    json_array_append_new(extra, shown);
}

static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = text; at && *at; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (strncmp(at, word, length) == 0 && (!at[length] || at[length] == ' '))
            return true;
    }
    return false;
}

static HASS_CALLBACK const struct hass_state *state_of(struct hass *hass, const json_t *config)
{
    const char *id = hass_json_get_string(config, "entity_id", "");
    const struct hass_entity_entry *entry = hass_entity_registry_async_get(hass, id);

    return hass_states_async_get(hass, entry ? entry->entity_id : id);
}

/* A light with brightness may be turned on as bright as one likes. */
static bool is_dimmable(const struct device_type *type, const struct hass_state *state)
{
    autojson *attributes = state ? hass_state_attributes(state) : NULL;
    const json_t *modes = hass_json_get(attributes, "supported_color_modes");
    const char *mode = json_string_value(json_array_get(modes, 0));

    return strcmp(type->domain, "light") == 0 && strcmp(type->type, "turn_on") == 0 && mode &&
           strcmp(mode, "onoff") != 0;
}

static HASS_CALLBACK int capabilities(struct websocket_request *request, struct hass_buf *result,
                                      struct hass_error *err)
{
    static const struct field brightness = {
        "brightness_pct", "brightness_pct",
        "\"optional\":true,\"type\":\"integer\",\"valueMin\":0,\"valueMax\":100"
    };
    const struct websocket_api *api = websocket_api_of(request);
    enum device_what what = what_of(request);
    const json_t *config = hass_json_get(api->message(request), words[what]);
    const struct device_type *type = device_type_find(
        what, hass_json_get_string(config, "domain", ""), hass_json_get_string(config, "type", ""));
    const struct hass_state *state = state_of(api->hass(request), config);
    json_t *extra = json_array();

    for (size_t i = 0; type && i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (has_word(type->fields, fields[i].name))
            show(&fields[i], state, extra);
    }
    if (type && is_dimmable(type, state))
        show(&brightness, state, extra);
    answer(json_pack("{so}", "extra_fields", extra), result);
    return 0;
}

/* adding them */

HASS_SCHEMA(list_schema, HASS_FIELD("device_id", &hass_type_string, .required = true));
HASS_SCHEMA(trigger_schema, HASS_FIELD("trigger", &hass_type_map, .required = true));
HASS_SCHEMA(condition_schema, HASS_FIELD("condition", &hass_type_map, .required = true));
HASS_SCHEMA(action_schema, HASS_FIELD("action", &hass_type_map, .required = true));

static const enum device_what whats[] = { DEVICE_TRIGGER, DEVICE_CONDITION, DEVICE_ACTION };

#define COMMANDS(word, what)                                                                       \
    WEBSOCKET_COMMAND("device_automation/" word "/list", list, .schema = &list_schema,             \
                      .userdata = (void *)&whats[what]),                                           \
        WEBSOCKET_COMMAND("device_automation/" word "/capabilities", capabilities,                 \
                          .schema = (what) == DEVICE_TRIGGER     ? &trigger_schema                 \
                                    : (what) == DEVICE_CONDITION ? &condition_schema               \
                                                                 : &action_schema,                 \
                          .userdata = (void *)&whats[what])

static const struct websocket_command commands[] = {
    COMMANDS("trigger", DEVICE_TRIGGER),
    COMMANDS("condition", DEVICE_CONDITION),
    COMMANDS("action", DEVICE_ACTION),
};

int device_commands_add(struct hass *hass, struct hass_error *err)
{
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");
    int r = api ? 0 : hass_fail(err, HASS_E_NOT_READY, "websocket_api is not set up");

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]) && r >= 0; i++)
        r = api->add_command(hass, &commands[i], err);
    return r;
}
