/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forecasts as they are shown.
 */
#pragma once

#include "units.h"

/* A forecast in the units that are shown; @native is taken, NULL is []. Owned by the caller. */
json_t *forecast_convert(const struct weather_unit units[MEASURES], json_t *native);
