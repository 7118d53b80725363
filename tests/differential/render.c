/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Renders templates for differential.py: `render VARIABLES TEMPLATES`. The first file is a JSON object, the second has a JSON string a line;
 * printed is one object a line, {"text": …} or {"error": …}. The engine alone, without a hass.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/json.h>

#include "template/template.h"

#define MAX_VARIABLES 64

static void print_result(const char *key, const char *text, size_t length)
{
    autobuf line = HASS_BUF_INIT;

    hass_buf_printf(&line, "{\"%s\":", key);
    hass_json_write_string(text, length, &line);
    hass_buf_add_char(&line, '}');
    puts(hass_buf_string(&line));
}

static void print_error(const struct tmpl_error *error)
{
    autobuf text = HASS_BUF_INIT;

    hass_buf_printf(&text, "%s: %s", tmpl_error_class_name(error->class), error->message);
    print_result("error", hass_buf_string(&text), text.length);
}

static void render(const struct tmpl_env *env, struct tmpl_vm *vm, const struct tmpl_render *how,
                   const json_t *source)
{
    struct tmpl_error error;
    autobuf text = HASS_BUF_INIT;
    struct tmpl_template *template =
        tmpl_compile(env, json_string_value(source), json_string_length(source), NULL, &error);

    if (!template)
        print_error(&error);
    else if (tmpl_render(vm, template, how, &text) < 0)
        print_error(&vm->error);
    else
        print_result("text", hass_buf_string(&text), text.length);
    tmpl_unref(template);
}

static size_t read_variables(const char *path, struct tmpl_heap *heap, json_t **ret_json,
                             struct tmpl_variable variables[MAX_VARIABLES])
{
    size_t count = 0;
    const char *key;
    json_t *value;

    *ret_json = json_load_file(path, 0, NULL);
    json_object_foreach(*ret_json, key, value)
        if (count < MAX_VARIABLES)
            variables[count++] = (struct tmpl_variable){ key, tmpl_from_json(heap, value) };
    return count;
}

static int run(const char *variables_path, const char *templates_path)
{
    struct tmpl_heap heap = { 0 };
    struct tmpl_variable variables[MAX_VARIABLES];
    json_t *json, *source;
    FILE *templates = fopen(templates_path, "re");
    struct tmpl_env *env = tmpl_env_create();
    struct tmpl_vm *vm = tmpl_vm_create();
    const struct tmpl_render how = {
        .variables = variables,
        .variable_count = read_variables(variables_path, &heap, &json, variables),
    };

    while (templates && (source = json_loadf(
                             templates, JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY | JSON_ALLOW_NUL,
                             NULL)) != NULL) {
        render(env, vm, &how, source);
        json_decref(source);
    }
    if (templates)
        fclose(templates);
    tmpl_vm_destroy(vm);
    tmpl_env_destroy(env);
    arena_fini(&heap.arena);
    json_decref(json);
    return templates ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    if (argc == 3)
        return run(argv[1], argv[2]);
    fprintf(stderr, "usage: render VARIABLES TEMPLATES\n");
    return 2;
}
