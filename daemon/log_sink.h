/* SPDX-License-Identifier: Apache-2.0 */
/* Where the daemon's log goes: standard error, or the journal with structured fields when standard error leads there. */
#pragma once

struct log_sink;

/** Becomes the sink of hass's log. */
struct log_sink *log_sink_create(void);
/** Writes what is still queued, two seconds at most, and gives the log back to the default sink. Returns NULL. */
struct log_sink *log_sink_destroy(struct log_sink *sink);
