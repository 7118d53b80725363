/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl simulate …` is `hassd simulate …`: it needs no daemon that runs, and the integrations are hassd's to open. The command line is
 * handed over as it is.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

static bool takes_a_value(const char *option)
{
    return strcmp(option, "-c") == 0 || strcmp(option, "--config") == 0 ||
           strcmp(option, "--socket") == 0;
}

/* Before options are read: those of simulate are hassd's. */
bool ctl_wants_simulate(char *argv[])
{
    for (size_t i = 1; argv[i]; i++) {
        if (argv[i][0] != '-')
            return strcmp(argv[i], "simulate") == 0;
        if (takes_a_value(argv[i]) && argv[i + 1])
            i++;
    }
    return false;
}

int ctl_simulate(char *argv[])
{
    char name[] = "hassd";
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - sizeof(name));
    char *slash;

    argv[0] = name;
    path[length > 0 ? length : 0] = '\0';
    slash = strrchr(path, '/');
    if (slash) {
        memcpy(slash + 1, name, sizeof(name));
        execv(path, argv);
    }
    fprintf(stderr, "hassctl: cannot start %s: %s; it belongs beside hassctl\n",
            slash ? path : name, strerrordesc_np(errno));
    return CTL_FAILED;
}
