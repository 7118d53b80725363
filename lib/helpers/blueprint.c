/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blueprints: a file is read by the YAML loader, in which `!input name` has become {"!input": "name"}; its metadata is checked by a
 * table, its holes against the inputs that it declares. Filling them makes a copy in which shared branches stay shared.
 */
#include "helpers/blueprint.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <hass/blueprint.h>
#include <hass/config.h>
#include <hass/executor.h>
#include <hass/hass.h>

#include "base/mem.h"
#include "data/yaml_file.h"
#include "data/yaml_load.h"
#include "helpers/helpers.h"

#define INPUT         "!input"
/* The release of the model up to which automations and scripts are understood here. */
#define KNOWN_RELEASE "2026.7.99"

struct hass_blueprint {
    _Atomic int refs;
    char *domain;
    json_t *metadata;
    json_t *body;
    json_t *inputs; /* {name: what it says of it, or null}, sections taken apart */
};

struct hass_blueprint *hass_blueprint_ref(struct hass_blueprint *blueprint)
{
    if (blueprint)
        blueprint->refs++;
    return blueprint;
}

struct hass_blueprint *hass_blueprint_unref(struct hass_blueprint *blueprint)
{
    if (!blueprint || --blueprint->refs > 0)
        return NULL;
    free(blueprint->domain);
    json_decref(blueprint->metadata);
    json_decref(blueprint->body);
    json_decref(blueprint->inputs);
    free(blueprint);
    return NULL;
}

const json_t *hass_blueprint_metadata(const struct hass_blueprint *blueprint)
{
    return blueprint->metadata;
}

const char *hass_blueprint_domain(const struct hass_blueprint *blueprint)
{
    return blueprint->domain;
}

/* metadata */

/* "2024.6.0" */
static int check_version(const struct hass_field *field, const json_t *value, json_t **ret_value,
                         struct hass_error *err)
{
    int wanted[3], known[3];
    char rest;
    const char *text = json_string_value(value);

    if (!text || sscanf(text, "%d.%d.%d%c", &wanted[0], &wanted[1], &wanted[2], &rest) != 3)
        return hass_fail(err, HASS_E_INVALID, "expected a release such as \"2024.6.0\"");
    (void)sscanf(KNOWN_RELEASE, "%d.%d.%d", &known[0], &known[1], &known[2]);
    for (size_t i = 0; i < 3; i++) {
        if (wanted[i] > known[i])
            return hass_fail(err, HASS_E_INVALID, "it needs release %s of the model", text);
        if (wanted[i] < known[i])
            break;
    }
    *ret_value = hass_json_ref(value);
    return 0;
}

static const struct hass_field_type version_type = {
    .size = sizeof(struct hass_field_type),
    .name = "a release",
    .check = check_version,
    .json_type = "string",
};

static int check_selector(const struct hass_field *field, const json_t *value, json_t **ret_value,
                          struct hass_error *err)
{
    int r = selector_check(value, err);

    if (r == 0)
        *ret_value = hass_json_ref(value);
    return r;
}

static const struct hass_field_type selector_type = {
    .size = sizeof(struct hass_field_type),
    .name = "a selector",
    .check = check_selector,
    .json_type = "object",
};

HASS_SCHEMA(input_schema, HASS_FIELD("name", &hass_type_string, .doc = "Shown name"),
            HASS_FIELD("description", &hass_type_string, .doc = "What it is for"),
            HASS_FIELD("default", &hass_type_any, .nullable = true,
                       .doc = "The value when none is given"),
            HASS_FIELD("selector", &selector_type, .doc = "How it is chosen"));

HASS_SCHEMA(section_schema, HASS_FIELD("name", &hass_type_string, .doc = "Shown name"),
            HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:fire"),
            HASS_FIELD("description", &hass_type_string, .doc = "What it is about"),
            HASS_FIELD("collapsed", &hass_type_bool, .doc = "Not unfolded at first"),
            HASS_FIELD("input", &hass_type_map, .required = true, .doc = "Its inputs"));

HASS_SCHEMA(needs_schema,
            HASS_FIELD("min_version", &version_type, .doc = "The oldest release of the model"));

HASS_SCHEMA(metadata_schema,
            HASS_FIELD("name", &hass_type_string, .required = true, .min = 1,
                       .doc = "What it is called"),
            HASS_FIELD("domain", &hass_type_string, .required = true, .doc = "What it makes"),
            HASS_FIELD("description", &hass_type_string, .doc = "What it is for"),
            HASS_FIELD("author", &hass_type_string, .doc = "Who wrote it"),
            HASS_FIELD("source_url", &hass_type_url, .doc = "Where it comes from"),
            HASS_FIELD("homeassistant", &hass_type_map, .schema = &needs_schema,
                       .doc = "What it needs"),
            HASS_FIELD("input", &hass_type_map, .fallback = "{}", .doc = "What is filled in"));

/* inputs */

static int add_input(json_t *inputs, const char *name, const json_t *input, struct hass_error *err)
{
    autojson *checked = NULL;

    if (hass_json_get(inputs, name))
        return hass_fail(err, HASS_E_INVALID, "blueprint->input: two inputs are called '%s'", name);
    if (!json_is_null(input)) {
        int r = hass_schema_check(&input_schema, input, &checked, err);
        if (r < 0) {
            hass_error_prefix(err, "blueprint->input->%s", name);
            return r;
        }
    }
    json_object_set_new(inputs, name, checked ? steal(checked) : json_null());
    return 0;
}

static int add_section(json_t *inputs, const char *name, const json_t *section,
                       struct hass_error *err)
{
    autojson *checked = NULL;
    int r = hass_schema_check(&section_schema, section, &checked, err);
    const char *key;
    json_t *input;

    if (r < 0) {
        hass_error_prefix(err, "blueprint->input->%s", name);
        return r;
    }
    json_object_foreach((json_t *)hass_json_get(section, "input"), key, input)
        if (r == 0)
            r = add_input(inputs, key, input, err);
    return r;
}

static int read_inputs(const json_t *metadata, json_t *inputs, struct hass_error *err)
{
    const char *name;
    json_t *input;
    int r = 0;

    json_object_foreach((json_t *)hass_json_get(metadata, "input"), name, input) {
        if (r == 0)
            r = hass_json_get(input, "input") ? add_section(inputs, name, input, err)
                                              : add_input(inputs, name, input, err);
    }
    return r;
}

/* The name of the hole that a value is; NULL: it is none. */
static const char *hole(const json_t *value)
{
    return json_object_size(value) == 1 ? hass_json_get_string(value, INPUT, NULL) : NULL;
}

/* Values are as deep as the loader lets them be. */
static int check_holes(const json_t *value, const json_t *inputs, struct hass_error *err)
{
    const char *name = hole(value), *key;
    json_t *member;
    size_t index;
    int r = 0;

    if (name && !hass_json_get(inputs, name))
        return hass_fail(err, HASS_E_INVALID, "!input %s: no input of this name is declared", name);
    json_object_foreach((json_t *)value, key, member)
        if (r == 0)
            r = check_holes(member, inputs, err);
    json_array_foreach((json_t *)value, index, member)
        if (r == 0)
            r = check_holes(member, inputs, err);
    return r;
}

/* reading */

static int refuse_text(const struct diagnostics *diagnostics, struct hass_error *err)
{
    for (size_t i = 0; i < diagnostics->list.length; i++) {
        const struct diagnostic *first = &diagnostics->list.data[i];
        if (first->severity == DIAGNOSTIC_ERROR)
            return hass_fail(err, HASS_E_PARSE, "%s:%u:%u: %s", first->file ? first->file : "",
                             first->line, first->column, first->message);
    }
    return hass_fail(err, HASS_E_PARSE, "it is no YAML");
}

static int load_text(const char *name, const char *text, size_t size, json_t **ret_value,
                     struct hass_error *err)
{
    struct diagnostics diagnostics = DIAGNOSTICS_INIT;
    struct yaml_marks *marks = yaml_marks_new();
    autojson *value = NULL;
    int r = yaml_load_text(name, text, size, marks, &diagnostics, &value);

    if (r < 0 || diagnostics.errors > 0)
        r = refuse_text(&diagnostics, err);
    else if (!json_is_object(hass_json_get(value, "blueprint")))
        r = hass_fail(err, HASS_E_INVALID, "expected a map with the key 'blueprint'");
    else
        *ret_value = steal(value);
    yaml_marks_unref(marks);
    diagnostics_fini(&diagnostics);
    return r;
}

static int take(const json_t *document, const char *domain, struct hass_blueprint *blueprint,
                struct hass_error *err)
{
    const json_t *metadata = hass_json_get(document, "blueprint");
    int r = hass_schema_check(&metadata_schema, metadata, &blueprint->metadata, err);

    if (r < 0) {
        hass_error_prefix(err, "blueprint");
        return r;
    }
    blueprint->domain = mem_strdup(hass_json_get_string(blueprint->metadata, "domain", ""));
    if (domain && strcmp(domain, blueprint->domain) != 0)
        return hass_fail(err, HASS_E_INVALID, "it is for %s, not for %s", blueprint->domain,
                         domain);
    blueprint->inputs = json_object();
    r = read_inputs(blueprint->metadata, blueprint->inputs, err);
    if (r < 0)
        return r;
    blueprint->body = json_copy((json_t *)document);
    json_object_del(blueprint->body, "blueprint");
    return check_holes(blueprint->body, blueprint->inputs, err);
}

int hass_blueprint_parse(const char *domain, const char *path, const char *text, size_t size,
                         struct hass_blueprint **ret_blueprint, struct hass_error *err)
{
    autojson *document = NULL;
    int r = load_text(path, text, size, &document, err);

    if (r < 0)
        return r;
    struct hass_blueprint *blueprint = mem_zalloc(sizeof(*blueprint));
    blueprint->refs = 1;
    r = take(document, domain, blueprint, err);
    if (r < 0)
        hass_blueprint_unref(blueprint);
    else
        *ret_blueprint = blueprint;
    return r;
}

/* files */

bool hass_blueprint_valid_path(const char *path)
{
    size_t length = strlen(path);

    if (length < 6 || length > 255 || strcmp(path + length - 5, ".yaml") != 0 || *path == '/')
        return false;
    for (const char *part = path; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL)
        if (*part == '.' || *part == '/' || !*part)
            return false;
    return true;
}

int hass_blueprint_load(struct hass *hass, const char *domain, const char *path,
                        struct hass_blueprint **ret_blueprint, struct hass_error *err)
{
    autofree char *relative = mem_printf("blueprints/%s/%s", domain, path);
    autofree char *full = hass_config_path(hass, relative);
    autofree char *text = NULL;
    struct stat status;
    size_t size;

    if (!hass_blueprint_valid_path(path))
        return hass_fail(err, HASS_E_INVALID,
                         "expected the path of a blueprint such as someone/motion_light.yaml, got "
                         "'%s'",
                         path);
    struct hass_error own = HASS_ERROR_INIT;
    int r = yaml_read_file(full, YAML_MAX_FILE, &text, &size, &status, &own);
    if (r == -ENOENT || r == -ENOTDIR)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no blueprint %s", relative);
    if (r >= 0)
        r = hass_blueprint_parse(domain, relative, text, size, ret_blueprint, &own);
    if (r < 0) {
        if (r != HASS_E_PARSE)
            hass_error_prefix(&own, "%s", relative);
        hass_error_copy(err, &own);
    }
    return r;
}

/* Both the pool and the waiter hold it: reading may outlive a waiter that was cancelled. */
struct reading {
    _Atomic int refs;
    char *domain, *path;
    struct hass_blueprint *blueprint;
};

static void reading_unref(void *object)
{
    struct reading *reading = object;

    if (--reading->refs > 0)
        return;
    hass_blueprint_unref(reading->blueprint);
    free(reading->domain);
    free(reading->path);
    free(reading);
}

static HASS_BLOCKING int read_file(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct reading *reading = userdata;

    return hass_blueprint_load(hass, reading->domain, reading->path, &reading->blueprint, err);
}

int hass_blueprint_async_load(struct hass *hass, const char *domain, const char *path,
                              struct hass_blueprint **ret_blueprint, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.blueprint.async_load", err);
    struct reading *reading = mem_zalloc(sizeof(*reading));

    *reading =
        (struct reading){ .refs = 2, .domain = mem_strdup(domain), .path = mem_strdup(path) };
    int r = hass_async_run_in_executor(
        hass, HASS_JOB_EXECUTOR(read_file, reading, .destroy = reading_unref), err);
    if (r >= 0)
        *ret_blueprint = steal(reading->blueprint);
    reading_unref(reading);
    return r < 0 ? r : 0;
}

/* filling the holes */

struct filling {
    const json_t *inputs; /* given */
    const json_t *declared;
};

static const json_t *value_of(const struct filling *filling, const char *name)
{
    const json_t *given = hass_json_get(filling->inputs, name);

    return given ? given : hass_json_get(hass_json_get(filling->declared, name), "default");
}

static json_t *fill(const struct filling *filling, const json_t *value)
{
    const char *name = hole(value), *key;
    json_t *member, *filled;
    size_t index;

    if (name)
        return json_deep_copy(value_of(filling, name));
    if (json_is_object(value)) {
        filled = json_object();
        json_object_foreach((json_t *)value, key, member)
            json_object_set_new_nocheck(filled, key, fill(filling, member));
        return filled;
    }
    if (!json_is_array(value))
        return json_deep_copy(value);
    filled = json_array();
    json_array_foreach((json_t *)value, index, member)
        json_array_append_new(filled, fill(filling, member));
    return filled;
}

int hass_blueprint_substitute(const struct hass_blueprint *blueprint, const json_t *inputs,
                              json_t **ret_body, struct hass_error *err)
{
    const struct filling filling = { .inputs = inputs, .declared = blueprint->inputs };
    autobuf missing = HASS_BUF_INIT;
    const char *name;
    json_t *input;

    json_object_foreach(blueprint->inputs, name, input)
        if (!value_of(&filling, name))
            hass_buf_printf(&missing, "%s'%s'", missing.length ? ", " : "", name);
    if (missing.length)
        return hass_fail(err, HASS_E_INVALID, "missing input %s", hass_buf_string(&missing));
    *ret_body = fill(&filling, blueprint->body);
    return 0;
}

HASS_SCHEMA(use_schema,
            HASS_FIELD("path", &hass_type_string, .required = true,
                       .doc = "Below the domain's folder of blueprints"),
            HASS_FIELD("input", &hass_type_map, .fallback = "{}", .doc = "What fills its holes"));

int hass_blueprint_async_use(struct hass *hass, const char *domain, const json_t *use,
                             json_t **ret_body, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.blueprint.async_use", err);
    autounref(hass_blueprint) *blueprint = NULL;
    autojson *checked = NULL;
    int r = hass_schema_check(&use_schema, use, &checked, err);

    if (r >= 0)
        r = hass_blueprint_async_load(hass, domain, hass_json_get_string(checked, "path", ""),
                                      &blueprint, err);
    return r < 0 ? r
                 : hass_blueprint_substitute(blueprint, hass_json_get(checked, "input"), ret_body,
                                             err);
}
