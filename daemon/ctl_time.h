/* SPDX-License-Identifier: Apache-2.0 */
/* Times as hassctl shows them. */
#pragma once

#include <hass/types.h>

/** Microseconds UTC. */
int64_t ctl_now(void);
/** "01:02:03.004" in local time of an ISO text, or of now when it is none. */
void ctl_clock_text(const char *iso, char text[16]);
/** "12 s", "5 min", "3 h", "2 d" since an ISO time; "" when it is none. */
void ctl_age_text(const char *iso, char text[16]);
/** A duration in seconds: "1 d 02:03:04", "02:03:04". */
void ctl_duration_text(double seconds, char text[32]);
