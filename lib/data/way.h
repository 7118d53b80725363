/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks of values within values say where something is wrong by a way at the beginning of their message, "0->choose->1->sequence: expected …".
 * Here such a way is gone along as far as the file has it. It may name a key by its newer spelling, and an item of a list where the file has
 * a single value; what the file does not have is passed over.
 */
#pragma once

#include <hass/buf.h>

#include "data/yaml_marks.h"

struct way {
    const struct yaml_marks *marks;
    const json_t *at; /* the value come to */
    struct mark mark; /* its place, or that of the nearest above it */
    const char *rest; /* of the message */
    bool moved;
};

/** Goes on from @way->at; the steps gone are appended to @path. */
void way_go(struct way *way, struct hass_buf *path);
/** When the rest complains of a key of the map come to, the place becomes that of the key. */
void way_point_to_key(struct way *way);
/** "…; did you mean 'x'?": cuts the hint off a message and lends it; NULL: there is none. */
char *way_take_hint(char *message);
