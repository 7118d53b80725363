/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an address of code to "file.so:function+0x10", by the file's own tables. dladdr may wait for the loader's lock, which
 * somebody holds for as long as a constructor runs, and knows exported names only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define SYMBOL_SIZE 160

/**
 * Writes what is at @address into @text: "file:function+0x10", "file+0x1234" where the file has no symbols, or the number.
 * Reads files: on the loop only for a report, once a site. Returns @text.
 */
const char *symbol_describe(const void *address, char text[SYMBOL_SIZE]);

/** True while this thread reads them: the reports of blocking calls leave these out. */
extern __thread bool symbol_looking;
