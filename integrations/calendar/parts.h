/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of calendar share.
 */
#pragma once

#include <hass/hass.h>
#include <hass/platform.h>

#include "calendar.h"

static inline const struct calendar_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

/* create.c */

/** Checks across the fields of create_event. */
int calendar_check_create(const json_t *data, struct hass_error *err);
int calendar_create_event(struct hass_entity *entity, const struct hass_service_call *call,
                          struct hass_error *err) HASS_COROUTINE;

/* events.c */

/** Checks across the fields of get_events. */
int calendar_check_get(const json_t *data, struct hass_error *err);
int calendar_get_events(struct hass_entity *entity, const struct hass_service_call *call,
                        struct hass_error *err) HASS_COROUTINE;
