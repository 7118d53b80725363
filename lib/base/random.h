/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random numbers: the kernel's for seeds and secrets, a fast generator of each thread's own for everything else.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** Fills @data from the kernel. Fit for secrets. Aborts when the kernel has none to give. */
void random_bytes(void *data, size_t size);

/** Never for secrets: the generator's output can be predicted from a few values. */
uint64_t random_u64(void);
