/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a code has the format that a lock wants.
 */
#pragma once

#include "lock.h"

/*
 * True when the beginning of @code, or all of it where the format ends with $, matches. A format that is not understood is
 * matched by every code: the lock will tell.
 */
bool code_matches(const char *format, const char *code);
