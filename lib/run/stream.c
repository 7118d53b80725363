/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams over non-blocking sockets. Input is read only while somebody waits for it, so that a fast writer is held back by
 * the kernel. Output gathers during a turn of the loop and leaves in one write; the residue waits for the socket, and a
 * reader that takes nothing for too long is cut off.
 */
#include "run/stream.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <event2/event_struct.h>

#include <hass/buf.h>

#include "base/mem.h"
#include "run/clock.h"
#include "run/task.h"

#define DEFAULT_OUTPUT        ((size_t)16 << 20)
#define DEFAULT_WRITE_TIMEOUT 30.0
#define READ_SIZE             ((size_t)16 * 1024)
/* An empty buffer that has grown beyond this gives its memory back. */
#define KEEP_SIZE             ((size_t)64 * 1024)

/* Bytes that come in at the end and leave at the front. */
struct bytes {
    char *data;
    size_t first;
    size_t length; /* from first */
    size_t capacity;
};

/* A coroutine in hass_stream_async_drain, on its stack. */
struct drainer {
    struct hass_list link;
    struct co *co;
};

struct hass_stream {
    struct hass *hass;
    struct runtime *runtime;
    size_t refs;
    int fd;
    int error;         /* errno of what broke it */
    bool ended;        /* nothing more will be read */
    bool closed;       /* nothing more will be written */
    bool flush_queued; /* holds a reference */
    struct bytes input;
    size_t scanned; /* of input, without a line end */
    struct bytes output;
    struct event readable;
    struct event writable;
    struct timer write_timer;
    struct ready flush;
    struct co *reader;
    struct hass_list drainers;
    struct hass_stream_limits limits;
    struct stream_owner owner;
};

/* bytes */

static char *bytes_room(struct bytes *bytes, size_t more)
{
    if (bytes->first + bytes->length + more > bytes->capacity) {
        if (bytes->first > 0 && bytes->length > 0)
            memmove(bytes->data, bytes->data + bytes->first, bytes->length);
        bytes->first = 0;
    }
    if (bytes->length + more > bytes->capacity) {
        size_t twice = bytes->capacity * 2;
        bytes->capacity = bytes->length + more > twice ? bytes->length + more : twice;
        bytes->data = mem_realloc(bytes->data, bytes->capacity);
    }
    return bytes->data + bytes->first + bytes->length;
}

static void bytes_fini(struct bytes *bytes)
{
    free(bytes->data);
    *bytes = (struct bytes){ 0 };
}

static void bytes_drop(struct bytes *bytes, size_t count)
{
    bytes->first += count;
    bytes->length -= count;
    if (bytes->length == 0) {
        bytes->first = 0;
        if (bytes->capacity > KEEP_SIZE)
            bytes_fini(bytes);
    }
}

static const char *bytes_start(const struct bytes *bytes)
{
    return bytes->data + bytes->first;
}

/* writing */

static HASS_CALLBACK void wake_drainers(struct hass_stream *stream, int outcome)
{
    while (!list_empty(&stream->drainers)) {
        struct drainer *drainer = list_first(&stream->drainers, struct drainer, link);
        list_remove(&drainer->link);
        co_wake(drainer->co, outcome);
    }
}

/* Nothing more in either direction; who waits is told. */
static HASS_CALLBACK void break_off(struct hass_stream *stream, int number)
{
    if (stream->error == 0)
        stream->error = number;
    stream->ended = stream->closed = true;
    event_del(&stream->readable);
    event_del(&stream->writable);
    timer_cancel(&stream->write_timer);
    bytes_fini(&stream->input);
    bytes_fini(&stream->output);
    shutdown(stream->fd, SHUT_RDWR);
    if (stream->reader)
        co_wake(stream->reader, 0);
    wake_drainers(stream, HASS_E_CLOSED);
}

/* Writes what the socket takes. False when it broke. */
static HASS_CALLBACK bool write_out(struct hass_stream *stream, bool *progress)
{
    while (stream->output.length > 0) {
        ssize_t n = send(stream->fd, bytes_start(&stream->output), stream->output.length,
                         MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == ENOBUFS))
            return true;
        if (n < 0) {
            break_off(stream, errno);
            return false;
        }
        *progress = true;
        bytes_drop(&stream->output, (size_t)n);
    }
    return true;
}

static HASS_CALLBACK void reader_too_slow(struct timer *timer)
{
    break_off(list_entry(timer, struct hass_stream, write_timer), ETIMEDOUT);
}

/* The socket took what it could: waits for it, or tells those who wait for that. */
static HASS_CALLBACK void push_out(struct hass_stream *stream)
{
    bool progress = false;

    if (stream->closed || !write_out(stream, &progress))
        return;
    if (stream->output.length == 0) {
        timer_cancel(&stream->write_timer);
        wake_drainers(stream, 0);
        return;
    }
    event_add(&stream->writable, NULL);
    if (progress || !timer_is_set(&stream->write_timer))
        timer_set(stream->runtime->timers, &stream->write_timer,
                  clock_monotonic(stream->runtime->clock) +
                      clock_from_seconds(stream->limits.write_timeout));
}

static HASS_CALLBACK void socket_writable(evutil_socket_t fd, short what, void *arg)
{
    push_out(arg);
}

static HASS_CALLBACK void flush_queued(struct ready *ready, int status)
{
    struct hass_stream *stream = list_entry(ready, struct hass_stream, flush);

    stream->flush_queued = false;
    push_out(stream);
    stream_unref(stream);
}

int hass_stream_async_write(struct hass_stream *stream, const void *data, size_t size,
                            struct hass_error *err)
{
    VERIFY_LOOP(stream->hass, "hass.stream.async_write", err);
    if (stream->closed)
        return hass_fail(err, HASS_E_CLOSED, "the other side is gone: %s",
                         stream->error != 0 ? hass_error_name(-stream->error) : "closed");
    if (size > stream->limits.output - stream->output.length)
        return hass_fail(err, HASS_E_LIMIT,
                         "%zu bytes wait for a slow reader, with %zu more it were over %zu",
                         stream->output.length, size, stream->limits.output);
    if (size == 0)
        return 0;
    memcpy(bytes_room(&stream->output, size), data, size);
    stream->output.length += size;
    if (!stream->flush_queued && !event_pending(&stream->writable, EV_WRITE, NULL)) {
        stream->flush_queued = true;
        loop_ready(stream->runtime->loop, &stream_ref(stream)->flush);
    }
    return 0;
}

int hass_stream_async_drain(struct hass_stream *stream, double timeout, struct hass_error *err)
{
    VERIFY_COROUTINE(stream->hass, "hass.stream.async_drain", err);
    int r = co_check_cancel();
    if (r == 0 && !stream->closed)
        push_out(stream);
    if (r == 0 && stream->closed)
        r = HASS_E_CLOSED;
    if (r == 0 && stream->output.length > 0) {
        struct drainer drainer = { .co = co_current() };
        list_append(&stream->drainers, &drainer.link);
        r = co_wait(timeout);
        list_remove(&drainer.link);
    }
    return r < 0 ? hass_fail(err, r, "the output was not taken: %s", hass_error_name(r)) : 0;
}

/* reading */

static HASS_CALLBACK void socket_readable(evutil_socket_t fd, short what, void *arg)
{
    struct hass_stream *stream = arg;
    ssize_t n = recv(fd, bytes_room(&stream->input, READ_SIZE), READ_SIZE, MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        event_add(&stream->readable, NULL);
        return;
    }
    if (n < 0)
        stream->error = errno;
    if (n <= 0)
        stream->ended = true;
    else
        stream->input.length += (size_t)n;
    if (stream->reader)
        co_wake(stream->reader, 0);
}

static HASS_COROUTINE int wait_for_input(struct hass_stream *stream, int64_t deadline)
{
    int64_t now = clock_monotonic(stream->runtime->clock);
    double timeout = HASS_FOREVER;

    if (deadline != INT64_MAX)
        timeout = deadline > now ? (double)(deadline - now) / 1e6 : 0;
    stream->reader = co_current();
    event_add(&stream->readable, NULL);
    int r = co_wait(timeout);
    event_del(&stream->readable);
    stream->reader = NULL;
    return r;
}

/* Waits until @is_there says 1 or an error; 0 at the end of the stream. */
static HASS_COROUTINE int read_until(struct hass_stream *stream, size_t limit, double timeout,
                                     int (*is_there)(struct hass_stream *stream, size_t limit),
                                     struct hass_error *err)
{
    if (stream->reader)
        return hass_fail(err, HASS_E_EXISTS, "another coroutine reads from the stream");
    int64_t deadline = INT64_MAX;
    if (timeout >= 0)
        deadline = clock_monotonic(stream->runtime->clock) + clock_from_seconds(timeout);
    int r = is_there(stream, limit);
    while (r == 0 && !stream->ended) {
        r = wait_for_input(stream, deadline);
        if (r == 0)
            r = is_there(stream, limit);
    }
    if (r == HASS_E_LIMIT)
        return hass_fail(err, r, "a line is longer than %zu bytes", limit);
    if (r < 0)
        return hass_fail(err, r, "nothing was read: %s", hass_error_name(r));
    if (r == 0 && stream->error != 0)
        return hass_fail_errno(err, stream->error, "the connection broke");
    return r;
}

static const char *find_line_end(struct hass_stream *stream)
{
    const struct bytes *input = &stream->input;

    if (input->length == stream->scanned)
        return NULL;
    const char *end =
        memchr(bytes_start(input) + stream->scanned, '\n', input->length - stream->scanned);
    stream->scanned = end ? (size_t)(end - bytes_start(input)) : input->length;
    return end;
}

/* A carriage return before the line end does not count. */
static int has_line(struct hass_stream *stream, size_t limit)
{
    bool found = find_line_end(stream) != NULL;
    size_t length = stream->scanned;

    if (length > 0 && bytes_start(&stream->input)[length - 1] == '\r')
        length--;
    if (length > limit)
        return HASS_E_LIMIT;
    return found;
}

int hass_stream_async_read_line(struct hass_stream *stream, size_t limit, double timeout,
                                struct hass_buf *ret_line, struct hass_error *err)
{
    VERIFY_COROUTINE(stream->hass, "hass.stream.async_read_line", err);
    int r = read_until(stream, limit, timeout, has_line, err);
    if (r <= 0)
        return r;
    const char *line = bytes_start(&stream->input);
    size_t length = stream->scanned;
    bool with_return = length > 0 && line[length - 1] == '\r';
    hass_buf_clear(ret_line);
    hass_buf_add(ret_line, line, with_return ? length - 1 : length);
    bytes_drop(&stream->input, length + 1);
    stream->scanned = 0;
    return 1;
}

static int has_bytes(struct hass_stream *stream, size_t limit)
{
    return stream->input.length > 0;
}

ssize_t hass_stream_async_read(struct hass_stream *stream, size_t limit, double timeout,
                               struct hass_buf *ret_data, struct hass_error *err)
{
    VERIFY_COROUTINE(stream->hass, "hass.stream.async_read", err);
    int r = read_until(stream, limit, timeout, has_bytes, err);
    if (r <= 0)
        return r;
    size_t length = stream->input.length < limit ? stream->input.length : limit;
    hass_buf_clear(ret_data);
    hass_buf_add(ret_data, bytes_start(&stream->input), length);
    bytes_drop(&stream->input, length);
    stream->scanned = 0;
    return (ssize_t)length;
}

/* life */

static void set_limits(struct hass_stream *stream, const struct hass_stream_limits *limits)
{
    if (limits)
        memcpy(&stream->limits, limits,
               limits->size < sizeof(*limits) ? limits->size : sizeof(*limits));
    if (stream->limits.output == 0)
        stream->limits.output = DEFAULT_OUTPUT;
    if (stream->limits.write_timeout == 0)
        stream->limits.write_timeout = DEFAULT_WRITE_TIMEOUT;
}

struct hass_stream *stream_new(struct hass *hass, int fd, const struct hass_stream_limits *limits,
                               const struct stream_owner *owner)
{
    struct hass_stream *stream = mem_zalloc(sizeof(*stream));
    struct event_base *base = loop_base(runtime_of(hass)->loop);

    stream->hass = hass;
    stream->runtime = runtime_of(hass);
    stream->refs = 1;
    stream->fd = fd;
    list_init(&stream->drainers);
    set_limits(stream, limits);
    if (owner)
        stream->owner = *owner;
    timer_init(&stream->write_timer, reader_too_slow);
    stream->flush = (struct ready){
        .run = flush_queued,
        .scope = scope_ref(scope_of_caller(hass)),
        .name = "stream flush",
    };
    evutil_make_socket_nonblocking(fd);
    event_assign(&stream->readable, base, fd, EV_READ, socket_readable, stream);
    event_assign(&stream->writable, base, fd, EV_WRITE, socket_writable, stream);
    return stream;
}

struct hass_stream *stream_ref(struct hass_stream *stream)
{
    stream->refs++;
    return stream;
}

/* What is still queued gets its one write: a coroutine that writes and returns has been heard. */
struct hass_stream *stream_unref(struct hass_stream *stream)
{
    if (!stream || --stream->refs > 0)
        return NULL;
    bool progress;
    if (!stream->closed)
        (void)write_out(stream, &progress);
    break_off(stream, 0);
    scope_unref(stream->flush.scope);
    close(stream->fd);
    if (stream->owner.closed)
        stream->owner.closed(stream->owner.arg);
    free(stream);
    return NULL;
}

void hass_stream_async_shutdown(struct hass_stream *stream)
{
    VERIFY_LOOP_OR(stream->hass, "hass.stream.async_shutdown", );
    bool progress;
    if (!stream->closed && write_out(stream, &progress))
        break_off(stream, 0);
}

struct hass *hass_stream_hass(const struct hass_stream *stream)
{
    return stream->hass;
}

int hass_stream_peer(const struct hass_stream *stream, struct hass_peer *ret_peer,
                     struct hass_error *err)
{
    struct ucred credentials;
    socklen_t size = sizeof(credentials);

    if (getsockopt(stream->fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0)
        return hass_fail_errno(err, errno, "the peer cannot be identified");
    ret_peer->pid = credentials.pid;
    ret_peer->uid = credentials.uid;
    ret_peer->gid = credentials.gid;
    return 0;
}
