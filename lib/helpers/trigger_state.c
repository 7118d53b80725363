/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trigger `state`: an entity's state, or one of its attributes, changes. Once `to`, `from` or one of their opposites is there, even as null,
 * only changes of the value count; without them all do. A value that must last is pending; each later value says whether it still holds.
 *
 * Model: homeassistant.triggers.state
 */
#include <string.h>

#include "base/mem.h"
#include "helpers/check_types.h"
#include "helpers/template_hass.h"
#include "helpers/trigger.h"

HASS_SCHEMA(schema,
            HASS_FIELD("entity_id", &check_type_entities, .required = true, .doc = "Whose changes"),
            HASS_FIELD("from", &hass_type_any, .nullable = true, .doc = "What it was"),
            HASS_FIELD("not_from", &hass_type_any, .nullable = true, .doc = "What it was not"),
            HASS_FIELD("to", &hass_type_any, .nullable = true, .doc = "What it becomes"),
            HASS_FIELD("not_to", &hass_type_any, .nullable = true,
                       .doc = "What it does not become"),
            HASS_FIELD("attribute", &hass_type_string, .doc = "Instead of the state"),
            HASS_FIELD("for", &check_type_period, .doc = "How long it must last"));

/* checking */

static int check_texts(const char *key, const json_t *value, struct hass_error *err)
{
    const struct hass_field field = HASS_FIELD("", &check_type_text);
    autojson *list = json_is_array(value) ? hass_json_ref(value) : json_pack("[O]", value);

    for (size_t i = 0; !json_is_null(value) && i < json_array_size(list); i++) {
        autojson *text = NULL;
        if (check_type_text.check(&field, json_array_get(list, i), &text, err) >= 0)
            continue;
        return json_is_array(value) ? hass_error_prefix(err, "%s->%zu", key, i)
                                    : hass_error_prefix(err, "%s", key);
    }
    return 0;
}

static int check(const json_t *config, struct hass_error *err)
{
    static const char *const keys[] = { "from", "not_from", "to", "not_to" };

    for (size_t i = 0; i < 4; i++) {
        const json_t *value = hass_json_get(config, keys[i]);
        if (i % 2 && value && hass_json_get(config, keys[i - 1]))
            return hass_fail(err, HASS_E_INVALID, "'%s' and '%s' exclude each other", keys[i - 1],
                             keys[i]);
        if (value && !hass_json_get(config, "attribute") && check_texts(keys[i], value, err) < 0)
            return HASS_E_INVALID;
    }
    return 0;
}

/* values */

/* What is compared: the state's text, or the attribute; null when there is none. */
static struct hass_value value_of(const struct hass_state *state, const char *attribute)
{
    struct hass_value value = HASS_NONE;

    if (!state)
        return HASS_NONE;
    if (!attribute)
        return hass_value_string(hass_state_state(state));
    return hass_state_attr(state, attribute, &value) ? value : HASS_NONE;
}

static bool same_text(struct hass_value a, struct hass_value b)
{
    return a.text.length == b.text.length && memcmp(a.text.data, b.text.data, a.text.length) == 0;
}

static json_t *value_as_json(struct hass_value value)
{
    json_t *json = NULL;

    switch (value.type) {
    case HASS_VALUE_NONE:
        return json_null();
    case HASS_VALUE_BOOL:
        return json_boolean(value.boolean);
    case HASS_VALUE_INT:
        return json_integer(value.integer);
    case HASS_VALUE_DOUBLE:
        return json_real(value.number);
    case HASS_VALUE_STRING:
        return json_stringn(value.text.data, value.text.length);
    case HASS_VALUE_JSON:
        (void)hass_json_parse(value.text.data, value.text.length, SIZE_MAX, &json, NULL);
        break;
    }
    return json ? json : json_null();
}

static bool same_values(struct hass_value a, struct hass_value b)
{
    double left, right;

    if (hass_value_number(a, &left) && hass_value_number(b, &right))
        return left == right &&
               (a.type != HASS_VALUE_INT || b.type != HASS_VALUE_INT || a.integer == b.integer);
    if (a.type != b.type)
        return false;
    if (a.type == HASS_VALUE_NONE || (a.type >= HASS_VALUE_STRING && same_text(a, b)))
        return true;
    if (a.type != HASS_VALUE_JSON)
        return false;
    autojson *one = value_as_json(a), *other = value_as_json(b);
    return hass_json_equal(one, other);
}

static bool equals(struct hass_value value, const json_t *wanted)
{
    if (json_is_string(wanted))
        return value.type == HASS_VALUE_STRING && value.text.length == json_string_length(wanted) &&
               memcmp(value.text.data, json_string_value(wanted), value.text.length) == 0;
    if (value.type == HASS_VALUE_STRING)
        return false;
    autojson *json = value_as_json(value);
    return hass_json_equal(json, wanted);
}

/* `to: [a, b]` or `to: a`; "*" is anything. */
static bool is_one_of(struct hass_value value, const json_t *wanted)
{
    if (json_is_array(wanted)) {
        for (size_t i = 0; i < json_array_size(wanted); i++) {
            if (equals(value, json_array_get(wanted, i)))
                return true;
        }
        return false;
    }
    const char *text = json_string_value(wanted);
    return (text && strcmp(text, HASS_MATCH_ALL) == 0) || equals(value, wanted);
}

/* the trigger */

/* The configuration, looked up once. */
struct state_trigger {
    const char *attribute;                       /* or NULL */
    const json_t *from, *not_from, *to, *not_to; /* NULL: anything */
    bool values_only; /* one of the four is there: changes of other things do not count */
    bool from_alone;  /* `from` without `to`: what lasts is that it is not what it was */
};

static bool passes(struct hass_value value, const json_t *wanted, const json_t *unwanted)
{
    if (wanted)
        return is_one_of(value, wanted);
    return !unwanted || !is_one_of(value, unwanted);
}

static void describe_value(struct hass_value value, struct hass_buf *buf)
{
    if (value.type == HASS_VALUE_NONE)
        hass_buf_add_string(buf, "nothing");
    else
        hass_value_write_text(value, buf);
}

/* Half of it has matched: the other half is what was missing. */
static HASS_CALLBACK void tell_half(struct hass_trigger *trigger, const char *entity_id,
                                    struct hass_value old, struct hass_value new, bool from)
{
    const struct state_trigger *self = hass_trigger_data(trigger);
    autobuf was = HASS_BUF_INIT, is = HASS_BUF_INIT;
    const char *key = from ? (self->to ? "to" : "not_to") : (self->from ? "from" : "not_from");

    if (!trigger->owner->nearly || !hass_json_get(trigger->config, key))
        return;
    describe_value(old, &was);
    describe_value(new, &is);
    hass_trigger_async_nearly(trigger, "%s went from '%s' to '%s': %s matched, %s did not",
                              entity_id, hass_buf_string(&was), hass_buf_string(&is),
                              from ? "from" : "to", key);
}

static bool matches(struct hass_trigger *trigger, const char *entity_id, struct hass_value old,
                    struct hass_value new) HASS_CALLBACK;
static bool matches(struct hass_trigger *trigger, const char *entity_id, struct hass_value old,
                    struct hass_value new)
{
    const struct state_trigger *self = hass_trigger_data(trigger);

    if ((self->attribute || self->values_only) && same_values(old, new))
        return false;
    bool from = passes(old, self->from, self->not_from);
    bool to = passes(new, self->to, self->not_to);
    if (from != to && (self->from || self->not_from) && (self->to || self->not_to))
        tell_half(trigger, entity_id, old, new, from);
    else if (!from && to && !self->to && !self->not_to)
        hass_trigger_async_nearly(trigger, "%s changed, but not from what is wanted", entity_id);
    return from && to;
}

/* The period as it is when the change matches; templates see the change as `trigger`. */
static HASS_CALLBACK int period_of(struct hass_trigger *trigger, struct hass_trigger_change *change,
                                   struct hass_error *err)
{
    if (!hass_trigger_period_is_template(trigger)) {
        change->seconds = trigger->period;
        return 0;
    }
    autounref(hass_template_variables) *fields = hass_template_variables_create();
    hass_template_variables_set(fields, "trigger.platform", json_string("state"));
    hass_template_variables_set(fields, "trigger.entity_id", json_string(change->entity_id));
    hass_template_variables_set_state(fields, "trigger.from_state", change->from);
    hass_template_variables_set_state(fields, "trigger.to_state", change->to);
    return hass_trigger_async_period(trigger, fields, &change->seconds, err);
}

static HASS_CALLBACK int on_change(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    struct hass_trigger *trigger = userdata;
    const struct state_trigger *self = hass_trigger_data(trigger);
    struct hass_trigger_change change = {
        .size = sizeof(change),
        .entity_id = hass_event_entity_id(event),
        .context = hass_event_context(event),
    };

    (void)hass_event_states(event, &change.from, &change.to);
    if (!list_empty(&trigger->pending))
        (void)hass_trigger_async_recheck(trigger, change.entity_id, change.to);
    if (!matches(trigger, change.entity_id, value_of(change.from, self->attribute),
                 value_of(change.to, self->attribute)))
        return 0;
    int r = period_of(trigger, &change, err);
    if (r >= 0)
        return hass_trigger_async_change(trigger, &change, err);
    autofree char *name = trigger_name(trigger);
    return hass_error_prefix(err, "%s", name);
}

static void describe(struct hass_trigger *trigger, const struct hass_trigger_change *change,
                     struct hass_template_variables *fields, struct hass_buf *description)
{
    hass_buf_reserve(description, strlen("state of ") + strlen(change->entity_id) + 1);
    hass_buf_add_string(description, "state of ");
    hass_buf_add_string(description, change->entity_id);
}

static void add_fields(const json_t *config, struct hass_template_variables *fields)
{
    template_variables_set_text(fields, "trigger.attribute",
                                hass_json_get_string(config, "attribute", NULL));
}

static bool holds(struct hass_trigger *trigger, const struct hass_trigger_change *pending,
                  const struct hass_state *now)
{
    const struct state_trigger *self = hass_trigger_data(trigger);
    struct hass_value value = value_of(now, self->attribute);

    if (!now)
        return false;
    if (self->from_alone)
        return !same_values(value, value_of(pending->from, self->attribute));
    return same_values(value, value_of(pending->to, self->attribute));
}

static const json_t *unless_null(const json_t *config, const char *key)
{
    const json_t *value = hass_json_get(config, key);

    return json_is_null(value) ? NULL : value;
}

static int attach(struct hass_trigger *trigger, struct hass_error *err)
{
    const json_t *config = hass_trigger_config(trigger);
    struct state_trigger *self = mem_zalloc(sizeof(*self));
    struct hass_sub *sub = NULL;

    hass__assert_loop();
    *self = (struct state_trigger){
        .attribute = hass_json_get_string(config, "attribute", NULL),
        .from = unless_null(config, "from"),
        .not_from = unless_null(config, "not_from"),
        .to = unless_null(config, "to"),
        .not_to = unless_null(config, "not_to"),
        .values_only = hass_json_get(config, "from") || hass_json_get(config, "not_from") ||
                       hass_json_get(config, "to") || hass_json_get(config, "not_to"),
        .from_alone = hass_json_get(config, "from") && !hass_json_get(config, "to"),
    };
    hass_trigger_set_data(trigger, self, free);
    int r = trigger_track_entities(trigger, hass_json_get(config, "entity_id"),
                                   HASS_JOB_CALLBACK(on_change, trigger), &sub, err);
    hass_trigger_async_own(trigger, sub);
    return r;
}

const struct hass_trigger_kind trigger_kind_state =
    HASS_TRIGGER_KIND(.name = "state", .schema = &schema, .check = check, .async_attach = attach,
                      .async_describe = describe, .async_holds = holds, .add_fields = add_fields);
