/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Jobs: what one registers or schedules. A job is a function, the thread it wants, and its userdata.
 *
 * Every job function takes its subject, the userdata and an error, and returns 0 or an error code; an error that nobody
 * waits for is logged in the name of the integration that registered the job:
 *
 *     static HASS_CALLBACK int on_motion(const struct hass_event *event, void *userdata, struct hass_error *err);
 *     hass_bus_async_listen(hass, "motion", NULL, HASS_JOB_CALLBACK(on_motion, self), NULL, err);
 *
 * Model: core.HassJob, HassJobType.
 */
#pragma once

#include <hass/error.h>
#include <hass/thread_safety.h>

enum hass_job_kind {
    HASS_JOB_KIND_COROUTINE = 1, /* a coroutine on the loop */
    HASS_JOB_KIND_CALLBACK = 2,  /* on the loop, never suspends */
    HASS_JOB_KIND_EXECUTOR = 3,  /* on a pool thread, may block */
};

/** What a job function receives first. Registering a job with the wrong one is refused with HASS_E_INVALID. */
enum hass_job_subject {
    HASS_SUBJECT_HASS = 1,     /* struct hass *: scheduled jobs, start and shutdown jobs */
    HASS_SUBJECT_EVENT = 2,    /* const struct hass_event *: bus listeners, state trackers */
    HASS_SUBJECT_TICK = 3,     /* const struct hass_tick *: timers */
    HASS_SUBJECT_SERVICE = 4,  /* const struct hass_service_call *: service handlers */
    HASS_SUBJECT_SIGNAL = 5,   /* const struct hass_signal *: dispatcher targets */
    HASS_SUBJECT_STREAM = 6,   /* struct hass_stream *: accepted connections */
    HASS_SUBJECT_FD = 7,       /* const struct hass_fd_ready *: watched descriptors */
    HASS_SUBJECT_TEMPLATE = 8, /* const struct hass_template_updates *: trackers of templates */
};

/** A timer fired. */
struct hass_tick {
    uint32_t size;
    struct hass *hass;
    int64_t
        now; /* microseconds UTC: what the model passes (scheduled or actual time, see each tracker) */
    int64_t scheduled; /* microseconds UTC when it was due */
};

/** A watched descriptor is ready. */
struct hass_fd_ready {
    uint32_t size;
    struct hass *hass;
    int fd;
    unsigned events; /* enum hass_fd_events */
};

typedef int hass_plain_fn(struct hass *hass, void *userdata, struct hass_error *err);
typedef int hass_event_fn(const struct hass_event *event, void *userdata, struct hass_error *err);
typedef int hass_tick_fn(const struct hass_tick *tick, void *userdata, struct hass_error *err);
typedef int hass_service_fn(const struct hass_service_call *call, void *userdata,
                            struct hass_error *err);
typedef int hass_signal_fn(const struct hass_signal *signal, void *userdata,
                           struct hass_error *err);
typedef int hass_stream_fn(struct hass_stream *stream, void *userdata, struct hass_error *err);
typedef int hass_fd_fn(const struct hass_fd_ready *ready, void *userdata, struct hass_error *err);
typedef int hass_template_fn(const struct hass_template_updates *updates, void *userdata,
                             struct hass_error *err);

/**
 * Built by the macros below and passed by value; the receiver copies it, and owns the userdata when there is a destroy: it is
 * destroyed exactly once, on the loop when the job has been registered or queued, at once when the receiver fails. Only two
 * failures leave it with the caller: -EAGAIN, after which one tries again, and a call refused for its thread (HASS_E_THREAD,
 * HASS_E_WOULD_DEADLOCK, HASS_E_NOT_COROUTINE), which changes nothing.
 */
struct hass_job {
    enum hass_job_kind kind;
    enum hass_job_subject subject;
    void (*fn)(void); /* called as what @subject says */
    void *userdata;
    hass_destroy_fn *
        destroy; /* frees userdata when the registration has ended and no call is running; or NULL */
    const char *symbol; /* source name of fn */
    const char
        *name; /* shown in logs and tasks; NULL: symbol; a literal, or living as long as userdata */
    bool cancel_on_shutdown; /* a timer holding this job is cancelled in stage 2 of stop */
    void *reserved[3];
};

#define HASS__SUBJECT(job_fn)                                                                      \
    _Generic(&(job_fn), hass_plain_fn *                                                            \
             : HASS_SUBJECT_HASS, hass_event_fn *                                                  \
             : HASS_SUBJECT_EVENT, hass_tick_fn *                                                  \
             : HASS_SUBJECT_TICK, hass_service_fn *                                                \
             : HASS_SUBJECT_SERVICE, hass_signal_fn *                                              \
             : HASS_SUBJECT_SIGNAL, hass_stream_fn *                                               \
             : HASS_SUBJECT_STREAM, hass_fd_fn *                                                   \
             : HASS_SUBJECT_FD, hass_template_fn *                                                 \
             : HASS_SUBJECT_TEMPLATE)

/*
 * The dead call shows clang the job in the context it will run in; attributes do not live on function pointers. Not for gcc,
 * which has no such analysis, and warns of the zeros where it inlines the function.
 */
#if defined(__clang__)
#    define HASS__SHOW_JOB(context_, fn_)                                                          \
        if (hass__never) {                                                                         \
            context_;                                                                              \
            (void)(fn_)(0, 0, 0);                                                                  \
            __builtin_unreachable();                                                               \
        }
#else
#    define HASS__SHOW_JOB(context_, fn_)
#endif

#define HASS__JOB(kind_, context_, fn_, userdata_, ...)                                            \
    ({                                                                                             \
        HASS__SHOW_JOB(context_, fn_)                                                              \
        (struct hass_job){ .kind = (kind_),                                                        \
                           .subject = HASS__SUBJECT(fn_),                                          \
                           .fn = (void (*)(void))(fn_),                                            \
                           .userdata = (userdata_),                                                \
                           .symbol = #fn_,                                                         \
                           __VA_ARGS__ };                                                          \
    })

/** A job that runs on the loop and never suspends. Further members by name: `.destroy = free`. */
#define HASS_JOB_CALLBACK(fn, userdata, ...)                                                       \
    HASS__JOB(HASS_JOB_KIND_CALLBACK, hass__assert_loop(), fn, userdata, __VA_ARGS__)

/** A job that runs on the loop in a coroutine of its own. */
#define HASS_JOB_COROUTINE(fn, userdata, ...)                                                      \
    HASS__JOB(HASS_JOB_KIND_COROUTINE, hass__assert_coroutine(), fn, userdata, __VA_ARGS__)

/** A job that runs on a pool thread and may block. */
#define HASS_JOB_EXECUTOR(fn, userdata, ...)                                                       \
    HASS__JOB(HASS_JOB_KIND_EXECUTOR, hass__assert_loop();                                         \
              hass__leave_loop(), fn, userdata, __VA_ARGS__)

/**
 * Runs a callback at once; starts a coroutine eagerly and tracks it; submits an executor job.
 *
 * Context: loop thread, never suspends.
 * Returns: for a callback its own result, else 0; HASS_E_INVALID when the job does not take a struct hass.
 * Model:   core.HomeAssistant.async_run_hass_job
 */
HASS_API int hass_async_run_job(struct hass *hass, struct hass_job job, struct hass_error *err)
    HASS_CALLBACK;

/**
 * Queues a callback for the next turn of the loop; a coroutine and an executor job start as in hass_async_run_job.
 *
 * Context: loop thread, never suspends.
 * Model:   core.HomeAssistant.async_add_hass_job
 */
HASS_API int hass_async_add_job(struct hass *hass, struct hass_job job, struct hass_error *err)
    HASS_CALLBACK;

/**
 * Queues a job of any kind to the loop, from any thread, and returns at once. A worker whose scope has 10,000 posts
 * queued blocks until half of them is drained.
 *
 * Returns: 0, HASS_E_CLOSED when the loop or the scope is closed.
 * Model:   core.HomeAssistant.add_job
 */
HASS_API int hass_add_job(struct hass *hass, struct hass_job job, struct hass_error *err);

/** As hass_add_job, but -EAGAIN instead of blocking. */
HASS_API int hass_try_add_job(struct hass *hass, struct hass_job job, struct hass_error *err);

/**
 * Ends a registration: listener, timer, tracker, service, watched descriptor. Safe inside its own callback, after a
 * once-listener has run, and with NULL. The handle is gone afterwards; returns NULL.
 *
 * Context: loop thread, never suspends.
 */
HASS_API struct hass_sub *hass_sub_async_remove(struct hass_sub *sub) HASS_CALLBACK;

/** Twin of hass_sub_async_remove; when it returns, no call of the job is running or will begin. */
HASS_API struct hass_sub *hass_sub_remove(struct hass_sub *sub) HASS_BLOCKING;
