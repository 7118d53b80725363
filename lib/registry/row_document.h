/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the file of a registry says: read in pieces on a pool thread, which makes the rows, then handed to the loop as a whole.
 * What we do not know of a file is kept; what is wrong in it is told, while it is read.
 */
#pragma once

#include <hass/vec.h>

#include "registry/row_file.h"
#include "registry/store.h"

enum { ROW_MAX_BYTES = 1 << 20 }; /* of a row, and of what is unknown beside the lists */

enum row_place {
    BEFORE,      /* the document */
    IN_ENVELOPE, /* between its members */
    IN_SKIPPED,  /* in a member of the envelope that is not "data" */
    BEFORE_DATA,
    IN_DATA,
    BEFORE_ROWS,
    IN_GROUPS,
    BEFORE_GROUP,
    IN_ROWS,
};

struct row_document {
    const struct row_file_type *type;
    HASS_VEC(const void *) rows[ROW_LISTS]; /* references; NULL for one that is left out */
    struct hass_buf rest;                   /* unknown members of "data", a comma before each */
    size_t problems;                        /* told or counted */
    /* while it is read */
    struct json_pull pull;
    struct row_reader reader;
    enum row_place place;
    enum row_list list;
    struct hass_buf group; /* whose rows these are */
    bool has_data, has_rows;
};

struct row_document *row_document_create(const struct row_file_type *type);
void row_document_destroy(void *document);

/** Reads into a struct row_document. */
extern const struct store_reader row_document_reader;

/** Tells what has become of row @number of @list ("is left out"), and why; any thread, one at a time. */
void row_document_report(struct row_document *document, enum row_list list, size_t number,
                         const char *outcome, const char *why);
