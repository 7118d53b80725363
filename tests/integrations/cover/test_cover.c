/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Covers: what they show, what they are told, and which way a toggle goes.
 */
#include "cover/cover.h"
#include "support/cases.h"
#include "support/fake.h"

static struct cover_state now;

static const struct cover_state *state(struct hass_entity *entity)
{
    return &now;
}

static const char *const actions[] = { "open",      "close",      "stop",      "position",
                                       "open_tilt", "close_tilt", "stop_tilt", "tilt_position" };

static HASS_COROUTINE int on_loop(struct hass_entity *entity, const struct cover_command *command,
                                  struct hass_error *err)
{
    fake_tell("%s %d", actions[command->action], command->position);
    return 0;
}

static HASS_BLOCKING int on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                 const struct cover_command *command, void *values,
                                 struct hass_error *err)
{
    fake_tell("pool %s", actions[command->action]);
    return 0;
}

static const struct cover_ops ops = COVER_OPS(.state = state, .async_command = on_loop);
static const struct cover_ops pool_ops = COVER_OPS(.state = state, .command = on_pool);

static HASS_CALLBACK struct hass *home(struct cover_state start, uint32_t features)
{
    now = start;
    now.size = sizeof(now);
    fake.description.supported_features = features;
    return fake_home("cover", &ops);
}

#define WHOLE(i)                                                                                   \
    {                                                                                              \
        .type = HASS_VALUE_INT, .integer = (i)                                                     \
    }
#define TRUTH(b)                                                                                   \
    {                                                                                              \
        .type = HASS_VALUE_BOOL, .boolean = (b)                                                    \
    }
#define ALL 255

static const struct {
    struct cover_state state;
    uint32_t features;
    const char *shown, *attributes;
} shows[] = {
    { { .is_closed = { 0 } }, 11, "unknown", "{'supported_features':11}" },
    { { .is_closed = TRUTH(false) }, 11, "open", "{'supported_features':11}" },
    { { .is_closed = TRUTH(true), .position = WHOLE(0) },
      15,
      "closed",
      "{'supported_features':15,'current_position':0}" },
    { { .is_closing = true, .is_closed = TRUTH(false), .position = WHOLE(49) },
      15,
      "closing",
      "{'supported_features':15,'current_position':49}" },
    { { .is_opening = true, .is_closed = TRUTH(true) }, 0, "opening", "{'supported_features':0}" },
    { { .tilt_position = WHOLE(50) },
      251,
      "unknown",
      "{'supported_features':251,'current_tilt_position':50}" },
};

START_TEST(it_shows_where_it_is)
{
    hass__assert_loop();
    struct hass *hass = home(shows[_i].state, shows[_i].features);

    ck_assert_str_eq(fake_state(hass), shows[_i].shown);
    fake_check_attributes(hass, shows[_i].attributes);
}
END_TEST

static const struct {
    const char *service, *data;
    uint32_t feature; /* the one that is needed */
    const char *told;
} asked[] = {
    { "open_cover", "", COVER_OPEN, "open 0" },
    { "close_cover", "", COVER_CLOSE, "close 0" },
    { "stop_cover", "", COVER_STOP, "stop 0" },
    { "set_cover_position", "'position':25", COVER_SET_POSITION, "position 25" },
    { "set_cover_position", "'position':'100'", COVER_SET_POSITION, "position 100" },
    { "open_cover_tilt", "", COVER_OPEN_TILT, "open_tilt 0" },
    { "close_cover_tilt", "", COVER_CLOSE_TILT, "close_tilt 0" },
    { "stop_cover_tilt", "", COVER_STOP_TILT, "stop_tilt 0" },
    { "set_cover_tilt_position", "'tilt_position':50", COVER_SET_TILT_POSITION,
      "tilt_position 50" },
    { "toggle", "", COVER_OPEN | COVER_CLOSE, "close 0" },
    { "toggle_cover_tilt", "", COVER_OPEN_TILT | COVER_CLOSE_TILT, "close_tilt 0" },
};

START_TEST(it_is_told_what_is_asked)
{
    hass__assert_loop();
    struct hass *hass = home((struct cover_state){ 0 }, asked[_i].feature);

    ck_assert_int_eq(fake_call(hass, asked[_i].service, asked[_i].data, NULL), 0);
    ck_assert_str_eq(fake.told, asked[_i].told);
}
END_TEST

START_TEST(it_is_not_told_what_it_cannot)
{
    hass__assert_loop();
    uint32_t lowest = asked[_i].feature & -asked[_i].feature;
    struct hass *hass = home((struct cover_state){ 0 }, ALL & ~lowest);

    ck_assert_int_eq(fake_call(hass, asked[_i].service, asked[_i].data, NULL), HASS_E_UNSUPPORTED);
    ck_assert_str_eq(fake.told, "");
}
END_TEST

static const struct {
    const char *service, *data;
} bad[] = {
    { "set_cover_position", "" },
    { "set_cover_position", "'position':101" },
    { "set_cover_position", "'position':-1" },
    { "set_cover_position", "'position':'half'" },
    { "set_cover_tilt_position", "'position':5" },
    { "set_cover_tilt_position", "'tilt_position':101" },
    { "open_cover", "'position':5" },
};

START_TEST(what_makes_no_sense_is_refused)
{
    hass__assert_loop();
    struct hass *hass = home((struct cover_state){ 0 }, ALL);

    ck_assert_int_eq(fake_call(hass, bad[_i].service, bad[_i].data, NULL), HASS_E_INVALID);
    ck_assert_str_eq(fake.told, "");
}
END_TEST

#define MOVES (COVER_OPEN | COVER_CLOSE)

static const struct {
    struct cover_state state;
    uint32_t features;
    const char *told;
} toggles[] = {
    { { .is_closed = TRUTH(true) }, MOVES, "open 0" },
    { { .is_closed = TRUTH(false) }, MOVES, "close 0" },
    { { .is_closed = TRUTH(false), .position = WHOLE(100) }, MOVES, "close 0" },
    { { .is_opening = true, .is_closed = TRUTH(false) }, MOVES, "close 0" },
    { { .is_closing = true, .is_closed = TRUTH(false) }, MOVES, "open 0" },
    { { .is_opening = true }, MOVES | COVER_STOP, "stop 0" },
    { { .is_closing = true }, MOVES | COVER_STOP, "stop 0" },
};

START_TEST(a_toggle_goes_the_other_way)
{
    hass__assert_loop();
    struct hass *hass = home(toggles[_i].state, toggles[_i].features);

    ck_assert_int_eq(fake_call(hass, "toggle", "", NULL), 0);
    ck_assert_str_eq(fake.told, toggles[_i].told);
}
END_TEST

START_TEST(stopped_halfway_it_goes_back)
{
    hass__assert_loop();
    struct hass *hass = home((struct cover_state){ .is_closing = true }, MOVES | COVER_STOP);

    now.is_closing = false;
    now.is_closed = HASS_BOOL(false);
    fake_call(hass, "toggle", "", NULL);
    now.is_opening = true;
    fake_call(hass, "toggle", "", NULL);
    now.is_opening = false;
    fake_call(hass, "toggle", "", NULL);
    ck_assert_str_eq(fake.told, "open 0; stop 0; close 0");
}
END_TEST

static const struct {
    struct hass_value tilt;
    const char *told;
} tilts[] = {
    { WHOLE(0), "open_tilt 0" },
    { WHOLE(30), "close_tilt 0" },
    { { .type = HASS_VALUE_NONE }, "close_tilt 0" },
};

START_TEST(slats_are_toggled)
{
    hass__assert_loop();
    struct hass *hass = home((struct cover_state){ .tilt_position = tilts[_i].tilt }, ALL);

    ck_assert_int_eq(fake_call(hass, "toggle_cover_tilt", "", NULL), 0);
    ck_assert_str_eq(fake.told, tilts[_i].told);
}
END_TEST

START_TEST(the_pool_can_do_it_too)
{
    hass__assert_loop();
    fake.description.supported_features = COVER_OPEN;
    now.size = sizeof(now);
    struct hass *hass = fake_home("cover", &pool_ops);

    ck_assert_int_eq(fake_call(hass, "open_cover", "", NULL), 0);
    ck_assert_str_eq(fake.told, "pool open");
}
END_TEST

START_TEST(the_blind_of_demo_takes_its_time)
{
    hass__assert_loop();
    struct hass *hass = test_home("demo:\n");

    ck_assert_str_eq(home_state(hass, "cover.kitchen_blind"), "open");
    ck_assert_int_eq(home_call(hass, "cover", "set_cover_position",
                               "{'entity_id':'cover.kitchen_blind','position':0}", NULL),
                     0);
    ck_assert_str_eq(home_state(hass, "cover.kitchen_blind"), "closed");
}
END_TEST

CASES_MAIN("cover", ROWS(it_shows_where_it_is, shows), ROWS(it_is_told_what_is_asked, asked),
           ROWS(it_is_not_told_what_it_cannot, asked), ROWS(what_makes_no_sense_is_refused, bad),
           ROWS(a_toggle_goes_the_other_way, toggles), ONCE(stopped_halfway_it_goes_back),
           ROWS(slats_are_toggled, tilts), ONCE(the_pool_can_do_it_too),
           ONCE(the_blind_of_demo_takes_its_time))
