/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread that watches the loop. It notices a job that holds the loop and names it while it still does, and samples whose
 * jobs the loop runs. While the loop is idle it sleeps without waking up.
 */
#pragma once

#include "run/runtime.h"

struct watchdog;

/** Begins to watch the loop of the calling thread. */
struct watchdog *watchdog_create(struct runtime *runtime, struct hass_error *err) HASS_CALLBACK;
struct watchdog *watchdog_destroy(struct watchdog *watchdog);

/**
 * Called between making a scope and its first dispatch, and between its last dispatch and freeing it: the watchdog looks at
 * the current scope without holding it, and must see it whole. Takes NULL. Loop thread.
 */
void watchdog_sync(struct watchdog *watchdog) HASS_CALLBACK;
