/* SPDX-License-Identifier: Apache-2.0 */
/**
 * json_t → YAML text that yaml_load reads back as the same value.
 */
#pragma once

#include <hass/buf.h>
#include <hass/types.h>

/** Appends @json in block style with a line end. */
void yaml_dump(const json_t *json, struct hass_buf *buf);
