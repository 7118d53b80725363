/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder of scratch homes: made below TMPDIR, with copies of what the home's logic stands on (registries, helpers), and removed with
 * everything in it. The state of the real home is only read.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <hass/yaml.h>

#include "scenario.h"

#define SERVICE_STATE                                                                              \
    "/var/lib/hassd" /* of the systemd unit, whose environment a person's shell does not have */

static const char *const copied[] = {
    "core.area_registry",
    "core.category_registry",
    "core.config_entries",
    "core.device_registry",
    "core.entity_registry",
    "core.floor_registry",
    "core.label_registry",
    "counter",
    "input_boolean",
    "input_button",
    "input_datetime",
    "input_number",
    "input_select",
    "input_text",
    "person",
    "schedule",
    "timer",
    "zone",
};

static int copy_file(const char *from, const char *to, struct hass_error *err)
{
    autoclose int in = open(from, O_RDONLY | O_CLOEXEC);
    char piece[65536];
    ssize_t n;

    if (in < 0 && errno == ENOENT)
        return 0;
    if (in < 0 && errno == EACCES)
        return hass_fail(
            err, -EACCES,
            "you may not read %s; try again as the user that the home runs as, such as "
            "with 'sudo -u hassd'",
            from);
    if (in < 0)
        return hass_fail_errno(err, errno, "cannot read %s", from);
    autoclose int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0)
        return hass_fail_errno(err, errno, "cannot write %s", to);
    while ((n = read(in, piece, sizeof(piece))) > 0)
        if (write(out, piece, (size_t)n) != n)
            return hass_fail_errno(err, errno ? errno : ENOSPC, "cannot write %s", to);
    return n < 0 ? hass_fail_errno(err, errno, "cannot read %s", from) : 0;
}

static char *join(const char *folder, const char *name)
{
    struct hass_buf path = HASS_BUF_INIT;

    hass_buf_printf(&path, "%s/%s", folder, name);
    return hass_buf_steal(&path);
}

static char *storage_of(const struct places *places, const struct args *args)
{
    char *folder = join(places->state_dir ? places->state_dir : places->config_dir, ".storage");

    if (access(folder, F_OK) == 0 || places->state_dir ||
        strcmp(args->config_dir, HASSD_DEFAULT_CONFIG) != 0)
        return folder;
    free(folder);
    return join(SERVICE_STATE, ".storage");
}

static int copy_one(const char *from, const char *to, const char *name, struct hass_error *err)
{
    autofree char *source = join(from, name);
    autofree char *target = join(to, name);

    return copy_file(source, target, err);
}

static int copy_state(const char *from, const char *folder, bool last_states,
                      struct hass_error *err)
{
    autofree char *to = join(folder, ".storage");

    if (mkdir(to, 0700) < 0)
        return hass_fail_errno(err, errno, "cannot make the folder %s", to);
    int r = last_states ? copy_one(from, to, "core.restore_state", err) : 0;
    for (size_t i = 0; r == 0 && i < sizeof(copied) / sizeof(copied[0]); i++)
        r = copy_one(from, to, copied[i], err);
    return r;
}

int scratch_open(const struct args *args, bool last_states, struct scratch *ret_scratch,
                 struct hass_error *err)
{
    struct scratch scratch = { 0 };
    const char *temporary = getenv("TMPDIR");
    int r = places_find(args, &scratch.places, err);

    if (r < 0)
        return r;
    scratch.folder = join(temporary && *temporary ? temporary : "/tmp", "hassd-scratch-XXXXXX");
    if (!mkdtemp(scratch.folder)) {
        r = hass_fail_errno(err, errno, "cannot make a temporary folder %s", scratch.folder);
        free(steal(scratch.folder));
        scratch_close(&scratch);
        return r;
    }
    autofree char *storage = storage_of(&scratch.places, args);
    *ret_scratch = scratch;
    r = copy_state(storage, scratch.folder, last_states, err);
    if (r < 0) {
        scratch_close(ret_scratch);
        return r;
    }
    ret_scratch->options = places_options(&ret_scratch->places, args);
    ret_scratch->options.state_dir = scratch.folder;
    ret_scratch->options.runtime_dir = scratch.folder;
    ret_scratch->options.probe_program = NULL; /* they are the files of the home that runs */
    ret_scratch->options.watchdog = false;
    ret_scratch->options.virtual_time = true;
    ret_scratch->options.scratch = true;
    return 0;
}

static void remove_folder(const char *path)
{
    DIR *dir = opendir(path);

    if (!dir)
        return;
    for (const struct dirent *entry; (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlinkat(dirfd(dir), entry->d_name, 0) < 0 && errno == EISDIR) {
            autofree char *below = join(path, entry->d_name);
            remove_folder(below);
        }
    }
    closedir(dir);
    (void)rmdir(path);
}

void scratch_close(struct scratch *scratch)
{
    if (scratch->folder)
        remove_folder(scratch->folder);
    free(steal(scratch->folder));
    places_fini(&scratch->places);
}

int scratch_zone(const struct scratch *scratch, struct hass_zone **ret_zone, struct hass_error *err)
{
    autofree char *path = join(scratch->places.config_dir, "configuration.yaml");
    struct hass_yaml *yaml = NULL;
    int r = hass_yaml_read(path, &yaml, err);

    if (r < 0)
        return r;
    const json_t *core = hass_json_get(hass_yaml_value(yaml), "homeassistant");
    r = hass_zone_new(hass_json_get_string(core, "time_zone", "UTC"), ret_zone, err);
    hass_yaml_destroy(yaml);
    return r;
}
