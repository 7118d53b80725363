/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A fuzz target: one file with this function, named fuzz_<target>.c, and a corpus in corpus/<target>/.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** Runs one input. Whatever must hold is checked by aborting. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
