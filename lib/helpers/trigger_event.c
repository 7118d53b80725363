/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trigger `event`: an event is fired whose data and context match. Types, data and context may be limited templates, rendered once when it is
 * attached. Data of one level must be equal; once there is a map in it, the keys in such maps are wanted only where the event has them.
 *
 * Model: homeassistant.triggers.event
 */
#include <string.h>

#include "base/mem.h"
#include "helpers/trigger.h"

HASS_SCHEMA(schema,
            HASS_FIELD("event_type", &hass_type_template, .required = true, .list = true,
                       .doc = "Types of events"),
            HASS_FIELD("event_data", &hass_type_template_complex,
                       .doc = "What they must have in their data"),
            HASS_FIELD("context", &hass_type_template_complex,
                       .doc = "Who must have caused them: id, parent_id, user_id"));

struct event_trigger {
    json_t *data, *context; /* objects, or NULL */
    const char *
        entity_id; /* of data: tells most state events apart before they are made into JSON; or NULL */
};

static void event_trigger_destroy(void *object)
{
    struct event_trigger *self = object;

    json_decref(self->data);
    json_decref(self->context);
    free(self);
}

static int check_map(const json_t *config, const char *key, struct hass_error *err)
{
    const json_t *value = hass_json_get(config, key);

    if (!value || json_is_object(value))
        return 0;
    return hass_fail(err, HASS_E_INVALID, "%s: expected a map", key);
}

static int check_type(const char *type, struct hass_error *err)
{
    if (strcmp(type, HASS_EVENT_STATE_REPORTED) != 0)
        return 0;
    return hass_fail(err, HASS_E_INVALID,
                     "event_type: state_reported comes with each report of each entity; use "
                     "state_changed");
}

static int check(const json_t *config, struct hass_error *err)
{
    const json_t *types = hass_json_get(config, "event_type");
    int r = check_map(config, "event_data", err);

    if (r >= 0)
        r = check_map(config, "context", err);
    if (r >= 0 && json_array_size(types) == 0)
        r = hass_fail(err, HASS_E_INVALID, "event_type: expected a type of event");
    for (size_t i = 0; r >= 0 && i < json_array_size(types); i++)
        r = check_type(json_string_value(json_array_get(types, i)), err);
    return r;
}

/* matching */

static bool matches_within(const json_t *data, const json_t *wanted);

static bool value_matches(const json_t *value, const json_t *wanted)
{
    if (json_is_object(wanted))
        return json_is_object(value) && matches_within(value, wanted);
    return hass_json_equal(value, wanted);
}

/* Inside of a map: what is there must match. */
static bool matches_within(const json_t *data, const json_t *wanted)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)wanted, key, value) {
        const json_t *given = hass_json_get(data, key);
        if (given && !value_matches(given, value))
            return false;
    }
    return true;
}

static bool data_matches(const json_t *data, const json_t *wanted)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)wanted, key, value) {
        const json_t *given = hass_json_get(data, key);
        if (!given || !value_matches(given, value))
            return false;
    }
    return true;
}

static bool is_or_has(const json_t *wanted, const char *text)
{
    autojson *value = text ? json_string(text) : json_null();

    if (!json_is_array(wanted))
        return hass_json_equal(value, wanted);
    for (size_t i = 0; i < json_array_size(wanted); i++) {
        if (hass_json_equal(value, json_array_get(wanted, i)))
            return true;
    }
    return false;
}

static bool context_matches(const struct hass_context *context, const json_t *wanted)
{
    const struct {
        const char *key, *text;
    } members[] = {
        { "id", hass_context_id(context) },
        { "parent_id", hass_context_parent_id(context) },
        { "user_id", hass_context_user_id(context) },
    };
    size_t known = 0;

    for (size_t i = 0; i < 3; i++) {
        const json_t *value = hass_json_get(wanted, members[i].key);
        known += value != NULL;
        if (value && !is_or_has(value, members[i].text))
            return false;
    }
    return known == json_object_size(wanted); // a key that no context has never matches
}

static bool concerns(const struct hass_event *event, void *userdata)
{
    const struct event_trigger *self = hass_trigger_data(userdata);
    const struct hass_state *old, *new;

    if (!self)
        return false;
    if (self->entity_id && hass_event_states(event, &old, &new) &&
        strcmp(self->entity_id, hass_event_entity_id(event)) != 0)
        return false;
    if (self->context && !context_matches(hass_event_context(event), self->context))
        return false;
    return !self->data || data_matches(hass_event_data(event), self->data);
}

/* the trigger */

static HASS_CALLBACK int on_event(const struct hass_event *event, void *userdata,
                                  struct hass_error *err)
{
    struct hass_trigger *trigger = userdata;
    struct hass_template_variables *fields = hass_template_variables_create();
    char description[HASS_MAX_EVENT_TYPE + 16];

    hass_template_variables_set_event(fields, "trigger.event", event);
    snprintf(description, sizeof(description), "event '%s'", hass_event_type(event));
    return hass_trigger_async_fire(trigger,
                                   HASS_TRIGGER_FIRE(.fields = fields, .description = description,
                                                     .context = hass_event_context(event)),
                                   err);
}

static HASS_CALLBACK int render(struct hass_trigger *trigger, const json_t *value,
                                json_t **ret_result, struct hass_error *err)
{
    if (!value)
        return 0;
    return hass_template_async_render_complex(
        hass_trigger_hass(trigger), value,
        HASS_TEMPLATE_OPTIONS(.limited = true, .scope = hass_trigger_variables(trigger)),
        ret_result, err);
}

static HASS_CALLBACK int listen(struct hass_trigger *trigger, const json_t *text,
                                struct hass_error *err)
{
    autounref(hass_template) *template = NULL;
    struct hass_sub *sub = NULL;
    autojson *type = NULL;
    struct hass *hass = hass_trigger_hass(trigger);

    int r = hass_template_new(hass, json_string_value(text), &template, err);
    if (r >= 0)
        r = hass_template_async_render(
            template,
            HASS_TEMPLATE_OPTIONS(.limited = true, .parse = HASS_TEMPLATE_TEXT,
                                  .scope = hass_trigger_variables(trigger)),
            &type, err);
    if (r >= 0)
        r = check_type(json_string_value(type), err);
    if (r >= 0)
        r = hass_bus_async_listen(hass, json_string_value(type), concerns,
                                  HASS_JOB_CALLBACK(on_event, trigger), &sub, err);
    hass_trigger_async_own(trigger, sub);
    return r;
}

static int attach(struct hass_trigger *trigger, struct hass_error *err)
{
    const json_t *config = hass_trigger_config(trigger);
    const json_t *types = hass_json_get(config, "event_type");
    struct event_trigger *self = mem_zalloc(sizeof(*self));

    hass__assert_loop();
    hass_trigger_set_data(trigger, self, event_trigger_destroy);
    int r = render(trigger, hass_json_get(config, "event_data"), &self->data, err);
    if (r >= 0)
        r = render(trigger, hass_json_get(config, "context"), &self->context, err);
    self->entity_id = hass_json_get_string(self->data, "entity_id", NULL);
    for (size_t i = 0; r >= 0 && i < json_array_size(types); i++)
        r = listen(trigger, json_array_get(types, i), err);
    return r;
}

const struct hass_trigger_kind trigger_kind_event =
    HASS_TRIGGER_KIND(.name = "event", .schema = &schema, .check = check, .async_attach = attach);
