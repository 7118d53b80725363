/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Flows: dialogues that end in a config entry, in its options, or in something mended. An integration gives a table of steps;
 * a step gets what its user has entered, or NULL when it begins, and answers by one of hass_flow_async_….
 *
 *     HASS_SCHEMA(user_schema, HASS_FIELD("host", &hass_type_string, .required = true));
 *
 *     static HASS_COROUTINE int step_user(struct hass_flow *flow, const json_t *input, struct hass_error *err)
 *     {
 *         if (!input)
 *             return hass_flow_async_show_form(flow, "user", NULL, err);
 *         return hass_flow_async_create_entry(flow, hass_json_get_string(input, "host", ""), hass_json_ref(input), NULL, err);
 *     }
 *
 *     static const struct hass_flow_handler blink_flow = HASS_FLOW_HANDLER(
 *         .steps = HASS_FLOW_STEPS(HASS_FLOW_STEP("user", step_user, .schema = &user_schema)));
 *     HASS_MANIFEST(…, .config_flow = &blink_flow);
 *
 * The first step is named after what began the flow: "user", "import", "zeroconf", … , "reauth", "reconfigure"; of a
 * subentry "user" or "reconfigure"; in a flow of options or a repair it is "init". Input has passed the schema of the form that was shown. Texts come from strings.json.
 *
 * Model: data_entry_flow, config_entries.ConfigFlow
 */
#pragma once

#include <hass/entry.h>
#include <hass/schema.h>

struct hass_flow;

enum hass_flow_kind {
    HASS_FLOW_CONFIG,   /* handler: an integration */
    HASS_FLOW_OPTIONS,  /* handler: the id of a config entry */
    HASS_FLOW_REPAIR,   /* handler: the domain of an issue; the context has its "issue_id" */
    HASS_FLOW_SUBENTRY, /* handler: the id of a config entry; the context has the "subentry_type" */
};

/** A step: a coroutine in the integration's scope. It returns what its answer returned, or an error, which leaves the flow where it was. */
typedef int hass_flow_step_fn(struct hass_flow *flow, const json_t *input, struct hass_error *err);

struct hass_flow_step {
    uint32_t size;
    const char *id;
    hass_flow_step_fn *run;
    const struct hass_schema *schema; /* of its form; NULL: a form without fields */
};

struct hass_flow_handler {
    uint32_t size;
    const struct hass_flow_step *steps; /* ends with a step of size 0 */
    size_t data_size; /* of what a flow keeps from step to step: zeroed, hass_flow_async_data */
    void (*destroy_data)(void *data); /* what hangs on it, before it is freed; or NULL */
};

/** Parts that an entry can have (<hass/entry.h>), and the dialogue that makes one of the type. */
struct hass_subentry_flow {
    const char *type; /* NULL ends the list */
    const struct hass_flow_handler *flow;
};
#define HASS_SUBENTRY_FLOWS(...)                                                                   \
    ((const struct hass_subentry_flow[]){ __VA_ARGS__, { NULL, NULL } })

#define HASS_FLOW_STEP(id_, run_, ...)                                                             \
    {                                                                                              \
        .size = sizeof(struct hass_flow_step), .id = (id_), .run = (run_), __VA_ARGS__             \
    }
#define HASS_FLOW_STEPS(...) ((const struct hass_flow_step[]){ __VA_ARGS__, { 0 } })
#define HASS_FLOW_HANDLER(...)                                                                     \
    {                                                                                              \
        .size = sizeof(struct hass_flow_handler), __VA_ARGS__                                      \
    }

/* answers of a step; the last one counts */

enum hass_flow_last_step {
    HASS_FLOW_LAST_UNKNOWN = 0,
    HASS_FLOW_LAST,
    HASS_FLOW_NOT_LAST,
};

struct hass_flow_form {
    uint32_t size;
    json_t *errors;    /* {field or "base": key of a text}; taken */
    json_t *suggested; /* {field: value}, what the fields begin with; taken */
    json_t *
        choices; /* {field: {value: label}}, where only now is known what there is; taken, and checked */
    json_t *placeholders; /* {name: text} for the texts; taken */
    enum hass_flow_last_step last_step;
    const char *preview; /* or NULL */
};
#define HASS_FLOW_FORM(...)                                                                        \
    (&(const struct hass_flow_form){ .size = sizeof(struct hass_flow_form), __VA_ARGS__ })

/** Shows the form of step @step_id, which gets what is entered. @form may be NULL. */
HASS_API int hass_flow_async_show_form(struct hass_flow *flow, const char *step_id,
                                       const struct hass_flow_form *form, struct hass_error *err)
    HASS_CALLBACK;
/** Lets the user choose which of the steps @options (NULL-terminated) comes next. @placeholders: taken, or NULL. */
HASS_API int hass_flow_async_show_menu(struct hass_flow *flow, const char *step_id,
                                       const char *const *options, json_t *placeholders,
                                       struct hass_error *err) HASS_CALLBACK;
/**
 * Ends the flow: a config flow makes the entry and sets it up, a flow of options replaces them by @data, that of a subentry
 * adds it, a repair deletes its issue.
 *
 * Owns: @data and @options (or NULL), taken.
 */
HASS_API int hass_flow_async_create_entry(struct hass_flow *flow, const char *title, json_t *data,
                                          json_t *options, struct hass_error *err) HASS_CALLBACK;
/** Ends the flow without. Returns HASS_E_FLOW_ABORTED, so that it can be called deep inside a step. */
HASS_API int hass_flow_async_abort(struct hass_flow *flow, const char *reason, json_t *placeholders,
                                   struct hass_error *err) HASS_CALLBACK;
/** Sends the user to a page elsewhere; hass_flows_async_configure, by whoever hears of the end of it, enters the step again. */
HASS_API int hass_flow_async_show_external(struct hass_flow *flow, const char *step_id,
                                           const char *url, struct hass_error *err) HASS_CALLBACK;
/** From an external step: goes on with @next_step_id. */
HASS_API int hass_flow_async_external_done(struct hass_flow *flow, const char *next_step_id,
                                           struct hass_error *err) HASS_CALLBACK;
/**
 * Shows that something is going on (@action names the text) while @job, a plain coroutine or pool job, runs; when it has
 * ended, goes on with @next_step_id, which finds its result in hass_flow_async_progress_result.
 */
HASS_API int hass_flow_async_show_progress(struct hass_flow *flow, const char *step_id,
                                           const char *action, struct hass_job job,
                                           const char *next_step_id, struct hass_error *err)
    HASS_CALLBACK;
/** What the job of the last progress returned; -EINPROGRESS while it runs, -ENOENT without one. */
HASS_API int hass_flow_async_progress_result(const struct hass_flow *flow, struct hass_error *err)
    HASS_CALLBACK;
/** Tells how far it is, 0 to 1. */
HASS_API int hass_flow_async_update_progress(struct hass_flow *flow, double progress,
                                             struct hass_error *err) HASS_CALLBACK;

/* what a step can ask and say */

HASS_API struct hass *hass_flow_hass(const struct hass_flow *flow);
HASS_API const char *hass_flow_id(const struct hass_flow *flow);
/** The memory that the handler's data_size asks for. */
HASS_API void *hass_flow_async_data(struct hass_flow *flow) HASS_CALLBACK;
/** Lends the flow's context: {"source", "unique_id"?, "entry_id"?, …}. */
HASS_API const json_t *hass_flow_async_context(const struct hass_flow *flow) HASS_CALLBACK;
/** The entry that options, reauth, reconfigure or a subentry are about, lent; NULL in other flows. */
HASS_API struct hass_entry *hass_flow_async_entry(const struct hass_flow *flow) HASS_CALLBACK;
/** The subentry that reconfigure is about, lent as hass_entry_async_subentry does; else NULL. */
HASS_API const json_t *hass_flow_async_subentry(const struct hass_flow *flow) HASS_CALLBACK;
/** What a discovered device is called in the list of what was found. @placeholders: {"name": text}, taken. */
HASS_API int hass_flow_async_set_title_placeholders(struct hass_flow *flow, json_t *placeholders,
                                                    struct hass_error *err) HASS_CALLBACK;
/**
 * Says which device or account this is about. Aborts (HASS_E_FLOW_ABORTED, to be returned) with "already_in_progress" when
 * another flow of the integration is about it.
 */
HASS_API int hass_flow_async_set_unique_id(struct hass_flow *flow, const char *unique_id,
                                           struct hass_error *err) HASS_CALLBACK;
/**
 * Aborts with "already_configured" when an entry (for a subentry: another part of the entry) has the flow's unique id, after
 * @updates (of its data; taken, or NULL) have been made, for which a loaded entry is reloaded. An entry that its user ignores does not count when the user began the flow.
 */
HASS_API int hass_flow_async_abort_if_configured(struct hass_flow *flow, json_t *updates,
                                                 struct hass_error *err) HASS_CALLBACK;
/** In reauth and reconfigure: aborts with "unique_id_mismatch" when the flow's unique id is not that of the entry, or part. */
HASS_API int hass_flow_async_abort_if_mismatch(struct hass_flow *flow, struct hass_error *err)
    HASS_CALLBACK;
/**
 * The end of reauth and reconfigure: puts @updates (taken) into the data of the entry, or part, reloads it, and aborts with
 * "reauth_successful" or "reconfigure_successful".
 */
HASS_API int hass_flow_async_update_and_abort(struct hass_flow *flow, json_t *updates,
                                              struct hass_error *err) HASS_CALLBACK;

/* starting and leading them */

/**
 * Begins a flow. @context: {"source": str, …} (NULL: {"source": "user"}); @data is what the first step gets as its input, or
 * NULL; both are taken.
 *
 * Shape:   @ret_result, owned by the caller: the flow step that clients get: {"type": "form", "flow_id", "handler", "step_id",
 *          "data_schema": […], "errors", …}.
 * Returns: 0; HASS_E_NOT_FOUND for an unknown handler, HASS_E_UNSUPPORTED when it has no such step, HASS_E_LIMIT when too many
 *          are in progress.
 */
HASS_API int hass_flows_async_init(struct hass *hass, enum hass_flow_kind kind, const char *handler,
                                   json_t *context, json_t *data, json_t **ret_result,
                                   struct hass_error *err) HASS_COROUTINE;
/**
 * Goes on with a flow. @input is taken; NULL: none, as when its user looks again.
 *
 * Returns: 0; 1 when the input was refused, with {"errors": {field: text}} in @ret_result; HASS_E_NOT_FOUND (UnknownFlow).
 */
HASS_API int hass_flows_async_configure(struct hass *hass, enum hass_flow_kind kind,
                                        const char *flow_id, json_t *input, json_t **ret_result,
                                        struct hass_error *err) HASS_COROUTINE;
/** Shape: {"flow_id", "handler", "context", "step_id"?}, owned by the caller; NULL for an unknown flow. */
HASS_API json_t *hass_flows_async_get(struct hass *hass, enum hass_flow_kind kind,
                                      const char *flow_id) HASS_CALLBACK;
/** Shape: a list of the same. */
HASS_API json_t *hass_flows_async_progress(struct hass *hass, enum hass_flow_kind kind)
    HASS_CALLBACK;
/** Ends a flow, whatever it is doing. */
HASS_API int hass_flows_async_abort(struct hass *hass, enum hass_flow_kind kind,
                                    const char *flow_id, struct hass_error *err) HASS_CALLBACK;
/** Forgets a discovered device, by an entry that says so. */
HASS_API int hass_flows_async_ignore(struct hass *hass, const char *flow_id, const char *title,
                                     struct hass_error *err) HASS_COROUTINE;
/**
 * Something was found (@source "zeroconf", "dhcp", …) or is in the configuration ("import"): begins a flow by itself, for
 * what is found once the home has started, two at a time. @data is taken.
 */
HASS_API int hass_flows_async_discover(struct hass *hass, const char *domain, const char *source,
                                       json_t *data, struct hass_error *err) HASS_CALLBACK;
/** Queues hass_flows_async_discover, from any thread. */
HASS_API int hass_flows_discover(struct hass *hass, const char *domain, const char *source,
                                 json_t *data, struct hass_error *err);
/** Asks the user to authenticate anew: begins the step "reauth" unless such a flow is in progress. */
HASS_API int hass_entry_async_start_reauth(struct hass_entry *entry, struct hass_error *err)
    HASS_CALLBACK;
/** Queues hass_entry_async_start_reauth, from any thread. */
HASS_API int hass_entry_start_reauth(struct hass_entry *entry, struct hass_error *err);
