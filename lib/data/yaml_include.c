/* SPDX-License-Identifier: Apache-2.0 */
/*
 * !include and its forms for folders. Folders are read recursively in the order of names, the files of a folder before those
 * of its subfolders; hidden names, secrets.yaml and what does not end in .yaml are passed over.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <hass/cleanup.h>
#include <hass/vec.h>

#include "base/mem.h"
#include "data/yaml_loader.h"

/* @name as seen from the including file, or NULL with an error reported. */
static char *resolve(struct yaml_document *document, const char *name, struct mark mark)
{
    if (!document->path) {
        yaml_error(document->loader, mark, NULL, "files cannot be included here");
        return NULL;
    }
    if (name[0] == '/')
        return mem_strdup(name);
    const char *slash = strrchr(document->path, '/');
    int folder = slash ? (int)(slash - document->path) + 1 : 0;
    return mem_printf("%.*s%s", folder, document->path, name);
}

/* A folder's own trailing slash would make "folder//file" of every name. */
static char *resolve_folder(struct yaml_document *document, const char *name, struct mark mark)
{
    char *path = resolve(document, name, mark);

    for (size_t length = path ? strlen(path) : 0; length > 1 && path[length - 1] == '/'; length--)
        path[length - 1] = 0;
    return path;
}

enum yaml_result yaml_include(struct yaml_document *document, const char *argument,
                              struct mark mark, struct yaml_node *ret_node)
{
    autofree char *path = resolve(document, argument, mark);

    if (!path)
        return YAML_SKIPPED;
    enum yaml_result result = yaml_loader_read(document->loader, document, path, mark, ret_node);
    // The model gives an empty map for an empty file.
    if (result == YAML_GOOD && json_is_null(ret_node->value)) {
        ret_node->value = json_object();
        ret_node->height = 1;
        yaml_marks_set(document->loader->marks, ret_node->value, ret_node->mark);
    }
    ret_node->mark = mark;
    return result;
}

/* the files of a folder */

struct names {
    HASS_VEC(char *) list;
};

static void free_names(struct names *names)
{
    vec_foreach(&names->list, name)
        free(*name);
    vec_fini(&names->list);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_names(struct names *names)
{
    if (names->list.length)
        qsort(names->list.data, names->list.length, sizeof(char *), compare_names);
}

static bool is_folder(const char *path)
{
    struct stat status;

    // Links to folders are not followed: they could lead round in a circle.
    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_yaml_file(const char *name)
{
    size_t length = strlen(name);

    return length > 5 && strcmp(name + length - 5, ".yaml") == 0 &&
           strcmp(name, "secrets.yaml") != 0;
}

struct walk {
    struct yaml_loader *loader;
    struct mark mark;
    struct names files;
};

static enum yaml_result walk_folder(struct walk *walk, const char *folder, size_t depth);

/* Sorts the entries of an open folder into files, which are added to the walk, and subfolders. */
static enum yaml_result read_entries(struct walk *walk, const char *folder, DIR *dir,
                                     struct names *folders)
{
    struct names files = { 0 };

    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        char *path = mem_printf("%s/%s", folder, entry->d_name);
        struct names *kind = is_folder(path)               ? folders
                             : is_yaml_file(entry->d_name) ? &files
                                                           : NULL;
        if (kind)
            vec_push(&kind->list, path);
        else
            free(path);
    }
    sort_names(&files);
    sort_names(folders);
    vec_foreach(&files.list, path)
        vec_push(&walk->files.list, *path);
    vec_fini(&files.list);
    if (walk->files.list.length > YAML_MAX_DIR)
        return yaml_over_limit(walk->loader, walk->mark, "files in a folder", YAML_MAX_DIR);
    return YAML_GOOD;
}

static enum yaml_result walk_folder(struct walk *walk, const char *folder, size_t depth)
{
    DIR *dir = opendir(folder);

    if (!dir) {
        yaml_warning(walk->loader, walk->mark, NULL, "cannot read the folder %s: %s",
                     yaml_shown_name(walk->loader, folder), strerrordesc_np(errno));
        return YAML_GOOD;
    }
    struct names folders = { 0 };
    enum yaml_result result = read_entries(walk, folder, dir, &folders);
    closedir(dir);
    if (depth == YAML_MAX_INCLUDES && folders.list.length)
        result = yaml_over_limit(walk->loader, walk->mark, "folders within each other",
                                 YAML_MAX_INCLUDES);
    vec_foreach(&folders.list, path) {
        if (result == YAML_GOOD)
            result = walk_folder(walk, *path, depth + 1);
    }
    free_names(&folders);
    return result;
}

/* putting them together */

typedef void add_file_fn(struct yaml_loader *loader, struct yaml_node *whole, const char *path,
                         const struct yaml_node *file);

/* Reads all files below a folder and hands each value that is something to @add. Takes whole->value on failure. */
static enum yaml_result include_folder(struct yaml_document *document, const char *argument,
                                       struct mark mark, add_file_fn *add, struct yaml_node *whole)
{
    struct yaml_loader *loader = document->loader;
    autofree char *folder = resolve_folder(document, argument, mark);
    struct walk walk = { .loader = loader, .mark = mark };
    enum yaml_result result = folder ? walk_folder(&walk, folder, 1) : YAML_SKIPPED;

    whole->mark = mark;
    whole->height = 1;
    yaml_marks_set(loader->marks, whole->value, mark);
    loader->depth++;
    for (size_t i = 0; i < walk.files.list.length && result == YAML_GOOD; i++) {
        const char *path = walk.files.list.data[i];
        struct yaml_node file;
        enum yaml_result read = yaml_loader_read(loader, document, path, mark, &file);
        if (read == YAML_BROKEN)
            result = read;
        if (read != YAML_GOOD)
            continue;
        add(loader, whole, path, &file);
        whole->nodes += file.nodes;
        if (whole->height < file.height + 1)
            whole->height = file.height + 1;
        json_decref(file.value);
    }
    loader->depth--;
    free_names(&walk.files);
    if (result != YAML_GOOD)
        yaml_node_free(whole);
    return result;
}

static void add_item(struct yaml_loader *loader, struct yaml_node *whole, const char *path,
                     const struct yaml_node *file)
{
    if (json_is_null(file->value))
        return;
    yaml_marks_add_item(loader->marks, whole->value, file->mark);
    json_array_append(whole->value, file->value);
}

enum yaml_result yaml_include_dir_list(struct yaml_document *document, const char *argument,
                                       struct mark mark, struct yaml_node *ret_node)
{
    ret_node->value = json_array();
    return include_folder(document, argument, mark, add_item, ret_node);
}

static void merge_items(struct yaml_loader *loader, struct yaml_node *whole, const char *path,
                        const struct yaml_node *file)
{
    if (!json_is_array(file->value) && !json_is_null(file->value))
        yaml_warning(loader, file->mark, NULL, "expected a list; the file is left out");
    for (size_t i = 0; i < json_array_size(file->value); i++) {
        yaml_marks_add_item(loader->marks, whole->value,
                            yaml_marks_item(loader->marks, file->value, i));
        json_array_append(whole->value, json_array_get(file->value, i));
    }
}

enum yaml_result yaml_include_dir_merge_list(struct yaml_document *document, const char *argument,
                                             struct mark mark, struct yaml_node *ret_node)
{
    ret_node->value = json_array();
    return include_folder(document, argument, mark, merge_items, ret_node);
}

static void add_named(struct yaml_loader *loader, struct yaml_node *whole, const char *path,
                      const struct yaml_node *file)
{
    const char *name = strrchr(path, '/') + 1;
    autofree char *key = mem_strndup(name, strlen(name) - strlen(".yaml"));
    json_t *value = json_is_null(file->value) ? json_object() : json_incref(file->value);

    if (json_is_null(file->value))
        yaml_marks_set(loader->marks, value, file->mark);
    yaml_set_member(loader, whole->value, key, file->mark, value, file->mark);
}

enum yaml_result yaml_include_dir_named(struct yaml_document *document, const char *argument,
                                        struct mark mark, struct yaml_node *ret_node)
{
    ret_node->value = json_object();
    return include_folder(document, argument, mark, add_named, ret_node);
}

static void merge_members(struct yaml_loader *loader, struct yaml_node *whole, const char *path,
                          const struct yaml_node *file)
{
    if (!json_is_object(file->value) && !json_is_null(file->value))
        yaml_warning(loader, file->mark, NULL, "expected a map; the file is left out");
    const char *key;
    json_t *value;
    json_object_foreach(file->value, key, value)
        yaml_set_member(loader, whole->value, key, yaml_marks_key(loader->marks, file->value, key),
                        json_incref(value), yaml_marks_member(loader->marks, file->value, key));
}

enum yaml_result yaml_include_dir_merge_named(struct yaml_document *document, const char *argument,
                                              struct mark mark, struct yaml_node *ret_node)
{
    ret_node->value = json_object();
    return include_folder(document, argument, mark, merge_members, ret_node);
}
