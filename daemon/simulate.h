/* SPDX-License-Identifier: Apache-2.0 */
/* The command `hassd simulate`. */
#pragma once

#include "args.h"

/** Returns the exit code. */
int simulate_command(const struct args *args);
