/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The growable run of bytes of <hass/buf.h>: doubles, and keeps one byte behind the end for a NUL.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <hass/buf.h>

#include "mem.h"

void hass_buf_fini(struct hass_buf *buf)
{
    free(buf->data);
    *buf = (struct hass_buf)HASS_BUF_INIT;
}

void hass_buf_reserve(struct hass_buf *buf, size_t more)
{
    size_t want;

    if (more < buf->capacity - buf->length) // capacity is never equal to length, but for 0
        return;
    if (__builtin_add_overflow(buf->length, more, &want) || want >= SIZE_MAX / 2)
        mem_out_of_memory(more);
    size_t capacity = buf->capacity ? buf->capacity * 2 : 64;
    if (capacity < want + 1)
        capacity = want + 1;
    buf->data = mem_realloc(buf->data, capacity);
    buf->data[buf->length] = '\0';
    buf->capacity = capacity;
}

void hass_buf_add(struct hass_buf *buf, const void *data, size_t length)
{
    hass_buf_reserve(buf, length);
    if (length)
        memcpy(buf->data + buf->length, data, length);
    buf->length += length;
    buf->data[buf->length] = '\0';
}

void hass_buf_add_string(struct hass_buf *buf, const char *string)
{
    hass_buf_add(buf, string, strlen(string));
}

void hass_buf_add_char(struct hass_buf *buf, char c)
{
    hass_buf_reserve(buf, 1);
    buf->data[buf->length++] = c;
    buf->data[buf->length] = '\0';
}

void hass_buf_printf(struct hass_buf *buf, const char *format, ...)
{
    va_list args;

    hass_buf_reserve(buf, 1);
    size_t room = buf->capacity - buf->length;
    va_start(args, format);
    int length = vsnprintf(buf->data + buf->length, room, format, args);
    va_end(args);
    if (length < 0)
        mem_out_of_memory(0); // EOVERFLOW: a text beyond INT_MAX
    if ((size_t)length >= room) {
        hass_buf_reserve(buf, (size_t)length);
        va_start(args, format);
        vsnprintf(buf->data + buf->length, (size_t)length + 1, format, args);
        va_end(args);
    }
    buf->length += (size_t)length;
}

void hass_buf_clear(struct hass_buf *buf)
{
    buf->length = 0;
    if (buf->data)
        buf->data[0] = '\0';
}

const char *hass_buf_string(const struct hass_buf *buf)
{
    return buf->data ? buf->data : "";
}

char *hass_buf_steal(struct hass_buf *buf)
{
    hass_buf_reserve(buf, 0);
    char *data = steal(buf->data);
    *buf = (struct hass_buf)HASS_BUF_INIT;
    return data;
}
