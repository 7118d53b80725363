/* SPDX-License-Identifier: Apache-2.0 */
/* The command `hassd check --test FILE`. */
#pragma once

#include "args.h"

/** Returns the exit code: 0 when all cases are as they should, 1 when not. */
int check_test_command(const struct args *args);
