/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template covers: a state, a position, a tilt, and the actions that move them.
 */
#include "cover/cover.h"

#include "parts.h"

static int check_actions(const json_t *value, struct hass_error *err)
{
    bool opens = hass_json_get(value, "open_cover"), closes = hass_json_get(value, "close_cover");

    if (opens != closes)
        return hass_fail(err, HASS_E_INVALID, "open_cover and close_cover come together");
    if (!opens && !hass_json_get(value, "set_cover_position"))
        return hass_fail(err, HASS_E_INVALID,
                         "expected open_cover and close_cover, or set_cover_position");
    return 0;
}

TEMPLATE_SCHEMA_WITH(
    template_cover_schema, (.check = check_actions), TEMPLATE_COMMON_FIELDS,
    TEMPLATE_FIELD("state", "open, opening, closed, closing; true is open"),
    TEMPLATE_FIELD("position", "0 (closed) to 100"), TEMPLATE_FIELD("tilt", "0 to 100"),
    TEMPLATE_ACTIONS("open_cover", "Opens"), TEMPLATE_ACTIONS("close_cover", "Closes"),
    TEMPLATE_ACTIONS("stop_cover", "Stops"),
    TEMPLATE_ACTIONS("set_cover_position", "Gets position"),
    TEMPLATE_ACTIONS("set_cover_tilt_position", "Gets tilt"),
    HASS_FIELD("device_class", &hass_type_string, .doc = "awning, blind, garage, …"),
    HASS_FIELD("optimistic", &hass_type_bool, .doc = "It is where it was told to go at once"),
    HASS_FIELD("tilt_optimistic", &hass_type_bool, .doc = "The same of its tilt"));

static const struct template_rename renames[] = {
    { "position_template", "position" },
    { "tilt_template", "tilt" },
    { NULL, NULL },
};

struct template_cover {
    struct template_entity item;
    struct cover_state state;
    struct hass_value place; /* the position, also where it is not shown */
    bool shows_position, tilt_optimistic;
};

static void set_place(struct template_cover *cover, struct hass_value place)
{
    cover->place = place;
    cover->state.position = cover->shows_position ? place : HASS_NONE;
    cover->state.is_closed =
        place.type == HASS_VALUE_NONE ? HASS_NONE : HASS_BOOL(place.integer == 0);
}

/* The words that say "open" stand first. */
static HASS_CALLBACK void set_state(struct template_entity *item, const json_t *result)
{
    static const char *const words[] = { "true",    "open",    "false", "closed",
                                         "opening", "closing", NULL };
    struct template_cover *cover = (struct template_cover *)item;
    int word = template_word(result, words);

    template_entity_judge(item, result);
    if (word < 0 && !template_is_unknown(result))
        template_entity_complain(item, "state", result, "open, opening, closed or closing");
    cover->state.is_opening = word == 4;
    cover->state.is_closing = word == 5;
    if (!template_entity_has(item, "position"))
        set_place(cover, word < 0 ? HASS_NONE : HASS_INT(word < 2 ? 100 : 0));
}

static HASS_CALLBACK void set_position(struct template_entity *item, const json_t *result)
{
    double position;

    set_place((struct template_cover *)item,
              template_number_within(item, "position", result, 0, 100, &position)
                  ? HASS_INT((int)position)
                  : HASS_NONE);
    if (!template_entity_has(item, "state"))
        template_entity_judge(item, result);
}

static HASS_CALLBACK void set_tilt(struct template_entity *item, const json_t *result)
{
    double tilt;

    ((struct template_cover *)item)->state.tilt_position =
        template_number_within(item, "tilt", result, 0, 100, &tilt) ? HASS_INT((int)tilt)
                                                                    : HASS_NONE;
}

static const struct template_option options[] = {
    { "position", set_position },
    { "tilt", set_tilt },
    { "state", set_state },
    { NULL, NULL },
};

static const struct cover_state *state(struct hass_entity *entity)
{
    const struct template_cover *cover = template_entity_of(entity);

    return &cover->state;
}

/* what it is told: the action, that which stands in for it, and where it leads (-1: nowhere) */
static const struct {
    const char *action, *otherwise;
    int place;
    bool tilt;
} commands[] = {
    [COVER_ACTION_OPEN] = { "open_cover", "set_cover_position", 100, false },
    [COVER_ACTION_CLOSE] = { "close_cover", "set_cover_position", 0, false },
    [COVER_ACTION_STOP] = { "stop_cover", "stop_cover", -1, false },
    [COVER_ACTION_SET_POSITION] = { "set_cover_position", "set_cover_position", -1, false },
    [COVER_ACTION_OPEN_TILT] = { "set_cover_tilt_position", "set_cover_tilt_position", 100, true },
    [COVER_ACTION_CLOSE_TILT] = { "set_cover_tilt_position", "set_cover_tilt_position", 0, true },
    [COVER_ACTION_SET_TILT_POSITION] = { "set_cover_tilt_position", "set_cover_tilt_position", -1,
                                         true },
};

static HASS_COROUTINE int command(struct hass_entity *entity, const struct cover_command *command,
                                  struct hass_error *err)
{
    struct template_cover *cover = template_entity_of(entity);
    const typeof(commands[0]) *row = &commands[command->action];
    const char *action =
        template_entity_has(&cover->item, row->action) ? row->action : row->otherwise;
    bool stops = command->action == COVER_ACTION_STOP;
    int place = row->place < 0 ? command->position : row->place;
    int r = template_entity_async_act(
        &cover->item, action,
        stops ? NULL : json_pack("{s:i}", row->tilt ? "tilt" : "position", place), err);

    if (r < 0 || stops)
        return r;
    if (row->tilt && cover->tilt_optimistic)
        cover->state.tilt_position = HASS_INT(place);
    else if (!row->tilt && cover->item.optimistic)
        set_place(cover, HASS_INT(place));
    return r;
}

static const struct cover_ops ops = COVER_OPS(.state = state, .async_command = command);

static void init(struct template_entity *item)
{
    struct template_cover *cover = (struct template_cover *)item;
    bool positions = template_entity_has(item, "set_cover_position");
    bool shown = template_entity_has(item, "state") || template_entity_has(item, "position");

    cover->state.size = sizeof(cover->state);
    cover->shows_position = positions || template_entity_has(item, "position");
    item->optimistic = hass_json_get_bool(item->config, "optimistic", !shown);
    cover->tilt_optimistic =
        hass_json_get_bool(item->config, "tilt_optimistic", !template_entity_has(item, "tilt"));
    item->description.assumed_state = item->optimistic;
    item->description.supported_features =
        COVER_OPEN | COVER_CLOSE | (positions ? COVER_SET_POSITION : 0U) |
        (template_entity_has(item, "stop_cover") ? COVER_STOP : 0U) |
        (template_entity_has(item, "set_cover_tilt_position")
             ? COVER_OPEN_TILT | COVER_CLOSE_TILT | COVER_SET_TILT_POSITION
             : 0U);
}

const struct template_kind template_cover = {
    .domain = "cover",
    .default_name = "Template Cover",
    .size = sizeof(struct template_cover),
    .schema = &template_cover_schema,
    .options = options,
    .ops = &ops,
    .renames = renames,
    .init = init,
    .assumes = true,
};
