/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hash of every table keyed by text: SipHash-1-3 under a key drawn once a process, so that keys chosen by somebody
 * outside cannot be made to collide. Never stored, never sent.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

uint32_t strmap_hash(const void *data, size_t length);
