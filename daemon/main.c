/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hassd: dispatches to its commands. What they do is in run.c and check.c, and most of that in libhass.
 */
#include <stdio.h>

#include <hass/daemon.h>

#include "args.h"
#include "check.h"
#include "check_test.h"
#include "run.h"
#include "simulate.h"

static int probe(const char *file)
{
    autobuf report = HASS_BUF_INIT;
    int code = hass_probe(file, &report);

    fputs(hass_buf_string(&report), stdout);
    return fflush(stdout) == 0 ? code : 1;
}

int main(int argc, char *argv[])
{
    struct args args;
    int r = args_parse(argc, argv, &args);

    if (r != 0)
        return r;
    switch (args.command) {
    case HASSD_RUN:
        return run_command(&args);
    case HASSD_CHECK:
        return args.test_file ? check_test_command(&args) : check_command(&args);
    case HASSD_SIMULATE:
        return simulate_command(&args);
    case HASSD_PROBE:
        return probe(args.probe_file);
    case HASSD_VERSION:
        puts("hassd " HASS_VERSION " (speaks the protocol of Home Assistant " HASS_MODEL_VERSION
             ")");
        return 0;
    case HASSD_HELP:
        args_print_help();
        return 0;
    }
    return HASSD_EXIT_USAGE;
}
