/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the loader does for config entries.
 */
#pragma once

#include <hass/entry.h>
#include <hass/platform.h>

struct platform_source;

/** Registers the table by which registry/ reaches integrations. */
void loader_entries_init(struct hass *hass) HASS_CALLBACK;

/* entry_platforms.c */

/** Sets up the integration's platform in @domain for @entry. */
int loader_forward_entry(struct hass_entry *entry, const char *domain, struct hass_error *err)
    HASS_COROUTINE;
int loader_remove_entry_platforms(struct hass_entry *entry, struct hass_error *err) HASS_COROUTINE;
/** Calls async_setup_entry_platform, or setup_entry_platform on the pool. */
int loader_set_up_entry_platform(struct hass_platform *platform,
                                 const struct platform_source *source, struct hass_error *err)
    HASS_COROUTINE;
