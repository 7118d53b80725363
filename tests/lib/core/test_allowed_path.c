/* SPDX-License-Identifier: Apache-2.0 */
/* Which files services may write: neither ".." nor a link leads out. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/test.h"

/* Below test_dir(), which is the configuration folder. */
static const struct {
    const char *path;
    bool allowed;
} paths[] = {
    { "www/a.jpg", true },
    { "www/sub/a.jpg", true },
    { "media/a.jpg", true },
    { "outside/a.jpg", true }, /* listed */
    { "outside/../a.jpg", false },
    { "a.jpg", false },
    { "configuration.yaml", false },
    { "www2/a.jpg", false },
    { "www/missing/a.jpg", false },
    { "www/../a.jpg", false },
    { "www/link/a.jpg", false },
    { "www/..", false },
    { "www/", false },
};

static HASS_BLOCKING int look(struct hass *hass, void *userdata, struct hass_error *err)
{
    char path[512];

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", test_dir(), paths[i].path);
        ck_assert_msg(hass_config_allows_path(hass, path) == paths[i].allowed, "%s", path);
    }
    ck_assert(!hass_config_allows_path(hass, "www/a.jpg"));
    ck_assert(!hass_config_allows_path(hass, ""));
    return 0;
}

START_TEST(only_files_in_allowed_folders_may_be_written)
{
    struct hass *hass = test_hass();
    char path[512];

    for (size_t i = 0; i < 4; i++) {
        static const char *const made[] = { "www/sub/x", "media/x", "outside/x", "www2/x" };
        test_file(made[i], "");
    }
    snprintf(path, sizeof(path), "%s/www/link", test_dir());
    ck_assert_int_eq(symlink("..", path), 0);
    snprintf(path, sizeof(path), "%s/outside", test_dir());
    ck_assert_int_eq(
        hass_config_async_update(hass, json_pack("{s:[s]}", "allowlist_external_dirs", path), NULL),
        0);
    ck_assert_int_eq(test_on_pool(hass, look, NULL), 0);
    autojson *config = hass_config_async_as_json(hass);
    ck_assert_uint_eq(json_array_size(hass_json_get(config, "allowlist_external_dirs")), 1);
}
END_TEST

TEST_MAIN("allowed paths", only_files_in_allowed_folders_may_be_written)
