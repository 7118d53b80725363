/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What to show of a failure whose callee may have set no text.
 */
#pragma once

#include <hass/error.h>

/** The message of a set error, else the name of @code. @err may be NULL. */
static inline const char *error_text(const struct hass_error *err, int code)
{
    return err && err->code && err->message[0] ? err->message : hass_error_name(code);
}
