/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest of an opened file, as large as ours: what an older integration does not have is zero.
 */
#pragma once

#include <hass/integration.h>

/** Where integrations and their platforms are found: slugs of at most HASS_MAX_DOMAIN characters. */
bool manifest_is_domain(const char *text);

/**
 * Copies the manifest at @symbol, of whatever size, and checks it. @domain is the name of the file without .so. Lists that
 * were not given become empty lists. The strings stay where they are, in the opened file.
 */
int manifest_read(const void *symbol, const char *domain, struct hass_manifest *ret_manifest,
                  struct hass_error *err);

/** Lends the platform schema for entities of @domain; false when the integration says nothing about that domain. */
bool manifest_find_platform(const struct hass_manifest *manifest, const char *domain,
                            const struct hass_schema **ret_schema);
