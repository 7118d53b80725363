/* SPDX-License-Identifier: Apache-2.0 */
/* Cases in files of one JSON object a line. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

/* All cases of tests/golden/@name, owned by the caller. */
static inline json_t *golden_load(const char *name)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/tests/golden/%s", TEST_SOURCE, name);
    FILE *file = fopen(path, "r");
    if (!file)
        abort();
    json_t *cases = json_array();
    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, file) > 0)
        json_array_append_new(cases, json_loads(line, 0, NULL));
    free(line);
    fclose(file);
    return cases;
}
