/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads rows as files have them, token by token, straight into a draft.
 */
#pragma once

#include <hass/buf.h>

#include "data/json_pull.h"
#include "registry/row.h"

/* What a file's rows are made of. */
struct row_format {
    const struct row_type *type;
    uint32_t uses; /* of the fields that files have */
    const struct row_field
        *further; /* members that only files have, offset beyond or in the type's struct */
    size_t further_count;
    size_t size; /* of the draft */
};

enum { ROW_MAX_KEYS = 128 }; /* whose places are remembered */

/* A reader of many rows, and the row that was read last; zero-initialised but for its format. */
struct row_reader {
    const struct row_format *format;
    const struct row_field *order[ROW_MAX_KEYS]; /* what stood where in the row before */
    size_t position;                             /* in the present row */
    void *draft;                                 /* format->size bytes */
    struct arena arena;                          /* its lists */
    uint64_t seen;                               /* a bit for each field of the type */
    struct hass_buf rest;                        /* unknown members */
    struct hass_buf defaults;     /* what was not understood: "name is not text, …" */
    bool refused;                 /* the value being read is among that */
    struct hass_error problem;    /* why the row is of no use */
    HASS_VEC(const char *) texts; /* of the list being read */
};

void row_reader_init(struct row_reader *reader, const struct row_format *format);
void row_reader_fini(struct row_reader *reader);

/**
 * Reads one row into reader->draft, whose texts are strings after json_pull_commit.
 *
 * Returns: JSON_PULL_OBJECT for a row (see reader->problem), or what else came: JSON_PULL_ARRAY_END, JSON_PULL_MORE, an error.
 */
int row_read(struct row_reader *reader, struct json_pull *pull, struct hass_error *err);
/** True when the row had a member of that name. */
bool row_reader_saw(const struct row_reader *reader, const char *key);
