/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's face: compile once, render often.
 *
 * Order of calls: tmpl_env_create, tmpl_env_add …; tmpl_compile; tmpl_vm_create; tmpl_render, again and again. Compiled templates
 * are immutable and counted, and may be compiled on any thread; a machine belongs to one thread.
 */
#pragma once

#include "template/env.h"
#include "template/vm.h"

struct tmpl_template;

/**
 * Compiles @source, which is copied, without the blanks around it unless it is importable: then @name is its name, else NULL. Returns a
 * template, or NULL with @ret_error set.
 */
struct tmpl_template *tmpl_compile(const struct tmpl_env *env, const char *source, size_t length,
                                   const char *name, struct tmpl_error *ret_error);
struct tmpl_template *tmpl_ref(struct tmpl_template *template);
struct tmpl_template *tmpl_unref(struct tmpl_template *template);
/** The text, trimmed, NUL-terminated. */
const char *tmpl_source(const struct tmpl_template *template);
/** True when @text needs rendering: it has "{{", "{%" or "{#" in it. */
bool tmpl_is_template_text(const char *text, size_t length);
/** Bytes that the compiled form takes, its source left out. */
size_t tmpl_size(const struct tmpl_template *template);
/** Appends the code as text, for `hassctl template --explain`. */
void tmpl_disassemble(const struct tmpl_template *template, struct hass_buf *buf);

struct tmpl_vm *tmpl_vm_create(void);
struct tmpl_vm *tmpl_vm_destroy(struct tmpl_vm *vm);

/** A variable of a render. */
struct tmpl_variable {
    const char *name;
    struct tmpl_value value;
};

struct tmpl_render {
    const struct tmpl_variable *variables;
    size_t variable_count;
    const struct tmpl_dict *more; /* further variables, or NULL; @variables come first */
    /** Finds a variable that is none of these; the value must live as long as the render. Or NULL. */
    bool (*find)(void *find_userdata, const char *name, size_t length,
                 struct tmpl_value *ret_value);
    void *find_userdata;
    struct tmpl_host host;
    struct tmpl_limits limits;
    bool strict;
    bool limited;
};

/**
 * Renders, appending the text to @out, without the blanks around it. Returns 0, or -1 with vm->error set and @out as it was. Variables must be
 * in memory that outlives the call; values that were made in it are gone when it returns. Nothing is allocated when @vm has rendered before, but
 * what @out and large values take.
 */
int tmpl_render(struct tmpl_vm *vm, const struct tmpl_template *template,
                const struct tmpl_render *how, struct hass_buf *out);

/**
 * The native value of a rendered text (reference 6.4): a Python literal, numbers in plain form only, otherwise the text itself. In
 * @heap; texts are views of @text.
 */
struct tmpl_value tmpl_native(struct tmpl_heap *heap, const char *text, size_t length);
