/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Valves: what they show, and what they are told.
 */
#include "support/cases.h"
#include "support/fake.h"
#include "valve/valve.h"

static struct valve_state now;

static const struct valve_state *state(struct hass_entity *entity)
{
    return &now;
}

static const char *const actions[] = { "open", "close", "stop", "position" };

static HASS_COROUTINE int on_loop(struct hass_entity *entity, const struct valve_command *command,
                                  struct hass_error *err)
{
    fake_tell("%s %d", actions[command->action], command->position);
    return 0;
}

static const struct valve_ops ops = VALVE_OPS(.state = state, .async_command = on_loop);

static HASS_CALLBACK struct hass *home(struct valve_state start, uint32_t features)
{
    now = start;
    now.size = sizeof(now);
    fake.description.supported_features = features;
    return fake_home("valve", &ops);
}

#define WHOLE(i)                                                                                   \
    {                                                                                              \
        .type = HASS_VALUE_INT, .integer = (i)                                                     \
    }
#define TRUTH(b)                                                                                   \
    {                                                                                              \
        .type = HASS_VALUE_BOOL, .boolean = (b)                                                    \
    }
#define ALL   15
#define MOVES (VALVE_OPEN | VALVE_CLOSE)

static const struct {
    struct valve_state state;
    const char *shown, *attributes;
} shows[] = {
    { { .is_closed = { 0 } }, "unknown", "{'current_position':null,'supported_features':11}" },
    { { .is_closed = TRUTH(false) }, "open", "{'current_position':null,'supported_features':11}" },
    { { .is_closed = TRUTH(true) }, "closed", "{'current_position':null,'supported_features':11}" },
    { { .is_closing = true }, "closing", "{'current_position':null,'supported_features':11}" },
    { { .is_opening = true, .reports_position = true, .position = WHOLE(80) },
      "opening",
      "{'current_position':80,'supported_features':11}" },
    { { .reports_position = true, .position = WHOLE(0) },
      "closed",
      "{'current_position':0,'supported_features':11}" },
    { { .reports_position = true, .position = WHOLE(1) },
      "open",
      "{'current_position':1,'supported_features':11}" },
    { { .reports_position = true, .is_closed = TRUTH(true) },
      "unknown",
      "{'current_position':null,'supported_features':11}" },
};

START_TEST(it_shows_where_it_is)
{
    hass__assert_loop();
    struct hass *hass = home(shows[_i].state, 11);

    ck_assert_str_eq(fake_state(hass), shows[_i].shown);
    fake_check_attributes(hass, shows[_i].attributes);
}
END_TEST

static const struct {
    struct valve_state state;
    uint32_t features;
    const char *service, *data;
    int result;
    const char *told;
} asked[] = {
    { { 0 }, MOVES, "open_valve", "", 0, "open 0" },
    { { 0 }, MOVES, "close_valve", "", 0, "close 0" },
    { { 0 }, ALL, "open_valve", "", 0, "position 100" },
    { { 0 }, ALL, "close_valve", "", 0, "position 0" },
    { { 0 }, ALL, "stop_valve", "", 0, "stop 0" },
    { { 0 }, ALL, "set_valve_position", "'position':40", 0, "position 40" },
    { { 0 }, VALVE_CLOSE, "open_valve", "", HASS_E_UNSUPPORTED, "" },
    { { 0 }, VALVE_OPEN, "close_valve", "", HASS_E_UNSUPPORTED, "" },
    { { 0 }, MOVES, "stop_valve", "", HASS_E_UNSUPPORTED, "" },
    { { 0 }, MOVES, "set_valve_position", "'position':40", HASS_E_UNSUPPORTED, "" },
    { { 0 }, VALVE_OPEN, "toggle", "", HASS_E_UNSUPPORTED, "" },
    { { 0 }, ALL, "set_valve_position", "'position':101", HASS_E_INVALID, "" },
    { { 0 }, ALL, "set_valve_position", "'position':-1", HASS_E_INVALID, "" },
    { { 0 }, ALL, "set_valve_position", "", HASS_E_INVALID, "" },
    { { .is_closed = TRUTH(true) }, MOVES, "toggle", "", 0, "open 0" },
    { { .is_closed = TRUTH(false) }, MOVES, "toggle", "", 0, "close 0" },
    { { 0 }, MOVES, "toggle", "", 0, "close 0" },
    { { .reports_position = true, .position = WHOLE(0) }, ALL, "toggle", "", 0, "position 100" },
    { { .is_opening = true }, ALL, "toggle", "", 0, "stop 0" },
    { { .is_closing = true }, MOVES, "toggle", "", 0, "close 0" },
};

START_TEST(it_is_told_what_it_can)
{
    hass__assert_loop();
    struct hass *hass = home(asked[_i].state, asked[_i].features);

    ck_assert_int_eq(fake_call(hass, asked[_i].service, asked[_i].data, NULL), asked[_i].result);
    ck_assert_str_eq(fake.told, asked[_i].told);
}
END_TEST

START_TEST(the_valve_of_demo_is_turned_on_the_pool)
{
    hass__assert_loop();
    struct hass *hass = test_home("demo:\n");

    ck_assert_str_eq(home_state(hass, "valve.garden_water"), "closed");
    ck_assert_int_eq(
        home_call(hass, "valve", "open_valve", "{'entity_id':'valve.garden_water'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "valve.garden_water"), "open");
}
END_TEST

CASES_MAIN("valve", ROWS(it_shows_where_it_is, shows), ROWS(it_is_told_what_it_can, asked),
           ONCE(the_valve_of_demo_is_turned_on_the_pool))
