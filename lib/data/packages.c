/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Merging packages. Values may be shared by aliases, so nothing that was loaded is changed: a section is copied, level by
 * level, where something is laid into it, and the copies inherit the places of their originals.
 */
#include "data/packages.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <hass/cleanup.h>
#include <hass/json.h>

#include "base/mem.h"
#include "data/schema_text.h"

/* One package while it is merged, for what is said about it. */
struct package {
    const struct packages *all;
    const char *name;
    const char *section; /* or NULL */
};

static void HASS_PRINTF(5, 6)
    report(const struct package *package, enum diagnostic_severity severity, struct mark mark,
           const char *hint, const char *format, ...)
{
    char message[512];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    autofree char *path =
        mem_printf("homeassistant->packages->%s%s%s", package->name, package->section ? "->" : "",
                   package->section ? package->section : "");
    struct diagnostic_about about = { .mark = mark, .path = path, .hint = hint };
    diagnostics_add(package->all->diagnostics, severity, &about, "%s", message);
}

/* copies with places */

static json_t *copy_container(struct yaml_marks *marks, const json_t *container)
{
    json_t *copy = json_copy((json_t *)container);

    yaml_marks_copy(marks, container, copy);
    return copy;
}

/* Sets a member together with the places it has in @from. @value is taken. */
static void set_member(struct yaml_marks *marks, json_t *to, const json_t *from, const char *key,
                       json_t *value)
{
    yaml_marks_set_member(marks, to, key, yaml_marks_key(marks, from, key),
                          yaml_marks_member(marks, from, key));
    json_object_set_new(to, key, value);
}

static bool is_nothing(const json_t *value)
{
    return !value || json_is_null(value) || json_is_false(value) ||
           (json_is_object(value) && json_object_size(value) == 0) ||
           (json_is_array(value) && json_array_size(value) == 0) ||
           (json_is_string(value) && json_string_length(value) == 0) ||
           (json_is_number(value) && json_number_value(value) == 0);
}

static void append_item(struct yaml_marks *marks, json_t *list, const json_t *item,
                        struct mark mark)
{
    if (is_nothing(item))
        return;
    yaml_marks_add_item(marks, list, mark);
    json_array_append(list, (json_t *)item);
}

/* Appends the value of a member: the items of a list, a single value, nothing for nothing. */
static void append_member(struct yaml_marks *marks, json_t *list, const json_t *from,
                          const char *key)
{
    const json_t *value = json_object_get(from, key);

    if (!json_is_array(value)) {
        append_item(marks, list, value, yaml_marks_member(marks, from, key));
        return;
    }
    for (size_t i = 0; i < json_array_size(value); i++)
        append_item(marks, list, json_array_get(value, i), yaml_marks_item(marks, value, i));
}

/* Replaces a member of @to by a list of what both have; empty items are dropped, as the model does. */
static void join_lists(struct yaml_marks *marks, json_t *to, const json_t *from, const char *key)
{
    json_t *list = json_array();
    struct mark mark = yaml_marks_member(marks, to, key);

    yaml_marks_set(marks, list, mark.source ? mark : yaml_marks_member(marks, from, key));
    append_member(marks, list, to, key);
    append_member(marks, list, from, key);
    if (json_object_get(to, key))
        json_object_set_new(to, key, list);
    else
        set_member(marks, to, from, key, list);
}

/* maps */

static void report_duplicate(const struct package *package, const json_t *to, const json_t *from,
                             const char *key)
{
    struct yaml_marks *marks = package->all->marks;
    struct mark first = yaml_marks_key(marks, to, key);

    report(package, DIAGNOSTIC_ERROR, yaml_marks_key(marks, from, key),
           "remove one of them; the rest of this section of the package is left out",
           "'%s' is set already, in %s line %u", key, first.source ? first.source->name : "?",
           first.line);
}

/* Lays @from into @to until a scalar appears twice. Returns false then. */
static bool merge_maps(const struct package *package, json_t *to, const json_t *from)
{
    struct yaml_marks *marks = package->all->marks;
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)from, key, value) {
        const json_t *known = json_object_get(to, key);
        if (json_is_object(value) && json_object_size(value) == 0)
            continue;
        if (json_is_array(value)) {
            join_lists(marks, to, from, key);
        } else if (!known || json_is_null(known)) {
            set_member(marks, to, from, key, json_incref(value));
        } else if (json_is_object(value) && json_is_object(known)) {
            json_t *copy = copy_container(marks, known);
            bool good = merge_maps(package, copy, value);
            json_object_set_new(to, key, copy);
            if (!good)
                return false;
        } else {
            report_duplicate(package, to, from, key);
            return false;
        }
    }
    return true;
}

static void merge_map_section(const struct package *package, const json_t *content, const char *key)
{
    struct yaml_marks *marks = package->all->marks;
    json_t *root = package->all->root;
    const json_t *known = json_object_get(root, key), *value = json_object_get(content, key);

    if (!json_is_object(value) && !json_is_null(value)) {
        report(package, DIAGNOSTIC_ERROR, yaml_marks_member(marks, content, key), NULL,
               "'%s' must be a map to be merged", key);
        return;
    }
    if (known && !json_is_object(known) && !json_is_null(known)) {
        report(package, DIAGNOSTIC_ERROR, yaml_marks_member(marks, content, key), NULL,
               "'%s' cannot be merged: it is no map in the main configuration", key);
        return;
    }
    json_t *section = json_is_object(known) ? copy_container(marks, known) : json_object();
    if (json_is_object(value))
        merge_maps(package, section, value);
    if (known) {
        json_object_set_new(root, key, section);
        return;
    }
    yaml_marks_set(marks, section, yaml_marks_member(marks, content, key));
    set_member(marks, root, content, key, section);
}

/* packages */

static bool has_platform(const json_t *value)
{
    return json_is_array(value) || json_object_get(value, "platform");
}

static enum package_kind kind_of(const struct package *package, const char *domain,
                                 const json_t *known, const json_t *value)
{
    const struct packages *all = package->all;
    enum package_kind kind = all->kind ? all->kind(domain, all->userdata) : PACKAGE_BY_SHAPE;

    if (kind != PACKAGE_BY_SHAPE)
        return kind;
    return has_platform(known) || has_platform(value) ? PACKAGE_LIST : PACKAGE_MAP;
}

static void merge_section(struct package *package, const json_t *content, const char *key)
{
    const struct packages *all = package->all;
    autofree char *domain = mem_strndup(key, strcspn(key, " "));

    if (strcmp(domain, "homeassistant") == 0)
        return;
    package->section = key;
    const json_t *value = json_object_get(content, key);
    if (!json_is_object(value) && !json_is_array(value) && !json_is_null(value)) {
        report(package, DIAGNOSTIC_ERROR, yaml_marks_member(all->marks, content, key), NULL,
               "expected a map or a list");
        return;
    }
    switch (kind_of(package, domain, json_object_get(all->root, key), value)) {
    case PACKAGE_LIST:
        join_lists(all->marks, all->root, content, key);
        break;
    case PACKAGE_UNKNOWN:
        report(package, DIAGNOSTIC_ERROR, yaml_marks_key(all->marks, content, key), NULL,
               "there is no integration '%s'", domain);
        break;
    default:
        merge_map_section(package, content, key);
    }
}

/* Lays the customisations of a package over those of the core section, entity by entity. */
static void merge_customize(struct package *package, const json_t *content)
{
    static const char *const keys[] = { "customize", "customize_domain", "customize_glob" };
    struct yaml_marks *marks = package->all->marks;
    json_t *core = package->all->core;
    const json_t *section = json_object_get(content, "homeassistant");

    package->section = "homeassistant";
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const json_t *value = json_object_get(section, keys[i]);
        if (!value || json_is_null(value))
            continue;
        if (!json_is_object(value)) {
            report(package, DIAGNOSTIC_WARNING, yaml_marks_member(marks, section, keys[i]), NULL,
                   "'%s' must be a map; it is left out", keys[i]);
            continue;
        }
        const json_t *known = json_object_get(core, keys[i]);
        json_t *all = json_is_object(known) ? copy_container(marks, known) : json_object();
        const char *key;
        json_t *member;
        json_object_foreach((json_t *)value, key, member)
            set_member(marks, all, value, key, json_incref(member));
        if (json_is_object(known))
            json_object_set_new(core, keys[i], all);
        else
            set_member(marks, core, section, keys[i], all);
    }
}

static void merge_package(const struct packages *packages, const json_t *map, const char *name)
{
    struct package package = { .all = packages, .name = name };
    const json_t *content = json_object_get(map, name);

    if (!*name || !schema_is_slug(name)) {
        report(&package, DIAGNOSTIC_ERROR, yaml_marks_key(packages->marks, map, name),
               "use a-z, 0-9 and single underscores",
               "the name of a package must be a slug; the package is left out");
        return;
    }
    if (!json_is_object(content)) {
        report(&package, DIAGNOSTIC_ERROR, yaml_marks_member(packages->marks, map, name), NULL,
               "a package must be a map; it is left out");
        return;
    }
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)content, key, value)
        merge_section(&package, content, key);
    merge_customize(&package, content);
}

void packages_merge(const struct packages *packages)
{
    const json_t *map = json_object_get(packages->core, "packages");

    if (!map || json_is_null(map))
        return;
    if (!json_is_object(map)) {
        struct diagnostic_about about = {
            .mark = yaml_marks_member(packages->marks, packages->core, "packages"),
            .path = "homeassistant->packages",
        };
        diagnostics_add(packages->diagnostics, DIAGNOSTIC_ERROR, &about,
                        "packages must be a map of names to packages");
        return;
    }
    const char *name;
    json_t *content;
    json_object_foreach((json_t *)map, name, content)
        merge_package(packages, map, name);
}
