/* SPDX-License-Identifier: Apache-2.0 */
/* Unloading and replacing integrations while everything else runs: nothing of the old one is left. */
#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "loader/file.h"
#include "loader/loader.h"
#include "run/runtime.h"
#include "support/loader_fixture.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#    define SLOW 1
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#        define SLOW 1
#    endif
#endif
#ifdef SLOW
#    define ROUNDS       300
#    define REPLACEMENTS 20
#else
#    define ROUNDS       10000
#    define REPLACEMENTS 200
#endif

static struct hass_error err = HASS_ERROR_INIT;

#define ok(call)                                                                                   \
    do {                                                                                           \
        hass_error_clear(&err);                                                                    \
        ck_assert_msg((call) == 0, "%s: %s", #call, err.message);                                  \
    } while (0)

/* A file whose content differs in its last bytes, which belong to no segment. */
static void drop_changed(const char *plugin, const char *domain, unsigned number)
{
    autofree void *data = NULL;
    autobuf bytes = HASS_BUF_INIT;
    size_t size;
    const char *path = loader_drop(plugin, domain);

    ok(file_read(path, 64 << 20, &data, &size, &err));
    hass_buf_add(&bytes, data, size);
    hass_buf_add(&bytes, &number, sizeof(number));
    ok(file_replace(path, bytes.data, bytes.length, 0644, &err));
}

static void count_scope(struct scope *scope, void *userdata)
{
    (*(size_t *)userdata)++;
}

static size_t scopes_of(struct hass *hass)
{
    size_t count = 0;

    scope_foreach(hass, count_scope, &count);
    return count;
}

static HASS_CALLBACK size_t listeners_of(struct hass *hass, const char *type)
{
    autojson *listeners = hass_bus_async_listeners(hass);

    return (size_t)hass_json_get_int(listeners, type, 0);
}

static HASS_CALLBACK json_int_t mapped_files(struct hass *hass)
{
    autojson *info = hass_async_info(hass);

    return hass_json_get_int(info, "mapped_files", -1);
}

START_TEST(unloading_leaves_nothing)
{
    struct hass *hass = loader_hass();
    struct capture *ticks = test_capture(hass, "good_ticked");
    size_t scopes = scopes_of(hass);

    ok(loader_set_up(hass, "good", &err));
    ck_assert_uint_eq(listeners_of(hass, "ping"), 1);
    ok(loader_unload(hass, "good", &err));
    ck_assert(!hass_component_loaded(hass, "good"));
    ck_assert_uint_eq(listeners_of(hass, "ping"), 0);
    ck_assert(!hass_services_async_has(hass, "good", "call"));
    ck_assert_ptr_null(hass_async_get_data(hass, "good"));
    test_advance(hass, 7200);
    ck_assert_uint_eq(scopes_of(hass), scopes);
    ck_assert_uint_eq(capture_count(ticks), 0);
    ck_assert_str_eq(loader_member(hass, "good", "state"), "opened");
}
END_TEST

START_TEST(what_is_not_loaded_cannot_be_unloaded)
{
    struct hass *hass = loader_hass();

    ck_assert_int_eq(loader_unload(hass, "good", &err), HASS_E_NOT_FOUND);
}
END_TEST

START_TEST(the_unload_function_is_called_in_its_scope)
{
    struct hass *hass = loader_hass();
    struct capture *seen = test_capture(hass, "busy_unloads");

    ok(loader_set_up(hass, "busy", &err));
    ok(loader_unload(hass, "busy", &err));
    ck_assert_uint_eq(capture_count(seen), 1);
}
END_TEST

START_TEST(dependants_are_closed_first_and_set_up_again)
{
    struct hass *hass = loader_hass();

    ok(loader_set_up(hass, "chain_a", &err));
    struct capture *seen = test_capture(hass, "was_set_up");
    ok(loader_reload(hass, "chain_c", &err));
    ck_assert_uint_eq(capture_count(seen), 3);
    const char *const order[] = { "chain_c", "chain_b", "chain_a" };
    for (size_t i = 0; i < 3; i++)
        ck_assert_str_eq(
            hass_json_get_string(hass_event_data(capture_event(seen, i)), "domain", "?"), order[i]);
    ok(loader_unload(hass, "chain_c", &err));
    for (size_t i = 0; i < 3; i++)
        ck_assert(!hass_component_loaded(hass, order[i]));
}
END_TEST

START_TEST(an_unchanged_file_is_not_mapped_again)
{
    struct hass *hass = loader_hass();

    ok(loader_set_up(hass, "good", &err));
    ok(loader_reload(hass, "good", &err));
    ck_assert_int_eq(mapped_files(hass), 1);
    ck_assert(hass_component_loaded(hass, "good"));
}
END_TEST

START_TEST(a_changed_file_replaces_the_old_one)
{
    struct hass *hass = loader_hass();

    ok(loader_set_up(hass, "good", &err));
    struct capture *seen = test_capture(hass, "good_called");
    drop_changed("good", "good", 1);
    ok(loader_reload(hass, "good", &err));
    ck_assert_int_eq(mapped_files(hass), 2);
    ck_assert_ptr_nonnull(strstr(loader_member(hass, "good", "file"), "/integrations/good.so"));
    ck_assert_uint_eq(listeners_of(hass, "ping"), 1);
    ok(hass_services_async_call_later(hass, "good", "call", NULL, NULL, &err));
    test_settle(hass);
    ck_assert_uint_eq(capture_count(seen), 1);
}
END_TEST

START_TEST(what_runs_stays_when_the_new_file_cannot_be_used)
{
    test_logs();
    struct hass *hass = loader_hass();
    ok(loader_set_up(hass, "good", &err));
    loader_drop("no_symbols", "good");
    ck_assert_int_eq(loader_reload(hass, "good", &err), HASS_E_PLUGIN);
    ck_assert(hass_component_loaded(hass, "good"));
    ck_assert(hass_services_async_has(hass, "good", "call"));
}
END_TEST

START_TEST(those_that_failed_for_want_of_another_get_another_chance)
{
    test_logs();
    loader_configure("needs_nowhere:\n");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    ck_assert(!hass_component_loaded(hass, "needs_nowhere"));
    loader_drop("elsewhere", "nowhere");
    ok(loader_reload(hass, "nowhere", &err));
    ck_assert(hass_component_loaded(hass, "needs_nowhere"));
}
END_TEST

START_TEST(an_integration_that_is_never_idle_is_replaced)
{
    struct hass *hass = loader_hass();

    ok(loader_set_up(hass, "busy", &err));
    for (unsigned i = 0; i < 20; i++) {
        drop_changed("busy", "busy", i);
        ok(loader_reload(hass, "busy", &err));
        ck_assert(hass_component_loaded(hass, "busy"));
    }
    ok(loader_unload(hass, "busy", &err));
    struct capture *seen = test_capture(hass, "busy_seen");
    hass_states_async_set(hass, "some.state", "on", NULL, NULL, NULL);
    test_settle(hass);
    ck_assert_uint_eq(capture_count(seen), 0);
}
END_TEST

START_TEST(an_integration_may_reload_itself)
{
    struct hass *hass = loader_hass();

    ok(loader_set_up(hass, "reloads_itself", &err));
    struct capture *loaded = test_capture(hass, HASS_EVENT_COMPONENT_LOADED);
    ok(hass_bus_async_fire(hass, "reload_yourself", NULL, NULL, &err));
    test_settle(hass);
    ck_assert_uint_eq(capture_count(loaded), 1);
    ck_assert(hass_component_loaded(hass, "reloads_itself"));
}
END_TEST

static HASS_COROUTINE int set_up_hanging(struct hass *hass, void *userdata,
                                         struct hass_error *error)
{
    (void)hass_async_setup_component(hass, "hangs", NULL);
    return 0;
}

START_TEST(a_set_up_that_hangs_is_replaced_without_waiting)
{
    test_logs();
    loader_drop("hangs", "hangs");
    struct hass *hass = loader_hass();
    ok(hass_async_create_task(hass, HASS_JOB_COROUTINE(set_up_hanging, NULL), NULL, &err));
    test_advance(hass, 1);
    ck_assert_str_eq(loader_member(hass, "hangs", "state"), "setting up");
    loader_drop("hangs_no_more", "hangs");
    int64_t began = hass_monotonic(hass);
    ok(loader_reload(hass, "hangs", &err));
    ck_assert(hass_component_loaded(hass, "hangs"));
    ck_assert_int_lt(hass_monotonic(hass) - began, 1000000);
}
END_TEST

/* Bytes in use, once what is freed in a later turn of the loop has been. */
static size_t heap_in_use(struct hass *hass)
{
    test_settle(hass);
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

START_TEST(rounds_of_set_up_and_unload_do_not_grow)
{
    struct hass *hass = loader_hass();
    size_t before = 0;

    for (int i = 0; i < ROUNDS; i++) {
        if (i == ROUNDS / 10)
            before = heap_in_use(hass);
        ok(loader_set_up(hass, "good", &err));
        ok(loader_unload(hass, "good", &err));
    }
    ck_assert_int_eq(mapped_files(hass), 1);
    size_t after = heap_in_use(hass);
    ck_assert_msg(after < before + 64 * 1024, "grown from %zu to %zu bytes", before, after);
}
END_TEST

START_TEST(replacements_grow_by_nothing_but_mappings)
{
    struct hass *hass = loader_hass();

    drop_changed("good", "good", 0);
    ok(loader_set_up(hass, "good", &err));
    size_t before = 0;
    for (unsigned i = 1; i <= REPLACEMENTS; i++) {
        if (i == REPLACEMENTS / 10)
            before = heap_in_use(hass);
        drop_changed("good", "good", i);
        ok(loader_reload(hass, "good", &err));
    }
    ck_assert_int_eq(mapped_files(hass), REPLACEMENTS + 1);
    size_t after = heap_in_use(hass);
    /* The dynamic linker keeps some 2 KiB about each file, we a few hundred bytes. */
    ck_assert_msg(after < before + REPLACEMENTS * 8192, "grown from %zu to %zu bytes", before,
                  after);
}
END_TEST

#ifndef SLOW
START_TEST(a_thousand_files_are_opened_and_no_more)
{
    test_logs();
    struct hass *hass = loader_hass();
    for (unsigned i = 1; i <= 1000; i++) {
        drop_changed("chain_c", "chain_c", i);
        ok(i == 1 ? loader_set_up(hass, "chain_c", &err) : loader_reload(hass, "chain_c", &err));
    }
    ck_assert_int_eq(mapped_files(hass), 1000);
    drop_changed("chain_c", "chain_c", 0);
    hass_error_clear(&err);
    ck_assert_int_eq(loader_reload(hass, "chain_c", &err), HASS_E_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.message, "restart to load"));
    ck_assert(hass_component_loaded(hass, "chain_c"));
}
END_TEST
#endif

/* a hanging thread */

/* Real time: no virtual clock passes while a thread of the pool is busy. */
START_TEST(a_hanging_set_up_in_the_pool_is_abandoned)
{
    struct logs *logs = test_logs();
    struct hass_options options = loader_options();

    options.virtual_time = false;
    struct hass *hass = loader_hass_with(&options);
    loader_of(hass)->limits =
        (struct loader_limits){ .setup_warning = 0.1, .setup = 0.3, .close = 0.2 };
    ck_assert_int_eq(loader_set_up(hass, "hangs_sync", &err), -ETIMEDOUT);
    ck_assert_ptr_nonnull(strstr(err.message, "did not end within 0.3 s: it has been given up"));
    ck_assert_ptr_nonnull(logs_find(logs, "hangs_sync did not let go of everything"));
    ok(loader_set_up(hass, "good", &err));
    test_file("release", "");
    test_settle(hass);
    ck_assert_ptr_null(hass_states_async_get(hass, "hangs_sync.late"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reload");
    TCase *tcase = tcase_create("reload");

    tcase_set_timeout(tcase, 240);
    tcase_add_test(tcase, unloading_leaves_nothing);
    tcase_add_test(tcase, what_is_not_loaded_cannot_be_unloaded);
    tcase_add_test(tcase, the_unload_function_is_called_in_its_scope);
    tcase_add_test(tcase, dependants_are_closed_first_and_set_up_again);
    tcase_add_test(tcase, an_unchanged_file_is_not_mapped_again);
    tcase_add_test(tcase, a_changed_file_replaces_the_old_one);
    tcase_add_test(tcase, what_runs_stays_when_the_new_file_cannot_be_used);
    tcase_add_test(tcase, those_that_failed_for_want_of_another_get_another_chance);
    tcase_add_test(tcase, an_integration_that_is_never_idle_is_replaced);
    tcase_add_test(tcase, an_integration_may_reload_itself);
    tcase_add_test(tcase, a_set_up_that_hangs_is_replaced_without_waiting);
    tcase_add_test(tcase, rounds_of_set_up_and_unload_do_not_grow);
    tcase_add_test(tcase, replacements_grow_by_nothing_but_mappings);
#ifndef SLOW
    tcase_add_test(tcase, a_thousand_files_are_opened_and_no_more);
#endif
    tcase_add_test(tcase, a_hanging_set_up_in_the_pool_is_abandoned);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
