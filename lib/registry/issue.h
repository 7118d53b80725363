/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rest of lib/ needs of issues beside <hass/issue_registry.h>.
 */
#pragma once

#include <hass/issue_registry.h>

/** Reads the file: during bootstrap, before what may raise issues. Those that were raised already stay. */
int issues_async_load(struct hass *hass, struct hass_error *err) HASS_COROUTINE;
/** Raises an issue of the core; what goes wrong is logged. @options as for hass_issue_async_create. */
void issue_async_raise(struct hass *hass, const char *issue_id,
                       const struct hass_issue_options *options) HASS_CALLBACK;
/** Takes it back, if it was raised. */
void issue_async_settle(struct hass *hass, const char *issue_id) HASS_CALLBACK;
