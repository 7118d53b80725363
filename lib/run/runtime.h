/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What run/ offers the layers above: the runtime of one hass. struct hass begins with a struct runtime *, so that run/ can
 * serve functions that take a hass without knowing it.
 *
 * The cast: `loop` owns the libevent base, the ready queue and the inbox; `clock` tells time; `timer` is a heap over one
 * libevent event; `scope` says who owns what; `job` runs what was registered; `sub` keeps lists of registrations; `co` and
 * `task` are the coroutines; `executor` the pool; `thread_safety` verifies callers; `watchdog` and `lastwords` remember.
 */
#pragma once

#include <hass/error.h>
#include <hass/job.h>
#include <hass/list.h>
#include <hass/thread_safety.h>

struct clock;
struct co;
struct co_pool;
struct executor;
struct lastwords;
struct loop;
struct runtime;
struct scope;
struct scope_ranges;
struct tasks;
struct thread_safety;
struct timers;
struct watchdog;

struct runtime_options {
    bool
        virtual_time; /* tests: time stands still while anything can run, then jumps to the next timer */
    int64_t
        virtual_start;  /* microseconds UTC at which virtual time begins; 0: 2024-01-01T00:00:00Z */
    size_t max_workers; /* 0: 64 */
    size_t max_coroutines;   /* 0: 4,096 */
    bool watchdog;           /* start the watchdog thread */
    const char *runtime_dir; /* for `last`; NULL: none */
};

/* What the loop is doing now, for the watchdog and the last words. Written by the loop thread only, relaxed. */
struct loop_beat {
    _Atomic uint64_t count;      /* outermost dispatches begun */
    struct scope *_Atomic scope; /* of the innermost */
    const char *_Atomic name;    /* of the innermost job; NULL: the loop waits or serves itself */
    const char *_Atomic outer;   /* of the outermost, which lasts as long as the count does */
    _Atomic unsigned attention;  /* enum beat_attention: what a dispatch has to do besides */
};

enum beat_attention {
    BEAT_MEASURE = 1, /* take the time of each dispatch (debug) */
    BEAT_PARKED = 2,  /* the watchdog sleeps: call runtime->unpark once */
};

/* How jobs that outlive a delivery keep its subject: a counted reference or a copy. By enum hass_job_subject. */
struct subject_ops {
    void *(*hold)(const void *subject); /* what the job gets as its subject */
    void (*release)(void *held);
};

struct runtime {
    struct hass *hass;
    struct loop_beat *beat; /* in the file of last words, else own_beat */
    struct loop_beat own_beat;
    void (*unpark)(struct runtime *runtime); /* the watchdog's; clears BEAT_PARKED */
    int64_t nested;                          /* microseconds measured in inner dispatches */
    const struct subject_ops *subjects[HASS_SUBJECT_TEMPLATE + 1];
    size_t deliveries;          /* under way, nested */
    struct hass_list dead_subs; /* freed when no delivery is under way */
    struct loop *loop;
    struct clock *clock;
    struct timers *timers;
    struct executor *executor;
    struct tasks *tasks;     /* sets of tracked and background tasks (task.c) */
    struct co_pool *co_pool; /* stacks (co.c) */
    struct scope *root;      /* the scope "core" */
    struct hass_list scopes; /* all, the root first */
    struct scope_ranges *ranges;
    struct thread_safety *thread_safety;
    struct watchdog *watchdog;
    struct lastwords *lastwords;
    bool debug;            /* slow callbacks and blocking calls are reported */
    _Atomic bool stopping; /* stage 4 of stop has passed: threadsafe calls fail */
    bool shut;             /* runtime_shutdown has run */
    size_t abandoned;      /* threads that it had to leave running */
};

/** The calling thread becomes the loop thread of @hass. */
int runtime_create(struct hass *hass, const struct runtime_options *options,
                   struct runtime **ret_runtime, struct hass_error *err);
/**
 * Closes all scopes, joins the pool (10 s at most), ends what is left of coroutines, and closes the loop to posts. What the
 * layers above keep may be freed afterwards, on this thread. Returns the number of threads that had to be abandoned.
 */
size_t runtime_shutdown(struct runtime *runtime);
/** Shuts down, unless that has been done, and destroys what is left. Returns the number of abandoned threads. */
size_t runtime_destroy(struct runtime *runtime);

/** Tells how subjects of a kind are held: events and service calls by core/, signals by helpers/. @ops is constant. */
void runtime_set_subject(struct hass *hass, enum hass_job_subject subject,
                         const struct subject_ops *ops);

/** Debug mode: the time of each job is taken, slow ones are reported. Loop thread. */
void runtime_set_debug(struct hass *hass, bool debug);

static inline struct runtime *runtime_of(const struct hass *hass)
{
    return *(struct runtime *const *)(const void *)hass;
}

/* running the loop (loop.c) */

/** Runs the loop until loop_quit. Loop thread only; not from a callback. */
void runtime_run(struct runtime *runtime);
/** Makes runtime_run return after the present turn. Any thread. */
void runtime_quit(struct runtime *runtime);
/**
 * Tests: runs until nothing is ready, no pool job, child or awaited descriptor is outstanding, and no timer is due;
 * virtual time does not move. Timers due at the present time do run.
 */
void runtime_settle(struct runtime *runtime);
/** Tests: lets virtual time advance by @seconds, running every timer at its time, settling after each. */
void runtime_advance(struct runtime *runtime, double seconds);

/* calls to the loop from elsewhere (loop.c) */

typedef int runtime_fn(struct hass *hass, void *arg, struct hass_error *err);

/**
 * Runs @fn on the loop and waits for its result: the body of most blocking twins. @arg may live on the caller's stack: @fn
 * either has run or never will when this returns. Refused on the loop with HASS_E_WOULD_DEADLOCK, which is reported with
 * @operation ("hass.bus.listen") and the site from which the twin was called; HASS_E_CLOSED once the loop has closed.
 */
#define runtime_call(hass, operation, fn, arg, err)                                                \
    runtime_call_from((hass), (operation), __builtin_return_address(0), (fn), (arg), (err))
int runtime_call_from(struct hass *hass, const char *operation, const void *site, runtime_fn *fn,
                      void *arg, struct hass_error *err) HASS_BLOCKING;

/**
 * The same for a @fn that takes a job out of @arg, by job_take(@job). A job that @fn did not come to take is destroyed, but
 * stays the caller's when the call is refused on the loop.
 */
#define runtime_call_with_job(hass, operation, fn, arg, job, err)                                  \
    runtime_call_with_job_from((hass), (operation), __builtin_return_address(0), (fn), (arg),      \
                               (job), (err))
int runtime_call_with_job_from(struct hass *hass, const char *operation, const void *site,
                               runtime_fn *fn, void *arg, struct hass_job *job,
                               struct hass_error *err) HASS_BLOCKING;

/**
 * Queues @fn from any thread, the loop included, and returns at once: the body of most posting twins. @arg is destroyed
 * after @fn has run, or when it never will. Keeps the caller's scope. A worker whose scope has 10,000 posts queued blocks
 * until half of them is drained. An error of @fn is logged.
 */
int runtime_post(struct hass *hass, const char *operation, runtime_fn *fn, void *arg,
                 hass_destroy_fn *destroy, struct hass_error *err);

/* verification (thread_safety.c) */

/** The runtime whose loop this thread is. */
extern __thread struct runtime *runtime__current __attribute__((tls_model("initial-exec")));
/* The same, also while the scope that is current is CLOSED: then runtime__current is NULL, so that every async_ call fails. */
extern __thread struct runtime *runtime__thread __attribute__((tls_model("initial-exec")));
/** True on the loop thread, outside closed scopes: one comparison with a thread-local. Elsewhere use hass_on_loop. */
static inline bool runtime_on_loop(const struct hass *hass)
{
    return __builtin_expect(runtime__current == runtime_of(hass), 1);
}

/**
 * Reports a call of @operation ("hass.bus.async_fire") from the wrong thread, once a call site, and fails with
 * HASS_E_THREAD. @site is the caller's return address. Never changes anything else.
 */
int thread_refuse(const struct hass *hass, const char *operation, const void *site,
                  struct hass_error *err) __attribute__((cold, noinline));
/** The same for a wait on the loop (HASS_E_WOULD_DEADLOCK) and for suspending outside a coroutine (HASS_E_NOT_COROUTINE). */
int thread_refuse_wait(const struct hass *hass, const char *operation, const void *site,
                       struct hass_error *err) __attribute__((cold, noinline));
int thread_refuse_suspend(const struct hass *hass, const char *operation, const void *site,
                          struct hass_error *err) __attribute__((cold, noinline));

/** First statement of every exported async_ function that returns int. */
#define VERIFY_LOOP(hass, operation, err)                                                          \
    do {                                                                                           \
        if (!runtime_on_loop(hass))                                                                \
            return thread_refuse((hass), (operation), __builtin_return_address(0), (err));         \
    } while (0)

/** The same where something else is returned: VERIFY_LOOP_OR(hass, "hass.states.async_get", NULL). */
#define VERIFY_LOOP_OR(hass, operation, value)                                                     \
    do {                                                                                           \
        if (!runtime_on_loop(hass)) {                                                              \
            thread_refuse((hass), (operation), __builtin_return_address(0), NULL);                 \
            return value;                                                                          \
        }                                                                                          \
    } while (0)

/* The coroutine that the caller may suspend; NULL outside of one and inside a callback that one runs (co.c). */
extern __thread struct co *co__current __attribute__((tls_model("initial-exec")));

/** First statement of every exported coroutine. */
#define VERIFY_COROUTINE(hass, operation, err)                                                     \
    do {                                                                                           \
        VERIFY_LOOP(hass, operation, err);                                                         \
        if (!co__current)                                                                          \
            return thread_refuse_suspend((hass), (operation), __builtin_return_address(0), (err)); \
    } while (0)

/** First statement of every exported HASS_BLOCKING function that does not end in runtime_call. */
#define VERIFY_NOT_LOOP(hass, operation, err)                                                      \
    do {                                                                                           \
        if (hass_on_loop(hass))                                                                    \
            return thread_refuse_wait((hass), (operation), __builtin_return_address(0), (err));    \
    } while (0)

/* owners (scope.c) */

enum scope_state {
    SCOPE_OPEN,
    SCOPE_CLOSING,
    SCOPE_CLOSED,
};

/** Counters of an integration; jobs and errors exact, loop time sampled by the watchdog and measured at each dispatch in debug. */
struct scope_counters {
    _Atomic uint64_t jobs; /* callbacks, coroutine steps */
    _Atomic uint64_t pool_jobs;
    _Atomic uint64_t loop_usec; /* time on the loop */
    _Atomic uint64_t pool_usec;
    _Atomic uint64_t worst_usec; /* longest stretch on the loop */
    _Atomic uint64_t errors;
    _Atomic uint64_t refused; /* calls from the wrong thread */
};

/** The scope current on this thread; the root scope where none was entered; NULL outside any hass. */
struct scope *scope_current(void);
/** Enters @scope and returns the former one, for scope_leave. */
struct scope *scope_enter(struct scope *scope);
void scope_leave(struct scope *former);
/** A new OPEN scope for integration @domain. One reference is the caller's. */
struct scope *scope_new(struct hass *hass, const char *domain);
struct scope *scope_ref(struct scope *scope);
struct scope *scope_unref(struct scope *scope);
const char *scope_name(const struct scope *scope);
enum scope_state scope_state(const struct scope *scope);
struct scope_counters *scope_counters(struct scope *scope);
/**
 * CLOSING, then CLOSED: removes registrations newest first, cancels tasks, waits for pool jobs and tasks at most
 * @timeout seconds. Returns 0, or -ETIMEDOUT when something is left (it is inert from then on).
 */
int scope_async_close(struct scope *scope, double timeout, struct hass_error *err) HASS_COROUTINE;
/** Calls @fn for each scope that exists, the root first. Loop thread. */
void scope_foreach(struct hass *hass, void (*fn)(struct scope *scope, void *userdata),
                   void *userdata);
/** Registers address range [@start, @end) of a loaded file as @domain's, for reports. */
void scope_add_range(struct hass *hass, const char *domain, const void *start, const void *end);

/* registrations (sub.c) */

/*
 * A struct hass_sub is one registration: a job, the scope it belongs to, and the list it is on. Lists are replaced on write,
 * so that a delivery goes over the snapshot it began with; a removed sub is skipped by deliveries under way.
 */
struct sub_list {
    struct sub_array *array; /* NULL while empty */
};

struct sub_options {
    struct hass_job job;
    bool once;                                           /* removed before it runs */
    bool (*filter)(const void *subject, void *userdata); /* NULL: all */
    void (*removed)(struct hass_sub *sub,
                    void *owner); /* called once when it leaves the list: last key, domain index… */
    void *owner;
    bool front;
    unsigned
        flags; /* enum job_flags of coroutines and pool jobs beside JOB_LOG_ERRORS; 0: JOB_TRACKED */
};

/**
 * Appends a registration to @list; refuses a job whose subject is not @subject (HASS_E_INVALID) and a closed scope
 * (HASS_E_CLOSED). @ret_sub may be NULL. @list must outlive the sub.
 */
int sub_list_add(struct hass *hass, struct sub_list *list, enum hass_job_subject subject,
                 const struct sub_options *options, struct hass_sub **ret_sub,
                 struct hass_error *err) HASS_CALLBACK;
/**
 * A registration that is on no list: a timer, a watched descriptor. Ends by sub_finish or by removal. @ret_sub is for whoever
 * runs it, and a handle: it is given out, or dropped by sub_disown when nobody asked for it.
 */
int sub_add(struct hass *hass, enum hass_job_subject subject, const struct sub_options *options,
            struct hass_sub **ret_sub, struct hass_error *err) HASS_CALLBACK;
/** Nobody will remove @sub: it goes when it ends. Until then (see @removed) whoever runs it may use it. */
void sub_disown(struct hass_sub *sub) HASS_CALLBACK;
struct hass *sub_hass(const struct hass_sub *sub);
/** The owner of a registration whose @removed is that function and which has not ended; NULL of any other. */
void *sub_owner(const struct hass_sub *sub, void (*removed)(struct hass_sub *sub, void *owner))
    HASS_CALLBACK;
/** Runs every registration of the snapshot with @subject, each in its scope; errors are logged ("Error running job: …"). */
void sub_list_deliver(struct hass *hass, struct sub_list *list, const void *subject) HASS_CALLBACK;
size_t sub_list_count(const struct sub_list *list);
/** Removes all. */
void sub_list_fini(struct sub_list *list) HASS_CALLBACK;
/** Runs one registration's job with @subject as sub_list_deliver does. */
void sub_run(struct hass *hass, struct hass_sub *sub, const void *subject) HASS_CALLBACK;
/** Ends a registration from inside: it fired for the last time. A handle given out stays valid until removed. */
void sub_finish(struct hass_sub *sub) HASS_CALLBACK;
/** Stage 2 of stop: ends every registration whose job has cancel_on_shutdown. */
void sub_remove_on_shutdown(struct hass *hass) HASS_CALLBACK;

/* running jobs (job.c) */

enum job_flags {
    JOB_TRACKED = 1,    /* coroutine and executor job count for start-up and block_till_done */
    JOB_BACKGROUND = 2, /* in the background set */
    JOB_LOG_ERRORS = 4, /* nobody else looks at the result */
};

/**
 * Runs @job with @subject in @scope: a callback now (its result returned), a coroutine eagerly as a task, an executor job
 * in the pool. Counted subjects (event, service call) are kept alive by the caller of job_run for callbacks, by @hold
 * (ref'd by the caller, dropped by @release) for the other kinds. @ret_future: a reference for kinds that outlive the call.
 */
int job_run(struct hass *hass, struct scope *scope, const struct hass_job *job, const void *subject,
            void *hold, hass_destroy_fn *release, unsigned flags, struct hass_future **ret_future,
            struct hass_error *err) HASS_CALLBACK;
/** Frees the job's userdata. */
void job_destroy(struct hass_job *job);
/** Moves the job: what stays behind has nothing to destroy. */
static inline struct hass_job job_take(struct hass_job *job)
{
    struct hass_job taken = *job;

    job->destroy = NULL;
    return taken;
}
