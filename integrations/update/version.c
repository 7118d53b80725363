/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version numbers as people write them: "v1.2.3", "2024.1.0b2", "1.0-rc.1", "1.2.dev3", "2.0.post1", "1.0+build7", "0x1f".
 * Numbers are compared one by one, missing ones are 0; what comes before a release is older than it: dev, alpha, beta, rc.
 * This is the part of AwesomeVersion's rules (semver, calver, PEP 440, build and hexadecimal numbers) that versions of devices
 * need. Words ("latest", "stable") cannot be compared.
 */
#include "version.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_NUMBERS 16

enum stage { STAGE_DEV, STAGE_ALPHA, STAGE_BETA, STAGE_RC, STAGE_RELEASE, STAGE_POST };

struct version {
    uint64_t numbers[MAX_NUMBERS];
    size_t count;
    enum stage stage;
    uint64_t stage_number;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads digits, and goes behind them. */
static bool read_number(const char **text, int base, uint64_t *ret_number)
{
    char *end;

    if (base == 10 && !is_digit(**text))
        return false;
    errno = 0;
    *ret_number = strtoull(*text, &end, base);
    bool good = end != *text && !errno;
    *text = end;
    return good;
}

/* "beta.3", "b3", "rc": the stage, and its number or 0. */
static bool read_stage(const char **text, struct version *version)
{
    static const struct {
        const char *name;
        enum stage stage;
    } stages[] = {
        { "alpha", STAGE_ALPHA }, { "beta", STAGE_BETA }, { "dev", STAGE_DEV },
        { "post", STAGE_POST },   { "rc", STAGE_RC },     { "a", STAGE_ALPHA },
        { "b", STAGE_BETA },
    };

    for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
        size_t length = strlen(stages[i].name);
        if (strncasecmp(*text, stages[i].name, length) != 0)
            continue;
        *text += length;
        version->stage = stages[i].stage;
        if (strchr(".-_", **text) && is_digit(**text ? (*text)[1] : 0))
            (*text)++;
        return !is_digit(**text) || read_number(text, 10, &version->stage_number);
    }
    return false;
}

static bool read_hexadecimal(const char *text, struct version *version)
{
    text += strlen("0x");
    version->count = 1;
    return *text && !text[strspn(text, "0123456789abcdefABCDEF")] &&
           read_number(&text, 16, &version->numbers[0]);
}

static bool read_version(const char *text, struct version *version)
{
    *version = (struct version){ .stage = STAGE_RELEASE };
    if (!strncasecmp(text, "0x", 2))
        return read_hexadecimal(text, version);
    text += *text == 'v' || *text == 'V';
    do {
        if (version->count == MAX_NUMBERS ||
            !read_number(&text, 10, &version->numbers[version->count++]))
            return false;
    } while (*text == '.' && is_digit(text[1]) && text++);
    if (*text && *text != '+') {
        text += strchr(".-_", *text) != NULL;
        if (!read_stage(&text, version))
            return false;
    }
    return !*text || *text == '+'; /* behind it: how it was built */
}

static int compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_versions(const struct version *a, const struct version *b)
{
    for (size_t i = 0; i < MAX_NUMBERS; i++) {
        int order = compare(a->numbers[i], b->numbers[i]);
        if (order)
            return order;
    }
    int order = compare(a->stage, b->stage);
    return order ? order : compare(a->stage_number, b->stage_number);
}

bool version_is_newer(const char *a, const char *b, bool *ret_newer)
{
    struct version versions[2];

    if (!read_version(a, &versions[0]) || !read_version(b, &versions[1]))
        return false;
    *ret_newer = compare_versions(&versions[0], &versions[1]) > 0;
    return true;
}
