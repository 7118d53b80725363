/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Logging. A line belongs to the integration whose scope is current; levels are set by integration at run time
 * (`logger:`). Safe from any thread; never blocks the loop on a slow sink.
 */
#pragma once

#include <stdarg.h>

#include <hass/types.h>

enum hass_log_level {
    HASS_LOG_DEBUG = 10,
    HASS_LOG_INFO = 20,
    HASS_LOG_WARNING = 30,
    HASS_LOG_ERROR = 40,
    HASS_LOG_CRITICAL = 50,
};

/** One line as a sink gets it; valid for the call only. */
struct hass_log_record {
    uint32_t size;
    enum hass_log_level level;
    const char *logger;    /* integration domain, or "core" */
    const char *entity_id; /* or NULL */
    const char *file;      /* source file without folder */
    const char *function;
    const char *message; /* without a line end */
    int line;
    int64_t time; /* microseconds UTC */
};

typedef void hass_log_sink_fn(const struct hass_log_record *record, void *userdata);

/** Replaces the sink (stderr by default). The sink may be called from several threads at once. NULL restores the default. */
HASS_API void hass_log_set_sink(hass_log_sink_fn *sink, void *userdata);

/** Sets the level of @logger, or the default for NULL. */
HASS_API void hass_log_set_level(const char *logger, enum hass_log_level level);

/** Forgets all levels by name and sets the default to HASS_LOG_WARNING. */
HASS_API void hass_log_reset_levels(void);

/** True when a line of @level would be written for the current scope. */
HASS_API bool hass_log_enabled(enum hass_log_level level);

/** Reads "debug", "info", "warning"/"warn", "error", "critical"/"fatal", "notset" in any case. Returns the level or HASS_E_INVALID. */
HASS_API int hass_log_level_from_name(const char *name);

/** The model's name: "DEBUG" … "CRITICAL". */
HASS_API const char *hass_log_level_name(enum hass_log_level level);

HASS_API void hass__log(enum hass_log_level level, const char *entity_id, const char *file,
                        int line, const char *function, const char *format, ...) HASS_PRINTF(6, 7);

#define HASS__LOG(level, entity_id, ...)                                                           \
    do {                                                                                           \
        if (hass_log_enabled(level))                                                               \
            hass__log(level, entity_id, __FILE__, __LINE__, __func__, __VA_ARGS__);                \
    } while (0)

#define hass_debug(...)    HASS__LOG(HASS_LOG_DEBUG, NULL, __VA_ARGS__)
#define hass_info(...)     HASS__LOG(HASS_LOG_INFO, NULL, __VA_ARGS__)
#define hass_warning(...)  HASS__LOG(HASS_LOG_WARNING, NULL, __VA_ARGS__)
#define hass_error(...)    HASS__LOG(HASS_LOG_ERROR, NULL, __VA_ARGS__)
#define hass_critical(...) HASS__LOG(HASS_LOG_CRITICAL, NULL, __VA_ARGS__)

/** As the others, about an entity. */
#define hass_entity_log(level, entity_id, ...) HASS__LOG(level, entity_id, __VA_ARGS__)
