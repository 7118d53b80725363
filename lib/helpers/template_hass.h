/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The template engine connected with a hass, for the rest of helpers/.
 *
 * The cast: `template_hass` owns the environment, machines and compiled templates, and renders; `template_states` is `states`, its domains
 * and the functions about states; `template_state_object` what a state is in a template; `template_registry` devices, areas, floors, labels,
 * entries and issues; `template_location` groups, zones and distances; `template_info` remembers what a render looked at;
 * `template_custom` reads custom_templates/; `template_variables` what a render is given; `template` is <hass/template.h>.
 */
#pragma once

#include <hass/error.h>
#include <hass/states.h>
#include <hass/template.h>
#include <hass/thread_safety.h>
#include <hass/vec.h>

#include "template/template.h"

struct helpers;

/* --- what a render looked at (template_info.c) --------------------------------------------------- */

struct template_name {
    uint32_t hash; /* strmap_hash */
    uint32_t length;
    const char *text; /* NUL-terminated */
};

/* A set of names in the order in which they were met. */
struct template_names {
    HASS_VEC(struct template_name) items;
    uint32_t *slots; /* indexes from 1 by hash; NULL while there are few */
    uint32_t mask;
};

/*
 * Kept from render to render: clearing frees nothing that the next one needs again. Zero-initialised is empty.
 */
struct template_info {
    struct arena arena;               /* the names' texts */
    struct template_names entities;   /* looked up or read, also those that are not there */
    struct template_names domains;    /* whose states were walked over */
    struct template_names lifecycles; /* domains whose entities were counted */
    bool all_states;                  /* all were walked over */
    bool all_lifecycles;              /* all were counted */
    bool has_time;                    /* now() and its kin were called */
    bool is_static;                   /* there was nothing to render */
    bool failed;                      /* the render ended with an error */
};

void template_info_clear(struct template_info *info);
void template_info_fini(struct template_info *info);
/** @hash is strmap_hash of @text. */
void template_names_add(struct template_names *names, struct arena *arena, const char *text,
                        size_t length, uint32_t hash);
/** Its number in the order of adding, from 1; 0 when it is not there. */
uint32_t template_names_find(const struct template_names *names, const char *text, size_t length,
                             uint32_t hash);
bool template_names_has(const struct template_names *names, const char *text, size_t length,
                        uint32_t hash);
/** True when both would be woken by the same changes. */
bool template_info_same(const struct template_info *a, const struct template_info *b);
/** Seconds between renders that entities cause which are not named: 60 for all states and after an error, 1 for domains; 0: none. */
double template_info_rate_limit(const struct template_info *info);
/** Shape: as hass_render_info_as_json. Owned by the caller. */
json_t *template_info_as_json(const struct template_info *info);
/** Must a change of the entity's state cause a render? @appears: it is new, or has gone. */
bool template_info_concerns(const struct template_info *info, const char *entity_id, bool appears);

/* --- compiling and rendering (template_hass.c) ----------------------------------------------------- */

/** The environment: all functions, filters and tests. The same for every hass; any thread. */
const struct tmpl_env *template_env(void);

/**
 * Compiles, or finds what was compiled before from the same text.
 *
 * Returns: 0 with a reference in @ret_template; HASS_E_TEMPLATE with the error as text in @err and, unless NULL, as it is in @ret_error.
 */
int template_compile(struct hass *hass, const char *source, size_t length,
                     struct tmpl_template **ret_template, struct tmpl_error *ret_error,
                     struct hass_error *err) HASS_CALLBACK;
/** "TemplateSyntaxError: unexpected '}'" into @err. Returns HASS_E_TEMPLATE. */
int template_fail(const struct tmpl_error *error, struct hass_error *err);

/** A machine that is there for its heap and for functions outside of a render. Destroyed by tmpl_vm_destroy. */
struct tmpl_vm *template_values_create(void);

struct template_how {
    const struct tmpl_variable *variables; /* or NULL */
    size_t variable_count;
    const struct tmpl_dict *more; /* further ones, or NULL */
    struct hass_variables *scope; /* where the rest is looked for, or NULL */
    struct template_info *info;   /* cleared, and filled with what is looked at; or NULL */
    struct tmpl_limits limits;    /* zero: the defaults */
    bool strict;
    bool limited;
    hass_template_log_fn *log; /* instead of the log, or NULL */
    void *log_userdata;
};

/**
 * Renders, appending the text to @out. Undefined variables are logged as the model words it.
 *
 * Returns: 0; HASS_E_TEMPLATE with the error as text in @err and, unless NULL, as it is in @ret_error.
 */
int template_render(struct hass *hass, const struct tmpl_template *template,
                    const struct template_how *how, struct hass_buf *out,
                    struct tmpl_error *ret_error, struct hass_error *err) HASS_CALLBACK;

/* --- what becomes of the text (template_result.c) --------------------------------------------------- */

/** The result of a render as JSON, owned by the caller; @parse: what the text reads as. */
json_t *template_result_as_json(const char *text, size_t length, bool parse);
/** A rendered value as a condition: 1, true, yes, on, enable and numbers but 0; any other text is false. */
bool template_result_as_boolean(const struct tmpl_value *result);

/**
 * Renders a value template over a received @payload, text or bytes: the variables are that as `value`, what it is as JSON, where it is
 * that, as `value_json`, and those of @how.
 *
 * Returns: 0; 1 when the template failed in a way that integrations answer with the payload (or a value of their own), logged
 *          unless @quiet; HASS_E_TEMPLATE for errors that are the template author's, such as arithmetic on a text.
 */
int template_render_value(struct hass *hass, const struct tmpl_template *template,
                          const struct tmpl_value *payload, const struct template_how *how,
                          bool quiet, struct hass_buf *out, struct tmpl_error *ret_error,
                          struct hass_error *err) HASS_CALLBACK;

/* --- states as variables (template_state_object.c) ------------------------------------------------- */

/** A state as trigger.to_state and this have it: reading it is no look at the machine. @state must live as long as the value. */
struct tmpl_value template_state_value(struct tmpl_heap *heap, const struct hass_state *state);
/** The state of such a value, or of one that a template got from `states`; NULL for anything else. */
const struct hass_state *template_state_of(const struct tmpl_value *value);
/** A context with its members; @context must live as long as the value. */
struct tmpl_value template_context_value(struct tmpl_heap *heap,
                                         const struct hass_context *context);
/** The context of such a value; NULL for anything else. */
const struct hass_context *template_context_of(const struct tmpl_value *value);

/* --- <hass/template.h> (template.c, template_variables.c) -------------------------------------------- */

/**
 * Renders, noting in @info, unless NULL, what is looked at. @ret_error, unless NULL, is what a failing engine says.
 *
 * Returns: as hass_template_async_render.
 */
int template_render_as_json(struct hass_template *template,
                            const struct hass_template_options *options, struct template_info *info,
                            json_t **ret_result, struct tmpl_error *ret_error,
                            struct hass_error *err) HASS_CALLBACK;
/** The engine's error as <hass/template.h> tells it; @to has its size. */
void template_tell(const struct tmpl_error *from, struct hass_template_error *to);
/** Its code; NULL when it is static. Lent. */
const struct tmpl_template *template_code(const struct hass_template *template);
/** All variables; NULL for NULL. Lent. */
const struct tmpl_dict *template_variables_dict(const struct hass_template_variables *variables);
/** Sets a copy of the text; NULL is none. Less work than a string of JSON. */
void template_variables_set_text(struct hass_template_variables *variables, const char *path,
                                 const char *text);
/** Another owner of what is not changed any more: each calls hass_template_variables_destroy. */
struct hass_template_variables *template_variables_share(struct hass_template_variables *variables);

/* --- importable templates (template_custom.c) ------------------------------------------------------- */

#define TEMPLATE_CUSTOM_MAX_BYTES 5242880 /* of a file */
#define TEMPLATE_CUSTOM_MAX_FILES 1000

/** Adds one as if it had been read. HASS_E_TEMPLATE. */
int template_custom_async_add(struct hass *hass, const char *name, const char *source,
                              size_t length, struct hass_error *err) HASS_CALLBACK;

/* --- the layer's own ----------------------------------------------------------------------------- */

/** What helpers.c keeps of all this; NULL until used. */
struct template_hass;
struct template_hass *template_hass_destroy(struct template_hass *templates);
