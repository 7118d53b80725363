/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The home's core configuration (`homeassistant:`). Readable from any thread; written on the loop.
 *
 * Model: core.Config
 */
#pragma once

#include <hass/error.h>
#include <hass/thread_safety.h>

struct hass_zone;

/** A consistent copy of the scalar values. */
struct hass_home {
    uint32_t size;
    double latitude, longitude; /* degrees */
    int elevation;              /* metres */
    int radius;                 /* metres */
    char location_name[128];
    char time_zone[64];
    char unit_system[16]; /* "metric", "us_customary" */
    char currency[8];
    char country[8]; /* or "" */
    char language[16];
    bool debug;
};

HASS_API void hass_config_home(struct hass *hass, struct hass_home *ret_home);
/** A reference to the home's time zone; unref it. */
HASS_API struct hass_zone *hass_config_zone(struct hass *hass);
/** The configuration folder; constant. */
HASS_API const char *hass_config_dir(const struct hass *hass);
/** The folder for state: <config>/.storage's parent. */
HASS_API const char *hass_config_state_dir(const struct hass *hass);
/** Joins a relative path to the configuration folder; free it. */
HASS_API char *hass_config_path(const struct hass *hass, const char *relative);
/**
 * True when a service may write @path, an absolute one: in `www` or `media` of the configuration folder, or below one of
 * `allowlist_external_dirs`. Links are followed first; the folder must exist.
 *
 * Context: pool thread. Model: core.Config.is_allowed_path
 */
HASS_API bool hass_config_allows_path(struct hass *hass, const char *path) HASS_BLOCKING;
/** Changes values, fires core_config_updated with the changed keys. @values: object, taken. */
HASS_API int hass_config_async_update(struct hass *hass, json_t *values, struct hass_error *err)
    HASS_CALLBACK;
/** Queues hass_config_async_update. */
HASS_API int hass_config_update(struct hass *hass, json_t *values, struct hass_error *err);
/** Shape: reference of get_config: {"latitude",…,"components": [str],"state": "RUNNING",…}, owned by the caller. */
HASS_API json_t *hass_config_async_as_json(struct hass *hass) HASS_CALLBACK;
