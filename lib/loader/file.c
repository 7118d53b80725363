/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads and writes whole files. Nothing is mapped: a file that somebody else may write would end us by SIGBUS.
 */
#include "loader/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hass/cleanup.h>

#include "base/mem.h"

static int check_kind(int fd, size_t limit, size_t *ret_size, struct hass_error *err)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return hass_fail_errno(err, errno, "cannot look at the file");
    if (!S_ISREG(status.st_mode))
        return hass_fail(err, -EINVAL, "expected a regular file, got %s",
                         S_ISDIR(status.st_mode) ? "a folder" : "something else");
    if ((uint64_t)status.st_size > limit)
        return hass_fail(err, HASS_E_LIMIT, "the file has %lld bytes, at most %zu are read",
                         (long long)status.st_size, limit);
    *ret_size = status.st_size;
    return 0;
}

int file_read(const char *path, size_t limit, void **ret_data, size_t *ret_size,
              struct hass_error *err)
{
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return hass_fail_errno(err, errno, "cannot open the file");
    size_t size = 0;
    int r = check_kind(fd, limit, &size, err);
    if (r < 0)
        return r;
    autofree char *data = mem_alloc(size + 1);
    size_t done = 0;
    while (done < size) {
        ssize_t got = read(fd, data + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return hass_fail_errno(err, errno, "cannot read the file");
        if (got == 0)
            break; /* cut while we read: what is there speaks for itself */
        done += got;
    }
    data[done] = '\0';
    *ret_size = done;
    *ret_data = steal(data);
    return 0;
}

static int write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t put = write(fd, data, size);
        if (put < 0 && errno != EINTR)
            return -errno;
        if (put > 0) {
            data += put;
            size -= put;
        }
    }
    return 0;
}

int file_replace(const char *path, const void *data, size_t size, mode_t mode,
                 struct hass_error *err)
{
    autofree char *temporary = mem_printf("%s.XXXXXX", path);
    autoclose int fd = mkostemp(temporary, O_CLOEXEC);

    if (fd < 0)
        return hass_fail_errno(err, errno, "cannot create %s", temporary);
    int r = write_all(fd, data, size);
    if (r == 0 && fchmod(fd, mode) < 0)
        r = -errno;
    if (r == 0 && rename(temporary, path) < 0)
        r = -errno;
    if (r == 0)
        return 0;
    (void)unlink(temporary);
    return hass_fail_errno(err, -r, "cannot write %s", path);
}
