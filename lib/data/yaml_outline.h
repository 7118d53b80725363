/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reading a file again of which a little has changed. A file that is a list, as clients write their automations, keeps with its
 * marks where its items begin. When it is read the next time, items whose text stands there as before are not parsed: what was
 * read then takes their place.
 *
 * 1. yaml_renew.c reads the file on a pool thread, with what was read before at hand, and puts a stand-in where such an item
 *    belongs: the item itself is the loop's.
 * 2. yaml_outline_settle, on the loop, puts the items there.
 */
#pragma once

#include <hass/vec.h>

#include "data/yaml_marks.h"

/** An item of the list that a file is. */
struct yaml_part {
    size_t offset;         /* of its dash in the text */
    uint32_t line, column; /* of its value, from 1 */
    size_t nodes, height;
    bool plain;                    /* made of its text alone, and without a remark */
    const json_t *value;           /* lent by the marks, where it is plain */
    struct yaml_marks_range marks; /* of what is in it */
    const struct yaml_part *as; /* the one of before for which @value stands; NULL: it was parsed */
};

struct yaml_outline {
    HASS_VEC(struct yaml_part) parts;
};

/** Takes NULL, returns NULL. */
struct yaml_outline *yaml_outline_destroy(struct yaml_outline *outline);

/** Finds where the parts begin. False: lines alone do not tell, and the outline is of no use. */
bool yaml_outline_place(struct yaml_outline *outline, const char *text, size_t size);
/** True when libyaml, which knows more kinds of line ends than we do, has counted as we would. */
bool yaml_outline_is_counted(const char *text, size_t size, size_t lines);

/** What has become of a text, cut at the parts that it had. */
struct yaml_change {
    size_t first, last; /* parts before @first and from @last on stand in it as before */
    size_t begin, end;  /* the bytes between them now */
    ptrdiff_t shift;    /* how far those from @last on have moved, in bytes */
    int64_t lines;      /* and in lines */
};

/** False: no part stands there as before. */
bool yaml_outline_compare(const struct source *before, const char *text, size_t size,
                          struct yaml_change *ret_change);

/**
 * Puts the items of before where stand-ins are, in @value and all that is in it, which nobody else has seen yet. @former lends what was at
 * hand when it was read.
 */
void yaml_outline_settle(struct yaml_marks *marks, const struct yaml_marks *former, json_t *value);
