/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Follows the members of the outermost object just far enough to know their names and the texts of their scalar values. What
 * is malformed beyond that, the reader of the file finds out.
 */
#include "registry/store_envelope.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static void member_ends(struct envelope *envelope)
{
    char *place = strcmp(envelope->key, "version") == 0         ? envelope->version
                  : strcmp(envelope->key, "minor_version") == 0 ? envelope->minor_version
                                                                : NULL;

    if (place && envelope->behind_colon)
        memcpy(place, envelope->value, sizeof(envelope->value));
    memset(envelope->key, 0, sizeof(envelope->key));
    memset(envelope->value, 0, sizeof(envelope->value));
    envelope->key_length = envelope->value_length = 0;
    envelope->behind_colon = false;
}

/* Too long is remembered as such: the last byte stays a NUL, and what was cut is no number and no key of ours. */
static void add(char text[24], size_t *length, char c)
{
    if (*length < 23)
        text[(*length)++] = c;
}

/* A byte of the outermost object itself. */
static void member_byte(struct envelope *envelope, char c, bool was_string)
{
    bool in_string = envelope->scan.in_string;

    if (!in_string && !was_string && c == ':') {
        envelope->behind_colon = true;
    } else if (!in_string && !was_string && c == ',') {
        member_ends(envelope);
    } else if (envelope->behind_colon) {
        if (in_string || was_string || !ascii_is_space(c))
            add(envelope->value, &envelope->value_length, c);
    } else if (in_string) {
        envelope->any = true;
        if (was_string)
            add(envelope->key, &envelope->key_length, c);
    }
}

bool envelope_feed(struct envelope *envelope, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        size_t depth = envelope->scan.depth;
        bool was_string = envelope->scan.in_string;
        json_scan_byte(&envelope->scan, data[i]);
        if (depth == 0 && data[i] == '{')
            envelope->opened = true;
        else if (depth == 1 && envelope->scan.depth == 0)
            member_ends(envelope);
        else if (depth == 1 && envelope->scan.depth == 1)
            member_byte(envelope, data[i], was_string);
        if (envelope->version[0] && envelope->minor_version[0])
            return true;
    }
    return false;
}

/* Returns 0 when @text is no whole number of 1 or more. */
static int number_of(const char *text)
{
    size_t length = strspn(text, "0123456789");

    return text[length] == '\0' && length < 10 ? atol(text) : 0;
}

int envelope_result(const struct envelope *envelope, int *ret_version, int *ret_minor_version,
                    struct hass_error *err)
{
    if (envelope->opened && envelope->scan.depth == 0 && !envelope->any) {
        *ret_version = *ret_minor_version = 0;
        return 0;
    }
    int version = number_of(envelope->version);
    int minor_version = envelope->minor_version[0] ? number_of(envelope->minor_version) : 1;
    if (!version)
        return hass_fail(err, HASS_E_PARSE, "version is not a number of 1 or more");
    if (!minor_version)
        return hass_fail(err, HASS_E_PARSE, "minor_version is not a number of 1 or more");
    *ret_version = version;
    *ret_minor_version = minor_version;
    return 0;
}
