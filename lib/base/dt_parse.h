/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading ISO 8601 texts into fields, before any zone is applied.
 */
#pragma once

#include <stdbool.h>

#include <hass/dt.h>

/**
 * Reads a date, or a date and time, in extended or basic form; 24:00 is midnight of the next day.
 *
 * Returns: 0, @ret_fields being valid fields (offset is 0 without one); HASS_E_PARSE when @text has another shape;
 *          HASS_E_INVALID when a field is out of range.
 * Model:   util.dt.parse_datetime
 */
int dt_parse_fields(const char *text, struct hass_dt *ret_fields, bool *ret_has_offset,
                    struct hass_error *err);

/** "2024-02-29", also "2024-2-29": a day that exists. Only the date's fields are set. */
bool dt_parse_date(const char *text, struct hass_dt *ret_fields);

/**
 * "10:20", "10:20:30", each number with blanks and a sign; what stands behind a third colon does not count. Only the fields of the clock are set.
 * Model: util.dt.parse_time
 */
bool dt_parse_time(const char *text, struct hass_dt *ret_fields);
