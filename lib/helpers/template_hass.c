/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment, which knows no hass and is made once; machines, which are used again; templates by their text; and
 * rendering. A render may cause another one (a line of the log does, where somebody listens): each has its own machine.
 */
#include "helpers/template_hass.h"

#include <stdatomic.h>
#include <string.h>

#include <hass/log.h>
#include <hass/loop.h>
#include <hass/strmap.h>

#include "base/mem.h"
#include "helpers/helpers.h"
#include "helpers/template_custom.h"
#include "helpers/template_functions.h"
#include "helpers/variables.h"

enum {
    MAX_IDLE = 4,       /* machines that wait for the next render */
    MAX_COMPILED = 512, /* templates that are found by their text */
    MAX_COMPILED_TEXT =
        1 << 20, /* bytes of their texts together; a longer one is compiled each time */
};

struct template_hass {
    HASS_VEC(struct tmpl_vm *) idle;
    struct hass_strmap *compiled; /* struct tmpl_template by text, the oldest first */
    size_t text;                  /* bytes of the texts */
};

/* the environment */

static struct tmpl_env *make_env(void)
{
    static const struct tmpl_functions *const tables[] = {
        &template_state_functions,
        &template_area_functions,
        &template_registry_functions,
        &template_location_functions,
    };
    struct tmpl_env *env = tmpl_env_create();

    for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
        tmpl_env_add(env, tables[i]);
    tmpl_env_set_global(env, "states", template_all_states());
    return env;
}

const struct tmpl_env *template_env(void)
{
    static struct tmpl_env *_Atomic shared; // constant once it is made
    struct tmpl_env *env = atomic_load(&shared), *none = NULL;

    if (env)
        return env;
    env = make_env();
    if (atomic_compare_exchange_strong(&shared, &none, env))
        return env;
    tmpl_env_destroy(env);
    return none;
}

/* machines and compiled templates */

static void unref_template(void *template)
{
    tmpl_unref(template);
}

static HASS_CALLBACK struct template_hass *templates_of(struct hass *hass)
{
    struct helpers *helpers = helpers_of(hass);

    if (!helpers->templates) {
        helpers->templates = mem_zalloc(sizeof(*helpers->templates));
        helpers->templates->compiled = hass_strmap_create(unref_template);
    }
    return helpers->templates;
}

struct template_hass *template_hass_destroy(struct template_hass *templates)
{
    if (!templates)
        return NULL;
    while (templates->idle.length)
        tmpl_vm_destroy(vec_pop(&templates->idle));
    vec_fini(&templates->idle);
    hass_strmap_destroy(templates->compiled);
    free(templates);
    return NULL;
}

static struct tmpl_vm *take_machine(struct template_hass *templates)
{
    return templates->idle.length ? vec_pop(&templates->idle) : tmpl_vm_create();
}

struct tmpl_vm *template_values_create(void)
{
    struct tmpl_vm *vm = tmpl_vm_create();

    vm->heap.limit = vm->limits.memory = vm->steps = SIZE_MAX;
    return vm;
}

static void give_back(struct template_hass *templates, struct tmpl_vm *vm)
{
    if (templates->idle.length < MAX_IDLE)
        vec_push(&templates->idle, vm);
    else
        tmpl_vm_destroy(vm);
}

/* Makes room for a text. */
static void forget_oldest(struct template_hass *templates, size_t length)
{
    const char *source;
    void *template;

    for (size_t pos = 0; (hass_strmap_count(templates->compiled) >= MAX_COMPILED ||
                          templates->text + length > MAX_COMPILED_TEXT) &&
                         hass_strmap_next(templates->compiled, &pos, &source, &template);) {
        templates->text -= strlen(source);
        hass_strmap_remove(templates->compiled, source);
    }
}

static void keep(struct template_hass *templates, const char *source, size_t length,
                 struct tmpl_template *template)
{
    autofree char *key = mem_strndup(source, length);

    forget_oldest(templates, length);
    hass_strmap_set(templates->compiled, key, tmpl_ref(template));
    templates->text += length;
}

int template_fail(const struct tmpl_error *error, struct hass_error *err)
{
    return hass_fail(err, HASS_E_TEMPLATE, "%s: %s", tmpl_error_class_name(error->class),
                     error->message);
}

int template_compile(struct hass *hass, const char *source, size_t length,
                     struct tmpl_template **ret_template, struct tmpl_error *ret_error,
                     struct hass_error *err)
{
    struct template_hass *templates = templates_of(hass);
    struct tmpl_template *template = hass_strmap_get_n(templates->compiled, source, length);
    struct tmpl_error error = { 0 };

    if (template) {
        *ret_template = tmpl_ref(template);
        return 0;
    }
    template = tmpl_compile(template_env(), source, length, NULL, &error);
    if (!template) {
        if (ret_error)
            *ret_error = error;
        return template_fail(&error, err);
    }
    if (length <= MAX_COMPILED_TEXT && !memchr(source, 0, length))
        keep(templates, source, length, template);
    *ret_template = template;
    return 0;
}

/* rendering */

static int64_t now(void *userdata)
{
    const struct template_run *run = userdata;

    return hass_now(run->hass);
}

static int64_t ticks(void *userdata)
{
    const struct template_run *run = userdata;

    return hass_monotonic(run->hass);
}

static void warn(void *userdata, const char *message)
{
    const struct template_run *run = userdata;

    if (run->how->log) {
        run->how->log(HASS_LOG_WARNING, message, run->how->log_userdata);
        return;
    }
    hass_warning("Template variable warning: %s when rendering '%s'", message,
                 tmpl_source(run->template));
}

static void log_warning(void *userdata, const char *message)
{
    const struct template_run *run = userdata;

    if (run->how->log)
        run->how->log(HASS_LOG_WARNING, message, run->how->log_userdata);
    else
        hass_warning("%s", message);
}

static void looked_at_time(void *userdata)
{
    struct template_run *run = userdata;

    if (run->info)
        run->info->has_time = true;
}

static HASS_CALLBACK const struct tmpl_template *load(void *userdata, const char *name,
                                                      size_t length, struct tmpl_error *ret_error)
{
    const struct template_run *run = userdata;

    return template_custom_find(run->hass, name, length, ret_error);
}

static void report(const struct template_run *run, const struct template_how *how,
                   const struct tmpl_error *error)
{
    if (run->info)
        run->info->failed = true;
    if (!error->undefined || how->strict)
        return;
    if (how->log)
        how->log(HASS_LOG_ERROR, error->message, how->log_userdata);
    else
        hass_error("Template variable error: %s when rendering '%s'", error->message,
                   tmpl_source(run->template));
}

int template_render(struct hass *hass, const struct tmpl_template *template,
                    const struct template_how *how, struct hass_buf *out,
                    struct tmpl_error *ret_error, struct hass_error *err)
{
    struct template_hass *templates = templates_of(hass);
    struct template_run run = { .hass = hass, .info = how->info, .template = template, .how = how };
    const struct tmpl_render render = {
        .variables = how->variables,
        .variable_count = how->variable_count,
        .more = how->more,
        .find = how->scope ? variables_find : NULL,
        .find_userdata = how->scope,
        .host = { .now = now,
                  .ticks = ticks,
                  .zone = hass->config.zone,
                  .warn = warn,
                  .log = log_warning,
                  .load = load,
                  .looked_at_time = looked_at_time,
                  .userdata = &run },
        .limits = how->limits,
        .strict = how->strict,
        .limited = how->limited,
    };
    struct tmpl_vm *vm = take_machine(templates);
    int r = 0;

    if (how->info)
        template_info_clear(how->info);
    if (tmpl_render(vm, template, &render, out) < 0) {
        report(&run, how, &vm->error);
        if (ret_error)
            *ret_error = vm->error;
        r = template_fail(&vm->error, err);
    }
    give_back(templates, vm);
    return r;
}
