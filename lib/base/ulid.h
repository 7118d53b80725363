/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ULIDs: 48 bits of milliseconds since 1970 and 80 random ones; as text, 26 characters of Crockford's base 32 that sort
 * by time. Unique, not secret.
 * Source: github.com/ulid/spec
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define ULID_TEXT 27 /* with its NUL */

struct ulid {
    unsigned char bytes[16];
};

/** A new one for @time (microseconds UTC). Any thread. */
void ulid_make(int64_t time, struct ulid *ret_ulid);
void ulid_encode(const struct ulid *ulid, char text[ULID_TEXT]);
/** Reads 26 characters in either case (i and l are 1, o is 0); false when they are no ULID. */
bool ulid_decode(const char *text, struct ulid *ret_ulid);
