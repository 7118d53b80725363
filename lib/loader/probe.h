/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The probe: a new file is opened by a child first, so that a constructor that crashes or hangs costs no more than that.
 * What has passed is remembered by its id; failures are not, for their reason may go away (a library that was missing).
 */
#pragma once

#include <hass/error.h>
#include <hass/thread_safety.h>

struct probe_memory;

/** @path of the file that remembers what has passed ("…/probed.json"). */
struct probe_memory *probe_memory_create(const char *path);
struct probe_memory *probe_memory_destroy(struct probe_memory *memory);
/** Any thread. */
bool probe_memory_has(struct probe_memory *memory, const char *id);
/** Remembers @id, and writes it down. */
void probe_memory_add(struct probe_memory *memory, const char *id) HASS_BLOCKING;

/**
 * Runs `@program --probe @path`. HASS_E_PLUGIN when the child has found the file unusable, has died or did not end in time.
 */
int probe_run(struct hass *hass, const char *program, const char *path, struct hass_error *err)
    HASS_BLOCKING;
