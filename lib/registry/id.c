/* SPDX-License-Identifier: Apache-2.0 */
/* Random ids. */
#include "registry/id.h"

#include "base/random.h"

const char *registry_make_id(struct arena *arena)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[16];
    char *id = arena_alloc(arena, sizeof(bytes) * 2 + 1);

    random_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++) {
        id[i * 2] = digits[bytes[i] >> 4];
        id[i * 2 + 1] = digits[bytes[i] & 15];
    }
    id[sizeof(bytes) * 2] = 0;
    return id;
}
