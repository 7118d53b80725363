/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of camera share.
 */
#pragma once

#include <hass/hass.h>
#include <hass/platform.h>

#include "camera.h"

static inline const struct camera_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

/* camera.c: the picture of this moment. */
int camera_async_image(struct hass_entity *entity, struct hass_buf *ret_image,
                       struct hass_error *err) HASS_COROUTINE;

/* files.c: services that write files. */
int camera_snapshot(struct hass_entity *entity, const struct hass_service_call *call,
                    struct hass_error *err) HASS_COROUTINE;
int camera_record(struct hass_entity *entity, const struct hass_service_call *call,
                  struct hass_error *err) HASS_COROUTINE;
