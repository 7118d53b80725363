/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls of services in a scratch home. Logic runs. What belongs to a device is told and assumed to work, and what would reach out of
 * the home (reload, restart, a notification) is told and does nothing. A call that means both, a template light and a real one, is split.
 */
#include <string.h>

#include <hass/platform.h>
#include <hass/schema.h>
#include <hass/script.h>
#include <hass/states.h>

#include "scenario_effects.h"
#include "scenario_home.h"

/* whom a call means */

static json_t *as_list(const json_t *value)
{
    if (json_is_array(value))
        return hass_json_ref(value);
    json_t *list = json_array();
    json_array_append(list, (json_t *)value);
    return list;
}

static HASS_CALLBACK json_t *all_of_domain(struct hass *hass, const char *domain)
{
    struct hass_state_list states = { 0 };
    json_t *ids = json_array();

    if (hass_states_async_all(hass, domain, &states, NULL) == 0)
        for (size_t i = 0; i < states.count; i++)
            json_array_append_new(ids, json_string(hass_state_entity_id(states.items[i])));
    hass_state_list_fini(&states);
    return ids;
}

/* The entities that a call means, a list owned by the caller. */
static HASS_CALLBACK json_t *targets_of(struct hass *hass, const struct hass_intercepted_call *call)
{
    static const char *const keys[] = { "device_id", "area_id", "floor_id", "label_id" };
    static const struct hass_field field = HASS_FIELD("entity_id", &hass_type_entity_ids);
    const json_t *given = hass_json_get(call->data, "entity_id");
    autojson *target = json_object();
    json_t *ids = NULL;

    if (given && hass_type_entity_ids.check(&field, given, &ids, NULL) < 0)
        ids = NULL;
    if (json_is_string(ids)) {
        bool all = strcmp(json_string_value(ids), "all") == 0;
        json_decref(ids);
        return all ? all_of_domain(hass, call->domain) : json_array();
    }
    if (ids)
        json_object_set_new(target, "entity_id", ids);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const json_t *value = hass_json_get(call->data, keys[i]);
        if (value)
            json_object_set_new(target, keys[i], as_list(value));
    }
    if (json_object_size(target) == 0)
        return json_array();
    autojson *found = hass_async_extract_from_target(hass, target, true);
    json_t *entities = hass_json_ref(hass_json_get(found, "referenced_entities"));
    return entities ? entities : json_array();
}

/* Assumes what becomes of those that nobody here has; gives the others, a list owned by the caller. */
static HASS_CALLBACK json_t *assume(struct home *home, const struct hass_intercepted_call *call,
                                    const json_t *targets)
{
    json_t *provided = json_array();
    size_t i;
    json_t *target;

    json_array_foreach((json_t *)targets, i, target) {
        const char *entity_id = json_string_value(target);
        if (scenario_is_provided(home, entity_id)) {
            json_array_append(provided, target);
            continue;
        }
        hass_strmap_set(home->ours, entity_id, home);
        scenario_assume(home->hass, entity_id, call->service, call->data, call->context);
    }
    return provided;
}

/* what becomes of it */

/* The call for those of @entities alone that are of @domain. */
static HASS_CALLBACK void pass_on(struct home *home, const struct hass_intercepted_call *call,
                                  const char *domain, json_t *entities)
{
    static const char *const keys[] = { "device_id", "area_id", "floor_id", "label_id" };
    json_t *data = json_copy((json_t *)call->data);

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        json_object_del(data, keys[i]);
    json_object_set_new(data, "entity_id", entities);
    scenario_call_quietly(home, domain, call->service, data, call->context);
}

/* homeassistant.turn_on of entities of several domains. */
static HASS_CALLBACK int turn(struct home *home, const struct hass_intercepted_call *call)
{
    autojson *targets = targets_of(home->hass, call);
    autojson *provided = assume(home, call, targets);
    size_t i;
    json_t *target;

    json_array_foreach(provided, i, target) {
        const char *id = json_string_value(target);
        autofree char *domain = strndup(id, strcspn(id, "."));
        pass_on(home, call, domain, json_pack("[O]", target));
    }
    return 1;
}

static bool is_turn(const struct hass_intercepted_call *call)
{
    return strcmp(call->service, "turn_on") == 0 || strcmp(call->service, "turn_off") == 0 ||
           strcmp(call->service, "toggle") == 0;
}

static HASS_CALLBACK int deal_with(struct home *home, const struct hass_intercepted_call *call)
{
    bool is_logic = scenario_is_logic(call->domain);

    if (strcmp(call->domain, "homeassistant") == 0)
        return is_turn(call) ? turn(home, call) : 1;
    if (strncmp(call->service, "reload", 6) == 0)
        return 1;
    /* There is no service of that name at home either: it is a mistake. */
    if (is_logic && !call->exists && strcmp(call->domain, "scene") != 0)
        return 0;
    autojson *targets = targets_of(home->hass, call);
    if (json_array_size(targets) == 0)
        return !is_logic;
    autojson *provided = assume(home, call, targets);
    if (!call->exists || json_array_size(provided) == 0)
        return 1;
    if (json_array_size(provided) == json_array_size(targets))
        return 0;
    pass_on(home, call, call->domain, json_incref(provided));
    return 1;
}

/* Steps of template entities' actions have no place that is looked for. */
static HASS_CALLBACK void note_step(struct hass *hass, struct scenario_seen *seen,
                                    struct hass_buf *item)
{
    struct hass_script_calling calling;

    if (!hass_script_async_calling(hass, &calling))
        return;
    if (strcmp(calling.domain, "automation") == 0) {
        seen->step = calling.path;
    } else if (strcmp(calling.domain, "script") == 0 && calling.key) {
        seen->step = calling.path;
        hass_buf_printf(item, "script.%s", calling.key);
        seen->item = hass_buf_string(item);
    }
}

int scenario_on_call(struct hass *hass, const struct hass_intercepted_call *call, void *userdata,
                     json_t **ret_response, struct hass_error *err)
{
    struct home *home = userdata;
    autobuf name = HASS_BUF_INIT;
    autobuf item = HASS_BUF_INIT;
    struct scenario_seen seen = {
        .kind = SEEN_CALL,
        .data = call->data,
        .context = call->context,
        .asked = home->asking,
    };

    hass__assert_loop();
    home->asking = false;
    if (home->quiet) {
        home->quiet = false;
        return 0;
    }
    hass_buf_printf(&name, "%s.%s", call->domain, call->service);
    seen.name = hass_buf_string(&name);
    if (!seen.asked)
        note_step(hass, &seen, &item);
    scenario_tell(home, &seen);
    int r = deal_with(home, call);
    const json_t *response = hass_json_get(home->scenario->responses, seen.name);
    if (r > 0 && call->return_response && response)
        *ret_response = hass_json_ref(response);
    return r;
}
