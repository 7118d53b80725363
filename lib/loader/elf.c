/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads an ELF file from memory by its program headers, as the dynamic linker would, trusting nothing: each offset is
 * checked against the size before it is followed, each loop is bounded by it.
 */
#include "loader/elf.h"

#include <elf.h>
#include <inttypes.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

#include <hass/integration.h>

#define OWN_CLASS (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)
#define OWN_DATA  (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB)

/* Our own header, provided by the linker: the machine that we were built for. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

struct image {
    const uint8_t *data;
    size_t size;
    ElfW(Ehdr) header;
    /* From the dynamic section; offsets in the file, 0 where absent. */
    size_t symbols, strings, strings_size, hash, gnu_hash;
    bool is_program;
};

static int unusable(struct hass_error *err, const char *what)
{
    return hass_fail(err, HASS_E_PLUGIN, "the file is damaged (%s): build or copy it again", what);
}

/* Copies, because nothing says that a table in the file is aligned. */
static bool read_at(const struct image *image, size_t offset, void *ret_data, size_t length)
{
    if (offset > image->size || length > image->size - offset)
        return false;
    memcpy(ret_data, image->data + offset, length);
    return true;
}

static const char *machine_name(unsigned machine)
{
    switch (machine) {
    case EM_386:
        return "32-bit x86 (i386)";
    case EM_X86_64:
        return "64-bit x86 (amd64)";
    case EM_ARM:
        return "32-bit ARM (armhf, armel)";
    case EM_AARCH64:
        return "64-bit ARM (arm64)";
    case EM_RISCV:
        return "RISC-V";
    case EM_PPC64:
        return "64-bit PowerPC (ppc64el)";
    case EM_S390:
        return "IBM Z (s390x)";
    case EM_MIPS:
        return "MIPS";
    case EM_LOONGARCH:
        return "LoongArch";
    default:
        return NULL;
    }
}

static int wrong_machine(const ElfW(Ehdr) * header, struct hass_error *err)
{
    /* The field has the same place and size in both classes; its byte order is the file's. */
    unsigned machine = header->e_machine;

    if (header->e_ident[EI_DATA] != OWN_DATA)
        machine = __builtin_bswap16(header->e_machine);
    char number[32];
    const char *name = machine_name(machine);
    if (!name) {
        snprintf(number, sizeof(number), "machine type %u", machine);
        name = number;
    }
    return hass_fail(err, HASS_E_PLUGIN,
                     "the file is for another kind of machine, %s of %d bits; this one is %s: get "
                     "or build it for this one",
                     name, header->e_ident[EI_CLASS] == ELFCLASS64 ? 64 : 32,
                     machine_name(__ehdr_start.e_machine) ?: "different");
}

static int check_header(struct image *image, struct hass_error *err)
{
    const ElfW(Ehdr) *header = &image->header;

    if (image->size == 0)
        return hass_fail(err, HASS_E_PLUGIN, "the file is empty: build or copy it again");
    if (image->size < SELFMAG || memcmp(image->data, ELFMAG, SELFMAG) != 0)
        return hass_fail(err, HASS_E_PLUGIN,
                         "the file is not a shared object (no ELF header): link it with -shared");
    if (!read_at(image, 0, &image->header, sizeof(image->header)))
        return unusable(err, "it ends within its header");
    if (header->e_ident[EI_CLASS] != OWN_CLASS || header->e_ident[EI_DATA] != OWN_DATA ||
        header->e_machine != __ehdr_start.e_machine)
        return wrong_machine(header, err);
    if (header->e_type != ET_DYN)
        return hass_fail(err, HASS_E_PLUGIN,
                         "the file is %s, not a shared object: link it with -shared",
                         header->e_type == ET_REL    ? "an object file"
                         : header->e_type == ET_EXEC ? "a program"
                                                     : "something else");
    if (header->e_phentsize != sizeof(ElfW(Phdr)) || header->e_phnum == 0)
        return unusable(err, "no program headers");
    return 0;
}

/* The end of something in the file, without overflow. */
static uint64_t end_of(uint64_t offset, uint64_t length)
{
    return offset > UINT64_MAX - length ? UINT64_MAX : offset + length;
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Sections are of no use to the dynamic linker, but their table is the last thing in a file: the best sign of a cut. */
static int check_whole(const struct image *image, struct hass_error *err)
{
    const ElfW(Ehdr) *header = &image->header;
    uint64_t end = end_of(header->e_phoff, (uint64_t)header->e_phnum * sizeof(ElfW(Phdr)));

    if (header->e_shoff != 0)
        end = later(end, end_of(header->e_shoff, (uint64_t)header->e_shnum * header->e_shentsize));
    for (unsigned i = 0; i < header->e_phnum && header->e_phoff < image->size; i++) {
        ElfW(Phdr) segment;
        if (!read_at(image, header->e_phoff + i * sizeof(segment), &segment, sizeof(segment)))
            break;
        end = later(end, end_of(segment.p_offset, segment.p_filesz));
    }
    if (end > image->size)
        return hass_fail(err, HASS_E_PLUGIN,
                         "the file is cut off: %zu bytes of at least %" PRIu64
                         ": copy it again, or wait until the copy has finished",
                         image->size, end);
    return 0;
}

/* Nth program header. check_whole has seen that it is there. */
static ElfW(Phdr) segment_at(const struct image *image, unsigned index)
{
    ElfW(Phdr) segment = { 0 };

    (void)read_at(image, image->header.e_phoff + index * sizeof(segment), &segment,
                  sizeof(segment));
    return segment;
}

/* Where the bytes at a virtual address are in the file; 0 when they are not. */
static size_t file_offset(const struct image *image, ElfW(Addr) address)
{
    for (unsigned i = 0; i < image->header.e_phnum; i++) {
        ElfW(Phdr) segment = segment_at(image, i);
        if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
            address - segment.p_vaddr < segment.p_filesz)
            return segment.p_offset + (address - segment.p_vaddr);
    }
    return 0;
}

static void read_dynamic_entry(struct image *image, const ElfW(Dyn) * entry)
{
    switch (entry->d_tag) {
    case DT_SYMTAB:
        image->symbols = file_offset(image, entry->d_un.d_ptr);
        break;
    case DT_STRTAB:
        image->strings = file_offset(image, entry->d_un.d_ptr);
        break;
    case DT_STRSZ:
        image->strings_size = entry->d_un.d_val;
        break;
    case DT_HASH:
        image->hash = file_offset(image, entry->d_un.d_ptr);
        break;
    case DT_GNU_HASH:
        image->gnu_hash = file_offset(image, entry->d_un.d_ptr);
        break;
    case DT_FLAGS_1:
        image->is_program = entry->d_un.d_val & DF_1_PIE;
        break;
    default:
        break;
    }
}

static int read_dynamic(struct image *image, struct hass_error *err)
{
    for (unsigned i = 0; i < image->header.e_phnum; i++) {
        ElfW(Phdr) segment = segment_at(image, i);
        if (segment.p_type != PT_DYNAMIC)
            continue;
        ElfW(Dyn) entry;
        for (size_t at = 0; at + sizeof(entry) <= segment.p_filesz; at += sizeof(entry)) {
            if (!read_at(image, segment.p_offset + at, &entry, sizeof(entry)) ||
                entry.d_tag == DT_NULL)
                break;
            read_dynamic_entry(image, &entry);
        }
    }
    if (image->is_program)
        return hass_fail(err, HASS_E_PLUGIN,
                         "the file is a program, not a shared object: link it with -shared");
    if (image->symbols == 0 || image->strings == 0 || image->strings > image->size ||
        image->strings_size > image->size - image->strings)
        return unusable(err, "no dynamic symbol table");
    return 0;
}

/* The GNU hash table does not say how many symbols there are: the last one ends the chain of the highest bucket. */
static size_t gnu_symbol_count(const struct image *image)
{
    struct {
        uint32_t buckets, first, bloom_size, bloom_shift;
    } head;
    if (!read_at(image, image->gnu_hash, &head, sizeof(head)))
        return 0;
    size_t buckets = image->gnu_hash + sizeof(head) + (size_t)head.bloom_size * sizeof(ElfW(Addr));
    uint32_t last = 0;
    for (size_t i = 0; i < head.buckets; i++) {
        uint32_t bucket;
        if (!read_at(image, buckets + i * sizeof(bucket), &bucket, sizeof(bucket)))
            return 0;
        last = bucket > last ? bucket : last;
    }
    if (last < head.first)
        return head.first;
    size_t chains = buckets + (size_t)head.buckets * sizeof(uint32_t);
    uint32_t hash;
    while (
        read_at(image, chains + (size_t)(last - head.first) * sizeof(hash), &hash, sizeof(hash))) {
        last++;
        if (hash & 1)
            return last;
    }
    return 0;
}

static size_t symbol_count(const struct image *image)
{
    uint32_t head[2]; /* buckets, symbols */
    size_t count = 0;

    if (image->hash && read_at(image, image->hash, head, sizeof(head)))
        count = head[1];
    else if (image->gnu_hash)
        count = gnu_symbol_count(image);
    size_t most = (image->size - image->symbols) / sizeof(ElfW(Sym));
    return count < most ? count : most;
}

static unsigned entry_of_name(const char *name, size_t room)
{
    static const struct {
        const char *name;
        enum elf_entry entry;
    } names[] = {
        { "async_setup", ELF_ASYNC_SETUP },
        { "setup", ELF_SETUP },
        { "async_setup_platform", ELF_ASYNC_SETUP_PLATFORM },
        { "setup_platform", ELF_SETUP_PLATFORM },
        { "async_setup_entry", ELF_ASYNC_SETUP_ENTRY },
        { "setup_entry", ELF_SETUP_ENTRY },
        { "async_unload_entry", ELF_ASYNC_UNLOAD_ENTRY },
        { "async_remove_entry", ELF_ASYNC_REMOVE_ENTRY },
        { "async_migrate_entry", ELF_ASYNC_MIGRATE_ENTRY },
        { "async_remove_config_entry_device", ELF_ASYNC_REMOVE_CONFIG_ENTRY_DEVICE },
        { "async_setup_entry_platform", ELF_ASYNC_SETUP_ENTRY_PLATFORM },
        { "setup_entry_platform", ELF_SETUP_ENTRY_PLATFORM },
        { "async_unload", ELF_ASYNC_UNLOAD },
        { "async_reload", ELF_ASYNC_RELOAD },
        { "hass_manifest", ELF_MANIFEST },
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t length = strlen(names[i].name) + 1;
        if (length <= room && memcmp(name, names[i].name, length) == 0)
            return names[i].entry;
    }
    return 0;
}

static unsigned read_entries(const struct image *image)
{
    unsigned entries = 0;
    size_t count = symbol_count(image);

    for (size_t i = 0; i < count; i++) {
        ElfW(Sym) symbol;
        if (!read_at(image, image->symbols + i * sizeof(symbol), &symbol, sizeof(symbol)))
            break;
        unsigned binding = symbol.st_info >> 4;
        if (symbol.st_shndx == SHN_UNDEF || (binding != STB_GLOBAL && binding != STB_WEAK) ||
            symbol.st_name >= image->strings_size)
            continue;
        entries |= entry_of_name((const char *)image->data + image->strings + symbol.st_name,
                                 image->strings_size - symbol.st_name);
    }
    return entries;
}

static void print_hex(const uint8_t *bytes, size_t count, char ret_text[ELF_BUILD_ID_MAX + 1])
{
    if (count > ELF_BUILD_ID_MAX / 2)
        count = ELF_BUILD_ID_MAX / 2;
    for (size_t i = 0; i < count; i++)
        snprintf(ret_text + 2 * i, 3, "%02x", bytes[i]);
}

/* One note of a PT_NOTE segment; ours goes to @ret_note. */
static void read_note(const struct image *image, size_t at, const ElfW(Nhdr) * head, size_t desc,
                      struct elf_info *info, struct hass_note *ret_note)
{
    const char *owner = (const char *)image->data + at + sizeof(*head);
    const uint8_t *payload = image->data + desc;

    if (head->n_type == NT_GNU_BUILD_ID && head->n_namesz == 4 && memcmp(owner, "GNU", 4) == 0)
        print_hex(payload, head->n_descsz, info->build_id);
    size_t own_size = sizeof("hassd");
    if (head->n_type != HASS_NOTE_MANIFEST || head->n_namesz != own_size ||
        memcmp(owner, "hassd", own_size) != 0)
        return;
    size_t room = sizeof(*ret_note) - offsetof(struct hass_note, abi);
    *ret_note = (struct hass_note){ .type = HASS_NOTE_MANIFEST };
    memcpy(&ret_note->abi, payload, head->n_descsz < room ? head->n_descsz : room);
}

static void read_notes(const struct image *image, size_t at, size_t end, struct elf_info *info,
                       struct hass_note *ret_note)
{
    ElfW(Nhdr) head;

    while (end - at >= sizeof(head) && read_at(image, at, &head, sizeof(head))) {
        /* Padding between two sections, or what a sanitizer put behind one. */
        if (head.n_namesz == 0 && head.n_descsz == 0) {
            at += sizeof(uint32_t);
            continue;
        }
        uint64_t desc = at + sizeof(head) + (((uint64_t)head.n_namesz + 3) & ~(uint64_t)3);
        uint64_t next = desc + (((uint64_t)head.n_descsz + 3) & ~(uint64_t)3);
        if (next > end)
            break;
        read_note(image, at, &head, desc, info, ret_note);
        at = next;
    }
}

static int refuse_abi(struct hass_error *err, const char *what, uint32_t got, uint32_t want)
{
    return hass_fail(err, HASS_E_PLUGIN,
                     "the file was built for another version of hassd (%s %u, this one has %u): "
                     "build it again with the headers of this one",
                     what, got, want);
}

/* Jobs are passed by value, so their size is exact; other structs carry their size and may be shorter than ours. */
static int check_note(const struct hass_note *note, struct hass_error *err)
{
    if (note->type != HASS_NOTE_MANIFEST)
        return hass_fail(err, HASS_E_PLUGIN,
                         "the file has no note of hassd: define its manifest with "
                         "HASS_MANIFEST(…), and do not strip notes");
    if (note->abi != HASS_ABI)
        return refuse_abi(err, "ABI", note->abi, HASS_ABI);
    if (note->job_size != sizeof(struct hass_job))
        return refuse_abi(err, "size of a job", note->job_size, sizeof(struct hass_job));
    if (note->manifest_size > sizeof(struct hass_manifest))
        return refuse_abi(err, "size of the manifest", note->manifest_size,
                          sizeof(struct hass_manifest));
    if (note->field_size > sizeof(struct hass_field))
        return refuse_abi(err, "size of a field", note->field_size, sizeof(struct hass_field));
    if (note->entity_ops_size > sizeof(struct hass_entity_ops))
        return refuse_abi(err, "size of the entity operations", note->entity_ops_size,
                          sizeof(struct hass_entity_ops));
    return 0;
}

/* Where one of two does: the pairs, by their names. */
static int check_pairs(unsigned entries, struct hass_error *err)
{
    static const struct {
        unsigned both;
        const char *on_loop, *in_pool;
    } pairs[] = {
        { ELF_ASYNC_SETUP | ELF_SETUP, "async_setup", "setup" },
        { ELF_ASYNC_SETUP_PLATFORM | ELF_SETUP_PLATFORM, "async_setup_platform", "setup_platform" },
        { ELF_ASYNC_SETUP_ENTRY | ELF_SETUP_ENTRY, "async_setup_entry", "setup_entry" },
        { ELF_ASYNC_SETUP_ENTRY_PLATFORM | ELF_SETUP_ENTRY_PLATFORM, "async_setup_entry_platform",
          "setup_entry_platform" },
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if ((entries & pairs[i].both) == pairs[i].both)
            return hass_fail(err, HASS_E_PLUGIN,
                             "the file exports both %s and %s: keep exactly one of them",
                             pairs[i].on_loop, pairs[i].in_pool);
    return 0;
}

static int check_entries(unsigned entries, struct hass_error *err)
{
    const unsigned any = ELF_ASYNC_SETUP | ELF_SETUP | ELF_ASYNC_SETUP_PLATFORM |
                         ELF_SETUP_PLATFORM | ELF_ASYNC_SETUP_ENTRY | ELF_SETUP_ENTRY;

    if (!(entries & ELF_MANIFEST))
        return hass_fail(err, HASS_E_PLUGIN,
                         "the file exports no hass_manifest: it is not an integration, or was "
                         "linked without it");
    int r = check_pairs(entries, err);
    if (r < 0)
        return r;
    if (!(entries & any))
        return hass_fail(
            err, HASS_E_PLUGIN,
            "the file exports no entry point: add async_setup or setup, and check its visibility");
    return 0;
}

int elf_look(const void *data, size_t size, struct elf_info *ret_info, struct hass_error *err)
{
    struct image image = { .data = data, .size = size };
    struct elf_info info = { 0 };
    struct hass_note note = { 0 };
    int r = check_header(&image, err);

    if (r == 0)
        r = check_whole(&image, err);
    if (r == 0)
        r = read_dynamic(&image, err);
    if (r < 0)
        return r;
    info.entries = read_entries(&image);
    for (unsigned i = 0; i < image.header.e_phnum; i++) {
        ElfW(Phdr) segment = segment_at(&image, i);
        if (segment.p_type == PT_NOTE)
            read_notes(&image, segment.p_offset, segment.p_offset + segment.p_filesz, &info, &note);
    }
    /* Without either it is some other library: say that rather than which part of ours it lacks. */
    if (note.type != HASS_NOTE_MANIFEST && !(info.entries & ELF_MANIFEST))
        return hass_fail(err, HASS_E_PLUGIN,
                         "the file is a shared object but not an integration (no note of hassd, no "
                         "hass_manifest): "
                         "define HASS_MANIFEST(…) in it");
    r = check_note(&note, err);
    if (r == 0)
        r = check_entries(info.entries, err);
    if (r == 0)
        *ret_info = info;
    return r;
}
