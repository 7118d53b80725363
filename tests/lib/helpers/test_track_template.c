/* SPDX-License-Identifier: Apache-2.0 */
/* Trackers of templates: what wakes them, how often, and what they tell. */
#include <stdio.h>
#include <string.h>

#include <hass/template.h>

#include "support/cases.h"
#include "support/test.h"

/* What a job has been told, one line an update: "0: null -> 1 (sensor.a)". */
struct told {
    struct hass_buf lines;
    unsigned calls;
    struct hass_sub *sub;
    bool remove;
};

static struct told told;

static void add_json(const json_t *value)
{
    if (value)
        hass_json_write(value, &told.lines);
    else
        hass_buf_add_char(&told.lines, '-');
}

static HASS_CALLBACK int on_update(const struct hass_template_updates *updates, void *userdata,
                                   struct hass_error *err)
{
    const char *cause = updates->event ? hass_event_entity_id(updates->event) : "-";

    told.calls++;
    for (size_t i = 0; i < updates->count; i++) {
        const struct hass_template_update *update = &updates->updates[i];
        hass_buf_printf(&told.lines, "%zu:", update->index);
        add_json(update->last_result);
        hass_buf_add_string(&told.lines, ">");
        if (update->error)
            hass_buf_add_string(&told.lines, update->error);
        else
            add_json(update->result);
        hass_buf_printf(&told.lines, " %s\n", cause);
    }
    if (told.remove)
        told.sub = hass_sub_async_remove(told.sub);
    return 0;
}

#define ck_assert_told(expected)                                                                   \
    do {                                                                                           \
        test_settle(test_hass());                                                                  \
        ck_assert_str_eq(hass_buf_string(&told.lines), (expected));                                \
        hass_buf_clear(&told.lines);                                                               \
    } while (0)

static HASS_CALLBACK void set(const char *id, const char *state)
{
    ck_assert_int_ge(hass_states_async_set(test_hass(), id, state, NULL, NULL, NULL), 0);
    test_settle(test_hass());
}

/* Begins to track up to three templates and lets them tell what they are. */
static HASS_CALLBACK void track_with(const char *const *texts, double rate_limit, bool has_super)
{
    struct hass_track_template list[3] = { 0 };
    size_t count = 0;

    for (; texts[count]; count++) {
        ck_assert_int_eq(hass_template_new(test_hass(), texts[count], &list[count].template, NULL),
                         0);
        list[count].rate_limit = rate_limit;
    }
    ck_assert_int_eq(
        hass_async_track_template_result(
            test_hass(),
            HASS_TRACK_TEMPLATES(.templates = list, .count = count, .has_super = has_super),
            HASS_JOB_CALLBACK(on_update, NULL), &told.sub, NULL),
        0);
    for (size_t i = 0; i < count; i++)
        hass_template_unref(list[i].template);
}

static HASS_CALLBACK void refresh(void)
{
    ck_assert_int_eq(hass_track_template_async_refresh(told.sub, NULL), 0);
}

#define track(...) track_with((const char *const[]){ __VA_ARGS__, NULL }, 0, false)

static HASS_CALLBACK void finish(void)
{
    hass_sub_async_remove(told.sub);
    hass_buf_fini(&told.lines);
}

/* results */

START_TEST(the_first_result_is_told_by_a_refresh)
{
    hass__assert_loop();
    track("{{ 1 + 1 }}", "static");
    ck_assert_told("");
    refresh();
    ck_assert_told("0:->2 -\n1:->\"static\" -\n");
    refresh();
    ck_assert_told("");
    finish();
}
END_TEST

START_TEST(only_another_result_is_told)
{
    hass__assert_loop();
    set("sensor.a", "1");
    track("{{ states('sensor.a') | int(0) > 5 }}");
    refresh();
    ck_assert_told("0:->false -\n");
    set("sensor.a", "2");
    ck_assert_told("");
    set("sensor.a", "7");
    ck_assert_told("0:false>true sensor.a\n");
    finish();
}
END_TEST

START_TEST(a_change_of_attributes_alone_renders)
{
    hass__assert_loop();
    set("sensor.a", "1");
    track("{{ state_attr('sensor.a', 'x') }}");
    refresh();
    ck_assert_told("0:->null -\n");
    hass_states_async_set(test_hass(), "sensor.a", "1", json_pack("{s:i}", "x", 3), NULL, NULL);
    ck_assert_told("0:null>3 sensor.a\n");
    finish();
}
END_TEST

START_TEST(what_it_depends_on_changes_with_its_branches)
{
    hass__assert_loop();
    set("sensor.a", "x");
    set("sensor.b", "1");
    set("sensor.c", "10");
    track("{{ states('sensor.b') if is_state('sensor.a', 'x') else states('sensor.c') }}");
    refresh();
    ck_assert_told("0:->1 -\n");
    autojson *before = hass_track_template_async_listeners(told.sub);
    ck_assert_json(before, "{'all': false, 'domains': [], 'entities': ['sensor.a', 'sensor.b'],"
                           " 'time': false}");
    set("sensor.c", "11");
    ck_assert_told("");
    set("sensor.a", "y");
    ck_assert_told("0:1>11 sensor.a\n");
    set("sensor.b", "2");
    ck_assert_told("");
    set("sensor.c", "12");
    ck_assert_told("0:11>12 sensor.c\n");
    finish();
}
END_TEST

START_TEST(an_entity_that_is_not_there_yet_is_waited_for)
{
    hass__assert_loop();
    track("{{ states('sensor.late') }}");
    refresh();
    ck_assert_told("0:->\"unknown\" -\n");
    set("sensor.late", "5");
    ck_assert_told("0:\"unknown\">5 sensor.late\n");
    finish();
}
END_TEST

START_TEST(templates_of_one_tracker_are_told_together)
{
    hass__assert_loop();
    set("sensor.a", "1");
    track("{{ states('sensor.a') }}", "{{ states('sensor.b') }}",
          "{{ states('sensor.a') | int + 1 }}");
    refresh();
    hass_buf_clear(&told.lines);
    told.calls = 0;
    set("sensor.a", "2");
    ck_assert_told("0:1>2 sensor.a\n2:2>3 sensor.a\n");
    ck_assert_uint_eq(told.calls, 1);
    finish();
}
END_TEST

/* errors */

START_TEST(an_error_is_told_once)
{
    hass__assert_loop();
    struct logs *logs = test_logs();

    set("sensor.a", "0");
    track("{{ 1 / (states('sensor.a') | int) }}");
    ck_assert_uint_eq(logs_matching(logs, "Error while processing template"), 1);
    refresh();
    ck_assert_told("0:->ZeroDivisionError: division by zero -\n");
    hass_states_async_set(test_hass(), "sensor.a", "0.0", NULL, NULL, NULL);
    ck_assert_told("");
    set("sensor.a", "2");
    ck_assert_told("0:->0.5 sensor.a\n");
    set("sensor.a", "0");
    ck_assert_told("0:0.5>ZeroDivisionError: division by zero sensor.a\n");
    finish();
}
END_TEST

/* domains and all */

START_TEST(a_walk_over_a_domain_is_rendered_once_a_second)
{
    hass__assert_loop();
    set("light.a", "on");
    track("{{ states.light | selectattr('state', 'eq', 'on') | list | count }}");
    refresh();
    ck_assert_told("0:->1 -\n");
    test_advance(test_hass(), 2);
    set("light.b", "on");
    ck_assert_told("0:1>2 light.b\n");
    set("light.c", "on");
    set("light.d", "on");
    ck_assert_told("");
    test_advance(test_hass(), 0.9);
    ck_assert_told("");
    test_advance(test_hass(), 0.2);
    ck_assert_told("0:2>4 light.c\n");
    finish();
}
END_TEST

START_TEST(while_it_waits_the_domain_is_not_listened_to)
{
    hass__assert_loop();
    set("light.a", "on");
    track("{{ states.light | list | count }} {{ states('sensor.a') }}");
    refresh();
    set("light.b", "on");
    autojson *waiting = hass_track_template_async_listeners(told.sub);
    ck_assert_json(waiting,
                   "{'all': false, 'domains': [], 'entities': ['sensor.a'], 'time': false}");
    test_advance(test_hass(), 1);
    autojson *after = hass_track_template_async_listeners(told.sub);
    ck_assert_json(after, "{'all': false, 'domains': ['light'], 'entities': ['sensor.a'],"
                          " 'time': false}");
    finish();
}
END_TEST

START_TEST(an_entity_that_is_named_is_not_limited)
{
    hass__assert_loop();
    set("light.a", "on");
    track("{{ states.light | list | count }} {{ states('light.a') }}");
    refresh();
    ck_assert_told("0:->\"1 on\" -\n");
    set("light.a", "off");
    ck_assert_told("0:\"1 on\">\"1 off\" light.a\n");
    set("light.a", "on");
    ck_assert_told("0:\"1 off\">\"1 on\" light.a\n");
    finish();
}
END_TEST

START_TEST(a_look_at_all_states_is_rendered_once_a_minute)
{
    hass__assert_loop();
    track("{{ states | map(attribute='state') | join }}");
    refresh();
    ck_assert_told("0:->\"\" -\n");
    set("sensor.a", "x");
    ck_assert_told("");
    test_advance(test_hass(), 59);
    ck_assert_told("");
    set("sensor.a", "y");
    test_advance(test_hass(), 1);
    ck_assert_told("0:\"\">\"y\" sensor.a\n");
    finish();
}
END_TEST

START_TEST(who_counts_a_domain_minds_only_that_somebody_comes_or_goes)
{
    hass__assert_loop();
    set("light.a", "on");
    track("{{ states.light | length }}");
    refresh();
    hass_buf_clear(&told.lines);
    test_advance(test_hass(), 2);
    set("light.a", "off");
    autojson *idle = hass_track_template_async_listeners(told.sub);
    ck_assert_json(idle, "{'all': false, 'domains': ['light'], 'entities': [], 'time': false}");
    set("light.b", "on");
    ck_assert_told("0:1>2 light.b\n");
    test_advance(test_hass(), 2);
    hass_states_async_remove(test_hass(), "light.b", NULL, NULL);
    ck_assert_told("0:2>1 light.b\n");
    finish();
}
END_TEST

START_TEST(a_rate_limit_of_ones_own_is_obeyed)
{
    hass__assert_loop();
    track_with((const char *const[]){ "{{ states.light | list | count }}", NULL }, 10, false);
    refresh();
    ck_assert_told("0:->0 -\n");
    set("light.a", "on");
    test_advance(test_hass(), 9.5);
    ck_assert_told("");
    test_advance(test_hass(), 0.5);
    ck_assert_told("0:0>1 light.a\n");
    finish();
}
END_TEST

START_TEST(below_zero_is_no_rate_limit)
{
    hass__assert_loop();
    track_with((const char *const[]){ "{{ states.light | list | count }}", NULL }, -1, false);
    refresh();
    ck_assert_told("0:->0 -\n");
    set("light.a", "on");
    ck_assert_told("0:0>1 light.a\n");
    finish();
}
END_TEST

START_TEST(lists_that_a_change_makes_it_join_do_not_render_it_again)
{
    hass__assert_loop();
    set("light.a", "off");
    track_with((const char *const[]){ "{{ states.light | list | count if is_state('light.a', 'on') "
                                      "else 0 }}{{ now().second * 0 }}",
                                      NULL },
               -1, false);
    refresh();
    hass_buf_clear(&told.lines);
    told.calls = 0;
    set("light.a", "on");
    ck_assert_uint_eq(told.calls, 1);
    set("light.b", "on");
    ck_assert_uint_eq(told.calls, 2);
    finish();
}
END_TEST

START_TEST(a_domain_that_a_change_makes_it_join_does_not_bring_the_change_again)
{
    hass__assert_loop();
    struct logs *logs = test_logs();

    track_with((const char *const[]){ "{{ nope }}{{ states('light.a') if now().second < 30 else "
                                      "states.light | list | count }}",
                                      "{{ states.sensor | list | count }}", NULL },
               -1, false);
    set("light.b", "on");
    test_advance(test_hass(), 40);
    logs_clear(logs);
    set("light.a", "on"); // not looked at any more, but of the domain
    ck_assert_uint_eq(logs_matching(logs, "'nope' is undefined"), 1);
    set("light.b", "off");
    ck_assert_uint_eq(logs_matching(logs, "'nope' is undefined"), 2);
    finish();
}
END_TEST

START_TEST(one_that_failed_is_rendered_for_whatever_comes)
{
    hass__assert_loop();
    struct logs *logs = test_logs();

    track_with((const char *const[]){ "{{ nope }}{{ 1 / 0 }}", "{{ states('sensor.b') }}", NULL },
               -1, false);
    logs_clear(logs);
    set("sensor.b", "1");
    ck_assert_uint_eq(logs_matching(logs, "'nope' is undefined"), 1);
    finish();
}
END_TEST

/* time */

START_TEST(one_that_looks_at_the_time_is_rendered_each_minute)
{
    hass__assert_loop();
    track("{{ now().minute }}", "{{ 1 }}");
    refresh();
    ck_assert_told("0:->0 -\n1:->1 -\n");
    test_advance(test_hass(), 59.5);
    ck_assert_told("");
    test_advance(test_hass(), 1);
    ck_assert_told("0:0>1 -\n");
    finish();
}
END_TEST

/* super-templates */

START_TEST(a_super_template_keeps_the_others_from_being_rendered)
{
    hass__assert_loop();
    set("sensor.a", "1");
    set("switch.s", "off");
    track_with((const char *const[]){ "{{ is_state('switch.s', 'on') }}",
                                      "{{ states('sensor.a') }}", NULL },
               0, true);
    refresh();
    ck_assert_told("0:->false -\n");
    set("sensor.a", "2");
    ck_assert_told("");
    set("switch.s", "on");
    ck_assert_told("0:false>true switch.s\n1:->2 switch.s\n");
    set("sensor.a", "3");
    ck_assert_told("1:2>3 sensor.a\n");
    set("switch.s", "off");
    ck_assert_told("0:true>false switch.s\n");
    set("sensor.a", "4");
    ck_assert_told("");
    set("switch.s", "on");
    ck_assert_told("0:false>true switch.s\n1:3>4 switch.s\n");
    finish();
}
END_TEST

/* becoming true */

START_TEST(track_template_tells_of_becoming_true)
{
    hass__assert_loop();
    autounref(hass_template) *template = NULL;

    set("switch.s", "off");
    ck_assert_int_eq(hass_template_new(test_hass(), "{{ states('switch.s') }}", &template, NULL),
                     0);
    ck_assert_int_eq(hass_async_track_template(test_hass(), template, NULL,
                                               HASS_JOB_CALLBACK(on_update, NULL), &told.sub, NULL),
                     0);
    set("switch.s", "on");
    ck_assert_told("0:->\"on\" switch.s\n");
    set("switch.s", "1");
    ck_assert_told("");
    set("switch.s", "off");
    ck_assert_told("");
    set("switch.s", "Enable");
    ck_assert_told("0:\"off\">\"Enable\" switch.s\n");
    finish();
}
END_TEST

/* what was true at the beginning is not remembered */
START_TEST(track_template_tells_of_what_was_true_before_with_the_first_change)
{
    hass__assert_loop();
    autounref(hass_template) *template = NULL;

    set("switch.s", "on");
    ck_assert_int_eq(hass_template_new(test_hass(), "{{ states('switch.s') }}", &template, NULL),
                     0);
    ck_assert_int_eq(hass_async_track_template(test_hass(), template, NULL,
                                               HASS_JOB_CALLBACK(on_update, NULL), &told.sub, NULL),
                     0);
    set("switch.s", "1");
    ck_assert_told("0:->1 switch.s\n");
    finish();
}
END_TEST

/* the end */

START_TEST(nothing_is_told_after_removal)
{
    hass__assert_loop();
    set("light.a", "on");
    track("{{ states.light | list | count }} {{ now().minute }} {{ states('sensor.a') }}");
    refresh();
    set("light.b", "on"); // waits for the rate limit
    hass_buf_clear(&told.lines);
    told.sub = hass_sub_async_remove(told.sub);
    set("sensor.a", "1");
    test_advance(test_hass(), 120);
    ck_assert_told("");
    finish();
}
END_TEST

START_TEST(a_job_may_end_its_tracker)
{
    hass__assert_loop();
    set("sensor.a", "1");
    track("{{ states('sensor.a') }}");
    told.remove = true;
    set("sensor.a", "2");
    ck_assert_ptr_null(told.sub);
    set("sensor.a", "3");
    ck_assert_told("0:->2 sensor.a\n");
    finish();
}
END_TEST

START_TEST(no_templates_are_refused)
{
    hass__assert_loop();
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_async_track_template_result(test_hass(), HASS_TRACK_TEMPLATES(.count = 0),
                                                      HASS_JOB_CALLBACK(on_update, NULL), NULL,
                                                      &err),
                     HASS_E_INVALID);
}
END_TEST

static HASS_CALLBACK int on_event(const struct hass_event *event, void *userdata,
                                  struct hass_error *err)
{
    return 0;
}

START_TEST(another_registration_is_no_tracker)
{
    hass__assert_loop();
    struct hass_sub *sub;

    ck_assert_int_eq(hass_bus_async_listen(test_hass(), "x", NULL,
                                           HASS_JOB_CALLBACK(on_event, NULL), &sub, NULL),
                     0);
    ck_assert_int_eq(hass_track_template_async_refresh(sub, NULL), HASS_E_CLOSED);
    ck_assert_ptr_null(hass_track_template_async_listeners(sub));
    hass_sub_async_remove(sub);
}
END_TEST

TEST_MAIN("track_template", the_first_result_is_told_by_a_refresh, only_another_result_is_told,
          a_change_of_attributes_alone_renders, what_it_depends_on_changes_with_its_branches,
          an_entity_that_is_not_there_yet_is_waited_for, templates_of_one_tracker_are_told_together,
          an_error_is_told_once, a_walk_over_a_domain_is_rendered_once_a_second,
          while_it_waits_the_domain_is_not_listened_to, an_entity_that_is_named_is_not_limited,
          a_look_at_all_states_is_rendered_once_a_minute,
          who_counts_a_domain_minds_only_that_somebody_comes_or_goes,
          a_rate_limit_of_ones_own_is_obeyed, below_zero_is_no_rate_limit,
          lists_that_a_change_makes_it_join_do_not_render_it_again,
          a_domain_that_a_change_makes_it_join_does_not_bring_the_change_again,
          one_that_failed_is_rendered_for_whatever_comes,
          one_that_looks_at_the_time_is_rendered_each_minute,
          a_super_template_keeps_the_others_from_being_rendered,
          track_template_tells_of_becoming_true,
          track_template_tells_of_what_was_true_before_with_the_first_change,
          nothing_is_told_after_removal, a_job_may_end_its_tracker, no_templates_are_refused,
          another_registration_is_no_tracker)
