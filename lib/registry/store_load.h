/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loading a store's file: once for all who ask at the same time, at most STORE_MAX_LOADS files at once, with migration.
 */
#pragma once

#include "registry/store_file.h"

/** The body of hass_store_async_load. */
int store_load(struct hass_store *store, json_t **ret_data, struct hass_error *err) HASS_COROUTINE;
