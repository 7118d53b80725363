/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain image fills in: when its picture changed, and the picture.
 *
 * Model: components.image
 */
#pragma once

#include <hass/buf.h>
#include <hass/entity.h>

#define IMAGE_MAX_BYTES (10u << 20) /* a larger picture is refused */

struct image_ops {
    uint32_t size;
    const char *content_type; /* NULL: image/jpeg */
    /** When the picture last changed, microseconds UTC, 0: never. Loop thread, from the published values. */
    int64_t (*last_updated)(struct hass_entity *entity);
    /** Appends the picture to @ret_image: a coroutine, or on a pool thread where it may block. */
    int (*async_image)(struct hass_entity *entity, struct hass_buf *ret_image,
                       struct hass_error *err);
    int (*image)(struct hass_worker *worker, struct hass_entity *entity, struct hass_buf *ret_image,
                 struct hass_error *err);
};

#define IMAGE_OPS(...)                                                                             \
    {                                                                                              \
        .size = sizeof(struct image_ops), __VA_ARGS__                                              \
    }

/**
 * What the domain offers to whoever serves pictures, under the name "image" (hass_async_get_api). Loop thread.
 */
struct image_api {
    uint32_t size;
    /** True when @token is one of the last two of the entity. */
    bool (*token_valid)(struct hass_entity *entity, const char *token);
    /** Coroutine. Appends the picture; @ret_content_type is lent for the entity's life. HASS_E_LIMIT beyond IMAGE_MAX_BYTES. */
    int (*async_get)(struct hass_entity *entity, struct hass_buf *ret_image,
                     const char **ret_content_type, struct hass_error *err);
};
