/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks an address up in /proc/self/maps and in the symbol table of the file mapped there. Files are read, never mapped:
 * one that is cut short meanwhile must not kill us. Answers are kept, for the same few addresses are asked for again.
 */
#include "run/symbol.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <hass/cleanup.h>

#define CACHE_SIZE 64
#define CHUNK      128 /* symbols read at once */

struct mapping {
    uintptr_t start;
    uintptr_t end;
    uint64_t offset;
    char path[512];
};

/* A symbol found, and where its name is. */
struct match {
    uint64_t value;
    uint32_t name;
    bool found;
};

struct answer {
    const void *address;
    char text[SYMBOL_SIZE];
};

/* Plugins are never unmapped, so an answer stays right. */
static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;
static struct answer cache[CACHE_SIZE];

/* the mapping */

static bool parse_line(const char *line, struct mapping *mapping)
{
    unsigned long start;
    unsigned long end;
    unsigned long long offset;

    mapping->path[0] = '\0';
    if (sscanf(line, "%lx-%lx %*s %llx %*s %*s %511[^\n]", &start, &end, &offset, mapping->path) <
        3)
        return false;
    mapping->start = start;
    mapping->end = end;
    mapping->offset = offset;
    return true;
}

static bool find_mapping(uintptr_t address, struct mapping *ret_mapping)
{
    char line[1024];
    bool found = false;
    FILE *maps = fopen("/proc/self/maps", "re");

    while (maps && !found && fgets(line, sizeof(line), maps) != NULL)
        found = parse_line(line, ret_mapping) && address >= ret_mapping->start &&
                address < ret_mapping->end;
    if (maps)
        fclose(maps);
    return found && ret_mapping->path[0] == '/';
}

/* the file's tables */

static bool read_at(int fd, uint64_t offset, void *data, size_t size)
{
    return pread(fd, data, size, (off_t)offset) == (ssize_t)size;
}

/* Where the byte at @offset of the file lies in the file's own addresses. */
static bool to_file_address(int fd, const ElfW(Ehdr) * header, uint64_t offset,
                            uint64_t *ret_address)
{
    for (size_t i = 0; i < header->e_phnum; i++) {
        ElfW(Phdr) segment;
        if (!read_at(fd, header->e_phoff + i * sizeof(segment), &segment, sizeof(segment)))
            return false;
        if (segment.p_type == PT_LOAD && offset >= segment.p_offset &&
            offset < segment.p_offset + segment.p_filesz) {
            *ret_address = offset - segment.p_offset + segment.p_vaddr;
            return true;
        }
    }
    return false;
}

/* The full table if the file still has it, else the one of exported names. */
static bool find_table(int fd, const ElfW(Ehdr) * header, ElfW(Shdr) * ret_table)
{
    bool found = false;

    for (size_t i = 0; i < header->e_shnum; i++) {
        ElfW(Shdr) section;
        if (!read_at(fd, header->e_shoff + i * sizeof(section), &section, sizeof(section)))
            break;
        if (section.sh_type == SHT_SYMTAB || (section.sh_type == SHT_DYNSYM && !found)) {
            *ret_table = section;
            found = true;
        }
        if (section.sh_type == SHT_SYMTAB)
            break;
    }
    return found;
}

static bool covers(const ElfW(Sym) * symbol, uint64_t address)
{
    unsigned type = symbol->st_info & 0xf;

    if ((type != STT_FUNC && type != STT_GNU_IFUNC) || symbol->st_shndx == SHN_UNDEF)
        return false;
    return address >= symbol->st_value &&
           (symbol->st_size == 0 || address < symbol->st_value + symbol->st_size);
}

static struct match search(int fd, const ElfW(Shdr) * table, uint64_t address)
{
    struct match match = { 0 };
    ElfW(Sym) symbols[CHUNK];
    size_t count = table->sh_size / sizeof(symbols[0]);

    for (size_t first = 0; first < count; first += CHUNK) {
        size_t n = count - first < CHUNK ? count - first : CHUNK;
        if (!read_at(fd, table->sh_offset + first * sizeof(symbols[0]), symbols,
                     n * sizeof(symbols[0])))
            break;
        for (size_t i = 0; i < n; i++)
            if (covers(&symbols[i], address) && (!match.found || symbols[i].st_value > match.value))
                match = (struct match){ symbols[i].st_value, symbols[i].st_name, true };
    }
    return match;
}

static bool read_name(int fd, const ElfW(Ehdr) * header, const ElfW(Shdr) * table, uint32_t name,
                      char *text, size_t size)
{
    ElfW(Shdr) strings;

    if (!read_at(fd, header->e_shoff + table->sh_link * sizeof(strings), &strings, sizeof(strings)))
        return false;
    ssize_t n = pread(fd, text, size - 1, (off_t)(strings.sh_offset + name));
    text[n > 0 ? n : 0] = '\0';
    return n > 0 && text[0] != '\0';
}

/* Finds the function around byte @offset of the file at @path, and how far into it that is. */
static bool find_function(const char *path, uint64_t offset, char *name, size_t size,
                          uint64_t *ret_distance)
{
    ElfW(Ehdr) header;
    ElfW(Shdr) table;
    uint64_t address;
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0 || !read_at(fd, 0, &header, sizeof(header)) ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phentsize != sizeof(ElfW(Phdr)) ||
        header.e_shentsize != sizeof(ElfW(Shdr)) ||
        !to_file_address(fd, &header, offset, &address) || !find_table(fd, &header, &table))
        return false;
    struct match match = search(fd, &table, address);
    *ret_distance = address - match.value;
    return match.found && read_name(fd, &header, &table, match.name, name, size);
}

/* the answer */

#define PLAIN_NAME 56

/* The copy <domain>-<build-id>.<content>.so that an integration is opened from is called as what it is a copy of. */
static void plain_name(const char *path, char name[PLAIN_NAME])
{
    const char *file = strrchr(path, '/') + 1;
    const char *dash = strrchr(file, '-');
    size_t digits = dash ? strspn(dash + 1, "0123456789abcdef.") : 0;
    bool copy = digits > 32 && !strcmp(dash + 1 + digits, "so");

    snprintf(name, PLAIN_NAME, "%.*s%s", copy ? (int)(dash - file) : 48, file, copy ? ".so" : "");
}

__thread bool symbol_looking;

static void describe(uintptr_t address, char text[SYMBOL_SIZE])
{
    struct mapping mapping;
    char file[PLAIN_NAME], name[96];
    uint64_t distance;

    if (!find_mapping(address, &mapping)) {
        snprintf(text, SYMBOL_SIZE, "0x%lx", (unsigned long)address);
        return;
    }
    plain_name(mapping.path, file);
    uint64_t offset = address - mapping.start + mapping.offset;
    if (find_function(mapping.path, offset, name, sizeof(name), &distance))
        snprintf(text, SYMBOL_SIZE, "%s:%.72s+0x%llx", file, name, (unsigned long long)distance);
    else
        snprintf(text, SYMBOL_SIZE, "%s+0x%llx", file, (unsigned long long)offset);
}

const char *symbol_describe(const void *address, char text[SYMBOL_SIZE])
{
    struct answer *answer = &cache[((uintptr_t)address >> 2) % CACHE_SIZE];

    pthread_mutex_lock(&cache_lock);
    bool known = answer->address == address && address != NULL;
    if (known)
        memcpy(text, answer->text, SYMBOL_SIZE);
    pthread_mutex_unlock(&cache_lock);
    if (known)
        return text;
    symbol_looking = true;
    describe((uintptr_t)address, text);
    symbol_looking = false;
    pthread_mutex_lock(&cache_lock);
    answer->address = address;
    memcpy(answer->text, text, SYMBOL_SIZE);
    pthread_mutex_unlock(&cache_lock);
    return text;
}
