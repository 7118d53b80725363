/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the library does to the process it lives in, and children. The head of process.c lists all process-wide state.
 */
#pragma once

#include <signal.h>

#include <hass/process.h>

#include "run/runtime.h"

/**
 * Ignores SIGPIPE, since a peer that went away is an error of the write, and has malloc use one arena. Called by each runtime_create,
 * works once.
 */
void process_init(void);

/**
 * Blocks every signal but those of faults for the calling thread, and for the threads it makes: signals are the loop's. A fault
 * whose signal is blocked would end the process without last words.
 */
void process_block_signals(sigset_t *ret_former);
void process_restore_signals(const sigset_t *former);
