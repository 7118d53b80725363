/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In debug mode, blocking libc calls on the loop are reported with their caller. The dynamic linker looks names up in the
 * executable first, so these definitions stand before libc's for every integration; hassd.dynlist exports them. The call itself
 * always goes on unchanged. Not seen: calls inside libc, raw system calls, code that computes (the watchdog sees all of these).
 *
 * _FORTIFY_SOURCE is off here: it would define some of the same functions inline. Sanitizers interpose themselves.
 */
#undef _FORTIFY_SOURCE

#if defined(__has_feature)
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#        define SANITIZED
#    endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#    define SANITIZED
#endif

#ifndef SANITIZED

#    include <dlfcn.h>
#    include <errno.h>
#    include <fcntl.h>
#    include <netdb.h>
#    include <stdarg.h>
#    include <stdatomic.h>
#    include <stdio.h>
#    include <stdlib.h>
#    include <string.h>
#    include <sys/socket.h>
#    include <sys/stat.h>
#    include <time.h>
#    include <unistd.h>

#    include <hass/thread_safety.h>

#    define SLEEP_INSTEAD "hass_async_sleep in a coroutine"
#    define POOL_INSTEAD  "a pool job (HASS_JOB_EXECUTOR)"
#    define CHILD_INSTEAD "hass_process_async_run"

/* libc's own function. Constructors of libraries call some of these before any of ours has run: looked up at first use. */
#    define REAL(name)                                                                             \
        ({                                                                                         \
            static typeof(name) *_Atomic real_##name;                                              \
            typeof(name) *found = atomic_load_explicit(&real_##name, memory_order_relaxed);        \
            if (found == NULL) {                                                                   \
                found = (typeof(name) *)dlsym(RTLD_NEXT, #name);                                   \
                atomic_store_explicit(&real_##name, found, memory_order_relaxed);                  \
            }                                                                                      \
            found;                                                                                 \
        })

#    define REPORT(call, detail, instead)                                                          \
        do {                                                                                       \
            if (hass__blocking_matters())                                                          \
                hass__blocking_report((call), (detail), (instead), __builtin_return_address(0));   \
        } while (0)

/* sleeping */

unsigned sleep(unsigned seconds)
{
    REPORT("sleep", NULL, SLEEP_INSTEAD);
    return REAL(sleep)(seconds);
}

int usleep(useconds_t usec)
{
    REPORT("usleep", NULL, SLEEP_INSTEAD);
    return REAL(usleep)(usec);
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
    REPORT("nanosleep", NULL, SLEEP_INSTEAD);
    return REAL(nanosleep)(time, left);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left)
{
    REPORT("clock_nanosleep", NULL, SLEEP_INSTEAD);
    return REAL(clock_nanosleep)(clock, flags, time, left);
}

/* the disk */

int fsync(int fd)
{
    REPORT("fsync", NULL, POOL_INSTEAD);
    return REAL(fsync)(fd);
}

int fdatasync(int fd)
{
    REPORT("fdatasync", NULL, POOL_INSTEAD);
    return REAL(fdatasync)(fd);
}

/* Files of the kernel's making answer from memory; time zones are small, and read once each. */
static bool is_on_disk(const char *path, int fd)
{
    static const char *const exempt[] = { "/proc/", "/sys/", "/usr/share/zoneinfo/" };
    struct stat status;

    for (size_t i = 0; i < sizeof(exempt) / sizeof(exempt[0]); i++) {
        if (strncmp(path, exempt[i], strlen(exempt[i])) == 0)
            return false;
    }
    return fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

static void look_at_file(const char *call, const char *path, int fd, const void *site)
{
    int saved = errno;

    if (hass__blocking_matters() && is_on_disk(path, fd))
        hass__blocking_report(call, path, POOL_INSTEAD, site);
    errno = saved;
}

static mode_t mode_of(int flags, va_list args)
{
    return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(args, mode_t) : 0;
}

#    define DEFINE_OPEN(name)                                                                      \
        int name(const char *path, int flags, ...)                                                 \
        {                                                                                          \
            va_list args;                                                                          \
            va_start(args, flags);                                                                 \
            int fd = REAL(name)(path, flags, mode_of(flags, args));                                \
            va_end(args);                                                                          \
            look_at_file("open", path, fd, __builtin_return_address(0));                           \
            return fd;                                                                             \
        }

/* What open becomes under _FORTIFY_SOURCE where no mode is given. */
#    define DEFINE_OPEN_2(name)                                                                    \
        int name(const char *path, int flags);                                                     \
        int name(const char *path, int flags)                                                      \
        {                                                                                          \
            int fd = REAL(name)(path, flags);                                                      \
            look_at_file("open", path, fd, __builtin_return_address(0));                           \
            return fd;                                                                             \
        }

#    define DEFINE_FOPEN(name)                                                                     \
        FILE *name(const char *path, const char *mode)                                             \
        {                                                                                          \
            FILE *file = REAL(name)(path, mode);                                                   \
            look_at_file("fopen", path, file != NULL ? fileno(file) : -1,                          \
                         __builtin_return_address(0));                                             \
            return file;                                                                           \
        }

DEFINE_OPEN(open)
DEFINE_OPEN(open64)
DEFINE_OPEN_2(__open_2)
DEFINE_OPEN_2(__open64_2)
DEFINE_FOPEN(fopen)
DEFINE_FOPEN(fopen64)

/* the network */

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **result)
{
    REPORT("getaddrinfo", node, POOL_INSTEAD);
    return REAL(getaddrinfo)(node, service, hints, result);
}

int connect(int fd, const struct sockaddr *address, socklen_t size)
{
    int flags = hass__blocking_matters() ? fcntl(fd, F_GETFL) : -1;

    if (flags >= 0 && !(flags & O_NONBLOCK))
        hass__blocking_report("connect", NULL, POOL_INSTEAD, __builtin_return_address(0));
    return REAL(connect)(fd, address, size);
}

/* children */

int system(const char *command)
{
    REPORT("system", command, CHILD_INSTEAD);
    return REAL(system)(command);
}

FILE *popen(const char *command, const char *mode)
{
    REPORT("popen", command, CHILD_INSTEAD);
    return REAL(popen)(command, mode);
}

#endif
