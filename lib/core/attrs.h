/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attributes in their stored form: one counted, immutable run of bytes, an entry behind the other, keys and values in
 * place. Successive states share it while nothing changes.
 *
 * A writer is given the attributes it is likely to write again. As long as what is written equals them in order, nothing is
 * stored: comparing is all the work. The first difference copies what was equal so far and goes on writing.
 *
 * An entry: uint32_t (type in the low 3 bits, length of the key above), the key, NUL, the value: nothing for none and the
 * two booleans, 8 bytes for numbers, uint32_t length, text, NUL for strings and JSON. Unaligned.
 */
#pragma once

#include <stdatomic.h>

#include <hass/states.h>

struct attrs {
    _Atomic uint32_t refs;
    uint32_t count;
    uint32_t size; /* of bytes */
    unsigned char bytes[];
};

struct hass_attrs_writer {
    const struct attrs *base;  /* what is compared with; NULL: nothing */
    const unsigned char *next; /* entry of base that is to be written again next */
    const unsigned char *end;  /* behind the last one; `next` as soon as anything differs */
    uint32_t count;            /* entries written */
    bool differs;              /* they are in `bytes`; else they are those of base before `next` */
    unsigned char *bytes;      /* `fixed`, or malloc'ed */
    size_t length;
    size_t capacity;
    unsigned char fixed[1024];
};

void attrs_writer_init(struct hass_attrs_writer *writer, const struct attrs *base);
/** What was written, counted: @base again when it is the same, or equal as the model compares (key order, 1 == 1.0 == true). */
const struct attrs *attrs_writer_finish(struct hass_attrs_writer *writer);
/** True when just what was in @base was written, in its order. Cheap; false says nothing. */
static inline bool attrs_writer_unchanged(const struct hass_attrs_writer *writer)
{
    return !writer->differs && writer->next == writer->end;
}
/** Gives up what was written; only instead of attrs_writer_finish. */
void attrs_writer_fini(struct hass_attrs_writer *writer);

const struct attrs *attrs_ref(const struct attrs *attrs);
const struct attrs *attrs_unref(const struct attrs *attrs);
bool attrs_equal(const struct attrs *a, const struct attrs *b);
bool attrs_get(const struct attrs *attrs, const char *key, size_t length,
               struct hass_value *ret_value);
/** Walks the entries: begin with *pos 0. */
bool attrs_next(const struct attrs *attrs, size_t *pos, const char **ret_key,
                struct hass_value *ret_value);
void attrs_write_json(const struct attrs *attrs, struct hass_buf *buf);
json_t *attrs_as_json(const struct attrs *attrs);
