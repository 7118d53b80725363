/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listening unix sockets. A listener is a registration: its job runs in its scope for each connection, as a coroutine that
 * holds the stream. Connections beyond the limit are closed at once, so that the peer is told instead of left waiting.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/event_struct.h>

#include <hass/cleanup.h>
#include <hass/log.h>

#include "base/mem.h"
#include "run/clock.h"
#include "run/loop.h"
#include "run/stream.h"
#include "run/timer.h"

#define DEFAULT_CONNECTIONS 128
#define BACKLOG             64
/* Seconds without accepting when there are no descriptors left. */
#define REST_SECONDS        1.0

struct listener {
    struct hass *hass;
    struct hass_sub *sub;
    struct event event;
    struct timer rest;
    int fd;
    size_t refs; /* one, and one for each connection */
    struct hass_stream_limits limits;
    dev_t device; /* of the socket's file: only ours is removed */
    ino_t inode;
    struct sockaddr_un address;
};

/* the file */

static bool somebody_answers(const struct sockaddr_un *address)
{
    autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return false;
    return connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 || errno == EAGAIN;
}

static int remove_stale(const struct sockaddr_un *address, struct hass_error *err)
{
    struct stat status;

    if (lstat(address->sun_path, &status) < 0)
        return 0;
    if (!S_ISSOCK(status.st_mode))
        return hass_fail(err, -EEXIST, "%s is there and not a socket", address->sun_path);
    if (somebody_answers(address))
        return hass_fail(err, -EADDRINUSE, "somebody answers at %s already", address->sun_path);
    if (unlink(address->sun_path) < 0)
        return hass_fail_errno(err, errno, "old socket %s cannot be removed", address->sun_path);
    return 0;
}

/* The socket's own mode is the file's upper limit from its first moment; chmod only adds what the umask took. */
static int bind_file(int fd, const struct sockaddr_un *address, mode_t mode)
{
    if (fchmod(fd, mode) < 0 || bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0)
        return -errno;
    if (chmod(address->sun_path, mode) < 0 || listen(fd, BACKLOG) < 0) {
        int number = errno;
        unlink(address->sun_path);
        return -number;
    }
    return 0;
}

static int open_socket(const char *path, mode_t mode, struct sockaddr_un *address,
                       struct hass_error *err)
{
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof(address->sun_path))
        return hass_fail(err, -ENAMETOOLONG, "socket path %s has more than %zu characters", path,
                         sizeof(address->sun_path) - 1);
    memcpy(address->sun_path, path, strlen(path) + 1);
    int r = remove_stale(address, err);
    if (r < 0)
        return r;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return hass_fail_errno(err, errno, "no socket");
    r = bind_file(fd, address, mode);
    if (r < 0) {
        close(fd);
        return hass_fail_errno(err, -r, "%s cannot be listened to", path);
    }
    return fd;
}

static void remember_file(struct listener *listener)
{
    struct stat status;

    if (stat(listener->address.sun_path, &status) == 0) {
        listener->device = status.st_dev;
        listener->inode = status.st_ino;
    }
}

static void remove_file(const struct listener *listener)
{
    struct stat status;

    if (lstat(listener->address.sun_path, &status) == 0 && status.st_dev == listener->device &&
        status.st_ino == listener->inode)
        unlink(listener->address.sun_path);
}

/* connections */

static HASS_CALLBACK void listener_unref(void *object)
{
    struct listener *listener = object;

    if (--listener->refs == 0)
        free(listener);
}

static HASS_CALLBACK void serve(struct listener *listener, int fd)
{
    struct stream_owner owner = { .closed = listener_unref, .arg = listener };
    struct hass_stream *stream = stream_new(listener->hass, fd, &listener->limits, &owner);

    listener->refs++;
    sub_run(listener->hass, listener->sub, stream);
    stream_unref(stream);
}

static HASS_CALLBACK void go_on(struct timer *timer)
{
    event_add(&list_entry(timer, struct listener, rest)->event, NULL);
}

/* Out of descriptors or memory: level triggered, the same failure would come back at once and for ever. */
static HASS_CALLBACK void rest(struct listener *listener, int number)
{
    struct runtime *runtime = runtime_of(listener->hass);

    hass_warning("No connection is accepted at %s for %g s: %s", listener->address.sun_path,
                 REST_SECONDS, hass_error_name(-number));
    event_del(&listener->event);
    timer_set(runtime->timers, &listener->rest,
              clock_monotonic(runtime->clock) + clock_from_seconds(REST_SECONDS));
}

static bool is_passing(int number)
{
    return number == EAGAIN || number == EINTR || number == ECONNABORTED;
}

static HASS_CALLBACK void accept_one(evutil_socket_t listening, short what, void *arg)
{
    struct listener *listener = arg;
    int fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0) {
        if (!is_passing(errno))
            rest(listener, errno);
    } else if (listener->refs > listener->limits.connections) {
        hass_warning("Connection to %s refused: %zu are open, which is the limit",
                     listener->address.sun_path, listener->limits.connections);
        close(fd);
    } else {
        serve(listener, fd);
    }
}

/* life */

static HASS_CALLBACK void stop_listening(struct hass_sub *sub, void *owner)
{
    struct listener *listener = owner;

    event_del(&listener->event);
    timer_cancel(&listener->rest);
    remove_file(listener);
    close(listener->fd);
    listener_unref(listener);
}

static void *hold_stream(const void *subject)
{
    hass__assert_loop();
    return stream_ref((struct hass_stream *)(uintptr_t)subject);
}

static void release_stream(void *held)
{
    hass__assert_loop();
    stream_unref(held);
}

static const struct subject_ops stream_subject = {
    .hold = hold_stream,
    .release = release_stream,
};

static HASS_CALLBACK struct listener *listener_new(struct hass *hass, int fd,
                                                   const struct sockaddr_un *address,
                                                   const struct hass_stream_limits *limits)
{
    struct listener *listener = mem_zalloc(sizeof(*listener));

    listener->hass = hass;
    listener->refs = 1;
    listener->fd = fd;
    listener->address = *address;
    if (limits)
        memcpy(&listener->limits, limits,
               limits->size < sizeof(*limits) ? limits->size : sizeof(*limits));
    listener->limits.size = sizeof(listener->limits);
    if (listener->limits.connections == 0)
        listener->limits.connections = DEFAULT_CONNECTIONS;
    timer_init(&listener->rest, go_on);
    remember_file(listener);
    event_assign(&listener->event, loop_base(runtime_of(hass)->loop), fd, EV_READ | EV_PERSIST,
                 accept_one, listener);
    return listener;
}

int hass_stream_async_listen_unix(struct hass *hass, const char *path, mode_t mode,
                                  const struct hass_stream_limits *limits, struct hass_job job,
                                  struct hass_sub **ret_sub, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.stream.async_listen_unix", err);
    struct sockaddr_un address;
    int fd = job.kind == HASS_JOB_KIND_COROUTINE
                 ? open_socket(path, mode, &address, err)
                 : hass_fail(err, HASS_E_INVALID, "job %s is not a coroutine", job.symbol);
    if (fd < 0) {
        job_destroy(&job);
        return fd;
    }
    runtime_set_subject(hass, HASS_SUBJECT_STREAM, &stream_subject);
    struct listener *listener = listener_new(hass, fd, &address, limits);
    struct sub_options options = { .job = job, .removed = stop_listening, .owner = listener };
    int r = sub_add(hass, HASS_SUBJECT_STREAM, &options, &listener->sub, err);
    if (r < 0) {
        stop_listening(NULL, listener);
        return r;
    }
    event_add(&listener->event, NULL);
    if (ret_sub)
        *ret_sub = listener->sub;
    else
        sub_disown(listener->sub);
    return 0;
}
