/* SPDX-License-Identifier: Apache-2.0 */
/* Slugs, for those below the layer that <hass/states.h> belongs to. */
#pragma once

struct hass_buf;

/** As hass_slugify. */
void slug_add(const char *text, const char *separator, struct hass_buf *buf);
