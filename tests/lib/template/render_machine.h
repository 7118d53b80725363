/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine alone for tests of its machine: importable templates from a table, warnings and ticks counted.
 */
#pragma once

#include <stdio.h>
#include <string.h>

#include <check.h>

#include "base/mem.h"
#include "template/template.h"

struct machine_file {
    const char *name, *source;
};

enum { MACHINE_FILES = 16 };

struct machine {
    struct tmpl_env *env;
    struct tmpl_vm *vm;
    const struct machine_file *files; /* up to one without a name */
    struct tmpl_template *loaded[MACHINE_FILES];
    struct tmpl_limits limits;
    int64_t ticks, tick; /* the clock, and how far it goes when it is asked */
    bool strict, limited;
    unsigned warnings;
    struct hass_buf text;
    struct hass_buf warned; /* the messages, one a line */
};

static inline int64_t machine_ticks(void *userdata)
{
    struct machine *machine = userdata;

    return machine->ticks += machine->tick;
}

static inline void machine_warn(void *userdata, const char *message)
{
    struct machine *machine = userdata;

    machine->warnings++;
    hass_buf_printf(&machine->warned, "%s\n", message);
}

static inline const struct tmpl_template *machine_load(void *userdata, const char *name,
                                                       size_t length, struct tmpl_error *error)
{
    struct machine *machine = userdata;

    for (unsigned i = 0; machine->files && machine->files[i].name; i++) {
        const struct machine_file *file = &machine->files[i];
        if (strlen(file->name) != length || memcmp(file->name, name, length) != 0)
            continue;
        if (!machine->loaded[i])
            machine->loaded[i] =
                tmpl_compile(machine->env, file->source, strlen(file->source), file->name, error);
        return machine->loaded[i];
    }
    return NULL;
}

static inline void machine_init(struct machine *machine)
{
    *machine = (struct machine){ .env = tmpl_env_create(), .vm = tmpl_vm_create() };
}

static inline void machine_fini(struct machine *machine)
{
    for (unsigned i = 0; i < MACHINE_FILES; i++)
        tmpl_unref(machine->loaded[i]);
    tmpl_vm_destroy(machine->vm);
    tmpl_env_destroy(machine->env);
    hass_buf_fini(&machine->text);
    hass_buf_fini(&machine->warned);
}

static inline struct tmpl_template *machine_compile(struct machine *machine, const char *source)
{
    struct tmpl_error error;
    struct tmpl_template *template =
        tmpl_compile(machine->env, source, strlen(source), NULL, &error);

    ck_assert_msg(template != NULL, "%s: %s", source, error.message);
    return template;
}

static inline int machine_run_template(struct machine *machine,
                                       const struct tmpl_template *template,
                                       const struct tmpl_variable *variables, size_t count)
{
    const struct tmpl_render how = {
        .variables = variables,
        .variable_count = count,
        .host = { .ticks = machine_ticks,
                  .warn = machine_warn,
                  .load = machine_load,
                  .userdata = machine },
        .limits = machine->limits,
        .strict = machine->strict,
        .limited = machine->limited,
    };

    hass_buf_clear(&machine->text);
    return tmpl_render(machine->vm, template, &how, &machine->text);
}

/** The text; "UndefinedError: …" for an error, and one while compiling with "compile: " before it. Lent until the next call. */
static inline const char *machine_render_with(struct machine *machine, const char *source,
                                              const struct tmpl_variable *variables, size_t count)
{
    struct tmpl_error error;
    struct tmpl_template *template =
        tmpl_compile(machine->env, source, strlen(source), NULL, &error);

    if (!template) {
        hass_buf_clear(&machine->text);
        hass_buf_printf(&machine->text, "compile: %s: %s", tmpl_error_class_name(error.class),
                        error.message);
        return hass_buf_string(&machine->text);
    }
    if (machine_run_template(machine, template, variables, count) < 0) {
        ck_assert_uint_eq(machine->text.length, 0);
        hass_buf_printf(&machine->text, "%s: %s", tmpl_error_class_name(machine->vm->error.class),
                        machine->vm->error.message);
    }
    tmpl_unref(template);
    return hass_buf_string(&machine->text);
}

static inline const char *machine_render(struct machine *machine, const char *source)
{
    return machine_render_with(machine, source, NULL, 0);
}

/** A table of templates and what they render to. */
struct rendering {
    const char *source, *expected;
};

#define CHECK_RENDERING(row)                                                                       \
    do {                                                                                           \
        struct machine rendering_machine;                                                          \
        machine_init(&rendering_machine);                                                          \
        const char *rendering_got = machine_render(&rendering_machine, (row).source);              \
        ck_assert_msg(strcmp(rendering_got, (row).expected) == 0, "%s: expected %s, got %s",       \
                      (row).source, (row).expected, rendering_got);                                \
        machine_fini(&rendering_machine);                                                          \
    } while (0)
