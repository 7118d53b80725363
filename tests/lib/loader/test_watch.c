/* SPDX-License-Identifier: Apache-2.0 */
/* Files that arrive and change while the daemon runs. Events of files come in real time, so the clock is real here. */
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "loader/file.h"
#include "run/runtime.h"
#include "support/loader_fixture.h"

static struct hass *boot(const char *yaml) HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *boot(const char *yaml)
{
    struct hass_options options = loader_options();

    options.virtual_time = false;
    loader_configure(yaml);
    struct hass *hass = loader_hass_with(&options);
    loader_boot(hass);
    return hass;
}

static HASS_CALLBACK int quit(const struct hass_event *event, void *userdata,
                              struct hass_error *err)
{
    runtime_quit(runtime_of(hass_event_hass(event)));
    return 0;
}

static HASS_CALLBACK int time_over(const struct hass_tick *tick, void *userdata,
                                   struct hass_error *err)
{
    *(bool *)userdata = true;
    runtime_quit(runtime_of(tick->hass));
    return 0;
}

/* Turns the loop until an integration has been set up, or for @seconds. */
static HASS_CALLBACK bool wait_loaded(struct hass *hass, double seconds)
{
    bool over = false;
    struct hass_sub *timer, *listener;

    ck_assert_int_eq(hass_async_call_at(hass, hass_monotonic(hass) + (int64_t)(seconds * 1e6),
                                        HASS_JOB_CALLBACK(time_over, &over), &timer, NULL),
                     0);
    ck_assert_int_eq(hass_bus_async_listen(hass, HASS_EVENT_COMPONENT_LOADED, NULL,
                                           HASS_JOB_CALLBACK(quit, NULL), &listener, NULL),
                     0);
    runtime_run(runtime_of(hass));
    hass_sub_async_remove(timer);
    hass_sub_async_remove(listener);
    test_settle(hass);
    return !over;
}

/* `cp`: writes into the file that is there. */
static void copy_over(const char *plugin, const char *path, const char *more)
{
    autofree void *data = NULL;
    size_t size;

    ck_assert_int_eq(file_read(loader_plugin(plugin), 64 << 20, &data, &size, NULL), 0);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, size, file), size);
    ck_assert_int_ge(fputs(more, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(a_file_copied_over_a_loaded_one_replaces_it)
{
    const char *path = loader_drop("good", "good");
    struct hass *hass = boot("good:\n");

    for (int i = 0; i < 3; i++) {
        autofree char *more = mem_printf("%d", i);
        copy_over("good", path, more);
        ck_assert(wait_loaded(hass, 5));
        ck_assert(hass_component_loaded(hass, "good"));
    }
    autojson *info = hass_async_info(hass);
    ck_assert_int_ge(hass_json_get_int(info, "mapped_files", 0), 4);
}
END_TEST

START_TEST(a_file_renamed_into_place_replaces_it)
{
    loader_drop("good", "good");
    struct hass *hass = boot("good:\n");
    const char *path = test_file("new.so", "");
    copy_over("good", path, "new");
    autofree char *place = mem_printf("%s/integrations/good.so", test_dir());
    ck_assert_int_eq(rename(path, place), 0);
    ck_assert(wait_loaded(hass, 5));
}
END_TEST

START_TEST(a_missing_integration_is_set_up_when_its_file_arrives)
{
    test_logs();
    test_file("integrations/unrelated", "");
    struct hass *hass = boot("nowhere:\n");
    ck_assert(!hass_component_loaded(hass, "nowhere"));
    loader_drop("elsewhere", "nowhere");
    ck_assert(wait_loaded(hass, 5));
    ck_assert(hass_component_loaded(hass, "nowhere"));
    ck_assert_ptr_null(loader_problem(hass, "nowhere"));
}
END_TEST

START_TEST(the_folder_itself_may_come_later)
{
    test_logs();
    struct hass *hass = boot("nowhere:\n");
    loader_drop("elsewhere", "nowhere");
    ck_assert(wait_loaded(hass, 5));
    ck_assert(hass_component_loaded(hass, "nowhere"));
}
END_TEST

START_TEST(what_nobody_named_is_not_loaded)
{
    test_file("integrations/unrelated", "");
    struct hass *hass = boot("");
    loader_drop("good", "good");
    ck_assert(!wait_loaded(hass, 1));
    ck_assert(!hass_component_loaded(hass, "good"));
}
END_TEST

START_TEST(the_same_content_changes_nothing)
{
    const char *path = loader_drop("good", "good");
    struct hass *hass = boot("good:\n");

    copy_over("good", path, "");
    ck_assert(!wait_loaded(hass, 1));
    ck_assert(hass_component_loaded(hass, "good"));
}
END_TEST

START_TEST(a_damaged_file_leaves_what_runs)
{
    struct logs *logs = test_logs();
    const char *path = loader_drop("good", "good");
    struct hass *hass = boot("good:\n");

    copy_over("no_symbols", path, "");
    ck_assert(!wait_loaded(hass, 1));
    ck_assert(hass_component_loaded(hass, "good"));
    ck_assert_ptr_nonnull(
        logs_find(logs, "good runs on as it was: its changed file cannot be used"));
}
END_TEST

TEST_MAIN("watch", a_file_copied_over_a_loaded_one_replaces_it,
          a_file_renamed_into_place_replaces_it,
          a_missing_integration_is_set_up_when_its_file_arrives, the_folder_itself_may_come_later,
          what_nobody_named_is_not_loaded, the_same_content_changes_nothing,
          a_damaged_file_leaves_what_runs)
