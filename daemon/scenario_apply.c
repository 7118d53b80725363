/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens in a scenario, made to happen. States of devices are simply set. Helpers (input_boolean, timer, …) are told by their own
 * services, so that they go on from there; what else an integration of the scratch home computes (the sun, a person) is held, since the
 * scenario's word counts.
 */
#include <string.h>

#include <hass/bus.h>
#include <hass/context.h>
#include <hass/states.h>

#include "scenario_home.h"

/* How an entity of a helper comes to a state. */
static const struct {
    const char *domain;
    const char *state; /* NULL: any */
    const char *service;
    const char *key; /* of data, for the state; or NULL */
} ways[] = {
    { "automation", "on", "turn_on", NULL },
    { "automation", "off", "turn_off", NULL },
    { "counter", NULL, "set_value", "value" },
    { "input_boolean", "on", "turn_on", NULL },
    { "input_boolean", "off", "turn_off", NULL },
    { "input_button", NULL, "press", NULL },
    { "input_datetime", NULL, "set_datetime", "datetime" },
    { "input_number", NULL, "set_value", "value" },
    { "input_select", NULL, "select_option", "option" },
    { "input_text", NULL, "set_value", "value" },
    { "timer", "active", "start", NULL },
    { "timer", "idle", "cancel", NULL },
    { "timer", "paused", "pause", NULL },
};

static bool is_of(const char *entity_id, const char *domain)
{
    size_t length = strlen(domain);

    return strncmp(entity_id, domain, length) == 0 && entity_id[length] == '.';
}

/* Of a recorded state: integrations compute these anew, from what was recorded, too. */
static bool is_computed(const struct scenario_item *item)
{
    return item->recorded && (item->present || !is_of(item->name, "person"));
}

/* Of the home that runs, and not in its configuration as it is written now. Scenes and groups may be a device's. */
static bool has_gone(const struct scenario_item *item)
{
    size_t length = strcspn(item->name, ".");
    autofree char *domain = strndup(item->name, length);

    return item->present && scenario_is_logic(domain) && !is_of(item->name, "scene") &&
           !is_of(item->name, "group");
}

/* "2024-06-01 07:30:00", "2024-06-01" and "07:30:00" are different keys. */
static const char *key_for(const char *key, const char *state)
{
    if (strcmp(key, "datetime") != 0)
        return key;
    return !strchr(state, ':') ? "date" : !strchr(state, '-') ? "time" : "datetime";
}

static HASS_CALLBACK json_t *attributes_for(struct home *home, const struct scenario_item *item)
{
    const struct hass_state *state = hass_states_async_get(home->hass, item->name);

    if (item->data)
        return hass_json_ref(item->data);
    json_t *attributes = state ? hass_state_attributes(state) : json_object();
    json_object_del(attributes, HASS_ATTR_RESTORED);
    return attributes;
}

/* A timer that the home begins with has so much left as it says. False: it does not say. */
static HASS_CALLBACK bool begin_timer(struct home *home, const struct scenario_item *item,
                                      const struct hass_context *context)
{
    const char *end = hass_json_get_string(item->data, "finishes_at", NULL);
    const json_t *remaining = hass_json_get(item->data, "remaining");
    bool active = strcmp(item->state, "active") == 0;
    bool paused = strcmp(item->state, "paused") == 0;
    autojson *left = NULL;
    int64_t time;

    if (active && end && hass_dt_parse(end, NULL, &time, NULL) == 0)
        left = json_real((double)(time - hass_now(home->hass)) / (double)HASS_USEC_PER_SEC);
    else if (paused && remaining)
        left = hass_json_ref(remaining);
    if (!left)
        return false;
    if (active && json_real_value(left) <= 0)
        return true; /* it has ended since */
    scenario_call_quietly(home, "timer", "start",
                          json_pack("{s:s, s:O}", "entity_id", item->name, "duration", left),
                          context);
    if (paused)
        scenario_call_quietly(home, "timer", "pause", json_pack("{s:s}", "entity_id", item->name),
                              context);
    return true;
}

/* What takes more than telling the state, at the start. */
static HASS_CALLBACK bool begin_helper(struct home *home, const struct scenario_item *item,
                                       const struct hass_context *context)
{
    const struct hass_set_options options = {
        .size = sizeof(options),
        .context = context,
        .timestamp = item->at,
    };

    if (is_of(item->name, "timer"))
        return begin_timer(home, item, context);
    if (!is_of(item->name, "input_button"))
        return false;
    /* When it was pressed; nobody presses it now. */
    (void)hass_states_async_set(home->hass, item->name, item->state, attributes_for(home, item),
                                &options, NULL);
    return true;
}

/* Returns true when the entity has been told by a service of its domain. */
static HASS_CALLBACK bool tell_helper(struct home *home, const struct scenario_item *item,
                                      bool given, const struct hass_context *context)
{
    size_t length = strcspn(item->name, ".");

    if (given && begin_helper(home, item, context))
        return true;

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strncmp(ways[i].domain, item->name, length) != 0 || ways[i].domain[length] ||
            (ways[i].state && strcmp(ways[i].state, item->state) != 0))
            continue;
        json_t *data = json_pack("{s:s}", "entity_id", item->name);
        if (ways[i].key)
            json_object_set_new(data, key_for(ways[i].key, item->state), json_string(item->state));
        const json_t *duration = hass_json_get(item->data, "duration");
        if (strcmp(ways[i].service, "start") == 0 && duration)
            json_object_set_new(data, "duration", hass_json_ref(duration));
        scenario_call_quietly(home, ways[i].domain, ways[i].service, data, context);
        return true;
    }
    return false;
}

static HASS_CALLBACK void set_state(struct home *home, const struct scenario_item *item, bool given,
                                    const struct hass_context *context)
{
    bool provided = scenario_is_provided(home, item->name);
    const struct hass_set_options options = {
        .size = sizeof(options),
        .context = context,
        .timestamp = given ? item->at : 0,
        .hold = provided,
    };

    if (provided && (!item->state || tell_helper(home, item, given, context) || is_computed(item)))
        return;
    if (!provided && has_gone(item))
        return;
    if (!provided)
        hass_strmap_set(home->ours, item->name, home);
    if (item->state)
        (void)hass_states_async_set(home->hass, item->name, item->state, attributes_for(home, item),
                                    &options, NULL);
    else
        (void)hass_states_async_remove(home->hass, item->name, context, NULL);
}

static HASS_CALLBACK void fire(struct home *home, const struct scenario_item *item,
                               const struct hass_context *context)
{
    struct scenario_seen seen = {
        .kind = SEEN_EVENT,
        .name = item->name,
        .data = item->data,
        .context = context,
        .asked = true,
    };

    scenario_tell(home, &seen);
    (void)hass_bus_async_fire(home->hass, item->name,
                              item->data ? hass_json_ref(item->data) : json_object(), context,
                              NULL);
}

static HASS_CALLBACK void call(struct home *home, const struct scenario_item *item,
                               const struct hass_context *context)
{
    const char *dot = strchr(item->name, '.');
    autofree char *domain = strndup(item->name, (size_t)(dot - item->name));
    json_t *data = item->data ? json_copy((json_t *)item->data) : json_object();
    struct hass_error err = HASS_ERROR_INIT;

    if (item->target)
        json_object_update(data, (json_t *)item->target);
    home->asking = true;
    int r = hass_services_async_call_later(home->hass, domain, dot + 1, data, context, &err);
    home->asking = false;
    if (r >= 0)
        return;
    autobuf text = HASS_BUF_INIT;
    hass_buf_printf(&text, "%s: %s", item->name, err.message);
    scenario_tell(home,
                  &(struct scenario_seen){ .kind = SEEN_LOG, .text = hass_buf_string(&text) });
}

void scenario_apply(struct home *home, const struct scenario_item *item, bool given)
{
    autounref(hass_context) const *context = hass_context_new(home->hass, NULL, NULL);

    switch (item->kind) {
    case SCENARIO_STATE:
        set_state(home, item, given, context);
        break;
    case SCENARIO_EVENT:
        fire(home, item, context);
        break;
    case SCENARIO_ACTION:
        call(home, item, context);
        break;
    }
}
