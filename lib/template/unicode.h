/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Properties and case of characters, as Python 3.11 has them (Unicode 14.0.0), without a locale.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum unicode_property {
    UNICODE_ALPHA,
    UNICODE_DECIMAL,
    UNICODE_DIGIT,
    UNICODE_NUMERIC,
    UNICODE_UPPER,
    UNICODE_LOWER,
    UNICODE_TITLE, /* upper and lower at once, as U+01C5 */
    UNICODE_SPACE,
    UNICODE_PRINTABLE,
    UNICODE_IGNORABLE, /* does not end a word: marks, apostrophes */
};

bool unicode_is(uint32_t c, enum unicode_property property);
/** The value of a decimal digit of any script, or -1. */
int unicode_decimal(uint32_t c);

enum unicode_case { UNICODE_TO_UPPER, UNICODE_TO_LOWER, UNICODE_TO_TITLE };

/** Maps @c to 1 to 3 characters and returns how many. Final sigma is the caller's. */
unsigned unicode_map(uint32_t c, enum unicode_case how, uint32_t mapped[3]);
