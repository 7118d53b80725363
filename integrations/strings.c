/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tool of the build: reads the texts of an integration (strings.json, or translations/<language>.json), follows their
 * references to those of others, and writes them as they are put into the .so. What is wrong is said with file and key.
 *
 *     strings integrations/light/strings.json build/…/strings
 *
 * writes build/…/strings.json, and strings.d for make, by which strings.o depends on all files that were read.
 */
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* Built from two sources: libhass may be for another machine. */
#include "../lib/data/text_keys.h"

static const char *own_path;
static char output[4096];    /* without an ending */
static char folder[4096];    /* of the integrations */
static char own_domain[64];  /* of the file */
static char translation[64]; /* "translations/de.json", "" for strings.json */
static json_t *files;        /* {path: texts, or null} */
static bool failed;

static void complain(const char *key, const char *what)
{
    fprintf(stderr, "%s: %s%s%s\n", own_path, key, *key ? ": " : "", what);
    failed = true;
}

/* The texts in a file, read once; lent. NULL when there is no such file. */
static const json_t *texts_of(const char *path)
{
    const json_t *known = json_object_get(files, path);
    json_error_t error;

    if (known)
        return known;
    json_t *texts = NULL;
    FILE *file = fopen(path, "re");
    if (file) {
        texts = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
        fclose(file);
        if (!texts)
            fprintf(stderr, "%s:%d:%d: %s\n", path, error.line, error.column, error.text);
        else if (!json_is_object(texts))
            fprintf(stderr, "%s: expected a map\n", path);
        failed = failed || !json_is_object(texts);
    }
    json_object_set_new(files, path, texts ? texts : json_null());
    return json_object_get(files, path);
}

static const char *text_at(const char *path, const char *keys)
{
    const json_t *at = texts_of(path);

    while (at && *keys) {
        size_t length = strcspn(keys, ".");
        at = json_object_getn(at, keys, length);
        keys += length + (keys[length] == '.');
    }
    return json_string_value(at);
}

/* In the language of the file, else English. */
static const char *find(void *userdata, const char *domain, const char *keys)
{
    const char *names[] = { translation, "strings.json" };
    char path[4096 + 200];
    const char *text = NULL;

    for (size_t i = 0; i < 2 && !text; i++) {
        if (!*names[i] || strchr(domain, '/'))
            continue;
        snprintf(path, sizeof(path), "%s/%s/%s", folder, domain, names[i]);
        text = text_at(path, keys);
    }
    return text;
}

static void follow_all(json_t *texts, const char *path)
{
    struct text_keys keys = { .find = find };
    const char *key;
    json_t *value;

    json_object_foreach(texts, key, value) {
        char at[512];
        snprintf(at, sizeof(at), "%s%s%s", path, *path ? "." : "", key);
        if (json_is_object(value))
            follow_all(value, at);
        if (!json_is_string(value) || !text_keys_has(json_string_value(value)))
            continue;
        char *text = text_keys_follow(&keys, own_domain, at, json_string_value(value));
        if (text)
            json_object_set_new(texts, key, json_string(text));
        else
            complain(at, keys.problem);
        free(text);
    }
}

/* "integrations/light/translations/de.json": where the others are, who this is, and in which language. */
static void take_apart(const char *path)
{
    char text[4096];

    snprintf(text, sizeof(text), "%s", path);
    char *name = strrchr(text, '/');
    if (name && strcmp(name, "/strings.json")) {
        snprintf(translation, sizeof(translation), "translations%s", name);
        *name = '\0';
        name = strrchr(text, '/');
    }
    if (!name)
        return;
    *name = '\0';
    snprintf(own_domain, sizeof(own_domain), "%s", basename(text));
    snprintf(folder, sizeof(folder), "%s", dirname(text));
}

static void write_dependencies(void)
{
    char path[sizeof(output) + 8];
    const char *name;
    json_t *texts;

    snprintf(path, sizeof(path), "%s.d", output);
    FILE *file = fopen(path, "we");
    if (!file)
        return;
    fprintf(file, "%s.o:", output);
    json_object_foreach(files, name, texts)
        if (!json_is_null(texts))
            fprintf(file, " %s", name);
    fputc('\n', file);
    /* One that is removed is no error. */
    json_object_foreach(files, name, texts)
        if (!json_is_null(texts))
            fprintf(file, "%s:\n", name);
    fclose(file);
}

int main(int argc, char *argv[])
{
    char path[sizeof(output) + 8];

    if (argc != 3) {
        fprintf(stderr, "usage: strings FILE OUTPUT\n");
        return 2;
    }
    own_path = argv[1];
    snprintf(output, sizeof(output), "%s", argv[2]);
    files = json_object();
    take_apart(own_path);
    /* The others are looked at as they are written, so this one is changed in a copy. */
    json_t *texts = json_deep_copy(texts_of(own_path));
    follow_all(texts, "");
    snprintf(path, sizeof(path), "%s.json", output);
    if (!failed && json_dump_file(texts, path, JSON_COMPACT) < 0)
        complain("", "cannot be written");
    write_dependencies();
    json_decref(texts);
    json_decref(files);
    return failed;
}
