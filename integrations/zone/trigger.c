/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The triggers `zone` and `geo_location`: something comes into a zone, or leaves it, as far as its coordinates tell.
 *
 *     trigger: zone
 *     entity_id: person.anna
 *     zone: zone.school
 *     event: enter            # or leave
 *
 *     trigger: geo_location
 *     source: nsw_rural_fire_service_feed
 *     zone: zone.bushfire_alert_zone
 *     event: enter
 *
 * Model: components.zone.trigger, components.geo_location.trigger
 */
#include <ctype.h>
#include <string.h>

#include <hass/cleanup.h>
#include <hass/const.h>
#include <hass/location.h>
#include <hass/trigger.h>

#include "kinds.h"

#define EVENTS HASS_WORDS("enter", "leave")

HASS_SCHEMA(zone_schema,
            HASS_FIELD("entity_id", &hass_type_entity_ids, .required = true,
                       .doc = "Who comes or goes"),
            HASS_FIELD("zone", &hass_type_entity_id, .required = true, .doc = "The zone"),
            HASS_FIELD("event", &hass_type_enum, .words = EVENTS, .fallback = "\"enter\"",
                       .doc = "enter or leave"));
HASS_SCHEMA(geo_schema,
            HASS_FIELD("source", &hass_type_string, .required = true,
                       .doc = "Of which integration the entities are"),
            HASS_FIELD("zone", &hass_type_entity_id, .required = true, .doc = "The zone"),
            HASS_FIELD("event", &hass_type_enum, .words = EVENTS, .required = true,
                       .doc = "enter or leave"));

static int check_zone(const json_t *config, struct hass_error *err)
{
    if (json_array_size(hass_json_get(config, "entity_id")) > 0)
        return 0;
    return hass_fail(err, HASS_E_INVALID, "entity_id: expected a list of entity ids");
}

/* places */

static bool number(const struct hass_state *state, const char *key, double *ret_number)
{
    struct hass_value value;

    return hass_state_attr(state, key, &value) &&
           (value.type == HASS_VALUE_DOUBLE || value.type == HASS_VALUE_INT) &&
           hass_value_number(value, ret_number);
}

static bool has_place(const struct hass_state *state)
{
    double degrees;

    return number(state, "latitude", &degrees) && number(state, "longitude", &degrees);
}

/* A state that is not there, or not known, is nowhere. */
static bool is_in(const struct hass_state *zone, const struct hass_state *state)
{
    double latitude = 0, longitude = 0, accuracy = 0;

    if (!state || strcmp(hass_state_state(state), HASS_STATE_UNKNOWN) == 0 ||
        strcmp(hass_state_state(state), HASS_STATE_UNAVAILABLE) == 0)
        return false;
    if (!number(state, "latitude", &latitude) || !number(state, "longitude", &longitude))
        return false;
    (void)number(state, "gps_accuracy", &accuracy);
    return hass_location_in_zone(zone, latitude, longitude, accuracy);
}

/* firing */

/* A change that has to do with the zone. */
struct move {
    const char *entity_id;
    const struct hass_state *from, *to, *zone;
    const struct hass_context *context;
    const char *description;
};

static HASS_CALLBACK int fire(struct hass_trigger *trigger, const struct move *move,
                              struct hass_error *err)
{
    static const char *const keys[] = { "event", "source" };
    struct hass_template_variables *fields = hass_template_variables_create();

    for (size_t i = 0; i < 2; i++) {
        const char *text = hass_json_get_string(hass_trigger_config(trigger), keys[i], NULL);
        if (text)
            hass_template_variables_set(fields, i ? "trigger.source" : "trigger.event",
                                        json_string(text));
    }
    hass_template_variables_set(fields, "trigger.entity_id", json_string(move->entity_id));
    hass_template_variables_set_state(fields, "trigger.from_state", move->from);
    hass_template_variables_set_state(fields, "trigger.to_state", move->to);
    hass_template_variables_set_state(fields, "trigger.zone", move->zone);
    return hass_trigger_async_fire(trigger,
                                   HASS_TRIGGER_FIRE(.fields = fields,
                                                     .description = move->description,
                                                     .context = move->context),
                                   err);
}

static bool enters(const struct hass_trigger *trigger)
{
    return strcmp(hass_json_get_string(hass_trigger_config(trigger), "event", ""), "enter") == 0;
}

/* The zone, if the move is what is waited for. */
static HASS_CALLBACK bool concerns(struct hass_trigger *trigger, struct move *move)
{
    const char *id = hass_json_get_string(hass_trigger_config(trigger), "zone", "");

    move->zone = hass_states_async_get(hass_trigger_hass(trigger), id);
    if (!move->zone) {
        hass_warning("A trigger waits for the zone %s, which there is not", id);
        hass_trigger_async_nearly(trigger, "there is no zone %s", id);
        return false;
    }
    bool from = is_in(move->zone, move->from), to = is_in(move->zone, move->to);
    if (from == to)
        return false;
    if (to == enters(trigger))
        return true;
    hass_trigger_async_nearly(trigger, "%s has %s %s", move->entity_id, to ? "entered" : "left",
                              id);
    return false;
}

static struct move move_of(const struct hass_event *event)
{
    struct move move = {
        .entity_id = hass_event_entity_id(event),
        .context = hass_event_context(event),
    };

    (void)hass_event_states(event, &move.from, &move.to);
    return move;
}

/* zone */

static HASS_CALLBACK int on_change(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    struct hass_trigger *trigger = userdata;
    struct move move = move_of(event);
    autobuf description = HASS_BUF_INIT;

    if (!move.to || !has_place(move.to) || (move.from && !has_place(move.from)) ||
        !concerns(trigger, &move))
        return 0;
    hass_buf_printf(&description, "%s %s ", move.entity_id,
                    enters(trigger) ? "entering" : "leaving");
    hass_state_name(move.zone, &description);
    move.description = hass_buf_string(&description);
    return fire(trigger, &move, err);
}

static int attach_zone(struct hass_trigger *trigger, struct hass_error *err)
{
    const json_t *ids = hass_json_get(hass_trigger_config(trigger), "entity_id");
    autofree const char **list = calloc(json_array_size(ids) + 1, sizeof(*list));
    struct hass_sub *sub = NULL;

    hass__assert_loop();
    for (size_t i = 0; i < json_array_size(ids); i++)
        list[i] = json_string_value(json_array_get(ids, i));
    int r = hass_async_track_state_change_event(hass_trigger_hass(trigger), list,
                                                HASS_JOB_CALLBACK(on_change, trigger), &sub, err);
    hass_trigger_async_own(trigger, sub);
    return r;
}

/* geo_location */

static bool is_of_source(const struct hass_state *state, const char *source)
{
    struct hass_value value;

    return state && hass_state_attr(state, "source", &value) && value.type == HASS_VALUE_STRING &&
           strcasecmp(value.text.data, source) == 0;
}

static bool is_of_feed(const struct hass_event *event, void *userdata)
{
    static const char domain[] = "geo_location.";
    const char *source = hass_json_get_string(hass_trigger_config(userdata), "source", "");
    const struct hass_state *from = NULL, *to = NULL;

    if (strncmp(hass_event_entity_id(event), domain, strlen(domain)) != 0 ||
        !hass_event_states(event, &from, &to))
        return false;
    return is_of_source(from, source) || is_of_source(to, source);
}

static HASS_CALLBACK int on_feed(const struct hass_event *event, void *userdata,
                                 struct hass_error *err)
{
    struct hass_trigger *trigger = userdata;
    struct move move = move_of(event);
    autobuf description = HASS_BUF_INIT;

    if (!concerns(trigger, &move))
        return 0;
    hass_buf_printf(&description, "geo_location - %s",
                    hass_json_get_string(hass_trigger_config(trigger), "source", ""));
    move.description = hass_buf_string(&description);
    return fire(trigger, &move, err);
}

static int attach_geo(struct hass_trigger *trigger, struct hass_error *err)
{
    struct hass_sub *sub = NULL;

    hass__assert_loop();
    int r = hass_bus_async_listen(hass_trigger_hass(trigger), HASS_EVENT_STATE_CHANGED, is_of_feed,
                                  HASS_JOB_CALLBACK(on_feed, trigger), &sub, err);
    hass_trigger_async_own(trigger, sub);
    return r;
}

const struct hass_trigger_kind zone_trigger =
    HASS_TRIGGER_KIND(.name = "zone", .schema = &zone_schema, .check = check_zone,
                      .async_attach = attach_zone);
const struct hass_trigger_kind zone_geo_location =
    HASS_TRIGGER_KIND(.name = "geo_location", .schema = &geo_schema, .async_attach = attach_geo);
