/* SPDX-License-Identifier: Apache-2.0 */
/* The conditions of the table: any of the entities that a target means, or all of them. Those that are not available are left out. */
#include <string.h>

#include <hass/dt.h>
#include <hass/loop.h>
#include <hass/states.h>

#include "purpose.h"

static const struct hass_field own_fields[] = {
    HASS_FIELD("target", &hass_type_map, .schema = &purpose_target_schema, .required = true,
               .doc = "Of whom it must be true"),
    HASS_FIELD("behavior", &hass_type_enum, .words = HASS_WORDS("any", "all"),
               .fallback = "\"any\"", .doc = "Whether one is enough"),
    HASS_FIELD("for", &hass_type_duration, .min = 0, .max = -1, .doc = "How long"),
    HASS_FIELD("threshold", &purpose_type_threshold, .doc = "What its number must be"),
    HASS_FIELD("hvac_mode", &hass_type_string, .list = true, .doc = "Modes"),
    HASS_FIELD("operation_mode", &hass_type_string, .list = true, .doc = "Modes"),
    HASS_FIELD("zone", &hass_type_string, .list = true, .doc = "Zones, of which one is enough"),
    HASS_FIELD("value", &hass_type_string, .list = true, .doc = "Texts"),
    HASS_FIELD("option", &hass_type_string, .list = true, .doc = "Options"),
};

const struct hass_schema purpose_condition_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(own_fields) / sizeof(own_fields[0]),
    .fields = own_fields,
};

static const struct purpose *row_of(const json_t *config)
{
    return purpose_find(purpose_condition_at, hass_json_get_string(config, "condition", ""));
}

int purpose_condition_check(const json_t *config, struct hass_error *err)
{
    const struct purpose *row = row_of(config);

    if (row->option && !json_object_get(config, row->option))
        return hass_fail(err, HASS_E_INVALID, "required key '%s' is missing", row->option);
    if (row->how == PURPOSE_NUMBER_CROSSED && !json_object_get(config, "threshold"))
        return hass_fail(err, HASS_E_INVALID, "required key 'threshold' is missing");
    return 0;
}

/* An attribute has no time of its own: that of the last update is no earlier. */
static bool has_lasted(struct hass *hass, const struct purpose_source *source,
                       const struct hass_state *state, double seconds)
{
    int64_t since =
        source->attribute ? hass_state_last_updated(state) : hass_state_last_changed(state);

    return hass_now(hass) - since >= (int64_t)(seconds * HASS_USEC_PER_SEC);
}

/* 1, 0; -1: it does not count. */
static HASS_CALLBACK int test_one(struct hass *hass, const struct purpose *row,
                                  const json_t *config, const struct hass_state *state)
{
    const struct purpose_source *source = state ? purpose_source_of(row, state) : NULL;
    bool good;

    if (!source || !purpose_is_valid(source, state))
        return -1;
    if (row->how == PURPOSE_NUMBER_CROSSED)
        good = purpose_satisfies(hass, hass_json_get(config, "threshold"), source, state);
    else
        good = purpose_is_wanted(row, source, config, state);
    return good && has_lasted(hass, source, state, hass_json_get_number(config, "for", 0));
}

int purpose_condition_test(struct hass *hass, const json_t *config, void *data,
                           struct hass_variables *variables, struct hass_trace *trace,
                           struct hass_error *err)
{
    const struct purpose *row = row_of(config);
    hass__assert_loop();
    autojson *ids = purpose_targets(hass, row, hass_json_get(config, "target"));
    bool all = strcmp(hass_json_get_string(config, "behavior", "any"), "all") == 0;

    for (size_t i = 0; i < json_array_size(ids); i++) {
        int r = test_one(hass, row, config,
                         hass_states_async_get(hass, json_string_value(json_array_get(ids, i))));
        if (r >= 0 && (r == 0) == all)
            return r;
    }
    return all;
}
