/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text form of a log record. Messages quote what came from outside, so control characters, which a terminal would obey,
 * are replaced.
 */
#include "log_format.h"

#include <syslog.h>
#include <time.h>

static const char *level_color(enum hass_log_level level)
{
    if (level >= HASS_LOG_ERROR)
        return "\033[31m";
    if (level >= HASS_LOG_WARNING)
        return "\033[33m";
    return level >= HASS_LOG_INFO ? "\033[32m" : "\033[36m";
}

static void add_time(int64_t time, struct hass_buf *line)
{
    time_t seconds = (time_t)(time / 1000000);
    struct tm local;
    char text[32] = "";

    if (localtime_r(&seconds, &local))
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &local);
    hass_buf_printf(line, "%s.%03d", text, (int)(time / 1000 % 1000));
}

static void add_message(const char *message, struct hass_buf *line)
{
    for (const char *c = message; *c; c++) {
        bool control = ((unsigned char)*c < 0x20 && *c != '\n' && *c != '\t') || *c == 0x7f;
        hass_buf_add_char(line, control ? '?' : *c);
    }
}

void log_format_line(const struct hass_log_record *record, bool color, struct hass_buf *line)
{
    if (color)
        hass_buf_add_string(line, level_color(record->level));
    add_time(record->time, line);
    hass_buf_printf(line, " %s (%s) [%s:%d] ", hass_log_level_name(record->level), record->logger,
                    record->file, record->line);
    add_message(record->message, line);
    hass_buf_add_string(line, color ? "\033[0m\n" : "\n");
}

int log_format_priority(enum hass_log_level level)
{
    if (level >= HASS_LOG_CRITICAL)
        return LOG_CRIT;
    if (level >= HASS_LOG_ERROR)
        return LOG_ERR;
    if (level >= HASS_LOG_WARNING)
        return LOG_WARNING;
    return level >= HASS_LOG_INFO ? LOG_INFO : LOG_DEBUG;
}
