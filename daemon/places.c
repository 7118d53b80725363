/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the folders of a run. systemd names state and runtime folder by environment variables; integrations are looked for
 * beside the executable (a build folder) and where `make install` puts them, relative to the executable, so that one build
 * serves any PREFIX.
 */
#include "places.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

/* The way from the folder of programs to that of integrations; the Makefile knows the multiarch folder. */
#ifndef HASSD_PLUGINS_FROM_BIN
#    define HASSD_PLUGINS_FROM_BIN "../lib/hassd/integrations"
#endif

/* The first folder of a variable such as STATE_DIRECTORY, which is a list; or NULL. */
static char *folder_from_environment(const char *variable)
{
    const char *value = getenv(variable);
    struct hass_buf folder = HASS_BUF_INIT;

    if (!value || value[0] != '/')
        return NULL;
    hass_buf_add(&folder, value, strcspn(value, ":"));
    return hass_buf_steal(&folder);
}

static char *own_program(void)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

    if (length <= 0)
        return NULL;
    path[length] = '\0';
    return strdup(path);
}

/* @relative beside the executable when that is a folder, else NULL. */
static char *folder_beside(const char *program, const char *relative)
{
    struct hass_buf path = HASS_BUF_INIT;
    const char *slash = program ? strrchr(program, '/') : NULL;
    char *folder;
    struct stat status;

    if (!slash)
        return NULL;
    hass_buf_add(&path, program, (size_t)(slash - program) + 1);
    hass_buf_add_string(&path, relative);
    folder = hass_buf_string(&path)[0] ? realpath(hass_buf_string(&path), NULL) : NULL;
    hass_buf_fini(&path);
    if (folder && stat(folder, &status) == 0 && S_ISDIR(status.st_mode))
        return folder;
    free(folder);
    return NULL;
}

static void find_plugin_dirs(struct places *places)
{
    static const char *const relative[] = { "integrations", HASSD_PLUGINS_FROM_BIN };
    size_t count = 0;

    for (size_t i = 0; i < sizeof(relative) / sizeof(relative[0]); i++) {
        char *folder = folder_beside(places->program, relative[i]);
        if (folder)
            places->plugin_dirs[count++] = folder;
    }
}

/* Says in advance what a failing load would say less clearly. */
static int find_config_dir(const char *name, char **ret_path, struct hass_error *err)
{
    autofree char *path = realpath(name, NULL);
    autoclose int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    if (fd >= 0) {
        *ret_path = steal(path);
        return 0;
    }
    switch (errno) {
    case ENOENT:
        return hass_fail(err, -ENOENT,
                         "there is no configuration folder %s; create it, or name another with "
                         "--config DIR",
                         name);
    case ENOTDIR:
        return hass_fail(err, -ENOTDIR, "the configuration folder %s is not a folder", name);
    default:
        return hass_fail_errno(err, errno, "cannot read the configuration folder %s", name);
    }
}

int places_find(const struct args *args, struct places *ret_places, struct hass_error *err)
{
    struct places places = { 0 };
    int r = find_config_dir(args->config_dir, &places.config_dir, err);

    if (r < 0)
        return r;
    places.state_dir = folder_from_environment("STATE_DIRECTORY");
    places.runtime_dir = folder_from_environment("RUNTIME_DIRECTORY");
    places.program = own_program();
    find_plugin_dirs(&places);
    *ret_places = places;
    return 0;
}

void places_fini(struct places *places)
{
    free(places->config_dir);
    free(places->state_dir);
    free(places->runtime_dir);
    free(places->program);
    for (size_t i = 0; i < sizeof(places->plugin_dirs) / sizeof(places->plugin_dirs[0]); i++)
        free(places->plugin_dirs[i]);
    *places = (struct places){ 0 };
}

struct hass_options places_options(const struct places *places, const struct args *args)
{
    return (struct hass_options){
        .size = sizeof(struct hass_options),
        .config_dir = places->config_dir,
        .state_dir = places->state_dir,
        .runtime_dir = places->runtime_dir,
        .plugin_dirs = (const char *const *)places->plugin_dirs,
        .probe_program = places->program,
        .debug = args->debug,
        .watchdog = true,
    };
}
