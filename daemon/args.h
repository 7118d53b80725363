/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of hassd. */
#pragma once

#include <stdbool.h>

#define HASSD_DEFAULT_CONFIG "/etc/hassd"

/* Exit codes beside those of the model (0, 1, HASS_EXIT_RESTART). */
#define HASSD_EXIT_USAGE 2

enum hassd_command {
    HASSD_RUN,
    HASSD_CHECK,
    HASSD_SIMULATE,
    HASSD_VERSION,
    HASSD_HELP,
    HASSD_PROBE, /* not in the help: what the daemon runs to look at an integration file it does not know */
};

struct args {
    enum hassd_command command;
    const char *config_dir;
    const char *probe_file;
    const char *test_file;  /* check --test */
    const char *from, *to;  /* simulate; NULL: not given */
    const char *history;    /* simulate */
    const char *states;     /* simulate */
    const char *automation; /* simulate */
    bool all;               /* simulate */
    bool empty;             /* simulate */
    bool debug;
    bool json;
};

/** Returns 0 with @ret_args, or the exit code after having said what is wrong. */
int args_parse(int argc, char *argv[], struct args *ret_args);

void args_print_help(void);
