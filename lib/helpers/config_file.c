/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing files of the configuration folder, on the pool, one after the other: a mutex of the layer lets one job at a time read
 * and replace. Written beside the file and renamed over it, with its mode.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hass/config.h>
#include <hass/config_file.h>
#include <hass/executor.h>
#include <hass/task.h>

#include "base/mem.h"
#include "data/yaml_edit.h"
#include "data/yaml_file.h"
#include "data/yaml_load.h"
#include "helpers/helpers.h"
#include "registry/store_disk.h"

enum change_kind {
    CHANGE_NOTHING, /* reads */
    CHANGE_EDIT,
    CHANGE_WRITE,
    CHANGE_REMOVE,
};

/* Both the pool and the waiter hold it: a job may outlive a waiter that was cancelled. */
struct change {
    _Atomic int refs;
    enum change_kind kind;
    char *path;
    char *id_key, *id;
    json_t *value;
    char *text;
    size_t size;
    bool overwrite;
    char *folder; /* of the configuration */
    int result;
};

static void change_unref(void *object)
{
    struct change *change = object;

    if (--change->refs > 0)
        return;
    json_decref(change->value);
    free(change->path);
    free(change->id_key);
    free(change->id);
    free(change->text);
    free(change->folder);
    free(change);
}

/* replacing */

/* The folders of a path that are not there yet. */
static int make_folders(const char *path, struct hass_error *err)
{
    autofree char *folder = mem_strdup(path);

    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0755) < 0 && errno != EEXIST)
            return hass_fail_errno(err, errno, "cannot make the folder %s", folder);
        *slash = '/';
    }
    return 0;
}

static int replace_file(const char *path, const char *text, size_t size, struct hass_error *err)
{
    autofree char *real = realpath(path, NULL);
    autofree char *folder = mem_strdup(real ? real : path);
    char *slash = strrchr(folder, '/');
    struct stat status;
    bool was = stat(folder, &status) == 0;

    *slash = '\0';
    const struct disk_file file = { .folder = folder, .key = slash + 1, .token = "edit" };
    int r = disk_write(&file, text, size, false, err);
    if (r == 0 && was)
        (void)chmod(real ? real : path, status.st_mode & 07777);
    return r;
}

static int edit(struct change *change, struct hass_error *err)
{
    const struct yaml_item item = { .id = change->id, .id_key = change->id_key };
    autobuf changed = HASS_BUF_INIT;
    autofree char *text = NULL;
    struct stat status;
    size_t size = 0;
    int r = yaml_read_file(change->path, YAML_MAX_FILE, &text, &size, &status, NULL);

    if (r < 0 && r != -ENOENT)
        return hass_fail(err, r, "cannot read %s", change->path);
    r = yaml_edit(text ? text : "", size, &item, change->value, &changed, err);
    if (r < 0) {
        hass_error_prefix(err, "%s was not changed", change->path);
        return r;
    }
    change->result = r;
    if (r == 0 && !change->value)
        return 0;
    return replace_file(change->path, hass_buf_string(&changed), changed.length, err);
}

static int write_whole(const struct change *change, struct hass_error *err)
{
    if (!change->overwrite && access(change->path, F_OK) == 0)
        return hass_fail(err, HASS_E_EXISTS, "%s is there already", change->path);
    int r = make_folders(change->path, err);
    return r < 0 ? r : replace_file(change->path, change->text, change->size, err);
}

static int read_value(struct change *change, struct hass_error *err)
{
    struct diagnostics diagnostics = DIAGNOSTICS_INIT;
    struct yaml_marks *marks = NULL;
    int r = 0;

    if (access(change->path, F_OK) < 0 && errno == ENOENT) {
        change->value = json_null();
        return 0;
    }
    marks = yaml_marks_new();
    (void)yaml_load_file(change->folder, change->path, NULL, marks, &diagnostics, &change->value);
    for (size_t i = 0; i < diagnostics.list.length && r == 0; i++) {
        const struct diagnostic *first = &diagnostics.list.data[i];
        if (first->severity == DIAGNOSTIC_ERROR)
            r = hass_fail(err, HASS_E_PARSE, "%s:%u:%u: %s",
                          first->file ? first->file : change->path, first->line, first->column,
                          first->message);
    }
    yaml_marks_unref(marks);
    diagnostics_fini(&diagnostics);
    return r;
}

static int make_change(struct change *change, struct hass_error *err)
{
    switch (change->kind) {
    case CHANGE_NOTHING:
        return read_value(change, err);
    case CHANGE_EDIT:
        return edit(change, err);
    case CHANGE_WRITE:
        return write_whole(change, err);
    case CHANGE_REMOVE:
        break;
    }
    if (unlink(change->path) == 0)
        return 0;
    return errno == ENOENT ? hass_fail(err, HASS_E_NOT_FOUND, "there is no %s", change->path)
                           : hass_fail_errno(err, errno, "cannot delete %s", change->path);
}

/* Whose folder it is decides its owner: those who may change that are told how. */
static HASS_BLOCKING int run_change(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct change *change = userdata;
    struct hass_error problem = HASS_ERROR_INIT;
    int r = make_change(change, &problem);

    switch (r) {
    case -EROFS:
        return hass_fail(
            err, r,
            "%s cannot be changed: the folder is read-only for hassd; in a service, give "
            "the unit ReadWritePaths=%s (systemctl edit hassd)",
            change->path, change->folder);
    case -EACCES:
    case -EPERM:
        return hass_fail(
            err, r,
            "%s cannot be changed: the file must belong to the user that hassd runs as, "
            "who must be allowed to write its folder; 'systemd-tmpfiles --create "
            "hassd.conf' sees to both in /etc/hassd",
            change->path);
    default:
        return r < 0 ? hass_error_copy(err, &problem) : r;
    }
}

/* one after the other */

static bool stays_below(const char *name)
{
    if (!*name || *name == '/' || strlen(name) >= PATH_MAX / 2)
        return false;
    for (const char *part = name; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL)
        if (strncmp(part, "..", 2) == 0 || !*part || *part == '/')
            return false;
    return true;
}

/* Takes what @change refers to. @ret_value: NULL, or gets its value. */
static HASS_COROUTINE int run(struct hass *hass, const char *name, struct change change,
                              json_t **ret_value, struct hass_error *err)
{
    struct helpers *helpers = helpers_of(hass);
    struct change *own = mem_alloc(sizeof(*own));

    *own = change;
    own->refs = 1;
    own->path = hass_config_path(hass, name);
    own->folder = mem_strdup(hass_config_dir(hass));
    if (!helpers->file_changes)
        helpers->file_changes = hass_mutex_create(hass);
    int r = stays_below(name)
                ? hass_mutex_async_lock(helpers->file_changes, err)
                : hass_fail(err, HASS_E_INVALID,
                            "expected a file of the configuration folder, got '%s'", name);
    if (r >= 0) {
        own->refs++;
        r = hass_async_run_in_executor(
            hass, HASS_JOB_EXECUTOR(run_change, own, .destroy = change_unref), err);
        hass_mutex_async_unlock(helpers->file_changes);
    }
    r = r < 0 ? r : own->result;
    if (r >= 0 && ret_value)
        *ret_value = steal(own->value);
    change_unref(own);
    return r;
}

int hass_config_file_async_edit(struct hass *hass, const struct hass_config_item *item,
                                json_t *value, struct hass_error *err)
{
    autojson *owned = value;

    VERIFY_COROUTINE(hass, "hass.config_file.async_edit", err);
    return run(hass, item->file,
               (struct change){ .kind = CHANGE_EDIT,
                                .id_key = item->id_key ? mem_strdup(item->id_key) : NULL,
                                .id = mem_strdup(item->id),
                                .value = steal(owned) },
               NULL, err);
}

int hass_config_file_async_write(struct hass *hass, const char *name, const char *text, size_t size,
                                 bool overwrite, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.config_file.async_write", err);
    return run(hass, name,
               (struct change){ .kind = CHANGE_WRITE,
                                .text = mem_strndup(text, size),
                                .size = size,
                                .overwrite = overwrite },
               NULL, err);
}

int hass_config_file_async_remove(struct hass *hass, const char *name, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.config_file.async_remove", err);
    return run(hass, name, (struct change){ .kind = CHANGE_REMOVE }, NULL, err);
}

int hass_config_file_async_read(struct hass *hass, const char *name, json_t **ret_value,
                                struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.config_file.async_read", err);
    return run(hass, name, (struct change){ .kind = CHANGE_NOTHING }, ret_value, err);
}
