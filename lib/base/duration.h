/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stretches of time, in microseconds, as configuration writes them.
 * Model: helpers.config_validation.time_period
 */
#pragma once

#include <stdbool.h>

#include <hass/error.h>

#define DURATION_TEXT 32

/** "HH:MM", "HH:MM:SS", "HH:MM:SS.f", each with an optional sign. HASS_E_INVALID otherwise. */
int duration_parse(const char *text, int64_t *ret_usec, struct hass_error *err);

/**
 * Shape: text as duration_parse or a number in text; a number of seconds; or an object with at least one of "days",
 *        "hours", "minutes", "seconds", "milliseconds" (numbers, or numbers in text). HASS_E_INVALID otherwise.
 */
int duration_from_json(const json_t *value, int64_t *ret_usec, struct hass_error *err);

/**
 * The further forms that templates and recorded durations have: "1:30" and "90" (seconds last), "2 days, 01:00:00", "3 days", "1 01:30:00",
 * ISO 8601 as far as days ("-P1DT2H3M4.5S"), ""; with a point or a comma. False for any other text.
 * Model: util.dt.parse_duration
 */
bool duration_read(const char *text, int64_t *ret_usec);

/** "H:MM:SS", with six decimals where there is a fraction and "-" before what is negative. */
void duration_format(int64_t usec, char text[DURATION_TEXT]);
