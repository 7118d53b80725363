/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Plain scalars as YAML 1.1 resolves them, in the spellings of the modelled system's loader.
 */
#pragma once

#include <hass/types.h>

/** The value of a plain scalar: null, a boolean, a number, else text. Owned by the caller. */
json_t *yaml_resolve_scalar(const char *text, size_t length);
