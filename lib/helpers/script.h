/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scripts, for the files script_*.c.
 *
 * The cast: `script_program` compiles a checked sequence into steps, once, `script_value` the values in it that have templates; `script_run` is the
 * machine: a run is a stack of frames that it advances until something suspends; `script_flow`, `script_call` and `script_wait` are the steps;
 * `script_mode` makes scripts and decides which runs may start when; `script_log` says what happens, `script_list` tells who asks, `script_save`
 * keeps runs over a restart, `script_debug` lets them stand at breakpoints.
 *
 * A run that waits holds no coroutine: a timer, a tracker or a waiter of a future lets it go on. Nothing of the C stack belongs to it.
 */
#pragma once

#include <hass/condition.h>
#include <hass/dt.h>
#include <hass/list.h>
#include <hass/log.h>
#include <hass/script.h>
#include <hass/task.h>
#include <hass/template.h>
#include <hass/trigger.h>

#include "core/core.h"
#include "helpers/helpers.h"
#include "run/future.h"
#include "run/timer.h"

#define SCRIPT_MAX_RUNS        10
#define SCRIPT_WARN_ITERATIONS 5000
#define SCRIPT_MAX_ITERATIONS  10000
#define SCRIPT_STEPS_A_TURN    1000 /* steps after which a run lets others go on */
#define SCRIPT_SHUTDOWN_WAIT   60   /* seconds that scripts have which begin while hassd stops */
#define SCRIPT_MAX_BREAKPOINTS 100

/* --- values that may have templates (script_value.c) ------------------------------------------------ */

struct script_value;

/** Compiles what is a template in @value, in keys of maps, too. NULL gives NULL. HASS_E_TEMPLATE. */
int script_value_compile(struct hass *hass, const json_t *value, struct script_value **ret_value,
                         struct hass_error *err);
struct script_value *script_value_destroy(struct script_value *value);
/** Lends the value where it has no templates; NULL where it has. */
const json_t *script_value_constant(const struct script_value *value);
/** Renders; what is constant is shared, and not to be changed. Owned by the caller. HASS_E_TEMPLATE. */
int script_value_render(const struct script_value *value, struct hass_variables *variables,
                        json_t **ret_result, struct hass_error *err) HASS_CALLBACK;
/** The same for the first level of a map that the caller may then change. */
int script_value_render_map(const struct script_value *value, struct hass_variables *variables,
                            json_t *map, struct hass_error *err) HASS_CALLBACK;

/* --- programs (script_program.c) ------------------------------------------------------------------- */

enum script_step_kind {
    SCRIPT_CALL,
    SCRIPT_DELAY,
    SCRIPT_WAIT_TEMPLATE,
    SCRIPT_WAIT_TRIGGER,
    SCRIPT_CONDITION,
    SCRIPT_EVENT,
    SCRIPT_CHOOSE, /* and if */
    SCRIPT_REPEAT,
    SCRIPT_PARALLEL,
    SCRIPT_SEQUENCE,
    SCRIPT_VARIABLES,
    SCRIPT_STOP,
    SCRIPT_RESPONSE,
    SCRIPT_KINDS,
};

enum script_loop {
    SCRIPT_COUNT,
    SCRIPT_FOR_EACH,
    SCRIPT_WHILE,
    SCRIPT_UNTIL,
};

/* A sequence that is taken when its conditions are true. */
struct script_option {
    struct hass_conditions *conditions;
    char *path;            /* of the step that says what came of them: "action/0/choose/1" */
    char *conditions_path; /* "action/0/choose/1/conditions" */
};

struct script_step {
    enum script_step_kind kind;
    bool continue_on_error;
    bool disabled;
    struct script_value *enabled; /* a template; or NULL */
    const json_t *config;         /* lent */
    const char *word;             /* the key that says what it is: "delay", "call_service" */
    const char *alias;            /* lent; or NULL */
    char *path;
    struct script_sequence **children;
    uint32_t child_count;
    union {
        struct {
            struct script_value *name; /* "light.turn_on" */
            struct script_value *data;
            struct script_value *data_template;
            struct script_value *target;
            json_t *entity_id;    /* the legacy key, or NULL */
            json_t *fixed_data;   /* where nothing of it is a template */
            json_t *fixed_target; /* the same; normalised */
            json_t *fixed;        /* both merged, when both are */
            const char *response; /* the variable, or NULL */
            const char *last;     /* instead of "call service": "activate scene" */
        } call;
        struct {
            struct script_value *duration; /* of delay; else the time-out, or NULL */
            struct hass_template *template;
            const json_t *triggers;
            bool give_up; /* continue_on_timeout: false */
        } wait;
        struct hass_conditions *condition;
        struct {
            struct script_value *type;
            struct script_value *data;
            struct script_value *data_template;
        } event;
        struct {
            struct script_option
                *options; /* children are their sequences, then the default, if any */
            uint32_t count;
            bool is_if;
        } choose;
        struct {
            enum script_loop loop;
            struct script_value *items; /* of for_each; or the count */
            struct script_option until; /* or while */
        } repeat;
        struct {
            const char **names; /* lent */
            struct script_value **values;
            uint32_t count;
        } variables;
        struct {
            const char *response; /* the variable, or NULL */
            bool error;
        } stop;
        struct hass_template *response; /* NULL: forget it */
    };
};

struct script_sequence {
    uint32_t count;
    struct script_step steps[];
};

/** @path: "action". HASS_E_INVALID with the place of what does not compile. */
int script_compile(struct hass *hass, const json_t *sequence, const char *path,
                   struct script_sequence **ret_sequence, struct hass_error *err) HASS_CALLBACK;
struct script_sequence *script_sequence_destroy(struct script_sequence *sequence);
/** Makes of @target what a call has: registry ids are entity ids, and entity ids are a list. HASS_E_GENERAL. */
int script_normalise_target(struct hass *hass, json_t *target, struct hass_error *err)
    HASS_CALLBACK;
/** True when what it means depends on the registry. */
bool script_target_has_registry_ids(const json_t *target);
/** The map of a service call that a device action stands for, owned by the caller; NULL: nothing is known of it. */
json_t *script_device_call(struct hass *hass, const json_t *action) HASS_CALLBACK;

/* --- scripts and runs -------------------------------------------------------------------------------- */

/* What the layer keeps of all scripts of a hass. */
struct script_hass {
    struct hass *hass;
    uint32_t refs; /* the layer's, scripts' */
    struct hass_list scripts;
    struct hass_list calls; /* struct script_call: of script.… that are under way */
    struct hass_list breakpoints;
    const struct hass_script_run *calling; /* whose step is making a call right now; or NULL */
    uint64_t last_id;                      /* of a run */
    struct hass_sub *stop;                 /* listens to the stop event */
    struct timer shutdown;
    bool stopping; /* the stop event has come */
    bool refusing; /* and its time is over */
    json_t *last;  /* what runs were when the stop event came, for the journal */
};

struct hass_script {
    struct hass *hass;
    struct script_hass *all;
    struct scope *scope;   /* where it was made; a reference */
    struct hass_list link; /* in all->scripts */
    struct hass_list runs; /* oldest first, those that wait their turn, too */
    uint32_t count;        /* of them */
    uint32_t refs;         /* the owner's, runs' */
    char *domain;
    char *key; /* or NULL */
    char *name;
    char *root;
    json_t *config; /* the sequence */
    struct script_sequence *sequence;
    enum hass_script_mode mode;
    uint32_t max;
    int exceeded; /* a level of the log; 0: silent */
    bool drop_at_restart;
    bool uses_context; /* something in it says "context" */
    bool dead;         /* its owner has destroyed it */
    bool early;        /* made before the stop event */
    bool watched;      /* breakpoints are set for it */
    void (*async_changed)(struct hass_script *script, void *userdata);
    void (*async_failed)(struct hass_script *script, const struct hass_script_failure *failure,
                         void *userdata);
    bool (*async_place)(struct hass_script *script, const char *path, struct hass_buf *place,
                        void *userdata);
    struct hass_trace *(*async_resumed)(struct hass_script *script,
                                        struct hass_variables *variables,
                                        const struct hass_context *context, int64_t since,
                                        void *userdata);
    void *userdata;
    const struct script_step *last; /* that said what it does */
    int64_t last_usec;              /* where that is a delay */
    char *last_text;                /* made when somebody asks */
};

/** What a step, or the end of a sequence, leads to. */
enum script_flow {
    SCRIPT_WAITS,   /* the run goes on when something happens */
    SCRIPT_NEXT,    /* the step is done */
    SCRIPT_ENTERED, /* the topmost frame is another one, or begins again */
    SCRIPT_FALSE,   /* a condition: the sequence ends */
    SCRIPT_STOPS,   /* `stop`: the run ends well */
    SCRIPT_ABORTS,  /* the run ends */
    SCRIPT_FAILS,   /* with the error that was handed along */
    SCRIPT_CANCELS, /* somebody has stopped it */
    SCRIPT_FINISHED,
};

enum script_wait {
    SCRIPT_BUSY,      /* it is being advanced */
    SCRIPT_QUEUED,    /* others of its script come first */
    SCRIPT_YIELDING,  /* for others on the loop */
    SCRIPT_DELAYED,   /* for a time */
    SCRIPT_WATCHING,  /* for a template or triggers */
    SCRIPT_CALLING,   /* for a service */
    SCRIPT_BRANCHING, /* for its branches */
    SCRIPT_HALTED,    /* at a breakpoint: the step has begun, and nothing of it is done */
    SCRIPT_ENDED,
};

/* A sequence that a run is in. */
struct script_frame {
    struct script_frame *outer;
    const struct script_sequence *sequence;
    uint32_t index;  /* of the step that it is at */
    uint32_t branch; /* which child of the outer frame's step it is */
    uint32_t iteration;
    uint32_t count; /* of iterations; 0: not known */
    bool warned;
    json_t *items;                    /* of for_each, or NULL */
    struct hass_variables *variables; /* the scope in here; a reference */
    struct hass_trace_step *step;     /* of the step */
};

/* A service call under way. */
struct script_call {
    struct hass_list link; /* in all->calls, where it is one of a script */
    struct hass_script_run *run;
    struct future_waiter waiter;
    struct services_started started;
    char *service; /* of a script, or NULL */
};

/* What beside a timer ends a wait. */
struct script_watch {
    struct hass_sub *sub;
    struct hass_triggers *triggers;
};

/* The branches of a parallel step. */
struct script_fork {
    struct hass_list branches; /* those that have not ended */
    uint32_t number;           /* of the first one that ended otherwise than well */
    uint8_t flow;              /* enum script_flow: how; or SCRIPT_NEXT */
    struct hass_error *error;
};

struct hass_script_run {
    struct hass_list link; /* in script->runs, or in parent->fork */
    struct hass_script *script;
    struct hass_script_run *parent; /* of a branch: the run it belongs to; a reference */
    struct hass_script_run *caller; /* that waits in a call of this script; a reference; or NULL */
    const struct hass_context *context;
    struct hass_trace *trace;
    struct script_frame *top;
    struct script_frame bottom;
    struct timer timer;
    union {
        struct script_watch *watch; /* SCRIPT_WATCHING */
        struct script_call *call;   /* SCRIPT_CALLING */
        struct script_fork *fork;   /* SCRIPT_BRANCHING, and while they begin */
    };
    struct hass_future *ended; /* NULL until somebody waits */
    json_t *response;
    struct hass_error *error; /* of SCRIPT_FAILS; or NULL */
    const struct script_step
        *failed;   /* of the main run: the last that did, in it or a branch; or NULL */
    int64_t since; /* microseconds UTC */
    int64_t until; /* when the timer fires, as it was set; 0: it does not */
    uint64_t id;
    uint32_t refs;
    uint32_t branch; /* its number */
    uint32_t steps;  /* that this turn has seen */
    uint8_t wait;    /* enum script_wait */
    uint8_t flow;    /* enum script_flow: how it ended */
    bool stopping;
};

/** Lends what is kept of @hass, made at first use. */
struct script_hass *script_hass(struct hass *hass) HASS_CALLBACK;
/** Called by helpers_unref. Takes NULL. */
struct script_hass *script_hass_destroy(struct script_hass *all);

void script_unref(struct hass_script *script);

static inline struct script_step *script_step_of(const struct script_frame *frame)
{
    return (struct script_step *)&frame->sequence->steps[frame->index];
}

static inline struct hass_script_run *script_main(struct hass_script_run *run)
{
    while (run->parent)
        run = run->parent;
    return run;
}

/* --- the machine (script_run.c) ----------------------------------------------------------------------- */

/** @variables is taken: the run's outermost scope. The caller's reference is the one that the run's end drops. */
struct hass_script_run *script_run_new(struct hass_script *script, struct hass_variables *variables,
                                       const struct hass_context *context, struct hass_trace *trace)
    HASS_CALLBACK;
struct hass_script_run *script_run_ref(struct hass_script_run *run);
void script_run_unref(struct hass_script_run *run);
/** A frame for child @branch of the present step, inside of @variables. */
struct script_frame *script_push(struct hass_script_run *run, uint32_t branch,
                                 struct hass_variables *variables);
void script_pop(struct hass_script_run *run);
/** Goes on as far as it gets, after @flow with its error, if that is SCRIPT_FAILS. */
void script_go(struct hass_script_run *run, enum script_flow flow, const struct hass_error *error)
    HASS_CALLBACK;
/** Asks it to end: at once, or when the call it waits for has. */
void script_run_stop(struct hass_script_run *run) HASS_CALLBACK;
/** Runs on the loop's next turn. */
void script_wake(struct hass_script_run *run, enum script_wait wait) HASS_CALLBACK;
void script_timer_set(struct hass_script_run *run, int64_t usec) HASS_CALLBACK;
/** When the time it waits for is over, on the wall clock as it goes now; 0: never. The same each time unless the clock is set. */
int64_t script_until(const struct hass_script_run *run) HASS_CALLBACK;
void script_changed(struct hass_script *script) HASS_CALLBACK;

/** Notes a detail of a step, if anybody wants to know: @value is not even made otherwise. */
#define script_detail(run, step, key, value)                                                       \
    do {                                                                                           \
        if ((run)->trace)                                                                          \
            hass_trace_async_detail((run)->trace, (step), (key), (value));                         \
    } while (0)
/** The run ends because of what its step found, which is no error of whoever started it. */
enum script_flow script_abort(struct hass_script_run *run, const char *message) HASS_CALLBACK;

/* --- steps ------------------------------------------------------------------------------------------- */

typedef enum script_flow script_step_fn(struct hass_script_run *run, struct script_step *step,
                                        struct hass_error *err);
#define SCRIPT_STEP(name)                                                                          \
    enum script_flow script_step_##name(struct hass_script_run *run, struct script_step *step,     \
                                        struct hass_error *err) HASS_CALLBACK

SCRIPT_STEP(call);
SCRIPT_STEP(event);
SCRIPT_STEP(variables);
SCRIPT_STEP(stop);
SCRIPT_STEP(response);
/** What came of the call that the run has waited for. */
enum script_flow script_call_ended(struct hass_script_run *run, struct hass_error *err)
    HASS_CALLBACK;
void script_call_stop(struct hass_script_run *run) HASS_CALLBACK;
void script_call_destroy(struct script_call *call) HASS_CALLBACK;

SCRIPT_STEP(delay);
SCRIPT_STEP(wait_template);
SCRIPT_STEP(wait_trigger);
/** The timer of a wait has fired. */
enum script_flow script_timed_out(struct hass_script_run *run, struct hass_error *err)
    HASS_CALLBACK;
/** Ends what the run watches. */
void script_unwatch(struct hass_script_run *run) HASS_CALLBACK;
/** Goes on waiting after a restart, for as long as is left. */
enum script_flow script_wait_again(struct hass_script_run *run, int64_t until,
                                   struct hass_error *err) HASS_CALLBACK;

SCRIPT_STEP(condition);
SCRIPT_STEP(choose);
SCRIPT_STEP(repeat);
SCRIPT_STEP(parallel);
SCRIPT_STEP(sequence);
/** The sequence of the topmost frame, which is not the outermost one, has ended. */
enum script_flow script_sequence_ended(struct hass_script_run *run, struct hass_error *err)
    HASS_CALLBACK;
/** A branch of the run has ended, and left the list. */
void script_branch_ended(struct hass_script_run *run, struct hass_script_run *branch) HASS_CALLBACK;
/** Makes the fork of the present step, or a branch of it, which does not run yet. */
void script_fork_new(struct hass_script_run *run);
struct hass_script_run *script_branch_new(struct hass_script_run *run, uint32_t number)
    HASS_CALLBACK;
/** All branches have begun. */
enum script_flow script_fork_begun(struct hass_script_run *run, struct hass_error *err)
    HASS_CALLBACK;
/** Sets `repeat` for the iteration that a frame is in. */
void script_set_repeat(const struct script_frame *frame);

/* --- modes (script_mode.c) ----------------------------------------------------------------------------- */

/** A run has ended and left the list: others may begin. */
void script_run_ended(struct hass_script *script) HASS_CALLBACK;

/** Gives templates the run's `context`, where something says that word. */
void script_set_context(const struct hass_script *script, struct hass_variables *variables,
                        const struct hass_context *context) HASS_CALLBACK;

/* --- the log (script_log.c) ---------------------------------------------------------------------------- */

#define script_log(script, level, format, ...)                                                     \
    hass_entity_log((level), NULL, "%s: " format, (script)->name, ##__VA_ARGS__)
/** The one line about an error of the step that the run is at. */
void script_log_error(struct hass_script_run *run, int code, const struct hass_error *err)
    HASS_CALLBACK;
/** The same of a step that cannot be done, which ends the run as by its own will. */
void script_log_abort(struct hass_script_run *run, const char *message) HASS_CALLBACK;
/** Tells who wants to know that the step which was logged last has ended the run. */
void script_tell_failure(struct hass_script_run *run, const struct hass_error *error) HASS_CALLBACK;
/** The run is at a step that last_action tells of; @usec: of a delay. */
void script_log_step(struct hass_script_run *run, const struct script_step *step, int64_t usec);
/** The step's alias, or what it does: "call service". */
const char *script_step_text(const struct script_step *step);
/** "delay 0:00:05"; lent for as long as the script is at that step. */
const char *script_last_text(struct hass_script *script);

/* --- telling (script_list.c) ---------------------------------------------------------------------------- */

/** What the run is called: its trace's id, or its number. */
void script_run_id(const struct hass_script_run *run, char text[33]);
/** Lends the run of the script, or NULL. */
struct hass_script_run *script_find_run(const struct hass_script *script, const char *run_id);

/* --- breakpoints (script_debug.c) ----------------------------------------------------------------------- */

/** True when a breakpoint is set for the script. */
bool script_is_watched(const struct hass_script *script);
/** True when the run, of a watched script, is to stand before @step: it waits then, and whoever listens knows. */
bool script_halts(struct hass_script_run *run, const struct script_step *step) HASS_CALLBACK;
/** The run, of a watched script, has ended: its own breakpoints go. */
void script_end_of_watched(struct hass_script_run *run) HASS_CALLBACK;
void script_drop_breakpoints(struct script_hass *all);

/* --- keeping (script_save.c) ---------------------------------------------------------------------------- */

/** Something has changed that is kept. */
void script_touch(struct hass_script_run *run) HASS_CALLBACK;
/** Makes runs a source of the journal. */
void script_save_begin(struct script_hass *all) HASS_CALLBACK;
/** The stop event: what runs are now is what is kept. */
void script_save_finally(struct script_hass *all) HASS_CALLBACK;
