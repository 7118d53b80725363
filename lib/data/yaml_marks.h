/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where each value of a loaded configuration stands in its file: a side table beside the json_t, keyed by container.
 *
 * A scalar has no place of its own (jansson shares true, false and null, and aliases share whole branches), so a place
 * belongs to a member of an object or an item of an array. The table keeps the containers it knows alive. It belongs to one
 * thread at a time; what lies below others and is changed no more may be read by several.
 */
#pragma once

#include "data/diagnostic.h"

struct yaml_marks;

struct yaml_marks *yaml_marks_new(void);
/** New ones over @below, a reference that is taken: they know what it knows, and only they are written to. */
struct yaml_marks *yaml_marks_new_over(struct yaml_marks *below);
struct yaml_marks *yaml_marks_ref(struct yaml_marks *marks);
/** Takes NULL, returns NULL. */
struct yaml_marks *yaml_marks_unref(struct yaml_marks *marks);

/** Keeps a file's name and text (both taken) for as long as the marks live. */
struct source *yaml_marks_add_source(struct yaml_marks *marks, char *name, char *text, size_t size);
/** Lends one of its own files after the other, counted from 0; NULL behind the last. */
struct source *yaml_marks_source_at(const struct yaml_marks *marks, size_t index);
/** Lends the file of that name, the first when it was read several times; NULL: it was not read, or @marks is NULL. */
const struct source *yaml_marks_find_source(const struct yaml_marks *marks, const char *name);

void yaml_marks_set(struct yaml_marks *marks, const json_t *container, struct mark mark);
void yaml_marks_set_member(struct yaml_marks *marks, const json_t *object, const char *key,
                           struct mark key_mark, struct mark value_mark);
/** The member was left out because of an error that has been reported: its absence is no further error. */
void yaml_marks_set_broken(struct yaml_marks *marks, const json_t *object, const char *key,
                           struct mark key_mark);
/** The place of the next item: call once for each item appended to @array. */
void yaml_marks_add_item(struct yaml_marks *marks, const json_t *array, struct mark mark);
/** Gives @to all that is known about @from: its own place and those of its members or items. */
void yaml_marks_copy(struct yaml_marks *marks, const json_t *from, const json_t *to);

/** What was added between two moments: of the values within one value, when no other was built meanwhile. */
struct yaml_marks_range {
    uint32_t begin, end;
};
/** The moment now. */
uint32_t yaml_marks_now(const struct yaml_marks *marks);

/** Values that stand elsewhere now. */
struct yaml_marks_move {
    struct yaml_marks_range range; /* theirs in the older marks; then in the newer ones */
    const struct source *source;   /* where they stand now */
    int64_t lines;                 /* how far down they have moved */
};
/** Takes over what @from knows of values that are used again. What is in a value is kept alive by it: it is changed no more. */
void yaml_marks_take(struct yaml_marks *marks, const struct yaml_marks *from,
                     struct yaml_marks_move *moves, size_t count);

/** Each returns a mark without source when nothing is known; @marks may be NULL. */
struct mark yaml_marks_container(const struct yaml_marks *marks, const json_t *container);
struct mark yaml_marks_key(const struct yaml_marks *marks, const json_t *object, const char *key);
struct mark yaml_marks_member(const struct yaml_marks *marks, const json_t *object,
                              const char *key);
struct mark yaml_marks_item(const struct yaml_marks *marks, const json_t *array, size_t index);
bool yaml_marks_is_broken(const struct yaml_marks *marks, const json_t *object, const char *key);

/**
 * The place inside of a scalar that begins at @scalar and was read as @text: that of its @line and @column, from 1. @scalar where the
 * file does not show the text, as behind !secret.
 */
struct mark yaml_mark_within(struct mark scalar, const char *text, uint32_t line, uint32_t column);

/** The place of the value at "sensor->0->name" below @root, or of the nearest value above it that has one. */
struct mark yaml_marks_find(const struct yaml_marks *marks, const json_t *root, const char *path);
