/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forecasts as they are shown.
 */
#pragma once

#include "weather.h"

/* "daily", "hourly", "twice_daily", in the order of their bits. */
extern const char *const forecast_kinds[];
enum weather_feature forecast_kind(const char *name);

bool forecast_is_supported(struct hass_entity *entity, enum weather_feature kind);
/* A forecast in the units that are shown, a list owned by the caller. The kind is supported. */
int forecast_async_get(struct hass_entity *entity, enum weather_feature kind, json_t **ret_forecast,
                       struct hass_error *err) HASS_COROUTINE;
