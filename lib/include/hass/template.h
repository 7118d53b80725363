/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Templates: texts in which households compute, in the language of Jinja with the model's functions.
 *
 *     autounref(hass_template) *template = NULL;
 *     if (hass_template_new(hass, "{{ states('sensor.power') | float(0) / 1000 }}", &template, err) < 0)
 *         return err->code;
 *     autojson *result = NULL;
 *     int r = hass_template_async_render(template, NULL, &result, err);
 *
 * A template is compiled once, immutable and counted. What it renders to is a text, and from that a value: what reads as a number, list, map,
 * true, false or none becomes that ("21.5" a number, "007" a text). A failing one fails with HASS_E_TEMPLATE and the model's text.
 *
 * Model: helpers.template
 */
#pragma once

#include <hass/cleanup.h>
#include <hass/error.h>
#include <hass/job.h>
#include <hass/log.h>
#include <hass/schema.h>
#include <hass/thread_safety.h>

struct hass_template;
struct hass_template_variables;
struct hass_zone;
struct hass_render_info;
struct hass_variables; /* <hass/variables.h> */

/* compiling */

/**
 * Compiles @text, of which the blanks around it do not count. One without "{{", "{%" and "{#" is static: it renders to itself.
 *
 * Context: any thread.
 * Returns: 0 with a reference in @ret_template; HASS_E_TEMPLATE with place, error and hint in one line.
 */
HASS_API int hass_template_new(struct hass *hass, const char *text,
                               struct hass_template **ret_template, struct hass_error *err);
HASS_API struct hass_template *hass_template_ref(struct hass_template *template);
HASS_API struct hass_template *hass_template_unref(struct hass_template *template);
HASS_DEFINE_CLEANUP(hass_template, hass_template_unref)
/** The text, without the blanks around it. Any thread. */
HASS_API const char *hass_template_text(const struct hass_template *template);
/** True when rendering looks at nothing. Any thread. */
HASS_API bool hass_template_is_static(const struct hass_template *template);

/** Why and where a text is no template, or a render failed. Begin with HASS_TEMPLATE_ERROR_INIT. */
struct hass_template_error {
    uint32_t size;
    uint32_t line;     /* from 1, of the text as it was given; 0: unknown */
    uint32_t column;   /* from 1, in characters */
    char name[64];     /* of the importable template that it is in, or "" */
    char message[512]; /* "TemplateSyntaxError: unexpected '}'" */
    char hint[160];    /* what to write instead, or "" */
};

#define HASS_TEMPLATE_ERROR_INIT                                                                   \
    {                                                                                              \
        .size = sizeof(struct hass_template_error)                                                 \
    }

/**
 * Checks @text without keeping anything of it.
 *
 * Context: any thread.
 * Returns: 0; HASS_E_TEMPLATE with @ret_error filled in (may be NULL) and one line in @err.
 */
HASS_API int hass_template_check(const char *text, struct hass_template_error *ret_error,
                                 struct hass_error *err);
/** Appends the error with its place, the line of @text with a caret below, and the hint: for terminals and logs. Any thread. */
HASS_API void hass_template_error_write(const struct hass_template_error *error, const char *text,
                                        struct hass_buf *buf);

/** In field tables: any scalar, as a text that compiles. A problem is reported with its place inside of a YAML scalar. */
extern HASS_API const struct hass_field_type hass_type_template;
/** Any value; texts with "{{", "{%" or "{#" in it, keys of maps too, compile. It stays as it is: hass_template_async_render_complex. */
extern HASS_API const struct hass_field_type hass_type_template_complex;

/* variables */

/**
 * What a template finds beside the functions. Built on one thread, then handed to renders, of which it may serve many. A path is the name of
 * a variable or of a member of one, "trigger.to_state"; maps on the way are made.
 */
HASS_API struct hass_template_variables *hass_template_variables_create(void);
HASS_API struct hass_template_variables *
hass_template_variables_destroy(struct hass_template_variables *variables);
HASS_DEFINE_CLEANUP(hass_template_variables, hass_template_variables_destroy)
/** Forgets all of them, for variables that are set again and again: what one replaces is kept until then. Not during a render. */
HASS_API void hass_template_variables_clear(struct hass_template_variables *variables);
/** @value is taken; NULL is none. */
HASS_API void hass_template_variables_set(struct hass_template_variables *variables,
                                          const char *path, json_t *value);
/** Each member of @object, which is taken, as a variable. */
HASS_API void hass_template_variables_set_all(struct hass_template_variables *variables,
                                              json_t *object);
/** A state object; a reference is kept. NULL is none. */
HASS_API void hass_template_variables_set_state(struct hass_template_variables *variables,
                                                const char *path, const struct hass_state *state);
/** A datetime in @zone, which is kept; NULL is UTC. */
HASS_API void hass_template_variables_set_time(struct hass_template_variables *variables,
                                               const char *path, int64_t time,
                                               struct hass_zone *zone);
/** A context, of which a reference is kept: {{ x.id }}. NULL is none. */
HASS_API void hass_template_variables_set_context(struct hass_template_variables *variables,
                                                  const char *path,
                                                  const struct hass_context *context);
/** {event_type, data, origin, time_fired (a datetime), context}; a reference is kept. NULL is none. */
HASS_API void hass_template_variables_set_event(struct hass_template_variables *variables,
                                                const char *path, const struct hass_event *event);
/** A timedelta. */
HASS_API void hass_template_variables_set_duration(struct hass_template_variables *variables,
                                                   const char *path, double seconds);

/* rendering */

enum hass_template_parse {
    HASS_TEMPLATE_PARSE_DEFAULT = 0, /* values, but texts of value templates */
    HASS_TEMPLATE_VALUE,             /* what the text reads as */
    HASS_TEMPLATE_TEXT,              /* the text as it is */
};

typedef void hass_template_log_fn(enum hass_log_level level, const char *message, void *userdata);

struct hass_template_options {
    uint32_t size;
    const struct hass_template_variables *variables; /* or NULL */
    enum hass_template_parse parse;
    bool strict;  /* an undefined variable is an error instead of a warning */
    bool limited; /* nothing but the variables may be looked at: states and the like are refused */
    /* Gets what would be logged while it renders, "'x' is undefined"; NULL: the log does. */
    hass_template_log_fn *log;
    void *log_userdata;
    /* Where names are looked up that are none of @variables, each when it is used; or NULL. Lent. */
    struct hass_variables *scope;
};
#define HASS_TEMPLATE_OPTIONS(...)                                                                 \
    (&(const struct hass_template_options){ .size = sizeof(struct hass_template_options),          \
                                            __VA_ARGS__ })

/**
 * Renders. Lists, tuples and sets become lists, bytes and what else JSON has no form for stays text.
 *
 * Context: loop thread, never suspends; at most 100 ms and the limits of lib/README.md.
 * Returns: 0 with @ret_result owned by the caller; HASS_E_TEMPLATE with the model's text, "UndefinedError: 'x' is undefined".
 * Model:   Template.async_render
 */
HASS_API int hass_template_async_render(struct hass_template *template,
                                        const struct hass_template_options *options,
                                        json_t **ret_result, struct hass_error *err) HASS_CALLBACK;
/** Twin of hass_template_async_render: waits until the loop has done it. */
HASS_API int hass_template_render(struct hass_template *template,
                                  const struct hass_template_options *options, json_t **ret_result,
                                  struct hass_error *err) HASS_BLOCKING;

/**
 * Renders what is a template in @value, in keys of maps, too; everything else stays.
 *
 * Returns: 0 with @ret_result owned by the caller; HASS_E_TEMPLATE for the first that fails.
 * Model:   helpers.template.render_complex
 */
HASS_API int hass_template_async_render_complex(struct hass *hass, const json_t *value,
                                                const struct hass_template_options *options,
                                                json_t **ret_result, struct hass_error *err)
    HASS_CALLBACK;
/** True when @text needs rendering: it has "{{", "{%" or "{#" in it. Any thread. */
HASS_API bool hass_is_template_string(const char *text);
/** A result as a condition: true, numbers but 0, and the texts 1, true, yes, on, enable in any case; all else is false. Any thread. */
HASS_API bool hass_template_result_as_boolean(const json_t *result);

/** What a value template is rendered over. */
struct hass_template_payload {
    uint32_t size;
    const char *data;
    size_t length;
    bool is_bytes; /* `value` is bytes, not text */
    const json_t
        *otherwise; /* what a failing template gives; NULL: the payload, with an error in the log */
};
#define HASS_TEMPLATE_PAYLOAD(...)                                                                 \
    (&(const struct hass_template_payload){ .size = sizeof(struct hass_template_payload),          \
                                            __VA_ARGS__ })

/**
 * Renders a value template: `value` is what was received and, when that is JSON, `value_json` what it says. A text unless
 * options->parse says otherwise.
 *
 * Returns: 0, also when the template found nothing where it looked: then with the payload, or payload->otherwise; HASS_E_TEMPLATE for
 *          what is wrong in the template itself, such as arithmetic on a text.
 * Model:   Template.async_render_with_possible_json_value
 */
HASS_API int hass_template_async_render_with_possible_json_value(
    struct hass_template *template, const struct hass_template_payload *payload,
    const struct hass_template_options *options, json_t **ret_result, struct hass_error *err)
    HASS_CALLBACK;

/** Twin of hass_template_async_render_with_possible_json_value: waits until the loop has done it. */
HASS_API int hass_template_render_with_possible_json_value(
    struct hass_template *template, const struct hass_template_payload *payload,
    const struct hass_template_options *options, json_t **ret_result, struct hass_error *err)
    HASS_BLOCKING;

/* what a render looked at */

/**
 * Renders and remembers what was looked at, also when it fails.
 *
 * Returns: 0 with @ret_info owned by the caller; HASS_E_THREAD. A failing render is in the info.
 * Model:   Template.async_render_to_info
 */
HASS_API int hass_template_async_render_to_info(struct hass_template *template,
                                                const struct hass_template_options *options,
                                                struct hass_render_info **ret_info,
                                                struct hass_error *err) HASS_CALLBACK;
HASS_API struct hass_render_info *hass_render_info_destroy(struct hass_render_info *info);
HASS_DEFINE_CLEANUP(hass_render_info, hass_render_info_destroy)
/** Lends the result. HASS_E_TEMPLATE when the render failed. */
HASS_API int hass_render_info_result(const struct hass_render_info *info, const json_t **ret_result,
                                     struct hass_error *err);
/** Where a failed render failed; false when it did not. */
HASS_API bool hass_render_info_error(const struct hass_render_info *info,
                                     struct hass_template_error *ret_error);
/** Must it be rendered again when the entity's state changes? @appears: it is new, or has gone. */
HASS_API bool hass_render_info_concerns(const struct hass_render_info *info, const char *entity_id,
                                        bool appears);
/**
 * What was looked at, owned by the caller.
 *
 * Shape: {"entities": [str], "domains": [str], "domains_lifecycle": [str], "all_states": bool, "all_states_lifecycle": bool,
 *        "has_time": bool, "is_static": bool, "rate_limit": seconds or null}; lists are sorted.
 */
HASS_API json_t *hass_render_info_as_json(const struct hass_render_info *info);

/**
 * Compiles and renders @text to tell all about it, owned by the caller; NULL on the wrong thread.
 *
 * Shape: {"text": str with place, caret and hint, "error": str} when it is no template or fails; else {"result": any, "type": "a number", …}.
 *        Where it compiles also "looked_at": as hass_render_info_as_json, "warnings": [str], "usec": of a render, "bytes": of the code,
 *        "code": str.
 */
HASS_API json_t *hass_template_async_explain(struct hass *hass, const char *text,
                                             const struct hass_template_options *options)
    HASS_CALLBACK;

/* tracking */

/** One template of a tracker. */
struct hass_track_template {
    struct hass_template *template;                  /* a reference is kept */
    const struct hass_template_variables *variables; /* or NULL; must live as long as the tracker */
    /* Seconds between renders that entities cause which the template does not name; 0: what the template looks at decides (60
     * for all states and after an error, 1 for domains, none else); below 0: none. */
    double rate_limit;
    struct hass_variables *scope; /* as in struct hass_template_options; a reference is kept */
};

struct hass_track_templates {
    uint32_t size;
    const struct hass_track_template *templates; /* lent for the call */
    size_t count;
    bool strict;
    bool has_super; /* while the first is not true, the others are not rendered */
    /* Gets what would be logged while they render; NULL: the log does. */
    hass_template_log_fn *log;
    void *log_userdata; /* must live as long as the tracker */
};
#define HASS_TRACK_TEMPLATES(...)                                                                  \
    (&(const struct hass_track_templates){ .size = sizeof(struct hass_track_templates),            \
                                           __VA_ARGS__ })

/** A template whose result is another one than before. */
struct hass_template_update {
    struct hass_template *template;
    size_t index;              /* in the tracker */
    const json_t *last_result; /* what was told before; NULL: nothing, or an error */
    const json_t *result;      /* NULL: it failed */
    const char *error; /* why, "ZeroDivisionError: division by zero"; NULL when it did not */
};

/** What jobs of trackers get; never empty. */
struct hass_template_updates {
    uint32_t size;
    struct hass *hass;
    const struct hass_event *event; /* the state change that caused it; NULL: time, or a refresh */
    const struct hass_template_update *updates;
    size_t count;
};

#define HASS__TEMPLATE_TRACKER(name, ...)                                                          \
    HASS_API int hass_async_##name(struct hass *hass, __VA_ARGS__, struct hass_job job,            \
                                   struct hass_sub **ret_sub, struct hass_error *err)              \
        HASS_CALLBACK;                                                                             \
    HASS_API int hass_##name(struct hass *hass, __VA_ARGS__, struct hass_job job,                  \
                             struct hass_sub **ret_sub, struct hass_error *err) HASS_BLOCKING

/**
 * Renders templates whenever something changes that they looked at the last time, and runs a template job with those whose result is another
 * one. They are rendered once now, to know what they look at; that result is not told: hass_track_template_async_refresh tells
 * all. An error is a result that is told once. Consecutive changes of entities that a template does not name are rate limited: the first
 * renders, those that follow render together at the end of the time. One that looks at the time renders each full minute, too.
 *
 * Returns: 0; HASS_E_INVALID for no templates. A failing render is not a failure of this.
 * Model:   helpers.event.async_track_template_result
 */
HASS__TEMPLATE_TRACKER(track_template_result, const struct hass_track_templates *what);
/**
 * Runs a template job each time the template has become true (hass_template_result_as_boolean). What it was when this was called does not
 * count: a template that is true then tells so with the first change that renders it; whoever minds renders it before. Errors are logged.
 *
 * Model: helpers.event.async_track_template
 */
HASS__TEMPLATE_TRACKER(track_template, struct hass_template *template,
                       const struct hass_template_variables *variables);
/**
 * Renders all templates of a tracker now and tells what is new. @sub is what one of the trackers above gave; HASS_E_CLOSED
 * when it has ended or is another kind of registration.
 *
 * Model: TrackTemplateResultInfo.async_refresh
 */
HASS_API int hass_track_template_async_refresh(struct hass_sub *sub, struct hass_error *err)
    HASS_CALLBACK;
/**
 * What a tracker waits for now, owned by the caller; NULL when it has ended or is another kind of registration.
 *
 * Shape: {"all": bool, "domains": [str], "entities": [str], "time": bool}; lists are sorted, and empty with "all".
 * Model: TrackTemplateResultInfo.listeners
 */
HASS_API json_t *hass_track_template_async_listeners(struct hass_sub *sub) HASS_CALLBACK;

/* importable templates */

/**
 * Reads every *.jinja below custom_templates/ of the configuration folder; templates import them by their path below it. Files that
 * cannot be used are warned of and left out.
 *
 * Returns: 0, or -ECANCELED.
 * Model:   async_load_custom_templates
 */
HASS_API int hass_template_async_load_custom(struct hass *hass, struct hass_error *err)
    HASS_COROUTINE;
