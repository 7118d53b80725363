/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Scripts: sequences of actions, and their runs. A run is data: a stack of frames (sequence, position) over scopes of variables, stepped by the
 * loop, so that it can be listed, stopped, saved while it waits, and go on after a restart. Automations, scripts and templates' actions use it.
 *
 * Model: helpers.script
 */
#pragma once

#include <hass/kinds.h>
#include <hass/schema.h>
#include <hass/trace.h>
#include <hass/variables.h>

struct hass_script;
struct hass_script_run;

enum hass_script_mode {
    HASS_SCRIPT_SINGLE,
    HASS_SCRIPT_RESTART,
    HASS_SCRIPT_QUEUED,
    HASS_SCRIPT_PARALLEL,
};

/**
 * Checks a sequence as people write it (one action or many, all spellings, shorthand conditions) and normalises it to a list of maps.
 *
 * Context: any thread. As hass_triggers_check: "2->choose->0->sequence->1->delay: expected …".
 */
HASS_API int hass_script_check(struct hass *hass, const json_t *value, json_t **ret_sequence,
                               struct hass_error *err);
/** The same for who can wait, as hass_triggers_async_check: of what stands in wait_for_trigger and in conditions. */
HASS_API int hass_script_async_check(struct hass *hass, const json_t *value, enum hass_kinds kinds,
                                     json_t **ret_sequence, struct hass_error *err) HASS_COROUTINE;

/** Words of hass_type_log_level; a field of it has them as its .words. */
#define HASS_SCRIPT_LEVELS                                                                         \
    "silent", "critical", "fatal", "error", "warning", "warn", "info", "debug", "notset"
extern HASS_API const struct hass_field_type hass_type_log_level; /* in any case → lower */
extern HASS_API const struct hass_schema hass_script_trace_schema;

/** Rows of a field table: what a script has beside its sequence, for hass_script_settings_read. */
#define HASS_SCRIPT_FIELDS                                                                         \
    HASS_FIELD("mode", &hass_type_enum,                                                            \
               .words = HASS_WORDS("single", "restart", "queued", "parallel"),                     \
               .fallback = "\"single\"", .doc = "What happens when it is started while it runs"),  \
        HASS_FIELD("max", &hass_type_int, .min = 2, .max = 10000, .fallback = "10",                \
                   .doc = "Runs at once or queued"),                                               \
        HASS_FIELD("max_exceeded", &hass_type_log_level, .words = HASS_WORDS(HASS_SCRIPT_LEVELS),  \
                   .fallback = "\"warning\"", .doc = "How a refused run is logged"),               \
        HASS_FIELD("trace", &hass_type_map, .schema = &hass_script_trace_schema,                   \
                   .doc = "Its traces"),                                                           \
        HASS_FIELD("restart", &hass_type_enum, .words = HASS_WORDS("resume", "drop"),              \
                   .fallback = "\"resume\"",                                                       \
                   .doc = "Whether runs that wait go on after hassd has been restarted")

struct hass_script_settings {
    uint32_t size;
    enum hass_script_mode mode;
    unsigned max;
    const char *max_exceeded; /* a constant */
    unsigned stored_traces;
    bool drop_at_restart;
};
#define HASS_SCRIPT_SETTINGS_INIT                                                                  \
    {                                                                                              \
        .size = sizeof(struct hass_script_settings)                                                \
    }
/** Reads what HASS_SCRIPT_FIELDS have checked; NULL is an empty map. Any thread. */
HASS_API void hass_script_settings_read(const json_t *config,
                                        struct hass_script_settings *ret_settings);
/** "single", … Any thread. */
HASS_API const char *hass_script_mode_word(enum hass_script_mode mode);

/**
 * Puts a step before the way of an error of hass_script_check or its like: "actions->0->delay: …" where the message begins with a way
 * itself ("0->delay: …"), "actions: …" where it does not. Any thread. Returns the error's code.
 */
HASS_API int hass_script_error_step(struct hass_error *err, const char *step);

/** hass_script_async_check, hass_triggers_async_check or hass_conditions_async_check. */
typedef int hass_part_check_fn(struct hass *hass, const json_t *value, enum hass_kinds kinds,
                               json_t **ret_config, struct hass_error *err);

/** A part of what an automation or a script is made of. */
struct hass_script_part {
    uint32_t size;
    const char *key; /* "actions" */
    hass_part_check_fn *check;
    enum hass_kinds kinds;
    json_t *wrong; /* lent: an array that is added to, ["actions->3->delay: expected …"]; or NULL */
};
#define HASS_SCRIPT_PART(...)                                                                      \
    {                                                                                              \
        .size = sizeof(struct hass_script_part), __VA_ARGS__                                       \
    }
/**
 * Checks a part, and tells all that is wrong: a check ends with the first mistake, so that of a list that it refuses each item is checked
 * by itself.
 *
 * Returns: as the check, with the step in the error's way.
 */
HASS_API int hass_script_async_check_part(struct hass *hass, const struct hass_script_part *part,
                                          const json_t *value, json_t **ret_config,
                                          struct hass_error *err) HASS_COROUTINE;

/** What has ended a run that had more to do: a step that failed, or one that cannot be done. */
struct hass_script_failure {
    uint32_t size;
    const char *path; /* of the step, "action/1/then/0" */
    const struct hass_error *error;
    struct hass_variables *variables; /* the run's outermost scope */
    const struct hass_trace *trace;   /* or NULL */
};

struct hass_script_options {
    uint32_t size;
    const char *domain; /* "automation", "script" */
    const char *
        key; /* unique in the domain, the same after a restart: names its runs in the journal; NULL: not journaled */
    const char *name;       /* as people read it, for the log */
    const char *root;       /* of the steps' paths: "action", "sequence" */
    const json_t *sequence; /* checked; a reference is kept */
    enum hass_script_mode mode;
    unsigned max;             /* of queued and parallel; 0: 10 */
    const char *max_exceeded; /* a level of the log or "silent"; NULL: "warning" */
    bool drop_at_restart;     /* `restart: drop`: runs that wait end with hassd */
    /** A run has begun, ended, or come to another step. Or NULL. */
    void (*async_changed)(struct hass_script *script, void *userdata);
    /**
     * A run that began at @since (microseconds UTC) goes on after a restart: gives the trace that it shall write (a reference) or NULL.
     * async_changed follows. Or NULL.
     */
    struct hass_trace *(*async_resumed)(struct hass_script *script,
                                        struct hass_variables *variables,
                                        const struct hass_context *context, int64_t since,
                                        void *userdata);
    void *userdata;
    /** It has been logged. Lent for the call. Or NULL. */
    void (*async_failed)(struct hass_script *script, const struct hass_script_failure *failure,
                         void *userdata);
    /** Appends where the step of a path is written, "automations.yaml:12", for the log. False: not known. Or NULL. */
    bool (*async_place)(struct hass_script *script, const char *path, struct hass_buf *place,
                        void *userdata);
};
#define HASS_SCRIPT_OPTIONS(...)                                                                   \
    (&(const struct hass_script_options){ .size = sizeof(struct hass_script_options), __VA_ARGS__ })
/** Compiles. Belongs to the caller. HASS_E_INVALID where a condition of it cannot be built. */
HASS_API int hass_script_async_create(struct hass *hass, const struct hass_script_options *options,
                                      struct hass_script **ret_script, struct hass_error *err)
    HASS_CALLBACK;
/** Stops all runs; the memory goes when they have ended. Takes NULL, returns NULL. */
HASS_API struct hass_script *hass_script_async_destroy(struct hass_script *script) HASS_CALLBACK;
HASS_API void *hass_script_userdata(const struct hass_script *script);

struct hass_script_start {
    uint32_t size;
    struct hass_variables
        *variables; /* becomes the run's outermost scope: one for each run; NULL: empty */
    const struct hass_context *context; /* all that the run does has it */
    struct hass_trace *trace; /* a reference is kept, and it is finished with the run; or NULL */
    /** The mode has let it in, nothing has been done yet: events are fired, last_triggered set. Or NULL. */
    void (*async_started)(struct hass_script *script, void *userdata);
    void *userdata;
};
#define HASS_SCRIPT_START(...)                                                                     \
    (&(const struct hass_script_start){ .size = sizeof(struct hass_script_start), __VA_ARGS__ })
/**
 * Runs the script and waits for its end.
 *
 * Returns: 0 with @ret_response (may be NULL), owned by the caller: of `stop`, or NULL; also when the run was aborted, refused by
 *          its mode or stopped by somebody: those are told by the log and the trace. -ECANCELED when the caller was cancelled; the error of
 *          the step that failed.
 */
HASS_API int hass_script_async_run(struct hass_script *script,
                                   const struct hass_script_start *start, json_t **ret_response,
                                   struct hass_error *err) HASS_COROUTINE;
/** Starts it and does not wait. Errors of its steps are logged. */
HASS_API int hass_script_async_start(struct hass_script *script,
                                     const struct hass_script_start *start, struct hass_error *err)
    HASS_CALLBACK;
/** Stops all runs, those in the queue, too. */
HASS_API void hass_script_async_stop(struct hass_script *script) HASS_CALLBACK;
/** Runs that go on or wait their turn. */
HASS_API size_t hass_script_async_current(const struct hass_script *script) HASS_CALLBACK;
/** The alias of the step that it is at, or what it does ("call service light.turn_on"); NULL while nothing runs. */
HASS_API const char *hass_script_async_last_action(const struct hass_script *script) HASS_CALLBACK;
/** Entities, devices, areas, floors, labels that its steps name: {"entities": [], "devices": [], …}, owned by the caller. */
HASS_API json_t *hass_script_async_referenced(const struct hass_script *script) HASS_CALLBACK;

/** Reads the journal, once: before the first script is created. */
HASS_API int hass_script_async_load_journal(struct hass *hass, struct hass_error *err)
    HASS_COROUTINE;
/** Lets journaled runs of the script go on: once, when the home is up. Returns how many. */
HASS_API int hass_script_async_resume(struct hass_script *script, struct hass_error *err)
    HASS_CALLBACK;
/**
 * All runs of all scripts, owned by the caller.
 *
 * Shape: [{"run_id", "domain", "key", "name", "state": "running"|"waiting"|"queued"|"stopped" (at a breakpoint), "path", "step": str, "since": ISO, "until"?: ISO, "context_id"}]
 */
HASS_API json_t *hass_script_runs_async_list(struct hass *hass) HASS_CALLBACK;
/** A step that calls a service; lent. */
struct hass_script_calling {
    uint32_t size;
    const char *domain; /* of the script: "automation", "script" */
    const char *key;    /* or NULL */
    const char *path;   /* of the step: "action/0/choose/1/sequence/0" */
};
/**
 * Which step makes the call that is being made at this moment: for who intercepts calls. The innermost, where one call has led to another.
 *
 * Returns: true with @ret_calling; false when no step is calling.
 */
HASS_API bool hass_script_async_calling(struct hass *hass, struct hass_script_calling *ret_calling)
    HASS_CALLBACK;
/** Stops one run. HASS_E_NOT_FOUND. */
HASS_API int hass_script_runs_async_stop(struct hass *hass, const char *run_id,
                                         struct hass_error *err) HASS_CALLBACK;

/**
 * The steps of the script of that domain and key, those within each other among them, in the order in which they stand; owned by the caller.
 * NULL when there is none.
 *
 * Shape: [{"path", "step": str, "config": {…}}]
 */
HASS_API json_t *hass_script_steps_async_list(struct hass *hass, const char *domain,
                                              const char *key) HASS_CALLBACK;

/**
 * Told by the dispatcher when a run has come to a breakpoint; it stands before that step, until it is let go on.
 *
 * Shape: {"domain", "item_id", "run_id", "node": str}, the node is the path of the step
 */
#define HASS_SCRIPT_BREAKPOINT_HIT "script_breakpoint_hit"
/**
 * Sets a breakpoint at the step @node ("action/0", "*": each step) of the script of that domain and key (which need not be there yet), for the
 * run @run_id (NULL or "*": any). It lives until it is cleared, or its run has ended; not over a restart: a run that stood goes on then. Whoever
 * sets one sees to it that it is cleared again.
 *
 * Returns: 0, also when it was set; HASS_E_LIMIT when there are 100.
 */
HASS_API int hass_script_breakpoint_async_set(struct hass *hass, const char *domain,
                                              const char *key, const char *run_id, const char *node,
                                              struct hass_error *err) HASS_CALLBACK;
/** Clears that one, if it is set. A run that stands at it does so still. */
HASS_API void hass_script_breakpoint_async_clear(struct hass *hass, const char *domain,
                                                 const char *key, const char *run_id,
                                                 const char *node) HASS_CALLBACK;
/** Clears all; all runs that stand go on. */
HASS_API void hass_script_breakpoints_async_clear(struct hass *hass) HASS_CALLBACK;
/** What is set, owned by the caller. Shape: [{"domain", "item_id", "run_id", "node": str}], "*" is any run or each step. */
HASS_API json_t *hass_script_breakpoints_async_list(struct hass *hass) HASS_CALLBACK;

enum hass_script_debug {
    HASS_SCRIPT_DEBUG_STEP,     /* does the step that it stands at, and stands at the next one */
    HASS_SCRIPT_DEBUG_CONTINUE, /* goes on to the next breakpoint that is set */
    HASS_SCRIPT_DEBUG_STOP,     /* ends, as hass_script_runs_async_stop does it */
};
/** What a run does next that stands, each branch of it; stepping and stopping concern one that goes on, too. HASS_E_NOT_FOUND. */
HASS_API int hass_script_runs_async_debug(struct hass *hass, const char *domain, const char *key,
                                          const char *run_id, enum hass_script_debug how,
                                          struct hass_error *err) HASS_CALLBACK;
