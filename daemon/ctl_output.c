/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every command of hassctl prints with.
 */
#include <stdarg.h>
#include <stdio.h>

#include "ctl.h"

int ctl_usage_error(const char *format, ...)
{
    va_list args;

    fputs("hassctl: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputs("\nTry 'hassctl --help'.\n", stderr);
    return CTL_USAGE;
}

void ctl_print_json_line(const json_t *value)
{
    autobuf out = HASS_BUF_INIT;

    hass_json_write(value, &out);
    puts(hass_buf_string(&out));
}

void ctl_print_json(const json_t *value)
{
    autobuf out = HASS_BUF_INIT;

    hass_json_write_pretty(value, &out);
    puts(hass_buf_string(&out));
}

int ctl_flush(void)
{
    return fflush(stdout) == 0 ? CTL_OK : CTL_FAILED;
}
