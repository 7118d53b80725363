/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine alone, without a hass, for tests of its functions: Berlin is the local zone, and the clock stands.
 */
#pragma once

#include <stdio.h>
#include <string.h>

#include <check.h>

#include <hass/json.h>

#include "base/mem.h"
#include "template/moment.h"
#include "template/template.h"

struct engine {
    struct tmpl_env *env;
    struct tmpl_vm *vm;
    struct hass_zone *zone;
    int64_t now;
    unsigned looks; /* at the time */
    bool limited;
    bool strict;
    struct tmpl_limits limits;
    unsigned warnings; /* of undefined values */
    struct hass_buf logged;
    struct hass_buf text;
};

static int64_t engine_now(void *userdata)
{
    return ((struct engine *)userdata)->now;
}

static void engine_looked(void *userdata)
{
    ((struct engine *)userdata)->looks++;
}

static void engine_warn(void *userdata, const char *message)
{
    ((struct engine *)userdata)->warnings++;
}

static void engine_log(void *userdata, const char *message)
{
    hass_buf_add_string(&((struct engine *)userdata)->logged, message);
}

/** @now is ISO 8601. */
static inline void engine_init(struct engine *engine, const char *now)
{
    *engine = (struct engine){ .env = tmpl_env_create(), .vm = tmpl_vm_create() };
    ck_assert_int_eq(hass_zone_new("Europe/Berlin", &engine->zone, NULL), 0);
    ck_assert_int_eq(hass_dt_parse(now, NULL, &engine->now, NULL), 0);
}

static inline void engine_fini(struct engine *engine)
{
    tmpl_vm_destroy(engine->vm);
    tmpl_env_destroy(engine->env);
    hass_zone_unref(engine->zone);
    hass_buf_fini(&engine->text);
    hass_buf_fini(&engine->logged);
}

/** The text, or "ValueError: …" for an error. Lent until the next call. */
static inline const char *engine_render(struct engine *engine, const char *source,
                                        const struct tmpl_variable *variables, size_t count)
{
    struct tmpl_error error;
    const struct tmpl_render how = {
        .variables = variables,
        .variable_count = count,
        .host = { .now = engine_now,
                  .looked_at_time = engine_looked,
                  .warn = engine_warn,
                  .log = engine_log,
                  .zone = engine->zone,
                  .userdata = engine },
        .limits = engine->limits,
        .limited = engine->limited,
        .strict = engine->strict,
    };
    struct tmpl_template *template =
        tmpl_compile(engine->env, source, strlen(source), NULL, &error);

    ck_assert_msg(template != NULL, "%s: %s", source, error.message);
    hass_buf_clear(&engine->text);
    if (tmpl_render(engine->vm, template, &how, &engine->text) < 0) {
        hass_buf_clear(&engine->text);
        hass_buf_printf(&engine->text, "%s: %s", tmpl_error_class_name(engine->vm->error.class),
                        engine->vm->error.message);
    }
    tmpl_unref(template);
    return hass_buf_string(&engine->text);
}

/** Compares a row's result, and prints what differs, so that all of it is seen. */
static inline bool engine_same(const char *got, const char *expected, const char *what)
{
    bool same = strcmp(got, expected) == 0;

    if (!same)
        fprintf(stderr, "%s: expected %s, got %s\n", what, expected, got);
    return same;
}

/** Reads a file of JSON lines below golden/template; to be freed. */
static inline json_t *engine_golden(const char *name)
{
    char path[512];
    json_t *rows = json_array(), *row;

    snprintf(path, sizeof(path), TEST_SOURCE "/tests/golden/template/%s", name);
    FILE *file = fopen(path, "re");
    ck_assert_msg(file != NULL, "%s", path);
    while ((row = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)) != NULL)
        json_array_append_new(rows, row);
    fclose(file);
    ck_assert_uint_gt(json_array_size(rows), 100);
    return rows;
}
