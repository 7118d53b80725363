/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Creating, bootstrapping, running and checking a hass: for the daemon and tests.
 */
#pragma once

#include <hass/buf.h>
#include <hass/hass.h>

struct hass_options {
    uint32_t size;
    const char *config_dir;
    const char *state_dir;   /* .storage and loaded/; NULL: config_dir */
    const char *runtime_dir; /* `last`; NULL: state_dir */
    const char *const *
        plugin_dirs; /* NULL-terminated, the first wins; <config>/integrations is put before them */
    const char *
        probe_program; /* hassd itself, for `--probe FILE`; NULL: files are opened without a probe */
    bool debug;
    bool watchdog;
    bool virtual_time; /* tests */
    int64_t virtual_start;
    /**
     * NULL-terminated: the integrations that are set up, by sections, platforms and config entries; of others is nothing said. A domain
     * (light) is set up where one of these has a platform in it. NULL: all.
     */
    const char *const *only;
    bool scratch; /* state is read, and nothing of it is ever written; folders are not watched */
};

/** The calling thread becomes the loop thread. */
HASS_API int hass_create(const struct hass_options *options, struct hass **ret_hass,
                         struct hass_error *err);
/** After hass_run, or without it. Returns the number of threads that had to be left running: then leave by _exit. */
HASS_API int hass_destroy(struct hass *hass);

/** Called on the loop as the life goes on: "starting", "ready", "reloading", "stopping", with a short text. */
typedef void hass_notify_fn(const char *phase, const char *text, void *userdata);
HASS_API void hass_set_notify(struct hass *hass, hass_notify_fn *notify, void *userdata);

/** Loads the configuration, sets everything up, starts, and runs until stopped. Returns the exit code (restart: 100). */
HASS_API int hass_run(struct hass *hass, struct hass_error *err);

/** Stops from a signal handler's context on the loop. */
HASS_API int hass_async_request_stop(struct hass *hass, int exit_code, struct hass_error *err)
    HASS_CALLBACK;
/** Loads the YAML again and sets up anew what has changed (SIGHUP, homeassistant.reload_all). */
HASS_API int hass_async_reload_config(struct hass *hass, struct hass_error *err) HASS_COROUTINE;

/**
 * Validates a configuration folder without starting anything.
 *
 * Shape:   {"valid": bool, "diagnostics": [{"severity","file","line","column","path","message","hint"}]} in @ret_report.
 * Returns: 0 when valid, 1 when not; the report as a compiler would print it is appended to @text (may be NULL).
 */
HASS_API int hass_check_config(const struct hass_options *options, json_t **ret_report,
                               struct hass_buf *text, struct hass_error *err);

/** The same for the folder of a running hass, on the pool. */
HASS_API int hass_async_check_config(struct hass *hass, json_t **ret_report, struct hass_error *err)
    HASS_COROUTINE;

/** Opens one integration file and says what it is; the body of `hassd --probe FILE`. Returns an exit code. */
HASS_API int hass_probe(const char *path, struct hass_buf *report);

/**
 * Shape: {"version", "model_version", "pid", "uptime": seconds, "state", "config_dir", "state_dir", "threads", "mapped_files",
 *        "integrations": [{"domain", "name", "version", "file", "state", and the counters of hass_async_top}],
 *        "problems": [{"domain", "file", "message", "remedy"}]}, owned by the caller.
 */
HASS_API json_t *hass_async_info(struct hass *hass) HASS_CALLBACK;
/** Shape: [{"domain","jobs","pool_jobs","loop_usec","pool_usec","worst_usec","errors","refused"}], owned by the caller. */
HASS_API json_t *hass_async_top(struct hass *hass) HASS_CALLBACK;
