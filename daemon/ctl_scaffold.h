/* SPDX-License-Identifier: Apache-2.0 */
/* The files that `hassctl new` writes, built into the program. */
#pragma once

#include <stddef.h>

struct scaffold_file {
    const char *name; /* may hold @NAME@ */
    const char *text; /* NUL-terminated; @NAME@ and @TITLE@ are replaced */
    unsigned mode;
};

/** Ends with a NULL name. */
extern const struct scaffold_file scaffold_files[];
