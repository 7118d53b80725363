/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What run/ and the tests hook into the log of <hass/log.h>.
 */
#pragma once

#include <stdint.h>

#include <hass/log.h>

enum {
    LOG_BUCKET_LINES = 100, /* a logger may write in LOG_BUCKET_SECONDS; the rest is counted */
    LOG_BUCKET_SECONDS = 10,
    LOG_MAX_MESSAGE = 16384, /* bytes; longer messages are cut at a character boundary */
    LOG_MAX_LOGGERS =
        4096, /* names that are known; others share a bucket and have the default level */
};

/** @hook gives the name of the current scope, or NULL for "core"; the name must outlive the line. NULL: no hook. */
void log_set_logger_hook(const char *(*hook)(void));

/** Both in microseconds; @wall is UTC since 1970. NULL restores the system's clocks. */
void log_set_clock_hook(int64_t (*wall)(void), int64_t (*monotonic)(void));

/** As hass__log, in the name of @logger, whatever scope is current. */
void log_write_as(const char *logger, enum hass_log_level level, const char *entity_id,
                  const char *file, int line, const char *function, const char *format, ...)
    HASS_PRINTF(7, 8);

/** Reports what was suppressed in windows that are over; all of it when @finish. Any thread. */
void log_flush_suppressed(bool finish);
