/* SPDX-License-Identifier: Apache-2.0 */
/*
 * configuration.yaml: finding it, checking its outermost shape, merging packages, sorting its keys by domain.
 */
#include "data/config_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <hass/cleanup.h>
#include <hass/json.h>

#include "base/mem.h"
#include "data/schema_text.h"
#include "data/yaml_load.h"
#include "data/yaml_outline.h"

#define CORE "homeassistant"

static void report(struct config_file *file, enum diagnostic_severity severity, struct mark mark,
                   const char *path, const char *hint, const char *message)
{
    struct diagnostic_about about = { .mark = mark, .path = path, .hint = hint };

    diagnostics_add(&file->diagnostics, severity, &about, "%s", message);
}

/* Says why nothing can be read of the folder. Returns false then. */
static bool check_folder(struct config_file *file, const char *dir, const char *path)
{
    struct stat status;
    autofree char *problem = NULL;

    if (stat(dir, &status) < 0)
        problem =
            mem_printf("cannot read the configuration folder %s: %s", dir, strerrordesc_np(errno));
    else if (!S_ISDIR(status.st_mode))
        problem = mem_printf("the configuration folder %s is no folder", dir);
    if (problem) {
        report(file, DIAGNOSTIC_ERROR, (struct mark){ 0 }, NULL, "name another with --config DIR",
               problem);
        return false;
    }
    if (stat(path, &status) == 0 || errno != ENOENT)
        return true;
    problem = mem_printf("there is no configuration.yaml in %s", dir);
    report(file, DIAGNOSTIC_WARNING, (struct mark){ 0 }, NULL,
           "an empty file is a valid configuration", problem);
    return false;
}

/* The whole file as an object; empty when there is nothing to be had of it. */
static json_t *load_root(struct config_file *file, const char *dir, const struct yaml_marks *former)
{
    autofree char *path = mem_printf("%s/configuration.yaml", dir);
    json_t *root = NULL;

    if (!check_folder(file, dir, path) ||
        yaml_load_file(dir, path, former, file->marks, &file->diagnostics, &root) < 0)
        return json_object();
    if (json_is_object(root))
        return root;
    if (!json_is_null(root))
        report(file, DIAGNOSTIC_ERROR, yaml_marks_container(file->marks, root), NULL,
               "write 'integration:' and its options below it",
               "configuration.yaml must be a map of integrations");
    json_decref(root);
    return json_object();
}

/* A copy that may be changed, with the same places. */
static json_t *copy_map(struct config_file *file, const json_t *map)
{
    json_t *copy = json_copy((json_t *)map);

    yaml_marks_copy(file->marks, map, copy);
    return copy;
}

/* Takes the core section out of @root. */
static json_t *take_core(struct config_file *file, json_t *root)
{
    const json_t *section = json_object_get(root, CORE);
    json_t *core = json_is_object(section) ? copy_map(file, section) : json_object();

    if (section && !json_is_object(section) && !json_is_null(section))
        report(file, DIAGNOSTIC_ERROR, yaml_marks_member(file->marks, root, CORE), CORE, NULL,
               "the section homeassistant must be a map");
    json_object_del(root, CORE);
    return core;
}

/* sections */

static void append_section(struct config_file *file, json_t *list, const json_t *from,
                           const char *key)
{
    const json_t *value = json_object_get(from, key);

    if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++) {
            yaml_marks_add_item(file->marks, list, yaml_marks_item(file->marks, value, i));
            json_array_append(list, json_array_get(value, i));
        }
    } else if (!json_is_null(value) && json_object_size(value) + !json_is_object(value) > 0) {
        yaml_marks_add_item(file->marks, list, yaml_marks_member(file->marks, from, key));
        json_array_append(list, (json_t *)value);
    }
}

static json_t *join_sections(struct config_file *file, const char *domain, const json_t *root,
                             const char *key, bool as_list)
{
    const json_t *known = json_object_get(file->sections, domain);
    const json_t *value = json_object_get(root, key);
    bool maps = !as_list && json_is_object(known) && json_is_object(value) &&
                !json_object_get(known, "platform") && !json_object_get(value, "platform");

    if (!maps) {
        json_t *list = json_array();
        yaml_marks_set(file->marks, list, yaml_marks_member(file->marks, file->sections, domain));
        append_section(file, list, file->sections, domain);
        append_section(file, list, root, key);
        return list;
    }
    json_t *joined = copy_map(file, known);
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)value, name, member) {
        struct mark mark = yaml_marks_key(file->marks, value, name);
        if (json_object_get(joined, name))
            report(file, DIAGNOSTIC_WARNING, mark, domain, "the last one counts",
                   "the same key in two sections of one integration");
        yaml_marks_set_member(file->marks, joined, name, mark,
                              yaml_marks_member(file->marks, value, name));
        json_object_set(joined, name, member);
    }
    return joined;
}

/* Files the value of "light kitchen" under light. */
static void add_section(struct config_file *file, const json_t *root, const char *key,
                        package_kind_fn *kind, void *userdata)
{
    struct yaml_marks *marks = file->marks;
    struct mark key_mark = yaml_marks_key(marks, root, key);
    autofree char *domain = mem_strndup(key, strcspn(key, " "));

    if (!*domain || !schema_is_slug(domain)) {
        autofree char *message = mem_printf("'%s' is no name of an integration", domain);
        report(file, DIAGNOSTIC_ERROR, key_mark, key, "use a-z, 0-9 and single underscores",
               message);
        return;
    }
    json_t *section;
    if (json_object_get(file->sections, domain)) {
        section =
            join_sections(file, domain, root, key, kind && kind(domain, userdata) == PACKAGE_LIST);
    } else if (json_is_null(json_object_get(root, key))) {
        section = json_object();
        yaml_marks_set(marks, section, key_mark);
    } else {
        section = json_incref(json_object_get(root, key));
    }
    if (!json_object_get(file->sections, domain))
        yaml_marks_set_member(marks, file->sections, domain, key_mark,
                              yaml_marks_member(marks, root, key));
    json_object_set_new(file->sections, domain, section);
}

struct config_file *config_file_load(const char *dir, package_kind_fn *kind, void *userdata,
                                     const struct yaml_marks *former)
{
    struct config_file *file = mem_zalloc(sizeof(*file));

    file->marks = yaml_marks_new();
    file->sections = json_object();
    autojson *loaded = load_root(file, dir, former);
    autojson *root = copy_map(file, loaded);
    file->core = take_core(file, root);
    packages_merge(&(struct packages){
        .root = root,
        .core = file->core,
        .marks = file->marks,
        .diagnostics = &file->diagnostics,
        .kind = kind,
        .userdata = userdata,
    });
    json_object_del(file->core, "packages");
    yaml_marks_set(file->marks, file->sections, yaml_marks_container(file->marks, root));
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value)
        add_section(file, root, key, kind, userdata);
    return file;
}

void config_file_settle(struct config_file *file, const struct yaml_marks *former)
{
    autojson *all = json_pack("[O, O]", file->sections, file->core);

    yaml_outline_settle(file->marks, former, all);
    file->read = yaml_marks_ref(file->marks);
    file->marks = yaml_marks_new_over(file->marks);
}

/* sections of an older file */

static void free_kept(void *object)
{
    struct config_kept *kept = object;

    json_decref(kept->sections);
    yaml_marks_unref(kept->marks);
    free(kept);
}

static const struct config_kept *find_kept(const struct config_file *file, const char *domain)
{
    return file->kept ? hass_strmap_get(file->kept, domain) : NULL;
}

void config_file_keep(struct config_file *file, const struct config_file *from, const char *domain)
{
    const struct config_kept *kept = find_kept(from, domain);
    struct config_kept *copy = mem_alloc(sizeof(*copy));
    json_t *section = json_object_get(from->sections, domain);

    *copy = (struct config_kept){
        .sections = json_incref(kept ? kept->sections : from->sections),
        .marks = yaml_marks_ref(kept ? kept->marks : from->marks),
    };
    if (!file->kept)
        file->kept = hass_strmap_create(free_kept);
    hass_strmap_set(file->kept, domain, copy);
    if (section)
        json_object_set(file->sections, domain, section);
    else
        json_object_del(file->sections, domain);
}

struct yaml_marks *config_file_marks(const struct config_file *file, const char *domain,
                                     const json_t **ret_sections)
{
    const struct config_kept *kept = find_kept(file, domain);

    if (ret_sections)
        *ret_sections = kept ? kept->sections : file->sections;
    return kept ? kept->marks : file->marks;
}

struct config_file *config_file_destroy(struct config_file *file)
{
    if (!file)
        return NULL;
    json_decref(file->core);
    json_decref(file->sections);
    yaml_marks_unref(file->marks);
    yaml_marks_unref(file->read);
    hass_strmap_destroy(file->kept);
    diagnostics_fini(&file->diagnostics);
    free(file);
    return NULL;
}
