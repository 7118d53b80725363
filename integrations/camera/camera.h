/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain camera fills in: what the camera does, its picture, and what it can be told.
 *
 * Model: components.camera
 */
#pragma once

#include <hass/buf.h>
#include <hass/entity.h>

#define CAMERA_MAX_BYTES (10u << 20) /* a larger picture is refused */

/** Bits of supported_features. */
enum {
    CAMERA_FEATURE_ON_OFF = 1,
    CAMERA_FEATURE_STREAM = 2,
};

/** What is shown. Texts are lent until the loop turns. */
struct camera_state {
    uint32_t size;
    bool recording, streaming;
    bool motion_detection;
    const char *brand, *model; /* or NULL */
};

/** Recording a stream. */
struct camera_recording {
    uint32_t size;
    const char *filename; /* whole path, in a folder that is allowed */
    double duration;      /* seconds */
    double lookback;      /* seconds from before the call */
};

/** Commands come in pairs: a coroutine on the loop, or the same on a pool thread. A pair that is missing is refused. */
struct camera_ops {
    uint32_t size;
    const char *content_type; /* NULL: image/jpeg */
    /** Fills in @ret_state, of which only size is set. Loop thread, from the published values. */
    void (*state)(struct hass_entity *entity, struct camera_state *ret_state);
    /** Appends the picture of this moment. */
    int (*async_image)(struct hass_entity *entity, struct hass_buf *ret_image,
                       struct hass_error *err);
    int (*image)(struct hass_worker *worker, struct hass_entity *entity, struct hass_buf *ret_image,
                 struct hass_error *err);
    int (*async_turn)(struct hass_entity *entity, bool on, struct hass_error *err);
    int (*turn)(struct hass_worker *worker, struct hass_entity *entity, bool on, void *values,
                struct hass_error *err);
    int (*async_detect_motion)(struct hass_entity *entity, bool on, struct hass_error *err);
    int (*detect_motion)(struct hass_worker *worker, struct hass_entity *entity, bool on,
                         void *values, struct hass_error *err);
    int (*async_record)(struct hass_entity *entity, const struct camera_recording *recording,
                        struct hass_error *err);
    int (*record)(struct hass_worker *worker, struct hass_entity *entity,
                  const struct camera_recording *recording, void *values, struct hass_error *err);
    /** The address of the stream for players (rtsp, http), lent; NULL: none. Loop thread. */
    const char *(*stream_source)(struct hass_entity *entity);
};

#define CAMERA_OPS(...)                                                                            \
    {                                                                                              \
        .size = sizeof(struct camera_ops), __VA_ARGS__                                             \
    }

/**
 * What the domain offers to whoever serves pictures, under the name "camera" (hass_async_get_api). Loop thread.
 */
struct camera_api {
    uint32_t size;
    /** True when @token is one of the last two of the entity. */
    bool (*token_valid)(struct hass_entity *entity, const char *token);
    /** Coroutine. Appends the picture; @ret_content_type is lent for the entity's life. HASS_E_LIMIT beyond CAMERA_MAX_BYTES. */
    int (*async_get)(struct hass_entity *entity, struct hass_buf *ret_image,
                     const char **ret_content_type, struct hass_error *err);
};
