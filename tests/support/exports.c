/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the build's list of exported functions: lines of name, return type and parameters, separated by tabs.
 */
#include "support/exports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

/* "const struct hass *hass, int x" is about a "struct hass". */
static char *subject_of(const char *parameters)
{
    if (!strncmp(parameters, "const ", 6))
        parameters += 6;
    size_t length = strcspn(parameters, "*,");
    while (length && parameters[length - 1] == ' ')
        length--;
    return strndup(parameters, length);
}

struct exports exports_read(void)
{
    struct exports exports = { 0 };
    char line[1024];
    FILE *file = fopen(TEST_BUILD "/exports.tsv", "r");

    ck_assert_msg(file, "no list of exports: %s", TEST_BUILD "/exports.tsv");
    while (fgets(line, sizeof(line), file)) {
        char *rest = line;
        const char *name = strsep(&rest, "\t");
        const char *returns = strsep(&rest, "\t");
        if (!rest || *rest == '-')
            continue;
        exports.items = realloc(exports.items, (exports.count + 1) * sizeof(*exports.items));
        exports.items[exports.count++] =
            (struct exported){ strdup(name), strdup(returns), subject_of(rest) };
    }
    fclose(file);
    ck_assert_uint_gt(exports.count, 200);
    return exports;
}

void exports_free(struct exports *exports)
{
    for (size_t i = 0; i < exports->count; i++) {
        free(exports->items[i].name);
        free(exports->items[i].returns);
        free(exports->items[i].subject);
    }
    free(exports->items);
}

bool exported_is_async(const struct exported *one)
{
    return strstr(one->name, "_async_");
}
