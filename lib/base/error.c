/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The errors of <hass/error.h>: one line of text in the caller's struct. Nothing is allocated; a text that does not fit
 * is cut at a character boundary, and line ends become spaces.
 */
#include <stdio.h>
#include <string.h>

#include <hass/error.h>

#include "utf8.h"

/* Cuts @text to what fits in @size bytes with its NUL (@length is what it would have been) and makes it one line. */
static void finish_line(char *text, int length, size_t size)
{
    if (length < 0)
        text[0] = '\0';
    else if ((size_t)length >= size) {
        // The text is cut inside a character when its last lead byte asks for more than there is.
        size_t cut = size - 1;
        size_t lead = cut;
        while (lead > 0 && cut - lead < 3 && ((unsigned char)text[lead - 1] & 0xc0) == 0x80)
            lead--;
        uint32_t c;
        if (lead > 0 && !utf8_decode(text + lead - 1, cut - (lead - 1), &c))
            cut = lead - 1;
        text[cut] = '\0';
    }
    for (char *at = text; *at; at++)
        if (*at == '\n' || *at == '\r')
            *at = ' ';
}

int hass_vfail(struct hass_error *err, int code, const char *format, va_list args)
{
    if (!err || err->code)
        return code;
    err->code = code;
    err->key[0] = '\0';
    int length = vsnprintf(err->message, sizeof(err->message), format, args);
    finish_line(err->message, length, sizeof(err->message));
    return code;
}

int hass_fail(struct hass_error *err, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    hass_vfail(err, code, format, args);
    va_end(args);
    return code;
}

int hass_fail_key(struct hass_error *err, int code, const char *key, const char *format, ...)
{
    va_list args;

    if (!err || err->code)
        return code;
    va_start(args, format);
    hass_vfail(err, code, format, args);
    va_end(args);
    snprintf(err->key, sizeof(err->key), "%s", key);
    return code;
}

int hass_fail_errno(struct hass_error *err, int number, const char *format, ...)
{
    va_list args;

    if (!err || err->code)
        return -number;
    va_start(args, format);
    hass_vfail(err, -number, format, args);
    va_end(args);
    size_t used = strlen(err->message);
    char reason[128];
    int length = snprintf(err->message + used, sizeof(err->message) - used, ": %s",
                          strerror_r(number, reason, sizeof(reason)));
    finish_line(err->message + used, length, sizeof(err->message) - used);
    return -number;
}

int hass_error_prefix(struct hass_error *err, const char *format, ...)
{
    char text[sizeof(err->message)];
    va_list args;

    if (!err)
        return HASS_E_GENERAL;
    if (!err->code)
        return 0;
    va_start(args, format);
    int length = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    finish_line(text, length, sizeof(text));
    size_t used = strlen(text);
    length = snprintf(text + used, sizeof(text) - used, ": %s", err->message);
    finish_line(text + used, length, sizeof(text) - used);
    memcpy(err->message, text, sizeof(text));
    return err->code;
}

void hass_error_clear(struct hass_error *err)
{
    if (!err)
        return;
    err->code = 0;
    err->key[0] = err->message[0] = '\0';
}

int hass_error_copy(struct hass_error *to, const struct hass_error *from)
{
    if (!from || !from->code)
        return 0;
    return hass_fail_key(to, from->code, from->key, "%s", from->message);
}

const char *hass_error_name(int code)
{
    static const char *const names[] = {
#define NAME(code) [HASS_E_FIRST - (code)] = #code
        NAME(HASS_E_GENERAL),
        NAME(HASS_E_THREAD),
        NAME(HASS_E_CLOSED),
        NAME(HASS_E_LIMIT),
        NAME(HASS_E_INVALID),
        NAME(HASS_E_TOO_LONG),
        NAME(HASS_E_NOT_FOUND),
        NAME(HASS_E_EXISTS),
        NAME(HASS_E_NOT_READY),
        NAME(HASS_E_SERVICE_NOT_FOUND),
        NAME(HASS_E_SERVICE_VALIDATION),
        NAME(HASS_E_INVALID_ENTITY_ID),
        NAME(HASS_E_INVALID_STATE),
        NAME(HASS_E_UNAUTHORIZED),
        NAME(HASS_E_UNKNOWN_USER),
        NAME(HASS_E_UNSUPPORTED),
        NAME(HASS_E_DEPENDENCY),
        NAME(HASS_E_AUTH_FAILED),
        NAME(HASS_E_PLUGIN),
        NAME(HASS_E_PARSE),
        NAME(HASS_E_NO_ENTITY_ID),
        NAME(HASS_E_NOT_COROUTINE),
        NAME(HASS_E_WOULD_DEADLOCK),
        NAME(HASS_E_NOT_ALLOWED),
        NAME(HASS_E_FLOW_ABORTED),
        NAME(HASS_E_TEMPLATE),
        NAME(HASS_E_CONDITION),
#undef NAME
    };

    if (code >= 0)
        return "no error";
    if (code <= HASS_E_FIRST &&
        HASS_E_FIRST - (int64_t)code < (int64_t)(sizeof(names) / sizeof(*names)))
        return names[HASS_E_FIRST - code];
    const char *name = code > HASS_E_FIRST ? strerrorname_np(-code) : NULL;
    return name ? name : "unknown error";
}
