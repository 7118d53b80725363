/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the built-in types share: reading scalars as the modelled system's validators read them.
 */
#pragma once

#include <hass/schema.h>

/** Room for the text of any number. */
#define SCHEMA_SCALAR_TEXT 32

/** "expected @wanted, got <value>". Returns HASS_E_INVALID. */
int schema_fail(const char *wanted, const json_t *value, struct hass_error *err);

/** A scalar's text as the model prints it: "True", "5.0"; NULL for null, lists and maps. Lends @value's or @buffer. */
const char *schema_scalar_text(const json_t *value, char buffer[SCHEMA_SCALAR_TEXT]);

/** Groups of a-z and 0-9 with single underscores between them, or nothing: what slugify leaves alone. */
bool schema_is_slug(const char *text);
