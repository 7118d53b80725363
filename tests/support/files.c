/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Temporary folders and files of a test, and JSON in its assertions.
 */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <hass/buf.h>
#include <hass/json.h>

#include "base/mem.h"
#include "support/test.h"

enum {
    MAX_FILES = 256,
};

static char *folder;
static pid_t folder_of; /* the process that made it: a fork must not remove it */
static char *files[MAX_FILES];

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    return remove(path);
}

static void remove_folder(void)
{
    if (folder_of != getpid())
        return;
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(folder);
    for (size_t i = 0; i < MAX_FILES && files[i]; i++)
        free(files[i]);
}

const char *test_dir(void)
{
    if (folder && folder_of == getpid())
        return folder;
    const char *parent = getenv("TMPDIR");
    folder = mem_printf("%s/hass-test-XXXXXX", parent ? parent : "/tmp");
    test_require(mkdtemp(folder) != NULL, "%s: %s", folder, strerror(errno));
    folder_of = getpid();
    atexit(remove_folder);
    return folder;
}

static void make_parents(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        test_require(mkdir(path, 0700) == 0 || errno == EEXIST, "%s: %s", path, strerror(errno));
        *slash = '/';
    }
}

const char *test_file(const char *name, const char *text)
{
    char *path = mem_printf("%s/%s", test_dir(), name);

    make_parents(path);
    FILE *file = fopen(path, "w");
    test_require(file != NULL, "%s: %s", path, strerror(errno));
    test_require(fputs(text, file) >= 0 && fclose(file) == 0, "%s: %s", path, strerror(errno));
    for (size_t i = 0; i < MAX_FILES; i++)
        if (!files[i])
            return files[i] = path;
    test_fail(__FILE__, __LINE__, "more than %d files in one test", MAX_FILES);
}

char *test_read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    struct hass_buf content = HASS_BUF_INIT;
    char piece[4096];

    test_require(file != NULL, "%s: %s", path, strerror(errno));
    for (size_t got; (got = fread(piece, 1, sizeof(piece), file)) > 0;)
        hass_buf_add(&content, piece, got);
    fclose(file);
    hass_buf_add(&content, "", 0);
    return content.data;
}

/* JSON */

json_t *test_json(const char *text)
{
    autofree char *quoted = mem_strdup(text);
    struct hass_error err = HASS_ERROR_INIT;
    json_t *json = NULL;

    for (char *c = quoted; *c; c++)
        if (*c == '\'')
            *c = '"';
    int status = hass_json_parse(quoted, strlen(quoted), SIZE_MAX, &json, &err);
    test_require(status == 0, "%s: %s", text, err.message);
    return json;
}

void test_assert_json(const json_t *actual, const char *expected, const char *file, int line)
{
    autojson *wanted = test_json(expected);
    struct hass_buf got = HASS_BUF_INIT;

    if (actual && hass_json_equal(actual, wanted))
        return;
    if (actual)
        hass_json_write(actual, &got);
    test_fail(file, line, "wanted %s, got %s", expected,
              actual ? hass_buf_string(&got) : "nothing");
}
