/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Python's regular expressions on PCRE2. A pattern is parsed by Python's grammar and written anew: what both write alike but mean differently
 * (\Z, {,5}, [[:x:]], (?P=name), verbose text, …) comes out as PCRE2 means it, and what Python refuses is refused with its words.
 */
#pragma once

#include <hass/buf.h>

#include "template/vm.h"

enum {
    REGEX_IGNORECASE = 1,
    REGEX_MULTILINE = 2,
    REGEX_DOTALL = 4,
    REGEX_VERBOSE = 8,
    REGEX_ASCII = 16,
    REGEX_UNICODE = 32, /* which is the default */
    REGEX_MAX_GROUPS = 255,
    REGEX_PROBLEM = 200,
};

struct regex_name {
    const char *text; /* in the pattern */
    size_t length;
    unsigned group;
};

struct regex_names {
    struct regex_name *list;
    unsigned count;
};

/** What a pattern came to. */
struct regex_translation {
    struct hass_buf pattern; /* for PCRE2; the caller frees it */
    unsigned flags;          /* also those that the pattern itself turns on */
    unsigned groups;
    struct regex_name names[REGEX_MAX_GROUPS];
    unsigned name_count;
    char problem[REGEX_PROBLEM]; /* "nothing to repeat at position 0" */
};

/** Returns false with what is wrong in @ret_translation->problem. */
bool regex_translate(const char *pattern, size_t length, unsigned flags,
                     struct regex_translation *ret_translation);

/** A part of a replacement: text, or the text of a group. */
struct regex_piece {
    int group; /* -1: text */
    struct tmpl_value text;
};

/** Parses a replacement (\1, \g<name>, \n) for a pattern with @groups; raises re.error. */
int regex_parse_replacement(struct tmpl_vm *vm, const struct tmpl_value *text, unsigned groups,
                            const struct regex_names *names, struct regex_piece **ret_pieces,
                            size_t *ret_count);

/** "MESSAGE at position 3 (line 1, column 4)" into @problem. */
void regex_problem(char problem[REGEX_PROBLEM], const char *pattern, size_t length, const char *at,
                   const char *message);
