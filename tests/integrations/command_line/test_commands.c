/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real commands: what they print, how they end, and how they are ended. Each home has one entity named Test; %s in a command is
 * the folder of the test.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "support/cases.h"
#include "support/home.h"

/* A home with one item of @domain; @lines are its other keys, indented by the macro's caller. */
static struct hass *home_of(const char *domain, const char *lines)
    HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *home_of(const char *domain, const char *lines)
{
    autofree char *text = mem_printf("command_line:\n  - %s:\n      name: Test\n%s", domain, lines);
    struct hass_buf yaml = HASS_BUF_INIT;

    hass__assert_loop();
    for (const char *rest = text; *rest; rest++) {
        if (!strncmp(rest, "%s", 2))
            hass_buf_add_string(&yaml, test_dir()), rest++;
        else
            hass_buf_add_char(&yaml, *rest);
    }
    struct hass *hass = test_home(hass_buf_string(&yaml));
    hass_buf_fini(&yaml);
    return hass;
}

static bool exists(const char *name)
{
    autofree char *path = mem_printf("%s/%s", test_dir(), name);

    return access(path, F_OK) == 0;
}

/* sensors */

static const struct {
    const char *command, *state, *warning;
} outputs[] = {
    { "echo hello", "hello", NULL },
    { "'printf ''two words \\t\\r\\n\\n'''", "two words", NULL },
    { "'printf ''  kept''; echo'", "  kept", NULL },
    { "'echo one; echo two'", "one\ntwo", NULL },
    { "'true'", "", NULL },
    { "'printf ''äöü'''", "äöü", NULL },
    { "'printf ''a\\000b'''", "a", NULL },
    { "echo shown; echo hidden >&2", "shown", NULL },
    { "cat; echo no input", "no input", NULL },
    { "'echo \"$NOTIFY_SOCKET\"'", "", NULL },
    { "'false'", "unknown", "command 'false' ended with exit code 1" },
    { "echo shown; exit 3", "unknown", "ended with exit code 3" },
    { "nowhere-to-be-found", "unknown", "ended with exit code 127" },
    { "kill -TERM $$", "unknown", "ended with exit code 143" },
    { "'if'", "unknown", "ended with exit code 2" },
};

START_TEST(a_sensor_shows_what_its_command_prints)
{
    struct logs *logs = test_logs();
    autofree char *lines = mem_printf("      command: %s\n", outputs[_i].command);

    setenv("NOTIFY_SOCKET", "/run/notify", 1);
    struct hass *hass = home_of("sensor", lines);
    ck_assert_str_eq(home_state(hass, "sensor.test"), outputs[_i].state);
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), outputs[_i].warning ? 1 : 0);
    if (outputs[_i].warning)
        ck_assert_ptr_nonnull(logs_find(logs, outputs[_i].warning));
}
END_TEST

START_TEST(long_output_is_cut_between_characters)
{
    struct hass *hass = home_of("sensor", "      command: yes ä | head -c 4000 | tr -d '\\n'\n");
    const char *state = home_state(hass, "sensor.test");

    ck_assert_uint_eq(strlen(state), 254);
    ck_assert_str_eq(state + 250, "ää");
}
END_TEST

START_TEST(output_has_255_bytes_at_most)
{
    static const char *const commands[] = { "printf '%0254da' 1", "printf '%0255da' 1" };
    autofree char *lines = mem_printf("      command: \"%s\"\n", commands[_i]);
    const char *state = home_state(home_of("sensor", lines), "sensor.test");

    ck_assert_uint_eq(strlen(state), 255);
    ck_assert_int_eq(state[254], _i == 0 ? 'a' : '1');
}
END_TEST

START_TEST(much_output_is_read_to_its_end)
{
    struct hass *hass =
        home_of("sensor", "      command: head -c 5000000 /dev/zero | tr '\\0' x; echo >&2 done\n");

    ck_assert_uint_eq(strlen(home_state(hass, "sensor.test")), 255);
}
END_TEST

START_TEST(bytes_that_are_no_text_do_no_harm)
{
    struct hass *hass = home_of("sensor", "      command: \"printf 'a\\\\377\\\\376b'\"\n");
    autojson *state = hass_state_as_json(hass_states_async_get(hass, "sensor.test"));
    struct hass_buf text = HASS_BUF_INIT;

    hass_json_write(state, &text);
    autojson *again = NULL;
    ck_assert_int_eq(hass_json_parse(text.data, text.length, SIZE_MAX, &again, NULL), 0);
    hass_buf_fini(&text);
}
END_TEST

START_TEST(a_sensor_with_a_unit_is_a_number)
{
    struct hass *hass = home_of("sensor", "      command: echo 21.5\n"
                                          "      unit_of_measurement: °C\n"
                                          "      device_class: temperature\n"
                                          "      state_class: measurement\n"
                                          "      icon: mdi:home\n");
    autojson *all = hass_state_attributes(hass_states_async_get(hass, "sensor.test"));

    ck_assert_str_eq(home_state(hass, "sensor.test"), "21.5");
    ck_assert_json(all, "{'state_class':'measurement','unit_of_measurement':'°C',"
                        "'device_class':'temperature','icon':'mdi:home','friendly_name':'Test'}");
}
END_TEST

START_TEST(it_is_read_again_each_interval)
{
    struct hass *hass = home_of("sensor", "      command: cd %s && echo x >>n && wc -l <n\n"
                                          "      scan_interval: 30\n");

    ck_assert_str_eq(home_state(hass, "sensor.test"), "1");
    test_advance(hass, 29);
    ck_assert_str_eq(home_state(hass, "sensor.test"), "1");
    test_advance(hass, 2);
    ck_assert_str_eq(home_state(hass, "sensor.test"), "2");
}
END_TEST

START_TEST(without_an_interval_it_is_read_once_a_minute)
{
    struct hass *hass = home_of("sensor", "      command: cd %s && echo x >>n && wc -l <n\n");

    test_advance(hass, 59);
    ck_assert_str_eq(home_state(hass, "sensor.test"), "1");
    test_advance(hass, 2);
    ck_assert_str_eq(home_state(hass, "sensor.test"), "2");
}
END_TEST

START_TEST(a_failure_forgets_the_value_and_a_success_brings_it_back)
{
    struct hass *hass = home_of("sensor", "      command: test ! -e %s/broken && echo fine\n");

    ck_assert_str_eq(home_state(hass, "sensor.test"), "fine");
    test_file("broken", "");
    test_advance(hass, 61);
    ck_assert_str_eq(home_state(hass, "sensor.test"), "unknown");
    remove(test_file("broken", ""));
    test_advance(hass, 61);
    ck_assert_str_eq(home_state(hass, "sensor.test"), "fine");
}
END_TEST

/* Gone, or not reaped yet by whoever adopted it. */
static bool is_dead(const char *pid)
{
    autofree char *path = mem_printf("/proc/%d/stat", atoi(pid));
    FILE *file = fopen(path, "re");
    char state = 'X';

    if (!file)
        return true;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 'X';
    fclose(file);
    return state == 'Z' || state == 'X';
}

START_TEST(a_time_out_kills_the_command_and_its_children)
{
    struct logs *logs = test_logs();
    struct hass *hass = home_of("sensor", "      command: sleep 300 & echo $! >%s/child; wait\n"
                                          "      command_timeout: 0.3\n");
    autofree char *path = mem_printf("%s/child", test_dir());
    autofree char *child = test_read_file(path);

    ck_assert_str_eq(home_state(hass, "sensor.test"), "unknown");
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 1);
    ck_assert_ptr_nonnull(logs_find(logs, "command 'sleep 300"));
    while (!is_dead(child)) /* it has its signal, but perhaps not yet the processor to die on */
        usleep(1000);
}
END_TEST

/* binary sensors */

static const struct {
    const char *lines, *state;
} answers[] = {
    { "      command: echo ON\n", "on" },
    { "      command: echo OFF\n", "off" },
    { "      command: echo on\n", "unknown" },
    { "      command: 'true'\n", "unknown" },
    { "      command: echo ON; exit 1\n", "unknown" },
    { "      command: echo 1\n      payload_on: 1\n      payload_off: 0\n", "on" },
    { "      command: echo 0\n      payload_on: 1\n      payload_off: 0\n", "off" },
    { "      command: sleep 5\n      command_timeout: 0.2\n", "unknown" },
};

START_TEST(a_binary_sensor_compares_with_its_payloads)
{
    struct hass *hass = home_of("binary_sensor", answers[_i].lines);

    ck_assert_str_eq(home_state(hass, "binary_sensor.test"), answers[_i].state);
}
END_TEST

/* switches */

#define LAMP                                                                                       \
    "      command_on: touch %s/lamp\n"                                                            \
    "      command_off: rm %s/lamp\n"

START_TEST(a_switch_runs_a_command_for_each_direction)
{
    struct hass *hass = home_of("switch", LAMP "      command_state: test -e %s/lamp\n");

    ck_assert_str_eq(home_state(hass, "switch.test"), "off");
    ck_assert_int_eq(home_call(hass, "switch", "turn_on", "{'entity_id':'switch.test'}", NULL), 0);
    ck_assert(exists("lamp"));
    ck_assert_str_eq(home_state(hass, "switch.test"), "on");
    ck_assert_int_eq(home_call(hass, "switch", "toggle", "{'entity_id':'switch.test'}", NULL), 0);
    ck_assert(!exists("lamp"));
    ck_assert_str_eq(home_state(hass, "switch.test"), "off");
    ck_assert_ptr_null(home_attribute(hass, "switch.test", "assumed_state"));
}
END_TEST

START_TEST(its_state_is_what_command_state_says)
{
    struct hass *hass = home_of("switch", LAMP "      command_state: test -e %s/lamp\n");

    test_file("lamp", "");
    ck_assert_str_eq(home_state(hass, "switch.test"), "off");
    test_advance(hass, 61);
    ck_assert_str_eq(home_state(hass, "switch.test"), "on");
}
END_TEST

START_TEST(without_command_state_its_state_is_assumed)
{
    struct hass *hass = home_of("switch", LAMP);
    autojson *assumed = home_attribute(hass, "switch.test", "assumed_state");

    ck_assert(json_is_true(assumed));
    ck_assert_str_eq(home_state(hass, "switch.test"), "off");
    ck_assert_int_eq(home_call(hass, "switch", "turn_on", "{'entity_id':'switch.test'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "switch.test"), "on");
}
END_TEST

START_TEST(a_command_that_fails_is_told_to_the_caller)
{
    struct hass *hass = home_of("switch", LAMP);
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(home_call(hass, "switch", "turn_off", "{'entity_id':'switch.test'}", &err),
                     HASS_E_GENERAL);
    ck_assert_ptr_nonnull(strstr(err.message, "ended with exit code 1"));
    ck_assert_str_eq(home_state(hass, "switch.test"), "off");
}
END_TEST

START_TEST(a_command_that_hangs_is_told_to_the_caller)
{
    struct hass *hass = home_of("switch", "      command_on: sleep 300\n"
                                          "      command_timeout: 0.2\n");
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(home_call(hass, "switch", "turn_on", "{'entity_id':'switch.test'}", &err),
                     -ETIMEDOUT);
    ck_assert_ptr_nonnull(strstr(err.message, "command 'sleep 300'"));
    ck_assert_str_eq(home_state(hass, "switch.test"), "off");
}
END_TEST

/* configuration */

static const char *const bad_sections[] = {
    "command_line:\n  - sensor:\n      name: Test\n",
    "command_line:\n  - sensor:\n      command: ''\n",
    "command_line:\n  - sensor:\n      command: echo\n      command_timeout: 0\n",
    "command_line:\n  - sensor:\n      command: echo\n      scan_interval: often\n",
    "command_line:\n  - sensor:\n      command: echo\n      state_class: often\n",
    "command_line:\n  - switch:\n      command_on: echo\n",
    "command_line:\n  - light:\n      command: echo\n",
    "command_line:\n  - sensor\n",
    "command_line: yes\n",
    "sensor:\n  - platform: command_line\n",
};

START_TEST(a_wrong_item_is_reported_with_its_place)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_home(bad_sections[_i]);

    ck_assert_ptr_nonnull(logs_find(logs, "configuration.yaml:"));
    ck_assert_uint_eq(hass_states_async_count(hass, NULL), 0);
}
END_TEST

START_TEST(a_wrong_item_leaves_its_neighbours)
{
    struct hass *hass = test_home("command_line:\n"
                                  "  - sensor:\n      name: Bad\n"
                                  "  - sensor:\n      name: Good\n      command: echo good\n");

    ck_assert_str_eq(home_state(hass, "sensor.good"), "good");
    ck_assert_str_eq(home_state(hass, "sensor.bad"), "(none)");
}
END_TEST

START_TEST(the_old_form_is_a_platform)
{
    struct hass *hass = test_home("sensor:\n  - platform: command_line\n    name: Old\n"
                                  "    command: echo old\n");

    ck_assert_str_eq(home_state(hass, "sensor.old"), "old");
}
END_TEST

START_TEST(one_item_may_have_several_domains)
{
    struct hass *hass = test_home("command_line:\n"
                                  "  - sensor:\n      command: echo 1\n"
                                  "    binary_sensor:\n      command: echo ON\n");

    ck_assert_str_eq(home_state(hass, "sensor.command_sensor"), "1");
    ck_assert_str_eq(home_state(hass, "binary_sensor.binary_command_sensor"), "on");
}
END_TEST

START_TEST(reloading_brings_every_form_back_once)
{
    struct hass *hass = test_home("sensor:\n  - platform: command_line\n    name: Old\n"
                                  "    command: echo old\n    unique_id: one\n"
                                  "command_line:\n  - sensor:\n      name: New\n"
                                  "      command: echo new\n      unique_id: two\n");
    struct logs *logs = test_logs();
    static const char *const domains[] = { "command_line", "sensor", "command_line" };

    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(loader_reload(hass, domains[i], NULL), 0);
        test_settle(hass);
        ck_assert_str_eq(home_state(hass, "sensor.old"), "old");
        ck_assert_str_eq(home_state(hass, "sensor.new"), "new");
        ck_assert_uint_eq(hass_states_async_count(hass, "sensor"), 2);
    }
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 0);
}
END_TEST

START_TEST(unloading_kills_a_command_that_runs)
{
    struct hass *hass =
        home_of("switch", "      command_on: echo $$ >%s/new; mv %s/new %s/shell; sleep 300\n"
                          "      command_timeout: 3000\n");
    autofree char *path = mem_printf("%s/shell", test_dir());

    hass_services_async_call_later(hass, "switch", "turn_on",
                                   test_json("{'entity_id':'switch.test'}"), NULL, NULL);
    while (access(path, F_OK) < 0)
        usleep(1000);
    ck_assert_int_eq(loader_unload(hass, "command_line", NULL), 0);
    ck_assert_str_eq(home_state(hass, "switch.test"), "(none)");
    autofree char *shell = test_read_file(path);
    ck_assert(kill(atoi(shell), 0) < 0 && errno == ESRCH);
}
END_TEST

CASES_MAIN("command_line", ROWS(a_sensor_shows_what_its_command_prints, outputs),
           ONCE(long_output_is_cut_between_characters), { output_has_255_bytes_at_most, 2 },
           ONCE(much_output_is_read_to_its_end), ONCE(bytes_that_are_no_text_do_no_harm),
           ONCE(a_sensor_with_a_unit_is_a_number), ONCE(it_is_read_again_each_interval),
           ONCE(without_an_interval_it_is_read_once_a_minute),
           ONCE(a_failure_forgets_the_value_and_a_success_brings_it_back),
           ONCE(a_time_out_kills_the_command_and_its_children),
           ROWS(a_binary_sensor_compares_with_its_payloads, answers),
           ONCE(a_switch_runs_a_command_for_each_direction),
           ONCE(its_state_is_what_command_state_says),
           ONCE(without_command_state_its_state_is_assumed),
           ONCE(a_command_that_fails_is_told_to_the_caller),
           ONCE(a_command_that_hangs_is_told_to_the_caller),
           ROWS(a_wrong_item_is_reported_with_its_place, bad_sections),
           ONCE(a_wrong_item_leaves_its_neighbours), ONCE(the_old_form_is_a_platform),
           ONCE(one_item_may_have_several_domains), ONCE(reloading_brings_every_form_back_once),
           ONCE(unloading_kills_a_command_that_runs))
