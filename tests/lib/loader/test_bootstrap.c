/* SPDX-License-Identifier: Apache-2.0 */
/* From a folder to a running hass: the daemon starts whatever is in it, or says plainly why not. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <hass/executor.h>

#include "base/mem.h"
#include "base/random.h"
#include "loader/loader.h"
#include "run/runtime.h"
#include "support/loader_fixture.h"

static struct hass_error err = HASS_ERROR_INIT;

/* folders */

static int create_over(const char *folder)
{
    struct hass_options options = loader_options();
    struct hass *hass;

    options.config_dir = folder;
    hass_error_clear(&err);
    int r = hass_create(&options, &hass, &err);
    if (r == 0)
        hass_destroy(hass);
    return r;
}

START_TEST(a_missing_folder_is_said_plainly)
{
    ck_assert_int_eq(create_over("/nonexistent/config"), -ENOENT);
    ck_assert_ptr_nonnull(strstr(err.message, "/nonexistent/config"));
}
END_TEST

START_TEST(a_file_instead_of_a_folder_is_said_plainly)
{
    ck_assert_int_eq(create_over(test_file("config", "")), -ENOTDIR);
    ck_assert_ptr_nonnull(strstr(err.message, "is not a folder"));
}
END_TEST

START_TEST(an_unreadable_folder_is_said_plainly)
{
    if (geteuid() == 0)
        return; /* root reads everything */
    autofree char *folder = mem_printf("%s/closed", test_dir());
    ck_assert_int_eq(mkdir(folder, 0), 0);
    ck_assert_int_eq(create_over(folder), -EACCES);
}
END_TEST

START_TEST(an_empty_folder_runs_with_nothing_but_homeassistant)
{
    struct logs *logs = test_logs();
    struct hass *hass = loader_hass();

    loader_boot(hass);
    ck_assert_ptr_nonnull(logs_find(logs, "configuration.yaml"));
    ck_assert(!hass_component_loaded(hass, "good"));
}
END_TEST

START_TEST(random_bytes_keep_nothing_from_running)
{
    struct logs *logs = test_logs();
    char bytes[4096];

    random_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = bytes[i] ? bytes[i] : 1;
    bytes[sizeof(bytes) - 1] = '\0';
    loader_configure(bytes);
    struct hass *hass = loader_hass();
    loader_boot(hass);
    ck_assert_uint_gt(logs_count(logs, HASS_LOG_ERROR), 0);
}
END_TEST

START_TEST(a_folder_in_the_place_of_the_file_keeps_nothing_from_running)
{
    test_logs();
    test_file("configuration.yaml/inside", "");
    struct hass *hass = loader_hass();
    loader_boot(hass);
}
END_TEST

/* the configuration */

static HASS_CALLBACK const char *state_of(struct hass *hass, const char *entity_id)
{
    const struct hass_state *state = hass_states_async_get(hass, entity_id);

    return state ? hass_state_state(state) : "(none)";
}

START_TEST(a_bad_section_is_left_out_and_the_others_run)
{
    struct logs *logs = test_logs();

    loader_configure("good:\n"
                     "  mode: fsat\n"
                     "good_sync:\n"
                     "lihgt:\n"
                     "fails:\n");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    ck_assert(hass_component_loaded(hass, "good_sync"));
    ck_assert(!hass_component_loaded(hass, "good"));
    ck_assert_ptr_nonnull(logs_find(logs, "configuration.yaml:2:9: "));
    ck_assert_ptr_nonnull(logs_find(logs, "did you mean 'fast'"));
    ck_assert_ptr_nonnull(strstr(loader_problem(hass, "good"), "configuration.yaml:2: "));
    ck_assert_ptr_nonnull(strstr(loader_problem(hass, "lihgt"), "there is no integration 'lihgt'"));
    ck_assert_ptr_nonnull(strstr(loader_problem(hass, "fails"), "its set-up failed"));
    ck_assert_ptr_null(loader_problem(hass, "good_sync"));
}
END_TEST

START_TEST(a_value_beyond_its_bounds_leaves_the_rest_of_the_section)
{
    struct logs *logs = test_logs();

    loader_configure("homeassistant:\n"
                     "  latitude: 52.5\n"
                     "  name: Of more than thirty-one letters.\n"
                     "  elevation: 5000000000\n");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    struct hass_home home = { .size = sizeof(home) };
    hass_config_home(hass, &home);
    ck_assert_double_eq(home.latitude, 52.5);
    ck_assert_str_eq(home.location_name, "Home");
    ck_assert_int_eq(home.elevation, 0);
    ck_assert_ptr_nonnull(logs_find(logs, "configuration.yaml:3:"));
    ck_assert_ptr_nonnull(logs_find(logs, "configuration.yaml:4:"));
}
END_TEST

START_TEST(the_section_of_the_core_is_used_but_for_what_is_wrong)
{
    struct logs *logs = test_logs();

    loader_configure("homeassistant:\n"
                     "  name: Cabin\n"
                     "  latitude: 52.5\n"
                     "  elevation: high\n"
                     "  time_zone: Europe/Berlin\n");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    struct hass_home home = { .size = sizeof(home) };
    hass_config_home(hass, &home);
    ck_assert_str_eq(home.location_name, "Cabin");
    ck_assert_str_eq(home.time_zone, "Europe/Berlin");
    ck_assert_double_eq(home.latitude, 52.5);
    ck_assert_ptr_nonnull(logs_find(logs, "configuration.yaml:4:"));
}
END_TEST

START_TEST(settings_reach_the_set_up_with_defaults)
{
    loader_configure("good:\n  mode: fast\n");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    ck_assert_str_eq(state_of(hass, "good.mode"), "fast");
    const struct hass_state *state = hass_states_async_get(hass, "good.mode");
    struct hass_value value;
    double interval;
    ck_assert(hass_state_attr(state, "interval", &value) && hass_value_number(value, &interval));
    ck_assert_double_eq(interval, 1);
}
END_TEST

/* reading it again */

static HASS_COROUTINE int reload(struct hass *hass, void *userdata, struct hass_error *error)
{
    return hass_async_reload_config(hass, error);
}

static HASS_CALLBACK int reload_config(struct hass *hass)
{
    hass_error_clear(&err);
    return test_run_job(hass, HASS_JOB_COROUTINE(reload, NULL), &err);
}

START_TEST(reading_it_again_sets_up_what_has_changed_and_nothing_else)
{
    loader_configure("good:\n  mode: fast\ngood_sync:\nchain_c:\n");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    struct capture *loaded = test_capture(hass, HASS_EVENT_COMPONENT_LOADED);
    loader_configure("good:\n  mode: slow\nchain_c:\nchain_b:\n");
    ck_assert_msg(reload_config(hass) == 0, "%s", err.message);
    ck_assert_str_eq(state_of(hass, "good.mode"), "slow");
    ck_assert(!hass_component_loaded(hass, "good_sync"));
    ck_assert(hass_component_loaded(hass, "chain_b"));
    ck_assert_uint_eq(capture_count(loaded), 2);
}
END_TEST

START_TEST(a_correction_brings_back_what_was_left_out)
{
    test_logs();
    loader_configure("good:\n  mode: wrong\n");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    ck_assert(!hass_component_loaded(hass, "good"));
    loader_configure("good:\n  mode: slow\n");
    ck_assert_msg(reload_config(hass) == 0, "%s", err.message);
    ck_assert(hass_component_loaded(hass, "good"));
    ck_assert_ptr_null(loader_problem(hass, "good"));
}
END_TEST

START_TEST(a_file_that_cannot_be_read_whole_changes_nothing)
{
    test_logs();
    loader_configure("good:\ngood_sync:\n");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    loader_configure("good:\n  mode: [slow\ngood_sync: }\n");
    ck_assert_int_eq(reload_config(hass), HASS_E_INVALID);
    ck_assert_ptr_nonnull(strstr(err.message, "nothing was changed"));
    ck_assert(hass_component_loaded(hass, "good"));
    ck_assert(hass_component_loaded(hass, "good_sync"));
}
END_TEST

START_TEST(the_refusal_names_the_place_of_the_first_error_and_no_warning)
{
    test_logs();
    loader_configure("good:\n");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    loader_configure("good:\n  mode: slow\n  mode: fast\nother: !include nowhere.yaml\n");
    ck_assert_int_eq(reload_config(hass), HASS_E_INVALID);
    ck_assert_msg(strstr(err.message, "has 1 error: configuration.yaml:4:8: "), "%s", err.message);
}
END_TEST

START_TEST(a_changed_core_section_fires_its_event)
{
    loader_configure("homeassistant:\n  name: Cabin\n");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    struct capture *updated = test_capture(hass, HASS_EVENT_CORE_CONFIG_UPDATE);
    loader_configure("homeassistant:\n  name: Castle\n");
    ck_assert_int_eq(reload_config(hass), 0);
    ck_assert_uint_eq(capture_count(updated), 1);
    struct hass_home home = { .size = sizeof(home) };
    hass_config_home(hass, &home);
    ck_assert_str_eq(home.location_name, "Castle");
}
END_TEST

/* life */

struct phases {
    char text[256];
    struct hass *hass;
    const char *stop_at;
};

static void on_phase(const char *phase, const char *text, void *userdata)
{
    struct phases *phases = userdata;

    hass__assert_loop();
    strncat(phases->text, phase, sizeof(phases->text) - strlen(phases->text) - 2);
    strcat(phases->text, " ");
    if (strcmp(phase, phases->stop_at) == 0)
        ck_assert_int_eq(hass_async_request_stop(phases->hass, 7, NULL), 0);
}

START_TEST(the_service_manager_is_told_each_phase)
{
    loader_configure("good:\n");
    struct hass *hass = loader_hass();
    struct phases phases = { .hass = hass, .stop_at = "ready" };
    struct capture *stops = test_capture(hass, HASS_EVENT_STOP);
    hass_set_notify(hass, on_phase, &phases);
    ck_assert_int_eq(hass_run(hass, &err), 7);
    ck_assert_str_eq(phases.text, "starting starting ready stopping ");
    ck_assert_uint_eq(capture_count(stops), 1);
    ck_assert_int_eq(hass_core_state(hass), HASS_STOPPED);
    ck_assert_int_eq(hass_run(hass, &err), HASS_E_GENERAL);
}
END_TEST

START_TEST(a_stop_at_the_first_moment_is_carried_out)
{
    loader_configure("good:\nhangs:\n");
    struct hass *hass = loader_hass();
    struct phases phases = { .hass = hass, .stop_at = "starting" };
    hass_set_notify(hass, on_phase, &phases);
    ck_assert_int_eq(hass_run(hass, &err), 7);
    ck_assert_int_eq(hass_core_state(hass), HASS_STOPPED);
}
END_TEST

static HASS_CALLBACK int stop_now(const struct hass_tick *tick, void *userdata,
                                  struct hass_error *error)
{
    return hass_async_request_stop(tick->hass, 7, error);
}

/* In real time, with real pool threads at work. */
START_TEST(a_stop_at_any_moment_of_the_start_is_carried_out)
{
    test_logs();
    loader_configure("good:\ngood_sync:\nchain_a:\nthing:\n"
                     "  - platform: thing_maker\n    name: A\nfails:\nbusy:\n");
    struct hass_options options = loader_options();
    options.virtual_time = false;
    for (int64_t after = 0; after < 20000; after += 500) {
        struct hass *hass = loader_hass_with(&options);
        int64_t began = hass_monotonic(hass);
        ck_assert_int_eq(
            hass_async_call_at(hass, began + after, HASS_JOB_CALLBACK(stop_now, NULL), NULL, NULL),
            0);
        ck_assert_int_eq(hass_run(hass, &err), 7);
        ck_assert_int_eq(hass_core_state(hass), HASS_STOPPED);
        ck_assert_int_lt(hass_monotonic(hass) - began, 5000000);
        ck_assert_int_eq(loader_end(hass), 0);
    }
}
END_TEST

START_TEST(a_stop_while_a_set_up_hangs_does_not_wait_for_it)
{
    test_logs();
    loader_configure("good:\nhangs:\n");
    struct hass *hass = loader_hass();
    int64_t began = hass_monotonic(hass);
    ck_assert_int_eq(
        hass_async_call_at(hass, began + 2000000, HASS_JOB_CALLBACK(stop_now, NULL), NULL, NULL),
        0);
    ck_assert_int_eq(hass_run(hass, &err), 7);
    ck_assert_int_lt((hass_monotonic(hass) - began) / 1000000, 5);
    ck_assert_int_eq(hass_core_state(hass), HASS_STOPPED);
}
END_TEST

START_TEST(a_hanging_set_up_holds_the_start_for_its_limit_only)
{
    struct logs *logs = test_logs();

    loader_configure("good:\nhangs:\n");
    struct hass *hass = loader_hass();
    int64_t began = hass_monotonic(hass);
    loader_boot(hass);
    ck_assert_int_le((hass_monotonic(hass) - began) / 1000000, 360);
    ck_assert_ptr_nonnull(logs_find(logs, "hangs"));
    ck_assert(hass_component_loaded(hass, "good"));
}
END_TEST

/* How long the start takes, with @hangs: its set-up is given up after so many seconds. */
static HASS_CALLBACK double boot_with_hanging(struct hass *hass, double given_up)
{
    int64_t began = hass_monotonic(hass);

    loader_of(hass)->limits.setup = given_up;
    loader_boot(hass);
    return (double)(hass_monotonic(hass) - began) / 1e6;
}

/* What never ends is waited for by the stage (300 s, and 60 more), at its end (300 s), and by the core's start (15 s). */
START_TEST(a_stage_is_waited_for_300_seconds_and_60_more)
{
    static const char said[] = "Setup timed out after 300 seconds, waiting on: hangs";

    static const struct {
        double given_up, seconds;
        bool said;
    } cases[] = {
        { 299, 299, false }, { 301, 301, true }, { 359, 359, true }, { 1000, 675, true }
    };
    struct logs *logs = test_logs();
    loader_configure("good:\nhangs:\n");
    struct hass *hass = loader_hass();
    double seconds = boot_with_hanging(hass, cases[_i].given_up);
    ck_assert_double_ge(seconds, cases[_i].seconds);
    ck_assert_double_lt(seconds, cases[_i].seconds + 1);
    ck_assert_int_eq(logs_find(logs, said) != NULL, cases[_i].said);
    ck_assert(hass_component_loaded(hass, "good"));
}
END_TEST

static HASS_COROUTINE int sleep_for(struct hass *hass, void *userdata, struct hass_error *error)
{
    return hass_async_sleep(hass, *(const double *)userdata, error);
}

START_TEST(tasks_of_the_start_are_waited_for_300_seconds)
{
    static const double seconds[] = { 299.5, 300.5 };
    struct logs *logs = test_logs();
    struct hass *hass = loader_hass();
    struct hass_job job = HASS_JOB_COROUTINE(sleep_for, (void *)(uintptr_t)&seconds[_i]);

    ck_assert_int_eq(hass_async_create_task(hass, job, NULL, NULL), 0);
    int64_t began = hass_monotonic(hass);
    loader_boot(hass);
    ck_assert_int_eq((hass_monotonic(hass) - began) / 100000, _i == 0 ? 2995 : 3005);
    ck_assert_int_eq(logs_find(logs, "Setup goes on without tasks that still run") != NULL, _i);
}
END_TEST

/* deaths */

/* A daemon that dies in the set-up of crash_setup. */
static void die_once(void)
{
    struct hass_options options =
        loader_options(); /* here: a child would have a folder of its own */
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct hass *hass;
        ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
        if (hass_create(&options, &hass, NULL) == 0)
            (void)hass_run(hass, NULL);
        _exit(0);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFSIGNALED(status), "it did not die: %#x", status);
}

START_TEST(who_kills_the_daemon_three_times_is_left_out)
{
    struct logs *logs = test_logs();

    loader_configure("good:\ncrash_setup:\n");
    for (int i = 0; i < 3; i++)
        die_once();
    struct hass *hass = loader_hass();
    loader_boot(hass);
    ck_assert(hass_component_loaded(hass, "good"));
    ck_assert(!hass_component_loaded(hass, "crash_setup"));
    ck_assert_ptr_nonnull(logs_find(logs, "while integration crash_setup was at work"));
    ck_assert_ptr_nonnull(
        strstr(loader_problem(hass, "crash_setup"), "3 times within ten minutes"));
}
END_TEST

START_TEST(a_changed_file_has_its_chance)
{
    test_logs();
    loader_configure("crash_setup:\n");
    for (int i = 0; i < 3; i++)
        die_once();
    struct hass *hass = loader_hass();
    loader_boot(hass);
    loader_drop("heals", "crash_setup");
    ck_assert_msg(loader_reload(hass, "crash_setup", &err) == 0, "%s", err.message);
    ck_assert(hass_component_loaded(hass, "crash_setup"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bootstrap");
    TCase *tcase = tcase_create("bootstrap");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_missing_folder_is_said_plainly);
    tcase_add_test(tcase, a_file_instead_of_a_folder_is_said_plainly);
    tcase_add_test(tcase, an_unreadable_folder_is_said_plainly);
    tcase_add_test(tcase, an_empty_folder_runs_with_nothing_but_homeassistant);
    tcase_add_test(tcase, random_bytes_keep_nothing_from_running);
    tcase_add_test(tcase, a_folder_in_the_place_of_the_file_keeps_nothing_from_running);
    tcase_add_test(tcase, a_bad_section_is_left_out_and_the_others_run);
    tcase_add_test(tcase, the_section_of_the_core_is_used_but_for_what_is_wrong);
    tcase_add_test(tcase, a_value_beyond_its_bounds_leaves_the_rest_of_the_section);
    tcase_add_test(tcase, settings_reach_the_set_up_with_defaults);
    tcase_add_test(tcase, reading_it_again_sets_up_what_has_changed_and_nothing_else);
    tcase_add_test(tcase, a_correction_brings_back_what_was_left_out);
    tcase_add_test(tcase, a_file_that_cannot_be_read_whole_changes_nothing);
    tcase_add_test(tcase, the_refusal_names_the_place_of_the_first_error_and_no_warning);
    tcase_add_test(tcase, a_changed_core_section_fires_its_event);
    tcase_add_test(tcase, the_service_manager_is_told_each_phase);
    tcase_add_test(tcase, a_stop_at_the_first_moment_is_carried_out);
    tcase_add_test(tcase, a_stop_at_any_moment_of_the_start_is_carried_out);
    tcase_add_test(tcase, a_stop_while_a_set_up_hangs_does_not_wait_for_it);
    tcase_add_test(tcase, a_hanging_set_up_holds_the_start_for_its_limit_only);
    tcase_add_loop_test(tcase, a_stage_is_waited_for_300_seconds_and_60_more, 0, 4);
    tcase_add_loop_test(tcase, tasks_of_the_start_are_waited_for_300_seconds, 0, 2);
    tcase_add_test(tcase, who_kills_the_daemon_three_times_is_left_out);
    tcase_add_test(tcase, a_changed_file_has_its_chance);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
