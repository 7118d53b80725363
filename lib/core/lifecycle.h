/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What start and stop share.
 */
#pragma once

#include "core/core.h"
#include "run/task.h"

/** Fires an event of the core's own life; what goes wrong is logged. */
void lifecycle_fire(struct hass *hass, const char *type) HASS_CALLBACK;
/**
 * Waits until nothing is tracked any more but the caller, at most @seconds. -ETIMEDOUT after a warning that names @stage and
 * what still runs; a cancellation of the caller is passed over.
 */
int lifecycle_settle(struct hass *hass, const char *stage, double seconds) HASS_COROUTINE;
/** Logs each member of @set as still running in @stage. */
void lifecycle_warn(struct hass *hass, const char *stage, enum task_set set) HASS_CALLBACK;
