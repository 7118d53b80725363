/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verification of callers: what is behind the macros of run/runtime.h.
 */
#pragma once

#include "run/runtime.h"

#define THREAD_SAFETY_MAX_SITES 4096 /* a power of two; beyond, calls are counted only */

struct thread_safety;

struct thread_safety *thread_safety_create(void);
struct thread_safety *thread_safety_destroy(struct thread_safety *safety);
/** True the first time for @site and @operation. A site that calls through a pointer has several operations. */
bool thread_safety_remember(struct thread_safety *safety, const void *site, const char *operation);
