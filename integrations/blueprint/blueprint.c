/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The integration blueprint: what clients do with blueprints, which <hass/blueprint.h> reads. It has no section.
 *
 * Model: components.blueprint
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <hass/blueprint.h>
#include <hass/config_file.h>
#include <hass/integration.h>

#include "config/config.h"
#include "websocket_api/websocket_api.h"

HASS_MANIFEST(.domain = "blueprint", .name = "Blueprint", .version = HASS_VERSION,
              .dependencies = HASS_LIST("websocket_api"), .integration_type = "system");

#define MAX_DEPTH 8    /* folders within each other */
#define MAX_FILES 2000 /* of one domain */

#define DOMAIN                                                                                     \
    HASS_FIELD("domain", &hass_type_enum, .words = HASS_WORDS("automation", "script", "template"), \
               .required = true, .doc = "What it makes")
#define PATH                                                                                       \
    HASS_FIELD("path", &hass_type_string, .required = true, .max = 255,                            \
               .doc = "Below blueprints/<domain>/")
HASS_SCHEMA(list_schema, DOMAIN);
HASS_SCHEMA(path_schema, DOMAIN, PATH);
HASS_SCHEMA(import_schema, HASS_FIELD("url", &hass_type_string, .required = true,
                                      .doc = "A file of the configuration folder"));
HASS_SCHEMA(save_schema, DOMAIN, PATH,
            HASS_FIELD("yaml", &hass_type_string, .required = true, .doc = "Its text"),
            HASS_FIELD("source_url", &hass_type_url, .doc = "Where it comes from"),
            HASS_FIELD("allow_override", &hass_type_bool, .fallback = "false",
                       .doc = "Whether one that is there is replaced"));
HASS_SCHEMA(substitute_schema, DOMAIN, PATH,
            HASS_FIELD("input", &hass_type_map, .required = true, .doc = "What fills its holes"));

/* requests */

static HASS_CALLBACK struct hass *hass_of(struct websocket_request *request)
{
    return websocket_api_of(request)->hass(request);
}

static HASS_CALLBACK const char *asked(struct websocket_request *request, const char *key)
{
    return hass_json_get_string(websocket_api_of(request)->message(request), key, "");
}

static void answer(json_t *json, struct hass_buf *result)
{
    hass_json_write(json, result);
    json_decref(json);
}

/* "blueprints/automation/someone/x.yaml", owned by the caller. */
static char *file_of(const char *domain, const char *path)
{
    char *name = NULL;

    if (asprintf(&name, "blueprints/%s/%s", domain, path) < 0)
        abort();
    return name;
}

/* A path that a client has typed; ".yaml" may be left out. NULL with @err. Owned by the caller. */
static HASS_CALLBACK char *path_of(struct websocket_request *request, struct hass_error *err)
{
    const char *given = asked(request, "path");
    size_t length = strlen(given);
    bool ends = length > 5 && strcmp(given + length - 5, ".yaml") == 0;
    autofree char *path = NULL;

    if (asprintf(&path, "%s%s", given, ends ? "" : ".yaml") < 0)
        abort();
    if (hass_blueprint_valid_path(path))
        return steal(path);
    hass_fail(err, HASS_E_INVALID, "expected a path such as someone/motion_light.yaml, got '%s'",
              given);
    return NULL;
}

/* blueprint/list */

/* What the pool fills in; both it and the waiter hold it. */
struct listing {
    _Atomic int refs;
    char *domain;
    json_t *found; /* {path: {"metadata"} or {"error"}} */
    bool more;     /* than are listed */
};

static void listing_unref(void *object)
{
    struct listing *listing = object;

    if (--listing->refs > 0)
        return;
    free(listing->domain);
    json_decref(listing->found);
    free(listing);
}

static HASS_BLOCKING void list_file(struct hass *hass, struct listing *listing, const char *path)
{
    autounref(hass_blueprint) *blueprint = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    if (json_object_size(listing->found) >= MAX_FILES) {
        listing->more = true;
        return;
    }
    if (hass_blueprint_load(hass, listing->domain, path, &blueprint, &err) < 0)
        json_object_set_new(listing->found, path, json_pack("{s:s}", "error", err.message));
    else
        json_object_set_new(
            listing->found, path,
            json_pack("{s:o}", "metadata", json_deep_copy(hass_blueprint_metadata(blueprint))));
}

/* @below: "" or "someone/". */
static HASS_BLOCKING void list_folder(struct hass *hass, struct listing *listing, const char *below,
                                      int depth)
{
    autofree char *relative = file_of(listing->domain, below);
    autofree char *folder = hass_config_path(hass, relative);
    DIR *dir = opendir(folder);

    if (dir && depth > MAX_DEPTH) {
        hass_warning("%s is not looked into: folders of blueprints may be %d deep", folder,
                     MAX_DEPTH);
        closedir(dir);
        return;
    }
    while (dir) {
        const struct dirent *entry = readdir(dir);
        autofree char *path = NULL;
        if (!entry)
            break;
        if (entry->d_name[0] == '.')
            continue;
        if (asprintf(&path, "%s%s", below, entry->d_name) < 0)
            abort();
        if (hass_blueprint_valid_path(path)) {
            list_file(hass, listing, path);
            continue;
        }
        autofree char *inner = NULL;
        if (asprintf(&inner, "%s/", path) < 0)
            abort();
        list_folder(hass, listing, inner, depth + 1);
    }
    if (dir)
        closedir(dir);
}

static HASS_BLOCKING int list_all(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct listing *listing = userdata;

    list_folder(hass, listing, "", 1);
    if (listing->more)
        hass_warning("there are more than %d blueprints of %s: the others are not listed",
                     MAX_FILES, listing->domain);
    return 0;
}

static HASS_COROUTINE int list(struct websocket_request *request, struct hass_buf *result,
                               struct hass_error *err)
{
    struct listing *listing = calloc(1, sizeof(*listing));

    listing->refs = 2;
    listing->domain = strdup(asked(request, "domain"));
    listing->found = json_object();
    int r = hass_async_run_in_executor(
        hass_of(request), HASS_JOB_EXECUTOR(list_all, listing, .destroy = listing_unref), err);
    if (r >= 0)
        answer(steal(listing->found), result);
    listing_unref(listing);
    return r;
}

/* blueprint/import */

/* What the pool reads. */
struct import {
    _Atomic int refs;
    char *path;
    char *text;
    size_t size;
    bool exists;
    char *target; /* whose existence is asked, or NULL */
};

static void import_unref(void *object)
{
    struct import *import = object;

    if (--import->refs > 0)
        return;
    free(import->path);
    free(import->text);
    free(import->target);
    free(import);
}

#define MAX_IMPORT (1024 * 1024)

static HASS_BLOCKING int read_import(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct import *import = userdata;
    FILE *file = fopen(import->path, "re");

    if (!file)
        return hass_fail_errno(err, errno, "cannot read %s", import->path);
    import->text = calloc(1, MAX_IMPORT + 1);
    import->size = fread(import->text, 1, MAX_IMPORT + 1, file);
    fclose(file);
    if (import->size > MAX_IMPORT)
        return hass_fail(err, HASS_E_LIMIT, "%s has more than %d bytes", import->path, MAX_IMPORT);
    return 0;
}

/* The file that an address means: file:///config/x.yaml, or a path in the configuration folder. NULL with @err. */
static char *local_path(struct hass *hass, const char *url, struct hass_error *err)
{
    if (strncmp(url, "file://", 7) == 0)
        url += 7;
    else if (strstr(url, "://")) {
        hass_fail(err, HASS_E_UNSUPPORTED,
                  "%s is not fetched: save the file in the configuration folder and import it from "
                  "there",
                  url);
        return NULL;
    }
    const char *folder = hass_config_dir(hass);
    size_t length = strlen(folder);
    bool within = strncmp(url, folder, length) == 0 && url[length] == '/';
    if (strstr(url, "..") || (*url == '/' && !within)) {
        hass_fail(err, HASS_E_UNAUTHORIZED, "%s is not in the configuration folder", url);
        return NULL;
    }
    return within ? strdup(url) : hass_config_path(hass, url);
}

/* "someone/motion_light" of ".../someone/motion_light.yaml", owned by the caller. */
static char *suggest(const char *path)
{
    const char *name = strrchr(path, '/');
    const char *folder = name;

    while (folder > path && folder[-1] != '/')
        folder--;
    char *suggested = strdup(folder && folder > path ? folder : name ? name + 1 : path);
    size_t length = strlen(suggested);
    if (length > 5 && strcmp(suggested + length - 5, ".yaml") == 0)
        suggested[length - 5] = '\0';
    return suggested;
}

static HASS_COROUTINE int import_file(struct websocket_request *request, struct hass_buf *result,
                                      struct hass_error *err)
{
    struct hass *hass = hass_of(request);
    autounref(hass_blueprint) *blueprint = NULL;
    char *path = local_path(hass, asked(request, "url"), err);

    if (!path)
        return err ? err->code : HASS_E_INVALID;
    struct import *import = calloc(1, sizeof(*import));
    *import = (struct import){ .refs = 2, .path = path };
    int r = hass_async_run_in_executor(
        hass, HASS_JOB_EXECUTOR(read_import, import, .destroy = import_unref), err);
    if (r >= 0)
        r = hass_blueprint_parse(NULL, import->path, import->text, import->size, &blueprint, err);
    if (r >= 0) {
        autofree char *suggested = suggest(import->path);
        autofree char *file = NULL;
        if (asprintf(&file, "%s.yaml", suggested) < 0)
            abort();
        autounref(hass_blueprint) *there = NULL;
        bool exists = hass_blueprint_async_load(hass, hass_blueprint_domain(blueprint), file,
                                                &there, NULL) != HASS_E_NOT_FOUND;
        answer(json_pack("{s:s, s:s#, s:{s:o}, s:n, s:b}", "suggested_filename", suggested,
                         "raw_data", import->text, (int)import->size, "blueprint", "metadata",
                         json_deep_copy(hass_blueprint_metadata(blueprint)), "validation_errors",
                         "exists", exists),
               result);
    }
    import_unref(import);
    return r < 0 ? r : 0;
}

/* who uses it */

static HASS_CALLBACK const struct hass_config_editor *editor_of(struct hass *hass,
                                                                const char *domain)
{
    autofree char *name = NULL;

    if (asprintf(&name, "%s.editor", domain) < 0)
        abort();
    return hass_async_get_api(hass, name);
}

/* Entities made of a blueprint, owned by the caller. */
static HASS_CALLBACK json_t *users_of(struct hass *hass, const char *domain, const char *path)
{
    const struct hass_config_editor *editor = editor_of(hass, domain);

    return editor && editor->async_made_of ? editor->async_made_of(hass, path) : json_array();
}

/* What is made of it follows. */
static HASS_COROUTINE int reload_users(struct hass *hass, const char *domain, const char *path,
                                       struct hass_error *err)
{
    const struct hass_call_options options = { .size = sizeof(options), .blocking = true };
    autojson *users = users_of(hass, domain, path);

    return json_array_size(users)
               ? hass_services_async_call(hass, domain, "reload", NULL, &options, NULL, err)
               : 0;
}

/* blueprint/save */

/* The text with where it comes from, if it does not say so itself. Owned by the caller. */
static char *with_source(const char *text, const struct hass_blueprint *blueprint, const char *url)
{
    const char *line = strncmp(text, "blueprint:", 10) == 0 ? text : strstr(text, "\nblueprint:");
    const char *end = line ? strchr(line + 1, '\n') : NULL;
    char *changed = NULL;

    if (!*url || !end || hass_json_get(hass_blueprint_metadata(blueprint), "source_url"))
        return strdup(text);
    size_t indent = strspn(end + 1, " ");
    if (asprintf(&changed, "%.*s%*ssource_url: \"%s\"\n%s", (int)(end + 1 - text), text,
                 (int)indent, "", url, end + 1) < 0)
        abort();
    return changed;
}

static HASS_COROUTINE int save(struct websocket_request *request, struct hass_buf *result,
                               struct hass_error *err)
{
    struct hass *hass = hass_of(request);
    const char *domain = asked(request, "domain"), *yaml = asked(request, "yaml");
    bool override =
        hass_json_get_bool(websocket_api_of(request)->message(request), "allow_override", false);
    autounref(hass_blueprint) *blueprint = NULL, *there = NULL;
    autofree char *path = path_of(request, err);
    int r = path ? hass_blueprint_parse(domain, path, yaml, strlen(yaml), &blueprint, err)
                 : HASS_E_INVALID;

    if (r < 0)
        return r;
    bool exists = hass_blueprint_async_load(hass, domain, path, &there, NULL) != HASS_E_NOT_FOUND;
    if (exists && !override)
        return websocket_api_of(request)->refuse(request, "already_exists", "File already exists");
    autofree char *text = with_source(yaml, blueprint, asked(request, "source_url"));
    autofree char *file = file_of(domain, path);
    r = hass_config_file_async_write(hass, file, text, strlen(text), override, err);
    if (r >= 0 && exists)
        r = reload_users(hass, domain, path, err);
    if (r >= 0)
        answer(json_pack("{s:b}", "overrides_existing", exists), result);
    return r;
}

/* blueprint/delete, blueprint/substitute */

static HASS_COROUTINE int remove_one(struct websocket_request *request, struct hass_buf *result,
                                     struct hass_error *err)
{
    struct hass *hass = hass_of(request);
    const char *domain = asked(request, "domain");
    autofree char *path = path_of(request, err);

    if (!path)
        return HASS_E_INVALID;
    autojson *users = users_of(hass, domain, path);
    if (json_array_size(users))
        return hass_fail(err, HASS_E_GENERAL, "blueprint %s is in use by %s%s", path,
                         json_string_value(json_array_get(users, 0)),
                         json_array_size(users) > 1 ? " and others" : "");
    autofree char *file = file_of(domain, path);
    return hass_config_file_async_remove(hass, file, err);
}

static HASS_COROUTINE int substitute(struct websocket_request *request, struct hass_buf *result,
                                     struct hass_error *err)
{
    const json_t *input = hass_json_get(websocket_api_of(request)->message(request), "input");
    autounref(hass_blueprint) *blueprint = NULL;
    autofree char *path = path_of(request, err);
    json_t *body = NULL;
    int r = path ? hass_blueprint_async_load(hass_of(request), asked(request, "domain"), path,
                                             &blueprint, err)
                 : HASS_E_INVALID;

    if (r >= 0)
        r = hass_blueprint_substitute(blueprint, input, &body, err);
    if (r >= 0)
        answer(json_pack("{s:o}", "substituted_config", body), result);
    return r;
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("blueprint/list", list, .schema = &list_schema, .coroutine = true),
    WEBSOCKET_COMMAND("blueprint/import", import_file, .schema = &import_schema, .admin = true,
                      .coroutine = true),
    WEBSOCKET_COMMAND("blueprint/save", save, .schema = &save_schema, .admin = true,
                      .coroutine = true),
    WEBSOCKET_COMMAND("blueprint/delete", remove_one, .schema = &path_schema, .admin = true,
                      .coroutine = true),
    WEBSOCKET_COMMAND("blueprint/substitute", substitute, .schema = &substitute_schema,
                      .admin = true, .coroutine = true),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");
    int r = 0;

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]) && r >= 0; i++)
        r = api->add_command(hass, &commands[i], err);
    return r;
}
