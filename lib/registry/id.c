/* SPDX-License-Identifier: Apache-2.0 */
/* Random ids. */
#include "registry/id.h"

#include <stdio.h>

#include "base/random.h"

const char *registry_make_id(struct arena *arena)
{
    unsigned char bytes[16];
    char *id = arena_alloc(arena, sizeof(bytes) * 2 + 1);

    random_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(&id[i * 2], 3, "%02x", bytes[i]);
    return id;
}
