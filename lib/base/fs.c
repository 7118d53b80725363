/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls of fs.h. The test's function is process-wide; without one each call costs a load and a comparison more.
 */
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static fs_fault_fn *_Atomic fault_hook;

void fs_set_fault(fs_fault_fn *fault)
{
    atomic_store(&fault_hook, fault);
}

static inline int fault(enum fs_call call)
{
    fs_fault_fn *hook = atomic_load_explicit(&fault_hook, memory_order_relaxed);

    return __builtin_expect(hook != NULL, 0) ? hook(call) : 0;
}

/* How much of @size the call may move, or -errno. */
static ssize_t limited(enum fs_call call, size_t size)
{
    int limit = fault(call);

    if (limit < 0)
        return limit;
    return limit > 0 && (size_t)limit < size ? limit : (ssize_t)size;
}

static int result(int r)
{
    return r < 0 ? -errno : r;
}

/* Asks the test, makes the call, and again when a signal interrupted it. */
#define FS_CALL(call, expression)                                                                  \
    ({                                                                                             \
        int fs__result;                                                                            \
        do {                                                                                       \
            fs__result = fault(call);                                                              \
            if (fs__result == 0)                                                                   \
                fs__result = result(expression);                                                   \
        } while (fs__result == -EINTR);                                                            \
        fs__result;                                                                                \
    })

int fs_open(int folder, const char *name, int flags, mode_t mode)
{
    return FS_CALL(FS_OPEN, openat(folder, name, flags | O_CLOEXEC, mode));
}

int fs_stat(int fd, struct stat *ret_status)
{
    return FS_CALL(FS_STAT, fstat(fd, ret_status));
}

ssize_t fs_read(int fd, void *data, size_t size)
{
    ssize_t limit = limited(FS_READ, size);

    if (limit < 0)
        return limit;
    ssize_t got = read(fd, data, (size_t)limit);
    return got < 0 ? -errno : got;
}

ssize_t fs_write(int fd, const void *data, size_t size)
{
    ssize_t limit = limited(FS_WRITE, size);

    if (limit < 0)
        return limit;
    ssize_t put = write(fd, data, (size_t)limit);
    return put < 0 ? -errno : put;
}

int fs_mode(int fd, mode_t mode)
{
    return FS_CALL(FS_MODE, fchmod(fd, mode));
}

int fs_sync(int fd)
{
    return FS_CALL(FS_SYNC, fsync(fd));
}

int fs_close(int fd)
{
    int r = fault(FS_CLOSE);
    int closed = result(close(fd));

    if (r == 0)
        r = closed;
    return r == -EINTR ? 0 : r; // Linux has closed it by then
}

int fs_rename(int folder, const char *from, const char *to)
{
    return FS_CALL(FS_RENAME, renameat(folder, from, folder, to));
}

int fs_link(int folder, const char *from, const char *to)
{
    return FS_CALL(FS_LINK, linkat(folder, from, folder, to, 0));
}

int fs_unlink(int folder, const char *name)
{
    return FS_CALL(FS_UNLINK, unlinkat(folder, name, 0));
}

int fs_mkdir(const char *path, mode_t mode)
{
    return FS_CALL(FS_MKDIR, mkdir(path, mode));
}

int fs_write_all(int fd, const void *data, size_t size)
{
    const char *at = data;

    while (size > 0) {
        ssize_t put = fs_write(fd, at, size);
        if (put < 0 && put != -EINTR)
            return (int)put;
        if (put > 0) {
            at += put;
            size -= (size_t)put;
        }
    }
    return 0;
}

ssize_t fs_read_full(int fd, void *data, size_t size)
{
    size_t done = 0;

    while (done < size) {
        ssize_t got = fs_read(fd, (char *)data + done, size - done);
        if (got == -EINTR)
            continue;
        if (got < 0)
            return got;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}
