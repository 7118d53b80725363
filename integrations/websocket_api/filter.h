/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which entities a subscription wants: lists of ids, domains and patterns, taken in and left out.
 *
 * Model: helpers.entityfilter
 */
#pragma once

#include <hass/schema.h>

/* {"entity_ids": [str], "domains": [str], "entity_globs": [str]}, all optional: the value of "include" and of "exclude". */
extern const struct hass_schema filter_schema;

/* True when @entity_id passes; @include and @exclude are checked values or NULL. Both empty: everything passes. */
bool filter_passes(const json_t *include, const json_t *exclude, const char *entity_id);
