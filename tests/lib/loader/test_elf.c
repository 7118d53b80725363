/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at integration files: the real test plugins, and what happens to a good one when bytes of it are changed. */
#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include <hass/cleanup.h>

#include "base/mem.h"
#include "loader/elf.h"
#include "loader/file.h"

static uint8_t *data;
static size_t size;
static struct hass_error err;
static struct elf_info info;

static void load(const char *plugin)
{
    autofree char *path = mem_printf("%s/tests/plugins/%s.so", TEST_BUILD, plugin);
    void *bytes;

    err = (struct hass_error)HASS_ERROR_INIT;
    ck_assert_msg(file_read(path, 64 << 20, &bytes, &size, &err) == 0, "%s: %s", path, err.message);
    data = bytes;
}

static void teardown(void)
{
    free(data);
    data = NULL;
}

static void expect(const char *part)
{
    ck_assert_int_eq(elf_look(data, size, &info, &err), HASS_E_PLUGIN);
    ck_assert_msg(strstr(err.message, part) != NULL, "'%s' lacks '%s'", err.message, part);
}

START_TEST(a_good_file_tells_its_entry_points_and_build_id)
{
    load("good");
    ck_assert_msg(elf_look(data, size, &info, &err) == 0, "%s", err.message);
    ck_assert_uint_eq(info.entries, ELF_MANIFEST | ELF_ASYNC_SETUP);
    ck_assert_uint_eq(strlen(info.build_id), 40);
}
END_TEST

START_TEST(a_file_with_an_unload_function_tells_it)
{
    load("busy");
    ck_assert_msg(elf_look(data, size, &info, &err) == 0, "%s", err.message);
    ck_assert_uint_eq(info.entries, ELF_MANIFEST | ELF_ASYNC_SETUP | ELF_ASYNC_UNLOAD);
}
END_TEST

static const struct {
    const char *plugin, *message;
} refused[] = {
    { "both", "both async_setup and setup: keep exactly one" },
    { "no_entry", "no entry point" },
    { "no_symbols", "not an integration" },
    { "no_note", "no note of hassd" },
    { "foreign_abi", "another version of hassd (ABI 99, this one has 1)" },
};

START_TEST(an_unusable_file_is_refused_with_its_own_message)
{
    load(refused[_i].plugin);
    expect(refused[_i].message);
}
END_TEST

START_TEST(a_file_for_another_machine_is_refused_by_name)
{
    load("good");
    ElfW(Ehdr) *header = (ElfW(Ehdr) *)data;
    header->e_machine = header->e_machine == EM_AARCH64 ? EM_X86_64 : EM_AARCH64;
    expect("for another kind of machine");
}
END_TEST

START_TEST(a_file_of_another_class_or_byte_order_is_refused)
{
    load("good");
    data[EI_CLASS] = data[EI_CLASS] == ELFCLASS64 ? ELFCLASS32 : ELFCLASS64;
    expect("for another kind of machine");
    teardown();
    load("good");
    data[EI_DATA] = data[EI_DATA] == ELFDATA2LSB ? ELFDATA2MSB : ELFDATA2LSB;
    expect("for another kind of machine");
}
END_TEST

START_TEST(a_program_or_object_file_is_refused)
{
    load("good");
    ((ElfW(Ehdr) *)data)->e_type = ET_REL;
    expect("an object file, not a shared object");
    teardown();
    load("good");
    ((ElfW(Ehdr) *)data)->e_type = ET_EXEC;
    expect("a program, not a shared object");
}
END_TEST

START_TEST(an_empty_or_foreign_file_is_refused)
{
    load("good");
    ck_assert_int_eq(elf_look(data, 0, &info, &err), HASS_E_PLUGIN);
    ck_assert_ptr_nonnull(strstr(err.message, "empty"));
    hass_error_clear(&err);
    memcpy(data, "PK\3\4", 4);
    expect("no ELF header");
}
END_TEST

START_TEST(every_cut_off_file_is_refused)
{
    load("good");
    for (size_t cut = 1; cut < size; cut = cut < 256 ? cut + 1 : cut + 61) {
        /* A block of its own, so that a sanitizer sees a read beyond it. */
        uint8_t *copy = mem_memdup(data, cut);
        hass_error_clear(&err);
        ck_assert_msg(elf_look(copy, cut, &info, &err) == HASS_E_PLUGIN, "%zu bytes pass", cut);
        free(copy);
    }
    ck_assert_ptr_nonnull(strstr(err.message, "cut off"));
}
END_TEST

START_TEST(changed_bytes_never_lead_outside_the_file)
{
    load("good");
    unsigned state = 1;
    for (int round = 0; round < 20000; round++) {
        uint8_t *copy = mem_memdup(data, size);
        for (int change = 0; change < 4; change++) {
            state = state * 1103515245u + 12345u;
            /* Headers, notes, hash, symbols and the dynamic section are what is read: most of it is at the beginning. */
            size_t reach = change < 2 ? 4096 : size;
            copy[(state >> 8) % (reach < size ? reach : size)] = (uint8_t)(state >> 16);
        }
        hass_error_clear(&err);
        int r = elf_look(copy, size, &info, &err);
        ck_assert(r == 0 || (r == HASS_E_PLUGIN && err.message[0]));
        free(copy);
    }
}
END_TEST

START_TEST(a_file_without_section_headers_is_good)
{
    load("good");
    ElfW(Ehdr) *header = (ElfW(Ehdr) *)data;
    header->e_shoff = 0;
    header->e_shnum = 0;
    ck_assert_msg(elf_look(data, size, &info, &err) == 0, "%s", err.message);
    ck_assert_uint_eq(info.entries, ELF_MANIFEST | ELF_ASYNC_SETUP);
}
END_TEST

/* Puts a build-id of @count bytes behind the file, and its header where that of the stack was. */
static void give_build_id(uint32_t count)
{
    const ElfW(Nhdr) note = { .n_namesz = 4, .n_descsz = count, .n_type = NT_GNU_BUILD_ID };
    size_t at = (size + 3) & ~(size_t)3;

    data = mem_realloc(data, at + sizeof(note) + 4 + 64);
    memset(data + size, 0xab, at + sizeof(note) + 4 + 64 - size);
    memcpy(data + at, &note, sizeof(note));
    memcpy(data + at + sizeof(note), "GNU", 4);
    size = at + sizeof(note) + 4 + 64;
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)data;
    for (unsigned i = 0; i < header->e_phnum; i++) {
        ElfW(Phdr) *segment = (ElfW(Phdr) *)(data + header->e_phoff) + i;
        if (segment->p_type == PT_GNU_STACK)
            *segment = (ElfW(
                Phdr)){ .p_type = PT_NOTE, .p_offset = at, .p_filesz = sizeof(note) + 4 + 64 };
    }
}

START_TEST(a_build_id_has_64_digits_at_most)
{
    for (uint32_t count = 32; count <= 33; count++) {
        free(data);
        load("good");
        give_build_id(count);
        ck_assert_msg(elf_look(data, size, &info, &err) == 0, "%s", err.message);
        ck_assert_uint_eq(strlen(info.build_id), 64);
        ck_assert_int_eq(strncmp(info.build_id, "abab", 4), 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("elf");
    TCase *tcase = tcase_create("look");

    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_good_file_tells_its_entry_points_and_build_id);
    tcase_add_test(tcase, a_file_with_an_unload_function_tells_it);
    tcase_add_loop_test(tcase, an_unusable_file_is_refused_with_its_own_message, 0,
                        sizeof(refused) / sizeof(refused[0]));
    tcase_add_test(tcase, a_file_for_another_machine_is_refused_by_name);
    tcase_add_test(tcase, a_file_of_another_class_or_byte_order_is_refused);
    tcase_add_test(tcase, a_program_or_object_file_is_refused);
    tcase_add_test(tcase, an_empty_or_foreign_file_is_refused);
    tcase_add_test(tcase, every_cut_off_file_is_refused);
    tcase_add_test(tcase, changed_bytes_never_lead_outside_the_file);
    tcase_add_test(tcase, a_file_without_section_headers_is_good);
    tcase_add_test(tcase, a_build_id_has_64_digits_at_most);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
