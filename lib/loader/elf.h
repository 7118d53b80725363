/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks at a file before anybody opens it: is it a shared object for this machine, whole, an integration, built for an ABI
 * that we speak, and which entry points does it export? Takes bytes, so that it can be tested and fuzzed alone.
 */
#pragma once

#include <hass/error.h>

enum elf_entry {
    ELF_ASYNC_SETUP = 1 << 0,
    ELF_SETUP = 1 << 1,
    ELF_ASYNC_SETUP_PLATFORM = 1 << 2,
    ELF_SETUP_PLATFORM = 1 << 3,
    ELF_ASYNC_SETUP_ENTRY = 1 << 4,
    ELF_ASYNC_UNLOAD_ENTRY = 1 << 5,
    ELF_ASYNC_UNLOAD = 1 << 6,
    ELF_MANIFEST = 1 << 7,
    ELF_ASYNC_RELOAD = 1 << 8,
    ELF_SETUP_ENTRY = 1 << 9,
    ELF_ASYNC_REMOVE_ENTRY = 1 << 10,
    ELF_ASYNC_MIGRATE_ENTRY = 1 << 11,
    ELF_ASYNC_SETUP_ENTRY_PLATFORM = 1 << 12,
    ELF_SETUP_ENTRY_PLATFORM = 1 << 13,
    ELF_ASYNC_REMOVE_CONFIG_ENTRY_DEVICE = 1 << 14,
};

#define ELF_BUILD_ID_MAX 64 /* hexadecimal digits */

struct elf_info {
    unsigned entries;                    /* of enum elf_entry */
    char build_id[ELF_BUILD_ID_MAX + 1]; /* "" when the linker left none */
};

/**
 * Reads the @size bytes of a file. HASS_E_PLUGIN with what is wrong and what to do about it, when it cannot be an
 * integration of this daemon.
 */
int elf_look(const void *data, size_t size, struct elf_info *ret_info, struct hass_error *err);
