/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file is replaced by writing another one beside it, syncing that, renaming it over the old one, and syncing the folder:
 * at each moment either the old or the new one is there, whole. Whatever could not be read is never replaced: it keeps its
 * place (newer versions, errors) or its content under another name (corrupt).
 */
#include "registry/store_disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/dt.h>

#include "base/fs.h"
#include "base/mem.h"
#include "registry/store_envelope.h"

/* folders and names */

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)fs_close(*fd);
}
#define autofs HASS__CLEANUP(close_fd)

static int fail(const struct disk_file *file, int r, const char *what, struct hass_error *err)
{
    return hass_fail_errno(err, -r, "cannot %s %s/%s", what, file->folder, file->key);
}

/* The name of a new folder lasts only when the folder above is synced. */
static void sync_above(const char *folder)
{
    autofree char *above = mem_printf("%s/..", folder);
    autofs int fd = fs_open(AT_FDCWD, above, O_RDONLY | O_DIRECTORY, 0);

    if (fd >= 0)
        (void)fs_sync(fd);
}

static int open_folder(const char *path, bool make)
{
    int fd = fs_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);

    if (fd != -ENOENT || !make)
        return fd;
    int r = fs_mkdir(path, 0700);
    if (r < 0 && r != -EEXIST)
        return r;
    sync_above(path);
    return fs_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);
}

/* A key never begins with ".", so this is no other store's file. */
static char *temporary_name(const struct disk_file *file)
{
    return mem_printf(".%s.%s.tmp", file->key, file->token);
}

static char *dated_name(const struct disk_file *file, const char *kind)
{
    char time[HASS_DT_TEXT];

    hass_dt_iso(file->now, NULL, time);
    return mem_printf("%s.%s.%s", file->key, kind, time);
}

static bool is_stale(const char *name, const char *own_end)
{
    size_t length = strlen(name), end = strlen(own_end);

    if (name[0] != '.' || length <= end || strcmp(name + length - 4, ".tmp") != 0)
        return false;
    return strcmp(name + length - end, own_end) != 0;
}

void disk_sweep(const struct disk_file *file)
{
    autofree char *own_end = mem_printf(".%s.tmp", file->token);
    DIR *folder = opendir(file->folder);
    const struct dirent *entry;

    if (!folder)
        return;
    while ((entry = readdir(folder)))
        if (is_stale(entry->d_name, own_end))
            (void)fs_unlink(dirfd(folder), entry->d_name);
    closedir(folder);
}

/* setting aside */

void disk_content_fini(struct disk_content *content)
{
    json_decref(content->data);
    free(content->aside);
    *content = (struct disk_content){ 0 };
}

/* @reason says what is wrong with it. */
static int set_aside(int folder, const struct disk_file *file, const struct hass_error *reason,
                     struct disk_content *content, struct hass_error *err)
{
    autofree char *name = dated_name(file, "corrupt");
    int r = fs_rename(folder, file->key, name);

    if (r < 0)
        return hass_fail_errno(err, -r, "%s/%s is corrupt (%s) and cannot be set aside",
                               file->folder, file->key, reason->message);
    (void)fs_sync(folder);
    disk_content_fini(content);
    content->aside = mem_printf("%s/%s", file->folder, name);
    content->reason = *reason;
    return 0;
}

/* reading */

static int check_version(const struct disk_file *file, int version, struct hass_error *err)
{
    if (version <= file->max_version)
        return 0;
    return hass_fail(err, HASS_E_UNSUPPORTED,
                     "%s/%s has version %d, written by a newer release; version %d can be read "
                     "here, so it is left as it is",
                     file->folder, file->key, version, file->max_version);
}

/* Opens the file. 0 with -1 in @ret_fd: there is none. */
static int open_file(int folder, const struct disk_file *file, size_t limit, int *ret_fd,
                     size_t *ret_size, struct hass_error *err)
{
    struct stat status;
    autofs int fd = fs_open(folder, file->key, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);

    *ret_fd = -1;
    if (fd == -ENOENT)
        return 0;
    int r = fd < 0 ? fd : fs_stat(fd, &status);
    if (r < 0)
        return fail(file, r, "open", err);
    if (!S_ISREG(status.st_mode))
        return hass_fail(err, -EINVAL, "%s/%s is not a file", file->folder, file->key);
    if ((uint64_t)status.st_size > limit)
        return hass_fail(err, HASS_E_LIMIT, "%s/%s has %lld bytes, at most %zu are read",
                         file->folder, file->key, (long long)status.st_size, limit);
    *ret_size = (size_t)status.st_size;
    *ret_fd = fd;
    fd = -1;
    return 0;
}

/* One positive number of the envelope; absent: @fallback. */
static int read_number(const json_t *envelope, const char *key, int fallback, int *ret_number,
                       struct hass_error *err)
{
    const json_t *value = hass_json_get(envelope, key);

    if (!value && fallback) {
        *ret_number = fallback;
        return 0;
    }
    json_int_t number = json_integer_value(value);
    if (number < 1 || number > INT32_MAX)
        return hass_fail(err, HASS_E_PARSE, "%s is not a number of 1 or more", key);
    *ret_number = (int)number;
    return 0;
}

/* Takes the envelope apart; HASS_E_PARSE when it is none. {} is as good as no file. */
static int open_envelope(json_t *envelope, struct disk_content *content, struct hass_error *err)
{
    if (!json_is_object(envelope))
        return hass_fail(err, HASS_E_PARSE, "it is not a JSON object");
    if (json_object_size(envelope) == 0)
        return 0;
    int r = read_number(envelope, "version", 0, &content->version, err);
    if (r == 0)
        r = read_number(envelope, "minor_version", 1, &content->minor_version, err);
    if (r < 0)
        return r;
    content->data = json_incref(json_object_get(envelope, "data"));
    return content->data ? 0 : hass_fail(err, HASS_E_PARSE, "it has no data");
}

static int parse(const char *text, size_t size, struct disk_content *content,
                 struct hass_error *err)
{
    autojson *envelope = NULL;
    int r = hass_json_parse(text, size, STORE_MAX_BYTES, &envelope, err);

    return r < 0 ? r : open_envelope(envelope, content, err);
}

static int load_from(int folder, const struct disk_file *file, struct disk_content *content,
                     struct hass_error *err)
{
    autofs int fd = -1;
    size_t size = 0;
    int r = open_file(folder, file, STORE_MAX_BYTES, &fd, &size, err);

    if (r < 0 || fd < 0)
        return r;
    autofree char *text = mem_alloc(size + 1);
    ssize_t got = fs_read_full(fd, text, size);
    if (got < 0)
        return fail(file, (int)got, "read", err);
    struct hass_error reason = HASS_ERROR_INIT;
    if (parse(text, (size_t)got, content, &reason) < 0)
        return set_aside(folder, file, &reason, content, err);
    return content->data ? check_version(file, content->version, err) : 0;
}

int disk_load(const struct disk_file *file, struct disk_content *ret_content,
              struct hass_error *err)
{
    struct disk_content content = { 0 };
    autofs int folder = open_folder(file->folder, false);

    if (folder < 0 && folder != -ENOENT)
        return fail(file, folder, "read", err);
    int r = folder < 0 ? 0 : load_from(folder, file, &content, err);
    if (r < 0)
        disk_content_fini(&content);
    else
        *ret_content = content;
    return r;
}

/* reading in pieces */

/* Reads until the versions are known, which is usually in the first piece. */
static int find_versions(int fd, const struct disk_file *file, char *piece,
                         struct disk_content *content, struct hass_error *reason,
                         struct hass_error *err)
{
    struct envelope envelope = { 0 };
    ssize_t got;

    while ((got = fs_read_full(fd, piece, STORE_PIECE)) > 0)
        if (envelope_feed(&envelope, piece, (size_t)got))
            break;
    if (got < 0)
        return fail(file, (int)got, "read", err);
    if (lseek(fd, 0, SEEK_SET) < 0)
        return fail(file, -errno, "read", err);
    if (envelope_result(&envelope, &content->version, &content->minor_version, reason) < 0)
        return 0;
    return content->version ? check_version(file, content->version, err) : 0;
}

static int feed_all(int fd, const struct disk_file *file, const struct disk_reader *reader,
                    void *userdata, char *piece, struct hass_error *reason, struct hass_error *err)
{
    ssize_t got;

    while ((got = fs_read_full(fd, piece, STORE_PIECE)) > 0)
        if (reader->feed(piece, (size_t)got, userdata, reason) < 0)
            return 0;
    if (got < 0)
        return fail(file, (int)got, "read", err);
    (void)reader->finish(userdata, reason);
    return 0;
}

static int stream_from(int folder, const struct disk_file *file, const struct disk_reader *reader,
                       void *userdata, struct disk_content *content, struct hass_error *err)
{
    struct hass_error reason = HASS_ERROR_INIT;
    autofs int fd = -1;
    size_t size = 0;
    int r = open_file(folder, file, STORE_MAX_STREAM, &fd, &size, err);

    if (r < 0 || fd < 0)
        return r;
    autofree char *piece = mem_alloc(STORE_PIECE);
    r = find_versions(fd, file, piece, content, &reason, err);
    if (r == 0 && !reason.code && content->version) {
        r = reader->begin(content->version, content->minor_version, userdata, err);
        if (r == 0)
            r = feed_all(fd, file, reader, userdata, piece, &reason, err);
    }
    return r == 0 && reason.code ? set_aside(folder, file, &reason, content, err) : r;
}

int disk_stream(const struct disk_file *file, const struct disk_reader *reader, void *userdata,
                struct disk_content *ret_content, struct hass_error *err)
{
    struct disk_content content = { 0 };
    autofs int folder = open_folder(file->folder, false);

    if (folder < 0 && folder != -ENOENT)
        return fail(file, folder, "read", err);
    int r = folder < 0 ? 0 : stream_from(folder, file, reader, userdata, &content, err);
    if (r < 0)
        disk_content_fini(&content);
    else
        *ret_content = content;
    return r;
}

/* writing */

static int create_temporary(int folder, const struct disk_file *file, const char *name)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
    mode_t mode = file->private_file ? 0600 : 0644;
    int fd = fs_open(folder, name, flags, mode);

    if (fd == -EEXIST) { // ours, of a write that failed and could not delete it
        (void)fs_unlink(folder, name);
        fd = fs_open(folder, name, flags, mode);
    }
    return fd;
}

/* Writes and syncs the new file. */
static int write_temporary(int folder, const struct disk_file *file, const char *name,
                           const char *text, size_t size)
{
    int fd = create_temporary(folder, file, name);

    if (fd < 0)
        return fd;
    int r = fs_mode(fd, file->private_file ? 0600 : 0644); // whatever the umask says
    if (r == 0)
        r = fs_write_all(fd, text, size);
    if (r == 0)
        r = fs_sync(fd);
    int closed = fs_close(fd);
    return r < 0 ? r : closed;
}

/* Byte for byte, where the file system has no hard links. */
static int copy_file(int folder, const char *from, const char *to)
{
    autofree char *piece = mem_alloc(STORE_PIECE);
    autofs int source = fs_open(folder, from, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
    autofs int target =
        source < 0 ? -1 : fs_open(folder, to, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
    ssize_t got = target < 0 ? (source < 0 ? source : target) : 1;
    int r = 0;

    while (r == 0 && got > 0) {
        got = fs_read_full(source, piece, STORE_PIECE);
        if (got > 0)
            r = fs_write_all(target, piece, (size_t)got);
    }
    if (r == 0 && got == 0)
        r = fs_sync(target);
    return got < 0 ? (int)got : r;
}

static int keep_copy(int folder, const struct disk_file *file)
{
    autofree char *name = dated_name(file, "copy");
    int r = fs_link(folder, file->key, name);

    if (r == -EPERM || r == -EOPNOTSUPP || r == -ENOSYS || r == -EMLINK)
        r = copy_file(folder, file->key, name);
    return r == -ENOENT || r == -EEXIST ? 0 : r;
}

int disk_write(const struct disk_file *file, const char *text, size_t size, bool copy,
               struct hass_error *err)
{
    autofree char *name = temporary_name(file);
    autofs int folder = open_folder(file->folder, true);

    if (folder < 0)
        return fail(file, folder, "write", err);
    int r = copy ? keep_copy(folder, file) : 0;
    if (r == 0)
        r = write_temporary(folder, file, name, text, size);
    if (r == 0)
        r = fs_rename(folder, name, file->key);
    if (r < 0)
        (void)fs_unlink(folder, name);
    else
        r = fs_sync(folder);
    return r < 0 ? fail(file, r, "write", err) : 0;
}

int disk_remove(const struct disk_file *file, struct hass_error *err)
{
    autofs int folder = open_folder(file->folder, false);
    int r = folder < 0 ? folder : fs_unlink(folder, file->key);

    if (r == 0)
        r = fs_sync(folder);
    return r < 0 && r != -ENOENT ? fail(file, r, "delete", err) : 0;
}
