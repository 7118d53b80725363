/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long ago something was, in words: "3 hours", "1 day 2 hours".
 */
#pragma once

#define AGE_TEXT      96 /* room for any age */
#define AGE_PRECISION 6  /* units at most: years to seconds */

/**
 * The largest unit, rounded: "59.6 seconds" are "1 minute". A month has 30 days, a year 12 months.
 * Model: util.dt.get_age (2024.1)
 */
void age_format(double seconds, char text[AGE_TEXT]);

/**
 * @precision units from the largest down, the last one rounded; units that are zero are left out. A month has 30 days, a year 365.
 * Model: util.dt.get_age (2024.2)
 */
void age_format_precise(double seconds, int precision, char text[AGE_TEXT]);
