/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registries in the life of a home: read before integrations are set up, written when it stops.
 */
#include <string.h>

#include <hass/registry.h>

#include "base/mem.h"
#include "support/loader_fixture.h"
#include "support/test.h"

static HASS_COROUTINE int stop(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_stop(hass, 0, false, err);
}

static char *file_text(const char *key)
{
    autofree char *path = mem_printf("%s/.storage/%s", test_dir(), key);

    return test_read_file(path);
}

START_TEST(what_one_run_has_changed_the_next_one_knows)
{
    test_file(".storage/core.floor_registry",
              "{\"version\": 1, \"minor_version\": 1, \"data\": {\"floors\": [{\"aliases\": [],"
              " \"floor_id\": \"attic\", \"icon\": null, \"level\": 2, \"name\": \"Attic\"}]}}");
    loader_configure("");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    ck_assert_int_eq(hass_floor_registry_async_get(hass, "attic")->level, 2);
    ck_assert_int_eq(hass_area_registry_async_create(
                         hass, "Den", test_json("{'floor_id': 'attic'}"), NULL, NULL),
                     0);
    ck_assert_int_eq(test_run_coroutine(hass, stop, NULL), 0);
    autofree char *areas = file_text("core.area_registry");
    ck_assert_ptr_nonnull(strstr(areas, "\"floor_id\":\"attic\""));
}
END_TEST

START_TEST(one_file_that_is_corrupt_leaves_the_others)
{
    struct logs *logs = test_logs();

    test_file(".storage/core.label_registry", "{\"version\": 1, \"data\": {\"labels\": [");
    test_file(".storage/core.floor_registry",
              "{\"version\": 1, \"minor_version\": 1, \"data\": {\"floors\": [{\"aliases\": [],"
              " \"floor_id\": \"attic\", \"icon\": null, \"level\": 2, \"name\": \"Attic\"}]}}");
    loader_configure("");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    ck_assert_int_eq(hass_core_state(hass), HASS_RUNNING);
    ck_assert_ptr_nonnull(hass_floor_registry_async_get(hass, "attic"));
    ck_assert_ptr_nonnull(logs_find(logs, "core.label_registry was corrupt"));
    const struct hass_issue *issue;
    size_t pos = 0;
    ck_assert(hass_issue_async_next(hass, &pos, &issue));
    ck_assert_str_eq(issue->translation_key, "storage_corruption");
}
END_TEST

TEST_MAIN("registries in a home", what_one_run_has_changed_the_next_one_knows,
          one_file_that_is_corrupt_leaves_the_others)
