/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Days of the proleptic Gregorian calendar, counted from 1970-01-01.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
    SECONDS_PER_DAY = 86400,
    DAYS_PER_400_YEARS = 146097,
};

/** @month is 1..12; @day may be any number, so that "the 0th of March" is the last of February. */
int64_t civil_to_days(int64_t year, int month, int64_t day);
void civil_from_days(int64_t days, int64_t *ret_year, int *ret_month, int *ret_day);
/** 0 = Monday. */
int civil_weekday(int64_t days);
bool civil_is_leap(int64_t year);
int civil_days_in_month(int64_t year, int month);

/** Division that rounds down, and its remainder, which is never negative. @divisor > 0. */
static inline int64_t floor_div(int64_t number, int64_t divisor)
{
    return number / divisor - (number % divisor < 0);
}

static inline int64_t floor_mod(int64_t number, int64_t divisor)
{
    int64_t rest = number % divisor;

    return rest < 0 ? rest + divisor : rest;
}
