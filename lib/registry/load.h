/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading all registries during bootstrap.
 */
#pragma once

#include <hass/error.h>
#include <hass/thread_safety.h>

/**
 * Loads every registry, each after those that it refers to, before any integration is set up. A registry whose file cannot be
 * used is empty, and says so. Fails only when it is cancelled.
 */
int registries_async_load(struct hass *hass, struct hass_error *err) HASS_COROUTINE;
