/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes the files of daemon/scaffold/ into the program as they are, so that they stay files one can read and edit. Paths are
 * relative to the root of the project, where make runs.
 */
#include "ctl_scaffold.h"

#define EMBED(symbol, path)                                                                        \
    __asm__(".pushsection .rodata, \"a\"\n" #symbol ":\n"                                          \
            ".incbin \"" path "\"\n"                                                               \
            ".byte 0\n"                                                                            \
            ".popsection\n");                                                                      \
    extern const char symbol[] __attribute__((visibility("hidden")))

EMBED(scaffold_source, "daemon/scaffold/integration.c.in");
EMBED(scaffold_strings, "daemon/scaffold/strings.json.in");
EMBED(scaffold_makefile, "daemon/scaffold/Makefile.in");
EMBED(scaffold_test, "daemon/scaffold/test.sh.in");
EMBED(scaffold_readme, "daemon/scaffold/README.md.in");
EMBED(scaffold_gitignore, "daemon/scaffold/gitignore.in");
EMBED(scaffold_clang_format, ".clang-format");

const struct scaffold_file scaffold_files[] = {
    { "@NAME@.c", scaffold_source, 0644 },
    { "strings.json", scaffold_strings, 0644 },
    { "Makefile", scaffold_makefile, 0644 },
    { "test.sh", scaffold_test, 0755 },
    { "README.md", scaffold_readme, 0644 },
    { ".gitignore", scaffold_gitignore, 0644 },
    { ".clang-format", scaffold_clang_format, 0644 },
    { 0 },
};
