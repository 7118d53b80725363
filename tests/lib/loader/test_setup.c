/* SPDX-License-Identifier: Apache-2.0 */
/* Setting up real .so files: what works, in which order, and every way in which it does not. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "loader/plugin.h"
#include "support/loader_fixture.h"

static struct hass_error err = HASS_ERROR_INIT;
static char good[] = "good";

static HASS_CALLBACK const char *state_of(struct hass *hass, const char *entity_id)
{
    const struct hass_state *state = hass_states_async_get(hass, entity_id);

    return state ? hass_state_state(state) : "(none)";
}

#define expect_error(r, code, text)                                                                \
    do {                                                                                           \
        ck_assert_int_eq((r), (code));                                                             \
        ck_assert_msg(strstr(err.message, (text)) != NULL, "'%s' lacks '%s'", err.message,         \
                      (text));                                                                     \
    } while (0)

/* what works */

START_TEST(an_integration_is_set_up_on_the_loop)
{
    struct hass *hass = loader_hass();
    struct capture *loaded = test_capture(hass, HASS_EVENT_COMPONENT_LOADED);

    ck_assert_msg(loader_set_up(hass, "good", &err) == 0, "%s", err.message);
    ck_assert(hass_component_loaded(hass, "good"));
    ck_assert_uint_eq(capture_count(loaded), 1);
    ck_assert_json(hass_event_data(capture_event(loaded, 0)), "{'component': 'good'}");
    ck_assert_str_eq(state_of(hass, "good.mode"), "slow");
    ck_assert(hass_services_async_has(hass, "good", "call"));
    ck_assert_str_eq(loader_member(hass, "good", "state"), "set up");
}
END_TEST

START_TEST(an_integration_is_set_up_in_the_pool)
{
    struct hass *hass = loader_hass();

    ck_assert_msg(loader_set_up(hass, "good_sync", &err) == 0, "%s", err.message);
    test_settle(hass);
    ck_assert_str_eq(state_of(hass, "good_sync.state"), "on");
    ck_assert(hass_component_loaded(hass, "good_sync"));
}
END_TEST

static HASS_COROUTINE int set_up_from_here(struct hass *hass, void *userdata,
                                           struct hass_error *error)
{
    return hass_async_setup_component(hass, userdata, error);
}

START_TEST(callers_at_the_same_time_share_one_set_up)
{
    struct hass *hass = loader_hass();
    struct capture *loaded = test_capture(hass, HASS_EVENT_COMPONENT_LOADED);

    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(
            hass_async_create_task(hass, HASS_JOB_COROUTINE(set_up_from_here, good), NULL, NULL),
            0);
    test_settle(hass);
    ck_assert_uint_eq(capture_count(loaded), 1);
    ck_assert_int_eq(loader_set_up(hass, "good", &err), 0);
    ck_assert_uint_eq(capture_count(loaded), 1);
}
END_TEST

static HASS_BLOCKING int set_up_in_pool(struct hass *hass, void *userdata, struct hass_error *error)
{
    return hass_setup_component(hass, userdata, error);
}

START_TEST(a_pool_thread_can_ask_for_a_set_up)
{
    struct hass *hass = loader_hass();

    ck_assert_int_eq(test_on_pool(hass, set_up_in_pool, good), 0);
    ck_assert(hass_component_loaded(hass, "good"));
}
END_TEST

/* order */

static void expect_order(struct capture *seen, const char *domains)
{
    autobuf order = HASS_BUF_INIT;

    for (size_t i = 0; i < capture_count(seen); i++) {
        const json_t *data = hass_event_data(capture_event(seen, i));
        hass_buf_printf(&order, "%s%s", i ? " " : "", hass_json_get_string(data, "domain", "?"));
    }
    ck_assert_str_eq(hass_buf_string(&order), domains);
}

START_TEST(dependencies_come_first_and_once)
{
    struct hass *hass = loader_hass();
    struct capture *seen = test_capture(hass, "was_set_up");

    ck_assert_msg(loader_set_up(hass, "chain_a", &err) == 0, "%s", err.message);
    expect_order(seen, "chain_c chain_b chain_a");
}
END_TEST

START_TEST(an_after_dependency_comes_first_when_it_is_wanted)
{
    loader_configure("after_a:\nchain_a:\n");
    struct hass *hass = loader_hass();
    struct capture *seen = test_capture(hass, "was_set_up");
    loader_boot(hass);
    expect_order(seen, "chain_c chain_b chain_a after_a");
}
END_TEST

START_TEST(an_after_dependency_that_is_not_wanted_is_not_loaded)
{
    struct hass *hass = loader_hass();
    struct capture *seen = test_capture(hass, "was_set_up");

    ck_assert_msg(loader_set_up(hass, "after_a", &err) == 0, "%s", err.message);
    expect_order(seen, "after_a");
}
END_TEST

START_TEST(after_dependencies_in_a_circle_do_not_wait_for_each_other)
{
    loader_configure("round_a:\nround_b:\n");
    struct hass *hass = loader_hass();
    struct capture *seen = test_capture(hass, "was_set_up");
    loader_boot(hass);
    ck_assert_uint_eq(capture_count(seen), 2);
    ck_assert(hass_component_loaded(hass, "round_a"));
    ck_assert(hass_component_loaded(hass, "round_b"));
}
END_TEST

START_TEST(a_circle_of_dependencies_is_shown_as_a_path)
{
    loader_configure("cycle_a:\nchain_a:\n");
    test_logs();
    struct hass *hass = loader_hass();
    loader_boot(hass);
    ck_assert(!hass_component_loaded(hass, "cycle_a"));
    ck_assert(hass_component_loaded(hass, "chain_a"));
    ck_assert_ptr_nonnull(strstr(loader_problem(hass, "cycle_a"), "cycle_a -> cycle_b -> cycle_a"));
}
END_TEST

START_TEST(a_circle_that_begins_in_a_set_up_is_shown_as_a_path)
{
    test_logs();
    struct hass *hass = loader_hass();
    ck_assert_int_eq(loader_set_up(hass, "asks", &err), HASS_E_DEPENDENCY);
    ck_assert_ptr_nonnull(strstr(err.message, "needs_asks -> asks -> needs_asks"));
}
END_TEST

START_TEST(a_missing_dependency_is_named)
{
    test_logs();
    struct hass *hass = loader_hass();
    expect_error(loader_set_up(hass, "needs_nowhere", &err), HASS_E_DEPENDENCY,
                 "it needs nowhere, which is not set up: there is no integration 'nowhere'");
}
END_TEST

START_TEST(a_failing_dependency_fails_its_dependant_with_the_reason)
{
    test_logs();
    struct hass *hass = loader_hass();
    expect_error(loader_set_up(hass, "needs_fails", &err), HASS_E_DEPENDENCY,
                 "it needs fails, which is not set up: its set-up failed: the device at 192.0.2.1");
    /* The second time the failure is known already. */
    hass_error_clear(&err);
    expect_error(loader_set_up(hass, "needs_fails", &err), HASS_E_DEPENDENCY,
                 "it needs fails, which is not set up: its set-up failed: the device at 192.0.2.1");
}
END_TEST

/* what does not work */

START_TEST(a_failing_set_up_leaves_nothing_behind)
{
    struct logs *logs = test_logs();
    struct hass *hass = loader_hass();

    expect_error(loader_set_up(hass, "fails", &err), HASS_E_GENERAL,
                 "its set-up failed: the device at 192.0.2.1 does not answer");
    ck_assert(!hass_component_loaded(hass, "fails"));
    ck_assert(!hass_services_async_has(hass, "fails", "call"));
    ck_assert_ptr_nonnull(logs_find(logs, "Integration fails is left out"));
    ck_assert_str_eq(loader_member(hass, "fails", "state"), "failed");
}
END_TEST

START_TEST(a_hanging_coroutine_is_warned_of_and_given_up)
{
    struct logs *logs = test_logs();
    struct hass *hass = loader_hass();
    int64_t began = hass_monotonic(hass);

    expect_error(loader_set_up(hass, "hangs", &err), -ETIMEDOUT, "did not end within 300 s");
    ck_assert_int_eq((hass_monotonic(hass) - began) / 1000000, 300);
    ck_assert_uint_eq(logs_matching(logs, "Setup of hangs is taking over 10 seconds"), 1);
}
END_TEST

static const struct {
    const char *domain, *message;
} unusable[] = {
    { "both", "exports both async_setup and setup" },
    { "no_entry", "exports no entry point" },
    { "no_symbols", "not an integration" },
    { "no_note", "no note of hassd" },
    { "foreign_abi", "built for another version of hassd" },
    { "wrong_domain", "its manifest is for 'another': name the file another.so" },
    { "missing_symbol", "hass_of_a_later_release" },
};

START_TEST(an_unusable_file_is_named_with_its_message)
{
    test_logs();
    struct hass *hass = loader_hass();
    expect_error(loader_set_up(hass, unusable[_i].domain, &err), HASS_E_PLUGIN,
                 unusable[_i].message);
    ck_assert_ptr_nonnull(strstr(err.message, TEST_BUILD));
    ck_assert_ptr_nonnull(strstr(loader_problem(hass, unusable[_i].domain), unusable[_i].message));
    ck_assert_msg(loader_set_up(hass, "good", NULL) == 0, "the rest suffers");
}
END_TEST

static const struct {
    const char *domain;
    size_t size; /* of the copy; 0: the file's */
    size_t place;
    uint8_t value;
    const char *message;
} damages[] = {
    { "truncated", 3000, 0, 0x7f, "cut off" },
    { "empty", 1, 0, 0x7f, "no ELF header" },
    { "random", 0, 0, 'x', "no ELF header" },
    { "other_machine", 0, 18, 0xb7, "for another kind of machine, 64-bit ARM (arm64)" },
};

START_TEST(a_damaged_file_is_named_with_its_message)
{
    test_logs();
    const char *path = loader_drop("good", damages[_i].domain);
    FILE *file = fopen(path, "r+");
    ck_assert_int_eq(fseek(file, (long)damages[_i].place, SEEK_SET), 0);
    ck_assert_int_eq(fputc(damages[_i].value, file), damages[_i].value);
    fclose(file);
    if (damages[_i].size)
        ck_assert_int_eq(truncate(path, (off_t)damages[_i].size), 0);
    struct hass *hass = loader_hass();
    expect_error(loader_set_up(hass, damages[_i].domain, &err), HASS_E_PLUGIN, damages[_i].message);
}
END_TEST

START_TEST(a_file_is_read_up_to_its_limit_and_no_further)
{
    test_logs();
    const char *path = loader_drop("good", "large");
    struct hass *hass = loader_hass();
    ck_assert_int_eq(truncate(path, 0), 0);
    ck_assert_int_eq(truncate(path, PLUGIN_MAX_FILE), 0);
    expect_error(loader_set_up(hass, "large", &err), HASS_E_PLUGIN, "no ELF header");
    ck_assert_int_eq(truncate(path, PLUGIN_MAX_FILE + 1), 0);
    hass_error_clear(&err);
    expect_error(loader_set_up(hass, "large", &err), HASS_E_LIMIT, "at most 67108864 are read");
}
END_TEST

START_TEST(an_unknown_integration_is_answered_with_the_nearest)
{
    test_logs();
    struct hass *hass = loader_hass();
    expect_error(loader_set_up(hass, "goood", &err), HASS_E_NOT_FOUND,
                 "there is no integration 'goood'");
    ck_assert_ptr_nonnull(strstr(err.message, "did you mean 'good'"));
    hass_error_clear(&err);
    expect_error(loader_set_up(hass, "../etc/passwd", &err), HASS_E_INVALID,
                 "not the name of an integration");
}
END_TEST

START_TEST(what_failed_can_be_set_up_when_its_reason_is_gone)
{
    test_logs();
    struct hass *hass = loader_hass();
    expect_error(loader_set_up(hass, "late", &err), HASS_E_NOT_FOUND, "late");
    loader_drop("wrong_domain", "another");
    ck_assert_msg(loader_reload(hass, "another", &err) == 0, "%s", err.message);
    ck_assert(hass_component_loaded(hass, "another"));
}
END_TEST

/* the search path */

START_TEST(a_dropped_in_file_wins_and_the_log_says_so)
{
    struct logs *logs = test_logs();

    hass_log_set_level(NULL, HASS_LOG_INFO);
    const char *path = loader_drop("good", "good");
    struct hass *hass = loader_hass();
    ck_assert_msg(loader_set_up(hass, "good", &err) == 0, "%s", err.message);
    ck_assert_str_eq(loader_member(hass, "good", "file"), path);
    ck_assert_ptr_nonnull(logs_find(logs, "is used instead of"));
}
END_TEST

START_TEST(a_file_is_opened_from_a_copy)
{
    struct hass *hass = loader_hass();
    const char *path = loader_drop("good", "good");

    ck_assert_int_eq(loader_set_up(hass, "good", NULL), 0);
    autofree char *maps = test_read_file("/proc/self/maps");
    ck_assert_ptr_null(strstr(maps, path));
    ck_assert_ptr_nonnull(strstr(maps, "/loaded/good-"));
    /* What `cp` does to a mapped file would end us by SIGBUS. */
    ck_assert_int_eq(truncate(path, 0), 0);
    hass_bus_async_fire(hass, "ping", NULL, NULL, NULL);
    ck_assert_str_eq(state_of(hass, "good.pings"), "seen");
}
END_TEST

START_TEST(copies_of_former_runs_are_removed)
{
    const char *old = test_file("loaded/old-0123.so", "x");
    struct hass *hass = loader_hass();

    ck_assert_int_eq(access(old, F_OK), 0);
    ck_assert_int_eq(loader_set_up(hass, "good", NULL), 0);
    ck_assert_int_lt(access(old, F_OK), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("setup");
    TCase *tcase = tcase_create("setup");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, an_integration_is_set_up_on_the_loop);
    tcase_add_test(tcase, an_integration_is_set_up_in_the_pool);
    tcase_add_test(tcase, callers_at_the_same_time_share_one_set_up);
    tcase_add_test(tcase, a_pool_thread_can_ask_for_a_set_up);
    tcase_add_test(tcase, dependencies_come_first_and_once);
    tcase_add_test(tcase, an_after_dependency_comes_first_when_it_is_wanted);
    tcase_add_test(tcase, an_after_dependency_that_is_not_wanted_is_not_loaded);
    tcase_add_test(tcase, after_dependencies_in_a_circle_do_not_wait_for_each_other);
    tcase_add_test(tcase, a_circle_of_dependencies_is_shown_as_a_path);
    tcase_add_test(tcase, a_circle_that_begins_in_a_set_up_is_shown_as_a_path);
    tcase_add_test(tcase, a_missing_dependency_is_named);
    tcase_add_test(tcase, a_failing_dependency_fails_its_dependant_with_the_reason);
    tcase_add_test(tcase, a_failing_set_up_leaves_nothing_behind);
    tcase_add_test(tcase, a_hanging_coroutine_is_warned_of_and_given_up);
    tcase_add_loop_test(tcase, an_unusable_file_is_named_with_its_message, 0,
                        sizeof(unusable) / sizeof(unusable[0]));
    tcase_add_loop_test(tcase, a_damaged_file_is_named_with_its_message, 0,
                        sizeof(damages) / sizeof(damages[0]));
    tcase_add_test(tcase, a_file_is_read_up_to_its_limit_and_no_further);
    tcase_add_test(tcase, an_unknown_integration_is_answered_with_the_nearest);
    tcase_add_test(tcase, what_failed_can_be_set_up_when_its_reason_is_gone);
    tcase_add_test(tcase, a_dropped_in_file_wins_and_the_log_says_so);
    tcase_add_test(tcase, a_file_is_opened_from_a_copy);
    tcase_add_test(tcase, copies_of_former_runs_are_removed);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
