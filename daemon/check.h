/* SPDX-License-Identifier: Apache-2.0 */
/* `hassd check`. */
#pragma once

struct args;

/** Returns the exit code: 0 for a configuration without errors, else 1. */
int check_command(const struct args *args);
