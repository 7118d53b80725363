/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Services that write files. The folder must be one that the home allows; a picture is written beside its place and renamed
 * into it, so that nobody ever reads half of it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <hass/domain.h>

#include "parts.h"

/* A path, and the bytes for it; owned by the pool job. */
struct file {
    char *path;
    struct hass_buf bytes;
};

static void file_destroy(void *object)
{
    struct file *file = object;

    free(file->path);
    hass_buf_fini(&file->bytes);
    free(file);
}

static HASS_BLOCKING int check_path(struct hass *hass, const char *path, struct hass_error *err)
{
    if (hass_config_allows_path(hass, path))
        return 0;
    return hass_fail(err, HASS_E_SERVICE_VALIDATION,
                     "%s is not in www or media of the configuration folder, nor in one of "
                     "allowlist_external_dirs",
                     path);
}

static int write_all(const char *path, const struct hass_buf *bytes)
{
    FILE *stream = fopen(path, "wbex");

    if (!stream)
        return -errno;
    bool written = fwrite(bytes->data, 1, bytes->length, stream) == bytes->length;
    int number = errno;
    if (fclose(stream) != 0 && written)
        return -errno;
    return written ? 0 : -number;
}

static HASS_BLOCKING int write_file(struct hass_worker *worker, struct hass_entity *entity,
                                    void *values, void *arg, struct hass_error *err)
{
    const struct file *file = arg;
    autobuf beside = HASS_BUF_INIT;
    int r = check_path(hass_worker_hass(worker), file->path, err);

    if (r < 0)
        return r;
    hass_buf_printf(&beside, "%s.%d.part", file->path, (int)gettid());
    r = write_all(hass_buf_string(&beside), &file->bytes);
    if (r == 0 && rename(hass_buf_string(&beside), file->path) < 0)
        r = -errno;
    if (r == 0)
        return 0;
    if (r != -EEXIST)
        unlink(hass_buf_string(&beside));
    return hass_fail_errno(err, -r, "cannot write %s", file->path);
}

int camera_snapshot(struct hass_entity *entity, const struct hass_service_call *call,
                    struct hass_error *err)
{
    struct file *file = calloc(1, sizeof(*file));

    file->path = strdup(hass_json_get_string(hass_service_call_data(call), "filename", ""));
    int r = camera_async_image(entity, &file->bytes, err);
    if (r < 0) {
        file_destroy(file);
        return r;
    }
    return hass_entity_async_work(entity, write_file, file, file_destroy, err);
}

/* record */

HASS_ENTITY_COMMAND(record_by_ops, struct camera_ops, record, struct camera_recording)

static HASS_BLOCKING int check_on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                       void *values, void *arg, struct hass_error *err)
{
    return check_path(hass_worker_hass(worker), arg, err);
}

int camera_record(struct hass_entity *entity, const struct hass_service_call *call,
                  struct hass_error *err)
{
    const json_t *data = hass_service_call_data(call);
    const struct camera_recording recording = {
        .size = sizeof(recording),
        .filename = hass_json_get_string(data, "filename", ""),
        .duration = hass_json_get_number(data, "duration", 0),
        .lookback = hass_json_get_number(data, "lookback", 0),
    };
    int r = hass_entity_async_work(entity, check_on_pool, strdup(recording.filename), free, err);

    return r < 0 ? r : record_by_ops(entity, call, &recording, err);
}
