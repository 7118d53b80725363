/* SPDX-License-Identifier: Apache-2.0 */
/* Timers: their states, services and events. Virtual time begins on 1 January 2024, 00:00. */
#include <string.h>

#include <hass/entity_registry.h>

#include "support/items.h"

#define YAML "timer:\n  t:\n    duration: '00:00:10'\n  plain:\n    name: Plain\n"
#define T    "{'entity_id':'timer.t'}"

static const char *const types[] = { "timer.started",   "timer.restarted", "timer.paused",
                                     "timer.cancelled", "timer.finished",  "timer.changed" };

static HASS_CALLBACK int note(const struct hass_event *event, void *userdata,
                              struct hass_error *err)
{
    struct hass_buf *events = userdata;
    const json_t *data = hass_event_data(event);
    const char *end = hass_json_get_string(data, "finished_at", NULL);

    ck_assert_str_eq(hass_json_get_string(data, "entity_id", ""), "timer.t");
    hass_buf_printf(events, "%s%s", events->length ? " " : "", hass_event_type(event) + 6);
    if (end)
        hass_buf_printf(events, "@%s", end + strlen("2024-01-01T"));
    return 0;
}

/* Events are noted in the test's own buffer: "started finished@00:00:10+00:00". */
static HASS_CALLBACK struct hass_buf *listen(struct hass *hass)
{
    static struct hass_buf events;

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        ck_assert_int_eq(hass_bus_async_listen(hass, types[i], NULL,
                                               HASS_JOB_CALLBACK(note, &events), NULL, NULL),
                         0);
    return &events;
}

static HASS_CALLBACK void call(struct hass *hass, const char *service, const char *data)
{
    ck_assert_int_eq(home_call(hass, "timer", service, data, NULL), 0);
}

START_TEST(a_timer_runs_pauses_goes_on_and_finishes)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);
    struct hass_buf *events = listen(hass);

    items_check_attributes(hass, "timer.t", "{'duration':'0:00:10','editable':false}");
    call(hass, "start", T);
    test_advance(hass, 2);
    ck_assert_str_eq(home_state(hass, "timer.t"), "active");
    items_check_attributes(hass, "timer.t",
                           "{'duration':'0:00:10','editable':false,'remaining':'0:00:10',"
                           "'finishes_at':'2024-01-01T00:00:10+00:00',"
                           "'last_transition':'started'}");
    test_advance(hass, 2);
    call(hass, "pause", T);
    ck_assert_str_eq(home_state(hass, "timer.t"), "paused");
    items_check_attributes(hass, "timer.t",
                           "{'duration':'0:00:10','editable':false,'remaining':'0:00:06',"
                           "'last_transition':'paused'}");
    test_advance(hass, 16);
    call(hass, "start", T);
    test_advance(hass, 5.9);
    ck_assert_str_eq(home_state(hass, "timer.t"), "active");
    test_advance(hass, 0.2);
    ck_assert_str_eq(home_state(hass, "timer.t"), "idle");
    items_check_attributes(hass, "timer.t",
                           "{'duration':'0:00:10','editable':false,'last_transition':'finished'}");
    ck_assert_str_eq(events->data, "started paused restarted finished@00:00:26+00:00");
    hass_buf_fini(events);
}
END_TEST

static const struct {
    const char *first, *second, *data;
    const char *state, *duration, *events;
} steps[] = {
    { "start", "start", T, "active", "0:00:10", "started restarted" },
    { "start", "start", "{'entity_id':'timer.t','duration':25}", "active", "0:00:25",
      "started restarted" },
    { "start", "cancel", T, "idle", "0:00:10", "started cancelled" },
    { "start", "finish", T, "idle", "0:00:10", "started finished@00:00:10+00:00" },
    { "start", "pause", T, "paused", "0:00:10", "started paused" },
    { "pause", "cancel", T, "idle", "0:00:10", "cancelled" },
    { "pause", "finish", T, "idle", "0:00:10", "" },
    { "start", "change", "{'entity_id':'timer.t','duration':'-00:00:04'}", "active", "0:00:10",
      "started changed" },
};

START_TEST(services_do_what_the_state_allows)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);
    struct hass_buf *events = listen(hass);

    call(hass, steps[_i].first, T);
    call(hass, steps[_i].second, steps[_i].data);
    autojson *duration = home_attribute(hass, "timer.t", "duration");
    ck_assert_str_eq(home_state(hass, "timer.t"), steps[_i].state);
    ck_assert_str_eq(json_string_value(duration), steps[_i].duration);
    ck_assert_str_eq(hass_buf_string(events), steps[_i].events);
    hass_buf_fini(events);
}
END_TEST

static const struct {
    const char *by;
    int code;
    const char *remaining;
} changes[] = {
    { "-5", 0, "0:00:02" },
    { "{'seconds':3}", 0, "0:00:10" },
    { "'00:00:03'", 0, "0:00:10" },
    { "4", HASS_E_SERVICE_VALIDATION, "0:00:10" },
    { "-7", 0, "0:00:00" },
    { "-8", HASS_E_SERVICE_VALIDATION, "0:00:10" },
    { "'soon'", HASS_E_INVALID, "0:00:10" },
    { "null", HASS_E_INVALID, "0:00:10" },
};

START_TEST(a_change_moves_the_end_within_the_duration)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);
    autobuf data = HASS_BUF_INIT;

    hass_buf_printf(&data, "{'entity_id':'timer.t','duration':%s}", changes[_i].by);
    call(hass, "start", T);
    test_advance(hass, 3);
    ck_assert_int_eq(home_call(hass, "timer", "change", data.data, NULL), changes[_i].code);
    autojson *remaining = home_attribute(hass, "timer.t", "remaining");
    if (strcmp(changes[_i].remaining, "0:00:00") != 0)
        ck_assert_str_eq(json_string_value(remaining), changes[_i].remaining);
    else
        ck_assert_str_eq(home_state(hass, "timer.t"), "idle");
}
END_TEST

START_TEST(a_changed_timer_finishes_at_its_new_end)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);
    struct hass_buf *events = listen(hass);

    ck_assert_int_eq(
        home_call(hass, "timer", "change", "{'entity_id':'timer.t','duration':1}", NULL),
        HASS_E_SERVICE_VALIDATION);
    call(hass, "start", T);
    call(hass, "change", "{'entity_id':'timer.t','duration':-3}");
    test_advance(hass, 6.9);
    ck_assert_str_eq(home_state(hass, "timer.t"), "active");
    test_advance(hass, 4);
    ck_assert_str_eq(events->data, "started changed finished@00:00:07+00:00");
    hass_buf_fini(events);
}
END_TEST

START_TEST(a_timer_without_a_duration_ends_at_once)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    call(hass, "start", "{'entity_id':'timer.plain'}");
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "timer.plain"), "idle");
}
END_TEST

START_TEST(a_reload_lets_a_run_go_on_and_takes_the_duration_afterwards)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    call(hass, "start", T);
    loader_configure("timer:\n  t:\n    duration: 20\n");
    ck_assert_int_eq(home_call(hass, "timer", "reload", "{}", NULL), 0);
    items_check_attributes(hass, "timer.t",
                           "{'duration':'0:00:10','editable':false,'remaining':'0:00:10',"
                           "'finishes_at':'2024-01-01T00:00:10+00:00',"
                           "'last_transition':'started'}");
    test_advance(hass, 11);
    items_check_attributes(hass, "timer.t",
                           "{'duration':'0:00:20','editable':false,'last_transition':'finished'}");
}
END_TEST

START_TEST(a_running_timer_that_is_removed_never_finishes)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);
    struct hass_buf *events = listen(hass);

    call(hass, "start", T);
    loader_configure("timer:\n");
    ck_assert_int_eq(home_call(hass, "timer", "reload", "{}", NULL), 0);
    test_advance(hass, 20);
    ck_assert_str_eq(hass_buf_string(events), "started");
    hass_buf_fini(events);
}
END_TEST

static const struct {
    const char *fields, *said;
} refused[] = {
    { "{'name':'x','duration':'soon'}", "duration" },
    { "{'name':'x','duration':-1}", "duration" },
    { "{'name':'x','duration':1e10}", "duration" },
    { "{'name':'x','restore':'perhaps'}", "restore" },
};

START_TEST(a_wrong_item_is_refused)
{
    hass__assert_loop();
    items_check_refused("timer", refused[_i].fields, refused[_i].said);
}
END_TEST

START_TEST(a_wrong_section_is_reported)
{
    hass__assert_loop();
    items_check_section("timer", "  bad:\n    duration: soon\n", "soon");
}
END_TEST

START_TEST(an_item_made_at_run_time_is_there_after_a_restart)
{
    hass__assert_loop();
    struct hass *hass =
        items_check_restart("timer", "{'name':'Far','duration':{'hours':30}}",
                            "[{'id':'far','name':'Far','duration':'30:00:00','restore':false}]");

    items_check_attributes(hass, "timer.far",
                           "{'duration':'30:00:00','editable':true,'friendly_name':'Far'}");
}
END_TEST

#define LASTING                                                                                    \
    "timer:\n  t:\n    duration: '00:10:00'\n    restore: true\n"                                  \
    "  plain:\n    duration: '00:10:00'\n"

static const struct {
    const char *second; /* service after start; NULL: none */
    double away;        /* seconds until the home is back */
    const char *state, *finishes_at, *remaining, *events;
} lasting[] = {
    { NULL, 120, "active", "2024-01-01T00:10:00+00:00", "0:08:00",
      "restarted finished@00:10:00+00:00" },
    { NULL, 600, "idle", NULL, NULL, "finished@00:10:00+00:00" },
    { NULL, 7200, "idle", NULL, NULL, "finished@00:10:00+00:00" },
    { "pause", 7200, "paused", NULL, "0:10:00", "" },
    { "cancel", 60, "idle", NULL, NULL, "" },
};

static void assert_text(const json_t *text, const char *wanted)
{
    if (wanted)
        ck_assert_str_eq(json_string_value(text), wanted);
    else
        ck_assert_ptr_null(text);
}

START_TEST(a_timer_that_is_restored_goes_on)
{
    hass__assert_loop();
    struct hass *hass = test_home(LASTING);

    call(hass, "start", "{'entity_id':'all'}");
    if (lasting[_i].second)
        call(hass, lasting[_i].second, "{'entity_id':'all'}");
    hass = home_again(hass, lasting[_i].away);
    struct hass_buf *events = listen(hass);
    loader_boot(hass);
    test_settle(hass);
    autojson *finishes_at = home_attribute(hass, "timer.t", "finishes_at");
    autojson *remaining = home_attribute(hass, "timer.t", "remaining");
    ck_assert_str_eq(home_state(hass, "timer.t"), lasting[_i].state);
    ck_assert_str_eq(home_state(hass, "timer.plain"), "idle");
    assert_text(finishes_at, lasting[_i].finishes_at);
    assert_text(remaining, lasting[_i].remaining);
    test_advance(hass, 481);
    ck_assert_str_eq(hass_buf_string(events), lasting[_i].events);
    hass_buf_fini(events);
}
END_TEST

START_TEST(another_entity_id_changes_nothing_else)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    call(hass, "start", T);
    ck_assert_int_eq(hass_entity_registry_async_update(
                         hass, "timer.t", test_json("{'new_entity_id':'timer.u'}"), NULL, NULL),
                     0);
    test_advance(hass, 5);
    ck_assert_str_eq(home_state(hass, "timer.u"), "active");
    test_advance(hass, 5.1);
    ck_assert_str_eq(home_state(hass, "timer.u"), "idle");
}
END_TEST

CASES_MAIN("timer", ONCE(a_timer_runs_pauses_goes_on_and_finishes),
           ROWS(services_do_what_the_state_allows, steps),
           ROWS(a_change_moves_the_end_within_the_duration, changes),
           ONCE(a_changed_timer_finishes_at_its_new_end),
           ONCE(a_timer_without_a_duration_ends_at_once),
           ONCE(a_reload_lets_a_run_go_on_and_takes_the_duration_afterwards),
           ONCE(a_running_timer_that_is_removed_never_finishes),
           ROWS(a_wrong_item_is_refused, refused), ONCE(a_wrong_section_is_reported),
           ONCE(an_item_made_at_run_time_is_there_after_a_restart),
           ROWS(a_timer_that_is_restored_goes_on, lasting),
           ONCE(another_entity_id_changes_nothing_else))
