/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Child processes: own process group, default signals, no inherited descriptors but the three standard ones; a time-out
 * kills the group. And the signals of this process.
 */
#pragma once

#include <hass/job.h>

struct hass_process_options {
    uint32_t size;
    const char *const *argv; /* NULL-terminated; argv[0] is searched in PATH. NULL: @shell */
    const char *shell;       /* a command for /bin/sh -c */
    const char *const *envp; /* NULL: ours without NOTIFY_SOCKET */
    const char *cwd;         /* NULL: ours */
    const void *input;       /* written to stdin, then closed; NULL: /dev/null */
    size_t input_size;
    double timeout;      /* seconds, not negative; 0: 60 */
    size_t output_limit; /* bytes kept of each stream, the rest is read and dropped; 0: 1 MiB */
};

struct hass_process_result {
    uint32_t size;
    int status; /* exit code, or 128 + signal */
    bool truncated;
    char *output; /* stdout, NUL-terminated beyond output_size */
    size_t output_size;
    char *errors; /* stderr */
    size_t errors_size;
};

#define HASS_PROCESS_RESULT_INIT                                                                   \
    {                                                                                              \
        .size = sizeof(struct hass_process_result)                                                 \
    }

/** Frees the texts, not the struct. */
HASS_API void hass_process_result_fini(struct hass_process_result *result);

/**
 * Runs a child to its end. It is killed when its time is over, and when the scope of the pool job that waits for it closes.
 *
 * Context: pool thread.
 * Returns: 0 with @ret_result (fini it), -ETIMEDOUT, -ECANCELED, or -errno when it cannot be started.
 */
HASS_API int hass_process_run(struct hass *hass, const struct hass_process_options *options,
                              struct hass_process_result *ret_result, struct hass_error *err)
    HASS_BLOCKING;

/** As hass_process_run on the loop, suspending; cancelling kills the child. */
HASS_API int hass_process_async_run(struct hass *hass, const struct hass_process_options *options,
                                    struct hass_process_result *ret_result, struct hass_error *err)
    HASS_COROUTINE;

/**
 * Watches signal @number of this process by signalfd: @job (subject: hass) runs each time it has arrived. The signal is blocked
 * in every thread meanwhile; removing the registration gives it its default effect back, so that a second SIGINT can kill.
 *
 * Context: loop thread, never suspends; before hass_run too.
 * Returns: 0 with @ret_sub (may be NULL), HASS_E_EXISTS when @number is watched already, HASS_E_INVALID when it cannot be.
 */
HASS_API int hass_process_async_watch_signal(struct hass *hass, int number, struct hass_job job,
                                             struct hass_sub **ret_sub, struct hass_error *err)
    HASS_CALLBACK;
