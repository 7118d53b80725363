/* SPDX-License-Identifier: Apache-2.0 */
/* Where things are: folders given by the command line, by the service manager, and by where the executable lies. */
#pragma once

#include <hass/daemon.h>

#include "args.h"

struct places {
    char *config_dir;
    char *state_dir;   /* NULL: the configuration folder */
    char *runtime_dir; /* NULL: the state folder */
    char *program;     /* this executable; NULL when /proc cannot tell */
    char *plugin_dirs[3];
};

/** Makes the configuration folder's path absolute; fails when there is no such folder or it cannot be read. */
int places_find(const struct args *args, struct places *ret_places, struct hass_error *err);
void places_fini(struct places *places);
/** The options of a hass at these places; they lend from @places. */
struct hass_options places_options(const struct places *places, const struct args *args);
