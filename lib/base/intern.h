/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of texts that are stored once, so that equal texts have equal addresses: entity ids, attribute keys. One
 * thread writes and searches; any thread may hold and read what it was given, until the table is destroyed.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct intern;

struct interned {
    uint32_t hash; /* strmap_hash of the text */
    uint32_t length;
    char text[]; /* NUL-terminated */
};

struct intern *intern_create(void);
struct intern *intern_destroy(struct intern *table);
/** The one copy of @text; made when there was none. Never NULL. */
const struct interned *intern_get(struct intern *table, const char *text, size_t length);
/** The one copy of @text, or NULL. */
const struct interned *intern_find(const struct intern *table, const char *text, size_t length);
size_t intern_count(const struct intern *table);
/** Bytes held by the table. */
size_t intern_size(const struct intern *table);
