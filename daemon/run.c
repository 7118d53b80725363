/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassd run`: one instance for each configuration folder, signals, and the life of one hass. Signals that mean something are
 * blocked from the first line on, so that one that comes during start-up waits for the loop instead of being lost or deadly.
 */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <hass/daemon.h>
#include <hass/process.h>

#include "log_sink.h"
#include "notify.h"
#include "places.h"

struct daemon {
    struct hass *hass;
    struct notify notify;
    struct hass_sub *interrupt;
    bool reloading;
    bool reload_again; /* SIGHUP came while reloading */
};

/* one instance for each configuration folder */

/* The process that holds the lock on @fd, from /proc/locks; 0 when that is not to be seen. */
static long lock_holder(int fd)
{
    autofree char *line = NULL;
    size_t capacity = 0;
    struct stat status;
    char place[64];
    long holder = 0;
    FILE *locks = fopen("/proc/locks", "re");

    if (!locks)
        return 0;
    if (fstat(fd, &status) == 0) {
        snprintf(place, sizeof(place), " %02x:%02x:%ju ", major(status.st_dev),
                 minor(status.st_dev), (uintmax_t)status.st_ino);
        while (holder == 0 && getline(&line, &capacity, locks) > 0) {
            if (strstr(line, "FLOCK") && strstr(line, place))
                (void)sscanf(line, "%*s %*s %*s %*s %ld", &holder);
        }
    }
    fclose(locks);
    return holder;
}

/*
 * Locks the folder itself: that needs no file, no right to write, and ends with the process. Returns the descriptor that holds
 * the lock; a file system that cannot lock is no reason not to start.
 */
static int lock_folder(const char *path, struct hass_error *err)
{
    autoclose int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    long holder;

    if (fd < 0)
        return hass_fail_errno(err, errno, "cannot read the configuration folder %s", path);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
        holder = lock_holder(fd);
        if (holder > 0)
            return hass_fail(err, HASS_E_EXISTS,
                             "hassd already runs on %s as process %ld; stop it first, or name "
                             "another folder with --config DIR",
                             path, holder);
        return hass_fail(err, HASS_E_EXISTS,
                         "hassd already runs on %s; stop it first, or name another folder with "
                         "--config DIR",
                         path);
    }
    int locked = fd;
    fd = -1;
    return locked;
}

/* signals */

/* Whoever started us may have ignored them (a shell does with SIGINT for jobs in the background); here they mean something. */
static void claim_signals(void)
{
    static const int numbers[] = { SIGTERM, SIGINT, SIGHUP };
    struct sigaction by_default = { .sa_handler = SIG_DFL };
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        sigaddset(&set, numbers[i]);
        sigaction(numbers[i], &by_default, NULL);
    }
    sigprocmask(SIG_BLOCK, &set, NULL);
}

/*
 * The first TERM or INT stops in good order. From then on INT has its default effect, so that a second one at the keyboard
 * kills; TERM may come twice from a manager that signals the process and its group, and must not lose the final write.
 */
static HASS_CALLBACK int on_stop(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct daemon *daemon = userdata;

    daemon->interrupt = hass_sub_async_remove(daemon->interrupt);
    return hass_async_request_stop(hass, 0, err);
}

static HASS_COROUTINE int on_reload(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct daemon *daemon = userdata;
    int r;

    if (daemon->reloading) {
        daemon->reload_again = true;
        return 0;
    }
    daemon->reloading = true;
    do {
        daemon->reload_again = false;
        hass_error_clear(err);
        r = hass_async_reload_config(hass, err);
    } while (daemon->reload_again && !hass_is_stopping(hass));
    daemon->reloading = false;
    return r;
}

static HASS_CALLBACK int watch_signals(struct daemon *daemon, struct hass_error *err)
{
    struct hass *hass = daemon->hass;
    int r = hass_process_async_watch_signal(hass, SIGTERM, HASS_JOB_CALLBACK(on_stop, daemon), NULL,
                                            err);

    if (r >= 0)
        r = hass_process_async_watch_signal(hass, SIGINT, HASS_JOB_CALLBACK(on_stop, daemon),
                                            &daemon->interrupt, err);
    if (r >= 0)
        r = hass_process_async_watch_signal(hass, SIGHUP, HASS_JOB_COROUTINE(on_reload, daemon),
                                            NULL, err);
    return r;
}

/* life */

static HASS_CALLBACK int prepare(struct daemon *daemon, struct hass_error *err)
{
    int r = watch_signals(daemon, err);

    return r < 0 ? r : notify_async_start(&daemon->notify, daemon->hass, err);
}

/* Returns the exit code; @ret_left: threads that could not be ended. */
static int live(const struct hass_options *options, int *ret_left, struct hass_error *err)
{
    struct daemon daemon = { 0 };
    int r = hass_create(options, &daemon.hass, err);

    if (r < 0)
        return r;
    hass__assert_loop(); /* hass_create has made this thread the loop's */
    r = prepare(&daemon, err);
    if (r >= 0)
        r = hass_run(daemon.hass, err);
    if (r >= 0)
        hass_info("hassd has stopped%s", r == HASS_EXIT_RESTART ? ", to be started again" : "");
    *ret_left = hass_destroy(daemon.hass);
    return r;
}

static int run(const struct args *args, int *ret_left, struct hass_error *err)
{
    struct places places;
    struct hass_options options;
    int r = places_find(args, &places, err);

    if (r < 0)
        return r;
    autoclose int lock = lock_folder(places.config_dir, err);
    if (lock >= 0) {
        options = places_options(&places, args);
        r = live(&options, ret_left, err);
    } else {
        r = lock;
    }
    places_fini(&places);
    return r;
}

int run_command(const struct args *args)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct log_sink *sink;
    int left = 0;
    int code;

    claim_signals();
    sink = log_sink_create();
    code = run(args, &left, &err);
    log_sink_flush(sink);
    if (code < 0) {
        fprintf(stderr, "hassd: %s\n", err.message);
        code = 1;
    }
    if (left > 0)
        _exit(code); /* destructors must not run beneath threads that still do, and those may log */
    log_sink_destroy(sink);
    return code;
}
