/* SPDX-License-Identifier: Apache-2.0 */
/* What goes by itself from the device and entity registries. */
#pragma once

#include <hass/error.h>
#include <hass/thread_safety.h>

/**
 * From now on removed devices and entities are forgotten 30 days after their last config entry went, looked at once a day; and
 * once the start is over, devices without entities and without a live config entry go.
 */
int registries_async_expire(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
