/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target over files, where there is no libFuzzer: the arguments, or the target's corpus. This is how `make check`
 * runs them.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hass/cleanup.h>

#include "fuzz.h"

/* Runs the target over a file in a block of exactly its size, so that the address sanitizer sees every byte too many. */
static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");

    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return -1;
    }
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    autofree uint8_t *data = malloc(size ? size : 1);
    size_t got = data ? fread(data, 1, size, file) : 0;
    fclose(file);
    if (got != size)
        return -1;
    LLVMFuzzerTestOneInput(data, size);
    return 0;
}

static int run_folder(const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort), done = 0;

    for (int i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' && run_file(path) == 0)
            done++;
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    printf("%d inputs of %s\n", done, folder);
    return done;
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        int failed = 0;
        for (int i = 1; i < argc; i++)
            failed |= run_file(argv[i]);
        return failed != 0;
    }
    const char *slash = strrchr(argv[0], '/');
    const char *name = strstr(slash ? slash : argv[0], "fuzz_");
    char folder[1024];
    snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s", TEST_SOURCE,
             name ? name + strlen("fuzz_") : "");
    return run_folder(folder) == 0;
}
