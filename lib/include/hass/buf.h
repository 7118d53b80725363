/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A growable run of bytes, always NUL-terminated beyond its length.
 */
#pragma once

#include <hass/cleanup.h>

struct hass_buf {
    char *data; /* NULL while empty and never grown */
    size_t length;
    size_t capacity;
};

#define HASS_BUF_INIT                                                                              \
    {                                                                                              \
        0                                                                                          \
    }

HASS_API void hass_buf_fini(struct hass_buf *buf);
HASS_API void hass_buf_reserve(struct hass_buf *buf, size_t more);
HASS_API void hass_buf_add(struct hass_buf *buf, const void *data, size_t length);
HASS_API void hass_buf_add_string(struct hass_buf *buf, const char *string);
HASS_API void hass_buf_add_char(struct hass_buf *buf, char c);
HASS_API void hass_buf_printf(struct hass_buf *buf, const char *format, ...) HASS_PRINTF(2, 3);
HASS_API void hass_buf_clear(struct hass_buf *buf);
/** The bytes as a string, never NULL. */
HASS_API const char *hass_buf_string(const struct hass_buf *buf);
/** Hands the bytes to the caller (free) and leaves the buffer empty. Never NULL. */
HASS_API char *hass_buf_steal(struct hass_buf *buf);

#define autobuf HASS__CLEANUP(hass_buf_fini) struct hass_buf
