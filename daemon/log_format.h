/* SPDX-License-Identifier: Apache-2.0 */
/* How a log line looks. */
#pragma once

#include <hass/buf.h>
#include <hass/log.h>

/** Appends `2026-11-22 01:02:03.004 WARNING (light) [file.c:12] message` and a line end, in local time. */
void log_format_line(const struct hass_log_record *record, bool color, struct hass_buf *line);

/** The syslog priority of a level: 7 for debug to 2 for critical. */
int log_format_priority(enum hass_log_level level);
