/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the rest of lib/ needs of the JSON writer beside <hass/json.h>.
 */
#pragma once

#include <stddef.h>

/** Room for any text of json_format_number. */
#define JSON_NUMBER_TEXT 32

/**
 * The shortest text that reads back as the finite @number, as the modelled system prints it: "21.5", "5.0", "1e+16".
 *
 * Returns: its length.
 */
size_t json_format_number(double number, char text[JSON_NUMBER_TEXT]);
