/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain person: where people are, by what they carry, from YAML or made at run time.
 *
 *     person:
 *       - id: ada
 *         name: Ada
 *         user_id: 0123456789abcdef0123456789abcdef
 *         device_trackers: [device_tracker.adas_phone]
 *         picture: /local/ada.jpg
 *
 * Of the trackers the newest decides that is connected at home; else the newest on the map; else the newest that is not at
 * home. Model: components.person
 */
#include <string.h>

#include <hass/collection.h>
#include <hass/event_helpers.h>
#include <hass/integration.h>

#define MAX_TRACKERS 100 /* of a person */

#define FIELDS                                                                                     \
    HASS_FIELD("name", &hass_type_string, .required = true, .min = 1, .max = 255,                  \
               .doc = "What they are called"),                                                     \
        HASS_FIELD("user_id", &hass_type_string, .nullable = true, .min = 1, .max = 64,            \
                   .doc = "Their account"),                                                        \
        HASS_FIELD("device_trackers", &hass_type_entity_id, .list = true, .min = 0,                \
                   .max = MAX_TRACKERS, .fallback = "[]", .doc = "What they carry"),               \
        HASS_FIELD("picture", &hass_type_string, .nullable = true, .min = 1, .max = 2000,          \
                   .doc = "Address of a picture")

HASS_SCHEMA(item_schema, FIELDS);
HASS_SCHEMA_WITH(config_schema, (.list = true),
                 HASS_FIELD("id", &hass_type_string, .required = true, .min = 1, .max = 255,
                            .doc = "Tells them from others, for ever"),
                 FIELDS);

HASS_MANIFEST(.domain = "person", .name = "Person", .version = HASS_VERSION,
              .config = &config_schema, .after_dependencies = HASS_LIST("device_tracker"));

/* References; NULL: nobody knows. */
struct values {
    const struct hass_state *source; /* of the tracker that decides */
    const struct hass_state *place;  /* whose coordinates are shown */
    const struct hass_state *before; /* of the person themself, until trackers say something */
    struct hass_sub *tracking;
    struct hass_sub *starting;
};

static const json_t *trackers_of(struct hass_entity *entity)
{
    return hass_json_get(hass_item_of(entity)->config, "device_trackers");
}

/* which tracker decides */

enum kind {
    CONNECTED, /* not on the map, and at home */
    ON_MAP,
    AWAY,
    KINDS,
};

/* KINDS: it says nothing. */
static enum kind kind_of(const struct hass_state *tracker)
{
    const char *place = hass_state_state(tracker);
    struct hass_value source;

    if (!strcmp(place, HASS_STATE_UNKNOWN) || !strcmp(place, HASS_STATE_UNAVAILABLE))
        return KINDS;
    if (hass_state_attr(tracker, "source_type", &source) && source.type == HASS_VALUE_STRING &&
        !strcmp(source.text.data, "gps"))
        return ON_MAP;
    if (!strcmp(place, "home"))
        return CONNECTED;
    return !strcmp(place, "not_home") ? AWAY : KINDS;
}

/* Lent. */
static HASS_CALLBACK const struct hass_state *choose(struct hass_entity *entity)
{
    const struct hass_state *newest[KINDS] = { NULL };
    size_t i;
    json_t *id;

    json_array_foreach((json_t *)trackers_of(entity), i, id) {
        const struct hass_state *tracker =
            hass_states_async_get(hass_entity_hass(entity), json_string_value(id));
        enum kind kind = tracker ? kind_of(tracker) : KINDS;
        if (kind != KINDS && (!newest[kind] || hass_state_last_updated(tracker) >
                                                   hass_state_last_updated(newest[kind])))
            newest[kind] = tracker;
    }
    for (enum kind kind = 0; kind < KINDS; kind++)
        if (newest[kind])
            return newest[kind];
    return NULL;
}

/* Who is at home by a router is where the home is. */
static HASS_CALLBACK const struct hass_state *place_of(struct hass *hass,
                                                       const struct hass_state *source)
{
    struct hass_value latitude;

    if (source && !strcmp(hass_state_state(source), "home") &&
        !hass_state_attr(source, "latitude", &latitude))
        return hass_states_async_get(hass, "zone.home");
    return source;
}

static const struct hass_state *replace(const struct hass_state *former,
                                        const struct hass_state *state)
{
    const struct hass_state *held = state ? hass_state_ref(state) : NULL;

    hass_state_unref(former);
    return held;
}

static HASS_CALLBACK void look(struct hass_entity *entity)
{
    struct values *values = hass_entity_async_values(entity);
    const struct hass_state *source = choose(entity);

    values->before = replace(values->before, NULL);
    values->source = replace(values->source, source);
    values->place = replace(values->place, place_of(hass_entity_hass(entity), source));
}

/* following them */

static HASS_CALLBACK int on_tracker(const struct hass_event *event, void *entity,
                                    struct hass_error *err)
{
    look(entity);
    return hass_entity_async_write_ha_state(entity, err);
}

static HASS_CALLBACK int track(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    const char *ids[MAX_TRACKERS + 1] = { NULL };
    size_t i;
    json_t *id;

    values->tracking = hass_sub_async_remove(values->tracking);
    look(entity);
    json_array_foreach((json_t *)trackers_of(entity), i, id)
        ids[i] = json_string_value(id);
    if (!ids[0]) /* no names would be all of them */
        return 0;
    return hass_async_track_state_change_event(hass_entity_hass(entity), ids,
                                               HASS_JOB_CALLBACK(on_tracker, entity),
                                               &values->tracking, err);
}

static HASS_CALLBACK int on_start(struct hass *hass, void *entity, struct hass_error *err)
{
    int r = track(entity, err);

    return r < 0 ? r : hass_entity_async_write_ha_state(entity, err);
}

/* Before the start trackers come one by one: nobody should seem to have left meanwhile. */
static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    struct hass *hass = hass_entity_hass(entity);

    if (hass_is_running(hass))
        return track(entity, err);
    values->before = replace(values->before, hass_entity_async_last_state(entity));
    values->place = replace(values->place, values->before);
    return hass_async_at_start(hass, HASS_JOB_CALLBACK(on_start, entity), &values->starting, err);
}

static HASS_CALLBACK void stop(struct values *values)
{
    values->tracking = hass_sub_async_remove(values->tracking);
    values->starting = hass_sub_async_remove(values->starting);
}

static HASS_COROUTINE int removed(struct hass_entity *entity, struct hass_error *err)
{
    stop(hass_entity_async_values(entity));
    return 0;
}

static HASS_CALLBACK void destroy(struct hass_entity *entity)
{
    struct values *values = hass_entity_async_values(entity);

    stop(values);
    hass_state_unref(values->source);
    hass_state_unref(values->place);
    hass_state_unref(values->before);
}

/* what it shows */

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);
    const struct hass_state *shown = values->before ? values->before : values->source;

    return hass_value_string(shown ? hass_state_state(shown) : NULL);
}

static void copy_attribute(const struct hass_state *from, const char *key,
                           struct hass_attrs_writer *writer)
{
    struct hass_value value;

    if (from && hass_state_attr(from, key, &value))
        hass_attrs_set(writer, key, value);
}

static HASS_CALLBACK void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const struct values *values = hass_entity_async_values(entity);
    const struct hass_item *own = hass_item_of(entity);
    const char *user_id = hass_json_get_string(own->config, "user_id", NULL);

    hass_attrs_set(writer, HASS_ATTR_EDITABLE, HASS_BOOL(own->editable));
    hass_attrs_set_string(writer, "id", own->id);
    hass_attrs_set_json(writer, "device_trackers", trackers_of(entity));
    copy_attribute(values->place, "latitude", writer);
    copy_attribute(values->place, "longitude", writer);
    copy_attribute(values->place, "gps_accuracy", writer);
    copy_attribute(values->before, "source", writer);
    if (values->source)
        hass_attrs_set_string(writer, "source", hass_state_entity_id(values->source));
    if (user_id)
        hass_attrs_set_string(writer, "user_id", user_id);
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .async_added_to_hass = added,
                    .async_will_remove_from_hass = removed, .state = state,
                    .state_attributes = attributes, .destroy = destroy);

/* items */

static bool is_taken(const json_t *persons, const char *id, const char *user_id)
{
    size_t i;
    json_t *person;

    json_array_foreach((json_t *)persons, i, person)
        if (!strcmp(hass_json_get_string(person, "user_id", ""), user_id) &&
            (!id || strcmp(hass_json_get_string(person, "id", ""), id) != 0))
            return true;
    return false;
}

static HASS_CALLBACK int check_user(struct hass *hass, const char *id, const json_t *config,
                                    struct hass_error *err)
{
    const char *user_id = hass_json_get_string(config, "user_id", NULL);
    autojson *persons = hass_collection_async_as_json(hass, "person");

    if (user_id && (is_taken(hass_json_get(persons, "storage"), id, user_id) ||
                    is_taken(hass_json_get(persons, "config"), id, user_id)))
        return hass_fail(err, HASS_E_INVALID, "User already taken");
    return 0;
}

static const struct hass_entity_description description = HASS_ENTITY_DESCRIPTION(.restore = true);
/* Before version 2 the list had another name. */
static HASS_COROUTINE int migrate(struct hass *hass, int version, int minor_version, json_t *data,
                                  json_t **ret_data, void *userdata, struct hass_error *err)
{
    autojson *given = data;
    const json_t *persons = hass_json_get(given, "persons");

    *ret_data =
        version < 2 && json_is_array(persons) ? json_pack("{s:O}", "items", persons) : steal(given);
    return 0;
}

static const struct hass_collection_options collection =
    HASS_COLLECTION(.domain = "person", .schema = &item_schema, .ops = &ops,
                    .description = &description, .async_changed = track, .async_check = check_user,
                    .version = 2, .async_migrate = migrate, .merge = true, .lists_sections = true);

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_create(hass, &collection, config, err);
}

int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_reload(hass, "person", config, err);
}
