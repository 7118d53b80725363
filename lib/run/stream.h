/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connected sockets as coroutines see them. All on the loop thread.
 */
#pragma once

#include <hass/stream.h>

#include "run/runtime.h"

/** Told when a stream is gone. */
struct stream_owner {
    void (*closed)(void *arg);
    void *arg;
};

/**
 * Makes a stream of connected socket @fd, which is taken. One reference is the caller's; the last one closes it. @limits and
 * @owner may be NULL.
 */
struct hass_stream *stream_new(struct hass *hass, int fd, const struct hass_stream_limits *limits,
                               const struct stream_owner *owner) HASS_CALLBACK;
struct hass_stream *stream_ref(struct hass_stream *stream) HASS_CALLBACK;
struct hass_stream *stream_unref(struct hass_stream *stream) HASS_CALLBACK;
