/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The triggers of the table. Each listens to the entities that its target means, and looks anew what those are when a registry changes. With
 * `behavior` first or all, and `for`, one change of the whole target is pending: the last that brought it about.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/const.h>
#include <hass/event_helpers.h>
#include <hass/states.h>

#include "purpose.h"

static const struct hass_field own_fields[] = {
    HASS_FIELD("target", &hass_type_map, .schema = &purpose_target_schema, .required = true,
               .doc = "Whose changes"),
    HASS_FIELD("behavior", &hass_type_enum,
               .words = HASS_WORDS("each", "first", "all", "any", "last"), .fallback = "\"each\"",
               .doc = "Each entity, the first, or when all do"),
    HASS_FIELD("for", &hass_type_duration, .min = 0, .max = -1, .doc = "How long"),
    HASS_FIELD("threshold", &purpose_type_threshold, .doc = "What its number must be"),
    HASS_FIELD("hvac_mode", &hass_type_string, .list = true, .doc = "Modes"),
    HASS_FIELD("operation_mode", &hass_type_string, .list = true, .doc = "Modes"),
    HASS_FIELD("zone", &hass_type_string, .list = true, .doc = "Zones, of which one is enough"),
    HASS_FIELD("event_type", &hass_type_string, .list = true, .doc = "Types of events"),
};

const struct hass_schema purpose_trigger_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(own_fields) / sizeof(own_fields[0]),
    .fields = own_fields,
};

enum behavior {
    EACH,
    FIRST,
    ALL,
};

struct watch {
    struct hass_trigger *trigger;
    const struct purpose *row;
    enum behavior behavior;
    json_t *ids;
    struct hass_sub *sub; /* of the entities; NULL: there are none */
    char *armed;          /* the entity whose change is pending for the whole target; or NULL */
};

static const struct purpose *row_of(const json_t *config)
{
    return purpose_find(purpose_trigger_at, hass_json_get_string(config, "trigger", ""));
}

int purpose_trigger_check(const json_t *config, struct hass_error *err)
{
    const struct purpose *row = row_of(config);

    if (row->how == PURPOSE_ENTERS && row->option && !json_object_get(config, row->option))
        return hass_fail(err, HASS_E_INVALID, "required key '%s' is missing", row->option);
    if (row->how == PURPOSE_NUMBER_CROSSED && !json_object_get(config, "threshold"))
        return hass_fail(err, HASS_E_INVALID, "required key 'threshold' is missing");
    return 0;
}

static enum behavior behavior_of(const json_t *config)
{
    const char *word = hass_json_get_string(config, "behavior", "each");

    if (strcmp(word, "first") == 0)
        return FIRST;
    return strcmp(word, "all") == 0 || strcmp(word, "last") == 0 ? ALL : EACH;
}

/* what has happened */

/* True when @state is what is waited for: kinds that wait for a state, not for a change. */
static HASS_CALLBACK bool is_there(const struct watch *watch, const struct hass_state *state)
{
    const struct purpose_source *source = state ? purpose_source_of(watch->row, state) : NULL;
    const json_t *config = hass_trigger_config(watch->trigger);

    if (!source || !purpose_is_valid(source, state))
        return false;
    if (watch->row->how == PURPOSE_NUMBER_CROSSED)
        return purpose_satisfies(hass_trigger_hass(watch->trigger),
                                 hass_json_get(config, "threshold"), source, state);
    return purpose_is_wanted(watch->row, source, config, state);
}

static HASS_CALLBACK bool number_changed(const struct watch *watch,
                                         const struct purpose_source *source,
                                         const struct hass_state *from, const struct hass_state *to)
{
    const json_t *config = hass_trigger_config(watch->trigger);
    double before, now;

    if (!purpose_number(source, from, &before) || !purpose_number(source, to, &now))
        return false;
    if (watch->row->how == PURPOSE_INCREASED)
        return now > before;
    if (watch->row->how == PURPOSE_DECREASED)
        return now < before;
    return now != before && purpose_satisfies(hass_trigger_hass(watch->trigger),
                                              hass_json_get(config, "threshold"), source, to);
}

/* The type of an event is an attribute; any counts where none is named. */
static bool is_of_type(const struct watch *watch, const struct hass_state *to)
{
    const json_t *types =
        watch->row->option ? hass_json_get(hass_trigger_config(watch->trigger), watch->row->option)
                           : NULL;
    struct hass_value value;

    if (!types)
        return true;
    if (!hass_state_attr(to, watch->row->option, &value) || value.type != HASS_VALUE_STRING)
        return false;
    for (size_t i = 0; i < json_array_size(types); i++) {
        if (strcmp(json_string_value(json_array_get(types, i)), value.text.data) == 0)
            return true;
    }
    return false;
}

static HASS_CALLBACK bool enters(const struct watch *watch, const struct hass_state *from,
                                 const struct hass_state *to)
{
    if (watch->row->from && !purpose_has_word(watch->row->from, hass_state_state(from)))
        return false;
    return is_there(watch, to) && !is_there(watch, from);
}

static HASS_CALLBACK bool happens(const struct watch *watch, const struct hass_state *from,
                                  const struct hass_state *to)
{
    const struct purpose_source *source = purpose_source_of(watch->row, to);

    if (!source || !purpose_is_valid(source, to))
        return false;
    if (watch->row->how == PURPOSE_ACTIVATED)
        return strcmp(hass_state_state(from), HASS_STATE_UNAVAILABLE) != 0 &&
               !purpose_is_same(source, from, to) && is_of_type(watch, to);
    if (!purpose_is_valid(source, from) &&
        (!source->attribute || strcmp(hass_state_state(from), HASS_STATE_UNKNOWN) == 0 ||
         strcmp(hass_state_state(from), HASS_STATE_UNAVAILABLE) == 0))
        return false;
    switch (watch->row->how) {
    case PURPOSE_CHANGED:
        return !purpose_is_same(source, from, to);
    case PURPOSE_REACHED:
        return !purpose_is_same(source, from, to) && purpose_is_reached(source, to);
    case PURPOSE_INCREASED:
    case PURPOSE_DECREASED:
    case PURPOSE_NUMBER_CHANGED:
        return number_changed(watch, source, from, to);
    default:
        return enters(watch, from, to);
    }
}

/* first, all: how it stands with the whole target. Entities that are not available do not count. */
static HASS_CALLBACK bool is_reached(const struct watch *watch)
{
    struct hass *hass = hass_trigger_hass(watch->trigger);
    size_t counted = 0, there = 0;

    for (size_t i = 0; i < json_array_size(watch->ids); i++) {
        const struct hass_state *state =
            hass_states_async_get(hass, json_string_value(json_array_get(watch->ids, i)));
        const struct purpose_source *source = state ? purpose_source_of(watch->row, state) : NULL;
        if (!source || !purpose_is_valid(source, state))
            continue;
        counted++;
        there += is_there(watch, state);
    }
    return watch->behavior == ALL ? counted > 0 && there == counted : there == 1;
}

/* For `for`: it must go on. The first one may be followed by others. */
static HASS_CALLBACK bool goes_on(const struct watch *watch)
{
    struct hass *hass = hass_trigger_hass(watch->trigger);

    if (watch->behavior == ALL)
        return is_reached(watch);
    for (size_t i = 0; i < json_array_size(watch->ids); i++) {
        if (is_there(watch,
                     hass_states_async_get(hass, json_string_value(json_array_get(watch->ids, i)))))
            return true;
    }
    return false;
}

bool purpose_trigger_holds(struct hass_trigger *trigger, const struct hass_trigger_change *pending,
                           const struct hass_state *now)
{
    const struct watch *watch = hass_trigger_data(trigger);

    hass__assert_loop();
    return watch->behavior == EACH ? is_there(watch, now) : goes_on(watch);
}

void purpose_trigger_describe(struct hass_trigger *trigger,
                              const struct hass_trigger_change *change,
                              struct hass_template_variables *fields, struct hass_buf *description)
{
    hass_buf_printf(description, "%s: %s",
                    hass_json_get_string(hass_trigger_config(trigger), "trigger", ""),
                    change->entity_id);
}

/* changes */

static HASS_CALLBACK void recheck(struct watch *watch, const char *entity_id,
                                  const struct hass_state *to)
{
    hass_trigger_async_recheck(watch->trigger, entity_id, to);
    if (watch->armed && strcmp(watch->armed, entity_id) != 0)
        hass_trigger_async_recheck(
            watch->trigger, watch->armed,
            hass_states_async_get(hass_trigger_hass(watch->trigger), watch->armed));
}

static HASS_CALLBACK int on_change(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    struct watch *watch = userdata;
    struct hass_trigger_change change = {
        .size = sizeof(change),
        .entity_id = hass_event_entity_id(event),
        .context = hass_event_context(event),
        .seconds = hass_json_get_number(hass_trigger_config(watch->trigger), "for", 0),
    };

    (void)hass_event_states(event, &change.from, &change.to);
    if (hass_trigger_async_armed(watch->trigger, NULL))
        recheck(watch, change.entity_id, change.to);
    if (!change.from || !change.to || !happens(watch, change.from, change.to))
        return 0;
    if (watch->behavior != EACH) {
        if (!is_reached(watch))
            return 0;
        hass_trigger_async_disarm(watch->trigger, NULL, NULL);
        free(watch->armed);
        watch->armed = strdup(change.entity_id);
    }
    return hass_trigger_async_change(watch->trigger, &change, err);
}

/* the target */

static HASS_CALLBACK int listen(struct watch *watch, struct hass_error *err)
{
    size_t count = json_array_size(watch->ids);
    autofree const char **ids = calloc(count + 1, sizeof(*ids));

    hass_trigger_async_disown(watch->trigger, watch->sub);
    watch->sub = NULL;
    if (!count)
        return 0;
    for (size_t i = 0; i < count; i++)
        ids[i] = json_string_value(json_array_get(watch->ids, i));
    int r =
        hass_async_track_state_change_event(hass_trigger_hass(watch->trigger), ids,
                                            HASS_JOB_CALLBACK(on_change, watch), &watch->sub, err);
    hass_trigger_async_own(watch->trigger, watch->sub);
    return r;
}

static HASS_CALLBACK int look(struct watch *watch, struct hass_error *err)
{
    json_t *ids = purpose_targets(hass_trigger_hass(watch->trigger), watch->row,
                                  hass_json_get(hass_trigger_config(watch->trigger), "target"));
    autojson *former = watch->ids;

    watch->ids = ids;
    if (former && json_equal(former, ids))
        return 0;
    for (size_t i = 0; i < json_array_size(former); i++) {
        const json_t *id = json_array_get(former, i);
        bool stays = false;
        for (size_t j = 0; j < json_array_size(ids); j++)
            stays = stays || json_equal(id, json_array_get(ids, j));
        if (!stays)
            hass_trigger_async_disarm(watch->trigger, json_string_value(id),
                                      "it is not part of the target any more");
    }
    return listen(watch, err);
}

static HASS_CALLBACK int on_registry(const struct hass_event *event, void *userdata,
                                     struct hass_error *err)
{
    return look(userdata, err);
}

/* Only what is meant by its place may be other entities tomorrow. */
static HASS_CALLBACK int watch_registries(struct watch *watch, struct hass_error *err)
{
    static const char *const events[] = { "entity_registry_updated", "device_registry_updated",
                                          "area_registry_updated", "floor_registry_updated",
                                          "label_registry_updated" };
    const json_t *target = hass_json_get(hass_trigger_config(watch->trigger), "target");
    int r = 0;

    if (json_object_size(target) == (json_object_get(target, "entity_id") != NULL))
        return 0;
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]) && r >= 0; i++) {
        struct hass_sub *sub = NULL;
        r = hass_bus_async_listen(hass_trigger_hass(watch->trigger), events[i], NULL,
                                  HASS_JOB_CALLBACK(on_registry, watch), &sub, err);
        hass_trigger_async_own(watch->trigger, sub);
    }
    return r;
}

static void destroy(void *data)
{
    struct watch *watch = data;

    json_decref(watch->ids);
    free(watch->armed);
    free(watch);
}

int purpose_trigger_attach(struct hass_trigger *trigger, struct hass_error *err)
{
    const json_t *config = hass_trigger_config(trigger);
    struct watch *watch = calloc(1, sizeof(*watch));

    hass__assert_loop();
    *watch = (struct watch){
        .trigger = trigger,
        .row = row_of(config),
        .behavior = behavior_of(config),
    };
    if (watch->row->how != PURPOSE_ENTERS && watch->row->how != PURPOSE_NUMBER_CROSSED)
        watch->behavior = EACH; // the others do not last
    hass_trigger_set_data(trigger, watch, destroy);
    int r = look(watch, err);
    return r < 0 ? r : watch_registries(watch, err);
}
