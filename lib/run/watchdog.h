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

/** Returns when the watchdog no longer looks at a scope that was current: before one is freed. Takes NULL. Loop thread. */
void watchdog_wait_out(struct watchdog *watchdog) HASS_CALLBACK;
