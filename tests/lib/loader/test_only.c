/* SPDX-License-Identifier: Apache-2.0 */
/* A home of some integrations only, and one that writes nothing: what simulations and tests of automations run in. */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include <hass/store.h>

#include "base/mem.h"
#include "loader/loader.h"
#include "support/loader_fixture.h"

static HASS_CALLBACK struct hass *boot(const char *const *only, bool scratch)
{
    struct hass_options options = loader_options();

    options.only = only;
    options.scratch = scratch;
    struct hass *hass = loader_hass_with(&options);
    loader_boot(hass);
    return hass;
}

START_TEST(sections_of_others_are_left_out_without_a_word)
{
    static const char *const only[] = { "good", NULL };
    struct logs *logs = test_logs();

    loader_configure("good:\nfails:\nnowhere:\n  a: 1\n");
    hass__assert_loop();
    struct hass *hass = boot(only, false);
    ck_assert(hass_component_loaded(hass, "good"));
    ck_assert(!hass_component_loaded(hass, "fails"));
    ck_assert_ptr_null(loader_problem(hass, "fails"));
    ck_assert_ptr_null(loader_problem(hass, "nowhere"));
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 0);
}
END_TEST

START_TEST(what_every_home_has_is_left_out_too)
{
    static const char *const only[] = { "homeassistant", NULL };

    loader_configure("");
    hass__assert_loop();
    struct hass *hass = boot(only, false);
    ck_assert(hass_component_loaded(hass, "homeassistant"));
    ck_assert(!hass_component_loaded(hass, "websocket_api"));
    ck_assert(!hass_component_loaded(hass, "persistent_notification"));
}
END_TEST

START_TEST(a_domain_is_there_for_the_platforms_that_are)
{
    static const char *const only[] = { "thing_maker", NULL };

    loader_configure("thing:\n"
                     "  - platform: elsewhere\n"
                     "    name: Far\n"
                     "  - platform: thing_maker\n"
                     "    name: Near\n");
    hass__assert_loop();
    struct hass *hass = boot(only, false);
    ck_assert_ptr_nonnull(hass_states_async_get(hass, "thing.near"));
    ck_assert_uint_eq(hass_states_async_count(hass, "thing"), 1);
    ck_assert_ptr_null(loader_problem(hass, "elsewhere"));
}
END_TEST

START_TEST(a_domain_without_platforms_that_are_there_is_not)
{
    static const char *const only[] = { "good", NULL };

    loader_configure("thing:\n  platform: thing_maker\n  name: Near\n");
    hass__assert_loop();
    struct hass *hass = boot(only, false);
    ck_assert(!hass_component_loaded(hass, "thing"));
}
END_TEST

START_TEST(a_mistake_that_is_kept_is_told_with_its_place_in_the_file)
{
    static const char *const only[] = { "thing_maker", NULL };
    struct logs *logs = test_logs();

    loader_configure("thing:\n"
                     "  - platform: elsewhere\n"
                     "    name: Far\n"
                     "  - platform: thing_maker\n"
                     "    size: 10\n"
                     "    name: Near\n");
    hass__assert_loop();
    boot(only, false);
    ck_assert_ptr_nonnull(logs_find(logs, "configuration.yaml:5:11"));
}
END_TEST

static HASS_COROUTINE int save_something(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct hass_store_options options = { .size = sizeof(options),
                                                .key = "something",
                                                .version = 1 };
    struct hass_store *store;
    json_t *data = NULL;
    int r = hass_store_async_create(hass, &options, &store, err);

    if (r == 0)
        r = hass_store_async_load(store, &data, err);
    ck_assert_json(data, "{'a': 1}");
    json_decref(data);
    if (r == 0)
        (void)hass_store_async_save(store, test_json("{'a': 2}"), NULL);
    return r;
}

START_TEST(a_scratch_home_reads_its_state_and_writes_none)
{
    static const char *const only[] = { "homeassistant", NULL };
    const char *before =
        "{\"version\": 1, \"minor_version\": 1, \"key\": \"something\", \"data\": {\"a\": 1}}";
    const char *path = test_file(".storage/something", before);
    autofree char *kept = mem_strdup(path);

    loader_configure("");
    hass__assert_loop();
    struct hass *hass = boot(only, true);
    ck_assert_int_eq(test_run_coroutine(hass, save_something, NULL), 0);
    test_advance(hass, 3600);
    loader_end(hass);
    autofree char *after = test_read_file(kept);
    ck_assert_str_eq(after, before);
    autofree char *folder = mem_printf("%s/.storage", test_dir());
    DIR *dir = opendir(folder);
    size_t files = 0;
    for (const struct dirent *entry; (entry = readdir(dir));)
        files += entry->d_name[0] != '.';
    closedir(dir);
    ck_assert_uint_eq(files, 1);
}
END_TEST

START_TEST(scratch_homes_one_after_another_open_the_same_copies)
{
    static const char *const only[] = { "good", NULL };
    struct stat first, second;

    loader_configure("good:\n");
    hass__assert_loop();
    struct hass *hass = boot(only, true);
    const struct integration *good = integration_find(loader_of(hass), "good");
    autofree char *copy = mem_strdup(good->plugin->copy);
    void *handle = good->plugin->handle;
    ck_assert_int_eq(stat(copy, &first), 0);
    loader_end(hass);
    hass = boot(only, true);
    ck_assert_int_eq(stat(copy, &second), 0);
    ck_assert_uint_eq(first.st_ino, second.st_ino);
    ck_assert_ptr_eq(integration_find(loader_of(hass), "good")->plugin->handle, handle);
}
END_TEST

TEST_MAIN("some integrations only", sections_of_others_are_left_out_without_a_word,
          what_every_home_has_is_left_out_too, a_domain_is_there_for_the_platforms_that_are,
          a_domain_without_platforms_that_are_there_is_not,
          a_mistake_that_is_kept_is_told_with_its_place_in_the_file,
          a_scratch_home_reads_its_state_and_writes_none,
          scratch_homes_one_after_another_open_the_same_copies)
