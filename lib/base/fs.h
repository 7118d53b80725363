/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file system calls that must survive anything: as the system's, but that a test can stand before each. A result below 0
 * is -errno; what a signal interrupted is begun again.
 */
#pragma once

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

enum fs_call {
    FS_OPEN,
    FS_STAT,
    FS_READ,
    FS_WRITE,
    FS_MODE,
    FS_SYNC,
    FS_CLOSE,
    FS_RENAME,
    FS_LINK,
    FS_UNLINK,
    FS_MKDIR,
    FS_CALLS,
};

/**
 * Asked before each call, on its thread. Returns 0 to let it happen or -errno to have it fail without happening; of FS_READ
 * and FS_WRITE also a number of bytes to which it is limited.
 */
typedef int fs_fault_fn(enum fs_call call);
/** Tests only; NULL: no faults. */
void fs_set_fault(fs_fault_fn *fault);

int fs_open(int folder, const char *name, int flags, mode_t mode);
int fs_stat(int fd, struct stat *ret_status);
/* These two may move less than was asked, and say -EINTR: see fs_write_all, fs_read_full. */
ssize_t fs_read(int fd, void *data, size_t size);
ssize_t fs_write(int fd, const void *data, size_t size);
int fs_mode(int fd, mode_t mode);
int fs_sync(int fd);
/** The descriptor is closed whatever it returns. */
int fs_close(int fd);
int fs_rename(int folder, const char *from, const char *to);
int fs_link(int folder, const char *from, const char *to);
int fs_unlink(int folder, const char *name);
int fs_mkdir(const char *path, mode_t mode);

/** All of it, or -errno: neither signals nor short writes are its end. */
int fs_write_all(int fd, const void *data, size_t size);
/** As much as there is, up to @size; less only at the end of the file. */
ssize_t fs_read_full(int fd, void *data, size_t size);
