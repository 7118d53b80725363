/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What becomes of kinds of triggers and conditions that nobody has registered yet, when a coroutine checks configuration. Integrations name
 * the kinds that they give in their manifests: `zone` for the one of that name, before its dot for `light.turned_on`.
 */
#pragma once

enum hass_kinds {
    HASS_KINDS_SET_UP, /* the integration that gives it is set up */
    HASS_KINDS_OPEN,   /* its file is opened, and the table in it is used: nothing is begun */
};
