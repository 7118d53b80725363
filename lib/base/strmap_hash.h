/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hash of every table keyed by text: SipHash-1-3 under a key drawn once a process, so that keys chosen by somebody
 * outside cannot be made to collide. Never stored, never sent.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct hass_strmap;

uint32_t strmap_hash(const void *data, size_t length);
/** As hass_strmap_get_n for who has the hash of the key already. */
void *strmap_get_hashed(const struct hass_strmap *map, const char *key, size_t length,
                        uint32_t hash);
