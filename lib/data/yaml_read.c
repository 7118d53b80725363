/* SPDX-License-Identifier: Apache-2.0 */
/*
 * <hass/yaml.h>: a loaded file together with its marks and its mistakes. Paths are those of diagnostics.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <hass/yaml.h>

#include "base/mem.h"
#include "data/diagnostic.h"
#include "data/schema_check.h"
#include "data/yaml_load.h"

struct hass_yaml {
    json_t *value;
    struct yaml_marks *marks;
    struct diagnostics diagnostics;
};

static struct hass_yaml *yaml_new(void)
{
    struct hass_yaml *yaml = mem_zalloc(sizeof(*yaml));

    yaml->marks = yaml_marks_new();
    return yaml;
}

/* Nothing was read: the value is null, and there are diagnostics. */
static void settle(struct hass_yaml *yaml)
{
    if (!yaml->value)
        yaml->value = json_null();
}

int hass_yaml_read(const char *path, struct hass_yaml **ret_yaml, struct hass_error *err)
{
    const char *slash = strrchr(path, '/');
    autofree char *folder = slash ? mem_strndup(path, (size_t)(slash - path) + 1) : NULL;

    if (access(path, F_OK) < 0)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no file %s", path);
    struct hass_yaml *yaml = yaml_new();
    (void)yaml_load_file(folder ? folder : ".", path, NULL, yaml->marks, &yaml->diagnostics,
                         &yaml->value);
    settle(yaml);
    *ret_yaml = yaml;
    return 0;
}

struct hass_yaml *hass_yaml_read_text(const char *name, const char *text, size_t size)
{
    struct hass_yaml *yaml = yaml_new();

    (void)yaml_load_text(name, text, size, yaml->marks, &yaml->diagnostics, &yaml->value);
    settle(yaml);
    return yaml;
}

struct hass_yaml *hass_yaml_destroy(struct hass_yaml *yaml)
{
    if (!yaml)
        return NULL;
    json_decref(yaml->value);
    yaml_marks_unref(yaml->marks);
    diagnostics_fini(&yaml->diagnostics);
    free(yaml);
    return NULL;
}

const json_t *hass_yaml_value(const struct hass_yaml *yaml)
{
    return yaml->value;
}

/* The value at @path; NULL when there is none. */
static const json_t *value_at(const json_t *value, const char *path)
{
    autofree char *copy = mem_strdup(path);

    for (char *step = copy, *next; value && *step; step = next) {
        next = strstr(step, "->");
        if (next)
            *next = '\0';
        next = next ? next + 2 : step + strlen(step);
        value = json_is_array(value) ? json_array_get(value, strtoul(step, NULL, 10))
                                     : hass_json_get(value, step);
    }
    return value;
}

int hass_yaml_check(struct hass_yaml *yaml, const char *path, const struct hass_schema *schema,
                    json_t **ret_value)
{
    const json_t *value = value_at(yaml->value, path);

    if (!value) {
        hass_yaml_complain(yaml, path, "nothing is written here");
        return HASS_E_INVALID;
    }
    return schema_check_marked(schema, value, yaml->marks, path, &yaml->diagnostics, ret_value);
}

void hass_yaml_complain(struct hass_yaml *yaml, const char *path, const char *format, ...)
{
    const struct diagnostic_about about = {
        .mark = yaml_marks_find(yaml->marks, yaml->value, path),
        .path = *path ? path : NULL,
    };
    char message[512];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    diagnostics_add(&yaml->diagnostics, DIAGNOSTIC_ERROR, &about, "%s", message);
}

unsigned hass_yaml_line(const struct hass_yaml *yaml, const char *path)
{
    return yaml_marks_find(yaml->marks, yaml->value, path).line;
}

size_t hass_yaml_errors(const struct hass_yaml *yaml)
{
    return yaml->diagnostics.errors;
}

void hass_yaml_report(const struct hass_yaml *yaml, struct hass_buf *text)
{
    diagnostics_format(&yaml->diagnostics, text);
}

json_t *hass_yaml_report_json(const struct hass_yaml *yaml)
{
    return diagnostics_as_json(&yaml->diagnostics);
}
