/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The condition `zone`: each of some persons or trackers is in one of some zones, as far as their coordinates tell.
 *
 *     condition: zone
 *     entity_id: person.anna
 *     zone: [zone.home, zone.school]
 *
 * Model: components.zone.condition
 */
#include <string.h>

#include <hass/condition.h>
#include <hass/const.h>
#include <hass/location.h>
#include <hass/states.h>

#include "kinds.h"

static int check(const json_t *config, struct hass_error *err)
{
    static const char *const keys[] = { "entity_id", "zone" };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (json_array_size(json_object_get(config, keys[i])) == 0)
            return hass_fail(err, HASS_E_INVALID, "%s: expected a list of entity ids", keys[i]);
    }
    return 0;
}

HASS_SCHEMA(schema,
            HASS_FIELD("entity_id", &hass_type_entity_ids, .required = true,
                       .doc = "Who must be in one of the zones: all of them"),
            HASS_FIELD("zone", &hass_type_entity_ids, .required = true, .doc = "The zones"));

static int read_number(const struct hass_state *state, const char *key, double *ret_number,
                       struct hass_error *err)
{
    struct hass_value value;

    if (hass_state_attr(state, key, &value) && hass_value_number(value, ret_number))
        return 0;
    return hass_fail(err, HASS_E_CONDITION, "%s has no %s", hass_state_entity_id(state), key);
}

/* 1, 0, or the error: there is no such zone or no such place. */
static HASS_CALLBACK int is_in_zone(struct hass *hass, const struct hass_state *state,
                                    const char *zone_id, struct hass_error *err)
{
    const struct hass_state *zone = hass_states_async_get(hass, zone_id);
    const char *text = hass_state_state(state);
    double latitude = 0, longitude = 0, accuracy = 0;

    if (!zone)
        return hass_fail(err, HASS_E_CONDITION, "there is no zone %s", zone_id);
    if (!strcmp(text, HASS_STATE_UNKNOWN) || !strcmp(text, HASS_STATE_UNAVAILABLE))
        return 0;
    int r = read_number(state, "latitude", &latitude, err);
    if (r == 0)
        r = read_number(state, "longitude", &longitude, err);
    if (r < 0)
        return r;
    (void)read_number(state, "gps_accuracy", &accuracy, NULL);
    return hass_location_in_zone(zone, latitude, longitude, accuracy);
}

/* The first failure is told unless one of the zones is the place. */
static HASS_CALLBACK int is_in_any(struct hass *hass, const char *entity_id, const json_t *zones,
                                   struct hass_error *err)
{
    const struct hass_state *state = hass_states_async_get(hass, entity_id);
    struct hass_error failure = HASS_ERROR_INIT;

    if (!state)
        return hass_fail(err, HASS_E_CONDITION, "there is no entity %s", entity_id);
    for (size_t i = 0; i < json_array_size(zones); i++) {
        if (is_in_zone(hass, state, json_string_value(json_array_get(zones, i)), &failure) > 0)
            return 1;
    }
    return hass_error_copy(err, &failure);
}

static HASS_CALLBACK int test(struct hass *hass, const json_t *config, void *data,
                              struct hass_variables *variables, struct hass_trace *trace,
                              struct hass_error *err)
{
    const json_t *ids = json_object_get(config, "entity_id");
    const json_t *zones = json_object_get(config, "zone");
    struct hass_error failure = HASS_ERROR_INIT;
    bool all = true;

    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *entity_id = json_string_value(json_array_get(ids, i));
        all = is_in_any(hass, entity_id, zones, &failure) > 0 && all;
    }
    return all ? 1 : hass_error_copy(err, &failure);
}

const struct hass_condition_kind zone_condition =
    HASS_CONDITION_KIND(.name = "zone", .schema = &schema, .check = check, .async_test = test);
