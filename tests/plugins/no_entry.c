/* SPDX-License-Identifier: Apache-2.0 */
/* A manifest, but nothing to call. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "no_entry", .name = "No entry point", .version = "1.0");
