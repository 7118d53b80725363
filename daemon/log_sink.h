/* SPDX-License-Identifier: Apache-2.0 */
/* Where the daemon's log goes: standard error, or the journal with structured fields when standard error leads there. */
#pragma once

#include <hass/log.h>

struct log_sink;

/** Becomes the sink of hass's log. */
struct log_sink *log_sink_create(void);
/** Waits until what is queued has been written, two seconds at most. Returns false when something is left. */
bool log_sink_flush(struct log_sink *sink);
/** Flushes and gives the log back to the default sink. No other thread may still log. Returns NULL. */
struct log_sink *log_sink_destroy(struct log_sink *sink);
/** Writes a record or queues it; never waits. Any thread. */
void log_sink_write(struct log_sink *sink, const struct hass_log_record *record);
/** How many bytes wait for the writer. Any thread. */
size_t log_sink_queued(struct log_sink *sink);
