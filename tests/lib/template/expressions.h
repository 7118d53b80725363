/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions of templates and what they print: rows that were computed by Python 3.11, where they mean the same.
 */
#pragma once

#include <stdio.h>

#include <check.h>

#include "support/cases.h"
#include "template/template.h"

struct expression {
    const char *source;
    const char *result; /* its repr, or "TypeError: …" */
};

/** Appends the repr of @source, or its error with the class before it. */
static inline void evaluate(const char *source, struct hass_buf *out)
{
    struct tmpl_env *env = tmpl_env_create();
    struct tmpl_vm *vm = tmpl_vm_create();
    struct tmpl_error error = { 0 };
    autobuf text = HASS_BUF_INIT;

    hass_buf_printf(&text, "{{ [(%s)] }}", source);
    struct tmpl_template *template =
        tmpl_compile(env, hass_buf_string(&text), text.length, NULL, &error);
    ck_assert_msg(template != NULL, "%s: %s", source, error.message);
    if (tmpl_render(vm, template, &(struct tmpl_render){ 0 }, out) < 0)
        hass_buf_printf(out, " %s: %s ", tmpl_error_class_name(vm->error.class), vm->error.message);
    tmpl_unref(template);
    tmpl_vm_destroy(vm);
    tmpl_env_destroy(env);
}

/** Fails the test, showing both, unless @row gives what it says. */
static inline void check_expression(const struct expression *row)
{
    autobuf out = HASS_BUF_INIT;

    evaluate(row->source, &out);
    const char *got = hass_buf_string(&out);
    size_t length = strlen(row->result);
    ck_assert_msg(out.length == length + 2 && strncmp(got + 1, row->result, length) == 0,
                  "%s: expected %s, got %s", row->source, row->result, got);
}
