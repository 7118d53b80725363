/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the library does to the process it lives in, and children. The head of process.c lists all process-wide state.
 */
#pragma once

#include <hass/process.h>

#include "run/runtime.h"

/** Ignores SIGPIPE: a peer that went away is an error of the write. Called by each runtime_create, works once. */
void process_init(void);
