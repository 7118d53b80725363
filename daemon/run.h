/* SPDX-License-Identifier: Apache-2.0 */
/* `hassd run`. */
#pragma once

struct args;

/** Runs the daemon. Returns the exit code: 0, HASS_EXIT_RESTART, or 1 when it could not start. */
int run_command(const struct args *args);
