/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Sockets for coroutines. All operations on the loop thread. A stream belongs to the job of its connection and is closed and
 * freed when that returns: whoever else writes to it must have been told by then, and nobody else may wait for it.
 */
#pragma once

#include <sys/types.h>

#include <hass/job.h>

/** Credentials of a local peer. */
struct hass_peer {
    uint32_t size;
    pid_t pid;
    uid_t uid;
    gid_t gid;
};

struct hass_stream_limits {
    uint32_t size;
    size_t connections; /* accepted at once; 0: 128 */
    size_t
        output; /* bytes queued to a slow reader before writes fail with HASS_E_LIMIT; 0: 16 MiB */
    double write_timeout; /* seconds a reader may take nothing; 0: 30 */
};

/**
 * Accepts connections on a unix socket at @path (an old one is replaced unless somebody answers there: -EADDRINUSE).
 * @job is a coroutine with subject stream, one for each connection; the stream is closed when it returns.
 */
HASS_API int hass_stream_async_listen_unix(struct hass *hass, const char *path, mode_t mode,
                                           const struct hass_stream_limits *limits,
                                           struct hass_job job, struct hass_sub **ret_sub,
                                           struct hass_error *err) HASS_CALLBACK;

HASS_API struct hass *hass_stream_hass(const struct hass_stream *stream);
HASS_API int hass_stream_peer(const struct hass_stream *stream, struct hass_peer *ret_peer,
                              struct hass_error *err);

/** Reads one line without its end into @ret_line. Returns 1, 0 at the end of the stream, HASS_E_LIMIT beyond @limit bytes. */
HASS_API int hass_stream_async_read_line(struct hass_stream *stream, size_t limit, double timeout,
                                         struct hass_buf *ret_line, struct hass_error *err)
    HASS_COROUTINE;

/** Reads at least one and at most @limit bytes. Returns their number, 0 at the end. */
HASS_API ssize_t hass_stream_async_read(struct hass_stream *stream, size_t limit, double timeout,
                                        struct hass_buf *ret_data, struct hass_error *err)
    HASS_COROUTINE;

/** Queues bytes; they leave once a turn of the loop. HASS_E_LIMIT when the reader is too slow, HASS_E_CLOSED when gone. */
HASS_API int hass_stream_async_write(struct hass_stream *stream, const void *data, size_t size,
                                     struct hass_error *err) HASS_CALLBACK;

/** Suspends until everything queued has been handed to the kernel. */
HASS_API int hass_stream_async_drain(struct hass_stream *stream, double timeout,
                                     struct hass_error *err) HASS_COROUTINE;

/** Stops reading and writing; the connection's coroutine sees the end of the stream. */
HASS_API void hass_stream_async_shutdown(struct hass_stream *stream) HASS_CALLBACK;
