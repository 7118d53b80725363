/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text in other scripts as lower-case ASCII, for slugs. It follows the model's table, so that a name gives the same id.
 */
#pragma once

#include <stdint.h>

#include <hass/buf.h>

/**
 * Appends what stands for @c, which is not ASCII: letters and digits, "-" where words part, "," for commas, or nothing
 * at all (combining marks, apostrophes).
 */
void translit_add(uint32_t c, struct hass_buf *buf);

enum {
    HAN_FIRST = 0x4e00,
    HAN_LAST = 0x9fff,
    HAN_DIGITS = 2, /* of han_readings, for each character */
};

/** The Mandarin syllables without tones, divided by spaces. */
extern const char han_syllables[];
/** Two base64 digits a character: the number of its syllable, counted from 1; 0 for none. */
extern const char han_readings[];
