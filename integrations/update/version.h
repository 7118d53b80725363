/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparing version numbers.
 */
#pragma once

#include <stdbool.h>

/*
 * Says in @ret_newer whether @a is newer than @b: "2.10" than "2.9", "2024.2.0" than "2024.2.0b3". Returns false when one of
 * them is no version that can be compared.
 */
bool version_is_newer(const char *a, const char *b, bool *ret_newer);
