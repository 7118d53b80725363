/* SPDX-License-Identifier: Apache-2.0 *
 * Covers: lib/data/yaml_build.c lib/data/yaml_file.c lib/data/yaml_include.c lib/data/yaml_load.c lib/data/yaml_recover.c
 * Covers: lib/data/yaml_scalar.c lib/data/yaml_secret.c lib/data/yaml_tags.c lib/data/yaml_marks.c
 * Covers: lib/data/config_file.c lib/data/packages.c lib/data/diagnostic.c lib/data/nearest.c
 */
/*
 * The YAML loader and configuration folders. An input is configuration.yaml; lines "=== name" begin further files of the
 * folder, so that includes, secrets and packages are within reach. Names are tame: nothing is written outside the folder.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hass/buf.h>
#include <hass/json.h>

#include "base/mem.h"
#include "data/config_file.h"
#include "data/yaml_load.h"
#include "fuzz.h"

#define FILES_MAX 8

static char folder[64];

static void remove_folder(void)
{
    autofree char *command = mem_printf("rm -rf %s", folder);

    if (system(command) != 0)
        perror(folder);
}

/* One folder below the first is enough. */
static void make_folder(void)
{
    if (folder[0])
        return;
    snprintf(folder, sizeof(folder), "/tmp/hass-fuzz-yaml-%d", (int)getpid());
    autofree char *sub = mem_printf("%s/sub", folder);
    if (mkdir(folder, 0700) < 0 || mkdir(sub, 0700) < 0)
        abort();
    setenv("HASS_TEST_WORD", "word", 1);
    atexit(remove_folder);
}

static bool is_tame(const char *name)
{
    if (strncmp(name, "sub/", 4) == 0)
        name += 4;
    return *name && *name != '.' && strlen(name) < 32 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.") == strlen(name) &&
           strcmp(name, "sub") != 0;
}

static void write_file(const char *name, const char *text, size_t size)
{
    autofree char *path = mem_printf("%s/%s", folder, name);
    FILE *file = fopen(path, "w");

    if (!file || fwrite(text, 1, size, file) != size || fclose(file) != 0)
        abort();
}

/* Writes the files of an input. Returns how many; their names are the caller's. */
static size_t write_files(const char *text, size_t size, char *names[FILES_MAX])
{
    const char *end = text + size;
    char *name = mem_strdup("configuration.yaml");
    size_t count = 0;

    while (count < FILES_MAX) {
        const char *mark = memmem(text, (size_t)(end - text), "\n=== ", 5);
        const char *stop = mark ? mark + 1 : end;
        write_file(name, text, (size_t)(stop - text));
        names[count++] = name;
        if (!mark)
            return count;
        text = mark + 5;
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        name = mem_strndup(text, (size_t)((newline ? newline : end) - text));
        text = newline ? newline + 1 : end;
        if (!is_tame(name))
            break;
    }
    free(name);
    return count;
}

static enum package_kind kind_of(const char *domain, void *userdata)
{
    return (enum package_kind)(strlen(domain) % 4);
}

static void check_folder(const char *text, size_t size)
{
    char *names[FILES_MAX];
    size_t count = write_files(text, size, names);
    struct config_file *file = config_file_load(folder, kind_of, NULL, NULL);
    autobuf buf = HASS_BUF_INIT;

    hass_json_write(file->core, &buf);
    hass_json_write_pretty(file->sections, &buf);
    diagnostics_format(&file->diagnostics, &buf);
    autojson *json = diagnostics_as_json(&file->diagnostics);
    if (!json || json_array_size(json) != file->diagnostics.list.length)
        abort();
    config_file_destroy(file);
    for (size_t i = 0; i < count; i++) {
        autofree char *path = mem_printf("%s/%s", folder, names[i]);
        unlink(path);
        free(names[i]);
    }
}

static void check_text(const char *text, size_t size)
{
    struct diagnostics diagnostics = DIAGNOSTICS_INIT;
    struct yaml_marks *marks = yaml_marks_new();
    autojson *value = NULL;
    int r = yaml_load_text("text", text, size, marks, &diagnostics, &value);

    // Nothing is lost in silence.
    if (r < 0 && diagnostics.errors == 0)
        abort();
    yaml_marks_unref(marks);
    diagnostics_fini(&diagnostics);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    make_folder();
    check_text((const char *)data, size);
    check_folder((const char *)data, size);
    return 0;
}
