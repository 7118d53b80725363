/* SPDX-License-Identifier: Apache-2.0 */
/* The fixture of the loader's tests. */
#include "support/loader_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "loader/file.h"
#include "run/runtime.h"

static struct hass *the_hass;
static const char *const plugin_dirs[] = { TEST_BUILD "/tests/plugins", NULL };

struct hass_options loader_options(void)
{
    return (struct hass_options){
        .size = sizeof(struct hass_options),
        .config_dir = test_dir(),
        .plugin_dirs = plugin_dirs,
        .virtual_time = true,
    };
}

int loader_end(struct hass *hass)
{
    the_hass = NULL;
    return hass_destroy(hass);
}

static void end_at_exit(void)
{
    if (the_hass && runtime__thread == runtime_of(the_hass) && !runtime_of(the_hass)->beat->name)
        loader_end(the_hass);
}

struct hass *loader_hass_with(const struct hass_options *options)
{
    struct hass_error err = HASS_ERROR_INIT;
    static bool registered;

    if (!registered)
        atexit(end_at_exit);
    registered = true;
    test_require(hass_create(options, &the_hass, &err) == 0, "%s", err.message);
    return the_hass;
}

struct hass *loader_hass(void)
{
    struct hass_options options = loader_options();

    return loader_hass_with(&options);
}

const char *loader_plugin(const char *name)
{
    static char path[512];

    snprintf(path, sizeof(path), "%s/%s.so", plugin_dirs[0], name);
    return path;
}

const char *loader_drop(const char *plugin, const char *domain)
{
    static char path[512];
    struct hass_error err = HASS_ERROR_INIT;
    autofree void *data = NULL;
    size_t size;

    snprintf(path, sizeof(path), "%s/integrations", test_dir());
    (void)mkdir(path, 0755);
    snprintf(path, sizeof(path), "%s/integrations/%s.so", test_dir(), domain);
    ck_assert_msg(file_read(loader_plugin(plugin), 64 << 20, &data, &size, &err) == 0, "%s: %s",
                  plugin, err.message);
    ck_assert_msg(file_replace(path, data, size, 0644, &err) == 0, "%s", err.message);
    return path;
}

void loader_configure(const char *yaml)
{
    test_file("configuration.yaml", yaml);
}

static void on_phase(const char *phase, const char *text, void *userdata)
{
    if (strcmp(phase, "ready") == 0)
        runtime_quit(userdata);
}

void loader_boot(struct hass *hass)
{
    struct hass_error err = HASS_ERROR_INIT;

    hass_set_notify(hass, on_phase, runtime_of(hass));
    int r = hass_run(hass, &err);
    test_require(r == 0, "%d %s", r, err.message);
    test_require(hass_core_state(hass) == HASS_RUNNING, "the home is not running");
    hass_set_notify(hass, NULL, NULL);
}

static HASS_COROUTINE int set_up(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_setup_component(hass, userdata, err);
}

static HASS_COROUTINE int unload(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_unload_component(hass, userdata, err);
}

static HASS_COROUTINE int reload(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_reload_component(hass, userdata, err);
}

int loader_set_up(struct hass *hass, const char *domain, struct hass_error *err)
{
    return test_run_job(hass, HASS_JOB_COROUTINE(set_up, (void *)domain), err);
}

int loader_unload(struct hass *hass, const char *domain, struct hass_error *err)
{
    return test_run_job(hass, HASS_JOB_COROUTINE(unload, (void *)domain), err);
}

int loader_reload(struct hass *hass, const char *domain, struct hass_error *err)
{
    return test_run_job(hass, HASS_JOB_COROUTINE(reload, (void *)domain), err);
}

/* The row of @domain in a list of hass_async_info; @info is kept until the next call. */
static HASS_CALLBACK const json_t *find_row(struct hass *hass, const char *list, const char *domain)
{
    static json_t *info;
    size_t i;
    json_t *row;

    json_decref(info);
    info = hass_async_info(hass);
    json_array_foreach(json_object_get(info, list), i, row)
        if (strcmp(hass_json_get_string(row, "domain", ""), domain) == 0)
            return row;
    return NULL;
}

const char *loader_problem(struct hass *hass, const char *domain)
{
    return hass_json_get_string(find_row(hass, "problems", domain), "message", NULL);
}

const char *loader_member(struct hass *hass, const char *domain, const char *member)
{
    return hass_json_get_string(find_row(hass, "integrations", domain), member, NULL);
}
