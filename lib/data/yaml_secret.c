/* SPDX-License-Identifier: Apache-2.0 */
/*
 * !secret: looked up in the secrets.yaml of the file's folder and of each folder above it, up to the configuration folder.
 * Secrets files are read once a load; their lines are never shown.
 */
#include <string.h>
#include <unistd.h>

#include <hass/cleanup.h>
#include <hass/json.h>

#include "base/mem.h"
#include "data/yaml_loader.h"

/* Reads a folder's secrets; none, or bad ones, are an empty object. */
static json_t *read_secrets(struct yaml_document *document, const char *path, struct mark mark)
{
    struct yaml_loader *loader = document->loader;
    struct yaml_node node = { 0 };

    if (access(path, F_OK) < 0)
        return json_object();
    size_t depth = loader->depth;
    loader->depth = 0; // where it is asked for has nothing to do with where it stands
    loader->in_secrets = true;
    enum yaml_result result = yaml_loader_read(loader, NULL, path, mark, &node);
    loader->in_secrets = false;
    loader->depth = depth;
    if (result == YAML_GOOD && json_is_object(node.value))
        return node.value;
    if (result == YAML_GOOD && !json_is_null(node.value))
        yaml_error(loader, node.mark, "write 'name: value'", "a secrets file must be a map");
    if (result == YAML_GOOD)
        json_decref(node.value);
    return json_object();
}

static const json_t *get_secrets(struct yaml_document *document, const char *folder,
                                 struct mark mark)
{
    struct yaml_loader *loader = document->loader;
    json_t *secrets = hass_strmap_get(loader->secrets, folder);

    if (!secrets) {
        autofree char *path = mem_printf("%s/secrets.yaml", folder);
        secrets = read_secrets(document, path, mark);
        hass_strmap_set(loader->secrets, folder, secrets);
    }
    return secrets;
}

/* The levels of containers in a value that was loaded, and so is at most HASS_JSON_MAX_DEPTH deep. */
static size_t height_of(const json_t *value)
{
    size_t height = 0;
    const char *key;
    json_t *member;

    json_object_foreach((json_t *)value, key, member) {
        size_t inner = height_of(member);
        height = inner > height ? inner : height;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        size_t inner = height_of(json_array_get(value, i));
        height = inner > height ? inner : height;
    }
    return height + (json_is_object(value) || json_is_array(value));
}

static enum yaml_result use_secret(struct yaml_document *document, const json_t *value,
                                   struct mark mark, struct yaml_node *ret_node)
{
    struct yaml_loader *loader = document->loader;

    ret_node->height = height_of(value);
    if (loader->depth + ret_node->height > HASS_JSON_MAX_DEPTH)
        return yaml_error(loader, mark, NULL, "more than %d levels", HASS_JSON_MAX_DEPTH);
    ret_node->value = json_incref((json_t *)value);
    return YAML_GOOD;
}

/* Goes up one folder. Returns false at the configuration folder. */
static bool go_up(const char *root_dir, char *folder)
{
    if (strcmp(folder, root_dir) == 0)
        return false;
    char *slash = strrchr(folder, '/');
    if (!slash)
        return false;
    *slash = 0;
    size_t length = strlen(root_dir);
    return strncmp(folder, root_dir, length) == 0 && (!folder[length] || folder[length] == '/');
}

enum yaml_result yaml_secret(struct yaml_document *document, const char *name, struct mark mark,
                             struct yaml_node *ret_node)
{
    struct yaml_loader *loader = document->loader;

    if (loader->in_secrets)
        return yaml_error(loader, mark, NULL, "a secrets file cannot use !secret");
    if (!document->path)
        return yaml_error(loader, mark, NULL, "!secret is not possible here");
    struct nearest nearest = { .word = name };
    autofree char *folder = mem_strdup(document->path);
    while (go_up(loader->root_dir, folder)) {
        const json_t *secrets = get_secrets(document, folder, mark);
        const json_t *value = json_object_get(secrets, name);
        if (loader->over_a_limit)
            return YAML_BROKEN;
        if (value)
            return use_secret(document, value, mark, ret_node);
        const char *known;
        json_t *other;
        json_object_foreach((json_t *)secrets, known, other)
            nearest_offer(&nearest, known);
    }
    autofree char *hint = nearest_hint(&nearest);
    return yaml_error(loader, mark, hint ? hint : "add it to secrets.yaml", "unknown secret '%s'",
                      name);
}
