/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The home's configuration, and the names of what has been set up. Written on the loop under the lock, read anywhere under it.
 */
#pragma once

#include <hass/config.h>
#include <hass/strmap.h>

#include "core/lock.h"

struct config {
    struct lock lock;
    struct hass_home home;
    struct hass_zone *zone;
    struct hass_strmap *components; /* a set: "sensor", "systemmonitor.sensor" */
    json_t *folders;                /* that services may write to; a list, replaced as a whole */
    char *config_dir;
    char *state_dir;
    const char *source; /* "default", "yaml", "storage"; a literal */
};

void config_init(struct hass *hass, const char *config_dir, const char *state_dir, bool debug);
void config_fini(struct hass *hass);

/** Values of `homeassistant:`, checked as by hass_config_async_update but without an event: during bootstrap. Taken. */
int config_async_load(struct hass *hass, json_t *values, const char *source, struct hass_error *err)
    HASS_CALLBACK;
/** @name counts as loaded, or no longer. */
void config_async_add_component(struct hass *hass, const char *name) HASS_CALLBACK;
void config_async_remove_component(struct hass *hass, const char *name) HASS_CALLBACK;
/** Any thread. */
bool config_has_component(struct hass *hass, const char *name);
