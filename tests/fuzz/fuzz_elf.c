/* SPDX-License-Identifier: Apache-2.0 *
 * Covers: lib/loader/elf.c
 */
/*
 * Looking at integration files: whatever the bytes are, nothing beside them is read, and a refusal says why.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "loader/elf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct elf_info info;
    int r = elf_look(data, size, &info, &err);

    if (r < 0 && (r != HASS_E_PLUGIN || err.message[0] == '\0'))
        abort();
    if (r >= 0 && (!(info.entries & ELF_MANIFEST) || strlen(info.build_id) > ELF_BUILD_ID_MAX))
        abort();
    return 0;
}
