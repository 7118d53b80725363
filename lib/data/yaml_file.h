/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reading a text file that somebody else wrote: regular files only, so that nothing blocks; limited; UTF-8.
 */
#pragma once

#include <sys/stat.h>

#include <hass/error.h>

/**
 * Reads a regular file of at most @limit bytes, NUL-terminated.
 *
 * Returns: 0 with @ret_text owned by the caller; -errno; HASS_E_LIMIT; HASS_E_INVALID when it is no regular file. The
 *          message does not name the file.
 */
int yaml_read_file(const char *path, size_t limit, char **ret_text, size_t *ret_size,
                   struct stat *ret_status, struct hass_error *err);

/** What is wrong with a text before any grammar, and where. */
struct yaml_text_problem {
    const char *message; /* NULL: nothing */
    const char *hint;
    uint32_t line, column; /* from 1, of the first one */
    bool fatal;            /* it is no text at all */
};

/**
 * Looks for what YAML cannot hold: other encodings, control characters. Single bad characters are replaced by question
 * marks, so that the rest can be read. A byte order mark of UTF-8 is good.
 */
struct yaml_text_problem yaml_clean_text(char *text, size_t size);
